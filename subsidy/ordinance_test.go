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

// What is said of trajectories: every trigger, ladder, settlement, premium, limit,
// budget, target and saving.
func TestOrdinanceOfTrajectories(t *testing.T) {
	rule := func(id, trigger, amount, rest string) string {
		return "      - {id: " + id + ", kind: fee, payer: municipality, payee: provider, trigger: " + trigger + ", amount: {" + amount + "}, mark: stated, document: order, " +
			"vat: {compensable: {value: '1', mark: setting}}, budget: {ESF: '0.4', WMO: '0.6'}" + rest + "}\n"
	}
	text := `scheme: test
name: {nl: Proef, en: Trial}
versions:
  - from: 2015-01-01
    source: "a source"
    status: {kind: benefit, with_benefit: kept, hours_per_week: {value: "20", mark: stated}}
    period: {months: {value: "6", mark: stated}, extension: {value: "5", mark: public}, before: {value: "3", mark: setting}, limits: subsidy}
    eligibility: {benefits: [WWB, none], places: 50}
    pay:
` + rule("a", "month", `fixed: {amount: {value: "100", mark: stated}}`, `, limit: {value: "750", mark: public}`) +
		rule("b", "start", `fixed: {amount: {value: "200", mark: stated}}`, `, budget_by: {WIA: {UWV: "1"}}`) +
		rule("c", "product", `fixed: {amount: {value: "300", mark: stated}}`, ", product: intake") +
		rule("d", "outcome", `fixed: {amount: {value: "400", mark: stated}}`, "") +
		rule("e", "milestone", `parts: {price: {value: "500", mark: stated}, shares: {placed_month_6: "0.1", placed: "0.2", month_2: "0.3", plan: "0.15", start: "0.25"}}`, "") +
		rule("f", "outcome", `ladder: {by: months_to_work, steps: [{to: 2, amount: {value: "1600", mark: stated}}, {to: 4, amount: {value: "700", mark: public}}, {to: 11, amount: {value: "1", mark: public}}], shares: {placed: "1"}}`, "") +
		rule("g", "contract_year", `settle: {of: product_turnover, base: referrals, target: {value: "44", mark: setting}, per_point: {value: "0.015", mark: stated}, cap: {value: "0.1", mark: public}}`, "") + `
      - {id: h, kind: premium, payer: municipality, payee: person, trigger: six_months, amount: {fixed: {amount: {value: "150", mark: setting}}}, mark: stated, year: {times: {value: "2", mark: public}, cap: premium}, document: decision, budget: {UWV: "1"}}
    exits: [work, dropout]
    outcome: {event: regular_work, reasons: [work], contract_months: 6, hours_share: {value: "0.5", mark: setting}, successive: true, base: places, also_bases: [starters, exits], off_benefit: [work, dropout], target: {count: {value: "38", mark: stated}, percent: {value: "75", mark: setting}}}
    saving: {per_year: {value: "14000", mark: stated}, reasons: [work], plan: {value: "900000", mark: setting}}
    contest_days: {value: "28", mark: setting}
`
	s, faults := subsidy.ParseScheme([]byte(text))
	if len(faults) > 0 {
		t.Fatalf("%q", faults)
	}
	for lang, phrases := range map[string][]string{
		"nl": {
			"De deelname is 20 uur (bron) per week.", "De deelname duurt ten hoogste 6 maanden (bron).", "met ten hoogste 5 maanden (openbare regel).", "diagnose vooraf van ten hoogste 3 maanden (instelling",
			"- bijstand (WWB, Participatiewet); - geen uitkering.", "€ 100,00 (bron) per maand", "samen ten hoogste € 750,00 (openbare regel).", "bij de start van het traject",
			"Voor een deelnemer met WIA in plaats daarvan ten laste van: 100 % UWV.", "Het product is intake. Het bedrag is € 300,00 (bron), één keer per deelnemer, en alleen als het product was besteld.",
			"bij het resultaat van deze regeling", "- 25 % bij de start; - 15 % bij het goedgekeurde plan; - 30 % na 2 maanden; - 20 % bij de plaatsing; - 10 % na 6 maanden in de baan.",
			"- tot en met maand 2: € 1.600,00 (bron); - tot en met maand 4: € 700,00 (openbare regel); - tot en met maand 11: € 1,00 (openbare regel).",
			"Het doel is een resultaat bij 44 % (instelling, te bevestigen door de gemeente) van: wie is aangemeld.", "krijgt de uitvoerder 1,5 % (bron) van de omzet", "Naar beide kanten ten hoogste 10 % (openbare regel)",
			"betaalt de deelnemer na elke zes maanden deelname een premie", "voor iedereen gelijk", "Ten hoogste 2 keer (openbare regel) per kalenderjaar.", "Over een premie is geen btw verschuldigd.", "40 % Europees Sociaal Fonds (ESF) en 60 % Wmo",
			"ten minste 50 % (instelling, te bevestigen door de gemeente) van een volledige werkweek", "tellen samen als één", "Daarvoor telt wie uitstroomt om een van deze redenen: - werk.", "De uitkering eindigt, los van het resultaat, bij uitstroom om een van deze redenen: - werk; - uitval.", "Ook gemeten over: wie begint en wie uitstroomt; elke uitkomst houdt haar eigen noemer.",
			"ten minste 38 mensen (bron).", "ten minste 75 % (instelling", "bespaart de gemeente € 14.000,00 (bron) per jaar", "Het plan kost € 900.000,00 (instelling", "heeft de uitvoerder 28 dagen (instelling",
		},
		"en": {
			"Participation is 20 hours (stated) a week.", "by 5 months (public rule) at most.", "A diagnosis of 3 months (setting", "- social assistance (WWB, Participatiewet); - no benefit.", "€ 750.00 (public rule) in all at most.",
			"at the start of the trajectory", "charged instead to: 100 % UWV.", "once for a participant, and only where the product was ordered.", "on the outcome of this scheme",
			"- 25 % at the start; - 15 % at the approved plan; - 30 % after 2 months; - 20 % at the placement; - 10 % after 6 months in the job.", "- up to and including month 4: € 700.00 (public rule);",
			"The target is an outcome for 44 % (setting, to be confirmed by the municipality) of: those who were referred.", "the provider gets 1.5 % (stated) of the turnover", "after each contract year", "At most 2 times (public rule) in a calendar year.", "A premium carries no VAT.",
			"at least 50 % (setting, to be confirmed by the municipality) of a full week", "The benefit ends, whatever the outcome, for who leaves for one of these reasons: - work;", "each result keeps its own denominator.", "at least 38 people (stated).", "saves the municipality € 14,000.00 (stated) a year", "28 days (setting",
		},
	} {
		said := strings.Join(strings.Fields(subsidy.Ordinance(s, lang)), " ")
		for _, want := range phrases {
			if !strings.Contains(said, want) {
				t.Errorf("%s does not say %q:\n%s", lang, want, said)
			}
		}
	}
	// With speed it says what the whole comes to, and is refused where that rises.
	fast := strings.Replace(text, `shares: {placed: "1"}}}, mark: stated,`, `shares: {placed: "1"}}}, speed: true, mark: stated,`, 1)
	if _, faults = subsidy.ParseScheme([]byte(fast)); len(faults) != 1 || !strings.Contains(faults[0].In("en"), "later brings in more") {
		t.Fatalf("%q", faults)
	}
	if said := strings.Join(strings.Fields(subsidy.Ordinance(bookScheme(t, "generiek-snelheid"), "en")), " "); !strings.Contains(said, "for a placement in: - month 1: € 2,100.00; - month 2: € 2,000.00;") {
		t.Errorf("the totals of a ladder are not said:\n%s", said)
	}
}
