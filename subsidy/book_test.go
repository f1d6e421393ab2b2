package subsidy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// Every file of the directory is in the book under its own name, parses without
// a fault, names a source for each version and starts with one.
func TestEmbeddedSchemes(t *testing.T) {
	files, err := filepath.Glob("schemes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemes: %v", err)
	}
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(book.All()); n != len(files) {
		t.Errorf("the book has %d schemes of %d files", n, len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, faults := subsidy.ParseScheme(text)
		if len(faults) > 0 || s.ID+".yaml" != filepath.Base(file) {
			t.Errorf("%s: scheme %q, %q", file, s.ID, faults)
		}
		sameAsDecoder(t, text, s)
		if known, ok := book.Scheme(s.ID, uuid.Nil); !ok || len(known.Versions) != len(s.Versions) {
			t.Errorf("%s is not in the book as it stands in its file", file)
		}
		for _, v := range s.Versions {
			found, ok := s.On(v.From.Date)
			if !ok || found.From != v.From || v.Source == "" {
				t.Errorf("%s: version of %s: %+v", file, v.From, found)
			}
		}
		if _, ok := s.On(s.Versions[0].From.Add(-1)); ok {
			t.Errorf("%s holds before it starts", file)
		}
	}
	toldInReadme(t, book.All())
	again, err := subsidy.LoadBook()
	if err != nil || again.RuleSet() != book.RuleSet() || len(book.RuleSet()) != 64 {
		t.Errorf("the hash of the rules is %q and then %q, %v", book.RuleSet(), again.RuleSet(), err)
	}
}

// toldInReadme wants the README to count the schemes as they are.
func toldInReadme(t *testing.T, all []subsidy.Scheme) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, s := range all {
		if s.Versions[0].Status.Kind == "benefit" {
			kept++
		}
	}
	want := fmt.Sprintf("There are %d schemes that come with the program: %d with an employment contract and %d where the benefit is kept", len(all), len(all)-kept, kept)
	if !strings.Contains(strings.Join(strings.Fields(string(readme)), " "), want) {
		t.Errorf("the README does not say: %s", want)
	}
}

// sound is a scheme file without a fault, to break one thing at a time.
const sound = `scheme: test
name: {nl: Proef, en: Trial}
versions:
  - from: 2015-01-01
    source: "a source"
    status: {kind: employee, employer: firm}
    wage:
      base: WML
      factor: {value: "1.02", mark: stated}
    period: {months: {value: "24", mark: stated}, limits: subsidy}
    pay:
      - id: lks
        kind: subsidy
        payer: municipality
        payee: employer
        trigger: month
        amount:
          fixed: {amount: {value: "100.00", mark: stated}}
        mark: stated
        cap: wage_cost
        document: decision
        budget: {BUIG: "1"}
`

