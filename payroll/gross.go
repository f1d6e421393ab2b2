package payroll

import (
	"fmt"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// segment is a run of days of a period on which terms, minimum wage and so the
// hourly wage are the same: a birthday, a new figure, a new version of the
// contract or a step of its wage table starts another.
type segment struct {
	calendar.Span
	terms   Terms // with the factor of their step
	step    int   // of their wage table
	minimum statute.Figure
	rate    euro.Number // euro an hour that the contract pays
	rule    string      // article by which hours are paid
	birth   calendar.Date
}

// segments cuts the days of the contract in the period.
func segments(c Contract, birth calendar.Date, within calendar.Span) ([]segment, error) {
	days := c.Span().Meet(within)
	birthday := nextBirthday(birth, days.From)
	var cut []segment
	for day := days.From; !day.After(days.To); day = day.Add(1) {
		terms, _ := c.On(day)
		step := terms.step(day)
		if n := len(cut); n > 0 && cut[n-1].terms.Version == terms.Version && cut[n-1].step == step && day != birthday && !statute.MinimumWageChanges(day) {
			cut[n-1].To = day
			continue
		}
		minimum, err := terms.minimumHour(birth, day)
		if err != nil {
			return nil, fmt.Errorf("contract %s on %s: %w", c.Number, day, err)
		}
		terms = terms.onStep(step)
		cut = append(cut, segment{
			Span: calendar.Span{From: day, To: day}, terms: terms, step: step, minimum: minimum,
			rate: terms.hourlyWage(minimum.Value), birth: birth,
		})
	}
	return cut, nil
}

// minimumHour is the minimum wage an hour on a day. A pupil in the
// beroepsbegeleidende leerweg is due the lower amounts of his own scale (Besluit
// minimumjeugdloon art. 3), which the law has for eighteen to twenty since
// 2017-07-01; at other ages and before, it is the regular amount.
func (t Terms) minimumHour(birth, on calendar.Date) (statute.Figure, error) {
	if t.BBL {
		return statute.MinimumHourBBL(birth, on, t.FullTimeHours)
	}
	return statute.MinimumHour(birth, on, t.FullTimeHours)
}

// nextBirthday is the first birthday after a day: the minimum wage of a young
// person goes by age on the day. A period holds one at most.
func nextBirthday(birth, from calendar.Date) calendar.Date {
	years := calendar.Age(birth, from) + 1
	return calendar.Day(birth.Year()+years, birth.Month(), birth.DayOfMonth())
}

// hourlyWage is what the contract pays an hour, never below the minimum (WML
// art. 7): the minimum wage times a factor, which may be that of a step in a
// table, or an amount that is at least that.
// An hourly rate that is no statutory amount is kept at four decimals.
func (t Terms) hourlyWage(minimum euro.Number) euro.Number {
	least := minimum.Mul(t.Factor.Max(euro.One)).Round(4)
	if t.Base == BaseAmount {
		return t.HourlyAmount.Max(least)
	}
	return least
}

// wageLines pays the hours, or the fixed amount, of one contract in a period:
// each day by the pay basis of its own terms.
func wageLines(c ContractMonth, cut []segment, p calendar.Period, t *Trace) ([]Line, error) {
	traceSteps(t, c.Contract, cut)
	sick, err := sickPays(c, cut, t)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, h := range c.Hours {
		s, ok := find(cut, h.Day)
		if !ok || h.Quantity == 0 || s.terms.PayBasis == Fixed {
			continue
		}
		lines = addHours(lines, h, s.paying(h, sick), p)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.kindOrder - b.kindOrder })
	for i := range lines {
		lines[i].Amount = lines[i].Quantity.Number().Mul(lines[i].Rate).Cents()
		traceWage(t, lines[i], cut)
	}
	fixed, err := fixedLines(c, cut, p, sick, t)
	return append(lines, fixed...), err
}

// paying is the segment with what an hour of the kind earns in it: nothing where
// the absence is unpaid, and during sickness what the contract says.
func (s segment) paying(h Hours, sick map[calendar.Date]SickPay) segment {
	s.rule = s.minimum.Article
	if !h.Kind.Paid() {
		s.rate = euro.Number{}
	}
	if pay, less := sick[h.Day]; less && h.Kind == Sick {
		s.rate, s.rule = pay.Rate, articleSick
	}
	return s
}

// addHours adds hours to the line of their kind and rate.
func addHours(lines []Line, h Hours, s segment, p calendar.Period) []Line {
	for i := range lines {
		if lines[i].Kind == WageLine(h.Kind) && lines[i].Rate.Equal(s.rate) {
			lines[i].Quantity += h.Quantity
			return lines
		}
	}
	return append(lines, Line{
		Kind: WageLine(h.Kind), Quantity: h.Quantity, Rate: s.rate,
		Rule: s.rule, Source: source(s.minimum), Origin: p.From, kindOrder: h.Kind.order(),
	})
}

func find(cut []segment, day calendar.Date) (segment, bool) {
	for _, s := range cut {
		if s.Holds(day) {
			return s, true
		}
	}
	return segment{}, false
}

// source names a figure the way a payslip line remembers it.
func source(f statute.Figure) string { return f.Name + " " + f.Since.String() }

// wageNames are the kinds of wage as a person reads them.
var wageNames = map[LineKind]Text{
	WageLine(Worked):        {NL: "loon over gewerkte uren", EN: "wage for hours worked"},
	WageLine(Training):      {NL: "loon over scholing", EN: "wage for training"},
	WageLine(Sick):          {NL: "loon tijdens ziekte", EN: "wage during sickness"},
	WageLine(Leave):         {NL: "loon tijdens verlof", EN: "wage during leave"},
	WageLine(PublicHoliday): {NL: "loon op feestdagen", EN: "wage on public holidays"},
	WageLine(UnpaidAbsence): {NL: "onbetaalde afwezigheid", EN: "unpaid absence"},
	LineUnpaid:              {NL: "vast loon, af: onbetaalde afwezigheid", EN: "fixed wage, less unpaid absence"},
	LineSick:                {NL: "vast loon, af: minder loon bij ziekte", EN: "fixed wage, less during sickness"},
}

// traceWage tells hours times an hourly wage, and which figure that rests on.
func traceWage(t *Trace, l Line, cut []segment) {
	t.Add(func() Step {
		from := l.Source
		for _, s := range cut {
			if source(s.minimum) == l.Source && s.rate.Equal(l.Rate) {
				from = s.origin()
			}
		}
		return Step{
			What: wageNames[l.Kind], Article: l.Rule, Source: from,
			Formula: fmt.Sprintf("%s × %s", l.Quantity, l.Rate.Fixed(2)), Result: l.Amount.String(), Rounded: "half up, rate 0.0001, 0.01",
		}
	})
}
