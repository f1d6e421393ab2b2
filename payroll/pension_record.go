package payroll

import (
	"context"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// PensionScheme is a pension scheme as a request writes it. Amounts are a year's
// at full time.
type PensionScheme struct {
	Franchise          string `json:"franchise" validate:"required"`
	Maximum            string `json:"maximum,omitempty"`
	EmployeePercentage string `json:"employee_percentage" validate:"required"` // of the base, withheld
	EmployerPercentage string `json:"employer_percentage" validate:"required"` // of the base, on top
	Holiday            bool   `json:"holiday,omitempty"`                       // the holiday allowance is part of the base
	WaitingDays        int    `json:"waiting_days,omitempty" validate:"omitempty,min=0,max=366"`
	FromAge            int    `json:"from_age,omitempty" validate:"omitempty,min=14,max=25"` // absent: any age
	ToAge              int    `json:"to_age,omitempty" validate:"omitempty,min=55,max=75"`   // absent: AOW age
}

// PensionRecord records the caller's pension scheme from a day on, whole. Two
// percentages of nought end a scheme.
type PensionRecord struct {
	Command
	ValidFrom string `json:"valid_from" validate:"required"`
	Name      string `json:"name" validate:"required,max=100"` // of the scheme
	PensionScheme
}

// PensionRecorded is the reply.
type PensionRecorded struct {
	Version   int           `json:"version"`
	ValidFrom calendar.Date `json:"valid_from"`
}

// RecordPension keeps the next version of the employer's pension terms.
func (d *Desk) RecordPension(ctx context.Context, tx Tx, a Actor, req PensionRecord) (PensionRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	terms := req.Accept(door)
	terms.ValidFrom, terms.Name = door.Date("valid_from", req.ValidFrom), req.Name
	if err := door.Err(); err != nil {
		return PensionRecorded{}, err
	}
	version, err := tx.AddPensionTerms(ctx, a, terms)
	return PensionRecorded{Version: version, ValidFrom: terms.ValidFrom}, err
}

// Accept reads the scheme; the terms have no name and no first day yet. A maximum
// lies above the franchise.
func (s PensionScheme) Accept(d *Door) PensionTerms {
	terms := PensionTerms{
		Franchise: d.Amount("franchise", s.Franchise),
		Employee:  d.Number("employee_percentage", s.EmployeePercentage, euro.Number{}, euro.Int(50)),
		Employer:  d.Number("employer_percentage", s.EmployerPercentage, euro.Number{}, euro.Int(50)),
		Holiday:   s.Holiday, WaitingDays: s.WaitingDays, FromAge: s.FromAge, ToAge: s.ToAge,
	}
	d.Decimals("employee_percentage", terms.Employee, 4)
	d.Decimals("employer_percentage", terms.Employer, 4)
	if s.Maximum != "" {
		maximum := d.Amount("maximum", s.Maximum)
		if !d.failed("maximum") && !d.failed("franchise") && maximum.Cmp(terms.Franchise) <= 0 {
			d.Refuse(Reason("pension/maximum", "maximum", "Het maximum ligt niet boven de franchise: niemand bouwt iets op.", "The maximum does not lie above the franchise: nobody builds up anything."))
		}
		terms.Maximum = &maximum
	}
	return terms
}
