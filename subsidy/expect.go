package subsidy

import (
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// maxExpected bounds a forecast: no scheme with an end lasts longer.
const maxExpected = 72 // months

// Expect reckons what a decision will cost to its end, by month, rule and source: each as if
// the agreed hours were worked at the wage of the contract and the figures known
// today. A decision without an end is expected to run to the end of the year
// that it starts in. It is a forecast and no claim: facts that are missing count
// for nothing.
func Expect(s Scheme, f File, d Decision) ([]Reservation, error) {
	span := d.Span().Meet(f.Contract.Span())
	if span.To.IsZero() {
		span.To = calendar.Day(span.From.Year(), 12, 31)
	}
	f.History, f.Placements, f.Hours = nil, nil, nil
	f.Contract = planned(f.Contract)
	var months []Reservation
	for p, n := calendar.MonthOf(span.From), 0; !p.From.After(span.To) && n < maxExpected; p, n = p.Next(), n+1 {
		claims, err := expectMonth(s, f, p)
		if err != nil {
			return nil, err
		}
		for _, c := range claims {
			if c.Decision != d.ID {
				continue // others on the contract only use up the scheme's period
			}
			for _, part := range c.burden() {
				months = append(months, Reservation{Month: p.From, Rule: c.Rule, Result: s.onResult(c), Source: part.Source, Amount: part.Amount})
			}
			f.History = c.after(f.History)
		}
	}
	return months, nil
}

// onResult reports whether the rule of a claim pays for something that must be
// reached first, and not for a month.
func (s Scheme) onResult(c Claim) bool {
	version, _ := s.On(c.Service.From)
	return slices.ContainsFunc(version.Pay, func(r PayRule) bool { return r.ID == c.Rule && r.Trigger != Monthly })
}

// expectMonth computes the claims of a month in which all goes as agreed.
func expectMonth(s Scheme, f File, p calendar.Period) ([]Claim, error) {
	slip, _, err := payroll.NewPayslip(payroll.Employment{Birth: f.Birth}, payroll.ContractMonth{Contract: f.Contract}, p, nil)
	if err != nil {
		return nil, err
	}
	claims, _, err := NewClaims(payroll.Run{Period: p}, s, f, slip, nil)
	return claims, err
}

// after is the history with this claim in it.
func (c Claim) after(all []History) []History {
	for i, h := range all {
		if h.Decision == c.Decision && h.Rule == c.Rule {
			all[i].Entitled, all[i].WageCost, all[i].Amount = h.Entitled.Add(c.Entitled), h.WageCost.Add(c.WageCost), h.Amount.Add(c.Amount)
			return all
		}
	}
	return append(all, History{Decision: c.Decision, Rule: c.Rule, Entitled: c.Entitled, WageCost: c.WageCost, Amount: c.Amount})
}

// planned is the contract as it is agreed: its weekly hours, every week.
func planned(c payroll.Contract) payroll.Contract {
	versions := make([]payroll.Terms, len(c.Versions))
	for i, v := range c.Versions {
		v.PayBasis, v.Averaging = payroll.Fixed, true
		versions[i] = v
	}
	c.Versions = versions
	return c
}
