package main

import (
	"bytes"
	"encoding/csv"
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
}

// demoMonth is a month of some employers.
type demoMonth struct {
	period    string
	payDate   string
	employers []demoEmployer
}

// demoEmployer is an employer with the one scheme that its people are under, and
// the files that it and its municipality hand in.
type demoEmployer struct {
	code, scheme, municipality string
	hoursBy                    string // who submits the hours
	show                       string // what is shown whole: verdicts, exceptions, missing, or a kind of exceptions
	explain                    string // contract of which the claim is explained
	settled                    string // day on which the bank statement has it
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
	for i, o := range p.organisations { // Whoever pays has an account; those of the plan without one get one.
		if o["iban"] == "" && o["role"] != "inlener" && o["role"] != "reintegratiebedrijf" {
			o["iban"] = demoIBAN(i)
		}
	}
	for _, row := range r.rows("counts.csv") {
		p.counts = append(p.counts, demoCount{
			Scheme: row["scheme"], Employers: strings.Fields(row["employers"]), People: r.whole(row["people"]), Running: r.whole(row["running"]),
			Mark: row["mark"], what: payroll.Text{NL: row["nl"], EN: row["en"]},
		})
	}
	people := r.inventPeople()
	for _, row := range r.rows("employers.csv") {
		n := len(p.months)
		if n == 0 || p.months[n-1].period != row["period"] {
			p.months = append(p.months, demoMonth{period: row["period"], payDate: row["pay_date"]})
			n++
		}
		e := demoEmployer{
			code: row["employer"], scheme: row["scheme"], municipality: row["municipality"], hoursBy: row["hours_by"],
			show: row["show"], explain: row["explain"], settled: row["settled"], files: map[string][]byte{},
		}
		r.givenFiles(&e, row["period"])
		if len(e.files) == 0 {
			r.inventedFiles(&e, row["period"], people[e.code])
		}
		p.months[n-1].employers = append(p.months[n-1].employers, e)
	}
	return p, r.err
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

// municipalities are those of a month, in the order of its employers.
func (m demoMonth) municipalities() []string {
	var codes []string
	for _, e := range m.employers {
		if !slices.Contains(codes, e.municipality) {
			codes = append(codes, e.municipality)
		}
	}
	return codes
}
