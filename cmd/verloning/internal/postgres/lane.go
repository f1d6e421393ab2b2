package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"verloning/payroll"
)

// Lanes are the partitions of the outbox that one relay holds. The locks belong
// to one connection: when it dies they are free at once, and another relay may
// take them.
type Lanes struct {
	conn *pgxpool.Conn
	held []int16
}

// OutboxRow is an event that waits to be published, with the account of its
// owner.
type OutboxRow struct {
	Row       int64
	Partition int16
	ID        uuid.UUID
	Account   string
	Noun      string
	Aggregate uuid.UUID
	Version   int
	Verb      string
	Time      time.Time
	Data      string
}

// OpenLanes takes a connection for a relay.
func (s *Store) OpenLanes(ctx context.Context) (*Lanes, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	// Where an event landed may be lost with the power: it is then published
	// again under the same id, which the stream or the consumer drops. So this
	// one connection, which a pool never gets back, need not wait for the disk.
	//
	// What waits is read by its index, in its order. The planner knows nothing of
	// rows that were written a moment ago, takes them for few, and would sort all
	// that wait in a partition for every batch of them.
	if _, err := conn.Exec(ctx, `
		SELECT set_config(name, 'off', false) FROM unnest(ARRAY['synchronous_commit', 'enable_seqscan', 'enable_bitmapscan']) name`); err != nil {
		conn.Release()
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return &Lanes{conn: conn, held: []int16{}}, nil
}

// Close gives the connection up. It is closed and not handed back, so that its
// locks cannot outlive the relay in a pool.
func (l *Lanes) Close() {
	conn := l.conn.Hijack()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

// Take tries to lock the partitions not yet held and returns all that are.
func (l *Lanes) Take(ctx context.Context) ([]int16, error) {
	rows, err := l.conn.Query(ctx, `
		SELECT p::smallint FROM generate_series(0, $1::int - 1) p
		WHERE NOT p = ANY ($2::smallint[]) AND pg_try_advisory_lock(7423, p)`, partitions, l.held)
	if err != nil {
		return nil, fmt.Errorf("take partitions of the outbox: %w", err)
	}
	taken, err := pgx.CollectRows(rows, pgx.RowTo[int16])
	if err != nil {
		return nil, fmt.Errorf("take partitions of the outbox: %w", err)
	}
	l.held = append(l.held, taken...)
	return l.held, nil
}

// Pending returns unpublished rows of a partition in row order. Rows of one
// aggregate get their numbers under its lock, so that row order is the order of
// its versions; a transaction that commits late adds rows of others only.
func (l *Lanes) Pending(ctx context.Context, partition int16, limit int) ([]OutboxRow, error) {
	rows, err := l.conn.Query(ctx, `
		WITH w AS MATERIALIZED (SELECT row FROM outbox_waiting WHERE partition = $1 ORDER BY row LIMIT $2),
		     b AS MATERIALIZED (SELECT b.* FROM w JOIN outbox b ON b.row = w.row),
		     a AS MATERIALIZED (SELECT DISTINCT ON (organisation) organisation, public FROM account WHERE organisation IN (SELECT owner FROM b) ORDER BY organisation, since, public)
		SELECT b.row, b.partition, b.id, a.public, b.noun, b.aggregate, b.version, b.verb, b.recorded_at, b.data
		FROM b JOIN a ON a.organisation = b.owner ORDER BY b.row`, partition, limit)
	if err != nil {
		return nil, fmt.Errorf("pending events of partition %d: %w", partition, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[OutboxRow])
}

// Published records where rows of a partition landed.
func (l *Lanes) Published(ctx context.Context, partition int16, incarnation string, rows, sequences []int64) error {
	_, err := l.conn.Exec(ctx, `
		WITH gone AS (DELETE FROM outbox_waiting WHERE partition = $1 AND row = ANY ($3::bigint[]))
		INSERT INTO outbox_landed (row, incarnation, sequence)
		SELECT n.row, $2, n.sequence FROM unnest($3::bigint[], $4::bigint[]) AS n (row, sequence)
		ON CONFLICT (row) DO UPDATE SET incarnation = excluded.incarnation, sequence = excluded.sequence`, partition, incarnation, rows, sequences)
	if err != nil {
		return fmt.Errorf("record %d published events: %w", len(rows), err)
	}
	return nil
}

// Repair lets wait again what the stream does not have: rows of another
// incarnation younger than maxAge (all of them when it is nought), and rows of
// this incarnation beyond its last sequence.
func (l *Lanes) Repair(ctx context.Context, incarnation string, last uint64, maxAge time.Duration) (int64, error) {
	tag, err := l.conn.Exec(ctx, `
		WITH lost AS (
			DELETE FROM outbox_landed WHERE row IN (
				SELECT row FROM outbox_landed WHERE incarnation = @incarnation AND sequence > @last
				UNION ALL
				SELECT b.row FROM outbox_landed l JOIN outbox b ON b.row = l.row
				WHERE l.incarnation <> @incarnation AND (@seconds = 0 OR b.recorded_at > now() - make_interval(secs => @seconds)))
			RETURNING row)
		INSERT INTO outbox_waiting SELECT b.partition, b.row FROM lost JOIN outbox b ON b.row = lost.row`,
		pgx.NamedArgs{"incarnation": incarnation, "last": int64(last), "seconds": int64(maxAge.Seconds())})
	if err != nil {
		return 0, fmt.Errorf("repair the outbox: %w", err)
	}
	return tag.RowsAffected(), nil
}

// Unknown returns those of the event ids that the outbox does not have: what
// the stream saw and this database does not know.
func (s *Store) Unknown(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `SELECT n.id FROM unnest($1::uuid[]) AS n (id) WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.id = n.id)`, ids)
	if err != nil {
		return nil, fmt.Errorf("unknown events: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Vouched is the sequence of an incarnation of the event stream up to which
// this database knows what was published: the highest that it recorded, or up
// to which a person released it.
func (s *Store) Vouched(ctx context.Context, incarnation string) (last int64, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT greatest((SELECT coalesce(max(sequence), 0) FROM outbox_landed WHERE incarnation = $1),
		                (SELECT coalesce(max(sequence), 0) FROM stream_release WHERE incarnation = $1))`, incarnation).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("vouched events: %w", err)
	}
	return last, nil
}

// Release notes that a person looked at what the stream knows and this database
// does not.
func (tx *Tx) Release(ctx context.Context, a payroll.Actor, incarnation string, last int64, reason string) error {
	_, err := tx.Exec(ctx, `INSERT INTO stream_release (incarnation, sequence, reason, released_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		incarnation, last, reason, a.User)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

// Waiting counts events that are not published.
func (s *Store) Waiting(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*)::int FROM outbox_waiting`).Scan(&n)
	return n, err
}

// Republish lets all events of an organisation since an instant wait again, for
// a consumer that lost its own copy.
func (tx *Tx) Republish(ctx context.Context, organisation uuid.UUID, since time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, `
		WITH back AS (
			DELETE FROM outbox_landed l USING outbox b WHERE b.row = l.row AND b.owner = $1 AND b.recorded_at >= $2 RETURNING b.partition, b.row)
		INSERT INTO outbox_waiting SELECT partition, row FROM back`, organisation, since)
	if err != nil {
		return 0, fmt.Errorf("replay events: %w", err)
	}
	tx.published = true
	return tag.RowsAffected(), nil
}

// ErrOtherBus means that this database announces on the bus of another operator.
var ErrOtherBus = errors.New("this database announces on a bus with other keys; point VERLONING_NATS_KEYS at them")

// OwnBus notes, the first time, whose bus this database announces on, and
// refuses another: two buses on one outbox would each get half of the events.
func (s *Store) OwnBus(ctx context.Context, operator string) error {
	var owner string
	err := s.pool.QueryRow(ctx, `UPDATE instance SET operator = coalesce(operator, $1) RETURNING operator`, operator).Scan(&owner)
	if err != nil {
		return fmt.Errorf("bus of this database: %w", err)
	}
	if owner != operator {
		return ErrOtherBus
	}
	return nil
}

// Instance is what names this database to the outside.
func (s *Store) Instance(ctx context.Context) (id uuid.UUID, err error) {
	err = s.pool.QueryRow(ctx, `SELECT id FROM instance`).Scan(&id)
	return id, err
}
