package subsidy_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// course is a trajectory under a scheme, drawn at random: whatever was recorded of
// it, in whatever order and state, what holds of every scheme is checked of what it
// pays. It knows nothing of any scheme but what its file says, and counts days one
// by one.
type course struct {
	*rapid.T
	scheme  subsidy.Scheme
	version subsidy.Version
	t       subsidy.Trajectory
	until   calendar.Date
	seen    map[string]int // what was met in all courses, so that a check that never looked fails
}

// TestEveryTrajectory holds every scheme of the book that pays for trajectories, or
// where a benefit is kept, against what no scheme may break.
func TestEveryTrajectory(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	visited, paying := 0, 0
	for _, scheme := range book.All() {
		rules := trajectoryRules(scheme.Versions[0])
		if len(rules) == 0 && scheme.Versions[0].Status.Kind != "benefit" {
			continue // TestEveryScheme has those
		}
		t.Run(scheme.ID, func(t *testing.T) {
			visited++
			seen := map[string]int{}
			var want []string
			for _, version := range scheme.Versions {
				for _, rule := range trajectoryRules(version) {
					want = append(want, met(version, rule)...)
				}
			}
			checkUntil(t, seen, want, func(t *rapid.T) { newCourse(t, scheme, seen).run() })
		})
		if len(rules) > 0 {
			paying++
		}
	}
	if visited < 25 || paying < 15 {
		t.Fatalf("%d schemes visited, of which %d pay", visited, paying)
	}
}

// trajectoryRules are the rules that TrajectoryDues looks at; a settlement is of an
// agreement and not of a trajectory.
func trajectoryRules(v subsidy.Version) []subsidy.PayRule {
	return slices.DeleteFunc(slices.Clone(v.Pay), func(r subsidy.PayRule) bool { return !r.ByTrajectory() || r.Amount.Settle != nil })
}

// met is what the courses of a scheme must have met of a rule.
func met(v subsidy.Version, r subsidy.PayRule) []string {
	list := []string{r.ID, "uncounted"}
	switch {
	case r.Trigger == subsidy.Monthly:
		list = append(list, r.ID+" part", r.ID+" gap")
		if v.Period != nil && v.Period.Months != nil {
			list = append(list, r.ID+" over")
		}
	case r.Trigger == subsidy.OnProduct:
		list = append(list, r.ID+" not ordered")
	case r.Amount.Parts != nil || r.Amount.Ladder != nil && r.Amount.Ladder.Shares != nil:
		list = append(list, r.ID+" whole", r.ID+" not whole")
	}
	if r.Limit != nil && r.Trigger == subsidy.Monthly {
		list = append(list, r.ID+" limited")
	}
	return list
}

// newCourse draws what happened, in any order.
func newCourse(t *rapid.T, scheme subsidy.Scheme, seen map[string]int) *course {
	c := &course{T: t, scheme: scheme, version: rapid.SampledFrom(scheme.Versions).Draw(t, "version"), seen: seen}
	c.t = subsidy.Trajectory{ID: payroll.DeriveID("T-1"), Number: "T-1", Municipality: municipality, Provider: payroll.DeriveID("P"), Agreement: payroll.DeriveID("A"), Scheme: scheme.ID}
	c.t.Referred = c.version.From.Add(rapid.IntRange(0, 60).Draw(t, "referred"))
	c.t.Benefit = rapid.SampledFrom(subsidy.Benefits).Draw(t, "benefit")
	c.until = c.t.Referred.Add(rapid.IntRange(0, 1400).Draw(t, "until"))
	if rapid.IntRange(0, 9).Draw(t, "started?") > 0 {
		c.event(subsidy.Started, 0, 90)
	}
	kinds := []subsidy.TrajectoryKind{subsidy.Planned, subsidy.Ordered, subsidy.Delivered, subsidy.Placed, subsidy.Placed, subsidy.Relapsed, subsidy.Exited, subsidy.Extended, subsidy.Accepted, subsidy.Intake}
	for range rapid.IntRange(0, 14).Draw(t, "events") {
		c.event(rapid.SampledFrom(kinds).Draw(t, "kind"), 0, 700)
	}
	for _, r := range trajectoryRules(c.version) {
		if r.Product != "" && rapid.Bool().Draw(t, "product?") {
			c.t.Events = append(c.t.Events, subsidy.TrajectoryEvent{Kind: subsidy.Ordered, Product: r.Product, Day: c.day(0, 400), State: subsidy.Confirmed},
				subsidy.TrajectoryEvent{Kind: subsidy.Delivered, Product: r.Product, Day: c.day(0, 700), State: subsidy.Confirmed})
		}
	}
	c.t.Events = rapid.Permutation(c.t.Events).Draw(t, "recorded")
	c.number()
	return c
}

