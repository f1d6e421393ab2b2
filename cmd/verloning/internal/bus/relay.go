package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// RelayConfig is what a relay is made of. Outbox and JetStream must be set;
// the rest has defaults.
type RelayConfig struct {
	Outbox    Outbox
	JetStream jetstream.JetStream
	Instance  string        // names this installation in the source of its events
	Log       *slog.Logger  // never sees a payload
	Poll      time.Duration // between looks at the outbox that nobody asked for; 1 s
	Check     time.Duration // between looks at the state of the stream; 5 s
	BatchSize int           // at most 1,000, which is the default
	InFlight  int           // partitions published at the same time; 4
	AckWait   time.Duration // how long the stream may take to answer; 5 s
	Retry     time.Duration // first pause after a failure, doubled with each; 100 ms
	RetryMax  time.Duration // longest pause; 10 s
}

// RelayStats counts since the relay was made.
type RelayStats struct {
	Published  uint64        // rows recorded as published, duplicates included
	Duplicates uint64        // rows that the stream had before
	Failed     uint64        // attempts to publish that ended in an error
	Repaired   uint64        // rows marked unpublished again
	Held       int           // partitions held now
	PendingAge time.Duration // age of the oldest row that is known to wait
}

// ErrRelayStopped is returned by Flush when the relay does not run any more.
var ErrRelayStopped = errors.New("the relay has stopped")

// errConnClosed ends a relay: a closed connection never comes back.
var errConnClosed = fmt.Errorf("relay: %w", nats.ErrConnectionClosed)

// Relay empties the outbox into the event stream: each partition in row order,
// several partitions at the same time.
type Relay struct {
	cfg       RelayConfig
	conn      *nats.Conn
	publisher publisher
	wake      chan struct{}
	flush     chan chan struct{}
	ended     chan struct{}

	// Touched by Run's goroutine only. What was seen of the stream outlives a
	// session, so that a loss is noticed whatever else happens meanwhile.
	incarnation string
	last        uint64 // highest sequence known to have been in the stream
	shrunk      bool   // an answer showed that the stream became shorter
	shrunkTo    uint64 // its end before that answer
	waiters     []chan struct{}

	mu     sync.Mutex
	stats  RelayStats
	oldest time.Time // row that waits longest, zero when none is known
}

// NewRelay makes a relay; Run starts it.
func NewRelay(cfg RelayConfig) *Relay {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	cfg.Poll = cmp.Or(cfg.Poll, time.Second)
	cfg.Check = cmp.Or(cfg.Check, 5*time.Second)
	cfg.BatchSize = min(cmp.Or(max(cfg.BatchSize, 0), batchLimit), batchLimit)
	cfg.InFlight = cmp.Or(max(cfg.InFlight, 0), 4)
	cfg.AckWait = cmp.Or(cfg.AckWait, 5*time.Second)
	cfg.Retry = cmp.Or(cfg.Retry, 100*time.Millisecond)
	cfg.RetryMax = cmp.Or(cfg.RetryMax, 10*time.Second)
	conn := cfg.JetStream.Conn()
	return &Relay{
		cfg:       cfg,
		conn:      conn,
		publisher: publisher{conn: conn, wait: cfg.AckWait},
		wake:      make(chan struct{}, 1),
		flush:     make(chan chan struct{}),
		ended:     make(chan struct{}),
	}
}

// Wake tells the relay that rows were committed. It never blocks.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Flush returns once nothing is pending in the partitions that this relay
// holds. It needs Run to be running: at the end of the process, flush first
// and cancel Run's context afterwards.
func (r *Relay) Flush(ctx context.Context) error {
	done := make(chan struct{})
	ask := r.flush
	for {
		select {
		case ask <- done:
			ask = nil
		case <-done:
			return nil
		case <-r.ended:
			return ErrRelayStopped
		case <-ctx.Done():
			return fmt.Errorf("flush the relay: %w", ctx.Err())
		}
	}
}

// Stats returns the counters.
func (r *Relay) Stats() RelayStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	stats := r.stats
	if !r.oldest.IsZero() {
		stats.PendingAge = max(time.Since(r.oldest), 0)
	}
	return stats
}

