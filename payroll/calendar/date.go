// Package calendar has days without clocks and the periods that wages go by.
//
// # Why
//
// A contract starts on a day, not at an instant, and a day is a day in
// Europe/Amsterdam whatever the zone of the machine. A Date here is a plain
// day number that can be compared, counted and kept in a map; nothing in this
// package knows what day it is today.
package calendar

import (
	"errors"
	"fmt"
	"time"
)

// Date is a day of the proleptic Gregorian calendar. The zero value means that
// there is no date: an open end.
type Date struct{ n int32 } // days since 1600-01-01, plus one

// ErrDate is wrapped by every error about a text that is no date we accept.
var ErrDate = errors.New("not a date")

const (
	layout     = "2006-01-02"
	secondsDay = 24 * 60 * 60
)

var epoch = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// Day returns the date of a year, month and day; out-of-range values carry
// over as time.Date does, so Day(2026, 13, 1) is 2027-01-01.
func Day(year int, month time.Month, day int) Date {
	return Date{int32((time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()-epoch)/secondsDay) + 1}
}

// Of returns the day that a clock in the given place shows at t. Adapters use
// it to turn the database's instants into days in Europe/Amsterdam.
func Of(t time.Time, place *time.Location) Date {
	return Day(t.In(place).Date())
}

// Parse reads "2026-10-01" and nothing else. Years run from 1900 to 2199.
func Parse(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 {
		return Date{}, fmt.Errorf("%w: %.20q", ErrDate, s)
	}
	return Day(t.Date()), nil
}

// MustParse is Parse for constants in the program text.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Time returns midnight UTC of the day, for adapters only.
func (d Date) Time() time.Time {
	return time.Unix(epoch+int64(d.n-1)*secondsDay, 0).UTC()
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.n == 0 }

// Year, Month and Day take the date apart.
func (d Date) Year() int { return d.Time().Year() }

// Month returns the month of the year.
func (d Date) Month() time.Month { return d.Time().Month() }

// DayOfMonth returns the day of the month.
func (d Date) DayOfMonth() int { return d.Time().Day() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday((int(d.n) + 5) % 7) }

// Add returns the date n days later.
func (d Date) Add(days int) Date { return Date{d.n + int32(days)} }

// AddMonths returns the same day n months later, or the last day of that month
// where it is shorter: a month after 31 January is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	first := Day(d.Year(), d.Month()+time.Month(n), 1)
	return earlier(first.Add(d.DayOfMonth()-1), Day(first.Year(), first.Month()+1, 0))
}

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int { return int(d.n - e.n) }

// Cmp compares two dates: -1, 0 or 1.
func (d Date) Cmp(e Date) int {
	switch {
	case d.n < e.n:
		return -1
	case d.n > e.n:
		return 1
	}
	return 0
}

// Before and After compare.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After reports whether d lies after e.
func (d Date) After(e Date) bool { return d.n > e.n }

// Week returns the Monday of the ISO week that holds the date.
func (d Date) Week() Date { return d.Add(-((int(d.Weekday()) + 6) % 7)) }

// Age returns the number of birthdays had by the day, the day itself included.
// Who is born on 29 February has a birthday on 1 March in other years.
func Age(birth, on Date) int {
	years := on.Year() - birth.Year()
	if Day(birth.Year()+years, birth.Month(), birth.DayOfMonth()).After(on) {
		years--
	}
	return years
}

// String prints "2026-10-01", and nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(layout)
}

// MarshalText writes the date; no date is the empty text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date; the empty text is no date.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = Parse(string(text))
	return err
}

func earlier(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b Date) Date {
	if b.After(a) {
		return b
	}
	return a
}
