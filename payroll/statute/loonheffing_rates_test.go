package statute

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// notInFile are the numbers that loonheffing_rates.json does not have or leaves
// open, each with what stands here; loonheffing_rates.go says why. The borders
// above AOW age are those below it.
var notInFile = map[string]string{
	"2023 aow.ouderenkorting.m1": "1835", "2023 aow.ouderenkorting.g1": "40888", "2023 aow.ouderenkorting.a1": "0.15",
	"2026 aow.jonggehandicaptenkorting.m1": "462",  // in the words of its source
	"2024 aow.arbeidskorting.m1":           "500",  // "500 or 501"
	"2024 aow.arbeidskorting.m2":           "2661", // "2661 approx"
}

// fileNames are the keys of the file, with the name that the number has here.
// A key that is not here is refused.
var fileNames = map[string]string{
	"brackets_under_aow.value.0.upto": "brackets.upto1", "brackets_under_aow.value.0.rate_pct": "brackets.rate1",
	"brackets_under_aow.value.1.upto": "brackets.upto2", "brackets_under_aow.value.1.rate_pct": "brackets.rate2",
	"brackets_under_aow.value.2.upto": "", "brackets_under_aow.value.2.rate_pct": "brackets.rate3",
	"algemene_heffingskorting.value.max_m1":             "algemene_heffingskorting.m1",
	"algemene_heffingskorting.value.phase_out_start_g1": "algemene_heffingskorting.g1",
	"algemene_heffingskorting.value.phase_out_end_g2":   "algemene_heffingskorting.g2",
	"algemene_heffingskorting.value.rate_a1":            "algemene_heffingskorting.a1",
	"arbeidskorting.value.m2_cumulative":                "arbeidskorting.m2", "arbeidskorting.value.m3_cumulative": "arbeidskorting.m3",
	"jonggehandicaptenkorting.value": "jonggehandicaptenkorting.m1",
	"Lmax":                           "tabeleinde.lmax", "Lv": "", "Lmax_source": "",
	"aow.alleenstaande_ouderenkorting": "aow.alleenstaande_ouderenkorting.m1", "aow.ouderenkorting.g2": "",
	"aow.note_bijz": "", "aow.source": "", "aow.confidence": "",
}

func init() {
	for _, n := range []string{"o1", "o2", "o3", "a1", "g1", "g2", "g3", "g4", "m1"} {
		fileNames["arbeidskorting.value."+n] = "arbeidskorting." + n
		fileNames["aow.ark."+n] = "aow.arbeidskorting." + n
	}
	for i, n := range []string{"g1", "g2", "g3", "g4"} {
		fileNames["aow.ark.g."+strconv.Itoa(i)] = "aow.arbeidskorting." + n
	}
	for i, n := range []string{"m1", "m2", "m3"} {
		fileNames["aow.ark.m."+strconv.Itoa(i)] = "aow.arbeidskorting." + n
	}
	for _, n := range []string{"m1", "g1", "g2", "a1"} {
		fileNames["aow.ahk."+n] = "aow.algemene_heffingskorting." + n
		if n != "g2" {
			fileNames["aow.ouderenkorting."+n] = "aow.ouderenkorting." + n
		}
	}
	for key, who := range map[string]string{"brackets_1946_or_later": "aow", "brackets_1945_or_earlier": "aow1945"} {
		for i, names := range [][2]string{{"upto1", "rate1"}, {"upto2", "rate2"}, {"", "rate3"}} {
			for j, n := range names {
				path := fmt.Sprintf("aow.%s.%d.%d", key, i, j)
				fileNames[path] = who + ".brackets." + n
				if n == "" {
					fileNames[path] = ""
				}
			}
			fileNames[fmt.Sprintf("aow.%s.%d.2", key, i)] = "" // the sum of the lower brackets: TestBracketBases
		}
	}
	for _, group := range []string{"brackets_under_aow", "algemene_heffingskorting", "arbeidskorting", "jonggehandicaptenkorting"} {
		fileNames[group+".source"], fileNames[group+".confidence"] = "", ""
	}
}

