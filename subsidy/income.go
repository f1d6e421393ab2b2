package subsidy

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Income is what somebody earned in a month of payment under a scheme where wage and
// income support run together: what the municipality sets off against a supplementary
// benefit. Who it is stands in the municipality's own file, by the contract.
type Income struct {
	Contract     string        `json:"contract"`
	Employer     string        `json:"employer"`
	Scheme       string        `json:"scheme"`
	HoursPerWeek euro.Number   `json:"hours_per_week"`
	FullTime     euro.Number   `json:"full_time_hours"`
	Period       calendar.Date `json:"period"` // its first day
	PayDate      calendar.Date `json:"pay_date"`
	Gross        euro.Amount   `json:"gross"`
	Holiday      euro.Amount   `json:"holiday_allowance_paid"` // part of the gross, and set off apart
	Net          euro.Amount   `json:"net"`
	GrossOnly    bool          `json:"gross_only"` // the net is not known
}

// SupplementedBy reports whether somebody with these hours may have a supplementary
// benefit beside the wage: a part-timer under a scheme that says so.
func (b *Book) SupplementedBy(c payroll.Contract, i Income) bool {
	scheme, known := b.Of(c)
	if !known || i.HoursPerWeek.Cmp(i.FullTime) >= 0 {
		return false
	}
	version, dated := scheme.Governing(i.Period)
	return dated && version.Status.WithBenefit == "offset"
}
