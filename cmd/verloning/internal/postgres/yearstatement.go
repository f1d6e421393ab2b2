package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// YearStatement is what an employer paid an employee in a calendar year of
// payment, on all contracts, by approved payslips.
type YearStatement struct {
	Person         string        `json:"person"` // personnel number
	Payslips       int           `json:"payslips"`
	GrossOnly      int           `json:"gross_only"` // payslips without tax: they are in none of the sums
	Wage           euro.Amount   `json:"taxable_wage"`
	Tax            euro.Amount   `json:"wage_tax"`
	Arbeidskorting euro.Amount   `json:"arbeidskorting"`
	Unknown        int           `json:"charges_unknown"` // payslips whose charges are not known: the next two lack them
	Premiums       euro.Amount   `json:"premiums"`        // for the employee insurances, by the employer
	Zvw            euro.Amount   `json:"zvw"`             // werkgeversheffing
	FirstPaid      calendar.Date `json:"first_paid"`
	LastPaid       calendar.Date `json:"last_paid"`

	employment uuid.UUID
}

// KortingFrom is whether the loonheffingskorting was applied, from the first day
// of the first period that was paid so.
type KortingFrom struct {
	From    calendar.Date
	Applied bool
}

// YearFile is a year statement with what its document says beside it.
type YearFile struct {
	YearStatement
	Year     int
	Employer payroll.Organisation
	Name     payroll.Name
	Birth    calendar.Date
	BSN      payroll.BSN // empty: not known
	Korting  []KortingFrom
}

// YearStatements sums a year of an employer by employee, after a personnel number
// in order of number, or of one employee.
func (tx *Tx) YearStatements(ctx context.Context, a payroll.Actor, year int, person, after string, limit int) ([]YearStatement, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.id, e.number, count(*)::int, count(*) FILTER (WHERE p.gross_only)::int, count(*) FILTER (WHERE NOT p.gross_only AND p.awf_class IS NULL)::int,
		       min(r.pay_date), max(r.pay_date),
		       sum(p.gross - p.pension_employee) FILTER (WHERE NOT p.gross_only), sum(p.tax_table + p.tax_special), sum(p.arbeidskorting),
		       sum(p.awf + p.aof + p.wko + p.whk), sum(p.zvw)
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		JOIN payslip p ON p.period = r.period AND p.calculation = k.id
		JOIN employment e ON e.id = p.employment
		WHERE r.employer = @employer AND r.pay_date BETWEEN @from AND @to AND e.number > @after AND (@person = '' OR e.number = @person)
		GROUP BY e.id, e.number ORDER BY e.number LIMIT @limit`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "from": day(calendar.Day(year, 1, 1)), "to": day(calendar.Day(year, 12, 31)), "person": person, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("year statements of %d: %w", year, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (y YearStatement, err error) {
		var first, last time.Time
		err = scanAmounts(row, []any{&y.employment, &y.Person, &y.Payslips, &y.GrossOnly, &y.Unknown, &first, &last},
			&y.Wage, &y.Tax, &y.Arbeidskorting, &y.Premiums, &y.Zvw)
		y.FirstPaid, y.LastPaid = date(&first), date(&last)
		return y, err
	})
}

// YearFile reads what the document of an employee's year says.
func (tx *Tx) YearFile(ctx context.Context, a payroll.Actor, year int, person string) (YearFile, bool, error) {
	f := YearFile{Year: year, Employer: a.Organisation}
	list, err := tx.YearStatements(ctx, a, year, person, "", 1)
	if err != nil || len(list) == 0 {
		return f, false, err
	}
	f.YearStatement = list[0]
	if err := tx.identity(ctx, &f); err != nil {
		return f, false, fmt.Errorf("year statement of %d: %w", year, redact(err))
	}
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT r.pay_date, r.period, v.korting
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		JOIN payslip p ON p.period = r.period AND p.calculation = k.id
		JOIN LATERAL (SELECT v.korting FROM employment_version v WHERE v.employment = p.employment AND v.known <= k.cutoff ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE r.employer = @employer AND r.pay_date BETWEEN @from AND @to AND p.employment = @employment AND NOT p.gross_only
		ORDER BY r.pay_date, r.period`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "from": day(calendar.Day(year, 1, 1)), "to": day(calendar.Day(year, 12, 31)), "employment": f.employment})
	if err != nil {
		return f, false, fmt.Errorf("year statement of %d: %w", year, err)
	}
	var paid, period time.Time
	var applied bool
	_, err = pgx.ForEachRow(rows, []any{&paid, &period, &applied}, func() error {
		if n := len(f.Korting); n == 0 || f.Korting[n-1].Applied != applied {
			f.Korting = append(f.Korting, KortingFrom{date(&period), applied})
		}
		return nil
	})
	return f, err == nil, err
}

// identity is who it is, as it is known now: a name that was misspelt all year is
// written right on the statement of that year. The BSN is opened for this only,
// since the law wants it there (Wet LB art. 28).
func (tx *Tx) identity(ctx context.Context, f *YearFile) error {
	var person uuid.UUID
	var name string
	var birth time.Time
	var early, late []byte
	err := tx.QueryRow(ctx, `
		SELECT e.person, v.name, v.birth, p.bsn_sealed, b.bsn_sealed
		FROM employment e JOIN person p ON p.id = e.person LEFT JOIN person_bsn b ON b.person = p.id
		JOIN LATERAL (SELECT * FROM employment_version v WHERE v.employment = e.id ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE e.id = $1`, f.employment).Scan(&person, &name, &birth, &early, &late)
	if err != nil {
		return err
	}
	f.Name, f.Birth = payroll.Name(name), date(&birth)
	for _, sealed := range [][]byte{early, late} {
		if sealed == nil {
			continue
		}
		if tx.vault == nil {
			return errors.New("the keys are not open")
		}
		if f.BSN, err = tx.vault.openBSN(sealed, person); err != nil {
			return err
		}
	}
	return nil
}
