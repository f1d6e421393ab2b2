package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// organisation scans one organisation by a condition that is program text.
func (tx *Tx) organisation(ctx context.Context, where string, arg any) (payroll.Organisation, bool, error) {
	var o payroll.Organisation
	var roles []string
	var kvk, oin, iban *string
	err := tx.QueryRow(ctx, `SELECT id, code, name, roles, kvk, oin, `+accountOfO+` FROM organisation o WHERE `+where, arg).
		Scan(&o.ID, &o.Code, &o.Name, &roles, &kvk, &oin, &iban)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("organisation: %w", err)
	}
	for _, r := range roles {
		o.Roles = append(o.Roles, payroll.OrganisationRole(r))
	}
	o.KvK, o.OIN, o.IBAN = orEmpty(kvk), orEmpty(oin), payroll.IBAN(orEmpty(iban))
	return o, true, nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// OrganisationByCode finds an organisation by its code.
func (tx *Tx) OrganisationByCode(ctx context.Context, code string) (payroll.Organisation, bool, error) {
	return tx.organisation(ctx, `code = $1`, code)
}

// OrganisationByID finds an organisation that a row refers to.
func (tx *Tx) OrganisationByID(ctx context.Context, id uuid.UUID) (payroll.Organisation, error) {
	o, known, err := tx.organisation(ctx, `id = $1`, id)
	if err == nil && !known {
		err = fmt.Errorf("organisation %s is gone", id)
	}
	return o, err
}

// AddOrganisation keeps an organisation and its account, whose seed is sealed.
func (tx *Tx) AddOrganisation(ctx context.Context, o payroll.Organisation, account payroll.Account) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO organisation (id, code, name, roles, kvk, oin, iban)
		VALUES (@id, @code, @name, @roles, @kvk, @oin, @iban)`,
		pgx.NamedArgs{
			"id": o.ID, "code": o.Code, "name": o.Name, "roles": texts(o.Roles),
			"kvk": text(o.KvK), "oin": text(o.OIN), "iban": text(o.IBAN.Reveal()),
		})
	if err != nil {
		return fmt.Errorf("add organisation %s: %w", o.Code, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO account (public, organisation, seed_sealed) VALUES ($1, $2, $3)`,
		account.Public, o.ID, tx.vault.sealSeed(account.Seed, account.Public))
	if err != nil {
		return fmt.Errorf("add the account of organisation %s: %w", o.Code, err)
	}
	return nil
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// AccountSeed opens the seed of an organisation's first account.
func (tx *Tx) AccountSeed(ctx context.Context, organisation uuid.UUID) ([]byte, error) {
	var public string
	var sealed []byte
	err := tx.QueryRow(ctx, `
		SELECT public, seed_sealed FROM account
		WHERE organisation = $1 AND seed_sealed IS NOT NULL ORDER BY since, public LIMIT 1`, organisation).Scan(&public, &sealed)
	if err != nil {
		return nil, fmt.Errorf("account of organisation %s: %w", organisation, err)
	}
	return tx.vault.openSeed(sealed, public)
}

// UserByName finds a user of an organisation; names differ by more than their
// capitals.
func (tx *Tx) UserByName(ctx context.Context, organisation uuid.UUID, name payroll.Name) (id uuid.UUID, roles []string, known bool, err error) {
	err = tx.QueryRow(ctx, `SELECT id, roles FROM app_user WHERE organisation = $1 AND lower(name) = lower($2)`, organisation, name.Reveal()).Scan(&id, &roles)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, nil, false, nil
	}
	if err != nil {
		return id, nil, false, fmt.Errorf("user of organisation %s: %w", organisation, redact(err))
	}
	return id, roles, true, nil
}

// AddUser keeps a user.
func (tx *Tx) AddUser(ctx context.Context, id, organisation uuid.UUID, name payroll.Name, roles []string) error {
	_, err := tx.Exec(ctx, `INSERT INTO app_user (id, organisation, name, roles) VALUES ($1, $2, $3, $4)`, id, organisation, name.Reveal(), roles)
	if err != nil {
		return clash("user", "name", fmt.Errorf("add a user of organisation %s: %w", organisation, err))
	}
	return nil
}

// AddUserKey gives a user a key.
func (tx *Tx) AddUserKey(ctx context.Context, user uuid.UUID, public string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO app_user_key (public, app_user) VALUES ($1, $2)`, public, user); err != nil {
		return fmt.Errorf("key of user %s: %w", user, redact(err))
	}
	return nil
}

// Actor finds who asks by the keys that the server enforced: the account's
// organisation and a user of that same organisation. Anything else is nobody.
func (tx *Tx) Actor(ctx context.Context, account, user string) (payroll.Actor, bool, error) {
	var a payroll.Actor
	var organisation uuid.UUID
	var roles []string
	err := tx.QueryRow(ctx, `
		SELECT u.id, u.organisation, u.roles
		FROM app_user u JOIN app_user_key k ON k.app_user = u.id JOIN account a ON a.organisation = u.organisation
		WHERE a.public = $1 AND k.public = $2`, account, user).Scan(&a.User, &organisation, &roles)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("actor: %w", err)
	}
	for _, r := range roles {
		a.Roles = append(a.Roles, payroll.Role(r))
	}
	a.Organisation, err = tx.OrganisationByID(ctx, organisation)
	return a, err == nil, err
}

// AccountRow is an account with the code of its organisation, for telling the
// bus which accounts exist.
type AccountRow struct {
	Public string
	Code   string
}

// Accounts lists every account on the bus.
func (s *Store) Accounts(ctx context.Context) ([]AccountRow, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT a.public, o.code FROM account a JOIN organisation o ON o.id = a.organisation ORDER BY a.since, a.public`)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[AccountRow])
}

// OrganisationRow is an organisation as a list shows it.
type OrganisationRow struct {
	Organisation uuid.UUID `json:"organisation"`
	Code         string    `json:"code"`
	Name         string    `json:"name"`
	Roles        []string  `json:"roles"`
	Account      string    `json:"account"`
	Users        int       `json:"users"`
}

// Organisations lists organisations in order of code.
func (tx *Tx) Organisations(ctx context.Context) ([]OrganisationRow, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, o.code, o.name, o.roles,
		       (SELECT a.public FROM account a WHERE a.organisation = o.id ORDER BY a.since, a.public LIMIT 1),
		       (SELECT count(*) FROM app_user u WHERE u.organisation = o.id)::int
		FROM organisation o ORDER BY o.code`)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[OrganisationRow])
}

// NeedsBeheerder reports whether no organisation runs the service yet; the lock
// makes processes that start together agree.
func (tx *Tx) NeedsBeheerder(ctx context.Context) (fresh bool, err error) {
	if _, err = tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7424, 1)`); err == nil {
		err = tx.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM organisation WHERE 'beheerder' = ANY (roles))`).Scan(&fresh)
	}
	if err != nil {
		return false, fmt.Errorf("beheerder: %w", err)
	}
	return fresh, nil
}

// AddBeheerder keeps the organisation that runs the service and its first user.
func (tx *Tx) AddBeheerder(ctx context.Context, organisation, user uuid.UUID, code string, account payroll.Account, key payroll.UserKey) error {
	o := payroll.Organisation{ID: organisation, Code: code, Name: "Beheer", Roles: []payroll.OrganisationRole{payroll.Beheerder}}
	if err := tx.AddOrganisation(ctx, o, account); err != nil {
		return err
	}
	if err := tx.AddUser(ctx, user, organisation, "admin", []string{string(payroll.Admin)}); err != nil {
		return err
	}
	return tx.AddUserKey(ctx, user, key.Public)
}
