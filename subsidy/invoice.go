package subsidy

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// InvoiceKind is what kind of document charges a hire price.
type InvoiceKind string

// The kinds. A credit note takes an invoice back, or charges hire prices that
// together are below nil.
const (
	Charged  InvoiceKind = "invoice"
	Credited InvoiceKind = "credit"
)

// dueDays is how long an inlener has where nothing was agreed (BW 6:119a lid 2).
const dueDays = 30

// HireInvoice charges an inlener the hire prices of approved runs. It is a fact: its
// number follows on the employer's one before without a gap (Wet OB art. 35a), and
// it is never changed, but taken back by a credit note. It books nothing: the hire
// price was booked when its run was approved.
type HireInvoice struct {
	ID       uuid.UUID
	Employer uuid.UUID
	Number   int
	Kind     InvoiceKind
	Debtor   payroll.Organisation
	Credits  uuid.UUID // the invoice that it takes back; nil: none
	Credited int       // the number of that one
	Day      calendar.Date
	Due      calendar.Date
	Net      euro.Amount
	VAT      euro.Amount
	Reason   string // why an invoice is taken back
	Lines    []InvoiceLine
	From     payroll.Letterhead // of the employer, as it was when this was issued
	To       payroll.Letterhead // of the debtor
	Returned bool               // a credit note has taken it back
	Settled  bool               // money of it went over the bank
}

// InvoiceLine is one hire price: the claim that it charges. Hours and price are
// known where the price is one an hour and they come to the amount.
type InvoiceLine struct {
	Claim          uuid.UUID
	Contract       uuid.UUID
	ContractNumber string
	Service        calendar.Span
	Hours          *payroll.Quantity
	Price          *euro.Number // euro an hour
	Amount         euro.Amount  // without VAT
	VATRate        euro.Number  // per cent
	VAT            euro.Amount
}

// ToInvoice is a hire price that no invoice charges.
type ToInvoice struct {
	InvoiceLine
	Debtor payroll.Organisation
}

// Total is what is to be paid.
func (i HireInvoice) Total() euro.Amount { return i.Net.Add(i.VAT) }

// VATRow is the tax of an invoice at one rate: the sum of what each line carries,
// as it was booked.
type VATRow struct {
	Rate euro.Number
	Net  euro.Amount
	VAT  euro.Amount
}

// ByRate sums the lines by rate of VAT, in the order in which rates come.
func (i HireInvoice) ByRate() []VATRow {
	var rows []VATRow
	for _, l := range i.Lines {
		at := len(rows)
		for n := range rows {
			if rows[n].Rate.Equal(l.VATRate) {
				at = n
			}
		}
		if at == len(rows) {
			rows = append(rows, VATRow{Rate: l.VATRate})
		}
		rows[at].Net, rows[at].VAT = rows[at].Net.Add(l.Amount), rows[at].VAT.Add(l.VAT)
	}
	return rows
}

// InvoiceIssue has all hire prices of a period invoiced that no invoice charges
// yet, one invoice an inlener.
type InvoiceIssue struct {
	payroll.Command
	Period  string `json:"period" validate:"required"`
	Inlener string `json:"inlener,omitempty" validate:"omitempty,code"` // absent: every one
	Day     string `json:"day,omitempty"`                               // of the invoice; absent: today
	Days    int    `json:"due_days,omitempty" validate:"omitempty,min=1,max=120"`
}

// InvoiceCredit takes a whole invoice back. What it charged may be invoiced anew.
type InvoiceCredit struct {
	payroll.Command
	Number int    `json:"number" validate:"required,min=1"`
	Day    string `json:"day,omitempty"` // of the credit note; absent: today
	Reason string `json:"reason" validate:"required,max=200"`
}

// InvoiceReply names an invoice or credit note.
type InvoiceReply struct {
	Invoice uuid.UUID     `json:"invoice"`
	Number  int           `json:"number"`
	Kind    InvoiceKind   `json:"kind"`
	Debtor  string        `json:"debtor"` // code
	Credits int           `json:"credits,omitempty"`
	Day     calendar.Date `json:"day"`
	Due     calendar.Date `json:"due"`
	Net     euro.Amount   `json:"net"`
	VAT     euro.Amount   `json:"vat"`
	Total   euro.Amount   `json:"total"`
	Lines   int           `json:"lines"`
}

// InvoicesReply names what was issued.
type InvoicesReply struct {
	Invoices []InvoiceReply `json:"invoices"`
}

// Reply is the invoice as a list shows it.
func (i HireInvoice) Reply() InvoiceReply {
	return InvoiceReply{i.ID, i.Number, i.Kind, i.Debtor.Code, i.Credited, i.Day, i.Due, i.Net, i.VAT, i.Total(), len(i.Lines)}
}

