package postgres

import (
	"bytes"
	"context"
	"maps"
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

// takenBack is the whole reversal of a run.
const takenBack = `SELECT FROM run v JOIN calculation w ON w.run = v.id AND w.known <= @cutoff WHERE v.reverses = r.id AND v.contract IS NULL`

// affected finds the persons whom facts that came after a period was paid concern,
// and the first such period of each. A regular run looks at all of an employer's
// periods before it, so that what its cut-off knew needs no second look: seen is the
// newest cut-off of a run of that period or a later one. Reckoned with too is a run
// of an earlier period that was approved after a later one, who was left out of the
// newest run, and whose payslip was reversed.
const affected = `
	WITH runs AS MATERIALIZED (
		SELECT r.id, r.period, r.period_end, r.pay_date, k.id AS calculation, k.cutoff, k.known, k.figures,
		       max(k.cutoff) OVER (ORDER BY r.period DESC) AS seen
		FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
		WHERE r.employer = @employer AND r.kind = 'regular' AND r.id <> @run AND NOT EXISTS (` + takenBack + `)),
	past AS MATERIALIZED (SELECT * FROM runs WHERE period_end < @from AND @regular),
	newest AS MATERIALIZED (SELECT * FROM runs ORDER BY period DESC LIMIT 1),
	mine AS MATERIALIZED (
		SELECT c.id, c.person, c.employment, c.municipality, c.scheme FROM contract c
		WHERE c.employer = @employer AND c.person BETWEEN @first AND @last AND c.known <= @cutoff AND EXISTS (SELECT FROM past)),
	late AS MATERIALIZED (
		SELECT DISTINCT h.contract, h.day, max(h.known) OVER (PARTITION BY h.contract, h.day) AS known FROM hours h
		WHERE h.known > (SELECT min(seen) FROM past) AND h.known <= @cutoff AND h.period >= (SELECT date_trunc('month', min(period)) FROM past) AND h.day < @from),
	touched AS (
		SELECT m.person, p.period FROM late h JOIN mine m ON m.id = h.contract JOIN past p ON h.day BETWEEN p.period AND p.period_end AND h.known > p.seen
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN contract_version v ON v.contract = m.id AND v.known <= @cutoff
		JOIN past p ON v.known > p.seen AND v.starts <= p.period_end AND (v.valid_from <= p.period_end OR v.ends <= p.period_end OR EXISTS (
			SELECT FROM contract_version u WHERE u.contract = m.id AND u.version < v.version AND u.ends <= p.period_end AND u.ends IS DISTINCT FROM v.ends))
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN contract_version v ON v.contract = m.id AND v.known <= @cutoff
		JOIN contract_version u ON u.contract = m.id AND u.version = v.version - 1 AND u.starts < v.starts
		JOIN past p ON v.known > p.seen AND u.starts <= p.period_end
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN employment_version v ON v.employment = m.employment AND v.known <= @cutoff
		JOIN employment_version u ON u.employment = v.employment AND u.version = v.version - 1 AND u.birth <> v.birth
		JOIN past p ON v.known > p.seen
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN decision d ON d.contract = m.id JOIN decision_version v ON v.decision = d.id AND v.known <= @cutoff
		JOIN past p ON v.known > p.seen AND (v.starts <= p.period_end OR EXISTS (
			SELECT FROM decision_version u WHERE u.decision = d.id AND u.version < v.version AND u.starts <= p.period_end))
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN loonwaarde w ON w.contract = m.id AND w.known <= @cutoff JOIN past p ON w.known > p.seen AND w.valid_from <= p.period_end
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN placement w ON w.contract = m.id AND w.known <= @cutoff JOIN past p ON w.known > p.seen AND lower(w.days) <= p.period_end
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN opening o ON o.contract = m.id AND o.known <= @cutoff JOIN past p ON o.known > p.seen AND o.until < p.period_end
		UNION ALL
		SELECT m.person, p.period FROM charge_terms t JOIN past p ON t.known > p.seen AND t.valid_from <= p.pay_date JOIN mine m ON true
		WHERE t.employer = @employer AND t.known <= @cutoff
		UNION ALL
		SELECT m.person, p.period FROM pension_terms t JOIN past p ON t.known > p.seen AND t.valid_from <= p.period_end JOIN mine m ON true
		WHERE t.employer = @employer AND t.known <= @cutoff
		UNION ALL
		SELECT m.person, p.period FROM mine m JOIN scheme_version v ON v.municipality = m.municipality AND v.scheme = m.scheme AND v.known <= @cutoff
		JOIN past p ON v.known > p.seen AND v.valid_from <= p.period_end
		UNION ALL
		SELECT m.person, p.period FROM past p JOIN mine m ON true
		WHERE EXISTS (SELECT FROM past e WHERE e.period < p.period AND e.known > p.seen) OR p.known > (SELECT max(cutoff) FROM runs e WHERE e.period > p.period)
		UNION ALL
		SELECT m.person, p.period FROM past p JOIN run v ON v.reverses = p.id AND v.contract IS NOT NULL
		JOIN calculation w ON w.run = v.id AND w.known > p.seen AND w.known <= @cutoff JOIN mine m ON m.id = v.contract
		UNION ALL
		SELECT m.person, p.period FROM past p JOIN mine m ON true JOIN left_out x ON x.person = m.person AND x.calculation = (SELECT calculation FROM newest)
		UNION ALL
		SELECT m.person, p.period FROM past p JOIN mine m ON true JOIN newest n ON n.figures <> @figures)
	SELECT person, min(period) FILTER (WHERE period >= @back_to) AS period, min(period) < @back_to AS early FROM touched GROUP BY person`

// past gives each person whom a late fact concerns the periods to be computed anew,
// from the first one that it touches.
func (l *loader) past(ctx context.Context, c payroll.Calculation) error {
	first, err := l.affected(ctx)
	if err != nil || len(first) == 0 {
		return err
	}
	oldest := slices.MinFunc(slices.Collect(maps.Values(first)), calendar.Date.Cmp)
	runs, err := l.runsSince(ctx, oldest)
	if err != nil {
		return err
	}
	if l.repairs, err = l.repaired(ctx); err != nil {
		return err
	}
	persons := slices.SortedFunc(maps.Keys(first), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, r := range runs {
		if err := l.computeAnew(ctx, c, r, payroll.Shard{From: persons[0], To: persons[len(persons)-1]}, first); err != nil {
			return err
		}
	}
	return nil
}

// affected are the persons of the shard with the first day of the first period.
func (l *loader) affected(ctx context.Context) (map[uuid.UUID]calendar.Date, error) {
	rows, err := l.Query(ctx, affected, l.args)
	if err != nil {
		return nil, err
	}
	list := map[uuid.UUID]calendar.Date{}
	var person uuid.UUID
	var period *time.Time
	var early bool
	_, err = pgx.ForEachRow(rows, []any{&person, &period, &early}, func() error {
		if f := l.file(person); f != nil {
			f.Early = early
		}
		if period != nil {
			list[person] = date(period)
		}
		return nil
	})
	return list, err
}

// runsSince are the regular runs before this one that the cut-off knows to be
// approved, in order.
func (l *loader) runsSince(ctx context.Context, oldest calendar.Date) ([]payroll.Run, error) {
	args := maps.Clone(l.args)
	args["oldest"] = day(oldest)
	rows, err := l.Query(ctx, `
		SELECT `+runColumns+` FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
		WHERE r.employer = @employer AND r.kind = 'regular' AND r.id <> @run AND r.period >= @oldest AND r.period_end < @from AND NOT EXISTS (`+takenBack+`) ORDER BY r.period`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (payroll.Run, error) {
		r, err := pgx.RowToStructByPos[runRow](row)
		return r.run(), err
	})
}

// computeAnew reads one past period, as it is known now, of the persons of whom it
// is to be computed anew.
func (l *loader) computeAnew(ctx context.Context, c payroll.Calculation, r payroll.Run, s payroll.Shard, first map[uuid.UUID]calendar.Date) error {
	from := r.Period.From
	past := newLoader(l.Tx, r, c, s)
	past.args["before"], past.args["run"], past.args["paid_by"] = day(from), l.args["run"], r.ID
	steps := past.facts()
	if slices.Contains(slices.Collect(maps.Values(first)), from) {
		steps = append(steps, past.history, past.booked, past.bookedLater, past.attributed)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	contracts := past.contractsByID()
	past.drop()
	booked, err := past.bookedOf(ctx, contracts)
	if err != nil {
		return err
	}
	claims, err := past.claimedOf(ctx, contracts)
	if err != nil {
		return err
	}
	taxed, err := past.taxation(ctx, past.settled.AttributedTo(r, l.run), l.repairs, contracts)
	if err != nil {
		return err
	}
	for i := range l.files {
		person := l.files[i].Employment.Person
		if start, concerned := first[person]; concerned && !start.After(from) {
			p := past.pastOf(r, l.files[i], booked[person], claims[person])
			if p.Taxation = taxed[person]; p.Taxation != nil {
				p.LastYear = l.files[i].Booked.LastYear
			}
			l.files[i].Past = append(l.files[i].Past, p)
		}
	}
	return nil
}

// pastOf is one person's past period.
func (l *loader) pastOf(r payroll.Run, now subsidy.PersonFile, booked []payroll.BookedPart, claims []subsidy.Claim) subsidy.PastFile {
	p := subsidy.PastFile{Past: payroll.Past{Run: r, File: payroll.Dossier{Employment: now.Employment, Settings: now.Settings}, Booked: booked}, Booked: claims}
	if f := l.file(now.Employment.Person); f != nil {
		p.File, p.Claims = f.Dossier, f.Claims
	}
	return p
}

// contractsByID are all contracts that were read.
func (l *loader) contractsByID() map[uuid.UUID]payroll.Contract {
	list := map[uuid.UUID]payroll.Contract{}
	for _, f := range l.files {
		for _, m := range f.Contracts {
			list[m.Contract.ID] = m.Contract
		}
	}
	return list
}

// bookedLater adds to what was booked before the period what later runs have booked
// for periods before it.
func (l *loader) bookedLater(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT o.contract, sum(o.leave_accrued - o.leave_taken)::int, sum(o.wage), sum(o.holiday), sum(o.holiday_paid), sum(o.transition)
		FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
		JOIN correction o ON o.calculation = k.id AND o.origin < @from
		JOIN contract c ON c.id = o.contract AND c.person BETWEEN @first AND @last
		WHERE r.employer = @employer AND r.period >= @from AND r.id <> @run
		GROUP BY o.contract`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var leave int32
	sums := make([]decimal.Decimal, 4)
	_, err = pgx.ForEachRow(rows, []any{&contract, &leave, &sums[0], &sums[1], &sums[2], &sums[3]}, func() error {
		at, file := l.month(contract)
		if at == nil {
			return nil
		}
		var amounts [4]euro.Amount
		for i, sum := range sums {
			var err error
			if amounts[i], err = money(sum); err != nil {
				return err
			}
		}
		at.Earlier.Base, at.Earlier.Accrued, at.Earlier.Paid = at.Earlier.Base.Add(amounts[0]), at.Earlier.Accrued.Add(amounts[1]), at.Earlier.Paid.Add(amounts[2])
		file.Booked.Leave += payroll.Quantity(leave)
		if !amounts[3].IsZero() {
			file.Booked.Paid = append(file.Booked.Paid, payroll.TransitionPaid{From: at.Contract.Span().From, Amount: amounts[3]})
		}
		return nil
	})
	return err
}

// bookedOf is what all runs have booked for the period, by person and contract: of
// the run's own payslips what is not of an earlier period, and what later runs
// corrected.
func (l *loader) bookedOf(ctx context.Context, contracts map[uuid.UUID]payroll.Contract) (map[uuid.UUID][]payroll.BookedPart, error) {
	rows, err := l.Query(ctx, `
		WITH runs AS MATERIALIZED (
			SELECT r.period, k.id FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
			WHERE r.employer = @employer AND r.period >= @from AND r.id <> @run),
		mine AS MATERIALIZED (SELECT id FROM contract WHERE employer = @employer AND person BETWEEN @first AND @last),
		parts AS (
			SELECT p.contract, p.gross - p.holiday_paid - p.leave_paid - p.transition AS wage, p.holiday, p.holiday_paid, p.leave_paid, p.transition,
			       p.pension_base, p.pension_employee, p.pension_employer, p.owed, p.leave_accrued, p.leave_taken
			FROM runs r JOIN mine m ON true JOIN payslip p ON p.period = r.period AND p.calculation = r.id AND p.contract = m.id WHERE r.period = @from
			UNION ALL
			SELECT o.contract, -o.wage, -o.holiday, -o.holiday_paid, -o.leave_paid, -o.transition,
			       -o.pension_base, -o.pension_employee, -o.pension_employer, -o.owed, -o.leave_accrued, -o.leave_taken
			FROM runs r JOIN correction o ON o.calculation = r.id JOIN mine m ON m.id = o.contract WHERE r.period = @from
			UNION ALL
			SELECT o.contract, o.wage, o.holiday, o.holiday_paid, o.leave_paid, o.transition,
			       o.pension_base, o.pension_employee, o.pension_employer, o.owed, o.leave_accrued, o.leave_taken
			FROM runs r JOIN correction o ON o.calculation = r.id AND o.origin = @from JOIN mine m ON m.id = o.contract WHERE r.period > @from)
		SELECT contract, sum(leave_accrued)::int, sum(leave_taken)::int, sum(wage), sum(holiday), sum(holiday_paid), sum(leave_paid), sum(transition),
		       sum(pension_base), sum(pension_employee), sum(pension_employer), sum(owed)
		FROM parts GROUP BY contract ORDER BY contract`, l.args)
	if err != nil {
		return nil, err
	}
	list := map[uuid.UUID][]payroll.BookedPart{}
	parts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b payroll.BookedPart, err error) {
		var accrued, taken int32
		err = scanAmounts(row, []any{&b.Contract.ID, &accrued, &taken}, &b.Wage, &b.Holiday, &b.HolidayPaid, &b.LeavePaid, &b.Transition,
			&b.Pension.Base, &b.Pension.Employee, &b.Pension.Employer, &b.Owed)
		b.LeaveAccrued, b.LeaveTaken = payroll.Quantity(accrued), payroll.Quantity(taken)
		return b, err
	})
	if err != nil || len(parts) == 0 {
		return list, err
	}
	lines, err := l.linesOf(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range parts {
		if contract, known := contracts[b.Contract.ID]; known {
			b.Contract, b.Lines = contract, lines[contract.ID]
			list[contract.Person] = append(list[contract.Person], b)
		}
	}
	return list, nil
}

// linesOf are the lines about the period that all runs have booked.
func (l *loader) linesOf(ctx context.Context) (map[uuid.UUID][]payroll.Line, error) {
	rows, err := l.Query(ctx, `
		SELECT n.contract, n.kind, n.rate, n.rule, n.source, sum(n.quantity)::int, sum(n.amount)
		FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
		JOIN contract c ON c.employer = @employer AND c.person BETWEEN @first AND @last
		JOIN LATERAL (SELECT * FROM payslip_line n WHERE n.period = r.period AND n.calculation = k.id AND n.contract = c.id AND n.origin = @from OFFSET 0) n ON true
		WHERE r.employer = @employer AND r.period >= @from AND r.id <> @run
		GROUP BY n.contract, n.kind, n.rate, n.rule, n.source ORDER BY n.contract, min(n.line), n.kind, n.rate, n.rule, n.source`, l.args)
	if err != nil {
		return nil, err
	}
	list := map[uuid.UUID][]payroll.Line{}
	var contract uuid.UUID
	var n payroll.Line
	var kind string
	var rate, amount decimal.Decimal
	var quantity int32
	_, err = pgx.ForEachRow(rows, []any{&contract, &kind, &rate, &n.Rule, &n.Source, &quantity, &amount}, func() (err error) {
		n.Kind, n.Rate, n.Quantity, n.Origin = payroll.LineKind(kind), euro.FromDecimal(rate), payroll.Quantity(quantity), l.run.Period.From
		n.Amount, err = money(amount)
		list[contract] = append(list[contract], n)
		return err
	})
	return list, err
}

// claimedOf is what all runs have claimed for the period, by person: a sum for each
// contract, decision or placement, rule, source and rate of VAT.
func (l *loader) claimedOf(ctx context.Context, contracts map[uuid.UUID]payroll.Contract) (map[uuid.UUID][]subsidy.Claim, error) {
	rows, err := l.Query(ctx, `
		SELECT m.contract, m.decision, (SELECT number FROM decision d WHERE d.id = m.decision), m.placement, m.payer, m.payee, m.scheme, m.rule, m.kind,
		       min(m.document), coalesce(m.budget, ''), min(m.service_from), max(m.service_to), m.vat_rate, bool_or(m.provisional), array_agg(m.id ORDER BY m.id),
		       sum(m.base), sum(m.charges), sum(m.wage_cost), sum(m.amount), sum(m.vat), sum(m.vat_cost)
		FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
		JOIN contract c ON c.employer = @employer AND c.person BETWEEN @first AND @last
		JOIN LATERAL (SELECT * FROM claim m WHERE m.period = r.period AND m.calculation = k.id AND m.contract = c.id AND coalesce(m.origin, m.period) = @from OFFSET 0) m ON true
		WHERE r.employer = @employer AND r.period >= @from AND r.id <> @run
		GROUP BY m.contract, m.decision, m.placement, m.payer, m.payee, m.scheme, m.rule, m.kind, m.budget, m.vat_rate
		ORDER BY m.contract, m.decision, m.placement, m.rule, m.budget, m.vat_rate`, l.args)
	if err != nil {
		return nil, err
	}
	list := map[uuid.UUID][]subsidy.Claim{}
	sums := map[uuid.UUID]uuid.UUID{} // of each claim the one that stands for the sum
	claims, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m subsidy.Claim, err error) {
		var decision, placement *uuid.UUID
		var number *string
		var kind, document, budget string
		var from, to time.Time
		var rate decimal.Decimal
		var summed []uuid.UUID
		err = scanAmounts(row, []any{&m.Contract, &decision, &number, &placement, &m.Payer, &m.Payee, &m.Scheme, &m.Rule, &kind, &document, &budget, &from, &to, &rate, &m.Provisional, &summed},
			&m.Base, &m.Charges, &m.WageCost, &m.Amount, &m.VAT, &m.VATCost)
		if err != nil {
			return m, err
		}
		m.Decision, m.DecisionNumber, m.Placement, m.Kind = nilOr(decision), orEmpty(number), nilOr(placement), subsidy.Kind(kind)
		m.Document, m.Budget, m.VATRate = subsidy.Document(document), subsidy.Source(budget), euro.FromDecimal(rate)
		m.Service, m.ContractNumber = calendar.Span{From: date(&from), To: date(&to)}, contracts[m.Contract].Number
		m.ID, m.Entitled = summed[0], m.Base.Add(m.Charges)
		for _, id := range summed {
			sums[id] = m.ID
		}
		return m, nil
	})
	if err != nil {
		return nil, err
	}
	sources, err := l.borne(ctx, sums)
	if err != nil {
		return nil, err
	}
	for _, m := range claims {
		m.Sources = sources[m.ID]
		if contract, known := contracts[m.Contract]; known {
			list[contract.Person] = append(list[contract.Person], m)
		}
	}
	return list, nil
}

// borne is what each source bears of sums of claims; none where they have one.
func (l *loader) borne(ctx context.Context, sums map[uuid.UUID]uuid.UUID) (map[uuid.UUID][]subsidy.SourceShare, error) {
	list := map[uuid.UUID][]subsidy.SourceShare{}
	if len(sums) == 0 {
		return list, nil
	}
	rows, err := l.Query(ctx, `
		SELECT s.claim, s.source, s.share, s.amount FROM claim_source s JOIN calculation k ON k.id = s.calculation AND k.known <= @cutoff
		WHERE s.claim = ANY (@claims::uuid[]) ORDER BY array_position(@sources::text[], s.source), s.claim`,
		pgx.NamedArgs{"claims": slices.Collect(maps.Keys(sums)), "cutoff": l.args["cutoff"], "sources": subsidy.Sources})
	if err != nil {
		return nil, err
	}
	var claim uuid.UUID
	var source string
	var share, amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&claim, &source, &share, &amount}, func() error {
		part, err := sourceShare(source, share, amount)
		list[sums[claim]] = subsidy.PlusShare(list[sums[claim]], part)
		return err
	})
	return list, err
}
