package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// BankTerms are the newest terms of an organisation.
func (tx *Tx) BankTerms(ctx context.Context, organisation uuid.UUID) (payroll.BankTerms, bool, error) {
	var t payroll.BankTerms
	var cutOff int
	var bic, town *string
	err := tx.QueryRow(ctx, `SELECT version, format, cut_off, bic, town FROM bank_terms WHERE organisation = $1 ORDER BY version DESC LIMIT 1`, organisation).
		Scan(&t.Version, &t.Format, &cutOff, &bic, &town)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("terms of the bank: %w", err)
	}
	t.CutOff, t.BIC, t.Town = calendar.TimeOfDay(cutOff), orEmpty(bic), orEmpty(town)
	return t, true, nil
}

// AddBankTerms keeps the next version.
func (tx *Tx) AddBankTerms(ctx context.Context, a payroll.Actor, t payroll.BankTerms) (version int, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO bank_terms (organisation, version, format, cut_off, bic, town, recorded_by)
		SELECT @organisation, coalesce(max(version), 0) + 1, @format, @cutoff, @bic::text, @town::text, @by FROM bank_terms WHERE organisation = @organisation
		RETURNING version`,
		pgx.NamedArgs{"organisation": a.Organisation.ID, "format": string(t.Format), "cutoff": int(t.CutOff), "bic": text(t.BIC), "town": text(t.Town), "by": a.User}).Scan(&version)
	if err != nil {
		return 0, clash("bank", "", fmt.Errorf("add terms of the bank: %w", err))
	}
	return version, nil
}

// HoldPayments makes those who export, settle or import for an organisation follow
// on each other.
func (tx *Tx) HoldPayments(ctx context.Context, a payroll.Actor) error {
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return fmt.Errorf("payments: %w", err)
	}
	return nil
}
