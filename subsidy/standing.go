package subsidy

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Standing is how a provider stands in a contract year: what a bonus or malus
// would be, or is once the year is over.
type Standing struct {
	Agreement string                  `json:"agreement"`
	Rule      string                  `json:"rule"`
	Year      int                     `json:"contract_year"` // counted from one
	Days      calendar.Span           `json:"days"`
	Over      bool                    `json:"over"` // by the day that was asked
	Base      string                  `json:"base"`
	Of        int                     `json:"of"`                 // people in the base
	Outcomes  int                     `json:"outcomes"`           // of those, who count
	Realised  *euro.Number            `json:"realised,omitempty"` // percent, two decimals half up; unknown where nobody is in the base
	Target    euro.Number             `json:"target"`
	Points    *euro.Number            `json:"points,omitempty"` // realised less target
	Share     *euro.Number            `json:"share,omitempty"`  // of the turnover, within the cap
	Turnover  euro.Amount             `json:"turnover"`         // without VAT
	Turnovers map[Benefit]euro.Amount `json:"-"`                // by the benefit of the participants
	Amount    *euro.Amount            `json:"amount,omitempty"` // bonus, or below nil malus, without VAT
}

// Standings reckon each contract year of an agreement that began by a day, from
// its trajectories and what fell due for them: what happened after that day, or
// after the contract year, is no part of it, however long ago it is by now. The
// turnover is the products of the year, the points are percentage points, exact to
// two decimals, and the share that they give is at most the cap either way. On the
// target it is nil.
func Standings(s Scheme, g ProviderAgreement, cohort []Trajectory, dues []TrajectoryDue, until calendar.Date) []Standing {
	version, known := s.Governing(g.Span.From)
	if !known {
		return nil
	}
	var list []Standing
	for _, rule := range version.Pay {
		if rule.Amount.Settle == nil {
			continue
		}
		for n := 1; ; n++ {
			year := g.year(n)
			if year.From.After(until) || year.Empty() {
				break
			}
			list = append(list, version.standing(rule, g, n, year, cohort, dues, until))
		}
	}
	return list
}

// standing is one contract year.
func (v Version) standing(rule PayRule, g ProviderAgreement, n int, year calendar.Span, cohort []Trajectory, dues []TrajectoryDue, until calendar.Date) Standing {
	a := rule.Amount.Settle
	s := Standing{Agreement: g.Number, Rule: rule.ID, Year: n, Days: year, Over: !year.To.After(until), Base: a.Base, Target: a.Target.Value.Number, Turnovers: map[Benefit]euro.Amount{}}
	known := until
	if s.Over {
		known = year.To // what happens in a later year does not reopen this one
	}
	for _, t := range cohort {
		if t = t.by(known); !v.counts(t, a.Base, year.Meet(calendar.Span{To: known})) {
			continue
		}
		s.Of++
		if v.succeeded(t) {
			s.Outcomes++
		}
	}
	for _, d := range dues {
		if d.Rule.Trigger == OnProduct && year.Holds(d.Day) {
			s.Turnover = s.Turnover.Add(d.Amount)
			s.Turnovers[d.Benefit] = s.Turnovers[d.Benefit].Add(d.Amount)
		}
	}
	if s.Of == 0 {
		return s
	}
	realised := euro.Hundred.Part(euro.Ratio{Over: euro.Int(int64(s.Outcomes)), Under: euro.Int(int64(s.Of))}).Round(2)
	points := realised.Sub(s.Target)
	cap := a.Cap.Value.Number
	share := points.Mul(a.PerPoint.Value.Number).Min(cap).Max(cap.Neg())
	amount := s.Turnover.Times(share).Cents()
	s.Realised, s.Points, s.Share, s.Amount = &realised, &points, &share, &amount
	return s
}

// settlements are the bonus or malus of each contract year that is over, once a
// year for the whole agreement. A year in which nobody is in the base has no
// outcome, which is not an outcome of nought: it is an exception.
func settlements(s Scheme, g ProviderAgreement, list []Standing, heard listener) (due []TrajectoryDue, found []payroll.Exception) {
	version, _ := s.Governing(g.Span.From)
	for _, one := range list {
		if !one.Over {
			continue
		}
		if one.Amount == nil {
			found = append(found, payroll.Exception{Kind: SettlementNoBase, Subject: g.Number, Detail: payroll.Text{
				NL: fmt.Sprintf("Overeenkomst %s, contractjaar %d: niemand telt mee (%s), dus er is geen resultaat en geen bonus of malus.", g.Number, one.Year, one.Base),
				EN: fmt.Sprintf("Agreement %s, contract year %d: nobody counts (%s), so there is no outcome and no bonus or malus.", g.Number, one.Year, one.Base)}})
			continue
		}
		for _, rule := range version.Pay {
			if rule.ID == one.Rule {
				due = append(due, TrajectoryDue{
					Agreement: g.ID, Number: g.Number, Scheme: s.ID, Rule: rule, Key: fmt.Sprintf("year/%d", one.Year), Day: one.Days.To, Benefit: WWB, Amount: *one.Amount, Turnover: one.Turnovers,
				})
				heard.settled(due[len(due)-1], one)
			}
		}
	}
	return due, found
}

// StandingsOf reckons how one agreement of a municipality's file stands on a day.
func StandingsOf(book *Book, agreement uuid.UUID, file StatementFile, on calendar.Date) []Standing {
	for _, g := range file.Agreements {
		if g.ID != agreement {
			continue
		}
		scheme, known := book.Scheme(g.Scheme, g.Municipality)
		if !known {
			return nil
		}
		var cohort []Trajectory
		var dues []TrajectoryDue
		for _, t := range file.Trajectories {
			if t.Agreement == g.ID {
				cohort = append(cohort, t)
				dues = append(dues, TrajectoryDues(scheme, t, on, nil)...)
			}
		}
		return Standings(scheme, g, cohort, dues, on)
	}
	return nil
}
