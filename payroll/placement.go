package payroll

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Placement (detachering) lends the person of a contract to an inlener, who
// pays a hire price (inleentarief) for it.
type Placement struct {
	ID       uuid.UUID
	Contract uuid.UUID
	Inlener  uuid.UUID
	Span     calendar.Span
	Price    *euro.Number // euro an hour worked; absent: as the scheme has it
	Scale    string       // the hirer's own pay scale, if it pays higher
}

// PlacementRecord records a placement of a contract at an inlener.
type PlacementRecord struct {
	Command
	Contract string `json:"contract" validate:"required,number"`
	Inlener  string `json:"inlener" validate:"required,code"`
	From     string `json:"from" validate:"required"`
	To       string `json:"to,omitempty"`
	Price    string `json:"price,omitempty"` // euro an hour worked; absent: as the scheme has it
	Scale    string `json:"scale,omitempty" validate:"max=80"`
}

// PlacementRecorded is the reply.
type PlacementRecorded struct {
	Placement uuid.UUID `json:"placement"`
}

// RecordPlacement keeps a placement within the days of its contract. Two
// placements of one contract never overlap.
func (d *Desk) RecordPlacement(ctx context.Context, tx Tx, a Actor, req PlacementRecord) (PlacementRecorded, error) {
	door := NewDoor(req)
	c, known, err := tx.Contract(ctx, a.Organisation.ID, req.Contract)
	if err != nil {
		return PlacementRecorded{}, err
	}
	p := Placement{
		ID: d.NewID(), Contract: c.ID, Span: door.Span("from", req.From, "to", req.To), Scale: req.Scale,
	}
	if req.Price != "" {
		price := door.Number("price", req.Price, euro.Number{}, euro.Int(500))
		door.Decimals("price", price, 4)
		p.Price = &price
	}
	if !known {
		door.Refuse(Unknown("contract", "contract", req.Contract))
	} else if err := d.placeable(ctx, tx, door, c, p); err != nil {
		return PlacementRecorded{}, err
	}
	if p.Inlener, err = party(ctx, tx, door, "inlener", req.Inlener, Inlener); err != nil {
		return PlacementRecorded{}, err
	}
	if p.Inlener == a.Organisation.ID {
		door.Refuse(Reason("inlener/own", "inlener", "Een werkgever leent niemand uit aan zichzelf.", "An employer lends nobody to itself."))
	}
	if err := door.Err(); err != nil {
		return PlacementRecorded{}, err
	}
	if err := d.unlocked(ctx, tx, c, p.Span); err != nil {
		return PlacementRecorded{}, err
	}
	overlaps, err := tx.AddPlacement(ctx, a, p)
	if err == nil && overlaps {
		err = Refuse(Conflict, Reason("placement/overlap", "from", "Dit contract is in deze dagen al geplaatst.", "This contract is placed on these days already."))
	}
	return PlacementRecorded{Placement: p.ID}, err
}

// placeable refuses a placement on days that the contract does not have, and
// one that nobody would be billed for.
func (d *Desk) placeable(ctx context.Context, tx Tx, door *Door, c Contract, p Placement) error {
	if !p.Span.From.IsZero() && !c.Span().Holds(p.Span.From) {
		door.Refuse(Reason("date/outside_contract", "from", "Deze dag ligt buiten het contract.", "This day lies outside the contract."))
	}
	rules, known, err := d.rules(ctx, tx, c)
	if err == nil && known && p.Price == nil && !rules.HirePrice {
		door.Refuse(Reason("field/required", "price", "Geef een prijs per uur; de regeling noemt geen inleentarief.", "Give a price an hour; the scheme names no hire price."))
	}
	return err
}
