package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll/euro"
)

// TestReversal takes back what was approved: before the bank has it, after it, and
// one contract of it. Nothing is deleted, and everything together comes to what it
// would have been without.
func TestReversal(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	t.Run("before export", func(t *testing.T) { newStory(t, *s, 0).reversesBeforeExport() })
	t.Run("after export", func(t *testing.T) { newStory(t, *s, 1).reversesAfterExport() })
	t.Run("one contract", func(t *testing.T) { newStory(t, *s, 2).reversesOne() })
}

// octoberPaid hands in two people on loonkostensubsidie and one on none, and pays October.
func (y *story) octoberPaid() string {
	y.t.Helper()
	y.must(y.clerk, "employer.record", map[string]any{"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.52", "whk_year": 2026, "whk_reference": "W-1"})
	for _, n := range []string{"1", "2", "3"} {
		y.must(y.ask("persons", map[string]any{"number": "P-" + n, "birth_date": "1996-03-01", "loonheffingskorting": true}))
		y.must(y.ask("contracts", map[string]any{"number": "C-" + n, "person": "P-" + n, "start": "2026-10-01", "open_ended": true, "hours_per_week": "32", "full_time_hours": "40"}))
		if n != "3" {
			y.must(y.ask("decisions", map[string]any{"number": "D-" + n, "contract": "C-" + n, "granted": "2026-10-01", "from": "2026-10-01", "to": "2028-09-30", "route": "loonwaarde", "loonwaarde": 60, "hours_per_week": "32", "budget": "BUIG"}))
		}
		y.hours(0, map[string]any{"contract": "C-" + n, "month": "2026-10", "hours": "8.00", "days": "1 2 5 6 7 8 9 12 13 14"})
	}
	run := y.begin("2026-10")
	y.approve(run)
	return run
}

// reverse reverses a run, and a second person approves it.
func (y *story) reverse(run, contract string) string {
	y.t.Helper()
	request := map[string]any{"run": run, "reason": "verkeerd"}
	if contract != "" {
		request["contract"] = contract
	}
	reversal := y.must(y.clerk, "run.reverse", request)["run"].(string)
	y.must(y.clerk, "run.reverse", request) // made anew, and the same run
	y.approve(reversal)
	return reversal
}

// accounts are the balances of employer and municipality.
func (y *story) accounts() string { return strings.Join(y.outcome("accounts"), "\n") }

// due are the wages of a run that would go to the bank, and those that are held.
func (y *story) due(run string) []string {
	y.t.Helper()
	shown := y.must(y.clerk, "payment.due", map[string]any{"run": run, "until": "2027-12-31"})
	list := []string{fmt.Sprint(shown["payments"], " of ", shown["total"])}
	for _, h := range shown["held_payments"].([]any) {
		list = append(list, fmt.Sprint("held ", h.(map[string]any)["contract"]))
	}
	slices.Sort(list)
	return list
}

func (y *story) reversesBeforeExport() {
	run := y.octoberPaid()
	before, due := y.accounts(), fmt.Sprint(y.due(run))
	y.reverse(run, "")
	mirror := column[string](y.t, y.conn, `SELECT m.id::text FROM claim m JOIN contract c ON c.id = m.contract JOIN organisation e ON e.id = c.employer WHERE e.code = $1 AND m.reverses IS NOT NULL AND c.number = 'C-1' LIMIT 1`, y.e)[0]
	if got := y.must(y.clerk, "explain.amount", map[string]any{"id": mirror}); got["mirrored_by"] == nil || got["run"] != run || len(got["claims"].([]any)) != 1 {
		y.t.Errorf("a mirror is explained by %v", got)
	}
	if got := y.accounts(); got != "" {
		y.t.Errorf("after the reversal is left:\n%s", got)
	}
	if got := fmt.Sprint(y.due(run)); got != "[0 of 0.00]" {
		y.t.Errorf("is still to be paid: %s", got)
	}
	if got := y.refused(y.clerk, "run.reverse", map[string]any{"run": run, "reason": "nog eens"}); got != "run/status" {
		y.t.Errorf("reversed twice: %s", got)
	}
	if got := y.must(y.control, "claim.list", map[string]any{"employer": y.e, "status": "raised"})["claims"].([]any); len(got) != 0 {
		y.t.Errorf("the municipality is to decide on %v", got)
	}
	again := y.open("2026-10")
	y.calculate(y.clerk, again)
	y.approve(again)
	if got := y.accounts(); got != before {
		y.t.Errorf("an identical run leaves\n%s\nand not\n%s", got, before)
	}
	if got := fmt.Sprint(y.due(again)); got != due || got != "[3 of 3527.61]" {
		y.t.Errorf("to be paid is %s, and was %s", got, due)
	}
	y.decide("2026-10")
	y.finish(storyRun{"2026-11", y.begin("2026-11")})
	if got := column[string](y.t, y.conn, `SELECT n.kind FROM payslip_line n JOIN contract c ON c.id = n.contract JOIN organisation e ON e.id = c.employer WHERE e.code = $1 AND n.origin < n.period`, y.e); len(got) != 0 {
		y.t.Errorf("November corrects %v", got)
	}
}

