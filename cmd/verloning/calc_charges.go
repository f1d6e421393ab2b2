package main

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// chargesAsked asks for the employer's charges on the wage of one period, as if
// it were the first of the year. Date is the day of payment.
type chargesAsked struct {
	calcAsked
	Date   string `json:"date" validate:"required"`
	Wage   string `json:"wage" validate:"required"`
	Period string `json:"period" validate:"omitempty,oneof=month four_weeks week day"` // absent: month
	AWf    string `json:"awf" validate:"required,oneof=low high ufo"`                  // low: written, open-ended and not on-call
	Aof    string `json:"aof" validate:"required,oneof=low high"`                      // low: a small employer
	Whk    string `json:"whk"`                                                         // percentage of the employer's decision; absent: the average
	Birth  string `json:"birth_date"`                                                  // absent: below AOW age
}

// chargesAnswer has each charge, rounded half up to cents; what is not due is
// not there.
type chargesAnswer struct {
	AWf   *euro.Amount `json:"awf,omitempty"`
	Ufo   *euro.Amount `json:"ufo,omitempty"`
	Aof   *euro.Amount `json:"aof,omitempty"`
	Wko   *euro.Amount `json:"wko,omitempty"`
	Whk   *euro.Amount `json:"whk,omitempty"`
	Zvw   *euro.Amount `json:"zvw,omitempty"`
	Total euro.Amount  `json:"total"`
	calcExtra
}

func answerCharges(q chargesAsked, door *payroll.Door, t *payroll.Trace) (any, error) {
	in := payroll.ChargesInput{
		PayDate: door.Date("date", q.Date), Wage: door.Amount("wage", q.Wage),
		Periods:  []payroll.PeriodCount{{Of: statute.WageMonth, Count: 1}},
		AWf:      payroll.AWfFacts{Written: q.AWf == "low", OpenEnded: q.AWf == "low"},
		Employer: payroll.ChargeSettings{Small: q.Aof == "low", Ufo: q.AWf == "ufo"},
	}
	if q.Period != "" {
		in.Periods[0].Of = statute.WagePeriod(q.Period)
	}
	birth := calcBirth(door, q.Birth, in.PayDate)
	in.Employer.Whk = calcWhk(door, q.Whk, in.PayDate)
	if err := door.Err(); err != nil {
		return nil, err
	}
	if !birth.IsZero() {
		reached, _, err := statute.AOWReached(birth, in.PayDate)
		if err != nil {
			return nil, err
		}
		in.FromAOW = reached
	}
	charges, err := payroll.NewCharges(in, t)
	if err != nil {
		return nil, err
	}
	out := chargesAnswer{Total: charges.Total, calcExtra: calcExtra{Attention: calcAttention(charges.Attention), Steps: calcSteps(t)}}
	for _, p := range charges.Premiums {
		*out.of(p.Kind) = &p.Amount
	}
	return out, nil
}

// calcWhk is the employer's own percentage in the year of payment, if given.
func calcWhk(door *payroll.Door, percentage string, paid calendar.Date) *payroll.WhkDecision {
	if percentage == "" {
		return nil
	}
	whk := &payroll.WhkDecision{Year: paid.Year(), Percentage: door.Number("whk", percentage, euro.Number{}, euro.Int(25)), Reference: "as given"}
	door.Decimals("whk", whk.Percentage, 2)
	return whk
}

// of is where a premium goes.
func (a *chargesAnswer) of(kind payroll.PremiumKind) **euro.Amount {
	return map[payroll.PremiumKind]**euro.Amount{
		payroll.PremiumAWf: &a.AWf, payroll.PremiumUfo: &a.Ufo, payroll.PremiumAof: &a.Aof,
		payroll.PremiumWko: &a.Wko, payroll.PremiumWhk: &a.Whk, payroll.PremiumZvw: &a.Zvw,
	}[kind]
}
