package payroll

import (
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// RemittanceKind is whom withheld money and charges go to.
type RemittanceKind string

// The kinds: the Belastingdienst, and the pension fund.
const (
	RemitTax     RemittanceKind = "tax"
	RemitPension RemittanceKind = "pension"
)

// Payments of a remittance.
const (
	TaxPayment     PaymentKind = "tax"
	PensionPayment PaymentKind = "pension"
)

// RemittanceTerms are one version of where an employer remits to. Nothing of it is
// known beforehand: account and number are on what the receiver wrote.
type RemittanceTerms struct {
	Version   int
	Kind      RemittanceKind
	ValidFrom calendar.Date
	Number    string // loonheffingennummer, or that of the employer with the fund
	Creditor  IBAN
	Name      string // of the creditor
	Recorded  uuid.UUID
}

// RemittanceRecord records them from a day on.
type RemittanceRecord struct {
	Command
	Kind      string `json:"kind" validate:"required,oneof=tax pension"`
	ValidFrom string `json:"valid_from" validate:"required"`
	Number    string `json:"number" validate:"required,number"`
	IBAN      string `json:"iban" validate:"required,iban"`
	Name      string `json:"name" validate:"required,max=70"`
}

// RemittanceRecorded is the reply.
type RemittanceRecorded struct {
	Kind      string        `json:"kind"`
	Version   int           `json:"version"`
	ValidFrom calendar.Date `json:"valid_from"`
}

// loonheffingennummer is nine digits, L, and a sub number from 01.
var loonheffingennummer = regexp.MustCompile(`^([0-9]{9})L([0-9]{2})$`)

// validWageNumber tests the nine digits as those of a BSN are (an RSIN has the same
// test) and the sub number.
func validWageNumber(text string) bool {
	parts := loonheffingennummer.FindStringSubmatch(text)
	return parts != nil && parts[2] != "00" && TidyBSN(parts[1]).Valid()
}

// RecordRemittance keeps the next version of where an employer remits to.
func (d *Desk) RecordRemittance(ctx context.Context, tx Tx, a Actor, req RemittanceRecord) (RemittanceRecorded, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	t := RemittanceTerms{Kind: RemittanceKind(req.Kind), ValidFrom: door.Date("valid_from", req.ValidFrom), Number: req.Number, Creditor: TidyIBAN(req.IBAN), Name: req.Name}
	if t.Kind == RemitTax && !door.failed("number") && !validWageNumber(req.Number) {
		door.Refuse(Reason("loonheffingennummer/invalid", "number", "Geen geldig loonheffingennummer, zoals 123456782L01.", "Not a valid loonheffingennummer, such as 123456782L01."))
	}
	if t.Creditor == a.Organisation.IBAN && !door.failed("iban") {
		door.Refuse(Reason("iban/own", "iban", "Dit is uw eigen rekening.", "This is your own account."))
	}
	if err := door.Err(); err != nil {
		return RemittanceRecorded{}, err
	}
	version, err := tx.AddRemittanceTerms(ctx, a, t)
	return RemittanceRecorded{req.Kind, version, t.ValidFrom}, err
}

// Remittance is an order to pay what is owed of a period, until somebody else has
// approved it.
type Remittance struct {
	ID        uuid.UUID
	Employer  uuid.UUID
	Kind      RemittanceKind
	Period    calendar.Period
	Sequence  int
	Amount    euro.Amount // above nil; of taxes whole euros
	Rounding  euro.Amount // what the ledger has above it
	Terms     int         // version
	Creditor  IBAN
	Name      string
	Reference string // betalingskenmerk
	PayDate   calendar.Date
	DueBy     calendar.Date // zero of pension: the fund says so
	OrderedBy uuid.UUID
	TermsBy   uuid.UUID // who recorded account and number
	Approved  bool
	Newest    bool // of its kind and period
}

// Hash is over all that somebody approves.
func (r Remittance) Hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%s|%d|%s|%s|%d|%s|%q|%q|%s", r.ID, r.Employer, r.Kind, r.Period, r.Sequence, r.Amount, r.Rounding, r.Terms,
		r.Creditor.Reveal(), r.Name, r.Reference, r.PayDate))
	return HashText(sum[:])
}

// RemittanceOwed is how a kind and period stand.
type RemittanceOwed struct {
	Known   bool        // a return was made, or pension was withheld
	ToPay   euro.Amount // in all
	Exact   euro.Amount // in the ledger
	Ordered euro.Amount // by remittances that were approved
	Rounded euro.Amount // by those
	Count   int         // remittances of any state
}