func (y *story) reversesAfterExport() {
	run := y.octoberPaid()
	y.decide("2026-10")
	y.must(y.boss, "payment.export", map[string]any{"run": run})
	y.reverse(run, "")
	again := y.open("2026-10")
	y.calculate(y.clerk, again)
	y.approve(again)
	if got := fmt.Sprint(y.due(again)); got != "[0 of 0.00 held C-1 held C-2 held C-3]" {
		y.t.Errorf("to be paid a second time: %s", got)
	}
	owed := map[string]string{}
	for _, o := range y.rows(y.clerk, "receivable.list", "receivables", map[string]any{}) {
		owed[o["person"].(string)] = o["reference"].(string)
		if o["amount"] != "1175.87" {
			y.t.Errorf("%v is owed", o)
		}
	}
	refund := func(person string, more map[string]any) map[string]any {
		request := map[string]any{"person": person, "reference": owed[person], "day": "2026-11-05", "statement": "afschrift 9"}
		for key, value := range more {
			request[key] = value
		}
		return request
	}
	if got := y.refused(y.boss, "receivable.refund", refund("P-1", map[string]any{"amount": "1175.88"})); got != "refund/amount" {
		y.t.Errorf("more than is open: %s", got)
	}
	y.must(y.boss, "receivable.refund", refund("P-1", map[string]any{"amount": "1000.00"}))
	if got := fmt.Sprint(y.due(again)); got != "[0 of 0.00 held C-1 held C-2 held C-3]" {
		y.t.Errorf("a part came back, and to be paid is %s", got)
	}
	y.must(y.boss, "receivable.refund", refund("P-1", map[string]any{"amount": "175.87"}))
	if got := fmt.Sprint(y.due(again)); got != "[1 of 1175.87 held C-2 held C-3]" {
		y.t.Errorf("all came back, and to be paid is %s", got)
	}
	payment := column[string](y.t, y.conn, `SELECT p.id::text FROM payment p JOIN contract c ON c.id = p.contract WHERE p.run = $1 AND c.number = 'C-2' AND p.kind = 'wage'`, again)[0]
	y.must(y.boss, "receivable.refund", refund("P-2", map[string]any{"payment": payment}))
	if got := y.refused(y.boss, "receivable.refund", refund("P-2", map[string]any{"payment": payment})); got != "payment/not_open" {
		y.t.Errorf("set off twice: %s", got)
	}
	if got := fmt.Sprint(y.due(again)); got != "[1 of 1175.87 held C-3]" {
		y.t.Errorf("set off, and to be paid is %s", got)
	}
	y.refundsByBank(again)
	claims := strings.Join(y.claims(), "\n")
	if want := 6; strings.Count(claims, "1121.76") < want || !strings.Contains(claims, "claimed -1121.76, raised") {
		y.t.Errorf("claims:\n%s", claims)
	}
	y.reclaimsByBank()
}

// owes finds one thing that is owed, by kind and whom it is of.
func (y *story) owes(client *bus.Client, kind, other string) map[string]any {
	y.t.Helper()
	for _, o := range y.rows(client, "payment.owed", "open", map[string]any{}) {
		if o["kind"] == kind && o["other"] == other {
			return o
		}
	}
	return map[string]any{}
}

