package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// ordered checks what the stream holds against the outbox: every row is there
// once, and the versions of an aggregate follow on each other for each owner.
// It returns the ids in the order of the stream.
func (s *site) ordered(t *testing.T) []string {
	t.Helper()
	var ids []string
	seen, last := map[string]bool{}, map[string]int{}
	for _, m := range s.stream(t) {
		id := m.Headers().Get(jetstream.MsgIDHeader)
		if seen[id] {
			t.Errorf("event %s stands in the stream twice", id)
		}
		seen[id] = true
		var e struct{ Subject, Sequence string }
		if err := json.Unmarshal(m.Data(), &e); err != nil {
			t.Fatal(err)
		}
		version, err := strconv.Atoi(e.Sequence)
		if err != nil {
			t.Fatal(err)
		}
		// verloning.v1.event.<account>.<noun>.<aggregate>.<verb>
		aggregate := strings.Join(strings.Split(m.Subject(), ".")[3:6], ".")
		if version != last[aggregate]+1 {
			t.Errorf("%s: version %d after %d", aggregate, version, last[aggregate])
		}
		last[aggregate] = version
		ids = append(ids, id)
	}
	kept := column[string](t, s.sqlOnce(), `SELECT id::text FROM outbox ORDER BY row`)
	for _, id := range kept {
		if !seen[id] {
			t.Errorf("event %s was skipped", id)
		}
	}
	if len(kept) != len(ids) || len(ids) == 0 {
		t.Errorf("%d events in the stream, %d in the outbox", len(ids), len(kept))
	}
	return ids
}

// consumer is a company's program that drops ids that it has seen.
type consumer struct {
	seen  map[string]bool
	fresh int // since it was last asked
	again int // were dropped
}

