package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// demoFiles are the organisations, users, people, contracts, decisions and
// hours of the demo. All of them are invented; the BSNs are of the test range.
//
//go:embed demo/*.csv
var demoFiles embed.FS

// demoCommand runs one month of one employer from nothing to closed: each step
// is a command that a user could type, printed before what it answers.
type demoCommand struct {
	Dir  string `placeholder:"DIR" help:"Where to work; without it a directory of its own."`
	Keep bool   `help:"Leave the service running, to be tried, until it is interrupted."`
}

// demo is a demo under way.
type demo struct {
	dir    string
	getenv func(string) string
	out    io.Writer // what a reader sees; nothing with --json
	err    io.Writer
	stop   func() error
}

// demoTotals is what the month came to.
type demoTotals struct {
	People     int         `json:"people"`
	Payslips   int         `json:"payslips"`
	Gross      euro.Amount `json:"gross"`
	Holiday    euro.Amount `json:"holiday_allowance"`
	Claims     int         `json:"claims"`
	Claimed    euro.Amount `json:"subsidy_claimed"`
	Granted    euro.Amount `json:"subsidy_granted"`
	Payments   int         `json:"payments"`
	Paid       euro.Amount `json:"paid"`
	Balance    euro.Amount `json:"balance"` // of all accounts together: nil
	Events     int         `json:"events"`
	Exceptions int         `json:"exceptions"`
	Refused    int         `json:"hours_refused"`
}

const demoPeriod = "2026-10"

// Run runs the demo; --json prints the totals alone.
func (c demoCommand) Run(ctx context.Context, sh *shell) (err error) {
	d := &demo{dir: c.Dir, out: sh.out, err: sh.err}
	if sh.JSON {
		d.out = io.Discard
	}
	if d.dir == "" {
		if d.dir, err = os.MkdirTemp("", "verloning-demo-"); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if err := os.Chmod(d.dir, 0o711); err != nil { // PostgreSQL, as another user, must be able to enter it.
			return fmt.Errorf("demo: %w", err)
		}
		if !c.Keep {
			defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
		}
	}
	if d.dir, err = filepath.Abs(d.dir); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	d.getenv = func(name string) string {
		return map[string]string{"VERLONING_DATA": d.dir, "VERLONING_LOG": "WARN"}[name]
	}
	if err := d.start(ctx, sh); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	totals, err := d.month(ctx)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(totals)
	}
	d.summary(totals, c.Keep)
	if c.Keep {
		<-ctx.Done()
	}
	return nil
}

// start runs the service beside the demo and waits until it answers.
func (d *demo) start(ctx context.Context, sh *shell) error {
	cfg, err := readConfig(d.getenv)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- serve(serving, cfg, sh.log(cfg.LogLevel), func(*host) error { close(ready); return nil })
	}()
	d.stop = func() error { stop(); return <-done }
	select {
	case <-ready:
		return nil
	case err := <-done:
		done <- err
		return fmt.Errorf("demo: %w", errors.Join(err, errors.New("the service did not start")))
	}
}

// chapter prints a heading.
func (d *demo) chapter(nl, en string) { _, _ = fmt.Fprintf(d.out, "\n── %s / %s\n", nl, en) }

// do shows a command as a user would type it and carries it out.
func (d *demo) do(ctx context.Context, as string, args ...string) error {
	_, _ = fmt.Fprintf(d.out, "\n$ verloning %s\n", quoted(as, args))
	return run(ctx, flagged(as, args), d.getenv, strings.NewReader(""), d.out, d.out)
}

// ask carries a command out with --json and reads its answer.
func (d *demo) ask(ctx context.Context, reply any, as string, args ...string) error {
	var out, errs bytes.Buffer
	if err := run(ctx, append([]string{"--json"}, flagged(as, args)...), d.getenv, strings.NewReader(""), &out, &errs); err != nil {
		return fmt.Errorf("verloning %s: %w", quoted(as, args), err)
	}
	if err := json.Unmarshal(out.Bytes(), reply); err != nil {
		return fmt.Errorf("verloning %s: %w", quoted(as, args), err)
	}
	return nil
}

