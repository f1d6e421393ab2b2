package payroll

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// ContractTerms are the terms as a request writes them.
type ContractTerms struct {
	HoursPerWeek  string `json:"hours_per_week" validate:"required"`
	FullTimeHours string `json:"full_time_hours,omitempty"` // absent: as the scheme has it
	Base          string `json:"wage_base,omitempty" validate:"omitempty,oneof=WML amount steps"`
	Factor        string `json:"wage_factor,omitempty"`
	HourlyAmount  string `json:"wage_amount,omitempty" validate:"required_if=Base amount"`
	PayBasis      string `json:"pay_basis,omitempty" validate:"omitempty,oneof=hours fixed"`
	Averaging     bool   `json:"averaging,omitempty"`
	Written       bool   `json:"written,omitempty"`
	OpenEnded     bool   `json:"open_ended,omitempty"`
	OnCall        bool   `json:"on_call,omitempty"`

	ExperienceSince string `json:"experience_since,omitempty"` // with a wage table: the day from which years of experience count

	BBL              bool   `json:"bbl,omitempty"`
	HolidayAllowance string `json:"holiday_allowance,omitempty" validate:"omitempty,oneof=may each_period"`
	LeaveWeeks       string `json:"leave_weeks,omitempty"` // a year; absent: four
	SickWaitingDays  *int   `json:"sick_waiting_days,omitempty" validate:"omitempty,min=0,max=2"`
	SickPercentage   string `json:"sick_percentage,omitempty"`  // of the wage, in the first 52 weeks
	SickSecondYear   string `json:"sick_second_year,omitempty"` // of the wage, in the 52 weeks after
}

// ContractRegister registers a contract of an employee of the caller.
type ContractRegister struct {
	Command
	Number       string `json:"number" validate:"required,number"`
	Person       string `json:"person" validate:"required,number"` // personnel number
	Scheme       string `json:"scheme" validate:"required,code"`
	Municipality string `json:"municipality,omitempty" validate:"omitempty,code"`
	Provider     string `json:"provider,omitempty" validate:"omitempty,code"`
	Start        string `json:"start" validate:"required"`
	End          string `json:"end,omitempty"`
	ContractTerms
}

// ContractReply is the reply to every command on a contract.
type ContractReply struct {
	Contract uuid.UUID     `json:"contract"`
	Number   string        `json:"number"`
	Version  int           `json:"version"`
	Start    calendar.Date `json:"start"`
	End      calendar.Date `json:"end,omitzero"`
}

