package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

// statements is a municipality with a provider and trajectories.
type statements struct {
	office
	provider *bus.Client
	hands    *service // another process on the same database
	conn     *pgx.Conn
}

// TestStatementsAndKnowledge holds what a statement knows against what is recorded
// and approved around it, by the service and by another process.
func TestStatementsAndKnowledge(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := statements{s.office("E", "M"), nil, s.hands(3), s.sql()}
	o.must(s.admin, "org.register", map[string]any{"code": "P", "name": "Uitvoerder", "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
	o.provider = s.user("P", "coach", "submit")
	o.refer("generiek-snelheid", "T-1", "T-2", "T-3", "T-4")
	o.refer("generiek-premie", "T-9")
	for _, number := range []string{"T-1", "T-2", "T-3", "T-4"} {
		o.record(number, "started", "2026-01-01")
	}
	t.Run("of two at once one is approved", o.approvesOne)
	t.Run("a writer that was first is in it whole", o.writerFirst)
	t.Run("a cut-off that was first knows nothing of it", o.cutoffFirst)
	t.Run("the same cut-off gives the same hash", o.sameAgain)
	t.Run("a late report changes the next one only", o.lateReport)
	t.Run("a premium that is due again is not paid again", o.premiumOnce)
}

func (o statements) refer(scheme string, numbers ...string) {
	var list []any
	for i, number := range numbers {
		list = append(list, map[string]any{"number": number, "scheme": scheme, "provider": "P", "referred": "2026-01-01", "iban": "NL44RABO0123456789", "bsn": bsnOf(i + 1)})
	}
	o.must(o.control, "trajectory.refer", map[string]any{"trajectories": list})
}

// seenOf is one line as a request writes it.
func seenOf(number, kind, day string) map[string]any {
	line := map[string]any{"trajectory": number, "kind": kind, "day": day}
	switch kind {
	case "started":
		line["despite"] = "goudsbloem"
	case "placed":
		line["job_hours"], line["job_full_time_hours"] = "36", "36"
	}
	return line
}

func (o statements) record(number, kind, day string) {
	o.must(o.control, "trajectory.record", map[string]any{"events": []any{seenOf(number, kind, day)}})
}

func (o statements) judge(verdict, number string, event int) {
	o.must(o.control, "trajectory.judge", map[string]any{"verdict": verdict, "reason": "no proof", "events": []any{map[string]any{"trajectory": number, "event": event}}})
}

func (o statements) calculated(month string) map[string]any {
	return o.must(o.control, "statement.calculate", map[string]any{"period": month})
}

func approval(s map[string]any) map[string]any {
	return map[string]any{"statement": s["statement"], "hash": s["hash"], "accept": "looked at"}
}

// as does something as a person in an open transaction of the other process.
func as(c *bus.Client, do func(context.Context, *postgres.Tx, payroll.Actor) error) func(context.Context, *postgres.Tx) error {
	return func(ctx context.Context, tx *postgres.Tx) error {
		actor, known, err := tx.Actor(ctx, c.Caller().Account, c.Caller().User)
		if err != nil || !known {
			return fmt.Errorf("actor %v: %w", known, err)
		}
		return do(ctx, tx, actor)
	}
}

// asks calls an endpoint as somebody in the background.
func (o statements) asks(c *bus.Client, endpoint string, request any) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := o.call(c, endpoint, request)
		done <- err
	}()
	return done
}

