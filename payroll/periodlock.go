package payroll

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// PeriodLock is one statement of an employer about a period: that it is locked,
// or open again. The newest statement about a contract and a day counts.
//
// A lock stops hours of its days, and what changes a contract or a placement on
// its days: those are what an employer and its re-integratiebedrijven decide
// themselves. It does not stop what others decide or what has happened
// anyway: decisions and loonwaarden of a gemeente, garnishments, an IBAN or a BSN,
// the bank; nor a run, which is approved with the period locked.
type PeriodLock struct {
	Period    calendar.Period
	Contract  uuid.UUID // nil: all contracts of the employer
	Providers bool      // only what re-integratiebedrijven hand in
	Locked    bool      // false: opened again
	On        calendar.Date
}

// about reports whether the statement is about a contract, and about who asks.
func (l PeriodLock) about(contract uuid.UUID, provider bool) bool {
	return (l.Contract == uuid.Nil || l.Contract == contract) && (provider || !l.Providers)
}

// LockOf finds a lock on a day of a span, the earliest day first. The statements
// are of the contract's employer, in the order in which they were made.
func LockOf(locks []PeriodLock, contract uuid.UUID, provider bool, days calendar.Span) (PeriodLock, bool) {
	var first PeriodLock
	var at calendar.Date
	for _, l := range locks {
		if !l.Locked || !l.about(contract, provider) {
			continue
		}
		both := l.Period.Meet(days)
		for day := both.From; !both.Empty() && !day.After(both.To) && (at.IsZero() || day.Before(at)); day = day.Add(1) {
			if newest, locked := lockedOn(locks, contract, provider, day); locked {
				first, at = newest, day
			}
		}
	}
	return first, !at.IsZero()
}

// lockedOn goes by the newest statement about a contract and a day.
func lockedOn(locks []PeriodLock, contract uuid.UUID, provider bool, day calendar.Date) (PeriodLock, bool) {
	for _, l := range slices.Backward(locks) {
		if l.about(contract, provider) && l.Period.Holds(day) {
			return l, l.Locked
		}
	}
	return PeriodLock{}, false
}

// refusal says why something is not taken. The reason that the employer gave is for
// the employer: it may tell of somebody.
func (l PeriodLock) refusal(field string) Problem {
	return Reason("period/locked", field,
		fmt.Sprintf("Periode %s is op %s door de werkgever afgesloten; de werkgever kan die heropenen (period reopen).", l.Period, l.On),
		fmt.Sprintf("Period %s was locked by the employer on %s; the employer can reopen it (period reopen).", l.Period, l.On))
}

// unlocked refuses what changes a contract of the caller on days that are locked.
func (d *Desk) unlocked(ctx context.Context, tx Tx, c Contract, days calendar.Span) error {
	locks, err := tx.PeriodLocks(ctx, c.Employer, days)
	if err != nil {
		return err
	}
	if l, locked := LockOf(locks, c.ID, false, days); locked {
		return Refuse(Conflict, l.refusal("period"))
	}
	return nil
}

// PeriodState locks or reopens periods: of all contracts of the caller, or of
// some; for everybody, or for re-integratiebedrijven alone.
type PeriodState struct {
	Command
	Periods   []string `json:"periods" validate:"required,min=1,max=60,dive,max=8"`
	Contracts []string `json:"contracts,omitempty" validate:"max=500,dive,number"`
	Providers bool     `json:"providers,omitempty"`
	Reason    string   `json:"reason" validate:"required,max=500"`
}

// PeriodsStated is the reply.
type PeriodsStated struct {
	Periods   []calendar.Period `json:"periods"`
	Contracts int               `json:"contracts"` // nought: all
	Providers bool              `json:"providers"`
	Locked    bool              `json:"locked"`
}

// NewPeriodLocks are statements that belong together: each period with each
// contract, or with all.
type NewPeriodLocks struct {
	Periods   []calendar.Period
	Contracts []uuid.UUID
	Providers bool
	Locked    bool
	Reason    string
}

// LockPeriods locks periods until somebody reopens them.
func (d *Desk) LockPeriods(ctx context.Context, tx Tx, a Actor, req PeriodState) (PeriodsStated, error) {
	return d.statePeriods(ctx, tx, a, req, true)
}

// ReopenPeriods opens what is locked again. What is not locked can not be.
func (d *Desk) ReopenPeriods(ctx context.Context, tx Tx, a Actor, req PeriodState) (PeriodsStated, error) {
	return d.statePeriods(ctx, tx, a, req, false)
}

