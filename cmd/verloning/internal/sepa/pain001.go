package sepa

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"

	"verloning/payroll"
)

// What a bank takes at most of a name and of what is told the payee.
const (
	mostName  = 70
	mostTown  = 35
	mostWords = 140
)

// Write makes the pain.001 message of a file, in the version that its terms name.
// The same file gives the same bytes.
func Write(f payroll.BankFile) ([]byte, error) {
	v := version{nine: f.Terms.Format != payroll.Pain03}
	m := message{Namespace: "urn:iso:std:iso:20022:tech:xsd:" + string(f.Terms.Format)}
	m.Transfer.Header = header{
		MessageID: f.MessageID, Created: f.Made.String(), Count: strconv.Itoa(f.Payments()), Sum: f.Total().String(), Initiator: party{Name: clean(f.Debtor, mostName)},
	}
	for _, b := range f.Batches {
		m.Transfer.Batches = append(m.Transfer.Batches, v.batch(f, b))
	}
	out := bytes.NewBufferString(xml.Header)
	encoder := xml.NewEncoder(out)
	encoder.Indent("", " ")
	if err := encoder.Encode(m); err != nil {
		return nil, fmt.Errorf("pain.001: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// version is where the messages differ: the name of a bank's code, and whether a
// day stands in an element of its own.
type version struct{ nine bool }

func (v version) day(text string) executionDay {
	if v.nine {
		return executionDay{Day: text}
	}
	return executionDay{Plain: text}
}

// agent is the bank of who pays; without its code it is known by the account.
func (v version) agent(bic string) agent {
	switch {
	case bic == "":
		return agent{Other: &other{"NOTPROVIDED"}}
	case v.nine:
		return agent{BICFI: bic}
	}
	return agent{BIC: bic}
}

func (v version) batch(f payroll.BankFile, b payroll.BankBatch) batch {
	out := batch{
		ID: b.ID, Method: "TRF", AsOne: b.Salary, Count: strconv.Itoa(len(b.Lines)), Sum: b.Total().String(), Service: "SEPA",
		Execution: v.day(b.Execution.String()), Debtor: party{Name: clean(f.Debtor, mostName)}, Account: account{b.Debtor.Reveal()},
		Agent: v.agent(f.Terms.BIC), Charges: "SLEV",
	}
	if b.Salary {
		out.Category = &code{"SALA"}
	}
	for _, l := range b.Lines {
		// A bank outside the EEA wants to know where the money comes from, and no
		// other does. The address is structured: loose lines are refused since 2026.
		if !l.Creditor.InEEA() && f.Terms.Town != "" {
			out.Debtor.Address = &address{Town: clean(f.Terms.Town, mostTown), Country: b.Debtor.Reveal()[:2]}
		}
		out.Lines = append(out.Lines, line{
			EndToEnd: l.EndToEnd, Amount: amount{"EUR", l.Amount.String()}, Creditor: party{Name: clean(l.Payee.Reveal(), mostName)},
			Account: account{l.Creditor.Reveal()}, Words: words{clean(l.Reference, mostWords)},
		})
	}
	return out
}

// The message, in the order of its schema.
type message struct {
	XMLName   xml.Name `xml:"Document"`
	Namespace string   `xml:"xmlns,attr"`
	Transfer  struct {
		Header  header  `xml:"GrpHdr"`
		Batches []batch `xml:"PmtInf"`
	} `xml:"CstmrCdtTrfInitn"`
}

type header struct {
	MessageID string `xml:"MsgId"`
	Created   string `xml:"CreDtTm"`
	Count     string `xml:"NbOfTxs"`
	Sum       string `xml:"CtrlSum"`
	Initiator party  `xml:"InitgPty"`
}

type batch struct {
	ID        string       `xml:"PmtInfId"`
	Method    string       `xml:"PmtMtd"`
	AsOne     bool         `xml:"BtchBookg"`
	Count     string       `xml:"NbOfTxs"`
	Sum       string       `xml:"CtrlSum"`
	Service   string       `xml:"PmtTpInf>SvcLvl>Cd"`
	Category  *code        `xml:"PmtTpInf>CtgyPurp"`
	Execution executionDay `xml:"ReqdExctnDt"`
	Debtor    party        `xml:"Dbtr"`
	Account   account      `xml:"DbtrAcct"`
	Agent     agent        `xml:"DbtrAgt"`
	Charges   string       `xml:"ChrgBr"`
	Lines     []line       `xml:"CdtTrfTxInf"`
}

type line struct {
	EndToEnd string  `xml:"PmtId>EndToEndId"`
	Amount   amount  `xml:"Amt>InstdAmt"`
	Creditor party   `xml:"Cdtr"`
	Account  account `xml:"CdtrAcct"`
	Words    words   `xml:"RmtInf"`
}

type executionDay struct {
	Plain string `xml:",chardata"`
	Day   string `xml:"Dt,omitempty"`
}

type party struct {
	Name    string   `xml:"Nm"`
	Address *address `xml:"PstlAdr"`
}

type address struct {
	Town    string `xml:"TwnNm"`
	Country string `xml:"Ctry"`
}

type account struct {
	IBAN string `xml:"Id>IBAN"`
}

type agent struct {
	BIC   string `xml:"FinInstnId>BIC,omitempty"`
	BICFI string `xml:"FinInstnId>BICFI,omitempty"`
	Other *other `xml:"FinInstnId>Othr"`
}

type other struct {
	ID string `xml:"Id"`
}

type code struct {
	Code string `xml:"Cd"`
}

type words struct {
	Text string `xml:"Ustrd"`
}

type amount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}
