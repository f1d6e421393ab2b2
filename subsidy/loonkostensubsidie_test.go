package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// One line for each case of Participatiewet art. 10d. The last columns are the
// computation on paper: for each stretch of days the reference month, holiday
// allowance, share, hours and days; then the percentage of employer charges.
// big.Rat computes it and shares no code with the kernel.
func TestLoonkostensubsidie(t *testing.T) {
	const (
		adult, from = "1996-03-01", "2026-07-01.. 32/40"
		granted     = "2026-07-01 2026-07-01.. loonwaarde 32"
		full        = "2026-07-01 2026-07-01.. loonwaarde 36"
		doubt       = "figure/in_doubt"
	)
	for _, c := range []struct{ what, period, birth, contract, decision, values, base, charges, attention string }{
		{"the example", "2026-10", adult, from, granted, "2026-07-01 60", "2337 1.08 0.40 32/36", "0.25", doubt},
		{"loonwaarde 20 is capped at 70 %", "2026-10", adult, from, full, "2026-07-01 20", "2337 1.08 0.70", "0.25", doubt},
		{"loonwaarde 0", "2026-10", adult, from, full, "2026-07-01 0", "2337 1.08 0.70", "0.25", doubt},
		{"loonwaarde 30", "2026-10", adult, from, full, "2026-07-01 30", "2337 1.08 0.70", "0.25", doubt},
		{"loonwaarde 31", "2026-10", adult, from, full, "2026-07-01 31", "2337 1.08 0.69", "0.25", doubt},
		{"loonwaarde 60", "2026-10", adult, from, full, "2026-07-01 60", "2337 1.08 0.40", "0.25", doubt},
		{"loonwaarde 90", "2026-10", adult, from, full, "2026-07-01 90", "2337 1.08 0.10", "0.25", doubt},
		{"loonwaarde 100", "2026-10", adult, from, full, "2026-07-01 100", "0", "0.25", doubt},

		{"forfait", "2026-10", adult, from, "2026-07-01 2026-07-01.. forfait 32", "", "2337 1.08 0.50 32/36", "0.25", doubt},
		{"forfait looks at no loonwaarde", "2026-10", adult, from, "2026-07-01 2026-07-01.. forfait 32", "2026-07-01 90", "2337 1.08 0.50 32/36", "0.25", doubt},
		{"forfait ends in the month", "2026-10", adult, "2026-04-16.. 36/40", "2026-04-16 2026-04-16.. forfait 36", "", "2294.40 1.08 0.50 15/31", "0.235", "forfait/over " + doubt},
		{"forfait has ended", "2026-10", adult, "2026-03-01.. 36/40", "2026-03-01 2026-03-01.. forfait 36", "", "0", "0.235", "forfait/over"},
		{"forfait of a contract from 31 August", "2027-02", adult, "2026-08-31.. 36/40", "2026-08-31 2026-08-31.. forfait 36", "", "2337 1.08 0.50 27/28", "0.25", "forfait/over " + doubt},
		{"forfait counts from the contract, not the decision", "2026-10", adult, "2026-03-01.. 36/40", "2026-09-01 2026-09-01.. forfait 36", "", "0", "0.25", "forfait/over"},
		{"forfait, then loonwaarde", "2026-10", adult, "2026-04-16.. 36/40", "2026-04-16 2026-04-16.. forfait 36; 2026-10-16 2026-10-16.. loonwaarde 36", "2026-10-16 60", "2294.40 1.08 0.50 15/31 + 2337 1.08 0.40 16/31", "", doubt},
		{"before 2017 there is no forfait", "2016-10", adult, "2016-09-01.. 36/40", "2016-09-01 2016-09-01.. forfait 36", "", "error", "", ""},

		{"40 of 40 hours", "2026-10", adult, "2026-07-01.. 40/40", "2026-07-01 2026-07-01.. loonwaarde 40", "2026-07-01 60", "2337 1.08 0.40 40/36", "0.25", doubt},
		{"40 of 38 hours", "2026-10", adult, "2026-07-01.. 38/38", "2026-07-01 2026-07-01.. loonwaarde 40", "2026-07-01 60", "2337 1.08 0.40 38/36", "0.25", doubt},
		{"12.5 hours", "2026-10", adult, "2026-07-01.. 12.5/36", "2026-07-01 2026-07-01.. loonwaarde 12.5", "2026-07-01 60", "2337 1.08 0.40 25/72", "0.25", doubt},
		{"before 2024: 32 of 40", "2023-10", adult, "2023-08-01.. 32/40", "2023-08-01 2023-08-01.. loonwaarde 32", "2023-08-01 60", "1995 1.08 0.40 32/40", "0.235", doubt},
		{"before 2024: never upward", "2023-10", adult, "2023-08-01.. 38/38", "2023-08-01 2023-08-01.. loonwaarde 40", "2023-08-01 60", "1995 1.08 0.40", "0.235", doubt},
		{"before 2024: no week is longer than forty", "2023-10", adult, "2023-08-01.. 36/48", "2023-08-01 2023-08-01.. loonwaarde 36", "2023-08-01 60", "1995 1.08 0.40 36/40", "0.235", doubt},
		{"before 2024: all of a long week", "2023-10", adult, "2023-08-01.. 48/48", "2023-08-01 2023-08-01.. loonwaarde 48", "2023-08-01 60", "1995 1.08 0.40", "0.235", doubt},
		{"since 2024 the sector's own week", "2026-10", adult, "2026-07-01.. 48/48", "2026-07-01 2026-07-01.. loonwaarde 48", "2026-07-01 60", "2337 1.08 0.40 48/36", "0.25", doubt},
		{"before 2024: granted before a rise", "2023-10", adult, "2023-02-01.. 38/38", "2023-02-01 2023-02-01.. loonwaarde 38", "2023-02-01 60", "1934.40 1.08 0.40", "0.235", doubt},
		{"the new regime starts on a 1 January", "2024-01", adult, "2023-08-01.. 38/38", "2023-08-01 2023-08-01.. loonwaarde 38", "2023-08-01 60", "2069.40 1.08 0.40 38/36", "0.235", doubt},
		{"2016, charges 23 %", "2016-10", "1970-01-01", "2016-08-01.. 40/40", "2016-08-01 2016-08-01.. loonwaarde 40", "2016-08-01 60", "1537.20 1.08 0.40", "0.23", ""},
		{"2018, charges 23.5 %", "2018-02", "1970-01-01", "2017-08-01.. 40/40", "2017-08-01 2017-08-01.. loonwaarde 40", "2017-08-01 60", "1578 1.08 0.40", "0.235", ""},
		{"2025, 36 hours from memory", "2025-10", adult, "2025-09-01.. 36/36", "2025-09-01 2025-09-01.. loonwaarde 36 charges=20", "2025-09-01 60", "2245.80 1.08 0.40", "0.20", doubt},

		{"starts in the month", "2026-10", adult, "2026-10-10.. 36/40", "2026-10-10 2026-10-10.. loonwaarde 36", "2026-10-10 60", "2337 1.08 0.40 22/31", "0.25", doubt},
		{"ends in the month", "2026-10", adult, "2026-07-01..2026-10-20 36/40", full, "2026-07-01 60", "2337 1.08 0.40 20/31", "0.25", doubt},
		{"decision starts later than the contract", "2026-10", adult, "2026-07-01.. 36/40", "2026-10-10 2026-10-10.. loonwaarde 36", "2026-10-10 60", "2337 1.08 0.40 22/31", "0.25", "decision/missing " + doubt},
		{"decision ends earlier", "2026-10", adult, "2026-07-01.. 36/40", "2026-07-01 2026-07-01..2026-10-10 loonwaarde 36", "2026-07-01 60", "2337 1.08 0.40 10/31", "0.25", "decision/missing " + doubt},
		{"a single day of February", "2027-02", adult, "2026-07-01..2027-02-01 36/40", full, "2026-07-01 60", "2337 1.08 0.40 1/28", "0.25", doubt},
		{"loonwaarde changes in the month", "2026-10", adult, from, full, "2026-07-01 60; 2026-10-16 40", "2337 1.08 0.40 15/31 + 2337 1.08 0.60 16/31", "0.25", doubt},
		{"a correction of July leaves October", "2026-10", adult, from, full, "2026-10-16 40; 2026-07-01 60", "2337 1.08 0.40 15/31 + 2337 1.08 0.60 16/31", "0.25", doubt},
		{"loonwaarde known from the 16th", "2026-10", adult, from, full, "2026-10-16 60", "2337 1.08 0.40 16/31", "0.25", "loonwaarde/unknown " + doubt},
		{"loonwaarde not known", "2026-10", adult, from, full, "", "0", "0.25", "loonwaarde/unknown"},
		{"hours of the decision change in the month", "2026-10", adult, from, granted + "; 2026-10-16 2026-10-16.. loonwaarde 24", "2026-07-01 60", "2337 1.08 0.40 32/36 15/31 + 2337 1.08 0.40 24/36 16/31", "0.25", doubt},

		{"granted in March 2026", "2026-10", adult, "2026-03-15.. 36/40", "2026-03-15 2026-03-15.. loonwaarde 36", "2026-03-15 60", "2294.40 1.08 0.40", "0.235", doubt},
		{"granted on 30 June 2026", "2026-10", adult, "2026-06-30.. 36/40", "2026-06-30 2026-06-30.. loonwaarde 36", "2026-06-30 60", "2294.40 1.08 0.40", "0.235", doubt},
		{"granted on 1 July 2026", "2026-10", adult, from, full, "2026-07-01 60", "2337 1.08 0.40", "0.25", doubt},
		{"granted in 2025, then", "2025-12", adult, "2025-09-01.. 36/36", "2025-09-01 2025-09-01.. loonwaarde 36", "2025-09-01 60", "2245.80 1.08 0.40", "0.235", doubt},
		{"granted in 2025, first half of 2026", "2026-06", adult, "2025-09-01.. 36/36", "2025-09-01 2025-09-01.. loonwaarde 36", "2025-09-01 60", "2294.40 1.08 0.40", "0.235", doubt},
		{"granted in 2025, second half of 2026", "2026-10", adult, "2025-09-01.. 36/36", "2025-09-01 2025-09-01.. loonwaarde 36", "2025-09-01 60", "2294.40 1.08 0.40", "0.235", doubt},
		{"granted in 2025 for a later year", "2026-10", adult, "2026-08-01.. 36/36", "2025-12-20 2026-08-01.. loonwaarde 36", "2026-08-01 60", "2294.40 1.08 0.40", "0.235", doubt},

		{"eighteen years", "2026-10", "2008-01-01", from, full, "2026-07-01 60", "1168.50 1.08 0.40", "0.25", doubt},
		{"twenty years", "2026-10", "2006-01-01", from, full, "2026-07-01 60", "1869.60 1.08 0.40", "0.25", doubt},
		{"21 since the reference day", "2026-10", "2005-10-15", from, full, "2026-07-01 60", "1869.60 1.08 0.40", "0.25", doubt},
		{"21 at the next 1 January", "2027-01", "2005-10-15", from, full, "2026-07-01 60", "2337 1.08 0.40", "0.25", doubt},
		{"eighteen in 2023", "2023-10", "2005-01-01", "2023-08-01.. 38/38", "2023-08-01 2023-08-01.. loonwaarde 38 charges=0", "2023-08-01 60", "997.50 1.08 0.40", "0", ""},

		{"bbl, twenty years", "2026-10", "2006-01-01", "2026-07-01.. 32/40 bbl", full, "2026-07-01 60", "1437.26 1.08 0.40", "0.25", doubt},
		{"bbl, seventeen years, as anybody", "2026-10", "2009-01-01", "2026-07-01.. 32/40 bbl", full, "2026-07-01 60", "923.12 1.08 0.40", "0.25", doubt},
		{"bbl, grown up", "2026-10", adult, "2026-07-01.. 32/40 bbl", full, "2026-07-01 60", "2337 1.08 0.40", "0.25", doubt},
		{"bbl until the 16th", "2026-10", "2006-01-01", "2026-07-01.. 32/40 bbl; 2026-10-16 32/40", full, "2026-07-01 60", "1437.26 1.08 0.40 15/31 + 1869.60 1.08 0.40 16/31", "0.25", doubt},
		{"bbl in 2023, nineteen", "2023-10", "2004-01-01", "2023-08-01.. 38/38 bbl", "2023-08-01 2023-08-01.. loonwaarde 38 charges=0", "2023-08-01 60", "1047.40 1.08 0.40", "0", ""},

		{"the decision's own charges", "2026-10", adult, from, "2026-07-01 2026-07-01.. loonwaarde 36 charges=30.5", "2026-07-01 60", "2337 1.08 0.40", "0.305", ""},
		{"no charges at all", "2026-10", adult, from, "2026-07-01 2026-07-01.. loonwaarde 36 charges=0", "2026-07-01 60", "2337 1.08 0.40", "0", ""},
		{"half a cent rounds up, however many stretches", "2027-02", adult, "2026-07-01.. 18/36; 2027-02-19 18/36; 2027-02-23 18/36", "2026-07-01 2026-07-01.. loonwaarde 18 charges=0", "2026-07-01 75", "2337 1.08 0.25 18/36", "0", doubt},
		{"four weeks are paid by the days of their months", "2026-P11", adult, from, full, "2026-07-01 60", "2337 1.08 0.40 27/31 + 2337 1.08 0.40 1/30", "0.25", doubt},
	} {
		f := subsidy.File{
			Contract: contractOf(t, c.contract), Birth: calendar.MustParse(c.birth),
			Decisions: []subsidy.Decision{decisionOf(t, c.decision)}, Loonwaarden: loonwaardenOf(t, c.values),
		}
		f.Hours = richHours(f.Contract, runOf(t, c.period).Period)
		claims, found, err := subsidy.NewClaims(runOf(t, c.period), schemeOf(t, "loonkostensubsidie"), f, rich, nil)
		if c.base == "error" {
			if err == nil {
				t.Errorf("%s: %+v, want an error", c.what, claims)
			}
			continue
		}
		if err != nil || len(claims) != 1 {
			t.Errorf("%s: %d claims, %v", c.what, len(claims), err)
			continue
		}
		base := sum(c.base)
		if got := claims[0].Base.String(); got != halfUp(base) {
			t.Errorf("%s: base %s, want %s", c.what, got, halfUp(base))
		}
		if c.charges != "" {
			if got, want := claims[0].Charges.String(), halfUp(base.Mul(base, rat(c.charges))); got != want {
				t.Errorf("%s: charges %s, want %s", c.what, got, want)
			}
		}
		if !claims[0].Entitled.Equal(claims[0].Base.Add(claims[0].Charges)) || !claims[0].Amount.Equal(claims[0].Entitled) {
			t.Errorf("%s: %+v does not add up", c.what, claims[0])
		}
		if got := kinds(found); got != c.attention {
			t.Errorf("%s: exceptions %q, want %q", c.what, got, c.attention)
		}
	}
}

