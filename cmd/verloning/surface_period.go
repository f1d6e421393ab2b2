package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// periodSurface are the rows about periods that an employer locks and reopens.
func (s *service) periodSurface() []operation {
	d := s.desk
	return []operation{
		op("period", "lock", payroll.Calculate, d.LockPeriods, "period.locked"),
		op("period", "reopen", payroll.Calculate, d.ReopenPeriods, "period.reopened"),
		op("period", "list", payroll.Read, s.listPeriods),
	}
}

// periodsAsked narrows what was said of periods to those that touch one.
type periodsAsked struct {
	Period string `json:"period,omitempty"`
	Paged
}

type periodsListed struct {
	Periods []postgres.PeriodStatement `json:"periods"`
}

func (s *service) listPeriods(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q periodsAsked) (periodsListed, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	var after int64
	if q.After != "" {
		var err error
		if after, err = strconv.ParseInt(q.After, 10, 64); err != nil || after < 1 {
			door.Refuse(payroll.Unknown("period", "after", q.After))
		}
	}
	if err := door.Err(); err != nil {
		return periodsListed{}, err
	}
	list, err := tx.PeriodStatements(ctx, a, period.Span, after, q.limit())
	return periodsListed{list}, err
}
