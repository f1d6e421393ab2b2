package statute

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// premiumsConfirmed is the last day that premiums are known for. What is known
// of 2027 is a draft budget without Zvw and maximum, and a premium that is
// guessed would be paid to the tax office: so these figures end, where others
// go on with a doubt.
var premiumsConfirmed = calendar.Day(2026, 12, 31)

const whyNotPublished = "premiums are set by calendar year and this one's are not published in full; the draft budget is not used"

// yearly makes a history whose rows each hold until the next one and no longer:
// a premium is decided for a calendar year, and a year that nobody decided has
// none.
func yearly(name, article string, rows ...dated) []Figure {
	figures := history(name, article, rows...)
	for i := range figures {
		figures[i].ConfirmedThrough = premiumsConfirmed
		if i+1 < len(figures) {
			figures[i].ConfirmedThrough = figures[i+1].Since.Add(-1)
		}
	}
	return figures
}

// premiumAt returns the figure of a day in a year that is published.
func premiumAt(figures []Figure, on calendar.Date) (Figure, error) {
	if on.After(premiumsConfirmed) {
		return Figure{}, missing(figures[0].Name, on, whyNotPublished)
	}
	return at(figures, on)
}

// AWfLow is the low percentage for the Algemeen Werkloosheidsfonds; which of
// the two is due goes by the contract (Wfsv art. 27).
func AWfLow(on calendar.Date) (Figure, error) { return premiumAt(awfLow, on) }

// AWfHigh is the high percentage for the Algemeen Werkloosheidsfonds.
func AWfHigh(on calendar.Date) (Figure, error) { return premiumAt(awfHigh, on) }

// Ufo is the percentage for the Uitvoeringsfonds voor de overheid.
func Ufo(on calendar.Date) (Figure, error) { return premiumAt(ufo, on) }

// AofLow is the basispremie of a small employer.
func AofLow(on calendar.Date) (Figure, error) { return premiumAt(aofLow, on) }

// AofHigh is the basispremie of all other employers.
func AofHigh(on calendar.Date) (Figure, error) { return premiumAt(aofHigh, on) }

// Wko is the opslag for child care on the basispremie.
func Wko(on calendar.Date) (Figure, error) { return premiumAt(wko, on) }

// WhkAverage is the average premium for the Werkhervattingskas, for an employer
// whose own decision is not known.
func WhkAverage(on calendar.Date) (Figure, error) { return premiumAt(whkAverage, on) }

// ZvwEmployer is the percentage of the werkgeversheffing (Zvw art. 42).
func ZvwEmployer(on calendar.Date) (Figure, error) { return premiumAt(zvwEmployer, on) }

// WagePeriod is a loontijdvak that the maximum premium wage is published for.
// It is not calendar.Kind: nobody is paid by the day here, but who starts in
// the middle of a period has a maximum of so many days.
type WagePeriod string

// The periods, as they are counted out of a year.
const (
	WageDay       WagePeriod = "day"
	WageWeek      WagePeriod = "week"
	WageFourWeeks WagePeriod = "four_weeks"
	WageMonth     WagePeriod = "month"
)

// inYear is how many of the period the tax office puts in a year (Wet LB 1964
// art. 25, by Wfsv art. 17 lid 2).
var inYear = map[WagePeriod]int64{WageDay: 260, WageWeek: 52, WageFourWeeks: 13, WageMonth: 12}

// premiumMaxima are the maxima of all periods, made once.
var premiumMaxima = func() map[WagePeriod][]Figure {
	all := make(map[WagePeriod][]Figure, len(inYear))
	for period := range inYear {
		for _, year := range maximumPremiumWage {
			all[period] = append(all[period], maximum20200101(year, period))
		}
	}
	return all
}()

// maximum20200101 is the maximum of a period: the year's divided by the periods
// in it and rounded down to cents, which gives every published amount of 2026.
func maximum20200101(year Figure, period WagePeriod) Figure {
	n := euro.Int(inYear[period])
	f := year
	f.Name = "premium_wage." + string(period)
	f.Article = "Wfsv art. 17 lid 2; Zvw art. 43"
	f.Value = year.Value.Part(euro.Ratio{Over: euro.One, Under: n}).CentsDown().Number()
	f.Derived = year.Value.String() + " a year / " + n.String() + ", cents down"
	return f
}

// MaximumPremiumWage is the wage of a calendar year beyond which no premiums
// and no Zvw are due.
func MaximumPremiumWage(on calendar.Date) (Figure, error) {
	return premiumAt(maximumPremiumWage, on)
}

// MaximumPremiumWageOf is the part of that maximum that one period adds.
func MaximumPremiumWageOf(period WagePeriod, on calendar.Date) (Figure, error) {
	figures, ok := premiumMaxima[period]
	if !ok {
		return Figure{}, missing("premium_wage."+string(period), on, "there is no such wage period")
	}
	return premiumAt(figures, on)
}

// premiumFigures lists every figure of this file in a fixed order, for Hash.
func premiumFigures() []Figure {
	var all []Figure
	for _, series := range [][]Figure{awfLow, awfHigh, ufo, aofLow, aofHigh, wko, whkAverage, zvwEmployer, maximumPremiumWage,
		premiumMaxima[WageDay], premiumMaxima[WageWeek], premiumMaxima[WageFourWeeks], premiumMaxima[WageMonth]} {
		all = append(all, series...)
	}
	return all
}
