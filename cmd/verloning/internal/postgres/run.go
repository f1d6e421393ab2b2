package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// runRow is a run as it is kept.
type runRow struct {
	ID          uuid.UUID
	Employer    uuid.UUID
	Period      time.Time
	PeriodKind  string
	Kind        string
	Sequence    int
	Person      *uuid.UUID
	PayDate     time.Time
	Deadline    *time.Time
	BackTo      *time.Time
	Status      string
	Reverses    *uuid.UUID
	Contract    *uuid.UUID
	Calculation int
}

const runColumns = `r.id, r.employer, r.period, r.period_kind, r.kind, r.sequence, r.person, r.pay_date, r.deadline, r.back_to, r.status, r.reverses, r.contract, r.calculation`

func (row runRow) run() payroll.Run {
	return payroll.Run{
		ID: row.ID, Employer: row.Employer, Period: calendar.PeriodFrom(calendar.Kind(row.PeriodKind), date(&row.Period)),
		Kind: payroll.RunKind(row.Kind), Sequence: row.Sequence, Person: nilOr(row.Person), PayDate: date(&row.PayDate), Deadline: date(row.Deadline), BackTo: date(row.BackTo),
		Status: payroll.RunStatus(row.Status), Reverses: nilOr(row.Reverses), Contract: nilOr(row.Contract), Calculation: row.Calculation,
	}
}

// Run finds a run and holds it as asked.
func (tx *Tx) Run(ctx context.Context, id uuid.UUID, lock payroll.Lock) (payroll.Run, bool, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` FROM run r WHERE r.id = $1 `+string(lock), id)
	return oneRun(rows, err, id)
}

// oneRun reads the run that a query found, or none; what says in an error which run
// was sought.
func oneRun(rows pgx.Rows, err error, what any) (payroll.Run, bool, error) {
	if err != nil {
		return payroll.Run{}, false, fmt.Errorf("run %s: %w", what, err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[runRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return payroll.Run{}, false, nil
	}
	if err != nil {
		return payroll.Run{}, false, fmt.Errorf("run %s: %w", what, err)
	}
	return row.run(), true, nil
}

// Runs lists the runs of an employer, the newest period first.
func (tx *Tx) Runs(ctx context.Context, a payroll.Actor) ([]payroll.Run, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` FROM run r WHERE r.employer = $1 ORDER BY r.period DESC, r.sequence LIMIT 500`, a.Organisation.ID)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (payroll.Run, error) {
		r, err := pgx.RowToStructByPos[runRow](row)
		return r.run(), err
	})
}

// AddRun keeps a new run; exists reports that the period has one.
func (tx *Tx) AddRun(ctx context.Context, a payroll.Actor, r payroll.Run) (bool, error) {
	if err := tx.ensurePeriod(ctx, calendar.MonthOf(r.Period.From).From); err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO run (id, employer, period, period_end, period_kind, kind, sequence, person, pay_date, deadline, back_to, status, opened_by)
		VALUES (@id, @employer, @period, @periodEnd, @periodKind, @kind, @sequence, @person, @payDate, @deadline, @backTo, @status, @by) ON CONFLICT DO NOTHING`,
		pgx.NamedArgs{
			"id": r.ID, "employer": r.Employer, "period": day(r.Period.From), "periodEnd": day(r.Period.To), "periodKind": string(r.Period.Kind), "kind": string(r.Kind),
			"sequence": r.Sequence, "person": null(r.Person), "payDate": day(r.PayDate), "deadline": day(r.Deadline), "backTo": day(r.BackTo), "status": string(r.Status), "by": a.User,
		})
	if err != nil {
		return false, fmt.Errorf("add run %s: %w", r.ID, err)
	}
	return tag.RowsAffected() == 0, nil
}

// NextSequence numbers an off-cycle run. The employer's row is held, so that two
// that are opened at the same time get two numbers.
func (tx *Tx) NextSequence(ctx context.Context, r payroll.Run) (n int, err error) {
	if err := tx.holdOrganisation(ctx, r.Employer); err != nil {
		return 0, fmt.Errorf("number of a run: %w", err)
	}
	err = tx.QueryRow(ctx, `
		SELECT coalesce(max(sequence), 0)::int + 1 FROM run WHERE employer = $1 AND period = $2 AND period_kind = $3 AND kind = $4`,
		r.Employer, day(r.Period.From), string(r.Period.Kind), string(r.Kind)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("number of a run: %w", err)
	}
	return n, nil
}

// EmployersIn lists the employers with a contract in a period, in order of code.
func (tx *Tx) EmployersIn(ctx context.Context, p calendar.Period) ([]payroll.Organisation, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, o.code FROM organisation o
		WHERE EXISTS (SELECT FROM contract_current k WHERE k.employer = o.id AND k.days && $1) ORDER BY o.code`, days(p.Span))
	if err != nil {
		return nil, fmt.Errorf("employers in %s: %w", p, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o payroll.Organisation, err error) {
		return o, row.Scan(&o.ID, &o.Code)
	})
}

