package payroll

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Desk is where commands arrive: it says which step follows which, what is
// kept with it and what is announced. Every method runs inside one transaction
// and may be run again from the start.
type Desk struct {
	NewID     func() uuid.UUID                                      // version 7, for facts
	Locksmith Locksmith                                             // mints keys on the bus
	Scheme    func(id string, on calendar.Date) (SchemeRules, bool) // what a scheme asks of contracts
	ShardSize int                                                   // persons a shard
	RuleSet   string                                                // hash of the rules in force
}

// SchemeRules are what a scheme asks of a contract under it.
type SchemeRules struct {
	MinFactor euro.Number // of the minimum wage
	MaxMonths int         // longest contract; nought: the scheme limits none
}

// Locksmith mints identities on the bus.
type Locksmith interface {
	NewAccount() (Account, error)
	NewUser(accountSeed []byte, label string) (UserKey, error)
}

// Account is an organisation's account on the bus.
type Account struct {
	Public string
	Seed   []byte
}

// UserKey is a user's key; the credentials are given out once.
type UserKey struct {
	Public      string
	Credentials []byte
}

// RunOpen opens the run of one employer for one period.
type RunOpen struct {
	Command
	Period   string `json:"period" validate:"required"`
	PayDate  string `json:"pay_date" validate:"required"`
	Deadline string `json:"deadline,omitempty"`
}

// OpenRun opens a run. One regular run exists for an employer and a period.
func (d *Desk) OpenRun(ctx context.Context, tx Tx, a Actor, req RunOpen) (RunReply, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	r := Run{
		Employer: a.Organisation.ID, Period: door.Period("period", req.Period), Kind: Regular, Sequence: 1,
		PayDate: door.Date("pay_date", req.PayDate), Deadline: door.Date("deadline", req.Deadline), Status: RunOpened,
	}
	if !r.PayDate.IsZero() && !r.Period.From.IsZero() && r.PayDate.Before(r.Period.From) {
		door.Refuse(Reason("date/order", "pay_date", "De betaaldatum ligt voor de periode.", "The pay date lies before the period."))
	}
	if err := door.Err(); err != nil {
		return RunReply{}, err
	}
	r.ID = RunID(r.Employer, r.Period, r.Kind, r.Sequence)
	exists, err := tx.AddRun(ctx, a, r)
	if err == nil && exists {
		err = Refuse(Conflict, Reason("run/exists", "period", "Voor (een deel van) deze periode is al een run geopend.", "A run for this period, or for part of it, exists already."))
	}
	return replyTo(r), err
}

// RunReply is what commands on a run answer.
type RunReply struct {
	Run         uuid.UUID `json:"run"`
	Period      string    `json:"period"`
	Status      RunStatus `json:"status"`
	Calculation int       `json:"calculation,omitempty"`
	Shards      int       `json:"shards,omitempty"`
}

func replyTo(r Run) RunReply {
	return RunReply{Run: r.ID, Period: r.Period.String(), Status: r.Status, Calculation: r.Calculation}
}

// RunAsk names a run.
type RunAsk struct {
	Command
	Run string `json:"run" validate:"required,uuid"`
}

// CalculateRun starts a new calculation: it fixes the cut-off, deals the
// persons into shards and leaves the work to whoever takes it. An earlier
// calculation of the run is superseded; its late shards are fenced off by the
// number.
func (d *Desk) CalculateRun(ctx context.Context, tx Tx, a Actor, req RunAsk) (RunReply, error) {
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return RunReply{}, err
	}
	if r.Status != RunOpened && r.Status != RunCalculating && r.Status != RunCalculated {
		return RunReply{}, Refuse(Conflict, statusProblem(r))
	}
	cutoff, err := tx.FixCutoff(ctx)
	if err != nil {
		return RunReply{}, err
	}
	persons, err := tx.PersonsOf(ctx, r, cutoff)
	if err != nil {
		return RunReply{}, err
	}
	r.Calculation, r.Status = r.Calculation+1, RunCalculating
	shards := CutShards(r.ID, r.Calculation, persons, d.ShardSize)
	calc := Calculation{Run: r.ID, Number: r.Calculation, Cutoff: cutoff, RuleSet: d.RuleSet, AskedBy: a.User, Shards: len(shards)}
	if err := tx.AddCalculation(ctx, r, calc, shards); err != nil {
		return RunReply{}, err
	}
	reply := replyTo(r)
	reply.Shards = len(shards)
	return reply, nil
}

