package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// HoldReconciliation makes bookings of a municipality follow on each other.
func (tx *Tx) HoldReconciliation(ctx context.Context, a payroll.Actor) error {
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	return nil
}

// bookedSum is what approved bookings have dealt with, by difference.
const bookedSum = `
	SELECT b.difference, sum(b.amount) AS amount FROM booking b JOIN booking_approval a ON a.booking = b.id
	WHERE b.municipality = @org OR b.employer = @org GROUP BY b.difference`

// bookedSources are what sources got back of a difference that a statement calls s.
const bookedSources = `
	SELECT n.source, sum(n.amount) AS amount FROM booking b JOIN booking_approval a ON a.booking = b.id JOIN booking_source n ON n.booking = b.id
	WHERE b.difference = s.difference GROUP BY n.source`

// Booked tells what approved bookings have dealt with, by difference.
func (tx *Tx) Booked(ctx context.Context, a payroll.Actor) ([]subsidy.BookedOn, error) {
	rows, err := tx.Query(ctx, `
		SELECT s.difference, b.class, g.code, coalesce(e.code, ''), coalesce(b.employer, '00000000-0000-0000-0000-000000000000'), b.contract, coalesce(c.number, t.number, n.reference, ''), coalesce(c.scheme, t.scheme, n.scheme, ''), b.month,
		       ARRAY(SELECT source FROM (`+bookedSources+`) n ORDER BY source), ARRAY(SELECT amount FROM (`+bookedSources+`) n ORDER BY source), s.amount
		FROM (`+bookedSum+`) s
		JOIN LATERAL (SELECT * FROM booking b WHERE b.difference = s.difference AND (b.municipality = @org OR b.employer = @org) ORDER BY b.id LIMIT 1) b ON true
		JOIN organisation g ON g.id = b.municipality LEFT JOIN organisation e ON e.id = b.employer
		LEFT JOIN contract c ON c.id = b.contract LEFT JOIN trajectory t ON t.id = b.contract LEFT JOIN internal_cost n ON n.id = b.contract
		ORDER BY b.month, s.difference`, pgx.NamedArgs{"org": a.Organisation.ID})
	if err != nil {
		return nil, fmt.Errorf("bookings: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b subsidy.BookedOn, err error) {
		var month time.Time
		var sources []string
		var shares []decimal.Decimal
		if err = scanAmounts(row, []any{&b.Difference, &b.Class, &b.Municipality, &b.Employer, &b.EmployerID, &b.Contract, &b.Number, &b.Scheme, &month, &sources, &shares}, &b.Amount); err != nil {
			return b, err
		}
		b.Month = date(&month)
		b.Sources, err = sharesFrom(sources, shares)
		return b, err
	})
}