func (c *course) number() {
	for i := range c.t.Events {
		c.t.Events[i].Number = i + 1
	}
}

// day draws a day after the referral; some days are drawn often, so that much
// happens on one.
func (c *course) day(from, to int) calendar.Date {
	n := rapid.IntRange(from, to).Draw(c.T, "day")
	if rapid.IntRange(0, 3).Draw(c.T, "round?") == 0 {
		n = n / 50 * 50
	}
	return c.t.Referred.Add(n)
}

// event draws one thing that happened.
func (c *course) event(kind subsidy.TrajectoryKind, from, to int) {
	e := subsidy.TrajectoryEvent{Kind: kind, Day: c.day(from, to), State: subsidy.Confirmed}
	if rapid.IntRange(0, 3).Draw(c.T, "other state?") == 0 {
		e.State = rapid.SampledFrom([]subsidy.EventState{subsidy.Reported, subsidy.Contested, subsidy.Upheld, subsidy.Rejected}).Draw(c.T, "state")
	}
	switch kind {
	case subsidy.Placed:
		e.Job = c.job(e.Day)
	case subsidy.Exited:
		e.Reason = rapid.SampledFrom(append([]string{"work"}, c.version.Exits...)).Draw(c.T, "reason")
	case subsidy.Ordered, subsidy.Delivered:
		products := []string{"nothing"}
		for _, r := range c.version.Pay {
			if r.Product != "" {
				products = append(products, r.Product)
			}
		}
		e.Product = rapid.SampledFrom(products).Draw(c.T, "product")
	}
	c.t.Events = append(c.t.Events, e)
}

func (c *course) job(from calendar.Date) *subsidy.Job {
	j := &subsidy.Job{
		HoursPerWeek: euro.Int(rapid.Int64Range(1, 40).Draw(c.T, "hours")), FullTimeHours: euro.Int(40),
		Sector: rapid.SampledFrom([]string{sectorOf(c.version), "profit", "public"}).Draw(c.T, "sector"),
	}
	if rapid.Bool().Draw(c.T, "full?") {
		j.HoursPerWeek, j.Sector = euro.Int(40), sectorOf(c.version)
	}
	if rapid.Bool().Draw(c.T, "fixed term?") {
		j.To = from.Add(rapid.IntRange(0, 400).Draw(c.T, "job days"))
	}
	return j
}

// dues are the payments, computed twice: with somebody listening and without.
func (c *course) dues(t subsidy.Trajectory, until calendar.Date) []subsidy.TrajectoryDue {
	trace := &payroll.Trace{}
	list := subsidy.TrajectoryDues(c.scheme, t, until, trace)
	if quiet := subsidy.TrajectoryDues(c.scheme, t, until, nil); !slices.Equal(said(quiet), said(list)) {
		c.Fatalf("%q, and listened to %q", said(quiet), said(list))
	}
	for _, d := range list {
		c.explained(trace, d)
	}
	return list
}

// explained wants a step that ends at the amount.
func (c *course) explained(trace *payroll.Trace, d subsidy.TrajectoryDue) {
	name := d.Rule.ID + ", " + d.Key + ":"
	if !slices.ContainsFunc(trace.Steps, func(s payroll.Step) bool {
		return len(s.What.EN) >= len(name) && s.What.EN[:len(name)] == name && s.What.NL != "" && s.Result == d.Amount.String()
	}) {
		c.Fatalf("no step of %+v explains %s %s %s", trace.Steps, d.Rule.ID, d.Key, d.Amount)
	}
}

func (c *course) run() {
	list := c.dues(c.t, c.until)
	c.sound(list)
	c.sameInAnyOrder(list)
	c.onlyWhatCounts(list)
	c.moreTime(list)
	c.laterFacts(list)
	for _, r := range trajectoryRules(c.version) {
		c.rule(r, slices.DeleteFunc(slices.Clone(list), func(d subsidy.TrajectoryDue) bool { return d.Rule.ID != r.ID }))
	}
}

