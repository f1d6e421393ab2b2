package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// partitions is how many lanes the relay publishes in; all events of one
// aggregate go by the same lane, in order.
const partitions = 16

// Announce puts an event into the outbox that may have been put there before:
// handling a message a second time changes nothing.
func (tx *Tx) Announce(ctx context.Context, e payroll.Event) error {
	var there bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM outbox WHERE aggregate = $1 AND owner = $2 AND version = $3)`, e.Aggregate, e.Owner, e.Version).Scan(&there)
	if err != nil || there {
		return err
	}
	return tx.Publish(ctx, []payroll.Event{e})
}

// Publish puts events into the outbox. An event without a version gets the
// next of its aggregate, whose lock the transaction holds; the unique key
// refuses a second event for a version in any case.
func (tx *Tx) Publish(ctx context.Context, events []payroll.Event) error {
	if len(events) == 0 {
		return nil
	}
	tx.published = true
	if err := tx.number(ctx, events); err != nil {
		return err
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"outbox"},
		[]string{"partition", "id", "owner", "noun", "aggregate", "version", "verb", "data"},
		pgx.CopyFromSlice(len(events), func(i int) ([]any, error) {
			e := events[i]
			return []any{int16(e.Aggregate[15] % partitions), key(e.ID()), key(e.Owner), e.Noun, key(e.Aggregate), int32(e.Version), e.Verb, string(e.Data)}, nil
		}))
	if err != nil {
		return fmt.Errorf("announce %d events from %s.%s on: %w", len(events), events[0].Noun, events[0].Verb, redact(err))
	}
	return nil
}

// stream is the events of one aggregate to one owner.
type stream struct{ aggregate, owner uuid.UUID }

// number gives each event without a version the next of its aggregate.
func (tx *Tx) number(ctx context.Context, events []payroll.Event) error {
	newest := map[stream]int{}
	var aggregates, owners []uuid.UUID
	for _, e := range events {
		if key := (stream{e.Aggregate, e.Owner}); e.Version == 0 {
			if _, asked := newest[key]; !asked {
				newest[key] = 0
				aggregates, owners = append(aggregates, e.Aggregate), append(owners, e.Owner)
			}
		}
	}
	if len(newest) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `
		SELECT n.aggregate, n.owner, o.version
		FROM unnest($1::uuid[], $2::uuid[]) AS n (aggregate, owner)
		JOIN LATERAL (SELECT version FROM outbox WHERE aggregate = n.aggregate AND owner = n.owner ORDER BY version DESC LIMIT 1) o ON true`, aggregates, owners)
	if err != nil {
		return fmt.Errorf("versions of events: %w", err)
	}
	var key stream
	var version int
	_, err = pgx.ForEachRow(rows, []any{&key.aggregate, &key.owner, &version}, func() error {
		newest[key] = version
		return nil
	})
	if err != nil {
		return fmt.Errorf("versions of events: %w", err)
	}
	for i, e := range events {
		if key := (stream{e.Aggregate, e.Owner}); e.Version == 0 {
			newest[key]++
			events[i].Version = newest[key]
		}
	}
	return nil
}
