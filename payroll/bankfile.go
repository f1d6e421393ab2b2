package payroll

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// DuePayment is a payment that is to go to the bank: one that no file holds, or
// one that came back.
type DuePayment struct {
	Payment
	Attempt     int       // from one
	Number      string    // of the contract, where there is one
	Payee       Name      // for the file alone
	GrossOnly   bool      // of a payslip without tax, which nobody is paid by
	Owing       bool      // the payee has the wage of a run that was reversed
	AskedBy     uuid.UUID // who calculated or granted what is paid
	Approver    uuid.UUID
	Accounts    []PayeeAccount // of the payee, by version
	Own         []PayeeAccount // of who pays, by version
	PaidBefore  bool           // on this very account, by an earlier payment
	Unconfirmed []string       // kinds of changes that the amount rests on
	Back        *Back          // of a later attempt
}

// HeldPayment is a payment that does not go to the bank, with every reason.
type HeldPayment struct {
	Payment  uuid.UUID     `json:"payment"`
	Kind     PaymentKind   `json:"kind"`
	Contract string        `json:"contract,omitempty"`
	PayDate  calendar.Date `json:"pay_date"`
	Amount   euro.Amount   `json:"amount"`
	Reasons  []Problem     `json:"reasons"`
}

// eea are the countries of the European Economic Area as they begin an IBAN. To
// the others of the SEPA area a bank asks for the address of who pays.
var eea = map[string]bool{
	"NL": true, "BE": true, "DE": true, "FR": true, "LU": true, "AT": true, "ES": true, "IT": true, "PT": true, "IE": true,
	"FI": true, "EE": true, "LV": true, "LT": true, "PL": true, "CZ": true, "SK": true, "SI": true, "HR": true, "HU": true,
	"RO": true, "BG": true, "GR": true, "CY": true, "MT": true, "DK": true, "SE": true, "NO": true, "IS": true, "LI": true,
}

// InEEA reports whether the account is in the European Economic Area.
func (i IBAN) InEEA() bool { return len(i) > 2 && eea[string(i[:2])] }

// held says why a payment does not go to the bank, if it does not.
func (p DuePayment) held(t BankTerms) []Problem {
	var why []Problem
	if p.GrossOnly {
		why = append(why, Reason("payment/gross_only", "", "Van deze loonstrook is geen belasting berekend: een brutoloon wordt niet betaald.", "No tax was computed on this payslip: a gross wage is not paid."))
	}
	if p.Owing {
		why = append(why, Reason("payment/owing", "", "De ontvanger heeft loon van een run die is teruggedraaid: eerst komt dat terug, of wordt het verrekend (receivable refund).", "The payee has wages of a run that was reversed: first that comes back, or is set off (receivable refund)."))
	}
	if !p.Creditor.InEEA() && t.Town == "" {
		why = append(why, Reason("payment/address", "", "De bank van de ontvanger ligt buiten de EER: leg eerst uw plaats vast (bank record --town).", "The payee's bank is outside the EEA: record your town first (bank record --town)."))
	}
	return append(why, p.unconfirmed()...)
}

// hold parts what goes to the bank from what does not.
func (t BankTerms) hold(due []DuePayment) (free []DuePayment, held []HeldPayment) {
	for _, p := range due {
		if why := slices.Concat(p.readdress(), p.redebit(), p.held(t)); len(why) > 0 {
			held = append(held, HeldPayment{p.ID, p.Kind, p.Number, p.PayDate, p.Amount, why})
			continue
		}
		free = append(free, p)
	}
	return free, held
}

// BankFile is one message with payments, as it is handed to a bank.
type BankFile struct {
	ID           uuid.UUID
	Organisation uuid.UUID
	Terms        BankTerms
	MessageID    string // at most 35 characters, unique
	Made         calendar.Moment
	Debtor       string // name of the organisation
	Batches      []BankBatch
}

// BankBatch is what goes from one account on one day. Wages are a batch of their
// own, which the bank books as one amount: who reads the statement of account does not
// read what each person earns.
type BankBatch struct {
	Number    int    // from one, within the file
	ID        string // at most 35 characters, unique
	Salary    bool
	Debtor    IBAN
	Execution calendar.Date
	Lines     []BankLine
}

// BankLine is one attempt to pay a payment.
type BankLine struct {
	Payment   uuid.UUID
	Attempt   int
	EndToEnd  string
	Creditor  IBAN
	Payee     Name
	Amount    euro.Amount
	Reference string
}

// Total is what the lines add up to.
func (b BankBatch) Total() euro.Amount {
	var sum euro.Amount
	for _, l := range b.Lines {
		sum = sum.Add(l.Amount)
	}
	return sum
}

// Payments counts the lines of a file, and Total adds them up.
func (f BankFile) Payments() int {
	n := 0
	for _, b := range f.Batches {
		n += len(b.Lines)
	}
	return n
}

// Total is what the batches add up to.
func (f BankFile) Total() euro.Amount {
	var sum euro.Amount
	for _, b := range f.Batches {
		sum = sum.Add(b.Total())
	}
	return sum
}

// MovedPayments are payments that are not carried out on their day, and why not.
type MovedPayments struct {
	PayDate   calendar.Date `json:"pay_date"`
	Execution calendar.Date `json:"execution"`
	Payments  int           `json:"payments"`
	Reasons   []Problem     `json:"reasons"`
}

// batchKey is what the payments of a batch have in common.
type batchKey struct {
	execution calendar.Date
	salary    bool
	debtor    IBAN
}

// plan puts payments into batches in an order that depends on nothing but what
// they are, and says which days it moved.
func (f *BankFile) plan(due []DuePayment) []MovedPayments {
	slices.SortFunc(due, func(p, q DuePayment) int { return bytes.Compare(p.ID[:], q.ID[:]) })
	batches, moved := map[batchKey]*BankBatch{}, map[calendar.Date]*MovedPayments{}
	for _, p := range due {
		day, why := f.Terms.execution(p.PayDate, f.Made)
		if m := moved[p.PayDate]; m != nil {
			m.Payments++
		} else if day != p.PayDate {
			moved[p.PayDate] = &MovedPayments{p.PayDate, day, 1, why}
		}
		key := batchKey{day, p.Kind == WagePayment, p.Debtor}
		if batches[key] == nil {
			batches[key] = &BankBatch{Salary: key.salary, Debtor: key.debtor, Execution: day}
		}
		batches[key].Lines = append(batches[key].Lines, BankLine{
			Payment: p.ID, Attempt: p.Attempt, EndToEnd: reference26(AttemptID(p.ID, p.Attempt)), Creditor: p.Creditor, Payee: p.Payee, Amount: p.Amount, Reference: p.Reference,
		})
	}
	for _, b := range batches {
		f.Batches = append(f.Batches, *b)
	}
	slices.SortFunc(f.Batches, func(b, c BankBatch) int {
		return cmp.Or(b.Execution.Cmp(c.Execution), cmp.Compare(c.category(), b.category()), cmp.Compare(b.Debtor, c.Debtor))
	})
	for i := range f.Batches {
		f.Batches[i].Number, f.Batches[i].ID = i+1, fmt.Sprintf("%s-%d", f.MessageID, i+1)
	}
	list := make([]MovedPayments, 0, len(moved))
	for _, m := range moved {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(m, n MovedPayments) int { return m.PayDate.Cmp(n.PayDate) })
	return list
}

// category is SALA for wages and empty for all else.
func (b BankBatch) category() string {
	if b.Salary {
		return "SALA"
	}
	return ""
}
