package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// standstill is why a service announces and approves nothing: the event stream holds
// events that the database does not know, so an older copy of it was restored
// and payments that it does not know of may be under way.
type standstill struct {
	incarnation string
	last        uint64
	events      []bus.StreamEvent
	over        atomic.Bool
}

// inspect compares the stream with what the database can vouch for. Events
// above that are known when they are in the outbox: the relay was killed after
// publishing them and before it noted so.
func (s *service) inspect(ctx context.Context) (*standstill, error) {
	_, incarnation, _, err := bus.EventsAbove(ctx, s.js, ^uint64(0)>>1)
	if err != nil {
		return nil, err
	}
	vouched, err := s.store.Vouched(ctx, incarnation)
	if err != nil {
		return nil, err
	}
	above, incarnation, last, err := bus.EventsAbove(ctx, s.js, uint64(vouched))
	if err != nil || len(above) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(above))
	for i, e := range above {
		ids[i] = e.ID
	}
	unknown, err := s.store.Unknown(ctx, ids)
	if err != nil || len(unknown) == 0 {
		return nil, err
	}
	strange := map[uuid.UUID]bool{}
	for _, id := range unknown {
		strange[id] = true
	}
	h := &standstill{incarnation: incarnation, last: last}
	for _, e := range above {
		if strange[e.ID] {
			h.events = append(h.events, e)
		}
	}
	return h, nil
}

// held reports whether the service is held.
func (s *service) held() bool { return s.hold != nil && !s.hold.over.Load() }

// awaitRelease waits until a person released the service, in this process or
// in another one on the same database.
func (s *service) awaitRelease(ctx context.Context) error {
	if !s.held() {
		return nil
	}
	s.log.Error("held: the event stream has events that this database does not know; look at them with: verloning events held",
		"events", len(s.hold.events), "first", s.hold.events[0].Subject)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for s.held() {
		vouched, err := s.store.Vouched(ctx, s.hold.incarnation)
		if err == nil && uint64(vouched) >= s.hold.last {
			s.hold.over.Store(true)
			s.log.Info("released")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// refuseHeld stops approvals and bank files while the service is held: what they
// would order or pay may have been ordered or paid already.
func (s *service) refuseHeld(o operation) error {
	if !s.held() || o.verb != "approve" && o.verb != "export" {
		return nil
	}
	return payroll.Refuse(payroll.Conflict, payroll.Reason("service/held", "",
		"De dienst staat vast: de gebeurtenissenstroom kent zaken die deze database niet kent. De beheerder bekijkt ze en geeft vrij.",
		"The service is held: the event stream knows what this database does not. The beheerder looks at it and releases."))
}

// heldShown is what the stream knows and the database does not.
type heldShown struct {
	Held   bool              `json:"held"`
	Count  int               `json:"count"`
	Events []bus.StreamEvent `json:"events"` // the first thousand
}

func (s *service) showHeld(_ context.Context, _ *postgres.Tx, _ payroll.Actor, _ struct{}) (heldShown, error) {
	if !s.held() {
		return heldShown{Events: []bus.StreamEvent{}}, nil
	}
	events := s.hold.events
	return heldShown{Held: true, Count: len(events), Events: events[:min(len(events), 1000)]}, nil
}

// releaseAsked releases the service, with the reason.
type releaseAsked struct {
	payroll.Command
	Reason string `json:"reason" validate:"required,max=500"`
}

type released struct {
	Released int `json:"released"` // events that were unknown
}

func (s *service) release(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q releaseAsked) (released, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return released{}, err
	}
	if !s.held() {
		return released{}, payroll.Refuse(payroll.Conflict, payroll.Reason("service/not_held", "", "De dienst staat niet vast.", "The service is not held."))
	}
	return released{len(s.hold.events)}, tx.Release(ctx, a, s.hold.incarnation, int64(s.hold.last), q.Reason)
}
