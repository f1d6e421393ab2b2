package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is aligned text. Its headings are the names that --json and CSV use,
// so that what is seen can be asked for; a heading that begins with > is of
// amounts and numbers, which are aligned right.
type table struct {
	headings []string
	rows     [][]string
}

func newTable(headings ...string) *table { return &table{headings: headings} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table. Control characters never reach the terminal: a text
// comes from somebody else.
func (t *table) print(w io.Writer) error {
	widths := make([]int, len(t.headings))
	for i, h := range t.headings {
		widths[i] = utf8.RuneCountInString(strings.TrimPrefix(h, ">"))
	}
	for _, row := range t.rows {
		for i := range row {
			row[i] = printable(row[i])
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	names := make([]string, len(t.headings))
	for i, h := range t.headings {
		names[i] = strings.TrimPrefix(h, ">")
	}
	out := bufio.NewWriter(w)
	t.line(out, widths, names)
	for _, row := range t.rows {
		t.line(out, widths, row)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// line writes one row; the writer remembers its first error until Flush.
func (t *table) line(out *bufio.Writer, widths []int, cells []string) {
	var b strings.Builder
	for i, cell := range cells {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i > 0 {
			b.WriteString("  ")
		}
		if strings.HasPrefix(t.headings[i], ">") {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	_, _ = out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// yesNo prints a truth.
func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "-"
}
