package main

import (
	"context"

	"verloning/payroll"
)

type openingRecord struct {
	Contract       string `required:"" help:"Contract number."`
	Until          string `required:"" help:"Last day that was paid elsewhere."`
	HolidayAccrued string `required:"" help:"Euros of holiday allowance that accrued until then and were not paid."`
	LeaveHours     string `required:"" help:"Hours of leave left then; below nil when more was taken than accrued."`
	PremiumWage    string `help:"Premium wage of that calendar year so far, euros; with the two below, or none."`
	PremiumMaximum string `help:"Maximum premium wage of its periods together, euros."`
	PremiumBase    string `help:"Euros that premiums were computed on."`
}

func (c *openingRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.OpeningRecord{
		Command: sh.command(), Contract: c.Contract, Until: c.Until, Holiday: c.HolidayAccrued, Leave: c.LeaveHours,
		PremiumWage: c.PremiumWage, PremiumMaximum: c.PremiumMaximum, PremiumBase: c.PremiumBase,
	}
	return ask(ctx, sh, "opening", "record", request, func(r payroll.OpeningRecorded) error {
		return sh.say("Beginstand van contract %s tot en met %s, versie %d.", "Opening balance of contract %s until %s, version %d.", r.Contract, r.Until, r.Version)
	})
}

type openingImport struct{ importFile }

// Run keeps the rows of one contract in one lane: of two rows about it the last
// is then what the file says.
func (c *openingImport) Run(ctx context.Context, sh *shell) error {
	return importRows[payroll.OpeningRecord](ctx, sh, c.importFile, importing{
		noun: "opening", verb: "record", lane: "contract",
		decimals: []string{"holiday_accrued", "leave_hours", "premium_wage", "premium_maximum", "premium_base"},
	})
}
