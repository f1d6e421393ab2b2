package payroll_test

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
)

// secondTable is a white table: borders and credits in whole euros, shares in
// hundred-thousandths, percentages in hundredths.
type secondTable struct {
	bounds              [2]int64
	percents            [3]int64
	ahk, ouk            secondFade
	o1, o2, o3, a1      int64
	g1, g2, g3, g4      int64
	m1, m2, m3          int64
	alleenstaandeKorten int64
}

// secondFade is a credit of m1 that shrinks by a share from g1 on and is gone
// at g2; without g2 it just runs out.
type secondFade struct{ m1, g1, g2, a1 int64 }

// secondRow is a row of the special rate, percentages in hundredths.
type secondRow struct{ from, without, standard, offset int64 }

func newSecondTable(n numbers) *secondTable {
	var s secondTable
	for i, row := range n.in("brackets_under_aow")["value"].([]any) {
		bracket := numbers(row.(map[string]any))
		if i < 2 {
			s.bounds[i] = bracket.scaled("upto", 0)
		}
		s.percents[i] = bracket.scaled("rate_pct", 2)
	}
	ahk, ark := n.in("algemene_heffingskorting", "value"), n.in("arbeidskorting", "value")
	s.ahk = secondFade{ahk.scaled("max_m1", 0), ahk.scaled("phase_out_start_g1", 0), ahk.scaled("phase_out_end_g2", 0), ahk.scaled("rate_a1", 5)}
	s.o1, s.o2, s.o3, s.a1 = ark.scaled("o1", 5), ark.scaled("o2", 5), ark.scaled("o3", 5), ark.scaled("a1", 5)
	s.g1, s.g2, s.g3, s.g4 = ark.scaled("g1", 0), ark.scaled("g2", 0), ark.scaled("g3", 0), ark.scaled("g4", 0)
	s.m1, s.m2, s.m3 = ark.scaled("m1", 0), ark.scaled("m2_cumulative", 0), ark.scaled("m3_cumulative", 0)
	return &s
}

// newSecondTableAbove is the table from AOW age on.
func newSecondTableAbove(n numbers, brackets string) *secondTable {
	var s secondTable
	above := n.in("aow")
	for i, row := range above[brackets].([]any) {
		bracket := row.([]any)
		if i < 2 {
			s.bounds[i] = scaledNumber(bracket[0], 0)
		}
		s.percents[i] = scaledNumber(bracket[1], 2)
	}
	ahk, ouk, ark := above.in("ahk"), above.in("ouderenkorting"), above.in("ark")
	s.ahk = secondFade{ahk.scaled("m1", 0), ahk.scaled("g1", 0), ahk.scaled("g2", 0), ahk.scaled("a1", 5)}
	s.ouk = secondFade{ouk.scaled("m1", 0), ouk.scaled("g1", 0), ouk.scaled("g2", 0), ouk.scaled("a1", 5)}
	s.o1, s.o2, s.o3, s.a1 = ark.scaled("o1", 5), ark.scaled("o2", 5), ark.scaled("o3", 5), ark.scaled("a1", 5)
	g, m := ark["g"].([]any), ark["m"].([]any)
	s.g1, s.g2, s.g3, s.g4 = scaledNumber(g[0], 0), scaledNumber(g[1], 0), scaledNumber(g[2], 0), scaledNumber(g[3], 0)
	s.m1, s.m2, s.m3 = scaledNumber(m[0], 0), scaledNumber(m[1], 0), scaledNumber(m[2], 0)
	s.alleenstaandeKorten = above.scaled("alleenstaande_ouderenkorting", 0)
	return &s
}

func specialRows(n numbers) []secondRow {
	var rows []secondRow
	for _, row := range n.in("bijzonder_tarief_white_under_aow")["rows"].([]any) {
		r := numbers(row.(map[string]any))
		rows = append(rows, secondRow{r.scaled("from_annual_wage", 0), r.scaled("without_korting", 2), r.scaled("standard", 2), r.scaled("offset", 2)})
	}
	return rows
}

