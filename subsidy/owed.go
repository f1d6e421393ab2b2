package subsidy

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// OwedKind is what money is owed for that no bank file of the organisation holds.
type OwedKind string

// The kinds. Only staff pays in parts.
const (
	OwedByStaff    OwedKind = "staff"    // wage that was too much
	OwedSubsidy    OwedKind = "subsidy"  // a subsidy or fee that the municipality ordered
	OwedReclaim    OwedKind = "reclaim"  // claims that a batch granted below nil
	OwedBooking    OwedKind = "booking"  // what a reconciliation claims back
	OwedByProvider OwedKind = "provider" // what a provider pays back of a statement
)

// Owed is something that is to come in over the caller's bank, or to go out where it
// owes it itself. Its reference is the same for both sides.
type Owed struct {
	ID        uuid.UUID   `json:"owed"`
	Kind      OwedKind    `json:"kind"`
	In        bool        `json:"in"` // to the caller; else the caller is to pay it
	Reference string      `json:"reference"`
	Other     string      `json:"other"` // code of the other organisation, or a personnel number
	About     string      `json:"about"` // period, or the number that it has there
	Open      euro.Amount `json:"open"`

	Names     []string        `json:"-"` // end-to-end ids of a payment by the other
	Run       uuid.UUID       `json:"-"` // of a receivable of staff
	Contract  uuid.UUID       `json:"-"` // what its booking is about
	Period    calendar.Period `json:"-"` // month of its booking
	Claims    []uuid.UUID     `json:"-"`
	Statement uuid.UUID       `json:"-"`
}

// Received is a line of the bank that pays something owed.
type Received struct {
	Line       payroll.ReportLine
	Owed       Owed
	ImportedBy uuid.UUID
	AssignedBy uuid.UUID // nil: the line names it
	Posting    uuid.UUID
}

// misfit says why a line does not pay something owed, if it does not.
func (o Owed) misfit(l payroll.ReportLine) *payroll.Problem {
	fits := l.Amount.Equal(o.Open) || o.Kind == OwedByStaff && l.Amount.Sign() > 0 && l.Amount.Cmp(o.Open) < 0
	var why payroll.Problem
	switch {
	case o.In != (l.Kind == payroll.BankCredit) || l.Kind == payroll.BankRejection:
		why = payroll.Reason("bank/owed_direction", "", "Dit gaat de andere kant op dan wat er openstaat.", "This goes the other way than what is open.")
	case !fits:
		why = payroll.Reason("bank/owed_amount", "", "Het bedrag is niet wat er openstaat: "+o.Open.String()+".", "The amount is not what is open: "+o.Open.String()+".")
	default:
		return nil
	}
	return &why
}

// MatchOwed holds lines that are about no payment of ours against what is owed, by the
// reference that the payer stated or the end-to-end id of the other's payment. Each
// line pays one thing, and nothing is paid twice.
func MatchOwed(lines []payroll.Unmatched, owed []Owed) (received []Received, left []payroll.Unmatched) {
	byName := map[string]int{}
	for i, o := range owed {
		byName[o.Reference] = i
		for _, name := range o.Names {
			byName[name] = i
		}
	}
	open := append([]Owed{}, owed...)
	for _, l := range lines {
		i, known := byName[l.Owed]
		if !known {
			i, known = byName[l.EndToEnd]
		}
		if !known || l.Owed == "" && l.EndToEnd == "" {
			left = append(left, l)
			continue
		}
		if why := open[i].misfit(l.ReportLine); why != nil {
			l.Why = *why
			left = append(left, l)
			continue
		}
		received = append(received, Received{Line: l.ReportLine, Owed: owed[i]})
		open[i].Open = open[i].Open.Sub(l.Amount)
	}
	return received, left
}

// PaymentAssign says what a line of the bank pays that does not name it.
type PaymentAssign struct {
	payroll.Command
	Line      string `json:"line" validate:"required,uuid"`
	Reference string `json:"reference" validate:"required,max=40"` // of what is owed, in groups or not
}

// PaymentAssigned is the reply.
type PaymentAssigned struct {
	Owed
	Line    uuid.UUID   `json:"line"`
	Amount  euro.Amount `json:"amount"`
	Posting uuid.UUID   `json:"posting"`
}

