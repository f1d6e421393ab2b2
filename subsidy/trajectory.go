package subsidy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Trajectory (traject) is what a municipality and a provider do for one
// participant under one scheme, from referral to exit, with or without a contract
// of employment. What happened are events; nothing of it is ever changed.
type Trajectory struct {
	ID           uuid.UUID
	Number       string // the municipality's own, unique within it
	Municipality uuid.UUID
	Provider     uuid.UUID // nil: the municipality does it itself
	Agreement    uuid.UUID // nil: under none
	Scheme       string
	Person       uuid.UUID // found by the keyed hash of the BSN; nil: not known
	Benefit      Benefit
	Referred     calendar.Date
	IBAN         payroll.IBAN // of the participant, for premiums
	Events       []TrajectoryEvent
}

// TrajectoryKind is what happened.
type TrajectoryKind string

// The kinds of events of a trajectory.
const (
	Intake    TrajectoryKind = "intake"    // with the answers on eligibility
	Accepted  TrajectoryKind = "accepted"  // by the provider
	Planned   TrajectoryKind = "plan"      // the plan (trajectplan) was approved
	Started   TrajectoryKind = "started"   // takes part, in a job or without
	Extended  TrajectoryKind = "extended"  // by a decision of the municipality
	Ordered   TrajectoryKind = "ordered"   // a product was ordered
	Delivered TrajectoryKind = "delivered" // a product was delivered
	Placed    TrajectoryKind = "placed"    // at work in a regular job
	Relapsed  TrajectoryKind = "relapsed"  // out of that job again
	Exited    TrajectoryKind = "exited"    // left, for one reason of the scheme
)

// TrajectoryKinds are all, in the order in which they mostly happen.
var TrajectoryKinds = []TrajectoryKind{Intake, Accepted, Planned, Started, Extended, Ordered, Delivered, Placed, Relapsed, Exited}

// EventState says whether an event counts: what the municipality records does at
// once, what a provider reports does when the municipality confirms it.
type EventState string

// The states of events.
const (
	Reported  EventState = "reported"
	Confirmed EventState = "confirmed"
	Contested EventState = "contested" // until a day, by when the provider proves it
	Upheld    EventState = "upheld"    // contested and proved
	Rejected  EventState = "rejected"
)

// Counts reports whether the event is taken for true.
func (s EventState) Counts() bool { return s == Confirmed || s == Upheld }

// Job is the regular job of a placement; its first day is that of the event.
type Job struct {
	To            calendar.Date // last day; none: open-ended, or not known
	HoursPerWeek  euro.Number
	FullTimeHours euro.Number
	Sector        string // e.g. profit
}

// TrajectoryEvent is one thing that happened on a day.
type TrajectoryEvent struct {
	Number   int
	Kind     TrajectoryKind
	Day      calendar.Date
	Product  string
	Sector   string // of the employer where somebody starts
	Contract uuid.UUID
	Job      *Job
	Reason   string // of an exit
	Eligible Eligible
	State    EventState
	Until    calendar.Date // by when what is contested is to be proved
	Counted  bool          // at some time, also where it is contested now
}

// believed is the trajectory with what counted and is contested taken for true until
// the day by which it is to be proved; doubted tells whether there is such an event.
func (t Trajectory) believed(on calendar.Date) (_ Trajectory, doubted bool) {
	events := slices.Clone(t.Events)
	for i, e := range events {
		if e.State == Contested && e.Counted && !e.Until.Before(on) {
			events[i].State, doubted = Confirmed, true
		}
	}
	t.Events = events
	return t, doubted
}

// Eligible is the answer on eligibility: unknown is not yes.
type Eligible string

// The answers.
const (
	IsEligible  Eligible = "yes"
	NotEligible Eligible = "no"
	NotKnown    Eligible = "unknown"
)

// counted are the events that count, in order of day. What happened on one day is
// put in an order of its own, so that the order of recording decides nothing: a
// relapse comes first, since it is out of a job of before.
func (t Trajectory) counted() []TrajectoryEvent {
	var list []TrajectoryEvent
	for _, e := range t.Events {
		if e.State.Counts() {
			list = append(list, e)
		}
	}
	rank := func(e TrajectoryEvent) int {
		if e.Kind == Relapsed {
			return -1
		}
		return slices.Index(TrajectoryKinds, e.Kind)
	}
	slices.SortStableFunc(list, func(a, b TrajectoryEvent) int {
		return cmp.Or(a.Day.Cmp(b.Day), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Reason, b.Reason), a.Job.compare(b.Job))
	})
	return list
}

