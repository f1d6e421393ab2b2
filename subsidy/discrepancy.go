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
	CheckBank    Check = "bank"    // what who is paid says to have received against what who pays says to have paid
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

// Classes are all of them, in the order of the way of the money.
var Classes = []Class{
	NotClaimed, MissingHours, HoursAfterEnd, EndedEarly, LoonwaardeChanged, FigureChanged, SicknessStopped, OtherWageCost, Capped, CarriedOver,
	RefusedClaim, PartlyGranted, NotGranted, BeyondBudget, VATDifference, NotPaid, NotSettled, ReturnedPayment, FormerIBAN, Rounded,
	SubsidyAboveCost, FundingAboveCost, LoonwaardeExpired, DuplicateClaim, Unexplained,
}

// check is what a class is found by that can be booked.
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
	Article      string        `json:"article"` // of law, and the rule of the scheme, that the cause goes by
	Actor        Party         `json:"actor"`
	Proposal     Proposal      `json:"proposal"`
	contractID   uuid.UUID
	bookedOn     *BookedOn // what is left of a booking whose difference is no more
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
	d.Cause, d.Article, d.Actor = class.cause(t), class.article(t), class.actor(t, amount, c)
	d.Proposal = class.propose(d, t)
	return d
}

// actor is who has to act on an amount of a trail and claim.
func (c Class) actor(t Trail, amount euro.Amount, claim TrailClaim) Party {
	switch c {
	case MissingHours, HoursAfterEnd:
		if t.Provider != "" {
			return ByProvider
		}
		return ByEmployer
	case NotClaimed, FormerIBAN, ReturnedPayment:
		return ByEmployer
	case NotPaid:
		if amount.Sign() < 0 {
			return ByEmployer // who pays back
		}
	case NotSettled:
		if !claim.SettledOut.IsZero() {
			return ByEmployer // whose bank statement is still to come in
		}
	}
	return ByMunicipality
}
