package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// Person finds the person by the keyed hash of the BSN, or by employer and
// number where there is none, and makes the row when it is new.
func (tx *Tx) Person(ctx context.Context, bsn payroll.BSN, e payroll.Employment, fresh uuid.UUID) (uuid.UUID, bool, error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return uuid.Nil, false, err
	}
	args := pgx.NamedArgs{"id": fresh, "known": known, "hash": nil, "sealed": nil, "employer": nil, "number": nil}
	if bsn != "" {
		if id, employed, err := tx.PersonOf(ctx, bsn, e.Employer); err != nil || id != uuid.Nil {
			return id, employed, err
		}
		args["hash"], args["sealed"] = tx.vault.hash(bsn), tx.vault.sealBSN(bsn, fresh)
	} else {
		args["employer"], args["number"] = e.Employer, e.Number
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO person (id, bsn_hash, bsn_sealed, employer, number, known)
		VALUES (@id, @hash, @sealed, @employer, @number, @known) ON CONFLICT DO NOTHING`, args)
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("person: %w", redact(err))
	}
	var id uuid.UUID
	err = tx.QueryRow(ctx, `
		SELECT id FROM person
		WHERE bsn_hash = @hash OR (employer = @employer AND number = @number)`, args).Scan(&id)
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("person: %w", redact(err))
	}
	var taken bool
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM employment WHERE employer = $1 AND person = $2)`, e.Employer, id).Scan(&taken)
	return id, taken, err
}

// PersonOf finds the person that a BSN is of by its keyed hash: it was known
// when the person was registered, or became known later. The hash is locked until
// the end of the transaction, since no index is over both; the lock of knowledge
// comes first, as everywhere.
func (tx *Tx) PersonOf(ctx context.Context, bsn payroll.BSN, employer uuid.UUID) (person uuid.UUID, employed bool, err error) {
	if _, err := tx.knowledge(ctx); err != nil {
		return uuid.Nil, false, err
	}
	hash := tx.vault.hash(bsn)
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 7424))`, hash); err != nil {
		return uuid.Nil, false, fmt.Errorf("person of a BSN: %w", redact(err))
	}
	err = tx.QueryRow(ctx, `
		SELECT p.person, EXISTS (SELECT FROM employment e WHERE e.employer = $2 AND e.person = p.person)
		FROM (SELECT id AS person FROM person WHERE bsn_hash = $1 UNION ALL SELECT person FROM person_bsn WHERE bsn_hash = $1) p`, hash, employer).Scan(&person, &employed)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, false, nil
	}
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("person of a BSN: %w", redact(err))
	}
	return person, employed, nil
}

// AddBSN keeps the BSN of a person who was registered without one.
func (tx *Tx) AddBSN(ctx context.Context, a payroll.Actor, e payroll.Employment, bsn payroll.BSN) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO person_bsn (person, bsn_hash, bsn_sealed, known, recorded_by) VALUES ($1, $2, $3, $4, $5)`,
		e.Person, tx.vault.hash(bsn), tx.vault.sealBSN(bsn, e.Person), known, a.User)
	if err != nil {
		return clash("person", "bsn", fmt.Errorf("add the BSN of employment %s: %w", e.Number, err))
	}
	return nil
}

// Employment finds the newest version of an employment by personnel number.
func (tx *Tx) Employment(ctx context.Context, employer uuid.UUID, number string) (payroll.Employment, bool, error) {
	e := payroll.Employment{Employer: employer, Number: number}
	var name, iban string
	var birth time.Time
	err := tx.QueryRow(ctx, `
		SELECT e.id, e.person, v.version, v.name, v.birth, v.iban, v.korting, v.jonggehandicapt, v.alleenstaand,
		       p.bsn_hash IS NOT NULL OR EXISTS (SELECT FROM person_bsn b WHERE b.person = p.id)
		FROM employment e JOIN employment_version v ON v.employment = e.id JOIN person p ON p.id = e.person
		WHERE e.employer = $1 AND e.number = $2
		ORDER BY v.version DESC LIMIT 1`, employer, number).
		Scan(&e.ID, &e.Person, &e.Version, &name, &birth, &iban, &e.Korting, &e.Jonggehandicapt, &e.Alleenstaand, &e.Identified)
	if errors.Is(err, pgx.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("employment: %w", redact(err))
	}
	e.Name, e.Birth, e.IBAN = payroll.Name(name), date(&birth), payroll.IBAN(iban)
	return e, true, nil
}

// AddEmployment keeps a version; the first makes the employment.
func (tx *Tx) AddEmployment(ctx context.Context, a payroll.Actor, e payroll.Employment) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	if e.Version == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO employment (id, person, employer, number, known) VALUES ($1, $2, $3, $4, $5)`,
			e.ID, e.Person, e.Employer, e.Number, known)
		if err != nil {
			return clash("person", "number", fmt.Errorf("add employment %s: %w", e.Number, err))
		}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO employment_version (employment, version, name, birth, iban, korting, jonggehandicapt, alleenstaand, known, recorded_by)
		VALUES (@employment, @version, @name, @birth, @iban, @korting, @jonggehandicapt, @alleenstaand, @known, @by)`,
		pgx.NamedArgs{
			"employment": e.ID, "version": e.Version, "name": e.Name.Reveal(), "birth": day(e.Birth),
			"iban": e.IBAN.Reveal(), "korting": e.Korting, "jonggehandicapt": e.Jonggehandicapt, "alleenstaand": e.Alleenstaand, "known": known, "by": a.User,
		})
	if err != nil {
		return clash("person", "number", fmt.Errorf("add a version of employment %s: %w", e.Number, err))
	}
	return nil
}

// clash turns a unique key that somebody else took in the same moment into a
// refusal: the caller looked before, so only a race comes here.
func clash(kind, field string, err error) error {
	if !isUnique(err) {
		return redact(err)
	}
	return payroll.Refuse(payroll.Conflict, payroll.Reason(kind+"/changed", field,
		"Iemand anders wijzigde dit op hetzelfde moment; probeer het opnieuw.", "Somebody else changed this at the same moment; try again."))
}
