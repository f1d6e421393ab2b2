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

// lineNames are the words for the kinds of lines of a payslip.
var lineNames = map[payroll.LineKind]payroll.Text{
	payroll.WageLine(payroll.Worked):        {NL: "Gewerkte uren", EN: "Hours worked"},
	payroll.WageLine(payroll.Training):      {NL: "Scholing en training", EN: "Training"},
	payroll.WageLine(payroll.Sick):          {NL: "Ziekte", EN: "Sickness"},
	payroll.WageLine(payroll.Leave):         {NL: "Verlof", EN: "Leave"},
	payroll.WageLine(payroll.PublicHoliday): {NL: "Feestdagen", EN: "Public holidays"},
	payroll.WageLine(payroll.UnpaidAbsence): {NL: "Onbetaalde afwezigheid", EN: "Unpaid absence"},
	payroll.LineFixed:                       {NL: "Vast loon", EN: "Fixed wage"},
	payroll.LineFixedPeriod:                 {NL: "Vast loon van de periode", EN: "Fixed wage of the period"},
	payroll.LineUnpaid:                      {NL: "Onbetaalde afwezigheid", EN: "Unpaid absence"},
	payroll.LineSick:                        {NL: "Korting op het loon bij ziekte", EN: "Less wage during sickness"},
	payroll.LineHoliday:                     {NL: "Vakantiebijslag opgebouwd", EN: "Holiday allowance accrued"},
	payroll.LineHolidayRounding:             {NL: "Afronding van de vakantiebijslag", EN: "Rounding of the holiday allowance"},
	payroll.LineHolidayPaid:                 {NL: "Vakantiebijslag", EN: "Holiday allowance"},
	payroll.LineLeavePaid:                   {NL: "Uitbetaald verlof", EN: "Leave paid out"},
	payroll.LineTransition:                  {NL: "Transitievergoeding", EN: "Transition payment"},
	payroll.LinePension:                     {NL: "Pensioenpremie", EN: "Pension premium"},
	payroll.LineTax:                         {NL: "Loonheffing (tabel)", EN: "Wage tax (table)"},
	payroll.LineSpecialTax:                  {NL: "Loonheffing (bijzonder tarief)", EN: "Wage tax (special rate)"},
	payroll.LineGarnished:                   {NL: "Loonbeslag", EN: "Garnishment"},
	payroll.LineOverpaid:                    {NL: "Niet ingehouden: te veel betaald loon, te betalen", EN: "Not deducted: wage paid too much, to be paid back"},
	payroll.LineRepaid:                      {NL: "Terugbetaling aan de werkgever", EN: "Repayment to the employer"},
}

// payslipDocument is a payslip with all that BW 7:626 asks for.
func payslipDocument(l tongue, f postgres.PayslipFile) (pdf.Document, error) {
	d := l.sheet(f.Employer, f.PayDate, "Loonstrook", "Payslip", l.period(f.Run.Period))
	if f.Status != "approved" {
		d.Mark = l.text("CONCEPT: niet goedgekeurd", "DRAFT: not approved")
	}
	d.Sender = l.party("Werkgever", "Employer", f.Employer)
	d.Receiver = pdf.Party{Head: l.text("Werknemer", "Employee"), Lines: []string{
		f.Employment.Name.Reveal(),
		l.text("Personeelsnummer ", "Personnel number ") + f.Person,
		l.text("Geboren op ", "Born on ") + l.day(f.Employment.Birth),
	}}
	d.Facts = l.payslipFacts(f)
	least, err := l.payslipMinimum(f)
	if err != nil {
		return d, err
	}
	d.Sections = append(l.payslipLines(f), least, l.payslipBalances(f), l.payslipYear(f), l.payslipCharges(f))
	if f.GrossOnly {
		d.Notes = append(d.Notes, l.text("Alleen bruto: over deze betaaldatum is geen loonheffing berekend, en netto is gelijk aan bruto.",
			"Gross only: no wage tax was computed for this day of payment, and net equals gross."))
	}
	if !f.Employment.Identified {
		d.Notes = append(d.Notes, l.text("Het BSN is niet bekend: het anonieme tarief geldt (Wet LB art. 26b).", "The BSN is not known: the anonymous tariff applies (Wet LB art. 26b)."))
	}
	if !f.Owed.IsZero() {
		d.Notes = append(d.Notes, l.text("Door de werknemer nog te betalen wegens meer opgenomen dan opgebouwd verlof: ", "Owed by the employee for leave taken beyond what accrued: ")+l.euros(f.Owed)+".")
	}
	l.lawful(&d)
	return d, nil
}

