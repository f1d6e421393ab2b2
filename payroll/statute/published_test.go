package statute

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// rows reads a published table; each row is a map by column name.
func rows(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]map[string]string, 0, len(lines))
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		list = append(list, row)
	}
	return list
}

// aged returns a day of birth of somebody who has that age for months around
// the day, so that only the row of wages matters.
func aged(years int, on calendar.Date) calendar.Date {
	return on.AddMonths(-12*years - 4)
}

func adult(on calendar.Date) calendar.Date { return aged(30, on) }

func whole(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func age(t *testing.T, row map[string]string) int {
	t.Helper()
	return whole(t, row["age"])
}

type lookup func(birth, on calendar.Date) (Figure, error)

// hourBy is MinimumHour with the full-time week filled in.
func hourBy(fullTime string) lookup {
	return func(birth, on calendar.Date) (Figure, error) {
		return MinimumHour(birth, on, euro.MustNumber(fullTime))
	}
}

func hourByBBL(fullTime string) lookup {
	return func(birth, on calendar.Date) (Figure, error) {
		return MinimumHourBBL(birth, on, euro.MustNumber(fullTime))
	}
}

// value looks a figure up and fails the test when there is none.
func value(t *testing.T, find lookup, birth, on calendar.Date) Figure {
	t.Helper()
	f, err := find(birth, on)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every published adult amount since 2003-07-01 comes back, with its mark and
// source, and so do the hours that the page derived for 36, 38 and 40 hours.
func TestAdultTable(t *testing.T) {
	seen := 0
	for _, row := range rows(t, "minimumloon.csv") {
		on := calendar.MustParse(row["valid_from"])
		if on.Before(wages[0].since) {
			continue
		}
		seen++
		for column, find := range map[string]lookup{
			"weekly": MinimumWeek, "daily": MinimumDay, "monthly": ReferenceMonth, "hourly": hourBy("40"),
			"derived_hourly_36h": hourBy("36"), "derived_hourly_38h": hourBy("38"), "derived_hourly_40h": hourBy("40"),
		} {
			if row[column] == "" {
				continue
			}
			f := value(t, find, adult(on), on)
			if !f.Value.Equal(euro.MustNumber(row[column])) || f.Since != on || f.Source != row["source"] || string(f.Confidence) != row["confidence"] {
				t.Errorf("%s %s: got %+v", on, column, f)
			}
		}
	}
	if seen != len(wages) || seen < 47 {
		t.Fatalf("checked %d rows of %d", seen, len(wages))
	}
}

// The week is 3/13 of the month to 0.05 and the day a fifth of the week (WML
// art. 14 lid 10, old): a misprint in the table would show here.
func TestAdultWeekFollowsFromMonth(t *testing.T) {
	for i := range wages {
		w := &wages[i]
		if w.hourly() {
			continue
		}
		week := w.month.Part(thirteenWeeks).RoundTo(nickel)
		if !week.Equal(w.week) || !week.Part(fiveDays).Equal(w.day) {
			t.Errorf("%s: %s a month gives %s a week", w.since, w.month, week)
		}
	}
}

// The ages are adult from the day that the adult table says.
func TestAdultAge(t *testing.T) {
	for _, row := range rows(t, "minimumloon.csv") {
		on := calendar.MustParse(row["valid_from"])
		if on.Before(wages[0].since) {
			continue
		}
		from := whole(t, row["adult_age"])
		for years := youngest; years < 30; years++ {
			f := value(t, YouthPercentage, aged(years, on), on)
			if f.Value.Equal(euro.Hundred) != (years >= from) {
				t.Errorf("%s: %d years get %s %%", on, years, f.Value)
			}
		}
	}
}

// Every percentage comes back from both scales, save those announced for 2027.
func TestYouthPercentages(t *testing.T) {
	find, seen, announced := map[string]lookup{"regular": YouthPercentage, "bbl": YouthPercentageBBL}, 0, 0
	for _, row := range rows(t, "minimumjeugdloon.csv") {
		since := calendar.MustParse(row["valid_from"])
		on := since
		if on.Before(wages[0].since) {
			on = wages[0].since
		}
		f := value(t, find[row["scheme"]], aged(age(t, row), on), on)
		if since.Year() == 2027 {
			announced++
			if f.Since != calendar.Day(2019, 7, 1) {
				t.Errorf("the announced scale is in use: %+v", f)
			}
			continue
		}
		seen++
		if !f.Value.Equal(euro.MustNumber(row["percentage"])) || f.Since != since || f.Source != row["source"] || string(f.Confidence) != row["confidence"] {
			t.Errorf("%v: got %+v", row, f)
		}
	}
	if seen < 38 || announced != 14 {
		t.Fatalf("checked %d percentages, %d announced", seen, announced)
	}
}

// Every published youth hour since 2024 comes back with its mark.
func TestYouthHours(t *testing.T) {
	find, seen := map[string]lookup{"regular": hourBy("40"), "bbl": hourByBBL("40")}, 0
	for _, row := range rows(t, "minimumjeugdloon_uur.csv") {
		on := calendar.MustParse(row["valid_from"])
		f := value(t, find[row["scheme"]], aged(age(t, row), on), on)
		if !f.Value.Equal(euro.MustNumber(row["hourly"])) || f.Since != on || string(f.Confidence) != row["confidence"] || f.Derived == "" {
			t.Errorf("%v: got %+v", row, f)
		}
		seen++
	}
	if seen < 54 {
		t.Fatalf("checked %d hours", seen)
	}
}

// misprints are the two cells where the printed page and the rule differ, with
// what the rule gives; the README names them.
var misprints = map[string]string{
	"2011-07-01 15 monthly": "430.55", // printed 430.50; 30 % of 1435.20 is 430.56
	"2006-01-01 21 daily":   "42.58",  // printed 42.85; 212.90 a week / 5
}

// Every published youth month, week and day before 2024 comes back, save
// exactly the two misprints.
func TestYouthAmountsBefore2024(t *testing.T) {
	find := map[string]map[string]lookup{
		"regular": {"monthly": MinimumMonth, "weekly": MinimumWeek, "daily": MinimumDay},
		"bbl":     {"monthly": MinimumMonthBBL, "weekly": MinimumWeekBBL, "daily": MinimumDayBBL},
	}
	seen, differ := 0, map[string]string{}
	for _, row := range rows(t, "minimumjeugdloon_bedragen_pre2024.csv") {
		on := calendar.MustParse(row["valid_from"])
		for column, find := range find[row["scheme"]] {
			f := value(t, find, aged(age(t, row), on), on)
			if f.Since != on || f.Derived == "" {
				t.Errorf("%v %s: got %+v", row, column, f)
			}
			if !f.Value.Equal(euro.MustNumber(row[column])) {
				differ[on.String()+" "+row["age"]+" "+column] = f.Value.String()
			}
			seen++
		}
	}
	if !maps.Equal(differ, misprints) {
		t.Errorf("differ from print: %v, want %v", differ, misprints)
	}
	if seen < 3*113 {
		t.Fatalf("checked %d amounts", seen)
	}
}

// Two more pages, of half-years between the two rules for the youth week, that
// were found while this package was written: vlht.nl for January 2012 (month
// and week) and concent.nl for July 2012 (month only).
func TestYouthAmountsOf2012(t *testing.T) {
	january, july := calendar.Day(2012, 1, 1), calendar.Day(2012, 7, 1)
	for i, c := range []struct{ month, week, july string }{
		{"434.00", "100.15", "436.85"}, {"499.10", "115.20", "502.40"}, {"571.40", "131.85", "575.20"},
		{"658.20", "151.90", "662.55"}, {"759.45", "175.25", "764.50"}, {"889.65", "205.30", "895.55"},
		{"1048.80", "242.05", "1055.75"}, {"1229.60", "283.75", "1237.75"},
	} {
		birth := aged(youngest+i, january)
		month, week := value(t, MinimumMonth, birth, january), value(t, MinimumWeek, birth, january)
		if month.Value.Fixed(2) != c.month || week.Value.Fixed(2) != c.week {
			t.Errorf("%d years: %s a month, %s a week, want %s and %s", youngest+i, month.Value, week.Value, c.month, c.week)
		}
		if f := value(t, MinimumMonth, aged(youngest+i, july), july); f.Value.Fixed(2) != c.july {
			t.Errorf("%d years: %s a month in July, want %s", youngest+i, f.Value, c.july)
		}
	}
}

// Between the last table of the old rule for the youth week and the first one
// of the new rule, one amount depends on the day of the switch. It is marked,
// and with it the day and the hour made of it; nothing else is.
func TestYouthWeekSwitch(t *testing.T) {
	var depends []string
	for i := range wages {
		w := &wages[i]
		if w.since.Before(calendar.Day(2010, 7, 2)) || !w.since.Before(calendar.Day(2013, 1, 1)) {
			continue
		}
		for a, percent := range scaleAt(regularScales, w.since).percent {
			before := youthWeek20030701(youthMonth20030701(percent, w.month))
			after := youthWeek20120701(percent, w.week)
			if percent.Equal(euro.Hundred) || before.Equal(after) {
				continue
			}
			birth := aged(youngest+a, w.since)
			depends = append(depends, w.since.String()+" "+before.Fixed(2)+" or "+after.Fixed(2))
			if f := value(t, MinimumWeek, birth, w.since); !f.Value.Equal(before.Max(after)) {
				t.Errorf("not the higher of the two: %+v", f)
			}
			for _, find := range []lookup{MinimumWeek, MinimumDay, hourBy("40"), hourBy("37.5")} {
				if f := value(t, find, birth, w.since); f.Confidence != Medium {
					t.Errorf("not marked: %+v", f)
				}
			}
		}
	}
	if !slices.Equal(depends, []string{"2012-07-01 176.40 or 176.45"}) {
		t.Errorf("depend on the switch: %v", depends)
	}
}

// The scale for pupils of 2017 is partly from memory: that lowers everybody on
// it, but not who is too old for any scale.
func TestScaleFromMemory(t *testing.T) {
	on := calendar.Day(2018, 1, 1)
	for years, want := range map[int]Confidence{18: Medium, 22: Medium, 23: High, 40: High} {
		month, percent := value(t, MinimumMonthBBL, aged(years, on), on), value(t, YouthPercentageBBL, aged(years, on), on)
		if month.Confidence != want || percent.Confidence != want {
			t.Errorf("%d years: %+v, %+v", years, month, percent)
		}
	}
}

// Each mark falls on an existing cell: a mark with a wrong day would be silent.
func TestMarksAreUsed(t *testing.T) {
	for _, m := range marks {
		for k, on := range m.kinds {
			if !on {
				continue
			}
			w := schedule[slices.IndexFunc(schedule, func(s term) bool { return s.since == m.since })]
			due := w.due[k][m.age-youngest]
			for _, f := range []Figure{due.hour, due.week, due.month} {
				if f.Name == m.name && f.Confidence != Medium {
					t.Errorf("%+v is not marked", f)
				}
			}
		}
	}
}
