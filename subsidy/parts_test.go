package subsidy_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// Whatever the price, the shares and the months, the instalments sum to the
// price to the cent when the whole period is served, and each falls in the month
// in which its milestone lies.
func TestPartsSumToThePrice(t *testing.T) {
	odd := 0
	rapid.Check(t, func(t *rapid.T) {
		price := euro.Cents(rapid.Int64Range(1, 10_000_00).Draw(t, "price"))
		first := rapid.IntRange(1, 998).Draw(t, "first")
		second := rapid.IntRange(1, 999-first).Draw(t, "second")
		middle := rapid.IntRange(1, 11).Draw(t, "middle")
		shares := fmt.Sprintf(`{start: "0.%03d", month_%d: "0.%03d", month_12: "0.%03d"}`, first, middle, second, 1000-first-second)
		s := stage{schemeText(t, "2004-01-01", "", payRule("one", "subsidy", `parts: {price: {value: "`+price.String()+`", mark: stated}, shares: `+shares+`}`, "        trigger: milestone\n")),
			subsidy.File{Contract: contractOf(t, "2005-01-01.. 40/40"), Birth: adult}}
		start := calendar.MustParse("2005-01-01").Add(rapid.IntRange(0, 400).Draw(t, "start"))
		s.file.Decisions = []subsidy.Decision{decisionOf(t, fmt.Sprintf("%s %s..%s loonwaarde 40", start, start, start.AddMonths(12).Add(-1)))}
		total, paid := euro.Zero, 0
		for _, month := range monthsFrom(t, "2005-01", 30) {
			claims, _ := s.claim(t, runOf(t, month), rich, nil)
			for _, c := range claims {
				total = total.Add(c.Amount)
				if !c.Amount.IsZero() {
					paid++
				}
				if c.Amount.Sign() < 0 {
					t.Fatalf("%s: %s", month, c.Amount)
				}
			}
		}
		if !total.Equal(price) {
			t.Fatalf("%s in shares of %s: %s", price, shares, total)
		}
		if price.InCents()%2 == 1 && paid == 3 {
			odd++
		}
	})
	if odd == 0 {
		t.Error("no odd price came in three parts")
	}
}

// The milestones are days: the start is the first subsidised day, month 12 the
// last day of twelve months served.
func TestMilestones(t *testing.T) {
	for _, c := range []struct{ contract, decision, start, end string }{
		{"2007-01-01..", "2007-01-01..2007-12-31", "2007-01", "2007-12"},
		{"2007-01-15..", "2007-01-01..2008-01-31", "2007-01", "2008-01"}, // the contract is later than the decision
		{"2007-01-15..", "2007-02-01..2008-01-31", "2007-02", "2008-01"}, // the decision is later than the contract
		{"2007-01-31..", "2007-01-31..2008-01-30", "2007-01", "2008-01"},
	} {
		s := stage{schemeOf(t, "breda-opstapbaan"), subsidy.File{Contract: contractOf(t, c.contract+" 28/40"), Birth: adult,
			Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 "+c.decision+" loonwaarde 28")}}}
		got := map[string]string{}
		for _, month := range monthsFrom(t, "2006-12", 16) {
			claims, _ := s.claim(t, runOf(t, month), rich, richHours(s.file.Contract, runOf(t, month).Period))
			for _, claim := range claims {
				if !claim.Amount.IsZero() {
					got[month] = claim.Amount.String()
				}
			}
		}
		if len(got) != 2 || got[c.start] != "2500.00" || got[c.end] != "2500.00" {
			t.Errorf("%s, %s: %v, want 2500.00 in %s and in %s", c.contract, c.decision, got, c.start, c.end)
		}
	}
}
