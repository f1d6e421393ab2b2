package payroll

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// ReceivableRefund says that a receivable came back: over the bank, or by a payment of
// the same wage that is not made because the money was paid already. The second is
// no set-off against the minimum wage (WML art. 13): the wage was paid.
type ReceivableRefund struct {
	Command
	Person    string `json:"person" validate:"required,number"` // personnel number
	Reference string `json:"reference" validate:"required,number"`
	Amount    string `json:"amount,omitempty"` // euros, over the bank
	Day       string `json:"day" validate:"required"`
	Statement string `json:"statement" validate:"required,max=140"`       // of the bank, or why it is set off
	Payment   string `json:"payment,omitempty" validate:"omitempty,uuid"` // instead of an amount: the payment that is not made
}

// Refund is what came back of a receivable.
type Refund struct {
	ID         uuid.UUID
	Receivable uuid.UUID
	Amount     euro.Amount
	Day        calendar.Date
	Reference  string
	Payment    uuid.UUID // that is not made; nil: it came over the bank
}

// OpenReceivable is what is left of a receivable.
type OpenReceivable struct {
	Receivable
	Open euro.Amount // the amount less what runs took and what came back
}

// ReceivableRefunded is the reply.
type ReceivableRefunded struct {
	Refund     uuid.UUID   `json:"refund"`
	Receivable uuid.UUID   `json:"receivable"`
	Amount     euro.Amount `json:"amount"`
	Open       euro.Amount `json:"open"`
}

// Transfers are the bookings of a refund.
func (r Refund) Transfers(employer uuid.UUID) []ledger.Transfer {
	debit := ledger.Bank
	if r.Payment != uuid.Nil {
		debit = ledger.NetWagesPayable
	}
	return []ledger.Transfer{{Ledger: employer, Debit: debit, Credit: ledger.StaffReceivable, Amount: r.Amount}}
}

// AcceptRefund reads what came back of a receivable of the caller's employee, and
// refuses more than is open. A payment is set off whole, where it is of the same
// person and in no bank file.
func (d *Desk) AcceptRefund(ctx context.Context, tx Tx, a Actor, req ReceivableRefund) (Refund, OpenReceivable, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	e, err := ownEmployment(ctx, tx, a, door, req.Person)
	if err != nil {
		return Refund{}, OpenReceivable{}, err
	}
	r := Refund{ID: d.NewID(), Day: door.Date("day", req.Day), Reference: req.Statement}
	if (req.Amount == "") == (req.Payment == "") {
		door.Refuse(Reason("refund/one_of", "amount", "Noem het bedrag dat terugkwam, of de betaling die niet wordt gedaan.", "Name the amount that came back, or the payment that is not made."))
	}
	if req.Amount != "" {
		r.Amount = door.Amount("amount", req.Amount)
	}
	if err := door.Err(); err != nil {
		return r, OpenReceivable{}, err
	}
	owed, known, err := tx.OpenReceivable(ctx, e, req.Reference)
	if err != nil {
		return r, owed, err
	}
	if !known {
		return r, owed, Refuse(NotFound, Unknown("receivable", "reference", req.Reference))
	}
	if r.Receivable = owed.ID; req.Payment != "" {
		if r.Payment, r.Amount, err = setOff(ctx, tx, e, req.Payment); err != nil {
			return r, owed, err
		}
	}
	if r.Amount.Sign() <= 0 || r.Amount.Cmp(owed.Open) > 0 {
		door.Refuse(Reason("refund/amount", "amount",
			"Er kan niet meer terugkomen dan er openstaat: "+owed.Open.String()+".", "No more can come back than is open: "+owed.Open.String()+"."))
	}
	return r, owed, door.Err()
}

// setOff finds the payment that is not made.
func setOff(ctx context.Context, tx Tx, e Employment, id string) (uuid.UUID, euro.Amount, error) {
	payment := uuid.MustParse(id)
	amount, known, err := tx.UnpaidWage(ctx, e, payment)
	if err == nil && !known {
		err = Refuse(NotFound, Reason("payment/not_open", "payment",
			"Dit is geen loonbetaling van deze werknemer die nog niet is uitgevoerd.", "This is no payment of wages to this employee that was not made yet."))
	}
	return payment, amount, err
}
