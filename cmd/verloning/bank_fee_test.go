package main

import (
	"testing"
)

// TestFeesByBank pays a fee of a statement by a bank file: once the bank debited it,
// the statement, its document and the reconciliation say so, and at the end of the
// month before it they do not.
func TestFeesByBank(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E1", "M1")
	type m = map[string]any
	s.must(s.admin, "org.register", m{"code": "P1", "name": "Uitvoerder P1", "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
	s.must(o.control, "agreement.record", m{"number": "G-1", "provider": "P1", "scheme": "helmond-actief", "from": "2004-01-01"})
	s.must(o.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-1", "scheme": "helmond-actief", "agreement": "G-1", "referred": "2004-01-01"}}})
	s.must(o.control, "trajectory.record", m{"events": []any{
		m{"trajectory": "T-1", "kind": "started", "day": "2004-01-01", "despite": "x"}, m{"trajectory": "T-1", "kind": "ordered", "product": "module", "day": "2004-01-02"},
		m{"trajectory": "T-1", "kind": "delivered", "product": "module", "day": "2004-02-02"}}})
	o.statement("2004-03")
	made := o.must(o.chief, "payment.export", m{})
	if words(made["payments"], made["total"]) != "1 1428.00" {
		t.Fatalf("exported: %s", pretty(made))
	}
	third := o.user(o.m, "derde", "control", "read")
	paid := func() string {
		shown := o.must(third, "statement.list", m{})["statements"].([]any)[0].(m)
		line := o.must(third, "reconcile.show", m{"period": "2004-02"})["lines"].([]any)[0].(m)
		open := 0
		for _, one := range o.must(third, "reconcile.periodend", m{"on": "2026-10-31", "list": "granted_not_paid"})["totals"].([]any) {
			open += int(one.(m)["lines"].(float64))
		}
		return words(shown["status"], line["ordered"], line["paid"], open)
	}
	if got := paid(); got != "approved 1428.00 0.00 1" {
		t.Errorf("exported: %s", got)
	}
	name := namesIn(o.bankFile(o.chief, made["file"]))[0]
	move := bankMove{ref: "D", sign: "DBIT", amount: "1428.00", day: "2026-11-02", name: name}
	if got := s.told(third, camt("08", "NL20INGB0001234567", "S1", move)); got != "1 1 0 0 0" {
		t.Fatalf("debited: %s", got)
	}
	if got := paid(); got != "settled 1428.00 1428.00 1" {
		t.Errorf("debited: %s", got)
	}
	for _, d := range o.must(third, "reconcile.differences", m{})["differences"].([]any) {
		if d.(m)["class"] != "vat" { // which the BTW-compensatiefonds gives back
			t.Errorf("after all was paid: %s", pretty(d))
		}
	}
	_, file := s.drawn(third, "fee.pdf", m{"period": "2004-03", "lang": "en"})
	shows(t, file, "Fee statement – March 2004", "Paid on 2026-11-02 1,428.00")
	move.sign, move.ref, move.day, move.reason = "CRDT", "R", "2026-11-04", "AC04"
	if got := s.told(third, camt("02", "NL20INGB0001234567", "S2", move)); got != "1 0 1 0 0" {
		t.Fatalf("returned: %s", got)
	}
	if got := paid(); got != "approved 1428.00 0.00 1" {
		t.Errorf("returned: %s", got)
	}
}