// RemittanceOrder orders what is still to be paid of a period.
type RemittanceOrder struct {
	Command
	Kind      string `json:"kind" validate:"required,oneof=tax pension"`
	Period    string `json:"period" validate:"required"`
	Reference string `json:"reference,omitempty" validate:"max=35"` // betalingskenmerk of this period, or the fund's reference
	PayDate   string `json:"pay_date,omitempty"`                    // absent: of taxes the last day
}

// RemittanceReply names an order; who approves it repeats the hash.
type RemittanceReply struct {
	Remittance uuid.UUID       `json:"remittance"`
	Kind       RemittanceKind  `json:"kind"`
	Period     calendar.Period `json:"period"`
	Amount     euro.Amount     `json:"amount"`
	Rounding   euro.Amount     `json:"rounding"`
	PayDate    calendar.Date   `json:"pay_date"`
	DueBy      calendar.Date   `json:"due_by,omitzero"`
	Hash       string          `json:"hash"`
}

// kenmerk is a betalingskenmerk of sixteen digits.
var kenmerk = regexp.MustCompile(`^[0-9]{16}$`)

// OrderRemittance orders what a return asks to be paid, or what was withheld and
// owed for pension, less what was remitted before. What is missing is named: an
// account or a reference is never made up.
func (d *Desk) OrderRemittance(ctx context.Context, tx Tx, a Actor, req RemittanceOrder) (RemittanceReply, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	r := Remittance{ID: d.NewID(), Employer: a.Organisation.ID, Kind: RemittanceKind(req.Kind), Period: door.Period("period", req.Period), Reference: req.Reference,
		PayDate: door.Date("pay_date", req.PayDate), OrderedBy: a.User}
	if r.Kind == RemitTax && !r.Period.From.IsZero() {
		r.DueBy = DueBy(r.Period)
		if req.PayDate == "" {
			r.PayDate = r.DueBy
		}
		if !r.PayDate.IsZero() && r.PayDate.After(r.DueBy) {
			p := Reason("remittance/late", "pay_date", fmt.Sprintf("Uiterlijk op %s.", r.DueBy), fmt.Sprintf("On %s at the latest.", r.DueBy))
			p.Article = "AWR art. 19"
			door.Refuse(p)
		}
	} else if req.PayDate == "" && !door.failed("pay_date") {
		door.Refuse(Reason("field/required", "pay_date", "Geef de betaaldatum die het fonds vraagt.", "Give the day of payment that the fund asks for."))
	}
	if err := door.Err(); err != nil {
		return RemittanceReply{}, err
	}
	terms, known, err := tx.RemittanceTerms(ctx, r.Employer, r.Kind, r.PayDate)
	if err != nil {
		return RemittanceReply{}, err
	}
	owed, err := tx.RemittanceOwed(ctx, r.Employer, r.Kind, r.Period)
	if err != nil {
		return RemittanceReply{}, err
	}
	r.Terms, r.Creditor, r.Name, r.TermsBy = terms.Version, terms.Creditor, terms.Name, terms.Recorded
	if err := r.reckon(owed, known); err != nil {
		return RemittanceReply{}, err
	}
	if err := tx.AddRemittance(ctx, r); err != nil {
		return RemittanceReply{}, err
	}
	return r.Reply(), nil
}

// Reply names the order and what it comes to.
func (r Remittance) Reply() RemittanceReply {
	return RemittanceReply{r.ID, r.Kind, r.Period, r.Amount, r.Rounding, r.PayDate, r.DueBy, r.Hash()}
}

// reckon takes what is left to be paid, and refuses with everything that is missing.
func (r *Remittance) reckon(owed RemittanceOwed, terms bool) error {
	var problems []Problem
	add := func(kind, field, nl, en string) { problems = append(problems, Reason(kind, field, nl, en)) }
	if !terms {
		add("remittance/no_account", "kind", "Rekening en nummer van de ontvanger zijn niet vastgelegd (remittance record).", "Account and number of the receiver are not recorded (remittance record).")
	}
	if r.Kind == RemitTax && !kenmerk.MatchString(r.Reference) {
		add("remittance/no_reference", "reference", "Geef het betalingskenmerk van 16 cijfers dat bij deze aangifte hoort.", "Give the betalingskenmerk of 16 digits that belongs to this return.")
	}
	if r.Kind == RemitPension && r.Reference == "" {
		add("remittance/no_reference", "reference", "Geef het kenmerk dat het fonds vraagt.", "Give the reference that the fund asks for.")
	}
	if !owed.Known && r.Kind == RemitTax {
		add("return/none", "period", "Over deze periode is nog geen aangifte gemaakt (return make).", "No return of this period was made yet (return make).")
	}
	r.Amount, r.Rounding, r.Sequence = owed.ToPay.Sub(owed.Ordered), owed.Exact.Sub(owed.ToPay).Sub(owed.Rounded), owed.Count+1
	if r.Amount.Sign() <= 0 && (owed.Known || r.Kind == RemitPension) {
		add("remittance/nothing_due", "period", fmt.Sprintf("Er is niets af te dragen: %s.", r.Amount), fmt.Sprintf("There is nothing to remit: %s.", r.Amount))
	}
	return Refuse(Conflict, problems...)
}

