package main

import (
	"context"

	"verloning/payroll/euro"
	"verloning/subsidy"
)

type costRecord struct {
	Scheme    string `required:"" help:"Scheme that the cost is for."`
	Rule      string `required:"" help:"Rule of kind internal, such as jobcoach."`
	Day       string `required:"" help:"Day that it was made on."`
	Hours     string `help:"Hours, where the rule has a price an hour."`
	Amount    string `help:"Euros, where it has none."`
	TakeBack  bool   `help:"So much of an earlier cost was too much."`
	Reference string `required:"" help:"Your own reference, such as of the account of hours."`
	Employer  string `help:"Code of the employer of a contract."`
	Contract  string `help:"Number of the contract that it was made for."`
}

func (c *costRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.CostRecord{Command: sh.command(), Scheme: c.Scheme, Rule: c.Rule, Day: c.Day, Hours: c.Hours, Amount: c.Amount, TakeBack: c.TakeBack,
		Reference: c.Reference, Employer: c.Employer, Contract: c.Contract}
	return ask(ctx, sh, "cost", "record", request, func(r subsidy.CostReply) error {
		if err := sh.say("Kosten %s: %s.", "Cost %s: %s.", r.Cost, r.Amount); err != nil {
			return err
		}
		return sh.say("Een ander keurt goed met: verloning cost approve %s --hash %s", "Somebody else approves with: verloning cost approve %s --hash %s", r.Cost, r.Hash)
	})
}

type costList struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *costList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "cost", "list", "costs", c.Limit,
		func(after string, limit int) any { return Paged{After: after, Limit: limit} },
		func(one costListed) string { return one.Cost.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(costsListed{list})
	}
	shown := newTable("cost", "scheme", "rule", "day", ">hours", ">price", ">amount", "contract", "reference", "approved", "hash")
	known := func(n *euro.Number) string {
		if n == nil {
			return "-"
		}
		return n.String()
	}
	for _, one := range list {
		shown.add(one.Cost.String(), one.Scheme, one.Rule, one.Day.String(), known(one.Hours), known(one.Price), one.Amount.String(), one.Contract, one.Reference, yesNo(one.Approved), one.Hash)
	}
	return shown.print(sh.out)
}

type costApprove struct {
	Cost       string `arg:"" help:"Id of the cost."`
	Hash       string `required:"" help:"Hash of the cost, as cost record printed it."`
	OverBudget string `help:"Why more is spent than a budget has."`
}

func (c *costApprove) Run(ctx context.Context, sh *shell) error {
	request := subsidy.CostApprove{Command: sh.command(), Cost: c.Cost, Hash: c.Hash, OverBudget: c.OverBudget}
	return ask(ctx, sh, "cost", "approve", request, func(r subsidy.CostApproved) error {
		return sh.say("Goedgekeurd: %s %s, %s; er wordt niets betaald.", "Approved: %s %s, %s; nothing is paid.", r.Scheme, r.Rule, r.Amount)
	})
}
