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

// DuePayments lists what the organisation is to pay and what no file holds, or came
// back, in order of id: not what it said by hand that it paid.
func (tx *Tx) DuePayments(ctx context.Context, a payroll.Actor, asked payroll.DueAsked, program []string) ([]payroll.DuePayment, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.kind, p.run, p.contract, p.claim, p.statement, p.garnishment, p.debtor, p.creditor, p.amount, p.pay_date, p.reference, coalesce(c.number, ''),
		       coalesce(CASE p.kind WHEN 'wage' THEN n.name WHEN 'garnishment' THEN g.creditor_name ELSE coalesce(w.creditor_name, e.name) END, ''),
		       coalesce(s.gross_only, false),
		       p.kind = 'wage' AND EXISTS (SELECT FROM (`+openReceivable+`) o JOIN run v ON v.id = o.run AND v.kind = 'reversal' WHERE o.employment = c.employment AND o.open > 0),
		       coalesce(b.granted_by, m.asked_by, k.asked_by, q.ordered_by), coalesce(y.approved_by, z.approved_by, k.approved_by, u.approved_by),
		       c.employment, r.employer, last.attempt, last.creditor, last.whole, last.reason, last.released_by,
		       EXISTS (SELECT FROM payment o JOIN bank_line l ON l.payment = o.id WHERE o.contract = p.contract AND o.id <> p.id AND l.creditor = coalesce(last.creditor, p.creditor)),
		       CASE WHEN p.claim IS NULL THEN ARRAY[]::text[] ELSE ARRAY(`+restsOn+`) END
		FROM payment p LEFT JOIN run r ON r.id = p.run LEFT JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		LEFT JOIN contract c ON c.id = p.contract LEFT JOIN organisation e ON e.id = r.employer
		LEFT JOIN LATERAL (SELECT v.name FROM employment_version v WHERE v.employment = c.employment ORDER BY v.version DESC LIMIT 1) n ON p.kind = 'wage'
		LEFT JOIN LATERAL (SELECT v.creditor_name FROM garnishment v WHERE v.id = p.garnishment ORDER BY v.version DESC LIMIT 1) g ON p.kind = 'garnishment'
		LEFT JOIN payslip s ON p.kind IN ('wage', 'garnishment') AND s.period = r.period AND s.calculation = k.id AND s.contract = p.contract
		LEFT JOIN claim_decided x ON x.claim = p.claim LEFT JOIN grant_batch b ON b.id = x.batch LEFT JOIN grant_approval y ON y.batch = x.batch
		LEFT JOIN statement m ON m.id = p.statement LEFT JOIN statement_approval z ON z.statement = p.statement
		LEFT JOIN remittance q ON q.id = p.remittance LEFT JOIN remittance_approval u ON u.remittance = q.id
		LEFT JOIN remittance_terms w ON w.employer = q.employer AND w.kind = q.kind AND w.version = q.terms
		LEFT JOIN LATERAL (
			SELECT l.attempt, l.creditor, t.whole, t.reason, f.released_by FROM bank_line l LEFT JOIN bank_returned t ON t.payment = l.payment AND t.attempt = l.attempt
			LEFT JOIN bank_release f ON f.payment = l.payment AND f.attempt = l.attempt
			WHERE l.payment = p.id ORDER BY l.attempt DESC LIMIT 1) last ON true
		WHERE p.organisation = @org AND (@run::uuid IS NULL OR p.run = @run) AND (@until::date IS NULL OR p.pay_date <= @until)
		  AND (last.attempt IS NULL OR last.whole IS NOT NULL)
		  AND NOT EXISTS (SELECT FROM payment_cancelled x WHERE x.payment = p.id)
		  AND NOT EXISTS (SELECT FROM settlement t WHERE t.claim = p.claim AND t.organisation = p.organisation)
		  AND (last.attempt IS NOT NULL OR NOT EXISTS (SELECT FROM statement_settlement t WHERE t.statement = p.statement))
		ORDER BY p.id`,
		pgx.NamedArgs{"org": a.Organisation.ID, "run": null(asked.Run), "until": day(asked.Until), "program": program})
	if err != nil {
		return nil, fmt.Errorf("payments that are due: %w", err)
	}
	due, err := pgx.CollectRows(rows, scanDuePayment)
	if err != nil {
		return nil, fmt.Errorf("payments that are due: %w", redact(err))
	}
	own, err := tx.OwnAccounts(ctx, a.Organisation.ID)
	if err != nil {
		return nil, err
	}
	list := make([]payroll.DuePayment, len(due))
	for i := range due {
		list[i] = due[i].DuePayment
		list[i].Own = own
	}
	if err := tx.dueStatements(ctx, a, due, list, program); err != nil {
		return nil, err
	}
	return list, tx.payeeAccounts(ctx, due, list)
}

// restsOn are the kinds of changes that the claim behind a payment rests on and that
// nobody but who approved it has confirmed: as the calculation knew them, and as far
// as no later version took their place.
const restsOn = `
	SELECT d.kind FROM (
		SELECT 'decision' AS kind, change_of('decision', v.decision, '', v.version) AS change
		FROM claim q JOIN decision_version v ON v.decision = q.decision AND v.version > 1 AND v.known <= k.cutoff AND v.valid_from <= q.service_to
		WHERE q.period = r.period AND q.calculation = k.id AND q.id = p.claim
		  AND NOT EXISTS (SELECT FROM decision_version n WHERE n.decision = v.decision AND n.version > v.version AND n.known <= k.cutoff AND n.valid_from <= v.valid_from)
		UNION ALL
		SELECT 'loonwaarde', change_of('loonwaarde', v.contract, '', v.version)
		FROM claim q JOIN loonwaarde v ON v.contract = q.contract AND v.version > 1 AND v.known <= k.cutoff AND v.valid_from <= q.service_to
		WHERE q.period = r.period AND q.calculation = k.id AND q.id = p.claim AND q.kind = 'subsidy'
		  AND NOT EXISTS (SELECT FROM loonwaarde n WHERE n.contract = v.contract AND n.version > v.version AND n.known <= k.cutoff AND n.valid_from <= v.valid_from)
		UNION ALL
		SELECT 'scheme', change_of('scheme', v.municipality, v.scheme, v.version)
		FROM claim q JOIN scheme_version v ON v.municipality = q.payer AND v.scheme = q.scheme AND v.known <= k.cutoff AND v.valid_from <= q.service_to
		WHERE q.period = r.period AND q.calculation = k.id AND q.id = p.claim AND (v.version > 1 OR v.scheme = ANY (@program))
		  AND NOT EXISTS (SELECT FROM scheme_version n WHERE n.municipality = v.municipality AND n.scheme = v.scheme AND n.version > v.version AND n.known <= k.cutoff AND n.valid_from <= v.valid_from)
	) d WHERE NOT EXISTS (SELECT FROM control_confirmation f WHERE f.change = d.change AND f.confirmed_by <> y.approved_by)
	GROUP BY d.kind ORDER BY d.kind`

// dueRow is a payment that is due with whom its account is of.
type dueRow struct {
	payroll.DuePayment
	payee uuid.UUID
}

func scanDuePayment(row pgx.CollectableRow) (p dueRow, err error) {
	var run, contract, claim, statement, garnishment, employment, employer, released *uuid.UUID
	var debtor, creditor, name string
	var amount decimal.Decimal
	var on time.Time
	var attempt *int
	var tried, reason *string
	var whole *bool
	err = row.Scan(&p.ID, &p.Kind, &run, &contract, &claim, &statement, &garnishment, &debtor, &creditor, &amount, &on, &p.Reference, &p.Number, &name, &p.GrossOnly, &p.Owing, &p.AskedBy, &p.Approver,
		&employment, &employer, &attempt, &tried, &whole, &reason, &released, &p.PaidBefore, &p.Unconfirmed)
	if err != nil {
		return p, err
	}
	p.Run, p.Contract, p.Claim, p.Statement, p.Garnishment = nilOr(run), nilOr(contract), nilOr(claim), nilOr(statement), nilOr(garnishment)
	p.Debtor, p.Creditor, p.Payee, p.PayDate, p.Attempt = payroll.IBAN(debtor), payroll.IBAN(creditor), payroll.Name(name), date(&on), 1
	if attempt != nil {
		p.Attempt, p.Back = *attempt+1, &payroll.Back{Creditor: payroll.IBAN(orEmpty(tried)), Whole: *whole, Reason: orEmpty(reason), ReleasedBy: nilOr(released)}
		p.Creditor = p.Back.Creditor
	}
	switch p.Kind {
	case payroll.WagePayment:
		p.payee = nilOr(employment)
	case payroll.GarnishPayment:
		p.payee = p.Garnishment
	case payroll.SubsidyPayment, payroll.FeePayment: // that a statement orders go to a provider
		p.payee = nilOr(employer)
	}
	p.Amount, err = money(amount)
	return p, err
}

// paidParty is whom a payment of a statement goes to.
type paidParty struct {
	name    string
	subject uuid.UUID // the provider, or the trajectory of a premium
	schemes []string
}

// statementParties finds whom the payments of statements go to. A municipality keeps
// no names of participants: a premium names the number of the trajectory.
func (tx *Tx) statementParties(ctx context.Context, statements []uuid.UUID) (map[uuid.UUID]paidParty, error) {
	parties := map[uuid.UUID]paidParty{}
	if len(statements) == 0 {
		return parties, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT `+lineColumns+`, l.statement, coalesce(o.name, 'Deelnemer ' || l.subject)
		FROM statement_line l LEFT JOIN organisation o ON o.id = l.payee WHERE l.statement = ANY ($1)`, statements)
	if err != nil {
		return nil, fmt.Errorf("payees of statements: %w", err)
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l subsidy.StatementLine, err error) {
		var name string
		l, statement, err := scanLine(row, &name)
		id := subsidy.PaymentOf(statement, l)
		party := parties[id]
		party.name, party.subject = name, l.Payee
		if l.Payee == uuid.Nil {
			party.subject = l.Trajectory
		}
		party.schemes = append(party.schemes, l.Scheme)
		parties[id] = party
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("payees of statements: %w", redact(err))
	}
	return parties, nil
}

