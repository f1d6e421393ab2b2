package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// ContractOfParty finds a contract of an employer that the organisation is, or that
// names it as its municipality.
func (tx *Tx) ContractOfParty(ctx context.Context, a payroll.Actor, employer, number string) (payroll.Contract, bool, error) {
	return tx.contract(ctx, `(c.employer = $1 OR c.municipality = $1) AND c.number = $2 AND c.employer = (SELECT id FROM organisation WHERE code = $3)`,
		a.Organisation.ID, number, employer)
}

// AddOtherMoney keeps money from elsewhere; twice reports that its reference was
// recorded already.
func (tx *Tx) AddOtherMoney(ctx context.Context, a payroll.Actor, o subsidy.OtherMoney) (twice bool, err error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO other_money (id, contract, kind, month, amount, reference, recorded_by) VALUES (@id, @contract, @kind, @month, @amount, @reference, @by)
		ON CONFLICT (contract, kind, month, reference, (amount > 0)) DO NOTHING`,
		pgx.NamedArgs{"id": o.ID, "contract": o.Contract, "kind": o.Kind, "month": day(o.Month), "amount": o.Amount.Decimal(), "reference": o.Reference, "by": a.User})
	if err != nil {
		return false, fmt.Errorf("other money: %w", err)
	}
	return tag.RowsAffected() == 0, nil
}

// OtherMoney lists what was recorded of contracts of an employer or municipality,
// up to a month.
func (tx *Tx) OtherMoney(ctx context.Context, a payroll.Actor, to calendar.Date) ([]subsidy.OtherMoney, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, o.contract, c.number, e.code, o.kind, o.month, o.amount, o.reference
		FROM contract c JOIN other_money o ON o.contract = c.id JOIN organisation e ON e.id = c.employer
		WHERE (c.employer = @org OR c.municipality = @org) AND o.month <= @to
		ORDER BY e.code, c.number, o.month, o.kind, o.reference, o.id`, pgx.NamedArgs{"org": a.Organisation.ID, "to": day(to)})
	if err != nil {
		return nil, fmt.Errorf("other money: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.OtherMoney, err error) {
		var month time.Time
		var amount decimal.Decimal
		if err = row.Scan(&o.ID, &o.Contract, &o.ContractNumber, &o.Employer, &o.Kind, &month, &amount, &o.Reference); err != nil {
			return o, err
		}
		o.Month = date(&month)
		o.Amount, err = money(amount)
		return o, err
	})
}
