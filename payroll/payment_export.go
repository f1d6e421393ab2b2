package payroll

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// PaymentsAsk says which payments: all that are due, those of one run, or those
// to be paid up to a day.
type PaymentsAsk struct {
	Run   string `json:"run,omitempty" validate:"omitempty,uuid"`
	Until string `json:"until,omitempty" validate:"max=10"` // last pay date
}

// PaymentExport puts payments into a bank file.
type PaymentExport struct {
	Command
	PaymentsAsk
}

// PaymentsPlanned is how payments go to the bank.
type PaymentsPlanned struct {
	Payments int             `json:"payments"`
	Total    euro.Amount     `json:"total"`
	Batches  []BatchPlanned  `json:"batches"`
	Moved    []MovedPayments `json:"moved"` // not carried out on their pay date
	Held     int             `json:"held"`  // stay behind: payment due lists them with the reasons
}

// BatchPlanned is one batch: the bank debits it from one account on one day.
type BatchPlanned struct {
	Batch     string        `json:"batch,omitempty"`    // name of the batch to the bank, once there is a file
	Category  string        `json:"category,omitempty"` // SALA of wages
	Execution calendar.Date `json:"execution"`
	Payments  int           `json:"payments"`
	Total     euro.Amount   `json:"total"`
}

// PaymentsExported is the reply: the file is kept and payment file gives it.
type PaymentsExported struct {
	File      uuid.UUID  `json:"file"`
	MessageID string     `json:"message_id"`
	Format    BankFormat `json:"format"`
	SHA256    string     `json:"sha256"`
	Bytes     int        `json:"bytes"`
	PaymentsPlanned
}

// DueAsked is what payments are asked for.
type DueAsked struct {
	Run   uuid.UUID     // nil: of any run, grant or statement
	Until calendar.Date // none: of any day
}

// Due reads what is asked.
func (q PaymentsAsk) Due(door *Door) DueAsked {
	asked := DueAsked{Until: door.Date("until", q.Until)}
	if q.Run != "" && !door.failed("run") {
		asked.Run = uuid.MustParse(q.Run)
	}
	return asked
}

// PlanPayments says how the payments that are due would go to the bank now, and
// which are held. It keeps nothing.
func (d *Desk) PlanPayments(ctx context.Context, tx Tx, a Actor, asked DueAsked) (PaymentsPlanned, []HeldPayment, error) {
	p, err := d.plan(ctx, tx, a, uuid.Nil, asked)
	return p.PaymentsPlanned, p.held, err
}

// ExportPayments makes one bank file of the payments that are due and keeps its
// bytes: nothing makes them a second time. Who calculated or granted what is paid
// does not hand it to the bank.
func (d *Desk) ExportPayments(ctx context.Context, tx Tx, a Actor, req PaymentExport) (PaymentsExported, error) {
	door := NewDoor(req)
	asked := req.Due(door)
	if err := door.Err(); err != nil {
		return PaymentsExported{}, err
	}
	// Who exports or settles for the same organisation waits here, so that each
	// sees what the other put into a file.
	if err := tx.HoldPayments(ctx, a); err != nil {
		return PaymentsExported{}, err
	}
	p, err := d.plan(ctx, tx, a, d.NewID(), asked)
	if err != nil {
		return PaymentsExported{}, err
	}
	if err := p.exportable(a); err != nil {
		return PaymentsExported{}, err
	}
	f := p.file
	content, err := d.Bank.Write(f)
	if err != nil {
		return PaymentsExported{}, fmt.Errorf("bank file %s: %w", f.ID, err)
	}
	sum := sha256.Sum256(content)
	reply := PaymentsExported{File: f.ID, MessageID: f.MessageID, Format: f.Terms.Format, SHA256: HashText(sum[:]), Bytes: len(content), PaymentsPlanned: p.PaymentsPlanned}
	if err := tx.AddBankFile(ctx, a, f, content, reply.SHA256); err != nil {
		return PaymentsExported{}, err
	}
	return reply, tx.Publish(ctx, f.exported())
}

