package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/sheet"
	"verloning/payroll"
	"verloning/subsidy"
)

// TestScripts runs testdata/script/*.txtar: what people type and see. All
// scripts speak with one running service, each as organisations of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: "testdata/script",
			Setup: func(env *testscript.Env) error {
				env.Setenv("VERLONING_DATA", s.dir)
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"verloning": scriptVerloning, "take": scriptTake, "tail-until": scriptTailUntil, "bytes": scriptBytes,
			},
		})
	})
}

// scriptVerloning calls run as main does. A script that has something to say on
// the standard input names a file in STDIN.
func scriptVerloning(ts *testscript.TestScript, neg bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	stdin := ""
	if path := ts.Getenv("STDIN"); path != "" {
		stdin = ts.ReadFile(path)
	}
	err := run(ctx, args, ts.Getenv, strings.NewReader(stdin), ts.Stdout(), ts.Stderr())
	if err != nil {
		_, _ = fmt.Fprintln(ts.Stderr(), "verloning:", err)
	}
	if failed := err != nil; failed != neg {
		ts.Fatalf("verloning %s: %v", strings.Join(args, " "), err)
	}
}

// scriptTake puts a member of the JSON that was printed last into a variable.
func scriptTake(ts *testscript.TestScript, _ bool, args []string) {
	var at any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &at))
	for _, step := range strings.Split(args[1], ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			ts.Check(err)
			at = v[i]
		}
	}
	if at == nil {
		ts.Fatalf("no %s in %s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], fmt.Sprint(at))
	_, _ = ts.Stdout().Write([]byte(ts.ReadFile("stdout"))) // For what the script asks of it next.
}

// scriptTailUntil reads events until one of a type comes: they are published
// a moment after the commit.
func scriptTailUntil(ts *testscript.TestScript, _ bool, args []string) {
	for range 200 {
		var out bytes.Buffer
		ts.Check(run(context.Background(), []string{"events", "tail"}, ts.Getenv, strings.NewReader(""), &out, ts.Stderr()))
		_, _ = ts.Stdout().Write(out.Bytes())
		if strings.Contains(out.String(), "  "+args[0]+"  ") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("no event %s", args[0])
}

// scriptBytes writes a file with bytes that a txtar cannot hold: its text with
// the escapes of a Go string.
func scriptBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// cliRun runs a command line without a service.
func cliRun(t *testing.T, env map[string]string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), err
}

// TestCommandLineFields compares flags and columns with the requests that they
// fill: a field that is added to a request must find its place here.
func TestCommandLineFields(t *testing.T) {
	skip := map[string]bool{"idempotency_key": true}
	other := map[string]string{"role": "roles"}
	for _, c := range []struct{ flags, request any }{
		{orgRegister{}, payroll.OrganisationRegister{}}, {personRegister{}, payroll.PersonRegister{}}, {personAmend{}, payroll.PersonAmend{}},
		{contractRegister{}, payroll.ContractRegister{}}, {contractAmend{}, payroll.ContractAmend{}}, {contractExtend{}, payroll.ContractExtend{}},
		{contractEnd{}, payroll.ContractEnd{}}, {placementRecord{}, payroll.PlacementRecord{}}, {decisionRecord{}, subsidy.DecisionRecord{}},
		{loonwaardeRecord{}, subsidy.LoonwaardeRecord{}}, {budgetRecord{}, subsidy.BudgetRecord{}}, {costRecord{}, subsidy.CostRecord{}}, {runOpen{}, payroll.RunOpen{}},
		{employerRecord{}, payroll.EmployerRecord{}}, {pensionRecord{}, payroll.PensionRecord{}}, {annualWageRecord{}, payroll.AnnualWageRecord{}},
		{openingRecord{}, payroll.OpeningRecord{}},
		{garnishmentRecord{}, payroll.GarnishmentRecord{}}, {receivableRecord{}, payroll.ReceivableRecord{}},
	} {
		given, wanted := map[string]bool{}, map[string]bool{}
		for _, name := range flagsOf(reflect.TypeOf(c.flags)) {
			if full, ok := other[name]; ok {
				name = full
			}
			given[name] = true
		}
		for _, column := range columnsOf(reflect.TypeOf(c.request), nil) {
			wanted[column.Name] = true
			if !given[column.Name] {
				t.Errorf("%T has no flag for %s of %T", c.flags, column.Name, c.request)
			}
		}
		for name := range given {
			if !wanted[name] && !skip[name] {
				t.Errorf("%T has a flag %s that %T does not know", c.flags, name, c.request)
			}
		}
		if len(wanted) < 2 {
			t.Errorf("%T: %d fields", c.request, len(wanted))
		}
	}
}

// flagsOf names the flags of a command as its request names fields.
func flagsOf(command reflect.Type) []string {
	var names []string
	for i := range command.NumField() {
		field := command.Field(i)
		if field.Anonymous {
			names = append(names, flagsOf(field.Type)...)
			continue
		}
		name := field.Tag.Get("name")
		if name == "" {
			for j, r := range field.Name {
				if j > 0 && 'A' <= r && r <= 'Z' {
					name += "-"
				}
				name += string(r)
			}
		}
		names = append(names, strings.ReplaceAll(strings.ToLower(name), "-", "_"))
	}
	return names
}

// TestColumns checks that every decimal column that an import names exists.
func TestColumns(t *testing.T) {
	for request, want := range map[reflect.Type]map[string]sheet.Kind{
		reflect.TypeFor[payroll.PersonRegister]():   {"bsn": sheet.Text, "loonheffingskorting": sheet.Truth},
		reflect.TypeFor[payroll.ContractRegister](): {"hours_per_week": sheet.Decimal, "wage_amount": sheet.Decimal, "written": sheet.Truth, "bbl": sheet.Truth, "sick_waiting_days": sheet.Whole, "leave_weeks": sheet.Decimal},
		reflect.TypeFor[subsidy.DecisionRecord]():   {"loonwaarde": sheet.Whole, "ceiling": sheet.Decimal, "number": sheet.Text},
	} {
		got := map[string]sheet.Column{}
		for _, c := range columnsOf(request, []string{"hours_per_week", "wage_amount", "leave_weeks", "ceiling"}) {
			got[c.Name] = c
		}
		for name, kind := range want {
			if c, ok := got[name]; !ok || c.Kind != kind {
				t.Errorf("%s of %s: %+v", name, request, c)
			}
		}
		if !got["number"].Required || got["idempotency_key"].Name != "" {
			t.Errorf("%s: %+v", request, got)
		}
	}
}

// TestParts checks that a file of hours is cut whole, that the same file makes
// the same ids, and that anything else makes others.
func TestParts(t *testing.T) {
	var whole payroll.HoursSubmit
	var lines []int
	for i := range 2*payroll.MaxLines + 1 {
		whole.Lines = append(whole.Lines, payroll.HoursLine{Contract: "C-" + strconv.Itoa(i%700), Day: "2026-10-01", Kind: "worked", Hours: "8"})
		lines = append(lines, i+2)
	}
	ids := func(c hoursSubmit, salt string, w payroll.HoursSubmit) []string {
		var ids []string
		count := 0
		for _, p := range c.cut(salt, w, lines) {
			ids, count = append(ids, p.request.Submission), count+len(p.request.Lines)
			if p.lines[0] != count-len(p.request.Lines)+2 {
				t.Errorf("a part begins at line %d", p.lines[0])
			}
		}
		if len(ids) != 3 || count != len(w.Lines) {
			t.Fatalf("%d parts with %d lines", len(ids), count)
		}
		return ids
	}
	first := ids(hoursSubmit{}, "", whole)
	if again := ids(hoursSubmit{}, "", whole); !reflect.DeepEqual(first, again) {
		t.Errorf("%v became %v", first, again)
	}
	named := whole
	named.Submission = "0198f2c4-0000-7000-8000-000000000001"
	for what, others := range map[string][]string{
		"partial": ids(hoursSubmit{Partial: true}, "", whole), "another key": ids(hoursSubmit{}, "again", whole), "another name": ids(hoursSubmit{}, "", named),
	} {
		for i := range others {
			if others[i] == first[i] {
				t.Errorf("%s keeps the id of part %d", what, i)
			}
		}
	}
	mended := whole
	mended.Lines = append([]payroll.HoursLine{}, whole.Lines...)
	mended.Lines[0].Hours = "7"
	if got := ids(hoursSubmit{}, "", mended); got[0] == first[0] || got[1] != first[1] || got[2] != first[2] {
		t.Error("a mended line must change the id of its part alone")
	}
	named.Lines = named.Lines[:2]
	if p := (&hoursSubmit{}).cut("", named, lines[:2]); len(p) != 1 || p[0].request.Submission != named.Submission {
		t.Errorf("a submission that names itself: %+v", p)
	}
}

// TestWithoutService checks what can be known without one, and that everything
// else says what to do.
func TestWithoutService(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.csv")
	file, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(maxHoursFile+1), file.Close()); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"VERLONING_DATA": filepath.Join(dir, "none")}
	for line, want := range map[string]string{
		"":                               "",
		"--help":                         "",
		"--version":                      "",
		"run accept --help":              "",
		"config show":                    "",
		"access list":                    "",
		"nonsense":                       "unexpected argument nonsense",
		"run open":                       "missing flags: --pay-date=STRING, --period=STRING",
		"run list --colour":              "unknown flag --colour",
		"run list --lang fr":             `must be one of "nl","en"`,
		"run list":                       "Say on whose behalf",
		"run list --as E1":               "Write ORGANISATION/user",
		"run list --as ../../etc/passwd": "Write ORGANISATION/user",
		"run list --as E1/an-ja":         "Write ORGANISATION/user",
		"run list --as E1/a --creds x":   "Give --creds or --as, not both",
		"run list --as E1/anja":          "the service is not running in",
		"org list":                       "start it with: verloning serve",
		"explain not-an-id --as E1/a":    "Give the id of a payment, a claim or a fee",
		"events dead list":               "The keys of the service are not here",
		"hours submit nowhere.csv":       "nowhere.csv cannot be read: no such file or directory",
		"hours submit " + dir:            "cannot be read: it is a directory",
		"hours submit " + huge:           "The file is larger than 67108864 bytes",
		"person import " + huge:          "The file is larger than 67108864 bytes",
		"hours submit -":                 "The file is empty",
		"scheme check nowhere.yaml":      "nowhere.yaml cannot be read",
		"run list --creds nowhere.creds": "the service is not running in",
		"run list --server nats://127.0.0.1:1 --creds nowhere.creds": "There are no credentials in nowhere.creds",
	} {
		stdout, _, err := cliRun(t, env, strings.Fields(line)...)
		switch {
		case want == "" && (err != nil || stdout == ""):
			t.Errorf("verloning %s: %v, printed %q", line, err, stdout)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("verloning %s: %v, want %q", line, err, want)
		}
	}
	if _, err := os.Stat(env["VERLONING_DATA"]); err == nil {
		t.Error("a question made a data directory")
	}
}

