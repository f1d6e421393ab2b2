package statute

import (
	"fmt"

	"verloning/payroll/calendar"
)

// aowAges is the AOW age of a calendar year in months. It starts with the years
// whose wage tax can be computed: whoever had a lower age before 2020 had
// reached this one by then too.
var aowAges = until(calendar.Day(2027, 12, 31), history("aow.age_months", "AOW art. 7a",
	dated{"2020-01-01", "796", Medium, "66 years and 4 months in 2020 and 2021: from memory"},
	dated{"2022-01-01", "799", Medium, "66 years and 7 months: github rustyx/vrij-loon ib2022.js and memory"},
	dated{"2023-01-01", "802", Medium, "66 years and 10 months: from memory"},
	dated{"2024-01-01", "804", High, "67 years in 2024 to 2027: statute README, checked 2026-11-22"},
))

// Whole years of age at which the AOW age decides whose rates apply, and a
// doubt about it is a doubt about the tax.
const (
	aowDoubtFrom = 65
	aowDoubtTo   = 66
)

// until writes down the last day that the figures are confirmed for.
func until(last calendar.Date, figures []Figure) []Figure {
	for i := range figures {
		figures[i].ConfirmedThrough = last
	}
	return figures
}

// AOWReached reports whether somebody has reached the AOW age in the month of
// the day or before: tax above AOW age starts on the first day of the month in
// which the age is reached. A person reaches it in the first year whose age he
// has by the end of that year. The figure is the age that decided. Days from
// 2020 to 2027 have an answer.
func AOWReached(birth, on calendar.Date) (reached bool, age Figure, err error) {
	age, err = at(aowAges, on)
	if err != nil {
		return false, Figure{}, err
	}
	if on.After(age.ConfirmedThrough) {
		return false, Figure{}, missing(age.Name, on, "the age of that year is not known")
	}
	if birth.IsZero() {
		return false, Figure{}, fmt.Errorf("%w: %s on %s: %w", ErrNoFigure, age.Name, on, ErrNoBirth)
	}
	end := calendar.Day(on.Year(), on.Month()+1, 0)
	for i, f := range aowAges {
		last := end
		if i+1 < len(aowAges) && !aowAges[i+1].Since.After(end) {
			last = aowAges[i+1].Since.Add(-1)
		}
		if !f.Since.After(end) && !birth.AddMonths(aowMonths[i]).After(last) {
			return true, f, nil
		}
	}
	return false, age, nil
}

// AOWNear is AOWReached with the age as a figure to doubt only where it is near
// enough to decide.
func AOWNear(birth, on calendar.Date) (reached bool, near []Figure, err error) {
	reached, age, err := AOWReached(birth, on)
	if err != nil {
		return reached, nil, err
	}
	if years := calendar.Age(birth, on); years >= aowDoubtFrom && years <= aowDoubtTo {
		near = []Figure{age}
	}
	return reached, near, nil
}

// aowMonths are the ages as counts, made once; the figures are whole numbers.
var aowMonths = func() []int {
	counts := make([]int, len(aowAges))
	for i, f := range aowAges {
		count, err := f.Value.Int()
		if err != nil {
			panic(err)
		}
		counts[i] = count
	}
	return counts
}()
