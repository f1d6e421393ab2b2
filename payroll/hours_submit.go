package payroll

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// MaxLines is how many lines one submission may hold, so that a verdict with
// every reason on every line still fits a message of one megabyte. Longer
// months are cut into several submissions, each with a verdict of its own.
const MaxLines = 500

// Limits on the working week (Arbeidstijdenwet art. 5:7: sixty hours at most,
// forty-eight on average over sixteen weeks).
const (
	weekWarns   Quantity = 48_00
	weekRefuses Quantity = 60_00
)

// HoursSubmit hands hours in. Atomic is the default: one refused line means
// that nothing is stored; partial keeps the good lines.
type HoursSubmit struct {
	Command
	Submission string      `json:"submission" validate:"required,uuid"`
	Mode       string      `json:"mode,omitempty" validate:"omitempty,oneof=atomic partial"`
	Lines      []HoursLine `json:"lines" validate:"required,min=1,max=500"`
}

// HoursLine is one day of one contract in one kind. The employer is named only
// by a re-integratiebedrijf that submits for several.
type HoursLine struct {
	Employer string `json:"employer,omitempty" validate:"omitempty,code"`
	Contract string `json:"contract" validate:"required,number"`
	Day      string `json:"day" validate:"required"`
	Kind     string `json:"kind" validate:"required,oneof=worked training sick leave public_holiday unpaid_absence"`
	Hours    string `json:"hours" validate:"required"`
}

// HoursVerdict is the answer to a submission, line by line.
type HoursVerdict struct {
	Submission string         `json:"submission"`
	Accepted   []AcceptedLine `json:"accepted"`
	WouldBe    []int          `json:"would_be_accepted,omitempty"` // of an atomic submission that was refused
	Refused    []RefusedLine  `json:"refused"`
}

// AcceptedLine says which version the hours of a line became.
type AcceptedLine struct {
	Line     int       `json:"line"`
	Version  int       `json:"version"`
	Late     bool      `json:"late,omitempty"` // the period was approved; kept for a correction
	Warnings []Problem `json:"warnings,omitempty"`
}

// RefusedLine has every reason why a line was refused.
type RefusedLine struct {
	Line     int       `json:"line"`
	Problems []Problem `json:"problems"`
}

// HoursBook is what judging a submission needs to know: looked up set-wise,
// once for all lines.
type HoursBook struct {
	Contracts map[ContractKey]Contract          // those that the submitter may submit for
	Versions  map[HoursKey]int                  // newest version of each day and kind
	Week      map[WeekKey]map[HoursKey]Quantity // hours of a person in a week, of every kind, as known
	Approved  map[uuid.UUID][]calendar.Span     // employer → periods whose run is approved
	Locks     map[uuid.UUID][]PeriodLock        // employer → statements about periods, in order
	Submitter uuid.UUID                         // organisation; another than the employer is a re-integratiebedrijf
}

// ContractKey names a contract as a submission does; an empty employer is the
// submitter itself or the only employer it submits for.
type ContractKey struct{ Employer, Number string }

// HoursKey is what versions are counted by.
type HoursKey struct {
	Contract uuid.UUID
	Day      calendar.Date
	Kind     HoursKind
}

// WeekKey is a person's week at one employer.
type WeekKey struct {
	Person   uuid.UUID
	Employer uuid.UUID
	Monday   calendar.Date
}

// SubmitHours judges a submission line by line, keeps what it accepts and
// announces the verdict. The same submission again gets the same verdict; the
// same id with other lines is refused.
func (d *Desk) SubmitHours(ctx context.Context, tx Tx, a Actor, req HoursSubmit) (HoursVerdict, error) {
	door := NewDoor(req)
	if err := door.Err(); err != nil {
		return HoursVerdict{}, err
	}
	id := uuid.MustParse(req.Submission)
	if earlier, done, err := tx.Verdict(ctx, a, id, req); err != nil || done {
		return earlier, err
	}
	lines := make([]judged, len(req.Lines))
	for i, l := range req.Lines {
		lines[i] = l.read(i + 1)
	}
	book, err := tx.HoursBook(ctx, a, req.Lines, days(lines))
	if err != nil {
		return HoursVerdict{}, err
	}
	verdict := judge(id, lines, book)
	hours := lines[:0:0]
	if len(verdict.Refused) == 0 || req.Mode == "partial" {
		for _, l := range lines {
			if len(l.problems) == 0 {
				hours = append(hours, l)
			}
		}
	} else {
		for _, l := range verdict.Accepted {
			verdict.WouldBe = append(verdict.WouldBe, l.Line)
		}
		verdict.Accepted = []AcceptedLine{}
	}
	if err := tx.AddSubmission(ctx, a, id, req, verdict, facts(hours)); err != nil {
		return HoursVerdict{}, err
	}
	return verdict, tx.Publish(ctx, hoursEvents(a, id, verdict))
}

