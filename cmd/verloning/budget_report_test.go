package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"verloning/payroll/euro"
)

// TestBudgetReports tries what a controller reads of budgets: where money went,
// why some is left, and what the municipality itself costs.
func TestBudgetReports(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	conn := s.sql()
	t.Run("rebooked", func(t *testing.T) { s.under(t).office("A-E", "A-M").rebooks(t) })
	t.Run("identity", func(t *testing.T) { s.under(t).office("B-E", "B-M").addsUp(t) })
	t.Run("costs", func(t *testing.T) { s.under(t).office("C-E", "C-M").costsItself(t, conn) })
	t.Run("Brabant", func(t *testing.T) { s.under(t).office("D-E", "D-M").isBrabant(t) })
	t.Run("underuse", func(t *testing.T) { s.under(t).office("E-E", "E-M").leavesMoney(t) })
}

// cents reads an amount of a reply.
func cents(t testing.TB, v any) int64 {
	t.Helper()
	amount, err := euro.Parse(fmt.Sprint(v))
	if err != nil {
		t.Fatal(err)
	}
	return amount.InCents()
}

// rebooked moves money and wants it taken.
func (o office) rebooked(from string, year int, to string, toYear int, amount string) {
	o.t.Helper()
	o.must(o.control, "budget.record", map[string]any{"year": year, "source": from, "kind": "rebooked", "amount": amount, "to_source": to, "to_year": toYear, "reason": "collegebesluit"})
}

