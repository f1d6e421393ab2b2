package payroll_test

import (
	"math/big"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// accrue reserves the holiday allowance, and pays what accrued where it is due
// (WML art. 15 to 17): eight per cent of the sum of the wages.
func (p *secondPerson) accrue(s *secondSlip) {
	s.holiday = nearestOf(s.wage*8, 100)
	if !s.lastTerms().HolidayEachPeriod && !p.holdsMayEnd() && !p.ends(s) {
		return
	}
	base, accrued, paid := s.month.Earlier.Base.InCents(), s.month.Earlier.Accrued.InCents(), s.month.Earlier.Paid.InCents()
	whole := nearestOf((base+s.wage)*8, 100)
	if whole <= paid { // What was paid too much is not taken back.
		return
	}
	p.seen.when(whole != accrued+s.holiday, "holiday allowance with a rounding")
	p.seen.when(p.holdsMayEnd(), "holiday allowance in May")
	p.seen.when(s.lastTerms().HolidayEachPeriod, "holiday allowance each period")
	if s.lastTerms().HolidayEachPeriod {
		s.holidayNow = min(s.holiday, whole-paid)
	}
	s.holiday = whole - accrued
	s.holidayPaid = whole - paid
}

func (p *secondPerson) holdsMayEnd() bool {
	for day := p.run.Period.From; !day.After(p.run.Period.To); day = day.Add(1) {
		if day.Month() == 5 && day.DayOfMonth() == 31 {
			return true
		}
	}
	return false
}

// ends reports whether the contract's last day lies in the period.
func (p *secondPerson) ends(s *secondSlip) bool {
	to := endOf(s)
	return !to.IsZero() && !to.Before(p.run.Period.From) && !to.After(p.run.Period.To)
}

func endOf(s *secondSlip) calendar.Date {
	return s.month.Contract.Versions[len(s.month.Contract.Versions)-1].Span.To
}

// followed reports whether the service goes on after a day, or starts again
// within so many months.
func (p *secondPerson) followed(end calendar.Date, months int) bool {
	for _, s := range p.file.Service {
		if (s.To.IsZero() || s.To.After(end)) && !s.From.After(end.Add(1).AddMonths(months)) {
			return true
		}
	}
	return false
}

// settleLeave pays the hours that are left when no contract goes on (BW 7:641).
func (p *secondPerson) settleLeave(s *secondSlip) {
	if !p.ends(s) || s.lastTerms().EndedBy == payroll.Continued || p.followed(endOf(s), 0) {
		return
	}
	hours := int64(p.file.Booked.Leave)
	for _, other := range p.slips {
		hours += other.leaveAccrued - other.leaveTaken
	}
	worth := hoursTimes(hours, nearestOf(s.days[len(s.days)-1].rate*108, 100))
	switch {
	case hours > 0:
		p.seen.note("leave paid out")
		s.leavePaid, s.leaveTaken = worth, s.leaveTaken+hours
	case hours < 0:
		p.seen.note("leave owed")
		s.owed, s.leaveTaken = -worth, s.leaveTaken+hours
	}
}

// payTransition pays the transitievergoeding (BW 7:673) where the employer ended
// the contract or let it expire.
func (p *secondPerson) payTransition(s *secondSlip) {
	last := s.lastTerms()
	if !p.ends(s) || p.startsAfter(endOf(s)) || last.EndedBy != payroll.ByEmployer && last.EndedBy != payroll.ByExpiry {
		return
	}
	end, began := endOf(s), p.serviceOf(s)
	month := inCents(product(ratio(s.days[len(s.days)-1].rate, 10_000), exactly(last.HoursPerWeek), ratio(52, 12)))
	years := 0
	for !began.AddMonths(12 * (years + 1)).Add(-1).After(end) {
		years++
	}
	anniversary := began.AddMonths(12 * years)
	length := began.AddMonths(12 * (years + 1)).Sub(anniversary)
	length64, rest := int64(length), int64(end.Sub(anniversary)+1)
	served := new(big.Rat).Add(ratio(int64(years), 1), ratio(rest, length64))
	amount := nearest(product(ratio(month, 1), ratio(108, 100), served, ratio(1, 3)))
	if most, known := transitionMaxima[end.Year()]; known {
		most = max(most, nearestOf(month*12*108, 100))
		p.seen.when(amount > most, "transition payment at its maximum")
		amount = min(amount, most)
	}
	for _, paid := range p.file.Booked.Paid {
		if !paid.From.Before(began) && paid.From.Before(s.month.Contract.Versions[0].Span.From) {
			p.seen.note("transition payment less an earlier one")
			amount -= paid.Amount.InCents()
		}
	}
	s.transition = max(0, amount)
	p.seen.when(s.transition > 0, "transition payment")
}

// transitionMaxima are the maxima in cents of the years that the program knows; of
// the others it leaves the amount as it is and asks somebody to look.
var transitionMaxima = map[int]int64{2021: 84_000_00, 2023: 89_000_00}

// startsAfter reports whether another contract starts after an end, within six
// months.
func (p *secondPerson) startsAfter(end calendar.Date) bool {
	for _, s := range p.file.Service {
		if s.From.After(end) && !s.From.After(end.Add(1).AddMonths(6)) {
			return true
		}
	}
	return false
}

// serviceOf is the first day of the service that a contract goes on with: what
// ended before it, and not what runs beside it.
func (p *secondPerson) serviceOf(slip *secondSlip) calendar.Date {
	start := slip.month.Contract.Versions[0].Span.From
	for moved := true; moved; {
		moved = false
		for _, s := range p.file.Service {
			if s.From.Before(start) && !s.To.IsZero() && s.To.Before(start) && !s.To.Add(1).AddMonths(6).Before(start) {
				start, moved = s.From, true
			}
		}
	}
	return start
}

// serviceStart is the first day of the service that goes on in the period, gaps
// of six months at most included.
func (p *secondPerson) serviceStart() calendar.Date {
	start := p.run.Period.To
	for _, s := range p.slips {
		if s.days[0].day.Before(start) {
			start = s.days[0].day
		}
	}
	for moved := true; moved; {
		moved = false
		for _, s := range p.file.Service {
			if s.From.Before(start) && (s.To.IsZero() || !s.To.Add(1).AddMonths(6).Before(start)) {
				start, moved = s.From, true
			}
		}
	}
	return start
}

// takePension is the premium over the wage under the maximum and above the
// franchise, both for the part of full time that was paid.
func (p *secondPerson) takePension(s *secondSlip) {
	terms, known := p.pensionTerms()
	if !known || !p.takesPart(terms) {
		return
	}
	share := ratio(nearest(scaled(&s.hours.share, 8)), 100_000_000)
	if share.Cmp(ratio(1, 1)) > 0 {
		share = ratio(1, 1)
	}
	year := new(big.Rat).Quo(p.weeks(), ratio(52, 1))
	counted := ratio(s.wage, 1)
	if terms.Holiday {
		p.seen.note("pension over the holiday allowance")
		counted = ratio(s.wage+nearestOf(s.wage*8, 100), 1) // Its own allowance, without the rounding of earlier periods.
	}
	if terms.Maximum != nil {
		if most := product(ratio(terms.Maximum.InCents(), 1), year, share); counted.Cmp(most) > 0 {
			p.seen.note("pension at its maximum")
			counted = most
		}
	}
	counted = new(big.Rat).Sub(counted, product(ratio(terms.Franchise.InCents(), 1), year, share))
	if counted.Sign() <= 0 {
		p.seen.note("pension below its franchise")
		return
	}
	s.pensionBase = nearest(counted)
	s.pensionEmployee = nearest(product(ratio(s.pensionBase, 100), exactly(terms.Employee)))
	s.pensionEmployer = nearest(product(ratio(s.pensionBase, 100), exactly(terms.Employer)))
	p.seen.when(s.pensionEmployee > 0, "pension")
}

// pensionTerms are the terms that hold on the last day of the period.
func (p *secondPerson) pensionTerms() (payroll.PensionTerms, bool) {
	if p.file.Settings == nil {
		return payroll.PensionTerms{}, false
	}
	best, known := payroll.PensionTerms{}, false
	for _, t := range p.file.Settings.Pension {
		if !t.ValidFrom.After(p.run.Period.To) && (!known || !t.ValidFrom.Before(best.ValidFrom)) {
			best, known = t, true
		}
	}
	return best, known
}

// takesPart goes by the age in the month of the last day and the days of service
// by then.
func (p *secondPerson) takesPart(terms payroll.PensionTerms) bool {
	on, birth := p.run.Period.To, p.file.Employment.Birth
	tooOld := pensioner(birth, p.run.PayDate)
	if terms.ToAge != 0 {
		tooOld = monthOfBirthday(birth, terms.ToAge, on)
	}
	switch {
	case !monthOfBirthday(birth, terms.FromAge, on):
		p.seen.note("pension: too young")
		return false
	case tooOld:
		p.seen.note("pension: too old")
		return false
	case on.Before(p.serviceStart().Add(terms.WaitingDays)):
		p.seen.note("pension: waiting")
		return false
	}
	return true
}

// monthOfBirthday reports whether the month of a birthday has begun.
func monthOfBirthday(birth calendar.Date, age int, on calendar.Date) bool {
	return !on.Before(calendar.Day(birth.Year()+age, birth.Month(), 1))
}

// pensioner reports whether somebody has reached AOW age by the end of the month
// of a day. Sixty-seven years is the age since 2024; the dossiers have nobody
// near it before.
func pensioner(birth, on calendar.Date) bool { return monthOfBirthday(birth, 67, on) }
