package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/subsidy"
)

// Peaks finds, of each scheme and municipality that a contract of the run's employer
// names, the first day of the period on which most contracts run, of any employer
// and as the cut-off knows them. The number grows on a first day only, so no other
// day is counted.
func (tx *Tx) Peaks(ctx context.Context, r payroll.Run, c payroll.Calculation, schemes []string) ([]subsidy.Peak, error) {
	rows, err := tx.Query(ctx, `
		WITH mine AS MATERIALIZED (
			SELECT DISTINCT scheme, municipality FROM contract
			WHERE employer = @employer AND scheme = ANY (@schemes::text[]) AND municipality IS NOT NULL AND known <= @cutoff),
		running AS MATERIALIZED (
			SELECT c.scheme, c.municipality, greatest(v.starts, @from) AS starts, v.ends
			FROM mine JOIN contract c ON c.scheme = mine.scheme AND c.municipality = mine.municipality AND c.known <= @cutoff
			JOIN LATERAL (SELECT starts, ends FROM contract_version v WHERE v.contract = c.id AND v.known <= @cutoff ORDER BY v.version DESC LIMIT 1) v ON true
			WHERE v.starts <= @to AND (v.ends IS NULL OR v.ends >= @from))
		SELECT DISTINCT ON (a.scheme, a.municipality) a.scheme, a.municipality, (SELECT o.code FROM organisation o WHERE o.id = a.municipality), a.starts, count(*)::int
		FROM (SELECT DISTINCT scheme, municipality, starts FROM running) a
		JOIN running b ON b.scheme = a.scheme AND b.municipality = a.municipality AND b.starts <= a.starts AND (b.ends IS NULL OR b.ends >= a.starts)
		GROUP BY a.scheme, a.municipality, a.starts ORDER BY a.scheme, a.municipality, count(*) DESC, a.starts`,
		pgx.NamedArgs{"employer": r.Employer, "schemes": schemes, "cutoff": c.Cutoff, "from": day(r.Period.From), "to": day(r.Period.To)})
	if err != nil {
		return nil, fmt.Errorf("places of run %s: %w", r.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p subsidy.Peak, err error) {
		var on time.Time
		err = row.Scan(&p.Scheme, &p.Municipality, &p.Code, &on, &p.Contracts)
		p.Day = date(&on)
		return p, err
	})
}
