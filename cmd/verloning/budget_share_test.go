package main

import (
	"fmt"
	"strings"
	"testing"
)

// sharedScheme draws on several sources: what it costs a month and once, the
// second with an advance that may come back.
const sharedScheme = `
scheme: gedeeld
name: {nl: Gedeeld, en: Shared}
versions:
  - from: 2004-01-01
    source: "a test"
    status: {kind: employee, employer: firm, with_benefit: never}
    pay:
      - id: place
        kind: fee
        payer: municipality
        payee: employer
        trigger: month
        amount: {fixed: {amount: {value: "100.01", mark: stated}}}
        mark: stated
        vat: {compensable: {value: "0.5", mark: stated}}
        document: decision
        budget: {W: "0.5", own: "0.5"}
      - id: one_off
        kind: subsidy
        payer: municipality
        payee: employer
        trigger: milestone
        amount: {parts: {price: {value: "2500.01", mark: stated}, shares: {start: "1"}}}
        mark: stated
        cap: wage_cost_total
        document: decision
        budget: {W: "0.3", I: "0.7"}
      - id: coach
        kind: internal
        payer: municipality
        amount: {hourly: {price: {value: "33.33", mark: stated}}}
        mark: stated
        document: hours
        budget: {W: "0.5", I: "0.5"}
`

// TestBudgetShares runs a scheme that draws on several sources, from the
// reservation to what came back.
func TestBudgetShares(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	conn := s.sql()
	o := s.office("A-E", "A-M")
	o.must(o.control, "scheme.add", map[string]any{"text": sharedScheme, "from": "2004-01-01"})
	o.adult(1)
	contract := o.contract(1)
	for k, v := range map[string]any{"scheme": "gedeeld", "start": "2007-01-01", "end": "2007-02-28", "open_ended": false} {
		contract[k] = v
	}
	o.must(o.clerk, "contract.register", contract)
	decision := map[string]any{"number": "D-1", "employer": o.e, "contract": "C-1", "granted": "2007-01-01", "from": "2007-01-01", "to": "2007-02-28", "hours_per_week": "32", "budget": "W"}
	for change, want := range map[string]string{"BUIG": "budget/other_time budget/other_time budget/not_of_scheme", "WMO": "budget/not_of_scheme"} {
		decision["budget"] = change
		if got := o.refused(o.control, "decision.record", decision); got != want {
			t.Errorf("a decision on %s: %s, want %s", change, got, want)
		}
	}
	decision["budget"], decision["to"] = "own", "2009-02-28"
	if got := o.refused(o.control, "decision.record", decision); got != "budget/other_time" {
		t.Errorf("a share of a source that is not any more: %s", got)
	}
	decision["budget"], decision["to"] = "W", "2007-02-28"
	o.must(o.control, "decision.record", decision)
	reserved := cents(t, o.budget(2007, "W", "reserved")) + cents(t, o.budget(2007, "I", "reserved")) + cents(t, o.budget(2007, "own", "reserved"))
	if fees := int64(2 * 109_51); reserved <= fees || cents(t, o.budget(2007, "own", "reserved")) != 2*54_75 {
		t.Errorf("%d is reserved, on own means %s", reserved, o.budget(2007, "own", "reserved"))
	}
	o.has(2007, "W", "granted", "500.00")
	o.has(2007, "I", "granted", "9999.00")
	o.has(2007, "own", "granted", "9999.00")
	o.hire(2) // a contract on one source, beside it
	o.sharesJanuary(t)
	o.sharesFebruary(t)
	if got := one[string](t, conn, `SELECT string_agg(DISTINCT m.scheme, ' ') FROM claim_source s JOIN claim m ON m.id = s.claim`); got != "gedeeld" {
		t.Errorf("rows of sources are of %s", got)
	}
	wrong := one[int](t, conn, `
		SELECT count(*) FROM grant_line g JOIN claim m ON m.id = g.claim JOIN calculation k ON k.id = m.calculation AND k.status = 'approved' WHERE m.scheme = 'gedeeld' AND g.amount + g.vat_cost <>
			(SELECT sum(s.amount) FROM grant_source s WHERE (s.claim, s.version) = (g.claim, g.version))`)
	spent := one[int](t, conn, `SELECT count(*) FROM grant_source`)
	if wrong != 0 || spent < 8 {
		t.Errorf("%d verdicts are not what their sources bear, of %d rows", wrong, spent)
	}
	o.sharesCost(t)
	until(t, "what was superseded is pruned", func() bool {
		return one[int](t, conn, `SELECT count(*) FROM claim_source s JOIN calculation k ON k.id = s.calculation WHERE k.status <> 'approved'`) == 0
	})
}

