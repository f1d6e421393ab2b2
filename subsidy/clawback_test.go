package subsidy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// ended gives the contract its last day and the reason of it.
func ended(c payroll.Contract, to calendar.Date, reason string) payroll.Contract {
	c.Versions = slices.Clone(c.Versions)
	for i := range c.Versions {
		c.Versions[i].Span.To, c.Versions[i].EndReason = to, reason
	}
	return c
}

// clawScheme pays 5,000 in parts that are taken back for a reason of the
// employer; document and cap as asked.
func clawScheme(t rapid.TB, price, shares, document, limits string) subsidy.Scheme {
	t.Helper()
	rule := payRule("one", "subsidy", `parts: {price: {value: "`+price+`", mark: stated}, shares: `+shares+`}`,
		"        trigger: milestone\n        clawback: {months: {value: \"12\", mark: setting}, reasons: [ended_by_employer]}\n"+limits)
	return schemeText(t, "2004-01-01", "", strings.Replace(rule, "document: decision", "document: "+document, 1)+"    exits: [ended_by_employer, work]\n")
}

const totalCapped = "        cap: wage_cost_total\n"

// The opstapbaan of 5,000, half at the start and half in month 12, that ends on
// the last day of a month: earned is 5,000 × whole months / 12. What was paid ahead
// comes back only for a reason of the employer, and the wage cost holds either way.
func TestEarlyEnd(t *testing.T) {
	halves, whole := `{start: "0.5", month_12: "0.5"}`, `{start: "1"}`
	for _, c := range []struct{ what, shares, document, cap, to, reason, cost, last, attention string }{
		{"month 7, half was paid", halves, "decision", totalCapped, "2007-07-31", "ended_by_employer", "900", "416.67", ""},
		{"month 7, all was paid", whole, "decision", totalCapped, "2007-07-31", "ended_by_employer", "900", "-2083.33", "claim/reclaimed"},
		{"a day short of month 7", halves, "decision", totalCapped, "2007-07-30", "ended_by_employer", "900", "0.00", ""},
		{"month 5, half was paid", halves, "decision", totalCapped, "2007-05-31", "ended_by_employer", "900", "-416.67", "claim/reclaimed"},
		{"month 5 under an agreement", halves, "agreement", totalCapped, "2007-05-31", "ended_by_employer", "900", "-416.67", "claim/repaid_by_contract"},
		{"month 5 without a cap", halves, "decision", "", "2007-05-31", "ended_by_employer", "0", "-416.67", "claim/reclaimed"},
		{"month 7, for another reason", halves, "decision", totalCapped, "2007-07-31", "work", "900", "416.67", ""},
		{"month 7, all was paid, another reason", whole, "decision", totalCapped, "2007-07-31", "work", "900", "0.00", ""},
		{"month 7, all was paid, a reason of no scheme", whole, "decision", totalCapped, "2007-07-31", "left", "900", "0.00", "claim/end_reason_unknown"},
		{"month 7, all was paid, no reason", whole, "decision", totalCapped, "2007-07-31", "", "900", "0.00", "claim/end_reason_unknown"},
		{"month 5, the wage cost is less than earned", halves, "decision", totalCapped, "2007-05-31", "ended_by_employer", "300", "-1000.00", "claim/reclaimed claim/advance_over_cost"},
		{"month 7, the wage cost is less than earned", halves, "decision", totalCapped, "2007-07-31", "ended_by_employer", "400", "300.00", "claim/over_wage_cost"},
		{"month 7, the wage cost is less than paid, another reason", halves, "decision", totalCapped, "2007-07-31", "work", "300", "-400.00", "claim/advance_over_cost"},
		{"month 12 is whole", halves, "decision", totalCapped, "2007-12-31", "ended_by_employer", "900", "2500.00", ""},
		{"month 1 is not", halves, "decision", totalCapped, "2007-01-30", "ended_by_employer", "9000", "0.00", ""},
		{"month 1 is not, another reason", halves, "decision", totalCapped, "2007-01-30", "work", "9000", "2500.00", ""},
	} {
		s := stage{clawScheme(t, "5000.00", c.shares, c.document, c.cap), subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: adult}}
		s.file.Decisions = []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01..2007-12-31 loonwaarde 40")}
		if c.document == "agreement" {
			s.file.Decisions[0].Versions[0].Document = subsidy.Agreement
		}
		s.file.Contract = ended(s.file.Contract, calendar.MustParse(c.to), c.reason)
		var last, attention string
		for _, month := range monthsFrom(t, "2007-01", 13) {
			claims, found := s.claim(t, runOf(t, month), payroll.Payslip{Wage: euro.MustParse(c.cost)}, nil)
			if len(claims) > 0 {
				last, attention = one(t, claims).Amount.String(), withoutDoubt(found)
			}
		}
		if got, want := say(last, attention), say(c.last, c.attention); got != want {
			t.Errorf("%s: %s, want %s", c.what, got, want)
		}
	}
}

