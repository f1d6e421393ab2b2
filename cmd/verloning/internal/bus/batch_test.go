package bus

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func streamMessages(n int) []*nats.Msg {
	msgs := make([]*nats.Msg, n)
	for i := range msgs {
		o := streamOutgoing()
		o.ID, o.Version = uuid.New(), i+1
		msgs[i] = Message("test", o)
	}
	return msgs
}

func streamSequences(all []stored) (sequences []uint64) {
	for _, s := range all {
		sequences = append(sequences, s.sequence)
	}
	return sequences
}

func TestBatchIsContiguous(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	p := publisher{conn: js.Conn(), wait: 5 * time.Second}
	// Several at once, beside single messages: each batch stays in one piece.
	type result struct {
		all []stored
		err error
	}
	results := make(chan result)
	for _, n := range []int{1000, 1, 999, 2, 1000, 1} {
		go func() {
			all, err := p.publish(t.Context(), streamMessages(n))
			results <- result{all, err}
		}()
	}
	var every []uint64
	for range 6 {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		one := streamSequences(r.all)
		for i := range one {
			if one[i] != one[0]+uint64(i) {
				t.Fatalf("a batch is not in one piece: %v", one)
			}
		}
		every = append(every, one...)
	}
	slices.Sort(every)
	if len(every) != 3003 || every[0] != 1 || every[len(every)-1] != 3003 {
		t.Errorf("%d sequences from %d to %d", len(every), every[0], every[len(every)-1])
	}
}

// What the server does is part of our promises, so it is held here.
func TestBatchWithDuplicate(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	p := publisher{conn: js.Conn(), wait: 5 * time.Second}
	msgs := streamMessages(10)
	if _, err := p.publish(t.Context(), msgs[3:5]); err != nil {
		t.Fatal(err)
	}
	_, err := p.batch(t.Context(), msgs)
	var refusal *jetstream.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode != 10201 || !refused(err) {
		t.Fatalf("a batch with a duplicate: %v", err)
	}
	if last := streamInfo(t, js, EventStream).State.LastSeq; last != 2 {
		t.Fatalf("a refused batch left something: the stream ends at %d", last)
	}
	all, err := p.publish(t.Context(), msgs)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := streamSequences(all), []uint64{3, 4, 5, 1, 2, 6, 7, 8, 9, 10}; !slices.Equal(got, want) {
		t.Errorf("sequences %v, want %v", got, want)
	}
	for i, s := range all {
		if s.duplicate != (i == 3 || i == 4) {
			t.Errorf("message %d: duplicate is %t", i, s.duplicate)
		}
	}
	// Twice the same id within one batch is refused as well.
	twice := streamMessages(2)
	twice[1].Header.Set(jetstream.MsgIDHeader, twice[0].Header.Get(jetstream.MsgIDHeader))
	if _, err := p.batch(t.Context(), twice); !errors.As(err, &refusal) || refusal.ErrorCode != 10201 {
		t.Errorf("an id twice in a batch: %v", err)
	}
}

func TestBatchTooLong(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	p := publisher{conn: js.Conn(), wait: 5 * time.Second}
	var refusal *jetstream.APIError
	if _, err := p.batch(t.Context(), streamMessages(batchLimit+1)); !errors.As(err, &refusal) || refusal.ErrorCode != 10199 {
		t.Errorf("the limit is not %d: %v", batchLimit, err)
	}
	all, err := p.publish(t.Context(), streamMessages(batchLimit+1))
	if err != nil || len(all) != batchLimit+1 {
		t.Errorf("single publishes did not take over: %d, %v", len(all), err)
	}
}

func TestBatchStopsAtWhatCannotBePublished(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	p := publisher{conn: js.Conn(), wait: 5 * time.Second}
	msgs := streamMessages(5)
	msgs[3].Data = []byte(strings.Repeat("x", 2<<20))
	all, err := p.publish(t.Context(), msgs)
	if !errors.Is(err, nats.ErrMaxPayload) || !slices.Equal(streamSequences(all), []uint64{1, 2, 3}) {
		t.Errorf("%v, %v", streamSequences(all), err)
	}
}

