package statute

import "verloning/payroll/calendar"

// holidayAllowance: "een vakantiebijslag ten minste tot een bedrag van 8% van
// zijn ten laste van de werkgever komende loon". The percentage is older than
// its first row: the package starts where its minimum wages start.
var holidayAllowance = history("holiday_allowance", "WML art. 15 lid 1",
	dated{"2003-07-01", "8", High,
		"WML art. 15 lid 1 (BWBR0002638 via statengeneraal/laws-markdown, text of 2015-01-01); first day not looked up, the history starts with the minimum wages"},
)

// HolidayAllowance is the least holiday allowance as a percentage of the wage,
// up to three times the minimum wage.
func HolidayAllowance(on calendar.Date) (Figure, error) { return at(holidayAllowance, on) }
