package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// lineSteps is one line of a statement with its steps.
type lineSteps struct {
	Fee    uuid.UUID      `json:"fee"`
	Number string         `json:"number"` // of the trajectory or the agreement
	Scheme string         `json:"scheme"`
	Rule   string         `json:"rule"`
	Key    string         `json:"key"`
	Kind   subsidy.Kind   `json:"kind"`
	Day    calendar.Date  `json:"day"`
	Amount euro.Amount    `json:"amount"` // as booked, less what was booked before
	VAT    euro.Amount    `json:"vat"`
	Now    *lineNow       `json:"now,omitempty"` // where it would be another by the rules of now
	Steps  []payroll.Step `json:"steps"`
}

// lineNow is what a line would be now.
type lineNow struct {
	Amount euro.Amount `json:"amount"`
	VAT    euro.Amount `json:"vat"`
}

// lines finds what a statement booked or ordered, where the id is of nothing else.
func (s *service) lines(ctx context.Context, tx *postgres.Tx, a payroll.Actor, id uuid.UUID) (postgres.ExplainedLines, bool, error) {
	if _, other, err := tx.Find(ctx, a, id); err != nil || other {
		return postgres.ExplainedLines{}, false, err
	}
	return tx.FindLine(ctx, a, id)
}

// explainLines recomputes lines of a statement from its cut-off. A payment to a
// provider is of all its lines on the statement.
func (s *service) explainLines(ctx context.Context, tx *postgres.Tx, a payroll.Actor, x postgres.ExplainedLines) (explained, error) {
	book, err := s.desk.Books.At(ctx, tx, x.Head.Cutoff)
	if err != nil {
		return explained{}, err
	}
	file, err := tx.StatementFile(ctx, x.Head.Municipality, x.Head.Cutoff)
	if err != nil {
		return explained{}, err
	}
	out := explained{
		Schema: explainedForm, Of: x.Kind, Statement: x.Head.ID, Period: x.Head.Period.String(), Cutoff: x.Head.Cutoff,
		RuleSet: x.RuleSet, RuleSetNow: book.RuleSet(), OtherRules: x.RuleSet != book.RuleSet(),
	}
	statement := subsidy.Statement{ID: x.Head.ID, Municipality: x.Head.Municipality, Period: x.Head.Period, Cutoff: x.Head.Cutoff}
	for _, l := range x.Lines {
		trace := &payroll.Trace{}
		now, _, err := statement.ExplainLine(book, file, l.BookedDue, a.Organisation.ID != x.Head.Municipality, trace)
		if err != nil {
			return explained{}, fmt.Errorf("explain a line of statement %s: %w", x.Head.ID, err)
		}
		line := lineSteps{
			Fee: subsidy.LineID(x.Head.ID, l), Number: l.Subject, Scheme: l.Scheme, Rule: l.Rule, Key: l.Key, Kind: l.Kind, Day: l.Day,
			Amount: l.Amount, VAT: l.VAT, Steps: append([]payroll.Step{}, trace.Steps...),
		}
		if !now.Amount.Equal(l.Amount) || !now.VAT.Equal(l.VAT) {
			line.Now = &lineNow{now.Amount, now.VAT}
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}