// compare puts jobs that begin on one day in order: what lasts longest comes first.
func (j *Job) compare(k *Job) int {
	if j == nil || k == nil {
		return 0
	}
	last := func(d calendar.Date) int {
		if d.IsZero() {
			return 1
		}
		return 0
	}
	return cmp.Or(last(k.To)-last(j.To), k.To.Cmp(j.To), k.HoursPerWeek.Cmp(j.HoursPerWeek), k.FullTimeHours.Cmp(j.FullTimeHours), cmp.Compare(j.Sector, k.Sector))
}

// itself reports whether the municipality guides the participant itself.
func (t Trajectory) itself() bool { return t.Provider == uuid.Nil || t.Provider == t.Municipality }

// unpaid reports whether a rule pays nobody here: a provider, where there is none.
func (t Trajectory) unpaid(r PayRule) bool { return r.Payee == "provider" && t.itself() }

// by is the trajectory as it was on a day: without what happened after it.
func (t Trajectory) by(day calendar.Date) Trajectory {
	t.Events = slices.DeleteFunc(slices.Clone(t.Events), func(e TrajectoryEvent) bool { return e.Day.After(day) })
	return t
}

// first is the first event of a kind that counts.
func (t Trajectory) first(kind TrajectoryKind) (TrajectoryEvent, bool) {
	for _, e := range t.counted() {
		if e.Kind == kind {
			return e, true
		}
	}
	return TrajectoryEvent{}, false
}

// Start is the first day of participation.
func (t Trajectory) Start() (calendar.Date, bool) {
	e, known := t.first(Started)
	return e.Day, known
}

// counting is the day from which months are counted: of the start, or of the
// referral where nobody recorded a start.
func (t Trajectory) counting() calendar.Date {
	if start, known := t.Start(); known {
		return start
	}
	return t.Referred
}

// Exit is the exit that holds: the last one, unless a relapse reopened the
// trajectory after it.
func (t Trajectory) Exit() (TrajectoryEvent, bool) {
	var last TrajectoryEvent
	for _, e := range t.counted() {
		switch e.Kind {
		case Exited:
			last = e
		case Relapsed:
			last = TrajectoryEvent{}
		}
	}
	return last, last.Kind == Exited
}

// lastDay is the last day of the scheme's longest period, with its extension
// where that was decided; none where the scheme has no limit.
func (t Trajectory) lastDay(v Version) calendar.Date {
	if v.Period == nil || v.Period.Months == nil {
		return calendar.Date{}
	}
	months := wholeMonths(v.Period.Months)
	if _, extended := t.first(Extended); extended {
		months += wholeMonths(v.Period.Extension)
	}
	return t.counting().AddMonths(months).Add(-1)
}

// running are the spans of days on which the trajectory runs: from its start to
// its exit and again from a relapse, within the longest period. What never started
// never ran.
func (t Trajectory) running(v Version) []calendar.Span {
	start, known := t.Start()
	if !known {
		return nil
	}
	limit := calendar.Span{From: start, To: t.lastDay(v)}
	var list []calendar.Span
	open := start
	for _, e := range t.counted() {
		switch {
		case e.Kind == Exited && !open.IsZero():
			list = append(list, calendar.Span{From: open, To: e.Day}.Meet(limit))
			open = calendar.Date{}
		case e.Kind == Relapsed && open.IsZero():
			open = e.Day
		}
	}
	if !open.IsZero() {
		list = append(list, calendar.Span{From: open}.Meet(limit))
	}
	return slices.DeleteFunc(list, calendar.Span.Empty)
}

// served reports whether the trajectory ran on every day of a span.
func (t Trajectory) served(v Version, days calendar.Span) bool {
	ran := 0
	for _, span := range t.running(v) {
		ran += span.Meet(days).Days()
	}
	return ran == days.Days()
}

// placement is a regular job with the days that it is known to have lasted.
type placement struct {
	calendar.Span
	Job
}

// placements are the jobs in order; a relapse ends the job it follows.
func (t Trajectory) placements() []placement {
	var list []placement
	for _, e := range t.counted() {
		switch {
		case e.Kind == Placed && e.Job != nil:
			list = append(list, placement{calendar.Span{From: e.Day, To: e.Job.To}, *e.Job})
		case e.Kind == Relapsed && len(list) > 0:
			last := &list[len(list)-1]
			if end := e.Day.Add(-1); last.Span.To.IsZero() || last.Span.To.After(end) {
				last.Span.To = end
			}
		}
	}
	return list
}

