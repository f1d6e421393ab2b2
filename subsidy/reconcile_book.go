package subsidy

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// Booking deals with a difference: somebody of the municipality says why it is all
// right, or claims money back, and a second person approves. It is never changed.
type Booking struct {
	ID           uuid.UUID
	Difference   uuid.UUID
	Municipality uuid.UUID
	Employer     uuid.UUID // of the contract; nil where there is none
	Contract     uuid.UUID
	Class        Class
	Month        calendar.Date
	Amount       euro.Amount
	Reason       string
	Sources      []SourceShare // that get back what is reclaimed
	Before       euro.Amount   // what other bookings had dealt with when this one was made
	BookedBy     uuid.UUID
	Approved     bool
	Overtaken    bool // others were approved since
}

// Hash is over all that somebody approves.
func (b Booking) Hash() string {
	text := fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s|%q", b.ID, b.Difference, b.Municipality, b.Contract, b.Class, b.Month, b.Amount, b.Reason)
	for _, s := range b.Sources {
		text += fmt.Sprintf("|%s=%s", s.Source, s.Amount)
	}
	return hashOf([]byte(text))
}

// BookedOn is what approved bookings have dealt with of one difference.
type BookedOn struct {
	Difference   uuid.UUID
	Class        Class
	Municipality string // code
	Employer     string // code
	EmployerID   uuid.UUID
	Contract     uuid.UUID
	Number       string // of the contract
	Scheme       string
	Month        calendar.Date
	Amount       euro.Amount
	Sources      []SourceShare // that got back what was claimed back
}

// WithBooked tells of each difference what approved bookings have dealt with. What
// was booked on a difference that is no more is a difference itself: it is to be
// booked back.
func WithBooked(list []Discrepancy, booked []BookedOn) []Discrepancy {
	list, at := slices.Clone(list), map[uuid.UUID]int{}
	for i, d := range list {
		at[d.ID] = i
	}
	for _, b := range booked {
		if i, found := at[b.Difference]; found {
			list[i].Booked = b.Amount
		} else if !b.Amount.IsZero() {
			list = append(list, b.left())
		}
	}
	return list
}

// left is what a booking left behind when its difference went away.
func (b BookedOn) left() Discrepancy {
	d := Discrepancy{ID: b.Difference, Check: b.Class.check(), Class: b.Class, Booked: b.Amount, Municipality: b.Municipality, Employer: b.Employer, Contract: b.Number,
		Scheme: b.Scheme, Month: b.Month, Article: "regeling " + b.Scheme, Actor: ByMunicipality, contractID: b.Contract, bookedOn: &b,
		Cause: payroll.Text{NL: "Dit verschil is geboekt en bestaat niet meer: boek het terug.", EN: "This difference was booked and is there no more: book it back."}}
	d.Proposal = book(d)
	return d
}

// ReconcileBook books what is open of a difference.
type ReconcileBook struct {
	payroll.Command
	Difference string `json:"difference" validate:"required,uuid"`
	Reason     string `json:"reason" validate:"required,max=500"`
}

// BookingReply names a booking; who approves it repeats the hash.
type BookingReply struct {
	Booking    uuid.UUID   `json:"booking"`
	Difference uuid.UUID   `json:"difference"`
	Class      Class       `json:"class"`
	Amount     euro.Amount `json:"amount"`
	Reclaims   bool        `json:"reclaims"` // from the employer
	Hash       string      `json:"hash"`
}

// BookDifference keeps a booking that a second person is to approve. Only what a
// booking can deal with is booked: what is to be done elsewhere, and what nobody
// can explain, is not booked away.
func (d *Desk) BookDifference(ctx context.Context, tx Tx, a payroll.Actor, req ReconcileBook) (BookingReply, error) {
	if err := ofMunicipality(req, a); err != nil {
		return BookingReply{}, err
	}
	if err := tx.HoldReconciliation(ctx, a); err != nil {
		return BookingReply{}, err
	}
	found, err := d.Reconciled(ctx, tx, a, Narrow{})
	if err != nil {
		return BookingReply{}, err
	}
	list, id := found.Differences, uuid.MustParse(req.Difference)
	at := slices.IndexFunc(list, func(f Discrepancy) bool { return f.ID == id })
	if at < 0 {
		return BookingReply{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("difference", "difference", req.Difference))
	}
	f := list[at]
	if err := f.bookable(); err != nil {
		return BookingReply{}, err
	}
	b := Booking{ID: d.NewID(), Difference: f.ID, Municipality: a.Organisation.ID, Contract: f.contractID, Class: f.Class, Month: f.Month,
		Amount: f.Open(), Reason: req.Reason, Before: f.Booked, BookedBy: a.User}
	b.Employer, b.Sources = f.bearers(found.Trails)
	if err := tx.AddBooking(ctx, a, b); err != nil {
		return BookingReply{}, err
	}
	return BookingReply{b.ID, b.Difference, b.Class, b.Amount, b.Class.Reclaims(), b.Hash()}, nil
}

