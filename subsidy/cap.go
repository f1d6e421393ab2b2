package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// limit holds the claim under the wage cost of the decision's period and under
// its ceiling, less what other rules on the decision claimed. By the month, what
// exceeds the cost is carried to later months. What is paid in parts is an
// advance until the last period, and is settled then: the claim is below nil when
// the cost came to less than was advanced.
func (m month) limit(c *Claim, j job, h History) []payroll.Exception {
	if j.decision == nil {
		c.Amount = c.Entitled
		return nil
	}
	terms, _ := j.decision.On(j.days.To)
	entitled := h.Entitled.Add(c.Entitled)
	allowed := entitled
	settles := j.rule.Cap == CapWageCostTotal && m.settles(j)
	all, subsidies := m.others(j)
	if j.rule.Cap == CapWageCost || settles {
		allowed = allowed.Min(h.WageCost.Add(c.WageCost).Sub(subsidies))
	}
	if terms.Ceiling != nil {
		allowed = allowed.Min(terms.Ceiling.Sub(all))
	}
	c.Amount = allowed.Sub(h.Amount)
	if c.Amount.Sign() < 0 && !settles {
		c.Amount = euro.Zero
	}
	m.traceLimit(*c, h, j.rule.Cap == CapWageCost || settles, subsidies)
	return m.overCost(*c, settles, entitled.Sub(allowed))
}

// overCost is the exception of a claim that was held down.
func (m month) overCost(c Claim, settles bool, over euro.Amount) []payroll.Exception {
	switch {
	case over.Sign() <= 0:
		return nil
	case settles && c.Amount.Sign() < 0:
		return []payroll.Exception{{Kind: AdvanceOverCost, Subject: c.ContractNumber, Detail: payroll.Text{
			NL: fmt.Sprintf("Besluit %s: het voorschot was %s meer dan de loonkosten of het plafond en wordt teruggevorderd.", c.DecisionNumber, c.Amount.Neg()),
			EN: fmt.Sprintf("Decision %s: the advance was %s more than the wage cost or the ceiling and is claimed back.", c.DecisionNumber, c.Amount.Neg())}}}
	case settles:
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

func (m month) traceLimit(c Claim, h History, byCost bool, others euro.Amount) {
	what := payroll.Text{NL: "toets aan het plafond", EN: "check against the ceiling"}
	formula := fmt.Sprintf("%s + %s − %s", h.Entitled, c.Entitled, h.Amount)
	if byCost {
		what = payroll.Text{NL: "toets aan loonkosten over de beschikkingsperiode", EN: "check against the wage cost over the decision's period"}
		formula = fmt.Sprintf("min(%s + %s, %s + %s) − %s", h.Entitled, c.Entitled, h.WageCost, c.WageCost, h.Amount)
	}
	if byCost && !others.IsZero() {
		what = payroll.Text{
			NL: "toets aan loonkosten over de beschikkingsperiode, min de subsidies van andere regels", EN: "check against the wage cost over the decision's period, less the subsidies of other rules"}
		formula = fmt.Sprintf("min(%s + %s, %s + %s − %s) − %s", h.Entitled, c.Entitled, h.WageCost, c.WageCost, others, h.Amount)
	}
	m.trace.Add(func() payroll.Step { return payroll.Step{What: what, Formula: formula, Result: c.Amount.String()} })
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
