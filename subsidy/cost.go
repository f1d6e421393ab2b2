package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// wageCost is what the service days cost the employer: wage, accrued holiday
// allowance, pension and the employer's charges, and what of that a rule counts.
// Where the charges are not known, they are a percentage that a setting or the
// decision names.
type wageCost struct {
	whole   euro.Amount // wage, allowance, and what is known of pension and charges
	counted euro.Amount // of that, what the rule counts
	charges euro.Number // percent of either, where the charges are not known
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
	w.charges = m.chargesInstead(*form, terms)
	if form.AtMinimum {
		w.counted, err = m.costWithin(m.minimumUntil, j.days)
		w.counted = w.counted.Min(whole)
	}
	return w, err
}

// chargesInstead is the percentage that stands in for charges that are not known:
// the decision's, or else the scheme's.
func (m month) chargesInstead(form PctAmount, terms DecisionTerms) euro.Number {
	switch {
	case m.slip.Charges != nil:
		return euro.Number{}
	case terms.Charges != nil:
		return *terms.Charges
	case form.Charges != nil:
		return form.Charges.Value.Mul(euro.Hundred)
	}
	return euro.Number{}
}

// costOf is the cost of the whole payslip, or of the part of the period that a
// decision or placement covers.
func (m month) costOf(days calendar.Span) (euro.Amount, error) {
	if days == m.file.Contract.Span().Meet(m.run.Period.Span) {
		return m.slip.WageCost(), nil
	}
	return m.costWithin(m.costUntil, days)
}

// costWithin is what a contract costs until the last of the days, less what it
// costs until the day before the first: each is rounded as a payslip is, so that
// decisions that follow each other within a period never cost more together than
// the payslip, not by a cent.
func (m month) costWithin(cost func(calendar.Span) (euro.Amount, error), days calendar.Span) (euro.Amount, error) {
	first := m.file.Contract.Span().Meet(m.run.Period.Span).From
	until, err := cost(calendar.Span{From: first, To: days.To})
	if err != nil || days.From == first {
		return until, err
	}
	before, err := cost(calendar.Span{From: first, To: days.From.Add(-1)})
	if within := until.Sub(before); within.Sign() > 0 {
		return within, err
	}
	return euro.Zero, err // unpaid absence took off more than these days earn
}

// costUntil is what the days from the first one cost. What the payment of the
// allowance rounds belongs to the last of all days.
func (m month) costUntil(days calendar.Span) (euro.Amount, error) {
	cost, err := m.withOnTop(m.file.Contract, days)
	if days == m.file.Contract.Span().Meet(m.run.Period.Span) {
		cost = cost.Add(m.slip.Rounding())
	}
	return cost, err
}

// minimumUntil is what they would cost at the minimum wage.
func (m month) minimumUntil(days calendar.Span) (euro.Amount, error) {
	return m.withOnTop(atMinimum(m.file.Contract), days)
}

// withOnTop is wage and allowance of the days, with their part of what the
// employer pays on top of the whole payslip.
func (m month) withOnTop(c payroll.Contract, days calendar.Span) (euro.Amount, error) {
	month := payroll.ContractMonth{Contract: c, Hours: m.file.Hours, Sickness: m.file.Sickness}
	accrued, err := payroll.AccruedWithin(m.file.Birth, month, m.run.Period, days)
	whole := m.slip.Accrued()
	if err != nil || whole.IsZero() {
		return accrued, err
	}
	part := euro.Ratio{Over: accrued.Number(), Under: whole.Number()}
	return accrued.Add(m.slip.OnTop().Number().PartCents(part)), nil
}

// atMinimum is the contract as if it paid the minimum wage: what it pays above
// that is for the employer.
func atMinimum(c payroll.Contract) payroll.Contract {
	versions := make([]payroll.Terms, len(c.Versions))
	for i, v := range c.Versions {
		v.Base, v.Factor, v.HourlyAmount = payroll.BaseWML, euro.One, euro.Number{}
		v.Steps, v.ExperienceSince = nil, calendar.Date{}
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
			What:    payroll.Text{NL: "aandeel in de loonkosten: loon, vakantiebijslag en bekende lasten", EN: "share of the wage cost: wage, holiday allowance and known charges"},
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
