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
	"verloning/payroll/ledger"
	"verloning/subsidy"
)

// AddRemittanceTerms keeps the next version of where an employer remits to.
func (tx *Tx) AddRemittanceTerms(ctx context.Context, a payroll.Actor, t payroll.RemittanceTerms) (version int, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO remittance_terms (employer, kind, version, valid_from, number, creditor_iban, creditor_name, recorded_by)
		SELECT @employer, @kind, coalesce(max(version), 0) + 1, @from, @number, @iban, @name, @by
		FROM remittance_terms WHERE employer = @employer AND kind = @kind RETURNING version`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "kind": string(t.Kind), "from": day(t.ValidFrom), "number": t.Number, "iban": t.Creditor.Reveal(), "name": t.Name, "by": a.User}).
		Scan(&version)
	if err != nil {
		return 0, clash("remittance", "valid_from", fmt.Errorf("where organisation %s remits to: %w", a.Organisation.ID, redact(err)))
	}
	return version, nil
}

// RemittanceTerms are the newest of those that are valid on a day.
func (tx *Tx) RemittanceTerms(ctx context.Context, employer uuid.UUID, kind payroll.RemittanceKind, on calendar.Date) (payroll.RemittanceTerms, bool, error) {
	t := payroll.RemittanceTerms{Kind: kind}
	var from time.Time
	var iban string
	err := tx.QueryRow(ctx, `
		SELECT version, valid_from, number, creditor_iban, creditor_name, recorded_by FROM remittance_terms
		WHERE employer = $1 AND kind = $2 AND valid_from <= $3 ORDER BY version DESC LIMIT 1`, employer, string(kind), day(on)).
		Scan(&t.Version, &from, &t.Number, &iban, &t.Name, &t.Recorded)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("where %s remits to: %w", employer, err)
	}
	t.ValidFrom, t.Creditor = date(&from), payroll.IBAN(iban)
	return t, true, nil
}

// RemittanceOwed reads what the newest return asks to be paid, or what pension
// payslips withheld and owe that were paid on days of the period.
func (tx *Tx) RemittanceOwed(ctx context.Context, employer uuid.UUID, kind payroll.RemittanceKind, p calendar.Period) (o payroll.RemittanceOwed, err error) {
	if err := tx.holdOrganisation(ctx, employer); err != nil {
		return o, fmt.Errorf("remittances of %s: %w", p, err)
	}
	args := pgx.NamedArgs{"employer": employer, "kind": string(kind), "from": day(p.From), "to": day(p.To), "period": string(p.Kind)}
	err = scanAmounts(tx.QueryRow(ctx, `
		SELECT count(*)::int, coalesce(sum(r.amount) FILTER (WHERE a.remittance IS NOT NULL), 0), coalesce(sum(r.rounding) FILTER (WHERE a.remittance IS NOT NULL), 0)
		FROM remittance r LEFT JOIN remittance_approval a ON a.remittance = r.id
		WHERE r.employer = @employer AND r.kind = @kind AND r.period = @from AND r.period_kind = @period`, args), []any{&o.Count}, &o.Ordered, &o.Rounded)
	if err != nil {
		return o, fmt.Errorf("remittances of %s: %w", p, err)
	}
	if kind == payroll.RemitTax {
		r, known, err := tx.Return(ctx, employer, p, 0)
		o.Known, o.ToPay, o.Exact = known, r.ToPay, r.Exact
		return o, err
	}
	var slips int
	err = scanAmounts(tx.QueryRow(ctx, `
		SELECT count(*)::int, coalesce(sum(p.pension_employee + p.pension_employer), 0)
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' JOIN payslip p ON p.period = r.period AND p.calculation = k.id
		WHERE r.employer = @employer AND r.pay_date BETWEEN @from AND @to`, args), []any{&slips}, &o.ToPay)
	if err != nil {
		return o, fmt.Errorf("pension of %s: %w", p, err)
	}
	o.Known, o.Exact = slips > 0, o.ToPay
	return o, nil
}

// AddRemittance keeps an order.
func (tx *Tx) AddRemittance(ctx context.Context, r payroll.Remittance) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO remittance (id, employer, kind, period, period_kind, sequence, amount, rounding, terms, reference, pay_date, due_by, hash, ordered_by)
		VALUES (@id, @employer, @kind, @period, @periodKind, @sequence, @amount, @rounding, @terms, @reference, @payDate, @due, @hash, @by)`,
		pgx.NamedArgs{
			"id": r.ID, "employer": r.Employer, "kind": string(r.Kind), "period": day(r.Period.From), "periodKind": string(r.Period.Kind), "sequence": r.Sequence,
			"amount": r.Amount.Decimal(), "rounding": r.Rounding.Decimal(), "terms": r.Terms, "reference": r.Reference, "payDate": day(r.PayDate), "due": day(r.DueBy),
			"hash": r.Hash(), "by": r.OrderedBy,
		})
	if err != nil {
		return fmt.Errorf("order a remittance of %s: %w", r.Period, redact(err))
	}
	return nil
}

