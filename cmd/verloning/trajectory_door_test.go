package main

import (
	"fmt"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// TestTrajectoryDoor wants what no trajectory can hold to be refused by name, and
// not to end as a fault of the database.
func TestTrajectoryDoor(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	o := newSite(t).office("D-E", "D-M")
	o.must(o.admin, "org.register", m{"code": "D-P", "name": "Uitvoerder", "roles": []string{"reintegratiebedrijf"}, "iban": "NL20INGB0001234567"})
	refer := m{"number": "T-1", "scheme": "generiek-traject", "provider": "D-P", "referred": "2026-01-05", "bsn": bsnOf(1), "iban": "NL20INGB0001234567"}
	if got := o.refused(o.control, "trajectory.refer", m{"trajectories": []any{refer}}); got != "iban/own" {
		t.Errorf("the municipality's own account: %s", got)
	}
	o.must(o.control, "trajectory.refer", m{"trajectories": []any{with(refer, m{"iban": nil})}})
	for change, want := range map[*m]string{
		{}: "field/required", {"iban": "NL20INGB0001234567"}: "iban/own", {"benefit": "AOW"}: "field/not_allowed",
		{"trajectory": "T-2", "benefit": "WIA"}: "trajectory/unknown",
	} {
		if got := o.refused(o.control, "trajectory.amend", with(m{"trajectory": "T-1"}, *change)); got != want {
			t.Errorf("amended with %v: %s, want %s", *change, got, want)
		}
	}
	o.must(o.control, "trajectory.amend", m{"trajectory": "T-1", "benefit": "WIA"})
	o.must(o.control, "trajectory.amend", m{"trajectory": "T-1", "iban": "NL44RABO0123456789"})
	if file := o.must(o.control, "trajectory.show", m{"trajectory": "T-1"}); file["benefit"] != "WIA" {
		t.Errorf("amended: %s", pretty(file))
	}
	event := m{"trajectory": "T-1", "kind": "started", "day": "2026-01-05", "despite": "bekend"}
	for _, c := range []struct {
		change m
		want   string
	}{
		{m{"product": "training"}, "product/not_here"},
		{m{"job_to": "2026-12-31", "job_hours": "20", "job_full_time_hours": "36"}, "job/not_here job/not_here job/not_here"},
		{m{"kind": "exited", "reason": "work", "product": "training"}, "product/not_here"},
		{m{"despite": "\x00"}, "field/character"},
	} {
		if got := o.refused(o.control, "trajectory.record", m{"events": []any{with(event, c.change)}}); got != c.want {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
	o.must(o.control, "trajectory.record", m{"events": []any{event, m{"trajectory": "T-1", "kind": "ordered", "day": "2026-01-06", "product": "training"}}})
	coach := o.user("D-P", "coach", "submit")
	for who, want := range map[*bus.Client]string{o.control: "bekend", coach: "<nil>"} {
		file := o.must(who, "trajectory.show", m{"municipality": "D-M", "trajectory": "T-1"})
		if got := words(file["events"].([]any)[0].(m)["despite"]); got != want {
			t.Errorf("why somebody started: %q, want %q", got, want)
		}
	}
	for _, n := range []int{-1, 0, 3} {
		want := map[int]string{-1: "number/out_of_range", 0: "field/required", 3: "event/unknown"}[n]
		if got := o.refused(o.control, "trajectory.judge", m{"verdict": "contested", "reason": "x", "events": []any{m{"trajectory": "T-1", "event": n}}}); got != want {
			t.Errorf("event %d: %s, want %s", n, got, want)
		}
	}
	for _, c := range []struct {
		change m
		want   string
	}{
		{m{"events": []any{m{"trajectory": "T-1", "event": 1}, m{"trajectory": "T-1", "event": 1}}}, "event/twice"},
		{m{"verdict": "upheld", "until": "2026-12-31"}, "until/not_here"},
	} {
		judge := m{"verdict": "contested", "reason": "x", "events": []any{m{"trajectory": "T-1", "event": 1}}}
		if got := o.refused(o.control, "trajectory.judge", with(judge, c.change)); got != c.want {
			t.Errorf("judged with %v: %s, want %s", c.change, got, c.want)
		}
	}
	// A relapse from the first of two jobs, known after the second.
	placed := m{"trajectory": "T-1", "kind": "placed", "day": "2026-02-01", "job_hours": "20", "job_full_time_hours": "36"}
	o.must(o.control, "trajectory.record", m{"events": []any{placed, with(placed, m{"day": "2026-04-01"})}})
	if got := o.refused(o.control, "trajectory.record", m{"events": []any{m{"trajectory": "T-1", "kind": "relapsed", "day": "2026-01-20"}}}); got != "relapse/no_placement" {
		t.Errorf("a relapse before any job: %s", got)
	}
	o.must(o.control, "trajectory.record", m{"events": []any{m{"trajectory": "T-1", "kind": "relapsed", "day": "2026-03-01"}}})
	s := o.must(o.control, "statement.calculate", m{"period": "2026-01"})
	if got := o.refused(o.chief, "statement.approve", m{"statement": s["statement"], "hash": s["hash"], "accept": "bekeken"}); got != "iban/own" {
		t.Errorf("a provider with the municipality's own account: %s", got)
	}
}

// One judgement of all that a provider reported takes at most 500 events, and says
// whether more is left.
func TestJudgeAll(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	o := newSite(t).office("J-E", "J-M")
	o.must(o.admin, "org.register", m{"code": "J-P", "name": "Uitvoerder", "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
	coach := o.user("J-P", "coach", "submit")
	o.must(o.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-1", "scheme": "generiek-traject", "provider": "J-P", "referred": "2026-01-05"}}})
	var events []any
	for range 500 {
		events = append(events, m{"municipality": "J-M", "trajectory": "T-1", "kind": "intake", "day": "2026-01-06"})
	}
	o.must(coach, "trajectory.report", m{"events": events})
	o.must(coach, "trajectory.report", m{"events": events[:1]})
	for i, want := range []string{"500 true", "1 <nil>"} {
		r := o.must(o.control, "trajectory.judge", m{"verdict": "confirmed", "provider": "J-P", "all": true})
		if got := fmt.Sprint(len(r["events"].([]any)), " ", r["more"]); got != want {
			t.Errorf("judgement %d: %s, want %s", i+1, got, want)
		}
	}
	if got := o.refused(o.control, "trajectory.judge", m{"verdict": "confirmed", "provider": "J-P", "all": true}); got != "judge/none" {
		t.Errorf("when all is judged: %s", got)
	}
}
