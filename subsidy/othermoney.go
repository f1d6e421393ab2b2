package subsidy

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// The kinds of money that an employer gets for the same job beside a subsidy.
const (
	SickPayRefund = "sick_pay" // Ziektewet or no-riskpolis, through the employer
	LKV           = "LKV"      // loonkostenvoordeel, Wet tegemoetkomingen loondomein
	OtherESF      = "ESF"
	OtherUWV      = "UWV"
)

// OtherMoney is money that an employer got for a contract in a month from
// somebody else than the municipality. It is recorded and never changed: what was
// too much is taken back by another record.
type OtherMoney struct {
	ID             uuid.UUID
	Contract       uuid.UUID
	ContractNumber string
	Employer       string // code
	Kind           string
	Month          calendar.Date // its first day
	Amount         euro.Amount   // below nil takes back what was recorded before
	Reference      string        // of who paid it; one of a kind counts once for a contract and month
}

// OtherMoneyRecord records it: by the employer, or by the municipality that the
// contract names.
type OtherMoneyRecord struct {
	payroll.Command
	Employer  string `json:"employer,omitempty" validate:"omitempty,code"` // absent: the caller
	Contract  string `json:"contract" validate:"required,number"`
	Kind      string `json:"kind" validate:"required,oneof=sick_pay LKV ESF UWV"`
	Period    string `json:"period" validate:"required"`
	Amount    string `json:"amount" validate:"required"`
	TakeBack  bool   `json:"take_back,omitempty"` // so much of what was recorded before was too much
	Reference string `json:"reference" validate:"required,number"`
}

// OtherMoneyRecorded is the reply.
type OtherMoneyRecorded struct {
	Record   uuid.UUID     `json:"record"`
	Contract string        `json:"contract"`
	Kind     string        `json:"kind"`
	Month    calendar.Date `json:"month"`
	Amount   euro.Amount   `json:"amount"`
}

// RecordOtherMoney keeps money from elsewhere as a fact.
func (d *Desk) RecordOtherMoney(ctx context.Context, tx Tx, a payroll.Actor, req OtherMoneyRecord) (OtherMoneyRecorded, error) {
	door := payroll.NewDoor(req)
	o := OtherMoney{ID: d.NewID(), Kind: req.Kind, Employer: req.Employer, ContractNumber: req.Contract, Amount: door.Amount("amount", req.Amount), Reference: req.Reference}
	if period := door.Period("period", req.Period); len(door.Problems) == 0 {
		o.Month = calendar.MonthOf(period.From).From
		refuseFuture(door, "period", o.Month, tx.Today())
		if period != calendar.MonthOf(period.From) {
			door.Refuse(payroll.Reason("period/not_month", "period", "Noem een maand.", "Name a month."))
		}
		if o.Amount.IsZero() {
			door.Refuse(payroll.Reason("number/out_of_range", "amount", "Een bedrag is meer dan nul.", "An amount is more than nought."))
		}
	}
	if req.TakeBack {
		o.Amount = o.Amount.Neg()
	}
	if o.Employer == "" {
		o.Employer = a.Organisation.Code
	}
	c, known, err := tx.ContractOfParty(ctx, a, o.Employer, req.Contract)
	if err != nil {
		return OtherMoneyRecorded{}, err
	}
	switch {
	case !known:
		door.Refuse(payroll.Unknown("contract", "contract", req.Contract))
	case !o.Month.IsZero() && !c.Span().Overlaps(calendar.MonthOf(o.Month).Span):
		door.Refuse(payroll.Reason("date/outside_contract", "period", "Het contract heeft geen dag in deze maand.", "The contract has no day in this month."))
	}
	if err := door.Err(); err != nil {
		return OtherMoneyRecorded{}, err
	}
	o.Contract = c.ID
	twice, err := tx.AddOtherMoney(ctx, a, o)
	if err != nil {
		return OtherMoneyRecorded{}, err
	}
	if twice {
		return OtherMoneyRecorded{}, payroll.Refuse(payroll.Conflict, payroll.Reason("othermoney/known", "reference",
			"Dit kenmerk is voor dit contract, deze soort en deze maand al vastgelegd.", "This reference was recorded for this contract, kind and month already."))
	}
	return OtherMoneyRecorded{o.ID, o.ContractNumber, o.Kind, o.Month, o.Amount}, nil
}
