package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/subsidy"
)

type trajectoryRefer struct {
	Number    string `required:"" help:"The gemeente's own number."`
	Scheme    string `required:"" help:"Id of the scheme."`
	Provider  string `help:"Code of the re-integratiebedrijf; without it that of the agreement, or the gemeente itself."`
	Agreement string `help:"Number of the agreement."`
	BSN       string `name:"bsn" help:"BSN; - reads it from standard input, so that it stands in no list of processes."`
	IBAN      string `name:"iban" help:"IBAN of the participant, for premiums."`
	Benefit   string `help:"WWB (default), WIA, WW or none."`
	Referred  string `required:"" help:"Day of referral."`
}

func (c *trajectoryRefer) Run(ctx context.Context, sh *shell) error {
	bsn, err := sh.unseen(c.BSN)
	if err != nil {
		return err
	}
	request := subsidy.TrajectoryRefer{Command: sh.command(), Trajectories: []subsidy.Referral{{
		Number: c.Number, Scheme: c.Scheme, Provider: c.Provider, Agreement: c.Agreement, BSN: bsn, IBAN: c.IBAN, Benefit: c.Benefit, Referred: c.Referred,
	}}}
	return ask(ctx, sh, "trajectory", "refer", request, func(r subsidy.TrajectoriesReferred) error {
		return sh.say("Traject %s is aangemeld.", "Trajectory %s is referred.", r.Trajectories[0].Number)
	})
}

type trajectoryAmend struct {
	Trajectory string `arg:"" help:"Number of the trajectory."`
	IBAN       string `name:"iban" help:"IBAN of the participant, for what is paid from now on."`
	Benefit    string `help:"WWB, WIA, WW or none."`
}

func (c *trajectoryAmend) Run(ctx context.Context, sh *shell) error {
	request := subsidy.TrajectoryAmend{Command: sh.command(), Trajectory: c.Trajectory, IBAN: c.IBAN, Benefit: c.Benefit}
	return ask(ctx, sh, "trajectory", "amend", request, func(r subsidy.TrajectoryRef) error {
		return sh.say("Traject %s is gewijzigd.", "Trajectory %s is amended.", r.Number)
	})
}

type trajectoryImport struct{ importFile }

func (c *trajectoryImport) Run(ctx context.Context, sh *shell) error {
	return importRows[subsidy.Referral](ctx, sh, c.importFile, importing{noun: "trajectory", verb: "refer", lane: "number", within: "trajectories"})
}

// trajectoryEvent is what happened, as flags.
type trajectoryEvent struct {
	Trajectory       string            `arg:"" help:"Number of the trajectory."`
	Kind             string            `arg:"" help:"intake, accepted, plan, started, extended, ordered, delivered, placed, relapsed or exited."`
	Day              string            `required:"" help:"Day on which it happened."`
	Product          string            `help:"Of an order or a delivery."`
	Sector           string            `help:"Of the employer that somebody starts or is placed with, such as profit."`
	Employer         string            `help:"Code of the employer of the contract under which somebody starts."`
	Contract         string            `help:"Its number."`
	JobTo            string            `help:"Last day of the job that somebody is placed in; without it open-ended."`
	JobHours         string            `help:"Hours a week of that job."`
	JobFullTimeHours string            `help:"Full week of that job."`
	Reason           string            `help:"Of an exit: a code of the scheme."`
	Evidence         string            `help:"Where the proof is kept."`
	Answer           map[string]string `help:"At intake, such as --answer dutch=yes: yes, no or unknown."`
	Despite          string            `help:"Why somebody starts who is not found eligible."`
}

func (c trajectoryEvent) line(municipality string) subsidy.TrajectoryLine {
	line := subsidy.TrajectoryLine{
		Municipality: municipality, Trajectory: c.Trajectory, Kind: c.Kind, Day: c.Day, Product: c.Product, Sector: c.Sector, Employer: c.Employer, Contract: c.Contract,
		JobTo: c.JobTo, JobHours: c.JobHours, JobFullTimeHours: c.JobFullTimeHours, Reason: c.Reason, Evidence: c.Evidence, Despite: c.Despite,
	}
	for _, condition := range slices.Sorted(maps.Keys(c.Answer)) {
		line.Answers = append(line.Answers, subsidy.Answered{Condition: condition, Answer: c.Answer[condition]})
	}
	return line
}

type trajectoryRecord struct{ trajectoryEvent }

func (c *trajectoryRecord) Run(ctx context.Context, sh *shell) error {
	request := subsidy.TrajectoryRecord{Command: sh.command(), Events: []subsidy.TrajectoryLine{c.line("")}}
	return ask(ctx, sh, "trajectory", "record", request, sh.eventsRecorded)
}

type trajectoryReport struct {
	Municipality string `required:"" help:"Code of the gemeente."`
	trajectoryEvent
}

func (c *trajectoryReport) Run(ctx context.Context, sh *shell) error {
	request := subsidy.TrajectoryReport{Command: sh.command(), Events: []subsidy.TrajectoryLine{c.line(c.Municipality)}}
	return ask(ctx, sh, "trajectory", "report", request, sh.eventsRecorded)
}

