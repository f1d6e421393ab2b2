package payroll

import (
	"fmt"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// articleLeave gives four times the weekly hours of leave a year, over all hours
// with a right to wage.
const articleLeave = "BW 7:634"

// leastLeave is the law's number of weeks a year.
var leastLeave = euro.Int(4)

// LeaveWeeksOf are the weeks of leave a year: the contract's, or the law's four.
func (t Terms) leaveWeeks() euro.Number { return t.LeaveWeeks.Max(leastLeave) }

// leaveOf is the leave that a period gives, in hours rounded half up to
// hundredths, and what of it was taken. Every hour with a right to wage counts for
// its part of the year's fifty-two weeks.
func leaveOf(c ContractMonth, cut []segment, p calendar.Period, t *Trace) (accrued, taken Quantity) {
	if len(cut) == 0 {
		return 0, 0
	}
	sum, scale := hoursOf(c, cut, p, func(s segment) euro.Number { return s.terms.leaveWeeks() })
	for _, h := range c.Hours {
		if _, ok := find(cut, h.Day); ok && h.Kind == Leave {
			taken += h.Quantity
		}
	}
	accrued = Quantity(sum.PartCents(euro.Ratio{Over: euro.One, Under: scale.Mul(weeksOfYear)}).InCents())
	t.Add(func() Step {
		hours, _ := hoursOf(c, cut, p, func(segment) euro.Number { return euro.One })
		return Step{
			What: Text{NL: "opbouw verlof in uren", EN: "leave accrued in hours"}, Article: articleLeave,
			Formula: fmt.Sprintf("%s × %s/52", hours.Part(euro.Ratio{Over: euro.One, Under: scale}).Round(4), cut[len(cut)-1].terms.leaveWeeks()),
			Result:  accrued.String(), Rounded: "half up, 0.01",
		}
	})
	return accrued, taken
}

var weeksOfYear = euro.Int(52)

// hoursOf sums the hours with a right to wage, each segment's times its weight:
// those submitted, or of a fixed wage the agreed ones by calendar days, less
// unpaid absence, which takes off no more than all fixed hours together. The sum
// is exact and so many times too large as scale says, so that nothing is divided
// before the rounding that a rule names.
func hoursOf(c ContractMonth, cut []segment, p calendar.Period, weight func(segment) euro.Number) (sum, scale euro.Number) {
	weeks := weeksOf(p)
	scale = euro.One
	if slices.ContainsFunc(cut, func(s segment) bool { return s.terms.PayBasis == Fixed }) {
		scale = weeks.Under.Mul(euro.Int(int64(p.Days())))
	}
	var fixed, fixedHours euro.Number
	for _, s := range cut {
		paid, unpaid := s.submitted(c)
		if s.terms.PayBasis == ByHours {
			sum = sum.Add(paid.Number().Mul(weight(s)).Mul(scale))
			continue
		}
		hours := s.terms.HoursPerWeek.Mul(weeks.Over).Mul(euro.Int(int64(s.Days()))).Sub(unpaid.Number().Mul(scale))
		fixed, fixedHours = fixed.Add(hours.Mul(weight(s))), fixedHours.Add(hours)
	}
	if fixedHours.Sign() > 0 {
		sum = sum.Add(fixed)
	}
	return sum, scale
}

// submitted are the hours of a segment that were handed in, with and without a
// right to wage.
func (s segment) submitted(c ContractMonth) (paid, unpaid Quantity) {
	for _, h := range c.Hours {
		switch {
		case !s.Holds(h.Day):
		case h.Kind.Paid():
			paid += h.Quantity
		default:
			unpaid += h.Quantity
		}
	}
	return paid, unpaid
}

// hours is the weighted sum of the payslip's hours, rounded half up to cents or
// hundredths.
func (e *earning) hours(weight func(segment) euro.Number) euro.Amount {
	if len(e.cut) == 0 {
		return euro.Zero
	}
	sum, scale := hoursOf(e.month, e.cut, e.Period, weight)
	return sum.PartCents(euro.Ratio{Over: euro.One, Under: scale})
}
