package main

import (
	"fmt"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
)

// ibanOf is the n-th account of a bank.
func ibanOf(n int) string {
	for check := 2; ; check++ {
		if iban := fmt.Sprintf("NL%02dRABO%010d", check, 3_000_000+n); payroll.IBAN(iban).Valid() {
			return iban
		}
	}
}

// confirms confirms every change that waits, as somebody.
func (s *site) confirms(c *bus.Client) any {
	s.t.Helper()
	var ids []any
	for _, change := range s.must(c, "control.list", map[string]any{})["changes"].([]any) {
		ids = append(ids, change.(map[string]any)["change"])
	}
	return s.must(c, "control.confirm", map[string]any{"changes": ids})["confirmed"]
}

// TestReturnsArePaidOnce: of 500 wages 3 come back. Each is paid once, after a corrected account was
// confirmed by a second person, and not before; whatever is told or confirmed twice changes nothing.
func TestReturnsArePaidOnce(t *testing.T) {
	t.Parallel()
	const people = 500
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	var hours []any
	for n := 1; n <= people; n++ {
		o.must(o.clerk, "person.register", map[string]any{"number": fmt.Sprintf("P-%d", n), "bsn": bsnOf(n), "name": "Jan Jansen", "birth_date": "1996-03-01", "iban": ibanOf(n)})
		o.must(o.clerk, "contract.register", with(o.contract(n), map[string]any{"municipality": nil}))
		hours = append(hours, lines(fmt.Sprintf("C-%d", n), "8.00", "2026-10-01")...)
	}
	o.submit(o.clerk, "0198f2c4-0000-7000-8000-000000000001", hours)
	run := o.pay("2026-10")
	total := fmt.Sprint(o.must(o.clerk, "run.show", map[string]any{"run": run})["totals"].(map[string]any)["net"])
	made := o.must(o.boss, "payment.export", map[string]any{})
	batch := made["batches"].([]any)[0].(map[string]any)
	names := namesIn(o.bankFile(o.boss, made["file"]))
	if len(names) != people || batch["total"] != total {
		t.Fatalf("%d payments: %s", len(names), pretty(made))
	}
	treasurer := o.user(o.e, "treasurer", "control")
	one := o.must(o.clerk, "payment.list", map[string]any{"limit": 1})["payments"].([]any)[0].(map[string]any)["amount"]
	net := fmt.Sprint(one)
	debit := bankMove{ref: "B1", sign: "DBIT", amount: total, day: "2026-11-02", batch: fmt.Sprint(batch["batch"])}
	for _, c := range []struct{ message, want string }{
		{camt("08", "NL91ABNA0417164300", "S1", with1(debit, "1.00"), bankMove{ref: "X", sign: "CRDT", amount: "5.00", day: "2026-11-02", name: "ANDERS"}), "2 0 0 0 2"},
		{camt("08", "NL91ABNA0417164300", "S2", debit), "1 500 0 0 1"}, // and what did not fit still does not
		{camt("08", "NL91ABNA0417164300", "S2", debit), "0 0 0 0 0"},
		{camt("02", "NL91ABNA0417164300", "S2", debit), "0 0 0 0 1"}, // the same, told otherwise
	} {
		if got := s.told(treasurer, c.message); got != c.want {
			t.Errorf("%.200s: %s, want %s", c.message, got, c.want)
		}
	}
	if got := s.stands(o.boss, "BSchSalNet", "BLimBanRba") + o.paidUp(run); got != "0.00 -"+total+" paid 500 500" {
		t.Errorf("after the debit: %s", got)
	}
	back := func(i int) bankMove {
		return bankMove{ref: fmt.Sprint("R", i), sign: "CRDT", amount: net, day: "2026-11-04", name: names[i], reason: "AC04"}
	}
	for _, want := range []string{"3 0 3 0 1", "0 0 0 0 0"} {
		if got := s.told(treasurer, camt("02", "NL91ABNA0417164300", "S3", back(0), back(1), back(2))); got != want {
			t.Errorf("three come back: %s, want %s", got, want)
		}
	}
	if got := o.paidUp(run); got != " approved 500 497" {
		t.Errorf("after three came back the run is%s", got)
	}
	if got := s.told(treasurer, camt("08", "NL91ABNA0417164300", "S4", bankMove{ref: "R9", sign: "CRDT", amount: net, day: "2026-11-05", name: names[0]})); got != "1 0 0 0 2" {
		t.Errorf("one comes back twice: %s", got)
	}
	o.paysAgain(t, treasurer, names, net)
	for message, want := range map[string]string{
		camt("02", "NL91ABNA0417164300", "S3", back(0), back(1), back(2)): "0 0 0 0 0", camt("08", "NL91ABNA0417164300", "S3", back(0), back(1), back(2)): "0 0 0 0 2",
	} {
		if got := s.told(treasurer, message); got != want {
			t.Errorf("told again: %s, want %s", got, want)
		}
	}
	if got := s.stands(o.boss, "BSchSalNet", "BLimBanRba") + o.paidUp(run); got != "0.00 -"+total+" paid 500 500" {
		t.Errorf("in the end: %s", got)
	}
	conn := s.sql()
	if got := column[string](t, conn, `SELECT attempt || ' ' || count(*) FROM bank_settled s WHERE NOT EXISTS (SELECT FROM bank_returned r WHERE r.payment = s.payment AND r.attempt = s.attempt) GROUP BY attempt ORDER BY 1`); strings.Join(got, ", ") != "1 497, 2 3" {
		t.Errorf("paid in the end: %v", got)
	}
	if checked := s.must(o.boss, "ledger.verify", map[string]any{}); strings.Contains(pretty(checked), `"fault"`) {
		t.Errorf("the chain: %s", pretty(checked))
	}
	unmatched := s.must(treasurer, "payment.unmatched", map[string]any{})["unmatched"].([]any)
	var why []string
	for _, u := range unmatched {
		why = append(why, fmt.Sprint(u.(map[string]any)["why"].(map[string]any)["type"]))
	}
	if got := sorted(strings.Join(why, " ")); got != "bank/told_already bank/told_already bank/unknown" {
		t.Errorf("unmatched: %s %s", got, pretty(unmatched))
	}
}

