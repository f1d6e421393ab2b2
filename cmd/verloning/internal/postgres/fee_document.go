package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// FeeLine is a line of an approved statement for a provider, with the parties.
type FeeLine struct {
	Statement    uuid.UUID
	Sequence     int
	Municipality payroll.Organisation
	Provider     payroll.Organisation
	Payer        payroll.Organisation // the municipality, or who pays in its place
	Subject      string               // number of the trajectory or agreement
	Scheme       string
	Rule         string
	Key          string
	Day          calendar.Date
	Amount       euro.Amount // without VAT; below nil: set off
	VATRate      euro.Number
	VAT          euro.Amount
	Settled      calendar.Date // the money went over the municipality's bank; none: not yet
}

// FeeLines are the fees of a month's approved statements that concern the
// organisation as provider, payer or municipality, and the other party if one is
// named: in order of municipality, statement, provider and payer.
func (tx *Tx) FeeLines(ctx context.Context, a payroll.Actor, period calendar.Period, other string, limit int) ([]FeeLine, error) {
	rows, err := tx.Query(ctx, `
		SELECT s.id, s.sequence, m.id, m.code, m.name, p.id, p.code, p.name, coalesce(p.kvk, ''), b.id, b.code, b.name,
		       l.subject, l.scheme, l.rule, l.key, l.day, t.day, l.vat_rate, l.amount, l.vat
		FROM statement s JOIN statement_approval a ON a.statement = s.id JOIN statement_line l ON l.statement = s.id
		JOIN organisation m ON m.id = s.municipality JOIN organisation p ON p.id = l.payee JOIN organisation b ON b.id = l.payer
		LEFT JOIN statement_settlement t ON t.statement = s.id
		WHERE s.period = @period AND l.kind = 'fee' AND (s.municipality = @org OR l.payee = @org OR l.payer = @org)
		  AND (@other = '' OR m.code = @other OR p.code = @other)
		ORDER BY m.code, s.sequence, p.code, b.code, l.number LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "period": day(period.From), "other": other, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("fees of %s: %w", period, err)
	}
	var payments []uuid.UUID
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f FeeLine, err error) {
		var on time.Time
		var settled *time.Time
		var rate decimal.Decimal
		m, p, b := &f.Municipality, &f.Provider, &f.Payer
		err = scanAmounts(row, []any{&f.Statement, &f.Sequence, &m.ID, &m.Code, &m.Name, &p.ID, &p.Code, &p.Name, &p.KvK, &b.ID, &b.Code, &b.Name,
			&f.Subject, &f.Scheme, &f.Rule, &f.Key, &on, &settled, &rate}, &f.Amount, &f.VAT)
		f.Day, f.Settled, f.VATRate = date(&on), date(settled), euro.FromDecimal(rate)
		payments = append(payments, subsidy.ProviderPayment(f.Statement, p.ID))
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("fees of %s: %w", period, err)
	}
	moved, err := tx.statementsMoved(ctx, payments)
	for i, payment := range payments {
		if on, did := moved[payment]; did && list[i].Payer.ID == list[i].Municipality.ID {
			list[i].Settled = on
		}
	}
	return list, err
}