func (d *Desk) statePeriods(ctx context.Context, tx Tx, a Actor, req PeriodState, lock bool) (PeriodsStated, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	n := NewPeriodLocks{Providers: req.Providers, Locked: lock, Reason: req.Reason}
	seen := map[calendar.Period]bool{}
	for i, text := range req.Periods {
		line := &Door{line: i + 1}
		if p := line.Period("periods", text); len(line.Problems) == 0 && !seen[p] {
			seen[p] = true
			n.Periods = append(n.Periods, p)
		}
		door.Problems = append(door.Problems, line.Problems...)
	}
	if err := door.Err(); err != nil {
		return PeriodsStated{}, err
	}
	known, err := tx.ContractIDs(ctx, a.Organisation.ID, req.Contracts)
	if err != nil {
		return PeriodsStated{}, err
	}
	for i, number := range req.Contracts {
		id, is := known[number]
		if !is {
			door.Problems = append(door.Problems, Unknown("contract", "contracts", number).At(i+1))
			continue
		}
		delete(known, number) // a number that stands twice is unknown the second time
		n.Contracts = append(n.Contracts, id)
	}
	if err := door.Err(); err != nil {
		return PeriodsStated{}, err
	}
	if err := tx.HoldPeriods(ctx, a.Organisation.ID); err != nil {
		return PeriodsStated{}, err
	}
	if err := d.reopenable(ctx, tx, a, n); err != nil {
		return PeriodsStated{}, err
	}
	providers, err := tx.AddPeriodLocks(ctx, a, n)
	if err != nil {
		return PeriodsStated{}, err
	}
	reply := PeriodsStated{Periods: n.Periods, Contracts: len(n.Contracts), Providers: n.Providers, Locked: lock}
	return reply, tx.Publish(ctx, n.announced(a, providers))
}

// reopenable refuses to open a period of which nothing is locked in the scope that
// is named.
func (d *Desk) reopenable(ctx context.Context, tx Tx, a Actor, n NewPeriodLocks) error {
	if n.Locked {
		return nil
	}
	var problems []Problem
	for i, p := range n.Periods {
		locks, err := tx.PeriodLocks(ctx, a.Organisation.ID, p.Span)
		if err != nil {
			return err
		}
		if !n.concerns(locks, p.Span) {
			problems = append(problems, Reason("period/not_locked", "periods",
				fmt.Sprintf("Periode %s is zo niet afgesloten.", p), fmt.Sprintf("Period %s is not locked in that way.", p)).At(i+1))
		}
	}
	return Refuse(Conflict, problems...)
}

// concerns reports whether anything of what a reopening names is locked.
func (n NewPeriodLocks) concerns(locks []PeriodLock, days calendar.Span) bool {
	contracts := n.Contracts
	if len(contracts) == 0 {
		contracts = []uuid.UUID{uuid.Nil}
		for _, l := range locks {
			contracts = append(contracts, l.Contract)
		}
	}
	return slices.ContainsFunc(contracts, func(c uuid.UUID) bool {
		_, theirs := LockOf(locks, c, true, days)
		_, own := LockOf(locks, c, false, days)
		return theirs || own && !n.Providers
	})
}

// announced tells the employer, and each re-integratiebedrijf whose hours are
// concerned.
func (n NewPeriodLocks) announced(a Actor, providers []uuid.UUID) []Event {
	verb := "locked"
	if !n.Locked {
		verb = "reopened"
	}
	var events []Event
	for _, p := range n.Periods {
		data := EventData(PeriodAnnounced{Employer: a.Organisation.Code, Period: p, All: len(n.Contracts) == 0, Providers: n.Providers})
		for _, owner := range append([]uuid.UUID{a.Organisation.ID}, providers...) {
			events = append(events, Event{Owner: owner, Noun: "period", Aggregate: DeriveID(fmt.Sprintf("period/%s/%s", a.Organisation.ID, p)), Verb: verb, Data: data})
		}
	}
	return events
}

// PeriodAnnounced tells that a period was locked or reopened, and not why.
type PeriodAnnounced struct {
	Employer  string          `json:"employer"` // code
	Period    calendar.Period `json:"period"`
	All       bool            `json:"all"`       // contracts; otherwise some
	Providers bool            `json:"providers"` // only what re-integratiebedrijven hand in
}
