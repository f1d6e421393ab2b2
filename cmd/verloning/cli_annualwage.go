package main

import (
	"context"

	"verloning/payroll"
)

type annualWageRecord struct {
	Person string `required:"" help:"Personnel number."`
	Year   int    `required:"" help:"Calendar year."`
	Amount string `required:"" help:"Wage for the loonheffing of that whole year, euros."`
	Source string `required:"" help:"Where it comes from, such as the jaaropgaaf of the employer before."`
}

func (c *annualWageRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.AnnualWageRecord{Command: sh.command(), Person: c.Person, Year: c.Year, Amount: c.Amount, Source: c.Source}
	return ask(ctx, sh, "annualwage", "record", request, func(r payroll.AnnualWageRecorded) error {
		return sh.say("Jaarloon %d van %s, versie %d.", "Annual wage %d of %s, version %d.", r.Year, r.Person, r.Version)
	})
}

type annualWageImport struct{ importFile }

// Run keeps the years of one person in one lane: of two rows about one year the
// last is then what the file says.
func (c *annualWageImport) Run(ctx context.Context, sh *shell) error {
	return importRows[payroll.AnnualWageRecord](ctx, sh, c.importFile, importing{noun: "annualwage", verb: "record", lane: "person", decimals: []string{"amount"}})
}
