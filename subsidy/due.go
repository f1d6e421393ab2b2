package subsidy

import (
	"cmp"
	"fmt"
	"maps"
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
	Amount     euro.Amount             // without VAT; below nil of a malus
	Turnover   map[Benefit]euro.Amount // of a bonus or malus: what it is a share of
}

// dues is the computation of one trajectory.
type dues struct {
	scheme  Scheme
	version Version
	t       Trajectory
	until   calendar.Date
	heard   listener
	list    []TrajectoryDue
}

// TrajectoryDues are the payments of one trajectory that fell due by a day, in
// order of day and key, before what a person may get in a year limits premiums. A
// trajectory goes by the version of the scheme on the day of its referral, to its
// end: a price is not changed under way.
func TrajectoryDues(s Scheme, t Trajectory, until calendar.Date, trace *payroll.Trace) []TrajectoryDue {
	return trajectoryDues(s, t, until, listener{trace: trace})
}

func trajectoryDues(s Scheme, t Trajectory, until calendar.Date, heard listener) []TrajectoryDue {
	version, known := s.Governing(t.Referred)
	if !known {
		return nil
	}
	d := &dues{scheme: s, version: version, t: t, until: until, heard: heard}
	for _, rule := range version.Pay {
		if rule.ByTrajectory() {
			d.rule(rule)
		}
	}
	slices.SortStableFunc(d.list, byDay)
	return d.list
}

// byDay orders by day, rule and key.
func byDay(a, b TrajectoryDue) int {
	return cmp.Or(a.Day.Cmp(b.Day), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Key, b.Key))
}

// rule adds what one rule gives.
func (d *dues) rule(r PayRule) {
	first := len(d.list)
	switch {
	case r.Trigger == Monthly:
		d.monthly(r)
	case r.Trigger == AtStart:
		if day, reached := d.t.reached(milestone{}, d.version); reached {
			d.add(r, "start", day, r.Amount.Fixed.Amount.Value.Number, "")
		}
	case r.Trigger == SixMonths:
		d.sixMonths(r)
	case r.Trigger == OnProduct:
		d.product(r)
	case r.Trigger == Milestone:
		d.shares(r, r.Amount.Parts.Shares, r.Amount.Parts.Price.Value.Cents())
	case r.Amount.Ladder != nil:
		d.ladder(r, *r.Amount.Ladder)
	case r.Trigger == OnOutcome:
		d.outcome(r)
	}
	d.limit(r, first)
}

// add notes a payment that fell due in time.
func (d *dues) add(r PayRule, key string, day calendar.Date, exact euro.Number, formula string) {
	if day.After(d.until) || exact.Cents().IsZero() {
		return
	}
	due := TrajectoryDue{
		Trajectory: d.t.ID, Agreement: d.t.Agreement, Number: d.t.Number, Scheme: d.scheme.ID, Rule: d.scheme.sourcesOn(r, day), Key: key, Day: day,
		Benefit: d.t.Benefit, Amount: exact.Cents(),
	}
	d.list = append(d.list, due)
	d.heard.of(due.identity()).Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: fmt.Sprintf("%s, %s: verschuldigd op %s", r.ID, key, day), EN: fmt.Sprintf("%s, %s: due on %s", r.ID, key, day)},
			Source:  fmt.Sprintf("scheme %s %s (%s)", d.scheme.ID, d.version.From, r.Mark),
			Formula: formula, Result: due.Amount.String(), Rounded: "half up, 0.01",
		}
	})
}

// sourcesOn is the rule with the sources of money of a day: the price stays that of
// the referral, but money comes from what there is, such as the participatiebudget
// after the werkdeel.
func (s Scheme) sourcesOn(r PayRule, day calendar.Date) PayRule {
	version, known := s.On(day)
	if !known {
		return r
	}
	for _, now := range version.Pay {
		if now.ID == r.ID {
			r.Budget, r.BudgetBy = now.Budget, now.BudgetBy
		}
	}
	return r
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
		if d.t.served(d.version, calendar.Span{From: start.AddMonths(6 * (n - 1)), To: day}) {
			d.add(r, fmt.Sprintf("six_months/%d", n), day, r.Amount.Fixed.Amount.Value.Number, "")
		}
	}
}

