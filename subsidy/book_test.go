package subsidy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
		if known, ok := book.Scheme(s.ID); !ok || len(known.Versions) != len(s.Versions) {
			t.Errorf("%s is not in the book as it stands in its file", file)
		}
		for _, v := range s.Versions {
			found, ok := s.On(v.From.Date)
			if !ok || found.From != v.From || v.Source == "" || len(v.Pay) == 0 {
				t.Errorf("%s: version of %s: %+v", file, v.From, found)
			}
		}
		if _, ok := s.On(s.Versions[0].From.Add(-1)); ok {
			t.Errorf("%s holds before it starts", file)
		}
	}
	again, err := subsidy.LoadBook()
	if err != nil || again.RuleSet() != book.RuleSet() || len(book.RuleSet()) != 64 {
		t.Errorf("the hash of the rules is %q and then %q, %v", book.RuleSet(), again.RuleSet(), err)
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
		{"name: {nl: Proef, en: Trial}", "name: {nl: Proef}", []string{"name:"}},
		{"versions:", "colour: red\nversions:", []string{"colour"}},
		{"trigger: month", "trigger: month\n        tigger: month", []string{"[17:9]"}},
		{"mark: stated\n        cap", "mark: stated\n        mark: stated\n        cap", []string{"mark"}},
		{"2015-01-01", "2015-02-30", []string{"date"}},
		{`"1.02"`, `"0.99"`, []string{"WML art. 7"}},
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
		{`{BUIG: "1"}`, `{BUIG: "2", own: "-1"}`, []string{"own"}},
		{`{BUIG: "1"}`, `{piggybank: "1"}`, []string{"piggybank"}},
		{`{BUIG: "1"}`, `{}`, []string{"sum to 0"}},
		{`fixed: {amount: {value: "100.00", mark: stated}}`, "{}", []string{"there are 0"}},
		{`mark: stated}}`, "mark: stated}}\n          loonkostensubsidie: {article: x}", []string{"there are 2"}},
		{`fixed: {amount: {value: "100.00", mark: stated}}`, `pct: {of: moon, rate: {value: "0.5", mark: stated}}`, []string{"amount.pct.of"}},
		{sound[strings.Index(sound, "versions:"):], "versions: []\n", []string{"versions: there is none"}},
		{sound, "", []string{""}},
		{sound, "[1, 2", []string{""}},
		{sound, "scheme: &a [*a]", []string{""}},
		{sound, strings.Repeat("#", 64<<10+1), []string{"larger than"}},
		{sound, strings.Repeat("[", 60_000), []string{"[1:21] nested"}},
		{sound, strings.Repeat("{a: ", 15_000), []string{"nested"}},
		{sound, strings.Repeat("- ", 30_000), []string{"nested"}},
		{"name: {nl", "x: &x [a, a]\ny: &y [*x, *x]\nname: {nl", []string{"[2:4] anchors"}},
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
			if !strings.Contains(faults[i], want) {
				t.Errorf("%.60q gives %q, which does not name %s", c.new, faults[i], want)
			}
		}
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
		if _, faults := subsidy.ParseScheme([]byte(text)); len(faults) != 1 || !strings.Contains(faults[0], want) {
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
	for _, file := range []string{"schemes/loonkostensubsidie.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, faults := subsidy.ParseScheme(text)
		if len(faults) > 0 {
			return
		}
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
