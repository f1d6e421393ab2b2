package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
)

// AddAnnualWage keeps the next version of somebody's wage of one year.
func (tx *Tx) AddAnnualWage(ctx context.Context, a payroll.Actor, e payroll.Employment, w payroll.AnnualWage) (version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO annual_wage (employment, year, version, amount, source, known, recorded_by)
		SELECT @employment, @year, coalesce(max(version), 0) + 1, @amount, @source, @known, @by
		FROM annual_wage WHERE employment = @employment AND year = @year
		RETURNING version`,
		pgx.NamedArgs{"employment": e.ID, "year": w.Year, "amount": w.Amount.Decimal(), "source": w.Source, "known": known, "by": a.User}).Scan(&version)
	if err != nil {
		return 0, clash("annualwage", "year", fmt.Errorf("add the wage of %d of employment %s: %w", w.Year, e.Number, err))
	}
	return version, nil
}

// annualWages come in order of version, so that the newest one that the cut-off
// knows of each year is the last. They are found person by person: a join would
// read those of every employer for each shard.
func (l *loader) annualWages(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT e.person, w.year, w.amount, w.source
		FROM employment e JOIN LATERAL (SELECT * FROM annual_wage k WHERE k.employment = e.id AND k.known <= @cutoff OFFSET 0) w ON true
		WHERE e.employer = @employer AND e.person BETWEEN @first AND @last
		ORDER BY e.person, w.year, w.version`, l.args)
	if err != nil {
		return err
	}
	var person uuid.UUID
	var amount decimal.Decimal
	var w payroll.AnnualWage
	_, err = pgx.ForEachRow(rows, []any{&person, &w.Year, &amount, &w.Source}, func() (err error) {
		file := l.file(person)
		if file == nil {
			return nil
		}
		if w.Amount, err = money(amount); err != nil {
			return err
		}
		if n := len(file.AnnualWages); n > 0 && file.AnnualWages[n-1].Year == w.Year {
			file.AnnualWages[n-1] = w
			return nil
		}
		file.AnnualWages = append(file.AnnualWages, w)
		return nil
	})
	return err
}