// sound wants every payment to say what it is, in time, above nought and once.
func (c *course) sound(list []subsidy.TrajectoryDue) {
	keys := map[string]bool{}
	for i, d := range list {
		key := d.Rule.ID + " " + d.Key
		switch {
		case keys[key]:
			c.Fatalf("%s is owed twice: %q", key, said(list))
		case d.Amount.Sign() <= 0 || d.Key == "" || d.Day.IsZero() || d.Day.After(c.until):
			c.Fatalf("%+v", d)
		case d.Trajectory != c.t.ID || d.Agreement != c.t.Agreement || d.Number != c.t.Number || d.Scheme != c.scheme.ID || d.Benefit != c.t.Benefit:
			c.Fatalf("%+v", d)
		case !slices.ContainsFunc(trajectoryRules(c.version), func(r subsidy.PayRule) bool { return r.ID == d.Rule.ID }):
			c.Fatalf("no rule of the scheme pays %+v", d)
		case i > 0 && d.Day.Before(list[i-1].Day):
			c.Fatalf("%q is not in order of day", said(list))
		}
		keys[key] = true
	}
}

// sameInAnyOrder records the same facts in another order.
func (c *course) sameInAnyOrder(list []subsidy.TrajectoryDue) {
	other := c.t
	other.Events = rapid.Permutation(c.t.Events).Draw(c.T, "recorded otherwise")
	for i := range other.Events {
		other.Events[i].Number = i + 1
	}
	if again := c.dues(other, c.until); !slices.Equal(said(again), said(list)) {
		c.Fatalf("the same facts give %q and, recorded otherwise, %q\n%+v", said(list), said(again), c.t.Events)
	}
}

// onlyWhatCounts forgets what nobody confirmed or proved.
func (c *course) onlyWhatCounts(list []subsidy.TrajectoryDue) {
	known := c.t
	known.Events = slices.DeleteFunc(slices.Clone(c.t.Events), func(e subsidy.TrajectoryEvent) bool {
		return e.State != subsidy.Confirmed && e.State != subsidy.Upheld
	})
	if len(known.Events) < len(c.t.Events) {
		c.seen["uncounted"]++
	}
	if again := c.dues(known, c.until); !slices.Equal(said(again), said(list)) {
		c.Fatalf("%q, and %q without what does not count", said(list), said(again))
	}
}

// moreTime never takes a payment away, and never changes one.
func (c *course) moreTime(list []subsidy.TrajectoryDue) {
	later := said(c.dues(c.t, c.until.Add(rapid.IntRange(1, 400).Draw(c.T, "more days"))))
	for _, d := range said(list) {
		if !slices.Contains(later, d) {
			c.Fatalf("%s is gone when more time has passed: %q", d, later)
		}
	}
}

// laterFacts adds what happens after the day that was asked, but for a relapse, an
// exit or an extension: nothing of before it changes. Where a later relapse is known
// already, a job before it would change which of the jobs it ends.
func (c *course) laterFacts(list []subsidy.TrajectoryDue) {
	if slices.ContainsFunc(c.t.Events, func(e subsidy.TrajectoryEvent) bool { return e.Kind == subsidy.Relapsed && e.Day.After(c.until) }) {
		return
	}
	later := &course{T: c.T, scheme: c.scheme, version: c.version, t: c.t, until: c.until, seen: c.seen}
	later.t.Events = slices.Clone(c.t.Events)
	since := c.until.Add(1).Sub(c.t.Referred)
	for _, kind := range []subsidy.TrajectoryKind{subsidy.Placed, subsidy.Planned, subsidy.Ordered, subsidy.Delivered} {
		later.event(kind, since+50, since+300) // a day that is drawn round is up to 49 days sooner
	}
	if again := later.dues(later.t, c.until); !slices.Equal(said(again), said(list)) {
		c.Fatalf("%q, and %q by what happened only later", said(list), said(again))
	}
}

// days counts, one by one, the days of a span on which the trajectory runs: since it
// started, within the longest period, and not after an exit until a relapse.
func (c *course) days(within calendar.Span) int {
	start, known := c.start()
	last := c.last()
	count := 0
	for day := within.From; known && !day.After(within.To); day = day.Add(1) {
		if !day.Before(start) && (last.IsZero() || !day.After(last)) && !c.outOn(day) {
			count++
		}
	}
	return count
}

// counted are the events of a kind that count, the first one first.
func (c *course) counted(kinds ...subsidy.TrajectoryKind) []subsidy.TrajectoryEvent {
	var list []subsidy.TrajectoryEvent
	for _, e := range c.t.Events {
		if slices.Contains(kinds, e.Kind) && (e.State == subsidy.Confirmed || e.State == subsidy.Upheld) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b subsidy.TrajectoryEvent) int { return a.Day.Cmp(b.Day) })
	return list
}

