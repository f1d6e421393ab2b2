package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"verloning/payroll/calendar"
)

// Config says how the database is reached; zero values get sensible limits.
type Config struct {
	URL              string
	MaxConns         int32
	StatementTimeout time.Duration
	LockTimeout      time.Duration
	IdleTimeout      time.Duration // of a transaction that does nothing
	Vault            *Vault        // nil until OpenVault gave one
	Log              *slog.Logger
	Amsterdam        *time.Location
}

// Store keeps what the desks decide.
type Store struct {
	pool  *pgxpool.Pool
	vault *Vault
	log   *slog.Logger
	place *time.Location
	wake  func()
}

// Open connects. A schema that is older or newer than this program's is the
// caller's to check, with CheckSchema.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	pc, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("the database URL cannot be read (it is not shown, since it may hold a password)")
	}
	pc.MaxConns = or(cfg.MaxConns, 20)
	pc.MaxConnIdleTime = 5 * time.Minute
	pc.ConnConfig.ConnectTimeout = 10 * time.Second
	for key, d := range map[string]time.Duration{
		"statement_timeout":                   or(cfg.StatementTimeout, 10*time.Minute),
		"lock_timeout":                        or(cfg.LockTimeout, time.Minute),
		"idle_in_transaction_session_timeout": or(cfg.IdleTimeout, 2*time.Minute),
	} {
		pc.ConnConfig.RuntimeParams[key] = fmt.Sprint(d.Milliseconds())
	}
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// A generic plan made while a month's tables were empty is kept when they
	// are full, and then reads them whole for every row: plan each time. Not by
	// plan_cache_mode, which would plan the check of each foreign key of each row
	// as well, but with statements that have no name.
	pc.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	// What the planner guesses of rows that it has not counted yet can be dear
	// enough to compile a statement that is done in a millisecond.
	pc.ConnConfig.RuntimeParams["jit"] = "off"
	// Nearly all that is read was read or written a moment ago, or lies on a disk
	// without an arm. The usual 4 has each shard read the month's hours whole.
	pc.ConnConfig.RuntimeParams["random_page_cost"] = "1.1"
	// A shard is a share of the work already: helpers that read all contracts for
	// its five hundred take the processors from the other shards.
	pc.ConnConfig.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	pc.ConnConfig.RuntimeParams["application_name"] = "verloning"
	pc.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		pgxdecimal.Register(c.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", redact(err))
	}
	return &Store{pool: pool, vault: cfg.Vault, log: cfg.Log, place: cfg.Amsterdam, wake: func() {}}, nil
}

// Close waits for running transactions and closes every connection.
func (s *Store) Close() { s.pool.Close() }

// OnPublish names what to call after a commit that put events into the outbox.
func (s *Store) OnPublish(wake func()) { s.wake = wake }

// retries is how often a transaction is begun again after a conflict.
const retries = 8

