package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// TrajectoryListed is a trajectory as a list shows it, with the last thing that
// happened and how much waits for a verdict.
type TrajectoryListed struct {
	Trajectory   uuid.UUID       `json:"trajectory"`
	Number       string          `json:"number"`
	Municipality string          `json:"municipality"`
	Provider     string          `json:"provider,omitempty"`
	Agreement    string          `json:"agreement,omitempty"`
	Scheme       string          `json:"scheme"`
	Benefit      subsidy.Benefit `json:"benefit"`
	Referred     calendar.Date   `json:"referred"`
	Last         string          `json:"last,omitempty"`
	LastDay      calendar.Date   `json:"last_day,omitzero"`
	Reason       string          `json:"reason,omitempty"` // of an exit, where that was the last
	Open         int             `json:"open"`             // events that wait for a verdict
}

// trajectoriesListed selects what a list shows of trajectories.
const trajectoriesListed = `
	SELECT t.id, t.number, m.code, coalesce(p.code, ''), coalesce(g.number, ''), t.scheme, coalesce(v.benefit, t.benefit), t.referred, coalesce(e.kind, ''), e.day, coalesce(e.reason, ''),
	       (SELECT count(*)::int FROM trajectory_event o
	        LEFT JOIN LATERAL (SELECT verdict FROM trajectory_verdict v WHERE v.trajectory = o.trajectory AND v.event = o.number ORDER BY v.version DESC LIMIT 1) v ON true
	        WHERE o.trajectory = t.id AND coalesce(v.verdict, CASE WHEN o.reported THEN 'reported' ELSE 'confirmed' END) IN ('reported', 'contested'))
	FROM trajectory t JOIN organisation m ON m.id = t.municipality
	LEFT JOIN LATERAL (SELECT benefit FROM trajectory_version v WHERE v.trajectory = t.id ORDER BY v.version DESC LIMIT 1) v ON true
	LEFT JOIN organisation p ON p.id = t.provider LEFT JOIN agreement g ON g.id = t.agreement
	LEFT JOIN LATERAL (SELECT kind, day, reason FROM trajectory_event e WHERE e.trajectory = t.id ORDER BY e.day DESC, e.number DESC LIMIT 1) e ON true`

func scanTrajectoryListed(row pgx.CollectableRow) (t TrajectoryListed, err error) {
	var referred time.Time
	var last *time.Time
	err = row.Scan(&t.Trajectory, &t.Number, &t.Municipality, &t.Provider, &t.Agreement, &t.Scheme, &t.Benefit, &referred, &t.Last, &last, &t.Reason, &t.Open)
	t.Referred, t.LastDay = date(&referred), date(last)
	return t, err
}

