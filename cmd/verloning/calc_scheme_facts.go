package main

import (
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// trajectoryFacts are what happened to a participant and counts.
type trajectoryFacts struct {
	Referred   string         `json:"referred"`                                           // absent: the start
	Benefit    string         `json:"benefit" validate:"omitempty,oneof=WWB WIA WW none"` // absent: WWB
	Start      string         `json:"start"`
	Extended   string         `json:"extended"` // when it was decided to extend
	Plan       string         `json:"plan"`     // when the plan was approved
	Orders     []schemeOrder  `json:"orders" validate:"max=100"`
	Delivered  []schemeOrder  `json:"delivered" validate:"max=100"`
	Placements []schemeJob    `json:"placements" validate:"max=100"`
	Relapses   []string       `json:"relapses" validate:"max=100"`
	Exit       *schemeLeaving `json:"exit" validate:"-"`
}

// schemeOrder is a product that was ordered or delivered.
type schemeOrder struct {
	Product string `json:"product" validate:"required"`
	Day     string `json:"day" validate:"required"`
}

// schemeJob is a regular job that somebody was placed in.
type schemeJob struct {
	From          string `json:"from" validate:"required"`
	To            string `json:"to"` // absent: open-ended
	HoursPerWeek  string `json:"hours_per_week"`
	FullTimeHours string `json:"full_time_hours"`
	Sector        string `json:"sector" validate:"max=31"`
}

// schemeLeaving is an exit, for one reason of the scheme.
type schemeLeaving struct {
	Day    string `json:"day" validate:"required"`
	Reason string `json:"reason" validate:"required"`
}

// told reports whether anything was told of a trajectory.
func (f trajectoryFacts) told() bool {
	return f.Referred+f.Start+f.Extended+f.Plan != "" || len(f.Orders)+len(f.Delivered)+len(f.Placements)+len(f.Relapses) > 0 || f.Exit != nil
}

// happened collects the events of a trajectory.
type happened struct {
	door    *payroll.Door
	version subsidy.Version
	t       subsidy.Trajectory
}

// trajectory reads the facts of a trajectory, or none.
func (f trajectoryFacts) trajectory(door *payroll.Door, s subsidy.Scheme) *subsidy.Trajectory {
	if !f.told() {
		return nil
	}
	h := happened{door: door, t: subsidy.Trajectory{
		ID: calcParty("trajectory"), Number: "calc", Municipality: calcParty("municipality"), Provider: calcParty("provider"), Agreement: calcParty("agreement"),
		Scheme: s.ID, Benefit: subsidy.WWB, Referred: calcDay(door, "referred", f.Referred),
	}}
	if f.Benefit != "" {
		h.t.Benefit = subsidy.Benefit(f.Benefit)
	}
	if f.Referred == "" {
		h.t.Referred, _ = calendar.Parse(f.Start) // Told below where it is none.
	}
	if f.Referred+f.Start == "" {
		door.Refuse(payroll.Reason("field/required", "referred", "Noem de dag van aanmelding, of die van de start.", "Name the day of referral, or that of the start."))
	}
	schemeBegun(door, "referred", s, h.t.Referred)
	h.version, _ = s.Governing(h.t.Referred)
	if list := h.version.Eligibility.Benefits; len(list) > 0 && slices.Contains(subsidy.Benefits, h.t.Benefit) && !slices.Contains(list, h.t.Benefit) {
		door.Refuse(payroll.Reason("benefit/not_of_scheme", "benefit", fmt.Sprintf("Kies uit: %v.", list), fmt.Sprintf("Choose one of: %v.", list)))
	}
	h.once(door, "start", f.Start, subsidy.Started)
	h.once(door, "extended", f.Extended, subsidy.Extended)
	h.once(door, "plan", f.Plan, subsidy.Planned)
	h.products("orders", f.Orders, subsidy.Ordered)
	h.products("delivered", f.Delivered, subsidy.Delivered)
	h.jobs(f.Placements)
	for i, text := range f.Relapses {
		if h.once(door, fmt.Sprintf("relapses[%d]", i), text, subsidy.Relapsed); text == "" {
			door.Refuse(payroll.Reason("field/required", fmt.Sprintf("relapses[%d]", i), "Dit veld is verplicht.", "This field is required."))
		}
	}
	h.leaving(f.Exit)
	return &h.t
}

// once notes an event on a day, if there is one.
func (h *happened) once(door *payroll.Door, field, text string, kind subsidy.TrajectoryKind) {
	if text == "" {
		return
	}
	h.add(door, field, subsidy.TrajectoryEvent{Kind: kind, Day: calcDay(door, field, text)})
	if p := h.version.Period; kind == subsidy.Extended && (p == nil || p.Extension == nil) {
		door.Refuse(payroll.Reason("scheme/no_extension", field, "Deze regeling kent geen verlenging.", "This scheme knows no extension."))
	}
}

// add notes an event, which is not before the referral.
func (h *happened) add(door *payroll.Door, field string, e subsidy.TrajectoryEvent) {
	if !e.Day.IsZero() && e.Day.Before(h.t.Referred) {
		door.Refuse(payroll.Reason("date/before_referral", field, "Deze dag ligt voor de aanmelding.", "This day lies before the referral."))
	}
	e.Number, e.State = len(h.t.Events)+1, subsidy.Confirmed
	h.t.Events = append(h.t.Events, e)
}

func (h *happened) products(name string, list []schemeOrder, kind subsidy.TrajectoryKind) {
	for i, one := range list {
		part := payroll.NewDoor(one)
		h.add(part, "day", subsidy.TrajectoryEvent{Kind: kind, Product: one.Product, Day: calcDay(part, "day", one.Day)})
		if one.Product != "" && !slices.ContainsFunc(h.version.Pay, func(r subsidy.PayRule) bool { return r.Product == one.Product }) {
			part.Refuse(payroll.Reason("product/unknown", "product", "De regeling kent dit product niet.", "The scheme does not know this product."))
		}
		calcWithin(h.door, fmt.Sprintf("%s[%d]", name, i), part)
	}
}

// jobs notes placements. How many hours a job has is only asked where the scheme
// wants a share of a full week.
func (h *happened) jobs(list []schemeJob) {
	for i, one := range list {
		part := payroll.NewDoor(one)
		job := subsidy.Job{
			To: calcDay(part, "to", one.To), Sector: one.Sector,
			HoursPerWeek:  part.Number("hours_per_week", one.HoursPerWeek, euro.MustNumber("0.01"), euro.Int(60)),
			FullTimeHours: part.Number("full_time_hours", one.FullTimeHours, euro.Int(30), euro.Int(48)),
		}
		from := calcDay(part, "from", one.From)
		if !job.To.IsZero() && job.To.Before(from) {
			part.Refuse(payroll.Reason("date/order", "to", "Deze dag ligt voor de eerste.", "This day lies before the first."))
		}
		if o := h.version.Outcome; o != nil && o.HoursShare != nil && (one.HoursPerWeek == "" || one.FullTimeHours == "") {
			part.Refuse(payroll.Reason("field/required", "hours_per_week", "Deze regeling vraagt om een deel van een volle week: geef beide aantallen uren.", "This scheme asks for a share of a full week: give both numbers of hours."))
		}
		h.add(part, "from", subsidy.TrajectoryEvent{Kind: subsidy.Placed, Day: from, Job: &job})
		calcWithin(h.door, fmt.Sprintf("placements[%d]", i), part)
	}
}

func (h *happened) leaving(exit *schemeLeaving) {
	if exit == nil {
		return
	}
	part := payroll.NewDoor(*exit)
	h.add(part, "day", subsidy.TrajectoryEvent{Kind: subsidy.Exited, Reason: exit.Reason, Day: calcDay(part, "day", exit.Day)})
	if exit.Reason != "" && !slices.Contains(h.version.Exits, exit.Reason) {
		part.Refuse(payroll.Reason("exit/unknown", "reason", fmt.Sprintf("Kies een reden van de regeling: %v.", h.version.Exits), fmt.Sprintf("Choose a reason of the scheme: %v.", h.version.Exits)))
	}
	calcWithin(h.door, "exit", part)
}