// product pays a product once for a participant, and only when it was ordered
// within the longest period: a module that nobody ordered is not paid. Aftercare may
// be delivered later.
func (d *dues) product(r PayRule) {
	events := d.t.counted()
	find := func(kind TrajectoryKind) int {
		return slices.IndexFunc(events, func(e TrajectoryEvent) bool { return e.Kind == kind && e.Product == r.Product })
	}
	delivered, ordered := find(Delivered), find(Ordered)
	if delivered < 0 || ordered < 0 || !d.t.inTime(events[ordered].Day, d.version) {
		return
	}
	day := events[max(delivered, ordered)].Day // events are in order of day
	d.add(r, "product/"+r.Product, day, r.Amount.Fixed.Amount.Value.Number, "")
}

// shares pays a price in parts at milestones; they sum to it to the cent.
func (d *dues) shares(r PayRule, shares map[string]Decimal, price euro.Amount) {
	names := orderedMilestones(shares)
	weights := make([]euro.Number, len(names))
	for i, name := range names {
		weights[i] = shares[name].Number
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
	return slices.SortedFunc(maps.Keys(shares), func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
}

// ladder pays by how soon somebody is at work. In shares it follows the first
// placement: a second one after a relapse is no second success, but may earn the
// shares that the first did not. Whole it is paid for a job that lasts as long as the
// scheme asks.
func (d *dues) ladder(r PayRule, a LadderAmount) {
	first, placed := d.t.placedFor(0, d.version)
	due := first
	if a.Shares == nil {
		first, due, placed = d.success()
	}
	if !placed {
		return
	}
	k := monthOf(d.t.counting(), first)
	price := a.within(k)
	switch {
	case price.IsZero():
	case a.Shares == nil:
		d.add(r, "placed", due, price, fmt.Sprintf("month %d", k))
	default:
		d.shares(r, a.Shares, price.Cents())
	}
}

// outcome pays a fixed amount once for the qualifying outcome, on the day that it
// is certain.
func (d *dues) outcome(r PayRule) {
	if _, due, good := d.success(); good {
		d.add(r, "outcome", due, r.Amount.Fixed.Amount.Value.Number, "")
	}
}

// success is the first day of the first job that is the scheme's outcome and the
// trajectory's work, and the day on which that is certain: at once where the
// contract itself is long enough, and else when the job has lasted that long.
func (d *dues) success() (first, certain calendar.Date, good bool) {
	months := d.version.asked().ContractMonths
	p, good := d.t.lasting(months, d.version)
	if !good {
		return first, certain, false
	}
	first, certain = p.Span.From, p.Span.From
	if long := first.AddMonths(months).Add(-1); months > 0 && (p.Job.To.IsZero() || p.Job.To.Before(long)) {
		certain = long
	}
	return first, certain, true
}

// limit holds what the rule gave, from the n-th payment on, under what one person
// may cost; what nothing is left for is no payment.
func (d *dues) limit(r PayRule, first int) {
	if r.Limit == nil {
		return
	}
	mine := d.list[first:]
	slices.SortStableFunc(mine, func(a, b TrajectoryDue) int { return cmp.Or(a.Day.Cmp(b.Day), cmp.Compare(a.Key, b.Key)) })
	left := r.Limit.Value.Cents()
	for i := range mine {
		due, whole, most := &mine[i], mine[i].Amount, left
		due.Amount = whole.Min(left)
		if left = left.Sub(due.Amount); due.Amount.Equal(whole) {
			continue
		}
		d.heard.of(due.identity()).Add(func() payroll.Step {
			return payroll.Step{
				What:    payroll.Text{NL: fmt.Sprintf("%s, %s: wat een deelnemer hoogstens kost", r.ID, due.Key), EN: fmt.Sprintf("%s, %s: what a participant costs at most", r.ID, due.Key)},
				Source:  fmt.Sprintf("scheme %s %s (%s)", d.scheme.ID, d.version.From, r.Limit.Mark),
				Formula: fmt.Sprintf("at most %s in all, of which %s is left", r.Limit.Value, most), Result: due.Amount.String(),
			}
		})
	}
	d.list = slices.DeleteFunc(d.list, func(due TrajectoryDue) bool { return due.Amount.IsZero() })
}