// Money goes to another year or source of the same municipality with a reason,
// and only where both existed. What is carried over leaves the year before,
// where that is kept.
func (o office) rebooks(t *testing.T) {
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"reason": ""}, "field/required"},
		{map[string]any{"reason": "  "}, "field/required"},
		{map[string]any{"to_source": "W", "to_year": 2008}, "budget/same"},
		{map[string]any{"to_source": "", "to_year": 0}, "budget/same"},
		{map[string]any{"to_year": 2008}, "budget/other_time"},
		{map[string]any{"year": 2009}, "budget/other_time"},
		{map[string]any{"to_source": "BUIG"}, "budget/other_time"},
		{map[string]any{"kind": "repaid"}, "budget/not_rebooked"},
		{map[string]any{"amount": "0.00"}, "number/out_of_range"},
		{map[string]any{"amount": "100000000001"}, "number/out_of_range"},
	} {
		request := map[string]any{"year": 2008, "source": "W", "kind": "rebooked", "amount": "100.00", "to_source": "participatiebudget", "to_year": 2009, "reason": "opvolger"}
		for k, v := range c.change {
			if request[k] = v; v == "" || v == 0 {
				delete(request, k)
			}
		}
		if got := o.refused(o.control, "budget.record", request); got != c.want {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
	o.has(2008, "W", "carried", "50.00") // the year before is not kept here
	o.has(2008, "W", "granted", "1000.00")
	o.rebooked("W", 2008, "participatiebudget", 2009, "100.00")
	o.rebooked("W", 2008, "I", 2008, "0.01")
	o.has(2008, "W", "repaid", "200.00")
	o.has(2010, "participatiebudget", "carried", "60.00")
	moves := []string{"granted", "carried", "carried_out", "rebooked_in", "rebooked_out", "repaid", "left", "used_percent"}
	for _, c := range []struct {
		year         int
		source, want string
	}{
		{2007, "W", "none"},
		{2008, "W", "1000.00 50.00 0.00 0.00 100.01 200.00 749.99 0.00"},
		{2008, "I", "0.00 0.00 0.00 0.01 0.00 0.00 0.01 0.00"},
		{2009, "participatiebudget", "0.00 0.00 60.00 100.00 0.00 0.00 40.00 0.00"},
		{2010, "participatiebudget", "0.00 60.00 0.00 0.00 0.00 0.00 60.00 0.00"},
	} {
		if got := o.budget(c.year, c.source, moves...); got != c.want {
			t.Errorf("%s %d: %s, want %s", c.source, c.year, got, c.want)
		}
	}
	if got := len(o.must(o.control, "budget.list", map[string]any{"year": 2008})["budgets"].([]any)); got != 2 {
		t.Errorf("%d budgets of 2008", got)
	}
}

// spends records and approves an amount by the execution of a scheme.
func (o office) spends(day, amount string, takeBack bool) {
	o.t.Helper()
	cost := o.must(o.control, "cost.record", map[string]any{"scheme": "oss-bonusbaan", "rule": "execution", "day": day, "amount": amount, "take_back": takeBack, "reference": "U-1"})
	o.must(o.chief, "cost.approve", map[string]any{"cost": cost["cost"], "hash": cost["hash"], "over_budget": "raadsbesluit"})
}

// Whatever is recorded in whatever order: what was granted is spent, carried out,
// repaid, rebooked or left, of each budget and of all together.
func (o office) addsUp(t *testing.T) {
	type key struct {
		year   int
		source string
	}
	draw := rand.New(rand.NewPCG(5, 23))
	left, kept := map[key]int64{}, map[key]bool{}
	book := func(k key, amount int64) { left[k] += amount }
	all := int64(0) // of the municipality: what came from outside less what left it
	for range 150 {
		from, to := key{2004 + draw.IntN(5), []string{"W", "I", "own"}[draw.IntN(3)]}, key{2004 + draw.IntN(5), []string{"W", "I", "own"}[draw.IntN(3)]}
		amount := 1 + draw.Int64N(1_000_000)
		text := euro.Cents(amount).String()
		switch before := (key{from.year - 1, from.source}); draw.IntN(6) {
		case 0, 1:
			o.has(from.year, from.source, "granted", text)
			book(from, amount)
			all += amount
		case 2:
			o.has(from.year, from.source, "carried", text)
			if book(from, amount); kept[before] {
				book(before, -amount)
			} else {
				all += amount
			}
		case 3:
			o.has(from.year, from.source, "repaid", text)
			book(from, -amount)
			all -= amount
		case 4:
			if from == to {
				continue
			}
			o.rebooked(from.source, from.year, to.source, to.year, text)
			book(from, -amount)
			book(to, amount)
			kept[to] = true
		case 5:
			takeBack := draw.IntN(3) == 0
			o.spends(fmt.Sprintf("%d-06-01", from.year), text, takeBack)
			if takeBack {
				amount = -amount
			}
			book(key{from.year, "W"}, -amount)
			all -= amount
			continue
		}
		kept[from] = true
	}
	sum, moved := int64(0), 0
	for _, row := range o.must(o.control, "budget.list", map[string]any{})["budgets"].([]any) {
		b := row.(map[string]any)
		of := func(field string) int64 { return cents(t, b[field]) }
		k := key{int(b["year"].(float64)), b["source"].(string)}
		if of("granted")+of("carried") != of("spent")+of("carried_out")+of("repaid")+of("rebooked_out")-of("rebooked_in")+of("left") {
			t.Errorf("it does not add up: %s", pretty(b))
		}
		if of("left") != left[k] {
			t.Errorf("%v: %d left, reckoned here %d", k, of("left"), left[k])
		}
		if sum += of("left"); of("carried_out") > 0 && of("rebooked_in") > 0 {
			moved++
		}
	}
	if sum != all || moved == 0 {
		t.Errorf("%d is left of all, reckoned here %d; %d budgets saw money moved", sum, all, moved)
	}
	for _, row := range o.must(o.control, "budget.underuse", map[string]any{})["underuse"].([]any) {
		o.explainsLeft(t, row.(map[string]any))
	}
}

// explainsLeft wants what is left to be what is held and the causes, and the
// causes to be what is free.
func (o office) explainsLeft(t *testing.T, u map[string]any) {
	t.Helper()
	held, causes := int64(0), int64(0)
	for _, field := range []string{"claimed", "reserved"} {
		held += cents(t, u[field])
	}
	for _, field := range []string{"never_used", "not_earned", "settled", "not_reserved"} {
		causes += cents(t, u[field])
	}
	if held+causes != cents(t, u["left"]) || causes != cents(t, u["free"]) {
		t.Errorf("left is not explained: %s", pretty(u))
	}
	year := int(u["year"].(float64))
	if got := o.budget(year, u["source"].(string), "left", "claimed", "reserved", "free"); got != words(u["left"], u["claimed"], u["reserved"], u["free"]) {
		t.Errorf("the budget is %s, its underuse %s", got, pretty(u))
	}
}

// What the municipality's own people cost burdens a budget when a second person
// approved it, is booked in the municipality's ledger, and is paid to nobody.
func (o office) costsItself(t *testing.T, conn *pgx.Conn) {
	o.has(2007, "W", "granted", "200.00")
	o.adult(1)
	contract := o.contract(1)
	for k, v := range map[string]any{"scheme": "oss-bonusbaan", "start": "2007-01-01", "end": "2007-12-31", "open_ended": false} {
		contract[k] = v
	}
	o.must(o.clerk, "contract.register", contract)
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"scheme": "oss-bonus"}, "scheme/unknown"},
		{map[string]any{"rule": "bonus"}, "cost/no_rule"},
		{map[string]any{"rule": "cleaner"}, "cost/no_rule"},
		{map[string]any{"day": "2003-12-31"}, "cost/no_rule"},
		{map[string]any{"day": "2009-01-01"}, "budget/other_time"},
		{map[string]any{"day": "2099-01-01"}, "date/future budget/other_time"},
		{map[string]any{"hours": ""}, "field/required"},
		{map[string]any{"hours": "1.001"}, "number/decimals"},
		{map[string]any{"hours": "0"}, "cost/nothing"},
		{map[string]any{"hours": "-1"}, "number/out_of_range"},
		{map[string]any{"amount": "5"}, "field/not_allowed"},
		{map[string]any{"rule": "execution"}, "field/required"},
		{map[string]any{"employer": ""}, "field/required"},
		{map[string]any{"contract": "C-9"}, "contract/unknown"},
		{map[string]any{"day": "2008-01-01"}, "cost/other_contract"},
	} {
		request := map[string]any{"scheme": "oss-bonusbaan", "rule": "jobcoach", "day": "2007-03-01", "hours": "2.50", "reference": "U-1", "employer": o.e, "contract": "C-1"}
		for k, v := range c.change {
			if request[k] = v; v == "" {
				delete(request, k)
			}
		}
		got := o.refused(o.control, "cost.record", request)
		if _, unnamed := c.change["day"]; unnamed && c.want != "cost/other_contract" && got == c.want+" cost/other_contract" {
			continue // The contract has no such day either.
		}
		if got != c.want && got != c.want+" cost/other_contract" {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
	request := map[string]any{"scheme": "oss-bonusbaan", "rule": "jobcoach", "day": "2007-03-01", "hours": "2.50", "reference": "U-1", "employer": o.e, "contract": "C-1"}
	cost := o.must(o.control, "cost.record", request)
	if got := words(cost["amount"], o.budget(2007, "W", "spent", "claimed", "left", "free")); got != "150.00 0.00 150.00 200.00 50.00" {
		t.Errorf("recorded: %s", got)
	}
	approve := func(hash any) map[string]any { return map[string]any{"cost": cost["cost"], "hash": hash} }
	recorder := o.user(o.m, "both", "control", "approve")
	own := o.must(recorder, "cost.record", request)
	for _, c := range []struct{ got, want string }{
		{o.refused(recorder, "cost.approve", map[string]any{"cost": own["cost"], "hash": own["hash"]}), "cost/four_eyes"},
		{o.refused(o.chief, "cost.approve", approve(own["hash"])), "cost/other_hash"},
		{o.refused(o.control, "cost.approve", approve(cost["hash"])), "user/role"},
		{o.refused(o.boss, "cost.approve", approve(cost["hash"])), "organisation/not_municipality"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
	o.must(o.chief, "cost.approve", approve(cost["hash"]))
	if got := o.refused(o.chief, "cost.approve", approve(cost["hash"])); got != "cost/approved" {
		t.Errorf("a second time: %s", got)
	}
	if got := o.refused(o.chief, "cost.approve", map[string]any{"cost": own["cost"], "hash": own["hash"]}); got != "budget/over" {
		t.Errorf("beyond the budget: %s", got)
	}
	o.must(o.chief, "cost.approve", map[string]any{"cost": own["cost"], "hash": own["hash"], "over_budget": "raadsbesluit"})
	request["take_back"] = true
	back := o.must(o.control, "cost.record", request)
	o.must(o.chief, "cost.approve", map[string]any{"cost": back["cost"], "hash": back["hash"]})
	if got := words(back["amount"], o.budget(2007, "W", "spent", "claimed", "left")); got != "-150.00 150.00 0.00 50.00" {
		t.Errorf("taken back: %s", got)
	}
	booked := one[string](t, conn, `
		SELECT string_agg(concat_ws(' ', t.debit, t.credit, t.amount), ', ' ORDER BY p.sequence) FROM posted_transfer t JOIN posting p ON p.id = t.posting
		WHERE p.ledger = (SELECT id FROM organisation WHERE code = $1)`, o.m)
	if want := "GemUitvoeringskosten GemDoorbelasteUren 150.00"; booked != want+", "+want+", GemDoorbelasteUren GemUitvoeringskosten 150.00" {
		t.Errorf("booked: %s", booked)
	}
	told := one[string](t, conn, `SELECT count(*) || ' ' || string_agg(DISTINCT verb, ' ') FROM outbox WHERE noun = 'cost' AND owner = (SELECT id FROM organisation WHERE code = $1)`, o.m)
	if paid := o.must(o.control, "payment.list", map[string]any{})["payments"].([]any); told != "3 approved" || len(paid) != 0 {
		t.Errorf("announced %s, paid %v", told, paid)
	}
	if got := o.must(o.control, "cost.list", map[string]any{})["costs"].([]any); len(got) != 3 || words(got[0].(map[string]any)["contract"], got[0].(map[string]any)["approved"]) != "C-1 true" {
		t.Errorf("costs: %s", pretty(got))
	}
	// A run knows nothing of it: the contract has no decision, and no claim either.
	o.work("C-1", "8.00", "2007-03-01")
	o.pay("2007-03")
	if got := o.claims("C-1"); len(got) != 0 {
		t.Errorf("an internal cost is claimed: %s", pretty(got))
	}
}

// The W-deel of Brabant: of 179,996,000 of 2004 a surplus of 34,969,000 was left,
// 19.43 %; 2006 had 19.36 % less.
func (o office) isBrabant(t *testing.T) {
	o.has(2004, "W", "granted", "179996000")
	o.spends("2004-12-31", "145027000.00", false)
	o.has(2006, "W", "granted", "145150983")
	o.has(2005, "I", "granted", "1.00")
	if got := o.budget(2004, "W", "granted", "spent", "left", "free", "used_percent"); got != "179996000.00 145027000.00 34969000.00 34969000.00 80.57" {
		t.Errorf("2004: %s", got) // 100.00 less 80.57 is 19.43
	}
	if got := o.budget(2006, "W", "granted", "spent", "used_percent"); got != "145150983.00 0.00 0.00" {
		t.Errorf("2006: %s", got)
	}
	before, after := euro.Cents(cents(t, o.budget(2004, "W", "granted"))), euro.Cents(cents(t, o.budget(2006, "W", "granted")))
	less := euro.Hundred.PartCents(euro.Ratio{Over: before.Sub(after).Number(), Under: before.Number()})
	surplus := euro.Hundred.PartCents(euro.Ratio{Over: euro.Cents(cents(t, o.budget(2004, "W", "left"))).Number(), Under: before.Number()})
	if less.String() != "19.36" || surplus.String() != "19.43" {
		t.Errorf("2006 has %s %% less than 2004, of which %s %% was left", less, surplus)
	}
	for _, u := range o.must(o.control, "budget.underuse", map[string]any{"year": 2004})["underuse"].([]any) {
		if u := u.(map[string]any); words(u["never_used"], u["not_earned"], u["settled"], u["not_reserved"]) != "0.00 0.00 0.00 34969000.00" {
			t.Errorf("why it is left: %s", pretty(u))
		}
	}
	if got := o.refused(o.control, "budget.record", map[string]any{"year": 2009, "source": "W", "kind": "carried", "amount": "34969000"}); got != "budget/other_time" {
		t.Errorf("carried past its end: %s", got)
	}
}

// underuse reads why a budget is left.
func (o office) underuse(year int, source string, fields ...string) string {
	o.t.Helper()
	for _, row := range o.must(o.control, "budget.underuse", map[string]any{"year": year})["underuse"].([]any) {
		u := row.(map[string]any)
		if u["source"] != source {
			continue
		}
		o.explainsLeft(o.t.(*testing.T), u)
		var values []any
		for _, field := range fields {
			values = append(values, u[field])
		}
		return words(values...)
	}
	return "none"
}

// Money is left because it was reserved and never used, because a result was not
// reached, because less was granted or an advance came back, and because nobody
// reserved it. Each is told to the cent, and at every moment all add up.
func (o office) leavesMoney(t *testing.T) {
	causes := []string{"never_used", "not_earned", "settled", "not_reserved"}
	o.has(2007, "W", "granted", "20000.00")
	if got := o.underuse(2007, "W", causes...); got != "0.00 0.00 0.00 20000.00" {
		t.Errorf("nothing is decided: %s", got)
	}
	o.opstap(1) // 2,500.00 at the start and as much after twelve months, which the contract never reaches
	one := cents(t, o.budget(2007, "W", "reserved"))
	o.adult(2)
	contract := o.contract(2)
	for k, v := range map[string]any{"scheme": "oss-bonusbaan", "start": "2007-01-01", "end": "2007-06-30", "open_ended": false} {
		contract[k] = v
	}
	o.must(o.clerk, "contract.register", contract)
	o.must(o.control, "decision.record", map[string]any{"number": "D-2", "employer": o.e, "contract": "C-2", "granted": "2007-01-01", "from": "2007-01-01", "to": "2007-06-30",
		"hours_per_week": "32", "productivity": 60, "budget": "W"})
	two := cents(t, o.budget(2007, "W", "reserved")) - one
	if got := o.underuse(2007, "W", causes...); one == 0 || two <= 0 || got != words("0.00 0.00 0.00", euro.Cents(20_000_00-one-two)) {
		t.Fatalf("reserved %d and %d: %s", one, two, got)
	}
	// Of a whole year 5,000.00 is expected, and half of it is earned by its end.
	o.adult(3)
	whole := o.contract(3)
	for k, v := range map[string]any{"scheme": "breda-opstapbaan", "start": "2007-01-01", "end": "2007-12-31", "open_ended": false} {
		whole[k] = v
	}
	o.must(o.clerk, "contract.register", whole)
	o.must(o.control, "decision.record", map[string]any{"number": "D-3", "employer": o.e, "contract": "C-3", "granted": "2007-01-01", "from": "2007-01-01", "to": "2007-12-31", "hours_per_week": "32", "budget": "W"})
	if got := cents(t, o.budget(2007, "W", "reserved")) - one - two; got != 5_000_00 {
		t.Errorf("of a whole year %d is reserved", got)
	}
	for _, c := range []string{"C-1", "C-2", "C-3"} {
		o.work(c, "8.00", weekdays("2007-01")...)
	}
	o.pay("2007-01")
	if got := o.underuse(2007, "W", "claimed"); cents(t, got) != cents(t, summed(t, append(append(o.claims("C-1"), o.claims("C-2")...), o.claims("C-3")...), "amount")) {
		t.Errorf("claimed: %s", got)
	}
	some := map[string]any{"claim": o.claim("C-2", "2007-01"), "verdict": "partly", "amount": "100.00", "reason": "uren niet verantwoord"}
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": "2007-01", "all": true, "claims": []any{some}})
	o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]})
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-2", "end": "2007-03-31", "reason": "ander werk"})
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-3", "end": "2007-02-28", "reason": "ander werk"})
	o.work("C-1", "8.00", "2007-02-01")
	o.work("C-3", "8.00", "2007-02-01")
	o.work("C-2", "1.00", "2007-02-01")
	o.pay("2007-02")
	o.grant("2007-02")
	o.work("C-2", "1.00", "2007-03-01")
	o.pay("2007-03")
	o.spends("2007-05-01", "1000.00", false)
	claimed, advance, back := int64(0), int64(0), int64(0)
	for _, c := range o.claims("C-2") {
		claimed += cents(t, c["amount"])
	}
	for _, c := range append(o.claims("C-1"), o.claims("C-3")...) {
		if amount := cents(t, c["amount"]); amount > 0 {
			advance += amount
		} else {
			back -= amount
		}
	}
	// An advance that comes back was claimed first: it is told as settled lower.
	never, settled := two-claimed, cents(t, o.inMonth("C-2", "2007-01", "amount"))-100_00+back
	free := 20_000_00 - (100_00 + cents(t, o.inMonth("C-2", "2007-02", "granted"))) - (advance - back) - 1_000_00 - cents(t, o.budget(2007, "W", "claimed"))
	want := words(euro.Cents(never), "2500.00", euro.Cents(settled), euro.Cents(free-never-2_500_00-settled))
	if got := o.underuse(2007, "W", causes...); got != want || back == 0 || never <= 0 {
		t.Errorf("causes: %s, want %s", got, want)
	}
	if got := o.underuse(2007, "W", "free", "reserved"); got != words(euro.Cents(free), "0.00") {
		t.Errorf("free: %s, want %s", got, euro.Cents(free))
	}
}

// inMonth reads a figure of the claim of a contract in a month.
func (o office) inMonth(contract, period, field string) any {
	o.t.Helper()
	for _, c := range o.claims(contract) {
		if c["period"] == period {
			return c[field]
		}
	}
	o.t.Fatalf("no claim of %s in %s", contract, period)
	return nil
}
