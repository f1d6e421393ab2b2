package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// Verdict returns the verdict of an earlier submission of the same id, if its
// lines were the same, and refuses it otherwise. The organisation's lock on the
// id makes two of the same moment wait for each other.
func (tx *Tx) Verdict(ctx context.Context, a payroll.Actor, id uuid.UUID, req payroll.HoursSubmit) (payroll.HoursVerdict, bool, error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 7421))`, a.Organisation.ID.String()+id.String()); err != nil {
		return payroll.HoursVerdict{}, false, fmt.Errorf("submission %s: %w", id, err)
	}
	verdict, hash, known, err := tx.submission(ctx, a, id)
	if err != nil || !known {
		return verdict, false, err
	}
	if [sha256.Size]byte(hash) != submissionHash(req) {
		return verdict, false, payroll.Refuse(payroll.Conflict, payroll.Reason("submission/other_content", "submission",
			"Dit kenmerk is al gebruikt voor een inzending met andere regels.", "This id was used for a submission with other lines."))
	}
	return verdict, true, nil
}

// VerdictOf returns the verdict of a submission of the organisation.
func (tx *Tx) VerdictOf(ctx context.Context, a payroll.Actor, id uuid.UUID) (payroll.HoursVerdict, bool, error) {
	verdict, _, known, err := tx.submission(ctx, a, id)
	return verdict, known, err
}

func (tx *Tx) submission(ctx context.Context, a payroll.Actor, id uuid.UUID) (v payroll.HoursVerdict, hash []byte, known bool, err error) {
	var kept string
	err = tx.QueryRow(ctx, `SELECT verdict, body_hash FROM submission WHERE organisation = $1 AND id = $2`, a.Organisation.ID, id).Scan(&kept, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, nil, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(kept), &v)
	}
	if err != nil {
		return v, nil, false, fmt.Errorf("submission %s: %w", id, err)
	}
	return v, hash, true, nil
}

// submissionHash is over mode and lines: what makes two submissions the same.
func submissionHash(req payroll.HoursSubmit) [sha256.Size]byte {
	text, err := json.Marshal(struct {
		Mode  string
		Lines []payroll.HoursLine
	}{req.Mode, req.Lines})
	if err != nil {
		panic(fmt.Sprintf("postgres: a submission does not marshal: %v", err))
	}
	return sha256.Sum256(text)
}

// HoursBook looks up, set-wise, what judging the lines needs. Contracts are
// those of the submitter as employer or as provider; they are locked, so that
// two submissions for one contract get versions after each other.
func (tx *Tx) HoursBook(ctx context.Context, a payroll.Actor, lines []payroll.HoursLine, within calendar.Span) (payroll.HoursBook, error) {
	book := payroll.HoursBook{
		Contracts: map[payroll.ContractKey]payroll.Contract{}, Versions: map[payroll.HoursKey]int{},
		Week: map[payroll.WeekKey]map[payroll.HoursKey]payroll.Quantity{}, Approved: map[uuid.UUID][]calendar.Span{},
		Locks: map[uuid.UUID][]payroll.PeriodLock{}, Submitter: a.Organisation.ID,
	}
	if err := tx.bookContracts(ctx, a, lines, book); err != nil || within.From.IsZero() || len(book.Contracts) == 0 {
		return book, err
	}
	if err := tx.bookHours(ctx, within, book); err != nil {
		return book, err
	}
	if err := tx.bookLocks(ctx, within, book); err != nil {
		return book, err
	}
	return book, tx.bookApproved(ctx, within, book)
}

// bookLocks finds what the employers said of the periods. They go in order of id, so
// that two submissions and a lock never wait for each other in a ring.
func (tx *Tx) bookLocks(ctx context.Context, within calendar.Span, book payroll.HoursBook) (err error) {
	var employers []uuid.UUID
	for _, c := range book.Contracts {
		employers = append(employers, c.Employer)
	}
	slices.SortFunc(employers, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, e := range slices.Compact(employers) {
		if book.Locks[e], err = tx.PeriodLocks(ctx, e, within); err != nil {
			return err
		}
	}
	return nil
}

// bookContracts finds the contracts; a number without employer means the
// submitter's own, or the only one of that number it submits for.
func (tx *Tx) bookContracts(ctx context.Context, a payroll.Actor, lines []payroll.HoursLine, book payroll.HoursBook) error {
	numbers := make([]string, len(lines))
	for i, l := range lines {
		numbers[i] = l.Contract
	}
	rows, err := tx.Query(ctx, `
		SELECT `+contractColumns+`, o.code, lower(k.days), upper(k.days) - 1
		FROM contract c JOIN organisation o ON o.id = c.employer JOIN contract_current k ON k.contract = c.id
		WHERE c.number = ANY ($2) AND (c.employer = $1 OR c.provider = $1)
		ORDER BY c.id FOR NO KEY UPDATE OF c`, a.Organisation.ID, numbers)
	if err != nil {
		return fmt.Errorf("contracts of a submission: %w", err)
	}
	var r contractRow
	var code string
	var from time.Time
	var to *time.Time
	many := map[string]int{}
	_, err = pgx.ForEachRow(rows, []any{&r.ID, &r.Employer, &r.Number, &r.Employment, &r.Person, &r.Scheme, &r.Municipality, &r.Provider, &code, &from, &to}, func() error {
		c := r.contract()
		c.Versions = []payroll.Terms{{Version: 1, Span: calendar.Span{From: date(&from), To: date(to)}}}
		book.Contracts[payroll.ContractKey{Employer: code, Number: c.Number}] = c
		short := payroll.ContractKey{Number: c.Number}
		many[c.Number]++
		if own := book.Contracts[short]; own.Employer != a.Organisation.ID {
			book.Contracts[short] = c
		}
		return nil
	})
	for number, n := range many {
		if key := (payroll.ContractKey{Number: number}); n > 1 && book.Contracts[key].Employer != a.Organisation.ID {
			delete(book.Contracts, key)
		}
	}
	return err
}

// bookHours finds the newest versions in the weeks that the days touch.
func (tx *Tx) bookHours(ctx context.Context, within calendar.Span, book payroll.HoursBook) error {
	var persons, employers []uuid.UUID
	for _, c := range book.Contracts {
		persons, employers = append(persons, c.Person), append(employers, c.Employer)
	}
	from, to := within.From.Week(), within.To.Week().Add(6)
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT ON (h.contract, h.day, h.kind) h.contract, c.person, c.employer, h.day, h.kind, h.version, h.quantity
		FROM contract c JOIN hours h ON h.contract = c.id
		WHERE (c.person, c.employer) IN (SELECT * FROM unnest(@persons::uuid[], @employers::uuid[]))
		  AND h.period BETWEEN date_trunc('month', @from::date)::date AND @to AND h.day BETWEEN @from AND @to
		ORDER BY h.contract, h.day, h.kind, h.version DESC`,
		pgx.NamedArgs{"persons": persons, "employers": employers, "from": day(from), "to": day(to)})
	if err != nil {
		return fmt.Errorf("hours of a submission: %w", err)
	}
	var contract, person, employer uuid.UUID
	var on time.Time
	var kind string
	var version int
	var quantity int32
	_, err = pgx.ForEachRow(rows, []any{&contract, &person, &employer, &on, &kind, &version, &quantity}, func() error {
		key := payroll.HoursKey{Contract: contract, Day: date(&on), Kind: payroll.HoursKind(kind)}
		book.Versions[key] = version
		week := payroll.WeekKey{Person: person, Employer: employer, Monday: key.Day.Week()}
		if book.Week[week] == nil {
			book.Week[week] = map[payroll.HoursKey]payroll.Quantity{}
		}
		book.Week[week][key] = payroll.Quantity(quantity)
		return nil
	})
	return err
}