func flagged(as string, args []string) []string {
	if as == "" {
		return args
	}
	return append([]string{"--as", as}, args...)
}

func quoted(as string, args []string) string {
	words := flagged(as, args)
	shown := make([]string, len(words))
	for i, w := range words {
		if shown[i] = w; strings.ContainsAny(w, " '") {
			shown[i] = `"` + w + `"`
		}
	}
	return strings.Join(shown, " ")
}

// month goes from nothing to closed.
func (d *demo) month(ctx context.Context) (demoTotals, error) {
	var totals demoTotals
	for _, step := range []func(context.Context, *demoTotals) error{
		d.registers, d.handsIn, d.calculates, d.approves, d.grants, d.explains, d.adds,
	} {
		if err := step(ctx, &totals); err != nil {
			return totals, err
		}
	}
	return totals, nil
}

// files writes the demo's files where a user can look at them.
func (d *demo) files() (string, error) {
	dir := filepath.Join(d.dir, "files")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	names, err := fs.Glob(demoFiles, "demo/*.csv")
	if err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	for _, name := range names {
		text, err := demoFiles.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(name)), text, 0o644)
		}
		if err != nil {
			return "", fmt.Errorf("demo: %w", err)
		}
	}
	return dir, nil
}

// rows reads one of the demo's own lists, without its header.
func rows(name string) ([][]string, error) {
	text, err := demoFiles.ReadFile("demo/" + name)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	list, err := r.ReadAll()
	if err != nil || len(list) < 2 {
		return nil, fmt.Errorf("demo %s: %d rows: %w", name, len(list), err)
	}
	return list[1:], nil
}

func (d *demo) registers(ctx context.Context, totals *demoTotals) error {
	dir, err := d.files()
	if err != nil {
		return err
	}
	d.chapter("Organisaties en gebruikers", "Organisations and users")
	organisations, err := rows("organisations.csv")
	if err != nil {
		return err
	}
	for _, o := range organisations {
		args := []string{"org", "register", "--code", o[0], "--name", o[1], "--role", o[2], "--key", "demo-" + o[0]}
		for i, flag := range []string{"--iban", "--kvk"} {
			if o[3+i] != "" {
				args = append(args, flag, o[3+i])
			}
		}
		if err := d.do(ctx, "", args...); err != nil {
			return err
		}
	}
	users, err := rows("users.csv")
	if err != nil {
		return err
	}
	for _, u := range users {
		if err := d.do(ctx, "", "access", "grant", "--force", "--org", u[0], "--user", u[1], "--roles", u[2]); err != nil {
			return err
		}
	}
	d.chapter("Mensen, contracten en besluiten", "People, contracts and decisions")
	for _, step := range [][2]string{{"WERK/anja", "person"}, {"WERK/anja", "contract"}, {"GEM/carla", "decision"}} {
		if err := d.do(ctx, step[0], step[1], "import", filepath.Join(dir, step[1]+"s.csv")); err != nil {
			return err
		}
	}
	people, err := rows("persons.csv")
	totals.People = len(people)
	return err
}

// handsIn hands in the hours of the re-integratiebedrijf, some wrong on purpose: what
// is refused is named, and the rest is kept.
func (d *demo) handsIn(ctx context.Context, totals *demoTotals) error {
	d.chapter("Uren van het re-integratiebedrijf, met fouten erin", "Hours of the re-integratiebedrijf, some wrong on purpose")
	file := filepath.Join(d.dir, "files", "hours.csv")
	err := d.do(ctx, "REI/els", "hours", "submit", "--partial", file)
	var refused *tell
	if !errors.As(err, &refused) {
		return fmt.Errorf("demo: hours that are wrong on purpose were not refused: %w", err)
	}
	_, _ = fmt.Fprintln(d.out, refused)
	// The same file again changes nothing and gets the same verdict.
	var out bytes.Buffer
	var report hoursReport
	_ = run(ctx, []string{"--json", "--as", "REI/els", "hours", "submit", "--partial", file}, d.getenv, strings.NewReader(""), &out, io.Discard)
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return fmt.Errorf("demo: verdict: %w", err)
	}
	totals.Refused = len(report.Refused)
	return nil
}

