package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type receivableRecord struct {
	Person    string `required:"" help:"Personnel number."`
	Reference string `required:"" help:"Your reference; the same one again is a new version, whole."`
	Cause     string `required:"" help:"What the money is owed for."`
	Amount    string `required:"" help:"Euros owed; 0 lets it go."`
	PerPeriod string `help:"Euros that a period may take, never of the minimum wage; without it nothing is taken."`
	Protected string `help:"Beslagvrije voet in euros a month, which a plan leaves the employee."`
	From      string `required:"" help:"First day of payment of the plan."`
}

func (c *receivableRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.ReceivableRecord{
		Command: sh.command(), Person: c.Person, Reference: c.Reference, Cause: c.Cause, Amount: c.Amount, PerPeriod: c.PerPeriod, Protected: c.Protected, From: c.From,
	}
	return ask(ctx, sh, "receivable", "record", request, func(r payroll.ReceivableRecorded) error {
		return sh.say("Vordering %s op %s, versie %d.", "Receivable %s of %s, version %d.", r.Reference, r.Person, r.Version)
	})
}

type receivableRefund struct {
	Person    string `required:"" help:"Personnel number."`
	Reference string `required:"" help:"Of the receivable."`
	Amount    string `help:"Euros that came back over the bank."`
	Payment   string `help:"Instead of an amount: id of the payment of wages that is not made, since the money was paid before."`
	Day       string `required:"" help:"Day that it came back."`
	Statement string `required:"" help:"Of the bank, or why it is set off."`
}

func (c *receivableRefund) Run(ctx context.Context, sh *shell) error {
	request := payroll.ReceivableRefund{
		Command: sh.command(), Person: c.Person, Reference: c.Reference, Amount: c.Amount, Day: c.Day, Statement: c.Statement, Payment: c.Payment,
	}
	return ask(ctx, sh, "receivable", "refund", request, func(r payroll.ReceivableRefunded) error {
		return sh.say("Teruggekomen: %s, nog open %s.", "Came back: %s, still open %s.", r.Amount, r.Open)
	})
}

type receivableList struct {
	Person string `help:"Personnel number; without it everybody."`
	Limit  int    `help:"At most so many; otherwise all."`
}

func (c *receivableList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "receivable", "list", "receivables", c.Limit,
		func(after string, limit int) any { return personAsked{c.Person, Paged{After: after, Limit: limit}} },
		func(one postgres.ReceivableListed) string { return one.Receivable.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(receivablesListed{list})
	}
	shown := newTable("person", "reference", ">version", "cause", ">amount", ">per_period", ">protected", "from")
	for _, one := range list {
		shown.add(one.Person, one.Reference, strconv.Itoa(one.Version), one.Cause, one.Amount.String(), one.PerPeriod.String(), one.Protected.String(), one.From.String())
	}
	return shown.print(sh.out)
}
