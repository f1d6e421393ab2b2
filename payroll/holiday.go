package payroll

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// holidayLine accrues the holiday allowance over the gross wage of a period
// (WML art. 15): reserved, not paid.
func holidayLine(gross euro.Amount, p calendar.Period, t *Trace) (Line, error) {
	rate, err := statute.HolidayAllowance(p.From)
	if err != nil {
		return Line{}, fmt.Errorf("holiday allowance of %s: %w", p, err)
	}
	line := Line{
		Kind: LineHoliday, Rate: rate.Value.Percent(), Amount: gross.Times(rate.Value.Percent()).Cents(),
		Rule: rate.Article, Source: source(rate), Origin: p.From,
	}
	t.Add(func() Step {
		return Step{
			What:    Text{NL: "opbouw vakantiebijslag", EN: "holiday allowance accrued"},
			Article: line.Rule, Source: line.Source,
			Formula: fmt.Sprintf("%s × %s %%", gross, rate.Value), Result: line.Amount.String(), Rounded: "half up, 0.01",
		}
	})
	return line, nil
}