// ReopenRun takes a run back to open: its newest calculation is superseded.
func (tx *Tx) ReopenRun(ctx context.Context, a payroll.Actor, r payroll.Run, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE calculation SET status = 'superseded' WHERE run = $1 AND status IN ('calculating', 'calculated')`, r.ID); err != nil {
		return fmt.Errorf("reopen run %s: %w", r.ID, err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO run_reopened (run, calculation, reason, reopened_by) VALUES ($1, $2, $3, $4)`, r.ID, r.Calculation, reason, a.User)
	if err != nil {
		return fmt.Errorf("reopen run %s: %w", r.ID, err)
	}
	return tx.SetRunStatus(ctx, r)
}

// SetRunStatus moves a run on; the caller holds its lock.
func (tx *Tx) SetRunStatus(ctx context.Context, r payroll.Run) error {
	if _, err := tx.Exec(ctx, `UPDATE run SET status = $2, calculation = $3 WHERE id = $1`, r.ID, string(r.Status), r.Calculation); err != nil {
		return fmt.Errorf("status of run %s: %w", r.ID, err)
	}
	return nil
}

// PersonsOf lists, in order, the persons with a contract of the employer in
// the period, or with hours in it, and those whom a late fact about earlier periods
// concerns, as known at the cut-off.
func (tx *Tx) PersonsOf(ctx context.Context, r payroll.Run, c payroll.Calculation) ([]uuid.UUID, error) {
	args := newLoader(tx, r, c, payroll.Shard{From: uuid.Nil, To: uuid.Max}).args
	args["person"] = null(r.Person)
	rows, err := tx.Query(ctx, `
		SELECT c.person
		FROM contract c
		JOIN LATERAL (
			SELECT v.starts, v.ends FROM contract_version v
			WHERE v.contract = c.id AND v.known <= @cutoff ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE c.employer = @employer AND c.known <= @cutoff AND (@person::uuid IS NULL OR c.person = @person)
		  AND (v.starts <= @to AND (v.ends IS NULL OR v.ends >= @from)
		       OR EXISTS (SELECT FROM hours h WHERE h.contract = c.id AND h.known <= @cutoff
		                  AND h.period BETWEEN date_trunc('month', @from::date)::date AND @to AND h.day BETWEEN @from AND @to))
		UNION SELECT a.person FROM (`+affected+`) a
		ORDER BY person`, args)
	if err != nil {
		return nil, fmt.Errorf("persons of run %s: %w", r.ID, err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// AddCalculation starts a calculation: the earlier one of the run is
// superseded, the run points at the new one.
func (tx *Tx) AddCalculation(ctx context.Context, r payroll.Run, c payroll.Calculation, shards []payroll.Shard) error {
	_, err := tx.Exec(ctx, `UPDATE calculation SET status = 'superseded' WHERE run = $1 AND status IN ('calculating', 'calculated')`, r.ID)
	if err != nil {
		return fmt.Errorf("supersede calculations of run %s: %w", r.ID, err)
	}
	var id int64
	err = tx.QueryRow(ctx, `
		INSERT INTO calculation (run, number, cutoff, rule_set, figures, status, shards, asked_by)
		VALUES ($1, $2, $3, $4, nullif($5, ''), 'calculating', $6, $7) RETURNING id`,
		r.ID, c.Number, c.Cutoff, c.RuleSet, c.Figures, c.Shards, c.AskedBy).Scan(&id)
	if err != nil {
		return fmt.Errorf("add calculation %d of run %s: %w", c.Number, r.ID, err)
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"shard"}, []string{"calculation", "number", "person_from", "person_to"},
		pgx.CopyFromSlice(len(shards), func(i int) ([]any, error) {
			return []any{id, shards[i].Number, shards[i].From, shards[i].To}, nil
		}))
	if err != nil {
		return fmt.Errorf("shards of run %s: %w", r.ID, err)
	}
	return tx.SetRunStatus(ctx, r)
}

// Calculation finds a calculation of a run by its number.
func (tx *Tx) Calculation(ctx context.Context, run uuid.UUID, number int) (payroll.Calculation, bool, error) {
	c := payroll.Calculation{Run: run, Number: number}
	var hash *string
	err := tx.QueryRow(ctx, `SELECT id, cutoff, rule_set, coalesce(figures, ''), asked_by, shards, hash FROM calculation WHERE run = $1 AND number = $2`, run, number).
		Scan(&c.ID, &c.Cutoff, &c.RuleSet, &c.Figures, &c.AskedBy, &c.Shards, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("calculation %d of run %s: %w", number, run, err)
	}
	c.Hash = orEmpty(hash)
	return c, true, nil
}

// ShardsToDo counts the shards of a calculation that are not done.
func (tx *Tx) ShardsToDo(ctx context.Context, c payroll.Calculation) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*)::int FROM shard WHERE calculation = $1 AND done_at IS NULL`, c.ID).Scan(&n)
	return n, err
}

// SetCalculated seals a calculation.
func (tx *Tx) SetCalculated(ctx context.Context, r payroll.Run, c payroll.Calculation, hash string, t subsidy.Totals) error {
	totals, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("totals of run %s: %w", r.ID, err)
	}
	_, err = tx.Exec(ctx, `UPDATE calculation SET status = 'calculated', hash = $2, totals = $3, calculated_at = now() WHERE id = $1`, c.ID, hash, string(totals))
	if err != nil {
		return fmt.Errorf("seal calculation %d of run %s: %w", c.Number, r.ID, err)
	}
	r.Status = payroll.RunCalculated
	return tx.SetRunStatus(ctx, r)
}

// Totals returns the totals of a sealed calculation, with the exceptions that
// are open now.
func (tx *Tx) Totals(ctx context.Context, r payroll.Run, c payroll.Calculation) (subsidy.Totals, error) {
	var t subsidy.Totals
	var kept *string
	err := tx.QueryRow(ctx, `SELECT totals FROM calculation WHERE id = $1`, c.ID).Scan(&kept)
	if err == nil && kept != nil {
		err = json.Unmarshal([]byte(*kept), &t)
	}
	if err == nil {
		t.Open, err = tx.OpenExceptions(ctx, r)
	}
	if err != nil {
		return t, fmt.Errorf("totals of run %s: %w", r.ID, err)
	}
	return t, nil
}

// OpenExceptions counts exceptions of the newest calculation that nobody
// accepted.
func (tx *Tx) OpenExceptions(ctx context.Context, r payroll.Run) (n int, err error) {
	err = tx.QueryRow(ctx, `
		SELECT count(*)::int FROM exception e JOIN calculation c ON c.id = e.calculation
		WHERE c.run = $1 AND c.number = $2 AND NOT EXISTS (SELECT FROM acceptance a WHERE a.run = c.run AND a.key = e.key)`,
		r.ID, r.Calculation).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("exceptions of run %s: %w", r.ID, err)
	}
	return n, nil
}

// AcceptExceptions notes acceptances; unknown are keys that the newest
// calculation does not have. Accepting twice is once.
func (tx *Tx) AcceptExceptions(ctx context.Context, a payroll.Actor, r payroll.Run, keys []string, reason string) ([]string, error) {
	rows, err := tx.Query(ctx, `
		SELECT k::text FROM unnest(@keys::uuid[]) k
		WHERE NOT EXISTS (SELECT FROM exception e JOIN calculation c ON c.id = e.calculation
		                  WHERE c.run = @run AND c.number = @number AND e.key = k)`,
		pgx.NamedArgs{"keys": keys, "run": r.ID, "number": r.Calculation})
	if err != nil {
		return nil, fmt.Errorf("accept exceptions of run %s: %w", r.ID, err)
	}
	unknown, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(unknown) > 0 {
		return unknown, err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO acceptance (run, key, accepted_by, reason)
		SELECT @run, k, @by, @reason FROM (SELECT DISTINCT unnest(@keys::uuid[]) k) x ON CONFLICT DO NOTHING`,
		pgx.NamedArgs{"keys": keys, "run": r.ID, "by": a.User, "reason": reason})
	if err != nil {
		return nil, fmt.Errorf("accept exceptions of run %s: %w", r.ID, err)
	}
	return nil, nil
}