// payslipFacts are period, contract and what the tax goes by.
func (l tongue) payslipFacts(f postgres.PayslipFile) []pdf.Fact {
	terms := f.Month.Contract.Latest()
	last := f.Run.Period.To
	if end := f.Month.Contract.Span().To; !end.IsZero() && end.Before(last) {
		last = end
	}
	if on, runs := f.Month.Contract.On(last); runs {
		terms = on
	}
	form := []string{l.text("mondeling", "not in writing")}
	if terms.Written {
		form = []string{l.text("schriftelijk", "in writing")}
	}
	if terms.OpenEnded {
		form = append(form, l.text("voor onbepaalde tijd", "open-ended"))
	} else {
		form = append(form, l.text("voor bepaalde tijd", "for a fixed term"))
	}
	if end := f.Month.Contract.Span().To; !end.IsZero() {
		form = append(form, l.text("tot en met ", "until ")+l.day(end))
	}
	basis := l.text("per gewerkt uur", "by the hour")
	if terms.PayBasis == payroll.Fixed {
		basis = l.text("vast per periode", "fixed by period")
	}
	if terms.Averaging {
		basis += l.text(", arbeidsduur gemiddeld", ", hours averaged")
	}
	table := l.text("wit, maand", "white, month")
	if f.Run.Period.Kind == calendar.FourWeeks {
		table = l.text("wit, vier weken", "white, four weeks")
	}
	return []pdf.Fact{
		{Label: l.text("Periode", "Period"), Value: l.day(f.Run.Period.From) + " – " + l.day(f.Run.Period.To)},
		{Label: l.text("Betaaldatum", "Day of payment"), Value: l.day(f.PayDate)},
		{Label: l.text("Contract", "Contract"), Value: f.Contract},
		{Label: l.text("In dienst sinds", "In service since"), Value: l.day(f.Month.Contract.Span().From)},
		{Label: l.text("Arbeidsduur", "Agreed hours"), Value: fmt.Sprintf(l.text("%s uur per week (voltijd %s)", "%s hours a week (full time %s)"),
			l.number(terms.HoursPerWeek.Fixed(2)), l.number(terms.FullTimeHours.Fixed(2)))},
		{Label: l.text("Overeenkomst", "Contract form"), Value: strings.Join(form, ", ")},
		{Label: l.text("Oproepovereenkomst", "On-call contract"), Value: l.yes(terms.OnCall)},
		{Label: l.text("Beloning", "Pay"), Value: basis},
		{Label: l.text("Loonheffingskorting", "Tax credit applied"), Value: l.yes(f.Employment.Korting)},
		{Label: l.text("Loonbelastingtabel", "Tax table"), Value: table},
		{Label: l.text("Rekening", "Account"), Value: grouped(f.Account.Reveal())},
		{Label: l.text("Arbeidsvoorwaarden", "Conditions"), Value: l.conditions(terms)},
	}
}

// conditions are terms that decide what is paid: leave, holiday allowance and
// sickness.
func (l tongue) conditions(t payroll.Terms) string {
	weeks := t.LeaveWeeks
	if weeks.IsZero() {
		weeks = euro.Int(4)
	}
	list := []string{fmt.Sprintf(l.text("%s weken verlof per jaar", "%s weeks of leave a year"), l.number(weeks.String()))}
	if t.HolidayEachPeriod {
		list = append(list, l.text("vakantiebijslag elke periode", "holiday allowance each period"))
	} else {
		list = append(list, l.text("vakantiebijslag in mei", "holiday allowance in May"))
	}
	if t.Sick != nil {
		list = append(list, fmt.Sprintf(l.text("bij ziekte %s%%", "%s%% in sickness"), l.number(t.Sick.Percentage.String())))
	}
	return strings.Join(list, ", ")
}

