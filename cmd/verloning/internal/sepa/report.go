package sepa

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Read reads a pain.002 of any version or a camt.053 of version 2 or 8, by the names
// of elements alone. It refuses with every reason at once, each by the number of the
// entry, and repeats nothing of what stands there.
func Read(content []byte) (payroll.BankReport, error) {
	var d reportDocument
	decoder := xml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&d); err != nil || !ended(decoder) {
		return payroll.BankReport{}, payroll.Refuse(payroll.Invalid, payroll.Reason("bank/no_xml", "content",
			"Dit is geen leesbare XML in UTF-8, of er staat nog iets achter.", "This is no readable XML in UTF-8, or something follows it."))
	}
	r := reading{lines: map[string]int{}}
	switch {
	case d.Status != nil:
		r.report.Kind = "pain.002"
		r.status(*d.Status)
	case d.Statements != nil:
		r.report.Kind = "camt.053"
		r.statements(d)
	default:
		r.refuse(0, "bank/other_message", "Dit is geen pain.002 en geen camt.053.", "This is no pain.002 and no camt.053.")
	}
	if len(r.problems) > 0 {
		return payroll.BankReport{}, payroll.Refuse(payroll.Invalid, r.problems[:min(len(r.problems), 200)]...)
	}
	return r.report, nil
}

// ended reports whether nothing but space follows.
func ended(decoder *xml.Decoder) bool {
	for {
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		if text, is := token.(xml.CharData); !is || len(bytes.TrimSpace(text)) > 0 {
			return false
		}
	}
}

// reading collects lines and faults of one message.
type reading struct {
	report   payroll.BankReport
	problems []payroll.Problem
	lines    map[string]int // how often a reference came by
	entry    int
}

func (r *reading) refuse(entry int, kind, nl, en string) {
	r.problems = append(r.problems, payroll.Reason(kind, "content", nl, en).At(entry))
}

// short takes a name of at most 35 characters, as all of them are.
func (r *reading) short(text string) string {
	text = strings.TrimSpace(text)
	if len([]rune(text)) > 35 {
		r.refuse(r.entry, "bank/too_long", "Een kenmerk is langer dan 35 tekens.", "A reference is longer than 35 characters.")
		return ""
	}
	return text
}

// add keeps a line. A bank that gives two lines one reference means two lines.
func (r *reading) add(l payroll.ReportLine) {
	l.Number = r.entry
	if r.lines[l.Reference]++; r.lines[l.Reference] > 1 {
		l.Reference = fmt.Sprintf("%s#%d", l.Reference, r.lines[l.Reference])
	}
	r.report.Lines = append(r.report.Lines, l)
}

// status reads what became of orders. Only rejections are told: what was accepted is
// settled when it leaves the account.
func (r *reading) status(s statusReport) {
	r.report.MessageID = r.short(s.MessageID)
	file := r.short(s.Group.MessageID)
	if r.report.MessageID == "" || file == "" {
		r.refuse(0, "bank/no_name", "Het bericht noemt zichzelf niet, of niet waar het over gaat.", "The message does not name itself, or what it is about.")
	}
	reject := func(l payroll.ReportLine, why []reasonInfo) {
		r.entry++
		l.Kind, l.Reason, l.Reference = payroll.BankRejection, r.code(why), fmt.Sprintf("%s/%d", r.report.MessageID, r.entry)
		r.add(l)
	}
	if s.Group.Status == "RJCT" {
		reject(payroll.ReportLine{File: file}, s.Group.Reasons)
		return
	}
	for _, b := range s.Batches {
		batch := r.short(b.ID)
		if b.Status == "RJCT" {
			reject(payroll.ReportLine{File: file, Batch: batch}, b.Reasons)
			continue
		}
		for _, t := range b.Lines {
			if t.Status == "RJCT" {
				name := r.short(t.EndToEnd)
				if name == "" {
					r.refuse(r.entry+1, "bank/no_name", "Een geweigerde opdracht heeft geen EndToEndId.", "A rejected order has no EndToEndId.")
				}
				reject(payroll.ReportLine{File: file, Batch: batch, EndToEnd: name}, t.Reasons)
			}
		}
	}
}

