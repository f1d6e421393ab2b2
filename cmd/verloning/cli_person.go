package main

import (
	"context"
	"io"
	"strings"

	"verloning/payroll"
)

type personRegister struct {
	Number  string `required:"" help:"Personnel number."`
	BSN     string `name:"bsn" help:"Citizen service number. Other users of this machine may see a command line: a file is safer."`
	Name    string `required:"" help:"Name."`
	Birth   string `name:"birth-date" required:"" help:"Birth date, 1996-03-01."`
	IBAN    string `name:"iban" required:"" help:"Account that the wage is paid on."`
	Korting bool   `name:"loonheffingskorting" help:"The loonheffingskorting applies."`

	Jonggehandicapt bool `name:"jonggehandicaptenkorting" help:"Right to Wajong: the jonggehandicaptenkorting applies with the loonheffingskorting."`
	Alleenstaand    bool `name:"alleenstaande-ouderenkorting" help:"Consented to the alleenstaande-ouderenkorting, from AOW age on."`
}

func (c *personRegister) Run(ctx context.Context, sh *shell) error {
	request := payroll.PersonRegister{
		Command: sh.command(), Number: c.Number, BSN: c.BSN, Name: c.Name, Birth: c.Birth, IBAN: c.IBAN, Korting: c.Korting,
		Jonggehandicapt: c.Jonggehandicapt, Alleenstaand: c.Alleenstaand,
	}
	return ask(ctx, sh, "person", "register", request, sh.personKept)
}

func (sh *shell) personKept(r payroll.PersonRegistered) error {
	return sh.say("Personeelsnummer %s, versie %d.", "Personnel number %s, version %d.", r.Number, r.Version)
}

type personAmend struct {
	Number  string `required:"" help:"Personnel number."`
	BSN     string `name:"bsn" help:"Citizen service number of who was registered without one: the anonymous tariff ends. --bsn=- reads it from the standard input: other users of this machine may see a command line."`
	Name    string `help:"Name."`
	Birth   string `name:"birth-date" help:"Birth date."`
	IBAN    string `name:"iban" help:"Account that the wage is paid on."`
	Korting *bool  `name:"loonheffingskorting" negatable:"" help:"The loonheffingskorting applies, or not."`

	Jonggehandicapt *bool `name:"jonggehandicaptenkorting" negatable:"" help:"The jonggehandicaptenkorting applies with the loonheffingskorting, or not."`
	Alleenstaand    *bool `name:"alleenstaande-ouderenkorting" negatable:"" help:"Consented to the alleenstaande-ouderenkorting, or not."`
}

func (c *personAmend) Run(ctx context.Context, sh *shell) error {
	bsn, err := sh.unseen(c.BSN)
	if err != nil {
		return err
	}
	request := payroll.PersonAmend{
		Command: sh.command(), Number: c.Number, BSN: bsn, Name: c.Name, Birth: c.Birth, IBAN: c.IBAN, Korting: c.Korting,
		Jonggehandicapt: c.Jonggehandicapt, Alleenstaand: c.Alleenstaand,
	}
	return ask(ctx, sh, "person", "amend", request, sh.personKept)
}

// unseen reads a word that should stand on no command line from the standard
// input, where - stands in its place. Nothing there is not the same as no word.
func (sh *shell) unseen(word string) (string, error) {
	if word != "-" {
		return word, nil
	}
	text, err := io.ReadAll(io.LimitReader(sh.in, 100))
	if word = strings.TrimSpace(string(text)); err != nil || word == "" {
		return "", fault("input/empty", "", "Er staat niets op de standaardinvoer.", "There is nothing on the standard input.")
	}
	return word, nil
}

type personImport struct{ importFile }

func (c *personImport) Run(ctx context.Context, sh *shell) error {
	return importRows[payroll.PersonRegister](ctx, sh, c.importFile, importing{noun: "person", verb: "register", lane: "number"})
}
