package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// One line for each spell of sickness: the hours, how many calendar days of the
// month do not count, and the share of the month that is left. October 2021
// starts on a Friday.
func TestSicknessBefore2022(t *testing.T) {
	for _, c := range []struct{ what, period, hours, share, days string }{
		{"nobody is sick", "2021-10", "worked 1 4 5 6 7 8", "1", ""},
		{"one day", "2021-10", "worked 1; sick 4; worked 5", "30/31", "1"},
		{"a weekend in between", "2021-10", "sick 7 8 11 12; worked 13", "25/31", "6"},
		{"work in between", "2021-10", "sick 7 8; worked 10; sick 11 12", "27/31", "4"},
		{"leave in between", "2021-10", "sick 7 8; leave 9; sick 11 12", "27/31", "4"},
		{"a public holiday in between", "2021-10", "sick 7 8; public_holiday 9; sick 11 12", "25/31", "6"},
		{"works on one day a week", "2021-10", "sick 4 11 18; worked 25", "16/31", "15"},
		{"more than a week apart", "2021-10", "sick 4 12", "29/31", "2"},
		{"works part of the day", "2021-10", "sick 4 5 6; worked 5", "29/31", "2"},
		{"leave for part of a sick day", "2021-10", "leave 5; sick 4 5 6", "28/31", "3"},
		{"the whole month", "2021-10", "sick 1 4 5 6 7 8 11 12 13 14 15 18 19 20 21 22 25 26 27 28 29 31", "0", "31"},
		{"the month ends before the spell", "2021-10", "sick 28 29", "29/31", "2"},
		{"the last month", "2021-12", "worked 1; sick 30 31", "29/31", "2"},
		{"the first month in which it goes on", "2022-01", "sick 3 4 5", "1", ""},
		{"2016", "2016-10", "sick 3 4 5", "28/31", "3"},
	} {
		year := c.period[:4]
		f := subsidy.File{
			Contract: contractOf(t, year+"-01-01.. 36/36"), Birth: calendar.MustParse("1970-03-01"), Loonwaarden: loonwaardenOf(t, year+"-01-01 60"),
			Decisions: []subsidy.Decision{decisionOf(t, year+"-01-01 "+year+"-01-01.. loonwaarde 36 charges=20")},
		}
		if year == "2016" {
			f.Contract, f.Decisions = contractOf(t, "2016-07-04.. 36/36"), []subsidy.Decision{decisionOf(t, "2016-07-04 2016-07-04.. loonwaarde 36 charges=20")}
		}
		for _, clause := range strings.Split(c.hours, "; ") {
			words := strings.Fields(clause)
			for _, day := range words[1:] {
				f.Hours = append(f.Hours, worked(f.Contract, payroll.HoursKind(words[0]), 7_20, fmt.Sprintf("%s-%02s", c.period, day))...)
			}
		}
		inOrder(f.Hours)
		trace := &payroll.Trace{}
		claims, found, err := subsidy.NewClaims(runOf(t, c.period), schemeOf(t, "loonkostensubsidie"), f, rich, trace)
		if err != nil {
			t.Fatal(err)
		}
		month := map[string]string{"2016": "1537.20", "2021": "1684.80", "2022": "1725.00"}[year]
		if got, want := one(t, claims).Base.String(), halfUp(product(month+" 1.08 0.40 "+c.share)); got != want {
			t.Errorf("%s: %s, want %s", c.what, got, want)
		}
		want, paper := "", fmt.Sprint(trace.Steps)
		if c.days != "" {
			want = "sickness/subsidy_stopped figure/in_doubt"
		}
		if got := kinds(found); got != want {
			t.Errorf("%s: exceptions %q, want %q", c.what, got, want)
		}
		if stopped := c.days != ""; contains(paper, "sickness before 2022") != stopped || contains(fmt.Sprint(found), c.days+" calendar days of sickness") != stopped {
			t.Errorf("%s: %s\n%+v", c.what, paper, found)
		}
	}
}

// A run of four weeks over New Year stops until then and not after.
func TestSicknessOverNewYear(t *testing.T) {
	f := subsidy.File{
		Contract: contractOf(t, "2021-07-01.. 36/36"), Birth: calendar.MustParse("1970-03-01"), Loonwaarden: loonwaardenOf(t, "2021-07-01 60"),
		Decisions: []subsidy.Decision{decisionOf(t, "2021-07-01 2021-07-01.. loonwaarde 36 charges=20")},
	}
	f.Hours = worked(f.Contract, payroll.Sick, 7_20, "2021-12-30", "2021-12-31", "2022-01-01", "2022-01-02")
	claims, _, err := subsidy.NewClaims(runOf(t, "2021-P13"), schemeOf(t, "loonkostensubsidie"), f, rich, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := one(t, claims).Base.String(), halfUp(sum("1701 1.08 0.40 24/31 + 1725 1.08 0.40 2/31")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A municipal scheme is no loonkostensubsidie: what it says of sickness is in
// its own file.
func TestSicknessOfOtherSchemes(t *testing.T) {
	scheme := schemeText(t, "2004-01-01", "", payRule("fixed", "subsidy", `fixed: {amount: {value: "250.00", mark: stated}}`, monthlyCapped))
	f := subsidy.File{Contract: contractOf(t, "2021-01-01.. 36/36"), Birth: adult, Decisions: []subsidy.Decision{decisionOf(t, "2021-01-01 2021-01-01.. loonwaarde 36")}}
	f.Hours = worked(f.Contract, payroll.Sick, 7_20, workdays("2021-10", 21)...)
	claims, _, err := subsidy.NewClaims(runOf(t, "2021-10"), scheme, f, rich, nil)
	if err != nil || one(t, claims).Base.String() != "250.00" {
		t.Errorf("%+v, %v", claims, err)
	}
}
