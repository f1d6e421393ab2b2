package statute

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// day reads a date of a test case; "" is no date.
func day(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	return calendar.MustParse(s)
}

// One line for each amount: what is asked, born, on, and the printed figure.
func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		what      string
		find      lookup
		birth, on string
		want      string
	}{
		{"April 2007", MinimumMonth, "1970-01-01", "2007-04-15", "1300.80"},
		{"April 2007", ReferenceMonth, "1970-01-01", "2007-04-15", "1300.80"},
		{"April 2007 by 40 hours", hourBy("40"), "1970-01-01", "2007-04-15", "7.5050"},
		{"April 2007 by 37.5 hours", hourBy("37.5"), "1970-01-01", "2007-04-15", "8.0053"},
		{"April 2007 by 36.00 hours", hourBy("36.00"), "1970-01-01", "2007-04-15", "8.3389"},
		{"October 2026", hourBy("40"), "1970-01-01", "2026-10-15", "14.99"},
		{"full time ignored", hourBy("0"), "1970-01-01", "2026-10-15", "14.99"},
		{"October 2026", ReferenceMonth, "1970-01-01", "2026-10-15", "2337.00"},
		{"youth reference, 1402.20 exactly", ReferenceMonth, "2007-01-01", "2026-10-15", "1402.20"},
		{"bbl reference, 61.5 % of 2337", ReferenceMonthBBL, "2006-01-01", "2026-10-15", "1437.26"},

		{"first day", MinimumMonth, "1970-01-01", "2003-07-01", "1264.80"},
		{"day before a change", MinimumWeek, "1970-01-01", "2006-12-31", "296.45"},
		{"day of a change", MinimumWeek, "1970-01-01", "2007-01-01", "300.20"},
		{"last day of the week", MinimumDay, "1970-01-01", "2023-12-31", "92.08"},
		{"last week by 38 hours", hourBy("38"), "1970-01-01", "2023-12-31", "12.1158"},
		{"first statutory hour", hourBy("38"), "1970-01-01", "2024-01-01", "13.27"},
		{"last month wage", ReferenceMonth, "1970-01-01", "2023-12-31", "1995.00"},
		{"first reference month", ReferenceMonth, "1970-01-01", "2024-01-01", "2069.40"},
		{"day before the last change", hourBy("40"), "1970-01-01", "2026-06-30", "14.71"},
		{"beyond the last check", hourBy("40"), "1970-01-01", "2027-01-15", "14.99"},
		{"youth beyond the last check", hourBy("40"), "2008-06-01", "2027-01-15", "7.50"},

		{"eve of twenty-one", hourBy("40"), "2005-10-15", "2026-10-14", "11.99"},
		{"twenty-one on the day", hourBy("40"), "2005-10-15", "2026-10-15", "14.99"},
		{"eve of fifteen is refused below; fifteen", hourBy("40"), "2011-10-15", "2026-10-15", "4.50"},
		{"29 February, last day of February", hourBy("40"), "2004-02-29", "2025-02-28", "11.25"},
		{"29 February, first of March", hourBy("40"), "2004-02-29", "2025-03-01", "14.06"},
		{"29 February in a leap year", hourBy("40"), "2004-02-29", "2024-02-29", "10.62"},

		{"22 years, adult at 23", MinimumMonth, "1995-01-01", "2017-06-30", "1318.85"},
		{"22 years, adult at 22", MinimumMonth, "1995-01-01", "2017-07-01", "1565.40"},
		{"21 years, adult at 22", MinimumMonth, "1998-01-01", "2019-06-30", "1373.45"},
		{"21 years, adult at 21", MinimumMonth, "1998-01-01", "2019-07-01", "1635.60"},
		{"bbl before there was one", MinimumMonthBBL, "1998-01-01", "2017-06-30", "814.60"},
		{"bbl of 19", MinimumMonthBBL, "1998-01-01", "2017-07-01", "821.85"},
		{"the same, regular", MinimumMonth, "1998-01-01", "2017-07-01", "860.95"},
	} {
		f := value(t, c.find, day(c.birth), day(c.on))
		if !f.Value.Equal(euro.MustNumber(c.want)) {
			t.Errorf("%s: %s on %s born %s is %s, want %s", c.what, f.Name, c.on, c.birth, f.Value, c.want)
		}
	}
}

