package main

import (
	"context"
	"fmt"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// invoiceSurface is what employers charge inleners.
func (s *service) invoiceSurface() []operation {
	d := s.desk
	return []operation{
		op("letterhead", "record", payroll.Admin, d.RecordLetterhead),
		op("invoice", "issue", payroll.Calculate, d.IssueInvoices),
		op("invoice", "credit", payroll.Calculate, d.CreditInvoice),
		op("invoice", "list", payroll.Read, s.listInvoices),
		op("invoice", "pdf", payroll.Read, s.drawInvoice),
		op("ageing", "show", payroll.Read, s.showAgeing),
		op("ageing", "pdf", payroll.Read, s.drawAgeing),
	}
}

type invoicesListed struct {
	Invoices []postgres.InvoiceListed `json:"invoices"`
}

func (s *service) listInvoices(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (invoicesListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return invoicesListed{}, err
	}
	list, err := tx.Invoices(ctx, a, after, q.limit())
	return invoicesListed{list}, err
}

// invoiceDrawn asks for the document of an invoice: an employer's own, or one that
// an employer charges the caller.
type invoiceDrawn struct {
	Number   int    `json:"number" validate:"required,min=1"`
	Employer string `json:"employer,omitempty" validate:"omitempty,code"` // absent: the caller
	Language
}

func (s *service) drawInvoice(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q invoiceDrawn) (document, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return document{}, err
	}
	if q.Employer == "" {
		q.Employer = a.Organisation.Code
	}
	i, known, err := tx.Invoice(ctx, a, q.Employer, q.Number)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("invoice", "number", fmt.Sprint(q.Number)))
	}
	if err != nil {
		return document{}, err
	}
	employer, err := tx.OrganisationByID(ctx, i.Employer)
	if err != nil {
		return document{}, err
	}
	own, err := tx.OwnAccounts(ctx, employer.ID)
	if err != nil {
		return document{}, err
	}
	employer.IBAN = payroll.ConfirmedAccount(own) // nobody is asked to pay on an account that nobody confirmed
	return draw(q.speak().text("factuur-", "invoice-")+invoiceNumber(employer, i.Number), invoiceDocument(q.speak(), employer, i))
}

// ageingAsked asks what is open on a day.
type ageingAsked struct {
	On string `json:"on,omitempty"` // absent: today
}

// ageingDrawn asks for the document of it.
type ageingDrawn struct {
	ageingAsked
	Language
}

// ageing reads what was open on a day that has been.
func ageing(ctx context.Context, tx *postgres.Tx, a payroll.Actor, door *payroll.Door, q ageingAsked) (subsidy.Ageing, error) {
	on := tx.Today()
	if q.On != "" {
		on = door.Date("on", q.On)
	}
	if on.After(tx.Today()) {
		door.Refuse(payroll.Reason("date/future", "on", "Deze dag is nog niet geweest.", "This day has not been yet."))
	}
	if err := door.Err(); err != nil {
		return subsidy.Ageing{}, err
	}
	open, err := tx.OpenInvoices(ctx, a, on)
	return subsidy.Age(on, open), err
}

func (s *service) showAgeing(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q ageingAsked) (subsidy.Ageing, error) {
	return ageing(ctx, tx, a, payroll.NewDoor(q), q)
}

func (s *service) drawAgeing(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q ageingDrawn) (document, error) {
	open, err := ageing(ctx, tx, a, payroll.NewDoor(q), q.ageingAsked)
	if err != nil {
		return document{}, err
	}
	return draw(q.speak().text("openstaande-posten-", "open-items-")+open.On.String(), ageingDocument(q.speak(), a.Organisation, open))
}

// invoiceNumber is how a reader and a bank know an invoice.
func invoiceNumber(o payroll.Organisation, number int) string {
	return fmt.Sprintf("%s-%05d", o.Code, number)
}

// span writes the days of a line.
func (l tongue) span(s calendar.Span) string { return l.day(s.From) + " – " + l.day(s.To) }
