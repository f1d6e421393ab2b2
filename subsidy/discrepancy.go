package subsidy

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Check is what a difference is found by. Within a check no cent is in two
// classes, and the differences sum to the gap of that check.
type Check string

// The checks.
const (
	CheckMoney   Check = "money"   // what was decided against what arrived
	CheckFunding Check = "funding" // subsidy and other money against wage cost
	CheckBasis   Check = "basis"   // what was granted without a basis that holds
	CheckBudget  Check = "budget"  // what was spent against what there is
)

// Class names a difference.
type Class string

// The classes of differences.
const (
	NotClaimed        Class = "not_claimed"
	MissingHours      Class = "missing_hours"
	HoursAfterEnd     Class = "hours_after_end"
	EndedEarly        Class = "ended"
	LoonwaardeChanged Class = "loonwaarde_changed"
	FigureChanged     Class = "figure_changed"
	SicknessStopped   Class = "sickness"
	OtherWageCost     Class = "wage_cost"
	Capped            Class = "cap"
	CarriedOver       Class = "carried_over"
	RefusedClaim      Class = "refused"
	PartlyGranted     Class = "partly_granted"
	NotGranted        Class = "not_granted"
	BeyondBudget      Class = "over_budget"
	VATDifference     Class = "vat"
	NotPaid           Class = "not_paid"
	NotSettled        Class = "not_settled"
	ReturnedPayment   Class = "returned"
	FormerIBAN        Class = "old_iban"
	Rounded           Class = "rounding"
	SubsidyAboveCost  Class = "subsidy_above_wage_cost"
	FundingAboveCost  Class = "funding_above_wage_cost"
	LoonwaardeExpired Class = "loonwaarde_expired"
	DuplicateClaim    Class = "duplicate"
	Unexplained       Class = "unexplained"
)

// check is what a class is found by, other than a budget.
func (c Class) check() Check {
	switch c {
	case SubsidyAboveCost, FundingAboveCost:
		return CheckFunding
	case LoonwaardeExpired, DuplicateClaim:
		return CheckBasis
	}
	return CheckMoney
}

// Party is who acts on a difference.
type Party string

// Who may act.
const (
	ByEmployer     Party = "employer"
	ByMunicipality Party = "municipality"
	ByProvider     Party = "re-integratiebedrijf"
	ByBank         Party = "bank"
)

// Discrepancy is a part of a gap with a name. The id says what it is and not how
// much, so that what was booked on it is found again when the amount changes.
type Discrepancy struct {
	ID           uuid.UUID     `json:"difference"`
	Check        Check         `json:"check"`
	Class        Class         `json:"class"`
	Amount       euro.Amount   `json:"amount"` // below nil where more came than there should
	Booked       euro.Amount   `json:"booked"` // of the amount, by earlier bookings
	Municipality string        `json:"municipality"`
	Employer     string        `json:"employer,omitempty"`
	Contract     string        `json:"contract,omitempty"`
	Decision     string        `json:"decision,omitempty"`
	Scheme       string        `json:"scheme,omitempty"`
	Rule         string        `json:"rule,omitempty"`
	Month        calendar.Date `json:"month"`
	Claim        uuid.UUID     `json:"claim,omitzero"`
	Source       Source        `json:"source,omitempty"` // of a budget
	Cause        payroll.Text  `json:"cause"`
	Actor        Party         `json:"actor"`
	Proposal     Proposal      `json:"proposal"`
	contractID   uuid.UUID
}

// Open is what is left of it after bookings.
func (d Discrepancy) Open() euro.Amount { return d.Amount.Sub(d.Booked) }

// difference makes a difference of a trail, on one of its claims or on none.
func (t Trail) difference(check Check, class Class, amount euro.Amount, c TrailClaim) Discrepancy {
	d := Discrepancy{
		Check: check, Class: class, Amount: amount, Municipality: t.Municipality, Employer: t.Employer, Contract: t.ContractNumber,
		Decision: t.DecisionNumber, Scheme: t.Scheme, Rule: t.Rule, Month: t.Month, Claim: c.Claim, contractID: t.Contract,
	}
	d.ID = payroll.DeriveID(fmt.Sprintf("difference/%s/%s/%s/%s/%s/%s/%s", check, class, t.Contract, t.Decision, t.Rule, t.Month, c.Claim))
	d.Cause, d.Actor = class.cause(t), class.actor(t)
	d.Proposal = class.propose(d, t)
	return d
}

