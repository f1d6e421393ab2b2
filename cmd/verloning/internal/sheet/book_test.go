package sheet_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"verloning/cmd/verloning/internal/sheet"
)

// TestBook reads a workbook back: amounts are numbers to the last digit with a
// format of two decimals, a text that looks like a formula is none, the header is
// frozen, and the same pages give the same bytes.
func TestBook(t *testing.T) {
	pages := []sheet.Page{
		{Name: "Totalen", Header: []string{"bron", "bedrag"}, Rows: [][]sheet.Cell{{sheet.T("BUIG"), sheet.D("12345678901.10")}, {sheet.T("W"), sheet.D("-0.05")}}},
		{Name: "Regels", Header: []string{"contract"}, Rows: [][]sheet.Cell{{sheet.T(`=HYPERLINK("x")`)}, {sheet.D("=1+1")}, {sheet.T("007")}}},
	}
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := sheet.WriteBook(w, pages); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same pages gave other bytes")
	}
	book, err := excelize.OpenReader(&one)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		page, cell, raw, shown string
		kind                   excelize.CellType
	}{
		{"Totalen", "A1", "bron", "bron", excelize.CellTypeSharedString},
		{"Totalen", "B2", "12345678901.10", "12,345,678,901.10", excelize.CellTypeUnset},
		{"Totalen", "B3", "-0.05", "-0.05", excelize.CellTypeUnset},
		{"Regels", "A2", `'=HYPERLINK("x")`, `'=HYPERLINK("x")`, excelize.CellTypeSharedString},
		{"Regels", "A3", "'=1+1", "'=1+1", excelize.CellTypeSharedString},
		{"Regels", "A4", "007", "007", excelize.CellTypeSharedString},
	} {
		raw, _ := book.GetCellValue(c.page, c.cell, excelize.Options{RawCellValue: true})
		shown, _ := book.GetCellValue(c.page, c.cell)
		kind, _ := book.GetCellType(c.page, c.cell)
		formula, _ := book.GetCellFormula(c.page, c.cell)
		if raw != c.raw || shown != c.shown || kind != c.kind || formula != "" {
			t.Errorf("%s!%s: %q shown %q of type %d, formula %q; want %q %q %d", c.page, c.cell, raw, shown, kind, formula, c.raw, c.shown, c.kind)
		}
	}
	if panes, err := book.GetPanes("Regels"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes: %+v %v", panes, err)
	}
}
