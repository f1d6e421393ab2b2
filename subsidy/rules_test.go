package subsidy_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// Under a decision on which a scheme has several rules, its subsidies together
// never exceed the wage cost of the decision's period, and all its claims
// together never exceed its ceiling; what they leave is claimed as soon as there
// is room for it.
func TestRulesShareCapAndCeiling(t *testing.T) {
	scheme := schemeText(t, "2004-01-01", "",
		payRule("share", "subsidy", `pct: {of: wage_cost, rate: {value: "0.70", mark: stated}}`, monthlyCapped)+
			payRule("place", "fee", `fixed: {amount: {value: "300.00", mark: stated}}`, "        trigger: month\n        vat: {compensable: {value: \"1\", mark: stated}}\n")+
			payRule("extra", "subsidy", `fixed: {amount: {value: "250.00", mark: stated}}`, monthlyCapped)+
			payRule("start", "subsidy", `parts: {price: {value: "900.00", mark: stated}, shares: {start: "0.5", month_4: "0.5"}}`, "        trigger: milestone\n        cap: wage_cost_total\n"))
	byCost, byCeiling := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		decision, ceiling := "2007-01-01 2007-01-01..2007-06-30 loonwaarde 40", euro.MustParse("99999.00")
		if rapid.Bool().Draw(t, "ceiling?") {
			ceiling = euro.Cents(rapid.Int64Range(0, 6_000_00).Draw(t, "ceiling"))
			decision += " ceiling=" + ceiling.String()
		}
		s := &stage{scheme, subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, decision)}}}
		cost, subsidies, all := euro.Zero, euro.Zero, euro.Zero
		for i, month := range monthsFrom(t, "2007-01", 6) {
			gross := euro.Cents(rapid.Int64Range(0, 1_200_00).Draw(t, month))
			claims, _ := s.claim(t, runOf(t, month), payroll.Payslip{Wage: gross}, nil)
			if cost = cost.Add(gross); len(claims) != 4 {
				t.Fatalf("%d claims", len(claims))
			}
			for _, c := range claims {
				if all = all.Add(c.Amount); c.Kind == subsidy.Subsidy {
					subsidies = subsidies.Add(c.Amount)
				}
				if c.Amount.Sign() < 0 && i < 5 {
					t.Fatalf("%s: %s of rule %s before the settlement", month, c.Amount, c.Rule)
				}
			}
			if all.Cmp(ceiling) > 0 {
				t.Fatalf("%s: %s in all is above the ceiling %s", month, all, ceiling)
			}
		}
		if subsidies.Cmp(cost) > 0 {
			t.Fatalf("subsidies of %s exceed the wage cost %s", subsidies, cost)
		}
		if subsidies.Equal(cost) && cost.Sign() > 0 {
			byCost++
		}
		if all.Equal(ceiling) {
			byCeiling++
		}
	})
	if byCost == 0 || byCeiling == 0 {
		t.Errorf("the cost bound %d times, the ceiling %d", byCost, byCeiling)
	}
}

// One claim is explained as it was computed, beside the others of its decision.
func TestExplainBesideOthers(t *testing.T) {
	scheme := schemeText(t, "2004-01-01", "",
		payRule("first", "subsidy", `pct: {of: wage_cost, rate: {value: "0.80", mark: stated}}`, monthlyCapped)+
			payRule("second", "subsidy", `pct: {of: wage_cost, rate: {value: "0.80", mark: stated}}`, monthlyCapped))
	f := subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01.. loonwaarde 40")}}
	slip, r := payroll.Payslip{Wage: euro.MustParse("1000.00")}, runOf(t, "2007-01")
	claims, _, err := subsidy.NewClaims(r, scheme, f, slip, nil)
	if err != nil || len(claims) != 2 || claims[0].Amount.String() != "800.00" || claims[1].Amount.String() != "200.00" {
		t.Fatalf("%+v, %v", claims, err)
	}
	for _, c := range claims {
		trace := &payroll.Trace{}
		alone, known, err := subsidy.ExplainClaim(r, scheme, f, slip, trace, c.ID)
		if err != nil || !known || alone.Hash() != c.Hash() {
			t.Errorf("%s: explained as %+v, %v", c.Rule, alone, err)
		}
		if n := len(trace.Steps); n == 0 || trace.Steps[n-1].Result != c.Amount.String() {
			t.Errorf("%s: the trace ends with %+v, not with %s", c.Rule, trace.Steps, c.Amount)
		}
		if paper := fmt.Sprint(trace.Steps); c.Rule == "second" && !contains(paper, "800.00") {
			t.Errorf("the trace of the second rule does not show what the first one took: %s", paper)
		}
	}
}
