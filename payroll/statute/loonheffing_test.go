package statute

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

var (
	grownBelow = Taxpayer{Birth: day("1988-05-05")}
	grownAbove = Taxpayer{Birth: day("1950-05-05")}
	credited   = Taxpayer{Birth: day("1988-05-05"), Korting: true}
)

func with(p Taxpayer, change ...func(*Taxpayer)) Taxpayer {
	for _, c := range change {
		c(&p)
	}
	return p
}

func korting(p *Taxpayer)      { p.Korting = true }
func wajong(p *Taxpayer)       { p.Jonggehandicapt = true }
func alleenstaand(p *Taxpayer) { p.Alleenstaand = true }
func anonymous(p *Taxpayer)    { p.Anonymous = true }

func euros(s string) euro.Amount { return euro.MustParse(s) }

// taxOf computes and fails the test when there is no tax.
func taxOf(t interface{ Fatal(...any) }, w TaxedWage) WageTax {
	tax, err := Loonheffing(w)
	if err != nil {
		t.Fatal(err)
	}
	return tax
}

// Every row of the official white month table of 2021 comes back: all of it,
// three columns, no difference.
func TestMonthTable2021(t *testing.T) {
	paid, seen := day("2021-05-25"), 0
	for _, row := range rows(t, "loonheffing_2021_wit_maand.csv") {
		wage := euros(row["wage"])
		without := taxOf(t, TaxedWage{Taxpayer: grownBelow, Wage: wage, Paid: paid, Tijdvak: TaxMonth})
		tax := taxOf(t, TaxedWage{Taxpayer: credited, Wage: wage, Paid: paid, Tijdvak: TaxMonth})
		if without.Tax.String() != row["lh_without_korting"] || !without.Arbeidskorting.IsZero() {
			t.Errorf("%s without: %s", wage, without.Tax)
		}
		if tax.Tax.String() != row["lh_with_korting"] || tax.Arbeidskorting.String() != row["verrekende_arbeidskorting"] {
			t.Errorf("%v: got %s and %s", row, tax.Tax, tax.Arbeidskorting)
		}
		// A wage just below the row belongs to the row before it: steps of 4.50.
		before := taxOf(t, TaxedWage{Taxpayer: grownBelow, Wage: wage.Sub(euro.Cents(1)), Paid: paid, Tijdvak: TaxMonth})
		if before.Tax.Cmp(without.Tax) >= 0 {
			t.Errorf("%s is taxed like %s", wage.Sub(euro.Cents(1)), wage)
		}
		seen++
	}
	if seen != 1960 {
		t.Fatalf("%d rows", seen)
	}
}

// One line for each worked example of loonheffing.md, and for the ends.
func TestLoonheffing(t *testing.T) {
	for _, c := range []struct {
		who           Taxpayer
		paid, wage    string
		tijdvak       Loontijdvak
		days          int
		tax, ark, why string
	}{
		{credited, "2026-10-24", "4000.00", TaxMonth, 0, "818.67", "461.00", "worked example"},
		{credited, "2026-10-24", "3996.00", TaxMonth, 0, "818.67", "461.00", "its official row"},
		{credited, "2026-10-24", "2294.40", TaxMonth, 0, "114.92", "444.33", "minimum wage month, check 2026"},
		{with(grownAbove, korting), "2026-10-24", "3240.00", TaxMonth, 0, "69.58", "231.17", "above AOW age"},
		{with(grownAbove, korting, alleenstaand), "2026-10-24", "3240.00", TaxMonth, 0, "24.58", "231.17", "and alone"},
		{grownAbove, "2026-10-24", "3240.00", TaxMonth, 0, "578.33", "0.00", "above AOW age, without"},
		{with(grownBelow, korting, alleenstaand), "2026-10-24", "4000.00", TaxMonth, 0, "818.67", "461.00", "no such credit below AOW age"},
		{with(credited, wajong), "2026-10-24", "4000.00", TaxMonth, 0, "741.75", "461.00", "76.92 less"},
		{with(grownBelow, wajong), "2026-10-24", "4000.00", TaxMonth, 0, "1442.17", "0.00", "no JGK without korting"},
		{with(credited, wajong), "2026-10-24", "1800.00", TaxMonth, 0, "0.00", "332.00", "JGK takes no more than the tax"},
		{credited, "2026-10-24", "0.00", TaxMonth, 0, "0.00", "0.00", "no wage"},
		{credited, "2026-10-24", "-125.00", TaxMonth, 0, "0.00", "0.00", "negative wage"},
		{credited, "2026-10-24", "4.49", TaxMonth, 0, "0.00", "0.00", "below the first row"},
		{grownBelow, "2026-10-24", "4.50", TaxMonth, 0, "1.58", "0.00", "the first row"},
		{credited, "2021-05-25", "8820.00", TaxMonth, 0, "3657.83", "0.00", "the last row of 2021"},
		{credited, "2021-05-25", "8830.02", TaxMonth, 0, "3662.78", "0.00", "49.5 % of 10.02 more, in cents down"},
		{with(grownBelow, anonymous), "2026-10-24", "2294.41", TaxMonth, 0, "1193.09", "0.00", "52 %"},
		{with(credited, anonymous, wajong), "2021-01-24", "100.00", TaxWeek, 3, "52.00", "0.00", "52 % whatever else"},
		{Taxpayer{Anonymous: true}, "2021-01-24", "-1.00", TaxMonth, 0, "0.00", "0.00", "no wage, no tax"},
	} {
		got, err := Loonheffing(TaxedWage{Taxpayer: c.who, Wage: euros(c.wage), Paid: day(c.paid), Tijdvak: c.tijdvak, Days: c.days})
		if err != nil || got.Tax.String() != c.tax || got.Arbeidskorting.String() != c.ark {
			t.Errorf("%s (%s): %s and %s, %v; want %s and %s", c.wage, c.why, got.Tax, got.Arbeidskorting, err, c.tax, c.ark)
		}
	}
}

