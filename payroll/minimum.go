package payroll

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// shortOfMinimum checks the whole period: the wage must reach the paid hours
// times the minimum wage of their days, less the half cent that the rounding of
// each line of wage may take. Days with a fixed wage under a written
// arrangement that averages the hours are left out, with what they earn (WML
// art. 12), and so are those before 2024, when the minimum was an amount a month.
// Sickness that the contract pays less for has a floor of its own (BW 7:629).
func shortOfMinimum(c ContractMonth, cut []segment, slip Payslip) (required euro.Amount, short bool) {
	need, have := euro.Number{}, slip.Wage.Number()
	rounding := euro.Scaled(5, 3).Mul(euro.Int(int64(len(slip.Lines))))
	counted := 0
	for _, s := range cut {
		if s.terms.PayBasis == Fixed && (s.terms.Averaging || s.From.Before(statute.HourlyMinimumSince)) {
			have = have.Sub(fixedWage(c, s, slip.Period))
			rounding = rounding.Add(euro.Scaled(5, 3).Mul(s.rate)) // its hours are rounded too
			continue
		}
		counted += s.Days()
		need = need.Add(paidHours(c, s).Mul(s.minimum.Value))
	}
	if counted == 0 {
		return euro.Zero, false
	}
	return need.Cents(), have.Add(rounding).Cmp(need) < 0
}

// fixedWage is what the days of a segment earn by a fixed wage, in euros and
// exact: its hours at the hourly wage, less unpaid absence and never below nil.
func fixedWage(c ContractMonth, s segment, p calendar.Period) euro.Number {
	hours := s.terms.HoursPerWeek.Part(weeksOf(p)).Part(euro.Ratio{Over: euro.Int(int64(s.Days())), Under: euro.Int(int64(p.Days()))})
	for _, h := range c.Hours {
		if s.Holds(h.Day) && !h.Kind.Paid() {
			hours = hours.Sub(h.Quantity.Number())
		}
	}
	return hours.Max(euro.Number{}).Mul(s.rate)
}

// paidHours are the hours of a segment that the wage must cover. A fixed wage
// for which no hours on duty were submitted covers the agreed ones, less unpaid
// absence.
func paidHours(c ContractMonth, s segment) euro.Number {
	var paid, onDuty, unpaid Quantity
	for _, h := range c.Hours {
		switch {
		case !s.Holds(h.Day):
		case !h.Kind.Paid(), h.Kind == Sick && s.terms.Sick != nil:
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

// AccruedWithin is the wage of the days of a span within a period with the
// allowance that accrues on it. A decision that covers part of a month is held
// against this part only.
func AccruedWithin(birth calendar.Date, c ContractMonth, p calendar.Period, span calendar.Span) (euro.Amount, error) {
	cut, err := segments(c.Contract, birth, span.Meet(p.Span))
	if err != nil {
		return euro.Zero, err
	}
	lines, err := wageLines(c, cut, p, nil)
	if err != nil {
		return euro.Zero, err
	}
	gross := euro.Zero
	for _, l := range lines {
		gross = gross.Add(l.Amount)
	}
	accrual, err := holidayLine(gross, p, nil)
	return gross.Add(accrual.Amount), err
}
