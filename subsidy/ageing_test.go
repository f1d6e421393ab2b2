package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// TestAge sorts open invoices by how long ago they were due, at the edges of each
// bucket; the buckets of all debtors are the sum of theirs.
func TestAge(t *testing.T) {
	on := calendar.MustParse("2026-10-31")
	var list []subsidy.OpenInvoice
	for i, overdue := range []int{-5, 0, 1, 30, 31, 60, 61, 90, 91, 400} {
		list = append(list, subsidy.OpenInvoice{Number: i + 1, Debtor: fmt.Sprintf("D%d", i/5), Due: on.Add(-overdue), Total: euro.Cents(1 << i), Paid: euro.Zero})
	}
	list = append(list, subsidy.OpenInvoice{Number: 11, Debtor: "D2", Due: on, Total: euro.Cents(500), Paid: euro.Cents(500)},
		subsidy.OpenInvoice{Number: 12, Debtor: "D2", Due: on, Total: euro.Cents(500), Paid: euro.Cents(100)})
	a := subsidy.Age(on, list)
	var got []string
	for _, d := range append(a.Debtors, a.All) {
		for _, b := range subsidy.AgeBuckets {
			got = append(got, d.Buckets[b].String())
		}
		got = append(got, d.Total.String())
	}
	want := "0.03 0.12 0.16 0.00 0.00 0.31 0.00 0.00 0.32 1.92 7.68 9.92 4.00 0.00 0.00 0.00 0.00 4.00 4.03 0.12 0.48 1.92 7.68 14.23"
	if strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	if len(a.Invoices) != 11 || a.Invoices[10].Open.String() != "4.00" || a.Invoices[9].Overdue != 400 || a.Invoices[0].Overdue != 0 {
		t.Errorf("invoices: %+v", a.Invoices)
	}
	if empty := subsidy.Age(on, nil); len(empty.All.Buckets) != len(subsidy.AgeBuckets) || !empty.All.Total.IsZero() {
		t.Errorf("nothing open: %+v", empty)
	}
}
