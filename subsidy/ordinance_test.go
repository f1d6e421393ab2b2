package subsidy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// Four schemes as a person reads them; VERLONING_GOLDEN=1 writes the files anew.
func TestOrdinanceInWords(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	for id, lang := range map[string]string{"oss-bonusbaan": "nl", "uden-warmm": "en", "helmond-actief": "nl", "krimpen-spoor-2": "en"} {
		s, known := book.Scheme(id, uuid.Nil)
		if !known {
			t.Fatalf("there is no scheme %s", id)
		}
		file := filepath.Join("testdata", "ordinance", id+"."+lang+".txt")
		got := subsidy.Ordinance(s, lang)
		if os.Getenv("VERLONING_GOLDEN") != "" {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s reads otherwise than %s:\n%s", id, file, got)
		}
	}
}

var markTexts = map[string]map[subsidy.Mark]string{
	"nl": {subsidy.Stated: "(bron)", subsidy.Public: "(openbare regel)", subsidy.Setting: "(instelling, te bevestigen door de gemeente)"},
	"en": {subsidy.Stated: "(stated)", subsidy.Public: "(public rule)", subsidy.Setting: "(setting, to be confirmed by the municipality)"},
}

// Every marked number of every shipped scheme stands in both languages with its
// mark behind it, and JSON carries all that an ordinance says.
func TestOrdinanceSaysEveryMark(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range book.All() {
		var back subsidy.Scheme
		text, err := json.Marshal(s)
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil {
			t.Fatalf("%s as JSON: %v", s.ID, err)
		}
		for lang, marks := range markTexts {
			said := subsidy.Ordinance(s, lang)
			if subsidy.Ordinance(back, lang) != said {
				t.Errorf("%s reads otherwise after JSON", s.ID)
			}
			plain := strings.Join(strings.Fields(said), " ")
			for _, m := range markedIn(reflect.ValueOf(s)) {
				seen++
				if !slices.ContainsFunc(written(m.Value.Number, lang), func(number string) bool { return follows(plain, number, marks[m.Mark]) }) {
					t.Errorf("%s, %s: %s %s is not said with its mark:\n%s", s.ID, lang, m.Value, m.Mark, said)
				}
			}
			count := 0
			for _, mark := range marks {
				count += strings.Count(plain, mark)
			}
			rules := 0
			for _, v := range s.Versions {
				rules += len(v.Pay)
			}
			if want := len(markedIn(reflect.ValueOf(s))) + rules; count != want {
				t.Errorf("%s, %s: %d marks, want %d: one for each number and each rule", s.ID, lang, count, want)
			}
			for _, bad := range []string{"%!", "\u00a0", "  \n", "()", "<nil>"} {
				if strings.Contains(said, bad) {
					t.Errorf("%s, %s says %q:\n%s", s.ID, lang, bad, said)
				}
			}
		}
	}
	if seen < 250 {
		t.Errorf("only %d marked numbers were seen", seen)
	}
}

// markedIn finds every marked number of a scheme, wherever it stands.
func markedIn(v reflect.Value) []subsidy.Marked {
	var found []subsidy.Marked
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return markedIn(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, markedIn(v.Index(i))...)
		}
	case reflect.Struct:
		if m, ok := v.Interface().(subsidy.Marked); ok {
			return []subsidy.Marked{m}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				found = append(found, markedIn(v.Field(i))...)
			}
		}
	}
	return found
}

// written are the ways in which a number may be written: a count, a factor, a
// share or money.
func written(n euro.Number, lang string) []string {
	money := n.Fixed(2)
	if whole := len(money) - 3; whole > 3 {
		money = money[:whole-3] + "," + money[whole-3:]
	}
	forms := []string{n.Fixed(0), n.Fixed(2), money, n.Mul(euro.Hundred).String() + " %", n.Fixed(0) + " %"}
	if lang == "nl" {
		for i := range forms {
			forms[i] = strings.NewReplacer(".", ",", ",", ".").Replace(forms[i])
		}
	}
	return forms
}