// TestConnection says what to do when a server does not answer.
func TestConnection(t *testing.T) {
	_, seed, err := bus.NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	_, creds, err := bus.NewUser(seed, "E1")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.creds")
	if err := os.WriteFile(path, creds, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, _, err := cliRun(t, nil, "run", "list", "--json", "--server", "nats://somebody:hush@127.0.0.1:1", "--creds", path)
	if err == nil || !strings.Contains(err.Error(), "503 Geen verbinding / No connection") || !strings.Contains(err.Error(), "verloning serve") {
		t.Errorf("a server that is not there: %v", err)
	}
	if !json.Valid([]byte(stdout)) || !strings.Contains(stdout, `"status": 503`) || strings.Contains(stdout+fmt.Sprint(err), "hush") {
		t.Errorf("a server that is not there: %v\n%s", err, stdout)
	}
}

// printed lets another goroutine see what was printed.
type printed chan string

func (l printed) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// TestServe starts the service as main does, asks it something, ends it, and
// finds the schema up to date and nobody at home.
func TestServe(t *testing.T) {
	dir, err := os.MkdirTemp("", "verloning-cli-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, done := make(printed, 1), make(chan error, 1)
	var log bytes.Buffer
	go func() {
		done <- run(ctx, []string{"serve", "--data", dir}, func(string) string { return "" }, strings.NewReader(""), ready, &log)
	}()
	select {
	case line := <-ready:
		if !strings.HasPrefix(line, "verloning is ready: NATS nats://127.0.0.1:") || !strings.Contains(line, "--as BEHEER/admin") || strings.Count(line, "\n") != 1 {
			t.Errorf("printed %q", line)
		}
	case err := <-done:
		t.Fatalf("serve: %v", err)
	}
	if stdout, _, err := cliRun(t, nil, "org", "list", "--data", dir); err != nil || !strings.Contains(stdout, "BEHEER") {
		t.Errorf("org list: %v %s", err, stdout)
	}
	if _, _, err := cliRun(t, nil, "migrate", "--data", dir); err == nil {
		t.Error("two owners of one data directory")
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if stdout, _, err := cliRun(t, nil, "migrate", "--data", dir, "--lang", "en"); err != nil || stdout != "The schema is up to date; 0 migrations applied.\n" {
		t.Errorf("migrate: %v %s", err, stdout)
	}
	if _, _, err := cliRun(t, nil, "org", "list", "--data", dir); err == nil || !strings.Contains(err.Error(), "verloning serve") {
		t.Errorf("org list without a service: %v", err)
	}
}

// TestConfigCheck wants every fault at once and no secret.
func TestConfigCheck(t *testing.T) {
	env := map[string]string{
		"VERLONING_DATA": t.TempDir(), "VERLONING_WORKERS": "0", "VERLONING_PENDING": "-1",
		"DATABASE_URL": "postgres://somebody:hush@db/verloning", "NATS_URL": "nats://somebody:hush@bus",
	}
	stdout, _, err := cliRun(t, env, "config", "check")
	if err == nil {
		t.Fatal("wrong settings pass")
	}
	for _, want := range []string{"VERLONING_WORKERS", "VERLONING_PENDING", "VERLONING_KEY_FILE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
	if strings.Contains(stdout+err.Error(), "hush") || !strings.Contains(stdout, "DATABASE_URL") {
		t.Errorf("printed %s", stdout)
	}
	stdout, stderr, err := cliRun(t, map[string]string{"VERLONING_DATA": t.TempDir()}, "config", "check", "--json")
	if err != nil || !json.Valid([]byte(stdout)) || !strings.Contains(stderr, "kloppen") {
		t.Errorf("right settings: %v %s %s", err, stdout, stderr)
	}
}

// TestAgreed reads answers to a question of life and money.
func TestAgreed(t *testing.T) {
	for answer, want := range map[string]bool{
		"j\n": true, "Ja\n": true, "y": true, "yes\r\n": true, "": false, "\n": false, "n\n": false, "yesterday\n": false, "jawel\n": false, " \x00": false,
	} {
		if agreed(strings.NewReader(answer)) != want {
			t.Errorf("%q: want %t", answer, want)
		}
	}
}

// TestTable checks alignment and that nobody else's text moves the cursor.
func TestTable(t *testing.T) {
	shown := newTable("name", ">amount", "rest")
	shown.add("é\x1b[2J", "1.00", "x")
	shown.add("longer", "-1234.50", "")
	var out bytes.Buffer
	if err := shown.print(&out); err != nil {
		t.Fatal(err)
	}
	want := "name      amount  rest\né [2J       1.00  x\nlonger  -1234.50\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
}
