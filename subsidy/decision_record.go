package subsidy

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// DecisionRecord records what the caller, a municipality, decided or agreed
// for a contract. The same number again is the next version of the decision.
type DecisionRecord struct {
	payroll.Command
	Number       string `json:"number" validate:"required,number"`
	Employer     string `json:"employer" validate:"required,code"`
	Contract     string `json:"contract" validate:"required,number"`
	Document     string `json:"document,omitempty" validate:"omitempty,oneof=beschikking agreement"`
	Granted      string `json:"granted" validate:"required"`
	ValidFrom    string `json:"valid_from,omitempty"` // of a later version; absent: the first day
	From         string `json:"from" validate:"required"`
	To           string `json:"to,omitempty"`
	Route        string `json:"route,omitempty" validate:"omitempty,oneof=loonwaarde forfait"`
	HoursPerWeek string `json:"hours_per_week" validate:"required"`
	Loonwaarde   *int   `json:"loonwaarde,omitempty" validate:"omitempty,min=0,max=100"`
	Productivity *int   `json:"productivity,omitempty" validate:"omitempty,min=0,max=100"` // where the scheme asks for that
	// IncludesHolidayAllowance says it of the loonwaarde: a percentage is the same either way.
	IncludesHolidayAllowance *bool  `json:"includes_holiday_allowance,omitempty"`
	MeasuredBy               string `json:"measured_by,omitempty" validate:"max=100"`
	ReviewDue                string `json:"review_due,omitempty"`
	Ceiling                  string `json:"ceiling,omitempty"`
	Charges                  string `json:"charges_percent,omitempty"`
	Budget                   string `json:"budget" validate:"required"`
	Conditions               string `json:"conditions,omitempty" validate:"max=2000"`
}

// DecisionRecorded is the reply.
type DecisionRecorded struct {
	Decision uuid.UUID `json:"decision"`
	Number   string    `json:"number"`
	Version  int       `json:"version"`
}

// RecordDecision keeps a decision, and the loonwaarde it names, as facts.
func (d *Desk) RecordDecision(ctx context.Context, tx Tx, a payroll.Actor, req DecisionRecord) (DecisionRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	terms := req.accept(door)
	c, err := d.subsidised(ctx, tx, a, door, req.Employer, req.Contract)
	if err != nil {
		return DecisionRecorded{}, err
	}
	decision, err := d.decision(ctx, tx, a, door, c, req.Number)
	if err != nil {
		return DecisionRecorded{}, err
	}
	value := Loonwaarde{Contract: c.ID, ValidFrom: terms.ValidFrom, MeasuredBy: req.MeasuredBy, ReviewDue: door.Date("review_due", req.ReviewDue), WithHoliday: req.IncludesHolidayAllowance}
	terms.Version = len(decision.Versions) + 1
	decision.Versions = append(decision.Versions, terms)
	if err := d.withinScheme(ctx, tx, door, req, c, &decision); err != nil {
		return DecisionRecorded{}, err
	}
	if err := door.Err(); err != nil {
		return DecisionRecorded{}, err
	}
	terms = decision.Versions[terms.Version-1]
	overlaps, err := tx.AddDecision(ctx, a, decision)
	if err != nil {
		return DecisionRecorded{}, err
	}
	if overlaps {
		return DecisionRecorded{}, payroll.Refuse(payroll.Conflict, payroll.Reason("decision/overlap", "from",
			"Een ander besluit geldt in deze dagen al voor dit contract.", "Another decision covers this contract on these days already."))
	}
	if percent := req.percent(); percent != nil {
		value.Percent = *percent
		if _, err := tx.AddLoonwaarde(ctx, a, value); err != nil {
			return DecisionRecorded{}, err
		}
	}
	if err := d.reserve(ctx, tx, c); err != nil {
		return DecisionRecorded{}, err
	}
	reply := DecisionRecorded{Decision: decision.ID, Number: decision.Number, Version: terms.Version}
	return reply, tx.Publish(ctx, decisionEvents(c, decision, reply))
}

