package postgres

import (
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

// OpenOwed lists what is owed to the organisation, and by it, of what goes into none
// of its bank files, in order of kind.
func (tx *Tx) OpenOwed(ctx context.Context, a payroll.Actor, names []string) ([]subsidy.Owed, error) {
	var list []subsidy.Owed
	for _, read := range []func(context.Context, pgx.NamedArgs) ([]subsidy.Owed, error){tx.owedByStaff, tx.owedSubsidies, tx.owedReclaims, tx.owedBookings, tx.owedByProviders} {
		some, err := read(ctx, pgx.NamedArgs{"org": a.Organisation.ID, "names": names})
		if err != nil {
			return nil, fmt.Errorf("what is owed: %w", err)
		}
		for _, o := range some {
			if o.Reference = payroll.OweReference(o.ID); o.Open.Sign() > 0 {
				list = append(list, o)
			}
		}
	}
	return list, nil
}

// owedByStaff are receivables that runs made.
func (tx *Tx) owedByStaff(ctx context.Context, args pgx.NamedArgs) ([]subsidy.Owed, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, e.number, o.reference, o.run, o.contract, o.open FROM (`+openReceivable+`) o JOIN employment e ON e.id = o.employment
		WHERE e.employer = @org AND o.run IS NOT NULL AND o.open > 0 ORDER BY o.id`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.Owed, err error) {
		o.Kind, o.In = subsidy.OwedByStaff, true
		return o, scanAmounts(row, []any{&o.ID, &o.Other, &o.About, &o.Run, &o.Contract}, &o.Open)
	})
}

// owedSubsidies are what municipalities ordered for the organisation, and it did not
// note as received.
func (tx *Tx) owedSubsidies(ctx context.Context, args pgx.NamedArgs) ([]subsidy.Owed, error) {
	rows, err := tx.Query(ctx, `
		SELECT m.id, g.code, c.number, m.period, p.amount, ARRAY(SELECT l.end_to_end FROM bank_line l WHERE l.payment = p.id ORDER BY l.attempt)
		FROM payment p JOIN claim m ON m.id = p.claim JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		JOIN organisation g ON g.id = m.payer JOIN contract c ON c.id = m.contract
		WHERE m.payee = @org AND m.payer <> @org AND NOT EXISTS (SELECT FROM settlement t WHERE t.claim = m.id AND t.organisation = @org)
		  AND (@names::text[] IS NULL OR EXISTS (SELECT FROM bank_line l WHERE l.payment = p.id AND l.end_to_end = ANY (@names::text[])))
		ORDER BY m.id`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.Owed, err error) {
		var amount decimal.Decimal
		var month time.Time
		var number string
		if err = row.Scan(&o.ID, &o.Other, &number, &month, &amount, &o.Names); err != nil {
			return o, err
		}
		o.Kind, o.In, o.Claims = subsidy.OwedSubsidy, true, []uuid.UUID{o.ID}
		o.About = calendar.MonthOf(date(&month)).String() + " " + number
		o.Open, err = money(amount)
		return o, err
	})
}

// owedReclaims are what batches granted below nil, by batch and employer, as far as
// the organisation has not settled them.
func (tx *Tx) owedReclaims(ctx context.Context, args pgx.NamedArgs) ([]subsidy.Owed, error) {
	rows, err := tx.Query(ctx, `
		SELECT x.batch, m.payee, m.payer = @org, CASE WHEN m.payer = @org THEN e.code ELSE g.code END, min(m.period), -sum(n.amount + n.vat), array_agg(m.id ORDER BY m.id)
		FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved' JOIN claim_decided x ON x.claim = m.id JOIN grant_line n ON n.claim = m.id AND n.batch = x.batch
		JOIN organisation e ON e.id = m.payee JOIN organisation g ON g.id = m.payer
		WHERE (m.payer = @org OR m.payee = @org) AND m.payer <> m.payee AND m.kind <> 'hire' AND n.amount < 0
		  AND NOT EXISTS (SELECT FROM settlement t WHERE t.claim = m.id AND t.organisation = @org)
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.Owed, err error) {
		var batch, payee uuid.UUID
		var month time.Time
		var amount decimal.Decimal
		if err = row.Scan(&batch, &payee, &o.In, &o.Other, &month, &amount, &o.Claims); err != nil {
			return o, err
		}
		o.ID, o.Kind, o.About = payroll.DeriveID(fmt.Sprintf("owed/%s/%s", batch, payee)), subsidy.OwedReclaim, calendar.MonthOf(date(&month)).String()
		o.Open, err = money(amount)
		return o, err
	})
}

