package main

import (
	"fmt"

	"verloning/cmd/verloning/internal/pdf"
	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// invoiceDocument is an invoice or credit note for hire (Wet OB 1968 art. 35a).
// The names of the people hired out are no part of it: a contract has a number. It
// stays as it was sent: that it was taken back is said by the credit note.
func invoiceDocument(l tongue, employer payroll.Organisation, i subsidy.HireInvoice) pdf.Document {
	number := invoiceNumber(employer, i.Number)
	d := l.sheet(employer, i.Day, "Factuur", "Invoice", number)
	if i.Kind == subsidy.Credited {
		d.Title = l.text("Creditnota", "Credit note")
	}
	d.Sender, d.Receiver = l.letterhead(l.party("Van", "From", employer), i.From), l.letterhead(l.party("Aan", "To", i.Debtor), i.To)
	d.Facts = []pdf.Fact{
		{Label: l.text("Nummer", "Number"), Value: number}, {Label: l.text("Datum", "Date"), Value: l.day(i.Day)},
	}
	if i.Credits != [16]byte{} {
		d.Facts = append(d.Facts, pdf.Fact{Label: l.text("Crediteert", "Credits"), Value: l.text("factuur ", "invoice ") + invoiceNumber(employer, i.Credited)},
			pdf.Fact{Label: l.text("Reden", "Reason"), Value: i.Reason})
	} else {
		d.Facts = append(d.Facts, pdf.Fact{Label: l.text("Te betalen voor", "Due by"), Value: l.day(i.Due)},
			pdf.Fact{Label: l.text("Rekening", "Account"), Value: grouped(employer.IBAN.Reveal())})
	}
	d.Sections = []pdf.Section{l.invoiceLines(i), l.invoiceTotals(i)}
	if i.From.VATID == "" || i.To.Street == "" {
		d.Notes = append(d.Notes, l.text("Het btw-nummer van de leverancier of een adres is niet vastgelegd; een factuur hoort die te noemen (Wet OB 1968 art. 35a).",
			"The supplier's VAT number or an address is not recorded; an invoice has to state them (Wet OB 1968 art. 35a)."))
	}
	if i.Kind == subsidy.Charged {
		d.Notes = append(d.Notes, fmt.Sprintf(l.text("Wilt u %s uiterlijk op %s overmaken naar %s ten name van %s, onder vermelding van %s?",
			"Please pay %s by %s into %s in the name of %s, stating %s."), l.euros(i.Total()), l.day(i.Due), grouped(employer.IBAN.Reveal()), employer.Name, number))
	}
	return d
}

// letterhead adds to a party where it is and its number for the VAT.
func (l tongue) letterhead(p pdf.Party, h payroll.Letterhead) pdf.Party {
	for _, line := range []string{h.Street, h.Place} {
		if line != "" {
			p.Lines = append(p.Lines, line)
		}
	}
	if h.VATID != "" {
		p.Lines = append(p.Lines, l.text("Btw-nummer ", "VAT number ")+h.VATID)
	}
	return p
}

// invoiceLines are the hire prices.
func (l tongue) invoiceLines(i subsidy.HireInvoice) pdf.Section {
	s := pdf.Section{Head: l.text("Inlening van personeel", "Hire of staff"), Columns: []pdf.Column{
		{Head: l.text("Contract", "Contract"), Weight: 20}, {Head: l.text("Dagen", "Days"), Weight: 30}, {Head: l.text("Uren", "Hours"), Weight: 12, Right: true},
		{Head: l.text("Tarief", "Rate"), Weight: 12, Right: true}, {Head: l.text("Btw %", "VAT %"), Weight: 9, Right: true}, {Head: l.text("Bedrag (€)", "Amount (€)"), Weight: 17, Right: true},
	}}
	for _, line := range i.Lines {
		hours, price := "", ""
		if line.Hours != nil {
			hours, price = l.number(line.Hours.String()), l.number(line.Price.Fixed(2))
		}
		s.Rows = append(s.Rows, pdf.Row{Cells: []string{line.ContractNumber, l.span(line.Service), hours, price, l.number(line.VATRate.String()), l.amount(line.Amount)}})
	}
	s.Rows = append(s.Rows, pdf.Row{Strong: true, Cells: []string{l.text("Zonder btw", "Without VAT"), "", "", "", "", l.amount(i.Net)}})
	return s
}

// invoiceTotals are VAT by rate, and what is to be paid.
func (l tongue) invoiceTotals(i subsidy.HireInvoice) pdf.Section {
	s := pdf.Section{Head: l.text("Btw", "VAT"), Columns: []pdf.Column{
		{Head: l.text("Tarief", "Rate"), Weight: 40}, {Head: l.text("Over (€)", "On (€)"), Weight: 20, Right: true}, {Head: l.text("Btw (€)", "VAT (€)"), Weight: 20, Right: true},
	}}
	for _, r := range i.ByRate() {
		s.Rows = append(s.Rows, pdf.Row{Cells: []string{l.number(r.Rate.String()) + "%", l.amount(r.Net), l.amount(r.VAT)}})
	}
	total := l.text("Te betalen (€)", "To be paid (€)")
	if i.Kind == subsidy.Credited {
		total = l.text("Te ontvangen of te verrekenen (€)", "To be received or set off (€)")
	}
	s.Rows = append(s.Rows, pdf.Row{Strong: true, Cells: []string{total, "", l.amount(i.Total())}})
	return s
}

// ageNames are the words for how long ago an invoice was due.
var ageNames = map[subsidy.AgeBucket]payroll.Text{
	subsidy.NotDue:   {NL: "Niet vervallen", EN: "Not due"},
	subsidy.Until30:  {NL: "1–30 dagen", EN: "1–30 days"},
	subsidy.Until60:  {NL: "31–60 dagen", EN: "31–60 days"},
	subsidy.Until90:  {NL: "61–90 dagen", EN: "61–90 days"},
	subsidy.Beyond90: {NL: "> 90 dagen", EN: "> 90 days"},
}

// ageingDocument is what debtors owe on a day, by how long ago it was due.
func ageingDocument(l tongue, employer payroll.Organisation, a subsidy.Ageing) pdf.Document {
	d := l.sheet(employer, a.On, "Openstaande posten", "Open items", l.day(a.On))
	d.Sender = l.party("Werkgever", "Employer", employer)
	sums := pdf.Section{Head: l.text("Per debiteur (€)", "By debtor (€)"), Columns: []pdf.Column{{Head: l.text("Debiteur", "Debtor"), Weight: 34}}}
	for _, b := range subsidy.AgeBuckets {
		sums.Columns = append(sums.Columns, pdf.Column{Head: l.text(ageNames[b].NL, ageNames[b].EN), Weight: 14, Right: true})
	}
	sums.Columns = append(sums.Columns, pdf.Column{Head: l.text("Totaal", "Total"), Weight: 16, Right: true})
	row := func(name string, d subsidy.DebtorAge, strong bool) {
		cells := []string{name}
		for _, b := range subsidy.AgeBuckets {
			cells = append(cells, l.orBlank(d.Buckets[b]))
		}
		sums.Rows = append(sums.Rows, pdf.Row{Strong: strong, Cells: append(cells, l.amount(d.Total))})
	}
	for _, debtor := range a.Debtors {
		row(debtor.Debtor+" "+debtor.Name, debtor, false)
	}
	row(l.text("Totaal", "Total"), a.All, true)
	items := pdf.Section{Head: l.text("Per factuur", "By invoice"), Columns: []pdf.Column{
		{Head: l.text("Debiteur", "Debtor"), Weight: 18}, {Head: l.text("Factuur", "Invoice"), Weight: 20}, {Head: l.text("Datum", "Date"), Weight: 14},
		{Head: l.text("Vervalt", "Due"), Weight: 14}, {Head: l.text("Dagen te laat", "Days late"), Weight: 11, Right: true},
		{Head: l.text("Bedrag (€)", "Amount (€)"), Weight: 17, Right: true}, {Head: l.text("Betaald (€)", "Paid (€)"), Weight: 17, Right: true}, {Head: l.text("Open (€)", "Open (€)"), Weight: 17, Right: true},
	}}
	for _, i := range a.Invoices {
		items.Rows = append(items.Rows, pdf.Row{Cells: []string{i.Debtor, invoiceNumber(employer, i.Number), l.day(i.Day), l.day(i.Due), fmt.Sprint(i.Overdue),
			l.amount(i.Total), l.amount(i.Paid), l.amount(i.Open)}})
	}
	items.Rows = append(items.Rows, pdf.Row{Strong: true, Cells: []string{l.text("Totaal", "Total"), "", "", "", "", "", "", l.amount(a.All.Total)}})
	d.Sections = []pdf.Section{sums, items}
	return d
}

// orBlank leaves a nought out, where most cells have one.
func (l tongue) orBlank(a euro.Amount) string {
	if a.IsZero() {
		return "–"
	}
	return l.amount(a)
}
