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

// What each answer to an open question makes of the worked example, reckoned by
// hand: 2,337.00 × 1.08 = 2,523.96; × 40 % = 1,009.584; × 32/36 = 897.408.
func TestQuestions(t *testing.T) {
	for _, c := range []struct{ contract, loonwaarde, want string }{
		// 897.408 × 23.5 % = 210.89; by steps 1,009.58 × 32/36 = 897.40 and 224.35.
		{"2026-07-01.. 32/40", "60", "reference-day 1121.76; youth-age 1121.76; bbl-reference 1121.76; charges-percentage 1108.30 1121.76; charges-in-cap 1121.76; sickness-before-2022 1121.76; part-month 1121.76; rounding 1121.75"},
		// A loonwaarde of 20 is held at 70 %: 1,570.464 and 392.62; within the cap 2,523.96 × 70 % × 32/36 together.
		{"2026-07-01.. 32/40", "20", "reference-day 1963.08; youth-age 1963.08; bbl-reference 1963.08; charges-percentage 1939.52 1963.08; charges-in-cap 1570.46; sickness-before-2022 1963.08; part-month 1963.08; rounding 1963.08"},
		// From the 16th, a Friday: 16 of 31 days, 463.18 and 115.79; by working days 11 of 22: 448.70 and 112.18; by steps
		// 897.40 × 16/31 = 463.17 and 115.79.
		{"2026-10-16.. 32/40", "60", "reference-day 578.97; youth-age 578.97; bbl-reference 578.97; charges-percentage 572.03 578.97; charges-in-cap 578.97; sickness-before-2022 578.97; part-month 560.88; rounding 578.96"},
	} {
		r, e, month, f := example(t)
		f.Contract = contractOf(t, c.contract)
		month.Contract, f.Hours = f.Contract, month.Hours
		f.Decisions = []subsidy.Decision{decisionOf(t, c.contract[:10]+" "+c.contract[:10]+".. loonwaarde 32")}
		f.Loonwaarden = loonwaardenOf(t, "2026-07-01 "+c.loonwaarde)
		slip, _, err := payroll.NewPayslip(e, month, r.Period, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, q := range subsidy.Questions() {
			line := q.ID
			for _, a := range q.Answers {
				amount, err := subsidy.Under(a.Reading, r, schemeOf(t, "loonkostensubsidie"), f, slip)
				if err != nil {
					t.Fatal(err)
				}
				line += " " + amount.String()
			}
			got = append(got, line)
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s, loonwaarde %s:\n%s, want\n%s", c.contract, c.loonwaarde, text, c.want)
		}
	}
}

// Questions about the young and the sick have an effect on them alone: each is
// asked of somebody whom it is about, with the choice and the other answer on
// paper, as in TestLoonkostensubsidie.
func TestQuestionsOfSome(t *testing.T) {
	asked := map[string]bool{}
	for _, c := range []struct{ question, period, birth, contract, hours, chosen, other string }{
		{"youth-age", "2026-10", "2005-10-15", "2026-07-01.. 36/36", "", "1869.60 1.08 0.40", "1869.60 1.08 0.40 14/31 + 2337 1.08 0.40 17/31"},
		{"youth-age", "2026-10", "2005-09-15", "2026-07-01.. 36/36", "", "1869.60 1.08 0.40", "2337 1.08 0.40"},
		{"youth-age", "2027-01", "2005-10-15", "2026-07-01.. 36/36", "", "2337 1.08 0.40", "2337 1.08 0.40"},
		{"bbl-reference", "2026-10", "2006-01-01", "2026-07-01.. 36/36 bbl", "", "1437.26 1.08 0.40", "1869.60 1.08 0.40"},
		{"sickness-before-2022", "2021-10", "1996-03-01", "2021-07-01.. 36/36", "2021-10-04 2021-10-05 2021-10-11", "1701 1.08 0.40 23/31", "1701 1.08 0.40"},
		{"sickness-before-2022", "2022-10", "1996-03-01", "2022-07-01.. 36/36", "2022-10-04 2022-10-05 2022-10-11", "1756.20 1.08 0.40", "1756.20 1.08 0.40"},
	} {
		start := c.contract[:10]
		f := subsidy.File{
			Contract: contractOf(t, c.contract), Birth: calendar.MustParse(c.birth), Loonwaarden: loonwaardenOf(t, start+" 60"),
			Decisions: []subsidy.Decision{decisionOf(t, start+" "+start+".. loonwaarde 36 charges=0")},
		}
		f.Hours = worked(f.Contract, payroll.Sick, 7_20, strings.Fields(c.hours)...)
		for _, q := range subsidy.Questions() {
			if q.ID != c.question {
				continue
			}
			asked[q.ID] = true
			for reading, want := range map[subsidy.Reading]string{{}: c.chosen, q.Answers[0].Reading: c.other} {
				got, err := subsidy.Under(reading, runOf(t, c.period), schemeOf(t, "loonkostensubsidie"), f, rich)
				if err != nil || got.String() != halfUp(sum(want)) {
					t.Errorf("%s in %s by %+v: %s, %v, want %s", q.ID, c.period, reading, got, err, halfUp(sum(want)))
				}
			}
		}
	}
	if len(asked) != 3 {
		t.Errorf("asked %v", asked)
	}
}

// Every question says in both languages what it asks and what was chosen, with a
// source and a day, and tries at least one other answer, which is no choice.
func TestRegister(t *testing.T) {
	var ids []string
	for _, q := range subsidy.Questions() {
		ids = append(ids, q.ID)
		if q.Asks.NL == "" || q.Asks.EN == "" || q.Choice.NL == "" || q.Choice.EN == "" || q.Source == "" || q.Chosen.IsZero() || len(q.Answers) == 0 {
			t.Errorf("%+v", q)
		}
		for _, a := range q.Answers {
			if a.Says.NL == "" || a.Says.EN == "" || fmt.Sprint(a.Reading) == fmt.Sprint(subsidy.Reading{}) {
				t.Errorf("%s: %+v", q.ID, a)
			}
		}
	}
	if slices.Sort(ids); len(ids) < 5 || len(slices.Compact(ids)) != len(subsidy.Questions()) {
		t.Errorf("questions %v", ids)
	}
}
