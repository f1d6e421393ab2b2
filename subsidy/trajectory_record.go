package subsidy

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// TrajectoryRecord records what happened to trajectories: all of it, or nothing.
// What a municipality records counts at once; what a provider reports counts when
// the municipality confirms it.
type TrajectoryRecord struct {
	payroll.Command
	Events []TrajectoryLine `json:"events" validate:"required,min=1,max=500"`
}

// TrajectoryReport is the same for a provider.
type TrajectoryReport TrajectoryRecord

// TrajectoryLine is one event as a request writes it.
type TrajectoryLine struct {
	Municipality     string     `json:"municipality,omitempty" validate:"omitempty,code"` // named by a provider
	Trajectory       string     `json:"trajectory" validate:"required,number"`
	Kind             string     `json:"kind" validate:"required,oneof=intake accepted plan started extended ordered delivered placed relapsed exited"`
	Day              string     `json:"day" validate:"required"`
	Product          string     `json:"product,omitempty" validate:"max=31"`
	Sector           string     `json:"sector,omitempty" validate:"max=31"` // of the employer that somebody starts or is placed with
	Employer         string     `json:"employer,omitempty" validate:"omitempty,code"`
	Contract         string     `json:"contract,omitempty" validate:"omitempty,number"` // under which somebody starts
	JobTo            string     `json:"job_to,omitempty"`
	JobHours         string     `json:"job_hours,omitempty"` // a week
	JobFullTimeHours string     `json:"job_full_time_hours,omitempty"`
	Reason           string     `json:"reason,omitempty" validate:"max=31"`       // of an exit: a code of the scheme
	Evidence         string     `json:"evidence,omitempty" validate:"max=200"`    // where the proof is kept
	Answers          []Answered `json:"answers,omitempty" validate:"max=40,dive"` // at intake
	Despite          string     `json:"despite,omitempty" validate:"max=500"`     // why somebody starts who is not found eligible
}

// Answered is the answer on one condition of the scheme.
type Answered struct {
	Condition string `json:"condition" validate:"required,max=40"`
	Answer    string `json:"answer" validate:"required,oneof=yes no unknown"`
}

// TrajectoryRecorded is the reply, line by line.
type TrajectoryRecorded struct {
	Events []EventRef `json:"events"`
	More   bool       `json:"more,omitempty"` // of all that a provider reported, some is left to judge
}

// EventRef names an event and says whether it counts.
type EventRef struct {
	Trajectory string     `json:"trajectory"`
	Event      int        `json:"event"`
	State      EventState `json:"state"`
	Eligible   Eligible   `json:"eligible,omitempty"`
}

// NewTrajectoryEvent is an event with what is kept beside it.
type NewTrajectoryEvent struct {
	Trajectory Trajectory
	Event      TrajectoryEvent
	Evidence   string
	Answers    Answers
	Despite    string
}

// RecordTrajectories is for the municipality itself.
func (d *Desk) RecordTrajectories(ctx context.Context, tx Tx, a payroll.Actor, req TrajectoryRecord) (TrajectoryRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	return d.recordTrajectories(ctx, tx, a, door, req.Events, Confirmed)
}

// ReportTrajectories is for the provider of the trajectories.
func (d *Desk) ReportTrajectories(ctx context.Context, tx Tx, a payroll.Actor, req TrajectoryReport) (TrajectoryRecorded, error) {
	return d.recordTrajectories(ctx, tx, a, payroll.NewDoor(req), req.Events, Reported)
}

func (d *Desk) recordTrajectories(ctx context.Context, tx Tx, a payroll.Actor, door *payroll.Door, lines []TrajectoryLine, state EventState) (TrajectoryRecorded, error) {
	if err := door.Err(); err != nil {
		return TrajectoryRecorded{}, err
	}
	book, err := d.Books.Now(ctx, tx)
	if err != nil {
		return TrajectoryRecorded{}, err
	}
	known := map[trajectoryNamed]*Trajectory{}
	var list []NewTrajectoryEvent
	for i, l := range lines {
		line := payroll.NewLineDoor(i+1, l)
		t, err := theirTrajectory(ctx, tx, a, line, l, state, known)
		if err != nil {
			return TrajectoryRecorded{}, err
		}
		if t != nil {
			n, err := d.trajectoryEvent(ctx, tx, line, l, *t, state, book)
			if err != nil {
				return TrajectoryRecorded{}, err
			}
			t.Events = append(t.Events, n.Event) // later lines follow on it
			list = append(list, n)
		}
		door.Problems = append(door.Problems, line.Problems...)
	}
	if err := door.Err(); err != nil {
		return TrajectoryRecorded{}, err
	}
	return d.keepTrajectoryEvents(ctx, tx, a, list)
}

