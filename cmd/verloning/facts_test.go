package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// netFacts is what the net of a wage depends on, as text; private texts are
// revealed, since a mask would hide what was not loaded.
func netFacts(f subsidy.PersonFile) []string {
	e := f.Employment
	facts := []string{fmt.Sprintf("credits %v %v %v, identified %v", e.Korting, e.Jonggehandicapt, e.Alleenstaand, e.Identified)}
	if f.Settings != nil {
		for _, c := range f.Settings.Charges {
			text := fmt.Sprintf("charges %d %s small %v ufo %v", c.Version, c.ValidFrom, c.Small, c.Ufo)
			if c.Whk != nil {
				text += fmt.Sprintf(" whk %d %s %s", c.Whk.Year, c.Whk.Percentage, c.Whk.Reference)
			}
			facts = append(facts, text)
		}
		for _, p := range f.Settings.Pension {
			facts = append(facts, fmt.Sprintf("pension %d %s %s %s %v %s %s %v %d %d %d", p.Version, p.ValidFrom, p.Name, p.Franchise, p.Maximum, p.Employee, p.Employer,
				p.Holiday, p.WaitingDays, p.FromAge, p.ToAge))
		}
	}
	for _, w := range f.AnnualWages {
		facts = append(facts, fmt.Sprintf("year %d %s %s", w.Year, w.Amount, w.Source))
	}
	for _, g := range f.Garnishments {
		facts = append(facts, fmt.Sprintf("garnishment %s %d %s %s %s-%s %s %v %d taken %s", g.Reference, g.Version, g.Creditor.Reveal(), g.Name.Reveal(), g.Span.From, g.Span.To,
			g.Protected, g.Total, g.Rank, g.Taken))
	}
	for _, r := range f.Receivables {
		facts = append(facts, fmt.Sprintf("receivable %s %d %s %s %s %s taken %s", r.Reference, r.Version, r.Cause, r.Amount, r.PerPeriod, r.From, r.Taken))
	}
	for _, m := range f.Contracts {
		for _, t := range m.Contract.Versions {
			text := fmt.Sprintf("terms %d bbl %v each %v leave %s ended %q", t.Version, t.BBL, t.HolidayEachPeriod, t.LeaveWeeks, t.EndedBy)
			if t.Sick != nil {
				text += fmt.Sprintf(" sick %d %s %s", t.Sick.WaitingDays, t.Sick.Percentage, t.Sick.SecondPeriod)
			}
			facts = append(facts, text)
		}
		if o := m.Opening; o != nil {
			facts = append(facts, fmt.Sprintf("opening %d %s %s %s %v, leave %s, premium wage %s", o.Version, o.Until, o.Holiday, o.Leave, *o.Premium, f.Booked.Leave, f.Booked.Year.Zvw.Wage))
		}
		for _, h := range m.Sickness {
			facts = append(facts, fmt.Sprintf("sick %s %s", h.Day, h.Quantity))
		}
	}
	return facts
}

