package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/subsidy"
)

// ClaimedForPersons sums, for the persons of a shard, what runs of any employer that
// were approved when the cut-off was fixed have claimed under some schemes, never
// this run itself. Claims are found decision by decision, as the history is.
func (tx *Tx) ClaimedForPersons(ctx context.Context, r payroll.Run, c payroll.Calculation, s payroll.Shard, schemes []string) ([]subsidy.Claimed, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.person, c.id, c.scheme, d.municipality, m.rule, sum(m.amount)
		FROM (SELECT DISTINCT person FROM contract WHERE employer = @employer AND person BETWEEN @first AND @last AND scheme = ANY (@schemes::text[])) p
		JOIN contract c ON c.person = p.person AND c.scheme = ANY (@schemes::text[])
		JOIN decision d ON d.contract = c.id
		JOIN LATERAL (SELECT * FROM claim m WHERE m.decision = d.id OFFSET 0) m ON true
		JOIN calculation k ON k.id = m.calculation
		WHERE k.known <= @cutoff AND k.run <> @run
		GROUP BY c.person, c.id, c.scheme, d.municipality, m.rule ORDER BY c.person, c.id, d.municipality, m.rule`,
		pgx.NamedArgs{"employer": r.Employer, "run": r.ID, "cutoff": c.Cutoff, "first": s.From, "last": s.To, "schemes": schemes})
	if err != nil {
		return nil, fmt.Errorf("claims for the persons of shard %d of run %s: %w", s.Number, r.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (one subsidy.Claimed, err error) {
		var amount decimal.Decimal
		if err = row.Scan(&one.Person, &one.Contract, &one.Scheme, &one.Municipality, &one.Rule, &amount); err == nil {
			one.Amount, err = money(amount)
		}
		return one, err
	})
}
