package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/subsidy"
)

// maker writes a scheme of one's own, with whatever the grammar has for
// trajectories: no file of the program is like it, and all of it is sound.
type maker struct {
	*rapid.T
	months int  // of the longest period with its extension; nought: no limit
	speed  bool // sooner pays no less: ladders never rise, and nothing is paid for time
	rules  []string
}

// TestRandomTrajectories holds schemes that a municipality might write against what
// no scheme may break, with histories of their own.
func TestRandomTrajectories(t *testing.T) {
	forms, seen, paid := map[string]int{}, map[string]int{}, 0
	want := []string{"month", "start", "product", "outcome", "parts", "ladder", "six_months", "premium", "limit", "speed", "settle"}
	checkUntil(t, forms, want, func(t *rapid.T) {
		text := scheme(t, forms)
		s, faults := subsidy.ParseScheme([]byte(text))
		if len(faults) > 0 {
			t.Fatalf("a sound scheme is not: %q\n%s", faults, text)
		}
		if nl, en := subsidy.Ordinance(s, "nl"), subsidy.Ordinance(s, "en"); nl == en || strings.Contains(nl+en, "%!") {
			t.Fatalf("said badly: %s\n%s", nl, en)
		}
		for range 3 {
			c := newCourse(t, s, seen)
			if c.run(); len(c.dues(c.t, c.until)) > 0 {
				paid++
			}
		}
		if strings.Contains(text, "speed: true") {
			soonerPaysNoLess(t, s, s.Versions[0])
		}
	})
	if paid < 100 {
		t.Errorf("only %d histories gave a payment", paid)
	}
}

// scheme writes the file.
func scheme(t *rapid.T, forms map[string]int) string {
	m := &maker{T: t, speed: rapid.Bool().Draw(t, "speed?")}
	head := `scheme: test
name: {nl: Proef, en: Trial}
versions:
  - from: ` + rapid.SampledFrom([]string{"2007-01-01", "2012-02-29", "2024-01-31"}).Draw(t, "from") + `
    source: "drawn at random"
    status: {kind: benefit, with_benefit: kept}
` + m.period()
	for range rapid.IntRange(1, 5).Draw(t, "rules") {
		m.rule(forms)
	}
	return head + "    pay:\n" + strings.Join(m.rules, "") + "    exits: [work, school, other]\n" + m.outcome()
}

func (m *maker) int(name string, least, most int) int {
	return rapid.IntRange(least, most).Draw(m.T, name)
}

func (m *maker) yes(name string) bool { return rapid.Bool().Draw(m.T, name) }

// marked is a number with some mark.
func (m *maker) marked(number string) string {
	return fmt.Sprintf(`{value: "%s", mark: %s}`, number, rapid.SampledFrom([]string{"stated", "public", "setting"}).Draw(m.T, "mark"))
}

// money is an amount in cents, from one cent up.
func (m *maker) money(name string, most int) string {
	cents := m.int(name, 1, most*100)
	return m.marked(fmt.Sprintf("%d.%02d", cents/100, cents%100))
}

func (m *maker) period() string {
	if !m.yes("period?") {
		return ""
	}
	m.months = m.int("months", 1, 36)
	text := "months: " + m.marked(fmt.Sprint(m.months))
	if m.yes("extension?") {
		more := m.int("extension", 1, 12)
		m.months += more
		text += ", extension: " + m.marked(fmt.Sprint(more))
	}
	return "    period: {" + text + ", limits: subsidy}\n"
}

func (m *maker) outcome() string {
	if !m.yes("outcome?") {
		return ""
	}
	text := fmt.Sprintf("    outcome: {event: work, base: starters, contract_months: %d", m.int("contract months", 0, 12))
	if m.yes("hours?") {
		text += ", hours_share: " + m.marked(fmt.Sprintf("0.%02d", m.int("share", 0, 99)))
	}
	if m.yes("sector?") {
		text += ", sector: profit"
	}
	if m.yes("successive?") {
		text += ", successive: true"
	}
	return text + ", reasons: [work, school]}\n"
}

