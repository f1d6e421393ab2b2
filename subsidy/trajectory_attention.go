package subsidy

import (
	"fmt"
	"maps"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// attention is what somebody should know of a trajectory before its municipality
// pays: what waits for a verdict is not paid, and a benefit that is kept does not
// go with a wage under a scheme that says so.
func (t Trajectory) attention(book *Book, s Scheme, until calendar.Date, wages []WageBeside) []payroll.Exception {
	version, known := s.Governing(t.Referred)
	if !known {
		return nil
	}
	var found []payroll.Exception
	open := 0
	for _, e := range t.Events {
		if !e.Day.After(until) && (e.State == Reported || e.State == Contested) {
			open++
		}
	}
	if open > 0 {
		found = append(found, t.waiting(open))
	}
	if start, started := t.Start(); started && version.Period != nil && version.Period.Before != nil {
		if last := t.Referred.AddMonths(wholeMonths(version.Period.Before)); start.After(last) {
			found = append(found, payroll.Exception{Kind: LateStart, Subject: t.Number, Detail: payroll.Text{
				NL: fmt.Sprintf("Traject %s: begonnen op %s, meer dan %d maanden na de aanmelding.", t.Number, start, wholeMonths(version.Period.Before)),
				EN: fmt.Sprintf("Trajectory %s: started on %s, more than %d months after the referral.", t.Number, start, wholeMonths(version.Period.Before))}})
		}
	}
	if version.Status.Kind == "benefit" {
		found = append(found, t.besideWages(book, version, until, wages)...)
	}
	return found
}

// waiting says how many events have no verdict yet.
func (t Trajectory) waiting(open int) payroll.Exception {
	nl, en := "%d gemelde of betwiste gebeurtenissen wachten", "%d reported or contested events wait for a verdict; nothing is paid for them"
	if open == 1 {
		nl, en = "%d gemelde of betwiste gebeurtenis wacht", "%d reported or contested event waits for a verdict; nothing is paid for it"
	}
	return payroll.Exception{Kind: EventsOpen, Subject: t.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Traject %s: "+nl+" op een oordeel; daarvoor wordt niets betaald.", t.Number, open),
		EN: fmt.Sprintf("Trajectory %s: "+en+".", t.Number, open)}}
}

// besideWages finds that the person has a wage under a scheme under which there is no
// benefit, on some day of the trajectory. Whose contract that is, under which scheme
// and since when may be another municipality's to know, so it is not said.
func (t Trajectory) besideWages(book *Book, v Version, until calendar.Date, wages []WageBeside) []payroll.Exception {
	for _, w := range wages {
		other, known := book.Scheme(w.Scheme, w.Municipality)
		terms, dated := other.Governing(w.Span.From)
		if !known || !dated || terms.Status.WithBenefit != "never" {
			continue
		}
		for _, span := range t.running(v) {
			both := span.Meet(w.Span).Meet(calendar.Span{To: until})
			if !both.Empty() {
				return []payroll.Exception{{Kind: WageBesideKept, Subject: t.Number, Detail: payroll.Text{
					NL: fmt.Sprintf("Traject %s: de deelnemer houdt de uitkering, maar heeft loon waarbij geen uitkering hoort.", t.Number),
					EN: fmt.Sprintf("Trajectory %s: the participant keeps the benefit, but has a wage with which no benefit goes.", t.Number)}}}
			}
		}
	}
	return nil
}

// placesOver finds schemes under which more people take part than there are places
// on the day. For how long somebody does is said by the version of the referral.
func placesOver(book *Book, list []Trajectory, on calendar.Date) []payroll.Exception {
	running, places := map[string]int{}, map[string]int{}
	for _, t := range list {
		scheme, known := book.Scheme(t.Scheme, t.Municipality)
		now, dated := scheme.On(on)
		version, governed := scheme.Governing(t.Referred)
		if known && dated && governed && now.Eligibility.Places > 0 && t.served(version, calendar.Span{From: on, To: on}) {
			running[t.Scheme]++
			places[t.Scheme] = now.Eligibility.Places
		}
	}
	var found []payroll.Exception
	for _, id := range slices.Sorted(maps.Keys(running)) {
		if running[id] > places[id] {
			found = append(found, payroll.Exception{Kind: PlacesOver, Subject: id, Detail: payroll.Text{
				NL: fmt.Sprintf("Regeling %s: op %s doen er %d mee; er zijn %d plaatsen.", id, on, running[id], places[id]),
				EN: fmt.Sprintf("Scheme %s: on %s %d take part; there are %d places.", id, on, running[id], places[id])}})
		}
	}
	return found
}

// setting says once for a rule that it rests on what nobody confirmed yet.
func (d TrajectoryDue) setting() []payroll.Exception {
	if !d.Rule.unconfirmed() {
		return nil
	}
	return []payroll.Exception{unconfirmed(d.Scheme, d.Rule.ID)}
}

func noScheme(t Trajectory) payroll.Exception {
	return payroll.Exception{Kind: TrajectoryOdd, Subject: t.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Traject %s: regeling %s is niet bekend; er wordt niets betaald.", t.Number, t.Scheme),
		EN: fmt.Sprintf("Trajectory %s: scheme %s is not known; nothing is paid.", t.Number, t.Scheme)}}
}
