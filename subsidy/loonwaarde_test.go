package subsidy

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// One line for each loonwaarde as somebody writes it: a percentage or an amount,
// with the holiday allowance or without, and what becomes of it. The minimum wage
// of July 2026 is 2,337.00 a month and 2,523.96 with the allowance; at twenty
// 1,869.60, and for a pupil of twenty 1,437.26.
func TestLoonwaardeAccepted(t *testing.T) {
	for _, c := range []struct{ what, birth, from, percent, amount, holiday, want string }{
		{"a percentage, with", "1996-03-01", "2026-07-01", "60", "", "with", "60"},
		{"a percentage, without", "1996-03-01", "2026-07-01", "60", "", "without", "60"},
		{"a percentage, not said", "1996-03-01", "2026-07-01", "60", "", "", "field/required includes_holiday_allowance"},
		{"nothing", "1996-03-01", "2026-07-01", "", "", "with", "field/required percent"},
		{"nothing at all", "1996-03-01", "2026-07-01", "", "", "", "field/required percent; field/required includes_holiday_allowance"},
		{"both", "1996-03-01", "2026-07-01", "60", "1402.20", "with", "loonwaarde/twice amount"},
		{"an amount without", "1996-03-01", "2026-07-01", "", "1402.20", "without", "60"},
		{"the same wage with", "1996-03-01", "2026-07-01", "", "1514.38", "with", "60"},
		{"the same amount with is less", "1996-03-01", "2026-07-01", "", "1402.20", "with", "56"},
		{"half a percent goes up", "1996-03-01", "2026-07-01", "", "1413.89", "without", "61"},
		{"less than half goes down", "1996-03-01", "2026-07-01", "", "1413.88", "without", "60"},
		{"an amount, not said", "1996-03-01", "2026-07-01", "", "1402.20", "", "field/required includes_holiday_allowance"},
		{"nought", "1996-03-01", "2026-07-01", "", "0", "with", "0"},
		{"the minimum wage", "1996-03-01", "2026-07-01", "", "2337.00", "without", "100"},
		{"above the minimum wage", "1996-03-01", "2026-07-01", "", "2348.69", "without", "number/out_of_range amount"},
		{"by the minimum wage of its first day", "1996-03-01", "2026-01-01", "", "1402.20", "without", "61"},
		{"twenty years", "2006-01-01", "2026-07-01", "", "934.80", "without", "50"},
		{"a pupil of twenty", "2006-01-01 bbl", "2026-07-01", "", "934.80", "without", "65"},
		{"too young", "2012-01-01", "2026-07-01", "", "934.80", "without", "loonwaarde/no_minimum amount"},
		{"no amount", "1996-03-01", "2026-07-01", "", "many", "without", "number/invalid amount"},
	} {
		birth, bbl := strings.CutSuffix(c.birth, " bbl")
		from := calendar.MustParse(c.from)
		f := File{Birth: calendar.MustParse(birth), Contract: payroll.Contract{Versions: []payroll.Terms{{
			Version: 1, ValidFrom: from, Span: calendar.Span{From: from}, BBL: bbl,
		}}}}
		req := LoonwaardeRecord{Employer: "E", Contract: "C-1", ValidFrom: c.from, Amount: c.amount, MeasuredBy: "x"}
		if c.percent != "" {
			n, err := euro.MustNumber(c.percent).Int()
			if err != nil {
				t.Fatal(err)
			}
			req.Percent = &n
		}
		if c.holiday != "" {
			with := c.holiday == "with"
			req.IncludesHolidayAllowance = &with
		}
		door := payroll.NewDoor(req)
		value := req.accept(door, true)
		if value.Amount != nil && len(door.Problems) == 0 {
			value.Percent = value.derive(door, f)
		}
		got := fmt.Sprint(value.Percent)
		if len(door.Problems) > 0 {
			var problems []string
			for _, p := range door.Problems {
				problems = append(problems, p.Type+" "+p.Field)
			}
			got = strings.Join(problems, "; ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// A productivity is no wage: nobody has to say of it what is in it.
func TestProductivityNeedsNoFlag(t *testing.T) {
	percent := 75
	req := LoonwaardeRecord{Employer: "E", Contract: "C-1", ValidFrom: "2007-05-16", Percent: &percent, MeasuredBy: "x"}
	door := payroll.NewDoor(req)
	if value := req.accept(door, false); len(door.Problems) > 0 || value.Percent != 75 || value.WithHoliday != nil {
		t.Errorf("%+v, %+v", value, door.Problems)
	}
}
