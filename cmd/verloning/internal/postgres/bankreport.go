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
	"verloning/subsidy"
)

// BankImported finds a message of the bank by the hash of its bytes.
func (tx *Tx) BankImported(ctx context.Context, a payroll.Actor, sha256 string) (subsidy.BankImported, bool, error) {
	var i subsidy.BankImported
	err := tx.QueryRow(ctx, `SELECT id, kind, message_id FROM bank_import WHERE organisation = $1 AND sha256 = $2`, a.Organisation.ID, sha256).
		Scan(&i.Import, &i.Kind, &i.MessageID)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, false, nil
	}
	if err != nil {
		return i, false, fmt.Errorf("messages of the bank: %w", err)
	}
	return i, true, nil
}

// AddBankImport keeps a message and of its lines those that the bank had not told
// before.
func (tx *Tx) AddBankImport(ctx context.Context, a payroll.Actor, i subsidy.BankImported, sha256 string, lines []payroll.ReportLine) (fresh int, err error) {
	_, err = tx.Exec(ctx, `INSERT INTO bank_import (id, organisation, sha256, kind, message_id, imported_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		i.Import, a.Organisation.ID, sha256, i.Kind, i.MessageID, a.User)
	if err != nil {
		return 0, fmt.Errorf("add a message of the bank: %w", redact(err))
	}
	batch := &pgx.Batch{}
	for _, l := range lines {
		batch.Queue(`
			INSERT INTO bank_report (id, organisation, import, number, kind, reference, day, amount, file, batch, end_to_end, owed, reason)
			VALUES (@id, @organisation, @import, @number, @kind, @reference, @day::date, @amount, @file, @batch, @name, @owed, @reason) ON CONFLICT DO NOTHING`,
			pgx.NamedArgs{
				"id": l.ID, "organisation": a.Organisation.ID, "import": i.Import, "number": l.Number, "kind": string(l.Kind), "reference": l.Reference,
				"day": day(l.Day), "amount": l.Amount.Decimal(), "file": l.File, "batch": l.Batch, "name": l.EndToEnd, "owed": l.Owed, "reason": l.Reason,
			})
	}
	results := tx.SendBatch(ctx, batch)
	for range lines {
		tag, err := results.Exec()
		if err != nil {
			_ = results.Close()
			return 0, fmt.Errorf("lines of a message of the bank: %w", redact(err))
		}
		fresh += int(tag.RowsAffected())
	}
	if err := results.Close(); err != nil {
		return 0, fmt.Errorf("lines of a message of the bank: %w", redact(err))
	}
	return fresh, nil
}

const reportColumns = `r.id, r.number, r.kind, r.reference, r.day, r.amount, r.file, r.batch, r.end_to_end, r.owed, r.reason`

// openReport is a line that nothing came of.
const openReport = `NOT EXISTS (SELECT FROM bank_settled x WHERE x.report = r.id) AND NOT EXISTS (SELECT FROM bank_returned x WHERE x.report = r.id)
	AND NOT EXISTS (SELECT FROM bank_received x WHERE x.report = r.id)`

func scanReport(row pgx.CollectableRow) (l payroll.ReportLine, err error) {
	var on *time.Time
	var amount decimal.Decimal
	if err = row.Scan(&l.ID, &l.Number, &l.Kind, &l.Reference, &on, &amount, &l.File, &l.Batch, &l.EndToEnd, &l.Owed, &l.Reason); err != nil {
		return l, err
	}
	l.Day = date(on)
	l.Amount, err = money(amount)
	return l, err
}

// OpenBankLines are the lines that nothing came of: those of an import, and older
// ones that name something of ours.
func (tx *Tx) OpenBankLines(ctx context.Context, a payroll.Actor, imported uuid.UUID) ([]payroll.ReportLine, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+reportColumns+` FROM bank_report r
		WHERE r.organisation = $1 AND `+openReport+` AND (r.import = $2 OR r.owed <> ''
		   OR r.end_to_end <> '' AND EXISTS (SELECT FROM bank_line l WHERE l.end_to_end = r.end_to_end)
		   OR r.end_to_end = '' AND EXISTS (SELECT FROM bank_batch b WHERE b.name = r.batch)
		   OR r.end_to_end = '' AND r.batch = '' AND EXISTS (SELECT FROM bank_file f WHERE f.message_id = r.file))
		ORDER BY r.id`, a.Organisation.ID, imported)
	if err != nil {
		return nil, fmt.Errorf("open lines of the bank: %w", err)
	}
	return pgx.CollectRows(rows, scanReport)
}

// Unmatched lists the lines that nothing came of, in order of id, after one of them.
func (tx *Tx) Unmatched(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]payroll.ReportLine, error) {
	rows, err := tx.Query(ctx, `SELECT `+reportColumns+` FROM bank_report r WHERE r.organisation = $1 AND r.id > $2 AND `+openReport+` ORDER BY r.id LIMIT $3`,
		a.Organisation.ID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("unmatched lines of the bank: %w", err)
	}
	return pgx.CollectRows(rows, scanReport)
}

// SentPayments are the attempts that lines name, by themselves, by batch or by file.
func (tx *Tx) SentPayments(ctx context.Context, a payroll.Actor, lines []payroll.ReportLine) ([]payroll.SentPayment, error) {
	names, batches, files := []string{}, []string{}, []string{}
	for _, l := range lines {
		switch {
		case l.EndToEnd != "":
			names = append(names, l.EndToEnd)
		case l.Batch != "":
			batches = append(batches, l.Batch)
		case l.File != "":
			files = append(files, l.File)
		}
	}
	rows, err := tx.Query(ctx, `
		WITH named AS (
			SELECT l.payment, l.attempt FROM bank_line l WHERE l.end_to_end = ANY ($2::text[])
			UNION SELECT l.payment, l.attempt FROM bank_batch b JOIN bank_line l ON l.file = b.file AND l.batch = b.number WHERE b.name = ANY ($3::text[])
			UNION SELECT l.payment, l.attempt FROM bank_file f JOIN bank_line l ON l.file = f.id WHERE f.message_id = ANY ($4::text[]))
		SELECT p.id, p.kind, p.run, p.contract, p.claim, p.statement, p.remittance, l.amount, l.attempt, l.end_to_end, b.name, f.message_id,
		       coalesce(r.period, s.period, q.period), coalesce(r.period_kind, q.period_kind, 'month'), t.payment IS NOT NULL, coalesce(NOT x.rejected, false), coalesce(x.rejected, false)
		FROM named n JOIN bank_line l USING (payment, attempt) JOIN bank_batch b ON b.file = l.file AND b.number = l.batch
		JOIN bank_file f ON f.id = l.file JOIN payment p ON p.id = l.payment LEFT JOIN run r ON r.id = p.run LEFT JOIN statement s ON s.id = p.statement LEFT JOIN remittance q ON q.id = p.remittance
		LEFT JOIN bank_settled t ON t.payment = l.payment AND t.attempt = l.attempt LEFT JOIN bank_returned x ON x.payment = l.payment AND x.attempt = l.attempt
		WHERE f.organisation = $1 ORDER BY p.id, l.attempt`, a.Organisation.ID, names, batches, files)
	if err != nil {
		return nil, fmt.Errorf("payments that were sent: %w", err)
	}
	sent, err := pgx.CollectRows(rows, scanSent)
	if err != nil {
		return nil, fmt.Errorf("payments that were sent: %w", err)
	}
	return sent, tx.sentSubjects(ctx, sent)
}

func scanSent(row pgx.CollectableRow) (s payroll.SentPayment, err error) {
	var run, contract, claim, statement, remittance *uuid.UUID
	var amount decimal.Decimal
	var period time.Time
	var kind string
	err = row.Scan(&s.ID, &s.Kind, &run, &contract, &claim, &statement, &remittance, &amount, &s.Attempt, &s.EndToEnd, &s.Batch, &s.File, &period, &kind, &s.Settled, &s.Returned, &s.Rejected)
	if err != nil {
		return s, err
	}
	s.Run, s.Contract, s.Claim, s.Statement, s.Subject = nilOr(run), nilOr(contract), nilOr(claim), nilOr(statement), nilOr(contract)
	if remittance != nil {
		s.Subject = *remittance
	}
	s.Period = calendar.PeriodFrom(calendar.Kind(kind), date(&period))
	s.Amount, err = money(amount)
	return s, err
}

// sentSubjects finds what the payments of statements are about.
func (tx *Tx) sentSubjects(ctx context.Context, sent []payroll.SentPayment) error {
	var statements []uuid.UUID
	for _, s := range sent {
		if s.Statement != uuid.Nil && !slices.Contains(statements, s.Statement) {
			statements = append(statements, s.Statement)
		}
	}
	parties, err := tx.statementParties(ctx, statements)
	for i, s := range sent {
		if s.Statement != uuid.Nil {
			sent[i].Subject = parties[s.ID].subject
		}
	}
	return err
}

// KeepBank posts what moved, and notes what became of each attempt.
func (tx *Tx) KeepBank(ctx context.Context, a payroll.Actor, posts []subsidy.Posted, outcomes []payroll.BankOutcome) error {
	postings := map[calendar.Date]uuid.UUID{}
	for _, p := range posts {
		if err := tx.PostAll(ctx, a, p); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		postings[p.Day] = p.ID
	}
	var settled, back []payroll.BankOutcome
	for _, o := range outcomes {
		if o.Back {
			back = append(back, o)
			continue
		}
		settled = append(settled, o)
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"bank_settled"}, []string{"payment", "attempt", "report", "posting", "day"},
		pgx.CopyFromSlice(len(settled), func(i int) ([]any, error) {
			o := settled[i]
			return []any{key(o.ID), o.Attempt, key(o.Line.ID), key(postings[o.Line.Day]), day(o.Line.Day)}, nil
		}))
	if err != nil {
		return fmt.Errorf("settle %d payments: %w", len(settled), redact(err))
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"bank_returned"}, []string{"payment", "attempt", "report", "rejected", "whole", "reason", "posting", "day"},
		pgx.CopyFromSlice(len(back), func(i int) ([]any, error) {
			o := back[i]
			posting, on := uuid.Nil, calendar.Date{}
			if !o.Rejected {
				posting, on = postings[o.Line.Day], o.Line.Day
			}
			return []any{key(o.ID), o.Attempt, key(o.Line.ID), o.Rejected, o.Whole, o.Line.Reason, keyOrNull(posting), day(on)}, nil
		}))
	if err != nil {
		return fmt.Errorf("note %d returned payments: %w", len(back), redact(err))
	}
	return nil
}

// PaymentsInFiles are the payments of a statement that went to the bank in a file, and
// what providers paid back over the bank.
func (tx *Tx) PaymentsInFiles(ctx context.Context, statement uuid.UUID) (map[uuid.UUID]bool, error) {
	rows, err := tx.Query(ctx, `SELECT p.id FROM payment p JOIN bank_line l ON l.payment = p.id WHERE p.statement = $1 UNION SELECT owed FROM bank_received WHERE statement = $1`, statement)
	if err != nil {
		return nil, fmt.Errorf("payments of statement %s: %w", statement, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	in := make(map[uuid.UUID]bool, len(list))
	for _, id := range list {
		in[id] = true
	}
	return in, err
}

// bankContent hashes again what the bank told that left the account and came back.
func (v *verifying) bankContent(ctx context.Context, l link) (string, error) {
	rows, err := v.Query(ctx, `
		SELECT x.payment, x.attempt, x.back, b.amount, x.day
		FROM (SELECT payment, attempt, false AS back, day, report FROM bank_settled WHERE posting = $1
		      UNION ALL SELECT payment, attempt, true, day, report FROM bank_returned WHERE posting = $1) x
		JOIN bank_line b USING (payment, attempt) ORDER BY x.back, x.report, x.payment`, l.ID)
	if err != nil {
		return "", err
	}
	outcomes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o payroll.BankOutcome, err error) {
		var amount decimal.Decimal
		var on time.Time
		if err = row.Scan(&o.ID, &o.Attempt, &o.Back, &amount, &on); err != nil {
			return o, err
		}
		o.Line.Day = date(&on)
		o.Amount, err = money(amount)
		return o, err
	})
	if err != nil || len(outcomes) == 0 {
		return "", err
	}
	return subsidy.HashBank(outcomes), nil
}
