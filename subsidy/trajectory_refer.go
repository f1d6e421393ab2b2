package subsidy

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// TrajectoryRefer refers participants to a provider, or starts what the
// municipality does itself: all of them, or none.
type TrajectoryRefer struct {
	payroll.Command
	Trajectories []Referral `json:"trajectories" validate:"required,min=1,max=500"`
}

// Referral is one participant.
type Referral struct {
	Number    string `json:"number" validate:"required,number"`
	Scheme    string `json:"scheme" validate:"required,code"`
	Provider  string `json:"provider,omitempty" validate:"omitempty,code"`    // absent: that of the agreement, or the municipality itself
	Agreement string `json:"agreement,omitempty" validate:"omitempty,number"` // of the municipality with the provider
	BSN       string `json:"bsn,omitempty" validate:"omitempty,bsn"`          // finds the same person elsewhere
	IBAN      string `json:"iban,omitempty" validate:"omitempty,iban"`        // for premiums
	Benefit   string `json:"benefit,omitempty" validate:"omitempty,oneof=WWB WIA WW none"`
	Referred  string `json:"referred" validate:"required"`
}

// TrajectoriesReferred is the reply.
type TrajectoriesReferred struct {
	Trajectories []TrajectoryRef `json:"trajectories"`
}

// TrajectoryRef names a trajectory.
type TrajectoryRef struct {
	Trajectory uuid.UUID `json:"trajectory"`
	Number     string    `json:"number"`
}

// ReferTrajectories keeps referrals and tells the provider. What the provider
// learns of a participant is the number: who it is stands in no event.
func (d *Desk) ReferTrajectories(ctx context.Context, tx Tx, a payroll.Actor, req TrajectoryRefer) (TrajectoriesReferred, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	if err := door.Err(); err != nil {
		return TrajectoriesReferred{}, err
	}
	list := make([]Trajectory, len(req.Trajectories))
	seen := map[string]bool{}
	for i, r := range req.Trajectories {
		line := payroll.NewLineDoor(i+1, r)
		t, err := d.refer(ctx, tx, a, line, r)
		if err != nil {
			return TrajectoriesReferred{}, err
		}
		if seen[r.Number] {
			line.Refuse(payroll.Reason("trajectory/exists", "number", "Dit nummer staat er twee keer.", "This number is there twice."))
		}
		seen[r.Number], list[i] = true, t
		door.Problems = append(door.Problems, line.Problems...)
	}
	if err := door.Err(); err != nil {
		return TrajectoriesReferred{}, err
	}
	reply := TrajectoriesReferred{Trajectories: make([]TrajectoryRef, len(list))}
	var events []payroll.Event
	for i, t := range list {
		if bsn := req.Trajectories[i].BSN; bsn != "" {
			var err error
			if list[i].Person, err = tx.Participant(ctx, payroll.TidyBSN(bsn), d.NewID()); err != nil {
				return TrajectoriesReferred{}, err
			}
		}
		reply.Trajectories[i] = TrajectoryRef{t.ID, t.Number}
		events = append(events, t.announced(1, "referred", trajectoryData{Scheme: t.Scheme, Day: t.Referred})...)
	}
	if err := tx.AddTrajectories(ctx, a, list); err != nil {
		return TrajectoriesReferred{}, err
	}
	return reply, tx.Publish(ctx, events)
}

// refer reads one referral.
func (d *Desk) refer(ctx context.Context, tx Tx, a payroll.Actor, door *payroll.Door, r Referral) (Trajectory, error) {
	t := Trajectory{
		ID: d.NewID(), Number: r.Number, Municipality: a.Organisation.ID, Scheme: r.Scheme, Benefit: Benefit(r.Benefit),
		Referred: door.Date("referred", r.Referred), IBAN: payroll.TidyIBAN(r.IBAN),
	}
	if t.Benefit == "" {
		t.Benefit = WWB
	}
	refuseFuture(door, "referred", t.Referred, tx.Today())
	var err error
	if t.Provider, err = organisation(ctx, tx, door, "provider", r.Provider, payroll.Provider); err != nil {
		return t, err
	}
	if err := underAgreement(ctx, tx, door, r, &t); err != nil {
		return t, err
	}
	scheme, known, err := d.schemeNamed(ctx, tx, t.Municipality, r.Scheme)
	if err != nil {
		return t, err
	}
	if err := notOwnIBAN(ctx, tx, door, t); err != nil {
		return t, err
	}
	version, dated := scheme.Governing(t.Referred)
	switch {
	case !known:
		door.Refuse(payroll.Unknown("scheme", "scheme", r.Scheme))
	case dated && version.otherBenefit(door, t.Benefit):
	case !t.Referred.IsZero() && len(scheme.Versions) > 0 && t.Referred.Before(scheme.Versions[0].From.Date):
		door.Refuse(payroll.Reason("scheme/not_yet", "referred",
			fmt.Sprintf("Deze regeling bestaat sinds %s.", scheme.Versions[0].From), fmt.Sprintf("This scheme exists since %s.", scheme.Versions[0].From)))
	case r.BSN == "" && slices.ContainsFunc(version.Pay, func(p PayRule) bool { return p.Year != nil }):
		door.Refuse(payroll.Reason("field/required", "bsn", "Wat iemand in een jaar hoogstens krijgt geldt over alle trajecten: daarvoor is het BSN nodig.", "What somebody gets in a year at most holds over all trajectories, which needs the BSN."))
	case dated && r.IBAN == "" && slices.ContainsFunc(version.Pay, func(p PayRule) bool { return p.Kind == Premium }):
		door.Refuse(payroll.Reason("field/required", "iban", "Deze regeling betaalt een premie aan de deelnemer: daarvoor is een IBAN nodig.", "This scheme pays a premium to the participant, which needs an IBAN."))
	}
	if _, taken, err := tx.Trajectory(ctx, t.Municipality, r.Number); err != nil {
		return t, err
	} else if taken {
		door.Refuse(payroll.Reason("trajectory/exists", "number", "Dit nummer is al in gebruik.", "This number is in use."))
	}
	return t, nil
}

