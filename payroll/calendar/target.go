package calendar

import (
	"fmt"
	"time"
)

// Easter is Easter Sunday of a year of the Gregorian calendar, by the rule of
// Meeus, Jones and Butcher, which knows no exceptions.
func Easter(year int) Date {
	golden, century, of := year%19, year/100, year%100
	lunar := (century - (century+8)/25 + 1) / 3 // correction of the moon
	moon := (19*golden + century - century/4 - lunar + 15) % 30
	sunday := (32 + 2*(century%4) + 2*(of/4) - moon - of%4) % 7
	late := (golden + 11*moon + 22*sunday) / 451 // both exceptions of the rule
	return Day(year, time.March, 22+moon+sunday-7*late)
}

// TARGETDay reports whether euros move between banks on the day: from Monday to
// Friday, and not on 1 January, Good Friday, Easter Monday, 1 May, and 25 and 26
// December. These are the closing days of TARGET since 2002, as the European
// Central Bank announced them for the long term on 14 December 2000.
func (d Date) TARGETDay() bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	switch month, day := d.Month(), d.DayOfMonth(); {
	case month == time.January && day == 1, month == time.May && day == 1:
		return false
	case month == time.December && (day == 25 || day == 26):
		return false
	case month == time.March || month == time.April:
		easter := Easter(d.Year())
		return d != easter.Add(-2) && d != easter.Add(1)
	}
	return true
}

// NextTARGETDay is the day itself where TARGET is open, and else the first day
// after it on which it is.
func (d Date) NextTARGETDay() Date {
	for !d.TARGETDay() {
		d = d.Add(1)
	}
	return d
}

// TimeOfDay is a time on a clock, in minutes after midnight.
type TimeOfDay int

// ParseTimeOfDay reads "15:30", from "00:00" to "23:59".
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return 0, fmt.Errorf("%w: time %.10q", ErrDate, s)
	}
	return TimeOfDay(t.Hour()*60 + t.Minute()), nil
}

// String prints "15:30".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes the time as String prints it.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTimeOfDay reads.
func (t *TimeOfDay) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTimeOfDay(string(text))
	return err
}

// Moment is what a clock in some place shows: a day and a second of it. It is no
// instant: an adapter makes it of the database's time in Europe/Amsterdam.
type Moment struct {
	Day    Date
	Second int // after midnight
}

// MomentOf is what a clock in the given place shows at t.
func MomentOf(t time.Time, place *time.Location) Moment {
	hour, minute, second := t.In(place).Clock()
	return Moment{Of(t, place), hour*3600 + minute*60 + second}
}

// Time is the time of day, without the seconds.
func (m Moment) Time() TimeOfDay { return TimeOfDay(m.Second / 60) }

// String prints "2026-10-30T15:30:05".
func (m Moment) String() string {
	return fmt.Sprintf("%sT%s:%02d", m.Day, m.Time(), m.Second%60)
}

// MarshalText writes the moment as String prints it.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what String prints.
func (m *Moment) UnmarshalText(text []byte) error {
	t, err := time.Parse("2006-01-02T15:04:05", string(text))
	if err != nil {
		return fmt.Errorf("%w: moment %.20q", ErrDate, text)
	}
	*m = MomentOf(t, time.UTC)
	return nil
}
