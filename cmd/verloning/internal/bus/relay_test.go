package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Two relays share an outbox while sessions die, receipts fail before and
// after they were recorded, and rows keep coming.
func TestRelayTwoOfThem(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	first, second := streamConnect(t, s.ClientURL()), streamConnect(t, s.ClientURL())
	if err := EnsureStreams(t.Context(), first, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	box := streamNewOutbox()
	box.most = streamPartitions/2 + 1 // so that both have work, and fight for some
	chance := rand.New(rand.NewPCG(1, 2))
	var killed int
	box.onPublished = func(s *streamSession, _ []Receipt) error {
		if chance.IntN(12) == 0 {
			killed++
			s.end() // the database ends the connection before the receipts arrive
		}
		return nil
	}
	small := func(c *RelayConfig) { c.BatchSize = 7 }
	relays := []*Relay{streamRelay(t, box, first, small), streamRelay(t, box, second, small)}
	aggregates := streamAggregates(20)
	for i := range 1500 {
		box.add(aggregates[rand.IntN(len(aggregates))], `{"i":1}`)
		relays[i%2].Wake()
		if i%100 == 50 {
			box.kill(func(s *streamSession) bool { return !s.dead && rand.IntN(2) == 0 })
		}
		if i%10 == 0 {
			time.Sleep(time.Millisecond) // pace of the writer, not synchronisation
		}
	}
	streamEventually(t, "everything is published", func() bool { return box.pending() == 0 })
	for _, r := range relays {
		if err := r.Flush(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := box.check(t, first); n != 0 {
		t.Errorf("%d duplicates within the dedupe window", n)
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	if killed == 0 || relays[0].Stats().Published == 0 || relays[1].Stats().Published == 0 {
		t.Errorf("the test checks too little: %d killed, %+v, %+v", killed, relays[0].Stats(), relays[1].Stats())
	}
}

// A relay dies between the answer of the stream and the receipt in the
// database: what comes again is recognised and gets the sequence it has.
func TestRelayDiesBeforeReceipts(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	box := streamNewOutbox()
	aggregate := uuid.New()
	for range 50 {
		box.add(aggregate, `{}`)
	}
	died := false
	box.onPublished = func(s *streamSession, receipts []Receipt) error {
		if !died {
			died = true
			s.end()
		}
		return nil
	}
	r := streamRelay(t, box, js, func(c *RelayConfig) { c.BatchSize = 30 })
	streamEventually(t, "everything is published", func() bool { return box.pending() == 0 })
	if n := box.check(t, js); n != 0 {
		t.Errorf("%d duplicates in the stream", n)
	}
	if stats := r.Stats(); stats.Duplicates != 30 || stats.Published != 50 {
		t.Errorf("stats %+v", stats)
	}
	for i, row := range box.rows {
		if row.sequence != uint64(i+1) {
			t.Fatalf("row %d has sequence %d", row.Row, row.sequence)
		}
	}
}

func TestRelayStreamRecreated(t *testing.T) {
	for name, check := range map[string]time.Duration{"seen at a look": 20 * time.Millisecond, "seen in an answer": time.Hour} {
		t.Run(name, func(t *testing.T) {
			streamNoLeaks(t)
			js := streamStart(t)
			box := streamNewOutbox()
			aggregates := streamAggregates(5)
			for range 100 {
				for _, a := range aggregates {
					box.add(a, `{}`)
				}
			}
			old := box.rows[3]
			r := streamRelay(t, box, js, func(c *RelayConfig) { c.Check = check })
			streamEventually(t, "everything is published", func() bool { return box.pending() == 0 })
			before := streamInfo(t, js, EventStream)
			if err := js.DeleteStream(t.Context(), EventStream); err != nil {
				t.Fatal(err)
			}
			box.mu.Lock()
			old.Time = time.Now().Add(-100 * 24 * time.Hour) // older than the stream keeps
			box.mu.Unlock()
			if err := EnsureStreams(t.Context(), js, StreamConfig{}); err != nil {
				t.Fatal(err)
			}
			after := EventIncarnation(streamInfo(t, js, EventStream))
			if after == EventIncarnation(before) {
				t.Fatal("the incarnation stayed")
			}
			if check == time.Hour {
				box.add(uuid.New(), `{}`) // alone in its aggregate: it may overtake the lost
				r.Wake()
			}
			streamEventually(t, "all rows but the old are in the new stream", func() bool {
				box.mu.Lock()
				defer box.mu.Unlock()
				return !slices.ContainsFunc(box.rows, func(row *streamRow) bool { return row != old && row.incarnation != after })
			})
			if got := r.Stats().Repaired; got != 499 {
				t.Errorf("repaired %d, want 499", got)
			}
			order := make(map[uuid.UUID]int)
			byID := make(map[string]*streamRow)
			for _, row := range box.rows {
				byID[row.ID.String()] = row
			}
			events := streamEvents(t, js)
			for _, msg := range events {
				row := byID[msg.Header.Get(jetstream.MsgIDHeader)]
				if row.Version <= order[row.Aggregate] || row == old {
					t.Errorf("sequence %d holds version %d after %d", msg.Sequence, row.Version, order[row.Aggregate])
				}
				order[row.Aggregate] = row.Version
			}
			if want := len(box.rows) - 1; len(events) != want {
				t.Errorf("%d events in the new stream, want %d", len(events), want)
			}
		})
	}
}

// A server comes back with an older copy of its directory, while the relay
// lives and reconnects, and while it was not there.
func TestRelayStreamTruncated(t *testing.T) {
	for name, alive := range map[string]bool{"relay reconnects": true, "relay starts later": false} {
		t.Run(name, func(t *testing.T) {
			streamNoLeaks(t)
			dir, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup")
			s := streamServer(t, dir, -1)
			port := s.Addr().(*net.TCPAddr).Port
			js := streamConnect(t, s.ClientURL())
			if err := EnsureStreams(t.Context(), js, StreamConfig{}); err != nil {
				t.Fatal(err)
			}
			box := streamNewOutbox()
			aggregates := streamAggregates(3)
			write := func(n int) {
				for i := range n {
					box.add(aggregates[i%3], `{}`)
				}
			}
			write(60)
			log := new(streamLog)
			logging := func(c *RelayConfig) { c.Log = log.logger() }
			ctx, cancel := context.WithCancel(t.Context())
			r := NewRelay(RelayConfig{Outbox: box, JetStream: js, Log: log.logger(),
				Poll: 20 * time.Millisecond, Check: time.Hour, Retry: 5 * time.Millisecond})
			go r.Run(ctx)
			t.Cleanup(func() { cancel(); <-r.ended })
			streamEventually(t, "the first rows are published", func() bool { return box.pending() == 0 })
			streamStop(s)
			if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			s = streamServer(t, dir, port)
			write(90)
			streamEventually(t, "all rows are published", func() bool { return box.pending() == 0 })
			end := streamInfo(t, js, EventStream).State.LastSeq
			if end != 150 {
				t.Fatalf("the stream ends at %d", end)
			}
			if !alive {
				cancel()
				<-r.ended
			}
			streamStop(s)
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(dir, os.DirFS(backup)); err != nil {
				t.Fatal(err)
			}
			write(30) // new rows must not overtake the lost ones
			streamServer(t, dir, port)
			if !alive {
				r = streamRelay(t, box, js, logging)
			}
			streamEventually(t, "all rows are published again", func() bool {
				return box.pending() == 0 && r.Stats().Repaired > 0
			})
			if got := r.Stats().Repaired; got != 90 {
				t.Errorf("repaired %d rows, want the 90 above the end", got)
			}
			if n := box.check(t, js); n != 0 {
				t.Errorf("%d duplicates", n)
			}
			if !strings.Contains(log.String(), "rows=90") {
				t.Errorf("the loss was not logged:\n%s", log)
			}
		})
	}
}

// A stream that lost its end and grew again since: nobody looked, but the next
// answer tells.
func TestRelayNoticesByTheAnswer(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	s := &sitting{Relay: NewRelay(RelayConfig{JetStream: js}), known: true}
	one := []stored{{sequence: 991}, {sequence: 992}}
	o := outcome{rows: make([]Outgoing, 2), stored: one, floor: 1000}
	if receipts, _, _, whole := s.receipts(o); whole || receipts != nil || s.known || !s.shrunk || s.shrunkTo != 990 {
		t.Errorf("not noticed: %+v", s)
	}
	o.stored = []stored{{sequence: 5, duplicate: true}, {sequence: 1001}}
	if receipts, duplicates, last, whole := s.receipts(o); !whole || len(receipts) != 2 || duplicates != 1 || last != 1001 {
		t.Error("a duplicate lies below the end by nature")
	}
}

// A row that cannot be published stops its partition only, after everything
// before it, and goes on once it can.
func TestRelayFailureStopsOnePartition(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	box := streamNewOutbox()
	var aggregates [streamPartitions]uuid.UUID
	for p := range aggregates {
		aggregates[p] = uuid.New()
		aggregates[p][0] = byte(p)
	}
	write := func(n int) {
		for range n {
			for _, a := range aggregates {
				box.add(a, `{}`)
			}
		}
	}
	write(5)
	secret := strings.Repeat("s3cret", 400_000)
	bad := box.add(aggregates[1], `{"x":"`+secret+`"}`)
	write(5)
	log := new(streamLog)
	r := streamRelay(t, box, js, func(c *RelayConfig) { c.Log = log.logger() })
	published := func(p int16) (n int) {
		box.mu.Lock()
		defer box.mu.Unlock()
		for _, row := range box.rows {
			if row.Partition == p && row.incarnation != "" {
				n++
			}
		}
		return n
	}
	streamEventually(t, "the others are done and the bad one was tried again", func() bool {
		return published(0) == 10 && published(2) == 10 && published(3) == 10 && r.Stats().Failed >= 3
	})
	if n := published(1); n != 5 {
		t.Errorf("%d rows of the failing partition are published, want those 5 before the failure", n)
	}
	if age := r.Stats().PendingAge; age <= 0 {
		t.Errorf("pending age %v", age)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("flush said %v with rows pending", err)
	}
	if strings.Contains(log.String(), "s3cret") {
		t.Error("a payload was logged")
	}
	box.mu.Lock()
	bad.Data = []byte(`{}`)
	box.mu.Unlock()
	streamEventually(t, "everything is published", func() bool { return box.pending() == 0 })
	box.check(t, js)
}

// Without NATS nothing is marked, the age of what waits grows, and all goes
// out in order when it is back.
func TestRelayWaitsForNATS(t *testing.T) {
	streamNoLeaks(t)
	dir := t.TempDir()
	s := streamServer(t, dir, -1)
	port := s.Addr().(*net.TCPAddr).Port
	js := streamConnect(t, s.ClientURL())
	if err := EnsureStreams(t.Context(), js, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	box := streamNewOutbox()
	r := streamRelay(t, box, js, nil)
	aggregates := streamAggregates(6)
	box.add(aggregates[0], `{}`)
	streamEventually(t, "the first row is published", func() bool { return box.pending() == 0 })
	streamStop(s)
	for range 20 {
		for _, a := range aggregates {
			box.add(a, `{}`)
		}
	}
	r.Wake()
	streamEventually(t, "the age grows", func() bool { return r.Stats().PendingAge > 100*time.Millisecond })
	if n := box.pending(); n != 120 {
		t.Errorf("%d rows are pending, want all 120", n)
	}
	streamServer(t, dir, port)
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := box.pending(); n != 0 {
		t.Errorf("flushed with %d rows pending", n)
	}
	if n := box.check(t, js); n != 0 {
		t.Errorf("%d duplicates", n)
	}
	if age := r.Stats().PendingAge; age != 0 {
		t.Errorf("age %v with nothing pending", age)
	}
}

// The stream itself is gone: the relay waits for it and does not make one.
func TestRelayWaitsForTheStream(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	js := streamConnect(t, s.ClientURL())
	box := streamNewOutbox()
	log := new(streamLog)
	streamRelay(t, box, js, func(c *RelayConfig) { c.Log = log.logger() })
	box.add(uuid.New(), `{}`)
	streamEventually(t, "it is said", func() bool { return strings.Contains(log.String(), "nothing is published") })
	if box.pending() != 1 {
		t.Error("a row was marked")
	}
	if err := EnsureStreams(t.Context(), js, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "the row is published", func() bool { return box.pending() == 0 })
	box.check(t, js)
}

// A relay whose session was taken from it while a batch was on its way must
// not record that batch; the next holder does, by duplicates.
func TestRelayLostSessionMarksNothing(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	box := streamNewOutbox()
	var stolen atomic.Int32
	box.onPublished = func(s *streamSession, _ []Receipt) error {
		if stolen.Add(1) <= 3 {
			s.end()
		}
		return nil
	}
	aggregates := streamAggregates(8)
	for range 40 {
		for _, a := range aggregates {
			box.add(a, `{}`)
		}
	}
	r := streamRelay(t, box, js, func(c *RelayConfig) { c.BatchSize = 10 })
	streamEventually(t, "everything is published", func() bool { return box.pending() == 0 })
	if n := box.check(t, js); n != 0 {
		t.Errorf("%d duplicates", n)
	}
	if stats := r.Stats(); stats.Duplicates < 10 {
		t.Errorf("the test checks too little: %+v", stats)
	}
}

// A relay that ends finishes and records what is on its way.
func TestRelayEndsCleanly(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	box := streamNewOutbox()
	aggregates := streamAggregates(8)
	for range 200 {
		for _, a := range aggregates {
			box.add(a, `{}`)
		}
	}
	begun := make(chan struct{})
	var once sync.Once
	box.onPublished = func(*streamSession, []Receipt) error {
		once.Do(func() { close(begun) })
		return nil
	}
	r := NewRelay(RelayConfig{Outbox: box, JetStream: js, BatchSize: 50, Log: new(streamLog).logger()})
	ctx, cancel := context.WithCancel(t.Context())
	go r.Run(ctx)
	<-begun
	cancel()
	<-r.ended
	box.mu.Lock()
	marked := 0
	for _, row := range box.rows {
		if row.incarnation != "" {
			marked++
		}
	}
	box.mu.Unlock()
	if events := streamInfo(t, js, EventStream).State.LastSeq; events != uint64(marked) {
		t.Errorf("%d events in the stream, %d recorded", events, marked)
	}
	if err := r.Flush(t.Context()); !errors.Is(err, ErrRelayStopped) {
		t.Errorf("flush of a relay that ended: %v", err)
	}
}

func TestRelayFlush(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	box := streamNewOutbox()
	r := streamRelay(t, box, js, func(c *RelayConfig) { c.Poll = time.Hour })
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err) // of nothing
	}
	aggregates := streamAggregates(10)
	for round := range 8 {
		for range 30 {
			for _, a := range aggregates {
				box.add(a, fmt.Sprintf(`{"round":%d}`, round))
			}
		}
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := box.pending(); n != 0 {
			t.Fatalf("round %d: flushed with %d pending", round, n)
		}
	}
	box.check(t, js)
}

func TestRelayEndsWithItsConnection(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	r := NewRelay(RelayConfig{Outbox: streamNewOutbox(), JetStream: js, Log: new(streamLog).logger()})
	ended := make(chan error)
	go func() { ended <- r.Run(context.Background()) }()
	streamEventually(t, "it holds its partitions", func() bool { return r.Stats().Held == streamPartitions })
	js.Conn().Close()
	if err := <-ended; !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("it ended with %v", err)
	}
}
