package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"verloning/payroll/calendar"
)

// demoReferrer is a municipality that refers participants under one scheme, with
// the files that it hands in and those of the providers that report to it.
type demoReferrer struct {
	code, scheme string
	files        map[string][]byte
	reports      map[string][]byte // by provider
}

// providers are who reports, in order.
func (g demoReferrer) providers() []string { return slices.Sorted(maps.Keys(g.reports)) }

// What a provider reports; the other kinds are the municipality's to record.
var demoReported = []string{"started", "delivered", "placed", "exited"}

// An invented participant's numbers begin here: below those of the
// people who have a contract.
const (
	demoParticipantBSN  = 999980000
	demoParticipantIBAN = 5000
)

// demoCourses makes the files of the trajectories: everything about a participant
// follows from the row of the plan and the place in it.
type demoCourses struct {
	r       *demoReader
	people  map[string][]demoPerson
	numbers map[string]int // by prefix
	bsn     int
	all     int
	rows    map[string]*demoPapers // by municipality
	order   []string
}

// demoPapers are the rows of one municipality's files.
type demoPapers struct {
	scheme            string
	referrals, events [][]string
	reports           map[string][][]string // by provider
}

// inventReferrers reads the trajectories of a period, by municipality.
func (r *demoReader) inventReferrers(period string, people map[string][]demoPerson) []demoReferrer {
	c := &demoCourses{r: r, people: people, numbers: map[string]int{}, bsn: demoParticipantBSN, rows: map[string]*demoPapers{}}
	for _, row := range r.rows(period + "/trajectories.csv") {
		c.cohort(row)
	}
	var list []demoReferrer
	for _, code := range c.order {
		papers := c.rows[code]
		g := demoReferrer{code: code, scheme: papers.scheme, reports: map[string][]byte{}, files: map[string][]byte{
			"trajectories.csv": demoCSV(papers.referrals), "events.csv": demoCSV(papers.events),
		}}
		for provider, rows := range papers.reports {
			g.reports[provider] = demoCSV(rows)
		}
		list = append(list, g)
	}
	return list
}

// cohort adds the participants of one row of the plan.
func (c *demoCourses) cohort(row demoRow) {
	papers := c.rows[row["municipality"]]
	if papers == nil {
		papers = &demoPapers{
			scheme:    row["scheme"],
			referrals: [][]string{{"number", "scheme", "provider", "agreement", "bsn", "iban", "benefit", "referred"}},
			events:    [][]string{append([]string{"trajectory"}, demoEventColumns...)},
			reports:   map[string][][]string{},
		}
		c.rows[row["municipality"]], c.order = papers, append(c.order, row["municipality"])
	}
	first, count := c.r.day(row["first"]), c.r.whole(row["count"])
	last := first
	if row["last"] != "" {
		last = c.r.day(row["last"])
	}
	employed := c.people[row["employer"]]
	if row["employer"] != "" && len(employed) != count {
		c.r.fail(fmt.Errorf("%s has %d people, and %d trajectories", row["employer"], len(employed), count))
		return
	}
	for i := range count {
		p := demoParticipant{row: row, referred: phased(first, last, i, count)}
		if row["employer"] != "" { // Referred two weeks before the contract, and not before the scheme was there.
			p.number, p.bsn, p.contract, p.start = row["prefix"]+"-"+employed[i].number, employed[i].bsn, employed[i].number, employed[i].start
			if p.referred = p.start.Add(-14); p.referred.Before(first) {
				p.referred = first
			}
		} else {
			c.bsn = nextBSN(c.bsn)
			c.numbers[row["prefix"]]++
			p.number, p.bsn, p.start = fmt.Sprintf("%s-%03d", row["prefix"], c.numbers[row["prefix"]]), strconv.Itoa(c.bsn), p.referred
		}
		if row["premium"] == "true" {
			p.iban = demoIBAN(demoParticipantIBAN + c.all)
		}
		c.all++
		papers.add(c.r, p)
	}
}

// demoParticipant is who was referred.
type demoParticipant struct {
	row             demoRow
	number          string
	bsn, iban       string
	contract        string
	referred, start calendar.Date
}

// demoEventColumns are those of what happened, after the trajectory.
var demoEventColumns = []string{"kind", "day", "product", "employer", "contract", "job_to", "job_hours", "job_full_time_hours", "reason", "evidence", "answers"}

// add writes a participant's referral and what happened. An event of the plan is
// written as kind:detail+days: the days are counted from the referral, or from the
// contract where there is one.
func (f *demoPapers) add(r *demoReader, p demoParticipant) {
	row := p.row
	f.referrals = append(f.referrals, []string{p.number, row["scheme"], row["provider"], row["agreement"], p.bsn, p.iban, row["benefit"], p.referred.String()})
	for _, word := range strings.Fields(row["events"]) {
		what, after, _ := strings.Cut(word, "+")
		kind, detail, _ := strings.Cut(what, ":")
		event := map[string]string{"kind": kind}
		day := p.start.Add(r.whole(after))
		switch kind {
		case "intake":
			event["answers"] = row["answers"]
			day = p.referred.Add(r.whole(after))
		case "started":
			if p.contract != "" {
				event["employer"], event["contract"] = row["employer"], p.contract
			}
		case "ordered", "delivered":
			event["product"] = detail
		case "placed":
			event["job_hours"], event["job_full_time_hours"], event["evidence"] = "32.00", "38.00", "arbeidscontract in het dossier"
			if detail != "" {
				event["job_to"] = day.AddMonths(r.whole(detail)).Add(-1).String()
			}
		case "exited":
			event["reason"] = detail
		default:
			r.fail(fmt.Errorf("trajectory %s: %s is no event of the plan", p.number, word))
		}
		event["day"] = day.String()
		f.event(p, kind, event)
	}
}

// event writes a line in the file of who is to tell it.
func (f *demoPapers) event(p demoParticipant, kind string, event map[string]string) {
	line := []string{p.number}
	for _, column := range demoEventColumns {
		line = append(line, event[column])
	}
	if p.row["reported"] != "true" || !slices.Contains(demoReported, kind) {
		f.events = append(f.events, line)
		return
	}
	provider := p.row["provider"]
	if f.reports[provider] == nil {
		f.reports[provider] = [][]string{append([]string{"municipality", "trajectory"}, demoEventColumns...)}
	}
	f.reports[provider] = append(f.reports[provider], append([]string{p.row["municipality"]}, line...))
}
