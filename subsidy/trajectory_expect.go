package subsidy

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// TrajectoryExpected is what trajectories still hold of a budget, or held and never
// used: VAT that is not given back included.
type TrajectoryExpected struct {
	Year      int
	Source    Source
	Reserved  euro.Amount // can still fall due, at most
	NeverUsed euro.Amount // months, six months and products that will not come any more
	NotEarned euro.Amount // results that will not come any more
}

// ExpectTrajectories reckons, from the payments themselves, what the trajectories of
// a municipality can still come to, after the month that it closed last with an
// approved statement. One that runs is expected to go as well as it can: to start,
// to have its plan approved, to be placed at once and to stay to the end of the
// period, or of the year where the scheme has no limit. One that is over keeps what
// is certain, such as a job that still has to last; what it could have come to and
// did not is told by its cause.
func ExpectTrajectories(book *Book, file StatementFile) ([]TrajectoryExpected, error) {
	e := expectation{sums: map[SourceAmount]*TrajectoryExpected{}, booked: map[dueKey]euro.Amount{}, premiums: map[uuid.UUID][]TrajectoryDue{}}
	for _, b := range file.Booked {
		e.booked[b.identity()] = b.Amount
	}
	for _, t := range file.Trajectories {
		scheme, known := book.Scheme(t.Scheme, t.Municipality)
		version, dated := scheme.Governing(t.Referred)
		if !known || !dated {
			continue
		}
		if err := e.add(scheme, version, t, file.Closed); err != nil {
			return nil, err
		}
	}
	for person, list := range e.premiums {
		kept, _, err := premiums(list, file.Elsewhere[person], listener{})
		if err != nil {
			return nil, err
		}
		if err := e.reserve(kept); err != nil {
			return nil, err
		}
	}
	var list []TrajectoryExpected
	for _, one := range e.sums {
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b TrajectoryExpected) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Source, b.Source))
	})
	return list, nil
}

type expectation struct {
	sums   map[SourceAmount]*TrajectoryExpected // by source and year
	booked map[dueKey]euro.Amount

	premiums map[uuid.UUID][]TrajectoryDue // by person, since a year's limits hold for one; else by trajectory
}

