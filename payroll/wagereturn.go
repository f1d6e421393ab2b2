package payroll

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// ReturnFigures are the amounts of one inkomstenverhouding in a return
// (loonaangifte), in cents, under the names of the official message. What this
// service never pays, such as benefits and wage in kind, is not there.
type ReturnFigures struct {
	LnLbPh       euro.Amount `json:"LnLbPh"`       // loon voor de loonheffing
	LnSV         euro.Amount `json:"LnSV"`         // loon voor de werknemersverzekeringen
	PrlnAofAnwLg euro.Amount `json:"PrlnAofAnwLg"` // base of the Aof, a small employer's
	PrlnAofAnwHg euro.Amount `json:"PrlnAofAnwHg"`
	PrlnWhkAnw   euro.Amount `json:"PrlnWhkAnw"`
	PrlnAwfAnwLg euro.Amount `json:"PrlnAwfAnwLg"`
	PrlnAwfAnwHg euro.Amount `json:"PrlnAwfAnwHg"`
	PrLnUFO      euro.Amount `json:"PrLnUFO"`
	LnTabBB      euro.Amount `json:"LnTabBB"`       // taxed at the special rate
	VakBsl       euro.Amount `json:"VakBsl"`        // holiday allowance paid
	OpgRchtVakBl euro.Amount `json:"OpgRchtVakBsl"` // and accrued
	LnInGld      euro.Amount `json:"LnInGld"`
	IngLbPh      euro.Amount `json:"IngLbPh"` // loonheffing withheld
	PrAofLg      euro.Amount `json:"PrAofLg"`
	PrAofHg      euro.Amount `json:"PrAofHg"`
	OpslWko      euro.Amount `json:"OpslWko"`
	PrGediffWhk  euro.Amount `json:"PrGediffWhk"`
	PrAwfLg      euro.Amount `json:"PrAwfLg"`
	PrAwfHg      euro.Amount `json:"PrAwfHg"`
	PrUFO        euro.Amount `json:"PrUFO"`
	WghZvw       euro.Amount `json:"WghZvw"` // werkgeversheffing Zvw
	VerrArbKrt   euro.Amount `json:"VerrArbKrt"`
	ZvwBase      euro.Amount `json:"x-GrondslagZvw"` // no element of the message: what the WghZvw was computed on
}

// amounts are all of them with their names, in one order.
func (f *ReturnFigures) amounts() ([]string, []*euro.Amount) {
	return []string{"LnLbPh", "LnSV", "PrlnAofAnwLg", "PrlnAofAnwHg", "PrlnWhkAnw", "PrlnAwfAnwLg", "PrlnAwfAnwHg", "PrLnUFO", "LnTabBB", "VakBsl",
			"OpgRchtVakBsl", "LnInGld", "IngLbPh", "PrAofLg", "PrAofHg", "OpslWko", "PrGediffWhk", "PrAwfLg", "PrAwfHg", "PrUFO", "WghZvw", "VerrArbKrt", "x-GrondslagZvw"},
		[]*euro.Amount{&f.LnLbPh, &f.LnSV, &f.PrlnAofAnwLg, &f.PrlnAofAnwHg, &f.PrlnWhkAnw, &f.PrlnAwfAnwLg, &f.PrlnAwfAnwHg, &f.PrLnUFO, &f.LnTabBB, &f.VakBsl,
			&f.OpgRchtVakBl, &f.LnInGld, &f.IngLbPh, &f.PrAofLg, &f.PrAofHg, &f.OpslWko, &f.PrGediffWhk, &f.PrAwfLg, &f.PrAwfHg, &f.PrUFO, &f.WghZvw, &f.VerrArbKrt, &f.ZvwBase}
}

// NamedAmount is an amount under the name of its element.
type NamedAmount struct {
	Element string
	Exact   euro.Amount
}

// Named lists the amounts under their names, in the order of the message.
func (f ReturnFigures) Named() []NamedAmount {
	names, list := f.amounts()
	named := make([]NamedAmount, len(names))
	for i, a := range list {
		named[i] = NamedAmount{names[i], *a}
	}
	return named
}

// Plus adds two of them up.
func (f ReturnFigures) Plus(o ReturnFigures) ReturnFigures {
	_, mine := f.amounts()
	_, other := o.amounts()
	for i, a := range mine {
		*a = a.Add(*other[i])
	}
	return f
}

// ReturnElement is an amount of the collective part: whole euros, and beside it
// what it is exactly and what rounding left out.
type ReturnElement struct {
	Element  string      `json:"element"`
	Euros    euro.Number `json:"euros"`
	Exact    euro.Amount `json:"exact"`
	Rounding euro.Amount `json:"rounding"` // exact less euros

	payable bool
}

// Collective are the figures of all inkomstenverhoudingen together. Each is rounded
// down to whole euros, in the payer's favour, and what is to be paid (TotTeBet) is
// the sum of the rounded ones; so it is less than the ledger's liability by what
// rounding left out.
func (f ReturnFigures) Collective() []ReturnElement {
	var list []ReturnElement
	add := func(name string, exact euro.Amount, payable bool) {
		whole := exact.Number().DownTo(euro.One)
		list = append(list, ReturnElement{Element: name, Euros: whole, Exact: exact, Rounding: exact.Sub(whole.Cents()), payable: payable})
	}
	add("TotLnLbPh", f.LnLbPh, false)
	add("TotLnSV", f.LnSV, false)
	add("TotPrlnAofAnwLg", f.PrlnAofAnwLg, false)
	add("TotPrlnAofAnwHg", f.PrlnAofAnwHg, false)
	add("TotPrlnWhkAnw", f.PrlnWhkAnw, false)
	add("TotPrlnAwfAnwLg", f.PrlnAwfAnwLg, false)
	add("TotPrlnAwfAnwHg", f.PrlnAwfAnwHg, false)
	add("PrLnUFO", f.PrLnUFO, false)
	add("IngLbPh", f.IngLbPh, true)
	add("TotPrAofLg", f.PrAofLg, true)
	add("TotPrAofHg", f.PrAofHg, true)
	add("TotOpslWko", f.OpslWko, true)
	add("TotPrGediffWhk", f.PrGediffWhk, true)
	add("TotPrAwfLg", f.PrAwfLg, true)
	add("TotPrAwfHg", f.PrAwfHg, true)
	add("PrUFO", f.PrUFO, true)
	add("TotWghZvw", f.WghZvw, true)
	total := ReturnElement{Element: "TotTeBet", Exact: f.Payable(), Euros: f.ToPay().Number()}
	total.Rounding = total.Exact.Sub(f.ToPay())
	return append(list, total)
}

