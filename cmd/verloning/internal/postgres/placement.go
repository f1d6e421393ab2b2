package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// AddPlacement keeps a placement; overlaps reports one of the same contract on
// the same days.
func (tx *Tx) AddPlacement(ctx context.Context, a payroll.Actor, p payroll.Placement) (bool, error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return false, err
	}
	var price *decimal.Decimal
	if p.Price != nil {
		d := p.Price.Decimal()
		price = &d
	}
	err = pgx.BeginFunc(ctx, tx.Tx, func(save pgx.Tx) error {
		_, err := save.Exec(ctx, `
			INSERT INTO placement (id, contract, inlener, days, price, scale, known, recorded_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			p.ID, p.Contract, p.Inlener, days(p.Span), price, p.Scale, known, a.User)
		return err
	})
	if violates(err, "placement_overlap") {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("add placement: %w", redact(err))
	}
	return false, nil
}

// placements are what the cut-off knows of the shard's placements that share a
// day with the period.
func (l *loader) placements(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT p.id, p.contract, p.inlener, lower(p.days), upper(p.days) - 1, p.price, p.scale
		FROM contract c JOIN placement p ON p.contract = c.id
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND p.known <= @cutoff AND p.days && daterange(@from, @to, '[]')
		ORDER BY p.contract, lower(p.days)`, l.args)
	if err != nil {
		return err
	}
	var p payroll.Placement
	var from time.Time
	var to *time.Time
	var price decimal.NullDecimal
	_, err = pgx.ForEachRow(rows, []any{&p.ID, &p.Contract, &p.Inlener, &from, &to, &price, &p.Scale}, func() error {
		p.Span.From, p.Span.To, p.Price = date(&from), date(to), nil
		if price.Valid {
			n := euro.FromDecimal(price.Decimal)
			p.Price = &n
		}
		l.claims(p.Contract, func(f *subsidy.File) { f.Placements = append(f.Placements, p) })
		return nil
	})
	return err
}
