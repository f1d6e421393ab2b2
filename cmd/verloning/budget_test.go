package main

import (
	"fmt"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// TestBudget tries what municipalities have to spend, and when money went over
// the bank.
func TestBudget(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("record", func(t *testing.T) { s.under(t).office("A-E", "A-M").recordsBudgets(t) })
	t.Run("order", func(t *testing.T) { s.under(t).office("B-E", "B-M").allotsInOrder(t) })
	t.Run("unknown", func(t *testing.T) { s.under(t).office("C-E", "C-M").misses2026(t) })
	t.Run("reclaim", func(t *testing.T) { s.under(t).office("D-E", "D-M").reclaims(t) })
	t.Run("fee", func(t *testing.T) { s.under(t).office("F-E", "F-M").paysFees(t) })
	t.Run("settle", func(t *testing.T) { s.under(t).office("G-E", "G-M").settles(t) })
	t.Run("period", func(t *testing.T) { s.under(t).office("H-E", "H-M").countsMonths(t) })
	t.Run("once", func(t *testing.T) { s.under(t).office("I-E", "I-M").oncePerPerson(t) })
}

// budget reads one budget of the municipality.
func (o office) budget(year int, source string, fields ...string) string {
	o.t.Helper()
	for _, b := range o.must(o.chief, "budget.list", map[string]any{})["budgets"].([]any) {
		if b := b.(map[string]any); b["year"] == float64(year) && b["source"] == source {
			var values []any
			for _, field := range fields {
				values = append(values, b[field])
			}
			return words(values...)
		}
	}
	return "none"
}

// has records what the municipality has.
func (o office) has(year int, source, kind, amount string) {
	o.t.Helper()
	o.must(o.control, "budget.record", map[string]any{"year": year, "source": source, "kind": kind, "amount": amount})
}

// details joins the English texts of a kind of exceptions.
func (o office) details(run, kind string) string {
	o.t.Helper()
	var list []string
	for _, e := range o.must(o.clerk, "run.exceptions", map[string]any{"run": run})["exceptions"].([]any) {
		if e := e.(map[string]any); e["kind"] == kind {
			list = append(list, fmt.Sprint(e["subject"], ": ", e["detail"].(map[string]any)["en"]))
		}
	}
	return strings.Join(list, "\n")
}

// grants lets the first person of the municipality grant all of a month.
func (o office) grants(period string) map[string]any {
	o.t.Helper()
	return o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": period, "all": true})
}

// A budget is of a source in the years that the source exists. It is carried and
// repaid too. What decisions are expected to cost is reserved, and falls as claims
// come; what is claimed waits until it is spent.
func (o office) recordsBudgets(t *testing.T) {
	treasurer := o.user(o.e, "treasurer", "control", "read")
	for _, c := range []struct {
		who    *bus.Client
		change map[string]any
		want   string
	}{
		{o.control, map[string]any{"source": "BUIG", "year": 2007}, "budget/other_time"},
		{o.control, map[string]any{"source": "BUIG", "year": 2009}, "budget/other_time"},
		{o.control, map[string]any{"source": "W", "year": 2026}, "budget/other_time"},
		{o.control, map[string]any{"source": "W", "year": 2009}, "budget/other_time"},
		{o.control, map[string]any{"source": "I", "year": 2009}, "budget/other_time"},
		{o.control, map[string]any{"source": "participatiebudget", "year": 2008}, "budget/other_time"},
		{o.control, map[string]any{"source": "participatiebudget", "year": 2015}, "budget/other_time"},
		{o.control, map[string]any{"source": "lottery"}, "field/not_allowed"},
		{o.control, map[string]any{"amount": "-1.00"}, "number/out_of_range"},
		{o.control, map[string]any{"amount": "1.001"}, "number/cents"},
		{o.control, map[string]any{"kind": "spent"}, "field/not_allowed"},
		{treasurer, nil, "organisation/not_municipality"},
		{o.clerk, nil, "user/role"},
	} {
		request := map[string]any{"year": 2026, "source": "BUIG", "kind": "granted", "amount": "10000.00"}
		for k, v := range c.change {
			request[k] = v
		}
		if got := o.refused(c.who, "budget.record", request); got != c.want {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
	for source, year := range map[string]int{"W": 2008, "I": 2004, "participatiebudget": 2009, "BUIG": 2010, "ESF": 2004, "own": 2026} {
		o.has(year, source, "granted", "1.00")
	}
	o.has(2026, "BUIG", "granted", "10000.00")
	o.has(2026, "BUIG", "carried", "500.50")
	o.has(2026, "BUIG", "repaid", "0.50")
	o.hire(1)
	stands := []string{"granted", "carried", "repaid", "spent", "claimed", "reserved", "left", "free"}
	expect := func(when, want string) {
		t.Helper()
		if got := o.budget(2026, "BUIG", stands...); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	expect("decided", "10000.00 500.50 0.50 0.00 0.00 6730.56 10500.00 3769.44") // six months of 1,121.76
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.pay("2026-10")
	// October is closed: what was expected until then is claimed or will not be.
	expect("claimed", "10000.00 500.50 0.50 0.00 1121.76 2243.52 10500.00 7134.72")
	o.grant("2026-10")
	expect("spent", "10000.00 500.50 0.50 1121.76 0.00 2243.52 9378.24 7134.72")
	end := map[string]any{"number": "C-1", "end": "2026-11-30", "reason": "ander werk"}
	o.must(o.clerk, "contract.end", end)
	expect("the contract ends a month before the year", "10000.00 500.50 0.50 1121.76 0.00 1121.76 9378.24 8256.48")
	if got := o.budget(2027, "BUIG", "reserved"); got != "none" {
		t.Errorf("of the year after the end %s is reserved", got)
	}
	o.must(o.clerk, "contract.extend", map[string]any{"number": "C-1", "end": "2027-01-31"})
	expect("the contract is extended", "10000.00 500.50 0.50 1121.76 0.00 2243.52 9378.24 7134.72")
	if got := o.budget(2027, "BUIG", "reserved"); got == "none" || got == "0.00" {
		t.Errorf("of the extension %s is reserved", got)
	}
	if got := o.must(treasurer, "budget.list", map[string]any{}); len(got["budgets"].([]any)) != 0 {
		t.Errorf("the employer sees budgets: %s", pretty(got))
	}
}

// Claims are allotted in order of the day and number of the decision: what comes
// last goes beyond. Nobody spends more than the budget without saying why.
func (o office) allotsInOrder(t *testing.T) {
	for n, granted := range map[int]string{1: "2026-07-02", 2: "2026-07-03", 3: "2026-07-01", 4: "2026-07-02"} {
		o.person(n)
		o.must(o.clerk, "contract.register", o.contract(n))
		decision := o.decision(n)
		decision["granted"] = granted
		o.must(o.control, "decision.record", decision)
		o.work(fmt.Sprintf("C-%d", n), "8.00", weekdays("2026-10")...)
	}
	first := o.open("2026-10")
	o.calculate(o.clerk, first)
	if got := o.details(first, "budget/over") + o.details(first, "budget/unknown"); got != "" {
		t.Errorf("a municipality that keeps no budgets: %s", got)
	}
	o.has(2026, "BUIG", "granted", "3000.00")
	o.calculate(o.clerk, first)
	// In order: C-3 1,121.76, C-1 2,243.52, C-4 3,365.28, C-2 4,487.04.
	want := "C-2: Decision D-2: 1121.76 of this claim exceeds the municipality's budget BUIG 2026.\n" +
		"C-4: Decision D-4: 365.28 of this claim exceeds the municipality's budget BUIG 2026."
	if got := o.details(first, "budget/over"); got != want {
		t.Errorf("beyond the budget:\n%s\nwant\n%s", got, want)
	}
	o.approve(first)
	batch := o.grants("2026-10")
	if got := fmt.Sprint(batch["budgets"]); got != "[map[after:-1487.04 before:3000.00 kept:true source:BUIG year:2026]]" {
		t.Errorf("the batch would leave %s", got)
	}
	approve := map[string]any{"batch": batch["batch"], "hash": batch["hash"]}
	if got := o.refused(o.chief, "claim.approve", approve); got != "budget/over" {
		t.Errorf("beyond the budget without a reason: %s", got)
	}
	if got := o.budget(2026, "BUIG", "spent", "claimed", "left"); got != "0.00 4487.04 3000.00" {
		t.Errorf("after the refusal: %s", got)
	}
	approve["over_budget"] = "raadsbesluit volgt"
	o.must(o.chief, "claim.approve", approve)
	kept := one[string](t, o.sqlOnce(), `SELECT over_budget FROM grant_approval WHERE batch = $1`, batch["batch"])
	if got := words(o.budget(2026, "BUIG", "spent", "claimed", "left"), kept); got != "4487.04 0.00 -1487.04 raadsbesluit volgt" {
		t.Errorf("with a reason: %s", got)
	}
	// What other runs claimed and nobody has decided is not there to be claimed again.
	o.has(2026, "BUIG", "granted", "3000.00")
	for n := 1; n <= 4; n++ {
		o.work(fmt.Sprintf("C-%d", n), "8.00", weekdays("2026-11")...)
	}
	o.pay("2026-11")
	next := o.open("2026-12")
	for n := 1; n <= 4; n++ {
		o.work(fmt.Sprintf("C-%d", n), "8.00", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07", "2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11")
	}
	o.calculate(o.clerk, next)
	if got := strings.Count(o.details(next, "budget/over"), "1121.76 of this claim"); got != 4 {
		t.Errorf("beside claims that wait %d of 4 go beyond: %s", got, o.details(next, "budget/over"))
	}
}

// Only a municipality that keeps budgets is told that one is missing, each by
// itself.
func (o office) misses2026(t *testing.T) {
	other := o.office("C-X", "C-N")
	o.hire(1)
	o.person(2)
	contract, decision := o.contract(2), o.decision(2)
	contract["municipality"] = other.m
	o.must(o.clerk, "contract.register", contract)
	o.must(other.control, "decision.record", decision)
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.work("C-2", "8.00", weekdays("2026-10")...)
	run := o.open("2026-10")
	for i, want := range []string{"", "C-M/BUIG/2026", "C-M/BUIG/2026 C-N/BUIG/2026"} {
		if i > 0 {
			[]office{o, other}[i-1].has(2027, "BUIG", "granted", "1000.00")
		}
		o.calculate(o.clerk, run)
		var subjects []string
		for _, e := range o.exceptions(run) {
			if kind, subject, _ := strings.Cut(e, " "); kind == "budget/unknown" {
				subjects = append(subjects, subject)
			}
		}
		if got := strings.Join(subjects, " "); got != want {
			t.Errorf("%d of two municipalities keep budgets, of another year: %q, want %q", i, got, want)
		}
	}
	if got := o.details(run, "budget/over"); got != "" {
		t.Errorf("beyond a budget that nobody keeps: %s", got)
	}
}
