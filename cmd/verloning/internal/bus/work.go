package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"verloning/payroll"
)

// Work is a hint that a shard of a run's calculation waits to be done. The
// truth is the shard's row in SQL: a hint may come twice, late or never.
type Work struct {
	Run         uuid.UUID
	Calculation int
	Shard       int
}

// WorkConfig says how hints are worked on. Handle must be set.
type WorkConfig struct {
	Handle      func(context.Context, Work) error
	Concurrency int             // hands of this process; 1
	AckWait     time.Duration   // a hint whose worker is silent this long goes to another; 10 s
	BackOff     []time.Duration // pauses after failures, the last one repeated; 1 s to 1 min
	Drain       time.Duration   // how long a handler may still run when the context ended; 30 s
	Log         *slog.Logger
}

const workConsumer = "workers"

// publishAtOnce is how many hints wait for their answer together.
const publishAtOnce = 256

// PublishWork puts hints in the queue and returns when all are stored. A hint
// that was put there within the last second is not put there again.
func PublishWork(ctx context.Context, js jetstream.JetStream, works []Work) error {
	for len(works) > 0 {
		n := min(len(works), publishAtOnce)
		futures := make([]jetstream.PubAckFuture, n)
		for i, w := range works[:n] {
			future, err := js.PublishMsgAsync(w.message())
			if err != nil {
				return fmt.Errorf("publish work: %w", err)
			}
			futures[i] = future
		}
		for _, future := range futures {
			select {
			case <-future.Ok():
			case err := <-future.Err():
				return fmt.Errorf("publish work: %w", err)
			case <-ctx.Done():
				return fmt.Errorf("publish work: %w", ctx.Err())
			}
		}
		works = works[n:]
	}
	return nil
}

func (w Work) message() *nats.Msg {
	run, calculation, shard := w.Run.String(), strconv.Itoa(w.Calculation), strconv.Itoa(w.Shard)
	msg := nats.NewMsg(workPrefix + run + "." + shard)
	msg.Header[jetstream.MsgIDHeader] = []string{run + "/" + calculation + "/" + shard}
	msg.Data = []byte(`{"run":"` + run + `","calculation":` + calculation + `,"shard":` + shard + `}`)
	return msg
}

