package calendar

import (
	"strings"
	"testing"
	"time"
)

// Easter as it was and will be, among them the earliest and the latest that can be and both
// exceptions of the rule (1954 and 1981, 2049 and 2076).
func TestEaster(t *testing.T) {
	for _, want := range strings.Fields(`1954-04-18 1961-04-02 1981-04-19 1818-03-22 1943-04-25 2000-04-23 2007-04-08 2008-03-23 2011-04-24 2024-03-31 2025-04-20 2026-04-05
		2027-03-28 2028-04-16 2029-04-01 2030-04-21 2035-03-25 2038-04-25 2049-04-18 2076-04-19 2100-03-28`) {
		day, err := time.Parse(time.DateOnly, want)
		if err != nil {
			t.Fatal(err)
		}
		if got := Easter(day.Year()); got != Day(day.Date()) {
			t.Errorf("Easter of %d: %s, want %s", day.Year(), got, want)
		}
	}
	for year := 1700; year < 2300; year++ {
		e := Easter(year)
		if e.Weekday() != time.Sunday || e.Before(Day(year, time.March, 22)) || e.After(Day(year, time.April, 25)) {
			t.Errorf("Easter of %d: %s", year, e)
		}
	}
}

// The closing days of 2026 and what follows on them.
func TestTARGETDays(t *testing.T) {
	for closed, next := range map[string]string{
		"2026-01-01": "2026-01-02", "2026-04-03": "2026-04-07", "2026-04-06": "2026-04-07", "2026-05-01": "2026-05-04",
		"2026-12-25": "2026-12-28", "2026-12-26": "2026-12-28", "2027-12-25": "2027-12-27", "2026-10-31": "2026-11-02", "2026-11-01": "2026-11-02",
	} {
		if d := MustParse(closed); d.TARGETDay() || d.NextTARGETDay() != MustParse(next) {
			t.Errorf("%s: open %v, next %s, want %s", closed, d.TARGETDay(), d.NextTARGETDay(), next)
		}
	}
	open := 0
	for d := MustParse("2026-01-01"); d.Year() == 2026; d = d.Add(1) {
		if d.TARGETDay() {
			open++
			if d.NextTARGETDay() != d {
				t.Errorf("%s is open and moves to %s", d, d.NextTARGETDay())
			}
		}
	}
	// 261 weekdays less New Year, Good Friday, Easter Monday, Labour Day and Christmas Day; 26 December is a Saturday.
	if open != 256 {
		t.Errorf("%d days open in 2026", open)
	}
	for _, day := range []string{"2026-04-27", "2026-05-05", "2026-05-14", "2026-05-25"} { // Dutch holidays that TARGET does not know
		if !MustParse(day).TARGETDay() {
			t.Errorf("%s is closed", day)
		}
	}
}

func TestTimeOfDay(t *testing.T) {
	for _, bad := range []string{"", "24:00", "9:00", "15:60", "15.30", "15:30:00"} {
		if got, err := ParseTimeOfDay(bad); err == nil {
			t.Errorf("ParseTimeOfDay(%q) = %s, want an error", bad, got)
		}
	}
	at, err := ParseTimeOfDay("15:30")
	if err != nil || at.String() != "15:30" || (Moment{MustParse("2026-10-30"), 15*3600 + 30*60 + 5}).Time() != at {
		t.Errorf("15:30 is %s, %v", at, err)
	}
	if got := MomentOf(time.Date(2026, 10, 24, 23, 4, 5, 0, time.UTC), time.FixedZone("CEST", 7200)).String(); got != "2026-10-25T01:04:05" {
		t.Errorf("a moment: %s", got)
	}
}
