package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// YearView is what this service has paid a person in the calendar year of
// payment, on all contracts with the employer, up to and with a payslip's run.
type YearView struct {
	Year           int         `json:"year"`
	Wage           euro.Amount `json:"taxable_wage"` // for the loonheffing
	Tax            euro.Amount `json:"wage_tax"`
	Arbeidskorting euro.Amount `json:"arbeidskorting"`
}

// balance is where a payslip leaves its employee. What was before it is read as
// the calculation itself read it, so that what is shown can not differ from what
// is paid; the leave that the person's payslips of this calculation accrue or
// take on other contracts counts too.
func (tx *Tx) balance(ctx context.Context, r payroll.Run, c payroll.Calculation, person, contract uuid.UUID) (payroll.Balance, error) {
	files, err := tx.LoadShard(ctx, r, c, payroll.Shard{Run: r.ID, Calculation: c.Number, From: person, To: person})
	if err != nil {
		return payroll.Balance{}, err
	}
	for _, f := range files {
		month, known := f.InOrOutside(contract)
		if !known {
			continue
		}
		b := f.Balance(month, r.Period)
		var holiday euro.Amount
		var leave int32
		err := scanAmounts(tx.QueryRow(ctx, `
			SELECT sum(leave_accrued - leave_taken)::int, sum(holiday - holiday_paid) FILTER (WHERE contract = @contract)
			FROM payslip WHERE period = @period AND calculation = @id AND person = @person`,
			pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "person": person, "contract": contract}), []any{&leave}, &holiday)
		if err != nil {
			return b, fmt.Errorf("balance of a payslip in run %s: %w", r.ID, err)
		}
		b.Holiday, b.Leave = b.Holiday.Add(holiday), b.Leave+payroll.Quantity(leave)
		return b, nil
	}
	return payroll.Balance{}, fmt.Errorf("run %s: the cut-off %d does not know the contract of a payslip", r.ID, c.Cutoff)
}

// year sums what the calculation's cut-off knows to be paid in the year until the
// run's day of payment, and the calculation itself.
func (tx *Tx) year(ctx context.Context, r payroll.Run, c payroll.Calculation, person uuid.UUID) (*YearView, error) {
	y := YearView{Year: r.PayDate.Year()}
	err := scanAmounts(tx.QueryRow(ctx, `
		SELECT coalesce(sum(s.wage), 0), coalesce(sum(s.tax), 0), coalesce(sum(s.credit), 0)
		FROM (SELECT p.gross - p.pension_employee AS wage, p.tax_table + p.tax_special AS tax, p.arbeidskorting AS credit`+bookedRows+`
		      JOIN LATERAL (SELECT * FROM payslip p WHERE p.period = a.period AND p.calculation = a.id AND p.contract = c.id OFFSET 0) p ON true
		      WHERE NOT p.gross_only AND a.pay_date BETWEEN @new_year AND @pay_date
		      UNION ALL
		      SELECT p.gross - p.pension_employee, p.tax_table + p.tax_special, p.arbeidskorting
		      FROM payslip p WHERE p.period = @period AND p.calculation = @id AND p.person = @first AND NOT p.gross_only) s`,
		pgx.NamedArgs{
			"employer": r.Employer, "run": r.ID, "cutoff": c.Cutoff, "before": nil, "first": person, "last": person, "period": day(r.Period.From), "id": c.ID,
			"new_year": day(calendar.Day(y.Year, 1, 1)), "pay_date": day(r.PayDate),
		}), nil, &y.Wage, &y.Tax, &y.Arbeidskorting)
	if err != nil {
		return nil, fmt.Errorf("year of a payslip in run %s: %w", r.ID, err)
	}
	return &y, nil
}

// stand adds to a payslip's view where it leaves the employee: balances, and the
// year. A payslip without tax has no part in the year's.
func (tx *Tx) stand(ctx context.Context, v *PayslipView, r payroll.Run, person, contract uuid.UUID) error {
	c, known, err := tx.Calculation(ctx, r.ID, r.Calculation)
	if err != nil || !known {
		return err
	}
	b, err := tx.balance(ctx, r, c, person, contract)
	if err != nil {
		return err
	}
	v.HolidayBalance, v.LeaveBalance, v.BalanceFrom = b.Holiday, b.Leave.String(), b.From
	if !v.GrossOnly {
		v.Year, err = tx.year(ctx, r, c, person)
	}
	return err
}