func TestBatchWithoutStream(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	js := streamConnect(t, s.ClientURL())
	p := publisher{conn: js.Conn(), wait: 5 * time.Second}
	for _, n := range []int{1, 3} {
		if all, err := p.publish(t.Context(), streamMessages(n)); !errors.Is(err, nats.ErrNoResponders) || refused(err) || len(all) != 0 {
			t.Errorf("%v, %v", all, err)
		}
	}
}

func TestBatchStopsBetweenSingles(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	p := publisher{conn: js.Conn(), wait: 5 * time.Second}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if all, err := p.publish(ctx, streamMessages(1)); !errors.Is(err, context.Canceled) || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// BenchmarkPublish publishes 10,000 events to disk in three ways and reports
// how many times faster than one by one the others are.
func BenchmarkPublish(b *testing.B) {
	const events = 10_000
	js := streamStart(b)
	p := publisher{conn: js.Conn(), wait: 30 * time.Second}
	var single, batched, parallel, async time.Duration
	timed := func(total *time.Duration, publish func(msgs []*nats.Msg)) {
		msgs := streamMessages(events)
		began := time.Now()
		publish(msgs)
		*total += time.Since(began)
	}
	batches := func(msgs []*nats.Msg) {
		for chunk := range slices.Chunk(msgs, batchLimit) {
			if _, err := p.batch(b.Context(), chunk); err != nil {
				b.Error(err)
			}
		}
	}
	for b.Loop() {
		timed(&single, func(msgs []*nats.Msg) {
			for _, msg := range msgs {
				if _, err := p.single(b.Context(), msg); err != nil {
					b.Fatal(err)
				}
			}
		})
		timed(&batched, batches)
		timed(&parallel, func(msgs []*nats.Msg) {
			done := make(chan struct{})
			lanes := 4
			for i := range lanes {
				go func() { batches(msgs[i*len(msgs)/lanes : (i+1)*len(msgs)/lanes]); done <- struct{}{} }()
			}
			for range lanes {
				<-done
			}
		})
		timed(&async, func(msgs []*nats.Msg) { streamAsync(b, js, msgs) })
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(events*n/single.Seconds(), "single/s")
	b.ReportMetric(events*n/batched.Seconds(), "batched/s")
	b.ReportMetric(single.Seconds()/batched.Seconds(), "batched-x")
	b.ReportMetric(single.Seconds()/parallel.Seconds(), "batched4-x")
	b.ReportMetric(single.Seconds()/async.Seconds(), "async-x")
}

func streamAsync(b *testing.B, js jetstream.JetStream, msgs []*nats.Msg) {
	const window = 1000
	for chunk := range slices.Chunk(msgs, window) {
		for _, msg := range chunk {
			if _, err := js.PublishMsgAsync(msg); err != nil {
				b.Fatal(err)
			}
		}
		<-js.PublishAsyncComplete()
	}
}

// BenchmarkRelay drains 10,000 rows of four partitions.
func BenchmarkRelay(b *testing.B) {
	js := streamStart(b)
	box := &streamFlood{}
	r := NewRelay(RelayConfig{Outbox: box, JetStream: js, Poll: time.Hour, Log: new(streamLog).logger()})
	ctx, cancel := context.WithCancel(b.Context())
	go r.Run(ctx)
	defer func() { cancel(); <-r.ended }()
	for b.Loop() {
		box.left.Store(10_000)
		if err := r.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		if box.left.Load() > 0 {
			b.Fatal("not flushed")
		}
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// streamFlood is an outbox that costs nothing, to measure the relay alone.
type streamFlood struct{ left atomic.Int64 }

func (f *streamFlood) Open(context.Context) (Session, error) { return f, nil }
func (f *streamFlood) Close()                                {}
func (f *streamFlood) Take(context.Context) ([]int16, error) { return []int16{0, 1, 2, 3}, nil }
func (f *streamFlood) Published(context.Context, int16, string, []Receipt) error {
	return nil
}
func (f *streamFlood) Repair(context.Context, string, uint64, time.Duration) (int64, error) {
	return 0, nil
}
func (f *streamFlood) Pending(_ context.Context, partition int16, limit int) ([]Outgoing, error) {
	n := min(f.left.Load(), int64(limit))
	f.left.Add(-n)
	rows := make([]Outgoing, n)
	for i := range rows {
		rows[i] = streamOutgoing()
		rows[i].ID, rows[i].Partition = uuid.New(), partition
	}
	return rows, nil
}
