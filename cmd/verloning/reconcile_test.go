package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
)

// TestReconciliation plants one difference of each class on a service that runs, and
// asks for those, by name and amount, and nothing else; after what is proposed was
// done or booked it is clean.
func TestReconciliation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("refused", func(t *testing.T) { s.under(t).office("S-E", "S-M").refusesBookings(t) })
	t.Run("ends", func(t *testing.T) { s.under(t).office("T-E", "T-M").periodEnds(t) })
	t.Run("corrected", func(t *testing.T) { s.under(t).office("U-E", "U-M").correctsMonth(t) })
	t.Run("reversed", func(t *testing.T) { s.under(t).office("W-E", "W-M").reversesMonth(t) })
	t.Run("refusal", func(t *testing.T) { s.under(t).office("V-E", "V-M").signalsRefusal(t) })
	t.Run("month", func(t *testing.T) { s.under(t).office("R-E", "R-M").reconcilesMonth(t) })
}

// differences lists what is open, one word a thing: contract, class and amount.
func (o office) differences(c *bus.Client, narrow map[string]any) []string {
	o.t.Helper()
	var list []string
	for _, d := range o.must(c, "reconcile.differences", narrow)["differences"].([]any) {
		d := d.(map[string]any)
		list = append(list, strings.TrimSpace(words(orWord(d["contract"], orWord(d["source"], "-")), d["check"], d["class"], d["amount"])))
	}
	slices.Sort(list)
	return list
}

func orWord(v any, other any) any {
	if v == nil {
		return other
	}
	return v
}

// booksOne lets two people of the municipality book a difference.
func (o office) booksOne(d map[string]any) {
	o.t.Helper()
	if !d["proposal"].(map[string]any)["books"].(bool) {
		o.t.Fatalf("%s is not to be booked: %v", d["class"], d["proposal"])
	}
	booking := o.must(o.control, "reconcile.book", map[string]any{"difference": d["difference"], "reason": "besproken"})
	o.must(o.chief, "reconcile.approve", map[string]any{"booking": booking["booking"], "hash": booking["hash"]})
}

// balance reads one account.
func (o office) balance(c *bus.Client, account string) string {
	o.t.Helper()
	for _, b := range o.must(c, "ledger.balances", map[string]any{})["balances"].([]any) {
		if b := b.(map[string]any); b["account"] == account {
			return fmt.Sprint(b["amount"])
		}
	}
	return "none"
}

