package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// buurtbaan is a scheme that the program does not know: a fixed amount a month.
func buurtbaan(id, amount string) string {
	return `scheme: ` + id + `
name: {nl: Buurtbaan, en: Neighbourhood job}
municipality: Rozendorp
versions:
  - from: 2026-01-01
    source: "Verordening buurtbanen 2026"
    status: {kind: employee, employer: firm, with_benefit: never}
    wage:
      base: WML
      factor: {value: "1.00", mark: public}
      full_time_hours: {value: "40", mark: stated}
    period: {months: {value: "24", mark: stated}, limits: subsidy}
    pay:
      - id: bijdrage
        kind: subsidy
        payer: municipality
        payee: employer
        trigger: month
        amount: {fixed: {amount: {value: "` + amount + `", mark: stated}}}
        mark: stated
        cap: wage_cost
        document: decision
        budget: {own: "1"}
    exits: [work, other]
`
}

// adds lets somebody of a municipality add a scheme file.
func (o office) adds(text, from string) map[string]any {
	o.t.Helper()
	return o.must(o.control, "scheme.add", map[string]any{"text": text, "from": from})
}

// starts registers the n-th person with a contract and a decision under a scheme.
func (o office) starts(n int, scheme string) {
	o.t.Helper()
	o.person(n)
	contract, decision := o.contract(n), o.decision(n)
	contract["scheme"], decision["budget"] = scheme, "own"
	delete(contract, "full_time_hours") // The scheme has it.
	delete(decision, "loonwaarde")
	delete(decision, "route")
	o.must(o.clerk, "contract.register", contract)
	o.must(o.control, "decision.record", decision)
}

// claimed is what the newest calculation of a run claims for a contract.
func (o office) claimed(run, contract string) string {
	o.t.Helper()
	claims, _ := o.must(o.clerk, "explain.amount", map[string]any{"run": run, "contract": contract})["claims"].([]any)
	var list []string
	for _, c := range claims {
		list = append(list, fmt.Sprint(c.(map[string]any)["rule"], " ", c.(map[string]any)["amount"]))
	}
	return strings.Join(list, ", ")
}

// TestSchemeWhileTheServiceRuns adds a scheme that the program does not know, has a
// month under it paid and explained, and amends it. A worker that was there before
// the file computes the same.
func TestSchemeWhileTheServiceRuns(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	older := s.hands(1)
	o, other := s.office("E", "M"), s.office("E-2", "M-2")
	o.person(1)
	contract := o.contract(1)
	contract["scheme"] = "buurtbaan"
	if got := o.refused(o.clerk, "contract.register", contract); got != "scheme/unknown" {
		t.Errorf("before the file: %s", got)
	}
	before := s.calculate(o.clerk, o.open("2026-09"))
	added := o.adds(buurtbaan("buurtbaan", "400.00"), "2026-07-01")
	if got := words(added["scheme"], added["version"], added["from"], added["again"], added["amends"], added["approved_until"]); got != "buurtbaan 1 2026-07-01 <nil> <nil> <nil>" {
		t.Errorf("added: %s", pretty(added))
	}
	o.starts(2, "buurtbaan")
	other.person(1)
	for _, municipality := range []string{other.m, ""} {
		contract := other.contract(1)
		if contract["scheme"] = "buurtbaan"; municipality == "" {
			delete(contract, "municipality")
		}
		if got := o.refused(other.clerk, "contract.register", contract); got != "scheme/unknown" {
			t.Errorf("for municipality %q: %s", municipality, got)
		}
	}
	o.work("C-2", "8.00", weekdays("2026-10")...)
	october := o.pay("2026-10")
	o.grant("2026-10")
	if got := o.claimed(october, "C-2"); got != "bijdrage 400.00" {
		t.Errorf("October: %s", got)
	}
	explained := o.must(o.control, "explain.amount", map[string]any{"id": o.claim("C-2", "2026-10")})
	if explained["other_rules"] != false || explained["rule_set"] == before["rule_set"] || len(explained["claims"].([]any)[0].(map[string]any)["steps"].([]any)) == 0 {
		t.Errorf("explained: %s", pretty(explained))
	}
	if paid := one[string](t, s.sqlOnce(), `SELECT amount::text FROM payment WHERE kind = 'subsidy'`); paid != "400.00" {
		t.Errorf("paid %s", paid)
	}
	t.Run("amended", func(t *testing.T) { o.amendsScheme(t, older, october) })
	t.Run("of two municipalities", func(t *testing.T) { o.sameID(t, other) })
	t.Run("of the program", func(t *testing.T) { o.amendsProgram(t, other) })
	t.Run("by other rules", func(t *testing.T) { older.leavesAlone(t, o) })
}

