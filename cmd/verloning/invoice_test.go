package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll/euro"
)

// hired lets an employer work in October with people at two inleners, and one
// who is hired out at no price of an hour.
func hired(t *testing.T) (o office, inlener *bus.Client) {
	s := startSite(t, enterable(t))
	o = s.office("ALFA", "AGEM")
	for _, code := range []string{"INLA", "INLB"} {
		s.must(s.admin, "org.register", map[string]any{"code": code, "name": "Inlener " + code, "roles": []string{"inlener"}, "kvk": "12345678"})
	}
	inlener = s.user("INLA", "inkoop", "read")
	for n, place := range map[int]map[string]any{1: {"inlener": "INLA", "price": "25.5050"}, 2: {"inlener": "INLB", "price": "20.00"}, 3: {"inlener": "INLA", "price": "30.00"}} {
		o.hire(n)
		o.must(o.clerk, "placement.record", with(place, map[string]any{"contract": fmt.Sprintf("C-%d", n), "from": "2026-07-01"}))
		o.submit(o.clerk, uuid.NewString(), lines(fmt.Sprintf("C-%d", n), "8.00", "2026-10-01", "2026-10-05", "2026-10-06"))
	}
	return o, inlener
}

// invoiced shows what an issue made: number, kind, debtor and total of each.
func invoiced(reply map[string]any) string {
	var list []string
	for _, i := range reply["invoices"].([]any) {
		i := i.(map[string]any)
		list = append(list, fmt.Sprintf("%v %v %v %v", i["number"], i["kind"], i["debtor"], i["total"]))
	}
	return strings.Join(list, "; ")
}

// TestInvoices charges hire prices, takes an invoice back, charges it anew, and
// follows what is open until it is paid.
func TestInvoices(t *testing.T) {
	o, inlener := hired(t)
	issue := map[string]any{"period": "2026-10", "day": "2026-11-02", "due_days": 14}
	if got := o.refused(o.clerk, "invoice.issue", issue); got != "invoice/none" {
		t.Errorf("before approval: %s", got)
	}
	run := o.open("2026-10")
	o.calculate(o.clerk, run)
	o.approve(run)
	// 24 × 25.505 = 612.12 and 24 × 30 = 720.00, with 21 % on each line: 128.55 and 151.20.
	if got, want := invoiced(o.must(o.clerk, "invoice.issue", with(issue, map[string]any{"inlener": "INLA", "idempotency_key": "i1"}))), "1 invoice INLA 1611.87"; got != want {
		t.Errorf("issued %s, want %s", got, want)
	}
	if got := invoiced(o.must(o.clerk, "invoice.issue", with(issue, map[string]any{"inlener": "INLA", "idempotency_key": "i1"}))); !strings.HasPrefix(got, "1 ") {
		t.Errorf("the same request again: %s", got)
	}
	if got, want := invoiced(o.must(o.clerk, "invoice.issue", issue)), "2 invoice INLB 580.80"; got != want {
		t.Errorf("issued %s, want %s", got, want)
	}
	t.Run("letterheads", func(t *testing.T) { o.hasLetterheads(t) })
	t.Run("document", func(t *testing.T) {
		name, file := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 1})
		shows(t, file, "Factuur – ALFA-00001", "Werkbedrijf ALFA", "Inlener INLA", "KvK 12345678", "Datum 02-11-2026", "Te betalen voor 16-11-2026",
			"C-1 01-10-2026 – 31-10-2026 24,00 25,505 21 612,12", "C-3 01-10-2026 – 31-10-2026 24,00 30,00 21 720,00", "Zonder btw 1.332,12", "21% 1.332,12 279,75", "Te betalen (€) 1.611,87",
			"NL91\u00A0ABNA\u00A00417\u00A01643\u00A000")
		if strings.Contains(textOf(t, file), "Jansen") || name != "factuur-ALFA-00001.pdf" {
			t.Errorf("%s names who is hired out", name)
		}
		_, theirs := o.drawn(inlener, "invoice.pdf", map[string]any{"number": 1, "employer": "ALFA", "lang": "en"})
		shows(t, theirs, "Invoice – ALFA-00001", "1,611.87")
	})
	t.Run("isolation", func(t *testing.T) {
		for endpoint, request := range map[string]map[string]any{"invoice.pdf": {"number": 2, "employer": "ALFA"}} {
			for who, c := range map[string]*bus.Client{"the other inlener": inlener, "the municipality": o.control} {
				if got := o.refused(c, endpoint, request); got != "invoice/unknown" {
					t.Errorf("%s by %s: %s", endpoint, who, got)
				}
			}
		}
		if list := o.must(inlener, "invoice.list", map[string]any{})["invoices"].([]any); len(list) != 1 {
			t.Errorf("an inlener sees %s", pretty(list))
		}
		if got := o.refused(o.boss, "invoice.issue", issue); got != "invoice/none" {
			t.Errorf("issued twice: %s", got)
		}
	})
	t.Run("bad input", func(t *testing.T) { o.badInvoices(t, inlener) })
	t.Run("credit", func(t *testing.T) { o.credits(t) })
	t.Run("ageing", func(t *testing.T) { o.ages(t) })
}

