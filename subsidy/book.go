package subsidy

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

//go:embed schemes/*.yaml
var schemeFiles embed.FS

// engine is raised by hand whenever a formula of payroll or subsidy changes, so
// that a calculation of before is not mistaken for one of now.
const engine = "1"

// maxSchemeFile bounds a scheme file before it is parsed.
const maxSchemeFile = 64 << 10

// Book holds every scheme that is known.
type Book struct {
	schemes map[string]Scheme
	hash    string
}

// LoadBook reads the schemes that come with the program. A fault in one of them
// is a fault of the program, and a test sees to it that there is none.
func LoadBook() (*Book, error) {
	entries, err := schemeFiles.ReadDir("schemes")
	if err != nil {
		return nil, fmt.Errorf("schemes: %w", err)
	}
	b := &Book{schemes: map[string]Scheme{}}
	sum := sha256.New()
	for _, e := range entries {
		text, err := schemeFiles.ReadFile("schemes/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("scheme %s: %w", e.Name(), err)
		}
		s, faults := ParseScheme(text)
		if len(faults) > 0 {
			return nil, fmt.Errorf("scheme %s: %s", e.Name(), strings.Join(faults, "; "))
		}
		b.schemes[s.ID] = s
		_, _ = fmt.Fprintf(sum, "%s:%x\n", e.Name(), sha256.Sum256(text))
	}
	if len(b.schemes) == 0 {
		return nil, errors.New("schemes: none came with the program")
	}
	_, _ = fmt.Fprintf(sum, "statute:%s\nengine:%s\n", statute.Hash(), engine)
	b.hash = payroll.HashText(sum.Sum(nil))
	return b, nil
}

// Scheme finds a scheme by its id.
func (b *Book) Scheme(id string) (Scheme, bool) {
	s, known := b.schemes[id]
	return s, known
}

// All lists the schemes in order of id.
func (b *Book) All() []Scheme {
	list := make([]Scheme, 0, len(b.schemes))
	for _, s := range b.schemes {
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// Rules are what a scheme asks of a contract that starts on a day.
func (b *Book) Rules(id string, on calendar.Date) (payroll.SchemeRules, bool) {
	scheme, known := b.schemes[id]
	rules := payroll.SchemeRules{MinFactor: euro.One}
	version, dated := scheme.On(on)
	if !known || !dated {
		return rules, known
	}
	if version.Wage != nil {
		rules.MinFactor = version.Wage.Factor.Value.Number
	}
	if p := version.Period; p != nil && p.Limits == "contract" && p.Months != nil {
		rules.MaxMonths = p.months()
	}
	return rules, true
}

// RuleSet is a hash over everything that decides an amount: national figures,
// schemes and the formulas' version. A calculation remembers it, and a worker
// with other rules leaves it alone.
func (b *Book) RuleSet() string { return b.hash }

// ParseScheme reads a scheme file strictly and returns every fault it finds; a
// fault of the YAML itself carries its line.
func ParseScheme(text []byte) (Scheme, []string) {
	var s Scheme
	if len(text) > maxSchemeFile {
		return s, []string{fmt.Sprintf("the file is larger than %d bytes", maxSchemeFile)}
	}
	if fault := tangled(text); fault != "" {
		return s, []string{fault}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField())
	if err := decoder.Decode(&s); err != nil {
		return s, []string{yaml.FormatError(err, false, false)}
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return s, []string{"the file holds a second document"}
	}
	return s, s.faults()
}

// maxDepth is how many brackets of a scheme file may be open at once, and how
// many lists may start on one line.
const maxDepth = 20

// tangled refuses, before anything is parsed, what would cost a parser more
// than the file is long: aliases, which a few lines can multiply without end,
// and brackets nested beyond what any scheme needs.
func tangled(text []byte) string {
	depth, starts, line := 0, 0, 0
	for _, t := range lexer.Tokenize(string(text)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return fmt.Sprintf("[%d:%d] anchors and aliases have no place in a scheme", t.Position.Line, t.Position.Column)
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			if t.Position.Line != line {
				starts, line = 0, t.Position.Line
			}
			starts++
		}
		if depth > maxDepth || starts > maxDepth {
			return fmt.Sprintf("[%d:%d] nested too deep", t.Position.Line, t.Position.Column)
		}
	}
	return ""
}

var schemeID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)