// amendsScheme changes the amount from November: October stays, a recalculation of
// November at the old cut-off stays, a new one goes by the new amount.
func (o office) amendsScheme(t *testing.T, older *service, october string) {
	o.work("C-2", "8.00", weekdays("2026-11")...)
	november := o.open("2026-11")
	first := o.calculate(o.clerk, november)
	amended := o.adds(buurtbaan("buurtbaan", "500.00"), "2026-11-01")
	if got := words(amended["version"], amended["amends"], amended["approved_until"]); got != "2 true <nil>" {
		t.Errorf("amended: %s", pretty(amended))
	}
	if shown := o.must(o.clerk, "run.show", map[string]any{"run": november}); shown["newer_facts"] == float64(0) {
		t.Errorf("who approves is not told of the amendment: %s", pretty(shown))
	}
	again := older.again(t, o, november, first)
	if again["hash"] != first["hash"] || again["rule_set"] != first["rule_set"] || o.claimed(november, "C-2") != "bijdrage 400.00" {
		t.Errorf("at the old cut-off: %s %v, want %v", o.claimed(november, "C-2"), again["hash"], first["hash"])
	}
	later := o.calculate(o.clerk, november)
	if later["hash"] == first["hash"] || o.claimed(november, "C-2") != "bijdrage 500.00" || o.claimed(october, "C-2") != "bijdrage 400.00" {
		t.Errorf("November %s, October %s", o.claimed(november, "C-2"), o.claimed(october, "C-2"))
	}
	// A worker that never saw the file before its calculation reads it then.
	fresh := o.hands(1)
	number := fresh.begin(t, o, november, int64(later["cutoff"].(float64)))
	fresh.allShards(t, november, number)
	if shown := o.awaitCalculated(november, number); shown["hash"] != later["hash"] {
		t.Errorf("another worker: %v, want %v", shown["hash"], later["hash"])
	}
	files := one[int](t, o.sqlOnce(), `SELECT count(*)::int FROM scheme_version`)
	repeated := o.adds(buurtbaan("buurtbaan", "500.00"), "2026-11-01")
	if got := words(repeated["version"], repeated["again"]); got != "2 true" || one[int](t, o.sqlOnce(), `SELECT count(*)::int FROM scheme_version`) != files {
		t.Errorf("the same again: %s", pretty(repeated))
	}
	back := o.adds(buurtbaan("buurtbaan", "450.00"), "2026-10-15")
	if got := words(back["version"], back["approved_until"]); got != "3 2026-10-31" {
		t.Errorf("into an approved month: %s", pretty(back))
	}
	if o.calculate(o.clerk, november); o.claimed(november, "C-2") != "bijdrage 450.00" {
		t.Errorf("the file that was added last holds from its day on: %s", o.claimed(november, "C-2"))
	}
	events := column[string](t, o.sqlOnce(), `SELECT data::text FROM outbox WHERE noun = 'scheme' AND verb = 'added' ORDER BY version`)
	if len(events) != 3 || strings.Contains(strings.Join(events, ""), "bijdrage") || !strings.Contains(events[1], fmt.Sprint(amended["hash"])) {
		t.Errorf("announced: %v", events)
	}
}

