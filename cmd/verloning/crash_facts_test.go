package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"verloning/subsidy"
)

// crashEmployer is an employer with its one month.
type crashEmployer struct{ month, payDate string }

// crashEmployers are three, so that their runs interleave: two in April 2007,
// when the schemes of the brochure were paid from the W-deel, and one in October
// 2026.
var crashEmployers = map[string]crashEmployer{
	"WERK": {"2007-04", "2007-04-27"}, "BAAN": {"2007-04", "2007-04-30"}, "ZORG": {"2026-10", "2026-10-30"},
}

// crashInleners hire people of the re-integratiebedrijf.
var crashInleners = []string{"HAVEN", "KADE"}

// crashBudgets are roomy in 2007 and too small in 2026, as one of 2007 is for
// premiums, so that the municipality has to say why it grants what it does not have.
var crashBudgets = modelBudgets{"W 2007": "60000.00", "BUIG 2026": "9000.00", "I 2007": "100.00"}

// TestCrashFacts sees to it that the month has something of everything in it, so
// that what is held against the model is not a month in which nothing happens. A
// scheme of the model that is not played fails here, and so does a way of paying
// that some scheme has and no scheme of the model.
func TestCrashFacts(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{"hire by price", "hire by share", "no decision", "nil", "held down", "part of the month", "placed for part", "amount"}
	ways := map[string]bool{}
	for _, s := range book.All() {
		if _, modelled := modelRules[s.ID]; modelled {
			wanted = append(wanted, s.ID+" granted")
		} else if !slices.ContainsFunc(crashAccount().Trajectories, func(one modelTrajectory) bool { return one.Scheme == s.ID }) {
			continue
		}
		crashWays(s, ways)
	}
	for _, s := range book.All() {
		of := map[string]bool{}
		crashWays(s, of)
		for way := range of {
			if !ways[way] && !slices.Contains(crashUnplayed, way) {
				t.Errorf("%s pays by %s, and no scheme that is played does", s.ID, way)
			}
		}
	}
	for _, kind := range []string{"subsidy", "fee"} {
		wanted = append(wanted, kind+" granted", kind+" partly", kind+" refused")
	}
	played := map[string]int{}
	for _, c := range crashFacts() {
		for has, is := range map[string]bool{"no decision": c.Decision == nil, "amount": c.Amount != "", "part of the month": c.Decision != nil && len(c.days(c.Decision.Span)) < c.law().Days} {
			if is {
				played[has]++
			}
		}
		for _, m := range c.claims("STAD") {
			crashPlayed(played, c, m)
		}
	}
	for _, what := range wanted {
		if played[what] == 0 {
			t.Errorf("nothing of %q is played", what)
		}
	}
	end := modelOf("STAD", crashFacts(), crashBudgets)
	if len(end.Beyond) == 0 || len(end.Beyond) == len(end.Claims) || fmt.Sprint(end.Reasoned) != "[ZORG]" {
		t.Errorf("beyond a budget are %v, and granted for a reason %v", end.Beyond, end.Reasoned)
	}
}

// crashUnplayed are ways of paying that the model does not know: kind, when and how.
var crashUnplayed = []string{"hire month cost price", "fee start fixed", "fee outcome fixed"}

// crashWays adds the ways in which a scheme pays.
func crashWays(s subsidy.Scheme, ways map[string]bool) {
	for _, v := range s.Versions {
		for _, r := range v.Pay {
			form := "nothing"
			for name, has := range map[string]bool{"fixed": r.Amount.Fixed != nil, "pct": r.Amount.Pct != nil, "gap": r.Amount.Gap != nil, "parts": r.Amount.Parts != nil, "hourly": r.Amount.Hourly != nil,
				"ladder": r.Amount.Ladder != nil, "settle": r.Amount.Settle != nil, "loonkostensubsidie": r.Amount.Loonkostensubsidie != nil, "cost price": r.Amount.CostPrice != nil} {
				if has {
					form = name
				}
			}
			ways[fmt.Sprint(r.Kind, " ", r.Trigger, " ", form)] = true
		}
	}
}

