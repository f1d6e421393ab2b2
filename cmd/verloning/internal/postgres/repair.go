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

// PaidRun finds the regular run that paid a period, which is approved and was not
// reversed.
func (tx *Tx) PaidRun(ctx context.Context, employer uuid.UUID, p calendar.Period) (payroll.Run, bool, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+runColumns+` FROM run r
		WHERE r.employer = $1 AND r.period = $2 AND r.period_kind = $3 AND r.kind = 'regular' AND r.status IN ('approved', 'paid', 'closed')`, employer, day(p.From), string(p.Kind))
	return oneRun(rows, err, p)
}

// AddRepair keeps the next version of a mark.
func (tx *Tx) AddRepair(ctx context.Context, a payroll.Actor, m payroll.Repair) (version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO run_repair (run, employment, origin, version, undone, reason, known, marked_by)
		SELECT @run, @employment, @origin, coalesce(max(version), 0) + 1, @undone, @reason, @known, @by
		FROM run_repair WHERE run = @run AND employment = @employment AND origin = @origin
		RETURNING version`,
		pgx.NamedArgs{"run": m.Run, "employment": m.Employment, "origin": day(m.Origin.From), "undone": m.Undone, "reason": m.Reason, "known": known, "by": a.User}).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("repair of %s in run %s: %w", m.Origin, m.Run, err)
	}
	return version, nil
}

// repaired are the periods whose errors the run repairs, by person, as the cut-off
// knows them.
func (l *loader) repaired(ctx context.Context) (map[uuid.UUID][]calendar.Date, error) {
	rows, err := l.Query(ctx, `
		SELECT person, origin FROM (
			SELECT DISTINCT ON (m.employment, m.origin) e.person, m.origin, m.undone FROM run_repair m JOIN employment e ON e.id = m.employment
			WHERE m.run = @run AND m.known <= @cutoff AND e.person BETWEEN @first AND @last ORDER BY m.employment, m.origin, m.version DESC) m
		WHERE NOT undone ORDER BY person, origin`, l.args)
	if err != nil {
		return nil, err
	}
	list := map[uuid.UUID][]calendar.Date{}
	var person uuid.UUID
	var origin time.Time
	_, err = pgx.ForEachRow(rows, []any{&person, &origin}, func() error {
		list[person] = append(list[person], date(&origin))
		return nil
	})
	return list, err
}
