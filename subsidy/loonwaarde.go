package subsidy

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Loonwaarde is a determined wage value: a whole percentage of the minimum
// wage (Participatiewet art. 6), valid from a day. Where a scheme reckons by
// productivity it is that.
type Loonwaarde struct {
	Contract   uuid.UUID
	Version    int
	ValidFrom  calendar.Date
	Percent    int
	MeasuredBy string
	ReviewDue  calendar.Date

	// WithHoliday says whether it was determined over the wage with its holiday
	// allowance; nil: nobody said. The amount of a subsidy is the same either way,
	// since art. 10d lid 4 adds the allowance to both the minimum wage and, pro
	// rata, the loonwaarde.
	WithHoliday *bool
	// Amount is the wage in euros a month, at the hours that the minimum wage a
	// month is for, that Percent was derived from; nil: it was determined as a
	// percentage.
	Amount *euro.Amount
}

// loonwaardeOn returns the value that holds on a day, if one was determined by
// then.
func loonwaardeOn(values []Loonwaarde, day calendar.Date) (Loonwaarde, bool) {
	if len(values) == 0 {
		return Loonwaarde{}, false
	}
	value := values[payroll.Newest(len(values), func(i int) calendar.Date { return values[i].ValidFrom }, day)]
	if value.ValidFrom.After(day) {
		return Loonwaarde{}, false
	}
	return value, true
}

// LoonwaardeRecord records a determined loonwaarde: a whole percentage, or an
// amount a month that it is derived from. Both say whether the holiday allowance
// is in it.
type LoonwaardeRecord struct {
	payroll.Command
	Employer                 string `json:"employer" validate:"required,code"`
	Contract                 string `json:"contract" validate:"required,number"`
	ValidFrom                string `json:"valid_from" validate:"required"`
	Percent                  *int   `json:"percent,omitempty" validate:"omitempty,min=0,max=100"`
	Amount                   string `json:"amount,omitempty"`                     // instead of percent
	IncludesHolidayAllowance *bool  `json:"includes_holiday_allowance,omitempty"` // required, but for a productivity
	MeasuredBy               string `json:"measured_by" validate:"required,max=100"`
	ReviewDue                string `json:"review_due,omitempty"`
}

// LoonwaardeRecorded is the reply.
type LoonwaardeRecorded struct {
	Contract string `json:"contract"`
	Version  int    `json:"version"`
	Percent  int    `json:"percent"`
}

// RecordLoonwaarde keeps a loonwaarde as a fact.
func (d *Desk) RecordLoonwaarde(ctx context.Context, tx Tx, a payroll.Actor, req LoonwaardeRecord) (LoonwaardeRecorded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	c, err := d.subsidised(ctx, tx, a, door, req.Employer, req.Contract)
	if err != nil {
		return LoonwaardeRecorded{}, err
	}
	byLoonwaarde, err := d.byLoonwaarde(ctx, tx, c, req.ValidFrom)
	if err != nil {
		return LoonwaardeRecorded{}, err
	}
	value := req.accept(door, byLoonwaarde)
	value.Contract = c.ID
	if err := door.Err(); err != nil {
		return LoonwaardeRecorded{}, err
	}
	if value.Amount != nil {
		file, err := tx.DecidedFile(ctx, c)
		if err != nil {
			return LoonwaardeRecorded{}, err
		}
		value.Percent = value.derive(door, file)
		if err := door.Err(); err != nil {
			return LoonwaardeRecorded{}, err
		}
	}
	version, err := tx.AddLoonwaarde(ctx, a, value)
	if err != nil {
		return LoonwaardeRecorded{}, err
	}
	return LoonwaardeRecorded{Contract: req.Contract, Version: version, Percent: value.Percent}, d.reserve(ctx, tx, c)
}

// byLoonwaarde reports whether the contract's scheme reckons by a loonwaarde on
// a day. A day that cannot be read is refused elsewhere.
func (d *Desk) byLoonwaarde(ctx context.Context, tx Tx, c payroll.Contract, from string) (bool, error) {
	day, err := calendar.Parse(from)
	scheme, known, failure := d.schemeOf(ctx, tx, c)
	if err != nil || !known {
		return false, failure
	}
	version, dated := scheme.Governing(day)
	return dated && version.byLoonwaarde(), nil
}

// byLoonwaarde reports whether a rule of the version reckons by a loonwaarde.
func (v Version) byLoonwaarde() bool {
	for _, rule := range v.Pay {
		if rule.Amount.Loonkostensubsidie != nil {
			return true
		}
	}
	return false
}

