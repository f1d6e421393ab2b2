package main

import (
	"fmt"
	"math/big"
	"testing"
	"time"
)

// The judge: a small plain model of the business for April 2007 and October
// 2026, written from the documents (DESIGN sections 3 to 5, EXAMPLE, the facts
// of the schemes, the statute pages) and not from the program. It knows neither
// its rooms nor its types.

// modelContract is all that is known of one contract and its one month.
type modelContract struct {
	Employer, Number string
	Month, Scheme    string
	Factor, Amount   string // of the wage: WML times a factor, or euros an hour
	Week, Full       string // agreed hours, and the sector's full week
	Span             modelSpan
	Korting          bool // the loonheffingskorting applies
	Hours            []modelDay
	Decision         *modelDecision
	Placement        *modelPlacement
}

// modelDecision is what the municipality decided or agreed, and later says of
// what is claimed under it.
type modelDecision struct {
	Number  string
	Span    modelSpan
	Week    string // hours a week
	Percent int64  // loonwaarde or productivity, where the scheme asks for one
	Forfait bool   // by the forfait and not the loonwaarde
	Ceiling string // of all claims together; empty is none
	Charges string // percentage that it names itself; empty is none
	Verdict string // granted, partly (half) or refused
}

// modelPlacement lends somebody to an inlener.
type modelPlacement struct {
	Inlener string
	Price   string // euros an hour worked; empty: as the scheme has it
	Span    modelSpan
}

// modelDay is one line of hours: hundredths of an hour of a kind.
type modelDay struct {
	Day        int // of the month
	Kind       string
	Hundredths int64
}

// modelSpan is from one date to another, both in it; no last date is no end.
type modelSpan struct{ From, To string }

func (s modelSpan) holds(date string) bool {
	return s.From != "" && s.From <= date && (s.To == "" || date <= s.To)
}

// modelLaw is what the law says in a month.
type modelLaw struct {
	Days  int
	Month *big.Rat // minimum wage a month, and since 2024 the reference amount (WML art. 8)
	Week  *big.Rat // minimum wage a week, until 2023
	Hour  *big.Rat // minimum wage an hour, since 2024
	VAT   *big.Rat // general rate
}

var modelLaws = map[string]modelLaw{
	"2007-04": {30, modelNumber("1300.80"), modelNumber("300.20"), nil, modelNumber("0.19")},
	"2026-10": {31, modelNumber("2337.00"), nil, modelNumber("14.99"), modelNumber("0.21")},
}

func modelNumber(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("no number: " + text)
	}
	return r
}

func modelTimes(factors ...*big.Rat) *big.Rat {
	product := big.NewRat(1, 1)
	for _, f := range factors {
		product.Mul(product, f)
	}
	return product
}

func modelPlus(terms ...*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, t := range terms {
		sum.Add(sum, t)
	}
	return sum
}

func modelMinus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }

func modelLeast(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// modelRound rounds half up to a number of decimals; modelCents to whole cents.
func modelRound(r *big.Rat, decimals int64) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(decimals), nil)
	n := modelPlus(modelTimes(r, new(big.Rat).SetInt(scale)), big.NewRat(1, 2))
	return new(big.Rat).SetFrac(new(big.Int).Div(n.Num(), n.Denom()), scale)
}

func modelCents(r *big.Rat) *big.Rat { return modelRound(r, 2) }

// modelMoney prints euros.
func modelMoney(amounts ...*big.Rat) (text string) {
	for i, a := range amounts {
		if i > 0 {
			text += " "
		}
		text += a.FloatString(2)
	}
	return text
}

func (c modelContract) law() modelLaw { return modelLaws[c.Month] }

// days are the days of the month that the contract shares with all the spans.
func (c modelContract) days(spans ...modelSpan) (days []int) {
	for day := 1; day <= c.law().Days; day++ {
		date, within := fmt.Sprintf("%s-%02d", c.Month, day), true
		for _, s := range append(spans, c.Span) {
			within = within && s.holds(date)
		}
		if within {
			days = append(days, day)
		}
	}
	return days
}

