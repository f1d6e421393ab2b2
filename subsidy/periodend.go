package subsidy

import (
	"cmp"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// The lists at the end of a period.
const (
	EarnedNotClaimed  = "earned_not_claimed"  // worked, and the employer has not claimed it
	ClaimedNotGranted = "claimed_not_granted" // the municipality has not decided
	GrantedNotPaid    = "granted_not_paid"    // not gone over the municipality's bank account; below nil of what is to be paid back
	AdvanceToSettle   = "advance_to_settle"   // granted ahead of a wage cost that is settled at the end of the decision
	StaleReservation  = "stale_reservation"   // expected of a month that is over, of which nothing was handed in or claimed
)

// PeriodEndLine is what one source bears of one trail on one of the lists.
type PeriodEndLine struct {
	List     string        `json:"list"`
	Source   Source        `json:"source"`
	Taakveld string        `json:"taakveld"`
	SiSa     string        `json:"sisa,omitempty"`
	Employer string        `json:"employer"`
	Contract string        `json:"contract"`
	Decision string        `json:"decision,omitempty"`
	Scheme   string        `json:"scheme"`
	Rule     string        `json:"rule"`
	Month    calendar.Date `json:"month"`
	Amount   euro.Amount   `json:"amount"`
}

// PeriodEndTotal sums a list by source and line of the annual account.
type PeriodEndTotal struct {
	List     string      `json:"list"`
	Source   Source      `json:"source"`
	Taakveld string      `json:"taakveld"`
	SiSa     string      `json:"sisa,omitempty"`
	Lines    int         `json:"lines"`
	Amount   euro.Amount `json:"amount"`
}

// PeriodEnd lists what a controller carries over at the end of a period, of months of
// service up to it, in the order of the lists and trails: of one list, or of all. Who
// makes up a year knows what was decided since, so that grants are as they are known
// now; what was paid is what the bank had moved on that day (Narrow.Moved).
func (r Reconciliation) PeriodEnd(only string) ([]PeriodEndLine, []PeriodEndTotal) {
	var lines []PeriodEndLine
	for _, t := range r.Trails {
		rule, _ := t.rule(r.Book)
		for list, amount := range t.openAt() {
			if only != "" && only != list {
				continue
			}
			for _, s := range t.dealt(amount) {
				if s.Amount.IsZero() {
					continue
				}
				field := TaakveldOf(s.Source, t.Month.Year(), rule.Amount.Loonkostensubsidie != nil)
				lines = append(lines, PeriodEndLine{list, s.Source, field.Taakveld, field.SiSa, t.Employer, t.ContractNumber, t.DecisionNumber, t.Scheme, t.Rule, t.Month, s.Amount})
			}
		}
	}
	slices.SortStableFunc(lines, PeriodEndLine.compare)
	return lines, periodEndTotals(lines)
}

var periodEndLists = []string{EarnedNotClaimed, ClaimedNotGranted, GrantedNotPaid, AdvanceToSettle, StaleReservation}

func (l PeriodEndLine) compare(o PeriodEndLine) int {
	return cmp.Or(slices.Index(periodEndLists, l.List)-slices.Index(periodEndLists, o.List), cmp.Compare(l.Source, o.Source), cmp.Compare(l.Taakveld, o.Taakveld), cmp.Compare(l.SiSa, o.SiSa),
		cmp.Compare(l.Employer, o.Employer), cmp.Compare(l.Contract, o.Contract), cmp.Compare(l.Decision, o.Decision), cmp.Compare(l.Rule, o.Rule), l.Month.Cmp(o.Month))
}

// openAt is what the trail puts on each list.
func (t Trail) openAt() map[string]euro.Amount {
	open := map[string]euro.Amount{}
	if len(t.Claims) == 0 && t.Expected.Sign() > 0 {
		if t.Facts.HoursKnown > 0 {
			open[EarnedNotClaimed] = t.Expected
		} else {
			open[StaleReservation] = t.Expected
		}
	}
	for _, c := range t.Claims {
		if c.Verdict == "" {
			open[ClaimedNotGranted] = open[ClaimedNotGranted].Add(c.burden())
		}
		if !t.Facts.NoBank {
			open[GrantedNotPaid] = open[GrantedNotPaid].Add(c.payable().Sub(c.SettledOut))
		}
		if t.Facts.Parts && !t.Facts.Over {
			open[AdvanceToSettle] = open[AdvanceToSettle].Add(c.grantedBurden())
		}
	}
	return open
}

// periodEndTotals sums the lines, which come in order.
func periodEndTotals(lines []PeriodEndLine) []PeriodEndTotal {
	var list []PeriodEndTotal
	for _, l := range lines {
		n := len(list)
		if n == 0 || list[n-1].List != l.List || list[n-1].Source != l.Source || list[n-1].Taakveld != l.Taakveld || list[n-1].SiSa != l.SiSa {
			list = append(list, PeriodEndTotal{List: l.List, Source: l.Source, Taakveld: l.Taakveld, SiSa: l.SiSa})
			n++
		}
		list[n-1].Lines, list[n-1].Amount = list[n-1].Lines+1, list[n-1].Amount.Add(l.Amount)
	}
	return list
}
