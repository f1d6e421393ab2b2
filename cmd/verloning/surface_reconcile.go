package main

import (
	"context"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// reconcileSurface are the rows of reconciliation, for a municipality and, of its own
// contracts, for an employer. It is computed when it is asked.
func (s *service) reconcileSurface() []operation {
	d := s.desk
	return []operation{
		op("reconcile", "show", payroll.Read, s.showReconciliation),
		op("reconcile", "differences", payroll.Read, s.listDifferences),
		op("reconcile", "book", payroll.Control, d.BookDifference),
		op("reconcile", "approve", payroll.Approve, d.ApproveBooking, "reconciliation.booked"),
		op("reconcile", "periodend", payroll.Read, s.showPeriodEnd),
		op("income", "list", payroll.Read, s.listIncomes),
		op("othermoney", "record", payroll.Control, d.RecordOtherMoney),
		op("othermoney", "list", payroll.Read, s.listOtherMoney),
	}
}

// reconcileAsked narrows a reconciliation. A page goes on after so many lines.
type reconcileAsked struct {
	Scheme   string `json:"scheme,omitempty" validate:"omitempty,code"`
	Employer string `json:"employer,omitempty" validate:"omitempty,code"`
	Period   string `json:"period,omitempty"`      // a month; instead of from and to
	From     string `json:"from_period,omitempty"` // a month
	To       string `json:"to_period,omitempty"`   // absent: until now
	After    int    `json:"after,omitempty" validate:"omitempty,min=0"`
	Limit    int    `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

func (q reconcileAsked) accept(door *payroll.Door) subsidy.Narrow {
	n := subsidy.Narrow{Scheme: q.Scheme, Employer: q.Employer}
	n.From, n.To = q.month(door, "from_period", q.From), q.month(door, "to_period", q.To)
	if q.Period == "" {
		if !n.To.IsZero() && n.To.Before(n.From) {
			door.Refuse(payroll.Reason("date/order", "to_period", "De laatste maand ligt voor de eerste.", "The last month lies before the first."))
		}
		return n
	}
	if q.From != "" || q.To != "" {
		door.Refuse(payroll.Reason("field/not_allowed", "period", "Noem een maand, of een eerste en een laatste.", "Name a month, or a first and a last one."))
	}
	n.From = q.month(door, "period", q.Period)
	n.To = n.From
	return n
}

// month reads a month.
func (q reconcileAsked) month(door *payroll.Door, field, text string) calendar.Date {
	p := door.Period(field, text)
	if text != "" && p.Kind != "" && p != calendar.MonthOf(p.From) {
		door.Refuse(payroll.Reason("period/not_month", field, "Noem een maand.", "Name a month."))
	}
	return p.From
}

// page cuts a page out of a list, and says after how many the next begins; nought
// where there is none.
func page[T any](list []T, after, limit int) (part []T, next int) {
	if limit == 0 {
		limit = 500
	}
	from := min(after, len(list))
	to := min(from+limit, len(list))
	if to < len(list) {
		next = to
	}
	return append([]T{}, list[from:to]...), next
}

// reconciliationShown is totals, which are always of all that was asked, and a page
// of the lines they sum.
type reconciliationShown struct {
	Totals []subsidy.ReconcileTotal `json:"totals"`
	Gap    euro.Amount              `json:"gap"`
	Lines  []subsidy.ReconcileLine  `json:"lines"`
	Next   int                      `json:"next,omitempty"` // go on after this
}

func (s *service) showReconciliation(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q reconcileAsked) (reconciliationShown, error) {
	r, err := s.reconciled(ctx, tx, a, q)
	if err != nil {
		return reconciliationShown{}, err
	}
	shown := reconciliationShown{Totals: append([]subsidy.ReconcileTotal{}, r.Totals...)}
	for _, t := range r.Totals {
		shown.Gap = shown.Gap.Add(t.Gap)
	}
	shown.Lines, shown.Next = page(r.Lines, q.After, q.Limit)
	return shown, nil
}

func (s *service) reconciled(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q reconcileAsked) (subsidy.Reconciliation, error) {
	door := payroll.NewDoor(q)
	narrow := q.accept(door)
	reconcilable(door, a)
	if err := door.Err(); err != nil {
		return subsidy.Reconciliation{}, err
	}
	return s.reconcile(ctx, tx, a, narrow)
}

// reconcilable refuses who has nothing to reconcile.
func reconcilable(door *payroll.Door, a payroll.Actor) {
	if !a.Organisation.Is(payroll.Gemeente) && !a.Organisation.Is(payroll.Employer) {
		door.Refuse(payroll.Reason("organisation/not_reconciled", "", "Alleen een gemeente of werkgever heeft hier iets af te stemmen.", "Only a municipality or an employer has something to reconcile here."))
	}
}

// differencesAsked asks for differences; All also for what was booked whole.
type differencesAsked struct {
	reconcileAsked
	Class string `json:"class,omitempty" validate:"omitempty,max=40"`
	All   bool   `json:"all,omitempty"`
}

// differencesListed is a page of differences with their sums, which are always of all
// that was asked. The gap is the sum of those of the money.
type differencesListed struct {
	Classes     []subsidy.ClassTotal  `json:"classes"`
	Gap         euro.Amount           `json:"gap"`
	Booked      euro.Amount           `json:"booked"`
	Unexplained euro.Amount           `json:"unexplained"`
	Differences []subsidy.Discrepancy `json:"differences"`
	Next        int                   `json:"next,omitempty"`
}

func (s *service) listDifferences(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q differencesAsked) (differencesListed, error) {
	r, err := s.reconciled(ctx, tx, a, q.reconcileAsked)
	if err != nil {
		return differencesListed{}, err
	}
	var list []subsidy.Discrepancy
	for _, d := range r.Differences {
		if (q.Class == "" || string(d.Class) == q.Class) && (q.All || !d.Open().IsZero()) {
			list = append(list, d)
		}
	}
	shown := differencesListed{Classes: append([]subsidy.ClassTotal{}, subsidy.OfDiscrepancies(list)...)}
	for _, c := range shown.Classes {
		if c.Check == subsidy.CheckMoney {
			shown.Gap, shown.Booked = shown.Gap.Add(c.Amount), shown.Booked.Add(c.Booked)
		}
		if c.Class == subsidy.Unexplained {
			shown.Unexplained = shown.Unexplained.Add(c.Open)
		}
	}
	shown.Differences, shown.Next = page(list, q.After, q.Limit)
	return shown, nil
}

// otherMoneyListed is a page of money from elsewhere.
type otherMoneyListed struct {
	Other []otherMoneyShown `json:"other_money"`
	Next  int               `json:"next,omitempty"`
}

type otherMoneyShown struct {
	Record    uuid.UUID     `json:"record"`
	Employer  string        `json:"employer"`
	Contract  string        `json:"contract"`
	Kind      string        `json:"kind"`
	Month     calendar.Date `json:"month"`
	Amount    euro.Amount   `json:"amount"`
	Reference string        `json:"reference"`
}

// otherMoneyAsked is a page of it.
type otherMoneyAsked struct {
	After int `json:"after,omitempty" validate:"omitempty,min=0"`
	Limit int `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

func (s *service) listOtherMoney(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q otherMoneyAsked) (otherMoneyListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return otherMoneyListed{}, err
	}
	list, err := tx.OtherMoney(ctx, a, tx.Today())
	if err != nil {
		return otherMoneyListed{}, err
	}
	shown := otherMoneyListed{Other: []otherMoneyShown{}}
	list, shown.Next = page(list, q.After, q.Limit)
	for _, o := range list {
		shown.Other = append(shown.Other, otherMoneyShown{o.ID, o.Employer, o.ContractNumber, o.Kind, o.Month, o.Amount, o.Reference})
	}
	return shown, nil
}
