package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// periodArgs are what locking and reopening have in common.
type periodArgs struct {
	Periods   []string `arg:"" help:"Periods, such as 2026-10 2026-11."`
	Contract  []string `sep:"none" placeholder:"NUMBER" help:"Only this contract; may be given more than once."`
	Providers bool     `help:"Only what re-integratiebedrijven hand in; your own people go on."`
	Reason    string   `required:"" help:"Why."`
}

func (c periodArgs) state(ctx context.Context, sh *shell, verb string) error {
	request := payroll.PeriodState{Command: sh.command(), Periods: c.Periods, Contracts: c.Contract, Providers: c.Providers, Reason: c.Reason}
	return ask(ctx, sh, "period", verb, request, func(r payroll.PeriodsStated) error {
		for _, p := range r.Periods {
			what := payroll.Text{NL: "alle contracten", EN: "all contracts"}
			if r.Contracts > 0 {
				what = payroll.Text{NL: strconv.Itoa(r.Contracts) + " contracten", EN: strconv.Itoa(r.Contracts) + " contracts"}
			}
			nl, en := "Periode %s is afgesloten: %s.", "Period %s is locked: %s."
			if !r.Locked {
				nl, en = "Periode %s is heropend: %s.", "Period %s is open again: %s."
			}
			if err := sh.say(nl, en, p, sh.text(what)); err != nil {
				return err
			}
		}
		return nil
	})
}

type periodLock struct{ periodArgs }

func (c *periodLock) Run(ctx context.Context, sh *shell) error { return c.state(ctx, sh, "lock") }

type periodReopen struct{ periodArgs }

func (c *periodReopen) Run(ctx context.Context, sh *shell) error { return c.state(ctx, sh, "reopen") }

type periodList struct {
	Period string `help:"Only what touches this period."`
	Limit  int    `help:"At most so many; otherwise all."`
}

// Run prints what was said of periods, the newest first.
func (c *periodList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "period", "list", "periods", c.Limit,
		func(after string, limit int) any {
			return periodsAsked{Period: c.Period, Paged: Paged{After: after, Limit: limit}}
		},
		func(s postgres.PeriodStatement) string { return strconv.FormatInt(s.Row, 10) })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(periodsListed{list})
	}
	shown := newTable("period", "employer", "contract", "providers", "locked", "counts", "on", "by", "reason")
	for _, s := range list {
		shown.add(s.Period.String(), s.Employer, s.Contract, yesNo(s.Providers), yesNo(s.Locked), yesNo(s.Counts), s.On.String(), s.By, s.Reason)
	}
	return shown.print(sh.out)
}
