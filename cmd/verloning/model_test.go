package main

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"
)

// The judge: a small plain model of the business for October 2026, written from
// the documents (DESIGN sections 3 and 5, EXAMPLE, statute/loonkostensubsidie)
// and not from the program. It knows neither its rooms nor its types.

// modelContract is all that is known of one contract.
type modelContract struct {
	Employer, Number string
	Factor, Amount   string // of the wage: WML times a factor, or euros an hour
	Week, Full       string // agreed hours, and the sector's full week
	Start            int    // day of October on which it begins; 1 also for earlier
	Hours            []modelDay
	Decided          bool   // a decision exists
	DecidedWeek      string // hours a week of the decision
	DecidedFrom      int    // day of October on which it begins; 1 also for earlier
	Loonwaarde       int64  // percent
	Forfait          bool   // by the forfait and not the loonwaarde
	Verdict          string // of the municipality: granted, partly (half) or refused
}

// modelDay is one line of hours: hundredths of an hour of a kind.
type modelDay struct {
	Day        int // of October
	Kind       string
	Hundredths int64
}

// modelOutcome is what a contract comes to, in euros.
type modelOutcome struct{ Wage, Holiday, Base, Charges, Amount, Granted string }

// Figures of October 2026.
var (
	modelHour  = modelNumber("14.99")   // minimum wage an hour (WML art. 8)
	modelMonth = modelNumber("2337.00") // reference month amount (WML art. 8)
)

func modelNumber(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("no number: " + text)
	}
	return r
}

// modelTimes multiplies; modelCents rounds half up to whole cents.
func modelTimes(factors ...*big.Rat) *big.Rat {
	product := big.NewRat(1, 1)
	for _, f := range factors {
		product.Mul(product, f)
	}
	return product
}

func modelCents(r *big.Rat) *big.Rat {
	n := new(big.Rat).Add(modelTimes(r, big.NewRat(100, 1)), big.NewRat(1, 2))
	return new(big.Rat).SetFrac(new(big.Int).Div(n.Num(), n.Denom()), big.NewInt(100))
}

