package main

import (
	"context"
	"strconv"
	"strings"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type runAll struct {
	Period   string `required:"" help:"Wage period, such as 2026-10."`
	PayDate  string `required:"" help:"Day of payment."`
	Deadline string `help:"Last day for hours; a date for lists, it closes nothing."`
}

// Run opens and calculates the run of every employer, as the beheerder.
func (c *runAll) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	request := payroll.RunAll{Command: sh.command(), Period: c.Period, PayDate: c.PayDate, Deadline: c.Deadline}
	return ask(ctx, sh, "run", "all", request, func(r payroll.RunsReply) error {
		shown := newTable("employer", "period", "opened", "calculating", "status", "run")
		for _, one := range r.Runs {
			shown.add(one.Employer, one.Period, yesNo(one.Opened), yesNo(one.Asked), string(one.Status), one.Run.String())
		}
		return shown.print(sh.out)
	})
}

type runReopen struct {
	runArg
	Reason string `required:"" help:"Why it must be calculated again."`
}

func (c *runReopen) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	return ask(ctx, sh, "run", "reopen", payroll.RunReopen{Command: sh.command(), Run: id, Reason: c.Reason}, sh.runStands)
}

type runRepair struct {
	runArg
	Person string `arg:"" help:"Personnel number."`
	Period string `arg:"" help:"Earlier period that had the error, such as 2026-03."`
	Reason string `required:"" help:"What the error was."`
	Undo   bool   `help:"Take the mark back."`
}

func (c *runRepair) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	request := payroll.RunRepair{Command: sh.command(), Run: id, Person: c.Person, Period: c.Period, Reason: c.Reason, Undo: c.Undo}
	return ask(ctx, sh, "run", "repair", request, func(r payroll.RunRepaired) error {
		if r.Undone {
			return sh.say("Wat over %s gecorrigeerd wordt van %s is een nabetaling. Bereken de run opnieuw.", "What is corrected of %s of %s is a back payment. Calculate the run again.", r.Period, r.Person)
		}
		return sh.say("Wat over %s gecorrigeerd wordt van %s is herstel van een fout. Bereken de run opnieuw.", "What is corrected of %s of %s repairs an error. Calculate the run again.", r.Period, r.Person)
	})
}

type runPreview struct {
	Period   string `arg:"" help:"Such as 2026-10."`
	Contract string `arg:"" help:"Contract number."`
	PayDate  string `help:"Day of payment; otherwise the last of the period."`
}

func (c *runPreview) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "run", "preview", previewAsked{Period: c.Period, Contract: c.Contract, PayDate: c.PayDate}, func(p previewed) error {
		shown := newTable("of", "what", ">quantity", ">amount")
		for _, l := range p.Lines {
			shown.add(l.Origin.String(), string(l.Kind), l.Quantity, l.Amount.String())
		}
		for _, one := range p.Claims {
			shown.add(one.Origin.String(), string(one.Kind)+" "+one.Rule, "", one.Amount.String())
		}
		if err := shown.print(sh.out); err != nil {
			return err
		}
		for _, t := range p.Attention {
			if err := sh.say("%s", "%s", sh.text(t)); err != nil {
				return err
			}
		}
		return sh.say("Bruto %s, netto %s; er is niets bewaard.", "Gross %s, net %s; nothing was kept.", p.Gross, p.Net)
	})
}

type runReverse struct {
	runArg
	Contract string `help:"Contract number: its payslip alone."`
	Reason   string `required:"" help:"Why it is reversed."`
}

func (c *runReverse) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	return ask(ctx, sh, "run", "reverse", payroll.RunReverse{Command: sh.command(), Run: id, Contract: c.Contract, Reason: c.Reason}, sh.runStands)
}

type runCompare struct {
	runArg
	Kind  string `enum:",new,gone,changed,same" default:"" help:"Only new, gone, changed or same; without it all but the same."`
	Limit int    `help:"At most so many contracts; otherwise all."`
}

// Run prints what a run changes against the period before it.
func (c *runCompare) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	var whole postgres.Comparison
	if err := sh.insist(ctx, "run", "compare", compareAsked{Run: id, Kind: c.Kind, Paged: Paged{Limit: 1}}, &whole); err != nil {
		return err
	}
	whole.Rows, err = pages(ctx, sh, "run", "compare", "contracts", c.Limit,
		func(after string, limit int) any {
			return compareAsked{Run: id, Kind: c.Kind, Paged: Paged{After: after, Limit: limit}}
		},
		func(r postgres.ComparedRow) string { return r.ID.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(whole)
	}
	return sh.showComparison(whole)
}

func (sh *shell) showComparison(c postgres.Comparison) error {
	if !c.Approved {
		if err := sh.say("Van %s is geen gewone run goedgekeurd: alles is nieuw.", "No regular run of %s was approved: everything is new.", c.Before); err != nil {
			return err
		}
	}
	sums := newTable(c.Before+" > "+c.Period, ">contracts", ">gross_before", ">gross_now", ">claimed_before", ">claimed_now")
	for _, s := range c.Totals {
		sums.add(s.Kind, strconv.Itoa(s.Contracts), s.GrossBefore.String(), s.GrossNow.String(), s.ClaimBefore.String(), s.ClaimNow.String())
	}
	if err := sums.print(sh.out); err != nil || len(c.Rows) == 0 {
		return err
	}
	rows := newTable("contract", "kind", ">gross_before", ">gross_now", ">claimed_before", ">claimed_now")
	for _, r := range c.Rows {
		rows.add(r.Contract, r.Kind, r.GrossBefore.String(), r.GrossNow.String(), r.ClaimBefore.String(), r.ClaimNow.String())
	}
	return rows.print(sh.out)
}

type runMissing struct {
	Period string `arg:"" help:"Wage period, such as 2026-10."`
	Limit  int    `help:"At most so many; otherwise all."`
}

// Run prints the contracts of which hours, a decision or a payslip are missing.
func (c *runMissing) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "run", "missing", "missing", c.Limit,
		func(after string, limit int) any {
			return missingAsked{Period: c.Period, Paged: Paged{After: after, Limit: limit}}
		},
		func(r postgres.MissingRow) string { return r.ID.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(missingListed{list})
	}
	if len(list) == 0 {
		return sh.say("Er ontbreekt niets in %s.", "Nothing is missing from %s.", c.Period)
	}
	shown := newTable("contract", "person", "scheme", "provider", "missing")
	for _, r := range list {
		shown.add(r.Contract, r.Person, r.Scheme, r.Provider, strings.Join(r.Missing, ", "))
	}
	return shown.print(sh.out)
}
