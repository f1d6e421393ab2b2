package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

const trajectoryColumns = `t.id, t.number, t.municipality, t.provider, t.agreement, t.scheme, t.person, coalesce(v.benefit, t.benefit), t.referred, coalesce(v.iban, t.iban)`

// amendedBy adds to each trajectory t what was recorded of it last, as the cut-off $2
// knows it.
const amendedBy = ` LEFT JOIN LATERAL (SELECT benefit, iban FROM trajectory_version v WHERE v.trajectory = t.id AND v.known <= $2 ORDER BY v.version DESC LIMIT 1) v ON true`

func scanTrajectory(row pgx.CollectableRow) (t subsidy.Trajectory, err error) {
	var provider, agreement, person *uuid.UUID
	var referred time.Time
	var iban *string
	if err = row.Scan(&t.ID, &t.Number, &t.Municipality, &provider, &agreement, &t.Scheme, &person, &t.Benefit, &referred, &iban); err != nil {
		return t, err
	}
	t.Provider, t.Agreement, t.Person, t.Referred, t.IBAN = nilOr(provider), nilOr(agreement), nilOr(person), date(&referred), payroll.IBAN(orEmpty(iban))
	return t, nil
}

// Trajectory finds a trajectory of a municipality with its events, and holds it, so
// that events of one trajectory are numbered one after another. The lock of
// knowledge comes first, as everywhere.
func (tx *Tx) Trajectory(ctx context.Context, municipality uuid.UUID, number string) (subsidy.Trajectory, bool, error) {
	if _, err := tx.knowledge(ctx); err != nil {
		return subsidy.Trajectory{}, false, err
	}
	rows, err := tx.Query(ctx, `SELECT `+trajectoryColumns+` FROM trajectory t`+amendedBy+` WHERE t.municipality = $1 AND t.number = $3 FOR NO KEY UPDATE OF t`, municipality, payroll.KnownNow, number)
	if err != nil {
		return subsidy.Trajectory{}, false, fmt.Errorf("trajectory %s: %w", number, err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTrajectory)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("trajectory %s: %w", number, err)
	}
	list := []subsidy.Trajectory{t}
	err = tx.events(ctx, list, `e.trajectory = @id`, pgx.NamedArgs{"id": t.ID, "cutoff": payroll.KnownNow})
	return list[0], true, err
}

