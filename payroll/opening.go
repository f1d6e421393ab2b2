package payroll

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Kinds of exceptions about what was paid before this service paid a contract.
const (
	OpeningUnknown ExceptionKind = "opening/unknown"
	OpeningOverlap ExceptionKind = "opening/overlap"
)

// articleOpening gives the right to what accrued elsewhere: the allowance that
// was not paid yet, and the leave that was not taken.
const articleOpening = "WML art. 17; BW 7:641"

// Opening is where a contract stood when this service took over paying it. What
// accrued elsewhere is still owed by the same employer, so it is paid here.
//
// The reserve for it stands in the books that the employer kept before. The
// payment debits BSchSalTvg for all that is paid, which is then more than was
// credited here: the balance of that account comes to nil together with the
// opening balance that those books hand over, and not without it.
type Opening struct {
	Version int
	Until   calendar.Date // last day that was paid elsewhere
	Holiday euro.Amount   // allowance accrued until then and not paid
	Leave   Quantity      // hours of leave left; below nil: more taken than accrued
	// Premium is the premium wage of the calendar year of Until, with its maxima
	// and base so far (Wfsv art. 17); nil: not known, so the year starts here.
	Premium *Cumulative
}

// Before reports whether the opening is of the days before a period. One that
// reaches into the period is not counted in it: those days are paid here.
func (o Opening) Before(p calendar.Period) bool { return o.Until.Before(p.From) }

// Booked is what the opening adds to what runs have booked on a person: leave,
// and premium wage in the year of payment that it is of. The base of the Zvw
// starts at the same amounts, although a transition payment, which is of the Zvw
// alone, may have come to more.
func (o Opening) Booked(paid calendar.Date) Booked {
	b := Booked{Leave: o.Leave, Year: Cumulatives{Year: paid.Year()}}
	if o.Premium != nil && o.Until.Year() == paid.Year() {
		b.Year.Insured, b.Year.Zvw = *o.Premium, *o.Premium
	}
	return b
}

// openingHoliday is the allowance that accrued elsewhere and is paid here.
func (m ContractMonth) openingHoliday(p calendar.Period) euro.Amount {
	if m.Opening == nil || !m.Opening.Before(p) {
		return euro.Zero
	}
	return m.Opening.Holiday
}

// unknownDays are the days of the contract before the first period that was or
// is paid here, of which no opening tells. They are empty where all is known.
func (m ContractMonth) unknownDays(p calendar.Period) calendar.Span {
	first := p.From
	if !m.Since.IsZero() && m.Since.Before(first) {
		first = m.Since
	}
	from := m.Contract.Span().From
	if m.Opening != nil && !m.Opening.Until.Before(from) {
		from = m.Opening.Until.Add(1)
	}
	return calendar.Span{From: from, To: first.Add(-1)}
}

// checkOpening notes what is not known of the days before this service paid the
// contract, where something is paid out of a balance: the allowance once a year,
// and both at the end. An allowance that goes with each wage leaves no balance.
func (p *person) checkOpening(s *earning) {
	o := s.month.Opening
	if o != nil && (!o.Before(s.Period) || !s.month.Since.IsZero() && !o.Until.Before(s.month.Since)) {
		p.found = append(p.found, openingOverlap(s.ContractNumber, o.Until, s.Period))
	}
	yearly := s.yearIsOver() && !s.last().HolidayEachPeriod
	if days := s.month.unknownDays(s.Period); !days.Empty() && (s.ends() || yearly) {
		p.found = append(p.found, openingUnknown(s.ContractNumber, days))
	}
}

// openingUnknown is the exception of days that were paid elsewhere and of which
// nothing is recorded: only what is known is paid, and unknown is not nought.
func openingUnknown(contract string, days calendar.Span) Exception {
	return Exception{Kind: OpeningUnknown, Subject: contract, Article: articleOpening, Detail: Text{
		NL: fmt.Sprintf("Van contract %s is niet bekend wat er van %s tot en met %s aan vakantiebijslag en verlof is opgebouwd: alleen wat hier is opgebouwd wordt uitbetaald. Leg de stand vast met opening record.",
			contract, days.From, days.To),
		EN: fmt.Sprintf("Of contract %s it is not known what holiday allowance and leave accrued from %s until %s: only what accrued here is paid. Record the balance with opening record.",
			contract, days.From, days.To)}}
}

// openingOverlap is the exception of an opening that is about days that were or
// are paid here as well.
func openingOverlap(contract string, until calendar.Date, p calendar.Period) Exception {
	return Exception{Kind: OpeningOverlap, Subject: contract, Article: articleOpening, Detail: Text{
		NL: fmt.Sprintf("De beginstand van contract %s loopt tot en met %s, maar dagen daarvan zijn of worden hier betaald (%s): ga na of niets dubbel telt.", contract, until, p),
		EN: fmt.Sprintf("The opening balance of contract %s is until %s, but days of that were or are paid here (%s): see that nothing counts twice.", contract, until, p)}}
}