// faults checks what holds for every scheme, all at once.
func (s Scheme) faults() []string {
	var found []string
	fault := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if !schemeID.MatchString(s.ID) {
		fault("scheme: %.40q is no id (lower-case letters, digits and hyphens)", s.ID)
	}
	if s.Name.NL == "" || s.Name.EN == "" {
		fault("name: Dutch and English are both needed")
	}
	if len(s.Versions) == 0 {
		fault("versions: there is none")
	}
	for i, v := range s.Versions {
		if i > 0 && !s.Versions[i-1].From.Before(v.From.Date) {
			fault("versions[%d]: starts on %s, not after the version before", i, v.From)
		}
		for _, f := range v.faults() {
			fault("versions[%d]: %s", i, f)
		}
	}
	return found
}

func (v Version) faults() []string {
	var found []string
	fault := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if v.From.IsZero() {
		fault("from: a day is missing")
	}
	if v.Source == "" {
		fault("source: every version names its source")
	}
	if !slices.Contains([]string{"employee", "benefit"}, v.Status.Kind) {
		fault("status.kind: %q is not employee or benefit", v.Status.Kind)
	}
	if v.Wage != nil && v.Wage.Base != "WML" {
		fault("wage.base: %q is not WML", v.Wage.Base)
	}
	if v.Wage != nil && v.Wage.Factor.Value.Cmp(euro.One) < 0 {
		fault("wage.factor: %s is below the minimum wage (WML art. 7)", v.Wage.Factor.Value)
	}
	if v.Period != nil && !slices.Contains([]string{"subsidy", "contract"}, v.Period.Limits) {
		fault("period.limits: %q is not subsidy or contract", v.Period.Limits)
	}
	if v.Period != nil && v.Period.Months != nil {
		if n, err := v.Period.Months.Value.Int(); err != nil || n < 1 || n > 600 {
			fault("period.months: %s is no number of months", v.Period.Months.Value)
		}
	}
	ids := map[string]bool{}
	for _, rule := range v.Pay {
		if ids[rule.ID] {
			fault("pay %s: the id is used twice", rule.ID)
		}
		ids[rule.ID] = true
		for _, f := range rule.faults() {
			fault("pay %s: %s", rule.ID, f)
		}
	}
	return found
}

func (r PayRule) faults() []string {
	var found []string
	fault := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	one := func(field, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			fault("%s: %q is not one of %s", field, value, strings.Join(allowed, ", "))
		}
	}
	if r.ID == "" {
		fault("id: is missing")
	}
	// Only what is computed is accepted: a rule that would be passed over in
	// silence is worse than one that is refused.
	one("kind", string(r.Kind), string(Subsidy))
	one("payer", r.Payer, "municipality")
	one("payee", r.Payee, "employer")
	one("trigger", r.Trigger, "month")
	one("cap", r.Cap, "", "wage_cost")
	one("document", r.Document, "decision", "agreement", "invoice")
	one("mark", string(r.Mark), string(Stated), string(Public), string(Setting))
	if r.Amount.forms() != 1 {
		fault("amount: exactly one of fixed, pct, loonkostensubsidie is needed, there are %d", r.Amount.forms())
	}
	if p := r.Amount.Pct; p != nil {
		one("amount.pct.of", p.Of, "wage_cost", "WML")
		one("amount.pct.rate.mark", string(p.Rate.Mark), string(Stated), string(Public), string(Setting))
		if p.Rate.Value.Sign() <= 0 || p.Rate.Value.Cmp(euro.Int(2)) > 0 {
			fault("amount.pct.rate: %s is no share (0.50 is half)", p.Rate.Value)
		}
	}
	if f := r.Amount.Fixed; f != nil {
		one("amount.fixed.mark", string(f.Amount.Mark), string(Stated), string(Public), string(Setting))
		if _, err := f.Amount.Value.Amount(); err != nil || f.Amount.Value.Sign() <= 0 {
			fault("amount.fixed: %s is no amount of money", f.Amount.Value)
		}
	}
	var shares euro.Number
	for _, source := range slices.Sorted(maps.Keys(r.Budget)) {
		share := r.Budget[source]
		if !slices.Contains(Sources, Source(source)) {
			fault("budget: %q is no source", source)
		}
		if share.Sign() < 0 {
			fault("budget: the share of %s is %s, below nought", source, share)
		}
		shares = shares.Add(share.Number)
	}
	if !shares.Equal(euro.One) {
		fault("budget: the shares sum to %s, not to 1", shares)
	}
	return found
}

func (a AmountForm) forms() int {
	n := 0
	for _, set := range []bool{a.Fixed != nil, a.Pct != nil, a.Loonkostensubsidie != nil} {
		if set {
			n++
		}
	}
	return n
}
