package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/statute"
	"verloning/subsidy"
)

// operation is one row of the table that the whole interface is made from: the
// endpoints on the bus and the AsyncAPI document.
type operation struct {
	noun, verb string
	role       payroll.Role
	announces  []string
	secret     bool // its reply is given out once and is not kept
	request    reflect.Type
	reply      reflect.Type
	do         func(ctx context.Context, tx *postgres.Tx, a payroll.Actor, body []byte) (reply any, key string, err error)
}

func (o operation) name() string { return o.noun + "." + o.verb }

// keyed is every request that changes something.
type keyed interface{ Key() string }

// op makes a row of a desk's method: T is the part of the transaction that the
// method asks for, Q its request and R its reply.
func op[T, Q, R any](noun, verb string, role payroll.Role, method func(context.Context, T, payroll.Actor, Q) (R, error), announces ...string) operation {
	return operation{
		noun: noun, verb: verb, role: role, announces: announces,
		request: reflect.TypeFor[Q](), reply: reflect.TypeFor[R](),
		do: func(ctx context.Context, tx *postgres.Tx, a payroll.Actor, body []byte) (any, string, error) {
			var request Q
			if err := bus.Decode(body, &request); err != nil {
				return nil, "", err
			}
			key := ""
			if k, ok := any(request).(keyed); ok {
				key = k.Key()
			}
			if done, err := earlier(ctx, tx, a, key, noun+"."+verb, body); done != nil || err != nil {
				return done, "", err
			}
			reply, err := method(ctx, any(tx).(T), a, request)
			return reply, key, err
		},
	}
}

// earlier returns the reply that the same request got before.
func earlier(ctx context.Context, tx *postgres.Tx, a payroll.Actor, key, name string, body []byte) (any, error) {
	if key == "" {
		return nil, nil
	}
	reply, done, err := tx.Repeated(ctx, a, key, name, body)
	if err != nil || !done {
		return nil, err
	}
	if reply == "" {
		return nil, payroll.Refuse(payroll.Conflict, payroll.Reason("request/given_once", "idempotency_key",
			"Dit is al uitgevoerd; het antwoord is één keer gegeven en wordt niet bewaard.", "This was carried out; its reply was given once and is not kept."))
	}
	return json.RawMessage(reply), nil
}

