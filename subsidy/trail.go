package subsidy

import (
	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Trail is what became of the money of one decision by one rule in one month of
// service: from what was decided, by way of claim and grant, to what the bank
// moved. Amounts up to what was granted are what budgets bear, VAT that the payer
// gets back left out; what is ordered and settled is what goes over the bank.
type Trail struct {
	Contract       uuid.UUID
	ContractNumber string // or that of a trajectory, or the reference of an internal cost
	Person         uuid.UUID
	EmployerID     uuid.UUID
	Employer       string // code; of a trajectory the provider's
	MunicipalityID uuid.UUID
	Municipality   string // code
	Provider       string // code of who hands in the hours; none: the employer does
	Decision       uuid.UUID
	DecisionNumber string
	Statement      uuid.UUID // of a fee or premium for a trajectory
	Scheme         string
	Rule           string
	Kind           Kind
	Month          calendar.Date // its first day

	Foreseen bool        // something was expected of the decision by this rule; if not, the trail begins at what was claimed
	Decided  euro.Amount // expected of the month when it was first decided
	Expected euro.Amount // expected of it by the facts of today
	Claims   []TrailClaim
	Sources  []SourceShare // what bears it; amounts are those of the newest stage that is known
	Facts    TrailFacts
}

// TrailClaim is one claim on the way to the bank.
type TrailClaim struct {
	Claim    uuid.UUID
	Reverses uuid.UUID     // the claim whose mirror it is, of a run that was reversed
	Service  calendar.Span // days that it is for
	Entitled euro.Amount   // without VAT
	Amount   euro.Amount   // without VAT
	VAT      euro.Amount
	VATCost  euro.Amount // of the VAT, what the payer does not get back
	WageCost euro.Amount

	Verdict        Verdict // approved by the municipality; none: it waits
	Granted        euro.Amount
	GrantedVAT     euro.Amount
	GrantedVATCost euro.Amount

	Ordered    euro.Amount // of a payment that exists
	Exported   bool        // it stands in a bank file
	Returned   bool        // by the bank, and not paid anew
	OldIBAN    bool        // ordered to an account that is not the payee's any more
	SettledOut euro.Amount // by who pays
	SettledIn  euro.Amount // by who is paid

	LateTerms, LateLoonwaarde bool // recorded after it was calculated
}

// TrailFacts are what a gap is explained by.
type TrailFacts struct {
	Closed            bool             // the employer's runs of all days of the month were approved
	HoursExpected     payroll.Quantity // the agreed hours of the workdays of the contract in the month
	HoursKnown        payroll.Quantity // handed in for days of the contract
	HoursAfterEnd     payroll.Quantity // handed in for days after its end, as the end is known now
	SickHours         payroll.Quantity // of those that are known
	Ended             bool             // contract or decision ends before the month does
	NewTerms          bool             // contract or decision has a later version than its first
	NewLoonwaarde     bool             // a loonwaarde that holds in the month was recorded after the decision
	LateTerms         bool             // such a version was recorded after the month was last calculated
	LateLoonwaarde    bool
	Stopped           bool          // by sickness, until 2022
	ReviewDue         calendar.Date // of the loonwaarde that the month goes by
	Result            bool          // the rule pays for something that is reached, which falls in a month of its own
	ByCost            bool          // the rule goes by wage cost or hours worked, which a forecast can only estimate
	Advance           bool          // the rule pays in advance, until the decision is over
	Over              bool          // the decision is over
	Parts             bool          // the rule pays an amount in parts, settled at the end of the decision
	Ceiling           bool          // the decision has one, of all months together
	Statutory         bool          // the rule is loonkostensubsidie by Participatiewet art. 10d
	Agreed            bool          // the money rests on an agreement and not on a decision about a subsidy
	NoBank            bool          // a cost of the municipality's own people, which nobody is paid
	FullTime, OfHours euro.Number   // hours a week of the sector, and of the decision
	Days              calendar.Span // of the decision in the month
	Granted           calendar.Date // day of the decision
}

// Stages are what a trail, or several, came to. Each stage after the last one that
// was reached repeats nothing: what is not granted is nought there.
type Stages struct {
	Decided  euro.Amount `json:"decided"`
	WageCost euro.Amount `json:"wage_cost"`
	Claimed  euro.Amount `json:"claimed"`
	Granted  euro.Amount `json:"granted"` // what budgets bear
	Ordered  euro.Amount `json:"ordered"` // with VAT
	Paid     euro.Amount `json:"paid"`    // settled by who pays
	Received euro.Amount `json:"received"`
}

// Plus adds other stages.
func (s Stages) Plus(o Stages) Stages {
	return Stages{s.Decided.Add(o.Decided), s.WageCost.Add(o.WageCost), s.Claimed.Add(o.Claimed), s.Granted.Add(o.Granted),
		s.Ordered.Add(o.Ordered), s.Paid.Add(o.Paid), s.Received.Add(o.Received)}
}

// Gap is the part of what was decided that did not arrive; below nil where more
// arrived.
func (s Stages) Gap() euro.Amount { return s.Decided.Sub(s.Received) }

// Stages sums the trail. Where nothing was foreseen, what was claimed stands for
// what was decided: unknown is not nought.
func (t Trail) Stages() Stages {
	s := Stages{Decided: t.Decided}
	for _, c := range t.Claims {
		s.WageCost = s.WageCost.Add(c.WageCost)
		s.Claimed = s.Claimed.Add(c.burden())
		s.Granted = s.Granted.Add(c.grantedBurden())
		s.Ordered = s.Ordered.Add(c.ordered())
		s.Paid = s.Paid.Add(c.SettledOut)
		s.Received = s.Received.Add(c.SettledIn)
	}
	if !t.Foreseen {
		s.Decided = s.Claimed
	}
	if t.Facts.NoBank {
		s.Ordered, s.Paid, s.Received = s.Granted, s.Granted, s.Granted
	}
	return s
}

// burden is what the claim would cost budgets.
func (c TrailClaim) burden() euro.Amount { return c.Amount.Add(c.VATCost) }

// grantedBurden is what the claim costs budgets.
func (c TrailClaim) grantedBurden() euro.Amount { return c.Granted.Add(c.GrantedVATCost) }

// payable is what goes over the bank once it is granted.
func (c TrailClaim) payable() euro.Amount { return c.Granted.Add(c.GrantedVAT) }

// ordered is what goes over the bank by an order. What is claimed back is no payment
// of who granted it: it counts as ordered when it has come back.
func (c TrailClaim) ordered() euro.Amount {
	if c.payable().Sign() < 0 && !(c.SettledIn.IsZero() && c.SettledOut.IsZero()) {
		return c.payable()
	}
	return c.Ordered
}

// entitledBurden is what the claim would cost budgets if nothing held it down or
// carried something to it, with VAT in the proportion of the claim, half up.
func (c TrailClaim) entitledBurden() euro.Amount {
	if c.Amount.IsZero() || c.VATCost.IsZero() {
		return c.Entitled.Add(c.VATCost)
	}
	return c.Entitled.Add(c.Entitled.Number().PartCents(euro.Ratio{Over: c.VATCost.Number(), Under: c.Amount.Number()}))
}

// BySource deals the stages out over the sources that bear the trail, by what each
// bears of it: parts sum to the whole, cent for cent.
func (t Trail) BySource() map[Source]Stages {
	s := t.Stages()
	if len(t.Sources) == 0 {
		return map[Source]Stages{"": s}
	}
	weights, none := make([]euro.Number, len(t.Sources)), true
	for i, share := range t.Sources {
		if weights[i] = share.Amount.Number(); weights[i].Sign() < 0 {
			weights[i] = weights[i].Neg()
		}
		none = none && weights[i].IsZero()
	}
	for i := range weights {
		if none {
			weights[i] = euro.One
		}
	}
	dealt := map[Source]Stages{}
	parts := make([]Stages, len(t.Sources))
	for i, stage := range s.all() {
		for j, part := range stage.Share(weights...) {
			*parts[j].at(i) = part
		}
	}
	for i, share := range t.Sources {
		dealt[share.Source] = dealt[share.Source].Plus(parts[i])
	}
	return dealt
}

// all lists the stages in order.
func (s Stages) all() []euro.Amount {
	return []euro.Amount{s.Decided, s.WageCost, s.Claimed, s.Granted, s.Ordered, s.Paid, s.Received}
}

// at points at one stage, by its place in that order.
func (s *Stages) at(i int) *euro.Amount {
	return []*euro.Amount{&s.Decided, &s.WageCost, &s.Claimed, &s.Granted, &s.Ordered, &s.Paid, &s.Received}[i]
}