// shares says what each source bears of the claim of a rule in a month.
func (o office) shares(rule, period string) string {
	o.t.Helper()
	for _, c := range o.claims("C-1") {
		if c["rule"] != rule || c["period"] != period {
			continue
		}
		var parts []string
		for _, s := range c["sources"].([]any) {
			parts = append(parts, words(s.(map[string]any)["source"], s.(map[string]any)["amount"]))
		}
		return strings.Join(parts, ", ")
	}
	o.t.Fatalf("no claim %s in %s", rule, period)
	return ""
}

// In January the fee and the advance are claimed: 109.51 with the VAT that is
// borne, and 2,500.01. W has too little for its part of them.
func (o office) sharesJanuary(t *testing.T) {
	o.work("C-1", "8.00", "2007-01-02")
	run := o.open("2007-01")
	o.calculate(o.clerk, run)
	o.calculate(o.clerk, run) // The first leaves rows that are to be pruned.
	over := o.details(run, "budget/over")
	if strings.Contains(over, "budget I") || strings.Contains(over, "own") || !strings.Contains(over, "budget W 2007") {
		t.Errorf("beyond budgets: %s", over)
	}
	o.approve(run)
	if got := words(o.shares("place", "2007-01"), "/", o.shares("one_off", "2007-01")); got != "W 54.76, own 54.75 / W 750.01, I 1750.00" {
		t.Errorf("shares: %s", got)
	}
	if got := words(o.budget(2007, "W", "claimed"), o.budget(2007, "I", "claimed"), o.budget(2007, "own", "claimed")); got != "804.77 1750.00 54.75" {
		t.Errorf("claimed: %s", got)
	}
	fee := ""
	for _, c := range o.claims("C-1") {
		if c["rule"] == "place" {
			fee = fmt.Sprint(c["claim"])
		}
	}
	some := map[string]any{"claim": fee, "verdict": "partly", "amount": "50.02", "reason": "een halve maand"}
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": "2007-01", "all": true, "claims": []any{some}})
	approve := map[string]any{"batch": batch["batch"], "hash": batch["hash"]}
	if got := o.refused(o.chief, "claim.approve", approve); got != "budget/over" {
		t.Errorf("beyond W: %s", got)
	}
	approve["over_budget"] = "raadsbesluit"
	o.must(o.chief, "claim.approve", approve)
	// 50.02 and half of 9.50 VAT is 54.77: 27.39 and 27.38.
	if got := words(o.budget(2007, "W", "spent", "left"), o.budget(2007, "I", "spent"), o.budget(2007, "own", "spent")); got != "777.40 -277.40 1750.00 27.38" {
		t.Errorf("spent: %s", got)
	}
}

// In February the advance is settled down to the wage cost: what comes back goes
// to the sources as it came.
func (o office) sharesFebruary(t *testing.T) {
	o.work("C-1", "8.00", "2007-02-01")
	o.pay("2007-02")
	back := int64(0)
	for _, c := range o.claims("C-1") {
		if c["rule"] == "one_off" && c["period"] == "2007-02" {
			back = cents(t, c["amount"])
		}
	}
	// Each part is rounded towards nil, and the cents that are left go to W.
	i := back * 7 / 10
	w := back - i
	if rest := back - back*3/10 - i; rest < -1 || back >= 0 {
		t.Fatalf("%d comes back", back)
	}
	if got := o.shares("one_off", "2007-02"); got != fmt.Sprintf("W %d.%02d, I %d.%02d", w/100, -w%100, i/100, -i%100) {
		t.Errorf("of %d: %s", back, got)
	}
	o.grant("2007-02")
	if got := cents(t, o.budget(2007, "W", "spent")); got != 777_40+54_76+w {
		t.Errorf("W spent %d, want %d", got, 777_40+54_76+w)
	}
	if got := words(o.budget(2007, "I", "spent"), o.budget(2007, "own", "spent")); got != words(fmt.Sprintf("%d.%02d", (1750_00+i)/100, (1750_00+i)%100), "82.13") {
		t.Errorf("I and own spent %s", got)
	}
	for _, source := range []string{"W", "I", "own"} {
		if got := o.underuse(2007, source, "reserved", "claimed"); got != "0.00 0.00" {
			t.Errorf("%s holds %s", source, got)
		}
	}
}

// A cost of the municipality itself is dealt out as well: 33.33 is 16.67 and
// 16.66.
func (o office) sharesCost(t *testing.T) {
	before := cents(t, o.budget(2007, "I", "spent"))
	cost := o.must(o.control, "cost.record", map[string]any{"scheme": "gedeeld", "rule": "coach", "day": "2007-03-01", "hours": "1", "reference": "U-1"})
	if got := fmt.Sprint(cost["sources"]); got != "[map[amount:16.67 share:0.5 source:W] map[amount:16.66 share:0.5 source:I]]" {
		t.Errorf("the cost is dealt out to %s", got)
	}
	o.must(o.chief, "cost.approve", map[string]any{"cost": cost["cost"], "hash": cost["hash"], "over_budget": "x"})
	if got := cents(t, o.budget(2007, "I", "spent")) - before; got != 16_66 {
		t.Errorf("I spent %d on it", got)
	}
}
