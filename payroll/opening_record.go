package payroll

import (
	"context"
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// OpeningRecord records where a contract of the caller stood when this service
// took over paying it. The same contract again is the next version, whole: that
// is how a balance is corrected, and the next payment makes up for it.
type OpeningRecord struct {
	Command
	Contract string `json:"contract" validate:"required,number"`
	Until    string `json:"until" validate:"required"`           // last day that was paid elsewhere
	Holiday  string `json:"holiday_accrued" validate:"required"` // euros of holiday allowance accrued and not paid
	Leave    string `json:"leave_hours" validate:"required"`     // hours left; below nil: more taken than accrued

	// The premium wage of the calendar year of until, so far: all or none.
	PremiumWage    string `json:"premium_wage,omitempty"`    // euros
	PremiumMaximum string `json:"premium_maximum,omitempty"` // maxima of the periods together, euros
	PremiumBase    string `json:"premium_base,omitempty"`    // what premiums were computed on, euros
}

// OpeningRecorded is the reply.
type OpeningRecorded struct {
	Contract string        `json:"contract"`
	Version  int           `json:"version"`
	Until    calendar.Date `json:"until"`
}

// mostLeave bounds a balance of leave, in hours: more than a year's work is a
// column that was taken for another.
const mostLeave Quantity = 2500_00

// RecordOpening keeps the next version of a contract's opening. Its last day is
// one of the contract and lies before the first period that was paid here: what
// was paid twice would be counted twice.
func (d *Desk) RecordOpening(ctx context.Context, tx Tx, a Actor, req OpeningRecord) (OpeningRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	o := Opening{Until: door.Date("until", req.Until), Holiday: door.Amount("holiday_accrued", req.Holiday), Leave: door.balance("leave_hours", req.Leave)}
	o.Premium = ReadPremium(door, req.PremiumWage, req.PremiumMaximum, req.PremiumBase)
	c, known, err := tx.Contract(ctx, a.Organisation.ID, req.Contract)
	if err != nil {
		return OpeningRecorded{}, err
	}
	switch {
	case !known && !door.failed("contract"):
		door.Refuse(Unknown("contract", "contract", req.Contract))
	case known && !door.failed("until"):
		if err := checkUntil(ctx, tx, door, c, o.Until); err != nil {
			return OpeningRecorded{}, err
		}
	}
	if err := door.Err(); err != nil {
		return OpeningRecorded{}, err
	}
	o.Version, err = tx.AddOpening(ctx, a, c, o)
	return OpeningRecorded{Contract: c.Number, Version: o.Version, Until: o.Until}, err
}

// checkUntil refuses a last day that the contract does not run on, or that this
// service has paid.
func checkUntil(ctx context.Context, tx Tx, door *Door, c Contract, until calendar.Date) error {
	if span := c.Span(); !span.Holds(until) {
		door.Refuse(Reason("day/outside_contract", "until", fmt.Sprintf("Contract %s loopt niet op %s.", c.Number, until), fmt.Sprintf("Contract %s does not run on %s.", c.Number, until)))
		return nil
	}
	first, paid, err := tx.FirstPaid(ctx, c)
	if err == nil && paid && !until.Before(first) {
		door.Refuse(Reason("opening/paid_here", "until", fmt.Sprintf("Vanaf %s is contract %s hier betaald.", first, c.Number), fmt.Sprintf("From %s on contract %s was paid here.", first, c.Number)))
	}
	return err
}

// ReadPremium reads the premium wage of a year so far, euros; nil where none was
// given. The base is what of the wage lies under the maxima, so it is more than
// neither (Wfsv art. 17). What is wrong is refused at the door, under the fields
// premium_wage, premium_maximum and premium_base.
func ReadPremium(d *Door, wage, maximum, base string) *Cumulative {
	texts := []struct{ field, text string }{{"premium_wage", wage}, {"premium_maximum", maximum}, {"premium_base", base}}
	given := 0
	for _, t := range texts {
		if t.text != "" {
			given++
		}
	}
	if given == 0 {
		return nil
	}
	var read [3]euro.Amount
	for i, t := range texts {
		read[i] = d.Amount(t.field, t.text)
		if t.text == "" {
			d.Refuse(Problem{Type: "field/required", Field: t.field, Article: articleBase, Detail: Text{
				NL: "Geef premieloon, maximum en grondslag van het jaar samen, of geen.", EN: "Give premium wage, maximum and base of the year together, or none."}})
		}
	}
	c := Cumulative{Wage: read[0], Maximum: read[1], Base: read[2]}
	if len(d.Problems) == 0 && c.Base.Cmp(c.Wage.Min(c.Maximum)) > 0 {
		d.Refuse(Problem{Type: "opening/premium_base", Field: "premium_base", Article: articleBase, Detail: Text{
			NL: "De grondslag is niet meer dan het premieloon en niet meer dan het maximum.", EN: "The base is not more than the premium wage and not more than the maximum."}})
	}
	return &c
}

// balance reads hours that may be below nil.
func (d *Door) balance(field, text string) Quantity {
	if text == "" || d.failed(field) {
		return 0
	}
	q, err := ParseQuantity(text)
	if err != nil || q > mostLeave || q < -mostLeave {
		d.Refuse(Reason("hours/out_of_range", field, fmt.Sprintf("Geef uren met hoogstens twee decimalen, tussen -%s en %s.", mostLeave, mostLeave), fmt.Sprintf("Give hours with at most two decimals, between -%s and %s.", mostLeave, mostLeave)))
	}
	return q
}
