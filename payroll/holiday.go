package payroll

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// accrue reserves the holiday allowance over the wage of the period.
func (s *Payslip) accrue(t *Trace) error {
	line, err := holidayLine(s.Wage, s.Period, t)
	if err != nil {
		return err
	}
	s.Lines = append(s.Lines, line)
	s.Holiday = line.Amount
	return nil
}

// holidayLine accrues the holiday allowance over the wage of a period (WML art.
// 15): reserved, not paid.
func holidayLine(base euro.Amount, p calendar.Period, t *Trace) (Line, error) {
	rate, err := statute.HolidayAllowance(p.From)
	if err != nil {
		return Line{}, fmt.Errorf("holiday allowance of %s: %w", p, err)
	}
	line := Line{
		Kind: LineHoliday, Rate: rate.Value.Percent(), Amount: base.PercentOf(rate.Value),
		Rule: rate.Article, Source: source(rate), Origin: p.From,
	}
	t.Add(func() Step {
		return Step{
			What:    Text{NL: "opbouw vakantiebijslag", EN: "holiday allowance accrued"},
			Article: line.Rule, Source: line.Source + ": " + rate.Source,
			Formula: fmt.Sprintf("%s × %s %%", base, rate.Value), Result: line.Amount.String(), Rounded: "half up, 0.01",
		}
	})
	return line, nil
}

// holidayDue reports whether the allowance is paid with this period: with each
// one where the contract says so, with the contract's last, and with the one that
// holds 31 May (WML art. 17 has it by the end of June), or the first one after it
// where that one did not pay it.
func (e *earning) holidayDue() bool {
	return e.ends() || e.last().HolidayEachPeriod || e.yearIsOver()
}

// yearIsOver reports whether a 31 May has passed since the last payment of the
// allowance, or since the first period that was paid here.
func (e *earning) yearIsOver() bool {
	may := calendar.Day(e.Period.To.Year(), 5, 31)
	if may.After(e.Period.To) {
		may = may.AddMonths(-12)
	}
	unpaid := e.Period.From
	if earlier := e.month.Earlier; !earlier.LastPaid.IsZero() {
		unpaid = calendar.PeriodFrom(e.Period.Kind, earlier.LastPaid).To.Add(1)
	} else if since := e.month.Since; !since.IsZero() && since.Before(unpaid) {
		unpaid = since
	}
	return !may.Before(unpaid)
}

// payHoliday pays all that accrued: what accrued elsewhere, and the percentage of
// the sum of the wages here, less what was paid before. What the roundings of the
// periods here add up to more or less is booked as accrued, so that the reserve
// comes to nil; see Opening for what of it stands in other books.
func (s *earning) payHoliday(opening euro.Amount, t *Trace) error {
	earlier := s.month.Earlier
	rate, err := statute.HolidayAllowance(s.Period.From)
	if err != nil {
		return fmt.Errorf("holiday allowance of %s: %w", s.Period, err)
	}
	base := earlier.Base.Add(s.Wage)
	whole := base.PercentOf(rate.Value)
	due := opening.Add(whole).Sub(earlier.Paid)
	if due.Sign() <= 0 {
		return nil
	}
	if s.last().HolidayEachPeriod {
		s.holidayNow = s.Holiday.Min(due)
	}
	line := Line{Kind: LineHolidayPaid, Rate: rate.Value.Percent(), Amount: due, Rule: "WML art. 17", Source: source(rate), Origin: s.Period.From}
	if rounding := whole.Sub(earlier.Accrued).Sub(s.Holiday); !rounding.IsZero() {
		s.Holiday = s.Holiday.Add(rounding)
		t.Add(func() Step {
			return Step{
				What:    Text{NL: "opbouw vakantiebijslag, afronding over de perioden", EN: "holiday allowance accrued, rounding over the periods"},
				Article: rate.Article, Source: source(rate), Formula: fmt.Sprintf("%s − %s − %s", whole, earlier.Accrued, s.Holiday.Sub(rounding)), Result: rounding.String(),
			}
		})
		s.Lines = append(s.Lines, Line{Kind: LineHolidayRounding, Rate: line.Rate, Amount: rounding, Rule: rate.Article, Source: line.Source, Origin: line.Origin})
	}
	s.HolidayPaid = due
	s.pay(line)
	formula := fmt.Sprintf("%s × %s %% − %s", base, rate.Value, earlier.Paid)
	if !opening.IsZero() {
		formula = fmt.Sprintf("%s + %s", opening, formula)
	}
	t.Add(func() Step {
		return Step{
			What:    Text{NL: "vakantiebijslag, uitbetaald", EN: "holiday allowance, paid"},
			Article: line.Rule, Source: line.Source,
			Formula: formula, Result: due.String(), Rounded: "half up, 0.01, of the sum",
		}
	})
	return nil
}
