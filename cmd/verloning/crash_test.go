package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/embedded"
)

// TestCrash kills processes of the service in the middle of their work, starts
// them again with nothing done by hand, and holds what the month came to
// against a month that nobody disturbed and against the model.
//
// # The month
//
// All schemes are played: those of the brochure in April 2007, when the W-deel
// existed that they are paid from, and loonkostensubsidie in October 2026. At
// each stage the runs of all employers go at the same time, in one service.
//
// When the month is settled the municipality makes up two statements of what it
// owes for trajectories, and spends on its own people.
//
// # The arrangement
//
// Data directories of a stopped service are snapshots: one before each stage.
// Facts have random ids, so every trial of a stage starts from a copy of the
// same snapshot, and all of them from one set of facts.
//
// The owner is one process that has started PostgreSQL and NATS by the very
// steps of serve, in a data directory. Its service connects to them by way of
// proxies in the test's process, because what goes on inside of one process
// nobody else could count; it is the service as it runs when DATABASE_URL and
// NATS_URL are set. SIGKILL ends all of it in one instant: the service with its
// transactions in flight, the NATS server, and, by the kernel's signal to the
// orphan, PostgreSQL. It is started again as "verloning serve" without any
// configuration in the same directory, while PostgreSQL may still be stopping.
//
// The worker is a second process on the owner's PostgreSQL and NATS, through
// the proxies as well. When it is killed the owner lives: while the worker
// stands still at the frame where it will die, its locks held, the owner
// begins to serve, so that a living process, and not a start, has to notice.
//
// The relay is whichever of the two holds the lanes of the outbox; it is killed
// in the stage that publishes. Its snapshot has the month's events waiting,
// because the test held the lanes while they were committed.
//
// A kill is aimed at the n-th frame that the process sends since the stage
// began: counted are only frames of that stage's work (a transaction's, from
// begin to commit; the relay's; hints and their acknowledgements; events;
// replies), not what comes by the clock. An undisturbed stage is measured
// first, and its frames are divided into five parts; a kill early, in the middle
// or late is at any frame of such a part. There the whole process is cut off, the
// test asks the database whether the stage's goal was reached, which would be a
// miss, lets none, half or all of the frame through, and kills. So a commit may
// be carried out that nobody heard of.
//
// VERLONING_CRASH_SEED gives other frames.
func TestCrash(t *testing.T) {
	c := &crash{base: crashBase(t), seed: crashSeed(t), snapshots: map[string]string{}, frames: map[string]int{}, kills: map[string]int{}, unheard: map[string]int{}, hits: map[string]int{}}
	began := time.Now()
	c.prepare(t)
	c.undisturb(t)
	for i := range crashStages[:len(crashStages)-1] {
		c.measure(t, i)
	}
	if t.Failed() {
		return
	}
	t.Logf("prepared in %s; seed %d", time.Since(began).Round(time.Millisecond), c.seed)
	plans := c.plans()
	waiting := make(chan crashPlan, len(plans))
	for _, p := range plans {
		waiting <- p
	}
	close(waiting)
	// Trials mostly wait, for disks and for the service's own intervals.
	var hands sync.WaitGroup
	for range 4 {
		hands.Go(func() {
			for p := range waiting {
				t.Run(p.name(), func(t *testing.T) { c.trial(t, p) })
			}
		})
	}
	hands.Wait()
	c.reckon(t, plans)
}

