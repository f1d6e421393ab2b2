package subsidy

import (
	"context"
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// BudgetEntry is one movement of what a municipality has for a year from a
// source. Entries are never changed: a mistake is mended by another entry.
type BudgetEntry struct {
	Year   int
	Source Source
	Kind   string // granted | carried | repaid
	Amount euro.Amount
	Reason string
}

// BudgetLeft is what a budget has left before and after something is spent.
type BudgetLeft struct {
	Year   int         `json:"year"`
	Source Source      `json:"source"`
	Kept   bool        `json:"kept"` // the municipality keeps this budget here
	Before euro.Amount `json:"before"`
	After  euro.Amount `json:"after"`
}

// BudgetStands is a budget as a controller reads it: left is granted and carried
// less repaid and spent; free is what neither claims under way nor running
// decisions hold.
type BudgetStands struct {
	Year     int         `json:"year"`
	Source   Source      `json:"source"`
	Granted  euro.Amount `json:"granted"`
	Carried  euro.Amount `json:"carried"`
	Repaid   euro.Amount `json:"repaid"`
	Spent    euro.Amount `json:"spent"`
	Claimed  euro.Amount `json:"claimed"`  // raised and not decided yet
	Reserved euro.Amount `json:"reserved"` // expected of running decisions after their employer's last approved month
	Left     euro.Amount `json:"left"`
	Free     euro.Amount `json:"free"`
}

// Sum reckons what is left and what is free.
func (b BudgetStands) Sum() BudgetStands {
	b.Left = b.Granted.Add(b.Carried).Sub(b.Repaid).Sub(b.Spent)
	b.Free = b.Left.Sub(b.Claimed).Sub(b.Reserved)
	return b
}

// BudgetRecord records money that the caller, a municipality, has for a year.
type BudgetRecord struct {
	payroll.Command
	Year   int    `json:"year" validate:"required,min=2004,max=2100"`
	Source string `json:"source" validate:"required,oneof=W I participatiebudget BUIG ESF UWV WMO own"`
	Kind   string `json:"kind" validate:"required,oneof=granted carried repaid"`
	Amount string `json:"amount" validate:"required"`
	Reason string `json:"reason,omitempty" validate:"max=200"`
}

// BudgetRecorded is the reply: how the budget stands after it.
type BudgetRecorded struct {
	Year   int         `json:"year"`
	Source Source      `json:"source"`
	Kind   string      `json:"kind"`
	Amount euro.Amount `json:"amount"`
}

// RecordBudget keeps an entry. A source that did not exist in the year is
// refused.
func (d *Desk) RecordBudget(ctx context.Context, tx Tx, a payroll.Actor, req BudgetRecord) (BudgetRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	e := BudgetEntry{Year: req.Year, Source: Source(req.Source), Kind: req.Kind, Amount: door.Amount("amount", req.Amount), Reason: req.Reason}
	if slices.Contains(Sources, e.Source) && e.Year != 0 && !e.Source.Exists(e.Year) {
		door.Refuse(notInYear("source", e.Source, e.Year))
	}
	if err := door.Err(); err != nil {
		return BudgetRecorded{}, err
	}
	return BudgetRecorded{e.Year, e.Source, e.Kind, e.Amount}, tx.AddBudgetEntry(ctx, a, e)
}

func notInYear(field string, s Source, year int) payroll.Problem {
	return payroll.Reason("budget/other_time", field, fmt.Sprintf("Bron %s bestond niet in %d.", s, year), fmt.Sprintf("Source %s did not exist in %d.", s, year))
}

// Beyond is a claim for which a budget does not suffice, or a budget that its
// municipality should keep and does not.
type Beyond struct {
	Contract     string
	Decision     string
	Municipality string // code
	Source       Source
	Year         int
	Unknown      bool        // the municipality keeps budgets, but not this one
	Short        euro.Amount // what is missing of this claim
}

func (b Beyond) exception() payroll.Exception {
	if b.Unknown {
		return payroll.Exception{Kind: BudgetUnknown, Subject: fmt.Sprintf("%s/%s/%d", b.Municipality, b.Source, b.Year), Detail: payroll.Text{
			NL: fmt.Sprintf("Gemeente %s heeft van bron %s in %d geen budget vastgelegd.", b.Municipality, b.Source, b.Year),
			EN: fmt.Sprintf("Municipality %s recorded no budget of source %s in %d.", b.Municipality, b.Source, b.Year)}}
	}
	return payroll.Exception{Kind: OverBudget, Subject: b.Contract, Detail: payroll.Text{
		NL: fmt.Sprintf("Besluit %s: van deze declaratie gaat %s boven het budget %s %d van de gemeente.", b.Decision, b.Short, b.Source, b.Year),
		EN: fmt.Sprintf("Decision %s: %s of this claim exceeds the municipality's budget %s %d.", b.Decision, b.Short, b.Source, b.Year)}}
}

// allot adds an exception for each claim beyond a budget, after the last shard
// and before the calculation is sealed.
func (d *Desk) allot(ctx context.Context, tx Tx, r payroll.Run, c payroll.Calculation) error {
	beyond, err := tx.OverBudget(ctx, r, c)
	if err != nil {
		return err
	}
	found := make([]payroll.Exception, len(beyond))
	for i, b := range beyond {
		found[i] = b.exception()
	}
	return tx.AddExceptions(ctx, r, c, found)
}

// Reservation is what a decision is expected to cost in a month, VAT that the
// payer bears included.
type Reservation struct {
	Month  calendar.Date // its first day
	Amount euro.Amount
}