// ratesFile reads the file; numbers stay the text that they are written as.
func ratesFile(t *testing.T) map[string]any {
	t.Helper()
	file, err := os.Open("testdata/loonheffing_rates.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all struct {
		Meta  any                       `json:"meta"`
		Years map[string]map[string]any `json:"years"`
	}
	d := json.NewDecoder(file)
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	years := map[string]any{}
	for year, values := range all.Years {
		years[year] = values
	}
	return years
}

// leaves lists every value under its path.
func leaves(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, one := range v {
			leaves(strings.TrimPrefix(path+"."+key, "."), one, into)
		}
	case []any:
		for i, one := range v {
			leaves(path+"."+strconv.Itoa(i), one, into)
		}
	case nil:
		into[path] = ""
	default:
		into[path] = fmt.Sprint(v)
	}
}

// Every number of the file is the number here and every number here is in the
// file, with the exceptions above.
func TestTaxRatesAreTheFile(t *testing.T) {
	here := map[string]euro.Number{}
	for _, f := range taxParameters {
		here[fmt.Sprint(f.Since.Year())+" "+strings.TrimPrefix(f.Name, "loonheffing.")] = f.Value
	}
	total, seen, file := len(here), map[string]bool{}, ratesFile(t)
	for year := firstTaxYear; year <= lastTaxYear; year++ {
		values := file[strconv.Itoa(year)].(map[string]any)
		delete(values, "employer")                         // premiums: not of this subject
		delete(values, "bijzonder_tarief_white_under_aow") // TestSpecialRowsAreTheFile
		if aow, ok := values["aow"].(map[string]any); ok {
			delete(aow, "bijzonder_tarief_1946")
		}
		found := map[string]string{}
		leaves("", values, found)
		for path, text := range found {
			name, known := fileNames[path]
			if !known {
				t.Errorf("%d: nobody knows %s", year, path)
			}
			key := fmt.Sprint(year) + " " + name
			if name == "" || notInFile[key] != "" {
				continue
			}
			text, _, _ = strings.Cut(text, " (memory)")
			if value, ok := here[key]; !ok || !value.Equal(euro.MustNumber(text)) {
				t.Errorf("%s: %s here, %s in the file", key, value, text)
			}
			seen[key] = true
		}
		if found["Lv"] != taxStep.String() {
			t.Errorf("%d: steps of %s", year, found["Lv"])
		}
	}
	for key, value := range here {
		border, below := strings.Contains(key, ".g"), here[strings.Replace(key, "aow.", "", 1)]
		switch want := notInFile[key]; {
		case seen[key], want != "" && value.Equal(euro.MustNumber(want)):
		case want == "" && border && value.Equal(below) && key[:4] < "2026":
		default:
			t.Errorf("%s is %s and not in the file", key, value)
		}
	}
	if total < 240 || len(seen) < 200 {
		t.Fatalf("compared %d of %d numbers", len(seen), total)
	}
}

// The rows of the special rate are those of the file.
func TestSpecialRowsAreTheFile(t *testing.T) {
	seen, file := 0, ratesFile(t)
	compare := func(year int, who taxed, rows []any, keys []string) {
		mine := specials[who][year-firstTaxYear]
		if len(mine) != len(rows) {
			t.Fatalf("%d: %d rows, %d in the file", year, len(mine), len(rows))
		}
		for i, r := range rows {
			found := map[string]string{}
			leaves("", r, found)
			for j, have := range []euro.Number{mine[i].from, mine[i].without, mine[i].standard, mine[i].offset} {
				if text := found[keys[j]]; len(found) != 4 || !have.Equal(euro.MustNumber(text)) {
					t.Errorf("%d row %d: %s here, %v in the file", year, i, have, found)
				}
				seen++
			}
		}
	}
	for year := firstTaxYear; year <= lastTaxYear; year++ {
		values := file[strconv.Itoa(year)].(map[string]any)
		below := values["bijzonder_tarief_white_under_aow"].(map[string]any)
		compare(year, belowAOW, below["rows"].([]any), []string{"from_annual_wage", "without_korting", "standard", "offset"})
		if year == 2026 {
			compare(year, aboveAOW, values["aow"].(map[string]any)["bijzonder_tarief_1946"].([]any), []string{".0", ".1", ".2", ".3"})
		}
	}
	if seen != 4*(5*8+2*9+8) {
		t.Fatalf("compared %d numbers", seen)
	}
}

