package subsidy

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// funded is what one decision and the money beside it came to.
type funded struct {
	last    Trail
	months  map[calendar.Date]euro.Amount // wage cost, by month
	subsidy euro.Amount
	advance euro.Amount // of the subsidy, what is paid ahead of the wage cost
	refunds euro.Amount // of sick pay, which are no cost of the employer
	other   euro.Amount
}

// funding holds subsidies, and then all money, against the wage cost over a
// decision's period up to the last month that was claimed. Refunds of sick pay come
// off the wage cost. What is paid in advance counts when its decision is over.
func funding(trails []Trail, other []OtherMoney) []Discrepancy {
	by, order := byDecision(trails)
	for _, o := range other {
		for _, id := range order {
			f := by[id]
			if _, worked := f.months[o.Month]; !worked || f.last.Contract != o.Contract {
				continue
			}
			if o.Kind == SickPayRefund {
				f.refunds = f.refunds.Add(o.Amount)
			} else {
				f.other = f.other.Add(o.Amount)
			}
			break
		}
	}
	var list []Discrepancy
	for _, id := range order {
		list = append(list, by[id].above()...)
	}
	return list
}

// byDecision sums the subsidies under each decision, in the order of the trails.
func byDecision(trails []Trail) (map[uuid.UUID]*funded, []uuid.UUID) {
	by, order := map[uuid.UUID]*funded{}, []uuid.UUID(nil)
	for _, t := range trails {
		if t.Kind != Subsidy || len(t.Claims) == 0 || t.Facts.NoBank {
			continue
		}
		f := by[t.Decision]
		if f == nil {
			f = &funded{months: map[calendar.Date]euro.Amount{}}
			by[t.Decision], order = f, append(order, t.Decision)
		}
		if f.last.Month.IsZero() || !t.Month.Before(f.last.Month) {
			f.last = t
		}
		cost := euro.Zero
		for _, c := range t.Claims {
			cost = cost.Add(c.WageCost)
			f.subsidy = f.subsidy.Add(c.burdenGranted())
			if t.Facts.Advance && !t.Facts.Over {
				f.advance = f.advance.Add(c.burdenGranted())
			}
		}
		if known, worked := f.months[t.Month]; !worked || cost.Cmp(known) > 0 {
			f.months[t.Month] = cost // Rules on one decision share its wage cost.
		}
	}
	return by, order
}

// above are the two differences: what subsidy alone is above the wage cost, and
// what the other money adds to that.
func (f *funded) above() []Discrepancy {
	cost := f.refunds.Neg()
	for _, month := range f.months {
		cost = cost.Add(month)
	}
	earned := f.subsidy.Sub(f.advance)
	alone := positive(earned.Sub(cost))
	all := positive(earned.Add(f.other).Sub(cost))
	list := []Discrepancy{
		f.last.difference(CheckFunding, SubsidyAboveCost, alone, TrailClaim{}),
		f.last.difference(CheckFunding, FundingAboveCost, all.Sub(alone), TrailClaim{}),
	}
	for i, d := range list {
		// It is one difference of the whole decision, whichever month is the last.
		list[i].ID = payroll.DeriveID(fmt.Sprintf("difference/%s/%s/%s", d.Check, d.Class, f.last.Decision))
	}
	return slices.DeleteFunc(list, func(d Discrepancy) bool { return d.Amount.Sign() <= 0 })
}

func positive(a euro.Amount) euro.Amount {
	if a.Sign() < 0 {
		return euro.Zero
	}
	return a
}