func (f secondFade) credit(annual int64) int64 {
	switch {
	case annual <= f.g1:
		return f.m1
	case annual >= f.g2:
		return 0
	}
	return max(0, upOf(max(0, f.m1*100_000-(annual-f.g1)*f.a1), 100_000))
}

// labour is the arbeidskorting of a year (loonheffing.md, step 4).
func (s *secondTable) labour(annual int64) int64 {
	if annual >= s.g4 {
		return 0
	}
	const unit = 100_000
	c := min(s.o1*annual, s.m1*unit)
	c = min(c+s.o2*max(0, annual-s.g1), s.m2*unit)
	c = min(c+s.o3*max(0, annual-s.g2), s.m3*unit)
	return upOf(max(0, c-s.a1*max(0, annual-s.g3)), unit)
}

// bracketed is X1: the tax of the brackets, each down to whole euros.
func (s *secondTable) bracketed(annual int64) int64 {
	var tax, from int64
	for i, percent := range s.percents {
		if i == 2 || annual <= s.bounds[i] {
			return tax + (annual-from)*percent/10_000
		}
		tax += (s.bounds[i] - from) * percent / 10_000
		from = s.bounds[i]
	}
	return tax
}

// ofYear is the tax of a year, and the arbeidskorting that is left of it.
func (s *secondTable) ofYear(annual int64, e payroll.Employment) (tax, labour int64) {
	tax = s.bracketed(annual)
	if !e.Korting {
		return tax, 0
	}
	general := s.ahk.credit(annual) + s.ouk.credit(annual)
	left := max(0, tax-general)
	labour = min(left, s.labour(annual))
	left -= labour
	if e.Alleenstaand {
		left = max(0, left-s.alleenstaandeKorten)
	}
	return left, labour
}

// taxed is whose table goes for somebody on a day of payment.
func (y *secondYear) taxed(e payroll.Employment, paid calendar.Date) (table *secondTable, above bool) {
	switch {
	case !pensioner(e.Birth, paid):
		return y.Below, false
	case e.Birth.Year() <= 1945:
		return y.Wide, true
	}
	return y.Above, true
}

// ofPeriod is the tax on the wage of one period of which a year has so many.
func (y *secondYear) ofPeriod(wage, perYear int64, e payroll.Employment, paid calendar.Date, seen census) (tax, labour int64) {
	if wage <= 0 {
		return 0, 0
	}
	table, above := y.taxed(e, paid)
	end := y.Lmax * 100
	if wage > upOf(end, perYear) {
		seen.note("beyond the table")
		annual, _ := table.ofYear(y.Lmax, e)
		tax = nearestOf(annual*100, perYear) + (wage*perYear-end)*table.percents[2]/(10_000*perYear)
	} else {
		annual, credit := table.ofYear(wage*perYear/5400*54, e)
		tax, labour = nearestOf(annual*100, perYear), nearestOf(credit*100, perYear)
	}
	if e.Jonggehandicapt && e.Korting {
		seen.note("jonggehandicaptenkorting")
		credit := y.Jong
		if above {
			credit = y.JongAbove
		}
		tax = max(0, tax-nearestOf(credit*100, perYear))
	}
	return tax, labour
}

// regularTax is the tax on the wage of a period, by the day table where days are
// given.
func (p *secondPerson) regularTax(wage int64) (tax, labour int64) {
	e, paid := p.file.Employment, p.run.PayDate
	switch days := p.workingDays(); {
	case wage <= 0:
		return 0, 0
	case !e.Identified:
		p.seen.note("anonymous")
		return wage * 52 / 100, 0
	case days > 0:
		p.seen.note("day table")
		tax, labour = p.year.ofPeriod(wage/days, 260, e, paid, p.seen)
		return tax * days, labour * days
	case p.run.Period.Kind == calendar.FourWeeks && p.run.Period.Days() == 35: // four weeks and a week
		p.seen.note("five weeks")
		tax, labour = p.year.ofPeriod(wage-wage/5, 13, e, paid, p.seen)
		week, labourOfWeek := p.year.ofPeriod(wage/5, 52, e, paid, p.seen)
		return tax + week, labour + labourOfWeek
	case p.run.Period.Kind == calendar.FourWeeks:
		return p.year.ofPeriod(wage, 13, e, paid, p.seen)
	}
	return p.year.ofPeriod(wage, 12, e, paid, p.seen)
}