// owedBookings are what approved bookings of a difference claim back, less what came.
func (tx *Tx) owedBookings(ctx context.Context, args pgx.NamedArgs) ([]subsidy.Owed, error) {
	rows, err := tx.Query(ctx, `
		SELECT b.difference, b.contract, b.municipality = @org, CASE WHEN b.municipality = @org THEN e.code ELSE g.code END, c.number, b.month, b.amount - coalesce(r.amount, 0)
		FROM (SELECT b.difference, b.municipality, b.employer, b.contract, b.month, sum(b.amount) AS amount
		      FROM booking b JOIN booking_approval a ON a.booking = b.id AND a.posting IS NOT NULL
		      WHERE (b.municipality = @org OR b.employer = @org) AND b.employer <> b.municipality GROUP BY 1, 2, 3, 4, 5) b
		JOIN organisation e ON e.id = b.employer JOIN organisation g ON g.id = b.municipality JOIN contract c ON c.id = b.contract
		LEFT JOIN (SELECT owed, sum(amount) AS amount FROM bank_received WHERE organisation = @org AND kind = 'booking' GROUP BY owed) r ON r.owed = b.difference
		ORDER BY b.difference`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.Owed, err error) {
		var month time.Time
		var number string
		err = scanAmounts(row, []any{&o.ID, &o.Contract, &o.In, &o.Other, &number, &month}, &o.Open)
		o.Kind, o.Period = subsidy.OwedBooking, calendar.MonthOf(date(&month))
		o.About = o.Period.String() + " " + number
		return o, err
	})
}

// owedByProviders are what providers are to pay back of statements, where nobody noted
// that by hand.
func (tx *Tx) owedByProviders(ctx context.Context, args pgx.NamedArgs) ([]subsidy.Owed, error) {
	rows, err := tx.Query(ctx, `
		SELECT s.id, s.sequence, s.period, l.payee, e.code, ARRAY(SELECT r.owed FROM bank_received r WHERE r.statement = s.id), -sum(l.amount + l.vat)
		FROM statement s JOIN statement_approval a ON a.statement = s.id JOIN statement_line l ON l.statement = s.id AND l.payer = s.municipality AND l.kind <> 'premium'
		JOIN organisation e ON e.id = l.payee
		WHERE s.municipality = @org AND NOT EXISTS (SELECT FROM statement_settlement t WHERE t.statement = s.id)
		GROUP BY s.id, s.sequence, s.period, l.payee, e.code HAVING sum(l.amount + l.vat) < 0 ORDER BY s.id, l.payee`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.Owed, err error) {
		var sequence int
		var month time.Time
		var came []uuid.UUID
		err = scanAmounts(row, []any{&o.Statement, &sequence, &month, &o.Contract, &o.Other, &came}, &o.Open)
		o.ID, o.Kind, o.In, o.Period = subsidy.ProviderPayment(o.Statement, o.Contract), subsidy.OwedByProvider, true, calendar.MonthOf(date(&month))
		if o.About = fmt.Sprintf("%s afrekening %d", o.Period, sequence); slices.Contains(came, o.ID) {
			o.Open = euro.Zero
		}
		return o, err
	})
}

// OpenBankLine finds a line of the organisation's bank that nothing came of.
func (tx *Tx) OpenBankLine(ctx context.Context, a payroll.Actor, id uuid.UUID) (l payroll.ReportLine, importer uuid.UUID, known bool, err error) {
	rows, err := tx.Query(ctx, `SELECT `+reportColumns+` FROM bank_report r WHERE r.organisation = $1 AND r.id = $2 AND `+openReport, a.Organisation.ID, id)
	if err != nil {
		return l, uuid.Nil, false, fmt.Errorf("line of the bank: %w", err)
	}
	l, err = pgx.CollectExactlyOneRow(rows, scanReport)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, uuid.Nil, false, nil
	}
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT i.imported_by FROM bank_report r JOIN bank_import i ON i.id = r.import WHERE r.id = $1`, id).Scan(&importer)
	}
	if err != nil {
		return l, uuid.Nil, false, fmt.Errorf("line of the bank: %w", err)
	}
	return l, importer, true, nil
}

// AddReceived notes which lines paid what.
func (tx *Tx) AddReceived(ctx context.Context, a payroll.Actor, list []subsidy.Received) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"bank_received"}, []string{"report", "organisation", "kind", "owed", "statement", "amount", "day", "posting", "imported_by", "assigned_by"},
		pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			r := list[i]
			return []any{key(r.Line.ID), key(a.Organisation.ID), string(r.Owed.Kind), key(r.Owed.ID), keyOrNull(r.Owed.Statement), r.Line.Amount.Decimal(), day(r.Line.Day),
				key(r.Posting), key(r.ImportedBy), keyOrNull(r.AssignedBy)}, nil
		}))
	if err != nil {
		return fmt.Errorf("note %d lines of the bank: %w", len(list), redact(err))
	}
	return nil
}

// receivedContent hashes again what a line of the bank paid.
func (v *verifying) receivedContent(ctx context.Context, l link) (string, error) {
	var r subsidy.Received
	var on time.Time
	err := scanAmounts(v.QueryRow(ctx, `SELECT kind, owed, day, amount FROM bank_received WHERE posting = $1 AND kind IN ('booking', 'provider')`, l.ID), []any{&r.Owed.Kind, &r.Owed.ID, &on}, &r.Line.Amount)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	r.Line.Day = date(&on)
	return r.Hash(), err
}