// netFiles loads everybody of a run as a cut-off knows them.
func (s *service) netFiles(t *testing.T, o office, run string, cutoff int64) []subsidy.PersonFile {
	t.Helper()
	var files []subsidy.PersonFile
	err := s.store.Transact(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		actor, _, err := tx.Actor(ctx, o.clerk.Caller().Account, o.clerk.Caller().User)
		if err != nil {
			return err
		}
		r, err := s.desk.OwnRun(ctx, tx, actor, run, payroll.NoLock)
		if err != nil {
			return err
		}
		files, err = tx.LoadShard(ctx, r, payroll.Calculation{Run: r.ID, Cutoff: cutoff}, payroll.Shard{Run: r.ID, From: uuid.Nil, To: uuid.Max})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// netRecord records one version of every fact: n tells two versions apart.
func (o office) netRecord(n int) {
	o.t.Helper()
	number := fmt.Sprint(n)
	o.must(o.clerk, "employer.record", map[string]any{"valid_from": "2026-0" + number + "-01", "aof": "low", "ufo": n == 2, "whk_percentage": "1.1" + number, "whk_year": 2026, "whk_reference": "W-" + number})
	o.must(o.clerk, "pension.record", map[string]any{"valid_from": "2026-0" + number + "-01", "name": "fonds", "franchise": "18000", "maximum": "7000" + number, "employee_percentage": "8.125" + number,
		"employer_percentage": "17", "holiday": true, "waiting_days": n, "from_age": 18, "to_age": 68})
	o.must(o.clerk, "annualwage.record", map[string]any{"person": "P-1", "year": 2025, "amount": "24000.0" + number, "source": "jaaropgaaf " + number})
	o.must(o.clerk, "garnishment.record", map[string]any{"person": "P-1", "reference": "B-1", "creditor_name": "Deurwaarder", "creditor_iban": "NL39 RABO 0300 0652 64",
		"protected": "1600.0" + number, "total": "2500", "rank": n, "valid_from": "2026-10-01", "valid_to": "2027-10-01"})
	o.must(o.clerk, "receivable.record", map[string]any{"person": "P-1", "reference": "V-1", "cause": "voorschot", "amount": "100.0" + number, "per_period": "25", "protected": "1600", "from": "2026-10-01"})
	o.must(o.clerk, "opening.record", map[string]any{"contract": "C-1", "until": "2026-09-0" + number, "holiday_accrued": "400.0" + number, "leave_hours": "-" + number + ".25",
		"premium_wage": "6000.0" + number, "premium_maximum": "19852.23", "premium_base": "6000"})
	o.must(o.clerk, "person.amend", map[string]any{"number": "P-1", "jonggehandicaptenkorting": n == 1, "alleenstaande_ouderenkorting": n == 2})
	o.must(o.clerk, "contract.amend", map[string]any{"number": "C-1", "valid_from": "2026-07-01", "hours_per_week": "32", "full_time_hours": "40", "bbl": n == 1,
		"holiday_allowance": map[int]string{1: "each_period", 2: "may"}[n], "leave_weeks": "4.5", "sick_waiting_days": n, "sick_second_year": "70"})
	o.submit(o.clerk, uuid.NewString(), []any{
		map[string]any{"contract": "C-1", "day": "2026-08-03", "kind": "sick", "hours": number}, map[string]any{"contract": "C-1", "day": "2026-10-02", "kind": "sick", "hours": number},
		map[string]any{"contract": "C-2", "day": "2026-08-03", "kind": "sick", "hours": number},
	})
}

// TestFactsAboveTheCutoffAreNotLoaded records every fact twice, with a cut-off
// in between: that cut-off loads the first versions and a later one the second.
func TestFactsAboveTheCutoffAreNotLoaded(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.hire(2)
	run := o.open("2026-10")
	hands := s.hands(3)
	nothing := int64(s.calculate(o.clerk, run)["cutoff"].(float64))
	o.netRecord(1)
	first := int64(s.calculate(o.clerk, run)["cutoff"].(float64))
	o.netRecord(2)
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-1", "end": "2026-10-31", "reason": "klaar", "ended_by": "expiry"})
	if shown := s.must(o.clerk, "run.show", map[string]any{"run": run}); shown["newer_facts"].(float64) != 10 { // The hours of August are of no day of the run.
		t.Errorf("%v newer facts", shown["newer_facts"])
	}
	second := int64(s.calculate(o.clerk, run)["cutoff"].(float64))
	versions := func(n int) []string {
		v := fmt.Sprint(n)
		return []string{
			"pension " + v + " 2026-0" + v + "-01 fonds 18000.00 7000" + v + ".00 8.125" + v + " 17 true " + v + " 18 68",
			"garnishment B-1 " + v + " NL39RABO0300065264 Deurwaarder 2026-10-01-2027-10-01 1600.0" + v + " 2500.00 " + v + " taken 0.00",
			"receivable V-1 " + v + " voorschot 100.0" + v + " 25.00 2026-10-01 taken 0.00",
			"year 2025 24000.0" + v + " jaaropgaaf " + v,
			"sick 2026-08-03 " + v + ".00",
			"opening " + v + " 2026-09-0" + v + " 400.0" + v + " -" + v + ".25 {6000.0" + v + " 19852.23 6000.00}, leave -" + v + ".25, premium wage 6000.0" + v,
			fmt.Sprintf("credits false %v %v, identified true", n == 1, n == 2),
			fmt.Sprintf("terms %d bbl %v each %v leave 4.5 ended \"\" sick %d 100 70", n+1, n == 1, n == 1, n),
			fmt.Sprintf("charges %d 2026-0%d-01 small true ufo %v whk 2026 1.1%d W-%d", n, n, n == 2, n, n),
		}
	}
	before := []string{"credits false false false, identified true", `terms 1 bbl false each false leave 4 ended ""`}
	beside := func(n int) []string { // what comes beside the newest versions: versions of terms and settings are all needed
		if n == 1 {
			return before[1:]
		}
		return append(versions(1)[:1:1], versions(1)[7], versions(1)[8], before[1], `terms 4 bbl false each false leave 4.5 ended "expiry" sick 2 100 70`)
	}
	for _, c := range []struct {
		cutoff int64
		want   []string
	}{{nothing, before}, {first, append(versions(1), beside(1)...)}, {second, append(versions(2), beside(2)...)}} {
		files := hands.netFiles(t, o, run, c.cutoff)
		if len(files) != 2 || files[0].Settings != files[1].Settings {
			t.Fatalf("cut-off %d: %d files, which must share their settings", c.cutoff, len(files))
		}
		one := files[slices.IndexFunc(files, func(f subsidy.PersonFile) bool { return f.Employment.Number == "P-1" })]
		got, want := slices.Sorted(slices.Values(netFacts(one))), slices.Sorted(slices.Values(c.want))
		if !slices.Equal(got, want) {
			t.Errorf("cut-off %d loads\n%s\nwant\n%s", c.cutoff, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		other := files[slices.IndexFunc(files, func(f subsidy.PersonFile) bool { return f.Employment.Number == "P-2" })]
		if len(other.AnnualWages)+len(other.Garnishments)+len(other.Receivables)+len(other.Contracts[0].Sickness) > 0 {
			t.Errorf("cut-off %d gives one person what is another's, or sickness that is paid in full: %v", c.cutoff, netFacts(other))
		}
	}
	o.netShown(t)
}

// netShown looks at the lists: each shows what holds now.
func (o office) netShown(t *testing.T) {
	t.Helper()
	shown := o.must(o.clerk, "employer.show", map[string]any{})
	if charges, pension := shown["charges"].([]any), shown["pension"].([]any); len(charges) != 2 || len(pension) != 2 || charges[1].(map[string]any)["whk_percentage"] != "1.12" {
		t.Errorf("employer.show: %s", pretty(shown))
	}
	for endpoint, want := range map[string]string{
		"garnishment.list": "P-1 B-1 2 Deurwaarder …5264 1600.02 2500.00 2", "receivable.list": "P-1 V-1 2 voorschot 100.02 25.00",
	} {
		field := strings.TrimSuffix(endpoint, ".list") + "s"
		list := o.must(o.clerk, endpoint, map[string]any{"person": "P-1"})[field].([]any)
		if len(list) != 1 {
			t.Fatalf("%s: %s", endpoint, pretty(list))
		}
		one := list[0].(map[string]any)
		got := words(one["person"], one["reference"], one["version"], one["creditor_name"], one["creditor_account"], one["protected"], one["total"], one["rank"])
		if endpoint == "receivable.list" {
			got = words(one["person"], one["reference"], one["version"], one["cause"], one["amount"], one["per_period"])
		}
		if got != want {
			t.Errorf("%s: %s, want %s", endpoint, got, want)
		}
		if list := o.must(o.clerk, endpoint, map[string]any{"person": "P-2"})[field].([]any); len(list) != 0 {
			t.Errorf("%s of somebody else: %s", endpoint, pretty(list))
		}
	}
}

// refusedNet are requests that must be refused, and every reason: type, field
// and, where law refuses, the article.
var refusedNet = []struct {
	endpoint string
	change   map[string]any
	want     string
}{
	{"employer.record", map[string]any{"valid_from": nil, "aof": "middle", "whk_percentage": "1.234"},
		"field/required valid_from; field/not_allowed aof; field/required whk_year Wfsv art. 38 lid 3; field/required whk_reference Wfsv art. 38 lid 3; number/decimals whk_percentage"},
	{"employer.record", map[string]any{"whk_percentage": "26", "whk_year": 2013, "whk_reference": "x"}, "number/out_of_range whk_percentage; number/out_of_range whk_year"},
	{"employer.record", map[string]any{"whk_percentage": "1", "whk_year": 2025, "whk_reference": "x"}, "whk/year_over whk_year Wfsv art. 38 lid 3"},
	{"employer.choose", map[string]any{"year": 1999, "method": "loon-over"}, "number/out_of_range year; field/not_allowed method"},
	{"employer.choose", map[string]any{"method": "in"}, "method/unchanged method Wet LB 1964 art. 13a"},
	{"pension.record", map[string]any{"maximum": "18000.00", "employee_percentage": "51", "employer_percentage": "1,5", "waiting_days": -1, "from_age": 12, "to_age": 40, "name": nil},
		"pension/maximum maximum; number/out_of_range employee_percentage; number/invalid employer_percentage; number/out_of_range waiting_days; number/out_of_range from_age; number/out_of_range to_age; field/required name"},
	{"annualwage.record", map[string]any{"person": "P-9", "year": 2099, "amount": "-1", "source": nil},
		"person/unknown person; year/to_come year; number/out_of_range amount; field/required source"},
	{"garnishment.record", map[string]any{"person": "P-9", "reference": "a b", "creditor_name": nil, "creditor_iban": "NL91ABNA0417164300", "protected": "1.234", "total": "0", "rank": 100, "valid_to": "2026-09-30"},
		"person/unknown person; field/number reference; field/required creditor_name; iban/own creditor_iban; number/cents protected; number/out_of_range total; number/out_of_range rank; date/order valid_to"},
	{"garnishment.record", map[string]any{"creditor_iban": "NL44 RABO 0123 4567 89"}, "iban/of_person creditor_iban"},
	{"garnishment.record", map[string]any{"creditor_iban": "NL44RABO0123456788"}, "iban/invalid creditor_iban"},
	{"receivable.record", map[string]any{"person": nil, "cause": nil, "amount": "10", "per_period": "10.01", "from": "2026-13-01"},
		"field/required person; field/required cause; receivable/plan per_period; date/invalid from; field/required protected"},
	{"opening.record", map[string]any{"contract": "C-9", "until": "2026-13-01", "holiday_accrued": "-1", "leave_hours": "1,5", "premium_wage": "100", "premium_base": "1.234"},
		"contract/unknown contract; date/invalid until; number/out_of_range holiday_accrued; hours/out_of_range leave_hours; field/required premium_maximum Wfsv art. 17 lid 3; number/cents premium_base"},
	{"opening.record", map[string]any{"contract": nil, "until": nil, "holiday_accrued": nil, "leave_hours": nil},
		"field/required contract; field/required until; field/required holiday_accrued; field/required leave_hours"},
	{"opening.record", map[string]any{"until": "2026-06-30", "leave_hours": "2500.01", "premium_wage": "100", "premium_maximum": "50", "premium_base": "51"},
		"day/outside_contract until; hours/out_of_range leave_hours"},
	{"opening.record", map[string]any{"premium_wage": "100", "premium_maximum": "50", "premium_base": "51"}, "opening/premium_base premium_base Wfsv art. 17 lid 3"},
	{"contract.amend", map[string]any{"leave_weeks": "3.9", "sick_waiting_days": 3, "sick_percentage": "69.99", "sick_second_year": "100.1", "holiday_allowance": "june"},
		"number/out_of_range leave_weeks BW 7:634; number/out_of_range sick_waiting_days BW 7:629 lid 9; number/out_of_range sick_percentage BW 7:629 lid 1; number/out_of_range sick_second_year BW 7:629 lid 1; field/not_allowed holiday_allowance"},
	{"contract.end", map[string]any{"ended_by": "koning"}, "field/not_allowed ended_by"},
	{"garnishment.list", map[string]any{"person": "a b", "after": "x", "limit": 1001}, "field/number person; field/uuid after; number/out_of_range limit"},
	{"receivable.list", map[string]any{"person": "a b", "after": "x"}, "field/number person; field/uuid after"},
}

// TestFactsAreRefusedWhole breaks requests in every way at once: each refusal
// has every reason, and nothing is kept. Who is no employer has none of these
// facts.
func TestFactsAreRefusedWhole(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	other := s.user("M", "anders", "submit")
	bases := map[string]map[string]any{
		"employer.record":    {"valid_from": "2026-01-01", "aof": "high"},
		"employer.choose":    {"year": 2026, "method": "over"},
		"pension.record":     {"valid_from": "2026-01-01", "name": "fonds", "franchise": "18000", "employee_percentage": "8", "employer_percentage": "16"},
		"annualwage.record":  {"person": "P-1", "year": 2025, "amount": "20000", "source": "jaaropgaaf"},
		"opening.record":     {"contract": "C-1", "until": "2026-09-30", "holiday_accrued": "400", "leave_hours": "0"},
		"garnishment.record": {"person": "P-1", "reference": "B-1", "creditor_name": "Deurwaarder", "creditor_iban": "NL39RABO0300065264", "protected": "1500", "valid_from": "2026-10-01"},
		"receivable.record":  {"person": "P-1", "reference": "V-1", "cause": "voorschot", "amount": "100", "from": "2026-10-01"},
		"garnishment.list":   {}, "receivable.list": {},
		"contract.amend": {"number": "C-1", "valid_from": "2026-10-01", "hours_per_week": "24", "full_time_hours": "40"},
		"contract.end":   {"number": "C-1", "end": "2026-12-31", "reason": "klaar"},
	}
	conn := s.sql()
	before := counts(t, conn)
	for _, c := range refusedNet {
		if got, want := o.reasons(c.endpoint, with(bases[c.endpoint], c.change)), strings.Split(c.want, "; "); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s %v: %s\nwant %s", c.endpoint, c.change, strings.Join(got, "; "), c.want)
		}
	}
	for endpoint, request := range bases {
		if strings.HasSuffix(endpoint, ".record") {
			if got := s.refused(other, endpoint, request); !slices.Contains(strings.Fields(got), "organisation/not_employer") {
				t.Errorf("%s of a gemeente: %s", endpoint, got)
			}
		}
	}
	if after := counts(t, conn); after != before {
		t.Errorf("refusals left something:\n%s\nwas\n%s", after, before)
	}
	for endpoint, request := range bases { // They are good, or nothing was shown.
		if endpoint != "contract.end" {
			s.must(o.clerk, endpoint, request)
		}
	}
	s.must(o.clerk, "contract.end", bases["contract.end"])
}

// reasons lists why an endpoint refuses, in both languages or the test fails.
func (o office) reasons(endpoint string, request map[string]any) []string {
	o.t.Helper()
	_, err := o.call(o.clerk, endpoint, request)
	var problem *bus.Problem
	if !errors.As(err, &problem) {
		o.t.Fatalf("%s: %v, want a refusal", endpoint, err)
	}
	var list []string
	for _, p := range problem.Problems {
		if p.Detail.NL == "" || p.Detail.EN == "" {
			o.t.Errorf("%s: %s says nothing", endpoint, p.Type)
		}
		list = append(list, strings.TrimSpace(p.Type+" "+p.Field+" "+p.Article))
	}
	slices.Sort(list)
	return list
}

// TestFactsEndAsTheyCame: other terms leave alone who ended a contract, and a
// longer contract has not ended.
func TestFactsEndAsTheyCame(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-1", "end": "2026-12-31", "reason": "klaar", "ended_by": "employer"})
	o.must(o.clerk, "contract.amend", map[string]any{"number": "C-1", "valid_from": "2026-10-01", "hours_per_week": "24", "full_time_hours": "40"})
	o.must(o.clerk, "contract.extend", map[string]any{"number": "C-1", "end": calendar.MustParse("2027-06-30").String()})
	if got := strings.Join(column[string](t, s.sql(), `SELECT concat_ws(' ', version, ended_by, end_reason) FROM contract_version ORDER BY version`), "; "); got != "1 ; 2 employer klaar; 3 employer klaar; 4 " {
		t.Errorf("versions: %s", got)
	}
}
