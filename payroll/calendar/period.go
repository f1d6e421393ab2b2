package calendar

import "fmt"

// Kind is the length of a wage period (loontijdvak).
type Kind string

// Wage periods of this service. Four weeks follow the thirteen periods that
// payroll counts in a year, from the Monday of ISO week 1.
const (
	Month     Kind = "month"
	FourWeeks Kind = "four_weeks"
)

// Period is a wage period: a calendar month or four weeks.
type Period struct {
	Kind Kind
	Span
}

// MonthOf returns the calendar month that holds the day.
func MonthOf(d Date) Period {
	first := Day(d.Year(), d.Month(), 1)
	return Period{Kind: Month, Span: Span{From: first, To: Day(d.Year(), d.Month()+1, 0)}}
}

// ParsePeriod reads a month such as "2026-10", or four weeks such as
// "2026-P11".
func ParsePeriod(s string) (Period, error) {
	if len(s) == 7 {
		if d, err := Parse(s + "-01"); err == nil {
			return MonthOf(d), nil
		}
	}
	var year, n int
	if k, err := fmt.Sscanf(s, "%4d-P%2d", &year, &n); err == nil && k == 2 && len(s) == 8 && n >= 1 && n <= 13 && year >= 1900 && year <= 2199 {
		return fourWeeks(year, n), nil
	}
	return Period{}, fmt.Errorf("%w: period %.20q", ErrDate, s)
}

// fourWeeks returns the n-th period of four weeks; the thirteenth takes the
// fifty-third week of a long year along.
func fourWeeks(year, n int) Period {
	first := Day(year, 1, 4).Week()
	p := Period{Kind: FourWeeks, Span: Span{From: first.Add(28 * (n - 1)), To: first.Add(28*n - 1)}}
	if n == 13 {
		p.To = Day(year+1, 1, 4).Week().Add(-1)
	}
	return p
}

// String prints the period as ParsePeriod reads it.
func (p Period) String() string {
	if p.Kind == FourWeeks {
		year := p.From.Add(3).Year() // the Thursday names the ISO year
		return fmt.Sprintf("%04d-P%02d", year, p.From.Sub(Day(year, 1, 4).Week())/28+1)
	}
	return fmt.Sprintf("%04d-%02d", p.From.Year(), int(p.From.Month()))
}

// MarshalText writes the period as String prints it.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePeriod reads.
func (p *Period) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePeriod(string(text))
	return err
}

// Next and Previous return the neighbouring periods of the same kind.
func (p Period) Next() Period { return p.neighbour(p.To.Add(1)) }

// Previous returns the period before p.
func (p Period) Previous() Period { return p.neighbour(p.From.Add(-1)) }

func (p Period) neighbour(d Date) Period {
	if p.Kind == Month {
		return MonthOf(d)
	}
	year := d.Week().Add(3).Year()
	n := d.Sub(Day(year, 1, 4).Week())/28 + 1
	return fourWeeks(year, min(n, 13))
}

// PeriodFrom returns the period of a kind that holds the day.
func PeriodFrom(kind Kind, d Date) Period {
	return Period{Kind: kind}.neighbour(d)
}
