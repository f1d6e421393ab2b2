package payroll

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// Employment is a person at one employer: what payslips and payments need. The
// person behind it is one row for all employers and visible to none of them.
type Employment struct {
	ID       uuid.UUID
	Person   uuid.UUID
	Employer uuid.UUID
	Number   string // personnel number
	Version  int
	Name     Name
	Birth    calendar.Date
	IBAN     IBAN
	Korting  bool // loonheffingskorting applies

	Jonggehandicapt bool // right to Wajong: jonggehandicaptenkorting, with Korting only
	Alleenstaand    bool // consented to the alleenstaande-ouderenkorting
	Identified      bool // the BSN is known; without it the anonymous tariff applies (Wet LB art. 26b)
}

// PersonRegister registers a person as an employee of the caller.
type PersonRegister struct {
	Command
	Number  string `json:"number" validate:"required,number"`
	BSN     string `json:"bsn,omitempty" validate:"omitempty,bsn"` // missing costs the anonymous tariff, not the wage
	Name    string `json:"name" validate:"required,max=140"`
	Birth   string `json:"birth_date" validate:"required"`
	IBAN    string `json:"iban" validate:"required,iban"`
	Korting bool   `json:"loonheffingskorting,omitempty"`

	Jonggehandicapt bool `json:"jonggehandicaptenkorting,omitempty"`
	Alleenstaand    bool `json:"alleenstaande_ouderenkorting,omitempty"`
}

// PersonRegistered is the reply.
type PersonRegistered struct {
	Employment uuid.UUID `json:"employment"`
	Number     string    `json:"number"`
	Version    int       `json:"version"`
}

// RegisterPerson finds or makes the person and adds the employment.
func (d *Desk) RegisterPerson(ctx context.Context, tx Tx, a Actor, req PersonRegister) (PersonRegistered, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	e := Employment{
		ID: d.NewID(), Employer: a.Organisation.ID, Number: req.Number, Version: 1,
		Name: Name(req.Name), Birth: birth(door, req.Birth, tx.Today()), IBAN: TidyIBAN(req.IBAN), Korting: req.Korting,
		Jonggehandicapt: req.Jonggehandicapt, Alleenstaand: req.Alleenstaand, Identified: req.BSN != "",
	}
	notOwn(door, a, "iban", e.IBAN)
	if _, taken, err := tx.Employment(ctx, a.Organisation.ID, req.Number); err != nil {
		return PersonRegistered{}, err
	} else if taken {
		door.Refuse(Reason("person/exists", "number", "Dit personeelsnummer is al in gebruik.", "This personnel number is in use."))
	}
	if err := door.Err(); err != nil {
		return PersonRegistered{}, err
	}
	bsn := BSN("")
	if req.BSN != "" {
		bsn = TidyBSN(req.BSN)
	}
	person, taken, err := tx.Person(ctx, bsn, e, d.NewID())
	if err != nil {
		return PersonRegistered{}, err
	}
	if taken {
		return PersonRegistered{}, Refuse(Conflict, Reason("person/employed", "bsn", "Deze persoon heeft al een personeelsnummer bij uw organisatie.", "This person has a personnel number at your organisation already."))
	}
	e.Person = person
	return PersonRegistered{Employment: e.ID, Number: e.Number, Version: 1}, tx.AddEmployment(ctx, a, e)
}

// PersonAmend changes what is known of an employee; absent fields stay.
type PersonAmend struct {
	Command
	Number  string `json:"number" validate:"required,number"`
	BSN     string `json:"bsn,omitempty" validate:"omitempty,bsn"` // of who was registered without one
	Name    string `json:"name,omitempty" validate:"max=140"`
	Birth   string `json:"birth_date,omitempty"`
	IBAN    string `json:"iban,omitempty" validate:"omitempty,iban"`
	Korting *bool  `json:"loonheffingskorting,omitempty"`

	Jonggehandicapt *bool `json:"jonggehandicaptenkorting,omitempty"`
	Alleenstaand    *bool `json:"alleenstaande_ouderenkorting,omitempty"`
}

