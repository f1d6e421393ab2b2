package bus

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/payroll"
)

func streamWorks(n int) []Work {
	run := uuid.New()
	all := make([]Work, n)
	for i := range all {
		all[i] = Work{Run: run, Calculation: 2, Shard: i}
	}
	return all
}

// streamConsume runs a consumer until the returned function is called.
func streamConsume(t testing.TB, consume func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- consume(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("consuming ended: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func streamQueued(t testing.TB, js jetstream.JetStream, name string) int {
	return int(streamInfo(t, js, name).State.Msgs)
}

func TestWorkIsShared(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	works := streamWorks(60)
	var mu sync.Mutex
	done := make(map[Work]int)
	var running, most atomic.Int32
	// Whoever comes first holds its hands until the other has taken a shard too:
	// what is shared cannot all be done by one, however fast.
	took := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	var first [2]sync.Once
	for i := range took {
		other := streamConnect(t, js.Conn().ConnectedUrl())
		streamConsume(t, func(ctx context.Context) error {
			return ConsumeWork(ctx, other, WorkConfig{Concurrency: 2, Log: new(streamLog).logger(),
				Handle: func(ctx context.Context, w Work) error {
					for now := running.Add(1); ; {
						if old := most.Load(); now <= old || most.CompareAndSwap(old, now) {
							break
						}
					}
					defer running.Add(-1)
					first[i].Do(func() { close(took[i]) })
					select {
					case <-took[1-i]:
					case <-ctx.Done():
						return ctx.Err()
					}
					time.Sleep(2 * time.Millisecond) // the work itself
					mu.Lock()
					defer mu.Unlock()
					done[w]++
					return nil
				}})
		})
	}
	if err := PublishWork(t.Context(), js, works); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "all is done and the queue is empty", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(done) == len(works) && streamQueued(t, js, WorkStream) == 0
	})
	for _, w := range works {
		if done[w] != 1 {
			t.Errorf("shard %d was done %d times", w.Shard, done[w])
		}
	}
	if n := most.Load(); n < 2 || n > 4 {
		t.Errorf("%d shards were done together, of two hands at two places", n)
	}
}

// A hint that somebody took and then went silent comes to another.
func TestWorkOfTheDeadComesAgain(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	const wait = 300 * time.Millisecond
	c := consuming{js: js, stream: WorkStream, durable: workConsumer, ackWait: wait}
	consumer, err := c.ensure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	works := streamWorks(1)
	if err := PublishWork(t.Context(), js, works); err != nil {
		t.Fatal(err)
	}
	if _, err := consumer.Next(jetstream.FetchMaxWait(5 * time.Second)); err != nil {
		t.Fatal(err) // taken, and never heard of again
	}
	taken := time.Now()
	done := make(chan time.Duration, 10)
	streamConsume(t, func(ctx context.Context) error {
		return ConsumeWork(ctx, js, WorkConfig{AckWait: wait, Log: new(streamLog).logger(),
			Handle: func(_ context.Context, w Work) error {
				if w != works[0] {
					t.Errorf("got %+v", w)
				}
				done <- time.Since(taken)
				return nil
			}})
	})
	if after := <-done; after < wait*2/3 {
		t.Errorf("came again after %v, before the wait of %v was over", after, wait)
	}
}

// Heartbeats keep a long shard with its worker.
func TestWorkLongerThanAckWait(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	var begun, ended atomic.Int32
	for range 2 {
		streamConsume(t, func(ctx context.Context) error {
			return ConsumeWork(ctx, js, WorkConfig{AckWait: 1500 * time.Millisecond, Log: new(streamLog).logger(),
				Handle: func(context.Context, Work) error {
					begun.Add(1)
					time.Sleep(4 * time.Second) // the work itself, far longer than the wait
					ended.Add(1)
					return nil
				}})
		})
	}
	if err := PublishWork(t.Context(), js, streamWorks(1)); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "it is done and off the queue", func() bool {
		return ended.Load() > 0 && streamQueued(t, js, WorkStream) == 0
	})
	if n := begun.Load(); n != 1 {
		t.Errorf("begun %d times", n)
	}
}

