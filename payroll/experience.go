package payroll

import (
	"context"
	"fmt"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// WageStep is a step of a wage table: from so many whole years of experience on
// an hour pays the minimum wage times a factor, which is at least one.
type WageStep struct {
	Years  int
	Factor euro.Number
}

// step is which step of the wage table holds on a day, counted from nought;
// terms without a table have none but the first. Years of experience are whole
// years since the day from which they count; the first step is of nought years,
// and holds before that day too.
func (t Terms) step(on calendar.Date) int {
	if t.Base != BaseSteps {
		return 0
	}
	step, years := 0, calendar.Age(t.ExperienceSince, on)
	for step+1 < len(t.Steps) && t.Steps[step+1].Years <= years {
		step++
	}
	return step
}

// onStep is the terms with the factor of a step of their table.
func (t Terms) onStep(step int) Terms {
	if t.Base == BaseSteps && len(t.Steps) > 0 {
		t.Factor = t.Steps[step].Factor
	}
	return t
}

// acceptTable reads what a wage table needs. The terms keep a copy of the table
// as it stands in the scheme: a later version of the scheme changes nothing for a
// contract until that is amended.
func (t ContractTerms) acceptTable(d *Door, terms *Terms, rules SchemeRules) {
	if terms.Base != BaseSteps {
		if t.ExperienceSince != "" {
			d.Refuse(Reason("experience_since/not_of_scheme", "experience_since",
				"Ervaring telt alleen bij een loontabel (wage_base steps): laat het veld weg.", "Experience counts with a wage table (wage_base steps) only: leave the field out."))
		}
		return
	}
	if len(rules.Steps) == 0 {
		return // refused with the wage base
	}
	if t.ExperienceSince == "" {
		d.Refuse(Reason("field/required", "experience_since", "Geef de dag vanaf welke de ervaring telt.", "Give the day from which experience counts."))
	}
	for _, given := range [][2]string{{"wage_factor", t.Factor}, {"wage_amount", t.HourlyAmount}} {
		if field := given[0]; given[1] != "" {
			d.Refuse(Reason(field+"/with_steps", field, "De loontabel bepaalt het loon: laat het veld weg.", "The wage table says the wage: leave the field out."))
		}
	}
	terms.Factor, terms.HourlyAmount, terms.Steps = euro.One, euro.Number{}, slices.Clone(rules.Steps)
	terms.ExperienceSince = d.Date("experience_since", t.ExperienceSince)
}

// experienced refuses experience that would count from a day on which the terms
// hold already: before it there would be less than none.
func experienced(d *Door, terms Terms) {
	if terms.Base == BaseSteps && !terms.ValidFrom.IsZero() && terms.ExperienceSince.After(terms.ValidFrom) {
		d.Refuse(Reason("experience_since/after_start", "experience_since",
			"De ervaring telt uiterlijk vanaf de eerste dag waarop deze voorwaarden gelden.", "Experience counts from the first day of these terms at the latest."))
	}
}

// acceptBase refuses a wage base that the scheme does not have: where that has
// a table the contract is paid by it, and where it names an amount the contract
// names one too.
func (t ContractTerms) acceptBase(d *Door, rules SchemeRules) WageBase {
	base := WageBase(or(t.Base, string(rules.wageBase())))
	if d.failed("wage_base") {
		return base
	}
	switch own := rules.wageBase(); {
	case own == BaseWML && base != BaseSteps, own == base:
	case own == BaseWML:
		d.Refuse(Reason("wage_base/not_of_scheme", "wage_base", "De regeling heeft geen loontabel: kies WML of amount.", "The scheme has no wage table: choose WML or amount."))
	default:
		d.Refuse(Reason("wage_base/not_of_scheme", "wage_base",
			fmt.Sprintf("Onder deze regeling is dit %s: laat het veld weg of vul dat in.", own), fmt.Sprintf("Under this scheme this is %s: leave the field out or write that.", own)))
	}
	return base
}

// wageBase is what a contract under the scheme is paid by where it does not say.
func (r SchemeRules) wageBase() WageBase {
	switch {
	case len(r.Steps) > 0:
		return BaseSteps
	case !r.MinAmount.IsZero():
		return BaseAmount
	}
	return BaseWML
}

// atAmendment are the scheme's rules for terms that hold from a day on: its wage
// table and its amount are those of that day, the rest is as it was when the
// contract began.
func (d *Desk) atAmendment(ctx context.Context, tx Tx, c Contract, from calendar.Date) (SchemeRules, error) {
	rules, _, err := d.rules(ctx, tx, c)
	if err != nil || from.IsZero() {
		return rules, err
	}
	now, known, err := d.Rules.Scheme(ctx, tx, c.Scheme, c.Municipality, from)
	if known {
		rules.Steps, rules.MinAmount = now.Steps, now.MinAmount
	}
	return rules, err
}

// traceSteps tells on which step of the wage table the days of a period are, and
// why.
func traceSteps(t *Trace, c Contract, cut []segment) {
	for _, s := range cut {
		if s.terms.Base != BaseSteps || len(s.terms.Steps) == 0 {
			continue
		}
		t.Add(func() Step {
			step, years, since := s.terms.Steps[s.step], max(0, calendar.Age(s.terms.ExperienceSince, s.From)), s.terms.ExperienceSince
			return Step{
				What: Text{
					NL: fmt.Sprintf("loontrede %d van %d: %d hele jaren ervaring sinds %s, en de trede geldt vanaf %d", s.step+1, len(s.terms.Steps), years, since, step.Years),
					EN: fmt.Sprintf("wage step %d of %d: %d whole years of experience since %s, and the step holds from %d", s.step+1, len(s.terms.Steps), years, since, step.Years),
				},
				Source:  fmt.Sprintf("contract %s, version %d; %s", c.Number, s.terms.Version, source(s.minimum)),
				Formula: fmt.Sprintf("%s..%s: %s × %s", s.From, s.To, s.minimum.Value.Fixed(2), step.Factor.Fixed(2)), Result: s.rate.Fixed(2), Rounded: "half up, 0.0001",
			}
		})
	}
}
