package payroll

import (
	"encoding/base32"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// PaymentKind is what a payment is for.
type PaymentKind string

// The kinds of payments.
const (
	WagePayment    PaymentKind = "wage"
	GarnishPayment PaymentKind = "garnishment"
	SubsidyPayment PaymentKind = "subsidy"
	FeePayment     PaymentKind = "fee"
	PremiumPayment PaymentKind = "premium"
)

// Payment is an order to pay: debtor, creditor and an amount above nil. Its id
// says what it is, so that the same payment can not exist twice.
type Payment struct {
	ID           uuid.UUID
	Organisation uuid.UUID // who pays
	Kind         PaymentKind
	Run          uuid.UUID // nil of what a statement orders
	Contract     uuid.UUID // nil of what a statement orders
	Claim        uuid.UUID // of a subsidy or fee payment
	Statement    uuid.UUID // of a fee or premium for a trajectory
	Garnishment  uuid.UUID // of a payment to who garnished
	Remittance   uuid.UUID // of taxes or pension premiums
	Debtor       IBAN
	Creditor     IBAN
	Amount       euro.Amount
	PayDate      calendar.Date
	Reference    string
}

// PaymentID derives the id of a payment from employer, period, kind and
// sequence of the run, contract and kind of payment.
func PaymentID(r Run, contract uuid.UUID, kind PaymentKind, detail string) uuid.UUID {
	return DeriveID(fmt.Sprintf("payment/%s/%s/%s/%d/%s/%s/%s", r.Employer, r.Period, r.Kind, r.Sequence, contract, kind, detail))
}

// EndToEnd is the reference that a bank returns: the payment's id in 26
// characters, of the 35 that a bank allows.
func (p Payment) EndToEnd() string { return reference26(p.ID) }

// reference26 writes an id in 26 capitals and digits.
func reference26(id uuid.UUID) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id[:])
}

// AttemptID names an attempt to pay a payment, from one: the first is the payment
// itself, and a later one, after the money came back, has an id of its own, so
// that what the bank says of the one is never taken to be of the other.
func AttemptID(payment uuid.UUID, attempt int) uuid.UUID {
	if attempt == 1 {
		return payment
	}
	return DeriveID(fmt.Sprintf("payment/%s/attempt/%d", payment, attempt))
}

// WageOf orders the net wage of a payslip, if there is any.
func WageOf(r Run, s Payslip, debtor IBAN) (Payment, bool) {
	if s.Net.Sign() <= 0 {
		return Payment{}, false
	}
	return Payment{
		ID: PaymentID(r, s.Contract, WagePayment, ""), Organisation: r.Employer, Kind: WagePayment, Run: r.ID,
		Contract: s.Contract, Debtor: debtor, Creditor: s.IBAN, Amount: s.Net, PayDate: r.PayDate,
		Reference: fmt.Sprintf("Loon %s %s", r.Period, s.ContractNumber),
	}, true
}

// Garnished is what a payslip withheld for a garnishment, as approval reads it.
type Garnished struct {
	Garnishment uuid.UUID
	Reference   string
	Creditor    IBAN
	Amount      euro.Amount
}

// GarnishmentOf orders what was withheld, to who garnished. The creditor knows the
// reference and needs no contract.
func GarnishmentOf(r Run, s Payslip, g Garnished, debtor IBAN) Payment {
	return Payment{
		ID: PaymentID(r, s.Contract, GarnishPayment, g.Garnishment.String()), Organisation: r.Employer, Kind: GarnishPayment, Run: r.ID,
		Contract: s.Contract, Garnishment: g.Garnishment, Debtor: debtor, Creditor: g.Creditor, Amount: g.Amount, PayDate: r.PayDate,
		Reference: fmt.Sprintf("Loonbeslag %s %s", g.Reference, r.Period),
	}
}

// Ordered announces a payment to who pays it, without account numbers.
func (p Payment) Ordered(contractNumber string, period calendar.Period) Event {
	return Event{
		Owner: p.Organisation, Noun: "payment", Aggregate: p.ID, Version: 1, Verb: "ordered",
		Data: EventData(struct {
			Payment   uuid.UUID       `json:"payment"`
			Kind      PaymentKind     `json:"kind"`
			Run       *uuid.UUID      `json:"run,omitempty"`
			Contract  string          `json:"contract,omitempty"`
			Claim     *uuid.UUID      `json:"claim,omitempty"`
			Statement *uuid.UUID      `json:"statement,omitempty"`
			Period    calendar.Period `json:"period"`
			PayDate   calendar.Date   `json:"pay_date"`
			Amount    euro.Amount     `json:"amount"`
			Currency  string          `json:"currency"`
			EndToEnd  string          `json:"end_to_end"`
		}{p.ID, p.Kind, orNil(p.Run), contractNumber, orNil(p.Claim), orNil(p.Statement), period, p.PayDate, p.Amount, "EUR", p.EndToEnd()}),
	}
}

// EventData writes the data of an event. The types of this package always
// marshal; a failure is a fault of the program.
func EventData(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("payroll: event data %T: %v", v, err))
	}
	return data
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