// rule adds one, of any form.
func (m *maker) rule(forms map[string]int) {
	form := rapid.SampledFrom([]string{"month", "start", "product", "outcome", "parts", "ladder", "six_months", "settle"}).Draw(m.T, "form")
	forTime := form == "month" || form == "six_months"
	id, kind, payee, document, more := fmt.Sprintf("rule_%d", len(m.rules)), "fee", "provider", "order", ""
	if forTime && (m.speed || m.yes("premium?")) {
		kind, payee, document = "premium", "person", "decision"
		more = "        year: {times: " + m.marked("2") + ", cap: premium}\n"
		forms["premium"]++
	} else {
		more = "        vat: {compensable: " + m.marked("0.5") + "}\n"
	}
	trigger, amount := form, "fixed: {amount: "+m.money("amount", 3000)+"}"
	switch form {
	case "product":
		more += "        product: " + rapid.SampledFrom([]string{"intake", "course"}).Draw(m.T, "product") + "\n"
	case "parts":
		trigger, amount = "milestone", "parts: {price: "+m.money("price", 5000)+", shares: "+m.shares(false)+"}"
	case "ladder":
		trigger, amount = "outcome", m.ladder(forms, &more)
	case "settle":
		trigger = "contract_year"
		amount = "settle: {of: product_turnover, base: exits, target: " + m.marked("44") + ", per_point: " + m.marked("0.01") + ", cap: " + m.marked("0.1") + "}"
	}
	if form != "settle" && m.yes("limit?") {
		more += "        limit: " + m.money("limit", 4000) + "\n"
		forms["limit"]++
	}
	forms[form]++
	m.rules = append(m.rules, fmt.Sprintf(`      - id: %s
        kind: %s
        payer: municipality
        payee: %s
        trigger: %s
        amount: {%s}
        mark: setting
        document: %s
        budget: %s
%s`, id, kind, payee, trigger, amount, document, m.budget(), more))
}

func (m *maker) budget() string {
	return rapid.SampledFrom([]string{`{own: "1"}`, `{ESF: "0.35", own: "0.65"}`, `{W: "0.5", I: "0.5"}`, `{UWV: "0.333", WMO: "0.333", own: "0.334"}`}).Draw(m.T, "budget")
}

// shares are parts at milestones that can be reached, which sum to one.
func (m *maker) shares(placed bool) string {
	names := []string{"placed", "placed_month_3", "placed_month_6"}
	if !placed {
		names = append(names, "start", "plan")
		if !m.speed && (m.months == 0 || m.months >= 2) {
			names = append(names, "month_2")
		}
	}
	names = rapid.Permutation(names).Draw(m.T, "milestones")[:m.int("parts", 1, 3)]
	left, list := 1000, []string{}
	for i, name := range names {
		part := left
		if more := len(names) - 1 - i; more > 0 {
			part = m.int("part", 1, left-more)
		}
		left -= part
		list = append(list, fmt.Sprintf(`%s: "%d.%03d"`, name, part/1000, part%1000))
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// ladder has steps that begin within the longest period.
func (m *maker) ladder(forms map[string]int, more *string) string {
	var steps []string
	to, most := 0, 3000
	for range m.int("steps", 1, 4) {
		if m.months > 0 && to >= m.months {
			break
		}
		to += m.int("to", 1, 9)
		cents := m.int("step", 1, most*100)
		if m.speed {
			most = max(1, cents/100)
			cents = most * 100
		}
		steps = append(steps, fmt.Sprintf("{to: %d, amount: %s}", to, m.marked(fmt.Sprintf("%d.%02d", cents/100, cents%100))))
	}
	text := "ladder: {by: months_to_work, steps: [" + strings.Join(steps, ", ") + "]"
	if m.yes("in parts?") {
		text += ", shares: " + m.shares(true)
	}
	if m.speed {
		*more += "        speed: true\n"
		forms["speed"]++
	}
	return text + "}"
}