// dueStatements names whom the payments of statements go to, and says which rest on a
// scheme that was changed and that nobody but who approved has confirmed.
func (tx *Tx) dueStatements(ctx context.Context, a payroll.Actor, due []dueRow, list []payroll.DuePayment, program []string) error {
	var statements []uuid.UUID
	for _, p := range due {
		if p.Statement != uuid.Nil && !slices.Contains(statements, p.Statement) {
			statements = append(statements, p.Statement)
		}
	}
	parties, err := tx.statementParties(ctx, statements)
	if err != nil || len(statements) == 0 {
		return err
	}
	rows, err := tx.Query(ctx, `
		SELECT s.id, v.scheme FROM statement s JOIN statement_approval z ON z.statement = s.id
		JOIN scheme_version v ON v.municipality = s.municipality AND v.known <= s.cutoff AND (v.version > 1 OR v.scheme = ANY ($3))
		WHERE s.municipality = $1 AND s.id = ANY ($2)
		  AND NOT EXISTS (SELECT FROM scheme_version n WHERE n.municipality = v.municipality AND n.scheme = v.scheme AND n.version > v.version AND n.known <= s.cutoff AND n.valid_from <= v.valid_from)
		  AND NOT EXISTS (SELECT FROM control_confirmation f WHERE f.change = change_of('scheme', v.municipality, v.scheme, v.version) AND f.confirmed_by <> z.approved_by)`,
		a.Organisation.ID, statements, program)
	if err != nil {
		return fmt.Errorf("schemes of statements: %w", err)
	}
	type changed struct {
		statement uuid.UUID
		scheme    string
	}
	open := map[changed]bool{}
	var one changed
	if _, err = pgx.ForEachRow(rows, []any{&one.statement, &one.scheme}, func() error { open[one] = true; return nil }); err != nil {
		return fmt.Errorf("schemes of statements: %w", err)
	}
	for i, p := range due {
		if p.Statement == uuid.Nil {
			continue
		}
		party := parties[p.ID]
		list[i].Payee, due[i].payee = payroll.Name(party.name), party.subject
		if slices.ContainsFunc(party.schemes, func(s string) bool { return open[changed{p.Statement, s}] }) {
			list[i].Unconfirmed = append(list[i].Unconfirmed, "scheme")
		}
	}
	return nil
}

