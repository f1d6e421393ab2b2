package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// WorkFiles loads what the worklist of an organisation looks at, as known now:
// the contracts that it is the employer of, or that name it as municipality, of
// at most limit persons who have one that runs in the span, after one of them. It
// returns the last person, the nil id when there is nobody more.
func (tx *Tx) WorkFiles(ctx context.Context, a payroll.Actor, span calendar.Span, after uuid.UUID, limit int) ([]subsidy.WorkFile, uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT c.person FROM contract c JOIN contract_current k ON k.contract = c.id
		WHERE (c.employer = @org OR c.municipality = @org) AND k.days && @span::daterange AND (@after::uuid IS NULL OR c.person > @after)
		ORDER BY c.person LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "span": days(span), "after": null(after), "limit": limit})
	if err != nil {
		return nil, uuid.Nil, fmt.Errorf("worklist: %w", err)
	}
	persons, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(persons) == 0 {
		return nil, uuid.Nil, err
	}
	files, err := tx.workContracts(ctx, a, persons)
	if err != nil {
		return nil, uuid.Nil, fmt.Errorf("worklist: %w", err)
	}
	if len(persons) < limit {
		return files, uuid.Nil, nil
	}
	return files, persons[len(persons)-1], nil
}

// workContracts loads the organisation's contracts of some persons with their
// versions, decisions and loonwaarden.
func (tx *Tx) workContracts(ctx context.Context, a payroll.Actor, persons []uuid.UUID) ([]subsidy.WorkFile, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+contractColumns+`, o.code, CASE WHEN c.employer = @org THEN e.number ELSE '' END, b.birth
		FROM contract c JOIN organisation o ON o.id = c.employer JOIN employment e ON e.id = c.employment
		JOIN LATERAL (SELECT birth FROM employment_version v WHERE v.employment = e.id ORDER BY v.version DESC LIMIT 1) b ON true
		WHERE c.person = ANY (@persons) AND (c.employer = @org OR c.municipality = @org) ORDER BY c.person, c.id`,
		pgx.NamedArgs{"org": a.Organisation.ID, "persons": persons})
	if err != nil {
		return nil, err
	}
	files, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f subsidy.WorkFile, err error) {
		var c contractRow
		var birth time.Time
		err = row.Scan(&c.ID, &c.Employer, &c.Number, &c.Employment, &c.Person, &c.Scheme, &c.Municipality, &c.Provider, &f.Employer, &f.Employee, &birth)
		f.Contract, f.Birth = c.contract(), date(&birth)
		return f, err
	})
	if err != nil {
		return nil, err
	}
	ids, at := make([]uuid.UUID, len(files)), make(map[uuid.UUID]*subsidy.WorkFile, len(files))
	for i := range files {
		ids[i] = files[i].Contract.ID
		at[ids[i]] = &files[i]
	}
	if err := tx.workFacts(ctx, ids, at); err != nil {
		return nil, err
	}
	joinOthers(files)
	return files, nil
}

// workFacts adds what belongs to the contracts, each in one question.
func (tx *Tx) workFacts(ctx context.Context, ids []uuid.UUID, at map[uuid.UUID]*subsidy.WorkFile) error {
	rows, err := tx.Query(ctx, `SELECT `+termsColumns+` FROM contract_version v WHERE v.contract = ANY ($1::uuid[]) ORDER BY v.contract, v.version`, ids)
	if err != nil {
		return err
	}
	versions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[termsRow])
	if err != nil {
		return err
	}
	for _, v := range versions {
		c := &at[v.Contract].Contract
		c.Versions = append(c.Versions, v.terms())
	}
	rows, err = tx.Query(ctx, `
		SELECT `+decisionColumns+` FROM decision d JOIN decision_version v ON v.decision = d.id
		WHERE d.contract = ANY ($1::uuid[]) ORDER BY d.contract, d.number, d.id, v.version`, ids)
	if err != nil {
		return err
	}
	decisions, err := collectDecisions(rows)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		f := at[d.Contract]
		f.Decisions = append(f.Decisions, d)
	}
	rows, err = tx.Query(ctx, `SELECT `+loonwaardeColumns+` FROM loonwaarde w WHERE w.contract = ANY ($1::uuid[]) ORDER BY w.contract, w.version`, ids)
	if err != nil {
		return err
	}
	values, err := collectLoonwaarden(rows)
	for _, w := range values {
		f := at[w.Contract]
		f.Loonwaarden = append(f.Loonwaarden, w)
	}
	return err
}

// joinOthers gives the files of one person, which follow on each other, the
// contracts that the reader has with the person as employer.
func joinOthers(files []subsidy.WorkFile) {
	for from, to := 0, 0; from < len(files); from = to {
		var own []payroll.Contract
		for to = from; to < len(files) && files[to].Contract.Person == files[from].Contract.Person; to++ {
			if files[to].Employee != "" {
				own = append(own, files[to].Contract)
			}
		}
		for i := from; i < to; i++ {
			if files[i].Employee != "" {
				files[i].Others = own
			}
		}
	}
}

// TakenPlaces counts, for each scheme under which a contract ever named the
// organisation as municipality, those that run on some days.
func (tx *Tx) TakenPlaces(ctx context.Context, a payroll.Actor, on []calendar.Date) ([]subsidy.Taken, error) {
	list := make([]*time.Time, len(on))
	for i, d := range on {
		list[i] = day(d)
	}
	rows, err := tx.Query(ctx, `
		SELECT c.scheme, d.day, count(*) FILTER (WHERE k.days @> d.day)::int
		FROM contract c JOIN contract_current k ON k.contract = c.id CROSS JOIN unnest($2::date[]) AS d (day)
		WHERE c.municipality = $1 GROUP BY 1, 2 ORDER BY 1, 2`, a.Organisation.ID, list)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t subsidy.Taken, err error) {
		var on time.Time
		err = row.Scan(&t.Scheme, &on, &t.People)
		t.Day = date(&on)
		return t, err
	})
}
