package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// TestPeriodLocks locks months and reopens them. What a lock stops is hours and
// contract facts of its days; what it does not stop is what others decide.
func TestPeriodLocks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E", "M")
	s.must(s.admin, "org.register", map[string]any{"code": "RIB", "name": "Re-integratie", "roles": []string{"reintegratiebedrijf"}})
	coach := s.user("RIB", "coach", "submit")
	for n := 1; n <= 2; n++ {
		o.person(n)
		o.must(o.clerk, "contract.register", with(o.contract(n), map[string]any{"provider": "RIB"}))
	}
	state := func(verb string, change map[string]any) {
		t.Helper()
		o.must(o.clerk, "period."+verb, with(map[string]any{"periods": []string{"2026-09", "2026-10"}, "reason": "maandafsluiting"}, change))
	}
	// hours says who may hand in hours of a contract on a day: the re-integratiebedrijf, the employer.
	hours := func(contract, day string) string {
		t.Helper()
		var got []string
		for _, c := range []struct {
			who     string
			verdict map[string]any
		}{
			{"provider", s.must(coach, "hours.submit", map[string]any{"submission": uuid.NewString(), "lines": lines(contract, "8.00", day)})},
			{"employer", s.must(o.clerk, "hours.submit", map[string]any{"submission": uuid.NewString(), "lines": lines(contract, "8.00", day)})},
		} {
			switch problemsOf(c.verdict) {
			case "":
				got = append(got, c.who)
			case "1: period/locked day":
				if text := pretty(c.verdict); !strings.Contains(text, "heropenen") || strings.Contains(text, "maandafsluiting") {
					t.Errorf("the refusal says %s", text)
				}
			default:
				t.Errorf("hours: %s", pretty(c.verdict))
			}
		}
		return strings.Join(got, " ")
	}
	check := func(what string, wants ...string) {
		t.Helper()
		for i, at := range []string{"C-1 2026-10-05", "C-2 2026-10-05", "C-1 2026-08-31"} {
			contract, day, _ := strings.Cut(at, " ")
			if got := hours(contract, day); got != wants[i] {
				t.Errorf("%s: hours of %s are taken of %q, want %q", what, at, got, wants[i])
			}
		}
	}
	const both = "provider employer"
	check("open", both, both, both)
	state("lock", map[string]any{"providers": true})
	check("locked for providers", "employer", "employer", both)
	state("lock", nil)
	check("locked", "", "", both)
	state("reopen", map[string]any{"contracts": []string{"C-1"}})
	check("one contract reopened", both, "", both)
	state("reopen", map[string]any{"providers": true})
	check("reopened for providers", both, "provider", both)
	state("reopen", nil)
	check("reopened", both, both, both)
	if got := o.refused(o.clerk, "period.reopen", map[string]any{"periods": []string{"2026-10"}, "reason": "x"}); got != "period/not_locked" {
		t.Errorf("reopened twice: %s", got)
	}

	state("lock", nil)
	terms := map[string]any{"number": "C-1", "valid_from": "2026-08-15", "hours_per_week": "24", "full_time_hours": "40"}
	o.person(3)
	for what, got := range map[string]string{
		"terms from before, that go on in it": o.refused(o.clerk, "contract.amend", terms),
		"an end in it":                        o.refused(o.clerk, "contract.end", map[string]any{"number": "C-1", "end": "2026-10-15", "reason": "x"}),
		"a contract that starts in it":        o.refused(o.clerk, "contract.register", with(o.contract(3), map[string]any{"start": "2026-10-01"})),
		"a contract that runs in it":          o.refused(o.clerk, "contract.register", o.contract(3)),
	} {
		if got != "period/locked" {
			t.Errorf("%s: %q", what, got)
		}
	}
	o.must(o.clerk, "contract.amend", with(terms, map[string]any{"valid_from": "2026-11-01"}))
	o.must(o.clerk, "contract.end", map[string]any{"number": "C-2", "end": "2026-11-30", "reason": "x"})
	o.must(o.control, "decision.record", o.decision(1))
	o.must(o.control, "loonwaarde.record", map[string]any{"employer": "E", "contract": "C-1", "valid_from": "2026-10-01", "percent": 50, "includes_holiday_allowance": true, "measured_by": "x"})
	o.must(o.clerk, "person.amend", map[string]any{"number": "P-1", "iban": "NL02ABNA0123456789"})
	o.pay("2026-10")

	own, theirs := o.must(o.clerk, "period.list", map[string]any{"period": "2026-10"})["periods"].([]any), o.must(coach, "period.list", map[string]any{"limit": 3})["periods"].([]any)
	first := own[0].(map[string]any)
	if len(own) != 6 || words(first["locked"], first["counts"], first["by"], first["reason"]) != "true true clerk maandafsluiting" || own[1].(map[string]any)["counts"] != false {
		t.Errorf("the employer's list: %s", pretty(own))
	}
	if text := pretty(theirs); len(theirs) != 3 || strings.Contains(text, "clerk") || strings.Contains(text, "maandafsluiting") {
		t.Errorf("the provider's list: %s", text)
	}
	o.events(coach, "hours.accepted hours.rejected period.locked period.reopened")
	o.locksInOrder(t)
}

// locksInOrder lets hours come while a month is being locked: they wait, and are
// refused when it is.
func (o office) locksInOrder(t *testing.T) {
	o.must(o.clerk, "period.reopen", map[string]any{"periods": []string{"2026-10"}, "reason": "x"})
	hands, conn := o.hands(3), o.sql()
	locker := hold(t, hands.store)
	locker.do(t, func(ctx context.Context, tx *postgres.Tx) error {
		account := o.clerk.Caller()
		actor, _, err := tx.Actor(ctx, account.Account, account.User)
		if err != nil {
			return err
		}
		_, err = hands.desk.LockPeriods(ctx, tx, actor, payroll.PeriodState{Periods: []string{"2026-10"}, Reason: "x"})
		return err
	})
	done := o.later("hours.submit", map[string]any{"submission": "0198f2c4-0000-7000-8000-000000000077", "lines": lines("C-1", "7.00", "2026-10-06")})
	until(t, "the hours wait", func() bool {
		return one[bool](t, conn, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted)`)
	})
	still(t, "the submission", done)
	locker.commit(t)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	verdict := o.must(o.clerk, "hours.status", map[string]any{"submission": "0198f2c4-0000-7000-8000-000000000077"})
	if got := problemsOf(verdict); got != "1: period/locked day" {
		t.Errorf("hours that came while the month was locked: %s", fmt.Sprint(got))
	}
}
