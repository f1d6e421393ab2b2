package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"

	"verloning/cmd/verloning/internal/bus"
)

// victim is what another company would like to reach: everything of an
// employer and a municipality whose month is calculated and whose month before
// is approved and partly granted.
type victim struct {
	office
	ids    map[string]string // what each id is of
	secret []string          // what no reply to another may hold
}

// newVictim lets company A work for two months.
func newVictim(s *site, e, m string) victim {
	s.t.Helper()
	v := victim{office: s.office(e, m), ids: map[string]string{}}
	v.hire(1)
	v.ids["submission"] = uuid.NewString()
	v.submit(v.clerk, v.ids["submission"], lines("C-1", "8.00", "2026-09-01", "2026-10-01"))
	v.ids["approved"] = v.pay("2026-09")
	v.settings()
	v.ids["run"] = v.open("2026-10")
	shown := v.calculate(v.clerk, v.ids["run"])
	v.ids["hash"] = shown["hash"].(string)
	v.ids["exception"] = fmt.Sprint(v.must(v.clerk, "run.exceptions", map[string]any{"run": v.ids["run"]})["exceptions"].([]any)[0].(map[string]any)["exception"])
	v.ids["claim"] = fmt.Sprint(v.must(v.control, "claim.list", map[string]any{})["claims"].([]any)[0].(map[string]any)["claim"])
	v.ids["payment"] = fmt.Sprint(v.must(v.clerk, "payment.list", map[string]any{})["payments"].([]any)[0].(map[string]any)["payment"])
	batch := v.must(v.control, "claim.grant", map[string]any{"employer": e, "period": "2026-09", "all": true})
	v.ids["batch"], v.ids["batchhash"] = fmt.Sprint(batch["batch"]), fmt.Sprint(batch["hash"])
	cost := v.must(v.control, "cost.record", map[string]any{"scheme": "oss-bonusbaan", "rule": "execution", "day": "2007-10-01", "amount": "3141.59", "reference": "UREN-31415"})
	v.ids["cost"], v.ids["costhash"] = fmt.Sprint(cost["cost"]), fmt.Sprint(cost["hash"])
	v.secret = append(append(v.banks(), v.reconciles()...), "UREN-31415", `"`+e+`"`, `"`+m+`"`, "Werkbedrijf "+e, "Gemeente "+m, "119.92", v.ids["hash"], "C-1", "D-1", "P-1", "Jan Jansen", "Goudsbloem sloot augustus", "BESLAG-1", "VORDERING-1", "Deurwaarder Goudsbloem", "3141.59", "WHK-31415", "Pensioen Goudsbloem")
	v.trajectories()
	v.returns()
	return v
}

// settings are what the net of A's wages depends on; nothing is taken of it.
func (v victim) settings() {
	v.t.Helper()
	for endpoint, request := range map[string]map[string]any{
		"employer.record":    {"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.11", "whk_year": 2026, "whk_reference": "WHK-31415"},
		"pension.record":     {"valid_from": "2026-01-01", "name": "Pensioen Goudsbloem", "franchise": "18000", "employee_percentage": "0", "employer_percentage": "0"},
		"annualwage.record":  {"person": "P-1", "year": 2025, "amount": "3141.59", "source": "jaaropgaaf"},
		"opening.record":     {"contract": "C-1", "until": "2026-08-31", "holiday_accrued": "3141.59", "leave_hours": "12"},
		"garnishment.record": {"person": "P-1", "reference": "BESLAG-1", "creditor_name": "Deurwaarder Goudsbloem", "creditor_iban": "NL39RABO0300065264", "protected": "9000", "valid_from": "2026-10-01"},
		"receivable.record":  {"person": "P-1", "reference": "VORDERING-1", "cause": "voorschot", "amount": "3141.59", "from": "2026-10-01"},
	} {
		v.must(v.clerk, endpoint, request)
	}
}

// everyone are users of B with every role that B can be given.
func (s *site) everyone(b string) *bus.Client {
	s.t.Helper()
	s.must(s.admin, "org.register", map[string]any{"code": b, "name": "Bedrijf B", "roles": []string{"employer", "gemeente", "reintegratiebedrijf", "inlener"}, "iban": "NL02ABNA0123456789"})
	return s.user(b, "all", "submit", "calculate", "approve", "control", "read")
}

