package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// payslipContract is the contract; its terms hold on all its days.
type payslipContract struct {
	Start   string        `json:"start" validate:"required"`
	End     string        `json:"end"`
	EndedBy string        `json:"ended_by" validate:"omitempty,oneof=employer expiry employee agreement age cause death continued"`
	Steps   []payslipStep `json:"steps" validate:"max=50"` // the wage table, which a registration takes from the scheme
	payroll.ContractTerms
}

// payslipStep is a step of the wage table.
type payslipStep struct {
	Years  *int   `json:"years" validate:"required,min=0,max=60"`
	Factor string `json:"factor" validate:"required"`
}

// payslipTable reads a wage table with the limits of a scheme's.
func payslipTable(part *payroll.Door, steps []payslipStep) []payroll.WageStep {
	var table []payroll.WageStep
	for i, s := range steps {
		row := payroll.NewDoor(s)
		step := payroll.WageStep{Factor: row.Number("factor", s.Factor, euro.One, euro.Int(3))}
		row.Decimals("factor", step.Factor, 4)
		if s.Years != nil {
			step.Years = *s.Years
		}
		if len(row.Problems) == 0 && (i == 0 && step.Years != 0 || i > 0 && (step.Years <= table[i-1].Years || step.Factor.Cmp(table[i-1].Factor) < 0)) {
			row.Refuse(payroll.Reason("steps/order", "years", "De eerste trede begint bij 0 jaar; de jaren stijgen en de factoren dalen niet.", "The first step begins at 0 years; years rise and factors do not fall."))
		}
		calcWithin(part, fmt.Sprintf("steps[%d]", i), row)
		table = append(table, step)
	}
	return table
}

// accept reads the contract through the door that a registration goes through. Where
// a scheme is asked about the wage table is the scheme's.
func (c payslipContract) accept(door *payroll.Door, rules *payroll.SchemeRules) payroll.Contract {
	part := payroll.NewDoor(c)
	span := part.Span("start", c.Start, "end", c.End)
	switch {
	case rules == nil:
		rules = &payroll.SchemeRules{Steps: payslipTable(part, c.Steps)}
	case len(c.Steps) > 0:
		part.Refuse(payroll.Reason("steps/of_scheme", "steps", "De loontabel is die van de regeling.", "The wage table is the scheme's."))
	}
	terms := c.ContractTerms.Accept(part, *rules)
	terms.Version, terms.ValidFrom, terms.Span, terms.EndedBy = 1, span.From, span, payroll.EndedBy(c.EndedBy)
	switch {
	case c.EndedBy != "" && c.End == "":
		part.Refuse(payroll.Reason("contract/end", "end", "Een contract dat is beëindigd heeft een einddatum.", "A contract that was ended has an end date."))
	case c.EndedBy == "" && terms.OpenEnded != (c.End == ""):
		part.Refuse(payroll.Reason("contract/end", "end", "Een contract voor onbepaalde tijd heeft geen einddatum, een ander wel.", "An open-ended contract has no end date, another has one."))
	}
	calcWithin(door, "contract", part)
	return payroll.Contract{ID: payroll.DeriveID("calc/contract"), Number: "calc", Versions: []payroll.Terms{terms}}
}

// payslipHours are the hours of a day. Sick hours before the period are asked
// for where a spell that began then goes on.
type payslipHours struct {
	Day   string `json:"day" validate:"required"`
	Kind  string `json:"kind" validate:"required,oneof=worked training sick leave public_holiday unpaid_absence"`
	Hours string `json:"hours" validate:"required"`
}

// payslipDays reads the hours as a submission's are: each day and kind once, and
// on days of the contract.
func payslipDays(door *payroll.Door, lines []payslipHours, span calendar.Span, p calendar.Period) (hours, sickness []payroll.Hours) {
	seen, total := map[payroll.HoursKey]bool{}, map[calendar.Date]payroll.Quantity{}
	for i, l := range lines {
		part := payroll.NewDoor(l)
		h := payroll.Hours{Day: part.Date("day", l.Day), Kind: payroll.HoursKind(l.Kind), Version: 1}
		quantity, err := payroll.ParseQuantity(l.Hours)
		if l.Hours != "" && (err != nil || quantity < 0 || quantity > payroll.MaxDay) {
			part.Refuse(payroll.Reason("hours/out_of_range", "hours", "Uren liggen tussen 0 en 24 per dag.", "Hours lie between 0 and 24 a day."))
		}
		h.Quantity = quantity
		if len(part.Problems) == 0 {
			payslipDay(part, h, span, p)
			key := payroll.HoursKey{Day: h.Day, Kind: h.Kind}
			if seen[key] {
				part.Refuse(payroll.Reason("day/duplicate", "day", "Deze dag en soort staan er al.", "This day and kind are there already."))
			}
			if seen[key], total[h.Day] = true, total[h.Day]+h.Quantity; total[h.Day] > payroll.MaxDay {
				part.Refuse(payroll.Reason("hours/day_total", "hours", "Samen meer dan 24 uur op deze dag.", "More than 24 hours together on this day."))
			}
		}
		calcWithin(door, fmt.Sprintf("hours[%d]", i), part)
		if h.Day.Before(p.From) {
			sickness = append(sickness, h)
		} else {
			hours = append(hours, h)
		}
	}
	inOrder := func(a, b payroll.Hours) int { return cmp.Or(a.Day.Cmp(b.Day), cmp.Compare(a.Kind, b.Kind)) }
	slices.SortFunc(hours, inOrder)
	slices.SortFunc(sickness, inOrder)
	return hours, sickness
}

