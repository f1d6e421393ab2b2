package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Comparison sets a run beside the period before it.
type Comparison struct {
	Period   string        `json:"period"`
	Before   string        `json:"before"` // the period it is compared with
	Approved bool          `json:"approved_before"`
	Totals   []CompareSum  `json:"totals"` // new, gone, changed, same
	Rows     []ComparedRow `json:"contracts"`
}

// CompareSum adds up contracts of one kind of difference.
type CompareSum struct {
	Kind      string `json:"kind"`
	Contracts int    `json:"contracts"`
	BeforeAndNow
}

// ComparedRow is one contract in both periods.
type ComparedRow struct {
	ID       uuid.UUID `json:"id"`
	Contract string    `json:"contract"`
	Kind     string    `json:"kind"`
	BeforeAndNow
}

// BeforeAndNow are the amounts that are compared.
type BeforeAndNow struct {
	GrossBefore euro.Amount `json:"gross_before"`
	GrossNow    euro.Amount `json:"gross_now"`
	ClaimBefore euro.Amount `json:"claimed_before"`
	ClaimNow    euro.Amount `json:"claimed_now"`
}

// compared pairs the contracts of a calculation with what was approved for the
// period before, in all of its runs together; an off-cycle run is compared for
// its own person alone. Claims are those on municipalities.
const compared = `
	WITH claimed AS (
		SELECT m.calculation, m.contract, sum(m.amount) AS amount FROM claim m
		WHERE m.kind <> 'hire' AND (m.period = @now AND m.calculation = @calculation
		   OR m.period = @before AND m.calculation IN (SELECT k.id FROM calculation k JOIN run r ON r.id = k.run WHERE r.employer = @employer AND r.period = @before AND k.status = 'approved'))
		GROUP BY 1, 2),
	now AS (
		SELECT p.contract, p.gross, coalesce(c.amount, 0) AS claimed FROM payslip p LEFT JOIN claimed c ON c.calculation = p.calculation AND c.contract = p.contract
		WHERE p.period = @now AND p.calculation = @calculation),
	before AS (
		SELECT p.contract, sum(p.gross) AS gross, sum(coalesce(c.amount, 0)) AS claimed
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' JOIN payslip p ON p.calculation = k.id AND p.period = r.period
		LEFT JOIN claimed c ON c.calculation = p.calculation AND c.contract = p.contract
		WHERE r.employer = @employer AND r.period = @before AND r.period_kind = @kind AND (@person::uuid IS NULL OR p.person = @person) GROUP BY p.contract),
	both_of_them AS (
		SELECT coalesce(n.contract, b.contract) AS contract, coalesce(b.gross, 0) AS gross_before, coalesce(n.gross, 0) AS gross_now,
		       coalesce(b.claimed, 0) AS claim_before, coalesce(n.claimed, 0) AS claim_now,
		       CASE WHEN b.contract IS NULL THEN 'new' WHEN n.contract IS NULL THEN 'gone'
		            WHEN n.gross = b.gross AND n.claimed = b.claimed THEN 'same' ELSE 'changed' END AS difference
		FROM now n FULL JOIN before b ON b.contract = n.contract)`