// bookApproved finds the months whose run is approved: hours for them are late.
func (tx *Tx) bookApproved(ctx context.Context, within calendar.Span, book payroll.HoursBook) error {
	employers := map[uuid.UUID]bool{}
	for _, c := range book.Contracts {
		employers[c.Employer] = true
	}
	for employer := range employers {
		rows, err := tx.Query(ctx, `
			SELECT period, period_kind FROM run
			WHERE employer = $1 AND kind = 'regular' AND status IN ('approved', 'paid', 'closed') AND period BETWEEN $2 AND $3`,
			employer, day(calendar.MonthOf(within.From).From.Add(-35)), day(within.To))
		if err != nil {
			return fmt.Errorf("approved periods: %w", err)
		}
		var from time.Time
		var kind string
		_, err = pgx.ForEachRow(rows, []any{&from, &kind}, func() error {
			p := calendar.PeriodFrom(calendar.Kind(kind), date(&from))
			book.Approved[employer] = append(book.Approved[employer], p.Span)
			return nil
		})
		if err != nil {
			return fmt.Errorf("approved periods: %w", err)
		}
	}
	return nil
}

// AddSubmission keeps a submission with its verdict and the hours accepted.
func (tx *Tx) AddSubmission(ctx context.Context, a payroll.Actor, id uuid.UUID, req payroll.HoursSubmit, v payroll.HoursVerdict, hours []payroll.Hours) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	verdict, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("verdict of submission %s: %w", id, err)
	}
	hash := submissionHash(req)
	_, err = tx.Exec(ctx, `
		INSERT INTO submission (organisation, id, body_hash, submitted_by, verdict) VALUES ($1, $2, $3, $4, $5)`,
		a.Organisation.ID, id, hash[:], a.User, string(verdict))
	if err != nil {
		return fmt.Errorf("add submission %s: %w", id, redact(err))
	}
	if err := tx.ensurePeriods(ctx, hours); err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"hours"},
		[]string{"period", "contract", "day", "kind", "version", "quantity", "late", "submitter", "submission", "line", "known"},
		pgx.CopyFromSlice(len(hours), func(i int) ([]any, error) {
			h := hours[i]
			return []any{
				day(calendar.MonthOf(h.Day).From), h.Contract, day(h.Day), string(h.Kind), h.Version, int32(h.Quantity), h.Late,
				a.Organisation.ID, id, h.Line, known,
			}, nil
		}))
	if err != nil {
		return fmt.Errorf("keep the hours of submission %s: %w", id, redact(err))
	}
	return nil
}

// ensurePeriods makes sure that the partitions of the hours' months exist.
func (tx *Tx) ensurePeriods(ctx context.Context, hours []payroll.Hours) error {
	seen := map[calendar.Date]bool{}
	var months []calendar.Date
	for _, h := range hours {
		if month := calendar.MonthOf(h.Day).From; !seen[month] {
			seen[month] = true
			months = append(months, month)
		}
	}
	return tx.ensurePeriod(ctx, months...)
}

// ensurePeriod makes sure that the partitions of months exist. Where they do
// not, the transaction is given up, they are made in transactions of their own,
// which hold no other locks, and the transaction runs again.
func (tx *Tx) ensurePeriod(ctx context.Context, months ...calendar.Date) error {
	var missing []calendar.Date
	for _, month := range months {
		var there bool
		err := tx.QueryRow(ctx, `SELECT to_regclass('transfer_' || to_char($1::date, 'YYYY_MM')) IS NOT NULL`, day(month)).Scan(&there)
		if err != nil {
			return fmt.Errorf("partitions of %s: %w", month, err)
		}
		if !there {
			missing = append(missing, month)
		}
	}
	if len(missing) > 0 {
		return periodMissing{missing}
	}
	return nil
}
