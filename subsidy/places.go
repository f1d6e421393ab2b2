package subsidy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// OverPlaces is the exception of a scheme under which more contracts of a
// municipality run than it has places.
const OverPlaces payroll.ExceptionKind = "places/over"

// Peak is the day of a period on which most contracts of a municipality run under
// a scheme, with whatever employer.
type Peak struct {
	Scheme       string
	Municipality uuid.UUID
	Code         string // of the municipality
	Day          calendar.Date
	Contracts    int
}

// withPlaces lists the schemes that say how many places there are.
func (b *Book) withPlaces() []string {
	named := map[string]bool{}
	note := func(s Scheme) {
		if slices.ContainsFunc(s.Versions, func(v Version) bool { return v.Eligibility.Places > 0 && v.Status.Kind == "employee" }) {
			named[s.ID] = true
		}
	}
	for _, s := range b.schemes {
		note(s)
	}
	for _, s := range b.own {
		note(s)
	}
	return slices.Sorted(maps.Keys(named))
}

// fill adds an exception for each scheme of the run's contracts that has more of
// them than places, after the last shard and before the calculation is sealed.
func (d *Desk) fill(ctx context.Context, tx Tx, r payroll.Run, c payroll.Calculation) error {
	book, err := d.Books.At(ctx, tx, c.Cutoff)
	if err != nil {
		return err
	}
	schemes := book.withPlaces()
	if len(schemes) == 0 {
		return nil
	}
	peaks, err := tx.Peaks(ctx, r, c, schemes)
	if err != nil {
		return err
	}
	var found []payroll.Exception
	for _, p := range peaks {
		scheme, _ := book.Scheme(p.Scheme, p.Municipality)
		version, _ := scheme.On(p.Day)
		if places := version.Eligibility.Places; places > 0 && p.Contracts > places {
			found = append(found, p.over(places))
		}
	}
	return tx.AddExceptions(ctx, r, c, found)
}

func (p Peak) over(places int) payroll.Exception {
	return payroll.Exception{Kind: OverPlaces, Subject: p.Code + "/" + p.Scheme, Detail: payroll.Text{
		NL: fmt.Sprintf("Regeling %s van gemeente %s heeft %d plaatsen; op %s lopen %d contracten, %d te veel.", p.Scheme, p.Code, places, p.Day, p.Contracts, p.Contracts-places),
		EN: fmt.Sprintf("Scheme %s of municipality %s has %d places; on %s %d contracts run, %d too many.", p.Scheme, p.Code, places, p.Day, p.Contracts, p.Contracts-places)}}
}
