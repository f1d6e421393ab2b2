package subsidy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// contractForms are the amounts that an employer's run computes, each in a rule of
// that name.
var contractForms = []string{"fixed", "fixed_fee", "pct_cost", "pct_cost_fee", "pct_minimum", "gap", "parts", "parts_back", "lks", "hourly", "hire_pct", "cost_price"}

// TestRandomContracts holds schemes that a municipality might write for employees
// against what no scheme may break, with histories of their own.
func TestRandomContracts(t *testing.T) {
	written, seen := map[string]int{}, map[string]int{}
	want := []string{
		"fixed capped", "fixed over", "fixed limited", "fixed_fee limited", "pct_minimum capped", "gap capped", "lks capped", "parts reclaimed", "parts settled", "parts paid whole",
		"parts_back pro rata", "parts_back clawed back", "hourly by the hour", "cost_price at cost price", "cost_price less a subsidy", "cost_price of nil",
		"shared", "again", "together", "together settled", "wage step 2", "two subsidies",
	}
	want = append(want, contractForms...)
	for _, what := range append([]string{"wage factor", "wage steps", "months of the contract", "extension", "two sources", "limit"}, contractForms...) {
		want = append(want, "a scheme of "+what)
	}
	checkUntil(t, seen, want, func(t *rapid.T) {
		text := contractScheme(t, written)
		for what, times := range written {
			seen["a scheme of "+what] = times
		}
		s, faults := subsidy.ParseScheme([]byte(text))
		if len(faults) > 0 {
			t.Fatalf("a sound scheme is not: %q\n%s", faults, text)
		}
		if nl, en := subsidy.Ordinance(s, "nl"), subsidy.Ordinance(s, "en"); nl == en || strings.Contains(nl+en, "%!") {
			t.Fatalf("said badly: %s\n%s", nl, en)
		}
		for range 5 {
			l := &life{T: t, scheme: s, version: s.Versions[0], sums: map[string]*tally{}, days: map[string]int{}, claimed: map[string]euro.Amount{}, seen: seen, again: true}
			l.draw()
			l.live()
			l.together()
		}
	})
}

// contractScheme writes the file: one or more rules that a municipality pays, and
// sometimes a hire price.
func contractScheme(t *rapid.T, written map[string]int) string {
	m := &maker{T: t}
	from := rapid.SampledFrom([]string{"2004-01-01", "2009-02-28", "2016-07-04", "2016-07-04"}).Draw(t, "from")
	subsidies := slices.DeleteFunc(slices.Clone(contractForms[:9]), func(form string) bool { return form == "lks" && from < "2016" })
	head := "scheme: test\nname: {nl: Proef, en: Trial}\nversions:\n  - from: " + from + "\n    source: \"drawn at random\"\n" +
		"    status: {kind: employee, employer: firm, with_benefit: never}\n" + m.wage(written)
	period := m.period()
	if strings.Contains(period, "extension") {
		written["extension"]++
	}
	if period != "" && m.yes("of the contract?") {
		period = strings.Replace(period, "limits: subsidy", "limits: contract", 1)
		written["months of the contract"]++
	}
	sources := rapid.SampledFrom([][]string{{"own"}, {"ESF", "own"}, {"UWV", "WMO", "own"}}).Draw(t, "sources")
	chosen := rapid.Permutation(subsidies).Draw(t, "forms")[:m.int("rules", 1, 3)]
	if m.yes("hire?") {
		chosen = append(chosen, rapid.SampledFrom(contractForms[9:]).Draw(t, "hire"))
	}
	for _, form := range chosen {
		written[form]++
		m.contractRule(form, sources, written)
	}
	return head + period + "    pay:\n" + strings.Join(m.rules, "") + "    exits: [work, ended_by_employer, other]\n"
}

