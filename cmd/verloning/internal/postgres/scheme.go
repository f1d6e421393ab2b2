package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// SchemesAt lists the scheme files of all municipalities that are known at a
// cut-off. Their texts stay where they are: most are known to the process.
func (tx *Tx) SchemesAt(ctx context.Context, cutoff int64) ([]payroll.SchemeFile, error) {
	rows, err := tx.Query(ctx, `
		SELECT municipality, scheme, version, valid_from, hash FROM scheme_version WHERE known <= $1
		ORDER BY municipality, scheme, version`, cutoff)
	if err != nil {
		return nil, fmt.Errorf("schemes at %d: %w", cutoff, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f payroll.SchemeFile, err error) {
		var from time.Time
		err = row.Scan(&f.Municipality, &f.Scheme, &f.Version, &from, &f.Hash)
		f.From = date(&from)
		return f, err
	})
}

// SchemeText reads the text of a scheme file.
func (tx *Tx) SchemeText(ctx context.Context, f payroll.SchemeFile) (text string, err error) {
	err = tx.QueryRow(ctx, `SELECT file FROM scheme_version WHERE municipality = $1 AND scheme = $2 AND version = $3`,
		f.Municipality, f.Scheme, f.Version).Scan(&text)
	if err != nil {
		return "", fmt.Errorf("scheme %s, version %d: %w", f.Scheme, f.Version, err)
	}
	return text, nil
}

// HoldSchemes holds the municipality, so that two who add a file at the same
// time get two versions. The lock of knowledge comes first, as everywhere.
func (tx *Tx) HoldSchemes(ctx context.Context, a payroll.Actor) error {
	if _, err := tx.knowledge(ctx); err != nil {
		return err
	}
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return fmt.Errorf("hold schemes: %w", err)
	}
	return nil
}

// AddScheme keeps a scheme file with its text.
func (tx *Tx) AddScheme(ctx context.Context, a payroll.Actor, f payroll.SchemeFile, text string) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO scheme_version (municipality, scheme, version, valid_from, file, hash, known, recorded_by)
		VALUES (@municipality, @scheme, @version, @from, @file, @hash, @known, @by)`,
		pgx.NamedArgs{
			"municipality": f.Municipality, "scheme": f.Scheme, "version": f.Version, "from": day(f.From), "file": text, "hash": f.Hash,
			"known": known, "by": a.User,
		})
	if err != nil {
		return fmt.Errorf("add scheme %s: %w", f.Scheme, redact(err))
	}
	return nil
}

// ApprovedUnder is the last day of the last period that an employer has approved
// with a contract of the municipality under a scheme, from a day on.
func (tx *Tx) ApprovedUnder(ctx context.Context, f payroll.SchemeFile) (calendar.Date, error) {
	var last *time.Time
	err := tx.QueryRow(ctx, `
		SELECT max(r.period_end) FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		WHERE r.period_end >= $3 AND r.employer IN (SELECT c.employer FROM contract c WHERE c.municipality = $1 AND c.scheme = $2)`,
		f.Municipality, f.Scheme, day(f.From)).Scan(&last)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("approved under scheme %s: %w", f.Scheme, err)
	}
	return date(last), nil
}

// SchemeOwners lists the municipalities whose schemes concern the caller: itself,
// those that contracts of its name, and those that it guides trajectories for, in
// order of code.
func (tx *Tx) SchemeOwners(ctx context.Context, a payroll.Actor) ([]payroll.Organisation, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, o.code FROM organisation o
		WHERE 'gemeente' = ANY (o.roles) AND (o.id = $1
		   OR EXISTS (SELECT FROM contract c WHERE c.municipality = o.id AND c.employer = $1)
		   OR EXISTS (SELECT FROM contract c WHERE c.municipality = o.id AND c.provider = $1)
		   OR EXISTS (SELECT FROM agreement g WHERE g.municipality = o.id AND g.provider = $1)
		   OR EXISTS (SELECT FROM trajectory t WHERE t.municipality = o.id AND t.provider = $1))
		ORDER BY o.code`, a.Organisation.ID)
	if err != nil {
		return nil, fmt.Errorf("owners of schemes: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o payroll.Organisation, err error) {
		return o, row.Scan(&o.ID, &o.Code)
	})
}
