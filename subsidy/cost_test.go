package subsidy_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
	"verloning/subsidy"
)

// vangnet is the full wage cost of Breda.
func vangnet(t rapid.TB, contract, decision string) *stage {
	return &stage{schemeOf(t, "breda-vangnetbaan"), subsidy.File{
		Contract: contractOf(t, contract), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, decision)},
	}}
}

// The full wage cost counts what the minimum wage would cost, and what the
// contract pays above it is for the employer. In January 2007 the minimum is
// 300.20 a week, 7.505 an hour of forty; 160 hours of it are 1,200.80 and the
// allowance on them 96.06. Employer charges are the setting's 17 %, or what the
// decision names.
func TestFullWageCost(t *testing.T) {
	for _, c := range []struct{ what, base, factor, amount, charges, want string }{
		{"the minimum wage", "WML", "1", "", "", "1296.86 220.47 1517.33 of 1517.33"},
		{"a tenth above", "WML", "1.10", "", "", "1296.86 220.47 1517.33 of 1669.06"},
		{"an amount an hour", "amount", "1", "9.00", "", "1296.86 220.47 1517.33 of 1819.58"},
		{"an amount below the minimum", "amount", "1", "5.00", "", "1296.86 220.47 1517.33 of 1517.33"},
		{"charges of the decision", "WML", "1.10", "", " charges=20", "1296.86 259.37 1556.23 of 1711.86"},
		{"no charges by the decision", "WML", "1.10", "", " charges=0", "1296.86 0.00 1296.86 of 1426.55"},
	} {
		s := vangnet(t, "2007-01-01.. 40/40", "2007-01-01 2007-01-01.. loonwaarde 40"+c.charges)
		s.file.Contract = withWage(s.file.Contract, payroll.WageBase(c.base), c.factor, c.amount)
		_, claims, found := s.play(t, "2007-01", worked(s.file.Contract, payroll.Worked, 8_00, workdays("2007-01", 20)...))
		got := one(t, claims)
		if text := fmt.Sprintf("%s %s %s of %s", got.Base, got.Charges, got.Amount, got.WageCost); text != c.want {
			t.Errorf("%s: %s, want %s", c.what, text, c.want)
		}
		if !got.Provisional || kinds(found) != "claim/provisional" {
			t.Errorf("%s: provisional %t, %q", c.what, got.Provisional, kinds(found))
		}
	}
}

// The exception names the percentage that was reckoned with, and says another
// thing where none was.
func TestProvisionalSaysHow(t *testing.T) {
	for charges, want := range map[string]string{
		"": "17 % was reckoned with", " charges=20.5": "20.5 % was reckoned with", " charges=0": "provisionally wage and holiday allowance",
	} {
		s := vangnet(t, "2007-01-01.. 40/40", "2007-01-01 2007-01-01.. loonwaarde 40"+charges)
		_, _, found := s.play(t, "2007-01", worked(s.file.Contract, payroll.Worked, 8_00, "2007-01-02"))
		if len(found) != 1 || !contains(found[0].Detail.EN, want) || found[0].Subject != "breda-vangnetbaan/wage_cost" {
			t.Errorf("charges %q: %+v, want %q", charges, found, want)
		}
	}
}

// The subsidy of a vangnetbaan is never above wage cost, is all of it at the
// minimum wage, and is nil after month 36.
func TestVangnetBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		factor := rapid.SampledFrom([]string{"1", "1.0001", "1.02", "1.10", "2.5"}).Draw(t, "factor")
		s := vangnet(t, "2007-01-01.. 36/40", "2007-01-01 2007-01-01.. loonwaarde 36 charges=0")
		s.file.Contract = withWage(s.file.Contract, payroll.BaseWML, factor, "")
		if rapid.Bool().Draw(t, "fixed") {
			s.file.Contract = fixedPay(s.file.Contract)
		}
		for _, month := range monthsFrom(t, "2007-01", 3) {
			slip, claims, _ := s.play(t, month, worked(s.file.Contract, payroll.Worked, payroll.Quantity(rapid.IntRange(1, 12_00).Draw(t, month)), workdays(month, rapid.IntRange(1, 20).Draw(t, "days"))...))
			c := one(t, claims)
			if c.Amount.Cmp(slip.WageCost()) > 0 || factor == "1" && !c.Amount.Equal(slip.WageCost()) {
				t.Fatalf("%s at %s: %s of a booked cost of %s", month, factor, c.Amount, slip.WageCost())
			}
			if slip.Gross.InCents() > 10_00 && (factor == "1.10" || factor == "2.5") && c.Amount.Cmp(slip.WageCost()) >= 0 {
				t.Fatalf("%s at %s: what is paid above the minimum is claimed too", month, factor)
			}
		}
	})
	s := vangnet(t, "2007-01-01.. 40/40", "2007-01-01 2007-01-01.. loonwaarde 40")
	s.file.Contract = fixedPay(s.file.Contract)
	for i, month := range monthsFrom(t, "2007-01", 38) {
		_, claims, found := s.play(t, month, nil)
		if (len(claims) == 1) != (i < 36) || i >= 36 && kinds(found) != "" {
			t.Errorf("%s: %d claims, %q", month, len(claims), kinds(found))
		}
	}
}

