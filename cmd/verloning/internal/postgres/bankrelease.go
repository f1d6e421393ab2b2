package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// ReturnedPayments finds payments of the organisation whose last attempt came back
// alone. What came back with its whole batch or file needs no release.
func (tx *Tx) ReturnedPayments(ctx context.Context, a payroll.Actor, ids []uuid.UUID) (map[uuid.UUID]payroll.ReturnedPayment, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.payment, t.attempt, t.reason, i.imported_by, f.released_by
		FROM payment p JOIN bank_returned t ON t.payment = p.id JOIN bank_report r ON r.id = t.report JOIN bank_import i ON i.id = r.import
		LEFT JOIN bank_release f ON f.payment = t.payment AND f.attempt = t.attempt
		WHERE p.organisation = $1 AND p.id = ANY ($2) AND NOT t.whole
		  AND NOT EXISTS (SELECT FROM bank_line n WHERE n.payment = t.payment AND n.attempt > t.attempt)`, a.Organisation.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("payments that came back: %w", err)
	}
	found := map[uuid.UUID]payroll.ReturnedPayment{}
	var p payroll.ReturnedPayment
	var released *uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&p.Payment, &p.Attempt, &p.Back.Reason, &p.ImportedBy, &released}, func() error {
		p.Back.ReleasedBy = nilOr(released)
		found[p.Payment] = p
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("payments that came back: %w", err)
	}
	return found, nil
}

// AddReleases notes that payments may go again as they were.
func (tx *Tx) AddReleases(ctx context.Context, a payroll.Actor, list []payroll.ReturnedPayment, reason string) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"bank_release"}, []string{"payment", "attempt", "reason", "imported_by", "released_by"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			p := list[i]
			return []any{key(p.Payment), p.Attempt, reason, key(p.ImportedBy), key(a.User)}, nil
		}))
	if err != nil {
		return fmt.Errorf("release %d payments: %w", len(list), redact(err))
	}
	return nil
}
