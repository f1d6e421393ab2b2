package subsidy

// unconfirmed reports whether the amount of a rule rests on a setting that nobody
// confirmed: the rule as a whole, or a value of its amount. The percentage that
// stands in for charges that are not known is told where it is used.
func (r PayRule) unconfirmed() bool {
	if r.Mark == Setting {
		return true
	}
	for _, m := range r.values() {
		if m.Mark == Setting {
			return true
		}
	}
	return false
}

// values are what the amount of a rule is reckoned from.
func (r PayRule) values() []Marked {
	var list []Marked
	a := r.Amount
	if a.Fixed != nil {
		list = append(list, a.Fixed.Amount)
	}
	if a.Pct != nil {
		list = append(list, a.Pct.Rate)
	}
	if a.Parts != nil {
		list = append(list, a.Parts.Price)
	}
	if a.Hourly != nil && a.Hourly.Price != nil {
		list = append(list, *a.Hourly.Price)
	}
	if a.Ladder != nil {
		for _, s := range a.Ladder.Steps {
			list = append(list, s.Amount)
		}
	}
	if a.Settle != nil {
		list = append(list, a.Settle.Target, a.Settle.PerPoint, a.Settle.Cap)
	}
	if a.CostPrice != nil {
		list = append(list, a.CostPrice.Risk, a.CostPrice.Overhead)
	}
	if r.Limit != nil {
		list = append(list, *r.Limit)
	}
	return list
}
