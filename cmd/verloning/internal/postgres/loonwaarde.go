package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/subsidy"
)

// loonwaardeRow is a version of a loonwaarde.
type loonwaardeRow struct {
	Contract    uuid.UUID
	Version     int
	ValidFrom   time.Time
	Percent     int
	MeasuredBy  string
	ReviewDue   *time.Time
	WithHoliday *bool
	Amount      decimal.NullDecimal
}

const loonwaardeColumns = `w.contract, w.version, w.valid_from, w.percent, w.measured_by, w.review_due, w.with_holiday, w.amount`

// collectLoonwaarden takes the rows over, in their order.
func collectLoonwaarden(rows pgx.Rows) ([]subsidy.Loonwaarde, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (subsidy.Loonwaarde, error) {
		r, err := pgx.RowToStructByPos[loonwaardeRow](row)
		w := subsidy.Loonwaarde{
			Contract: r.Contract, Version: r.Version, ValidFrom: date(&r.ValidFrom), Percent: r.Percent,
			MeasuredBy: r.MeasuredBy, ReviewDue: date(r.ReviewDue), WithHoliday: r.WithHoliday,
		}
		if err != nil || !r.Amount.Valid {
			return w, err
		}
		amount, err := money(r.Amount.Decimal)
		w.Amount = &amount
		return w, err
	})
}

// AddLoonwaarde keeps the next version of a contract's loonwaarde.
func (tx *Tx) AddLoonwaarde(ctx context.Context, a payroll.Actor, l subsidy.Loonwaarde) (int, error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	var amount *decimal.Decimal
	if l.Amount != nil {
		n := l.Amount.Decimal()
		amount = &n
	}
	var version int
	err = tx.QueryRow(ctx, `
		INSERT INTO loonwaarde (contract, version, valid_from, percent, measured_by, review_due, with_holiday, amount, known, recorded_by)
		SELECT @contract, coalesce(max(version), 0) + 1, @from, @percent, @measured, @review, @holiday, @amount, @known, @by
		FROM loonwaarde WHERE contract = @contract
		RETURNING version`,
		pgx.NamedArgs{
			"contract": l.Contract, "from": day(l.ValidFrom), "percent": l.Percent, "measured": l.MeasuredBy,
			"review": day(l.ReviewDue), "holiday": l.WithHoliday, "amount": amount, "known": known, "by": a.User,
		}).Scan(&version)
	if err != nil {
		return 0, clash("loonwaarde", "contract", fmt.Errorf("add a loonwaarde of contract %s: %w", l.Contract, err))
	}
	return version, nil
}
