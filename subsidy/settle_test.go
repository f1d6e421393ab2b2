package subsidy_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// opstap is the one-off amount of Breda: 2,500 at the start and 2,500 after
// twelve months, an advance until then.
func opstap(t rapid.TB, contract, decision string) *stage {
	return &stage{schemeOf(t, "breda-opstapbaan"), subsidy.File{
		Contract: contractOf(t, contract+" 28/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 "+decision)},
	}}
}

// What is paid in advance is settled in the last month of the subsidised days:
// in all it is never above the wage cost of those days, nor above the ceiling.
// Cost is the wage cost of each month.
func TestSettlement(t *testing.T) {
	for _, c := range []struct{ what, contract, decision, cost, first, lastMonth, last, attention string }{
		{"cost above", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28", "1000.00", "2500.00", "2007-12", "2500.00", ""},
		{"cost of exactly the amount", "2007-01-01..2007-12-31", "2007-01-01..2007-12-31 loonwaarde 28", "416.67", "2500.00", "2007-12", "2500.00", ""},
		{"a cent a month less", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28", "416.66", "2500.00", "2007-12", "2499.92", "claim/over_wage_cost"},
		{"cost between the advance and the amount", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28", "300.00", "2500.00", "2007-12", "1100.00", "claim/over_wage_cost"},
		{"cost of the advance", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28", "208.33", "2500.00", "2007-12", "-0.04", "claim/advance_over_cost"},
		{"cost below the advance", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28", "100.00", "2500.00", "2007-12", "-1300.00", "claim/advance_over_cost"},
		{"no cost", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28", "0.00", "2500.00", "2007-12", "-2500.00", "claim/advance_over_cost"},
		{"early end, cost above", "2007-01-01..2007-07-31", "2007-01-01..2007-12-31 loonwaarde 28", "1000.00", "2500.00", "2007-07", "416.67", ""},
		{"early end, cost below", "2007-01-01..2007-07-31", "2007-01-01..2007-12-31 loonwaarde 28", "200.00", "2500.00", "2007-07", "-1100.00", "claim/advance_over_cost"},
		{"end in the first month", "2007-01-01..2007-01-20", "2007-01-01..2007-12-31 loonwaarde 28", "900.00", "900.00", "2007-01", "900.00", "claim/end_reason_unknown claim/over_wage_cost"},
		{"a decision without an end", "2007-01-01..", "2007-01-01.. loonwaarde 28", "1000.00", "2500.00", "2007-12", "2500.00", ""},
		{"a decision without an end, cost below", "2007-01-01..", "2007-01-01.. loonwaarde 28", "100.00", "2500.00", "2007-12", "-1300.00", "claim/advance_over_cost"},
		{"ceiling between", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28 ceiling=3000", "1000.00", "2500.00", "2007-12", "500.00", "claim/over_wage_cost"},
		{"ceiling below the advance", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28 ceiling=2000", "1000.00", "2000.00", "2007-12", "0.00", "claim/over_wage_cost"},
		{"ceiling and cost below", "2007-01-01..", "2007-01-01..2007-12-31 loonwaarde 28 ceiling=2000", "100.00", "2000.00", "2007-12", "-800.00", "claim/advance_over_cost"},
	} {
		s := opstap(t, c.contract, c.decision)
		cost := euro.MustParse(c.cost)
		var first, last euro.Amount
		var attention, in string
		for i, month := range monthsFrom(t, "2007-01", 14) {
			claims, found := s.claim(t, runOf(t, month), payroll.Payslip{Wage: cost}, nil)
			for _, claim := range claims {
				if i == 0 {
					first = claim.Amount
				}
				last, in, attention = claim.Amount, month, withoutDoubt(found)
			}
		}
		if got, want := say(first, in, last, attention), say(c.first, c.lastMonth, c.last, c.attention); got != want {
			t.Errorf("%s: %s, want %s", c.what, got, want)
		}
	}
}

// Over any months the one-off amount paid in all is the least of price, wage
// cost and ceiling, once it is settled; before, it is an advance.
func TestSettledIsTheLeast(t *testing.T) {
	back := 0
	rapid.Check(t, func(t *rapid.T) {
		ceiling := euro.Cents(rapid.Int64Range(0, 6_000_00).Draw(t, "ceiling"))
		months := rapid.IntRange(1, 12).Draw(t, "months")
		end := calendar.MustParse("2007-01-01").AddMonths(months).Add(-1)
		s := opstap(t, "2007-01-01.."+end.String(), "2007-01-01..2007-12-31 loonwaarde 28 ceiling="+ceiling.String())
		cost, paid := euro.Zero, euro.Zero
		for _, month := range monthsFrom(t, "2007-01", months) {
			gross := euro.Cents(rapid.Int64Range(0, 1_000_00).Draw(t, month))
			claims, _ := s.claim(t, runOf(t, month), payroll.Payslip{Wage: gross}, nil)
			cost, paid = cost.Add(gross), paid.Add(one(t, claims).Amount)
			if claims[0].Amount.Sign() < 0 {
				back++
			}
		}
		due := euro.MustParse("2500.00")
		if earned := euro.MustParse(halfUp(rat(fmt.Sprintf("%d/12", 5000*months)))); earned.Cmp(due) > 0 {
			due = earned // by whole months, also when the contract ends early for any reason
		}
		if want := due.Min(cost).Min(ceiling); !paid.Equal(want) {
			t.Fatalf("%d months: paid %s, want the least of %s, %s and %s", months, paid, due, cost, ceiling)
		}
	})
	if back == 0 {
		t.Error("nothing was ever claimed back")
	}
}

// An off-cycle run of the settled month settles anew: late hours give back what
// was claimed back for want of wage cost.
func TestSettledAgain(t *testing.T) {
	s := opstap(t, "2007-01-01..2007-01-31", "2007-01-01..2007-12-31 loonwaarde 28")
	claims, _ := s.claim(t, runOf(t, "2007-01"), payroll.Payslip{Wage: euro.MustParse("100.00")}, nil)
	first := one(t, claims)
	if first.Amount.String() != "100.00" {
		t.Fatalf("first %s", first.Amount)
	}
	s.file.History[0].Booked = subsidy.Booked{Base: first.Base, Charges: first.Charges, WageCost: first.WageCost}
	r := runOf(t, "2007-01")
	r.Kind, r.ID = payroll.OffCycle, payroll.DeriveID("off")
	claims, _ = s.claim(t, r, payroll.Payslip{Wage: euro.MustParse("1600.00")}, nil)
	again := one(t, claims)
	if got := say(again.Base, again.WageCost, again.Amount); got != "0.00 1500.00 1500.00" {
		t.Errorf("again: %s", got)
	}
	if again.ID == first.ID {
		t.Error("two runs have one claim id")
	}
}
