package payroll

import (
	"context"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// EmployerRecord records what the premiums of the caller go by from a day on.
// It is whole: nothing is inherited from an earlier version.
type EmployerRecord struct {
	Command
	ValidFrom     string `json:"valid_from" validate:"required"`
	Aof           string `json:"aof" validate:"required,oneof=low high"` // low is a small employer's
	Ufo           bool   `json:"ufo,omitempty"`                          // a public employer, of officials
	WhkPercentage string `json:"whk_percentage,omitempty"`
	WhkYear       int    `json:"whk_year,omitempty" validate:"omitempty,min=2014,max=2100"` // the Whk began in 2014
	WhkReference  string `json:"whk_reference,omitempty" validate:"max=100"`                // of the tax inspector's decision
}

// EmployerRecorded is the reply.
type EmployerRecorded struct {
	Version   int           `json:"version"`
	ValidFrom calendar.Date `json:"valid_from"`
}

// articleWhk is where the inspector sets an employer's own percentage, a
// calendar year at a time.
const articleWhk = "Wfsv art. 38 lid 3"

// RecordEmployer keeps the next version of what the employer's charges go by.
func (d *Desk) RecordEmployer(ctx context.Context, tx Tx, a Actor, req EmployerRecord) (EmployerRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	terms := ChargeTerms{ValidFrom: door.Date("valid_from", req.ValidFrom)}
	terms.Small, terms.Ufo, terms.Whk = req.Aof == "low", req.Ufo, req.whk(door, terms.ValidFrom)
	if err := door.Err(); err != nil {
		return EmployerRecorded{}, err
	}
	version, err := tx.AddChargeTerms(ctx, a, terms)
	return EmployerRecorded{Version: version, ValidFrom: terms.ValidFrom}, err
}

// whk reads the Whk decision, which is whole or not there: a percentage whose
// year nobody knows would be used in the wrong one. A decision of a year that
// is over when the terms begin would never be used.
func (r EmployerRecord) whk(d *Door, from calendar.Date) *WhkDecision {
	if r.WhkPercentage == "" && r.WhkYear == 0 && r.WhkReference == "" {
		return nil
	}
	for _, part := range []struct {
		field   string
		missing bool
	}{{"whk_percentage", r.WhkPercentage == ""}, {"whk_year", r.WhkYear == 0}, {"whk_reference", r.WhkReference == ""}} {
		if part.missing {
			p := Reason("field/required", part.field,
				"Geef percentage, jaar en kenmerk van de Whk-beschikking samen.", "Give percentage, year and reference of the Whk decision together.")
			p.Article = articleWhk
			d.Refuse(p)
		}
	}
	whk := WhkDecision{Year: r.WhkYear, Percentage: d.Number("whk_percentage", r.WhkPercentage, euro.Number{}, euro.Int(25)), Reference: r.WhkReference}
	d.Decimals("whk_percentage", whk.Percentage, 2)
	if whk.Year != 0 && !from.IsZero() && whk.Year < from.Year() && !d.failed("whk_year") {
		p := Reason("whk/year_over", "whk_year", "Deze beschikking geldt voor een jaar dat dan voorbij is.", "This decision is for a year that is over by then.")
		p.Article = articleWhk
		d.Refuse(p)
	}
	return &whk
}
