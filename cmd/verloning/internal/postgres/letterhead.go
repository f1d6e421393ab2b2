package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/subsidy"
)

// AddLetterhead keeps the next version of an organisation's letterhead.
func (tx *Tx) AddLetterhead(ctx context.Context, a payroll.Actor, organisation uuid.UUID, l payroll.Letterhead) (version int, err error) {
	if err := tx.holdOrganisation(ctx, organisation); err != nil {
		return 0, fmt.Errorf("letterhead: %w", err)
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO letterhead (organisation, version, street, place, vat_id, recorded_by)
		SELECT @org, coalesce(max(version), 0) + 1, @street, @place, @vat, @by FROM letterhead WHERE organisation = @org RETURNING version`,
		pgx.NamedArgs{"org": organisation, "street": l.Street, "place": l.Place, "vat": text(l.VATID), "by": a.User}).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("letterhead: %w", err)
	}
	return version, nil
}

// letterheads adds to an invoice those that it was issued with.
func (tx *Tx) letterheads(ctx context.Context, i *subsidy.HireInvoice) error {
	err := tx.QueryRow(ctx, `
		SELECT coalesce(a.street, ''), coalesce(a.place, ''), coalesce(a.vat_id, ''), coalesce(b.street, ''), coalesce(b.place, ''), coalesce(b.vat_id, '')
		FROM invoice i LEFT JOIN letterhead a ON a.organisation = i.employer AND a.version = i.employer_letterhead
		LEFT JOIN letterhead b ON b.organisation = i.debtor AND b.version = i.debtor_letterhead
		WHERE i.id = $1`, i.ID).Scan(&i.From.Street, &i.From.Place, &i.From.VATID, &i.To.Street, &i.To.Place, &i.To.VATID)
	if err != nil {
		return fmt.Errorf("letterheads of invoice %d: %w", i.Number, err)
	}
	return nil
}
