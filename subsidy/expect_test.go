package subsidy_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// What a decision is expected to cost is what it costs when all goes as agreed:
// months that are played one by one, with every decision on the contract, come
// to the same by year.
func TestExpectIsTheMonthsTogether(t *testing.T) {
	schemes := []string{"oss-bonusbaan", "oss-werkende-weg", "breda-vangnetbaan", "breda-opstapbaan", "den-bosch-verloning", "tilburg-vooropgesteld-werk", "uden-warmm", "loonkostensubsidie"}
	seen, months, followed := map[string]bool{}, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(schemes).Draw(t, "scheme")
		base := calendar.MustParse("2007-01-01")
		if id == "loonkostensubsidie" {
			base = calendar.MustParse("2024-01-01")
		}
		start := base.Add(rapid.IntRange(0, 400).Draw(t, "start"))
		end := start.Add(rapid.IntRange(0, 900).Draw(t, "end"))
		from := start.Add(rapid.IntRange(-40, 40).Draw(t, "decided"))
		span := fmt.Sprintf("%s..%s", from, from.Add(rapid.IntRange(0, 900).Draw(t, "until")))
		s := &stage{schemeOf(t, id), subsidy.File{
			Contract: fixedPay(contractOf(t, fmt.Sprintf("%s..%s %d/40", start, end, rapid.IntRange(4, 40).Draw(t, "hours")))), Birth: adult,
			Decisions:   []subsidy.Decision{decisionOf(t, start.String()+" "+span+" loonwaarde 32")},
			Loonwaarden: loonwaardenOf(t, fmt.Sprintf("%s %d", base.Add(-60), rapid.IntRange(0, 100).Draw(t, "percent"))),
		}}
		if rapid.Bool().Draw(t, "second") {
			next := s.file.Decisions[0].Span().To.Add(1 + rapid.IntRange(0, 60).Draw(t, "gap"))
			s.file.Decisions = append(s.file.Decisions, otherDecision(t, "D-2", fmt.Sprintf("%s %s..%s loonwaarde 32", next, next, next.AddMonths(24))))
		}
		if d := s.file.Decisions[0]; d.Span().Empty() || d.Span().Meet(s.file.Contract.Span()).Empty() {
			t.Skip("contract and decision never meet")
		}
		for _, d := range s.file.Decisions {
			expected, err := subsidy.Expect(s.scheme, s.file, d)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := expected, playAll(t, *s, d); !sameMonths(got, want) {
				t.Fatalf("%s, decision %s of %v under a contract of %v: %v expected, %v came", id, d.Number, d.Span(), s.file.Contract.Span(), got, want)
			}
			if d.Number == "D-2" && len(expected) > 0 {
				followed++
			}
			months, seen[id] = max(months, len(expected)), seen[id] || len(expected) > 0
		}
	})
	if len(seen) != len(schemes) || months < 13 || followed == 0 {
		t.Errorf("expected under %v only, in %d months, of a second decision %d times", seen, months, followed)
	}
}

// playAll claims month by month to the end of a decision, and sums what it cost
// by month: the net amounts and the VAT that the payer bears.
func playAll(t rapid.TB, s stage, d subsidy.Decision) map[calendar.Date]euro.Amount {
	t.Helper()
	sums := map[calendar.Date]euro.Amount{}
	for _, month := range monthsFrom(t, "2006-10", 12*22) {
		if p := runOf(t, month).Period; p.From.After(d.Span().To) || p.To.Before(d.Span().From) || !p.Overlaps(s.file.Contract.Span()) {
			continue
		}
		_, claims, _ := s.play(t, month, nil)
		for _, c := range claims {
			if c.Decision == d.ID {
				first := calendar.MonthOf(c.Service.From).From
				sums[first] = sums[first].Add(c.Amount).Add(c.VATCost)
			}
		}
	}
	return sums
}

func sameMonths(got []subsidy.Reservation, want map[calendar.Date]euro.Amount) bool {
	found, sums := 0, map[calendar.Date]euro.Amount{}
	for _, r := range got {
		sums[r.Month] = sums[r.Month].Add(r.Amount)
	}
	for month, sum := range sums {
		if !sum.Equal(want[month]) {
			return false
		}
		if !sum.IsZero() {
			found++
		}
	}
	for _, amount := range want {
		if !amount.IsZero() {
			found--
		}
	}
	return found == 0
}

// together sums a forecast.
func together(list []subsidy.Reservation) (sum euro.Amount) {
	for _, r := range list {
		sum = sum.Add(r.Amount)
	}
	return sum
}

