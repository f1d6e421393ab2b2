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

// placed reads "2026-10-01..2026-10-15 20.1234": days, and a price or none.
func placed(t rapid.TB, text string) payroll.Placement {
	t.Helper()
	p := payroll.Placement{ID: payroll.DeriveID("placement " + text), Contract: payroll.DeriveID("C-1"), Inlener: payroll.DeriveID("I")}
	var days, price string
	if n, _ := fmt.Sscan(text, &days, &price); n == 2 {
		number := euro.MustNumber(price)
		p.Price = &number
	}
	p.Span = spanOf(t, days)
	return p
}

// hired is a contract in a banenpool: half of the wage cost is hired out, half
// is subsidised by Tilburg. There is no decision unless a test adds one.
func hired(t rapid.TB, scheme, contract string, placements ...string) *stage {
	s := &stage{schemeOf(t, scheme), subsidy.File{Contract: contractOf(t, contract), Birth: adult}}
	for _, text := range placements {
		s.file.Placements = append(s.file.Placements, placed(t, text))
	}
	return s
}

// A placement that names a price an hour pays that for each hour worked; one
// without a price pays the scheme's share of wage and allowance. VAT is that of
// the last day of service, half up on the amount, and no budget bears it. In
// October 2026 an hour is 14.99.
func TestHire(t *testing.T) {
	for _, c := range []struct{ what, scheme, placement, hours, want string }{
		{"four decimals", "tilburg-vooropgesteld-werk", "2026-10-01.. 20.1234", "worked 8_00 17", halfUp(product("136 20.1234")) + " 21 " + "574.72"},
		{"half a cent", "tilburg-vooropgesteld-werk", "2026-10-01.. 0.0050", "worked 1_00 1", "0.01 21 0.00"},
		{"below half a cent", "tilburg-vooropgesteld-werk", "2026-10-01.. 0.0049", "worked 1_00 1", "0.00 21 0.00"},
		{"half of the cost", "tilburg-vooropgesteld-werk", "2026-10-01..", "worked 8_00 17", halfUp(product("2201.73 0.50")) + " 21 231.18"},
		{"three tenths of the cost", "oss-werkende-weg", "2026-10-01..", "worked 8_00 17", halfUp(product("2201.73 0.30")) + " 21 138.71"},
		{"a quarter of the cost", "uden-warmm", "2026-10-01..", "worked 8_00 17", halfUp(product("2201.73 0.25")) + " 21 115.59"},
		{"training is not hired", "tilburg-vooropgesteld-werk", "2026-10-01.. 20", "training 8_00 17", "0.00 21 0.00"},
		{"leave is not hired", "tilburg-vooropgesteld-werk", "2026-10-01.. 20", "leave 8_00 17", "0.00 21 0.00"},
		{"sickness is not hired", "tilburg-vooropgesteld-werk", "2026-10-01.. 20", "sick 8_00 17", "0.00 21 0.00"},
		{"sickness is in the cost", "tilburg-vooropgesteld-werk", "2026-10-01..", "sick 8_00 17", "1100.87 21 231.18"},
	} {
		s := hired(t, c.scheme, "2026-10-01..2027-09-30 32/40", c.placement)
		s.file.Contract.Municipality = [16]byte{}
		var kind, quantity string
		var days int
		if _, err := fmt.Sscan(c.hours, &kind, &quantity, &days); err != nil {
			t.Fatal(err)
		}
		each := payroll.Quantity(8_00)
		if quantity == "1_00" {
			each = 1_00
		}
		_, claims, found := s.play(t, "2026-10", worked(s.file.Contract, payroll.HoursKind(kind), each, workdays("2026-10", days)...))
		got := one(t, claims)
		if text := say(got.Amount, got.VATRate, got.VAT); text != c.want || withoutDoubt(found) != "" {
			t.Errorf("%s: %s %q, want %s", c.what, text, withoutDoubt(found), c.want)
		}
		if got.Kind != subsidy.Hire || got.Payer != payroll.DeriveID("I") || got.Payee != employer || got.Document != subsidy.Invoice || got.Budget != "" || got.Decision != [16]byte{} || !got.Entitled.Equal(got.Amount) {
			t.Errorf("%s: %+v is no invoice to the inlener", c.what, got)
		}
	}
}

// Two placements in one month bill each its own days, and no hour twice or not
// at all.
func TestTwoPlacements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cut := calendar.MustParse("2026-10-01").Add(rapid.IntRange(1, 30).Draw(t, "cut"))
		s := hired(t, "tilburg-vooropgesteld-werk", "2026-10-01..2027-09-30 32/40", fmt.Sprintf("2026-10-01..%s 20", cut.Add(-1)), fmt.Sprintf("%s.. 25.5", cut))
		hours := worked(s.file.Contract, payroll.Worked, payroll.Quantity(rapid.IntRange(1, 9_00).Draw(t, "hours")), workdays("2026-10", 22)...)
		before := 0
		for _, h := range hours {
			if h.Day.Before(cut) {
				before++
			}
		}
		_, claims, _ := s.play(t, "2026-10", hours)
		if len(claims) != 2 {
			t.Fatalf("%d claims", len(claims))
		}
		want := [2]string{halfUp(product(fmt.Sprintf("%s %d 20", hours[0].Quantity, before))), halfUp(product(fmt.Sprintf("%s %d 25.5", hours[0].Quantity, 22-before)))}
		if got := [2]string{claims[0].Amount.String(), claims[1].Amount.String()}; got != want {
			t.Fatalf("%v, want %v", got, want)
		}
		if claims[0].ID == claims[1].ID || claims[0].Service.To.Add(1) != claims[1].Service.From {
			t.Fatalf("%+v %+v", claims[0], claims[1])
		}
	})
}

