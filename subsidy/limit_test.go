package subsidy_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// Whatever two decisions on a contract and other contracts claim, a rule never
// brings a person above the most of the scheme; what another rule, or another
// municipality, claimed takes nothing of it; and every claim is explained.
func TestLimitIsForOnePerson(t *testing.T) {
	bound, free := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		limit := euro.Cents(rapid.Int64Range(1, 6_000_00).Draw(t, "limit"))
		monthly := euro.Cents(rapid.Int64Range(1, 900_00).Draw(t, "monthly"))
		elsewhere := euro.Cents(rapid.Int64Range(0, 3_000_00).Draw(t, "elsewhere"))
		most := fmt.Sprintf("        limit: {value: \"%s\", mark: stated}\n", limit)
		s := stage{schemeText(t, "2004-01-01", "", payRule("month", "subsidy", `fixed: {amount: {value: "`+monthly.String()+`", mark: stated}}`, monthlyCapped+most)),
			subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: adult}}
		s.file.Decisions = []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01..2007-04-15 loonwaarde 40"), otherDecision(t, "D-2", "2007-04-16 2007-04-16..2007-12-31 loonwaarde 40")}
		other := subsidy.Claimed{Municipality: municipality, Rule: "month", Amount: elsewhere}
		s.file.Elsewhere = []subsidy.Claimed{
			other, {Municipality: municipality, Rule: "another", Amount: limit}, {Municipality: payroll.DeriveID("another"), Rule: "month", Amount: limit},
		}
		sum, given := elsewhere, euro.Zero
		for _, month := range monthsFrom(t, "2007-01", 12) {
			r, before := runOf(t, month), s.file
			hours := richHours(s.file.Contract, r.Period)
			claims, found := s.claim(t, r, rich, hours)
			for _, c := range claims {
				sum, given = sum.Add(c.Amount), given.Add(c.Entitled)
				if c.Amount.Sign() < 0 {
					t.Fatalf("%s: %s", month, c.Amount)
				}
				f, trace := before, &payroll.Trace{}
				f.Hours = hours
				if _, _, err := subsidy.ExplainClaim(r, s.scheme, f, rich, trace, c.ID); err != nil || !slices.ContainsFunc(trace.Steps, func(step payroll.Step) bool { return step.Result == c.Amount.String() }) {
					t.Fatalf("%s: %s is explained by %+v, %v", month, c.Amount, trace.Steps, err)
				}
			}
			if over := slices.ContainsFunc(found, func(e payroll.Exception) bool { return e.Kind == subsidy.OverLimit }); over != (elsewhere.Add(given).Cmp(limit) > 0) {
				t.Fatalf("%s: an exception %t, given %s beside %s of %s", month, over, given, elsewhere, limit)
			}
		}
		want := elsewhere.Add(given.Min(limit.Sub(elsewhere)))
		if elsewhere.Cmp(limit) > 0 {
			want = elsewhere
		}
		if !sum.Equal(want) {
			t.Fatalf("in all %s, want %s: given %s beside %s of %s", sum, want, given, elsewhere, limit)
		}
		if want.Equal(limit) {
			bound++
		} else {
			free++
		}
	})
	if bound == 0 || free == 0 {
		t.Errorf("bound %d times, free %d times", bound, free)
	}
}