// code is the first code of why; banks write their own in another element.
func (r *reading) code(why []reasonInfo) string {
	for _, w := range why {
		if c := r.short(w.Code + w.Own); c != "" {
			return c
		}
	}
	return ""
}

// statements reads what went over accounts, as far as it is booked.
func (r *reading) statements(d reportDocument) {
	if space := d.XMLName.Space; !strings.HasSuffix(space, "camt.053.001.02") && !strings.HasSuffix(space, "camt.053.001.08") {
		r.refuse(0, "bank/version", "Van camt.053 worden versie 02 en 08 gelezen.", "Of camt.053 versions 02 and 08 are read.")
	}
	r.report.MessageID = r.short(d.MessageID)
	for _, s := range d.Statements {
		account := payroll.TidyIBAN(s.IBAN)
		if !account.Valid() {
			r.refuse(0, "bank/no_account", "Een afschrift noemt geen geldig IBAN.", "A statement names no valid IBAN.")
		}
		for i, e := range s.Entries {
			r.entry++
			r.booked(account, fmt.Sprintf("%s/%d", r.short(s.ID), i+1), e)
		}
	}
}

// booked reads one entry: each transaction that names an order is a line of its own,
// and else the entry is one line, of a batch.
func (r *reading) booked(account payroll.IBAN, place string, e entry) {
	if status := strings.TrimSpace(e.Status.Plain) + e.Status.Code; status != "BOOK" {
		return
	}
	l := payroll.ReportLine{Account: account, Amount: r.amount(e.Amount), Day: r.day(e.Booked), Reference: place}
	if ref := r.short(e.ServicerRef); ref != "" {
		l.Reference = ref
	}
	switch e.Sign {
	case "DBIT":
		l.Kind = payroll.BankDebit
	case "CRDT":
		l.Kind = payroll.BankCredit
	default:
		r.refuse(r.entry, "bank/no_sign", "Het is niet te lezen of dit af- of bijschrijving is.", "It cannot be read whether this is a debit or a credit.")
	}
	parts, sum := r.parts(l, e)
	if len(parts) > 0 && sum.Equal(l.Amount) {
		for _, p := range parts {
			r.add(p)
		}
		return
	}
	var stated []string
	for _, d := range e.Details {
		l.File, l.Batch = r.short(or(l.File, d.Batch.MessageID)), r.short(or(l.Batch, d.Batch.ID))
		for _, t := range d.Lines {
			l.File, l.Batch = r.short(or(l.File, t.Refs.MessageID)), r.short(or(l.Batch, t.Refs.Batch))
			stated = append(stated, t.owed())
		}
	}
	l.Owed = payroll.FindOweReference(strings.Join(stated, " "))
	r.add(l)
}

// parts are the transactions of an entry that name an order, and what they add up to.
// An entry is only taken apart where they add up to the whole of it.
func (r *reading) parts(l payroll.ReportLine, e entry) (list []payroll.ReportLine, sum euro.Amount) {
	for _, d := range e.Details {
		for _, t := range d.Lines {
			p := l
			p.Reference = fmt.Sprintf("%s/%d", l.Reference, len(list)+1)
			p.File, p.Batch, p.EndToEnd = r.short(or(t.Refs.MessageID, d.Batch.MessageID)), r.short(or(t.Refs.Batch, d.Batch.ID)), r.short(t.Refs.EndToEnd)
			p.Reason, p.Owed = r.code(t.Return), t.owed()
			if p.EndToEnd == "NOTPROVIDED" {
				p.EndToEnd = ""
			}
			if p.EndToEnd == "" && p.Owed == "" {
				return nil, sum
			}
			if own := t.own(); own != nil {
				p.Amount = r.amount(*own)
			} else if len(e.Details) > 1 || len(d.Lines) > 1 {
				return nil, sum
			}
			list, sum = append(list, p), sum.Add(p.Amount)
		}
	}
	return list, sum
}

func (r *reading) amount(a entryAmount) euro.Amount {
	amount, err := euro.Parse(strings.TrimSpace(a.Value))
	if err != nil || amount.Sign() < 0 || a.Currency != "EUR" {
		r.refuse(r.entry, "bank/amount", "Het bedrag is geen bedrag in euro's.", "The amount is no amount in euros.")
	}
	return amount
}

