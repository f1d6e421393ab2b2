package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// entitlement is what a rule gives before any cap, exact: the period rounds
// base and charges once each.
type entitlement struct {
	base, charges euro.Number
	figures       []figureUse
}

// figureUse is a figure and the day for which it was used.
type figureUse struct {
	figure statute.Figure
	on     calendar.Date
}

// amounts computes what a monthly rule gives over the service days. Days with
// the same facts form a stretch; each stretch counts for its calendar days, and
// the period rounds once, not each stretch.
func (m month) amounts(j job) (entitlement, []payroll.Exception, error) {
	var sum entitlement
	var found []payroll.Exception
	sick, stopped := m.sickDays(j), 0
	for _, part := range m.stretches(j, sick) {
		if sick[part.From] {
			figure, _ := statute.LoonkostensubsidieSicknessStop(part.From)
			sum.figures, stopped = append(sum.figures, figureUse{figure, part.From}), stopped+part.Days()
			traceSickness(m.trace, figure, part)
			continue
		}
		one, err := m.amountOn(j, part.From)
		if e, known := m.excuse(err, part); known {
			found = append(found, e)
			continue
		}
		if err != nil {
			return entitlement{}, nil, err
		}
		share := m.reading.partOfMonth(part)
		sum.base = sum.base.Add(one.base.Part(share))
		sum.charges = sum.charges.Add(one.charges.Part(share))
		sum.figures = append(sum.figures, one.figures...)
		traceShare(m.trace, share, part)
	}
	sum.base, sum.charges = sum.base.Round(shareNoise), sum.charges.Round(shareNoise)
	found = append(found, m.stopped(stopped)...)
	return sum, append(found, m.overdue(j)...), nil
}

// shareNoise takes away what the twenty-four decimals of each share lack, so
// that stretches of a month that comes to half a cent sum to half a cent again.
const shareNoise = 18

// stretches cuts the days where a fact of the amount changes: the decision's
// terms, the loonwaarde, the hours of the contract, the end of the forfait, or
// the month, since amounts are a month's in a run of four weeks too; sickness
// where that stops the subsidy; and birthdays, but for a loonkostensubsidie, which
// goes by the age on the day of its figures unless a reading says otherwise.
func (m month) stretches(j job, sick map[calendar.Date]bool) []calendar.Span {
	type facts struct {
		decision, contract, value, age int
		over, sick                     bool
		reference, month               calendar.Date
	}
	f, d, days := m.file, *j.decision, j.days
	forfaitEnds := forfaitLast(f.Contract.Span().From).Add(1)
	month := calendar.MonthOf(days.From)
	var cut []calendar.Span
	var last facts
	for day := days.From; !day.After(days.To); day = day.Add(1) {
		if day.After(month.To) {
			month = month.Next()
		}
		terms, _ := d.On(day)
		contract, _ := f.Contract.On(day)
		value, _ := loonwaardeOn(f.Loonwaarden, day)
		now := facts{
			terms.Version, contract.Version, value.Version, m.reading.age(j.rule.Amount, f.Birth, day),
			terms.Route == Forfait && !day.Before(forfaitEnds), sick[day], terms.referenceDay(month.From), month.From,
		}
		if len(cut) > 0 && now == last {
			cut[len(cut)-1].To = day
			continue
		}
		cut, last = append(cut, calendar.Span{From: day, To: day}), now
	}
	return cut
}

// amountOn is the amount of a whole month on the facts of a day.
func (m month) amountOn(j job, day calendar.Date) (entitlement, error) {
	terms, _ := j.decision.On(day)
	switch form := j.rule.Amount; {
	case form.Loonkostensubsidie != nil:
		return m.lksMonth(terms, day)
	case form.Fixed != nil:
		return m.fixed(*form.Fixed), nil
	case form.Gap != nil:
		return m.gap(*form.Gap, terms, day)
	case form.Pct != nil:
		return m.shareOfMinimum(minimumShare{form.Pct.WithHolidayAllowance, form.Pct.Rate.Value.Number, form.Pct.Rate.Value.String()}, terms, day)
	}
	return entitlement{}, fmt.Errorf("rule %s has no monthly amount", j.rule.ID)
}

func (m month) fixed(form FixedAmount) entitlement {
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:   payroll.Text{NL: "vast bedrag van een hele maand", EN: "fixed amount of a whole month"},
			Source: "scheme " + m.scheme.ID, Result: form.Amount.Value.Fixed(2),
		}
	})
	return entitlement{base: form.Amount.Value.Number}
}

// gap is what the person falls short of the minimum wage: by a productivity of
// 60 % it is 40 % of it, at most the scheme's largest share.
func (m month) gap(form GapAmount, terms DecisionTerms, day calendar.Date) (entitlement, error) {
	value, known := loonwaardeOn(m.file.Loonwaarden, day)
	if !known {
		return entitlement{}, errProductivity
	}
	short := euro.Hundred.Sub(euro.Int(int64(value.Percent))).Percent().Min(form.MaxShare.Number)
	formula := fmt.Sprintf("(1 − %d %%)", value.Percent)
	return m.shareOfMinimum(minimumShare{form.WithHolidayAllowance, short, formula}, terms, day)
}

// minimumShare is which part of the minimum wage a month is given.
type minimumShare struct {
	withAllowance bool
	share         euro.Number
	formula       string
}

// shareOfMinimum is a share of the minimum wage a month, in proportion to the
// decision's hours over the sector's full week.
func (m month) shareOfMinimum(s minimumShare, terms DecisionTerms, day calendar.Date) (entitlement, error) {
	figure, err := m.referenceMonth(day, day)
	if err != nil {
		return entitlement{}, err
	}
	out := entitlement{base: figure.Value.Mul(s.share), figures: []figureUse{{figure, day}}}
	allowance := ""
	if s.withAllowance {
		holiday, err := statute.HolidayAllowance(day)
		if err != nil {
			return entitlement{}, err
		}
		with := euro.One.Add(holiday.Value.Percent())
		out.base, allowance = out.base.Mul(with), fmt.Sprintf(" × %s", with)
	}
	contract, _ := m.file.Contract.On(day)
	hours, full := terms.HoursPerWeek.Min(contract.FullTimeHours), contract.FullTimeHours
	out.base = out.base.Part(euro.Ratio{Over: hours, Under: full})
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "deel van het minimumloon van een hele maand", EN: "share of the minimum wage of a whole month"},
			Article: figure.Article, Source: fmt.Sprintf("%s %s: %s; scheme %s", figure.Name, figure.Since, figure.Source, m.scheme.ID),
			Formula: fmt.Sprintf("%s%s × %s × %s/%s", figure.Value.Fixed(2), allowance, s.formula, hours, full), Result: out.base.String(),
		}
	})
	return out, nil
}

func traceShare(t *payroll.Trace, share euro.Ratio, part calendar.Span) {
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "deel van de maand, in kalenderdagen", EN: "part of the month, in calendar days"},
			Formula: fmt.Sprintf("%s..%s: %s/%s", part.From, part.To, share.Over, share.Under), Result: fmt.Sprintf("%s/%s", share.Over, share.Under),
		}
	})
}
