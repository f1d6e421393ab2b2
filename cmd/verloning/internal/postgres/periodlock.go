package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// PeriodLocks reads what an employer said of the periods that touch a span. Who
// reads shares a lock with others who do, so that hours which were judged before a
// period was locked are kept before it is, and none after.
func (tx *Tx) PeriodLocks(ctx context.Context, employer uuid.UUID, span calendar.Span) ([]payroll.PeriodLock, error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock_shared(hashtextextended('periods/' || $1::text, 7421))`, employer.String()); err != nil {
		return nil, fmt.Errorf("periods of %s: %w", employer, err)
	}
	rows, err := tx.Query(ctx, `
		SELECT period, period_kind, contract, providers, locked, stated_at FROM period_lock
		WHERE employer = $1 AND period_end >= $2 AND ($3::date IS NULL OR period <= $3) ORDER BY row`, employer, day(span.From), day(span.To))
	if err != nil {
		return nil, fmt.Errorf("periods of %s: %w", employer, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l payroll.PeriodLock, err error) {
		var from, at time.Time
		var kind string
		var contract *uuid.UUID
		err = row.Scan(&from, &kind, &contract, &l.Providers, &l.Locked, &at)
		l.Period, l.Contract, l.On = calendar.PeriodFrom(calendar.Kind(kind), date(&from)), nilOr(contract), calendar.Of(at, tx.place)
		return l, err
	})
}

// HoldPeriods is the other side of that lock.
func (tx *Tx) HoldPeriods(ctx context.Context, employer uuid.UUID) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('periods/' || $1::text, 7421))`, employer.String())
	if err != nil {
		return fmt.Errorf("periods of %s: %w", employer, err)
	}
	return nil
}

// ContractIDs finds contracts by number. They are not held: who submits hours holds
// them, and waits for a period that is being locked.
func (tx *Tx) ContractIDs(ctx context.Context, employer uuid.UUID, numbers []string) (map[string]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `SELECT number, id FROM contract WHERE employer = $1 AND number = ANY ($2::text[])`, employer, append([]string{}, numbers...))
	if err != nil {
		return nil, fmt.Errorf("contracts of %s: %w", employer, err)
	}
	found := map[string]uuid.UUID{}
	var number string
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&number, &id}, func() error {
		found[number] = id
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("contracts of %s: %w", employer, err)
	}
	return found, nil
}

// AddPeriodLocks keeps each period with each contract, or with none.
func (tx *Tx) AddPeriodLocks(ctx context.Context, a payroll.Actor, n payroll.NewPeriodLocks) ([]uuid.UUID, error) {
	contracts := n.Contracts
	if len(contracts) == 0 {
		contracts = []uuid.UUID{uuid.Nil}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"period_lock"}, []string{"employer", "period", "period_end", "period_kind", "contract", "providers", "locked", "reason", "stated_by"},
		pgx.CopyFromSlice(len(n.Periods)*len(contracts), func(i int) ([]any, error) {
			p := n.Periods[i/len(contracts)]
			return []any{key(a.Organisation.ID), day(p.From), day(p.To), string(p.Kind), keyOrNull(contracts[i%len(contracts)]), n.Providers, n.Locked, n.Reason, key(a.User)}, nil
		}))
	if err != nil {
		return nil, fmt.Errorf("lock periods: %w", redact(err))
	}
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT provider FROM contract
		WHERE employer = $1 AND provider IS NOT NULL AND (cardinality($2::uuid[]) = 0 OR id = ANY ($2)) ORDER BY provider`, a.Organisation.ID, append([]uuid.UUID{}, n.Contracts...))
	if err != nil {
		return nil, fmt.Errorf("providers of locked periods: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// PeriodStatement is one statement about a period as a list shows it. Why and by
// whom is for the employer alone.
type PeriodStatement struct {
	Row       int64           `json:"row"` // what the next page comes after
	Employer  string          `json:"employer"`
	Period    calendar.Period `json:"period"`
	Contract  string          `json:"contract,omitempty"` // none: all
	Providers bool            `json:"providers"`
	Locked    bool            `json:"locked"`
	Counts    bool            `json:"counts"` // no later statement about the same is there
	On        calendar.Date   `json:"on"`
	By        string          `json:"by,omitempty"`
	Reason    string          `json:"reason,omitempty"`
}

// PeriodStatements lists what was said of periods, the newest first: of the caller's
// own, and of those that hold for contracts it submits hours for.
func (tx *Tx) PeriodStatements(ctx context.Context, a payroll.Actor, span calendar.Span, after int64, limit int) ([]PeriodStatement, error) {
	rows, err := tx.Query(ctx, `
		SELECT l.row, o.code, l.period, l.period_kind, coalesce(c.number, ''), l.providers, l.locked, l.stated_at,
		       CASE WHEN l.employer = @org THEN u.name ELSE '' END, CASE WHEN l.employer = @org THEN l.reason ELSE '' END,
		       NOT EXISTS (SELECT FROM period_lock n WHERE n.employer = l.employer AND n.row > l.row AND n.period <= l.period AND n.period_end >= l.period_end
		                   AND (n.contract IS NULL OR n.contract = l.contract) AND n.providers <= l.providers)
		FROM period_lock l JOIN organisation o ON o.id = l.employer JOIN app_user u ON u.id = l.stated_by LEFT JOIN contract c ON c.id = l.contract
		WHERE (l.employer = @org OR EXISTS (SELECT FROM contract x WHERE x.employer = l.employer AND x.provider = @org AND (l.contract IS NULL OR l.contract = x.id)))
		  AND (@from::date IS NULL OR (l.period_end >= @from AND l.period <= @to::date)) AND (@after = 0 OR l.row < @after)
		ORDER BY l.row DESC LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "from": day(span.From), "to": day(span.To), "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s PeriodStatement, err error) {
		var from, at time.Time
		var kind string
		err = row.Scan(&s.Row, &s.Employer, &from, &kind, &s.Contract, &s.Providers, &s.Locked, &at, &s.By, &s.Reason, &s.Counts)
		s.Period, s.On = calendar.PeriodFrom(calendar.Kind(kind), date(&from)), calendar.Of(at, tx.place)
		return s, err
	})
}
