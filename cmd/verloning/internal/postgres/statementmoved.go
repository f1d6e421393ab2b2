package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll/calendar"
)

// statementsMoved says when the bank of a gemeente carried out payments of
// statements, or took in what a provider paid back of one, by the ids of those (see
// subsidy.PaymentOf). What came back is not among them.
func (tx *Tx) statementsMoved(ctx context.Context, payments []uuid.UUID) (map[uuid.UUID]calendar.Date, error) {
	rows, err := tx.Query(ctx, `
		SELECT z.payment, z.day FROM bank_settled z
		WHERE z.payment = ANY ($1) AND NOT EXISTS (SELECT FROM bank_returned y WHERE y.payment = z.payment AND y.attempt = z.attempt)
		UNION ALL
		SELECT r.owed, r.day FROM bank_received r WHERE r.statement IS NOT NULL AND r.owed = ANY ($1)`, payments)
	if err != nil {
		return nil, fmt.Errorf("payments of statements: %w", err)
	}
	moved := map[uuid.UUID]calendar.Date{}
	var payment uuid.UUID
	var on time.Time
	_, err = pgx.ForEachRow(rows, []any{&payment, &on}, func() error { moved[payment] = date(&on); return nil })
	if err != nil {
		return nil, fmt.Errorf("payments of statements: %w", err)
	}
	return moved, nil
}
