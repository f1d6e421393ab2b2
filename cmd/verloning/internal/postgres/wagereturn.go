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
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// sealReturned seals who an inkomstenverhouding is of, for one line of one return.
func (v *Vault) sealReturned(plain []byte, wageReturn, employment uuid.UUID) []byte {
	return closeUp(v.seal, plain, returnedBound(wageReturn, employment))
}

func (v *Vault) openReturned(sealed []byte, wageReturn, employment uuid.UUID) ([]byte, error) {
	plain, err := openUp(v.seal, sealed, returnedBound(wageReturn, employment))
	if err != nil {
		return nil, fmt.Errorf("a line of return %s does not open: %w", wageReturn, err)
	}
	return plain, nil
}

func returnedBound(wageReturn, employment uuid.UUID) []byte {
	return append(append([]byte("return:"), wageReturn[:]...), employment[:]...)
}

// ReturnSource sums approved payslips by employment, with what later ones attribute
// to the period and what the newest terms say of it. Charges that were not known and
// came with such a correction are known. The employer's lock keeps out approvals until the return is made.
func (tx *Tx) ReturnSource(ctx context.Context, employer uuid.UUID, p calendar.Period) (s payroll.ReturnSource, err error) {
	if err := tx.holdOrganisation(ctx, employer); err != nil {
		return s, fmt.Errorf("return of %s: %w", p, err)
	}
	args := pgx.NamedArgs{"employer": employer, "from": day(p.From), "to": day(p.To), "kind": string(p.Kind)}
	err = tx.QueryRow(ctx, `
		SELECT coalesce(sum(grosses), 0)::int, coalesce(sum(unknown) FILTER (WHERE NOT told), 0)::int, coalesce(bool_or(other), false)
		FROM (SELECT count(*) FILTER (WHERE gross_only) AS grosses, count(*) FILTER (WHERE NOT gross_only AND awf_class IS NULL) AS unknown, bool_or(period_kind <> @kind) AS other,
		             bool_or(attributed) AND coalesce(sum(gross) FILTER (WHERE NOT gross_only AND awf_class IS NULL), 0) = 0 AS told
		      FROM return_payslip WHERE employer = @employer AND return_day BETWEEN @from AND @to GROUP BY contract) s`, args).Scan(&s.GrossOnly, &s.Unknown, &s.OtherKind)
	if err != nil {
		return s, fmt.Errorf("return of %s: %w", p, err)
	}
	rows, err := tx.Query(ctx, `
		WITH s AS (SELECT * FROM return_payslip WHERE employer = @employer AND return_day BETWEEN @from AND @to AND NOT gross_only AND awf_class IS NOT NULL),
		     h AS (SELECT p.employment, sum(CASE WHEN l.kind = 'wage.unpaid' THEN -abs(l.quantity) ELSE l.quantity END)::int AS hours
		           FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		           JOIN payslip p ON p.period = r.period AND p.calculation = k.id AND NOT p.gross_only
		           JOIN payslip_line l ON l.period = p.period AND l.calculation = p.calculation AND l.contract = p.contract
		           LEFT JOIN LATERAL (SELECT x.enjoyed_on FROM attribution x WHERE x.calculation = l.calculation AND x.contract = l.contract AND x.origin = l.origin LIMIT 1) t ON true
		           WHERE r.employer = @employer AND coalesce(t.enjoyed_on, r.pay_date) BETWEEN @from AND @to
		             AND (r.pay_date BETWEEN @from AND @to OR EXISTS (SELECT FROM attribution x WHERE x.calculation = k.id AND x.enjoyed_on BETWEEN @from AND @to))
		             AND l.kind IN ('wage.worked', 'wage.training', 'wage.sick', 'wage.leave', 'wage.public_holiday', 'wage.fixed', 'wage.unpaid') GROUP BY 1)
		SELECT s.employment, e.number, e.person, v.name, v.birth, v.korting, pe.bsn_sealed, b.bsn_sealed, coalesce(h.hours, 0), bool_or(s.awf_class <> ''),
		       c.open_ended, c.written, c.on_call, c.week, c.starts, c.ends,
		       sum(s.gross - s.pension_employee), sum(s.gross - s.pension_employee - s.transition) FILTER (WHERE s.awf_class <> ''),
		       sum(s.premium_base) FILTER (WHERE s.aof_class = 'low'), sum(s.premium_base) FILTER (WHERE s.aof_class = 'high'), sum(s.premium_base) FILTER (WHERE s.awf_class <> ''),
		       sum(s.premium_base) FILTER (WHERE s.awf_class = 'low'), sum(s.premium_base) FILTER (WHERE s.awf_class = 'high'), sum(s.premium_base) FILTER (WHERE s.awf_class = 'ufo'),
		       sum(s.taxed_special), sum(s.holiday_paid), sum(s.holiday), sum(s.gross), sum(s.tax_table + s.tax_special),
		       sum(s.aof) FILTER (WHERE s.aof_class = 'low'), sum(s.aof) FILTER (WHERE s.aof_class = 'high'), sum(s.wko), sum(s.whk),
		       sum(s.awf) FILTER (WHERE s.awf_class = 'low'), sum(s.awf) FILTER (WHERE s.awf_class = 'high'), sum(s.awf) FILTER (WHERE s.awf_class = 'ufo'),
		       sum(s.zvw), sum(s.arbeidskorting), sum(s.zvw_base)
		FROM s JOIN employment e ON e.id = s.employment JOIN person pe ON pe.id = e.person LEFT JOIN person_bsn b ON b.person = e.person LEFT JOIN h ON h.employment = s.employment
		JOIN LATERAL (SELECT * FROM employment_version v WHERE v.employment = e.id ORDER BY v.version DESC LIMIT 1) v ON true
		JOIN LATERAL (
			SELECT bool_and(t.open_ended), bool_and(t.written), bool_or(t.on_call), sum(t.hours_per_week), min(t.starts), CASE WHEN bool_and(t.ends <= @to) THEN max(t.ends) END
			FROM (SELECT DISTINCT contract FROM s x WHERE x.employment = e.id) x
			JOIN LATERAL (SELECT * FROM contract_version t WHERE t.contract = x.contract AND t.valid_from <= @to ORDER BY t.version DESC LIMIT 1) t ON true) c (open_ended, written, on_call, week, starts, ends) ON true
		GROUP BY s.employment, e.number, e.person, v.name, v.birth, v.korting, pe.bsn_sealed, b.bsn_sealed, h.hours, c.open_ended, c.written, c.on_call, c.week, c.starts, c.ends
		ORDER BY e.number`, args)
	if err != nil {
		return s, fmt.Errorf("return of %s: %w", p, err)
	}
	s.Lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (payroll.ReturnLine, error) { return tx.returnLine(row, p) })
	if err != nil {
		return s, fmt.Errorf("return of %s: %w", p, redact(err))
	}
	return s, nil
}