// follows reports whether a number stands before its mark with nothing but its
// unit between them.
func follows(text, number, mark string) bool {
	for _, unit := range []string{"", " uur", " hours", " maanden", " months", " maal", " times", " keer", " mensen", " people", " dagen", " days"} {
		if strings.Contains(text, " "+number+unit+" "+mark) {
			return true
		}
	}
	return false
}

// A scheme that uses every form, and codes that no table knows: each is said,
// the codes as they stand, and the versions close on one another.
func TestOrdinanceOfEveryForm(t *testing.T) {
	_, version, _ := strings.Cut(sound, "versions:\n")
	later := strings.Replace(version, "2015-01-01", "2020-07-01", 1)
	for _, c := range []struct{ kind, amount, rest, nl, en string }{
		{"hire", "hourly: {}", "trigger: month", "is die van de plaatsing.", "the placement's own."},
		{"hire", `hourly: {price: {value: "1234.5", mark: setting}}`, "trigger: month", "of anders € 1.234,50 (instelling", "or else € 1,234.50 (setting"},
		{"subsidy", `parts: {price: {value: "1000000", mark: stated}, shares: {month_12: "0.125", start: "0.5", month_6: "0.375"}}`, "trigger: milestone",
			"€ 1.000.000,00 (bron), in delen: - 50 % bij de start; - 37,5 % na 6 maanden; - 12,5 % na 12 maanden.", "€ 1,000,000.00 (stated) in all, in parts: - 50 % at the start; - 37.5 % after 6 months; - 12.5 % after 12 months."},
		{"subsidy", "loonkostensubsidie: {article: art. 10d}", "trigger: month", "wettelijke loonkostensubsidie (art. 10d)", "statutory loonkostensubsidie (art. 10d)"},
		{"subsidy", `pct: {of: WML, with_holiday_allowance: true, rate: {value: "0.5", mark: public}}`, "trigger: month", "50 % (openbare regel) van het wettelijk minimumloon per maand met vakantiebijslag", "minimum wage × (100 % + holiday allowance) × 50 % × hours a week ÷ full week"},
		{"hire", `cost_price: {risk: {value: "0.05", mark: setting}, overhead: {value: "0.125", mark: stated}}`, "trigger: month",
			"opslag van 5 % (instelling, te bevestigen door de gemeente) voor risico en van 12,5 % (bron) voor overhead. = (loonkosten − subsidies) × (100 % + 5 % + 12,5 %)", "(wage cost − subsidies) × (100 % + 5 % + 12.5 %)"},
		{"fee", `fixed: {amount: {value: "10", mark: stated}}`, "trigger: month\n        vat: {compensable: {value: '0.25', mark: setting}}", "€ 10,00 (bron) per maand", "gets 25 % (setting, to be confirmed by the municipality) of that VAT back"},
		{"subsidy", `fixed: {amount: {value: "10", mark: stated}}`, "trigger: month\n    exits: [abducted_by_aliens]\n    outcome: {event: found, contract_months: 0, base: exits}", "- abducted_by_aliens.", "What counts is found. 2. Measured over: those who leave."},
	} {
		s, faults := subsidy.ParseScheme([]byte(withAmount(c.kind, c.amount, c.rest) + later))
		if len(faults) > 0 {
			t.Errorf("%s: %q", c.amount, faults)
			continue
		}
		for lang, want := range map[string]string{"nl": c.nl, "en": c.en} {
			if said := strings.Join(strings.Fields(subsidy.Ordinance(s, lang)), " "); !strings.Contains(said, want) {
				t.Errorf("%s in %s: %s\nwant %s", c.amount, lang, said, want)
			}
		}
	}
	s, faults := subsidy.ParseScheme([]byte(sound + later))
	if said := subsidy.Ordinance(s, "nl"); len(faults) > 0 || !strings.Contains(said, "Geldt vanaf 1 januari 2015 tot en met 30 juni 2020\n") || !strings.Contains(said, "Geldt vanaf 1 juli 2020\n") {
		t.Errorf("%q, %s", faults, said)
	}
	if v, ok := s.On(calendar.MustParse("2020-06-30")); !ok || v.From.String() != "2015-01-01" {
		t.Errorf("the version before is of %s", v.From)
	}
}