// paidUp is where a run stands, and how many of its payments the bank carried out.
func (o office) paidUp(run string) string {
	o.t.Helper()
	r := o.must(o.clerk, "run.list", map[string]any{})["runs"].([]any)[0].(map[string]any)
	if shown := o.must(o.clerk, "run.show", map[string]any{"run": run}); shown["status"] != r["status"] || shown["settled"] != r["settled"] {
		o.t.Errorf("run.show tells otherwise than run.list: %s", pretty(shown))
	}
	return " " + words(r["status"], r["payments"], r["settled"])
}

func with1(m bankMove, amount string) bankMove {
	m.ref, m.amount = "B0", amount
	return m
}

// paysAgain corrects the accounts of three and pays them, and nobody else.
func (o office) paysAgain(t *testing.T, treasurer *bus.Client, names []string, net string) {
	t.Helper()
	held := func(want string, count int) {
		t.Helper()
		due := o.must(o.clerk, "payment.due", map[string]any{})
		if got := o.heldFor(o.clerk); strings.Count(got, want) != count || due["payments"] != float64(3-count) || due["held"] != float64(count) {
			t.Errorf("held: %s, want %d of %s; %s", got, count, want, pretty(due))
		}
	}
	held("payment/returned", 3)
	if got := o.refused(o.boss, "payment.export", map[string]any{}); got != "payment/all_held" {
		t.Errorf("before anything was corrected: %s", got)
	}
	// A name alone is no corrected account.
	numbers := column[string](t, o.sqlOnce(), `SELECT e.number FROM bank_returned r JOIN payment p ON p.id = r.payment JOIN contract c ON c.id = p.contract JOIN employment e ON e.id = c.employment ORDER BY 1`)
	if len(numbers) != 3 {
		t.Fatalf("%v came back", numbers)
	}
	o.must(o.clerk, "person.amend", map[string]any{"number": numbers[0], "name": "Piet"})
	held("payment/returned", 3)
	both := o.user(o.e, "zelf", "submit", "control")
	for i, number := range numbers {
		o.must(both, "person.amend", map[string]any{"number": number, "iban": ibanOf(900 + i)})
	}
	held("payment/iban_unconfirmed", 3)
	pending := o.must(both, "control.list", map[string]any{})["changes"].([]any)
	if len(pending) != 3 || pending[0].(map[string]any)["mine"] != true || strings.Contains(pretty(pending), "RABO") {
		t.Errorf("changes: %s", pretty(pending))
	}
	ids := []any{pending[0].(map[string]any)["change"], pending[1].(map[string]any)["change"], pending[2].(map[string]any)["change"]}
	if got := o.refused(both, "control.confirm", map[string]any{"changes": ids}); got != "control/four_eyes control/four_eyes control/four_eyes" {
		t.Errorf("confirmed by who recorded: %s", got)
	}
	if got := o.must(treasurer, "control.confirm", map[string]any{"changes": ids[:2]})["confirmed"]; got != 2.0 {
		t.Errorf("%v confirmed", got)
	}
	held("payment/iban_unconfirmed", 1)
	if got := words(o.confirms(treasurer), o.must(treasurer, "control.confirm", map[string]any{"changes": ids})["confirmed"]); got != "1 0" {
		t.Errorf("confirmed, and again: %s", got)
	}
	held("payment/", 0)
	made := o.must(o.boss, "payment.export", map[string]any{})
	again := namesIn(o.bankFile(o.boss, made["file"]))
	text := o.bankFile(o.boss, made["file"])
	for i, name := range again {
		if strings.Contains(strings.Join(names, " "), name) {
			t.Errorf("%s went before", name)
		}
		if !strings.Contains(text, ibanOf(900+i)) {
			t.Errorf("%s is not paid", ibanOf(900+i))
		}
	}
	if got := o.refused(o.boss, "payment.export", map[string]any{}); len(again) != 3 || got != "payment/none" {
		t.Errorf("%d are paid again, and then %s", len(again), got)
	}
	moves := []bankMove{}
	for i, name := range again {
		moves = append(moves, bankMove{ref: fmt.Sprint("D", i), sign: "DBIT", amount: net, day: "2026-11-09", name: name})
	}
	if got := o.told(treasurer, camt("08", "NL91ABNA0417164300", "S9", moves...)); !strings.HasPrefix(got, "3 3 0 0") {
		t.Errorf("paid again: %s", got)
	}
}

