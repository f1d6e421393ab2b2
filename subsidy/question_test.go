package subsidy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/subsidy"
)

// What each answer to an open question makes of the worked example, reckoned by
// hand: 2,337.00 × 1.08 = 2,523.96; × 40 % = 1,009.584; × 32/36 = 897.408.
func TestQuestions(t *testing.T) {
	for _, c := range []struct{ contract, loonwaarde, want string }{
		// 897.408 × 23.5 % = 210.89; by steps 1,009.58 × 32/36 = 897.40 and 224.35.
		{"2026-07-01.. 32/40", "60", "reference-day 1121.76; charges-percentage 1108.30 1121.76; charges-in-cap 1121.76; part-month 1121.76; rounding 1121.75"},
		// A loonwaarde of 20 is held at 70 %: 1,570.464 and 392.62; within the cap 2,523.96 × 70 % × 32/36 together.
		{"2026-07-01.. 32/40", "20", "reference-day 1963.08; charges-percentage 1939.52 1963.08; charges-in-cap 1570.46; part-month 1963.08; rounding 1963.08"},
		// From the 16th, a Friday: 16 of 31 days, 463.18 and 115.79; by working days 11 of 22: 448.70 and 112.18; by steps
		// 897.40 × 16/31 = 463.17 and 115.79.
		{"2026-10-16.. 32/40", "60", "reference-day 578.97; charges-percentage 572.03 578.97; charges-in-cap 578.97; part-month 560.88; rounding 578.96"},
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