// events adds what happened, as a cut-off knows it, to trajectories that are in
// order of number.
func (tx *Tx) events(ctx context.Context, list []subsidy.Trajectory, where string, args pgx.NamedArgs) error {
	at := make(map[uuid.UUID]int, len(list))
	for i, t := range list {
		at[t.ID] = i
	}
	rows, err := tx.Query(ctx, `
		SELECT e.trajectory, e.number, e.kind, e.day, coalesce(e.product, ''), coalesce(e.sector, ''), e.contract, e.job_to, e.job_hours, e.job_full_time,
		       coalesce(e.reason, ''), coalesce(e.eligible, ''), coalesce(v.verdict, CASE WHEN e.reported THEN 'reported' ELSE 'confirmed' END), v.until,
		       NOT e.reported OR EXISTS (SELECT FROM trajectory_verdict w WHERE w.trajectory = e.trajectory AND w.event = e.number AND w.known <= @cutoff AND w.verdict IN ('confirmed', 'upheld'))
		FROM trajectory_event e JOIN trajectory t ON t.id = e.trajectory
		LEFT JOIN LATERAL (SELECT verdict, until FROM trajectory_verdict v WHERE v.trajectory = e.trajectory AND v.event = e.number AND v.known <= @cutoff ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE `+where+` AND e.known <= @cutoff ORDER BY e.trajectory, e.number`, args)
	if err != nil {
		return fmt.Errorf("events of trajectories: %w", err)
	}
	var id uuid.UUID
	var e subsidy.TrajectoryEvent
	var day time.Time
	var contract *uuid.UUID
	var to, until *time.Time
	var hours, full decimal.NullDecimal
	_, err = pgx.ForEachRow(rows, []any{&id, &e.Number, &e.Kind, &day, &e.Product, &e.Sector, &contract, &to, &hours, &full, &e.Reason, &e.Eligible, &e.State, &until, &e.Counted}, func() error {
		e.Day, e.Contract, e.Job, e.Until = date(&day), nilOr(contract), nil, date(until)
		if e.Kind == subsidy.Placed {
			e.Job = &subsidy.Job{To: date(to), HoursPerWeek: euro.FromDecimal(hours.Decimal), FullTimeHours: euro.FromDecimal(full.Decimal), Sector: e.Sector}
		}
		if i, known := at[id]; known {
			list[i].Events = append(list[i].Events, e)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("events of trajectories: %w", err)
	}
	return nil
}

// Participant finds the person of a BSN, or makes one.
func (tx *Tx) Participant(ctx context.Context, bsn payroll.BSN, fresh uuid.UUID) (uuid.UUID, error) {
	id, _, err := tx.PersonOf(ctx, bsn, uuid.Nil)
	if err != nil || id != uuid.Nil {
		return id, err
	}
	known, err := tx.knowledge(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO person (id, bsn_hash, bsn_sealed, known) VALUES ($1, $2, $3, $4)`, fresh, tx.vault.hash(bsn), tx.vault.sealBSN(bsn, fresh), known)
	if err != nil {
		return uuid.Nil, fmt.Errorf("person of a trajectory: %w", redact(err))
	}
	return fresh, nil
}

// AddTrajectories keeps referrals.
func (tx *Tx) AddTrajectories(ctx context.Context, a payroll.Actor, list []subsidy.Trajectory) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"trajectory"},
		[]string{"id", "municipality", "number", "provider", "agreement", "scheme", "person", "benefit", "referred", "iban", "known", "recorded_by"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			t := list[i]
			return []any{key(t.ID), key(t.Municipality), t.Number, keyOrNull(t.Provider), keyOrNull(t.Agreement), t.Scheme, keyOrNull(t.Person), string(t.Benefit),
				day(t.Referred), text(t.IBAN.Reveal()), known, key(a.User)}, nil
		}))
	if err != nil {
		return clash("trajectory", "number", fmt.Errorf("add %d trajectories: %w", len(list), err))
	}
	return nil
}

// AmendTrajectory keeps what a trajectory that is held became.
func (tx *Tx) AmendTrajectory(ctx context.Context, a payroll.Actor, t subsidy.Trajectory) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO trajectory_version (trajectory, version, benefit, iban, known, recorded_by)
		SELECT $1, coalesce(max(version), 1) + 1, $2, $3, $4, $5 FROM trajectory_version WHERE trajectory = $1`,
		t.ID, string(t.Benefit), text(t.IBAN.Reveal()), known, a.User)
	if err != nil {
		return fmt.Errorf("amend trajectory %s: %w", t.Number, redact(err))
	}
	return nil
}

// AddTrajectoryEvents keeps what happened. Answers on eligibility are sealed for
// their row.
func (tx *Tx) AddTrajectoryEvents(ctx context.Context, a payroll.Actor, list []subsidy.NewTrajectoryEvent) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"trajectory_event"},
		[]string{"trajectory", "number", "kind", "day", "product", "sector", "contract", "job_to", "job_hours", "job_full_time", "reason", "evidence",
			"eligible", "answers_sealed", "despite_sealed", "reported", "known", "recorded_by"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			n, e := list[i], list[i].Event
			sealed, err := tx.vault.sealAnswers(n.Answers, n.Trajectory.ID, e.Number)
			if err != nil {
				return nil, err
			}
			var to *time.Time
			var hours, full *decimal.Decimal
			if e.Job != nil {
				to, hours, full = day(e.Job.To), numberOrNull(e.Job.HoursPerWeek), numberOrNull(e.Job.FullTimeHours)
				e.Sector = e.Job.Sector
			}
			return []any{key(n.Trajectory.ID), e.Number, string(e.Kind), day(e.Day), text(e.Product), text(e.Sector), keyOrNull(e.Contract), to, hours, full,
				text(e.Reason), n.Evidence, text(string(e.Eligible)), sealed, tx.vault.sealDespite(n.Despite, n.Trajectory.ID, e.Number), e.State == subsidy.Reported, known, key(a.User)}, nil
		}))
	if err != nil {
		return clash("event", "trajectory", fmt.Errorf("add %d events: %w", len(list), err))
	}
	return nil
}

