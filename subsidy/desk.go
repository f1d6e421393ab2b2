package subsidy

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// Desk closes the month: payroll's step first, then the claims on it. Every
// method runs inside one transaction and may be run again from the start.
type Desk struct {
	*payroll.Desk
	Books *Books
}

// page is how many payslips or claims approval holds in memory at a time.
const page = 2000

// ErrSuperseded means that a shard belongs to a calculation that is not the
// run's newest any more, or was computed by other rules: it is dropped.
var ErrSuperseded = errors.New("the calculation was superseded")

// CalculateShard computes the payslips and claims of one shard and keeps them.
// The run is held FOR SHARE, so that neither a recalculation nor an approval
// can pass by; a shard that comes late finds another number and stops. A shard
// that is done already changes nothing.
func (d *Desk) CalculateShard(ctx context.Context, tx Tx, work payroll.Shard) error {
	r, known, err := tx.Run(ctx, work.Run, payroll.ForShare)
	if err != nil {
		return err
	}
	if !known || r.Calculation != work.Calculation || r.Status != payroll.RunCalculating {
		return ErrSuperseded
	}
	c, known, err := tx.Calculation(ctx, r.ID, r.Calculation)
	if err != nil {
		return err
	}
	book, err := d.Books.At(ctx, tx, c.Cutoff)
	if err != nil {
		return err
	}
	if !known || c.RuleSet != book.RuleSet() {
		return fmt.Errorf("%w: rules %.12s here, %.12s there", ErrSuperseded, book.RuleSet(), c.RuleSet)
	}
	shard, todo, err := tx.TakeShard(ctx, work)
	if err != nil || !todo {
		return err
	}
	files, err := book.Load(ctx, tx, r, c, shard)
	if err != nil {
		return err
	}
	return tx.KeepShard(ctx, r, c, shard, compute(r, book, files))
}

// compute is pure: files in, rows out. A person who fails is listed and stops
// nobody else.
func compute(r payroll.Run, book *Book, files []PersonFile) ShardResult {
	var out ShardResult
	for _, f := range files {
		month, err := book.Month(r, f, nil, nil)
		if err != nil {
			out.leaveOut(f, err)
			continue
		}
		out.Exceptions = append(out.Exceptions, month.Found...)
		out.Corrections = append(out.Corrections, month.Corrections...)
		for _, slip := range month.Slips {
			out.keep(r, slip)
		}
		for _, c := range month.Claims {
			out.claim(c)
		}
	}
	return out
}

// leaveOut lists a person who could not be computed.
func (out *ShardResult) leaveOut(f PersonFile, err error) {
	out.LeftOut = append(out.LeftOut, f.Employment.Person)
	for _, month := range f.Contracts {
		out.Failed++
		out.Exceptions = append(out.Exceptions, payroll.Failed(month.Contract.Number, err))
	}
}

func (out *ShardResult) keep(r payroll.Run, slip payroll.Payslip) {
	out.Payslips = append(out.Payslips, slip)
	for _, t := range slip.Transfers(r.Employer) {
		out.Transfers = append(out.Transfers, ContractTransfer{slip.Contract, t})
	}
}

func (out *ShardResult) claim(c Claim) {
	out.Claims = append(out.Claims, c)
	for _, t := range c.Transfers() {
		out.Transfers = append(out.Transfers, ContractTransfer{c.Contract, t})
	}
}

// Claims computes the claims on a payslip; with a trace it says how. A claim that
// cannot be computed is an exception: the wage goes on.
func (b *Book) Claims(r payroll.Run, f PersonFile, slip payroll.Payslip, t *payroll.Trace) ([]Claim, []payroll.Exception) {
	month, known := f.Month(slip.Contract)
	file := f.ClaimFile(month)
	if !known || month.Contract.Municipality == uuid.Nil && len(file.Placements) == 0 {
		return nil, nil
	}
	scheme, known := b.Of(month.Contract)
	if !known {
		return nil, []payroll.Exception{unknownScheme(month.Contract)}
	}
	claims, found, err := NewClaims(r, scheme, file, slip, t)
	if err != nil {
		return nil, []payroll.Exception{claimFailed(month.Contract, err)}
	}
	return claims, found
}