// The steps are those of the worked example on paper.
func TestLoonheffingSteps(t *testing.T) {
	s := taxOf(t, TaxedWage{Taxpayer: with(credited, wajong), Wage: euros("4000.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth}).Steps
	for name, pair := range map[string][2]string{
		"tariff": {string(s.Tariff), "table"}, "F": {s.PerYear.String(), "12"}, "L": {s.Annual.String(), "47952"},
		"a": {s.BracketFrom.String(), "38883"}, "b": {s.BracketRate.String(), "37.56"}, "c": {s.BracketBase.String(), "13900"},
		"X1": {s.BracketTax.String(), "17306"}, "AHK": {s.AlgemeneHeffingskorting.String(), "1950"},
		"ARK": {s.Arbeidskorting.String(), "5532"}, "left": {s.ArbeidskortingLeft.String(), "5532"}, "X": {s.AnnualTax.String(), "9824"},
		"table": {s.TableTax.String(), "818.67"}, "JGK": {s.Jonggehandicaptenkorting.String(), "76.92"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %s, want %s", name, pair[0], pair[1])
		}
	}
}

// The bases of the brackets are those that are printed.
func TestBracketBases(t *testing.T) {
	for who, want := range map[taxed][2]string{belowAOW: {"13900", "28752"}, aboveAOW: {"6940", "21792"}, born1945: {"7340", "21351"}} {
		b := taxTables[who][2026-firstTaxYear].brackets
		if b[1].base.String() != want[0] || b[2].base.String() != want[1] {
			t.Errorf("%v: %s and %s", who, b[1].base, b[2].base)
		}
	}
}

// The jonggehandicaptenkorting of each tijdvak, below and above AOW age.
func TestJonggehandicaptenkorting(t *testing.T) {
	for tijdvak, want := range map[Loontijdvak]string{
		TaxQuarter: "230.75", TaxMonth: "76.92", TaxFourWeeks: "71.00", TaxWeek: "17.75", TaxDay: "3.55",
	} {
		w := TaxedWage{Taxpayer: with(credited, wajong), Wage: euros("99999.00"), Paid: day("2026-10-24"), Tijdvak: tijdvak}
		if got := taxOf(t, w).Steps.Jonggehandicaptenkorting; got.String() != want {
			t.Errorf("%s: %s, want %s", tijdvak, got, want)
		}
	}
	above := TaxedWage{Taxpayer: with(grownAbove, korting, wajong), Wage: euros("9000.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth}
	if got := taxOf(t, above).Steps.Jonggehandicaptenkorting; got.String() != "38.50" {
		t.Errorf("above AOW age: %s", got)
	}
}

// Five days of a month are five times the day table of a fifth of the wage.
func TestPartOfTijdvak(t *testing.T) {
	paid := day("2026-10-24")
	part := taxOf(t, TaxedWage{Taxpayer: with(credited, wajong), Wage: euros("705.03"), Paid: paid, Tijdvak: TaxMonth, Days: 5})
	one := taxOf(t, TaxedWage{Taxpayer: with(credited, wajong), Wage: euros("141.00"), Paid: paid, Tijdvak: TaxDay})
	five := euro.Int(5)
	if part.Tax.IsZero() || !part.Tax.Equal(one.Tax.Times(five).Cents()) || !part.Arbeidskorting.Equal(one.Arbeidskorting.Times(five).Cents()) {
		t.Errorf("%s and %s, a day %s and %s", part.Tax, part.Arbeidskorting, one.Tax, one.Arbeidskorting)
	}
	if part.Steps.Days != 5 || part.Steps.DayWage.String() != "141.00" || !named(part, "loonheffing.dagtabel", Medium) {
		t.Errorf("steps %+v, figures %+v", part.Steps, part.Figures)
	}
	// (floor(141.00 × 260 / 54) × 54 = 36,612) × 35.75 % = 13,088; - 2,676 - 5,510 = 4,902; / 260, less 3.55.
	if one.Tax.String() != "15.30" {
		t.Errorf("a day %s", one.Tax)
	}
}

// named reports whether the tax names the figure with that confidence.
func named(t WageTax, name string, c Confidence) bool {
	for _, f := range t.Figures {
		if f.Name == name && f.Confidence == c {
			return true
		}
	}
	return false
}

// The figures are those that were used, no others, and what is unsure is in
// doubt on the day of payment.
func TestLoonheffingFigures(t *testing.T) {
	for _, c := range []struct {
		who          Taxpayer
		paid, wage   string
		names, doubt string
	}{
		{grownBelow, "2026-10-24", "4000.00", "brackets", ""},
		{credited, "2026-10-24", "4000.00", "brackets algemene_heffingskorting arbeidskorting", ""},
		{with(credited, wajong), "2026-10-24", "4000.00", "brackets algemene_heffingskorting arbeidskorting jonggehandicaptenkorting", ""},
		{with(credited, wajong), "2025-10-24", "4000.00", "brackets algemene_heffingskorting arbeidskorting jonggehandicaptenkorting", "jonggehandicaptenkorting"},
		{grownBelow, "2026-10-24", "14000.00", "brackets tabeleinde", ""},
		{grownBelow, "2025-10-24", "14000.00", "brackets tabeleinde", "tabeleinde"},
		{credited, "2020-10-24", "4000.00", "brackets algemene_heffingskorting arbeidskorting", "brackets algemene_heffingskorting arbeidskorting"},
		{with(grownAbove, korting), "2026-10-24", "3240.00", "aow.brackets aow.algemene_heffingskorting aow.arbeidskorting aow.ouderenkorting", ""},
		{with(grownAbove, korting), "2024-10-24", "3240.00", "aow.brackets aow.algemene_heffingskorting aow.arbeidskorting aow.ouderenkorting",
			"aow.brackets aow.algemene_heffingskorting aow.arbeidskorting aow.ouderenkorting"},
		{with(grownAbove, alleenstaand, wajong), "2024-10-24", "3240.00", "aow.brackets", "aow.brackets"},
		{with(grownAbove, korting, alleenstaand), "2026-10-24", "3240.00",
			"aow.brackets aow.algemene_heffingskorting aow.arbeidskorting aow.ouderenkorting aow.alleenstaande_ouderenkorting", ""},
		{with(grownAbove, korting, alleenstaand), "2025-10-24", "3240.00",
			"aow.brackets aow.algemene_heffingskorting aow.arbeidskorting aow.ouderenkorting aow.alleenstaande_ouderenkorting",
			"aow.brackets aow.algemene_heffingskorting aow.arbeidskorting aow.ouderenkorting aow.alleenstaande_ouderenkorting"},
		{Taxpayer{Birth: day("1940-05-05")}, "2026-10-24", "3240.00", "aow1945.brackets", ""},
		{with(grownBelow, anonymous), "2026-10-24", "4000.00", "anonymous", "anonymous"},
		{credited, "2026-10-24", "0.00", "", ""},
		{Taxpayer{Birth: day("1956-06-01")}, "2022-10-24", "4000.00", "brackets aow.age_months", "aow.age_months"},
	} {
		w := TaxedWage{Taxpayer: c.who, Wage: euros(c.wage), Paid: day(c.paid), Tijdvak: TaxMonth}
		var names, doubt []string
		for _, f := range taxOf(t, w).Figures {
			names = append(names, strings.TrimPrefix(f.Name, "loonheffing."))
			if _, _, doubtful := f.Doubt(w.Paid); doubtful {
				doubt = append(doubt, names[len(names)-1])
			}
		}
		if strings.Join(names, " ") != c.names || strings.Join(doubt, " ") != c.doubt {
			t.Errorf("%s %s: %q, in doubt %q", c.paid, c.wage, names, doubt)
		}
	}
}

// Years and people without good rates are refused, and the error says why.
func TestLoonheffingRefused(t *testing.T) {
	above := with(grownAbove, korting)
	for _, c := range []struct {
		who     Taxpayer
		paid    string
		tijdvak Loontijdvak
		days    int
		says    string
	}{
		{grownBelow, "", TaxMonth, 0, "without a day"},
		{grownBelow, "2003-07-24", TaxMonth, 0, "they start in 2020"},
		{grownBelow, "2007-07-24", TaxMonth, 0, "incomplete and from memory"},
		{grownBelow, "2015-07-24", TaxMonth, 0, "werkbonus"},
		{grownBelow, "2019-12-31", TaxMonth, 0, "they start in 2020"},
		{grownBelow, "2027-01-01", TaxMonth, 0, "draft"},
		{grownBelow, "2028-01-01", TaxMonth, 0, "not known"},
		{with(grownBelow, anonymous), "2027-01-24", TaxMonth, 0, "draft"},
		{above, "2020-07-24", TaxMonth, 0, "above AOW age of that year"},
		{above, "2022-12-31", TaxMonth, 0, "above AOW age of that year"},
		{with(above, alleenstaand), "2024-07-24", TaxMonth, 0, "alleenstaande_ouderenkorting on 2024-07-24: the credit is known from 2025 on"},
		{with(above, wajong), "2025-07-24", TaxMonth, 0, "jonggehandicaptenkorting on 2025-07-24"},
		{grownBelow, "2026-07-24", "", 0, "no table for a tijdvak"},
		{grownBelow, "2026-07-24", "year", 0, "no table for a tijdvak"},
		{grownBelow, "2026-07-24", TaxMonth, -1, "-1 days"},
		{Taxpayer{}, "2026-07-24", TaxMonth, 0, "day of birth"},
	} {
		got, err := Loonheffing(TaxedWage{Taxpayer: c.who, Wage: euros("1000.00"), Paid: day(c.paid), Tijdvak: c.tijdvak, Days: c.days})
		if !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), c.says) || !got.Tax.IsZero() || got.Figures != nil {
			t.Errorf("%s: %v with %+v, want %q", c.paid, err, got, c.says)
		}
	}
	if _, err := Loonheffing(TaxedWage{Paid: day("2026-07-24"), Tijdvak: TaxMonth}); !errors.Is(err, ErrNoBirth) {
		t.Errorf("got %v", err)
	}
}

// drawTaxed draws somebody, a year and a tijdvak that can be computed.
func drawTaxed(t *rapid.T) TaxedWage {
	w := TaxedWage{Taxpayer: grownBelow, Tijdvak: rapid.SampledFrom([]Loontijdvak{TaxQuarter, TaxMonth, TaxFourWeeks, TaxWeek, TaxDay}).Draw(t, "tijdvak")}
	from := firstTaxYear
	switch rapid.IntRange(0, 3).Draw(t, "who") {
	case 0:
		w.Taxpayer, from = grownAbove, firstAOWYear
	case 1:
		w.Birth, from = day("1940-05-05"), firstAOWYear
	}
	w.Paid = calendar.Day(rapid.IntRange(from, lastTaxYear).Draw(t, "year"), 7, 1)
	w.Wage = euro.Cents(rapid.Int64Range(-1_000_00, 15_000_00).Draw(t, "cents"))
	return w
}

// Without korting more wage is never less tax; with korting it is never more
// than without, never negative, and the arbeidskorting explains no more than
// the difference and a cent.
func TestTaxRisesWithWage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTaxed(t)
		more := w
		more.Wage = w.Wage.Add(euro.Cents(rapid.Int64Range(0, 1_000_00).Draw(t, "more")))
		a, b := taxOf(t, w), taxOf(t, more)
		if a.Tax.Cmp(b.Tax) > 0 || a.Tax.Sign() < 0 {
			t.Fatalf("%+v: %s, %s more: %s", w, a.Tax, more.Wage, b.Tax)
		}
		w.Korting = true
		c := taxOf(t, w)
		if c.Tax.Cmp(a.Tax) > 0 || c.Tax.Sign() < 0 || c.Arbeidskorting.Sign() < 0 || c.Arbeidskorting.Cmp(a.Tax.Sub(c.Tax).Add(euro.Cents(1))) > 0 {
			t.Fatalf("%+v: %s with and %s without, arbeidskorting %s", w, c.Tax, a.Tax, c.Arbeidskorting)
		}
	})
}