// AmendPerson adds a version of the employment. A BSN is no part of a version:
// one that comes alone makes none.
func (d *Desk) AmendPerson(ctx context.Context, tx Tx, a Actor, req PersonAmend) (PersonRegistered, error) {
	door := NewDoor(req)
	e, known, err := tx.Employment(ctx, a.Organisation.ID, req.Number)
	if err != nil {
		return PersonRegistered{}, err
	}
	if !known {
		door.Refuse(Unknown("person", "number", req.Number))
	}
	was := e
	if req.Name != "" {
		e.Name = Name(req.Name)
	}
	if day := birth(door, req.Birth, tx.Today()); !day.IsZero() {
		e.Birth = day
	}
	if req.IBAN != "" {
		e.IBAN = TidyIBAN(req.IBAN)
		notOwn(door, a, "iban", e.IBAN)
	}
	for _, credit := range []struct{ to, from *bool }{
		{&e.Korting, req.Korting}, {&e.Jonggehandicapt, req.Jonggehandicapt}, {&e.Alleenstaand, req.Alleenstaand},
	} {
		if credit.from != nil {
			*credit.to = *credit.from
		}
	}
	if err := door.Err(); err != nil {
		return PersonRegistered{}, err
	}
	if req.BSN != "" {
		if err := identify(ctx, tx, a, e, TidyBSN(req.BSN)); err != nil {
			return PersonRegistered{}, err
		}
		if e == was {
			return PersonRegistered{Employment: e.ID, Number: e.Number, Version: e.Version}, nil
		}
	}
	e.Version++
	return PersonRegistered{Employment: e.ID, Number: e.Number, Version: e.Version}, tx.AddEmployment(ctx, a, e)
}

// identify ends the anonymous tariff of somebody whose BSN was not known. The
// same BSN again changes nothing, and another one is refused: all that was kept
// of a person would be somebody else's. So is a BSN that a person has already,
// since contracts, decisions and yearly maxima of two persons can not become one's.
func identify(ctx context.Context, tx Tx, a Actor, e Employment, bsn BSN) error {
	person, employed, err := tx.PersonOf(ctx, bsn, e.Employer)
	switch {
	case err != nil:
		return err
	case person == e.Person:
		return nil
	case e.Identified:
		return Refuse(Conflict, Reason("bsn/known", "bsn",
			"Van deze persoon is al een ander BSN vastgelegd, en dat verandert niet. Is dat het BSN van iemand anders, beëindig dan de contracten onder dit personeelsnummer en registreer de persoon opnieuw.",
			"Another BSN of this person is recorded, and it does not change. If that is somebody else's, end the contracts under this personnel number and register the person anew."))
	case employed:
		return Refuse(Conflict, Reason("person/employed", "bsn",
			"Deze persoon heeft al een ander personeelsnummer bij uw organisatie, en twee personen worden er niet een: beëindig de contracten onder dit nummer en ga verder onder het andere.",
			"This person has another personnel number at your organisation already, and two persons can not become one: end the contracts under this number and go on under the other."))
	case person != uuid.Nil:
		return Refuse(Conflict, Reason("bsn/other_person", "bsn",
			"Dit BSN is al van een andere persoon, en twee personen worden er niet een: beëindig de contracten onder dit personeelsnummer en registreer de persoon opnieuw, met dit BSN.",
			"This BSN is of another person already, and two persons can not become one: end the contracts under this personnel number and register the person anew, with this BSN."))
	}
	return tx.AddBSN(ctx, a, e, bsn)
}

// birth reads a birth date of somebody who can have a contract: from thirteen
// (work of children is refused, Arbeidstijdenwet art. 3:2) to a hundred.
func birth(door *Door, text string, today calendar.Date) calendar.Date {
	day := door.Date("birth_date", text)
	if day.IsZero() {
		return day
	}
	if age := calendar.Age(day, today); age < 13 || age > 100 {
		door.Refuse(Reason("birth_date/out_of_range", "birth_date", "Deze geboortedatum past niet bij een werknemer.", "This birth date does not fit an employee."))
	}
	return day
}

// notOwn refuses the employer's own account: nobody is paid onto the account
// that pays, and one such order would stop all the others of a run.
func notOwn(door *Door, a Actor, field string, iban IBAN) {
	if iban != "" && iban == a.Organisation.IBAN {
		door.Refuse(Reason("iban/own", field, "Dit is de rekening van de werkgever zelf.", "This is the employer's own account."))
	}
}

func onlyEmployer(door *Door, a Actor) {
	if !a.Organisation.Is(Employer) {
		door.Refuse(Reason("organisation/not_employer", "", "Uw organisatie is geen werkgever.", "Your organisation is no employer."))
	}
}