// TestOthersReachNothing lets company B, with every role, try every endpoint
// on what is A's. A's rows must be as they were, and no reply holds a word of A.
func TestOthersReachNothing(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	v := newVictim(s, "ALFA", "AGEM")
	all := s.everyone("BETA")
	attempts, tried := v.attempts(), 0
	conn := s.sql()
	before := v.rows(t, conn)
	for _, o := range (&service{desk: s.hands(3).desk}).surface() {
		requests, listed := attempts[o.name()]
		if !listed {
			t.Errorf("%s: nobody has thought about what another company could do with it", o.name())
		}
		for _, request := range requests {
			tried++
			reply, err := s.call(all, o.name(), request)
			var problem *bus.Problem
			if err != nil && !errors.As(err, &problem) {
				t.Errorf("%s: %v", o.name(), err)
			}
			if problem != nil && problem.Status >= 500 {
				t.Errorf("%s: %v", o.name(), problem)
			}
			v.silent(t, o.name(), reply, problem, request)
			if after := v.rows(t, conn); after != before {
				t.Fatalf("%s changed what is A's:\n%s\nwas\n%s", o.name(), after, before)
			}
		}
	}
	if tried < 45 {
		t.Errorf("%d attempts: the table has shrunk", tried)
	}
	t.Run("the bus", func(t *testing.T) { v.busIsClosed(t, "BETA-all", all) })
	t.Run("events", func(t *testing.T) {
		seen := 0
		err := all.Tail(t.Context(), false, func(_ context.Context, r bus.Received) error {
			seen++
			v.silent(t, "event "+r.Subject, string(r.Data), nil, "C-1") // A verdict repeats which contract B named.
			return nil
		})
		if err != nil || seen == 0 {
			t.Errorf("B reads %d events of its own: %v", seen, err)
		}
	})
}

// silent fails when a reply, or a problem, holds what is A's and what the
// request did not say itself.
func (v victim) silent(t *testing.T, what string, reply any, problem *bus.Problem, request any) {
	t.Helper()
	text, err := json.Marshal([]any{reply, problem})
	if err != nil {
		t.Fatal(err)
	}
	said, _ := json.Marshal(request)
	for _, secret := range v.secret {
		// B may have numbers such as C-1 of its own, and a message may repeat what was asked.
		if strings.Contains(string(text), secret) && !strings.Contains(string(said), strings.Trim(secret, `"`)) {
			t.Errorf("%s tells %q: %s", what, secret, text)
		}
	}
}

