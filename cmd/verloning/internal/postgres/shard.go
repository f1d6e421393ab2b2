package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// TakeShard locks a shard that is still to do. One that is done, or that
// another worker holds, is not taken.
func (tx *Tx) TakeShard(ctx context.Context, s payroll.Shard) (payroll.Shard, bool, error) {
	err := tx.QueryRow(ctx, `
		SELECT s.person_from, s.person_to FROM shard s JOIN calculation c ON c.id = s.calculation
		WHERE c.run = $1 AND c.number = $2 AND s.number = $3 AND s.done_at IS NULL
		FOR UPDATE OF s SKIP LOCKED`, s.Run, s.Calculation, s.Number).Scan(&s.From, &s.To)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("take shard %d of run %s: %w", s.Number, s.Run, err)
	}
	return s, true, nil
}

// loader reads one shard set-wise: a query a noun, in order of contract, joined
// in memory. All of them see the facts up to the cut-off and none above.
type loader struct {
	*Tx
	run   payroll.Run
	args  pgx.NamedArgs
	files []subsidy.PersonFile
	at    map[uuid.UUID]place // contract → where its month stands

	settled *payroll.Settings             // of the employer
	repairs map[uuid.UUID][]calendar.Date // of each person the periods whose error the run repairs
}

type place struct{ file, month int }

// LoadShard reads what is known of the shard's persons at the cut-off.
func (tx *Tx) LoadShard(ctx context.Context, r payroll.Run, c payroll.Calculation, s payroll.Shard) ([]subsidy.PersonFile, error) {
	l := newLoader(tx, r, c, s)
	for _, step := range append(l.facts(), l.earlier) {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("load shard %d of run %s: %w", s.Number, r.ID, err)
		}
	}
	if err := l.past(ctx, c); err != nil {
		return nil, fmt.Errorf("earlier periods of shard %d of run %s: %w", s.Number, r.ID, err)
	}
	l.drop()
	return l.files, nil
}

func newLoader(tx *Tx, r payroll.Run, c payroll.Calculation, s payroll.Shard) *loader {
	return &loader{Tx: tx, run: r, at: map[uuid.UUID]place{}, args: pgx.NamedArgs{
		"employer": r.Employer, "cutoff": c.Cutoff, "before": nil, "figures": c.Figures, "back_to": day(r.CorrectsFrom()), "regular": r.Kind == payroll.Regular, "from": day(r.Period.From), "to": day(r.Period.To),
		"run": r.ID, "first": s.From, "last": s.To, "month": day(calendar.MonthOf(r.Period.From).From),
		"new_year": day(calendar.Day(r.PayDate.Year(), 1, 1)), "new_year_eve": day(calendar.Day(r.PayDate.Year(), 12, 31)),
		"last_new_year": day(calendar.Day(r.PayDate.Year()-1, 1, 1)), "last_new_year_eve": day(calendar.Day(r.PayDate.Year()-1, 12, 31)),
	}}
}

// facts are what is read of persons and contracts.
func (l *loader) facts() []func(context.Context) error {
	return []func(context.Context) error{
		l.employments, l.settings, l.annualWages, l.garnishments, l.receivables,
		l.contracts, l.terms, l.hours, l.sickness, l.openings, l.decisions, l.loonwaarden, l.placements,
	}
}

// employments are those that the cut-off knows. Whether it knows a BSN is asked
// person by person: a join would read all persons there are for each shard.
func (l *loader) employments(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT e.id, e.person, e.number, v.version, v.birth, v.iban, v.korting, v.jonggehandicapt, v.alleenstaand,
		       (SELECT p.bsn_hash IS NOT NULL OR EXISTS (SELECT FROM person_bsn b WHERE b.person = p.id AND b.known <= @cutoff) FROM person p WHERE p.id = e.person)
		FROM employment e
		JOIN LATERAL (SELECT * FROM employment_version v WHERE v.employment = e.id AND v.known <= @cutoff ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE e.employer = @employer AND e.person BETWEEN @first AND @last
		ORDER BY e.person`, l.args)
	if err != nil {
		return err
	}
	e := payroll.Employment{Employer: l.run.Employer}
	var birth time.Time
	var iban string
	into := []any{&e.ID, &e.Person, &e.Number, &e.Version, &birth, &iban, &e.Korting, &e.Jonggehandicapt, &e.Alleenstaand, &e.Identified}
	_, err = pgx.ForEachRow(rows, into, func() error {
		e.Birth, e.IBAN = date(&birth), payroll.IBAN(iban)
		l.files = append(l.files, subsidy.PersonFile{Dossier: payroll.Dossier{Employment: e}, Claims: map[uuid.UUID]subsidy.File{}})
		return nil
	})
	return err
}

func (l *loader) contracts(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT `+contractColumns+` FROM contract c
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND c.known <= @cutoff ORDER BY c.person, c.id`, l.args)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[contractRow])
	file := 0
	for _, r := range list {
		for file < len(l.files) && l.files[file].Employment.Person != r.Person {
			file++
		}
		if file == len(l.files) {
			return fmt.Errorf("contract %s has no employment at the cut-off", r.Number)
		}
		l.at[r.ID] = place{file, len(l.files[file].Contracts)}
		l.files[file].Contracts = append(l.files[file].Contracts, payroll.ContractMonth{Contract: r.contract()})
	}
	return err
}

