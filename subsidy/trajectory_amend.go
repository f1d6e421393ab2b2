package subsidy

import (
	"context"

	"verloning/payroll"
)

// TrajectoryAmend records another IBAN or benefit of a participant; what is absent
// stays. Later statements go by it: premiums are ordered to the new account, and
// another benefit draws on the sources that the scheme names for it, also for what
// was booked before.
type TrajectoryAmend struct {
	payroll.Command
	Trajectory string `json:"trajectory" validate:"required,number"`
	IBAN       string `json:"iban,omitempty" validate:"omitempty,iban"`
	Benefit    string `json:"benefit,omitempty" validate:"omitempty,oneof=WWB WIA WW none"`
}

// AmendTrajectory keeps what the municipality knows of a participant from now on. It
// concerns the municipality alone, so nothing is announced.
func (d *Desk) AmendTrajectory(ctx context.Context, tx Tx, a payroll.Actor, req TrajectoryAmend) (TrajectoryRef, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	if req.IBAN == "" && req.Benefit == "" {
		door.Refuse(payroll.Reason("field/required", "iban", "Geef een IBAN of een uitkering.", "Give an IBAN or a benefit."))
	}
	if err := door.Err(); err != nil {
		return TrajectoryRef{}, err
	}
	t, known, err := tx.Trajectory(ctx, a.Organisation.ID, req.Trajectory)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("trajectory", "trajectory", req.Trajectory))
	}
	if err != nil {
		return TrajectoryRef{}, err
	}
	if req.IBAN != "" {
		t.IBAN = payroll.TidyIBAN(req.IBAN)
		if err := notOwnIBAN(ctx, tx, door, t); err != nil {
			return TrajectoryRef{}, err
		}
	}
	if req.Benefit != "" {
		t.Benefit = Benefit(req.Benefit)
		scheme, _, err := d.schemeNamed(ctx, tx, t.Municipality, t.Scheme)
		if err != nil {
			return TrajectoryRef{}, err
		}
		if version, dated := scheme.Governing(t.Referred); dated {
			version.otherBenefit(door, t.Benefit)
		}
	}
	if err := door.Err(); err != nil {
		return TrajectoryRef{}, err
	}
	return TrajectoryRef{t.ID, t.Number}, tx.AmendTrajectory(ctx, a, t)
}
