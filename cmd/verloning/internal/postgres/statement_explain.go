package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/subsidy"
)

// ExplainedLines are the lines of a statement that somebody asks about: one, or
// those that a payment is of.
type ExplainedLines struct {
	Head    subsidy.StatementHead
	RuleSet string
	Kind    string // payment | fee
	Lines   []subsidy.StatementLine
}

// FindLine looks an id up among the payments and lines of statements: all of those of
// a municipality, and of a provider, or of who pays in the municipality's place, its
// own lines on statements that were approved.
// Premiums concern the municipality alone.
func (tx *Tx) FindLine(ctx context.Context, a payroll.Actor, id uuid.UUID) (ExplainedLines, bool, error) {
	var x ExplainedLines
	var statement uuid.UUID
	err := tx.QueryRow(ctx, `SELECT p.statement FROM payment p WHERE p.id = $1 AND p.organisation = $2 AND p.statement IS NOT NULL`, id, a.Organisation.ID).Scan(&statement)
	payment := err == nil
	if errors.Is(err, pgx.ErrNoRows) {
		statement, err = tx.statementOfLine(ctx, a, id)
	}
	if err != nil || statement == uuid.Nil {
		return x, false, err
	}
	var municipality uuid.UUID
	if err := tx.QueryRow(ctx, `SELECT municipality, rule_set FROM statement WHERE id = $1`, statement).Scan(&municipality, &x.RuleSet); err != nil {
		return x, false, fmt.Errorf("explain statement %s: %w", statement, err)
	}
	head, known, err := tx.Statement(ctx, municipality, statement)
	if err != nil || !known {
		return x, false, err
	}
	lines, err := tx.StatementLines(ctx, head)
	if err != nil {
		return x, false, err
	}
	x.Head, x.Kind = head, "fee"
	for _, l := range lines {
		if payment && head.PaidBy(id, l) || !payment && subsidy.LineID(statement, l) == id {
			x.Lines = append(x.Lines, l)
		}
	}
	if payment {
		x.Kind = "payment"
	}
	return x, len(x.Lines) > 0, nil
}

// statementOfLine finds the statement of a line that concerns an organisation. The id
// of a line follows from what it is and is not kept, so that all lines of the
// organisation are looked through.
func (tx *Tx) statementOfLine(ctx context.Context, a payroll.Actor, id uuid.UUID) (uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+lineColumns+`, l.statement
		FROM statement_line l JOIN statement s ON s.id = l.statement LEFT JOIN statement_approval a ON a.statement = s.id
		WHERE s.municipality = $1 OR ($1 IN (l.payee, l.payer) AND l.kind = 'fee' AND a.statement IS NOT NULL)`, a.Organisation.ID)
	if err != nil {
		return uuid.Nil, fmt.Errorf("find line %s: %w", id, err)
	}
	lines, statements, err := collectLines(rows)
	if err != nil {
		return uuid.Nil, fmt.Errorf("find line %s: %w", id, err)
	}
	for i, l := range lines {
		if subsidy.LineID(statements[i], l) == id {
			return statements[i], nil
		}
	}
	return uuid.Nil, nil
}
