package statute

import "verloning/payroll/calendar"

// transitionMaximum is what a transitievergoeding never exceeds, unless a
// year's wage is more. It is set by calendar year; the years that were found
// are here, each on one secondary page, and the others are not guessed.
var transitionMaximum = func() []Figure {
	figures := history("transition.maximum", "BW 7:673 lid 2",
		dated{"2020-01-01", "83000", Medium, "outplacementkiezen.nl, maximale transitievergoeding; the page does not name its year"},
		dated{"2021-01-01", "84000", Medium, "all4people.nl, maximale transitievergoeding 2021"},
		dated{"2023-01-01", "89000", Medium, "vestius.com, which quotes BW 7:673 lid 2 in 2023"},
	)
	for i := range figures {
		figures[i].ConfirmedThrough = calendar.Day(figures[i].Since.Year(), 12, 31)
	}
	return figures
}()

// TransitionMaximum is the maximum of the year, or the last one known before it:
// Figure.ConfirmedThrough tells which. It follows wages and has only gone up, so
// what stays below an older one is below that of the day as well.
func TransitionMaximum(on calendar.Date) (Figure, error) { return at(transitionMaximum, on) }
