package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"verloning/cmd/verloning/internal/embedded"
)

// server is the one PostgreSQL that the tests of this package share; each test
// has databases of its own.
var server struct {
	sync.Once
	dir   string
	pg    *embedded.Postgres
	err   error
	made  int
	model string // a migrated database that others are copied from
	lock  sync.Mutex
}

func TestMain(m *testing.M) {
	code := m.Run()
	if server.pg != nil {
		if err := server.pg.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if server.dir != "" {
		_ = os.RemoveAll(server.dir)
	}
	os.Exit(code)
}

// database makes an empty database and returns its URL.
func database(t testing.TB) string {
	t.Helper()
	server.Do(func() {
		if server.dir, server.err = os.MkdirTemp("", "verloning-test-"); server.err != nil {
			return
		}
		if server.err = os.Chmod(server.dir, 0o711); server.err != nil { // The server's own user must enter it.
			return
		}
		server.pg, server.err = embedded.StartPostgres(context.Background(), embedded.PostgresConfig{
			Dir: filepath.Join(server.dir, "postgres"), Log: slog.New(slog.DiscardHandler),
		})
	})
	if server.err != nil {
		t.Fatal(server.err)
	}
	server.lock.Lock()
	defer server.lock.Unlock()
	return copyOf(t, "template0")
}

// migrated makes a database with the whole schema.
func migrated(t testing.TB) string {
	t.Helper()
	empty := database(t)
	server.lock.Lock()
	defer server.lock.Unlock()
	if server.model == "" {
		if _, err := Migrate(t.Context(), empty); err != nil {
			t.Fatal(err)
		}
		server.model = fmt.Sprintf("test_%d", server.made)
	}
	return copyOf(t, server.model)
}

// copyOf makes a database after another; the caller holds the lock.
func copyOf(t testing.TB, model string) string {
	t.Helper()
	server.made++
	name := fmt.Sprintf("test_%d", server.made)
	conn := connect(t, server.pg.URL())
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `CREATE DATABASE `+name+` TEMPLATE `+model); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(server.pg.URL(), "/verloning?", "/"+name+"?", 1)
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// id makes ids that say what they are of.
func id(kind, n int) string { return fmt.Sprintf("%08d-0000-7000-8000-%012d", kind, n) }

// The kinds of ids in the world below.
const (
	anOrganisation = iota + 1
	aUser
	aPerson
	anEmployment
	aContract
	aDecision
	aRun
	aPosting
	aBatch
	aClaim
	aPayment
	aSubmission
	anEvent
	aGarnishment
	aReceivable
	aCost
	anAgreement
	aTrajectory
	aStatement
	anInvoice
	aBooking
	aBankFile
	aReturn
)

// world is one row in every table, of a run that was approved and posted and a
// claim that was granted, with a second calculation that is still open. The
// statements stand in the order of the steps of the schema.
func world() [][]string {
	hash := strings.Repeat("a", 64)
	bytes := `'\x` + strings.Repeat("ab", 32) + `'`
	public := strings.Repeat("A", 56)
	org, user, contract := id(anOrganisation, 1), id(aUser, 1), id(aContract, 1)
	run, posting := id(aRun, 1), id(aPosting, 1)
	return [][]string{
		{`INSERT INTO cutoff (number) VALUES (1), (2)`,
			`INSERT INTO sealing_key (purpose, wrapped) VALUES ('seal', '\x` + strings.Repeat("ab", 40) + `')`},
		{`INSERT INTO organisation (id, code, name, roles, iban) VALUES ('` + org + `', 'E', 'E', '{employer,gemeente}', 'NL91ABNA0417164300')`,
			`INSERT INTO account (public, organisation) VALUES ('` + public + `', '` + org + `')`,
			`INSERT INTO app_user (id, organisation, name, roles) VALUES ('` + user + `', '` + org + `', 'a', '{submit}'),
				('` + id(aUser, 2) + `', '` + org + `', 'b', '{approve}')`,
			`INSERT INTO app_user_key (public, app_user) VALUES ('U` + public[1:] + `', '` + user + `'), ('UB` + public[2:] + `', '` + id(aUser, 2) + `')`,
			`INSERT INTO request (organisation, app_user, key, endpoint, body_hash, reply) VALUES ('` + org + `', '` + user + `', 'k', 'e', ` + bytes + `, '')`},
		{`INSERT INTO person (id, employer, number, known) VALUES ('` + id(aPerson, 1) + `', '` + org + `', 'P-1', 1)`,
			`INSERT INTO employment (id, person, employer, number, known) VALUES ('` + id(anEmployment, 1) + `', '` + id(aPerson, 1) + `', '` + org + `', 'P-1', 1)`,
			`INSERT INTO employment_version (employment, version, name, birth, iban, korting, known, recorded_by)
				VALUES ('` + id(anEmployment, 1) + `', 1, 'Jan', '1996-03-01', 'NL44RABO0123456789', true, 1, '` + user + `')`},
		{`INSERT INTO contract (id, employer, number, employment, person, scheme, municipality, known)
				VALUES ('` + contract + `', '` + org + `', 'C-1', '` + id(anEmployment, 1) + `', '` + id(aPerson, 1) + `', 's', '` + org + `', 1)`,
			`INSERT INTO contract_version (contract, version, valid_from, starts, hours_per_week, full_time_hours, wage_base, wage_factor, pay_basis,
				averaging, written, open_ended, on_call, known, recorded_by)
				VALUES ('` + contract + `', 1, '2026-07-01', '2026-07-01', 32, 40, 'WML', 1, 'hours', false, true, true, false, 1, '` + user + `')`,
			`INSERT INTO contract_current VALUES ('` + contract + `', '` + org + `', '` + id(aPerson, 1) + `', 's', '[2026-07-01,2026-12-31]')`,
			`INSERT INTO placement (id, contract, inlener, days, price, known, recorded_by)
				VALUES ('` + id(aContract, 2) + `', '` + contract + `', '` + org + `', '[2026-07-01,)', 20, 1, '` + user + `')`},
		{`INSERT INTO decision (id, municipality, number, contract, known) VALUES ('` + id(aDecision, 1) + `', '` + org + `', 'D-1', '` + contract + `', 1)`,
			`INSERT INTO decision_version (decision, version, valid_from, document, granted, starts, route, hours_per_week, budget, known, recorded_by)
				VALUES ('` + id(aDecision, 1) + `', 1, '2026-07-01', 'beschikking', '2026-07-01', '2026-07-01', 'loonwaarde', 32, 'BUIG', 1, '` + user + `')`,
			`INSERT INTO decision_current VALUES ('` + id(aDecision, 1) + `', '` + contract + `', '[2026-07-01,2026-12-31]')`,
			`INSERT INTO loonwaarde (contract, version, valid_from, percent, known, recorded_by) VALUES ('` + contract + `', 1, '2026-07-01', 60, 1, '` + user + `')`},
		{`INSERT INTO submission (organisation, id, body_hash, submitted_by, verdict) VALUES ('` + org + `', '` + id(aSubmission, 1) + `', ` + bytes + `, '` + user + `', '{}')`},
		{`INSERT INTO run (id, employer, period, period_end, period_kind, kind, sequence, pay_date, status, calculation, opened_by)
				VALUES ('` + run + `', '` + org + `', '2026-10-01', '2026-10-31', 'month', 'regular', 1, '2026-10-30', 'calculated', 1, '` + user + `')`,
			`INSERT INTO calculation (id, run, number, cutoff, rule_set, status, shards, hash, asked_by, approved_by, known) OVERRIDING SYSTEM VALUE
				VALUES (1, '` + run + `', 1, 1, 'r', 'calculated', 1, '` + hash + `', '` + user + `', NULL, NULL),
				       (2, '` + run + `', 2, 1, 'r', 'calculating', 1, NULL, '` + user + `', NULL, NULL)`,
			`INSERT INTO shard (calculation, number, person_from, person_to) SELECT c, 1, '` + id(aPerson, 1) + `', '` + id(aPerson, 1) + `' FROM (VALUES (1), (2)) v (c)`,
			`INSERT INTO exception (calculation, key, kind, subject, detail_nl, detail_en) SELECT c, '` + id(anEvent, 9) + `', 'k', 's', 'nl', 'en' FROM (VALUES (1), (2)) v (c)`,
			`INSERT INTO acceptance (run, key, accepted_by, reason) VALUES ('` + run + `', '` + id(anEvent, 9) + `', '` + user + `', 'r')`},
		{}, // Payslips need the partitions of the last step.
		{`INSERT INTO payment (id, organisation, kind, run, contract, debtor, creditor, amount, pay_date, end_to_end, reference)
				VALUES ('` + id(aPayment, 1) + `', '` + org + `', 'wage', '` + run + `', '` + contract + `', 'a', 'b', 100, '2026-10-30', 'e', 'r')`},
		{`INSERT INTO grant_batch (id, municipality, claims, total, hash, granted_by) VALUES ('` + id(aBatch, 1) + `', '` + org + `', 1, 10, '` + hash + `', '` + user + `')`,
			`INSERT INTO grant_line (claim, version, batch, verdict, amount) VALUES ('` + id(aClaim, 1) + `', 1, '` + id(aBatch, 1) + `', 'granted', 10)`,
			`INSERT INTO claim_decided (claim, batch) VALUES ('` + id(aClaim, 1) + `', '` + id(aBatch, 1) + `')`,
			`INSERT INTO budget_entry (municipality, year, source, kind, amount, batch, entered_by) VALUES ('` + org + `', 2026, 'BUIG', 'spent', 10, '` + id(aBatch, 1) + `', '` + user + `')`},
		{`INSERT INTO outbox (partition, id, owner, noun, aggregate, version, verb, data)
				VALUES (0, '` + id(anEvent, 1) + `', '` + org + `', 'run', '` + run + `', 1, 'approved', '{}')`},
		{`SELECT ensure_period('2026-10-15')`,
			`INSERT INTO hours (period, contract, day, kind, version, quantity, late, submitter, submission, line, known)
				VALUES ('2026-10-01', '` + contract + `', '2026-10-01', 'worked', 1, 800, false, '` + org + `', '` + id(aSubmission, 1) + `', 1, 1)`,
			`INSERT INTO payslip (period, calculation, contract, person, employment, gross, holiday, net, gross_only, iban, hash)
				SELECT '2026-10-01', c, '` + contract + `', '` + id(aPerson, 1) + `', '` + id(anEmployment, 1) + `', 100, 8, 100, true, 'i', ` + bytes + ` FROM (VALUES (1), (2)) v (c)`,
			`INSERT INTO payslip_line (period, calculation, contract, line, kind, quantity, rate, amount, rule, source, origin)
				SELECT '2026-10-01', c, '` + contract + `', 1, 'wage.worked', 800, 12.5, 100, 'r', 's', '2026-10-01' FROM (VALUES (1), (2)) v (c)`,
			`INSERT INTO claim (period, calculation, contract, id, decision, payer, payee, scheme, rule, kind, document, budget, service_from, service_to,
				base, charges, entitled, wage_cost, amount, hash)
				SELECT '2026-10-01', c, '` + contract + `', '` + id(aClaim, 1) + `', '` + id(aDecision, 1) + `', '` + org + `', '` + org + `', 's', 'r', 'subsidy', 'beschikking', 'BUIG',
				'2026-10-01', '2026-10-31', 8, 2, 10, 108, 10, ` + bytes + ` FROM (VALUES (1), (2)) v (c)`,
			`INSERT INTO transfer (period, posting, contract, number, ledger, debit, credit, amount)
				SELECT '2026-10-01', p::uuid, '` + contract + `', 1, '` + org + `', 'a', 'b', 100 FROM (VALUES ('` + posting + `'), ('` + id(aPosting, 2) + `')) v (p)`,
			// What is approved and posted gets no more rows, so this comes last.
			`INSERT INTO posting (id, ledger, sequence, kind, content, total, previous, hash, posted_by)
				VALUES ('` + posting + `', '` + org + `', 1, 'run', '` + hash + `', 100, '', '` + hash + `', '` + user + `')`,
			`INSERT INTO grant_approval (batch, posting, granted_by, approved_by) VALUES ('` + id(aBatch, 1) + `', '` + posting + `', '` + user + `', '` + id(aUser, 2) + `')`,
			`UPDATE calculation SET status = 'approved', approved_by = '` + id(aUser, 2) + `', known = 2 WHERE id = 1`,
			`UPDATE run SET status = 'approved'`},
		{`INSERT INTO stream_release (incarnation, sequence, reason, released_by) VALUES ('i', 1, 'r', '` + user + `')`},
		{`INSERT INTO run_reopened (run, calculation, reason, reopened_by) VALUES ('` + run + `', 1, 'r', '` + user + `')`,
			`INSERT INTO settlement (claim, organisation, amount, day, reference, posting, settled_by)
				VALUES ('` + id(aClaim, 1) + `', '` + org + `', 10, '2026-11-02', 'r', '` + posting + `', '` + user + `')`,
			`INSERT INTO reservation (decision, month, municipality, source, amount) VALUES ('` + id(aDecision, 1) + `', '2026-11-01', '` + org + `', 'BUIG', 100)`,
			`INSERT INTO claim (period, calculation, contract, id, payer, payee, scheme, rule, kind, document, service_from, service_to,
				base, charges, entitled, wage_cost, amount, hash, placement, vat_rate, vat)
				VALUES ('2026-10-01', 2, '` + contract + `', '` + id(aClaim, 2) + `', '` + org + `', '` + org + `', 's', 'h', 'hire', 'invoice',
				'2026-10-01', '2026-10-31', 100, 0, 100, 0, 100, ` + bytes + `, '` + id(aContract, 2) + `', 21, 21)`},
		{`INSERT INTO outbox_landed (row, incarnation, sequence) VALUES (0, 'i', 1)`},
		worldOfNet(org, user, contract, run),
		{`UPDATE payslip SET net = 60, gross_only = false, tax_table = 30, garnished = 10, awf_class = 'low', aof_class = 'low', premium_maximum = 6617.41,
				premium_base = 100, zvw_base = 100, awf = 2.74, aof = 6.27, wko = 0.5, whk = 1.52, zvw = 6.1 WHERE calculation = 2`,
			`INSERT INTO payment (id, organisation, kind, run, contract, debtor, creditor, amount, pay_date, end_to_end, reference, garnishment)
				VALUES ('` + id(aPayment, 9) + `', '` + org + `', 'garnishment', '` + run + `', '` + contract + `', 'a', 'b', 10, '2026-10-30', 'f', 'r', '` + id(aGarnishment, 1) + `')`},
		{`INSERT INTO loonwaarde (contract, version, valid_from, percent, with_holiday, amount, known, recorded_by)
				VALUES ('` + contract + `', 2, '2026-10-01', 60, false, 1402.20, 1, '` + user + `')`},
		{`INSERT INTO opening (contract, version, until, holiday, leave, premium_wage, premium_maximum, premium_base, known, recorded_by)
				VALUES ('` + contract + `', 1, '2026-09-30', 400, -150, 6000, 19852.23, 6000, 1, '` + user + `')`},
		{`INSERT INTO person (id, employer, number, known) VALUES ('` + id(aPerson, 3) + `', '` + org + `', 'P-3', 1)`,
			`INSERT INTO person (id, bsn_hash, bsn_sealed, known) VALUES ('` + id(aPerson, 2) + `', sha256('early'), sha256('a') || sha256('b'), 1)`,
			`INSERT INTO person_bsn (person, bsn_hash, bsn_sealed, known, recorded_by)
				VALUES ('` + id(aPerson, 1) + `', sha256('late'), sha256('a') || sha256('b'), 1, '` + user + `')`},
		{`INSERT INTO contract_version (contract, version, valid_from, starts, hours_per_week, full_time_hours, wage_base, wage_factor, pay_basis,
				averaging, written, open_ended, on_call, experience_since, step_years, step_factors, known, recorded_by)
				VALUES ('` + contract + `', 7, '2026-07-01', '2026-07-01', 32, 40, 'steps', 1, 'hours', false, true, true, false, '2024-10-16',
				'{0,2}', '{1,1.08}', 1, '` + user + `')`},
		worldOfBudgets(org, user, contract, hash),
		{`INSERT INTO scheme_version (municipality, scheme, version, valid_from, file, hash, known, recorded_by)
				VALUES ('` + org + `', 's1', 1, '2026-11-01', 'scheme: s1', encode(sha256('scheme: s1'), 'hex'), 1, '` + user + `')`},
		worldOfTrajectories(org, user, contract, posting, hash),
		// A schema that came from an earlier step has the months of its postings.
		{`INSERT INTO posting_period (posting, period) VALUES ('` + posting + `', '2026-10-01') ON CONFLICT DO NOTHING`,
			`INSERT INTO posting (id, ledger, sequence, kind, content, total, previous, hash, posted_by, chain, booked_on, transfers, digest)
				VALUES ('` + id(aPosting, 4) + `', '` + org + `', 3, 'cost', '` + hash + `', 150, '` + hash + `', '` + hash + `', '` + user + `', 2, '2026-10-31', 0, '` + hash + `')`},
		{`INSERT INTO period_lock (employer, period, period_end, period_kind, contract, providers, locked, reason, stated_by)
				VALUES ('` + org + `', '2026-09-01', '2026-09-30', 'month', '` + contract + `', false, true, 'r', '` + user + `')`},
		worldOfBanks(org, user, hash),
		// What was approved was before these tables were.
		{`ALTER TABLE correction DISABLE TRIGGER no_more`, `ALTER TABLE left_out DISABLE TRIGGER no_more`,
			`INSERT INTO correction (period, calculation, contract, origin, wage, holiday, holiday_paid, leave_paid, transition, leave_accrued, leave_taken,
				pension_base, pension_employee, pension_employer, owed)
				SELECT '2026-10-01', c, '` + contract + `', '2026-09-01', 10, 0.80, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 2) c`,
			`INSERT INTO left_out (calculation, person) VALUES (1, '` + id(aPerson, 1) + `'), (2, '` + id(aPerson, 1) + `')`,
			`ALTER TABLE correction ENABLE TRIGGER no_more`, `ALTER TABLE left_out ENABLE TRIGGER no_more`},
		{`INSERT INTO invoice (id, employer, number, kind, debtor, day, due, net, vat, issued_by)
				VALUES ('` + id(anInvoice, 1) + `', '` + org + `', 1, 'invoice', '` + org + `', '2026-10-31', '2026-11-30', 100, 21, '` + user + `')`,
			`INSERT INTO invoice_line (invoice, number, claim, turn, contract, service_from, service_to, amount, vat_rate, vat)
				VALUES ('` + id(anInvoice, 1) + `', 1, '` + id(aClaim, 2) + `', 1, '` + contract + `', '2026-10-01', '2026-10-31', 100, 21, 21)`},
		worldOfReconciliation(org, user, contract, posting),
		worldOfReturns(org, user, hash),
		{`INSERT INTO letterhead (organisation, version, street, place, vat_id, recorded_by) VALUES ('` + org + `', 1, 's', 'p', 'NL123456789B01', '` + user + `')`},
		worldOfReports(org, user, posting, hash),
		{`INSERT INTO control_confirmation (change, organisation, recorded_by, confirmed_by) VALUES ('` + id(anEvent, 3) + `', '` + org + `', '` + user + `', '` + id(aUser, 2) + `')`},
		{`INSERT INTO payment_cancelled (payment, run, cancelled_by) SELECT id, '` + run + `', '` + user + `' FROM payment LIMIT 1`, `INSERT INTO claim_withdrawn (claim, run) VALUES ('` + id(aClaim, 2) + `', '` + run + `')`,
			`INSERT INTO receivable_refund (id, employer, receivable, amount, day, reference, recorded_by)
				VALUES ('` + id(aReceivable, 2) + `', '` + org + `', '` + id(aReceivable, 1) + `', 1, '2026-10-31', 'r', '` + user + `')`},
		worldOfAccounts(org, user),
		worldOfAttributions(org, user, contract),
		{`INSERT INTO run_repair (run, employment, origin, version, undone, reason, known, marked_by)
				VALUES ('` + run + `', '` + id(anEmployment, 1) + `', '2026-09-01', 1, false, 'r', 1, '` + user + `')`},
		worldOfReceipts(org, user, posting),
		{}, // Only a view says more than it did.
	}
}

// worldOfReconciliation is money from elsewhere, and a difference that was booked.
func worldOfReconciliation(org, user, contract, posting string) []string {
	return []string{
		`INSERT INTO other_money (id, contract, kind, month, amount, reference, recorded_by)
			VALUES ('` + id(aBooking, 2) + `', '` + contract + `', 'LKV', '2026-10-01', 12, 'L-1', '` + user + `')`,
		`INSERT INTO booking (id, difference, municipality, employer, contract, class, month, amount, before, reason, booked_by)
			VALUES ('` + id(aBooking, 1) + `', '` + id(aBooking, 3) + `', '` + org + `', '` + org + `', '` + contract + `', 'cap', '2026-10-01', 1, 0, 'r', '` + user + `')`,
		`INSERT INTO booking_source (booking, source, amount) VALUES ('` + id(aBooking, 1) + `', 'BUIG', 1)`,
		`INSERT INTO booking_approval (booking, posting, booked_by, approved_by) VALUES ('` + id(aBooking, 1) + `', '` + posting + `', '` + user + `', '` + id(aUser, 2) + `')`,
	}
}

// worldOfReturns is a return that was made and the payment of what it asks.
func worldOfReturns(org, user, hash string) []string {
	made, remittance := id(aReturn, 1), id(aReturn, 2)
	return []string{
		`INSERT INTO wage_return (id, employer, period, period_end, period_kind, sequence, number, lines, totals, to_pay, exact, before, hash, made_by)
			VALUES ('` + made + `', '` + org + `', '2026-10-01', '2026-10-31', 'month', 1, '123456782L01', 1, '{}', 30, 30.55, 0, '` + hash + `', '` + user + `')`,
		`INSERT INTO wage_return_line (wage_return, employment, changed, facts, person_sealed)
			VALUES ('` + made + `', '` + id(anEmployment, 1) + `', true, '{}', sha256('a') || sha256('b'))`,
		`INSERT INTO remittance_terms (employer, kind, version, valid_from, number, creditor_iban, creditor_name, recorded_by)
			VALUES ('` + org + `', 'tax', 1, '2026-01-01', '123456782L01', 'NL86INGB0002445588', 'B', '` + user + `')`,
		`INSERT INTO remittance (id, employer, kind, period, period_kind, sequence, amount, rounding, terms, reference, pay_date, due_by, hash, ordered_by)
			VALUES ('` + remittance + `', '` + org + `', 'tax', '2026-10-01', 'month', 1, 30, 0.55, 1, '1234567890123456', '2026-11-30', '2026-11-30', '` + hash + `', '` + user + `')`,
		`INSERT INTO remittance_approval (remittance, ordered_by, approved_by) VALUES ('` + remittance + `', '` + user + `', '` + id(aUser, 2) + `')`,
		`INSERT INTO payment (id, organisation, kind, remittance, debtor, creditor, amount, pay_date, end_to_end, reference)
			VALUES ('` + id(aPayment, 6) + `', '` + org + `', 'tax', '` + remittance + `', 'a', 'b', 30, '2026-11-30', 'i', 'r')`,
	}
}

// worldOfTrajectories is what a municipality owes for a trajectory.
func worldOfTrajectories(org, user, contract, posting, hash string) []string {
	agreement, trajectory, statement := id(anAgreement, 1), id(aTrajectory, 1), id(aStatement, 1)
	return []string{
		`INSERT INTO agreement (id, municipality, number, provider, scheme, starts, agreed, known, recorded_by)
			VALUES ('` + agreement + `', '` + org + `', 'G-1', '` + org + `', 's', '2026-01-01', 10, 1, '` + user + `')`,
		`INSERT INTO trajectory (id, municipality, number, provider, agreement, scheme, person, benefit, referred, iban, known, recorded_by)
			VALUES ('` + trajectory + `', '` + org + `', 'T-1', '` + org + `', '` + agreement + `', 's', '` + id(aPerson, 2) + `', 'WWB', '2026-01-01', 'NL44RABO0123456789', 1, '` + user + `')`,
		`INSERT INTO trajectory_version (trajectory, version, benefit, known, recorded_by) VALUES ('` + trajectory + `', 2, 'WIA', 1, '` + user + `')`,
		`INSERT INTO trajectory_event (trajectory, number, kind, day, contract, reported, known, recorded_by)
			VALUES ('` + trajectory + `', 1, 'started', '2026-01-01', '` + contract + `', true, 1, '` + user + `')`,
		`INSERT INTO trajectory_verdict (trajectory, event, version, verdict, known, judged_by) VALUES ('` + trajectory + `', 1, 1, 'confirmed', 1, '` + user + `')`,
		`INSERT INTO statement (id, municipality, period, sequence, cutoff, rule_set, lines, amount, vat, hash, asked_by)
			VALUES ('` + statement + `', '` + org + `', '2026-10-01', 1, 1, 'r', 1, 100, 21, '` + hash + `', '` + user + `')`,
		`INSERT INTO statement_line (statement, number, trajectory, agreement, subject, scheme, rule, key, kind, document, day, payer, payee, amount, vat_rate, vat, vat_cost)
			VALUES ('` + statement + `', 1, '` + trajectory + `', '` + agreement + `', 'T-1', 's', 'r', 'start', 'fee', 'invoice', '2026-10-01', '` + org + `', '` + org + `', 100, 21, 21, 0)`,
		`INSERT INTO statement_source (statement, line, source, year, amount) VALUES ('` + statement + `', 1, 'BUIG', 2026, 100)`,
		`INSERT INTO statement_exception (statement, number, kind, subject, detail_nl, detail_en) VALUES ('` + statement + `', 1, 'k', 's', 'nl', 'en')`,
		`INSERT INTO statement_approval (statement, posting, asked_by, approved_by, known) VALUES ('` + statement + `', '` + posting + `', '` + user + `', '` + id(aUser, 2) + `', 2)`,
		`INSERT INTO statement_settlement (statement, posting, day, reference, settled_by) VALUES ('` + statement + `', '` + posting + `', '2026-11-02', 'r', '` + user + `')`,
		`INSERT INTO payment (id, organisation, kind, statement, debtor, creditor, amount, pay_date, end_to_end, reference)
			VALUES ('` + id(aPayment, 7) + `', '` + org + `', 'fee', '` + statement + `', 'a', 'b', 121, '2026-10-30', 'h', 'r')`,
		`INSERT INTO budget_entry (municipality, year, source, kind, amount, statement, entered_by) VALUES ('` + org + `', 2026, 'BUIG', 'spent', 100, '` + statement + `', '` + user + `')`,
	}
}

// worldOfNet is what the net of a wage depends on.
func worldOfNet(org, user, contract, run string) []string {
	return []string{
		`INSERT INTO charge_terms (employer, version, valid_from, small, ufo, whk_year, whk_percentage, whk_reference, known, recorded_by)
			VALUES ('` + org + `', 1, '2026-01-01', true, false, 2026, 1.36, 'W-1', 1, '` + user + `')`,
		`INSERT INTO pension_terms (employer, version, valid_from, name, franchise, maximum, employee_percentage, employer_percentage, holiday, waiting_days, from_age, to_age, known, recorded_by)
			VALUES ('` + org + `', 1, '2026-01-01', 'p', 18000, 70000, 8.5, 17, true, 0, 18, 0, 1, '` + user + `')`,
		`INSERT INTO annual_wage (employment, year, version, amount, source, known, recorded_by)
			VALUES ('` + id(anEmployment, 1) + `', 2025, 1, 24000, 'jaaropgaaf', 1, '` + user + `')`,
		`INSERT INTO garnishment (id, employment, reference, version, creditor_iban, creditor_name, valid_from, protected, rank, known, recorded_by)
			VALUES ('` + id(aGarnishment, 1) + `', '` + id(anEmployment, 1) + `', 'B-1', 1, 'NL44RABO0123456789', 'D', '2026-10-01', 1600, 1, 1, '` + user + `')`,
		`INSERT INTO receivable (id, employment, reference, version, cause, amount, per_period, protected, starts, run, contract, known, recorded_by)
			VALUES ('` + id(aReceivable, 1) + `', '` + id(anEmployment, 1) + `', 'V-1', 1, 'c', 100, 25, 1600, '2026-10-01', '` + run + `', '` + contract + `', 1, '` + user + `')`,
	}
}

// worldOfBudgets is what several sources bear, of claims and of costs without a
// payee, and money that was moved.
func worldOfBudgets(org, user, contract, hash string) []string {
	cost, posting := id(aCost, 1), id(aPosting, 3)
	return []string{
		`INSERT INTO claim_source (period, calculation, claim, source, share, amount) VALUES ('2026-10-01', 2, '` + id(aClaim, 1) + `', 'BUIG', 0.5, 5)`,
		// What was approved was before this table was.
		`ALTER TABLE claim_source_2026_10 DISABLE TRIGGER no_more`, `ALTER TABLE claim_source DISABLE TRIGGER no_more`,
		`INSERT INTO claim_source (period, calculation, claim, source, share, amount) VALUES ('2026-10-01', 1, '` + id(aClaim, 1) + `', 'BUIG', 0.5, 5)`,
		`ALTER TABLE claim_source_2026_10 ENABLE TRIGGER no_more`, `ALTER TABLE claim_source ENABLE TRIGGER no_more`,
		`INSERT INTO grant_source (claim, version, source, amount) VALUES ('` + id(aClaim, 1) + `', 1, 'BUIG', 5)`,
		`INSERT INTO internal_cost (id, municipality, scheme, rule, day, hours, price, amount, contract, reference, recorded_by)
			VALUES ('` + cost + `', '` + org + `', 's', 'jobcoach', '2026-10-01', 2.5, 60, 150, '` + contract + `', 'U-1', '` + user + `')`,
		`INSERT INTO internal_cost_source (cost, source, share, amount) VALUES ('` + cost + `', 'BUIG', 1, 150)`,
		`INSERT INTO posting (id, ledger, sequence, kind, content, total, previous, hash, posted_by)
			VALUES ('` + posting + `', '` + org + `', 2, 'cost', '` + hash + `', 150, '` + hash + `', '` + hash + `', '` + id(aUser, 2) + `')`,
		`INSERT INTO internal_cost_approval (cost, posting, recorded_by, approved_by) VALUES ('` + cost + `', '` + posting + `', '` + user + `', '` + id(aUser, 2) + `')`,
		`INSERT INTO budget_entry (municipality, year, source, kind, amount, cost, entered_by) VALUES ('` + org + `', 2026, 'BUIG', 'spent', 150, '` + cost + `', '` + user + `')`,
		`INSERT INTO budget_entry (municipality, year, source, kind, amount, pair, reason, entered_by)
			VALUES ('` + org + `', 2026, 'BUIG', 'rebooked', -10, '` + id(aCost, 2) + `', 'r', '` + user + `'), ('` + org + `', 2026, 'own', 'rebooked', 10, '` + id(aCost, 2) + `', 'r', '` + user + `')`,
		`INSERT INTO forecast (decision, month, rule, source, municipality, result, amount) VALUES ('` + id(aDecision, 1) + `', '2026-11-01', 'r', 'BUIG', '` + org + `', false, 100)`,
	}
}

// build puts the steps of the world from one number to another into a database.
func build(t testing.TB, conn *pgx.Conn, from, to int) {
	t.Helper()
	for step := from; step <= to; step++ {
		for _, statement := range world()[step-1] {
			if _, err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatalf("step %d: %v\n%s", step, err, statement)
			}
		}
	}
}

