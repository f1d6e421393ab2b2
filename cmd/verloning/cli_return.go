package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type returnMake struct {
	Period string `arg:"" help:"Period on whose days was paid, such as 2026-10."`
}

// Run makes the return of a period, or corrects it.
func (c *returnMake) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "return", "make", payroll.ReturnMake{Command: sh.command(), Period: c.Period}, func(r payroll.ReturnReply) error {
		return sh.say("Aangifte %s, nummer %d: %d inkomstenverhoudingen (%d gewijzigd), te betalen %s, waarvan nu %s, uiterlijk %s; afronding %s.",
			"Return %s, number %d: %d inkomstenverhoudingen (%d changed), to pay %s, of which now %s, by %s; rounding %s.",
			r.Period, r.Sequence, r.Lines, r.Changed, r.ToPay, r.Due, r.DueBy, r.Rounding)
	})
}

type returnShow struct {
	Period     string `arg:"" help:"Period of the return."`
	Sequence   int    `help:"An earlier one of the period; absent: the newest."`
	Nominative bool   `help:"Every inkomstenverhouding too, with the BSN."`
	CSV        bool   `name:"csv" help:"As CSV: the collective part, or with --nominative the inkomstenverhoudingen."`
}

// loonaangifte is a whole return, in the order of the message.
type loonaangifte struct {
	returnShown
	Lines []payroll.ReturnLine `json:"InkomstenverhoudingInitieel,omitempty"`
}

// Run prints a return as it was sealed.
func (c *returnShow) Run(ctx context.Context, sh *shell) error {
	named := returnAsked{Period: c.Period, Sequence: c.Sequence}
	var whole loonaangifte
	if err := sh.insist(ctx, "return", "show", named, &whole.returnShown); err != nil {
		return err
	}
	if c.Nominative {
		var err error
		whole.Lines, err = pages(ctx, sh, "return", "lines", "InkomstenverhoudingInitieel", 0,
			func(after string, limit int) any {
				return returnLinesAsked{named, Paged{After: after, Limit: limit}}
			},
			func(l payroll.ReturnLine) string { return l.PersNr })
		if err != nil {
			return err
		}
	}
	if sh.JSON {
		return sh.printJSON(whole)
	}
	sh.note("%s", "%s", returnNote)
	if c.Nominative && c.CSV {
		return sh.report(nominative(whole.Lines), true)
	}
	shown := newTable("element", ">euros", ">exact", ">rounding")
	for _, e := range whole.Collective {
		shown.add(e.Element, e.Euros.String(), e.Exact.String(), e.Rounding.String())
	}
	if err := sh.report(shown, c.CSV); err != nil || !c.Nominative {
		return err
	}
	return nominative(whole.Lines).print(sh.out)
}

// nominative is a row for each inkomstenverhouding, under the names of the message.
func nominative(lines []payroll.ReturnLine) *table {
	names := []string{"NumIV", "PersNr", "SofiNr", "SignNm", "Gebdat", "DatAanv", "DatEind", "changed", "SrtIV", "IndArbovOnbepTd", "IndSchriftArbov", "IndOprov", "IndLhKort", "LbTab",
		"IndWAO", "IndWW", "IndZW", "CdZvw", ">AantVerlU", ">AantCtrcturenPWk"}
	for _, f := range (payroll.ReturnFigures{}).Named() {
		names = append(names, ">"+f.Element)
	}
	shown := newTable(names...)
	for _, l := range lines {
		i := l.Income
		row := []string{strconv.Itoa(l.NumIV), l.PersNr, l.Person.SofiNr, l.Person.SignNm, l.Person.Gebdat, l.DatAanv.String(), l.DatEind.String(), yesNo(l.Changed),
			i.SrtIV, i.IndArbovOnbepTd, i.IndSchriftArbov, i.IndOprov, i.IndLhKort, i.LbTab, i.IndWAO, i.IndWW, i.IndZW, i.CdZvw, strconv.Itoa(i.AantVerlU), i.AantCtrcturenPWk.String()}
		for _, f := range l.Figures.Named() {
			row = append(row, f.Exact.String())
		}
		shown.add(row...)
	}
	return shown
}

type returnYear struct {
	Year int `arg:"" help:"Calendar year of payment."`
}

