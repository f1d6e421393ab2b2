package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// periodEndAsked asks for the lists at the end of a month, quarter or year.
type periodEndAsked struct {
	On    string `json:"on" validate:"required"` // its last day
	List  string `json:"list,omitempty" validate:"omitempty,oneof=earned_not_claimed claimed_not_granted granted_not_paid advance_to_settle stale_reservation"`
	After int    `json:"after,omitempty" validate:"omitempty,min=0"`
	Limit int    `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

// periodEndShown is totals, which are always of all that was asked, and a page of the
// lines that they sum.
type periodEndShown struct {
	On     calendar.Date            `json:"on"`
	Totals []subsidy.PeriodEndTotal `json:"totals"`
	Lines  []subsidy.PeriodEndLine  `json:"lines"`
	Next   int                      `json:"next,omitempty"`
}

func (s *service) showPeriodEnd(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q periodEndAsked) (periodEndShown, error) {
	door := payroll.NewDoor(q)
	on := reportDay(door, q.On, tx.Today())
	month := calendar.MonthOf(on)
	if q.On != "" && len(door.Problems) == 0 && on != month.To {
		door.Refuse(payroll.Reason("date/not_end", "on", "Noem de laatste dag van een maand, kwartaal of jaar.", "Name the last day of a month, quarter or year."))
	}
	reconcilable(door, a)
	if err := door.Err(); err != nil {
		return periodEndShown{}, err
	}
	r, err := s.reconcile(ctx, tx, a, subsidy.Narrow{To: month.From, Moved: on})
	if err != nil {
		return periodEndShown{}, err
	}
	lines, totals := r.PeriodEnd(q.List)
	shown := periodEndShown{On: on, Totals: append([]subsidy.PeriodEndTotal{}, totals...)}
	shown.Lines, shown.Next = page(lines, q.After, q.Limit)
	return shown, nil
}

// incomesAsked asks what was paid in a month.
type incomesAsked struct {
	Period string `json:"period" validate:"required"`
	After  int    `json:"after,omitempty" validate:"omitempty,min=0"`
	Limit  int    `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

type incomesListed struct {
	Incomes []subsidy.Income `json:"incomes"`
	Next    int              `json:"next,omitempty"`
}

// listIncomes tells a municipality what part-timers earned whose wage it sets off
// against a supplementary benefit, by the month in which they were paid. Income
// counts in the month of payment (Participatiewet art. 32).
func (s *service) listIncomes(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q incomesAsked) (incomesListed, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	if !a.Organisation.Is(payroll.Gemeente) {
		door.Refuse(payroll.Reason("organisation/not_municipality", "", "Uw organisatie is geen gemeente.", "Your organisation is no municipality."))
	}
	if err := door.Err(); err != nil {
		return incomesListed{}, err
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return incomesListed{}, err
	}
	paid, err := tx.Incomes(ctx, a, period.Span)
	if err != nil {
		return incomesListed{}, err
	}
	var list []subsidy.Income
	for _, i := range paid {
		if book.SupplementedBy(i.Of, i.Income) {
			list = append(list, i.Income)
		}
	}
	var shown incomesListed
	shown.Incomes, shown.Next = page(list, q.After, q.Limit)
	return shown, nil
}
