package subsidy

import (
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// BookedDue is what statements booked of one payment, or the difference to book.
type BookedDue struct {
	Trajectory uuid.UUID // nil of a settlement
	Agreement  uuid.UUID
	Subject    string // number of the trajectory or the agreement
	Scheme     string
	Rule       string
	Key        string
	Kind       Kind
	Document   string
	Day        calendar.Date
	Payer      uuid.UUID   // the municipality, or who pays in its place
	Payee      uuid.UUID   // nil: the participant
	Amount     euro.Amount // without VAT
	VATRate    euro.Number
	VAT        euro.Amount
	VATCost    euro.Amount // of the VAT, what burdens the budget
	Sources    []SourceAmount
}

// SourceAmount is what a source of money bears, VAT that is not given back
// included.
type SourceAmount struct {
	Source Source
	Year   int
	Amount euro.Amount
}

// dueKey says which payment it is.
type dueKey struct {
	subject   uuid.UUID
	rule, key string
}

func (b BookedDue) identity() dueKey {
	if b.Trajectory != uuid.Nil {
		return dueKey{b.Trajectory, b.Rule, b.Key}
	}
	return dueKey{b.Agreement, b.Rule, b.Key}
}

// tax adds the VAT on a supply of the day on which it fell due, and deals out what
// burdens the budget.
func (b *BookedDue) tax(d TrajectoryDue, heard listener) ([]payroll.Exception, error) {
	var found []payroll.Exception
	if b.Kind == Fee {
		figure, err := vatOn(d.Day)
		if err != nil {
			return nil, err
		}
		found = doubts([]figureUse{figure})
		compensable := euro.One
		if d.Rule.VAT != nil {
			compensable = d.Rule.VAT.Compensable.Value.Number
		}
		b.VATRate = figure.figure.Value
		b.VAT, b.VATCost = vatAndCost(b.Amount, b.VATRate, compensable)
		heard.taxed(*b, figure.figure, compensable)
	}
	shares := d.shares()
	b.Sources = dealt(b.Amount.Add(b.VATCost), shares, d.Day.Year())
	heard.dealtOut(*b, shares)
	return found, nil
}

// dealt divides an amount over sources, to the cent; the cents that are left go to
// the first of Sources, as they do in a claim.
func dealt(amount euro.Amount, shares map[string]Decimal, year int) []SourceAmount {
	var parts []SourceAmount
	for _, part := range (PayRule{Budget: shares}).dealt(amount) {
		parts = append(parts, SourceAmount{part.Source, year, part.Amount})
	}
	return parts
}

// less is the difference with what was booked; of what is not due any more it is
// all of it, back.
func (b BookedDue) less(before BookedDue) BookedDue {
	if before.Rule == "" {
		return b
	}
	diff := b
	if b.Rule == "" {
		diff = before
		diff.Amount, diff.VAT, diff.VATCost = euro.Zero, euro.Zero, euro.Zero
		diff.Sources = nil
	}
	diff.Amount, diff.VAT, diff.VATCost = diff.Amount.Sub(before.Amount), diff.VAT.Sub(before.VAT), diff.VATCost.Sub(before.VATCost)
	diff.Sources = lessSources(diff.Sources, before.Sources)
	return diff
}

// lessSources are the differences, without those of nought.
func lessSources(now, before []SourceAmount) []SourceAmount {
	type place struct {
		source Source
		year   int
	}
	sums := map[place]euro.Amount{}
	var order []place
	add := func(list []SourceAmount, sign func(euro.Amount) euro.Amount) {
		for _, s := range list {
			p := place{s.Source, s.Year}
			if _, known := sums[p]; !known {
				order = append(order, p)
			}
			sums[p] = sums[p].Add(sign(s.Amount))
		}
	}
	add(now, func(a euro.Amount) euro.Amount { return a })
	add(before, euro.Amount.Neg)
	var list []SourceAmount
	for _, p := range order {
		if !sums[p].IsZero() {
			list = append(list, SourceAmount{p.source, p.year, sums[p]})
		}
	}
	return list
}

// Same reports whether two lines are of the same payment.
func (b BookedDue) Same(c BookedDue) bool { return b.identity() == c.identity() }

// Plus adds a later line of the same payment, whose day and parties then hold.
func (b BookedDue) Plus(later BookedDue) BookedDue {
	sum := later
	sum.Amount, sum.VAT, sum.VATCost = b.Amount.Add(later.Amount), b.VAT.Add(later.VAT), b.VATCost.Add(later.VATCost)
	sum.Sources = lessSources(slices.Concat(later.Sources, b.Sources), nil)
	return sum
}
