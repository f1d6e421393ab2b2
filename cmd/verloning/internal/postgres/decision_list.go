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

// DecisionListed is a decision as it stands, with what came of it: claimed by
// approved runs, granted by the municipality, settled over its bank.
type DecisionListed struct {
	Decision     uuid.UUID        `json:"decision"`
	Number       string           `json:"number"`
	Version      int              `json:"version"`
	Municipality string           `json:"municipality"`
	Employer     string           `json:"employer"`
	Contract     string           `json:"contract"`
	Scheme       string           `json:"scheme"`
	Document     subsidy.Document `json:"document"`
	Granted      calendar.Date    `json:"granted"`
	From         calendar.Date    `json:"from"`
	To           calendar.Date    `json:"to,omitzero"`
	HoursPerWeek euro.Number      `json:"hours_per_week"`
	Percent      *int             `json:"percent,omitempty"` // newest loonwaarde or productivity
	Ceiling      *euro.Amount     `json:"ceiling,omitempty"`
	Budget       subsidy.Source   `json:"budget"`
	Claimed      euro.Amount      `json:"claimed"`
	Awarded      euro.Amount      `json:"awarded"`
	Settled      euro.Amount      `json:"settled"`
}

// Decisions lists the newest version of each decision that the organisation took,
// or that a contract of its own rests on, in order of number, after one of them.
func (tx *Tx) Decisions(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]DecisionListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT d.id, d.number, v.version, g.code, e.code, c.number, c.scheme, v.document, v.granted, v.starts, v.ends, v.hours_per_week,
		       (SELECT w.percent FROM loonwaarde w WHERE w.contract = c.id ORDER BY w.version DESC LIMIT 1), v.ceiling, v.budget,
		       coalesce(s.claimed, 0), coalesce(s.awarded, 0), coalesce(s.settled, 0)
		FROM decision d
		JOIN LATERAL (SELECT * FROM decision_version v WHERE v.decision = d.id ORDER BY v.version DESC LIMIT 1) v ON true
		JOIN contract c ON c.id = d.contract JOIN organisation e ON e.id = c.employer JOIN organisation g ON g.id = d.municipality
		LEFT JOIN LATERAL (
			SELECT sum(m.amount) AS claimed, sum(l.amount) AS awarded, sum(t.amount) AS settled
			FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
			LEFT JOIN claim_decided x ON x.claim = m.id LEFT JOIN grant_line l ON l.claim = m.id AND l.batch = x.batch
			LEFT JOIN settled_claim t ON t.claim = m.id AND t.organisation = m.payer
			WHERE m.decision = d.id) s ON true
		WHERE (d.municipality = @org OR c.employer = @org)
		  AND (@after::uuid IS NULL OR (d.number, d.id) > (SELECT x.number, x.id FROM decision x WHERE x.id = @after))
		ORDER BY d.number, d.id LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "after": null(after), "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	return pgx.CollectRows(rows, scanDecisionListed)
}

func scanDecisionListed(row pgx.CollectableRow) (d DecisionListed, err error) {
	var granted, from time.Time
	var to *time.Time
	var hours, claimed, awarded, settled decimal.Decimal
	var ceiling decimal.NullDecimal
	err = row.Scan(&d.Decision, &d.Number, &d.Version, &d.Municipality, &d.Employer, &d.Contract, &d.Scheme, &d.Document, &granted, &from, &to, &hours,
		&d.Percent, &ceiling, &d.Budget, &claimed, &awarded, &settled)
	if err != nil {
		return d, err
	}
	d.Granted, d.From, d.To, d.HoursPerWeek = date(&granted), date(&from), date(to), euro.FromDecimal(hours)
	if ceiling.Valid {
		top, err := money(ceiling.Decimal)
		if err != nil {
			return d, err
		}
		d.Ceiling = &top
	}
	return d, amounts([]decimal.Decimal{claimed, awarded, settled}, &d.Claimed, &d.Awarded, &d.Settled)
}