// TestBankRejects: what the bank rejects was never paid and is not booked; a whole file that it
// rejects goes again as it was, and one order only to another account.
func TestBankRejects(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	for n := 1; n <= 3; n++ {
		o.hire(n)
		o.work(fmt.Sprintf("C-%d", n), "8.00", "2026-10-01")
	}
	run := o.pay("2026-10")
	net := fmt.Sprint(o.must(o.clerk, "payment.list", map[string]any{"run": run})["payments"].([]any)[0].(map[string]any)["amount"])
	treasurer := o.user(o.e, "treasurer", "control")
	made := o.must(o.boss, "payment.export", map[string]any{})
	if got := s.told(treasurer, pain002("P1", fmt.Sprint(made["message_id"]), "")); got != "1 0 0 3 0" {
		t.Errorf("a file is rejected: %s", got)
	}
	made = o.must(o.boss, "payment.export", map[string]any{})
	names, batch := namesIn(o.bankFile(o.boss, made["file"])), fmt.Sprint(made["batches"].([]any)[0].(map[string]any)["batch"])
	if len(names) != 3 {
		t.Fatalf("it goes again with %d payments", len(names))
	}
	total := fmt.Sprint(made["total"])
	if got := s.told(treasurer, camt("08", "NL91ABNA0417164300", "S0", bankMove{ref: "B", sign: "DBIT", amount: fmt.Sprint(sumOf(t, net, net)), day: "2026-11-02", batch: batch})); got != "1 0 0 0 1" {
		t.Errorf("a debit of two of three, before the bank says which it rejected: %s", got)
	}
	if got := s.told(treasurer, pain002("P2", fmt.Sprint(made["message_id"]), batch, names[1], "ONBEKEND")); got != "2 2 0 1 1" {
		t.Errorf("one order is rejected, and the debit fits: %s", got)
	}
	if got := s.stands(o.boss, "BSchSalNet", "BLimBanRba"); got != "-"+net+" -"+fmt.Sprint(sumOf(t, net, net)) {
		t.Errorf("two of %s are paid: %s", total, got)
	}
	if got := s.heldFor(o.clerk); !strings.HasSuffix(got, "payment/returned") || strings.Contains(got, ",") {
		t.Errorf("held: %s", got)
	}
	o.releases(t, treasurer, names, net)
	for message, want := range map[string]string{
		camt("08", "NL20INGB0001234567", "S5", bankMove{ref: "B", sign: "DBIT", amount: "1.00", day: "2026-11-02", batch: batch}): "bank/other_account",
		"geen xml": "bank/no_xml",
	} {
		if got := s.refused(treasurer, "payment.import", report(message)); got != want {
			t.Errorf("%.40s: %s, want %s", message, got, want)
		}
	}
}

