package payroll_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// sickOf reads "2026-10-05 8 18.00 14.99; 2026-10-06 8 18.00 14.99": day, hours,
// wage and minimum wage an hour.
func sickOf(t rapid.TB, text string) []payroll.SickHours {
	t.Helper()
	var hours []payroll.SickHours
	for _, clause := range strings.Split(text, "; ") {
		f := strings.Fields(clause)
		q, err := payroll.ParseQuantity(f[1])
		if err != nil {
			t.Fatal(err)
		}
		hours = append(hours, payroll.SickHours{Day: calendar.MustParse(f[0]), Quantity: q, Rate: euro.MustNumber(f[2]), Minimum: euro.MustNumber(f[3])})
	}
	return hours
}

func termsOf(waiting int, first, second string) payroll.SickTerms {
	return payroll.SickTerms{WaitingDays: waiting, Percentage: euro.MustNumber(first), SecondPeriod: euro.MustNumber(second)}
}

// Each way of paying an hour of sickness, a line each.
func TestSickPay(t *testing.T) {
	for _, c := range []struct {
		what, hours   string
		waiting       int
		first, second string
		want          string
	}{
		{"the minimum wage is the floor", "2026-10-05 8 14.99 14.99", 0, "70", "70", "floor 14.99"},
		{"70 % above the floor", "2026-10-05 8 30.00 14.99", 0, "70", "70", "paid 21"},
		{"70 % is the floor", "2026-10-05 8 21.4142857143 14.99", 0, "70", "70", "paid 14.99"},
		{"100 %", "2026-10-05 8 15.2898 14.99", 0, "100", "70", "paid 15.2898"},
		{"90 %, four decimals", "2026-10-05 8 18.3333 14.99", 0, "90", "70", "paid 16.5"},
		{"two waiting days", "2026-10-05 8 14.99 14.99; 2026-10-06 8 14.99 14.99; 2026-10-07 8 14.99 14.99", 2, "70", "70", "waiting 0; waiting 0; floor 14.99"},
		{"one waiting day with two wages", "2026-10-05 4 14.99 14.99; 2026-10-05 4 16.00 14.99; 2026-10-06 8 14.99 14.99", 1, "100", "70", "waiting 0; waiting 0; paid 14.99"},
		{"taken back is no waiting day", "2026-10-05 0 14.99 14.99; 2026-10-06 8 14.99 14.99; 2026-10-07 8 14.99 14.99", 1, "100", "70", "waiting 0; paid 14.99"},
		{"27 days well are one spell", "2026-09-01 8 14.99 14.99; 2026-09-29 8 14.99 14.99", 1, "100", "70", "waiting 0; paid 14.99"},
		{"28 days well are two", "2026-09-01 8 14.99 14.99; 2026-09-30 8 14.99 14.99", 1, "100", "70", "waiting 0; waiting 0"},
	} {
		trace := &payroll.Trace{}
		got, err := payroll.NewSickPay(termsOf(c.waiting, c.first, c.second), sickOf(t, c.hours), trace)
		var parts []string
		for _, p := range got {
			parts = append(parts, fmt.Sprintf("%s %s", p.Kind, p.Rate))
		}
		if paper := strings.Join(parts, "; "); err != nil || paper != c.want {
			t.Errorf("%s: %s, %v, want %s", c.what, paper, err, c.want)
		}
		if len(trace.Steps) != len(got) || slices.ContainsFunc(trace.Steps, func(s payroll.Step) bool {
			return s.What.NL == "" || s.What.EN == "" || s.Article == "" || s.Source == ""
		}) {
			t.Errorf("%s: %+v", c.what, trace.Steps)
		}
	}
}

