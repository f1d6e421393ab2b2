package payroll

import (
	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// ReportKind is what a line of a bank's message tells.
type ReportKind string

// The kinds: money that left the account, money that came in, and an order that
// the bank did not carry out.
const (
	BankDebit     ReportKind = "debit"
	BankCredit    ReportKind = "credit"
	BankRejection ReportKind = "rejection"
)

// BankReport is a message of a bank: what it did with orders (pain.002), or what
// went over an account (camt.053).
type BankReport struct {
	Kind      string // pain.002 | camt.053
	MessageID string
	Lines     []ReportLine
}

// ReportLine is one thing that a bank told. It names the order that it is about
// by end-to-end id, by batch or by file, as far as the bank says; whose account
// the money went to or came from is not taken over.
type ReportLine struct {
	ID        uuid.UUID
	Number    int // of the entry in the message, from one
	Kind      ReportKind
	Reference string // names the line among all that the bank ever tells
	Account   IBAN   // none of a rejection
	Day       calendar.Date
	Amount    euro.Amount // nil of a rejection
	File      string      // MsgId of our file
	Batch     string      // PmtInfId
	EndToEnd  string
	Owed      string // reference of what somebody pays that they owe
	Reason    string // code of why an order was rejected or came back
}

// SentPayment is an attempt that went to the bank, as far as the bank has told.
type SentPayment struct {
	Payment
	Attempt  int
	EndToEnd string
	Batch    string
	File     string
	Period   calendar.Period // of the run or the statement
	Subject  uuid.UUID       // what its booking is about: a contract, a provider, a trajectory
	Settled  bool
	Returned bool // came back
	Rejected bool // was never carried out
}

// BankOutcome is what became of an attempt by what the bank told in a line.
type BankOutcome struct {
	SentPayment
	Line     ReportLine
	Back     bool // it came back, or was never carried out
	Rejected bool // never carried out
	Whole    bool // with its whole batch or file, so that nothing is wrong with its account
}

// Unmatched is a line of a bank that is about none of our payments, or does not
// fit the one that it names.
type Unmatched struct {
	ReportLine
	Why Problem
}

// MatchBank holds what banks told against what was sent. Rejections come first and
// what came back last: a debit of a batch is of what was not rejected. Each
// attempt is settled once and comes back once, whatever the bank repeats.
func MatchBank(lines []ReportLine, sent []SentPayment) ([]BankOutcome, []Unmatched) {
	m := newMatching(sent)
	for _, kind := range []ReportKind{BankRejection, BankDebit, BankCredit} {
		for _, l := range lines {
			if l.Kind != kind {
				continue
			}
			if why := m.match(l); why != nil {
				m.unmatched = append(m.unmatched, Unmatched{l, *why})
			}
		}
	}
	return m.outcomes, m.unmatched
}

// matching knows the attempts by the names that banks give back.
type matching struct {
	sent      []SentPayment
	byName    map[string]int // end-to-end id
	byBatch   map[string][]int
	byFile    map[string][]int
	outcomes  []BankOutcome
	unmatched []Unmatched
}

func newMatching(sent []SentPayment) *matching {
	m := &matching{sent: sent, byName: map[string]int{}, byBatch: map[string][]int{}, byFile: map[string][]int{}}
	for i, s := range sent {
		m.byName[s.EndToEnd] = i
		m.byBatch[s.Batch] = append(m.byBatch[s.Batch], i)
		m.byFile[s.File] = append(m.byFile[s.File], i)
	}
	return m
}

// named are the attempts that a line is about, and whether it is about a whole
// batch or file.
func (m *matching) named(l ReportLine) (list []int, whole bool) {
	if l.EndToEnd != "" { // a payment that is not ours is never taken for its whole batch
		if i, known := m.byName[l.EndToEnd]; known {
			list = []int{i}
		}
		return list, false
	}
	if l.Batch != "" {
		return m.byBatch[l.Batch], true
	}
	return m.byFile[l.File], true
}

// match finds what a line is about and notes what came of it, or says why not.
func (m *matching) match(l ReportLine) *Problem {
	list, whole := m.named(l)
	if len(list) == 0 {
		return unmatchedFor("bank/unknown", "Dit gaat niet over een betaling uit een bankbestand.", "This is not about a payment of a bank file.")
	}
	switch l.Kind {
	case BankRejection:
		return m.reject(l, list, whole)
	case BankDebit:
		return m.settle(l, list)
	}
	return m.comeBack(l, list, whole)
}

func unmatchedFor(kind, nl, en string) *Problem {
	p := Reason(kind, "", nl, en)
	return &p
}

// reject notes what the bank did not carry out. What it debited all the same comes
// back as a credit.
func (m *matching) reject(l ReportLine, list []int, whole bool) *Problem {
	found := 0
	for _, i := range list {
		if s := &m.sent[i]; !s.Settled && !s.Returned && !s.Rejected {
			s.Rejected, found = true, found+1
			m.outcomes = append(m.outcomes, BankOutcome{SentPayment: *s, Line: l, Back: true, Rejected: true, Whole: whole})
		}
	}
	if found == 0 {
		return unmatchedFor("bank/told_already", "De bank weigert wat al afgeschreven, geweigerd of teruggekomen is.", "The bank rejects what was debited, rejected or came back already.")
	}
	return nil
}

// settle notes what left the account: one payment, or all of a batch that were not
// rejected.
func (m *matching) settle(l ReportLine, list []int) *Problem {
	var open []int
	var sum euro.Amount
	for _, i := range list {
		if s := m.sent[i]; !s.Settled && !s.Rejected {
			open, sum = append(open, i), sum.Add(s.Amount)
		}
	}
	if len(open) == 0 {
		return unmatchedFor("bank/told_already", "Wat de bank afschrijft, is al afgeschreven of geweigerd.", "What the bank debits was debited or rejected already.")
	}
	if !sum.Equal(l.Amount) {
		return unmatchedFor("bank/other_amount", "Het bedrag is niet dat van de betalingen die nog niet afgeschreven of geweigerd zijn.", "The amount is not that of the payments that were not debited or rejected yet.")
	}
	for _, i := range open {
		m.sent[i].Settled = true
		m.outcomes = append(m.outcomes, BankOutcome{SentPayment: m.sent[i], Line: l})
	}
	return nil
}

// comeBack notes what came back: one payment, or all of a batch.
func (m *matching) comeBack(l ReportLine, list []int, whole bool) *Problem {
	var open []int
	var sum euro.Amount
	for _, i := range list {
		if s := m.sent[i]; !s.Returned && !s.Rejected {
			open, sum = append(open, i), sum.Add(s.Amount)
		}
	}
	if len(open) == 0 {
		return unmatchedFor("bank/told_already", "Wat de bank bijschrijft, was al teruggekomen of geweigerd.", "What the bank credits came back or was rejected already.")
	}
	if !sum.Equal(l.Amount) {
		return unmatchedFor("bank/other_amount", "Het bedrag is niet dat van de betaling die terugkomt.", "The amount is not that of the payment that comes back.")
	}
	for _, i := range open {
		m.sent[i].Returned = true
		m.outcomes = append(m.outcomes, BankOutcome{SentPayment: m.sent[i], Line: l, Back: true, Whole: whole})
	}
	return nil
}
