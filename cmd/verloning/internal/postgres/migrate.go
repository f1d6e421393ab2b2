package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"verloning/migrations"
)

// Migrate brings the schema up to this program's. Processes that start at the
// same time wait for each other on an advisory lock; a second time does
// nothing. It returns how many steps it took.
func Migrate(ctx context.Context, url string) (int, error) {
	provider, db, err := newProvider(url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	steps, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate the schema: %w", err)
	}
	return len(steps), nil
}

// ErrSchema means that the database's schema is not this program's.
var ErrSchema = errors.New("the schema of the database is not this program's")

// CheckSchema refuses to work on another schema than this program's: a worker
// that is older than the schema must not write, one that is newer must migrate
// first.
func CheckSchema(ctx context.Context, url string) error {
	provider, db, err := newProvider(url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	have, want, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	switch {
	case have < want:
		return fmt.Errorf("%w: it is at step %d and this program needs %d; run: verloning migrate", ErrSchema, have, want)
	case have > want:
		return fmt.Errorf("%w: it is at step %d and this program knows %d; start a newer verloning", ErrSchema, have, want)
	}
	return nil
}

func newProvider(url string) (*goose.Provider, *sql.DB, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, nil, errors.New("the database URL cannot be read (it is not shown, since it may hold a password)")
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, fmt.Errorf("migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, db, nil
}
