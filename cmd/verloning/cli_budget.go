package main

import (
	"context"
	"strconv"

	"verloning/subsidy"
)

type budgetRecord struct {
	Year   int    `required:"" help:"Year of the budget."`
	Source string `required:"" help:"Source of the money, such as W, participatiebudget or BUIG."`
	Kind   string `default:"granted" help:"granted, carried (over from the year before) or repaid."`
	Amount string `required:"" help:"Euros."`
	Reason string `help:"Why, such as the letter that grants it."`
}

func (c *budgetRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.BudgetRecord{Command: sh.command(), Year: c.Year, Source: c.Source, Kind: c.Kind, Amount: c.Amount, Reason: c.Reason}
	return ask(ctx, sh, "budget", "record", request, func(r subsidy.BudgetRecorded) error {
		return sh.say("Budget %s %d: %s %s.", "Budget %s %d: %s %s.", r.Source, r.Year, r.Kind, r.Amount)
	})
}

type budgetList struct{}

// Run prints how each budget stands: left is what was not spent, free what
// neither claims under way nor running decisions hold.
func (budgetList) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "budget", "list", struct{}{}, func(r budgetsListed) error {
		shown := newTable("year", "source", ">granted", ">carried", ">repaid", ">spent", ">left", ">claimed", ">reserved", ">free")
		for _, b := range r.Budgets {
			shown.add(strconv.Itoa(b.Year), string(b.Source), b.Granted.String(), b.Carried.String(), b.Repaid.String(), b.Spent.String(),
				b.Left.String(), b.Claimed.String(), b.Reserved.String(), b.Free.String())
		}
		return shown.print(sh.out)
	})
}
