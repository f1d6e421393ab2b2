package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// accountOfO is the newest account of the organisation that a statement calls o: the
// one it was registered with, or a later one.
const accountOfO = `coalesce((SELECT v.iban FROM organisation_account v WHERE v.organisation = o.id ORDER BY v.version DESC LIMIT 1), o.iban)`

// AddAccount keeps the next version of the account of the caller's organisation.
func (tx *Tx) AddAccount(ctx context.Context, a payroll.Actor, iban payroll.IBAN) (version int, err error) {
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return 0, fmt.Errorf("account: %w", err)
	}
	known, err := tx.knowledge(ctx)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO organisation_account (organisation, version, iban, known, recorded_by)
		SELECT @org, coalesce(max(version), 1) + 1, @iban, @known, @by FROM organisation_account WHERE organisation = @org RETURNING version`,
		pgx.NamedArgs{"org": a.Organisation.ID, "iban": iban.Reveal(), "known": known, "by": a.User}).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("account: %w", redact(err))
	}
	return version, nil
}

// AccountOfCounterparty reports whether an account is the newest one of somebody who
// is paid by an organisation, or who pays it.
func (tx *Tx) AccountOfCounterparty(ctx context.Context, organisation uuid.UUID, iban payroll.IBAN) (taken bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM employment e JOIN employment_version v ON v.employment = e.id
		               WHERE e.employer = @org AND v.iban = @iban AND NOT EXISTS (SELECT FROM employment_version n WHERE n.employment = e.id AND n.version > v.version))
		    OR EXISTS (SELECT FROM garnishment g JOIN employment e ON e.id = g.employment
		               WHERE e.employer = @org AND g.creditor_iban = @iban AND NOT EXISTS (SELECT FROM garnishment n WHERE n.id = g.id AND n.version > g.version))
		    OR EXISTS (SELECT FROM remittance_terms r WHERE r.employer = @org AND r.creditor_iban = @iban)
		    OR EXISTS (SELECT FROM trajectory t WHERE t.municipality = @org AND @iban =
		                  coalesce((SELECT v.iban FROM trajectory_version v WHERE v.trajectory = t.id AND v.iban IS NOT NULL ORDER BY v.version DESC LIMIT 1), t.iban))
		    OR EXISTS (SELECT FROM organisation o WHERE `+accountOfO+` = @iban
		               AND (EXISTS (SELECT FROM contract c WHERE c.employer = @org AND c.municipality = o.id OR c.municipality = @org AND c.employer = o.id)
		                    OR EXISTS (SELECT FROM trajectory t WHERE t.municipality = @org AND t.provider = o.id OR t.provider = @org AND t.municipality = o.id)))`,
		pgx.NamedArgs{"org": organisation, "iban": iban.Reveal()}).Scan(&taken)
	if err != nil {
		return false, fmt.Errorf("accounts of others: %w", redact(err))
	}
	return taken, nil
}

// OwnAccounts are the accounts that an organisation has had, by version, with who
// confirmed them.
func (tx *Tx) OwnAccounts(ctx context.Context, organisation uuid.UUID) ([]payroll.PayeeAccount, error) {
	rows, err := tx.Query(ctx, `
		SELECT v.iban, v.was IS NULL, coalesce(v.was <> v.iban, false),
		       ARRAY(SELECT f.confirmed_by FROM control_confirmation f WHERE f.change = change_of('iban', v.organisation, 'organisation', v.version))
		FROM account_version v WHERE v.organisation = $1 ORDER BY v.version`, organisation)
	if err != nil {
		return nil, fmt.Errorf("own accounts: %w", redact(err))
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v payroll.PayeeAccount, err error) {
		var iban string
		err = row.Scan(&iban, &v.Registered, &v.Changed, &v.Confirmed)
		v.IBAN = payroll.IBAN(iban)
		return v, err
	})
}
