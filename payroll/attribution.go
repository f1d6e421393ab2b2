package payroll

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// AttributedBy says why what a correction changes is enjoyed (genoten) in the period
// that it is about, and not on the day on which it is paid.
type AttributedBy string

// Wage is enjoyed when it is paid (loon-in: Wet LB 1964 art. 13a lid 1). An employer
// who does so as a lasting practice (bestendig gevolgde gedragslijn) attributes it to
// the earlier period of the same calendar year that it belongs to (loon-over: art.
// 13a, lid 7 in the text of 2014). Premiums follow, since their wage is that of the
// loonheffing (Wfsv art. 16). A lasting practice is here a choice for a whole calendar
// year, for everybody employed: see Desk.ChooseMethod.
//
// An error is repaired in the period that had it, whatever was chosen: its return was
// wrong, and is corrected (art. 28a).
const (
	LoonIn   AttributedBy = ""
	LoonOver AttributedBy = "over"
	Repaired AttributedBy = "error"
)

// Articles that an attribution rests on.
const (
	articleLoonIn   = "Wet LB 1964 art. 13a lid 1"
	articleLoonOver = "Wet LB 1964 art. 13a; art. 28a"
	articleRepair   = "Wet LB 1964 art. 28a"
)

// article and what say by what something is attributed.
func (b AttributedBy) article() string {
	if b == Repaired {
		return articleRepair
	}
	return articleLoonOver
}

func (b AttributedBy) what() Text {
	if b == Repaired {
		return Text{NL: "herstel van een fout", EN: "repair of an error"}
	}
	return Text{NL: "loon-over", EN: "loon-over"}
}

// AttributedTo says why what a run changes of a past period is enjoyed in that
// period. Under loon-over both are of one calendar year: that of the days of payment,
// in which the past period ends too. What crosses the end of a year is loon-in.
func (s *Settings) AttributedTo(past, now Run) AttributedBy {
	if s == nil || !slices.Contains(s.Over, now.PayDate.Year()) || !sameYear(past, now) {
		return LoonIn
	}
	return LoonOver
}

// sameYear reports whether a past run lies in the calendar year in which another pays.
func sameYear(past, now Run) bool {
	year := now.PayDate.Year()
	return past.PayDate.Year() == year && past.Period.To.Year() == year
}

// Enjoyed is what is enjoyed under one contract in one period: what is taxed, with
// the tax on it, and what premiums are computed on, with the premiums.
type Enjoyed struct {
	Contract    uuid.UUID
	Gross       euro.Amount
	Holiday     euro.Amount // allowance accrued
	HolidayPaid euro.Amount
	Transition  euro.Amount
	Pension     euro.Amount // withheld of the employee
	Tax         Withheld
	Charges     *SlipCharges // nil: not known
}

// Sub is the difference with another of the same classes of premiums.
func (e Enjoyed) Sub(o Enjoyed) Enjoyed {
	d := Enjoyed{
		Contract: e.Contract, Gross: e.Gross.Sub(o.Gross), Holiday: e.Holiday.Sub(o.Holiday), HolidayPaid: e.HolidayPaid.Sub(o.HolidayPaid),
		Transition: e.Transition.Sub(o.Transition), Pension: e.Pension.Sub(o.Pension), Tax: e.Tax.Sub(o.Tax),
	}
	if e.Charges != nil && o.Charges != nil {
		charges := e.Charges.Sub(*o.Charges)
		d.Charges = &charges
	}
	return d
}

// Amounts are all amounts in a fixed order.
func (e Enjoyed) Amounts() []euro.Amount {
	list := []euro.Amount{e.Gross, e.Holiday, e.HolidayPaid, e.Transition, e.Pension, e.Tax.Regular, e.Tax.Special, e.Tax.Table, e.Tax.SpecialTax, e.Tax.Arbeidskorting}
	if e.Charges != nil {
		list = append(list, e.Charges.amounts()...)
	}
	return list
}

// Nothing reports whether every amount is nil.
func (e Enjoyed) Nothing() bool {
	return !slices.ContainsFunc(e.Amounts(), func(a euro.Amount) bool { return !a.IsZero() })
}

// class is what Enjoyed of one contract have in common that are summed.
type class struct {
	known    bool
	awf, aof ChargeClass
}

