package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// Balance is what an account of an organisation stands at.
type Balance struct {
	Account string      `json:"account"`
	NL      string      `json:"account_nl"`
	EN      string      `json:"account_en"`
	Amount  euro.Amount `json:"amount"` // debit less credit
}

// LedgerCutoff says which postings count: those that are booked on or before a
// day, and those up to and with a number. None of the two: all.
type LedgerCutoff struct {
	On      calendar.Date
	Posting int
}

// Balances sums the posted transfers of an organisation by account.
func (tx *Tx) Balances(ctx context.Context, of uuid.UUID, c LedgerCutoff) ([]Balance, error) {
	rows, err := tx.Query(ctx, `
		WITH t AS (SELECT debit, credit, amount FROM posted_transfer
		           WHERE ledger = @ledger AND (@on::date IS NULL OR booked_on <= @on) AND (@posting = 0 OR sequence <= @posting))
		SELECT account, sum(amount) FROM (SELECT debit AS account, amount FROM t UNION ALL SELECT credit, -amount FROM t) x
		GROUP BY account ORDER BY account`, pgx.NamedArgs{"ledger": of, "on": day(c.On), "posting": c.Posting})
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Balance, err error) {
		var sum decimal.Decimal
		if err = row.Scan(&b.Account, &sum); err == nil {
			b.Amount, err = money(sum)
		}
		name := ledger.Account(b.Account).Name()
		b.NL, b.EN = name.NL, name.EN
		return b, err
	})
}

// JournalEntry is one transfer as the journal has it: an amount with both its
// accounts.
type JournalEntry struct {
	Entry    string        `json:"entry"` // what the next page comes after
	Posting  int           `json:"posting"`
	Kind     string        `json:"kind"`
	Date     calendar.Date `json:"date"`             // in the books
	PostedOn calendar.Date `json:"posted_on"`        // when it was posted
	Period   calendar.Date `json:"period"`           // first day of what it is about
	Origin   string        `json:"origin,omitempty"` // first days of earlier periods that the payslip has lines of
	Debit    string        `json:"debit"`
	Credit   string        `json:"credit"`
	Amount   euro.Amount   `json:"amount"`
	Contract string        `json:"contract,omitempty"`
	Subject  string        `json:"subject,omitempty"` // where it is no contract: a trajectory, an agreement or an organisation
}

// JournalAsked narrows the journal to days in the books and to the postings up to
// a number.
type JournalAsked struct {
	Days  calendar.Span
	Until int // nought: all
	After string
	Limit int
}

// journalPlace is where a page of the journal begins: after an entry.
type journalPlace struct {
	sequence, number int
	period           calendar.Date
	contract         uuid.UUID
}

// place reads what JournalEntry.Entry wrote.
func (q JournalAsked) place() (p journalPlace, known bool) {
	if q.After == "" {
		return p, true
	}
	parts := strings.Split(q.After, "/")
	if len(parts) != 4 {
		return p, false
	}
	var errs [4]error
	p.sequence, errs[0] = strconv.Atoi(parts[0])
	p.period, errs[1] = calendar.Parse(parts[1])
	p.contract, errs[2] = uuid.Parse(parts[2])
	p.number, errs[3] = strconv.Atoi(parts[3])
	return p, errs == [4]error{} && p.sequence > 0 && p.sequence < 1<<31 && p.number > 0 && p.number < 1<<15
}

// Journal lists the transfers of a ledger in the order in which they were posted,
// within a posting by month, contract and number. Of each posting and month no
// more than a page is read, by key.
func (tx *Tx) Journal(ctx context.Context, of uuid.UUID, q JournalAsked) (list []JournalEntry, known bool, err error) {
	after, known := q.place()
	if !known {
		return nil, false, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT p.sequence, p.kind, coalesce(p.booked_on, (p.posted_at AT TIME ZONE 'Europe/Amsterdam')::date), (p.posted_at AT TIME ZONE 'Europe/Amsterdam')::date,
		       m.period, t.contract, t.number, t.debit, t.credit, t.amount, coalesce(c.number, ''), coalesce(j.number, g.number, o.code, ''),
		       coalesce((SELECT string_agg(DISTINCT to_char(l.origin, 'YYYY-MM-DD'), ' ')
		           FROM calculation k JOIN run r ON r.id = k.run AND r.employer = p.ledger
		           JOIN payslip_line l ON l.period = m.period AND l.calculation = k.id AND l.contract = t.contract AND l.origin < m.period
		           WHERE p.kind = 'run' AND k.status = 'approved' AND k.hash = p.content), '')
		FROM posting p JOIN posting_period m ON m.posting = p.id
		CROSS JOIN LATERAL (
			SELECT * FROM transfer t
			WHERE t.period = m.period AND t.posting = p.id AND t.contract >= CASE WHEN p.sequence = @sequence AND m.period = @period THEN @contract::uuid ELSE @none END
			  AND (p.sequence, m.period, t.contract, t.number) > (@sequence::int, @period::date, @contract, @number::int)
			ORDER BY t.contract, t.number LIMIT @limit) t
		LEFT JOIN contract c ON c.id = t.contract
		LEFT JOIN trajectory j ON j.id = t.contract LEFT JOIN agreement g ON g.id = t.contract LEFT JOIN organisation o ON o.id = t.contract
		WHERE p.ledger = @ledger AND p.sequence >= @sequence AND (@until = 0 OR p.sequence <= @until)
		  AND coalesce(p.booked_on, (p.posted_at AT TIME ZONE 'Europe/Amsterdam')::date) BETWEEN @from AND @to
		ORDER BY p.sequence, m.period, t.contract, t.number LIMIT @limit`,
		pgx.NamedArgs{
			"ledger": of, "sequence": after.sequence, "period": after.period.Time(), "contract": after.contract, "number": after.number, "none": uuid.Nil,
			"until": q.Until, "from": day(q.Days.From), "to": day(q.Days.To), "limit": q.Limit,
		})
	if err != nil {
		return nil, true, fmt.Errorf("journal: %w", err)
	}
	list, err = pgx.CollectRows(rows, scanEntry)
	return list, true, err
}

func scanEntry(row pgx.CollectableRow) (e JournalEntry, err error) {
	var booked, posted, period time.Time
	var contract uuid.UUID
	var number int
	var amount decimal.Decimal
	err = row.Scan(&e.Posting, &e.Kind, &booked, &posted, &period, &contract, &number, &e.Debit, &e.Credit, &amount, &e.Contract, &e.Subject, &e.Origin)
	if err != nil {
		return e, err
	}
	e.Date, e.PostedOn, e.Period = date(&booked), date(&posted), date(&period)
	e.Entry = fmt.Sprintf("%d/%s/%s/%d", e.Posting, e.Period, contract, number)
	e.Amount, err = money(amount)
	return e, err
}