// accept reads a loonwaarde; a productivity is a percentage and no wage, so that
// no holiday allowance can be in it.
func (r LoonwaardeRecord) accept(door *payroll.Door, byLoonwaarde bool) Loonwaarde {
	value := Loonwaarde{
		ValidFrom: door.Date("valid_from", r.ValidFrom), MeasuredBy: r.MeasuredBy,
		ReviewDue: door.Date("review_due", r.ReviewDue), WithHoliday: r.IncludesHolidayAllowance,
	}
	switch {
	case r.Percent == nil && r.Amount == "":
		door.Refuse(payroll.Reason("field/required", "percent", "Geef een percentage of een bedrag.", "Give a percentage or an amount."))
	case r.Percent != nil && r.Amount != "":
		door.Refuse(payroll.Reason("loonwaarde/twice", "amount", "Geef een percentage of een bedrag, niet beide.", "Give a percentage or an amount, not both."))
	case r.Percent != nil:
		value.Percent = *r.Percent
	default:
		amount := door.Amount("amount", r.Amount)
		value.Amount = &amount
	}
	if r.IncludesHolidayAllowance == nil && (byLoonwaarde || r.Amount != "") {
		door.Refuse(payroll.Reason("field/required", "includes_holiday_allowance",
			"Zeg of de vakantiebijslag in deze loonwaarde zit.", "Say whether the holiday allowance is in this loonwaarde."))
	}
	return value
}

// derive is the loonwaarde as a percentage of the minimum wage a month on its
// first day, with the holiday allowance on both sides or on neither, rounded
// arithmetically to a whole percentage (Regeling loonkostensubsidie art. 4 lid
// 3). It refuses what is above the minimum wage, and a day or an age for which
// there is none.
func (l Loonwaarde) derive(door *payroll.Door, f File) int {
	day := l.ValidFrom
	whole, err := month{file: f}.referenceMonth(day, day)
	holiday, errHoliday := statute.HolidayAllowance(day)
	if err != nil || errHoliday != nil {
		door.Refuse(payroll.Reason("loonwaarde/no_minimum", "amount", "Op deze dag is er geen minimumloon om het bedrag mee te vergelijken.", "On this day there is no minimum wage to compare the amount with."))
		return 0
	}
	minimum := whole.Value
	if *l.WithHoliday {
		minimum = minimum.Mul(euro.One.Add(holiday.Value.Percent()))
	}
	percent, err := euro.Hundred.Part(euro.Ratio{Over: l.Amount.Number(), Under: minimum}).Round(0).Int()
	if err != nil || percent > 100 {
		door.Refuse(payroll.Reason("number/out_of_range", "amount",
			fmt.Sprintf("Een loonwaarde is hoogstens het minimumloon van de maand: %s.", minimum.Fixed(2)),
			fmt.Sprintf("A loonwaarde is the minimum wage of the month at most: %s.", minimum.Fixed(2))))
		return 0
	}
	return percent
}

// traceLoonwaarde says what the loonwaarde of a day was determined over.
func (m month) traceLoonwaarde(d DecisionTerms, day calendar.Date) {
	value, known := loonwaardeOn(m.file.Loonwaarden, day)
	if d.Route == Forfait || !known {
		return
	}
	m.trace.Add(func() payroll.Step {
		nl, en := "niet is vastgelegd of de vakantiebijslag erin zit", "it was not recorded whether the holiday allowance is in it"
		switch {
		case value.WithHoliday == nil:
		case *value.WithHoliday:
			nl, en = "met vakantiebijslag bepaald", "determined with holiday allowance"
		default:
			nl, en = "zonder vakantiebijslag bepaald", "determined without holiday allowance"
		}
		step := payroll.Step{
			What: payroll.Text{
				NL: fmt.Sprintf("loonwaarde sinds %s, %s; voor het percentage maakt dat niet uit", value.ValidFrom, nl),
				EN: fmt.Sprintf("loonwaarde since %s, %s; the percentage is the same either way", value.ValidFrom, en),
			},
			Article: "Participatiewet art. 6 en 10d lid 4", Source: value.MeasuredBy, Result: fmt.Sprintf("%d %%", value.Percent),
		}
		if value.Amount != nil {
			step.Formula, step.Rounded = fmt.Sprintf("%s / WML × 100 %%", value.Amount), "half up, 1 %"
		}
		return step
	})
}