// ExceptionRow is an exception as a list shows it.
type ExceptionRow struct {
	Key      uuid.UUID    `json:"exception"`
	Kind     string       `json:"kind"`
	Subject  string       `json:"subject"`
	Article  string       `json:"article,omitempty"`
	Detail   payroll.Text `json:"detail"`
	Accepted bool         `json:"accepted"`
	Reason   string       `json:"reason,omitempty"`
}

// Exceptions lists the exceptions of a run's newest calculation, after a key
// in the order of kind, subject and key.
func (tx *Tx) Exceptions(ctx context.Context, r payroll.Run, after string, limit int) ([]ExceptionRow, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.key, e.kind, e.subject, e.article, e.detail_nl, e.detail_en, a.key IS NOT NULL, coalesce(a.reason, '')
		FROM exception e JOIN calculation c ON c.id = e.calculation
		LEFT JOIN acceptance a ON a.run = c.run AND a.key = e.key
		WHERE c.run = @run AND c.number = @number
		  AND (@after = '' OR (e.kind, e.subject, e.key) > (SELECT x.kind, x.subject, x.key FROM exception x WHERE x.calculation = c.id AND x.key::text = @after))
		ORDER BY e.kind, e.subject, e.key LIMIT @limit`,
		pgx.NamedArgs{"run": r.ID, "number": r.Calculation, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("exceptions of run %s: %w", r.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ExceptionRow, error) {
		var e ExceptionRow
		err := row.Scan(&e.Key, &e.Kind, &e.Subject, &e.Article, &e.Detail.NL, &e.Detail.EN, &e.Accepted, &e.Reason)
		return e, err
	})
}

// NewerFacts counts what was recorded since the cut-off of a calculation about
// the days of its run: hours, placements, versions of contracts, employments, a BSN,
// openings, decisions, loonwaarden and schemes of its employer's contracts, and of what its charges, pension,
// special rates and withholdings go by. Who approves should know that they are
// not in it. What runs themselves made is no news.
func (tx *Tx) NewerFacts(ctx context.Context, r payroll.Run, c payroll.Calculation) (n int, err error) {
	err = tx.QueryRow(ctx, `
		SELECT ((SELECT count(*) FROM hours h JOIN contract c ON c.id = h.contract
		         WHERE c.employer = @employer AND h.known > @cutoff AND h.period BETWEEN date_trunc('month', @from::date)::date AND @to AND h.day BETWEEN @from AND @to)
		      + (SELECT count(*) FROM contract_version v JOIN contract c ON c.id = v.contract WHERE c.employer = @employer AND v.known > @cutoff)
		      + (SELECT count(*) FROM employment_version v JOIN employment e ON e.id = v.employment WHERE e.employer = @employer AND v.known > @cutoff)
		      + (SELECT count(*) FROM person_bsn b JOIN employment e ON e.person = b.person WHERE e.employer = @employer AND b.known > @cutoff)
		      + (SELECT count(*) FROM decision_version v JOIN decision d ON d.id = v.decision JOIN contract c ON c.id = d.contract WHERE c.employer = @employer AND v.known > @cutoff)
		      + (SELECT count(*) FROM placement p JOIN contract c ON c.id = p.contract WHERE c.employer = @employer AND p.known > @cutoff)
		      + (SELECT count(*) FROM loonwaarde w JOIN contract c ON c.id = w.contract WHERE c.employer = @employer AND w.known > @cutoff)
		      + (SELECT count(*) FROM scheme_version v WHERE v.known > @cutoff AND EXISTS (
		             SELECT FROM contract c WHERE c.employer = @employer AND c.municipality = v.municipality AND c.scheme = v.scheme))
		      + (SELECT count(*) FROM charge_terms t WHERE t.employer = @employer AND t.known > @cutoff)
		      + (SELECT count(*) FROM pension_terms t WHERE t.employer = @employer AND t.known > @cutoff)
		      + (SELECT count(*) FROM annual_wage w JOIN employment e ON e.id = w.employment WHERE e.employer = @employer AND w.known > @cutoff)
		      + (SELECT count(*) FROM opening o JOIN contract c ON c.id = o.contract WHERE c.employer = @employer AND o.known > @cutoff)
		      + (SELECT count(*) FROM garnishment g JOIN employment e ON e.id = g.employment WHERE e.employer = @employer AND g.known > @cutoff)
		      + (SELECT count(*) FROM receivable o JOIN employment e ON e.id = o.employment
		         WHERE e.employer = @employer AND o.known > @cutoff AND NOT (o.version = 1 AND o.run IS NOT NULL)))::int`,
		pgx.NamedArgs{"employer": r.Employer, "cutoff": c.Cutoff, "from": day(r.Period.From), "to": day(r.Period.To)}).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("facts since run %s: %w", r.ID, err)
	}
	return n, nil
}

// Unfinished lists calculations that are some seconds old and have shards to do.
func (tx *Tx) Unfinished(ctx context.Context) ([]payroll.Calculation, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.id, c.run, c.number, c.cutoff, c.rule_set FROM calculation c JOIN run r ON r.id = c.run AND r.calculation = c.number
		WHERE c.status = 'calculating' AND c.asked_at < now() - interval '5 seconds' AND EXISTS (SELECT FROM shard s WHERE s.calculation = c.id AND s.done_at IS NULL)`)
	if err != nil {
		return nil, fmt.Errorf("unfinished calculations: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c payroll.Calculation, err error) {
		return c, row.Scan(&c.ID, &c.Run, &c.Number, &c.Cutoff, &c.RuleSet)
	})
}

