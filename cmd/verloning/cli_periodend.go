package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/sheet"
	"verloning/subsidy"
)

type reconcilePeriodEnd struct {
	On    string `required:"" help:"Last day of the month, quarter or year, such as 2026-12-31."`
	List  string `help:"One list: earned_not_claimed, claimed_not_granted, granted_not_paid, advance_to_settle or stale_reservation."`
	Lines bool   `help:"Every contract and month, instead of the totals."`
	CSV   bool   `name:"csv" help:"As CSV."`
	XLSX  string `name:"xlsx" placeholder:"FILE" help:"Write totals and lines to an Excel workbook."`
}

// Run prints what is carried over at the end of a period.
func (c *reconcilePeriodEnd) Run(ctx context.Context, sh *shell) error {
	shown, err := periodEnd(ctx, sh, c.On, c.List)
	if err != nil {
		return err
	}
	switch {
	case c.XLSX != "":
		return writeWorkbook(c.XLSX, periodEndPages(shown))
	case sh.JSON:
		return sh.printJSON(shown)
	case c.Lines:
		return sh.report(periodEndLineTable(shown.Lines), c.CSV)
	}
	return sh.report(periodEndTotalTable(shown.Totals), c.CSV)
}

// periodEnd asks page after page.
func periodEnd(ctx context.Context, sh *shell, on, list string) (periodEndShown, error) {
	var all periodEndShown
	for {
		var next periodEndShown
		if err := sh.insist(ctx, "reconcile", "periodend", periodEndAsked{On: on, List: list, After: all.Next, Limit: mostPage}, &next); err != nil {
			return all, err
		}
		next.Lines = append(all.Lines, next.Lines...)
		if all = next; all.Next == 0 {
			return all, nil
		}
	}
}

func periodEndTotalTable(list []subsidy.PeriodEndTotal) *table {
	t := newTable("list", "source", "taakveld", "sisa", ">lines", ">amount")
	for _, one := range list {
		t.add(one.List, string(one.Source), one.Taakveld, one.SiSa, strconv.Itoa(one.Lines), one.Amount.String())
	}
	return t
}

func periodEndLineTable(list []subsidy.PeriodEndLine) *table {
	t := newTable("list", "source", "taakveld", "sisa", "employer", "contract", "decision", "scheme", "rule", "month", ">amount")
	for _, one := range list {
		t.add(one.List, string(one.Source), one.Taakveld, one.SiSa, one.Employer, one.Contract, one.Decision, one.Scheme, one.Rule, one.Month.String(), one.Amount.String())
	}
	return t
}

func periodEndPages(shown periodEndShown) []sheet.Page {
	return []sheet.Page{periodEndTotalTable(shown.Totals).page("Periode-einde (totals)"), periodEndLineTable(shown.Lines).page("Periode-einde (lines)")}
}

type incomeList struct {
	Period string `arg:"" help:"Month of payment, such as 2026-10."`
	CSV    bool   `name:"csv" help:"As CSV."`
}

// Run prints what part-timers with a supplementary benefit earned.
func (c *incomeList) Run(ctx context.Context, sh *shell) error {
	var all incomesListed
	for {
		var next incomesListed
		if err := sh.insist(ctx, "income", "list", incomesAsked{Period: c.Period, After: all.Next, Limit: mostPage}, &next); err != nil {
			return err
		}
		next.Incomes = append(all.Incomes, next.Incomes...)
		if all = next; all.Next == 0 {
			break
		}
	}
	if sh.JSON {
		return sh.printJSON(all)
	}
	t := newTable("contract", "employer", "scheme", ">hours_per_week", ">full_time_hours", "period", "pay_date", ">gross", ">holiday_allowance_paid", ">net")
	for _, i := range all.Incomes {
		net := i.Net.String()
		if i.GrossOnly {
			net = "-"
		}
		t.add(i.Contract, i.Employer, i.Scheme, i.HoursPerWeek.String(), i.FullTime.String(), i.Period.String(), i.PayDate.String(), i.Gross.String(), i.Holiday.String(), net)
	}
	return sh.report(t, c.CSV)
}
