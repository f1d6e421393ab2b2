package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// held is a transaction that stays open between the steps that a test takes.
type held struct {
	steps chan func(context.Context, *postgres.Tx) error
	took  chan struct{}
	done  chan error
}

// hold begins a transaction on the store and keeps it open.
func hold(t *testing.T, store *postgres.Store) *held {
	t.Helper()
	h := &held{steps: make(chan func(context.Context, *postgres.Tx) error), took: make(chan struct{}), done: make(chan error, 1)}
	go func() {
		h.done <- store.Transact(context.Background(), func(ctx context.Context, tx *postgres.Tx) error {
			for step := range h.steps {
				if err := step(ctx, tx); err != nil {
					return err
				}
				h.took <- struct{}{}
			}
			return nil
		})
	}()
	h.do(t, func(context.Context, *postgres.Tx) error { return nil }) // It has begun.
	return h
}

// do takes a step inside the transaction.
func (h *held) do(t *testing.T, step func(context.Context, *postgres.Tx) error) {
	t.Helper()
	h.steps <- step
	select {
	case <-h.took:
	case err := <-h.done:
		t.Fatalf("a step in an open transaction: %v", err)
	}
}

// commit ends the transaction.
func (h *held) commit(t *testing.T) {
	t.Helper()
	close(h.steps)
	if err := <-h.done; err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// worked submits eight hours of a day as the clerk, inside a transaction.
func (s *service) worked(o office, contract, day string) func(context.Context, *postgres.Tx) error {
	return func(ctx context.Context, tx *postgres.Tx) error {
		actor, known, err := tx.Actor(ctx, o.clerk.Caller().Account, o.clerk.Caller().User)
		if err != nil || !known {
			return fmt.Errorf("actor %v: %w", known, err)
		}
		verdict, err := s.desk.SubmitHours(ctx, tx, actor, payroll.HoursSubmit{Submission: uuid.NewString(), Lines: []payroll.HoursLine{
			{Contract: contract, Day: day, Kind: "worked", Hours: "8.00"},
		}})
		if err == nil && len(verdict.Accepted) != 1 {
			err = fmt.Errorf("verdict %+v", verdict)
		}
		return err
	}
}

// awaitWaiter waits until somebody waits for the lock of knowledge: a cut-off
// waits in ExclusiveLock, a writer of facts in ShareLock.
func awaitWaiter(t *testing.T, conn *pgx.Conn, mode string) {
	t.Helper()
	until(t, "somebody waits in "+mode, func() bool {
		return one[bool](t, conn, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 7421 AND objid = 1 AND mode = $1 AND NOT granted)`, mode)
	})
}

// later calls an endpoint in the background.
func (o office) later(endpoint string, request any) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := o.call(o.clerk, endpoint, request)
		done <- err
	}()
	return done
}

// still fails when something that must wait came back.
func still(t *testing.T, what string, done <-chan error) {
	t.Helper()
	select {
	case err := <-done:
		t.Fatalf("%s did not wait: %v", what, err)
	default:
	}
}

// TestCutoffAndOpenTransactions holds real transactions open around a cut-off.
func TestCutoffAndOpenTransactions(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	hands, conn := s.hands(3), s.sql()
	const day, earned = "2026-10-01", "119.92" // 8 × 14.99
	fresh := func(t *testing.T, e, m string) (office, string) {
		o := s.office(e, m)
		o.hire(1)
		return o, o.open("2026-10")
	}
	t.Run("a writer that was first is waited for and seen", func(t *testing.T) {
		o, run := fresh(t, "E1", "M1")
		writer := hold(t, hands.store)
		writer.do(t, hands.worked(o, "C-1", day))
		calculated := o.later("run.calculate", map[string]any{"run": run})
		awaitWaiter(t, conn, "ExclusiveLock")
		still(t, "the cut-off", calculated)
		writer.commit(t)
		if err := <-calculated; err != nil {
			t.Fatal(err)
		}
		o.awaitCalculated(run, 1)
		if got := o.gross(run, "C-1"); got != earned {
			t.Errorf("gross %s, want %s: the cut-off waited and did not look", got, earned)
		}
		o.known(t, conn, run, true)
	})
	t.Run("a cut-off that was first is waited for and does not see", func(t *testing.T) {
		o, run := fresh(t, "E2", "M2")
		o.cutoffFirst(t, hands, conn, run, day, earned)
	})
	t.Run("begun before, written and committed after: never seen", func(t *testing.T) {
		o, run := fresh(t, "E3", "M3")
		writer := hold(t, hands.store)
		writer.do(t, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := tx.Exec(ctx, `SELECT txid_current()`) // It has its place among the transactions.
			return err
		})
		before := s.calculate(o.clerk, run)
		writer.do(t, hands.worked(o, "C-1", day))
		writer.commit(t)
		o.known(t, conn, run, false)
		after := hands.again(t, o, run, before)
		if after["hash"] != before["hash"] || o.gross(run, "C-1") != "0.00" {
			t.Errorf("the same cut-off gives %v and then %v", before["hash"], after["hash"])
		}
		if fresh := s.calculate(o.clerk, run); fresh["hash"] == before["hash"] || o.gross(run, "C-1") != earned {
			t.Error("a new cut-off does not see the fact")
		}
	})
}

// cutoffFirst holds a transaction open that has fixed a cut-off.
func (o office) cutoffFirst(t *testing.T, hands *service, conn *pgx.Conn, run, day, earned string) {
	t.Helper()
	cutoff := hold(t, hands.store)
	cutoff.do(t, func(ctx context.Context, tx *postgres.Tx) error {
		actor, _, err := tx.Actor(ctx, o.clerk.Caller().Account, o.clerk.Caller().User)
		if err != nil {
			return err
		}
		_, err = hands.desk.CalculateRun(ctx, tx, actor, payroll.RunAsk{Run: run})
		return err
	})
	submitted := o.later("hours.submit", map[string]any{"submission": uuid.NewString(), "lines": lines("C-1", "8.00", day)})
	awaitWaiter(t, conn, "ShareLock")
	still(t, "the writer", submitted)
	cutoff.commit(t)
	if err := <-submitted; err != nil {
		t.Fatal(err)
	}
	// The hours are there before any shard is computed.
	hands.allShards(t, run, 1)
	o.awaitCalculated(run, 1)
	if got := o.gross(run, "C-1"); got != "0.00" {
		t.Errorf("gross %s, want 0.00: a fact above the cut-off was seen", got)
	}
	o.known(t, conn, run, false)
	o.calculate(o.clerk, run)
	if got := o.gross(run, "C-1"); got != earned {
		t.Errorf("gross %s in a later calculation, want %s", got, earned)
	}
}

// awaitCalculated waits for the n-th calculation.
func (o office) awaitCalculated(run string, number int) map[string]any {
	o.t.Helper()
	var shown map[string]any
	until(o.t, "run "+run+" is calculated", func() bool {
		shown = o.must(o.clerk, "run.show", map[string]any{"run": run})
		return shown["status"] == "calculated" && fmt.Sprint(shown["calculation"]) == fmt.Sprint(number)
	})
	return shown
}

// known compares the numbers in the database itself: facts up to the cut-off
// are known to it.
func (o office) known(t *testing.T, conn *pgx.Conn, run string, want bool) {
	t.Helper()
	got := one[bool](t, conn, `
		SELECT bool_and(h.known <= c.cutoff) FROM hours h JOIN contract k ON k.id = h.contract JOIN run r ON r.employer = k.employer
		JOIN calculation c ON c.run = r.id AND c.number = 1 WHERE r.id = $1`, run)
	if got != want {
		t.Errorf("the hours are known to the cut-off: %v, want %v", got, want)
	}
}

// allShards computes every shard of a calculation.
func (s *service) allShards(t *testing.T, run string, number int) {
	t.Helper()
	for shard := 1; ; shard++ {
		err := s.calculate(t.Context(), payroll.Shard{Run: uuid.MustParse(run), Calculation: number, Number: shard})
		if err != nil {
			t.Fatal(err)
		}
		if left, err := s.store.ShardsLeft(t.Context(), uuid.MustParse(run), number); err != nil || left == 0 {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if shard > 1000 {
			t.Fatal("shards remain")
		}
	}
}

// again calculates at the cut-off of an earlier calculation.
func (s *service) again(t *testing.T, o office, run string, earlier map[string]any) map[string]any {
	t.Helper()
	number := s.begin(t, o, run, int64(earlier["cutoff"].(float64)))
	s.allShards(t, run, number)
	return o.awaitCalculated(run, number)
}

// TestSameCutoffSameBytes calculates the same cut-off with other shards, and
// again after every kind of fact was recorded above it.
func TestSameCutoffSameBytes(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	for n := 1; n <= 5; n++ {
		o.hire(n)
	}
	o.work("C-1", "8.00", "2026-10-01", "2026-10-02", "2026-10-05")
	o.work("C-2", "7.25", "2026-10-01", "2026-10-02")
	o.work("C-4", "4.10", "2026-10-15", "2026-10-16", "2026-10-19")
	run := o.open("2026-10")
	first := s.calculate(o.clerk, run)
	if len(o.exceptions(run)) < 2 {
		t.Fatalf("exceptions %v: the hash would be over none", o.exceptions(run))
	}
	compare := func(t *testing.T, when string) {
		t.Helper()
		for _, size := range []int{1, 2, 100} {
			shown := s.hands(size).again(t, o, run, first)
			if shown["hash"] != first["hash"] || shown["cutoff"] != first["cutoff"] {
				t.Errorf("%s, %d persons a shard: hash %v, want %v", when, size, shown["hash"], first["hash"])
			}
			if shards := shown["shards"].(float64); int(shards) != (5+size-1)/size {
				t.Errorf("%d persons a shard: %v shards", size, shards)
			}
		}
	}
	compare(t, "at once")
	// Every kind of fact that a calculation reads, one above the cut-off.
	o.work("C-1", "6.00", "2026-10-01")
	o.work("C-3", "8.00", "2026-10-01")
	o.must(o.clerk, "person.amend", map[string]any{"number": "P-2", "birth_date": "2006-10-10", "iban": "NL02ABNA0123456789"})
	o.must(o.clerk, "contract.amend", map[string]any{"number": "C-2", "valid_from": "2026-10-02", "hours_per_week": "20", "full_time_hours": "40", "wage_factor": "1.2"})
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-4", "end": "2026-10-15", "reason": "ontslag"})
	o.hire(6)
	changed := o.decision(1)
	changed["hours_per_week"], changed["loonwaarde"] = "24", 40
	o.must(o.control, "decision.record", changed)
	o.netRecord(1)
	o.must(o.control, "loonwaarde.record", map[string]any{"employer": o.e, "contract": "C-2", "valid_from": "2026-10-01", "percent": 30, "includes_holiday_allowance": false, "measured_by": "Loonwaardebureau"})
	compare(t, "after later facts")
	if later := s.calculate(o.clerk, run); later["hash"] == first["hash"] {
		t.Error("a new cut-off gives the old hash: the later facts change nothing and show nothing")
	}
}

// TestFactsAfterCalculationStayOut records hours between calculation and
// approval, and after it: neither is paid by the run that was approved.
func TestFactsAfterCalculationStayOut(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.hire(2)
	o.work("C-1", "8.00", "2026-10-01")
	run := o.open("2026-10")
	s.calculate(o.clerk, run)
	o.work("C-1", "8.00", "2026-10-02")
	o.must(o.clerk, "contract.amend", map[string]any{"number": "C-1", "valid_from": "2026-10-01", "hours_per_week": "32", "full_time_hours": "40", "wage_factor": "1.5"})
	o.must(o.clerk, "person.amend", map[string]any{"number": "P-1", "iban": "NL02ABNA0123456789"})
	approved := o.approve(run)
	if got := words(approved["payments"], approved["paid"]); got != "1 78.17" {
		t.Errorf("approved: %s", pretty(approved))
	}
	for _, line := range o.work("C-1", "8.00", "2026-10-05")["accepted"].([]any) {
		if line := line.(map[string]any); line["late"] != true || line["warnings"] == nil {
			t.Errorf("hours for an approved month: %s", pretty(line))
		}
	}
	slip := o.must(o.clerk, "payslip.show", map[string]any{"run": run, "contract": "C-1"})
	if got := words(slip["gross"], slip["status"]); got != "119.92 approved" {
		t.Errorf("payslip: %s", pretty(slip))
	}
	conn := s.sql()
	if iban := one[string](t, conn, `SELECT creditor FROM payment WHERE run = $1`, run); iban != "NL44RABO0123456789" {
		t.Errorf("the wage goes to an account that was not known at the cut-off")
	}
	explained := o.must(o.clerk, "explain.amount", map[string]any{"run": run, "contract": "C-1"})
	if wage, ok := explained["wage"].(map[string]any); !ok || wage["gross"] != "119.92" {
		t.Errorf("explained: %s", pretty(explained))
	}
	if got := o.refused(o.clerk, "run.calculate", map[string]any{"run": run}); got != "run/status" {
		t.Errorf("calculating an approved run: %s", got)
	}
	known := column[int64](t, conn, `SELECT known FROM hours ORDER BY day`)
	if len(known) != 3 || known[0] >= known[1] || known[1] > known[2] {
		t.Errorf("knowledge numbers %v of hours before, between and after", known)
	}
}
