package payroll

import (
	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// PayBasis says whether hours are paid or a fixed amount a period.
type PayBasis string

// The pay bases.
const (
	ByHours PayBasis = "hours"
	Fixed   PayBasis = "fixed"
)

// WageBase says what the hourly wage is reckoned from.
type WageBase string

// The wage bases: the minimum wage times a factor; an amount an hour, which is
// never below the minimum wage (WML art. 7); or the minimum wage times the factor
// of a step in a wage table, by years of experience.
const (
	BaseWML    WageBase = "WML"
	BaseAmount WageBase = "amount"
	BaseSteps  WageBase = "steps"
)

// Contract is an arbeidsovereenkomst of one person with one employer under one
// scheme. Its terms are versions: what holds on a day is the version that
// started last by then; see Newest.
type Contract struct {
	ID           uuid.UUID
	Number       string // the employer's own, unique within the employer
	Employer     uuid.UUID
	Person       uuid.UUID
	Employment   uuid.UUID
	Scheme       string
	Municipality uuid.UUID // nil when no municipality subsidises it
	Provider     uuid.UUID // the re-integratiebedrijf that may submit its hours; nil: the employer does
	Versions     []Terms   // in order of version
}

// Terms are one version of a contract, whole: nothing is inherited.
type Terms struct {
	Version       int
	ValidFrom     calendar.Date
	Span          calendar.Span // start and end of the contract as this version has it
	HoursPerWeek  euro.Number
	FullTimeHours euro.Number // of the sector
	Base          WageBase
	Factor        euro.Number // of the minimum wage, at least 1
	HourlyAmount  euro.Number // euro an hour, with BaseAmount
	PayBasis      PayBasis
	Averaging     bool // a written arrangement averages the hours of a fixed wage
	Written       bool
	OpenEnded     bool
	OnCall        bool
	EndReason     string
	EndedBy       EndedBy

	BBL               bool        // pupil in the beroepsbegeleidende leerweg
	HolidayEachPeriod bool        // the holiday allowance is paid with each wage, not in May
	LeaveWeeks        euro.Number // weeks of leave a year, at least four (BW 7:634); nought reads as four
	Sick              *SickTerms  // pay during sickness; nil: the whole wage

	Steps           []WageStep    // with BaseSteps: the table as the terms were made by it, from nought years up
	ExperienceSince calendar.Date // with BaseSteps: the day from which years of experience count
}

// EndedBy is who or what ended a contract.
type EndedBy string

// The ways a contract ends. Only the first two give a right to a
// transitievergoeding (BW 7:673 lid 1 and 7).
const (
	EndUnknown  EndedBy = ""
	ByEmployer  EndedBy = "employer" // notice, or a fixed term that the employer does not renew
	ByExpiry    EndedBy = "expiry"   // of law, at the end of a fixed term
	ByEmployee  EndedBy = "employee"
	ByAgreement EndedBy = "agreement" // with mutual consent
	ByAge       EndedBy = "age"       // AOW age, or under eighteen with few hours
	ByCause     EndedBy = "cause"     // serious blame of the employee
	ByDeath     EndedBy = "death"
	Continued   EndedBy = "continued" // another contract with the employer follows
)

// Span returns the days of the contract as the newest version has them.
func (c Contract) Span() calendar.Span {
	if len(c.Versions) == 0 {
		return calendar.Span{}
	}
	return c.Versions[len(c.Versions)-1].Span
}

// On returns the terms that hold on the day, and whether the contract runs
// then.
func (c Contract) On(day calendar.Date) (Terms, bool) {
	if !c.Span().Holds(day) || len(c.Versions) == 0 {
		return Terms{}, false
	}
	return c.Versions[Newest(len(c.Versions), func(i int) calendar.Date { return c.Versions[i].ValidFrom }, day)], true
}

// Newest picks the version that holds on a day: of those valid by then the one
// that starts last, and of those that start together the latest written. So a
// correction of July does not undo what was agreed from October. Before all of
// them the first holds.
func Newest(n int, from func(int) calendar.Date, day calendar.Date) int {
	best := 0
	for i := 1; i < n; i++ {
		if start := from(i); !start.After(day) && (!start.Before(from(best)) || from(best).After(day)) {
			best = i
		}
	}
	return best
}

// Latest returns the newest version of the terms.
func (c Contract) Latest() Terms { return c.Versions[len(c.Versions)-1] }
