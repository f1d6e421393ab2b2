package main

import (
	"slices"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// demoLines reads a file of the plan by the names of its columns.
func demoLines(file []byte) []demoRow {
	var rows []demoRow
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	names := strings.Split(lines[0], ";")
	for _, line := range lines[1:] {
		row := demoRow{}
		for i, cell := range strings.Split(line, ";") {
			row[names[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// TestDemoReferrals holds the trajectories of the plan against what it says and the
// source states of them, and every day and number in them against their checks.
func TestDemoReferrals(t *testing.T) {
	plan, err := readDemoPlan()
	if err != nil {
		t.Fatal(err)
	}
	employed := map[string]bool{}
	for _, row := range demoPersons(t, plan, "persons.csv") {
		employed[row[2]] = true
	}
	end, seen, shared := calendar.MustParse("2007-04-30"), map[string]bool{}, 0
	stated := map[string]int{"": 240, "work": 138, "refused_work": 28, "renounced_benefit": 1, "sent_back": 15, "removed_from_list": 58}
	for _, g := range plan.months[0].referrers {
		referred, reasons := map[string]calendar.Date{}, map[string]int{}
		for _, row := range demoLines(g.files["trajectories.csv"]) {
			bsn, iban := row["bsn"], row["iban"]
			if referred[row["number"]] = calendar.MustParse(row["referred"]); !payroll.BSN(bsn).Valid() || !strings.HasPrefix(bsn, "9999") || seen[bsn] {
				t.Errorf("%s: BSN %s must be right, of the test range, and nobody else's", row["number"], bsn)
			}
			if iban != "" && (!payroll.IBAN(iban).Valid() || seen[iban]) {
				t.Errorf("%s: IBAN %s is wrong or somebody else's", row["number"], iban)
			}
			if seen[bsn], seen[iban] = true, true; employed[bsn] {
				shared++
			}
		}
		files := [][]byte{g.files["events.csv"]}
		for _, provider := range g.providers() {
			files = append(files, g.reports[provider])
		}
		for _, file := range files {
			for _, e := range demoLines(file) {
				first, known := referred[e["trajectory"]]
				if day := calendar.MustParse(e["day"]); !known || day.Before(first) || day.After(end) {
					t.Errorf("%s %s on %s: referred on %s, and the month ends on %s", e["trajectory"], e["kind"], day, first, end)
				}
				reasons[e["reason"]]++
			}
		}
		if reasons[""] = len(referred); g.scheme == "den-bosch-verloning" {
			for reason, want := range stated {
				if reasons[reason] != want {
					t.Errorf("%s %s: %d, and the source states %d", g.scheme, reason, reasons[reason], want)
				}
			}
		}
		if !slices.ContainsFunc(plan.tallies, func(w demoTally) bool { return w.Municipality == g.code && w.Last == "" && w.People == len(referred) }) {
			t.Errorf("%s refers %d, and the plan counts another number", g.code, len(referred))
		}
	}
	if shared != 138 {
		t.Errorf("%d trajectories are of people with a contract, want 138", shared)
	}
}
