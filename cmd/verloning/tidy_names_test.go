package main

import (
	"fmt"
	"go/build"
	"go/build/constraint"
	"go/scanner"
	"go/token"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
)

// tidyTop is what stands at the top level: all of it, and besides it names that begin with a dot.
var tidyTop = []string{"LICENSE", "Makefile", "README.md", "cmd", "go.mod", "go.sum", "migrations", "payroll", "subsidy"}

// tidyMunicipalities are the names that stand in scheme files and nowhere in the program.
var tidyMunicipalities = [][]string{
	{"oss"}, {"uden"}, {"breda"}, {"helmond"}, {"hertogenbosch"}, {"den", "bosch"}, {"tilburg"}, {"krimpen"}, {"emmen"},
	{"eindhoven"}, {"bergen", "op", "zoom"}, {"vught"},
}

// tidyVague are names of drawers for what nobody has found a name for.
var tidyVague = []string{"common", "helper", "helpers", "misc", "shared", "util", "utils"}

// tidyConstraints are files whose names Go reads as a build constraint, on purpose.
var tidyConstraints = tidyExceptions{what: "a build constraint", reasons: map[string]string{}}

var tidyNameRules = []tidyRule{{
	name:  "municipalities",
	least: 23_000,
	check: tidyMunicipality,
	caught: map[string]string{
		"a.go:2: oss":                "-- payroll/a.go --\npackage payroll\nvar x = `schemes/oss-bonusbaan.yaml`\n",
		"a.go:3: uden":               "-- payroll/a.go --\npackage payroll\n\n// Uden pays later.\nvar x = 1\n",
		"a.go:2: tilburg":            "-- subsidy/a.go --\npackage subsidy\nfunc payTilburgNOMA() {}\n",
		"a.go:2: breda":              "-- subsidy/a.go --\npackage subsidy\nconst BREDA_RATE = 1\n",
		"a.go:2: hertogenbosch":      "-- cmd/verloning/a.go --\npackage main\nvar x = \"'s-Hertogenbosch\"\n",
		"a.go:2: den bosch":          "-- cmd/verloning/a.go --\npackage main\nvar x = \"Den  Bosch\"\n",
		"b.go:2: den bosch":          "-- cmd/verloning/b.go --\npackage main\nvar denBosch = 1\n",
		"a.go:2: bergen op zoom":     "-- cmd/verloning/a.go --\npackage main\nvar x = 1 // Bergen op Zoom\n",
		"the file's name: eindhoven": "-- subsidy/scheme_eindhoven.go --\npackage subsidy\n",
	},
	passes: []string{
		"-- payroll/a.go --\npackage payroll\n\n// Gross is across; a loss is glossed over; the bosch and the zoom.\nvar gross, uden1x, crossCheck = 1, `dubreda`, `emmentaler`\n",
		"-- payroll/a.go --\npackage payroll\n-- payroll/a_test.go --\npackage payroll\nvar oss = `Oss`\n",
	},
}, {
	name:  "vague names",
	least: 80,
	check: tidyVagueNames,
	caught: map[string]string{
		"payroll/util.go":         "-- payroll/util.go --\npackage payroll\n",
		"payroll/helpers_test.go": "-- payroll/helpers_test.go --\npackage payroll\n",
		"common is a drawer":      "-- payroll/common/a.go --\npackage common\n",
		"testutil is a drawer":    "-- payroll/a_test.go --\npackage testutil\n",
	},
	passes: []string{"-- payroll/commonlaw.go --\npackage payroll\n-- payroll/utility.go --\npackage payroll\n"},
}, {
	name:  "top level",
	least: len(tidyTop),
	check: tidyTopLevel,
	caught: map[string]string{
		"docs stands":            "-- docs/a.md --\n",
		"Makefile is missing":    "-- README.md --\n",
		"verloning stands":       "-- verloning --\n",
		"subsidy is missing":     "-- subsidies/a.go --\npackage subsidies\n",
		"staticcheck.conf stand": "-- staticcheck.conf --\n",
	},
	passes: []string{"-- " + strings.Join(tidyTop, " --\n-- ") + " --\n-- .ci/run --\n"},
}, {
	name:  "build constraints",
	least: 80,
	check: tidyBuildConstraints,
	caught: map[string]string{
		"payroll/part_arm.go":     "-- payroll/part_arm.go --\npackage payroll\n",
		"payroll/a_js.go":         "-- payroll/a_js.go --\npackage payroll\n",
		"payroll/a_linux_test.go": "-- payroll/a_linux_test.go --\npackage payroll\n",
		"payroll/a_windows.go":    "-- payroll/a_windows.go --\n// The words go:build windows in prose do not do.\npackage payroll\n",
		"payroll/x_amd64.go":      "-- payroll/x_amd64.go --\npackage payroll\n\n//go:build amd64\n",
	},
	passes: []string{
		"-- payroll/arm.go --\npackage payroll\n",
		"-- payroll/a_linux.go --\n//go:build linux\n\npackage payroll\n",
		"-- payroll/hours_submit.go --\npackage payroll\n",
	},
}}

