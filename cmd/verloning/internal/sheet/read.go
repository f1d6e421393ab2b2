package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"verloning/payroll"
)

// Kind is what the cells of a column hold.
type Kind int

// The kinds of cells.
const (
	Text    Kind = iota
	Decimal      // kept as a text with a decimal point; never a binary number
	Whole        // a whole number
	Truth        // true or false, in Dutch or English
	Ignored      // may be there and is not read, such as reasons that we wrote ourselves
)

// Column is a column that a file may have.
type Column struct {
	Name     string
	Kind     Kind
	Required bool // the file is refused without it; an empty cell is the service's to refuse
}

// Format says what a file may hold.
type Format struct {
	Columns      []Column
	DecimalComma bool // decimals are written with a comma in the whole file
	MaxBytes     int64
	MaxRows      int
}

// Limits when a format names none: ten thousand people with twenty-five lines
// each, in a fraction of the memory that a machine has.
const (
	defaultMaxBytes = 64 << 20
	defaultMaxRows  = 250_000
	maxCell         = 4000
	maxProblems     = 200
)

// Row is one line of a file.
type Row struct {
	Line     int               // in the file, counted from one; the header is a line too
	Cells    map[string]any    // by column; empty cells are absent; string, bool or json.Number
	Texts    map[string]string // the same as they were written
	Problems []payroll.Problem // what kept cells from being read
}

// Read reads a whole file or refuses it. A *payroll.Refusal says what is wrong
// with the file as such; what is wrong with a row stands at the row.
func Read(r io.Reader, f Format) ([]Row, error) {
	limit := f.MaxBytes
	if limit <= 0 {
		limit = defaultMaxBytes
	}
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if int64(len(content)) > limit {
		return nil, payroll.Refuse(payroll.TooLarge, payroll.Reason("file/too_large", "",
			fmt.Sprintf("Het bestand is groter dan %d bytes; deel het op.", limit), fmt.Sprintf("The file is larger than %d bytes; divide it.", limit)))
	}
	text, err := decode(content)
	if err != nil {
		return nil, err
	}
	return f.parse(text)
}

// decode finds out the encoding: what is valid UTF-8 is UTF-8, for no text in
// Windows-1252 with an accent in it is that by accident; the rest is
// Windows-1252, unless it has bytes that stand for nothing there.
func decode(content []byte) (string, error) {
	content = bytes.TrimPrefix(content, []byte("\uFEFF"))
	if bytes.IndexByte(content, 0) >= 0 {
		return "", payroll.Refuse(payroll.Invalid, payroll.Reason("file/encoding", "",
			"Dit is geen CSV in UTF-8 of Windows-1252 (een Excel-bestand of UTF-16?); sla het op als CSV UTF-8.",
			"This is no CSV in UTF-8 or Windows-1252 (an Excel file or UTF-16?); save it as CSV UTF-8."))
	}
	if utf8.Valid(content) {
		return string(content), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(content)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", payroll.Refuse(payroll.Invalid, payroll.Reason("file/encoding", "",
			"Het bestand is niet in UTF-8 of Windows-1252; sla het op als CSV UTF-8.", "The file is neither in UTF-8 nor in Windows-1252; save it as CSV UTF-8."))
	}
	return string(text), nil
}

// separator finds out what parts the cells from the header alone, whose names
// hold neither sign. Excel may say it in a first line of its own.
func separator(text string) (sign rune, rest string, skipped int) {
	first, after, _ := strings.Cut(text, "\n")
	switch strings.ToLower(strings.TrimSpace(first)) {
	case "sep=;":
		return ';', after, 1
	case "sep=,":
		return ',', after, 1
	}
	if strings.Contains(first, ";") {
		return ';', text, 0
	}
	return ',', text, 0
}

// parse reads header and rows.
func (f Format) parse(text string) ([]Row, error) {
	sign, text, skipped := separator(text)
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = sign, -1, true
	names, err := reader.Read()
	if err != nil {
		return nil, f.broken(err, skipped)
	}
	columns, err := f.header(names, skipped+1)
	if err != nil {
		return nil, err
	}
	limit := f.MaxRows
	if limit <= 0 {
		limit = defaultMaxRows
	}
	var rows []Row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, f.broken(err, skipped)
		}
		if blank(cells) { // Spreadsheets leave separators behind where rows were cleared.
			continue
		}
		if len(rows) == limit {
			return nil, payroll.Refuse(payroll.TooLarge, payroll.Reason("file/too_many_rows", "",
				fmt.Sprintf("Het bestand heeft meer dan %d regels; deel het op.", limit), fmt.Sprintf("The file has more than %d rows; divide it.", limit)))
		}
		line, _ := reader.FieldPos(0)
		rows = append(rows, f.row(line+skipped, columns, cells))
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// broken says where a file stops being CSV, and never what stands there.
func (f Format) broken(err error, skipped int) error {
	if errors.Is(err, io.EOF) {
		return payroll.Refuse(payroll.Invalid, payroll.Reason("file/empty", "", "Het bestand is leeg.", "The file is empty."))
	}
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return fmt.Errorf("read the file: %w", err)
	}
	return payroll.Refuse(payroll.Invalid, payroll.Reason("file/csv", "",
		"De aanhalingstekens kloppen hier niet.", "The quotation marks are wrong here.").At(at.StartLine+skipped)) // Where the row begins; the quotes may end far below.
}

