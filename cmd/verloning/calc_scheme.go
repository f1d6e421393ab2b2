package main

import (
	"slices"
	"sync"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// schemeQuestion asks what is due under a scheme that comes with the program: for
// one trajectory up to a day, for one contract in a period, or for both.
type schemeQuestion struct {
	calcAsked
	Scheme string      `json:"scheme" validate:"required"`
	Date   string      `json:"date" validate:"required"`
	Facts  schemeFacts `json:"facts" validate:"-"`
}

// schemeFacts are those of a trajectory and those of a contract; what is absent
// did not happen.
type schemeFacts struct {
	trajectoryFacts `validate:"-"`
	contractFacts   `validate:"-"`
}

// schemeAnswer are the payments in order of day, each with what it rests on.
type schemeAnswer struct {
	Payments []schemePayment `json:"payments"`
	Total    euro.Amount     `json:"total"` // without VAT
	TotalVAT euro.Amount     `json:"total_vat"`
	calcExtra
}

// schemePayment is one payment; payer and payee are roles.
type schemePayment struct {
	Rule     string         `json:"rule"`
	Key      string         `json:"key"` // which of the rule's payments
	Kind     subsidy.Kind   `json:"kind"`
	Payer    string         `json:"payer"`
	Payee    string         `json:"payee"`
	Day      calendar.Date  `json:"day"` // on which it fell due
	Amount   euro.Amount    `json:"amount"`
	VAT      euro.Amount    `json:"vat"`
	Document string         `json:"document"`
	Sources  []schemeSource `json:"sources,omitempty"`
}

// schemeSource is what a source bears, VAT that is not given back included.
type schemeSource struct {
	Source subsidy.Source `json:"source"`
	Amount euro.Amount    `json:"amount"`
}

// calcBook are the schemes that come with the program, read once.
var calcBook = sync.OnceValues(subsidy.LoadBook)

// calcParty stands for one of the parties of a question.
func calcParty(role string) uuid.UUID { return payroll.DeriveID("calc/" + role) }

// answerScheme always gives its steps, as of every amount that goes to somebody who
// has to be able to check it.
func answerScheme(q schemeQuestion, door *payroll.Door, _ *payroll.Trace) (any, error) {
	book, err := calcBook()
	if err != nil {
		return nil, err
	}
	on := calcDay(door, "date", q.Date)
	scheme, known := book.Scheme(q.Scheme, uuid.Nil)
	if !known {
		if q.Scheme != "" {
			door.Refuse(payroll.Reason("scheme/unknown", "scheme", "Deze regeling hoort niet bij dit programma; zie: scheme list.", "This scheme did not come with this program; see: scheme list."))
		}
		return nil, door.Err()
	}
	schemeBegun(door, "date", scheme, on)
	asked := schemeReckoned{scheme: scheme, on: on, out: schemeAnswer{Payments: []schemePayment{}}, trace: &payroll.Trace{}}
	facts := payroll.NewDoor(q.Facts.trajectoryFacts)
	facts.Problems = append(facts.Problems, payroll.NewDoor(q.Facts.contractFacts).Problems...)
	if !q.Facts.told() && q.Facts.Contract == nil {
		q.Facts.need(facts, scheme, on)
	}
	trajectory := q.Facts.trajectory(facts, scheme)
	contract := q.Facts.contract(facts, book, scheme, on)
	calcWithin(door, "facts", facts)
	if err := door.Err(); err != nil {
		return nil, err
	}
	if contract != nil {
		if err := asked.claims(*contract); err != nil {
			return nil, err
		}
	}
	if trajectory != nil {
		if err := asked.dues(*trajectory); err != nil {
			return nil, err
		}
	}
	if len(asked.trace.Steps) == 0 {
		asked.trace.Add(func() payroll.Step {
			return payroll.Step{What: payroll.Text{NL: "de regeling betaalt hiervoor niets", EN: "the scheme pays nothing for this"}, Source: "scheme " + scheme.ID, Result: euro.Zero.String()}
		})
	}
	slices.SortStableFunc(asked.out.Payments, func(a, b schemePayment) int { return a.Day.Cmp(b.Day) })
	asked.out.calcExtra = calcExtra{Attention: calcAttention(asked.found), Steps: asked.trace.Steps}
	return asked.out, nil
}

// schemeBegun refuses a day on which there was no scheme yet.
func schemeBegun(door *payroll.Door, field string, s subsidy.Scheme, day calendar.Date) {
	if first := s.Versions[0].From; !day.IsZero() && day.Before(first.Date) {
		door.Refuse(payroll.Reason("scheme/not_yet", field, "Deze regeling geldt vanaf "+first.String()+".", "This scheme holds from "+first.String()+"."))
	}
}

// calcDay reads a day that a scheme could speak of.
func calcDay(door *payroll.Door, field, text string) calendar.Date {
	day := door.Date(field, text)
	if !day.IsZero() && (day.Year() < 1990 || day.Year() > 2099) {
		door.Refuse(payroll.Reason("date/out_of_range", field, "Geef een dag van 1990 tot en met 2099.", "Give a day from 1990 up to and including 2099."))
	}
	return day
}

// need says which fact an answer cannot do without.
func (f schemeFacts) need(door *payroll.Door, s subsidy.Scheme, on calendar.Date) {
	version, _ := s.Governing(on)
	field := "referred"
	if version.Status.Kind == "employee" && !slices.ContainsFunc(version.Pay, subsidy.PayRule.ByTrajectory) {
		field = "contract"
	}
	door.Refuse(payroll.Reason("field/required", field, "Dit veld is hier verplicht.", "This field is required here."))
}

// schemeReckoned is an answer under way.
type schemeReckoned struct {
	scheme subsidy.Scheme
	on     calendar.Date
	out    schemeAnswer
	found  []payroll.Exception
	trace  *payroll.Trace
}

// add notes a payment.
func (a *schemeReckoned) add(p schemePayment) {
	a.out.Payments = append(a.out.Payments, p)
	a.out.Total, a.out.TotalVAT = a.out.Total.Add(p.Amount), a.out.TotalVAT.Add(p.VAT)
}

// rule finds a rule of the version that governs a day.
func (a *schemeReckoned) rule(id string, day calendar.Date) subsidy.PayRule {
	version, _ := a.scheme.Governing(day)
	for _, r := range version.Pay {
		if r.ID == id {
			return r
		}
	}
	return subsidy.PayRule{ID: id, Payer: "inlener", Payee: "employer"} // a placement that names its own price
}

// dues adds what a trajectory gives, as a statement books it.
func (a *schemeReckoned) dues(t subsidy.Trajectory) error {
	list, found, err := subsidy.PaymentsOf(a.scheme, t, calcParty("inlener"), a.on, a.trace)
	if err != nil {
		return err
	}
	a.found = append(a.found, found...)
	for _, b := range list {
		rule := a.rule(b.Rule, t.Referred)
		p := schemePayment{Rule: b.Rule, Key: b.Key, Kind: b.Kind, Payer: rule.Payer, Payee: rule.Payee, Day: b.Day, Amount: b.Amount, VAT: b.VAT, Document: b.Document}
		for _, s := range b.Sources {
			p.Sources = append(p.Sources, schemeSource{s.Source, s.Amount})
		}
		a.add(p)
	}
	version, _ := a.scheme.Governing(t.Referred)
	for _, rule := range version.Pay {
		if rule.Amount.Settle != nil {
			a.found = append(a.found, payroll.Exception{Kind: "settlement/of_agreement", Subject: rule.ID, Detail: payroll.Text{
				NL: "Een bonus of malus is van een contractjaar van een hele overeenkomst, en staat niet in dit antwoord.",
				EN: "A bonus or malus is of a contract year of a whole agreement, and is no part of this answer."}})
		}
	}
	return nil
}

// claims adds what a contract gives in its period, as a run computes it.
func (a *schemeReckoned) claims(c schemeContract) error {
	if err := payslipConfirmed(c.dossier, c.run.Period); err != nil {
		return err
	}
	slips, found, err := payroll.NewPayslips(c.run, c.dossier, a.trace)
	if err != nil {
		return err
	}
	claims, odd, err := subsidy.NewClaims(c.run, a.scheme, c.file, slips[0], a.trace)
	if err != nil {
		return err
	}
	a.found = append(append(a.found, found...), odd...)
	for _, claim := range claims {
		if claim.Amount.IsZero() {
			continue // The steps say why.
		}
		rule := a.rule(claim.Rule, claim.Service.From)
		p := schemePayment{
			Rule: claim.Rule, Key: "period/" + c.run.Period.String(), Kind: claim.Kind, Payer: rule.Payer, Payee: rule.Payee,
			Day: claim.Service.To, Amount: claim.Amount, VAT: claim.VAT, Document: string(claim.Document),
		}
		for _, s := range claim.Sources {
			p.Sources = append(p.Sources, schemeSource{s.Source, s.Amount})
		}
		if len(claim.Sources) == 0 && claim.Budget != "" {
			p.Sources = []schemeSource{{claim.Budget, claim.Amount.Add(claim.VATCost)}}
		}
		a.add(p)
	}
	return nil
}