// hasLetterheads records addresses after the first two invoices: those stay as they
// were, and say what they lack; the next ones have them.
func (o office) hasLetterheads(t *testing.T) {
	_, before := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 1})
	shows(t, before, "Het btw-nummer van de leverancier of een adres is niet vastgelegd")
	for _, letterhead := range []map[string]any{
		{"organisation": "ALFA", "street": "Oude Kade 1", "place": "1234 AB Stad"}, {"organisation": "ALFA", "street": "Kade 2", "place": "1234 AB Stad", "vat_id": "NL123456789B01"},
		{"organisation": "INLA", "street": "Bedrijfsweg 7", "place": "5678 CD Dorp"},
	} {
		o.must(o.admin, "letterhead.record", letterhead)
	}
	if _, after := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 1}); !bytes.Equal(after, before) {
		t.Error("an invoice changed after it was issued")
	}
	good := map[string]any{"organisation": "ALFA", "street": "x", "place": "x"}
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"organisation": "NERGENS"}, "organisation/unknown"}, {map[string]any{"vat_id": "NL1B2"}, "letterhead/vat_id"},
		{map[string]any{"street": nil, "place": strings.Repeat("x", 101), "vat_id": "x"}, "field/required field/too_long letterhead/vat_id"},
	} {
		if got := o.refused(o.admin, "letterhead.record", with(good, c.change)); sorted(got) != sorted(c.want) {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
}

func (o office) badInvoices(t *testing.T, inlener *bus.Client) {
	for _, c := range []struct {
		who      *bus.Client
		endpoint string
		request  map[string]any
		want     string
	}{
		{o.clerk, "invoice.issue", map[string]any{"period": "x", "day": "y", "due_days": 500, "inlener": "?"}, "period/invalid date/invalid number/out_of_range field/code"},
		{o.clerk, "invoice.issue", map[string]any{"period": "2026-10", "day": "2030-01-01"}, "date/future"},
		{o.clerk, "invoice.issue", map[string]any{"period": "2026-10", "day": "2026-11-01"}, "invoice/day_before_last"},
		{o.control, "invoice.issue", map[string]any{"period": "2026-10"}, "user/role"},
		{o.clerk, "invoice.credit", map[string]any{"number": 1}, "field/required"},
		{o.clerk, "invoice.credit", map[string]any{"number": 9, "reason": "x"}, "invoice/unknown"},
		{inlener, "invoice.credit", map[string]any{"number": 1, "reason": "x"}, "user/role"},
		{o.clerk, "ageing.show", map[string]any{"on": "2030-01-01"}, "date/future"},
		{o.clerk, "ageing.pdf", map[string]any{"on": "x", "lang": "fr"}, "date/invalid field/not_allowed"},
	} {
		if got := o.refused(c.who, c.endpoint, c.request); sorted(got) != sorted(c.want) {
			t.Errorf("%s %v: %s, want %s", c.endpoint, c.request, got, c.want)
		}
	}
}

// credits takes the first invoice back twice at the same moment: once it is done.
// What it charged is charged anew, and numbers have no gap.
func (o office) credits(t *testing.T) {
	_, sent := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 1})
	var both sync.WaitGroup
	for n := range 2 {
		both.Go(func() {
			_, _ = o.call([]*bus.Client{o.clerk, o.boss}[n], "invoice.credit", map[string]any{"number": 1, "day": "2026-11-10", "reason": "verkeerde inlener"})
		})
	}
	both.Wait()
	if got := o.refused(o.clerk, "invoice.credit", map[string]any{"number": 1, "reason": "x"}); got != "invoice/credited" {
		t.Errorf("again: %s", got)
	}
	if got := o.refused(o.clerk, "invoice.credit", map[string]any{"number": 3, "reason": "x"}); got != "invoice/credit_note" {
		t.Errorf("a credit note: %s", got)
	}
	_, file := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 3})
	shows(t, file, "Creditnota – ALFA-00003", "Crediteert factuur ALFA-00001", "verkeerde inlener", "-24,00 25,505 21 -612,12", "21% -1.332,12 -279,75", "-1.611,87")
	if _, taken := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 1}); !bytes.Equal(taken, sent) {
		t.Error("an invoice that was taken back is not what was sent")
	}
	if got, want := invoiced(o.must(o.clerk, "invoice.issue", map[string]any{"period": "2026-10", "day": "2026-11-12"})), "4 invoice INLA 1611.87"; got != want {
		t.Errorf("charged anew: %s, want %s", got, want)
	}
	_, anew := o.drawn(o.clerk, "invoice.pdf", map[string]any{"number": 4})
	shows(t, anew, "Kade 2 1234 AB Stad Btw-nummer NL123456789B01", "Bedrijfsweg 7 5678 CD Dorp")
	if strings.Contains(textOf(t, anew), "niet vastgelegd") {
		t.Error("it lacks nothing and says so")
	}
	conn := o.sqlOnce()
	if got := one[string](t, conn, `SELECT string_agg(number || ' ' || kind, ', ' ORDER BY number) FROM invoice`); got != "1 invoice, 2 invoice, 3 credit, 4 invoice" {
		t.Errorf("invoices: %s", got)
	}
	for _, change := range []string{`UPDATE invoice SET due = due + 1`, `DELETE FROM invoice_line`, `INSERT INTO invoice (id, employer, number, kind, debtor, day, due, net, vat, issued_by)
		SELECT gen_random_uuid(), employer, 6, kind, debtor, day, due, net, vat, issued_by FROM invoice WHERE number = 4`} {
		if _, err := conn.Exec(t.Context(), change); err == nil {
			t.Errorf("%s was taken", change)
		}
	}
}