// tidyMunicipality looks for names of municipalities as whole words of the program text: a municipality's name and an
// amount of its own stand in its scheme file.
func tidyMunicipality(t *tidyTree, r *tidyReport) {
	for _, f := range t.files {
		if f.test {
			continue
		}
		tidyNamed(r, f.path+": the file's name", f.path)
		var lexer scanner.Scanner
		fset := token.NewFileSet()
		file := fset.AddFile(f.path, -1, len(f.text))
		lexer.Init(file, []byte(f.text), nil, scanner.ScanComments)
		for {
			pos, kind, text := lexer.Scan()
			if kind == token.EOF {
				break
			}
			if kind == token.IDENT || kind == token.STRING || kind == token.COMMENT {
				r.look()
				tidyNamed(r, fmt.Sprintf("%s:%d", f.path, file.Line(pos)), text)
			}
		}
	}
}

// tidyNamed reports the municipalities that a text names.
func tidyNamed(r *tidyReport, where, text string) {
	words := tidyWords(text)
	for i := range words {
		for _, name := range tidyMunicipalities {
			if i+len(name) <= len(words) && slices.Equal(words[i:i+len(name)], name) {
				r.fault(where, "%s: a municipality's name stands in its scheme file and in no Go file", strings.Join(name, " "))
			}
		}
	}
}

// tidyWords takes a text apart into lower-case words: runs of letters and digits, and where an identifier puts a
// capital.
func tidyWords(text string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	letters := []rune(text)
	for i, c := range letters {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			end()
			continue
		}
		followed := i+1 < len(letters) && unicode.IsLower(letters[i+1])
		if i > 0 && unicode.IsUpper(c) && (unicode.IsLower(letters[i-1]) || unicode.IsUpper(letters[i-1]) && followed) {
			end()
		}
		word = append(word, c)
	}
	end()
	return words
}

// tidyVagueNames refuses packages and files named for nothing.
func tidyVagueNames(t *tidyTree, r *tidyReport) {
	for _, f := range t.files {
		r.look()
		name := f.syntax.Name.Name
		vague := func(name string) bool {
			return slices.Contains(tidyVague, name) || strings.HasSuffix(name, "util") || strings.HasSuffix(name, "utils")
		}
		if vague(name) || vague(path.Base(f.room)) {
			r.fault(f.path, "package %s is a drawer: name it for what it is about", name)
		}
		if vague(strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")) {
			r.fault(f.path, "name the file for what it is about")
		}
	}
}

// tidyTopLevel keeps the top level as DESIGN section 2 has it.
func tidyTopLevel(t *tidyTree, r *tidyReport) {
	for _, name := range t.top {
		r.look()
		if !slices.Contains(tidyTop, name) && !strings.HasPrefix(name, ".") {
			r.fault(name, "%s stands at the top level, where nothing else may", name)
		}
	}
	for _, name := range tidyTop {
		if !slices.Contains(t.top, name) {
			r.fault(name, "%s is missing at the top level", name)
		}
	}
}

// tidyBuildConstraints looks for names such as part_arm.go, which Go leaves out everywhere but on that machine.
func tidyBuildConstraints(t *tidyTree, r *tidyReport) {
	// For a machine that does not exist, only files without a constraint in their names are built.
	nowhere := build.Context{GOOS: "none", GOARCH: "none", Compiler: "gc"}
	nowhere.OpenFile = func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p\n")), nil
	}
	for _, f := range t.files {
		r.look()
		built, err := nowhere.MatchFile(".", path.Base(f.path))
		switch {
		case err != nil:
			r.fault(f.path, "%v", err)
		case !built && !tidyConstrained(f) && !t.excuse(tidyConstraints, f):
			r.fault(f.path, "Go reads this name as a build constraint: rename it, or say so with a //go:build line")
		}
	}
}

// tidyConstrained reports whether a file has a //go:build line where Go looks for it.
func tidyConstrained(f *tidyFile) bool {
	for _, group := range f.syntax.Comments {
		for _, comment := range group.List {
			if comment.Pos() < f.syntax.Package && constraint.IsGoBuild(comment.Text) {
				return true
			}
		}
	}
	return false
}