// Within a step the tax of the table is one, and every step below the last has
// a tax of its own: 4.50 in the month table.
func TestStepWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTaxed(t)
		w.Tijdvak = TaxMonth
		w.Korting = rapid.Bool().Draw(t, "korting")
		step := rapid.Int64Range(1, 1800).Draw(t, "step")
		w.Wage = euro.Cents(step * 450)
		first := taxOf(t, w)
		w.Wage = euro.Cents(step*450 + rapid.Int64Range(0, 449).Draw(t, "in the step"))
		if in := taxOf(t, w); !in.Tax.Equal(first.Tax) || !in.Arbeidskorting.Equal(first.Arbeidskorting) {
			t.Fatalf("%s: %s, at the start of the step %s", w.Wage, in.Tax, first.Tax)
		}
		w.Korting = false
		w.Wage = euro.Cents((step + 1) * 450)
		next := taxOf(t, w)
		w.Wage = euro.Cents((step+1)*450 - 1)
		if last := taxOf(t, w); last.Tax.Cmp(next.Tax) >= 0 {
			t.Fatalf("%s: %s, a cent less: %s", next.Tax, w.Wage, last.Tax)
		}
	})
}

// Twelve months are the year to six cents; and thirteen times four weeks of the
// same annual wage differ by a step's tax at most.
func TestTijdvakkenAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTaxed(t)
		w.Korting = rapid.Bool().Draw(t, "korting")
		annual := rapid.Int64Range(0, 90_000).Draw(t, "euros a year")
		w.Tijdvak, w.Wage = TaxMonth, euro.Int(annual).Part(euro.Ratio{Over: euro.One, Under: euro.Int(12)}).CentsUp()
		month := taxOf(t, w)
		year := month.Tax.Times(euro.Int(12))
		if off := year.Sub(month.Steps.AnnualTax); off.Max(off.Neg()).Cmp(euro.MustNumber("0.06")) > 0 {
			t.Fatalf("%+v: %s a year, twelve months %s", w, month.Steps.AnnualTax, year)
		}
		w.Tijdvak, w.Wage = TaxFourWeeks, euro.Int(annual).Part(euro.Ratio{Over: euro.One, Under: euro.Int(13)}).CentsUp()
		weeks := taxOf(t, w)
		// Both wages round to the same annual wage up to cents: one step of 54 at
		// most, at 49.5 % and the credits that fade meanwhile.
		if off := weeks.Tax.Times(euro.Int(13)).Sub(year); off.Max(off.Neg()).Cmp(euro.Int(45)) > 0 {
			t.Fatalf("%+v: thirteen times %s, twelve times %s", w, weeks.Tax, month.Tax)
		}
	})
}

