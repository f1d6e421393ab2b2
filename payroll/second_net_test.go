package payroll_test

import (
	"math/big"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// census counts what occurred.
type census map[string]int

func (c census) note(what string) { c[what]++ }

func (c census) when(occurred bool, what string) {
	if occurred {
		c[what]++
	}
}

// secondPerson is one dossier on its way through the second computation.
type secondPerson struct {
	law   *secondLaw
	year  *secondYear
	run   payroll.Run
	file  *payroll.Dossier
	slips []*secondSlip
	seen  census

	grossOnly bool // the law's tables do not have the tax
}

// newSecondSlips computes the payslips of a dossier from gross to net.
func newSecondSlips(law *secondLaw, run payroll.Run, file *payroll.Dossier, seen census) []*secondSlip {
	p := &secondPerson{law: law, year: law.years[run.PayDate.Year()], run: run, file: file, seen: seen}
	for i := range file.Contracts {
		if !file.Contracts[i].Paid.IsZero() {
			seen.note("paid by another run")
			continue
		}
		if s := p.newSecondSlip(&file.Contracts[i]); s != nil {
			p.slips = append(p.slips, s)
		}
	}
	if len(p.slips) == 0 {
		return nil
	}
	seen.when(len(p.slips) > 1, "several contracts")
	seen.when(run.PayDate.Year() > run.Period.To.Year(), "paid in the year after")
	seen.when(run.PayDate.Year() == 2021 && run.PayDate.Month() >= 8, "lower AWf of the end of 2021")
	for _, s := range p.slips {
		p.accrue(s)
		p.settleLeave(s)
		p.payTransition(s)
		s.gross = s.wage + s.holidayPaid + s.leavePaid + s.transition
		p.takePension(s)
	}
	p.takeTax()
	p.charge()
	for _, s := range p.slips {
		s.net = s.gross - s.pensionEmployee - s.table - s.specialTax
	}
	if !p.grossOnly {
		p.takeGarnishments()
		p.takeRepayments()
	}
	seen.when(pensioner(file.Employment.Birth, run.PayDate), "from AOW age")
	return p.slips
}

// employed reports whether a day lies in the service.
func (p *secondPerson) employed(day calendar.Date) bool {
	for _, s := range p.file.Service {
		if !day.Before(s.From) && (s.To.IsZero() || !day.After(s.To)) {
			return true
		}
	}
	return false
}

// served are the garnishments on the day of payment, by rank.
func (p *secondPerson) served() []payroll.Garnishment {
	var served []payroll.Garnishment
	for _, g := range p.file.Garnishments {
		if day := p.run.PayDate; !day.Before(g.Span.From) && (g.Span.To.IsZero() || !day.After(g.Span.To)) {
			served = append(served, g)
		}
	}
	slices.SortStableFunc(served, func(a, b payroll.Garnishment) int { return a.Rank - b.Rank })
	return served
}

// protected is what nobody takes of the net.
func (p *secondPerson) protected() int64 {
	var most int64
	for _, g := range p.served() {
		most = max(most, g.Protected.InCents())
	}
	return p.leave(most)
}

// leave is the period's part of an amount a month that the employee keeps, less
// what other runs of the period have paid.
func (p *secondPerson) leave(month int64) int64 {
	if p.run.Period.Kind == calendar.FourWeeks {
		month = nearest(product(ratio(month, 1), ratio(12, 52), p.weeks()))
	}
	return max(0, month-p.file.Booked.Period.Net.InCents())
}

func (p *secondPerson) left() (net int64) {
	for _, s := range p.slips {
		net += s.net
	}
	return net
}

// takeGarnishments gives the creditors, in order of rank, what the net has above
// the protected amount.
func (p *secondPerson) takeGarnishments() {
	for _, g := range p.served() {
		due := p.left() - p.protected()
		if g.Total != nil {
			due = min(due, g.Total.InCents()-g.Taken.InCents())
		}
		p.seen.when(due > 0, "garnishment")
		p.seen.when(due > 0 && g.ID != p.served()[0].ID, "garnishment of a lower rank")
		p.seen.when(due <= 0, "garnishment that finds nothing")
		for _, s := range p.slips {
			part := min(max(0, due), max(0, s.net))
			due -= part
			s.garnished += part
			s.taken[g.ID] += part
			s.net -= part
		}
	}
}

// takeRepayments takes what receivables have due this period, of each contract
// what its net has above the minimum wage and nobody protects.
func (p *secondPerson) takeRepayments() {
	garnished := p.protected()
	for _, r := range p.file.Receivables {
		if r.From.After(p.run.PayDate) || r.PerPeriod.IsZero() {
			continue
		}
		due := min(r.PerPeriod.InCents(), r.Amount.InCents()-r.Taken.InCents(), p.left()-max(garnished, p.leave(r.Protected.InCents())))
		for _, s := range p.slips {
			most := p.aboveMinimum(s)
			part := max(0, min(due, most))
			p.seen.when(part > 0, "repayment")
			p.seen.when(due > most, "repayment held back by the minimum wage")
			due -= part
			s.repaid += part
			s.taken[r.ID] += part
			s.net -= part
		}
	}
}

// aboveMinimum is what may still be taken of the net: of each euro of gross the
// part that the wage is above the minimum wage of the hours, rounded down.
func (p *secondPerson) aboveMinimum(s *secondSlip) int64 {
	above := new(big.Rat).Sub(ratio(s.wage, 1), &s.hours.least)
	if above.Sign() <= 0 || s.gross <= 0 {
		return 0
	}
	return floorOf(product(ratio(s.net+s.repaid, s.gross), above)) - s.repaid
}

// cents hands an amount to the program.
func cents(n int64) euro.Amount { return euro.Cents(n) }

// specialKey is the annual wage that the special rate goes by, in cents.
func (p *secondPerson) specialKey() int64 {
	for _, w := range p.file.AnnualWages {
		if w.Year == p.run.PayDate.Year()-1 {
			p.seen.note("special rate by a recorded annual wage")
			return w.Amount.InCents()
		}
	}
	if last := p.file.Booked.LastYear.InCents(); last > 0 {
		p.seen.note("special rate by the wage of last year")
		first, end := calendar.Day(p.run.PayDate.Year()-1, 1, 1), calendar.Day(p.run.PayDate.Year()-1, 12, 31)
		days, in := int64(end.Sub(first)+1), int64(0)
		for day := first; !day.After(end); day = day.Add(1) {
			if p.employed(day) {
				in++
			}
		}
		return nearest(product(ratio(last, 1), ratio(days, max(1, in))))
	}
	p.seen.note("special rate by the wage expected")
	year := new(big.Rat)
	for _, s := range p.slips {
		last := s.days[len(s.days)-1]
		year.Add(year, product(exactly(last.terms.HoursPerWeek), ratio(52*last.rate, 10_000), ratio(108, 100)))
	}
	return inCents(year)
}