// rows is everything that A has, as text.
func (v victim) rows(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	return one[string](t, conn, `
		WITH a AS (SELECT id FROM organisation WHERE code IN ($1, $2)),
		     k AS (SELECT id FROM contract WHERE employer IN (SELECT id FROM a))
		SELECT concat_ws(' ',
			(SELECT string_agg(o::text, ' ' ORDER BY id) FROM organisation o WHERE id IN (SELECT id FROM a)),
			(SELECT count(*) FROM app_user WHERE organisation IN (SELECT id FROM a)), (SELECT count(*) FROM employment e JOIN employment_version v ON v.employment = e.id WHERE employer IN (SELECT id FROM a)),
			(SELECT count(*) FROM charge_terms WHERE employer IN (SELECT id FROM a)), (SELECT count(*) FROM pension_terms WHERE employer IN (SELECT id FROM a)),
			(SELECT count(*) FROM annual_wage w JOIN employment e ON e.id = w.employment WHERE e.employer IN (SELECT id FROM a)),
			(SELECT count(*) FROM opening o WHERE o.contract IN (SELECT id FROM k)),
			(SELECT count(*) FROM garnishment g JOIN employment e ON e.id = g.employment WHERE e.employer IN (SELECT id FROM a)),
			(SELECT count(*) FROM receivable r JOIN employment e ON e.id = r.employment WHERE e.employer IN (SELECT id FROM a)),
			(SELECT count(*) FROM k), (SELECT count(*) FROM contract_version WHERE contract IN (SELECT id FROM k)),
			(SELECT count(*) FROM placement WHERE contract IN (SELECT id FROM k)), (SELECT count(*) FROM hours WHERE contract IN (SELECT id FROM k)),
			(SELECT count(*) FROM decision d JOIN decision_version v ON v.decision = d.id WHERE d.contract IN (SELECT id FROM k)), (SELECT count(*) FROM loonwaarde WHERE contract IN (SELECT id FROM k)),
			(SELECT string_agg(r::text, ' ' ORDER BY id) FROM run r WHERE employer IN (SELECT id FROM a)), (SELECT count(*) FROM calculation c JOIN run r ON r.id = c.run WHERE r.employer IN (SELECT id FROM a)), (SELECT count(*) FROM bank_terms WHERE organisation IN (SELECT id FROM a)), (SELECT count(*) FROM bank_file WHERE organisation IN (SELECT id FROM a)), (SELECT count(*) FROM bank_report WHERE organisation IN (SELECT id FROM a)), (SELECT count(*) FROM bank_settled), (SELECT count(*) FROM bank_returned), (SELECT count(*) FROM control_confirmation),
			(SELECT count(*) FROM acceptance), (SELECT count(*) FROM payment WHERE organisation IN (SELECT id FROM a)), (SELECT count(*) FROM grant_batch WHERE municipality IN (SELECT id FROM a)),
			(SELECT count(*) FROM settlement), (SELECT count(*) FROM invoice), (SELECT count(*) FROM wage_return WHERE employer IN (SELECT id FROM a)), (SELECT count(*) FROM remittance), (SELECT count(*) FROM remittance_approval), (SELECT count(*) FROM period_lock WHERE employer IN (SELECT id FROM a)), (SELECT count(*) FROM run_reopened), (SELECT sum(amount) FROM reservation WHERE municipality IN (SELECT id FROM a)),
			(SELECT count(*) FROM budget_entry WHERE municipality IN (SELECT id FROM a)),
			(SELECT count(*) FROM internal_cost c LEFT JOIN internal_cost_approval p ON p.cost = c.id WHERE municipality IN (SELECT id FROM a) AND p.cost IS NULL),
			(SELECT count(*) FROM agreement WHERE municipality IN (SELECT id FROM a)), (SELECT count(*) FROM trajectory WHERE municipality IN (SELECT id FROM a)),
			(SELECT count(*) FROM trajectory_event e JOIN trajectory t ON t.id = e.trajectory WHERE t.municipality IN (SELECT id FROM a)), (SELECT count(*) FROM trajectory_verdict), (SELECT count(*) FROM trajectory_version),
			(SELECT count(*) FROM statement WHERE municipality IN (SELECT id FROM a)), (SELECT count(*) FROM statement_approval), (SELECT count(*) FROM statement_settlement), (SELECT count(*) FROM grant_approval), (SELECT count(*) FROM posting WHERE ledger IN (SELECT id FROM a)), (SELECT count(*) FROM outbox WHERE owner IN (SELECT id FROM a)))`, v.e, v.m)
}