// reckon demands kills in flight of each stage and role, and hits at each aim,
// so that a test in which none hit, or for which nothing was planned, fails. How
// many there are to be stands here once more, and is not counted from the plans.
func (c *crash) reckon(t *testing.T, plans []crashPlan) {
	inFlight, hits, roles, aims := 5, 2, 12, 34 // Six stages are killed in two roles, publish at two aims and the others at three.
	if testing.Short() {
		inFlight, hits, aims = 1, 1, 12
	}
	at, aimed := map[string]bool{}, map[string]bool{}
	for _, p := range plans {
		at[p.at()], aimed[p.at()+" at "+p.aim] = true, true
	}
	for _, name := range slices.Sorted(maps.Keys(at)) {
		t.Logf("%s: %d kills in flight, and %d between the work and its answer", name, c.kills[name], c.unheard[name])
		if c.kills[name] < inFlight {
			t.Errorf("%s: %d kills in flight, want %d", name, c.kills[name], inFlight)
		}
	}
	for name := range aimed {
		if c.hits[name] < hits {
			t.Errorf("%s: %d kills hit, want %d", name, c.hits[name], hits)
		}
	}
	if len(at) != roles || len(aimed) != aims {
		t.Errorf("%d stages and roles were killed at %d aims, want %d at %d", len(at), len(aimed), roles, aims)
	}
}

