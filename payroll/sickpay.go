package payroll

import (
	"errors"
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Limits of the law on pay during sickness.
const (
	maxWaitingDays  = 2       // BW 7:629 lid 9
	firstWeeks      = 52 * 7  // days with the minimum wage as floor, lid 1
	paidWeeks       = 104 * 7 // days that the employer pays, lid 1
	recoveryAtLeast = 28      // days well, after which a new spell begins, lid 10
)

const articleSick = "BW 7:629"

// ErrSickPay is wrapped when terms or days can not be what the law allows.
var ErrSickPay = errors.New("sick pay can not be computed")

// SickTerms are what a contract says of pay during sickness.
type SickTerms struct {
	WaitingDays  int         // at most two, and none unless the contract has them
	Percentage   euro.Number // of the wage in the first 52 weeks, 70 to 100
	SecondPeriod euro.Number // of the wage in the 52 weeks after, 70 to 100
}

// SickHours are hours of kind sick on a day, at the wage and the minimum wage
// an hour of that day.
type SickHours struct {
	Day      calendar.Date
	Quantity Quantity
	Rate     euro.Number // full wage an hour
	Minimum  euro.Number // minimum wage an hour
}

// SickPayKind is how hours of sickness are paid.
type SickPayKind string

// The ways of paying.
const (
	SickWaiting SickPayKind = "waiting" // a waiting day: nothing
	SickPaid    SickPayKind = "paid"    // the percentage of the wage
	SickFloor   SickPayKind = "floor"   // the minimum wage, which is more than the percentage
	SickOver    SickPayKind = "over"    // after 104 weeks: nothing from the employer
)

// SickPay is what hours of sickness earn: quantity times rate is the wage, to be
// rounded where lines of one rate are summed.
type SickPay struct {
	Day      calendar.Date
	Spell    calendar.Date // first day of the spell that the day is part of
	Kind     SickPayKind
	Quantity Quantity
	Rate     euro.Number // euro an hour, nought where nothing is paid
}

// NewSickPay gives each of the hours its rate (BW 7:629). It needs every hour
// of sickness since the spell began, in order of day: waiting days and the 52
// weeks are counted from there. Sick hours with less than four weeks between
// them are one spell (lid 10), since hours do not tell a day of recovery from a
// day off; its weeks are counted through, recovery included, which is a choice.
// The wage is not cut at the maximum day wage, which minimum wages do not reach.
func NewSickPay(terms SickTerms, hours []SickHours, t *Trace) ([]SickPay, error) {
	if err := terms.check(); err != nil {
		return nil, err
	}
	paid := make([]SickPay, 0, len(hours))
	var spell, last calendar.Date
	waited := 0
	for i, h := range hours {
		if h.Quantity < 0 || h.Day.IsZero() || i > 0 && h.Day.Before(hours[i-1].Day) {
			return nil, fmt.Errorf("%w: %s hours on %s, out of order or below nought", ErrSickPay, h.Quantity, h.Day)
		}
		if h.Quantity == 0 {
			continue // taken back: no day of sickness, and no waiting day
		}
		if last.IsZero() || h.Day.Sub(last) > recoveryAtLeast {
			spell, waited = h.Day, 0
		}
		if h.Day != last {
			waited++ // hours at two wages on one day are one waiting day
		}
		last = h.Day
		pay := SickPay{Day: h.Day, Spell: spell, Quantity: h.Quantity}
		pay.Kind, pay.Rate = terms.rate(h, h.Day.Sub(spell), waited)
		paid = append(paid, pay)
		traceSick(t, terms, h, pay)
	}
	return paid, nil
}

// sickPays is what each day of sickness in the period earns an hour, where the
// contract pays less than the whole wage. The terms are those of the last day: a
// spell is paid by one set of them.
func sickPays(c ContractMonth, cut []segment, t *Trace) (map[calendar.Date]SickPay, error) {
	if len(cut) == 0 || cut[len(cut)-1].terms.Sick == nil {
		return nil, nil
	}
	var hours []SickHours
	for _, h := range c.Sickness {
		hours = append(hours, SickHours{Day: h.Day, Quantity: h.Quantity})
	}
	before := len(hours)
	for _, h := range c.Hours {
		if s, ok := find(cut, h.Day); ok && h.Kind == Sick {
			hours = append(hours, SickHours{Day: h.Day, Quantity: h.Quantity, Rate: s.rate, Minimum: s.minimum.Value})
		}
	}
	if len(hours) == before {
		return nil, nil
	}
	paid, err := NewSickPay(*cut[len(cut)-1].terms.Sick, hours, t)
	days := make(map[calendar.Date]SickPay, len(paid))
	for _, p := range paid {
		days[p.Day] = p
	}
	return days, err
}

// check holds the terms against the law: a contract may be better, not worse.
func (s SickTerms) check() error {
	least := euro.Int(70)
	for _, p := range []euro.Number{s.Percentage, s.SecondPeriod} {
		if p.Cmp(least) < 0 || p.Cmp(euro.Hundred) > 0 {
			return fmt.Errorf("%w: %s %% of the wage, and it is 70 to 100 (BW 7:629 lid 1)", ErrSickPay, p)
		}
	}
	if s.WaitingDays < 0 || s.WaitingDays > maxWaitingDays {
		return fmt.Errorf("%w: %d waiting days, and two is the most (BW 7:629 lid 9)", ErrSickPay, s.WaitingDays)
	}
	return nil
}

// rate is what an hour earns on the day of a spell, counted from nought, and
// nth is which of the days with hours of sickness it is, counted from one.
func (s SickTerms) rate(h SickHours, day, nth int) (SickPayKind, euro.Number) {
	switch {
	case nth <= s.WaitingDays:
		return SickWaiting, euro.Number{}
	case day >= paidWeeks:
		return SickOver, euro.Number{}
	case day >= firstWeeks:
		return SickPaid, h.Rate.Mul(s.SecondPeriod.Percent()).Round(4)
	}
	part := h.Rate.Mul(s.Percentage.Percent()).Round(4)
	if part.Cmp(h.Minimum) < 0 {
		return SickFloor, h.Minimum
	}
	return SickPaid, part
}

func traceSick(t *Trace, terms SickTerms, h SickHours, p SickPay) {
	t.Add(func() Step {
		step := Step{Article: "BW 7:629 lid 1", Source: fmt.Sprintf("spell from %s", p.Spell), Result: p.Rate.Fixed(2)}
		switch p.Kind {
		case SickWaiting:
			step.What, step.Article = Text{NL: "wachtdag", EN: "waiting day"}, "BW 7:629 lid 9"
		case SickOver:
			step.What = Text{NL: "meer dan 104 weken ziek", EN: "sick for more than 104 weeks"}
		case SickFloor:
			step.What = Text{NL: "minimumloon in de eerste 52 weken", EN: "minimum wage in the first 52 weeks"}
			step.Formula = fmt.Sprintf("max(%s × %s %%, %s)", h.Rate.Fixed(2), terms.Percentage, h.Minimum.Fixed(2))
		case SickPaid:
			percentage := terms.Percentage
			if p.Day.Sub(p.Spell) >= firstWeeks {
				percentage = terms.SecondPeriod
			}
			step.What = Text{NL: "doorbetaling bij ziekte", EN: "pay during sickness"}
			step.Formula, step.Rounded = fmt.Sprintf("%s × %s %%", h.Rate.Fixed(2), percentage), "half up, 0.0001"
		}
		return step
	})
}
