package subsidy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// part is a share of a price, due when a number of months has been served:
// nought at the start.
type part struct {
	months int
	amount euro.Amount
}

// milestoneMonths reads the name of a milestone: start, or month_N.
func milestoneMonths(name string) (int, bool) {
	if name == "start" {
		return 0, true
	}
	text, ok := strings.CutPrefix(name, "month_")
	n, err := strconv.Atoi(text)
	return n, ok && err == nil && n > 0 && text == strconv.Itoa(n)
}

// parts deals the price out over its milestones, in order; they sum to the
// price to the cent.
func (a PartsAmount) parts() []part {
	var list []part
	for name := range a.Shares {
		n, ok := milestoneMonths(name)
		if !ok {
			panic("subsidy: a scheme passed with a broken milestone: " + name)
		}
		list = append(list, part{months: n})
	}
	slices.SortFunc(list, func(a, b part) int { return a.months - b.months })
	weights := make([]euro.Number, len(list))
	for i, p := range list {
		weights[i] = a.Shares[p.name()].Number
	}
	for i, amount := range a.Price.Value.Cents().Share(weights...) {
		list[i].amount = amount
	}
	return list
}

func (p part) name() string {
	if p.months == 0 {
		return "start"
	}
	return "month_" + strconv.Itoa(p.months)
}

// reached is the day on which the part is due: the first day of the subsidised
// period, or the last day of the months served.
func (p part) reached(from calendar.Date) calendar.Date {
	if p.months == 0 {
		return from
	}
	return from.AddMonths(p.months).Add(-1)
}

// instalments are the parts that fall due on the service days, or what a contract
// that ends too early has earned. In a month without either the claim is nil and
// keeps the wage cost for the settlement.
func (m month) instalments(j job) entitlement {
	var out entitlement
	span := m.subsidised(*j.decision)
	for _, p := range j.rule.Amount.Parts.parts() {
		day := p.reached(span.From)
		if !j.days.Holds(day) {
			continue
		}
		out.base = out.base.Add(p.amount.Number())
		m.trace.Add(func() payroll.Step {
			return payroll.Step{
				What:    payroll.Text{NL: "termijn die vervalt op " + day.String(), EN: "instalment due on " + day.String()},
				Source:  "scheme " + m.scheme.ID,
				Formula: fmt.Sprintf("%s × %s", j.rule.Amount.Parts.Price.Value, j.rule.Amount.Parts.Shares[p.name()]), Result: p.amount.String(),
			}
		})
	}
	if end, early := m.earlyEnd(j); early {
		out.base = m.proRata(j, end, out.base)
	}
	return out
}

// settles reports whether the period is the last of the subsidised days, in
// which what was paid in advance is settled against the wage cost.
func (m month) settles(j job) bool {
	span := m.subsidised(*j.decision)
	if !span.To.IsZero() {
		return m.run.Period.Holds(span.To)
	}
	parts := j.rule.Amount.Parts.parts()
	return m.run.Period.Holds(parts[len(parts)-1].reached(span.From))
}
