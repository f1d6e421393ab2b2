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

// PaidIncome is an income with the contract that the rules are asked about.
type PaidIncome struct {
	subsidy.Income
	Of payroll.Contract
}

// Incomes lists what approved runs paid in a span of days on contracts that name a
// municipality, in order of contract, pay date and period.
func (tx *Tx) Incomes(ctx context.Context, a payroll.Actor, paid calendar.Span) ([]PaidIncome, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.id, c.number, c.scheme, e.code, v.hours_per_week, v.full_time_hours, r.period, r.pay_date, p.gross_only, p.gross, p.holiday_paid, p.net
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		JOIN payslip p ON p.period = r.period AND p.calculation = k.id
		JOIN contract c ON c.id = p.contract AND c.municipality = @org JOIN organisation e ON e.id = c.employer
		JOIN LATERAL (SELECT * FROM contract_version v WHERE v.contract = c.id ORDER BY v.valid_from <= r.period_end DESC, v.version DESC LIMIT 1) v ON true
		WHERE r.pay_date BETWEEN @from AND @to AND r.employer IN (SELECT employer FROM contract WHERE municipality = @org)
		ORDER BY e.code, c.number, r.pay_date, r.period, k.id`, pgx.NamedArgs{"org": a.Organisation.ID, "from": day(paid.From), "to": day(paid.To)})
	if err != nil {
		return nil, fmt.Errorf("incomes: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (i PaidIncome, err error) {
		var period, payDate time.Time
		var hours, whole decimal.Decimal
		var id uuid.UUID
		err = scanAmounts(row, []any{&id, &i.Contract, &i.Scheme, &i.Employer, &hours, &whole, &period, &payDate, &i.GrossOnly}, &i.Gross, &i.Holiday, &i.Net)
		i.HoursPerWeek, i.FullTime, i.Period, i.PayDate = euro.FromDecimal(hours), euro.FromDecimal(whole), date(&period), date(&payDate)
		i.Of = payroll.Contract{ID: id, Scheme: i.Scheme, Municipality: a.Organisation.ID}
		return i, err
	})
}
