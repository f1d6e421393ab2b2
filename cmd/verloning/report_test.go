package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// contractor is an employer that a municipality also refers to: one of four.
func (o office) contractor(code string) office {
	o.t.Helper()
	o.must(o.admin, "org.register", map[string]any{"code": code, "name": "Opdrachtnemer " + code, "roles": []string{"employer", "reintegratiebedrijf"}, "iban": "NL91ABNA0417164300"})
	o.e, o.clerk, o.boss = code, o.user(code, "clerk", "submit", "calculate"), o.user(code, "boss", "approve", "calculate")
	return o
}

// referral is one of the 240: at which contractor, and how it ended.
type referral struct {
	contractor int
	reason     string
}

// referrals240 deals them over four contractors, of which each ends with so many
// at work.
func referrals240() []referral {
	atWork := []int{40, 36, 32, 30}
	others := slices.Concat(slices.Repeat([]string{"refused_work"}, 28), []string{"renounced_benefit"}, slices.Repeat([]string{"sent_back"}, 15), slices.Repeat([]string{"removed_from_list"}, 58))
	var list []referral
	for contractor, n := range atWork {
		for i := range 60 {
			one := referral{contractor, "work"}
			if i >= n {
				one.reason, others = others[0], others[1:]
			}
			list = append(list, one)
		}
	}
	return list
}

