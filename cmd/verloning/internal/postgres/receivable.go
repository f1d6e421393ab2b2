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

// AddReceivable keeps a receivable, or the next version of the one with the same
// reference, under the id that its first version got. What a run made stays of
// that run.
func (tx *Tx) AddReceivable(ctx context.Context, a payroll.Actor, e payroll.Employment, r payroll.Receivable) (id uuid.UUID, version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return uuid.Nil, 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO receivable (id, employment, reference, version, cause, amount, per_period, protected, starts, run, contract, known, recorded_by)
		SELECT coalesce((array_agg(id))[1], @id), @employment, @reference, coalesce(max(version), 0) + 1, @cause, @amount, @period, @protected, @starts,
			coalesce((array_agg(run))[1], @run), coalesce((array_agg(contract))[1], @contract), @known, @by
		FROM receivable WHERE employment = @employment AND reference = @reference
		RETURNING id, version`,
		pgx.NamedArgs{
			"id": r.ID, "employment": e.ID, "reference": r.Reference, "cause": r.Cause, "amount": r.Amount.Decimal(), "period": r.PerPeriod.Decimal(), "protected": r.Protected.Decimal(),
			"starts": day(r.From), "run": null(r.Run), "contract": null(r.Contract), "known": known, "by": a.User,
		}).Scan(&id, &version)
	if err != nil {
		return uuid.Nil, 0, clash("receivable", "reference", fmt.Errorf("add receivable %s of employment %s: %w", r.Reference, e.Number, err))
	}
	return id, version, nil
}

const receivableColumns = `r.id, r.reference, r.version, r.cause, r.amount, r.per_period, coalesce(r.protected, 0), r.starts`

// receivableRow is a version of a receivable as it is kept.
type receivableRow struct {
	ID        uuid.UUID
	Reference string
	Version   int
	Cause     string
	Amount    decimal.Decimal
	PerPeriod decimal.Decimal
	Protected decimal.Decimal
	Starts    time.Time
}

// into are the places that a row is scanned into.
func (r *receivableRow) into() []any {
	return []any{&r.ID, &r.Reference, &r.Version, &r.Cause, &r.Amount, &r.PerPeriod, &r.Protected, &r.Starts}
}

func (r *receivableRow) receivable() (payroll.Receivable, error) {
	owed := payroll.Receivable{ID: r.ID, Reference: r.Reference, Version: r.Version, Cause: r.Cause, From: date(&r.Starts)}
	var err error
	if owed.Amount, err = money(r.Amount); err != nil {
		return owed, err
	}
	if owed.Protected, err = money(r.Protected); err != nil {
		return owed, err
	}
	owed.PerPeriod, err = money(r.PerPeriod)
	return owed, err
}

// receivables come in order of version, so that the newest one that the cut-off
// knows of each is the last.
func (l *loader) receivables(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT e.person, `+receivableColumns+`
		FROM employment e JOIN LATERAL (SELECT * FROM receivable k WHERE k.employment = e.id AND k.known <= @cutoff OFFSET 0) r ON true
		WHERE e.employer = @employer AND e.person BETWEEN @first AND @last
		ORDER BY e.person, r.reference, r.version`, l.args)
	if err != nil {
		return err
	}
	var person uuid.UUID
	var row receivableRow
	_, err = pgx.ForEachRow(rows, append([]any{&person}, row.into()...), func() error {
		file := l.file(person)
		if file == nil {
			return nil
		}
		r, err := row.receivable()
		if err != nil {
			return err
		}
		if n := len(file.Receivables); n > 0 && file.Receivables[n-1].ID == r.ID {
			file.Receivables[n-1] = r
			return nil
		}
		file.Receivables = append(file.Receivables, r)
		return nil
	})
	return err
}

// ReceivableListed is a receivable as a list shows it.
type ReceivableListed struct {
	Receivable uuid.UUID     `json:"receivable"`
	Person     string        `json:"person"` // personnel number
	Reference  string        `json:"reference"`
	Version    int           `json:"version"`
	Cause      string        `json:"cause"`
	Amount     euro.Amount   `json:"amount"`
	PerPeriod  euro.Amount   `json:"per_period"`
	Protected  euro.Amount   `json:"protected"` // a month
	From       calendar.Date `json:"from"`
}

