package payroll_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// The vectors of /work/shared/statute/ids.md, and texts that only look like a
// number. An eight-digit BSN gets its nought back first.
func TestBSN(t *testing.T) {
	for s, want := range map[string]bool{
		"111222333": true, "123456782": true, "010464554": true, "10464554": true, "999990019": true, "999990020": true, "999990111": true,
		"123456789": false, "999990101": false, "87654321": false, "000000000": false, "00000000": false, "": false,
		"12345678A": false, "１１１２２２３３３": false, "111.222.333": false, "1112223330": false, "-11222333": false,
	} {
		if got := payroll.TidyBSN(s).Valid(); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

func TestIBAN(t *testing.T) {
	for s, want := range map[string]bool{
		"NL91ABNA0417164300": true, "NL20INGB0001234567": true, "NL44RABO0123456789": true, "NL02ABNA0123456789": true,
		"BE68539007547034": true, "DE89370400440532013000": true, "nl91 abna 0417 1643 00": true,
		"NL91ABNA0417164301": false, "NL02RABO0123456789": false, "NL91ABNA041716430": false, "XX91ABNA0417164300": false,
		"": false, "NL": false, "NL91": false, "NL99ABNA0417164300": false, "NL00ABNA0417164300": false,
		"LETTERCASE": false, "NL91ABNA04171643-0": false, "NL91ÄBNA041716430": false, "NL0AABNA0417164313": false, // a letter among the check digits that passes mod 97
	} {
		if got := payroll.TidyIBAN(s).Valid(); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

// secrets are texts that no output may hold, in any spelling.
var secrets = []string{"111222333", "NL91ABNA0417164300", "Jansen", "4a616e73656e", "4A616E73656E"}

func leaks(t *testing.T, how, out string) {
	t.Helper()
	if out == "" {
		t.Errorf("%s wrote nothing", how)
	}
	for _, s := range secrets {
		if strings.Contains(out, s) {
			t.Errorf("%s shows %s: %s", how, s, out)
		}
	}
}

// Private texts come out of no verb, log, JSON or error, on their own or within
// whatever holds them; only Reveal gives them.
func TestPrivateNeverLeaks(t *testing.T) {
	bsn, iban, name := payroll.BSN("111222333"), payroll.IBAN("NL91ABNA0417164300"), payroll.Name("Jansen")
	if bsn.Reveal() != secrets[0] || iban.Reveal() != secrets[1] || name.Reveal() != secrets[2] {
		t.Fatal("Reveal does not reveal, so that this test would check nothing")
	}
	e := payroll.Employment{Number: "P-1", Name: name, IBAN: iban, Birth: calendar.MustParse("1996-03-01")}
	slip, payment := payroll.Payslip{IBAN: iban}, payroll.Payment{Debtor: iban, Creditor: iban}
	values := map[string]any{
		"bsn": bsn, "iban": iban, "name": name, "&bsn": &bsn, "&iban": &iban, "&name": &name,
		"employment": e, "&employment": &e, "payslip": slip, "&payslip": &slip, "payment": payment,
		"dossier": payroll.Dossier{Employment: e}, "slice": []any{bsn, iban, name},
		"map": map[string]any{"b": bsn, "i": iban, "n": name}, "struct": struct {
			B payroll.BSN
			I *payroll.IBAN
			N []payroll.Name
		}{bsn, nil, []payroll.Name{name}},
	}
	for what, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%#x", "%10s", "%.3s", "%d", "%U"} {
			leaks(t, what+" "+verb, fmt.Sprintf(verb, v))
		}
		leaks(t, what+" in an error", fmt.Errorf("person: %w", errors.Join(fmt.Errorf("%v", v), errors.New("x"))).Error())
		out, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		leaks(t, what+" as JSON", string(out))
		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
			slog.New(handler).With("with", v).WithGroup("g").Info("hello", "value", v, "list", []any{v})
		}
		leaks(t, what+" in a log", log.String())
	}
}