// specialTax is the tax on what is paid once, down to cents.
func (p *secondPerson) specialTax(amount int64) int64 {
	e := p.file.Employment
	switch {
	case amount <= 0:
		return 0
	case !e.Identified:
		return amount * 52 / 100
	}
	rows := p.year.Special
	if pensioner(e.Birth, p.run.PayDate) {
		rows = p.year.SpecialAbove
		p.seen.note("special rate from AOW age")
	}
	row, key := rows[0], p.specialKey()
	for _, r := range rows {
		if r.from*100 <= key {
			row = r
		}
	}
	percent := row.without
	if e.Korting {
		p.seen.note("special rate with korting")
		percent = max(0, row.standard+row.offset)
	} else {
		p.seen.note("special rate without korting")
	}
	return amount * percent / 10_000
}

// workingDays are the Mondays to Fridays in service, one at least, and nil where
// those are all of the period's.
func (p *secondPerson) workingDays() int64 {
	var days, all int64
	for day := p.run.Period.From; !day.After(p.run.Period.To); day = day.Add(1) {
		if day.Weekday() == 0 || day.Weekday() == 6 {
			continue
		}
		all++
		if p.employed(day) {
			days++
		}
	}
	p.seen.when(days == 0, "service on a weekend only")
	if days == all {
		return 0
	}
	return max(days, 1)
}

// takeTax taxes the sum of the contracts and gives each its part.
func (p *secondPerson) takeTax() {
	var regular, special []int64
	var allRegular, allSpecial int64
	for _, s := range p.slips {
		s.regular, s.special = s.wage-s.pensionEmployee, s.leavePaid+s.transition
		s.regular, s.special = s.regular+s.holidayNow, s.special+s.holidayPaid-s.holidayNow
		regular, special = append(regular, s.regular), append(special, s.special)
		allRegular, allSpecial = allRegular+s.regular, allSpecial+s.special
	}
	if p.untaxable(allSpecial) {
		p.seen.note("gross only")
		p.grossOnly = true
		for _, s := range p.slips {
			s.grossOnly, s.regular, s.special = true, 0, 0
			s.pensionBase, s.pensionEmployee, s.pensionEmployer = 0, 0, 0
		}
		return
	}
	other := p.file.Booked.Period
	tax, labour := p.regularTax(allRegular + other.Regular.InCents())
	p.seen.when(other.Regular.Sign() > 0, "another run of the period")
	if other.Regular.Sign() > 0 {
		most := max(0, allRegular)
		tax, labour = min(most, max(0, tax-other.Table.InCents())), min(most, max(0, labour-other.Arbeidskorting.InCents()))
	}
	taxes, labours := dealOut(tax, regular), dealOut(labour, regular)
	once := dealOut(p.specialTax(allSpecial), special)
	for i, s := range p.slips {
		s.table, s.arbeidskorting, s.specialTax = taxes[i], labours[i], once[i]
	}
}

// untaxable reports whether the tables lack the special rate: those from AOW age
// on are for births since 1946 and leave the alleenstaande-ouderenkorting out.
func (p *secondPerson) untaxable(special int64) bool {
	e := p.file.Employment
	return special > 0 && e.Identified && pensioner(e.Birth, p.run.PayDate) && (e.Birth.Year() <= 1945 || e.Alleenstaand && e.Korting)
}
