package subsidy

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// BankImported is what came of a message of the bank.
type BankImported struct {
	Import    uuid.UUID   `json:"import"`
	Kind      string      `json:"kind"` // pain.002 | camt.053
	MessageID string      `json:"message_id"`
	Already   bool        `json:"already"` // these very bytes came before: nothing was done now
	Lines     int         `json:"lines"`   // that the bank had not told before
	Settled   int         `json:"settled"` // payments
	Paid      euro.Amount `json:"paid"`    // what left the account for them
	Returned  int         `json:"returned"`
	Back      euro.Amount `json:"back"` // what came back
	Rejected  int         `json:"rejected"`
	Received  int         `json:"received"`  // lines that pay what is owed, by its reference
	Unmatched int         `json:"unmatched"` // new lines that are about none of our payments, or do not fit
}

// ImportBank reads what the bank tells of payments: it settles what left the
// account, books back what came back, and notes what was rejected. The same bytes
// change nothing the second time, nor does another message that tells the same.
func (d *Desk) ImportBank(ctx context.Context, tx Tx, a payroll.Actor, content []byte) (BankImported, error) {
	// Who exports or settles waits here, so that nothing is settled twice.
	if err := tx.HoldPayments(ctx, a); err != nil {
		return BankImported{}, err
	}
	sum := sha256.Sum256(content)
	digest := payroll.HashText(sum[:])
	if before, known, err := tx.BankImported(ctx, a, digest); err != nil || known {
		before.Already = true
		return before, err
	}
	report, err := d.Bank.Read(content)
	if err != nil {
		return BankImported{}, err
	}
	own, err := tx.OwnAccounts(ctx, a.Organisation.ID)
	if err != nil {
		return BankImported{}, err
	}
	if err := ofAccount(own, report); err != nil {
		return BankImported{}, err
	}
	for i := range report.Lines {
		report.Lines[i].ID = d.NewID()
	}
	reply := BankImported{Import: d.NewID(), Kind: report.Kind, MessageID: report.MessageID}
	if reply.Lines, err = tx.AddBankImport(ctx, a, reply, digest, report.Lines); err != nil {
		return BankImported{}, err
	}
	err = d.settleBank(ctx, tx, a, &reply)
	return reply, err
}

// ofAccount refuses a statement of an account that never was the organisation's.
func ofAccount(own []payroll.PayeeAccount, report payroll.BankReport) error {
	var problems []payroll.Problem
	for _, l := range report.Lines {
		ours := slices.ContainsFunc(own, func(v payroll.PayeeAccount) bool { return v.IBAN == l.Account })
		if l.Account != "" && !ours && len(problems) < 100 {
			problems = append(problems, payroll.Reason("bank/other_account", "content", "Dit is niet de rekening van uw organisatie.", "This is not your organisation's account.").At(l.Number))
		}
	}
	return payroll.Refuse(payroll.Invalid, problems...)
}

// settleBank matches the lines that nothing came of yet, among which those of
// before: what did not fit then may fit now.
func (d *Desk) settleBank(ctx context.Context, tx Tx, a payroll.Actor, reply *BankImported) error {
	lines, err := tx.OpenBankLines(ctx, a, reply.Import)
	if err != nil {
		return err
	}
	sent, err := tx.SentPayments(ctx, a, lines)
	if err != nil {
		return err
	}
	outcomes, unmatched := payroll.MatchBank(lines, sent)
	owed, err := tx.OpenOwed(ctx, a, EndToEnds(unmatched))
	if err != nil {
		return err
	}
	received, unmatched := MatchOwed(unmatched, owed)
	for i := range received {
		received[i].ImportedBy = a.User
	}
	reply.Received, reply.Unmatched = len(received), len(unmatched)
	for _, o := range outcomes {
		switch {
		case o.Rejected:
			reply.Rejected++
		case o.Back:
			reply.Returned, reply.Back = reply.Returned+1, reply.Back.Add(o.Amount)
		default:
			reply.Settled, reply.Paid = reply.Settled+1, reply.Paid.Add(o.Amount)
		}
	}
	if err := tx.KeepBank(ctx, a, bankPostings(a.Organisation.ID, reply.Import, outcomes), outcomes); err != nil {
		return err
	}
	if err := d.receive(ctx, tx, a, received); err != nil {
		return err
	}
	events := bankEvents(a.Organisation.ID, outcomes)
	claims, err := claimEvents(ctx, tx, a, outcomes)
	if err != nil {
		return err
	}
	return tx.Publish(ctx, append(events, claims...))
}

// EndToEnds are the ids that lines name; never none, since those of no line are none.
func EndToEnds(lines []payroll.Unmatched) []string {
	names := []string{}
	for _, l := range lines {
		if l.EndToEnd != "" {
			names = append(names, l.EndToEnd)
		}
	}
	return names
}

// BankPosting names the posting of what an import settled on a day.
func BankPosting(imported uuid.UUID, day calendar.Date) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("posting/bank/%s/%s", imported, day))
}

