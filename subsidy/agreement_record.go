package subsidy

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
)

// AgreementRecord records what the caller, a municipality, agreed with a provider.
type AgreementRecord struct {
	payroll.Command
	Number   string            `json:"number" validate:"required,number"`
	Provider string            `json:"provider" validate:"required,code"`
	Payer    string            `json:"payer,omitempty" validate:"omitempty,code"` // of what the municipality does not pay
	Scheme   string            `json:"scheme" validate:"required,code"`
	From     string            `json:"from" validate:"required"`
	To       string            `json:"to,omitempty"`
	Agreed   int               `json:"agreed,omitempty" validate:"min=0,max=100000"`
	Targets  []AgreementTarget `json:"targets,omitempty" validate:"max=10,dive"`
}

// AgreementTarget is a number that an agreement sets.
type AgreementTarget struct {
	Of     string `json:"of" validate:"required,oneof=referrals starters guided outcomes exits"`
	Number int    `json:"number" validate:"min=0,max=1000000"`
}

// AgreementRecorded is the reply.
type AgreementRecorded struct {
	Agreement uuid.UUID `json:"agreement"`
	Number    string    `json:"number"`
}

// RecordAgreement keeps an agreement. It is not changed afterwards: other terms are
// another agreement.
func (d *Desk) RecordAgreement(ctx context.Context, tx Tx, a payroll.Actor, req AgreementRecord) (AgreementRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	g := ProviderAgreement{
		ID: d.NewID(), Number: req.Number, Municipality: a.Organisation.ID, Scheme: req.Scheme,
		Span: door.Span("from", req.From, "to", req.To), Agreed: req.Agreed, Targets: map[string]int{},
	}
	for _, target := range req.Targets {
		if _, twice := g.Targets[target.Of]; twice {
			door.Refuse(payroll.Reason("agreement/target", "targets", "Een doel staat er twee keer.", "A target is there twice."))
		}
		g.Targets[target.Of] = target.Number
	}
	var err error
	if g.Provider, err = organisation(ctx, tx, door, "provider", req.Provider, payroll.Provider); err != nil {
		return AgreementRecorded{}, err
	}
	if g.Payer, err = organisation(ctx, tx, door, "payer", req.Payer, payroll.Inlener); err != nil {
		return AgreementRecorded{}, err
	}
	if _, known, err := d.schemeNamed(ctx, tx, a.Organisation.ID, req.Scheme); err != nil {
		return AgreementRecorded{}, err
	} else if !known {
		door.Refuse(payroll.Unknown("scheme", "scheme", req.Scheme))
	}
	if _, taken, err := tx.Agreement(ctx, a.Organisation.ID, req.Number); err != nil {
		return AgreementRecorded{}, err
	} else if taken {
		door.Refuse(payroll.Reason("agreement/exists", "number", "Dit nummer is al in gebruik.", "This number is in use."))
	}
	if err := door.Err(); err != nil {
		return AgreementRecorded{}, err
	}
	if err := tx.AddAgreement(ctx, a, g); err != nil {
		return AgreementRecorded{}, err
	}
	reply := AgreementRecorded{Agreement: g.ID, Number: g.Number}
	return reply, tx.Publish(ctx, g.recorded())
}

// recorded announces the agreement to both who made it.
func (g ProviderAgreement) recorded() []payroll.Event {
	data := payroll.EventData(struct {
		Agreement uuid.UUID `json:"agreement"`
		Number    string    `json:"number"`
		Scheme    string    `json:"scheme"`
	}{g.ID, g.Number, g.Scheme})
	events := []payroll.Event{{Owner: g.Municipality, Noun: "agreement", Aggregate: g.ID, Version: 1, Verb: "recorded", Data: data}}
	if g.Provider != g.Municipality {
		events = append(events, payroll.Event{Owner: g.Provider, Noun: "agreement", Aggregate: g.ID, Version: 1, Verb: "recorded", Data: data})
	}
	return events
}

// organisation finds a party in a role by its code; no code is no party.
func organisation(ctx context.Context, tx Tx, door *payroll.Door, field, code string, role payroll.OrganisationRole) (uuid.UUID, error) {
	if code == "" {
		return uuid.Nil, nil
	}
	org, known, err := tx.OrganisationByCode(ctx, code)
	if err == nil && (!known || !org.Is(role)) {
		door.Refuse(payroll.Reason("organisation/unknown", field, fmt.Sprintf("%.40s is hier niet bekend als %s.", code, role), fmt.Sprintf("%.40s is not known here as %s.", code, role)))
	}
	return org.ID, err
}

// schemeNamed finds a scheme as a municipality has it now.
func (d *Desk) schemeNamed(ctx context.Context, tx Tx, municipality uuid.UUID, id string) (Scheme, bool, error) {
	book, err := d.Books.Now(ctx, tx)
	if err != nil {
		return Scheme{}, false, err
	}
	scheme, known := book.Scheme(id, municipality)
	return scheme, known, nil
}