// releases lets one wage come back for no fault of its account: a second person releases it, a third
// puts it into a file, and it is paid once. Where the account is wrong nobody can.
func (o office) releases(t *testing.T, treasurer *bus.Client, names []string, net string) {
	t.Helper()
	back := camt("08", "NL91ABNA0417164300", "S6", bankMove{ref: "R", sign: "CRDT", amount: net, day: "2026-11-04", name: names[2], reason: "AM04"})
	if got := o.told(treasurer, back); got != "1 0 1 0 0" {
		t.Errorf("one comes back: %s", got)
	}
	ids := map[string]string{}
	for _, h := range o.must(o.clerk, "payment.due", map[string]any{})["held_payments"].([]any) {
		ids[fmt.Sprint(h.(map[string]any)["reasons"].([]any)[0].(map[string]any)["type"])] = fmt.Sprint(h.(map[string]any)["payment"])
	}
	both, second := o.user(o.e, "zelf", "control", "approve"), o.user(o.e, "tweede", "control")
	asks := func(kinds ...string) map[string]any {
		var list []string
		for _, kind := range kinds {
			list = append(list, ids[kind])
		}
		return map[string]any{"payments": list, "reason": "het saldo was te laag"}
	}
	if got := o.refused(treasurer, "payment.release", asks("payment/returned", "payment/unreleased")); got != "payment/account payment/four_eyes" {
		t.Errorf("released by who imported: %s", got)
	}
	if got := o.refused(o.boss, "payment.export", map[string]any{}); got != "payment/all_held" {
		t.Errorf("before it was released: %s", got)
	}
	for _, c := range []struct {
		client *bus.Client
		want   any
	}{{both, 1.0}, {second, 0.0}} {
		if got := o.must(c.client, "payment.release", asks("payment/unreleased"))["released"]; got != c.want {
			t.Errorf("released: %v, want %v", got, c.want)
		}
	}
	if got := o.refused(both, "payment.export", map[string]any{}); got != "payment/four_eyes" {
		t.Errorf("put into a file by who released: %s", got)
	}
	made := o.must(o.boss, "payment.export", map[string]any{})
	again := namesIn(o.bankFile(o.boss, made["file"]))
	if len(again) != 1 || again[0] == names[2] {
		t.Fatalf("it goes again as %v", again)
	}
	for _, refused := range []string{o.refused(second, "payment.release", asks("payment/unreleased")), o.refused(o.boss, "payment.export", map[string]any{})} {
		if refused != "payment/not_back" && refused != "payment/all_held" {
			t.Errorf("once more: %s", refused)
		}
	}
	paid := bankMove{ref: "B2", sign: "DBIT", amount: net, day: "2026-11-09", name: again[0]}
	// The bank tells of both attempts again, in whatever order: the first stays where it is.
	first := bankMove{ref: "B3", sign: "DBIT", amount: net, day: "2026-11-09", name: names[2]}
	if got := o.told(treasurer, camt("08", "NL91ABNA0417164300", "S7", first, paid)); got != "2 1 0 0 1" {
		t.Errorf("paid again: %s", got)
	}
	if got := o.site.stands(o.boss, "BSchSalNet", "BLimBanRba"); got != "-"+net+" -"+sumOf(t, net, net) {
		t.Errorf("two of three are paid: %s", got)
	}
}

