package postgres

import (
	"context"
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

// decisionRow is a version of a decision with the decision it belongs to.
type decisionRow struct {
	ID           uuid.UUID
	Number       string
	Municipality uuid.UUID
	Contract     uuid.UUID
	Version      int
	ValidFrom    time.Time
	Document     string
	Granted      time.Time
	Starts       time.Time
	Ends         *time.Time
	Route        string
	Hours        decimal.Decimal
	Ceiling      decimal.NullDecimal
	Charges      decimal.NullDecimal
	Budget       string
	Conditions   string
}

const decisionColumns = `d.id, d.number, d.municipality, d.contract, v.version, v.valid_from, v.document, v.granted, v.starts, v.ends, v.route,
	v.hours_per_week, v.ceiling, v.charges, v.budget, v.conditions`

func (r decisionRow) terms() (subsidy.DecisionTerms, error) {
	t := subsidy.DecisionTerms{
		Version: r.Version, ValidFrom: date(&r.ValidFrom), Document: subsidy.Document(r.Document), Granted: date(&r.Granted),
		Span: calendar.Span{From: date(&r.Starts), To: date(r.Ends)}, Route: subsidy.Route(r.Route),
		HoursPerWeek: euro.FromDecimal(r.Hours), Budget: subsidy.Source(r.Budget), Conditions: r.Conditions,
	}
	if r.Ceiling.Valid {
		ceiling, err := money(r.Ceiling.Decimal)
		if err != nil {
			return t, err
		}
		t.Ceiling = &ceiling
	}
	if r.Charges.Valid {
		charges := euro.FromDecimal(r.Charges.Decimal)
		t.Charges = &charges
	}
	return t, nil
}

// collectDecisions puts the versions, in order, under their decisions.
func collectDecisions(rows pgx.Rows) ([]subsidy.Decision, error) {
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[decisionRow])
	if err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	var decisions []subsidy.Decision
	for _, r := range list {
		if n := len(decisions); n == 0 || decisions[n-1].ID != r.ID {
			decisions = append(decisions, subsidy.Decision{ID: r.ID, Number: r.Number, Municipality: r.Municipality, Contract: r.Contract})
		}
		terms, err := r.terms()
		if err != nil {
			return nil, fmt.Errorf("decision %s: %w", r.Number, err)
		}
		last := &decisions[len(decisions)-1]
		last.Versions = append(last.Versions, terms)
	}
	return decisions, nil
}

// DecisionByNumber finds a municipality's decision with all its versions.
func (tx *Tx) DecisionByNumber(ctx context.Context, municipality uuid.UUID, number string) (subsidy.Decision, bool, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+decisionColumns+` FROM decision d JOIN decision_version v ON v.decision = d.id
		WHERE d.municipality = $1 AND d.number = $2 ORDER BY v.version`, municipality, number)
	if err != nil {
		return subsidy.Decision{}, false, fmt.Errorf("decision %s: %w", number, err)
	}
	list, err := collectDecisions(rows)
	if err != nil || len(list) == 0 {
		return subsidy.Decision{}, false, err
	}
	return list[0], true, nil
}

// AddDecision keeps the newest version of a decision, and the decision itself
// the first time; overlaps reports another decision on the same days.
func (tx *Tx) AddDecision(ctx context.Context, a payroll.Actor, d subsidy.Decision) (bool, error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return false, err
	}
	t := d.Versions[len(d.Versions)-1]
	if t.Version == 1 {
		_, err := tx.Exec(ctx, `INSERT INTO decision (id, municipality, number, contract, known) VALUES ($1, $2, $3, $4, $5)`,
			d.ID, d.Municipality, d.Number, d.Contract, known)
		if err != nil {
			return false, clash("decision", "number", fmt.Errorf("add decision %s: %w", d.Number, err))
		}
	}
	err = pgx.BeginFunc(ctx, tx.Tx, func(save pgx.Tx) error {
		_, err := save.Exec(ctx, `
			INSERT INTO decision_current (decision, contract, days) VALUES ($1, $2, $3)
			ON CONFLICT (decision) DO UPDATE SET days = excluded.days`, d.ID, d.Contract, days(t.Span))
		return err
	})
	if violates(err, "decision_overlap") {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("days of decision %s: %w", d.Number, err)
	}
	return false, tx.addDecisionVersion(ctx, a, d, t, known)
}