func crashSeed(t *testing.T) uint64 {
	text := os.Getenv("VERLONING_CRASH_SEED")
	if text == "" {
		return 1
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// crashEnd is what a trial must come to: as undisturbed, and as the model has it.
type crashEnd struct {
	undisturbed *crashState
	model       modelMonthEnd
}

// end is where trials of a stage end.
func (c *crash) end(stage string) *crashEnd {
	if stage == "account" {
		return &c.account
	}
	return &c.month
}

// crash is what all trials share.
type crash struct {
	crashCast
	base      string
	seed      uint64
	snapshots map[string]string // of the data directory before each stage
	frames    map[string]int    // that an undisturbed stage takes, by stage and aim
	month     crashEnd          // with the month closed and settled
	account   crashEnd          // and with the statements after it

	mu      sync.Mutex
	kills   map[string]int // that hit before the goal of the stage was reached
	unheard map[string]int // and those that hit when all was done but the answer
	hits    map[string]int // both, by aim as well
}

// crashPatience bounds a whole month; it is for a broken program only.
func crashPatience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// prepare makes the first snapshot.
func (c *crash) prepare(t *testing.T) {
	c.crashCast = crashCast{employers: slices.Sorted(maps.Keys(crashEmployers)), municipality: "STAD", runs: map[string]string{}, credentials: map[string][]byte{}}
	dir := filepath.Join(c.base, "facts")
	s := c.open(t, dir, "owner", false)
	admin, err := os.ReadFile(filepath.Join(dir+"-half", "creds", adminFile))
	if err != nil {
		t.Fatal(err)
	}
	c.credentials["BEHEER/admin"] = admin
	if err := c.crashCast.prepare(crashPatience(t), s.month); err != nil {
		t.Fatal(err)
	}
	s.stop()
	c.snapshots[crashStages[0].name] = dir
	c.month.model = modelOf(c.municipality, c.contracts, crashBudgets)
	c.account.model = modelOf(c.municipality, c.contracts, crashBudgets).withAccount(c.municipality, crashAccount())
}

// undisturb runs the month in one process without any configuration, without
// proxies and without a kill.
func (c *crash) undisturb(t *testing.T) {
	dir := filepath.Join(c.base, "undisturbed")
	copyData(t, c.snapshots[crashStages[0].name], dir)
	s := &crashScene{t: t, dir: dir, month: newCrashMonth(&c.crashCast, "", "")}
	s.restart()
	got := s.finish(0)
	got.judge(t, c.month.model, nil)
	c.month.undisturbed = &got
	s.stop()
}

// measure counts the frames of an undisturbed stage, and makes the snapshot of
// the next.
func (c *crash) measure(t *testing.T, i int) {
	dir, stage, ctx := filepath.Join(c.base, "measured-"+crashStages[i].name), crashStages[i], crashPatience(t)
	copyData(t, c.snapshots[stage.name], dir)
	s := c.open(t, dir, "owner", stage.name == "publish")
	s.begin(ctx, stage, 0, nil)
	if err := <-s.acted; err != nil {
		t.Fatal(err)
	}
	for aim, kinds := range stage.aims {
		n := s.trap.count(kinds...)
		if n < 2 {
			t.Fatalf("%s takes %d frames (%s): too few to aim at", stage.name, n, aim)
		}
		c.frames[stage.name+" "+aim] = n
		t.Logf("%s takes %d frames (%s)", stage.name, n, aim)
	}
	switch stage.name {
	case "grant", "account": // After the one the next stage begins elsewhere, and after the other none is disturbed.
		got, end := s.finish(i+1), c.end(stage.name)
		got.judge(t, end.model, end.undisturbed)
		if end.undisturbed == nil { // so that this is the first to end there
			end.undisturbed = &got
		}
	default:
		if err := s.month.publish(ctx); err != nil {
			t.Fatal(err)
		}
		c.snapshots[crashStages[i+1].name] = dir
	}
	s.stop()
	if stage.name == "grant" {
		c.withhold(t)
	}
}

// withhold makes the snapshot in which the month's events wait.
func (c *crash) withhold(t *testing.T) {
	dir, ctx := filepath.Join(c.base, "withheld"), crashPatience(t)
	copyData(t, c.snapshots["approve"], dir)
	s := c.open(t, dir, "owner", true)
	for _, stage := range crashStages[1:3] {
		s.begin(ctx, stage, 0, nil)
		if err := <-s.acted; err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	c.snapshots["publish"] = dir
}

// crashPlan is one trial.
type crashPlan struct {
	stage int
	role  string // who is killed: owner, or worker (who is the relay in publish)
	aim   string // at which frames
	part  int    // of five: early to late
	seed  uint64
}

func (p crashPlan) at() string { return crashStages[p.stage].name + " by " + p.role }

func (p crashPlan) name() string {
	return fmt.Sprintf("%s/%s/%s-%d", crashStages[p.stage].name, p.role, p.aim, p.part+1)
}

// plans are, for each stage and role, a kill early, in the middle and late in its
// frames to the database and two each at commits and among the frames to the bus;
// but of the relay three to the bus and two to the database.
func (c *crash) plans() []crashPlan {
	var all []crashPlan
	for i, stage := range crashStages[:len(crashStages)-1] {
		mainly := "database"
		if stage.name == "publish" {
			mainly = "bus"
		}
		for _, role := range []string{"owner", "worker"} {
			for _, aim := range slices.Sorted(maps.Keys(stage.aims)) {
				parts := []int{1, 4}
				switch {
				case testing.Short() && aim == mainly:
					parts = []int{2}
				case testing.Short():
					parts = nil
				case aim == mainly:
					parts = []int{0, 2, 4}
				}
				for _, part := range parts {
					all = append(all, crashPlan{i, role, aim, part, c.seed<<16 + uint64(len(all))})
				}
			}
		}
	}
	return all
}

// trial kills once and judges the month. A stage does not take exactly the
// same frames each time, so that a late kill may come too late: then it is
// aimed earlier.
func (c *crash) trial(t *testing.T, p crashPlan) {
	random := rand.New(rand.NewPCG(p.seed, 0))
	stage := crashStages[p.stage]
	n := c.frames[stage.name+" "+p.aim]
	from, to := n*p.part/5+1, max(n*(p.part+1)/5, n*p.part/5+1)
	for try := range 5 {
		at, halves := from+random.IntN(to-from+1), random.IntN(3)
		if p.aim == "commit" {
			halves = 2 // so that all is lost that comes after it and is no part of it
		}
		began := time.Now()
		if c.kill(t, p, fmt.Sprintf("%s-%d-%d", stage.name[:2], p.seed, try), at, halves) {
			t.Logf("seed %d: killed at frame %d of %d, %d halves of it sent; %s", p.seed, at, n, halves, time.Since(began).Round(time.Millisecond))
			return
		}
		t.Logf("seed %d: the stage was over before frame %d of %d", p.seed, at, n)
		from, to = max(1, from*2/3), max(1, at-1)
	}
	t.Error("no kill hit")
}

// kill runs one month with a kill in it; false means that the stage was over
// before the frame came.
func (c *crash) kill(t *testing.T, p crashPlan, name string, at, halves int) bool {
	stage, dir, ctx := crashStages[p.stage], filepath.Join(c.base, name), crashPatience(t)
	copyData(t, c.snapshots[stage.name], dir)
	s := c.open(t, dir, p.role, stage.name == "publish")
	counts := stage.aims[p.aim]
	s.begin(ctx, stage, at, counts)
	select {
	case err := <-s.acted:
		if err != nil {
			t.Fatal(err)
		}
		return false
	case <-s.trap.sprung:
	case <-ctx.Done():
		t.Fatalf("neither frame %d nor the end of the stage came\n%s", at, s.victim.said())
	}
	reached, err := s.month.holds(ctx, stage.done)
	if err != nil {
		t.Fatal(err)
	}
	// An answer goes out when its work is done; that its sender dies before it
	// leaves is worth a trial, but it is no kill in the middle of the work.
	answering := slices.Contains(counts, frameReply)
	if reached && !answering {
		return false
	}
	if p.role == "worker" {
		s.owner.tell("serve", s.db, s.bus, dir+"-half")
		s.owner.await("ready")
	}
	s.trap.letGo(halves)
	s.victim.kill()
	s.trap.free()
	if p.role == "owner" {
		s.restart()
	}
	if err := <-s.acted; err != nil {
		t.Fatalf("%v\n%s", err, s.owner.said())
	}
	got, end := s.finish(p.stage+1), c.end(stage.name)
	got.judge(t, end.model, end.undisturbed)
	s.stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hits[p.at()+" at "+p.aim]++
	if reached {
		c.unheard[p.at()]++
	} else {
		c.kills[p.at()]++
	}
	return true
}

// crashScene is one installation at work, with the companies' programs.
type crashScene struct {
	t      *testing.T
	dir    string
	db     string // where the owner's PostgreSQL is
	bus    string // and its NATS
	owner  *crashProcess
	victim *crashProcess
	trap   *trap
	lanes  *pgx.Conn // holds the lanes of the outbox, so that no relay does
	month  *crashMonth
	acted  chan error
}

// open starts an installation in which one process, of the role, serves.
func (c *crash) open(t *testing.T, dir, role string, withhold bool) *crashScene {
	t.Helper()
	s := &crashScene{t: t, dir: dir, trap: newTrap(), acted: make(chan error, 1)}
	sockets := dir + "-s"
	if err := os.Mkdir(sockets, 0o700); err != nil {
		t.Fatal(err)
	}
	db, bus := newDatabaseProxy(t, s.trap, sockets), newBusProxy(t, s.trap)
	s.owner = startCrashProcess(t, "servers", dir)
	where := s.owner.await("servers")
	s.db, s.bus = where[0], where[1]
	address, err := url.Parse(s.db)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	db.leadTo("unix", filepath.Join(query.Get("host"), ".s.PGSQL.5432"))
	query.Set("host", sockets)
	address.RawQuery = query.Encode()
	natsURL, err := url.Parse(s.bus)
	if err != nil {
		t.Fatal(err)
	}
	bus.leadTo("tcp", natsURL.Host)
	if withhold {
		s.withhold()
	}
	throughDB, throughBus := address.String(), "nats://"+bus.listener.Addr().String()
	if role == "owner" {
		s.victim = s.owner
		s.owner.tell("serve", throughDB, throughBus, dir+"-half")
	} else {
		s.victim = startCrashProcess(t, "serve", dir+"-worker", "DATABASE_URL="+throughDB, "NATS_URL="+throughBus,
			"VERLONING_NATS_KEYS="+filepath.Join(dir, "keys"), "VERLONING_KEY_FILE="+filepath.Join(dir, "master.key"))
	}
	s.victim.await("ready")
	s.month = newCrashMonth(&c.crashCast, s.db, s.bus)
	t.Cleanup(s.month.close)
	return s
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

// finish brings the month to its end and reads it.
func (s *crashScene) finish(from int) crashState {
	s.t.Helper()
	ctx := crashPatience(s.t)
	err := s.month.finish(ctx, from)
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
