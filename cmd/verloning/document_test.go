package main

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

var (
	pdfStream = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	pdfText   = regexp.MustCompile(`(?s)\(((?:[^\\()]|\\.)*)\) ?Tj`)
	pdfEscape = regexp.MustCompile(`(?s)\\(.)`)
)

// textOf reads what a document shows, a text a line, straight from its pages: our
// fonts write two bytes a letter.
func textOf(t testing.TB, file []byte) string {
	t.Helper()
	var lines []string
	for _, stream := range pdfStream.FindAllSubmatch(file, -1) {
		inflate, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue
		}
		page, err := io.ReadAll(inflate)
		if err != nil {
			continue
		}
		for _, text := range pdfText.FindAllSubmatch(page, -1) {
			raw := pdfEscape.ReplaceAllFunc(text[1], func(escaped []byte) []byte {
				if escaped[1] == 'r' {
					return []byte("\r")
				}
				return escaped[1:]
			})
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			lines = append(lines, string(utf16.Decode(units)))
		}
	}
	if len(lines) == 0 {
		t.Fatal("the document has no text, or this does not see it")
	}
	return strings.Join(lines, "\n")
}

// drawn asks for a document twice: the bytes are the same.
func (s *site) drawn(c *bus.Client, endpoint string, request map[string]any) (name string, file []byte) {
	s.t.Helper()
	reply, again := s.must(c, endpoint, request), s.must(c, endpoint, request)
	if !maps.Equal(reply, again) {
		s.t.Errorf("%s %v: asked again it is another document", endpoint, request)
	}
	file, err := base64.StdEncoding.DecodeString(reply["pdf"].(string))
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		s.t.Fatalf("%s: %d bytes that are no PDF: %v", endpoint, len(file), err)
	}
	if dir := os.Getenv("VERLONING_TEST_DOCUMENTS"); dir != "" { // to be looked at
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(endpoint, ".", "-")+"-"+reply["name"].(string)), file, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return reply["name"].(string), file
}

// shows fails where a document lacks a text.
func shows(t *testing.T, file []byte, texts ...string) {
	t.Helper()
	all := textOf(t, file)
	flat := strings.ReplaceAll(all, "\n", " ")
	for _, want := range texts {
		if !strings.Contains(flat, want) {
			t.Errorf("the document lacks %q:\n%s", want, all)
		}
	}
}

// TestEveryLineHasAName: a kind of line without words would stand on a payslip as
// its name in the program.
func TestEveryLineHasAName(t *testing.T) {
	kinds := []payroll.LineKind{
		payroll.LineFixed, payroll.LineFixedPeriod, payroll.LineUnpaid, payroll.LineSick, payroll.LineHoliday, payroll.LineHolidayRounding,
		payroll.LineHolidayPaid, payroll.LineLeavePaid, payroll.LineTransition, payroll.LinePension, payroll.LineTax, payroll.LineSpecialTax,
		payroll.LineGarnished, payroll.LineRepaid, payroll.LineOverpaid,
	}
	for _, k := range payroll.HoursKinds {
		kinds = append(kinds, payroll.WageLine(k))
	}
	for _, k := range kinds {
		if text := lineNames[k]; text.NL == "" || text.EN == "" || text.NL == text.EN && text.NL != "Training" {
			t.Errorf("%s has the words %+v", k, text)
		}
	}
}

// TestNumbersInDocuments writes amounts as each language does.
func TestNumbersInDocuments(t *testing.T) {
	for number, want := range map[string][2]string{
		"0.00": {"0,00", "0.00"}, "999.99": {"999,99", "999.99"}, "1000.00": {"1.000,00", "1,000.00"}, "-1234567.89": {"-1.234.567,89", "-1,234,567.89"}, "4": {"4", "4"}, "": {"", ""},
	} {
		if nl, en := tongue("nl").number(number), tongue("en").number(number); nl != want[0] || en != want[1] {
			t.Errorf("%q is written %q and %q", number, nl, en)
		}
	}
}