// yes writes a truth as the message has it.
func yes(b bool) string {
	if b {
		return "J"
	}
	return "N"
}

func (tx *Tx) returnLine(row pgx.CollectableRow, p calendar.Period) (l payroll.ReturnLine, err error) {
	var person uuid.UUID
	var birth, starts time.Time
	var ends *time.Time
	var korting, insured, openEnded, written, onCall bool
	var early, late []byte
	var hours int
	var week decimal.Decimal
	f := &l.Figures
	err = scanAmounts(row, []any{&l.Employment, &l.PersNr, &person, &l.Person.SignNm, &birth, &korting, &early, &late, &hours, &insured, &openEnded, &written, &onCall, &week, &starts, &ends},
		&f.LnLbPh, &f.LnSV, &f.PrlnAofAnwLg, &f.PrlnAofAnwHg, &f.PrlnWhkAnw, &f.PrlnAwfAnwLg, &f.PrlnAwfAnwHg, &f.PrLnUFO,
		&f.LnTabBB, &f.VakBsl, &f.OpgRchtVakBl, &f.LnInGld, &f.IngLbPh, &f.PrAofLg, &f.PrAofHg, &f.OpslWko, &f.PrGediffWhk,
		&f.PrAwfLg, &f.PrAwfHg, &f.PrUFO, &f.WghZvw, &f.VerrArbKrt, &f.ZvwBase)
	if err != nil {
		return l, err
	}
	l.NumIV, l.DatAanv, l.DatEind, l.Person.Gebdat = 1, date(&starts), date(ends), date(&birth).String()
	l.Income = payroll.ReturnIncome{SrtIV: "15", IndArbovOnbepTd: yes(openEnded), IndSchriftArbov: yes(written), IndOprov: yes(onCall), IndLhKort: yes(korting),
		IndWAO: yes(insured), IndWW: yes(insured), IndZW: yes(insured), CdZvw: "K", AantVerlU: (hours + 50) / 100, AantCtrcturenPWk: euro.FromDecimal(week)}
	if p.Kind == calendar.Month {
		l.Income.LbTab = "012"
	}
	for _, sealed := range [][]byte{early, late} {
		if sealed == nil {
			continue
		}
		if tx.vault == nil {
			return l, errors.New("the keys are not open")
		}
		bsn, err := tx.vault.openBSN(sealed, person)
		if err != nil {
			return l, err
		}
		l.Person.SofiNr = bsn.Reveal()
	}
	return l, nil
}

