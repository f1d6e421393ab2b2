package main

import (
	"context"

	"verloning/subsidy"
)

type otherMoneyRecord struct {
	Employer  string `help:"Code of the employer; absent: your own organisation."`
	Contract  string `required:"" help:"Number of the contract."`
	Kind      string `required:"" help:"sick_pay (refund of sick pay), LKV (loonkostenvoordeel), ESF or UWV."`
	Period    string `required:"" help:"Month, such as 2026-10."`
	Amount    string `required:"" help:"Euros."`
	TakeBack  bool   `help:"So much of what was recorded before was too much."`
	Reference string `required:"" help:"Reference of who paid it; it counts once for a contract, kind and month."`
}

func (c *otherMoneyRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.OtherMoneyRecord{Command: sh.command(), Employer: c.Employer, Contract: c.Contract, Kind: c.Kind, Period: c.Period, Amount: c.Amount,
		TakeBack: c.TakeBack, Reference: c.Reference}
	return ask(ctx, sh, "othermoney", "record", request, func(r subsidy.OtherMoneyRecorded) error {
		return sh.say("Vastgelegd: %s %s van contract %s.", "Recorded: %s %s of contract %s.", r.Kind, r.Amount, r.Contract)
	})
}

type otherMoneyList struct {
	Limit int `help:"At most so many."`
}

func (c *otherMoneyList) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "othermoney", "list", otherMoneyAsked{Limit: c.Limit}, func(r otherMoneyListed) error {
		shown := newTable("record", "employer", "contract", "kind", "month", ">amount", "reference")
		for _, o := range r.Other {
			shown.add(o.Record.String(), o.Employer, o.Contract, o.Kind, o.Month.String(), o.Amount.String(), o.Reference)
		}
		return shown.print(sh.out)
	})
}
