package payroll_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// problemsOf prints a refusal: type and field, in order of field.
func problemsOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var refusal *payroll.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("%v is no refusal", err)
	}
	var list []string
	for _, p := range refusal.Problems {
		if p.Detail.NL == "" || p.Detail.EN == "" || strings.Contains(p.Detail.NL+p.Detail.EN, "%") || len(p.Detail.NL) > 300 {
			t.Errorf("%s says %q and %q", p.Type, p.Detail.NL, p.Detail.EN)
		}
		list = append(list, p.Field+" "+p.Type)
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// Numbers that are absurd, dates that do not exist and spans that run backward
// are refused once each, without more than a little of what was written.
func TestDoorRefuses(t *testing.T) {
	number := func(d *payroll.Door, s string) { d.Number("f", s, euro.One, euro.Int(60)) }
	amount := func(d *payroll.Door, s string) { d.Amount("f", s) }
	date := func(d *payroll.Door, s string) { d.Date("f", s) }
	period := func(d *payroll.Door, s string) { d.Period("f", s) }
	span := func(d *payroll.Door, s string) {
		from, to, _ := strings.Cut(s, "..")
		d.Span("f", from, "f", to)
	}
	for _, c := range []struct {
		read     func(*payroll.Door, string)
		in, want string
	}{
		{number, "1e9", "f number/invalid"}, {number, "NaN", "f number/invalid"}, {number, "Infinity", "f number/invalid"},
		{number, strings.Repeat("9", 30), "f number/invalid"}, {number, strings.Repeat("9", 1<<20), "f number/invalid"},
		{number, "0x10", "f number/invalid"}, {number, "1,5", "f number/invalid"}, {number, "٣", "f number/invalid"}, {number, "1.", "f number/invalid"},
		{number, "0.99", "f number/out_of_range"}, {number, "60.01", "f number/out_of_range"}, {number, "-1", "f number/out_of_range"},
		{number, "999999999999999999", "f number/out_of_range"}, {number, "1", ""}, {number, "60.00", ""}, {number, "", ""},
		{amount, "10000000", ""}, {amount, "10000000.01", "f number/out_of_range"}, {amount, "-0.01", "f number/out_of_range"},
		{amount, "1.005", "f number/cents"}, {amount, "1.500", ""}, {amount, "1e2", "f number/invalid"},
		{date, "2026-10-32", "f date/invalid"}, {date, "2026-02-29", "f date/invalid"}, {date, "2024-02-29", ""}, {date, "0001-01-01", "f date/invalid"},
		{date, "2200-01-01", "f date/invalid"}, {date, "01-10-2026", "f date/invalid"}, {date, strings.Repeat("1", 1<<20), "f date/invalid"},
		{period, "2026-10", ""}, {period, "2026-P13", ""}, {period, "2026-P14", "f period/invalid"}, {period, "2026-P00", "f period/invalid"},
		{period, "2026-13", "f period/invalid"}, {period, "2026", "f period/invalid"}, {period, "2026-10-01", "f period/invalid"}, {period, "2026-P-1", "f period/invalid"},
		{span, "2026-10-02..2026-10-01", "f date/order"}, {span, "2026-10-01..2026-10-01", ""}, {span, "2026-10-01..", ""}, {span, "x..2026-10-01", "f date/invalid"},
	} {
		door := payroll.NewDoor(struct{}{})
		c.read(door, c.in)
		if got := problemsOf(t, door.Err()); got != c.want {
			t.Errorf("%.30q: %q, want %q", c.in, got, c.want)
		}
	}
}

// A request that is wrong in every field gets every reason at once, and no
// reason repeats a BSN, an account number or a name.
func TestEveryReasonAtOnce(t *testing.T) {
	long := strings.Repeat("Jansen", 30)
	for _, c := range []struct {
		request any
		want    string
	}{
		{payroll.PersonRegister{}, "birth_date field/required; iban field/required; name field/required; number field/required"},
		{payroll.PersonRegister{Number: "P 1", BSN: "123456789", Name: long, Birth: "x", IBAN: "NL91ABNA0417164301"}, "bsn bsn/invalid; iban iban/invalid; name field/too_long; number field/number"},
		{payroll.PersonRegister{Number: "P-1", BSN: "111222333", Name: "Jansen", Birth: "1996-03-01", IBAN: "NL91 ABNA 0417 1643 00"}, ""},
		{payroll.PersonAmend{Number: "P-1", IBAN: "NL91", Name: long}, "iban iban/invalid; name field/too_long"},
		{payroll.ContractTerms{}, "hours_per_week field/required"}, // the full-time week may be the scheme's
		{payroll.ContractTerms{HoursPerWeek: "32", FullTimeHours: "40", Base: "amount", PayBasis: "maybe"}, "pay_basis field/not_allowed; wage_amount field/required"},
		{payroll.HoursSubmit{Submission: "1", Mode: "some", Lines: nil}, "lines field/required; mode field/not_allowed; submission field/uuid"},
		{payroll.HoursSubmit{Submission: payroll.Namespace.String(), Lines: make([]payroll.HoursLine, payroll.MaxLines+1)}, "lines field/too_long"},
		{payroll.AcceptExceptions{Run: "1", Exceptions: []string{"x"}}, "exceptions[0] field/uuid; reason field/required; run field/uuid"},
	} {
		err := payroll.NewDoor(c.request).Err()
		if got := problemsOf(t, err); got != c.want {
			t.Errorf("%T: %q, want %q", c.request, got, c.want)
		}
		if err == nil {
			continue
		}
		var refusal *payroll.Refusal
		errors.As(err, &refusal)
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v", refusal.Problems)} {
			for _, secret := range []string{"Jansen", "123456789", "NL91"} {
				if strings.Contains(text, secret) {
					t.Errorf("%T repeats %s: %s", c.request, secret, text)
				}
			}
		}
	}
}

// A line says on which line it is, and a refusal without a reason is none.
func TestDoorOfALine(t *testing.T) {
	door := payroll.NewLineDoor(7, struct{}{})
	door.Date("day", "never")
	door.Number("hours", "many", euro.One, euro.One)
	if got, want := door.Err().Error(), "invalid: line 7: date/invalid (day); line 7: number/invalid (hours)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := payroll.Refuse(payroll.Conflict); err != nil {
		t.Errorf("a refusal for no reason: %v", err)
	}
}
