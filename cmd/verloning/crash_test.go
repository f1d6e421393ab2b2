package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
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
// Instead of being closed and settled by hand the month may go by way of the bank, with
// wages that are rejected or come back; then runs are reversed, after the bank has
// them and before.
//
// # The arrangement
//
// Data directories of a stopped service are snapshots: one before each stage.
// Facts have random ids, so every life that begins at a stage starts from a copy of
// the same snapshot, and all of them from one set of facts.
//
// A life is killed once in each of some stages that follow on each other: starting
// servers and reading how a month ended is most of what a kill costs. After each kill
// the stage is finished and all that it tells is told before the next begins; at the
// end the month is finished and judged.
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
	c.measureAll(t)
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
	c.reckon(t)
}

// crashReckoned is how many kills there are to be of a stage by each role: in flight,
// and hits at each aim. It stands here once more, and is not counted from the plans.
var crashReckoned = map[string]struct {
	inFlight int
	hits     map[string]int
}{
	"calculate": {5, map[string]int{"database": 3, "commit": 2, "bus": 2}},
	"approve":   {5, map[string]int{"database": 3, "commit": 2, "bus": 2}},
	"grant":     {5, map[string]int{"database": 3, "commit": 2, "bus": 2}},
	"publish":   {5, map[string]int{"database": 2, "bus": 3}},
	"settle":    {3, map[string]int{"database": 3, "commit": 1, "bus": 1}},
	"account":   {3, map[string]int{"database": 3, "commit": 1, "bus": 1}},
	"export":    {3, map[string]int{"database": 3, "commit": 1, "bus": 1}},
	"import":    {3, map[string]int{"database": 3, "commit": 1, "bus": 1}},
	"reverse":   {3, map[string]int{"database": 3, "commit": 1, "bus": 1}},
}

