package subsidy

import (
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"sort"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

//go:embed schemes/*.yaml
var schemeFiles embed.FS

// engine is raised by hand whenever a formula of payroll or subsidy changes, so
// that a calculation of before is not mistaken for one of now.
const engine = "3"

// Book holds every scheme that is known at some moment: those that come with the
// program, and beside them those that municipalities added or amended. It is
// never changed once it is made.
type Book struct {
	schemes map[string]Scheme
	own     map[owned]Scheme
	hash    string
	figures string // of schemes and national figures alone
}

// owned names a scheme of a municipality: another may use the same id for
// something else.
type owned struct {
	municipality uuid.UUID
	id           string
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
			return nil, fmt.Errorf("scheme %s: %v", e.Name(), faults)
		}
		b.schemes[s.ID] = s
		_, _ = fmt.Fprintf(sum, "%s:%x\n", e.Name(), sha256.Sum256(text))
	}
	if len(b.schemes) == 0 {
		return nil, errors.New("schemes: none came with the program")
	}
	_, _ = fmt.Fprintf(sum, "statute:%s\n", statute.Hash())
	b.figures = payroll.HashText(sum.Sum(nil))
	_, _ = fmt.Fprintf(sum, "engine:%s\n", engine)
	b.hash = payroll.HashText(sum.Sum(nil))
	return b, nil
}

// Scheme finds a scheme by its id as it holds for contracts that name a
// municipality, or none: the municipality's own, or else the program's.
func (b *Book) Scheme(id string, municipality uuid.UUID) (Scheme, bool) {
	if s, known := b.own[owned{municipality, id}]; known {
		return s, true
	}
	s, known := b.schemes[id]
	return s, known
}

// Of finds the scheme of a contract.
func (b *Book) Of(c payroll.Contract) (Scheme, bool) { return b.Scheme(c.Scheme, c.Municipality) }

// All lists the schemes that come with the program, in order of id.
func (b *Book) All() []Scheme {
	list := make([]Scheme, 0, len(b.schemes))
	for _, s := range b.schemes {
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// Own lists the schemes that a municipality added or amended, in order of id.
func (b *Book) Own(municipality uuid.UUID) []Scheme {
	var list []Scheme
	for key, s := range b.own {
		if key.municipality == municipality {
			list = append(list, s)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// Rules are what a scheme asks of a contract that names a municipality, or none,
// and starts on a day.
func (b *Book) Rules(id string, municipality uuid.UUID, on calendar.Date) (payroll.SchemeRules, bool) {
	scheme, known := b.Scheme(id, municipality)
	rules := payroll.SchemeRules{MinFactor: euro.One}
	version, dated := scheme.Governing(on)
	if !known || !dated {
		return rules, known
	}
	if w := version.Wage; w != nil {
		w.rules(&rules)
	}
	rules.Exclusive, rules.NoContract = version.Status.Exclusive, version.Status.Kind == "benefit"
	for _, rule := range version.Pay {
		rules.HirePrice = rules.HirePrice || rule.Kind == Hire && (rule.Amount.Hourly == nil || rule.Amount.Hourly.Price != nil)
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