// Run relays until the context ends, and then finishes and records what is on
// its way. It may run once. It returns an error only when the connection to
// NATS was closed for good.
func (r *Relay) Run(ctx context.Context) error {
	defer close(r.ended)
	status := r.conn.StatusChanged(nats.CONNECTED, nats.RECONNECTING, nats.CLOSED)
	defer r.conn.RemoveStatusListener(status)
	failures := 0
	for {
		began := time.Now()
		err := r.sit(ctx, status)
		if errors.Is(err, errConnClosed) {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > r.cfg.RetryMax {
			failures = 0
		}
		failures++
		pause := retryIn(r.cfg.Retry, r.cfg.RetryMax, failures)
		r.cfg.Log.Error("outbox session ended", "error", err, "again_in", pause)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// sit relays through one session until it breaks or the context ends.
func (r *Relay) sit(ctx context.Context, status <-chan nats.Status) (err error) {
	session, err := r.cfg.Outbox.Open(ctx)
	if err != nil {
		return fmt.Errorf("open the outbox: %w", err)
	}
	defer session.Close()
	publishing, stop := context.WithCancel(ctx)
	defer stop()
	s := &sitting{
		Relay:   r,
		session: session,
		status:  status,
		lanes:   make(map[int16]*lane),
		results: make(chan outcome, r.cfg.InFlight),
	}
	defer func() {
		stop()
		err = errors.Join(err, s.drain(ctx, err != nil))
		r.observe(nil)
	}()
	for ctx.Err() == nil {
		if err := s.step(ctx, publishing); err != nil {
			return err
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sitting is the relay's work through one session. Its goroutine alone speaks
// to the database; publishing happens beside it, one goroutine a partition.
type sitting struct {
	*Relay
	session  Session
	status   <-chan nats.Status
	lanes    map[int16]*lane
	order    []*lane // the lanes in turn, so that a full one starves no other
	results  chan outcome
	inFlight int
	now      time.Time // of the last step; what was due then was done
	nextPoll time.Time

	known      bool   // the stream was looked at since the last doubt about it
	repaired   bool   // this session compared the outbox with the stream
	reconnects uint64 // of the connection, when the stream was looked at
	nextCheck  time.Time
}

// lane is one partition that is held.
type lane struct {
	partition int16
	look      bool      // the database must be asked for pending rows
	busy      bool      // rows are on their way
	lost      bool      // not held any more
	oldest    time.Time // first row that waits, zero when none is known
	failures  int
	retryAt   time.Time
}

// outcome is what became of some rows.
type outcome struct {
	lane   *lane
	rows   []Outgoing
	floor  uint64 // highest sequence of the stream before they were published
	full   bool   // there may be more rows
	stored []stored
	err    error
}

// step does everything that can be done now without waiting for the stream.
func (s *sitting) step(ctx, publishing context.Context) error {
	if s.conn.IsClosed() {
		return errConnClosed
	}
	now := time.Now()
	s.now = now
	if !now.Before(s.nextPoll) {
		if err := s.take(ctx); err != nil {
			return err
		}
		s.nextPoll = now.Add(s.cfg.Poll)
	}
	if s.checkDue(now) {
		// A repair must not race our own receipts, so what is on its way
		// lands first.
		if s.inFlight > 0 {
			return nil
		}
		if err := s.check(ctx); err != nil {
			return err
		}
	}
	for range len(s.order) {
		if s.inFlight == s.cfg.InFlight {
			break
		}
		l := s.order[0]
		s.order = append(s.order[1:], l)
		if !l.look || l.busy || now.Before(l.retryAt) {
			continue
		}
		if err := s.advance(ctx, publishing, l); err != nil {
			return err
		}
	}
	s.rest()
	return nil
}

// advance looks at what a partition has waiting and publishes it if it may.
func (s *sitting) advance(ctx, publishing context.Context, l *lane) error {
	publish := s.mayPublish()
	limit := 1 // only to know how long it waits
	if publish {
		limit = s.cfg.BatchSize
	}
	dbctx, cancel := s.database(ctx)
	defer cancel()
	rows, err := s.session.Pending(dbctx, l.partition, limit)
	if err != nil {
		return fmt.Errorf("read pending rows: %w", err)
	}
	l.look, l.oldest = false, time.Time{}
	if len(rows) == 0 {
		l.failures = 0
		return nil
	}
	l.oldest = rows[0].Time
	if !publish {
		return nil // looked at again after the next poll or check
	}
	l.busy = true
	s.inFlight++
	o := outcome{lane: l, rows: rows, floor: s.last, full: len(rows) == limit}
	go func() {
		msgs := make([]*nats.Msg, len(o.rows))
		for i, row := range o.rows {
			msgs[i] = Message(s.cfg.Instance, row)
		}
		o.stored, o.err = s.publisher.publish(publishing, msgs)
		s.results <- o
	}()
	return nil
}

// wait waits until there may be something to do.
func (s *sitting) wait(ctx context.Context) error {
	timer := time.NewTimer(time.Until(s.nextTime()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case o := <-s.results:
		return s.settle(ctx, o)
	case <-s.Relay.wake:
		s.lookAgain()
	case done := <-s.Relay.flush:
		s.waiters = append(s.waiters, done)
		s.lookAgain()
	case <-s.status:
	case <-timer.C:
	}
	return nil
}

// nextTime is when something becomes due by itself. What was due in the last
// step and could not be done waits for something else: a result, the line.
func (s *sitting) nextTime() time.Time {
	next := s.nextPoll
	if s.now.Before(s.nextCheck) && s.nextCheck.Before(next) {
		next = s.nextCheck
	}
	for _, l := range s.order {
		if s.now.Before(l.retryAt) && l.retryAt.Before(next) {
			next = l.retryAt
		}
	}
	return next
}

// settle records what the stream has of some rows. Nothing is recorded for a
// partition that is not held any more, nor when the answer shows that the
// stream has become another: then it is looked at first, and the same rows
// come again and meet themselves as duplicates.
func (s *sitting) settle(ctx context.Context, o outcome) error {
	l := o.lane
	l.busy = false
	s.inFlight--
	if l.lost {
		return nil
	}
	receipts, duplicates, last, whole := s.receipts(o)
	if !whole {
		l.look = true
		return nil
	}
	if len(receipts) > 0 {
		dbctx, cancel := s.database(ctx)
		defer cancel()
		if err := s.session.Published(dbctx, l.partition, s.incarnation, receipts); err != nil {
			return fmt.Errorf("record what was published: %w", err)
		}
		s.last = max(s.last, last)
	}
	s.mu.Lock()
	s.stats.Published += uint64(len(receipts))
	s.stats.Duplicates += duplicates
	if o.err != nil {
		s.stats.Failed++
	}
	s.mu.Unlock()
	if o.err != nil {
		s.failed(o)
		return nil
	}
	l.failures, l.retryAt = 0, time.Time{}
	if o.full {
		l.look, l.oldest = true, o.rows[len(o.rows)-1].Time
	} else {
		l.oldest = time.Time{}
	}
	return nil
}

// receipts pairs rows with sequences, and tells whether the stream still is
// what it was: everything newly stored comes after what was there before.
func (s *sitting) receipts(o outcome) (receipts []Receipt, duplicates, last uint64, whole bool) {
	receipts = make([]Receipt, len(o.stored))
	for i, at := range o.stored {
		receipts[i] = Receipt{Row: o.rows[i].Row, Sequence: at.sequence}
		last = max(last, at.sequence)
		if at.duplicate {
			duplicates++
			continue
		}
		if at.sequence <= o.floor {
			end := at.sequence - 1
			if s.shrunk {
				end = min(end, s.shrunkTo)
			}
			s.shrunk, s.shrunkTo, s.known = true, end, false
			s.nextCheck = time.Time{}
			return nil, 0, 0, false
		}
	}
	return receipts, duplicates, last, true
}

// failed stops a partition for a while. Rows that came before the failure
// were recorded; those after it wait behind it.
func (s *sitting) failed(o outcome) {
	l := o.lane
	l.failures++
	pause := retryIn(s.cfg.Retry, s.cfg.RetryMax, l.failures)
	l.look, l.retryAt = true, time.Now().Add(pause)
	stuck := o.rows[len(o.stored)]
	l.oldest = stuck.Time
	s.cfg.Log.Error("publishing stopped in a partition", "partition", l.partition, "row", stuck.Row,
		"event", stuck.ID, "failures", l.failures, "again_in", pause, "error", o.err)
}

// take takes the partitions that are free and looks at all that are held.
func (s *sitting) take(ctx context.Context) error {
	dbctx, cancel := s.database(ctx)
	defer cancel()
	held, err := s.session.Take(dbctx)
	if err != nil {
		return fmt.Errorf("take partitions: %w", err)
	}
	lanes := make(map[int16]*lane, len(held))
	s.order = s.order[:0]
	for _, p := range held {
		l := s.lanes[p]
		if l == nil {
			l = &lane{partition: p}
		}
		delete(s.lanes, p)
		lanes[p] = l
		s.order = append(s.order, l)
	}
	for _, l := range s.lanes {
		l.lost = true
	}
	s.lanes = lanes
	rand.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
	s.lookAgain()
	return nil
}

func (s *sitting) lookAgain() {
	for _, l := range s.order {
		l.look = true
	}
}

// mayPublish reports whether the stream is known to be as it was. A server
// that came back may have an older stream, so a reconnection is a doubt.
func (s *sitting) mayPublish() bool {
	return s.known && s.conn.IsConnected() && s.conn.Stats().Reconnects == s.reconnects
}

func (s *sitting) checkDue(now time.Time) bool {
	if !s.conn.IsConnected() {
		return false
	}
	return !now.Before(s.nextCheck) || s.known && s.conn.Stats().Reconnects != s.reconnects
}

// check looks at the stream and repairs the outbox when the stream lost
// something, and once in every session, since it may have lost something while
// nobody looked.
func (s *sitting) check(ctx context.Context) error {
	reconnects := s.conn.Stats().Reconnects
	asking, cancel := context.WithTimeout(ctx, s.cfg.AckWait)
	defer cancel()
	s.nextCheck = time.Now().Add(s.cfg.Check)
	stream, err := s.cfg.JetStream.Stream(asking, EventStream)
	if err != nil {
		s.known = false
		s.nextCheck = time.Now().Add(min(s.cfg.Check, s.cfg.RetryMax, 10*s.cfg.Retry))
		if ctx.Err() == nil {
			s.cfg.Log.Error("the event stream cannot be looked at; nothing is published", "error", err)
		}
		return nil
	}
	info := stream.CachedInfo()
	incarnation, last := EventIncarnation(info), info.State.LastSeq
	if s.shrunk && incarnation == s.incarnation {
		last = min(last, s.shrunkTo)
	}
	lost := s.incarnation != "" && (incarnation != s.incarnation || last < s.last)
	if lost || !s.repaired {
		if err := s.repair(ctx, incarnation, last, info.Config.MaxAge, lost); err != nil {
			return err
		}
	} else {
		last = max(last, s.last)
	}
	if !s.known || reconnects != s.reconnects {
		s.lookAgain()
		for _, l := range s.order {
			l.retryAt = time.Time{} // what failed may have failed for this
		}
	}
	s.incarnation, s.last = incarnation, last
	s.known, s.repaired, s.shrunk, s.reconnects = true, true, false, reconnects
	return nil
}

// repair marks unpublished what the stream does not have any more.
func (s *sitting) repair(ctx context.Context, incarnation string, last uint64, maxAge time.Duration, lost bool) error {
	dbctx, cancel := s.database(ctx)
	defer cancel()
	rows, err := s.session.Repair(dbctx, incarnation, last, maxAge)
	if err != nil {
		return fmt.Errorf("repair the outbox: %w", err)
	}
	if rows == 0 && !lost {
		return nil
	}
	s.cfg.Log.Error("the event stream lost messages; they are published again", "rows", rows,
		"incarnation", incarnation, "last", last, "incarnation_before", s.incarnation, "last_before", s.last)
	s.mu.Lock()
	s.stats.Repaired += uint64(rows)
	s.mu.Unlock()
	s.lookAgain()
	return nil
}

// rest tells those who flush when nothing waits, and keeps the age of what does.
func (s *sitting) rest() {
	s.observe(s.order)
	for _, l := range s.order {
		if l.look || l.busy || !l.oldest.IsZero() {
			return
		}
	}
	if s.inFlight > 0 || s.nextPoll.IsZero() {
		return
	}
	for _, done := range s.waiters {
		close(done)
	}
	s.waiters = nil
}

// observe keeps the age of what waits. Without a session it stays as it was
// last seen, since nothing is delivered then.
func (r *Relay) observe(order []*lane) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Held = len(order)
	if order == nil {
		return
	}
	r.oldest = time.Time{}
	for _, l := range order {
		if !l.oldest.IsZero() && (r.oldest.IsZero() || l.oldest.Before(r.oldest)) {
			r.oldest = l.oldest
		}
	}
}

// drain waits for what is on its way and, if the session still lives, records
// it: what is not recorded is published again after a restart.
func (s *sitting) drain(ctx context.Context, broken bool) error {
	for s.inFlight > 0 {
		o := <-s.results
		if broken {
			s.inFlight--
			s.receipts(o) // not to record them, but they may show a loss
			continue
		}
		if err := s.settle(ctx, o); err != nil {
			return errors.Join(err, s.drain(ctx, true))
		}
	}
	return nil
}

// database returns the context of one call to the session. It outlives the
// relay's own context, because cancelling a query costs the connection and
// with it the chance to record what was published.
func (s *sitting) database(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
}

// retryIn is how long to pause after so many failures in a row: doubled with
// each up to a limit, and spread so that those who failed together do not come
// back together.
func retryIn(first, most time.Duration, failures int) time.Duration {
	pause := min(first<<min(max(failures-1, 0), 20), most)
	return pause/2 + rand.N(pause/2+1)
}