// file finds the file of a person; they stand in order of person.
func (l *loader) file(person uuid.UUID) *subsidy.PersonFile {
	i, known := slices.BinarySearchFunc(l.files, person, func(f subsidy.PersonFile, id uuid.UUID) int {
		return bytes.Compare(f.Employment.Person[:], id[:])
	})
	if !known {
		return nil
	}
	return &l.files[i]
}

// month finds where a contract's month stands; rows of contracts that are not
// known at the cut-off are passed over.
func (l *loader) month(contract uuid.UUID) (*payroll.ContractMonth, *subsidy.PersonFile) {
	p, known := l.at[contract]
	if !known {
		return nil, nil
	}
	return &l.files[p.file].Contracts[p.month], &l.files[p.file]
}

// claims adds to what the claims of a contract need.
func (l *loader) claims(contract uuid.UUID, add func(*subsidy.File)) {
	if _, file := l.month(contract); file != nil {
		claims := file.Claims[contract]
		add(&claims)
		file.Claims[contract] = claims
	}
}

func (l *loader) terms(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT `+termsColumns+` FROM contract c JOIN contract_version v ON v.contract = c.id
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND v.known <= @cutoff
		ORDER BY v.contract, v.version`, l.args)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[termsRow])
	for _, r := range list {
		if month, file := l.month(r.Contract); month != nil {
			month.Contract.Versions = append(month.Contract.Versions, r.terms())
			file.Claims[r.Contract] = subsidy.File{Contract: month.Contract, Birth: file.Employment.Birth}
		}
	}
	return err
}

// hours come in order of version, so that the newest one that the cut-off
// knows of each day and kind is the last.
func (l *loader) hours(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT h.contract, h.day, h.kind, h.version, h.quantity
		FROM contract c JOIN hours h ON h.contract = c.id
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last
		  AND h.period BETWEEN @month AND @to AND h.day BETWEEN @from AND @to AND h.known <= @cutoff
		ORDER BY h.contract, h.day, h.kind, h.version`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var on time.Time
	var kind string
	var version int32
	var quantity int32
	_, err = pgx.ForEachRow(rows, []any{&contract, &on, &kind, &version, &quantity}, func() error {
		month, _ := l.month(contract)
		if month == nil {
			return nil
		}
		h := payroll.Hours{Contract: contract, Day: date(&on), Kind: payroll.HoursKind(kind), Version: int(version), Quantity: payroll.Quantity(quantity)}
		if n := len(month.Hours); n > 0 && month.Hours[n-1].Day == h.Day && month.Hours[n-1].Kind == h.Kind {
			month.Hours[n-1] = h
			return nil
		}
		month.Hours = append(month.Hours, h)
		return nil
	})
	return err
}

// sickMonths is how far back a spell of sickness can still matter: the employer
// pays 104 weeks of it (BW 7:629), and recoveries of less than four weeks between
// them make it longer.
const sickMonths = 36

// sickness reads hours of sickness before the period, where a contract pays less
// than the whole wage for them: waiting days and weeks count from the first. They
// come in order of version, so that the newest one that the cut-off knows of each
// day is the last.
func (l *loader) sickness(ctx context.Context) error {
	var contracts []uuid.UUID
	for _, f := range l.files {
		for _, m := range f.Contracts {
			if slices.ContainsFunc(m.Contract.Versions, func(t payroll.Terms) bool { return t.Sick != nil }) {
				contracts = append(contracts, m.Contract.ID)
			}
		}
	}
	if len(contracts) == 0 {
		return nil
	}
	since := l.run.Period.From.AddMonths(-sickMonths)
	rows, err := l.Query(ctx, `
		SELECT h.contract, h.day, h.version, h.quantity FROM hours h
		WHERE h.contract = ANY (@contracts::uuid[]) AND h.kind = 'sick'
		  AND h.period BETWEEN @oldest AND @month AND h.day >= @since AND h.day < @from AND h.known <= @cutoff
		ORDER BY h.contract, h.day, h.version`,
		pgx.NamedArgs{
			"contracts": contracts, "oldest": day(calendar.MonthOf(since).From), "month": l.args["month"], "since": day(since),
			"from": l.args["from"], "cutoff": l.args["cutoff"],
		})
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var on time.Time
	var version, quantity int32
	_, err = pgx.ForEachRow(rows, []any{&contract, &on, &version, &quantity}, func() error {
		month, _ := l.month(contract)
		h := payroll.Hours{Contract: contract, Day: date(&on), Kind: payroll.Sick, Version: int(version), Quantity: payroll.Quantity(quantity)}
		if n := len(month.Sickness); n > 0 && month.Sickness[n-1].Day == h.Day {
			month.Sickness[n-1] = h
			return nil
		}
		month.Sickness = append(month.Sickness, h)
		return nil
	})
	return err
}

