package subsidy

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// StatementApprove approves what somebody else calculated, by its hash.
type StatementApprove struct {
	payroll.Command
	Statement  string `json:"statement" validate:"required,uuid"`
	Hash       string `json:"hash" validate:"required,hexadecimal"`
	Accept     string `json:"accept,omitempty" validate:"max=500"`      // why its exceptions are all right
	OverBudget string `json:"over_budget,omitempty" validate:"max=500"` // why more is spent than a budget has
}

// accepted are the reasons that were given, as they are kept.
func (r StatementApprove) accepted() string {
	return strings.Trim(r.Accept+"; "+r.OverBudget, "; ")
}

// StatementApproved is the reply.
type StatementApproved struct {
	Statement  uuid.UUID   `json:"statement"`
	Payments   int         `json:"payments"`
	Paid       euro.Amount `json:"paid"`       // with VAT
	Receivable euro.Amount `json:"receivable"` // what providers are to pay back
	Posting    uuid.UUID   `json:"posting"`
}

// ApproveStatement posts the municipality's ledger, spends its budgets, orders one
// payment to each provider and each participant, and tells the providers line by
// line. What a provider owes is taken off what it is due on the same statement,
// where it can see it; what is left of it is a receivable and no payment.
func (d *Desk) ApproveStatement(ctx context.Context, tx Tx, a payroll.Actor, req StatementApprove) (StatementApproved, error) {
	if err := ofMunicipality(req, a); err != nil {
		return StatementApproved{}, err
	}
	head, err := ownStatement(ctx, tx, a, req.Statement)
	if err != nil {
		return StatementApproved{}, err
	}
	over, err := tx.StatementOver(ctx, head)
	if err != nil {
		return StatementApproved{}, err
	}
	if err := head.approvable(a, req, over); err != nil {
		return StatementApproved{}, err
	}
	lines, err := tx.StatementLines(ctx, head)
	if err != nil {
		return StatementApproved{}, err
	}
	if err := sourcesExist(lines); err != nil {
		return StatementApproved{}, err
	}
	o := statementOrder{Statement: Statement{ID: head.ID, Municipality: head.Municipality, Period: head.Period, Sequence: head.Sequence, Lines: lines}, today: tx.Today()}
	ibans, err := tx.IBANs(ctx, o.organisations())
	if err != nil {
		return StatementApproved{}, err
	}
	if err := o.order(ibans); err != nil {
		return StatementApproved{}, err
	}
	post := Posted{Posting: Posting{ID: payroll.DeriveID("posting/statement/" + head.ID.String()), Ledger: head.Municipality, Kind: "statement", Content: head.Hash, Day: head.Period.To}, Transfers: o.booked}
	for _, t := range o.booked {
		post.Total = post.Total.Add(t.Amount)
	}
	if err := tx.ApproveStatement(ctx, a, head, post, req.accepted()); err != nil {
		return StatementApproved{}, err
	}
	if err := tx.AddPayments(ctx, o.payments); err != nil {
		return StatementApproved{}, err
	}
	o.reply.Statement, o.reply.Posting = head.ID, post.ID
	return o.reply, tx.Publish(ctx, o.events)
}

// sourcesExist refuses what is paid from a source that there was not in the year,
// by trajectory: the scheme needs a version that says where its money comes from.
func sourcesExist(lines []StatementLine) error {
	var problems []payroll.Problem
	seen := map[SourceAmount]bool{}
	for _, l := range lines {
		for _, part := range l.Sources {
			place := SourceAmount{Source: part.Source, Year: part.Year}
			if part.Source.Exists(part.Year) || seen[place] {
				continue
			}
			seen[place] = true
			problems = append(problems, payroll.Reason("budget/other_time", "statement",
				fmt.Sprintf("Regeling %s put uit %s, dat in %d niet bestond: voeg een versie van de regeling toe met een andere bron.", l.Scheme, part.Source, part.Year),
				fmt.Sprintf("Scheme %s draws on %s, which did not exist in %d: add a version of the scheme with another source.", l.Scheme, part.Source, part.Year)))
		}
	}
	return payroll.Refuse(payroll.Conflict, problems...)
}

func ownStatement(ctx context.Context, tx Tx, a payroll.Actor, id string) (StatementHead, error) {
	if _, err := tx.HoldMunicipality(ctx, a.Organisation.ID); err != nil {
		return StatementHead{}, err
	}
	head, known, err := tx.Statement(ctx, a.Organisation.ID, uuid.MustParse(id))
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("statement", "statement", id))
	}
	return head, err
}