func modelLeast(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// paid is the wage of the days from one on, with its holiday allowance. Hours
// are paid by kind, each line rounded once; unpaid absence is not.
func (c modelContract) paid(from int) (wage, holiday *big.Rat) {
	rate := modelTimes(modelHour, modelNumber(c.Factor))
	if c.Amount != "" {
		rate = modelNumber(c.Amount)
	}
	kinds := map[string]int64{}
	for _, h := range c.Hours {
		if h.Day >= from && h.Kind != "unpaid_absence" {
			kinds[h.Kind] += h.Hundredths
		}
	}
	wage = new(big.Rat)
	for _, hundredths := range kinds {
		wage.Add(wage, modelCents(modelTimes(big.NewRat(hundredths, 100), rate)))
	}
	return wage, modelCents(modelTimes(wage, modelNumber("0.08")))
}

// outcome computes one contract.
func (c modelContract) outcome() modelOutcome {
	wage, holiday := c.paid(1)
	// (WML + 8 %) × (100 − loonwaarde) %, at most 70 %, or 50 % by the forfait;
	// × the decision's hours, at most a full week, of 36; part months by
	// calendar days; 25 % on top for charges; never above the wage cost of the
	// decision's days.
	base, charges, amount, granted := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
	if c.Decided {
		share := modelLeast(big.NewRat(100-c.Loonwaarde, 100), modelNumber("0.70"))
		if c.Forfait {
			share = modelNumber("0.50")
		}
		from := max(c.Start, c.DecidedFrom)
		exact := modelTimes(modelMonth, modelNumber("1.08"), share, modelLeast(modelNumber(c.DecidedWeek), modelNumber(c.Full)), big.NewRat(1, 36), big.NewRat(int64(32-from), 31))
		base, charges = modelCents(exact), modelCents(modelTimes(exact, modelNumber("0.25")))
		cost, accrued := c.paid(from)
		amount = modelLeast(new(big.Rat).Add(base, charges), cost.Add(cost, accrued))
	}
	switch c.Verdict {
	case "granted":
		granted = amount
	case "partly":
		granted = modelCents(modelTimes(amount, modelNumber("0.5")))
	}
	return modelOutcome{wage.FloatString(2), holiday.FloatString(2), base.FloatString(2), charges.FloatString(2), amount.FloatString(2), granted.FloatString(2)}
}

// modelMonthEnd is what a closed month of all employers and their one
// municipality comes to. Everything is a line of text, so that sets compare.
type modelMonthEnd struct {
	Contracts map[string]string // by employer/contract: wage holiday base charges amount
	Payments  []string          // contract kind amount
	Transfers map[string]string // by owner debit credit: total
	Events    map[string]int    // by owner noun.verb, since the runs were opened
}

func modelOf(municipality string, contracts []modelContract) modelMonthEnd {
	end := modelMonthEnd{map[string]string{}, nil, map[string]string{}, map[string]int{}}
	totals := map[string]*big.Rat{}
	book := func(owner, debit, credit, amount string) {
		key := owner + " " + debit + " " + credit
		if totals[key] == nil {
			totals[key] = new(big.Rat)
		}
		totals[key].Add(totals[key], modelNumber(amount))
	}
	for _, c := range contracts {
		o, id, e := c.outcome(), c.Employer+"/"+c.Number, c.Employer
		end.Contracts[id] = fmt.Sprint(o.Wage, " ", o.Holiday, " ", o.Base, " ", o.Charges, " ", o.Amount)
		for _, verb := range []string{"calculated", "approved", "closed"} {
			end.Events[e+" run."+verb] = 1 // one run each, whatever its size
		}
		book(e, "WPerLesLon", "BSchSalNet", o.Wage)
		book(e, "WPerLesVag", "BSchSalTvg", o.Holiday)
		book(e, "BVorOva", "WPerLesLks", o.Amount)
		book(municipality, "GemSubsidielast", "GemTeBetalenSubsidie", o.Granted)
		// What the municipality does not grant is not receivable any more.
		withheld := new(big.Rat).Sub(modelNumber(o.Amount), modelNumber(o.Granted))
		book(e, "WPerLesLks", "BVorOva", withheld.FloatString(2))
		if o.Wage != "0.00" {
			end.Payments = append(end.Payments, id+" wage "+o.Wage)
			end.Events[e+" payment.ordered"]++
		}
		if o.Amount != "0.00" {
			for _, party := range []string{e, municipality} {
				end.Events[party+" claim.raised"]++
				end.Events[party+" claim."+c.Verdict]++
			}
		}
		if o.Granted != "0.00" {
			end.Payments = append(end.Payments, id+" subsidy "+o.Granted)
			end.Events[municipality+" payment.ordered"]++
		}
	}
	for key, total := range totals {
		if total.Sign() != 0 {
			end.Transfers[key] = total.FloatString(2)
		}
	}
	slices.Sort(end.Payments)
	return end
}

// TestModel holds the model against the worked example, so that the judge is
// judged as well.
func TestModel(t *testing.T) {
	example := modelContract{Employer: "E", Number: "C-1", Week: "32", Full: "40", Factor: "1", Start: 1, Hours: []modelDay{{1, "worked", 136_00}},
		Decided: true, DecidedWeek: "32", DecidedFrom: 1, Loonwaarde: 60, Verdict: "granted"}
	if got, want := example.outcome(), (modelOutcome{"2038.64", "163.09", "897.41", "224.35", "1121.76", "1121.76"}); got != want {
		t.Errorf("the example comes to %v, want %v", got, want)
	}
	end := modelOf("M", []modelContract{example})
	kinds := slices.Sorted(maps.Keys(end.Events))
	if got, want := fmt.Sprint(kinds), "[E claim.granted E claim.raised E payment.ordered E run.approved E run.calculated E run.closed M claim.granted M claim.raised M payment.ordered]"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(end.Payments), "[E/C-1 subsidy 1121.76 E/C-1 wage 2038.64]"; got != want {
		t.Errorf("payments %s, want %s", got, want)
	}
}
