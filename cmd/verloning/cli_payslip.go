package main

import (
	"context"
	"fmt"
	"slices"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
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
		if err := payslipShown(p).print(sh.out); err != nil {
			return err
		}
		if !p.BalanceFrom.IsZero() {
			if err := sh.say("Saldi vanaf %s: van eerdere dagen van het contract is niets vastgelegd.", "Balances from %s on: of earlier days of the contract nothing is recorded.", p.BalanceFrom); err != nil {
				return err
			}
		}
		if !p.GrossOnly {
			return nil
		}
		return sh.say("Alleen bruto: er is geen belasting berekend.", "Gross only: no tax was computed.")
	})
}

// payslipShown is the lines and totals of a payslip. One that corrects earlier periods
// says of each such line which period it is about.
func payslipShown(p postgres.PayslipView) *table {
	earlier := func(l postgres.LineView) string {
		if period, err := calendar.ParsePeriod(p.Period); err != nil || !l.Origin.Before(period.From) {
			return ""
		}
		return l.Origin.String()
	}
	if !slices.ContainsFunc(p.Lines, func(l postgres.LineView) bool { return earlier(l) != "" }) {
		shown := newTable("line", ">quantity", ">rate", ">amount", "rule", "source")
		for _, l := range p.Lines {
			shown.add(l.Kind, l.Quantity, l.Rate, l.Amount.String(), l.Rule, l.Source)
		}
		for _, total := range payslipTotals(p) {
			shown.add(total[0], "", "", total[1], "", "")
		}
		return shown
	}
	shown := newTable("line", "of", ">quantity", ">rate", ">amount", "rule", "source")
	for _, l := range p.Lines {
		shown.add(l.Kind, earlier(l), l.Quantity, l.Rate, l.Amount.String(), l.Rule, l.Source)
	}
	for _, total := range payslipTotals(p) {
		shown.add(total[0], "", "", "", total[1], "", "")
	}
	return shown
}

// payslipTotals are the sums under the lines of a payslip: what is nil is left
// out, but for gross, net and balances.
func payslipTotals(p postgres.PayslipView) [][2]string {
	totals := [][2]string{{"gross", p.Gross.String()}}
	add := func(name string, a euro.Amount) {
		if !a.IsZero() {
			totals = append(totals, [2]string{name, a.String()})
		}
	}
	add("holiday_allowance_accrued", p.Holiday)
	add("taxed_at_special_rate", p.TaxedSpecial)
	add("wage_tax", p.Tax)
	add("arbeidskorting", p.Arbeidskorting)
	add("owed_by_employee", p.Owed)
	totals = append(totals, [2]string{"net", p.Net.String()}, [2]string{"holiday_allowance_balance", p.HolidayBalance.String()},
		[2]string{"leave_accrued_hours", p.LeaveAccrued}, [2]string{"leave_taken_hours", p.LeaveTaken}, [2]string{"leave_balance_hours", p.LeaveBalance})
	if y := p.Year; y != nil {
		year := fmt.Sprintf("%d_", y.Year)
		add(year+"taxable_wage", y.Wage)
		add(year+"wage_tax", y.Tax)
		add(year+"arbeidskorting", y.Arbeidskorting)
	}
	c := p.Charges
	if c == nil {
		return append(totals, [2]string{"employer_charges", "-"})
	}
	add("awf_"+c.AWfClass, c.AWf)
	add("aof_"+c.AofClass, c.Aof)
	add("wko", c.Wko)
	add("whk", c.Whk)
	add("zvw", c.Zvw)
	add("pension_employer", c.Pension)
	return totals
}
