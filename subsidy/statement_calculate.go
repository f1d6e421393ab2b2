package subsidy

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// StatementCalculate asks for what a municipality owes by the end of a month.
type StatementCalculate struct {
	payroll.Command
	Period string `json:"period" validate:"required"`
}

// StatementCalculated is the reply; who approves it repeats the hash.
type StatementCalculated struct {
	Statement  uuid.UUID       `json:"statement"`
	Period     calendar.Period `json:"period"`
	Sequence   int             `json:"sequence"`
	Lines      int             `json:"lines"`
	Amount     euro.Amount     `json:"amount"` // without VAT, of what the municipality pays
	VAT        euro.Amount     `json:"vat"`
	Hash       string          `json:"hash"`
	Exceptions []ExceptionSaid `json:"exceptions"`       // the first of them: a reply has an end
	Found      int             `json:"exceptions_total"` // how many there are
	Budgets    []BudgetLeft    `json:"budgets"`          // what it would leave of each budget
}

// MostExceptions is how many a reply tells; how many there are stands beside them.
const MostExceptions = 200

// ExceptionSaid is an exception as a reply tells it.
type ExceptionSaid struct {
	Kind    payroll.ExceptionKind `json:"kind"`
	Subject string                `json:"subject"`
	Article string                `json:"article,omitempty"`
	Detail  payroll.Text          `json:"detail"`
}

// StatementHead is a statement as it is kept, without its lines.
type StatementHead struct {
	ID           uuid.UUID
	Municipality uuid.UUID
	Period       calendar.Period
	Sequence     int
	Cutoff       int64
	Lines        int
	Exceptions   int
	Amount       euro.Amount
	VAT          euro.Amount
	Hash         string
	AskedBy      uuid.UUID
	Approved     bool
	Overtaken    bool // another statement of the municipality was approved after this one was calculated
	Settled      bool // by hand
	Payments     int
	PaidByBank   int  // of them
	Owing        bool // a provider is to pay something back
}

// AllSettled reports whether nothing of an approved statement is still to go over the
// bank.
func (s StatementHead) AllSettled() bool {
	return s.Settled || s.Payments > 0 && s.PaidByBank == s.Payments && !s.Owing
}

// StatementID derives a statement's id from what it is.
func StatementID(municipality uuid.UUID, sequence int) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("statement/%s/%d", municipality, sequence))
}

// CalculateStatement fixes a cut-off and computes. Nothing of it is booked or
// announced before another person approves it; a later one may replace it.
func (d *Desk) CalculateStatement(ctx context.Context, tx Tx, a payroll.Actor, req StatementCalculate) (StatementCalculated, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	period := door.Period("period", req.Period)
	if len(door.Problems) == 0 && period.Kind != calendar.Month {
		door.Refuse(payroll.Reason("period/month", "period", "Een afrekening gaat over een kalendermaand.", "A statement is of a calendar month."))
	}
	if len(door.Problems) == 0 && period.To.After(tx.Today()) {
		door.Refuse(payroll.Reason("period/not_over", "period", "Deze maand is nog niet voorbij.", "This month is not over yet."))
	}
	if err := door.Err(); err != nil {
		return StatementCalculated{}, err
	}
	// The cut-off comes before every other lock, as in a run: its own holds off
	// whoever writes facts.
	cutoff, err := tx.FixCutoff(ctx)
	if err != nil {
		return StatementCalculated{}, err
	}
	s := Statement{Municipality: a.Organisation.ID, Period: period, Cutoff: cutoff, AskedBy: a.User}
	if s.Sequence, err = tx.HoldMunicipality(ctx, s.Municipality); err != nil {
		return StatementCalculated{}, err
	}
	s.ID = StatementID(s.Municipality, s.Sequence)
	book, err := d.Books.At(ctx, tx, cutoff)
	if err != nil {
		return StatementCalculated{}, err
	}
	s.RuleSet = book.RuleSet()
	file, err := tx.StatementFile(ctx, s.Municipality, cutoff)
	if err != nil {
		return StatementCalculated{}, err
	}
	if err := s.Compute(book, file); err != nil {
		return StatementCalculated{}, err
	}
	if err := tx.AddStatement(ctx, a, s); err != nil {
		return StatementCalculated{}, err
	}
	return d.statementReply(ctx, tx, s)
}

func (d *Desk) statementReply(ctx context.Context, tx Tx, s Statement) (StatementCalculated, error) {
	reply := StatementCalculated{Statement: s.ID, Period: s.Period, Sequence: s.Sequence, Lines: len(s.Lines), Hash: s.Hash(), Exceptions: []ExceptionSaid{}, Found: len(s.Exceptions)}
	reply.Amount, reply.VAT = s.Totals()
	for _, e := range s.Exceptions[:min(len(s.Exceptions), MostExceptions)] {
		reply.Exceptions = append(reply.Exceptions, ExceptionSaid{e.Kind, e.Subject, e.Article, e.Detail})
	}
	var err error
	reply.Budgets, err = tx.StatementOver(ctx, StatementHead{ID: s.ID, Municipality: s.Municipality})
	return reply, err
}
