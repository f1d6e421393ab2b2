package subsidy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// BudgetEntry is one movement of what a municipality has for a year from a
// source. Entries are never changed: a mistake is mended by another entry.
type BudgetEntry struct {
	Year   int
	Source Source
	Kind   string      // granted | carried | repaid | rebooked
	Amount euro.Amount // of what is carried or rebooked, below nil at the end that it leaves
	Reason string
	Pair   uuid.UUID // of the two ends of what is moved; they sum to nil
}

// BudgetLeft is what a budget has left before and after something is spent.
type BudgetLeft struct {
	Year   int         `json:"year"`
	Source Source      `json:"source"`
	Kept   bool        `json:"kept"` // the municipality keeps this budget here
	Before euro.Amount `json:"before"`
	After  euro.Amount `json:"after"`
}

// BudgetStands is a budget as a controller reads it. What was granted is spent,
// repaid, carried to the next year, rebooked elsewhere, or left; free is what
// neither claims under way nor running decisions and trajectories hold.
type BudgetStands struct {
	Year        int         `json:"year"`
	Source      Source      `json:"source"`
	Granted     euro.Amount `json:"granted"`
	Carried     euro.Amount `json:"carried"`     // from the year before
	CarriedOut  euro.Amount `json:"carried_out"` // to the year after
	RebookedIn  euro.Amount `json:"rebooked_in"`
	RebookedOut euro.Amount `json:"rebooked_out"`
	Repaid      euro.Amount `json:"repaid"`
	Spent       euro.Amount `json:"spent"`
	Claimed     euro.Amount `json:"claimed"`  // raised or recorded, and not decided yet
	Reserved    euro.Amount `json:"reserved"` // expected of running decisions after their employer's last approved month, and of trajectories
	Left        euro.Amount `json:"left"`
	Free        euro.Amount `json:"free"`
	// Used is the share of what the year had that was spent, in percent to two
	// decimals, half up; absent where the year had nothing.
	Used *euro.Amount `json:"used_percent,omitempty"`
}

// Sum reckons what is left and free, and how much of it was used.
func (b BudgetStands) Sum() BudgetStands {
	had := b.Granted.Add(b.Carried).Add(b.RebookedIn).Sub(b.RebookedOut)
	b.Left = had.Sub(b.CarriedOut).Sub(b.Repaid).Sub(b.Spent)
	b.Free = b.Left.Sub(b.Claimed).Sub(b.Reserved)
	if had.Sign() > 0 {
		used := euro.Hundred.PartCents(euro.Ratio{Over: b.Spent.Number(), Under: had.Number()})
		b.Used = &used
	}
	return b
}

// BudgetRecord records money that the caller, a municipality, has for a year, or
// moves it: what is carried comes from the year before, what is rebooked goes to
// another year or source.
type BudgetRecord struct {
	payroll.Command
	Year     int    `json:"year" validate:"required,min=2004,max=2100"`
	Source   string `json:"source" validate:"required,oneof=W I participatiebudget BUIG ESF UWV WMO own"`
	Kind     string `json:"kind" validate:"required,oneof=granted carried repaid rebooked"`
	Amount   string `json:"amount" validate:"required"`
	ToYear   int    `json:"to_year,omitempty" validate:"omitempty,min=2004,max=2100"` // of what is rebooked; absent: the same
	ToSource string `json:"to_source,omitempty" validate:"omitempty,oneof=W I participatiebudget BUIG ESF UWV WMO own"`
	Reason   string `json:"reason,omitempty" validate:"max=200"`
}

// BudgetRecorded is the reply.
type BudgetRecorded struct {
	Year     int         `json:"year"`
	Source   Source      `json:"source"`
	Kind     string      `json:"kind"`
	Amount   euro.Amount `json:"amount"`
	ToYear   int         `json:"to_year,omitempty"`
	ToSource Source      `json:"to_source,omitempty"`
}