// Trajectories lists those of a municipality, or those that a provider guides, after
// an id in order of id.
func (tx *Tx) Trajectories(ctx context.Context, a payroll.Actor, scheme string, after uuid.UUID, limit int) ([]TrajectoryListed, error) {
	rows, err := tx.Query(ctx, trajectoriesListed+`
		WHERE (t.municipality = @org OR t.provider = @org) AND (@scheme = '' OR t.scheme = @scheme) AND t.id > @after
		ORDER BY t.id LIMIT @limit`, pgx.NamedArgs{"org": a.Organisation.ID, "scheme": scheme, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("trajectories: %w", err)
	}
	return pgx.CollectRows(rows, scanTrajectoryListed)
}

// TrajectoryFile is a trajectory with all that happened, each with its newest
// verdict. What was answered on eligibility, and what the municipality said of it, is
// for the municipality alone.
type TrajectoryFile struct {
	TrajectoryListed
	Events []TrajectoryEventListed `json:"events"`
}

// TrajectoryEventListed is one thing that happened.
type TrajectoryEventListed struct {
	Event    int                    `json:"event"`
	Kind     subsidy.TrajectoryKind `json:"kind"`
	Day      calendar.Date          `json:"day"`
	State    subsidy.EventState     `json:"state"`
	Until    calendar.Date          `json:"until,omitzero"` // by when what is contested is to be proved
	Because  string                 `json:"because,omitempty"`
	Product  string                 `json:"product,omitempty"`
	Sector   string                 `json:"sector,omitempty"`
	JobTo    calendar.Date          `json:"job_to,omitzero"`
	Reason   string                 `json:"reason,omitempty"`
	Evidence string                 `json:"evidence,omitempty"`
	Eligible subsidy.Eligible       `json:"eligible,omitempty"`
	Answers  map[string]string      `json:"answers,omitempty"`
	Despite  string                 `json:"despite,omitempty"`
}

// TrajectoryFile reads a trajectory by the number that its municipality gave it: as
// that municipality, or as its provider, who names the municipality.
func (tx *Tx) TrajectoryFile(ctx context.Context, a payroll.Actor, municipality uuid.UUID, number string) (f TrajectoryFile, known bool, err error) {
	rows, err := tx.Query(ctx, trajectoriesListed+` WHERE t.municipality = $1 AND t.number = $2 AND ($1 = $3 OR t.provider = $3)`, municipality, number, a.Organisation.ID)
	if err != nil {
		return f, false, fmt.Errorf("trajectory %s: %w", number, err)
	}
	f.TrajectoryListed, err = pgx.CollectExactlyOneRow(rows, scanTrajectoryListed)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("trajectory %s: %w", number, err)
	}
	id := f.Trajectory
	rows, err = tx.Query(ctx, `
		SELECT e.number, e.kind, e.day, coalesce(v.verdict, CASE WHEN e.reported THEN 'reported' ELSE 'confirmed' END), v.until, coalesce(v.reason, ''),
		       coalesce(e.product, ''), coalesce(e.sector, ''), e.job_to, coalesce(e.reason, ''), e.evidence, coalesce(e.eligible, ''), e.answers_sealed, e.despite_sealed
		FROM trajectory_event e
		LEFT JOIN LATERAL (SELECT verdict, until, reason FROM trajectory_verdict v WHERE v.trajectory = e.trajectory AND v.event = e.number ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE e.trajectory = $1 ORDER BY e.number`, id)
	if err != nil {
		return f, false, fmt.Errorf("trajectory %s: %w", number, err)
	}
	f.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e TrajectoryEventListed, err error) {
		var on time.Time
		var until, to *time.Time
		var answers, despite []byte
		err = row.Scan(&e.Event, &e.Kind, &on, &e.State, &until, &e.Because, &e.Product, &e.Sector, &to, &e.Reason, &e.Evidence, &e.Eligible, &answers, &despite)
		e.Day, e.Until, e.JobTo = date(&on), date(until), date(to)
		if municipality != a.Organisation.ID {
			e.Because, e.Eligible = "", "" // what the municipality judged may tell what was answered
			return e, err
		}
		if err == nil {
			e.Answers, err = tx.vault.openAnswers(answers, id, e.Event)
		}
		if err == nil {
			e.Despite, err = tx.vault.openDespite(despite, id, e.Event)
		}
		return e, err
	})
	if err != nil {
		return f, false, fmt.Errorf("trajectory %s: %w", number, err)
	}
	return f, true, nil
}

// AgreementListed is an agreement as a list shows it.
type AgreementListed struct {
	Agreement    uuid.UUID      `json:"agreement"`
	Number       string         `json:"number"`
	Municipality string         `json:"municipality"`
	Of           uuid.UUID      `json:"-"` // the municipality
	Provider     string         `json:"provider"`
	Scheme       string         `json:"scheme"`
	From         calendar.Date  `json:"from"`
	To           calendar.Date  `json:"to,omitzero"`
	Agreed       int            `json:"agreed"`
	Targets      map[string]int `json:"targets,omitempty"`
}

