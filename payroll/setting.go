package payroll

import (
	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Settings are what an employer's charges and pension go by: versions, each
// valid from a day on. Nil is an employer who has recorded none, whose charges
// are therefore unknown and not nought.
type Settings struct {
	Charges []ChargeTerms  // in order of version
	Pension []PensionTerms // in order of version
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

// Garnishment is a loonbeslag on somebody's wage: what the net wage has above
// the protected amount (beslagvrije voet, Rv art. 475d) goes to the creditor.
type Garnishment struct {
	ID        uuid.UUID // of the garnishment, the same for all its versions
	Reference string    // of the bailiff; unique within the person
	Version   int
	Creditor  IBAN
	Name      Name          // of the creditor
	Span      calendar.Span // days of payment on which it is served
	Protected euro.Amount   // a month
	Total     *euro.Amount  // what is claimed; nil: until it is withdrawn
	Rank      int           // lower goes first
	Taken     euro.Amount   // of that, what approved runs have paid
}

// Receivable is money that somebody owes the employer, and what a period may
// take of it. It is never set off against the minimum wage (WML art. 13).
type Receivable struct {
	ID        uuid.UUID // the same for all versions
	Reference string    // unique within the person
	Version   int
	Cause     string
	Amount    euro.Amount
	PerPeriod euro.Amount   // the repayment plan; nought: nothing is taken
	From      calendar.Date // first day of payment of the plan
	Taken     euro.Amount   // what approved runs have taken
}
