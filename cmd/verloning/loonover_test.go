package main

import (
	"errors"
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
	for _, month := range y.returned() {
		for element, sum := range months[month] {
			if exact := y.element(month, element)[1]; exact != sum.FloatString(2) {
				y.t.Errorf("loon-over %t: %s of the return of %s is %s, computed %s\n%v", over, element, month, exact, sum.FloatString(2), facts)
			}
		}
	}
}

// returned makes the returns of all months and holds them against payslips and ledger.
// A month whose charges nobody knew has none. It tells which it made.
func (y *story) returned() (made []string) {
	y.t.Helper()
	for _, month := range correctionMonths {
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
	for _, month := range made {
		for _, tie := range y.must(y.boss, "ledger.ties", map[string]any{"period": month})["ties"].([]any) {
			if m := tie.(map[string]any); m["tie"] == "taxes" && m["difference"] != euro.Zero.String() && m["beside"] != nil {
				y.t.Errorf("taxes of %s: %s", month, pretty(m))
			}
		}
	}
	return made
}