// read reads what is waiting.
func (k *consumer) read(t *testing.T, c *bus.Client) {
	t.Helper()
	if err := c.Tail(t.Context(), false, func(_ context.Context, r bus.Received) error {
		if k.seen[r.ID] {
			k.again++
			return nil
		}
		k.seen[r.ID], k.fresh = true, k.fresh+1
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// want reads until the consumer has seen every event of its company, each
// once.
func (k *consumer) want(t *testing.T, s *site, c *bus.Client, code string) {
	t.Helper()
	all := column[string](t, s.sqlOnce(), `SELECT b.id::text FROM outbox b JOIN organisation o ON o.id = b.owner WHERE o.code = $1`, code)
	until(t, "the company reads all its events", func() bool { k.read(t, c); return len(k.seen) >= len(all) })
	for _, id := range all {
		if !k.seen[id] {
			t.Errorf("the company never saw %s", id)
		}
	}
	if len(k.seen) != len(all) || len(all) == 0 {
		t.Errorf("the company saw %d events of %d", len(k.seen), len(all))
	}
}

// busy makes the events of a month, and a second version of a contract.
func (o office) busy(period string) {
	o.t.Helper()
	o.work("C-1", "8.00", period+"-05", period+"-06")
	o.must(o.clerk, "contract.amend", map[string]any{"number": "C-1", "valid_from": period + "-01", "hours_per_week": "32", "full_time_hours": "40"})
	o.pay(period)
	o.grant(period)
}

// holders counts the sessions that hold partitions of the outbox.
const holders = `SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7423 AND granted`

// TestTwoRelaysSkipNothing lets two relays share the partitions while a
// transaction with events is held open and later ones commit around it.
func TestTwoRelaysSkipNothing(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	other := serveAs(t, enterable(t), testLog(t), s.beside())
	conn, watch := s.sql(), s.sql()
	// The first process holds every partition. Taken from it, they go to this
	// test, which gives half of them to whoever asks first and, at that moment,
	// the rest: that relay asks again only after the other.
	until(t, "two relays hold partitions", func() bool {
		if _, err := conn.Exec(t.Context(), `SELECT pg_advisory_unlock_all()`); err != nil {
			t.Fatal(err)
		}
		until(t, "this test holds all partitions", func() bool { return takeAll(t, conn) })
		for _, half := range []string{"0, 7", "8, 15"} {
			if _, err := conn.Exec(t.Context(), `SELECT pg_advisory_unlock(7423, p) FROM generate_series(`+half+`) p`); err != nil {
				t.Fatal(err)
			}
			until(t, "they are taken", func() bool {
				return one[int](t, watch, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7423 AND granted`) == 16
			})
		}
		return one[int](t, watch, holders) == 2
	})

	hands := s.hands(3)
	open := hold(t, hands.store)
	owner := uuid.MustParse(one[string](t, conn, `SELECT id::text FROM organisation WHERE code = 'E'`))
	var aggregates []uuid.UUID
	open.do(t, func(ctx context.Context, tx *postgres.Tx) error {
		var events []payroll.Event
		for n := range 40 { // Aggregates in every partition.
			id := uuid.UUID{0: byte(n + 1), 6: 0x70, 8: 0x80, 15: byte(n)}
			aggregates = append(aggregates, id)
			for _, verb := range []string{"first", "second"} {
				events = append(events, payroll.Event{Owner: owner, Noun: "test", Aggregate: id, Version: 1 + len(events)%2, Verb: verb, Data: json.RawMessage(`{}`)})
			}
		}
		return tx.Publish(ctx, events)
	})
	held := one[int64](t, conn, `SELECT last_value FROM pg_sequences JOIN pg_class ON relname = sequencename WHERE sequencename = 'outbox_row_seq'`)
	o.busy("2026-10")
	until(t, "later rows are published while earlier ones are held", func() bool {
		return one[bool](t, conn, `SELECT count(*) > 5 AND count(*) = count(l.row) FROM outbox b LEFT JOIN outbox_landed l ON l.row = b.row WHERE b.row > $1`, held)
	})
	open.commit(t)
	s.ordered(t)
	if got := one[int](t, conn, `SELECT count(*) FROM outbox b JOIN outbox_landed l ON l.row = b.row WHERE b.aggregate = ANY ($1)`, aggregates); got != 80 {
		t.Errorf("%d of 80 events of the transaction that was held open are published", got)
	}
	company := &consumer{seen: map[string]bool{}}
	company.want(t, s, o.clerk, "E")
	// The second relay goes away; the first takes over what it held.
	if err := other.stop(); err != nil {
		t.Error(err)
	}
	o.busy("2026-11")
	s.ordered(t)
	company.want(t, s, o.clerk, "E")
	if company.again > 0 {
		t.Errorf("%d events came again without a reason", company.again)
	}
}

// takeAll ends the sessions that hold partitions and takes what it can get; it
// reports whether this connection holds all of them.
func takeAll(t *testing.T, conn *pgx.Conn) bool {
	t.Helper()
	if _, err := conn.Exec(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7423 AND granted AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	// A lock that this session holds already would have to be given back twice.
	if _, err := conn.Exec(t.Context(), `
		SELECT pg_try_advisory_lock(7423, p) FROM generate_series(0, 15) p
		WHERE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 7423 AND objid = p::oid AND granted AND pid = pg_backend_pid())`); err != nil {
		t.Fatal(err)
	}
	return one[int](t, conn, `SELECT count(DISTINCT objid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7423 AND granted AND pid = pg_backend_pid()`) == 16
}

// eventDir finds where the server keeps the stream of events.
func eventDir(t *testing.T, dir string) string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(filepath.Join(dir, "nats"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && filepath.Base(path) == bus.EventStream && filepath.Base(filepath.Dir(path)) == "streams" {
			found = append(found, path)
			return filepath.SkipDir
		}
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("the stream of events lies in %v: %v", found, err)
	}
	return found[0]
}

// back connects a user again after a restart, with the credentials given out
// before.
func (s *site) back(org, name string) *bus.Client {
	s.t.Helper()
	return s.dial(org+"/"+name, filepath.Join(s.dir, "creds", org+"-"+name+".creds"))
}

// TestEventsOfALostStreamComeAgain wipes the stream of events, and then all
// that the bus has, while the service is stopped.
func TestEventsOfALostStreamComeAgain(t *testing.T) {
	t.Parallel()
	dir := enterable(t)
	s := startSite(t, dir)
	o := s.office("E", "M")
	o.hire(1)
	o.busy("2026-09")
	before := s.ordered(t)
	company := &consumer{seen: map[string]bool{}}
	company.want(t, s, o.clerk, "E")
	for _, name := range []string{"the stream of events", "all that the bus has"} {
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		path := eventDir(t, dir)
		if name == "all that the bus has" {
			path = filepath.Join(dir, "nats", "jetstream")
		}
		if _, err := os.Stat(path); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		s = startSite(t, dir)
		o.site, o.clerk = s, s.back("E", "clerk")
		after := s.ordered(t)
		if len(after) != len(before) {
			t.Errorf("%s lost: %d events came again, want %d", name, len(after), len(before))
		}
		company.fresh, company.again = 0, 0
		until(t, "the company meets all of it again", func() bool { company.read(t, o.clerk); return company.again >= len(company.seen) })
		if company.fresh != 0 || company.again != len(company.seen) {
			t.Errorf("%s lost: the company sees %d events that it does not know and %d again, of %d", name, company.fresh, company.again, len(company.seen))
		}
	}
	o.boss, o.control, o.chief = s.back("E", "boss"), s.back("M", "control"), s.back("M", "chief")
	o.busy("2026-10")
	s.ordered(t)
	company.want(t, s, o.clerk, "E")
}

// TestDatabaseDumpedAndRestored takes a dump with events that wait, restores
// it into a new cluster and goes on with the same stream.
func TestDatabaseDumpedAndRestored(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.busy("2026-09")
	before := s.ordered(t)
	company := &consumer{seen: map[string]bool{}}
	company.want(t, s, o.clerk, "E")
	// With its session gone and its partitions taken, the relay leaves what
	// follows waiting.
	conn := s.sql()
	until(t, "no relay has a partition", func() bool { return takeAll(t, conn) })
	o.work("C-1", "8.00", "2026-10-01")
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-1", "end": "2027-12-31", "reason": "afgesproken"})
	waiting := one[int](t, conn, `SELECT count(*) FROM outbox_waiting`)
	if waiting < 3 {
		t.Fatalf("%d events wait: the dump would show nothing", waiting)
	}
	dump := filepath.Join(t.TempDir(), "dump.sql")
	program(t, "pg_dump", "--file="+dump, "--dbname="+s.beside()["DATABASE_URL"])
	dir := enterable(t)
	_ = conn.Close(t.Context())
	// The old database would publish what waits; its process never does, since
	// it is the copy that goes on.
	old := s.stopWithoutRelay(t)
	for _, name := range []string{"keys", "creds", "nats", "master.key"} {
		program(t, "cp", "-a", filepath.Join(old, name), dir)
	}
	restore(t, dir, dump)
	fresh := startSite(t, dir)
	o.site, o.clerk, o.boss, o.control, o.chief = fresh, fresh.back("E", "clerk"), fresh.back("E", "boss"), fresh.back("M", "control"), fresh.back("M", "chief")
	after := fresh.ordered(t)
	if len(after) != len(before)+waiting {
		t.Errorf("%d events, want %d and the %d that waited", len(after), len(before), waiting)
	}
	for i := range before {
		if after[i] != before[i] {
			t.Fatalf("event %d changed its place", i)
		}
	}
	company.want(t, fresh, o.clerk, "E")
	o.busy("2026-10")
	fresh.ordered(t)
	company.want(t, fresh, o.clerk, "E")
	if company.again != 0 {
		t.Errorf("%d events came again: the stream was whole", company.again)
	}
}

// stopWithoutRelay stops a site while this test holds the partitions, so that
// draining publishes nothing, and returns its directory.
func (s *site) stopWithoutRelay(t *testing.T) string {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.beside()["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	until(t, "the partitions are held", func() bool { return takeAll(t, conn) })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	return s.dir
}

// restore makes a new cluster in a data directory and fills it from a dump.
func restore(t *testing.T, dir, dump string) {
	t.Helper()
	pg, err := embedded.StartPostgres(t.Context(), embedded.PostgresConfig{Dir: filepath.Join(dir, "postgres"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	program(t, "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file="+dump, "--dbname="+pg.URL())
	if err := pg.Stop(); err != nil {
		t.Fatal(err)
	}
}

// program runs a program of the machine.
func program(t *testing.T, name string, args ...string) {
	t.Helper()
	if said, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
}
