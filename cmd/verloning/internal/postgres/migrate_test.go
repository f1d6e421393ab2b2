package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestConstraintsSayWhatTheDomainSays breaks one rule at a time in a world
// where everything else is right.
func TestConstraintsSayWhatTheDomainSays(t *testing.T) {
	conn := connect(t, migrated(t))
	build(t, conn, 1, steps)
	org, other := id(anOrganisation, 1), id(aContract, 3)
	if _, err := conn.Exec(t.Context(), `INSERT INTO contract (id, employer, number, employment, person, scheme, known)
		VALUES ($1, $2, 'C-2', $3, $4, 's', 1)`, other, org, id(anEmployment, 1), id(aPerson, 1)); err != nil {
		t.Fatal(err)
	}
	for _, c := range brokenRules(org, id(aContract, 1), other, id(aRun, 1)) {
		code, constraint, _ := refusedBy(t, conn, c.statement)
		if got := strings.TrimSpace(code + " " + constraint); got != c.want && !(c.want != "" && !strings.Contains(c.want, " ") && code == c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// broken is a statement and what PostgreSQL refuses it with: a code, and where
// it matters the constraint. Nothing is not refused.
type broken struct{ name, statement, want string }

// brokenRules are the statements, on an organisation, two contracts of its and
// a run.
func brokenRules(org, contract, other, run string) []broken {
	current := func(contract, scheme, days string) string {
		return fmt.Sprintf(`INSERT INTO contract_current VALUES ('%s', '%s', '%s', '%s', '%s')`, contract, org, id(aPerson, 1), scheme, days)
	}
	payment := func(amount, debtor string) string {
		return fmt.Sprintf(`INSERT INTO payment (id, organisation, kind, run, contract, debtor, creditor, amount, pay_date, end_to_end, reference)
			VALUES ('%s', '%s', 'wage', '%s', '%s', '%s', 'b', %s, '2026-10-30', 'e', 'r')`, id(aPayment, 2), org, run, other, debtor, amount)
	}
	transfer := func(debit, amount, period string) string {
		return fmt.Sprintf(`INSERT INTO transfer VALUES ('%s', '%s', '%s', 7, '%s', '%s', 'b', %s)`, period, id(aPosting, 2), contract, org, debit, amount)
	}
	hours := func(period, day, quantity, submission string) string {
		return fmt.Sprintf(`INSERT INTO hours VALUES ('%s', '%s', '%s', 'sick', 1, %s, false, '%s', '%s', 1, 1)`, period, contract, day, quantity, org, submission)
	}
	return slices.Concat(brokenNet(org, contract), brokenBSN(), brokenBudgets(org), []broken{
		{"four eyes", `UPDATE calculation SET status = 'approved', hash = repeat('a', 64), approved_by = asked_by, known = 2 WHERE id = 2`, "23514 four_eyes"},
		{"approved without an approver", `UPDATE calculation SET status = 'approved', hash = repeat('a', 64), known = 2 WHERE id = 2`, "23514 calculation_check2"},
		{"calculated without a hash", `UPDATE calculation SET status = 'calculated' WHERE id = 2`, "23514"},
		{"known at or below its own cut-off", `UPDATE calculation SET status = 'approved', hash = repeat('a', 64), approved_by = '` + id(aUser, 2) + `', known = 1 WHERE id = 2`, "23514"},
		{"a run approved twice", `UPDATE calculation SET status = 'approved', hash = repeat('a', 64), approved_by = '` + id(aUser, 2) + `', known = 2 WHERE id = 2`, "23505 calculation_approved"},
		{"contracts overlap by a day", current(other, "s", "[2026-12-31,)"), "23P01 contract_overlap"},
		{"contracts follow on each other", current(other, "s", "[2027-01-01,)"), ""},
		{"contracts under another scheme", current(other, "t", "[2026-07-01,)"), ""},
		{"decisions overlap by a day", `INSERT INTO decision_current VALUES ('` + id(aDecision, 1) + `', '` + contract + `', '[2026-12-31,)')`, "23505 decision_current_pkey"},
		{"placements overlap", `INSERT INTO placement (id, contract, inlener, days, price, known, recorded_by)
			VALUES ('` + id(aContract, 9) + `', '` + contract + `', '` + org + `', '[2027-01-01,)', 1, 1, '` + id(aUser, 1) + `')`, "23P01 placement_overlap"},
		{"a payment of nought", payment("0", "a"), "23514 payment_amount_check"},
		{"a negative payment", payment("-0.01", "a"), "23514 payment_amount_check"},
		{"a payment to oneself", payment("1", "b"), "23514 payment_check"},
		{"a good payment", payment("0.01", "a"), ""},
		{"a wage paid twice", strings.Replace(payment("0.01", "a"), other, contract, 1), "23505 payment_of_wage"},
		{"a garnishment paid twice", `INSERT INTO payment (id, organisation, kind, run, contract, debtor, creditor, amount, pay_date, end_to_end, reference, garnishment)
			VALUES ('` + id(aPayment, 8) + `', '` + org + `', 'garnishment', '` + id(aRun, 1) + `', '` + contract + `', 'a', 'b', 1, '2026-10-30', 'g', 'r', '` + id(aGarnishment, 1) + `')`,
			"23505 payment_of_garnishment"},
		{"a garnishment for no garnishment", strings.Replace(payment("0.01", "a"), "'wage'", "'garnishment'", 1), "23514 payment_garnished"},
		{"a net that does not follow", `UPDATE payslip SET net = 59.99 WHERE calculation = 2`, "23514 payslip_net"},
		{"charges known by half", `UPDATE payslip SET aof = NULL WHERE calculation = 2`, "23514 payslip_charges"},
		{"a run of four weeks over a month's", `INSERT INTO run (id, employer, period, period_end, period_kind, kind, sequence, pay_date, status, opened_by)
			VALUES ('` + id(aRun, 9) + `', '` + org + `', '2026-10-05', '2026-11-01', 'four_weeks', 'regular', 1, '2026-11-06', 'open', '` + id(aUser, 1) + `')`, "23P01 run_overlap"},
		{"who grants approves", `INSERT INTO grant_approval (batch, posting, granted_by, approved_by) VALUES ('` + id(aBatch, 1) + `', '` + id(aPosting, 2) + `', '` + id(aUser, 1) + `', '` + id(aUser, 1) + `')`, "23514 grant_four_eyes"},
		{"who calculates a statement approves", `INSERT INTO statement_approval (statement, posting, asked_by, approved_by, known)
			VALUES ('` + id(aStatement, 1) + `', '` + id(aPosting, 2) + `', '` + id(aUser, 1) + `', '` + id(aUser, 1) + `', 3)`, "23514 statement_four_eyes"},
		{"a premium that a provider gets", `INSERT INTO statement_line (statement, number, trajectory, subject, scheme, rule, key, kind, document, day, payer, payee, iban, amount, vat_rate, vat, vat_cost)
			VALUES ('` + id(aStatement, 1) + `', 2, '` + id(aTrajectory, 1) + `', 'T-1', 's', 'r', 'k', 'premium', 'decision', '2026-10-01', '` + org + `', '` + org + `', 'x', 1, 0, 0, 0)`, "23514"},
		{"a payment of a statement twice on a line", `INSERT INTO statement_line (statement, number, trajectory, subject, scheme, rule, key, kind, document, day, payer, payee, amount, vat_rate, vat, vat_cost)
			VALUES ('` + id(aStatement, 1) + `', 2, '` + id(aTrajectory, 1) + `', 'T-1', 's', 'r', 'start', 'fee', 'invoice', '2026-10-01', '` + org + `', '` + org + `', 1, 0, 0, 0)`, "23505 statement_line_once"},
		{"spending twice for a statement", `INSERT INTO budget_entry (municipality, year, source, kind, amount, statement, entered_by)
			VALUES ('` + org + `', 2026, 'BUIG', 'spent', 1, '` + id(aStatement, 1) + `', '` + id(aUser, 1) + `')`, "23505 budget_entry_statement"},
		{"an exit without a reason", `INSERT INTO trajectory_event (trajectory, number, kind, day, reported, known, recorded_by)
			VALUES ('` + id(aTrajectory, 1) + `', 2, 'exited', '2026-01-01', false, 1, '` + id(aUser, 1) + `')`, "23514"},
		{"a no without a reason", `INSERT INTO trajectory_verdict (trajectory, event, version, verdict, known, judged_by)
			VALUES ('` + id(aTrajectory, 1) + `', 1, 2, 'rejected', 1, '` + id(aUser, 1) + `')`, "23514"},
		{"a transfer of nought", transfer("a", "0", "2026-10-01"), "23514"},
		{"a transfer to the same account", transfer("b", "1", "2026-10-01"), "23514"},
		{"a transfer of a month that has no partition", transfer("a", "1", "2031-01-01"), "23514"},
		{"a good transfer", transfer("a", "1", "2026-10-01"), ""},
		{"hours of another month", hours("2026-10-01", "2026-11-01", "800", id(aSubmission, 1)), "23514"},
		{"more hours than a day has", hours("2026-10-01", "2026-10-02", "2401", id(aSubmission, 1)), "23514"},
		{"negative hours", hours("2026-10-01", "2026-10-02", "-1", id(aSubmission, 1)), "23514"},
		{"hours that nobody submitted", hours("2026-10-01", "2026-10-02", "800", id(aSubmission, 2)), "23503"},
		{"good hours", hours("2026-10-01", "2026-10-02", "800", id(aSubmission, 1)), ""},
	}, []broken{
		{"an employer without IBAN", `UPDATE organisation SET iban = NULL`, "23514"},
		{"an IBAN with blanks", `UPDATE organisation SET iban = 'NL91 ABNA 0417 1643 00'`, "23514"},
		{"BUIG of a year before it was", `INSERT INTO budget_entry (municipality, year, source, kind, amount, entered_by) VALUES ('` + org + `', 2009, 'BUIG', 'granted', 1, '` + id(aUser, 1) + `')`, "23514"},
		{"W-deel after its end", `INSERT INTO budget_entry (municipality, year, source, kind, amount, entered_by) VALUES ('` + org + `', 2009, 'W', 'granted', 1, '` + id(aUser, 1) + `')`, "23514"},
		{"spending twice for a batch", `INSERT INTO budget_entry (municipality, year, source, kind, amount, batch, entered_by)
			VALUES ('` + org + `', 2026, 'BUIG', 'spent', 1, '` + id(aBatch, 1) + `', '` + id(aUser, 1) + `')`, "23505 budget_entry_spent"},
		{"a refusal that pays", `INSERT INTO grant_line VALUES ('` + id(aClaim, 2) + `', 1, '` + id(aBatch, 1) + `', 'refused', 1, 'x')`, "23514"},
		{"a refusal without reason", `INSERT INTO grant_line VALUES ('` + id(aClaim, 2) + `', 1, '` + id(aBatch, 1) + `', 'refused', 0, '')`, "23514"},
		{"a claim decided twice", `INSERT INTO claim_decided VALUES ('` + id(aClaim, 1) + `', '` + id(aBatch, 1) + `')`, "23505"},
		{"an event's version twice", `INSERT INTO outbox (partition, id, owner, noun, aggregate, version, verb, data)
			VALUES (0, '` + id(anEvent, 2) + `', '` + org + `', 'run', '` + run + `', 1, 'closed', '{}')`, "23505"},
		{"an event whose noun reaches into other subjects", `INSERT INTO outbox (partition, id, owner, noun, aggregate, version, verb, data)
			VALUES (0, '` + id(anEvent, 2) + `', '` + org + `', 'run.>', '` + run + `', 2, 'closed', '{}')`, "23514"},
		{"net that is not gross in a gross-only run", `UPDATE payslip SET net = 99 WHERE calculation = 2`, "23514"},
		{"a claim whose parts do not add up", `UPDATE claim SET charges = 3 WHERE calculation = 2`, "23514"},
		{"a loonwaarde of an amount that does not say what is in it", `INSERT INTO loonwaarde (contract, version, valid_from, percent, amount, known, recorded_by)
			VALUES ('` + contract + `', 9, '2026-07-01', 60, 1402.20, 1, '` + id(aUser, 1) + `')`, "23514"},
		{"a contract of more than full time", `INSERT INTO contract_version (contract, version, valid_from, starts, hours_per_week, full_time_hours, wage_base, wage_factor,
			pay_basis, averaging, written, open_ended, on_call, known, recorded_by)
			VALUES ('` + contract + `', 2, '2026-07-01', '2026-07-01', 41, 40, 'WML', 1, 'hours', false, true, true, false, 1, '` + id(aUser, 1) + `')`, "23514"},
		{"a wage below the minimum", `INSERT INTO contract_version (contract, version, valid_from, starts, hours_per_week, full_time_hours, wage_base, wage_factor,
			pay_basis, averaging, written, open_ended, on_call, known, recorded_by)
			VALUES ('` + contract + `', 2, '2026-07-01', '2026-07-01', 40, 40, 'WML', 0.99, 'hours', false, true, true, false, 1, '` + id(aUser, 1) + `')`, "23514"},
	})
}

// brokenNet are the statements about what the net of a wage depends on.
func brokenNet(org, contract string) []broken {
	user, employment := id(aUser, 1), id(anEmployment, 1)
	charges := func(columns, values string) string {
		return `INSERT INTO charge_terms (employer, version, valid_from, small, ufo, known, recorded_by` + columns + `)
			VALUES ('` + org + `', 2, '2026-07-01', true, false, 1, '` + user + `'` + values + `)`
	}
	pension := func(franchise, maximum, percentage string, toAge int) string {
		return fmt.Sprintf(`INSERT INTO pension_terms VALUES ('%s', 2, '2026-07-01', 'p', %s, %s, %s, 0, true, 0, 18, %d, 1, '%s')`, org, franchise, maximum, percentage, toAge, user)
	}
	garnishment := func(n, version int, reference, iban, to, total string) string {
		return fmt.Sprintf(`INSERT INTO garnishment VALUES ('%s', '%s', '%s', %d, '%s', 'D', '2026-10-01', %s, 1600, %s, 1, 1, '%s')`,
			id(aGarnishment, n), employment, reference, version, iban, to, total, user)
	}
	receivable := func(reference, amount, run string) string {
		return fmt.Sprintf(`INSERT INTO receivable VALUES ('%s', '%s', '%s', 1, 'c', %s, 25, '2026-10-01', 1600, %s, NULL, 1, '%s')`, id(aReceivable, 2), employment, reference, amount, run, user)
	}
	terms := func(columns, values string) string {
		return `INSERT INTO contract_version (contract, version, valid_from, starts, hours_per_week, full_time_hours, wage_base, wage_factor,
			pay_basis, averaging, written, open_ended, on_call, known, recorded_by, ` + columns + `)
			VALUES ('` + contract + `', 2, '2026-07-01', '2026-07-01', 32, 40, 'WML', 1, 'hours', false, true, true, false, 1, '` + user + `', ` + values + `)`
	}
	table := func(base, since, years, factors string) string {
		return strings.Replace(terms("experience_since, step_years, step_factors", since+", "+years+", "+factors), "'WML'", "'"+base+"'", 1)
	}
	const iban = "NL44RABO0123456789"
	return []broken{
		{"a wage table", table("steps", "'2026-07-01'", "'{0,1,2}'", "'{1,1.04,1.04}'"), ""},
		{"a wage table of a contract that pays a factor", table("WML", "'2026-07-01'", "'{0}'", "'{1}'"), "23514 contract_version_steps"},
		{"a wage table without experience", table("steps", "NULL", "'{0}'", "'{1}'"), "23514 contract_version_steps"},
		{"experience from a later day", table("steps", "'2026-07-02'", "'{0}'", "'{1}'"), "23514 contract_version_experience"},
		{"a wage table below the minimum wage", table("steps", "'2026-07-01'", "'{0}'", "'{0.99}'"), "23514 contract_version_table"},
		{"a wage table that falls", table("steps", "'2026-07-01'", "'{0,1}'", "'{1.04,1.03}'"), "23514 contract_version_table"},
		{"a wage table whose years do not rise", table("steps", "'2026-07-01'", "'{0,1,1}'", "'{1,1,1}'"), "23514 contract_version_table"},
		{"a wage table from the first year on", table("steps", "'2026-07-01'", "'{1}'", "'{1}'"), "23514 contract_version_table"},
		{"a wage table without steps", table("steps", "'2026-07-01'", "'{}'", "'{}'"), "23514 contract_version_table"},
		{"a wage table with a step of no factor", table("steps", "'2026-07-01'", "'{0,1}'", "'{1}'"), "23514 contract_version_table"},
		{"charges without a Whk decision", charges("", ""), ""},
		{"half a Whk decision", charges(", whk_year, whk_percentage", ", 2026, 1.36"), "23514 charge_terms_whk"},
		{"a pension maximum that is no more than the franchise", pension("18000", "18000", "8.5", 0), "23514 pension_terms_maximum"},
		{"a pension without a maximum", pension("18000", "NULL", "8.5", 68), ""},
		{"a pension premium of more than half", pension("18000", "NULL", "50.1", 0), "23514"},
		{"a pension that ends at forty", pension("18000", "NULL", "8.5", 40), "23514"},
		{"an annual wage below nil", `INSERT INTO annual_wage VALUES ('` + employment + `', 2025, 2, -1, 's', 1, '` + user + `')`, "23514"},
		{"the same version of an annual wage", `INSERT INTO annual_wage VALUES ('` + employment + `', 2025, 1, 1, 's', 1, '` + user + `')`, "23505"},
		{"an opening's next version, of which the premium wage is not known", `INSERT INTO opening VALUES ('` + contract + `', 2, '2026-09-30', 0, 0, NULL, NULL, NULL, 1, '` + user + `')`, ""},
		{"the same version of an opening", `INSERT INTO opening VALUES ('` + contract + `', 1, '2026-09-30', 0, 0, NULL, NULL, NULL, 1, '` + user + `')`, "23505"},
		{"an opening below nil", `INSERT INTO opening VALUES ('` + contract + `', 2, '2026-09-30', -1, 0, NULL, NULL, NULL, 1, '` + user + `')`, "23514"},
		{"half of a premium wage", `INSERT INTO opening VALUES ('` + contract + `', 2, '2026-09-30', 0, 0, 100, 100, NULL, 1, '` + user + `')`, "23514 opening_premium"},
		{"a premium base above the maximum", `INSERT INTO opening VALUES ('` + contract + `', 2, '2026-09-30', 0, 0, 200, 100, 101, 1, '` + user + `')`, "23514 opening_premium"},
		{"a garnishment's next version", garnishment(1, 2, "B-1", iban, "'2026-12-31'", "500"), ""},
		{"another garnishment of the same reference", garnishment(2, 1, "B-1", iban, "NULL", "NULL"), "23505 garnishment_reference"},
		{"a garnishment that ends before it starts", garnishment(2, 1, "B-2", iban, "'2026-09-30'", "NULL"), "23514"},
		{"a garnishment of nothing", garnishment(2, 1, "B-2", iban, "NULL", "0"), "23514"},
		{"a garnishment for no account", garnishment(2, 1, "B-2", "x", "NULL", "NULL"), "23514"},
		{"another receivable of the same reference", receivable("V-1", "100", "NULL"), "23505 receivable_reference"},
		{"a plan that takes more than is owed", receivable("V-2", "24.99", "NULL"), "23514 receivable_plan"},
		{"a receivable of a run and no contract", receivable("V-2", "100", "'"+id(aRun, 1)+"'"), "23514 receivable_of_run"},
		{"terms as the law has them", terms("bbl", "true"), ""},
		{"less leave than four weeks", terms("leave_weeks", "3.99"), "23514 contract_version_leave"},
		{"less than 70 percent during sickness", terms("sick_waiting, sick_percentage, sick_second", "0, 69.99, 70"), "23514 contract_version_sick"},
		{"three waiting days", terms("sick_waiting, sick_percentage, sick_second", "3, 100, 100"), "23514 contract_version_sick"},
		{"half of the terms of sickness", terms("sick_waiting", "1"), "23514 contract_version_sick"},
		{"ended by nobody we know", terms("ended_by", "'koning'"), "23514 contract_version_ended_by"},
	}
}

// brokenBSN are the statements about whom a BSN is of.
func brokenBSN() []broken {
	later := func(person int, bsn string) string {
		return `INSERT INTO person_bsn (person, bsn_hash, bsn_sealed, known, recorded_by)
			VALUES ('` + id(aPerson, person) + `', sha256('` + bsn + `'), sha256('a') || sha256('b'), 1, '` + id(aUser, 1) + `')`
	}
	register := func(bsn string) string {
		return `INSERT INTO person (id, bsn_hash, bsn_sealed, known) VALUES ('` + id(aPerson, 9) + `', sha256('` + bsn + `'), sha256('a') || sha256('b'), 1)`
	}
	return []broken{
		{"a BSN that becomes known", later(3, "new"), ""},
		{"a BSN that became known of somebody else", later(3, "late"), "23505 person_bsn_bsn_hash_key"},
		{"a BSN that somebody else was registered with", later(3, "early"), "23505 bsn_of_one_person"},
		{"a second BSN that became known", later(1, "new"), "23505 person_bsn_pkey"},
		{"a second BSN of who was registered with one", later(2, "new"), "23505 bsn_of_one_person"},
		{"a person with a BSN of nobody", register("new"), ""},
		{"a person with a BSN that became known of somebody else", register("late"), "23505 bsn_of_one_person"},
	}
}

// brokenBudgets are the statements about money that is moved and costs without a
// payee.
func brokenBudgets(org string) []broken {
	user, pair := id(aUser, 1), id(aCost, 9)
	entry := func(columns string, rows ...string) string {
		return `INSERT INTO budget_entry (municipality, entered_by, year, source, kind, amount` + columns + `) VALUES ('` + org + `', '` + user + `', ` +
			strings.Join(rows, `), ('`+org+`', '`+user+`', `) + `)`
	}
	moved := func(year, source, kind, amount, reason string) string {
		return fmt.Sprintf(`%s, '%s', '%s', %s, '%s', '%s'`, year, source, kind, amount, pair, reason)
	}
	cost := func(hours, price, amount string) string {
		return `INSERT INTO internal_cost (id, municipality, scheme, rule, day, hours, price, amount, reference, recorded_by)
			VALUES ('` + id(aCost, 3) + `', '` + org + `', 's', 'r', '2026-10-01', ` + hours + `, ` + price + `, ` + amount + `, 'U-2', '` + user + `')`
	}
	return []broken{
		{"money that is rebooked", entry(", pair, reason", moved("2026", "BUIG", "rebooked", "-1", "r"), moved("2027", "own", "rebooked", "1", "r")), ""},
		{"money that is carried", entry(", pair, reason", moved("2026", "BUIG", "carried", "-1", ""), moved("2027", "BUIG", "carried", "1", "")), ""},
		{"one end", entry(", pair, reason", moved("2026", "BUIG", "rebooked", "-1", "r")), "23514 budget_entry_both_ends"},
		{"two ends that do not sum to nil", entry(", pair, reason", moved("2026", "BUIG", "rebooked", "-1", "r"), moved("2027", "own", "rebooked", "1.01", "r")), "23514 budget_entry_both_ends"},
		{"rebooked without a reason", entry(", pair, reason", moved("2026", "BUIG", "rebooked", "-1", ""), moved("2027", "own", "rebooked", "1", "")), "23514 budget_entry_pair"},
		{"rebooked into a year that a source was not", entry(", pair, reason", moved("2026", "BUIG", "rebooked", "-1", "r"), moved("2026", "W", "rebooked", "1", "r")), "23514"},
		{"granted below nil", entry("", `2026, 'BUIG', 'granted', -1`), "23514 budget_entry_sign"},
		{"spent on nothing", entry("", `2026, 'BUIG', 'spent', 1`), "23514 budget_entry_spent_on"},
		{"granted on a cost", entry(", cost", `2026, 'own', 'granted', 1, '`+id(aCost, 1)+`'`), "23514 budget_entry_spent_on"},
		{"a cost spent twice", entry(", cost", `2026, 'BUIG', 'spent', 150, '`+id(aCost, 1)+`'`), "23505 budget_entry_cost"},
		{"a cost of hours at a price", cost("1.01", "60.0050", "60.61"), ""},
		{"a cost that hours and price do not come to", cost("1.01", "60.0050", "60.60"), "23514 internal_cost_price"},
		{"a price without hours", cost("NULL", "60", "60"), "23514 internal_cost_price"},
		{"a cost of nothing", cost("NULL", "NULL", "0"), "23514"},
		{"who records a cost approves it", `INSERT INTO internal_cost_approval (cost, posting, recorded_by, approved_by)
			VALUES ('` + id(aCost, 1) + `', '` + id(aPosting, 1) + `', '` + user + `', '` + user + `')`, "23514 internal_cost_four_eyes"},
		{"a share of more than the whole", `UPDATE claim_source SET share = 1 WHERE calculation = 2`, "23514"},
	}
}

// TestPartitionsAreMadeOnDemand asks for the same and for different months in
// many sessions at once, with rows written at the same time.
func TestPartitionsAreMadeOnDemand(t *testing.T) {
	url := migrated(t)
	const sessions, months = 12, 4
	var all sync.WaitGroup
	errs := make(chan error, sessions)
	for n := range sessions {
		conn := connect(t, url)
		all.Go(func() {
			for month := 1; month <= months; month++ {
				if _, err := conn.Exec(context.Background(), `SELECT ensure_period(make_date(2027, $1, $2))`, 1+(month+n)%months, 1+n); err != nil {
					errs <- err
				}
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	conn := connect(t, url)
	var made, triggers int
	err := conn.QueryRow(t.Context(), `
		SELECT count(*), (SELECT count(*) FROM pg_trigger g JOIN pg_inherits i ON i.inhrelid = g.tgrelid WHERE NOT g.tgisinternal)
		FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind = 'r'`).Scan(&made, &triggers)
	// Of its parent each has the trigger on rows; its own are against TRUNCATE
	// and, but for hours, against more rows.
	if err != nil || made != 6*months || triggers != (6+6+5)*months {
		t.Errorf("%d partitions with %d triggers, want %d and %d: %v", made, triggers, 6*months, 17*months, err)
	}
}

// TestMigrateTwice: a second time does nothing, also from many processes that
// start together.
func TestMigrateTwice(t *testing.T) {
	url := database(t)
	var all sync.WaitGroup
	taken := make([]int, 4)
	errs := make([]error, 4)
	for i := range taken {
		all.Go(func() { taken[i], errs[i] = Migrate(context.Background(), url) })
	}
	all.Wait()
	sum := 0
	for _, n := range taken {
		sum += n
	}
	if err := errors.Join(errs...); err != nil || sum != steps {
		t.Errorf("steps %v by four at once, want %d together: %v", taken, steps, err)
	}
	conn := connect(t, url)
	build(t, conn, 1, steps)
	before := rowCounts(t, conn)
	if n, err := Migrate(t.Context(), url); n != 0 || err != nil {
		t.Errorf("again: %d steps, %v", n, err)
	}
	if after := rowCounts(t, conn); after != before {
		t.Errorf("rows before\n%s\nand after\n%s", before, after)
	}
	if err := CheckSchema(t.Context(), url); err != nil {
		t.Error(err)
	}
}

func rowCounts(t testing.TB, conn *pgx.Conn) string {
	t.Helper()
	var out strings.Builder
	for _, table := range tablesOf(t, conn) {
		var n int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %d\n", table, n)
	}
	return out.String()
}

// TestMigrateFromEarlierSteps brings databases that hold rows of earlier steps
// up to date, and then lets the rest of the world be written.
func TestMigrateFromEarlierSteps(t *testing.T) {
	whole := connect(t, migrated(t))
	build(t, whole, 1, steps)
	want := rowCounts(t, whole)
	for _, at := range []int{1, 3, 6, 9, 11, 13, 14, 15} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			url := database(t)
			provider, db, err := newProvider(url)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if _, err := provider.UpTo(t.Context(), int64(at)); err != nil {
				t.Fatal(err)
			}
			conn := connect(t, url)
			build(t, conn, 1, at)
			if err := CheckSchema(t.Context(), url); !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), fmt.Sprintf("at step %d and this program needs %d; run: verloning migrate", at, steps)) {
				t.Errorf("a schema that is older: %v", err)
			}
			if n, err := Migrate(t.Context(), url); n != steps-at || err != nil {
				t.Fatalf("%d steps from %d: %v", n, at, err)
			}
			build(t, conn, at+1, steps)
			if err := CheckSchema(t.Context(), url); err != nil {
				t.Error(err)
			}
			// The tables hold what a world of one piece holds.
			if got := rowCounts(t, conn); got != want {
				t.Errorf("rows\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestCheckSchemaNewer: a program that is older than the schema must not write.
func TestCheckSchemaNewer(t *testing.T) {
	url := migrated(t)
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, true)`, steps+1); err != nil {
		t.Fatal(err)
	}
	if err := CheckSchema(t.Context(), url); !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), fmt.Sprintf("at step %d and this program knows %d; start a newer verloning", steps+1, steps)) {
		t.Errorf("a schema that is newer: %v", err)
	}
}

// TestURLIsNotShown: a URL may hold a password.
func TestURLIsNotShown(t *testing.T) {
	const secret = "geheim"
	for _, url := range []string{"postgres://u:" + secret + "@127.0.0.1:1/x", "postgres://u:" + secret + "@[bad/x", "host=127.0.0.1 port=nonsense password=" + secret} {
		_, migrating := Migrate(t.Context(), url)
		_, opening := Open(t.Context(), Config{URL: url})
		for _, err := range []error{migrating, CheckSchema(t.Context(), url), opening} {
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%v", err)
			}
		}
	}
}

// TestLandingsAreCarriedOver: an event that was published before the step that
// gave landings a table of their own is not published again after it, and one
// that waited still waits.
func TestLandingsAreCarriedOver(t *testing.T) {
	url := database(t)
	provider, db, err := newProvider(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := provider.UpTo(t.Context(), 13); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	build(t, conn, 1, 11)
	for _, statement := range []string{
		`INSERT INTO outbox (partition, id, owner, noun, aggregate, version, verb, data)
			SELECT 3, gen_random_uuid(), owner, noun, aggregate, 2, verb, data FROM outbox`,
		`UPDATE outbox SET incarnation = 'i', sequence = 7 WHERE version = 1`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	var landed, waiting int
	err = conn.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM outbox_landed l JOIN outbox b ON b.row = l.row AND b.version = 1 WHERE l.incarnation = 'i' AND l.sequence = 7),
		       (SELECT count(*) FROM outbox_waiting w JOIN outbox b ON b.row = w.row AND b.version = 2 AND b.partition = w.partition)`).Scan(&landed, &waiting)
	if got := rowCounts(t, conn); err != nil || landed != 1 || waiting != 1 || !strings.Contains(got, "outbox_landed 1\n") || !strings.Contains(got, "outbox_waiting 1\n") {
		t.Errorf("%d landed and %d waits, %v, of\n%s", landed, waiting, err, got)
	}
}
