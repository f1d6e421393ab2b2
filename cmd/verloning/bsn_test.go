package main

import (
	"fmt"
	"sync"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// anonymous registers P-n of the caller without a BSN.
func (o office) anonymous(c *bus.Client, n int) {
	o.t.Helper()
	o.must(c, "person.register", map[string]any{"number": fmt.Sprintf("P-%d", n), "name": "Jan Jansen", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"})
}

// known is a request that says the BSN of P-n, which is the one of a number.
func known(n, bsn int) map[string]any {
	return map[string]any{"number": fmt.Sprintf("P-%d", n), "bsn": bsnOf(bsn)}
}

// personOf is the person row behind a personnel number.
func (o office) personOf(employer, number string) string {
	o.t.Helper()
	return one[string](o.t, o.sqlOnce(), `SELECT e.person::text FROM employment e JOIN organisation o ON o.id = e.employer WHERE o.code = $1 AND e.number = $2`, employer, number)
}

// TestBSNKnownLater lets a BSN become known at one employer, looks for the
// person at another, and tries every way to give a person a second BSN, or a BSN
// a second person.
func TestBSNKnownLater(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o, f := s.office("E", "M"), s.office("F", "G")
	o.person(1)
	f.person(4)
	o.anonymous(o.clerk, 2)
	o.anonymous(o.clerk, 3)
	before := counts(t, s.sql())
	for _, c := range []struct {
		what    string
		request map[string]any
		want    string
	}{
		{"no BSN", with(known(2, 2), map[string]any{"bsn": "123456789"}), "bsn/invalid"},
		{"no person, and no birth date", with(known(9, 2), map[string]any{"birth_date": "x"}), "person/unknown date/invalid"},
		{"of another person here", known(2, 1), "person/employed"},
		{"of another person elsewhere", known(2, 4), "bsn/other_person"},
		{"a second one", known(1, 2), "bsn/known"},
		{"a second one, of another person elsewhere", known(1, 4), "bsn/known"},
		{"with a name that would be kept", with(known(2, 4), map[string]any{"name": "Anders"}), "bsn/other_person"},
	} {
		if got := o.reasonsOf("person.amend", c.request); sorted(got) != sorted(c.want) {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	if same := o.must(o.clerk, "person.amend", known(1, 1)); same["version"] != 1.0 {
		t.Errorf("the BSN that a person has: %v", same)
	}
	if after := counts(t, s.sql()); after != before {
		t.Errorf("refusals, or what was known, left something:\n%s\nwas\n%s", after, before)
	}

	for range 2 { // The second time changes nothing.
		if reply := o.must(o.clerk, "person.amend", known(2, 2)); reply["version"] != 1.0 {
			t.Errorf("a BSN alone is no version of an employment: %v", reply)
		}
	}
	if reply := o.must(o.clerk, "person.amend", with(known(2, 2), map[string]any{"loonheffingskorting": true})); reply["version"] != 2.0 {
		t.Errorf("a BSN that is known and a credit: %v", reply)
	}
	if got := o.reasonsOf("person.amend", known(2, 3)); got != "bsn/known" {
		t.Errorf("a second BSN that became known: %s", got)
	}
	if got := o.reasonsOf("person.amend", known(3, 2)); got != "person/employed" {
		t.Errorf("a BSN that became known of somebody else here: %s", got)
	}
	if got := o.reasonsOf("person.register", with(known(8, 2), map[string]any{"name": "Jan", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"})); got != "person/employed" {
		t.Errorf("registered here once more: %s", got)
	}
	// Another employer finds the same person, by the BSN of when they are registered.
	f.person(2)
	if here, there := o.personOf("E", "P-2"), f.personOf("F", "P-2"); here != there {
		t.Errorf("two persons of one BSN: %s and %s", here, there)
	}
	f.anonymous(f.clerk, 5)
	if got := f.reasonsOf("person.amend", known(5, 3)); got != "" {
		t.Errorf("a BSN of nobody: %s", got)
	}
	if got := o.reasonsOf("person.amend", known(3, 3)); got != "bsn/other_person" {
		t.Errorf("a BSN that became known elsewhere: %s", got)
	}
}

// reasonsOf lists the types of the refusal, or nothing when it was taken.
func (o office) reasonsOf(endpoint string, request map[string]any) string {
	o.t.Helper()
	if _, err := o.call(o.clerk, endpoint, request); err == nil {
		return ""
	}
	return o.refused(o.clerk, endpoint, request)
}

// TestBSNOfTwoAtOnce lets two employers bring one BSN at the same moment, one to
// register and one to amend: it is of one person, whoever was first.
func TestBSNOfTwoAtOnce(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o, f := s.office("E", "M"), s.office("F", "G")
	const persons = 12
	for n := range persons {
		o.anonymous(o.clerk, n)
	}
	found, apart := 0, 0
	for n := range persons {
		var both sync.WaitGroup
		var amended, registered error
		both.Go(func() { _, amended = s.call(o.clerk, "person.amend", known(n, n)) })
		both.Go(func() {
			_, registered = s.call(f.clerk, "person.register", with(known(n, n), map[string]any{"name": "Jan", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"}))
		})
		both.Wait()
		number := fmt.Sprintf("P-%d", n)
		switch same := o.personOf("E", number) == f.personOf("F", number); {
		case registered != nil:
			t.Errorf("%s: %v", number, registered)
		case same && amended == nil:
			found++
		case !same && amended != nil:
			if got := s.refused(o.clerk, "person.amend", known(n, n)); got != "bsn/other_person" {
				t.Errorf("%s: %s", number, got)
			}
			apart++
		default:
			t.Errorf("%s: one person %v, amended with %v", number, same, amended)
		}
	}
	t.Logf("%d found, %d apart", found, apart)
	if n := one[int](t, s.sql(), `SELECT count(*)::int FROM person p JOIN person_bsn b USING (bsn_hash)`); n != 0 || found+apart != persons {
		t.Errorf("%d BSNs of two persons, %d found, %d apart", n, found, apart)
	}
}

// TestBSNAtTheCutoff pays a month at the anonymous tariff, lets the BSN become
// known, and asks for that month again: it stays as its cut-off knew it, and the
// next calculation does not.
func TestBSNAtTheCutoff(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.anonymous(o.clerk, 1)
	o.must(o.clerk, "contract.register", o.contract(1))
	o.must(o.control, "decision.record", o.decision(1))
	o.submit(o.clerk, "0198f2c4-0000-7000-8000-000000000001", october())
	run := o.open("2026-10")
	first := s.calculate(o.clerk, run)
	taxed := func(run string) any {
		t.Helper()
		slip, wage := o.must(o.clerk, "payslip.show", map[string]any{"run": run, "contract": "C-1"}), o.must(o.clerk, "explain.amount", map[string]any{"run": run, "contract": "C-1"})["wage"].(map[string]any)
		if slip["wage_tax"] != wage["wage_tax"] || slip["net"] != wage["net"] {
			t.Errorf("the payslip and its explanation differ: %v and %v, net %v and %v", slip["wage_tax"], wage["wage_tax"], slip["net"], wage["net"])
		}
		return slip["wage_tax"]
	}
	if got := taxed(run); got != "1060.09" { // 52 % of 2,038.64
		t.Fatalf("taxed %v without a BSN", got)
	}
	o.must(o.clerk, "person.amend", known(1, 1))
	if got := taxed(run); got != "1060.09" {
		t.Errorf("explained at %v once the BSN was known", got)
	}
	if shown := o.must(o.clerk, "run.show", map[string]any{"run": run}); shown["newer_facts"] != 1.0 {
		t.Errorf("%v newer facts", shown["newer_facts"])
	}
	o.approve(run)
	if got := taxed(run); got != "1060.09" {
		t.Errorf("explained at %v after the approval", got)
	}
	next := o.open("2026-11")
	second := s.calculate(o.clerk, next)
	hands := s.hands(3)
	for _, c := range []struct {
		cutoff any
		want   bool
	}{{first["cutoff"], false}, {second["cutoff"], true}} {
		files := hands.netFiles(t, o, run, int64(c.cutoff.(float64)))
		if len(files) != 1 || files[0].Employment.Identified != c.want {
			t.Errorf("cut-off %v: %d persons, identified %v", c.cutoff, len(files), !c.want)
		}
	}
}
