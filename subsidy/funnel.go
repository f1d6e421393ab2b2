package subsidy

import (
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Funnel is what a provider did under an agreement by a day, month by month: from
// referral to exit, and what it earned.
type Funnel struct {
	ID        uuid.UUID     `json:"-"`
	Agreement string        `json:"agreement"`
	Scheme    string        `json:"scheme"`
	Agreed    int           `json:"agreed"` // trajectories; nought: no number
	Months    []FunnelMonth `json:"months"` // without those in which there was nothing
	Total     FunnelCount   `json:"total"`
	Targets   []TargetOf    `json:"targets"`  // of the agreement
	Outcomes  []Result      `json:"outcomes"` // of its trajectories, over each base of the scheme but its places
}

// FunnelMonth is one month.
type FunnelMonth struct {
	Month calendar.Period `json:"month"`
	FunnelCount
}

// FunnelCount counts trajectories. Who was guided in two months counts once in all.
type FunnelCount struct {
	Referred   int         `json:"referred"`
	Started    int         `json:"started"`
	Guided     int         `json:"guided"`      // running on some day
	Outcomes   int         `json:"outcomes"`    // who left with what the scheme counts
	OtherExits int         `json:"other_exits"` // who left otherwise
	Earned     euro.Amount `json:"earned"`      // fees of approved statements that fell due, without VAT
	BonusMalus euro.Amount `json:"bonus_malus"` // beside them, below nil of a malus
}

// TargetOf is a number that the agreement sets, and what came of it.
type TargetOf struct {
	Of       string `json:"of"`
	Target   int    `json:"target"`
	Realised int    `json:"realised"`
	Met      bool   `json:"met"`
}

// agreementTargets are what an agreement can set a number for, in order.
var agreementTargets = []string{"referrals", "starters", "guided", "outcomes", "exits"}

// Funnels report on each agreement of a municipality's file. A month has the fees
// that fell due in it, whenever a statement booked them; an exit that a relapse
// undid is none.
func Funnels(book *Book, file StatementFile, on calendar.Date) []Funnel {
	var list []Funnel
	for _, g := range file.Agreements {
		scheme, _ := book.Scheme(g.Scheme, g.Municipality)
		f := Funnel{ID: g.ID, Agreement: g.Number, Scheme: g.Scheme, Agreed: g.Agreed, Months: []FunnelMonth{}, Outcomes: []Result{}}
		var cohort []Trajectory
		for _, t := range file.Trajectories {
			if t.Agreement == g.ID && !t.Referred.After(on) {
				cohort = append(cohort, t.by(on))
			}
		}
		booked := slices.DeleteFunc(slices.Clone(file.Booked), func(b BookedDue) bool {
			return b.Agreement != g.ID || b.Kind != Fee || b.Payee != g.Provider || b.Day.After(on)
		})
		went := scheme.passages(cohort)
		f.Total = funnelled(went, booked, calendar.Span{To: on})
		// Nobody is referred under an agreement before it begins, and what follows may come after its end.
		for month := calendar.MonthOf(g.Span.From); !month.From.After(on); month = month.Next() {
			if count := funnelled(went, booked, month.Meet(calendar.Span{To: on})); !count.nothing() {
				f.Months = append(f.Months, FunnelMonth{month, count})
			}
		}
		f.Targets = g.stands(f.Total)
		if version, known := scheme.Governing(g.Span.From); known {
			f.Outcomes = version.ofCohort(cohort, on)
		}
		list = append(list, f)
	}
	return list
}

// passage is how one trajectory went through the funnel.
type passage struct {
	referred, started, out calendar.Date // none: not
	running                []calendar.Span
	succeeded              bool
}

// passages reads each trajectory once, for all months.
func (s Scheme) passages(cohort []Trajectory) []passage {
	list := make([]passage, len(cohort))
	for i, t := range cohort {
		version, _ := s.Governing(t.Referred)
		start, _ := t.Start()
		exit, _ := t.Exit()
		list[i] = passage{t.Referred, start, exit.Day, t.running(version), version.succeeded(t)}
	}
	return list
}

// funnelled counts what happened within a span of days.
func funnelled(list []passage, booked []BookedDue, within calendar.Span) FunnelCount {
	var c FunnelCount
	happened := func(day calendar.Date) bool { return !day.IsZero() && within.Holds(day) }
	for _, p := range list {
		if happened(p.referred) {
			c.Referred++
		}
		if happened(p.started) {
			c.Started++
		}
		if slices.ContainsFunc(p.running, within.Overlaps) {
			c.Guided++
		}
		switch {
		case !happened(p.out):
		case p.succeeded:
			c.Outcomes++
		default:
			c.OtherExits++
		}
	}
	for _, b := range booked {
		switch {
		case !within.Holds(b.Day):
		case b.Trajectory == uuid.Nil:
			c.BonusMalus = c.BonusMalus.Add(b.Amount)
		default:
			c.Earned = c.Earned.Add(b.Amount)
		}
	}
	return c
}

// nothing reports whether there is nothing to tell of a month.
func (c FunnelCount) nothing() bool {
	return c.Referred+c.Started+c.Guided+c.Outcomes+c.OtherExits == 0 && c.Earned.IsZero() && c.BonusMalus.IsZero()
}

// stands holds the agreement's targets against what was realised.
func (a ProviderAgreement) stands(c FunnelCount) []TargetOf {
	realised := []int{c.Referred, c.Started, c.Guided, c.Outcomes, c.Outcomes + c.OtherExits}
	list := []TargetOf{}
	for i, of := range agreementTargets {
		if target, set := a.Targets[of]; set {
			list = append(list, TargetOf{Of: of, Target: target, Realised: realised[i], Met: realised[i] >= target})
		}
	}
	return list
}

// ofCohort are the outcomes of an agreement's trajectories. The scheme's places and
// the number of people that it aims at are of all agreements together: only its
// percentage is held against each.
func (v Version) ofCohort(cohort []Trajectory, on calendar.Date) []Result {
	list := []Result{}
	if v.Outcome == nil {
		return list
	}
	for _, base := range v.Outcome.bases() {
		if base == BasePlaces {
			continue
		}
		r := v.result(cohort, ResultOutcome, base, on, v.succeeded)
		if t := v.Outcome.Target; t != nil && t.Percent != nil {
			r.Target = (&Target{Percent: t.Percent}).stands(r)
		}
		list = append(list, r)
	}
	return list
}