// refundsByBank lets an employee pay back in two parts, the second of which states no reference.
func (y *story) refundsByBank(again string) {
	y.t.Helper()
	owed := y.owes(y.clerk, "staff", "P-3")
	if words(owed["in"], owed["open"]) != "true 1175.87" || len(y.rows(y.clerk, "payment.owed", "open", map[string]any{})) != 3 { // and two subsidies
		y.t.Fatalf("is owed: %s", pretty(y.must(y.clerk, "payment.owed", map[string]any{})))
	}
	ref := fmt.Sprint(owed["reference"])
	in := func(id, amount, about string) string {
		return camt("08", "NL91ABNA0417164300", id, bankMove{ref: id, sign: "CRDT", amount: amount, day: "2026-11-06", name: "NOTPROVIDED", about: about})
	}
	for _, c := range []struct{ message, want string }{
		{in("I1", "1175.88", "terug "+ref), "1 0 0 0 1 0"}, // more than is open
		{in("I2", "1000.00", "terug "+ref[:4]+" "+ref[4:9]+" "+ref[9:]+" dank"), "1 0 0 0 1 1"},
		{in("I2", "1000.00", "terug "+ref[:4]+" "+ref[4:9]+" "+ref[9:]+" dank"), "0 0 0 0 0 0"},
		{in("I3", "175.87", "terug"), "1 0 0 0 2 0"},
	} {
		r := y.must(y.books, "payment.import", report(c.message))
		if got := words(r["lines"], r["settled"], r["returned"], r["rejected"], r["unmatched"], r["received"]); got != c.want {
			y.t.Errorf("%s, want %s", got, c.want)
		}
	}
	var line any
	for _, u := range y.rows(y.clerk, "payment.unmatched", "unmatched", map[string]any{}) {
		if u["amount"] == "175.87" {
			line = u["line"]
		}
	}
	assign := map[string]any{"line": line, "reference": ref}
	if got := y.refused(y.books, "payment.assign", assign); got != "payment/four_eyes" {
		y.t.Errorf("assigned by who imported: %s", got)
	}
	if got := fmt.Sprint(y.due(again)); got != "[1 of 1175.87 held C-3]" {
		y.t.Errorf("a part came in, and to be paid is %s", got)
	}
	second := y.user(y.e, "tweede", "control")
	if got := y.must(second, "payment.assign", assign); words(got["open"], got["amount"]) != "0.00 175.87" {
		y.t.Errorf("assigned: %s", pretty(got))
	}
	if got := y.refused(second, "payment.assign", assign); got != "line/unknown owed/unknown" {
		y.t.Errorf("assigned twice: %s", got)
	}
	if got := fmt.Sprint(y.due(again)); got != "[2 of 2351.74]" {
		y.t.Errorf("all came in, and to be paid is %s", got)
	}
}

// reclaimsByBank lets the municipality grant the mirrors of what it granted, and get it back: both
// sides know it by the same reference. Then the books of both fit what their banks told.
func (y *story) reclaimsByBank() {
	y.t.Helper()
	y.decide("2026-10")
	in, out := y.owes(y.control, "reclaim", y.e), y.owes(y.clerk, "reclaim", y.m)
	if words(in["in"], in["open"], out["in"], out["open"]) != "true 2243.52 false 2243.52" || in["reference"] != out["reference"] {
		y.t.Fatalf("claimed back: %s %s", pretty(in), pretty(out))
	}
	treasurer := y.user(y.m, "kas", "control")
	move := bankMove{ref: "T", sign: "CRDT", amount: "2243.52", day: "2026-11-09", name: "NOTPROVIDED", about: fmt.Sprint(in["reference"])}
	if r := y.must(treasurer, "payment.import", report(camt("02", "NL20INGB0001234567", "M1", move))); words(r["received"], r["unmatched"]) != "1 0" {
		y.t.Errorf("came in: %s", pretty(r))
	}
	move.sign = "DBIT"
	if r := y.must(y.books, "payment.import", report(camt("02", "NL91ABNA0417164300", "E1", move))); words(r["received"], r["unmatched"]) != "1 1" { // and what was more than open
		y.t.Errorf("went out: %s", pretty(r))
	}
	// The subsidies go out by file, and the employer's bank names each by the municipality's id.
	made := y.must(y.chief, "payment.export", map[string]any{})
	names := namesIn(y.bankFile(y.chief, made["file"]))
	var sent, got []bankMove
	for i, name := range names {
		sent = append(sent, bankMove{ref: fmt.Sprint("S", i), sign: "DBIT", amount: "1121.76", day: "2026-11-10", name: name})
		got = append(got, bankMove{ref: fmt.Sprint("S", i), sign: "CRDT", amount: "1121.76", day: "2026-11-10", name: name})
	}
	first, second := y.must(treasurer, "payment.import", report(camt("08", "NL20INGB0001234567", "M2", sent...))), y.must(y.books, "payment.import", report(camt("08", "NL91ABNA0417164300", "E2", got...)))
	if words(first["settled"], first["received"], second["settled"], second["received"]) != "4 0 0 4" {
		y.t.Errorf("subsidies: %s %s", pretty(first), pretty(second))
	}
	if got := y.site.stands(y.boss, "BVorOva", "BSchOpa", "BVorOvr") + y.site.stands(y.chief, "GemTeBetalenSubsidie", "GemTerugTeVorderenSubsidie"); got != "0.00 0.00 0.000.00 0.00" {
		y.t.Errorf("in the end is left: %s", got)
	}
	for name, client := range map[string]*bus.Client{"E": y.boss, "M": y.chief} {
		for _, one := range y.must(client, "ledger.ties", map[string]any{"period": "2026-10"})["ties"].([]any) {
			if m := one.(map[string]any); m["difference"] != "0.00" && m["tie"] != "taxes" { // of which there is no return
				y.t.Errorf("%s: %s", name, pretty(m))
			}
		}
		if checked := y.must(client, "ledger.verify", map[string]any{}); strings.Contains(pretty(checked), `"fault"`) {
			y.t.Errorf("the chain of %s: %s", name, pretty(checked))
		}
	}
	if left := y.rows(y.clerk, "payment.owed", "open", map[string]any{}); len(left) != 0 {
		y.t.Errorf("is still owed: %v", left)
	}
}