// TestFourContractors plays 's-Hertogenbosch: 240 are referred to four contractors. 138
// get a contract there, are paid for a month and claimed; of the other 102 there is a
// reason and nothing else: no payslip, no claim, no sanction. 138 is 57.50 % of those who
// were referred, and 167 are off benefit.
func TestFourContractors(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	base, conn := s.office("DB-E", "DB-M"), s.sql()
	var at []office
	for n, code := range []string{"DB-RAND", "DB-SAG", "DB-AGENS", "DB-PROFI"} {
		at = append(at, base.contractor(code))
		base.must(base.control, "agreement.record", map[string]any{"number": fmt.Sprint("G-", n), "provider": code, "scheme": "den-bosch-verloning", "from": "2006-11-01", "agreed": 60,
			"targets": []any{map[string]any{"of": "outcomes", "number": 35}}})
	}
	base.ends240(at)
	for _, o := range at {
		o.pay("2007-04")
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM payslip`: 138, `SELECT count(DISTINCT contract) FROM payslip`: 138, `SELECT count(*) FROM claim`: 138, `SELECT count(DISTINCT contract) FROM claim`: 138,
		`SELECT count(*) FROM trajectory t JOIN contract c ON c.person = t.person JOIN payslip p ON p.contract = c.id`:                  138,
		`SELECT count(*) FROM trajectory t JOIN trajectory_event e ON e.trajectory = t.id AND e.kind = 'exited' AND e.reason <> 'work'`: 102,
		`SELECT count(*) FROM trajectory t JOIN trajectory_event e ON e.trajectory = t.id AND e.kind = 'exited' AND e.reason <> 'work'
		 WHERE EXISTS (SELECT FROM contract c WHERE c.person = t.person) OR EXISTS (SELECT FROM posted_transfer p WHERE p.contract = t.id)`: 0,
		`SELECT count(*) FROM outbox b JOIN trajectory t ON t.id = b.aggregate WHERE b.verb NOT IN ('referred', 'recorded')`: 0,
	} {
		if got := one[int](t, conn, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if got := base.must(base.control, "statement.calculate", map[string]any{"period": "2007-04"}); words(got["lines"], got["amount"]) != "0 0.00" {
		t.Errorf("for the trajectories themselves is owed: %s", pretty(got))
	}
	want := `den-bosch-verloning: referred 240, started 138, running 0, out 240, work 138, refused_work 28, renounced_benefit 1, sent_back 15, removed_from_list 58; outcomes 138, places 0
  outcome 138 of 240 referrals = 57.50 %
  off_benefit 167 of 240 referrals = 69.58 %
  work 138 of 240 referrals = 57.50 %
  refused_work 28 of 240 referrals = 11.67 %
  renounced_benefit 1 of 240 referrals = 0.42 %
  sent_back 15 of 240 referrals = 6.25 %
  removed_from_list 58 of 240 referrals = 24.17 %`
	if got := strings.Join(base.reported("outcomes", "2007-04-30"), "\n"); got != want {
		t.Errorf("outcomes:\n%s", got)
	}
	at[1].seesOwnFunnel(t)
}

// seesOwnFunnel wants a contractor to see its own agreement and nobody else's, and no
// report of the municipality.
func (o office) seesOwnFunnel(t *testing.T) {
	agreements := listOf(o.must(o.clerk, "report.funnel", map[string]any{"on": "2007-04-30"})["agreements"])
	var got []string
	for _, f := range agreements {
		got = append(got, fmt.Sprint(f["municipality"], " ", f["provider"]))
		got = append(got, funnelLines(f)...)
	}
	want := `DB-M DB-SAG
G-1 2007-03: referred 60, started 0, guided 0, outcomes 0, other exits 0, earned 0.00, bonus or malus 0.00
G-1 2007-04: referred 0, started 36, guided 36, outcomes 36, other exits 24, earned 0.00, bonus or malus 0.00
G-1 agreed 60: referred 60, started 36, guided 36, outcomes 36, other exits 24, earned 0.00, bonus or malus 0.00
G-1 outcomes 36, target 35, met true
G-1 outcome 36 of 60 referrals = 60.00 %`
	if strings.Join(got, "\n") != want {
		t.Errorf("a contractor sees:\n%s", strings.Join(got, "\n"))
	}
	if got := listOf(o.must(o.clerk, "report.funnel", map[string]any{"agreement": "G-0"})["agreements"]); len(got) != 0 {
		t.Errorf("it sees another's agreement: %v", got)
	}
	for _, endpoint := range []string{"report.outcomes", "report.savings"} {
		if got := o.refused(o.clerk, endpoint, map[string]any{"on": "2090-01-01"}); got != "date/future organisation/not_municipality" {
			t.Errorf("%s: %s", endpoint, got)
		}
	}
}

// ends240 refers all, hires those of whom it is said, and records how each ends.
func (o office) ends240(at []office) {
	o.t.Helper()
	var referred, intakes, started, exits []any
	hours := make([][]any, len(at))
	for i, r := range referrals240() {
		n, c := i+1, at[r.contractor]
		number := fmt.Sprint("T-", n)
		referred = append(referred, map[string]any{"number": number, "scheme": "den-bosch-verloning", "agreement": fmt.Sprint("G-", r.contractor), "bsn": bsnOf(500 + n), "referred": "2007-03-01"})
		intakes = append(intakes, map[string]any{"trajectory": number, "kind": "intake", "day": "2007-03-05", "answers": []any{
			map[string]any{"condition": "fixed_abode", "answer": "yes"}, map[string]any{"condition": "no_blocking_addiction", "answer": "yes"},
			map[string]any{"condition": "motivated", "answer": "yes"}, map[string]any{"condition": "dutch", "answer": "yes"}}})
		exit := map[string]any{"trajectory": number, "kind": "exited", "day": "2007-04-15", "reason": r.reason}
		if r.reason == "work" {
			c.adult(n)
			contract := with(c.contract(n), map[string]any{"scheme": "den-bosch-verloning", "start": "2007-04-01", "end": "2008-03-31", "open_ended": false, "hours_per_week": "36"})
			c.must(c.clerk, "contract.register", contract)
			c.must(c.control, "decision.record", map[string]any{"number": fmt.Sprint("D-", n), "employer": c.e, "contract": contract["number"], "granted": "2007-04-01", "from": "2007-04-01",
				"hours_per_week": "36", "budget": "W"})
			started = append(started, map[string]any{"trajectory": number, "kind": "started", "day": "2007-04-01", "employer": c.e, "contract": contract["number"]})
			hours[r.contractor] = append(hours[r.contractor], lines(contract["number"].(string), "8.00", "2007-04-02", "2007-04-03")...)
			exit["day"] = "2007-04-01"
		}
		exits = append(exits, exit)
	}
	o.must(o.control, "trajectory.refer", map[string]any{"trajectories": referred})
	for _, events := range [][]any{intakes, started, exits} {
		o.must(o.control, "trajectory.record", map[string]any{"events": events})
	}
	for i, c := range at {
		c.submit(c.clerk, uuid.NewString(), hours[i])
	}
}

// TestPartnersAndPlan holds each of two partners against the same target, over a base
// that is told, and reckons what months off benefit saved.
func TestPartnersAndPlan(t *testing.T) {
	t.Parallel()
	o := newSite(t).office("NO-E", "NO-M")
	refer := func(scheme, agreement string, first, last int, reasons ...string) {
		var referred, events []any
		for n := first; n <= last; n++ {
			number := fmt.Sprint("T-", n)
			referred = append(referred, map[string]any{"number": number, "scheme": scheme, "agreement": agreement, "referred": "2016-01-04"})
			events = append(events, map[string]any{"trajectory": number, "kind": "started", "day": "2016-01-11", "despite": "bekend"})
			if i := n - first; i < len(reasons) {
				events = append(events, map[string]any{"trajectory": number, "kind": "exited", "day": "2016-02-29", "reason": reasons[i]})
			}
		}
		o.must(o.control, "trajectory.refer", map[string]any{"trajectories": referred})
		o.must(o.control, "trajectory.record", map[string]any{"events": events})
	}
	for _, partner := range []string{"SAG", "DIA"} {
		o.contractor("NO-" + partner)
		o.must(o.control, "agreement.record", map[string]any{"number": partner, "provider": "NO-" + partner, "scheme": "tilburg-noma", "from": "2014-07-01", "agreed": 12,
			"targets": []any{map[string]any{"of": "guided", "number": 8}, map[string]any{"of": "exits", "number": 5}}})
	}
	refer("tilburg-noma", "SAG", 1, 10, "work", "work", "work", "work", "other")
	refer("tilburg-noma", "DIA", 11, 17, "work", "work", "other")
	want := `DIA 2016-01: referred 7, started 7, guided 7, outcomes 0, other exits 0, earned 0.00, bonus or malus 0.00
DIA 2016-02: referred 0, started 0, guided 7, outcomes 2, other exits 1, earned 0.00, bonus or malus 0.00
DIA 2016-03: referred 0, started 0, guided 4, outcomes 0, other exits 0, earned 0.00, bonus or malus 0.00
DIA agreed 12: referred 7, started 7, guided 7, outcomes 2, other exits 1, earned 0.00, bonus or malus 0.00
DIA guided 7, target 8, met false
DIA exits 3, target 5, met false
DIA outcome 2 of 7 referrals = 28.57 %, target 35 %, met false
DIA outcome 2 of 3 exits = 66.67 %, target 35 %, met true
SAG 2016-01: referred 10, started 10, guided 10, outcomes 0, other exits 0, earned 0.00, bonus or malus 0.00
SAG 2016-02: referred 0, started 0, guided 10, outcomes 4, other exits 1, earned 0.00, bonus or malus 0.00
SAG 2016-03: referred 0, started 0, guided 5, outcomes 0, other exits 0, earned 0.00, bonus or malus 0.00
SAG agreed 12: referred 10, started 10, guided 10, outcomes 4, other exits 1, earned 0.00, bonus or malus 0.00
SAG guided 10, target 8, met true
SAG exits 5, target 5, met true
SAG outcome 4 of 10 referrals = 40.00 %, target 35 %, met true
SAG outcome 4 of 5 exits = 80.00 %, target 35 %, met true`
	if got := strings.Join(o.reported("funnel", "2016-03-15"), "\n"); got != want {
		t.Errorf("the partners:\n%s", got)
	}
	refer("emmen-plan", "", 21, 23, "work", "school_or_ended", "not_influenceable")
	if got := strings.Join(o.reported("savings", "2016-04-15"), "\n"); got != "emmen-plan: 2 off benefit, 3 months × 14000.00 a year = 3500.00; plan 900000.00, break-even 64.29 or 65" {
		t.Errorf("savings: %s", got)
	}
}