// RemittanceApprove approves an order by its hash.
type RemittanceApprove struct {
	Command
	Remittance string `json:"remittance" validate:"required,uuid"`
	Hash       string `json:"hash" validate:"required,hexadecimal"`
}

// RemittanceApproved is the reply.
type RemittanceApproved struct {
	Remittance uuid.UUID   `json:"remittance"`
	Payment    uuid.UUID   `json:"payment"`
	Amount     euro.Amount `json:"amount"`
}

// ApproveRemittance orders the payment: by another person than who ordered it, and
// than who recorded the account that it goes to.
func (d *Desk) ApproveRemittance(ctx context.Context, tx Tx, a Actor, req RemittanceApprove) (RemittanceApproved, error) {
	door := NewDoor(req)
	onlyEmployer(door, a)
	if err := door.Err(); err != nil {
		return RemittanceApproved{}, err
	}
	r, known, err := tx.Remittance(ctx, a.Organisation.ID, uuid.MustParse(req.Remittance))
	if err != nil {
		return RemittanceApproved{}, err
	}
	if !known {
		return RemittanceApproved{}, Refuse(NotFound, Unknown("remittance", "remittance", req.Remittance))
	}
	owed, err := tx.RemittanceOwed(ctx, r.Employer, r.Kind, r.Period)
	if err != nil {
		return RemittanceApproved{}, err
	}
	if err := r.approvable(a, req.Hash, owed); err != nil {
		return RemittanceApproved{}, err
	}
	p := r.payment(a.Organisation.IBAN)
	rounding := ledger.NonZero(ledger.Transfer{Ledger: r.Employer, Debit: ledger.TaxPayable, Credit: ledger.ReturnRounding, Amount: r.Rounding})
	if err := tx.ApproveRemittance(ctx, a, r, p, rounding); err != nil {
		return RemittanceApproved{}, err
	}
	return RemittanceApproved{r.ID, p.ID, r.Amount}, tx.Publish(ctx, []Event{p.Ordered("", r.Period)})
}

func (r Remittance) approvable(a Actor, hash string, owed RemittanceOwed) error {
	var problems []Problem
	add := func(kind, field, nl, en string) { problems = append(problems, Reason(kind, field, nl, en)) }
	if r.Approved {
		add("remittance/approved", "remittance", "Deze afdracht is al goedgekeurd.", "This remittance is approved already.")
	} else if !r.Newest || !owed.ToPay.Sub(owed.Ordered).Equal(r.Amount) {
		add("remittance/overtaken", "remittance", "Sinds deze opdracht is er iets veranderd; geef een nieuwe opdracht.", "Something has changed since this order; order again.")
	}
	if r.Hash() != hash {
		add("remittance/other_hash", "hash", "De hash hoort niet bij deze afdracht.", "The hash is not of this remittance.")
	}
	if r.OrderedBy == a.User {
		add("remittance/four_eyes", "", "Wie opdracht geeft, keurt niet goed: een tweede persoon doet dat.", "Who orders does not approve: a second person does.")
	}
	if r.TermsBy == a.User {
		add("remittance/four_eyes_account", "", "Wie de rekening vastlegde, keurt de betaling niet goed.", "Who recorded the account does not approve the payment.")
	}
	return Refuse(Conflict, problems...)
}

// payment is the order itself: what it is names it, so that it cannot exist twice.
func (r Remittance) payment(debtor IBAN) Payment {
	kind, text := TaxPayment, r.Reference
	if r.Kind == RemitPension {
		kind, text = PensionPayment, fmt.Sprintf("%s %s", r.Reference, r.Period)
	}
	return Payment{
		ID: DeriveID(fmt.Sprintf("payment/remittance/%s/%s/%s/%d", r.Employer, r.Kind, r.Period, r.Sequence)), Organisation: r.Employer, Kind: kind,
		Remittance: r.ID, Debtor: debtor, Creditor: r.Creditor, Amount: r.Amount, PayDate: r.PayDate, Reference: text,
	}
}