func (y *story) reversesOne() {
	run := y.octoberPaid()
	y.decide("2026-10")
	before := strings.Join(y.byOrigin(), "\n")
	y.must(y.clerk, "return.make", map[string]any{"period": "2026-10"})
	three := euro.MustParse(y.element("2026-10", "TotTeBet")[1])
	y.reverse(run, "C-1")
	y.returnsLess(three)
	if got := fmt.Sprint(y.due(run)); got != "[2 of 2351.74]" {
		y.t.Errorf("to be paid is %s", got)
	}
	y.finish(storyRun{"2026-11", y.begin("2026-11")})
	if got := strings.Join(column[string](y.t, y.conn, `
		SELECT DISTINCT c.number FROM payslip_line n JOIN calculation k ON k.id = n.calculation AND k.status = 'approved' JOIN contract c ON c.id = n.contract JOIN organisation e ON e.id = c.employer
		WHERE e.code = $1 AND n.origin < n.period`, y.e), " "); got != "C-1" {
		y.t.Errorf("November pays again of October: %s", got)
	}
	var october []string
	for _, line := range y.byOrigin() {
		if strings.Contains(line, " 2026-10-01 ") {
			october = append(october, line)
		}
	}
	for _, line := range october {
		if !strings.Contains(before, line) {
			y.t.Errorf("October comes to %s", line)
		}
	}
	if len(october) == 0 {
		y.t.Error("October comes to nothing")
	}
	y.must(y.clerk, "return.make", map[string]any{"period": "2026-11"})
	year := y.must(y.boss, "return.year", map[string]any{"year": 2026})
	if words(year["agrees"], year["missing"], year["returns"]) != "true [] 2" {
		y.t.Errorf("returns, payslips and ledger of the year: %s", pretty(year))
	}
}

// returnsLess corrects a return of three people whose payslips were alike, of which
// one was taken back: it asks a third less.
func (y *story) returnsLess(three euro.Amount) {
	y.t.Helper()
	made := y.must(y.clerk, "return.make", map[string]any{"period": "2026-10"})
	two := euro.MustParse(y.element("2026-10", "TotTeBet")[1])
	if two.Sign() <= 0 || two.Add(two).Add(two).Cmp(three.Add(three)) != 0 || words(made["sequence"], made["changed"]) != "2 1" {
		y.t.Errorf("of three people the return asks %s and of two %s: %s", three, two, pretty(made))
	}
	if year := y.must(y.boss, "return.year", map[string]any{"year": 2026}); year["agrees"] != true {
		y.t.Errorf("after the correction: %s", pretty(year))
	}
}