// grouped writes an account number in groups of four.
func grouped(iban string) string {
	var groups []string
	for len(iban) > 4 {
		groups, iban = append(groups, iban[:4]), iban[4:]
	}
	return strings.Join(append(groups, iban), "\u00A0")
}

// payslipLines are the gross wage as it is composed, and what is taken off.
func (l tongue) payslipLines(f postgres.PayslipFile) []pdf.Section {
	columns := []pdf.Column{
		{Head: l.text("Omschrijving", "Description"), Weight: 54}, {Head: l.text("Uren", "Hours"), Weight: 12, Right: true},
		{Head: l.text("Tarief", "Rate"), Weight: 14, Right: true}, {Head: l.text("Bedrag (€)", "Amount (€)"), Weight: 16, Right: true},
	}
	wage := pdf.Section{Head: l.text("Loon", "Wage"), Columns: columns}
	off := pdf.Section{Head: l.text("Inhoudingen", "Deductions"), Columns: columns}
	for _, line := range f.Lines {
		row := pdf.Row{Cells: []string{l.lineName(line, f.Run.Period), l.number(line.Quantity), l.rate(line), l.amount(line.Amount)}}
		switch part, _, _ := strings.Cut(line.Kind, "."); part {
		case "holiday": // accrued, and no part of what is paid now: it stands with the balances
		case "withheld":
			off.Rows = append(off.Rows, row)
		default:
			wage.Rows = append(wage.Rows, row)
		}
	}
	wage.Rows = append(wage.Rows, pdf.Row{Strong: true, Cells: []string{l.text("Brutoloon", "Gross wage"), "", "", l.amount(f.Gross)}})
	if len(off.Rows) == 0 {
		off.Rows = append(off.Rows, pdf.Row{Cells: []string{l.text("Er is niets ingehouden.", "Nothing was deducted.")}})
	}
	off.Rows = append(off.Rows, pdf.Row{Strong: true, Cells: []string{l.text("Nettoloon", "Net wage"), "", "", l.amount(f.Net)}})
	return []pdf.Section{wage, off}
}

// lineName says what a line is for, and of which period where that is another.
func (l tongue) lineName(line postgres.LineView, p calendar.Period) string {
	name := line.Kind
	if t, known := lineNames[payroll.LineKind(line.Kind)]; known {
		name = l.text(t.NL, t.EN)
	}
	if !line.Origin.IsZero() && !p.Holds(line.Origin) {
		name += fmt.Sprintf(l.text(" (over %s)", " (of %s)"), l.month(line.Origin))
	}
	return name
}

// rate is shown where it is an amount an hour.
func (l tongue) rate(line postgres.LineView) string {
	if line.Quantity == "" {
		return ""
	}
	return l.number(line.Rate)
}

// payslipMinimum is the minimum wage that the law makes due to this person, an
// hour and over the hours of the period (BW 7:626 lid 2).
func (l tongue) payslipMinimum(f postgres.PayslipFile) (pdf.Section, error) {
	s := pdf.Section{Head: l.text("Wettelijk minimumloon van deze werknemer", "Statutory minimum wage of this employee")}
	dues, sum, err := payroll.MinimumsDue(f.Employment.Birth, f.Month, f.Run.Period)
	if err != nil {
		return s, err
	}
	for _, m := range dues {
		value := fmt.Sprintf(l.text("€ %s per uur", "€ %s an hour"), l.number(m.Hour.Value.Fixed(2)))
		if m.Month != nil {
			value += fmt.Sprintf(l.text(", € %s per maand bij voltijd", ", € %s a month at full time"), l.number(m.Month.Value.Fixed(2)))
		}
		s.Facts = append(s.Facts, pdf.Fact{Label: l.day(m.From) + " – " + l.day(m.To), Value: value})
	}
	s.Facts = append(s.Facts, pdf.Fact{Label: l.text("Over de uren van de periode", "Over the hours of the period"), Value: l.euros(sum)})
	return s, nil
}