// ages follows the invoices over time: what was taken back is out with its note,
// and what is paid is no longer open.
func (o office) ages(t *testing.T) {
	stands := func(on string) string {
		a := o.must(o.clerk, "ageing.show", map[string]any{"on": on})
		all := a["all"].(map[string]any)
		b := all["buckets"].(map[string]any)
		return fmt.Sprintf("%v %v %v %v %v = %v", b["not_due"], b["1-30"], b["31-60"], b["61-90"], b["over_90"], all["total"])
	}
	for on, want := range map[string]string{
		"2026-11-01": "0.00 0.00 0.00 0.00 0.00 = 0.00", "2026-11-02": "2192.67 0.00 0.00 0.00 0.00 = 2192.67",
		"2026-11-10": "580.80 0.00 0.00 0.00 0.00 = 580.80", "2026-11-17": "1611.87 580.80 0.00 0.00 0.00 = 2192.67",
	} {
		if got := stands(on); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
	accountant := o.user(o.e, "accountant", "control")
	o.must(accountant, "claim.settle", map[string]any{"all": true, "period": "2026-10", "employer": o.e, "day": "2026-11-16", "reference": "afschrift 1"})
	if got := stands("2026-11-15"); got != "2192.67 0.00 0.00 0.00 0.00 = 2192.67" {
		t.Errorf("the day before the money came: %s", got)
	}
	_, file := o.drawn(o.clerk, "ageing.pdf", map[string]any{"on": "2026-11-15"})
	shows(t, file, "Openstaande posten – 15-11-2026", "INLB Inlener INLB 580,80", "INLA ALFA-00004 12-11-2026 12-12-2026 0 1.611,87 0,00 1.611,87", "2.192,67")
	if got := stands("2026-11-17"); got != "0.00 0.00 0.00 0.00 0.00 = 0.00" {
		t.Errorf("paid: %s", got)
	}
	if got := o.refused(o.clerk, "invoice.credit", map[string]any{"number": 4, "reason": "x"}); got != "invoice/settled" {
		t.Errorf("crediting what was paid: %s", got)
	}
	if sum := euro.Sum(euro.MustParse("1611.87"), euro.MustParse("580.80")); sum.String() != one[string](t, o.sqlOnce(), `SELECT sum(s.amount)::text FROM settlement s JOIN claim m ON m.id = s.claim WHERE m.kind = 'hire'`) {
		t.Errorf("settled is not what was invoiced: %s", sum)
	}
}