// A decision that follows another within a month never makes the subsidy of the
// month more than the wage cost on the payslip.
func TestTwoDecisionsInOneMonth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cut := calendar.MustParse("2007-01-01").Add(rapid.IntRange(1, 30).Draw(t, "cut"))
		s := vangnet(t, "2007-01-01.. 36/40", fmt.Sprintf("2007-01-01 2007-01-01..%s loonwaarde 36 charges=0", cut.Add(-1)))
		s.file.Decisions = append(s.file.Decisions, otherDecision(t, "D-2", fmt.Sprintf("2007-01-01 %s.. loonwaarde 36 charges=0", cut)))
		var hours []payroll.Hours
		for day := calendar.MustParse("2007-01-01"); day.Month() == 1; day = day.Add(rapid.IntRange(1, 9).Draw(t, "next")) {
			hours = append(hours, worked(s.file.Contract, payroll.Worked, payroll.Quantity(rapid.IntRange(0, 9_00).Draw(t, day.String())), day.String())...)
		}
		slip, claims, _ := s.play(t, "2007-01", hours)
		if len(claims) != 2 {
			t.Fatalf("%d claims", len(claims))
		}
		sum := claims[0].Amount.Add(claims[1].Amount)
		if sum.Cmp(slip.WageCost()) > 0 {
			t.Fatalf("cut on %s: %s + %s is above the booked cost %s", cut, claims[0].Amount, claims[1].Amount, slip.WageCost())
		}
	})
}

// The share of Oss is 60 % of wage and allowance; the half of 's-Hertogenbosch
// is of the minimum wage, whatever the contract pays, and under the wage cost.
func TestShares(t *testing.T) {
	s := &stage{schemeOf(t, "oss-werkende-weg"), subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: adult,
		Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01..2008-12-31 loonwaarde 40")}}}
	_, claims, _ := s.play(t, "2007-01", worked(s.file.Contract, payroll.Worked, 8_00, workdays("2007-01", 20)...))
	if got := one(t, claims); got.Amount.String() != halfUp(product("1296.86 0.60")) || !got.Provisional {
		t.Errorf("Oss: %+v", got)
	}
	for days, want := range map[int]string{20: halfUp(product("1300.80 0.50 32/40")), 5: "324.22"} {
		s = &stage{schemeOf(t, "den-bosch-verloning"), subsidy.File{Contract: contractOf(t, "2007-01-01..2007-12-31 32/40"), Birth: adult,
			Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01..2007-12-31 loonwaarde 32")}}}
		_, claims, _ = s.play(t, "2007-01", worked(s.file.Contract, payroll.Worked, 8_00, workdays("2007-01", days)...))
		if got := one(t, claims); got.Amount.String() != want || got.Provisional {
			t.Errorf("'s-Hertogenbosch, %d days: %s, want %s", days, got.Amount, want)
		}
	}
}

// The wage of WARMM is strictly above the minimum wage (schemes.md A3), for
// every age, day and full week, by factor and by an amount an hour that is too
// low, and training is paid like work.
func TestStrictlyAboveMinimum(t *testing.T) {
	scheme, known := bookOf(t).Rules("uden-warmm", municipality, calendar.MustParse("2006-12-01"))
	if !known || scheme.MinFactor.Cmp(euro.One) <= 0 {
		t.Fatalf("the factor of WARMM is %s", scheme.MinFactor)
	}
	rapid.Check(t, func(t *rapid.T) {
		day := calendar.MustParse("2006-12-01").Add(rapid.IntRange(0, 365*20-90).Draw(t, "day"))
		age := rapid.IntRange(16, 60).Draw(t, "age")
		birth := day.AddMonths(-12 * age)
		full := rapid.SampledFrom([]string{"36", "37.5", "38", "40"}).Draw(t, "full")
		c := withWage(contractOf(t, "2006-12-01.. 30/"+full), payroll.WageBase(rapid.SampledFrom([]string{"WML", "amount"}).Draw(t, "base")), scheme.MinFactor.String(), "0.01")
		if rapid.Bool().Draw(t, "fixed") {
			c = fixedPay(c)
		}
		kind := rapid.SampledFrom([]payroll.HoursKind{payroll.Worked, payroll.Training}).Draw(t, "kind")
		p := calendar.MonthOf(day)
		slip, _, err := payroll.NewPayslip(payroll.Employment{Birth: birth}, payroll.ContractMonth{Contract: c, Hours: worked(c, kind, 8_00, day.String())}, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		minimum, err := statute.MinimumHour(birth, day, euro.MustNumber(full))
		if err != nil {
			t.Fatal(err)
		}
		paid := 0
		for _, l := range slip.Lines {
			if l.Kind == payroll.WageLine(kind) {
				if paid++; l.Rate.Cmp(minimum.Value) <= 0 {
					t.Fatalf("%s on %s at %d: %s is not above %s", l.Kind, day, age, l.Rate, minimum.Value)
				}
			}
			if l.Kind == payroll.LineFixedPeriod || l.Kind == payroll.LineFixed {
				paid++
			}
		}
		if paid == 0 {
			t.Fatalf("nothing is paid: %+v", slip.Lines)
		}
		plain, _, err := payroll.NewPayslip(payroll.Employment{Birth: birth}, payroll.ContractMonth{Contract: withWage(c, payroll.BaseWML, "1", ""), Hours: worked(c, kind, 8_00, day.String())}, p, nil)
		if err != nil || slip.Gross.Cmp(plain.Gross) <= 0 {
			t.Fatalf("%s on %s: %s is not above %s, %v", kind, day, slip.Gross, plain.Gross, err)
		}
	})
}
