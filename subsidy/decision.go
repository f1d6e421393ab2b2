package subsidy

import (
	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Document is the kind of paper a claim rests on.
type Document string

// The documents: a beschikking, or an agreement where the scheme says that
// there is no subsidy relation.
const (
	Beschikking Document = "beschikking"
	Agreement   Document = "agreement"
	Invoice     Document = "invoice" // of a hire price
)

// Route is how a loonkostensubsidie is determined.
type Route string

// The routes of Participatiewet art. 10d: a determined loonwaarde (lid 4), or
// the forfait of at most six months (lid 5).
const (
	ByLoonwaarde Route = "loonwaarde"
	Forfait      Route = "forfait"
)

// Source is where a municipality's money comes from.
type Source string

// The sources of budgets, each in its own years: W-deel and I-deel 2004–2008,
// participatiebudget 2009–2014, gebundelde uitkering (BUIG) since 2010.
const (
	WDeel        Source = "W"
	IDeel        Source = "I"
	Participatie Source = "participatiebudget"
	BUIG         Source = "BUIG"
	ESF          Source = "ESF"
	UWV          Source = "UWV"
	WMO          Source = "WMO"
	Own          Source = "own"
)

// Sources lists every budget source.
var Sources = []Source{WDeel, IDeel, Participatie, BUIG, ESF, UWV, WMO, Own}

// Exists reports whether the source existed in the year.
func (s Source) Exists(year int) bool {
	switch s {
	case WDeel, IDeel:
		return year >= 2004 && year <= 2008
	case Participatie:
		return year >= 2009 && year <= 2014
	case BUIG:
		return year >= 2010
	case ESF, UWV, WMO, Own:
		return true
	}
	return false
}

// Decision is what a municipality decided, or agreed, for one contract. It
// precedes every claim. Versions are append-only; which holds on a day
// payroll.Newest says.
type Decision struct {
	ID           uuid.UUID
	Number       string // the municipality's own
	Municipality uuid.UUID
	Contract     uuid.UUID
	Versions     []DecisionTerms
}

// DecisionTerms are one version of a decision, whole.
type DecisionTerms struct {
	Version      int
	ValidFrom    calendar.Date
	Document     Document
	Granted      calendar.Date // the day it was granted; figures of a loonkostensubsidie go by it
	Span         calendar.Span
	Route        Route // of a loonkostensubsidie
	HoursPerWeek euro.Number
	Ceiling      *euro.Amount // of all claims together; absent: none
	Charges      *euro.Number // percentage the decision itself names; absent: the national one
	Budget       Source
	Conditions   string
}

// Span returns the days of the decision as its newest version has them.
func (d Decision) Span() calendar.Span {
	if len(d.Versions) == 0 {
		return calendar.Span{}
	}
	return d.Versions[len(d.Versions)-1].Span
}

// On returns the terms that hold on a day, and whether the decision covers it.
func (d Decision) On(day calendar.Date) (DecisionTerms, bool) {
	if len(d.Versions) == 0 || !d.Span().Holds(day) {
		return DecisionTerms{}, false
	}
	return d.Versions[payroll.Newest(len(d.Versions), func(i int) calendar.Date { return d.Versions[i].ValidFrom }, day)], true
}