func (m *maker) wage(written map[string]int) string {
	switch m.int("wage", 0, 2) {
	case 0:
		return ""
	case 1:
		written["wage factor"]++
		return "    wage: {base: WML, factor: " + m.marked(fmt.Sprintf("1.%02d", m.int("factor", 0, 30))) + ", full_time_hours: " + m.marked(fmt.Sprint(m.int("full", 36, 40))) + "}\n"
	}
	written["wage steps"]++
	return "    wage: {base: steps, steps: [{years: 0, factor: " + m.marked("1.00") + "}, {years: 2, factor: " + m.marked("1.10") + "}]}\n"
}

// shared divides one over sources, in thousandths.
func (m *maker) shared(sources []string) string {
	left, list := 1000, []string{}
	for i, source := range sources {
		part := left
		if more := len(sources) - 1 - i; more > 0 {
			part = m.int("share", 1, left-more)
		}
		left -= part
		list = append(list, fmt.Sprintf(`%s: "%d.%03d"`, source, part/1000, part%1000))
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// contractRule adds a rule of a form.
func (m *maker) contractRule(form string, sources []string, written map[string]int) {
	kind, trigger, capped, more := "subsidy", "month", m.yes("cap?"), ""
	amount := ""
	switch form {
	case "fixed", "fixed_fee":
		amount = "fixed: {amount: " + m.money("amount", 2500) + "}"
	case "pct_cost", "pct_cost_fee":
		amount, capped = "pct: {of: wage_cost, rate: "+m.marked(fmt.Sprintf("%d.%02d", m.int("rate", 0, 1), m.int("rate", 1, 99)))+m.optional("at_minimum: true", "employer_charges: "+m.marked("0.20"))+"}", true
	case "pct_minimum":
		amount = "pct: {of: WML, rate: " + m.marked(fmt.Sprintf("0.%02d", m.int("rate", 1, 99))) + m.optional("with_holiday_allowance: true") + "}"
	case "gap":
		amount = fmt.Sprintf(`gap: {of: WML, by: productivity, max_share: "0.%02d"%s}`, m.int("max", 1, 99), m.optional("with_holiday_allowance: true"))
	case "parts", "parts_back":
		trigger, amount = "milestone", "parts: {price: "+m.marked(fmt.Sprintf("%d.00", m.int("price", 100, 12000)))+", shares: "+m.milestones()+"}"
	case "lks":
		amount = `loonkostensubsidie: {article: "Participatiewet art. 10d"}`
	case "hourly":
		amount = "hourly: {price: " + m.money("price", 40) + "}"
	case "hire_pct":
		amount = "pct: {of: wage_cost, rate: " + m.marked(fmt.Sprintf("0.%02d", m.int("rate", 1, 99))) + "}"
	case "cost_price":
		amount = "cost_price: {risk: " + m.marked("0.05") + ", overhead: " + m.marked("0.10") + "}"
	}
	if slices.Contains(contractForms[9:], form) {
		m.rules = append(m.rules, fmt.Sprintf("      - {id: %s, kind: hire, payer: inlener, payee: employer, trigger: month, amount: {%s}, mark: setting, document: invoice}\n", form, amount))
		return
	}
	if strings.HasSuffix(form, "_fee") {
		kind, more = "fee", ", vat: {compensable: "+m.marked("0.5")+"}"
	}
	switch {
	case form == "parts_back":
		months := 12
		if m.months > 0 {
			months = min(months, m.months)
		}
		more += fmt.Sprintf(", clawback: {months: %s, reasons: [ended_by_employer]}", m.marked(fmt.Sprint(months)))
	case form == "parts":
		more += ", cap: wage_cost_total"
	case capped:
		more += ", cap: wage_cost"
	}
	if form != "parts_back" && form != "parts" && m.yes("limit?") {
		more += ", limit: " + m.money("limit", 6000)
		written["limit"]++
	}
	if len(sources) > 1 {
		written["two sources"]++
	}
	m.rules = append(m.rules, fmt.Sprintf("      - {id: %s, kind: %s, payer: municipality, payee: employer, trigger: %s, amount: {%s}, mark: setting, document: decision, budget: %s%s}\n",
		form, kind, trigger, amount, m.shared(sources), more))
}

// optional adds some of the keys.
func (m *maker) optional(keys ...string) string {
	text := ""
	for _, key := range keys {
		if m.yes(key + "?") {
			text += ", " + key
		}
	}
	return text
}

// milestones are shares at the start and after months that the period has.
func (m *maker) milestones() string {
	months := []int{0, 1, 3, 6, 12}
	if m.months > 0 {
		months = slices.DeleteFunc(months, func(n int) bool { return n > m.months })
	}
	months = rapid.Permutation(months).Draw(m.T, "milestones")[:m.int("parts", 1, min(3, len(months)))]
	names := make([]string, len(months))
	for i, n := range months {
		if names[i] = fmt.Sprintf("month_%d", n); n == 0 {
			names[i] = "start"
		}
	}
	return m.shared(names)
}

// repeated runs the period once more, off the cycle and with the same facts: what
// was booked is not given again. Only where another rule's advance came back in the
// period there is room for what was held down by it.
func (l *life) repeated(period calendar.Period) {
	booked, back := map[string]subsidy.Booked{}, map[uuid.UUID]bool{}
	for _, c := range l.claims {
		if back[c.Decision] = back[c.Decision] || c.Amount.Sign() < 0; c.Decision != uuid.Nil {
			booked[c.DecisionNumber+" "+c.Rule] = subsidy.Booked{Base: c.Base, Charges: c.Charges, WageCost: c.WageCost}
		}
	}
	file := l.file
	file.History = nil
	for _, key := range slices.Sorted(maps.Keys(l.sums)) {
		h := l.sums[key].history
		h.Booked = booked[key]
		file.History = append(file.History, h)
	}
	r := payroll.Run{ID: payroll.RunID(employer, period, payroll.OffCycle, 2), Employer: employer, Period: period, Kind: payroll.OffCycle, Sequence: 2}
	claims, _, err := subsidy.NewClaims(r, l.scheme, file, l.slip, nil)
	if err != nil {
		l.Fatal(err)
	}
	given := map[uuid.UUID]euro.Amount{}
	for _, c := range claims {
		if c.Decision == uuid.Nil {
			continue // A price for what was hired is by the hours that the run pays, and these were paid.
		}
		l.seen["again"]++
		h := l.sums[c.DecisionNumber+" "+c.Rule].history
		if h.Amount.Add(c.Amount).Cmp(h.Entitled) > 0 || !c.Entitled.IsZero() || !c.WageCost.IsZero() {
			l.Fatalf("%s: given once more: %+v after %+v", period, c, file.History)
		}
		given[c.Decision] = given[c.Decision].Add(c.Amount)
	}
	for decision, sum := range given {
		if sum.Sign() > 0 && !back[decision] {
			l.Fatalf("%s: %s given once more: %+v after %+v", period, sum, claims, file.History)
		}
	}
}

// together holds what all subsidies under a decision came to against its wage cost,
// where each of them is held against that.
func (l *life) together() {
	sums, costs, settled, rules := map[uuid.UUID]euro.Amount{}, map[uuid.UUID]euro.Amount{}, false, 0
	for _, rule := range l.rules() {
		if rule.Kind != subsidy.Subsidy {
			continue
		}
		if rules++; rule.Cap == "" {
			return
		}
		settled = settled || rule.Cap == subsidy.CapWageCostTotal
		for _, s := range l.sums {
			if h := s.history; h.Rule == rule.ID {
				sums[h.Decision] = sums[h.Decision].Add(h.Amount)
				if s.cost.Cmp(costs[h.Decision]) > 0 {
					costs[h.Decision] = s.cost
				}
			}
		}
	}
	for decision, sum := range sums {
		if sum.Cmp(costs[decision]) > 0 {
			l.Fatalf("subsidies of %s under a decision with a wage cost of %s", sum, costs[decision])
		}
		if l.seen["together"]++; settled {
			l.seen["together settled"]++
		}
		if rules > 1 && sum.Equal(costs[decision]) {
			l.seen["two subsidies"]++
		}
	}
}