// payeeAccounts adds the accounts that payees have had, by version, with who
// confirmed them.
func (tx *Tx) payeeAccounts(ctx context.Context, due []dueRow, list []payroll.DuePayment) error {
	at := map[uuid.UUID][]int{}
	ids := []uuid.UUID{}
	for i, p := range due {
		if p.payee != uuid.Nil {
			if at[p.payee] == nil {
				ids = append(ids, p.payee)
			}
			at[p.payee] = append(at[p.payee], i)
		}
	}
	rows, err := tx.Query(ctx, `
		SELECT v.subject, v.iban, v.was IS NULL, coalesce(v.was <> v.iban, false),
		       ARRAY(SELECT f.confirmed_by FROM control_confirmation f WHERE f.change = change_of('iban', v.subject, v.kind, v.version))
		FROM unnest($1::uuid[]) n (id) JOIN payee_account v ON v.subject = n.id WHERE v.iban IS NOT NULL ORDER BY v.subject, v.version`, ids)
	if err != nil {
		return fmt.Errorf("accounts of payees: %w", err)
	}
	var payee uuid.UUID
	var iban string
	var v payroll.PayeeAccount
	_, err = pgx.ForEachRow(rows, []any{&payee, &iban, &v.Registered, &v.Changed, &v.Confirmed}, func() error {
		v.IBAN = payroll.IBAN(iban)
		for _, i := range at[payee] {
			list[i].Accounts = append(list[i].Accounts, v)
		}
		v.Confirmed = nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("accounts of payees: %w", redact(err))
	}
	return nil
}
