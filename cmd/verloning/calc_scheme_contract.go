package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// contractFacts are those of one contract in a period, told as of a payslip.
type contractFacts struct {
	Period    string           `json:"period"` // absent: the month of the date
	Birth     string           `json:"birth_date"`
	Contract  *payslipContract `json:"contract" validate:"-"`
	EndReason string           `json:"end_reason" validate:"max=31"` // by which a scheme may claim back
	Hours     []payslipHours   `json:"hours"`
	Employer  *payslipCharges  `json:"employer" validate:"-"`
	Decision  *schemeDecision  `json:"decision" validate:"-"`
	Placement *schemePlacement `json:"placement" validate:"-"`
	Earlier   []schemeEarlier  `json:"earlier" validate:"max=100"`
}

// schemeDecision is what the municipality decided or agreed for the contract.
type schemeDecision struct {
	Granted      string `json:"granted"` // absent: its first day
	From         string `json:"from" validate:"required"`
	To           string `json:"to"`
	HoursPerWeek string `json:"hours_per_week" validate:"required"`
	Route        string `json:"route" validate:"omitempty,oneof=loonwaarde forfait"`
	Loonwaarde   *int   `json:"loonwaarde" validate:"omitempty,min=0,max=100"`
	Productivity *int   `json:"productivity" validate:"omitempty,min=0,max=100"`
	Ceiling      string `json:"ceiling"`
	Charges      string `json:"charges_percent"`
	Budget       string `json:"budget"` // absent: the first that the scheme draws on
}

// schemePlacement is a placement at an inlener.
type schemePlacement struct {
	From  string `json:"from"` // absent: the contract's first day
	To    string `json:"to"`
	Price string `json:"price"` // euro an hour worked; absent: as the scheme has it
}

// schemeEarlier is what was claimed before by a rule under the decision.
type schemeEarlier struct {
	Rule     string `json:"rule" validate:"required"`
	Entitled string `json:"entitled" validate:"required"`
	WageCost string `json:"wage_cost" validate:"required"`
	Amount   string `json:"amount" validate:"required"`
}

// schemeContract is what a run would know.
type schemeContract struct {
	run     payroll.Run
	dossier payroll.Dossier
	file    subsidy.File
}

// contract reads the facts of a contract, or none.
func (f contractFacts) contract(door *payroll.Door, book *subsidy.Book, s subsidy.Scheme, on calendar.Date) *schemeContract {
	if f.Contract == nil {
		f.alone(door)
		return nil
	}
	q := payslipQuestion{calcAsked: calcAsked{Calc: "payslip"}, Period: f.Period, Birth: f.Birth, Contract: *f.Contract, Hours: f.Hours, Employer: f.Employer}
	start, _ := calendar.Parse(q.Contract.Start) // Told by the dossier where it is none.
	if on.IsZero() {
		on = start // Told already.
	}
	if q.Period == "" {
		q.Period = calendar.MonthOf(on).String()
	}
	part := payroll.NewDoor(q)
	c := &schemeContract{run: q.run(part)}
	rules, _ := book.Rules(s.ID, uuid.Nil, start)
	if rules.NoContract {
		part.Refuse(payroll.Reason("scheme/no_contract", "contract", "Onder deze regeling houdt de deelnemer de uitkering: er is geen contract.", "Under this scheme the participant keeps the benefit: there is no contract."))
	}
	c.dossier = q.dossier(part, c.run, &rules)
	month := &c.dossier.Contracts[0]
	month.Contract.Scheme, month.Contract.Municipality, month.Contract.Employer = s.ID, calcParty("municipality"), calcParty("employer")
	c.run.Employer, month.Contract.Versions[0].EndReason = calcParty("employer"), f.EndReason
	c.file = subsidy.File{Contract: month.Contract, Hours: month.Hours, Sickness: month.Sickness, Birth: c.dossier.Employment.Birth}
	version, _ := s.Governing(start)
	if f.EndReason != "" && !slices.Contains(version.Exits, f.EndReason) {
		part.Refuse(payroll.Reason("exit/unknown", "end_reason", fmt.Sprintf("Kies een reden van de regeling: %v.", version.Exits), fmt.Sprintf("Choose a reason of the scheme: %v.", version.Exits)))
	}
	f.decided(part, version, &c.file)
	f.placed(part, &c.file)
	door.Problems = append(door.Problems, part.Problems...)
	return c
}

