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

// previewAsked names a contract and the period that a run would pay.
type previewAsked struct {
	Period   string `json:"period" validate:"required"`
	Contract string `json:"contract" validate:"required,number"`
	PayDate  string `json:"pay_date,omitempty"` // absent: the last day of the period
}

// previewed is what a run of the period would give for the contract by what is known
// now, with the corrections of earlier periods. Nothing of it is kept.
type previewed struct {
	Period      string              `json:"period"`
	Contract    string              `json:"contract"`
	Gross       euro.Amount         `json:"gross"`
	Net         euro.Amount         `json:"net"`
	Overpaid    euro.Amount         `json:"overpaid"` // would be owed, and is not withheld
	GrossOnly   bool                `json:"gross_only"`
	Lines       []previewLine       `json:"lines"`
	Claims      []previewClaim      `json:"claims"`
	Attention   []payroll.Text      `json:"attention"`
	Corrections []previewDifference `json:"corrections"` // of each earlier period that was computed anew
}

type previewLine struct {
	Kind     payroll.LineKind `json:"kind"`
	Quantity string           `json:"quantity,omitempty"`
	Rate     string           `json:"rate,omitempty"`
	Amount   euro.Amount      `json:"amount"`
	Rule     string           `json:"rule"`
	Origin   calendar.Date    `json:"origin_period"`
}

type previewClaim struct {
	Decision string        `json:"decision,omitempty"`
	Rule     string        `json:"rule"`
	Kind     subsidy.Kind  `json:"kind"`
	Origin   calendar.Date `json:"origin_period,omitzero"` // of a correction
	Amount   euro.Amount   `json:"amount"`
	VAT      euro.Amount   `json:"vat"`
}

// previewDifference is what an earlier period comes to more or less.
type previewDifference struct {
	Origin calendar.Date `json:"origin_period"`
	Gross  euro.Amount   `json:"gross"`
}

// previewRun computes one person's month as a run of the period would, and keeps
// nothing.
func (s *service) previewRun(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q previewAsked) (previewed, error) {
	door := payroll.NewDoor(q)
	r := payroll.Run{Employer: a.Organisation.ID, Period: door.Period("period", q.Period), Kind: payroll.Regular, Sequence: 1, PayDate: door.Date("pay_date", q.PayDate)}
	if err := door.Err(); err != nil {
		return previewed{}, err
	}
	if r.ID = payroll.RunID(r.Employer, r.Period, r.Kind, r.Sequence); r.PayDate.IsZero() {
		r.PayDate = r.Period.To
	}
	contract, known, err := tx.Contract(ctx, r.Employer, q.Contract)
	if err != nil {
		return previewed{}, err
	}
	if !known {
		return previewed{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("contract", "contract", q.Contract))
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return previewed{}, err
	}
	c := payroll.Calculation{Run: r.ID, Cutoff: payroll.KnownNow, Figures: s.desk.Books.Figures()}
	files, err := book.Load(ctx, tx, r, c, payroll.Shard{Run: r.ID, From: contract.Person, To: contract.Person})
	if err != nil {
		return previewed{}, err
	}
	out := previewed{Period: r.Period.String(), Contract: q.Contract, Lines: []previewLine{}, Claims: []previewClaim{}, Attention: []payroll.Text{}, Corrections: []previewDifference{}}
	for _, f := range files {
		month, err := book.Month(r, f, nil, nil)
		if err != nil {
			return previewed{}, fmt.Errorf("preview of contract %s: %w", q.Contract, err)
		}
		out.tell(month, contract.ID)
	}
	return out, nil
}

// tell adds what the month has of the contract.
func (p *previewed) tell(month subsidy.PersonMonth, contract uuid.UUID) {
	for _, slip := range month.Slips {
		if slip.Contract != contract {
			continue
		}
		p.Gross, p.Net, p.Overpaid, p.GrossOnly = slip.Gross, slip.Net, slip.Overpaid, slip.GrossOnly
		for _, l := range slip.Lines {
			line := previewLine{Kind: l.Kind, Amount: l.Amount, Rule: l.Rule, Origin: l.Origin}
			if l.Quantity != 0 {
				line.Quantity, line.Rate = l.Quantity.String(), l.Rate.Fixed(2)
			}
			p.Lines = append(p.Lines, line)
		}
	}
	for _, c := range month.Claims {
		if c.Contract == contract {
			p.Claims = append(p.Claims, previewClaim{c.DecisionNumber, c.Rule, c.Kind, c.Origin, c.Amount, c.VAT})
		}
	}
	for _, c := range month.Corrections {
		if c.Contract.ID == contract {
			p.Corrections = append(p.Corrections, previewDifference{c.Origin.From, c.Part.Gross()})
		}
	}
	for _, e := range month.Found {
		p.Attention = append(p.Attention, e.Detail)
	}
}
