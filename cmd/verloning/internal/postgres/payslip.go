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
	Run       uuid.UUID   `json:"run"`
	Period    string      `json:"period"`
	Contract  string      `json:"contract"`
	Person    string      `json:"person"` // personnel number
	Status    string      `json:"status"` // of the calculation
	Gross     euro.Amount `json:"gross"`
	Holiday   euro.Amount `json:"holiday_allowance_accrued"`
	Net       euro.Amount `json:"net"`
	GrossOnly bool        `json:"gross_only"`
	Lines     []LineView  `json:"lines"`
}

// LineView is a line of a payslip as it is shown.
type LineView struct {
	Kind     string        `json:"kind"`
	Quantity string        `json:"quantity,omitempty"`
	Rate     string        `json:"rate"`
	Amount   euro.Amount   `json:"amount"`
	Rule     string        `json:"rule"`
	Source   string        `json:"source"`
	Origin   calendar.Date `json:"origin_period"`
}

// Payslip shows a contract's payslip in a run's newest calculation.
func (tx *Tx) Payslip(ctx context.Context, r payroll.Run, contract string) (PayslipView, bool, error) {
	v := PayslipView{Run: r.ID, Period: r.Period.String(), Contract: contract}
	var calc int64
	var id uuid.UUID
	var gross, holiday, net decimal.Decimal
	err := tx.QueryRow(ctx, `
		SELECT k.id, p.contract, e.number, k.status, p.gross, p.holiday, p.net, p.gross_only
		FROM calculation k JOIN payslip p ON p.calculation = k.id AND p.period = @period
		JOIN contract c ON c.id = p.contract JOIN employment e ON e.id = p.employment
		WHERE k.run = @run AND k.number = @number AND c.number = @contract`,
		pgx.NamedArgs{"period": day(r.Period.From), "run": r.ID, "number": r.Calculation, "contract": contract}).
		Scan(&calc, &id, &v.Person, &v.Status, &gross, &holiday, &net, &v.GrossOnly)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("payslip of contract %s in run %s: %w", contract, r.ID, err)
	}
	for to, from := range map[*euro.Amount]decimal.Decimal{&v.Gross: gross, &v.Holiday: holiday, &v.Net: net} {
		if *to, err = money(from); err != nil {
			return v, false, err
		}
	}
	v.Lines, err = tx.lines(ctx, r, calc, id)
	return v, true, err
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
		l.Rate, l.Origin = euro.FromDecimal(rate).Fixed(2), date(&origin)
		if quantity != 0 {
			l.Quantity = payroll.Quantity(quantity).String()
		}
		l.Amount, err = money(amount)
		return l, err
	})
}

// PaymentRow is a payment as a list shows it, without account numbers.
type PaymentRow struct {
	Payment  uuid.UUID     `json:"payment"`
	Kind     string        `json:"kind"`
	Run      uuid.UUID     `json:"run"`
	Contract string        `json:"contract"`
	Claim    *uuid.UUID    `json:"claim,omitempty"`
	Amount   euro.Amount   `json:"amount"`
	PayDate  calendar.Date `json:"pay_date"`
	EndToEnd string        `json:"end_to_end"`
}

// Payments lists what the organisation has ordered, after an id in order of id,
// of one run or of all.
func (tx *Tx) Payments(ctx context.Context, a payroll.Actor, run, after uuid.UUID, limit int) ([]PaymentRow, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.kind, p.run, c.number, p.claim, p.amount, p.pay_date, p.end_to_end
		FROM payment p JOIN contract c ON c.id = p.contract
		WHERE p.organisation = @org AND (@run::uuid IS NULL OR p.run = @run) AND p.id > @after ORDER BY p.id LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "run": null(run), "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("payments: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p PaymentRow, err error) {
		var amount decimal.Decimal
		var payDate time.Time
		if err = row.Scan(&p.Payment, &p.Kind, &p.Run, &p.Contract, &p.Claim, &amount, &payDate, &p.EndToEnd); err != nil {
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