// Payable is what is owed exactly: the credit side of the ledger's payroll taxes.
func (f ReturnFigures) Payable() euro.Amount {
	return euro.Sum(f.IngLbPh, f.PrAofLg, f.PrAofHg, f.OpslWko, f.PrGediffWhk, f.PrAwfLg, f.PrAwfHg, f.PrUFO, f.WghZvw)
}

// ToPay is what the return asks to be paid: the sum of the rounded elements.
func (f ReturnFigures) ToPay() euro.Amount {
	var sum euro.Amount
	for _, a := range []euro.Amount{f.IngLbPh, f.PrAofLg, f.PrAofHg, f.OpslWko, f.PrGediffWhk, f.PrAwfLg, f.PrAwfHg, f.PrUFO, f.WghZvw} {
		sum = sum.Add(a.Number().DownTo(euro.One).Cents())
	}
	return sum
}

// ReturnPerson is who an inkomstenverhouding is of. It is sealed with the return.
type ReturnPerson struct {
	SofiNr string `json:"SofiNr,omitempty"` // BSN; absent: not known
	SignNm string `json:"SignNm"`
	Gebdat string `json:"Gebdat"`
}

// ReturnIncome are the codes of an inkomstenverhouding. Those whose official code
// table is not at hand are left out and not guessed.
type ReturnIncome struct {
	SrtIV            string      `json:"SrtIV"` // 15: wage
	IndArbovOnbepTd  string      `json:"IndArbovOnbepTd"`
	IndSchriftArbov  string      `json:"IndSchriftArbov"`
	IndOprov         string      `json:"IndOprov"`
	IndLhKort        string      `json:"IndLhKort"`
	LbTab            string      `json:"LbTab,omitempty"` // 012: white table, month; of four weeks the code is not at hand
	IndWAO           string      `json:"IndWAO"`
	IndWW            string      `json:"IndWW"`
	IndZW            string      `json:"IndZW"`
	CdZvw            string      `json:"CdZvw"`     // K: the employer's levy
	AantVerlU        int         `json:"AantVerlU"` // whole hours, half up
	AantCtrcturenPWk euro.Number `json:"AantCtrcturenPWk"`
}

// ReturnLine is one inkomstenverhouding: an employment with the employer, with all
// that was paid under it on days of the period.
type ReturnLine struct {
	Employment uuid.UUID     `json:"-"`
	NumIV      int           `json:"NumIV"`
	PersNr     string        `json:"PersNr"`
	DatAanv    calendar.Date `json:"DatAanv"`
	DatEind    calendar.Date `json:"DatEind,omitzero"`
	Changed    bool          `json:"changed"` // against the return before it; of the first: always
	Person     ReturnPerson  `json:"NatuurlijkPersoon"`
	Income     ReturnIncome  `json:"Inkomstenperiode"`
	Figures    ReturnFigures `json:"Werknemersgegevens"`
}

// Hash is over all that a line says, but whether it changed.
func (l ReturnLine) Hash() string {
	l.Changed = false
	text, err := json.Marshal(l)
	if err != nil {
		panic(fmt.Sprintf("payroll: a line of a return does not marshal: %v", err))
	}
	sum := sha256.Sum256(append(text, l.Employment[:]...))
	return HashText(sum[:])
}

// WageReturn is a return as it was made: of one employer, for what was paid on days
// of one period. A later sequence of the same period corrects the one before.
type WageReturn struct {
	ID       uuid.UUID
	Employer uuid.UUID
	Period   calendar.Period
	Sequence int
	Number   string // loonheffingennummer; empty: not recorded
	Lines    []ReturnLine
	Before   euro.Amount // to pay by the return that it corrects
}

// Totals add the lines up.
func (r WageReturn) Totals() ReturnFigures {
	var sum ReturnFigures
	for _, l := range r.Lines {
		sum = sum.Plus(l.Figures)
	}
	return sum
}

// Due is what this return adds to what is to be paid; below nil it comes back.
func (r WageReturn) Due() euro.Amount { return r.Totals().ToPay().Sub(r.Before) }

// Hash is over every line in order.
func (r WageReturn) Hash() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s|%s|%s|%d|%s|%s\n", r.ID, r.Employer, r.Period, r.Sequence, r.Number, r.Before)
	for _, l := range r.Lines {
		_, _ = fmt.Fprintf(h, "%s|%t\n", l.Hash(), l.Changed)
	}
	return HashText(h.Sum(nil))
}

// DueBy is the last day on which payroll taxes of a period are to be paid: a month
// after its end (AWR art. 19 lid 1), which of a month is the last day of the next.
func DueBy(p calendar.Period) calendar.Date {
	if p.Kind == calendar.Month {
		return p.Next().To
	}
	return p.To.AddMonths(1)
}
