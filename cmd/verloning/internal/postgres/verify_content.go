package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// content is what was decided, as the rows of it tell now; no hash where they do
// not tell it.
type content struct {
	hash  string
	total *euro.Amount
}

// notAddingUp is the error of a calculation whose parts differ.
type notAddingUp struct{ error }

func (v *verifying) content(ctx context.Context, l link) (content, error) {
	sum := v.beneath(l).sum
	switch l.Kind {
	case "run":
		return v.runContent(ctx, l)
	case "grant", "refusal":
		c, err := v.batchContent(ctx, l)
		if l.Kind == "refusal" {
			c.total = &sum
		}
		return c, err
	case "settlement":
		hash, err := v.settledContent(ctx, l)
		return content{hash, &sum}, err
	case "bank":
		hash, err := v.bankContent(ctx, l)
		return content{hash, &sum}, err
	case "received":
		hash, err := v.receivedContent(ctx, l)
		return content{hash, &sum}, err
	case "cost":
		hash, err := v.costContent(ctx, l)
		return content{hash, &sum}, err
	case "remittance":
		hash, err := v.remittanceContent(ctx, l)
		return content{hash, &sum}, err
	case "statement":
		hash, err := v.statementContent(ctx, l)
		return content{hash, &sum}, err
	case "reconciliation":
		hash, err := v.bookingContent(ctx, l)
		return content{hash, &sum}, err
	}
	return content{}, nil
}

// runContent seals the calculation again from the rows that it kept, which also
// holds payslips, lines, claims and transfers against each other.
func (v *verifying) runContent(ctx context.Context, l link) (content, error) {
	x, known := v.runs[l.ID]
	if !known {
		return content{}, nil
	}
	r, known, err := v.Run(ctx, x.run.ID, payroll.NoLock)
	if err != nil || !known {
		return content{}, err
	}
	c, _, err := v.Calculation(ctx, r.ID, x.calc.Number)
	if err != nil {
		return content{}, err
	}
	hash, totals, err := v.Seal(ctx, r, c)
	var pg *pgconn.PgError
	if err != nil && ctx.Err() == nil && !errors.As(err, &pg) {
		return content{}, &notAddingUp{err}
	}
	total := totals.Posted()
	return content{hash, &total}, err
}

// batchContent hashes the verdicts of a batch again.
func (v *verifying) batchContent(ctx context.Context, l link) (content, error) {
	rows, err := v.Query(ctx, `
		SELECT g.claim, g.verdict, g.amount, g.vat, g.vat_cost, g.reason, s.source, coalesce(s.amount, 0)
		FROM grant_approval a JOIN grant_batch b ON b.id = a.batch JOIN grant_line g ON g.batch = b.id
		LEFT JOIN grant_source s ON s.claim = g.claim AND s.version = g.version
		WHERE b.hash = $1 AND (a.posting = $3 OR $4 = 'refusal') ORDER BY g.claim, array_position($2::text[], s.source)`, l.Content, subsidy.Sources, l.ID, l.Kind)
	if err != nil {
		return content{}, err
	}
	var lines []subsidy.GrantLine
	var total euro.Amount
	var amount, vat, cost, share decimal.Decimal
	var line subsidy.GrantLine
	var source *string
	_, err = pgx.ForEachRow(rows, []any{&line.Claim, &line.Verdict, &amount, &vat, &cost, &line.Reason, &source, &share}, func() error {
		if n := len(lines); n == 0 || lines[n-1].Claim != line.Claim {
			if err := amounts([]decimal.Decimal{amount, vat, cost}, &line.Amount, &line.VAT, &line.VATCost); err != nil {
				return err
			}
			lines, total = append(lines, line), euro.Sum(total, line.Amount, line.VAT)
		}
		if source == nil {
			return nil
		}
		part, err := sourceShare(*source, decimal.Zero, share)
		last := &lines[len(lines)-1]
		last.Sources = append(last.Sources, part)
		return err
	})
	if err != nil || len(lines) == 0 {
		return content{}, err
	}
	if total.Sign() < 0 {
		total = total.Neg()
	}
	return content{subsidy.HashVerdicts(lines), &total}, nil
}

// settledContent hashes again which claims were settled; what settles otherwise
// has none.
func (v *verifying) settledContent(ctx context.Context, l link) (string, error) {
	rows, err := v.Query(ctx, `SELECT claim, amount, day, reference FROM settlement WHERE posting = $1 ORDER BY claim`, l.ID)
	if err != nil {
		return "", err
	}
	settled, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s subsidy.Settlement, err error) {
		var amount decimal.Decimal
		var on time.Time
		if err = row.Scan(&s.Claim, &amount, &on, &s.Reference); err != nil {
			return s, err
		}
		s.Day = date(&on)
		s.Amount, err = money(amount)
		return s, err
	})
	if err != nil || len(settled) == 0 {
		return "", err
	}
	return subsidy.HashSettled(settled), nil
}

// bookingContent hashes a booking again; both ledgers hold the same one.
func (v *verifying) bookingContent(ctx context.Context, l link) (string, error) {
	rows, err := v.Query(ctx, `
		SELECT b.id, b.municipality FROM booking b JOIN booking_approval a ON a.booking = b.id
		WHERE a.posting = $1 OR b.employer = $2 AND b.municipality <> $2 AND a.posting IS NOT NULL ORDER BY b.id`, l.ID, l.Ledger)
	if err != nil {
		return "", err
	}
	type named struct{ ID, Municipality uuid.UUID }
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[named])
	for _, n := range list {
		b, _, err := v.Booking(ctx, payroll.Actor{Organisation: payroll.Organisation{ID: n.Municipality}}, n.ID)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(b.Posted(), func(p subsidy.Posted) bool { return p.ID == l.ID }) {
			return b.Hash(), nil
		}
	}
	return "", err
}

func (v *verifying) costContent(ctx context.Context, l link) (string, error) {
	rows, err := v.Query(ctx, `SELECT `+costColumns+costFrom+` JOIN internal_cost_approval p ON p.cost = c.id WHERE p.posting = $1`, l.ID)
	if err != nil {
		return "", err
	}
	costs, err := pgx.CollectRows(rows, scanCost)
	if err != nil || len(costs) == 0 {
		return "", err
	}
	if err := v.costSources(ctx, costs); err != nil {
		return "", err
	}
	return costs[0].Hash(), nil
}

// statementContent is the hash that the statement was approved with. Its lines are
// in the transfers.
func (v *verifying) statementContent(ctx context.Context, l link) (hash string, err error) {
	err = v.QueryRow(ctx, `SELECT s.hash FROM statement_approval a JOIN statement s ON s.id = a.statement WHERE a.posting = $1`, l.ID).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return hash, err
}

// remittanceContent hashes the order again that the posting rounds off.
func (v *verifying) remittanceContent(ctx context.Context, l link) (string, error) {
	rows, err := v.Query(ctx, `SELECT `+remittanceColumns+remittanceFrom+` WHERE a.posting = $1`, l.ID)
	if err != nil {
		return "", err
	}
	list, err := pgx.CollectRows(rows, scanRemittance)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].Hash(), nil
}