func (sh *shell) eventsRecorded(r subsidy.TrajectoryRecorded) error {
	for _, e := range r.Events {
		eligible := ""
		if e.Eligible != "" {
			eligible = fmt.Sprintf(" (%s)", e.Eligible)
		}
		if err := sh.say("Traject %s, gebeurtenis %d: %s%s.", "Trajectory %s, event %d: %s%s.", e.Trajectory, e.Event, e.State, eligible); err != nil {
			return err
		}
	}
	if r.More {
		return sh.say("Er is nog meer te beoordelen: geef de opdracht opnieuw.", "There is more to judge: give the command again.")
	}
	return nil
}

// trajectoryRow is a line of a file: the answers of an intake stand in one column,
// such as "dutch=yes motivated=unknown".
type trajectoryRow struct {
	subsidy.TrajectoryLine
	Answers string `json:"answers"`
}

// answered takes the column of answers apart. What is not written as
// condition=answer the service refuses.
func answered(cells map[string]any) {
	text, _ := cells["answers"].(string)
	delete(cells, "answers")
	var list []subsidy.Answered
	for _, word := range strings.Fields(text) {
		condition, answer, _ := strings.Cut(word, "=")
		list = append(list, subsidy.Answered{Condition: condition, Answer: answer})
	}
	if len(list) > 0 {
		cells["answers"] = list
	}
}

type trajectoryEvents struct {
	importFile
	Report bool `help:"As the re-integratiebedrijf; the file has a column municipality."`
}

// Run hands in what happened in the order of the file for each trajectory.
func (c *trajectoryEvents) Run(ctx context.Context, sh *shell) error {
	what := importing{noun: "trajectory", verb: "record", lane: "trajectory", within: "events", decimals: []string{"job_hours", "job_full_time_hours"}, shape: answered}
	if c.Report {
		what.verb = "report"
	}
	return importRows[trajectoryRow](ctx, sh, c.importFile, what)
}

type trajectoryJudge struct {
	Verdict  string   `arg:"" help:"confirmed, contested, upheld or rejected."`
	Reason   string   `help:"Reason of a no."`
	Until    string   `help:"Day by which what is contested is to be proved; without it as the scheme has it."`
	Provider string   `help:"Code of the re-integratiebedrijf; with --all."`
	All      bool     `help:"Everything that it reported and nobody judged."`
	Events   []string `arg:"" optional:"" name:"event" help:"TRAJECTORY:EVENT, such as T-17:3."`
}

func (c *trajectoryJudge) Run(ctx context.Context, sh *shell) error {
	request := subsidy.TrajectoryJudge{Command: sh.command(), Verdict: c.Verdict, Reason: c.Reason, Until: c.Until, Provider: c.Provider, All: c.All}
	for _, text := range c.Events {
		number, event, named := strings.Cut(text, ":")
		n, err := strconv.Atoi(event)
		if !named || err != nil {
			return fault("event/name", "events", fmt.Sprintf("%.60s: schrijf TRAJECT:GEBEURTENIS, zoals T-17:3.", text), fmt.Sprintf("%.60s: write TRAJECTORY:EVENT, such as T-17:3.", text))
		}
		request.Events = append(request.Events, subsidy.EventNamed{Trajectory: number, Event: n})
	}
	return ask(ctx, sh, "trajectory", "judge", request, sh.eventsRecorded)
}

type trajectoryList struct {
	Scheme string `help:"Id of a scheme."`
	Limit  int    `help:"At most so many; otherwise all."`
}

func (c *trajectoryList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "trajectory", "list", "trajectories", c.Limit,
		func(after string, limit int) any {
			return trajectoriesAsked{Scheme: c.Scheme, Paged: Paged{After: after, Limit: limit}}
		},
		func(one postgres.TrajectoryListed) string { return one.Trajectory.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(trajectoriesListed{list})
	}
	shown := newTable("number", "municipality", "scheme", "provider", "agreement", "benefit", "referred", "last", "last_day", ">open")
	for _, t := range list {
		shown.add(t.Number, t.Municipality, t.Scheme, orDash(t.Provider), orDash(t.Agreement), string(t.Benefit), t.Referred.String(), orDash(strings.TrimSpace(t.Last+" "+t.Reason)), orDash(t.LastDay.String()), strconv.Itoa(t.Open))
	}
	return shown.print(sh.out)
}

type trajectoryShow struct {
	Trajectory   string `arg:"" help:"Number of the trajectory."`
	Municipality string `help:"Code of the gemeente, for a re-integratiebedrijf."`
}

func (c *trajectoryShow) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "trajectory", "show", trajectoryAsked{Municipality: c.Municipality, Trajectory: c.Trajectory}, func(f postgres.TrajectoryFile) error {
		if err := sh.say("Traject %s, regeling %s, aangemeld %s.", "Trajectory %s, scheme %s, referred %s.", f.Number, f.Scheme, f.Referred); err != nil {
			return err
		}
		shown := newTable(">event", "day", "kind", "state", "what", "until", "evidence")
		for _, e := range f.Events {
			what := strings.TrimSpace(strings.Join([]string{e.Product, e.Sector, e.Reason, string(e.Eligible)}, " "))
			shown.add(strconv.Itoa(e.Event), e.Day.String(), string(e.Kind), string(e.State), orDash(what), orDash(e.Until.String()), orDash(e.Evidence))
		}
		return shown.print(sh.out)
	})
}