// The steps say over what the loonwaarde was determined, and the amount is the
// same either way; the forfait has none.
func TestLoonwaardeIsExplained(t *testing.T) {
	with, without, amount := true, false, euro.MustParse("1402.20")
	for _, c := range []struct {
		what, route string
		holiday     *bool
		amount      *euro.Amount
		says, base  string
	}{
		{"with", "loonwaarde", &with, nil, "determined with holiday allowance", "1009.58"},
		{"without", "loonwaarde", &without, nil, "determined without holiday allowance", "1009.58"},
		{"of old", "loonwaarde", nil, nil, "it was not recorded whether the holiday allowance is in it", "1009.58"},
		{"an amount", "loonwaarde", &without, &amount, "1402.20 / WML × 100 % 60 % half up, 1 %", "1009.58"},
		{"the forfait", "forfait", &with, nil, "", "1261.98"},
	} {
		values := loonwaardenOf(t, "2026-07-01 60")
		values[0].WithHoliday, values[0].Amount = c.holiday, c.amount
		f := subsidy.File{
			Contract: contractOf(t, "2026-07-01.. 36/40"), Birth: adult, Loonwaarden: values,
			Decisions: []subsidy.Decision{decisionOf(t, "2026-07-01 2026-07-01.. "+c.route+" 36")},
		}
		trace := &payroll.Trace{}
		claims, _, err := subsidy.NewClaims(runOf(t, "2026-10"), schemeOf(t, "loonkostensubsidie"), f, rich, trace)
		if err != nil || one(t, claims).Base.String() != c.base {
			t.Errorf("%s: %+v, %v", c.what, claims, err)
		}
		if paper := fmt.Sprint(trace.Steps); !contains(paper, c.says) || contains(paper, "loonwaarde since") != (c.says != "") {
			t.Errorf("%s: %s", c.what, paper)
		}
	}
}