// RecordBudget keeps an entry, or the two ends of what is moved. A source that
// did not exist in the year is refused.
func (d *Desk) RecordBudget(ctx context.Context, tx Tx, a payroll.Actor, req BudgetRecord) (BudgetRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	e := BudgetEntry{Year: req.Year, Source: Source(req.Source), Kind: req.Kind, Amount: budgetAmount(door, req.Amount), Reason: req.Reason}
	acceptYear(door, "source", e.Source, e.Year)
	reply := BudgetRecorded{Year: e.Year, Source: e.Source, Kind: e.Kind, Amount: e.Amount}
	entries := []BudgetEntry{e}
	if req.Kind == rebooked || req.ToYear != 0 || req.ToSource != "" {
		entries = d.rebook(door, req, e)
		reply.ToYear, reply.ToSource = entries[1].Year, entries[1].Source
	}
	if err := door.Err(); err != nil {
		return BudgetRecorded{}, err
	}
	if req.Kind == carried {
		var err error
		if entries, err = d.carry(ctx, tx, a, e); err != nil {
			return BudgetRecorded{}, err
		}
	}
	return reply, tx.AddBudgetEntries(ctx, a, entries)
}

// The kinds of entries that have two ends.
const (
	carried  = "carried"
	rebooked = "rebooked"
)

// budgetAmount reads an amount of a budget, up to a hundred billion euros: more
// than any claim comes to.
func budgetAmount(door *payroll.Door, text string) euro.Amount {
	n := door.Number("amount", text, euro.Number{}, euro.Int(100_000_000_000))
	amount, err := n.Amount()
	if err != nil {
		door.Refuse(payroll.Reason("number/cents", "amount", fmt.Sprintf("%s heeft meer dan twee decimalen.", n), fmt.Sprintf("%s has more than two decimals.", n)))
	}
	return amount
}

func acceptYear(door *payroll.Door, field string, s Source, year int) {
	if slices.Contains(Sources, s) && year != 0 && !s.Exists(year) {
		door.Refuse(notInYear(field, s, year))
	}
}

// rebook makes the two ends of money that goes to another year or source of the
// same municipality, with the reason why.
func (d *Desk) rebook(door *payroll.Door, req BudgetRecord, from BudgetEntry) []BudgetEntry {
	from.Pair = d.NewID()
	to := from
	if req.ToYear != 0 {
		to.Year = req.ToYear
	}
	if req.ToSource != "" {
		to.Source = Source(req.ToSource)
	}
	from.Amount = from.Amount.Neg()
	acceptYear(door, "to_source", to.Source, to.Year)
	switch {
	case req.Kind != rebooked:
		door.Refuse(payroll.Reason("budget/not_rebooked", "kind", "Alleen wat wordt overgeboekt (rebooked) gaat naar een ander jaar of een andere bron.", "Only what is rebooked goes to another year or source."))
	case to.Year == from.Year && to.Source == from.Source:
		door.Refuse(payroll.Reason("budget/same", "to_source", "Noem een ander jaar of een andere bron.", "Name another year or another source."))
	}
	if strings.TrimSpace(req.Reason) == "" {
		door.Refuse(payroll.Reason("field/required", "reason", "Geef de reden van de overboeking.", "Give the reason of the rebooking."))
	}
	if req.Kind == rebooked && to.Amount.IsZero() {
		door.Refuse(payroll.Reason("number/out_of_range", "amount", "Een overboeking is meer dan nul.", "A rebooking is more than nought."))
	}
	return []BudgetEntry{from, to}
}

// carry takes what is carried over off the year before, where the municipality
// keeps that year here. Otherwise it is what the municipality begins with.
func (d *Desk) carry(ctx context.Context, tx Tx, a payroll.Actor, to BudgetEntry) ([]BudgetEntry, error) {
	kept, err := tx.KeepsBudget(ctx, a, to.Year-1, to.Source)
	if err != nil || !kept {
		return []BudgetEntry{to}, err
	}
	to.Pair = d.NewID()
	from := to
	from.Year, from.Amount = to.Year-1, to.Amount.Neg()
	return []BudgetEntry{from, to}, nil
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

// Reservation is what a decision is expected to cost a source by one rule in a
// month, VAT that the payer bears included.
type Reservation struct {
	Month  calendar.Date // its first day
	Rule   string
	Result bool // due when something is reached, and not for a month
	Source Source
	Amount euro.Amount
}
