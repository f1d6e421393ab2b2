package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll/euro"
)

// enjoyed is what the returns of an employer go by, for each contract and month in
// which it is enjoyed.
func (y *story) enjoyed() []string {
	y.t.Helper()
	return column[string](y.t, y.conn, `
		SELECT c.number || ' ' || to_char(s.return_day, 'YYYY-MM') || ' taxable ' || sum(s.gross - s.pension_employee) || ' special ' || sum(s.taxed_special)
		       || ' tax ' || sum(s.tax_table) || ' + ' || sum(s.tax_special) 
		       || ' base ' || coalesce(sum(s.premium_base), 0)::numeric(12, 2) || ' ' || coalesce(sum(s.zvw_base), 0)::numeric(12, 2) || ' awf ' || coalesce(sum(s.awf) FILTER (WHERE s.awf_class = 'low'), 0)::numeric(12, 2)
		       || ' ' || coalesce(sum(s.awf) FILTER (WHERE s.awf_class = 'high'), 0)::numeric(12, 2) || ' others ' || coalesce(sum(s.aof + s.wko + s.whk), 0)::numeric(12, 2) || ' zvw ' || coalesce(sum(s.zvw), 0)::numeric(12, 2)
		       || ' credit ' || sum(s.arbeidskorting) || ' maximum ' || coalesce(sum(s.premium_maximum), 0)::numeric(12, 2)
		FROM return_payslip s JOIN contract c ON c.id = s.contract JOIN organisation e ON e.id = s.employer WHERE e.code = $1
		GROUP BY c.number, to_char(s.return_day, 'YYYY-MM')
		HAVING sum(s.gross) <> 0 OR sum(s.tax_table + s.tax_special) <> 0 OR sum(s.zvw) <> 0 ORDER BY 1`, y.e)
}

// recomputed holds payslips and returns against a computation of its own of what was
// enjoyed in each month.
func (y *story) recomputed(facts []lateFact, over bool) {
	y.t.Helper()
	want, months := modelReturns(y, facts, over)
	got := y.enjoyed()
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], " credit ")
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 3 {
		y.t.Errorf("loon-over %t, computed from what was enjoyed (-) and booked (+):\n%s\n%v", over, diff, facts)
	}
	for _, month := range y.returned(correctionMonths...) {
		for element, sum := range months[month] {
			if exact := y.element(month, element)[1]; exact != sum.FloatString(2) {
				y.t.Errorf("loon-over %t: %s of the return of %s is %s, computed %s\n%v", over, element, month, exact, sum.FloatString(2), facts)
			}
		}
	}
}

// returned makes the returns of months and holds them against payslips and ledger.
// A month whose charges nobody knew has none. It tells which it made.
func (y *story) returned(months ...string) (made []string) {
	y.t.Helper()
	for _, month := range months {
		_, err := y.call(y.clerk, "return.make", map[string]any{"period": month})
		var problem *bus.Problem
		if errors.As(err, &problem) && slices.Contains([]string{"return/empty", "return/charges_unknown"}, problem.Problems[0].Type) {
			continue
		}
		if err != nil && (problem == nil || problem.Problems[0].Type != "return/unchanged") {
			y.t.Errorf("the return of %s: %v", month, err)
		}
		made = append(made, month)
	}
	year := y.must(y.clerk, "return.year", map[string]any{"year": 2026})
	if len(months) == len(correctionMonths) && words(year["correct"]) != "[]" {
		y.t.Errorf("returns that were made just now are to be corrected: %s", pretty(year))
	}
	for _, month := range made {
		for _, tie := range y.must(y.boss, "ledger.ties", map[string]any{"period": month})["ties"].([]any) {
			if m := tie.(map[string]any); m["tie"] == "taxes" && m["difference"] != euro.Zero.String() && m["beside"] != nil {
				y.t.Errorf("taxes of %s: %s", month, pretty(m))
			}
		}
	}
	return made
}

// mark opens the run of a month and marks some of what it may correct as the repair of
// an error.
func (y *story) mark(r *rand.Rand, now int) {
	y.t.Helper()
	if !y.marking || now == 0 {
		return
	}
	run := y.opened(correctionMonths[now])
	y.begun[correctionMonths[now]] = run
	if y.marked == nil {
		y.marked = map[string]bool{}
	}
	for n := 1; n <= 3; n++ {
		for _, origin := range correctionMonths[:now] {
			if r.IntN(3) == 0 {
				y.must(y.clerk, "run.repair", map[string]any{"run": run, "person": fmt.Sprintf("P-%d", n), "period": origin, "reason": "verkeerd ingevoerd"})
				y.marked[fmt.Sprintf("C-%d %s %s", n, correctionMonths[now], origin)] = true
			}
		}
	}
}

// repaired are the marks that a run found a period to be computed anew for: the newest
// run of each contract and origin, and every one of them.
func (y *story) repaired() (newest map[string]string, all map[string]bool) {
	y.t.Helper()
	newest, all = map[string]string{}, map[string]bool{}
	for _, text := range column[string](y.t, y.conn, `
		SELECT c.number || ' ' || to_char(x.period, 'YYYY-MM') || ' ' || to_char(x.origin, 'YYYY-MM') FROM correction x
		JOIN calculation k ON k.id = x.calculation AND k.status = 'approved' JOIN contract c ON c.id = x.contract JOIN organisation e ON e.id = c.employer
		WHERE e.code = $1 ORDER BY x.period`, y.e) {
		if f := strings.Fields(text); y.marked[text] {
			newest[f[0]+" "+f[2]], all[text] = f[1], true
		}
	}
	return newest, all
}

// explained asks of a payslip for each way in which its corrections are enjoyed, and
// wants the way and its article in the answer.
func (y *story) explained(over bool, seen map[string]int) {
	y.t.Helper()
	for way, article := range map[string]string{"loon-over": "Wet LB 1964 art. 13a; art. 28a", "herstel van een fout": "Wet LB 1964 art. 28a", "loon-in": "Wet LB 1964 art. 13a lid 1"} {
		found := column[string](y.t, y.conn, `
			SELECT r.id || ' ' || c.number FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' JOIN correction x ON x.calculation = k.id
			JOIN contract c ON c.id = x.contract JOIN organisation e ON e.id = r.employer
			WHERE e.code = $1 AND coalesce(x.attributed, '') = $2 AND x.wage > 0 ORDER BY 1 LIMIT 1`, y.e, map[string]string{"loon-over": "over", "herstel van een fout": "error"}[way])
		if len(found) == 0 {
			continue
		}
		seen[way]++
		f := strings.Fields(found[0])
		if text := pretty(y.must(y.clerk, "explain.amount", map[string]any{"run": f[0], "contract": f[1]})); !strings.Contains(text, way) || !strings.Contains(text, article) {
			y.t.Errorf("%s is not told with %s: %s", way, article, text)
		}
	}
	seen["correctiebericht"] += one[int](y.t, y.conn, `SELECT count(*) FROM wage_return w JOIN organisation e ON e.id = w.employer WHERE e.code = $1 AND w.sequence > 1`, y.e)
	if over {
		if got := y.refused(y.clerk, "employer.choose", map[string]any{"year": 2026, "method": "in"}); got != "method/used" {
			y.t.Errorf("chosen otherwise when runs rest on it: %s", got)
		}
	}
}
