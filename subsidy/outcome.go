package subsidy

import (
	"slices"

	"verloning/payroll/calendar"
)

// What an outcome can be a part of. Each source keeps its own denominator: a
// percentage never goes without its base.
const (
	BaseReferrals      = "referrals"       // all who were referred
	BaseStarters       = "starters"        // all who started
	BaseProfitStarters = "profit_starters" // those who started in the sector of the outcome
	BasePlaces         = "places"          // the places of the scheme, however often they were filled
	BaseExits          = "exits"           // all who left
)

// OutcomeBases are all bases.
var OutcomeBases = []string{BaseReferrals, BaseStarters, BaseProfitStarters, BasePlaces, BaseExits}

// succeeded reports whether a trajectory counts as the scheme's success: it left
// for a reason that counts, to a job that meets what is asked of it. Where nothing
// is asked of a job, the reason is enough.
func (v Version) succeeded(t Trajectory) bool {
	o := v.Outcome
	exit, out := t.Exit()
	if o == nil || !out || !slices.Contains(o.reasons(), exit.Reason) {
		return false
	}
	if o.ContractMonths == 0 && o.HoursShare == nil && o.Sector == "" {
		return true
	}
	_, good := t.qualifying(*o)
	return good
}

// bases are what the outcomes are counted against: the target's first.
func (o Outcome) bases() []string { return append([]string{o.Base}, o.AlsoBases...) }

// reasons are the exits that count.
func (o Outcome) reasons() []string {
	if len(o.Reasons) == 0 {
		return []string{"work"}
	}
	return o.Reasons
}

// counts reports whether a trajectory is part of a base by the end of a span.
func (v Version) counts(t Trajectory, base string, within calendar.Span) bool {
	start, started := t.first(Started)
	switch base {
	case BaseReferrals:
		return within.Holds(t.Referred)
	case BaseStarters:
		return started && within.Holds(start.Day)
	case BaseProfitStarters:
		return started && within.Holds(start.Day) && v.Outcome != nil && start.Sector == v.Outcome.Sector
	case BaseExits:
		exit, out := t.Exit()
		return out && within.Holds(exit.Day)
	}
	return false
}