// Every figure that is not confirmed for its day is an exception of its own, and
// no other: the subject names it.
func TestDoubtfulFigures(t *testing.T) {
	for _, c := range []struct{ what, period, birth, contract, decision, want string }{
		{"all confirmed", "2021-10", "1970-01-01", "2021-09-01.. 36/36", "loonwaarde 36", ""},
		{"charges after 2021", "2022-10", "1970-01-01", "2022-09-01.. 36/36", "loonwaarde 36", "loonkostensubsidie.charges 2022-01-01"},
		{"charges of 25 %", "2026-10", "1970-01-01", "2026-09-01.. 36/36", "loonwaarde 36", "loonkostensubsidie.charges 2026-07-01"},
		{"charges that the decision names", "2026-10", "1970-01-01", "2026-09-01.. 36/36", "loonwaarde 36 charges=25", ""},
		{"36 hours", "2025-10", "1970-01-01", "2025-09-01.. 36/36", "loonwaarde 36 charges=20", "loonkostensubsidie.fulltime_hours 2024-01-01"},
		{"the forfait of January 2017", "2017-01", "1970-01-01", "2017-01-01.. 36/36", "forfait 36", "loonkostensubsidie.forfait 2017-01-01"},
		{"the forfait of an employment since then", "2017-02", "1970-01-01", "2017-02-01.. 36/36", "forfait 36", ""},
		{"the minimum wage of 2027", "2027-01", "1970-01-01", "2026-09-01.. 36/36", "loonwaarde 36 charges=25", "wml.reference_month 2026-07-01"},
		{"a youth amount", "2026-10", "2006-01-01", "2026-09-01.. 36/36", "loonwaarde 36 charges=25", "wml.reference_month 2026-07-01"},
		{"a pupil's scale from memory", "2018-02", "1996-06-01", "2018-01-01.. 36/36 bbl", "loonwaarde 36", "wml.month 2018-01-01"},
	} {
		start := c.contract[:10]
		f := subsidy.File{
			Contract: contractOf(t, c.contract), Birth: calendar.MustParse(c.birth), Loonwaarden: loonwaardenOf(t, start+" 60"),
			Decisions: []subsidy.Decision{decisionOf(t, start+" "+start+".. "+c.decision)},
		}
		_, found, err := subsidy.NewClaims(runOf(t, c.period), schemeOf(t, "loonkostensubsidie"), f, rich, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range found {
			got = append(got, e.Subject)
			if e.Kind != payroll.FigureInDoubt || e.Article == "" || e.Detail.NL == "" || e.Detail.EN == "" {
				t.Errorf("%s: %+v", c.what, e)
			}
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", c.what, text, c.want)
		}
	}
}

// A wage above the minimum is the employer's own: the subsidy is the same.
func TestWageAboveMinimumRaisesNothing(t *testing.T) {
	f := subsidy.File{
		Contract: contractOf(t, "2026-07-01.. 36/40"), Birth: adult, Loonwaarden: loonwaardenOf(t, "2026-07-01 60"),
		Decisions: []subsidy.Decision{decisionOf(t, "2026-07-01 2026-07-01.. loonwaarde 36")},
	}
	plain, raised := f.Contract, 0
	for _, c := range []payroll.Contract{plain, withWage(plain, payroll.BaseWML, "1.30", ""), withWage(plain, payroll.BaseAmount, "1", "31.25")} {
		s := &stage{schemeOf(t, "loonkostensubsidie"), f}
		s.file.Contract = c
		slip, claims, _ := s.play(t, "2026-10", worked(c, payroll.Worked, 8_00, workdays("2026-10", 18)...))
		if got := one(t, claims); got.Base.String() != "1009.58" || got.Amount.String() != "1261.98" {
			t.Errorf("gross %s: %s and %s", slip.Gross, got.Base, got.Amount)
		}
		if slip.Gross.Cmp(euro.MustParse("2500")) > 0 {
			raised++
		}
	}
	if raised != 2 {
		t.Errorf("%d wages were above the minimum", raised)
	}
}

// Nothing is claimed for a month that contract and decision do not share.
func TestNoClaimOutside(t *testing.T) {
	for _, c := range []struct{ what, contract, decision string }{
		{"the decision has ended", "2026-07-01.. 36/40", "2026-07-01 2026-07-01..2026-09-30 loonwaarde 36"},
		{"the decision has not begun", "2026-07-01.. 36/40", "2026-07-01 2026-11-01.. loonwaarde 36"},
		{"the contract has ended", "2026-07-01..2026-09-30 36/40", "2026-07-01 2026-07-01.. loonwaarde 36"},
		{"they never meet", "2026-07-01..2026-10-10 36/40", "2026-07-01 2026-10-11.. loonwaarde 36"},
	} {
		f := subsidy.File{
			Contract: contractOf(t, c.contract), Birth: calendar.MustParse("1996-03-01"),
			Decisions: []subsidy.Decision{decisionOf(t, c.decision)}, Loonwaarden: loonwaardenOf(t, "2026-07-01 60"),
		}
		claims, _, err := subsidy.NewClaims(runOf(t, "2026-10"), schemeOf(t, "loonkostensubsidie"), f, rich, nil)
		if err != nil || len(claims) != 0 {
			t.Errorf("%s: %+v, %v", c.what, claims, err)
		}
	}
}

// A review that is overdue is noticed from the first day of the month after,
// and not before.
func TestReviewOverdue(t *testing.T) {
	for due, want := range map[string]string{"2026-09-30": "loonwaarde/review_overdue", "2026-10-01": "", "2026-12-31": ""} {
		values := loonwaardenOf(t, "2026-07-01 60")
		values[0].ReviewDue = calendar.MustParse(due)
		f := subsidy.File{
			Contract: contractOf(t, "2026-07-01.. 36/40"), Birth: calendar.MustParse("1996-03-01"), Loonwaarden: values,
			Decisions: []subsidy.Decision{decisionOf(t, "2026-07-01 2026-07-01.. loonwaarde 36 charges=20")},
		}
		_, found, err := subsidy.NewClaims(runOf(t, "2026-10"), schemeOf(t, "loonkostensubsidie"), f, rich, nil)
		if got := kinds(found); err != nil || got != want {
			t.Errorf("due on %s: %q, want %q, %v", due, got, want, err)
		}
	}
}

// One line for each month under a cap: what was claimed before, the wage cost
// of this month, a ceiling, and what may be claimed now. The entitlement is
// that of the example, 1,121.76.
func TestLimits(t *testing.T) {
	for _, c := range []struct{ what, entitled, cost, claimed, now, ceiling, want string }{
		{"wage cost above", "0", "0", "0", "2000.00", "", "1121.76"},
		{"wage cost of a cent less", "0", "0", "0", "1121.75", "", "1121.75"},
		{"no wage cost", "0", "0", "0", "0", "", "0.00"},
		{"room from earlier months", "1121.76", "2000.00", "1121.76", "1000.00", "", "1121.76"},
		{"room from earlier months, not enough", "1121.76", "2000.00", "1121.76", "100.00", "", "978.24"},
		{"carried from an earlier month", "1121.76", "500.00", "500.00", "3000.00", "", "1743.52"},
		{"carried in part", "1121.76", "500.00", "500.00", "1500.00", "", "1500.00"},
		{"never negative", "1121.76", "500.00", "1121.76", "100.00", "", "0.00"},
		{"ceiling", "0", "0", "0", "2000.00", "=1000", "1000.00"},
		{"ceiling over all claims", "1121.76", "3000.00", "1121.76", "2000.00", "=1500", "378.24"},
		{"ceiling reached", "1500.00", "3000.00", "1500.00", "2000.00", "=1500", "0.00"},
		{"ceiling of nought", "0", "0", "0", "2000.00", "=0", "0.00"},
	} {
		decision := "2026-07-01 2026-07-01.. loonwaarde 32"
		if c.ceiling != "" {
			decision += " ceiling" + c.ceiling
		}
		d := decisionOf(t, decision)
		f := subsidy.File{
			Contract: contractOf(t, "2026-07-01.. 32/40"), Birth: calendar.MustParse("1996-03-01"),
			Decisions: []subsidy.Decision{d}, Loonwaarden: loonwaardenOf(t, "2026-07-01 60"),
			History: []subsidy.History{
				{Decision: d.ID, Rule: "another", WageCost: euro.MustParse("9999"), Entitled: euro.MustParse("9999")},
				{Decision: d.ID, Rule: "lks", Entitled: euro.MustParse(c.entitled), WageCost: euro.MustParse(c.cost), Amount: euro.MustParse(c.claimed)},
			},
		}
		slip := payroll.Payslip{Wage: euro.MustParse(c.now)}
		claims, found, err := subsidy.NewClaims(runOf(t, "2026-10"), schemeOf(t, "loonkostensubsidie"), f, slip, nil)
		if err != nil || len(claims) != 1 || claims[0].Amount.String() != c.want || claims[0].Entitled.String() != "1121.76" {
			t.Errorf("%s: %+v, %v, want %s", c.what, claims, err, c.want)
			continue
		}
		carried := euro.MustParse(c.entitled).Add(claims[0].Entitled).Cmp(euro.MustParse(c.claimed).Add(claims[0].Amount)) > 0
		over := false
		for _, e := range found {
			over = over || e.Kind == subsidy.OverWageCost
		}
		if over != carried {
			t.Errorf("%s: carried %t, and the exception says %t", c.what, carried, over)
		}
	}
}
