package subsidy

import (
	"maps"
	"slices"

	"verloning/payroll/euro"
)

// What an ordinance says of the rules that pay for a trajectory.

// when says when a rule pays.
func (o *ordinance) when(r PayRule) string {
	switch r.Trigger {
	case AtStart:
		return o.say("bij de start van het traject", "at the start of the trajectory")
	case Milestone:
		return o.say("op de mijlpalen hieronder", "at the milestones below")
	case OnProduct:
		return o.say("na levering van een product", "on delivery of a product")
	case OnOutcome:
		if r.Amount.Ladder != nil {
			return o.say("bij plaatsing in regulier werk", "on placement in regular work")
		}
		return o.say("bij het resultaat van deze regeling", "on the outcome of this scheme")
	case ContractYear:
		return o.say("na elk contractjaar", "after each contract year")
	case SixMonths:
		return o.say("na elke zes maanden deelname", "after each six months of participation")
	}
	return o.say("elke maand", "every month")
}

// trajectory says the amount of a rule for a trajectory, and what limits it.
func (o *ordinance) trajectory(v Version, r PayRule) {
	switch a := r.Amount; {
	case r.Trigger == OnProduct:
		o.add(o.say("Het product is %s. Het bedrag is %s, één keer per deelnemer, en alleen als het product was besteld.", "The product is %s. The amount is %s, once for a participant, and only where the product was ordered.", r.Product, o.money(a.Fixed.Amount)))
	case r.Trigger == SixMonths:
		o.add(o.say("Het bedrag is %s voor elke zes maanden die helemaal zijn meegedaan, voor iedereen gelijk.", "The amount is %s for each six months that were served whole, the same for all.", o.money(a.Fixed.Amount)))
	case a.Fixed != nil && r.Trigger != Monthly:
		o.add(o.say("Het bedrag is %s, één keer per deelnemer.", "The amount is %s, once for a participant.", o.money(a.Fixed.Amount)))
	case a.Ladder != nil:
		o.ladder(v, r, *a.Ladder)
	case a.Settle != nil:
		o.settle(*a.Settle)
	default:
		o.amount(r)
	}
	if r.Limit != nil {
		o.add(o.say("Voor één deelnemer is dat samen ten hoogste %s.", "For one participant that is %s in all at most.", o.money(*r.Limit)))
	}
	o.year(r.Year)
}

// ladder says the steps and, where sooner pays no less in all, what that comes to
// with the fees for each month.
func (o *ordinance) ladder(v Version, r PayRule, a LadderAmount) {
	o.add(o.say("Het bedrag hangt ervan af in welke maand de deelnemer aan het werk gaat, geteld vanaf de start; later is er niets:", "The amount depends on the month in which the participant is placed, counted from the start; later there is nothing:"))
	var steps, totals []string
	for _, s := range a.Steps {
		steps = append(steps, o.say("tot en met maand %d: %s", "up to and including month %d: %s", s.To, o.money(s.Amount)))
		totals = append(totals, o.say("maand %d: %s", "month %d: %s", s.To, o.euros(v.untilPlacement(s.To, true))))
	}
	o.items(steps)
	if a.Shares != nil {
		o.add(o.say("Het wordt betaald in delen:", "It is paid in parts:"))
		o.items(o.parts(a.Shares))
	}
	if r.Speed {
		o.add(o.say("Wie sneller plaatst, krijgt in totaal niet minder. Met wat over de tijd tot dan wordt betaald is dat bij plaatsing in:", "Who places sooner gets no less in all. With what is paid for the time until then it is, for a placement in:"))
		o.items(totals)
	}
}

func (o *ordinance) settle(a SettleAmount) {
	o.add(o.say("Het doel is een resultaat bij %s van: %s.", "The target is an outcome for %s of: %s.", o.points(a.Target), o.word(baseWords, a.Base)))
	o.add(o.say("Voor elk punt boven het doel krijgt de uitvoerder %s%s van de omzet aan producten van dat contractjaar, zonder btw; voor elk punt eronder is hij dat verschuldigd.", "For each point above the target the provider gets %s%s of the turnover in products of that contract year, without VAT; for each point below it owes that.",
		o.percent(a.PerPoint.Value.Number), o.mark(a.PerPoint.Mark)))
	o.formula(o.say("omzet × (resultaat − doel) × %s", "turnover × (outcome − target) × %s", o.percent(a.PerPoint.Value.Number)))
	o.add(o.say("Naar beide kanten ten hoogste %s%s van die omzet. Het geldt per contract en per jaar, nooit per deelnemer.", "Either way at most %s%s of that turnover. It is for each contract and year, never for a participant.",
		o.percent(a.Cap.Value.Number), o.mark(a.Cap.Mark)))
}

func (o *ordinance) year(y *YearTerms) {
	if y == nil {
		return
	}
	if y.Times != nil {
		o.add(o.say("Ten hoogste %s keer%s per kalenderjaar.", "At most %s times%s in a calendar year.", o.number(y.Times.Value.Number, 0), o.mark(y.Times.Mark)))
	}
	if y.Cap != "" {
		o.add(o.say("Alle premies van een deelnemer samen zijn per kalenderjaar niet hoger dan wat niet als inkomen telt (Participatiewet art. 31 lid 2 onder j).", "All premiums of a participant together are no higher in a calendar year than what does not count as income (Participatiewet art. 31 lid 2 onder j)."))
	}
}

// parts lists shares in the order in which their milestones are reached.
func (o *ordinance) parts(shares map[string]Decimal) []string {
	var list []string
	for _, name := range orderedMilestones(shares) {
		list = append(list, o.percent(shares[name].Number)+" "+o.milestone(name))
	}
	return list
}

func (o *ordinance) milestone(name string) string {
	switch m, _ := trajectoryMilestone(name); {
	case m.plan:
		return o.say("bij het goedgekeurde plan", "at the approved plan")
	case m.placed && m.months > 0:
		return o.say("na %d maanden in de baan", "after %d months in the job", m.months)
	case m.placed:
		return o.say("bij de plaatsing", "at the placement")
	case m.months > 0:
		return o.say("na %d maanden", "after %d months", m.months)
	}
	return o.say("bij de start", "at the start")
}

// shares says parts of budgets.
func (o *ordinance) shares(of map[string]Decimal) string {
	var list []string
	for _, source := range slices.Sorted(maps.Keys(of)) {
		list = append(list, o.percent(of[source].Number)+" "+o.word(sourceWords, source))
	}
	return o.enumerate(list)
}

// euros writes an amount that was computed, which has no mark of its own.
func (o *ordinance) euros(n euro.Number) string { return "€" + hard + o.number(n, 2) }

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = string(item)
	}
	return out
}