// bankPostings book what left the account and what came back, by the day of the bank.
func bankPostings(org, imported uuid.UUID, outcomes []payroll.BankOutcome) []Posted {
	var posts []Posted
	at, booked := map[calendar.Date]int{}, map[calendar.Date][]payroll.BankOutcome{}
	for _, o := range outcomes {
		if o.Rejected { // no money moved
			continue
		}
		day := o.Line.Day
		i, known := at[day]
		if !known {
			i = len(posts)
			at[day] = i
			posts = append(posts, Posted{Posting: Posting{ID: BankPosting(imported, day), Ledger: org, Kind: "bank", Day: day}})
		}
		booked[day] = append(booked[day], o)
		posts[i].Transfers = append(posts[i].Transfers, RunTransfer{payroll.Run{Period: o.Period}, ContractTransfer{o.Subject, bankTransfer(org, o)}})
		posts[i].Total = posts[i].Total.Add(o.Amount)
	}
	for i := range posts {
		posts[i].Content = HashBank(booked[posts[i].Day])
	}
	return posts
}

// bankTransfer is the booking of one outcome: what was payable is paid, and is
// payable again when it came back.
func bankTransfer(org uuid.UUID, o payroll.BankOutcome) ledger.Transfer {
	t := ledger.Transfer{Ledger: org, Amount: o.Amount, Credit: ledger.Bank}
	switch o.Kind {
	case payroll.WagePayment:
		t.Debit = ledger.NetWagesPayable
	case payroll.GarnishPayment:
		t.Debit = ledger.GarnishmentPayable
	case payroll.TaxPayment:
		t.Debit = ledger.TaxPayable
	case payroll.PensionPayment:
		t.Debit = ledger.PensionPayable
	case payroll.SubsidyPayment:
		t.Debit, t.Credit = ledger.SubsidyPayable, ledger.MunicipalBank
	case payroll.FeePayment:
		t.Debit, t.Credit = ledger.FeePayable, ledger.MunicipalBank
	case payroll.PremiumPayment:
		t.Debit, t.Credit = ledger.PremiumPayable, ledger.MunicipalBank
	}
	if o.Back {
		return t.Reverse()
	}
	return t
}

// HashBank is over what became of payments on a day, in order of what they are.
func HashBank(outcomes []payroll.BankOutcome) string {
	outcomes = slices.SortedFunc(slices.Values(outcomes), func(o, p payroll.BankOutcome) int {
		if o.Back != p.Back {
			return map[bool]int{false: -1, true: 1}[o.Back]
		}
		return cmp.Or(bytes.Compare(o.ID[:], p.ID[:]), cmp.Compare(o.Attempt, p.Attempt))
	})
	sum := sha256.New()
	for _, o := range outcomes {
		_, _ = fmt.Fprintf(sum, "%s|%d|%t|%s|%s\n", o.ID, o.Attempt, o.Back, o.Amount, o.Line.Day)
	}
	return payroll.HashText(sum.Sum(nil))
}

// bankEvents tell who pays what became of each payment.
func bankEvents(org uuid.UUID, outcomes []payroll.BankOutcome) []payroll.Event {
	events := make([]payroll.Event, 0, len(outcomes))
	for _, o := range outcomes {
		verb, claim := "settled", &o.Claim
		if o.Back {
			verb = "returned"
		}
		if o.Claim == uuid.Nil {
			claim = nil
		}
		events = append(events, payroll.Event{Owner: org, Noun: "payment", Aggregate: o.ID, Verb: verb, Data: payroll.EventData(struct {
			Payment  uuid.UUID     `json:"payment"`
			Claim    *uuid.UUID    `json:"claim,omitempty"`
			Attempt  int           `json:"attempt"`
			EndToEnd string        `json:"end_to_end"`
			Rejected bool          `json:"rejected,omitempty"`
			Reason   string        `json:"reason,omitempty"`
			Day      calendar.Date `json:"day,omitzero"`
			Amount   euro.Amount   `json:"amount"`
			Currency string        `json:"currency"`
		}{o.ID, claim, o.Attempt, o.EndToEnd, o.Rejected, o.Line.Reason, o.Line.Day, o.Amount, "EUR"})})
	}
	return events
}

// claimEvents tell both parties of a claim that its money left, or came back.
func claimEvents(ctx context.Context, tx Tx, a payroll.Actor, outcomes []payroll.BankOutcome) ([]payroll.Event, error) {
	var ids []uuid.UUID
	for _, o := range outcomes {
		if o.Claim != uuid.Nil && !o.Rejected {
			ids = append(ids, o.Claim)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	payables, err := tx.ClaimsPaid(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	var events []payroll.Event
	for _, o := range outcomes {
		p, known := payables[o.Claim]
		if !known || o.Rejected {
			continue
		}
		data, verb := p.data(p.Run.Period), "returned"
		if !o.Back {
			data.Settled, verb = &o.Line.Day, "settled"
		}
		events = append(events, p.toBoth(0, verb, data)...)
	}
	return events, nil
}