// part is which part of the month some days are: by calendar days.
func (c modelContract) part(days []int) *big.Rat {
	return big.NewRat(int64(len(days)), int64(c.law().Days))
}

// minimum is what the contract pays an hour when it pays the minimum wage times
// a factor. Before 2024 an hour is the weekly amount over the sector's full
// week. A rate that is no statutory amount is kept at four decimals.
func (c modelContract) minimum(factor string) *big.Rat {
	hour := c.law().Hour
	if hour == nil {
		hour = modelRound(modelTimes(c.law().Week, new(big.Rat).Inv(modelNumber(c.Full))), 4)
	}
	return modelRound(modelTimes(hour, modelNumber(factor)), 4)
}

func (c modelContract) rate() *big.Rat {
	if c.Amount != "" {
		return modelNumber(c.Amount)
	}
	return c.minimum(c.Factor)
}

// hoursOf sums the hours of each kind on some days.
func (c modelContract) hoursOf(days []int) map[string]*big.Rat {
	kinds := map[string]*big.Rat{}
	for _, h := range c.Hours {
		for _, day := range days {
			if h.Day != day {
				continue
			}
			if kinds[h.Kind] == nil {
				kinds[h.Kind] = new(big.Rat)
			}
			kinds[h.Kind].Add(kinds[h.Kind], big.NewRat(h.Hundredths, 100))
		}
	}
	return kinds
}

// paid is the wage of some days at a rate, with its holiday allowance. Hours are
// paid by kind, each line rounded once; unpaid absence is not.
func (c modelContract) paid(days []int, rate *big.Rat) (wage, holiday *big.Rat) {
	wage = new(big.Rat)
	for kind, hours := range c.hoursOf(days) {
		if kind != "unpaid_absence" {
			wage.Add(wage, modelCents(modelTimes(hours, rate)))
		}
	}
	return wage, modelCents(modelTimes(wage, modelNumber("0.08")))
}

// cost is the wage cost of some days in a row, wage and holiday allowance with
// their part of the month's charges: what the payslip would come to after them,
// less what it would come to before them. So the parts of a month sum to its
// whole.
func (c modelContract) cost(days []int, rate *big.Rat) *big.Rat {
	if len(days) == 0 {
		return new(big.Rat)
	}
	var until, before []int
	for _, day := range c.days() {
		if day <= days[len(days)-1] {
			until = append(until, day)
		}
		if day < days[0] {
			before = append(before, day)
		}
	}
	return modelMinus(c.withCharges(modelPlus(c.paid(until, rate))), c.withCharges(modelPlus(c.paid(before, rate))))
}

// withCharges adds to a part of the month's wage and allowance its part of the
// charges.
func (c modelContract) withCharges(accrued *big.Rat) *big.Rat {
	n := c.net()
	if whole := modelPlus(n.Wage, n.Holiday); whole.Sign() > 0 {
		return modelPlus(accrued, modelCents(modelTimes(n.Charges, accrued, new(big.Rat).Inv(whole))))
	}
	return accrued
}

// modelMonthsOn is the last day of a number of months from a date on.
func modelMonthsOn(date string, months int) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return day.AddDate(0, months, -1).Format(time.DateOnly)
}

// modelOne is a contract that lasts the whole month, full time, with so many
// hundredths of hours on its second day, and a decision.
func modelOne(month, scheme, factor string, hundredths int64, d modelDecision) modelContract {
	d.Number, d.Verdict = "D-1", "granted"
	if d.Span.From == "" {
		d.Span.From = "2007-01-01"
	}
	if d.Week == "" {
		d.Week = "40"
	}
	return modelContract{Employer: "E", Number: "C-1", Month: month, Scheme: scheme, Factor: factor, Week: d.Week, Full: "40", Span: d.Span,
		Hours: []modelDay{{2, "worked", hundredths}}, Decision: &d}
}