func (r *reading) day(d entryDay) calendar.Date {
	text := d.Day
	if text == "" && len(d.Time) >= 10 {
		text = d.Time[:10]
	}
	day, err := calendar.Parse(strings.TrimSpace(text))
	if err != nil {
		r.refuse(r.entry, "bank/no_day", "De boekdatum is geen datum.", "The booking date is no date.")
	}
	return day
}

func or(first, second string) string {
	if strings.TrimSpace(first) != "" {
		return first
	}
	return second
}

// The messages, as far as they are read.
type reportDocument struct {
	XMLName    xml.Name
	Status     *statusReport     `xml:"CstmrPmtStsRpt"`
	MessageID  string            `xml:"BkToCstmrStmt>GrpHdr>MsgId"`
	Statements []reportStatement `xml:"BkToCstmrStmt>Stmt"`
}

type statusReport struct {
	MessageID string `xml:"GrpHdr>MsgId"`
	Group     struct {
		MessageID string       `xml:"OrgnlMsgId"`
		Status    string       `xml:"GrpSts"`
		Reasons   []reasonInfo `xml:"StsRsnInf"`
	} `xml:"OrgnlGrpInfAndSts"`
	Batches []struct {
		ID      string       `xml:"OrgnlPmtInfId"`
		Status  string       `xml:"PmtInfSts"`
		Reasons []reasonInfo `xml:"StsRsnInf"`
		Lines   []struct {
			EndToEnd string       `xml:"OrgnlEndToEndId"`
			Status   string       `xml:"TxSts"`
			Reasons  []reasonInfo `xml:"StsRsnInf"`
		} `xml:"TxInfAndSts"`
	} `xml:"OrgnlPmtInfAndSts"`
}

type reasonInfo struct {
	Code string `xml:"Rsn>Cd"`
	Own  string `xml:"Rsn>Prtry"`
}

type reportStatement struct {
	ID      string  `xml:"Id"`
	IBAN    string  `xml:"Acct>Id>IBAN"`
	Entries []entry `xml:"Ntry"`
}

type entry struct {
	Amount entryAmount `xml:"Amt"`
	Sign   string      `xml:"CdtDbtInd"`
	Status struct {
		Plain string `xml:",chardata"` // version 2
		Code  string `xml:"Cd"`        // version 8
	} `xml:"Sts"`
	Booked      entryDay      `xml:"BookgDt"`
	ServicerRef string        `xml:"AcctSvcrRef"`
	Details     []entryDetail `xml:"NtryDtls"`
}

type entryDay struct {
	Day  string `xml:"Dt"`
	Time string `xml:"DtTm"`
}

type entryAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type entryDetail struct {
	Batch struct {
		MessageID string `xml:"MsgId"`
		ID        string `xml:"PmtInfId"`
	} `xml:"Btch"`
	Lines []transaction `xml:"TxDtls"`
}

type transaction struct {
	Refs struct {
		MessageID string `xml:"MsgId"`
		Batch     string `xml:"PmtInfId"`
		EndToEnd  string `xml:"EndToEndId"`
	} `xml:"Refs"`
	Amount *entryAmount `xml:"Amt"`               // version 8
	Detail *entryAmount `xml:"AmtDtls>TxAmt>Amt"` // version 2, and some banks in both
	Return []reasonInfo `xml:"RtrInf"`
	Stated []string     `xml:"RmtInf>Ustrd"`               // what the payer wrote, of which nothing else is kept
	Struct []string     `xml:"RmtInf>Strd>CdtrRefInf>Ref"` // and stated as a reference
}

// owed is the reference of something that is owed, where the payer stated one.
func (t transaction) owed() string {
	return payroll.FindOweReference(strings.Join(t.Struct, " ") + " " + strings.Join(t.Stated, ""))
}

// own is the amount of the transaction where the bank gives one.
func (t transaction) own() *entryAmount {
	if t.Amount != nil {
		return t.Amount
	}
	return t.Detail
}
