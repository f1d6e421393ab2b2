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
	"verloning/subsidy"
)

// HoldMunicipality makes the statements of a municipality follow on each other. The
// lock of knowledge comes before that of the organisation, as everywhere.
func (tx *Tx) HoldMunicipality(ctx context.Context, municipality uuid.UUID) (next int, err error) {
	if _, err := tx.knowledge(ctx); err != nil {
		return 0, err
	}
	if err := tx.holdOrganisation(ctx, municipality); err != nil {
		return 0, fmt.Errorf("statements: %w", err)
	}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(sequence), 0) + 1 FROM statement WHERE municipality = $1`, municipality).Scan(&next); err != nil {
		return 0, fmt.Errorf("statements: %w", err)
	}
	return next, nil
}

// bookedDues sums what approved statements booked, by payment. What does not change
// with a payment is that of its newest line.
func (tx *Tx) bookedDues(ctx context.Context, args pgx.NamedArgs) ([]subsidy.BookedDue, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+lineColumns+`, l.statement
		FROM statement s JOIN statement_approval a ON a.statement = s.id AND a.known <= @cutoff JOIN statement_line l ON l.statement = s.id
		WHERE s.municipality = @municipality ORDER BY coalesce(l.trajectory, l.agreement), l.rule, l.key, s.sequence`, args)
	if err != nil {
		return nil, fmt.Errorf("booked: %w", err)
	}
	lines, statements, err := collectLines(rows)
	if err != nil {
		return nil, fmt.Errorf("booked: %w", err)
	}
	if err := tx.sources(ctx, lines, statements, `s.statement IN (SELECT x.id FROM statement x JOIN statement_approval a ON a.statement = x.id AND a.known <= @cutoff WHERE x.municipality = @municipality)`, args); err != nil {
		return nil, err
	}
	var list []subsidy.BookedDue
	for _, l := range lines {
		if n := len(list); n > 0 && list[n-1].Same(l.BookedDue) {
			list[n-1] = list[n-1].Plus(l.BookedDue)
			continue
		}
		list = append(list, l.BookedDue)
	}
	return list, nil
}

// closedBy is the last day of the newest month with an approved statement.
func (tx *Tx) closedBy(ctx context.Context, args pgx.NamedArgs) (calendar.Date, error) {
	var period *time.Time
	err := tx.QueryRow(ctx, `
		SELECT max(s.period) FROM statement s JOIN statement_approval a ON a.statement = s.id AND a.known <= @cutoff WHERE s.municipality = @municipality`, args).Scan(&period)
	if err != nil || period == nil {
		return calendar.Date{}, err
	}
	return calendar.MonthOf(date(period)).To, nil
}

const lineColumns = `l.number, l.trajectory, l.agreement, l.subject, l.scheme, l.rule, l.key, l.kind, l.document, l.day, l.payer, l.payee, l.iban,
	l.amount, l.vat_rate, l.vat, l.vat_cost`

// scanLine reads one line and of which statement it is, and what follows.
func scanLine(row pgx.CollectableRow, more ...any) (l subsidy.StatementLine, statement uuid.UUID, err error) {
	var trajectory, agreement, payee *uuid.UUID
	var on time.Time
	var iban *string
	var amount, rate, vat, cost decimal.Decimal
	to := []any{&l.Number, &trajectory, &agreement, &l.Subject, &l.Scheme, &l.Rule, &l.Key, &l.Kind, &l.Document, &on, &l.Payer, &payee, &iban,
		&amount, &rate, &vat, &cost, &statement}
	if err = row.Scan(append(to, more...)...); err != nil {
		return l, statement, err
	}
	l.Trajectory, l.Agreement, l.Payee, l.Day, l.IBAN = nilOr(trajectory), nilOr(agreement), nilOr(payee), date(&on), payroll.IBAN(orEmpty(iban))
	l.VATRate = euro.FromDecimal(rate)
	return l, statement, amounts([]decimal.Decimal{amount, vat, cost}, &l.Amount, &l.VAT, &l.VATCost)
}

// collectLines reads lines and of which statement each is.
func collectLines(rows pgx.Rows) ([]subsidy.StatementLine, []uuid.UUID, error) {
	var statements []uuid.UUID
	lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (subsidy.StatementLine, error) {
		l, statement, err := scanLine(row)
		statements = append(statements, statement)
		return l, err
	})
	return lines, statements, err
}

// sources adds which source bears what of each line.
func (tx *Tx) sources(ctx context.Context, lines []subsidy.StatementLine, statements []uuid.UUID, where string, args pgx.NamedArgs) error {
	type place struct {
		statement uuid.UUID
		line      int
	}
	at := make(map[place]int, len(lines))
	for i, l := range lines {
		at[place{statements[i], l.Number}] = i
	}
	rows, err := tx.Query(ctx, `SELECT s.statement, s.line, s.source, s.year, s.amount FROM statement_source s WHERE `+where+` ORDER BY s.statement, s.line, s.year, s.source`, args)
	if err != nil {
		return fmt.Errorf("sources of statements: %w", err)
	}
	var p place
	var one subsidy.SourceAmount
	var amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&p.statement, &p.line, &one.Source, &one.Year, &amount}, func() (err error) {
		if one.Amount, err = money(amount); err != nil {
			return err
		}
		if i, known := at[p]; known {
			lines[i].Sources = append(lines[i].Sources, one)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sources of statements: %w", err)
	}
	return nil
}

// AddStatement keeps a calculation whole.
func (tx *Tx) AddStatement(ctx context.Context, a payroll.Actor, s subsidy.Statement) error {
	amount, vat := s.Totals()
	// Approval posts under this month, and no run may have made it yet.
	if err := tx.ensurePeriod(ctx, s.Period.From); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO statement (id, municipality, period, sequence, cutoff, rule_set, lines, amount, vat, hash, asked_by)
		VALUES (@id, @municipality, @period, @sequence, @cutoff, @rules, @lines, @amount, @vat, @hash, @by)`,
		pgx.NamedArgs{
			"id": s.ID, "municipality": s.Municipality, "period": day(s.Period.From), "sequence": s.Sequence, "cutoff": s.Cutoff, "rules": s.RuleSet,
			"lines": len(s.Lines), "amount": amount.Decimal(), "vat": vat.Decimal(), "hash": s.Hash(), "by": a.User,
		})
	if err != nil {
		return fmt.Errorf("add statement %d: %w", s.Sequence, err)
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"statement_line"},
		[]string{"statement", "number", "trajectory", "agreement", "subject", "scheme", "rule", "key", "kind", "document", "day", "payer", "payee", "iban",
			"amount", "vat_rate", "vat", "vat_cost"},
		pgx.CopyFromSlice(len(s.Lines), func(i int) ([]any, error) {
			l := s.Lines[i]
			return []any{key(s.ID), l.Number, keyOrNull(l.Trajectory), keyOrNull(l.Agreement), l.Subject, l.Scheme, l.Rule, l.Key, string(l.Kind), l.Document,
				day(l.Day), key(l.Payer), keyOrNull(l.Payee), text(l.IBAN.Reveal()), l.Amount.Decimal(), l.VATRate.Decimal(), l.VAT.Decimal(), l.VATCost.Decimal()}, nil
		}))
	if err != nil {
		return fmt.Errorf("lines of statement %d: %w", s.Sequence, redact(err))
	}
	return tx.addStatementParts(ctx, s)
}

