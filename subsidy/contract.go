package subsidy

import (
	"context"

	"verloning/payroll"
)

// EndContract ends a contract, and reckons anew what its decisions will cost: a
// subsidy that will never be claimed holds no budget. The
// municipality is told the same day.
func (d *Desk) EndContract(ctx context.Context, tx Tx, a payroll.Actor, req payroll.ContractEnd) (payroll.ContractReply, error) {
	reply, err := d.Desk.EndContract(ctx, tx, a, req)
	if err != nil {
		return reply, err
	}
	if err := d.reserveAnew(ctx, tx, a, req.Number); err != nil {
		return reply, err
	}
	c, _, err := tx.Contract(ctx, a.Organisation.ID, req.Number)
	if err != nil {
		return reply, err
	}
	scheme, _, err := d.schemeOf(ctx, tx, c)
	if err != nil {
		return reply, err
	}
	version, _ := scheme.Governing(c.Span().From)
	return reply, tx.Publish(ctx, contractSignal(c, version.Exits))
}

// ExtendContract extends a contract, and reckons anew what its decisions will
// cost.
func (d *Desk) ExtendContract(ctx context.Context, tx Tx, a payroll.Actor, req payroll.ContractExtend) (payroll.ContractReply, error) {
	reply, err := d.Desk.ExtendContract(ctx, tx, a, req)
	if err != nil {
		return reply, err
	}
	return reply, d.reserveAnew(ctx, tx, a, req.Number)
}

// AmendContract changes terms, and reckons anew what the decisions on them will
// cost: a share of the wage goes with the wage.
func (d *Desk) AmendContract(ctx context.Context, tx Tx, a payroll.Actor, req payroll.ContractAmend) (payroll.ContractReply, error) {
	reply, err := d.Desk.AmendContract(ctx, tx, a, req)
	if err != nil {
		return reply, err
	}
	return reply, d.reserveAnew(ctx, tx, a, req.Number)
}

func (d *Desk) reserveAnew(ctx context.Context, tx Tx, a payroll.Actor, number string) error {
	c, known, err := tx.Contract(ctx, a.Organisation.ID, number)
	if err != nil || !known {
		return err
	}
	return d.reserve(ctx, tx, c)
}
