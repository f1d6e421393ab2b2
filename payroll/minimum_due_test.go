package payroll_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// TestMinimumsDue has a payslip state the minimum wage of a person: by age on the
// day, by the law of the day, over the hours that the wage must cover.
func TestMinimumsDue(t *testing.T) {
	for _, c := range []struct{ birth, contract, period, hours, want string }{
		{"1990-01-01", "2026-01-01.. 32/40 WML*1.20 hours", "2026-10", "2026-10-05..2026-10-06 worked 8; 2026-10-07 unpaid_absence 8", "2026-10-01–2026-10-31 14.99 16.00 = 239.84"},
		// Twenty until the fourteenth: 80 per cent (Besluit minimumjeugdloon).
		{"2005-10-15", "2026-01-01.. 32/40 WML*1.00 hours", "2026-10", "2026-10-14..2026-10-15 worked 8",
			"2026-10-01–2026-10-14 11.99 8.00; 2026-10-15–2026-10-31 14.99 8.00 = 215.84"},
		// Other terms, and the same minimum: one line.
		{"1990-01-01", "2026-01-01.. 32/40 WML*1.00 hours; 2026-10-12 24/40 WML*1.10 hours", "2026-10", "2026-10-05 worked 8; 2026-10-15 worked 8", "2026-10-01–2026-10-31 14.99 16.00 = 239.84"},
		// Before 2024 the law had an amount a month.
		{"1960-01-01", "2007-01-01.. 40/40 WML*1.00 hours", "2007-04", "2007-04-02 worked 8", "2007-04-01–2007-04-30 7.505 8.00 month 1300.80 = 60.04"},
	} {
		contract := contractOf(t, c.contract)
		period, err := calendar.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		list, sum, err := payroll.MinimumsDue(calendar.MustParse(c.birth), payroll.ContractMonth{Contract: contract, Hours: hoursOf(t, c.hours)}, period)
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, m := range list {
			part := fmt.Sprintf("%s–%s %s %s", m.From, m.To, m.Hour.Value.Fixed(2), m.Hours.Fixed(2))
			if m.Month != nil {
				part += " month " + m.Month.Value.Fixed(2)
			}
			parts = append(parts, part)
		}
		if got := strings.Join(parts, "; ") + " = " + sum.String(); got != c.want {
			t.Errorf("%s born %s: %s, want %s", c.period, c.birth, got, c.want)
		}
	}
}
