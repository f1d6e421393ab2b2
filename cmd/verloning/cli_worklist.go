package main

import (
	"context"

	"verloning/cmd/verloning/internal/sheet"
	"verloning/payroll"
	"verloning/subsidy"
)

type worklistCommand struct {
	Months int    `default:"3" help:"So many months, 24 at most."`
	From   string `help:"First month, such as 2026-10, also a past one; without it today's."`
	CSV    bool   `name:"csv" help:"Print CSV, with both languages."`
	Limit  int    `help:"At most so many rows; otherwise all."`
}

// Run prints what there is to act on in the months ahead, in order of day.
func (c *worklistCommand) Run(ctx context.Context, sh *shell) error {
	var whole worklistShown
	if err := sh.insist(ctx, "worklist", "show", worklistAsked{Period: c.From, Months: c.Months, Paged: Paged{Limit: 1}}, &whole); err != nil {
		return err
	}
	var err error
	whole.Rows, err = pages(ctx, sh, "worklist", "show", "rows", c.Limit,
		func(after string, limit int) any {
			return worklistAsked{Period: c.From, Months: c.Months, Paged: Paged{After: after, Limit: limit}}
		},
		func(r subsidy.WorkRow) string { return r.Key })
	if err != nil {
		return err
	}
	switch {
	case sh.JSON:
		return sh.printJSON(whole)
	case c.CSV:
		return sh.worklistCSV(whole.Rows)
	case len(whole.Rows) == 0:
		return sh.say("Van %s tot en met %s is er niets te doen.", "From %s through %s there is nothing to do.", whole.From, whole.To)
	}
	shown := newTable("day", "kind", "employer", "contract", "person", "scheme", "until", "article", "what")
	for _, r := range whole.Rows {
		said := r.What
		if r.Doubt != nil {
			said = payroll.Text{NL: said.NL + " (" + r.Doubt.NL + ")", EN: said.EN + " (" + r.Doubt.EN + ")"}
		}
		shown.add(r.Day.String(), string(r.Kind), r.Employer, r.Contract, r.Person, r.Scheme, r.Until.String(), r.Article, sh.text(said))
	}
	return shown.print(sh.out)
}

func (sh *shell) worklistCSV(list []subsidy.WorkRow) error {
	rows := make([][]sheet.Cell, 0, len(list))
	for _, r := range list {
		doubt := ""
		if r.Doubt != nil {
			doubt = r.Doubt.NL + " / " + r.Doubt.EN
		}
		var row []sheet.Cell
		for _, text := range []string{r.Day.String(), string(r.Kind), r.Employer, r.Contract, r.Person, r.Scheme, r.Until.String(), r.Article, r.What.NL, r.What.EN, doubt} {
			row = append(row, sheet.T(text))
		}
		rows = append(rows, row)
	}
	return sheet.Write(sh.out, sheet.RFC4180, []string{"day", "kind", "employer", "contract", "person", "scheme", "until", "article", "what_nl", "what_en", "doubt"}, rows)
}
