package main

import (
	"fmt"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// settings records what the net of the worked example depends on.
func (w witness) settings(clerk *bus.Client) {
	type m = map[string]any
	w.ask(clerk, "employer.record", m{"valid_from": "2026-01-01", "aof": "low", "ufo": false, "whk_percentage": "1.36", "whk_year": 2026, "whk_reference": "W-2026"})
	w.ask(clerk, "pension.record", m{"valid_from": "2026-01-01", "name": "Sectorpensioen", "franchise": "18475.00", "maximum": "70000", "employee_percentage": "8.5",
		"employer_percentage": "17", "holiday": true, "waiting_days": 0, "from_age": 18, "to_age": 68})
	w.ask(clerk, "employer.choose", m{"year": 2027, "method": "over"})
	w.ask(clerk, "employer.show", m{})
	w.ask(clerk, "annualwage.record", m{"person": "P-1", "year": 2025, "amount": "24000.00", "source": "jaaropgaaf"})
	w.ask(clerk, "garnishment.record", m{"person": "P-1", "reference": "B-1", "creditor_name": "Naam", "creditor_iban": "NL39 RABO 0300 0652 64", "protected": "1600.00",
		"total": "2500.00", "rank": 1, "valid_from": "2026-10-01", "valid_to": "2027-10-01"})
	w.ask(clerk, "garnishment.list", m{"person": "P-1", "limit": 5})
	w.ask(clerk, "receivable.record", m{"person": "P-1", "reference": "V-1", "cause": "voorschot", "amount": "100.00", "per_period": "25.00", "protected": "1600.00", "from": "2026-10-01"})
	w.ask(clerk, "receivable.list", m{})
}

// returns makes October's return and pays what it asks.
func (w witness) returns(clerk, boss *bus.Client) {
	type m = map[string]any
	w.ask(clerk, "remittance.record", m{"kind": "tax", "valid_from": "2026-01-01", "number": "123456782L01", "iban": "NL39RABO0300065264", "name": "Naam"})
	w.ask(clerk, "return.make", m{"period": "2026-10"})
	w.ask(clerk, "return.show", m{"period": "2026-10", "sequence": 1})
	w.ask(clerk, "return.lines", m{"period": "2026-10", "limit": 5})
	w.ask(clerk, "return.year", m{"year": 2026})
	ordered := w.ask(clerk, "remittance.order", m{"kind": "tax", "period": "2026-10", "reference": "1234567890123456", "pay_date": "2026-11-27"})
	w.ask(boss, "remittance.approve", m{"remittance": ordered["remittance"], "hash": ordered["hash"]})
	w.ask(clerk, "remittance.list", m{"limit": 5})
}

// month runs the worked example through every endpoint that is open to it.
func (w witness) month(t *testing.T) (clerk, control *bus.Client) {
	type m = map[string]any
	w.ask(w.admin, "org.register", m{"code": "E", "name": "Naam", "roles": []string{"employer"}, "iban": "NL91ABNA0417164300"})
	w.ask(w.admin, "org.register", m{"code": "M", "name": "Naam", "roles": []string{"gemeente"}, "iban": "NL20 INGB 0001 2345 67"})
	w.ask(w.admin, "org.register", m{"code": "I", "name": "Naam", "roles": []string{"inlener"}, "kvk": "12345678"})
	w.ask(w.admin, "user.add", m{"organisation": "M", "name": "lezer", "roles": []string{"read"}})
	w.ask(w.admin, "org.list", m{})
	clerk, control = w.user("E", "clerk", "submit", "calculate"), w.user("M", "control", "control")
	boss, chief := w.user("E", "boss", "approve"), w.user("M", "chief", "approve")

	w.ask(clerk, "person.register", m{"number": "P-1", "bsn": "111222333", "name": "Naam", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"})
	w.ask(clerk, "person.register", m{"number": "P-2", "bsn": "123456782", "name": "Naam", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"})
	w.ask(clerk, "person.amend", m{"number": "P-1", "bsn": "111222333", "loonheffingskorting": true, "jonggehandicaptenkorting": false, "alleenstaande_ouderenkorting": false})
	w.settings(clerk)
	terms := func(terms m) m {
		terms["hours_per_week"], terms["full_time_hours"] = "32", "40"
		return terms
	}
	w.ask(clerk, "contract.register", terms(m{"number": "C-1", "person": "P-1", "scheme": "loonkostensubsidie", "municipality": "M", "start": "2026-07-01", "open_ended": true, "idempotency_key": "c1"}))
	w.ask(clerk, "contract.register", terms(m{"number": "C-2", "person": "P-2", "scheme": "loonkostensubsidie", "start": "2026-07-01", "end": "2026-08-31"}))
	w.ask(clerk, "contract.amend", terms(m{"number": "C-2", "valid_from": "2026-08-01", "wage_base": "amount", "wage_amount": "16.50", "bbl": false,
		"holiday_allowance": "each_period", "leave_weeks": "5", "sick_waiting_days": 1, "sick_percentage": "100", "sick_second_year": "70"}))
	w.ask(clerk, "opening.record", m{"contract": "C-1", "until": "2026-09-30", "holiday_accrued": "489.30", "leave_hours": "-2.50",
		"premium_wage": "6115.92", "premium_maximum": "19852.23", "premium_base": "6115.92"})
	w.ask(clerk, "contract.extend", m{"number": "C-2", "end": "2026-09-30"})
	w.ask(clerk, "contract.end", m{"number": "C-2", "end": "2026-09-15", "reason": "ander werk", "ended_by": "employee"})
	w.ask(clerk, "contract.list", m{"limit": 10})
	w.ask(clerk, "placement.record", m{"contract": "C-1", "inlener": "I", "from": "2026-10-01", "price": "20.00"})
	w.ask(control, "decision.record", m{"number": "D-1", "employer": "E", "contract": "C-1", "granted": "2026-07-01", "from": "2026-07-01", "to": "2028-06-30",
		"route": "loonwaarde", "loonwaarde": 60, "hours_per_week": "32", "budget": "BUIG", "ceiling": "50000"})
	w.ask(control, "decision.list", m{"limit": 5})
	w.ask(control, "budget.record", m{"year": 2026, "source": "BUIG", "kind": "granted", "amount": "9000.00", "reason": "beschikking"})
	w.ask(control, "budget.record", m{"year": 2026, "source": "BUIG", "kind": "rebooked", "to_source": "own", "to_year": 2027, "amount": "1.00", "reason": "besluit"})
	w.ask(control, "budget.record", m{"year": 2007, "source": "W", "kind": "granted", "amount": "179996000"})
	w.ask(control, "loonwaarde.record", m{"employer": "E", "contract": "C-1", "valid_from": "2026-07-01", "percent": 60, "includes_holiday_allowance": true, "measured_by": "deskundige", "review_due": "2029-07-01"})

	submission := "0198f2c4-0000-7000-8000-000000000001"
	w.ask(clerk, "hours.submit", m{"submission": submission, "mode": "partial", "lines": append(october(), m{"contract": "C-9", "day": "2026-10-02", "kind": "sick", "hours": "8"})})
	w.ask(clerk, "hours.submit", m{"submission": "0198f2c4-0000-7000-8000-000000000002", "lines": []any{
		m{"contract": "C-1", "day": "2026-10-02", "kind": "leave", "hours": "8"}, m{"contract": "C-9", "day": "2026-10-02", "kind": "sick", "hours": "8"}}})
	w.ask(clerk, "hours.status", m{"submission": submission})

	w.ask(clerk, "period.lock", m{"periods": []string{"2026-09"}, "contracts": []string{"C-1"}, "providers": true, "reason": "betaald"})
	w.ask(clerk, "period.reopen", m{"periods": []string{"2026-09"}, "reason": "nagekomen uren"})
	w.ask(clerk, "period.list", m{"period": "2026-09", "limit": 5})

	run := w.ask(clerk, "run.open", m{"period": "2026-10", "pay_date": "2026-10-30", "deadline": "2026-11-05"})["run"]
	w.ask(clerk, "run.show", m{"run": run})
	w.ask(clerk, "run.calculate", m{"run": run})
	w.ask(clerk, "run.reopen", m{"run": run, "reason": "te vroeg"})
	w.ask(clerk, "run.calculate", m{"run": run})
	until(t, "the run is calculated", func() bool { return w.must(clerk, "run.show", m{"run": run})["status"] == "calculated" })
	shown := w.ask(clerk, "run.show", m{"run": run})
	w.ask(clerk, "run.list", m{})
	w.ask(clerk, "run.preview", m{"period": "2026-11", "contract": "C-1"})
	var keys []any
	for _, e := range w.ask(clerk, "run.exceptions", m{"run": run})["exceptions"].([]any) {
		keys = append(keys, e.(m)["exception"])
	}
	w.ask(clerk, "run.accept", m{"run": run, "exceptions": keys, "reason": "bevestigd"})
	w.ask(clerk, "run.exceptions", m{"run": run, "limit": 5})
	w.ask(clerk, "run.missing", m{"period": "2026-10"})
	w.ask(clerk, "run.compare", m{"run": run, "kind": "new", "limit": 5})
	w.ask(boss, "run.approve", m{"run": run, "calculation": shown["calculation"], "hash": shown["hash"]})
	w.ask(clerk, "payslip.show", m{"run": run, "contract": "C-1"})
	w.ask(clerk, "payslip.list", m{"run": run})
	w.ask(clerk, "claim.pdf", m{"period": "2026-10", "other": "M"})
	w.ask(w.admin, "letterhead.record", m{"organisation": "E", "street": "Kade 1", "place": "1234 AB Stad", "vat_id": "NL123456789B01"})
	w.ask(clerk, "invoice.issue", m{"period": "2026-10"})
	w.ask(clerk, "invoice.credit", m{"number": 1, "reason": "fout"})
	w.ask(clerk, "invoice.list", m{"limit": 5})
	w.ask(clerk, "invoice.pdf", m{"number": 1})
	w.ask(clerk, "ageing.show", m{})
	w.ask(clerk, "ageing.pdf", m{"lang": "en"})
	w.ask(clerk, "yearstatement.list", m{"year": 2026, "limit": 5})
	w.ask(clerk, "yearstatement.pdf", m{"year": 2026, "person": "P-1"})
	w.ask(clerk, "payslip.pdf", m{"run": run, "contract": "C-1", "lang": "en"})
	w.bank(clerk, boss, run)

	claim := w.ask(control, "claim.list", m{"employer": "E", "period": "2026-10", "status": "raised"})["claims"].([]any)[0].(m)["claim"]
	batch := w.ask(control, "claim.grant", m{"employer": "E", "period": "2026-10", "claims": []any{m{"claim": claim, "verdict": "partly", "amount": "100.00", "reason": "deels"}}})
	w.ask(chief, "claim.approve", m{"batch": batch["batch"], "hash": batch["hash"]})
	w.ask(control, "claim.settle", m{"claims": []any{claim}, "day": "2026-11-02", "reference": "afschrift 11"})
	w.ask(control, "budget.list", m{})
	w.ask(control, "budget.list", m{"year": 2026})
	w.ask(control, "budget.underuse", m{"year": 2026})
	cost := w.ask(control, "cost.record", m{"scheme": "oss-bonusbaan", "rule": "jobcoach", "day": "2007-10-01", "hours": "2.50", "reference": "U-1"})
	w.ask(control, "cost.record", m{"scheme": "oss-bonusbaan", "rule": "execution", "day": "2007-10-01", "amount": "10.00", "take_back": true, "reference": "U-2"})
	w.ask(control, "cost.list", m{"limit": 5})
	w.ask(chief, "cost.approve", m{"cost": cost["cost"], "hash": cost["hash"]})
	w.ask(control, "othermoney.record", m{"employer": "E", "contract": "C-1", "kind": "LKV", "period": "2026-10", "amount": "12.00", "reference": "LKV-1"})
	w.ask(clerk, "othermoney.list", m{"limit": 5})
	w.ask(control, "reconcile.show", m{"period": "2026-10", "limit": 5})
	w.ask(clerk, "reconcile.show", m{"scheme": "loonkostensubsidie", "employer": "E", "from_period": "2026-07", "to_period": "2026-10"})
	partly := w.ask(control, "reconcile.differences", m{"period": "2026-10", "class": "partly_granted", "all": true})["differences"].([]any)[0].(m)
	booking := w.ask(control, "reconcile.book", m{"difference": partly["difference"], "reason": "akkoord"})
	w.ask(control, "reconcile.periodend", m{"on": "2026-10-31", "list": "granted_not_paid", "limit": 5})
	w.ask(control, "income.list", m{"period": "2026-10", "limit": 5})
	w.ask(chief, "reconcile.approve", m{"booking": booking["booking"], "hash": booking["hash"]})
	w.ask(w.admin, "run.all", m{"period": "2026-11", "pay_date": "2026-11-30"})
	w.ask(control, "claim.list", m{})
	w.ask(control, "payment.list", m{})
	w.ask(clerk, "payment.list", m{"run": run})
	w.ask(clerk, "ledger.balances", m{})
	w.returns(clerk, boss)
	w.ask(clerk, "ledger.balances", m{"on": "2026-10-31", "posting": 1})
	w.ask(clerk, "ledger.journal", m{"period": "2026-10", "until": 5, "limit": 5})
	w.ask(clerk, "ledger.ties", m{"period": "2026-10"})
	w.ask(control, "ledger.verify", m{"limit": 10})
	w.ask(w.admin, "ledger.audit", m{"organisation": "E"})
	w.ask(clerk, "explain.amount", m{"run": run, "contract": "C-1"})
	w.ask(control, "explain.amount", m{"id": claim})
	w.ask(clerk, "law.questions", m{"run": run, "contract": "C-1"})
	w.ask(clerk, "worklist.show", m{"period": "2026-07", "months": 3, "limit": 5})
	w.ask(control, "worklist.show", m{"period": "2028-06"}) // The decision ends.
	w.ask(clerk, "run.close", m{"run": run})
	w.reverses(clerk, boss, run)
	w.trajectories(control, chief)

	for _, s := range w.ask(clerk, "scheme.list", m{})["schemes"].([]any) {
		w.ask(clerk, "scheme.show", m{"scheme": s.(m)["scheme"]})
	}
	w.ask(clerk, "scheme.check", m{"text": "scheme: x"})
	w.ask(control, "scheme.add", m{"text": buurtbaan("buurtbaan", "400.00"), "from": "2026-07-01"})
	w.ask(w.admin, "events.held", m{})
	w.ask(w.admin, "events.replay", m{"organisation": "E", "since": "2026-01-01"})
	return clerk, control
}

// reverses takes the run back, of which the wages went to the bank.
func (w witness) reverses(clerk, boss *bus.Client, run any) {
	type m = map[string]any
	approve := func(run any) {
		shown := w.must(clerk, "run.show", m{"run": run})
		w.ask(boss, "run.approve", m{"run": run, "calculation": shown["calculation"], "hash": shown["hash"]})
	}
	approve(w.ask(clerk, "run.reverse", m{"run": run, "reason": "verkeerde maand"})["run"])
	again := w.must(clerk, "run.open", m{"period": "2026-10", "pay_date": "2026-10-30"})["run"]
	w.must(clerk, "run.calculate", m{"run": again})
	until(w.t, "it is calculated again", func() bool { return w.must(clerk, "run.show", m{"run": again})["status"] == "calculated" })
	var keys []any
	for _, e := range w.must(clerk, "run.exceptions", m{"run": again})["exceptions"].([]any) {
		keys = append(keys, e.(m)["exception"])
	}
	w.must(clerk, "run.accept", m{"run": again, "exceptions": keys, "reason": "bevestigd"})
	approve(again)
	december := w.must(clerk, "run.open", m{"period": "2026-12", "pay_date": "2026-12-30"})["run"]
	w.ask(clerk, "run.repair", m{"run": december, "person": "P-1", "period": "2026-10", "reason": "verkeerd ingevoerd", "undo": false})
	w.must(boss, "payment.export", m{"run": again})
	approve(w.ask(clerk, "run.reverse", m{"run": again, "reason": "nog eens"})["run"]) // Nobody decided on its claims.
	owed := w.ask(clerk, "receivable.list", m{})["receivables"].([]any)
	for _, one := range owed {
		if one := one.(m); strings.HasPrefix(one["reference"].(string), "terug-") {
			w.ask(boss, "receivable.refund", m{"person": one["person"], "reference": one["reference"], "amount": "0.01", "day": "2026-11-05", "statement": "afschrift 12"})
		}
	}
	w.assigns(clerk)
}

// assigns takes in what an employee pays back without saying so.
func (w witness) assigns(clerk *bus.Client) {
	type m = map[string]any
	treasurer, second := w.user("E", "ontvanger", "control"), w.user("E", "toerekenaar", "control")
	w.ask(treasurer, "payment.import", report(camt("08", "NL91ABNA0417164300", "S9", bankMove{ref: "9", sign: "CRDT", amount: "0.02", day: "2026-11-05", name: "NOTPROVIDED", about: "dank"})))
	var line, reference any
	for _, one := range w.ask(clerk, "payment.unmatched", m{})["unmatched"].([]any) {
		if one.(m)["amount"] == "0.02" {
			line = one.(m)["line"]
		}
	}
	for _, one := range w.ask(clerk, "payment.owed", m{})["open"].([]any) {
		if one.(m)["kind"] == "staff" {
			reference = one.(m)["reference"]
		}
	}
	w.ask(second, "payment.assign", m{"line": line, "reference": reference})
}

// bank takes the wages to the bank.
func (w witness) bank(clerk, boss *bus.Client, run any) {
	type m = map[string]any
	w.ask(clerk, "bank.show", m{})
	w.ask(boss, "bank.record", m{"format": "pain.001.001.09", "cut_off": "15:30", "bic": "ABNANL2A", "town": "Plaats"})
	w.ask(clerk, "bank.show", m{})
	w.ask(clerk, "payment.due", m{"run": run, "until": "2027-01-31", "limit": 5})
	made := w.ask(boss, "payment.export", m{"run": run})
	w.ask(clerk, "payment.files", m{"limit": 5})
	w.ask(boss, "payment.file", m{"file": made["file"], "from": 10})
	treasurer := w.user("E", "kas", "control")
	batch := made["batches"].([]any)[0].(m)
	names := namesIn(w.bankFile(boss, made["file"]))
	amount := fmt.Sprint(batch["total"])
	w.ask(treasurer, "payment.import", report(camt("08", "NL91ABNA0417164300", "S1",
		bankMove{ref: "1", sign: "DBIT", amount: amount, day: "2026-11-02", batch: fmt.Sprint(batch["batch"])},
		bankMove{ref: "2", sign: "CRDT", amount: amount, day: "2026-11-03", name: names[0], reason: "AC04"},
		bankMove{ref: "3", sign: "CRDT", amount: "1.00", day: "2026-11-03", name: "ANDERS"})))
	w.ask(treasurer, "payment.unmatched", m{"limit": 5})
	w.ask(clerk, "payment.due", m{})
	w.ask(clerk, "person.amend", m{"number": "P-1", "iban": "NL02ABNA0123456789"})
	changes := w.ask(treasurer, "control.list", m{"limit": 5})["changes"].([]any)
	w.ask(treasurer, "control.confirm", m{"changes": []any{changes[0].(m)["change"]}})
	w.ask(treasurer, "org.amend", m{"iban": "NL86INGB0002445588"})
	second := w.user("E", "tweede", "control")
	w.confirms(second)
	withheld := made["batches"].([]any)[1].(m)
	w.ask(treasurer, "payment.import", report(strings.Replace(pain002("P1", fmt.Sprint(made["message_id"]), fmt.Sprint(withheld["batch"]), names[1]), "AC01", "MS03", 1)))
	back := w.ask(clerk, "payment.due", m{})["held_payments"].([]any)[0].(m)
	w.ask(clerk, "payment.owed", m{"limit": 5})
	w.ask(second, "payment.release", m{"payments": []any{back["payment"]}, "reason": "de bank was dicht"})
}

// trajectories takes a trajectory through every endpoint.
func (w witness) trajectories(control, chief *bus.Client) {
	type m = map[string]any
	w.ask(w.admin, "org.register", m{"code": "P", "name": "Naam", "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
	provider := w.user("P", "uitvoerder", "submit")
	w.ask(control, "agreement.record", m{"number": "G-1", "provider": "P", "scheme": "generiek-traject", "from": "2026-01-01", "to": "2027-12-31", "agreed": 10,
		"targets": []any{m{"of": "outcomes", "number": 5}}})
	w.ask(control, "agreement.list", m{"limit": 5})
	w.ask(control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-1", "scheme": "generiek-traject", "agreement": "G-1", "benefit": "WWB", "referred": "2026-07-01", "bsn": "111222333"}}})
	w.ask(control, "trajectory.record", m{"events": []any{m{"trajectory": "T-1", "kind": "started", "day": "2026-07-01", "despite": "bekend"}}})
	w.ask(provider, "trajectory.report", m{"events": []any{m{"municipality": "M", "trajectory": "T-1", "kind": "placed", "day": "2026-08-01", "job_to": "2027-07-31", "job_hours": "20",
		"job_full_time_hours": "36", "sector": "profit", "evidence": "dossier 7"}}})
	w.ask(control, "trajectory.judge", m{"verdict": "contested", "reason": "geen contract", "until": "2026-12-31", "events": []any{m{"trajectory": "T-1", "event": 2}}})
	w.ask(control, "trajectory.judge", m{"verdict": "upheld", "events": []any{m{"trajectory": "T-1", "event": 2}}})
	w.ask(provider, "trajectory.report", m{"events": []any{m{"municipality": "M", "trajectory": "T-1", "kind": "accepted", "day": "2026-07-02"}}})
	w.ask(control, "trajectory.judge", m{"verdict": "confirmed", "provider": "P", "all": true})
	w.ask(control, "trajectory.amend", m{"trajectory": "T-1", "benefit": "WIA", "iban": "NL44RABO0123456789"})
	w.ask(control, "trajectory.list", m{"scheme": "generiek-traject", "limit": 5})
	w.ask(control, "trajectory.show", m{"trajectory": "T-1"})
	s := w.ask(control, "statement.calculate", m{"period": "2026-10"})
	w.ask(chief, "statement.approve", m{"statement": s["statement"], "hash": s["hash"], "accept": "bekeken"})
	w.ask(control, "statement.show", m{"statement": s["statement"]})
	w.ask(control, "statement.list", m{"limit": 5})
	w.ask(control, "statement.settle", m{"statement": s["statement"], "day": "2026-11-03", "reference": "afschrift 12"})
	w.ask(control, "payment.list", m{})
	w.ask(provider, "fee.list", m{"period": "2026-10"})
	w.ask(provider, "fee.pdf", m{"period": "2026-10"})
	w.ask(provider, "agreement.standing", m{"on": "2026-10-31"})
	w.ask(control, "report.outcomes", m{"scheme": "generiek-traject", "on": "2026-10-31"})
	w.ask(provider, "report.funnel", m{"agreement": "G-1", "on": "2026-10-31"})
	w.ask(control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-2", "scheme": "emmen-plan", "referred": "2026-07-01"}}})
	w.ask(control, "report.savings", m{"scheme": "emmen-plan", "on": "2026-10-31"})
}
