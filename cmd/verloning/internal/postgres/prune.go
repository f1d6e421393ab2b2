package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// Prune takes away the rows of one calculation that was superseded, and reports
// whether there was one. Its late shards are fenced off by the run's number,
// and approved calculations cannot be among them: triggers see to that.
func (s *Store) Prune(ctx context.Context) (bool, error) {
	found := false
	err := s.Transact(ctx, func(ctx context.Context, tx *Tx) error {
		var id int64
		var c payroll.Calculation
		var period time.Time
		err := tx.QueryRow(ctx, `
			SELECT c.id, c.run, c.number, r.period FROM calculation c JOIN run r ON r.id = c.run
			WHERE c.status = 'superseded' AND EXISTS (SELECT FROM shard s WHERE s.calculation = c.id)
			ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED`).Scan(&id, &c.Run, &c.Number, &period)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("prune: %w", err)
		}
		found = true
		return tx.prune(ctx, id, c, date(&period))
	})
	return found, err
}

func (tx *Tx) prune(ctx context.Context, id int64, c payroll.Calculation, period calendar.Date) error {
	posting := subsidy.PostingID(payroll.Run{ID: c.Run}, c)
	if _, err := tx.Exec(ctx, `DELETE FROM transfer WHERE period = $1 AND posting = $2`, day(period), posting); err != nil {
		return fmt.Errorf("prune transfers of run %s: %w", c.Run, err)
	}
	for _, table := range []string{"claim_source", "claim", "correction", "attribution", "payslip_line", "payslip"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE period = $1 AND calculation = $2`, day(period), id); err != nil {
			return fmt.Errorf("prune %s of run %s: %w", table, c.Run, err)
		}
	}
	for _, table := range []string{"exception", "left_out", "shard"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE calculation = $1`, id); err != nil {
			return fmt.Errorf("prune %s of run %s: %w", table, c.Run, err)
		}
	}
	return nil
}
