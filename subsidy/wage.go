package subsidy

import (
	"slices"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// The bases of a scheme's wage.
const (
	WageOfMinimum = "WML"    // a factor of the minimum wage
	WageAmount    = "amount" // euro an hour
	WageSteps     = "steps"  // a table of factors of the minimum wage, by years of experience
)

// Limits of a wage, which are those of a contract too.
const (
	maxSteps      = 50
	maxYears      = 60
	maxFactor     = 3
	maxHourlyWage = 250 // euro an hour
)

func (w WageTerms) check(l *faultList, path string, status Status) {
	if status.Kind == "benefit" {
		l.fault(path, "wie een uitkering houdt, krijgt geen loon; haal wage weg of maak status.kind employee", "who keeps a benefit has no wage; take wage away or make status.kind employee")
	}
	oneOf(l, below(path, "base"), w.Base, WageOfMinimum, WageAmount, WageSteps)
	for _, part := range []struct {
		key, base string
		given     bool
	}{
		{"factor", WageOfMinimum, w.Factor != nil},
		{"amount", WageAmount, w.Amount != nil},
		{"steps", WageSteps, len(w.Steps) > 0},
	} {
		switch {
		case !slices.Contains([]string{WageOfMinimum, WageAmount, WageSteps}, w.Base): // of which nothing more can be said
		case part.base == w.Base && !part.given:
			l.fault(below(path, part.key), "ontbreekt; base: %s vraagt erom", "is missing; base: %s asks for it", w.Base)
		case part.base != w.Base && part.given:
			l.fault(below(path, part.key), "hoort alleen bij base: %s; haal de sleutel weg", "goes with base: %s only; take the key away", part.base)
		}
	}
	if w.Factor != nil {
		l.marked(below(path, "factor"), *w.Factor, func(n euro.Number) bool { return n.Cmp(euro.One) >= 0 },
			`onder het wettelijk minimumloon (WML art. 7); schrijf "1.00" of meer`, `below the minimum wage (WML art. 7); write "1.00" or more`)
	}
	if w.Amount != nil {
		l.marked(below(path, "amount"), *w.Amount, func(n euro.Number) bool {
			return n.Sign() > 0 && n.Cmp(euro.Int(maxHourlyWage)) <= 0 && n.Equal(n.Round(maxPrice))
		}, "schrijf een loon per uur boven nul, hoogstens 250, met hoogstens vier decimalen", "write a wage an hour above nought, at most 250, with at most four decimals")
	}
	w.checkSteps(l, below(path, "steps"))
	if w.FullTimeHours != nil {
		l.marked(below(path, "full_time_hours"), *w.FullTimeHours, within(30, 48), "een volledige werkweek telt 30 tot en met 48 uur", "a full week has 30 to 48 hours")
	}
}

// checkSteps wants a table that begins at nought years, whose years rise and
// whose factors never fall.
func (w WageTerms) checkSteps(l *faultList, path string) {
	if len(w.Steps) > maxSteps {
		l.fault(path, "%d treden; hoogstens %d", "%d steps; at most %d", len(w.Steps), maxSteps)
	}
	for i, step := range w.Steps[:min(len(w.Steps), maxSteps)] {
		at := nth(path, i)
		switch {
		case i == 0 && step.Years != 0:
			l.fault(below(at, "years"), "de eerste trede begint bij 0 jaar en niet bij %d", "the first step begins at 0 years and not at %d", step.Years)
		case i > 0 && step.Years <= w.Steps[i-1].Years:
			l.fault(below(at, "years"), "%d jaar komt niet na %d; zet de treden op volgorde", "%d years do not come after %d; put the steps in order", step.Years, w.Steps[i-1].Years)
		case step.Years > maxYears:
			l.fault(below(at, "years"), "%d jaar kan niet; hoogstens %d", "%d years cannot be; at most %d", step.Years, maxYears)
		}
		l.marked(below(at, "factor"), step.Factor, func(n euro.Number) bool {
			return n.Cmp(euro.One) >= 0 && n.Cmp(euro.Int(maxFactor)) <= 0 && n.Equal(n.Round(maxPrice))
		}, `schrijf "1.00" tot en met "3" met hoogstens vier decimalen; onder 1 is onder het wettelijk minimumloon (WML art. 7)`,
			`write "1.00" to "3" with at most four decimals; below 1 is below the minimum wage (WML art. 7)`)
		if i > 0 && step.Factor.Value.Cmp(w.Steps[i-1].Factor.Value.Number) < 0 {
			l.fault(below(at, "factor"), "%s is minder dan de trede ervoor (%s); met ervaring daalt het loon niet", "%s is less than the step before (%s); a wage does not fall with experience", step.Factor.Value, w.Steps[i-1].Factor.Value)
		}
	}
}

// rules are what the wage asks of a contract.
func (w WageTerms) rules(r *payroll.SchemeRules) {
	switch {
	case w.Factor != nil:
		r.MinFactor = w.Factor.Value.Number
	case w.Amount != nil:
		r.MinAmount = w.Amount.Value.Number
	}
	for _, step := range w.Steps {
		r.Steps = append(r.Steps, payroll.WageStep{Years: step.Years, Factor: step.Factor.Value.Number})
	}
	if w.FullTimeHours != nil {
		r.FullTimeHours = w.FullTimeHours.Value.Number
	}
}

// wage is the article of an ordinance on it.
func (o *ordinance) wage(v Version) {
	o.begin(o.say("Loon", "Wage"))
	w := v.Wage
	switch {
	case w == nil && v.Status.Kind == "benefit":
		o.add(o.say("Er is geen loon.", "There is no wage."))
		return
	case w == nil:
		o.add(o.say("De regeling stelt aan het loon geen eigen eis; het wettelijk minimumloon geldt.", "The scheme asks nothing of its own of the wage; the statutory minimum wage holds."))
		return
	case w.Factor != nil:
		o.add(o.say("Het loon is ten minste %s maal%s het wettelijk minimumloon voor de leeftijd.", "The wage is at least %s times%s the statutory minimum wage for the age.", o.number(w.Factor.Value.Number, 2), o.mark(w.Factor.Mark)))
	case w.Amount != nil:
		o.add(o.say("Het loon is een bedrag per uur, ten minste %s en nooit minder dan het wettelijk minimumloon voor de leeftijd.", "The wage is an amount an hour, at least %s and never less than the statutory minimum wage for the age.", o.money(*w.Amount)))
	default:
		o.add(o.say("Het loon is het wettelijk minimumloon voor de leeftijd, maal een factor die met hele jaren ervaring stijgt, vanaf de dag waarop een jaar vol is:", "The wage is the statutory minimum wage for the age, times a factor that rises with whole years of experience, from the day on which a year is full:"))
		var steps []string
		for _, step := range w.Steps {
			steps = append(steps, o.say("vanaf %d jaar: %s maal%s", "from %d years on: %s times%s", step.Years, o.number(step.Factor.Value.Number, 2), o.mark(step.Factor.Mark)))
		}
		o.items(steps)
		o.add(o.say("De arbeidsovereenkomst houdt de treden die golden toen zij werd gesloten, tot zij wordt gewijzigd.", "The contract keeps the steps that held when it was made, until it is amended."))
	}
	if h := w.FullTimeHours; h != nil {
		o.add(o.say("Een volledige werkweek is %s uur%s, tenzij de arbeidsovereenkomst een andere noemt.", "A full week is %s hours%s, unless the contract names another.", o.number(h.Value.Number, 0), o.mark(h.Mark)))
	}
}