// A file says so at once when an end would never cost anything: for months after the
// subsidy, for no reason, or for one that is no exit.
func TestClawbackThatNeverCounts(t *testing.T) {
	good := "        trigger: milestone\n        clawback: {months: {value: \"12\", mark: setting}, reasons: [ended_by_employer]}\n"
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""},
		{`"12", mark: setting}, reasons`, `"13", mark: setting}, reasons`, "13 months are never served"},
		{`"12", mark: setting}, reasons`, `"1.5", mark: setting}, reasons`, "write a whole number of months"},
		{"[ended_by_employer]", "[]", "without one nothing is taken back"},
		{"[ended_by_employer]", "[fired]", `"fired" is not among the exits`},
	} {
		rule := payRule("one", "subsidy", `parts: {price: {value: "5000.00", mark: stated}, shares: {start: "1"}}`, strings.Replace(good, c.from, c.to, 1))
		_, faults := subsidy.ParseScheme([]byte("scheme: staged\nname: {nl: Proef, en: Trial}\nversions:\n  - from: 2004-01-01\n    source: \"a source\"\n" +
			"    status: {kind: employee, employer: firm}\n    period: {months: {value: \"12\", mark: stated}, limits: subsidy}\n    pay:\n" + rule + "    exits: [ended_by_employer, work]\n"))
		said := fmt.Sprint(faults)
		if c.want == "" && len(faults) > 0 || !strings.Contains(said, c.want) {
			t.Errorf("%s for %s: %s, want %q", c.to, c.from, said, c.want)
		}
	}
	for _, c := range []struct {
		document subsidy.Document
		amount   string
		want     string
	}{{subsidy.Beschikking, "-1.00", subsidy.Reclaim}, {subsidy.Agreement, "-1.00", subsidy.ContractRepayment}, {subsidy.Agreement, "1.00", ""}, {subsidy.Beschikking, "0.00", ""}} {
		if got := c.document.Recovery(euro.MustParse(c.amount)); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.amount, c.document, got, c.want)
		}
	}
}

// An early end that becomes known after its month was run is settled by a run of
// that month again, and a reason that was wrong is put right the same way.
func TestEarlyEndIsKnownLater(t *testing.T) {
	s := stage{clawScheme(t, "5000.00", `{start: "1"}`, "decision", ""), subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: adult}}
	s.file.Decisions = []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01..2007-12-31 loonwaarde 40")}
	for _, month := range monthsFrom(t, "2007-01", 9) {
		s.claim(t, runOf(t, month), rich, nil)
	}
	open := s.file.Contract
	for i, again := range []struct{ reason, want string }{{"ended_by_employer", "-2083.33"}, {"work", "2083.33"}, {"ended_by_employer", "-2083.33"}, {"ended_by_employer", "0.00"}} {
		s.file.Contract = ended(open, calendar.MustParse("2007-07-31"), again.reason)
		r := runOf(t, "2007-07")
		r.Kind, r.ID, r.Sequence = payroll.OffCycle, payroll.DeriveID(fmt.Sprint("off", i)), i+1
		booked := s.file.History[0].Booked
		claims, _ := s.claim(t, r, payroll.Payslip{}, nil)
		c := one(t, claims)
		if c.Amount.String() != again.want {
			t.Errorf("%d, %s: %s, want %s", i, again.reason, c.Amount, again.want)
		}
		s.file.History[0].Booked = subsidy.Booked{Base: booked.Base.Add(c.Base), Charges: booked.Charges.Add(c.Charges), WageCost: booked.WageCost.Add(c.WageCost)}
	}
}