// surface is the table.
func (s *service) surface() []operation {
	d := s.desk
	table := []operation{
		op("org", "register", payroll.Admin, d.RegisterOrganisation),
		op("org", "list", payroll.Admin, s.listOrganisations),
		op("org", "amend", payroll.Control, d.AmendOrganisation),
		op("user", "add", payroll.Admin, d.AddUser),
		op("person", "register", payroll.Submit, d.RegisterPerson),
		op("person", "amend", payroll.Submit, d.AmendPerson),
		op("employer", "record", payroll.Submit, d.RecordEmployer),
		op("employer", "choose", payroll.Submit, d.ChooseMethod),
		op("employer", "show", payroll.Read, s.showEmployer),
		op("pension", "record", payroll.Submit, d.RecordPension),
		op("annualwage", "record", payroll.Submit, d.RecordAnnualWage),
		op("opening", "record", payroll.Submit, d.RecordOpening),
		op("garnishment", "record", payroll.Submit, d.RecordGarnishment),
		op("garnishment", "list", payroll.Read, s.listGarnishments),
		op("receivable", "record", payroll.Submit, d.RecordReceivable),
		op("receivable", "refund", payroll.Approve, d.RefundReceivable),
		op("receivable", "list", payroll.Read, s.listReceivables),
		op("contract", "register", payroll.Submit, d.RegisterContract, "contract.registered"),
		op("contract", "amend", payroll.Submit, d.AmendContract, "contract.amended"),
		op("contract", "extend", payroll.Submit, d.ExtendContract, "contract.extended"),
		op("contract", "end", payroll.Submit, d.EndContract, "contract.ended", "signal.ended", "signal.dismissed"),
		op("contract", "list", payroll.Read, s.listContracts),
		op("placement", "record", payroll.Submit, d.RecordPlacement),
		op("decision", "record", payroll.Control, d.RecordDecision, "decision.recorded"),
		op("decision", "list", payroll.Read, s.listDecisions),
		op("loonwaarde", "record", payroll.Control, d.RecordLoonwaarde),
		op("hours", "submit", payroll.Submit, d.SubmitHours, "hours.accepted", "hours.rejected"),
		op("hours", "status", payroll.Submit, d.StatusOfHours),
		op("run", "open", payroll.Calculate, d.OpenRun),
		op("run", "all", payroll.Admin, d.OpenAll, "run.calculated"),
		op("run", "calculate", payroll.Calculate, d.CalculateRun, "run.calculated"),
		op("run", "exceptions", payroll.Read, s.listExceptions),
		op("run", "accept", payroll.Calculate, d.Accept),
		op("run", "approve", payroll.Approve, d.ApproveRun, "run.approved", "run.reversed", "payment.ordered", "claim.raised", "claim.withdrawn"),
		op("run", "close", payroll.Calculate, d.CloseRun, "run.closed"),
		op("run", "reopen", payroll.Calculate, d.ReopenRun, "run.reopened"),
		op("run", "repair", payroll.Calculate, d.RepairOf),
		op("run", "reverse", payroll.Calculate, d.ReverseRun, "run.calculated"),
		op("run", "compare", payroll.Read, s.compareRun),
		op("run", "missing", payroll.Read, s.missingFromRun),
		op("run", "preview", payroll.Read, s.previewRun),
		op("run", "show", payroll.Read, s.showRun),
		op("run", "list", payroll.Read, s.listRuns),
		op("claim", "list", payroll.Read, s.listClaims),
		op("claim", "grant", payroll.Control, d.GrantClaims),
		op("claim", "approve", payroll.Approve, d.ApproveClaims, "claim.granted", "claim.partly", "claim.refused", "claim.reclaimed", "payment.ordered"),
		op("claim", "settle", payroll.Control, d.SettleClaims, "claim.settled", "payment.settled"),
		op("payslip", "show", payroll.Read, s.showPayslip),
		op("payment", "list", payroll.Read, s.listPayments),
		op("explain", "amount", payroll.Read, s.explain),
		op("law", "questions", payroll.Read, s.questions),
		op("scheme", "list", payroll.Read, s.listSchemes),
		op("scheme", "show", payroll.Read, s.showScheme),
		op("scheme", "check", payroll.Read, s.checkScheme),
		op("scheme", "add", payroll.Control, d.AddScheme, "scheme.added"),
		op("worklist", "show", payroll.Read, s.showWorklist),
		op("events", "replay", payroll.Admin, s.replayEvents),
		op("events", "held", payroll.Admin, s.showHeld),
		op("events", "release", payroll.Admin, s.release),
		op("asyncapi", "show", payroll.Read, s.showInterface),
	}
	table = slices.Concat(table, s.trajectorySurface(), s.budgetSurface(), s.reportSurface(), s.ledgerSurface(), s.periodSurface(), s.returnSurface(), s.documentSurface(), s.bankSurface(), s.invoiceSurface(), s.reconcileSurface())
	for i := range table {
		table[i].secret = table[i].name() == "user.add"
	}
	return table
}

// endpoints turns the table into what the bus serves.
func (s *service) endpoints() []bus.Endpoint {
	var list []bus.Endpoint
	for _, o := range s.surface() {
		list = append(list, bus.Endpoint{Noun: o.noun, Verb: o.verb, Handle: func(ctx context.Context, caller bus.Caller, body []byte) (any, error) {
			return s.carryOut(ctx, o, caller, body)
		}})
	}
	return list
}

// carryOut runs one request in one transaction: who asks, whether they may,
// whether it was done before, the work itself, and its reply under its key.
func (s *service) carryOut(ctx context.Context, o operation, caller bus.Caller, body []byte) (any, error) {
	var reply any
	err := s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		actor, err := allowed(ctx, tx, o, caller)
		if err != nil {
			return err
		}
		if err := s.refuseHeld(o); err != nil {
			return err
		}
		var key string
		if reply, key, err = o.do(ctx, tx, actor, body); err != nil || key == "" {
			return err
		}
		kept := ""
		if !o.secret {
			text, err := json.Marshal(reply)
			if err != nil {
				return fmt.Errorf("reply of %s: %w", o.name(), err)
			}
			kept = string(text)
		}
		return tx.Remember(ctx, actor, key, o.name(), body, kept)
	})
	if err != nil {
		return nil, err
	}
	s.after(ctx, o, reply)
	return reply, nil
}

// allowed finds the actor and checks the role.
func allowed(ctx context.Context, tx *postgres.Tx, o operation, caller bus.Caller) (payroll.Actor, error) {
	actor, known, err := tx.Actor(ctx, caller.Account, caller.User)
	if err != nil {
		return actor, err
	}
	if !known {
		return actor, payroll.Refuse(payroll.Forbidden, payroll.Reason("user/unknown", "", "Deze gebruiker is hier niet bekend.", "This user is not known here."))
	}
	if !actor.May(o.role) {
		return actor, payroll.Refuse(payroll.Forbidden, payroll.Reason("user/role", "",
			fmt.Sprintf("Hiervoor is de rol %s nodig.", o.role), fmt.Sprintf("This needs the role %s.", o.role)))
	}
	return actor, nil
}

