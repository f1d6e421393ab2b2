package payroll_test

import "testing"

// occurrences are what must have occurred among the payslips, each many times.
var occurrences = []string{
	"part of a period", "fixed pay", "pay by hours", "four weeks", "five weeks", "fixed wage of a period before 2024",
	"birthday that moves the minimum wage", "new minimum wage within a period", "new terms within a period", "wage step within a period",
	"amount raised to the minimum wage", "youth", "pupil", "unpaid absence of a fixed wage", "more unpaid than the fixed wage",
	"hours taken back", "sick: waiting day", "sick: percentage", "sick: floor", "sick: second year", "sick: over",
	"holiday allowance with a rounding", "holiday allowance in May", "holiday allowance each period",
	"leave paid out", "leave owed", "transition payment", "transition payment at its maximum", "several contracts", "paid by another run",
	"paid in the year after", "lower AWf of the end of 2021",
	"pension", "pension at its maximum", "pension below its franchise", "pension over the holiday allowance",
	"pension: too young", "pension: too old", "pension: waiting",
	"anonymous", "day table", "beyond the table", "jonggehandicaptenkorting", "from AOW age",
	"special rate with korting", "special rate without korting", "special rate from AOW age",
	"special rate by a recorded annual wage", "special rate by the wage of last year", "special rate by the wage expected",
	"AWf low", "AWf high", "AWf ufo", "Aof low", "Aof high", "AWf low for the young with few hours", "Whk by decision", "charges unknown",
	"maximum of the premium wage", "base above the wage, from earlier periods", "maximum added by another run",
	"garnishment", "garnishment of a lower rank", "garnishment that finds nothing", "repayment",
	"repayment held back by the minimum wage", "gross only", "service on a weekend only",
}

// checkSeen fails for what never occurred: a comparison that met none of it has
// proved nothing about it.
func checkSeen(t *testing.T, seen census) {
	t.Helper()
	for _, what := range occurrences {
		t.Logf("%8d %s", seen[what], what)
		if seen[what] == 0 {
			t.Errorf("never occurred: %s", what)
		}
	}
}