// IssueInvoices keeps an invoice for each inlener with something to charge.
func (d *Desk) IssueInvoices(ctx context.Context, tx Tx, a payroll.Actor, req InvoiceIssue) (InvoicesReply, error) {
	door := payroll.NewDoor(req)
	onlyEmployer(door, a)
	period := door.Period("period", req.Period)
	last, from, err := tx.LastInvoice(ctx, a)
	if err != nil {
		return InvoicesReply{}, err
	}
	day := invoiceDay(door, req.Day, from, tx.Today())
	if err := door.Err(); err != nil {
		return InvoicesReply{}, err
	}
	open, err := tx.ClaimsToInvoice(ctx, a, period, req.Inlener)
	if err != nil {
		return InvoicesReply{}, err
	}
	if len(open) == 0 {
		return InvoicesReply{}, payroll.Refuse(payroll.NotFound, payroll.Reason("invoice/none", "period",
			"Er is niets te factureren: geen goedgekeurde inleenvergoeding zonder factuur.", "There is nothing to invoice: no approved hire price without an invoice."))
	}
	days := req.Days
	if days == 0 {
		days = dueDays
	}
	reply := InvoicesReply{}
	for _, i := range perDebtor(open) {
		last++
		i.ID, i.Employer, i.Number, i.Day, i.Due = d.NewID(), a.Organisation.ID, last, day, day.Add(days)
		if err := tx.AddInvoice(ctx, a, i); err != nil {
			return InvoicesReply{}, err
		}
		reply.Invoices = append(reply.Invoices, i.Reply())
	}
	return reply, nil
}

// perDebtor makes one invoice of what each inlener owes; they come in order of
// inlener.
func perDebtor(open []ToInvoice) []HireInvoice {
	var list []HireInvoice
	for _, o := range open {
		if n := len(list); n == 0 || list[n-1].Debtor.ID != o.Debtor.ID {
			list = append(list, HireInvoice{Debtor: o.Debtor})
		}
		i := &list[len(list)-1]
		i.Lines = append(i.Lines, o.InvoiceLine)
		i.Net, i.VAT = i.Net.Add(o.Amount), i.VAT.Add(o.VAT)
	}
	for i := range list {
		list[i].Kind = Charged
		if list[i].Total().Sign() < 0 {
			list[i].Kind = Credited
		}
	}
	return list
}

// CreditInvoice takes an invoice back, line by line.
func (d *Desk) CreditInvoice(ctx context.Context, tx Tx, a payroll.Actor, req InvoiceCredit) (InvoiceReply, error) {
	door := payroll.NewDoor(req)
	onlyEmployer(door, a)
	last, from, err := tx.LastInvoice(ctx, a)
	if err != nil {
		return InvoiceReply{}, err
	}
	day := invoiceDay(door, req.Day, from, tx.Today())
	if err := door.Err(); err != nil {
		return InvoiceReply{}, err
	}
	i, known, err := tx.Invoice(ctx, a, a.Organisation.Code, req.Number)
	if err != nil {
		return InvoiceReply{}, err
	}
	if !known {
		return InvoiceReply{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("invoice", "number", fmt.Sprint(req.Number)))
	}
	i.creditable(door)
	if err := door.Err(); err != nil {
		return InvoiceReply{}, err
	}
	note := HireInvoice{
		ID: d.NewID(), Employer: i.Employer, Number: last + 1, Kind: Credited, Debtor: i.Debtor, Credits: i.ID, Credited: i.Number,
		Day: day, Due: day, Net: i.Net.Neg(), VAT: i.VAT.Neg(), Reason: req.Reason,
	}
	for _, l := range i.Lines {
		if l.Hours != nil {
			hours := -*l.Hours
			l.Hours = &hours
		}
		l.Amount, l.VAT = l.Amount.Neg(), l.VAT.Neg()
		note.Lines = append(note.Lines, l)
	}
	return note.Reply(), tx.AddInvoice(ctx, a, note)
}

// creditable refuses what can not be taken back.
func (i HireInvoice) creditable(door *payroll.Door) {
	switch {
	case i.Kind != Charged:
		door.Refuse(payroll.Reason("invoice/credit_note", "number", "Dit is zelf een creditnota.", "This is a credit note itself."))
	case i.Returned:
		door.Refuse(payroll.Reason("invoice/credited", "number", "Deze factuur is al gecrediteerd.", "This invoice has been credited already."))
	case i.Settled:
		door.Refuse(payroll.Reason("invoice/settled", "number", "Op deze factuur is betaald; betaal dat eerst terug.", "This invoice was paid on; pay that back first."))
	}
}

// invoiceDay reads the day of an invoice: days go with numbers, so that it is not
// before the newest one's.
func invoiceDay(door *payroll.Door, text string, from, today calendar.Date) calendar.Date {
	if text == "" {
		return today
	}
	day := door.Date("day", text)
	refuseFuture(door, "day", day, today)
	if !day.IsZero() && day.Before(from) {
		door.Refuse(payroll.Reason("invoice/day_before_last", "day",
			fmt.Sprintf("De laatste factuur is van %s; nummers volgen de dagen.", from), fmt.Sprintf("The newest invoice is of %s; numbers follow days.", from)))
	}
	return day
}

// onlyEmployer refuses an organisation that is no employer.
func onlyEmployer(door *payroll.Door, a payroll.Actor) {
	if !a.Organisation.Is(payroll.Employer) {
		door.Refuse(payroll.Reason("organisation/not_employer", "", "Uw organisatie is geen werkgever.", "Your organisation is no employer."))
	}
}

// Hourly is a line with its hours and price, where they come to its amount: a hire
// price that was corrected, or goes by cost, has none.
func (l InvoiceLine) Hourly(hours payroll.Quantity, price euro.Number) InvoiceLine {
	if hours.Number().Mul(price).Cents().Equal(l.Amount) {
		l.Hours, l.Price = &hours, &price
	}
	return l
}