func sumOf(t *testing.T, amounts ...string) string {
	t.Helper()
	list := []map[string]any{}
	for _, a := range amounts {
		list = append(list, map[string]any{"amount": a})
	}
	return summed(t, list, "amount")
}

// TestSubsidiesByBank: the municipality's claims follow its bank, and what its money rests on is
// confirmed by somebody else than who recorded and who approved.
func TestSubsidiesByBank(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	for n := 1; n <= 2; n++ {
		o.hire(n)
		o.work(fmt.Sprintf("C-%d", n), "8.00", weekdays("2026-10")...)
	}
	o.must(o.control, "decision.record", with(o.decision(1), map[string]any{"valid_from": "2026-09-01", "hours_per_week": "30", "loonwaarde": nil}))
	o.must(o.control, "loonwaarde.record", map[string]any{"employer": "E", "contract": "C-2", "valid_from": "2026-10-01", "percent": 50, "includes_holiday_allowance": true, "measured_by": "x"})
	o.pay("2026-10")
	o.grant("2026-10")
	if got := s.heldFor(o.control); got != "C-1 payment/decision_unconfirmed, C-2 payment/loonwaarde_unconfirmed" {
		t.Errorf("held: %s", got)
	}
	if got := s.confirms(o.chief); got != 2.0 {
		t.Errorf("confirmed by who approved: %v", got)
	}
	if got := s.heldFor(o.control); got != "C-1 payment/decision_unconfirmed, C-2 payment/loonwaarde_unconfirmed" {
		t.Errorf("held after who approved confirmed: %s", got)
	}
	third := o.user(o.m, "derde", "control")
	ids := column[string](t, s.sql(), `SELECT change::text FROM master_change WHERE kind <> 'iban'`)
	if got := s.must(third, "control.confirm", map[string]any{"changes": ids})["confirmed"]; got != 2.0 {
		t.Errorf("confirmed by a third: %v", got)
	}
	made := o.must(o.chief, "payment.export", map[string]any{})
	names := namesIn(o.bankFile(o.chief, made["file"]))
	amounts := map[string]string{}
	for _, p := range o.must(o.control, "payment.list", map[string]any{})["payments"].([]any) {
		amounts[fmt.Sprint(p.(map[string]any)["end_to_end"])] = fmt.Sprint(p.(map[string]any)["amount"])
	}
	var moves []bankMove
	for i, name := range names {
		moves = append(moves, bankMove{ref: fmt.Sprint("D", i), sign: "DBIT", amount: amounts[name], day: "2026-11-02", name: name})
	}
	if got := s.told(third, camt("08", "NL20INGB0001234567", "S1", moves...)); got != "2 2 0 0 0" {
		t.Errorf("debited: %s", got)
	}
	if got := words(o.status("C-1"), "/", o.status("C-2"), s.stands(o.chief, "GemTeBetalenSubsidie", "GemBank")); got != "2026-10 settled / 2026-10 settled 0.00 -"+fmt.Sprint(made["total"]) {
		t.Errorf("settled: %s", got)
	}
	moves[0].sign, moves[0].ref, moves[0].day, moves[0].reason = "CRDT", "R", "2026-11-04", "AC04"
	if got := s.told(third, camt("02", "NL20INGB0001234567", "S2", moves[0])); got != "1 0 1 0 0" {
		t.Errorf("returned: %s", got)
	}
	if got := o.status("C-1") + o.status("C-2"); strings.Count(got, "settled") != 1 || strings.Count(got, "ordered") != 1 {
		t.Errorf("one came back: %s", got)
	}
	if got := s.heldFor(o.control); !strings.HasSuffix(got, "payment/returned") {
		t.Errorf("held: %s", got)
	}
	o.payeeMoves(t, third, moves[0].amount)
}

