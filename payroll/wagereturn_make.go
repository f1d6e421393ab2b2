package payroll

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// ReturnSource is what a return is made of, as the approved payslips that were paid
// on days of its period tell.
type ReturnSource struct {
	Lines     []ReturnLine
	GrossOnly int  // payslips without tax
	Unknown   int  // payslips whose charges are not known
	OtherKind bool // payslips of another kind of period were paid on these days
}

// ReturnMade is the newest return of a period, if there is one.
type ReturnMade struct {
	ID       uuid.UUID
	Sequence int
	ToPay    euro.Amount
	Lines    []ReturnLine
}

// ReturnMake makes the return of a period of payment.
type ReturnMake struct {
	Command
	Period string `json:"period" validate:"required"`
}

// ReturnReply tells of a return, and of nobody in it.
type ReturnReply struct {
	Return   uuid.UUID       `json:"return"`
	Period   calendar.Period `json:"period"`
	Sequence int             `json:"sequence"` // above one: a correction of the one before
	Lines    int             `json:"lines"`
	Changed  int             `json:"changed"`
	ToPay    euro.Amount     `json:"to_pay"`   // whole euros, of the whole period
	Due      euro.Amount     `json:"due"`      // of that, what this return adds; below nil it comes back
	Rounding euro.Amount     `json:"rounding"` // the ledger's liability less what is to be paid
	DueBy    calendar.Date   `json:"due_by"`
	Hash     string          `json:"hash"`
}

// MakeReturn seals what approved payslips say of the days of payment of a period.
// Made again it is a correction, and only when something changed since: a payslip
// that was approved later and paid on these days, what a later one attributes to this
// period (loon-over, the repair of an error), or who somebody is. What corrects an
// earlier period otherwise belongs to the return of the day on which it is paid
// (loon-in). A correction is a message on the return before it (Wet LB 1964 art. 28a).
func (d *Desk) MakeReturn(ctx context.Context, tx Tx, a Actor, req ReturnMake) (ReturnReply, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	period := door.Period("period", req.Period)
	if err := door.Err(); err != nil {
		return ReturnReply{}, err
	}
	before, corrects, err := tx.NewestReturn(ctx, a.Organisation.ID, period)
	if err != nil {
		return ReturnReply{}, err
	}
	source, err := tx.ReturnSource(ctx, a.Organisation.ID, period)
	if err != nil {
		return ReturnReply{}, err
	}
	if err := source.refuse(period, corrects); err != nil {
		return ReturnReply{}, err
	}
	terms, _, err := tx.RemittanceTerms(ctx, a.Organisation.ID, RemitTax, period.To)
	if err != nil {
		return ReturnReply{}, err
	}
	r := WageReturn{ID: d.NewID(), Employer: a.Organisation.ID, Period: period, Sequence: before.Sequence + 1, Number: terms.Number, Before: before.ToPay}
	changed := r.correct(source.Lines, before)
	if changed == 0 && corrects {
		return ReturnReply{}, Refuse(Conflict, Reason("return/unchanged", "period",
			"Sinds de vorige aangifte over deze periode is er niets veranderd.", "Nothing has changed since the return that was made of this period."))
	}
	if err := tx.AddReturn(ctx, a, r); err != nil {
		return ReturnReply{}, err
	}
	reply := r.reply(changed)
	verb := "made"
	if corrects {
		verb = "corrected"
	}
	return reply, tx.Publish(ctx, []Event{{Owner: r.Employer, Noun: "return", Aggregate: DeriveID(fmt.Sprintf("return/%s/%s", r.Employer, period)), Version: r.Sequence, Verb: verb, Data: EventData(reply)}})
}

// refuse names what keeps a return from being made: unknown is not nought.
func (s ReturnSource) refuse(p calendar.Period, corrects bool) error {
	var problems []Problem
	add := func(kind, nl, en string) { problems = append(problems, Reason(kind, "period", nl, en)) }
	if len(s.Lines)+s.GrossOnly+s.Unknown == 0 && !corrects {
		add("return/empty", fmt.Sprintf("Op dagen van %s is niets betaald dat is goedgekeurd.", p), fmt.Sprintf("Nothing that was approved was paid on days of %s.", p))
	}
	if s.GrossOnly > 0 {
		add("return/gross_only", fmt.Sprintf("Van %d loonstroken is geen loonheffing berekend.", s.GrossOnly), fmt.Sprintf("Of %d payslips no tax was computed.", s.GrossOnly))
	}
	if s.Unknown > 0 {
		add("return/charges_unknown", fmt.Sprintf("Van %d loonstroken zijn de werkgeverslasten niet bekend.", s.Unknown), fmt.Sprintf("Of %d payslips the employer's charges are not known.", s.Unknown))
	}
	if s.OtherKind {
		add("return/other_kind", "Op deze dagen is ook over een ander soort tijdvak betaald; doe aangifte over dat tijdvak.", "On these days wages of another kind of period were paid; make the return of that.")
	}
	return Refuse(Conflict, problems...)
}

// correct takes the lines over, marks those that the return before had otherwise, and
// withdraws those that are there no more: they come to nil.
func (r *WageReturn) correct(lines []ReturnLine, before ReturnMade) (changed int) {
	there := map[uuid.UUID]bool{}
	for _, l := range lines {
		there[l.Employment] = true
	}
	had := map[uuid.UUID]string{}
	for _, l := range before.Lines {
		had[l.Employment] = l.Hash()
		if !there[l.Employment] {
			l.Figures, l.Income.AantVerlU = ReturnFigures{}, 0
			lines = append(lines, l)
		}
	}
	for i := range lines {
		lines[i].Changed = had[lines[i].Employment] != lines[i].Hash()
		if lines[i].Changed {
			changed++
		}
	}
	r.Lines = lines
	return changed
}

func (r WageReturn) reply(changed int) ReturnReply {
	sum := r.Totals()
	return ReturnReply{Return: r.ID, Period: r.Period, Sequence: r.Sequence, Lines: len(r.Lines), Changed: changed,
		ToPay: sum.ToPay(), Due: r.Due(), Rounding: sum.Payable().Sub(sum.ToPay()), DueBy: DueBy(r.Period), Hash: r.Hash()}
}
