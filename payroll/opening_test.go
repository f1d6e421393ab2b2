package payroll_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// openingOf reads "2026-03-31 2496.00 40": last day, allowance, hours of leave.
func openingOf(t *testing.T, text string) *payroll.Opening {
	t.Helper()
	if text == "" {
		return nil
	}
	f := strings.Fields(text)
	leave, err := payroll.ParseQuantity(f[2])
	if err != nil {
		t.Fatal(err)
	}
	return &payroll.Opening{Version: 1, Until: calendar.MustParse(f[0]), Holiday: euro.MustParse(f[1]), Leave: leave}
}

// A wage of 156 × 20.00 = 3,120.00 accrues 249.60; what is paid of holiday
// allowance and leave goes by what is known, and what is not known is said.
func TestOpening(t *testing.T) {
	const since2025, yes, no = "2025-06-01..", "opening/unknown", ""
	for _, c := range []struct{ what, period, days, since, opening, holiday, leave, found, detail string }{
		{"nothing is known of ten months", "2026-05", since2025, "2026-04-01", "", "499.20", "0.00", yes, "2025-06-01 until 2026-03-31"},
		{"the first run pays at once", "2026-05", since2025, "", "", "499.20", "0.00", yes, "2025-06-01 until 2026-04-30"},
		{"all is known", "2026-05", since2025, "2026-04-01", "2026-03-31 2496.00 40", "2995.20", "0.00", no, ""},
		{"until a month too early", "2026-05", since2025, "2026-04-01", "2026-02-28 2246.40 40", "2745.60", "0.00", yes, "2026-03-01 until 2026-03-31"},
		{"the contract began here", "2026-05", "2026-04-01..", "2026-04-01", "", "499.20", "0.00", no, ""},
		{"it began in the middle of the first month", "2026-05", "2026-04-16..", "2026-04-01", "", "499.20", "0.00", no, ""},
		{"nothing is paid out of a balance", "2026-04", since2025, "", "", "0.00", "0.00", no, ""},
		{"an opening of days that are paid here", "2026-05", since2025, "2026-04-01", "2026-04-30 2496.00 40", "2995.20", "0.00", "opening/overlap", "2026-04-30"},
		{"an opening that reaches into the period", "2026-05", since2025, "", "2026-05-15 2496.00 40", "499.20", "0.00", "opening/overlap", "2026-05-15"},
		// 40 + 12 hours × 21.60.
		{"the end", "2026-06", "2025-06-01..2026-06-30", "2026-04-01", "2026-03-31 2496.00 40", "2995.20", "1123.20", no, ""},
		{"the end of who took too much leave", "2026-06", "2025-06-01..2026-06-30", "2026-04-01", "2026-03-31 2496.00 -13.5", "2995.20", "0.00", "end/leave_below_nil", "1.50"},
		{"the end, and nothing is known", "2026-06", "2025-06-01..2026-06-30", "2026-04-01", "", "499.20", "259.20", yes, "2025-06-01 until 2026-03-31"},
	} {
		r := payroll.Run{Period: periodOf(t, c.period), PayDate: periodOf(t, c.period).To}
		month := payroll.ContractMonth{Contract: contractOf(t, c.days+" 36/36 amount*20 fixed averaging"), Opening: openingOf(t, c.opening)}
		month.Contract.Versions[0].EndedBy = payroll.ByEmployee
		month.Earlier = payroll.Accrued{Base: euro.MustParse("3120"), Accrued: euro.MustParse("249.60")}
		if c.since != "" {
			month.Since = calendar.MustParse(c.since)
		}
		file := payroll.Dossier{Employment: payroll.Employment{Birth: calendar.MustParse("1996-03-01"), Identified: true}, Contracts: []payroll.ContractMonth{month}}
		if month.Opening != nil && month.Opening.Before(r.Period) {
			file.Booked = file.Booked.Plus(month.Opening.Booked(r.PayDate))
		}
		slips, found, err := payroll.NewPayslips(r, file, nil)
		if err != nil {
			t.Fatal(err)
		}
		told, detail := "", ""
		for _, e := range found {
			if strings.HasPrefix(string(e.Kind), "opening/") || e.Kind == payroll.LeaveBelowNil {
				told, detail = told+string(e.Kind), detail+e.Detail.EN
			}
		}
		if slips[0].HolidayPaid.String() != c.holiday || slips[0].LeavePaid.String() != c.leave || told != c.found || !strings.Contains(detail, c.detail) {
			t.Errorf("%s: holiday allowance %s, leave %s, %s: %s", c.what, slips[0].HolidayPaid, slips[0].LeavePaid, told, detail)
		}
		if slips[0].Rounding().Sign() != 0 {
			t.Errorf("%s: what accrued elsewhere was booked here: %s", c.what, slips[0].Rounding())
		}
	}
}

