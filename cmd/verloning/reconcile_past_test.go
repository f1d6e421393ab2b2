package main

import (
	"fmt"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// october shows what a month comes to, and what is open of it, in one line each.
func (o office) october(c *bus.Client) (sums, open string) {
	o.t.Helper()
	asked := map[string]any{"period": "2026-10"}
	shown, listed := o.must(c, "reconcile.show", asked), o.must(c, "reconcile.differences", asked)
	total := shown["totals"].([]any)[0].(map[string]any)
	if listed["unexplained"] != "0.00" || listed["gap"] != shown["gap"] {
		o.t.Errorf("unexplained %v, a gap of %v and %v", listed["unexplained"], listed["gap"], shown["gap"])
	}
	return words(total["decided"], total["wage_cost"], total["claimed"], total["granted"], total["ordered"], total["paid"], total["received"]), strings.Join(o.differences(c, asked), ", ")
}

// settlesAll grants what waits of a month, and lets both sides settle all of it.
func (o office) settlesAll(period string) {
	o.t.Helper()
	o.grant(period)
	for _, c := range []*bus.Client{o.control, o.user(o.e, "treasurer-"+period, "control", "read")} {
		o.must(c, "claim.settle", map[string]any{"all": true, "employer": o.e, "period": period, "day": "2026-11-25", "reference": "afschrift 2"})
	}
}

// correctsMonth: what the next run corrects of a month is claimed under that month, with
// its wage cost, so that the difference that a later loonwaarde or late hours made goes
// away by itself.
func (o office) correctsMonth(t *testing.T) {
	o.hire(1)
	o.hire(2)
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.pay("2026-10")
	o.must(o.control, "loonwaarde.record", map[string]any{"employer": o.e, "contract": "C-1", "valid_from": "2026-10-01", "percent": 80, "measured_by": "UWV", "includes_holiday_allowance": true})
	for _, step := range []struct{ what, sums, open string }{
		{"before the correction", "2243.52 2201.73 1121.76 0.00 0.00 0.00 0.00",
			"C-1 money loonwaarde_changed -560.88, C-1 money loonwaarde_changed 560.88, C-1 money not_granted 1121.76, C-2 money missing_hours 1121.76"},
		{"after it", "2243.52 4403.46 1682.64 0.00 0.00 0.00 0.00",
			"C-1 money loonwaarde_changed 560.88, C-1 money not_granted -560.88, C-1 money not_granted 1121.76, C-2 money not_granted 1121.76"},
		{"when both sides settled", "2243.52 4403.46 1682.64 1682.64 1682.64 1682.64 1682.64", "C-1 money loonwaarde_changed 560.88"},
	} {
		switch step.what {
		case "after it":
			o.work("C-2", "8.00", weekdays("2026-10")...) // late
			o.pay("2026-11")
		case "when both sides settled":
			o.settlesAll("2026-10")
			o.settlesAll("2026-11")
		}
		if sums, open := o.october(o.control); sums != step.sums || open != step.open {
			t.Errorf("%s: %s\n%s\nwant %s\n%s", step.what, sums, open, step.sums, step.open)
		}
	}
}

// reversesMonth: a run that is reversed nets to nil, whether the municipality had
// decided on its claims or not; paid again and settled nothing is left.
func (o office) reversesMonth(t *testing.T) {
	for n := 1; n <= 2; n++ {
		o.hire(n)
		o.work(fmt.Sprintf("C-%d", n), "8.00", weekdays("2026-10")...)
	}
	run := o.pay("2026-10")
	o.decides("2026-10", o.yes("C-1"))
	for _, step := range []struct{ what, sums, open string }{
		{"reversed", "2243.52 0.00 0.00 1121.76 1121.76 0.00 0.00",
			"C-1 money not_claimed 1121.76, C-1 money not_granted -1121.76, C-1 money not_paid 1121.76, C-2 money not_claimed 1121.76"},
		{"paid again", "2243.52 4403.46 2243.52 1121.76 1121.76 0.00 0.00",
			"C-1 money not_granted -1121.76, C-1 money not_granted 1121.76, C-1 money not_paid 1121.76, C-2 money not_granted 1121.76"},
		{"settled", "2243.52 4403.46 2243.52 2243.52 2243.52 2243.52 2243.52", ""},
	} {
		switch step.what {
		case "reversed":
			o.approve(o.must(o.clerk, "run.reverse", map[string]any{"run": run, "reason": "verkeerd"})["run"].(string))
		case "paid again":
			o.pay("2026-10")
		case "settled":
			o.settlesAll("2026-10")
		}
		if sums, open := o.october(o.control); sums != step.sums || open != step.open {
			t.Errorf("%s: %s\n%s\nwant %s\n%s", step.what, sums, open, step.sums, step.open)
		}
	}
}