// Names and words that others show are part of the interface.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		find               lookup
		birth, on          string
		name, derived, art string
	}{
		{hourBy("40"), "1970-01-01", "2007-04-15", "wml.hour", "300.20 a week / 40 hours, four decimals", "WML art. 8; WML art. 12 lid 2"},
		{hourBy("40"), "1970-01-01", "2026-10-15", "wml.hour", "", "WML art. 8"},
		{hourBy("40"), "2007-01-01", "2026-06-30", "wml.hour", "60 % of 14.71, cents half up", "WML art. 8; Besluit minimumjeugdloon art. 2 lid 1"},
		{MinimumMonth, "1970-01-01", "2007-04-15", "wml.month", "", "WML art. 8"},
		{MinimumMonth, "1986-01-01", "2007-04-15", "wml.month", "72.5 % of 1300.80, nearest 0.05 half up", "WML art. 8; Besluit minimumjeugdloonregeling art. 2"},
		{ReferenceMonth, "1970-01-01", "2007-04-15", "wml.month", "", "WML art. 8"},
		{ReferenceMonth, "1970-01-01", "2026-10-15", "wml.reference_month", "", "WML art. 8 lid 1 onder b"},
		{MinimumWeek, "1970-01-01", "2007-04-15", "wml.week", "", "WML art. 8"},
		{MinimumDay, "1970-01-01", "2007-04-15", "wml.day", "", "WML art. 8"},
		{YouthPercentage, "2007-01-01", "2026-10-15", "wml.youth_percentage", "", "Besluit minimumjeugdloon art. 2 lid 1"},
	} {
		f := value(t, c.find, day(c.birth), day(c.on))
		if f.Name != c.name || f.Derived != c.derived || f.Article != c.art {
			t.Errorf("%s: %q, %q, %q", c.on, f.Name, f.Derived, f.Article)
		}
	}
}

// One line for each percentage that does not depend on a person.
func TestSeries(t *testing.T) {
	for _, c := range []struct {
		find       func(calendar.Date) (Figure, error)
		name, on   string
		want       string
		confidence Confidence
	}{
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2015-01-01", "23", High},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2017-12-31", "23", High},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2018-01-01", "23.5", High},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2021-07-01", "23.5", High},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2021-12-31", "23.5", High},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2022-01-01", "23.5", Medium},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2026-06-30", "23.5", Medium},
		{LoonkostensubsidieCharges, "loonkostensubsidie.charges", "2026-07-01", "25", Medium},
		{LoonkostensubsidieCap, "loonkostensubsidie.cap", "2015-01-01", "70", High},
		{LoonkostensubsidieCap, "loonkostensubsidie.cap", "2026-10-01", "70", High},
		{LoonkostensubsidieForfait, "loonkostensubsidie.forfait", "2017-01-01", "50", Medium},
		{LoonkostensubsidieForfait, "loonkostensubsidie.forfait", "2026-10-01", "50", High},
		{LoonkostensubsidieFullTime, "loonkostensubsidie.fulltime_hours", "2024-01-01", "36", Medium},
		{LoonkostensubsidieFullTime, "loonkostensubsidie.fulltime_hours", "2026-10-01", "36", High},
		{LoonkostensubsidieFullTimeMost, "loonkostensubsidie.fulltime_maximum", "2015-01-01", "40", High},
		{HolidayAllowance, "holiday_allowance", "2007-04-01", "8", High},
		{HolidayAllowance, "holiday_allowance", "2026-10-01", "8", High},
		{VAT, "vat.general", "2000-12-31", "17.5", Medium},
		{VAT, "vat.general", "2001-01-01", "19", High},
		{VAT, "vat.general", "2012-09-30", "19", High},
		{VAT, "vat.general", "2012-10-01", "21", High},
	} {
		f, err := c.find(day(c.on))
		if err != nil || f.Name != c.name || f.Value.String() != c.want || f.Confidence != c.confidence {
			t.Errorf("%s on %s: %+v, %v", c.name, c.on, f, err)
		}
	}
}

