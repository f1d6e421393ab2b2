package payroll_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"os"
	"strconv"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// secondLaw is national law as the tables of statute/testdata have it. Nothing
// is read from package statute.
type secondLaw struct {
	wages  []secondWages
	youth  []secondYouth
	years  map[int]*secondYear
	cached map[secondMinimumKey]secondMinimum
}

// secondWages are the adult minimum wages of a row, in cents.
type secondWages struct {
	from              calendar.Date
	month, week, hour int64
}

// secondYouth is a percentage of the adult wage, in tenths.
type secondYouth struct {
	from    calendar.Date
	learner bool
	age     int
	tenths  int64
}

// secondYear is what a year has of tax and premiums.
type secondYear struct {
	Below, Above, Wide       *secondTable
	Special, SpecialAbove    []secondRow
	Lmax, Jong, JongAbove    int64
	AWfLow, AWfHigh          int64 // hundredths of a percent, as all premiums
	AofLow, AofHigh          int64
	Wko, Whk, Zvw            int64
	Month, FourWeeks, Weekly int64 // maxima in cents
	Daily                    int64
}

// numbers reads a tree of JSON whose numbers stay text.
type numbers map[string]any

func (n numbers) in(names ...string) numbers {
	for _, name := range names {
		next, ok := n[name].(map[string]any)
		if !ok {
			return nil
		}
		n = next
	}
	return n
}

// scaled reads a number with so many decimals as a whole one.
func (n numbers) scaled(name string, places int) int64 { return scaledNumber(n[name], places) }

func scaledNumber(v any, places int) int64 {
	text, ok := v.(json.Number)
	if !ok {
		panic("the second computation misses a number in the rates")
	}
	x := scaled(exactText(text.String()), places)
	if !x.IsInt() {
		panic("the second computation meets more decimals than it knows: " + text.String())
	}
	return x.Num().Int64()
}

// newSecondLaw reads the tables.
func newSecondLaw(t testing.TB) *secondLaw {
	t.Helper()
	law := &secondLaw{years: map[int]*secondYear{}, cached: map[secondMinimumKey]secondMinimum{}}
	for _, row := range readTable(t, "statute/testdata/minimumloon.csv") {
		law.wages = append(law.wages, secondWages{from: calendar.MustParse(row["valid_from"]),
			month: centsText(row["monthly"]), week: centsText(row["weekly"]), hour: centsText(row["hourly"])})
	}
	for _, row := range readTable(t, "statute/testdata/minimumjeugdloon.csv") {
		age, err := strconv.Atoi(row["age"])
		if err != nil {
			t.Fatal(err)
		}
		law.youth = append(law.youth, secondYouth{from: calendar.MustParse(row["valid_from"]), learner: row["scheme"] == "bbl",
			age: age, tenths: floorOf(scaled(exactText(row["percentage"]), 1))})
	}
	text, err := os.ReadFile("statute/testdata/loonheffing_rates.json")
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	for year := secondFirstYear; year <= secondLastYear; year++ {
		law.years[year] = newSecondYear(numbers(all).in("years", strconv.Itoa(year)))
	}
	return law
}

// The years that the second computation knows.
const (
	secondFirstYear = 2021
	secondLastYear  = 2026
)

func newSecondYear(n numbers) *secondYear {
	employer := n.in("employer")
	maxima := employer.in("period_maxima")
	y := &secondYear{
		Below: newSecondTable(n), Special: specialRows(n), Lmax: n.scaled("Lmax", 0),
		Jong: n.in("jonggehandicaptenkorting").scaled("value", 0), JongAbove: 462,
		AWfLow: employer.scaled("awf_low", 2), AWfHigh: employer.scaled("awf_high", 2),
		AofLow: employer.scaled("aof_low", 2), AofHigh: employer.scaled("aof_high", 2),
		Wko: employer.scaled("wko", 2), Whk: employer.scaled("whk_average", 2), Zvw: employer.scaled("zvw_employer", 2),
		Month: maxima.scaled("month", 2), FourWeeks: maxima.scaled("four_weeks", 2),
		Weekly: maxima.scaled("week", 2), Daily: maxima.scaled("day", 2),
	}
	if rows, ok := n.in("aow")["bijzonder_tarief_1946"].([]any); ok {
		y.Above, y.Wide = newSecondTableAbove(n, "brackets_1946_or_later"), newSecondTableAbove(n, "brackets_1945_or_earlier")
		for _, row := range rows {
			r := row.([]any)
			y.SpecialAbove = append(y.SpecialAbove, secondRow{scaledNumber(r[0], 0), scaledNumber(r[1], 2), scaledNumber(r[2], 2), scaledNumber(r[3], 2)})
		}
	}
	return y
}

func readTable(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	var table []map[string]string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		table = append(table, cells)
	}
	return table
}

func centsText(s string) int64 {
	if s == "" {
		return 0
	}
	return inCents(exactText(s))
}

// secondMinimumKey is what the minimum wage of a day depends on.
type secondMinimumKey struct {
	row, age int
	learner  bool
	fullTime payroll.Quantity
}

// secondMinimum is the minimum wage of a day: the hour in ten-thousandths, and
// before 2024 the month and the week of full time in cents.
type secondMinimum struct{ hour, month, week int64 }

var hourlySince = calendar.Day(2024, 1, 1)

// minimum is the minimum wage on a day (WML art. 7 and 8): by the age that
// somebody has on it.
func (l *secondLaw) minimum(birth, on calendar.Date, learner bool, fullTime *big.Rat) secondMinimum {
	key := secondMinimumKey{age: birthdays(birth, on), learner: learner, fullTime: payroll.Quantity(floorOf(scaled(fullTime, 2)))}
	for i, w := range l.wages {
		if !w.from.After(on) {
			key.row = i
		}
	}
	if m, known := l.cached[key]; known {
		return m
	}
	w, tenths := l.wages[key.row], l.tenths(key.age, on, learner)
	var m secondMinimum
	if w.hour != 0 {
		m.hour = nearestOf(w.hour*tenths, 1000) * 100
	} else {
		m.month, m.week = nearestOf(w.month*tenths, 5000)*5, nearestOf(w.week*tenths, 5000)*5
		m.hour = inTenThousandths(new(big.Rat).Quo(ratio(m.week, 100), fullTime))
	}
	l.cached[key] = m
	return m
}

// tenths is the percentage by age, in tenths: the pupil's where there is one.
func (l *secondLaw) tenths(age int, on calendar.Date, learner bool) int64 {
	best, pupil := int64(1000), int64(0)
	var since, sincePupil calendar.Date
	for _, y := range l.youth {
		if y.age != age || y.from.After(on) || y.from.Year() > secondLastYear {
			continue
		}
		switch {
		case y.learner && !y.from.Before(sincePupil):
			pupil, sincePupil = y.tenths, y.from
		case !y.learner && !y.from.Before(since):
			best, since = y.tenths, y.from
		}
	}
	if age >= 21 { // Adults since 2019-07-01; the rows of older scales for 21 and 22 are over.
		return 1000
	}
	if learner && pupil != 0 && !sincePupil.Before(since) {
		return pupil
	}
	return best
}

// birthdays is the age on a day.
func birthdays(birth, on calendar.Date) int {
	age := on.Year() - birth.Year()
	if on.Month() < birth.Month() || on.Month() == birth.Month() && on.DayOfMonth() < birth.DayOfMonth() {
		age--
	}
	return age
}
