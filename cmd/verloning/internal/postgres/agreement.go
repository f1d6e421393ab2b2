package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/subsidy"
)

// agreementColumns are what scanAgreement reads.
const agreementColumns = `g.id, g.number, g.municipality, g.provider, g.payer, g.scheme, g.starts, g.ends, g.agreed, g.targets`

func scanAgreement(row pgx.CollectableRow, more ...any) (g subsidy.ProviderAgreement, err error) {
	var payer *uuid.UUID
	var starts time.Time
	var ends *time.Time
	var targets []byte
	to := []any{&g.ID, &g.Number, &g.Municipality, &g.Provider, &payer, &g.Scheme, &starts, &ends, &g.Agreed, &targets}
	if err = row.Scan(append(to, more...)...); err != nil {
		return g, err
	}
	g.Payer, g.Span.From, g.Span.To = nilOr(payer), date(&starts), date(ends)
	return g, json.Unmarshal(targets, &g.Targets)
}

func oneAgreement(row pgx.CollectableRow) (subsidy.ProviderAgreement, error) {
	return scanAgreement(row)
}

// Agreement finds a municipality's agreement by its number.
func (tx *Tx) Agreement(ctx context.Context, municipality uuid.UUID, number string) (subsidy.ProviderAgreement, bool, error) {
	rows, err := tx.Query(ctx, `SELECT `+agreementColumns+` FROM agreement g WHERE g.municipality = $1 AND g.number = $2`, municipality, number)
	if err != nil {
		return subsidy.ProviderAgreement{}, false, fmt.Errorf("agreement %s: %w", number, err)
	}
	g, err := pgx.CollectExactlyOneRow(rows, oneAgreement)
	if errors.Is(err, pgx.ErrNoRows) {
		return g, false, nil
	}
	if err != nil {
		return g, false, fmt.Errorf("agreement %s: %w", number, err)
	}
	return g, true, nil
}

// AddAgreement keeps an agreement.
func (tx *Tx) AddAgreement(ctx context.Context, a payroll.Actor, g subsidy.ProviderAgreement) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	targets, err := json.Marshal(g.Targets)
	if err != nil || g.Targets == nil {
		targets = []byte("{}")
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO agreement (id, municipality, number, provider, payer, scheme, starts, ends, agreed, targets, known, recorded_by)
		VALUES (@id, @municipality, @number, @provider, @payer, @scheme, @starts, @ends, @agreed, @targets, @known, @by)`,
		pgx.NamedArgs{
			"id": g.ID, "municipality": g.Municipality, "number": g.Number, "provider": g.Provider, "payer": null(g.Payer), "scheme": g.Scheme,
			"starts": day(g.Span.From), "ends": day(g.Span.To), "agreed": g.Agreed, "targets": targets, "known": known, "by": a.User,
		})
	if err != nil {
		return clash("agreement", "number", fmt.Errorf("add agreement %s: %w", g.Number, err))
	}
	return nil
}

// agreements are those of a municipality that a cut-off knows, in order of number.
func (tx *Tx) agreements(ctx context.Context, municipality uuid.UUID, cutoff int64) ([]subsidy.ProviderAgreement, error) {
	rows, err := tx.Query(ctx, `SELECT `+agreementColumns+` FROM agreement g WHERE g.municipality = $1 AND g.known <= $2 ORDER BY g.number`, municipality, cutoff)
	if err != nil {
		return nil, fmt.Errorf("agreements: %w", err)
	}
	return pgx.CollectRows(rows, oneAgreement)
}
