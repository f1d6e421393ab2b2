package payroll

import (
	"fmt"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// segment is a run of days of a period on which terms, minimum wage and so the
// hourly wage are the same: a birthday, a new figure or a new version of the
// contract starts another.
type segment struct {
	calendar.Span
	terms   Terms
	minimum statute.Figure
	rate    euro.Number // euro an hour that the contract pays
}

// segments cuts the days of the contract in the period.
func segments(c Contract, birth calendar.Date, within calendar.Span) ([]segment, error) {
	days := c.Span().Meet(within)
	var cut []segment
	for day := days.From; !day.After(days.To); day = day.Add(1) {
		terms, _ := c.On(day)
		if n := len(cut); n > 0 && cut[n-1].terms.Version == terms.Version && !turns(birth, day) && !statute.MinimumWageChanges(day) {
			cut[n-1].To = day
			continue
		}
		minimum, err := statute.MinimumHour(birth, day, terms.FullTimeHours)
		if err != nil {
			return nil, fmt.Errorf("contract %s on %s: %w", c.Number, day, err)
		}
		cut = append(cut, segment{
			Span: calendar.Span{From: day, To: day}, terms: terms, minimum: minimum,
			rate: terms.hourlyWage(minimum.Value),
		})
	}
	return cut, nil
}

// turns reports whether the person has a birthday on the day, after the one
// before: the minimum wage of a young person goes by age on the day.
func turns(birth, day calendar.Date) bool {
	return calendar.Age(birth, day) != calendar.Age(birth, day.Add(-1))
}

// hourlyWage is what the contract pays an hour, never below the minimum (WML
// art. 7): the minimum wage times a factor, or an amount. An hourly rate that
// is no statutory amount is kept at four decimals.
func (t Terms) hourlyWage(minimum euro.Number) euro.Number {
	if t.Base == BaseAmount {
		return t.HourlyAmount.Max(minimum)
	}
	return minimum.Mul(t.Factor.Max(euro.One)).Round(4)
}

// wageLines pays the hours, or the fixed amount, of one contract in a period:
// each day by the pay basis of its own terms.
func wageLines(c ContractMonth, cut []segment, p calendar.Period, t *Trace) []Line {
	var lines []Line
	for _, h := range c.Hours {
		s, ok := find(cut, h.Day)
		if !ok || h.Quantity == 0 || s.terms.PayBasis == Fixed {
			continue
		}
		lines = addHours(lines, h, s, p)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.kindOrder - b.kindOrder })
	for i := range lines {
		lines[i].Amount = lines[i].Quantity.Number().Mul(lines[i].Rate).Cents()
		traceWage(t, lines[i])
	}
	return append(lines, fixedLines(c, cut, p, t)...)
}

// addHours adds hours to the line of their kind and rate.
func addHours(lines []Line, h Hours, s segment, p calendar.Period) []Line {
	rate := s.rate
	if !h.Kind.Paid() {
		rate = euro.Number{}
	}
	for i := range lines {
		if lines[i].Kind == WageLine(h.Kind) && lines[i].Rate.Equal(rate) {
			lines[i].Quantity += h.Quantity
			return lines
		}
	}
	return append(lines, Line{
		Kind: WageLine(h.Kind), Quantity: h.Quantity, Rate: rate,
		Rule: s.minimum.Article, Source: source(s.minimum), Origin: p.From, kindOrder: h.Kind.order(),
	})
}

