package payroll

import (
	"context"

	"github.com/google/uuid"
)

// GarnishmentRecord records a loonbeslag on the wage of an employee of the
// caller. The same reference again is its next version, whole: that is how the
// protected amount changes and how a garnishment ends.
type GarnishmentRecord struct {
	Command
	Person       string `json:"person" validate:"required,number"`    // personnel number
	Reference    string `json:"reference" validate:"required,number"` // of the bailiff
	CreditorName string `json:"creditor_name" validate:"required,max=70"`
	CreditorIBAN string `json:"creditor_iban" validate:"required,iban"`
	Protected    string `json:"protected" validate:"required"`                    // beslagvrije voet, euros a month
	Total        string `json:"total,omitempty"`                                  // euros claimed; absent: until it is withdrawn
	Rank         int    `json:"rank,omitempty" validate:"omitempty,min=1,max=99"` // lower goes first; absent: 1
	ValidFrom    string `json:"valid_from" validate:"required"`                   // first day of payment
	ValidTo      string `json:"valid_to,omitempty"`                               // last day of payment
}

// GarnishmentRecorded is the reply.
type GarnishmentRecorded struct {
	Garnishment uuid.UUID `json:"garnishment"`
	Person      string    `json:"person"`
	Reference   string    `json:"reference"`
	Version     int       `json:"version"`
}

// RecordGarnishment keeps a garnishment, or its next version. What lies below
// the protected amount is the employee's (Rv art. 475d), so it must be given.
func (d *Desk) RecordGarnishment(ctx context.Context, tx Tx, a Actor, req GarnishmentRecord) (GarnishmentRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	e, err := ownEmployment(ctx, tx, a, door, req.Person)
	if err != nil {
		return GarnishmentRecorded{}, err
	}
	g := Garnishment{
		ID: d.NewID(), Reference: req.Reference, Creditor: TidyIBAN(req.CreditorIBAN), Name: Name(req.CreditorName),
		Span: door.Span("valid_from", req.ValidFrom, "valid_to", req.ValidTo), Protected: door.Amount("protected", req.Protected), Rank: max(req.Rank, 1),
	}
	notOwn(door, a, "creditor_iban", g.Creditor)
	if e.IBAN != "" && g.Creditor == e.IBAN {
		door.Refuse(Reason("iban/of_person", "creditor_iban", "Dit is de rekening van de werknemer zelf.", "This is the employee's own account."))
	}
	if req.Total != "" {
		total := door.Amount("total", req.Total)
		if total.IsZero() && !door.failed("total") {
			door.Refuse(Reason("number/out_of_range", "total", "Een beslag is voor meer dan niets; beëindig het met een laatste dag.", "A garnishment is for more than nil; end it with a last day."))
		}
		g.Total = &total
	}
	if err := door.Err(); err != nil {
		return GarnishmentRecorded{}, err
	}
	g.ID, g.Version, err = tx.AddGarnishment(ctx, a, e, g)
	return GarnishmentRecorded{Garnishment: g.ID, Person: e.Number, Reference: g.Reference, Version: g.Version}, err
}
