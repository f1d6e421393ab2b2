package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

// intakeHands is how many messages of the intake are judged at the same time.
const intakeHands = 2

// service is one process at work: endpoints, intake, workers, relay and
// sweeper on one database and one bus. Any number of them share both.
type service struct {
	cfg   config
	log   *slog.Logger
	store *postgres.Store
	desk  *subsidy.Desk
	keys  *bus.Keys
	app   *nats.Conn // our own account
	sys   *nats.Conn // the system account, for telling the server of accounts
	js    jetstream.JetStream
	relay *bus.Relay
	stale atomic.Bool // the bus was not told of every account
	hold  *standstill // not nil when the service started held

	reckoned reckoned // reconciliations whose next pages are asked for
}

// newDesk puts the desks together from the rules that came with the program.
func newDesk(shardSize int) (*subsidy.Desk, error) {
	book, err := subsidy.LoadBook()
	if err != nil {
		return nil, err
	}
	books := subsidy.NewBooks(book)
	return &subsidy.Desk{
		Books: books,
		Desk: &payroll.Desk{
			NewID: func() uuid.UUID { return uuid.Must(uuid.NewV7()) }, Locksmith: locksmith{}, ShardSize: shardSize, Rules: books, Bank: iso20022{},
		},
	}, nil
}

// locksmith mints keys for the desk.
type locksmith struct{}

func (locksmith) NewAccount() (payroll.Account, error) {
	public, seed, err := bus.NewAccount()
	return payroll.Account{Public: public, Seed: seed}, err
}

func (locksmith) NewUser(accountSeed []byte, label string) (payroll.UserKey, error) {
	public, credentials, err := bus.NewUser(accountSeed, label)
	return payroll.UserKey{Public: public, Credentials: credentials}, err
}

// prepare makes streams, tells the bus of every account and makes the relay.
func (s *service) prepare(ctx context.Context) error {
	if err := bus.EnsureStreams(ctx, s.js, bus.StreamConfig{EventMaxAge: s.cfg.EventAge}); err != nil {
		return err
	}
	if err := s.announceAccounts(ctx); err != nil {
		return err
	}
	if err := s.store.PreparePeriods(ctx); err != nil {
		return err
	}
	instance, err := s.store.Instance(ctx)
	if err != nil {
		return err
	}
	if s.hold, err = s.inspect(ctx); err != nil {
		return err
	}
	s.relay = bus.NewRelay(bus.RelayConfig{Outbox: outbox{s.store}, JetStream: s.js, Instance: instance.String(), Log: s.log})
	s.store.OnPublish(s.relay.Wake)
	return nil
}

// announceAccounts tells the server of every organisation's account and makes
// its event consumer. Saying it again changes nothing, so that a kill between
// commit and announcement is mended by the next start or sweep.
func (s *service) announceAccounts(ctx context.Context) error {
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range accounts {
		errs = append(errs, s.announceAccount(ctx, a.Public, a.Code))
	}
	return errors.Join(errs...)
}

func (s *service) announceAccount(ctx context.Context, public, code string) error {
	token, err := s.keys.OrganisationJWT(public, code)
	if err != nil {
		return err
	}
	if err := bus.PushAccount(ctx, s.sys, token); err != nil {
		return err
	}
	return bus.EnsureEventConsumer(ctx, s.js, public)
}

// run works until the context ends and then drains: no new requests, no new
// shards, what runs is finished and what was announced is published.
func (s *service) run(ctx context.Context, ready func() error) error {
	api, err := bus.Serve(context.WithoutCancel(ctx), s.app, s.endpoints(), bus.ServeOptions{
		Workers: s.cfg.Requests, Pending: s.cfg.Pending, Timeout: s.cfg.Timeout, Logger: s.log,
	})
	if err != nil {
		return err
	}
	// The relay outlives the rest, so that the last commits are published.
	relaying, stopRelay := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRelay()
	relayed := make(chan error, 1)
	go func() {
		if err := s.awaitRelease(relaying); err != nil {
			relayed <- err
			return
		}
		relayed <- s.relay.Run(relaying)
	}()

	group, working := errgroup.WithContext(ctx)
	group.Go(func() error { return s.consumeIntake(working) })
	group.Go(func() error { return s.consumeWork(working) })
	group.Go(func() error { return s.sweep(working) })
	group.Go(func() error {
		select {
		case err := <-relayed:
			relayed <- err
			return fmt.Errorf("the relay stopped: %w", err)
		case <-working.Done():
			return nil
		}
	})
	if err := ready(); err != nil {
		return err
	}
	err = group.Wait()
	return errors.Join(ignoreCancelled(err), s.drain(api, stopRelay, relayed))
}

func (s *service) drain(api *bus.Service, stopRelay func(), relayed <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Drain)
	defer cancel()
	err := api.Drain(ctx)
	if !s.held() {
		if flushed := s.relay.Flush(ctx); flushed != nil {
			s.log.Warn("events wait for the next start", "error", flushed)
		}
	}
	stopRelay()
	return errors.Join(err, ignoreCancelled(<-relayed))
}

