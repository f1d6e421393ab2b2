package statute

import (
	"fmt"
	"strings"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// The years that can be computed, and the first one above AOW age.
const (
	firstTaxYear = 2020
	lastTaxYear  = 2026
	firstAOWYear = 2023
)

// taxTable is a year's white table for one kind of person, as numbers to
// compute with and as figures to name.
type taxTable struct {
	brackets [3]taxBracket
	general  fading       // algemene heffingskorting
	labour   labourCredit // arbeidskorting
	older    fading       // ouderenkorting; no end of its own but nought
	single   euro.Number  // alleenstaande-ouderenkorting
	disabled euro.Number  // jonggehandicaptenkorting
	end      euro.Number  // Lmax: beyond it the table has no rows
	figures  map[string]Figure
	// What every calculation without and with korting names: shared, and only
	// ever appended to by copy.
	plain, credited []Figure
}

// taxBracket is a bracket: from a (not itself) to the end, its percentage and
// the tax of the brackets below, each rounded down to whole euros.
type taxBracket struct {
	from, upto, rate, base euro.Number
	last                   bool
}

// fading is a credit that shrinks from a border on.
type fading struct {
	most, from, rate euro.Number
	end              euro.Number // nothing from here; nought: no such border
	text             string      // the same, to be read
}

// labourCredit is the arbeidskorting: it grows in three parts, each with a
// cumulative maximum, and then shrinks.
type labourCredit struct {
	rate, most [3]euro.Number
	border     [4]euro.Number
	fade       euro.Number
	text       string // the same, to be read
}

// taxTables holds a table for each kind of person and year, or nothing where
// there is none.
var taxTables, taxParameters = makeTaxTables(taxGroups)

type taxTableSet [taxedKinds][lastTaxYear - firstTaxYear + 1]*taxTable

// makeTaxTables also returns every number as a figure of its own: they make the
// hash, and the groups would not show which number changed.
func makeTaxTables(groups []taxGroup) (set taxTableSet, all []Figure) {
	read := map[taxed]map[int]map[string]taxRates{}
	for _, g := range groups {
		r := g.read()
		all = append(all, r.all...)
		if read[g.who] == nil {
			read[g.who] = map[int]map[string]taxRates{}
		}
		if read[g.who][g.year] == nil {
			read[g.who][g.year] = map[string]taxRates{}
		}
		if _, twice := read[g.who][g.year][g.group]; twice {
			panic(fmt.Sprintf("statute: %d has %s twice", g.year, g.group))
		}
		read[g.who][g.year][g.group] = r
	}
	for who, years := range read {
		for year, rates := range years {
			below := read[belowAOW][year]
			if who == born1945 { // all but the brackets is that of others above AOW age
				rates = withDefaults(rates, read[aboveAOW][year])
			}
			rates = withDefaults(rates, map[string]taxRates{groupEnd: below[groupEnd]})
			set[who][year-firstTaxYear] = newTaxTable(rates, who != belowAOW)
		}
	}
	return set, all
}

func withDefaults(own, others map[string]taxRates) map[string]taxRates {
	merged := map[string]taxRates{}
	for name, r := range others {
		merged[name] = r
	}
	for name, r := range own {
		merged[name] = r
	}
	return merged
}

// taxRates is a group that was read: its numbers by name, its figure, and a
// figure for each number.
type taxRates struct {
	number map[string]euro.Number
	figure Figure
	all    []Figure
}

// read takes the text apart and panics on a name that the group does not have,
// has twice or lacks: a fault in the data shows when the program starts.
func (g taxGroup) read() taxRates {
	shape, known := taxShape[g.group]
	words := strings.Fields(g.values)
	if !known || len(words) != 2*len(shape.names) || g.year < firstTaxYear || g.year > lastTaxYear {
		panic(fmt.Sprintf("statute: %d %s: %q does not fit", g.year, g.group, g.values))
	}
	r := taxRates{number: map[string]euro.Number{}}
	for i := range shape.names {
		r.number[words[2*i]] = euro.MustNumber(words[2*i+1])
	}
	name := "loonheffing." + g.who.String() + g.group
	article := shape.article
	if g.who == born1945 {
		article += "; art. 20b"
	}
	f := Figure{
		Name: name, Since: calendar.Day(g.year, 1, 1), Source: g.source, Article: article,
		Confidence: g.confidence, Checked: checked, ConfirmedThrough: calendar.Day(g.year, 12, 31), Derived: g.derived,
	}
	for _, n := range shape.names {
		value, ok := r.number[n]
		if !ok {
			panic(fmt.Sprintf("statute: %d %s lacks %s", g.year, g.group, n))
		}
		one := f
		one.Name, one.Value = name+"."+n, value
		r.all = append(r.all, one)
		if n == shape.head {
			r.figure = f
			r.figure.Value = value
		}
	}
	return r
}

// String is the part of a figure's name that says whose it is.
func (t taxed) String() string {
	switch t {
	case aboveAOW:
		return "aow."
	case born1945:
		return "aow1945."
	}
	return ""
}

// newTaxTable turns rates into a table.
func newTaxTable(rates map[string]taxRates, aow bool) *taxTable {
	t := &taxTable{figures: map[string]Figure{}}
	for name, r := range rates {
		t.figures[name] = r.figure
	}
	b := rates[groupBrackets].number
	from, base := euro.Number{}, euro.Number{}
	for i, names := range [][2]string{{"upto1", "rate1"}, {"upto2", "rate2"}, {"", "rate3"}} {
		one := taxBracket{from: from, upto: b[names[0]], rate: b[names[1]], base: base, last: names[0] == ""}
		t.brackets[i] = one
		base, from = one.tax(one.upto), one.upto
	}
	g := rates[groupGeneral].number
	t.general = fading{most: g["m1"], from: g["g1"], rate: g["a1"], end: g["g2"]}
	l := rates[groupLabour].number
	t.labour = labourCredit{
		rate:   [3]euro.Number{l["o1"], l["o2"], l["o3"]},
		most:   [3]euro.Number{l["m1"], l["m2"], l["m3"]},
		border: [4]euro.Number{l["g1"], l["g2"], l["g3"], l["g4"]},
		fade:   l["a1"],
	}
	t.general.text = fmt.Sprintf("%s − (L − %s) × %s, at most %s", g["m1"], g["g1"], g["a1"], g["m1"])
	t.labour.text = fmt.Sprintf("min(min(min(L × %s, %s) + (L − %s) × %s, %s) + (L − %s) × %s, %s) − (L − %s) × %s",
		l["o1"], l["m1"], l["g1"], l["o2"], l["m2"], l["g2"], l["o3"], l["m3"], l["g3"], l["a1"])
	t.end = rates[groupEnd].number["lmax"]
	t.single = rates[groupSingle].number["m1"]
	t.disabled = rates[groupDisabled].number["m1"]
	t.plain = []Figure{t.figures[groupBrackets]}
	t.credited = []Figure{t.figures[groupBrackets], t.figures[groupGeneral], t.figures[groupLabour]}
	if aow {
		o := rates[groupOlder].number
		t.older = fading{most: o["m1"], from: o["g1"], rate: o["a1"]}
		t.credited = append(t.credited, t.figures[groupOlder])
	}
	return t
}

// tax is the tax of the bracket and those below it, on whole euros a year,
// rounded down to whole euros.
func (b taxBracket) tax(annual euro.Number) euro.Number {
	return annual.Sub(b.from).Mul(b.rate).Percent().DownTo(euro.One).Add(b.base)
}

// bracket finds the bracket of an annual wage; its last euro belongs to it.
func (t *taxTable) bracket(annual euro.Number) taxBracket {
	for _, b := range t.brackets {
		if b.last || annual.Cmp(b.upto) <= 0 {
			return b
		}
	}
	panic("statute: no last bracket")
}

// credit is what is left of the credit, rounded up to whole euros.
func (f fading) credit(annual euro.Number) euro.Number {
	switch {
	case f.most.IsZero() || annual.Cmp(f.from) <= 0:
		return f.most
	case !f.end.IsZero() && annual.Cmp(f.end) >= 0:
		return euro.Number{}
	}
	left := f.most.Sub(annual.Sub(f.from).Mul(f.rate))
	return left.UpTo(euro.One).Max(euro.Number{})
}

// credit is the arbeidskorting, rounded up to whole euros.
func (c *labourCredit) credit(annual euro.Number) euro.Number {
	if annual.Cmp(c.border[3]) >= 0 {
		return euro.Number{}
	}
	total, from := euro.Number{}, euro.Number{}
	for i := range c.rate {
		if annual.Cmp(from) <= 0 {
			break
		}
		grown := annual.Sub(from).Mul(c.rate[i])
		total, from = total.Add(grown).Min(c.most[i]), c.border[i]
	}
	if over := annual.Sub(c.border[2]); over.Sign() > 0 {
		total = total.Sub(over.Mul(c.fade))
	}
	return total.UpTo(euro.One).Max(euro.Number{})
}

// taxTableOf finds the table of a person on the day that a wage is paid, with
// the AOW age where it was close enough to decide.
func taxTableOf(p Taxpayer, paid calendar.Date) (who taxed, t *taxTable, age []Figure, err error) {
	who, age, err = taxedAs(p, paid)
	if err != nil {
		return who, nil, nil, err
	}
	t = taxTables[who][paid.Year()-firstTaxYear]
	if t == nil {
		return who, nil, nil, missing(nameTax, paid, fmt.Sprintf(
			"no rates above AOW age of that year were found; they start in %d", firstAOWYear))
	}
	return who, t, age, nil
}

// taxedAs says whose rates apply, and refuses years without rates. Without a
// day of birth somebody must say that AOW age is not reached: it is no default.
func taxedAs(p Taxpayer, paid calendar.Date) (who taxed, age []Figure, err error) {
	if err := TaxYearKnown(paid); err != nil {
		return 0, nil, err
	}
	if p.Birth.IsZero() && p.BelowAOW {
		return belowAOW, nil, nil
	}
	reached, age, err := AOWNear(p.Birth, paid)
	if err != nil {
		return 0, nil, err
	}
	switch {
	case !reached:
		return belowAOW, age, nil
	case p.Birth.Year() <= lastWideBirthYear:
		return born1945, age, nil
	}
	return aboveAOW, age, nil
}

// lastWideBirthYear is the last year of birth with the wider first bracket.
const lastWideBirthYear = 1945

// TaxYearKnown refuses a day of a year whose rates are not good enough, and
// says why.
func TaxYearKnown(paid calendar.Date) error {
	if paid.IsZero() {
		return missing(nameTax, paid, "")
	}
	switch year := paid.Year(); {
	case year >= firstTaxYear && year <= lastTaxYear:
		return nil
	case year == 2027:
		return missing(nameTax, paid, "the rates of 2027 are a draft of September 2026 and no law")
	case year > 2027:
		return missing(nameTax, paid, "the rates of that year are not known")
	case year == 2015:
		return missing(nameTax, paid, "2015 had a werkbonus and credits with a floor, and the rates of the werkbonus were not found")
	case year == 2007:
		return missing(nameTax, paid, "the rates of 2007 are incomplete and from memory")
	}
	return missing(nameTax, paid, fmt.Sprintf("no rates of that year were found; they start in %d", firstTaxYear))
}
