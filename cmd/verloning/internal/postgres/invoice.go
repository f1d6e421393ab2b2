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

// LastInvoice tells number and day of the employer's newest invoice, under the
// employer's lock; nought where there is none.
func (tx *Tx) LastInvoice(ctx context.Context, a payroll.Actor) (int, calendar.Date, error) {
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return 0, calendar.Date{}, fmt.Errorf("invoice: %w", err)
	}
	var number int
	var on time.Time
	err := tx.QueryRow(ctx, `SELECT number, day FROM invoice WHERE employer = $1 ORDER BY number DESC LIMIT 1`, a.Organisation.ID).Scan(&number, &on)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, calendar.Date{}, nil
	}
	if err != nil {
		return 0, calendar.Date{}, fmt.Errorf("invoice: %w", err)
	}
	return number, date(&on), nil
}

// ClaimsToInvoice lists hire prices of approved runs that no invoice charges. The
// hours are those that the calculation knew.
func (tx *Tx) ClaimsToInvoice(ctx context.Context, a payroll.Actor, p calendar.Period, inlener string) ([]subsidy.ToInvoice, error) {
	rows, err := tx.Query(ctx, `
		SELECT m.payer, o.code, o.name, m.id, m.contract, c.number, m.service_from, m.service_to, m.vat_rate, pl.price,
		       (SELECT sum(x.quantity)::int FROM (SELECT DISTINCT ON (h.day) h.quantity FROM hours h
		         WHERE h.contract = m.contract AND h.kind = 'worked' AND h.period BETWEEN date_trunc('month', m.service_from) AND m.service_to
		           AND h.day BETWEEN m.service_from AND m.service_to AND h.known <= k.cutoff ORDER BY h.day, h.version DESC) x),
		       m.amount, m.vat
		FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		JOIN contract c ON c.id = m.contract JOIN organisation o ON o.id = m.payer LEFT JOIN placement pl ON pl.id = m.placement
		WHERE m.payee = @employer AND m.kind = 'hire' AND m.amount <> 0 AND m.period = @period AND (@inlener = '' OR o.code = @inlener)
		  AND (SELECT count(*) FROM invoice_line l WHERE l.claim = m.id) % 2 = 0
		ORDER BY o.code, c.number, m.service_from, m.id`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "period": day(p.From), "inlener": inlener})
	if err != nil {
		return nil, fmt.Errorf("claims to invoice: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t subsidy.ToInvoice, err error) {
		var from, to time.Time
		var rate decimal.Decimal
		var price decimal.NullDecimal
		var hours *int32
		err = scanAmounts(row, []any{&t.Debtor.ID, &t.Debtor.Code, &t.Debtor.Name, &t.Claim, &t.Contract, &t.ContractNumber, &from, &to, &rate, &price, &hours}, &t.Amount, &t.VAT)
		t.Service, t.VATRate = calendar.Span{From: date(&from), To: date(&to)}, euro.FromDecimal(rate)
		if price.Valid && hours != nil {
			t.InvoiceLine = t.Hourly(payroll.Quantity(*hours), euro.FromDecimal(price.Decimal))
		}
		return t, err
	})
}

const invoiceColumns = `i.id, i.employer, i.number, i.kind, i.debtor, o.code, o.name, coalesce(o.kvk, ''), coalesce(o.oin, ''), i.credits,
	coalesce((SELECT b.number FROM invoice b WHERE b.id = i.credits), 0), i.day, i.due, i.reason,
	EXISTS (SELECT FROM invoice b WHERE b.credits = i.id),
	EXISTS (SELECT FROM invoice_line l JOIN settlement s ON s.claim = l.claim AND s.organisation = i.employer WHERE l.invoice = i.id), i.net, i.vat`

const invoiceFrom = ` FROM invoice i JOIN organisation e ON e.id = i.employer JOIN organisation o ON o.id = i.debtor`

func scanInvoice(row pgx.CollectableRow) (i subsidy.HireInvoice, err error) {
	var on, due time.Time
	var credits *uuid.UUID
	err = scanAmounts(row, []any{&i.ID, &i.Employer, &i.Number, &i.Kind, &i.Debtor.ID, &i.Debtor.Code, &i.Debtor.Name, &i.Debtor.KvK, &i.Debtor.OIN, &credits,
		&i.Credited, &on, &due, &i.Reason, &i.Returned, &i.Settled}, &i.Net, &i.VAT)
	i.Credits, i.Day, i.Due = nilOr(credits), date(&on), date(&due)
	return i, err
}

// Invoice finds an invoice of an employer with its lines, for the employer itself
// and for the inlener that it charges.
func (tx *Tx) Invoice(ctx context.Context, a payroll.Actor, employer string, number int) (subsidy.HireInvoice, bool, error) {
	rows, err := tx.Query(ctx, `SELECT `+invoiceColumns+invoiceFrom+` WHERE e.code = @employer AND i.number = @number AND (i.employer = @org OR i.debtor = @org)`,
		pgx.NamedArgs{"org": a.Organisation.ID, "employer": employer, "number": number})
	if err != nil {
		return subsidy.HireInvoice{}, false, fmt.Errorf("invoice %d: %w", number, err)
	}
	i, err := pgx.CollectExactlyOneRow(rows, scanInvoice)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, false, nil
	}
	if err != nil {
		return i, false, fmt.Errorf("invoice %d: %w", number, err)
	}
	rows, err = tx.Query(ctx, `
		SELECT l.claim, l.contract, c.number, l.service_from, l.service_to, l.hours, l.price, l.vat_rate, l.amount, l.vat
		FROM invoice_line l JOIN contract c ON c.id = l.contract WHERE l.invoice = $1 ORDER BY l.number`, i.ID)
	if err != nil {
		return i, false, fmt.Errorf("lines of invoice %d: %w", number, err)
	}
	if i.Lines, err = pgx.CollectRows(rows, scanInvoiceLine); err != nil {
		return i, false, fmt.Errorf("lines of invoice %d: %w", number, err)
	}
	err = tx.letterheads(ctx, &i)
	return i, err == nil, err
}