// sameID lets another municipality use the id for something else.
func (o office) sameID(t *testing.T, other office) {
	other.adds(buurtbaan("buurtbaan", "100.00"), "2026-07-01")
	other.starts(2, "buurtbaan")
	other.work("C-2", "8.00", weekdays("2026-11")...)
	theirs, ours := other.open("2026-11"), o.open("2026-12")
	o.work("C-2", "8.00", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07")
	o.calculate(other.clerk, theirs)
	o.calculate(o.clerk, ours)
	if got := words(other.claimed(theirs, "C-2"), o.claimed(ours, "C-2")); got != "bijdrage 100.00 bijdrage 450.00" {
		t.Errorf("one id of two municipalities: %s", got)
	}
	own := func(c *bus.Client, municipality string) string {
		var list []string
		for _, s := range o.must(c, "scheme.list", map[string]any{"municipality": municipality})["schemes"].([]any) {
			if s := s.(map[string]any); s["municipality"] != nil {
				list = append(list, fmt.Sprint(s["municipality"], "/", s["scheme"]))
			}
		}
		return strings.Join(list, " ")
	}
	reader := o.user(o.e, "reader", "read")
	if got := words(own(reader, ""), own(reader, "M"), own(o.user(other.m, "reader", "read"), "")); got != "M/buurtbaan M/buurtbaan M-2/buurtbaan" {
		t.Errorf("listed: %s", got)
	}
	if got := o.refused(reader, "scheme.list", map[string]any{"municipality": other.m}); got != "organisation/unknown" {
		t.Errorf("schemes of a municipality that no contract names: %s", got)
	}
	if shown := pretty(o.must(reader, "scheme.show", map[string]any{"scheme": "buurtbaan"})); !strings.Contains(shown, `"450"`) || strings.Contains(shown, `"100"`) {
		t.Errorf("shown: %s", shown)
	}
}

// amendsProgram amends a scheme that came with the program, for one municipality.
func (o office) amendsProgram(t *testing.T, other office) {
	if amended := o.adds(buurtbaan("loonkostensubsidie", "77.00"), "2026-12-01"); amended["amends"] != true {
		t.Errorf("amended: %s", pretty(amended))
	}
	shown := func(c *bus.Client) string {
		var list []string
		for _, v := range o.must(c, "scheme.show", map[string]any{"scheme": "loonkostensubsidie"})["versions"].([]any) {
			v := v.(map[string]any)
			list = append(list, words(v["from"], v["to"], v["pay"].([]any)[0].(map[string]any)["id"]))
		}
		return strings.Join(list, ", ")
	}
	ours, theirs := shown(o.control), shown(other.control)
	if !strings.HasSuffix(ours, "2026-11-30 lks, 2026-12-01 <nil> bijdrage") || strings.Contains(theirs, "bijdrage") {
		t.Errorf("amended for one: %s; for the other: %s", ours, theirs)
	}
}

// leavesAlone lets a worker find a calculation by rules that it does not have.
func (s *service) leavesAlone(t *testing.T, o office) {
	run := o.open("2027-01")
	o.calculate(o.clerk, run)
	looked := errors.New("looked")
	err := s.store.Transact(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		r, _, err := tx.Run(ctx, uuid.MustParse(run), payroll.ForUpdate)
		if err != nil {
			return err
		}
		c, _, err := tx.Calculation(ctx, r.ID, r.Calculation)
		if err != nil {
			return err
		}
		if set, err := s.desk.Books.SetAt(ctx, tx, c.Cutoff); err != nil || set != c.RuleSet {
			return fmt.Errorf("the rules at the cut-off are %.12s, %w; want %.12s", set, err, c.RuleSet)
		}
		if set, err := s.desk.Books.SetAt(ctx, tx, 0); err != nil || set == c.RuleSet || set != s.desk.Books.Program().RuleSet() {
			return fmt.Errorf("the rules at no cut-off are %.12s, %w", set, err)
		}
		persons, err := tx.PersonsOf(ctx, r, c)
		if err != nil {
			return err
		}
		r.Calculation, r.Status = r.Calculation+1, payroll.RunCalculating
		shards := payroll.CutShards(r.ID, r.Calculation, persons, 100)
		c.Number, c.RuleSet, c.Shards = r.Calculation, s.desk.Books.Program().RuleSet(), len(shards)
		if err := tx.AddCalculation(ctx, r, c, shards); err != nil {
			return err
		}
		if err := s.desk.CalculateShard(ctx, tx, payroll.Shard{Run: r.ID, Calculation: c.Number, Number: 1}); err == nil || !strings.Contains(err.Error(), "rules") {
			return fmt.Errorf("a calculation by other rules: %w", err)
		}
		return looked
	})
	if !errors.Is(err, looked) {
		t.Error(err)
	}
}

// TestSchemeRefused hands in what no scheme can be made of, and lets others try.
func TestSchemeRefused(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	good := buurtbaan("buurtbaan", "400.00")
	bad := good
	for from, to := range map[string]string{
		`factor: {value: "1.00"`: `factor: {value: "0.90"`, `trigger: month`: `trigger: fullmoon`, `budget: {own: "1"}`: `budget: {own: "0.5"}`,
		`limits: subsidy`: `limits: everything`, `exits: [work, other]`: `exits: [work, work]`,
	} {
		bad = strings.Replace(bad, from, to, 1)
	}
	reader := s.user(o.m, "reader", "read", "submit")
	employer := s.user(o.e, "controller", "control")
	before := counts(t, s.sqlOnce())
	_, err := s.call(o.control, "scheme.add", map[string]any{"text": bad, "from": "2026-07-01"})
	var problem *bus.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("a file with five faults: %v", err)
	}
	var at []int
	for _, p := range problem.Problems {
		if p.Type != "scheme/fault" || p.Field != "text" || p.Detail.NL == "" || p.Detail.EN == "" {
			t.Errorf("told as %+v", p)
		}
		at = append(at, p.Line)
	}
	if got := fmt.Sprint(at); got != "[10 12 18 23 24]" {
		t.Errorf("faults in lines %s: %v", got, problem)
	}
	gap := strings.Replace(good, "from: 2026-01-01", "from: 2026-01-01\n    to: 2026-03-31", 1)
	for _, c := range []struct {
		who        *bus.Client
		text, from string
		want       string
	}{
		{o.control, good, "2025-12-31", "scheme/not_on_day"},
		{o.control, gap, "2026-07-01", "scheme/not_on_day"},
		{o.control, good, "1 juli", "date/invalid"},
		{o.control, good, "", "field/required"},
		{o.control, "", "2026-07-01", "field/required"},
		{o.control, "geen regeling", "", "field/required scheme/fault"},
		{employer, good, "2026-07-01", "organisation/not_municipality"},
		{reader, good, "2026-07-01", "user/role"},
		{o.boss, good, "2026-07-01", "user/role"},
	} {
		if got := s.refused(c.who, "scheme.add", map[string]any{"text": c.text, "from": c.from}); got != c.want {
			t.Errorf("from %s: %s, want %s", c.from, got, c.want)
		}
	}
	if after := counts(t, s.sqlOnce()); after != before {
		t.Errorf("something was kept:\n%s\nwas\n%s", after, before)
	}
}
