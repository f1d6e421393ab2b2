package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// hire is what an inlener pays for the service days: the placement's own price
// for each hour worked, or else what the scheme says.
func (m month) hire(j job) (entitlement, []payroll.Exception, error) {
	if price, source := m.hourlyPrice(j); price != nil {
		hours := workedWithin(m.file.Hours, j.days)
		out := entitlement{base: hours.Number().Mul(*price)}
		m.trace.Add(func() payroll.Step {
			return payroll.Step{
				What:   payroll.Text{NL: "gewerkte uren tegen het inleentarief", EN: "hours worked at the hire price"},
				Source: source, Formula: fmt.Sprintf("%s × %s", hours, price.Fixed(2)), Result: out.base.String(),
			}
		})
		return out, nil, nil
	}
	if form := j.rule.Amount.CostPrice; form != nil {
		out, err := m.costPrice(j, *form)
		return out, m.uncharged(j), err
	}
	if j.rule.Amount.Pct == nil {
		return entitlement{}, []payroll.Exception{m.priceMissing()}, nil
	}
	cost, err := m.costOf(j.days)
	if err != nil {
		return entitlement{}, nil, err
	}
	return m.shareOfCost(*j.rule.Amount.Pct, wageCost{whole: cost, counted: cost}), nil, nil
}

// hourlyPrice is the price an hour and where it stands; nil when there is none.
func (m month) hourlyPrice(j job) (*euro.Number, string) {
	if j.placement.Price != nil {
		return j.placement.Price, "placement"
	}
	if h := j.rule.Amount.Hourly; h != nil && h.Price != nil {
		return &h.Price.Value.Number, "scheme " + m.scheme.ID
	}
	return nil, ""
}

// workedWithin sums the hours worked on days of a span: an inlener pays for
// those and not for training, leave or sickness.
func workedWithin(hours []payroll.Hours, days calendar.Span) payroll.Quantity {
	var sum payroll.Quantity
	for _, h := range hours {
		if h.Kind == payroll.Worked && days.Holds(h.Day) {
			sum += h.Quantity
		}
	}
	return sum
}

// vatOn is the general rate of VAT on a day.
func vatOn(day calendar.Date) (figureUse, error) {
	f, err := statute.VAT(day)
	return figureUse{f, day}, err
}
