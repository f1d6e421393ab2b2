package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/subsidy"
)

// DuePage reads a page of payslips, in order of contract, and then the claims
// of the same range of contracts. Two reads by key and no join: the planner
// knows nothing yet of rows that were written a moment ago.
func (tx *Tx) DuePage(ctx context.Context, r payroll.Run, c payroll.Calculation, after uuid.UUID, limit int) ([]subsidy.Due, error) {
	rows, err := tx.Query(ctx, `
		WITH p AS MATERIALIZED (
			SELECT contract, person, employment, net, garnished, owed, overpaid, iban FROM payslip
			WHERE period = @period AND calculation = @id AND contract > @after ORDER BY contract LIMIT @limit)
		SELECT p.contract, (SELECT c.number FROM contract c WHERE c.id = p.contract), p.person, p.employment, p.net, p.garnished, p.owed, p.overpaid, p.iban
		FROM p ORDER BY p.contract`,
		pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("payslips of run %s: %w", r.ID, err)
	}
	due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d subsidy.Due, err error) {
		var net, garnished, owed, overpaid decimal.Decimal
		var iban string
		p := &d.Payslip
		if err = row.Scan(&p.Contract, &p.ContractNumber, &p.Person, &p.Employment, &net, &garnished, &owed, &overpaid, &iban); err != nil {
			return d, err
		}
		p.Period, p.IBAN = r.Period, payroll.IBAN(iban)
		if p.Garnished, err = money(garnished); err != nil {
			return d, err
		}
		if p.Owed, err = money(owed); err != nil {
			return d, err
		}
		if p.Overpaid, err = money(overpaid); err != nil {
			return d, err
		}
		p.Net, err = money(net)
		return d, err
	})
	if err != nil || len(due) == 0 {
		return due, err
	}
	if err := tx.garnished(ctx, r, c, due); err != nil {
		return nil, fmt.Errorf("garnishments of run %s: %w", r.ID, err)
	}
	return due, tx.dueClaims(ctx, r, c, due)
}

// dueClaims adds the claims to a page of payslips, both in order of contract.
func (tx *Tx) dueClaims(ctx context.Context, r payroll.Run, c payroll.Calculation, due []subsidy.Due) error {
	rows, err := tx.Query(ctx, `
		WITH m AS MATERIALIZED (
			SELECT id, contract, decision, payer, payee, scheme, rule, kind, document, budget, amount, vat, origin FROM claim
			WHERE period = @period AND calculation = @id AND contract BETWEEN @first AND @last ORDER BY contract, id)
		SELECT m.*, (SELECT d.number FROM decision d WHERE d.id = m.decision) FROM m ORDER BY m.contract, m.id`,
		pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "first": due[0].Payslip.Contract, "last": due[len(due)-1].Payslip.Contract})
	if err != nil {
		return fmt.Errorf("claims of run %s: %w", r.ID, err)
	}
	at := 0
	var m subsidy.Claim
	var kind string
	var decision *uuid.UUID
	var budget, number *string
	var amount, vat decimal.Decimal
	var origin *time.Time
	_, err = pgx.ForEachRow(rows, []any{&m.ID, &m.Contract, &decision, &m.Payer, &m.Payee, &m.Scheme, &m.Rule, &kind, &m.Document, &budget, &amount, &vat, &origin, &number}, func() (err error) {
		for due[at].Payslip.Contract != m.Contract {
			at++
		}
		m.Kind, m.Budget, m.ContractNumber = subsidy.Kind(kind), subsidy.Source(orEmpty(budget)), due[at].Payslip.ContractNumber
		m.Decision, m.DecisionNumber, m.Origin = nilOr(decision), orEmpty(number), date(origin)
		if m.VAT, err = money(vat); err != nil {
			return err
		}
		m.Amount, err = money(amount)
		due[at].Claims = append(due[at].Claims, m)
		return err
	})
	if err != nil {
		return fmt.Errorf("claims of run %s: %w", r.ID, err)
	}
	return nil
}

// AddPayments orders payments. An id that exists is an error and not a
// repetition: who asks twice is stopped before, by the run's status.
func (tx *Tx) AddPayments(ctx context.Context, payments []payroll.Payment) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"payment"},
		[]string{"id", "organisation", "kind", "run", "contract", "claim", "debtor", "creditor", "amount", "pay_date", "end_to_end", "reference", "garnishment", "statement", "remittance"},
		pgx.CopyFromSlice(len(payments), func(i int) ([]any, error) {
			p := payments[i]
			return []any{key(p.ID), key(p.Organisation), string(p.Kind), keyOrNull(p.Run), keyOrNull(p.Contract), null(p.Claim), p.Debtor.Reveal(), p.Creditor.Reveal(),
				p.Amount.Decimal(), day(p.PayDate), p.EndToEnd(), p.Reference, keyOrNull(p.Garnishment), keyOrNull(p.Statement), keyOrNull(p.Remittance)}, nil
		}))
	if err != nil {
		return fmt.Errorf("order %d payments: %w", len(payments), redact(err))
	}
	return nil
}

// Approve seals the calculation with its approver, moves the run on and posts
// the ledger. What was claimed becomes known to later cut-offs with this
// transaction's number, like any fact.
func (tx *Tx) Approve(ctx context.Context, a payroll.Actor, r payroll.Run, c payroll.Calculation, p subsidy.Posting) (string, error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return "", err
	}
	head, err := tx.post(ctx, a, p, r.Period.From)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `UPDATE calculation SET status = 'approved', approved_by = $2, approved_at = now(), known = $3 WHERE id = $1`, c.ID, a.User, known)
	if err != nil {
		return "", fmt.Errorf("approve run %s: %w", r.ID, err)
	}
	r.Status = payroll.RunApproved
	return head, tx.SetRunStatus(ctx, r)
}

// ApprovalChecks looks at what an approval depends on. The lock of the
// employer's organisation, which is that of its ledger too, makes two approvals
// see each other.
func (tx *Tx) ApprovalChecks(ctx context.Context, a payroll.Actor, r payroll.Run, c payroll.Calculation) (checks subsidy.ApprovalChecks, err error) {
	if err := tx.holdOrganisation(ctx, r.Employer); err != nil {
		return checks, fmt.Errorf("approve run %s: %w", r.ID, err)
	}
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM acceptance x JOIN exception e ON e.key = x.key AND e.calculation = @calculation WHERE x.run = @run AND x.accepted_by = @user),
		       EXISTS (SELECT FROM calculation k JOIN run o ON o.id = k.run WHERE o.employer = @employer AND o.id <> @run AND k.known > @cutoff),
		       EXISTS (SELECT FROM wage_method m WHERE m.employer = @employer AND m.year = @year AND m.known > @cutoff)
		       OR EXISTS (SELECT FROM run_repair m WHERE m.run = @run AND m.known > @cutoff)`,
		pgx.NamedArgs{"year": r.PayDate.Year(), "run": r.ID, "calculation": c.ID, "user": a.User, "employer": r.Employer, "cutoff": c.Cutoff}).Scan(&checks.Accepted, &checks.Overtaken, &checks.Chosen)
	if err != nil {
		return checks, fmt.Errorf("approve run %s: %w", r.ID, err)
	}
	return checks, nil
}

// holdOrganisation makes those who write for an organisation follow on each other.
func (tx *Tx) holdOrganisation(ctx context.Context, id uuid.UUID) error {
	_, err := tx.Exec(ctx, `SELECT FROM organisation WHERE id = $1 FOR NO KEY UPDATE`, id)
	return err
}
