package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

type paymentList struct {
	Of    string `name:"run" placeholder:"RUN" help:"Id or period of a run."`
	Limit int    `help:"At most so many; otherwise all."`
}

func (c *paymentList) Run(ctx context.Context, sh *shell) error {
	run := ""
	if c.Of != "" {
		var err error
		if run, err = sh.runID(ctx, c.Of); err != nil {
			return err
		}
	}
	list, err := pages(ctx, sh, "payment", "list", "payments", c.Limit,
		func(after string, limit int) any {
			return paymentsAsked{Run: run, Paged: Paged{After: after, Limit: limit}}
		},
		func(p postgres.PaymentRow) string { return p.Payment.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(paymentsListed{list})
	}
	shown := newTable("payment", "kind", "contract", "pay_date", ">amount", "end_to_end")
	for _, p := range list {
		shown.add(p.Payment.String(), p.Kind, p.Contract, p.PayDate.String(), p.Amount.String(), p.EndToEnd)
	}
	return shown.print(sh.out)
}

type paymentRelease struct {
	Payments []string `arg:"" help:"Ids of payments that came back, as payment due shows them."`
	Reason   string   `required:"" help:"Why the same account will do."`
}

func (c *paymentRelease) Run(ctx context.Context, sh *shell) error {
	request := payroll.PaymentRelease{Command: sh.command(), Payments: c.Payments, Reason: c.Reason}
	return ask(ctx, sh, "payment", "release", request, func(r payroll.PaymentsReleased) error {
		return sh.say("%d betalingen vrijgegeven; wie ze vrijgaf, maakt het bankbestand niet.", "%d payments released; who released them does not make the bank file.", r.Released)
	})
}

type paymentOwed struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *paymentOwed) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "payment", "owed", "open", c.Limit,
		func(after string, limit int) any { return Paged{after, limit} },
		func(o subsidy.Owed) string { return o.ID.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(owedListed{list})
	}
	shown := newTable("kind", "in", "other", "about", ">open", "reference")
	for _, o := range list {
		shown.add(string(o.Kind), yesNo(o.In), o.Other, o.About, o.Open.String(), grouped(o.Reference))
	}
	return shown.print(sh.out)
}

type paymentAssign struct {
	Line      string `arg:"" help:"Id of the line, as payment unmatched shows it."`
	Reference string `required:"" help:"Reference of what it pays, as payment owed shows it."`
}

func (c *paymentAssign) Run(ctx context.Context, sh *shell) error {
	request := subsidy.PaymentAssign{Command: sh.command(), Line: c.Line, Reference: c.Reference}
	return ask(ctx, sh, "payment", "assign", request, func(r subsidy.PaymentAssigned) error {
		return sh.say("%s is %s van %s; er staat nog %s open.", "%s is %s of %s; %s is still open.", r.Amount, r.Kind, r.Other, r.Open)
	})
}
