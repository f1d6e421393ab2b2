package subsidy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// What decisions, loonwaarden and schemes ask of a contract in a span of days.
func TestSubsidyWork(t *testing.T) {
	for name, c := range map[string]struct {
		scheme, contract string
		decisions        []string
		values, review   string
		window, want     string
	}{
		"forfait": {"loonkostensubsidie", "2026-07-01.. 32/40", []string{"2026-07-01 2026-07-01.. forfait 32"}, "", "",
			"2026-11-01..2027-01-31", "2026-12-31 forfait/ends 2026-12-31"},
		"forfait, outside the window": {"loonkostensubsidie", "2026-07-01.. 32/40", []string{"2026-07-01 2026-07-01.. forfait 32"}, "", "",
			"2027-01-01..2027-03-31", ""},
		"forfait and decision end together": {"loonkostensubsidie", "2026-07-01.. 32/40", []string{"2026-07-01 2026-07-01..2026-12-31 forfait 32"}, "", "",
			"2026-11-01..2027-01-31", "2026-12-31 forfait/ends 2026-12-31; 2026-12-31 subsidy/ends"},
		"forfait with what follows decided": {"loonkostensubsidie", "2026-07-01.. 32/40",
			[]string{"2026-07-01 2026-07-01..2026-12-31 forfait 32", "2026-12-01 2027-01-01.. loonwaarde 32"}, "2027-01-01 60", "", "2026-11-01..2027-01-31", ""},
		"forfait with a decision and no loonwaarde": {"loonkostensubsidie", "2026-07-01.. 32/40",
			[]string{"2026-07-01 2026-07-01..2026-12-31 forfait 32", "2026-12-01 2027-01-01.. loonwaarde 32"}, "", "", "2026-11-01..2027-01-31", "2026-12-31 forfait/ends 2026-12-31"},
		"forfait until the contract ends": {"loonkostensubsidie", "2026-07-01..2026-12-31 32/40", []string{"2026-07-01 2026-07-01.. forfait 32"}, "", "", "2026-11-01..2027-01-31", ""},
		"decision before the contract's end": {"loonkostensubsidie", "2026-07-01..2027-12-31 32/40", []string{"2026-07-01 2026-07-01..2026-12-31 loonwaarde 32"}, "2026-07-01 60", "",
			"2026-11-01..2027-01-31", "2026-12-31 subsidy/ends"},
		"only the contract ends": {"loonkostensubsidie", "2026-07-01..2026-12-31 32/40", []string{"2026-07-01 2026-07-01.. loonwaarde 32"}, "2026-07-01 60", "", "2026-11-01..2027-01-31", ""},
		"decision goes on": {"loonkostensubsidie", "2026-07-01.. 32/40",
			[]string{"2026-07-01 2026-07-01..2026-12-31 loonwaarde 32", "2026-07-01 2027-01-01.. loonwaarde 32"}, "2026-07-01 60", "", "2026-11-01..2027-01-31", ""},
		"the scheme's longest period":                       {"oss-bonusbaan", "2005-05-01.. 40/40", []string{"2005-05-01 2005-05-01.. loonwaarde 40"}, "2007-01-01 60", "", "2007-04-01..2007-06-30", "2007-04-30 subsidy/ends"},
		"review, recorded":                                  {"loonkostensubsidie", "2025-07-01.. 32/40", []string{"2025-07-01 2025-07-01.. loonwaarde 32"}, "2025-07-01 60", "2026-12-15", "2026-11-01..2027-01-31", "2026-12-15 loonwaarde/review"},
		"review after the decision":                         {"loonkostensubsidie", "2025-07-01.. 32/40", []string{"2025-07-01 2025-07-01..2026-10-31 loonwaarde 32"}, "2025-07-01 60", "2026-12-15", "2026-11-01..2027-01-31", ""},
		"review that was done":                              {"loonkostensubsidie", "2025-07-01.. 32/40", []string{"2025-07-01 2025-07-01.. loonwaarde 32"}, "2026-12-15 60", "2026-12-15", "2026-11-01..2027-01-31", ""},
		"review by the scheme":                              {"oss-bonusbaan", "2006-11-01.. 40/40", []string{"2006-11-01 2006-11-01.. loonwaarde 40"}, "2006-11-01 60", "", "2007-04-01..2008-06-30", "2007-05-01 loonwaarde/review; 2007-11-01 loonwaarde/review; 2008-05-01 loonwaarde/review"},
		"review by the scheme and recorded on the same day": {"oss-bonusbaan", "2006-11-01.. 40/40", []string{"2006-11-01 2006-11-01.. loonwaarde 40"}, "2006-11-01 60", "2007-05-01", "2007-04-01..2007-06-30", "2007-05-01 loonwaarde/review"},
		"review by the scheme that was done":                {"oss-bonusbaan", "2006-11-01.. 40/40", []string{"2006-11-01 2006-11-01.. loonwaarde 40"}, "2006-11-01 60;2007-05-01 70", "", "2007-04-01..2007-06-30", ""},
	} {
		f := subsidy.File{Contract: contractOf(t, c.contract), Loonwaarden: loonwaardenOf(t, c.values)}
		for i, text := range c.decisions {
			d := decisionOf(t, text)
			d.Number = fmt.Sprint("D-", i)
			f.Decisions = append(f.Decisions, d)
		}
		if c.review != "" {
			f.Loonwaarden[0].ReviewDue = calendar.MustParse(c.review)
		}
		var list []string
		for _, i := range subsidy.SubsidyWork(spanOf(t, c.window), schemeOf(t, c.scheme), f) {
			if i.What.NL == "" || i.What.EN == "" {
				t.Errorf("%s says nothing: %+v", name, i)
			}
			list = append(list, strings.TrimSpace(fmt.Sprint(i.Day, " ", i.Kind, " ", i.Until)))
		}
		slices.Sort(list)
		if got := strings.Join(list, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Free places are those that no running contract takes; keys sort by day, kind
// and number.
func TestWorkRows(t *testing.T) {
	day := calendar.Day(2007, 4, 1)
	for taken, want := range map[int]string{
		0: "Of 50 places 0 are taken and 50 are free.", 38: "Of 50 places 38 are taken and 12 are free.", 52: "Of 50 places none is free: 52 are taken, 2 too many.",
	} {
		row, known := subsidy.FreePlaces(schemeOf(t, "uden-warmm"), subsidy.Taken{Day: day, People: taken})
		if !known || row.What.EN != want || row.Key != "20070401 places/free uden-warmm" {
			t.Errorf("%d taken: %+v, want %q", taken, row, want)
		}
	}
	if row, known := subsidy.FreePlaces(schemeOf(t, "oss-bonusbaan"), subsidy.Taken{Day: day}); known {
		t.Errorf("a scheme that names no places: %+v", row)
	}
	f := subsidy.WorkFile{File: subsidy.File{Contract: contractOf(t, "2026-07-01..2026-12-31 32/40"), Birth: calendar.Day(1965, 1, 1)}, Employer: "E", Employee: "P-1"}
	f.Others = []payroll.Contract{f.Contract}
	rows, err := f.Work(spanOf(t, "2026-11-01..2026-12-31"), schemeOf(t, "loonkostensubsidie"))
	if err != nil || len(rows) != 2 || rows[0].Key != "20261130 contract/notice C-1 E" || rows[1].Key != "20261231 contract/ends C-1 E" || rows[0].Person != "P-1" {
		t.Errorf("rows of the employer: %+v, %v", rows, err)
	}
	f.Employee, f.Others = "", nil
	rows, err = f.Work(spanOf(t, "2026-11-01..2026-12-31"), schemeOf(t, "loonkostensubsidie"))
	if err != nil || len(rows) != 1 || rows[0].Key != "20261231 contract/ends C-1 E" || rows[0].Person != "" {
		t.Errorf("rows of the municipality: %+v, %v", rows, err)
	}
}

// Where the benefit is kept, a place is taken from the start to the exit, both
// included, and by nobody who was only referred.
func TestTakenByTrajectories(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	const scheme = "tilburg-participatieproject"
	list := []subsidy.Trajectory{
		trajectoryOf(t, scheme, "referred 2007-01-01"), trajectoryOf(t, scheme, "started 2007-02-01; exited 2007-03-01 work"),
		trajectoryOf(t, scheme, "started 2007-03-01"), trajectoryOf(t, "den-bosch-verloning", "started 2007-01-01"),
	}
	var got []string
	for _, taken := range subsidy.TakenByTrajectories(book, list, []calendar.Date{calendar.Day(2007, 1, 1), calendar.Day(2007, 3, 1), calendar.Day(2007, 4, 1)}) {
		got = append(got, fmt.Sprint(taken.Scheme, " ", taken.Day, " ", taken.People))
	}
	if want := []string{scheme + " 2007-01-01 0", scheme + " 2007-03-01 2", scheme + " 2007-04-01 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
