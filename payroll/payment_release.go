package payroll

import (
	"context"
	"strings"

	"github.com/google/uuid"
)

// accountReasons are the codes by which a bank says that the account itself is why
// an order was not carried out or came back (ISO 20022, external reason codes): the
// number is wrong, the account is closed, blocked or not for this, its holder has
// died or is somebody else. The same account would only give the same answer.
var accountReasons = map[string]bool{
	"AC01": true, "AC03": true, "AC04": true, "AC06": true, "AC07": true, "AC11": true, "AC12": true, "AC14": true, "AC15": true,
	"AG01": true, "BE01": true, "MD07": true, "RC01": true, "RC04": true,
}

// ofAccount reports whether a bank's code says that the account is wrong.
func ofAccount(code string) bool { return accountReasons[strings.ToUpper(code)] }

// PaymentRelease lets payments that came back go again as they were.
type PaymentRelease struct {
	Command
	Payments []string `json:"payments" validate:"required,min=1,max=1000,dive,uuid"`
	Reason   string   `json:"reason" validate:"required,max=500"` // why the same account will do
}

// PaymentsReleased is the reply.
type PaymentsReleased struct {
	Released int `json:"released"`
}

// ReturnedPayment is a payment whose last attempt came back or was rejected.
type ReturnedPayment struct {
	Payment    uuid.UUID
	Attempt    int
	Back       Back
	ImportedBy uuid.UUID // who handed in the message that said so
}

// ReleasePayments notes that what came back for another reason than its account may
// be paid again: somebody else than who handed in the message of the bank says why,
// and does not put it into a file. Releasing twice changes nothing.
func (d *Desk) ReleasePayments(ctx context.Context, tx Tx, a Actor, req PaymentRelease) (PaymentsReleased, error) {
	door := NewDoor(req)
	if err := door.Err(); err != nil {
		return PaymentsReleased{}, err
	}
	ids := make([]uuid.UUID, len(req.Payments))
	for i, text := range req.Payments {
		ids[i] = uuid.MustParse(text)
	}
	// Who exports or imports waits here, so that what is released is what came back.
	if err := tx.HoldPayments(ctx, a); err != nil {
		return PaymentsReleased{}, err
	}
	known, err := tx.ReturnedPayments(ctx, a, ids)
	if err != nil {
		return PaymentsReleased{}, err
	}
	var fresh []ReturnedPayment
	for i, id := range ids {
		p, ours := known[id]
		if why := p.unreleasable(a, ours); why != nil {
			door.Problems = append(door.Problems, why.At(i+1))
		} else if p.Back.ReleasedBy == uuid.Nil {
			p.Back.ReleasedBy = a.User
			known[id] = p
			fresh = append(fresh, p)
		}
	}
	if err := door.Err(); err != nil {
		return PaymentsReleased{}, err
	}
	return PaymentsReleased{len(fresh)}, tx.AddReleases(ctx, a, fresh, req.Reason)
}

// unreleasable says why a payment is not released, if it is not.
func (p ReturnedPayment) unreleasable(a Actor, ours bool) *Problem {
	var why Problem
	switch {
	case !ours:
		why = Reason("payment/not_back", "payments", "Dit is geen betaling van uw organisatie die alleen terugkwam en nog niet opnieuw naar de bank ging.", "This is no payment of your organisation that came back alone and has not gone to the bank again.")
	case ofAccount(p.Back.Reason):
		why = Reason("payment/account", "payments", "De bank zegt dat de rekening niet klopt ("+p.Back.code()+"): leg een ander IBAN vast en laat dat bevestigen.", "The bank says that the account is wrong ("+p.Back.code()+"): record another IBAN and have it confirmed.")
	case p.ImportedBy == a.User:
		why = Reason("payment/four_eyes", "payments", "Wie het bericht van de bank inlas, geeft niet vrij: een tweede persoon doet dat.", "Who took in the bank's message does not release: a second person does.")
	default:
		return nil
	}
	return &why
}
