package main

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// lawTax looks up the loonheffing of one wage, as a table of the Belastingdienst
// does: to check a payslip of another program, or ours once it withholds.
type lawTax struct {
	Wage    string `required:"" help:"Wage of the period in euros (kolom 14 of the loonstaat)."`
	Paid    string `required:"" help:"Day of payment, whose tables apply."`
	Birth   string `required:"" help:"Birth date."`
	Period  string `enum:"month,four_weeks,week,day,quarter" default:"month" help:"month, four_weeks, week, day or quarter."`
	Korting bool   `help:"With the loonheffingskorting."`
	Annual  string `help:"Annual wage of the year before: the wage is then a special payment, such as holiday allowance."`
}

// Run needs no service: the rates are in the program.
func (c *lawTax) Run(sh *shell) error {
	door := payroll.NewDoor(struct{}{})
	who := statute.Taxpayer{Birth: door.Date("birth", c.Birth), Korting: c.Korting}
	wage, paid, annual := door.Amount("wage", c.Wage), door.Date("paid", c.Paid), door.Amount("annual", c.Annual)
	if err := door.Err(); err != nil {
		return err
	}
	tax, err := statute.Loonheffing(statute.TaxedWage{Taxpayer: who, Wage: wage, Paid: paid, Tijdvak: statute.Loontijdvak(c.Period)})
	if c.Annual != "" {
		tax, err = statute.SpecialLoonheffing(statute.SpecialWage{Taxpayer: who, Amount: wage, Paid: paid, AnnualWage: annual})
	}
	if err != nil {
		return sh.failed("Er is geen tarief: %v.", "There is no rate: %v.", err)
	}
	return sh.showTax(tax, wage, paid)
}

// taxShown is what --json prints.
type taxShown struct {
	Tax            euro.Amount    `json:"tax"`
	Arbeidskorting euro.Amount    `json:"arbeidskorting"`
	Net            euro.Amount    `json:"net"`
	Tariff         statute.Tariff `json:"tariff"`
	Rate           euro.Number    `json:"rate,omitzero"` // percent of special and anonymous tariff
	Doubts         []payroll.Text `json:"doubts"`
}

func (sh *shell) showTax(t statute.WageTax, wage euro.Amount, paid calendar.Date) error {
	shown := taxShown{Tax: t.Tax, Arbeidskorting: t.Arbeidskorting, Net: wage.Sub(t.Tax), Tariff: t.Steps.Tariff, Rate: t.Steps.Rate, Doubts: []payroll.Text{}}
	for _, f := range t.Figures {
		if nl, en, doubtful := f.Doubt(paid); doubtful {
			shown.Doubts = append(shown.Doubts, payroll.Text{NL: nl, EN: en})
		}
	}
	if sh.JSON {
		return sh.printJSON(shown)
	}
	facts := newTable("tariff", ">"+string(shown.Tariff))
	facts.add("tax", shown.Tax.String())
	facts.add("arbeidskorting", shown.Arbeidskorting.String())
	facts.add("net", shown.Net.String())
	if !shown.Rate.IsZero() {
		facts.add("rate", fmt.Sprintf("%s %%", shown.Rate))
	}
	if err := facts.print(sh.out); err != nil {
		return err
	}
	for _, doubt := range shown.Doubts {
		if err := sh.say("Niet bevestigd: %s", "Not confirmed: %s", sh.text(doubt)); err != nil {
			return err
		}
	}
	return nil
}
