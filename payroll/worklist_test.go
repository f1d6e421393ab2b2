package payroll

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// fixedTerm makes contracts out of "2024-01-01/2024-12-31": the first day, and
// the end that each version has. "-" is no end, a "!" before an end is one
// that cut the contract short, and "bbl" a pupil's contract.
func fixedTerm(n int, text string) Contract {
	c := Contract{ID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n)), Number: fmt.Sprint("C-", n)}
	days := strings.Split(strings.TrimSuffix(text, " bbl"), "/")
	from := calendar.MustParse(days[0])
	for i, end := range days[1:] {
		t := Terms{Version: i + 1, ValidFrom: from, Span: calendar.Span{From: from}, OpenEnded: end == "-", BBL: strings.HasSuffix(text, " bbl")}
		if by, short := strings.CutPrefix(end, "!"); short {
			end, t.EndReason, t.EndedBy = by, "x", ByEmployee
			t.OpenEnded = c.Latest().OpenEnded
		}
		if end != "-" {
			t.Span.To = calendar.MustParse(end)
		}
		c.Versions = append(c.Versions, t)
	}
	return c
}

// worked lists the items of every contract in a window as "day kind until".
func worked(t *testing.T, window, birth string, employer bool, contracts ...string) string {
	t.Helper()
	from, to, _ := strings.Cut(window, "/")
	span := calendar.Span{From: calendar.MustParse(from), To: calendar.MustParse(to)}
	var all []Contract
	for i, text := range contracts {
		all = append(all, fixedTerm(i+1, text))
	}
	var list []string
	for _, c := range all {
		facts := WorkFacts{Birth: calendar.MustParse(birth), Contract: c, Employer: employer}
		if employer {
			facts.Others = all
		}
		items, err := LabourWork(span, facts)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.What.NL == "" || i.What.EN == "" || i.Article == "" || (i.Until.IsZero() != (i.Kind != WorkNotice && i.Kind != WorkChain)) {
				t.Errorf("incomplete: %+v", i)
			}
			list = append(list, strings.TrimSpace(fmt.Sprint(c.Number, " ", i.Day, " ", i.Kind, " ", i.Until)))
		}
	}
	return strings.Join(list, "; ")
}