// reckon demands kills in flight of each stage and role, and hits at each aim,
// so that a test in which none hit, or for which nothing was planned, fails.
func (c *crash) reckon(t *testing.T) {
	for stage, want := range crashReckoned {
		for _, role := range []string{"owner", "worker"} {
			at := stage + " by " + role
			if testing.Short() {
				want.inFlight = 1
			}
			t.Logf("%s: %d kills in flight, and %d between the work and its answer", at, c.kills[at], c.unheard[at])
			if c.kills[at] < want.inFlight {
				t.Errorf("%s: %d kills in flight, want %d", at, c.kills[at], want.inFlight)
			}
			for aim, hits := range want.hits {
				if c.hits[at+" at "+aim] < hits && !testing.Short() {
					t.Errorf("%s at %s: %d kills hit, want %d", at, aim, c.hits[at+" at "+aim], hits)
				}
			}
		}
	}
	for _, path := range [][]crashStage{crashStages, crashBankStages} {
		for _, stage := range path {
			if _, reckoned := crashReckoned[stage.name]; reckoned != (stage.aims != nil) {
				t.Errorf("%s is killed and not reckoned, or the other way round", stage.name)
			}
		}
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
func (c *crash) end(stage crashStage) *crashEnd {
	if stage.name == "account" {
		return &c.account
	}
	if slices.ContainsFunc(crashBankStages, func(s crashStage) bool { return s.name == stage.name }) {
		return &c.reversed
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
	reversed  crashEnd          // with the month paid by the bank, and reversed

	mu      sync.Mutex     // for what is below, and for the snapshots and frames
	kills   map[string]int // that hit before the goal of the stage was reached
	unheard map[string]int // and those that hit when all was done but the answer
	hits    map[string]int // both, by aim as well
}

// crashPatience bounds one kill or a whole month; it is for a broken program only.
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
	c.keep(crashStages[0].name, dir)
	c.month.model = modelOf(c.municipality, c.contracts, crashBudgets)
	c.account.model = modelOf(c.municipality, c.contracts, crashBudgets).withAccount(c.municipality, crashAccount())
	c.reversed.model = modelBankOf(c.municipality, c.contracts, crashBudgets, crashBank())
}

// measureAll runs the month without a kill: once as it is, and once stage by stage.
func (c *crash) measureAll(t *testing.T) {
	inTwo := func(name string, one func(*testing.T), other string, two func(*testing.T)) {
		var both sync.WaitGroup
		both.Go(func() { t.Run("before/"+name, one) })
		both.Go(func() { t.Run("before/"+other, two) })
		both.Wait()
	}
	inTwo("undisturbed", c.undisturb, "approval", func(t *testing.T) { c.measurePath(t, crashStages, "calculate", "approve") })
	if t.Failed() {
		return
	}
	inTwo("month", func(t *testing.T) { c.measurePath(t, crashStages, "grant", "publish", "settle", "account") }, "bank", func(t *testing.T) {
		c.grantForBank(t)
		c.measurePath(t, crashBankStages, "export", "import", "reverse")
	})
}

// grantForBank makes the snapshot in which the claims of one employer still wait.
func (c *crash) grantForBank(t *testing.T) {
	dir, ctx := filepath.Join(c.base, "granted"), crashPatience(t)
	copyData(t, c.snapshot(crashStages[2]), dir)
	s := c.open(t, dir, "owner", false)
	err := s.month.lookAtClaims(ctx)
	for _, e := range c.employers {
		if err == nil && e != c.bank.Undecided {
			err = s.month.grantOne(ctx, e)
		}
	}
	if err == nil {
		err = s.month.publish(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.stop()
	c.keep("export", dir)
}

// undisturb runs the month in one process without any configuration, without
// proxies and without a kill.
func (c *crash) undisturb(t *testing.T) {
	dir := filepath.Join(c.base, "undisturbed")
	copyData(t, c.snapshot(crashStages[0]), dir)
	s := &crashScene{t: t, dir: dir, month: newCrashMonth(&c.crashCast, "", "")}
	s.restart()
	got := s.finish(crashStages)
	got.judge(t, c.month.model, nil)
	c.month.undisturbed = &got
	s.stop()
}

func (c *crash) snapshot(of crashStage) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snapshots[of.name]
}

func (c *crash) keep(before, dir string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.snapshots[before] = dir
}

// measurePath counts the frames of some stages of a path, undisturbed, and makes the
// snapshot before each next.
func (c *crash) measurePath(t *testing.T, path []crashStage, stages ...string) {
	for i, stage := range path {
		if slices.Contains(stages, stage.name) {
			c.measure(t, stage, path[i+1:])
		}
	}
}

func (c *crash) measure(t *testing.T, stage crashStage, rest []crashStage) {
	dir, ctx := filepath.Join(c.base, "measured-"+stage.name), crashPatience(t)
	copyData(t, c.snapshot(stage), dir)
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
		c.mu.Lock()
		c.frames[stage.name+" "+aim] = n
		c.mu.Unlock()
		t.Logf("%s takes %d frames (%s)", stage.name, n, aim)
	}
	for len(rest) > 1 && rest[0].aims == nil { // is never disturbed
		if err := s.month.do(ctx, rest[0]); err != nil {
			t.Fatal(err)
		}
		rest = rest[1:]
	}
	if len(rest) == 1 {
		got, end := s.finish(rest), c.end(stage)
		got.judge(t, end.model, end.undisturbed)
		end.undisturbed = &got // as the first to end there
	} else if err := s.month.publish(ctx); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if stage.name == "grant" { // What follows begins elsewhere.
		c.withhold(t)
		return
	}
	c.keep(rest[0].name, dir)
}

// withhold makes the snapshot in which the month's events wait.
func (c *crash) withhold(t *testing.T) {
	dir, ctx := filepath.Join(c.base, "withheld"), crashPatience(t)
	copyData(t, c.snapshot(crashStages[1]), dir)
	s := c.open(t, dir, "owner", true)
	for _, stage := range crashStages[1:3] {
		s.begin(ctx, stage, 0, nil)
		if err := <-s.acted; err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	c.keep("publish", dir)
}
