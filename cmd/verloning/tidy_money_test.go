package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// tidyClocks are the files of the command and its adapters that may read the machine's clock. They measure how long
// something takes or when to try again; no moment that is kept or shown comes from them, for that is the database's.
var tidyClocks = tidyExceptions{what: "a clock", reasons: map[string]string{
	"cmd/verloning/bench.go":                      "measures the run and its floor: that is what it is for",
	"cmd/verloning/internal/bus/relay.go":         "measures pauses between tries, and how long the oldest row waits, for a gauge",
	"cmd/verloning/internal/bus/tail.go":          "measures how long nothing came",
	"cmd/verloning/internal/embedded/lock.go":     "measures how long it waited for a lock",
	"cmd/verloning/internal/embedded/postgres.go": "measures how long the start took",
}}

// tidyDivisions are the files of the domain, outside euro and calendar, that may divide whole numbers, which rounds
// them down: counts of things, never money or hours.
var tidyDivisions = tidyExceptions{what: "a division", reasons: map[string]string{}}

var (
	// tidyClockNames of package time read the machine's clock.
	tidyClockNames = []string{"Now", "Since", "Until"}
	// tidyZoneNames of package time depend on the machine's zone.
	tidyZoneNames = []string{"Local"}
	// tidyWaitNames of package time wait for the clock, which the domain does not do either.
	tidyWaitNames = []string{"After", "AfterFunc", "LoadLocation", "NewTicker", "NewTimer", "Sleep", "Tick"}
	// tidyDeadlineNames of package context do the same.
	tidyDeadlineNames = []string{"WithDeadline", "WithDeadlineCause", "WithTimeout", "WithTimeoutCause"}
	// tidyRoundingNames are methods and functions of the decimal library and of math/big that round, and are no names
	// of euro's: Cents, CentsDown, CentsUp, Round, RoundTo, DownTo, UpTo, Part and Share are what everybody is to call.
	tidyRoundingNames = []string{
		"Ceil", "Div", "DivRound", "Floor", "FloatString", "Quo", "QuoRem", "RoundBank", "RoundCash", "RoundCeil",
		"RoundDown", "RoundFloor", "RoundUp", "StringFixed", "StringFixedBank", "StringFixedCash", "StringScaled",
		"Trunc", "Truncate",
	}
	// tidySharedNames mean a rounding where the file knows the decimal library, and often something else elsewhere.
	tidySharedNames = []string{"Abs", "Mod", "Pow", "PowInt32", "PowWithPrecision", "Round"}
)

var tidyMoneyRules = []tidyRule{{
	name:  "floats",
	least: 10_000,
	check: tidyFloats,
	caught: map[string]string{
		"float64":        "-- payroll/a.go --\npackage payroll\nvar rate float64\n",
		"float32":        "-- subsidy/a.go --\npackage subsidy\nfunc f(x any) { _ = x.(float32) }\n",
		"ParseFloat":     "-- payroll/euro/a.go --\npackage euro\nvar x, _ = strconv.ParseFloat(`1`, 64)\n",
		"InexactFloat64": "-- payroll/a.go --\npackage payroll\nvar x = d.InexactFloat64()\n",
		"NewFromFloat":   "-- payroll/a.go --\npackage payroll\nvar x = decimal.NewFromFloat(1)\n",
		"0.08":           "-- payroll/a.go --\npackage payroll\nvar x = 0.08\n",
	},
	passes: []string{
		"-- payroll/a.go --\npackage payroll\nvar x = euro.MustNumber(`0.08`)\n",
		"-- payroll/a.go --\npackage payroll\nvar y = 1\n-- payroll/a_test.go --\npackage payroll\nvar x float64 = 0.08\n",
	},
}, {
	name:  "clocks",
	least: 4_500,
	check: tidyTime,
	caught: map[string]string{
		"time.Now":            "-- payroll/calendar/a.go --\npackage calendar\nimport \"time\"\nvar x = time.Now()\n",
		"time.Since":          "-- payroll/calendar/a.go --\npackage calendar\nimport clock \"time\"\nvar x = clock.Since(y)\n",
		"time.Local":          "-- payroll/calendar/a.go --\npackage calendar\nimport \"time\"\nvar x = time.Local\n",
		"context.WithTimeout": "-- payroll/a.go --\npackage payroll\nimport \"context\"\nvar x = context.WithTimeout\n",
		"cmd/verloning/a.go":  "-- cmd/verloning/a.go --\npackage main\nimport \"time\"\nvar x = time.Now\n",
		"migrations/a.go":     "-- migrations/a.go --\npackage migrations\nimport \"time\"\nvar x = time.Until(y)\n",
		"bus/a.go":            "-- cmd/verloning/internal/bus/a.go --\npackage bus\nimport \"time\"\nvar x = y.In(time.Local)\n",
	},
	passes: []string{
		"-- payroll/calendar/a.go --\npackage calendar\nimport \"time\"\nvar x = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)\n",
		"-- payroll/a.go --\npackage payroll\nvar x = time.Now\n", // Its own variable: it does not import the package.
		"-- cmd/verloning/a.go --\npackage main\nimport \"time\"\nvar x = time.After(time.Second)\n" +
			"-- cmd/verloning/a_test.go --\npackage main\nimport \"time\"\nvar y = time.Now()\n",
	},
}, {
	name:  "rounding",
	least: 2_400,
	check: tidyRounding,
	caught: map[string]string{
		"DivRound":        "-- payroll/a.go --\npackage payroll\nvar x = n.DivRound(m, 2)\n",
		"Truncate":        "-- subsidy/a.go --\npackage subsidy\nvar x = n.Truncate(2)\n",
		"StringFixed":     "-- cmd/verloning/internal/postgres/a.go --\npackage postgres\nvar x = n.StringFixed(2)\n",
		"Round rounds":    "-- cmd/verloning/internal/postgres/a.go --\npackage postgres\nimport \"github.com/shopspring/decimal\"\nvar x = decimal.Zero.Round(2)\n",
		"math.Round":      "-- payroll/statute/a.go --\npackage statute\nimport \"math\"\nvar x = math.Round(y)\n",
		"hands out":       "-- payroll/a.go --\npackage payroll\nvar x = n.Decimal()\n",
		"FromDecimal":     "-- cmd/verloning/internal/sepa/a.go --\npackage sepa\nvar x = euro.FromDecimal(y)\n",
		"a division":      "-- payroll/a.go --\npackage payroll\nvar x = a.InCents() / 12\n",
		"payroll/b.go:2:": "-- payroll/b.go --\npackage payroll\nfunc f(x int) { x /= 2 }\n",
	},
	passes: []string{
		"-- payroll/a.go --\npackage payroll\nvar x = a.Times(n).Round(4).RoundTo(s).DownTo(s).Part(r).Cents().Share(w) + 7%2\n",
		"-- payroll/euro/a.go --\npackage euro\nvar x = n.d.Div(m.d).Truncate(2) / 2\n-- payroll/a.go --\npackage payroll\nvar y = f()\n",
		"-- payroll/calendar/a.go --\npackage calendar\nvar x = seconds() / 86400\n",
		"-- cmd/verloning/internal/postgres/a.go --\npackage postgres\nvar x = euro.FromDecimal(y).Decimal()\n",
		"-- cmd/verloning/a.go --\npackage main\nvar x = took().Round(time.Second).Truncate(9) / 2\n",
		"-- payroll/b.go --\npackage payroll\nvar y = f()\n-- payroll/a_test.go --\npackage payroll\nvar x = n.Div(m)\n",
	},
}}

