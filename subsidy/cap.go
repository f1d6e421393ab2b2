package subsidy

import (
	"fmt"
	"strings"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// limit holds the claim under the wage cost of the decision's period and under
// its ceiling, less what other rules on the decision claimed. By the month, what
// exceeds the cost is carried to later months. What is paid in parts is an
// advance until the last period, and is settled then: the claim is below nil when
// the cost came to less than was advanced, or when a contract ended too early for
// a reason of the clawback.
func (m month) limit(c *Claim, j job, h History) []payroll.Exception {
	if j.decision == nil {
		c.Amount = c.Entitled
		return nil
	}
	terms, _ := j.decision.On(j.days.To)
	settles := j.rule.Cap == CapWageCostTotal && m.settles(j)
	end, early := m.earlyEnd(j)
	all, subsidies := m.others(j)
	b := bounds{byCost: j.rule.Cap == CapWageCost || settles, others: subsidies}
	entitled := h.Entitled.Add(c.Entitled)
	if early && end.takesBack {
		b.earned, entitled = &end.earned, entitled.Min(end.earned)
	}
	allowed := entitled
	if b.byCost {
		allowed = allowed.Min(h.WageCost.Add(c.WageCost).Sub(subsidies))
	}
	if terms.Ceiling != nil {
		allowed = allowed.Min(terms.Ceiling.Sub(all))
	}
	if allowed.Sign() < 0 {
		allowed = euro.Zero // Other rules took more than there was: what this one gave comes back, and no more.
	}
	held := allowed
	if room, limited := m.room(j); limited {
		b.room, allowed = &room, allowed.Min(room)
	}
	c.Amount = allowed.Sub(h.Amount)
	if c.Amount.Sign() < 0 && !settles && b.earned == nil {
		c.Amount = euro.Zero
	}
	m.traceLimit(*c, h, b)
	found := m.atEnd(*c, end, h.Amount)
	back := euro.Zero // for the early end
	if b.earned != nil && h.Amount.Cmp(end.earned) > 0 {
		back = h.Amount.Sub(end.earned)
	}
	found = append(found, m.overCost(*c, settles, entitled.Sub(held), back)...)
	return append(found, m.overLimit(*c, held.Sub(allowed))...)
}

// bounds are what a claim was held against.
type bounds struct {
	earned *euro.Amount // of an early end that takes back
	byCost bool
	others euro.Amount  // subsidies of other rules
	room   *euro.Amount // of what one person may cost
}

// overCost is the exception of a claim that was held down; back is what it is
// below nil for another cause.
func (m month) overCost(c Claim, settles bool, over, back euro.Amount) []payroll.Exception {
	if over.Sign() <= 0 {
		return nil
	}
	if advanced := c.Amount.Add(back).Neg(); settles && advanced.Sign() > 0 {
		return []payroll.Exception{{Kind: AdvanceOverCost, Subject: c.ContractNumber, Detail: payroll.Text{
			NL: fmt.Sprintf("Besluit %s: het voorschot was %s meer dan de loonkosten of het plafond en wordt teruggevorderd.", c.DecisionNumber, advanced),
			EN: fmt.Sprintf("Decision %s: the advance was %s more than the wage cost or the ceiling and is claimed back.", c.DecisionNumber, advanced)}}}
	}
	if settles {
		return []payroll.Exception{{Kind: OverWageCost, Subject: c.ContractNumber, Detail: payroll.Text{
			NL: fmt.Sprintf("Besluit %s: %s van de subsidie gaat boven de loonkosten of het plafond en vervalt bij de afrekening.", c.DecisionNumber, over),
			EN: fmt.Sprintf("Decision %s: %s of the subsidy exceeds the wage cost or the ceiling and lapses at the settlement.", c.DecisionNumber, over)}}}
	}
	return []payroll.Exception{{Kind: OverWageCost, Subject: c.ContractNumber, Detail: payroll.Text{
		NL: fmt.Sprintf("Besluit %s: %s aan subsidie gaat boven de loonkosten of het plafond en schuift door.", c.DecisionNumber, over),
		EN: fmt.Sprintf("Decision %s: %s of subsidy exceeds the wage cost or the ceiling and is carried over.", c.DecisionNumber, over)}}}
}

func (m month) traceEntitled(c Claim) {
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "recht van de periode: grondslag en lasten", EN: "entitlement of the period: base and charges"},
			Formula: fmt.Sprintf("%s + %s", c.Base, c.Charges), Result: c.Entitled.String(), Rounded: "half up, 0.01, each once",
		}
	})
}

// traceLimit says what the claim was held against: the least of it, less what was
// claimed before.
func (m month) traceLimit(c Claim, h History, b bounds) {
	m.trace.Add(func() payroll.Step {
		what := payroll.Text{NL: "toets aan het plafond", EN: "check against the ceiling"}
		least := []string{fmt.Sprintf("%s + %s", h.Entitled, c.Entitled)}
		if b.earned != nil {
			what = payroll.Text{NL: "toets aan wat naar rato is verdiend", EN: "check against what was earned pro rata"}
			least = append(least, b.earned.String())
		}
		if b.byCost {
			cost := fmt.Sprintf("%s + %s", h.WageCost, c.WageCost)
			what = joined(len(least) > 1, what, payroll.Text{NL: "loonkosten over de beschikkingsperiode", EN: "the wage cost over the decision's period"})
			if !b.others.IsZero() {
				what.NL, what.EN = what.NL+", min de subsidies van andere regels", what.EN+", less the subsidies of other rules"
				cost += fmt.Sprintf(" − %s", b.others)
			}
			least = append(least, cost)
		}
		if b.room != nil {
			what = joined(len(least) > 1, what, payroll.Text{NL: "wat er over is van het maximum per persoon", EN: "what is left of the most for one person"})
			least = append(least, b.room.String())
		}
		formula := least[0]
		if len(least) > 1 {
			formula = "min(" + strings.Join(least, ", ") + ")"
		}
		return payroll.Step{What: what, Formula: formula + fmt.Sprintf(" − %s", h.Amount), Result: c.Amount.String()}
	})
}

// joined adds what a check is against to what it was against already.
func joined(more bool, what, against payroll.Text) payroll.Text {
	if more {
		return payroll.Text{NL: what.NL + ", en aan " + against.NL, EN: what.EN + ", and against " + against.EN}
	}
	return payroll.Text{NL: "toets aan " + against.NL, EN: "check against " + against.EN}
}

func (m month) traceVAT(c Claim, rate statute.Figure) {
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "omzetbelasting over een dienst", EN: "value added tax on a supply"},
			Article: rate.Article, Source: source(rate),
			Formula: fmt.Sprintf("%s × %s %%", c.Amount, c.VATRate), Result: c.VAT.String(), Rounded: "half up, 0.01",
		}
	})
}

func source(f statute.Figure) string { return f.Name + " " + f.Since.String() }