// accept reads the terms of a decision.
func (r DecisionRecord) accept(door *payroll.Door) DecisionTerms {
	t := DecisionTerms{
		Document: Document(r.Document), Granted: door.Date("granted", r.Granted),
		Span: door.Span("from", r.From, "to", r.To), Route: Route(r.Route),
		HoursPerWeek: door.Number("hours_per_week", r.HoursPerWeek, euro.MustNumber("0.01"), euro.Int(48)),
		Budget:       Source(r.Budget), Conditions: r.Conditions,
	}
	if t.Route == "" {
		t.Route = ByLoonwaarde
	}
	door.Decimals("hours_per_week", t.HoursPerWeek, 2)
	t.ValidFrom = t.Span.From
	if r.ValidFrom != "" {
		if t.ValidFrom = door.Date("valid_from", r.ValidFrom); !t.ValidFrom.IsZero() && !t.Span.Holds(t.ValidFrom) {
			door.Refuse(payroll.Reason("date/outside_decision", "valid_from", "Deze dag ligt buiten het besluit.", "This day lies outside the decision."))
		}
	}
	if r.Ceiling != "" {
		ceiling := door.Amount("ceiling", r.Ceiling)
		t.Ceiling = &ceiling
	}
	if r.Charges != "" {
		charges := door.Number("charges_percent", r.Charges, euro.Number{}, euro.Int(60))
		door.Decimals("charges_percent", charges, 4)
		t.Charges = &charges
	}
	if r.Loonwaarde != nil && r.Productivity != nil {
		door.Refuse(payroll.Reason("loonwaarde/twice", "productivity", "Geef een loonwaarde of een productiviteit, niet beide.", "Give a loonwaarde or a productivity, not both."))
	}
	if r.IncludesHolidayAllowance != nil && r.Loonwaarde == nil {
		door.Refuse(payroll.Reason("field/required", "loonwaarde", "Alleen bij een loonwaarde is te zeggen of de vakantiebijslag erin zit.", "Only of a loonwaarde can be said whether the holiday allowance is in it."))
	}
	if t.Route == Forfait && r.Loonwaarde != nil {
		door.Refuse(payroll.Reason("loonwaarde/with_forfait", "loonwaarde", "Bij het forfait hoort geen loonwaarde.", "The forfait goes without a loonwaarde."))
	}
	acceptBudget(door, t)
	return t
}

// acceptBudget refuses a source that did not exist in a year of the decision.
func acceptBudget(door *payroll.Door, t DecisionTerms) {
	if !knownSource(door, "budget", t.Budget) {
		return
	}
	for _, day := range []calendar.Date{t.Span.From, t.Span.To} {
		if !day.IsZero() && !t.Budget.Exists(day.Year()) {
			door.Refuse(notInYear("budget", t.Budget, day.Year()))
		}
	}
}

// knownSource refuses what is no source of money.
func knownSource(door *payroll.Door, field string, source Source) bool {
	if slices.Contains(Sources, source) {
		return true
	}
	names := make([]string, len(Sources))
	for i, s := range Sources {
		names[i] = string(s)
	}
	door.Refuse(payroll.Reason("budget/unknown", field, "Kies uit: "+strings.Join(names, " ")+".", "Choose one of: "+strings.Join(names, " ")+"."))
	return false
}

// percent is the loonwaarde or productivity that the decision names.
func (r DecisionRecord) percent() *int {
	if r.Productivity != nil {
		return r.Productivity
	}
	return r.Loonwaarde
}

// subsidised finds a contract that names the caller as its municipality.
func (d *Desk) subsidised(ctx context.Context, tx Tx, a payroll.Actor, door *payroll.Door, employer, number string) (payroll.Contract, error) {
	c, known, err := tx.ContractOf(ctx, a, employer, number)
	if err == nil && !known {
		door.Refuse(payroll.Unknown("contract", "contract", number))
	}
	return c, err
}

// decision finds the decision of a number, or starts a new one; a number that
// is in use for another contract is refused.
func (d *Desk) decision(ctx context.Context, tx Tx, a payroll.Actor, door *payroll.Door, c payroll.Contract, number string) (Decision, error) {
	decision, known, err := tx.DecisionByNumber(ctx, a.Organisation.ID, number)
	if err != nil {
		return Decision{}, err
	}
	if !known {
		return Decision{ID: d.NewID(), Number: number, Municipality: a.Organisation.ID, Contract: c.ID}, nil
	}
	if decision.Contract != c.ID {
		door.Refuse(payroll.Reason("decision/other_contract", "number", "Dit nummer hoort bij een ander contract.", "This number belongs to another contract."))
	}
	return decision, nil
}

func decisionEvents(c payroll.Contract, d Decision, reply DecisionRecorded) []payroll.Event {
	data := payroll.EventData(struct {
		DecisionRecorded
		Contract string        `json:"contract"`
		From     calendar.Date `json:"from"`
		To       calendar.Date `json:"to,omitzero"`
	}{reply, c.Number, d.Versions[reply.Version-1].Span.From, d.Versions[reply.Version-1].Span.To})
	events := []payroll.Event{{Owner: d.Municipality, Noun: "decision", Aggregate: d.ID, Version: reply.Version, Verb: "recorded", Data: data}}
	if c.Employer != d.Municipality {
		events = append(events, payroll.Event{Owner: c.Employer, Noun: "decision", Aggregate: d.ID, Version: reply.Version, Verb: "recorded", Data: data})
	}
	return events
}
