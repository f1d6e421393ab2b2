package subsidy_test

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

var (
	employer     = payroll.DeriveID("E")
	municipality = payroll.DeriveID("M")
)

// contractOf reads "2026-07-01.. 32/40", a contract that pays hours at the
// minimum wage, or "2026-07-01.. 32/40 bbl" of a pupil; a second clause "; 2026-10-16 24/40" is its next version.
func contractOf(t rapid.TB, text string) payroll.Contract {
	t.Helper()
	c := payroll.Contract{ID: payroll.DeriveID("C-1"), Number: "C-1", Employer: employer, Municipality: municipality, Scheme: "loonkostensubsidie"}
	for i, clause := range strings.Split(text, "; ") {
		days, week, ok := strings.Cut(clause, " ")
		week, bbl := strings.CutSuffix(week, " bbl")
		hours, full, both := strings.Cut(week, "/")
		if !ok || !both {
			t.Fatalf("contract %q", clause)
		}
		v := payroll.Terms{Version: i + 1, HoursPerWeek: euro.MustNumber(hours), FullTimeHours: euro.MustNumber(full), Base: payroll.BaseWML, Factor: euro.One, PayBasis: payroll.ByHours, BBL: bbl}
		if v.Span = spanOf(t, days); i > 0 {
			v.Span = c.Versions[0].Span
		}
		v.ValidFrom, _ = calendar.Parse(days[:10])
		c.Versions = append(c.Versions, v)
	}
	return c
}

// decisionOf reads "2026-07-01 2026-07-01.. loonwaarde 32 charges=30": the day
// of granting, the days, the route, the hours and what else it says. A second
// clause is the next version of the same decision, from its own first day.
func decisionOf(t rapid.TB, text string) subsidy.Decision {
	t.Helper()
	d := subsidy.Decision{ID: payroll.DeriveID("D-1"), Number: "D-1", Municipality: municipality, Contract: payroll.DeriveID("C-1")}
	for i, clause := range strings.Split(text, "; ") {
		f := strings.Fields(clause)
		if len(f) < 4 {
			t.Fatalf("decision %q", clause)
		}
		v := subsidy.DecisionTerms{
			Version: i + 1, Document: subsidy.Beschikking, Granted: calendar.MustParse(f[0]), Span: spanOf(t, f[1]),
			Route: subsidy.Route(f[2]), HoursPerWeek: euro.MustNumber(f[3]), Budget: subsidy.BUIG,
		}
		if v.ValidFrom = v.Span.From; i > 0 {
			v.Span.From = d.Versions[0].Span.From
		}
		for _, extra := range f[4:] {
			key, value, _ := strings.Cut(extra, "=")
			switch n := euro.MustNumber(value); key {
			case "charges":
				v.Charges = &n
			case "ceiling":
				ceiling := n.Cents()
				v.Ceiling = &ceiling
			default:
				t.Fatalf("decision %q", extra)
			}
		}
		d.Versions = append(d.Versions, v)
	}
	return d
}

// loonwaardenOf reads "2026-07-01 60; 2026-10-16 40".
func loonwaardenOf(t rapid.TB, text string) []subsidy.Loonwaarde {
	t.Helper()
	var values []subsidy.Loonwaarde
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' }) {
		f := strings.Fields(clause)
		percent, err := strconv.Atoi(f[1])
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, subsidy.Loonwaarde{Version: len(values) + 1, ValidFrom: calendar.MustParse(f[0]), Percent: percent})
	}
	return values
}

func spanOf(t rapid.TB, text string) calendar.Span {
	t.Helper()
	from, to, _ := strings.Cut(text, "..")
	s := calendar.Span{From: calendar.MustParse(from)}
	if to != "" {
		s.To = calendar.MustParse(to)
	}
	return s
}

func runOf(t rapid.TB, period string) payroll.Run {
	t.Helper()
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	return payroll.Run{ID: payroll.RunID(employer, p, payroll.Regular, 1), Employer: employer, Period: p, Kind: payroll.Regular, Sequence: 1, PayDate: p.To}
}

func schemeOf(t rapid.TB, id string) subsidy.Scheme {
	t.Helper()
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	s, known := book.Scheme(id, uuid.Nil)
	if !known {
		t.Fatalf("scheme %s is not known", id)
	}
	return s
}

// rich is a payslip whose wage cost is above every subsidy here.
var rich = payroll.Payslip{Wage: euro.MustParse("9000.00")}

// kinds lists the kinds of exceptions, each once.
func kinds(found []payroll.Exception) string {
	var names []string
	for _, e := range found {
		if !slices.Contains(names, string(e.Kind)) {
			names = append(names, string(e.Kind))
		}
	}
	return strings.Join(names, " ")
}

// rat reads a decimal or a fraction such as "32/36".
func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(fmt.Sprintf("%q is no number", s))
	}
	return r
}

// product multiplies decimals and fractions: "2337.00 1.08 0.40 32/36 31/31".
func product(text string) *big.Rat {
	p := rat("1")
	for _, factor := range strings.Fields(text) {
		p.Mul(p, rat(factor))
	}
	return p
}

// sum adds products: "a b + c d".
func sum(text string) *big.Rat {
	total := new(big.Rat)
	for _, part := range strings.Split(text, " + ") {
		total.Add(total, product(part))
	}
	return total
}

// halfUp rounds to cents, half away from nought, without the package that is
// tested.
func halfUp(r *big.Rat) string { return r.FloatString(2) }

// richHours are hours on every day of a period, whose wage cost is above every
// subsidy here on any part of it.
func richHours(c payroll.Contract, p calendar.Period) []payroll.Hours {
	var hours []payroll.Hours
	for day := p.From; !day.After(p.To); day = day.Add(1) {
		hours = append(hours, payroll.Hours{Contract: c.ID, Day: day, Kind: payroll.Worked, Version: 1, Quantity: 200_00})
	}
	return hours
}
