package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll/euro"
	"verloning/subsidy"
)

// withSources adds to claims what each source bears of those that draw on
// several.
func (tx *Tx) withSources(ctx context.Context, rows pgx.Rows) ([]subsidy.RaisedClaim, error) {
	claims, err := collectClaims(rows)
	if err != nil || len(claims) == 0 {
		return claims, err
	}
	ids, at := make([]uuid.UUID, len(claims)), map[uuid.UUID]int{}
	for i, c := range claims {
		ids[i], at[c.Claim] = c.Claim, i
	}
	rows, err = tx.Query(ctx, `
		SELECT s.claim, s.source, s.share, s.amount FROM claim_source s JOIN calculation k ON k.id = s.calculation AND k.status = 'approved'
		WHERE s.claim = ANY ($1::uuid[]) ORDER BY s.claim, array_position($2::text[], s.source)`, ids, subsidy.Sources)
	if err != nil {
		return nil, fmt.Errorf("sources of claims: %w", err)
	}
	var claim uuid.UUID
	var source string
	var share, amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&claim, &source, &share, &amount}, func() error {
		part, err := sourceShare(source, share, amount)
		claims[at[claim]].Sources = append(claims[at[claim]].Sources, part)
		return err
	})
	return claims, err
}

func sourceShare(source string, share, amount decimal.Decimal) (subsidy.SourceShare, error) {
	part, err := money(amount)
	return subsidy.SourceShare{Source: subsidy.Source(source), Share: euro.FromDecimal(share), Amount: part}, err
}

// addGrantSources keeps what each source bears of the verdicts of a batch on
// claims that draw on several.
func (tx *Tx) addGrantSources(ctx context.Context, b subsidy.Batch, lines []subsidy.GrantLine) error {
	var claims []uuid.UUID
	var sources []string
	var amounts []decimal.Decimal
	for _, l := range lines {
		for _, s := range l.Sources {
			claims, sources, amounts = append(claims, l.Claim), append(sources, string(s.Source)), append(amounts, s.Amount.Decimal())
		}
	}
	if len(claims) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO grant_source (claim, version, source, amount)
		SELECT n.claim, g.version, n.source, n.amount FROM unnest(@claims::uuid[], @sources::text[], @amounts::numeric[]) AS n (claim, source, amount)
		JOIN grant_line g ON g.claim = n.claim AND g.batch = @batch`,
		pgx.NamedArgs{"batch": b.ID, "claims": claims, "sources": sources, "amounts": amounts})
	if err != nil {
		return fmt.Errorf("sources of batch %s: %w", b.ID, err)
	}
	return nil
}
