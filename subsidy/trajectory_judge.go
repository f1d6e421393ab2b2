package subsidy

import (
	"context"
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// TrajectoryJudge is what the municipality says of events that a provider
// reported. All judges every reported event of a provider.
type TrajectoryJudge struct {
	payroll.Command
	Verdict  string       `json:"verdict" validate:"required,oneof=confirmed contested upheld rejected"`
	Reason   string       `json:"reason,omitempty" validate:"max=500"`
	Until    string       `json:"until,omitempty"` // by when a contested event is to be proved; absent: as the scheme has it
	Provider string       `json:"provider,omitempty" validate:"omitempty,code"`
	All      bool         `json:"all,omitempty"` // every reported event of the provider
	Events   []EventNamed `json:"events,omitempty" validate:"max=500"`
}

// EventNamed names an event of a trajectory.
type EventNamed struct {
	Trajectory string `json:"trajectory" validate:"required,number"`
	Event      int    `json:"event" validate:"required,min=1"`
}

// EventVerdict is a verdict that passed the door.
type EventVerdict struct {
	Trajectory Trajectory
	Event      TrajectoryEvent
	State      EventState
	Until      calendar.Date
	Reason     string
}

// becomes says which verdict each state can get: what was contested is proved or
// not, and what counts can still be contested.
var becomes = map[EventState][]EventState{
	Reported:  {Confirmed, Contested, Rejected},
	Confirmed: {Contested},
	Upheld:    {Contested},
	Contested: {Upheld, Rejected},
}

// JudgeTrajectories keeps verdicts: all of them, or none. Only what counts is paid,
// so a verdict of no takes back what was paid before, with the next statement.
func (d *Desk) JudgeTrajectories(ctx context.Context, tx Tx, a payroll.Actor, req TrajectoryJudge) (TrajectoryRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	until := door.Date("until", req.Until)
	if req.All == (len(req.Events) > 0) || req.All && req.Provider == "" {
		door.Refuse(payroll.Reason("judge/choice", "events", "Noem gebeurtenissen, of kies alles van een uitvoerder.", "Name events, or choose all of a provider."))
	}
	verdict := EventState(req.Verdict)
	if verdict != Contested && req.Until != "" {
		door.Refuse(payroll.Reason("until/not_here", "until", "Een termijn hoort bij een betwisting.", "A term goes with what is contested."))
	}
	if verdict != Confirmed && verdict != Upheld && req.Reason == "" {
		door.Refuse(payroll.Reason("field/required", "reason", "Geef de reden.", "Give the reason."))
	}
	if err := door.Err(); err != nil {
		return TrajectoryRecorded{}, err
	}
	named, more := req.Events, false
	if req.All {
		provider, err := organisation(ctx, tx, door, "provider", req.Provider, payroll.Provider)
		if err != nil {
			return TrajectoryRecorded{}, err
		}
		if named, err = tx.ReportedEvents(ctx, a.Organisation.ID, provider, mostJudged+1); err != nil {
			return TrajectoryRecorded{}, err
		}
		more = len(named) > mostJudged
		named = named[:min(len(named), mostJudged)]
		if len(named) == 0 {
			door.Refuse(payroll.Reason("judge/none", "provider", "Er is niets te beoordelen.", "There is nothing to judge."))
		}
	}
	list, err := d.judged(ctx, tx, a, door, named, verdict, until, req.Reason)
	if err != nil {
		return TrajectoryRecorded{}, err
	}
	if err := door.Err(); err != nil {
		return TrajectoryRecorded{}, err
	}
	reply, err := d.keepVerdicts(ctx, tx, a, list)
	reply.More = more
	return reply, err
}

// mostJudged is how many events one request judges, as many as it may name.
const mostJudged = 500

// judged finds the events and holds each against what it can become.
func (d *Desk) judged(ctx context.Context, tx Tx, a payroll.Actor, door *payroll.Door, named []EventNamed, verdict EventState, until calendar.Date, reason string) ([]EventVerdict, error) {
	var list []EventVerdict
	seen := map[EventNamed]bool{}
	for i, n := range named {
		line := payroll.NewLineDoor(i+1, n)
		if seen[n] {
			line.Refuse(payroll.Reason("event/twice", "event", "Deze gebeurtenis staat er twee keer.", "This event is named twice."))
		}
		seen[n] = true
		if len(line.Problems) > 0 {
			door.Problems = append(door.Problems, line.Problems...)
			continue
		}
		t, known, err := tx.Trajectory(ctx, a.Organisation.ID, n.Trajectory)
		if err != nil {
			return nil, err
		}
		if !known || n.Event > len(t.Events) {
			line.Refuse(payroll.Unknown("event", "event", fmt.Sprint(n.Event)))
		} else {
			v := EventVerdict{Trajectory: t, Event: t.Events[n.Event-1], State: verdict, Until: until, Reason: reason}
			if verdict == Contested && until.IsZero() {
				if v.Until, err = d.contestedUntil(ctx, tx, t); err != nil {
					return nil, err
				}
			}
			acceptVerdict(line, v)
			list = append(list, v)
		}
		door.Problems = append(door.Problems, line.Problems...)
	}
	return list, nil
}

func acceptVerdict(door *payroll.Door, v EventVerdict) {
	if slices.Contains(becomes[v.Event.State], v.State) {
		return
	}
	door.Refuse(payroll.Reason("event/state", "verdict",
		fmt.Sprintf("Gebeurtenis %d is %s en kan niet %s worden.", v.Event.Number, v.Event.State, v.State),
		fmt.Sprintf("Event %d is %s and cannot become %s.", v.Event.Number, v.Event.State, v.State)))
}

// contestedUntil is the last day to prove what is contested, by the scheme's term
// or else four weeks.
func (d *Desk) contestedUntil(ctx context.Context, tx Tx, t Trajectory) (calendar.Date, error) {
	scheme, _, err := d.schemeNamed(ctx, tx, t.Municipality, t.Scheme)
	version, _ := scheme.Governing(t.Referred)
	days := 28
	if version.ContestDays != nil {
		days = wholeMonths(version.ContestDays) // a whole number, of days here
	}
	return tx.Today().Add(days), err
}

func (d *Desk) keepVerdicts(ctx context.Context, tx Tx, a payroll.Actor, list []EventVerdict) (TrajectoryRecorded, error) {
	var reply TrajectoryRecorded
	var events []payroll.Event
	if err := tx.AddEventVerdicts(ctx, a, list); err != nil {
		return reply, err
	}
	for _, v := range list {
		reply.Events = append(reply.Events, EventRef{Trajectory: v.Trajectory.Number, Event: v.Event.Number, State: v.State})
		events = append(events, v.Trajectory.announced(0, string(v.State), trajectoryData{Kind: v.Event.Kind, Event: v.Event.Number, Day: v.Event.Day, Product: v.Event.Product, State: v.State, Until: v.Until})...)
	}
	return reply, publishInTurn(ctx, tx, events)
}