func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// consumeIntake judges hours that were handed in to the durable intake. The
// verdict is an event; whether the message came twice the submission's id says.
func (s *service) consumeIntake(ctx context.Context) error {
	var submit operation
	for _, o := range s.surface() {
		if o.name() == "hours.submit" {
			submit = o
		}
	}
	return bus.ConsumeIntake(ctx, s.js, bus.IntakeConfig{
		Concurrency: intakeHands, Caller: bus.IntakeCaller, Log: s.log, Drain: s.cfg.Drain,
		Handle: func(ctx context.Context, account, user, _ string, body []byte) error {
			caller := bus.Caller{Account: account, User: user}
			_, err := s.carryOut(ctx, submit, caller, body)
			var refusal *payroll.Refusal
			switch {
			case postgres.Unavailable(err):
				return payroll.Refuse(payroll.Unavailable, payroll.Reason("service/unavailable", "", "De database is er niet; dit wordt opnieuw geprobeerd.", "The database is away; this is tried again."))
			case errors.As(err, &refusal) && refusal.Meaning != payroll.Unavailable:
				return s.reject(ctx, caller, body, refusal)
			}
			return err
		},
	})
}

// reject answers a message of the intake that was refused as a whole: nobody
// waits for a reply, so the sender is told by an event. A sender that is not
// known here cannot be told, and the message is buried.
func (s *service) reject(ctx context.Context, caller bus.Caller, body []byte, refusal *payroll.Refusal) error {
	return s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		actor, known, err := tx.Actor(ctx, caller.Account, caller.User)
		if err != nil {
			return err
		}
		if !known {
			return refusal
		}
		return tx.Announce(ctx, payroll.RejectedWhole(actor, body, refusal))
	})
}

// consumeWork computes shards that hints point at.
func (s *service) consumeWork(ctx context.Context) error {
	return bus.ConsumeWork(ctx, s.js, bus.WorkConfig{
		Concurrency: s.cfg.Workers, Log: s.log, Drain: s.cfg.Drain,
		Handle: func(ctx context.Context, w bus.Work) error {
			return s.calculate(ctx, payroll.Shard{Run: w.Run, Calculation: w.Calculation, Number: w.Shard})
		},
	})
}

// calculate does one shard and, when it was the last, seals the calculation.
func (s *service) calculate(ctx context.Context, shard payroll.Shard) error {
	err := s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		return s.desk.CalculateShard(ctx, tx, shard)
	})
	if errors.Is(err, subsidy.ErrSuperseded) {
		s.log.Info("a shard came too late", "run", shard.Run, "calculation", shard.Calculation, "shard", shard.Number)
		return nil
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, shard.Run, shard.Calculation)
}

// finish seals a calculation whose shards are all done. Most calls find shards
// to do, and look without locking.
func (s *service) finish(ctx context.Context, run uuid.UUID, number int) error {
	left, err := s.store.ShardsLeft(ctx, run, number)
	if err != nil || left > 0 {
		return err
	}
	return s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := s.desk.Finish(ctx, tx, run, number)
		return err
	})
}

// hint tells workers of shards.
func (s *service) hint(ctx context.Context, run uuid.UUID, number, shards int) error {
	works := make([]bus.Work, shards)
	for i := range works {
		works[i] = bus.Work{Run: run, Calculation: number, Shard: i + 1}
	}
	if shards == 0 {
		return s.finish(ctx, run, number)
	}
	return bus.PublishWork(ctx, s.js, works)
}

// sweepEvery is how often the sweeper looks for what a kill left behind.
const sweepEvery = 5 * time.Second

// sweep mends what was lost between a commit and what follows it: accounts that
// the bus was not told of, hints, seals, rows of superseded calculations.
func (s *service) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *service) sweepOnce(ctx context.Context) error {
	var errs []error
	for _, job := range []func(context.Context) error{s.sweepAccounts, s.sweepShards, s.sweepSeals, s.sweepPruned} {
		errs = append(errs, job(ctx)) // one that fails stops no other
	}
	return errors.Join(errs...)
}

func (s *service) sweepAccounts(ctx context.Context) error {
	if !s.stale.Swap(false) {
		return nil
	}
	err := s.announceAccounts(ctx)
	s.stale.Store(err != nil)
	return err
}

func (s *service) sweepShards(ctx context.Context) error {
	shards, err := s.stalled(ctx)
	if err != nil {
		return err
	}
	works := make([]bus.Work, len(shards))
	for i, sh := range shards {
		works[i] = bus.Work{Run: sh.Run, Calculation: sh.Calculation, Shard: sh.Number}
	}
	return bus.PublishWork(ctx, s.js, works)
}

// stalled finds shards to do of calculations by the rules of this program.
func (s *service) stalled(ctx context.Context) (shards []payroll.Shard, err error) {
	err = s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		unfinished, err := tx.Unfinished(ctx)
		if err != nil || len(unfinished) == 0 {
			shards = nil
			return err
		}
		var ours []int64
		for _, c := range unfinished {
			set, err := s.desk.Books.SetAt(ctx, tx, c.Cutoff)
			if err != nil {
				return err
			}
			if set == c.RuleSet {
				ours = append(ours, c.ID)
			}
		}
		shards, err = tx.Stalled(ctx, ours, 1000)
		return err
	})
	return shards, err
}

func (s *service) sweepSeals(ctx context.Context) error {
	unsealed, err := s.store.Unsealed(ctx)
	errs := []error{err}
	for _, c := range unsealed {
		errs = append(errs, s.finish(ctx, c.Run, c.Number))
	}
	return errors.Join(errs...)
}

func (s *service) sweepPruned(ctx context.Context) error {
	for {
		if more, err := s.store.Prune(ctx); err != nil || !more {
			return err
		}
	}
}
