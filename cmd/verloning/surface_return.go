package main

import (
	"context"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// returnSurface are the rows about returns (loonaangifte) and what is remitted. Who
// is in a return is read by who may calculate, since it holds the BSN.
func (s *service) returnSurface() []operation {
	d := s.desk
	return []operation{
		op("return", "make", payroll.Calculate, d.MakeReturn, "return.made", "return.corrected"),
		op("return", "show", payroll.Read, s.showReturn),
		op("return", "lines", payroll.Calculate, s.listReturnLines),
		op("return", "year", payroll.Read, s.showReturnYear),
		op("remittance", "record", payroll.Submit, d.RecordRemittance),
		op("remittance", "order", payroll.Calculate, d.OrderRemittance),
		op("remittance", "approve", payroll.Approve, d.ApproveRemittance, "payment.ordered"),
		op("remittance", "list", payroll.Read, s.listRemittances),
	}
}

// returnNote says what a return is not.
const returnNote = "Naar de elementnamen van de loonaangifte; het officiële XSD-schema was niet bij de hand en is niet gecontroleerd. / " +
	"By the element names of the wage tax return; the official XSD was not at hand and was not checked."

// returnAsked names a return: the newest of a period, or an earlier one.
type returnAsked struct {
	Period   string `json:"period" validate:"required"`
	Sequence int    `json:"sequence,omitempty" validate:"omitempty,min=1,max=1000"`
}

// returnShown is the collective part of a return.
type returnShown struct {
	Note       string                  `json:"note"`
	Return     uuid.UUID               `json:"return"`
	LhNr       string                  `json:"LhNr,omitempty"` // absent: not recorded
	DatAanvTv  calendar.Date           `json:"DatAanvTv"`
	DatEindTv  calendar.Date           `json:"DatEindTv"`
	Sequence   int                     `json:"sequence"`
	MadeOn     calendar.Date           `json:"made_on"`
	Lines      int                     `json:"lines"`
	Collective []payroll.ReturnElement `json:"CollectieveAangifte"`
	Before     euro.Amount             `json:"to_pay_before"` // by the return that this one corrects
	Due        euro.Amount             `json:"due"`
	DueBy      calendar.Date           `json:"due_by"`
	Hash       string                  `json:"hash"`
}

func (s *service) showReturn(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q returnAsked) (returnShown, error) {
	r, err := returnOf(ctx, tx, a, q)
	if err != nil {
		return returnShown{}, err
	}
	return returnShown{
		Note: returnNote, Return: r.ID, LhNr: r.Number, DatAanvTv: r.Period.From, DatEindTv: r.Period.To, Sequence: r.Sequence, MadeOn: r.MadeOn, Lines: r.Lines,
		Collective: r.Totals.Collective(), Before: r.Before, Due: r.ToPay.Sub(r.Before), DueBy: payroll.DueBy(r.Period), Hash: r.Hash,
	}, nil
}

func returnOf(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q returnAsked) (postgres.ReturnHead, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	if err := door.Err(); err != nil {
		return postgres.ReturnHead{}, err
	}
	r, known, err := tx.Return(ctx, a.Organisation.ID, period, q.Sequence)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("return", "period", q.Period))
	}
	return r, err
}

// returnLinesAsked asks for who is in a return, after a personnel number.
type returnLinesAsked struct {
	returnAsked
	Paged
}

type returnLinesListed struct {
	Lines []payroll.ReturnLine `json:"InkomstenverhoudingInitieel"`
}

func (s *service) listReturnLines(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q returnLinesAsked) (returnLinesListed, error) {
	if err := payroll.NewDoor(q.Paged).Err(); err != nil {
		return returnLinesListed{}, err
	}
	r, err := returnOf(ctx, tx, a, q.returnAsked)
	if err != nil {
		return returnLinesListed{}, err
	}
	list, err := tx.ReturnLines(ctx, r.ID, q.After, min(q.limit(), 500))
	return returnLinesListed{list}, err
}

// returnYearAsked asks to hold a year's returns against payslips and ledger.
type returnYearAsked struct {
	Year int `json:"year" validate:"required,min=2006,max=2100"`
}

func (s *service) showReturnYear(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q returnYearAsked) (postgres.ReturnYear, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return postgres.ReturnYear{}, err
	}
	return tx.ReturnYear(ctx, a.Organisation.ID, q.Year)
}

// remittanceListed is an order as a list shows it, without the account.
type remittanceListed struct {
	payroll.RemittanceReply
	Reference string `json:"reference"`
	Approved  bool   `json:"approved"`
	Replaced  bool   `json:"replaced"` // a later order of the period stands in its place
}

type remittancesListed struct {
	Remittances []remittanceListed `json:"remittances"`
}

func (s *service) listRemittances(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (remittancesListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return remittancesListed{}, err
	}
	list, err := tx.Remittances(ctx, a.Organisation.ID, after, q.limit())
	reply := remittancesListed{Remittances: []remittanceListed{}}
	for _, r := range list {
		reply.Remittances = append(reply.Remittances, remittanceListed{r.Reply(), r.Reference, r.Approved, !r.Newest && !r.Approved})
	}
	return reply, err
}
