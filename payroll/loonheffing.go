package payroll

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// takeTax withholds the loonheffing of the person's wages together: the wage of
// the period by the white table of the day of payment, what is paid once by the
// special rate. Each contract bears its part, to the cent.
func (p *person) takeTax() error {
	regular, special := p.taxable()
	table, err := p.tableTax(regular.Add(p.file.Booked.Period.Regular))
	var once statute.WageTax
	if err == nil && special.Sign() > 0 {
		once, err = p.specialTax(special)
	}
	if errors.Is(err, statute.ErrNoFigure) {
		p.grossOnly(err)
		return nil
	}
	if err != nil {
		return err
	}
	p.doubt(table.Figures)
	p.doubt(once.Figures)
	p.shareTax(p.lessEarlier(table, regular), once)
	return nil
}

// tableTax is the tax on the wage of the whole tijdvak by the white table. The
// thirteenth period of a long year is four weeks and a week: four fifths of its
// wage go by the one table and the rest by the other, which is a choice.
func (p *person) tableTax(wage euro.Amount) (statute.WageTax, error) {
	in := statute.TaxedWage{
		Taxpayer: p.taxpayer(), Wage: wage, Paid: p.run.PayDate, Tijdvak: statute.Loontijdvak(p.run.Period.Kind), Days: p.taxDays(),
	}
	if p.run.Period.Kind != calendar.FourWeeks || p.run.Period.Days() == 28 || in.Days > 0 || in.Anonymous || wage.Sign() <= 0 {
		tax, err := statute.Loonheffing(in)
		TraceTax(p.trace, in.Wage, tax)
		return tax, err
	}
	parts := wage.Share(euro.Int(4), euro.One)
	in.Wage = parts[0]
	tax, err := statute.Loonheffing(in)
	if err != nil {
		return tax, err
	}
	TraceTax(p.trace, in.Wage, tax)
	in.Wage, in.Tijdvak = parts[1], statute.TaxWeek
	week, err := statute.Loonheffing(in)
	TraceTax(p.trace, in.Wage, week)
	tax.Tax, tax.Arbeidskorting = tax.Tax.Add(week.Tax), tax.Arbeidskorting.Add(week.Arbeidskorting)
	p.found = append(p.found, longPeriod(p.run.Period))
	return tax, err
}

// longPeriod is the exception of a choice that is nowhere published.
func longPeriod(p calendar.Period) Exception {
	return Exception{Kind: TaxRuleInDoubt, Subject: p.String(), Article: "Wet LB 1964 art. 25", Detail: Text{
		NL: "Een periode van vijf weken: vier vijfde van het loon is belast volgens de vierwekentabel en een vijfde volgens de weektabel. Dat is een keuze.",
		EN: "A period of five weeks: four fifths of the wage are taxed by the table of four weeks and a fifth by that of a week. That is a choice."}}
}

// lessEarlier takes off what other runs of the tijdvak have withheld. No more is
// withheld than this run pays.
func (p *person) lessEarlier(t statute.WageTax, regular euro.Amount) statute.WageTax {
	earlier := p.file.Booked.Period
	if earlier.Regular.IsZero() {
		return t
	}
	whole := t.Tax
	t.Tax, t.Arbeidskorting = whole.Sub(earlier.Table), t.Arbeidskorting.Sub(earlier.Arbeidskorting)
	most := regular.Number().Max(euro.Number{})
	t.Tax = t.Tax.Number().Max(euro.Number{}).Min(most).Cents()
	t.Arbeidskorting = t.Arbeidskorting.Number().Max(euro.Number{}).Min(most).Cents()
	p.trace.Add(func() Step {
		return Step{What: Text{NL: "loonheffing, min wat over dit tijdvak al is ingehouden", EN: "wage tax, less what was withheld of this tijdvak already"},
			Article: "Wet LB 1964 art. 25", Formula: fmt.Sprintf("%s − %s", whole, earlier.Table), Result: t.Tax.String()}
	})
	return t
}

// taxable is what is taxed by the table, and what at the special rate: leave paid
// out, a transition payment, and the allowance, but for what of it accrued in
// the very period and goes with its wage; and arrears of earlier periods (loon-in).
// What corrections take back lowers the wage of the period. What is attributed to
// an earlier period is taxed there.
func (p *person) taxable() (regular, special euro.Amount) {
	for _, s := range p.slips {
		here := s.here()
		s.Tax.Special = here.paidBeside().Sub(s.holidayNow).Sub(s.arrears.paidBeside())
		if arrears := s.arrears.taxable(); arrears.Sign() > 0 {
			s.Tax.Special = s.Tax.Special.Add(arrears)
		}
		s.Tax.Regular = here.taxable().Sub(s.Tax.Special)
		regular, special = regular.Add(s.Tax.Regular), special.Add(s.Tax.Special)
		p.traceArrears(s)
	}
	return regular, special
}