func (e Enjoyed) class() class {
	if e.Charges == nil {
		return class{}
	}
	return class{true, e.Charges.AWfKind, e.Charges.AofKind}
}

// none is nothing of the same contract and classes.
func (e Enjoyed) none() Enjoyed {
	n := Enjoyed{Contract: e.Contract}
	if e.Charges != nil {
		n.Charges = &SlipCharges{AWfKind: e.Charges.AWfKind, AofKind: e.Charges.AofKind}
	}
	return n
}

// Attribution is what of a payslip is enjoyed in an earlier period: it is part of the
// payslip's totals, and of the return of that period.
type Attribution struct {
	Period calendar.Period
	Paid   calendar.Date // the day of payment of that period, whose return it is in
	By     AttributedBy
	Enjoyed
}

// Taxation is how a past period was taxed until now.
type Taxation struct {
	By        AttributedBy // why its differences are enjoyed in it; loon-in: they are not
	Person    Employment   // what its tax went by when it was paid: a heffingskorting that changed later does not go back
	Enjoyed   []Enjoyed    // of each contract and class of premiums
	GrossOnly bool         // a payslip of it has no tax
	Arrears   []Correction // of periods before it, that were enjoyed in it
	Elsewhere []Correction // of it, that were enjoyed when they were paid
	LastYear  euro.Amount  // wage for the loonheffing of the calendar year before
}

// attribute computes anew what is taxed in each past period whose differences are
// enjoyed there, and gives its corrections what that comes to more or less than was
// booked. Premiums follow on those of the periods before it, as they were enjoyed.
func attribute(past []Replayed, t *Trace) error {
	var year Cumulatives
	for i := range past {
		p := &past[i]
		if paid := p.Run.PayDate.Year(); i == 0 {
			year = p.File.Booked.Year
		} else if year.Year != paid {
			year = Cumulatives{Year: paid}
		}
		if p.Taxation == nil {
			continue
		}
		now := p.Enjoyed
		if p.By != LoonIn && !p.GrossOnly {
			slips, err := p.taxAnew(year, t)
			if err != nil {
				return fmt.Errorf("tax of %s anew: %w", p.Run.Period, err)
			}
			if !slices.ContainsFunc(slips, func(s Payslip) bool { return s.GrossOnly }) {
				now = enjoyedOn(slips, p.Elsewhere)
				p.attribute(now)
			}
		}
		for _, e := range now {
			year = year.plus(e, p.Run.PayDate.Year())
		}
	}
	return nil
}

// plus adds what was enjoyed.
func (c Cumulatives) plus(e Enjoyed, year int) Cumulatives {
	if e.Charges == nil {
		return c
	}
	return Cumulatives{Year: year, Insured: c.Insured.Plus(e.Charges.Insured), Zvw: c.Zvw.Plus(e.Charges.Zvw)}
}

// taxAnew computes the payslips of the period with all that is enjoyed in it.
func (p *Replayed) taxAnew(year Cumulatives, t *Trace) ([]Payslip, error) {
	d := p.File
	d.Employment.Korting, d.Employment.Jonggehandicapt = p.Person.Korting, p.Person.Jonggehandicapt
	d.Employment.Alleenstaand, d.Employment.Identified = p.Person.Alleenstaand, p.Person.Identified
	d.Corrections, d.Elsewhere, d.Booked.Year, d.Booked.LastYear = p.Arrears, p.Elsewhere, year, p.LastYear
	t.Add(func() Step {
		return Step{
			What:    Text{NL: fmt.Sprintf("%s opnieuw, voor loonheffing en premies: de volgende stappen", p.Run.Period), EN: fmt.Sprintf("%s anew, for wage tax and premiums: the steps that follow", p.Run.Period)},
			Article: p.By.article(), Source: p.By.what().NL, Result: p.Run.Period.String(),
		}
	})
	slips, _, err := NewPayslips(p.Run, d, t)
	return slips, err
}

