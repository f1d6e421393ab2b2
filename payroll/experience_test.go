package payroll_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// tableOf reads "0:1.00 1:1.04".
func tableOf(t *testing.T, text string) []payroll.WageStep {
	t.Helper()
	var table []payroll.WageStep
	for _, word := range strings.Fields(text) {
		var step payroll.WageStep
		years, factor, _ := strings.Cut(word, ":")
		if _, err := fmt.Sscan(years, &step.Years); err != nil {
			t.Fatal(err)
		}
		step.Factor = euro.MustNumber(factor)
		table = append(table, step)
	}
	return table
}

// paidBySteps makes every version of a contract pay by a table.
func paidBySteps(t *testing.T, c payroll.Contract, since string, tables ...string) payroll.Contract {
	t.Helper()
	c.Versions = slices.Clone(c.Versions)
	for i := range c.Versions {
		v := &c.Versions[i]
		v.Base, v.Factor, v.ExperienceSince, v.Steps = payroll.BaseSteps, euro.One, calendar.MustParse(since), tableOf(t, tables[min(i, len(tables)-1)])
	}
	return c
}

// A step holds from the day on which its years are full, and the terms of a day
// pay by their own table. Each line is two days of 8 hours at the minimum wage of
// 14.99, and before 2024 at 12.7889 of a week of 36.
func TestWageSteps(t *testing.T) {
	const table = "0:1.00 1:1.04 2:1.08"
	for _, c := range []struct{ what, contract, since, days, want string }{
		{"the day before and the day", "2026-01-01.. 36/36 WML*1 hours", "2025-10-15", "2026-10-14..2026-10-15", "8.00×14.99 8.00×15.5896"},
		{"both after", "2026-01-01.. 36/36 WML*1 hours", "2025-10-14", "2026-10-14..2026-10-15", "16.00×15.5896"},
		{"two steps at most", "2026-01-01.. 36/36 WML*1 hours", "1990-10-15", "2026-10-14..2026-10-15", "16.00×16.1892"},
		{"no experience yet", "2026-10-14.. 36/36 WML*1 hours", "2026-10-14", "2026-10-14..2026-10-15", "16.00×14.99"},
		{"a leap day is full on 1 March", "2025-01-01.. 36/36 WML*1 hours", "2024-02-29", "2025-02-28 2025-03-03", "8.00×14.06|8.00×14.6224"},
		{"new terms with a new table", "2026-01-01.. 36/36 WML*1 hours; 2026-10-15 36/36 WML*1 hours", "2025-01-01", "2026-10-14..2026-10-15", "8.00×15.5896 8.00×17.988"},
		{"a month amount before 2024", "2023-01-01.. 36/36 WML*1 hours", "2022-10-11", "2023-10-10..2023-10-11", "8.00×12.7889 8.00×13.3005"},
	} {
		contract := paidBySteps(t, contractOf(t, c.contract), c.since, table, "0:1.10 1:1.20")
		var all []string
		for _, days := range strings.Fields(c.days) {
			hours := hoursOf(t, days+" worked 8")
			period, err := calendar.ParsePeriod(days[:7])
			if err != nil {
				t.Fatal(err)
			}
			trace := &payroll.Trace{}
			slip, found, err := payroll.NewPayslip(payroll.Employment{Birth: calendar.MustParse("1980-05-05")}, payroll.ContractMonth{Contract: contract, Hours: hours}, period, trace)
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			var lines []string
			for _, l := range slip.Lines {
				if l.Kind == payroll.WageLine(payroll.Worked) {
					lines = append(lines, fmt.Sprintf("%s×%s", l.Quantity, l.Rate))
				}
			}
			all = append(all, strings.Join(lines, " "))
			for _, e := range found {
				if strings.Contains(string(e.Kind), "minimum") {
					t.Errorf("%s: %s", c.what, e.Kind)
				}
			}
			if n := strings.Count(fmt.Sprint(trace.Steps), "years of experience since "+c.since); n == 0 {
				t.Errorf("%s: nothing says which step and why: %+v", c.what, trace.Steps)
			}
		}
		if got := strings.Join(all, "|"); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// A fixed wage is cut where the factor changes, by calendar days: 37 × 52/12 ×
// 15/31 = 77.58 hours at 14.99 and 82.75 at 15.5896; so is that of a month before
// 2024, 1,995.00 × 15/31 and × 1.04 × 16/31.
func TestFixedWageBySteps(t *testing.T) {
	for _, c := range []struct{ contract, since, period, want string }{
		{"2026-01-01.. 37/37 WML*1 fixed averaging", "2025-10-16", "2026-10", "1162.92 1290.04"},
		{"2023-01-01.. 36/36 WML*1 fixed averaging", "2022-10-16", "2023-10", "965.32 1070.86"},
		{"2026-01-01.. 37/37 WML*1 fixed averaging", "2025-11-01", "2026-10", "2403.35"},
	} {
		contract := paidBySteps(t, contractOf(t, c.contract), c.since, "0:1.00 1:1.04")
		period, err := calendar.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		slip, _, err := payroll.NewPayslip(payroll.Employment{Birth: calendar.MustParse("1980-05-05")}, payroll.ContractMonth{Contract: contract}, period, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range slip.Lines {
			if l.Kind == payroll.LineFixed || l.Kind == payroll.LineFixedPeriod {
				got = append(got, l.Amount.String())
			}
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s since %s: %s, want %s", c.period, c.since, text, c.want)
		}
	}
}

// What a scheme says of the wage decides what a contract may say, and what it
// need not say.
func TestTermsByWageBase(t *testing.T) {
	table := payroll.SchemeRules{MinFactor: euro.One, Steps: tableOf(t, "0:1.00 1:1.04")}
	amount := payroll.SchemeRules{MinFactor: euro.One, MinAmount: euro.MustNumber("15.25")}
	free := payroll.SchemeRules{MinFactor: euro.One}
	for _, c := range []struct {
		what  string
		rules payroll.SchemeRules
		terms payroll.ContractTerms
		want  string // the problems, or else what is paid
	}{
		{"a table", table, payroll.ContractTerms{ExperienceSince: "2025-10-01"}, "steps 1 0 2025-10-01 [{0 1} {1 1.04}]"},
		{"a table by name", table, payroll.ContractTerms{Base: "steps", ExperienceSince: "2025-10-01"}, "steps 1 0 2025-10-01 [{0 1} {1 1.04}]"},
		{"a table without experience", table, payroll.ContractTerms{}, "experience_since field/required"},
		{"experience that is no day", table, payroll.ContractTerms{ExperienceSince: "2025-02-30"}, "experience_since date/invalid"},
		{"a table and a factor and an amount", table, payroll.ContractTerms{ExperienceSince: "2025-10-01", Factor: "1.10", HourlyAmount: "20"}, "wage_amount wage_amount/with_steps; wage_factor wage_factor/with_steps"},
		{"an amount under a table", table, payroll.ContractTerms{Base: "amount", HourlyAmount: "20"}, "wage_base wage_base/not_of_scheme"},
		{"a scheme's amount", amount, payroll.ContractTerms{}, "amount 1 15.25  []"},
		{"more than the scheme's amount", amount, payroll.ContractTerms{HourlyAmount: "15.26"}, "amount 1 15.26  []"},
		{"less than the scheme's amount", amount, payroll.ContractTerms{HourlyAmount: "15.24"}, "wage_amount wage_amount/below_scheme"},
		{"a factor under an amount", amount, payroll.ContractTerms{Base: "WML"}, "wage_base wage_base/not_of_scheme"},
		{"a table that is not there", free, payroll.ContractTerms{Base: "steps", ExperienceSince: "2025-10-01"}, "wage_base wage_base/not_of_scheme"},
		{"experience without a table", free, payroll.ContractTerms{ExperienceSince: "2025-10-01"}, "experience_since experience_since/not_of_scheme"},
		{"a base that nobody has", free, payroll.ContractTerms{Base: "cao"}, "wage_base field/not_allowed"},
		{"an amount of its own", free, payroll.ContractTerms{Base: "amount", HourlyAmount: "20"}, "amount 1 20  []"},
	} {
		c.terms.HoursPerWeek, c.terms.FullTimeHours = "32", "40"
		door := payroll.NewDoor(c.terms)
		terms := c.terms.Accept(door, c.rules)
		got := problemsOf(t, door.Err())
		if got == "" {
			got = fmt.Sprintf("%s %s %s %s %v", terms.Base, terms.Factor, terms.HourlyAmount, terms.ExperienceSince, terms.Steps)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	table.Steps[0].Factor = euro.Int(2)
	door := &payroll.Door{}
	kept := payroll.ContractTerms{HoursPerWeek: "32", FullTimeHours: "40", ExperienceSince: "2025-10-01"}.Accept(door, table)
	if table.Steps[0].Factor = euro.One; !kept.Steps[0].Factor.Equal(euro.Int(2)) {
		t.Error("the terms share their table with the scheme")
	}
}