// approvable refuses with every reason at once.
func (s StatementHead) approvable(a payroll.Actor, req StatementApprove, over []BudgetLeft) error {
	var problems []payroll.Problem
	add := func(kind, field, nl, en string) {
		problems = append(problems, payroll.Reason(kind, field, nl, en))
	}
	if s.Approved {
		add("statement/approved", "statement", "Deze afrekening is al goedgekeurd.", "This statement is approved already.")
	}
	if s.Overtaken {
		add("statement/overtaken", "statement", "Sinds deze berekening is een andere afrekening goedgekeurd. Bereken opnieuw.", "Another statement was approved since this calculation. Calculate again.")
	}
	if s.Hash != req.Hash {
		add("statement/other_hash", "hash", "De hash hoort niet bij deze afrekening.", "The hash is not of this statement.")
	}
	if s.AskedBy == a.User {
		add("statement/four_eyes", "", "Wie berekent, keurt niet goed: een tweede persoon doet dat.", "Who calculates does not approve: a second person does.")
	}
	if s.Lines == 0 {
		add("statement/empty", "statement", "Er is niets te betalen.", "There is nothing to pay.")
	}
	if s.Exceptions > 0 && req.Accept == "" {
		add("statement/exceptions_open", "accept", fmt.Sprintf("Er zijn %d uitzonderingen: zeg waarom ze akkoord zijn (accept).", s.Exceptions), fmt.Sprintf("There are %d exceptions: say why they are all right (accept).", s.Exceptions))
	}
	problems = append(problems, shortfalls(over, req.OverBudget, "", "")...)
	return payroll.Refuse(payroll.Conflict, problems...)
}

// statementOrder is what the approval of one statement books, orders and announces.
type statementOrder struct {
	Statement
	today    calendar.Date
	reply    StatementApproved
	booked   []RunTransfer
	payments []payroll.Payment
	events   []payroll.Event
}

// organisations are those whose account numbers are needed.
func (o *statementOrder) organisations() []uuid.UUID {
	list := []uuid.UUID{o.Municipality}
	for _, l := range o.Lines {
		if l.Payee != uuid.Nil {
			list = append(list, l.Payee)
		}
	}
	return list
}

func (o *statementOrder) order(ibans map[uuid.UUID]payroll.IBAN) error {
	sums := map[uuid.UUID]euro.Amount{} // by provider, with VAT
	for _, l := range o.Lines {
		o.events = append(o.events, o.announce(l)...)
		if !o.ours(l) {
			continue
		}
		for _, t := range o.transfers(l) {
			o.book(l.subject(), t)
		}
		if l.Kind == Premium {
			if l.payable().Sign() > 0 && l.IBAN == ibans[o.Municipality] {
				return ownAccount()
			}
			o.premium(l, ibans[o.Municipality])
			continue
		}
		sums[l.Payee] = sums[l.Payee].Add(l.Amount).Add(l.VAT)
	}
	for _, provider := range slices.SortedFunc(maps.Keys(sums), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) {
		switch sum := sums[provider]; {
		case sum.Sign() > 0 && ibans[provider] == "":
			return payroll.Refuse(payroll.Conflict, payroll.Reason("organisation/no_iban", "statement", "Een uitvoerder heeft geen IBAN; registreer die eerst.", "A provider has no IBAN; register that first."))
		case sum.Sign() > 0 && ibans[provider] == ibans[o.Municipality]:
			return ownAccount()
		case sum.Sign() > 0:
			o.pay(payroll.Payment{Kind: payroll.FeePayment, Creditor: ibans[provider], Amount: sum, Reference: fmt.Sprintf("Trajecten %s afrekening %d", o.Period, o.Sequence)}, provider.String(), ibans[o.Municipality])
		case sum.Sign() < 0:
			// More is to come back than is due: a claim of its own on the provider.
			o.book(provider, ledger.Transfer{Ledger: o.Municipality, Debit: ledger.FeeReceivable, Credit: ledger.FeePayable, Amount: sum.Neg()})
			o.reply.Receivable = o.reply.Receivable.Sub(sum)
		}
	}
	return nil
}

// ownAccount refuses a payment from the municipality's account to itself: accounts
// may have changed since what is paid was recorded.
func ownAccount() error {
	return payroll.Refuse(payroll.Conflict, payroll.Reason("iban/own", "statement",
		"Een uitvoerder of deelnemer heeft het rekeningnummer van de gemeente zelf; herstel dat eerst.", "A provider or participant has the municipality's own account number; mend that first."))
}

