package main

import (
	"context"
	"fmt"

	"verloning/cmd/verloning/internal/pdf"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// feesDrawn asks for the fees of a month's statements: as the provider of one
// gemeente or all, as the gemeente of one provider or all.
type feesDrawn struct {
	Period string `json:"period" validate:"required"`
	Other  string `json:"other,omitempty" validate:"omitempty,code"` // code of the other party
	Language
}

func (s *service) drawFees(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q feesDrawn) (document, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	if err := door.Err(); err != nil {
		return document{}, err
	}
	lines, err := tx.FeeLines(ctx, a, period, q.Other, mostSpecified)
	if err != nil {
		return document{}, err
	}
	if len(lines) == 0 {
		return document{}, payroll.Refuse(payroll.NotFound, payroll.Reason("fee/none_of_period", "period",
			"Er zijn geen vergoedingen op goedgekeurde afrekeningen over deze maand.", "There are no fees on approved statements of this month."))
	}
	name := q.speak().text("vergoedingen-", "fees-") + period.String()
	if q.Other != "" {
		name += "-" + q.Other
	}
	return draw(name, feesDocument(q.speak(), a.Organisation, period, lines))
}

// feesDocument is what a gemeente owes providers by a month's statements: lines,
// VAT, what is set off, and what is left to pay or to come back.
func feesDocument(l tongue, a payroll.Organisation, period calendar.Period, lines []postgres.FeeLine) pdf.Document {
	d := l.sheet(a, period.To, "Vergoedingenstaat", "Fee statement", l.period(period))
	groups := feeGroups(lines)
	if len(groups) == 1 {
		first := lines[0]
		d.Sender, d.Receiver = l.party("Gemeente", "Municipality", first.Municipality), l.party("Re-integratiebedrijf", "Provider", first.Provider)
	} else {
		d.Sender = l.party("Van", "Of", a)
	}
	for _, g := range groups {
		d.Sections = append(d.Sections, l.feeLines(g), l.feeTotals(g))
	}
	return d
}

// feeGroups parts lines by statement, provider and payer: each is paid, or comes
// back, as one sum.
func feeGroups(lines []postgres.FeeLine) [][]postgres.FeeLine {
	var groups [][]postgres.FeeLine
	for i, line := range lines {
		if i == 0 || line.Statement != lines[i-1].Statement || line.Provider.ID != lines[i-1].Provider.ID || line.Payer.ID != lines[i-1].Payer.ID {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], line)
	}
	return groups
}

func (l tongue) feeLines(lines []postgres.FeeLine) pdf.Section {
	first := lines[0]
	s := pdf.Section{Head: fmt.Sprintf(l.text("%s – %s, afrekening %d", "%s – %s, statement %d"), first.Municipality.Name, first.Provider.Name, first.Sequence), Columns: []pdf.Column{
		{Head: l.text("Traject", "Trajectory"), Weight: 18}, {Head: l.text("Regeling", "Scheme"), Weight: 28}, {Head: l.text("Waarvoor", "For"), Weight: 24},
		{Head: l.text("Dag", "Day"), Weight: 15}, {Head: l.text("Bedrag (€)", "Amount (€)"), Weight: 17, Right: true}, {Head: l.text("Btw %", "VAT %"), Weight: 9, Right: true},
		{Head: l.text("Btw (€)", "VAT (€)"), Weight: 15, Right: true},
	}}
	for _, f := range lines {
		s.Rows = append(s.Rows, pdf.Row{Cells: []string{f.Subject, f.Scheme + ", " + f.Rule, f.Key, l.day(f.Day), l.amount(f.Amount), l.number(f.VATRate.String()), l.amount(f.VAT)}})
	}
	return s
}

// feeTotals are what is due, what is set off, VAT, and what is left: to pay, or a
// receivable on the provider.
func (l tongue) feeTotals(lines []postgres.FeeLine) pdf.Section {
	var due, off, vat euro.Amount
	for _, f := range lines {
		if f.Amount.Sign() < 0 {
			off = off.Add(f.Amount)
		} else {
			due = due.Add(f.Amount)
		}
		vat = vat.Add(f.VAT)
	}
	first, total := lines[0], euro.Sum(due, off, vat)
	s := pdf.Section{Columns: []pdf.Column{{Weight: 80}, {Head: "€", Weight: 20, Right: true}}}
	row := func(strong bool, nl, en string, a euro.Amount) {
		s.Rows = append(s.Rows, pdf.Row{Strong: strong, Cells: []string{l.text(nl, en), l.amount(a)}})
	}
	row(false, "Vergoedingen", "Fees", due)
	row(false, "Verrekend: malus en wat terugkomt", "Set off: malus and what comes back", off)
	row(false, "Btw", "VAT", vat)
	switch {
	case total.Sign() < 0:
		row(true, "Te vorderen van "+first.Provider.Name, "Receivable from "+first.Provider.Name, total.Neg())
	case first.Payer.ID != first.Municipality.ID:
		row(true, "Te betalen door "+first.Payer.Name, "To be paid by "+first.Payer.Name, total)
	case !first.Settled.IsZero():
		row(true, "Betaald op "+l.day(first.Settled), "Paid on "+l.day(first.Settled), total)
	default:
		row(true, "Te betalen", "To be paid", total)
	}
	return s
}