// busIsClosed publishes and asks as B, past the interface, where A's account
// stands in the subject.
func (v victim) busIsClosed(t *testing.T, file string, b *bus.Client) {
	t.Helper()
	a := v.clerk.Caller()
	refused := make(chan error, 100)
	conn, err := nats.Connect(v.url, nats.UserCredentials(filepath.Join(v.dir, "creds", file+".creds")), nats.CustomInboxPrefix("_INBOX."+b.Caller().User),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, subject := range []string{
		"verloning.v1.api." + a.Account + ".run.list", "verloning.v1.intake." + a.Account + ".hours." + a.User, "verloning.v1.event." + a.Account + ".run.x.approved",
		"intake.hours." + a.User, "$JS.API.STREAM.INFO.EVENT", "$JS.API.CONSUMER.MSG.NEXT.EVENT." + a.Account, "$SYS.REQ.CLAIMS.UPDATE",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		go func() {
			// The server says no on the connection; a request to nobody gets an answer.
			<-refused
			cancel()
		}()
		answer, err := conn.RequestWithContext(ctx, subject, []byte("{}"))
		if err == nil {
			t.Errorf("%s answers B: %s", subject, answer.Data)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: B was neither refused nor told that nobody is there", subject)
		}
		cancel()
	}
}

// TestForgedFields adds an organisation and a user to every request: there are
// no such fields, and what the payload says of the caller is not believed.
func TestForgedFields(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	all := s.everyone("BETA")
	o := s.office("ALFA", "AGEM")
	tried := 0
	for _, op := range (&service{desk: s.hands(3).desk}).surface() {
		for _, field := range []string{"organisation", "user", "account", "actor", "employer_id", "roles", "asked_by", "Organisation"} {
			if fieldOfRequest(op.request, field) {
				continue
			}
			who, want := all, "field/unknown"
			if op.role == "admin" {
				who = s.admin
			}
			got := s.refused(who, op.name(), map[string]any{field: o.e})
			tried++
			if !slices.Contains(strings.Fields(got), want) {
				t.Errorf("%s with %s: %s, want %s", op.name(), field, got, want)
			}
		}
		if op.role == "admin" {
			if got := s.refused(all, op.name(), map[string]any{}); got != "user/role" {
				t.Errorf("%s by no admin: %s", op.name(), got)
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d forged fields tried", tried)
	}
}

// fieldOfRequest reports whether a request has a field of a name by right.
func fieldOfRequest(request reflect.Type, name string) bool {
	for i := range request.NumField() {
		f := request.Field(i)
		if f.Anonymous && fieldOfRequest(f.Type, name) {
			return true
		}
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return true
		}
	}
	return false
}

// TestWhoSeesWhat: a municipality sees claims and neither payslips nor hours, a
// provider submits for its own contracts only, four eyes, and a role that was
// taken away.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	s.must(s.admin, "org.register", map[string]any{"code": "RIB", "name": "Re-integratie", "roles": []string{"reintegratiebedrijf"}})
	provider := s.user("RIB", "coach", "submit")
	v := newVictim(s, "ALFA", "AGEM")
	theirs := v.contract(2)
	theirs["provider"] = "RIB"
	v.person(2)
	v.must(v.clerk, "period.reopen", map[string]any{"periods": []string{"2026-08"}, "reason": "een contract erbij"})
	v.must(v.clerk, "contract.register", theirs)
	t.Run("municipality", func(t *testing.T) {
		for endpoint, request := range map[string]map[string]any{
			"payslip.show":   {"run": v.ids["approved"], "contract": "C-1"},
			"run.show":       {"run": v.ids["approved"]},
			"run.exceptions": {"run": v.ids["approved"]},
		} {
			if got := s.refused(v.control, endpoint, request); got != "run/unknown" {
				t.Errorf("%s: %s", endpoint, got)
			}
		}
		if got := s.refused(v.control, "hours.status", map[string]any{"submission": v.ids["submission"]}); got != "user/role" {
			t.Errorf("hours: %s", got)
		}
		if got := s.refused(v.control, "explain.amount", map[string]any{"id": v.ids["payment"]}); got != "amount/unknown" {
			t.Errorf("a wage payment explained: %s", got)
		}
		explained := s.must(v.control, "explain.amount", map[string]any{"id": v.ids["claim"]})
		if explained["wage"] != nil || len(explained["claims"].([]any)) != 1 {
			t.Errorf("a claim explained: %s", pretty(explained))
		}
		if text := pretty(explained); strings.Contains(text, "14.99") || strings.Contains(text, "8.00 ×") {
			t.Errorf("a claim explained shows hours: %s", text)
		}
	})
	t.Run("provider", func(t *testing.T) {
		verdict := s.must(provider, "hours.submit", map[string]any{"submission": uuid.NewString(), "mode": "partial", "lines": []any{
			map[string]any{"contract": "C-2", "day": "2026-10-05", "kind": "worked", "hours": "8.00"},
			map[string]any{"contract": "C-1", "day": "2026-10-05", "kind": "worked", "hours": "8.00"},
			map[string]any{"employer": "ALFA", "contract": "C-1", "day": "2026-10-06", "kind": "worked", "hours": "8.00"},
			map[string]any{"employer": "ALFA", "contract": "C-2", "day": "2026-10-06", "kind": "worked", "hours": "8.00"},
		}})
		if got := problemsOf(verdict); got != "2: contract/unknown contract; 3: contract/unknown contract" || len(verdict["accepted"].([]any)) != 2 {
			t.Errorf("verdict: %s", pretty(verdict))
		}
		if got := s.refused(provider, "hours.status", map[string]any{"submission": v.ids["submission"]}); got != "submission/unknown" {
			t.Errorf("the employer's own submission: %s", got)
		}
		if list := s.must(provider, "contract.list", map[string]any{})["contracts"].([]any); len(list) != 1 {
			t.Errorf("contracts: %s", pretty(list))
		}
	})
	t.Run("four eyes", func(t *testing.T) { v.fourEyes(t) })
	t.Run("revoked role", func(t *testing.T) {
		conn := s.sql()
		v.must(v.clerk, "run.calculate", map[string]any{"run": v.ids["run"]})
		if _, err := conn.Exec(t.Context(), `UPDATE app_user SET roles = '{read}' WHERE id = (SELECT app_user FROM app_user_key WHERE public = $1)`, v.clerk.Caller().User); err != nil {
			t.Fatal(err)
		}
		if got := s.refused(v.clerk, "run.calculate", map[string]any{"run": v.ids["run"]}); got != "user/role" {
			t.Errorf("after its role was taken away: %s", got)
		}
		v.must(v.clerk, "run.list", map[string]any{})
		if _, err := conn.Exec(t.Context(), `DELETE FROM app_user_key WHERE public = $1`, v.clerk.Caller().User); err != nil {
			t.Fatal(err)
		}
		if got := s.refused(v.clerk, "run.list", map[string]any{}); got != "user/unknown" {
			t.Errorf("a key that is nobody's any more: %s", got)
		}
	})
}

// fourEyes lets users with both roles do both steps.
func (v victim) fourEyes(t *testing.T) {
	shown := v.calculate(v.boss, v.ids["run"])
	approve := map[string]any{"run": v.ids["run"], "calculation": shown["calculation"], "hash": shown["hash"]}
	if got := v.refused(v.boss, "run.approve", approve); !slices.Contains(strings.Fields(got), "run/four_eyes") {
		t.Errorf("approving what one calculated: %s", got)
	}
	shown = v.calculate(v.clerk, v.ids["run"])
	if got := v.refused(v.boss, "run.approve", approve); !slices.Contains(strings.Fields(got), "run/other_calculation") {
		t.Errorf("approving a calculation of before: %s", got)
	}
	if shown["hash"] == "" {
		t.Error("no hash to name")
	}
	batch := v.must(v.chief, "claim.grant", map[string]any{"employer": v.e, "period": "2026-09", "all": true})
	if got := v.refused(v.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]}); got != "batch/four_eyes" {
		t.Errorf("approving what one granted: %s", got)
	}
	if got := v.refused(v.chief, "claim.approve", map[string]any{"batch": v.ids["batch"], "hash": v.ids["batchhash"]}); got != "batch/replaced" {
		t.Errorf("approving verdicts that were replaced: %s", got)
	}
}