func scanInvoiceLine(row pgx.CollectableRow) (l subsidy.InvoiceLine, err error) {
	var from, to time.Time
	var hours *int32
	var price decimal.NullDecimal
	var rate decimal.Decimal
	err = scanAmounts(row, []any{&l.Claim, &l.Contract, &l.ContractNumber, &from, &to, &hours, &price, &rate}, &l.Amount, &l.VAT)
	l.Service, l.VATRate = calendar.Span{From: date(&from), To: date(&to)}, euro.FromDecimal(rate)
	if hours != nil {
		quantity, number := payroll.Quantity(*hours), euro.FromDecimal(price.Decimal)
		l.Hours, l.Price = &quantity, &number
	}
	return l, err
}

// Invoices lists what the organisation charged or was charged, of a period of days
// and after an id, in order of id.
func (tx *Tx) Invoices(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]InvoiceListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.code, (SELECT count(*)::int FROM invoice_line l WHERE l.invoice = i.id), `+invoiceColumns+invoiceFrom+`
		WHERE (i.employer = @org OR i.debtor = @org) AND i.id > @after ORDER BY i.id LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("invoices: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l InvoiceListed, err error) {
		var i subsidy.HireInvoice
		var lines int
		i, err = scanInvoice(shifted{row, []any{&l.Employer, &lines}})
		l.InvoiceReply, l.Credited = i.Reply(), i.Returned
		l.Lines = lines
		return l, err
	})
}

// InvoiceListed is an invoice as a list shows it.
type InvoiceListed struct {
	Employer string `json:"employer"` // code
	subsidy.InvoiceReply
	Credited bool `json:"credited"` // a credit note has taken it back
}

// shifted scans a row whose first columns go elsewhere.
type shifted struct {
	pgx.CollectableRow
	first []any
}

// Scan puts the first columns where they go, and the others after them.
func (s shifted) Scan(into ...any) error {
	return s.CollectableRow.Scan(append(s.first[:len(s.first):len(s.first)], into...)...)
}

// AddInvoice keeps an invoice with its lines.
func (tx *Tx) AddInvoice(ctx context.Context, a payroll.Actor, i subsidy.HireInvoice) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO invoice (id, employer, number, kind, debtor, credits, day, due, net, vat, reason, issued_by, employer_letterhead, debtor_letterhead)
		VALUES (@id, @employer, @number, @kind, @debtor, @credits, @day, @due, @net, @vat, @reason, @by,
		        (SELECT max(version) FROM letterhead WHERE organisation = @employer), (SELECT max(version) FROM letterhead WHERE organisation = @debtor))`,
		pgx.NamedArgs{"id": i.ID, "employer": i.Employer, "number": i.Number, "kind": string(i.Kind), "debtor": i.Debtor.ID, "credits": null(i.Credits),
			"day": day(i.Day), "due": day(i.Due), "net": i.Net.Decimal(), "vat": i.VAT.Decimal(), "reason": i.Reason, "by": a.User})
	if err != nil {
		return fmt.Errorf("add invoice %d: %w", i.Number, err)
	}
	batch := &pgx.Batch{}
	for n, l := range i.Lines {
		var hours *int32
		if l.Hours != nil {
			h := int32(*l.Hours)
			hours = &h
		}
		batch.Queue(`INSERT INTO invoice_line (invoice, number, claim, contract, service_from, service_to, hours, price, amount, vat_rate, vat)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			i.ID, n+1, l.Claim, l.Contract, day(l.Service.From), day(l.Service.To), hours, orNull(l.Price), l.Amount.Decimal(), l.VATRate.Decimal(), l.VAT.Decimal())
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("lines of invoice %d: %w", i.Number, err)
	}
	return nil
}

// OpenInvoices lists what the employer charged by a day and what was paid of it by
// then, in order of debtor and number. An invoice that was taken back, and the
// note that did so, are out of it together.
func (tx *Tx) OpenInvoices(ctx context.Context, a payroll.Actor, on calendar.Date) ([]subsidy.OpenInvoice, error) {
	rows, err := tx.Query(ctx, `
		SELECT i.number, i.kind, o.code, o.name, i.day, i.due, i.net + i.vat,
		       coalesce((SELECT sum(s.amount) FROM invoice_line l JOIN settlement s ON s.claim = l.claim AND s.organisation = i.employer
		                 WHERE l.invoice = i.id AND s.day <= @on), 0)
		FROM invoice i JOIN organisation o ON o.id = i.debtor
		WHERE i.employer = @org AND i.day <= @on AND i.credits IS NULL
		  AND NOT EXISTS (SELECT FROM invoice b WHERE b.credits = i.id AND b.day <= @on)
		ORDER BY o.code, i.number`, pgx.NamedArgs{"org": a.Organisation.ID, "on": day(on)})
	if err != nil {
		return nil, fmt.Errorf("open invoices: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (o subsidy.OpenInvoice, err error) {
		var issued, due time.Time
		err = scanAmounts(row, []any{&o.Number, &o.Kind, &o.Debtor, &o.Name, &issued, &due}, &o.Total, &o.Paid)
		o.Day, o.Due = date(&issued), date(&due)
		return o, err
	})
}
