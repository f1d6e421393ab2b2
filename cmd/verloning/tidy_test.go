package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// The manners of this repository that matter are tests: each tidyRule looks at every file and says what it does not
// like. A rule that looked at nothing fails, and a rule that no longer refuses what it was made for fails too.

// tidyRule is one manner.
type tidyRule struct {
	name  string
	least int // It must look at this many things: about two thirds of what there was when the rule was last read.
	check func(*tidyTree, *tidyReport)
	// Small trees in the txtar format: each of the first must be refused with a message that has the word which stands
	// as its key, each of the second must pass.
	caught map[string]string
	passes []string
}

// tidyRules is filled by the files tidy_*_test.go, a subject each.
var tidyRules = slices.Concat(tidyImportRules, tidyMoneyRules, tidyNameRules, tidyTextRules)

// tidyTree is the repository as the rules see it.
type tidyTree struct {
	fset  *token.FileSet
	files []*tidyFile
	texts map[string]string // Other texts that we write by hand: SQL, HTML, YAML.
	top   []string          // What stands at the top level, what git ignores excepted.
	// Which entries of the lists of exceptions were needed; what is not needed must go.
	excused map[string]bool
}

// tidyFile is one Go file.
type tidyFile struct {
	path   string // From the root, with slashes.
	room   string // Its directory.
	test   bool
	text   string
	syntax *ast.File
}

// tidyReport is what one rule found.
type tidyReport struct {
	looked int
	faults []string
}

func (r *tidyReport) look() { r.looked++ }

func (r *tidyReport) fault(where, format string, args ...any) {
	r.faults = append(r.faults, where+": "+fmt.Sprintf(format, args...))
}

