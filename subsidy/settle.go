package subsidy

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// ClaimSettle notes that the money of claims went over the caller's own bank
// account: out of the municipality's, or into the employer's. Each side says so
// of its own account, and once.
type ClaimSettle struct {
	payroll.Command
	Employer  string   `json:"employer,omitempty" validate:"omitempty,code"`
	Period    string   `json:"period,omitempty"`
	All       bool     `json:"all,omitempty"` // of the period, and the employer if one is named
	Claims    []string `json:"claims,omitempty" validate:"max=1000,dive,uuid"`
	Day       string   `json:"day" validate:"required"`
	Reference string   `json:"reference" validate:"required,max=100"` // of the bank statement
}

// ClaimsSettled is the reply.
type ClaimsSettled struct {
	Claims  int         `json:"claims"`
	Amount  euro.Amount `json:"amount"` // with VAT; below nil where more was paid back
	Posting uuid.UUID   `json:"posting"`
}

// Settle is what to settle.
type Settle struct {
	Employer  string
	Period    calendar.Period // none: any
	Claims    []uuid.UUID     // none: all
	Day       calendar.Date
	Reference string
}

// Payable is a claim with the amount that goes over the bank.
type Payable struct {
	Claim
	Run     payroll.Run
	Paid    euro.Amount // with VAT; below nil of what is paid back
	Payment uuid.UUID   // that the municipality ordered; nil of hire and of what is paid back
}

// Settlement is a claim that one side has settled.
type Settlement struct {
	Claim     uuid.UUID
	Amount    euro.Amount
	Day       calendar.Date
	Reference string
}

// SettleClaims posts the bank's side of claims and announces it. A subsidy or fee
// is settled when the municipality's payment has gone out, a hire price when the
// employer has received it.
func (d *Desk) SettleClaims(ctx context.Context, tx Tx, a payroll.Actor, req ClaimSettle) (ClaimsSettled, error) {
	door := payroll.NewDoor(req)
	what := req.accept(door, tx.Today())
	if err := door.Err(); err != nil {
		return ClaimsSettled{}, err
	}
	payables, err := tx.ClaimsToSettle(ctx, a, what)
	if err != nil {
		return ClaimsSettled{}, err
	}
	named := map[uuid.UUID]bool{}
	for _, p := range payables {
		named[p.ID] = true
	}
	for i, id := range what.Claims {
		if !named[id] {
			door.Problems = append(door.Problems, payroll.Reason("claim/not_to_settle", "claims",
				"Deze declaratie is niet bekend, nog niet te betalen, of al afgewikkeld.", "This claim is not known, not to be paid yet, or settled already.").At(i+1))
		}
	}
	if len(payables) == 0 && len(door.Problems) == 0 {
		door.Refuse(payroll.Reason("claim/none", "claims", "Er is niets af te wikkelen.", "There is nothing to settle."))
	}
	if err := door.Err(); err != nil {
		return ClaimsSettled{}, err
	}
	return d.settle(ctx, tx, a, what, payables)
}

// accept reads the request: named claims, or all of a period.
func (req ClaimSettle) accept(door *payroll.Door, today calendar.Date) Settle {
	what := Settle{Employer: req.Employer, Period: door.Period("period", req.Period), Day: door.Date("day", req.Day), Reference: req.Reference}
	if req.All == (len(req.Claims) > 0) {
		door.Refuse(payroll.Reason("claim/choice", "claims", "Noem declaraties, of kies alles van een periode.", "Name claims, or choose all of a period."))
	}
	if req.All && req.Period == "" {
		door.Refuse(payroll.Reason("field/required", "period", "Alles is alles van een periode; noem die.", "All is all of a period; name it."))
	}
	refuseFuture(door, "day", what.Day, today)
	if len(door.Problems) > 0 {
		return what
	}
	for _, id := range req.Claims {
		what.Claims = append(what.Claims, uuid.MustParse(id))
	}
	return what
}

func (d *Desk) settle(ctx context.Context, tx Tx, a payroll.Actor, what Settle, payables []Payable) (ClaimsSettled, error) {
	reply := ClaimsSettled{Claims: len(payables)}
	post := Posted{Posting: Posting{ID: d.NewID(), Ledger: a.Organisation.ID, Kind: "settlement", Day: what.Day}}
	var settled []Settlement
	var events []payroll.Event
	for _, p := range payables {
		reply.Amount = reply.Amount.Add(p.Paid)
		settled = append(settled, Settlement{p.ID, p.Paid, what.Day, what.Reference})
		for _, t := range ledger.NonZero(p.bank(a.Organisation.ID)) {
			post.Total = post.Total.Add(t.Amount)
			post.Transfers = append(post.Transfers, RunTransfer{p.Run, ContractTransfer{p.Contract, t}})
		}
		events = append(events, p.settled(a.Organisation.ID, what.Day)...)
	}
	post.Content, reply.Posting = HashSettled(settled), post.ID
	if err := tx.Settle(ctx, a, post, settled); err != nil {
		return ClaimsSettled{}, err
	}
	return reply, tx.Publish(ctx, events)
}

// HashSettled is over every claim that was settled, in order of claim.
func HashSettled(settled []Settlement) string {
	sum := sha256.New()
	for _, s := range settled {
		_, _ = fmt.Fprintf(sum, "%s|%s|%s|%q\n", s.Claim, s.Amount, s.Day, s.Reference)
	}
	return payroll.HashText(sum.Sum(nil))
}

// bank is the booking of one side.
func (p Payable) bank(side uuid.UUID) ledger.Transfer {
	t := ledger.Transfer{Ledger: side, Amount: p.Paid}
	switch {
	case side == p.Payee:
		t.Debit, t.Credit = ledger.Bank, p.receivable()
	case p.Kind == Fee:
		t.Debit, t.Credit = ledger.FeePayable, ledger.MunicipalBank
	case p.Paid.Sign() < 0:
		t.Debit, t.Credit = ledger.SubsidyReclaimable, ledger.MunicipalBank
	default:
		t.Debit, t.Credit = ledger.SubsidyPayable, ledger.MunicipalBank
	}
	return t
}

// settled announces the claim to both when its money has moved, and the payment
// to who ordered it. The other side's own booking is announced to nobody else.
func (p Payable) settled(side uuid.UUID, day calendar.Date) []payroll.Event {
	decisive := side == p.Payer || p.Kind == Hire
	if !decisive {
		return nil
	}
	data := p.data(p.Run.Period)
	data.Settled = &day
	events := p.toBoth(0, "settled", data)
	if p.Payment != uuid.Nil {
		events = append(events, payroll.Event{Owner: side, Noun: "payment", Aggregate: p.Payment, Version: 2, Verb: "settled", Data: payroll.EventData(struct {
			Payment  uuid.UUID     `json:"payment"`
			Claim    uuid.UUID     `json:"claim"`
			Day      calendar.Date `json:"day"`
			Amount   euro.Amount   `json:"amount"`
			Currency string        `json:"currency"`
		}{p.Payment, p.ID, day, p.Paid, "EUR"})})
	}
	return events
}
