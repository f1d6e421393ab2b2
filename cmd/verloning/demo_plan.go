package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// demoPlan is what the demo plays, as its files have it. Names of
// municipalities and amounts stand there and not here.
type demoPlan struct {
	organisations, users, settings, budgets, verdicts []demoRow
	months                                            []demoMonth
	counts                                            []demoCount
	tallies                                           []demoTally
}

// demoMonth is a month of some employers.
type demoMonth struct {
	period    string
	payDate   string
	employers []demoEmployer
	referrers []demoReferrer
	// What the municipalities agreed with providers, said of what these reported,
	// spent on their own people, and have paid on statements.
	agreements, judgements, costs, statements []demoRow
	// What became known only in this month of an earlier one, what of it was to be
	// corrected and why, and the wages of this month that came back.
	loonwaarden, corrections, returned []demoRow
}

// demoEmployer is an employer with the one scheme that its people are under, and
// the files that it and its municipality hand in.
type demoEmployer struct {
	code, scheme, municipality string
	hoursBy                    string // who submits the hours
	show                       string // what is shown whole: verdicts, exceptions, missing, or a kind of exceptions
	explain                    string // contract of which the claim is explained
	settled                    string // day on which the bank statement has it, noted by hand
	banked                     bool   // it and its municipality pay by bank files, and import what their bank tells
	ended                      []demoRow
	files                      map[string][]byte
}

// demoCount is how many people a scheme must have in the database, and whether
// a source states it.
type demoCount struct {
	Scheme    string   `json:"scheme"`
	Employers []string `json:"employers"`
	People    int      `json:"people"`
	Running   int      `json:"running"`
	Mark      string   `json:"mark"` // stated | invented
	what      payroll.Text
}

// demoTally is how many trajectories of a scheme ended in one way, or with no last
// event named, how many there are.
type demoTally struct {
	Scheme       string `json:"scheme"`
	Municipality string `json:"municipality"`
	Last         string `json:"last,omitempty"`
	Reason       string `json:"reason,omitempty"`
	People       int    `json:"people"`
	Mark         string `json:"mark"` // stated | invented
	what         payroll.Text
}

// demoRow is a row of a list of the plan by the names of its columns.
type demoRow map[string]string

// demoReader reads lists and remembers the first fault: a plan that cannot be
// read is a fault of the program.
type demoReader struct{ err error }

func (r *demoReader) fail(err error) {
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("demo: plan: %w", err)
	}
}

