package payroll

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Private texts print as a mask, whatever prints them: a log line, an error, a
// %v or JSON. The text itself comes out only by Reveal, which is easy to find.

// BSN is a citizen service number (burgerservicenummer).
type BSN string

// IBAN is a bank account number.
type IBAN string

// Name is the name of a natural person.
type Name string

const mask = "***"

// Reveal returns the number itself, for sealing and for official documents.
func (b BSN) Reveal() string { return string(b) }

// Reveal returns the account number itself, for payments.
func (i IBAN) Reveal() string { return string(i) }

// Reveal returns the name itself, for documents of the person and the
// employer.
func (n Name) Reveal() string { return string(n) }

// String masks.
func (b BSN) String() string { return mask }

// String masks.
func (i IBAN) String() string { return mask }

// String masks.
func (n Name) String() string { return mask }

// LogValue masks.
func (b BSN) LogValue() slog.Value { return slog.StringValue(mask) }

// LogValue masks.
func (i IBAN) LogValue() slog.Value { return slog.StringValue(mask) }

// LogValue masks.
func (n Name) LogValue() slog.Value { return slog.StringValue(mask) }

// Format masks for every verb: without it %q, %x and %#v would show the text.
func (b BSN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// Format masks for every verb.
func (i IBAN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// Format masks for every verb.
func (n Name) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText masks, so that no JSON carries the text by accident.
func (b BSN) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalText masks.
func (i IBAN) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalText masks.
func (n Name) MarshalText() ([]byte, error) { return []byte(mask), nil }

// Valid applies the elfproef: nine digits, weights 9 to 2 and -1, a multiple
// of eleven and not all noughts.
func (b BSN) Valid() bool {
	if len(b) != 9 || b == "000000000" {
		return false
	}
	sum := 0
	for i, c := range []byte(b) {
		if c < '0' || c > '9' {
			return false
		}
		weight := 9 - i
		if i == 8 {
			weight = -1
		}
		sum += weight * int(c-'0')
	}
	return sum%11 == 0
}

// TidyBSN puts the nought back in front that spreadsheets drop.
func TidyBSN(s string) BSN {
	if len(s) == 8 {
		s = "0" + s
	}
	return BSN(s)
}

// ibanLengths are the lengths of ISO 13616 for the countries of the SEPA area
// that pay and are paid here; another country is refused rather than guessed.
var ibanLengths = map[string]int{
	"NL": 18, "BE": 16, "DE": 22, "FR": 27, "LU": 20, "AT": 20, "ES": 24, "IT": 27, "PT": 25, "IE": 22,
	"FI": 18, "EE": 20, "LV": 21, "LT": 20, "PL": 28, "CZ": 24, "SK": 24, "SI": 19, "HR": 21, "HU": 28,
	"RO": 24, "BG": 22, "GR": 27, "CY": 28, "MT": 31, "DK": 18, "SE": 24, "NO": 15, "IS": 26, "LI": 21,
	"CH": 21, "GB": 22, "MC": 27, "SM": 27, "AD": 24, "VA": 22,
}

// Valid checks the country, its length and the check digits (mod 97).
func (i IBAN) Valid() bool {
	s := string(i)
	if len(s) < 4 || ibanLengths[s[:2]] != len(s) || s[2:4] < "02" || s[2:4] > "98" {
		return false
	}
	if !digit(s[2]) || !digit(s[3]) {
		return false
	}
	rest := 0
	for _, c := range []byte(s[4:] + s[:4]) {
		switch {
		case digit(c):
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// TidyIBAN takes the spaces out that people write between groups of four.
func TidyIBAN(s string) IBAN {
	return IBAN(strings.ToUpper(strings.ReplaceAll(s, " ", "")))
}
