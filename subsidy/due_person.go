package subsidy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// The kinds of exceptions of a statement.
const (
	PremiumTimes     payroll.ExceptionKind = "premium/times"
	PremiumYear      payroll.ExceptionKind = "premium/year"
	EventsOpen       payroll.ExceptionKind = "trajectory/unconfirmed"
	PlacesOver       payroll.ExceptionKind = "trajectory/places_over"
	LateStart        payroll.ExceptionKind = "trajectory/late_start"
	WageBesideKept   payroll.ExceptionKind = "benefit/with_wage"
	SettlementNoBase payroll.ExceptionKind = "settlement/no_base"
	PremiumNoFigure  payroll.ExceptionKind = "premium/no_figure"
	PremiumNoIBAN    payroll.ExceptionKind = "premium/no_iban"
	TrajectoryOdd    payroll.ExceptionKind = "trajectory/no_scheme"
)

// PaidElsewhere is what a person got in premiums of other municipalities, by year
// and scheme.
type PaidElsewhere struct {
	Year   int
	Scheme string
	Times  int
	Amount euro.Amount
}

// premiums holds the premiums of one person, over all trajectories, under what a
// person gets in a calendar year: the times of the scheme, and the amount over all
// schemes. They are taken in order of day; what is beyond is not owed.
func premiums(list []TrajectoryDue, elsewhere []PaidElsewhere, heard listener) ([]TrajectoryDue, []payroll.Exception, error) {
	slices.SortStableFunc(list, func(a, b TrajectoryDue) int {
		return cmp.Or(a.Day.Cmp(b.Day), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Key, b.Key))
	})
	type counted struct {
		year   int
		scheme string
	}
	times, sums := map[counted]int{}, map[int]euro.Amount{}
	for _, e := range elsewhere {
		sums[e.Year] = sums[e.Year].Add(e.Amount)
		times[counted{e.Year, e.Scheme}] += e.Times
	}
	var kept []TrajectoryDue
	var found []payroll.Exception
	for _, due := range list {
		year := due.Day.Year()
		n := counted{year, due.Scheme}
		if terms := due.Rule.Year; terms != nil && terms.Times != nil {
			most := wholeMonths(terms.Times)
			if heard.times(due, times[n], most); times[n] >= most {
				found = append(found, tooOften(due, most))
				continue
			}
		}
		if due.Rule.Year != nil && due.Rule.Year.Cap == "premium" {
			figure, err := statute.PremiumYear(due.Day)
			if errors.Is(err, statute.ErrNoFigure) { // what nobody knows is not nought, and stops nobody else
				found = append(found, noFigure(due))
				continue
			}
			if err != nil {
				return nil, nil, fmt.Errorf("premium of trajectory %s: %w", due.Number, err)
			}
			if e, doubtful := payroll.Doubtful(figure, due.Day); doubtful {
				found = append(found, e)
			}
			most := figure.Value.Cents().Sub(sums[year])
			heard.inYear(due, sums[year], figure)
			if most.Cmp(due.Amount) < 0 {
				found = append(found, overYear(due, figure))
				if due.Amount = most; most.Sign() <= 0 {
					continue
				}
			}
		}
		times[n]++
		sums[year] = sums[year].Add(due.Amount)
		kept = append(kept, due)
	}
	return kept, found, nil
}

func tooOften(due TrajectoryDue, times int) payroll.Exception {
	return payroll.Exception{Kind: PremiumTimes, Subject: due.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Traject %s: de premie van %s wordt niet betaald: een persoon krijgt er onder deze regeling hoogstens %d in een kalenderjaar.", due.Number, due.Day, times),
		EN: fmt.Sprintf("Trajectory %s: the premium of %s is not paid: a person gets %d of them in a calendar year under this scheme at most.", due.Number, due.Day, times)}}
}

func overYear(due TrajectoryDue, figure statute.Figure) payroll.Exception {
	return payroll.Exception{Kind: PremiumYear, Subject: due.Number, Article: figure.Article, Detail: payroll.Text{
		NL: fmt.Sprintf("Traject %s: de premie van %s gaat boven %s, wat een persoon in een kalenderjaar krijgt zonder dat het als inkomen telt; wat daarboven gaat wordt niet betaald.", due.Number, due.Day, figure.Value.Fixed(2)),
		EN: fmt.Sprintf("Trajectory %s: the premium of %s exceeds %s, which a person gets in a calendar year without its counting as income; what is above is not paid.", due.Number, due.Day, figure.Value.Fixed(2))}}
}

func noFigure(due TrajectoryDue) payroll.Exception {
	return payroll.Exception{Kind: PremiumNoFigure, Subject: due.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Traject %s: de premie van %s wordt niet betaald, want wat iemand dat jaar hoogstens krijgt is niet bekend.", due.Number, due.Day),
		EN: fmt.Sprintf("Trajectory %s: the premium of %s is not paid, for the most that anybody gets in that year is not known.", due.Number, due.Day)}}
}

// noIBAN tells of a premium that the scheme got after the referral, of which nobody
// asked for an account number then.
func noIBAN(due TrajectoryDue) payroll.Exception {
	return payroll.Exception{Kind: PremiumNoIBAN, Subject: due.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Traject %s: de premie van %s wordt niet betaald, want van de deelnemer is geen IBAN bekend.", due.Number, due.Day),
		EN: fmt.Sprintf("Trajectory %s: the premium of %s is not paid, for no IBAN of the participant is known.", due.Number, due.Day)}}
}

// isPremium reports whether the year's limits look at it.
func (d TrajectoryDue) isPremium() bool { return d.Rule.Kind == Premium }