// claimFailed is the exception of a contract whose subsidy could not be
// computed: the wage goes on.
func claimFailed(c payroll.Contract, cause error) payroll.Exception {
	return payroll.Exception{Kind: ClaimFailed, Subject: c.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: de subsidie kon niet worden berekend en wordt niet gedeclareerd: %v.", c.Number, cause),
		EN: fmt.Sprintf("Contract %s: the subsidy could not be computed and is not claimed: %v.", c.Number, cause)}}
}

// ClaimFile is what the claims of a contract need, with the hours of the period.
func (f PersonFile) ClaimFile(month payroll.ContractMonth) File {
	file := f.Claims[month.Contract.ID]
	file.Hours, file.Sickness = month.Hours, month.Sickness
	return file
}

func unknownScheme(c payroll.Contract) payroll.Exception {
	return payroll.Exception{Kind: UnknownScheme, Subject: c.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: regeling %s is niet bekend; er wordt niets gedeclareerd.", c.Number, c.Scheme),
		EN: fmt.Sprintf("Contract %s: scheme %s is not known; nothing is claimed.", c.Number, c.Scheme)}}
}

// Finish seals a calculation after its last shard: one hash over everything,
// totals, and a check that the parts add up. False means that shards are still
// to be done, or that somebody else has finished it.
func (d *Desk) Finish(ctx context.Context, tx Tx, run uuid.UUID, number int) (bool, error) {
	r, known, err := tx.Run(ctx, run, payroll.ForUpdate)
	if err != nil || !known || r.Calculation != number || r.Status != payroll.RunCalculating {
		return false, err
	}
	c, known, err := tx.Calculation(ctx, r.ID, number)
	if err != nil || !known {
		return false, err
	}
	if left, err := tx.ShardsToDo(ctx, c); err != nil || left > 0 {
		return false, err
	}
	if err := d.allot(ctx, tx, r, c); err != nil {
		return false, err
	}
	if err := d.fill(ctx, tx, r, c); err != nil {
		return false, err
	}
	hash, totals, err := tx.Seal(ctx, r, c)
	if err != nil {
		return false, err
	}
	c.Hash = hash
	if err := tx.SetCalculated(ctx, r, c, hash, totals); err != nil {
		return false, err
	}
	return true, tx.Publish(ctx, []payroll.Event{runEvent(r, "calculated", c, totals, "")})
}

// runEvent announces a run; head is the newest hash of the ledger's chain, so
// that others can hold it against a later copy.
func runEvent(r payroll.Run, verb string, c payroll.Calculation, t Totals, head string) payroll.Event {
	return payroll.Event{Owner: r.Employer, Noun: "run", Aggregate: r.ID, Verb: verb, Data: payroll.EventData(struct {
		Run         uuid.UUID `json:"run"`
		Period      string    `json:"period"`
		Calculation int       `json:"calculation"`
		Hash        string    `json:"hash"`
		GrossOnly   bool      `json:"gross_only"` // at least one payslip is
		Totals      Totals    `json:"totals"`
		Ledger      string    `json:"ledger_head,omitempty"`
	}{r.ID, r.Period.String(), c.Number, c.Hash, t.GrossOnly > 0, t, head})}
}

// RunApprove approves what somebody else calculated: it names the run, the
// calculation and its hash, so that nothing else can be approved by accident.
type RunApprove struct {
	payroll.Command
	Run         string `json:"run" validate:"required,uuid"`
	Calculation int    `json:"calculation" validate:"required,min=1"`
	Hash        string `json:"hash" validate:"required,hexadecimal"`
}

// RunApproved is the reply.
type RunApproved struct {
	Run       uuid.UUID   `json:"run"`
	Payments  int         `json:"payments"`
	Paid      euro.Amount `json:"paid"`      // net wages
	Garnished euro.Amount `json:"garnished"` // to who garnished them
	Claims    int         `json:"claims"`
	Claimed   euro.Amount `json:"claimed"` // of municipalities
	Hired     euro.Amount `json:"hired"`   // of inleners
	VAT       euro.Amount `json:"vat"`
	Posting   uuid.UUID   `json:"posting"`
}

