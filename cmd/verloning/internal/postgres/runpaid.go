package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// paidByBank holds where the bank debited the payment p and did not send it back.
const paidByBank = `EXISTS (SELECT FROM bank_settled z WHERE z.payment = p.id AND NOT EXISTS (SELECT FROM bank_returned y WHERE y.payment = z.payment AND y.attempt = z.attempt))`

// RunsPaid counts of each run what its employer was to pay and what its bank carried
// out; what was taken back or set off is not to be paid. Runs without any are left out.
func (tx *Tx) RunsPaid(ctx context.Context, a payroll.Actor, runs []uuid.UUID) (map[uuid.UUID]payroll.RunPaid, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.run, count(*)::int, count(*) FILTER (WHERE `+paidByBank+`)::int FROM payment p
		WHERE p.run = ANY ($2) AND p.organisation = $1 AND p.kind IN ('wage', 'garnishment') AND NOT EXISTS (SELECT FROM payment_cancelled c WHERE c.payment = p.id)
		GROUP BY p.run`, a.Organisation.ID, runs)
	if err != nil {
		return nil, fmt.Errorf("payments of runs: %w", err)
	}
	found := map[uuid.UUID]payroll.RunPaid{}
	var run uuid.UUID
	var paid payroll.RunPaid
	_, err = pgx.ForEachRow(rows, []any{&run, &paid.Payments, &paid.Settled}, func() error {
		found[run] = paid
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("payments of runs: %w", err)
	}
	return found, nil
}
