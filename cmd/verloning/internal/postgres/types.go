package postgres

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// day hands a date to PostgreSQL; no date is NULL.
func day(d calendar.Date) *time.Time {
	if d.IsZero() {
		return nil
	}
	t := d.Time()
	return &t
}

// date takes a date over; NULL is no date.
func date(t *time.Time) calendar.Date {
	if t == nil {
		return calendar.Date{}
	}
	return calendar.Day(t.Date())
}

// days hands a span to PostgreSQL as a daterange.
func days(s calendar.Span) pgtype.Range[*time.Time] {
	r := pgtype.Range[*time.Time]{Lower: day(s.From), LowerType: pgtype.Inclusive, UpperType: pgtype.Unbounded, Valid: true}
	if !s.To.IsZero() {
		r.Upper, r.UpperType = day(s.To), pgtype.Inclusive
	}
	return r
}

// money takes an amount over: the columns have two decimals, so nothing is
// lost.
func money(d decimal.Decimal) (euro.Amount, error) { return euro.FromDecimal(d).Amount() }

// scanAmounts reads one row: other columns, and then amounts. What is null stays
// as it is.
func scanAmounts(row pgx.Row, others []any, amounts ...*euro.Amount) error {
	values := make([]*decimal.Decimal, len(amounts))
	for i := range values {
		others = append(others, &values[i])
	}
	if err := row.Scan(others...); err != nil {
		return err
	}
	for i, v := range values {
		if v == nil {
			continue
		}
		var err error
		if *amounts[i], err = money(*v); err != nil {
			return err
		}
	}
	return nil
}

// null hands an id to PostgreSQL; the nil id is NULL.
func null(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// nilOr takes an id over; NULL is the nil id.
func nilOr(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// text hands a text to PostgreSQL; the empty one is NULL.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// key hands an id to COPY in the form that needs no detour: a uuid.UUID goes
// through its text, which shows where there are a million of them.
func key(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// keyOrNull is key, with the nil id as NULL.
func keyOrNull(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: id != uuid.Nil} }