// AssignPayment settles something owed by a line that nothing came of: by somebody
// else than who handed in the bank's message.
func (d *Desk) AssignPayment(ctx context.Context, tx Tx, a payroll.Actor, req PaymentAssign) (PaymentAssigned, error) {
	door := payroll.NewDoor(req)
	if err := door.Err(); err != nil {
		return PaymentAssigned{}, err
	}
	if err := tx.HoldPayments(ctx, a); err != nil {
		return PaymentAssigned{}, err
	}
	line, importer, known, err := tx.OpenBankLine(ctx, a, uuid.MustParse(req.Line))
	if err != nil {
		return PaymentAssigned{}, err
	}
	owed, err := tx.OpenOwed(ctx, a, nil)
	if err != nil {
		return PaymentAssigned{}, err
	}
	one := Received{Line: line, ImportedBy: importer, AssignedBy: a.User}
	reference, found := payroll.FindOweReference(req.Reference), false
	for _, o := range owed {
		if o.Reference == reference {
			one.Owed, found = o, true
		}
	}
	if !known {
		door.Refuse(payroll.Unknown("line", "line", req.Line))
	}
	if known && importer == a.User {
		door.Refuse(payroll.Reason("payment/four_eyes", "line", "Wie het bericht van de bank inlas, rekent niet toe: een tweede persoon doet dat.", "Who took in the bank's message does not assign: a second person does."))
	}
	if !found {
		door.Refuse(payroll.Unknown("owed", "reference", req.Reference))
	}
	if why := one.Owed.misfit(line); known && found && why != nil {
		why.Field = "line"
		door.Refuse(*why)
	}
	if err := door.Err(); err != nil {
		return PaymentAssigned{}, err
	}
	list := []Received{one}
	if err := d.receive(ctx, tx, a, list); err != nil {
		return PaymentAssigned{}, err
	}
	one.Owed.Open = one.Owed.Open.Sub(line.Amount)
	return PaymentAssigned{one.Owed, line.ID, line.Amount, list[0].Posting}, nil
}

// receive books what lines pay, by kind, and notes it. Claims are settled together by
// day of the bank.
func (d *Desk) receive(ctx context.Context, tx Tx, a payroll.Actor, list []Received) error {
	claims := map[calendar.Date][]int{}
	for i, r := range list {
		var err error
		switch r.Owed.Kind {
		case OwedSubsidy, OwedReclaim:
			claims[r.Line.Day] = append(claims[r.Line.Day], i)
		case OwedByStaff:
			list[i].Posting, err = d.receiveRefund(ctx, tx, a, r)
		default:
			post := r.posted(a.Organisation.ID)
			list[i].Posting, err = post.ID, tx.PostAll(ctx, a, post)
		}
		if err != nil {
			return err
		}
	}
	for day, at := range claims {
		if err := d.receiveClaims(ctx, tx, a, day, list, at); err != nil {
			return err
		}
	}
	return tx.AddReceived(ctx, a, list)
}

// receiveRefund books what an employee paid back.
func (d *Desk) receiveRefund(ctx context.Context, tx Tx, a payroll.Actor, r Received) (uuid.UUID, error) {
	refund := payroll.Refund{ID: payroll.DeriveID("refund/bank/" + r.Line.ID.String()), Receivable: r.Owed.ID, Amount: r.Line.Amount, Day: r.Line.Day, Reference: r.Line.Reference}
	owed := payroll.OpenReceivable{Receivable: payroll.Receivable{ID: r.Owed.ID, Reference: r.Owed.About, Run: r.Owed.Run, Contract: r.Owed.Contract}, Open: r.Owed.Open}
	post, err := d.refundPosting(ctx, tx, a, refund, owed)
	if err != nil {
		return uuid.Nil, err
	}
	if err := tx.AddRefund(ctx, a, refund, owed); err != nil {
		return uuid.Nil, err
	}
	return post.ID, tx.PostAll(ctx, a, post)
}

// receiveClaims settles the claims that lines of one day pay, on the caller's side.
func (d *Desk) receiveClaims(ctx context.Context, tx Tx, a payroll.Actor, day calendar.Date, list []Received, at []int) error {
	what := Settle{Day: day, Reference: list[at[0]].Line.Reference}
	for _, i := range at {
		what.Claims = append(what.Claims, list[i].Owed.Claims...)
	}
	payables, err := tx.ClaimsToSettle(ctx, a, what)
	if err != nil {
		return err
	}
	if len(payables) != len(what.Claims) {
		return fmt.Errorf("%d of %d claims are to be settled", len(payables), len(what.Claims))
	}
	reply, err := d.settle(ctx, tx, a, what, payables)
	for _, i := range at {
		list[i].Posting = reply.Posting
	}
	return err
}

// posted books what a reconciliation claimed back, or what a provider paid back.
func (r Received) posted(org uuid.UUID) Posted {
	t := ledger.Transfer{Ledger: org, Debit: ledger.MunicipalBank, Credit: ledger.SubsidyReclaimable, Amount: r.Line.Amount}
	switch {
	case r.Owed.Kind == OwedByProvider:
		t.Credit = ledger.FeeReceivable
	case !r.Owed.In:
		t.Debit, t.Credit = ledger.SubsidyRepayable, ledger.Bank
	}
	return Posted{
		Posting:   Posting{ID: payroll.DeriveID("posting/received/" + r.Line.ID.String()), Ledger: org, Kind: "received", Content: r.Hash(), Total: t.Amount, Day: r.Line.Day},
		Transfers: []RunTransfer{{payroll.Run{Period: r.Owed.Period}, ContractTransfer{r.Owed.Contract, t}}},
	}
}

// Hash is over what a line paid.
func (r Received) Hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%s", r.Owed.Kind, r.Owed.ID, r.Line.Amount, r.Line.Day))
	return payroll.HashText(sum[:])
}