func TestWorkDrains(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	begun, finish := make(chan Work, 10), make(chan struct{})
	var ended atomic.Int32
	stop := streamConsume(t, func(ctx context.Context) error {
		return ConsumeWork(ctx, js, WorkConfig{Concurrency: 2, Log: new(streamLog).logger(),
			Handle: func(ctx context.Context, w Work) error {
				begun <- w
				<-finish
				if ctx.Err() != nil {
					t.Error("the handler was cancelled before its time to drain was over")
				}
				ended.Add(1)
				return nil
			}})
	})
	if err := PublishWork(t.Context(), js, streamWorks(10)); err != nil {
		t.Fatal(err)
	}
	<-begun
	<-begun
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	select {
	case <-stopped:
		t.Error("it did not wait for its handlers")
	case <-time.After(50 * time.Millisecond):
	}
	close(finish)
	<-stopped
	streamEventually(t, "the two are off the queue", func() bool { return streamQueued(t, js, WorkStream) == 8 })
	if len(begun) != 0 || ended.Load() != 2 {
		t.Errorf("%d more were begun, %d ended", len(begun), ended.Load())
	}
	// What was left is there at once, for whoever comes next.
	var rest atomic.Int32
	streamConsume(t, func(ctx context.Context) error {
		return ConsumeWork(ctx, js, WorkConfig{Concurrency: 2, Log: new(streamLog).logger(),
			Handle: func(context.Context, Work) error { rest.Add(1); return nil }})
	})
	streamEventually(t, "the rest is done", func() bool { return rest.Load() == 8 })
}

// A handler that does not end loses its context when the time to drain is over.
func TestWorkDrainEnds(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	begun := make(chan struct{})
	stop := streamConsume(t, func(ctx context.Context) error {
		return ConsumeWork(ctx, js, WorkConfig{Drain: 20 * time.Millisecond, Log: new(streamLog).logger(),
			Handle: func(ctx context.Context, _ Work) error {
				close(begun)
				<-ctx.Done()
				return ctx.Err()
			}})
	})
	if err := PublishWork(t.Context(), js, streamWorks(1)); err != nil {
		t.Fatal(err)
	}
	<-begun
	stop()
	if n := streamQueued(t, js, WorkStream); n != 1 {
		t.Errorf("%d in the queue, want the one that was not done", n)
	}
}