func (r *demoReader) rows(name string) []demoRow {
	text, err := demoFiles.ReadFile(path.Join("demo", name))
	if err != nil {
		r.fail(err)
		return nil
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = ';'
	list, err := in.ReadAll()
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	r.fail(err)
	if len(list) < 2 {
		r.fail(fmt.Errorf("%s has no rows", name))
		return nil
	}
	var rows []demoRow
	for _, cells := range list[1:] {
		row := demoRow{}
		for i, column := range list[0] {
			row[column] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// some reads a list that a month may lack.
func (r *demoReader) some(name string) []demoRow {
	if _, err := fs.Stat(demoFiles, path.Join("demo", name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return r.rows(name)
}

// whole reads a count; an empty cell is nought.
func (r *demoReader) whole(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	r.fail(err)
	return n
}

func (r *demoReader) day(text string) calendar.Date {
	day, err := calendar.Parse(text)
	r.fail(err)
	return day
}

// between reads two numbers written as 30..90; an empty cell is twice nought.
func (r *demoReader) between(text string) (low, high int) {
	if text == "" {
		return 0, 0
	}
	first, last, ok := strings.Cut(text, "..")
	if !ok {
		r.fail(fmt.Errorf("%q is not written as 30..90", text))
	}
	return r.whole(first), r.whole(last)
}

// readDemoPlan reads the plan and makes the files of every employer.
func readDemoPlan() (demoPlan, error) {
	r := &demoReader{}
	p := demoPlan{
		organisations: r.rows("organisations.csv"), users: r.rows("users.csv"), settings: r.rows("settings.csv"), budgets: r.rows("budgets.csv"), verdicts: r.rows("verdicts.csv"),
	}
	for i, o := range p.organisations { // Whoever pays or is paid has an account; those of the plan without one get one.
		if o["iban"] == "" && o["role"] != "inlener" {
			o["iban"] = demoIBAN(i)
		}
	}
	for _, row := range r.rows("counts.csv") {
		p.counts = append(p.counts, demoCount{
			Scheme: row["scheme"], Employers: strings.Fields(row["employers"]), People: r.whole(row["people"]), Running: r.whole(row["running"]),
			Mark: row["mark"], what: payroll.Text{NL: row["nl"], EN: row["en"]},
		})
	}
	for _, row := range r.rows("referrals.csv") {
		p.tallies = append(p.tallies, demoTally{
			Scheme: row["scheme"], Municipality: row["municipality"], Last: row["last"], Reason: row["reason"], People: r.whole(row["people"]),
			Mark: row["mark"], what: payroll.Text{NL: row["nl"], EN: row["en"]},
		})
	}
	people := r.inventPeople()
	for _, row := range r.rows("employers.csv") {
		n := len(p.months)
		if n == 0 || p.months[n-1].period != row["period"] {
			p.months = append(p.months, demoMonth{
				period: row["period"], payDate: row["pay_date"],
				loonwaarden: r.some(row["period"] + "/loonwaarden.csv"), corrections: r.some(row["period"] + "/corrections.csv"), returned: r.some(row["period"] + "/returned.csv"),
			})
			n++
		}
		e := demoEmployer{
			code: row["employer"], scheme: row["scheme"], municipality: row["municipality"], hoursBy: row["hours_by"],
			show: row["show"], explain: row["explain"], settled: row["settled"], banked: row["bank"] != "", files: map[string][]byte{},
		}
		r.givenFiles(&e, row["period"])
		if len(e.files) == 0 {
			r.inventedFiles(&e, row["period"], people[e.code])
		}
		p.months[n-1].employers = append(p.months[n-1].employers, e)
	}
	r.referring(&p.months[0], people)
	return p, r.err
}

// referring adds to the first month what was done for participants until then.
func (r *demoReader) referring(m *demoMonth, people map[string][]demoPerson) {
	m.referrers = r.inventReferrers(m.period, people)
	for name, list := range map[string]*[]demoRow{"agreements": &m.agreements, "judgements": &m.judgements, "costs": &m.costs, "statements": &m.statements} {
		*list = r.rows(m.period + "/" + name + ".csv")
	}
}

// givenFiles are those that stand in the plan as they are handed in.
func (r *demoReader) givenFiles(e *demoEmployer, period string) {
	names, err := fs.Glob(demoFiles, path.Join("demo", period, e.code, "*.csv"))
	r.fail(err)
	for _, name := range names {
		text, err := demoFiles.ReadFile(name)
		r.fail(err)
		e.files[path.Base(name)] = text
	}
	e.ended = r.some(path.Join(period, e.code, "ends.csv"))
}

// user is who of an organisation has a role.
func (p demoPlan) user(org, role string) string {
	for _, u := range p.users {
		if u["org"] == org && slices.Contains(strings.Split(u["roles"], ","), role) {
			return org + "/" + u["user"]
		}
	}
	return org + "/"
}

// confirmer is who confirms what the first user with the role recorded: the last one.
func (p demoPlan) confirmer(org string) string {
	name := ""
	for _, u := range p.users {
		if u["org"] == org && slices.Contains(strings.Split(u["roles"], ","), "control") {
			name = u["user"]
		}
	}
	return org + "/" + name
}

// municipalities are those of a month, in the order of its employers, and then
// those that refer alone.
func (m demoMonth) municipalities() []string {
	var codes []string
	add := func(code string) {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, e := range m.employers {
		add(e.municipality)
	}
	for _, g := range m.referrers {
		add(g.code)
	}
	return codes
}

// schemes are those of a month: of its employers, and then those without a
// contract of employment.
func (m demoMonth) schemes() []string {
	var ids []string
	add := func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, e := range m.employers {
		add(e.scheme)
	}
	for _, g := range m.referrers {
		add(g.scheme)
	}
	return ids
}