// add reckons one trajectory.
func (e expectation) add(s Scheme, v Version, t Trajectory, closed calendar.Date) error {
	horizon := t.horizon(v, closed)
	_, out := t.Exit()
	last := t.lastDay(v)
	if !out && (last.IsZero() || last.After(closed)) {
		return e.reserve(e.withoutPremiums(t, TrajectoryDues(s, t.atBest(v, closed), horizon, nil)))
	}
	certain := TrajectoryDues(s, t, horizon, nil)
	if err := e.reserve(e.withoutPremiums(t, certain)); err != nil {
		return err
	}
	came := map[dueKey]euro.Amount{}
	for _, d := range certain {
		came[d.identity()] = d.Amount
	}
	for _, d := range TrajectoryDues(s, t.unended().atBest(v, calendar.Date{}), horizon, nil) {
		if missed := d.Amount.Sub(came[d.identity()]); d.Rule.Payer == "municipality" && missed.Sign() > 0 && !t.unpaid(d.Rule) {
			err := e.each(d, missed, func(x *TrajectoryExpected, a euro.Amount) {
				if d.Rule.Trigger == Monthly || d.Rule.Trigger == SixMonths || d.Rule.Trigger == OnProduct {
					x.NeverUsed = x.NeverUsed.Add(a)
				} else {
					x.NotEarned = x.NotEarned.Add(a)
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// withoutPremiums sets premiums aside for the limits of a person's year.
func (e expectation) withoutPremiums(t Trajectory, list []TrajectoryDue) []TrajectoryDue {
	person := t.participant()
	var others []TrajectoryDue
	for _, d := range list {
		if t.unpaid(d.Rule) {
			continue
		}
		if d.isPremium() {
			e.premiums[person] = append(e.premiums[person], d)
			continue
		}
		others = append(others, d)
	}
	return others
}

// reserve holds what is not booked yet.
func (e expectation) reserve(list []TrajectoryDue) error {
	for _, d := range list {
		left := d.Amount.Sub(e.booked[d.identity()])
		if d.Rule.Payer != "municipality" || left.Sign() <= 0 {
			continue
		}
		if err := e.each(d, left, func(x *TrajectoryExpected, a euro.Amount) { x.Reserved = x.Reserved.Add(a) }); err != nil {
			return err
		}
	}
	return nil
}

// each deals part of a payment out over the sources that bear it.
func (e expectation) each(d TrajectoryDue, amount euro.Amount, to func(*TrajectoryExpected, euro.Amount)) error {
	b := BookedDue{Kind: d.Rule.Kind, Amount: amount}
	if _, err := b.tax(d, listener{}); err != nil {
		return err
	}
	for _, part := range b.Sources {
		place := SourceAmount{Source: part.Source, Year: part.Year}
		if e.sums[place] == nil {
			e.sums[place] = &TrajectoryExpected{Year: part.Year, Source: part.Source}
		}
		to(e.sums[place], part.Amount)
	}
	return nil
}

// identity says which payment it is.
func (d TrajectoryDue) identity() dueKey {
	if d.Trajectory != uuid.Nil {
		return dueKey{d.Trajectory, d.Rule.ID, d.Key}
	}
	return dueKey{d.Agreement, d.Rule.ID, d.Key}
}

// horizon is how far is looked ahead: to the end of the period and for as long as a
// job can have to last after it, or to the end of the year of the month that was
// closed last, or of the start.
func (t Trajectory) horizon(v Version, closed calendar.Date) calendar.Date {
	if last := t.lastDay(v); !last.IsZero() {
		return last.AddMonths(maxShown)
	}
	year := t.counting().Year()
	if !closed.IsZero() {
		year = max(year, closed.Year())
	}
	return calendar.Day(year, 12, 31)
}

// atBest is the trajectory as it would go if all went well from now on: what has
// not happened yet happens on its first day, or on the day after what is closed.
func (t Trajectory) atBest(v Version, closed calendar.Date) Trajectory {
	best := t
	best.Events = slices.Clone(t.Events)
	on := t.counting()
	if day := closed.Add(1); !closed.IsZero() && day.After(on) {
		on = day
	}
	happens := func(e TrajectoryEvent) {
		e.Number, e.Day, e.State = len(best.Events)+1, on, Confirmed
		best.Events = append(best.Events, e)
	}
	if _, known := t.Start(); !known {
		happens(TrajectoryEvent{Kind: Started})
	}
	if _, known := t.first(Planned); !known {
		happens(TrajectoryEvent{Kind: Planned})
	}
	if len(t.placements()) == 0 {
		full := euro.Int(40)
		job := Job{HoursPerWeek: full, FullTimeHours: full}
		if v.Outcome != nil {
			job.Sector = v.Outcome.Sector
		}
		happens(TrajectoryEvent{Kind: Placed, Job: &job})
	}
	for _, e := range t.counted() {
		if e.Kind == Ordered {
			happens(TrajectoryEvent{Kind: Delivered, Product: e.Product})
		}
	}
	return best
}

// unended is the trajectory as if it had not ended, nor anybody come back.
func (t Trajectory) unended() Trajectory {
	t.Events = slices.DeleteFunc(slices.Clone(t.Events), func(e TrajectoryEvent) bool { return e.Kind == Exited || e.Kind == Relapsed })
	return t
}

// WithTrajectories adds to budgets what trajectories hold of them.
func WithTrajectories(list []BudgetStands, expected []TrajectoryExpected) []BudgetStands {
	for _, e := range expected {
		i := slices.IndexFunc(list, func(b BudgetStands) bool { return b.Year == e.Year && b.Source == e.Source })
		if i < 0 {
			i, list = len(list), append(list, BudgetStands{Year: e.Year, Source: e.Source})
		}
		list[i].Reserved = list[i].Reserved.Add(e.Reserved)
		list[i] = list[i].Sum()
	}
	slices.SortStableFunc(list, func(a, b BudgetStands) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Source, b.Source))
	})
	return list
}

// UnderuseWithTrajectories adds what trajectories hold, and what they held and did
// not use: what is promised to one of them is not what nothing was promised of.
func UnderuseWithTrajectories(list []BudgetUnderuse, expected []TrajectoryExpected) []BudgetUnderuse {
	for _, e := range expected {
		i := slices.IndexFunc(list, func(u BudgetUnderuse) bool { return u.Year == e.Year && u.Source == e.Source })
		if i < 0 {
			i, list = len(list), append(list, BudgetUnderuse{Year: e.Year, Source: e.Source})
		}
		u := &list[i]
		u.Reserved, u.NeverUsed, u.NotEarned = u.Reserved.Add(e.Reserved), u.NeverUsed.Add(e.NeverUsed), u.NotEarned.Add(e.NotEarned)
		u.NotReserved = u.NotReserved.Sub(e.Reserved).Sub(e.NeverUsed).Sub(e.NotEarned)
		u.Free = u.Free.Sub(e.Reserved)
	}
	slices.SortStableFunc(list, func(a, b BudgetUnderuse) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Source, b.Source))
	})
	return list
}
