package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// dueRow is a payslip with one of its claims, if it has any.
type dueRow struct {
	Contract uuid.UUID
	Number   string
	Person   uuid.UUID
	Net      decimal.Decimal
	IBAN     string
	Claim    *uuid.UUID
	Decision *uuid.UUID
	DNumber  *string
	Payer    *uuid.UUID
	Payee    *uuid.UUID
	Scheme   *string
	Rule     *string
	Kind     *string
	Budget   *string
	Amount   decimal.NullDecimal
}

// DuePage reads a page of payslips with their claims, in order of contract.
func (tx *Tx) DuePage(ctx context.Context, r payroll.Run, c payroll.Calculation, after uuid.UUID, limit int) ([]subsidy.Due, error) {
	rows, err := tx.Query(ctx, `
		WITH p AS (
			SELECT contract, person, net, iban FROM payslip
			WHERE period = @period AND calculation = @id AND contract > @after ORDER BY contract LIMIT @limit)
		SELECT p.contract, c.number, p.person, p.net, p.iban, m.id, m.decision, d.number, m.payer, m.payee, m.scheme, m.rule, m.kind, m.budget, m.amount
		FROM p JOIN contract c ON c.id = p.contract
		LEFT JOIN claim m ON m.period = @period AND m.calculation = @id AND m.contract = p.contract
		LEFT JOIN decision d ON d.id = m.decision
		ORDER BY p.contract, m.id`,
		pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("payslips of run %s: %w", r.ID, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[dueRow])
	if err != nil {
		return nil, fmt.Errorf("payslips of run %s: %w", r.ID, err)
	}
	var due []subsidy.Due
	for _, row := range list {
		if n := len(due); n == 0 || due[n-1].Payslip.Contract != row.Contract {
			net, err := money(row.Net)
			if err != nil {
				return nil, err
			}
			due = append(due, subsidy.Due{Payslip: payroll.Payslip{
				Contract: row.Contract, ContractNumber: row.Number, Person: row.Person, Period: r.Period, Net: net, IBAN: payroll.IBAN(row.IBAN),
			}})
		}
		if row.Claim == nil {
			continue
		}
		claim, err := row.claim()
		if err != nil {
			return nil, err
		}
		last := &due[len(due)-1]
		last.Claims = append(last.Claims, claim)
	}
	return due, nil
}

func (row dueRow) claim() (subsidy.Claim, error) {
	amount, err := money(row.Amount.Decimal)
	return subsidy.Claim{
		ID: *row.Claim, Contract: row.Contract, ContractNumber: row.Number, Decision: *row.Decision, DecisionNumber: *row.DNumber,
		Payer: *row.Payer, Payee: *row.Payee, Scheme: *row.Scheme, Rule: *row.Rule, Kind: subsidy.Kind(*row.Kind),
		Budget: subsidy.Source(*row.Budget), Amount: amount,
	}, err
}

// AddPayments orders payments. An id that exists is an error and not a
// repetition: who asks twice is stopped before, by the run's status.
func (tx *Tx) AddPayments(ctx context.Context, payments []payroll.Payment) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"payment"},
		[]string{"id", "organisation", "kind", "run", "contract", "claim", "debtor", "creditor", "amount", "pay_date", "end_to_end", "reference"},
		pgx.CopyFromSlice(len(payments), func(i int) ([]any, error) {
			p := payments[i]
			return []any{p.ID, p.Organisation, string(p.Kind), p.Run, p.Contract, null(p.Claim), p.Debtor.Reveal(), p.Creditor.Reveal(),
				p.Amount.Decimal(), day(p.PayDate), p.EndToEnd(), p.Reference}, nil
		}))
	if err != nil {
		return fmt.Errorf("order %d payments: %w", len(payments), redact(err))
	}
	return nil
}

// Approve seals the calculation with its approver, moves the run on and posts
// the ledger. What was claimed becomes known to later cut-offs with this
// transaction's number, like any fact.
func (tx *Tx) Approve(ctx context.Context, a payroll.Actor, r payroll.Run, c payroll.Calculation, p subsidy.Posting) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	if err := tx.post(ctx, a, p); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE calculation SET status = 'approved', approved_by = $2, approved_at = now(), known = $3 WHERE id = $1`, c.ID, a.User, known)
	if err != nil {
		return fmt.Errorf("approve run %s: %w", r.ID, err)
	}
	r.Status = payroll.RunApproved
	return tx.SetRunStatus(ctx, r)
}

// post adds a posting to an organisation's ledger, chained to the one before.
// The organisation's row is the lock of its chain.
func (tx *Tx) post(ctx context.Context, a payroll.Actor, p subsidy.Posting) error {
	if _, err := tx.Exec(ctx, `SELECT FROM organisation WHERE id = $1 FOR NO KEY UPDATE`, p.Ledger); err != nil {
		return fmt.Errorf("ledger of %s: %w", p.Ledger, err)
	}
	var sequence int
	var previous string
	err := tx.QueryRow(ctx, `SELECT sequence, hash FROM posting WHERE ledger = $1 ORDER BY sequence DESC LIMIT 1`, p.Ledger).Scan(&sequence, &previous)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("ledger of %s: %w", p.Ledger, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO posting (id, ledger, sequence, kind, content, total, previous, hash, posted_by)
		VALUES (@id, @ledger, @sequence, @kind, @content, @total, @previous, @hash, @by)`,
		pgx.NamedArgs{
			"id": p.ID, "ledger": p.Ledger, "sequence": sequence + 1, "kind": p.Kind, "content": p.Content, "total": p.Total.Decimal(),
			"previous": previous, "hash": chain(previous, sequence+1, p), "by": a.User,
		})
	if err != nil {
		return fmt.Errorf("post %s to the ledger of %s: %w", p.Kind, p.Ledger, err)
	}
	return nil
}

// chain is the hash of a posting: over the one before and its own content.
func chain(previous string, sequence int, p subsidy.Posting) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%s|%s|%s|%s|%s", previous, sequence, p.ID, p.Ledger, p.Kind, p.Content, p.Total))
	return payroll.HashText(sum[:])
}

// Balance is what an account of an organisation stands at.
type Balance struct {
	Account string      `json:"account"`
	Amount  euro.Amount `json:"amount"` // debit less credit
}

// Balances sums the posted transfers of an organisation by account.
func (tx *Tx) Balances(ctx context.Context, ledger uuid.UUID) ([]Balance, error) {
	rows, err := tx.Query(ctx, `
		SELECT account, sum(amount) FROM (
			SELECT debit AS account, amount FROM posted_transfer WHERE ledger = $1
			UNION ALL SELECT credit, -amount FROM posted_transfer WHERE ledger = $1) x
		GROUP BY account ORDER BY account`, ledger)
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Balance, err error) {
		var sum decimal.Decimal
		if err = row.Scan(&b.Account, &sum); err == nil {
			b.Amount, err = money(sum)
		}
		return b, err
	})
}
