package payroll

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// RetroYears is how far before its period a run corrects what was paid, unless
// whoever opens it names another day.
const RetroYears = 5

// Kinds of exceptions that corrections give.
const (
	CorrectionLarge ExceptionKind = "correction/large"
	CorrectionOwed  ExceptionKind = "correction/owed"
	CorrectionEarly ExceptionKind = "correction/too_early"
)

// largeCorrection is what a correction of one contract may come to in a run, up or
// down, before somebody has to look at it a second time.
var largeCorrection = euro.Cents(100_000)

// Part is what a payslip has of one period: of its own, or of an earlier one that
// it corrects. Taxes and premiums are not in it: they go by the day of payment, or
// are attributed apart.
type Part struct {
	Wage         euro.Amount
	Holiday      euro.Amount // allowance accrued, with what its payment rounds
	HolidayPaid  euro.Amount
	LeavePaid    euro.Amount
	Transition   euro.Amount
	LeaveAccrued Quantity
	LeaveTaken   Quantity // or paid out
	Pension      Pension
	Owed         euro.Amount // by the employee, for leave taken beyond what accrued
}

// Gross is the wage with what is paid beside it.
func (p Part) Gross() euro.Amount {
	return euro.Sum(p.Wage, p.HolidayPaid, p.LeavePaid, p.Transition)
}

// paidBeside is what of the gross is no wage.
func (p Part) paidBeside() euro.Amount { return euro.Sum(p.HolidayPaid, p.LeavePaid, p.Transition) }

// Sub is the difference with another part.
func (p Part) Sub(o Part) Part {
	return Part{
		Wage: p.Wage.Sub(o.Wage), Holiday: p.Holiday.Sub(o.Holiday), HolidayPaid: p.HolidayPaid.Sub(o.HolidayPaid), LeavePaid: p.LeavePaid.Sub(o.LeavePaid),
		Transition: p.Transition.Sub(o.Transition), LeaveAccrued: p.LeaveAccrued - o.LeaveAccrued, LeaveTaken: p.LeaveTaken - o.LeaveTaken,
		Pension: Pension{p.Pension.Base.Sub(o.Pension.Base), p.Pension.Employee.Sub(o.Pension.Employee), p.Pension.Employer.Sub(o.Pension.Employer)},
		Owed:    p.Owed.Sub(o.Owed),
	}
}

// Plus is the sum with another part.
func (p Part) Plus(o Part) Part { return p.Sub(Part{}.Sub(o)) }

// Nothing reports whether every figure is nil.
func (p Part) Nothing() bool {
	for _, a := range p.Amounts() {
		if !a.IsZero() {
			return false
		}
	}
	return p.LeaveAccrued == 0 && p.LeaveTaken == 0
}

// Amounts are all amounts in a fixed order.
func (p Part) Amounts() []euro.Amount {
	return []euro.Amount{p.Wage, p.Holiday, p.HolidayPaid, p.LeavePaid, p.Transition, p.Pension.Base, p.Pension.Employee, p.Pension.Employer, p.Owed}
}

// own is what a payslip without corrections has.
func (s Payslip) own() Part {
	return Part{
		Wage: s.Wage, Holiday: s.Holiday, HolidayPaid: s.HolidayPaid, LeavePaid: s.LeavePaid, Transition: s.Transition,
		LeaveAccrued: s.LeaveAccrued, LeaveTaken: s.LeaveTaken, Pension: s.Pension, Owed: s.Owed,
	}
}

// Correction is what one contract's period, which was paid, comes to more or less
// by what is known now: recomputed less booked. One that comes to nothing tells
// that the period was looked at.
type Correction struct {
	Contract Contract
	Origin   calendar.Period
	Lines    []Line // of recomputed less booked, with the period that they are about
	Claimed  bool   // claims on the period change, so that it needs a payslip
	Part
	By         AttributedBy  // why it is enjoyed in the period; empty: it is enjoyed when it is paid
	Attributed []Attribution // then: what that changes of tax and premiums
}

// Nothing reports whether the period comes to what was booked.
func (c Correction) Nothing() bool {
	return !c.Claimed && len(c.Lines) == 0 && len(c.Attributed) == 0 && c.Part.Nothing()
}

// correctable reports whether a line follows the period that it is about. Taxes,
// garnishments and repayments follow the day of payment.
func (k LineKind) correctable() bool {
	return k == LinePension || !strings.HasPrefix(string(k), "withheld.")
}

// lineKey is what two lines have in common of which the one corrects the other.
type lineKey struct {
	Kind         LineKind
	Rate         string
	Rule, Source string
}