func (tx *Tx) addDecisionVersion(ctx context.Context, a payroll.Actor, d subsidy.Decision, t subsidy.DecisionTerms, known int64) error {
	var ceiling, charges *decimal.Decimal
	if t.Ceiling != nil {
		c := t.Ceiling.Decimal()
		ceiling = &c
	}
	if t.Charges != nil {
		c := t.Charges.Decimal()
		charges = &c
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO decision_version (decision, version, valid_from, document, granted, starts, ends, route, hours_per_week, ceiling, charges,
			budget, conditions, known, recorded_by)
		VALUES (@decision, @version, @from, @document, @granted, @starts, @ends, @route, @hours, @ceiling, @charges,
			@budget, @conditions, @known, @by)`,
		pgx.NamedArgs{
			"decision": d.ID, "version": t.Version, "from": day(t.ValidFrom), "document": string(t.Document), "granted": day(t.Granted),
			"starts": day(t.Span.From), "ends": day(t.Span.To), "route": string(t.Route), "hours": t.HoursPerWeek.Decimal(),
			"ceiling": ceiling, "charges": charges, "budget": string(t.Budget), "conditions": t.Conditions, "known": known, "by": a.User,
		})
	if err != nil {
		return clash("decision", "number", fmt.Errorf("add version %d of decision %s: %w", t.Version, d.Number, err))
	}
	return nil
}

// Subsidised lists the days of the other decisions of a municipality for the same
// person and scheme, wherever the person was employed, as far as the contracts
// run. The person's row is held, so that two decisions that are recorded at the
// same time see each other.
func (tx *Tx) Subsidised(ctx context.Context, d subsidy.Decision, c payroll.Contract) ([]calendar.Span, error) {
	if _, err := tx.Exec(ctx, `SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE`, c.Person); err != nil {
		return nil, fmt.Errorf("person of contract %s: %w", c.Number, err)
	}
	rows, err := tx.Query(ctx, `
		SELECT lower(x.days), upper(x.days) - 1
		FROM contract c JOIN contract_current n ON n.contract = c.id
		JOIN decision o ON o.contract = c.id JOIN decision_current k ON k.decision = o.id
		CROSS JOIN LATERAL (SELECT k.days * n.days AS days) x
		WHERE c.person = $1 AND c.scheme = $2 AND o.municipality = $3 AND o.id <> $4 AND NOT isempty(x.days) ORDER BY 1`, c.Person, c.Scheme, d.Municipality, d.ID)
	if err != nil {
		return nil, fmt.Errorf("other decisions for the person of contract %s: %w", c.Number, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s calendar.Span, err error) {
		var from time.Time
		var to *time.Time
		err = row.Scan(&from, &to)
		return calendar.Span{From: date(&from), To: date(to)}, err
	})
}

// DecidedFile is what the claims of a contract rest on, as known now.
func (tx *Tx) DecidedFile(ctx context.Context, c payroll.Contract) (subsidy.File, error) {
	f := subsidy.File{Contract: c}
	var birth time.Time
	err := tx.QueryRow(ctx, `SELECT birth FROM employment_version WHERE employment = $1 ORDER BY version DESC LIMIT 1`, c.Employment).Scan(&birth)
	if err != nil {
		return f, fmt.Errorf("employment of contract %s: %w", c.Number, err)
	}
	f.Birth = date(&birth)
	rows, err := tx.Query(ctx, `
		SELECT `+decisionColumns+` FROM decision d JOIN decision_version v ON v.decision = d.id WHERE d.contract = $1 ORDER BY d.number, d.id, v.version`, c.ID)
	if err != nil {
		return f, fmt.Errorf("decisions of contract %s: %w", c.Number, err)
	}
	if f.Decisions, err = collectDecisions(rows); err != nil {
		return f, err
	}
	rows, err = tx.Query(ctx, `SELECT `+loonwaardeColumns+` FROM loonwaarde w WHERE w.contract = $1 ORDER BY w.version`, c.ID)
	if err != nil {
		return f, fmt.Errorf("loonwaarden of contract %s: %w", c.Number, err)
	}
	f.Loonwaarden, err = collectLoonwaarden(rows)
	return f, err
}