// accept reads the terms; what is absent is as the scheme has it. Hours a week
// lie between nought and sixty and not above the sector's full week; the wage is
// never below the minimum (WML art. 7), so a factor under one is refused.
func (t ContractTerms) accept(d *Door, rules SchemeRules) Terms {
	terms := Terms{
		HoursPerWeek:  d.Number("hours_per_week", t.HoursPerWeek, euro.MustNumber("0.01"), euro.Int(60)),
		FullTimeHours: d.Number("full_time_hours", orNumber(t.FullTimeHours, rules.FullTimeHours), euro.Int(30), euro.Int(48)),
		Base:          t.acceptBase(d, rules),
		Factor:        d.Number("wage_factor", orNumber(t.Factor, rules.MinFactor.Max(euro.One)), euro.One, euro.Int(3)),
		HourlyAmount:  d.Number("wage_amount", orNumber(t.HourlyAmount, rules.MinAmount), euro.MustNumber("0.01"), euro.Int(250)),
		PayBasis:      PayBasis(or(t.PayBasis, string(ByHours))),
		Averaging:     t.Averaging, Written: t.Written, OpenEnded: t.OpenEnded, OnCall: t.OnCall,
		BBL: t.BBL, HolidayEachPeriod: t.HolidayAllowance == "each_period",
		LeaveWeeks: d.Number("leave_weeks", or(t.LeaveWeeks, "4"), euro.Int(4), euro.Int(26)), Sick: t.sick(d),
	}
	d.cite("leave_weeks", "BW 7:634")
	if t.FullTimeHours == "" && rules.FullTimeHours.IsZero() {
		d.Refuse(Reason("field/required", "full_time_hours", "Geef de volledige werkweek van de sector; de regeling noemt er geen.", "Give the sector's full-time week; the scheme names none."))
	}
	if !d.failed("hours_per_week") && !d.failed("full_time_hours") && terms.HoursPerWeek.Cmp(terms.FullTimeHours) > 0 {
		d.Refuse(Reason("hours_per_week/over_full_time", "hours_per_week", "Meer uren dan de volledige werkweek van de sector.", "More hours than the sector's full-time week."))
	}
	d.Decimals("hours_per_week", terms.HoursPerWeek, 2)
	d.Decimals("full_time_hours", terms.FullTimeHours, 2)
	d.Decimals("wage_factor", terms.Factor, 4)
	d.Decimals("wage_amount", terms.HourlyAmount, 4)
	d.Decimals("leave_weeks", terms.LeaveWeeks, 2)
	t.acceptTable(d, &terms, rules)
	if !d.failed("wage_amount") && terms.Base == BaseAmount && terms.HourlyAmount.Cmp(rules.MinAmount) < 0 {
		d.Refuse(Reason("wage_amount/below_scheme", "wage_amount",
			fmt.Sprintf("Deze regeling vraagt ten minste %s per uur.", rules.MinAmount.Fixed(2)), fmt.Sprintf("This scheme asks for at least %s an hour.", rules.MinAmount.Fixed(2))))
	}
	if t.Averaging && terms.PayBasis != Fixed {
		d.Refuse(Reason("averaging/needs_fixed", "averaging", "Urenverrekening past alleen bij een vast loon.", "Averaging fits a fixed wage only."))
	}
	return terms
}

// sick reads what the contract says of pay during sickness, where it says
// something; what it leaves out is the whole wage from the first day on. The
// law sets the bounds: at least 70 percent, and at most two waiting days.
func (t ContractTerms) sick(d *Door) *SickTerms {
	d.cite("sick_waiting_days", "BW 7:629 lid 9")
	if t.SickWaitingDays == nil && t.SickPercentage == "" && t.SickSecondYear == "" {
		return nil
	}
	s := SickTerms{
		Percentage:   d.Number("sick_percentage", or(t.SickPercentage, "100"), euro.Int(70), euro.Hundred),
		SecondPeriod: d.Number("sick_second_year", or(t.SickSecondYear, "100"), euro.Int(70), euro.Hundred),
	}
	if t.SickWaitingDays != nil {
		s.WaitingDays = *t.SickWaitingDays
	}
	d.Decimals("sick_percentage", s.Percentage, 2)
	d.Decimals("sick_second_year", s.SecondPeriod, 2)
	d.cite("sick_percentage", "BW 7:629 lid 1")
	d.cite("sick_second_year", "BW 7:629 lid 1")
	return &s
}

// orNumber is the text, or the number where there is none.
func orNumber(text string, otherwise euro.Number) string {
	if text != "" || otherwise.IsZero() {
		return text
	}
	return otherwise.String()
}

// RegisterContract keeps a new contract and announces it.
func (d *Desk) RegisterContract(ctx context.Context, tx Tx, a Actor, req ContractRegister) (ContractReply, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	c := Contract{ID: d.NewID(), Number: req.Number, Employer: a.Organisation.ID, Scheme: req.Scheme}
	days := door.Span("start", req.Start, "end", req.End)
	var err error
	if c.Municipality, err = party(ctx, tx, door, "municipality", req.Municipality, Gemeente); err != nil {
		return ContractReply{}, err
	}
	rules, known, err := d.Rules.Scheme(ctx, tx, req.Scheme, c.Municipality, days.From)
	if err != nil {
		return ContractReply{}, err
	}
	if !known {
		door.Refuse(Unknown("scheme", "scheme", req.Scheme))
	}
	if rules.NoContract {
		door.Refuse(Reason("scheme/benefit_kept", "scheme",
			"Onder deze regeling houdt de deelnemer de uitkering: er is geen arbeidsovereenkomst en geen loon.",
			"Under this scheme the participant keeps the benefit: there is no contract of employment and no wage."))
	}
	terms := req.ContractTerms.accept(door, rules)
	terms.Version, terms.Span = 1, days
	terms.ValidFrom = terms.Span.From
	experienced(door, terms)
	if terms.OpenEnded != terms.Span.To.IsZero() && !door.failed("end") {
		door.Refuse(Reason("contract/end", "end", "Een contract voor onbepaalde tijd heeft geen einddatum, een ander wel.", "An open-ended contract has no end date, another has one."))
	}
	c.Versions = []Terms{terms}
	if err := d.contractParties(ctx, tx, door, &c, req); err != nil {
		return ContractReply{}, err
	}
	if err := door.Err(); err != nil {
		return ContractReply{}, err
	}
	if err := d.keepTerms(ctx, tx, a, c, true); err != nil {
		return ContractReply{}, err
	}
	return d.announceContract(ctx, tx, c, "registered")
}

