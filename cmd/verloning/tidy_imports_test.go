package main

import (
	"slices"
	"strings"
)

const (
	tidyModule   = "verloning"
	tidyAdapters = "cmd/verloning/internal/"
	tidyEmbedded = tidyAdapters + "embedded"
	tidyPostgres = tidyAdapters + "postgres"
	tidyDecimal  = "github.com/shopspring/decimal"
)

// tidyRooms says which rooms of ours a room may import. What is not a key here, and no adapter and not the command,
// is a room that nobody has designed.
var tidyRooms = map[string][]string{
	"payroll/euro":     {},
	"payroll/calendar": {},
	"payroll/statute":  {"payroll/euro", "payroll/calendar"},
	"payroll/ledger":   {"payroll/euro", "payroll/calendar"},
	"payroll":          {"payroll/euro", "payroll/calendar", "payroll/statute", "payroll/ledger"},
	"subsidy":          {"payroll", "payroll/euro", "payroll/calendar", "payroll/statute", "payroll/ledger"},
	"migrations":       {},
}

// tidyDomainModules are the modules that the domain may import, each with the one room where it may be or "".
var tidyDomainModules = map[string]string{
	tidyDecimal:                              "payroll/euro",
	"github.com/google/uuid":                 "",
	"github.com/go-playground/validator/v10": "",
	"github.com/goccy/go-yaml":               "",
}

// tidyTestModules are those that tests may import in addition.
var tidyTestModules = []string{
	"pgregory.net/rapid", "github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "go.uber.org/goleak",
}

// tidyOutside are the parts of the standard library that reach outside the program: no room of the domain imports
// them, nor what is below them. Time stands apart: calendar makes days of it.
var tidyOutside = []string{
	"C", "database", "encoding/xml", "html", "log/syslog", "math/rand", "net", "os", "plugin", "syscall", "testing", "time", "unsafe",
}

var tidyImportRules = []tidyRule{{
	name:  "imports",
	least: 500,
	check: tidyImports,
	caught: map[string]string{
		"payroll/euro may not import payroll/calendar": "-- payroll/euro/a.go --\npackage euro\nimport \"verloning/payroll/calendar\"\n",
		"payroll/ledger may not import payroll":        "-- payroll/ledger/a.go --\npackage ledger\nimport \"verloning/payroll\"\n",
		"payroll may not import subsidy":               "-- payroll/a_test.go --\npackage payroll\nimport _ \"verloning/subsidy\"\n",
		"subsidy may not import cmd":                   "-- subsidy/a.go --\npackage subsidy\nimport \"verloning/cmd/verloning/internal/postgres\"\n",
		"adapters do not import each other":            "-- cmd/verloning/internal/sepa/a.go --\npackage sepa\nimport \"verloning/cmd/verloning/internal/bus\"\n",
		"internal/bus":                                 "-- cmd/verloning/internal/postgres/a_test.go --\npackage postgres\nimport \"verloning/cmd/verloning/internal/bus\"\n",
		"the command is nobody's library":              "-- cmd/verloning/internal/sepa/a.go --\npackage sepa\nimport \"verloning/cmd/verloning\"\n",
		"nobody has designed":                          "-- payroll/models/a.go --\npackage models\nimport \"fmt\"\n",
		"reaches outside: os/exec":                     "-- payroll/a.go --\npackage payroll\nimport \"os/exec\"\n",
		"reaches outside: net/http":                    "-- subsidy/a.go --\npackage subsidy\nimport \"net/http\"\n",
		"reaches outside: time":                        "-- payroll/a.go --\npackage payroll\nimport \"time\"\n",
		"reaches outside: database/sql":                "-- payroll/calendar/a.go --\npackage calendar\nimport \"database/sql\"\n",
		"reaches outside: html/template":               "-- payroll/a.go --\npackage payroll\nimport \"html/template\"\n",
		"reaches outside: encoding/xml":                "-- payroll/a.go --\npackage payroll\nimport \"encoding/xml\"\n",
		"github.com/jackc/pgx/v5":                      "-- payroll/a.go --\npackage payroll\nimport \"github.com/jackc/pgx/v5\"\n",
		"pgregory.net/rapid":                           "-- payroll/a.go --\npackage payroll\nimport \"pgregory.net/rapid\"\n",
		"decimal belongs in payroll/euro":              "-- payroll/a.go --\npackage payroll\nimport \"github.com/shopspring/decimal\"\n",
		"decimal belongs":                              "-- cmd/verloning/internal/sepa/a.go --\npackage sepa\nimport \"github.com/shopspring/decimal\"\n",
		"hides its names":                              "-- cmd/verloning/a.go --\npackage main\nimport . \"time\"\n",
	},
	passes: []string{
		"-- payroll/statute/a.go --\npackage statute\nimport (\n\"encoding/csv\"\n\"verloning/payroll/euro\"\n)\n",
		"-- payroll/euro/a.go --\npackage euro\nimport \"github.com/shopspring/decimal\"\n",
		"-- payroll/calendar/a.go --\npackage calendar\nimport \"time\"\n",
		"-- payroll/a.go --\npackage payroll\nimport (\n\"log/slog\"\n\"github.com/go-playground/validator/v10\"\n)\n",
		"-- payroll/a_test.go --\npackage payroll_test\nimport (\n\"os\"\n\"time\"\n\"pgregory.net/rapid\"\n\"verloning/payroll\"\n)\n",
		"-- subsidy/a.go --\npackage subsidy\nimport (\n\"github.com/goccy/go-yaml/ast\"\n\"verloning/payroll/ledger\"\n)\n",
		"-- cmd/verloning/internal/postgres/a.go --\npackage postgres\nimport (\n\"github.com/shopspring/decimal\"\n\"verloning/migrations\"\n\"verloning/subsidy\"\n)\n",
		"-- cmd/verloning/internal/postgres/a_test.go --\npackage postgres\nimport \"verloning/cmd/verloning/internal/embedded\"\n",
		"-- cmd/verloning/a.go --\npackage main\nimport (\n\"time\"\n\"verloning/cmd/verloning/internal/bus\"\n)\n",
	},
}}