// causes tell why, in Dutch and English.
var causes = map[Class]payroll.Text{
	NotClaimed:        {NL: "De maand is nog niet goedgekeurd bij de werkgever, of de persoon ontbreekt in de verloning.", EN: "The employer has not approved the month yet, or the person is missing from the run."},
	MissingHours:      {NL: "Er zijn minder uren aangeleverd dan afgesproken, en daardoor is er minder te declareren.", EN: "Fewer hours were handed in than agreed, and so there is less to claim."},
	HoursAfterEnd:     {NL: "Er zijn uren aangeleverd na het einde van het contract, en daarover is gedeclareerd.", EN: "Hours were handed in after the end of the contract, and were claimed on."},
	EndedEarly:        {NL: "Het contract of het besluit eindigde eerder dan eerst was vastgelegd.", EN: "The contract or the decision ended earlier than was recorded first."},
	LoonwaardeChanged: {NL: "De loonwaarde is later anders vastgesteld.", EN: "The loonwaarde was determined anew later."},
	FigureChanged:     {NL: "Een gegeven (besluit, contract, regeling of wettelijk bedrag) is later gewijzigd.", EN: "A figure (decision, contract, scheme or a statutory amount) was changed later."},
	SicknessStopped:   {NL: "De subsidie stopte door ziekte.", EN: "The subsidy stopped because of sickness."},
	OtherWageCost:     {NL: "De loonkosten zijn anders dan verwacht; de regeling gaat daarnaar.", EN: "The wage cost is other than expected, and the scheme goes by it."},
	Capped:            {NL: "De declaratie is begrensd: door de loonkosten, het plafond, of een maximum per jaar of persoon.", EN: "The claim was capped: by the wage cost, the ceiling, or a maximum of a year or person."},
	CarriedOver:       {NL: "Doorgeschoven van of naar een andere maand.", EN: "Carried over from or to another month."},
	RefusedClaim:      {NL: "De gemeente heeft de declaratie afgewezen.", EN: "The municipality refused the claim."},
	PartlyGranted:     {NL: "De gemeente heeft de declaratie gedeeltelijk toegekend.", EN: "The municipality granted the claim partly."},
	NotGranted:        {NL: "Gedeclareerd en nog niet toegekend.", EN: "Claimed and not granted yet."},
	BeyondBudget:      {NL: "Dit gaat boven het budget van de bron.", EN: "This exceeds the budget of the source."},
	VATDifference:     {NL: "Btw die over de bank gaat en die het BTW-compensatiefonds teruggeeft.", EN: "VAT that goes over the bank and that the BTW-compensatiefonds gives back."},
	NotPaid:           {NL: "Toegekend en nog niet betaald, of nog niet terugbetaald.", EN: "Granted and not paid yet, or not paid back yet."},
	NotSettled:        {NL: "Betaalopdracht gegeven; de bankafschrijving of -bijschrijving is nog niet verwerkt.", EN: "The payment was ordered; the bank statement of one side is not processed yet."},
	ReturnedPayment:   {NL: "De bank heeft de betaling teruggestort.", EN: "The bank returned the payment."},
	FormerIBAN:        {NL: "De betaling ging naar een rekeningnummer dat niet meer geldt.", EN: "The payment went to an account number that is not in use any more."},
	Rounded:           {NL: "Afrondingsverschil.", EN: "Rounding."},
	SubsidyAboveCost:  {NL: "De toegekende subsidie is meer dan de loonkosten over de beschikkingsperiode.", EN: "The subsidy granted exceeds the wage cost over the decision's period."},
	FundingAboveCost:  {NL: "Subsidie en andere gelden samen zijn meer dan de loonkosten.", EN: "Subsidy and other money together exceed the wage cost."},
	LoonwaardeExpired: {NL: "De loonwaarde had opnieuw vastgesteld moeten zijn; er is gedeclareerd naar de oude.", EN: "The loonwaarde should have been determined anew; claims went by the old one."},
	DuplicateClaim:    {NL: "Voor deze persoon en dagen is onder een ander besluit ook gedeclareerd, samen voor meer uren dan een volledige week.", EN: "For this person and these days another decision was claimed on too, together for more hours than a full week."},
	Unexplained:       {NL: "ONVERKLAARD: geen enkel gegeven verklaart dit verschil.", EN: "UNEXPLAINED: no fact explains this difference."},
}

// cause is why, on this trail.
func (c Class) cause(t Trail) payroll.Text {
	text := causes[c]
	switch f := t.Facts; {
	case c == MissingHours:
		text.NL += fmt.Sprintf(" Bekend: %s van %s uur.", f.HoursKnown, f.HoursExpected)
		text.EN += fmt.Sprintf(" Known: %s of %s hours.", f.HoursKnown, f.HoursExpected)
	case c == HoursAfterEnd && f.HoursAfterEnd > 0:
		text.NL += fmt.Sprintf(" Het gaat om %s uur.", f.HoursAfterEnd)
		text.EN += fmt.Sprintf(" It is about %s hours.", f.HoursAfterEnd)
	case c == LoonwaardeExpired:
		text.NL += fmt.Sprintf(" Herziening was nodig voor %s.", f.ReviewDue)
		text.EN += fmt.Sprintf(" The review was due by %s.", f.ReviewDue)
	}
	return text
}

// actor is who has to act.
func (c Class) actor(t Trail) Party {
	switch c {
	case MissingHours, HoursAfterEnd:
		if t.Provider != "" {
			return ByProvider
		}
		return ByEmployer
	case NotClaimed, FormerIBAN:
		return ByEmployer
	case ReturnedPayment:
		return ByBank
	}
	return ByMunicipality
}
