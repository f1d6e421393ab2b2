package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// What a claim costs is dealt out over the sources of its rule to the cent: the
// parts sum to the amount and the VAT that the payer bears, also below nil, none
// is a cent or more from its share by more than the cents that were left, and a
// claim on one source is not divided. A forecast is dealt out as the claims are.
func TestSharesSumToTheWhole(t *testing.T) {
	below, divided, left := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(1, 98).Draw(t, "W")
		second := rapid.IntRange(0, 99-first).Draw(t, "I")
		shares := map[subsidy.Source]int{subsidy.WDeel: first, subsidy.Own: 100 - first - second}
		budget := fmt.Sprintf(`W: "0.%02d", own: "0.%02d"`, first, 100-first-second)
		if second > 0 {
			shares[subsidy.IDeel] = second
			budget += fmt.Sprintf(`, I: "0.%02d"`, second)
		}
		price := euro.Cents(rapid.Int64Range(1, 3000_00).Draw(t, "price"))
		rules := payRule("place", "fee", `fixed: {amount: {value: "`+price.String()+`", mark: stated}}`, "        trigger: month\n        vat: {compensable: {value: \"0.5\", mark: stated}}\n") +
			payRule("start", "subsidy", `parts: {price: {value: "4000.01", mark: stated}, shares: {start: "1"}}`, "        trigger: milestone\n        cap: wage_cost_total\n")
		alone := payRule("alone", "subsidy", `fixed: {amount: {value: "10.00", mark: stated}}`, monthlyCapped)
		scheme := schemeText(t, "2004-01-01", "", strings.ReplaceAll(rules, `own: "1"`, budget)+alone)
		s := &stage{scheme, subsidy.File{Contract: contractOf(t, "2007-01-01..2007-02-28 40/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01..2007-02-28 loonwaarde 40")}}}
		for _, month := range monthsFrom(t, "2007-01", 2) {
			claims, _ := s.claim(t, runOf(t, month), payroll.Payslip{Wage: euro.Cents(rapid.Int64Range(0, 900_00).Draw(t, month))}, nil)
			for _, c := range claims {
				cost := c.Amount.Add(c.VATCost)
				if (len(c.Sources) > 0) != (c.Rule != "alone" && !cost.IsZero()) {
					t.Fatalf("%s of %s has the sources %v", cost, c.Rule, c.Sources)
				}
				sum := euro.Zero
				for _, part := range c.Sources {
					sum = sum.Add(part.Amount)
					// Cents left over are at most one fewer than there are sources.
					if off := part.Amount.InCents()*100 - cost.InCents()*int64(shares[part.Source]); off >= 100*int64(len(shares)) || off <= -100*int64(len(shares)) {
						t.Fatalf("%s bears %s of %s at %d %%", part.Source, part.Amount, cost, shares[part.Source])
					} else if off != 0 {
						left++
					}
				}
				if len(c.Sources) > 0 {
					if divided++; !sum.Equal(cost) || len(c.Sources) != len(shares) {
						t.Fatalf("%v do not sum to %s", c.Sources, cost)
					}
				}
				if cost.Sign() < 0 {
					below++
				}
				other := c
				if other.Sources = nil; (other.Hash() == c.Hash()) != (len(c.Sources) == 0) {
					t.Fatalf("the hash of %v is that of none", c.Sources)
				}
			}
		}
		expected, err := subsidy.Expect(s.scheme, s.file, s.file.Decisions[0])
		if err != nil {
			t.Fatal(err)
		}
		seen := map[subsidy.Source]bool{}
		for _, r := range expected {
			seen[r.Source] = seen[r.Source] || r.Rule == "place"
			if r.Result != (r.Rule == "start") {
				t.Fatalf("%+v", r)
			}
		}
		for source := range shares {
			if !seen[source] {
				t.Fatalf("nothing is reserved on %s: %+v", source, expected)
			}
		}
	})
	if below == 0 || divided == 0 || left == 0 {
		t.Errorf("%d claims below nil, %d divided, %d parts with a cent left", below, divided, left)
	}
}

// A statement deals cents out in the order of a claim, W before ESF: 300.00 × 16/31 =
// 154.84 is 92.904 and 61.936, and the cent that is left goes to W.
func TestStatementSharesAsClaims(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	s := subsidy.Statement{Municipality: municipality, Period: calendar.MonthOf(calendar.MustParse("2007-01-01"))}
	if err := s.Compute(book, subsidy.StatementFile{Trajectories: []subsidy.Trajectory{trajectoryOf(t, "bergen-op-zoom-werk-voorop", "started 2007-01-16")}}); err != nil {
		t.Fatal(err)
	}
	if len(s.Lines) != 1 || fmt.Sprint(s.Lines[0].Sources) != "[{W 2007 92.91} {ESF 2007 61.93}]" {
		t.Errorf("%v", s.Lines)
	}
}
