package subsidy

import "verloning/payroll/euro"

// BudgetUnderuse says why money of a source and year is left, to the cent:
// Claimed and Reserved still hold part of it, and the causes are the rest, which
// together are what is free.
type BudgetUnderuse struct {
	Year        int         `json:"year"`
	Source      Source      `json:"source"`
	Left        euro.Amount `json:"left"`
	Claimed     euro.Amount `json:"claimed"`
	Reserved    euro.Amount `json:"reserved"`
	NeverUsed   euro.Amount `json:"never_used"`   // was reserved for months, and less was claimed
	NotEarned   euro.Amount `json:"not_earned"`   // was reserved for results, and less was claimed
	Settled     euro.Amount `json:"settled"`      // was claimed and not granted, or came back when an advance was settled
	NotReserved euro.Amount `json:"not_reserved"` // nothing was promised of it; below nil where more was promised than there was
	Free        euro.Amount `json:"free"`
}

// Causes sums the causes.
func (u BudgetUnderuse) Causes() euro.Amount {
	return euro.Sum(u.NeverUsed, u.NotEarned, u.Settled, u.NotReserved)
}
