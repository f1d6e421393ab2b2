package payroll

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// fixedLines pays the fixed wage of a period, in part periods by calendar days,
// and takes unpaid absence and what sickness pays less off by the hour, but never
// below nothing.
func fixedLines(c ContractMonth, cut []segment, p calendar.Period, sick map[calendar.Date]SickPay, t *Trace) ([]Line, error) {
	var lines []Line
	total := euro.Zero
	for _, s := range fixedStretches(cut) {
		line, err := s.fixedLine(p)
		if err != nil {
			return nil, fmt.Errorf("contract %s: %w", c.Contract.Number, err)
		}
		s.traceFixed(t, line, p)
		total = total.Add(line.Amount)
		lines = append(lines, line)
	}
	for _, h := range c.Hours {
		s, ok := find(cut, h.Day)
		if !ok || s.terms.PayBasis != Fixed {
			continue
		}
		line, any := s.less(h, sick)
		if !any {
			continue
		}
		line.Amount = line.Quantity.Number().Mul(line.Rate).Cents()
		if total.Add(line.Amount).Sign() < 0 {
			line.Amount = total.Neg()
		}
		total = total.Add(line.Amount)
		line.Source, line.Origin = "contract "+c.Contract.Number, p.From
		traceWage(t, line, cut)
		lines = append(lines, line)
	}
	return lines, nil
}

// less is what hours take off a fixed wage: unpaid absence all of their wage, and
// sickness what the contract pays less.
func (s segment) less(h Hours, sick map[calendar.Date]SickPay) (Line, bool) {
	if h.Quantity == 0 {
		return Line{}, false
	}
	if !h.Kind.Paid() {
		return Line{Kind: LineUnpaid, Quantity: -h.Quantity, Rate: s.rate, Rule: "BW 7:628"}, true
	}
	pay, known := sick[h.Day]
	if h.Kind != Sick || !known || s.rate.Cmp(pay.Rate) <= 0 {
		return Line{}, false
	}
	return Line{Kind: LineSick, Quantity: -h.Quantity, Rate: s.rate.Sub(pay.Rate), Rule: articleSick}, true
}

// fixedLine is the fixed wage of a stretch of days. Since 2024 the minimum wage
// is an amount an hour and a fixed wage is hours a week times 52/12 a month (or
// the weeks of four weeks), in hundredths, times the hourly wage. Before, it was
// an amount a month or a week for the sector's full time, and the line carries
// that amount as its rate.
func (s segment) fixedLine(p calendar.Period) (Line, error) {
	part := euro.Ratio{Over: euro.Int(int64(s.Days())), Under: euro.Int(int64(p.Days()))}
	hours := s.terms.HoursPerWeek.Part(weeksOf(p)).Part(part).Round(2)
	line := Line{
		Kind: LineFixed, Quantity: QuantityOf(hours), Rate: s.rate, Amount: hours.Mul(s.rate).Cents(),
		Rule: s.minimum.Article, Source: source(s.minimum), Origin: p.From,
	}
	if !s.From.Before(statute.HourlyMinimumSince) {
		return line, nil
	}
	full, figure, err := s.statutory(p)
	if err != nil {
		return Line{}, err
	}
	whole := full.Mul(s.terms.Factor.Max(euro.One)).Part(euro.Ratio{Over: s.terms.HoursPerWeek, Under: s.terms.FullTimeHours}).Round(4)
	least := whole.PartCents(part)
	if s.terms.Base == BaseAmount && line.Amount.Cmp(least) >= 0 {
		return line, nil
	}
	return Line{Kind: LineFixedPeriod, Rate: whole, Amount: least, Rule: figure.Article, Source: source(figure), Origin: p.From}, nil
}

// statutory is the minimum wage of a whole period at full time before 2024: the
// month's amount, or the week's times the weeks; for a pupil in the
// beroepsbegeleidende leerweg those of that scale.
func (s segment) statutory(p calendar.Period) (euro.Number, statute.Figure, error) {
	month, week := statute.MinimumMonth, statute.MinimumWeek
	if s.terms.BBL {
		month, week = statute.MinimumMonthBBL, statute.MinimumWeekBBL
	}
	if p.Kind == calendar.Month {
		f, err := month(s.birth, s.From)
		return f.Value, f, err
	}
	f, err := week(s.birth, s.From)
	return f.Value.Part(weeksOf(p)), f, err
}

// weeksOf is how many weeks a period counts for: 52/12 a month.
func weeksOf(p calendar.Period) euro.Ratio {
	if p.Kind == calendar.FourWeeks {
		return euro.Ratio{Over: euro.Int(int64(p.Days())), Under: euro.Int(7)}
	}
	return weeksOfMonth
}

var weeksOfMonth = euro.Ratio{Over: euro.Int(52), Under: euro.Int(12)}

// fixedStretches are the days with a fixed wage. Segments that pay the same
// are one stretch again, since it is rounded once: a birthday or a version that
// changes nothing here moves no cent.
func fixedStretches(cut []segment) []segment {
	var joined []segment
	for _, s := range cut {
		if s.terms.PayBasis != Fixed {
			continue
		}
		if n := len(joined); n > 0 && joined[n-1].To.Add(1) == s.From && joined[n-1].paysAs(s) {
			joined[n-1].To = s.To
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// paysAs reports whether a fixed wage is the same on the days of both. Before
// 2024 the least is an amount a month that the hourly wage does not show, so that
// an amount above it is told apart when the minimum wage changes.
func (s segment) paysAs(other segment) bool {
	return s.rate.Equal(other.rate) && s.terms.HoursPerWeek.Equal(other.terms.HoursPerWeek) &&
		(!s.From.Before(statute.HourlyMinimumSince) || s.minimum.Value.Equal(other.minimum.Value))
}

// traceFixed tells the hours of a month at the hourly wage, or the amount of a
// whole period, and the calendar days that it is paid for.
func (s segment) traceFixed(t *Trace, l Line, p calendar.Period) {
	t.Add(func() Step {
		weeks := weeksOf(p)
		step := Step{
			What:    Text{NL: "vast loon, naar kalenderdagen", EN: "fixed wage, by calendar days"},
			Article: l.Rule, Source: s.origin(), Result: l.Amount.String(),
		}
		if l.Kind == LineFixed {
			step.Formula = fmt.Sprintf("%s × %s/%s × %d/%d = %s; %s × %s", s.terms.HoursPerWeek, weeks.Over, weeks.Under, s.Days(), p.Days(), l.Quantity, l.Quantity, l.Rate.Fixed(2))
			step.Rounded = "half up, 0.01 h, rate 0.0001, 0.01"
			return step
		}
		step.Formula, step.Rounded = fmt.Sprintf("%s × %d/%d", l.Rate.Fixed(2), s.Days(), p.Days()), "half up, whole period 0.0001, 0.01"
		return step
	})
}

// origin is the figure of a segment with its value, where it is from and what the
// contract makes of it.
func (s segment) origin() string {
	text := fmt.Sprintf("%s: %s; %s", source(s.minimum), s.minimum.Value.Fixed(2), s.minimum.Source)
	if s.terms.Base != BaseAmount && !s.terms.Factor.Equal(euro.One) && !s.terms.Factor.IsZero() {
		text += fmt.Sprintf("; %s × %s = %s", s.minimum.Value.Fixed(2), s.terms.Factor, s.rate.Fixed(2))
	}
	return text
}