// contractParties looks up what the request names.
func (d *Desk) contractParties(ctx context.Context, tx Tx, door *Door, c *Contract, req ContractRegister) error {
	e, known, err := tx.Employment(ctx, c.Employer, req.Person)
	if err != nil {
		return err
	}
	if !known {
		door.Refuse(Unknown("person", "person", req.Person))
	}
	c.Employment, c.Person = e.ID, e.Person
	if _, taken, err := tx.Contract(ctx, c.Employer, req.Number); err != nil {
		return err
	} else if taken {
		door.Refuse(Reason("contract/exists", "number", "Dit contractnummer is al in gebruik.", "This contract number is in use."))
	}
	if err := d.underScheme(ctx, tx, door, *c); err != nil {
		return err
	}
	if c.Municipality == c.Employer && !door.failed("municipality") {
		door.Refuse(Reason("municipality/own", "municipality", "Een gemeente betaalt geen subsidie aan zichzelf.", "A municipality pays no subsidy to itself."))
	}
	c.Provider, err = party(ctx, tx, door, "provider", req.Provider, Provider)
	return err
}

// underScheme checks what the scheme asks of a contract: a wage factor, and a
// longest term where it limits the contract and not only its subsidy.
func (d *Desk) underScheme(ctx context.Context, tx Tx, door *Door, c Contract) error {
	rules, known, err := d.rules(ctx, tx, c)
	if err != nil || !known {
		return err // what is not known was refused when it was named
	}
	terms := c.Latest()
	if !door.failed("wage_factor") && terms.Base != BaseSteps && terms.Factor.Cmp(rules.MinFactor) < 0 {
		door.Refuse(Reason("wage_factor/below_scheme", "wage_factor",
			fmt.Sprintf("Deze regeling vraagt ten minste %s maal het minimumloon.", rules.MinFactor),
			fmt.Sprintf("This scheme asks for at least %s times the minimum wage.", rules.MinFactor)))
	}
	if rules.MaxMonths > 0 && !terms.Span.From.IsZero() {
		if last := terms.Span.From.AddMonths(rules.MaxMonths).Add(-1); terms.Span.To.IsZero() || terms.Span.To.After(last) {
			door.Refuse(Reason("end/beyond_scheme", "end",
				fmt.Sprintf("Onder deze regeling loopt een contract uiterlijk tot en met %s.", last),
				fmt.Sprintf("Under this scheme a contract runs until %s at most.", last)))
		}
	}
	if !rules.Exclusive || len(door.Problems) > 0 {
		return nil
	}
	return exclusive(ctx, tx, door, c)
}

// rules are what the scheme of a contract asks of it.
func (d *Desk) rules(ctx context.Context, tx Tx, c Contract) (SchemeRules, bool, error) {
	return d.Rules.Scheme(ctx, tx, c.Scheme, c.Municipality, c.Span().From)
}