// here is what of the payslip is enjoyed now.
func (e *earning) here() Part { return e.own().Sub(e.elsewhere) }

// traceArrears says that arrears are enjoyed now.
func (p *person) traceArrears(s *earning) {
	if s.arrears.taxable().IsZero() {
		return
	}
	p.trace.Add(func() Step {
		return Step{
			What:    Text{NL: "correcties van eerdere tijdvakken, genoten bij betaling (loon-in)", EN: "corrections of earlier periods, enjoyed when paid (loon-in)"},
			Article: articleLoonIn, Source: "loon-in", Result: s.arrears.taxable().String(),
		}
	})
}

// taxDays is the number of working days of a period that the service begins or
// ends in, whose tax is by the day table; nought for a whole period.
func (p *person) taxDays() int {
	days, whole := 0, 0
	for day := p.run.Period.From; !day.After(p.run.Period.To); day = day.Add(1) {
		if weekday := (calendar.Span{From: day, To: day}).Workdays(); weekday > 0 {
			whole++
			if p.employed(day) {
				days++
			}
		}
	}
	if days == whole {
		return 0
	}
	return max(days, 1) // service on a weekend alone is a day
}

func (p *person) employed(day calendar.Date) bool {
	for _, span := range p.file.Service {
		if span.Holds(day) {
			return true
		}
	}
	for _, s := range p.slips {
		if s.month.Contract.Span().Holds(day) {
			return true
		}
	}
	return false
}

// specialTax is the tax on what is paid once.
func (p *person) specialTax(amount euro.Amount) (statute.WageTax, error) {
	annual, from := p.annualWage()
	tax, err := statute.SpecialLoonheffing(statute.SpecialWage{Taxpayer: p.taxpayer(), Amount: amount, Paid: p.run.PayDate, AnnualWage: annual})
	if err != nil {
		return tax, err
	}
	p.trace.Add(func() Step {
		return Step{What: Text{NL: "jaarloon voor het bijzonder tarief", EN: "annual wage for the special rate"}, Article: "Wet LB 1964 art. 26", Source: from, Result: annual.String()}
	})
	TraceTax(p.trace, amount, tax)
	return tax, nil
}

// annualWage is the key of the special rate, and where it is from: what somebody
// recorded for the calendar year before; else what was paid here then, made a
// whole year by the calendar days that were paid here; else what this year is
// expected to give. Months that were paid elsewhere are no months without wage.
func (p *person) annualWage() (euro.Amount, string) {
	year := p.run.PayDate.Year() - 1
	for _, w := range p.file.AnnualWages {
		if w.Year == year {
			return w.Amount, fmt.Sprintf("%d, vastgelegd / recorded: %s", year, w.Source)
		}
	}
	if paid := p.file.Booked.LastYear; paid.Sign() > 0 {
		whole := calendar.Span{From: calendar.Day(year, 1, 1), To: calendar.Day(year, 12, 31)}
		part := euro.Ratio{Over: euro.Int(int64(whole.Days())), Under: euro.Int(int64(max(p.paidDays(whole), 1)))}
		return paid.Number().PartCents(part), fmt.Sprintf("%d, eigen administratie / own books", year)
	}
	sum := euro.Number{}
	for _, s := range p.slips {
		if n := len(s.cut); n > 0 {
			hours := s.cut[n-1].terms.HoursPerWeek.Mul(euro.Int(52))
			sum = sum.Add(hours.Mul(s.cut[n-1].rate).Mul(euro.One.Add(s.holidayRate())))
		} else if s.corrects {
			sum = sum.Add(s.lastYearly(p.file.Employment.Birth))
		}
	}
	return sum.Cents(), fmt.Sprintf("verwacht in / expected in %d", year+1)
}

// lastYearly is what a year of a contract that gives no wage in this period would
// give, by its last day before the period ends; nought where that is not known.
func (e *earning) lastYearly(birth calendar.Date) euro.Number {
	last := e.Period.To
	if end := e.month.Contract.Span().To; !end.IsZero() && end.Before(last) {
		last = end
	}
	cut, err := segments(e.month.Contract, birth, calendar.Span{From: last, To: last})
	rate, unknown := statute.HolidayAllowance(last)
	if err != nil || unknown != nil || len(cut) == 0 {
		return euro.Number{}
	}
	return cut[0].terms.HoursPerWeek.Mul(euro.Int(52)).Mul(cut[0].rate).Mul(euro.One.Add(rate.Value.Percent()))
}