// An allowance that goes with each wage leaves no balance to know of.
func TestOpeningOfEachPeriod(t *testing.T) {
	r := payroll.Run{Period: periodOf(t, "2026-05"), PayDate: calendar.MustParse("2026-05-28")}
	month := payroll.ContractMonth{Contract: contractOf(t, "2025-06-01.. 36/36 amount*20 fixed averaging")}
	month.Contract.Versions[0].HolidayEachPeriod = true
	_, found, err := payroll.NewPayslips(r, payroll.Dossier{Employment: payroll.Employment{Birth: calendar.MustParse("1996-03-01")}, Contracts: []payroll.ContractMonth{month}}, nil)
	if err != nil || strings.Contains(kinds(found), "opening") {
		t.Errorf("%s, %v", kinds(found), err)
	}
}

// Premium wage counts in the year that it is of, and in no other.
func TestOpeningPremium(t *testing.T) {
	o := openingOf(t, "2026-03-31 0 8")
	o.Premium = &payroll.Cumulative{Wage: euro.MustParse("18000"), Maximum: euro.MustParse("19852.23"), Base: euro.MustParse("18000")}
	for paid, want := range map[string]string{
		"2026-04-28": "2026: 18000.00 19852.23 18000.00, leave 8.00", "2027-01-28": "2027: 0.00 0.00 0.00, leave 8.00",
	} {
		b := o.Booked(calendar.MustParse(paid))
		got := fmt.Sprintf("%d: %s %s %s, leave %s", b.Year.Year, b.Year.Insured.Wage, b.Year.Insured.Maximum, b.Year.Zvw.Base, b.Leave)
		if got != want {
			t.Errorf("paid on %s: %s, want %s", paid, got, want)
		}
	}
}

// The special rate goes by the wage of the year before. Where this service paid
// December alone, 3,120.00 over 31 days is 36,735.48 a year (40.20 %), and not
// 3,120.00, which would be taxed at nothing.
func TestOpeningAnnualWage(t *testing.T) {
	r := payroll.Run{Period: periodOf(t, "2026-05"), PayDate: calendar.MustParse("2026-05-28")}
	month := payroll.ContractMonth{Contract: contractOf(t, "2025-01-01.. 36/36 amount*20 fixed averaging"), Since: calendar.MustParse("2025-12-01"), Opening: openingOf(t, "2025-11-30 1000 0")}
	file := payroll.Dossier{
		Employment: payroll.Employment{Birth: calendar.MustParse("1996-03-01"), Korting: true, Identified: true}, Contracts: []payroll.ContractMonth{month},
		Booked: payroll.Booked{Since: month.Since, LastYear: euro.MustParse("3120")},
	}
	slips, _, err := payroll.NewPayslips(r, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range slips[0].Lines {
		if l.Kind == payroll.LineSpecialTax && l.Rate.String() == "0.402" {
			return
		}
	}
	t.Errorf("%+v", slips[0].Lines)
}
