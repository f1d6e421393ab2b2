package subsidy

import (
	"cmp"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// OutcomeReport is what came of the trajectories of one scheme by a day, as far as
// they go by one of its versions: each goes by the one of its referral.
type OutcomeReport struct {
	Scheme   string        `json:"scheme"`
	Version  calendar.Date `json:"version"` // first day of that version
	Referred int           `json:"referred"`
	Started  int           `json:"started"`
	Running  int           `json:"running"` // on the day, within the longest period
	Out      int           `json:"out"`     // the sum of the exits
	Exits    []ExitCount   `json:"exits"`   // who left has one reason; every reason of the scheme is there
	Outcomes int           `json:"outcomes"`
	Places   int           `json:"places"` // nought: the scheme names no number
	Results  []Result      `json:"results"`
}

// ExitCount is how many left for a reason.
type ExitCount struct {
	Reason string `json:"reason"`
	Number int    `json:"number"`
}

// What a result is about, beside the reasons of the exits.
const (
	ResultOutcome    = "outcome"     // what the scheme counts as its success
	ResultOffBenefit = "off_benefit" // exits that end the benefit, for whatever reason
)

// Result is a part of a base. It never goes without its denominator: percentages
// of different bases do not add up, and nothing here adds them.
type Result struct {
	What        string        `json:"what"` // outcome, off_benefit, or the reason of an exit
	Base        string        `json:"base"`
	Number      int           `json:"number"` // of those in the base
	Denominator int           `json:"denominator"`
	Percentage  *euro.Amount  `json:"percentage,omitempty"` // two decimals half up; unknown where nobody is in the base
	Target      *TargetStands `json:"target,omitempty"`
}

// TargetStands holds a result against the scheme's target.
type TargetStands struct {
	Count   *int         `json:"count,omitempty"`   // people
	Share   *euro.Amount `json:"share,omitempty"`   // what that count is of this base, percent, two decimals half up
	Percent *euro.Number `json:"percent,omitempty"` // of this base
	Met     *bool        `json:"met,omitempty"`     // by every part of it; unknown where a percentage is
}

// Outcomes report on the trajectories of a municipality as they were on a day, each
// scheme in order of its id and version. What waits for a verdict counts as little
// as it does for a payment.
func Outcomes(book *Book, trajectories []Trajectory, on calendar.Date) []OutcomeReport {
	var list []OutcomeReport
	for _, c := range cohortsOf(book, trajectories, on) {
		r := c.version.report(c.list, on)
		r.Scheme, r.Version = c.scheme, c.version.From.Date
		list = append(list, r)
	}
	return list
}

// schemeCohort are the trajectories that go by one version of a scheme.
type schemeCohort struct {
	scheme  string
	version Version
	list    []Trajectory
}

// cohortsOf groups trajectories as they were on a day.
func cohortsOf(book *Book, trajectories []Trajectory, on calendar.Date) []schemeCohort {
	var groups []schemeCohort
	for _, t := range trajectories {
		if t.Referred.After(on) {
			continue
		}
		scheme, _ := book.Scheme(t.Scheme, t.Municipality)
		version, _ := scheme.Governing(t.Referred)
		at, known := slices.BinarySearchFunc(groups, schemeCohort{scheme: t.Scheme, version: version}, schemeCohort.compare)
		if !known {
			groups = slices.Insert(groups, at, schemeCohort{scheme: t.Scheme, version: version})
		}
		groups[at].list = append(groups[at].list, t.by(on))
	}
	return groups
}

func (c schemeCohort) compare(d schemeCohort) int {
	return cmp.Or(cmp.Compare(c.scheme, d.scheme), c.version.From.Cmp(d.version.From.Date))
}

func (v Version) report(list []Trajectory, on calendar.Date) OutcomeReport {
	r := OutcomeReport{Exits: []ExitCount{}, Results: []Result{}, Places: v.Eligibility.Places, Referred: len(list)}
	for _, reason := range v.Exits {
		r.Exits = append(r.Exits, ExitCount{Reason: reason})
	}
	for _, t := range list {
		if _, started := t.Start(); started {
			r.Started++
		}
		if t.served(v, calendar.Span{From: on, To: on}) {
			r.Running++
		}
		if v.succeeded(t) {
			r.Outcomes++
		}
		if exit, out := t.Exit(); out {
			r.Out++
			at := slices.IndexFunc(r.Exits, func(e ExitCount) bool { return e.Reason == exit.Reason })
			if at < 0 { // of a version that was amended since
				at, r.Exits = len(r.Exits), append(r.Exits, ExitCount{Reason: exit.Reason})
			}
			r.Exits[at].Number++
		}
	}
	if v.Outcome != nil {
		for _, base := range v.Outcome.bases() {
			r.Results = append(r.Results, v.results(list, base, on)...)
		}
	}
	return r
}

// results are the outcome, what ended the benefit where the scheme says what does,
// and every reason, as parts of one base.
func (v Version) results(list []Trajectory, base string, on calendar.Date) []Result {
	left := func(reasons ...string) func(Trajectory) bool {
		return func(t Trajectory) bool {
			exit, out := t.Exit()
			return out && slices.Contains(reasons, exit.Reason)
		}
	}
	all := []Result{v.result(list, ResultOutcome, base, on, v.succeeded)}
	all[0].Target = v.Outcome.Target.stands(all[0])
	if ends := v.Outcome.OffBenefit; len(ends) > 0 {
		all = append(all, v.result(list, ResultOffBenefit, base, on, left(ends...)))
	}
	for _, reason := range v.Exits {
		all = append(all, v.result(list, reason, base, on, left(reason)))
	}
	return all
}

// result counts those of a base for whom something holds. The places of a scheme
// are a number that it names, and everybody is counted on them.
func (v Version) result(list []Trajectory, what, base string, on calendar.Date, holds func(Trajectory) bool) Result {
	r := Result{What: what, Base: base}
	for _, t := range list {
		if base != BasePlaces && !v.counts(t, base, calendar.Span{To: on}) {
			continue
		}
		r.Denominator++
		if holds(t) {
			r.Number++
		}
	}
	if base == BasePlaces {
		r.Denominator = v.Eligibility.Places
	}
	r.Percentage = percentage(r.Number, r.Denominator)
	return r
}

// percentage is a part of a whole; of nothing there is none.
func percentage(number, whole int) *euro.Amount {
	if whole == 0 {
		return nil
	}
	part := euro.Hundred.PartCents(euro.Ratio{Over: euro.Int(int64(number)), Under: euro.Int(int64(whole))})
	return &part
}

// stands holds a result against the target. A percentage is held against the exact
// part, not the rounded one.
func (t *Target) stands(r Result) *TargetStands {
	if t == nil {
		return nil
	}
	s, met, known := &TargetStands{}, true, true
	if t.Count != nil {
		count := wholeMonths(t.Count) // a whole number, of people here
		s.Count, s.Share, met = &count, percentage(count, r.Denominator), r.Number >= count
	}
	if t.Percent != nil {
		percent := t.Percent.Value.Number
		s.Percent, known = &percent, r.Denominator > 0
		met = met && euro.Int(int64(100*r.Number)).Cmp(percent.Mul(euro.Int(int64(r.Denominator)))) >= 0
	}
	if known || t.Count != nil && r.Number < *s.Count {
		s.Met = &met
	}
	return s
}
