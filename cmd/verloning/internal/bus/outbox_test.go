package bus

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

const streamPartitions = 4

// streamOutbox stands in for the outbox table and the advisory locks on it.
type streamOutbox struct {
	mu       sync.Mutex
	rows     []*streamRow
	versions map[uuid.UUID]int
	locks    map[int16]*streamSession
	sessions []*streamSession
	most     int // partitions of one session
	faults   int // calls made on a session after it failed

	onPublished func(s *streamSession, receipts []Receipt) error // before receipts are recorded
}

type streamRow struct {
	Outgoing
	incarnation string // empty while unpublished
	sequence    uint64
}

type streamSession struct {
	box    *streamOutbox
	dead   bool
	failed bool // the relay was told
}

var errStreamSession = errors.New("terminating connection due to administrator command")

func streamNewOutbox() *streamOutbox {
	return &streamOutbox{
		versions: make(map[uuid.UUID]int), locks: make(map[int16]*streamSession), most: streamPartitions,
	}
}

func (b *streamOutbox) Open(ctx context.Context) (Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &streamSession{box: b}
	b.sessions = append(b.sessions, s)
	return s, ctx.Err()
}

// add writes the next event of an aggregate.
func (b *streamOutbox) add(aggregate uuid.UUID, data string) *streamRow {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.versions[aggregate]++
	row := &streamRow{Outgoing: Outgoing{
		Row: int64(len(b.rows) + 1), Partition: int16(aggregate[0] % streamPartitions), ID: uuid.New(),
		Account: "AORG", Noun: "payment", Aggregate: aggregate, Version: b.versions[aggregate],
		Verb: "ordered", Time: time.Now(), Data: []byte(data),
	}}
	b.rows = append(b.rows, row)
	return row
}

// kill ends sessions as the database would: their locks are free at once, and
// the relay hears of it at its next call.
func (b *streamOutbox) kill(which func(*streamSession) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.sessions {
		if which(s) {
			s.end()
		}
	}
}

func (s *streamSession) end() {
	s.dead = true
	for p, holder := range s.box.locks {
		if holder == s {
			delete(s.box.locks, p)
		}
	}
}

// enter is the start of every call; it counts calls after a failure.
func (s *streamSession) enter() error {
	if s.failed {
		s.box.faults++
	}
	if s.dead {
		s.failed = true
		return errStreamSession
	}
	return nil
}

func (s *streamSession) Take(context.Context) ([]int16, error) {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if err := s.enter(); err != nil {
		return nil, err
	}
	var held []int16
	for p := range int16(streamPartitions) {
		if s.box.locks[p] == nil && len(held) < s.box.most {
			s.box.locks[p] = s
		}
		if s.box.locks[p] == s {
			held = append(held, p)
		}
	}
	return held, nil
}

func (s *streamSession) Pending(_ context.Context, partition int16, limit int) ([]Outgoing, error) {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if err := s.enter(); err != nil {
		return nil, err
	}
	var pending []Outgoing
	for _, row := range s.box.rows {
		if row.Partition == partition && row.incarnation == "" && len(pending) < limit {
			pending = append(pending, row.Outgoing)
		}
	}
	return pending, nil
}

func (s *streamSession) Published(_ context.Context, _ int16, incarnation string, receipts []Receipt) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if hook := s.box.onPublished; hook != nil {
		if err := hook(s, receipts); err != nil {
			return err
		}
	}
	if err := s.enter(); err != nil {
		return err
	}
	for _, r := range receipts {
		row := s.box.rows[r.Row-1]
		row.incarnation, row.sequence = incarnation, r.Sequence
	}
	return nil
}

func (s *streamSession) Repair(_ context.Context, incarnation string, last uint64, maxAge time.Duration) (int64, error) {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if err := s.enter(); err != nil {
		return 0, err
	}
	var n int64
	for _, row := range s.box.rows {
		other := row.incarnation != "" && row.incarnation != incarnation && (maxAge == 0 || time.Since(row.Time) < maxAge)
		if other || row.incarnation == incarnation && row.sequence > last {
			row.incarnation, row.sequence = "", 0
			n++
		}
	}
	return n, nil
}

func (s *streamSession) Close() {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.end()
}

func (b *streamOutbox) pending() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, row := range b.rows {
		if row.incarnation == "" {
			n++
		}
	}
	return n
}

// streamRelay runs a relay until the test ends.
func streamRelay(t testing.TB, box *streamOutbox, js jetstream.JetStream, change func(*RelayConfig)) *Relay {
	t.Helper()
	cfg := RelayConfig{
		Outbox: box, JetStream: js, Instance: "test", Log: new(streamLog).logger(),
		Poll: 20 * time.Millisecond, Check: 50 * time.Millisecond, Retry: 5 * time.Millisecond,
		RetryMax: 50 * time.Millisecond, AckWait: 2 * time.Second,
	}
	if change != nil {
		change(&cfg)
	}
	r := NewRelay(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		if err := r.Run(ctx); err != nil {
			t.Errorf("the relay ended: %v", err)
		}
	}()
	t.Cleanup(func() { cancel(); <-r.ended })
	return r
}

// streamEvents reads the whole event stream.
func streamEvents(t testing.TB, js jetstream.JetStream) []*jetstream.RawStreamMsg {
	t.Helper()
	stream, err := js.Stream(context.Background(), EventStream)
	if err != nil {
		t.Fatal(err)
	}
	var all []*jetstream.RawStreamMsg
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		msg, err := stream.GetMsg(context.Background(), seq)
		if err != nil {
			t.Fatalf("sequence %d: %v", seq, err)
		}
		all = append(all, msg)
	}
	return all
}

// check holds the stream against the outbox: a consumer that drops ids that it
// has seen gets every event once and those of an aggregate in order, and every
// receipt points at its event. It returns how many duplicates the stream has.
func (b *streamOutbox) check(t testing.TB, js jetstream.JetStream) (duplicates int) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rows) == 0 {
		t.Fatal("the test checks nothing")
	}
	byID := make(map[string]*streamRow)
	for _, row := range b.rows {
		byID[row.ID.String()] = row
	}
	seen := make(map[string]bool)
	versions := make(map[uuid.UUID]int)
	events := streamEvents(t, js)
	for _, msg := range events {
		id := msg.Header.Get(jetstream.MsgIDHeader)
		row := byID[id]
		if row == nil {
			t.Fatalf("sequence %d holds an event that nobody wrote", msg.Sequence)
		}
		if seen[id] {
			duplicates++
			continue
		}
		seen[id] = true
		versions[row.Aggregate]++
		if row.Version != versions[row.Aggregate] {
			t.Errorf("sequence %d: version %d of an aggregate comes as its %d.", msg.Sequence, row.Version, versions[row.Aggregate])
		}
	}
	for _, row := range b.rows {
		switch {
		case !seen[row.ID.String()]:
			t.Errorf("row %d is not in the stream", row.Row)
		case row.sequence == 0 || row.sequence > uint64(len(events)):
			t.Errorf("row %d has sequence %d of %d", row.Row, row.sequence, len(events))
		case events[row.sequence-1].Header.Get(jetstream.MsgIDHeader) != row.ID.String():
			t.Errorf("row %d points at another event", row.Row)
		}
	}
	if b.faults > 0 {
		t.Errorf("%d calls on a session after it had failed", b.faults)
	}
	return duplicates
}

func streamAggregates(n int) []uuid.UUID {
	all := make([]uuid.UUID, n)
	for i := range all {
		all[i] = uuid.New()
	}
	return all
}
