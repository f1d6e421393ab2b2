package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
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
