package main

import (
	"context"
	"strconv"
	"strings"

	"verloning/payroll"
)

type orgRegister struct {
	Code string   `required:"" help:"Short code: letters, digits and hyphens; never changes."`
	Name string   `required:"" help:"Name."`
	Role []string `required:"" help:"gemeente, employer, reintegratiebedrijf or inlener; may be given more than once."`
	IBAN string   `name:"iban" help:"Account to pay from and to be paid on."`
	KvK  string   `name:"kvk" help:"Number of the chamber of commerce."`
	OIN  string   `name:"oin" help:"Organisation identification number of a government body."`
}

// Run registers; the beheerder alone may.
func (c *orgRegister) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	request := payroll.OrganisationRegister{Command: sh.command(), Code: c.Code, Name: c.Name, Roles: c.Role, KvK: c.KvK, OIN: c.OIN, IBAN: c.IBAN}
	return ask(ctx, sh, "org", "register", request, func(r payroll.OrganisationRegistered) error {
		return sh.say("Organisatie %s is geregistreerd (%s).", "Organisation %s is registered (%s).", r.Code, r.Organisation)
	})
}

type orgAmend struct {
	IBAN string `name:"iban" required:"" help:"Account to pay from and to be paid on from now on."`
}

// Run records another account of the caller's organisation.
func (c *orgAmend) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "org", "amend", payroll.OrganisationAmend{Command: sh.command(), IBAN: c.IBAN}, func(r payroll.OrganisationAmended) error {
		return sh.say("Rekening van %s, versie %d; een tweede persoon bevestigt die (control confirm).", "Account of %s, version %d; a second person confirms it (control confirm).", r.Organisation, r.Version)
	})
}

type orgList struct{}

func (orgList) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	return ask(ctx, sh, "org", "list", struct{}{}, func(r organisationsListed) error {
		shown := newTable("code", "roles", ">users", "account")
		for _, o := range r.Organisations {
			shown.add(o.Code, strings.Join(o.Roles, ","), strconv.Itoa(o.Users), o.Account)
		}
		return shown.print(sh.out)
	})
}

type orgLetterhead struct {
	Organisation string `arg:"" help:"Code of the organisation."`
	Street       string `required:"" help:"Street and number."`
	Place        string `required:"" help:"Postcode and place."`
	VATID        string `name:"vat-id" help:"VAT number, such as NL123456789B01."`
}

// Run records a letterhead.
func (c *orgLetterhead) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	request := payroll.LetterheadRecord{Command: sh.command(), Organisation: c.Organisation, Street: c.Street, Place: c.Place, VATID: c.VATID}
	return ask(ctx, sh, "letterhead", "record", request, func(r payroll.LetterheadRecorded) error {
		return sh.say("Briefhoofd van %s, versie %d.", "Letterhead of %s, version %d.", r.Organisation, r.Version)
	})
}