// TestModel holds the model against worked examples, so that the judge is judged
// as well.
func TestModel(t *testing.T) {
	example := modelOne("2026-10", "loonkostensubsidie", "1", 136_00, modelDecision{Week: "32", Percent: 60, Span: modelSpan{From: "2026-07-01"}})
	if got, want := modelMoney(example.paid(example.days(), example.rate())), "2038.64 163.09"; got != want {
		t.Errorf("the example is paid %s, want %s", got, want)
	}
	// 0.50 × 14.99 with its 8 % is 8.10, and 0.33 × 14.99 is 5.35; but 0.83 × 14.99
	// is 13.44, and so the second part is a cent less. The charges on 12.44 are 2.13:
	// 1.28 of it goes with the first part and 0.85 with the second.
	parted := example
	parted.Hours = []modelDay{{2, "worked", 50}, {3, "worked", 33}}
	if got, want := modelMoney(parted.cost([]int{1, 2}, parted.rate()), parted.cost([]int{3, 4, 5}, parted.rate())), "9.38 6.19"; got != want {
		t.Errorf("the parts of a month cost %s, want %s", got, want)
	}
	lent := modelOne("2007-04", "tilburg-vooropgesteld-werk", "1", 100_00, modelDecision{})
	lent.Placement = &modelPlacement{"H", "", lent.Span}
	priced := lent
	priced.Placement = &modelPlacement{"H", "12.50", lent.Span}
	for want, c := range map[string]modelContract{
		"M subsidy 897.41 224.35 1121.76 0.00 1121.76 0.00": example,
		// 1,300.80 × 1.08 × 40 %.
		"M subsidy 561.95 0.00 561.95 0.00 561.95 0.00": modelOne("2007-04", "oss-bonusbaan", "1", 170_00, modelDecision{Percent: 60}),
		// A price a place and month, with 19 % VAT.
		"M fee 1900.00 0.00 1900.00 361.00 1900.00 361.00": modelOne("2007-04", "uden-warmm", "1.02", 170_00, modelDecision{}),
		// Half of 5,000 at the start, whatever the first month costs.
		"M subsidy 2500.00 0.00 2500.00 0.00 2500.00 0.00": modelOne("2007-04", "breda-opstapbaan", "1", 10_00, modelDecision{Span: modelSpan{"2007-04-02", "2008-04-01"}}),
		// The other half in the last month, never above the wage cost: 80.00 × 7.505 + 8 %.
		"M subsidy 2500.00 0.00 648.43 0.00 648.43 0.00": modelOne("2007-04", "breda-opstapbaan", "1", 80_00, modelDecision{Span: modelSpan{"2006-05-01", "2007-04-30"}}),
		// Half of the minimum wage.
		"M subsidy 650.40 0.00 650.40 0.00 650.40 0.00": modelOne("2007-04", "den-bosch-verloning", "1", 170_00, modelDecision{}),
		// 100.00 × 7.505 + 8 % is 810.54: all of it and 17 %; 60 %; and 50 %.
		"M subsidy 810.54 137.79 948.33 0.00 948.33 0.00": modelOne("2007-04", "breda-vangnetbaan", "1", 100_00, modelDecision{}),
		"M subsidy 486.32 0.00 486.32 0.00 486.32 0.00":   modelOne("2007-04", "oss-werkende-weg", "1", 100_00, modelDecision{}),
		"M subsidy 405.27 0.00 405.27 0.00 405.27 0.00":   modelOne("2007-04", "tilburg-vooropgesteld-werk", "1", 100_00, modelDecision{}),
		// The inlener pays the other half, or 100.00 × 12.50.
		"H hire 405.27 0.00 405.27 77.00 0.00 0.00":    lent,
		"H hire 1250.00 0.00 1250.00 237.50 0.00 0.00": priced,
	} {
		claims := c.claims("M")
		if got := claims[len(claims)-1].line(); got != want {
			t.Errorf("%s comes to %s, want %s", c.Scheme, got, want)
		}
	}
	exampleMonth(t, example)
}