// AddBooking keeps a booking with the sources that get back what it claims back.
func (tx *Tx) AddBooking(ctx context.Context, a payroll.Actor, b subsidy.Booking) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO booking (id, difference, municipality, employer, contract, class, month, amount, before, reason, booked_by)
		VALUES (@id, @difference, @org, @employer, @contract, @class, @month, @amount, @before, @reason, @by)`,
		pgx.NamedArgs{"id": b.ID, "difference": b.Difference, "org": b.Municipality, "employer": null(b.Employer), "contract": b.Contract, "class": string(b.Class),
			"month": day(b.Month), "amount": b.Amount.Decimal(), "before": b.Before.Decimal(), "reason": b.Reason, "by": a.User})
	if err != nil {
		return fmt.Errorf("add booking: %w", err)
	}
	for _, s := range b.Sources {
		if _, err := tx.Exec(ctx, `INSERT INTO booking_source (booking, source, amount) VALUES ($1, $2, $3)`, b.ID, string(s.Source), s.Amount.Decimal()); err != nil {
			return fmt.Errorf("sources of booking %s: %w", b.ID, err)
		}
	}
	return nil
}

// Booking finds a booking of the municipality; it is overtaken where others of the
// same difference were approved after it was made.
func (tx *Tx) Booking(ctx context.Context, a payroll.Actor, id uuid.UUID) (subsidy.Booking, bool, error) {
	b := subsidy.Booking{ID: id, Municipality: a.Organisation.ID}
	var employer *uuid.UUID
	var month time.Time
	err := scanAmounts(tx.QueryRow(ctx, `
		SELECT b.difference, b.employer, b.contract, b.class, b.month, b.reason, b.booked_by, EXISTS (SELECT FROM booking_approval p WHERE p.booking = b.id),
		       coalesce(s.amount, 0) <> b.before, b.amount, b.before
		FROM booking b LEFT JOIN (`+bookedSum+`) s ON s.difference = b.difference
		WHERE b.id = @id AND b.municipality = @org`, pgx.NamedArgs{"id": id, "org": a.Organisation.ID}),
		[]any{&b.Difference, &employer, &b.Contract, &b.Class, &month, &b.Reason, &b.BookedBy, &b.Approved, &b.Overtaken}, &b.Amount, &b.Before)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, false, nil
	}
	if err != nil {
		return b, false, fmt.Errorf("booking %s: %w", id, err)
	}
	b.Employer, b.Month = nilOr(employer), date(&month)
	rows, err := tx.Query(ctx, `SELECT source, amount FROM booking_source WHERE booking = $1 ORDER BY array_position($2::text[], source)`, id, subsidy.Sources)
	if err != nil {
		return b, false, fmt.Errorf("sources of booking %s: %w", id, err)
	}
	b.Sources, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s subsidy.SourceShare, err error) {
		return s, scanAmounts(row, []any{&s.Source}, &s.Amount)
	})
	return b, true, err
}

// ApproveBooking makes a booking count. What it claims back is posted, and comes
// back to the budgets that bore it.
func (tx *Tx) ApproveBooking(ctx context.Context, a payroll.Actor, b subsidy.Booking, posts []subsidy.Posted) error {
	if len(posts) > 0 {
		if err := tx.ensurePeriod(ctx, calendar.MonthOf(b.Month).From); err != nil {
			return err
		}
	}
	var posting *uuid.UUID
	for _, p := range posts {
		if err := tx.PostAll(ctx, a, p); err != nil {
			return fmt.Errorf("booking %s: %w", b.ID, err)
		}
		if p.Ledger == b.Municipality {
			posting = &p.ID
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO booking_approval (booking, posting, booked_by, approved_by) VALUES ($1, $2, $3, $4)`, b.ID, posting, b.BookedBy, a.User)
	if err != nil {
		return fmt.Errorf("approve booking %s: %w", b.ID, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO budget_entry (municipality, year, source, kind, amount, booking, entered_by)
		SELECT @org, @year, source, 'spent', -amount, booking, @by FROM booking_source WHERE booking = @booking AND amount <> 0`,
		pgx.NamedArgs{"org": b.Municipality, "year": b.Month.Year(), "booking": b.ID, "by": a.User})
	if err != nil {
		return fmt.Errorf("budget of booking %s: %w", b.ID, err)
	}
	return nil
}

// BudgetRoom is what is left of each budget that a municipality keeps.
func (tx *Tx) BudgetRoom(ctx context.Context, a payroll.Actor) (map[subsidy.BudgetKey]euro.Amount, error) {
	rows, err := tx.Query(ctx, `SELECT year, source, left_over FROM (`+budgetLeft+`) l WHERE municipality = @org AND kept`, pgx.NamedArgs{"org": a.Organisation.ID})
	if err != nil {
		return nil, fmt.Errorf("room in budgets: %w", err)
	}
	room := map[subsidy.BudgetKey]euro.Amount{}
	key := subsidy.BudgetKey{Municipality: a.Organisation.Code}
	var left decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&key.Year, &key.Source, &left}, func() (err error) {
		room[key], err = money(left)
		return err
	})
	return room, err
}
