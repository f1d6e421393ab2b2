package subsidy

import (
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// SavingReport is what a municipality reckons to have saved on benefits under one
// version of a scheme by a day: its own amount a year for the months off benefit,
// and not for every person a year.
type SavingReport struct {
	Scheme           string        `json:"scheme"`
	Version          calendar.Date `json:"version"`
	PerYear          euro.Amount   `json:"per_year"`
	OffBenefit       int           `json:"off_benefit"`                  // persons, on the day
	Months           euro.Number   `json:"months"`                       // off benefit, two decimals half up, to be read
	Saved            euro.Amount   `json:"saved"`                        // from the exact months, rounded once
	Plan             *euro.Amount  `json:"plan,omitempty"`               // what the plan costs a year
	BreakEven        *euro.Number  `json:"break_even,omitempty"`         // persons off benefit for a year that pay for it, two decimals half up
	BreakEvenPersons *int          `json:"break_even_persons,omitempty"` // the same in whole persons, rounded up
}

// monthUnits is the least number that 28, 29, 30 and 31 all divide, and dayUnits is a
// day as a part of it by the length of its month, so that parts of months add up
// without rounding.
const monthUnits = 377_580

var dayUnits = map[int]int{28: 13_485, 29: 13_020, 30: 12_586, 31: 12_180}

// Savings report each scheme that says what somebody off benefit saves. A person is
// off benefit from the day after an exit for one of the reasons until the day before
// a relapse or a next referral with a benefit, or the day that is asked. Part of a
// month is by its calendar days, as elsewhere, and the saving is rounded once, at the
// end. Days of one person that two trajectories both count, count once.
func Savings(book *Book, trajectories []Trajectory, on calendar.Date) []SavingReport {
	back := map[uuid.UUID][]calendar.Date{} // referrals of each person with a benefit
	for _, t := range trajectories {
		if t.Person != uuid.Nil && t.Benefit != NoBenefit {
			back[t.Person] = append(back[t.Person], t.Referred)
		}
	}
	var list []SavingReport
	for _, c := range cohortsOf(book, trajectories, on) {
		if c.version.Saving == nil {
			continue
		}
		r := c.version.Saving.report()
		r.Scheme, r.Version = c.scheme, c.version.From.Date
		units := 0
		off := map[uuid.UUID][]calendar.Span{}
		for _, t := range c.list {
			person := t.Person
			if person == uuid.Nil {
				person = t.ID
			}
			off[person] = append(off[person], t.offBenefit(*c.version.Saving, back[t.Person], on)...)
		}
		for _, spans := range off {
			units += unitsOf(spans)
			if slices.ContainsFunc(spans, func(s calendar.Span) bool { return s.Holds(on) }) {
				r.OffBenefit++
			}
		}
		exact := euro.Ratio{Over: euro.Int(int64(units)), Under: euro.Int(monthUnits)}
		r.Months = euro.One.Part(exact).Round(2)
		exact.Under = euro.Int(12 * monthUnits)
		r.Saved = c.version.Saving.PerYear.Value.PartCents(exact)
		list = append(list, r)
	}
	return list
}

// report is what does not depend on anybody.
func (s Saving) report() SavingReport {
	r := SavingReport{PerYear: s.PerYear.Value.Cents()}
	if s.Plan != nil {
		plan := s.Plan.Value.Cents()
		exact := euro.One.Part(euro.Ratio{Over: plan.Number(), Under: s.PerYear.Value.Number})
		persons := exact.Round(2)
		whole, err := exact.UpTo(euro.One).Int()
		r.Plan, r.BreakEven = &plan, &persons
		if err == nil {
			r.BreakEvenPersons = &whole
		}
	}
	return r
}

// offBenefit are the days off benefit of a trajectory by a day.
func (t Trajectory) offBenefit(s Saving, referrals []calendar.Date, on calendar.Date) []calendar.Span {
	var list []calendar.Span
	for _, e := range t.counted() {
		last := len(list) - 1
		open := last >= 0 && !list[last].To.Before(e.Day)
		switch {
		case e.Kind == Relapsed && open:
			list[last].To = e.Day.Add(-1)
		case e.Kind == Exited && open: // the last exit holds
			list = list[:last]
			fallthrough
		case e.Kind == Exited:
			if slices.Contains(s.Reasons, e.Reason) {
				list = append(list, calendar.Span{From: e.Day.Add(1), To: on})
			}
		}
	}
	for i := range list {
		for _, day := range referrals {
			if list[i].Holds(day) {
				list[i].To = day.Add(-1)
			}
		}
	}
	return slices.DeleteFunc(list, calendar.Span.Empty)
}

// unitsOf counts days, each once, as parts of their months.
func unitsOf(spans []calendar.Span) (units int) {
	slices.SortFunc(spans, func(a, b calendar.Span) int { return a.From.Cmp(b.From) })
	var next calendar.Date // the first day that is not counted yet
	for _, span := range spans {
		if span.From.Before(next) {
			span.From = next
		}
		if span.Empty() {
			continue
		}
		for month := calendar.MonthOf(span.From); !month.From.After(span.To); month = month.Next() {
			units += month.Meet(span).Days() * dayUnits[month.Days()]
		}
		next = span.To.Add(1)
	}
	return units
}
