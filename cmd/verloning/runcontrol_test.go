package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"verloning/payroll/euro"
)

// weekdays are the seventeen days of the example, as day texts.
func weekdays(month string) []string {
	var days []string
	for _, d := range []int{1, 5, 6, 7, 8, 12, 13, 14, 15, 19, 20, 21, 22, 26, 27, 28, 29} {
		days = append(days, fmt.Sprintf("%s-%02d", month, d))
	}
	return days
}

// offCycle opens a run for one person.
func (o office) offCycle(period, person string) string {
	o.t.Helper()
	return o.must(o.clerk, "run.open", map[string]any{"period": period, "pay_date": period[:4] + "-12-28", "person": person})["run"].(string)
}

// claims lists the claims that the employer sees of a contract.
func (o office) claims(contract string) []map[string]any {
	o.t.Helper()
	var list []map[string]any
	for _, c := range o.must(o.clerk, "claim.list", map[string]any{})["claims"].([]any) {
		if c := c.(map[string]any); c["contract"] == contract {
			list = append(list, c)
		}
	}
	return list
}

// summed adds one figure up over claims.
func summed(t testing.TB, claims []map[string]any, field string) string {
	t.Helper()
	sum := euro.Zero
	for _, c := range claims {
		amount, err := euro.Parse(c[field].(string))
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(amount)
	}
	return sum.String()
}

// paidTo sums the wage payments of a run.
func (o office) paidTo(run string) string {
	o.t.Helper()
	var wages []map[string]any
	for _, p := range o.must(o.boss, "payment.list", map[string]any{"run": run})["payments"].([]any) {
		wages = append(wages, p.(map[string]any))
	}
	return summed(o.t, wages, "amount")
}

