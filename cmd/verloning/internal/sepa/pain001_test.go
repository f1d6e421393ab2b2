package sepa

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// schema is the path of an official schema, which is no part of this repository and stands
// beside it.
func schema(t *testing.T, message string) string {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("SKIPPED: there is no xmllint (Debian: libxml2-utils), so nothing was held against the schema")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "xsd", message+".xsd")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip("SKIPPED: the schemas of ISO 20022 are not beside the repository (../shared/xsd), so nothing was held against them")
	}
	return path
}

// valid holds a message against its schema.
func valid(t *testing.T, schema string, content []byte) error {
	t.Helper()
	cmd := exec.Command("xmllint", "--noout", "--nonet", "--schema", schema, "-")
	cmd.Stdin = bytes.NewReader(content)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %.2000s", err, said)
	}
	return nil
}

// names are those that a bank has to be able to take, and what it gets.
var names = map[string]string{
	"Ayşe Şahin":               "Ayse Sahin",
	"Łukasz Wójcik":            "Lukasz Wojcik",
	"Sinéad O'Brien":           "Sinead O'Brien",
	"Siobhán O’Brien":          "Siobhan O'Brien",
	"Jørgen Æbeltoft-Groß":     "Jorgen Aebeltoft-Gross",
	"Nguyễn Thị Ánh":           "Nguyen Thi Anh",
	"Jansen & Zoë":             "Jansen + Zoe",
	"Γιώργος Παπαδόπουλος":     "Giorgos Papadopoylos",
	"Иван Щербаков":            "Ivan Shterbakov",
	"李小龙":                      "...",
	"Jan\tvan der  Berg\n":     "Jan van der Berg",
	"<script>\"&amp;</script>": "(script)'+amp,(/script)",
	strings.Repeat("Wolfeschlegelsteinhausenbergerdorff ", 4): "Wolfeschlegelsteinhausenbergerdorff Wolfeschlegelsteinhausenbergerdorf",
}

func TestClean(t *testing.T) {
	for name, want := range names {
		if got := clean(name, 70); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text, most := rapid.String().Draw(t, "text"), rapid.IntRange(1, 140).Draw(t, "most")
		got := clean(text, most)
		if len(got) > most || strings.Trim(got, permitted) != "" || got != strings.TrimSpace(got) {
			t.Fatalf("%q becomes %q", text, got)
		}
		if again := clean(got, most); again != got {
			t.Fatalf("%q becomes %q and then %q", text, got, again)
		}
		if got == "" && strings.ContainsFunc(text, unicode.IsLetter) {
			t.Fatalf("nothing is left of %q", text)
		}
	})
}

// file is a bank file of wages and others, the payees named as above.
func file(format payroll.BankFormat, bic, town string, payments int) payroll.BankFile {
	id := func(what string, n int) uuid.UUID { return payroll.DeriveID(fmt.Sprint(what, n)) }
	f := payroll.BankFile{ID: id("file", 1), Organisation: id("org", 1), MessageID: "KRSXG5CTMVRXEZLUKRSXG5CTMV", Debtor: "Werkbedrijf Ünïe & Zn. B.V.",
		Terms: payroll.BankTerms{Format: format, BIC: bic, Town: town}, Made: calendar.Moment{Day: calendar.MustParse("2026-10-28"), Second: 3723}}
	var payees []string
	for name := range names {
		payees = append(payees, name)
	}
	for n, salary := range []bool{true, false} {
		b := payroll.BankBatch{Number: n + 1, ID: fmt.Sprintf("%s-%d", f.MessageID, n+1), Salary: salary, Debtor: "NL91ABNA0417164300", Execution: calendar.MustParse("2026-10-30")}
		for i := range payments {
			creditor := payroll.IBAN("NL44RABO0123456789")
			if i == 1 && !salary {
				creditor = "GB33BUKB20201555555555"
			}
			p := payroll.Payment{ID: id(b.ID, i)}
			b.Lines = append(b.Lines, payroll.BankLine{Payment: p.ID, Attempt: 1, EndToEnd: p.EndToEnd(), Creditor: creditor, Payee: payroll.Name(payees[i%len(payees)]),
				Amount: euro.Cents(int64(i) + 1), Reference: "Loon 2026-10 C-1 — " + strings.Repeat("ö", i%200)})
		}
		f.Batches = append(f.Batches, b)
	}
	return f
}

// TestWriteIsValid holds files of both versions against the official schemas: with and without
// the bank's code and an address, with every name, and with ten thousand payments.
func TestWriteIsValid(t *testing.T) {
	for _, format := range []payroll.BankFormat{payroll.Pain09, payroll.Pain03} {
		xsd := schema(t, string(format))
		for _, c := range []struct {
			bic, town string
			payments  int
		}{{"", "", 1}, {"ABNANL2A", "Ons Dörp", 20}, {"", "", 5000}} {
			f := file(format, c.bic, c.town, c.payments)
			content, err := Write(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := valid(t, xsd, content); err != nil {
				t.Errorf("%s with %d payments a batch: %v", format, c.payments, err)
			}
			if again, err := Write(f); err != nil || !bytes.Equal(again, content) {
				t.Errorf("%s: the same file has other bytes: %v", format, err)
			}
			text := string(content)
			for what, want := range map[string]int{
				"<CdtTrfTxInf>": 2 * c.payments, "<AdrLine>": 0, "<BtchBookg>true<": 1, "<CtgyPurp>": 1, fmt.Sprintf("<NbOfTxs>%d<", 2*c.payments): 1,
				fmt.Sprintf("<NbOfTxs>%d<", c.payments): 2, "<Cd>SEPA</Cd>": 2, "<ChrgBr>SLEV<": 2,
			} {
				if got := strings.Count(text, what); got != want {
					t.Errorf("%s with %d: %s is there %d times, want %d", format, c.payments, what, got, want)
				}
			}
			addresses := 0
			if c.town != "" {
				addresses = 1
			}
			if got := strings.Count(text, "<PstlAdr>"); got != addresses {
				t.Errorf("%s: %d addresses, want %d", format, got, addresses)
			}
			cents := int64(c.payments) * int64(c.payments+1) / 2
			for what, want := range map[string]euro.Amount{"batch": euro.Cents(cents), "file": euro.Cents(2 * cents)} {
				if !strings.Contains(text, "<CtrlSum>"+want.String()+"<") {
					t.Errorf("%s: no control sum %s of the %s", format, want, what)
				}
			}
		}
		// The schema refuses what is wrong, or it shows nothing.
		content, err := Write(file(format, "", "", 1))
		if err != nil {
			t.Fatal(err)
		}
		if valid(t, xsd, bytes.Replace(content, []byte("<PmtMtd>TRF"), []byte("<PmtMtd>GELD"), 1)) == nil {
			t.Errorf("%s: the schema takes anything", format)
		}
	}
}