// The general rate of VAT goes by the day of service: 17.5 until the end of
// 2000, 19 from 2001, 21 from October 2012.
func TestVATByDate(t *testing.T) {
	scheme := schemeText(t, "1999-01-01", "", "      - id: hire\n        kind: hire\n        payer: inlener\n        payee: employer\n        mark: stated\n"+
		"        document: invoice\n        trigger: month\n        amount: {hourly: {price: {value: \"12.3456\", mark: setting}}}\n")
	for _, c := range []struct{ period, placement, rate, vat string }{
		{"2000-12", "2000-12-01..", "17.5", "17.28"},
		{"2000-12", "2000-12-01..2000-12-31", "17.5", "17.28"},
		{"2001-01", "2000-12-01..", "19", "18.76"},
		{"2001-01", "2001-01-01..2001-01-31", "19", "18.76"},
		{"2012-09", "2012-09-01..", "19", "18.76"},
		{"2012-09", "2012-09-01..2012-09-30", "19", "18.76"},
		{"2012-10", "2012-10-01..2012-10-31", "21", "20.74"},
		{"2012-10", "2012-09-01..", "21", "20.74"},
	} {
		s := hired(t, "oss-werkende-weg", "2000-01-01.. 36/36", c.placement)
		s.scheme, s.file.Contract.Municipality = scheme, [16]byte{}
		hours := worked(s.file.Contract, payroll.Worked, 8_00, c.period+"-05")
		claims, found := s.claim(t, runOf(t, c.period), payroll.Payslip{}, hours)
		got := one(t, claims)
		if text := say(got.Amount, got.VATRate, got.VAT); text != "98.76 "+c.rate+" "+c.vat {
			t.Errorf("%s: %s, want %s %s (%q)", c.period, text, c.rate, c.vat, kinds(found))
		}
	}
	fee := schemeText(t, "1999-01-01", "", payRule("place", "fee", `fixed: {amount: {value: "1900.00", mark: stated}}`,
		"        trigger: month\n        vat: {compensable: {value: \"0.333\", mark: setting}}\n"))
	for period, want := range map[string]string{"2012-09": "19 361.00 240.79", "2012-10": "21 399.00 266.13"} {
		s := &stage{fee, subsidy.File{Contract: contractOf(t, "2012-01-01.. 40/40"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2012-01-01 2012-01-01.. loonwaarde 40")}}}
		_, claims, _ := s.play(t, period, nil)
		if got := one(t, claims); say(got.VATRate, got.VAT, got.VATCost) != want || got.Amount.String() != "1900.00" {
			t.Errorf("fee of %s: %s %s %s, want %s", period, got.VATRate, got.VAT, got.VATCost, want)
		}
	}
}

// Where neither placement nor scheme names a price nothing is billed, and
// somebody has to say that it is all right. Under a scheme that says nothing of
// hire the placement's own price is billed: an hour that nobody bills is lost.
func TestNobodyIsBilled(t *testing.T) {
	s := hired(t, "oss-werkende-weg", "2026-10-01..2027-09-30 32/40", "2026-10-01..")
	s.scheme = schemeText(t, "2004-01-01", "", "      - id: hire\n        kind: hire\n        payer: inlener\n        payee: employer\n        mark: stated\n"+
		"        document: invoice\n        trigger: month\n        amount: {hourly: {}}\n")
	s.file.Contract.Municipality = [16]byte{}
	_, claims, found := s.play(t, "2026-10", worked(s.file.Contract, payroll.Worked, 8_00, "2026-10-05"))
	if got := one(t, claims); !got.Amount.IsZero() || !got.VAT.IsZero() || withoutDoubt(found) != "hire/price_missing" {
		t.Errorf("%s %s %q", got.Amount, got.VAT, kinds(found))
	}
	s = hired(t, "loonkostensubsidie", "2026-10-01..2027-09-30 32/40", "2026-10-01.. 25.00")
	s.file.Contract.Municipality = [16]byte{}
	_, claims, found = s.play(t, "2026-10", worked(s.file.Contract, payroll.Worked, 8_00, "2026-10-05"))
	if got := one(t, claims); got.Amount.String() != "200.00" || got.VAT.String() != "42.00" || withoutDoubt(found) != "" {
		t.Errorf("a scheme without hire: %s and %s VAT, %q", got.Amount, got.VAT, kinds(found))
	}
	_, _, found = s.play(t, "2026-09", nil)
	if withoutDoubt(found) != "" {
		t.Errorf("before the placement: %q", kinds(found))
	}
}
