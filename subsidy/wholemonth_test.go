package subsidy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
	"verloning/subsidy"
)

// wholeMonth reads "day granted start birth hours/full route loonwaarde charges",
// where - is not given.
func wholeMonth(t rapid.TB, text string) subsidy.WholeMonth {
	t.Helper()
	w := strings.Fields(text)
	hours, full, _ := strings.Cut(w[4], "/")
	f := subsidy.WholeMonth{
		Day: calendar.MustParse(w[0]), Granted: calendar.MustParse(w[1]), ContractStart: calendar.MustParse(w[2]), Birth: calendar.MustParse(w[3]),
		HoursPerWeek: euro.MustNumber(hours), FullTimeHours: euro.MustNumber(full), Route: subsidy.Route(w[5]),
	}
	if w[6] != "-" {
		percent, err := euro.MustNumber(w[6]).Int()
		if err != nil {
			t.Fatal(err)
		}
		f.Loonwaarde = &percent
	}
	if w[7] != "-" {
		charges := euro.MustNumber(w[7])
		f.Charges = &charges
	}
	return f
}

// Reckoned by hand: 2,337.00 × 1.08 = 2,523.96; × 40 % × 32/36 = 897.408, and
// 25 % of that 224.352. The forfait is half: 1,261.98 × 32/36 = 1,121.76.
func TestMonthlySubsidy(t *testing.T) {
	for _, c := range []struct{ facts, want string }{
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 32/40 loonwaarde 60 -", "897.41 + 224.35 = 1121.76 (25 %, 2026-10-01)"},
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 32/40 forfait - -", "1121.76 + 280.44 = 1402.20 (25 %, 2026-10-01)"},
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 32/40 loonwaarde 60 30.5", "897.41 + 273.71 = 1171.12 (30.5 %, 2026-10-01)"},
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 32/40 loonwaarde 60 0", "897.41 + 0.00 = 897.41 (0 %, 2026-10-01)"},
		{"2026-10-01 2025-09-01 2025-09-01 1990-01-01 36/36 loonwaarde 60 -", "991.18 + 232.93 = 1224.11 (23.5 %, 2026-01-01)"},
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 36/36 loonwaarde 0 -", "1766.77 + 441.69 = 2208.46 (25 %, 2026-10-01)"},
		{"2023-10-01 2023-08-01 2023-08-01 1990-01-01 32/40 loonwaarde 60 -", "689.47 + 162.03 = 851.50 (23.5 %, 2023-08-01)"},
		{"2027-03-31 2026-10-01 2026-10-01 1990-01-01 32/40 forfait - -", "wml.reference_month on 2027-01-01: it is confirmed through 2026-12-31"},
		{"2026-10-01 2026-04-02 2026-04-02 1990-01-01 36/36 forfait - 25", "1238.98 + 309.74 = 1548.72 (25 %, 2026-04-02)"},
		{"2026-10-02 2026-04-02 2026-04-02 1990-01-01 36/36 forfait - -", "invalid: forfait/over (route)"},
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 32/40 loonwaarde - -", "invalid: loonwaarde/unknown (loonwaarde)"},
		{"2026-10-01 2026-10-02 2026-10-03 1990-01-01 32/40 loonwaarde 60 -", "invalid: date/order (granted); date/order (contract_start)"},
		{"2026-10-01 2026-10-01 2026-10-01 1990-01-01 32/0 loonwaarde 60 -", "invalid: number/out_of_range (full_time_hours)"},
		{"2014-10-01 2014-10-01 2014-10-01 1970-01-01 32/40 loonwaarde 60 -", "no national figure: loonkostensubsidie.cap on 2014-10-01"},
		{"2016-10-01 2016-10-01 2016-10-01 1970-01-01 32/40 forfait - -", "no national figure: loonkostensubsidie.forfait on 2016-10-01"},
	} {
		var trace payroll.Trace
		got, err := subsidy.NewMonthlySubsidy(wholeMonth(t, c.facts), &trace)
		text := fmt.Sprintf("%s + %s = %s (%s %%, %s)", got.Base, got.Charges, got.Total, got.ChargesPercent, got.Reference)
		if err != nil {
			text = err.Error()
		}
		steps := 3 // base, charges, sum
		if strings.Contains(c.facts, "loonwaarde") {
			steps++
		}
		if !strings.Contains(text, c.want) || err == nil && len(trace.Steps) != steps {
			t.Errorf("%s:\n got %s\nwant %s; %d steps", c.facts, text, c.want, len(trace.Steps))
		}
		var refusal *payroll.Refusal
		if err != nil && !errors.As(err, &refusal) && !errors.Is(err, statute.ErrNoFigure) {
			t.Errorf("%s: %T", c.facts, err)
		}
	}
}

// A whole month is what a claim of that month would be, whatever the facts: it
// is one computation and not two.
func TestMonthlySubsidyIsTheClaim(t *testing.T) {
	scheme := schemeOf(t, "loonkostensubsidie")
	rapid.Check(t, func(t *rapid.T) {
		start := calendar.Day(2024, 1, 1).Add(rapid.IntRange(0, 900).Draw(t, "start"))
		p := calendar.MonthOf(start).Next()
		full := rapid.SampledFrom([]string{"36", "38", "40"}).Draw(t, "full")
		route := rapid.SampledFrom([]string{"loonwaarde", "forfait"}).Draw(t, "route")
		value := fmt.Sprint(rapid.IntRange(0, 100).Draw(t, "loonwaarde"))
		hours, birth := fmt.Sprint(rapid.IntRange(1, 36).Draw(t, "hours")), fmt.Sprintf("%d-05-05", rapid.IntRange(1970, 2005).Draw(t, "birth"))
		f := wholeMonth(t, fmt.Sprintf("%s %s %s %s %s/%s %s %s -", p.From, start, start, birth, hours, full, route, value))
		whole, err := subsidy.NewMonthlySubsidy(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		span := calendar.Span{From: start}
		terms := payroll.Terms{Version: 1, ValidFrom: start, Span: span, HoursPerWeek: f.HoursPerWeek, FullTimeHours: f.FullTimeHours, Base: payroll.BaseWML, Factor: euro.One, PayBasis: payroll.ByHours}
		file := subsidy.File{
			Contract: payroll.Contract{ID: payroll.DeriveID("C"), Number: "C", Versions: []payroll.Terms{terms}}, Birth: f.Birth,
			Loonwaarden: []subsidy.Loonwaarde{{Version: 1, ValidFrom: start, Percent: *f.Loonwaarde}},
			Decisions: []subsidy.Decision{{ID: payroll.DeriveID("D"), Versions: []subsidy.DecisionTerms{{
				Version: 1, ValidFrom: start, Granted: start, Span: span, Route: f.Route, HoursPerWeek: f.HoursPerWeek, Budget: subsidy.BUIG}}}},
		}
		file.Hours = richHours(file.Contract, p)
		claims, _, err := subsidy.NewClaims(payroll.Run{Employer: employer, Period: p, Kind: payroll.Regular, Sequence: 1}, scheme, file, rich, nil)
		if err != nil || len(claims) != 1 {
			t.Fatalf("%d claims, %v", len(claims), err)
		}
		if !whole.Base.Equal(claims[0].Base) || !whole.Charges.Equal(claims[0].Charges) || !whole.Total.Equal(claims[0].Entitled) {
			t.Fatalf("%+v, and the claim is %s + %s", whole, claims[0].Base, claims[0].Charges)
		}
	})
}