func (l Line) key() lineKey { return lineKey{l.Kind, l.Rate.String(), l.Rule, l.Source} }

// difference is recomputed lines less booked ones: a line for each kind, rate,
// article and figure that differs, those that are new first.
func difference(recomputed, booked []Line, origin calendar.Date) []Line {
	var keys []lineKey
	lines := map[lineKey]*Line{}
	add := func(l Line, sign int) {
		if !l.Kind.correctable() {
			return
		}
		at, known := lines[l.key()]
		if !known {
			keys = append(keys, l.key())
			at = &Line{Kind: l.Kind, Rate: l.Rate, Rule: l.Rule, Source: l.Source, Origin: origin}
			lines[l.key()] = at
		}
		if sign < 0 {
			l.Quantity, l.Amount = -l.Quantity, l.Amount.Neg()
		}
		at.Quantity, at.Amount = at.Quantity+l.Quantity, at.Amount.Add(l.Amount)
	}
	for _, l := range recomputed {
		add(l, 1)
	}
	for _, l := range booked {
		add(l, -1)
	}
	var list []Line
	for _, k := range keys {
		if l := lines[k]; l.Quantity != 0 || !l.Amount.IsZero() {
			list = append(list, *l)
		}
	}
	return list
}

// correct puts the corrections of earlier periods on the payslips of this one.
func (p *person) correct() error {
	for _, c := range p.file.Elsewhere {
		s := p.slipOf(c.Contract.ID)
		s.elsewhere = s.elsewhere.Plus(c.Part)
	}
	for _, c := range p.file.Corrections {
		if c.Nothing() {
			continue
		}
		s := p.slipOf(c.Contract.ID)
		s.Origins = append(s.Origins, Origin{c.Origin, c.Part})
		s.Lines = append(s.Lines, c.Lines...)
		s.add(c.Part)
		if c.By == LoonIn {
			s.arrears = s.arrears.Plus(c.Part)
		} else {
			s.elsewhere = s.elsewhere.Plus(c.Part)
		}
		p.traceCorrection(c)
	}
	for _, s := range p.slips {
		if e, found := s.correctedMuch(); found {
			p.found = append(p.found, e)
		}
	}
	return nil
}

// slipOf finds the payslip of a contract.
func (p *person) slipOf(contract uuid.UUID) *earning {
	for _, s := range p.slips {
		if s.Contract == contract {
			return s
		}
	}
	return nil
}

// correctable sees to it that each contract with a correction has a payslip: one
// that only corrects where the contract has no day in the period, or where another
// run has paid it.
func (p *person) correctable() {
	e, before := p.file.Employment, len(p.slips)
	for _, c := range slices.Concat(p.file.Corrections, p.file.Elsewhere) {
		if c.Nothing() || p.slipOf(c.Contract.ID) != nil {
			continue
		}
		p.slips = append(p.slips, &earning{corrects: true, month: ContractMonth{Contract: c.Contract}, Payslip: Payslip{
			Contract: c.Contract.ID, ContractNumber: c.Contract.Number, Person: e.Person, Employment: e.ID, Period: p.run.Period, GrossOnly: true, IBAN: e.IBAN,
		}})
	}
	if len(p.slips) > before {
		slices.SortStableFunc(p.slips, func(a, b *earning) int { return bytes.Compare(a.Contract[:], b.Contract[:]) })
	}
}

// earning are the payslips that earn something in the period itself.
func (p *person) earning() []*earning {
	if len(p.file.Corrections)+len(p.file.Elsewhere) == 0 {
		return p.slips
	}
	return slices.DeleteFunc(slices.Clone(p.slips), func(s *earning) bool { return s.corrects })
}

// add adds a part of an earlier period to the payslip's totals.
func (e *earning) add(part Part) {
	sum := e.own().Plus(part)
	e.Wage, e.Holiday, e.HolidayPaid, e.LeavePaid, e.Transition = sum.Wage, sum.Holiday, sum.HolidayPaid, sum.LeavePaid, sum.Transition
	e.LeaveAccrued, e.LeaveTaken, e.Pension = sum.LeaveAccrued, sum.LeaveTaken, sum.Pension
	if e.Owed = sum.Owed; sum.Owed.Sign() < 0 {
		e.Owed = euro.Zero // a receivable that exists is lowered by somebody: see correctedMuch
	}
	e.Gross, e.Net = e.Gross.Add(part.Gross()), e.Net.Add(part.Gross()).Sub(part.Pension.Employee)
	e.corrected = e.corrected.Plus(part)
}