// tidyImports guards the direction of DESIGN section 2 and what the domain may know.
func tidyImports(t *tidyTree, r *tidyReport) {
	for _, f := range t.files {
		if _, known := tidyRooms[f.room]; !known && f.room != "cmd/verloning" && !strings.HasPrefix(f.room, tidyAdapters) {
			r.fault(f.path, "%s is a room that nobody has designed: it belongs in DESIGN section 2 and in tidyRooms", f.room)
			continue
		}
		for _, spec := range f.syntax.Imports {
			r.look()
			where, name := t.at(spec), tidyPath(spec)
			if spec.Name != nil && spec.Name.Name == "." {
				r.fault(where, "a dot import of %s hides its names from readers and from these rules", name)
			}
			room, ours := strings.CutPrefix(name, tidyModule+"/")
			switch {
			case ours:
				tidyOurs(r, where, f, room)
			case !strings.Contains(strings.Split(name, "/")[0], "."):
				tidyStandard(r, where, f, name)
			default:
				tidyForeign(r, where, f, name)
			}
		}
	}
}

// tidyOurs judges the import of a room of ours.
func tidyOurs(r *tidyReport, where string, f *tidyFile, room string) {
	may, listed := tidyRooms[f.room]
	adapter := strings.HasPrefix(f.room, tidyAdapters)
	switch {
	case f.test && room == f.room: // A test package beside the package.
	case room == "cmd/verloning":
		r.fault(where, "the command is nobody's library")
	case listed && !slices.Contains(may, room):
		r.fault(where, "%s may not import %s", f.room, room)
	case adapter && strings.HasPrefix(room, tidyAdapters) && !tidySameAdapter(f.room, room):
		// Tests of an adapter need a server to talk to, and embedded starts one.
		if !f.test || room != tidyEmbedded {
			r.fault(where, "adapters do not import each other: %s imports %s", f.room, room)
		}
	}
}

// tidySameAdapter reports whether two rooms are parts of one adapter.
func tidySameAdapter(a, b string) bool {
	first := func(room string) string {
		name, _, _ := strings.Cut(strings.TrimPrefix(room, tidyAdapters), "/")
		return name
	}
	return first(a) == first(b)
}

// tidyStandard judges the import of a package of the standard library.
func tidyStandard(r *tidyReport, where string, f *tidyFile, name string) {
	if !f.domain() || f.test || name == "time" && f.room == "payroll/calendar" {
		return
	}
	for _, outside := range tidyOutside {
		if tidyWithin(name, outside) {
			r.fault(where, "the domain takes values and returns values; this reaches outside: %s", name)
		}
	}
}

// tidyForeign judges the import of somebody else's module.
func tidyForeign(r *tidyReport, where string, f *tidyFile, name string) {
	if !f.domain() {
		if tidyWithin(name, tidyDecimal) && f.room != tidyPostgres {
			r.fault(where, "decimal belongs in payroll/euro, and in postgres to be stored; here amounts are euro's")
		}
		return
	}
	for module, home := range tidyDomainModules {
		if !tidyWithin(name, module) {
			continue
		}
		if home != "" && home != f.room {
			r.fault(where, "decimal belongs in %s; %s may not import it", home, f.room)
		}
		return
	}
	inTests := slices.ContainsFunc(tidyTestModules, func(module string) bool { return tidyWithin(name, module) })
	if !f.test || !inTests {
		r.fault(where, "the domain may not import %s", name)
	}
}
