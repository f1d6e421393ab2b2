package main

import (
	"context"
	"strconv"
	"strings"

	"verloning/cmd/verloning/internal/sheet"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

type budgetRecord struct {
	Year     int    `required:"" help:"Year of the budget."`
	Source   string `required:"" help:"Source of the money, such as W, participatiebudget or BUIG."`
	Kind     string `default:"granted" help:"granted, carried (over from the year before), repaid (to the state), or rebooked (to another year or source)."`
	Amount   string `required:"" help:"Euros."`
	ToYear   int    `help:"Year that it is rebooked to; absent: the same."`
	ToSource string `help:"Source that it is rebooked to; absent: the same."`
	Reason   string `help:"Why, such as the letter that grants it."`
}

func (c *budgetRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.BudgetRecord{Command: sh.command(), Year: c.Year, Source: c.Source, Kind: c.Kind, Amount: c.Amount, ToYear: c.ToYear, ToSource: c.ToSource, Reason: c.Reason}
	return ask(ctx, sh, "budget", "record", request, func(r subsidy.BudgetRecorded) error {
		if r.ToYear != 0 {
			return sh.say("Van budget %s %d naar %s %d: %s.", "From budget %s %d to %s %d: %s.", r.Source, r.Year, r.ToSource, r.ToYear, r.Amount)
		}
		return sh.say("Budget %s %d: %s %s.", "Budget %s %d: %s %s.", r.Source, r.Year, r.Kind, r.Amount)
	})
}

type budgetList struct{}

// Run prints how each budget stands: moved is what was carried over and rebooked
// in, less what went out; left is what was not spent, free what neither claims under way nor running decisions hold.
func (budgetList) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "budget", "list", budgetsAsked{}, func(r budgetsListed) error {
		shown := newTable("year", "source", ">granted", ">moved", ">repaid", ">spent", ">left", ">claimed", ">reserved", ">free")
		for _, b := range r.Budgets {
			moved := b.Carried.Sub(b.CarriedOut).Add(b.RebookedIn).Sub(b.RebookedOut)
			shown.add(strconv.Itoa(b.Year), string(b.Source), b.Granted.String(), moved.String(), b.Repaid.String(), b.Spent.String(),
				b.Left.String(), b.Claimed.String(), b.Reserved.String(), b.Free.String())
		}
		return shown.print(sh.out)
	})
}

type budgetReport struct {
	Year int  `help:"Only this year."`
	CSV  bool `name:"csv" help:"As CSV."`
}

// Run prints every movement of each budget and what came of it.
func (c *budgetReport) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "budget", "list", budgetsAsked{c.Year}, func(r budgetsListed) error {
		shown := newTable("year", "source", ">granted", ">carried", ">carried_out", ">rebooked_in", ">rebooked_out", ">repaid", ">spent", ">left", ">claimed", ">reserved", ">free", ">used_percent")
		for _, b := range r.Budgets {
			used := ""
			if b.Used != nil {
				used = b.Used.String()
			}
			shown.add(append(budgetRow(b.Year, b.Source, b.Granted, b.Carried, b.CarriedOut, b.RebookedIn, b.RebookedOut, b.Repaid, b.Spent, b.Left, b.Claimed, b.Reserved, b.Free), used)...)
		}
		return sh.report(shown, c.CSV)
	})
}

type budgetUnderuse struct {
	Year int  `help:"Only this year."`
	CSV  bool `name:"csv" help:"As CSV."`
}

// Run prints why money is left: what is held, and the causes, which together are
// what is free.
func (c *budgetUnderuse) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "budget", "underuse", budgetsAsked{c.Year}, func(r underuseListed) error {
		shown := newTable("year", "source", ">left", ">claimed", ">reserved", ">never_used", ">not_earned", ">settled", ">not_reserved", ">free")
		for _, u := range r.Underuse {
			shown.add(budgetRow(u.Year, u.Source, u.Left, u.Claimed, u.Reserved, u.NeverUsed, u.NotEarned, u.Settled, u.NotReserved, u.Free)...)
		}
		return sh.report(shown, c.CSV)
	})
}

func budgetRow(year int, source subsidy.Source, amounts ...euro.Amount) []string {
	row := []string{strconv.Itoa(year), string(source)}
	for _, a := range amounts {
		row = append(row, a.String())
	}
	return row
}

// report prints a table for people, or the same as CSV.
func (sh *shell) report(t *table, csv bool) error {
	if !csv {
		return t.print(sh.out)
	}
	p := t.page("")
	return sheet.Write(sh.out, sheet.RFC4180, p.Header, p.Rows)
}

// page is the table as a file has it: amounts and numbers are such.
func (t *table) page(name string) sheet.Page {
	p := sheet.Page{Name: name, Header: make([]string, len(t.headings)), Rows: make([][]sheet.Cell, len(t.rows))}
	for i, h := range t.headings {
		p.Header[i] = strings.TrimPrefix(h, ">")
	}
	for i, row := range t.rows {
		for j, cell := range row {
			p.Rows[i] = append(p.Rows[i], sheet.Cell{Text: cell, Decimal: strings.HasPrefix(t.headings[j], ">")})
		}
	}
	return p
}
