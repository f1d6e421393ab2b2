package payroll

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Balance is where a payslip leaves the employee: what accrued and is still to be
// paid or taken. It goes by the same sums as what pays it.
type Balance struct {
	Holiday euro.Amount // allowance of the contract
	Leave   Quantity    // hours of the person, on all contracts with the employer; below nil: more taken than accrued
	// From is set where days of the contract before it count in neither, since
	// nothing is recorded of them: unknown is not nought.
	From calendar.Date
}

// Balance is the balance before the payslips of a period.
func (d Dossier) Balance(m ContractMonth, p calendar.Period) Balance {
	b := Balance{Holiday: m.openingHoliday(p).Add(m.Earlier.Accrued).Sub(m.Earlier.Paid), Leave: d.Booked.Leave}
	if days := m.unknownDays(p); !days.Empty() {
		b.From = days.To.Add(1)
	}
	return b
}
