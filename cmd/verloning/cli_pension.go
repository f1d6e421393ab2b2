package main

import (
	"context"

	"verloning/payroll"
)

type pensionRecord struct {
	ValidFrom          string `required:"" help:"Day from which the terms hold."`
	Name               string `required:"" help:"Name of the scheme."`
	Franchise          string `required:"" help:"Euros a year at full time; the wage below builds up no pension."`
	Maximum            string `help:"Euros a year at full time; without it there is no maximum."`
	EmployeePercentage string `required:"" help:"Percentage of the base that is withheld; 0 in both ends a scheme."`
	EmployerPercentage string `required:"" help:"Percentage of the base that the employer pays on top."`
	Holiday            bool   `help:"The holiday allowance is part of the base."`
	WaitingDays        int    `help:"Days of service before somebody takes part."`
	FromAge            int    `help:"Age from which somebody takes part; without it any age."`
	ToAge              int    `help:"Age until which somebody takes part; without it AOW age."`
}

func (c *pensionRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.PensionRecord{
		Command: sh.command(), ValidFrom: c.ValidFrom, Name: c.Name, PensionScheme: payroll.PensionScheme{
			Franchise: c.Franchise, Maximum: c.Maximum,
			EmployeePercentage: c.EmployeePercentage, EmployerPercentage: c.EmployerPercentage, Holiday: c.Holiday,
			WaitingDays: c.WaitingDays, FromAge: c.FromAge, ToAge: c.ToAge,
		}}
	return ask(ctx, sh, "pension", "record", request, func(r payroll.PensionRecorded) error {
		return sh.say("Pensioenregeling, versie %d: vanaf %s.", "Pension scheme, version %d: from %s.", r.Version, r.ValidFrom)
	})
}
