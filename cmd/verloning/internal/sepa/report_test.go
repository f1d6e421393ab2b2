package sepa

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
)

// told prints the lines of a report.
func told(r payroll.BankReport) string {
	var list []string
	for _, l := range r.Lines {
		list = append(list, fmt.Sprintf("%d %s %s %s %s file %s batch %s name %s why %s", l.Number, l.Kind, l.Reference, l.Day, l.Amount, l.File, l.Batch, l.EndToEnd, l.Reason))
	}
	return strings.Join(list, "\n")
}

// reasons prints why a message is refused.
func reasons(err error) string {
	var refusal *payroll.Refusal
	if !errors.As(err, &refusal) {
		return fmt.Sprint(err)
	}
	var list []string
	for _, p := range refusal.Problems {
		list = append(list, fmt.Sprintf("%d %s", p.Line, p.Type))
	}
	return strings.Join(list, ", ")
}

// statementOf is a camt.053 of one version with a batch that was debited as one, a return, and what
// has nothing to do with us.
func statementOf(version string) string {
	status, amount := "BOOK", "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">10.00</Amt></TxAmt></AmtDtls>"
	header, party := "<CreDtTm>2026-10-30T18:00:00</CreDtTm>", ""
	if version == "08" {
		status, amount = "<Cd>BOOK</Cd>", "<Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.` + version + `"><BkToCstmrStmt><GrpHdr><MsgId>STMT-1</MsgId>` + header + `</GrpHdr>
<Stmt><Id>2026-210</Id><ElctrncSeqNb>1</ElctrncSeqNb>` + header + `<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-30</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">1234.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>` + status + `</Sts><BookgDt><Dt>2026-10-30</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef><BkTxCd></BkTxCd>
 <NtryDtls><Btch><MsgId>MSG</MsgId><PmtInfId>MSG-1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>` + status + `</Sts><BookgDt><DtTm>2026-11-02T08:00:00</DtTm></BookgDt><BkTxCd></BkTxCd>
 <NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs>` + amount + party + `<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>
 <TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs>` + amount + `</TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">99.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>` + strings.Replace(status, "BOOK", "PDNG", 1) + `</Sts><BookgDt><Dt>2026-11-02</Dt></BookgDt><BkTxCd></BkTxCd></Ntry>
<Ntry><NtryRef>7</NtryRef><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>` + status + `</Sts><BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef><BkTxCd></BkTxCd>
 <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
`
}

// TestReadStatement: both versions tell the same, and what is only announced tells nothing.
func TestReadStatement(t *testing.T) {
	want := `1 debit B1 2026-10-30 1234.50 file MSG batch MSG-1 name  why 
2 credit 2026-210/2/1 2026-11-02 10.00 file  batch  name E1 why AC04
2 credit 2026-210/2/2 2026-11-02 10.00 file  batch  name E2 why 
4 debit B1#2 2026-11-02 3.00 file  batch  name  why `
	for _, version := range []string{"02", "08"} {
		text := statementOf(version)
		r, err := Read([]byte(text))
		if err != nil || told(r) != want || r.Kind != "camt.053" || r.MessageID != "STMT-1" {
			t.Errorf("version %s: %v\n%s\nwant\n%s", version, err, told(r), want)
		}
		t.Run("valid "+version, func(t *testing.T) {
			if err := valid(t, schema(t, "camt.053.001."+version), []byte(text)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReadStatus: rejections of an order, a batch and a file, in any version.
func TestReadStatus(t *testing.T) {
	message := func(group, rest string) string {
		return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>P2</MsgId></GrpHdr>
			<OrgnlGrpInfAndSts><OrgnlMsgId>MSG</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>` + group + `</OrgnlGrpInfAndSts>` + rest + `</CstmrPmtStsRpt></Document>`
	}
	lines := `<OrgnlPmtInfAndSts><OrgnlPmtInfId>MSG-1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
		<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>
		<TxInfAndSts><OrgnlEndToEndId>E2</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>
		<OrgnlPmtInfAndSts><OrgnlPmtInfId>MSG-2</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Prtry>eigen</Prtry></Rsn></StsRsnInf></OrgnlPmtInfAndSts>`
	for text, want := range map[string]string{
		message("<GrpSts>PART</GrpSts>", lines):                                             "1 rejection P2/1  0.00 file MSG batch MSG-1 name E1 why AC01\n2 rejection P2/2  0.00 file MSG batch MSG-2 name  why eigen",
		message("<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>", ""): "1 rejection P2/1  0.00 file MSG batch  name  why FF01",
		message("<GrpSts>ACCP</GrpSts>", ""):                                                "",
	} {
		if r, err := Read([]byte(text)); err != nil || told(r) != want || r.Kind != "pain.002" {
			t.Errorf("%v\n%s\nwant\n%s", err, told(r), want)
		}
	}
}

// TestReadRefuses: every reason at once, and nothing of what stands there.
func TestReadRefuses(t *testing.T) {
	broken := statementOf("08")
	for from, to := range map[string]string{">NL91ABNA0417164300<": ">Jan Jansen<", ">1234.50<": ">1.234,50<", "<CdtDbtInd>CRDT</CdtDbtInd><Sts>": "<CdtDbtInd>PLUS</CdtDbtInd><Sts>",
		"<DtTm>2026-11-02T08:00:00": "<DtTm>gisteren", ">NOTPROVIDED<": ">" + strings.Repeat("Jan Jansen ", 4) + "<", "camt.053.001.08": "camt.053.001.06"} {
		if !strings.Contains(broken, from) {
			t.Fatalf("nothing to break: %s", from)
		}
		broken = strings.Replace(broken, from, to, 1)
	}
	for text, want := range map[string]string{
		broken:                                   "0 bank/version, 0 bank/no_account, 1 bank/amount, 2 bank/no_day, 2 bank/no_sign, 4 bank/too_long",
		"":                                       "0 bank/no_xml",
		"Jan Jansen":                             "0 bank/no_xml",
		statementOf("02") + "<nog/>":             "0 bank/no_xml",
		"<Document><Anders/></Document>":         "0 bank/other_message",
		"<Document><CstmrPmtStsRpt/></Document>": "0 bank/no_name",
		`<?xml version="1.0" encoding="UTF-16"?><Document/>`: "0 bank/no_xml",
	} {
		_, err := Read([]byte(text))
		if got := reasons(err); got != want {
			t.Errorf("%.60s: %s, want %s", text, got, want)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%+v", err), "Jan") {
			t.Errorf("the refusal repeats a name: %v", err)
		}
	}
}

// FuzzRead: whatever comes in, it is read or refused.
func FuzzRead(f *testing.F) {
	for _, text := range []string{statementOf("02"), statementOf("08"), "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>x</MsgId></GrpHdr></CstmrPmtStsRpt></Document>"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := Read(content)
		var refusal *payroll.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, l := range r.Lines {
			if l.Reference == "" || seen[l.Reference] || l.Amount.Sign() < 0 {
				t.Fatalf("line %+v", l)
			}
			seen[l.Reference] = true
		}
	})
}
