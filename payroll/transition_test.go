package payroll_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

func serviceOf(from, to string) calendar.Span {
	s := calendar.Span{From: calendar.MustParse(from)}
	if to != "" {
		s.To = calendar.MustParse(to)
	}
	return s
}

// Amounts worked out by hand: the monthly wage times 1.08, a third a year.
func TestTransitionPayment(t *testing.T) {
	for _, c := range []struct {
		what, from, to, wage string
		byEmployee           bool
		want                 string
		years, days, of      int
		attention            string
	}{
		{"two years", "2024-11-01", "2026-10-31", "2000.00", false, "1440.00", 2, 0, 365, ""},
		{"two years less a day", "2024-11-01", "2026-10-30", "2000.00", false, "1438.03", 1, 364, 365, ""},
		{"the first day", "2026-10-31", "2026-10-31", "2000.00", false, "1.97", 0, 1, 365, ""},
		{"half a year, not leap", "2026-01-01", "2026-06-30", "2338.44", false, "417.46", 0, 181, 365, ""},
		{"half a leap year", "2024-01-01", "2024-06-30", "2000.00", false, "358.03", 0, 182, 366, ""},
		{"started on a leap day", "2024-02-29", "2025-02-27", "2000.00", false, "720.00", 1, 0, 365, ""},
		{"by the employee", "2020-01-01", "2026-10-31", "2000.00", true, "0.00", 6, 304, 365, ""},
		{"no wage", "2020-01-01", "2026-10-31", "0.00", false, "0.00", 6, 304, 365, ""},
		{"above the maximum of 2023", "1983-01-01", "2023-12-31", "6500.00", false, "89000.00", 41, 0, 366, "figure/in_doubt"},
		{"a year's wage is more", "1983-01-01", "2023-12-31", "9000.00", false, "116640.00", 41, 0, 366, "figure/in_doubt"},
		{"maximum of 2026 not known", "1986-11-01", "2026-10-31", "6500.00", false, "93600.00", 40, 0, 365, "transition/maximum_unknown"},
		{"below an older maximum", "1986-11-01", "2026-10-31", "6000.00", false, "86400.00", 40, 0, 365, ""},
	} {
		in := payroll.TransitionInput{Service: serviceOf(c.from, c.to), MonthlyWage: euro.MustParse(c.wage), ByEmployee: c.byEmployee}
		trace := &payroll.Trace{}
		got, err := payroll.NewTransitionPayment20200101(in, trace)
		if err != nil || got.Amount.String() != c.want || got.Years != c.years || got.Days != c.days || got.Of != c.of || kinds(got.Attention) != c.attention {
			t.Errorf("%s: %s over %d years and %d/%d, %q, %v", c.what, got.Amount, got.Years, got.Days, got.Of, kinds(got.Attention), err)
		}
		if last := trace.Steps[len(trace.Steps)-1]; last.Result != c.want || last.What.NL == "" || last.What.EN == "" || !strings.Contains(last.Article, "7:673") {
			t.Errorf("%s: last step %+v", c.what, last)
		}
	}
}

func TestTransitionPaymentRefused(t *testing.T) {
	for _, c := range []struct {
		from, to, wage string
		want           error
	}{
		{"2018-01-01", "2019-12-31", "2000.00", statute.ErrNoFigure},
		{"2026-01-02", "2026-01-01", "2000.00", payroll.ErrTransition},
		{"2026-01-01", "", "2000.00", payroll.ErrTransition},
		{"2025-01-01", "2026-01-01", "-1.00", payroll.ErrTransition},
	} {
		in := payroll.TransitionInput{Service: serviceOf(c.from, c.to), MonthlyWage: euro.MustParse(c.wage)}
		if got, err := payroll.NewTransitionPayment20200101(in, nil); !errors.Is(err, c.want) || !got.Amount.IsZero() {
			t.Errorf("%s..%s: %s, %v", c.from, c.to, got.Amount, err)
		}
	}
}

// A day longer never pays less, and n whole years pay n times one year, within
// the rounding.
func TestTransitionPaymentGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := calendar.Day(2000, 1, 1).Add(rapid.IntRange(0, 7000).Draw(t, "first day"))
		to := calendar.Day(2020, 1, 1).Add(rapid.IntRange(0, 2500).Draw(t, "last day"))
		wage := euro.Cents(rapid.Int64Range(0, 4_000_00).Draw(t, "wage"))
		pay := func(to calendar.Date) payroll.TransitionPayment {
			got, err := payroll.NewTransitionPayment20200101(payroll.TransitionInput{Service: calendar.Span{From: from, To: to}, MonthlyWage: wage}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		short, long := pay(to), pay(to.Add(1))
		if long.Amount.Cmp(short.Amount) < 0 || short.Days >= short.Of || short.Years != calendar.Age(from, to.Add(1)) && from.DayOfMonth() != 29 {
			t.Fatalf("%+v, a day longer %+v", short, long)
		}
		years := from.AddMonths(12 * (short.Years + 1)).Add(-1)
		whole := pay(years)
		exact := int64(short.Years+1) * wage.InCents() * 36 // in hundredths of a cent: 1.08 / 3
		if off := whole.Amount.InCents()*100 - exact; whole.Days != 0 || off > 50 || off < -50 {
			t.Fatalf("%d years of %s pay %s", whole.Years, wage, whole.Amount)
		}
	})
}
