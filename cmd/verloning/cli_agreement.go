package main

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/subsidy"
)

type agreementRecord struct {
	Number   string         `required:"" help:"The gemeente's own number."`
	Provider string         `required:"" help:"Code of the re-integratiebedrijf."`
	Payer    string         `help:"Code of the inlener that pays what the gemeente does not, where the scheme says so."`
	Scheme   string         `required:"" help:"Id of the scheme."`
	From     string         `required:"" help:"First day; contract years are counted from it."`
	To       string         `help:"Last day."`
	Agreed   int            `help:"Number of trajectories agreed."`
	Target   map[string]int `help:"Targets, such as --target outcomes=38: referrals, starters, guided, outcomes, exits."`
}

func (c *agreementRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.AgreementRecord{
		Command: sh.command(), Number: c.Number, Provider: c.Provider, Payer: c.Payer, Scheme: c.Scheme, From: c.From, To: c.To, Agreed: c.Agreed,
	}
	for _, of := range slices.Sorted(maps.Keys(c.Target)) {
		request.Targets = append(request.Targets, subsidy.AgreementTarget{Of: of, Number: c.Target[of]})
	}
	return ask(ctx, sh, "agreement", "record", request, func(r subsidy.AgreementRecorded) error {
		return sh.say("Overeenkomst %s is vastgelegd.", "Agreement %s is recorded.", r.Number)
	})
}

type agreementList struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *agreementList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "agreement", "list", "agreements", c.Limit,
		func(after string, limit int) any { return Paged{After: after, Limit: limit} },
		func(one postgres.AgreementListed) string { return one.Agreement.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(agreementsListed{list})
	}
	shown := newTable("number", "municipality", "provider", "scheme", "from", "to", ">agreed")
	for _, g := range list {
		shown.add(g.Number, g.Municipality, g.Provider, g.Scheme, g.From.String(), orDash(g.To.String()), strconv.Itoa(g.Agreed))
	}
	return shown.print(sh.out)
}

type agreementStanding struct {
	Agreement string `arg:"" optional:"" help:"Number of the agreement; otherwise all."`
	On        string `help:"Day; otherwise today."`
}

// Run prints what a bonus or malus would be, or is once the contract year is over.
func (c *agreementStanding) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "agreement", "standing", standingAsked{Agreement: c.Agreement, On: c.On}, func(r standingShown) error {
		shown := newTable("agreement", ">year", "from", "to", "over", "base", ">of", ">outcomes", ">realised", ">target", ">points", ">turnover", ">amount")
		for _, s := range r.Standings {
			realised, points, amount := "-", "-", "-"
			if s.Realised != nil {
				realised, points, amount = s.Realised.Fixed(2), s.Points.Fixed(2), s.Amount.String()
			}
			shown.add(s.Agreement, strconv.Itoa(s.Year), s.Days.From.String(), orDash(s.Days.To.String()), yesNo(s.Over), s.Base, strconv.Itoa(s.Of), strconv.Itoa(s.Outcomes),
				realised, s.Target.Fixed(2), points, s.Turnover.String(), amount)
		}
		return shown.print(sh.out)
	})
}