// What the file marks below high is below high here, and so the other way.
func TestTaxConfidenceIsTheFile(t *testing.T) {
	seen, file := 0, ratesFile(t)
	for year := firstTaxYear; year <= lastTaxYear; year++ {
		values := file[strconv.Itoa(year)].(map[string]any)
		mark := func(value any) string { return value.(map[string]any)["confidence"].(string) }
		for key, group := range map[string]string{
			"brackets_under_aow": groupBrackets, "algemene_heffingskorting": groupGeneral,
			"arbeidskorting": groupLabour, "jonggehandicaptenkorting": groupDisabled,
		} {
			high := strings.HasPrefix(mark(values[key]), "high")
			if f := taxTables[belowAOW][year-firstTaxYear].figures[group]; (f.Confidence == High) != high {
				t.Errorf("%d %s: %s here, %q in the file", year, group, f.Confidence, mark(values[key]))
			}
			seen++
		}
		if values["aow"] == nil {
			continue
		}
		sure := mark(values["aow"]) == "high"
		for _, who := range []taxed{aboveAOW, born1945} {
			for _, group := range []string{groupBrackets, groupGeneral, groupLabour, groupOlder} {
				if f := taxTables[who][year-firstTaxYear].figures[group]; (f.Confidence == High) != sure || f.Name == "" {
					t.Errorf("%d %s: %s here, %q in the file", year, f.Name, f.Confidence, mark(values["aow"]))
				}
				seen++
			}
		}
	}
	if seen != 7*4+4*8 {
		t.Fatalf("looked at %d marks", seen)
	}
}

// A group with a name that it does not have, without one that it has, twice, or
// of a year that nobody computes, stops the program.
func TestTaxGroupsAreRefused(t *testing.T) {
	good := taxGroup{2026, belowAOW, groupGeneral, "m1 1 g1 2 g2 3 a1 0.1", High, "x", ""}
	for what, change := range map[string]func(*taxGroup){
		"an unknown name": func(g *taxGroup) { g.values = "m1 1 g1 2 g2 3 a2 0.1" },
		"one too few":     func(g *taxGroup) { g.values = "m1 1 g1 2 g2 3" },
		"one too many":    func(g *taxGroup) { g.values += " m2 4" },
		"one twice":       func(g *taxGroup) { g.values = "m1 1 g1 2 g2 3 g2 3" },
		"no number":       func(g *taxGroup) { g.values = "m1 1 g1 2 g2 3 a1 0,1" },
		"unknown group":   func(g *taxGroup) { g.group = "werkbonus" },
		"the draft":       func(g *taxGroup) { g.year = 2027 },
		"no year":         func(g *taxGroup) { g.year = 2019 },
	} {
		g := good
		change(&g)
		if !panics(func() { g.read() }) {
			t.Errorf("%s was taken", what)
		}
	}
	if panics(func() { good.read() }) || !panics(func() { makeTaxTables([]taxGroup{good, good}) }) {
		t.Error("a good group is refused, or one that stands there twice is taken")
	}
}

func panics(f func()) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	f()
	return false
}

// Every rate, each row of the special rate and the AOW ages are in the hash.
func TestTaxIsInTheHash(t *testing.T) {
	all := everything()
	for _, f := range slices.Concat(taxParameters, aowAges, anonymousRate, dayTable) {
		if !slices.Contains(all, f) {
			t.Errorf("not in the hash: %+v", f)
		}
	}
	rows := 0
	for _, f := range all {
		if strings.HasPrefix(f.Name, nameSpecial) {
			rows++
		}
	}
	if rows != 2*(5*8+2*9+8) {
		t.Errorf("%d figures of the special rate are in the hash", rows)
	}
	for _, table := range specialTables { // an offset alone changes the figure that the hash holds
		for i, text := range table.rows {
			changed := text
			changed[3] += "1"
			if strings.Contains(text[3], ".") && hashOf([]Figure{table.row(i, text).credited}) == hashOf([]Figure{table.row(i, changed).credited}) {
				t.Errorf("%d: %v and %v are one figure", table.year, text, changed)
			}
		}
	}
	if taxParameters[0].Since != calendar.Day(2020, 1, 1) {
		t.Error("the years are out of order")
	}
}
