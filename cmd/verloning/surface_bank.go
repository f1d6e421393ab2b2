package main

import (
	"context"
	"encoding/base64"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/cmd/verloning/internal/sepa"
	"verloning/payroll"
)

// iso20022 is how we speak with banks.
type iso20022 struct{}

func (iso20022) Write(f payroll.BankFile) ([]byte, error) { return sepa.Write(f) }

// bankSurface is what goes to the bank and comes from it.
func (s *service) bankSurface() []operation {
	return []operation{
		op("bank", "record", payroll.Approve, s.desk.RecordBank),
		op("bank", "show", payroll.Read, s.showBank),
		op("payment", "due", payroll.Read, s.showDue),
		op("payment", "export", payroll.Approve, s.desk.ExportPayments, "payment.exported"),
		op("payment", "files", payroll.Read, s.listBankFiles),
		op("payment", "file", payroll.Approve, s.readBankFile),
	}
}

func (s *service) showBank(ctx context.Context, tx *postgres.Tx, a payroll.Actor, _ struct{}) (payroll.BankTerms, error) {
	terms, known, err := tx.BankTerms(ctx, a.Organisation.ID)
	if err == nil && !known {
		terms = payroll.DefaultBankTerms
	}
	return terms, err
}

// dueAsked asks what would go to the bank, with a page of what is held.
type dueAsked struct {
	payroll.PaymentsAsk
	Paged
}

// dueShown is how what is due would go to the bank, and what is held and why.
type dueShown struct {
	payroll.PaymentsPlanned
	Rows []payroll.HeldPayment `json:"held_payments"`
}

func (s *service) showDue(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q dueAsked) (dueShown, error) {
	door := payroll.NewDoor(q)
	asked, after := q.Due(door), q.afterID(door)
	if err := door.Err(); err != nil {
		return dueShown{}, err
	}
	planned, held, err := s.desk.PlanPayments(ctx, tx, a, asked)
	shown := dueShown{planned, []payroll.HeldPayment{}}
	for _, h := range held {
		if len(shown.Rows) < q.limit() && string(h.Payment[:]) > string(after[:]) {
			shown.Rows = append(shown.Rows, h)
		}
	}
	return shown, err
}

type bankFilesListed struct {
	Files []postgres.BankFileListed `json:"files"`
}

func (s *service) listBankFiles(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (bankFilesListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return bankFilesListed{}, err
	}
	list, err := tx.BankFiles(ctx, a, after, q.limit())
	return bankFilesListed{list}, err
}

// bankFileAsked asks for the bytes of a file, from one of them on.
type bankFileAsked struct {
	File string `json:"file" validate:"required,uuid"`
	From int    `json:"from,omitempty" validate:"min=0"`
}

// bankFileRead is a piece of a file. It holds names and account numbers.
type bankFileRead struct {
	File    uuid.UUID `json:"file"`
	SHA256  string    `json:"sha256"` // of the whole file
	Bytes   int       `json:"bytes"`  // of the whole file
	From    int       `json:"from"`
	Content string    `json:"content"` // base64
}

// filePiece is how much of a file fits in one reply.
const filePiece = 480_000

func (s *service) readBankFile(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q bankFileAsked) (bankFileRead, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return bankFileRead{}, err
	}
	id := uuid.MustParse(q.File)
	content, sum, known, err := tx.BankFile(ctx, a, id)
	if err != nil {
		return bankFileRead{}, err
	}
	if !known {
		return bankFileRead{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("file", "file", q.File))
	}
	from := min(q.From, len(content))
	piece := content[from:min(from+filePiece, len(content))]
	return bankFileRead{File: id, SHA256: sum, Bytes: len(content), From: from, Content: base64.StdEncoding.EncodeToString(piece)}, nil
}