// A spell with a sick day every week: the floor ends after 364 days, the pay
// after 728.
func TestSickPayOverTheWeeks(t *testing.T) {
	first := calendar.Day(2024, 1, 1)
	var hours []payroll.SickHours
	for _, day := range []int{0, 28, 56, 84, 112, 140, 168, 196, 224, 252, 280, 308, 336, 363, 364, 392, 420, 448, 476, 504, 532, 560, 588, 616, 644, 672, 700, 727, 728} {
		hours = append(hours, payroll.SickHours{Day: first.Add(day), Quantity: 8_00, Rate: euro.MustNumber("14.99"), Minimum: euro.MustNumber("14.99")})
	}
	got, err := payroll.NewSickPay(termsOf(0, "100", "70"), hours, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got {
		want := "paid 14.99"
		switch day := p.Day.Sub(first); {
		case day >= 728:
			want = "over 0"
		case day >= 364:
			want = "paid 10.493" // 70 %, and no floor any more
		}
		if paper := fmt.Sprintf("%s %s", p.Kind, p.Rate); paper != want || p.Spell != first {
			t.Errorf("day %d: %s of the spell of %s, want %s", p.Day.Sub(first), paper, p.Spell, want)
		}
	}
}

func TestSickPayRefused(t *testing.T) {
	good := "2026-10-05 8 14.99 14.99"
	for _, c := range []struct {
		terms payroll.SickTerms
		hours string
		says  string
	}{
		{termsOf(3, "70", "70"), good, "two is the most"},
		{termsOf(-1, "70", "70"), good, "two is the most"},
		{termsOf(0, "69.99", "70"), good, "70 to 100"},
		{termsOf(0, "70", "60"), good, "70 to 100"},
		{termsOf(0, "100.01", "70"), good, "70 to 100"},
		{payroll.SickTerms{}, good, "70 to 100"},
		{termsOf(0, "70", "70"), "2026-10-06 8 14.99 14.99; 2026-10-05 8 14.99 14.99", "out of order"},
		{termsOf(0, "70", "70"), "2026-10-06 -8 14.99 14.99", "below nought"},
	} {
		if got, err := payroll.NewSickPay(c.terms, sickOf(t, c.hours), nil); !errors.Is(err, payroll.ErrSickPay) || !strings.Contains(err.Error(), c.says) || got != nil {
			t.Errorf("%+v %s: %v, %v", c.terms, c.hours, got, err)
		}
	}
}

// In the first 52 weeks nobody earns less than the minimum wage but on waiting
// days, nobody ever earns more than the full wage, and no hour is lost.
func TestSickPayFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := payroll.SickTerms{
			WaitingDays: rapid.IntRange(0, 2).Draw(t, "waiting days"),
			Percentage:  euro.Int(rapid.Int64Range(70, 100).Draw(t, "percentage")), SecondPeriod: euro.Int(70),
		}
		minimum := euro.MustNumber("14.99")
		var hours []payroll.SickHours
		day, total := calendar.Day(2025, 1, 1), payroll.Quantity(0)
		for range rapid.IntRange(1, 40).Draw(t, "entries") {
			day = day.Add(rapid.IntRange(0, 35).Draw(t, "days later"))
			q := payroll.Quantity(rapid.IntRange(1, 8_00).Draw(t, "hundredths of an hour"))
			hours = append(hours, payroll.SickHours{Day: day, Quantity: q, Rate: minimum.Add(euro.Scaled(rapid.Int64Range(0, 20_00).Draw(t, "above the minimum"), 2)), Minimum: minimum})
			total += q
		}
		got, err := payroll.NewSickPay(terms, hours, nil)
		if err != nil || len(got) != len(hours) {
			t.Fatalf("%d of %d, %v", len(got), len(hours), err)
		}
		waiting := map[calendar.Date]map[calendar.Date]bool{}
		for i, p := range got {
			total -= p.Quantity
			early := p.Day.Sub(p.Spell) < 364
			if p.Kind == payroll.SickWaiting {
				if waiting[p.Spell] == nil {
					waiting[p.Spell] = map[calendar.Date]bool{}
				}
				waiting[p.Spell][p.Day] = true
				if len(waiting[p.Spell]) > terms.WaitingDays || !p.Rate.IsZero() {
					t.Fatalf("%+v waits too long", p)
				}
				continue
			}
			if p.Rate.Cmp(hours[i].Rate) > 0 || early && p.Rate.Cmp(minimum) < 0 {
				t.Fatalf("%s an hour of %s in %+v", p.Rate, hours[i].Rate, p)
			}
		}
		if total != 0 {
			t.Fatalf("%s hours were lost", total)
		}
	})
}
