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

// ChangesOf finds changes of the organisation by id.
func (tx *Tx) ChangesOf(ctx context.Context, a payroll.Actor, ids []uuid.UUID) (map[uuid.UUID]payroll.PendingChange, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.change, c.recorded_by, EXISTS (SELECT FROM control_confirmation f WHERE f.change = c.change AND f.confirmed_by = $3)
		FROM master_change c WHERE c.organisation = $1 AND c.change = ANY ($2)`, a.Organisation.ID, ids, a.User)
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	found := map[uuid.UUID]payroll.PendingChange{}
	var c payroll.PendingChange
	_, err = pgx.ForEachRow(rows, []any{&c.Change, &c.RecordedBy, &c.Mine}, func() error {
		found[c.Change] = c
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	return found, nil
}

// AddConfirmations notes who confirms changes.
func (tx *Tx) AddConfirmations(ctx context.Context, a payroll.Actor, list []payroll.PendingChange) error {
	changes, recorded := make([]uuid.UUID, len(list)), make([]uuid.UUID, len(list))
	for i, c := range list {
		changes[i], recorded[i] = c.Change, c.RecordedBy
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO control_confirmation (change, organisation, recorded_by, confirmed_by)
		SELECT n.change, $3, n.recorded, $4 FROM unnest($1::uuid[], $2::uuid[]) AS n (change, recorded) ON CONFLICT DO NOTHING`,
		changes, recorded, a.Organisation.ID, a.User)
	if err != nil {
		return fmt.Errorf("confirm changes: %w", err)
	}
	return nil
}

// ChangeListed is a change that nobody has confirmed. Of an account it has the last
// four characters: enough to check, and too little to pay on.
type ChangeListed struct {
	Change   uuid.UUID       `json:"change"`
	Kind     string          `json:"kind"`  // iban | decision | loonwaarde | scheme
	Label    string          `json:"label"` // number of what was changed
	Version  int             `json:"version"`
	Was      string          `json:"was,omitempty"`
	Becomes  string          `json:"becomes"`
	Mine     bool            `json:"mine"` // recorded by who asks, who cannot confirm it
	Recorded calendar.Moment `json:"recorded"`
}

// PendingChanges lists what nobody has confirmed, in order of id, after one of them.
func (tx *Tx) PendingChanges(ctx context.Context, a payroll.Actor, program []string, after uuid.UUID, limit int) ([]ChangeListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.change, c.kind, c.label, c.version, c.was, c.becomes, c.recorded_by = @by, c.recorded_at FROM master_change c
		WHERE c.organisation = @org AND c.change > @after AND (c.kind <> 'scheme' OR c.version > 1 OR c.label = ANY (@program))
		  AND NOT EXISTS (SELECT FROM control_confirmation f WHERE f.change = c.change) ORDER BY c.change LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "by": a.User, "program": program, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c ChangeListed, err error) {
		var at time.Time
		err = row.Scan(&c.Change, &c.Kind, &c.Label, &c.Version, &c.Was, &c.Becomes, &c.Mine, &at)
		c.Recorded = calendar.MomentOf(at, tx.place)
		return c, err
	})
}

// PendingCount counts them.
func (tx *Tx) PendingCount(ctx context.Context, a payroll.Actor, program []string) (n int, err error) {
	err = tx.QueryRow(ctx, `
		SELECT count(*)::int FROM master_change c WHERE c.organisation = $1 AND (c.kind <> 'scheme' OR c.version > 1 OR c.label = ANY ($2))
		  AND NOT EXISTS (SELECT FROM control_confirmation f WHERE f.change = c.change)`, a.Organisation.ID, program).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("changes: %w", err)
	}
	return n, nil
}