// payslipDay refuses a day that is no day of the contract or of the period.
func payslipDay(part *payroll.Door, h payroll.Hours, span calendar.Span, p calendar.Period) {
	earlier := h.Kind == payroll.Sick && h.Day.Before(p.From)
	switch {
	case !span.From.IsZero() && !span.Holds(h.Day):
		part.Refuse(payroll.Reason("day/outside_contract", "day", "Het contract loopt niet op deze dag.", "The contract does not run on this day."))
	case !p.From.IsZero() && !p.Holds(h.Day) && !earlier:
		part.Refuse(payroll.Reason("day/outside_period", "day", "Deze dag ligt buiten de periode.", "This day lies outside the period."))
	}
}

// payslipCharges are what the employer's charges go by.
type payslipCharges struct {
	Aof string `json:"aof" validate:"required,oneof=low high"` // low: a small employer
	Whk string `json:"whk"`                                    // percentage of the decision of the year of payment; absent: the average
	Ufo bool   `json:"ufo"`
}

// payslipAlways is before every day that can be paid: what the question says of
// the employer holds on all of them.
var payslipAlways = calendar.Day(1900, 1, 1)

// settings are what the employer would have recorded.
func (q payslipQuestion) settings(door *payroll.Door, paid calendar.Date) *payroll.Settings {
	if q.Employer == nil && q.Pension == nil {
		return nil
	}
	s := &payroll.Settings{}
	if e := q.Employer; e != nil {
		part := payroll.NewDoor(*e)
		s.Charges = []payroll.ChargeTerms{{Version: 1, ValidFrom: payslipAlways, ChargeSettings: payroll.ChargeSettings{
			Small: e.Aof == "low", Ufo: e.Ufo, Whk: calcWhk(part, e.Whk, paid)}}}
		calcWithin(door, "employer", part)
	}
	if p := q.Pension; p != nil {
		part := payroll.NewDoor(*p)
		terms := p.Accept(part)
		terms.Version, terms.ValidFrom, terms.Name = 1, payslipAlways, "calc"
		s.Pension = []payroll.PensionTerms{terms}
		calcWithin(door, "pension", part)
	}
	return s
}

// payslipEarlier is what earlier periods have booked on the contract, here or
// elsewhere.
type payslipEarlier struct {
	HolidayBase string `json:"holiday_base"` // wage that the allowance accrued over
	Holiday     string `json:"holiday"`      // allowance accrued
	HolidayPaid string `json:"holiday_paid"`
	Leave       string `json:"leave"` // hours accrued, less those taken

	HolidayOpening string `json:"holiday_opening"` // allowance accrued elsewhere that was not paid there
	PremiumWage    string `json:"premium_wage"`    // of the calendar year of payment, so far
	PremiumMaximum string `json:"premium_maximum"`
	PremiumBase    string `json:"premium_base"`
}

// accept reads it; all days before the period of the run are then known.
func (e payslipEarlier) accept(door *payroll.Door, r payroll.Run) (payroll.Accrued, *payroll.Opening, payroll.Booked) {
	part := payroll.NewDoor(e)
	earlier := payroll.Accrued{
		Base: part.Amount("holiday_base", e.HolidayBase), Accrued: part.Amount("holiday", e.Holiday), Paid: part.Amount("holiday_paid", e.HolidayPaid),
	}
	leave := payroll.Quantity(0)
	if e.Leave != "" {
		var err error
		if leave, err = payroll.ParseQuantity(e.Leave); err != nil {
			part.Refuse(payroll.Reason("hours/out_of_range", "leave", "Dit zijn geen uren, met hoogstens twee decimalen.", "These are no hours, with at most two decimals."))
		}
	}
	opening := payroll.Opening{Until: r.Period.From.Add(-1), Holiday: part.Amount("holiday_opening", e.HolidayOpening), Leave: leave}
	booked := opening.Booked(r.PayDate)
	if premium := payroll.ReadPremium(part, e.PremiumWage, e.PremiumMaximum, e.PremiumBase); premium != nil {
		booked.Year.Insured, booked.Year.Zvw = *premium, *premium
	}
	calcWithin(door, "earlier", part)
	return earlier, &opening, booked
}

// calcWithin tells the problems of a part of a question under its name.
func calcWithin(door *payroll.Door, name string, part *payroll.Door) {
	for _, p := range part.Problems {
		p.Field = strings.TrimSuffix(name+"."+p.Field, ".")
		door.Refuse(p)
	}
}