func (r *RunApproved) count(c Claim) {
	r.Claims, r.VAT = r.Claims+1, r.VAT.Add(c.VAT)
	if c.Kind == Hire {
		r.Hired = r.Hired.Add(c.Amount)
		return
	}
	r.Claimed = r.Claimed.Add(c.Amount)
}

// ApproveRun posts the ledger, orders the wage payments and raises the claims,
// all in this transaction, and announces each.
func (d *Desk) ApproveRun(ctx context.Context, tx Tx, a payroll.Actor, req RunApprove) (RunApproved, error) {
	if err := payroll.NewDoor(req).Err(); err != nil {
		return RunApproved{}, err
	}
	r, err := d.OwnRun(ctx, tx, a, req.Run, payroll.ForUpdate)
	if err != nil {
		return RunApproved{}, err
	}
	c, err := approvable(ctx, tx, a, r, req)
	if err != nil {
		return RunApproved{}, err
	}
	if r.Kind == payroll.Reversal {
		return d.approveReversal(ctx, tx, a, r, c)
	}
	totals, err := tx.Totals(ctx, r, c)
	if err != nil {
		return RunApproved{}, err
	}
	employer, err := tx.OrganisationByID(ctx, r.Employer)
	if err != nil {
		return RunApproved{}, err
	}
	reply, err := d.order(ctx, tx, a, r, c, employer)
	if err != nil {
		return RunApproved{}, err
	}
	if !reply.Paid.Equal(totals.Net) || !reply.Garnished.Equal(totals.Garnished) || !reply.Claimed.Equal(totals.Claimed) || !reply.Hired.Equal(totals.Hired) || !reply.VAT.Equal(totals.VAT) {
		return RunApproved{}, fmt.Errorf("run %s: ordered %s, claimed %s, hired %s, VAT %s; calculated were %s, %s, %s, %s", r.ID,
			reply.Paid, reply.Claimed, reply.Hired, reply.VAT, totals.Net, totals.Claimed, totals.Hired, totals.VAT)
	}
	posting := Posting{ID: PostingID(r, c), Ledger: r.Employer, Kind: "run", Content: c.Hash, Total: totals.Posted(), Day: r.Period.To}
	reply.Run, reply.Posting = r.ID, posting.ID
	head, err := tx.Approve(ctx, a, r, c, posting)
	if err != nil {
		return RunApproved{}, err
	}
	return reply, tx.Publish(ctx, []payroll.Event{runEvent(r, "approved", c, totals, head)})
}

// PostingID derives the posting that approval of a calculation makes; the
// transfers of its shards carry it from the start.
func PostingID(r payroll.Run, c payroll.Calculation) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("posting/run/%s/%d", r.ID, c.Number))
}

