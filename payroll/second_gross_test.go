package payroll_test

import (
	"math/big"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// secondDay is a day of a contract: its terms, and what an hour pays and must
// pay in ten-thousandths of a euro. Days are the second computation's unit,
// where the program cuts a period into segments.
type secondDay struct {
	day     calendar.Date
	terms   payroll.Terms
	rate    int64
	minimum secondMinimum
}

// secondSlip is a payslip in cents and hundredths of hours.
type secondSlip struct {
	month *payroll.ContractMonth
	days  []secondDay
	worth map[secondLineKey]int64 // hours by what is paid for them

	wage, gross, holiday, holidayPaid, leavePaid, transition int64
	leaveAccrued, leaveTaken                                 int64
	pensionBase, pensionEmployee, pensionEmployer            int64
	regular, special, table, specialTax, arbeidskorting      int64
	charged                                                  bool
	charges                                                  secondCharges
	garnished, repaid, owed, net                             int64
	hours                                                    secondHours // with a right to wage
	holidayNow                                               int64       // of the allowance paid, what goes with the wage
	grossOnly                                                bool
	taken                                                    map[uuid.UUID]int64 // by garnishment and receivable
}

// secondLineKey is what hours of one line have in common.
type secondLineKey struct {
	kind payroll.HoursKind
	rate int64
}

// secondHours are hours with a right to wage, in hundredths, the leave that they
// give, and which part of full time they are.
type secondHours struct {
	days                      int
	paid, leave, share, least big.Rat // the least that they may earn, in cents
}

func (h *secondHours) add(d secondDay, paid, weeks *big.Rat) {
	h.days++
	h.paid.Add(&h.paid, paid)
	h.leave.Add(&h.leave, product(paid, leaveWeeks(d.terms), ratio(1, 52)))
	h.least.Add(&h.least, product(paid, ratio(d.minimum.hour, 10_000)))
	full := product(scaled(exactly(d.terms.FullTimeHours), 2), weeks)
	h.share.Add(&h.share, full.Quo(paid, full))
}

func (h *secondHours) plus(o secondHours) {
	h.days += o.days
	h.paid.Add(&h.paid, &o.paid)
	h.leave.Add(&h.leave, &o.leave)
	h.share.Add(&h.share, &o.share)
	h.least.Add(&h.least, &o.least)
}

// termsOn are the terms of a day: the version that started last by then, of
// those that start together the latest.
func termsOn(c payroll.Contract, day calendar.Date) payroll.Terms {
	best := c.Versions[0]
	for _, v := range c.Versions[1:] {
		if !v.ValidFrom.After(day) && (!v.ValidFrom.Before(best.ValidFrom) || best.ValidFrom.After(day)) {
			best = v
		}
	}
	return best
}

// lastTerms are the terms of the contract's last day in the period.
func (s *secondSlip) lastTerms() payroll.Terms { return s.days[len(s.days)-1].terms }

// pupilsByTheirScale pays pupils of the beroepsbegeleidende leerweg by the scale
// that the law has for them.
const pupilsByTheirScale = true

// byExperience makes a factor of a wage table: that of the last step whose years
// are full on the day.
func byExperience(terms payroll.Terms, day calendar.Date) payroll.Terms {
	if terms.Base != payroll.BaseSteps {
		return terms
	}
	terms.Base, terms.Factor = payroll.BaseWML, terms.Steps[0].Factor
	for _, step := range terms.Steps {
		if birthdays(terms.ExperienceSince, day) >= step.Years {
			terms.Factor = step.Factor
		}
	}
	return terms
}

// newSecondDay gives a day of a contract its hourly wage (WML art. 7).
func (p *secondPerson) newSecondDay(c payroll.Contract, day calendar.Date) secondDay {
	terms := byExperience(termsOn(c, day), day)
	d := secondDay{day: day, terms: terms}
	d.minimum = p.law.minimum(p.file.Employment.Birth, day, terms.BBL && pupilsByTheirScale, exactly(terms.FullTimeHours))
	if terms.Base == payroll.BaseWML {
		d.rate = inTenThousandths(product(ratio(d.minimum.hour, 10_000), exactly(terms.Factor)))
	} else {
		d.rate = max(inTenThousandths(exactly(terms.HourlyAmount)), d.minimum.hour)
	}
	return d
}

// newSecondSlip computes what a contract's hours earn, or nothing where it has
// no day in the period.
func (p *secondPerson) newSecondSlip(m *payroll.ContractMonth) *secondSlip {
	s := &secondSlip{month: m, worth: map[secondLineKey]int64{}, taken: map[uuid.UUID]int64{}}
	span := m.Contract.Versions[len(m.Contract.Versions)-1].Span
	for day := p.run.Period.From; !day.After(p.run.Period.To); day = day.Add(1) {
		if !day.Before(span.From) && (span.To.IsZero() || !day.After(span.To)) {
			s.days = append(s.days, p.newSecondDay(m.Contract, day))
		}
	}
	if len(s.days) == 0 {
		return nil
	}
	sick := p.sickRates(s)
	var lesser int64 // What hours take off a fixed wage, each rounded by itself.
	var byHours, byPeriod secondHours
	for _, d := range s.days {
		paid, sum := new(big.Rat), &byHours
		if d.terms.PayBasis == payroll.Fixed {
			sum = &byPeriod
			paid.Add(paid, product(scaled(exactly(d.terms.HoursPerWeek), 2), p.weeks(), ratio(1, int64(p.run.Period.Days()))))
		}
		for _, h := range m.Hours {
			if h.Day == d.day {
				paid.Add(paid, p.payHours(s, d, h, sick, &lesser))
			}
		}
		sum.add(d, paid, p.weeks())
	}
	s.hours.plus(byHours)
	if byPeriod.paid.Sign() > 0 { // Unpaid absence takes off no more hours than the fixed wage has.
		s.hours.plus(byPeriod)
	}
	s.leaveAccrued = nearest(&s.hours.leave)
	for key, quantity := range s.worth {
		s.wage += hoursTimes(quantity, key.rate)
	}
	fixedDays := len(s.days) - byHours.days
	if fixedDays > 0 {
		s.wage += p.fixedWage(s, lesser)
	}
	p.noteGross(s, fixedDays)
	return s
}

// payHours takes hours of a day in, and returns what they change of the hours
// with a right to wage.
func (p *secondPerson) payHours(s *secondSlip, d secondDay, h payroll.Hours, sick map[calendar.Date]int64, lesser *int64) *big.Rat {
	quantity := int64(h.Quantity)
	p.seen.when(quantity == 0, "hours taken back")
	if h.Kind == payroll.Leave {
		s.leaveTaken += quantity
	}
	pays := d.rate
	switch rate, less := sick[d.day]; {
	case h.Kind == payroll.UnpaidAbsence:
		pays = 0
	case h.Kind == payroll.Sick && less:
		pays = rate
	}
	if d.terms.PayBasis == payroll.ByHours {
		s.worth[secondLineKey{h.Kind, pays}] += quantity
		if h.Kind == payroll.UnpaidAbsence {
			return new(big.Rat)
		}
		return ratio(quantity, 1)
	}
	if pays < d.rate && quantity != 0 {
		*lesser += hoursTimes(quantity, d.rate-pays)
	}
	if h.Kind == payroll.UnpaidAbsence {
		p.seen.note("unpaid absence of a fixed wage")
		return ratio(-quantity, 1)
	}
	return new(big.Rat)
}

// weeks is how many weeks the period counts for.
func (p *secondPerson) weeks() *big.Rat {
	if p.run.Period.Kind == calendar.Month {
		return ratio(52, 12)
	}
	return ratio(int64(p.run.Period.Days()), 7)
}

// fixedWage pays each stretch of days with the same fixed wage by calendar days,
// less unpaid absence and what sickness pays less, and never below nil.
func (p *secondPerson) fixedWage(s *secondSlip, lesser int64) int64 {
	var total int64
	for from := 0; from < len(s.days); {
		first := s.days[from]
		to := from + 1
		for to < len(s.days) && sameFixed(first, s.days[to]) {
			to++
		}
		if first.terms.PayBasis == payroll.Fixed {
			total += p.fixedStretch(first, to-from)
		}
		from = to
	}
	p.seen.when(lesser > total, "more unpaid than the fixed wage")
	return max(0, total-lesser)
}

// sameFixed reports whether two days have the same fixed wage: a birthday or
// new terms that change nothing of it cut no stretch.
func sameFixed(a, b secondDay) bool {
	const hourly = 2024 // before, the least is an amount a month that the hourly rate does not show
	return a.terms.PayBasis == b.terms.PayBasis && a.rate == b.rate && a.terms.HoursPerWeek.Equal(b.terms.HoursPerWeek) &&
		(a.day.Year() >= hourly || a.minimum.hour == b.minimum.hour)
}

// fixedStretch is the fixed wage of so many days: hours times the hourly wage,
// and before 2024 the minimum wage of the whole period, times the factor and the
// part of full time, at four decimals; an amount an hour pays what is more.
func (p *secondPerson) fixedStretch(d secondDay, days int) int64 {
	part := ratio(int64(days), int64(p.run.Period.Days()))
	byHour := hoursTimes(nearest(product(scaled(exactly(d.terms.HoursPerWeek), 2), p.weeks(), part)), d.rate)
	if !d.day.Before(hourlySince) {
		return byHour
	}
	p.seen.note("fixed wage of a period before 2024")
	whole := ratio(d.minimum.month, 100)
	if p.run.Period.Kind == calendar.FourWeeks {
		whole = product(ratio(d.minimum.week, 100), p.weeks())
	}
	if d.terms.Base == payroll.BaseWML {
		whole = product(whole, exactly(d.terms.Factor))
	}
	whole = product(whole, new(big.Rat).Quo(exactly(d.terms.HoursPerWeek), exactly(d.terms.FullTimeHours)))
	byPeriod := inCents(product(ratio(inTenThousandths(whole), 10_000), part))
	if d.terms.Base == payroll.BaseAmount {
		return max(byHour, byPeriod)
	}
	return byPeriod
}

// leaveWeeks are the weeks of leave a year, at least four.
func leaveWeeks(t payroll.Terms) *big.Rat {
	if w := exactly(t.LeaveWeeks); w.Cmp(ratio(4, 1)) > 0 {
		return w
	}
	return ratio(4, 1)
}

// sickRates is what an hour of sickness pays on each day of the period where the
// contract pays less than the whole wage (BW 7:629).
func (p *secondPerson) sickRates(s *secondSlip) map[calendar.Date]int64 {
	terms := s.lastTerms().Sick
	if terms == nil {
		return nil
	}
	rates := map[calendar.Date]int64{}
	var began, before calendar.Date
	count := 0
	visit := func(day calendar.Date) (n, nth int) {
		if before.IsZero() || day.Sub(before) > 28 {
			began, count = day, 0
		}
		if day != before {
			count++
		}
		before = day
		return day.Sub(began), count
	}
	for _, h := range s.month.Sickness {
		visit(h.Day)
	}
	for _, h := range s.month.Hours {
		i := h.Day.Sub(s.days[0].day)
		if h.Kind != payroll.Sick || h.Quantity == 0 || i < 0 || i >= len(s.days) { // A quantity of nil takes hours back.
			continue
		}
		n, nth := visit(h.Day)
		rates[h.Day] = p.sickRate(terms, s.days[i], n, nth)
	}
	return rates
}

// sickRate is what an hour pays on the n-th day of a spell, counted from nil,
// that is the nth with hours of sickness.
func (p *secondPerson) sickRate(terms *payroll.SickTerms, d secondDay, n, nth int) int64 {
	part := func(percentage *big.Rat) int64 {
		return nearest(product(ratio(d.rate, 100), percentage))
	}
	switch {
	case nth <= terms.WaitingDays:
		p.seen.note("sick: waiting day")
		return 0
	case n >= 2*364:
		p.seen.note("sick: over")
		return 0
	case n >= 364:
		p.seen.note("sick: second year")
		return part(exactly(terms.SecondPeriod))
	}
	if pay := part(exactly(terms.Percentage)); pay > d.minimum.hour {
		p.seen.note("sick: percentage")
		return pay
	}
	p.seen.note("sick: floor")
	return d.minimum.hour
}

// noteGross counts what the contract's period had.
func (p *secondPerson) noteGross(s *secondSlip, fixedDays int) {
	p.seen.when(len(s.days) < p.run.Period.Days(), "part of a period")
	p.seen.when(fixedDays > 0, "fixed pay")
	p.seen.when(fixedDays < len(s.days), "pay by hours")
	p.seen.when(p.run.Period.Kind == calendar.FourWeeks, "four weeks")
	p.seen.when(p.run.Period.Days() == 35, "five weeks")
	for i, d := range s.days[1:] {
		p.seen.when(d.minimum != s.days[i].minimum && d.terms.BBL == s.days[i].terms.BBL && birthdays(p.file.Employment.Birth, d.day) != birthdays(p.file.Employment.Birth, s.days[i].day), "birthday that moves the minimum wage")
		p.seen.when(d.day.DayOfMonth() == 1 && d.minimum != s.days[i].minimum, "new minimum wage within a period")
		p.seen.when(d.terms.Version != s.days[i].terms.Version, "new terms within a period")
		p.seen.when(d.terms.Version == s.days[i].terms.Version && !d.terms.Factor.Equal(s.days[i].terms.Factor), "wage step within a period")
	}
	last := s.days[len(s.days)-1]
	p.seen.when(last.minimum.hour == last.rate && last.terms.Base == payroll.BaseAmount, "amount raised to the minimum wage")
	p.seen.when(birthdays(p.file.Employment.Birth, last.day) < 21, "youth")
	p.seen.when(last.terms.BBL, "pupil")
}
