package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/subsidy"
)

// AddBudgetEntries keeps movements of a municipality's money, in one statement,
// so that both ends of what is moved are seen together.
func (tx *Tx) AddBudgetEntries(ctx context.Context, a payroll.Actor, entries []subsidy.BudgetEntry) error {
	years, sources, amounts := make([]int32, len(entries)), make([]string, len(entries)), make([]decimal.Decimal, len(entries))
	for i, e := range entries {
		years[i], sources[i], amounts[i] = int32(e.Year), string(e.Source), e.Amount.Decimal()
	}
	e := entries[0]
	_, err := tx.Exec(ctx, `
		INSERT INTO budget_entry (municipality, year, source, kind, amount, reason, pair, entered_by)
		SELECT @org, n.year, n.source, @kind, n.amount, @reason, @pair, @by FROM unnest(@years::int[], @sources::text[], @amounts::numeric[]) AS n (year, source, amount)`,
		pgx.NamedArgs{"org": a.Organisation.ID, "years": years, "sources": sources, "kind": e.Kind, "amounts": amounts, "reason": e.Reason, "pair": null(e.Pair), "by": a.User})
	if err != nil {
		return fmt.Errorf("budget %s %d: %w", e.Source, e.Year, err)
	}
	return nil
}

// KeepsBudget reports whether a municipality recorded what it has for a year
// from a source.
func (tx *Tx) KeepsBudget(ctx context.Context, a payroll.Actor, year int, source subsidy.Source) (kept bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM budget_entry WHERE municipality = $1 AND year = $2 AND source = $3 AND kind <> 'spent')`,
		a.Organisation.ID, year, string(source)).Scan(&kept)
	if err != nil {
		return false, fmt.Errorf("budget %s %d: %w", source, year, err)
	}
	return kept, nil
}

// budgetLeft is what is left of each budget of a municipality: granted and what
// was carried or rebooked into it, less what went out, was repaid and spent.
const budgetLeft = `
	SELECT municipality, year, source,
	       sum(CASE WHEN kind IN ('granted', 'carried', 'rebooked') THEN amount ELSE -amount END) AS left_over,
	       bool_or(kind <> 'spent') AS kept
	FROM budget_entry WHERE kind <> 'reserved' GROUP BY municipality, year, source`

// afterDrawn holds what is drawn, by year and source, against what is left.
const afterDrawn = `
	SELECT d.year, d.source, coalesce(l.kept, false), coalesce(l.left_over, 0), coalesce(l.left_over, 0) - d.amount
	FROM drawn d LEFT JOIN (` + budgetLeft + `) l ON l.municipality = @municipality AND l.year = d.year AND l.source = d.source
	ORDER BY d.year, d.source`

// BudgetsAfter tells what a batch leaves of each budget it draws on. The
// municipality's row is held by whoever adds or approves a batch.
func (tx *Tx) BudgetsAfter(ctx context.Context, b subsidy.Batch) ([]subsidy.BudgetLeft, error) {
	rows, err := tx.Query(ctx, `
		WITH drawn AS (SELECT year, source, sum(amount) AS amount FROM grant_burden WHERE batch = @batch GROUP BY 1, 2)`+afterDrawn,
		pgx.NamedArgs{"batch": b.ID, "municipality": b.Municipality})
	if err != nil {
		return nil, fmt.Errorf("budgets of batch %s: %w", b.ID, err)
	}
	return collectLeft(rows)
}

func collectLeft(rows pgx.Rows) ([]subsidy.BudgetLeft, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l subsidy.BudgetLeft, err error) {
		return l, scanAmounts(row, []any{&l.Year, &l.Source, &l.Kept}, &l.Before, &l.After)
	})
}

// SpendBudget books what a batch spends, by source and the year of the service:
// the net amount and the VAT that the municipality does not get back.
func (tx *Tx) SpendBudget(ctx context.Context, a payroll.Actor, b subsidy.Batch) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO budget_entry (municipality, year, source, kind, amount, batch, entered_by)
		SELECT municipality, year, source, 'spent', sum(amount), @batch, @by
		FROM grant_burden WHERE batch = @batch GROUP BY municipality, year, source HAVING sum(amount) <> 0`,
		pgx.NamedArgs{"batch": b.ID, "by": a.User})
	if err != nil {
		return fmt.Errorf("budget of batch %s: %w", b.ID, err)
	}
	return nil
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
			SELECT b.claim AS id, b.municipality AS payer, b.contract, b.decision, b.source, b.year, b.amount
			FROM claim_burden b WHERE b.period = @period AND b.calculation = @id AND b.amount <> 0),
		waiting AS (
			SELECT b.municipality AS payer, b.year, b.source, sum(b.amount) AS amount
			FROM claim_burden b JOIN calculation k ON k.id = b.calculation AND k.status = 'approved'
			WHERE b.period >= (SELECT make_date(min(year), 1, 1) - 31 FROM mine) AND b.municipality IN (SELECT payer FROM mine)
			  AND NOT EXISTS (SELECT FROM claim_decided x WHERE x.claim = b.claim)
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

// reservedNow is what running decisions are expected to cost after the last month
// that their employer closed: what was expected of a closed month was claimed, or
// will not be.
const reservedNow = `
	SELECT v.decision, v.month, v.rule, v.source, v.amount
	FROM reservation v JOIN decision d ON d.id = v.decision JOIN contract c ON c.id = d.contract
	LEFT JOIN LATERAL (
		SELECT max(r.period_end) AS closed FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		WHERE r.employer = c.employer AND r.kind = 'regular' AND r.status <> 'reversed') r ON true
	WHERE v.municipality = @org AND (r.closed IS NULL OR v.month > r.closed)`

// Budgets lists how the budgets of a municipality stand, of a year or of all.
func (tx *Tx) Budgets(ctx context.Context, a payroll.Actor, year int) ([]subsidy.BudgetStands, error) {
	rows, err := tx.Query(ctx, `
		WITH entries AS (
			SELECT year, source, sum(amount) FILTER (WHERE kind = 'granted') AS granted,
			       sum(amount) FILTER (WHERE kind = 'carried' AND amount > 0) AS carried, -sum(amount) FILTER (WHERE kind = 'carried' AND amount < 0) AS carried_out,
			       sum(amount) FILTER (WHERE kind = 'rebooked' AND amount > 0) AS rebooked_in, -sum(amount) FILTER (WHERE kind = 'rebooked' AND amount < 0) AS rebooked_out,
			       sum(amount) FILTER (WHERE kind = 'repaid') AS repaid, sum(amount) FILTER (WHERE kind = 'spent') AS spent
			FROM budget_entry WHERE municipality = @org GROUP BY 1, 2),
		used AS (SELECT year, source, sum(claimed) FILTER (WHERE waiting) AS claimed FROM budget_use WHERE municipality = @org GROUP BY 1, 2),
		expected AS (SELECT extract(year FROM month)::int AS year, source, sum(amount) AS reserved FROM (`+reservedNow+`) v GROUP BY 1, 2)
		SELECT year, source, granted, carried, carried_out, rebooked_in, rebooked_out, repaid, spent, claimed, reserved
		FROM entries FULL JOIN used USING (year, source) FULL JOIN expected USING (year, source)
		WHERE @year = 0 OR year = @year
		ORDER BY year, source`, pgx.NamedArgs{"org": a.Organisation.ID, "year": year})
	if err != nil {
		return nil, fmt.Errorf("budgets: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b subsidy.BudgetStands, err error) {
		err = scanAmounts(row, []any{&b.Year, &b.Source}, &b.Granted, &b.Carried, &b.CarriedOut, &b.RebookedIn, &b.RebookedOut, &b.Repaid, &b.Spent, &b.Claimed, &b.Reserved)
		return b.Sum(), err
	})
}

// Underuse tells why money is left: what was expected of each decision and rule
// in a year, as far as it is not reserved any more, is held against what was
// claimed by it, and that against what was granted. What nothing was promised of
// is reckoned by itself, so that all together is a check on what is left. That an
// advance would come back was never reserved: it is told when it does.
func (tx *Tx) Underuse(ctx context.Context, a payroll.Actor, year int) ([]subsidy.BudgetUnderuse, error) {
	rows, err := tx.Query(ctx, `
		WITH running AS (`+reservedNow+`),
		had AS (
			SELECT year, source, sum(CASE kind WHEN 'spent' THEN 0 WHEN 'repaid' THEN -amount ELSE amount END) AS amount, sum(amount) FILTER (WHERE kind = 'spent') AS spent
			FROM budget_entry WHERE municipality = @org AND kind <> 'reserved' GROUP BY 1, 2),
		expected AS (
			SELECT f.decision, f.rule, extract(year FROM f.month)::int AS year, f.source, f.result, sum(f.amount) AS amount
			FROM forecast f WHERE f.municipality = @org AND f.amount > 0 AND NOT EXISTS (
				SELECT FROM running n WHERE (n.decision, n.month, n.rule, n.source) = (f.decision, f.month, f.rule, f.source))
			GROUP BY 1, 2, 3, 4, 5),
		used AS (
			SELECT decision, rule, year, source, sum(greatest(claimed, 0)) AS claimed, sum(claimed) FILTER (WHERE waiting) AS waiting,
			       sum(greatest(claimed, 0) - CASE WHEN waiting THEN claimed ELSE spent END) AS settled
			FROM budget_use WHERE municipality = @org GROUP BY 1, 2, 3, 4),
		held AS (
			SELECT coalesce(u.year, e.year) AS year, coalesce(u.source, e.source) AS source, u.waiting, u.settled,
			       greatest(e.amount, u.claimed, 0) AS promised, coalesce(e.result, false) AS result,
			       greatest(e.amount - coalesce(u.claimed, 0), 0) AS unused
			FROM used u FULL JOIN expected e ON e.decision = u.decision AND e.rule = u.rule AND e.year = u.year AND e.source = u.source),
		sums AS (
			SELECT year, source, sum(waiting) AS waiting, sum(settled) AS settled, sum(promised) AS promised,
			       sum(unused) FILTER (WHERE NOT result) AS never_used, sum(unused) FILTER (WHERE result) AS not_earned
			FROM held GROUP BY 1, 2),
		reserved AS (SELECT extract(year FROM month)::int AS year, source, sum(amount) AS amount FROM running GROUP BY 1, 2)
		SELECT year, source, coalesce(had.amount, 0) - coalesce(had.spent, 0), sums.waiting, reserved.amount, sums.never_used, sums.not_earned, sums.settled,
		       coalesce(had.amount, 0) - coalesce(sums.promised, 0) - coalesce(reserved.amount, 0)
		FROM had FULL JOIN sums USING (year, source) FULL JOIN reserved USING (year, source)
		WHERE @year = 0 OR year = @year
		ORDER BY year, source`, pgx.NamedArgs{"org": a.Organisation.ID, "year": year})
	if err != nil {
		return nil, fmt.Errorf("underuse of budgets: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (u subsidy.BudgetUnderuse, err error) {
		err = scanAmounts(row, []any{&u.Year, &u.Source}, &u.Left, &u.Claimed, &u.Reserved, &u.NeverUsed, &u.NotEarned, &u.Settled, &u.NotReserved)
		u.Free = u.Left.Sub(u.Claimed).Sub(u.Reserved)
		if err == nil && !u.Causes().Equal(u.Free) {
			err = fmt.Errorf("budget %s %d: the causes of underuse come to %s, and %s is free", u.Source, u.Year, u.Causes(), u.Free)
		}
		return u, err
	})
}

// Reserve replaces what is expected of a decision, and keeps of each month what
// was expected of it first. The contract and the decision may change at the same
// time; the later forecast stands.
func (tx *Tx) Reserve(ctx context.Context, d subsidy.Decision, expected []subsidy.Reservation) error {
	if _, err := tx.Exec(ctx, `DELETE FROM reservation WHERE decision = $1`, d.ID); err != nil {
		return fmt.Errorf("reserve for decision %s: %w", d.Number, err)
	}
	for _, e := range expected {
		if e.Amount.IsZero() {
			continue
		}
		_, err := tx.Exec(ctx, `
			WITH first AS (
				INSERT INTO forecast (decision, month, rule, source, municipality, result, amount) VALUES (@decision, @month, @rule, @source, @org, @result, @amount)
				ON CONFLICT DO NOTHING)
			INSERT INTO reservation (decision, month, rule, source, municipality, amount) VALUES (@decision, @month, @rule, @source, @org, @amount)
			ON CONFLICT (decision, month, rule, source) DO UPDATE SET amount = excluded.amount`,
			pgx.NamedArgs{"decision": d.ID, "month": day(e.Month), "rule": e.Rule, "source": string(e.Source), "org": d.Municipality, "result": e.Result, "amount": e.Amount.Decimal()})
		if err != nil {
			return fmt.Errorf("reserve for decision %s: %w", d.Number, err)
		}
	}
	return nil
}
