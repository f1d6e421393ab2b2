package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// costPrice is a hire price of what the person costs: the wage cost of the days at
// the minimum wage, less the subsidies claimed on them in this period, never
// below nil, with the surcharges for risk and overhead on top. It is exact: the
// claim rounds it once.
func (m month) costPrice(j job, form CostPrice) (entitlement, error) {
	whole, err := m.costOf(j.days)
	if err != nil {
		return entitlement{}, err
	}
	cost, err := m.costWithin(m.minimumUntil, j.days)
	if err != nil {
		return entitlement{}, err
	}
	cost = cost.Min(whole)
	m.traceCostAtMinimum(j.days, cost)
	subsidised := m.subsidisedWithin(j.days)
	left := cost.Number().Sub(subsidised).Max(euro.Number{})
	risk, overhead := form.Risk.Value.Number, form.Overhead.Value.Number
	out := entitlement{base: left.Mul(euro.One.Add(risk).Add(overhead))}
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "kostprijs: loonkosten min subsidies, nooit onder nul", EN: "cost price: wage cost less subsidies, never below nil"},
			Formula: fmt.Sprintf("max(%s − %s, 0)", cost, subsidised), Result: left.String(),
		}
	})
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:   payroll.Text{NL: "kostprijs met opslagen voor risico en overhead", EN: "cost price with surcharges for risk and overhead"},
			Source: "scheme " + m.scheme.ID, Formula: fmt.Sprintf("%s × (1 + %s + %s)", left, risk, overhead), Result: out.base.String(),
		}
	})
	return out, nil
}

// subsidisedWithin sums the subsidies claimed in this period on the same contract:
// one whose days are others counts for its share of calendar days.
func (m month) subsidisedWithin(days calendar.Span) euro.Number {
	var sum euro.Number
	for _, c := range m.claims {
		common := c.Service.Meet(days)
		if c.Kind != Subsidy || common.Empty() {
			continue
		}
		share := euro.Ratio{Over: euro.Int(int64(common.Days())), Under: euro.Int(int64(c.Service.Days()))}
		part := c.Amount.Number().Part(share)
		sum = sum.Add(part)
		m.trace.Add(func() payroll.Step {
			return payroll.Step{
				What:   payroll.Text{NL: "af: de subsidie over deze dagen, naar kalenderdagen", EN: "less: the subsidy on these days, by calendar days"},
				Source: fmt.Sprintf("decision %s, rule %s", c.DecisionNumber, c.Rule), Formula: fmt.Sprintf("%s × %s/%s", c.Amount, share.Over, share.Under), Result: part.String(),
			}
		})
	}
	return sum.Round(shareNoise)
}

// uncharged says once for a rule that a cost price lacks the employer's charges,
// which are not known.
func (m month) uncharged(j job) []payroll.Exception {
	if j.rule.Amount.CostPrice == nil || j.placement.Price != nil || m.slip.Charges != nil {
		return nil
	}
	return []payroll.Exception{{Kind: Provisional, Subject: m.scheme.ID + "/" + j.rule.ID, Detail: payroll.Text{
		NL: fmt.Sprintf("Regeling %s, %s: de werkgeverslasten van %s zijn niet bekend; de kostprijs is voorlopig zonder.", m.scheme.ID, j.rule.ID, m.run.Period),
		EN: fmt.Sprintf("Scheme %s, %s: the employer charges of %s are not known; the cost price is provisionally without them.", m.scheme.ID, j.rule.ID, m.run.Period)}}}
}

func (m month) traceCostAtMinimum(days calendar.Span, cost euro.Amount) {
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "loonkosten tegen het minimumloon: loon, vakantiebijslag en bekende lasten", EN: "wage cost at the minimum wage: wage, holiday allowance and known charges"},
			Article: "WML art. 7", Formula: fmt.Sprintf("%s..%s", days.From, days.To), Result: cost.String(),
		}
	})
}

// check wants shares from nought to one.
func (c CostPrice) check(l *faultList, path string) {
	const nl, en = `schrijf een deel van "0" tot en met "1"; "0.05" is een twintigste erbij`, `write a share from "0" to "1"; "0.05" is a twentieth on top`
	l.marked(below(path, "risk"), c.Risk, within(0, 1), nl, en)
	l.marked(below(path, "overhead"), c.Overhead, within(0, 1), nl, en)
}

// costPrice says it in words and as a formula.
func (o *ordinance) costPrice(c CostPrice) {
	o.add(o.say("De prijs is de kostprijs: de loonkosten tegen het wettelijk minimumloon, min de subsidies die over dezelfde dagen worden gedeclareerd, nooit minder dan nul, met een opslag van %s%s voor risico en van %s%s voor overhead.",
		"The price is the cost price: the wage cost at the statutory minimum wage, less the subsidies claimed on the same days, never less than nil, with a surcharge of %s%s for risk and of %s%s for overhead.",
		o.percent(c.Risk.Value.Number), o.mark(c.Risk.Mark), o.percent(c.Overhead.Value.Number), o.mark(c.Overhead.Mark)))
	o.formula(o.say("(loonkosten − subsidies) × (100"+hard+"%% + %s + %s)", "(wage cost − subsidies) × (100"+hard+"%% + %s + %s)", o.percent(c.Risk.Value.Number), o.percent(c.Overhead.Value.Number)))
	o.add(o.say("Noemt de plaatsing een prijs per uur, dan geldt die voor elk gewerkt uur.", "Where the placement names a price an hour, that price holds for each hour worked."))
}