// exclusive refuses a second employer on the same days under a scheme that has
// one at a time. It says nothing of who the other is.
func exclusive(ctx context.Context, tx Tx, door *Door, c Contract) error {
	elsewhere, err := tx.EmployedElsewhere(ctx, c)
	if err == nil && elsewhere {
		door.Refuse(Reason("contract/elsewhere", "start",
			"Deze persoon heeft in deze dagen al een contract onder deze regeling bij een andere werkgever.",
			"This person has a contract under this scheme with another employer on these days already."))
	}
	return err
}

// party finds an organisation in a role by its code; no code is no party.
func party(ctx context.Context, tx Tx, door *Door, field, code string, role OrganisationRole) (uuid.UUID, error) {
	if code == "" {
		return uuid.Nil, nil
	}
	org, known, err := tx.OrganisationByCode(ctx, code)
	if err == nil && (!known || !org.Is(role)) {
		door.Refuse(Reason("organisation/unknown", field, fmt.Sprintf("%.40s is geen bekende %s.", code, role), fmt.Sprintf("%.40s is not a known %s.", code, role)))
	}
	return org.ID, err
}

// ContractAmend changes terms from a day on; the whole terms are given.
type ContractAmend struct {
	Command
	Number    string `json:"number" validate:"required,number"`
	ValidFrom string `json:"valid_from" validate:"required"`
	ContractTerms
}

// AmendContract adds a version of the terms, valid from a day within the
// contract.
func (d *Desk) AmendContract(ctx context.Context, tx Tx, a Actor, req ContractAmend) (ContractReply, error) {
	door := NewDoor(req)
	c, err := d.ownContract(ctx, tx, a, door, req.Number)
	if err != nil {
		return ContractReply{}, err
	}
	from := door.Date("valid_from", req.ValidFrom)
	rules, err := d.atAmendment(ctx, tx, c, from)
	if err != nil {
		return ContractReply{}, err
	}
	terms := req.ContractTerms.accept(door, rules)
	terms.ValidFrom = from
	experienced(door, terms)
	if len(c.Versions) > 0 {
		// Other terms leave the end of the contract as it is, and how it came.
		last := c.Latest()
		terms.Span, terms.OpenEnded, terms.EndReason, terms.EndedBy = last.Span, last.OpenEnded, last.EndReason, last.EndedBy
		if !terms.ValidFrom.IsZero() && !c.Span().Holds(terms.ValidFrom) {
			door.Refuse(Reason("date/outside_contract", "valid_from", "Deze dag ligt buiten het contract.", "This day lies outside the contract."))
		}
	}
	return d.nextVersion(ctx, tx, a, door, c, terms, "amended")
}

// ContractExtend moves the end to a later day, or takes it away.
type ContractExtend struct {
	Command
	Number string `json:"number" validate:"required,number"`
	End    string `json:"end,omitempty"` // empty: open-ended from now on
}

// ExtendContract adds a version with a later end.
func (d *Desk) ExtendContract(ctx context.Context, tx Tx, a Actor, req ContractExtend) (ContractReply, error) {
	door := NewDoor(req)
	c, err := d.ownContract(ctx, tx, a, door, req.Number)
	if err != nil {
		return ContractReply{}, err
	}
	end := door.Date("end", req.End)
	var terms Terms
	if len(c.Versions) > 0 {
		terms = c.Latest()
		if old := terms.Span.To; old.IsZero() || (!end.IsZero() && !end.After(old)) {
			door.Refuse(Reason("contract/not_longer", "end", "Verlengen kan alleen naar een latere einddatum.", "A contract is extended to a later end only."))
		}
		terms.ValidFrom = terms.Span.From
		if old := terms.Span.To; !old.IsZero() {
			terms.ValidFrom = old.Add(1)
		}
		// What ended it before does not any more.
		terms.Span.To, terms.OpenEnded, terms.EndReason, terms.EndedBy = end, end.IsZero(), "", EndUnknown
	}
	return d.nextVersion(ctx, tx, a, door, c, terms, "extended")
}

// ContractEnd ends a contract on its last day.
type ContractEnd struct {
	Command
	Number  string `json:"number" validate:"required,number"`
	End     string `json:"end" validate:"required"`
	Reason  string `json:"reason" validate:"required,max=200"`
	EndedBy string `json:"ended_by,omitempty" validate:"omitempty,oneof=employer expiry employee agreement age cause death continued"` // absent: not known yet
}