// Transact runs work in one transaction and commits it. Conflicts (40001,
// 40P01) are retried, so the closure may run more than once and must not touch
// anything outside the transaction. All of it sees one instant and one day.
func (s *Store) Transact(ctx context.Context, work func(context.Context, *Tx) error) error {
	var err error
	for attempt := range retries {
		err = s.attempt(ctx, work)
		if made, failure := s.madePeriod(ctx, err); failure != nil {
			return failure
		} else if made {
			continue
		}
		if !conflict(err) {
			return err
		}
		wait := time.Duration(rand.Int64N(int64(10*time.Millisecond) << attempt))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return fmt.Errorf("after %d conflicts: %w", retries, err)
}

func (s *Store) attempt(ctx context.Context, work func(context.Context, *Tx) error) error {
	var published bool
	err := pgx.BeginFunc(ctx, s.pool, func(ptx pgx.Tx) error {
		tx := &Tx{Tx: ptx, vault: s.vault, place: s.place}
		if err := ptx.QueryRow(ctx, `SELECT now()`).Scan(&tx.now); err != nil {
			return err
		}
		err := work(ctx, tx)
		published = tx.published
		return err
	})
	if err == nil && published {
		s.wake()
	}
	return err
}

// periodMissing means that months have no partitions yet.
type periodMissing struct{ months []calendar.Date }

func (p periodMissing) Error() string { return fmt.Sprintf("no partitions for %v", p.months) }

// madePeriod makes the partitions that a transaction found missing.
func (s *Store) madePeriod(ctx context.Context, err error) (bool, error) {
	var missing periodMissing
	if !errors.As(err, &missing) {
		return false, nil
	}
	return true, s.makePeriods(ctx, missing.months)
}

// makePeriods makes the partitions of months, each in a transaction of its own.
func (s *Store) makePeriods(ctx context.Context, months []calendar.Date) error {
	for _, month := range months {
		var err error
		for range retries {
			if _, err = s.pool.Exec(ctx, `SELECT ensure_period($1)`, day(month)); !conflict(err) {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("partitions of %s: %w", month, redact(err))
		}
	}
	return nil
}

// PreparePeriods makes the months around now beforehand, while nobody waits.
func (s *Store) PreparePeriods(ctx context.Context) error {
	var now time.Time
	if err := s.pool.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return fmt.Errorf("partitions: %w", err)
	}
	month := calendar.MonthOf(calendar.Of(now, s.place))
	return s.makePeriods(ctx, []calendar.Date{month.Previous().From, month.From, month.Next().From})
}

// conflict reports what PostgreSQL asks to be tried again.
func conflict(err error) bool {
	code, _ := refusal(err)
	return code == "40001" || code == "40P01"
}

// violates reports whether a constraint of this name refused a row.
func violates(err error, constraint string) bool {
	_, name := refusal(err)
	return name == constraint
}

// refusal is the code and the constraint that PostgreSQL refused with.
func refusal(err error) (code, constraint string) {
	var pg *pgconn.PgError
	var kept *redacted
	switch {
	case errors.As(err, &pg):
		return pg.Code, pg.ConstraintName
	case errors.As(err, &kept):
		return kept.code, kept.constraint
	}
	return "", ""
}

// redacted is an error of PostgreSQL without what it may quote.
type redacted struct{ code, constraint, text string }

func (r *redacted) Error() string { return r.text }

// Unavailable reports that the database is away or overloaded: what was asked
// may be asked again later, unchanged.
func Unavailable(err error) bool {
	code, _ := refusal(err)
	var network net.Error
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded):
		return true
	case len(code) == 5:
		return slices.Contains([]string{"08", "53", "57"}, code[:2]) || code == "55P03" || code == "25P03"
	}
	return false
}

// redact drops what an error of PostgreSQL may quote from a row: detail and
// where can hold values, which may be private.
func redact(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	return &redacted{pg.Code, pg.ConstraintName, fmt.Sprintf("%s %s (table %s, constraint %s)", pg.Severity, pg.Code, pg.TableName, pg.ConstraintName)}
}

// Tx is one transaction. It satisfies the Tx of both desks.
type Tx struct {
	pgx.Tx
	now       time.Time
	place     *time.Location
	vault     *Vault
	known     int64
	published bool
}

// Today is the database's day in Europe/Amsterdam.
func (tx *Tx) Today() calendar.Date { return calendar.Of(tx.now, tx.place) }

// Seen names what statements of the transaction see now: two of the same name see the
// same rows.
func (tx *Tx) Seen(ctx context.Context) (snapshot string, err error) {
	if err = tx.QueryRow(ctx, `SELECT pg_current_snapshot()::text`).Scan(&snapshot); err != nil {
		err = fmt.Errorf("snapshot: %w", err)
	}
	return snapshot, err
}

// Now is what the database's clock shows in Europe/Amsterdam.
func (tx *Tx) Now() calendar.Moment { return calendar.MomentOf(tx.now, tx.place) }

// knowledge is the number that facts of this transaction carry; asking for it
// holds off every cut-off until the transaction ends.
func (tx *Tx) knowledge(ctx context.Context) (int64, error) {
	if tx.known == 0 {
		if err := tx.QueryRow(ctx, `SELECT knowledge_to_write()`).Scan(&tx.known); err != nil {
			return 0, fmt.Errorf("knowledge number: %w", err)
		}
	}
	return tx.known, nil
}

// FixCutoff assigns the next knowledge number as a cut-off.
func (tx *Tx) FixCutoff(ctx context.Context) (cutoff int64, err error) {
	if err = tx.QueryRow(ctx, `SELECT knowledge_cutoff()`).Scan(&cutoff); err != nil {
		return 0, fmt.Errorf("fix a cut-off: %w", err)
	}
	return cutoff, nil
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
