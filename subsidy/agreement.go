package subsidy

import (
	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// ProviderAgreement (inkoopcontract, mantelcontract) is what a municipality agreed with a
// provider for a scheme: the trajectories under it are a cohort with a settlement
// of its own each contract year.
type ProviderAgreement struct {
	ID           uuid.UUID
	Number       string // the municipality's own, unique within it
	Municipality uuid.UUID
	Provider     uuid.UUID
	Payer        uuid.UUID // who pays what the municipality does not; nil: nobody
	Scheme       string
	Span         calendar.Span
	Agreed       int            // trajectories that were agreed; nought: no number
	Targets      map[string]int // by what is counted: referrals, starters, guided, outcomes, exits
}

// year is the n-th contract year, counted from one.
func (a ProviderAgreement) year(n int) calendar.Span {
	return calendar.Span{From: a.Span.From.AddMonths(12 * (n - 1)), To: a.Span.From.AddMonths(12 * n).Add(-1)}.Meet(a.Span)
}
