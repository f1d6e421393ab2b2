package postgres

import (
	"context"
	"fmt"
	"net/url"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll/calendar"
)

// Population is an employer full of synthetic people for a benchmark: one
// contract each under one of the schemes in turn, decided by one municipality
// that keeps a budget, two in three placed at an inlener, with hours on a number
// of working days of a month.
type Population struct {
	Employer, Municipality uuid.UUID
	Inlener                uuid.UUID
	By                     uuid.UUID // the user all facts are recorded by
	Schemes                []string
	Hiring                 []string // of them, those that say what an inlener pays where the placement does not
	Contracts              int
	HourLines              int // of each contract
	Month                  calendar.Date
}

// Seed writes a population straight into the fact tables, in a fraction of the
// time that submitting it would take. Ages, hours and loonwaarden vary.
func (s *Store) Seed(ctx context.Context, p Population) error {
	return s.Transact(ctx, func(ctx context.Context, tx *Tx) error {
		known, err := tx.knowledge(ctx)
		if err != nil {
			return err
		}
		if err := tx.ensurePeriod(ctx, p.Month); err != nil {
			return err
		}
		args := pgx.NamedArgs{
			"employer": p.Employer, "municipality": p.Municipality, "inlener": p.Inlener, "schemes": p.Schemes, "hiring": p.Hiring, "by": p.By, "known": known,
			"contracts": p.Contracts, "lines": p.HourLines, "month": day(p.Month),
		}
		for _, statement := range seedStatements {
			if _, err := tx.Exec(ctx, statement, args); err != nil {
				return fmt.Errorf("seed: %w", err)
			}
		}
		return nil
	})
}

// seedStatements make ids from numbers, so that the statements need no joins.
var seedStatements = []string{
	// The BSN is of nobody, and known, so that the tax is that of the table.
	`INSERT INTO person (id, bsn_hash, bsn_sealed, known)
	 SELECT md5('person' || n)::uuid, sha256(convert_to('bsn' || n, 'UTF8')), sha256('a') || sha256('b'), @known FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO charge_terms (employer, version, valid_from, small, ufo, whk_year, whk_percentage, whk_reference, known, recorded_by)
	 VALUES (@employer, 1, '2026-01-01', false, false, 2026, 1.52, 'bench', @known, @by)`,
	`INSERT INTO employment (id, person, employer, number, known)
	 SELECT md5('employment' || n)::uuid, md5('person' || n)::uuid, @employer, 'P-' || n, @known FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO employment_version (employment, version, name, birth, iban, korting, known, recorded_by)
	 SELECT md5('employment' || n)::uuid, 1, 'Persoon ' || n, date '1962-01-01' + (n * 37 % 16800), 'NL91ABNA0417164300', true, @known, @by
	 FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO contract (id, employer, number, employment, person, scheme, municipality, known)
	 SELECT md5('contract' || n)::uuid, @employer, 'C-' || n, md5('employment' || n)::uuid, md5('person' || n)::uuid, (@schemes::text[])[1 + n % cardinality(@schemes::text[])], @municipality, @known
	 FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO contract_version (contract, version, valid_from, starts, hours_per_week, full_time_hours, wage_base, wage_factor, pay_basis,
		averaging, written, open_ended, on_call, known, recorded_by)
	 SELECT md5('contract' || n)::uuid, 1, date '2026-07-01', date '2026-07-01', 24 + n % 17, 40, 'WML', 1 + (n % 3) * 0.01, 'hours', false, true, true, false, @known, @by
	 FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO contract_current (contract, employer, person, scheme, days)
	 SELECT md5('contract' || n)::uuid, @employer, md5('person' || n)::uuid, (@schemes::text[])[1 + n % cardinality(@schemes::text[])], daterange(date '2026-07-01', NULL)
	 FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO decision (id, municipality, number, contract, known)
	 SELECT md5('decision' || n)::uuid, @municipality, 'D-' || n, md5('contract' || n)::uuid, @known FROM generate_series(1, @contracts::int) n`,
	// Half of the decisions start with the month, so that instalments fall due.
	`INSERT INTO decision_version (decision, version, valid_from, document, granted, starts, route, hours_per_week, budget, known, recorded_by)
	 SELECT md5('decision' || n)::uuid, 1, d, 'beschikking', d, d, 'loonwaarde', 24 + n % 17, 'own', @known, @by
	 FROM generate_series(1, @contracts::int) n, LATERAL (SELECT CASE WHEN n % 4 < 2 THEN @month ELSE date '2026-07-01' END AS d) x`,
	`INSERT INTO budget_entry (municipality, year, source, kind, amount, entered_by) VALUES (@municipality, 2026, 'own', 'granted', 9000000000, @by)`,
	`INSERT INTO placement (id, contract, inlener, days, price, known, recorded_by)
	 SELECT md5('placement' || n)::uuid, md5('contract' || n)::uuid, @inlener, daterange(@month, NULL),
		CASE WHEN n % 16 < 8 OR NOT (@schemes::text[])[1 + n % cardinality(@schemes::text[])] = ANY (@hiring::text[]) THEN 15.25 END, @known, @by
	 FROM generate_series(1, @contracts::int) n WHERE n % 3 > 0`,
	`INSERT INTO decision_current (decision, contract, days)
	 SELECT md5('decision' || n)::uuid, md5('contract' || n)::uuid, daterange(date '2026-07-01', NULL) FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO loonwaarde (contract, version, valid_from, percent, measured_by, known, recorded_by)
	 SELECT md5('contract' || n)::uuid, 1, date '2026-07-01', 20 + n % 71, 'bench', @known, @by FROM generate_series(1, @contracts::int) n`,
	`INSERT INTO submission (organisation, id, body_hash, submitted_by, verdict)
	 VALUES (@employer, md5('submission')::uuid, sha256('bench'), @by, '{}')`,
	`INSERT INTO hours (period, contract, day, kind, version, quantity, late, submitter, submission, line, known)
	 SELECT @month, md5('contract' || n)::uuid, @month::date + d, 'worked', 1, 20 * (24 + n % 17), false, @employer, md5('submission')::uuid, d + 1, @known
	 FROM generate_series(1, @contracts::int) n
	 CROSS JOIN (SELECT d FROM generate_series(0, 30) d WHERE extract(isodow FROM @month::date + d) < 6 ORDER BY d LIMIT @lines::int) x`,
}

// Settle lets the planner know a database that was just filled.
func (s *Store) Settle(ctx context.Context) error {
	for _, statement := range []string{`VACUUM ANALYZE`, `CHECKPOINT`} {
		if _, err := s.pool.Exec(ctx, statement); err != nil {
			return fmt.Errorf("settle the database: %w", err)
		}
	}
	return nil
}

// CopyDatabase makes a database from a template to which nobody is connected,
// and returns its URL.
func CopyDatabase(ctx context.Context, url, template, name string) (string, error) {
	conn, err := pgx.Connect(ctx, inDatabase(url, "postgres"))
	if err != nil {
		return "", fmt.Errorf("copy database %s: %w", template, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range []string{
		`DROP DATABASE IF EXISTS ` + pgx.Identifier{name}.Sanitize(),
		`CREATE DATABASE ` + pgx.Identifier{name}.Sanitize() + ` TEMPLATE ` + pgx.Identifier{template}.Sanitize(),
		`CHECKPOINT`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("copy database %s: %w", template, err)
		}
	}
	return inDatabase(url, name), nil
}

// inDatabase is the same URL for another database.
func inDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}