// lasts reports whether the job, or with successive the jobs that follow on it
// without a day between, lasts a number of months, by dates.
func lasts(jobs []placement, from, months int, successive bool) bool {
	end := jobs[from].Span.To
	for _, next := range jobs[from+1:] {
		if !successive || end.IsZero() || next.Span.From.After(end.Add(1)) {
			break
		}
		if next.Span.To.IsZero() || next.Span.To.After(end) {
			end = next.Span.To
		}
	}
	return end.IsZero() || !end.Before(jobs[from].Span.From.AddMonths(months).Add(-1))
}

// qualifying finds the first job that the scheme counts as its outcome.
func (t Trajectory) qualifying(o Outcome) (placement, bool) {
	jobs := t.placements()
	for i, p := range jobs {
		if o.suits(p.Job) && lasts(jobs, i, o.ContractMonths, o.Successive) {
			return p, true
		}
	}
	return placement{}, false
}

// suits reports whether a job is of the kind that the scheme asks, however long it
// lasts.
func (o Outcome) suits(j Job) bool {
	return (o.Sector == "" || j.Sector == o.Sector) && o.enoughHours(j)
}

// enoughHours holds the hours of a job against the share that the scheme asks.
func (o Outcome) enoughHours(j Job) bool {
	if o.HoursShare == nil {
		return true
	}
	return j.FullTimeHours.Sign() > 0 && j.HoursPerWeek.Cmp(j.FullTimeHours.Mul(o.HoursShare.Value.Number)) >= 0
}

// monthOf is the how-manieth month a day is in, counted from a first day: the last
// day of month 3 is in month 3.
func monthOf(first, day calendar.Date) int {
	k := 1
	for day.After(first.AddMonths(k).Add(-1)) {
		k++
	}
	return k
}

// milestone is when a part of a price is due.
type milestone struct {
	plan, placed bool
	months       int
}

// trajectoryMilestone reads the name of a milestone: start, plan, month_N, placed
// or placed_month_N.
func trajectoryMilestone(name string) (milestone, bool) {
	switch name {
	case "plan":
		return milestone{plan: true}, true
	case "placed":
		return milestone{placed: true}, true
	}
	if text, after := strings.CutPrefix(name, "placed_month_"); after {
		n, err := strconv.Atoi(text)
		return milestone{placed: true, months: n}, err == nil && n > 0 && n <= maxMonths && text == strconv.Itoa(n)
	}
	n, named := milestoneMonths(name)
	return milestone{months: n}, named && n <= maxMonths
}

// reached is the day on which a milestone was reached.
func (t Trajectory) reached(m milestone, v Version) (calendar.Date, bool) {
	switch {
	case m.plan:
		e, known := t.first(Planned)
		return e.Day, known
	case m.placed:
		return t.placedFor(m.months, v)
	}
	start, known := t.Start()
	if !known {
		return start, false
	}
	day := start
	if m.months > 0 {
		day = start.AddMonths(m.months).Add(-1)
	}
	return day, t.served(v, calendar.Span{From: start, To: day})
}

// placedFor is the day on which a placement by the trajectory, in a job of the
// kind that the scheme asks, has lasted a number of months; nought is the placement
// itself.
func (t Trajectory) placedFor(months int, v Version) (calendar.Date, bool) {
	p, good := t.lasting(months, v)
	if !good || months == 0 {
		return p.Span.From, good
	}
	return p.Span.From.AddMonths(months).Add(-1), true
}

// asked is the outcome that the scheme asks: any job where it says nothing.
func (v Version) asked() Outcome {
	if v.Outcome == nil {
		return Outcome{}
	}
	return *v.Outcome
}

// lasting is the first job of the kind that the scheme asks which is the trajectory's
// work and lasts a number of months.
func (t Trajectory) lasting(months int, v Version) (placement, bool) {
	asked, jobs := v.asked(), t.placements()
	for i, p := range jobs {
		if asked.suits(p.Job) && t.placedBy(p.Span.From, v) && lasts(jobs, i, months, asked.Successive) {
			return p, true
		}
	}
	return placement{}, false
}

// inTime reports whether a day falls within the scheme's longest period; what
// follows from something in it may come later.
func (t Trajectory) inTime(day calendar.Date, v Version) bool {
	last := t.lastDay(v)
	return last.IsZero() || !day.After(last)
}

// placedBy reports whether a placement on a day is the trajectory's work: within
// the longest period, and not after somebody had left for a reason that is no
// success. Who left to work may begin there later.
func (t Trajectory) placedBy(day calendar.Date, v Version) bool {
	asked, left := v.asked(), false
	for _, e := range t.counted() {
		switch {
		case !e.Day.Before(day):
		case e.Kind == Exited:
			left = !slices.Contains(asked.reasons(), e.Reason)
		case e.Kind == Relapsed:
			left = false
		}
	}
	return !left && t.inTime(day, v)
}