// Run holds the returns of a year against the payslips and the ledger, and fails
// where they differ.
func (c *returnYear) Run(ctx context.Context, sh *shell) error {
	var y postgres.ReturnYear
	if err := sh.insist(ctx, "return", "year", returnYearAsked{c.Year}, &y); err != nil {
		return err
	}
	if sh.JSON {
		if err := sh.printJSON(y); err != nil {
			return err
		}
	} else if err := sh.showYear(y); err != nil {
		return err
	}
	if !y.Agrees {
		return fault("return/year_differs", "", "Aangiften, loonstroken en grootboek verschillen.", "Returns, payslips and ledger differ.")
	}
	return nil
}

func (sh *shell) showYear(y postgres.ReturnYear) error {
	for _, p := range y.Missing {
		sh.note("Over %s is betaald en geen aangifte gemaakt.", "Of %s was paid and no return made.", p)
	}
	for _, p := range y.Correct {
		sh.note("De aangifte over %s klopt niet meer: maak met return make een correctiebericht.", "The return of %s is not right any more: make a correction message with return make.", p)
	}
	shown := newTable("figure", ">returns", ">year_statements", ">ledger", ">difference")
	for _, f := range y.Figures {
		shown.add(f.Figure, f.Returns.String(), f.Statements.String(), amountOrDash(f.Ledger), f.Difference.String())
	}
	return shown.print(sh.out)
}

type remittanceRecord struct {
	Kind      string `arg:"" enum:"tax,pension" help:"tax (the Belastingdienst) or pension (your fund)."`
	ValidFrom string `required:"" help:"Day from which it holds."`
	Number    string `required:"" help:"Your loonheffingennummer, or your number with the fund."`
	IBAN      string `name:"iban" required:"" help:"Account of the receiver, from its own letter."`
	Name      string `required:"" help:"Name of the receiver."`
}

func (c *remittanceRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.RemittanceRecord{Command: sh.command(), Kind: c.Kind, ValidFrom: c.ValidFrom, Number: c.Number, IBAN: c.IBAN, Name: c.Name}
	return ask(ctx, sh, "remittance", "record", request, func(r payroll.RemittanceRecorded) error {
		return sh.say("Afdracht %s, versie %d: vanaf %s.", "Remittance %s, version %d: from %s.", r.Kind, r.Version, r.ValidFrom)
	})
}

type remittanceOrder struct {
	Kind      string `arg:"" enum:"tax,pension" help:"tax or pension."`
	Period    string `arg:"" help:"Period of payment."`
	Reference string `help:"Betalingskenmerk of this return (16 digits), or the fund's reference."`
	PayDate   string `help:"Day of payment; of tax the last one that the law allows."`
}

func (c *remittanceOrder) Run(ctx context.Context, sh *shell) error {
	request := payroll.RemittanceOrder{Command: sh.command(), Kind: c.Kind, Period: c.Period, Reference: c.Reference, PayDate: c.PayDate}
	return ask(ctx, sh, "remittance", "order", request, func(r payroll.RemittanceReply) error {
		return sh.say("Af te dragen over %s: %s op %s. Laat iemand anders dit goedkeuren: remittance approve %s --hash %s", "To remit of %s: %s on %s. Let somebody else approve it: remittance approve %s --hash %s",
			r.Period, r.Amount, r.PayDate, r.Remittance, r.Hash)
	})
}

type remittanceApprove struct {
	Remittance string `arg:"" help:"Id of the order."`
	Hash       string `required:"" help:"Its hash."`
}

func (c *remittanceApprove) Run(ctx context.Context, sh *shell) error {
	request := payroll.RemittanceApprove{Command: sh.command(), Remittance: c.Remittance, Hash: c.Hash}
	return ask(ctx, sh, "remittance", "approve", request, func(r payroll.RemittanceApproved) error {
		return sh.say("Betaling %s van %s staat klaar.", "Payment %s of %s is ordered.", r.Payment, r.Amount)
	})
}

type remittanceList struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *remittanceList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "remittance", "list", "remittances", c.Limit,
		func(after string, limit int) any { return Paged{After: after, Limit: limit} },
		func(r remittanceListed) string { return r.Remittance.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(remittancesListed{list})
	}
	shown := newTable("remittance", "kind", "period", ">amount", ">rounding", "pay_date", "due_by", "reference", "approved", "replaced")
	for _, r := range list {
		shown.add(r.Remittance.String(), string(r.Kind), r.Period.String(), r.Amount.String(), r.Rounding.String(), r.PayDate.String(), r.DueBy.String(), r.Reference, yesNo(r.Approved), yesNo(r.Replaced))
	}
	return shown.print(sh.out)
}
