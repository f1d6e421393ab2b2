package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

// enterable makes a data directory that the database's own user can enter, so
// that the cluster lies in it and is removed with it.
func enterable(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(spacious(1<<30), "verloning-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// serveAs starts a service with settings of its own over the usual ones, and a
// log of its own. Where it made the beheerder, that one is connected.
func serveAs(t testing.TB, dir string, log *slog.Logger, settings map[string]string) *site {
	t.Helper()
	cfg, err := readConfig(func(name string) string {
		if v, set := settings[name]; set {
			return v
		}
		return map[string]string{"VERLONING_DATA": dir, "VERLONING_SHARD_SIZE": "3"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, dir: dir, cfg: cfg, client: map[string]*bus.Client{}}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() {
		done <- serve(ctx, cfg, log, func(*host) error {
			c, err := embedded.ReadConnect(dir)
			ready <- c.NATSURL
			return err
		})
	}()
	select {
	case s.url = <-ready:
	case err := <-done:
		cancel()
		t.Fatalf("serve: %v", err)
	case <-time.After(2 * time.Minute):
		cancel()
		t.Fatal("the service does not start")
	}
	stopped := false
	s.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		for _, c := range s.client {
			c.Close()
		}
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	if path := filepath.Join(dir, "creds", adminFile); exists(path) {
		s.admin = s.dial("BEHEER-admin", path)
	}
	return s
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// beside are the settings of a process that shares a site's database and bus.
func (s *site) beside() map[string]string {
	s.t.Helper()
	c, err := embedded.ReadConnect(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return map[string]string{
		"DATABASE_URL": c.DatabaseURL, "NATS_URL": c.NATSURL,
		"VERLONING_NATS_KEYS": filepath.Join(s.dir, "keys"), "VERLONING_KEY_FILE": filepath.Join(s.dir, "master.key"),
	}
}

// sql connects to a site's database as its owner, who may do everything but
// what PostgreSQL itself refuses.
func (s *site) sql() *pgx.Conn {
	s.t.Helper()
	conn, err := pgx.Connect(context.Background(), s.beside()["DATABASE_URL"])
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// sqlOnce is a connection that a site's tests share for short questions.
func (s *site) sqlOnce() *pgx.Conn {
	if conn, has := questions.Load(s); has {
		return conn.(*pgx.Conn)
	}
	conn := s.sql()
	questions.Store(s, conn)
	s.t.Cleanup(func() { questions.Delete(s) })
	return conn
}

var questions sync.Map // *site → *pgx.Conn

// one reads a single value.
func one[T any](t testing.TB, conn *pgx.Conn, query string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(context.Background(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// column reads a single column.
func column[T any](t testing.TB, conn *pgx.Conn, query string, args ...any) []T {
	t.Helper()
	rows, err := conn.Query(context.Background(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return list
}

// hands is a service without bus: the desk and a store of its own on a site's
// database, so that a test can take each step itself.
func (s *site) hands(shardSize int) *service {
	s.t.Helper()
	place, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		s.t.Fatal(err)
	}
	store, err := postgres.Open(context.Background(), postgres.Config{URL: s.beside()["DATABASE_URL"], Log: testLog(s.t), Amsterdam: place})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(store.Close)
	key, err := s.cfg.masterKey()
	if err == nil {
		err = store.OpenVault(context.Background(), key)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	desk, err := newDesk(shardSize)
	if err != nil {
		s.t.Fatal(err)
	}
	return &service{cfg: s.cfg, log: testLog(s.t), store: store, desk: desk}
}

// TestTwoProcessesShareOneRun holds every worker of both processes in its first
// shard before any may finish, so that neither can do the run alone.
func TestTwoProcessesShareOneRun(t *testing.T) {
	t.Parallel()
	first := startSite(t, enterable(t))
	o := first.office("E", "M")
	const people = 12
	for n := 1; n <= people; n++ {
		o.hire(n)
	}
	conn := first.sql()
	// The database notes which process did a shard: each has a name of its own.
	if _, err := conn.Exec(t.Context(), `
		CREATE TABLE test_done (calculation bigint, number int, who text);
		CREATE FUNCTION test_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO test_done VALUES (NEW.calculation, NEW.number, coalesce(current_setting('test.who', true), 'first')); RETURN NEW; END $$;
		CREATE TRIGGER test_note AFTER UPDATE ON shard FOR EACH ROW WHEN (NEW.done_at IS NOT NULL) EXECUTE FUNCTION test_note()`); err != nil {
		t.Fatal(err)
	}
	settings := first.beside()
	settings["DATABASE_URL"] = named(t, settings["DATABASE_URL"], "second")
	serveAs(t, enterable(t), testLog(t), settings)

	one := first.hands(1) // Shards of one person each.
	run := o.open("2026-10")
	barrier, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := barrier.Exec(t.Context(), `LOCK TABLE payslip IN SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	number := one.begin(t, o, run, 0)
	watch := first.sql()
	until(t, "workers of both processes hold a shard", func() bool {
		var waiting int
		if err := watch.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE relation = 'payslip'::regclass AND NOT granted`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		return waiting == 2*first.cfg.Workers
	})
	if err := barrier.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "the run is calculated", func() bool {
		shown := o.must(o.clerk, "run.show", map[string]any{"run": run})
		return shown["status"] == "calculated" && fmt.Sprint(shown["calculation"]) == fmt.Sprint(number)
	})
	rows, err := conn.Query(t.Context(), `SELECT who, count(*)::int FROM test_done GROUP BY who`)
	if err != nil {
		t.Fatal(err)
	}
	did := map[string]int{}
	var who string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&who, &n}, func() error { did[who] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	if did["first"] == 0 || did["second"] == 0 || did["first"]+did["second"] != people {
		t.Errorf("shards done: %v, want both processes to have done some of %d", did, people)
	}
	o.approve(run)
	if got := len(o.must(o.clerk, "payment.list", map[string]any{"run": run})["payments"].([]any)); got != 0 {
		t.Errorf("%d payments of a month without hours", got)
	}
}

// named gives the sessions of a process a name that the database can see.
func named(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("options", query.Get("options")+" -c test.who="+name)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // PostgreSQL takes a plus for a plus.
	return u.String()
}

// begin starts a calculation as the desk does and leaves its shards to whoever
// takes them; a cut-off of nought fixes a new one.
func (s *service) begin(t testing.TB, o office, run string, cutoff int64) int {
	t.Helper()
	var number int
	err := s.store.Transact(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
		actor, _, err := tx.Actor(ctx, o.clerk.Caller().Account, o.clerk.Caller().User)
		if err != nil {
			return err
		}
		if cutoff == 0 {
			reply, err := s.desk.CalculateRun(ctx, tx, actor, payroll.RunAsk{Run: run})
			number = reply.Calculation
			return err
		}
		r, err := s.desk.OwnRun(ctx, tx, actor, run, payroll.ForUpdate)
		if err != nil {
			return err
		}
		persons, err := tx.PersonsOf(ctx, r, payroll.Calculation{Run: r.ID, Cutoff: cutoff})
		if err != nil {
			return err
		}
		r.Calculation, r.Status = r.Calculation+1, payroll.RunCalculating
		number = r.Calculation
		ruleSet, err := s.desk.Rules.SetAt(ctx, tx, cutoff)
		if err != nil {
			return err
		}
		shards := payroll.CutShards(r.ID, number, persons, s.desk.ShardSize)
		return tx.AddCalculation(ctx, r, payroll.Calculation{Run: r.ID, Number: number, Cutoff: cutoff, RuleSet: ruleSet, AskedBy: actor.User, Shards: len(shards)}, shards)
	})
	if err != nil {
		t.Fatalf("begin a calculation: %v", err)
	}
	return number
}

// rowsOf counts everything that a calculation has in the tables that shards
// write.
const rowsOf = `
	SELECT (SELECT count(*) FROM payslip WHERE calculation = $1) + (SELECT count(*) FROM payslip_line WHERE calculation = $1)
	     + (SELECT count(*) FROM claim WHERE calculation = $1) + (SELECT count(*) FROM exception WHERE calculation = $1)
	     + (SELECT count(*) FROM transfer WHERE posting = $2)`

// TestLateShardIsFenced gives a worker a shard that is really still to do, of a
// calculation that is not the run's any more or that was approved.
func TestLateShardIsFenced(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.work("C-1", "8.00", "2026-10-01")
	hands := s.hands(3)
	run := o.open("2026-10")
	s.calculate(o.clerk, run)
	s.calculate(o.clerk, run)
	t.Run("after a recalculation", func(t *testing.T) { hands.fenced(t, run, 1) })
	o.approve(run)
	t.Run("after approval, of the calculation before", func(t *testing.T) { hands.fenced(t, run, 1) })
	t.Run("after approval, of the one approved", func(t *testing.T) { hands.fenced(t, run, 2) })
	t.Run("of a run that nobody opened", func(t *testing.T) {
		err := hands.store.Transact(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
			return hands.desk.CalculateShard(ctx, tx, payroll.Shard{Run: uuid.New(), Calculation: 1, Number: 1})
		})
		if !errors.Is(err, subsidy.ErrSuperseded) {
			t.Errorf("%v, want ErrSuperseded", err)
		}
	})
	t.Run("the worker takes it for done", func(t *testing.T) {
		// A worker that is told so must not ask for the shard again for ever.
		for number := 1; number <= 2; number++ {
			if err := hands.calculate(t.Context(), payroll.Shard{Run: uuid.MustParse(run), Calculation: number, Number: 1}); err != nil {
				t.Errorf("calculation %d: %v", number, err)
			}
		}
	})
}

// fenced makes a shard over everybody that nobody has done, in a transaction
// that is rolled back, and lets the desk compute it there.
func (s *service) fenced(t *testing.T, run string, number int) {
	t.Helper()
	looked := errors.New("looked")
	id := uuid.MustParse(run)
	err := s.store.Transact(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
		c, known, err := tx.Calculation(ctx, id, number)
		if err != nil || !known {
			return fmt.Errorf("calculation %d is known: %v, %w", number, known, err)
		}
		posting := subsidy.PostingID(payroll.Run{ID: id}, c)
		var before, after int
		if err := tx.QueryRow(ctx, rowsOf, c.ID, posting).Scan(&before); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO shard (calculation, number, person_from, person_to)
			VALUES ($1, 99, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')`, c.ID); err != nil {
			return err
		}
		work := payroll.Shard{Run: id, Calculation: number, Number: 99}
		if _, todo, err := tx.TakeShard(ctx, work); err != nil || !todo {
			return fmt.Errorf("the shard is to do: %v, %w; then this test shows nothing", todo, err)
		}
		if err := s.desk.CalculateShard(ctx, tx, work); !errors.Is(err, subsidy.ErrSuperseded) {
			return fmt.Errorf("the shard came through: %w", err)
		}
		if err := tx.QueryRow(ctx, rowsOf, c.ID, posting).Scan(&after); err != nil {
			return err
		}
		if after != before {
			return fmt.Errorf("the late shard left %d rows", after-before)
		}
		return looked
	})
	if !errors.Is(err, looked) {
		t.Error(err)
	}
}