// correctedMuch is the exception of corrections that come to much, or that leave
// a receivable which was too high.
func (e *earning) correctedMuch() (Exception, bool) {
	if gross := e.corrected.Gross(); gross.Cmp(largeCorrection) > 0 || gross.Neg().Cmp(largeCorrection) > 0 {
		return Exception{Kind: CorrectionLarge, Subject: e.ContractNumber, Detail: Text{
			NL: fmt.Sprintf("Contract %s: de correcties van eerdere perioden komen samen op %s bruto. Kijk er nog eens naar.", e.ContractNumber, gross),
			EN: fmt.Sprintf("Contract %s: the corrections of earlier periods come to %s gross together. Have a second look.", e.ContractNumber, gross)}}, true
	}
	if owed := e.corrected.Owed; owed.Sign() < 0 {
		return Exception{Kind: CorrectionOwed, Subject: e.ContractNumber, Article: "BW 7:641", Detail: Text{
			NL: fmt.Sprintf("Contract %s: een vordering voor te veel opgenomen verlof was %s te hoog. Pas de vordering aan met receivable record.", e.ContractNumber, owed.Neg()),
			EN: fmt.Sprintf("Contract %s: a receivable for leave taken beyond what accrued was %s too high. Change it with receivable record.", e.ContractNumber, owed.Neg())}}, true
	}
	return Exception{}, false
}

// taxable is what a part adds to the wage for the loonheffing, below nil where it
// takes back.
func (p Part) taxable() euro.Amount { return p.Gross().Sub(p.Pension.Employee) }

// claimBack makes what the corrections take from the person's net a receivable:
// wage that was paid too much is never set off against the minimum wage, and not
// against any other without a plan (WML art. 13; BW 6:203).
func (p *person) claimBack() error {
	var least *earning
	for _, s := range p.slips {
		if s.corrected.taxable().Sign() < 0 && (least == nil || s.corrected.taxable().Cmp(least.corrected.taxable()) < 0) {
			least = s
		}
	}
	if least == nil {
		return nil
	}
	without := p.file
	without.Corrections, without.Elsewhere, without.Garnishments, without.Receivables = nil, nil, nil, nil
	slips, _, err := NewPayslips(p.run, without, nil)
	if err != nil {
		return err
	}
	due := p.net().Neg()
	for _, s := range slips {
		due = due.Add(s.Net)
	}
	if due.Sign() <= 0 {
		return nil
	}
	least.Overpaid, least.Net = due, least.Net.Add(due)
	least.Lines = append(least.Lines, Line{Kind: LineOverpaid, Amount: due, Rule: "WML art. 13; BW 6:203", Source: "correctie " + least.ContractNumber, Origin: least.Period.From})
	p.trace.Add(func() Step {
		return Step{
			What:    Text{NL: "te veel betaald: een vordering, en niet verrekend", EN: "paid too much: a receivable, and not set off"},
			Article: "WML art. 13; BW 6:203", Formula: fmt.Sprintf("%s − %s", p.net(), p.net().Sub(due)), Result: due.String(),
		}
	})
	return nil
}

func (p *person) traceCorrection(c Correction) {
	for _, l := range c.Lines {
		p.trace.Add(func() Step {
			return Step{
				What:    Text{NL: fmt.Sprintf("correctie van %s: %s", c.Origin, l.Kind), EN: fmt.Sprintf("correction of %s: %s", c.Origin, l.Kind)},
				Article: l.Rule, Source: l.Source, Formula: fmt.Sprintf("herrekend − geboekt / recomputed − booked (%s × %s)", l.Quantity, l.Rate.Fixed(2)), Result: l.Amount.String(),
			}
		})
	}
}

// Origin is what a payslip has of an earlier period.
type Origin struct {
	Period calendar.Period
	Part
}

// TooEarly is the exception of facts about periods that the run does not go back
// to.
func TooEarly(person string, from calendar.Date) Exception {
	return Exception{Kind: CorrectionEarly, Subject: person, Detail: Text{
		NL: fmt.Sprintf("Personeelsnummer %s: er is iets vastgelegd over perioden voor %s. Deze run corrigeert die niet.", person, from),
		EN: fmt.Sprintf("Personnel number %s: something was recorded about periods before %s. This run does not correct them.", person, from)}}
}

// bookedOf is what was booked of a contract, nothing where there is none.
func bookedOf(list []BookedPart, contract uuid.UUID) BookedPart {
	for _, b := range list {
		if b.Contract.ID == contract {
			return b
		}
	}
	return BookedPart{}
}