func (c *course) start() (calendar.Date, bool) {
	if list := c.counted(subsidy.Started); len(list) > 0 {
		return list[0].Day, true
	}
	return calendar.Date{}, false
}

// last is the last day of the longest period.
func (c *course) last() calendar.Date {
	p := c.version.Period
	if p == nil || p.Months == nil {
		return calendar.Date{}
	}
	months := whole(c.T, p.Months.Value.Number)
	if p.Extension != nil && len(c.counted(subsidy.Extended)) > 0 {
		months += whole(c.T, p.Extension.Value.Number)
	}
	return c.counting().AddMonths(months).Add(-1)
}

func (c *course) counting() calendar.Date {
	if start, known := c.start(); known {
		return start
	}
	return c.t.Referred
}

func whole(t rapid.TB, n euro.Number) int {
	i, err := n.Int()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// outOn reports whether somebody has left before a day: the last day of an exit is
// still one of the trajectory, and so is the first one of a relapse.
func (c *course) outOn(day calendar.Date) bool {
	exits, relapses := c.counted(subsidy.Exited), c.counted(subsidy.Relapsed)
	for _, exit := range exits {
		if exit.Day.Before(day) && !slices.ContainsFunc(relapses, func(e subsidy.TrajectoryEvent) bool {
			return e.Day.After(exit.Day) && !e.Day.After(day)
		}) {
			return true
		}
	}
	return false
}

// rule holds what one rule pays against what its file says.
func (c *course) rule(r subsidy.PayRule, mine []subsidy.TrajectoryDue) {
	if len(mine) > 0 {
		c.seen[r.ID]++
	}
	if r.Limit != nil {
		mine = c.limited(r, mine)
	}
	switch a := r.Amount; {
	case r.Trigger == subsidy.Monthly:
		c.monthly(r, mine)
	case r.Trigger == subsidy.SixMonths:
		c.sixMonths(mine)
	case r.Trigger == subsidy.OnProduct:
		c.product(r, mine)
	case a.Parts != nil:
		c.parts(r, a.Parts.Shares, a.Parts.Price.Value.Cents(), mine)
	case a.Ladder != nil:
		c.ladder(r, *a.Ladder, mine)
	case len(mine) > 1:
		c.Fatalf("%s is paid more than once: %q", r.ID, said(mine))
	}
}

// limited wants the sum under what a participant may cost, the first payments whole,
// and returns what the rule gives without that.
func (c *course) limited(r subsidy.PayRule, mine []subsidy.TrajectoryDue) []subsidy.TrajectoryDue {
	free := c.scheme
	free.Versions = slices.Clone(c.scheme.Versions)
	for i, v := range free.Versions {
		free.Versions[i].Pay = slices.Clone(v.Pay)
		for k := range v.Pay {
			free.Versions[i].Pay[k].Limit = nil
		}
	}
	all := slices.DeleteFunc(subsidy.TrajectoryDues(free, c.t, c.until, nil), func(d subsidy.TrajectoryDue) bool { return d.Rule.ID != r.ID })
	limit := r.Limit.Value.Cents()
	if !total(mine).Equal(total(all).Min(limit)) || len(mine) > len(all) {
		c.Fatalf("%s: %q of %q, at most %s", r.ID, said(mine), said(all), limit)
	}
	for i, d := range mine {
		if d.Key != all[i].Key || i < len(mine)-1 && !d.Amount.Equal(all[i].Amount) {
			c.Fatalf("%s: %q of %q, at most %s", r.ID, said(mine), said(all), limit)
		}
	}
	if total(all).Cmp(limit) > 0 {
		c.seen[r.ID+" limited"]++
	}
	return all
}

// monthly wants for each month that is over its days of the trajectory, and no
// other.
func (c *course) monthly(r subsidy.PayRule, mine []subsidy.TrajectoryDue) {
	paid := map[string]euro.Amount{}
	for _, d := range mine {
		paid[d.Key] = d.Amount
	}
	for month := calendar.MonthOf(c.t.Referred.AddMonths(-1)); !month.To.After(c.until); month = month.Next() {
		key, days := "month/"+month.String(), c.days(month.Span)
		got := paid[key]
		delete(paid, key)
		want := halfUp(product(fmt.Sprintf("%s %d 1/%d", r.Amount.Fixed.Amount.Value, days, month.Days())))
		if got.String() != want {
			c.Fatalf("%s %s: %s for %d days, want %s", r.ID, key, got, days, want)
		}
		if days > 0 && days < month.Days() {
			c.seen[r.ID+" part"]++
		}
		if days == 0 && c.outOn(month.To) {
			c.seen[r.ID+" gap"]++
		}
		if last := c.last(); !last.IsZero() && month.From.After(last) {
			c.seen[r.ID+" over"]++
		}
	}
	if len(paid) > 0 {
		c.Fatalf("%s pays for %q outside the trajectory", r.ID, slices.Collect(maps.Keys(paid)))
	}
}

// sixMonths wants a payment for each half year of which every day was served.
func (c *course) sixMonths(mine []subsidy.TrajectoryDue) {
	start, known := c.start()
	var want []string
	for n := 1; known && !start.AddMonths(6*n).Add(-1).After(c.until); n++ {
		half := calendar.Span{From: start.AddMonths(6 * (n - 1)), To: start.AddMonths(6 * n).Add(-1)}
		if c.days(half) == half.Days() {
			want = append(want, fmt.Sprintf("six_months/%d %s", n, half.To))
		}
	}
	var got []string
	for _, d := range mine {
		got = append(got, d.Key+" "+d.Day.String())
	}
	if !slices.Equal(got, want) {
		c.Fatalf("%q, want %q", got, want)
	}
}

// product wants it once, delivered, and ordered in time.
func (c *course) product(r subsidy.PayRule, mine []subsidy.TrajectoryDue) {
	of := func(kind subsidy.TrajectoryKind) []subsidy.TrajectoryEvent {
		return slices.DeleteFunc(c.counted(kind), func(e subsidy.TrajectoryEvent) bool { return e.Product != r.Product || e.Day.After(c.until) })
	}
	ordered, delivered, last := of(subsidy.Ordered), of(subsidy.Delivered), c.last()
	due := len(ordered) > 0 && len(delivered) > 0 && (last.IsZero() || !ordered[0].Day.After(last))
	if due != (len(mine) == 1) || len(mine) > 1 || due && mine[0].Amount.String() != r.Amount.Fixed.Amount.Value.Cents().String() {
		c.Fatalf("%s: %q, ordered %d and delivered %d times", r.ID, said(mine), len(ordered), len(delivered))
	}
	if len(delivered) > 0 && len(ordered) == 0 {
		c.seen[r.ID+" not ordered"]++
	}
}

// parts wants never more than the price, and all of it to the cent when every
// milestone was reached.
func (c *course) parts(r subsidy.PayRule, shares map[string]subsidy.Decimal, price euro.Amount, mine []subsidy.TrajectoryDue) {
	for _, d := range mine {
		if _, known := shares[d.Key]; !known {
			c.Fatalf("%s has no milestone %s", r.ID, d.Key)
		}
	}
	switch sum := total(mine); {
	case len(mine) == len(shares) && !sum.Equal(price), sum.Cmp(price) > 0:
		c.Fatalf("%s: %d of %d parts are %s of %s", r.ID, len(mine), len(shares), sum, price)
	case len(mine) == len(shares):
		c.seen[r.ID+" whole"]++
	case len(mine) > 0:
		c.seen[r.ID+" not whole"]++
	}
}

// ladder wants the step of the month of some placement that counts, whole or in
// parts, and nothing without one.
func (c *course) ladder(r subsidy.PayRule, a subsidy.LadderAmount, mine []subsidy.TrajectoryDue) {
	if len(mine) == 0 {
		return
	}
	for _, placed := range c.counted(subsidy.Placed) {
		for i, s := range a.Steps {
			sooner := i > 0 && !placed.Day.After(c.counting().AddMonths(a.Steps[i-1].To).Add(-1))
			if sooner || placed.Day.After(c.counting().AddMonths(s.To).Add(-1)) || placed.Day.After(mine[0].Day) {
				continue
			}
			price := s.Amount.Value.Cents()
			if a.Shares == nil && len(mine) == 1 && mine[0].Amount.Equal(price) {
				return
			}
			if a.Shares != nil && mine[0].Key == "placed" && placed.Day == mine[0].Day {
				c.parts(r, a.Shares, price, mine)
				return
			}
			if a.Shares != nil && mine[0].Key != "placed" {
				return // No share at the placement itself: which step it was does not show.
			}
		}
	}
	c.Fatalf("%s: %q by no placement of %+v", r.ID, said(mine), c.counted(subsidy.Placed))
}