func TestNoFigure(t *testing.T) {
	old := "1970-01-01"
	series := func(find func(calendar.Date) (Figure, error)) lookup {
		return func(_, on calendar.Date) (Figure, error) { return find(on) }
	}
	for _, c := range []struct {
		find      lookup
		birth, on string
		says      string
	}{
		{hourBy("40"), old, "2003-06-30", "wml.hour on 2003-06-30: its history starts on 2003-07-01"},
		{MinimumMonth, old, "2003-06-30", "wml.month on 2003-06-30"},
		{hourBy("40"), old, "", "wml.hour without a day"},
		{hourBy("40"), "2011-10-15", "2026-10-14", "under fifteen"},
		{hourBy("40"), "2030-01-01", "2026-10-14", "under fifteen"},
		{ReferenceMonth, "2011-10-15", "2026-10-14", "under fifteen"},
		{hourBy("0"), old, "2023-12-31", "full-time hours"},
		{hourBy("-36"), old, "2007-04-01", "full-time hours"},
		{MinimumMonth, old, "2024-01-01", "the reference month is no wage"},
		{MinimumMonthBBL, old, "2026-10-01", "the reference month is no wage"},
		{MinimumWeek, old, "2024-01-01", "an hour only"},
		{MinimumWeekBBL, old, "2024-01-01", "an hour only"},
		{MinimumDay, old, "2024-01-01", "an hour only"},
		{MinimumDayBBL, old, "2024-01-01", "an hour only"},
		{YouthPercentage, old, "2003-06-30", "wml.youth_percentage"},
		{series(LoonkostensubsidieCharges), "", "2014-12-31", "loonkostensubsidie.charges on 2014-12-31"},
		{series(LoonkostensubsidieCap), "", "2014-12-31", "loonkostensubsidie.cap"},
		{series(LoonkostensubsidieForfait), "", "2016-12-31", "loonkostensubsidie.forfait"},
		{series(LoonkostensubsidieFullTime), "", "2023-12-31", "loonkostensubsidie.fulltime_hours"},
		{series(LoonkostensubsidieFullTimeMost), "", "2014-12-31", "loonkostensubsidie.fulltime_maximum"},
		{series(HolidayAllowance), "", "2003-06-30", "holiday_allowance"},
		{series(VAT), "", "1992-09-30", "vat.general"},
		{series(VAT), "", "", "vat.general without a day"},
	} {
		f, err := c.find(day(c.birth), day(c.on))
		if !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), c.says) || f != (Figure{}) {
			t.Errorf("%s: %v with %+v, want %q", c.on, err, f, c.says)
		}
	}
}

func TestBirthUnknown(t *testing.T) {
	for _, find := range []lookup{hourBy("40"), hourByBBL("40"), ReferenceMonth, YouthPercentage} {
		_, err := find(calendar.Date{}, calendar.Day(2026, 10, 1))
		if !errors.Is(err, ErrNoBirth) || !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), "2026-10-01") {
			t.Errorf("got %v", err)
		}
	}
}