const steps = 40

// refusedBy runs a statement in a transaction of its own that is rolled back
// and returns the code that PostgreSQL refuses it with.
func refusedBy(t testing.TB, conn *pgx.Conn, statement string, args ...any) (code, constraint string, rows int64) {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	tag, err := tx.Exec(t.Context(), statement, args...)
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code, pg.ConstraintName, 0
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return "", "", tag.RowsAffected()
}

// restrict is the code that our triggers refuse with, referred that of a
// foreign key.
const (
	restrict = "23001"
	referred = "23503"
)

// TestFactsAreForEver changes and deletes every row of every table as the
// owner of the tables. What is listed as changeable is so on purpose; a table
// that is in neither list fails, so that a new one is thought about.
func TestFactsAreForEver(t *testing.T) {
	conn := connect(t, migrated(t))
	build(t, conn, 1, steps)
	forEver := strings.Fields(`cutoff person employment employment_version contract contract_version placement decision decision_version loonwaarde
		submission hours acceptance stream_release posting payment grant_batch grant_line grant_approval claim_decided budget_entry
		settlement run_reopened outbox charge_terms pension_terms annual_wage garnishment receivable opening person_bsn
		grant_source internal_cost internal_cost_source internal_cost_approval forecast scheme_version

		wage_method run_repair payment_cancelled claim_withdrawn receivable_refund other_money booking booking_source booking_approval
		invoice invoice_line letterhead bank_terms bank_file bank_batch bank_line bank_import bank_report bank_settled bank_returned bank_received bank_release organisation_account control_confirmation posting_period period_lock wage_return wage_return_line remittance_terms remittance remittance_approval agreement trajectory trajectory_version trajectory_event trajectory_verdict statement statement_line statement_source statement_exception statement_approval statement_settlement`)
	approved := map[string]string{
		"calculation": "id = 1", "shard": "calculation = 1", "exception": "calculation = 1", "payslip": "calculation = 1", "payslip_line": "calculation = 1",
		"claim": "calculation = 1", "claim_source": "calculation = 1", "correction": "calculation = 1", "attribution": "calculation = 1", "left_out": "calculation = 1", "transfer": "posting = '" + id(aPosting, 1) + "'",
	}
	open := map[string]string{
		"calculation": "id = 2", "shard": "calculation = 2", "exception": "calculation = 2", "payslip": "calculation = 2", "payslip_line": "calculation = 2",
		"claim": "calculation = 2", "claim_source": "calculation = 2", "correction": "calculation = 2", "attribution": "calculation = 2", "left_out": "calculation = 2", "transfer": "posting = '" + id(aPosting, 2) + "'",
	}
	changeable := []string{"sealing_key", "instance", "organisation", "account", "app_user", "app_user_key", "request", "contract_current", "decision_current", "run", "reservation", "outbox_waiting", "outbox_landed", "goose_db_version"}
	tables := tablesOf(t, conn)
	for _, table := range tables {
		_, partly := approved[table]
		if !slices.Contains(forEver, table) && !partly && !slices.Contains(changeable, table) {
			t.Errorf("table %s: may its rows change? It belongs in a list of this test", table)
		}
	}
	tried := 0
	try := func(table, where string, want string) {
		t.Helper()
		column := firstColumn(t, conn, table)
		for _, statement := range []string{
			`UPDATE ` + table + ` SET ` + column + ` = ` + column + ` WHERE ` + where,
			`DELETE FROM ` + table + ` WHERE ` + where,
		} {
			tried++
			code, _, rows := refusedBy(t, conn, statement)
			if code == referred && want == "" {
				continue // Not for ever, but its payslips must go first.
			}
			if code != want || want == "" && rows == 0 {
				t.Errorf("%s: refused with %q (%d rows), want %q", statement, code, rows, want)
			}
		}
	}
	for _, table := range forEver {
		try(table, "true", restrict)
	}
	for table, where := range approved {
		try(table, where, restrict)
	}
	// Partitions are tables too, and a trigger on the parent must reach them.
	for _, table := range []string{"hours", "payslip", "payslip_line", "claim", "claim_source", "transfer"} {
		where := approved[table]
		if where == "" {
			where = "true"
		}
		try(table+"_2026_10", where, restrict)
	}
	for table, where := range open {
		try(table, where, "")
	}
	if tried < 80 {
		t.Errorf("%d statements tried: the lists have shrunk", tried)
	}
}

