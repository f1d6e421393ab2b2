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
	Status   string `help:"raised, ordered, refused or nil."`
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
	shown := newTable("claim", "employer", "contract", "period", "decision", "status", ">base", ">charges", ">amount", "verdict", ">granted")
	for _, one := range list {
		granted := "-"
		if one.Granted != nil {
			granted = one.Granted.String()
		}
		shown.add(one.Claim.String(), one.Employer, one.Number, one.Period, one.Decision, one.Status,
			one.Base.String(), one.Charges.String(), one.Amount.String(), string(one.Verdict), granted)
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
		return sh.say("Batch %s: %d declaraties, samen %s.\nEen ander keurt goed met: verloning claim approve %s --hash %s",
			"Batch %s: %d claims, together %s.\nSomebody else approves with: verloning claim approve %s --hash %s", r.Batch, r.Claims, r.Total, r.Batch, r.Hash)
	})
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
}

func (c *claimApprove) Run(ctx context.Context, sh *shell) error {
	request := subsidy.ClaimApprove{Command: sh.command(), Batch: c.Batch, Hash: c.Hash}
	return ask(ctx, sh, "claim", "approve", request, func(r subsidy.ClaimsApproved) error {
		return sh.say("Goedgekeurd: %d declaraties; %d betalingen, samen %s.", "Approved: %d claims; %d payments, together %s.", r.Claims, r.Payments, r.Paid)
	})
}
