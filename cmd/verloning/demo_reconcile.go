package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"verloning/cmd/verloning/internal/sheet"
)

// reconciles shows what the difference between decided and received is made of, and
// leaves it as a workbook: a row says which municipality it is of.
func (d *demo) reconciles(ctx context.Context) error {
	d.chapter("Afstemmen tot op de cent", "Reconcile to the cent")
	shown := newTable("", "month", "check", "class", ">count", ">amount")
	var book []sheet.Page
	for _, m := range d.plan.months {
		for _, municipality := range m.municipalities() {
			as := d.plan.user(municipality, "control")
			var lines reconciliationShown
			if err := d.ask(ctx, &lines, as, "reconcile", "show", "--period", m.period); err != nil {
				return err
			}
			var found differencesListed
			if err := d.ask(ctx, &found, as, "reconcile", "differences", "--period", m.period); err != nil {
				return err
			}
			for _, c := range found.Classes {
				shown.add(municipality, m.period, string(c.Check), string(c.Class), strconv.Itoa(c.Count), c.Open.String())
			}
			book = under(book, municipality, reconcilePages(lines, found))
		}
	}
	d.table(shown)
	var file bytes.Buffer
	if err := sheet.WriteBook(&file, book); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return d.leave(file.Bytes(), "reconciliation.xlsx")
}

// under adds pages to those of a workbook, each row with whose it is.
func under(book []sheet.Page, whose string, pages []sheet.Page) []sheet.Page {
	for i, p := range pages {
		if len(book) == i {
			book = append(book, sheet.Page{Name: p.Name, Header: append([]string{"municipality"}, p.Header...)})
		}
		for _, row := range p.Rows {
			book[i].Rows = append(book[i].Rows, append([]sheet.Cell{sheet.T(whose)}, row...))
		}
	}
	return book
}