// approvable refuses with every reason at once: state, number, hash, the same
// person, exceptions that nobody accepted.
func approvable(ctx context.Context, tx Tx, a payroll.Actor, r payroll.Run, req RunApprove) (payroll.Calculation, error) {
	if r.Status != payroll.RunCalculated {
		return payroll.Calculation{}, payroll.Refuse(payroll.Conflict, payroll.StatusProblem(r))
	}
	c, _, err := tx.Calculation(ctx, r.ID, r.Calculation)
	if err != nil {
		return c, err
	}
	var problems []payroll.Problem
	if req.Calculation != c.Number || req.Hash != c.Hash {
		problems = append(problems, payroll.Reason("run/other_calculation", "hash",
			fmt.Sprintf("Er is opnieuw berekend: calculatie %d heeft een andere hash. Bekijk de run opnieuw.", c.Number),
			fmt.Sprintf("It was calculated again: calculation %d has another hash. Look at the run again.", c.Number)))
	}
	if c.AskedBy == a.User {
		problems = append(problems, payroll.Reason("run/four_eyes", "", "Wie berekent, keurt niet goed: een tweede persoon doet dat.", "Who calculates does not approve: a second person does."))
	}
	checks, err := tx.ApprovalChecks(ctx, a, r, c)
	if err != nil {
		return c, err
	}
	if checks.Accepted {
		problems = append(problems, payroll.Reason("run/four_eyes_exceptions", "", "Wie uitzonderingen accepteerde, keurt niet goed.", "Who accepted exceptions does not approve."))
	}
	if checks.Overtaken {
		problems = append(problems, payroll.Reason("run/overtaken", "hash",
			"Sinds deze berekening is een andere run goedgekeurd, waar de subsidies van afhangen. Bereken opnieuw.",
			"Another run, on which the subsidies depend, was approved since this calculation. Calculate again."))
	}
	if checks.Chosen {
		problems = append(problems, payroll.Reason("run/method", "hash",
			"Sinds deze berekening is anders gekozen in welk tijdvak correcties genoten zijn: loon-in, loon-over of herstel van een fout. Bereken opnieuw.",
			"Since this calculation it was chosen otherwise in which period corrections are enjoyed: loon-in, loon-over or repair of an error. Calculate again."))
	}
	open, err := tx.OpenExceptions(ctx, r)
	if err != nil {
		return c, err
	}
	if open > 0 {
		problems = append(problems, payroll.Reason("run/exceptions_open", "",
			fmt.Sprintf("%d uitzonderingen zijn nog niet geaccepteerd.", open), fmt.Sprintf("%d exceptions are not accepted yet.", open)))
	}
	return c, payroll.Refuse(payroll.Conflict, problems...)
}

// order goes through the payslips page by page: a payment for each net wage and
// garnishment, a raised claim for each amount, an event for each to each party,
// and a receivable for what somebody owes.
func (d *Desk) order(ctx context.Context, tx Tx, a payroll.Actor, r payroll.Run, c payroll.Calculation, employer payroll.Organisation) (RunApproved, error) {
	o := ordering{run: r, debtor: employer.IBAN}
	after := uuid.Nil
	for {
		due, err := tx.DuePage(ctx, r, c, after, page)
		if err != nil || len(due) == 0 {
			return o.reply, err
		}
		o.payments, o.events = o.payments[:0], o.events[:0]
		for _, item := range due {
			o.add(item)
			for _, owed := range payroll.OwedBy(r, item.Payslip) {
				if _, _, err := tx.AddReceivable(ctx, a, payroll.Employment{ID: item.Payslip.Employment}, owed); err != nil {
					return o.reply, err
				}
			}
		}
		after = due[len(due)-1].Payslip.Contract
		if err := tx.AddPayments(ctx, o.payments); err != nil {
			return o.reply, err
		}
		if err := tx.Publish(ctx, o.events); err != nil {
			return o.reply, err
		}
	}
}

// ordering is what the approval of one run orders and announces, a page of it at
// a time.
type ordering struct {
	run      payroll.Run
	debtor   payroll.IBAN
	reply    RunApproved
	payments []payroll.Payment
	events   []payroll.Event
}

func (o *ordering) add(item Due) {
	number := item.Payslip.ContractNumber
	if p, any := payroll.WageOf(o.run, item.Payslip, o.debtor); any {
		o.pay(p, number)
		o.reply.Paid = o.reply.Paid.Add(p.Amount)
	}
	for _, g := range item.Garnished {
		p := payroll.GarnishmentOf(o.run, item.Payslip, g, o.debtor)
		o.pay(p, number)
		o.reply.Garnished = o.reply.Garnished.Add(p.Amount)
	}
	for _, claim := range item.Claims {
		if !claim.Amount.IsZero() {
			o.events = append(o.events, claim.Raised(o.run)...)
			o.reply.count(claim)
		}
	}
}

func (o *ordering) pay(p payroll.Payment, contract string) {
	o.payments = append(o.payments, p)
	o.events = append(o.events, p.Ordered(contract, o.run.Period))
	o.reply.Payments++
}
