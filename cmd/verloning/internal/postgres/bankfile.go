package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// AddBankFile keeps a file: its bytes sealed, and what it holds. A payment that is
// in another file is refused by the key of its line.
func (tx *Tx) AddBankFile(ctx context.Context, a payroll.Actor, f payroll.BankFile, content []byte, sha256 string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO bank_file (id, organisation, message_id, format, payments, total, bytes, sha256, content_sealed, exported_by)
		VALUES (@id, @organisation, @message, @format, @payments, @total, @bytes, @sha256, @content, @by)`,
		pgx.NamedArgs{
			"id": f.ID, "organisation": f.Organisation, "message": f.MessageID, "format": string(f.Terms.Format), "payments": f.Payments(), "total": f.Total().Decimal(),
			"bytes": len(content), "sha256": sha256, "content": tx.vault.sealFile(content, f.ID), "by": a.User,
		})
	if err != nil {
		return fmt.Errorf("add bank file %s: %w", f.ID, redact(err))
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"bank_batch"}, []string{"file", "number", "name", "salary", "debtor", "execution", "payments", "total"},
		pgx.CopyFromSlice(len(f.Batches), func(i int) ([]any, error) {
			b := f.Batches[i]
			return []any{key(f.ID), b.Number, b.ID, b.Salary, b.Debtor.Reveal(), day(b.Execution), len(b.Lines), b.Total().Decimal()}, nil
		}))
	if err != nil {
		return fmt.Errorf("batches of bank file %s: %w", f.ID, redact(err))
	}
	for _, b := range f.Batches {
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"bank_line"}, []string{"file", "batch", "payment", "attempt", "end_to_end", "creditor", "amount"},
			pgx.CopyFromSlice(len(b.Lines), func(i int) ([]any, error) {
				l := b.Lines[i]
				return []any{key(f.ID), b.Number, key(l.Payment), l.Attempt, l.EndToEnd, l.Creditor.Reveal(), l.Amount.Decimal()}, nil
			}))
		if err != nil {
			return fmt.Errorf("lines of bank file %s: %w", f.ID, redact(err))
		}
	}
	return nil
}

// BankFileListed is a file as a list shows it.
type BankFileListed struct {
	File      uuid.UUID          `json:"file"`
	MessageID string             `json:"message_id"`
	Format    payroll.BankFormat `json:"format"`
	Payments  int                `json:"payments"`
	Total     euro.Amount        `json:"total"`
	Bytes     int                `json:"bytes"`
	SHA256    string             `json:"sha256"`
	Made      calendar.Moment    `json:"made"`
}

// BankFiles lists the files of an organisation in order of id, after one of them.
func (tx *Tx) BankFiles(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]BankFileListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, message_id, format, payments, total, bytes, sha256, exported_at FROM bank_file
		WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3`, a.Organisation.ID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("bank files: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f BankFileListed, err error) {
		var total decimal.Decimal
		var made time.Time
		if err = row.Scan(&f.File, &f.MessageID, &f.Format, &f.Payments, &total, &f.Bytes, &f.SHA256, &made); err != nil {
			return f, err
		}
		f.Made = calendar.MomentOf(made, tx.place)
		f.Total, err = money(total)
		return f, err
	})
}

// BankFile opens the bytes of a file of the organisation as they were kept.
func (tx *Tx) BankFile(ctx context.Context, a payroll.Actor, id uuid.UUID) (content []byte, sha256 string, known bool, err error) {
	var sealed []byte
	err = tx.QueryRow(ctx, `SELECT content_sealed, sha256 FROM bank_file WHERE id = $1 AND organisation = $2`, id, a.Organisation.ID).Scan(&sealed, &sha256)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", false, nil
	}
	if err != nil {
		return nil, "", false, fmt.Errorf("bank file %s: %w", id, err)
	}
	content, err = tx.vault.openFile(sealed, id)
	return content, sha256, err == nil, err
}