// after does what follows a commit and may be done again at any time: hints to
// workers, a new account told to the bus. What is lost here is found again by
// the sweeper.
func (s *service) after(ctx context.Context, o operation, reply any) {
	var err error
	switch r := reply.(type) {
	case payroll.RunReply:
		if o.name() == "run.calculate" {
			err = s.hint(ctx, r.Run, r.Calculation, r.Shards)
		}
	case payroll.RunsReply:
		var errs []error
		for _, one := range r.Runs {
			if one.Asked {
				errs = append(errs, s.hint(ctx, one.Run, one.Calculation, one.Shards))
			}
		}
		err = errors.Join(errs...)
	case payroll.OrganisationRegistered:
		if err = s.announceAccount(ctx, r.Account, r.Code); err != nil {
			s.stale.Store(true)
		}
	}
	if err != nil {
		s.log.Warn("after a command", "command", o.name(), "error", err)
	}
}

// Paged is part of every list: what to go on after, and how many.
type Paged struct {
	After string `json:"after,omitempty" validate:"max=100"`
	Limit int    `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

func (p Paged) limit() int {
	if p.Limit == 0 {
		return 500
	}
	return p.Limit
}

// afterID reads what to go on after where a list goes by id.
func (p Paged) afterID(door *payroll.Door) uuid.UUID {
	if p.After == "" {
		return uuid.Nil
	}
	id, err := uuid.Parse(p.After)
	if err != nil {
		door.Refuse(payroll.Reason("field/uuid", "after", "Geen geldig kenmerk (UUID).", "Not a valid id (UUID)."))
	}
	return id
}

// organisationsListed and its like give each list a name in its reply.
type organisationsListed struct {
	Organisations []postgres.OrganisationRow `json:"organisations"`
}

func (s *service) listOrganisations(ctx context.Context, tx *postgres.Tx, _ payroll.Actor, _ struct{}) (organisationsListed, error) {
	list, err := tx.Organisations(ctx)
	return organisationsListed{list}, err
}

type contractsListed struct {
	Contracts []postgres.ContractListed `json:"contracts"`
}

func (s *service) listContracts(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (contractsListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return contractsListed{}, err
	}
	list, err := tx.Contracts(ctx, a, after, q.limit())
	return contractsListed{list}, err
}

// runAsked names a run and a page of what belongs to it.
type runAsked struct {
	Run string `json:"run" validate:"required,uuid"`
	Paged
}

type exceptionsListed struct {
	Exceptions []postgres.ExceptionRow `json:"exceptions"`
}

func (s *service) listExceptions(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q runAsked) (exceptionsListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return exceptionsListed{}, err
	}
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return exceptionsListed{}, err
	}
	list, err := tx.Exceptions(ctx, r, q.After, q.limit())
	return exceptionsListed{list}, err
}

// runShown is where a run stands.
type runShown struct {
	Run         uuid.UUID         `json:"run"`
	Period      string            `json:"period"`
	Kind        payroll.RunKind   `json:"kind"`
	Sequence    int               `json:"sequence"`
	PayDate     string            `json:"pay_date"`
	Deadline    string            `json:"deadline,omitempty"`
	Status      payroll.RunStatus `json:"status"`
	Calculation int               `json:"calculation"`
	Cutoff      int64             `json:"cutoff,omitempty"`
	NewerFacts  int               `json:"newer_facts"` // recorded since the cut-off: this calculation does not see them
	RuleSet     string            `json:"rule_set,omitempty"`
	Hash        string            `json:"hash,omitempty"`
	GrossOnly   bool              `json:"gross_only"`
	Unconfirmed int               `json:"unconfirmed"` // changes of IBANs that nobody has confirmed: control list
	ShardsDone  int               `json:"shards_done"`
	Shards      int               `json:"shards"`
	payroll.RunPaid
	Totals *subsidy.Totals `json:"totals,omitempty"`
}

func (s *service) showRun(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q runAsked) (runShown, error) {
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return runShown{}, err
	}
	v := runShown{
		Run: r.ID, Period: r.Period.String(), Kind: r.Kind, Sequence: r.Sequence, PayDate: r.PayDate.String(), Deadline: r.Deadline.String(), Status: r.Status,
		Calculation: r.Calculation, GrossOnly: statute.TaxYearKnown(r.PayDate) != nil,
	}
	paid, err := tx.RunsPaid(ctx, a, []uuid.UUID{r.ID})
	if err != nil {
		return v, err
	}
	v.RunPaid, v.Status = paid[r.ID], r.StatusBy(paid[r.ID])
	c, known, err := tx.Calculation(ctx, r.ID, r.Calculation)
	if err != nil || !known || r.Status == payroll.RunOpened { // a reopened run has only what was superseded
		return v, err
	}
	v.Cutoff, v.RuleSet, v.Hash = c.Cutoff, c.RuleSet, c.Hash
	if v.NewerFacts, err = tx.NewerFacts(ctx, r, c); err != nil {
		return v, err
	}
	if v.ShardsDone, v.Shards, err = tx.Progress(ctx, r); err != nil || c.Hash == "" {
		return v, err
	}
	if v.Unconfirmed, err = tx.PendingCount(ctx, a, s.desk.Rules.OfProgram()); err != nil {
		return v, err
	}
	totals, err := tx.Totals(ctx, r, c)
	v.Totals = &totals
	return v, err
}

type runsListed struct {
	Runs []runListed `json:"runs"`
}

type runListed struct {
	Run         uuid.UUID         `json:"run"`
	Period      string            `json:"period"`
	Kind        payroll.RunKind   `json:"kind"`
	Sequence    int               `json:"sequence"`
	PayDate     string            `json:"pay_date"`
	Status      payroll.RunStatus `json:"status"`
	Calculation int               `json:"calculation"`
	payroll.RunPaid
}

func (s *service) listRuns(ctx context.Context, tx *postgres.Tx, a payroll.Actor, _ struct{}) (runsListed, error) {
	list := runsListed{Runs: []runListed{}}
	runs, err := tx.Runs(ctx, a)
	if err != nil {
		return list, err
	}
	ids := make([]uuid.UUID, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	paid, err := tx.RunsPaid(ctx, a, ids)
	for _, r := range runs {
		list.Runs = append(list.Runs, runListed{r.ID, r.Period.String(), r.Kind, r.Sequence, r.PayDate.String(), r.StatusBy(paid[r.ID]), r.Calculation, paid[r.ID]})
	}
	return list, err
}

type claimsListed struct {
	Claims []subsidy.RaisedClaim `json:"claims"`
}

func (s *service) listClaims(ctx context.Context, tx *postgres.Tx, a payroll.Actor, f subsidy.ClaimFilter) (claimsListed, error) {
	door := payroll.NewDoor(f)
	period := door.Period("period", f.Period)
	if err := door.Err(); err != nil {
		return claimsListed{}, err
	}
	list, err := tx.Claims(ctx, a, f, period.From)
	return claimsListed{list}, err
}

// payslipAsked names a payslip.
type payslipAsked struct {
	Run      string `json:"run" validate:"required,uuid"`
	Contract string `json:"contract" validate:"required,number"`
}

func (s *service) showPayslip(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q payslipAsked) (postgres.PayslipView, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return postgres.PayslipView{}, err
	}
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return postgres.PayslipView{}, err
	}
	v, known, err := tx.Payslip(ctx, r, q.Contract)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("payslip", "contract", q.Contract))
	}
	return v, err
}

// paymentsAsked narrows the list of payments to a run.
type paymentsAsked struct {
	Run string `json:"run,omitempty" validate:"omitempty,uuid"`
	Paged
}

type paymentsListed struct {
	Payments []postgres.PaymentRow `json:"payments"`
}

func (s *service) listPayments(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q paymentsAsked) (paymentsListed, error) {
	door := payroll.NewDoor(q)
	var run uuid.UUID
	if q.Run != "" && len(door.Problems) == 0 {
		run = uuid.MustParse(q.Run)
	}
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return paymentsListed{}, err
	}
	list, err := tx.Payments(ctx, a, run, after, q.limit())
	return paymentsListed{list}, err
}

// replayAsked asks for the events of an organisation again.
type replayAsked struct {
	payroll.Command
	Organisation string `json:"organisation" validate:"required,code"`
	Since        string `json:"since" validate:"required"`
}

type replayed struct {
	Events int64 `json:"events"`
}

// replayEvents publishes an organisation's events since a day again, with the
// ids they had, so that consumers that drop seen ids see nothing twice.
func (s *service) replayEvents(ctx context.Context, tx *postgres.Tx, _ payroll.Actor, q replayAsked) (replayed, error) {
	door := payroll.NewDoor(q)
	since := door.Date("since", q.Since)
	org, known, err := tx.OrganisationByCode(ctx, q.Organisation)
	if err != nil {
		return replayed{}, err
	}
	if !known {
		door.Refuse(payroll.Unknown("organisation", "organisation", q.Organisation))
	}
	if err := door.Err(); err != nil {
		return replayed{}, err
	}
	n, err := tx.Republish(ctx, org.ID, since.Time())
	return replayed{n}, err
}
