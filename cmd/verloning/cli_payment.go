package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
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