// Agreements lists those of a municipality or of a provider, after an id in order
// of id.
func (tx *Tx) Agreements(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]AgreementListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+agreementColumns+`, m.code, p.code
		FROM agreement g JOIN organisation m ON m.id = g.municipality JOIN organisation p ON p.id = g.provider
		WHERE (g.municipality = @org OR g.provider = @org) AND g.id > @after ORDER BY g.id LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("agreements: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l AgreementListed, err error) {
		g, err := scanAgreement(row, &l.Municipality, &l.Provider)
		l.Agreement, l.Of, l.Number, l.Scheme, l.From, l.To, l.Agreed, l.Targets = g.ID, g.Municipality, g.Number, g.Scheme, g.Span.From, g.Span.To, g.Agreed, g.Targets
		return l, err
	})
}

// StatementListed is a statement as a list shows it.
type StatementListed struct {
	Statement uuid.UUID   `json:"statement"`
	Sequence  int         `json:"sequence"`
	Period    string      `json:"period"`
	Status    string      `json:"status"` // calculated | overtaken | approved | settled
	Lines     int         `json:"lines"`
	Amount    euro.Amount `json:"amount"`
	VAT       euro.Amount `json:"vat"`
	Hash      string      `json:"hash"`
	Payments  int         `json:"payments"` // that it ordered
	ByBank    int         `json:"by_bank"`  // of them, that the bank debited and did not send back
}

// Statements lists those of a municipality, the newest last.
func (tx *Tx) Statements(ctx context.Context, a payroll.Actor, after, limit int) ([]subsidy.StatementHead, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+statementColumns+` FROM statement s LEFT JOIN statement_approval a ON a.statement = s.id
		WHERE s.municipality = $1 AND s.sequence > $2 ORDER BY s.sequence LIMIT $3`, a.Organisation.ID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("statements: %w", err)
	}
	return pgx.CollectRows(rows, scanStatement)
}

// StatementExceptions are what somebody has to accept of a statement.
func (tx *Tx) StatementExceptions(ctx context.Context, statement uuid.UUID) ([]subsidy.ExceptionSaid, error) {
	rows, err := tx.Query(ctx, `SELECT kind, subject, article, detail_nl, detail_en FROM statement_exception WHERE statement = $1 ORDER BY number`, statement)
	if err != nil {
		return nil, fmt.Errorf("exceptions of statement %s: %w", statement, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e subsidy.ExceptionSaid, err error) {
		err = row.Scan(&e.Kind, &e.Subject, &e.Article, &e.Detail.NL, &e.Detail.EN)
		return e, err
	})
}

// LinesFor are the lines of approved statements that concern an organisation as
// municipality, payee or payer, of one month's statements or of all, in order: at most limit
// of those that follow a line, or of all where that is the nought.
func (tx *Tx) LinesFor(ctx context.Context, a payroll.Actor, period *calendar.Period, after LineAt, limit int) ([]FeeListed, error) {
	var from *time.Time
	if period != nil {
		from = day(period.From)
	}
	rows, err := tx.Query(ctx, `
		SELECT `+lineColumns+`, l.statement, m.code, s.period
		FROM statement_line l JOIN statement_approval a ON a.statement = l.statement JOIN statement s ON s.id = l.statement JOIN organisation m ON m.id = s.municipality
		WHERE (l.payee = @org OR l.payer = @org OR s.municipality = @org) AND (@period::date IS NULL OR s.period = @period)
			AND (@line = 0 OR (s.municipality, s.sequence, l.number) > (SELECT b.municipality, b.sequence, @line::int FROM statement b WHERE b.id = @statement))
		ORDER BY s.municipality, s.sequence, l.number LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "period": from, "statement": after.Statement, "line": after.Line, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("fees: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f FeeListed, err error) {
		var on time.Time
		l, statement, err := scanLine(row, &f.Municipality, &on)
		f.ID, f.LineAt, f.Period = subsidy.LineID(statement, l), LineAt{statement, l.Number}, calendar.MonthOf(date(&on)).String()
		f.Number, f.Scheme, f.Rule, f.Key, f.Kind, f.Day, f.Amount, f.VAT = l.Subject, l.Scheme, l.Rule, l.Key, l.Kind, l.Day, l.Amount, l.VAT
		return f, err
	})
}

// LineAt is where a line stands: its number, from 1, in a statement.
type LineAt struct {
	Statement uuid.UUID `json:"statement"`
	Line      int       `json:"line"`
}

// FeeListed is one line of an approved statement as those it concerns see it.
type FeeListed struct {
	ID uuid.UUID `json:"fee"`
	LineAt
	Municipality string        `json:"municipality"`
	Period       string        `json:"period"`
	Number       string        `json:"number"`
	Scheme       string        `json:"scheme"`
	Rule         string        `json:"rule"`
	Key          string        `json:"key"`
	Kind         subsidy.Kind  `json:"kind"`
	Day          calendar.Date `json:"day"`
	Amount       euro.Amount   `json:"amount"`
	VAT          euro.Amount   `json:"vat"`
}
