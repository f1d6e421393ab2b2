package subsidy

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// TrajectoryDue is one payment that a rule gives for a trajectory, or for a contract year of
// an agreement, whenever that is asked: what was booked of it before is no part of
// it. The key says which of the rule's payments it is, so that the same one can
// not be owed twice.
type TrajectoryDue struct {
	Trajectory uuid.UUID // nil of a settlement
	Agreement  uuid.UUID // nil where there is none
	Number     string    // of the trajectory, or of the agreement
	Scheme     string
	Rule       PayRule
	Key        string        // e.g. month/2007-03, product/intake, placed, year/1
	Day        calendar.Date // on which it fell due: its VAT and its budget year
	Benefit    Benefit
	Amount     euro.Amount // without VAT; below nil of a malus
}

// dues is the computation of one trajectory.
type dues struct {
	scheme  Scheme
	version Version
	t       Trajectory
	until   calendar.Date
	trace   *payroll.Trace
	list    []TrajectoryDue
}

// TrajectoryDues are the payments of one trajectory that fell due by a day, in
// order of day and key, before what a person may get in a year limits premiums. A
// trajectory goes by the version of the scheme on the day of its referral, to its
// end: a price is not changed under way.
func TrajectoryDues(s Scheme, t Trajectory, until calendar.Date, trace *payroll.Trace) []TrajectoryDue {
	version, known := s.Governing(t.Referred)
	if !known {
		return nil
	}
	d := &dues{scheme: s, version: version, t: t, until: until, trace: trace}
	for _, rule := range version.Pay {
		if rule.ByTrajectory() {
			d.rule(rule)
		}
	}
	slices.SortStableFunc(d.list, func(a, b TrajectoryDue) int {
		return cmp.Or(a.Day.Cmp(b.Day), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Key, b.Key))
	})
	return d.list
}

// rule adds what one rule gives.
func (d *dues) rule(r PayRule) {
	first := len(d.list)
	switch {
	case r.Trigger == Monthly:
		d.monthly(r)
	case r.Trigger == AtStart:
		if day, known := d.t.Start(); known {
			d.add(r, "start", day, r.Amount.Fixed.Amount.Value.Number, "")
		}
	case r.Trigger == SixMonths:
		d.sixMonths(r)
	case r.Trigger == OnProduct:
		d.product(r)
	case r.Trigger == Milestone:
		d.shares(r, *r.Amount.Parts, r.Amount.Parts.Price.Value.Cents())
	case r.Amount.Ladder != nil:
		d.ladder(r, *r.Amount.Ladder)
	case r.Trigger == OnOutcome:
		d.outcome(r)
	}
	d.limit(r, first)
}

// add notes a payment that fell due in time.
func (d *dues) add(r PayRule, key string, day calendar.Date, exact euro.Number, formula string) {
	if day.After(d.until) {
		return
	}
	due := TrajectoryDue{
		Trajectory: d.t.ID, Agreement: d.t.Agreement, Number: d.t.Number, Scheme: d.scheme.ID, Rule: r, Key: key, Day: day,
		Benefit: d.t.Benefit, Amount: exact.Cents(),
	}
	d.list = append(d.list, due)
	d.trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: fmt.Sprintf("%s, %s: verschuldigd op %s", r.ID, key, day), EN: fmt.Sprintf("%s, %s: due on %s", r.ID, key, day)},
			Source:  fmt.Sprintf("scheme %s %s (%s)", d.scheme.ID, d.version.From, r.Mark),
			Formula: formula, Result: due.Amount.String(), Rounded: "half up, 0.01",
		}
	})
}

// monthly pays each calendar month that is over, for part of it by calendar days.
func (d *dues) monthly(r PayRule) {
	amount := r.Amount.Fixed.Amount.Value.Number
	running := d.t.running(d.version)
	if len(running) == 0 {
		return
	}
	for month := calendar.MonthOf(running[0].From); !month.To.After(d.until); month = month.Next() {
		days := 0
		for _, span := range running {
			days += span.Meet(month.Span).Days()
		}
		if days > 0 {
			part := euro.Ratio{Over: euro.Int(int64(days)), Under: euro.Int(int64(month.Days()))}
			d.add(r, "month/"+month.String(), month.To, amount.Part(part), fmt.Sprintf("%s × %d/%d", amount, days, month.Days()))
		}
	}
}

