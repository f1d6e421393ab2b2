package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/txtar"

	"verloning/cmd/verloning/internal/bus"
)

// rewriteScenarios is set to write what comes out over what is expected. Read
// the difference before you keep it: it is then the expectation.
const rewriteScenarios = "VERLONING_REWRITE_SCENARIOS"

// story is a scenario that runs: its steps happen in the order of the file.
//
// A file begins with words, and goes on with parts of which each is a step or
// an expectation. The steps persons, contracts, amend, end, decisions and
// loonwaarden are lists of requests in YAML with the keys of the interface;
// organisations have the codes E and M. In hours each entry names a contract,
// a quantity and its days. Months that are listed in run are calculated, their
// exceptions accepted, approved, granted and closed. An expectation is about
// everything that happened above it.
type story struct {
	office
	t          *testing.T
	conn       *pgx.Conn
	runs       []string          // months, in the order of their runs
	run        map[string]string // month → id
	exceptions []string
	seen       map[string]string // id of an event → its line
}

// TestScenario runs every file of testdata/scenario on the real service, all
// of them on one, each with an employer and a municipality of its own.
func TestScenario(t *testing.T) {
	files, err := filepath.Glob("testdata/scenario/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario found: %v", err)
	}
	s := startSite(t, enterable(t))
	for n, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			one := *s
			one.t = t
			y := &story{office: one.office(fmt.Sprintf("E-%d", n), fmt.Sprintf("M-%d", n)), t: t, conn: s.sql(), run: map[string]string{}, seen: map[string]string{}}
			archive := txtar.Parse(text)
			if y.play(archive) == 0 {
				t.Error("this scenario expects nothing")
			}
			if os.Getenv(rewriteScenarios) != "" {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// play takes the parts of a file one after another and counts expectations.
func (y *story) play(archive *txtar.Archive) (expectations int) {
	y.t.Helper()
	for i, part := range archive.Files {
		if what, ok := strings.CutPrefix(part.Name, "expect/"); ok {
			expectations++
			got := strings.Join(y.outcome(what), "\n") + "\n"
			if os.Getenv(rewriteScenarios) != "" {
				archive.Files[i].Data = []byte(got + "\n")
				continue
			}
			if diff := cmp.Diff(strings.TrimSpace(string(part.Data)), strings.TrimSpace(got)); diff != "" {
				y.t.Errorf("%s (-want +got):\n%s", part.Name, diff)
			}
			continue
		}
		y.step(part)
	}
	return expectations
}

// step takes one part that makes something happen.
func (y *story) step(part txtar.File) {
	y.t.Helper()
	if part.Name == "run" {
		for _, month := range strings.Fields(string(part.Data)) {
			y.month(month)
		}
		return
	}
	var entries []map[string]any
	if err := yaml.Unmarshal(part.Data, &entries); err != nil || len(entries) == 0 {
		y.t.Fatalf("%s: %d entries, %v", part.Name, len(entries), err)
	}
	for n, entry := range entries {
		for key, value := range entry {
			// The interface takes numbers and days as texts; whole percentages are numbers.
			if _, flag := value.(bool); !flag && key != "loonwaarde" && key != "percent" {
				entry[key] = fmt.Sprint(value)
			}
		}
		switch part.Name {
		case "persons":
			entry["name"], entry["iban"] = "Jan Jansen", "NL44RABO0123456789"
			y.must(y.clerk, "person.register", entry)
		case "contracts":
			entry["scheme"], entry["municipality"], entry["written"] = "loonkostensubsidie", y.m, true
			y.must(y.clerk, "contract.register", entry)
		case "amend":
			y.must(y.clerk, "contract.amend", entry)
		case "end":
			y.must(y.clerk, "contract.end", entry)
		case "decisions":
			entry["employer"] = y.e
			y.must(y.control, "decision.record", entry)
		case "loonwaarden":
			entry["employer"] = y.e
			y.must(y.control, "loonwaarde.record", entry)
		case "hours":
			y.hours(n, entry)
		default:
			y.t.Fatalf("no part of a scenario is named %q", part.Name)
		}
	}
}

// hours submits an entry such as {contract: C-1, month: 2026-10, hours: "8.00",
// days: 1 5 6}.
func (y *story) hours(n int, entry map[string]any) {
	y.t.Helper()
	var list []any
	for _, day := range strings.Fields(entry["days"].(string)) {
		list = append(list, map[string]any{"contract": entry["contract"], "day": fmt.Sprintf("%s-%02s", entry["month"], day), "kind": kindOf(entry), "hours": entry["hours"]})
	}
	if len(list) == 0 {
		y.t.Fatalf("hours %d: no days", n+1)
	}
	y.submit(y.clerk, uuid.NewString(), list)
}

func kindOf(entry map[string]any) string {
	if kind, set := entry["kind"].(string); set {
		return kind
	}
	return "worked"
}

// month runs a month from opening to closing.
func (y *story) month(month string) {
	y.t.Helper()
	run := y.open(month)
	y.runs, y.run[month] = append(y.runs, month), run
	y.calculate(y.clerk, run)
	for _, e := range y.must(y.clerk, "run.exceptions", map[string]any{"run": run})["exceptions"].([]any) {
		e := e.(map[string]any)
		// Which page a doubtful figure was read on is the statute's own test.
		detail, _, _ := strings.Cut(fmt.Sprint(e["detail"].(map[string]any)["en"]), ": confidence")
		y.exceptions = append(y.exceptions, fmt.Sprintf("%s %s: %s", month, e["kind"], detail))
	}
	y.approve(run)
	if claims := y.must(y.control, "claim.list", map[string]any{"employer": y.e, "period": month, "status": "raised"})["claims"].([]any); len(claims) > 0 {
		y.grant(month)
	}
	y.must(y.clerk, "run.close", map[string]any{"run": run})
}

// outcome tells, a line each, what came of the months so far.
func (y *story) outcome(what string) []string {
	y.t.Helper()
	switch what {
	case "payslip":
		return y.payslips()
	case "claims":
		var list []string
		for _, c := range y.must(y.control, "claim.list", map[string]any{"employer": y.e})["claims"].([]any) {
			c := c.(map[string]any)
			line := fmt.Sprintf("%s %s %s: base %s + charges %s = %s", c["period"], c["contract"], c["decision"], c["base"], c["charges"], c["entitled"])
			list = append(list, fmt.Sprintf("%s, claimed %s, %s", line, c["amount"], c["status"]))
		}
		slices.Sort(list)
		return list
	case "transfers":
		return column[string](y.t, y.conn, `
			SELECT CASE WHEN o.code = $1 THEN 'E' ELSE 'M' END || ' ' || to_char(t.period, 'YYYY-MM') || ' ' || c.number || ': ' || t.debit || ' <- ' || t.credit || ' ' || t.amount
			FROM posted_transfer t JOIN organisation o ON o.id = t.ledger JOIN contract c ON c.id = t.contract
			WHERE o.code IN ($1, $2) ORDER BY o.code, t.period, c.number, t.number`, y.e, y.m)
	case "events":
		return y.events()
	case "exceptions":
		return y.exceptions
	}
	y.t.Fatalf("nothing is known of expect/%s", what)
	return nil
}

// payslips tells of each month and contract the sum and then its lines.
func (y *story) payslips() []string {
	var list []string
	for _, month := range y.runs {
		for _, number := range column[string](y.t, y.conn, `
			SELECT c.number FROM payslip p JOIN calculation k ON k.id = p.calculation JOIN contract c ON c.id = p.contract
			WHERE k.run = $1 AND k.status = 'approved' ORDER BY c.number`, y.run[month]) {
			slip := y.must(y.clerk, "payslip.show", map[string]any{"run": y.run[month], "contract": number})
			list = append(list, fmt.Sprintf("%s %s: gross %s, holiday allowance %s, net %s", month, number, slip["gross"], slip["holiday_allowance_accrued"], slip["net"]))
			for _, l := range slip["lines"].([]any) {
				l := l.(map[string]any)
				line := fmt.Sprintf("%s %s   %s ", month, number, l["kind"])
				if l["quantity"] != nil {
					line += fmt.Sprintf("%s × ", l["quantity"])
				}
				list = append(list, line+fmt.Sprintf("%s = %s (%s)", l["rate"], l["amount"], l["rule"]))
			}
		}
	}
	return list
}

// events reads what each party reads through its own account, once the outbox
// is empty: the order of different aggregates is nobody's promise, so the lines
// are sorted.
func (y *story) events() []string {
	until(y.t, "every event is published", func() bool {
		return one[int](y.t, y.conn, `SELECT count(*) FROM outbox b JOIN organisation o ON o.id = b.owner WHERE o.code IN ($1, $2) AND b.sequence IS NULL`, y.e, y.m) == 0
	})
	for code, c := range map[string]*bus.Client{"E": y.clerk, "M": y.control} {
		if err := c.Tail(context.Background(), false, func(_ context.Context, r bus.Received) error {
			var e struct {
				Type string
				Data struct{ Contract, Number, Period, Amount, Kind string }
			}
			// Data that is not read here may have other shapes.
			if err := json.Unmarshal(r.Data, &e); err != nil && e.Type == "" {
				return err
			}
			words := []string{code, strings.TrimSuffix(strings.TrimPrefix(e.Type, "nl.verloning."), ".v1")}
			for _, word := range []string{e.Data.Period, e.Data.Contract, e.Data.Number, e.Data.Kind, e.Data.Amount} {
				if _, err := uuid.Parse(word); word != "" && err != nil {
					words = append(words, word)
				}
			}
			y.seen[r.ID] = strings.Join(words, " ")
			return nil
		}); err != nil {
			y.t.Fatal(err)
		}
	}
	var list []string
	for _, line := range y.seen {
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}
