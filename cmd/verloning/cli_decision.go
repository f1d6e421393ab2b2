package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/subsidy"
)

type decisionRecord struct {
	Number                   string `required:"" help:"The gemeente's own number."`
	Employer                 string `required:"" help:"Code of the employer."`
	Contract                 string `required:"" help:"Contract number."`
	Document                 string `help:"beschikking or agreement; without it the scheme's."`
	Granted                  string `required:"" help:"Day it was granted."`
	ValidFrom                string `help:"Day from which a later version holds."`
	From                     string `required:"" help:"First day."`
	To                       string `help:"Last day."`
	Route                    string `help:"loonwaarde (default) or forfait."`
	HoursPerWeek             string `required:"" help:"Hours a week."`
	Loonwaarde               *int   `help:"Whole percentage."`
	Productivity             *int   `help:"Whole percentage, where the scheme reckons by productivity."`
	IncludesHolidayAllowance *bool  `negatable:"" help:"The loonwaarde was determined with its holiday allowance, or without."`
	MeasuredBy               string `help:"Who determined the loonwaarde: an organisation or a role, not a person."`
	ReviewDue                string `help:"Day on which the loonwaarde is to be determined anew."`
	Ceiling                  string `help:"Most of all claims together, in euros."`
	ChargesPercent           string `help:"Employer's charges that the decision itself names."`
	Budget                   string `required:"" help:"Source of the money, such as BUIG."`
	Conditions               string `help:"Conditions."`
}

func (c *decisionRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.DecisionRecord{
		Command: sh.command(), Number: c.Number, Employer: c.Employer, Contract: c.Contract, Document: c.Document, Granted: c.Granted,
		ValidFrom: c.ValidFrom, From: c.From, To: c.To, Route: c.Route, HoursPerWeek: c.HoursPerWeek, Loonwaarde: c.Loonwaarde, Productivity: c.Productivity,
		IncludesHolidayAllowance: c.IncludesHolidayAllowance, MeasuredBy: c.MeasuredBy, ReviewDue: c.ReviewDue, Ceiling: c.Ceiling, Charges: c.ChargesPercent, Budget: c.Budget, Conditions: c.Conditions,
	}
	return ask(ctx, sh, "decision", "record", request, func(r subsidy.DecisionRecorded) error {
		return sh.say("Besluit %s, versie %d.", "Decision %s, version %d.", r.Number, r.Version)
	})
}

type decisionImport struct{ importFile }

// Run keeps the decisions on one contract in one lane: the same number again is
// the next version, in the order of the file.
func (c *decisionImport) Run(ctx context.Context, sh *shell) error {
	return importRows[subsidy.DecisionRecord](ctx, sh, c.importFile, importing{
		noun: "decision", verb: "record", lane: "contract", decimals: []string{"hours_per_week", "ceiling", "charges_percent"},
	})
}

type decisionList struct {
	Limit int `help:"At most so many; otherwise all."`
}

// Run prints each decision with what was claimed, granted and settled under it.
func (c *decisionList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "decision", "list", "decisions", c.Limit,
		func(after string, limit int) any { return Paged{After: after, Limit: limit} },
		func(one postgres.DecisionListed) string { return one.Decision.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(decisionsListed{list})
	}
	shown := newTable("number", "contract", "scheme", "document", "from", "to", ">hours", ">percent", "budget", ">ceiling", ">claimed", ">awarded", ">settled")
	for _, d := range list {
		to, percent, ceiling := "-", "-", "-"
		if !d.To.IsZero() {
			to = d.To.String()
		}
		if d.Percent != nil {
			percent = strconv.Itoa(*d.Percent)
		}
		if d.Ceiling != nil {
			ceiling = d.Ceiling.String()
		}
		shown.add(d.Number, d.Contract, d.Scheme, string(d.Document), d.From.String(), to, d.HoursPerWeek.String(), percent, string(d.Budget), ceiling,
			d.Claimed.String(), d.Awarded.String(), d.Settled.String())
	}
	return shown.print(sh.out)
}

type loonwaardeRecord struct {
	Employer                 string `required:"" help:"Code of the employer."`
	Contract                 string `required:"" help:"Contract number."`
	ValidFrom                string `required:"" help:"Day from which it holds."`
	Percent                  *int   `help:"Whole percentage."`
	Amount                   string `help:"Instead of a percentage: euros a month, at the hours that the minimum wage a month is for (36 a week since 2024)."`
	IncludesHolidayAllowance *bool  `negatable:"" help:"It was determined with its holiday allowance, or without: say which, but for a productivity."`
	MeasuredBy               string `required:"" help:"Who determined it: an organisation or a role, not a person."`
	ReviewDue                string `help:"Day on which it is to be determined anew."`
}

func (c *loonwaardeRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.LoonwaardeRecord{
		Command: sh.command(), Employer: c.Employer, Contract: c.Contract, ValidFrom: c.ValidFrom, Percent: c.Percent, Amount: c.Amount,
		IncludesHolidayAllowance: c.IncludesHolidayAllowance, MeasuredBy: c.MeasuredBy, ReviewDue: c.ReviewDue,
	}
	return ask(ctx, sh, "loonwaarde", "record", request, func(r subsidy.LoonwaardeRecorded) error {
		return sh.say("Loonwaarde van contract %s, versie %d: %d %%.", "Loonwaarde of contract %s, version %d: %d %%.", r.Contract, r.Version, r.Percent)
	})
}
