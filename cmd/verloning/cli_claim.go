package main

import (
	"context"
	"fmt"
	"strings"

	"verloning/subsidy"
)

type claimList struct {
	Employer string `help:"Code of the employer."`
	Period   string `help:"Wage period, such as 2026-10."`
	Status   string `help:"raised, ordered, reclaimed, refused, settled or nil."`
	Limit    int    `help:"At most so many; otherwise all."`
}

func (c *claimList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "claim", "list", "claims", c.Limit,
		func(after string, limit int) any {
			return subsidy.ClaimFilter{Employer: c.Employer, Period: c.Period, Status: c.Status, After: after, Limit: limit}
		},
		func(one subsidy.RaisedClaim) string { return one.Claim.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(claimsListed{list})
	}
	shown := newTable("claim", "kind", "employer", "payer", "contract", "period", "decision", "status", ">base", ">charges", ">amount", ">vat", "verdict", ">granted")
	for _, one := range list {
		granted := "-"
		if one.Granted != nil {
			granted = one.Granted.String()
		}
		shown.add(one.Claim.String(), string(one.Kind), one.Employer, one.Payer, one.Number, one.Period, one.Decision, one.Status,
			one.Base.String(), one.Charges.String(), one.Amount.String(), one.VAT.String(), string(one.Verdict), granted)
	}
	return shown.print(sh.out)
}

type claimGrant struct {
	Employer string   `required:"" help:"Code of the employer."`
	Period   string   `required:"" help:"Wage period."`
	All      bool     `help:"Grant every raised claim that is not named."`
	Reason   string   `help:"Reason of what is granted partly or refused."`
	Claims   []string `arg:"" optional:"" name:"claim" help:"CLAIM=granted, CLAIM=partly:AMOUNT or CLAIM=refused."`
}

func (c *claimGrant) Run(ctx context.Context, sh *shell) error {
	request := subsidy.ClaimGrant{Command: sh.command(), Employer: c.Employer, Period: c.Period, All: c.All}
	for _, text := range c.Claims {
		one, err := c.verdict(text)
		if err != nil {
			return err
		}
		request.Claims = append(request.Claims, one)
	}
	if !c.All && len(request.Claims) == 0 {
		return fault("flag/choice", "", "Noem declaraties met hun oordeel, of geef --all.", "Name claims with their verdict, or give --all.")
	}
	return ask(ctx, sh, "claim", "grant", request, func(r subsidy.BatchReply) error {
		return sh.batched(r)
	})
}

// batched says what a batch comes to and leaves of each budget, and who is next.
func (sh *shell) batched(r subsidy.BatchReply) error {
	if err := sh.say("Batch %s: %d declaraties, samen %s en %s btw.", "Batch %s: %d claims, together %s and %s VAT.", r.Batch, r.Claims, r.Total, r.VAT); err != nil {
		return err
	}
	for _, b := range r.Budgets {
		var err error
		switch {
		case !b.Kept:
			err = sh.say("Budget %s %d wordt hier niet bijgehouden.", "Budget %s %d is not kept here.", b.Source, b.Year)
		case b.After.Sign() < 0:
			err = sh.say("Budget %s %d komt %s tekort: goedkeuren kan alleen met een reden (--over-budget).", "Budget %s %d falls short by %s: approval needs a reason (--over-budget).", b.Source, b.Year, b.After.Neg())
		default:
			err = sh.say("Budget %s %d: van %s blijft %s over.", "Budget %s %d: of %s there is %s left.", b.Source, b.Year, b.Before, b.After)
		}
		if err != nil {
			return err
		}
	}
	return sh.say("Een ander keurt goed met: verloning claim approve %s --hash %s", "Somebody else approves with: verloning claim approve %s --hash %s", r.Batch, r.Hash)
}

// verdict reads CLAIM=granted|partly:AMOUNT|refused; whether the claim and the
// amount are right the service says.
func (c *claimGrant) verdict(text string) (subsidy.GrantClaim, error) {
	claim, verdict, named := strings.Cut(text, "=")
	verdict, amount, partly := strings.Cut(verdict, ":")
	one := subsidy.GrantClaim{Claim: claim, Verdict: verdict, Amount: amount}
	if !named || partly != (verdict == string(subsidy.Partly)) {
		return one, fault("claim/verdict", "claims",
			fmt.Sprintf("%.80s: schrijf DECLARATIE=granted, =partly:BEDRAG of =refused.", text), fmt.Sprintf("%.80s: write CLAIM=granted, =partly:AMOUNT or =refused.", text))
	}
	if verdict != string(subsidy.Grant) {
		one.Reason = c.Reason
	}
	return one, nil
}

type claimApprove struct {
	Batch string `arg:"" help:"Id of the batch."`
	Hash  string `required:"" help:"Hash of the batch, as claim grant printed it."`

	OverBudget string `help:"Why more is spent than a budget has."`
}

func (c *claimApprove) Run(ctx context.Context, sh *shell) error {
	request := subsidy.ClaimApprove{Command: sh.command(), Batch: c.Batch, Hash: c.Hash, OverBudget: c.OverBudget}
	return ask(ctx, sh, "claim", "approve", request, func(r subsidy.ClaimsApproved) error {
		return sh.say("Goedgekeurd: %d declaraties; %d betalingen, samen %s.", "Approved: %d claims; %d payments, together %s.", r.Claims, r.Payments, r.Paid)
	})
}

type claimSettle struct {
	Employer  string   `help:"Code of the employer; with --all."`
	Period    string   `help:"Wage period, such as 2026-10; with --all."`
	All       bool     `help:"Everything of the period that is not settled."`
	Day       string   `required:"" help:"Day of the bank statement."`
	Reference string   `required:"" help:"Reference of the bank statement."`
	Claims    []string `arg:"" optional:"" name:"claim" help:"Ids of claims."`
}

// Run notes what went over the bank, out of the caller's account or into it.
func (c *claimSettle) Run(ctx context.Context, sh *shell) error {
	request := subsidy.ClaimSettle{
		Command: sh.command(), Employer: c.Employer, Period: c.Period, All: c.All, Claims: c.Claims, Day: c.Day, Reference: c.Reference,
	}
	return ask(ctx, sh, "claim", "settle", request, func(r subsidy.ClaimsSettled) error {
		return sh.say("Afgewikkeld: %d declaraties, samen %s.", "Settled: %d claims, together %s.", r.Claims, r.Amount)
	})
}

type claimPDF struct {
	Period string `arg:"" help:"Period of the runs, such as 2026-10."`
	Other  string `help:"Code of one gemeente, or as the gemeente of one employer."`
	Out    string `short:"o" placeholder:"FILE" help:"Where to write it; - is the standard output."`
}

// Run writes the specification of a period's subsidies.
func (c *claimPDF) Run(ctx context.Context, sh *shell) error {
	return sh.one(ctx, "claim", "pdf", claimsDrawn{Period: c.Period, Other: c.Other, Language: sh.language()}, c.Out)
}