// numberOrNull hands a number to PostgreSQL; nought is not known.
func numberOrNull(n euro.Number) *decimal.Decimal {
	if n.IsZero() {
		return nil
	}
	d := n.Decimal()
	return &d
}

// sealAnswers seals answers for the row of an event; none are nothing.
func (v *Vault) sealAnswers(a subsidy.Answers, trajectory uuid.UUID, event int) ([]byte, error) {
	if len(a) == 0 {
		return nil, nil
	}
	plain, err := json.Marshal(map[string]string(a))
	if err != nil {
		return nil, fmt.Errorf("answers of event %d: %w", event, err)
	}
	return closeUp(v.seal, plain, fmt.Appendf(nil, "answers:%s:%d", trajectory, event)), nil
}

// openAnswers opens them again.
func (v *Vault) openAnswers(sealed []byte, trajectory uuid.UUID, event int) (map[string]string, error) {
	if sealed == nil {
		return nil, nil
	}
	plain, err := openUp(v.seal, sealed, fmt.Appendf(nil, "answers:%s:%d", trajectory, event))
	if err != nil {
		return nil, fmt.Errorf("the answers of event %d do not open: %w", event, err)
	}
	var a map[string]string
	return a, json.Unmarshal(plain, &a)
}

// sealDespite seals why somebody starts who is not found eligible.
func (v *Vault) sealDespite(why string, trajectory uuid.UUID, event int) []byte {
	if why == "" {
		return nil
	}
	return closeUp(v.seal, []byte(why), fmt.Appendf(nil, "despite:%s:%d", trajectory, event))
}

// openDespite opens it again.
func (v *Vault) openDespite(sealed []byte, trajectory uuid.UUID, event int) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := openUp(v.seal, sealed, fmt.Appendf(nil, "despite:%s:%d", trajectory, event))
	if err != nil {
		return "", fmt.Errorf("the reason of event %d does not open: %w", event, err)
	}
	return string(plain), nil
}

// AddEventVerdicts keeps what the municipality says of events.
func (tx *Tx) AddEventVerdicts(ctx context.Context, a payroll.Actor, list []subsidy.EventVerdict) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, v := range list {
		batch.Queue(`
			INSERT INTO trajectory_verdict (trajectory, event, version, verdict, until, reason, known, judged_by)
			SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 FROM trajectory_verdict WHERE trajectory = $1 AND event = $2`,
			v.Trajectory.ID, v.Event.Number, string(v.State), day(v.Until), v.Reason, known, a.User)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("judge %d events: %w", len(list), redact(err))
	}
	return nil
}

