package bus

import (
	"context"
	"time"
)

// Outbox is what the relay needs of the database.
type Outbox interface {
	Open(ctx context.Context) (Session, error)
}

// Session holds one database connection with the advisory locks of the
// partitions that it could take. The relay calls it from one goroutine at a
// time, and after the first error only closes it: with the connection the
// locks are gone, and another relay may have them.
type Session interface {
	// Take tries to lock the partitions not yet held and returns all that are.
	Take(ctx context.Context) ([]int16, error)
	// Pending returns unpublished rows of a partition in row order.
	Pending(ctx context.Context, partition int16, limit int) ([]Outgoing, error)
	// Published records where the stream of that incarnation keeps rows of a
	// partition.
	Published(ctx context.Context, partition int16, incarnation string, receipts []Receipt) error
	// Repair marks rows unpublished again and returns how many: those of another
	// incarnation that are younger than maxAge (all of them when it is zero),
	// and those of this incarnation with a sequence above last.
	Repair(ctx context.Context, incarnation string, last uint64, maxAge time.Duration) (int64, error)
	Close()
}

// Receipt says at which sequence the stream keeps a row.
type Receipt struct {
	Row      int64
	Sequence uint64
}
