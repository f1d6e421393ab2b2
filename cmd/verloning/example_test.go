package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// TestExample runs the worked example of one person and one month on the real
// service, from registration to the events of both parties.
func TestExample(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.must(s.admin, "org.register", map[string]any{"code": "E", "name": "Werkbedrijf Een", "roles": []string{"employer"}, "iban": "NL91ABNA0417164300"})
	s.must(s.admin, "org.register", map[string]any{"code": "M", "name": "Gemeente Een", "roles": []string{"gemeente"}, "iban": "NL20INGB0001234567"})
	clerk := s.user("E", "clerk", "submit", "calculate")
	boss := s.user("E", "boss", "approve", "calculate")
	control := s.user("M", "control", "control")
	chief := s.user("M", "chief", "approve", "control")

	s.must(clerk, "person.register", map[string]any{"number": "P-1", "bsn": "111222333", "name": "Jan Jansen", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789", "loonheffingskorting": true})
	s.must(clerk, "employer.record", map[string]any{"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.52", "whk_year": 2026, "whk_reference": "W-1"})
	s.must(clerk, "contract.register", map[string]any{"number": "C-1", "person": "P-1", "scheme": "loonkostensubsidie", "municipality": "M",
		"start": "2026-07-01", "open_ended": true, "hours_per_week": "32", "full_time_hours": "40", "written": true})
	s.must(control, "decision.record", map[string]any{"number": "D-1", "employer": "E", "contract": "C-1", "granted": "2026-07-01", "from": "2026-07-01",
		"to": "2028-06-30", "route": "loonwaarde", "loonwaarde": 60, "includes_holiday_allowance": true, "hours_per_week": "32", "budget": "BUIG"})

	verdict := s.must(clerk, "hours.submit", map[string]any{"submission": "0198f2c4-0000-7000-8000-000000000001", "mode": "partial", "lines": append(october(),
		map[string]any{"contract": "C-9", "day": "2026-10-32", "kind": "worked", "hours": "-1"})})
	if got := problemsOf(verdict); got != "18: contract/unknown contract, date/invalid day, hours/out_of_range hours" {
		t.Errorf("refused: %s", got)
	}

	run := s.must(clerk, "run.open", map[string]any{"period": "2026-10", "pay_date": "2026-10-30"})["run"].(string)
	shown := s.calculate(clerk, run)
	exceptions := s.must(clerk, "run.exceptions", map[string]any{"run": run})["exceptions"].([]any)
	if len(exceptions) != 1 || exceptions[0].(map[string]any)["subject"] != "loonkostensubsidie.charges 2026-07-01" {
		t.Fatalf("exceptions: %s", pretty(exceptions))
	}
	approve := map[string]any{"run": run, "calculation": shown["calculation"], "hash": shown["hash"]}
	if got := s.refused(boss, "run.approve", approve); got != "run/exceptions_open" {
		t.Errorf("approving with an open exception: %s", got)
	}
	s.must(clerk, "run.accept", map[string]any{"run": run, "exceptions": []any{exceptions[0].(map[string]any)["exception"]}, "reason": "bevestigd door de gemeente"})
	if got := s.refused(clerk, "run.approve", approve); got != "user/role" {
		t.Errorf("approving by a calculator: %s", got)
	}
	s.must(boss, "run.approve", approve)

	slip := s.must(clerk, "payslip.show", map[string]any{"run": run, "contract": "C-1"})
	if got := words(slip["gross"], slip["holiday_allowance_accrued"], slip["net"], slip["gross_only"]); got != "2038.64 163.09 1975.47 false" {
		t.Errorf("payslip: %s", pretty(slip))
	}
	claims := s.must(control, "claim.list", map[string]any{})["claims"].([]any)
	claim := claims[0].(map[string]any)
	if got := words(claim["base"], claim["charges"], claim["amount"], claim["status"]); got != "897.41 224.35 1121.76 raised" {
		t.Errorf("claim: %s", pretty(claims))
	}
	batch := s.must(control, "claim.grant", map[string]any{"employer": "E", "period": "2026-10", "all": true})
	grant := map[string]any{"batch": batch["batch"], "hash": batch["hash"]}
	if got := s.refused(control, "claim.approve", grant); got != "user/role" {
		t.Errorf("approving by who granted: %s", got)
	}
	s.must(chief, "claim.approve", grant)
	s.must(clerk, "run.close", map[string]any{"run": run})

	for who, want := range map[*bus.Client]string{
		clerk:   "BSchBepLhe -412.39, BSchSalNet -1975.47, BSchSalTvg -163.09, BVorOva 1121.76, WPerLesLks -1121.76, WPerLesLon 2038.64, WPerLesVag 163.09, WPerSolPsv 349.22",
		control: "GemSubsidielast 1121.76, GemTeBetalenSubsidie -1121.76",
	} {
		var got []string
		for _, b := range s.must(who, "ledger.balances", map[string]any{})["balances"].([]any) {
			got = append(got, fmt.Sprint(b.(map[string]any)["account"], " ", b.(map[string]any)["amount"]))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("balances: %s\nwant %s", strings.Join(got, ", "), want)
		}
	}
	explained := s.must(clerk, "explain.amount", map[string]any{"id": claim["claim"]})
	if text := pretty(explained); !strings.Contains(text, "897.408") || !strings.Contains(text, "1121.76") || !strings.Contains(text, "136.00 × 14.99") || !strings.Contains(text, "determined with holiday allowance") || explained["other_rules"] != false {
		t.Errorf("explained: %s", text)
	}
	s.events(clerk, "claim.granted claim.raised contract.registered decision.recorded hours.accepted hours.rejected payment.ordered run.approved run.calculated run.closed")
	s.events(control, "claim.granted claim.raised contract.registered decision.recorded payment.ordered")
}

// words prints values with a blank between.
func words(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

// october are the seventeen days of the example.
func october() []any {
	var lines []any
	for _, day := range []int{1, 5, 6, 7, 8, 12, 13, 14, 15, 19, 20, 21, 22, 26, 27, 28, 29} {
		lines = append(lines, map[string]any{"contract": "C-1", "day": fmt.Sprintf("2026-10-%02d", day), "kind": "worked", "hours": "8.00"})
	}
	return lines
}

func problemsOf(verdict map[string]any) string {
	var lines []string
	for _, r := range verdict["refused"].([]any) {
		var types []string
		for _, p := range r.(map[string]any)["problems"].([]any) {
			types = append(types, fmt.Sprint(p.(map[string]any)["type"], " ", p.(map[string]any)["field"]))
		}
		lines = append(lines, fmt.Sprint(r.(map[string]any)["line"], ": ", strings.Join(types, ", ")))
	}
	return strings.Join(lines, "; ")
}

// events reads all that a company can read and compares the kinds.
func (s *site) events(c *bus.Client, want string) {
	s.t.Helper()
	kinds := map[string]bool{}
	until(s.t, "events: "+want, func() bool {
		err := c.Tail(context.Background(), false, func(_ context.Context, r bus.Received) error {
			var event struct{ Type string }
			if err := json.Unmarshal(r.Data, &event); err != nil {
				return err
			}
			kinds[strings.TrimSuffix(strings.TrimPrefix(event.Type, "nl.verloning."), ".v1")] = true
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
		got := slices.Sorted(maps.Keys(kinds))
		if len(got) > len(strings.Fields(want)) {
			s.t.Fatalf("events: %s\nwant %s", strings.Join(got, " "), want)
		}
		return strings.Join(got, " ") == want
	})
}