// alone refuses what goes with a contract where there is none.
func (f contractFacts) alone(door *payroll.Door) {
	for _, one := range []struct {
		field string
		given bool
	}{
		{"period", f.Period != ""}, {"birth_date", f.Birth != ""}, {"end_reason", f.EndReason != ""}, {"hours", len(f.Hours) > 0}, {"employer", f.Employer != nil},
		{"decision", f.Decision != nil}, {"placement", f.Placement != nil}, {"earlier", len(f.Earlier) > 0},
	} {
		if one.given {
			door.Refuse(payroll.Reason("field/without_contract", one.field, "Dit hoort bij een contract, en dat is er niet.", "This goes with a contract, and there is none."))
		}
	}
}

// decided reads the decision through the door that a record of one goes through, and
// what was claimed under it before.
func (f contractFacts) decided(door *payroll.Door, v subsidy.Version, file *subsidy.File) {
	d := subsidy.Decision{ID: calcParty("decision"), Number: "calc", Municipality: calcParty("municipality"), Contract: file.Contract.ID}
	if f.Decision != nil {
		said := *f.Decision
		part := payroll.NewDoor(said)
		record := subsidy.DecisionRecord{
			Granted: cmp.Or(said.Granted, said.From), From: said.From, To: said.To, Route: said.Route, HoursPerWeek: said.HoursPerWeek,
			Loonwaarde: said.Loonwaarde, Productivity: said.Productivity, Ceiling: said.Ceiling, Charges: said.Charges, Budget: said.Budget,
		}
		d.Versions = []subsidy.DecisionTerms{record.AcceptAsked(part, v)}
		if percent := cmp.Or(said.Productivity, said.Loonwaarde); percent != nil {
			file.Loonwaarden = []subsidy.Loonwaarde{{Contract: file.Contract.ID, Version: 1, ValidFrom: d.Versions[0].Span.From, Percent: *percent}}
		}
		file.Decisions = []subsidy.Decision{d}
		calcWithin(door, "decision", part)
	}
	for i, one := range f.Earlier {
		part := payroll.NewDoor(one)
		h := subsidy.History{Decision: d.ID, Rule: one.Rule, Entitled: part.Amount("entitled", one.Entitled), WageCost: part.Amount("wage_cost", one.WageCost), Amount: part.Amount("amount", one.Amount)}
		if one.Rule != "" && !slices.ContainsFunc(v.Pay, func(r subsidy.PayRule) bool { return r.ID == one.Rule && r.ForContract() }) {
			part.Refuse(payroll.Reason("rule/unknown", "rule", "De regeling kent deze regel niet, of niet voor een contract.", "The scheme does not know this rule, or not for a contract."))
		}
		file.History = append(file.History, h)
		calcWithin(door, fmt.Sprintf("earlier[%d]", i), part)
	}
}

// placed reads the placement.
func (f contractFacts) placed(door *payroll.Door, file *subsidy.File) {
	if f.Placement == nil {
		return
	}
	part := payroll.NewDoor(*f.Placement)
	p := payroll.Placement{ID: calcParty("placement"), Contract: file.Contract.ID, Inlener: calcParty("inlener")}
	if p.Span = part.Span("from", f.Placement.From, "to", f.Placement.To); f.Placement.From == "" {
		p.Span.From = file.Contract.Span().From
	}
	if f.Placement.Price != "" {
		price := part.Number("price", f.Placement.Price, euro.Number{}, euro.Int(500))
		part.Decimals("price", price, 4)
		p.Price = &price
	}
	file.Placements = []payroll.Placement{p}
	calcWithin(door, "placement", part)
}
