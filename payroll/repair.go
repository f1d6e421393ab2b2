package payroll

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// RunRepair marks what a run corrects of somebody's earlier period as the repair of an
// error (herstel van een fout), and not as a back payment that is enjoyed now. It
// belongs to the run: whoever calculates it sees there what the late facts come to,
// and one fact may be the cause of both. A mark that is taken back is a later version.
type RunRepair struct {
	Command
	Run    string `json:"run" validate:"required,uuid"`
	Person string `json:"person" validate:"required,number"` // personnel number
	Period string `json:"period" validate:"required"`        // that had the error
	Reason string `json:"reason" validate:"required,max=500"`
	Undo   bool   `json:"undo,omitempty"`
}

// RunRepaired is the reply.
type RunRepaired struct {
	Run     uuid.UUID `json:"run"`
	Person  string    `json:"person"`
	Period  string    `json:"period"`
	Version int       `json:"version"`
	Undone  bool      `json:"undone"`
}

// Repair is a mark as it is kept.
type Repair struct {
	Run        uuid.UUID
	Employment uuid.UUID
	Origin     calendar.Period
	Reason     string
	Undone     bool
}

// RepairOf keeps the mark. The return of the period was wrong, and is corrected by a
// message on it (Wet LB 1964 art. 28a), also under loon-in. The run is calculated
// again before it is approved. What crosses the end of a calendar year is refused.
func (d *Desk) RepairOf(ctx context.Context, tx Tx, a Actor, req RunRepair) (RunRepaired, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	m := Repair{Origin: door.Period("period", req.Period), Reason: req.Reason, Undone: req.Undo}
	if err := door.Err(); err != nil {
		return RunRepaired{}, err
	}
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return RunRepaired{}, err
	}
	e, known, err := tx.Employment(ctx, r.Employer, req.Person)
	if err != nil {
		return RunRepaired{}, err
	}
	if !known {
		door.Refuse(Unknown("person", "person", req.Person))
	}
	paid, found, err := tx.PaidRun(ctx, r.Employer, m.Origin)
	if err != nil {
		return RunRepaired{}, err
	}
	r.refuseRepair(door, m.Origin, paid, found)
	if err := door.Err(); err != nil {
		return RunRepaired{}, err
	}
	m.Run, m.Employment = r.ID, e.ID
	version, err := tx.AddRepair(ctx, a, m)
	return RunRepaired{Run: r.ID, Person: req.Person, Period: m.Origin.String(), Version: version, Undone: m.Undone}, err
}

// refuseRepair names why a run repairs nothing of a period.
func (r Run) refuseRepair(d *Door, origin calendar.Period, paid Run, found bool) {
	if r.Status != RunOpened && r.Status != RunCalculating && r.Status != RunCalculated {
		d.Refuse(statusProblem(r))
	}
	if r.Kind != Regular {
		d.Refuse(Reason("repair/kind", "run", "Alleen de gewone run van een periode corrigeert eerdere perioden.", "Only the regular run of a period corrects earlier ones."))
	}
	if !found || !origin.From.Before(r.Period.From) {
		d.Refuse(Reason("repair/not_paid", "period", fmt.Sprintf("%s is geen eerdere periode die is goedgekeurd.", origin), fmt.Sprintf("%s is no earlier period that was approved.", origin)))
		return
	}
	if !sameYear(paid, r) {
		p := Reason("repair/other_year", "period",
			"De fout ligt in een ander kalenderjaar. De correctie van die aangifte gaat buiten deze run om; wat de run corrigeert is bij betaling belast.",
			"The error lies in another calendar year. The correction of that return is made outside this run; what the run corrects is taxed when it is paid.")
		p.Article = articleRepair
		d.Refuse(p)
	}
}