// sixMonths pays each six months of participation that were served whole.
func (d *dues) sixMonths(r PayRule) {
	start, known := d.t.Start()
	for n := 1; known; n++ {
		day := start.AddMonths(6 * n).Add(-1)
		if day.After(d.until) {
			return
		}
		if d.t.runsOn(d.version, day) {
			d.add(r, fmt.Sprintf("six_months/%d", n), day, r.Amount.Fixed.Amount.Value.Number, "")
		}
	}
}

// product pays a product once for a participant, and only when it was ordered: a
// module that nobody ordered is not paid.
func (d *dues) product(r PayRule) {
	events := d.t.counted()
	find := func(kind TrajectoryKind) int {
		return slices.IndexFunc(events, func(e TrajectoryEvent) bool { return e.Kind == kind && e.Product == r.Product })
	}
	if i := find(Delivered); i >= 0 && find(Ordered) >= 0 {
		d.add(r, "product/"+r.Product, events[i].Day, r.Amount.Fixed.Amount.Value.Number, "")
	}
}

// shares pays a price in parts at milestones; they sum to it to the cent.
func (d *dues) shares(r PayRule, a PartsAmount, price euro.Amount) {
	names := orderedMilestones(a.Shares)
	weights := make([]euro.Number, len(names))
	for i, name := range names {
		weights[i] = a.Shares[name].Number
	}
	for i, amount := range price.Share(weights...) {
		m, named := trajectoryMilestone(names[i])
		if !named {
			panic("subsidy: a scheme passed with a broken milestone: " + names[i])
		}
		if day, reached := d.t.reached(m, d.version); reached {
			d.add(r, names[i], day, amount.Number(), fmt.Sprintf("%s × %s", price, weights[i]))
		}
	}
}

// orderedMilestones sorts milestones as they are reached, so that the last one
// takes what the cents leave.
func orderedMilestones(shares map[string]Decimal) []string {
	names := make([]string, 0, len(shares))
	for name := range shares {
		names = append(names, name)
	}
	rank := func(name string) int {
		m, _ := trajectoryMilestone(name)
		switch {
		case m.placed:
			return 10_000 + m.months
		case m.plan:
			return 1
		}
		return 2 * m.months
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return names
}

// ladder pays by how soon somebody is at work, whole or in shares. The first
// placement counts: a second one after a relapse is no second success.
func (d *dues) ladder(r PayRule, a LadderAmount) {
	day, placed := d.t.placedFor(0, d.version)
	if !placed || !d.succeeds() {
		return
	}
	k := monthOf(d.t.counting(), day)
	price := a.within(k)
	if price.IsZero() {
		return
	}
	if a.Shares == nil {
		d.add(r, "placed", day, price, fmt.Sprintf("month %d", k))
		return
	}
	d.shares(r, PartsAmount{Shares: a.Shares}, price.Cents())
}

// outcome pays a fixed amount once for the qualifying outcome, on the day that it
// is certain.
func (d *dues) outcome(r PayRule) {
	o := d.version.Outcome
	if o == nil {
		return
	}
	if p, good := d.t.qualifying(*o); good && d.t.inTime(p.Span.From, d.version) {
		day := p.Span.From
		if o.ContractMonths > 0 && p.Span.To.IsZero() {
			day = day.AddMonths(o.ContractMonths).Add(-1) // an open-ended job has to last that long
		}
		d.add(r, "outcome", day, r.Amount.Fixed.Amount.Value.Number, "")
	}
}

// succeeds reports whether some job meets what the scheme asks of one, but for how
// long it lasts: shares at later milestones see to that.
func (d *dues) succeeds() bool {
	if d.version.Outcome == nil {
		return true
	}
	asked := *d.version.Outcome
	asked.ContractMonths = 0
	_, good := d.t.qualifying(asked)
	return good
}

// limit holds what the rule gave, from the n-th payment on, under what one person
// may cost.
func (d *dues) limit(r PayRule, first int) {
	if r.Limit == nil {
		return
	}
	mine := d.list[first:]
	slices.SortStableFunc(mine, func(a, b TrajectoryDue) int { return a.Day.Cmp(b.Day) })
	left := r.Limit.Value.Cents()
	for i := range mine {
		mine[i].Amount = mine[i].Amount.Min(left)
		left = left.Sub(mine[i].Amount)
	}
}
