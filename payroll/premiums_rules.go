package payroll

import (
	"fmt"
	"strings"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

const (
	articleBase    = "Wfsv art. 17 lid 3"
	articleZvwBase = "Zvw art. 43; Wfsv art. 17 lid 3"
	articleYoung   = "Wfsv art. 27; Besluit Wfsv art. 2.2" // the numbers of the Besluit are from memory
)

// youngLimits are the most hours paid in a return of the kind with which
// somebody under twenty-one has the low premium. The fifty-third week does not
// add any.
var youngLimits = map[calendar.Kind]Quantity{calendar.Month: 52_00, calendar.FourWeeks: 48_00}

// awfRule is why the low or the high premium for the AWf is due.
type awfRule struct {
	low     bool
	article string
	why     Text
	doubt   string // "" when the rule was read in the law, else where it is from
}

// rule decides between the two premiums. Low is for a written, open-ended
// contract that is not on-call (Wfsv art. 27); for pupils and for the young
// with few hours it is low whatever the contract.
func (f AWfFacts) rule() awfRule {
	switch {
	case f.Written && f.OpenEnded && !f.OnCall:
		return awfRule{low: true, article: "Wfsv art. 27", why: Text{
			NL: "AWf laag: schriftelijk, onbepaalde tijd, geen oproepovereenkomst",
			EN: "AWf low: written, open-ended, not on-call"}}
	case f.BBL:
		return awfRule{low: true, article: articleYoung, doubt: "from memory", why: Text{
			NL: "AWf laag: leerling in de beroepsbegeleidende leerweg", EN: "AWf low: pupil in the beroepsbegeleidende leerweg"}}
	case f.youngFewHours():
		return awfRule{low: true, article: articleYoung, doubt: "loonheffing.md par. 5, from memory; adminno.nl, lage WW-premie bij werknemer onder 21", why: Text{
			NL: fmt.Sprintf("AWf laag: jonger dan 21 en %s verloonde uren, ten hoogste %s", f.PaidHours, youngLimits[f.Return.Kind]),
			EN: fmt.Sprintf("AWf low: under 21 and %s hours paid, at most %s", f.PaidHours, youngLimits[f.Return.Kind])}}
	}
	return awfRule{article: "Wfsv art. 27", why: Text{
		NL: "AWf hoog: niet (schriftelijk, onbepaalde tijd en geen oproepovereenkomst)",
		EN: "AWf high: not (written, open-ended and not on-call)"}}
}

// youngFewHours looks at the age on the first day of the return, or of the
// employment if it started later, and at the hours of the whole return. What is
// not known is not in favour of the low premium.
func (f AWfFacts) youngFewHours() bool {
	limit, known := youngLimits[f.Return.Kind]
	if !known || f.Birth.IsZero() || f.PaidHours == nil {
		return false
	}
	first := f.Return.From
	if f.Started.After(first) {
		first = f.Started
	}
	return calendar.Age(f.Birth, first) < 21 && *f.PaidHours <= limit
}

// unemployment adds the premium for the AWf, or Ufo in its place: the section
// on the AWf does not apply to officials (Wfsv art. 24).
func (c *Charges) unemployment(in ChargesInput, base euro.Amount, t *Trace) error {
	if in.Employer.Ufo {
		c.awfClass = ChargeUfo
		rate, err := statute.Ufo(in.PayDate)
		if err == nil {
			c.add(PremiumUfo, base, rate, t)
		}
		return err
	}
	rule, find := in.AWf.rule(), statute.AWfHigh
	c.awfClass = ChargeHigh
	if rule.low {
		find, c.awfClass = statute.AWfLow, ChargeLow
	}
	rate, err := find(in.PayDate)
	if err != nil {
		return err
	}
	t.Add(func() Step {
		return Step{What: rule.why, Article: rule.article, Source: rule.doubt, Result: rate.Value.String() + " %"}
	})
	if rule.doubt != "" {
		c.Attention = append(c.Attention, ruleInDoubt("awf", rule.article, rule.why, rule.doubt))
	}
	c.add(PremiumAWf, base, rate, t)
	return nil
}

// exempt notes why nothing is due for the employee insurances: the wage of
// these months adds nothing to their base either.
func (c *Charges) exempt(t *Trace) {
	const article = "Wfsv art. 21"
	const origin = "loonheffing.md par. 2, from memory; Wfsv art. 21 via statengeneraal/laws-markdown, an older version"
	why := Text{
		NL: "geen premies werknemersverzekeringen vanaf de eerste dag van de maand van de AOW-leeftijd",
		EN: "no employee insurance premiums from the first day of the month of AOW age"}
	t.Add(func() Step { return Step{What: why, Article: article, Source: origin, Result: euro.Zero.String()} })
	c.Attention = append(c.Attention, ruleInDoubt("aow", article, why, origin))
}

// ruleInDoubt is the exception of a rule, not an amount, that is marked medium.
func ruleInDoubt(subject, article string, why Text, origin string) Exception {
	return Exception{Kind: PremiumRuleInDoubt, Subject: subject, Article: article, Detail: Text{
		NL: why.NL + ": betrouwbaarheid matig, bron: " + origin,
		EN: why.EN + ": confidence medium, source: " + origin}}
}

var premiumNames = map[PremiumKind]Text{
	PremiumAWf: {NL: "premie AWf", EN: "AWf premium (unemployment)"},
	PremiumUfo: {NL: "premie Ufo", EN: "Ufo premium (unemployment, officials)"},
	PremiumAof: {NL: "basispremie Aof", EN: "Aof premium (disability)"},
	PremiumWko: {NL: "opslag Wko", EN: "Wko premium (child care)"},
	PremiumWhk: {NL: "gedifferentieerde premie Whk", EN: "Whk premium (return to work)"},
	PremiumZvw: {NL: "werkgeversheffing Zvw", EN: "Zvw employer's levy (health care)"},
}

// traceBase explains a base: the cumulatives with this payslip in them, less
// the base of earlier ones.
func traceBase(t *Trace, what Text, article string, earlier, now Cumulative) {
	t.Add(func() Step {
		return Step{
			What: what, Article: article, Source: "cumulatives of the calendar year",
			Formula: fmt.Sprintf("min(%s, %s) - %s", now.Wage, now.Maximum, earlier.Base), Result: now.Base.Sub(earlier.Base).String(),
		}
	})
}

func (c Charges) traceTotal(t *Trace) {
	t.Add(func() Step {
		parts := make([]string, 0, len(c.Premiums))
		for _, p := range c.Premiums {
			parts = append(parts, p.Amount.String())
		}
		return Step{
			What:    Text{NL: "werkgeverslasten totaal", EN: "employer's charges, total"},
			Article: "Wfsv art. 25, 30 and 34; Zvw art. 42", Source: "the premiums above", Formula: strings.Join(parts, " + "), Result: c.Total.String(),
		}
	})
}
