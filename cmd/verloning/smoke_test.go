package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll/euro"
)

// office is an employer and a municipality, with two people on each side.
type office struct {
	*site
	e, m                        string
	clerk, boss, control, chief *bus.Client
}

// office registers an employer and a municipality under the given codes.
func (s *site) office(e, m string) office {
	s.t.Helper()
	s.must(s.admin, "org.register", map[string]any{"code": e, "name": "Werkbedrijf " + e, "roles": []string{"employer"}, "iban": "NL91ABNA0417164300"})
	s.must(s.admin, "org.register", map[string]any{"code": m, "name": "Gemeente " + m, "roles": []string{"gemeente"}, "iban": "NL20INGB0001234567"})
	return office{
		site: s, e: e, m: m,
		clerk: s.user(e, "clerk", "submit", "calculate"), boss: s.user(e, "boss", "approve", "calculate"),
		control: s.user(m, "control", "control"), chief: s.user(m, "chief", "approve", "control"),
	}
}

// hire registers the person, contract and decision of the worked example under
// the numbers P-n, C-n and D-n.
func (o office) hire(n int) {
	o.t.Helper()
	o.person(n)
	o.must(o.clerk, "contract.register", o.contract(n))
	o.must(o.control, "decision.record", o.decision(n))
}

func (o office) person(n int) {
	o.t.Helper()
	o.must(o.clerk, "person.register", map[string]any{"number": fmt.Sprintf("P-%d", n), "bsn": bsnOf(n), "name": "Jan Jansen", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"})
}

func (o office) contract(n int) map[string]any {
	return map[string]any{"number": fmt.Sprintf("C-%d", n), "person": fmt.Sprintf("P-%d", n), "scheme": "loonkostensubsidie", "municipality": o.m,
		"start": "2026-07-01", "open_ended": true, "hours_per_week": "32", "full_time_hours": "40", "written": true}
}

func (o office) decision(n int) map[string]any {
	return map[string]any{"number": fmt.Sprintf("D-%d", n), "employer": o.e, "contract": fmt.Sprintf("C-%d", n), "granted": "2026-07-01", "from": "2026-07-01",
		"to": "2028-06-30", "route": "loonwaarde", "loonwaarde": 60, "hours_per_week": "32", "budget": "BUIG"}
}

// bsnOf makes the n-th number that passes the elfproef.
func bsnOf(n int) string {
	for candidate := 100_000_000 + 1000*n; ; candidate++ {
		text, sum := fmt.Sprint(candidate), 0
		for i, weight := range []int{9, 8, 7, 6, 5, 4, 3, 2, -1} {
			sum += weight * int(text[i]-'0')
		}
		if sum%11 == 0 {
			return text
		}
	}
}

// work submits worked hours, the same on each day, and wants them accepted.
func (o office) work(contract, hours string, days ...string) map[string]any {
	o.t.Helper()
	return o.submit(o.clerk, uuid.NewString(), lines(contract, hours, days...))
}

// submit hands hours in and fails the test when a line is refused.
func (o office) submit(c *bus.Client, id string, lines []any) map[string]any {
	o.t.Helper()
	verdict := o.must(c, "hours.submit", map[string]any{"submission": id, "lines": lines})
	if refused := problemsOf(verdict); refused != "" {
		o.t.Fatalf("hours refused: %s", refused)
	}
	return verdict
}

func lines(contract, hours string, days ...string) []any {
	var list []any
	for _, day := range days {
		list = append(list, map[string]any{"contract": contract, "day": day, "kind": "worked", "hours": hours})
	}
	return list
}

// open opens the run of a month that is paid on its 28th.
func (o office) open(period string) string {
	o.t.Helper()
	return o.must(o.clerk, "run.open", map[string]any{"period": period, "pay_date": period + "-28"})["run"].(string)
}

// exceptions lists kind and subject of what the newest calculation found.
func (o office) exceptions(run string) []string {
	o.t.Helper()
	var list []string
	for _, e := range o.must(o.clerk, "run.exceptions", map[string]any{"run": run})["exceptions"].([]any) {
		list = append(list, fmt.Sprint(e.(map[string]any)["kind"], " ", e.(map[string]any)["subject"]))
	}
	return list
}

// approve accepts what is open of the newest calculation and lets the second
// person approve it.
func (o office) approve(run string) map[string]any {
	o.t.Helper()
	var open []any
	for _, e := range o.must(o.clerk, "run.exceptions", map[string]any{"run": run})["exceptions"].([]any) {
		if e := e.(map[string]any); e["accepted"] == false {
			open = append(open, e["exception"])
		}
	}
	if len(open) > 0 {
		o.must(o.clerk, "run.accept", map[string]any{"run": run, "exceptions": open, "reason": "gezien"})
	}
	shown := o.must(o.clerk, "run.show", map[string]any{"run": run})
	return o.must(o.boss, "run.approve", map[string]any{"run": run, "calculation": shown["calculation"], "hash": shown["hash"]})
}

// pay calculates and approves a month from its opening.
func (o office) pay(period string) string {
	o.t.Helper()
	run := o.open(period)
	o.calculate(o.clerk, run)
	o.approve(run)
	return run
}

// grant grants every raised claim of a month, by two people.
func (o office) grant(period string) map[string]any {
	o.t.Helper()
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": period, "all": true})
	return o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]})
}

// gross shows what a contract earns in the newest calculation of a run.
func (o office) gross(run, contract string) string {
	o.t.Helper()
	return fmt.Sprint(o.must(o.clerk, "payslip.show", map[string]any{"run": run, "contract": contract})["gross"])
}

