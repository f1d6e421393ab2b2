package payroll

import (
	"errors"
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Kinds of exceptions on the way from gross to net.
const (
	TaxUnknown     ExceptionKind = "tax/unknown"
	TaxRuleInDoubt ExceptionKind = "tax/rule_in_doubt"
	ChargesUnknown ExceptionKind = "charges/unknown"
)

// earning is one contract's payslip on its way, with what it was made of.
type earning struct {
	Payslip
	month ContractMonth
	cut   []segment

	holidayNow euro.Amount // of the allowance paid, what accrued in this very period and goes with its wage
	corrects   bool        // it has nothing but corrections of earlier periods
	corrected  Part        // the sum of those
	arrears    Part        // of that: what is enjoyed now (loon-in)
	elsewhere  Part        // and what is enjoyed in the period that it is about
}

// last are the terms on the last day of the contract in the period.
func (e *earning) last() Terms {
	if len(e.cut) == 0 {
		return e.month.Contract.Latest()
	}
	return e.cut[len(e.cut)-1].terms
}

// ends reports whether the contract's last day lies in the period.
func (e *earning) ends() bool {
	span := e.month.Contract.Span()
	return !span.To.IsZero() && e.Period.Holds(span.To)
}

// person computes the payslips of one person in one run: tax, maxima and
// garnishments add up over the contracts.
type person struct {
	run   Run
	file  Dossier
	slips []*earning
	found []Exception
	trace *Trace
}

// NewPayslips computes the payslips of one person in a run, from gross to net:
// what the hours earn, what is paid out of accruals and at the end of a contract,
// pension, corrections of earlier periods, tax and the employer's charges by the day
// of payment, those that are attributed to earlier periods, garnishments and repayments. Contracts that another run of the same
// days has paid are left out.
//
// Where the tax cannot be computed the payslips are gross-only and an exception
// says so; where the employer has recorded no settings the charges are unknown,
// which is not nought.
func NewPayslips(r Run, d Dossier, t *Trace) ([]Payslip, []Exception, error) {
	p := person{run: r, file: d, trace: t}
	for _, month := range d.Contracts {
		if !month.Paid.IsZero() {
			p.found = append(p.found, AlreadyPaid(month, r.Period))
			continue
		}
		if err := p.earn(month); err != nil {
			return nil, nil, err
		}
	}
	if p.correctable(); len(p.slips) == 0 {
		return nil, p.found, nil
	}
	for _, step := range []func() error{p.payOut, p.takePension, p.correct, p.takeTax, p.charge, p.attribute, p.claimBack, p.takeGarnishments, p.takeRepayments} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	slips := make([]Payslip, len(p.slips))
	for i, s := range p.slips {
		slips[i] = s.Payslip
	}
	return slips, p.found, nil
}

// earn computes what a contract's hours earn.
func (p *person) earn(month ContractMonth) error {
	if len(p.file.Contracts) > 1 {
		p.trace.Add(func() Step {
			return Step{What: Text{NL: "contract " + month.Contract.Number, EN: "contract " + month.Contract.Number}, Result: p.run.Period.String()}
		})
	}
	s, found, err := newEarning(p.file.Employment, month, p.run.Period, p.trace)
	if err != nil {
		return err
	}
	p.slips, p.found = append(p.slips, s), append(p.found, found...)
	return nil
}

// service is the first day of the service that the person is in, of any contract.
func (p *person) service() calendar.Date {
	first := p.slips[0].month.Contract.Span().From
	for _, s := range p.slips[1:] {
		if from := s.month.Contract.Span().From; from.Before(first) {
			first = from
		}
	}
	return p.chain(first, true)
}

// serviceOf is the first day of the service that a contract which starts on a day
// goes on with: contracts that end before it with no more than six months between
// them are one (BW 7:673 lid 4). A contract beside it is another service.
func (p *person) serviceOf(first calendar.Date) calendar.Date {
	return p.chain(first, false)
}

// chain goes back from a day over contracts that end before it, with no more than
// six months between them, and over those that run beside it where they count too.
func (p *person) chain(first calendar.Date, beside bool) calendar.Date {
	for again := true; again; {
		again = false
		for _, s := range p.file.Service {
			over := !s.To.IsZero() && s.To.Before(first)
			if s.From.Before(first) && (!over && beside || over && !first.After(s.To.Add(1).AddMonths(6))) {
				first, again = s.From, true
			}
		}
	}
	return first
}

// taxpayer is what the tax depends on besides the wage.
func (p *person) taxpayer() statute.Taxpayer {
	e := p.file.Employment
	return statute.Taxpayer{
		Birth: e.Birth, Korting: e.Korting, Jonggehandicapt: e.Jonggehandicapt, Alleenstaand: e.Alleenstaand, Anonymous: !e.Identified,
	}
}

// takePension withholds the employee's premium of each contract.
func (p *person) takePension() error {
	if statute.TaxYearKnown(p.run.PayDate) != nil {
		return nil // gross only: nothing is withheld
	}
	terms, any := p.file.Settings.PensionOn(p.run.Period.To)
	if !any {
		return nil
	}
	for _, s := range p.earning() {
		if err := s.takePension(p.file.Employment, terms, p.service(), p.run.PayDate, p.trace); err != nil {
			return err
		}
	}
	return nil
}

// doubt notes figures that are not confirmed for the day of payment.
func (p *person) doubt(figures []statute.Figure) {
	for _, f := range figures {
		if e, doubtful := Doubtful(f, p.run.PayDate); doubtful {
			p.found = append(p.found, e)
		}
	}
}

// charge computes the employer's charges, contract by contract: each one's base
// follows on the one before it, which keeps the year's maximum for the person.
func (p *person) charge() error {
	if p.slips[0].GrossOnly {
		return nil
	}
	settings, known := p.file.Settings.ChargesOn(p.run.PayDate)
	if !known {
		p.found = append(p.found, chargesUnknown(p.run.PayDate))
		return nil
	}
	over, age, err := statute.AOWNear(p.file.Employment.Birth, p.run.PayDate)
	if err != nil {
		return err
	}
	p.doubt(age)
	earlier, periods, paid := p.file.Booked.Year, p.premiumPeriods(), p.paidHours()
	for _, s := range p.slips {
		charges, err := NewCharges(ChargesInput{
			PayDate: p.run.PayDate, Wage: s.Tax.Taxable().Sub(s.here().Transition), Former: s.here().Transition, Periods: periods, Earlier: earlier,
			AWf: s.awf(p.file.Employment.Birth, p.run, paid), FromAOW: over, Employer: settings,
		}, p.trace)
		if errors.Is(err, statute.ErrNoFigure) {
			p.found = append(p.found, Exception{Kind: ChargesUnknown, Subject: s.ContractNumber, Detail: Text{
				NL: fmt.Sprintf("De werkgeverslasten zijn niet te berekenen: %v.", err), EN: fmt.Sprintf("The employer's charges can not be computed: %v.", err)}})
			return nil
		}
		if err != nil {
			return err
		}
		s.Charges = charges.slip(earlier)
		p.found = append(p.found, charges.Attention...)
		earlier, periods = charges.Cumulatives, nil
	}
	return nil
}

// premiumPeriods are what this run adds to the maximum of the year: nothing where
// another run of the very period has, and days where service began or ended in
// it.
func (p *person) premiumPeriods() []PeriodCount {
	if !p.file.Booked.Maximum.IsZero() {
		return nil
	}
	if len(p.earning()) == 0 {
		return nil // arrears add no days
	}
	if days := p.taxDays(); days > 0 {
		return []PeriodCount{{Of: statute.WageDay, Count: days}}
	}
	return PremiumPeriods(p.run.Period)
}

// paidHours are the hours of all contracts in the run.
func (p *person) paidHours() Quantity {
	sum := Quantity(0)
	for _, s := range p.slips {
		sum += Quantity(s.hours(func(segment) euro.Number { return euro.One }).InCents())
	}
	return sum
}

// awf are the facts that the premium for the AWf goes by.
func (e *earning) awf(birth calendar.Date, r Run, paid Quantity) AWfFacts {
	terms := e.last()
	return AWfFacts{
		Written: terms.Written, OpenEnded: terms.OpenEnded, OnCall: terms.OnCall, BBL: terms.BBL, Birth: birth,
		Started: e.month.Contract.Span().From, Return: calendar.PeriodFrom(r.Period.Kind, r.PayDate), PaidHours: &paid,
	}
}

// chargesUnknown is the exception of an employer without settings: one for a run.
func chargesUnknown(paid calendar.Date) Exception {
	return Exception{Kind: ChargesUnknown, Subject: "employer", Article: "Wfsv art. 25", Detail: Text{
		NL: fmt.Sprintf("Voor %s is niet vastgelegd waar de werkgeverslasten op rusten (Aof laag of hoog, Whk): ze zijn onbekend en tellen niet mee in de loonkosten. Leg ze vast met employer record.", paid),
		EN: fmt.Sprintf("For %s nothing is recorded that the employer's charges go by (Aof low or high, Whk): they are unknown and not part of the wage cost. Record them with employer record.", paid)}}
}
