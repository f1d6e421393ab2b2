package subsidy

import (
	"errors"
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// errLoonwaarde means that the route asks for a loonwaarde and none is known.
var errLoonwaarde = errors.New("no loonwaarde is known")

// errProductivity means that a scheme asks for a productivity and none is known.
var errProductivity = errors.New("no productivity is known")

// errForfait means that the forfait has lasted six months.
var errForfait = errors.New("the forfait has lasted six months")

// lksMonth is the amount of a whole month of loonkostensubsidie on a day's
// facts (Participatiewet art. 10d):
//
//	lid 4  (minimum wage + holiday allowance) × (100 − loonwaarde) %, at most 70 %
//	lid 5  forfait: 50 % for at most the first six months of the employment
//	       plus the percentage for employer charges, × hours / 36 since 2024
//
// The minimum wage is the reference month amount of the reference day: the day
// of granting, or the last 1 January since (lid 7). Nothing is rounded here,
// unless a reading of the law that was not chosen is tried.
func (m month) lksMonth(d DecisionTerms, day calendar.Date) (entitlement, error) {
	ref := m.reading.referenceDay(d, day)
	month, err := m.referenceMonth(ref, day)
	if err != nil {
		return entitlement{}, err
	}
	holiday, err := statute.HolidayAllowance(ref)
	if err != nil {
		return entitlement{}, err
	}
	share, used, err := lksShare(d, m.file.Loonwaarden, m.file.Contract, day, ref)
	if err != nil {
		return entitlement{}, err
	}
	m.traceLoonwaarde(d, day)
	hours, full, weekUse, err := lksHours(d, m.file.Contract, day)
	if err != nil {
		return entitlement{}, err
	}
	charge, chargeUse, err := m.reading.charges(d, ref)
	if err != nil {
		return entitlement{}, err
	}
	total := m.reading.step(month.Value.Mul(euro.One.Add(holiday.Value.Percent())))
	whole := m.reading.underCap(m.reading.step(total.Mul(share.Percent())), total, charge, ref)
	base := m.reading.step(whole.Part(euro.Ratio{Over: hours, Under: full}))
	out := entitlement{base: base, charges: base.Mul(charge.Percent())}
	out.figures = slices.Concat([]figureUse{{month, ref}, {holiday, ref}}, used, weekUse, chargeUse)
	traceLks(m.trace, month, holiday, share, hours, full, charge, out)
	return out, nil
}

// referenceDay is the day whose figures a running subsidy follows: the day it
// was granted, or its first day where that came before; from the next 1 January
// on, each 1 January (art. 10d lid 7). The youth amount goes by the age
// on that same day: a choice, like the reading of lid 7 itself.
func (d DecisionTerms) referenceDay(day calendar.Date) calendar.Date {
	start := d.Granted
	if d.ValidFrom.Before(start) {
		start = d.ValidFrom
	}
	if newYear := calendar.Day(day.Year(), 1, 1); start.Before(newYear) {
		return newYear
	}
	return start
}

// referenceMonth is the minimum wage a month, by the figures and the age of one
// day and the contract of another. What a pupil in the beroepsbegeleidende
// leerweg is due is "het voor zijn leeftijd geldende minimumloon per maand"
// (Participatiewet art. 2) by his own scale: a subsidy over the regular amount
// would be of a wage that nobody has to pay. It follows the contract of the day,
// as its hours do, since no minimum wage changes when somebody leaves school.
func (m month) referenceMonth(figures, day calendar.Date) (statute.Figure, error) {
	birth := m.reading.birth(m.file.Birth, figures, day)
	if terms, _ := m.file.Contract.On(day); terms.BBL && !m.reading.RegularScale {
		return statute.ReferenceMonthBBL(birth, figures)
	}
	return statute.ReferenceMonth(birth, figures)
}

// lksShare is the percentage that is subsidised.
func lksShare(d DecisionTerms, values []Loonwaarde, c payroll.Contract, day, ref calendar.Date) (euro.Number, []figureUse, error) {
	if d.Route == Forfait {
		if day.After(forfaitLast(c.Span().From)) {
			return euro.Number{}, nil, errForfait
		}
		f, err := statute.LoonkostensubsidieForfait(ref)
		return f.Value, []figureUse{{f, ref}}, err
	}
	value, known := loonwaardeOn(values, day)
	if !known {
		return euro.Number{}, nil, errLoonwaarde
	}
	limit, err := statute.LoonkostensubsidieCap(ref)
	share := euro.Hundred.Sub(euro.Int(int64(value.Percent))).Min(limit.Value)
	return share, []figureUse{{limit, ref}}, err
}

// forfaitLast is the last day that the forfait may hold for an employment that
// starts on a day (art. 10d lid 5).
func forfaitLast(start calendar.Date) calendar.Date { return start.AddMonths(6).Add(-1) }

// lksHours gives the agreed hours and what they are a part of: 36 hours since
// 2024, up or down, with the hours capped at the sector's full week (art. 10d
// lid 4); before 2024 the sector's full week of forty hours at most, downward
// only.
func lksHours(d DecisionTerms, c payroll.Contract, day calendar.Date) (hours, full euro.Number, used []figureUse, err error) {
	terms, _ := c.On(day)
	hours = d.HoursPerWeek.Min(terms.FullTimeHours)
	if day.Before(statute.HourlyMinimumSince) {
		most, err := statute.LoonkostensubsidieFullTimeMost(day)
		full = terms.FullTimeHours.Min(most.Value)
		return hours.Min(full), full, []figureUse{{most, day}}, err
	}
	f, err := statute.LoonkostensubsidieFullTime(day)
	return hours, f.Value, []figureUse{{f, day}}, err
}

// lksCharges is the percentage for employer charges: the decision's own, or
// the national one of the reference day.
func lksCharges(d DecisionTerms, ref calendar.Date) (euro.Number, []figureUse, error) {
	if d.Charges != nil {
		return *d.Charges, nil, nil
	}
	f, err := statute.LoonkostensubsidieCharges(ref)
	return f.Value, []figureUse{{f, ref}}, err
}

func traceLks(t *payroll.Trace, month, holiday statute.Figure, share, hours, full, charge euro.Number, out entitlement) {
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "grondslag van een hele maand", EN: "base of a whole month"},
			Article: "Participatiewet art. 10d", Source: fmt.Sprintf("%s %s: %s; %s", month.Name, month.Since, month.Value.Fixed(2), month.Source),
			Formula: fmt.Sprintf("%s × %s × %s %% × %s/%s", month.Value.Fixed(2), euro.One.Add(holiday.Value.Percent()), share, hours, full),
			Result:  out.base.String(),
		}
	})
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "vergoeding werkgeverslasten van een hele maand", EN: "employer charges of a whole month"},
			Article: "Participatiewet art. 10d", Formula: fmt.Sprintf("%s × %s %%", out.base, charge), Result: out.charges.String(),
		}
	})
}
