package payroll

import "context"

// AnnualWageRecord records the wage for the loonheffing (loon voor de
// loonbelasting/volksverzekeringen) of an employee of the caller over a whole
// calendar year.
type AnnualWageRecord struct {
	Command
	Person string `json:"person" validate:"required,number"` // personnel number
	Year   int    `json:"year" validate:"required,min=2000,max=2100"`
	Amount string `json:"amount" validate:"required"` // euros
	Source string `json:"source" validate:"required,max=200"`
}

// AnnualWageRecorded is the reply.
type AnnualWageRecorded struct {
	Person  string `json:"person"`
	Year    int    `json:"year"`
	Version int    `json:"version"`
}

// RecordAnnualWage keeps the next version of the wage of one year. A year that
// has not begun has no wage yet.
func (d *Desk) RecordAnnualWage(ctx context.Context, tx Tx, a Actor, req AnnualWageRecord) (AnnualWageRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	e, err := ownEmployment(ctx, tx, a, door, req.Person)
	if err != nil {
		return AnnualWageRecorded{}, err
	}
	w := AnnualWage{Year: req.Year, Amount: door.Amount("amount", req.Amount), Source: req.Source}
	if w.Year > tx.Today().Year() && !door.failed("year") {
		door.Refuse(Reason("year/to_come", "year", "Dit jaar is nog niet begonnen.", "This year has not begun."))
	}
	if err := door.Err(); err != nil {
		return AnnualWageRecorded{}, err
	}
	version, err := tx.AddAnnualWage(ctx, a, e, w)
	return AnnualWageRecorded{Person: e.Number, Year: w.Year, Version: version}, err
}

// ownEmployment finds an employee of the caller by personnel number.
func ownEmployment(ctx context.Context, tx Tx, a Actor, door *Door, number string) (Employment, error) {
	e, known, err := tx.Employment(ctx, a.Organisation.ID, number)
	if err == nil && !known && !door.failed("person") {
		door.Refuse(Unknown("person", "person", number))
	}
	return e, err
}
