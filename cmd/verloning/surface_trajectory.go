package main

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// trajectorySurface are the rows about trajectories: what municipality and provider
// agreed, what happened, and what is owed for it.
func (s *service) trajectorySurface() []operation {
	d := s.desk
	return []operation{
		op("agreement", "record", payroll.Control, d.RecordAgreement, "agreement.recorded"),
		op("agreement", "list", payroll.Read, s.listAgreements),
		op("agreement", "standing", payroll.Read, s.showStanding),
		op("trajectory", "refer", payroll.Control, d.ReferTrajectories, "trajectory.referred"),
		op("trajectory", "amend", payroll.Control, d.AmendTrajectory),
		op("trajectory", "record", payroll.Control, d.RecordTrajectories, "trajectory.recorded"),
		op("trajectory", "report", payroll.Submit, d.ReportTrajectories, "trajectory.recorded", "signal.refused", "signal.dismissed"),
		op("trajectory", "judge", payroll.Control, d.JudgeTrajectories, "trajectory.confirmed", "trajectory.contested", "trajectory.upheld", "trajectory.rejected"),
		op("trajectory", "list", payroll.Read, s.listTrajectories),
		op("trajectory", "show", payroll.Read, s.showTrajectory),
		op("statement", "calculate", payroll.Control, d.CalculateStatement),
		op("statement", "approve", payroll.Approve, d.ApproveStatement, "fee.granted", "fee.reclaimed", "premium.granted", "premium.reclaimed", "payment.ordered"),
		op("statement", "settle", payroll.Control, d.SettleStatement, "statement.settled"),
		op("statement", "list", payroll.Read, s.listStatements),
		op("statement", "show", payroll.Read, s.showStatement),
		op("fee", "list", payroll.Read, s.listFees),
	}
}

type agreementsListed struct {
	Agreements []postgres.AgreementListed `json:"agreements"`
}

func (s *service) listAgreements(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (agreementsListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return agreementsListed{}, err
	}
	list, err := tx.Agreements(ctx, a, after, q.limit())
	return agreementsListed{list}, err
}

// standingAsked asks how the providers of a municipality, or a provider with all of
// its municipalities, stand in their contract years.
type standingAsked struct {
	Agreement string `json:"agreement,omitempty" validate:"omitempty,number"` // absent: every one
	On        string `json:"on,omitempty"`                                    // absent: today
}

type standingShown struct {
	Standings []subsidy.Standing `json:"standings"`
}

func (s *service) showStanding(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q standingAsked) (standingShown, error) {
	door := payroll.NewDoor(q)
	on := door.Date("on", q.On)
	if on.IsZero() {
		on = tx.Today()
	}
	if err := door.Err(); err != nil {
		return standingShown{}, err
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return standingShown{}, err
	}
	mine, err := tx.Agreements(ctx, a, uuid.Nil, math.MaxInt32)
	if err != nil {
		return standingShown{}, err
	}
	shown := standingShown{Standings: []subsidy.Standing{}}
	files := map[uuid.UUID]subsidy.StatementFile{}
	for _, one := range mine {
		if q.Agreement != "" && one.Number != q.Agreement {
			continue
		}
		file, read := files[one.Of]
		if !read {
			if file, err = tx.StatementFile(ctx, one.Of, payroll.KnownNow); err != nil {
				return shown, err
			}
			files[one.Of] = file
		}
		shown.Standings = append(shown.Standings, subsidy.StandingsOf(book, one.Agreement, file, on)...)
	}
	return shown, nil
}

// trajectoriesAsked narrows a list of trajectories to a scheme.
type trajectoriesAsked struct {
	Scheme string `json:"scheme,omitempty" validate:"omitempty,code"`
	Paged
}

type trajectoriesListed struct {
	Trajectories []postgres.TrajectoryListed `json:"trajectories"`
}

func (s *service) listTrajectories(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q trajectoriesAsked) (trajectoriesListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return trajectoriesListed{}, err
	}
	list, err := tx.Trajectories(ctx, a, q.Scheme, after, q.limit())
	return trajectoriesListed{list}, err
}

// trajectoryAsked names a trajectory; a provider names the municipality too.
type trajectoryAsked struct {
	Municipality string `json:"municipality,omitempty" validate:"omitempty,code"`
	Trajectory   string `json:"trajectory" validate:"required,number"`
}

func (s *service) showTrajectory(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q trajectoryAsked) (postgres.TrajectoryFile, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return postgres.TrajectoryFile{}, err
	}
	municipality := a.Organisation.ID
	if q.Municipality != "" {
		org, known, err := tx.OrganisationByCode(ctx, q.Municipality)
		if err != nil {
			return postgres.TrajectoryFile{}, err
		}
		if municipality = org.ID; !known {
			municipality = uuid.Nil
		}
	}
	file, known, err := tx.TrajectoryFile(ctx, a, municipality, q.Trajectory)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("trajectory", "trajectory", q.Trajectory))
	}
	return file, err
}

