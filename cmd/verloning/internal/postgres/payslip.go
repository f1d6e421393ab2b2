package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// PayslipView is a payslip as it is shown.
type PayslipView struct {
	Run            uuid.UUID     `json:"run"`
	Period         string        `json:"period"`
	PayDate        calendar.Date `json:"pay_date"`
	Contract       string        `json:"contract"`
	Person         string        `json:"person"` // personnel number
	Status         string        `json:"status"` // of the calculation
	Gross          euro.Amount   `json:"gross"`
	Holiday        euro.Amount   `json:"holiday_allowance_accrued"`
	HolidayPaid    euro.Amount   `json:"holiday_allowance_paid"`
	HolidayBalance euro.Amount   `json:"holiday_allowance_balance"` // of the contract, after this payslip
	LeaveAccrued   string        `json:"leave_accrued"`             // hours
	LeaveTaken     string        `json:"leave_taken"`               // or paid out
	LeaveBalance   string        `json:"leave_balance"`             // on all contracts with the employer, after this run
	BalanceFrom    calendar.Date `json:"balance_from,omitzero"`     // days before it count in no balance: nothing is recorded of them
	TaxedSpecial   euro.Amount   `json:"taxed_at_special_rate"`
	Pension        euro.Amount   `json:"pension_employee"`
	Tax            euro.Amount   `json:"wage_tax"` // at the special rate too
	Arbeidskorting euro.Amount   `json:"arbeidskorting"`
	Garnished      euro.Amount   `json:"garnished"`
	Repaid         euro.Amount   `json:"repaid"`
	Owed           euro.Amount   `json:"owed"` // by the employee
	Net            euro.Amount   `json:"net"`
	GrossOnly      bool          `json:"gross_only"`
	Year           *YearView     `json:"year_to_date,omitempty"`     // absent: gross only
	Charges        *ChargesView  `json:"employer_charges,omitempty"` // absent: not known
	Lines          []LineView    `json:"lines"`
}

// ChargesView is what the employer owes beside the wage.
type ChargesView struct {
	AWfClass string      `json:"awf_class,omitempty"` // low | high | ufo
	AofClass string      `json:"aof_class,omitempty"`
	AWf      euro.Amount `json:"awf"` // or Ufo
	Aof      euro.Amount `json:"aof"`
	Wko      euro.Amount `json:"wko"`
	Whk      euro.Amount `json:"whk"`
	Zvw      euro.Amount `json:"zvw"`
	Pension  euro.Amount `json:"pension_employer"`
}

// LineView is a line of a payslip as it is shown.
type LineView struct {
	Kind     string        `json:"kind"`
	Quantity string        `json:"quantity,omitempty"`
	Rate     string        `json:"rate,omitempty"`
	Amount   euro.Amount   `json:"amount"`
	Rule     string        `json:"rule"`
	Source   string        `json:"source"`
	Origin   calendar.Date `json:"origin_period"`
}

// Payslip shows a contract's payslip in a run's newest calculation.
func (tx *Tx) Payslip(ctx context.Context, r payroll.Run, contract string) (PayslipView, bool, error) {
	v := PayslipView{Run: r.ID, Period: r.Period.String(), PayDate: r.PayDate, Contract: contract}
	var calc int64
	var id, person uuid.UUID
	var accrued, taken int32
	var pension euro.Amount
	var awfClass, aofClass *string
	charges := &ChargesView{}
	amounts := []*euro.Amount{
		&v.Gross, &v.Holiday, &v.HolidayPaid, &v.TaxedSpecial, &v.Pension, &v.Tax, &v.Arbeidskorting, &v.Garnished, &v.Repaid, &v.Owed, &v.Net,
		&pension, &charges.AWf, &charges.Aof, &charges.Wko, &charges.Whk, &charges.Zvw,
	}
	row := []any{&calc, &id, &person, &v.Person, &v.Status, &v.GrossOnly, &accrued, &taken, &awfClass, &aofClass}
	err := scanAmounts(tx.QueryRow(ctx, `
		SELECT k.id, p.contract, p.person, e.number, k.status, p.gross_only, p.leave_accrued, p.leave_taken, p.awf_class, p.aof_class,
		       p.gross, p.holiday, p.holiday_paid, p.taxed_special, p.pension_employee, p.tax_table + p.tax_special, p.arbeidskorting,
		       p.garnished, p.repaid, p.owed, p.net, p.pension_employer, p.awf, p.aof, p.wko, p.whk, p.zvw
		FROM calculation k JOIN payslip p ON p.calculation = k.id AND p.period = @period
		JOIN contract c ON c.id = p.contract JOIN employment e ON e.id = p.employment
		WHERE k.run = @run AND k.number = @number AND c.number = @contract`,
		pgx.NamedArgs{"period": day(r.Period.From), "run": r.ID, "number": r.Calculation, "contract": contract}), row, amounts...)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("payslip of contract %s in run %s: %w", contract, r.ID, err)
	}
	v.LeaveAccrued, v.LeaveTaken = payroll.Quantity(accrued).String(), payroll.Quantity(taken).String()
	if awfClass != nil {
		charges.AWfClass, charges.AofClass, charges.Pension = *awfClass, orEmpty(aofClass), pension
		v.Charges = charges
	}
	if v.Lines, err = tx.lines(ctx, r, calc, id); err != nil {
		return v, true, err
	}
	return v, true, tx.stand(ctx, &v, r, person, id)
}