// parseWork reads a hint and refuses one that the subject contradicts.
func parseWork(subject string, data []byte) (Work, error) {
	var body struct {
		Run         *uuid.UUID `json:"run"`
		Calculation *int       `json:"calculation"`
		Shard       *int       `json:"shard"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return Work{}, errors.New("work is not a JSON object of run, calculation and shard")
	}
	if body.Run == nil || body.Calculation == nil || body.Shard == nil || *body.Calculation < 0 || *body.Shard < 0 {
		return Work{}, errors.New("work lacks its run, calculation or shard")
	}
	w := Work{Run: *body.Run, Calculation: *body.Calculation, Shard: *body.Shard}
	if subject != workPrefix+w.Run.String()+"."+strconv.Itoa(w.Shard) {
		return Work{}, errors.New("work is of another run or shard than its subject")
	}
	return w, nil
}

// ConsumeWork works on hints until the context ends, and returns when the
// handlers that still ran have ended; what was not begun stays in the queue.
func ConsumeWork(ctx context.Context, js jetstream.JetStream, cfg WorkConfig) error {
	return consuming{
		js: js, log: cmp.Or(cfg.Log, slog.Default()),
		stream: WorkStream, durable: workConsumer,
		hands:   max(cfg.Concurrency, 1),
		ackWait: cmp.Or(cfg.AckWait, 10*time.Second),
		backOff: cfg.BackOff,
		drain:   cmp.Or(cfg.Drain, 30*time.Second),
		handle: func(ctx context.Context, msg jetstream.Msg) error {
			w, err := parseWork(msg.Subject(), msg.Data())
			if err != nil {
				return Permanent{Err: err}
			}
			return cfg.Handle(ctx, w)
		},
	}.run(ctx)
}

// consuming is how both work queues are consumed: a durable consumer that all
// processes share, and in each process some hands that take one message at a
// time, so that none waits here while a hand elsewhere is free.
type consuming struct {
	js         jetstream.JetStream
	log        *slog.Logger
	stream     string
	durable    string
	hands      int
	ackWait    time.Duration
	maxDeliver int // deliveries after which a failing message is buried; 0 never
	backOff    []time.Duration
	drain      time.Duration
	handle     func(context.Context, jetstream.Msg) error
}

// pullWait bounds a pull. It is short because a hand that stops lets its last
// pull run out: a pull that is cancelled may lose a message on its way, which
// then rests until its AckWait is over.
const pullWait = time.Second

var defaultBackOff = []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute}

func (c consuming) run(ctx context.Context) error {
	if len(c.backOff) == 0 {
		c.backOff = defaultBackOff
	}
	consumer, err := c.ensure(ctx)
	if err != nil {
		return fmt.Errorf("consume %s: %w", c.stream, err)
	}
	// Handlers outlive the context by the time to drain.
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(c.drain):
			cancel()
		case <-handling.Done():
		}
	})()
	var group errgroup.Group
	for range c.hands {
		group.Go(func() error { return c.hand(ctx, handling, consumer) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("consume %s: %w", c.stream, err)
	}
	// Acknowledgements are only written to a buffer; they must leave it.
	flushing, done := context.WithTimeout(handling, 5*time.Second)
	defer done()
	if err := c.js.Conn().FlushWithContext(flushing); err != nil {
		c.log.Warn("acknowledgements may be lost; their messages come again", "stream", c.stream, "error", err)
	}
	return nil
}

// ensure makes the consumer. The server counts deliveries without limit: when
// it gives up, the message stays in the queue and nobody hears of it, so
// giving up is ours.
func (c consuming) ensure(ctx context.Context) (jetstream.Consumer, error) {
	return c.js.CreateOrUpdateConsumer(ctx, c.stream, jetstream.ConsumerConfig{
		Durable:    c.durable,
		AckPolicy:  jetstream.AckExplicitPolicy,
		AckWait:    c.ackWait,
		MaxDeliver: -1,
	})
}

// hand takes and handles one message after another.
func (c consuming) hand(ctx, handling context.Context, consumer jetstream.Consumer) error {
	failures := 0
	for ctx.Err() == nil {
		if c.js.Conn().IsClosed() {
			return nats.ErrConnectionClosed
		}
		if !c.js.Conn().IsConnected() {
			pause(ctx, pullWait/10)
			continue
		}
		msg, err := consumer.Next(jetstream.FetchMaxWait(pullWait))
		switch {
		case err == nil && ctx.Err() != nil:
			return c.giveBack(msg) // it came while we stopped
		case err == nil:
			failures = 0
			c.process(ctx, handling, msg)
		case errors.Is(err, nats.ErrTimeout), errors.Is(err, jetstream.ErrNoMessages):
			failures = 0
		default:
			failures++
			c.log.Error("pulling failed", "stream", c.stream, "failures", failures, "error", err)
			pause(ctx, retryIn(250*time.Millisecond, 10*time.Second, failures))
			if _, err := c.ensure(ctx); err != nil && ctx.Err() == nil {
				c.log.Error("the consumer cannot be made", "stream", c.stream, "error", err)
			}
		}
	}
	return nil
}

// process handles one message and answers for it. An answer that gets lost
// only makes the message come again.
func (c consuming) process(ctx, handling context.Context, msg jetstream.Msg) {
	meta, err := msg.Metadata()
	if err != nil {
		c.log.Error("a message without metadata", "stream", c.stream, "error", err)
		return
	}
	at := []any{"stream", c.stream, "sequence", meta.Sequence.Stream, "deliveries", meta.NumDelivered}
	// A message that a stopping process gave back was delivered as well, so one
	// is given up unhandled only well beyond its last try.
	spent := c.maxDeliver > 0 && meta.NumDelivered > 2*uint64(c.maxDeliver)
	defer c.keep(msg)() // until it is answered for: to bury it may take a while
	if spent {
		// Whoever had it before died of it, or went silent, every time.
		err = fmt.Errorf("delivered %d times and never answered for", meta.NumDelivered-1)
	} else {
		err = c.patient(ctx, handling, msg, at)
	}
	answer := judge(err)
	if answer == retried && c.maxDeliver > 0 && meta.NumDelivered >= uint64(c.maxDeliver) {
		answer = buried
	}
	switch answer {
	case acked:
		err = msg.Ack()
	case buried:
		c.log.Error("a message is buried", append(at, "error", err)...)
		err = c.bury(handling, msg, meta, err)
	case awaited:
		err = c.giveBack(msg) // we stop; another may have what it waits for
	default:
		c.log.Warn("a message is tried again", append(at, "error", err)...)
		err = msg.NakWithDelay(c.delay(meta.NumDelivered))
	}
	if err != nil {
		c.log.Error("a message could not be answered for", append(at, "error", err)...)
	}
}

// patient handles a message, and waits with it while what it needs is
// unavailable. Giving it back instead would count as a delivery, and taking
// others meanwhile would be in vain: usually the database is away.
func (c consuming) patient(ctx, handling context.Context, msg jetstream.Msg, at []any) error {
	for tries := uint64(1); ; tries++ {
		err := c.guarded(handling, msg, at)
		if judge(err) != awaited {
			return err
		}
		delay := c.delay(tries)
		c.log.Warn("a message waits", append(at, "tries", tries, "again_in", delay, "error", err)...)
		if pause(ctx, delay); ctx.Err() != nil {
			return err
		}
	}
}

// giveBack leaves a message to another process. It rests until the last pulls
// of this one have run out, which would only take it and give it back as well.
func (c consuming) giveBack(msg jetstream.Msg) error { return msg.NakWithDelay(2 * pullWait) }

// bury ends a message only when its copy is on disk.
func (c consuming) bury(ctx context.Context, msg jetstream.Msg, meta *jetstream.MsgMetadata, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	id := fmt.Sprintf("%s/%d/%d", c.stream, meta.Sequence.Stream, meta.Timestamp.UnixNano())
	if err := bury(ctx, c.js, id, msg.Subject(), msg.Headers(), msg.Data(), why.Error()); err != nil {
		return errors.Join(err, msg.NakWithDelay(c.delay(meta.NumDelivered)))
	}
	return msg.TermWithReason("buried in " + DeadStream)
}

// keep tells the server that the message is being worked on, until stopped.
func (c consuming) keep(msg jetstream.Msg) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(c.ackWait / 3)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				if err := msg.InProgress(); err != nil && !errors.Is(err, jetstream.ErrMsgAlreadyAckd) {
					c.log.Warn("a heartbeat failed; the message may come again", "stream", c.stream, "error", err)
				}
			}
		}
	}()
	return func() { close(quit); <-ended }
}

// guarded handles a message and turns a panic into an error: one bad message
// must not end the process, and again on every machine that it comes to. What
// was panicked with is not logged, as it may hold anything.
func (c consuming) guarded(ctx context.Context, msg jetstream.Msg, at []any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("a handler panicked", append(at, "with", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))...)
			err = fmt.Errorf("the handler panicked with a %T", p)
		}
	}()
	return c.handle(ctx, msg)
}

// delay is the pause before the next try, spread so that what failed together
// does not come back together.
func (c consuming) delay(deliveries uint64) time.Duration {
	d := c.backOff[min(max(deliveries, 1), uint64(len(c.backOff)))-1]
	return d + rand.N(d/4+1)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// answer is what the server is told of a message.
type answer int

const (
	acked   answer = iota // done, or found done before
	retried               // again after a pause, and buried after the last try
	awaited               // held, and tried again after a pause, however often
	buried                // copied to the dead letters and ended
)

// Permanent marks an error that trying again cannot mend.
type Permanent struct{ Err error }

func (p Permanent) Error() string { return p.Err.Error() }
func (p Permanent) Unwrap() error { return p.Err }

// judge is the one place that maps what a handler returned to an answer. What
// is unavailable is awaited: hours handed in while the database is away must
// survive it.
func judge(err error) answer {
	var permanent Permanent
	var refusal *payroll.Refusal
	switch {
	case err == nil:
		return acked
	case errors.As(err, &permanent):
		return buried
	case errors.As(err, &refusal) && refusal.Meaning == payroll.Unavailable:
		return awaited
	case errors.As(err, &refusal):
		return buried
	default:
		return retried
	}
}

// kindOf is the third token of one of our subjects: intake, work.
func kindOf(subject string) string {
	tokens := strings.SplitN(subject, ".", 4)
	if len(tokens) < 4 {
		return "unknown"
	}
	return plainToken(tokens[2])
}