// crashPlayed notes what kind of claim is played.
func crashPlayed(played map[string]int, c modelContract, m modelClaim) {
	switch {
	case m.Amount.Sign() == 0:
		played["nil"]++
		return
	case m.Kind != "hire":
		played[m.Kind+" "+c.Decision.Verdict]++
		played[c.Scheme+" "+c.Decision.Verdict]++
	case c.Placement.Price != "":
		played["hire by price"]++
	default:
		played["hire by share"]++
	}
	if m.Kind == "hire" && len(c.days(c.Placement.Span)) < c.law().Days {
		played["placed for part"]++
	}
	if m.Amount.Cmp(modelPlus(m.Base, m.Charges)) < 0 {
		played["held down"]++
	}
}

// crashMaker makes facts up, always the same ones.
type crashMaker struct {
	random *rand.Rand
	made   []modelContract
}

func (f *crashMaker) pick(of ...string) string { return of[f.random.IntN(len(of))] }

// crashFacts makes up the contracts of all employers with their hours.
func crashFacts() []modelContract {
	f := &crashMaker{random: rand.New(rand.NewPCG(2026, 10))}
	for i := range 16 {
		f.add("ZORG", "loonkostensubsidie", i, f.underParticipatiewet(i))
	}
	for _, of := range []struct {
		employer, scheme string
		count            int
	}{
		{"WERK", "oss-werkende-weg", 5}, {"WERK", "uden-warmm", 6}, {"WERK", "den-bosch-verloning", 5}, {"WERK", "tilburg-vooropgesteld-werk", 5},
		{"BAAN", "breda-vangnetbaan", 6}, {"BAAN", "breda-opstapbaan", 6}, {"BAAN", "oss-bonusbaan", 6},
	} {
		for i := range of.count {
			f.add(of.employer, of.scheme, i, f.under2007(of.scheme, i))
		}
	}
	return f.made
}

// add gives a contract its name, and hours on all its working days unless it has
// its own number of them.
func (f *crashMaker) add(employer, scheme string, i int, c crashContract) {
	c.Employer, c.Scheme, c.Number = employer, scheme, fmt.Sprintf("%s-%02d", scheme, i)
	c.Month = crashEmployers[employer].month
	if c.Decision != nil {
		c.Decision.Number = "D-" + c.Number
		c.Decision.Week = cmp.Or(c.Decision.Week, c.Week)
	}
	for _, day := range c.days() {
		date, _ := time.Parse("2006-01-2", fmt.Sprint(c.Month, "-", day))
		if weekday := date.Weekday(); weekday == time.Saturday || weekday == time.Sunday || len(c.Hours) >= c.atMost {
			continue
		}
		kind := f.pick("worked", "worked", "worked", "worked", "worked", "sick", "leave", "training", "unpaid_absence")
		c.Hours = append(c.Hours, modelDay{day, kind, 400 + 25*f.random.Int64N(17)})
	}
	f.made = append(f.made, c.modelContract)
}

// crashContract is a contract in the making.
type crashContract struct {
	modelContract
	atMost int // days with hours
}

// underParticipatiewet makes a contract under the one scheme of today.
func (f *crashMaker) underParticipatiewet(i int) crashContract {
	c := crashContract{atMost: 22}
	c.Span, c.Factor, c.Week, c.Full = modelSpan{From: "2026-07-01"}, f.pick("1", "1", "1.10", "1.25"), f.pick("20", "24", "32", "36"), f.pick("36", "38", "40")
	c.Korting = i%3 > 0
	c.Decision = &modelDecision{Span: modelSpan{"2026-07-01", "2028-06-30"}, Percent: 15 + f.random.Int64N(80), Forfait: i%9 == 4, Verdict: "granted"}
	switch i {
	case 2:
		c.Factor, c.Amount = "1", "17.35"
	case 3:
		c.Decision.Span.From = "2026-10-15"
	case 5:
		c.Decision.Verdict = "partly"
	case 6:
		c.Decision.Verdict, c.Decision.Charges = "refused", "23"
	case 7:
		c.atMost = 0 // no hours, no wage, and so no claim
	case 8:
		c.Span.From, c.Decision.Span.From = "2026-10-12", "2026-10-12"
	case 9:
		c.atMost = 3 // the claim meets the wage cost
	case 10:
		c.Decision.Percent = 100 // nothing to claim
	case 11:
		c.Decision = nil
	case 12:
		c.Decision.Ceiling, c.Decision.Percent = "150.00", 40
	case 14:
		c.Placement = &modelPlacement{f.pick(crashInleners...), "19.95", c.Span} // a scheme that says nothing of hire
	}
	return c
}

