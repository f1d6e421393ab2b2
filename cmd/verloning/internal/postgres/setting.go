package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// AddChargeTerms keeps the next version of what an employer's premiums go by.
func (tx *Tx) AddChargeTerms(ctx context.Context, a payroll.Actor, t payroll.ChargeTerms) (version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	args := pgx.NamedArgs{
		"employer": a.Organisation.ID, "from": day(t.ValidFrom), "small": t.Small, "ufo": t.Ufo,
		"year": nil, "percentage": nil, "reference": nil, "known": known, "by": a.User,
	}
	if t.Whk != nil {
		args["year"], args["percentage"], args["reference"] = t.Whk.Year, t.Whk.Percentage.Decimal(), t.Whk.Reference
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO charge_terms (employer, version, valid_from, small, ufo, whk_year, whk_percentage, whk_reference, known, recorded_by)
		SELECT @employer, coalesce(max(version), 0) + 1, @from, @small, @ufo, @year::int, @percentage::numeric, @reference::text, @known, @by
		FROM charge_terms WHERE employer = @employer
		RETURNING version`, args).Scan(&version)
	if err != nil {
		return 0, clash("employer", "valid_from", fmt.Errorf("add charge terms of organisation %s: %w", a.Organisation.ID, err))
	}
	return version, nil
}

// AddPensionTerms keeps the next version of an employer's pension terms.
func (tx *Tx) AddPensionTerms(ctx context.Context, a payroll.Actor, t payroll.PensionTerms) (version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO pension_terms (employer, version, valid_from, name, franchise, maximum, employee_percentage, employer_percentage,
			holiday, waiting_days, from_age, to_age, known, recorded_by)
		SELECT @employer, coalesce(max(version), 0) + 1, @from, @name, @franchise, @maximum::numeric, @employee, @employers,
			@holiday, @waiting, @fromAge, @toAge, @known, @by
		FROM pension_terms WHERE employer = @employer
		RETURNING version`,
		pgx.NamedArgs{
			"employer": a.Organisation.ID, "from": day(t.ValidFrom), "name": t.Name, "franchise": t.Franchise.Decimal(), "maximum": moneyOrNull(t.Maximum),
			"employee": t.Employee.Decimal(), "employers": t.Employer.Decimal(), "holiday": t.Holiday, "waiting": t.WaitingDays,
			"fromAge": t.FromAge, "toAge": t.ToAge, "known": known, "by": a.User,
		}).Scan(&version)
	if err != nil {
		return 0, clash("pension", "valid_from", fmt.Errorf("add pension terms of organisation %s: %w", a.Organisation.ID, err))
	}
	return version, nil
}

// moneyOrNull hands an amount to PostgreSQL; no amount is NULL.
func moneyOrNull(a *euro.Amount) *decimal.Decimal {
	if a == nil {
		return nil
	}
	d := a.Decimal()
	return &d
}

// amountOr takes an amount over; NULL is no amount.
func amountOr(d decimal.NullDecimal) (*euro.Amount, error) {
	if !d.Valid {
		return nil, nil
	}
	a, err := money(d.Decimal)
	return &a, err
}

// Settings reads what an employer's charges and pension go by, as known now.
func (tx *Tx) Settings(ctx context.Context, employer uuid.UUID) (*payroll.Settings, error) {
	return tx.settings(ctx, pgx.NamedArgs{"employer": employer, "cutoff": nil})
}

// settings reads the versions that a cut-off knows, or all; none at all is nil.
func (tx *Tx) settings(ctx context.Context, args pgx.NamedArgs) (*payroll.Settings, error) {
	var s payroll.Settings
	var err error
	if s.Charges, err = tx.charges(ctx, args); err != nil {
		return nil, fmt.Errorf("charge terms: %w", err)
	}
	if s.Pension, err = tx.pensions(ctx, args); err != nil {
		return nil, fmt.Errorf("pension terms: %w", err)
	}
	if s.Over, err = tx.overYears(ctx, args); err != nil {
		return nil, fmt.Errorf("loon-over: %w", err)
	}
	if len(s.Charges)+len(s.Pension)+len(s.Over) == 0 {
		return nil, nil
	}
	return &s, nil
}

func (tx *Tx) charges(ctx context.Context, args pgx.NamedArgs) ([]payroll.ChargeTerms, error) {
	rows, err := tx.Query(ctx, `
		SELECT version, valid_from, small, ufo, whk_year, whk_percentage, whk_reference FROM charge_terms
		WHERE employer = @employer AND (@cutoff::bigint IS NULL OR known <= @cutoff) ORDER BY version`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t payroll.ChargeTerms, err error) {
		var from time.Time
		var year *int
		var percentage decimal.NullDecimal
		var reference *string
		err = row.Scan(&t.Version, &from, &t.Small, &t.Ufo, &year, &percentage, &reference)
		t.ValidFrom = date(&from)
		if year != nil {
			t.Whk = &payroll.WhkDecision{Year: *year, Percentage: euro.FromDecimal(percentage.Decimal), Reference: orEmpty(reference)}
		}
		return t, err
	})
}

func (tx *Tx) pensions(ctx context.Context, args pgx.NamedArgs) ([]payroll.PensionTerms, error) {
	rows, err := tx.Query(ctx, `
		SELECT version, valid_from, name, franchise, maximum, employee_percentage, employer_percentage, holiday, waiting_days, from_age, to_age
		FROM pension_terms
		WHERE employer = @employer AND (@cutoff::bigint IS NULL OR known <= @cutoff) ORDER BY version`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t payroll.PensionTerms, err error) {
		var from time.Time
		var franchise, employee, employer decimal.Decimal
		var maximum decimal.NullDecimal
		err = row.Scan(&t.Version, &from, &t.Name, &franchise, &maximum, &employee, &employer, &t.Holiday, &t.WaitingDays, &t.FromAge, &t.ToAge)
		if err != nil {
			return t, err
		}
		t.ValidFrom, t.Employee, t.Employer = date(&from), euro.FromDecimal(employee), euro.FromDecimal(employer)
		if t.Franchise, err = money(franchise); err != nil {
			return t, err
		}
		t.Maximum, err = amountOr(maximum)
		return t, err
	})
}

// settings gives every file of the shard the one setting of its employer.
func (l *loader) settings(ctx context.Context) error {
	s, err := l.Tx.settings(ctx, l.args)
	l.settled = s
	for i := range l.files {
		l.files[i].Settings = s
	}
	return err
}