// external says where somebody else's servers are: those that the environment
// names, or ones that this starts as if they were somebody else's.
func external(t *testing.T) (settings map[string]string, admin string) {
	t.Helper()
	if url := os.Getenv("DATABASE_URL"); url != "" && os.Getenv("NATS_URL") != "" {
		settings = map[string]string{}
		for _, name := range []string{"DATABASE_URL", "NATS_URL", "VERLONING_NATS_KEYS", "VERLONING_KEY_FILE"} {
			if settings[name] = os.Getenv(name); settings[name] == "" {
				t.Fatalf("%s is not set: the service cannot be tried on your servers without it", name)
			}
		}
		return settings, os.Getenv("VERLONING_ADMIN_CREDS")
	}
	dir := enterable(t)
	pg, err := embedded.StartPostgres(t.Context(), embedded.PostgresConfig{Dir: filepath.Join(dir, "postgres"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	settings = map[string]string{
		"DATABASE_URL": pg.URL(), "NATS_URL": foreignNATS(t, dir),
		"VERLONING_NATS_KEYS": filepath.Join(dir, "keys"), "VERLONING_KEY_FILE": filepath.Join(dir, "master.key"),
	}
	return settings, ""
}

// foreignNATS starts a NATS server that trusts our operator and knows nobody
// but our own two accounts: the service tells it of the rest.
func foreignNATS(t *testing.T, dir string) string {
	t.Helper()
	keys, err := bus.LoadKeys(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if err := makeKey(filepath.Join(dir, "master.key")); err != nil {
		t.Fatal(err)
	}
	accounts := map[string]string{}
	for _, own := range []struct{ public, token func() (string, error) }{
		{keys.SystemPublic, keys.SystemJWT}, {keys.ApplicationPublic, keys.ApplicationJWT},
	} {
		public, err := own.public()
		if err != nil {
			t.Fatal(err)
		}
		if accounts[public], err = own.token(); err != nil {
			t.Fatal(err)
		}
	}
	operator, err := keys.OperatorJWT()
	if err != nil {
		t.Fatal(err)
	}
	system, err := keys.SystemPublic()
	if err != nil {
		t.Fatal(err)
	}
	server, err := embedded.StartNATS(embedded.NATSConfig{
		Dir: filepath.Join(dir, "nats"), OperatorJWT: operator, SystemAccount: system, Accounts: accounts, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server.URL()
}

// TestSmokeMonth runs the month of the worked example on servers that the
// service has not started: your own when DATABASE_URL, NATS_URL,
// VERLONING_NATS_KEYS and VERLONING_KEY_FILE name them. A database that has a
// beheerder already needs VERLONING_ADMIN_CREDS, the file that it was given.
// Codes are new each time, so that it can be run against the same servers again.
func TestSmokeMonth(t *testing.T) {
	t.Parallel()
	settings, admin := external(t)
	if _, err := postgres.Migrate(t.Context(), settings["DATABASE_URL"]); err != nil {
		t.Fatal(err)
	}
	s := serveAs(t, enterable(t), testLog(t), settings)
	if s.admin == nil {
		if admin == "" {
			t.Fatal("this database has a beheerder already; VERLONING_ADMIN_CREDS must name the credentials of its user")
		}
		s.admin = s.dial("BEHEER-admin", admin)
	}
	mark := strings.ToUpper(uuid.NewString()[:8])
	o := s.office("E-"+mark, "M-"+mark)
	o.smokePerson(t)
	o.submit(o.clerk, uuid.NewString(), october())
	run := o.pay("2026-10")
	slip := o.must(o.clerk, "payslip.show", map[string]any{"run": run, "contract": "C-1"})
	if got := words(slip["gross"], slip["holiday_allowance_accrued"], slip["net"], slip["status"]); got != "2038.64 163.09 978.55 approved" {
		t.Errorf("payslip: %s", pretty(slip))
	}
	paid := o.grant("2026-10")
	if got := words(paid["claims"], paid["payments"], paid["paid"]); got != "1 1 1121.76" {
		t.Errorf("granted: %s", pretty(paid))
	}
	o.must(o.clerk, "run.close", map[string]any{"run": run})
	for who, want := range map[*bus.Client]string{o.boss: "978.55", o.chief: "1121.76"} {
		sum := euro.Zero
		for _, p := range o.must(who, "payment.list", map[string]any{})["payments"].([]any) {
			amount, err := euro.Parse(p.(map[string]any)["amount"].(string))
			if err != nil {
				t.Fatal(err)
			}
			sum = sum.Add(amount)
		}
		if sum.String() != want {
			t.Errorf("paid %s, want %s", sum, want)
		}
	}
	o.events(o.clerk, "claim.granted claim.raised contract.registered decision.recorded hours.accepted payment.ordered run.approved run.calculated run.closed")
	o.events(o.control, "claim.granted claim.raised contract.registered decision.recorded payment.ordered")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.clerk.Call(ctx, "run", "list", struct{}{}, nil); err == nil {
		t.Error("a call that was given up succeeds")
	}
}

// smokePerson hires without a BSN: on your own database a person is for ever,
// and an invented BSN may be somebody's.
func (o office) smokePerson(t *testing.T) {
	t.Helper()
	// Nobody knows the BSN, so that the tax is 52 %: 1,060.09.
	o.must(o.clerk, "person.register", map[string]any{"number": "P-1", "name": "Jan Jansen", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"})
	o.must(o.clerk, "contract.register", o.contract(1))
	o.must(o.control, "decision.record", o.decision(1))
}