// plannedFile is a file as it would be made now.
type plannedFile struct {
	PaymentsPlanned
	file BankFile
	free []DuePayment
	held []HeldPayment
}

// plan reads what is due and plans a file of what is not held.
func (d *Desk) plan(ctx context.Context, tx Tx, a Actor, file uuid.UUID, asked DueAsked) (p plannedFile, err error) {
	terms, err := bankTerms(ctx, tx, a)
	if err != nil {
		return p, err
	}
	if asked.Run != uuid.Nil {
		if _, err = d.ownRun(ctx, tx, a, asked.Run.String(), NoLock); err != nil {
			return p, err
		}
	}
	due, err := tx.DuePayments(ctx, a, asked, d.Rules.OfProgram())
	if err != nil {
		return p, err
	}
	p.free, p.held = terms.hold(due)
	p.file = BankFile{ID: file, Organisation: a.Organisation.ID, Terms: terms, MessageID: reference26(file), Made: tx.Now(), Debtor: a.Organisation.Name}
	p.PaymentsPlanned = PaymentsPlanned{Batches: []BatchPlanned{}, Moved: p.file.plan(p.free), Held: len(p.held)}
	p.Payments, p.Total = p.file.Payments(), p.file.Total()
	for _, b := range p.file.Batches {
		if file == uuid.Nil {
			b.ID = ""
		}
		p.Batches = append(p.Batches, BatchPlanned{b.ID, b.category(), b.Execution, len(b.Lines), b.Total()})
	}
	return p, nil
}

// exportable refuses with every reason at once.
func (p plannedFile) exportable(a Actor) error {
	var problems []Problem
	switch {
	case p.Payments > 0:
	case p.Held > 0:
		problems = append(problems, Reason("payment/all_held", "",
			fmt.Sprintf("Alle %d betalingen worden vastgehouden; payment due zegt van elk waarom.", p.Held), fmt.Sprintf("All %d payments are held; payment due says of each why.", p.Held)))
	default:
		problems = append(problems, Reason("payment/none", "", "Er is niets te betalen dat niet al in een bankbestand staat.", "There is nothing to pay that is not in a bank file already."))
	}
	for _, one := range p.free {
		if one.AskedBy == a.User {
			problems = append(problems, Reason("payment/four_eyes", "", "Wie berekende of toekende wat er betaald wordt, maakt het bankbestand niet: een tweede persoon doet dat.",
				"Who calculated or granted what is paid does not make the bank file: a second person does."))
			break
		}
		if one.Back != nil && one.Back.ReleasedBy == a.User {
			problems = append(problems, Reason("payment/four_eyes", "", "Wie een teruggekomen betaling vrijgaf, maakt het bankbestand niet: een tweede persoon doet dat.",
				"Who released a payment that came back does not make the bank file: a second person does."))
			break
		}
	}
	return Refuse(Conflict, problems...)
}

// exported tells who pays of each payment that it went to the bank.
func (f BankFile) exported() []Event {
	events := make([]Event, 0, f.Payments())
	for _, b := range f.Batches {
		for _, l := range b.Lines {
			events = append(events, Event{Owner: f.Organisation, Noun: "payment", Aggregate: l.Payment, Verb: "exported", Data: EventData(struct {
				Payment   uuid.UUID     `json:"payment"`
				File      uuid.UUID     `json:"file"`
				Batch     string        `json:"batch"`
				Attempt   int           `json:"attempt"`
				EndToEnd  string        `json:"end_to_end"`
				Execution calendar.Date `json:"execution"`
				Amount    euro.Amount   `json:"amount"`
				Currency  string        `json:"currency"`
			}{l.Payment, f.ID, b.ID, l.Attempt, l.EndToEnd, b.Execution, l.Amount, "EUR"})})
		}
	}
	return events
}
