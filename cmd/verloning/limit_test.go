package main

import (
	"fmt"
	"maps"
	"testing"

	"verloning/subsidy"
)

// TestLimitAcrossEmployers wants a most for one person to count what other employers
// claimed for the same person: 2,500.00 for one job and 2,500.00 for the next leave
// nothing of 5,000.00 for a third. The explanation says the same.
func TestLimitAcrossEmployers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o, other := s.office("L-E", "L-M"), s.office("L-F", "L-N")
	job := func(at office, n int, start, end string) {
		number := fmt.Sprint("C-", n)
		contract := at.contract(n)
		maps.Copy(contract, map[string]any{"number": number, "person": "P-1", "scheme": "generiek-eenmalig", "municipality": o.m, "start": start, "end": end, "open_ended": false})
		at.must(at.clerk, "contract.register", contract)
		at.must(o.control, "decision.record", map[string]any{"number": fmt.Sprint("D-", n), "employer": at.e, "contract": number,
			"granted": start, "from": start, "to": end, "hours_per_week": "32", "budget": "own"})
	}
	claimed := func(at office, run, contract string) string {
		at.t.Helper()
		claims := at.must(at.clerk, "explain.amount", map[string]any{"run": run, "contract": contract})["claims"].([]any)
		if len(claims) != 1 {
			t.Fatalf("%s: %v", contract, claims)
		}
		return fmt.Sprint(claims[0].(map[string]any)["amount"], " ", at.details(run, string(subsidy.OverLimit)))
	}
	o.adult(1)
	other.adult(1)
	job(o, 1, "2007-01-01", "2007-03-31")
	if got := claimed(o, o.pay("2007-01"), "C-1"); got != "2500.00 " {
		t.Errorf("the first job: %s", got)
	}
	job(other, 2, "2007-02-01", "2007-04-30")
	if got := claimed(other, other.pay("2007-02"), "C-2"); got != "2500.00 " {
		t.Errorf("the second job: %s", got)
	}
	job(o, 3, "2007-04-01", "2007-06-30")
	run := o.open("2007-04")
	o.calculate(o.clerk, run)
	if got := claimed(o, run, "C-3"); got != "0.00 C-3: Decision D-3: 2500.00 exceeds the most for one person under the scheme and is not claimed." {
		t.Errorf("the third job: %s", got)
	}
	// The second job cost nothing: at its end 2,500.00 comes back, and the third has that room.
	other.pay("2007-04")
	o.calculate(o.clerk, run)
	if got := claimed(o, run, "C-3"); got != "2500.00 " {
		t.Errorf("the third job, after the second: %s", got)
	}
}
