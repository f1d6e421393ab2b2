package main

import (
	"context"
	"fmt"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// documentSurface are the documents, all of which are questions: they are made of
// what is kept when somebody asks, and kept nowhere.
func (s *service) documentSurface() []operation {
	return []operation{
		op("payslip", "list", payroll.Read, s.listPayslips),
		op("payslip", "pdf", payroll.Read, s.drawPayslip),
		op("claim", "pdf", payroll.Read, s.drawClaims),
		op("fee", "pdf", payroll.Read, s.drawFees),
		op("yearstatement", "list", payroll.Read, s.listYears),
		op("yearstatement", "pdf", payroll.Read, s.drawYear),
	}
}

type payslipsListed struct {
	Payslips []postgres.PayslipRow `json:"payslips"`
}

func (s *service) listPayslips(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q runAsked) (payslipsListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return payslipsListed{}, err
	}
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return payslipsListed{}, err
	}
	list, err := tx.Payslips(ctx, r, q.After, q.limit())
	return payslipsListed{list}, err
}

// payslipDrawn asks for the document of a payslip.
type payslipDrawn struct {
	payslipAsked
	Language
}

func (s *service) drawPayslip(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q payslipDrawn) (document, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return document{}, err
	}
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return document{}, err
	}
	f, known, err := tx.PayslipFile(ctx, r, q.Contract)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("payslip", "contract", q.Contract))
	}
	if err != nil {
		return document{}, err
	}
	d, err := payslipDocument(q.speak(), f)
	if err != nil {
		return document{}, err
	}
	name := runListed{Period: r.Period.String(), Kind: r.Kind, Sequence: r.Sequence}.name()
	return draw(name+"-"+q.Contract, d)
}

func (s *service) listYears(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q yearAsked) (yearsListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return yearsListed{}, err
	}
	list, err := tx.YearStatements(ctx, a, q.Year, q.Person, q.After, q.limit())
	return yearsListed{list}, err
}

func (s *service) drawYear(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q yearDrawn) (document, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return document{}, err
	}
	f, known, err := tx.YearFile(ctx, a, q.Year, q.Person)
	if err == nil && !known {
		err = unknownYear(q.Person)
	}
	if err != nil {
		return document{}, err
	}
	return draw(fmt.Sprintf("jaaropgaaf-%d-%s", q.Year, q.Person), yearDocument(q.speak(), f, tx.Today()))
}
