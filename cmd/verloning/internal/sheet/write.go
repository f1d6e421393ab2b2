package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Style is how a file is written.
type Style int

// The styles.
const (
	RFC4180 Style = iota // comma, decimal point
	Excel                // for Dutch Excel: byte order mark, semicolon, decimal comma
)

// Cell is one cell to write. Decimal cells hold a decimal point and get the
// style's; they must be numbers.
type Cell struct {
	Text    string
	Decimal bool
}

// T makes a cell of text.
func T(text string) Cell { return Cell{Text: text} }

// D makes a cell of a decimal number.
func D(number string) Cell { return Cell{Text: number, Decimal: true} }

// Write writes a header and rows.
func Write(w io.Writer, style Style, header []string, rows [][]Cell) error {
	out := bufio.NewWriter(w)
	writer := csv.NewWriter(out)
	writer.UseCRLF = true
	if style == Excel {
		writer.Comma = ';'
		if _, err := out.WriteString("\uFEFF"); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	record := make([]string, 0, len(header))
	for _, name := range header {
		record = append(record, harmless(name))
	}
	if err := writer.Write(record); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	for _, row := range rows {
		record = record[:0]
		for _, c := range row {
			record = append(record, c.text(style))
		}
		if err := writer.Write(record); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

func (c Cell) text(style Style) string {
	if !c.Decimal || !number(c.Text) {
		return harmless(c.Text)
	}
	if style == Excel {
		return strings.Replace(c.Text, ".", ",", 1)
	}
	return c.Text
}

// number reports whether a text is a number, which no spreadsheet computes.
func number(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") <= 1
}

// harmless keeps a spreadsheet from taking a text for a formula and computing
// what somebody else put into it.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