// NewestReturn finds the newest return of a period with its lines.
func (tx *Tx) NewestReturn(ctx context.Context, employer uuid.UUID, p calendar.Period) (m payroll.ReturnMade, known bool, err error) {
	if err := tx.holdOrganisation(ctx, employer); err != nil {
		return m, false, fmt.Errorf("return of %s: %w", p, err)
	}
	r, known, err := tx.Return(ctx, employer, p, 0)
	if err != nil || !known {
		return m, false, err
	}
	m = payroll.ReturnMade{ID: r.ID, Sequence: r.Sequence, ToPay: r.ToPay}
	m.Lines, err = tx.ReturnLines(ctx, r.ID, "", 1<<30)
	return m, true, err
}

// AddReturn keeps a return and seals it.
func (tx *Tx) AddReturn(ctx context.Context, a payroll.Actor, r payroll.WageReturn) error {
	sum := r.Totals()
	totals, err := json.Marshal(sum)
	if err != nil {
		return fmt.Errorf("return of %s: %w", r.Period, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO wage_return (id, employer, period, period_end, period_kind, sequence, number, lines, totals, to_pay, exact, before, hash, made_by)
		VALUES (@id, @employer, @from, @to, @kind, @sequence, @number, @lines, @totals, @pay, @exact, @before, @hash, @by)`,
		pgx.NamedArgs{
			"id": r.ID, "employer": r.Employer, "from": day(r.Period.From), "to": day(r.Period.To), "kind": string(r.Period.Kind), "sequence": r.Sequence, "number": text(r.Number),
			"lines": len(r.Lines), "totals": string(totals), "pay": sum.ToPay().Decimal(), "exact": sum.Payable().Decimal(), "before": r.Before.Decimal(), "hash": r.Hash(), "by": a.User,
		})
	if err != nil {
		return fmt.Errorf("return of %s: %w", r.Period, err)
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"wage_return_line"}, []string{"wage_return", "employment", "changed", "facts", "person_sealed"},
		pgx.CopyFromSlice(len(r.Lines), func(i int) ([]any, error) {
			l := r.Lines[i]
			person, err := json.Marshal(l.Person)
			if err != nil {
				return nil, err
			}
			l.Person = payroll.ReturnPerson{}
			facts, err := json.Marshal(l)
			return []any{key(r.ID), key(l.Employment), l.Changed, string(facts), tx.vault.sealReturned(person, r.ID, l.Employment)}, err
		}))
	if err != nil {
		return fmt.Errorf("lines of the return of %s: %w", r.Period, redact(err))
	}
	return nil
}

// ReturnHead is a return as it was made, without who is in it.
type ReturnHead struct {
	ID       uuid.UUID
	Period   calendar.Period
	Sequence int
	Number   string
	Lines    int
	Totals   payroll.ReturnFigures
	ToPay    euro.Amount
	Exact    euro.Amount
	Before   euro.Amount
	Hash     string
	MadeOn   calendar.Date
}

const returnColumns = `id, period, period_kind, sequence, coalesce(number, ''), lines, totals, to_pay, exact, before, hash, made_at`

func (tx *Tx) scanReturn(row pgx.CollectableRow) (r ReturnHead, err error) {
	var from, at time.Time
	var kind, totals string
	var pay, exact, before decimal.Decimal
	if err = row.Scan(&r.ID, &from, &kind, &r.Sequence, &r.Number, &r.Lines, &totals, &pay, &exact, &before, &r.Hash, &at); err != nil {
		return r, err
	}
	r.Period, r.MadeOn = calendar.PeriodFrom(calendar.Kind(kind), date(&from)), calendar.Of(at, tx.place)
	if err = json.Unmarshal([]byte(totals), &r.Totals); err != nil {
		return r, err
	}
	return r, amounts([]decimal.Decimal{pay, exact, before}, &r.ToPay, &r.Exact, &r.Before)
}

// Return finds a return of a period by its sequence; nought is the newest.
func (tx *Tx) Return(ctx context.Context, employer uuid.UUID, p calendar.Period, sequence int) (ReturnHead, bool, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+returnColumns+` FROM wage_return WHERE employer = $1 AND period = $2 AND period_kind = $3 AND ($4 = 0 OR sequence = $4)
		ORDER BY sequence DESC LIMIT 1`, employer, day(p.From), string(p.Kind), sequence)
	if err != nil {
		return ReturnHead{}, false, fmt.Errorf("return of %s: %w", p, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, tx.scanReturn)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("return of %s: %w", p, err)
	}
	return r, true, nil
}

// Returns lists the newest return of each period with a day in a span.
func (tx *Tx) Returns(ctx context.Context, employer uuid.UUID, span calendar.Span) ([]ReturnHead, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT ON (period, period_kind) `+returnColumns+` FROM wage_return
		WHERE employer = $1 AND period <= $3 AND period_end >= $2 ORDER BY period, period_kind, sequence DESC`, employer, day(span.From), day(span.To))
	if err != nil {
		return nil, fmt.Errorf("returns: %w", err)
	}
	return pgx.CollectRows(rows, tx.scanReturn)
}

// ReturnLines reads lines of a return in order of personnel number, after one.
func (tx *Tx) ReturnLines(ctx context.Context, wageReturn uuid.UUID, after string, limit int) ([]payroll.ReturnLine, error) {
	rows, err := tx.Query(ctx, `
		SELECT l.employment, l.facts, l.person_sealed FROM wage_return_line l JOIN employment e ON e.id = l.employment
		WHERE l.wage_return = $1 AND e.number > $2 ORDER BY e.number LIMIT $3`, wageReturn, after, limit)
	if err != nil {
		return nil, fmt.Errorf("lines of return %s: %w", wageReturn, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l payroll.ReturnLine, err error) {
		var facts string
		var sealed []byte
		var employment uuid.UUID
		if err = row.Scan(&employment, &facts, &sealed); err != nil {
			return l, err
		}
		if err = json.Unmarshal([]byte(facts), &l); err != nil {
			return l, err
		}
		l.Employment = employment
		plain, err := tx.vault.openReturned(sealed, wageReturn, employment)
		if err != nil {
			return l, err
		}
		return l, json.Unmarshal(plain, &l.Person)
	})
}
