package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

type invoiceIssue struct {
	Period  string `arg:"" help:"Period whose hire prices are charged, such as 2026-10."`
	Inlener string `help:"Code of one inlener; otherwise every one."`
	Day     string `help:"Day of the invoices; without it today."`
	DueDays int    `help:"Days until they are due; without it 30."`
}

// Run issues invoices.
func (c *invoiceIssue) Run(ctx context.Context, sh *shell) error {
	request := subsidy.InvoiceIssue{Command: sh.command(), Period: c.Period, Inlener: c.Inlener, Day: c.Day, Days: c.DueDays}
	return ask(ctx, sh, "invoice", "issue", request, func(r subsidy.InvoicesReply) error {
		list := make([]postgres.InvoiceListed, len(r.Invoices))
		for i, one := range r.Invoices {
			list[i].InvoiceReply = one
		}
		return sh.showInvoices(list)
	})
}

type invoiceCredit struct {
	Number int    `arg:"" help:"Number of the invoice to take back."`
	Reason string `required:"" help:"Why; it stands on the credit note."`
	Day    string `help:"Day of the credit note; without it today."`
}

// Run takes an invoice back.
func (c *invoiceCredit) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "invoice", "credit", subsidy.InvoiceCredit{Command: sh.command(), Number: c.Number, Day: c.Day, Reason: c.Reason}, func(r subsidy.InvoiceReply) error {
		return sh.showInvoices([]postgres.InvoiceListed{{InvoiceReply: r}})
	})
}

type invoiceList struct {
	Limit int `help:"At most so many; otherwise all."`
}

// Run lists invoices.
func (c *invoiceList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "invoice", "list", "invoices", c.Limit,
		func(after string, limit int) any { return Paged{After: after, Limit: limit} },
		func(i postgres.InvoiceListed) string { return i.Invoice.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(invoicesListed{list})
	}
	return sh.showInvoices(list)
}

func (sh *shell) showInvoices(list []postgres.InvoiceListed) error {
	shown := newTable(">number", "kind", "employer", "debtor", "day", "due", ">net", ">vat", ">total", ">lines", "credits", "credited")
	for _, i := range list {
		credits, credited := "", ""
		if i.Credits > 0 {
			credits = strconv.Itoa(i.Credits)
		}
		if i.Credited {
			credited = sh.text(payroll.Text{NL: "ja", EN: "yes"})
		}
		shown.add(strconv.Itoa(i.Number), string(i.Kind), i.Employer, i.Debtor, i.Day.String(), i.Due.String(), i.Net.String(), i.VAT.String(), i.Total.String(),
			strconv.Itoa(i.Lines), credits, credited)
	}
	return shown.print(sh.out)
}

type invoicePDF struct {
	Number   int    `arg:"" help:"Number of the invoice or credit note."`
	Employer string `help:"Code of the employer, as the inlener that it charges."`
	Out      string `short:"o" placeholder:"FILE" help:"Where to write it; - is the standard output."`
}

// Run writes the document of an invoice.
func (c *invoicePDF) Run(ctx context.Context, sh *shell) error {
	return sh.one(ctx, "invoice", "pdf", invoiceDrawn{Number: c.Number, Employer: c.Employer, Language: sh.language()}, c.Out)
}

type invoiceAgeing struct {
	On  string `help:"Day on which to look; without it today."`
	Out string `short:"o" placeholder:"FILE" help:"Write it as a PDF; - is the standard output."`
}

// Run shows what debtors owe by how long ago it was due, or writes its document.
func (c *invoiceAgeing) Run(ctx context.Context, sh *shell) error {
	asked := ageingAsked{On: c.On}
	if c.Out != "" {
		return sh.one(ctx, "ageing", "pdf", ageingDrawn{asked, sh.language()}, c.Out)
	}
	return ask(ctx, sh, "ageing", "show", asked, func(a subsidy.Ageing) error {
		columns := []string{"debtor"}
		for _, b := range subsidy.AgeBuckets {
			columns = append(columns, ">"+string(b))
		}
		shown := newTable(append(columns, ">total")...)
		row := func(name string, d subsidy.DebtorAge) {
			cells := []string{name}
			for _, b := range subsidy.AgeBuckets {
				cells = append(cells, d.Buckets[b].String())
			}
			shown.add(append(cells, d.Total.String())...)
		}
		for _, d := range a.Debtors {
			row(d.Debtor, d)
		}
		row(sh.text(payroll.Text{NL: "totaal", EN: "total"}), a.All)
		return shown.print(sh.out)
	})
}