// fixedLines pays hours a week times 52/12 times the hourly wage a month (or
// four times the hours a week in four weeks), in part months by calendar days,
// and takes unpaid absence off by the hour.
func fixedLines(c ContractMonth, cut []segment, p calendar.Period, t *Trace) []Line {
	weeks := euro.Ratio{Over: euro.Int(52), Under: euro.Int(12)}
	if p.Kind == calendar.FourWeeks {
		weeks = euro.Ratio{Over: euro.Int(int64(p.Days())), Under: euro.Int(7)}
	}
	var lines []Line
	for _, s := range fixedStretches(cut) {
		part := euro.Ratio{Over: euro.Int(int64(s.Days())), Under: euro.Int(int64(p.Days()))}
		hours := s.terms.HoursPerWeek.Part(weeks).Part(part)
		line := Line{
			Kind: LineFixed, Quantity: Quantity(hours.Cents().InCents()), Rate: s.rate, Amount: hours.Mul(s.rate).Cents(),
			Rule: s.minimum.Article, Source: source(s.minimum), Origin: p.From,
		}
		traceWage(t, line)
		lines = append(lines, line)
	}
	for _, h := range c.Hours {
		if s, ok := find(cut, h.Day); ok && s.terms.PayBasis == Fixed && !h.Kind.Paid() && h.Quantity != 0 {
			line := Line{
				Kind: LineUnpaid, Quantity: -h.Quantity, Rate: s.rate, Amount: h.Quantity.Number().Mul(s.rate).Cents().Neg(),
				Rule: "BW 7:628", Source: "contract " + c.Contract.Number, Origin: p.From,
			}
			traceWage(t, line)
			lines = append(lines, line)
		}
	}
	return lines
}

// fixedStretches are the days with a fixed wage. Segments that pay the same
// are one stretch again, since it is rounded once: a birthday or a version that
// changes nothing here moves no cent.
func fixedStretches(cut []segment) []segment {
	var joined []segment
	for _, s := range cut {
		if s.terms.PayBasis != Fixed {
			continue
		}
		if n := len(joined); n > 0 && joined[n-1].To.Add(1) == s.From &&
			joined[n-1].rate.Equal(s.rate) && joined[n-1].terms.HoursPerWeek.Equal(s.terms.HoursPerWeek) {
			joined[n-1].To = s.To
			continue
		}
		joined = append(joined, s)
	}
	return joined
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

func traceWage(t *Trace, l Line) {
	t.Add(func() Step {
		return Step{
			What:    Text{NL: "loon " + string(l.Kind), EN: "wage " + string(l.Kind)},
			Article: l.Rule, Source: l.Source,
			Formula: fmt.Sprintf("%s × %s", l.Quantity, l.Rate.Fixed(2)), Result: l.Amount.String(), Rounded: "half up, 0.01",
		}
	})
}

// shortOfMinimum checks the whole period: the wage must reach the paid hours
// times the minimum wage of their days, less the half cent that the rounding of
// each line of wage may take. Hours that were not submitted for a fixed wage
// count as agreed: a fifth of the week for each working day. A written
// arrangement that averages the hours excuses a fixed wage (WML art. 12; before
// 2024 the minimum was an amount a month and this does not arise).
func shortOfMinimum(c ContractMonth, cut []segment, slip Payslip) (required euro.Amount, short bool) {
	need := euro.Number{}
	for _, s := range cut {
		if s.terms.PayBasis == Fixed && (s.terms.Averaging || s.From.Before(statute.HourlyMinimumSince)) {
			return euro.Zero, false
		}
		need = need.Add(paidHours(c, s).Mul(s.minimum.Value))
	}
	rounding := euro.Scaled(5, 3).Mul(euro.Int(int64(len(slip.Lines) - 1))) // the accrual is no wage
	return need.Cents(), slip.Gross.Number().Add(rounding).Cmp(need) < 0
}

// paidHours are the hours of a segment that the wage must cover. A fixed wage
// for which no hours on duty were submitted covers the agreed ones, less unpaid
// absence.
func paidHours(c ContractMonth, s segment) euro.Number {
	var paid, onDuty, unpaid Quantity
	for _, h := range c.Hours {
		switch {
		case !s.Holds(h.Day):
		case !h.Kind.Paid():
			unpaid += h.Quantity
		case h.Kind.OnDuty():
			paid, onDuty = paid+h.Quantity, onDuty+h.Quantity
		default:
			paid += h.Quantity
		}
	}
	if onDuty > 0 || s.terms.PayBasis == ByHours {
		return paid.Number()
	}
	agreed := s.terms.HoursPerWeek.Mul(euro.Int(int64(s.Workdays()))).Mul(euro.Scaled(2, 1))
	return agreed.Sub(unpaid.Number()).Max(euro.Number{})
}
