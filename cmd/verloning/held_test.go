package main

import (
	"path/filepath"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// onStream is what the event stream holds now, whether or not more waits.
func (s *site) onStream(t *testing.T) []bus.StreamEvent {
	t.Helper()
	events, _, _, err := bus.EventsAbove(t.Context(), s.jetStream(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// TestOlderCopyIsHeld restores a dump that is older than what was announced:
// the service starts held, names what it does not know, approves nothing and
// announces nothing until the beheerder releases it, and goes on afterwards.
func TestOlderCopyIsHeld(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	s.ordered(t)
	dump := filepath.Join(t.TempDir(), "dump.sql")
	program(t, "pg_dump", "--file="+dump, "--dbname="+s.beside()["DATABASE_URL"])
	o.busy("2026-09")
	announced := s.ordered(t)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	dir := enterable(t)
	for _, name := range []string{"keys", "creds", "nats", "master.key"} {
		program(t, "cp", "-a", filepath.Join(s.dir, name), dir)
	}
	restore(t, dir, dump)
	fresh := startSite(t, dir)
	o.site, o.clerk, o.boss, o.control, o.chief = fresh, fresh.back("E", "clerk"), fresh.back("E", "boss"), fresh.back("M", "control"), fresh.back("M", "chief")

	held := fresh.must(fresh.admin, "events.held", map[string]any{})
	if held["held"] != true || held["count"].(float64) < 5 {
		t.Fatalf("held: %s", pretty(held))
	}
	if got := fresh.refused(o.boss, "run.approve", map[string]any{"run": "0198f2c4-0000-7000-8000-000000000001", "calculation": 1, "hash": "ab"}); got != "service/held" {
		t.Errorf("approving while held: %s", got)
	}
	if got := fresh.refused(o.clerk, "events.release", map[string]any{"reason": "ik"}); got != "user/role" {
		t.Errorf("releasing by a clerk: %s", got)
	}
	o.work("C-1", "8.00", "2026-10-01")
	if n := len(fresh.onStream(t)); n != len(announced) {
		t.Errorf("%d events in the stream, want the %d of before: a held service announces nothing", n, len(announced))
	}
	fresh.must(fresh.admin, "events.release", map[string]any{"reason": "nagekeken met de bank"})
	until(t, "the service is released", func() bool { return fresh.must(fresh.admin, "events.held", map[string]any{})["held"] == false })
	until(t, "what waited is announced", func() bool { return len(fresh.onStream(t)) > len(announced) })
	if err := fresh.stop(); err != nil {
		t.Fatal(err)
	}
	again := startSite(t, dir)
	if again.must(again.admin, "events.held", map[string]any{})["held"] != false {
		t.Error("it is held again after it was released")
	}
}