// judged is a line on its way through the door.
type judged struct {
	Hours
	key      ContractKey
	person   uuid.UUID
	employer uuid.UUID
	problems []Problem
	warnings []Problem
}

// read turns the texts of a line into values.
func (l HoursLine) read(line int) judged {
	door := NewLineDoor(0, l)
	j := judged{key: ContractKey{l.Employer, l.Contract}}
	j.Line, j.Kind, j.Day = line, HoursKind(l.Kind), door.Date("day", l.Day)
	if !door.failed("hours") {
		q, err := ParseQuantity(l.Hours)
		if err != nil || q < 0 || q > MaxDay {
			door.Refuse(Reason("hours/out_of_range", "hours", "Uren liggen tussen 0 en 24 per dag.", "Hours lie between 0 and 24 a day."))
		}
		j.Quantity = q
	}
	j.problems = door.Problems
	return j
}

func days(lines []judged) calendar.Span {
	var s calendar.Span
	for _, l := range lines {
		if l.Day.IsZero() {
			continue
		}
		if s.From.IsZero() || l.Day.Before(s.From) {
			s.From = l.Day
		}
		if l.Day.After(s.To) {
			s.To = l.Day
		}
	}
	return s
}

// judge decides on every line: contract, duplicates, days of the contract, the
// day's and the week's total.
func judge(submission uuid.UUID, lines []judged, book HoursBook) HoursVerdict {
	seen, versions := map[HoursKey]int{}, map[HoursKey]int{}
	for i := range lines {
		lines[i].place(book, seen, versions, submission)
	}
	judgeTotals(lines, book)
	verdict := HoursVerdict{Submission: submission.String(), Accepted: []AcceptedLine{}, Refused: []RefusedLine{}}
	for _, l := range lines {
		if len(l.problems) > 0 {
			verdict.Refused = append(verdict.Refused, RefusedLine{Line: l.Line, Problems: l.problems})
			continue
		}
		verdict.Accepted = append(verdict.Accepted, AcceptedLine{Line: l.Line, Version: l.Version, Late: l.Late, Warnings: l.warnings})
	}
	return verdict
}

// place finds the contract of a line and the version that it becomes.
func (j *judged) place(book HoursBook, seen, versions map[HoursKey]int, submission uuid.UUID) {
	c, known := book.Contracts[j.key]
	if !known {
		if !hasField(j.problems, "contract") {
			unknown := Reason("contract/unknown", "contract",
				fmt.Sprintf("Contract %.40s is niet bekend bij uw organisatie.", echo(j.key.Number)),
				fmt.Sprintf("Contract %.40s is not known to your organisation.", echo(j.key.Number)))
			j.problems = append([]Problem{unknown}, j.problems...)
		}
		return
	}
	j.Contract, j.Submission, j.person, j.employer = c.ID, submission, c.Person, c.Employer
	if j.Day.IsZero() {
		return
	}
	if !c.Span().Holds(j.Day) {
		j.problems = append(j.problems, Reason("day/outside_contract", "day",
			fmt.Sprintf("Contract %s loopt niet op %s.", c.Number, j.Day), fmt.Sprintf("Contract %s does not run on %s.", c.Number, j.Day)))
	}
	if l, locked := lockedOn(book.Locks[c.Employer], c.ID, c.Employer != book.Submitter, j.Day); locked {
		j.problems = append(j.problems, l.refusal("day"))
	}
	key := HoursKey{c.ID, j.Day, j.Kind}
	if first, twice := seen[key]; twice {
		j.problems = append(j.problems, Reason("day/duplicate", "day",
			fmt.Sprintf("Dezelfde dag en soort staan al in regel %d.", first), fmt.Sprintf("Line %d has the same day and kind already.", first)))
		return
	}
	if len(j.problems) == 0 {
		seen[key] = j.Line
	}
	if _, started := versions[key]; !started {
		versions[key] = book.Versions[key]
	}
	versions[key]++
	j.Version = versions[key]
	if slices.ContainsFunc(book.Approved[c.Employer], func(s calendar.Span) bool { return s.Holds(j.Day) }) {
		j.Late = true
		j.warnings = append(j.warnings, Reason("period/approved", "day",
			"De run van deze periode is al goedgekeurd; deze uren zijn bewaard voor een correctie.", "The run of this period is approved; these hours are kept for a correction."))
	}
}