func (d *Desk) keepTrajectoryEvents(ctx context.Context, tx Tx, a payroll.Actor, list []NewTrajectoryEvent) (TrajectoryRecorded, error) {
	var reply TrajectoryRecorded
	var events []payroll.Event
	for _, n := range list {
		e := n.Event
		reply.Events = append(reply.Events, EventRef{n.Trajectory.Number, e.Number, e.State, e.Eligible})
		events = append(events, n.Trajectory.announced(0, "recorded", trajectoryData{Kind: e.Kind, Event: e.Number, Day: e.Day, Product: e.Product, State: e.State})...)
		events = append(events, exitSignal(n)...)
	}
	if err := tx.AddTrajectoryEvents(ctx, a, list); err != nil {
		return TrajectoryRecorded{}, err
	}
	return reply, publishInTurn(ctx, tx, events)
}

// publishInTurn publishes one by one: several events of one trajectory follow on each
// other.
func publishInTurn(ctx context.Context, tx Tx, events []payroll.Event) error {
	for i := range events {
		if err := tx.Publish(ctx, events[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// trajectoryNamed is how requests name a trajectory.
type trajectoryNamed struct {
	municipality uuid.UUID
	number       string
}

// theirTrajectory finds the trajectory that a line names among those of the
// caller, once for all lines of it, and holds it.
func theirTrajectory(ctx context.Context, tx Tx, a payroll.Actor, door *payroll.Door, l TrajectoryLine, state EventState, known map[trajectoryNamed]*Trajectory) (*Trajectory, error) {
	if len(door.Problems) > 0 {
		return nil, nil
	}
	municipality := a.Organisation.ID
	if state == Reported {
		org, found, err := tx.OrganisationByCode(ctx, l.Municipality)
		if err != nil {
			return nil, err
		}
		if !found {
			door.Refuse(payroll.Reason("field/required", "municipality", "Noem de gemeente van het traject.", "Name the municipality of the trajectory."))
			return nil, nil
		}
		municipality = org.ID
	}
	name := trajectoryNamed{municipality, l.Trajectory}
	if t, before := known[name]; before {
		return t, nil
	}
	t, found, err := tx.Trajectory(ctx, municipality, l.Trajectory)
	if err != nil {
		return nil, err
	}
	if !found || state == Reported && t.Provider != a.Organisation.ID {
		door.Refuse(payroll.Unknown("trajectory", "trajectory", l.Trajectory))
		return nil, nil
	}
	known[name] = &t
	return &t, nil
}

// trajectoryEvent reads one line against what happened before.
func (d *Desk) trajectoryEvent(ctx context.Context, tx Tx, door *payroll.Door, l TrajectoryLine, t Trajectory, state EventState, book *Book) (NewTrajectoryEvent, error) {
	scheme, _ := book.Scheme(t.Scheme, t.Municipality)
	version, _ := scheme.Governing(t.Referred)
	e := TrajectoryEvent{
		Number: len(t.Events) + 1, Kind: TrajectoryKind(l.Kind), Day: door.Date("day", l.Day), Product: l.Product,
		Sector: l.Sector, Reason: l.Reason, State: state,
	}
	refuseFuture(door, "day", e.Day, tx.Today())
	if !e.Day.IsZero() && e.Day.Before(t.Referred) {
		door.Refuse(payroll.Reason("date/before_referral", "day", fmt.Sprintf("Deze dag ligt voor de aanmelding op %s.", t.Referred), fmt.Sprintf("This day lies before the referral on %s.", t.Referred)))
	}
	if state == Reported && (e.Kind == Extended || e.Kind == Ordered) {
		door.Refuse(payroll.Reason("trajectory/municipality", "kind", "Bestellen en verlengen doet de gemeente.", "Ordering and extending is for the municipality."))
	}
	n := NewTrajectoryEvent{Trajectory: t, Evidence: l.Evidence, Despite: l.Despite}
	if e.Kind == Intake {
		n.Answers = version.Eligibility.accept(door, l.Answers)
		e.Eligible = version.Eligibility.verdict(n.Answers)
	} else if len(l.Answers) > 0 {
		door.Refuse(payroll.Reason("answers/not_here", "answers", "Antwoorden horen bij de intake.", "Answers go with the intake."))
	}
	version.acceptEvent(door, l, t, &e)
	var err error
	if l.Contract != "" || l.Employer != "" {
		e.Contract, err = contractOfStart(ctx, tx, door, l, t)
	}
	n.Event = e
	return n, err
}

// acceptEvent checks what each kind asks.
func (v Version) acceptEvent(door *payroll.Door, l TrajectoryLine, t Trajectory, e *TrajectoryEvent) {
	switch e.Kind {
	case Ordered, Delivered:
		if !slices.ContainsFunc(v.Pay, func(r PayRule) bool { return r.Product != "" && r.Product == l.Product }) {
			door.Refuse(payroll.Reason("product/unknown", "product", "De regeling kent dit product niet.", "The scheme does not know this product."))
		}
	case Started:
		v.acceptStart(door, l, t, e.State)
	case Extended:
		if v.Period == nil || v.Period.Extension == nil {
			door.Refuse(payroll.Reason("scheme/no_extension", "kind", "Deze regeling kent geen verlenging.", "This scheme knows no extension."))
		}
	case Placed:
		e.Job = acceptJob(door, l, e)
	case Relapsed:
		acceptRelapse(door, t, *e)
	case Exited:
		if !slices.Contains(v.Exits, l.Reason) {
			door.Refuse(payroll.Reason("exit/unknown", "reason", fmt.Sprintf("Kies een reden van de regeling: %v.", v.Exits), fmt.Sprintf("Choose a reason of the scheme: %v.", v.Exits)))
		}
		if _, out := t.reportedExit(); out {
			door.Refuse(payroll.Reason("exit/again", "kind", "Dit traject is al geëindigd; een uitstroom heeft één reden.", "This trajectory has ended already; an exit has one reason."))
		}
	}
	elsewhere(door, l, e.Kind)
}

// elsewhere refuses what a line says that belongs to another kind of event: it would
// be kept nowhere.
func elsewhere(door *payroll.Door, l TrajectoryLine, kind TrajectoryKind) {
	if kind != Exited && l.Reason != "" {
		door.Refuse(payroll.Reason("reason/not_here", "reason", "Een reden hoort bij de uitstroom.", "A reason goes with the exit."))
	}
	if kind != Ordered && kind != Delivered && l.Product != "" {
		door.Refuse(payroll.Reason("product/not_here", "product", "Een product hoort bij een bestelling of een levering.", "A product goes with an order or a delivery."))
	}
	if kind == Placed {
		return
	}
	for _, job := range [][2]string{{"job_to", l.JobTo}, {"job_hours", l.JobHours}, {"job_full_time_hours", l.JobFullTimeHours}} {
		if job[1] != "" {
			door.Refuse(payroll.Reason("job/not_here", job[0], "Gegevens van een baan horen bij een plaatsing.", "What a job is like goes with a placement."))
		}
	}
}

// reportedExit is Exit, with what waits for its confirmation taken for true: an
// exit that was rejected may be recorded again.
func (t Trajectory) reportedExit() (TrajectoryEvent, bool) {
	believed := t
	believed.Events = slices.Clone(t.Events)
	for i, e := range believed.Events {
		if e.State != Rejected {
			believed.Events[i].State = Confirmed
		}
	}
	return believed.Exit()
}

// acceptStart wants an answer of yes on eligibility, or a reason why somebody
// starts without: unknown is not yes.
func (v Version) acceptStart(door *payroll.Door, l TrajectoryLine, t Trajectory, state EventState) {
	if _, again := t.Start(); again {
		door.Refuse(payroll.Reason("start/again", "kind", "Dit traject is al begonnen.", "This trajectory has started already."))
	}
	if len(v.Eligibility.Require)+len(v.Eligibility.Exclude) == 0 || l.Despite != "" && state != Reported {
		return
	}
	verdict := NotKnown
	for _, e := range t.Events {
		if e.Kind == Intake && e.State.Counts() {
			verdict = e.Eligible
		}
	}
	switch {
	case verdict == IsEligible:
	case state == Reported:
		door.Refuse(payroll.Reason("eligibility/"+string(verdict), "kind",
			"Niet is vastgesteld dat de deelnemer aan de voorwaarden voldoet; onbekend is geen ja. Meld de intake en laat de gemeente die bevestigen, of laat de gemeente de start vastleggen.",
			"It is not established that the participant meets the conditions; unknown is not yes. Report the intake and have the municipality confirm it, or have the municipality record the start."))
	default:
		door.Refuse(payroll.Reason("eligibility/"+string(verdict), "despite",
			"Niet is vastgesteld dat de deelnemer aan de voorwaarden voldoet; onbekend is geen ja. Doe de intake, of zeg waarom toch (despite).",
			"It is not established that the participant meets the conditions; unknown is not yes. Do the intake, or say why all the same (despite)."))
	}
}

// acceptRelapse wants a placement on its day, which may be one before the newest, and
// not one that has lasted longer than the aftercare of six months: after that it is
// another trajectory.
func acceptRelapse(door *payroll.Door, t Trajectory, e TrajectoryEvent) {
	jobs := t.by(e.Day).placements()
	if len(jobs) == 0 || !jobs[len(jobs)-1].Span.Holds(e.Day) && !jobs[len(jobs)-1].Span.Holds(e.Day.Add(-1)) {
		door.Refuse(payroll.Reason("relapse/no_placement", "kind", "Er is op deze dag geen (bevestigde) plaatsing waaruit iemand kan terugvallen.", "There is no (confirmed) placement on this day to relapse from."))
		return
	}
	if last := jobs[len(jobs)-1].Span.From.AddMonths(aftercareMonths); !e.Day.Before(last) {
		door.Refuse(payroll.Reason("relapse/late", "day", fmt.Sprintf("De nazorg duurt zes maanden, tot %s; daarna is het een nieuwe aanmelding.", last), fmt.Sprintf("Aftercare lasts six months, until %s; after that it is a new referral.", last)))
	}
}

// aftercareMonths is how long after a placement a relapse reopens the trajectory:
// "regular service stops half a year after outflow" (Goed besteed, June 2007).
const aftercareMonths = 6

func acceptJob(door *payroll.Door, l TrajectoryLine, e *TrajectoryEvent) *Job {
	span := door.Span("day", l.Day, "job_to", l.JobTo)
	j := Job{To: span.To, HoursPerWeek: door.Number("job_hours", l.JobHours, euro.MustNumber("0.01"), euro.Int(60)),
		FullTimeHours: door.Number("job_full_time_hours", l.JobFullTimeHours, euro.Int(30), euro.Int(48)), Sector: l.Sector}
	door.Decimals("job_hours", j.HoursPerWeek, 2)
	door.Decimals("job_full_time_hours", j.FullTimeHours, 2)
	e.Sector = ""
	return &j
}

// contractOfStart finds the contract under which somebody starts, which names the
// municipality.
func contractOfStart(ctx context.Context, tx Tx, door *payroll.Door, l TrajectoryLine, t Trajectory) (uuid.UUID, error) {
	if TrajectoryKind(l.Kind) != Started {
		door.Refuse(payroll.Reason("contract/not_here", "contract", "Een contract hoort bij de start.", "A contract goes with the start."))
		return uuid.Nil, nil
	}
	c, known, err := tx.ContractOf(ctx, payroll.Actor{Organisation: payroll.Organisation{ID: t.Municipality}}, l.Employer, l.Contract)
	if err == nil && (!known || c.Scheme != t.Scheme) {
		door.Refuse(payroll.Unknown("contract", "contract", l.Contract))
	}
	return c.ID, err
}

// Answers are answers on eligibility by code. They may tell of debt, addiction,
// detention or sickness, so they print as a mask and are sealed before they are
// kept.
type Answers map[string]string

// String masks.
func (a Answers) String() string { return "***" }

// Format masks for every verb.
func (a Answers) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("***")) }

// accept reads answers, each on a condition of the scheme and once. What is wrong
// is told without the answer.
func (e Eligibility) accept(door *payroll.Door, answers []Answered) Answers {
	list := Answers{}
	for _, a := range answers {
		if _, twice := list[a.Condition]; twice || !slices.Contains(e.Require, a.Condition) && !slices.Contains(e.Exclude, a.Condition) {
			door.Refuse(payroll.Reason("answers/unknown", "answers", "De regeling stelt een van deze vragen niet, of er staat een antwoord twee keer.", "The scheme does not ask one of these questions, or one is answered twice."))
		}
		list[a.Condition] = a.Answer
	}
	return list
}

// verdict is the answer as a whole: what is required must be yes and what is
// excluded no; one that is not makes it no, one that is unknown makes it unknown.
func (e Eligibility) verdict(a Answers) Eligible {
	result := IsEligible
	judge := func(code string, good, bad Eligible) {
		switch Eligible(a[code]) {
		case good:
		case bad:
			result = NotEligible
		default:
			if result == IsEligible {
				result = NotKnown
			}
		}
	}
	for _, code := range e.Require {
		judge(code, IsEligible, NotEligible)
	}
	for _, code := range e.Exclude {
		judge(code, NotEligible, IsEligible)
	}
	return result
}
