package payroll_test

import (
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// smallDossier is a month of 2026 or before of an adult with one contract.
func smallDossier(t *testing.T, birth, period, contract, hours string) (payroll.Run, payroll.Dossier) {
	t.Helper()
	p := periodOf(t, period)
	c := contractOf(t, contract)
	return payroll.Run{Period: p, PayDate: p.To}, payroll.Dossier{
		Employment: payroll.Employment{Birth: calendar.MustParse(birth), Korting: true, Identified: true},
		Contracts:  []payroll.ContractMonth{{Contract: c, Hours: hoursOf(t, hours)}},
		Service:    []calendar.Span{c.Span()},
	}
}

// spansOf reads "2020-01-01..2026-02-28 2026-10-01..".
func spansOf(text string) []calendar.Span {
	var spans []calendar.Span
	for _, word := range strings.Fields(text) {
		from, to, _ := strings.Cut(word, "..")
		span := calendar.Span{From: calendar.MustParse(from)}
		if to != "" {
			span.To = calendar.MustParse(to)
		}
		spans = append(spans, span)
	}
	return spans
}

// pensionOf is a scheme without age limits and without the holiday allowance.
func pensionOf(franchise string, waiting int) *payroll.Settings {
	return &payroll.Settings{Pension: []payroll.PensionTerms{{
		ValidFrom: calendar.Day(2000, 1, 1), Name: "P", Franchise: euro.MustParse(franchise), WaitingDays: waiting,
		Employee: euro.Int(5), Employer: euro.Int(10), ToAge: 90,
	}}}
}

// secondCase is a dossier small enough to work out on paper, and one figure that
// paper gives.
type secondCase struct {
	what, figure string
	want         int64 // in cents, or hundredths of hours
	make         func(t *testing.T) (payroll.Run, payroll.Dossier)
}

// Rules that the random payslips meet now and then, each on its own. Both
// computations must give what paper gives.
func TestSecondComputationOnPaper(t *testing.T) {
	law := newSecondLaw(t)
	for _, c := range secondCases {
		t.Run(c.what, func(t *testing.T) {
			run, file := c.make(t)
			second := newSecondSlips(law, run, &file, census{})
			slips, _, err := payroll.NewPayslips(run, file, nil)
			if err != nil || len(slips) != 1 || len(second) != 1 {
				t.Fatalf("%d payslips and %d, %v", len(slips), len(second), err)
			}
			for name, figures := range map[string][]figureOf{"the program": programFigures(slips[0]), "the second computation": second[0].figures()} {
				for _, f := range figures {
					if f.name == c.figure && f.value != c.want {
						t.Errorf("%s of %s is %d, on paper %d", f.name, name, f.value, c.want)
					}
				}
			}
			if found := differences(slips, second); len(found) > 0 {
				t.Errorf("differs:\n%s", strings.Join(found, "\n"))
			}
		})
	}
}

var secondCases = []secondCase{
	// 156 hours less 10 times 8 unpaid are 76, and 76 x 4/52 is 5.846.
	{"leave of a month with unpaid days", "LeaveAccrued", 5_85, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		return smallDossier(t, "1990-05-16", "2026-11", "2026-01-01.. 36/36 WML*1 fixed averaging", "2026-11-02..2026-11-13 unpaid_absence 8")
	}},
	// The same hours: a birthday of an adult moves no wage, and so no leave.
	{"leave of a month with unpaid days and a birthday", "LeaveAccrued", 5_85, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		return smallDossier(t, "1990-11-16", "2026-11", "2026-01-01.. 36/36 WML*1 fixed averaging", "2026-11-02..2026-11-13 unpaid_absence 8")
	}},
	// No wage is left, so no hour with a right to wage is left either.
	{"leave of a month without wage", "LeaveAccrued", 0, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		return smallDossier(t, "1990-05-16", "2026-11", "2026-01-01.. 36/36 WML*1 fixed averaging; 2026-11-16 12/36 WML*1 fixed averaging", "2026-11-01..2026-11-30 unpaid_absence 7.2")
	}},
	// 117.00 hours x 14.99 are 1,753.83; a twelfth of 16,000.40 x 0.75 is 1,000.025;
	// what is left is 753.805, half up 753.81.
	{"pension base on half a cent", "Pension.Base", 753_81, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		run, file := smallDossier(t, "1990-05-16", "2026-11", "2026-01-01.. 27/36 WML*1 fixed averaging", "")
		file.Settings = pensionOf("16000.40", 0)
		return run, file
	}},
	// 34.67 hours x 14.14 are 490.23; 34 2/3 hours x 13.68 are 474.24; no tax is
	// due on so little, so 15.99 is above the minimum wage.
	{"repayment of all above the minimum wage", "Repaid", 15_99, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		run, file := smallDossier(t, "1990-03-07", "2024-08", "2023-10-29.. 8/40 amount*14.14 fixed averaging", "")
		file.Receivables = []payroll.Receivable{{ID: payroll.DeriveID("R"), Amount: euro.MustParse("500"), PerPeriod: euro.MustParse("50"), From: calendar.Day(2024, 1, 1)}}
		return run, file
	}},
	// No wage and no allowance on it, so no pension either; five cents of rounding
	// over earlier months are paid out beside it.
	{"pension of a month without wage", "Pension.Employee", 0, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		run, file := smallDossier(t, "1990-05-16", "2026-05", "2026-01-01.. 36/36 WML*1 hours", "")
		file.Contracts[0].Earlier = payroll.Accrued{Base: euro.MustParse("1000"), Accrued: euro.MustParse("79.80")}
		file.Settings = pensionOf("0", 0)
		file.Settings.Pension[0].Holiday = true
		return run, file
	}},
	// The older contract goes on: the person is in service since 2020 and waits no
	// more. 2,338.44 less a thousand a month is the base.
	{"waiting days beside a contract that another run paid", "Pension.Base", 1338_44, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		run, file := smallDossier(t, "1990-05-16", "2026-11", "2026-11-01.. 36/36 WML*1 fixed averaging", "")
		older := contractOf(t, "2020-01-01.. 8/36 WML*1 hours")
		file.Contracts = append(file.Contracts, payroll.ContractMonth{Contract: older, Paid: euro.MustParse("100")})
		file.Service = append(file.Service, older.Span())
		file.Settings = pensionOf("12000", 182)
		return run, file
	}},
	// A whole year of 2025 gave 20,000.00, whose row is 35.75 - 31.01 = 4.74 %; the
	// allowance paid at the end is 8 % of 1,753.83 twice, 280.61, and the tax 13.30.
	{"special rate after a gap of seven months", "Tax.SpecialTax", 13_30, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		return lastYearDossier(t, "2020-01-01..2026-02-28 2026-10-01..2026-11-30")
	}},
	// 273 days of 2025 gave 20,000.00, a year 26,739.93: 35.75 - 1.95 = 33.80 %, and
	// the tax 94.84.
	{"special rate after a gap within last year", "Tax.SpecialTax", 94_84, func(t *testing.T) (payroll.Run, payroll.Dossier) {
		return lastYearDossier(t, "2020-01-01..2025-06-30 2025-10-01..2026-11-30")
	}},
}

// lastYearDossier ends a contract in November 2026 and pays its holiday
// allowance, after a year that gave 20,000 euro.
func lastYearDossier(t *testing.T, service string) (payroll.Run, payroll.Dossier) {
	t.Helper()
	spans := spansOf(service)
	last := spans[len(spans)-1]
	run, file := smallDossier(t, "1990-05-16", "2026-11", last.From.String()+".."+last.To.String()+" 27/36 WML*1 fixed averaging", "")
	file.Contracts[0].Contract.Versions[0].EndedBy = payroll.ByEmployee
	file.Contracts[0].Earlier = payroll.Accrued{Base: euro.MustParse("1753.83"), Accrued: euro.MustParse("140.31")}
	file.Booked.LastYear = euro.MustParse("20000")
	file.Booked.Leave = -9_00 // What accrues this month: 117 x 4/52.
	file.Service = spans
	return run, file
}
