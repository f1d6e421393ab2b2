package main

import (
	"context"
	"time"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
)

// outbox lets the relay, which knows the bus, read the outbox, which the
// database keeps: adapters do not know each other.
type outbox struct{ store *postgres.Store }

func (o outbox) Open(ctx context.Context) (bus.Session, error) {
	lanes, err := o.store.OpenLanes(ctx)
	if err != nil {
		return nil, err
	}
	return session{lanes}, nil
}

type session struct{ *postgres.Lanes }

func (s session) Pending(ctx context.Context, partition int16, limit int) ([]bus.Outgoing, error) {
	rows, err := s.Lanes.Pending(ctx, partition, limit)
	if err != nil {
		return nil, err
	}
	return outgoing(rows), nil
}

// outgoing hands rows of the database to the bus.
func outgoing(rows []postgres.OutboxRow) []bus.Outgoing {
	out := make([]bus.Outgoing, len(rows))
	for i, r := range rows {
		out[i] = bus.Outgoing{
			Row: r.Row, Partition: r.Partition, ID: r.ID, Account: r.Account, Noun: r.Noun, Aggregate: r.Aggregate,
			Version: r.Version, Verb: r.Verb, Time: r.Time, Data: []byte(r.Data),
		}
	}
	return out
}

func (s session) Published(ctx context.Context, partition int16, incarnation string, receipts []bus.Receipt) error {
	rows, sequences := make([]int64, len(receipts)), make([]int64, len(receipts))
	for i, r := range receipts {
		rows[i], sequences[i] = r.Row, int64(r.Sequence)
	}
	return s.Lanes.Published(ctx, partition, incarnation, rows, sequences)
}

func (s session) Repair(ctx context.Context, incarnation string, last uint64, maxAge time.Duration) (int64, error) {
	return s.Lanes.Repair(ctx, incarnation, last, maxAge)
}
