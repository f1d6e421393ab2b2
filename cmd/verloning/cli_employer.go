package main

import (
	"context"
	"strconv"

	"verloning/payroll"
	"verloning/payroll/euro"
)

type employerRecord struct {
	ValidFrom     string `required:"" help:"Day of payment from which it holds."`
	Aof           string `required:"" help:"Premium for the Aof: low (a small employer) or high."`
	Ufo           bool   `help:"A public employer, which owes Ufo instead of AWf."`
	WhkPercentage string `help:"Percentage of the Whk decision; without one the national average stands in."`
	WhkYear       int    `help:"Calendar year of the Whk decision."`
	WhkReference  string `help:"Reference of the Whk decision."`
}

func (c *employerRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.EmployerRecord{
		Command: sh.command(), ValidFrom: c.ValidFrom, Aof: c.Aof, Ufo: c.Ufo,
		WhkPercentage: c.WhkPercentage, WhkYear: c.WhkYear, WhkReference: c.WhkReference,
	}
	return ask(ctx, sh, "employer", "record", request, func(r payroll.EmployerRecorded) error {
		return sh.say("Werkgeverslasten, versie %d: vanaf %s.", "Employer charges, version %d: from %s.", r.Version, r.ValidFrom)
	})
}

type employerChoose struct {
	Year   int    `required:"" help:"Calendar year of payment that it is for, as a whole."`
	Method string `required:"" help:"in: wage of earlier periods is taxed when it is paid; over: in the period of the year that it belongs to."`
}

func (c *employerChoose) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "employer", "choose", payroll.MethodChoose{Command: sh.command(), Year: c.Year, Method: c.Method}, func(r payroll.MethodChosen) error {
		return sh.say("Voor %d geldt loon-%s.", "Loon-%[2]s holds for %[1]d.", r.Year, r.Method)
	})
}

type employerShow struct{}

// Run prints the charges and the pension terms, every version of them.
func (employerShow) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "employer", "show", struct{}{}, func(r employerShown) error {
		charges := newTable(">version", "valid_from", "aof", "ufo", ">whk_percentage", "whk_year", "whk_reference")
		for _, c := range r.Charges {
			percentage, year := "-", "-"
			if c.WhkPercentage != nil {
				percentage, year = c.WhkPercentage.String(), strconv.Itoa(c.WhkYear)
			}
			charges.add(strconv.Itoa(c.Version), c.ValidFrom.String(), c.Aof, yesNo(c.Ufo), percentage, year, c.WhkReference)
		}
		if err := charges.print(sh.out); err != nil {
			return err
		}
		pension := newTable(">version", "valid_from", "name", ">franchise", ">maximum", ">employee_percentage", ">employer_percentage", "holiday", ">waiting_days", ">from_age", ">to_age")
		for _, p := range r.Pension {
			pension.add(strconv.Itoa(p.Version), p.ValidFrom.String(), p.Name, p.Franchise.String(), amountOrDash(p.Maximum), p.EmployeePercentage.String(),
				p.EmployerPercentage.String(), yesNo(p.Holiday), strconv.Itoa(p.WaitingDays), ageOrDash(p.FromAge), ageOrDash(p.ToAge))
		}
		if err := pension.print(sh.out); err != nil {
			return err
		}
		methods := newTable(">year", ">version", "method", "by", "on")
		for _, m := range r.Methods {
			methods.add(strconv.Itoa(m.Year), strconv.Itoa(m.Version), "loon-"+m.Method, m.By, m.On.String())
		}
		return methods.print(sh.out)
	})
}

func amountOrDash(a *euro.Amount) string {
	if a == nil {
		return "-"
	}
	return a.String()
}

func ageOrDash(age int) string {
	if age == 0 {
		return "-"
	}
	return strconv.Itoa(age)
}