type statementsListed struct {
	Statements []postgres.StatementListed `json:"statements"`
}

// statementsAsked pages by sequence.
type statementsAsked struct {
	After int `json:"after,omitempty" validate:"min=0"`
	Limit int `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

func (s *service) listStatements(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q statementsAsked) (statementsListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return statementsListed{}, err
	}
	heads, err := tx.Statements(ctx, a, q.After, Paged{Limit: q.Limit}.limit())
	list := statementsListed{Statements: []postgres.StatementListed{}}
	for _, h := range heads {
		list.Statements = append(list.Statements, statementListed(h))
	}
	return list, err
}

func statementListed(h subsidy.StatementHead) postgres.StatementListed {
	status := "calculated"
	switch {
	case h.AllSettled():
		status = "settled"
	case h.Approved:
		status = "approved"
	case h.Overtaken:
		status = "overtaken"
	}
	return postgres.StatementListed{Statement: h.ID, Sequence: h.Sequence, Period: h.Period.String(), Status: status, Lines: h.Lines, Amount: h.Amount, VAT: h.VAT, Hash: h.Hash, Payments: h.Payments, ByBank: h.PaidByBank}
}

type statementAsked struct {
	Statement string `json:"statement" validate:"required,uuid"`
}

// statementShown is a statement with every line and exception.
type statementShown struct {
	postgres.StatementListed
	Rows       []statementRow          `json:"rows"`
	Exceptions []subsidy.ExceptionSaid `json:"exceptions"`
}

type statementRow struct {
	Fee     uuid.UUID     `json:"fee"` // to be explained
	Number  string        `json:"number"`
	Scheme  string        `json:"scheme"`
	Rule    string        `json:"rule"`
	Key     string        `json:"key"`
	Kind    subsidy.Kind  `json:"kind"`
	Day     calendar.Date `json:"day"`
	Amount  euro.Amount   `json:"amount"`
	VAT     euro.Amount   `json:"vat"`
	VATCost euro.Amount   `json:"vat_cost"`
	Sources []sourceShown `json:"sources"`
}

type sourceShown struct {
	Source subsidy.Source `json:"source"`
	Year   int            `json:"year"`
	Amount euro.Amount    `json:"amount"`
}

func (s *service) showStatement(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q statementAsked) (statementShown, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return statementShown{}, err
	}
	head, known, err := tx.Statement(ctx, a.Organisation.ID, uuid.MustParse(q.Statement))
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("statement", "statement", q.Statement))
	}
	if err != nil {
		return statementShown{}, err
	}
	shown := statementShown{StatementListed: statementListed(head), Rows: []statementRow{}}
	lines, err := tx.StatementLines(ctx, head)
	if err != nil {
		return shown, err
	}
	for _, l := range lines {
		row := statementRow{Fee: subsidy.LineID(head.ID, l), Number: l.Subject, Scheme: l.Scheme, Rule: l.Rule, Key: l.Key, Kind: l.Kind, Day: l.Day,
			Amount: l.Amount, VAT: l.VAT, VATCost: l.VATCost, Sources: []sourceShown{}}
		for _, part := range l.Sources {
			row.Sources = append(row.Sources, sourceShown{part.Source, part.Year, part.Amount})
		}
		shown.Rows = append(shown.Rows, row)
	}
	shown.Exceptions, err = tx.StatementExceptions(ctx, head.ID)
	return shown, err
}

// feesAsked narrows what a provider, or who pays in a municipality's place, was
// granted to one month's statements, and pages by "STATEMENT/LINE" of the last one.
type feesAsked struct {
	Period string `json:"period,omitempty"`
	Paged
}

// afterLine reads what to go on after, and refuses what names no line.
func (q feesAsked) afterLine(door *payroll.Door) (after postgres.LineAt) {
	if q.After == "" {
		return after
	}
	statement, line, _ := strings.Cut(q.After, "/")
	id, err := uuid.Parse(statement)
	number, wrong := strconv.Atoi(line)
	if err != nil || wrong != nil || number < 1 {
		door.Refuse(payroll.Reason("field/line", "after", "Geen regel van een staat (STAAT/REGEL).", "Not a line of a statement (STATEMENT/LINE)."))
	}
	return postgres.LineAt{Statement: id, Line: number}
}

type feesListed struct {
	Fees []postgres.FeeListed `json:"fees"`
}

func (s *service) listFees(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q feesAsked) (feesListed, error) {
	door := payroll.NewDoor(q)
	period, after := door.Period("period", q.Period), q.afterLine(door)
	if err := door.Err(); err != nil {
		return feesListed{}, err
	}
	var only *calendar.Period
	if q.Period != "" {
		only = &period
	}
	list, err := tx.LinesFor(ctx, a, only, after, q.limit())
	return feesListed{list}, err
}