// Compare sets a run's newest calculation beside the period before.
func (tx *Tx) Compare(ctx context.Context, r payroll.Run, kind string, after uuid.UUID, limit int) (Comparison, error) {
	previous := r.Period.Previous()
	out := Comparison{Period: r.Period.String(), Before: previous.String(), Totals: []CompareSum{}, Rows: []ComparedRow{}}
	args := pgx.NamedArgs{
		"employer": r.Employer, "now": day(r.Period.From), "before": day(previous.From), "kind": string(r.Period.Kind),
		"person": null(r.Person), "only": kind, "after": null(after), "limit": limit,
	}
	var calculation int64
	err := tx.QueryRow(ctx, `SELECT id FROM calculation WHERE run = $1 AND number = $2 AND status IN ('calculated', 'approved')`, r.ID, r.Calculation).Scan(&calculation)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, payroll.Refuse(payroll.Conflict, payroll.StatusProblem(r))
	}
	if err != nil {
		return out, fmt.Errorf("compare run %s: %w", r.ID, err)
	}
	args["calculation"] = calculation
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		               WHERE r.employer = @employer AND r.period = @before AND r.period_kind = @kind AND r.kind = 'regular' AND r.status <> 'reversed')`, args).Scan(&out.Approved)
	if err != nil {
		return out, fmt.Errorf("compare run %s: %w", r.ID, err)
	}
	if out.Totals, err = tx.compareSums(ctx, args); err != nil {
		return out, fmt.Errorf("compare run %s: %w", r.ID, err)
	}
	if out.Rows, err = tx.compareRows(ctx, args); err != nil {
		return out, fmt.Errorf("compare run %s: %w", r.ID, err)
	}
	return out, nil
}

func (tx *Tx) compareSums(ctx context.Context, args pgx.NamedArgs) ([]CompareSum, error) {
	rows, err := tx.Query(ctx, compared+`
		SELECT k.difference, count(b.contract)::int, coalesce(sum(b.gross_before), 0), coalesce(sum(b.gross_now), 0), coalesce(sum(b.claim_before), 0), coalesce(sum(b.claim_now), 0)
		FROM unnest(ARRAY['new', 'gone', 'changed', 'same']) WITH ORDINALITY AS k (difference, n) LEFT JOIN both_of_them b ON b.difference = k.difference
		GROUP BY k.difference, k.n ORDER BY k.n`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s CompareSum, err error) {
		sums := make([]decimal.Decimal, 4)
		if err = row.Scan(&s.Kind, &s.Contracts, &sums[0], &sums[1], &sums[2], &sums[3]); err != nil {
			return s, err
		}
		return s, amounts(sums, &s.GrossBefore, &s.GrossNow, &s.ClaimBefore, &s.ClaimNow)
	})
}

func (tx *Tx) compareRows(ctx context.Context, args pgx.NamedArgs) ([]ComparedRow, error) {
	rows, err := tx.Query(ctx, compared+`
		SELECT c.id, c.number, b.difference, b.gross_before, b.gross_now, b.claim_before, b.claim_now
		FROM both_of_them b JOIN contract c ON c.id = b.contract
		WHERE (@only = '' AND b.difference <> 'same' OR b.difference = @only)
		  AND (@after::uuid IS NULL OR (c.number, c.id) > (SELECT x.number, x.id FROM contract x WHERE x.id = @after))
		ORDER BY c.number, c.id LIMIT @limit`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r ComparedRow, err error) {
		sums := make([]decimal.Decimal, 4)
		if err = row.Scan(&r.ID, &r.Contract, &r.Kind, &sums[0], &sums[1], &sums[2], &sums[3]); err != nil {
			return r, err
		}
		return r, amounts(sums, &r.GrossBefore, &r.GrossNow, &r.ClaimBefore, &r.ClaimNow)
	})
}

// amounts takes several amounts over.
func amounts(from []decimal.Decimal, to ...*euro.Amount) (err error) {
	for i, d := range from {
		if *to[i], err = money(d); err != nil {
			return err
		}
	}
	return nil
}

// MissingRow is a contract that runs in a period and of which something is
// missing.
type MissingRow struct {
	ID       uuid.UUID `json:"id"`
	Contract string    `json:"contract"`
	Person   string    `json:"person"` // personnel number
	Scheme   string    `json:"scheme"`
	Provider string    `json:"provider,omitempty"` // who is to submit the hours, if not the employer
	Missing  []string  `json:"missing"`            // hours | decision | payslip
}

// Missing lists the contracts of an employer that run in a period without hours
// (where hours are paid; hours that were taken back are none), without a decision
// though a municipality pays, or without a payslip though the regular run was
// calculated.
func (tx *Tx) Missing(ctx context.Context, a payroll.Actor, p calendar.Period, after uuid.UUID, limit int) ([]MissingRow, error) {
	rows, err := tx.Query(ctx, `
		WITH newest AS (
			SELECT k.id, r.kind FROM run r JOIN calculation k ON k.run = r.id AND k.number = r.calculation AND k.status IN ('calculated', 'approved')
			WHERE r.employer = @employer AND r.period = @from AND r.period_end = @to),
		looked AS (
			SELECT c.id, c.number, e.number AS person, c.scheme, coalesce(o.code, '') AS provider, array_remove(ARRAY[
				CASE WHEN v.pay_basis = 'hours' AND NOT EXISTS (
					SELECT FROM hours h WHERE h.contract = c.id AND h.period BETWEEN date_trunc('month', @from::date)::date AND @to AND h.day BETWEEN @from AND @to AND h.quantity > 0
					  AND NOT EXISTS (SELECT FROM hours n WHERE n.period = h.period AND n.contract = h.contract AND n.day = h.day AND n.kind = h.kind AND n.version > h.version))
				     THEN 'hours' END,
				CASE WHEN c.municipality IS NOT NULL AND NOT EXISTS (
					SELECT FROM decision_current d WHERE d.contract = c.id AND d.days && daterange(@from, @to, '[]')) THEN 'decision' END,
				CASE WHEN EXISTS (SELECT FROM newest WHERE kind = 'regular') AND NOT EXISTS (
					SELECT FROM payslip s WHERE s.period = @from AND s.contract = c.id AND s.calculation IN (SELECT id FROM newest)) THEN 'payslip' END], NULL) AS missing
			FROM contract c JOIN contract_current k ON k.contract = c.id AND k.days && daterange(@from, @to, '[]')
			JOIN employment e ON e.id = c.employment LEFT JOIN organisation o ON o.id = c.provider
			JOIN LATERAL (SELECT pay_basis FROM contract_version v WHERE v.contract = c.id ORDER BY v.version DESC LIMIT 1) v ON true
			WHERE c.employer = @employer)
		SELECT id, number, person, scheme, provider, missing FROM looked
		WHERE cardinality(missing) > 0
		  AND (@after::uuid IS NULL OR (number, id) > (SELECT x.number, x.id FROM contract x WHERE x.id = @after))
		ORDER BY number, id LIMIT @limit`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "from": day(p.From), "to": day(p.To), "after": null(after), "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("who is missing from %s: %w", p, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[MissingRow])
}
