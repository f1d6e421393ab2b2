package payroll

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// MinimumDue is the minimum wage of a person over the days of a period on which
// one amount holds, as a payslip has to state it (BW 7:626 lid 2).
type MinimumDue struct {
	calendar.Span
	Hour  statute.Figure  // euro an hour, of the person's age on those days
	Month *statute.Figure // before 2024: the amount of a month at full time, which the law had then (WML art. 8)
	Hours euro.Number     // that the wage must cover
}

// MinimumsDue are the minimum wages of a contract's days in a period, in order of
// day, and what they come to over its hours: rounded once, half up, to cents.
// Sickness for which the contract pays less than the whole wage is left out: it
// has a floor of its own (BW 7:629).
func MinimumsDue(birth calendar.Date, c ContractMonth, p calendar.Period) ([]MinimumDue, euro.Amount, error) {
	cut, err := segments(c.Contract, birth, p.Span)
	if err != nil {
		return nil, euro.Zero, err
	}
	var list []MinimumDue
	sum := euro.Number{}
	for _, s := range cut {
		hours := paidHours(c, s)
		sum = sum.Add(hours.Mul(s.minimum.Value))
		if n := len(list); n > 0 && list[n-1].Hour.Value.Equal(s.minimum.Value) {
			list[n-1].To, list[n-1].Hours = s.To, list[n-1].Hours.Add(hours)
			continue
		}
		due := MinimumDue{Span: s.Span, Hour: s.minimum, Hours: hours}
		if s.From.Before(statute.HourlyMinimumSince) {
			month, err := s.terms.minimumMonth(birth, s.From)
			if err != nil {
				return nil, euro.Zero, err
			}
			due.Month = &month
		}
		list = append(list, due)
	}
	return list, sum.Cents(), nil
}

// minimumMonth is the minimum wage of a month at full time, before 2024.
func (t Terms) minimumMonth(birth, on calendar.Date) (statute.Figure, error) {
	if t.BBL {
		return statute.MinimumMonthBBL(birth, on)
	}
	return statute.MinimumMonth(birth, on)
}
