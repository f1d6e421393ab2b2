package statute

import (
	"sort"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// fullTimes are the working weeks whose hours are worked out beforehand,
// because a recalculation of an old year asks for them for every line.
var fullTimes = [...]euro.Number{euro.Int(36), euro.Int(38), euro.Int(40)}

// terms is everything that somebody of one age is due by one row of wages.
type terms struct {
	hour, day, week, month, reference, percentage Figure
	hours                                         [len(fullTimes)]Figure // before 2024
}

// term is a row of wages with the terms of every scale and age.
type term struct {
	since calendar.Date
	due   [kinds][ages]terms
}

// schedule is all of it, made once: kernels look up, they do not compute.
var schedule = makeSchedule()

func makeSchedule() []term {
	list := make([]term, len(wages))
	scales := [kinds][]scale{regular: regularScales, learner: learnerScales}
	for i := range wages {
		list[i].since = wages[i].since
		for k := range kinds {
			s := scaleAt(scales[k], wages[i].since)
			for a := range ages {
				list[i].due[k][a] = cell{&wages[i], s, k, youngest + a}.terms()
			}
		}
	}
	return list
}

// scaleAt returns the scale that holds on the day a row of wages starts. Scales
// change on such days only; a test sees to it.
func scaleAt(scales []scale, on calendar.Date) *scale {
	i := sort.Search(len(scales), func(i int) bool { return scales[i].since.After(on) })
	return &scales[i-1]
}

// cell is one row of wages, one scale and one age.
type cell struct {
	wage  *wage
	scale *scale
	kind  kind
	age   int
}

func (c cell) percent() euro.Number { return c.scale.percent[c.age-youngest] }

func (c cell) adult() bool { return c.percent().Equal(euro.Hundred) }

func (c cell) terms() terms {
	due := terms{percentage: c.percentage()}
	if c.wage.hourly() {
		due.hour, due.reference = c.hour(), c.reference()
		return due
	}
	due.month = c.month()
	due.reference = due.month // LKS and benefits used the month wage itself
	due.week = c.week(due.month)
	due.day = c.day(due.week)
	for i, fullTime := range fullTimes {
		due.hours[i] = perHour(due.week, fullTime)
	}
	return due
}

// percentage has the days of the scale, not those of the amounts.
func (c cell) percentage() Figure {
	return Figure{
		Name: namePercentage, Value: c.percent(), Since: c.scale.since,
		Source: c.scale.source, Article: c.scale.article, Confidence: c.scaleConfidence(),
		Checked: checked, ConfirmedThrough: wageConfirmed,
	}
}

// scaleConfidence is high from twenty-three: whatever a scale says, nobody of
// that age was ever on one.
func (c cell) scaleConfidence() Confidence {
	if c.age >= grownUp {
		return High
	}
	return c.scale.confidence
}

// figure fills in what all amounts of the cell have in common.
func (c cell) figure(name string, value euro.Number, derived string) Figure {
	f := Figure{
		Name: name, Value: value, Since: c.wage.since, Derived: derived,
		Source: c.wage.source, Article: "WML art. 8",
		Confidence: weaker(c.wage.confidence, c.scaleConfidence()),
		Checked:    checked, ConfirmedThrough: wageConfirmed,
	}
	if c.age < grownUp {
		f.Source += "; " + c.scale.source
	}
	if c.adult() {
		return f
	}
	f.Article += "; " + c.scale.article
	if why := c.unproven(name); why != "" {
		f.Confidence, f.Derived = weaker(f.Confidence, Medium), derived+"; "+why
	} else if c.wage.youth != "" {
		f.Source += "; youth amounts: " + c.wage.youth
	}
	return f
}

// unproven says why print does not bear the amount out, or nothing.
func (c cell) unproven(name string) string {
	for i := range marks {
		m := &marks[i]
		if m.since == c.wage.since && m.kinds[c.kind] && m.age == c.age && m.name == name {
			return m.why
		}
	}
	return ""
}

// share says in words what a youth amount was made of.
func (c cell) share(whole euro.Number, rounding string) string {
	return c.percent().String() + " % of " + whole.Fixed(2) + ", " + rounding
}

func (c cell) hour() Figure {
	if c.adult() {
		return c.figure(nameHour, c.wage.hour, "")
	}
	return c.figure(nameHour, youthHour20240101(c.percent(), c.wage.hour), c.share(c.wage.hour, "cents half up"))
}

func (c cell) reference() Figure {
	if c.adult() {
		f := c.figure(nameReference, c.wage.reference, "")
		f.Article = "WML art. 8 lid 1 onder b"
		return f
	}
	f := c.figure(nameReference, youthReference20240101(c.percent(), c.wage.reference),
		c.share(c.wage.reference, "cents half up; a choice: no youth reference month is published"))
	f.Confidence = weaker(f.Confidence, Medium)
	f.Article = "WML art. 8 lid 1 onder b; " + c.scale.article
	return f
}

func (c cell) month() Figure {
	if c.adult() {
		return c.figure(nameMonth, c.wage.month, "")
	}
	return c.figure(nameMonth, youthMonth20030701(c.percent(), c.wage.month), c.share(c.wage.month, "nearest 0.05 half up"))
}

func (c cell) week(month Figure) Figure {
	switch {
	case c.adult():
		return c.figure(nameWeek, c.wage.week, "")
	case c.wage.since.Before(weekOfWeekSince):
		return c.figure(nameWeek, youthWeek20030701(month.Value),
			"3/13 of "+month.Value.Fixed(2)+" a month, nearest 0.05; the month: "+month.Derived)
	}
	return c.figure(nameWeek, youthWeek20120701(c.percent(), c.wage.week), c.share(c.wage.week, "nearest 0.05 half up"))
}

func (c cell) day(week Figure) Figure {
	if c.adult() {
		return c.figure(nameDay, c.wage.day, "")
	}
	f := week
	f.Name, f.Value = nameDay, youthDay20030701(week.Value)
	f.Derived = week.Value.Fixed(2) + " a week / 5; the week: " + week.Derived
	return f
}

// perHour divides a week by the full-time hours of the sector (WML art. 12 lid
// 2, old). The law has no such hour and no rounding for it; four decimals are
// kept so that the rounding happens in the amounts of a payslip.
func perHour(week Figure, fullTime euro.Number) Figure {
	f := week
	f.Name = nameHour
	f.Value = week.Value.Part(euro.Ratio{Over: euro.One, Under: fullTime}).Round(4)
	f.Article += "; WML art. 12 lid 2"
	f.Derived = week.Value.Fixed(2) + " a week / " + fullTime.String() + " hours, four decimals"
	if week.Derived != "" {
		f.Derived += "; the week: " + week.Derived
	}
	return f
}
