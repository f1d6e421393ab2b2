package postgres

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// leastStatements is a lower bound on what there is to find, so that a parser
// that finds nothing any more is noticed.
const leastStatements = 115

// measuring are files that make plain tables for the benchmark, of which no
// migration knows.
var measuring = []string{"floor.go", "seed.go"}

// spliced are the texts that functions put into a statement at run time: every
// value that each can have. A second place in the same function has a #2.
var spliced = map[string][]string{
	"organisation/where": {`code = $1`, `id = $1`},
	"contract/where": {`c.employer = $1 AND c.number = $2`, `(c.employer = $1 OR c.municipality = $1) AND c.number = $2 AND c.employer = (SELECT id FROM organisation WHERE code = $3)`,
		`c.municipality = $1 AND c.number = $2 AND c.employer = (SELECT id FROM organisation WHERE code = $3)`},
	"events/where":   {`e.trajectory = @id`, `t.municipality = @municipality`},
	"sources/where":  {`s.statement = @id`, `s.statement IN (SELECT x.id FROM statement x JOIN statement_approval a ON a.statement = x.id AND a.known <= @cutoff WHERE x.municipality = @municipality)`},
	"besides/amount": tieAmounts(),
	"prune/table":    {"claim_source", "claim", "correction", "attribution", "payslip_line", "payslip"},
	"prune/table#2":  {"exception", "left_out", "shard"},
	"Run/lock":       {"", "FOR SHARE", "FOR UPDATE"},
}

// tieAmounts are what stands beside the ledger in each tie.
func tieAmounts() []string {
	var list []string
	for _, t := range ties {
		list = append(list, t.amount)
	}
	return list
}

// statement is one text of SQL and where it stands.
type statement struct{ where, text string }

// sources finds every statement of the package in its syntax tree.
type sources struct {
	t      *testing.T
	fset   *token.FileSet
	consts map[string]ast.Expr
	seen   map[string]int // places of a name in a function
	found  []statement
	copied map[string][]string // tables that are written with COPY, with columns
}

// TestEveryStatementIsUnderstood prepares every statement of this package and
// asks for its plan: a column that was renamed, or a type that does not fit, is
// found here and not at the end of a month.
func TestEveryStatementIsUnderstood(t *testing.T) {
	s := collect(t)
	if len(s.found) < leastStatements {
		t.Errorf("%d statements found, want at least %d", len(s.found), leastStatements)
	}
	if len(s.copied) < 8 {
		t.Errorf("%d tables are copied into: %v", len(s.copied), s.copied)
	}
	conn := connect(t, migrated(t))
	if _, err := conn.Exec(t.Context(), `SELECT ensure_period('2026-10-01')`); err != nil {
		t.Fatal(err)
	}
	for i, one := range s.found {
		if err := understand(t.Context(), conn, fmt.Sprintf("s%d", i), one.text); err != nil {
			t.Errorf("%s: %v\n%s", one.where, err, one.text)
		}
	}
	for table, columns := range s.copied {
		text := `SELECT ` + strings.Join(columns, ", ") + ` FROM ` + table
		if err := understand(t.Context(), conn, "copy_"+table, text); err != nil {
			t.Errorf("COPY into %s: %v", table, err)
		}
		required := missingColumns(t, conn, table, columns)
		if len(required) > 0 {
			t.Errorf("COPY into %s leaves out %v, which have no default and may not be NULL", table, required)
		}
	}
}

// understand prepares a statement and lets PostgreSQL plan it without values.
func understand(ctx context.Context, conn *pgx.Conn, name, text string) error {
	query, _, err := pgx.NamedArgs{}.RewriteQuery(ctx, conn, text, nil)
	if err != nil {
		return err
	}
	if !strings.Contains(text, "@") {
		query = text
	}
	prepared, err := conn.Prepare(ctx, name, query)
	if err != nil {
		return err
	}
	values := ""
	if n := len(prepared.ParamOIDs); n > 0 {
		values = "(" + strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ") + ")"
	}
	_, err = conn.Exec(ctx, `EXPLAIN EXECUTE "`+name+`"`+values)
	return err
}

func missingColumns(t *testing.T, conn *pgx.Conn, table string, columns []string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT attname::text FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef AND attidentity = '' AND NOT attname = ANY ($2)`, table, columns)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// collect parses the package.
func collect(t *testing.T) *sources {
	t.Helper()
	s := &sources{t: t, fset: token.NewFileSet(), consts: map[string]ast.Expr{}, seen: map[string]int{}, copied: map[string][]string{}}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || slices.Contains(measuring, e.Name()) {
			continue
		}
		file, err := parser.ParseFile(s.fset, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, file := range files {
		ast.Inspect(file, s.constants)
	}
	for _, file := range files {
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok {
				ast.Inspect(f, func(n ast.Node) bool { s.call(f.Name.Name, n); return true })
			}
		}
	}
	return s
}

func (s *sources) constants(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok {
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				s.consts[name.Name] = spec.Values[i]
			}
		}
	}
	return true
}

// call looks at a call that hands a statement to the database.
func (s *sources) call(in string, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	at := -1
	switch method.Sel.Name {
	case "Query", "QueryRow", "Exec":
		at = 1
	case "Queue":
		at = 0
	case "CopyFrom":
		s.copyFrom(call)
		return
	}
	if at < 0 || len(call.Args) <= at {
		return
	}
	where := s.fset.Position(call.Pos()).String()
	for _, text := range s.texts(in, where, call.Args[at]) {
		s.found = append(s.found, statement{where, text})
	}
}

// texts evaluates an expression of texts; a part that is known at run time
// only has several.
func (s *sources) texts(in, where string, e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return []string{text}
		}
	case *ast.BinaryExpr:
		var all []string
		for _, left := range s.texts(in, where, e.X) {
			for _, right := range s.texts(in, where, e.Y) {
				all = append(all, left+right)
			}
		}
		return all
	case *ast.ParenExpr:
		return s.texts(in, where, e.X)
	case *ast.CallExpr: // string(lock)
		if len(e.Args) == 1 {
			return s.texts(in, where, e.Args[0])
		}
	case *ast.Ident:
		key := in + "/" + e.Name
		if s.seen[key]++; s.seen[key] > 1 {
			key += "#" + strconv.Itoa(s.seen[key])
		}
		if values := spliced[key]; values != nil {
			return values
		}
		if value := s.consts[e.Name]; value != nil {
			return s.texts(in, where, value)
		}
	}
	s.t.Errorf("%s: a statement is put together from what this test does not know (%T); spliced must list it", where, e)
	return nil
}

// copyFrom notes table and columns of a COPY.
func (s *sources) copyFrom(call *ast.CallExpr) {
	where := s.fset.Position(call.Pos())
	var names [2][]string
	for i := range names {
		list, ok := call.Args[i+1].(*ast.CompositeLit)
		if !ok {
			s.t.Errorf("%s: table or columns of a COPY are no literals", where)
			return
		}
		for _, element := range list.Elts {
			if text, ok := element.(*ast.BasicLit); ok {
				name, err := strconv.Unquote(text.Value)
				if err != nil {
					s.t.Error(err)
				}
				names[i] = append(names[i], name)
			}
		}
	}
	s.copied[strings.Join(names[0], ".")] = names[1]
}