// tablesOf lists the tables without their partitions.
func tablesOf(t testing.TB, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(list) < 30 {
		t.Fatalf("tables: %v, %v", list, err)
	}
	return list
}

func firstColumn(t testing.TB, conn *pgx.Conn, table string) (name string) {
	t.Helper()
	// An identity column cannot be set, not even to itself.
	err := conn.QueryRow(t.Context(), `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attidentity = '' AND NOT attisdropped ORDER BY attnum LIMIT 1`, table).Scan(&name)
	if err != nil {
		t.Fatalf("columns of %s: %v", table, err)
	}
	return name
}

// TestWhatMayChange says for the rows that do change which changes they take.
func TestWhatMayChange(t *testing.T) {
	conn := connect(t, migrated(t))
	build(t, conn, 1, steps)
	for statement, want := range map[string]string{
		`UPDATE outbox SET data = '{"a":1}'`:                         restrict,
		`UPDATE outbox SET version = 2`:                              restrict,
		`UPDATE outbox SET aggregate = gen_random_uuid()`:            restrict,
		`UPDATE outbox SET owner = owner`:                            restrict,
		`DELETE FROM outbox`:                                         restrict,
		`UPDATE outbox_landed SET incarnation = 'x', sequence = 2`:   "",
		`UPDATE outbox_landed SET sequence = 0`:                      "23514",
		`DELETE FROM outbox_waiting`:                                 "", // it landed
		`DELETE FROM outbox_landed`:                                  "", // the stream lost it
		`UPDATE request SET reply = 'other'`:                         restrict,
		`DELETE FROM request`:                                        "", // after a year
		`DELETE FROM organisation`:                                   restrict,
		`UPDATE organisation SET name = 'Ander'`:                     "",
		`UPDATE calculation SET status = 'superseded' WHERE id = 1`:  restrict,
		`UPDATE calculation SET approved_by = asked_by WHERE id = 1`: restrict,
		`UPDATE calculation SET status = 'superseded' WHERE id = 2`:  "",
		`UPDATE posting SET total = 0`:                               restrict,
		`UPDATE run SET status = 'closed'`:                           "",
		`UPDATE run SET status = 'open'`:                             restrict,
		`UPDATE run SET calculation = 2`:                             restrict,
		`DELETE FROM run`:                                            restrict,
		`TRUNCATE transfer`:                                          restrict,
		`TRUNCATE transfer_2026_10`:                                  restrict,
		`TRUNCATE payment CASCADE`:                                   restrict,
		`TRUNCATE outbox`:                                            restrict,
		`TRUNCATE outbox_waiting`:                                    restrict,
		`TRUNCATE outbox_landed`:                                     restrict,
		`TRUNCATE charge_terms`:                                      restrict,
		`TRUNCATE pension_terms`:                                     restrict,
		`TRUNCATE annual_wage`:                                       restrict,
		`TRUNCATE garnishment`:                                       restrict,
		`TRUNCATE receivable`:                                        restrict,
		`TRUNCATE opening`:                                           restrict,
		`TRUNCATE person_bsn`:                                        restrict,
		`TRUNCATE claim_source`:                                      restrict,
		`TRUNCATE claim_source_2026_10`:                              restrict,
		`TRUNCATE grant_source CASCADE`:                              restrict,
		`TRUNCATE internal_cost_source`:                              restrict,
		`TRUNCATE forecast`:                                          restrict,
		`TRUNCATE bank_line CASCADE`:                                 restrict,
		// Nothing is paid again before it came back, and nothing is confirmed by who recorded it.
		`INSERT INTO bank_line (file, batch, payment, attempt, end_to_end, creditor, amount) SELECT file, batch, payment, 2, 'second', creditor, amount FROM bank_line`: "",
		`INSERT INTO bank_line (file, batch, payment, attempt, end_to_end, creditor, amount) SELECT file, batch, payment, 3, 'third', creditor, amount FROM bank_line`:  "23503",
		`INSERT INTO control_confirmation SELECT gen_random_uuid(), organisation, recorded_by, recorded_by FROM control_confirmation`:                                   "23514",
		// A payment is in one file at most, and so is what the bank gives back.
		`INSERT INTO bank_line (file, batch, payment, attempt, end_to_end, creditor, amount) SELECT file, batch, payment, attempt, 'other', creditor, amount FROM bank_line`:                      "23505",
		`INSERT INTO bank_line (file, batch, payment, attempt, end_to_end, creditor, amount) SELECT file, batch, '` + id(aPayment, 9) + `', attempt, end_to_end, creditor, amount FROM bank_line`: "23505",
		`INSERT INTO payslip SELECT period, 1, contract, person, employment, 1, 0, 1, true, 'i', hash FROM payslip WHERE calculation = 2`:                                                         "23505", // it has one already
		`INSERT INTO payslip_line SELECT period, calculation, contract, 9, kind, quantity, rate, amount, rule, source, origin FROM payslip_line WHERE calculation = 1`:                            restrict,
		`INSERT INTO payslip_line_2026_10 SELECT period, calculation, contract, 9, kind, quantity, rate, amount, rule, source, origin FROM payslip_line WHERE calculation = 1`:                    restrict,
		`INSERT INTO payslip_line SELECT period, calculation, contract, 9, kind, quantity, rate, amount, rule, source, origin FROM payslip_line WHERE calculation = 2`:                            "",
		`INSERT INTO transfer SELECT period, posting, contract, 9, ledger, debit, credit, amount FROM transfer WHERE posting = '` + id(aPosting, 1) + `'`:                                         restrict,
		`INSERT INTO transfer SELECT period, posting, contract, 9, ledger, debit, credit, amount FROM transfer WHERE posting = '` + id(aPosting, 2) + `'`:                                         "",
		`UPDATE payslip SET iban = 'mine' WHERE calculation = 1`:                                  restrict,
		`UPDATE payslip SET calculation = 1 WHERE calculation = 2`:                                restrict,
		`UPDATE transfer SET posting = '` + id(aPosting, 1) + `', number = 2`:                     restrict,
		`UPDATE claim SET budget = 'W' WHERE kind = 'hire'`:                                       "23514", // a hire price draws on none
		`UPDATE claim SET decision = NULL WHERE id = '` + id(aClaim, 1) + `' AND calculation = 2`: "23514",
		`UPDATE claim SET vat = 1 WHERE id = '` + id(aClaim, 1) + `' AND calculation = 2`:         "23514", // a subsidy carries none
		`UPDATE claim SET vat_cost = 22 WHERE kind = 'hire'`:                                      "23514",
		`UPDATE claim SET amount = -1, vat = 0, vat_cost = 0 WHERE kind = 'hire'`:                 "", // a credit note
		`UPDATE correction SET origin = period WHERE calculation = 2`:                             "23514",
		`UPDATE payslip SET overpaid = 1 WHERE calculation = 2`:                                   "23514", // and net is what it was
		`UPDATE claim SET amount = -1 WHERE id = '` + id(aClaim, 1) + `' AND calculation = 2`:     "",      // an advance that was too much
		`UPDATE run SET kind = 'off_cycle'`:                                                       "23514", // of nobody
		`UPDATE reservation SET amount = 1`:                                                       "",
	} {
		if code, _, rows := refusedBy(t, conn, statement); code != want || want == "" && rows == 0 {
			t.Errorf("%s: %q (%d rows), want %q", statement, code, rows, want)
		}
	}
}
