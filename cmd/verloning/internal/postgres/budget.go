package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// AddBudgetEntry keeps a movement of a municipality's money.
func (tx *Tx) AddBudgetEntry(ctx context.Context, a payroll.Actor, e subsidy.BudgetEntry) error {
	_, err := tx.Exec(ctx, `INSERT INTO budget_entry (municipality, year, source, kind, amount, reason, entered_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.Organisation.ID, e.Year, string(e.Source), e.Kind, e.Amount.Decimal(), e.Reason, a.User)
	if err != nil {
		return fmt.Errorf("budget %s %d: %w", e.Source, e.Year, err)
	}
	return nil
}

// budgetLeft is what is left of each budget of a municipality: granted and
// carried over, less repaid and spent.
const budgetLeft = `
	SELECT municipality, year, source,
	       sum(CASE kind WHEN 'granted' THEN amount WHEN 'carried' THEN amount ELSE -amount END) AS left_over,
	       bool_or(kind <> 'spent') AS kept
	FROM budget_entry WHERE kind <> 'reserved' GROUP BY municipality, year, source`

// BudgetsAfter tells what a batch leaves of each budget it draws on. The
// municipality's row is held by whoever adds or approves a batch.
func (tx *Tx) BudgetsAfter(ctx context.Context, b subsidy.Batch) ([]subsidy.BudgetLeft, error) {
	rows, err := tx.Query(ctx, `
		WITH drawn AS (
			SELECT extract(year FROM m.service_from)::int AS year, m.budget AS source, sum(g.amount + g.vat_cost) AS amount
			FROM grant_line g JOIN claim m ON m.id = g.claim JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
			WHERE g.batch = @batch GROUP BY 1, 2)
		SELECT d.year, d.source, coalesce(l.kept, false), coalesce(l.left_over, 0), coalesce(l.left_over, 0) - d.amount
		FROM drawn d LEFT JOIN (`+budgetLeft+`) l ON l.municipality = @municipality AND l.year = d.year AND l.source = d.source
		ORDER BY d.year, d.source`, pgx.NamedArgs{"batch": b.ID, "municipality": b.Municipality})
	if err != nil {
		return nil, fmt.Errorf("budgets of batch %s: %w", b.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l subsidy.BudgetLeft, err error) {
		var before, after decimal.Decimal
		if err = row.Scan(&l.Year, &l.Source, &l.Kept, &before, &after); err != nil {
			return l, err
		}
		if l.Before, err = money(before); err == nil {
			l.After, err = money(after)
		}
		return l, err
	})
}

// OverBudget allots the claims of a calculation, in order of the day and number
// of the decision, to what its municipalities have left less what other approved
// runs have claimed and nobody has decided. Municipalities that keep no budget
// here at all are passed over.
func (tx *Tx) OverBudget(ctx context.Context, r payroll.Run, c payroll.Calculation) ([]subsidy.Beyond, error) {
	var kept bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM budget_entry e WHERE e.kind <> 'spent' AND e.municipality IN (
			SELECT DISTINCT m.payer FROM claim m WHERE m.period = $1 AND m.calculation = $2 AND m.kind <> 'hire'))`, day(r.Period.From), c.ID).Scan(&kept)
	if err != nil || !kept {
		return nil, err
	}
	rows, err := tx.Query(ctx, `
		WITH mine AS MATERIALIZED (
			SELECT m.id, m.payer, m.contract, m.decision, m.budget AS source, extract(year FROM m.service_from)::int AS year, m.amount + m.vat_cost AS amount
			FROM claim m WHERE m.period = @period AND m.calculation = @id AND m.kind <> 'hire' AND m.amount <> 0),
		waiting AS (
			SELECT m.payer, extract(year FROM m.service_from)::int AS year, m.budget AS source, sum(m.amount + m.vat_cost) AS amount
			FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
			WHERE m.period >= (SELECT make_date(min(year), 1, 1) - 31 FROM mine) AND m.payer IN (SELECT payer FROM mine) AND m.kind <> 'hire' AND NOT EXISTS (SELECT FROM claim_decided x WHERE x.claim = m.id)
			GROUP BY 1, 2, 3),
		allotted AS (
			SELECT n.*, d.number, (SELECT c.number FROM contract c WHERE c.id = n.contract) AS contract_number,
			       sum(n.amount) OVER (PARTITION BY n.payer, n.year, n.source ORDER BY v.granted, d.number, n.id) AS reached
			FROM mine n JOIN decision d ON d.id = n.decision
			JOIN LATERAL (SELECT granted FROM decision_version v WHERE v.decision = d.id AND v.version = 1) v ON true)
		SELECT a.contract_number, a.number, (SELECT o.code FROM organisation o WHERE o.id = a.payer), a.source, a.year, l.left_over IS NULL OR NOT l.kept,
		       least(a.amount, a.reached - coalesce(l.left_over, 0) + coalesce(w.amount, 0))
		FROM allotted a
		LEFT JOIN (`+budgetLeft+`) l ON l.municipality = a.payer AND l.year = a.year AND l.source = a.source
		LEFT JOIN waiting w ON w.payer = a.payer AND w.year = a.year AND w.source = a.source
		WHERE EXISTS (SELECT FROM budget_entry e WHERE e.municipality = a.payer AND e.kind <> 'spent')
		  AND a.amount > 0 AND (l.left_over IS NULL OR NOT l.kept OR a.reached > l.left_over - coalesce(w.amount, 0))
		ORDER BY a.id`, pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID})
	if err != nil {
		return nil, fmt.Errorf("budgets of run %s: %w", r.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b subsidy.Beyond, err error) {
		var short decimal.Decimal
		if err = row.Scan(&b.Contract, &b.Decision, &b.Municipality, &b.Source, &b.Year, &b.Unknown, &short); err == nil {
			b.Short, err = money(short)
		}
		return b, err
	})
}

