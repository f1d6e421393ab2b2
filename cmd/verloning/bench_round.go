package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

// measureRun opens, calculates and approves the run as the service does, with
// as many workers as cores, until the last event is published.
func (b *bench) measureRun(ctx context.Context, store *postgres.Store) (seconds float64, parts string, peak int64, err error) {
	app, js, err := b.connect(ctx)
	if err != nil {
		return 0, "", 0, err
	}
	defer app.Close()
	employer, err := b.employer(ctx, store)
	if err != nil {
		return 0, "", 0, err
	}
	s := &service{cfg: b.cfg, log: b.log, store: store, desk: b.desk, keys: b.keys, app: app, js: js}
	s.cfg.Workers = runtime.NumCPU()
	runtime.GC()
	debug.FreeOSMemory()
	resetPeak()
	watch := startWatch()
	run, err := b.calculate(ctx, s, payroll.Actor{Organisation: employer, User: b.seed.By})
	if err != nil {
		return 0, "", 0, err
	}
	calculated := watch.seconds()
	if err := b.approve(ctx, s, payroll.Actor{Organisation: employer, User: b.boss.User}, run); err != nil {
		return 0, "", 0, err
	}
	approved := watch.seconds()
	if err := publishAll(ctx, js, outbox{store}, func() (int, error) { return store.Waiting(ctx) }); err != nil {
		return 0, "", 0, err
	}
	seconds = watch.seconds()
	parts = fmt.Sprintf("calculate %.2f, approve %.2f, publish %.2f", calculated, approved-calculated, seconds-approved)
	return seconds, parts, peakRSS(), nil
}

// connect makes a connection with a fresh event stream.
func (b *bench) connect(ctx context.Context) (*nats.Conn, jetstream.JetStream, error) {
	app, err := nats.Connect(b.bus.URL(), b.keys.ApplicationOption(), b.bus.InProcess())
	if err != nil {
		return nil, nil, fmt.Errorf("connect to NATS: %w", err)
	}
	js, err := jetstream.New(app)
	if err == nil {
		err = freshStream(ctx, js)
	}
	return app, js, err
}

func (b *bench) employer(ctx context.Context, store *postgres.Store) (o payroll.Organisation, err error) {
	err = store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		o, err = tx.OrganisationByID(ctx, b.seed.Employer)
		return err
	})
	return o, err
}

// calculate asks for the calculation, tells the workers over the bus and waits
// until it is sealed.
func (b *bench) calculate(ctx context.Context, s *service, a payroll.Actor) (payroll.RunReply, error) {
	var reply payroll.RunReply
	err := s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		opened, err := b.desk.OpenRun(ctx, tx, a, payroll.RunOpen{Period: "2026-10", PayDate: "2026-10-30"})
		if err != nil {
			return err
		}
		reply, err = b.desk.CalculateRun(ctx, tx, a, payroll.RunAsk{Run: opened.Run.String()})
		return err
	})
	if err != nil {
		return reply, err
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	group, working := errgroup.WithContext(working)
	group.Go(func() error { return s.consumeWork(working) })
	if err := s.hint(ctx, reply.Run, reply.Calculation, reply.Shards); err != nil {
		return reply, err
	}
	for sealed := false; !sealed && err == nil; {
		sealed, err = b.sealed(ctx, s, &reply)
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	return reply, errors.Join(err, ignoreCancelled(group.Wait()))
}

func (b *bench) sealed(ctx context.Context, s *service, reply *payroll.RunReply) (sealed bool, err error) {
	err = s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		r, _, err := tx.Run(ctx, reply.Run, payroll.NoLock)
		reply.Status, sealed = r.Status, r.Status == payroll.RunCalculated
		return err
	})
	return sealed, err
}

