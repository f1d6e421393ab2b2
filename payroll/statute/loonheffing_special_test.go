package statute

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// One line for each row of 2026 and its borders, with the worked examples of
// loonheffing.md.
func TestSpecialLoonheffing(t *testing.T) {
	for _, c := range []struct {
		who                         Taxpayer
		paid, annual, amount        string
		rate, tax, standard, offset string
	}{
		{credited, "2026-05-24", "50000.00", "1234.56", "50.47", "623.08", "37.56", "12.91"},
		{credited, "2026-05-24", "29735.42", "2230.00", "33.8", "753.74", "35.75", "-1.95"}, // minimum wage, 36 hours
		{credited, "2026-05-24", "29736.99", "2230.00", "33.8", "753.74", "35.75", "-1.95"},
		{credited, "2026-05-24", "29737.00", "2230.00", "40.2", "896.46", "35.75", "4.45"},
		{credited, "2026-05-24", "23930.99", "1000.00", "4.74", "47.40", "35.75", "-31.01"},
		{credited, "2026-05-24", "23931.00", "1000.00", "33.8", "338.00", "35.75", "-1.95"},
		{credited, "2026-05-24", "12923.00", "1000.00", "4.74", "47.40", "35.75", "-31.01"},
		{credited, "2026-05-24", "12922.99", "1000.00", "27.43", "274.30", "35.75", "-8.32"},
		{credited, "2026-05-24", "11358.00", "1000.00", "27.43", "274.30", "35.75", "-8.32"},
		{credited, "2026-05-24", "11357.99", "1000.00", "0", "0.00", "0", "0"},
		{credited, "2026-05-24", "0.00", "1000.00", "0", "0.00", "0", "0"},
		{credited, "2026-05-24", "-5.00", "1000.00", "0", "0.00", "0", "0"},
		{credited, "2026-05-24", "143555.00", "1000.00", "49.5", "495.00", "49.5", "0"},
		{grownBelow, "2026-05-24", "29735.42", "2230.00", "35.75", "797.22", "35.75", "0"}, // 797.225, down
		{grownBelow, "2026-05-24", "0.00", "1000.00", "35.75", "357.50", "35.75", "0"},
		{with(credited, wajong), "2026-05-24", "29735.42", "2230.00", "33.8", "753.74", "35.75", "-1.95"}, // not taken off here
		{with(grownAbove, korting), "2026-05-24", "34718.99", "1000.00", "0", "0.00", "0", "0"},
		{with(grownAbove, korting), "2026-05-24", "34719.00", "1000.00", "20.07", "200.70", "17.85", "2.22"},
		{with(grownAbove, korting), "2026-05-24", "50000.00", "1000.00", "59.01", "590.10", "37.56", "21.45"},
		{with(grownAbove, alleenstaand), "2026-05-24", "50000.00", "1000.00", "37.56", "375.60", "37.56", "0"},
		{credited, "2025-05-24", "29000.00", "1000.00", "39.9", "399.00", "35.82", "4.08"}, // tipsenadvies.nl
		{credited, "2026-05-24", "29735.42", "0.00", "0", "0.00", "0", "0"},
		{credited, "2026-05-24", "29735.42", "-10.00", "0", "0.00", "0", "0"},
		{with(credited, anonymous), "2026-05-24", "29735.42", "10.01", "52", "5.20", "0", "0"},
	} {
		got, err := SpecialLoonheffing(SpecialWage{Taxpayer: c.who, Amount: euros(c.amount), Paid: day(c.paid), AnnualWage: euros(c.annual)})
		if err != nil || got.Steps.Rate.String() != c.rate || got.Tax.String() != c.tax || !got.Arbeidskorting.IsZero() {
			t.Errorf("%s at %s: %s %% is %s, %v; want %s %% and %s", c.amount, c.annual, got.Steps.Rate, got.Tax, err, c.rate, c.tax)
		}
		if got.Steps.Standard.String() != c.standard || got.Steps.Offset.String() != c.offset {
			t.Errorf("%s: %s and %s", c.annual, got.Steps.Standard, got.Steps.Offset)
		}
	}
}

// Rows that nobody saw in print are in doubt, those of 2023 to 2025 only above
// the full minimum wage.
func TestSpecialDoubt(t *testing.T) {
	for _, c := range []struct {
		paid, annual string
		doubtful     bool
	}{
		{"2020-05-24", "20000.00", true}, {"2021-05-24", "20000.00", true}, {"2022-05-24", "20000.00", true},
		{"2023-05-24", "26000.00", false}, {"2024-05-24", "28000.00", false}, {"2025-05-24", "30000.00", false},
		{"2023-05-24", "40000.00", true}, {"2024-05-24", "40000.00", true}, {"2025-05-24", "40000.00", true},
		{"2026-05-24", "200000.00", false},
	} {
		for _, p := range []Taxpayer{grownBelow, credited} {
			got, err := SpecialLoonheffing(SpecialWage{Taxpayer: p, Amount: euros("100.00"), Paid: day(c.paid), AnnualWage: euros(c.annual)})
			if err != nil || len(got.Figures) != 1 {
				t.Fatal(got.Figures, err)
			}
			_, en, doubtful := got.Figures[0].Doubt(day(c.paid))
			if doubtful != c.doubtful || (doubtful && !strings.Contains(en, "pattern")) {
				t.Errorf("%s at %s: %q", c.paid, c.annual, en)
			}
		}
	}
}