// Stalled lists shards of some calculations that are not done, so that hints
// that got lost are given again. The truth is the row, not the hint; a hint too
// many finds the shard taken.
func (tx *Tx) Stalled(ctx context.Context, calculations []int64, limit int) ([]payroll.Shard, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.run, c.number, s.number, s.person_from, s.person_to
		FROM shard s JOIN calculation c ON c.id = s.calculation JOIN run r ON r.id = c.run AND r.calculation = c.number
		WHERE c.status = 'calculating' AND s.done_at IS NULL AND c.id = ANY ($1::bigint[])
		ORDER BY c.asked_at, s.number LIMIT $2`, calculations, limit)
	if err != nil {
		return nil, fmt.Errorf("stalled shards: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[payroll.Shard])
}

// Unsealed lists calculations all of whose shards are done and that nobody
// sealed, because the one who did the last shard was killed.
func (s *Store) Unsealed(ctx context.Context) ([]payroll.Calculation, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT c.run, c.number FROM calculation c JOIN run r ON r.id = c.run AND r.calculation = c.number
		WHERE c.status = 'calculating' AND NOT EXISTS (SELECT FROM shard s WHERE s.calculation = c.id AND s.done_at IS NULL)`)
	if err != nil {
		return nil, fmt.Errorf("unsealed calculations: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c payroll.Calculation, err error) {
		return c, row.Scan(&c.Run, &c.Number)
	})
}

// Progress counts the shards of a run's newest calculation.
func (tx *Tx) Progress(ctx context.Context, r payroll.Run) (done, all int, err error) {
	err = tx.QueryRow(ctx, `
		SELECT count(s.done_at)::int, count(*)::int FROM shard s JOIN calculation c ON c.id = s.calculation
		WHERE c.run = $1 AND c.number = $2`, r.ID, r.Calculation).Scan(&done, &all)
	return done, all, err
}

// ShardsLeft counts, without locking, the shards of a calculation still to do.
func (s *Store) ShardsLeft(ctx context.Context, run uuid.UUID, number int) (n int, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT count(*)::int FROM shard s JOIN calculation c ON c.id = s.calculation
		WHERE c.run = $1 AND c.number = $2 AND s.done_at IS NULL`, run, number).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("shards of run %s: %w", run, err)
	}
	return n, nil
}
