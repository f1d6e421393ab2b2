package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// YearFigure is one amount of a calendar year of payment, as three sources have it.
type YearFigure struct {
	Figure     string       `json:"figure"`
	Returns    euro.Amount  `json:"returns"`          // sealed ones, the newest of each period
	Statements euro.Amount  `json:"year_statements"`  // approved payslips
	Ledger     *euro.Amount `json:"ledger,omitempty"` // absent: the ledger does not tell it apart
	Difference euro.Amount  `json:"difference"`       // the largest between two of them
}

// ReturnYear holds the returns of a year against the payslips and the ledger.
type ReturnYear struct {
	Year     int               `json:"year"`
	Returns  int               `json:"returns"`
	Payslips int               `json:"payslips"`
	Missing  []calendar.Period `json:"missing"` // paid on their days, and in no return
	Correct  []calendar.Period `json:"correct"` // something changed since their return, which is to be made again
	Figures  []YearFigure      `json:"figures"`
	Agrees   bool              `json:"agrees"`
}

// ReturnYear sums the three sources. The ledger's are the payroll taxes that runs
// and what reverses them posted, by the day of payment of the run.
func (tx *Tx) ReturnYear(ctx context.Context, employer uuid.UUID, year int) (y ReturnYear, err error) {
	y = ReturnYear{Year: year, Missing: []calendar.Period{}, Correct: []calendar.Period{}}
	span := calendar.Span{From: calendar.Day(year, 1, 1), To: calendar.Day(year, 12, 31)}
	returns, err := tx.Returns(ctx, employer, span)
	if err != nil {
		return y, err
	}
	var wage, tax, credit, premiums, zvw [2]euro.Amount
	for _, r := range returns {
		f := r.Totals
		y.Returns++
		wage[0], tax[0], credit[0], zvw[0] = wage[0].Add(f.LnLbPh), tax[0].Add(f.IngLbPh), credit[0].Add(f.VerrArbKrt), zvw[0].Add(f.WghZvw)
		premiums[0] = premiums[0].Add(f.Payable()).Sub(f.IngLbPh).Sub(f.WghZvw)
	}
	args := pgx.NamedArgs{"employer": employer, "from": day(span.From), "to": day(span.To), "account": string(ledger.TaxPayable)}
	err = scanAmounts(tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE NOT attributed)::int, sum(gross - pension_employee) FILTER (WHERE NOT gross_only), sum(tax_table + tax_special), sum(arbeidskorting), sum(awf + aof + wko + whk), sum(zvw)
		FROM return_payslip WHERE employer = @employer AND return_day BETWEEN @from AND @to`, args), []any{&y.Payslips}, &wage[1], &tax[1], &credit[1], &premiums[1], &zvw[1])
	if err != nil {
		return y, fmt.Errorf("payslips of %d: %w", year, err)
	}
	booked, err := tx.bookedTax(ctx, args)
	if err != nil {
		return y, err
	}
	y.Figures = []YearFigure{
		{Figure: "LnLbPh", Returns: wage[0], Statements: wage[1]}, {Figure: "IngLbPh", Returns: tax[0], Statements: tax[1]},
		{Figure: "VerrArbKrt", Returns: credit[0], Statements: credit[1]}, {Figure: "premies werknemersverzekeringen", Returns: premiums[0], Statements: premiums[1]},
		{Figure: "WghZvw", Returns: zvw[0], Statements: zvw[1]},
		{Figure: "loonheffingen", Returns: euro.Sum(tax[0], premiums[0], zvw[0]), Statements: euro.Sum(tax[1], premiums[1], zvw[1]), Ledger: &booked},
	}
	y.Agrees = true
	for i := range y.Figures {
		y.Figures[i].compare()
		y.Agrees = y.Agrees && y.Figures[i].Difference.IsZero()
	}
	if y.Missing, err = tx.unreturned(ctx, args, returns); err != nil {
		return y, err
	}
	for _, r := range returns {
		changed, err := tx.changedSince(ctx, employer, r)
		if err != nil {
			return y, err
		}
		if changed {
			y.Correct = append(y.Correct, r.Period)
		}
	}
	return y, nil
}

// changedSince reports whether a return would come to another wage or other taxes now.
func (tx *Tx) changedSince(ctx context.Context, employer uuid.UUID, r ReturnHead) (bool, error) {
	var wage, exact euro.Amount
	err := scanAmounts(tx.QueryRow(ctx, `
		SELECT sum(gross - pension_employee), sum(tax_table + tax_special + awf + aof + wko + whk + zvw) FROM return_payslip
		WHERE employer = @employer AND return_day BETWEEN @from AND @to AND NOT gross_only AND awf_class IS NOT NULL`,
		pgx.NamedArgs{"employer": employer, "from": day(r.Period.From), "to": day(r.Period.To)}), nil, &wage, &exact)
	if err != nil {
		return false, fmt.Errorf("what changed since the return of %s: %w", r.Period, err)
	}
	return !wage.Equal(r.Totals.LnLbPh) || !exact.Equal(r.Exact), nil
}

// compare takes the largest difference between two of the sources.
func (f *YearFigure) compare() {
	f.Difference = f.Returns.Sub(f.Statements)
	if f.Ledger == nil {
		return
	}
	for _, d := range []euro.Amount{f.Returns.Sub(*f.Ledger), f.Statements.Sub(*f.Ledger)} {
		if d.InCents()*d.InCents() > f.Difference.InCents()*f.Difference.InCents() {
			f.Difference = d
		}
	}
}

// bookedTax is what was posted to payroll taxes by runs that were paid on days of a
// span: credit less debit.
func (tx *Tx) bookedTax(ctx context.Context, args pgx.NamedArgs) (sum euro.Amount, err error) {
	err = scanAmounts(tx.QueryRow(ctx, `
		SELECT coalesce(sum(CASE WHEN t.credit = @account THEN t.amount ELSE -t.amount END), 0)
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		JOIN posting p ON p.ledger = r.employer AND p.kind = 'run' AND p.content = k.hash
		JOIN posting_period m ON m.posting = p.id JOIN transfer t ON t.period = m.period AND t.posting = p.id AND (t.debit = @account OR t.credit = @account)
		WHERE r.employer = @employer AND r.pay_date BETWEEN @from AND @to`, args), nil, &sum)
	if err != nil {
		return sum, fmt.Errorf("payroll taxes in the ledger: %w", err)
	}
	return sum, nil
}

// unreturned lists periods on whose days something was paid that no return has.
func (tx *Tx) unreturned(ctx context.Context, args pgx.NamedArgs, returns []ReturnHead) ([]calendar.Period, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT return_day, period_kind FROM return_payslip WHERE employer = @employer AND return_day BETWEEN @from AND @to ORDER BY 1`, args)
	if err != nil {
		return nil, fmt.Errorf("periods without a return: %w", err)
	}
	made := map[calendar.Period]bool{}
	for _, r := range returns {
		made[r.Period] = true
	}
	list := []calendar.Period{}
	var on time.Time
	var kind string
	_, err = pgx.ForEachRow(rows, []any{&on, &kind}, func() error {
		if p := calendar.PeriodFrom(calendar.Kind(kind), date(&on)); !made[p] {
			made[p] = true
			list = append(list, p)
		}
		return nil
	})
	return list, err
}
