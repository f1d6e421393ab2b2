package main

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// minimumWageAsked asks for the minimum wage of somebody on a day.
type minimumWageAsked struct {
	calcAsked
	Date          string `json:"date" validate:"required"`
	Birth         string `json:"birth_date" validate:"required"`
	BBL           bool   `json:"bbl"`
	FullTimeHours string `json:"full_time_hours"` // before 2024 an hour is a part of the week of the sector
}

// minimumWage is the answer: since 2024 an hour, and the reference month that
// subsidies count with; before, a month, a week and a day.
type minimumWage struct {
	Hour           string        `json:"hour,omitempty"` // two decimals; before 2024 up to four
	ReferenceMonth string        `json:"reference_month,omitempty"`
	Month          string        `json:"month,omitempty"`
	Week           string        `json:"week,omitempty"`
	Day            string        `json:"day,omitempty"`
	Since          calendar.Date `json:"since"`
	Article        string        `json:"article"`
	Source         string        `json:"source"`
	calcExtra
}

// minimumFigure is one of its figures: where it goes, and who knows it.
type minimumFigure struct {
	to   *string
	what payroll.Text
	find func() (statute.Figure, error)
}

func answerMinimumWage(q minimumWageAsked, door *payroll.Door, t *payroll.Trace) (any, error) {
	on := door.Date("date", q.Date)
	birth := calcBirth(door, q.Birth, on)
	full := door.Number("full_time_hours", q.FullTimeHours, euro.Int(30), euro.Int(48))
	if err := door.Err(); err != nil {
		return nil, err
	}
	var out minimumWage
	var first statute.Figure
	for i, m := range out.figures(q.BBL, birth, on, full) {
		f, err := m.find()
		if err == nil { // Nobody accepts this answer by name, so that a doubt about the year is none.
			err = f.Confirmed(on)
		}
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = f
		}
		*m.to = f.Value.Fixed(2)
		out.Attention = append(out.Attention, calcDoubts(on, f)...)
		t.Add(func() payroll.Step {
			return payroll.Step{What: m.what, Article: f.Article, Source: f.Name + " " + f.Since.String() + ": " + f.Source, Formula: f.Derived, Result: f.Value.Fixed(2)}
		})
	}
	out.Since, out.Article, out.Source, out.Steps = first.Since, first.Article, first.Source, calcSteps(t)
	if first.Derived != "" {
		out.Source += " (" + first.Derived + ")"
	}
	return out, nil
}

// figures are those that the law has on the day, in the order of the answer.
func (out *minimumWage) figures(bbl bool, birth, on calendar.Date, full euro.Number) []minimumFigure {
	hour, reference := statute.MinimumHour, statute.ReferenceMonth
	month, week, day := statute.MinimumMonth, statute.MinimumWeek, statute.MinimumDay
	if bbl {
		hour, reference = statute.MinimumHourBBL, statute.ReferenceMonthBBL
		month, week, day = statute.MinimumMonthBBL, statute.MinimumWeekBBL, statute.MinimumDayBBL
	}
	of := func(find func(birth, on calendar.Date) (statute.Figure, error)) func() (statute.Figure, error) {
		return func() (statute.Figure, error) { return find(birth, on) }
	}
	perHour := minimumFigure{&out.Hour, payroll.Text{NL: "minimumloon per uur", EN: "minimum wage an hour"},
		func() (statute.Figure, error) { return hour(birth, on, full) }}
	if !on.Before(statute.HourlyMinimumSince) {
		return []minimumFigure{perHour,
			{&out.ReferenceMonth, payroll.Text{NL: "referentiemaandbedrag", EN: "reference month"}, of(reference)}}
	}
	list := []minimumFigure{
		{&out.Month, payroll.Text{NL: "minimumloon per maand", EN: "minimum wage a month"}, of(month)},
		{&out.Week, payroll.Text{NL: "minimumloon per week", EN: "minimum wage a week"}, of(week)},
		{&out.Day, payroll.Text{NL: "minimumloon per dag", EN: "minimum wage a day"}, of(day)},
	}
	if full.Sign() > 0 {
		list = append(list, perHour)
	}
	return list
}
