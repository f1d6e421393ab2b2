package main

import (
	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// subsidyAsked asks for a whole month of loonkostensubsidie on the facts of a
// day.
type subsidyAsked struct {
	calcAsked
	Date          string `json:"date" validate:"required"`
	Granted       string `json:"granted"`        // absent: the day itself
	ContractStart string `json:"contract_start"` // absent: the day of granting
	Birth         string `json:"birth_date" validate:"required"`
	HoursPerWeek  string `json:"hours_per_week" validate:"required"`
	FullTimeHours string `json:"full_time_hours" validate:"required"`
	Route         string `json:"route" validate:"omitempty,oneof=loonwaarde forfait"` // absent: loonwaarde
	Loonwaarde    string `json:"loonwaarde"`                                          // whole percent
	Charges       string `json:"charges_percent"`                                     // as the decision says; absent: the national percentage
}

// subsidyAnswer is the month before any cap on wage cost, ceiling or budget.
type subsidyAnswer struct {
	Base           euro.Amount `json:"base"`
	Charges        euro.Amount `json:"charges"`
	Total          euro.Amount `json:"total"`
	ChargesPercent euro.Number `json:"charges_percent"`
	calcExtra
}

// answerSubsidy always gives its steps: an amount of subsidy goes to somebody
// who has to be able to check it.
func answerSubsidy(q subsidyAsked, door *payroll.Door, _ *payroll.Trace) (any, error) {
	f := subsidy.WholeMonth{
		Day: door.Date("date", q.Date), Granted: door.Date("granted", q.Granted), ContractStart: door.Date("contract_start", q.ContractStart),
		HoursPerWeek:  door.Number("hours_per_week", q.HoursPerWeek, euro.MustNumber("0.01"), euro.Int(48)),
		FullTimeHours: door.Number("full_time_hours", q.FullTimeHours, euro.Int(30), euro.Int(48)),
		Route:         subsidy.ByLoonwaarde, Loonwaarde: calcLoonwaarde(q, door),
	}
	f.Birth = calcBirth(door, q.Birth, f.Day)
	door.Decimals("hours_per_week", f.HoursPerWeek, 2)
	door.Decimals("full_time_hours", f.FullTimeHours, 2)
	if q.Granted == "" {
		f.Granted = f.Day
	}
	if q.ContractStart == "" {
		f.ContractStart = f.Granted
	}
	if q.Route != "" {
		f.Route = subsidy.Route(q.Route)
	}
	if q.Charges != "" {
		charges := door.Number("charges_percent", q.Charges, euro.Number{}, euro.Int(60))
		door.Decimals("charges_percent", charges, 4)
		f.Charges = &charges
	}
	if err := door.Err(); err != nil {
		return nil, err
	}
	t := &payroll.Trace{}
	sum, err := subsidy.NewMonthlySubsidy(f, t)
	if err != nil {
		return nil, err
	}
	return subsidyAnswer{
		Base: sum.Base, Charges: sum.Charges, Total: sum.Total, ChargesPercent: sum.ChargesPercent,
		calcExtra: calcExtra{Attention: calcAttention(sum.Attention), Steps: t.Steps},
	}, nil
}

// calcLoonwaarde reads the loonwaarde, which the law has in whole percents.
func calcLoonwaarde(q subsidyAsked, door *payroll.Door) *int {
	if q.Loonwaarde == "" {
		return nil
	}
	if q.Route == string(subsidy.Forfait) {
		door.Refuse(payroll.Reason("loonwaarde/with_forfait", "loonwaarde", "Bij het forfait hoort geen loonwaarde.", "The forfait goes without a loonwaarde."))
		return nil
	}
	n := door.Number("loonwaarde", q.Loonwaarde, euro.Number{}, euro.Hundred)
	door.Decimals("loonwaarde", n, 0)
	percent, _ := n.Int() // Refused above where it is no whole number.
	return &percent
}
