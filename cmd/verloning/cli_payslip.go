package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
)

type payslipShow struct {
	runArg
	Contract string `arg:"" help:"Contract number."`
}

func (c *payslipShow) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	return ask(ctx, sh, "payslip", "show", payslipAsked{Run: id, Contract: c.Contract}, func(p postgres.PayslipView) error {
		if err := sh.say("Contract %s, personeelsnummer %s, %s (%s)", "Contract %s, personnel number %s, %s (%s)", p.Contract, p.Person, p.Period, p.Status); err != nil {
			return err
		}
		shown := newTable("line", ">quantity", ">rate", ">amount", "rule", "source")
		for _, l := range p.Lines {
			shown.add(l.Kind, l.Quantity, l.Rate, l.Amount.String(), l.Rule, l.Source)
		}
		shown.add("gross", "", "", p.Gross.String(), "", "")
		shown.add("holiday_allowance_accrued", "", "", p.Holiday.String(), "", "")
		shown.add("net", "", "", p.Net.String(), "", "")
		if err := shown.print(sh.out); err != nil || !p.GrossOnly {
			return err
		}
		return sh.say("Alleen bruto: er is geen belasting berekend.", "Gross only: no tax was computed.")
	})
}
