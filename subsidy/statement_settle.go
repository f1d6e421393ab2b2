package subsidy

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// StatementSettle notes that the money of a statement went over the bank: what was
// paid out, and what providers paid back.
type StatementSettle struct {
	payroll.Command
	Statement string `json:"statement" validate:"required,uuid"`
	Day       string `json:"day" validate:"required"`
	Reference string `json:"reference" validate:"required,max=100"` // of the bank statement
}

// StatementSettled is the reply.
type StatementSettled struct {
	Statement uuid.UUID   `json:"statement"`
	Paid      euro.Amount `json:"paid"`
	Received  euro.Amount `json:"received"`
	Posting   uuid.UUID   `json:"posting"`
}

// SettleStatement posts the bank's side, once.
func (d *Desk) SettleStatement(ctx context.Context, tx Tx, a payroll.Actor, req StatementSettle) (StatementSettled, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	day := door.Date("day", req.Day)
	refuseFuture(door, "day", day, tx.Today())
	if err := door.Err(); err != nil {
		return StatementSettled{}, err
	}
	head, err := ownStatement(ctx, tx, a, req.Statement)
	if err != nil {
		return StatementSettled{}, err
	}
	if !head.Approved || head.Settled {
		return StatementSettled{}, payroll.Refuse(payroll.Conflict, payroll.Reason("statement/not_to_settle", "statement",
			"Deze afrekening is nog niet goedgekeurd, of al afgewikkeld.", "This statement is not approved yet, or settled already."))
	}
	lines, err := tx.StatementLines(ctx, head)
	if err != nil {
		return StatementSettled{}, err
	}
	s := Statement{ID: head.ID, Municipality: head.Municipality, Period: head.Period, Lines: lines}
	reply := StatementSettled{Statement: head.ID, Posting: payroll.DeriveID("posting/settlement/" + head.ID.String())}
	post := Posted{Posting: Posting{ID: reply.Posting, Ledger: head.Municipality, Kind: "settlement", Day: day}}
	byBank, err := tx.PaymentsInFiles(ctx, head.ID)
	if err != nil {
		return StatementSettled{}, err
	}
	bank := s.bank(byBank)
	if len(bank) == 0 {
		return StatementSettled{}, payroll.Refuse(payroll.Conflict, payroll.Reason("statement/by_bank", "statement",
			"Wat er te betalen is, staat in een bankbestand: de bank zegt wanneer het betaald is.", "What there is to pay is in a bank file: the bank says when it was paid."))
	}
	for _, subject := range slices.SortedFunc(maps.Keys(bank), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) {
		for _, t := range ledger.NonZero(bank[subject]) {
			post.Transfers = append(post.Transfers, RunTransfer{payroll.Run{Period: head.Period}, ContractTransfer{subject, t}})
			post.Total = post.Total.Add(t.Amount)
			if t.Debit == ledger.MunicipalBank {
				reply.Received = reply.Received.Add(t.Amount)
			} else {
				reply.Paid = reply.Paid.Add(t.Amount)
			}
		}
	}
	post.Content = hashOf(fmt.Appendf(nil, "%s|%s|%s|%q|%s|%s", head.ID, head.Hash, day, req.Reference, reply.Paid, reply.Received))
	if err := tx.SettleStatement(ctx, a, head, post, day, req.Reference); err != nil {
		return StatementSettled{}, err
	}
	return reply, tx.Publish(ctx, []payroll.Event{head.settled(reply, day)})
}

// bank is what goes over the bank for each party: a payment, or what a provider
// pays back; not what went to the bank in a file, which is settled by what the bank
// says of it.
func (s Statement) bank(byBank map[uuid.UUID]bool) map[uuid.UUID]ledger.Transfer {
	list := map[uuid.UUID]ledger.Transfer{}
	for _, l := range s.Lines {
		if !s.ours(l) || byBank[PaymentOf(s.ID, l)] {
			continue
		}
		subject, account, amount := l.Payee, ledger.FeePayable, l.Amount.Add(l.VAT)
		if l.Kind == Premium {
			subject, account, amount = l.Trajectory, ledger.PremiumPayable, l.payable()
		}
		t := list[subject]
		list[subject] = ledger.Transfer{Ledger: s.Municipality, Debit: account, Credit: ledger.MunicipalBank, Amount: t.Amount.Add(amount)}
	}
	for subject, t := range list {
		if t.Amount.Sign() < 0 {
			t.Debit = ledger.FeeReceivable // NonZero turns it round: the bank gets what was receivable
			list[subject] = t
		}
	}
	return list
}

func (s StatementHead) settled(r StatementSettled, day calendar.Date) payroll.Event {
	return payroll.Event{Owner: s.Municipality, Noun: "statement", Aggregate: s.ID, Version: 1, Verb: "settled", Data: payroll.EventData(struct {
		StatementSettled
		Day calendar.Date `json:"day"`
	}{r, day})}
}