// Budgets lists how the budgets of a municipality stand. What was expected of
// months that the employer has closed is not reserved any more: it was claimed, or
// will not be.
func (tx *Tx) Budgets(ctx context.Context, a payroll.Actor) ([]subsidy.BudgetStands, error) {
	rows, err := tx.Query(ctx, `
		WITH entries AS (
			SELECT year, source, kind, sum(amount) AS amount FROM budget_entry WHERE municipality = @org GROUP BY 1, 2, 3),
		claims AS (
			SELECT extract(year FROM m.service_from)::int AS year, m.budget AS source, x.claim IS NULL AS waiting, m.amount + m.vat_cost AS amount
			FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved' LEFT JOIN claim_decided x ON x.claim = m.id
			WHERE m.payer = @org AND m.kind <> 'hire'),
		expected AS (
			SELECT extract(year FROM v.month)::int AS year, v.source, sum(v.amount) AS amount
			FROM reservation v JOIN decision d ON d.id = v.decision JOIN contract c ON c.id = d.contract
			LEFT JOIN LATERAL (
				SELECT max(r.period_end) AS closed FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
				WHERE r.employer = c.employer AND r.kind = 'regular') r ON true
			WHERE v.municipality = @org AND (r.closed IS NULL OR v.month > r.closed) GROUP BY 1, 2),
		all_of_them AS (SELECT year, source FROM entries UNION SELECT year, source FROM claims UNION SELECT year, source FROM expected)
		SELECT a.year, a.source,
		       coalesce((SELECT amount FROM entries e WHERE (e.year, e.source, e.kind) = (a.year, a.source, 'granted')), 0),
		       coalesce((SELECT amount FROM entries e WHERE (e.year, e.source, e.kind) = (a.year, a.source, 'carried')), 0),
		       coalesce((SELECT amount FROM entries e WHERE (e.year, e.source, e.kind) = (a.year, a.source, 'repaid')), 0),
		       coalesce((SELECT amount FROM entries e WHERE (e.year, e.source, e.kind) = (a.year, a.source, 'spent')), 0),
		       coalesce((SELECT sum(amount) FROM claims c WHERE c.waiting AND (c.year, c.source) = (a.year, a.source)), 0),
		       coalesce((SELECT amount FROM expected x WHERE (x.year, x.source) = (a.year, a.source)), 0)
		FROM all_of_them a ORDER BY a.year, a.source`, pgx.NamedArgs{"org": a.Organisation.ID})
	if err != nil {
		return nil, fmt.Errorf("budgets: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b subsidy.BudgetStands, err error) {
		sums := make([]decimal.Decimal, 6)
		if err = row.Scan(&b.Year, &b.Source, &sums[0], &sums[1], &sums[2], &sums[3], &sums[4], &sums[5]); err != nil {
			return b, err
		}
		for i, to := range []*euro.Amount{&b.Granted, &b.Carried, &b.Repaid, &b.Spent, &b.Claimed, &b.Reserved} {
			if *to, err = money(sums[i]); err != nil {
				return b, err
			}
		}
		return b.Sum(), nil
	})
}

// Reserve replaces what is expected of a decision. The contract and the decision
// may change at the same time; the later forecast stands.
func (tx *Tx) Reserve(ctx context.Context, d subsidy.Decision, expected []subsidy.Reservation) error {
	if _, err := tx.Exec(ctx, `DELETE FROM reservation WHERE decision = $1`, d.ID); err != nil {
		return fmt.Errorf("reserve for decision %s: %w", d.Number, err)
	}
	terms := d.Versions[len(d.Versions)-1]
	for _, e := range expected {
		if e.Amount.IsZero() {
			continue
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO reservation (decision, month, municipality, source, amount) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (decision, month) DO UPDATE SET source = excluded.source, amount = excluded.amount`,
			d.ID, day(e.Month), d.Municipality, string(terms.Budget), e.Amount.Decimal())
		if err != nil {
			return fmt.Errorf("reserve for decision %s: %w", d.Number, err)
		}
	}
	return nil
}