// tidyFloats keeps binary floating point away from money.
func tidyFloats(t *tidyTree, r *tidyReport) {
	for _, f := range t.files {
		if f.test || !f.domain() {
			continue
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.Ident:
				r.look()
				if strings.HasPrefix(n.Name, "float") || strings.Contains(n.Name, "Float") {
					r.fault(t.at(n), "%s: binary floating point touches no money", n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					r.fault(t.at(n), "%s is a binary number: write euro.MustNumber(\"%s\")", n.Value, n.Value)
				}
			}
			return true
		})
	}
}

// tidyTime keeps clocks out of the domain, and the machine's time out of what is kept.
func tidyTime(t *tidyTree, r *tidyReport) {
	for _, f := range t.files {
		if f.test {
			continue
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			r.look()
			name, deadline := f.of("time", selector), f.of("context", selector)
			switch {
			case slices.Contains(tidyZoneNames, name):
				r.fault(t.at(selector), "time.%s is another zone on every machine: days are Europe/Amsterdam, instants UTC", name)
			case f.domain() && (slices.Contains(tidyClockNames, name) || slices.Contains(tidyWaitNames, name)):
				r.fault(t.at(selector), "time.%s: the domain has no clock", name)
			case f.domain() && slices.Contains(tidyDeadlineNames, deadline):
				r.fault(t.at(selector), "context.%s: the domain has no clock", deadline)
			case slices.Contains(tidyClockNames, name) && !t.excuse(tidyClocks, f):
				r.fault(t.at(selector), "time.%s: time comes from the database; a file that only measures durations belongs in tidyClocks", name)
			}
			return true
		})
	}
}

// tidyRounding keeps rounding and sharing out in euro.
func tidyRounding(t *tidyTree, r *tidyReport) {
	for _, f := range t.files {
		if f.test || f.room == "payroll/euro" {
			continue
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.CallExpr:
				r.look()
				tidyCall(t, r, f, n)
			case *ast.BinaryExpr:
				tidyDivide(t, r, f, n, n.Op)
			case *ast.AssignStmt:
				tidyDivide(t, r, f, n, n.Tok)
			}
			return true
		})
	}
}

// tidyCall judges one call.
func tidyCall(t *tidyTree, r *tidyReport, f *tidyFile, call *ast.CallExpr) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	name, decimals := selector.Sel.Name, f.domain() || f.room == tidyPostgres
	switch {
	case (name == "Decimal" && len(call.Args) == 0 || name == "FromDecimal") && f.room != tidyPostgres:
		r.fault(t.at(call), "%s hands out what everybody can round: amounts stay euro's, except to be stored", name)
	case f.domain() && name == f.of("math", selector) && slices.Contains(tidySharedNames, name):
		r.fault(t.at(call), "math.%s: roundings are named calls of euro", name)
	case decimals && slices.Contains(tidyRoundingNames, name),
		f.local(tidyDecimal) != "" && slices.Contains(tidySharedNames, name):
		r.fault(t.at(call), "%s rounds outside euro", name)
	}
}

// tidyDivide judges an operator: a division of whole numbers rounds down.
func tidyDivide(t *tidyTree, r *tidyReport, f *tidyFile, node ast.Node, operator token.Token) {
	if operator != token.QUO && operator != token.QUO_ASSIGN || !f.domain() || f.room == "payroll/calendar" {
		return
	}
	if !t.excuse(tidyDivisions, f) {
		r.fault(t.at(node), "a division rounds: use euro's Part or Share, or name the file in tidyDivisions")
	}
}