// refusesBookings: bad input gets every reason at once, and nobody books alone.
func (o office) refusesBookings(t *testing.T) {
	o.hire(1)
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.pay("2026-10")
	o.must(o.control, "othermoney.record", map[string]any{"employer": o.e, "contract": "C-1", "kind": "LKV", "period": "2026-10", "amount": "2000.00", "reference": "LKV-1"})
	ids := map[string]any{}
	for _, d := range o.must(o.control, "reconcile.differences", map[string]any{"period": "2026-10"})["differences"].([]any) {
		ids[fmt.Sprint(d.(map[string]any)["class"])] = d.(map[string]any)["difference"]
	}
	book := map[string]any{"difference": ids["funding_above_wage_cost"], "reason": "teveel"}
	first, second := o.must(o.control, "reconcile.book", book), o.must(o.control, "reconcile.book", book)
	own := o.must(o.chief, "reconcile.book", book)
	money := map[string]any{"employer": o.e, "contract": "C-1", "kind": "LKV", "period": "2026-10", "amount": "5.00", "reference": "LKV-2"}
	approve := func(b map[string]any, hash any) map[string]any {
		return map[string]any{"booking": b["booking"], "hash": hash}
	}
	for _, c := range []struct{ got, want string }{
		{o.refused(o.control, "reconcile.show", map[string]any{"period": "2026-P03", "from_period": "x", "limit": 5000}), "number/out_of_range period/invalid field/not_allowed"},
		{o.refused(o.control, "reconcile.differences", map[string]any{"from_period": "2026-10", "to_period": "2026-09"}), "date/order"},
		{o.refused(o.control, "reconcile.book", map[string]any{"difference": "x"}), "field/uuid field/required"},
		{o.refused(o.control, "reconcile.book", map[string]any{"difference": uuid.NewString(), "reason": "x"}), "difference/unknown"},
		{o.refused(o.control, "reconcile.book", map[string]any{"difference": ids["not_granted"], "reason": "x"}), "difference/not_booked"},
		{o.refused(o.boss, "reconcile.approve", approve(first, first["hash"])), "organisation/not_municipality"},
		{o.refused(o.chief, "reconcile.approve", approve(own, first["hash"])), "booking/other_hash booking/four_eyes"},
		{o.refused(o.control, "othermoney.record", with(money, map[string]any{"amount": "0.00", "period": "2026-P03"})), "period/not_month number/out_of_range date/outside_contract"},
		{o.refused(o.control, "othermoney.record", with(money, map[string]any{"period": "2026-06"})), "date/outside_contract"},
		{o.refused(o.control, "othermoney.record", with(money, map[string]any{"contract": "C-9", "kind": "gift"})), "field/not_allowed contract/unknown"},
		{o.refused(o.control, "othermoney.record", with(money, map[string]any{"reference": "LKV-1"})), "othermoney/known"},
	} {
		if sorted(c.got) != sorted(c.want) {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
	o.must(o.chief, "reconcile.approve", approve(first, first["hash"]))
	if got := o.refused(o.chief, "reconcile.approve", approve(second, second["hash"])); got != "booking/overtaken" {
		t.Errorf("the same difference booked twice: %s", got)
	}
	if got := o.refused(o.control, "reconcile.book", book); got != "difference/booked" {
		t.Errorf("what was booked whole is booked again: %s", got)
	}
	o.must(o.control, "othermoney.record", with(money, map[string]any{"reference": "LKV-1", "take_back": true, "amount": "2000.00"}))
	// What was booked on a difference that is no more is itself one, until it is booked
	// back.
	funding := map[string]any{"period": "2026-10", "class": "funding_above_wage_cost"}
	if list := o.must(o.control, "reconcile.differences", funding)["differences"].([]any); len(list) != 1 || words(list[0].(map[string]any)["amount"], list[0].(map[string]any)["booked"]) != "0.00 920.03" {
		t.Errorf("after the LKV was taken back: %s", pretty(list))
	}
	for _, d := range o.must(o.control, "reconcile.differences", funding)["differences"].([]any) {
		o.booksOne(d.(map[string]any))
	}
	if got := words(o.differences(o.control, funding), o.balance(o.chief, "GemTerugTeVorderenSubsidie")); got != "[] 0.00" {
		t.Errorf("booked back: %s", got)
	}
}

// periodEnds asks for the lists at the end of October, for the income of part-timers,
// and for the signal that somebody was dismissed.
func (o office) periodEnds(t *testing.T) {
	o.hire(1)
	o.person(2)
	whole, decided := o.contract(2), o.decision(2)
	whole["hours_per_week"], decided["hours_per_week"] = "40", "40"
	o.must(o.clerk, "contract.register", whole)
	o.must(o.control, "decision.record", decided)
	o.work("C-1", "8.00", "2026-09-01")
	for _, contract := range []string{"C-1", "C-2"} {
		o.work(contract, "8.00", weekdays("2026-10")...)
	}
	o.pay("2026-10")
	lists := func(request map[string]any) string {
		t.Helper()
		var list []string
		for _, one := range o.must(o.control, "reconcile.periodend", request)["totals"].([]any) {
			one := one.(map[string]any)
			list = append(list, words(one["list"], one["source"], one["lines"], one["amount"]))
		}
		return strings.Join(list, ", ")
	}
	// 1,121.76 a month of 32 hours and 1,402.20 of 40; in September the first worked.
	october := map[string]any{"on": "2026-10-31"}
	if got, want := lists(october), "earned_not_claimed BUIG 1 1121.76, claimed_not_granted BUIG 2 2523.96, stale_reservation BUIG 5 6450.12"; got != want {
		t.Errorf("after the run: %s, want %s", got, want)
	}
	o.grant("2026-10")
	if got, want := lists(map[string]any{"on": "2026-10-31", "list": "granted_not_paid"}), "granted_not_paid BUIG 2 2523.96"; got != want {
		t.Errorf("after the grant: %s, want %s", got, want)
	}
	o.must(o.control, "claim.settle", map[string]any{"claims": []string{o.claim("C-1", "2026-10")}, "day": "2026-10-31", "reference": "afschrift 1"})
	o.must(o.control, "claim.settle", map[string]any{"claims": []string{o.claim("C-2", "2026-10")}, "day": "2026-11-02", "reference": "afschrift 2"})
	if got, want := lists(map[string]any{"on": "2026-10-31", "list": "granted_not_paid"}), "granted_not_paid BUIG 1 1402.20"; got != want {
		t.Errorf("one was paid by then: %s, want %s", got, want)
	}
	for _, bad := range []struct {
		c       *bus.Client
		request map[string]any
		want    string
	}{
		{o.control, map[string]any{"on": "2026-10-30"}, "date/not_end"}, {o.control, map[string]any{"on": "2099-12-31"}, "date/future"},
		{o.control, map[string]any{"list": "all"}, "field/required field/not_allowed"},
	} {
		if got := o.refused(bad.c, "reconcile.periodend", bad.request); sorted(got) != sorted(bad.want) {
			t.Errorf("%v: %s, want %s", bad.request, got, bad.want)
		}
	}
	var paid []string
	for _, i := range o.must(o.control, "income.list", map[string]any{"period": "2026-10"})["incomes"].([]any) {
		i := i.(map[string]any)
		paid = append(paid, words(i["contract"], i["gross"], i["pay_date"], i["period"]))
	}
	if got := strings.Join(paid, ", "); got != "C-1 2038.64 2026-10-28 2026-10-01" { // the other works a full week
		t.Errorf("incomes: %s", got)
	}
	if got := o.refused(o.boss, "income.list", map[string]any{"period": "2026-10"}); got != "organisation/not_municipality" {
		t.Errorf("an employer asks for incomes: %s", got)
	}
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-1", "end": "2026-10-31", "reason": "Jan Jansen kwam niet", "ended_by": "employer"})
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-2", "end": "2026-10-31", "reason": "work"})
	o.events(o.control, "claim.granted claim.raised claim.settled contract.ended contract.registered decision.recorded payment.ordered payment.settled signal.dismissed signal.ended")
	conn := o.sql()
	if got := one[string](t, conn, `SELECT string_agg(concat_ws(' ', verb, data::json->>'contract', data::json->>'reason', data::json->>'day'), ', ' ORDER BY row) FROM outbox WHERE noun = 'signal' AND owner = (SELECT id FROM organisation WHERE code = '`+o.m+`')`); got != "dismissed C-1 employer 2026-10-31, ended C-2 work 2026-10-31" {
		t.Errorf("signals: %s", got)
	}
}

// signalsRefusal: a refusal that a provider reports is told to the municipality the
// same day, and to nobody else; what the municipality records itself it knows.
func (o office) signalsRefusal(t *testing.T) {
	at := o.contractor("V-R")
	o.must(o.control, "agreement.record", map[string]any{"number": "G-1", "provider": at.e, "scheme": "den-bosch-verloning", "from": "2007-01-01", "agreed": 2})
	var referred []any
	for i, n := range []string{"T-1", "T-2"} {
		referred = append(referred, map[string]any{"number": n, "scheme": "den-bosch-verloning", "agreement": "G-1", "bsn": bsnOf(900 + i), "referred": "2007-01-05"})
	}
	o.must(o.control, "trajectory.refer", map[string]any{"trajectories": referred})
	exit := func(n string) map[string]any {
		return map[string]any{"trajectory": n, "kind": "exited", "day": "2007-02-01", "reason": "refused_work"}
	}
	o.must(at.clerk, "trajectory.report", map[string]any{"events": []any{with(exit("T-1"), map[string]any{"municipality": o.m})}})
	o.must(o.control, "trajectory.record", map[string]any{"events": []any{exit("T-2")}})
	got := one[string](t, o.sql(), `SELECT string_agg(concat_ws(' ', o.code, e.verb, e.data::json->>'trajectory', e.data::json->>'reason', e.data::json->>'day'), ', ') FROM outbox e JOIN organisation o ON o.id = e.owner
		WHERE e.noun = 'signal' AND o.code IN ('`+o.m+`', 'V-R')`)
	if got != o.m+" refused T-1 refused_work 2007-02-01" {
		t.Errorf("signals: %s", got)
	}
}
