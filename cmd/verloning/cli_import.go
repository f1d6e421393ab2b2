package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/sheet"
	"verloning/payroll"
)

// importFile is a CSV file whose columns are the fields of a request.
type importFile struct {
	File    string `arg:"" help:"CSV file with a header of field names; - is standard input."`
	Decimal string `enum:"point,comma" default:"point" help:"How the whole file writes decimals: point or comma. Never guessed."`
}

// importing says what a file becomes.
type importing struct {
	noun, verb string
	lane       string                     // rows with the same text in this column are handed in in the order of the file
	decimals   []string                   // columns that hold decimal numbers
	within     string                     // the request is a list under this key, of which a row is the one item
	shape      func(cells map[string]any) // makes of a row's cells what the request has
}

// importLanes is how many rows are in hand at the same time.
const importLanes = 4

// imported is the report on a file.
type imported struct {
	Rows    int                   `json:"rows"`
	Done    int                   `json:"done"`
	Refused []payroll.RefusedLine `json:"refused"`
}

// importRows hands in a file row by row. The service judges each, and every
// refused row is reported with every reason; the others stay. The key of a row
// is made of what the row says, so that the same file again, or a file with
// the refused rows mended, changes nothing for the rows that went before.
func importRows[Q any](ctx context.Context, sh *shell, f importFile, what importing) error {
	file, err := sh.open(f.File)
	if err != nil {
		return err
	}
	rows, err := sheet.Read(file, sheet.Format{Columns: columnsOf(reflect.TypeFor[Q](), what.decimals), DecimalComma: f.Decimal == "comma"})
	closing(sh, file.Close)
	if err != nil {
		return err
	}
	report := imported{Rows: len(rows), Refused: []payroll.RefusedLine{}}
	lanes, err := what.lanes(sh.Key, rows, &report)
	if err != nil {
		return err
	}
	if err := what.handIn(ctx, sh, lanes, &report); err != nil {
		done := report.Done + len(report.Refused)
		return &partly{payroll.Text{
			NL: fmt.Sprintf("%d van %d regels zijn ingestuurd; hetzelfde bestand opnieuw gaat daar verder.", done, report.Rows),
			EN: fmt.Sprintf("%d of %d rows were handed in; the same file again goes on from there.", done, report.Rows)}, err}
	}
	sort.Slice(report.Refused, func(i, j int) bool { return report.Refused[i].Line < report.Refused[j].Line })
	if err := report.print(sh); err != nil {
		return err
	}
	if len(report.Refused) > 0 {
		return sh.failed("%d van %d regels zijn geweigerd.", "%d of %d rows were refused.", len(report.Refused), report.Rows)
	}
	return nil
}

// columnsOf makes the columns of a request's fields.
func columnsOf(request reflect.Type, decimals []string) []sheet.Column {
	var columns []sheet.Column
	for i := range request.NumField() {
		field := request.Field(i)
		if field.Anonymous {
			columns = append(columns, columnsOf(field.Type, decimals)...)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		column := sheet.Column{Name: name, Required: slices.Contains(strings.Split(field.Tag.Get("validate"), ","), "required")}
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		switch {
		case name == "idempotency_key", kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct: // The key is made here, of the row; a list of objects has no column.
			continue
		case slices.Contains(decimals, name):
			column.Kind = sheet.Decimal
		case kind.Kind() == reflect.Bool:
			column.Kind = sheet.Truth
		case kind.Kind() == reflect.Int:
			column.Kind = sheet.Whole
		}
		columns = append(columns, column)
	}
	return columns
}

// keyedRow is a row that is ready to be handed in.
type keyedRow struct {
	line int
	body map[string]any
}

// lanes gives each row its key and deals the rows out. A row that could not be
// read is refused here.
func (what importing) lanes(salt string, rows []sheet.Row, report *imported) ([importLanes][]keyedRow, error) {
	var lanes [importLanes][]keyedRow
	times := map[string]int{}
	for _, row := range rows {
		if len(row.Problems) > 0 {
			report.Refused = append(report.Refused, payroll.RefusedLine{Line: row.Line, Problems: row.Problems})
			continue
		}
		text, err := json.Marshal(row.Cells)
		if err != nil {
			return lanes, fmt.Errorf("line %d: %w", row.Line, err)
		}
		sum := sha256.Sum256([]byte(salt + "\n" + what.noun + "." + what.verb + "\n" + string(text)))
		key := "import/" + hex.EncodeToString(sum[:20])
		times[key]++
		if n := times[key]; n > 1 { // The same row twice is two requests, and the second has its own answer.
			key += fmt.Sprintf("/%d", n)
		}
		body := row.Cells
		if what.shape != nil {
			what.shape(body)
		}
		if what.within != "" {
			body = map[string]any{what.within: []any{row.Cells}}
		}
		body["idempotency_key"] = key
		lane := fnv.New32a()
		_, _ = lane.Write([]byte(row.Texts[what.lane]))
		n := lane.Sum32() % importLanes
		lanes[n] = append(lanes[n], keyedRow{row.Line, body})
	}
	return lanes, nil
}

// handIn works through the lanes side by side. It stops at what is no refusal,
// such as a service that is gone.
func (what importing) handIn(ctx context.Context, sh *shell, lanes [importLanes][]keyedRow, report *imported) error {
	if _, err := sh.connect(); err != nil { // Once, before the lanes share it.
		return err
	}
	m := sh.meter(payroll.Text{NL: what.noun + " inlezen", EN: "importing " + what.noun}, report.Rows)
	defer m.end()
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for _, lane := range lanes {
		group.Go(func() error {
			for _, row := range lane {
				err := sh.insist(ctx, what.noun, what.verb, row.body, nil)
				problems, refused := refusedRow(err)
				if err != nil && !refused {
					return err
				}
				mu.Lock()
				if refused {
					report.Refused = append(report.Refused, payroll.RefusedLine{Line: row.line, Problems: problems})
				} else {
					report.Done++
				}
				mu.Unlock()
				m.add(1)
			}
			return nil
		})
	}
	return group.Wait()
}

// refusedRow tells a refusal of one row from what stops them all: a user who
// may not do this at all gets no list of as many refusals as rows.
func refusedRow(err error) ([]payroll.Problem, bool) {
	var problem *bus.Problem
	if !errors.As(err, &problem) || len(problem.Problems) == 0 {
		return nil, false
	}
	switch payroll.Meaning(problem.Type) {
	case payroll.Invalid, payroll.NotFound, payroll.Conflict, payroll.TooLarge:
		return problem.Problems, true
	}
	return nil, false
}

// print lists the refused rows and counts the others.
func (r imported) print(sh *shell) error {
	if sh.JSON {
		return sh.printJSON(r)
	}
	for _, p := range located(r.Refused) {
		if err := sh.say("%s", "%s", sh.reason(p)); err != nil {
			return err
		}
	}
	return sh.say("%d regels: %d verwerkt, %d geweigerd.", "%d rows: %d done, %d refused.", r.Rows, r.Done, len(r.Refused))
}
