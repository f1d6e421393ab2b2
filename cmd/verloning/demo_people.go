package main

import (
	"fmt"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// demoPerson is an invented person in a job. Everything about them follows from
// their place in the plan, so that two demos have the same people.
type demoPerson struct {
	cohort     demoRow
	number     string // of the contract
	name       string
	bsn, iban  string
	born       calendar.Date
	start, end calendar.Date // no end: open-ended
	percent    int           // productivity, where the scheme goes by it
	index      int           // in the cohort
	late       bool          // the hours come after the others
	never      bool          // the hours never come
}

// Names that are common enough to be nobody's.
var (
	demoFirstNames = strings.Fields("Aad Bea Cees Dina Evert Fatma Gerrit Hilde Idris Jannie Kees Lies Mehmet Nellie Otto Paula Rachid Sonja Tinus Ursula Victor Willy Yusuf Zeynep Arie Betsy Chris Dora Erik Francien Guus")
	demoLastNames  = strings.Fields("Aarts Bakx Claassen Demir Engels Franken Goossens Hermans Ibrahimi Jacobs Kuijpers Leenders Maas Nouws Oomen Pijnenburg Quirijns Roovers Schellekens Timmers Uijen Verhoeven Wouters Yildirim Zegers Arts Bogers Coppens Donkers")
)

// inventPeople makes the people of the cohorts, by employer.
func (r *demoReader) inventPeople() map[string][]demoPerson {
	people, numbers, bsn, all := map[string][]demoPerson{}, map[string]int{}, demoFirstBSN, 0
	for _, cohort := range r.rows("2007-04/cohorts.csv") {
		count, late, never := r.whole(cohort["count"]), r.whole(cohort["late"]), r.whole(cohort["never"])
		first, last := r.day(cohort["first"]), r.day(cohort["last"])
		youngest, oldest := r.between(cohort["born"])
		low, high := r.between(cohort["productivity"])
		for i := range count {
			numbers[cohort["prefix"]]++
			bsn = nextBSN(bsn)
			p := demoPerson{
				cohort: cohort, number: fmt.Sprintf("%s-%03d", cohort["prefix"], numbers[cohort["prefix"]]), index: i,
				name: demoFirstNames[all%len(demoFirstNames)] + " " + demoLastNames[(all*5+all/len(demoFirstNames))%len(demoLastNames)],
				bsn:  fmt.Sprint(bsn), iban: demoIBAN(1000 + all),
				born:  calendar.Day(youngest+i*7%(oldest-youngest+1), 1, 1).AddMonths(i * 5 % 12).Add(i * 11 % 28),
				start: phased(first, last, i, count), late: i < late, never: i >= late && i < late+never,
			}
			if months := r.whole(cohort["months"]); months > 0 {
				p.end = p.start.AddMonths(months).Add(-1)
			}
			if cohort["productivity"] != "" {
				p.percent = spread(low, high, i, count)
			}
			people[cohort["employer"]] = append(people[cohort["employer"]], p)
			all++
		}
	}
	return people
}

// phased is the day on which one of count people starts, when they start evenly
// over the months from the first day to the last.
func phased(first, last calendar.Date, i, count int) calendar.Date {
	months := 0
	for !first.AddMonths(months + 1).After(last) {
		months++
	}
	return first.AddMonths(spread(0, months, i, count))
}

// spread deals whole numbers out evenly from low to high.
func spread(low, high, i, count int) int {
	if count < 2 {
		return low
	}
	return low + i*(high-low)/(count-1)
}

// demoFirstBSN is where the numbers of the plan begin, in the range 99999xxxx
// that is used for tests and above those of October.
const demoFirstBSN = 999995000

// nextBSN is the next number that passes the elfproef.
func nextBSN(n int) int {
	for n++; !payroll.BSN(fmt.Sprint(n)).Valid(); n++ {
	}
	return n
}

// demoIBAN makes an account at a bank that does not exist, so that it is
// nobody's, with check digits that are right.
func demoIBAN(n int) string {
	account := fmt.Sprintf("DEMO%010d", n)
	rest := 0
	for _, c := range account + "NL00" {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
			continue
		}
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("NL%02d%s", 98-rest, account)
}