// notOwnIBAN refuses the municipality's own account for a participant: no payment
// goes from an account to itself.
func notOwnIBAN(ctx context.Context, tx Tx, door *payroll.Door, t Trajectory) error {
	if t.IBAN == "" {
		return nil
	}
	ibans, err := tx.IBANs(ctx, []uuid.UUID{t.Municipality})
	if err == nil && ibans[t.Municipality] == t.IBAN {
		door.Refuse(payroll.Reason("iban/own", "iban", "Dit is de rekening van de gemeente zelf.", "This is the municipality's own account."))
	}
	return err
}

// otherBenefit refuses a benefit that the scheme is not for.
func (v Version) otherBenefit(door *payroll.Door, b Benefit) bool {
	other := len(v.Eligibility.Benefits) > 0 && !slices.Contains(v.Eligibility.Benefits, b)
	if other {
		door.Refuse(payroll.Reason("benefit/not_of_scheme", "benefit",
			fmt.Sprintf("Deze regeling is voor wie een van deze uitkeringen heeft: %v.", v.Eligibility.Benefits),
			fmt.Sprintf("This scheme is for who has one of these benefits: %v.", v.Eligibility.Benefits)))
	}
	return other
}

// underAgreement holds a referral against the agreement that it names.
func underAgreement(ctx context.Context, tx Tx, door *payroll.Door, r Referral, t *Trajectory) error {
	if r.Agreement == "" {
		return nil
	}
	g, known, err := tx.Agreement(ctx, t.Municipality, r.Agreement)
	if err != nil {
		return err
	}
	if !known {
		door.Refuse(payroll.Unknown("agreement", "agreement", r.Agreement))
		return nil
	}
	if r.Provider == "" {
		t.Provider = g.Provider
	}
	if g.Scheme != t.Scheme || g.Provider != t.Provider {
		door.Refuse(payroll.Reason("agreement/other", "agreement", "Deze overeenkomst is van een andere regeling of een andere uitvoerder.", "This agreement is of another scheme or another provider."))
	}
	if !t.Referred.IsZero() && !g.Span.Holds(t.Referred) {
		door.Refuse(payroll.Reason("agreement/other_time", "referred", "Deze dag ligt buiten de overeenkomst.", "This day lies outside the agreement."))
	}
	t.Agreement = g.ID
	return nil
}

func refuseFuture(door *payroll.Door, field string, day, today calendar.Date) {
	if day.After(today) {
		door.Refuse(payroll.Reason("date/future", field, "Deze dag is nog niet geweest.", "This day has not been yet."))
	}
}

// trajectoryData is what an event tells of a trajectory. Answers on eligibility,
// reasons in words and who it is are no part of it.
type trajectoryData struct {
	Trajectory uuid.UUID      `json:"trajectory"`
	Number     string         `json:"number"`
	Scheme     string         `json:"scheme"`
	Kind       TrajectoryKind `json:"kind,omitempty"`
	Event      int            `json:"event,omitempty"`
	Day        calendar.Date  `json:"day"`
	Product    string         `json:"product,omitempty"`
	State      EventState     `json:"state,omitempty"`
	Until      calendar.Date  `json:"until,omitzero"` // by when a contested event is to be proved
}

// announced tells the municipality and the provider.
func (t Trajectory) announced(version int, verb string, data trajectoryData) []payroll.Event {
	data.Trajectory, data.Number, data.Scheme = t.ID, t.Number, t.Scheme
	body := payroll.EventData(data)
	events := []payroll.Event{{Owner: t.Municipality, Noun: "trajectory", Aggregate: t.ID, Version: version, Verb: verb, Data: body}}
	if !t.itself() {
		events = append(events, payroll.Event{Owner: t.Provider, Noun: "trajectory", Aggregate: t.ID, Version: version, Verb: verb, Data: body})
	}
	return events
}