// DuePayments lists what the organisation is to pay and what no file holds, in
// order of id: not what it said by hand that it paid.
func (tx *Tx) DuePayments(ctx context.Context, a payroll.Actor, asked payroll.DueAsked) ([]payroll.DuePayment, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.kind, p.run, p.contract, p.claim, p.statement, p.garnishment, p.debtor, p.creditor, p.amount, p.pay_date, p.reference, coalesce(c.number, ''),
		       coalesce(CASE p.kind WHEN 'wage' THEN n.name WHEN 'garnishment' THEN g.creditor_name ELSE coalesce(w.creditor_name, e.name) END, ''),
		       coalesce(s.gross_only, false), coalesce(b.granted_by, m.asked_by, k.asked_by, q.ordered_by)
		FROM payment p LEFT JOIN run r ON r.id = p.run LEFT JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		LEFT JOIN contract c ON c.id = p.contract LEFT JOIN organisation e ON e.id = r.employer
		LEFT JOIN LATERAL (SELECT v.name FROM employment_version v WHERE v.employment = c.employment ORDER BY v.version DESC LIMIT 1) n ON p.kind = 'wage'
		LEFT JOIN LATERAL (SELECT v.creditor_name FROM garnishment v WHERE v.id = p.garnishment ORDER BY v.version DESC LIMIT 1) g ON p.kind = 'garnishment'
		LEFT JOIN payslip s ON p.kind IN ('wage', 'garnishment') AND s.period = r.period AND s.calculation = k.id AND s.contract = p.contract
		LEFT JOIN claim_decided x ON x.claim = p.claim LEFT JOIN grant_batch b ON b.id = x.batch
		LEFT JOIN statement m ON m.id = p.statement
		LEFT JOIN remittance q ON q.id = p.remittance LEFT JOIN remittance_terms w ON w.employer = q.employer AND w.kind = q.kind AND w.version = q.terms
		WHERE p.organisation = @org AND (@run::uuid IS NULL OR p.run = @run) AND (@until::date IS NULL OR p.pay_date <= @until)
		  AND NOT EXISTS (SELECT FROM bank_line l WHERE l.payment = p.id)
		  AND NOT EXISTS (SELECT FROM settlement t WHERE t.claim = p.claim AND t.organisation = p.organisation)
		  AND NOT EXISTS (SELECT FROM statement_settlement t WHERE t.statement = p.statement)
		ORDER BY p.id`,
		pgx.NamedArgs{"org": a.Organisation.ID, "run": null(asked.Run), "until": day(asked.Until)})
	if err != nil {
		return nil, fmt.Errorf("payments that are due: %w", err)
	}
	due, err := pgx.CollectRows(rows, scanDuePayment)
	if err != nil {
		return nil, fmt.Errorf("payments that are due: %w", redact(err))
	}
	return due, tx.statementPayees(ctx, due)
}

func scanDuePayment(row pgx.CollectableRow) (p payroll.DuePayment, err error) {
	var run, contract, claim, statement, garnishment *uuid.UUID
	var debtor, creditor, name string
	var amount decimal.Decimal
	var on time.Time
	err = row.Scan(&p.ID, &p.Kind, &run, &contract, &claim, &statement, &garnishment, &debtor, &creditor, &amount, &on, &p.Reference, &p.Number, &name, &p.GrossOnly, &p.AskedBy)
	if err != nil {
		return p, err
	}
	p.Run, p.Contract, p.Claim, p.Statement, p.Garnishment = nilOr(run), nilOr(contract), nilOr(claim), nilOr(statement), nilOr(garnishment)
	p.Debtor, p.Creditor, p.Payee, p.PayDate, p.Attempt = payroll.IBAN(debtor), payroll.IBAN(creditor), payroll.Name(name), date(&on), 1
	p.Amount, err = money(amount)
	return p, err
}

// statementPayees names whom the payments of statements go to. A municipality keeps
// no names of participants: a premium names the number of the trajectory.
func (tx *Tx) statementPayees(ctx context.Context, due []payroll.DuePayment) error {
	at := map[uuid.UUID]int{}
	var statements []uuid.UUID
	for i, p := range due {
		if p.Statement == uuid.Nil {
			continue
		}
		at[p.ID] = i
		if !slices.Contains(statements, p.Statement) {
			statements = append(statements, p.Statement)
		}
	}
	if len(statements) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `
		SELECT `+lineColumns+`, l.statement, coalesce(o.name, 'Deelnemer ' || l.subject)
		FROM statement_line l LEFT JOIN organisation o ON o.id = l.payee WHERE l.statement = ANY ($1)`, statements)
	if err != nil {
		return fmt.Errorf("payees of statements: %w", err)
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l subsidy.StatementLine, err error) {
		var name string
		l, statement, err := scanLine(row, &name)
		if i, ours := at[subsidy.PaymentOf(statement, l)]; ours {
			due[i].Payee = payroll.Name(name)
		}
		return l, err
	})
	if err != nil {
		return fmt.Errorf("payees of statements: %w", redact(err))
	}
	return nil
}
