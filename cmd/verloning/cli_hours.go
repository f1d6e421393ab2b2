package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/sheet"
	"verloning/payroll"
)

type hoursSubmit struct {
	File    string `arg:"" help:"CSV with the columns contract, day, kind, hours and, for a reintegratiebedrijf, employer; or the JSON of hours.submit. - is standard input."`
	Decimal string `enum:"point,comma" default:"point" help:"How the whole CSV file writes decimals: point or comma. Never guessed."`
	Partial bool   `help:"Keep the good lines of a part that has refused lines. Without it each part of 500 lines is kept whole or not at all."`
	Durable bool   `help:"Hand in through the durable intake, which also takes hours when the service is down; the verdict comes as an event."`
	Refused string `placeholder:"FILE" help:"Write the refused lines with their reasons to a CSV file, to be mended and handed in again."`
}

// maxHoursFile bounds a file of hours in bytes; its lines the sheet bounds.
const maxHoursFile = 64 << 20

// hoursFile is a file of hours as it was read.
type hoursFile struct {
	request payroll.HoursSubmit
	lines   []int                 // in the file, of each line of the request
	refused []payroll.RefusedLine // lines whose cells could not be read
	texts   map[int]sheet.Row     // of those, by line
}

func (f hoursFile) count() int { return len(f.lines) + len(f.refused) }

// hoursPart is what one request holds: as many lines as a submission may.
type hoursPart struct {
	request payroll.HoursSubmit
	lines   []int // in the file, of each line of the request
}

// hoursReport merges the verdicts on the parts of a file. Lines are those of
// the file.
type hoursReport struct {
	Submissions []string               `json:"submissions"`
	Earlier     []string               `json:"submitted_before,omitempty"`
	Accepted    []payroll.AcceptedLine `json:"accepted"`
	WouldBe     []int                  `json:"would_be_accepted,omitempty"`
	Refused     []payroll.RefusedLine  `json:"refused"`
}

// Run hands a file in, part by part. The id of a part is made of what it holds,
// so that a repetition after a failure changes nothing.
func (c *hoursSubmit) Run(ctx context.Context, sh *shell) error {
	if c.Durable && c.Refused != "" {
		return fault("flag/twice", "", "--refused past niet bij --durable: het oordeel komt als gebeurtenis.", "--refused does not go with --durable: the verdict comes as an event.")
	}
	file, err := c.read(sh)
	if err != nil {
		return err
	}
	if len(file.refused) > 0 && !c.Partial { // Whole or not at all goes for what could not even be read.
		return payroll.Refuse(payroll.Invalid, located(file.refused)...)
	}
	parts := c.cut(sh.Key, file.request, file.lines)
	if c.Durable {
		return c.handInDurably(ctx, sh, parts, file.refused)
	}
	report := hoursReport{Submissions: []string{}, Accepted: []payroll.AcceptedLine{}, Refused: file.refused}
	if err := report.submitAll(ctx, sh, parts, len(file.lines)); err != nil {
		return err
	}
	if c.Refused != "" {
		if err := c.writeRefused(report, file); err != nil {
			return err
		}
	}
	return report.print(sh, file.count())
}

// halfway says how far a file came: the same file again changes nothing for
// the parts that went before.
func halfway(done, all int, err error) error {
	return &partly{payroll.Text{
		NL: fmt.Sprintf("%d van %d delen zijn ingestuurd; hetzelfde bestand opnieuw gaat daar verder.", done, all),
		EN: fmt.Sprintf("%d of %d parts were handed in; the same file again goes on from there.", done, all)}, err}
}

