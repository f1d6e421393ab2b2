package statute

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// employerRates are the employer's parts of the rates file, by year.
type employerRates struct {
	AWfLow     json.Number            `json:"awf_low"`
	AWfHigh    json.Number            `json:"awf_high"`
	AofLow     json.Number            `json:"aof_low"`
	AofHigh    json.Number            `json:"aof_high"`
	Wko        json.Number            `json:"wko"`
	Whk        json.Number            `json:"whk_average"`
	Zvw        json.Number            `json:"zvw_employer"`
	Maximum    json.Number            `json:"max_premium_wage_year"`
	Maxima     map[string]json.Number `json:"period_maxima"`
	Confidence string                 `json:"confidence"`
}

func readEmployerRates(t *testing.T) map[string]employerRates {
	t.Helper()
	text, err := os.ReadFile("testdata/premiums_rates.json")
	if err != nil {
		t.Fatal(err)
	}
	years := map[string]employerRates{}
	if err := json.Unmarshal(text, &years); err != nil {
		t.Fatal(err)
	}
	return years
}

type finder func(calendar.Date) (Figure, error)

func maximumOf(period WagePeriod) finder {
	return func(on calendar.Date) (Figure, error) { return MaximumPremiumWageOf(period, on) }
}

// What the rates file marks each year as a whole; a figure may be marked lower.
var markOf = map[string]Confidence{"medium": Medium, "medium-high": Medium, "high": High, "high; Whk low": High}

// Every percentage and maximum is what the rates file has, on the first and the
// last day of its year, and no surer than the file says.
func TestPremiumsAreThoseOfTheRatesFile(t *testing.T) {
	seen := 0
	for year, rates := range readEmployerRates(t) {
		if year == "2027" {
			continue // A draft budget: see TestPremiumYearsRefused.
		}
		for _, c := range []struct {
			find finder
			want json.Number
		}{
			{AWfLow, rates.AWfLow}, {AWfHigh, rates.AWfHigh}, {AofLow, rates.AofLow}, {AofHigh, rates.AofHigh},
			{Wko, rates.Wko}, {WhkAverage, rates.Whk}, {ZvwEmployer, rates.Zvw}, {MaximumPremiumWage, rates.Maximum},
			{maximumOf(WageDay), rates.Maxima["day"]}, {maximumOf(WageWeek), rates.Maxima["week"]},
			{maximumOf(WageFourWeeks), rates.Maxima["four_weeks"]}, {maximumOf(WageMonth), rates.Maxima["month"]},
		} {
			for _, on := range []string{year + "-01-01", year + "-12-31"} {
				f, err := c.find(day(on))
				if strings.HasPrefix(f.Name, "awf.") && on == "2021-12-31" {
					continue // TestAWfOfAugust2021 has these.
				}
				seen++
				if err != nil || !f.Value.Equal(euro.MustNumber(c.want.String())) {
					t.Errorf("%s on %s is %s (%v), the rates file has %s", f.Name, on, f.Value, err, c.want)
				}
				mark := markOf[rates.Confidence]
				if year == "2024" && f.Name == "whk.average" {
					mark = Low
				}
				if mark == "" || f.Confidence != mark {
					t.Errorf("%s on %s is marked %q, the rates file %q", f.Name, on, f.Confidence, rates.Confidence)
				}
				if !strings.Contains(f.Source, year) || f.ConfirmedThrough.Year() != day(on).Year() {
					t.Errorf("%s on %s: source %q, confirmed through %s", f.Name, on, f.Source, f.ConfirmedThrough)
				}
			}
		}
	}
	if seen != 2*12*7-2 {
		t.Errorf("compared %d figures", seen)
	}
}

// The low premium of the last months of 2021 is from memory and says so.
func TestAWfOfAugust2021(t *testing.T) {
	for _, c := range []struct {
		on, low, high string
		confidence    Confidence
		through       string
	}{
		{"2021-07-31", "2.7", "7.7", Medium, "2021-07-31"},
		{"2021-08-01", "0.34", "5.34", Low, "2021-12-31"},
		{"2021-12-31", "0.34", "5.34", Low, "2021-12-31"},
		{"2022-01-01", "2.7", "7.7", Medium, "2022-12-31"},
	} {
		for _, pair := range []struct {
			find finder
			want string
		}{{AWfLow, c.low}, {AWfHigh, c.high}} {
			f, err := pair.find(day(c.on))
			_, en, doubtful := f.Doubt(day(c.on))
			if err != nil || f.Value.String() != pair.want || f.Confidence != c.confidence || f.ConfirmedThrough != day(c.through) || !doubtful {
				t.Errorf("%s: %+v, %v, doubt %q", c.on, f, err, en)
			}
		}
	}
}

func TestUfo(t *testing.T) {
	for _, on := range []string{"2020-01-01", "2023-06-15", "2026-12-31"} {
		f, err := Ufo(day(on))
		if err != nil || f.Value.String() != "0.68" || f.Confidence != Medium || !strings.Contains(f.Article, "Wfsv") {
			t.Errorf("%s: %+v, %v", on, f, err)
		}
	}
}

// The maxima of 2026 as they are printed, worked into each period.
func TestPremiumMaximaOf2026(t *testing.T) {
	for period, want := range map[WagePeriod]string{WageDay: "305.41", WageWeek: "1527.09", WageFourWeeks: "6108.38", WageMonth: "6617.41"} {
		f, err := MaximumPremiumWageOf(period, day("2026-10-23"))
		if err != nil || f.Value.Fixed(2) != want || f.Name != "premium_wage."+string(period) || !strings.HasPrefix(f.Derived, "79409 a year / ") {
			t.Errorf("%s: %+v, %v", period, f, err)
		}
	}
}

func TestPremiumYearsRefused(t *testing.T) {
	finders := []finder{
		AWfLow, AWfHigh, Ufo, AofLow, AofHigh, Wko, WhkAverage, ZvwEmployer, MaximumPremiumWage,
		maximumOf(WageDay), maximumOf(WageWeek), maximumOf(WageFourWeeks), maximumOf(WageMonth),
	}
	for on, says := range map[string]string{
		"2027-01-01": "not published", "2030-06-01": "not published",
		"2019-12-31": "its history starts on 2020-01-01", "2007-04-15": "its history starts on 2020-01-01", "": "without a day",
	} {
		for _, find := range finders {
			f, err := find(day(on))
			if !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), says) || f != (Figure{}) {
				t.Errorf("%q: %+v, %v, want %q", on, f, err, says)
			}
		}
	}
	if _, err := MaximumPremiumWageOf("quarter", day("2026-01-01")); !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), "quarter") {
		t.Errorf("a quarter: %v", err)
	}
}

// Rows of a year end where the next begin, so that no day has two and none of
// 2020 to 2026 has nothing.
func TestPremiumYearsMeet(t *testing.T) {
	for _, series := range [][]Figure{awfLow, awfHigh, ufo, aofLow, aofHigh, wko, whkAverage, zvwEmployer, maximumPremiumWage} {
		if first := series[0].Since; first != day("2020-01-01") {
			t.Errorf("%s starts on %s", series[0].Name, first)
		}
		for i := 1; i < len(series); i++ {
			if series[i-1].ConfirmedThrough.Add(1) != series[i].Since || !series[i].Since.After(series[i-1].Since) {
				t.Errorf("%s: %s follows %s", series[i].Name, series[i].Since, series[i-1].ConfirmedThrough)
			}
		}
		if last := series[len(series)-1].ConfirmedThrough; last != day("2026-12-31") {
			t.Errorf("%s ends on %s", series[0].Name, last)
		}
	}
}