func TestSpecialRefused(t *testing.T) {
	above := with(grownAbove, korting)
	for _, c := range []struct {
		who        Taxpayer
		paid, says string
	}{
		{credited, "2019-05-24", "they start in 2020"},
		{credited, "2027-05-24", "draft"},
		{with(credited, anonymous), "2027-05-24", "draft"},
		{above, "2025-05-24", "known for 2026 only"},
		{above, "2021-05-24", "known for 2026 only"},
		{Taxpayer{Birth: day("1945-12-31")}, "2026-05-24", "born in 1945 or before"},
		{with(above, alleenstaand), "2026-05-24", "alleenstaande-ouderenkorting"},
		{Taxpayer{}, "2026-05-24", "day of birth"},
	} {
		got, err := SpecialLoonheffing(SpecialWage{Taxpayer: c.who, Amount: euros("100.00"), Paid: day(c.paid), AnnualWage: euros("30000.00")})
		if !errors.Is(err, ErrNoFigure) || !strings.Contains(err.Error(), c.says) || !got.Tax.IsZero() {
			t.Errorf("%s: %v with %+v, want %q", c.paid, err, got, c.says)
		}
	}
}

// The rows below AOW age follow from the rates of the year: what the rates
// file says of them is recomputed here.
func TestSpecialPattern(t *testing.T) {
	grossed, hundred := euro.MustNumber("1.08"), euro.Hundred
	for year := firstTaxYear; year <= lastTaxYear; year++ {
		table, rows := taxTables[belowAOW][year-firstTaxYear], specials[belowAOW][year-firstTaxYear]
		l, g, b := &table.labour, &table.general, table.brackets
		part := func(n euro.Number, over euro.Number) euro.Number {
			return n.Part(euro.Ratio{Over: hundred, Under: over})
		}
		after := func(n euro.Number) euro.Number { return n.Mul(grossed).Round(0).Add(euro.One) }
		starts := map[string]euro.Number{
			"credits used up": part(g.most, b[0].rate.Sub(l.rate[0].Mul(hundred))).UpTo(euro.One),
			"second growth":   after(l.border[0]),
			"third growth":    part(l.border[1], grossed.Mul(hundred)).DownTo(euro.One).Add(euro.One),
			"credit fades":    g.from.Add(euro.One),
			"second bracket":  b[0].upto.Add(euro.One),
			"labour fades":    l.border[2].Add(euro.One),
			"last bracket":    b[1].upto.Add(euro.One),
			"labour used up":  after(l.border[3]),
		}
		if b[0].rate.Equal(b[1].rate) {
			delete(starts, "second bracket")
		}
		if len(rows) != len(starts)+1 {
			t.Errorf("%d has %d rows, the pattern %d", year, len(rows), len(starts)+1)
		}
		for name, from := range starts {
			found := false
			for _, r := range rows {
				found = found || r.from.Equal(from)
			}
			if !found {
				t.Errorf("%d: no row from %s (%s)", year, from, name)
			}
		}
		for _, r := range rows[1:] {
			if want := marginal(table, r.from).Round(2); !r.offset.Equal(want) {
				t.Errorf("%d from %s: offset %s, the pattern %s", year, r.from, r.offset, want)
			}
			if !r.without.Equal(table.bracket(r.from).rate) || !r.standard.Equal(r.without) {
				t.Errorf("%d from %s: %s and %s", year, r.from, r.without, r.standard)
			}
		}
	}
}

// marginal is what the credits add to the percentage at the start of a row.
func marginal(table *taxTable, from euro.Number) euro.Number {
	l, total, grossed := &table.labour, euro.Number{}, euro.MustNumber("1.08")
	if from.Cmp(table.general.from) > 0 && from.Cmp(table.general.end) <= 0 {
		total = total.Add(table.general.rate)
	}
	switch third := l.border[1].Part(euro.Ratio{Over: euro.One, Under: grossed}); {
	case from.Cmp(l.border[3].Mul(grossed)) > 0:
	case from.Cmp(l.border[2]) > 0:
		total = total.Add(l.fade)
	case from.Cmp(third) > 0:
		total = total.Sub(l.rate[2])
	case from.Cmp(l.border[0].Mul(grossed)) > 0:
		total = total.Sub(l.rate[1])
	default:
		total = total.Sub(l.rate[0])
	}
	return total.Mul(euro.Hundred)
}

// The tax never exceeds the payment, and is never rounded up.
func TestSpecialRoundsDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := SpecialWage{Taxpayer: grownBelow, Paid: calendar.Day(rapid.IntRange(firstTaxYear, lastTaxYear).Draw(t, "year"), 5, 24)}
		w.Korting = rapid.Bool().Draw(t, "korting")
		w.Amount = euro.Cents(rapid.Int64Range(1, 1_000_000).Draw(t, "cents"))
		w.AnnualWage = euro.Cents(rapid.Int64Range(0, 200_000_00).Draw(t, "annual cents"))
		got, err := SpecialLoonheffing(w)
		if err != nil {
			t.Fatal(err)
		}
		left := w.Amount.Times(got.Steps.Rate.Percent()).Sub(got.Tax.Number())
		if left.Sign() < 0 || left.Cmp(euro.Scaled(1, 2)) >= 0 || got.Tax.Sign() < 0 || got.Steps.RowFrom.Cmp(w.AnnualWage.Number()) > 0 {
			t.Fatalf("%+v: %s at %s %%", w, got.Tax, got.Steps.Rate)
		}
	})
}
