package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type garnishmentRecord struct {
	Person       string `required:"" help:"Personnel number."`
	Reference    string `required:"" help:"Reference of the bailiff; the same one again is a new version, whole."`
	CreditorName string `required:"" help:"Name of the creditor."`
	CreditorIBAN string `name:"creditor-iban" required:"" help:"Account of the creditor."`
	Protected    string `required:"" help:"Protected amount (beslagvrije voet), euros a month."`
	Total        string `help:"Euros claimed; without it until it is withdrawn."`
	Rank         int    `help:"Which goes first: lower before higher; 1 without it."`
	ValidFrom    string `required:"" help:"First day of payment on which it is served."`
	ValidTo      string `help:"Last such day."`
}

func (c *garnishmentRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.GarnishmentRecord{
		Command: sh.command(), Person: c.Person, Reference: c.Reference, CreditorName: c.CreditorName, CreditorIBAN: c.CreditorIBAN,
		Protected: c.Protected, Total: c.Total, Rank: c.Rank, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo,
	}
	return ask(ctx, sh, "garnishment", "record", request, func(r payroll.GarnishmentRecorded) error {
		return sh.say("Loonbeslag %s op %s, versie %d.", "Garnishment %s of %s, version %d.", r.Reference, r.Person, r.Version)
	})
}

type garnishmentList struct {
	Person string `help:"Personnel number; without it everybody."`
	Limit  int    `help:"At most so many; otherwise all."`
}

func (c *garnishmentList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "garnishment", "list", "garnishments", c.Limit,
		func(after string, limit int) any { return personAsked{c.Person, Paged{After: after, Limit: limit}} },
		func(one postgres.GarnishmentListed) string { return one.Garnishment.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(garnishmentsListed{list})
	}
	shown := newTable("person", "reference", ">version", "creditor_name", "creditor_account", "valid_from", "valid_to", ">protected", ">total", ">rank")
	for _, one := range list {
		to := "-"
		if !one.ValidTo.IsZero() {
			to = one.ValidTo.String()
		}
		shown.add(one.Person, one.Reference, strconv.Itoa(one.Version), one.Creditor, one.Account, one.ValidFrom.String(), to,
			one.Protected.String(), amountOrDash(one.Total), strconv.Itoa(one.Rank))
	}
	return shown.print(sh.out)
}
