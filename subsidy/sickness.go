package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/statute"
)

// spellGap is the most days from one day of sickness to the next within a spell:
// whoever works on one day a week is sick again a week later.
const spellGap = 7

// sickDays are the calendar days of a spell of sickness on which a
// loonkostensubsidie stopped, as it did until 2022; nil where it goes on. The law
// gives no key for part of a month, so that days count as everywhere else.
// The one fact is the hours of the period, and they tell it like this, which is a
// choice: a day with hours of sickness and none on duty is a day of sickness,
// and so are the days between two of them, weekends and days off, unless other
// hours lie between or they are more than a week apart. A public holiday breaks
// no spell. Days before the first and after the last such hours of a period count
// as well days, since nothing says that they are not.
func (m month) sickDays(j job) map[calendar.Date]bool {
	if _, stops := statute.LoonkostensubsidieSicknessStop(j.days.From); !stops || j.rule.Amount.Loonkostensubsidie == nil || m.reading.PaidWhenSick {
		return nil
	}
	sick := map[calendar.Date]bool{}
	var last calendar.Date // of the spell, as far as it goes on
	for _, day := range m.daysOfHours() {
		_, stops := statute.LoonkostensubsidieSicknessStop(day.on)
		switch {
		case day.well() || !stops:
			last = calendar.Date{}
			continue
		case !day.sick:
			continue
		case last.IsZero() || day.on.Sub(last) > spellGap:
			last = day.on
		}
		for ; !last.After(day.on); last = last.Add(1) {
			sick[last] = true
		}
		last = day.on
	}
	return sick
}

// dayOfHours is what the hours of one day say of somebody's health.
type dayOfHours struct {
	on                calendar.Date
	sick, duty, other bool
}

// well reports whether the day ends a spell: who was on duty for part of the day
// was well enough for the subsidy.
func (d dayOfHours) well() bool { return d.duty || d.other && !d.sick }

// daysOfHours sums the hours up by day; they come in order of day.
func (m month) daysOfHours() []dayOfHours {
	var days []dayOfHours
	for _, h := range m.file.Hours {
		if h.Quantity == 0 {
			continue // taken back
		}
		if n := len(days); n == 0 || days[n-1].on != h.Day {
			days = append(days, dayOfHours{on: h.Day})
		}
		day := &days[len(days)-1]
		switch {
		case h.Kind == payroll.Sick:
			day.sick = true
		case h.Kind.OnDuty():
			day.duty = true
		case h.Kind != payroll.PublicHoliday:
			day.other = true
		}
	}
	return days
}

// stopped is the exception of days of sickness that were left out: somebody has
// to see whether the Ziektewet did pay for them, which no fact here tells.
func (m month) stopped(days int) []payroll.Exception {
	if days == 0 {
		return nil
	}
	number := m.file.Contract.Number
	return []payroll.Exception{{Kind: StoppedBySickness, Subject: number, Article: sicknessArticle, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: %d kalenderdagen ziekte in %s tellen niet mee; tot 2022 stopte de subsidie tijdens een Ziektewetuitkering. Ga na of die er was.", number, days, m.run.Period),
		EN: fmt.Sprintf("Contract %s: %d calendar days of sickness in %s do not count; until 2022 the subsidy stopped during a Ziektewet benefit. See whether there was one.", number, days, m.run.Period)}}}
}

const sicknessArticle = "Participatiewet art. 10d; Ziektewet art. 29b"

func traceSickness(t *payroll.Trace, f statute.Figure, part calendar.Span) {
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "ziekte voor 2022: de subsidie stopt", EN: "sickness before 2022: the subsidy stops"},
			Article: f.Article, Source: fmt.Sprintf("%s: %s (%s)", source(f), f.Source, f.Confidence),
			Formula: fmt.Sprintf("%s..%s: %d × 0", part.From, part.To, part.Days()), Result: "0",
		}
	})
}