func (d *demo) calculates(ctx context.Context, totals *demoTotals) error {
	d.chapter("Berekenen en uitzonderingen", "Calculate, and exceptions")
	for _, args := range [][]string{
		{"run", "open", "--period", demoPeriod, "--pay-date", "2026-10-30", "--key", "demo-run"},
		{"run", "calculate", demoPeriod},
		{"run", "exceptions", demoPeriod},
		{"run", "accept", demoPeriod, "--all-shown", "--reason", "nagekeken met de gemeente"},
		{"run", "show", demoPeriod},
	} {
		if err := d.do(ctx, "WERK/anja", args...); err != nil {
			return err
		}
	}
	var shown runShown
	if err := d.ask(ctx, &shown, "WERK/anja", "run", "show", demoPeriod); err != nil {
		return err
	}
	t := shown.Totals
	totals.Payslips, totals.Gross, totals.Holiday, totals.Exceptions = t.Payslips, t.Gross, t.Holiday, t.All
	return nil
}

func (d *demo) approves(ctx context.Context, _ *demoTotals) error {
	d.chapter("Een tweede persoon keurt goed", "A second person approves")
	if err := d.do(ctx, "WERK/bert", "--yes", "run", "approve", demoPeriod); err != nil {
		return err
	}
	return d.do(ctx, "WERK/anja", "run", "close", demoPeriod)
}

func (d *demo) grants(ctx context.Context, totals *demoTotals) error {
	d.chapter("De gemeente kent toe, en een ander keurt goed", "The municipality grants, and another approves")
	var claims claimsListed
	if err := d.ask(ctx, &claims, "GEM/carla", "claim", "list", "--period", demoPeriod, "--status", "raised"); err != nil {
		return err
	}
	if len(claims.Claims) == 0 {
		return errors.New("demo: no claim was raised")
	}
	first := slices.MinFunc(claims.Claims, func(a, b subsidy.RaisedClaim) int { return strings.Compare(a.Number, b.Number) }).Claim.String()
	args := []string{"claim", "grant", "--employer", "WERK", "--period", demoPeriod, "--all", "--reason", "bewijsstuk ontbreekt", "--key", "demo-grant", first + "=refused"}
	if err := d.do(ctx, "GEM/carla", args...); err != nil {
		return err
	}
	var batch subsidy.BatchReply
	if err := d.ask(ctx, &batch, "GEM/carla", args...); err != nil {
		return err
	}
	totals.Claims = len(claims.Claims)
	for _, c := range claims.Claims {
		totals.Claimed = totals.Claimed.Add(c.Amount)
	}
	totals.Granted = batch.Total
	return d.do(ctx, "GEM/dirk", "claim", "approve", batch.Batch.String(), "--hash", batch.Hash)
}

func (d *demo) explains(ctx context.Context, _ *demoTotals) error {
	d.chapter("Waarom dit bedrag?", "Why this amount?")
	var claims claimsListed
	if err := d.ask(ctx, &claims, "GEM/carla", "claim", "list", "--period", demoPeriod, "--status", "ordered"); err != nil {
		return err
	}
	if len(claims.Claims) == 0 {
		return errors.New("demo: no claim was paid")
	}
	c := slices.MinFunc(claims.Claims, func(a, b subsidy.RaisedClaim) int { return strings.Compare(a.Number, b.Number) })
	if err := d.do(ctx, "WERK/anja", "payslip", "show", demoPeriod, c.Number); err != nil {
		return err
	}
	return d.do(ctx, "WERK/anja", "explain", c.Claim.String())
}