// kindsOf lists the kinds of exceptions about a subject.
func (o office) kindsOf(run, subject string) string {
	o.t.Helper()
	var list []string
	for _, e := range o.exceptions(run) {
		if kind, about, _ := strings.Cut(e, " "); about == subject {
			list = append(list, kind)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// TestRunControl tries the runs beside the regular one: for one person, taken
// back, of everybody, compared with the month before.
func TestRunControl(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("off-cycle after", func(t *testing.T) { s.under(t).office("A-E", "A-M").offCycleAfter(t) })
	t.Run("off-cycle before", func(t *testing.T) { s.under(t).office("B-E", "B-M").offCycleBefore(t) })
	t.Run("off-cycle of another kind", func(t *testing.T) { s.under(t).office("C-E", "C-M").otherKind(t) })
	t.Run("reopen", func(t *testing.T) { s.under(t).office("D-E", "D-M").reopens(t) })
	t.Run("compare", func(t *testing.T) { s.under(t).office("F-E", "F-M").compares(t) })
	t.Run("missing", func(t *testing.T) { s.under(t).office("G-E", "G-M").misses(t) })
	t.Run("all", func(t *testing.T) { s.under(t).runAll(t) })
}

// under is the site for a part of a test.
func (s *site) under(t *testing.T) *site {
	c := *s
	c.t = t
	return &c
}

// Hours came late: the regular payslip was nil and the subsidy of the month was
// held for want of wage cost. The off-cycle run pays the hours and claims what
// was held; the month is entitled once. A second one pays nothing.
func (o office) offCycleAfter(t *testing.T) {
	o.hire(1)
	o.hire(2)
	o.work("C-2", "8.00", weekdays("2026-10")...)
	o.pay("2026-10")
	if got := words(summed(t, o.claims("C-1"), "entitled"), summed(t, o.claims("C-1"), "amount")); got != "1121.76 0.00" {
		t.Fatalf("the regular run claims %s of a month without hours", got)
	}
	o.work("C-1", "8.00", weekdays("2026-10")...)
	late := o.offCycle("2026-10", "P-1")
	shown := o.calculate(o.clerk, late)
	totals := shown["totals"].(map[string]any)
	if got := words(totals["payslips"], totals["net"], totals["claimed"], o.kindsOf(late, "C-1")); got != "1 1309.89 1121.76" {
		t.Errorf("off-cycle: %s, want one payslip of 2,038.64 less 728.75 of tax and a claim of 1121.76", got)
	}
	o.approve(late)
	if got := words(o.paidTo(late), summed(t, o.claims("C-1"), "entitled"), summed(t, o.claims("C-1"), "amount")); got != "1309.89 1121.76 1121.76" {
		t.Errorf("paid, entitled and claimed %s", got)
	}
	again := o.offCycle("2026-10", "P-1")
	totals = o.calculate(o.clerk, again)["totals"].(map[string]any)
	if got := words(totals["payslips"], totals["net"], totals["claims"], o.kindsOf(again, "C-1")); got != "0 0.00 0 payslip/paid_before" {
		t.Errorf("the second off-cycle run: %s", got)
	}
	o.approve(again)
	if got := o.paidTo(again); got != "0.00" {
		t.Errorf("the second off-cycle run paid %s", got)
	}
	var numbers []string
	for _, r := range o.must(o.clerk, "run.list", map[string]any{})["runs"].([]any) {
		if r := r.(map[string]any); r["kind"] == "off_cycle" {
			numbers = append(numbers, fmt.Sprint(r["sequence"]))
		}
	}
	slices.Sort(numbers)
	if got := strings.Join(numbers, " "); got != "1 2" {
		t.Errorf("off-cycle runs are numbered %s", got)
	}
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"person": "P-404"}, "person/unknown"},
		{map[string]any{"person": "P 1"}, "field/number"},
	} {
		request := map[string]any{"period": "2026-10", "pay_date": "2026-11-28"}
		for k, v := range c.change {
			request[k] = v
		}
		if got := o.refused(o.clerk, "run.open", request); got != c.want {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
	o.atOnce(t)
}

// atOnce opens off-cycle runs at the same time: each gets a number of its own.
func (o office) atOnce(t *testing.T) {
	const n = 6
	runs, errs := make([]string, n), make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Add(1)
		go func() {
			defer wait.Done()
			reply, err := o.call(o.clerk, "run.open", map[string]any{"period": "2026-10", "pay_date": "2026-12-28", "person": "P-2"})
			runs[i], errs[i] = fmt.Sprint(reply["run"]), err
		}()
	}
	wait.Wait()
	slices.Sort(runs)
	if len(slices.Compact(runs)) != n {
		t.Errorf("%d runs of %d that were opened at once: %v", len(slices.Compact(runs)), n, errs)
	}
}

// The off-cycle run comes first, and the regular one leaves the person out. A
// regular calculation of before the approval is refused, since it would pay them
// again.
func (o office) offCycleBefore(t *testing.T) {
	o.hire(1)
	o.hire(2)
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.work("C-2", "4.00", weekdays("2026-10")...)
	regular, early := o.open("2026-10"), o.offCycle("2026-10", "P-1")
	o.calculate(o.clerk, regular)
	o.calculate(o.clerk, early)
	o.approve(early)
	shown := o.must(o.clerk, "run.show", map[string]any{"run": regular})
	approve := map[string]any{"run": regular, "calculation": shown["calculation"], "hash": shown["hash"]}
	if got := o.refused(o.boss, "run.approve", approve); !strings.Contains(got, "run/overtaken") {
		t.Errorf("a calculation that pays twice is approved or refused for %s", got)
	}
	o.calculate(o.clerk, regular)
	if got := o.kindsOf(regular, "C-1"); got != "payslip/paid_before" {
		t.Errorf("the regular run finds %q of who was paid", got)
	}
	o.approve(regular)
	if got := words(o.paidTo(early), o.paidTo(regular)); got != "1309.89 655.82" {
		t.Errorf("paid %s, want 2,038.64 and 1,019.32 less their tax", got)
	}
	if got := o.claims("C-1"); len(got) != 1 || summed(t, got, "amount") != "1121.76" {
		t.Errorf("claims of who was paid off the cycle: %s", pretty(got))
	}
}

// Four weeks of the days of a month would pay and claim part of it twice, also
// off the cycle: the runs of an employer are of one kind of period on each day.
func (o office) otherKind(t *testing.T) {
	o.hire(1)
	o.pay("2026-10")
	o.work("C-1", "8.00", weekdays("2026-10")...)
	for _, period := range []string{"2026-P10", "2026-P11"} {
		got := o.refused(o.clerk, "run.open", map[string]any{"period": period, "pay_date": "2026-12-28", "person": "P-1"})
		if got != "run/exists" {
			t.Errorf("off-cycle %s beside October: %s", period, got)
		}
	}
	o.offCycle("2026-P05", "P-1")
	if got := o.refused(o.clerk, "run.open", map[string]any{"period": "2026-05", "pay_date": "2026-12-28"}); got != "run/exists" {
		t.Errorf("May beside four weeks of it: %s", got)
	}
}

// A calculated run is taken back to open with a reason that is kept; nobody
// approves what was superseded; calculated anew it is approved, and then it is
// never taken back.
func (o office) reopens(t *testing.T) {
	o.hire(1)
	o.work("C-1", "8.00", weekdays("2026-10")...)
	run := o.open("2026-10")
	back := map[string]any{"run": run, "reason": "uren van week 44 ontbreken"}
	if got := o.refused(o.clerk, "run.reopen", back); got != "run/status" {
		t.Errorf("an open run is reopened: %s", got)
	}
	shown := o.calculate(o.clerk, run)
	if got := o.refused(o.clerk, "run.reopen", map[string]any{"run": run}); got != "field/required" {
		t.Errorf("reopened without a reason: %s", got)
	}
	if got := words(o.refused(o.control, "run.reopen", back), o.refused(o.chief, "run.reopen", back)); got != "user/role user/role" {
		t.Errorf("the municipality reopens a run: %s", got)
	}
	if got := o.must(o.clerk, "run.reopen", back); words(got["status"]) != "open" {
		t.Errorf("reopened: %s", pretty(got))
	}
	var open []any
	for _, e := range o.must(o.clerk, "run.exceptions", map[string]any{"run": run})["exceptions"].([]any) {
		open = append(open, e.(map[string]any)["exception"])
	}
	for endpoint, c := range map[string]struct {
		who     bool
		request map[string]any
	}{
		"run.approve": {true, map[string]any{"run": run, "calculation": shown["calculation"], "hash": shown["hash"]}},
		"run.accept":  {false, map[string]any{"run": run, "exceptions": open, "reason": "gezien"}},
		"run.compare": {false, map[string]any{"run": run}},
		"run.reopen":  {false, back},
		"run.close":   {false, map[string]any{"run": run}},
	} {
		who := o.clerk
		if c.who {
			who = o.boss
		}
		if endpoint == "run.accept" && len(open) == 0 {
			t.Error("the superseded calculation has no exceptions to accept")
			continue
		}
		if got := o.refused(who, endpoint, c.request); got != "run/status" {
			t.Errorf("%s of a reopened run: %s", endpoint, got)
		}
	}
	if now := o.must(o.clerk, "run.show", map[string]any{"run": run}); now["totals"] != nil || now["hash"] != nil {
		t.Errorf("a reopened run shows what was superseded: %s", pretty(now))
	}
	o.work("C-1", "4.00", "2026-10-30")
	if now := o.calculate(o.clerk, run); now["calculation"] != float64(2) || now["hash"] == shown["hash"] {
		t.Errorf("calculated again: %s", pretty(now))
	}
	if got := o.refused(o.boss, "run.approve", map[string]any{"run": run, "calculation": shown["calculation"], "hash": shown["hash"]}); !strings.Contains(got, "run/other_calculation") {
		t.Errorf("the superseded calculation is approved or refused for %s", got)
	}
	o.approve(run)
	if got := o.refused(o.clerk, "run.reopen", back); got != "run/status" {
		t.Errorf("an approved run is reopened: %s", got)
	}
	if got := words(o.paidTo(run), one[string](t, o.sqlOnce(), `SELECT reason || '/' || calculation FROM run_reopened WHERE run = $1`, run)); got != "1348.93 uren van week 44 ontbreken/1" {
		t.Errorf("paid and kept: %s", got)
	}
}

// difference reads one row of a comparison's totals.
func difference(compared map[string]any, kind string) string {
	for _, sum := range compared["totals"].([]any) {
		if sum := sum.(map[string]any); sum["kind"] == kind {
			return words(sum["contracts"], sum["gross_before"], sum["gross_now"], sum["claimed_before"], sum["claimed_now"])
		}
	}
	return "nothing"
}

// November beside October: who is new, gone, changed and the same. The totals are
// those of both runs, and what an inlener pays is no claim on a municipality.
func (o office) compares(t *testing.T) {
	for n := 1; n <= 4; n++ {
		o.person(n)
	}
	o.must(o.admin, "org.register", map[string]any{"code": o.e + "-I", "name": "Inlener", "roles": []string{"inlener"}, "iban": "NL20INGB0001234567"})
	for n, change := range []map[string]any{
		{}, {}, {"end": "2026-10-31", "open_ended": false},
		{"start": "2026-11-01", "scheme": "tilburg-vooropgesteld-werk", "municipality": ""},
	} {
		contract := o.contract(n + 1)
		for k, v := range change {
			contract[k] = v
		}
		o.must(o.clerk, "contract.register", contract)
	}
	o.must(o.clerk, "placement.record", map[string]any{"contract": "C-4", "inlener": o.e + "-I", "from": "2026-11-01", "price": "25.00"})
	o.must(o.control, "decision.record", o.decision(1))
	o.must(o.control, "decision.record", o.decision(2))
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.work("C-2", "8.00", weekdays("2026-10")...)
	o.work("C-3", "4.00", "2026-10-05")
	before := o.pay("2026-10")
	o.work("C-1", "8.00", weekdays("2026-11")...)
	o.work("C-2", "8.00", weekdays("2026-11")[:10]...)
	o.work("C-4", "8.00", "2026-11-05")
	run := o.open("2026-11")
	o.calculate(o.clerk, run)
	compared := o.must(o.clerk, "run.compare", map[string]any{"run": run})
	for kind, want := range map[string]string{
		"same":    "1 2038.64 2038.64 1121.76 1121.76",
		"changed": "1 2038.64 1199.20 1121.76 1121.76",
		"gone":    "1 69.78 0.00 0.00 0.00",
		"new":     "1 0.00 119.92 0.00 0.00",
	} {
		if got := difference(compared, kind); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	var rows []string
	for _, r := range compared["contracts"].([]any) {
		rows = append(rows, words(r.(map[string]any)["contract"], r.(map[string]any)["kind"]))
	}
	if got := strings.Join(rows, ", "); got != "C-2 changed, C-3 gone, C-4 new" {
		t.Errorf("rows: %s", got)
	}
	if got := words(compared["before"], compared["approved_before"]); got != "2026-10 true" {
		t.Errorf("compared with %s", got)
	}
	for run, column := range map[string]string{before: "before", run: "now"} {
		totals := o.must(o.clerk, "run.show", map[string]any{"run": run})["totals"].(map[string]any)
		var sums []map[string]any
		for _, sum := range compared["totals"].([]any) {
			sums = append(sums, sum.(map[string]any))
		}
		if got, want := words(summed(t, sums, "gross_"+column), summed(t, sums, "claimed_"+column)), words(totals["gross"], totals["claimed"]); got != want {
			t.Errorf("%s: compared %s, the run says %s", column, got, want)
		}
	}
	o.comparesOne(t)
}

// An off-cycle run is compared for its own person: the others are not gone.
func (o office) comparesOne(t *testing.T) {
	one := o.offCycle("2026-11", "P-1")
	o.calculate(o.clerk, one)
	compared := o.must(o.clerk, "run.compare", map[string]any{"run": one})
	if got := difference(compared, "gone"); got != "0 0.00 0.00 0.00 0.00" {
		t.Errorf("gone from an off-cycle run of one person: %s", got)
	}
	if got := difference(compared, "same"); got != "1 2038.64 2038.64 1121.76 1121.76" {
		t.Errorf("the same in an off-cycle run: %s", got)
	}
}

// missing lists what is missing of each contract in October.
func (o office) missing() string {
	o.t.Helper()
	var list []string
	for _, m := range o.must(o.clerk, "run.missing", map[string]any{"period": "2026-10"})["missing"].([]any) {
		m := m.(map[string]any)
		var what []string
		for _, w := range m["missing"].([]any) {
			what = append(what, fmt.Sprint(w))
		}
		list = append(list, fmt.Sprint(m["contract"], " ", strings.Join(what, "+")))
	}
	return strings.Join(list, ", ")
}

// Who is missing before the calculation, of whom hours were taken back, and after
// it who has no payslip.
func (o office) misses(t *testing.T) {
	o.hire(1)
	o.hire(2)
	o.person(3)
	o.must(o.clerk, "contract.register", o.contract(3))
	expect := func(when, want string) {
		t.Helper()
		if got := o.missing(); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	expect("at first", "C-1 hours, C-2 hours, C-3 hours+decision")
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.work("C-2", "8.00", "2026-10-05")
	expect("with hours", "C-3 hours+decision")
	o.work("C-2", "0.00", "2026-10-05")
	expect("after hours were taken back", "C-2 hours, C-3 hours+decision")
	early := o.offCycle("2026-10", "P-1")
	o.calculate(o.clerk, early)
	o.approve(early)
	expect("after one person was paid off the cycle", "C-2 hours, C-3 hours+decision")
	run := o.open("2026-10")
	o.calculate(o.clerk, run)
	expect("after the calculation", "C-2 hours, C-3 hours+decision")
	o.person(4)
	o.must(o.clerk, "contract.register", o.contract(4))
	expect("hired after the calculation", "C-2 hours, C-3 hours+decision, C-4 hours+decision+payslip")
	o.must(o.clerk, "run.reopen", map[string]any{"run": run, "reason": "nieuwe medewerker"})
	expect("taken back", "C-2 hours, C-3 hours+decision, C-4 hours+decision")
	if got := o.must(o.control, "run.missing", map[string]any{"period": "2026-10"}); len(got["missing"].([]any)) != 0 {
		t.Errorf("the municipality sees who is missing: %s", pretty(got))
	}
}

// The beheerder opens and calculates the month of every employer with a
// contract. Asking again changes nothing, what stands further is left alone, and
// no reply tells of money.
func (s *site) runAll(t *testing.T) {
	none, fresh, opened, ahead := s.office("H-0", "H-M0"), s.office("H-1", "H-M1"), s.office("H-2", "H-M2"), s.office("H-3", "H-M3")
	for _, o := range []office{fresh, opened, ahead} {
		o.hire(1)
		o.work("C-1", "8.00", weekdays("2026-11")...)
	}
	own := opened.open("2026-11")
	approved := ahead.pay("2026-11")
	ask := map[string]any{"period": "2026-11", "pay_date": "2026-12-05"}
	lines := func(reply map[string]any) map[string]string {
		found := map[string]string{}
		for _, r := range reply["runs"].([]any) {
			r := r.(map[string]any)
			for key := range r {
				if !slices.Contains([]string{"employer", "opened", "asked", "run", "period", "status", "calculation", "shards"}, key) {
					t.Errorf("the beheerder is told of %s", key)
				}
			}
			found[fmt.Sprint(r["employer"])] = words(r["opened"], r["asked"], r["status"])
		}
		return found
	}
	first := s.must(s.admin, "run.all", ask)
	got := lines(first)
	for code, want := range map[string]string{"H-0": "", "H-1": "true true calculating", "H-2": "false true calculating", "H-3": "false false approved"} {
		if got[code] != want {
			t.Errorf("%s: %q, want %q", code, got[code], want)
		}
	}
	var mine string
	for _, r := range first["runs"].([]any) {
		if r := r.(map[string]any); r["employer"] == "H-1" {
			mine = fmt.Sprint(r["run"])
		}
	}
	until(t, "the runs of all are calculated", func() bool {
		return fresh.must(fresh.clerk, "run.show", map[string]any{"run": mine})["status"] == "calculated" &&
			opened.must(opened.clerk, "run.show", map[string]any{"run": own})["status"] == "calculated"
	})
	for code, line := range lines(s.must(s.admin, "run.all", ask)) {
		if strings.HasPrefix(line, "true") || strings.Contains(line, "true") {
			t.Errorf("asked again, %s: %s", code, line)
		}
	}
	for run, o := range map[string]office{mine: fresh, own: opened} {
		shown := o.must(o.clerk, "run.show", map[string]any{"run": run})
		if got := words(shown["calculation"], shown["totals"].(map[string]any)["net"]); got != "1 1309.89" {
			t.Errorf("%s: calculation and net %s", o.e, got)
		}
	}
	if got := words(opened.must(opened.clerk, "run.show", map[string]any{"run": own})["pay_date"]); got != "2026-11-28" {
		t.Errorf("run.all changed the pay date to %s", got)
	}
	fresh.approve(mine) // nobody of the employer calculated it: any of its approvers may
	if got := words(fresh.paidTo(mine), ahead.paidTo(approved)); got != "1309.89 1309.89" {
		t.Errorf("paid %s", got)
	}
	for _, c := range []struct{ who, got string }{
		{"an employer", fresh.refused(fresh.clerk, "run.all", ask)}, {"a municipality", none.refused(none.chief, "run.all", ask)},
	} {
		if c.got != "user/role" {
			t.Errorf("%s opens the runs of all: %s", c.who, c.got)
		}
	}
}
