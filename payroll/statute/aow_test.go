package statute

import (
	"errors"
	"strings"
	"testing"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// One line for each border of an age: the month in which it is reached counts
// from its first day.
func TestAOWReached(t *testing.T) {
	for _, c := range []struct {
		birth, on string
		reached   bool
	}{
		{"1959-10-15", "2026-09-30", false}, // 67 on 2026-10-15
		{"1959-10-15", "2026-10-01", true},
		{"1959-10-15", "2026-10-31", true},
		{"1959-10-31", "2026-10-01", true},
		{"1959-11-01", "2026-10-31", false},
		{"1959-12-31", "2026-12-01", true},
		{"1955-08-31", "2021-12-01", true},  // 66 years and 4 months on 2021-12-31
		{"1955-09-01", "2021-12-31", false}, // 2022 wants three months more
		{"1955-09-01", "2022-03-31", false},
		{"1955-09-01", "2022-04-01", true},
		{"1956-05-31", "2022-12-01", true},
		{"1956-06-01", "2022-12-31", false},
		{"1956-06-01", "2023-04-01", true},
		{"1957-02-28", "2023-12-01", true},
		{"1957-03-01", "2023-12-31", false},
		{"1957-03-01", "2024-02-29", false},
		{"1957-03-01", "2024-03-01", true},
		{"1940-05-05", "2020-01-01", true},
		{"1945-12-31", "2026-01-01", true},
		{"1988-05-05", "2026-10-24", false},
		{"2026-01-01", "2026-10-24", false},
	} {
		got, f, err := AOWReached(day(c.birth), day(c.on))
		if err != nil || got != c.reached || f.Name != "aow.age_months" {
			t.Errorf("born %s on %s: %v with %+v, %v", c.birth, c.on, got, f, err)
		}
	}
}

func TestAOWRefused(t *testing.T) {
	for _, c := range []struct{ birth, on string }{
		{"1950-01-01", ""}, {"1950-01-01", "2019-12-31"}, {"1950-01-01", "2028-01-01"}, {"", "2026-01-01"},
	} {
		if got, _, err := AOWReached(day(c.birth), day(c.on)); !errors.Is(err, ErrNoFigure) || got {
			t.Errorf("born %s on %s: %v, %v", c.birth, c.on, got, err)
		}
	}
	if _, _, err := AOWReached(calendar.Date{}, day("2026-01-01")); !errors.Is(err, ErrNoBirth) {
		t.Errorf("got %v", err)
	}
}

// A wage paid in the month of the AOW age has the rates above it, whatever the
// day, and who was born in 1945 has another first bracket than who came after.
func TestTaxFollowsAOWMonth(t *testing.T) {
	for _, c := range []struct{ birth, paid, tax, article string }{
		{"1959-10-31", "2026-09-30", "1158.25", "Wet LB 1964 art. 20a, 25 and 27b"},
		{"1959-10-31", "2026-10-01", "578.33", "Wet LB 1964 art. 20a, 25 and 27b"},
		{"1959-10-31", "2026-12-24", "578.33", "Wet LB 1964 art. 20a, 25 and 27b"},
		{"1946-01-01", "2026-10-24", "578.33", "Wet LB 1964 art. 20a, 25 and 27b"},
		{"1945-12-31", "2026-10-24", "578.33", "Wet LB 1964 art. 20a, 25 and 27b; art. 20b"},
	} {
		w := TaxedWage{Taxpayer: Taxpayer{Birth: day(c.birth)}, Wage: euros("3240.00"), Paid: day(c.paid), Tijdvak: TaxMonth}
		if got := taxOf(t, w); got.Tax.String() != c.tax || got.Steps.AboveAOW != (c.tax == "578.33") || got.Figures[0].Article != c.article {
			t.Errorf("born %s, paid %s: %s, %+v", c.birth, c.paid, got.Tax, got.Figures[0])
		}
	}
	// 3,400 a month: 40,770 a year lies above the bracket of the one and in that of the other.
	younger := taxOf(t, TaxedWage{Taxpayer: Taxpayer{Birth: day("1946-01-01")}, Wage: euros("3400.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth})
	older := taxOf(t, TaxedWage{Taxpayer: Taxpayer{Birth: day("1945-12-31")}, Wage: euros("3400.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth})
	if younger.Tax.String() != "637.33" || older.Tax.String() != "606.42" {
		t.Errorf("%s and %s", younger.Tax, older.Tax)
	}
}

// Without a day of birth somebody has to say that AOW age is not reached; a day
// of birth that is known decides, whatever is said.
func TestBelowAOWSaid(t *testing.T) {
	for _, c := range []struct {
		who  Taxpayer
		like Taxpayer
	}{
		{Taxpayer{BelowAOW: true}, grownBelow},
		{Taxpayer{BelowAOW: true, Korting: true}, credited},
		{Taxpayer{BelowAOW: true, Birth: grownAbove.Birth}, grownAbove},
	} {
		w := TaxedWage{Taxpayer: c.who, Wage: euros("3240.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth}
		got := taxOf(t, w)
		w.Taxpayer = c.like
		if want := taxOf(t, w); !got.Tax.Equal(want.Tax) || got.Tax.IsZero() || got.Steps.AboveAOW != want.Steps.AboveAOW {
			t.Errorf("%+v pays %s, want %s", c.who, got.Tax, want.Tax)
		}
	}
	special, err := SpecialLoonheffing(SpecialWage{Taxpayer: Taxpayer{BelowAOW: true}, Amount: euros("1234.56"), Paid: day("2026-05-24"), AnnualWage: euros("60000.00")})
	if err != nil || special.Steps.AboveAOW || special.Tax.IsZero() {
		t.Errorf("%+v, %v", special, err)
	}
}

// A figure is refused beyond the day that it is confirmed through, and by its
// own name and days.
func TestConfirmed(t *testing.T) {
	hour, err := MinimumHour(grownBelow.Birth, day("2027-01-01"), euro.Number{})
	if err != nil {
		t.Fatal(err)
	}
	if err := hour.Confirmed(day("2026-12-31")); err != nil {
		t.Error(err)
	}
	err = hour.Confirmed(day("2027-01-01"))
	if !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), "wml.hour on 2027-01-01: it is confirmed through 2026-12-31") {
		t.Errorf("got %v", err)
	}
	if err := (Figure{Name: "endless"}).Confirmed(day("2100-01-01")); err != nil {
		t.Error(err)
	}
}

// The day lies in the month from which the tax of that age holds; before 2020
// and after 2027 nobody computes tax by it.
func TestAOWDay(t *testing.T) {
	for _, c := range []struct{ birth, want string }{
		{"1942-04-05", "2007-04-05"}, {"1947-12-31", "2012-12-31"}, {"1948-01-01", "2013-02-01"}, {"1953-01-01", "2019-05-01"},
		{"1955-08-31", "2021-12-31"}, {"1955-09-01", "2022-04-01"}, {"1959-12-05", "2026-12-05"}, {"1961-01-15", "2028-01-15"},
	} {
		got, age, err := AOWDay(day(c.birth))
		if err != nil || got != day(c.want) || age.Source == "" || age.Checked.IsZero() {
			t.Errorf("born %s: %s with %+v, %v; want %s", c.birth, got, age, err, c.want)
		}
	}
	compared := 0
	for birth := day("1953-10-01"); birth.Before(day("1961-01-01")); birth = birth.Add(3) {
		got, _, err := AOWDay(birth)
		if err != nil {
			t.Fatal(err)
		}
		first := calendar.Day(got.Year(), got.Month(), 1)
		if first.Before(day("2020-02-01")) {
			continue
		}
		compared++
		before, _, errBefore := AOWReached(birth, first.Add(-1))
		then, _, errThen := AOWReached(birth, first)
		if before || !then || errBefore != nil || errThen != nil {
			t.Errorf("born %s, on %s: before its month %v (%v), from it %v (%v)", birth, got, before, errBefore, then, errThen)
		}
	}
	if compared < 500 {
		t.Errorf("%d compared", compared)
	}
	if _, _, err := AOWDay(calendar.Date{}); !errors.Is(err, ErrNoBirth) {
		t.Errorf("without a day of birth: %v", err)
	}
}
