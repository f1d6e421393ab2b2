package subsidy

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// Signal tells a municipality the same day that somebody whom it pays for, or whose
// benefit it may have to pay again, is out of work or does not come: ids, numbers and
// codes, and nothing of the person.
type Signal struct {
	Contract   string        `json:"contract,omitempty"`
	Trajectory string        `json:"trajectory,omitempty"`
	Employer   uuid.UUID     `json:"employer,omitzero"`
	Scheme     string        `json:"scheme"`
	Reason     string        `json:"reason"` // a reason of the scheme or who ended the contract; other: a text, which may name somebody and is not repeated
	Day        calendar.Date `json:"day"`
}

// The verbs of signals.
const (
	signalEnded     = "ended"
	signalDismissed = "dismissed"
	signalRefused   = "refused"
)

// refusals and dismissals are the reasons of schemes that say so.
var (
	refusals   = []string{"refused", "refused_work"}
	dismissals = []string{"dismissed_absence", "ended_by_employer"}
)

// signalOf is what an end for a reason is.
func signalOf(reason string, by payroll.EndedBy) string {
	switch {
	case slices.Contains(refusals, reason):
		return signalRefused
	case slices.Contains(dismissals, reason), by == payroll.ByEmployer, by == payroll.ByCause:
		return signalDismissed
	}
	return signalEnded
}

// contractSignal announces the end of a contract to the municipality that it names.
func contractSignal(c payroll.Contract, exits []string) []payroll.Event {
	if c.Municipality == uuid.Nil || c.Municipality == c.Employer {
		return nil
	}
	terms := c.Latest()
	reason := "other"
	switch {
	case slices.Contains(exits, terms.EndReason):
		reason = terms.EndReason
	case terms.EndedBy != "":
		reason = string(terms.EndedBy)
	}
	data := payroll.EventData(Signal{Contract: c.Number, Employer: c.Employer, Scheme: c.Scheme, Reason: reason, Day: terms.Span.To})
	return []payroll.Event{{Owner: c.Municipality, Noun: "signal", Aggregate: payroll.DeriveID(fmt.Sprintf("signal/%s/%d", c.ID, terms.Version)), Version: 1,
		Verb: signalOf(terms.EndReason, terms.EndedBy), Data: data}}
}

// exitSignal announces to the municipality that a provider reported a refusal or a
// dismissal; other exits are told by the event of the trajectory.
func exitSignal(n NewTrajectoryEvent) []payroll.Event {
	verb := signalOf(n.Event.Reason, "")
	if n.Event.Kind != Exited || n.Event.State != Reported || verb == signalEnded {
		return nil
	}
	data := payroll.EventData(Signal{Trajectory: n.Trajectory.Number, Scheme: n.Trajectory.Scheme, Reason: n.Event.Reason, Day: n.Event.Day})
	return []payroll.Event{{Owner: n.Trajectory.Municipality, Noun: "signal", Aggregate: payroll.DeriveID(fmt.Sprintf("signal/%s/%d", n.Trajectory.ID, n.Event.Number)), Version: 1,
		Verb: verb, Data: data}}
}
