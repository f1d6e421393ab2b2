package subsidy

import (
	"fmt"
	"slices"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// SourceShare is the part of an amount that one source bears. The parts of an
// amount always sum to it.
type SourceShare struct {
	Source Source      `json:"source"`
	Share  euro.Number `json:"share"` // of the whole; 0.5 is half
	Amount euro.Amount `json:"amount"`
}

// shared reports whether the rule draws on several sources.
func (r PayRule) shared() bool { return len(r.Budget) > 1 }

// sources are those that the rule draws on, in the order of Sources.
func (r PayRule) sources() []Source {
	var list []Source
	for _, s := range Sources {
		if _, draws := r.Budget[string(s)]; draws {
			list = append(list, s)
		}
	}
	return list
}

// dealt divides an amount over the sources of the rule, to the cent: cents that
// the shares leave go to the first sources of the list.
func (r PayRule) dealt(amount euro.Amount) []SourceShare {
	var list []SourceShare
	for _, s := range r.sources() {
		list = append(list, SourceShare{Source: s, Share: r.Budget[string(s)].Number})
	}
	return deal(list, amount)
}

// deal divides an amount by the same shares as another was.
func deal(shares []SourceShare, amount euro.Amount) []SourceShare {
	if len(shares) == 0 {
		return nil
	}
	weights := make([]euro.Number, len(shares))
	for i, s := range shares {
		weights[i] = s.Share
	}
	list := slices.Clone(shares)
	for i, part := range amount.Share(weights...) {
		list[i].Amount = part
	}
	return list
}

// together reports whether there is a year in which all sources of the rule
// exist.
func (r PayRule) together() bool {
	for year := firstBudget; year <= lastBudget; year++ {
		if _, missing := r.missing(year); !missing {
			return true
		}
	}
	return false
}

// The years that a budget can be of.
const (
	firstBudget = 2004
	lastBudget  = 2100
)

// missing finds a source of the rule that did not exist in a year.
func (r PayRule) missing(year int) (Source, bool) {
	for _, s := range r.sources() {
		if !s.Exists(year) {
			return s, true
		}
	}
	return "", false
}

// sharedYears refuses, by the first and the last year of some days, a source of
// a shared rule that did not exist then.
func (v Version) sharedYears(days calendar.Span) (source Source, year int, missing bool) {
	for _, day := range []calendar.Date{days.From, days.To} {
		for _, rule := range v.Pay {
			if day.IsZero() || !rule.shared() || !rule.ForContract() {
				continue
			}
			if s, none := rule.missing(day.Year()); none {
				return s, day.Year(), true
			}
		}
	}
	return "", 0, false
}

func (m month) traceSources(c Claim) {
	m.trace.Add(func() payroll.Step {
		var parts, results []string
		for _, s := range c.Sources {
			parts, results = append(parts, string(s.Source)+" × "+s.Share.String()), append(results, s.Amount.String())
		}
		return payroll.Step{
			What:   payroll.Text{NL: "verdeling over de bronnen van de regeling", EN: "division over the sources of the scheme"},
			Source: "scheme " + m.scheme.ID + " " + c.Rule, Formula: fmt.Sprintf("%s: %s", c.Amount.Add(c.VATCost), strings.Join(parts, ", ")),
			Result: strings.Join(results, " + "), Rounded: "down to 0.01, cents that are left to the first",
		}
	})
}
