package payroll

import (
	"fmt"

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

// weekOfYear is one of the fifty-two weeks of a year.
var weekOfYear = euro.Ratio{Over: euro.One, Under: euro.Int(52)}

// leaveOf is the leave that a period gives, in hours rounded half up to
// hundredths, and what of it was taken. Every hour with a right to wage counts for
// its part of the year's fifty-two weeks.
func leaveOf(c ContractMonth, cut []segment, p calendar.Period, t *Trace) (accrued, taken Quantity) {
	sum := euro.Number{} // of hours times weeks
	for _, s := range cut {
		sum = sum.Add(wageHours(c, s, p).Mul(s.terms.leaveWeeks()))
	}
	for _, h := range c.Hours {
		if _, ok := find(cut, h.Day); ok && h.Kind == Leave {
			taken += h.Quantity
		}
	}
	accrued = Quantity(sum.PartCents(weekOfYear).InCents())
	if len(cut) == 0 {
		return accrued, taken
	}
	t.Add(func() Step {
		return Step{
			What: Text{NL: "opbouw verlof in uren", EN: "leave accrued in hours"}, Article: articleLeave,
			Formula: fmt.Sprintf("uren met loon × %s/52", cut[len(cut)-1].terms.leaveWeeks()), Result: accrued.String(), Rounded: "half up, 0.01",
		}
	})
	return accrued, taken
}

// wageHours are the hours of a segment with a right to wage: those submitted, or
// of a fixed wage the agreed ones by calendar days, less unpaid absence.
func wageHours(c ContractMonth, s segment, p calendar.Period) euro.Number {
	var paid, unpaid Quantity
	for _, h := range c.Hours {
		switch {
		case !s.Holds(h.Day):
		case h.Kind.Paid():
			paid += h.Quantity
		default:
			unpaid += h.Quantity
		}
	}
	if s.terms.PayBasis == ByHours {
		return paid.Number()
	}
	part := euro.Ratio{Over: euro.Int(int64(s.Days())), Under: euro.Int(int64(p.Days()))}
	agreed := s.terms.HoursPerWeek.Part(weeksOf(p)).Part(part)
	return agreed.Sub(unpaid.Number()).Max(euro.Number{})
}
