package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// overYears are the years for which the newest version that a cut-off knows is
// loon-over.
func (tx *Tx) overYears(ctx context.Context, args pgx.NamedArgs) ([]int, error) {
	rows, err := tx.Query(ctx, `
		SELECT year FROM (SELECT DISTINCT ON (year) year, method FROM wage_method
		                  WHERE employer = @employer AND (@cutoff::bigint IS NULL OR known <= @cutoff) ORDER BY year, version DESC) m
		WHERE method = 'over' ORDER BY year`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

// WageMethod reads what is chosen for a year, and whether a run rests on it: one that
// was paid in the year and corrects a period of it. The employer's lock keeps
// approvals out until the transaction ends.
func (tx *Tx) WageMethod(ctx context.Context, employer uuid.UUID, year int) (m payroll.WageMethod, err error) {
	if err := tx.holdOrganisation(ctx, employer); err != nil {
		return m, fmt.Errorf("method of %d: %w", year, err)
	}
	args := pgx.NamedArgs{"employer": employer, "year": year, "from": day(calendar.Day(year, 1, 1)), "to": day(calendar.Day(year, 12, 31))}
	var used *time.Time
	err = tx.QueryRow(ctx, `
		SELECT coalesce((SELECT method FROM wage_method WHERE employer = @employer AND year = @year ORDER BY version DESC LIMIT 1), 'in'),
		       (SELECT min(r.period) FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' JOIN correction x ON x.calculation = k.id
		        WHERE r.employer = @employer AND r.pay_date BETWEEN @from AND @to AND x.origin BETWEEN @from AND @to
		          AND (x.wage <> 0 OR x.holiday_paid <> 0 OR x.leave_paid <> 0 OR x.transition <> 0 OR x.pension_employee <> 0
		               OR EXISTS (SELECT FROM attribution t WHERE t.calculation = x.calculation AND t.contract = x.contract AND t.origin = x.origin)))`, args).
		Scan(&m.Method, &used)
	if err != nil {
		return m, fmt.Errorf("method of %d: %w", year, err)
	}
	m.Used = date(used)
	return m, nil
}

// AddWageMethod keeps the next version of a choice.
func (tx *Tx) AddWageMethod(ctx context.Context, a payroll.Actor, year int, method string) (version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO wage_method (employer, year, version, method, known, recorded_by)
		SELECT @employer, @year, coalesce(max(version), 0) + 1, @method, @known, @by FROM wage_method WHERE employer = @employer AND year = @year
		RETURNING version`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "year": year, "method": method, "known": known, "by": a.User}).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("method of %d: %w", year, err)
	}
	return version, nil
}

// MethodShown is a choice with who made it and when.
type MethodShown struct {
	Year    int           `json:"year"`
	Version int           `json:"version"`
	Method  string        `json:"method"`
	By      string        `json:"by"`
	On      calendar.Date `json:"on"`
}

// WageMethods lists what an employer chose, every version, the newest year first.
func (tx *Tx) WageMethods(ctx context.Context, employer uuid.UUID) ([]MethodShown, error) {
	rows, err := tx.Query(ctx, `
		SELECT m.year, m.version, m.method, u.name, m.recorded_at FROM wage_method m JOIN app_user u ON u.id = m.recorded_by
		WHERE m.employer = $1 ORDER BY m.year DESC, m.version`, employer)
	if err != nil {
		return nil, fmt.Errorf("methods: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m MethodShown, err error) {
		var at time.Time
		err = row.Scan(&m.Year, &m.Version, &m.Method, &m.By, &at)
		m.On = calendar.Of(at, tx.place)
		return m, err
	})
}
