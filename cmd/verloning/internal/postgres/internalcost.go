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

// AddInternalCost keeps what a municipality's own people cost a scheme, with what
// each source bears of it.
func (tx *Tx) AddInternalCost(ctx context.Context, c subsidy.InternalCost) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO internal_cost (id, municipality, scheme, rule, day, hours, price, amount, contract, reference, recorded_by)
		VALUES (@id, @org, @scheme, @rule, @day, @hours, @price, @amount, @contract, @reference, @by)`,
		pgx.NamedArgs{"id": c.ID, "org": c.Municipality, "scheme": c.Scheme, "rule": c.Rule, "day": day(c.Day), "hours": orNull(c.Hours), "price": orNull(c.Price),
			"amount": c.Amount.Decimal(), "contract": null(c.Contract), "reference": c.Reference, "by": c.Recorded})
	if err != nil {
		return fmt.Errorf("add cost: %w", err)
	}
	for _, s := range c.Sources {
		_, err := tx.Exec(ctx, `INSERT INTO internal_cost_source (cost, source, share, amount) VALUES ($1, $2, $3, $4)`,
			c.ID, string(s.Source), s.Share.Decimal(), s.Amount.Decimal())
		if err != nil {
			return fmt.Errorf("sources of cost %s: %w", c.ID, err)
		}
	}
	return nil
}

func orNull(n *euro.Number) decimal.NullDecimal {
	if n == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(n.Decimal())
}

const costColumns = `c.id, c.municipality, c.scheme, c.rule, c.day, c.hours, c.price, c.amount, c.contract, coalesce(k.number, ''), c.reference, c.recorded_by,
	EXISTS (SELECT FROM internal_cost_approval a WHERE a.cost = c.id)`

const costFrom = `
	FROM internal_cost c LEFT JOIN contract k ON k.id = c.contract`

func scanCost(row pgx.CollectableRow) (c subsidy.InternalCost, err error) {
	var on time.Time
	var hours, price decimal.NullDecimal
	var amount decimal.Decimal
	var contract *uuid.UUID
	err = row.Scan(&c.ID, &c.Municipality, &c.Scheme, &c.Rule, &on, &hours, &price, &amount, &contract, &c.ContractNumber, &c.Reference, &c.Recorded, &c.Approved)
	if err != nil {
		return c, err
	}
	c.Day, c.Contract = date(&on), nilOr(contract)
	for to, from := range map[**euro.Number]decimal.NullDecimal{&c.Hours: hours, &c.Price: price} {
		if from.Valid {
			n := euro.FromDecimal(from.Decimal)
			*to = &n
		}
	}
	c.Amount, err = money(amount)
	return c, err
}

// InternalCost finds a cost of the municipality, under the municipality's lock.
func (tx *Tx) InternalCost(ctx context.Context, a payroll.Actor, id uuid.UUID) (subsidy.InternalCost, bool, error) {
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return subsidy.InternalCost{}, false, fmt.Errorf("cost %s: %w", id, err)
	}
	rows, err := tx.Query(ctx, `SELECT `+costColumns+costFrom+` WHERE c.id = $1 AND c.municipality = $2`, id, a.Organisation.ID)
	if err != nil {
		return subsidy.InternalCost{}, false, fmt.Errorf("cost %s: %w", id, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanCost)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("cost %s: %w", id, err)
	}
	list := []subsidy.InternalCost{c}
	err = tx.costSources(ctx, list)
	return list[0], true, err
}

// InternalCosts lists the costs of a municipality in order of id, which is that
// of recording.
func (tx *Tx) InternalCosts(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]subsidy.InternalCost, error) {
	rows, err := tx.Query(ctx, `SELECT `+costColumns+costFrom+` WHERE c.municipality = $1 AND c.id > $2 ORDER BY c.id LIMIT $3`, a.Organisation.ID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("costs: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanCost)
	if err != nil {
		return nil, fmt.Errorf("costs: %w", err)
	}
	return list, tx.costSources(ctx, list)
}

func (tx *Tx) costSources(ctx context.Context, list []subsidy.InternalCost) error {
	ids, at := make([]uuid.UUID, len(list)), map[uuid.UUID]int{}
	for i, c := range list {
		ids[i], at[c.ID] = c.ID, i
	}
	rows, err := tx.Query(ctx, `
		SELECT s.cost, s.source, s.share, s.amount FROM internal_cost_source s
		WHERE s.cost = ANY ($1::uuid[]) ORDER BY s.cost, array_position($2::text[], s.source)`, ids, subsidy.Sources)
	if err != nil {
		return fmt.Errorf("sources of costs: %w", err)
	}
	var cost uuid.UUID
	var source string
	var share, amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&cost, &source, &share, &amount}, func() error {
		part, err := sourceShare(source, share, amount)
		list[at[cost]].Sources = append(list[at[cost]].Sources, part)
		return err
	})
	return err
}

// BudgetsAfterCost tells what an internal cost would leave of each budget.
func (tx *Tx) BudgetsAfterCost(ctx context.Context, c subsidy.InternalCost) ([]subsidy.BudgetLeft, error) {
	rows, err := tx.Query(ctx, `
		WITH drawn AS (SELECT @year::int AS year, source, amount FROM internal_cost_source WHERE cost = @cost)`+afterDrawn,
		pgx.NamedArgs{"cost": c.ID, "year": c.Day.Year(), "municipality": c.Municipality})
	if err != nil {
		return nil, fmt.Errorf("budgets of cost %s: %w", c.ID, err)
	}
	return collectLeft(rows)
}

// ApproveInternalCost posts a cost and spends its budgets.
func (tx *Tx) ApproveInternalCost(ctx context.Context, a payroll.Actor, c subsidy.InternalCost, p subsidy.Posted, overBudget string) error {
	if err := tx.ensurePeriod(ctx, calendar.MonthOf(c.Day).From); err != nil {
		return err
	}
	if err := tx.PostAll(ctx, a, p); err != nil {
		return fmt.Errorf("cost %s: %w", c.ID, err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO internal_cost_approval (cost, posting, recorded_by, approved_by, over_budget) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, p.ID, c.Recorded, a.User, overBudget)
	if err != nil {
		return fmt.Errorf("approve cost %s: %w", c.ID, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO budget_entry (municipality, year, source, kind, amount, cost, entered_by)
		SELECT @org, @year, source, 'spent', amount, cost, @by FROM internal_cost_source WHERE cost = @cost AND amount <> 0`,
		pgx.NamedArgs{"org": c.Municipality, "year": c.Day.Year(), "cost": c.ID, "by": a.User})
	if err != nil {
		return fmt.Errorf("budget of cost %s: %w", c.ID, err)
	}
	return nil
}
