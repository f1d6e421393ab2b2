package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	texttemplate "text/template" // its own name is a variable of the tests

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// demoBank is the bank of an organisation as the demo plays it: it reads the file of
// payments that it is given, carries it out and writes what it booked (camt.053).
// What it writes follows from what it read, so that it writes the same bytes when the
// demo is started again.
type demoBank struct {
	org     string
	balance euro.Amount
	back    euro.Amount    // what came back of what was ordered
	written map[string]int // files of a month, to number them by
	last    demoOrders
}

// demoBalance is what was on every account before: invented.
var demoBalance = euro.MustParse("250000.00")

// bank is the bank of an organisation.
func (d *demo) bank(org string) *demoBank {
	if d.banking[org] == nil {
		d.banking[org] = &demoBank{org: org, balance: demoBalance, written: map[string]int{}}
	}
	return d.banking[org]
}

// names numbers the files of a month in the order in which they go over and back.
func (b *demoBank) names(period string) string {
	b.written[period]++
	return fmt.Sprintf("%s-%s-%d", b.org, period, b.written[period])
}

// demoOrders is what the bank reads of a file of payments (pain.001.001.09).
type demoOrders struct {
	Message string      `xml:"CstmrCdtTrfInitn>GrpHdr>MsgId"`
	Made    string      `xml:"CstmrCdtTrfInitn>GrpHdr>CreDtTm"`
	Batches []demoBatch `xml:"CstmrCdtTrfInitn>PmtInf"`
}

// day is when the file was made: the bank books on that day or the next one that it is
// open, and what is noted by hand can not lie ahead.
func (o demoOrders) day() string {
	day, _, _ := strings.Cut(o.Made, "T")
	return day
}

type demoBatch struct {
	ID      string      `xml:"PmtInfId"`
	Day     string      `xml:"ReqdExctnDt>Dt"`
	Total   string      `xml:"CtrlSum"`
	Purpose string      `xml:"PmtTpInf>CtgyPurp>Cd"`
	Account string      `xml:"DbtrAcct>Id>IBAN"`
	Orders  []demoOrder `xml:"CdtTrfTxInf"`
}

type demoOrder struct {
	EndToEnd string `xml:"PmtId>EndToEndId"`
	Amount   string `xml:"Amt>InstdAmt"`
	About    string `xml:"RmtInf>Ustrd"`
}

// demoEntry is what the bank booked on an account: a batch that left it, or an order
// that came back.
type demoEntry struct {
	Amount                euro.Amount
	Day                   calendar.Date
	Reference, Message    string
	Batch                 string
	Salary, Back          bool
	Orders                int
	EndToEnd, About, Code string
}

// debits carries out every batch of a file on its day.
func (b *demoBank) debits(name string, orders demoOrders) ([]byte, error) {
	b.last = orders
	var entries []demoEntry
	for i, one := range orders.Batches {
		e, err := one.entry(one.Total)
		if err != nil {
			return nil, err
		}
		e.Reference, e.Message, e.Batch = fmt.Sprintf("%s-%d", name, i+1), orders.Message, one.ID
		e.Salary, e.Orders = one.Purpose == "SALA", len(one.Orders)
		entries = append(entries, e)
	}
	return b.states(name, entries)
}

// returns brings one order of the last file back on the day that it went, for a
// reason that has a code.
func (b *demoBank) returns(name, contract, code string) ([]byte, error) {
	for _, one := range b.last.Batches {
		for _, o := range one.Orders {
			if !strings.HasSuffix(o.About, " "+contract) {
				continue
			}
			e, err := one.entry(o.Amount)
			if err != nil {
				return nil, err
			}
			e.Reference, e.Back, e.EndToEnd, e.About, e.Code = name+"-1", true, o.EndToEnd, o.About, code
			return b.states(name, []demoEntry{e})
		}
	}
	return nil, fmt.Errorf("demo: no order of the last file of %s is about %s", b.org, contract)
}

// entry books an amount on the day of a batch.
func (one demoBatch) entry(amount string) (e demoEntry, err error) {
	if e.Day, err = calendar.Parse(one.Day); err == nil {
		e.Amount, err = euro.Parse(amount)
	}
	if err != nil {
		err = fmt.Errorf("demo: bank file: %w", err)
	}
	return e, err
}

// states writes the statement of a day.
func (b *demoBank) states(name string, entries []demoEntry) ([]byte, error) {
	opening := b.balance
	for _, e := range entries {
		if e.Back {
			b.balance, b.back = b.balance.Add(e.Amount), b.back.Add(e.Amount)
		} else {
			b.balance = b.balance.Sub(e.Amount)
		}
	}
	layout, err := texttemplate.ParseFS(demoFiles, "demo/camt.053.xml")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var text bytes.Buffer
	err = layout.Execute(&text, map[string]any{
		"ID": name, "Account": b.last.Batches[0].Account, "Day": entries[len(entries)-1].Day, "Opening": opening, "Closing": b.balance, "Entries": entries,
	})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return text.Bytes(), nil
}

// readOrders reads a file of payments.
func readOrders(content []byte) (orders demoOrders, err error) {
	if err = xml.Unmarshal(content, &orders); err != nil {
		return orders, fmt.Errorf("demo: bank file: %w", err)
	}
	return orders, nil
}
