package payroll_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// chargesOf reads an employer's charge case of words: "2026-10-23 2294.40 month
// low small whk=1.52". Periods are a count of months unless said: "four_weeks",
// "day*10", "none".
func chargesOf(t rapid.TB, text string) payroll.ChargesInput {
	t.Helper()
	words := strings.Fields(text)
	in := payroll.ChargesInput{PayDate: calendar.MustParse(words[0]), Wage: euro.MustParse(words[1])}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "none", "flex":
		case "month":
			in.Periods = payroll.PremiumPeriods(calendar.MonthOf(in.PayDate))
		case "period":
			in.Periods = payroll.PremiumPeriods(periodOf(t, value))
		case "days":
			q, _ := payroll.ParseQuantity(value)
			in.Periods = []payroll.PeriodCount{{Of: statute.WageDay, Count: int(q) / 100}}
		case "low":
			in.AWf.Written, in.AWf.OpenEnded = true, true
		case "oral":
			in.AWf.OpenEnded = true
		case "temporary":
			in.AWf.Written = true
		case "oncall":
			in.AWf.OnCall = true
		case "bbl":
			in.AWf.BBL = true
		case "born":
			in.AWf.Birth = calendar.MustParse(value)
		case "started":
			in.AWf.Started = calendar.MustParse(value)
		case "return":
			in.AWf.Return = periodOf(t, value)
		case "hours":
			q, err := payroll.ParseQuantity(value)
			if err != nil {
				t.Fatal(err)
			}
			in.AWf.PaidHours = &q
		case "aow":
			in.FromAOW = true
		case "small":
			in.Employer.Small = true
		case "ufo":
			in.Employer.Ufo = true
		case "whk":
			in.Employer.Whk = &payroll.WhkDecision{Year: in.PayDate.Year(), Percentage: euro.MustNumber(value), Reference: "W-1"}
		default:
			t.Fatalf("what is %q in %q", word, text)
		}
	}
	return in
}

func paperCharges(c payroll.Charges) string {
	var parts []string
	for _, p := range c.Premiums {
		parts = append(parts, fmt.Sprintf("%s %s", p.Kind, p.Amount))
	}
	return strings.Join(parts, " ") + " = " + c.Total.String()
}