// payeeMoves gives the employer another account, and then the municipality: what came back is paid
// once, after each was confirmed by a second person of its own organisation.
func (o office) payeeMoves(t *testing.T, third *bus.Client, amount string) {
	t.Helper()
	here, second := o.user(o.e, "beheer", "control"), o.user(o.e, "tweede", "control")
	for iban, want := range map[string]string{"NL91ABNA0417164301": "iban/invalid", "NL91 ABNA 0417 1643 00": "iban/same", "NL20INGB0001234567": "iban/counterparty", "NL44RABO0123456789": "iban/counterparty"} {
		if got := o.refused(here, "org.amend", map[string]any{"iban": iban}); got != want {
			t.Errorf("%s: %s, want %s", iban, got, want)
		}
	}
	o.must(here, "org.amend", map[string]any{"iban": "NL86INGB0002445588"})
	if got := o.heldFor(o.control); !strings.HasSuffix(got, "payment/iban_unconfirmed") {
		t.Errorf("held: %s", got)
	}
	pending := o.must(here, "control.list", map[string]any{})["changes"].([]any)
	if len(pending) != 1 || words(pending[0].(map[string]any)["label"], pending[0].(map[string]any)["was"], pending[0].(map[string]any)["becomes"]) != o.e+" …4300 …5588" {
		t.Fatalf("changes: %s", pretty(pending))
	}
	if got := o.refused(here, "control.confirm", map[string]any{"changes": []any{pending[0].(map[string]any)["change"]}}); got != "control/four_eyes" {
		t.Errorf("confirmed by who recorded: %s", got)
	}
	if got := o.refused(third, "control.confirm", map[string]any{"changes": []any{pending[0].(map[string]any)["change"]}}); got != "change/unknown" {
		t.Errorf("confirmed by the municipality: %s", got)
	}
	if got := o.refused(o.chief, "payment.export", map[string]any{}); got != "payment/all_held" {
		t.Errorf("before it is confirmed: %s", got)
	}
	if got := o.confirms(second); got != 1.0 {
		t.Errorf("confirmed: %v", got)
	}
	o.must(third, "org.amend", map[string]any{"iban": "NL39RABO0300065264"})
	fourth := o.user(o.m, "vierde", "control")
	if got := o.confirms(fourth); got != 1.0 {
		t.Errorf("confirmed: %v", got)
	}
	made := o.must(o.chief, "payment.export", map[string]any{})
	text := o.bankFile(o.chief, made["file"])
	if words(made["payments"], made["total"], strings.Count(text, "NL86INGB0002445588"), strings.Count(text, "NL39RABO0300065264")) != "1 "+amount+" 1 1" {
		t.Errorf("paid again: %s\n%s", pretty(made), text)
	}
	if got := o.refused(o.chief, "payment.export", map[string]any{}); got != "payment/none" {
		t.Errorf("and again: %s", got)
	}
	paid := bankMove{ref: "D9", sign: "DBIT", amount: amount, day: "2026-11-09", name: namesIn(text)[0]}
	if got := o.told(third, camt("08", "NL20INGB0001234567", "S3", bankMove{ref: "O", sign: "CRDT", amount: "1.00", day: "2026-11-09", name: "OUD"})); got != "1 0 0 0 1" {
		t.Errorf("a statement of the account of before: %s", got)
	}
	if got := o.told(third, camt("08", "NL39RABO0300065264", "S4", paid)); got != "1 1 0 0 0" {
		t.Errorf("debited from the new account: %s", got)
	}
	if got := o.status("C-1") + o.status("C-2"); strings.Count(got, "settled") != 2 {
		t.Errorf("paid again: %s", got)
	}
}