// TestCrowdedPayslip draws a payslip of more lines than a page has, some about an earlier period,
// for somebody with names that are long: it goes on on a second page, and every
// line is there once.
func TestCrowdedPayslip(t *testing.T) {
	name := "Şahin-Łukasiewicz van der Wolfeschlegelsteinhausenbergerdorff, Őzgür Ğülşen Maria-Antoinette Wilhelmina Đặng-Nguyễn Ștefănescu"
	period := calendar.MonthOf(calendar.Day(2026, 10, 1))
	f := postgres.PayslipFile{
		Run: payroll.Run{Period: period}, Account: "NL44RABO0123456789",
		Employer:   payroll.Organisation{Name: "Stichting Werkvoorziening en Sociale Onderneming voor de Samenwerkende Gemeenten in de Regio Zuidoost en Omstreken", KvK: "12345678"},
		Employment: payroll.Employment{Name: payroll.Name(name), Birth: calendar.Day(2005, 10, 15), Identified: true},
		PayslipView: postgres.PayslipView{PayDate: calendar.Day(2026, 10, 28), Contract: "C-2026/000000000000000000000000000000001", Person: "P-1", Status: "approved",
			Gross: euro.MustParse("123456.78"), Net: euro.MustParse("98765.43"), LeaveAccrued: "1.00", LeaveTaken: "0.00", LeaveBalance: "1.00", Year: &postgres.YearView{Year: 2026}},
	}
	f.Month.Contract.Versions = []payroll.Terms{{Version: 1, ValidFrom: calendar.Day(2026, 1, 1), Span: calendar.Span{From: calendar.Day(2026, 1, 1), To: calendar.Day(2026, 12, 31)},
		HoursPerWeek: euro.Int(36), FullTimeHours: euro.Int(40), Base: payroll.BaseWML, Factor: euro.One, PayBasis: payroll.Fixed, Averaging: true}}
	for i := range 56 {
		f.Lines = append(f.Lines, postgres.LineView{Kind: string(payroll.WageLine(payroll.HoursKinds[i%5])), Quantity: fmt.Sprintf("%d.00", i+1), Rate: "15.01",
			Amount: euro.Cents(int64(1499 * (i + 1))), Origin: period.From.AddMonths(-(i % 3))})
	}
	drawn, err := payslipDocument("nl", f)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := draw("crowded", drawn)
	if err != nil {
		t.Fatal(err)
	}
	file, err := base64.StdEncoding.DecodeString(reply.PDF)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("VERLONING_TEST_DOCUMENTS"); dir != "" { // to be looked at
		if err := os.WriteFile(filepath.Join(dir, "crowded.pdf"), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shows(t, file, name, f.Employer.Name, "Loon (vervolg)", "pagina 2 van 2", "Scholing en training (over september 2026) 2,00 15,01 29,98", "11,99 per uur", "15-10-2026 – 31-10-2026 € 14,99 per uur")
	all := "\n" + textOf(t, file) + "\n"
	for _, line := range f.Lines {
		if got := strings.Count(all, "\n"+tongue("nl").amount(line.Amount)+"\n"); got != 1 {
			t.Errorf("%s stands there %d times", line.Amount, got)
		}
	}
}

// TestPayslipDocument pays a person with a name and a contract that are hard to
// write, and reads the payslip as the person does.
func TestPayslipDocument(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("ALFA", "AGEM")
	o.must(o.clerk, "employer.record", map[string]any{"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.11", "whk_year": 2026, "whk_reference": "WHK-1"})
	name := "Şahin-Łukasiewicz, Őzgür Ğülşen"
	o.must(o.clerk, "person.register", map[string]any{"number": "P-1", "bsn": bsnOf(1), "name": name, "birth_date": "1996-03-01", "iban": "NL44RABO0123456789", "loonheffingskorting": true})
	o.must(o.clerk, "contract.register", o.contract(1))
	o.must(o.control, "decision.record", o.decision(1))
	o.submit(o.clerk, "0199a7a0-0000-7000-8000-000000000001", october())
	run := o.open("2026-10")
	o.calculate(o.clerk, run)
	asked := map[string]any{"run": run, "contract": "C-1"}
	_, draft := o.drawn(o.clerk, "payslip.pdf", asked)
	shows(t, draft, "CONCEPT: niet goedgekeurd", name)
	o.approve(run)
	file, approved := o.drawn(o.clerk, "payslip.pdf", asked)
	if file != "2026-10-C-1.pdf" || strings.Contains(textOf(t, approved), "CONCEPT") {
		t.Errorf("%s: an approved payslip is a draft, or has another name", file)
	}
	p := o.must(o.clerk, "payslip.show", asked)
	nl := func(field string) string { return tongue("nl").number(p[field].(string)) }
	shows(t, approved, "Loonstrook – oktober 2026", "Werkbedrijf ALFA", name, "P-1", "01-03-1996", "01-10-2026 – 31-10-2026", "32,00 uur per week (voltijd 40,00)",
		"schriftelijk, voor onbepaalde tijd", "Oproepovereenkomst nee", "Loonheffingskorting ja", "wit, maand", "NL44\u00A0RABO\u00A00123\u00A04567\u00A089",
		"Gewerkte uren 136,00 14,99 2.038,64", "Brutoloon "+nl("gross"), "Loonheffing (tabel) -"+nl("wage_tax"), "Nettoloon "+nl("net"),
		"€ 14,99 per uur", "Over de uren van de periode €\u00A02.038,64", "Bijslag opgebouwd €\u00A0"+nl("holiday_allowance_accrued"),
		"Saldo vakantiebijslag €\u00A0"+nl("holiday_allowance_balance"), "Saldo verlof "+nl("leave_balance")+" uur", "Aof (laag)", "Whk", "2026 tot en met", "pagina 1 van 1")
	_, english := o.drawn(o.clerk, "payslip.pdf", with(asked, map[string]any{"lang": "en"}))
	shows(t, english, "Payslip – October 2026", "Gross wage 2,038.64", "in writing, open-ended", "The Dutch document is the one that the law asks for.", "page 1 of 1")

	t.Run("later facts", func(t *testing.T) {
		o.must(o.clerk, "person.amend", map[string]any{"number": "P-1", "name": "Heel Anders", "iban": "NL39RABO0300065264", "loonheffingskorting": false})
		o.must(o.clerk, "contract.amend", map[string]any{"number": "C-1", "valid_from": "2026-10-01", "hours_per_week": "24", "full_time_hours": "40"})
		if _, later := o.drawn(o.clerk, "payslip.pdf", asked); !bytes.Equal(later, approved) {
			t.Error("what was recorded after approval changes the document")
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for _, c := range []struct {
			who    *bus.Client
			change map[string]any
			want   string
		}{
			{o.control, nil, "run/unknown"}, {o.clerk, map[string]any{"lang": "fr"}, "field/not_allowed"}, {o.clerk, map[string]any{"contract": "C-9"}, "payslip/unknown"},
			{o.clerk, map[string]any{"run": "x", "contract": nil, "lang": "fr"}, "field/not_allowed field/required field/uuid"},
		} {
			if got := s.refused(c.who, "payslip.pdf", with(asked, c.change)); sorted(got) != sorted(c.want) {
				t.Errorf("%v: %s, want %s", c.change, got, c.want)
			}
		}
	})
	if list := o.must(o.clerk, "payslip.list", map[string]any{"run": run})["payslips"].([]any); len(list) != 1 {
		t.Errorf("payslips: %s", pretty(list))
	}
	t.Run("subsidies", func(t *testing.T) { o.drawsClaims(t) })
	t.Run("year", func(t *testing.T) { o.drawsYear(t, run) })
}

// drawsClaims specifies a claim to employer and gemeente, before and after it is
// granted in part; nobody else sees it.
func (o office) drawsClaims(t *testing.T) {
	asked := map[string]any{"period": "2026-10"}
	claim := o.must(o.control, "claim.list", map[string]any{"period": "2026-10"})["claims"].([]any)[0].(map[string]any)
	nl := func(a string) string { return tongue("nl").number(a) }
	row := "C-1 D-1 loonkostensubsidie, lks 2026-10 " + nl(claim["base"].(string)) + " " + nl(claim["charges"].(string)) + " " + nl(claim["amount"].(string))
	name, before := o.drawn(o.clerk, "claim.pdf", asked)
	shows(t, before, "Subsidiespecificatie – oktober 2026", "Werkbedrijf ALFA", "Gemeente AGEM", row+" –", "Totaal", "BUIG "+nl(claim["amount"].(string)))
	if name != "subsidiespecificatie-2026-10.pdf" || strings.Contains(textOf(t, before), "Őzgür") {
		t.Errorf("%s names who it is for", name)
	}
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": "2026-10",
		"claims": []any{map[string]any{"claim": claim["claim"], "verdict": "partly", "amount": "1000.00", "reason": "ten dele"}}})
	if _, waits := o.drawn(o.control, "claim.pdf", asked); !strings.Contains(textOf(t, waits), "\n–\n") {
		t.Error("a verdict that nobody approved counts as granted")
	}
	o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]})
	left := euro.MustParse(claim["amount"].(string)).Sub(euro.MustParse("1000.00"))
	for who, c := range map[string]*bus.Client{"employer": o.clerk, "gemeente": o.control} {
		_, after := o.drawn(c, "claim.pdf", with(asked, map[string]any{"other": map[string]string{"employer": o.m, "gemeente": o.e}[who]}))
		shows(t, after, row+" 1.000,00 "+nl(left.String())+" BUIG")
	}
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"period": "2026-08"}, "claim/none_of_period"}, {map[string]any{"other": "ELDERS"}, "claim/none_of_period"}, {map[string]any{"period": "x", "other": "?", "lang": "x"}, "period/invalid field/code field/not_allowed"},
	} {
		if got := o.refused(o.clerk, "claim.pdf", with(asked, c.change)); sorted(got) != sorted(c.want) {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
	other := o.office("BETA", "BGEM")
	for _, c := range []*bus.Client{other.clerk, other.control} {
		if got := o.refused(c, "claim.pdf", with(asked, map[string]any{"other": o.m})); got != "claim/none_of_period" {
			t.Errorf("another organisation: %s", got)
		}
	}
}

// TestFeeDocument draws what a gemeente owes a provider: a fee with VAT in one
// month, and in a later one a malus that comes back, which is a receivable.
func TestFeeDocument(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E1", "M1")
	type m = map[string]any
	providers := map[string]*bus.Client{}
	for _, code := range []string{"P1", "Q1"} {
		s.must(s.admin, "org.register", m{"code": code, "name": "Uitvoerder " + code, "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
		providers[code] = s.user(code, "coach", "submit")
	}
	s.must(o.control, "agreement.record", m{"number": "G-1", "provider": "P1", "scheme": "helmond-actief", "from": "2004-01-01"})
	s.must(o.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-1", "scheme": "helmond-actief", "agreement": "G-1", "referred": "2004-01-01"}}})
	var events []any
	for _, e := range []m{{"kind": "started", "day": "2004-01-01", "despite": "x"}, {"kind": "ordered", "product": "module", "day": "2004-01-02"},
		{"kind": "delivered", "product": "module", "day": "2004-02-02"}, {"kind": "exited", "day": "2004-06-01", "reason": "dropout"}} {
		e["trajectory"] = "T-1"
		events = append(events, e)
	}
	s.must(o.control, "trajectory.record", m{"events": events})
	first := o.statement("2004-03")
	o.statement("2006-12")
	_, file := s.drawn(providers["P1"], "fee.pdf", m{"period": "2004-03"})
	shows(t, file, "Vergoedingenstaat – maart 2004", "Gemeente M1 – Uitvoerder P1, afrekening 1", "T-1 helmond-actief, module", "1.200,00 19 228,00", "Vergoedingen 1.200,00", "Btw 228,00", "Te betalen 1.428,00")
	s.must(o.control, "statement.settle", m{"statement": first, "day": "2004-04-30", "reference": "afschrift 9"})
	_, paid := s.drawn(o.control, "fee.pdf", m{"period": "2004-03", "other": "P1", "lang": "en"})
	shows(t, paid, "Fee statement – March 2004", "Paid on 2004-04-30 1,428.00")
	_, back := s.drawn(o.control, "fee.pdf", m{"period": "2006-12"})
	shows(t, back, "Verrekend: malus en wat terugkomt -120,00", "Btw -22,80", "Te vorderen van Uitvoerder P1 142,80")
	for who, c := range map[string]*bus.Client{"the other provider": providers["Q1"], "an employer": o.clerk} {
		if got := s.refused(c, "fee.pdf", m{"period": "2004-03", "other": "P1"}); got != "fee/none_of_period" {
			t.Errorf("%s: %s", who, got)
		}
	}
	if got := s.refused(o.control, "fee.pdf", m{"period": "x", "other": "?", "lang": "x"}); sorted(got) != sorted("period/invalid field/code field/not_allowed") {
		t.Errorf("bad input: %s", got)
	}
}

// drawsYear pays another month, by other facts, and holds the year statement
// against what the payslips say.
func (o office) drawsYear(t *testing.T, october string) {
	o.submit(o.clerk, "0199a7a0-0000-7000-8000-000000000002", lines("C-1", "8.00", "2026-11-03", "2026-11-04"))
	november := o.open("2026-11")
	o.calculate(o.clerk, november)
	asked := map[string]any{"year": 2026, "person": "P-1"}
	sums := func(runs ...string) map[string]euro.Amount {
		sum := map[string]euro.Amount{}
		for _, run := range runs {
			p := o.must(o.clerk, "payslip.show", map[string]any{"run": run, "contract": "C-1"})
			c := p["employer_charges"].(map[string]any)
			for field, amounts := range map[string][]any{
				"taxable_wage": {p["gross"]}, "wage_tax": {p["wage_tax"]}, "arbeidskorting": {p["arbeidskorting"]}, "zvw": {c["zvw"]}, "premiums": {c["awf"], c["aof"], c["wko"], c["whk"]},
			} {
				for _, amount := range amounts {
					sum[field] = sum[field].Add(euro.MustParse(amount.(string)))
				}
			}
		}
		return sum
	}
	stands := func(when string, want map[string]euro.Amount) {
		list := o.must(o.clerk, "yearstatement.list", map[string]any{"year": 2026})["statements"].([]any)
		if len(list) != 1 {
			t.Fatalf("%s: %s", when, pretty(list))
		}
		for field, amount := range want {
			if got := list[0].(map[string]any)[field]; got != amount.String() || amount.IsZero() {
				t.Errorf("%s: %s is %s, the payslips have %s", when, field, got, amount)
			}
		}
	}
	stands("november is not approved", sums(october))
	o.approve(november)
	both := sums(october, november)
	stands("both are approved", both)
	name, file := o.drawn(o.clerk, "yearstatement.pdf", asked)
	if name != "jaaropgaaf-2026-P-1.pdf" {
		t.Errorf("it is called %s", name)
	}
	nl := func(field string) string { return tongue("nl").amount(both[field]) }
	shows(t, file, "Jaaropgaaf – 2026", "Heel Anders", "BSN "+bsnOf(1), "ja vanaf 01-10-2026; nee vanaf 01-11-2026", "Loonstroken 2",
		"premie volksverzekeringen "+nl("taxable_wage"), "(loonheffing) "+nl("wage_tax"), "Verrekende arbeidskorting "+nl("arbeidskorting"),
		"Werkgeversheffing Zvw "+nl("zvw"), "werknemersverzekeringen (werkgever) "+nl("premiums"))
	_, english := o.drawn(o.clerk, "yearstatement.pdf", with(asked, map[string]any{"lang": "en"}))
	shows(t, english, "Year statement – 2026", "yes from 2026-10-01; no from 2026-11-01")
	for _, c := range []struct {
		who    *bus.Client
		change map[string]any
		want   string
	}{
		{o.control, nil, "yearstatement/unknown"}, {o.clerk, map[string]any{"year": 2025}, "yearstatement/unknown"}, {o.clerk, map[string]any{"person": "P-9"}, "yearstatement/unknown"},
		{o.clerk, map[string]any{"person": nil, "year": 1999, "lang": "x"}, "number/out_of_range field/required field/not_allowed"},
	} {
		if got := o.refused(c.who, "yearstatement.pdf", with(asked, c.change)); sorted(got) != sorted(c.want) {
			t.Errorf("%v: %s, want %s", c.change, got, c.want)
		}
	}
}
