package subsidy

import (
	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// claimData is what an event tells of a claim: ids and amounts.
type claimData struct {
	Claim    uuid.UUID       `json:"claim"`
	Contract string          `json:"contract"`
	Decision string          `json:"decision,omitempty"`
	Scheme   string          `json:"scheme"`
	Rule     string          `json:"rule"`
	Kind     Kind            `json:"kind"`
	Period   calendar.Period `json:"period"`
	Origin   calendar.Date   `json:"origin_period,omitzero"` // first day of the period that it corrects
	Amount   euro.Amount     `json:"amount"`
	VAT      euro.Amount     `json:"vat"`
	Granted  *euro.Amount    `json:"granted,omitempty"`
	Settled  *calendar.Date  `json:"settled,omitempty"`
	Currency string          `json:"currency"`
	Budget   Source          `json:"budget,omitempty"`
	Recovery string          `json:"recovery,omitempty"` // of what is claimed back: reclaim | contract_repayment
}

func (c Claim) data(p calendar.Period) claimData {
	return claimData{
		Claim: c.ID, Contract: c.ContractNumber, Decision: c.DecisionNumber, Scheme: c.Scheme, Rule: c.Rule, Kind: c.Kind,
		Period: p, Origin: c.Origin, Amount: c.Amount, VAT: c.VAT, Currency: "EUR", Budget: c.Budget, Recovery: c.Document.Recovery(c.Amount),
	}
}

// toBoth makes the event of each party: who is to be paid and who is to pay.
func (c Claim) toBoth(version int, verb string, data claimData) []payroll.Event {
	body := payroll.EventData(data)
	events := []payroll.Event{{Owner: c.Payee, Noun: "claim", Aggregate: c.ID, Version: version, Verb: verb, Data: body}}
	if c.Payer != c.Payee {
		events = append(events, payroll.Event{Owner: c.Payer, Noun: "claim", Aggregate: c.ID, Version: version, Verb: verb, Data: body})
	}
	return events
}

// Raised announces a claim to both parties.
func (c Claim) Raised(r payroll.Run) []payroll.Event {
	return c.toBoth(1, "raised", c.data(r.Period))
}

// Announced announces the municipality's verdict to both parties; what is
// claimed back says so. The reason is free text, which may name somebody: it is
// in the list of claims and not here.
func (g Granted) Announced() []payroll.Event {
	data := g.data(g.Run.Period)
	amount := g.Amount
	data.VAT, data.Granted = g.VAT, &amount
	verb := string(g.Verdict)
	if amount.Sign() < 0 {
		verb = "reclaimed"
	}
	return g.toBoth(2, verb, data)
}