// EndContract adds a version with an earlier, or a first, end.
func (d *Desk) EndContract(ctx context.Context, tx Tx, a Actor, req ContractEnd) (ContractReply, error) {
	door := NewDoor(req)
	c, err := d.ownContract(ctx, tx, a, door, req.Number)
	if err != nil {
		return ContractReply{}, err
	}
	end := door.Date("end", req.End)
	var terms Terms
	if len(c.Versions) > 0 {
		if !end.IsZero() && !c.Span().Holds(end) {
			door.Refuse(Reason("date/outside_contract", "end", "Deze dag ligt buiten het contract.", "This day lies outside the contract."))
		}
		// The terms of the last day go on until then: an amendment that was to
		// start later never does.
		if terms, _ = c.On(end); terms.Version == 0 {
			terms = c.Latest()
		}
		terms.ValidFrom, terms.Span.To, terms.EndReason, terms.EndedBy = end, end, req.Reason, EndedBy(req.EndedBy)
	}
	return d.nextVersion(ctx, tx, a, door, c, terms, "ended")
}

func (d *Desk) ownContract(ctx context.Context, tx Tx, a Actor, door *Door, number string) (Contract, error) {
	c, known, err := tx.Contract(ctx, a.Organisation.ID, number)
	if err == nil && !known {
		door.Refuse(Unknown("contract", "number", number))
	}
	return c, err
}

func (d *Desk) nextVersion(ctx context.Context, tx Tx, a Actor, door *Door, c Contract, terms Terms, verb string) (ContractReply, error) {
	if err := door.Err(); err != nil {
		return ContractReply{}, err
	}
	terms.Version = len(c.Versions) + 1
	c.Versions = append(c.Versions, terms)
	if err := d.underScheme(ctx, tx, door, c); err != nil {
		return ContractReply{}, err
	}
	if err := door.Err(); err != nil {
		return ContractReply{}, err
	}
	if err := d.keepTerms(ctx, tx, a, c, false); err != nil {
		return ContractReply{}, err
	}
	return d.announceContract(ctx, tx, c, verb)
}

// keepTerms stores the newest version; the database refuses a second contract
// of the same person, employer and scheme on the same days.
func (d *Desk) keepTerms(ctx context.Context, tx Tx, a Actor, c Contract, first bool) error {
	if err := d.unlocked(ctx, tx, c, c.changed()); err != nil {
		return err
	}
	overlaps, err := tx.AddTerms(ctx, a, c, first)
	if err == nil && overlaps {
		return Refuse(Conflict, Reason("contract/overlap", "start",
			"Deze persoon heeft in deze dagen al een contract bij u onder deze regeling.",
			"This person has a contract with you under this scheme on these days already."))
	}
	return err
}

// changed are the days on which the newest version is otherwise than the one before:
// all of the contract for the first.
func (c Contract) changed() calendar.Span {
	last := c.Latest()
	if len(c.Versions) == 1 {
		return last.Span
	}
	days := calendar.Span{From: last.ValidFrom, To: last.Span.To}
	if before := c.Versions[len(c.Versions)-2].Span.To; !days.To.IsZero() && (before.IsZero() || before.After(days.To)) {
		days.To = before // those that it has no longer
	}
	return days
}

func (d *Desk) announceContract(ctx context.Context, tx Tx, c Contract, verb string) (ContractReply, error) {
	reply := ContractReply{Contract: c.ID, Number: c.Number, Version: c.Latest().Version, Start: c.Span().From, End: c.Span().To}
	events := []Event{{Owner: c.Employer, Noun: "contract", Aggregate: c.ID, Version: reply.Version, Verb: verb, Data: EventData(reply)}}
	if c.Municipality != uuid.Nil && c.Municipality != c.Employer {
		events = append(events, Event{Owner: c.Municipality, Noun: "contract", Aggregate: c.ID, Version: reply.Version, Verb: verb, Data: EventData(reply)})
	}
	return reply, tx.Publish(ctx, events)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