// Receivables lists the newest version of what one employee of the organisation
// owes it, or of all of them, in order of id, after one of them.
func (tx *Tx) Receivables(ctx context.Context, a payroll.Actor, person string, after uuid.UUID, limit int) ([]ReceivableListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.number, `+receivableColumns+`
		FROM employment e JOIN receivable r ON r.employment = e.id
		WHERE e.employer = @employer AND (@person = '' OR e.number = @person) AND r.id > @after
		  AND NOT EXISTS (SELECT FROM receivable n WHERE n.id = r.id AND n.version > r.version)
		ORDER BY r.id LIMIT @limit`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "person": person, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("receivables: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ReceivableListed, error) {
		var number string
		var kept receivableRow
		if err := row.Scan(append([]any{&number}, kept.into()...)...); err != nil {
			return ReceivableListed{}, err
		}
		r, err := kept.receivable()
		return ReceivableListed{
			Receivable: r.ID, Person: number, Reference: r.Reference, Version: r.Version, Cause: r.Cause, Amount: r.Amount, PerPeriod: r.PerPeriod, Protected: r.Protected, From: r.From,
		}, err
	})
}

// openReceivable is what is left of the newest version of receivables: less what
// approved runs took and what came back.
const openReceivable = `
	SELECT r.id, r.employment, r.reference, r.amount, r.run, r.contract,
	       r.amount - coalesce((SELECT sum(f.amount) FROM receivable_refund f WHERE f.receivable = r.id), 0)
	         + coalesce((SELECT sum(n.amount) FROM payslip_line n JOIN calculation k ON k.id = n.calculation AND k.status = 'approved' WHERE n.fact = r.id), 0) AS open
	FROM receivable r WHERE NOT EXISTS (SELECT FROM receivable v WHERE v.id = r.id AND v.version > r.version)`

// OpenReceivable finds what is left of a receivable of an employee.
func (tx *Tx) OpenReceivable(ctx context.Context, e payroll.Employment, reference string) (payroll.OpenReceivable, bool, error) {
	var o payroll.OpenReceivable
	var run, contract *uuid.UUID
	err := scanAmounts(tx.QueryRow(ctx, `SELECT id, reference, run, contract, amount, open FROM (`+openReceivable+`) o WHERE employment = $1 AND reference = $2`, e.ID, reference),
		[]any{&o.ID, &o.Reference, &run, &contract}, &o.Amount, &o.Open)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("receivable %s: %w", reference, err)
	}
	o.Run, o.Contract = nilOr(run), nilOr(contract)
	return o, true, nil
}

// UnpaidWage finds a payment of wages to an employee that no bank file holds.
func (tx *Tx) UnpaidWage(ctx context.Context, e payroll.Employment, payment uuid.UUID) (amount euro.Amount, known bool, err error) {
	err = scanAmounts(tx.QueryRow(ctx, `
		SELECT p.amount FROM payment p JOIN contract c ON c.id = p.contract
		WHERE p.id = $1 AND c.employment = $2 AND p.kind = 'wage' AND NOT EXISTS (`+outstanding+`)
		  AND NOT EXISTS (SELECT FROM payment_cancelled x WHERE x.payment = p.id)`, payment, e.ID), nil, &amount)
	if errors.Is(err, pgx.ErrNoRows) {
		return amount, false, nil
	}
	if err != nil {
		return amount, false, fmt.Errorf("payment %s: %w", payment, err)
	}
	return amount, true, nil
}

// AddRefund keeps what came back, and takes back the payment that it is set off
// against.
func (tx *Tx) AddRefund(ctx context.Context, a payroll.Actor, f payroll.Refund, owed payroll.OpenReceivable) error {
	if f.Payment != uuid.Nil {
		if _, err := tx.Exec(ctx, `INSERT INTO payment_cancelled (payment, run, cancelled_by) VALUES ($1, $2, $3)`, f.Payment, owed.Run, a.User); err != nil {
			return fmt.Errorf("set off payment %s: %w", f.Payment, err)
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO receivable_refund (id, employer, receivable, amount, day, reference, payment, recorded_by)
		VALUES (@id, @employer, @receivable, @amount, @day, @reference, @payment, @by)`,
		pgx.NamedArgs{"id": f.ID, "employer": a.Organisation.ID, "receivable": f.Receivable, "amount": f.Amount.Decimal(), "day": day(f.Day), "reference": f.Reference,
			"payment": null(f.Payment), "by": a.User})
	if err != nil {
		return fmt.Errorf("refund of receivable %s: %w", owed.Reference, err)
	}
	return nil
}
