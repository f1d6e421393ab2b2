package payroll

import (
	"context"

	"github.com/google/uuid"
)

// RunOpen opens the run of one employer for one period: of everybody, or, off
// the cycle, of one person.
type RunOpen struct {
	Command
	Period   string `json:"period" validate:"required"`
	PayDate  string `json:"pay_date" validate:"required"`
	Deadline string `json:"deadline,omitempty"`
	BackTo   string `json:"back_to,omitempty"`                            // first day that it corrects; absent: five years before the period
	Person   string `json:"person,omitempty" validate:"omitempty,number"` // personnel number, of an off-cycle run
}

// OpenRun opens a run. One regular run exists for an employer and a period;
// off-cycle runs are numbered.
func (d *Desk) OpenRun(ctx context.Context, tx Tx, a Actor, req RunOpen) (RunReply, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	r := req.accept(door, a)
	if err := d.openFor(ctx, tx, door, &r, req.Person); err != nil {
		return RunReply{}, err
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

// accept reads what is asked.
func (req RunOpen) accept(door *Door, a Actor) Run {
	r := Run{
		Employer: a.Organisation.ID, Period: door.Period("period", req.Period), Kind: Regular, Sequence: 1,
		PayDate: door.Date("pay_date", req.PayDate), Deadline: door.Date("deadline", req.Deadline), BackTo: door.Date("back_to", req.BackTo), Status: RunOpened,
	}
	if !r.PayDate.IsZero() && !r.Period.From.IsZero() && r.PayDate.Before(r.Period.From) {
		door.Refuse(Reason("date/order", "pay_date", "De betaaldatum ligt voor de periode.", "The pay date lies before the period."))
	}
	if r.BackTo.After(r.Period.From) && !r.Period.From.IsZero() {
		door.Refuse(Reason("date/order", "back_to", "De grens voor correcties ligt na het begin van de periode.", "The bound of corrections lies after the period begins."))
	}
	return r
}

// openFor finds the person of an off-cycle run, and the run's number.
func (d *Desk) openFor(ctx context.Context, tx Tx, door *Door, r *Run, number string) (err error) {
	if number == "" {
		if len(door.Problems) == 0 {
			r.Sequence, err = tx.NextSequence(ctx, *r) // one that was reversed leaves its number
		}
		return err
	}
	e, known, err := tx.Employment(ctx, r.Employer, number)
	if err != nil || door.failed("person") {
		return err
	}
	if !known {
		door.Refuse(Unknown("person", "person", number))
		return nil
	}
	r.Kind, r.Person = OffCycle, e.Person
	r.Sequence, err = tx.NextSequence(ctx, *r)
	return err
}

// RunAll opens the run of every employer with a contract in a period that has
// none yet, and asks for the calculation of those that were not calculated. The
// beheerder does this and sees no money.
type RunAll struct {
	Command
	Period   string `json:"period" validate:"required"`
	PayDate  string `json:"pay_date" validate:"required"`
	Deadline string `json:"deadline,omitempty"`
}

// RunsReply tells where each employer's run stands.
type RunsReply struct {
	Runs []RunOfAll `json:"runs"`
}

// RunOfAll is one employer's run among all.
type RunOfAll struct {
	Employer string `json:"employer"` // code
	Opened   bool   `json:"opened"`   // by this request
	Asked    bool   `json:"asked"`    // to be calculated by this request
	RunReply
}

// OpenAll opens and calculates for every employer.
func (d *Desk) OpenAll(ctx context.Context, tx Tx, a Actor, req RunAll) (RunsReply, error) {
	door := NewDoor(req)
	one := RunOpen{Period: req.Period, PayDate: req.PayDate, Deadline: req.Deadline}
	r := one.accept(door, a)
	if err := door.Err(); err != nil {
		return RunsReply{}, err
	}
	employers, err := tx.EmployersIn(ctx, r.Period)
	if err != nil {
		return RunsReply{}, err
	}
	reply := RunsReply{Runs: make([]RunOfAll, len(employers))}
	found := make([]Run, len(employers))
	for i, o := range employers {
		r.Employer, r.ID = o.ID, RunID(o.ID, r.Period, r.Kind, r.Sequence)
		if reply.Runs[i], found[i], err = d.openOne(ctx, tx, a, o, r); err != nil {
			return RunsReply{}, err
		}
	}
	// Every run is held before the first cut-off is fixed: whoever approves one holds
	// it and then asks for a knowledge number, which a cut-off keeps from them.
	for i, run := range found {
		line := &reply.Runs[i]
		// A run that its employer took back to open is left to its employer.
		if line.Asked = run.Status == RunOpened && run.Calculation == 0; !line.Asked {
			continue
		}
		if line.RunReply, err = d.start(ctx, tx, a, run); err != nil {
			return RunsReply{}, err
		}
	}
	return reply, nil
}

// openOne opens one employer's run, or finds the one that is there, and holds it.
func (d *Desk) openOne(ctx context.Context, tx Tx, a Actor, o Organisation, r Run) (RunOfAll, Run, error) {
	line := RunOfAll{Employer: o.Code, RunReply: replyTo(r)}
	exists, err := tx.AddRun(ctx, a, r)
	if err != nil {
		return line, Run{}, err
	}
	line.Opened = !exists
	found, known, err := tx.Run(ctx, r.ID, ForUpdate)
	if err != nil {
		return line, Run{}, err
	}
	if !known {
		line.Status = "" // a run of another kind of period covers these days
		return line, Run{}, nil
	}
	line.RunReply = replyTo(found)
	return line, found, nil
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

// CalculateRun starts a new calculation. An earlier one of the run is
// superseded; its late shards are fenced off by the number.
func (d *Desk) CalculateRun(ctx context.Context, tx Tx, a Actor, req RunAsk) (RunReply, error) {
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return RunReply{}, err
	}
	if r.Status != RunOpened && r.Status != RunCalculating && r.Status != RunCalculated {
		return RunReply{}, Refuse(Conflict, statusProblem(r))
	}
	return d.start(ctx, tx, a, r)
}

// start fixes the cut-off, deals the persons into shards and leaves the work to
// whoever takes it.
func (d *Desk) start(ctx context.Context, tx Tx, a Actor, r Run) (RunReply, error) {
	cutoff, err := tx.FixCutoff(ctx)
	if err != nil {
		return RunReply{}, err
	}
	ruleSet, err := d.Rules.SetAt(ctx, tx, cutoff)
	if err != nil {
		return RunReply{}, err
	}
	calc := Calculation{Run: r.ID, Cutoff: cutoff, RuleSet: ruleSet, Figures: d.Rules.Figures(), AskedBy: a.User}
	persons, err := tx.PersonsOf(ctx, r, calc)
	if err != nil {
		return RunReply{}, err
	}
	r.Calculation, r.Status = r.Calculation+1, RunCalculating
	shards := CutShards(r.ID, r.Calculation, persons, d.ShardSize)
	calc.Number, calc.Shards = r.Calculation, len(shards)
	if err := tx.AddCalculation(ctx, r, calc, shards); err != nil {
		return RunReply{}, err
	}
	reply := replyTo(r)
	reply.Shards = len(shards)
	return reply, nil
}

// RunReopen takes a calculated run back to open, so that nobody approves it
// before it is calculated again.
type RunReopen struct {
	Command
	Run    string `json:"run" validate:"required,uuid"`
	Reason string `json:"reason" validate:"required,max=500"`
}

// ReopenRun supersedes the calculation. What was approved is never reopened.
func (d *Desk) ReopenRun(ctx context.Context, tx Tx, a Actor, req RunReopen) (RunReply, error) {
	if err := NewDoor(req).Err(); err != nil {
		return RunReply{}, err
	}
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return RunReply{}, err
	}
	if r.Status != RunCalculating && r.Status != RunCalculated {
		return RunReply{}, Refuse(Conflict, statusProblem(r))
	}
	r.Status = RunOpened
	if err := tx.ReopenRun(ctx, a, r, req.Reason); err != nil {
		return RunReply{}, err
	}
	// The reason is free text, which may name somebody, and stays out of the event.
	return replyTo(r), tx.Publish(ctx, []Event{{
		Owner: r.Employer, Noun: "run", Aggregate: r.ID, Verb: "reopened", Data: EventData(replyTo(r)),
	}})
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
