package main

import (
	"fmt"
	"strings"

	"verloning/cmd/verloning/internal/pdf"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// yearDocument is a jaaropgaaf (Wet LB 1964 art. 28). Its day is the last day of
// payment, so that it is the same until another payslip is approved.
func yearDocument(l tongue, f postgres.YearFile, today calendar.Date) pdf.Document {
	d := l.sheet(f.Employer, f.LastPaid, "Jaaropgaaf", "Year statement", fmt.Sprint(f.Year))
	if today.Year() <= f.Year {
		d.Mark = l.text("VOORLOPIG: het jaar loopt nog", "PROVISIONAL: the year goes on")
	}
	d.Sender = l.party("Werkgever", "Employer", f.Employer)
	bsn := l.text("BSN niet bekend", "BSN not known")
	if f.BSN != "" {
		bsn = "BSN " + f.BSN.Reveal()
	}
	d.Receiver = pdf.Party{Head: l.text("Werknemer", "Employee"), Lines: []string{
		f.Name.Reveal(), bsn, l.text("Geboren op ", "Born on ") + l.day(f.Birth), l.text("Personeelsnummer ", "Personnel number ") + f.Person,
	}}
	d.Facts = []pdf.Fact{
		{Label: l.text("Eerste betaling", "First payment"), Value: l.day(f.FirstPaid)}, {Label: l.text("Laatste betaling", "Last payment"), Value: l.day(f.LastPaid)},
		{Label: l.text("Loonstroken", "Payslips"), Value: fmt.Sprint(f.Payslips)}, {Label: l.text("Loonheffingskorting", "Tax credit applied"), Value: l.kortingen(f.Korting)},
	}
	figures := pdf.Section{Head: l.text("Bedragen over het kalenderjaar van betaling", "Amounts of the calendar year of payment"), Columns: []pdf.Column{
		{Head: l.text("Omschrijving", "Description"), Weight: 70}, {Head: l.text("Bedrag (€)", "Amount (€)"), Weight: 20, Right: true},
	}}
	row := func(nl, en string, a euro.Amount, known bool) {
		amount := l.amount(a)
		if !known {
			amount = l.text("niet bekend", "not known")
		}
		figures.Rows = append(figures.Rows, pdf.Row{Cells: []string{l.text(nl, en), amount}})
	}
	taxed, charged := f.GrossOnly < f.Payslips, f.Unknown == 0 && f.GrossOnly < f.Payslips
	row("Loon voor de loonbelasting en premie volksverzekeringen", "Wage for the wage tax and national insurance", f.Wage, taxed)
	row("Ingehouden loonbelasting en premie volksverzekeringen (loonheffing)", "Wage tax and national insurance withheld (loonheffing)", f.Tax, taxed)
	row("Verrekende arbeidskorting", "Arbeidskorting applied", f.Arbeidskorting, taxed)
	row("Ingehouden bijdrage Zvw", "Zvw contribution withheld", euro.Zero, taxed)
	row("Werkgeversheffing Zvw", "Zvw levy of the employer", f.Zvw, charged)
	row("Totaal premies werknemersverzekeringen (werkgever)", "Premiums for the employee insurances (employer)", f.Premiums, charged)
	d.Sections = []pdf.Section{figures}
	if f.GrossOnly > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf(l.text("%d van de %d loonstroken zijn alleen bruto: er is geen loonheffing over berekend, en ze tellen in geen bedrag mee.",
			"%d of the %d payslips are gross only: no wage tax was computed on them, and they are in no amount."), f.GrossOnly, f.Payslips))
	}
	if f.Unknown > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf(l.text("Van %d loonstroken zijn de werkgeverslasten niet bekend.", "Of %d payslips the employer's charges are not known."), f.Unknown))
	}
	l.lawful(&d)
	return d
}

// kortingen says whether the loonheffingskorting was applied, and from when.
func (l tongue) kortingen(list []postgres.KortingFrom) string {
	var parts []string
	for _, k := range list {
		parts = append(parts, fmt.Sprintf(l.text("%s vanaf %s", "%s from %s"), l.yes(k.Applied), l.day(k.From)))
	}
	if len(parts) == 0 {
		return l.text("niet van toepassing", "does not apply")
	}
	return strings.Join(parts, "; ")
}

// yearAsked asks for a year, of all or of one.
type yearAsked struct {
	Year   int    `json:"year" validate:"required,min=2000,max=2100"`
	Person string `json:"person,omitempty" validate:"omitempty,number"`
	Paged
}

// yearDrawn asks for the document of an employee's year.
type yearDrawn struct {
	Year   int    `json:"year" validate:"required,min=2000,max=2100"`
	Person string `json:"person" validate:"required,number"`
	Language
}

// yearsListed are the years of employees.
type yearsListed struct {
	Statements []postgres.YearStatement `json:"statements"`
}

// unknownYear says that nobody of that number was paid in the year.
func unknownYear(person string) error {
	return payroll.Refuse(payroll.NotFound, payroll.Unknown("yearstatement", "person", person))
}
