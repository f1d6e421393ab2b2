package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The standard library's clock is the judge of the day arithmetic.
func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 100000).Draw(t, "days")
		want := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
		got := Day(1900, 1, 1).Add(n)
		if got.String() != want.Format("2006-01-02") || got.Weekday() != want.Weekday() {
			t.Fatalf("day %d: %s %s, want %s", n, got, got.Weekday(), want)
		}
		if year, week := want.ISOWeek(); got.Week().Weekday() != time.Monday || func() bool {
			y, w := got.Week().Time().ISOWeek()
			return y != year || w != week
		}() {
			t.Fatalf("%s: week of %s", got, got.Week())
		}
	})
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"2026-10-32", "2026-02-29", "26-10-01", "2026-1-01", "", "1899-12-31", "2200-01-01", "2026-10-01T00:00:00Z", " 2026-10-01"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", s, d)
		}
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birth, on string
		want      int
	}{
		{"2005-10-15", "2026-10-14", 20}, {"2005-10-15", "2026-10-15", 21},
		{"2004-02-29", "2025-02-28", 20}, {"2004-02-29", "2025-03-01", 21}, {"2004-02-29", "2024-02-29", 20},
	} {
		if got := Age(MustParse(c.birth), MustParse(c.on)); got != c.want {
			t.Errorf("Age(%s, %s) = %d, want %d", c.birth, c.on, got, c.want)
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-10-15", 6, "2027-04-15"}, {"2026-03-31", -1, "2026-02-28"}} {
		if got := MustParse(c.from).AddMonths(c.n); got.String() != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

// Periods of one kind tile the calendar: each day lies in exactly one, and
// reading what was printed gives the same period.
func TestPeriodsTile(t *testing.T) {
	for _, start := range []string{"2015-P01", "2015-01"} {
		p, err := ParsePeriod(start)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			next := p.Next()
			if next.From != p.To.Add(1) || next.Previous() != p {
				t.Fatalf("%s (%s..%s) then %s (%s..%s)", p, p.From, p.To, next, next.From, next.To)
			}
			back, err := ParsePeriod(p.String())
			if err != nil || back != p {
				t.Fatalf("%s reads back as %v, %v", p, back, err)
			}
			p = next
		}
	}
	for _, s := range []string{"2026-13", "2026-P14", "2026-P00", "2026", "2026-10-01", "2026-P1", "x026-10"} {
		if p, err := ParsePeriod(s); err == nil {
			t.Errorf("ParsePeriod(%q) = %s, want an error", s, p)
		}
	}
}

func TestWorkdaysOfOctober2026(t *testing.T) {
	p, _ := ParsePeriod("2026-10")
	if p.Workdays() != 22 || p.Days() != 31 {
		t.Fatalf("October 2026 has %d working days of %d", p.Workdays(), p.Days())
	}
}