// addStatementParts keeps which source bears what, and the exceptions.
func (tx *Tx) addStatementParts(ctx context.Context, s subsidy.Statement) error {
	batch := &pgx.Batch{}
	for _, l := range s.Lines {
		for _, part := range l.Sources {
			batch.Queue(`INSERT INTO statement_source (statement, line, source, year, amount) VALUES ($1, $2, $3, $4, $5)`,
				s.ID, l.Number, string(part.Source), part.Year, part.Amount.Decimal())
		}
	}
	for i, e := range s.Exceptions {
		batch.Queue(`INSERT INTO statement_exception (statement, number, kind, subject, article, detail_nl, detail_en) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			s.ID, i+1, string(e.Kind), e.Subject, e.Article, e.Detail.NL, e.Detail.EN)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("parts of statement %d: %w", s.Sequence, redact(err))
	}
	return nil
}

const statementColumns = `s.id, s.municipality, s.period, s.sequence, s.cutoff, s.lines, (SELECT count(*)::int FROM statement_exception x WHERE x.statement = s.id),
	s.amount, s.vat, s.hash, s.asked_by, a.statement IS NOT NULL,
	a.statement IS NULL AND EXISTS (SELECT FROM statement o JOIN statement_approval b ON b.statement = o.id WHERE o.municipality = s.municipality AND b.known > s.cutoff),
	EXISTS (SELECT FROM statement_settlement t WHERE t.statement = s.id),
	(SELECT count(*)::int FROM payment p WHERE p.statement = s.id), (SELECT count(*)::int FROM payment p WHERE p.statement = s.id AND ` + paidByBank + `),
	(SELECT count(*) FROM (SELECT FROM statement_line l WHERE l.statement = s.id AND l.payer = s.municipality AND l.kind <> 'premium' GROUP BY l.payee HAVING sum(l.amount + l.vat) < 0) n)
		> (SELECT count(*) FROM bank_received r WHERE r.statement = s.id)`

func scanStatement(row pgx.CollectableRow) (s subsidy.StatementHead, err error) {
	var period time.Time
	var amount, vat decimal.Decimal
	err = row.Scan(&s.ID, &s.Municipality, &period, &s.Sequence, &s.Cutoff, &s.Lines, &s.Exceptions, &amount, &vat, &s.Hash, &s.AskedBy, &s.Approved, &s.Overtaken, &s.Settled, &s.Payments, &s.PaidByBank, &s.Owing)
	if err != nil {
		return s, err
	}
	s.Period = calendar.MonthOf(date(&period))
	return s, amounts([]decimal.Decimal{amount, vat}, &s.Amount, &s.VAT)
}

// Statement finds a statement of a municipality.
func (tx *Tx) Statement(ctx context.Context, municipality, id uuid.UUID) (subsidy.StatementHead, bool, error) {
	rows, err := tx.Query(ctx, `SELECT `+statementColumns+` FROM statement s LEFT JOIN statement_approval a ON a.statement = s.id WHERE s.municipality = $1 AND s.id = $2`, municipality, id)
	if err != nil {
		return subsidy.StatementHead{}, false, fmt.Errorf("statement %s: %w", id, err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanStatement)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("statement %s: %w", id, err)
	}
	return s, true, nil
}

// StatementLines reads the lines of a statement in order.
func (tx *Tx) StatementLines(ctx context.Context, s subsidy.StatementHead) ([]subsidy.StatementLine, error) {
	rows, err := tx.Query(ctx, `SELECT `+lineColumns+`, l.statement FROM statement_line l WHERE l.statement = $1 ORDER BY l.number`, s.ID)
	if err != nil {
		return nil, fmt.Errorf("lines of statement %s: %w", s.ID, err)
	}
	lines, statements, err := collectLines(rows)
	if err != nil {
		return nil, fmt.Errorf("lines of statement %s: %w", s.ID, err)
	}
	if err := tx.sources(ctx, lines, statements, `s.statement = @id`, pgx.NamedArgs{"id": s.ID}); err != nil {
		return nil, err
	}
	return lines, tx.keptPremiums(ctx, s, lines)
}

// keptPremiums adds to premiums what the participant got for the same year by earlier
// statements and keeps: the most that was ever booked for the person and the year,
// less what is booked now. It is dealt to the premiums of the statement in order.
func (tx *Tx) keptPremiums(ctx context.Context, s subsidy.StatementHead, lines []subsidy.StatementLine) error {
	rows, err := tx.Query(ctx, `
		WITH mine AS (
			SELECT n.number, coalesce(t.person, t.id) AS person, extract(year FROM n.day)::int AS year
			FROM statement_line n JOIN trajectory t ON t.id = n.trajectory WHERE n.statement = $1 AND n.kind = 'premium'),
		booked AS (
			SELECT m.person, m.year, o.sequence, sum(b.amount) AS amount
			FROM (SELECT DISTINCT person, year FROM mine) m JOIN trajectory t ON coalesce(t.person, t.id) = m.person AND t.municipality = $3
			JOIN statement_line b ON b.trajectory = t.id AND b.kind = 'premium' AND extract(year FROM b.day)::int = m.year
			JOIN statement o ON o.id = b.statement AND o.sequence < $2 JOIN statement_approval a ON a.statement = o.id
			GROUP BY 1, 2, 3),
		sums AS (SELECT person, year, sequence, sum(amount) OVER (PARTITION BY person, year ORDER BY sequence) AS amount FROM booked),
		kept AS (SELECT person, year, greatest(max(amount), 0) - (array_agg(amount ORDER BY sequence DESC))[1] AS amount FROM sums GROUP BY 1, 2)
		SELECT m.number, (dense_rank() OVER (ORDER BY m.person, m.year))::int, coalesce(k.amount, 0) FROM mine m LEFT JOIN kept k USING (person, year)`, s.ID, s.Sequence, s.Municipality)
	if err != nil {
		return fmt.Errorf("premiums of statement %s: %w", s.ID, err)
	}
	group, kept := map[int]int{}, map[int]euro.Amount{}
	var number, of int
	var amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&number, &of, &amount}, func() (err error) {
		group[number] = of
		kept[of], err = money(amount)
		return err
	})
	if err != nil {
		return fmt.Errorf("premiums of statement %s: %w", s.ID, err)
	}
	subsidy.SetOff(lines, group, kept)
	return nil
}

// StatementOver tells what a statement leaves of each budget it draws on.
func (tx *Tx) StatementOver(ctx context.Context, s subsidy.StatementHead) ([]subsidy.BudgetLeft, error) {
	rows, err := tx.Query(ctx, `
		WITH drawn AS (SELECT year, source, sum(amount) AS amount FROM statement_source WHERE statement = @id GROUP BY 1, 2)`+afterDrawn, pgx.NamedArgs{"id": s.ID, "municipality": s.Municipality})
	if err != nil {
		return nil, fmt.Errorf("budgets of statement %s: %w", s.ID, err)
	}
	return collectLeft(rows)
}

// IBANs are the account numbers of organisations.
func (tx *Tx) IBANs(ctx context.Context, organisations []uuid.UUID) (map[uuid.UUID]payroll.IBAN, error) {
	rows, err := tx.Query(ctx, `SELECT id, account FROM (SELECT o.id, `+accountOfO+` AS account FROM organisation o WHERE o.id = ANY ($1)) a WHERE account IS NOT NULL`, organisations)
	if err != nil {
		return nil, fmt.Errorf("account numbers: %w", redact(err))
	}
	list := map[uuid.UUID]payroll.IBAN{}
	var id uuid.UUID
	var iban string
	_, err = pgx.ForEachRow(rows, []any{&id, &iban}, func() error {
		list[id] = payroll.IBAN(iban)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("account numbers: %w", redact(err))
	}
	return list, nil
}

// ApproveStatement posts and books what the lines spend of each budget: in the year
// on whose day each fell due.
func (tx *Tx) ApproveStatement(ctx context.Context, a payroll.Actor, s subsidy.StatementHead, p subsidy.Posted, accepted string) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	if err := tx.PostAll(ctx, a, p); err != nil {
		return fmt.Errorf("statement %s: %w", s.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO statement_approval (statement, posting, asked_by, approved_by, accepted, known) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.ID, p.ID, s.AskedBy, a.User, accepted, known)
	if err != nil {
		return fmt.Errorf("approve statement %s: %w", s.ID, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO budget_entry (municipality, year, source, kind, amount, statement, entered_by)
		SELECT $2, year, source, 'spent', sum(amount), $1, $3 FROM statement_source WHERE statement = $1 GROUP BY year, source HAVING sum(amount) <> 0`,
		s.ID, s.Municipality, a.User)
	if err != nil {
		return fmt.Errorf("budget of statement %s: %w", s.ID, err)
	}
	return nil
}

// SettleStatement posts the bank's side and notes it.
func (tx *Tx) SettleStatement(ctx context.Context, a payroll.Actor, s subsidy.StatementHead, p subsidy.Posted, on calendar.Date, reference string) error {
	if err := tx.PostAll(ctx, a, p); err != nil {
		return fmt.Errorf("settle statement %s: %w", s.ID, err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO statement_settlement (statement, posting, day, reference, settled_by) VALUES ($1, $2, $3, $4, $5)`,
		s.ID, p.ID, day(on), reference, a.User)
	if err != nil {
		return fmt.Errorf("settle statement %s: %w", s.ID, err)
	}
	return nil
}
