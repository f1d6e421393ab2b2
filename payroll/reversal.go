package payroll

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Reversal is the kind of a run that mirrors another one.
const Reversal RunKind = "reversal"

// RunReversed is where an approved run stands that was reversed whole. The period
// may be paid again by another run.
const RunReversed RunStatus = "reversed"

// RunReverse asks for the mirror of what an approved run booked: of all, or of one
// contract's payslip.
type RunReverse struct {
	Command
	Run      string `json:"run" validate:"required,uuid"`
	Contract string `json:"contract,omitempty" validate:"omitempty,number"`
	Reason   string `json:"reason" validate:"required,max=500"`
}

// ReversalOf derives the reversal of a run; contract is nil of the whole run.
func ReversalOf(r Run, contract uuid.UUID, sequence int) Run {
	return Run{
		ID: DeriveID(fmt.Sprintf("run/reversal/%s/%s", r.ID, contract)), Employer: r.Employer, Period: r.Period, Kind: Reversal, Sequence: sequence,
		PayDate: r.PayDate, Status: RunCalculated, Reverses: r.ID, Contract: contract,
	}
}

// Reversible finds the run that is to be reversed, and holds it; contract is nil
// where all of it is.
func (d *Desk) Reversible(ctx context.Context, tx Tx, a Actor, req RunReverse) (Run, uuid.UUID, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	if err := door.Err(); err != nil {
		return Run{}, uuid.Nil, err
	}
	r, err := d.ownRun(ctx, tx, a, req.Run, ForUpdate)
	if err != nil {
		return Run{}, uuid.Nil, err
	}
	if r.Kind == Reversal {
		return Run{}, uuid.Nil, Refuse(Conflict, Reason("run/is_reversal", "run",
			"Deze run draait zelf een run terug. Bereken de periode opnieuw in een gewone run.", "This run is a reversal itself. Pay the period again by a regular run."))
	}
	if r.Status != RunApproved && r.Status != RunClosed {
		return Run{}, uuid.Nil, Refuse(Conflict, statusProblem(r))
	}
	if req.Contract == "" {
		return r, uuid.Nil, nil
	}
	c, known, err := tx.Contract(ctx, r.Employer, req.Contract)
	if err != nil {
		return Run{}, uuid.Nil, err
	}
	if !known {
		return Run{}, uuid.Nil, Refuse(NotFound, Unknown("contract", "contract", req.Contract))
	}
	return r, c.ID, nil
}
