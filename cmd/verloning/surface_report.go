package main

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// reportSurface are the rows of reports: what came of trajectories, what providers
// did, and what was saved. They are computed when they are asked.
func (s *service) reportSurface() []operation {
	return []operation{
		op("report", "outcomes", payroll.Read, s.reportOutcomes),
		op("report", "funnel", payroll.Read, s.reportFunnel),
		op("report", "savings", payroll.Read, s.reportSavings),
	}
}

// reportAsked narrows a municipality's report to a scheme and says of which day it
// is.
type reportAsked struct {
	Scheme string `json:"scheme,omitempty" validate:"omitempty,code"`
	On     string `json:"on,omitempty"` // absent: today
}

type outcomesReported struct {
	On      calendar.Date           `json:"on"`
	Schemes []subsidy.OutcomeReport `json:"schemes"`
}

// reportOutcomes is of a municipality's own trajectories.
func (s *service) reportOutcomes(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q reportAsked) (outcomesReported, error) {
	on, book, trajectories, err := s.ownReport(ctx, tx, a, q)
	shown := outcomesReported{On: on, Schemes: []subsidy.OutcomeReport{}}
	if err != nil {
		return shown, err
	}
	for _, r := range subsidy.Outcomes(book, trajectories, on) {
		if q.Scheme == "" || r.Scheme == q.Scheme {
			shown.Schemes = append(shown.Schemes, r)
		}
	}
	return shown, nil
}

type savingsReported struct {
	On      calendar.Date          `json:"on"`
	Schemes []subsidy.SavingReport `json:"schemes"`
}

// reportSavings is of the schemes of a municipality that say what they save.
func (s *service) reportSavings(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q reportAsked) (savingsReported, error) {
	on, book, trajectories, err := s.ownReport(ctx, tx, a, q)
	shown := savingsReported{On: on, Schemes: []subsidy.SavingReport{}}
	if err != nil {
		return shown, err
	}
	for _, r := range subsidy.Savings(book, trajectories, on) {
		if q.Scheme == "" || r.Scheme == q.Scheme {
			shown.Schemes = append(shown.Schemes, r)
		}
	}
	return shown, nil
}

// ownReport reads what a report of a municipality rests on. Who asks of one
// scheme takes it out of the answer: savings look at referrals under every scheme.
func (s *service) ownReport(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q reportAsked) (on calendar.Date, book *subsidy.Book, trajectories []subsidy.Trajectory, err error) {
	door := payroll.NewDoor(q)
	on = reportDay(door, q.On, tx.Today())
	if !a.Organisation.Is(payroll.Gemeente) {
		door.Refuse(payroll.Reason("organisation/not_municipality", "", "Uw organisatie is geen gemeente.", "Your organisation is no municipality."))
	}
	if err = door.Err(); err != nil {
		return on, nil, nil, err
	}
	if book, err = s.desk.Books.Now(ctx, tx); err != nil {
		return on, nil, nil, err
	}
	trajectories, err = tx.TrajectoriesOf(ctx, a.Organisation.ID, payroll.KnownNow)
	return on, book, trajectories, err
}

// reportDay is the day that a report is of: a day that has been, today unless it
// says another.
func reportDay(door *payroll.Door, text string, today calendar.Date) calendar.Date {
	on := door.Date("on", text)
	if on.IsZero() {
		return today
	}
	if on.After(today) {
		door.Refuse(payroll.Reason("date/future", "on", "Deze dag is nog niet geweest.", "This day has not been yet."))
	}
	return on
}

// funnelAsked narrows the funnel to agreements of one number.
type funnelAsked struct {
	Agreement string `json:"agreement,omitempty" validate:"omitempty,number"`
	On        string `json:"on,omitempty"` // absent: today
}

type funnelReported struct {
	On         calendar.Date `json:"on"`
	Agreements []funnelShown `json:"agreements"`
}

// funnelShown is the funnel of an agreement with who made it.
type funnelShown struct {
	Municipality string `json:"municipality"`
	Provider     string `json:"provider"`
	subsidy.Funnel
}

// reportFunnel is of every agreement of a municipality, or of those of a provider
// with all of its municipalities: of the agreements of others it learns nothing.
func (s *service) reportFunnel(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q funnelAsked) (funnelReported, error) {
	door := payroll.NewDoor(q)
	shown := funnelReported{On: reportDay(door, q.On, tx.Today()), Agreements: []funnelShown{}}
	if err := door.Err(); err != nil {
		return shown, err
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return shown, err
	}
	mine, err := agreementsOf(ctx, tx, a, q.Agreement)
	if err != nil {
		return shown, err
	}
	made := map[uuid.UUID]funnelShown{} // by agreement
	read := map[uuid.UUID]bool{}        // municipalities
	for _, one := range mine {
		if !read[one.Of] {
			read[one.Of] = true
			file, err := tx.StatementFile(ctx, one.Of, payroll.KnownNow)
			if err != nil {
				return shown, err
			}
			file.Agreements = slices.DeleteFunc(file.Agreements, func(g subsidy.ProviderAgreement) bool {
				return !slices.ContainsFunc(mine, func(m postgres.AgreementListed) bool { return m.Agreement == g.ID })
			})
			for _, f := range subsidy.Funnels(book, file, shown.On) {
				made[f.ID] = funnelShown{Funnel: f}
			}
		}
		f := made[one.Agreement]
		f.Municipality, f.Provider = one.Municipality, one.Provider
		shown.Agreements = append(shown.Agreements, f)
	}
	return shown, nil
}

// agreementsOf reads all agreements that the caller made, or those of one number, in
// order of municipality and number.
func agreementsOf(ctx context.Context, tx *postgres.Tx, a payroll.Actor, number string) ([]postgres.AgreementListed, error) {
	const page = 1000
	var list []postgres.AgreementListed
	for after := uuid.Nil; ; {
		next, err := tx.Agreements(ctx, a, after, page)
		if err != nil {
			return nil, err
		}
		list = append(list, next...)
		if len(next) < page {
			break
		}
		after = next[page-1].Agreement
	}
	list = slices.DeleteFunc(list, func(g postgres.AgreementListed) bool { return number != "" && g.Number != number })
	slices.SortFunc(list, func(g, h postgres.AgreementListed) int {
		return slices.Compare([]string{g.Municipality, g.Number}, []string{h.Municipality, h.Number})
	})
	return list, nil
}