// read reads the file, whichever of the two forms it has.
func (c *hoursSubmit) read(sh *shell) (hoursFile, error) {
	f := hoursFile{refused: []payroll.RefusedLine{}, texts: map[int]sheet.Row{}}
	file, err := sh.open(c.File)
	if err != nil {
		return f, err
	}
	content, err := io.ReadAll(io.LimitReader(file, maxHoursFile+1))
	closing(sh, file.Close)
	if err != nil {
		return f, fmt.Errorf("read %s: %w", c.File, err)
	}
	if start := bytes.TrimLeft(content, " \t\r\n"); len(content) > maxHoursFile || len(start) == 0 || start[0] != '{' {
		err := c.readCSV(&f, content) // Which also says that it is too large.
		return f, err
	}
	if err := bus.Decode(content, &f.request); err != nil {
		return f, err
	}
	for i := range f.request.Lines {
		f.lines = append(f.lines, i+1)
	}
	return f, nil
}

// readCSV reads lines. What a cell says the service judges; a line whose cells
// could not be told apart is refused here.
func (c *hoursSubmit) readCSV(f *hoursFile, content []byte) error {
	rows, err := sheet.Read(bytes.NewReader(content), sheet.Format{
		Columns: []sheet.Column{
			{Name: "contract", Required: true}, {Name: "day", Required: true}, {Name: "kind", Required: true},
			{Name: "hours", Kind: sheet.Decimal, Required: true}, {Name: "employer"}, {Name: "reasons", Kind: sheet.Ignored},
		},
		DecimalComma: c.Decimal == "comma", MaxBytes: maxHoursFile,
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault("file/empty", "", "Het bestand heeft geen regels.", "The file has no lines.")
	}
	for _, row := range rows {
		if len(row.Problems) > 0 {
			f.refused = append(f.refused, payroll.RefusedLine{Line: row.Line, Problems: row.Problems})
			f.texts[row.Line] = row
			continue
		}
		cell := func(name string) string {
			text, _ := row.Cells[name].(string)
			return text
		}
		f.request.Lines = append(f.request.Lines, payroll.HoursLine{
			Employer: cell("employer"), Contract: cell("contract"), Day: cell("day"), Kind: cell("kind"), Hours: cell("hours"),
		})
		f.lines = append(f.lines, row.Line)
	}
	return nil
}

// located puts the problems of refused lines at their lines.
func located(refused []payroll.RefusedLine) []payroll.Problem {
	var problems []payroll.Problem
	for _, r := range refused {
		for _, p := range r.Problems {
			problems = append(problems, p.At(r.Line))
		}
	}
	return problems
}

// hoursNamespace is what ids of submissions are derived under (UUID version 5).
var hoursNamespace = uuid.MustParse("5f0c1c56-8a0e-5f0b-9d5c-6b1f3c1e7a42")

// cut deals the lines out into submissions. A submission that names itself
// keeps its id when it is one part.
func (c *hoursSubmit) cut(salt string, whole payroll.HoursSubmit, lines []int) []hoursPart {
	if c.Partial {
		whole.Mode = "partial"
	}
	var parts []hoursPart
	for from := 0; from < len(whole.Lines); from += payroll.MaxLines {
		to := min(from+payroll.MaxLines, len(whole.Lines))
		part := whole
		part.Lines = whole.Lines[from:to]
		if len(whole.Lines) > payroll.MaxLines {
			part.IdempotencyKey = "" // One key goes with one request; the id does the same here.
		}
		if part.Submission == "" || len(whole.Lines) > payroll.MaxLines {
			part.Submission = submissionID(salt, whole, part.Lines, len(parts))
		}
		parts = append(parts, hoursPart{part, lines[from:to]})
	}
	return parts
}

// submissionID derives the id of a part from what it holds and its place.
func submissionID(salt string, whole payroll.HoursSubmit, lines []payroll.HoursLine, place int) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %q %q %d\n", salt, whole.Submission, whole.Mode, place)
	for _, l := range lines {
		_, _ = fmt.Fprintf(h, "%q %q %q %q %q\n", l.Employer, l.Contract, l.Day, l.Kind, l.Hours)
	}
	return uuid.NewSHA1(hoursNamespace, h.Sum(nil)).String()
}

// submitAll hands the parts in, in the order of the file.
func (r *hoursReport) submitAll(ctx context.Context, sh *shell, parts []hoursPart, lines int) error {
	m := sh.meter(payroll.Text{NL: "uren insturen", EN: "handing in hours"}, lines)
	defer m.end()
	for _, p := range parts {
		if err := r.submit(ctx, sh, p); err != nil {
			return halfway(len(r.Submissions), len(parts), err)
		}
		m.add(len(p.lines))
	}
	return nil
}