// adds counts what the month came to on both sides.
func (d *demo) adds(ctx context.Context, totals *demoTotals) error {
	d.chapter("Het grootboek en de gebeurtenissen", "The ledger and the events")
	for _, as := range []string{"WERK/anja", "GEM/carla"} {
		if err := d.do(ctx, as, "ledger", "balances"); err != nil {
			return err
		}
		var balances balancesListed
		if err := d.ask(ctx, &balances, as, "ledger", "balances"); err != nil {
			return err
		}
		for _, b := range balances.Balances {
			totals.Balance = totals.Balance.Add(b.Amount)
		}
		var payments paymentsListed
		if err := d.ask(ctx, &payments, as, "payment", "list"); err != nil {
			return err
		}
		for _, p := range payments.Payments {
			totals.Payments, totals.Paid = totals.Payments+1, totals.Paid.Add(p.Amount)
		}
	}
	return d.events(ctx, totals)
}

// events reads as both companies, through their own accounts, and counts an id
// once, as a consumer does.
func (d *demo) events(ctx context.Context, totals *demoTotals) error {
	if err := d.do(ctx, "WERK/anja", "events", "tail", "--limit", "3"); err != nil {
		return err
	}
	seen := map[uuid.UUID]bool{}
	for _, as := range []string{"WERK/anja", "GEM/carla", "REI/els"} {
		var out bytes.Buffer
		if err := run(ctx, []string{"--json", "--as", as, "events", "tail"}, d.getenv, strings.NewReader(""), &out, d.err); err != nil {
			return err
		}
		for line := range strings.Lines(out.String()) {
			var event struct{ ID uuid.UUID }
			if err := json.Unmarshal([]byte(line), &event); err != nil {
				return fmt.Errorf("demo: event: %w", err)
			}
			seen[event.ID] = true
		}
	}
	totals.Events = len(seen) + 3
	return nil
}

// summary prints the month and what to try next.
func (d *demo) summary(t demoTotals, kept bool) {
	d.chapter("De maand", "The month")
	for _, line := range []struct {
		what  payroll.Text
		value any
	}{
		{payroll.Text{NL: "mensen", EN: "people"}, t.People},
		{payroll.Text{NL: "loonstroken", EN: "payslips"}, t.Payslips},
		{payroll.Text{NL: "brutoloon", EN: "gross wage"}, t.Gross},
		{payroll.Text{NL: "opgebouwde vakantiebijslag", EN: "holiday allowance accrued"}, t.Holiday},
		{payroll.Text{NL: "subsidie gedeclareerd", EN: "subsidy claimed"}, t.Claimed},
		{payroll.Text{NL: "subsidie toegekend", EN: "subsidy granted"}, t.Granted},
		{payroll.Text{NL: "betalingen", EN: "payments"}, fmt.Sprintf("%d, %s", t.Payments, t.Paid)},
		{payroll.Text{NL: "saldo van alle rekeningen samen", EN: "balance of all accounts together"}, t.Balance},
		{payroll.Text{NL: "uitzonderingen geaccepteerd", EN: "exceptions accepted"}, t.Exceptions},
		{payroll.Text{NL: "urenregels geweigerd", EN: "lines of hours refused"}, t.Refused},
		{payroll.Text{NL: "gebeurtenissen", EN: "events"}, t.Events},
	} {
		_, _ = fmt.Fprintf(d.out, "%-34s %-36s %16v\n", line.what.NL, line.what.EN, line.value)
	}
	_, _ = fmt.Fprintln(d.out, "\nBruto-only: loonheffing wordt nog niet berekend. / Gross-only: wage tax is not computed yet.")
	if kept {
		_, _ = fmt.Fprintf(d.out, "\nDe dienst draait; probeer in een andere terminal: / The service runs; try in another terminal:\n"+
			"  verloning --data %[1]s --as WERK/anja claim list\n  verloning --data %[1]s --as REI/els hours submit %[1]s/files/hours.csv\n"+
			"  verloning --data %[1]s --as WERK/anja explain %[2]s/C-002\n(Ctrl-C stopt / stops)\n", d.dir, demoPeriod)
		return
	}
	_, _ = fmt.Fprintln(d.out, "\nVerder proberen: / To try next:  bin/verloning demo --keep   ·   bin/verloning --help")
}
