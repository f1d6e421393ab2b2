package payroll

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Settings are what an employer's charges and pension go by: versions, each
// valid from a day on. Nil is an employer who has recorded none, whose charges
// are therefore unknown and not nought.
type Settings struct {
	Charges []ChargeTerms  // in order of version
	Pension []PensionTerms // in order of version
	Over    []int          // calendar years for which loon-over was chosen
}

// ChargeTerms are one version of what the employer's premiums go by. They hold
// on the day of payment.
type ChargeTerms struct {
	Version   int
	ValidFrom calendar.Date
	ChargeSettings
}

// PensionTerms are one version of an employer's pension scheme. They hold on
// the last day of the period. Amounts are a year's at full time.
type PensionTerms struct {
	Version     int
	ValidFrom   calendar.Date
	Name        string
	Franchise   euro.Amount  // a year; the wage below it builds up no pension
	Maximum     *euro.Amount // a year; nil: no maximum
	Employee    euro.Number  // percentage of the base, withheld before tax
	Employer    euro.Number  // percentage of the base, on top
	Holiday     bool         // the base is the wage with its holiday allowance
	WaitingDays int          // days of service before somebody takes part
	FromAge     int          // the first day of the month of this birthday
	ToAge       int          // until the first day of the month of this birthday; nought: AOW age
}

// ChargesOn are the terms that hold on a day of payment. A Whk decision of
// another year is not this year's: its percentage is then unknown.
func (s *Settings) ChargesOn(day calendar.Date) (ChargeSettings, bool) {
	if s == nil || len(s.Charges) == 0 {
		return ChargeSettings{}, false
	}
	t := s.Charges[Newest(len(s.Charges), func(i int) calendar.Date { return s.Charges[i].ValidFrom }, day)]
	if day.Before(t.ValidFrom) {
		return ChargeSettings{}, false
	}
	if t.Whk != nil && t.Whk.Year != day.Year() {
		t.Whk = nil
	}
	return t.ChargeSettings, true
}

// PensionOn are the terms of the pension that hold on a day, if there is one.
func (s *Settings) PensionOn(day calendar.Date) (PensionTerms, bool) {
	if s == nil || len(s.Pension) == 0 {
		return PensionTerms{}, false
	}
	t := s.Pension[Newest(len(s.Pension), func(i int) calendar.Date { return s.Pension[i].ValidFrom }, day)]
	return t, !day.Before(t.ValidFrom)
}

// AnnualWage is the wage for the loonheffing of a whole calendar year, which the
// special rate of the next one is keyed on.
type AnnualWage struct {
	Year   int
	Amount euro.Amount
	Source string // where somebody has it from
}
