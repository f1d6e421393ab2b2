package main

import (
	"fmt"
	"regexp"
	"strings"

	"verloning/cmd/verloning/internal/bus"
)

// bankMove is what a bank tells of an account in these tests.
type bankMove struct {
	ref, sign, amount, day string // sign: DBIT or CRDT
	batch                  string // PmtInfId of a batch that is booked as one
	name, reason           string // EndToEndId, and why it came back
	about                  string // what the payer wrote
}

// camt writes a statement of one version of camt.053.
func camt(version, iban, id string, moves ...bankMove) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.%s"><BkToCstmrStmt><GrpHdr><MsgId>%s</MsgId></GrpHdr>`+
		`<Stmt><Id>%s</Id><Acct><Id><IBAN>%s</IBAN></Id></Acct>`, version, id, id, iban)
	for _, m := range moves {
		status, amount := "BOOK", fmt.Sprintf(`<AmtDtls><TxAmt><Amt Ccy="EUR">%s</Amt></TxAmt></AmtDtls>`, m.amount)
		if version == "08" {
			status, amount = "<Cd>BOOK</Cd>", fmt.Sprintf(`<Amt Ccy="EUR">%s</Amt>`, m.amount)
		}
		_, _ = fmt.Fprintf(&b, `<Ntry><Amt Ccy="EUR">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts>%s</Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef><NtryDtls>`, m.amount, m.sign, status, m.day, m.ref)
		if m.batch != "" {
			_, _ = fmt.Fprintf(&b, `<Btch><PmtInfId>%s</PmtInfId></Btch>`, m.batch)
		} else {
			_, _ = fmt.Fprintf(&b, `<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>%s<RltdPties><Cdtr><Nm>Jan Jansen</Nm></Cdtr></RltdPties>`, m.name, amount)
			if m.reason != "" {
				_, _ = fmt.Fprintf(&b, `<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>`, m.reason)
			}
			if m.about != "" {
				_, _ = fmt.Fprintf(&b, `<RmtInf><Ustrd>%s</Ustrd></RmtInf>`, m.about)
			}
			b.WriteString(`</TxDtls>`)
		}
		b.WriteString(`</NtryDtls></Ntry>`)
	}
	return b.String() + `</Stmt></BkToCstmrStmt></Document>`
}

// pain002 tells that a file, a batch or orders were rejected.
func pain002(id, file, batch string, names ...string) string {
	group, rest := "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>", ""
	if batch != "" {
		group, rest = "", "<OrgnlPmtInfAndSts><OrgnlPmtInfId>"+batch+"</OrgnlPmtInfId>"
		for _, name := range names {
			rest += "<TxInfAndSts><OrgnlEndToEndId>" + name + "</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>"
		}
		rest += "</OrgnlPmtInfAndSts>"
	}
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>` + id + `</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>` + file +
		`</OrgnlMsgId>` + group + `</OrgnlGrpInfAndSts>` + rest + `</CstmrPmtStsRpt></Document>`
}

// report hands a message of the bank in.
func report(message string) map[string]any {
	text, err := packed([]byte(message))
	if err != nil {
		panic(err)
	}
	return map[string]any{"content": text}
}

// told hands a message in and says what came of it: new lines, settled, returned, rejected,
// unmatched.
func (s *site) told(c *bus.Client, message string) string {
	s.t.Helper()
	r := s.must(c, "payment.import", report(message))
	return words(r["lines"], r["settled"], r["returned"], r["rejected"], r["unmatched"])
}

// stands are the balances of some accounts.
func (s *site) stands(c *bus.Client, accounts ...string) string {
	s.t.Helper()
	balances := map[string]any{}
	for _, b := range s.must(c, "ledger.balances", map[string]any{})["balances"].([]any) {
		balances[fmt.Sprint(b.(map[string]any)["account"])] = b.(map[string]any)["amount"]
	}
	var list []any
	for _, account := range accounts {
		list = append(list, balances[account])
	}
	return words(list...)
}

var endToEnds = regexp.MustCompile(`<EndToEndId>([A-Z0-9]+)</EndToEndId>`)

// namesIn are the end-to-end ids of a bank file, in order.
func namesIn(file string) []string {
	var names []string
	for _, m := range endToEnds.FindAllStringSubmatch(file, -1) {
		names = append(names, m[1])
	}
	return names
}
