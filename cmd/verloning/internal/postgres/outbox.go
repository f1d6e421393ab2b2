package postgres

import (
	"context"
	"fmt"

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
	for i := range events {
		if events[i].Version > 0 {
			continue
		}
		err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) + 1 FROM outbox WHERE aggregate = $1 AND owner = $2`,
			events[i].Aggregate, events[i].Owner).Scan(&events[i].Version)
		if err != nil {
			return fmt.Errorf("version of %s %s: %w", events[i].Noun, events[i].Aggregate, err)
		}
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