// ReportedEvents are the events that a provider reported and nobody judged, in
// order of trajectory.
func (tx *Tx) ReportedEvents(ctx context.Context, municipality, provider uuid.UUID, limit int) ([]subsidy.EventNamed, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.number, e.number FROM trajectory t JOIN trajectory_event e ON e.trajectory = t.id
		WHERE t.municipality = $1 AND t.provider = $2 AND e.reported
		  AND NOT EXISTS (SELECT FROM trajectory_verdict v WHERE v.trajectory = e.trajectory AND v.event = e.number)
		ORDER BY t.number, e.number LIMIT $3`, municipality, provider, limit)
	if err != nil {
		return nil, fmt.Errorf("reported events: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[subsidy.EventNamed])
}

// TrajectoriesOf are those of a municipality with what happened to them, as a cut-off
// knows it.
func (tx *Tx) TrajectoriesOf(ctx context.Context, municipality uuid.UUID, cutoff int64) ([]subsidy.Trajectory, error) {
	rows, err := tx.Query(ctx, `SELECT `+trajectoryColumns+` FROM trajectory t`+amendedBy+` WHERE t.municipality = $1 AND t.known <= $2 ORDER BY t.number`, municipality, cutoff)
	if err != nil {
		return nil, fmt.Errorf("trajectories: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanTrajectory)
	if err != nil {
		return nil, fmt.Errorf("trajectories: %w", err)
	}
	return list, tx.events(ctx, list, `t.municipality = @municipality`, pgx.NamedArgs{"municipality": municipality, "cutoff": cutoff})
}

// StatementFile is what a municipality's statement is computed from, as a cut-off
// knows it.
func (tx *Tx) StatementFile(ctx context.Context, municipality uuid.UUID, cutoff int64) (file subsidy.StatementFile, err error) {
	if file.Trajectories, err = tx.TrajectoriesOf(ctx, municipality, cutoff); err != nil {
		return file, err
	}
	args := pgx.NamedArgs{"municipality": municipality, "cutoff": cutoff}
	if file.Agreements, err = tx.agreements(ctx, municipality, cutoff); err != nil {
		return file, err
	}
	if file.Booked, err = tx.bookedDues(ctx, args); err != nil {
		return file, err
	}
	if file.Closed, err = tx.closedBy(ctx, args); err != nil {
		return file, err
	}
	if file.Elsewhere, err = tx.paidElsewhere(ctx, args); err != nil {
		return file, err
	}
	file.Wages, err = tx.wagesBeside(ctx, args)
	return file, err
}

// paidElsewhere sums the premiums that other municipalities approved for the same
// persons: how often and how much a year, and nothing of who paid it.
func (tx *Tx) paidElsewhere(ctx context.Context, args pgx.NamedArgs) (map[uuid.UUID][]subsidy.PaidElsewhere, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.person, extract(year FROM l.day)::int, l.scheme, count(DISTINCT (l.trajectory, l.rule, l.key))::int, sum(l.amount)
		FROM trajectory o JOIN statement_line l ON l.trajectory = o.id AND l.kind = 'premium' JOIN statement_approval a ON a.statement = l.statement AND a.known <= @cutoff
		WHERE o.municipality <> @municipality AND o.person IN (SELECT person FROM trajectory WHERE municipality = @municipality AND person IS NOT NULL)
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, args)
	if err != nil {
		return nil, fmt.Errorf("premiums elsewhere: %w", err)
	}
	list := map[uuid.UUID][]subsidy.PaidElsewhere{}
	var person uuid.UUID
	var e subsidy.PaidElsewhere
	var amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&person, &e.Year, &e.Scheme, &e.Times, &amount}, func() (err error) {
		e.Amount, err = money(amount)
		list[person] = append(list[person], e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("premiums elsewhere: %w", err)
	}
	return list, nil
}

// wagesBeside are the contracts of the persons of trajectories.
func (tx *Tx) wagesBeside(ctx context.Context, args pgx.NamedArgs) (map[uuid.UUID][]subsidy.WageBeside, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.id, c.scheme, c.municipality, v.starts, v.ends
		FROM trajectory t JOIN contract c ON c.person = t.person
		JOIN LATERAL (SELECT starts, ends FROM contract_version v WHERE v.contract = c.id AND v.known <= @cutoff ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE t.municipality = @municipality AND t.person IS NOT NULL ORDER BY t.id, v.starts, c.id`, args)
	if err != nil {
		return nil, fmt.Errorf("wages beside trajectories: %w", err)
	}
	list := map[uuid.UUID][]subsidy.WageBeside{}
	var id uuid.UUID
	var w subsidy.WageBeside
	var municipality *uuid.UUID
	var starts time.Time
	var ends *time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &w.Scheme, &municipality, &starts, &ends}, func() error {
		w.Municipality, w.Span.From, w.Span.To = nilOr(municipality), date(&starts), date(ends)
		list[id] = append(list[id], w)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("wages beside trajectories: %w", err)
	}
	return list, nil
}