// enjoyedOn is what is enjoyed by payslips that attribute nothing, without what of
// them is enjoyed elsewhere.
func enjoyedOn(slips []Payslip, elsewhere []Correction) []Enjoyed {
	list := make([]Enjoyed, len(slips))
	for i, s := range slips {
		list[i] = Enjoyed{
			Contract: s.Contract, Gross: s.Gross, Holiday: s.Holiday, HolidayPaid: s.HolidayPaid, Transition: s.Transition,
			Pension: s.Pension.Employee, Tax: s.Tax, Charges: s.Charges,
		}
		for _, c := range elsewhere {
			if e := &list[i]; c.Contract.ID == s.Contract {
				e.Gross, e.Holiday, e.HolidayPaid = e.Gross.Sub(c.Part.Gross()), e.Holiday.Sub(c.Holiday), e.HolidayPaid.Sub(c.HolidayPaid)
				e.Transition, e.Pension = e.Transition.Sub(c.Transition), e.Pension.Sub(c.Pension.Employee)
			}
		}
	}
	return list
}

// attribute gives each correction what is enjoyed now less what was booked, for each
// class of premiums that either has.
func (p *Replayed) attribute(now []Enjoyed) {
	for i := range p.Corrections {
		c := &p.Corrections[i]
		c.By = p.By
		for _, e := range now {
			if e.Contract == c.Contract.ID {
				c.attribute(p.Run, e.Sub(like(p.Enjoyed, e)))
			}
		}
		for _, e := range p.Enjoyed {
			if e.Contract == c.Contract.ID && like(now, e).Contract == uuid.Nil {
				c.attribute(p.Run, e.none().Sub(e))
			}
		}
	}
}

func (c *Correction) attribute(r Run, d Enjoyed) {
	if !d.Nothing() {
		c.Attributed = append(c.Attributed, Attribution{Period: r.Period, Paid: r.PayDate, By: c.By, Enjoyed: d})
	}
}

// like finds what has the contract and classes of another, or is nothing of no
// contract.
func like(list []Enjoyed, e Enjoyed) Enjoyed {
	i := slices.IndexFunc(list, func(o Enjoyed) bool { return o.Contract == e.Contract && o.class() == e.class() })
	if i < 0 {
		n := e.none()
		n.Contract = uuid.Nil
		return n
	}
	return list[i]
}

// attribute adds to the payslips the tax and premiums that go with corrections which
// are enjoyed in the periods that they are about.
func (p *person) attribute() error {
	for _, c := range p.file.Corrections {
		s := p.slipOf(c.Contract.ID)
		if s == nil || s.GrossOnly {
			continue
		}
		for _, a := range c.Attributed {
			s.attribute(a)
			p.traceAttribution(a)
		}
	}
	return nil
}

func (e *earning) attribute(a Attribution) {
	e.Attributed = append(e.Attributed, a)
	e.Tax = e.Tax.Add(a.Tax)
	for _, l := range []Line{{Kind: LineTax, Amount: a.Tax.Table}, {Kind: LineSpecialTax, Amount: a.Tax.SpecialTax}} {
		if l.Amount.IsZero() {
			continue
		}
		l.Rule, l.Source = a.By.article(), a.By.what().NL+" "+a.Period.String()
		e.withhold(l)
		e.Lines[len(e.Lines)-1].Origin = a.Period.From
	}
	if e.Charges != nil && a.Charges != nil {
		charges := e.Charges.Add(*a.Charges)
		e.Charges = &charges
	}
}

func (p *person) traceAttribution(a Attribution) {
	tell := func(nl, en string, amount euro.Amount) {
		p.trace.Add(func() Step {
			return Step{
				What:    Text{NL: fmt.Sprintf("%s van %s, genoten in dat tijdvak (%s)", nl, a.Period, a.By.what().NL), EN: fmt.Sprintf("%s of %s, enjoyed in that period (%s)", en, a.Period, a.By.what().EN)},
				Article: a.By.article(), Source: a.By.what().NL, Formula: "herrekend − geboekt / recomputed − booked", Result: amount.String(),
			}
		})
	}
	tell("loonheffing", "wage tax", a.Tax.Total())
	if a.Charges != nil {
		tell("werkgeverslasten", "employer's charges", a.Charges.Total())
	}
}

// Unattributed takes back the attributions of contracts whose payslip has no tax: what
// is gross only is enjoyed when it is paid.
func Unattributed(list []Correction, slips []Payslip) {
	for i := range list {
		for _, s := range slips {
			if s.Contract == list[i].Contract.ID && s.GrossOnly {
				list[i].By, list[i].Attributed = LoonIn, nil
			}
		}
	}
}