// submit hands one part in and merges its verdict. A part that was handed in
// before has its verdict already; whoever repeats a file after mending
// something elsewhere must know that it was not judged again.
func (r *hoursReport) submit(ctx context.Context, sh *shell, p hoursPart) error {
	var verdict payroll.HoursVerdict
	err := sh.insist(ctx, "hours", "status", payroll.HoursStatus{Submission: p.request.Submission}, &verdict)
	var problem *bus.Problem
	switch {
	case err == nil:
		r.Earlier = append(r.Earlier, p.request.Submission)
	case errors.As(err, &problem) && problem.Type == string(payroll.NotFound):
	default:
		return err
	}
	// Asked again all the same: the service holds the lines against those of then.
	if err := sh.insist(ctx, "hours", "submit", p.request, &verdict); err != nil {
		return inFile(err, p.lines)
	}
	r.Submissions = append(r.Submissions, p.request.Submission)
	r.merge(verdict, p.lines)
	return nil
}

// merge adds a verdict with the lines of the file.
func (r *hoursReport) merge(v payroll.HoursVerdict, lines []int) {
	for _, a := range v.Accepted {
		a.Line = lineOf(lines, a.Line)
		r.Accepted = append(r.Accepted, a)
	}
	for _, n := range v.WouldBe {
		r.WouldBe = append(r.WouldBe, lineOf(lines, n))
	}
	for _, one := range v.Refused {
		one.Line = lineOf(lines, one.Line)
		r.Refused = append(r.Refused, one)
	}
}

func lineOf(lines []int, n int) int {
	if n >= 1 && n <= len(lines) {
		return lines[n-1]
	}
	return n
}

// inFile gives the problems of a refused request the lines of the file.
func inFile(err error, lines []int) error {
	var problem *bus.Problem
	if errors.As(err, &problem) {
		for i, p := range problem.Problems {
			problem.Problems[i].Line = lineOf(lines, p.Line)
		}
	}
	return err
}

// print shows what was refused first, with every reason, then what deserves
// attention, then the counts.
func (r *hoursReport) print(sh *shell, all int) error {
	if len(r.Earlier) > 0 {
		sh.note("%d deel/delen zijn eerder ingestuurd: dit is het oordeel van toen. Opnieuw insturen kan met een andere --key.",
			"%d part(s) were handed in before: this is the verdict of then. To hand in anew, give another --key.", len(r.Earlier))
	}
	if sh.JSON {
		if err := sh.printJSON(r); err != nil {
			return err
		}
	} else if err := r.printLines(sh); err != nil {
		return err
	}
	switch {
	case len(r.Refused) > 0 && len(r.WouldBe) > 0:
		return sh.failed("%d van %d regels zijn geweigerd; daarom zijn %d goede regels niet bewaard (--partial bewaart ze).",
			"%d of %d lines were refused; for that reason %d good lines were not kept (--partial keeps them).", len(r.Refused), all, len(r.WouldBe))
	case len(r.Refused) > 0:
		return sh.failed("%d van %d regels zijn geweigerd.", "%d of %d lines were refused.", len(r.Refused), all)
	}
	return nil
}

func (r *hoursReport) printLines(sh *shell) error {
	for _, p := range located(r.Refused) {
		if err := sh.say("geweigerd  %s", "refused  %s", sh.reason(p)); err != nil {
			return err
		}
	}
	late := 0
	for _, a := range r.Accepted {
		if a.Late {
			late++
		}
		for _, w := range a.Warnings {
			if err := sh.say("let op  %s", "mind  %s", sh.reason(w.At(a.Line))); err != nil {
				return err
			}
		}
	}
	for _, id := range r.Submissions {
		if err := sh.say("inzending %s", "submission %s", id); err != nil {
			return err
		}
	}
	return sh.say("%d regels geaccepteerd, waarvan %d na goedkeuring van de run; %d geweigerd.", "%d lines accepted, %d of them after the run's approval; %d refused.", len(r.Accepted), late, len(r.Refused))
}