func TestDoubt(t *testing.T) {
	grown := day("1970-01-01")
	hour := func(on string) Figure { return value(t, hourBy("40"), grown, day(on)) }
	young := func(on string) Figure { return value(t, hourBy("40"), day("2007-06-01"), day(on)) }
	charge, _ := LoonkostensubsidieCharges(day("2026-07-01"))
	before, _ := LoonkostensubsidieCharges(day("2021-07-01"))
	vat, _ := VAT(day("2027-01-15"))
	for _, c := range []struct {
		what     string
		figure   Figure
		on       string
		doubtful bool
		nl, en   string
	}{
		{"October 2026", hour("2026-10-15"), "2026-10-15", false, "", ""},
		{"last confirmed day", hour("2026-12-31"), "2026-12-31", false, "", ""},
		{"beyond", hour("2027-01-15"), "2027-01-15", true,
			"wml.hour 14,99 (sinds 2026-07-01): bevestigd tot en met 2026-12-31, gebruikt voor 2027-01-15",
			"wml.hour 14.99 (since 2026-07-01): confirmed through 2026-12-31, used for 2027-01-15"},
		{"from memory", hour("2007-07-01"), "2007-07-01", true, "betrouwbaarheid matig, bron: from memory", "confidence medium, source: from memory"},
		{"youth not in print", young("2026-10-15"), "2026-10-15", true, "not seen in print", "60 % of 14.99, cents half up; not seen in print"},
		{"youth in print", young("2026-06-30"), "2026-06-30", false, "", ""},
		{"both", young("2027-01-15"), "2027-01-15", true, "; bevestigd tot en met 2026-12-31", "; confirmed through 2026-12-31"},
		{"youth reference", value(t, ReferenceMonth, day("2006-01-01"), day("2026-10-15")), "2026-10-15", true, "a choice", "a choice"},
		{"adult reference", value(t, ReferenceMonth, grown, day("2026-10-15")), "2026-10-15", false, "", ""},
		{"charges of 25", charge, "2026-07-01", true, "loonkostensubsidie.charges 25 (sinds 2026-07-01): betrouwbaarheid matig", "one secondary source"},
		{"charges of 23.5", before, "2021-07-01", false, "", ""},
		{"no known end", vat, "2027-01-15", false, "", ""},
		{"no figure at all", Figure{}, "2026-10-15", true, "betrouwbaarheid onbekend", "confidence unknown"},
	} {
		nl, en, doubtful := c.figure.Doubt(day(c.on))
		if doubtful != c.doubtful || !strings.Contains(nl, c.nl) || !strings.Contains(en, c.en) || (nl == "") == doubtful || (en == "") == doubtful {
			t.Errorf("%s: %v\n%s\n%s", c.what, doubtful, nl, en)
		}
	}
}

// A loonkostensubsidie stopped in sickness until 2022, and there was none before
// 2015.
func TestSicknessStop(t *testing.T) {
	for on, want := range map[string]bool{"2014-12-31": false, "2015-01-01": true, "2021-12-31": true, "2022-01-01": false} {
		f, stops := LoonkostensubsidieSicknessStop(day(on))
		if stops != want || stops && (f.Value.String() != "100" || f.Confidence != Medium) {
			t.Errorf("%s: %t, %+v", on, stops, f)
		}
	}
}

// Every series ascends strictly and every figure says where it comes from.
func TestHistoriesAreComplete(t *testing.T) {
	for _, series := range [][]Figure{charges, subsidyCap, forfait, subsidyFullTime, fullTimeMost, sicknessStop, holidayAllowance, vat, aowAges, anonymousRate, dayTable} {
		for i := 1; i < len(series); i++ {
			if !series[i].Since.After(series[i-1].Since) || series[i].Name != series[i-1].Name {
				t.Errorf("%s: %s follows %s", series[i].Name, series[i].Since, series[i-1].Since)
			}
		}
	}
	starts := map[calendar.Date]bool{}
	for i := range wages {
		starts[wages[i].since] = true
		if i > 0 && !wages[i].since.After(wages[i-1].since) {
			t.Errorf("wages: %s follows %s", wages[i].since, wages[i-1].since)
		}
	}
	for _, scales := range [][]scale{regularScales, learnerScales} {
		for i := 1; i < len(scales); i++ {
			if !scales[i].since.After(scales[i-1].since) || !starts[scales[i].since] {
				t.Errorf("scales: %s follows %s", scales[i].since, scales[i-1].since)
			}
		}
	}
	count := 0
	for _, f := range everything() {
		if f.Name == "" {
			continue // what the law of that half-year does not have
		}
		count++
		if f.Source == "" || f.Article == "" || f.Since.IsZero() || f.Checked != calendar.Day(2026, 11, 22) || f.Value.Sign() < 0 || (f.Value.IsZero() && !strings.HasPrefix(f.Name, nameSpecial)) ||
			!slices.Contains([]Confidence{High, Medium, Low}, f.Confidence) || bounded(f.Name) == f.ConfirmedThrough.IsZero() {
			t.Errorf("incomplete: %+v", f)
		}
	}
	if count < 5000 {
		t.Fatalf("looked at %d figures only", count)
	}
}

// bounded reports whether figures of the name are confirmed up to a day: the
// others hold until a law changes them.
func bounded(name string) bool {
	return slices.ContainsFunc([]string{"wml.", "loonheffing.", "aow.", "transition.maximum"}, func(start string) bool { return strings.HasPrefix(name, start) }) ||
		slices.ContainsFunc(premiumFigures(), func(f Figure) bool { return f.Name == name })
}

