package payroll

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/statute"
)

// agreement is one term that was agreed: a contract, or an extension of one,
// which the law counts as the next contract of the chain.
type agreement struct {
	calendar.Span
	contract uuid.UUID
	agreed   calendar.Date // its end before anybody cut it short; zero: none
	open     bool          // agreed for an indefinite time
	pupil    bool          // of the beroepsbegeleidende leerweg
}

// agreements reads the terms off the versions of a contract. A later end is an
// extension, unless it takes back an earlier end that was recorded before.
func agreements(c Contract) []agreement {
	var list []agreement
	for i, v := range c.Versions {
		if i == 0 {
			list = append(list, agreement{v.Span, c.ID, v.Span.To, v.OpenEnded, v.BBL})
			continue
		}
		last := &list[len(list)-1]
		end := v.Span.To
		later := !last.To.IsZero() && (end.IsZero() || end.After(last.To))
		switch {
		case later && !last.open && (end.IsZero() || end.After(last.agreed)):
			next := calendar.Span{From: last.To.Add(1), To: end}
			list = append(list, agreement{next, c.ID, end, v.OpenEnded, v.BBL})
		case later:
			last.To = end
		case !end.IsZero() && end != last.To:
			for len(list) > 1 && list[len(list)-1].From.After(end) {
				list = list[:len(list)-1]
			}
			list[len(list)-1].To = end
		}
	}
	return list
}

// link is a term in its chain: the day from which it is open-ended by law, zero
// where it is not, and the figure that made it so.
type link struct {
	agreement
	since  calendar.Date
	figure statute.Figure
}

// chain follows the fixed terms of a person with an employer (BW 7:668a) and
// tells of each whether and when it became open-ended by law: on its first day
// where it is one too many, or on the day on which the chain, intervals included,
// has lasted longer than the law of the time allows. What follows in the same
// chain is open-ended as well. Before 1999 there was no such law.
func chain(contracts []Contract) ([]link, error) {
	var terms []agreement
	for _, c := range contracts {
		terms = append(terms, agreements(c)...)
	}
	slices.SortStableFunc(terms, func(a, b agreement) int { return a.From.Cmp(b.From) })
	var links []link
	var first, end, since calendar.Date
	var figure statute.Figure
	count := 0
	for _, term := range terms {
		if term.open {
			count = 0 // what follows it is a matter of notice, not of the chain
			links = append(links, link{agreement: term})
			continue
		}
		if term.pupil && !term.From.Before(statute.ChainWithoutPupilsSince) {
			links = append(links, link{agreement: term})
			continue
		}
		goes, err := follows(count, end, term)
		if errors.Is(err, statute.ErrNoFigure) {
			links = append(links, link{agreement: term})
			continue
		}
		if err != nil {
			return nil, err
		}
		if !goes {
			first, count, end, since = term.From, 0, term.To, calendar.Date{}
		}
		if count++; since.IsZero() {
			if since, figure, err = converts(first, count, term); err != nil {
				return nil, err
			}
		}
		if term.To.After(end) {
			end = term.To
		}
		links = append(links, link{term, since, figure})
	}
	return links, nil
}

// follows reports whether a term belongs to the chain that ended on a day, by
// the law of the term's first day.
func follows(count int, end calendar.Date, term agreement) (bool, error) {
	interval, err := statute.ChainInterval(term.From)
	if err != nil {
		return false, err
	}
	months, err := interval.Value.Int()
	return count > 0 && !term.From.After(end.Add(1).AddMonths(months)), err
}

// converts tells on which day a term of the chain becomes open-ended, zero for
// never, and by which figure. The number of terms goes by the law of the first
// day. So does the length, since a contract of before July 2015 kept the longer
// limit; and where the law of the day on which it would be exceeded is wider, as
// from 2020 on, that law goes for running contracts too.
func converts(first calendar.Date, count int, term agreement) (calendar.Date, statute.Figure, error) {
	most, err := statute.ChainContracts(term.From)
	if err != nil {
		return calendar.Date{}, most, err
	}
	if n, err := most.Value.Int(); err != nil || count > n {
		return term.From, most, err
	}
	limit, err := statute.ChainMonths(term.From)
	if err != nil {
		return calendar.Date{}, limit, err
	}
	day, err := exceeded(first, term, limit)
	if err != nil {
		return calendar.Date{}, limit, err
	}
	if now, err := statute.ChainMonths(day); err == nil && now.Value.Cmp(limit.Value) > 0 {
		limit = now
		if day, err = exceeded(first, term, limit); err != nil {
			return calendar.Date{}, limit, err
		}
	}
	if !term.Holds(day) {
		day = calendar.Date{}
	}
	return day, limit, nil
}

// exceeded is the first day of a term on which the chain has lasted longer than
// the limit.
func exceeded(first calendar.Date, term agreement, limit statute.Figure) (calendar.Date, error) {
	months, err := limit.Value.Int()
	day := first.AddMonths(months)
	if day.Before(term.From) {
		day = term.From
	}
	return day, err
}
