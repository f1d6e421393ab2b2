package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// wageCost is what the service days cost the employer: wage and accrued holiday
// allowance, what of that a rule counts, and employer charges at the percentage
// that a setting or the decision names where no national figures are known.
type wageCost struct {
	whole   euro.Amount // wage and allowance
	counted euro.Amount // of that, what the rule counts
	charges euro.Number // percent of either
}

// all is the cost that no subsidy may exceed.
func (w wageCost) all() euro.Amount { return w.whole.Add(w.whole.Times(w.charges.Percent()).Cents()) }

// cost is the wage cost of the service days.
func (m month) cost(j job, terms DecisionTerms) (wageCost, error) {
	whole, err := m.costOf(j.days)
	if err != nil {
		return wageCost{}, err
	}
	w := wageCost{whole: whole, counted: whole}
	form := j.rule.Amount.Pct
	if form == nil || form.Of != OfWageCost {
		return w, nil
	}
	if form.Charges != nil {
		w.charges = form.Charges.Value.Mul(euro.Hundred)
	}
	if terms.Charges != nil {
		w.charges = *terms.Charges
	}
	if form.AtMinimum {
		w.counted, err = m.costWithin(atMinimum(m.file.Contract), j.days)
		w.counted = w.counted.Min(whole)
	}
	return w, err
}

// costOf is the cost of the whole payslip, or of the part of the period that a
// decision or placement covers.
func (m month) costOf(days calendar.Span) (euro.Amount, error) {
	if days == m.file.Contract.Span().Meet(m.run.Period.Span) {
		return m.slip.WageCost(), nil
	}
	return m.costWithin(m.file.Contract, days)
}

// costWithin is what a contract costs until the last of the days, less what it
// costs until the day before the first: each is rounded as a payslip is, so that
// decisions that follow each other within a period never cost more together than
// the payslip, not by a cent.
func (m month) costWithin(c payroll.Contract, days calendar.Span) (euro.Amount, error) {
	month := payroll.ContractMonth{Contract: c, Hours: m.file.Hours}
	first := c.Span().Meet(m.run.Period.Span).From
	until, err := payroll.WageCostWithin(m.file.Birth, month, m.run.Period, calendar.Span{From: first, To: days.To})
	if err != nil || days.From == first {
		return until, err
	}
	before, err := payroll.WageCostWithin(m.file.Birth, month, m.run.Period, calendar.Span{From: first, To: days.From.Add(-1)})
	if cost := until.Sub(before); cost.Sign() > 0 {
		return cost, err
	}
	return euro.Zero, err // unpaid absence took off more than these days earn
}

// atMinimum is the contract as if it paid the minimum wage: what it pays above
// that is for the employer.
func atMinimum(c payroll.Contract) payroll.Contract {
	versions := make([]payroll.Terms, len(c.Versions))
	for i, v := range c.Versions {
		v.Base, v.Factor, v.HourlyAmount = payroll.BaseWML, euro.One, euro.Number{}
		versions[i] = v
	}
	c.Versions = versions
	return c
}

// shareOfCost is a share of the wage cost.
func (m month) shareOfCost(form PctAmount, cost wageCost) entitlement {
	base := cost.counted.Times(form.Rate.Value.Number)
	out := entitlement{base: base, charges: base.Mul(cost.charges.Percent())}
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "aandeel in de loonkosten: loon en vakantiebijslag", EN: "share of the wage cost: wage and holiday allowance"},
			Source:  "scheme " + m.scheme.ID,
			Formula: fmt.Sprintf("%s × %s", cost.counted, form.Rate.Value), Result: base.String(),
		}
	})
	if !cost.charges.IsZero() {
		m.trace.Add(func() payroll.Step {
			return payroll.Step{
				What:    payroll.Text{NL: "werkgeverslasten naar een vast percentage, voorlopig", EN: "employer charges at a set percentage, provisional"},
				Formula: fmt.Sprintf("%s × %s %%", base, cost.charges), Result: out.charges.String(),
			}
		})
	}
	return out
}