// A decision without an end is expected until the end of its first year; what
// a municipality cannot get back of the VAT on a fee is part of the cost.
func TestExpected(t *testing.T) {
	s := &stage{schemeOf(t, "loonkostensubsidie"), subsidy.File{Contract: contractOf(t, "2026-07-01.. 32/40"), Birth: adult,
		Decisions: []subsidy.Decision{decisionOf(t, "2026-07-01 2026-07-01.. loonwaarde 32")}, Loonwaarden: loonwaardenOf(t, "2026-07-01 60")}}
	got, err := subsidy.Expect(s.scheme, s.file, s.file.Decisions[0])
	if err != nil || len(got) != 6 || got[5].Month != calendar.MustParse("2026-12-01") || together(got).String() != "6730.56" { // 6 × 1,121.76
		t.Errorf("%v, %v", got, err)
	}
	fee := schemeText(t, "2004-01-01", "", payRule("place", "fee", `fixed: {amount: {value: "1900.00", mark: stated}}`,
		"        trigger: month\n        vat: {compensable: {value: \"0.25\", mark: setting}}\n"))
	s = &stage{fee, subsidy.File{Contract: contractOf(t, "2012-08-01..2012-11-30 40/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2012-08-01 2012-01-01..2013-12-31 loonwaarde 40")}}}
	got, err = subsidy.Expect(s.scheme, s.file, s.file.Decisions[0])
	// Two months at 19 %, two at 21 %: three quarters of 361.00 and of 399.00.
	if err != nil || len(got) != 4 || together(got).String() != halfUp(sum("4 1900 + 2 270.75 + 2 299.25")) {
		t.Errorf("%v, %v", got, err)
	}
}

// An off-cycle run claims what recomputing the month gives less what other runs
// of the month booked, be it more or less; over all runs together the
// entitlement is that of the month, once.
func TestOffCycleDelta(t *testing.T) {
	less, more := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		percents := [2]int{rapid.IntRange(0, 100).Draw(t, "before"), rapid.IntRange(0, 100).Draw(t, "after")}
		file := subsidy.File{Contract: contractOf(t, "2026-07-01.. 32/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2026-07-01 2026-07-01.. loonwaarde 32")}}
		r := runOf(t, "2026-10")
		var entitled, amount, cost euro.Amount
		var booked subsidy.Booked
		file.Loonwaarden = loonwaardenOf(t, fmt.Sprintf("2026-07-01 %d", percents[0]))
		for i := range 4 {
			gross := []euro.Amount{euro.Zero, euro.MustParse("2038.64"), euro.MustParse("2038.64"), euro.MustParse("2038.64")}[i]
			if i >= 2 {
				file.Loonwaarden = loonwaardenOf(t, fmt.Sprintf("2026-07-01 %d; 2026-07-01 %d", percents[0], percents[1]))
			}
			file.History = []subsidy.History{{Decision: file.Decisions[0].ID, Rule: "lks", Entitled: entitled, WageCost: cost, Amount: amount, Booked: booked}}
			claims, _, err := subsidy.NewClaims(r, schemeOf(t, "loonkostensubsidie"), file, payroll.Payslip{Wage: gross}, nil)
			if err != nil {
				t.Fatal(err)
			}
			c := one(t, claims)
			entitled, cost, amount = entitled.Add(c.Entitled), cost.Add(c.WageCost), amount.Add(c.Amount)
			booked = subsidy.Booked{Base: booked.Base.Add(c.Base), Charges: booked.Charges.Add(c.Charges), WageCost: booked.WageCost.Add(c.WageCost)}
			file.History, less, more = nil, less+max(0, -c.Base.Sign()), more+max(0, c.Base.Sign())
			whole, _, err := subsidy.NewClaims(r, schemeOf(t, "loonkostensubsidie"), file, payroll.Payslip{Wage: gross}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if w := one(t, whole); !entitled.Equal(w.Entitled) || !cost.Equal(w.WageCost) || !booked.Base.Equal(w.Base) {
				t.Fatalf("after run %d: entitled %s of %s, cost %s of %s", i, entitled, w.Entitled, cost, w.WageCost)
			}
			if c.Amount.Sign() < 0 || amount.Cmp(cost) > 0 {
				t.Fatalf("run %d claims %s; %s in all of a cost of %s", i, c.Amount, amount, cost)
			}
			if i == 3 && (!c.Base.IsZero() || !c.WageCost.IsZero() || !c.Amount.IsZero()) {
				t.Fatalf("nothing changed, and %+v is claimed", c)
			}
		}
	})
	if less == 0 || more == 0 {
		t.Errorf("deltas below nil %d, above %d", less, more)
	}
}

// Decisions with a gap between them give together the months of the scheme, and
// no more: what the door accepts the runs pay.
func TestMonthsOverDecisions(t *testing.T) {
	file := subsidy.File{Contract: fixedPay(contractOf(t, "2007-01-01.. 40/40")), Birth: adult, Loonwaarden: loonwaardenOf(t, "2007-01-01 60"), Decisions: []subsidy.Decision{
		decisionOf(t, "2007-01-01 2007-01-01..2007-06-30 loonwaarde 40"), otherDecision(t, "D-2", "2007-10-01 2007-10-01..2009-12-31 loonwaarde 40")}}
	s := &stage{schemeOf(t, "oss-bonusbaan"), file}
	days := 0
	var last []calendar.Date
	for _, month := range monthsFrom(t, "2007-01", 40) {
		_, claims, _ := s.play(t, month, nil)
		for _, c := range claims {
			days, last = days+c.Service.Days(), append(last, c.Service.To)
		}
	}
	if end := slices.MaxFunc(last, calendar.Date.Cmp); days != 365+366 || end != calendar.MustParse("2009-04-02") {
		t.Errorf("%d days until %s, want 731 until 2009-04-02", days, end)
	}
}