func (l *loader) decisions(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT `+decisionColumns+`
		FROM contract c JOIN decision d ON d.contract = c.id JOIN decision_version v ON v.decision = d.id
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND v.known <= @cutoff
		ORDER BY d.contract, d.number, d.id, v.version`, l.args)
	if err != nil {
		return err
	}
	list, err := collectDecisions(rows)
	for _, d := range list {
		l.claims(d.Contract, func(f *subsidy.File) { f.Decisions = append(f.Decisions, d) })
	}
	return err
}

func (l *loader) loonwaarden(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT `+loonwaardeColumns+`
		FROM contract c JOIN loonwaarde w ON w.contract = c.id
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND w.known <= @cutoff
		ORDER BY w.contract, w.version`, l.args)
	if err != nil {
		return err
	}
	list, err := collectLoonwaarden(rows)
	for _, w := range list {
		l.claims(w.Contract, func(f *subsidy.File) { f.Loonwaarden = append(f.Loonwaarden, w) })
	}
	return err
}

// earlier reads what runs that were approved when the cut-off was fixed have paid
// and claimed. Without one there is nothing to look for.
func (l *loader) earlier(ctx context.Context) error {
	var any bool
	err := l.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM calculation k JOIN run r ON r.id = k.run WHERE r.employer = @employer AND k.known <= @cutoff)`, l.args).Scan(&any)
	if err != nil || !any {
		return err
	}
	for _, step := range []func(context.Context) error{l.paid, l.history, l.booked, l.attributed, l.taken} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// paid sums the gross that other runs of the same days have paid, so that nobody
// is paid twice.
func (l *loader) paid(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT p.contract, sum(p.gross)
		FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
		JOIN payslip p ON p.calculation = k.id AND p.period = r.period
		WHERE r.employer = @employer AND r.id <> @run AND r.period <= @to AND r.period_end >= @from AND p.person BETWEEN @first AND @last
		GROUP BY p.contract`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var gross decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&contract, &gross}, func() (err error) {
		if month, _ := l.month(contract); month != nil {
			month.Paid, err = money(gross)
		}
		return err
	})
	return err
}

// history sums what was claimed by runs that were approved when the cut-off was
// fixed, never by this run itself, and apart from it what other runs of this
// very period booked. Claims are found decision by decision, since the planner
// knows nothing yet of rows that were written a moment ago.
func (l *loader) history(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT m.contract, m.decision, m.rule, sum(m.entitled), sum(m.wage_cost), sum(m.amount),
		       coalesce(sum(m.base) FILTER (WHERE coalesce(m.origin, m.period) = @from), 0), coalesce(sum(m.charges) FILTER (WHERE coalesce(m.origin, m.period) = @from), 0),
		       coalesce(sum(m.wage_cost) FILTER (WHERE coalesce(m.origin, m.period) = @from), 0)
		FROM contract c JOIN decision d ON d.contract = c.id
		JOIN LATERAL (SELECT * FROM claim m WHERE m.decision = d.id OFFSET 0) m ON true
		JOIN calculation k ON k.id = m.calculation
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND k.known <= @cutoff AND k.run <> @run
		  AND (@before::date IS NULL OR coalesce(m.origin, m.period) < @before)
		GROUP BY m.contract, m.decision, m.rule`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var h subsidy.History
	sums := make([]decimal.Decimal, 6)
	into := []*euro.Amount{&h.Entitled, &h.WageCost, &h.Amount, &h.Booked.Base, &h.Booked.Charges, &h.Booked.WageCost}
	_, err = pgx.ForEachRow(rows, []any{&contract, &h.Decision, &h.Rule, &sums[0], &sums[1], &sums[2], &sums[3], &sums[4], &sums[5]}, func() (err error) {
		for i, sum := range sums {
			if *into[i], err = money(sum); err != nil {
				return err
			}
		}
		l.claims(contract, func(f *subsidy.File) { f.History = append(f.History, h) })
		return nil
	})
	return err
}

// drop leaves out contracts that have no day and no hours in the period: they
// give no payslip. Their days are part of the service with the employer.
func (l *loader) drop() {
	kept := l.files[:0]
	for _, f := range l.files {
		var months []payroll.ContractMonth
		for _, m := range f.Contracts {
			if len(m.Contract.Versions) > 0 {
				f.Service = append(f.Service, m.Contract.Span())
			}
			if len(m.Contract.Versions) > 0 && (m.Contract.Span().Overlaps(l.run.Period.Span) || len(m.Hours) > 0) {
				months = append(months, m)
			} else {
				f.Outside = append(f.Outside, m)
			}
		}
		f.Contracts = months
		if len(months) > 0 || len(f.Past) > 0 {
			kept = append(kept, f)
		}
	}
	l.files = kept
}
