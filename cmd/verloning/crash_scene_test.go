package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/embedded"
)

// crashScene is one installation at work, with the companies' programs.
type crashScene struct {
	t       *testing.T
	dir     string
	role    string // of the victim
	db      string // where the owner's PostgreSQL is
	bus     string // and its NATS
	owner   *crashProcess
	victim  *crashProcess
	serving bool // the owner, beside a worker
	deaths  int
	trap    *trap
	lanes   *pgx.Conn // holds the lanes of the outbox, so that no relay does
	month   *crashMonth
	acted   chan error
}

// open starts an installation in which one process, of the role, serves.
func (c *crash) open(t *testing.T, dir, role string, withhold bool) *crashScene {
	t.Helper()
	s := &crashScene{t: t, dir: dir, role: role, acted: make(chan error, 1)}
	s.month = newCrashMonth(&c.crashCast, "", "")
	t.Cleanup(s.month.close)
	s.own()
	if withhold {
		s.withhold()
	}
	s.expose()
	return s
}

// own starts the owner, which does not serve yet.
func (s *crashScene) own() {
	s.t.Helper()
	s.owner = startCrashProcess(s.t, "servers", s.dir)
	where := s.owner.await("servers")
	s.db, s.bus = where[0], where[1]
	s.month.move(s.db, s.bus)
}

// expose lets the victim serve, by way of proxies with a trap of their own.
func (s *crashScene) expose() {
	s.t.Helper()
	s.trap = newTrap()
	sockets := fmt.Sprint(s.dir, "-s", s.deaths)
	if err := os.Mkdir(sockets, 0o700); err != nil {
		s.t.Fatal(err)
	}
	db, bus := newDatabaseProxy(s.t, s.trap, sockets), newBusProxy(s.t, s.trap)
	address, err := url.Parse(s.db)
	if err != nil {
		s.t.Fatal(err)
	}
	query := address.Query()
	db.leadTo("unix", filepath.Join(query.Get("host"), ".s.PGSQL.5432"))
	query.Set("host", sockets)
	address.RawQuery = query.Encode()
	natsURL, err := url.Parse(s.bus)
	if err != nil {
		s.t.Fatal(err)
	}
	bus.leadTo("tcp", natsURL.Host)
	throughDB, throughBus := address.String(), "nats://"+bus.listener.Addr().String()
	if s.role == "owner" {
		s.victim = s.owner
		s.owner.tell("serve", throughDB, throughBus, s.dir+"-half")
	} else {
		s.victim = startCrashProcess(s.t, "serve", s.dir+"-worker", "DATABASE_URL="+throughDB, "NATS_URL="+throughBus,
			"VERLONING_NATS_KEYS="+filepath.Join(s.dir, "keys"), "VERLONING_KEY_FILE="+filepath.Join(s.dir, "master.key"))
	}
	s.victim.await("ready")
}

// standUp sees to it that there is somebody to kill. Where a worker died the owner
// serves alone, and hands over to the next.
func (s *crashScene) standUp() {
	s.t.Helper()
	if s.victim != nil {
		return
	}
	s.owner.tell("rest")
	s.owner.await("rested")
	s.serving = false
	s.expose()
}

// die kills the victim at its frame, of which some halves are sent. An owner is then
// started again: as a user does, or as what is killed next.
func (s *crashScene) die(halves int, last bool) {
	s.t.Helper()
	if s.role == "worker" && !s.serving {
		s.owner.tell("serve", s.db, s.bus, s.dir+"-half")
		s.owner.await("ready")
		s.serving = true
	}
	s.trap.letGo(halves)
	s.victim.kill()
	s.trap.free()
	s.victim = nil
	s.deaths++
	switch {
	case s.role == "worker":
	case last:
		s.restart()
	default:
		s.own()
		s.expose()
	}
}

// withhold takes the lanes of the outbox before a relay does.
func (s *crashScene) withhold() {
	conn, err := pgx.Connect(crashPatience(s.t), s.db)
	if err == nil {
		_, err = conn.Exec(context.Background(), `SELECT pg_advisory_lock(7423, p) FROM generate_series(0, 15) p`)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.lanes = conn
	s.t.Cleanup(func() { _ = conn.Close(context.Background()) })
}

// begin looks, arms the trap and lets the stage begin.
func (s *crashScene) begin(ctx context.Context, stage crashStage, at int, counts []frameKind) {
	s.t.Helper()
	if err := stage.look(s.month, ctx); err != nil {
		s.t.Fatal(err)
	}
	s.trap.arm(at, counts...)
	if s.lanes != nil && stage.name == "publish" {
		if err := s.lanes.Close(ctx); err != nil {
			s.t.Fatal(err)
		}
	}
	go func() { s.acted <- stage.act(s.month, ctx) }()
}

// restart starts the service again as a user does, and tells the companies
// where it is: on one machine they read that in its connect file.
func (s *crashScene) restart() {
	s.t.Helper()
	s.owner = startCrashProcess(s.t, "serve", s.dir)
	s.owner.await("ready")
	at, err := embedded.ReadConnect(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	s.month.move(at.DatabaseURL, at.NATSURL)
}

// finish brings the month to its end, through the stages that are left, and reads it.
func (s *crashScene) finish(rest []crashStage) crashState {
	s.t.Helper()
	ctx := crashPatience(s.t)
	err := s.month.finish(ctx, rest)
	if err == nil {
		err = s.month.balanced(ctx)
	}
	var got crashState
	if err == nil {
		got, err = s.month.read(ctx)
	}
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.owner.said())
	}
	return got
}

// stop ends what still runs in good order, and proves that it can.
func (s *crashScene) stop() {
	s.t.Helper()
	s.month.close()
	if s.victim != nil && s.victim != s.owner && s.victim.cmd.ProcessState == nil {
		s.victim.stop()
	}
	s.owner.stop()
}