// judgeTotals refuses days of more than 24 hours and weeks of more than sixty
// hours on duty, over everything the person does at the employer, and warns
// above forty-eight. What a day refuses does not count for the week.
func judgeTotals(lines []judged, book HoursBook) {
	weeks := weekTotals(lines, book)
	for i := range lines {
		l := &lines[i]
		if len(l.problems) == 0 && total(weeks[l.week()], func(k HoursKey) bool { return k.Day == l.Day }) > MaxDay {
			l.problems = append(l.problems, Reason("hours/day_total", "hours", "Samen meer dan 24 uur op deze dag.", "More than 24 hours together on this day."))
		}
	}
	weeks = weekTotals(lines, book)
	for i := range lines {
		if l := &lines[i]; len(l.problems) == 0 {
			l.judgeWeek(total(weeks[l.week()], func(k HoursKey) bool { return k.Kind.OnDuty() }))
		}
	}
}

func (j *judged) week() WeekKey { return WeekKey{j.person, j.employer, j.Day.Week()} }

// weekTotals is what the weeks come to with the lines that are good so far.
func weekTotals(lines []judged, book HoursBook) map[WeekKey]map[HoursKey]Quantity {
	weeks := map[WeekKey]map[HoursKey]Quantity{}
	for i := range lines {
		l := &lines[i]
		if len(l.problems) > 0 {
			continue
		}
		if weeks[l.week()] == nil {
			weeks[l.week()] = maps.Clone(book.Week[l.week()])
			if weeks[l.week()] == nil {
				weeks[l.week()] = map[HoursKey]Quantity{}
			}
		}
		weeks[l.week()][HoursKey{l.Contract, l.Day, l.Kind}] = l.Quantity
	}
	return weeks
}

// total adds up the hours of a week that count.
func total(week map[HoursKey]Quantity, counts func(HoursKey) bool) Quantity {
	var sum Quantity
	for key, q := range week {
		if counts(key) {
			sum += q
		}
	}
	return sum
}

func (j *judged) judgeWeek(sum Quantity) {
	if !j.Kind.OnDuty() {
		return
	}
	switch p := Reason("hours/week_total", "hours",
		fmt.Sprintf("%s uur in de week van %s.", sum, j.Day.Week()), fmt.Sprintf("%s hours in the week of %s.", sum, j.Day.Week())); {
	case sum > weekRefuses:
		p.Article = "Arbeidstijdenwet art. 5:7"
		j.problems = append(j.problems, p)
	case sum > weekWarns:
		p.Article = "Arbeidstijdenwet art. 5:7"
		j.warnings = append(j.warnings, p)
	}
}

func hasField(problems []Problem, field string) bool {
	for _, p := range problems {
		if p.Field == field {
			return true
		}
	}
	return false
}

func facts(lines []judged) []Hours {
	hours := make([]Hours, len(lines))
	for i, l := range lines {
		hours[i] = l.Hours
	}
	return hours
}

// hoursEvents announces a verdict to who submitted: counts, and the refused
// lines with their reasons, so that hours sent while we were away are answered.
func hoursEvents(a Actor, submission uuid.UUID, v HoursVerdict) []Event {
	// The submitter chooses the submission's id, so that it must not be able to
	// be that of a payment or a claim.
	aggregate := DeriveID("submission/" + a.Organisation.ID.String() + "/" + submission.String())
	var events []Event
	add := func(verb string, data any) {
		events = append(events, Event{
			Owner: a.Organisation.ID, Noun: "hours", Aggregate: aggregate, Version: len(events) + 1, Verb: verb, Data: EventData(data),
		})
	}
	if len(v.Accepted) > 0 {
		add("accepted", map[string]any{"submission": submission, "lines": len(v.Accepted), "verdict": v.Accepted})
	}
	if len(v.Refused) > 0 {
		add("rejected", map[string]any{"submission": submission, "refused": v.Refused})
	}
	return events
}

// RejectedWhole is the event of a message of the intake that was refused before
// any line was judged. What was handed in is named by its digest, as it may not
// even be readable.
func RejectedWhole(a Actor, body []byte, refusal *Refusal) Event {
	digest := sha256.Sum256(body)
	return Event{
		Owner: a.Organisation.ID, Noun: "hours", Aggregate: DeriveID(fmt.Sprintf("refused/%s/%x", a.Organisation.ID, digest)), Version: 1, Verb: "rejected",
		Data: EventData(map[string]any{"sha256": HashText(digest[:]), "meaning": refusal.Meaning, "problems": refusal.Problems}),
	}
}

// HoursStatus asks for the verdict of an earlier submission.
type HoursStatus struct {
	Submission string `json:"submission" validate:"required,uuid"`
}

// StatusOfHours returns the verdict of a submission of the caller.
func (d *Desk) StatusOfHours(ctx context.Context, tx Tx, a Actor, req HoursStatus) (HoursVerdict, error) {
	if err := NewDoor(req).Err(); err != nil {
		return HoursVerdict{}, err
	}
	verdict, known, err := tx.VerdictOf(ctx, a, uuid.MustParse(req.Submission))
	if err == nil && !known {
		err = Refuse(NotFound, Unknown("submission", "submission", req.Submission))
	}
	return verdict, err
}
