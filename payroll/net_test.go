package payroll_test

import (
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// fullDossier is one person with the hours of all working days, korting, pension and
// charges: nothing of a payslip is left out that a month has.
func fullDossier() (payroll.Run, payroll.Dossier) {
	from := calendar.MustParse("2026-07-01")
	month := payroll.ContractMonth{Contract: payroll.Contract{ID: payroll.DeriveID("C-1"), Number: "C-1", Versions: []payroll.Terms{{
		Version: 1, ValidFrom: from, Span: calendar.Span{From: from}, HoursPerWeek: euro.Int(40), FullTimeHours: euro.Int(40),
		Base: payroll.BaseWML, Factor: euro.One, PayBasis: payroll.ByHours, Written: true, OpenEnded: true,
	}}}}
	for day := calendar.Day(2026, 10, 1); day.Month() == 10; day = day.Add(1) {
		if weekday := (calendar.Span{From: day, To: day}).Workdays(); weekday == 1 {
			month.Hours = append(month.Hours, payroll.Hours{Day: day, Kind: payroll.Worked, Quantity: 8_00})
		}
	}
	p := calendar.MonthOf(calendar.MustParse("2026-10-01"))
	r := payroll.Run{Employer: payroll.DeriveID("E"), Period: p, Kind: payroll.Regular, Sequence: 1, PayDate: p.To}
	return r, payroll.Dossier{
		Employment: payroll.Employment{Birth: calendar.MustParse("1996-03-01"), Korting: true, Identified: true},
		Settings: &payroll.Settings{
			Charges: []payroll.ChargeTerms{{Version: 1, ValidFrom: calendar.MustParse("2026-01-01"), ChargeSettings: payroll.ChargeSettings{
				Small: true, Whk: &payroll.WhkDecision{Year: 2026, Percentage: euro.MustNumber("1.52"), Reference: "W-1"}}}},
			Pension: []payroll.PensionTerms{{Version: 1, ValidFrom: calendar.MustParse("2026-01-01"), Name: "P", Franchise: euro.MustParse("18000.00"),
				Employee: euro.MustNumber("8.5"), Employer: euro.Int(17), FromAge: 18}},
		},
		Contracts: []payroll.ContractMonth{month},
	}
}

// BenchmarkPayslip computes one payslip from gross to net, with pension, tax and
// charges: as a run does, and as explain does with every step.
func BenchmarkPayslip(b *testing.B) {
	r, d := fullDossier()
	for name, traced := range map[string]bool{"plain": false, "trace": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var t *payroll.Trace
				if traced {
					t = &payroll.Trace{}
				}
				slips, _, err := payroll.NewPayslips(r, d, t)
				if err != nil || slips[0].GrossOnly || slips[0].Charges == nil || traced && len(t.Steps) < 15 {
					b.Fatalf("%+v, %v", slips, err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payslips/s")
		})
	}
}