// Nobody loses money by a birthday.
func TestMinimumHourRisesWithAge(t *testing.T) {
	first, last := calendar.Day(2003, 7, 1), calendar.Day(2028, 1, 1)
	rapid.Check(t, func(t *rapid.T) {
		on := first.Add(rapid.IntRange(0, last.Sub(first)).Draw(t, "day"))
		fullTime := euro.Scaled(rapid.Int64Range(3000, 4000).Draw(t, "full-time hundredths"), 2)
		younger := on.Add(-rapid.IntRange(15*366, 30*366).Draw(t, "days lived"))
		older := younger.Add(-rapid.IntRange(0, 30*366).Draw(t, "days older"))
		for _, hour := range []func(birth, on calendar.Date, fullTime euro.Number) (Figure, error){MinimumHour, MinimumHourBBL} {
			a, err := hour(younger, on, fullTime)
			b, err2 := hour(older, on, fullTime)
			if err != nil || err2 != nil || a.Value.Cmp(b.Value) > 0 {
				t.Fatalf("on %s born %s: %s (%v), born %s: %s (%v)", on, younger, a.Value, err, older, b.Value, err2)
			}
		}
	})
}

// The regular scale is never below the one for pupils.
func TestPupilsEarnNoMore(t *testing.T) {
	for i := range schedule {
		for a := range ages {
			r, l := &schedule[i].due[regular][a], &schedule[i].due[learner][a]
			for _, pair := range [][2]Figure{{r.hour, l.hour}, {r.week, l.week}, {r.reference, l.reference}} {
				if pair[0].Value.Cmp(pair[1].Value) < 0 {
					t.Errorf("%d years: %+v below %+v", youngest+a, pair[0], pair[1])
				}
			}
		}
	}
}

// The hash is stable, and any field of any figure changes it.
func TestHash(t *testing.T) {
	if Hash() != hashOf(everything()) || len(Hash()) != 64 {
		t.Fatalf("got %s", Hash())
	}
	for _, change := range []func(*Figure){
		func(f *Figure) { f.Name += "x" },
		func(f *Figure) { f.Value = f.Value.Add(euro.Scaled(1, 4)) },
		func(f *Figure) { f.Since = f.Since.Add(1) },
		func(f *Figure) { f.Source, f.Article = f.Source+"W", f.Article[1:] },
		func(f *Figure) { f.Confidence = Low },
		func(f *Figure) { f.Checked = f.Checked.Add(1) },
		func(f *Figure) { f.ConfirmedThrough = calendar.Day(2031, 1, 1) },
		func(f *Figure) { f.Derived += "x" },
	} {
		all := everything()
		for _, i := range []int{0, len(all) / 2, len(all) - 1} {
			figures := everything()
			for figures[i].Name == "" {
				i--
			}
			change(&figures[i])
			if hashOf(figures) == Hash() {
				t.Errorf("figure %d changed and the hash did not", i)
			}
		}
	}
}

func TestLookupsDoNotAllocate(t *testing.T) {
	birth, old, now, forty := day("1988-05-05"), day("2007-04-15"), day("2026-10-15"), euro.Int(40)
	if n := testing.AllocsPerRun(100, func() {
		_, _ = MinimumHour(birth, now, forty)
		_, _ = MinimumHour(birth, old, forty)
		_, _ = ReferenceMonth(birth, now)
		f, _ := LoonkostensubsidieCap(now)
		_, _, _ = f.Doubt(now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMinimumHour(b *testing.B) {
	birth := day("1988-05-05")
	for _, c := range []struct {
		name     string
		on       calendar.Date
		fullTime euro.Number
	}{
		{"2026", day("2026-10-15"), euro.Int(40)},
		{"2007/40h", day("2007-04-15"), euro.Int(40)},
		{"2007/37.5h", day("2007-04-15"), euro.MustNumber("37.5")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := MinimumHour(birth, c.on, c.fullTime); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What starting the program pays for the tables.
func BenchmarkSchedule(b *testing.B) {
	for b.Loop() {
		_ = makeSchedule()
	}
}
