package statute

import (
	"fmt"

	"verloning/payroll/calendar"
)

// aowAgesBefore are the ages before the years whose wage tax can be computed.
// They serve lists and decide no amount, so they are not part of Hash.
var aowAgesBefore = checkedLater(history("aow.age_months", "AOW art. 7a",
	dated{"1957-01-01", "780", Medium, "65 years until 2012: from memory"},
	dated{"2013-01-01", "781", Medium, "65 years and 1 month: from memory"},
	dated{"2014-01-01", "782", Medium, "65 years and 2 months: from memory"},
	dated{"2015-01-01", "783", Medium, "65 years and 3 months: from memory"},
	dated{"2016-01-01", "786", Medium, "65 years and 6 months: from memory"},
	dated{"2017-01-01", "789", Medium, "65 years and 9 months: from memory"},
	dated{"2018-01-01", "792", Medium, "66 years: from memory"},
	dated{"2019-01-01", "796", Medium, "66 years and 4 months: from memory"},
))

// AOWDay is the day on which somebody reaches the AOW age: the first day on which
// he has the age of that day's year. After the last year whose age is known it
// goes by that age, and the figure's Doubt says so.
func AOWDay(birth calendar.Date) (calendar.Date, Figure, error) {
	if birth.IsZero() {
		return calendar.Date{}, Figure{}, fmt.Errorf("%w: aow.age_months: %w", ErrNoFigure, ErrNoBirth)
	}
	ages := append(aowAgesBefore[:len(aowAgesBefore):len(aowAgesBefore)], aowAges...)
	for i, f := range ages {
		months, err := f.Value.Int()
		if err != nil {
			return calendar.Date{}, f, err
		}
		day := birth.AddMonths(months)
		if i+1 == len(ages) || day.Before(ages[i+1].Since) {
			return day, f, nil
		}
	}
	return calendar.Date{}, Figure{}, missing("aow.age_months", birth, "no age is known")
}