func (tx *Tx) lines(ctx context.Context, r payroll.Run, calc int64, contract uuid.UUID) ([]LineView, error) {
	rows, err := tx.Query(ctx, `
		SELECT kind, quantity, rate, amount, rule, source, origin FROM payslip_line
		WHERE period = $1 AND calculation = $2 AND contract = $3 ORDER BY line`, day(r.Period.From), calc, contract)
	if err != nil {
		return nil, fmt.Errorf("lines of a payslip in run %s: %w", r.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l LineView, err error) {
		var quantity int32
		var rate, amount decimal.Decimal
		var origin time.Time
		if err = row.Scan(&l.Kind, &quantity, &rate, &amount, &l.Rule, &l.Source, &origin); err != nil {
			return l, err
		}
		l.Origin = date(&origin)
		if quantity != 0 {
			l.Quantity = payroll.Quantity(quantity).String()
		}
		if quantity != 0 || !rate.IsZero() {
			l.Rate = euro.FromDecimal(rate).Fixed(2)
		}
		l.Amount, err = money(amount)
		return l, err
	})
}

// PaymentRow is a payment as a list shows it, without account numbers.
type PaymentRow struct {
	Payment   uuid.UUID     `json:"payment"`
	Kind      string        `json:"kind"`
	Run       *uuid.UUID    `json:"run,omitempty"`
	Contract  string        `json:"contract,omitempty"`
	Claim     *uuid.UUID    `json:"claim,omitempty"`
	Statement *uuid.UUID    `json:"statement,omitempty"` // of a fee or premium for a trajectory
	Amount    euro.Amount   `json:"amount"`
	PayDate   calendar.Date `json:"pay_date"`
	EndToEnd  string        `json:"end_to_end"`
}

// Payments lists what the organisation has ordered, after an id in order of id,
// of one run or of all.
func (tx *Tx) Payments(ctx context.Context, a payroll.Actor, run, after uuid.UUID, limit int) ([]PaymentRow, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.kind, p.run, coalesce(c.number, ''), p.claim, p.statement, p.amount, p.pay_date, p.end_to_end
		FROM payment p LEFT JOIN contract c ON c.id = p.contract
		WHERE p.organisation = @org AND (@run::uuid IS NULL OR p.run = @run) AND p.id > @after ORDER BY p.id LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "run": null(run), "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("payments: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p PaymentRow, err error) {
		var amount decimal.Decimal
		var payDate time.Time
		if err = row.Scan(&p.Payment, &p.Kind, &p.Run, &p.Contract, &p.Claim, &p.Statement, &amount, &payDate, &p.EndToEnd); err != nil {
			return p, err
		}
		p.PayDate = date(&payDate)
		p.Amount, err = money(amount)
		return p, err
	})
}

// Explained says which run and contract a payment, a claim or a payslip is of,
// if it concerns the organisation: as employer, or as the municipality that
// pays.
type Explained struct {
	Run      payroll.Run
	Contract string
	Person   uuid.UUID
	Claim    uuid.UUID // of a claim, or of the payment of one
	Kind     string    // payment | claim
	Mirror   uuid.UUID // the reversal that was asked about, where Run is what it mirrors
}

// Find looks an id up among payments and approved or calculated claims.
func (tx *Tx) Find(ctx context.Context, a payroll.Actor, id uuid.UUID) (Explained, bool, error) {
	x := Explained{Kind: "payment"}
	var run uuid.UUID
	var claim *uuid.UUID
	err := tx.QueryRow(ctx, `
		SELECT p.run, c.number, c.person, p.claim FROM payment p JOIN contract c ON c.id = p.contract
		WHERE p.id = $1 AND (p.organisation = $2 OR c.employer = $2)`, id, a.Organisation.ID).Scan(&run, &x.Contract, &x.Person, &claim)
	if errors.Is(err, pgx.ErrNoRows) {
		x.Kind, claim = "claim", &id
		err = tx.QueryRow(ctx, `
			SELECT k.run, c.number, c.person FROM claim m JOIN calculation k ON k.id = m.calculation JOIN contract c ON c.id = m.contract
			WHERE m.id = $1 AND (m.payee = $2 OR (m.payer = $2 AND k.status = 'approved')) ORDER BY k.number DESC LIMIT 1`, id, a.Organisation.ID).
			Scan(&run, &x.Contract, &x.Person)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return x, false, nil
	}
	if err != nil {
		return x, false, fmt.Errorf("find %s: %w", id, err)
	}
	x.Claim = nilOr(claim)
	x.Run, _, err = tx.Run(ctx, run, payroll.NoLock)
	return x, true, err
}