// under2007 makes a contract under a scheme of the brochure: the first is whole,
// the others lack something each.
func (f *crashMaker) under2007(scheme string, i int) crashContract {
	c := crashContract{atMost: 22}
	c.Span, c.Factor, c.Week, c.Full = modelSpan{"2006-12-15", "2007-12-14"}, "1", "40", "40"
	c.Decision = &modelDecision{Span: modelSpan{"2006-12-15", "2007-12-14"}, Verdict: "granted"}
	if i > 0 {
		c.Week, c.Full = f.pick("20", "28", "32", "36"), f.pick("36", "38", "40")
	}
	switch i {
	case 1:
		c.Span.From, c.Decision.Span.From, c.Decision.Verdict = "2007-04-12", "2007-04-12", "partly"
	case 2:
		c.Factor, c.Decision.Span.From = "1.10", "2007-04-16"
	case 3:
		c.Decision.Verdict = "refused"
	case 4:
		c.atMost, c.Span.To, c.Decision.Span.To = 3, "2007-04-20", "2007-04-20" // little worked, and then it ends
	case 5:
		c.Amount, c.Decision.Ceiling = "11.20", "333.33"
	}
	if scheme == "uden-warmm" && c.Factor == "1" {
		c.Factor = "1.02"
	}
	if modelRules[scheme].hire != "" {
		f.lend(&c, i)
	}
	switch scheme {
	case "tilburg-vooropgesteld-werk":
		c.Span.To, c.Decision.Span.To = "", ""
		if i == 3 {
			c.Decision = nil // the hire price goes on
		}
	case "oss-bonusbaan":
		c.Decision.Percent = []int64{60, 35, 85, 50, 0, 100}[i]
		if i == 3 {
			c.Decision.Week, c.Decision.Verdict = "18", "granted"
		}
	case "breda-opstapbaan":
		// Two that begin, one that ends, one in between, one that is refused, and one
		// that ends in the month in which it begins.
		c.Span = []modelSpan{{"2007-04-02", "2008-04-01"}, {"2007-04-12", "2008-04-11"}, {"2006-05-01", "2007-04-30"}, {"2006-11-01", "2007-10-31"}, {"2007-04-16", "2008-04-15"}, {"2007-04-02", "2007-04-30"}}[i]
		c.Decision.Span, c.Decision.Ceiling, c.atMost = c.Span, "", 22
		c.Decision.Verdict = []string{"granted", "partly", "granted", "granted", "refused", "partly"}[i]
	case "breda-vangnetbaan":
		if i == 3 {
			c.Decision.Verdict, c.Decision.Charges = "granted", "21.5"
		}
	}
	return c
}

// lend places somebody: at a price an hour, by a share of the wage cost, for part
// of the month, or not at all.
func (f *crashMaker) lend(c *crashContract, i int) {
	p := modelPlacement{f.pick(crashInleners...), "", modelSpan{From: c.Span.From, To: c.Span.To}}
	switch i {
	case 0:
		p.Price = "12.50"
	case 2:
		p.Span.From = "2007-04-17"
	case 3:
		p.Price, p.Span = "9.75", modelSpan{"2007-04-03", "2007-04-24"}
	case 4:
		return
	}
	c.Placement = &p
}
