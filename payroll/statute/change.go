package statute

import (
	"sort"

	"verloning/payroll/calendar"
)

// HourlyMinimumSince is the day on which the minimum wage became an amount an
// hour (Wet invoering minimumuurloon); before, it was a month, week and day.
var HourlyMinimumSince = calendar.MustParse("2024-01-01")

// MinimumWageChanges reports whether a new row of minimum wages, or a new scale
// of youth percentages, starts on the day: wages of a period are cut there.
func MinimumWageChanges(day calendar.Date) bool {
	i := sort.Search(len(schedule), func(i int) bool { return !schedule[i].since.Before(day) })
	return i < len(schedule) && schedule[i].since == day
}