// TestSameIdsOfTwoCompanies hands in the same submission under the same message
// id from two companies at the same moment: the server drops one as a
// duplicate, and still nothing may be lost.
func TestSameIdsOfTwoCompanies(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	a, b := s.office("ALFA", "AGEM"), s.office("BETA", "BGEM")
	a.hire(1)
	b.hire(2)
	const rounds = 3
	for round := range rounds {
		id := uuid.NewString()
		var both sync.WaitGroup
		for number, o := range map[string]office{"C-1": a, "C-2": b} {
			body, err := json.Marshal(map[string]any{"submission": id, "idempotency_key": "same", "lines": lines(number, "8.00", fmt.Sprintf("2026-10-%02d", round+1))})
			if err != nil {
				t.Fatal(err)
			}
			if round > 0 {
				body = bytes.Replace(body, []byte(`"same"`), fmt.Appendf(nil, `"same-%d"`, round), 1)
			}
			both.Go(func() {
				if ack, err := o.clerk.SubmitHours(context.Background(), body, id); err != nil || ack.Duplicate {
					t.Errorf("hand in: %+v, %v", ack, err)
				}
			})
		}
		both.Wait()
		for _, o := range []office{a, b} {
			until(t, "a verdict for "+o.e, func() bool {
				verdict, err := s.call(o.clerk, "hours.status", map[string]any{"submission": id})
				return err == nil && len(verdict["accepted"].([]any)) == 1
			})
		}
	}
	conn := s.sql()
	if got := one[int](t, conn, `SELECT count(*) FROM hours WHERE version = 1`); got != 2*rounds {
		t.Errorf("%d lines of hours, want %d", got, 2*rounds)
	}
}