func TestWorkFailures(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	var tries, panics atomic.Int32
	log := new(streamLog)
	streamConsume(t, func(ctx context.Context) error {
		return ConsumeWork(ctx, js, WorkConfig{Log: log.logger(), BackOff: []time.Duration{time.Millisecond},
			Handle: func(_ context.Context, w Work) error {
				switch w.Shard {
				case 0:
					if tries.Add(1) < 4 {
						return errors.New("the database is away")
					}
				case 1:
					if panics.Add(1) < 2 {
						panic("NL91ABNA0417164300")
					}
				case 2:
					return Permanent{Err: errors.New("no such run")}
				}
				return nil
			}})
	})
	if err := PublishWork(t.Context(), js, streamWorks(3)); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"", "{}", `{"run":7}`, `[]`, `{"run":"` + uuid.NewString() + `","calculation":1,"shard":1}`} {
		if _, err := js.Publish(t.Context(), workPrefix+uuid.NewString()+".1", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	streamEventually(t, "everything is answered for", func() bool { return streamQueued(t, js, WorkStream) == 0 })
	if tries.Load() != 4 || panics.Load() != 2 {
		t.Errorf("%d tries, %d panics", tries.Load(), panics.Load())
	}
	dead, err := ListDead(t.Context(), js, 100)
	if err != nil || len(dead) != 6 {
		t.Fatalf("%d dead letters, %v", len(dead), err)
	}
	for _, d := range dead {
		if d.Kind != "work" || d.Reason == "" || !strings.HasPrefix(d.Subject, workPrefix) {
			t.Errorf("%+v", d)
		}
	}
	if strings.Contains(log.String(), "NL91") {
		t.Error("what a handler panicked with was logged")
	}
}

// Lost work may be published again soon: only a repetition at once is dropped.
func TestWorkAgain(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	works := streamWorks(300)
	for range 2 {
		if err := PublishWork(t.Context(), js, works[:3]); err != nil {
			t.Fatal(err)
		}
	}
	if n := streamQueued(t, js, WorkStream); n != 3 {
		t.Errorf("%d in the queue at once, want 3", n)
	}
	streamEventually(t, "it is accepted again", func() bool {
		if err := PublishWork(t.Context(), js, works[:1]); err != nil {
			t.Fatal(err)
		}
		return streamQueued(t, js, WorkStream) == 4
	})
	if err := PublishWork(t.Context(), js, works[3:]); err != nil {
		t.Fatal(err)
	}
	if n := streamQueued(t, js, WorkStream); n != 301 {
		t.Errorf("%d in the queue, want 301", n)
	}
}

func TestPublishWorkFails(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	js := streamConnect(t, s.ClientURL())
	if err := PublishWork(t.Context(), js, streamWorks(2)); !errors.Is(err, jetstream.ErrNoStreamResponse) {
		t.Errorf("without a stream: %v", err)
	}
}

// Consuming goes on after its consumer was deleted and its server was away.
func TestWorkSurvivesItsConsumer(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	var done atomic.Int32
	streamConsume(t, func(ctx context.Context) error {
		return ConsumeWork(ctx, js, WorkConfig{Log: new(streamLog).logger(),
			Handle: func(context.Context, Work) error { done.Add(1); return nil }})
	})
	if err := PublishWork(t.Context(), js, streamWorks(1)); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "the first is done", func() bool { return done.Load() == 1 })
	if err := js.DeleteConsumer(t.Context(), WorkStream, workConsumer); err != nil {
		t.Fatal(err)
	}
	if err := PublishWork(t.Context(), js, streamWorks(1)); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "the second is done", func() bool { return done.Load() == 2 })
}

func TestJudge(t *testing.T) {
	refusal := func(m payroll.Meaning) error { return payroll.Refuse(m, payroll.Reason("x/y", "", "", "")) }
	for _, test := range []struct {
		err  error
		want answer
	}{
		{nil, acked},
		{errors.New("x"), retried},
		{context.DeadlineExceeded, retried},
		{Permanent{Err: errors.New("x")}, buried},
		{errors.Join(errors.New("x"), Permanent{Err: errors.New("y")}), buried},
		{refusal(payroll.Invalid), buried},
		{refusal(payroll.Conflict), buried},
		{refusal(payroll.Unavailable), awaited},
	} {
		if got := judge(test.err); got != test.want {
			t.Errorf("%v is answered with %d, want %d", test.err, got, test.want)
		}
	}
}

// FuzzParseWork holds that only what PublishWork makes is accepted.
func FuzzParseWork(f *testing.F) {
	msg := Work{Run: uuid.New(), Calculation: 3, Shard: 4}.message()
	f.Add(msg.Subject, msg.Data)
	f.Add(workPrefix+"x.1", []byte(`{"run":null}`))
	f.Add("", []byte(`{"run":"","calculation":-1,"shard":9999999999999999999}`))
	f.Fuzz(func(t *testing.T, subject string, data []byte) {
		w, err := parseWork(subject, data)
		if err != nil {
			return
		}
		again := w.message()
		if again.Subject != subject {
			t.Errorf("subject %q was read as %q", subject, again.Subject)
		}
		if back, err := parseWork(again.Subject, again.Data); err != nil || back != w {
			t.Errorf("%+v came back as %+v, %v", w, back, err)
		}
	})
}