// Beyond the last row the tax goes on where the table stopped.
func TestBeyondTheTable(t *testing.T) {
	for who, years := range taxTables {
		for i, table := range years {
			if table == nil {
				continue
			}
			p := map[taxed]Taxpayer{belowAOW: grownBelow, aboveAOW: grownAbove, born1945: {Birth: day("1940-05-05")}}[taxed(who)]
			p.Korting = true
			last := table.end.Part(euro.Ratio{Over: euro.One, Under: euro.Int(12)}).CentsUp()
			w := TaxedWage{Taxpayer: p, Wage: last, Paid: calendar.Day(firstTaxYear+i, 3, 1), Tijdvak: TaxMonth}
			at := taxOf(t, w)
			w.Wage = last.Add(euros("100.00"))
			over := taxOf(t, w)
			if over.Tax.Sub(at.Tax).String() != "49.50" || at.Steps.Tariff != TariffTable || over.Steps.Tariff != TariffBeyond || !over.Arbeidskorting.IsZero() {
				t.Errorf("%s: %s, 100 more: %s", w.Paid, at.Tax, over.Tax)
			}
			if at.Steps.Annual.Cmp(table.end) != 0 || table.end.DownTo(taxStep).Cmp(table.end) != 0 {
				t.Errorf("%s: the table ends at %s", w.Paid, table.end)
			}
		}
	}
}

// What one wage names is not overwritten by what another names.
func TestFiguresAreNotShared(t *testing.T) {
	alone := TaxedWage{Taxpayer: with(grownAbove, korting, alleenstaand), Wage: euros("3000.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth}
	first := taxOf(t, alone)
	disabled := alone
	disabled.Taxpayer = with(grownAbove, korting, wajong)
	_ = taxOf(t, disabled)
	if last := first.Figures[len(first.Figures)-1]; last.Name != "loonheffing.aow.alleenstaande_ouderenkorting" {
		t.Errorf("got %+v", last)
	}
}

func BenchmarkLoonheffing(b *testing.B) {
	w := TaxedWage{Taxpayer: credited, Wage: euros("2337.00"), Paid: day("2026-10-24"), Tijdvak: TaxMonth}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Loonheffing(w); err != nil {
			b.Fatal(err)
		}
	}
}