// bookable refuses what a booking can not deal with, or has.
func (d Discrepancy) bookable() error {
	switch {
	case !d.Class.Books():
		return payroll.Refuse(payroll.Conflict, payroll.Reason("difference/not_booked", "difference",
			fmt.Sprintf("Een verschil %s wordt niet weggeboekt; doe: %s", d.Class, d.Proposal.Command), fmt.Sprintf("A difference %s is not booked away; do: %s", d.Class, d.Proposal.Command)))
	case d.Open().IsZero():
		return payroll.Refuse(payroll.Conflict, payroll.Reason("difference/booked", "difference", "Dit verschil is al geboekt.", "This difference was booked already."))
	}
	return nil
}

// bearers are the employer of a difference and, where booking it claims money back,
// the sources that get that: those of its trail, or those that an earlier booking
// gave it to where the difference is no more.
func (d Discrepancy) bearers(trails []Trail) (employer uuid.UUID, sources []SourceShare) {
	if d.bookedOn != nil {
		for _, s := range d.bookedOn.Sources {
			s.Amount = s.Amount.Neg()
			sources = append(sources, s)
		}
		return d.bookedOn.EmployerID, sources
	}
	i := slices.IndexFunc(trails, func(t Trail) bool {
		return t.Contract == d.contractID && t.Month == d.Month && t.Rule == d.Rule && t.DecisionNumber == d.Decision
	})
	if d.Class.Reclaims() {
		sources = trails[i].dealt(d.Open())
	}
	return trails[i].EmployerID, sources
}

// ReconcileApprove approves a booking by its hash.
type ReconcileApprove struct {
	payroll.Command
	Booking string `json:"booking" validate:"required,uuid"`
	Hash    string `json:"hash" validate:"required,hexadecimal"`
}

// BookingApproved is the reply, and what is announced: ids and amounts.
type BookingApproved struct {
	Booking    uuid.UUID   `json:"booking"`
	Difference uuid.UUID   `json:"difference"`
	Class      Class       `json:"class"`
	Amount     euro.Amount `json:"amount"`
	Reclaims   bool        `json:"reclaims"`
	Currency   string      `json:"currency"`
}

// ApproveBooking makes a booking count: by another person than who booked, naming
// the hash. What claims money back is posted in the ledgers of both sides, and
// comes back to the budgets that bore it.
func (d *Desk) ApproveBooking(ctx context.Context, tx Tx, a payroll.Actor, req ReconcileApprove) (BookingApproved, error) {
	if err := ofMunicipality(req, a); err != nil {
		return BookingApproved{}, err
	}
	if err := tx.HoldReconciliation(ctx, a); err != nil {
		return BookingApproved{}, err
	}
	b, known, err := tx.Booking(ctx, a, uuid.MustParse(req.Booking))
	if err != nil {
		return BookingApproved{}, err
	}
	if !known {
		return BookingApproved{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("booking", "booking", req.Booking))
	}
	if err := b.approvable(a, req.Hash); err != nil {
		return BookingApproved{}, err
	}
	if err := tx.ApproveBooking(ctx, a, b, b.Posted()); err != nil {
		return BookingApproved{}, err
	}
	reply := BookingApproved{b.ID, b.Difference, b.Class, b.Amount, b.Class.Reclaims(), "EUR"}
	events := []payroll.Event{{Owner: b.Municipality, Noun: "reconciliation", Aggregate: b.ID, Version: 1, Verb: "booked", Data: payroll.EventData(reply)}}
	if b.Class.Reclaims() && b.Employer != b.Municipality {
		events = append(events, payroll.Event{Owner: b.Employer, Noun: "reconciliation", Aggregate: b.ID, Version: 1, Verb: "booked", Data: payroll.EventData(reply)})
	}
	return reply, tx.Publish(ctx, events)
}

func (b Booking) approvable(a payroll.Actor, hash string) error {
	p := approval{"booking", payroll.Text{NL: "deze boeking", EN: "this booking"}, payroll.Text{NL: "boekt", EN: "books"}, b.Approved, b.Hash(), b.BookedBy}
	problems := p.refused(a, hash)
	if b.Overtaken && !b.Approved {
		problems = append(problems, payroll.Reason("booking/overtaken", "booking", "Na deze boeking is een andere van hetzelfde verschil goedgekeurd: boek opnieuw.", "Another booking of the same difference was approved after this one: book anew."))
	}
	return payroll.Refuse(payroll.Conflict, problems...)
}

// Posted are the bookings of what is claimed back, one for each ledger: the
// municipality's receivable against its cost, and the employer's debt against the
// subsidy that it booked. A difference that is only said to be all right moves no
// money and has none.
func (b Booking) Posted() []Posted {
	if !b.Class.Reclaims() {
		return nil
	}
	month := payroll.Run{Period: calendar.MonthOf(b.Month)}
	var list []Posted
	for _, t := range ledger.NonZero(
		ledger.Transfer{Ledger: b.Municipality, Debit: ledger.SubsidyReclaimable, Credit: ledger.SubsidyCost, Amount: b.Amount},
		ledger.Transfer{Ledger: b.Employer, Debit: ledger.WageSubsidy, Credit: ledger.SubsidyRepayable, Amount: b.Amount},
	) {
		list = append(list, Posted{
			Posting:   Posting{ID: payroll.DeriveID(fmt.Sprintf("posting/booking/%s/%s", b.ID, t.Ledger)), Ledger: t.Ledger, Kind: "reconciliation", Content: b.Hash(), Total: t.Amount},
			Transfers: []RunTransfer{{month, ContractTransfer{b.Contract, t}}},
		})
	}
	return list
}
