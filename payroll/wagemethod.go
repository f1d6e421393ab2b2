package payroll

import (
	"context"
	"fmt"

	"verloning/payroll/calendar"
)

// MethodChoose chooses how wage of earlier periods is enjoyed that is paid in a
// calendar year.
type MethodChoose struct {
	Command
	Year   int    `json:"year" validate:"required,min=2000,max=2100"`
	Method string `json:"method" validate:"required,oneof=in over"` // in: when it is paid; over: in the period that it belongs to
}

// MethodChosen is the reply.
type MethodChosen struct {
	Year    int    `json:"year"`
	Method  string `json:"method"`
	Version int    `json:"version"`
}

// WageMethod is what an employer chose for a year, and what rests on it.
type WageMethod struct {
	Method string        // in where nothing was chosen
	Used   calendar.Date // first period whose approved run corrects a period of the year; zero: none
}

// ChooseMethod keeps an employer's choice between loon-in and loon-over. It is for a
// whole calendar year and everybody employed, since only a lasting practice
// (bestendig gevolgde gedragslijn) makes wage enjoyed in an earlier period of the year
// (Wet LB 1964 art. 13a). Once a run that corrects a period of the year was approved
// it stands: a practice is not changed under way.
func (d *Desk) ChooseMethod(ctx context.Context, tx Tx, a Actor, req MethodChoose) (MethodChosen, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	if err := door.Err(); err != nil {
		return MethodChosen{}, err
	}
	now, err := tx.WageMethod(ctx, a.Organisation.ID, req.Year)
	if err != nil {
		return MethodChosen{}, err
	}
	if now.Method == req.Method {
		door.Refuse(methodProblem("method/unchanged", fmt.Sprintf("Voor %d geldt al loon-%s.", req.Year, now.Method), fmt.Sprintf("Loon-%s holds for %d already.", now.Method, req.Year)))
	}
	if !now.Used.IsZero() {
		door.Refuse(methodProblem("method/used",
			fmt.Sprintf("De run van %s heeft al een tijdvak van %d gecorrigeerd volgens loon-%s. De keuze geldt voor het hele jaar en staat nu vast.", now.Used, req.Year, now.Method),
			fmt.Sprintf("The run of %s has corrected a period of %d by loon-%s already. The choice is for the whole year and stands now.", now.Used, req.Year, now.Method)))
	}
	if len(door.Problems) > 0 {
		return MethodChosen{}, Refuse(Conflict, door.Problems...)
	}
	version, err := tx.AddWageMethod(ctx, a, req.Year, req.Method)
	return MethodChosen{Year: req.Year, Method: req.Method, Version: version}, err
}

func methodProblem(kind, nl, en string) Problem {
	p := Reason(kind, "method", nl, en)
	p.Article = "Wet LB 1964 art. 13a"
	return p
}
