package statute

import "verloning/payroll/calendar"

// premium is what a person on benefit may get in premiums in a calendar year
// without its counting as income.
var premium = func() []Figure {
	figures := history("premium.year", "WWB art. 31 lid 2 onder j",
		dated{"2006-01-01", "2066", Medium, "Stcrt. 2006, 251 p. 8: until 2007; its first day is from memory"},
		dated{"2007-01-01", "2115", High, "Stcrt. 2006, 251 p. 8"},
		dated{"2007-07-01", "2133", Medium, "Stcrt. 2007, 248 p. 16: in force just before 1 January 2008; its first day is from memory"},
		dated{"2008-01-01", "2160", High, "Stcrt. 2007, 248 p. 16"},
	)
	figures[len(figures)-1].ConfirmedThrough = calendar.Day(2008, 6, 30)
	return figures
}()

// PremiumYear is that amount, in euros: later ones were not found, so that the
// last one is used with doubt.
func PremiumYear(on calendar.Date) (Figure, error) { return at(premium, on) }
