package payroll

import (
	"context"

	"github.com/google/uuid"
)

// ReceivableRecord records money that an employee owes the caller, and what a
// period may take of it. The same reference again is its next version, whole:
// that is how a plan changes, also of a receivable that a run made.
type ReceivableRecord struct {
	Command
	Person    string `json:"person" validate:"required,number"` // personnel number
	Reference string `json:"reference" validate:"required,number"`
	Cause     string `json:"cause" validate:"required,max=200"`
	Amount    string `json:"amount" validate:"required"` // euros; nil when it is let go
	PerPeriod string `json:"per_period,omitempty"`       // euros; absent: nothing is taken
	Protected string `json:"protected,omitempty"`        // beslagvrije voet, euros a month; a plan needs it
	From      string `json:"from" validate:"required"`   // first day of payment of the plan
}

// ReceivableRecorded is the reply.
type ReceivableRecorded struct {
	Receivable uuid.UUID `json:"receivable"`
	Person     string    `json:"person"`
	Reference  string    `json:"reference"`
	Version    int       `json:"version"`
}

// RecordReceivable keeps a receivable, or its next version. Whether a period
// can bear what the plan takes is said when the period is paid: the minimum
// wage is never set off (WML art. 13).
func (d *Desk) RecordReceivable(ctx context.Context, tx Tx, a Actor, req ReceivableRecord) (ReceivableRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	e, err := ownEmployment(ctx, tx, a, door, req.Person)
	if err != nil {
		return ReceivableRecorded{}, err
	}
	r := Receivable{
		ID: d.NewID(), Reference: req.Reference, Cause: req.Cause, Amount: door.Amount("amount", req.Amount),
		PerPeriod: door.Amount("per_period", req.PerPeriod), Protected: door.Amount("protected", req.Protected), From: door.Date("from", req.From),
	}
	if !door.failed("amount") && !door.failed("per_period") && r.PerPeriod.Cmp(r.Amount) > 0 {
		door.Refuse(Reason("receivable/plan", "per_period", "Per periode meer dan er te vorderen is.", "More a period than is owed."))
	}
	if r.PerPeriod.Sign() > 0 && req.Protected == "" {
		door.Refuse(Reason("field/required", "protected", "Een afbetaling laat de beslagvrije voet vrij: geef die op (BW 7:632 lid 2).", "A plan leaves the protected amount: give it (BW 7:632 paragraph 2)."))
	}
	if err := door.Err(); err != nil {
		return ReceivableRecorded{}, err
	}
	r.ID, r.Version, err = tx.AddReceivable(ctx, a, e, r)
	return ReceivableRecorded{Receivable: r.ID, Person: e.Number, Reference: r.Reference, Version: r.Version}, err
}
