package main

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/uuid"

	"verloning/subsidy"
)

// TestPlaces wants a run to say when more contracts run under a scheme than the
// municipality has places, with whatever employers, on some day of the period and
// not before.
func TestPlaces(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o, other := s.office("P-E", "P-M"), s.office("P-F", "P-N")
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	scheme, _ := book.Scheme("uden-warmm", uuid.Nil)
	places := scheme.Versions[0].Eligibility.Places
	if places < 2 {
		t.Fatalf("%d places", places)
	}
	warmm := func(at office, n int, start, end string) {
		at.adult(n)
		contract := at.contract(n)
		maps.Copy(contract, map[string]any{"scheme": "uden-warmm", "municipality": o.m, "start": start, "end": end, "open_ended": false, "wage_factor": "1.02"})
		at.must(at.clerk, "contract.register", contract)
	}
	warmm(o, 1, "2007-03-01", "2008-02-28")
	for n := 2; n < places; n++ {
		warmm(other, n, "2007-03-01", "2008-02-28")
	}
	warmm(o, places, "2007-03-01", "2007-04-15")
	warmm(other, places+1, "2007-04-16", "2008-02-28") // takes the place of the one that ended
	run, want := o.open("2007-04"), ""
	for i, next := range []struct {
		start, want string
	}{
		{"", ""},
		{"2007-04-10", fmt.Sprintf("P-M/uden-warmm: Scheme uden-warmm of municipality P-M has %d places; on 2007-04-10 %d contracts run, 1 too many.", places, places+1)},
		{"2007-05-01", fmt.Sprintf("P-M/uden-warmm: Scheme uden-warmm of municipality P-M has %d places; on 2007-04-10 %d contracts run, 1 too many.", places, places+1)},
	} {
		if next.start != "" {
			warmm(other, places+1+i, next.start, "2008-02-28")
		}
		o.calculate(o.clerk, run)
		if want = next.want; o.details(run, string(subsidy.OverPlaces)) != want {
			t.Errorf("%d: %q, want %q", i, o.details(run, string(subsidy.OverPlaces)), want)
		}
	}
}

// TestBenefitIsNoWage wants every scheme of the book that keeps the benefit to
// refuse a contract, whatever its days, and so to give no payslip.
func TestBenefitIsNoWage(t *testing.T) {
	t.Parallel()
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	o := newSite(t).office("N-E", "N-M")
	o.adult(1)
	kept := 0
	for _, scheme := range book.All() {
		for _, version := range scheme.Versions {
			if version.Status.Kind != "benefit" {
				continue
			}
			kept++
			contract := o.contract(kept)
			maps.Copy(contract, map[string]any{"person": "P-1", "scheme": scheme.ID, "start": version.From.String()})
			if got := o.refused(o.clerk, "contract.register", contract); got != "scheme/benefit_kept" {
				t.Errorf("%s: %s", scheme.ID, got)
			}
		}
	}
	if kept == 0 {
		t.Fatal("no scheme keeps the benefit: nothing was checked")
	}
	run := o.open("2026-10")
	shown := o.calculate(o.clerk, run)
	if got := words(shown["totals"].(map[string]any)["payslips"], shown["totals"].(map[string]any)["claims"]); got != "0 0" {
		t.Errorf("payslips and claims: %s", got)
	}
}
