package main

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// worklistAsked asks what the organisation has to act on in some months.
type worklistAsked struct {
	Period string `json:"period,omitempty"` // the first month, such as 2026-10; absent: today's
	Months int    `json:"months,omitempty" validate:"omitempty,min=1,max=24"`
	Paged
}

type worklistShown struct {
	From calendar.Date     `json:"from"`
	To   calendar.Date     `json:"to"`
	Rows []subsidy.WorkRow `json:"rows"`
}

// The months that are shown where nobody says how many, and how many persons'
// files are held in memory at a time.
const (
	worklistMonths  = 3
	worklistPersons = 1000
)

// window reads the days that are asked for.
func (q worklistAsked) window(door *payroll.Door, today calendar.Date) calendar.Span {
	month := calendar.MonthOf(today)
	if q.Period != "" {
		if month = door.Period("period", q.Period); month.Kind == calendar.FourWeeks {
			door.Refuse(payroll.Reason("period/not_month", "period", "Geef een maand, zoals 2026-10.", "Give a month, such as 2026-10."))
		}
	}
	months := q.Months
	if months == 0 {
		months = worklistMonths
	}
	return calendar.Span{From: month.From, To: month.From.AddMonths(months).Add(-1)}
}

// showWorklist lists what an employer has to act on about its own contracts, and
// a municipality about those that name it, in order of day.
func (s *service) showWorklist(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q worklistAsked) (worklistShown, error) {
	door := payroll.NewDoor(q)
	window := q.window(door, tx.Today())
	if err := door.Err(); err != nil {
		return worklistShown{}, err
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return worklistShown{}, err
	}
	w := worklist{after: q.After, limit: q.limit(), rows: []subsidy.WorkRow{}}
	if err := w.places(ctx, tx, a, book, window); err != nil {
		return worklistShown{}, err
	}
	for person, more := uuid.Nil, true; more; more = person != uuid.Nil {
		var files []subsidy.WorkFile
		if files, person, err = tx.WorkFiles(ctx, a, window, person, worklistPersons); err != nil {
			return worklistShown{}, err
		}
		for _, f := range files {
			scheme, _ := book.Of(f.Contract) // one that is not known any more leaves labour law
			rows, err := f.Work(window, scheme)
			if err != nil {
				return worklistShown{}, err
			}
			w.add(rows...)
		}
		w.cut()
	}
	return worklistShown{window.From, window.To, w.rows}, nil
}

// worklist is one page in the making: it never holds more than a batch of files
// gives beside it.
type worklist struct {
	after string
	limit int
	rows  []subsidy.WorkRow
}

func (w *worklist) add(rows ...subsidy.WorkRow) {
	for _, r := range rows {
		if r.Key > w.after {
			w.rows = append(w.rows, r)
		}
	}
}

// cut keeps the first rows, in order.
func (w *worklist) cut() {
	slices.SortFunc(w.rows, func(a, b subsidy.WorkRow) int { return strings.Compare(a.Key, b.Key) })
	w.rows = w.rows[:min(len(w.rows), w.limit)]
}

// places adds the free places of a municipality on the first of each month.
func (w *worklist) places(ctx context.Context, tx *postgres.Tx, a payroll.Actor, book *subsidy.Book, window calendar.Span) error {
	var firsts []calendar.Date
	for first := window.From; !first.After(window.To); first = first.AddMonths(1) {
		firsts = append(firsts, first)
	}
	taken, err := tx.TakenPlaces(ctx, a, firsts)
	if err != nil {
		return err
	}
	trajectories, err := tx.TrajectoriesOf(ctx, a.Organisation.ID, payroll.KnownNow)
	if err != nil {
		return err
	}
	taken = append(taken, subsidy.TakenByTrajectories(book, trajectories, firsts)...)
	for _, t := range taken {
		scheme, _ := book.Scheme(t.Scheme, a.Organisation.ID)
		if row, limited := subsidy.FreePlaces(scheme, t); limited {
			w.add(row)
		}
	}
	w.cut()
	return nil
}