// approve accepts the exceptions of the population by name and approves.
func (b *bench) approve(ctx context.Context, s *service, boss payroll.Actor, run payroll.RunReply) error {
	return s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		r, _, err := tx.Run(ctx, run.Run, payroll.ForUpdate)
		if err != nil {
			return err
		}
		found, err := tx.Exceptions(ctx, r, "", 1000)
		if err != nil {
			return err
		}
		keys := make([]string, len(found))
		for i, e := range found {
			keys[i] = e.Key.String()
		}
		if len(keys) > 0 {
			if _, err := b.desk.Accept(ctx, tx, payroll.Actor{Organisation: boss.Organisation, User: b.seed.By}, payroll.AcceptExceptions{Run: run.Run.String(), Exceptions: keys, Reason: "bench"}); err != nil {
				return err
			}
		}
		c, _, err := tx.Calculation(ctx, r.ID, r.Calculation)
		if err != nil {
			return err
		}
		_, err = b.desk.ApproveRun(ctx, tx, boss, subsidy.RunApprove{Run: run.Run.String(), Calculation: c.Number, Hash: c.Hash})
		return err
	})
}

// publishAll relays until nothing waits.
func publishAll(ctx context.Context, js jetstream.JetStream, box bus.Outbox, waiting func() (int, error)) error {
	relay := bus.NewRelay(bus.RelayConfig{Outbox: box, JetStream: js, Instance: "bench"})
	relaying, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- relay.Run(relaying) }()
	if err := relay.Flush(ctx); err != nil {
		return err
	}
	left, err := waiting()
	if err == nil && left > 0 {
		err = fmt.Errorf("%d events were not published", left)
	}
	stop()
	return errors.Join(err, ignoreCancelled(<-done))
}

// measureFloor copies the rows with one and with two connections, takes the
// faster, and publishes the events from memory through the same relay.
func (b *bench) measureFloor(ctx context.Context, store *postgres.Store, files []postgres.Unloaded) (float64, error) {
	best := 0.0
	for connections := 1; connections <= 2; connections++ {
		if err := store.PlainTables(ctx); err != nil {
			return 0, err
		}
		watch := startWatch()
		if err := store.CopyPlain(ctx, files, connections); err != nil {
			return 0, err
		}
		if took := watch.seconds(); best == 0 || took < best {
			best = took
		}
	}
	// The floor holds every event in memory, where our bound would have it collect
	// garbage without end.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	box, err := remember(ctx, store)
	if err != nil {
		return 0, err
	}
	app, js, err := b.connect(ctx)
	if err != nil {
		return 0, err
	}
	defer app.Close()
	watch := startWatch()
	if err := publishAll(ctx, js, box, box.waiting); err != nil {
		return 0, err
	}
	return best + watch.seconds(), nil
}

// memory is an outbox that costs nothing: the floor of publishing.
type memory struct{ lanes map[int16][]bus.Outgoing }

func remember(ctx context.Context, store *postgres.Store) (*memory, error) {
	m := &memory{lanes: map[int16][]bus.Outgoing{}}
	after := int64(0)
	for {
		rows, err := store.Announced(ctx, after, 10_000)
		if err != nil || len(rows) == 0 {
			return m, err
		}
		for _, o := range outgoing(rows) {
			m.lanes[o.Partition] = append(m.lanes[o.Partition], o)
			after = o.Row
		}
	}
}

func (m *memory) Open(context.Context) (bus.Session, error) { return m, nil }

func (m *memory) Take(context.Context) ([]int16, error) {
	held := make([]int16, 0, len(m.lanes))
	for p := range m.lanes {
		held = append(held, p)
	}
	return held, nil
}

func (m *memory) Pending(_ context.Context, partition int16, limit int) ([]bus.Outgoing, error) {
	lane := m.lanes[partition]
	return lane[:min(limit, len(lane))], nil
}

// Published drops from the front: the relay publishes a lane in order.
func (m *memory) Published(_ context.Context, _ int16, _ string, receipts []bus.Receipt) error {
	landed := map[int64]bool{}
	for _, r := range receipts {
		landed[r.Row] = true
	}
	for p, lane := range m.lanes {
		for len(lane) > 0 && landed[lane[0].Row] {
			lane = lane[1:]
		}
		m.lanes[p] = lane
	}
	return nil
}

func (m *memory) Repair(context.Context, string, uint64, time.Duration) (int64, error) { return 0, nil }

func (m *memory) Close() {}

func (m *memory) waiting() (n int, err error) {
	for _, lane := range m.lanes {
		n += len(lane)
	}
	return n, nil
}