// A chain becomes open-ended with its fourth term, or on the day on which it
// lasts longer than the law of the time allows.
func TestChain(t *testing.T) {
	const always = "1999-01-01/2030-12-31"
	for name, c := range map[string]struct {
		want      string
		contracts []string
	}{
		"the fourth": {"C-4 2026-10-01 contract/chain 2026-09-30",
			[]string{"2026-01-01/2026-03-31", "2026-04-01/2026-06-30", "2026-07-01/2026-09-30", "2026-10-01/2026-12-31"}},
		"the third": {"", []string{"2026-01-01/2026-03-31", "2026-04-01/2026-06-30", "2026-07-01/2026-09-30"}},
		"three extensions are four terms": {"C-1 2026-10-01 contract/chain 2026-09-30",
			[]string{"2026-01-01/2026-03-31/2026-06-30/2026-09-30/2026-12-31"}},
		"an end that is taken back is no extension": {"",
			[]string{"2026-01-01/2026-06-30/!2026-03-31/2026-06-30/!2026-05-31/2026-06-30/2026-09-30/2026-10-31"}},
		"more than 36 months":        {"C-1 2026-12-01 contract/chain 2026-11-30", []string{"2023-12-01/2027-03-31"}},
		"36 months":                  {"", []string{"2023-12-01/2026-11-30"}},
		"36 months with an interval": {"C-2 2026-12-01 contract/chain 2026-11-30", []string{"2023-12-01/2025-01-31", "2025-08-01/2026-12-31"}},
		"an interval of more than six months": {"",
			[]string{"2023-12-01/2025-01-31", "2025-08-02/2026-12-31"}},
		"what follows is open-ended too": {"C-1 2026-12-01 contract/chain 2026-11-30", []string{"2023-12-01/2026-12-31", "2027-01-01/2027-06-30"}},
		"in any order":                   {"C-1 2026-12-01 contract/chain 2026-11-30", []string{"2025-08-01/2026-12-31", "2023-12-01/2025-01-31"}},
		"a pupil":                        {"", []string{"2020-01-01/2026-12-31 bbl"}},
		"a pupil before 2015":            {"C-1 2013-01-01 contract/chain 2012-12-31", []string{"2010-01-01/2014-12-31 bbl"}},
		"an open-ended contract":         {"", []string{"2015-01-01/-/!2020-12-31", "2021-01-01/2021-12-31"}},
		"24 months until 2020":           {"C-1 2019-12-31 contract/chain 2019-12-30", []string{"2017-12-31/2020-06-30"}},
		"36 months from 2020 on":         {"C-1 2021-01-01 contract/chain 2020-12-31", []string{"2018-01-01/2021-06-30"}},
		"36 months of before July 2015":  {"C-1 2018-06-30 contract/chain 2018-06-29", []string{"2015-06-30/2019-06-30"}},
		"24 months since July 2015":      {"C-1 2017-07-01 contract/chain 2017-06-30", []string{"2015-07-01/2019-06-30"}},
		"three months before July 2015":  {"C-4 2007-01-01 contract/chain 2006-12-31", []string{"2006-01-01/2006-01-31", "2006-05-01/2006-05-31", "2006-09-01/2006-09-30", "2007-01-01/2007-01-31"}},
		"and a day":                      {"", []string{"2006-01-01/2006-01-31", "2006-05-02/2006-05-31", "2006-09-01/2006-09-30", "2007-01-01/2007-01-31"}},
		"before there was such a law":    {"", []string{"1998-01-01/1998-12-31"}},
	} {
		var chains []string
		for _, one := range strings.Split(worked(t, always, "1965-01-01", true, c.contracts...), "; ") {
			if strings.Contains(one, "contract/chain") {
				chains = append(chains, one)
			}
		}
		if got := strings.Join(chains, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Notice is due a month before a term of six months or longer ends by law.
func TestNoticeAndEnd(t *testing.T) {
	for _, c := range []struct{ window, contract, want string }{
		{"2026-11-01/2026-12-31", "2026-07-01/2026-12-31", "C-1 2026-11-30 contract/notice 2026-11-30; C-1 2026-12-31 contract/ends"},
		{"2026-12-01/2026-12-31", "2026-07-01/2026-12-31", "C-1 2026-12-31 contract/ends"},
		{"2026-11-01/2026-11-30", "2026-07-01/2026-12-31", "C-1 2026-11-30 contract/notice 2026-11-30"},
		{"2026-11-01/2026-12-31", "2026-07-02/2026-12-31", "C-1 2026-12-31 contract/ends"}, // a day short of six months
		{"2026-11-01/2026-12-31", "2026-07-01/-", ""},
		{"2026-11-01/2026-12-31", "2026-01-01/-/!2026-12-31", ""},                                      // notice was given
		{"2026-11-01/2026-12-31", "2026-01-01/2027-12-31/!2026-12-31", "C-1 2026-12-31 contract/ends"}, // ended early, not by law
		{"2026-11-01/2026-12-31", "2025-01-01/2026-09-30/2026-12-31", "C-1 2026-12-31 contract/ends"},  // the extension is a term of three months
		{"2026-02-01/2026-03-31", "2025-09-01/2026-03-31", "C-1 2026-02-28 contract/notice 2026-02-28; C-1 2026-03-31 contract/ends"},
		{"2015-01-01/2015-02-28", "2014-01-01/2015-01-31", "C-1 2015-01-31 contract/ends"}, // the law began on 1 January
		{"2015-01-01/2015-02-28", "2014-01-01/2015-02-01", "C-1 2015-01-01 contract/notice 2015-01-01; C-1 2015-02-01 contract/ends"},
		{"2007-01-01/2007-12-31", "2006-12-01/2007-11-30", "C-1 2007-11-30 contract/ends"},
		{"2026-11-01/2026-12-31", "2023-11-01/2026-12-31", "C-1 2026-11-01 contract/chain 2026-10-31; C-1 2026-12-31 contract/ends"}, // no end by law, so no notice
	} {
		if got := worked(t, c.window, "1965-01-01", true, c.contract); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.contract, c.window, got, c.want)
		}
	}
	if got := worked(t, "2026-11-01/2026-12-31", "1965-01-01", false, "2023-11-01/2026-12-31"); got != "C-1 2026-12-31 contract/ends" {
		t.Errorf("a municipality is told %q", got)
	}
}

// Birthdays count while the contract runs; the youth scale ended later before
// July 2019.
func TestBirthdays(t *testing.T) {
	for _, c := range []struct{ birth, contract, window, want string }{
		{"2008-12-05", "2026-01-01/-", "2026-12-01/2026-12-31", "C-1 2026-12-05 birthday/18"},
		{"2005-12-05", "2026-01-01/-", "2026-12-01/2026-12-31", "C-1 2026-12-05 birthday/21"},
		{"2005-12-05", "2026-12-06/-", "2026-12-01/2026-12-31", ""},
		{"2005-12-05", "2026-01-01/-", "2026-12-06/2026-12-31", ""},
		{"2004-12-05", "2026-01-01/-", "2026-12-01/2026-12-31", ""},
		{"2004-02-29", "2020-01-01/-", "2025-02-28/2025-03-01", "C-1 2025-03-01 birthday/21"},
		{"1986-04-05", "2006-01-01/-", "2007-04-01/2007-04-30", "C-1 2007-04-05 birthday/21"},
		{"1985-04-05", "2006-01-01/-", "2007-04-01/2007-04-30", ""},
		{"1984-04-05", "2006-01-01/-", "2007-04-01/2007-04-30", "C-1 2007-04-05 birthday/23"},
		{"1996-04-05", "2016-01-01/-", "2018-04-01/2018-04-30", "C-1 2018-04-05 birthday/22"},
		{"1959-12-05", "2016-01-01/-", "2026-12-01/2026-12-31", "C-1 2026-12-05 birthday/aow"},
		{"1959-12-05", "2016-01-01/2026-12-04", "2026-12-05/2026-12-31", ""},
		{"1955-09-01", "2016-01-01/-", "2021-12-01/2022-04-30", "C-1 2022-04-01 birthday/aow"},
		{"1942-04-05", "2004-01-01/-", "2007-04-01/2007-04-30", "C-1 2007-04-05 birthday/aow"},
		{"1961-01-15", "2016-01-01/-", "2028-01-01/2028-01-31", "C-1 2028-01-15 birthday/aow"}, // by the last known age, with a doubt
	} {
		for _, employer := range []bool{true, false} {
			got := worked(t, c.window, c.birth, employer, c.contract)
			if got = strings.TrimSuffix(got, "; "); got != c.want {
				t.Errorf("born %s in %s, employer %v: %q, want %q", c.birth, c.window, employer, got, c.want)
			}
		}
	}
	items, err := LabourWork(calendar.MonthOf(calendar.MustParse("2028-01-01")).Span, WorkFacts{Birth: calendar.MustParse("1961-01-15"), Contract: fixedTerm(1, "2016-01-01/-")})
	if err != nil || len(items) != 1 || !strings.Contains(items[0].Doubt.EN, "confirmed through 2027-12-31") {
		t.Errorf("an age that is not known yet: %+v, %v", items, err)
	}
}