const remittanceColumns = `r.id, r.employer, r.kind, r.period, r.period_kind, r.sequence, r.amount, r.rounding, r.terms, t.creditor_iban, t.creditor_name, r.reference, r.pay_date, r.due_by,
	r.ordered_by, t.recorded_by, a.remittance IS NOT NULL,
	NOT EXISTS (SELECT FROM remittance n WHERE n.employer = r.employer AND n.kind = r.kind AND n.period = r.period AND n.period_kind = r.period_kind AND n.sequence > r.sequence)`

const remittanceFrom = `
	FROM remittance r JOIN remittance_terms t ON t.employer = r.employer AND t.kind = r.kind AND t.version = r.terms
	LEFT JOIN remittance_approval a ON a.remittance = r.id`

func scanRemittance(row pgx.CollectableRow) (r payroll.Remittance, err error) {
	var kind, periodKind, iban string
	var from, pay time.Time
	var due *time.Time
	var amount, rounding decimal.Decimal
	err = row.Scan(&r.ID, &r.Employer, &kind, &from, &periodKind, &r.Sequence, &amount, &rounding, &r.Terms, &iban, &r.Name, &r.Reference, &pay, &due,
		&r.OrderedBy, &r.TermsBy, &r.Approved, &r.Newest)
	if err != nil {
		return r, err
	}
	r.Kind, r.Period = payroll.RemittanceKind(kind), calendar.PeriodFrom(calendar.Kind(periodKind), date(&from))
	r.Creditor, r.PayDate, r.DueBy = payroll.IBAN(iban), date(&pay), date(due)
	return r, amounts([]decimal.Decimal{amount, rounding}, &r.Amount, &r.Rounding)
}

// Remittance finds an order of an employer, under the employer's lock.
func (tx *Tx) Remittance(ctx context.Context, employer, id uuid.UUID) (payroll.Remittance, bool, error) {
	if err := tx.holdOrganisation(ctx, employer); err != nil {
		return payroll.Remittance{}, false, fmt.Errorf("remittance %s: %w", id, err)
	}
	rows, err := tx.Query(ctx, `SELECT `+remittanceColumns+remittanceFrom+` WHERE r.employer = $1 AND r.id = $2`, employer, id)
	if err != nil {
		return payroll.Remittance{}, false, fmt.Errorf("remittance %s: %w", id, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRemittance)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("remittance %s: %w", id, redact(err))
	}
	return r, true, nil
}

// Remittances lists the orders of an employer in order of id, after one.
func (tx *Tx) Remittances(ctx context.Context, employer, after uuid.UUID, limit int) ([]payroll.Remittance, error) {
	rows, err := tx.Query(ctx, `SELECT `+remittanceColumns+remittanceFrom+` WHERE r.employer = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`, employer, after, limit)
	if err != nil {
		return nil, fmt.Errorf("remittances: %w", err)
	}
	return pgx.CollectRows(rows, scanRemittance)
}

// ApproveRemittance orders the payment, posts what rounding leaves in the ledger
// and notes who approved.
func (tx *Tx) ApproveRemittance(ctx context.Context, a payroll.Actor, r payroll.Remittance, p payroll.Payment, rounding []ledger.Transfer) error {
	var posting uuid.UUID
	if len(rounding) > 0 {
		month := payroll.Run{Period: r.Period}
		if err := tx.ensurePeriod(ctx, calendar.MonthOf(r.Period.From).From); err != nil {
			return err
		}
		post := subsidy.Posted{Posting: subsidy.Posting{ID: payroll.DeriveID("posting/remittance/" + r.ID.String()), Ledger: r.Employer, Kind: "remittance", Content: r.Hash(), Day: r.Period.To}}
		for _, t := range rounding {
			post.Total = euro.Sum(post.Total, t.Amount)
			post.Transfers = append(post.Transfers, subsidy.RunTransfer{Run: month, ContractTransfer: subsidy.ContractTransfer{Contract: r.ID, Transfer: t}})
		}
		if err := tx.PostAll(ctx, a, post); err != nil {
			return fmt.Errorf("remittance %s: %w", r.ID, err)
		}
		posting = post.ID
	}
	if err := tx.AddPayments(ctx, []payroll.Payment{p}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO remittance_approval (remittance, posting, ordered_by, approved_by) VALUES ($1, $2, $3, $4)`, r.ID, null(posting), r.OrderedBy, a.User)
	if err != nil {
		return fmt.Errorf("approve remittance %s: %w", r.ID, err)
	}
	return nil
}