// One line for each fault: what is written instead of what, and what the
// parser must name. Several faults are told at once.
func TestBrokenSchemes(t *testing.T) {
	if s, faults := subsidy.ParseScheme([]byte(sound)); len(faults) > 0 || s.Versions[0].Pay[0].Amount.Fixed == nil || s.Versions[0].From.Date != calendar.MustParse("2015-01-01") {
		t.Fatalf("the sound scheme is not: %+v, %q", s, faults)
	}
	for _, c := range []struct {
		old, new string
		want     []string // one for each fault
	}{
		{"scheme: test", `scheme: ""`, []string{"is no id"}},
		{"name: {nl: Proef, en: Trial}", "name: {nl: Proef}", []string{"name.en: is missing"}},
		{"versions:", "colour: red\nversions:", []string{"colour"}},
		{"trigger: month", "trigger: month\n        tigger: month", []string{"line 17: versions[0].pay[0].tigger"}},
		{"mark: stated\n        cap", "mark: stated\n        mark: stated\n        cap", []string{"mark"}},
		{"2015-01-01", "2015-02-30", []string{"date"}},
		{`"1.02"`, `"0.99"`, []string{"WML art. 7"}},
		{`{BUIG: "1"}`, `{BUIG: "0.5", W: "0.5"}`, []string{"never existed in the same year"}},
		{`"1.02"`, `"1e9"`, []string{"number"}},
		{`"100.00"`, `"a lot"`, []string{"number"}},
		{`source: "a source"`, `source: ""`, []string{"source"}},
		{"kind: employee", "kind: slave", []string{"status.kind"}},
		{"limits: subsidy", "limits: sky", []string{"period.limits"}},
		{"kind: subsidy", "kind: gift", []string{"kind"}},
		{"payer: municipality", "payer: somebody", []string{"payer"}},
		{"payee: employer", "payee: nobody", []string{"payee"}},
		{"trigger: month", "trigger: year", []string{"trigger"}},
		{"cap: wage_cost", "cap: sky", []string{"cap"}},
		{"document: decision", "document: napkin", []string{"document"}},
		{`{BUIG: "1"}`, `{BUIG: "0.99"}`, []string{"0.99"}},
		{`{BUIG: "1"}`, `{BUIG: "2", own: "-1"}`, []string{"own: -1: a share is above nought"}},
		{`{BUIG: "1"}`, `{BUIG: "0.5", own: "0.4"}`, []string{"sum to 0.9"}},
		{`{BUIG: "1"}`, `{piggybank: "1"}`, []string{"piggybank"}},
		{`{BUIG: "1"}`, `{}`, []string{"sum to 0"}},
		{`fixed: {amount: {value: "100.00", mark: stated}}`, "{}", []string{"there are 0"}},
		{`mark: stated}}`, "mark: stated}}\n          loonkostensubsidie: {article: x}", []string{"there are 2"}},
		{`fixed: {amount: {value: "100.00", mark: stated}}`, `pct: {of: moon, rate: {value: "0.5", mark: stated}}`, []string{"amount.pct.of"}},
		{sound[strings.Index(sound, "versions:"):], "versions: []\n", []string{"versions: there is none"}},
		{sound, "", []string{"line 1: the file is empty"}},
		{sound, "---\n# nothing\n", []string{"the file is empty"}},
		{sound, "just a text", []string{"a block of keys"}},
		{sound, sound + "---\n" + sound, []string{"line 24: a second document"}},
		{"scheme: test", "scheme: \xff", []string{"UTF-8"}},
		{"scheme: test", "scheme: !!str test", []string{"tags such as"}},
		{"scheme: test", "scheme: 12", []string{"put 12 in quotes"}},
		{"scheme: test", "scheme: true", []string{"put true in quotes"}},
		{`"1.02"`, `yes`, []string{"not a number"}},
		{`"1.02"`, `true`, []string{"not a number"}},
		{`"1.02"`, `[a]`, []string{"a number in quotes belongs here"}},
		{"scheme: test", "scheme:", []string{"line 1: scheme: is empty"}},
		{"scheme: test", "scheme: test\n1: b", []string{"is no key"}},
		{"scheme: test", "scheme: test\nscheme: test", []string{"line 2: scheme: this key is there already"}},
		{`source: "a source"`, `source: "` + strings.Repeat("x", 401) + `"`, []string{"401 letters"}},
		{`source: "a source"`, `source: [a]`, []string{"not a list"}},
		{"employer: firm", `employer: " "`, []string{"may not be empty"}},
		{"employer: firm", "employer: firm, exclusive: 1", []string{"true or false"}},
		{"employer: firm", "employer: firm, with_benefit: perhaps", []string{"never, offset"}},
		{"employer: firm", "employer: firm, hours_per_week: {value: '20', mark: stated}", []string{"the contract names the hours"}},
		{"kind: employee", "kind: benefit", []string{"no employer here", "no wage", "choose provider or person"}},
		{`"1.02"`, `1.02`, []string{`in quotes: "1.02"`}},
		{`{value: "1.02", mark: stated}`, `{value: "1.02", mark: guessed}`, []string{"stated, public, setting"}},
		{`{value: "1.02", mark: stated}`, `"1.02"`, []string{"a block of keys"}},
		{"base: WML", `base: WML
      full_time_hours: {value: "29.99", mark: stated}`, []string{"30 to 48"}},
		{`"24"`, `"2.5"`, []string{"whole number of months"}},
		{`"24"`, `"601"`, []string{"1 to 600"}},
		{"limits: subsidy}", "limits: subsidy, review_months: [6, 6, 25]}", []string{"month 6 does not come after month 6", "month 25 is after the end"}},
		{"limits: subsidy}", "limits: subsidy, review_months: 6}", []string{"a list belongs here"}},
		{"limits: subsidy}", "limits: subsidy, review_months: [0x6]}", []string{"a whole number"}},
		{"    pay:", "    eligibility: {require: [a, a, ''], places: -1}\n    pay:", []string{"is there already", "is empty", "-1 places"}},
		{"    pay:", "    exits: [work, work]\n    outcome: {event: '', contract_months: -1, base: planets}\n    pay:", []string{"is there already", "may not be empty", "-1 months", "not one of referrals"}},
		{sound, "[1, 2", []string{""}},
		{sound, "scheme: &a [*a]", []string{""}},
		{sound, strings.Repeat("#", 64<<10+1), []string{"larger than"}},
		{sound, strings.Repeat("[", 60_000), []string{"line 1: nested"}},
		{sound, strings.Repeat("{a: ", 15_000), []string{"nested"}},
		{sound, strings.Repeat("- ", 30_000), []string{"nested"}},
		{"name: {nl", "x: &x [a, a]\ny: &y [*x, *x]\nname: {nl", []string{"line 2: anchors"}},
		{"pay:", "pay: a lot\n    pays:", []string{"a list belongs here", "unknown key"}},
		{"id: lks", "id: LKS", []string{"is no id"}},
		{"kind: subsidy", "kind: premium", []string{"not one of person", "no wage cost"}},
		{"kind: subsidy", "kind: fee", []string{"vat: is missing"}},
		{"kind: subsidy", "kind: fee\n        vat: {compensable: {value: '1.01', mark: setting}}", []string{"from \"0\" to \"1\""}},
		{"kind: subsidy", "kind: subsidy\n        vat: {compensable: {value: '1', mark: setting}}", []string{"a subsidy carries no VAT"}},
		{"kind: subsidy", "kind: hire", []string{"payer", "amount.fixed", "no cap", "document", "budget"}},
		{"kind: subsidy", "kind: internal", []string{"payee", "trigger", "amount", "no cap", "document"}},
		{"kind: subsidy", "kind: internal\n        vat: {compensable: {value: '1', mark: setting}}", []string{"carries no VAT", "payee", "trigger", "amount", "no cap", "document"}},
		{"        payee: employer\n", "", []string{"payee"}},
		{`{BUIG: "1"}`, `{BUIG: 1}`, []string{"in quotes"}},
		{`"100.00"`, `"100.001"`, []string{"at most two decimals"}},
		{"cap: wage_cost", "cap: wage_cost_total", []string{"parts only"}},
		{"trigger: month", "trigger: milestone", []string{"only parts"}},
		{"kind: subsidy\n        payer: municipality\n        payee: employer", "kind: gift\n        payer: x\n        payee: y", []string{"kind", "payer", "payee"}},
		{`source: "a source"` + "\n    status: {kind: employee, employer: firm}", "status: {kind: x, employer: firm}", []string{"source", "status.kind"}},
	} {
		text := strings.Replace(sound, c.old, c.new, 1)
		if text == sound {
			t.Errorf("%q is not in the scheme, so that nothing is broken", c.old)
			continue
		}
		_, faults := subsidy.ParseScheme([]byte(text))
		if len(faults) != len(c.want) {
			t.Errorf("%.60q gives %q, want faults about %q", c.new, faults, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(faults[i].In("en"), want) {
				t.Errorf("%.60q gives %q, which does not name %s", c.new, faults[i], want)
			}
			if faults[i].In("nl") == faults[i].In("en") || strings.Contains(faults[i].In("nl")+faults[i].In("en"), "%!") {
				t.Errorf("%.60q is not told in two languages: %q", c.new, faults[i].Text)
			}
		}
	}
}

// A scheme's wage has one of three bases with what belongs to it and nothing else.
// A line without a fault shows that the fault is of what it names.
func TestWagesOfSchemes(t *testing.T) {
	step := func(years int, factor string) string {
		return fmt.Sprintf(`{years: %d, factor: {value: "%s", mark: setting}}`, years, factor)
	}
	steps := func(list ...string) string { return "base: steps\n      steps: [" + strings.Join(list, ", ") + "]" }
	const factor = `factor: {value: "1.00", mark: stated}`
	for _, c := range []struct {
		wage string
		want []string
	}{
		{"base: WML\n      " + factor, nil},
		{"base: WML", []string{"line 7: versions[0].wage.factor: is missing"}},
		{"base: amount\n      amount: {value: \"15.2525\", mark: stated}", nil},
		{"base: amount", []string{"wage.amount: is missing"}},
		{"base: amount\n      amount: {value: \"15.25255\", mark: stated}", []string{"line 9: versions[0].wage.amount.value: 15.25255: write a wage"}},
		{"base: amount\n      amount: {value: \"0\", mark: stated}", []string{"write a wage"}},
		{"base: amount\n      amount: {value: \"250.01\", mark: stated}", []string{"write a wage"}},
		{"base: amount\n      amount: {value: \"15\", mark: guessed}\n      " + factor, []string{"stated, public, setting", "line 10: versions[0].wage.factor: goes with base: WML only"}},
		{steps(step(0, "1.00")), nil},
		{steps(step(0, "1.00"), step(1, "1.00"), step(60, "3")), nil},
		{"base: steps", []string{"wage.steps: is missing"}},
		{steps(), []string{"wage.steps: is missing"}},
		{steps(step(1, "1.00")), []string{"line 9: versions[0].wage.steps[0].years: the first step begins at 0"}},
		{steps(step(0, "1.00"), step(2, "1.04"), step(2, "1.08"), step(61, "1.08")), []string{"steps[2].years: 2 years do not come after 2", "61 years cannot be"}},
		{steps(step(0, "0.99"), step(1, "3.01"), step(2, "3.00001")), []string{"steps[0].factor.value: 0.99", "3.01", "steps[2].factor: 3.00001 is less", "steps[2].factor.value: 3.00001: write"}},
		{steps(step(0, "1.10"), step(1, "1.09")), []string{"steps[1].factor: 1.09 is less than the step before (1.1)"}},
		{steps(step(0, "1.00")) + "\n      " + factor, []string{"factor: goes with base: WML only"}},
		{steps(`{years: 0, factor: "1"}`), []string{"a block of keys"}},
		{steps(`{years: "0"}`), []string{"a whole number", "factor: is missing"}},
		{steps(strings.Fields(strings.Repeat("{} ", 51))...), nil},
		{"base: cao\n      " + factor, []string{"WML, amount, steps"}},
	} {
		head, rest, _ := strings.Cut(sound, "base: WML\n      factor: {value: \"1.02\", mark: stated}")
		_, faults := subsidy.ParseScheme([]byte(head + c.wage + rest))
		if strings.Contains(c.wage, "{}") {
			if !slices.ContainsFunc(faults, func(f subsidy.Fault) bool { return strings.Contains(f.In("en"), "51 steps; at most 50") }) {
				t.Errorf("51 steps: %q", faults)
			}
			continue
		}
		for i := range max(len(faults), len(c.want)) {
			if i >= len(faults) || i >= len(c.want) || !strings.Contains(faults[i].In("en"), c.want[i]) || faults[i].In("nl") == faults[i].In("en") {
				t.Errorf("%s: %q, want %q", c.wage, faults, c.want)
				break
			}
		}
	}
}

// withAmount is the sound scheme with another pay rule.
func withAmount(kind, amount, rest string) string {
	head, _, _ := strings.Cut(sound, "      - id: lks")
	payer, document, budget := "municipality", "decision", "        budget: {own: \"1\"}\n"
	if kind == "hire" {
		payer, document, budget = "inlener", "invoice", ""
	}
	return head + "      - id: one\n        kind: " + kind + "\n        payer: " + payer + "\n        payee: employer\n        mark: setting\n        document: " + document +
		"\n" + budget + "        amount: {" + amount + "}\n        " + rest + "\n"
}

// Each form of an amount has its own limits, and suits a kind, a trigger and a
// cap. A line without a fault shows that the fault is of what it names.
func TestFormsOfAmounts(t *testing.T) {
	const (
		month = "trigger: month"
		costs = "trigger: month\n        cap: wage_cost"
	)
	for _, c := range []struct{ kind, amount, rest, want string }{
		{"subsidy", `fixed: {amount: {value: "0.01", mark: stated}}`, month, ""},
		{"subsidy", `fixed: {amount: {value: "0", mark: stated}}`, month, "fixed.amount.value: 0"},
		{"fee", `fixed: {amount: {value: "10", mark: stated}}`, "trigger: month\n        vat: {compensable: {value: '0', mark: stated}}", ""},
		{"subsidy", `pct: {of: wage_cost, rate: {value: "2", mark: stated}}`, costs, ""},
		{"subsidy", `pct: {of: wage_cost, rate: {value: "2", mark: stated}}`, month, "has cap: wage_cost"},
		{"subsidy", `pct: {of: wage_cost, rate: {value: "2.01", mark: stated}}`, costs, "no share"},
		{"subsidy", `pct: {of: wage_cost, rate: {value: "0", mark: stated}}`, costs, "no share"},
		{"subsidy", `pct: {of: WML, with_holiday_allowance: true, rate: {value: "1", mark: stated}}`, month, ""},
		{"subsidy", `pct: {of: wage_cost, with_holiday_allowance: true, rate: {value: "1", mark: stated}}`, costs, "of: WML only"},
		{"subsidy", `pct: {of: WML, at_minimum: true, rate: {value: "1", mark: stated}}`, month, "of: wage_cost only"},
		{"subsidy", `pct: {of: WML, employer_charges: {value: "1", mark: stated}, rate: {value: "1", mark: stated}}`, month, "of: wage_cost only"},
		{"subsidy", `pct: {of: wage_cost, employer_charges: {value: "1", mark: stated}, rate: {value: "1", mark: stated}}`, costs, ""},
		{"subsidy", `pct: {of: wage_cost, employer_charges: {value: "20", mark: stated}, rate: {value: "1", mark: stated}}`, costs, "a fifth on top"},
		{"hire", `pct: {of: wage_cost, rate: {value: "1", mark: stated}}`, month, ""},
		{"hire", `pct: {of: WML, rate: {value: "1", mark: stated}}`, month, "a share of the wage cost"},
		{"hire", `pct: {of: wage_cost, at_minimum: true, rate: {value: "1", mark: stated}}`, month, "does not go with a hire price"},
		{"hire", `fixed: {amount: {value: "10", mark: stated}}`, month, "a price an hour"},
		{"hire", "hourly: {}", month, ""},
		{"hire", `hourly: {price: {value: "12.3456", mark: setting}}`, month, ""},
		{"hire", `hourly: {price: {value: "12.34567", mark: setting}}`, month, "four decimals"},
		{"hire", `hourly: {price: {value: "0", mark: setting}}`, month, "above nought"},
		{"subsidy", "hourly: {}", month, "kind: hire only"},
		{"hire", `cost_price: {risk: {value: "0", mark: setting}, overhead: {value: "1", mark: stated}}`, month, ""},
		{"hire", `cost_price: {risk: {value: "0.05", mark: setting}}`, month, "overhead: is missing"},
		{"hire", `cost_price: {risk: {value: "5", mark: setting}, overhead: {value: "0.1", mark: stated}}`, month, "cost_price.risk.value: 5: write a share"},
		{"hire", `cost_price: {risk: {value: "0.05", mark: setting}, overhead: {value: "-0.1", mark: stated}}`, month, "cost_price.overhead.value"},
		{"hire", `cost_price: {risk: {value: "0.05", mark: setting}, overhead: {value: "0.1", mark: stated}}`, "trigger: month\n        cap: wage_cost", "a hire price has no cap"},
		{"subsidy", `cost_price: {risk: {value: "0.05", mark: setting}, overhead: {value: "0.1", mark: stated}}`, month, "kind: hire only"},
		{"subsidy", `gap: {of: WML, by: productivity, max_share: "1"}`, month, ""},
		{"subsidy", `gap: {of: WML, by: productivity, max_share: "1.01"}`, month, "max_share: 1.01"},
		{"subsidy", `gap: {of: wage_cost, by: productivity, max_share: "1"}`, month, "gap.of"},
		{"subsidy", `gap: {of: WML, by: age, max_share: "1"}`, month, "gap.by"},
		{"hire", `gap: {of: WML, by: productivity, max_share: "1"}`, month, "kind: subsidy only"},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4", month_24: "0.6"}}`, "trigger: milestone", ""},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4", month_24: "0.6"}}`, "trigger: milestone\n        cap: wage_cost_total", ""},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4", month_24: "0.6"}}`, "trigger: milestone\n        cap: wage_cost", "wage_cost_total, or"},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4", month_24: "0.6"}}`, month, "write trigger: milestone"},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4", month_25: "0.6"}}`, "trigger: milestone", "month_1 to month_24"},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4", month_01: "0.6"}}`, "trigger: milestone", "no milestone"},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "0.4"}}`, "trigger: milestone", "sum to 0.4"},
		{"subsidy", `parts: {price: {value: "9", mark: stated}, shares: {start: "1", month_1: "0"}}`, "trigger: milestone", "above nought"},
		{"subsidy", `parts: {price: {value: "9.999", mark: stated}, shares: {start: "1"}}`, "trigger: milestone", "two decimals"},
		{"subsidy", "loonkostensubsidie: {article: art}", month, ""},
		{"subsidy", "loonkostensubsidie: {}", month, "article: is missing"},
		{"hire", "loonkostensubsidie: {article: art}", month, "kind: subsidy only"},
	} {
		text := withAmount(c.kind, c.amount, c.rest)
		_, faults := subsidy.ParseScheme([]byte(text))
		switch {
		case c.want == "" && len(faults) > 0:
			t.Errorf("%s %s: %q", c.kind, c.amount, faults)
		case c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].In("en"), c.want)):
			t.Errorf("%s %s: %q, want %q", c.kind, c.amount, faults, c.want)
		}
	}
}

// Faults of the form and of the meaning come together, in the order of the
// file, each with where it stands.
func TestEveryFaultAtOnce(t *testing.T) {
	text := sound
	for _, c := range [][2]string{
		{"municipality", "municipality\n        colour: red"},
		{`value: "1.02"`, `value: 1.02`},
		{"2015-01-01", "2015-02-30"},
		{"kind: subsidy", "kind: gift"},
		{`{BUIG: "1"}`, `{BUIG: "0.5", W: "0.4"}`},
	} {
		text = strings.Replace(text, c[0], c[1], 1)
	}
	_, faults := subsidy.ParseScheme([]byte(text))
	want := []struct {
		line, column int
		path, nl, en string
	}{
		{4, 5, "versions[0].from", "is geen datum", "is not a date"},
		{9, 16, "versions[0].wage.factor.value", "tussen aanhalingstekens", "in quotes"},
		{13, 9, "versions[0].pay[0].kind", `"gift" kan hier niet; kies uit subsidy, fee, hire, premium, internal`, `"gift" is not one of subsidy, fee, hire, premium, internal`},
		{15, 9, "versions[0].pay[0].colour", "onbekende sleutel; kies uit id, kind", "unknown key; choose from id, kind"},
		{23, 9, "versions[0].pay[0].budget", "samen 0.9", "sum to 0.9"},
	}
	if len(faults) != len(want) {
		t.Fatalf("%d faults: %q", len(faults), faults)
	}
	for i, w := range want {
		if f := faults[i]; f.Line != w.line || f.Column != w.column || f.Path != w.path || !strings.Contains(f.Text.NL, w.nl) || !strings.Contains(f.Text.EN, w.en) {
			t.Errorf("%+v, want %+v", f, w)
		}
	}
	if got, want := faults[2].In("nl"), `regel 13: versions[0].pay[0].kind: "gift" kan hier niet; kies uit subsidy, fee, hire, premium, internal`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !strings.HasPrefix(faults[2].String(), "line 13: ") {
		t.Errorf("%s is not English", faults[2])
	}
}

// However much is wrong, the answer stays small and says so.
func TestFaultsAreBounded(t *testing.T) {
	text := "scheme: test\n"
	for i := range 5000 {
		text += fmt.Sprintf("x%d: 1\n", i)
	}
	_, faults := subsidy.ParseScheme([]byte(text))
	if len(faults) != 101 || !strings.Contains(faults[100].In("en"), "4902 faults more") {
		t.Errorf("%d faults, the last: %s", len(faults), faults[len(faults)-1])
	}
	many := strings.Replace(sound, "    pay:\n", "    pay:\n"+strings.Repeat("      - {id: x}\n", 20), 1)
	if _, faults := subsidy.ParseScheme([]byte(many)); !slices.ContainsFunc(faults, func(f subsidy.Fault) bool { return strings.Contains(f.In("en"), "21 pay rules; at most 20") }) {
		t.Errorf("21 rules: %q", faults)
	}
	_, version, _ := strings.Cut(sound, "versions:\n")
	if _, faults := subsidy.ParseScheme([]byte(sound + strings.Repeat(version, 50))); !strings.Contains(faults[0].In("en"), "51 versions; at most 50") {
		t.Errorf("51 versions: %q", faults[0])
	}
}

// What is read here is what the YAML library's own strict decoder reads.
func sameAsDecoder(t *testing.T, text []byte, s subsidy.Scheme) {
	t.Helper()
	var other subsidy.Scheme
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(&other); err != nil {
		t.Fatalf("the library refuses what is sound here: %v\n%q", err, text)
	}
	a, errA := json.Marshal(s)
	b, errB := json.Marshal(other)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Fatalf("read %s\nbut the library reads %s, %v, %v", a, b, errA, errB)
	}
}

// Versions run forward in time, and one id has one rule.
func TestVersionsInOrder(t *testing.T) {
	head, version, _ := strings.Cut(sound, "versions:\n")
	head += "versions:\n"
	later := strings.Replace(version, "2015-01-01", "2020-07-01", 1)
	s, faults := subsidy.ParseScheme([]byte(head + version + later))
	if len(faults) > 0 || len(s.Versions) != 2 {
		t.Fatalf("%d versions, %q", len(s.Versions), faults)
	}
	for day, want := range map[string]string{"2020-06-30": "2015-01-01", "2020-07-01": "2020-07-01"} {
		if v, ok := s.On(calendar.MustParse(day)); !ok || v.From.String() != want {
			t.Errorf("on %s the version of %s holds", day, v.From)
		}
	}
	rule := version[strings.Index(version, "      - id"):]
	for text, want := range map[string]string{head + version + version: "not after", head + later + version: "not after", head + version + rule: "used twice"} {
		if _, faults := subsidy.ParseScheme([]byte(text)); len(faults) != 1 || !strings.Contains(faults[0].In("en"), want) {
			t.Errorf("%q, want %s", faults, want)
		}
	}
}

// Budgets existed in their own years.
func TestBudgetYears(t *testing.T) {
	for _, c := range []struct {
		source      subsidy.Source
		first, last int
	}{{subsidy.WDeel, 2004, 2008}, {subsidy.IDeel, 2004, 2008}, {subsidy.Participatie, 2009, 2014}, {subsidy.BUIG, 2010, 2199}, {subsidy.Own, 1900, 2199}} {
		for year := 1900; year <= 2199; year++ {
			if c.source.Exists(year) != (year >= c.first && year <= c.last) {
				t.Errorf("%s in %d: %t", c.source, year, c.source.Exists(year))
			}
		}
	}
	if subsidy.Source("piggybank").Exists(2026) || slices.Contains(subsidy.Sources, "piggybank") {
		t.Error("a piggybank is a budget")
	}
}

// FuzzParseScheme looks for a file that brings the parser down, or that is
// taken for sound while the kernel could not use it.
func FuzzParseScheme(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte(strings.Replace(sound, `"1.02"`, "1.02", 1)))
	f.Add([]byte("a: &a [*a, *a]\nb: &b [*a, *a]"))
	f.Add([]byte("scheme: !!binary x\nversions: {}"))
	f.Add([]byte("---\n...\n---"))
	for _, file := range []string{"schemes/loonkostensubsidie.yaml", "schemes/breda-opstapbaan.yaml", "schemes/uden-warmm.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, faults := subsidy.ParseScheme(text)
		if len(faults) > 101 {
			t.Fatalf("%d faults of one file", len(faults))
		}
		for _, f := range faults {
			if f.Line < 0 || f.Column < 0 || f.Text.NL == "" || f.Text.EN == "" {
				t.Fatalf("a broken fault: %+v", f)
			}
		}
		if len(faults) > 0 {
			return
		}
		_ = subsidy.Ordinance(s, "nl") + subsidy.Ordinance(s, "en")
		if s.ID == "" || len(s.Versions) == 0 {
			t.Fatalf("an empty scheme is sound: %q", text)
		}
		for _, v := range s.Versions {
			if _, ok := s.On(v.From.Date); !ok {
				t.Fatalf("no version on %s: %q", v.From, text)
			}
		}
	})
}

// What the sources state of schemes where the benefit is kept stands in their files:
// months, requirements, reasons of exit, and what is paid at all.
func TestStatedOfBenefitSchemes(t *testing.T) {
	for _, c := range []struct {
		scheme                           string
		months, more, before             string // of the period, its extension and the diagnosis
		require, exits, places, products int
		pays                             bool
	}{
		{"krimpen-spoor-0", "", "", "", 1, 4, 0, 0, false},
		{"krimpen-spoor-1", "", "", "", 0, 4, 0, 0, false},
		{"krimpen-spoor-1-werkbedrijf", "", "", "", 7, 4, 0, 0, false},
		{"krimpen-spoor-2", "6", "6", "3", 8, 4, 0, 0, true},
		{"krimpen-spoor-3", "12", "6", "3", 3, 4, 0, 0, true},
		{"krimpen-spoor-4", "", "", "", 1, 4, 0, 0, false},
		{"krimpen-spoor-5", "", "", "", 1, 3, 0, 0, false},
		{"oss-werkstage", "3", "3", "", 1, 3, 0, 0, false},
		{"bergen-op-zoom-proefplaatsing", "2", "4", "", 2, 2, 0, 0, false},
		{"bergen-op-zoom-springplank", "", "", "", 1, 2, 50, 0, false},
		{"helmond-actief", "24", "", "", 3, 4, 0, 4, true},
		{"breda-samen-naar-werk", "18", "", "", 1, 3, 0, 0, true},
		{"tilburg-participatieproject", "", "", "", 1, 2, 300, 0, true},
		{"tilburg-noma", "", "", "", 1, 2, 0, 0, false},
		{"emmen-plan", "", "", "1", 1, 3, 0, 0, false},
	} {
		v := bookScheme(t, c.scheme).Versions[0]
		p := subsidy.SubsidyPeriod{}
		if v.Period != nil {
			p = *v.Period
		}
		of := func(m *subsidy.Marked) string {
			if m == nil {
				return ""
			}
			return m.Value.String()
		}
		products, pays := 0, false
		for _, r := range v.Pay {
			if r.Product != "" {
				products++
			}
			pays = pays || r.Kind != subsidy.Internal
		}
		if of(p.Months) != c.months || of(p.Extension) != c.more || of(p.Before) != c.before || len(v.Eligibility.Require) != c.require || len(v.Exits) != c.exits ||
			v.Eligibility.Places != c.places || products != c.products || pays != c.pays {
			t.Errorf("%s: %+v %+v, %q, %d rules", c.scheme, p, v.Eligibility, v.Exits, len(v.Pay))
		}
		if v.Status.Kind != "benefit" || v.Status.WithBenefit != "kept" || v.Wage != nil || v.Status.Employer != "" {
			t.Errorf("%s: %+v, wage %+v", c.scheme, v.Status, v.Wage)
		}
	}
	for id, want := range map[string]string{"oss-werkende-weg": "never", "den-bosch-verloning": "never", "tilburg-participatiebanen": "never", "loonkostensubsidie": "offset"} {
		if got := bookScheme(t, id).Versions[0].Status.WithBenefit; got != want {
			t.Errorf("%s: with_benefit %q, want %q", id, got, want)
		}
	}
}
