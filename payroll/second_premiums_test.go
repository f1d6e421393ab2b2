package payroll_test

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
)

// secondCharges are the employer's charges of a payslip, in cents, with what it
// adds to the cumulatives.
type secondCharges struct {
	awfKind, aofKind        payroll.ChargeClass
	insured, health         secondCumulative
	awf, aof, wko, whk, zvw int64
}

// secondCumulative is what was paid in the year, what the year's maximum came to
// and the base that premiums were due on.
type secondCumulative struct{ wage, maximum, base int64 }

func newSecondCumulative(c payroll.Cumulative) secondCumulative {
	return secondCumulative{c.Wage.InCents(), c.Maximum.InCents(), c.Base.InCents()}
}

// grow adds a payslip, and returns what it added.
func (c *secondCumulative) grow(wage, maximum int64, seen census) secondCumulative {
	c.wage, c.maximum = c.wage+wage, c.maximum+maximum
	base := min(c.wage, c.maximum) - c.base
	seen.when(c.wage > c.maximum, "maximum of the premium wage")
	seen.when(base > wage && wage > 0, "base above the wage, from earlier periods")
	c.base += base
	return secondCumulative{wage, maximum, base}
}

// chargeTerms are the employer's settings on the day of payment.
func (p *secondPerson) chargeTerms() (payroll.ChargeTerms, bool) {
	if p.file.Settings == nil {
		return payroll.ChargeTerms{}, false
	}
	best, known := payroll.ChargeTerms{}, false
	for _, t := range p.file.Settings.Charges {
		if !t.ValidFrom.After(p.run.PayDate) && (!known || !t.ValidFrom.Before(best.ValidFrom)) {
			best, known = t, true
		}
	}
	return best, known
}

// charge computes the premiums of each contract, each base following on the one
// before.
func (p *secondPerson) charge() {
	terms, known := p.chargeTerms()
	if p.grossOnly {
		return
	}
	if !known {
		p.seen.note("charges unknown")
		return
	}
	insured, health := newSecondCumulative(p.file.Booked.Year.Insured), newSecondCumulative(p.file.Booked.Year.Zvw)
	maximum := p.periodMaximum()
	for _, s := range p.slips {
		s.charged = true
		c := &s.charges
		wage := s.regular + s.special - s.transition
		c.health = health.grow(wage+s.transition, maximum, p.seen)
		c.zvw = nearestOf(c.health.base*p.year.Zvw, 10_000)
		if !pensioner(p.file.Employment.Birth, p.run.PayDate) {
			c.insured = insured.grow(wage, maximum, p.seen)
			p.insure(s, terms.ChargeSettings)
		}
		maximum = 0
	}
}

// insure computes the premiums of the employee insurances.
func (p *secondPerson) insure(s *secondSlip, settings payroll.ChargeSettings) {
	c, base := &s.charges, s.charges.insured.base
	c.awfKind = payroll.ChargeHigh
	switch {
	case settings.Ufo:
		c.awfKind = payroll.ChargeUfo
	case p.lowAWf(s):
		c.awfKind = payroll.ChargeLow
	}
	low, high := p.year.AWfLow, p.year.AWfHigh
	if day := p.run.PayDate; day.Year() == 2021 && day.Month() >= 8 {
		low, high = 34, 534 // From 1 August 2021 on: the rates file says it beside the table.
	}
	percent := map[payroll.ChargeClass]int64{payroll.ChargeUfo: 68, payroll.ChargeLow: low, payroll.ChargeHigh: high}
	c.awf = nearestOf(base*percent[c.awfKind], 10_000)
	c.aofKind = payroll.ChargeHigh
	aof := p.year.AofHigh
	if settings.Small {
		c.aofKind, aof = payroll.ChargeLow, p.year.AofLow
	}
	c.aof, c.wko = nearestOf(base*aof, 10_000), nearestOf(base*p.year.Wko, 10_000)
	whk := ratio(p.year.Whk, 10_000)
	if settings.Whk != nil && settings.Whk.Year == p.run.PayDate.Year() {
		p.seen.note("Whk by decision")
		whk = product(exactly(settings.Whk.Percentage), ratio(1, 100))
	}
	c.whk = nearest(product(ratio(base, 1), whk))
	p.seen.note("AWf " + string(c.awfKind))
	p.seen.note("Aof " + string(c.aofKind))
}

// lowAWf reports whether the low premium is due (Wfsv art. 27): a written,
// open-ended contract that is not on-call, a pupil, or somebody under twenty-one
// with few hours.
func (p *secondPerson) lowAWf(s *secondSlip) bool {
	last := s.lastTerms()
	if last.Written && last.OpenEnded && !last.OnCall || last.BBL {
		return true
	}
	hours := int64(0)
	for _, other := range p.slips {
		hours += nearest(&other.hours.paid)
	}
	most := int64(52_00)
	if p.run.Period.Kind == calendar.FourWeeks {
		most = 48_00
	}
	first := calendar.PeriodFrom(p.run.Period.Kind, p.run.PayDate).From // The return follows the day of payment.
	if start := s.month.Contract.Versions[0].Span.From; start.After(first) {
		first = start
	}
	if birthdays(p.file.Employment.Birth, first) >= 21 || hours > most {
		return false
	}
	p.seen.note("AWf low for the young with few hours")
	return true
}

// periodMaximum is what the run adds to the maximum of the year.
func (p *secondPerson) periodMaximum() int64 {
	if !p.file.Booked.Maximum.IsZero() {
		p.seen.note("maximum added by another run")
		return 0
	}
	if days := p.workingDays(); days > 0 {
		return days * p.year.Daily
	}
	if p.run.Period.Kind == calendar.Month {
		return p.year.Month
	}
	return p.year.FourWeeks + int64(p.run.Period.Days()-28)/7*p.year.Weekly
}
