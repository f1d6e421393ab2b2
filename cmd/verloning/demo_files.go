package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"time"

	"verloning/payroll/calendar"
)

// inventedFiles writes what an employer, and the municipality for it, hand in.
func (r *demoReader) inventedFiles(e *demoEmployer, period string, people []demoPerson) {
	month, err := calendar.ParsePeriod(period)
	r.fail(err)
	free := map[string]bool{}
	for _, row := range r.rows(period + "/holidays.csv") {
		free[row["day"]] = true
	}
	persons := [][]string{{"number", "bsn", "name", "birth_date", "iban", "loonheffingskorting"}}
	contracts := [][]string{{"number", "person", "scheme", "municipality", "start", "end", "hours_per_week", "wage_factor", "pay_basis", "written", "open_ended"}}
	placements := [][]string{{"contract", "inlener", "from", "to", "price"}}
	decisions := [][]string{{"number", "employer", "contract", "granted", "from", "to", "hours_per_week", "productivity", "measured_by", "review_due", "budget"}}
	hours := [][]string{{"contract", "day", "kind", "hours"}}
	late := slices.Clone(hours)
	for _, p := range people {
		c := p.cohort
		persons = append(persons, []string{"P-" + p.number, p.bsn, p.name, p.born.String(), p.iban, "true"})
		contracts = append(contracts, []string{p.number, "P-" + p.number, c["scheme"], c["municipality"], p.start.String(), p.last(), c["hours"], c["factor"], "hours", "true",
			strconv.FormatBool(p.end.IsZero())})
		if c["inlener"] != "" {
			placements = append(placements, []string{p.number, c["inlener"], p.start.String(), p.last(), c["price"]})
		}
		if c["decided"] != "" {
			decisions = append(decisions, p.decision())
		}
		switch lines := p.hours(month, free, r.whole(c["training"])); {
		case c["left"] != "":
			e.ended = append(e.ended, demoRow{"number": p.number, "end": c["left"], "reason": c["reason"]})
		case p.late:
			late = append(late, lines...)
		case !p.never:
			hours = append(hours, lines...)
		}
	}
	for _, row := range r.rows(period + "/wrong-hours.csv") {
		if row["employer"] == e.code {
			hours = append(hours, []string{row["contract"], row["day"], row["kind"], row["hours"]})
		}
	}
	for name, rows := range map[string][][]string{
		"persons.csv": persons, "contracts.csv": contracts, "placements.csv": placements, "decisions.csv": decisions, "hours.csv": hours, "hours-late.csv": late,
	} {
		if len(rows) > 1 {
			e.files[name] = demoCSV(rows)
		}
	}
}

// demoCSV writes rows as the demo's files have them.
func demoCSV(rows [][]string) []byte {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Comma = ';'
	_ = w.WriteAll(rows) // A buffer takes everything.
	return text.Bytes()
}

// last is the last day of the contract as it was agreed.
func (p demoPerson) last() string {
	if p.end.IsZero() {
		return ""
	}
	return p.end.String()
}

// decision is what the municipality decided or agreed: for the length of the
// contract, or until the day that the plan names.
func (p demoPerson) decision() []string {
	c, to, percent, by := p.cohort, p.cohort["decided"], "", ""
	if to == "contract" {
		to = p.last()
	}
	if p.percent > 0 {
		percent, by = strconv.Itoa(p.percent), "Arbeidsdeskundig bureau (verzonnen)"
	}
	return []string{"B-" + p.number, c["employer"], p.number, p.start.String(), p.start.String(), to, c["hours"], percent, by, c["review"], "W"}
}

// hours are the lines of a month: the agreed hours on weekdays, eight a day
// until the week is full, with a little of what happens to people.
func (p demoPerson) hours(month calendar.Period, free map[string]bool, training int) [][]string {
	var lines [][]string
	weekly, err := strconv.Atoi(p.cohort["hours"])
	if err != nil {
		return nil // A plan that cannot be read has failed already.
	}
	for day := month.From; !day.After(month.To); day = day.Add(1) {
		weekday := int(day.Weekday()+6) % 7 // counted from Monday
		agreed := min(8, weekly-8*weekday)
		if weekday > 4 || agreed <= 0 || day.Before(p.start) || !p.end.IsZero() && day.After(p.end) {
			continue
		}
		kind := "worked"
		switch {
		case free[day.String()]:
			kind = "public_holiday"
		case p.index%7 == 3 && (day.DayOfMonth() == 17 || day.DayOfMonth() == 18):
			kind = "sick"
		case p.index%5 == 2 && day.DayOfMonth() == 26:
			kind = "leave"
		case p.index%29 == 11 && day.DayOfMonth() == 19:
			kind = "unpaid_absence"
		case weekday > int(time.Friday-time.Monday)-training:
			kind = "training"
		}
		lines = append(lines, []string{p.number, day.String(), kind, fmt.Sprintf("%d.00", agreed)})
	}
	return lines
}