// Each premium worked out by hand from the percentages of its year; the first
// is the published example of 2026.
func TestCharges(t *testing.T) {
	for _, c := range []struct{ what, in, want, attention string }{
		{"the published example of 2026", "2026-10-23 2294.40 month low small whk=1.52", "awf 62.87 aof 143.86 wko 11.47 whk 34.87 zvw 139.96 = 393.03", ""},
		{"the average Whk, flagged", "2026-10-23 2294.40 month low small", "awf 62.87 aof 143.86 wko 11.47 whk 34.87 zvw 139.96 = 393.03", "premium/whk_average"},
		{"a Whk of its own", "2026-10-23 2294.40 month low small whk=2.11", "awf 62.87 aof 143.86 wko 11.47 whk 48.41 zvw 139.96 = 406.57", ""},
		{"a Whk of nought", "2026-10-23 2294.40 month low small whk=0", "awf 62.87 aof 143.86 wko 11.47 whk 0.00 zvw 139.96 = 358.16", ""},
		{"a large employer", "2026-10-23 2294.40 month low whk=1.52", "awf 62.87 aof 175.06 wko 11.47 whk 34.87 zvw 139.96 = 424.23", ""},
		{"temporary", "2026-10-23 2294.40 month temporary small whk=1.52", "awf 177.59 aof 143.86 wko 11.47 whk 34.87 zvw 139.96 = 507.75", ""},
		{"not in writing", "2026-10-23 2294.40 month oral small whk=1.52", "awf 177.59 aof 143.86 wko 11.47 whk 34.87 zvw 139.96 = 507.75", ""},
		{"on call", "2026-10-23 2294.40 month low oncall small whk=1.52", "awf 177.59 aof 143.86 wko 11.47 whk 34.87 zvw 139.96 = 507.75", ""},
		{"an official", "2026-10-23 2294.40 month flex small ufo whk=1.52", "ufo 15.60 aof 143.86 wko 11.47 whk 34.87 zvw 139.96 = 345.76", "figure/in_doubt"},
		{"from AOW age", "2026-10-23 2294.40 month low small whk=1.52 aow", "zvw 139.96 = 139.96", "premium/rule_in_doubt"},
		{"an official from AOW age", "2026-10-23 2294.40 month ufo aow", "zvw 139.96 = 139.96", "premium/rule_in_doubt"},
		{"above the maximum of a month", "2026-10-23 8000.00 month low small whk=1.52", "awf 181.32 aof 414.91 wko 33.09 whk 100.58 zvw 403.66 = 1133.56", ""},
		{"above the maximum of four weeks", "2026-10-23 8000.00 period=2026-P11 low small whk=1.52", "awf 167.37 aof 383.00 wko 30.54 whk 92.85 zvw 372.61 = 1046.37", ""},
		{"above the maximum of ten days", "2026-10-23 8000.00 days=10 low small whk=1.52", "awf 83.68 aof 191.49 wko 15.27 whk 46.42 zvw 186.30 = 523.16", ""},
		{"no period and nothing before", "2026-10-23 8000.00 none low small whk=1.52", "awf 0.00 aof 0.00 wko 0.00 whk 0.00 zvw 0.00 = 0.00", ""},
		{"no wage", "2026-10-23 0.00 month low small whk=1.52", "awf 0.00 aof 0.00 wko 0.00 whk 0.00 zvw 0.00 = 0.00", ""},
		{"a wage taken back", "2026-10-23 -2294.40 month low small whk=1.52", "awf -62.87 aof -143.86 wko -11.47 whk -34.87 zvw -139.96 = -393.03", ""},
		{"2025", "2025-03-24 2000.00 month low small whk=1.33", "awf 54.80 aof 125.60 wko 10.00 whk 26.60 zvw 130.20 = 347.20", ""},
		{"2025, large and temporary", "2025-03-24 2000.00 month temporary whk=1.33", "awf 154.80 aof 152.80 wko 10.00 whk 26.60 zvw 130.20 = 474.40", ""},
		{"2024, average from memory", "2024-03-24 2000.00 month low small", "awf 52.80 aof 123.60 wko 10.00 whk 24.40 zvw 131.40 = 342.20", "premium/whk_average figure/in_doubt"},
		{"July 2021", "2021-07-31 2000.00 none low", "awf 0.00 aof 0.00 wko 0.00 whk 0.00 zvw 0.00 = 0.00", "premium/whk_average" + strings.Repeat(" figure/in_doubt", 5)},
		{"August 2021", "2021-08-24 2000.00 month low whk=1.36", "awf 6.80 aof 140.60 wko 10.00 whk 27.20 zvw 140.00 = 324.60", strings.TrimSpace(strings.Repeat(" figure/in_doubt", 5))},
		{"July 2021, the premium before", "2021-07-24 2000.00 month temporary whk=1.36", "awf 154.00 aof 140.60 wko 10.00 whk 27.20 zvw 140.00 = 471.80", strings.TrimSpace(strings.Repeat(" figure/in_doubt", 5))},
	} {
		got, err := payroll.NewCharges(chargesOf(t, c.in), nil)
		if err != nil || paperCharges(got) != c.want || kinds(got.Attention) != c.attention {
			t.Errorf("%s:\n got %s, %q, %v\nwant %s, %q", c.what, paperCharges(got), kinds(got.Attention), err, c.want, c.attention)
		}
	}
}

// Low or high by contract, age and hours: one condition off at a time.
func TestAWfLowOrHigh(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
		mark bool
	}{
		{"low", "awf.low", false},
		{"low oncall", "awf.high", false},
		{"oral", "awf.high", false},
		{"temporary", "awf.high", false},
		{"", "awf.high", false},
		{"bbl temporary", "awf.low", true},
		{"bbl oncall", "awf.low", true},
		{"low bbl", "awf.low", false},
		{"born=2006-01-01 return=2026-10 hours=52", "awf.low", true},
		{"born=2006-01-01 return=2026-10 hours=52.01", "awf.high", false},
		{"born=2006-01-01 return=2026-P11 hours=48 oncall", "awf.low", true},
		{"born=2006-01-01 return=2026-P11 hours=48.01", "awf.high", false},
		{"born=2006-01-01 return=2026-P11 hours=52", "awf.high", false},
		{"born=2006-01-01 return=2020-P13 hours=48.01", "awf.high", false},
		{"born=2006-01-01 return=2026-10", "awf.high", false},
		{"born=2006-01-01 hours=10", "awf.high", false},
		{"return=2026-10 hours=10", "awf.high", false},
		{"born=2005-10-01 return=2026-10 hours=10", "awf.high", false},
		{"born=2005-10-02 return=2026-10 hours=10", "awf.low", true},
		{"born=2005-10-02 started=2026-10-02 return=2026-10 hours=10", "awf.high", false},
		{"born=2005-10-02 started=2025-10-02 return=2026-10 hours=10", "awf.low", true},
		{"born=1990-01-01 return=2026-10 hours=10 low", "awf.low", false},
	} {
		got, err := payroll.NewCharges(chargesOf(t, "2026-10-23 1000.00 month whk=1 "+c.in), nil)
		if p, ok := got.Of(payroll.PremiumAWf); err != nil || !ok || p.Rate.Name != c.want || (len(got.Attention) == 1) != c.mark {
			t.Errorf("%q: %s, %q, %v, want %s", c.in, p.Rate.Name, kinds(got.Attention), err, c.want)
		}
	}
}

