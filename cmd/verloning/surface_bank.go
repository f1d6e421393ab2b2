package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/cmd/verloning/internal/sepa"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// iso20022 is how we speak with banks.
type iso20022 struct{}

func (iso20022) Write(f payroll.BankFile) ([]byte, error) { return sepa.Write(f) }

func (iso20022) Read(content []byte) (payroll.BankReport, error) { return sepa.Read(content) }

// bankSurface is what goes to the bank and comes from it.
func (s *service) bankSurface() []operation {
	return []operation{
		op("bank", "record", payroll.Approve, s.desk.RecordBank),
		op("bank", "show", payroll.Read, s.showBank),
		op("payment", "due", payroll.Read, s.showDue),
		op("payment", "export", payroll.Approve, s.desk.ExportPayments, "payment.exported"),
		op("payment", "files", payroll.Read, s.listBankFiles),
		op("payment", "file", payroll.Approve, s.readBankFile),
		op("payment", "import", payroll.Control, s.importBank, "payment.settled", "payment.returned", "claim.settled", "claim.returned"),
		op("payment", "unmatched", payroll.Read, s.listUnmatched),
		op("payment", "release", payroll.Control, s.desk.ReleasePayments),
		op("payment", "owed", payroll.Read, s.listOwed),
		op("payment", "assign", payroll.Control, s.desk.AssignPayment, "claim.settled"),
		op("control", "list", payroll.Read, s.listChanges),
		op("control", "confirm", payroll.Control, s.desk.ConfirmChanges),
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

// bankImportAsked hands in a message of the bank. It is packed, since a message with
// ten thousand payments is larger than a request may be.
type bankImportAsked struct {
	payroll.Command
	Content string `json:"content" validate:"required,max=1000000"` // gzip, in base64
}

// mostReport is how much a message may be when it is unpacked.
const mostReport = 64 << 20

func (s *service) importBank(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q bankImportAsked) (subsidy.BankImported, error) {
	door := payroll.NewDoor(q)
	content, err := unpacked(q.Content)
	if err != nil && len(door.Problems) == 0 {
		door.Refuse(payroll.Reason("bank/unpack", "content", "De inhoud is geen base64 van gzip, of uitgepakt meer dan 64 MB.", "The content is no base64 of gzip, or more than 64 MB when unpacked."))
	}
	if err := door.Err(); err != nil {
		return subsidy.BankImported{}, err
	}
	return s.desk.ImportBank(ctx, tx, a, content)
}

func unpacked(text string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(reader, mostReport+1))
	if err == nil && len(content) > mostReport {
		err = errors.New("too large")
	}
	return content, err
}

// packed is a message as bankImportAsked takes it.
func packed(content []byte) (string, error) {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write(content)
	if err = errors.Join(err, writer.Close()); err != nil {
		return "", fmt.Errorf("pack: %w", err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// unmatchedRow is what the bank told and what nothing came of, and why.
type unmatchedRow struct {
	Line      uuid.UUID          `json:"line"`
	Kind      payroll.ReportKind `json:"kind"`
	Reference string             `json:"reference"`
	Day       calendar.Date      `json:"day,omitzero"`
	Amount    euro.Amount        `json:"amount"`
	Batch     string             `json:"batch,omitempty"`
	EndToEnd  string             `json:"end_to_end,omitempty"`
	Owed      string             `json:"owed,omitempty"`   // reference that the payer stated
	Reason    string             `json:"reason,omitempty"` // code of the bank
	Why       payroll.Problem    `json:"why"`
}

type unmatchedListed struct {
	Unmatched []unmatchedRow `json:"unmatched"`
}

func (s *service) listUnmatched(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (unmatchedListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return unmatchedListed{}, err
	}
	lines, err := tx.Unmatched(ctx, a, after, q.limit())
	if err != nil {
		return unmatchedListed{}, err
	}
	sent, err := tx.SentPayments(ctx, a, lines)
	if err != nil {
		return unmatchedListed{}, err
	}
	_, left := payroll.MatchBank(lines, sent)
	owed, err := tx.OpenOwed(ctx, a, subsidy.EndToEnds(left))
	if err != nil {
		return unmatchedListed{}, err
	}
	_, left = subsidy.MatchOwed(left, owed)
	why := map[uuid.UUID]payroll.Problem{}
	for _, u := range left {
		why[u.ID] = u.Why
	}
	list := unmatchedListed{[]unmatchedRow{}}
	for _, l := range lines {
		p, open := why[l.ID]
		if !open { // it fits now, and the next import takes it
			p = payroll.Reason("bank/next_import", "", "Dit past nu wel; de volgende import verwerkt het.", "This fits now; the next import takes it.")
		}
		list.Unmatched = append(list.Unmatched, unmatchedRow{l.ID, l.Kind, l.Reference, l.Day, l.Amount, l.Batch, l.EndToEnd, l.Owed, l.Reason, p})
	}
	return list, nil
}

type changesListed struct {
	Changes []postgres.ChangeListed `json:"changes"`
}

func (s *service) listChanges(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (changesListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return changesListed{}, err
	}
	list, err := tx.PendingChanges(ctx, a, s.desk.Rules.OfProgram(), after, q.limit())
	return changesListed{list}, err
}

type owedListed struct {
	Owed []subsidy.Owed `json:"open"`
}

// listOwed lists what is to come in or go out over the bank and is in no bank file,
// in order of id.
func (s *service) listOwed(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (owedListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return owedListed{}, err
	}
	all, err := tx.OpenOwed(ctx, a, nil)
	slices.SortFunc(all, func(o, p subsidy.Owed) int { return bytes.Compare(o.ID[:], p.ID[:]) })
	list := owedListed{[]subsidy.Owed{}}
	for _, o := range all {
		if len(list.Owed) < q.limit() && bytes.Compare(o.ID[:], after[:]) > 0 {
			list.Owed = append(list.Owed, o)
		}
	}
	return list, err
}
