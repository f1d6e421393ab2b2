package subsidy

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// OpenInvoice is an invoice with what is still to be paid of it.
type OpenInvoice struct {
	Number  int           `json:"number"`
	Kind    InvoiceKind   `json:"kind"`
	Debtor  string        `json:"debtor"` // code
	Name    string        `json:"name"`
	Day     calendar.Date `json:"day"`
	Due     calendar.Date `json:"due"`
	Total   euro.Amount   `json:"total"` // with VAT
	Paid    euro.Amount   `json:"paid"`
	Open    euro.Amount   `json:"open"`
	Overdue int           `json:"days_overdue"` // 0: not due yet
	Bucket  AgeBucket     `json:"bucket"`
}

// AgeBucket is how long ago an invoice was due.
type AgeBucket string

// The buckets, in days past the due date.
const (
	NotDue   AgeBucket = "not_due"
	Until30  AgeBucket = "1-30"
	Until60  AgeBucket = "31-60"
	Until90  AgeBucket = "61-90"
	Beyond90 AgeBucket = "over_90"
)

// AgeBuckets lists the buckets in order.
var AgeBuckets = []AgeBucket{NotDue, Until30, Until60, Until90, Beyond90}

// DebtorAge is what one debtor owes, by bucket; the sum over all has no code.
type DebtorAge struct {
	Debtor  string                    `json:"debtor"`
	Name    string                    `json:"name"`
	Buckets map[AgeBucket]euro.Amount `json:"buckets"`
	Total   euro.Amount               `json:"total"`
}

// Ageing is what is open on a day.
type Ageing struct {
	On       calendar.Date `json:"on"`
	Invoices []OpenInvoice `json:"invoices"`
	Debtors  []DebtorAge   `json:"debtors"` // in order of code
	All      DebtorAge     `json:"all"`
}

// Age sorts what is open on a day into buckets: invoices come in order of debtor,
// and an invoice of which nothing is open is left out.
func Age(on calendar.Date, invoices []OpenInvoice) Ageing {
	a := Ageing{On: on, Invoices: []OpenInvoice{}, Debtors: []DebtorAge{}, All: DebtorAge{Buckets: map[AgeBucket]euro.Amount{}}}
	for _, b := range AgeBuckets {
		a.All.Buckets[b] = euro.Zero
	}
	for _, i := range invoices {
		i.Open, i.Overdue = i.Total.Sub(i.Paid), max(0, on.Sub(i.Due))
		i.Bucket = bucketOf(i.Overdue)
		if i.Open.IsZero() {
			continue
		}
		if n := len(a.Debtors); n == 0 || a.Debtors[n-1].Debtor != i.Debtor {
			a.Debtors = append(a.Debtors, DebtorAge{Debtor: i.Debtor, Name: i.Name, Buckets: map[AgeBucket]euro.Amount{}})
		}
		a.Debtors[len(a.Debtors)-1].add(i)
		a.All.add(i)
		a.Invoices = append(a.Invoices, i)
	}
	return a
}

func (d *DebtorAge) add(i OpenInvoice) {
	d.Buckets[i.Bucket] = d.Buckets[i.Bucket].Add(i.Open)
	d.Total = d.Total.Add(i.Open)
}

func bucketOf(overdue int) AgeBucket {
	switch {
	case overdue == 0:
		return NotDue
	case overdue <= 30:
		return Until30
	case overdue <= 60:
		return Until60
	case overdue <= 90:
		return Until90
	}
	return Beyond90
}