// Whatever the price, the parts, the end, its reason and the wage cost: what is
// earned is never above the price and never falls with the months served, what was
// paid and what is due come to it, or to no less than fell due where the reason takes
// nothing back; never above the wage cost; and every claim is explained to its cent.
func TestEarnedProRata(t *testing.T) {
	met := map[string]int{}
	checkUntil(t, met, []string{"ended_by_employer", "work", "left", "", "cost"}, func(t *rapid.T) {
		price := euro.Cents(rapid.Int64Range(1, 10_000_00).Draw(t, "price"))
		first := rapid.IntRange(1, 998).Draw(t, "first")
		second := rapid.IntRange(1, 999-first).Draw(t, "second")
		middle := rapid.IntRange(1, 11).Draw(t, "middle")
		capped := rapid.SampledFrom([]string{"", totalCapped}).Draw(t, "cap")
		scheme := clawScheme(t, price.String(), fmt.Sprintf(`{start: "0.%03d", month_%d: "0.%03d", month_12: "0.%03d"}`, first, middle, second, 1000-first-second), "decision", capped)
		reason := rapid.SampledFrom([]string{"ended_by_employer", "work", "left", ""}).Draw(t, "reason")
		start := calendar.MustParse("2005-01-01").Add(rapid.IntRange(0, 400).Draw(t, "start"))
		wage := euro.Cents(rapid.Int64Range(0, 1_500_00).Draw(t, "wage"))
		earned, last := euro.Zero, -1
		for _, days := range []int{rapid.IntRange(0, 200).Draw(t, "days"), rapid.IntRange(200, 363).Draw(t, "more days")} {
			end := start.Add(days)
			s := stage{scheme, subsidy.File{Contract: ended(contractOf(t, start.String()+".. 40/40"), end, reason), Birth: adult}}
			s.file.Decisions = []subsidy.Decision{decisionOf(t, fmt.Sprintf("%s %s..%s loonwaarde 40", start, start, start.AddMonths(12).Add(-1)))}
			paid, cost := s.live(t, start, end, wage)
			now, served := proRated(price, 12, start, end)
			if now.Cmp(price) > 0 || now.Cmp(earned) < 0 || served < last {
				t.Fatalf("%d months: earned %s of %s after %s", served, now, price, earned)
			}
			want := now
			if due := fallenDue(t, scheme, price, start, end); reason != "ended_by_employer" && due.Cmp(now) > 0 {
				want = due
			}
			if capped != "" {
				want = want.Min(cost)
			}
			if !paid.Equal(want) || capped != "" && paid.Cmp(cost) > 0 {
				t.Fatalf("%s..%s for %q: paid %s, want %s, wage cost %s", start, end, reason, paid, want, cost)
			}
			earned, last = now, served
			met[reason]++
			if want.Equal(cost) && capped != "" {
				met["cost"]++
			}
		}
	})
}

// live runs every month of the contract and returns what was claimed and what it
// cost; each claim has a step that ends at its amount.
func (s *stage) live(t rapid.TB, start, end calendar.Date, wage euro.Amount) (paid, cost euro.Amount) {
	for p := calendar.MonthOf(start); !p.From.After(end); p = p.Next() {
		before := s.file.History
		slip, r := payroll.Payslip{Wage: wage}, runOf(t, p.String())
		claims, _ := s.claim(t, r, slip, nil)
		c := one(t, claims)
		paid, cost = paid.Add(c.Amount), cost.Add(wage)
		f, trace := s.file, &payroll.Trace{}
		f.History = before
		alone, known, err := subsidy.ExplainClaim(r, s.scheme, f, slip, trace, c.ID)
		if err != nil || !known || alone.Hash() != c.Hash() || !slices.ContainsFunc(trace.Steps, func(step payroll.Step) bool { return step.Result == c.Amount.String() }) {
			t.Fatalf("%s: %+v is explained as %+v by %+v", p, c, alone, trace.Steps)
		}
	}
	return paid, cost
}

// proRated is price × whole months / months, reckoned without the package.
func proRated(price euro.Amount, months int, start, end calendar.Date) (euro.Amount, int) {
	served := 0
	for !start.AddMonths(served + 1).After(end.Add(1)) {
		served++
	}
	return euro.MustParse(halfUp(product(price.String() + fmt.Sprintf(" %d/%d", served, months)))), served
}

// fallenDue is what a contract without an end was given until a day.
func fallenDue(t rapid.TB, scheme subsidy.Scheme, price euro.Amount, start, end calendar.Date) euro.Amount {
	s := stage{scheme, subsidy.File{Contract: contractOf(t, start.String()+".. 40/40"), Birth: adult}}
	s.file.Decisions = []subsidy.Decision{decisionOf(t, fmt.Sprintf("%s %s..%s loonwaarde 40", start, start, end))}
	sum := euro.Zero
	for p := calendar.MonthOf(start); !p.From.After(end); p = p.Next() {
		claims, _ := s.claim(t, runOf(t, p.String()), payroll.Payslip{Wage: price}, nil)
		sum = sum.Add(one(t, claims).Entitled)
	}
	return sum
}
