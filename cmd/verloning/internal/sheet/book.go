package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Page is one sheet of a workbook.
type Page struct {
	Name   string // at most 31 characters, none of :\/?*[]
	Header []string
	Rows   [][]Cell
}

// The number formats that spreadsheets know by themselves, and what a page looks
// like.
const (
	twoDecimals = 4 // #,##0.00, shown by the user's own locale
	mostRows    = 1_048_576
	cellWidth   = 16
)

// WriteBook writes an Excel workbook: a sheet a page, with a header that stays in
// sight. Decimal cells become numbers that are shown with two decimals, taken over
// digit by digit. Texts stay texts, and what a spreadsheet might take for a formula
// is written as in CSV. The same pages give the same bytes.
func WriteBook(w io.Writer, pages []Page) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	money, err := book.NewStyle(&excelize.Style{NumFmt: twoDecimals})
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	for i, p := range pages {
		if i == 0 {
			err = book.SetSheetName("Sheet1", p.Name)
		} else {
			_, err = book.NewSheet(p.Name)
		}
		if err == nil {
			err = p.fill(book, money, bold)
		}
		if err != nil {
			return fmt.Errorf("workbook, sheet %s: %w", p.Name, err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

// fill writes the cells of a page.
func (p Page) fill(book *excelize.File, money, bold int) error {
	if len(p.Rows) >= mostRows {
		return fmt.Errorf("%d rows, and a sheet holds %d with its header", len(p.Rows), mostRows)
	}
	for i, name := range p.Header {
		at, err := excelize.CoordinatesToCellName(i+1, 1)
		if err == nil {
			err = book.SetCellStr(p.Name, at, harmless(name))
		}
		if err == nil {
			err = book.SetCellStyle(p.Name, at, at, bold)
		}
		if err != nil {
			return err
		}
	}
	for i, row := range p.Rows {
		for j, cell := range row {
			if err := cell.put(book, p.Name, j+1, i+2, money); err != nil {
				return err
			}
		}
	}
	last, err := excelize.ColumnNumberToName(max(1, len(p.Header)))
	if err == nil {
		err = book.SetColWidth(p.Name, "A", last, cellWidth)
	}
	if err == nil {
		err = book.SetPanes(p.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	return err
}

// put writes one cell.
func (c Cell) put(book *excelize.File, sheet string, column, row, money int) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	if !c.Decimal || !number(c.Text) {
		return book.SetCellStr(sheet, at, harmless(c.Text))
	}
	if err := book.SetCellDefault(sheet, at, c.Text); err != nil {
		return err
	}
	return book.SetCellStyle(sheet, at, at, money)
}