// payslipBalances are what accrued and is still to be paid or taken.
func (l tongue) payslipBalances(f postgres.PayslipFile) pdf.Section {
	hours := func(s string) string { return l.number(s) + l.text(" uur", " hours") }
	s := pdf.Section{Head: l.text("Vakantiebijslag en verlof", "Holiday allowance and leave"), Facts: []pdf.Fact{
		{Label: l.text("Bijslag opgebouwd", "Allowance accrued"), Value: l.euros(f.Holiday)},
		{Label: l.text("Bijslag uitbetaald", "Allowance paid"), Value: l.euros(f.HolidayPaid)},
		{Label: l.text("Saldo vakantiebijslag", "Balance of the allowance"), Value: l.euros(f.HolidayBalance)},
		{Label: l.text("Verlof opgebouwd", "Leave accrued"), Value: hours(f.LeaveAccrued)},
		{Label: l.text("Verlof opgenomen", "Leave taken"), Value: hours(f.LeaveTaken)},
		{Label: l.text("Saldo verlof", "Balance of leave"), Value: hours(f.LeaveBalance)},
	}}
	if !f.BalanceFrom.IsZero() {
		s.Facts = append(s.Facts, pdf.Fact{Label: l.text("Saldi vanaf", "Balances from"), Value: l.day(f.BalanceFrom) +
			l.text("; van eerdere dagen is niets vastgelegd", "; of earlier days nothing is recorded")})
	}
	return s
}

// payslipYear is the wage for the tax, of this payslip and of the year so far.
func (l tongue) payslipYear(f postgres.PayslipFile) pdf.Section {
	s := pdf.Section{Head: l.text("Loon voor de loonheffing", "Wage for the wage tax")}
	if f.GrossOnly || f.Year == nil {
		s.Facts = []pdf.Fact{{Label: l.text("Niet berekend", "Not computed"), Value: l.text("alleen bruto", "gross only")}}
		return s
	}
	y := f.Year
	s.Columns = []pdf.Column{{Weight: 54}, {Head: l.text("Deze periode (€)", "This period (€)"), Weight: 20, Right: true},
		{Head: fmt.Sprintf(l.text("%d tot en met %s (€)", "%d until %s (€)"), y.Year, l.day(f.PayDate)), Weight: 24, Right: true}}
	row := func(nl, en string, now, year euro.Amount) {
		s.Rows = append(s.Rows, pdf.Row{Cells: []string{l.text(nl, en), l.amount(now), l.amount(year)}})
	}
	row("Loon voor de loonheffing", "Wage for the wage tax", f.Gross.Sub(f.Pension), y.Wage)
	row("Ingehouden loonheffing", "Wage tax withheld", f.Tax, y.Tax)
	row("Verrekende arbeidskorting", "Arbeidskorting applied", f.Arbeidskorting, y.Arbeidskorting)
	if !f.TaxedSpecial.IsZero() {
		s.Rows = append(s.Rows, pdf.Row{Cells: []string{l.text("Waarvan belast tegen het bijzondere tarief", "Of which taxed at the special rate"), l.amount(f.TaxedSpecial), ""}})
	}
	return s
}

// payslipCharges are what the employer owes on top, where that is known.
func (l tongue) payslipCharges(f postgres.PayslipFile) pdf.Section {
	s := pdf.Section{Head: l.text("Lasten van de werkgever", "Charges of the employer")}
	c := f.Charges
	if c == nil {
		s.Facts = []pdf.Fact{{Label: l.text("Lasten", "Charges"), Value: l.text("niet bekend", "not known")}}
		return s
	}
	class := map[string]string{"low": l.text(" (laag)", " (low)"), "high": l.text(" (hoog)", " (high)")}
	first := "AWf" + class[c.AWfClass]
	if c.AWfClass == "ufo" {
		first = "Ufo"
	}
	for _, fact := range []struct {
		label  string
		amount euro.Amount
	}{
		{first, c.AWf}, {"Aof" + class[c.AofClass], c.Aof}, {"Wko", c.Wko}, {"Whk", c.Whk}, {l.text("Werkgeversheffing Zvw", "Zvw (employer)"), c.Zvw},
		{l.text("Pensioen, deel werkgever", "Pension, employer's part"), c.Pension},
	} {
		s.Facts = append(s.Facts, pdf.Fact{Label: fact.label, Value: l.euros(fact.amount)})
	}
	return s
}