func (o *statementOrder) book(subject uuid.UUID, t ledger.Transfer) {
	o.booked = append(o.booked, RunTransfer{payroll.Run{Period: o.Period}, ContractTransfer{subject, t}})
}

// premium orders a premium to the participant. One that is not due any more is
// never taken back by itself: it stays a claim on the account of premiums, and what
// is due again later is first taken from it.
func (o *statementOrder) premium(l StatementLine, debtor payroll.IBAN) {
	if l.payable().Sign() <= 0 {
		return
	}
	o.pay(payroll.Payment{Kind: payroll.PremiumPayment, Creditor: l.IBAN, Amount: l.payable(), Reference: fmt.Sprintf("Premie %s %s", l.Day, l.Subject)},
		l.whom(), debtor)
}

// pay orders a payment, of which the identity is the statement and whom it is for.
func (o *statementOrder) pay(p payroll.Payment, whom string, debtor payroll.IBAN) {
	p.ID = statementPayment(o.ID, p.Kind, whom)
	p.Organisation, p.Statement, p.Debtor, p.PayDate = o.Municipality, o.ID, debtor, o.today
	o.payments = append(o.payments, p)
	o.events = append(o.events, p.Ordered("", o.Period))
	o.reply.Payments, o.reply.Paid = o.reply.Payments+1, o.reply.Paid.Add(p.Amount)
}

func statementPayment(statement uuid.UUID, kind payroll.PaymentKind, whom string) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("payment/statement/%s/%s/%s", statement, kind, whom))
}

// ProviderPayment is the id of the payment of a statement to a provider, and of what
// the provider is to pay back of it.
func ProviderPayment(statement, provider uuid.UUID) uuid.UUID {
	return statementPayment(statement, payroll.FeePayment, provider.String())
}

// whom says whom the payment that a line is part of is for: a provider gets one of
// each statement, and each premium is one.
func (l StatementLine) whom() string {
	if l.Kind == Premium {
		return fmt.Sprintf("%s/%s/%s", l.Trajectory, l.Rule, l.Key)
	}
	return l.Payee.String()
}

// PaymentOf is the id of the payment that a line of a statement is part of.
func PaymentOf(statement uuid.UUID, l StatementLine) uuid.UUID {
	kind := payroll.FeePayment
	if l.Kind == Premium {
		kind = payroll.PremiumPayment
	}
	return statementPayment(statement, kind, l.whom())
}

// PaidBy reports whether a payment that a statement ordered is of a line.
func (s StatementHead) PaidBy(payment uuid.UUID, l StatementLine) bool {
	return l.Payer == s.Municipality && PaymentOf(s.ID, l) == payment
}

// LineID names a line of a statement, for events and explanations.
func LineID(statement uuid.UUID, l StatementLine) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("fee/%s/%s/%s/%s", statement, l.subject(), l.Rule, l.Key))
}

// announce tells of a line: to the municipality, to the provider, and to who pays in
// the municipality's place. A premium concerns the municipality alone.
func (o *statementOrder) announce(l StatementLine) []payroll.Event {
	noun, verb := "fee", "granted"
	if l.Kind == Premium {
		noun = "premium"
	}
	if l.Amount.Sign() < 0 {
		verb = "reclaimed"
	}
	id := LineID(o.ID, l)
	data := payroll.EventData(struct {
		Fee       uuid.UUID       `json:"fee"`
		Statement uuid.UUID       `json:"statement"`
		Number    string          `json:"number"` // of the trajectory or the agreement
		Scheme    string          `json:"scheme"`
		Rule      string          `json:"rule"`
		Key       string          `json:"key"`
		Day       calendar.Date   `json:"day"`
		Period    calendar.Period `json:"period"`
		Amount    euro.Amount     `json:"amount"`
		VAT       euro.Amount     `json:"vat"`
		Currency  string          `json:"currency"`
	}{id, o.ID, l.Subject, l.Scheme, l.Rule, l.Key, l.Day, o.Period, l.Amount, l.VAT, "EUR"})
	owners := []uuid.UUID{o.Municipality}
	for _, other := range []uuid.UUID{l.Payee, l.Payer} {
		if other != uuid.Nil && !slices.Contains(owners, other) {
			owners = append(owners, other)
		}
	}
	events := make([]payroll.Event, len(owners))
	for i, owner := range owners {
		events[i] = payroll.Event{Owner: owner, Noun: noun, Aggregate: id, Version: 1, Verb: verb, Data: data}
	}
	return events
}
