package main

import (
	"fmt"
	"maps"
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
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// rewriteScenarios is set to write what comes out over what is expected. Read
// the difference before you keep it: it is then the expectation.
const rewriteScenarios = "VERLONING_REWRITE_SCENARIOS"

// story is a scenario that runs: its steps happen in the order of the file.
//
// A file begins with words, and goes on with parts of which each is a step or
// an expectation. The steps persons, contracts, amend, extend, end, placements,
// decisions, loonwaarden, budgets, employer, pension, annualwages, garnishments,
// receivables, openings, identify, settle and reopen are lists of requests in
// YAML with the keys of the interface, and storyAsks says what each of them
// fills in. The employer E, the municipality M, the inlener I and a second
// employer F are organisations of the scenario alone. In hours each entry names
// a contract, a quantity and its days.
//
// Months that are listed in run are calculated, their exceptions accepted,
// approved, granted and closed; those in calculate are calculated only. Verdicts
// are {contract, verdict, amount, reason} on what the next run claims, instead
// of granting it. An off_cycle entry {person, period} is a run for one person.
//
// The steps of trajectories stand in scenario_trajectory_test.go.
//
// A part refused/STEP is a list of requests of which each must be refused,
// because of the problems that it names. An expectation expect/WHAT is about
// everything that happened above it; what belongs to a month is that of the last
// one, or of a month that is named, as in expect/missing/2007-05. expect/events is
// what E, M and I read, and expect/events/P what P alone does.
type story struct {
	office
	t          *testing.T
	conn       *pgx.Conn
	n          int         // of the scenario
	inlener    *bus.Client // reads what concerns I
	books      *bus.Client // settles for E
	second     *bus.Client // submits for F, once F is named
	begun      map[string]string
	runs       []storyRun // those that were finished, in order
	verdicts   []map[string]any
	exceptions []string
	seen       map[string]string // id of an event → its line
	providers  map[string]*bus.Client
	statements map[string]string // month → the approved statement
	told       map[int]bool      // of the facts of a history, those that are known
	marking    bool              // some corrections repair an error
	returning  bool              // returns are made month by month
	marked     map[string]bool   // contract, run and origin of those

	lastStatement string // its month
}

// storyRun is a run of a scenario.
type storyRun struct{ period, id string }

// TestScenario runs every file of testdata/scenario on the real service, all
// of them on one, each with organisations of its own.
func TestScenario(t *testing.T) {
	t.Parallel()
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
			archive := txtar.Parse(text)
			if newStory(t, *s, n).play(archive) == 0 {
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

// TestScenarioOfEveryScheme wants at least one scenario for each scheme that
// comes with the program.
func TestScenarioOfEveryScheme(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	schemes := book.All()
	if len(schemes) == 0 {
		t.Fatal("the book is empty")
	}
	for _, scheme := range schemes {
		files, err := filepath.Glob("testdata/scenario/" + scheme.ID + "*.txtar")
		if err != nil || len(files) == 0 {
			t.Errorf("no scenario of %s: %v", scheme.ID, err)
		}
	}
}

// newStory registers the organisations of the n-th scenario.
func newStory(t *testing.T, one site, n int) *story {
	t.Helper()
	one.t = t
	y := &story{
		office: one.office(fmt.Sprintf("E-%d", n), fmt.Sprintf("M-%d", n)), t: t, conn: one.sql(), n: n,
		begun: map[string]string{}, seen: map[string]string{},
	}
	y.must(y.admin, "org.register", map[string]any{"code": y.code("I"), "name": "Inlener", "roles": []string{"inlener"}, "iban": "NL69INGB0123456789"})
	y.inlener, y.books = y.user(y.code("I"), "reader", "read"), y.user(y.e, "books", "control")
	return y
}

// code is the code of an organisation that a file names by its letter.
func (y *story) code(letter string) string { return fmt.Sprintf("%s-%d", letter, y.n) }

// letter is what a file names an organisation.
func (y *story) letter(code any) string {
	letter, _, _ := strings.Cut(fmt.Sprint(code), "-")
	return letter
}

// play takes the parts of a file one after another and counts expectations.
func (y *story) play(archive *txtar.Archive) (expectations int) {
	y.t.Helper()
	for i, part := range archive.Files {
		what, ok := strings.CutPrefix(part.Name, "expect/")
		if !ok {
			expectations += y.step(part)
			continue
		}
		expectations++
		got := strings.Join(y.outcome(what), "\n") + "\n"
		if os.Getenv(rewriteScenarios) != "" {
			archive.Files[i].Data = []byte(got + "\n")
			continue
		}
		if diff := cmp.Diff(strings.TrimSpace(string(part.Data)), strings.TrimSpace(got)); diff != "" {
			y.t.Errorf("%s (-want +got):\n%s", part.Name, diff)
		}
	}
	return expectations
}

// step takes one part that makes something happen, or that must be refused,
// which is an expectation too.
func (y *story) step(part txtar.File) (expectations int) {
	y.t.Helper()
	if part.Name == "run" || part.Name == "calculate" {
		for _, period := range strings.Fields(string(part.Data)) {
			run := y.begin(period)
			if part.Name == "run" {
				y.finish(storyRun{period, run})
			}
		}
		return 0
	}
	if part.Name == "statement" {
		for _, period := range strings.Fields(string(part.Data)) {
			y.statement(period, "")
		}
		return 0
	}
	for n, entry := range y.entries(part) {
		step, refused := strings.CutPrefix(part.Name, "refused/")
		switch {
		case refused && step == "statement":
			y.statement(entry["period"].(string), entry["because"].(string))
			expectations++
		case refused:
			because := fmt.Sprint(entry["because"])
			delete(entry, "because")
			if got := y.refused(y.ask(step, entry)); got != because {
				y.t.Errorf("%s %d: refused because of %s, want %s", part.Name, n+1, got, because)
			}
			expectations++
		case step == "hours":
			y.hours(n, entry)
		case step == "costs":
			cost := y.must(y.control, "cost.record", entry)
			y.must(y.chief, "cost.approve", map[string]any{"cost": cost["cost"], "hash": cost["hash"]})
		case step == "verdicts":
			y.verdicts = append(y.verdicts, entry)
		case step == "off_cycle":
			entry["pay_date"] = entry["period"].(string) + "-28"
			run := y.must(y.clerk, "run.open", entry)["run"].(string)
			y.calculate(y.clerk, run)
			y.finish(storyRun{entry["period"].(string), run})
		default:
			y.must(y.ask(step, entry))
		}
	}
	return expectations
}

// scenarioNumbers are the fields that the interface takes as whole numbers.
var scenarioNumbers = []string{"loonwaarde", "productivity", "percent", "year", "whk_year", "waiting_days", "from_age", "to_age", "sick_waiting_days", "rank", "agreed"}

// entries reads a part that is a list. The interface takes numbers and days as
// texts; whole percentages, years and the like are numbers.
func (y *story) entries(part txtar.File) []map[string]any {
	y.t.Helper()
	var entries []map[string]any
	if err := yaml.Unmarshal(part.Data, &entries); err != nil || len(entries) == 0 {
		y.t.Fatalf("%s: %d entries, %v", part.Name, len(entries), err)
	}
	for _, entry := range entries {
		for key, value := range entry {
			if _, flag := value.(bool); !flag && !slices.Contains(scenarioNumbers, key) {
				entry[key] = fmt.Sprint(value)
			}
		}
	}
	return entries
}

// ask says who makes the request of a step, and fills in what the file leaves
// out: contracts of loonkostensubsidie on M are the usual ones.
func (y *story) ask(step string, entry map[string]any) (*bus.Client, string, map[string]any) {
	y.t.Helper()
	if client, endpoint, request, ours := y.askTrajectory(step, entry); ours {
		return client, endpoint, request
	}
	switch step {
	case "persons", "identify":
		verb := "amend" // says the BSN of who was registered without one
		if step == "persons" {
			verb, entry["name"], entry["iban"] = "register", "Jan Jansen", "NL44RABO0123456789"
		}
		n, known := entry["bsn"].(string) // the n-th of the scenario: one person at two employers
		if number := entry["number"].(string); !known {
			n = number[len(number)-1:]
		}
		if entry["bsn"] = bsnOf(10*y.n + int(n[0]-'0')); n == "-" { // nobody knows it
			delete(entry, "bsn")
		}
		return y.clerkOf(entry), "person." + verb, entry
	case "contracts":
		usual := map[string]any{"scheme": "loonkostensubsidie", "municipality": y.m, "written": true}
		for key, value := range usual {
			if _, given := entry[key]; !given {
				entry[key] = value
			}
		}
		if entry["municipality"] == "none" {
			delete(entry, "municipality")
		}
		return y.clerkOf(entry), "contract.register", entry
	case "amend", "extend", "end":
		return y.clerk, "contract." + step, entry
	case "employer", "pension", "annualwages", "garnishments", "receivables", "openings":
		return y.clerkOf(entry), strings.TrimSuffix(step, "s") + ".record", entry
	case "placements":
		entry["inlener"] = y.code("I")
		return y.clerk, "placement.record", entry
	case "decisions", "loonwaarden":
		entry["employer"] = y.employerOf(entry)
		return y.control, map[string]string{"decisions": "decision.record", "loonwaarden": "loonwaarde.record"}[step], entry
	case "budgets", "costs":
		return y.control, strings.TrimSuffix(step, "s") + ".record", entry
	case "settle":
		entry["all"] = true
		client := map[any]*bus.Client{"M": y.control, "E": y.books}[entry["side"]]
		if delete(entry, "side"); client == nil {
			y.t.Fatalf("settle: the side is M or E: %v", entry)
		}
		return client, "claim.settle", entry
	case "reopen":
		entry["run"] = y.begun[entry["period"].(string)]
		delete(entry, "period")
		return y.clerk, "run.reopen", entry
	}
	y.t.Fatalf("no part of a scenario is named %q", step)
	return nil, "", nil
}

// employerOf takes the employer out of an entry: E, unless it names F.
func (y *story) employerOf(entry map[string]any) string {
	letter, named := entry["employer"].(string)
	if !named {
		return y.e
	}
	return y.code(letter)
}

// clerkOf is who submits for the employer of an entry.
func (y *story) clerkOf(entry map[string]any) *bus.Client {
	y.t.Helper()
	code := y.employerOf(entry)
	delete(entry, "employer")
	if code == y.e {
		return y.clerk
	}
	if y.second == nil {
		y.must(y.admin, "org.register", map[string]any{"code": code, "name": "Werkbedrijf " + code, "roles": []string{"employer"}, "iban": "NL91ABNA0417164300"})
		y.second = y.user(code, "clerk", "submit")
	}
	return y.second
}

// begin opens the run of a month, unless it is open already, and calculates it.
func (y *story) begin(period string) string {
	y.t.Helper()
	if y.begun[period] == "" {
		y.begun[period] = y.opened(period)
	}
	y.calculate(y.clerk, y.begun[period])
	return y.begun[period]
}

// opened opens the run of a period: a month is paid on its 28th, four weeks on
// their last day.
func (y *story) opened(period string) string {
	y.t.Helper()
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		y.t.Fatal(err)
	}
	if p.Kind == calendar.Month {
		return y.open(period)
	}
	return y.must(y.clerk, "run.open", map[string]any{"period": period, "pay_date": p.To.String()})["run"].(string)
}

// finish takes a calculated run to its closing.
func (y *story) finish(r storyRun) {
	y.t.Helper()
	y.runs = append(y.runs, r)
	var found []string // in an order of its own, since that of the list goes by keys that differ each time
	for _, e := range y.must(y.clerk, "run.exceptions", map[string]any{"run": r.id})["exceptions"].([]any) {
		e := e.(map[string]any)
		// Which page a doubtful figure was read on is the statute's own test.
		detail, _, _ := strings.Cut(fmt.Sprint(e["detail"].(map[string]any)["en"]), ": confidence")
		found = append(found, fmt.Sprintf("%s %s: %s", r.period, e["kind"], detail))
	}
	slices.Sort(found)
	y.exceptions = append(y.exceptions, found...)
	y.approve(r.id)
	y.decide(r.period)
	y.must(y.clerk, "run.close", map[string]any{"run": r.id})
}

// decide grants what a month claims of M, but for the claims with a verdict of
// their own.
func (y *story) decide(period string) {
	y.t.Helper()
	claims := y.must(y.control, "claim.list", map[string]any{"employer": y.e, "period": period, "status": "raised"})["claims"].([]any)
	named := []any{}
	for _, v := range y.verdicts {
		found := len(named)
		for _, c := range claims {
			if c := c.(map[string]any); c["contract"] == v["contract"] {
				verdict := maps.Clone(v)
				delete(verdict, "contract")
				verdict["claim"] = c["claim"]
				named = append(named, verdict)
			}
		}
		if len(named) == found {
			y.t.Errorf("%s: no claim for the verdict %v", period, v)
		}
	}
	y.verdicts = nil
	if len(claims) == 0 {
		return
	}
	batch := y.must(y.control, "claim.grant", map[string]any{"employer": y.e, "period": period, "all": true, "claims": named})
	y.must(y.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]})
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