// paidDays are the calendar days of a year in service and paid here.
func (p *person) paidDays(year calendar.Span) int {
	first, days := year.From, 0
	if here := p.file.Booked.Since; here.After(first) {
		first = here
	}
	for day := first; !day.After(year.To); day = day.Add(1) {
		if p.employed(day) {
			days++
		}
	}
	return days
}

// holidayRate is the share of the wage that accrues as holiday allowance.
func (e *earning) holidayRate() euro.Number {
	for _, l := range e.Lines {
		if l.Kind == LineHoliday {
			return l.Rate
		}
	}
	return euro.Number{}
}

// shareTax gives each payslip its part of the taxes, in proportion to what of it
// was taxed: the parts sum to the whole.
func (p *person) shareTax(table, once statute.WageTax) {
	regular, special := make([]euro.Number, len(p.slips)), make([]euro.Number, len(p.slips))
	for i, s := range p.slips {
		regular[i], special[i] = s.Tax.Regular.Number().Max(euro.Number{}), s.Tax.Special.Number()
	}
	tables, credits, specials := share(table.Tax, regular), share(table.Arbeidskorting, regular), share(once.Tax, special)
	p.traceShares(tables, specials)
	for i, s := range p.slips {
		s.GrossOnly = false
		s.Tax.Table, s.Tax.Arbeidskorting, s.Tax.SpecialTax = tables[i], credits[i], specials[i]
		if !s.Tax.Table.IsZero() {
			s.withhold(Line{Kind: LineTax, Amount: s.Tax.Table, Rule: taxArticle(table), Source: taxSource(table, p.run)})
		}
		if !s.Tax.SpecialTax.IsZero() {
			s.withhold(Line{Kind: LineSpecialTax, Rate: once.Steps.Rate.Percent(), Amount: s.Tax.SpecialTax, Rule: taxArticle(once), Source: taxSource(once, p.run)})
		}
	}
}

// traceShares tells which contract bears which part of the taxes.
func (p *person) traceShares(tables, specials []euro.Amount) {
	if len(p.slips) < 2 {
		return
	}
	for i, s := range p.slips {
		p.trace.Add(func() Step {
			return Step{
				What:    Text{NL: "deel van contract " + s.ContractNumber + " in de loonheffing", EN: "part of contract " + s.ContractNumber + " in the wage tax"},
				Formula: fmt.Sprintf("%s + %s", tables[i], specials[i]), Result: tables[i].Add(specials[i]).String(), Rounded: "down, 0.01; the cents that are left go to the first",
			}
		})
	}
}

// share deals an amount out; of nothing everyone has nothing.
func share(a euro.Amount, weights []euro.Number) []euro.Amount {
	if a.IsZero() {
		return make([]euro.Amount, len(weights))
	}
	return a.Share(weights...)
}

// taxArticle is the article of the first figure that a tax rests on.
func taxArticle(t statute.WageTax) string {
	if len(t.Figures) == 0 {
		return "Wet LB 1964 art. 25"
	}
	return t.Figures[0].Article
}

// taxSource names the table of a tax the way a line remembers it.
func taxSource(t statute.WageTax, r Run) string {
	if t.Steps.Days > 0 {
		return "loonheffing." + string(t.Steps.Tariff) + ".day " + strconv.Itoa(r.PayDate.Year())
	}
	return "loonheffing." + string(t.Steps.Tariff) + "." + string(r.Period.Kind) + " " + strconv.Itoa(r.PayDate.Year())
}

// withholdNothing takes back what was withheld before the tax was found missing.
func (s *Payslip) withholdNothing() {
	s.Lines = slices.DeleteFunc(s.Lines, func(l Line) bool { return strings.HasPrefix(string(l.Kind), "withheld.") })
	s.Tax, s.Pension, s.Net = Withheld{}, Pension{}, s.Gross
	for i := range s.Origins {
		s.Origins[i].Pension = Pension{}
	}
}

// grossOnly leaves the payslips without tax and says why: once for a run where
// the year has no rates, and for the person where they do not go for him.
func (p *person) grossOnly(cause error) {
	subject := fmt.Sprint(p.run.PayDate.Year())
	if err := statute.TaxYearKnown(p.run.PayDate); err != nil {
		cause = err
	} else {
		subject = p.slips[0].ContractNumber
	}
	for _, s := range p.slips {
		s.withholdNothing()
		s.corrected.Pension, s.arrears.Pension, s.elsewhere.Pension = Pension{}, Pension{}, Pension{}
	}
	p.found = append(p.found, Exception{Kind: TaxUnknown, Subject: subject, Article: "Wet LB 1964 art. 25", Detail: Text{
		NL: fmt.Sprintf("De loonheffing is niet te berekenen, de loonstrook is alleen bruto: %v.", cause),
		EN: fmt.Sprintf("The wage tax can not be computed, the payslip is gross only: %v.", cause)}})
}