// approvesOne approves one of two in a transaction that stays open, and the other
// beside it: that one waits, and is overtaken.
func (o statements) approvesOne(t *testing.T) {
	first, second := o.calculated("2026-02"), o.calculated("2026-02")
	approving := hold(t, o.hands.store)
	approving.do(t, as(o.chief, func(ctx context.Context, tx *postgres.Tx, a payroll.Actor) error {
		_, err := o.hands.desk.ApproveStatement(ctx, tx, a, subsidy.StatementApprove{Statement: first["statement"].(string), Hash: first["hash"].(string), Accept: "looked at"})
		return err
	}))
	beside := o.asks(o.chief, "statement.approve", approval(second))
	until(t, "the other approval waits", func() bool {
		return one[bool](t, o.conn, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype IN ('transactionid', 'tuple') AND NOT granted)`)
	})
	still(t, "the other approval", beside)
	approving.commit(t)
	if err := <-beside; crashRefused(err) != "statement/overtaken" {
		t.Errorf("the other approval: %v, want that it is overtaken", err)
	}
	if got := o.refused(o.chief, "statement.approve", approval(first)); got != "statement/approved" {
		t.Errorf("approved again: %s", got)
	}
	if n := one[int](t, o.conn, `SELECT count(*)::int FROM payment WHERE statement IS NOT NULL`); n != 1 {
		t.Errorf("%d payments, want one", n)
	}
}

// lines counts those of some trajectories in a calculation.
func (o statements) lines(s map[string]any, numbers ...string) (n int) {
	for _, row := range o.must(o.control, "statement.show", map[string]any{"statement": s["statement"]})["rows"].([]any) {
		for _, number := range numbers {
			if row.(map[string]any)["number"] == number {
				n++
			}
		}
	}
	return n
}

// placed records two placements in one transaction.
func (o statements) placed(day string, numbers ...string) func(context.Context, *postgres.Tx) error {
	return as(o.control, func(ctx context.Context, tx *postgres.Tx, a payroll.Actor) error {
		req := subsidy.TrajectoryRecord{}
		for _, number := range numbers {
			req.Events = append(req.Events, subsidy.TrajectoryLine{Trajectory: number, Kind: "placed", Day: day, JobHours: "36", JobFullTimeHours: "36"})
		}
		_, err := o.hands.desk.RecordTrajectories(ctx, tx, a, req)
		return err
	})
}

func (o statements) writerFirst(t *testing.T) {
	writer := hold(t, o.hands.store)
	writer.do(t, o.placed("2026-02-10", "T-1"))
	calculating := o.asks(o.control, "statement.calculate", map[string]any{"period": "2026-02"})
	awaitWaiter(t, o.conn, "ExclusiveLock")
	writer.do(t, o.placed("2026-02-11", "T-2"))
	still(t, "the cut-off", calculating)
	writer.commit(t)
	if err := <-calculating; err != nil {
		t.Fatal(err)
	}
	last := one[string](t, o.conn, `SELECT id::text FROM statement ORDER BY sequence DESC LIMIT 1`)
	if n := o.lines(map[string]any{"statement": last}, "T-1", "T-2"); n != 2 {
		t.Errorf("%d lines of what was recorded first, want both", n)
	}
}

func (o statements) cutoffFirst(t *testing.T) {
	cutoff := hold(t, o.hands.store)
	var id uuid.UUID
	cutoff.do(t, as(o.control, func(ctx context.Context, tx *postgres.Tx, a payroll.Actor) error {
		s, err := o.hands.desk.CalculateStatement(ctx, tx, a, subsidy.StatementCalculate{Period: "2026-02"})
		id = s.Statement
		return err
	}))
	recorded := o.asks(o.control, "trajectory.record", map[string]any{"events": []any{seenOf("T-3", "placed", "2026-02-12"), seenOf("T-4", "placed", "2026-02-13")}})
	awaitWaiter(t, o.conn, "ShareLock")
	still(t, "the writer", recorded)
	cutoff.commit(t)
	if err := <-recorded; err != nil {
		t.Fatal(err)
	}
	if n := o.lines(map[string]any{"statement": id}, "T-3", "T-4"); n != 0 {
		t.Errorf("%d lines of what was recorded after the cut-off", n)
	}
	if n := o.lines(o.calculated("2026-02"), "T-3", "T-4"); n != 2 {
		t.Errorf("%d lines at a later cut-off, want both", n)
	}
}

// sameAgain computes every statement so far again from its file at its cut-off, of
// which some facts and an approval are younger.
func (o statements) sameAgain(t *testing.T) {
	checked := 0
	err := o.hands.store.Transact(t.Context(), as(o.control, func(ctx context.Context, tx *postgres.Tx, a payroll.Actor) error {
		heads, err := tx.Statements(ctx, a, 0, 100)
		if err != nil {
			return err
		}
		for _, h := range heads {
			book, err := o.hands.desk.Books.At(ctx, tx, h.Cutoff)
			if err != nil {
				return err
			}
			file, err := tx.StatementFile(ctx, h.Municipality, h.Cutoff)
			if err != nil {
				return err
			}
			again := subsidy.Statement{ID: h.ID, Municipality: h.Municipality, Period: h.Period, Sequence: h.Sequence, Cutoff: h.Cutoff, RuleSet: book.RuleSet()}
			if err := again.Compute(book, file); err != nil {
				return err
			}
			if again.Hash() != h.Hash {
				t.Errorf("statement %d has hash %s, and again %s", h.Sequence, h.Hash, again.Hash())
			}
			checked++
		}
		return nil
	}))
	if err != nil || checked < 5 {
		t.Errorf("%d statements were computed again: %v", checked, err)
	}
}

// lateReport is of a day that a statement had, and comes after its approval.
func (o statements) lateReport(t *testing.T) {
	approved := o.calculated("2026-03")
	o.must(o.chief, "statement.approve", approval(approved))
	show := func() string {
		return pretty(o.must(o.control, "statement.show", map[string]any{"statement": approved["statement"]}))
	}
	before := show()
	line := seenOf("T-1", "exited", "2026-01-15")
	line["municipality"], line["reason"] = o.m, "other"
	o.must(o.provider, "trajectory.report", map[string]any{"events": []any{line}})
	if n := o.lines(o.calculated("2026-03"), "T-1"); n != 0 {
		t.Errorf("%d lines change by what nobody confirmed", n)
	}
	o.judge("confirmed", "T-1", 3)
	next := o.calculated("2026-03")
	if n := o.lines(next, "T-1"); n == 0 {
		t.Error("the next statement does not take back what was paid after the exit")
	}
	if n := o.lines(next, "T-2", "T-3", "T-4"); n != 0 {
		t.Errorf("%d lines change of others", n)
	}
	if after := show(); after != before {
		t.Errorf("the approved statement was %s and is %s", before, after)
	}
	o.sameAgain(t)
}

// premiumOnce pays a premium, contests and rejects the start that it is for, and
// records the start again: the participant kept it. What is contested stays where it
// is until its term.
func (o statements) premiumOnce(t *testing.T) {
	booked := func(what string) {
		s := o.calculated("2026-09")
		if n := o.lines(s, "T-9"); n != 1 {
			t.Errorf("%s: %d lines, want one", what, n)
		}
		o.must(o.chief, "statement.approve", approval(s))
		o.must(o.control, "statement.settle", map[string]any{"statement": s["statement"], "day": "2026-10-01", "reference": "bank"})
	}
	for event := 1; event <= 3; event++ {
		o.record("T-9", "started", "2026-01-01")
		booked("started")
		if event == 3 {
			break
		}
		o.judge("contested", "T-9", event)
		if n := o.lines(o.calculated("2026-09"), "T-9"); n != 0 {
			t.Errorf("%d lines of what is contested", n)
		}
		o.judge("rejected", "T-9", event)
		booked("rejected")
	}
	if paid := column[string](t, o.conn, `SELECT amount::text FROM payment WHERE kind = 'premium'`); fmt.Sprint(paid) != "[150.00]" {
		t.Errorf("premiums paid: %v", paid)
	}
	if left := one[string](t, o.conn, `SELECT coalesce(sum(CASE WHEN debit = 'GemTeBetalenPremie' THEN amount ELSE -amount END), 0)::text
		FROM posted_transfer WHERE 'GemTeBetalenPremie' IN (debit, credit)`); left != "0.00" {
		t.Errorf("%s is left on the account of premiums", left)
	}
}