// header matches the names of the first line with the columns; every fault at
// once. Nil stands for a column that is not read.
func (f Format) header(names []string, line int) ([]*Column, error) {
	var problems []payroll.Problem
	fault := func(kind, field, nl, en string) {
		if len(problems) < maxProblems {
			problems = append(problems, payroll.Reason(kind, field, nl, en).At(line))
		}
	}
	seen := map[string]bool{}
	// A first line without a single known name is no header but somebody's data.
	isHeader := slices.ContainsFunc(names, func(name string) bool { return f.column(tidy(name)) != nil })
	columns := make([]*Column, len(names))
	for i, name := range names {
		name = tidy(name)
		column := f.column(name)
		switch {
		case name == "" || column == nil:
			fault("column/unknown", plain(name, isHeader), "Deze kolom is niet bekend. Bekend zijn: "+f.names()+".", "This column is not known. Known are: "+f.names()+".")
		case seen[name]:
			fault("column/repeated", name, "Deze kolom staat er twee keer.", "This column is there twice.")
		default:
			columns[i] = column
		}
		seen[name] = true
	}
	for _, c := range f.Columns {
		if c.Required && !seen[c.Name] {
			fault("column/missing", c.Name, "Deze kolom ontbreekt.", "This column is missing.")
		}
	}
	return columns, payroll.Refuse(payroll.Invalid, problems...)
}

func (f Format) column(name string) *Column {
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i]
		}
	}
	return nil
}

func (f Format) names() string {
	var names []string
	for _, c := range f.Columns {
		if c.Kind != Ignored {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ", ")
}

// tidy is how names of columns are compared.
func tidy(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// plain keeps what may be data where a header was expected out of messages:
// a name of a column is a word among others that are known.
func plain(name string, isHeader bool) string {
	if !isHeader || len(name) > 30 || strings.ContainsFunc(name, func(r rune) bool { return r != '_' && r != '-' && !unicode.IsLetter(r) }) {
		return "?"
	}
	return name
}

// row reads the cells of one line.
func (f Format) row(line int, columns []*Column, cells []string) Row {
	row := Row{Line: line, Cells: map[string]any{}, Texts: map[string]string{}}
	if len(cells) != len(columns) {
		row.Problems = append(row.Problems, payroll.Reason("row/cells", "",
			fmt.Sprintf("%d cellen waar de kop er %d heeft.", len(cells), len(columns)), fmt.Sprintf("%d cells where the header has %d.", len(cells), len(columns))))
	}
	for i, c := range columns {
		if c.Kind == Ignored || i >= len(cells) {
			continue
		}
		text := strings.TrimSpace(cells[i])
		if text == "" {
			continue
		}
		row.Texts[c.Name] = text
		value, problem := f.cell(*c, text)
		if problem != nil {
			row.Problems = append(row.Problems, *problem)
			continue
		}
		row.Cells[c.Name] = value
	}
	return row
}

// cell reads one cell by the kind of its column.
func (f Format) cell(c Column, text string) (any, *payroll.Problem) {
	refuse := func(kind, nl, en string) (any, *payroll.Problem) {
		problem := payroll.Reason(kind, c.Name, nl, en)
		return nil, &problem
	}
	if len(text) > maxCell {
		return refuse("cell/too_long", fmt.Sprintf("Hoogstens %d tekens.", maxCell), fmt.Sprintf("At most %d characters.", maxCell))
	}
	switch c.Kind {
	case Decimal:
		if !f.DecimalComma {
			return text, nil // What is no number the service refuses, with its reason.
		}
		if strings.Contains(text, ".") || strings.Count(text, ",") > 1 {
			return refuse("number/invalid", "Geen getal met een decimale komma (zonder punten).", "Not a number with a decimal comma (without points).")
		}
		return strings.Replace(text, ",", ".", 1), nil
	case Whole:
		digits := strings.TrimPrefix(text, "-")
		if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
			return refuse("number/whole", "Geen geheel getal.", "Not a whole number.")
		}
		if digits = strings.TrimLeft(digits, "0"); digits == "" {
			return json.Number("0"), nil
		}
		if text[0] == '-' {
			digits = "-" + digits
		}
		return json.Number(digits), nil
	case Truth:
		switch strings.ToLower(text) {
		case "true", "ja", "yes", "waar":
			return true, nil
		case "false", "nee", "no", "onwaar":
			return false, nil
		}
		return refuse("field/type", "Kies uit: ja nee true false.", "Choose one of: yes no true false.")
	}
	return text, nil
}
