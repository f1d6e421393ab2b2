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
)

// AddOpening keeps the next version of a contract's opening.
func (tx *Tx) AddOpening(ctx context.Context, a payroll.Actor, c payroll.Contract, o payroll.Opening) (version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	var wage, maximum, base *euro.Amount
	if p := o.Premium; p != nil {
		wage, maximum, base = &p.Wage, &p.Maximum, &p.Base
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO opening (contract, version, until, holiday, leave, premium_wage, premium_maximum, premium_base, known, recorded_by)
		SELECT @contract, coalesce(max(version), 0) + 1, @until, @holiday, @leave, @wage::numeric, @maximum::numeric, @base::numeric, @known, @by
		FROM opening WHERE contract = @contract
		RETURNING version`,
		pgx.NamedArgs{
			"contract": c.ID, "until": day(o.Until), "holiday": o.Holiday.Decimal(), "leave": int32(o.Leave),
			"wage": moneyOrNull(wage), "maximum": moneyOrNull(maximum), "base": moneyOrNull(base), "known": known, "by": a.User,
		}).Scan(&version)
	if err != nil {
		return 0, clash("opening", "contract", fmt.Errorf("add the opening of contract %s: %w", c.Number, err))
	}
	return version, nil
}

// FirstPaid is the first day of the first period that an approved run has paid a
// contract, if there is one.
func (tx *Tx) FirstPaid(ctx context.Context, c payroll.Contract) (first calendar.Date, paid bool, err error) {
	var on *time.Time
	err = tx.QueryRow(ctx, `
		SELECT min(r.period) FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		JOIN LATERAL (SELECT FROM payslip p WHERE p.period = r.period AND p.calculation = k.id AND p.contract = @contract) p ON true
		WHERE r.employer = @employer`, pgx.NamedArgs{"contract": c.ID, "employer": c.Employer}).Scan(&on)
	if err != nil {
		return calendar.Date{}, false, fmt.Errorf("first payslip of contract %s: %w", c.Number, err)
	}
	return date(on), on != nil, nil
}

// openings come in order of version, so that the newest one that the cut-off
// knows of each contract is the last. What they add to a person's balances is
// added once all are read. They are found contract by contract: a join would
// read those of every employer for each shard.
func (l *loader) openings(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT c.id, o.version, o.until, o.holiday, o.leave, o.premium_wage, o.premium_maximum, o.premium_base
		FROM contract c JOIN LATERAL (SELECT * FROM opening k WHERE k.contract = c.id AND k.known <= @cutoff OFFSET 0) o ON true
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last
		ORDER BY c.id, o.version`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var version int
	var until time.Time
	var leave int32
	var holiday decimal.Decimal
	var premium [3]decimal.NullDecimal
	_, err = pgx.ForEachRow(rows, []any{&contract, &version, &until, &holiday, &leave, &premium[0], &premium[1], &premium[2]}, func() (err error) {
		month, _ := l.month(contract)
		if month == nil {
			return nil
		}
		o := payroll.Opening{Version: version, Until: date(&until), Leave: payroll.Quantity(leave)}
		if o.Holiday, err = money(holiday); err != nil {
			return err
		}
		o.Premium, err = premiumOr(premium)
		month.Opening = &o
		return err
	})
	for i := range l.files {
		for _, m := range l.files[i].Contracts {
			if m.Opening != nil && m.Opening.Before(l.run.Period) {
				l.files[i].Booked = l.files[i].Booked.Plus(m.Opening.Booked(l.run.PayDate))
			}
		}
	}
	return err
}

// premiumOr takes over cumulatives that may not be known.
func premiumOr(p [3]decimal.NullDecimal) (*payroll.Cumulative, error) {
	if !p[0].Valid {
		return nil, nil
	}
	var c payroll.Cumulative
	for i, to := range []*euro.Amount{&c.Wage, &c.Maximum, &c.Base} {
		var err error
		if *to, err = money(p[i].Decimal); err != nil {
			return nil, err
		}
	}
	return &c, nil
}
