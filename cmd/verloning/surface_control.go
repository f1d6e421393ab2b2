package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// compareAsked asks what a run changes against the period before it.
type compareAsked struct {
	Run  string `json:"run" validate:"required,uuid"`
	Kind string `json:"kind,omitempty" validate:"omitempty,oneof=new gone changed same"`
	Paged
}

// compareRun sets a run's newest calculation beside what was approved for the
// period before.
func (s *service) compareRun(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q compareAsked) (postgres.Comparison, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return postgres.Comparison{}, err
	}
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return postgres.Comparison{}, err
	}
	return tx.Compare(ctx, r, q.Kind, after, q.limit())
}

// missingAsked asks who is missing from a period, before or after its run was
// calculated.
type missingAsked struct {
	Period string `json:"period" validate:"required"`
	Paged
}

type missingListed struct {
	Missing []postgres.MissingRow `json:"missing"`
}

func (s *service) missingFromRun(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q missingAsked) (missingListed, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return missingListed{}, err
	}
	list, err := tx.Missing(ctx, a, period, after, q.limit())
	return missingListed{list}, err
}

type decisionsListed struct {
	Decisions []postgres.DecisionListed `json:"decisions"`
}

func (s *service) listDecisions(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (decisionsListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return decisionsListed{}, err
	}
	list, err := tx.Decisions(ctx, a, after, q.limit())
	return decisionsListed{list}, err
}
