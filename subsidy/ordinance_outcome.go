package subsidy

// What an ordinance says of results: what counts, of whom, what is aimed at, what
// it saves, and how a report is contested.

func (o *ordinance) outcome(out *Outcome) {
	if out == nil {
		o.add(o.say("De regeling noemt geen resultaat.", "The scheme names no outcome."))
		return
	}
	text := o.say("Als resultaat telt %s", "What counts is %s", o.word(outcomeWords, out.Event))
	if out.Sector != "" {
		text += o.say(" (sector: %s)", " (sector: %s)", o.word(sectorWords, out.Sector))
	}
	if out.ContractMonths > 0 {
		text += o.say(", met een arbeidsovereenkomst van ten minste %d maanden", ", with a contract of at least %d months", out.ContractMonths)
	}
	if h := out.HoursShare; h != nil {
		text += o.say(", voor ten minste %s%s van een volledige werkweek", ", for at least %s%s of a full week", o.percent(h.Value.Number), o.mark(h.Mark))
	}
	o.add(text + ".")
	if out.Successive {
		o.add(o.say("Banen die zonder een dag ertussen op elkaar volgen, tellen samen als één.", "Jobs that follow on each other without a day between count together as one."))
	}
	if len(out.Reasons) > 0 {
		o.add(o.say("Daarvoor telt wie uitstroomt om een van deze redenen:", "For that those count who leave for one of these reasons:"))
		o.items(o.words(exitWords, out.Reasons))
	}
	if len(out.OffBenefit) > 0 {
		o.add(o.say("De uitkering eindigt, los van het resultaat, bij uitstroom om een van deze redenen:", "The benefit ends, whatever the outcome, for who leaves for one of these reasons:"))
		o.items(o.words(exitWords, out.OffBenefit))
	}
	o.add(o.say("Gemeten over: %s.", "Measured over: %s.", o.word(baseWords, out.Base)))
	if len(out.AlsoBases) > 0 {
		o.add(o.say("Ook gemeten over: %s; elke uitkomst houdt haar eigen noemer.", "Measured over these too: %s; each result keeps its own denominator.", o.enumerate(o.words(baseWords, out.AlsoBases))))
	}
	if t := out.Target; t != nil && t.Count != nil {
		o.add(o.say("Het doel is ten minste %s mensen%s.", "The target is at least %s people%s.", o.number(t.Count.Value.Number, 0), o.mark(t.Count.Mark)))
	}
	if t := out.Target; t != nil && t.Percent != nil {
		o.add(o.say("Het doel is ten minste %s van wie zo wordt gemeten.", "The target is at least %s of those who are measured so.", o.points(*t.Percent)))
	}
}

// points writes a number that is a percentage already, with its mark.
func (o *ordinance) points(m Marked) string {
	return o.number(m.Value.Number, 0) + hard + "%" + o.mark(m.Mark)
}

func (o *ordinance) saving(s *Saving) {
	if s == nil {
		return
	}
	o.begin(o.say("Besparing", "Saving"))
	o.add(o.say("Wie uitstroomt, bespaart de gemeente %s per jaar, gerekend naar de maanden zonder uitkering, als de reden is:", "Who leaves saves the municipality %s a year, by the months off benefit, where the reason is:", o.money(s.PerYear)))
	o.items(o.words(exitWords, s.Reasons))
	if s.Plan != nil {
		o.add(o.say("Het plan kost %s per jaar.", "The plan costs %s a year.", o.money(*s.Plan)))
	}
}

func (o *ordinance) contest(days *Marked) {
	if days == nil {
		return
	}
	o.begin(o.say("Betwisting", "Contested reports"))
	o.add(o.say("Wat de uitvoerder meldt, telt als de gemeente het bevestigt.", "What the provider reports counts when the municipality confirms it."))
	o.add(o.say("Betwist de gemeente het, dan heeft de uitvoerder %s dagen%s om het te bewijzen.", "Where the municipality contests it, the provider has %s days%s to prove it.", o.number(days.Value.Number, 0), o.mark(days.Mark)))
}