// AcceptExceptions accepts exceptions of a run by their keys, with a reason.
type AcceptExceptions struct {
	Command
	Run        string   `json:"run" validate:"required,uuid"`
	Exceptions []string `json:"exceptions" validate:"required,min=1,max=1000,dive,uuid"`
	Reason     string   `json:"reason" validate:"required,max=500"`
}

// Accepted is the reply: how many of the run's exceptions still wait.
type Accepted struct {
	Run      uuid.UUID `json:"run"`
	Accepted int       `json:"accepted"`
	Open     int       `json:"open"`
}

// Accept notes who accepted which exceptions and why.
func (d *Desk) Accept(ctx context.Context, tx Tx, a Actor, req AcceptExceptions) (Accepted, error) {
	door := NewDoor(req)
	if err := door.Err(); err != nil {
		return Accepted{}, err
	}
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return Accepted{}, err
	}
	if r.Status != RunCalculated {
		return Accepted{}, Refuse(Conflict, statusProblem(r))
	}
	unknown, err := tx.AcceptExceptions(ctx, a, r, req.Exceptions, req.Reason)
	if err != nil {
		return Accepted{}, err
	}
	for _, key := range unknown {
		door.Refuse(Unknown("exception", "exceptions", key))
	}
	if err := door.Err(); err != nil {
		return Accepted{}, err
	}
	open, err := tx.OpenExceptions(ctx, r)
	return Accepted{Run: r.ID, Accepted: len(req.Exceptions), Open: open}, err
}

// CloseRun closes an approved run. A gross-only run is never paid through a
// bank file and closes straight after approval.
func (d *Desk) CloseRun(ctx context.Context, tx Tx, a Actor, req RunAsk) (RunReply, error) {
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return RunReply{}, err
	}
	if r.Status != RunApproved {
		return RunReply{}, Refuse(Conflict, statusProblem(r))
	}
	r.Status = RunClosed
	if err := tx.SetRunStatus(ctx, r); err != nil {
		return RunReply{}, err
	}
	return replyTo(r), tx.Publish(ctx, []Event{{
		Owner: r.Employer, Noun: "run", Aggregate: r.ID, Verb: "closed", Data: EventData(replyTo(r)),
	}})
}

// OwnRun finds a run of the caller's organisation by its id and locks it.
func (d *Desk) OwnRun(ctx context.Context, tx Tx, a Actor, id string, lock Lock) (Run, error) {
	return d.ownRun(ctx, tx, a, id, lock)
}

func (d *Desk) ownRun(ctx context.Context, tx Tx, a Actor, id string, lock Lock) (Run, error) {
	key, err := uuid.Parse(id)
	if err != nil {
		return Run{}, Refuse(Invalid, Reason("field/uuid", "run", "Geen geldig kenmerk (UUID).", "Not a valid id (UUID)."))
	}
	r, known, err := tx.Run(ctx, key, lock)
	if err != nil {
		return Run{}, err
	}
	if !known || r.Employer != a.Organisation.ID {
		return Run{}, Refuse(NotFound, Unknown("run", "run", id))
	}
	return r, nil
}

// statusProblem says why a command does not fit where the run stands.
func statusProblem(r Run) Problem {
	return Reason("run/status", "run",
		"De run van "+r.Period.String()+" staat op "+string(r.Status)+"; dat laat deze stap niet toe.",
		"The run of "+r.Period.String()+" is "+string(r.Status)+", which does not allow this step.")
}

// StatusProblem is statusProblem for the desk that closes the month.
func StatusProblem(r Run) Problem { return statusProblem(r) }