// A high month, then low ones: what lay above the first maximum is still due,
// and a second payslip of a month adds no maximum.
func TestBasesAreCumulative(t *testing.T) {
	earlier := payroll.Cumulatives{}
	for i, c := range []struct{ in, insured, zvw string }{
		{"2026-01-23 8000.00 month", "6617.41", "6617.41"},
		{"2026-02-23 5000.00 month", "6382.59", "6382.59"},
		{"2026-02-27 500.00 none", "234.82", "234.82"}, // 13,500.00 in two months of 13,234.82
		{"2026-03-23 -1000.00 month", "-734.82", "-734.82"},
		{"2026-04-23 0.00 month", "0.00", "0.00"},
		{"2026-05-23 9000.00 month aow", "", "9000.00"},
		{"2026-06-23 9000.00 month aow", "", "9000.00"},
		{"2026-07-23 20000.00 month aow", "", "15821.87"}, // 7 x 6,617.41 less what was
	} {
		in := chargesOf(t, c.in+" low small whk=1")
		in.Earlier = earlier
		got, err := payroll.NewCharges(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range got.Premiums {
			want := c.insured
			if p.Kind == payroll.PremiumZvw {
				want = c.zvw
			}
			if p.Base.String() != want {
				t.Errorf("%d: base of %s is %s, want %s", i, p.Kind, p.Base, want)
			}
		}
		if (c.insured == "") != (len(got.Premiums) == 1) {
			t.Errorf("%d: %s", i, paperCharges(got))
		}
		earlier = got.Cumulatives
	}
	if got := fmt.Sprint(earlier.Insured.Wage, " ", earlier.Insured.Maximum, " ", earlier.Insured.Base); got != "12500.00 26469.64 12500.00" {
		t.Errorf("insured until AOW age: %s", got)
	}
	if got := fmt.Sprint(earlier.Year, " ", earlier.Zvw.Wage, " ", earlier.Zvw.Maximum); got != "2026 50500.00 46321.87" {
		t.Errorf("Zvw: %s", got)
	}
}

func TestPremiumPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"2026-02": "[{month 1}]", "2026-P01": "[{four_weeks 1}]", "2026-P13": "[{four_weeks 1} {week 1}]", "2025-P13": "[{four_weeks 1}]",
	} {
		if got := fmt.Sprint(payroll.PremiumPeriods(periodOf(t, text))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestChargesRefused(t *testing.T) {
	for _, c := range []struct {
		in     string
		change func(*payroll.ChargesInput)
		want   error
		says   string
	}{
		{"2027-01-25 1000.00 month low", nil, statute.ErrNoFigure, "not published"},
		{"2027-01-25 1000.00 none aow", nil, statute.ErrNoFigure, "not published"},
		{"2019-12-20 1000.00 month low", nil, statute.ErrNoFigure, "2020-01-01"},
		{"2027-01-25 1000.00 none ufo", nil, statute.ErrNoFigure, "ufo"},
		{"2026-01-25 1000.00 month low", func(in *payroll.ChargesInput) { in.Earlier.Year = 2025; in.Earlier.Zvw.Wage = euro.Cents(1) }, payroll.ErrCharges, "cumulatives of 2025"},
		{"2026-01-25 1000.00 month low", func(in *payroll.ChargesInput) { in.Earlier.Insured.Base = euro.Cents(1) }, payroll.ErrCharges, "cumulatives of 0"},
		{"2026-01-25 1000.00 month low", func(in *payroll.ChargesInput) { in.Earlier.Year = 2025 }, payroll.ErrCharges, "cumulatives of 2025"},
		{"2026-01-25 1000.00 month low", func(in *payroll.ChargesInput) { in.Periods[0].Count = -1 }, payroll.ErrCharges, "-1"},
		{"2026-01-25 1000.00 month low", func(in *payroll.ChargesInput) { in.Periods[0].Of = "decade" }, statute.ErrNoFigure, "decade"},
		{"2026-01-25 1000.00 month low whk=1", func(in *payroll.ChargesInput) { in.Employer.Whk.Year = 2025 }, payroll.ErrCharges, "decision of 2025"},
		{"2026-01-25 1000.00 month low whk=-1", nil, payroll.ErrCharges, "-1 %"},
	} {
		in := chargesOf(t, c.in)
		if c.change != nil {
			c.change(&in)
		}
		got, err := payroll.NewCharges(in, nil)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || len(got.Premiums) > 0 {
			t.Errorf("%s: %v, %s, want %q", c.in, err, paperCharges(got), c.says)
		}
	}
	zeros := chargesOf(t, "2026-01-25 1000.00 month low")
	zeros.Earlier.Zvw.Wage = euro.MustParse("5").Sub(euro.MustParse("5"))
	if _, err := payroll.NewCharges(zeros, nil); err != nil {
		t.Errorf("nothing yet, however written: %v", err)
	}
}

// Every amount explains itself, in both languages, and listening changes none.
func TestChargesTrace(t *testing.T) {
	for text, steps := range map[string]int{
		"2026-10-23 2294.40 month low small":                               10, // maximum, two bases, the choice, five premiums, total
		"2026-10-23 2294.40 period=2026-P13 bbl":                           11,
		"2026-10-23 2294.40 month ufo":                                     9,
		"2026-10-23 2294.40 month aow":                                     5,
		"2026-10-23 100.00 month born=2008-01-01 return=2026-10 hours=8":   10,
		"2021-10-23 2294.40 none temporary born=1990-01-01 return=2021-10": 9,
	} {
		trace := &payroll.Trace{}
		in := chargesOf(t, text)
		got, err := payroll.NewCharges(in, trace)
		silent, err2 := payroll.NewCharges(in, nil)
		if err != nil || err2 != nil || len(trace.Steps) != steps {
			t.Errorf("%s: %d steps, %v", text, len(trace.Steps), err)
		}
		if fmt.Sprint(silent) != fmt.Sprint(got) {
			t.Errorf("%s: with a listener %v, without %v", text, got, silent)
		}
		if len(got.Figures) != len(in.Periods)+len(got.Premiums) {
			t.Errorf("%s: %d figures", text, len(got.Figures))
		}
		for _, s := range trace.Steps {
			choice := strings.HasPrefix(s.What.EN, "AWf ")
			if s.What.NL == "" || s.What.EN == "" || s.Article == "" || s.Result == "" || (s.Source == "" && !choice) {
				t.Errorf("%s: %+v", text, s)
			}
		}
		if last := trace.Steps[len(trace.Steps)-1]; last.Result != got.Total.String() {
			t.Errorf("%s: the last step is %+v", text, last)
		}
	}
}

// yearOf pays the wages, in cents, in the months of 2026 and returns the sums
// of base and premium by kind.
func yearOf(t rapid.TB, wages []int64) (base, premium map[payroll.PremiumKind]int64) {
	base, premium = map[payroll.PremiumKind]int64{}, map[payroll.PremiumKind]int64{}
	earlier := payroll.Cumulatives{}
	for i, cents := range wages {
		in := chargesOf(t, fmt.Sprintf("2026-%02d-23 %s month low small whk=1.52", i+1, euro.Cents(cents)))
		in.Earlier = earlier
		got, err := payroll.NewCharges(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		total := int64(0)
		for _, p := range got.Premiums {
			if p.Amount.Sign() < 0 && cents >= 0 {
				t.Fatalf("month %d of %d: %s is %s", i+1, cents, p.Kind, p.Amount)
			}
			base[p.Kind] += p.Base.InCents()
			premium[p.Kind] += p.Amount.InCents()
			total += p.Amount.InCents()
		}
		if total != got.Total.InCents() {
			t.Fatalf("%s", paperCharges(got))
		}
		earlier = got.Cumulatives
	}
	return base, premium
}

// Whatever the order of the months, the bases of a year of whole periods sum to
// the wages of the year or twelve maxima, whichever is less, and the premiums
// differ by their roundings only: half a cent a payslip.
func TestBasesOfAYear(t *testing.T) {
	rates := map[payroll.PremiumKind]int64{payroll.PremiumAWf: 274, payroll.PremiumAof: 627, payroll.PremiumWko: 50, payroll.PremiumWhk: 152, payroll.PremiumZvw: 610}
	capped := 0
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.SampledFrom([]int64{0, 5_000_00}).Draw(t, "least wage")
		wages := rapid.SliceOfN(rapid.Int64Range(least, least+14_000_00), 12, 12).Draw(t, "wages in cents")
		shuffled := rapid.Permutation(wages).Draw(t, "another order")
		sum := int64(0)
		for _, w := range wages {
			sum += w
		}
		want := min(sum, 12*6617_41)
		if want < sum {
			capped++
		}
		base, premium := yearOf(t, wages)
		base2, premium2 := yearOf(t, shuffled)
		if len(base) != len(rates) {
			t.Fatalf("premiums: %v", base)
		}
		for kind, rate := range rates {
			if base[kind] != want || base2[kind] != want {
				t.Fatalf("%s: bases sum to %d and %d, want %d", kind, base[kind], base2[kind], want)
			}
			for _, cents := range []int64{premium[kind], premium2[kind]} {
				// In ten-thousandths of a cent, where half a cent is 5,000.
				if off := cents*10_000 - want*rate; off > 12*5_000 || off < -12*5_000 {
					t.Fatalf("%s: %d cents on %d", kind, cents, want)
				}
			}
		}
	})
	if capped == 0 {
		t.Error("no year came above the maximum")
	}
}

// A payslip in two, of which the second adds no period, has the same bases, and
// each premium differs by the roundings of three amounts at most.
func TestPayslipInTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(0, 12_000_00).Draw(t, "wage in cents")
		first := rapid.Int64Range(0, whole).Draw(t, "of the first payslip")
		before := euro.Cents(rapid.Int64Range(0, 20_000_00).Draw(t, "wage before"))
		options := rapid.SampledFrom([]string{" low small whk=1.52", " temporary whk=0.77", " ufo", " aow"}).Draw(t, "kind")
		pay := func(cents int64, periods string, earlier payroll.Cumulatives) payroll.Charges {
			in := chargesOf(t, "2026-03-23 "+euro.Cents(cents).String()+periods+options)
			in.Earlier = earlier
			got, err := payroll.NewCharges(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		maximum := euro.MustParse("13234.82")
		had := payroll.Cumulative{Wage: before, Maximum: maximum, Base: before.Min(maximum)}
		earlier := payroll.Cumulatives{Year: 2026, Insured: had, Zvw: had}
		one := pay(whole, " month", earlier)
		a := pay(first, " month", earlier)
		b := pay(whole-first, " none", a.Cumulatives)
		if fmt.Sprint(one.Cumulatives) != fmt.Sprint(b.Cumulatives) {
			t.Fatalf("%v and in two %v", one.Cumulatives, b.Cumulatives)
		}
		for _, p := range one.Premiums {
			pa, _ := a.Of(p.Kind)
			pb, _ := b.Of(p.Kind)
			if !pa.Base.Add(pb.Base).Equal(p.Base) {
				t.Fatalf("%s: bases %s and %s of %s", p.Kind, pa.Base, pb.Base, p.Base)
			}
			if off := pa.Amount.Add(pb.Amount).Sub(p.Amount).InCents(); off > 1 || off < -1 {
				t.Fatalf("%s: %s and %s of %s", p.Kind, pa.Amount, pb.Amount, p.Amount)
			}
		}
	})
}

// Wages may go down, and then what was paid comes back: the base of the year is
// that of the sum again.
func TestWagesTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wages := rapid.SliceOfN(rapid.Int64Range(-9_000_00, 9_000_00), 1, 12).Draw(t, "wages in cents")
		sum := int64(0)
		for _, w := range wages {
			sum += w
		}
		base, _ := yearOf(t, wages)
		if want := min(sum, int64(len(wages))*6617_41); base[payroll.PremiumAof] != want {
			t.Fatalf("bases sum to %d, want %d", base[payroll.PremiumAof], want)
		}
	})
}
