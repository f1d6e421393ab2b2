package statute

import (
	"fmt"
	"sort"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Names of the figures of the minimum wage.
const (
	nameHour       = "wml.hour"
	nameDay        = "wml.day"
	nameWeek       = "wml.week"
	nameMonth      = "wml.month"
	nameReference  = "wml.reference_month"
	namePercentage = "wml.youth_percentage"
)

// Why there is no figure, in the words of the error.
const (
	whyHourOnly = "since 2024-01-01 the law has an hour only (WML art. 8); the reference month is no wage"
	whyTooYoung = "under fifteen there is no minimum wage (WML art. 7, Besluit minimumjeugdloon)"
	whyFullTime = "before 2024 an hour is the week divided by the full-time hours of the sector (WML art. 12), which must be more than nought"
)

// due finds the terms of somebody on a day.
func due(k kind, name string, birth, on calendar.Date) (*terms, error) {
	i := sort.Search(len(schedule), func(i int) bool { return schedule[i].since.After(on) })
	if i == 0 {
		return nil, missing(name, on, "its history starts on "+schedule[0].since.String())
	}
	if birth.IsZero() {
		return nil, fmt.Errorf("%w: %s on %s: %w", ErrNoFigure, name, on, ErrNoBirth)
	}
	age := calendar.Age(birth, on)
	if age < youngest {
		return nil, missing(name, on, whyTooYoung)
	}
	return &schedule[i-1].due[k][min(age, grownUp)-youngest], nil
}

func minimumHour(k kind, birth, on calendar.Date, fullTime euro.Number) (Figure, error) {
	t, err := due(k, nameHour, birth, on)
	if err != nil {
		return Figure{}, err
	}
	if t.hour.Name != "" {
		return t.hour, nil
	}
	if fullTime.Sign() <= 0 {
		return Figure{}, missing(nameHour, on, whyFullTime)
	}
	for i := range fullTimes {
		if fullTimes[i].Equal(fullTime) {
			return t.hours[i], nil
		}
	}
	return perHour(t.week, fullTime), nil
}

// pick returns one figure of the terms, and refuses where the law of the day
// has none.
func pick(k kind, name string, birth, on calendar.Date, field func(*terms) *Figure) (Figure, error) {
	t, err := due(k, name, birth, on)
	if err != nil {
		return Figure{}, err
	}
	f := field(t)
	if f.Name == "" {
		return Figure{}, missing(name, on, whyHourOnly)
	}
	return *f, nil
}

func monthOf(t *terms) *Figure      { return &t.month }
func weekOf(t *terms) *Figure       { return &t.week }
func dayOf(t *terms) *Figure        { return &t.day }
func referenceOf(t *terms) *Figure  { return &t.reference }
func percentageOf(t *terms) *Figure { return &t.percentage }

// MinimumHour is the minimum wage an hour. Since 2024-01-01 it is the statutory
// hour and fullTime is ignored; before, it is the weekly amount for the age
// divided by the full-time hours a week of the sector, at four decimals.
func MinimumHour(birth, on calendar.Date, fullTime euro.Number) (Figure, error) {
	return minimumHour(regular, birth, on, fullTime)
}

// MinimumHourBBL is MinimumHour for a pupil in the beroepsbegeleidende leerweg.
func MinimumHourBBL(birth, on calendar.Date, fullTime euro.Number) (Figure, error) {
	return minimumHour(learner, birth, on, fullTime)
}

// MinimumMonth is the minimum wage a month, which the law had until 2023.
func MinimumMonth(birth, on calendar.Date) (Figure, error) {
	return pick(regular, nameMonth, birth, on, monthOf)
}

// MinimumMonthBBL is MinimumMonth for a pupil in the beroepsbegeleidende
// leerweg.
func MinimumMonthBBL(birth, on calendar.Date) (Figure, error) {
	return pick(learner, nameMonth, birth, on, monthOf)
}

// MinimumWeek is the minimum wage a week, which the law had until 2023.
func MinimumWeek(birth, on calendar.Date) (Figure, error) {
	return pick(regular, nameWeek, birth, on, weekOf)
}

// MinimumWeekBBL is MinimumWeek for a pupil in the beroepsbegeleidende leerweg.
func MinimumWeekBBL(birth, on calendar.Date) (Figure, error) {
	return pick(learner, nameWeek, birth, on, weekOf)
}

// MinimumDay is the minimum wage a working day, which the law had until 2023.
func MinimumDay(birth, on calendar.Date) (Figure, error) {
	return pick(regular, nameDay, birth, on, dayOf)
}

// MinimumDayBBL is MinimumDay for a pupil in the beroepsbegeleidende leerweg.
func MinimumDayBBL(birth, on calendar.Date) (Figure, error) {
	return pick(learner, nameDay, birth, on, dayOf)
}

// ReferenceMonth is the month that subsidies and benefits count with: since
// 2024-01-01 the reference amount of WML art. 8 lid 1 onder b, before that the
// minimum wage a month, under its own name "wml.month". For the young it is
// since 2024 a choice of ours and marked medium.
func ReferenceMonth(birth, on calendar.Date) (Figure, error) {
	return pick(regular, nameReference, birth, on, referenceOf)
}

// ReferenceMonthBBL is ReferenceMonth for a pupil in the beroepsbegeleidende
// leerweg.
func ReferenceMonthBBL(birth, on calendar.Date) (Figure, error) {
	return pick(learner, nameReference, birth, on, referenceOf)
}

// YouthPercentage is the part of the adult minimum wage that somebody of this
// age is due: 60 means 60 %, and 100 an adult in this regime.
func YouthPercentage(birth, on calendar.Date) (Figure, error) {
	return pick(regular, namePercentage, birth, on, percentageOf)
}

// YouthPercentageBBL is YouthPercentage for a pupil in the beroepsbegeleidende
// leerweg.
func YouthPercentageBBL(birth, on calendar.Date) (Figure, error) {
	return pick(learner, namePercentage, birth, on, percentageOf)
}