// refusedColumns are those of the file that writeRefused writes; reading it
// again leaves the last one alone.
var refusedColumns = []string{"employer", "contract", "day", "kind", "hours", "reasons"}

// writeRefused writes the refused lines as they were, in the style that the
// file was declared to have.
func (c *hoursSubmit) writeRefused(r hoursReport, f hoursFile) (err error) {
	byLine := map[int]payroll.HoursLine{}
	for i, n := range f.lines {
		byLine[n] = f.request.Lines[i]
	}
	var rows [][]sheet.Cell
	for _, one := range r.Refused {
		l, hours := byLine[one.Line], sheet.D(byLine[one.Line].Hours)
		if row, unread := f.texts[one.Line]; unread { // As it was written: nobody knows what it meant.
			l = payroll.HoursLine{Employer: row.Texts["employer"], Contract: row.Texts["contract"], Day: row.Texts["day"], Kind: row.Texts["kind"]}
			hours = sheet.T(row.Texts["hours"])
		}
		var reasons []string
		for _, p := range one.Problems {
			reasons = append(reasons, p.Field+": "+p.Detail.NL+" / "+p.Detail.EN)
		}
		rows = append(rows, []sheet.Cell{sheet.T(l.Employer), sheet.T(l.Contract), sheet.T(l.Day), sheet.T(l.Kind), hours, sheet.T(strings.Join(reasons, "; "))})
	}
	style := sheet.RFC4180
	if c.Decimal == "comma" {
		style = sheet.Excel
	}
	file, err := os.OpenFile(c.Refused, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the refused lines: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return sheet.Write(file, style, refusedColumns, rows)
}

// durablyHandedIn is what is known of hours in the intake: that they are on
// disk. What becomes of them an event says.
type durablyHandedIn struct {
	Submission string `json:"submission"`
	Stream     string `json:"stream"`
	Sequence   uint64 `json:"sequence"`
	Lines      int    `json:"lines"`
}

func (c *hoursSubmit) handInDurably(ctx context.Context, sh *shell, parts []hoursPart, unread []payroll.RefusedLine) error {
	client, err := sh.connect()
	if err != nil {
		return err
	}
	var acks []durablyHandedIn
	for _, p := range parts {
		body, err := json.Marshal(p.request)
		if err != nil {
			return fmt.Errorf("hours: %w", err)
		}
		ack, err := client.SubmitHours(ctx, body, p.request.Submission)
		if err != nil {
			return halfway(len(acks), len(parts), err)
		}
		acks = append(acks, durablyHandedIn{p.request.Submission, ack.Stream, ack.Sequence, len(p.lines)})
	}
	if sh.JSON {
		err = sh.printJSON(map[string][]durablyHandedIn{"handed_in": acks})
	}
	for _, a := range acks {
		if !sh.JSON && err == nil {
			err = sh.say("inzending %s: %d regels op schijf (%s %d)", "submission %s: %d lines on disk (%s %d)", a.Submission, a.Lines, a.Stream, a.Sequence)
		}
	}
	if err != nil {
		return err
	}
	sh.note("Het oordeel komt als gebeurtenis hours.accepted of hours.rejected (verloning events tail), of met: verloning hours status INZENDING.",
		"The verdict comes as an event hours.accepted or hours.rejected (verloning events tail), or with: verloning hours status SUBMISSION.")
	if len(unread) > 0 {
		return payroll.Refuse(payroll.Invalid, located(unread)...)
	}
	return nil
}

type hoursStatus struct {
	ID string `arg:"" help:"Id of the submission."`
}

func (c *hoursStatus) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "hours", "status", payroll.HoursStatus{Submission: c.ID}, func(v payroll.HoursVerdict) error {
		report := hoursReport{Submissions: []string{v.Submission}}
		report.merge(v, nil)
		return report.printLines(sh)
	})
}