// at says where a piece of syntax stands.
func (t *tidyTree) at(node ast.Node) string {
	p := t.fset.Position(node.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// domain reports whether the file is in one of the rooms that know no technology.
func (f *tidyFile) domain() bool {
	return tidyWithin(f.room, "payroll") || tidyWithin(f.room, "subsidy")
}

// tidyWithin reports whether a path is the parent or below it.
func tidyWithin(name, parent string) bool {
	return name == parent || strings.HasPrefix(name, parent+"/")
}

// local is the name under which a file knows an imported package, "" where it does not import it.
func (f *tidyFile) local(importPath string) string {
	for _, spec := range f.syntax.Imports {
		if tidyPath(spec) != importPath {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}

// of returns the name that a selector takes from a package, such as "Now" of time.Now, and "" for all else.
func (f *tidyFile) of(importPath string, node ast.Node) string {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := selector.X.(*ast.Ident)
	if !ok || pkg.Obj != nil || pkg.Name != f.local(importPath) {
		return ""
	}
	return selector.Sel.Name
}

func tidyPath(spec *ast.ImportSpec) string {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return importPath
}

// tidyExceptions are files that may do what a rule forbids, each with its reason.
type tidyExceptions struct {
	what    string
	reasons map[string]string
}

// excuse reports whether the file is an exception, and remembers that this one was needed.
func (t *tidyTree) excuse(list tidyExceptions, f *tidyFile) bool {
	if _, ok := list.reasons[f.path]; !ok {
		return false
	}
	t.excused[list.what+" in "+f.path] = true
	return true
}

// judge looks at a list of exceptions after the rules have used it.
func (t *tidyTree) judge(list tidyExceptions) []string {
	var faults []string
	for name, reason := range list.reasons {
		if reason == "" {
			faults = append(faults, fmt.Sprintf("%s in %s is an exception without a reason", list.what, name))
		}
		if !t.excused[list.what+" in "+name] {
			faults = append(faults, fmt.Sprintf("%s in %s is an exception that nothing needs: strike it off the list", list.what, name))
		}
	}
	return faults
}

// add parses one Go file and adds it.
func (t *tidyTree) add(name string, text []byte) error {
	syntax, err := parser.ParseFile(t.fset, name, text, parser.ParseComments)
	if err != nil {
		return err
	}
	t.files = append(t.files, &tidyFile{
		path: name, room: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), text: string(text), syntax: syntax,
	})
	return nil
}

func newTidyTree() *tidyTree {
	return &tidyTree{fset: token.NewFileSet(), texts: map[string]string{}, excused: map[string]bool{}}
}

// tidyRoot goes up from the working directory to the root of our module.
func tidyRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		switch {
		case err == nil && strings.HasPrefix(string(mod), "module "+tidyModule+"\n"):
			return dir, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", err
		case dir == filepath.Dir(dir):
			return "", fmt.Errorf("no go.mod of module %s above the working directory", tidyModule)
		}
		dir = filepath.Dir(dir)
	}
}

// tidyRead reads the repository.
func tidyRead(root string) (*tidyTree, error) {
	t := newTidyTree()
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	ignored, err := tidyIgnored(root)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if ignored(entry.Name()) {
			continue
		}
		t.top = append(t.top, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") || !entry.IsDir() {
			continue
		}
		if err := t.walk(root, entry.Name()); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// walk reads what stands below one entry of the top level.
func (t *tidyTree) walk(root, from string) error {
	return filepath.WalkDir(filepath.Join(root, from), func(full string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // A file that another process has just removed.
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		kind := filepath.Ext(full)
		if !slices.Contains([]string{".go", ".sql", ".html", ".yaml"}, kind) {
			return nil
		}
		name, err := filepath.Rel(root, full)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		if kind != ".go" {
			t.texts[filepath.ToSlash(name)] = string(text)
			return nil
		}
		return t.add(filepath.ToSlash(name), text)
	})
}

// tidyIgnored reads which names at the top level git ignores: what is built there is no part of the repository.
func tidyIgnored(root string) (func(name string) bool, error) {
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		return nil, err
	}
	return func(name string) bool {
		for line := range strings.Lines(string(text)) {
			pattern := strings.Trim(strings.TrimSpace(line), "/")
			if hit, err := path.Match(pattern, name); err == nil && hit {
				return true
			}
		}
		return false
	}, nil
}

// tidySketch makes a tree of a txtar text.
func tidySketch(t *testing.T, text string) *tidyTree {
	t.Helper()
	tree := newTidyTree()
	for _, file := range txtar.Parse([]byte(text)).Files {
		top, _, _ := strings.Cut(file.Name, "/")
		if !slices.Contains(tree.top, top) {
			tree.top = append(tree.top, top)
		}
		if path.Ext(file.Name) != ".go" {
			tree.texts[file.Name] = string(file.Data)
			continue
		}
		if err := tree.add(file.Name, file.Data); err != nil {
			t.Fatal(err)
		}
	}
	if len(tree.top) == 0 {
		t.Fatalf("no file in %q", text)
	}
	return tree
}

// TestTidy looks at the repository as it is.
func TestTidy(t *testing.T) {
	root, err := tidyRoot()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := tidyRead(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range tidyRules {
		t.Run(rule.name, func(t *testing.T) {
			var report tidyReport
			rule.check(tree, &report)
			for _, fault := range report.faults {
				t.Error(fault)
			}
			if report.looked < rule.least {
				t.Errorf("looked at %d things, and there are %d at least: it does not see the repository", report.looked, rule.least)
			}
			t.Logf("looked at %d things", report.looked)
		})
	}
	for _, list := range []tidyExceptions{tidyClocks, tidyDivisions, tidyConstraints} {
		for _, fault := range tree.judge(list) {
			t.Error(fault)
		}
	}
}

// TestTidyCatches looks at small bad trees, each of which the rule must refuse, and at good ones that look alike.
func TestTidyCatches(t *testing.T) {
	if len(tidyRules) < 12 {
		t.Errorf("%d rules, want 12 at least", len(tidyRules))
	}
	for _, rule := range tidyRules {
		t.Run(rule.name, func(t *testing.T) {
			if len(rule.caught) == 0 || len(rule.passes) == 0 || rule.least == 0 {
				t.Error("a rule needs something that it catches, something that passes, and a least number of things")
			}
			for word, text := range rule.caught {
				var report tidyReport
				rule.check(tidySketch(t, text), &report)
				if !strings.Contains(strings.Join(report.faults, "\n"), word) {
					t.Errorf("the faults %q do not say %q of\n%s", report.faults, word, text)
				}
			}
			for _, text := range rule.passes {
				var report tidyReport
				rule.check(tidySketch(t, text), &report)
				if len(report.faults) > 0 || report.looked == 0 {
					t.Errorf("looked at %d things and found %q in\n%s", report.looked, report.faults, text)
				}
			}
		})
	}
}

// TestTidyExceptions checks that a list of exceptions excuses what it names, and that it can not grow old.
func TestTidyExceptions(t *testing.T) {
	tree := tidySketch(t, "-- payroll/a.go --\npackage payroll\n-- payroll/b.go --\npackage payroll\n")
	list := tidyExceptions{what: "a yawn", reasons: map[string]string{"payroll/a.go": "it is late", "payroll/gone.go": ""}}
	if !tree.excuse(list, tree.files[0]) || tree.excuse(list, tree.files[1]) {
		t.Error("the list must excuse a.go and nothing else")
	}
	faults := strings.Join(tree.judge(list), "\n")
	for _, want := range []string{"payroll/gone.go is an exception without", "payroll/gone.go is an exception that nothing needs"} {
		if !strings.Contains(faults, want) {
			t.Errorf("the faults %q do not say %q", faults, want)
		}
	}
	if strings.Contains(faults, "payroll/a.go") {
		t.Errorf("a.go has a reason and is needed, and still: %q", faults)
	}
}
