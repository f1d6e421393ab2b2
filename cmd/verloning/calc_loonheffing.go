package main

import (
	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// taxAsked asks for the loonheffing of a wage of a period, of a special payment,
// or of both. Date is the day of payment, whose tables apply.
type taxAsked struct {
	calcAsked
	Date            string `json:"date" validate:"required"`
	Period          string `json:"period" validate:"omitempty,oneof=month four_weeks week day quarter"` // absent: month
	Wage            string `json:"wage"`                                                                // may be absent beside a special payment
	Special         string `json:"special"`
	AnnualWage      string `json:"annual_wage"` // of the calendar year before, the key of the special rate
	Korting         bool   `json:"korting"`
	Birth           string `json:"birth_date"` // absent: below AOW age
	Jonggehandicapt bool   `json:"jonggehandicapt"`
	Alleenstaand    bool   `json:"alleenstaand"`
	Anonymous       bool   `json:"anonymous"`
	Days            int    `json:"days" validate:"min=0,max=66"` // working days of a part of the period; nought: the whole of it
}

// taxAnswer is the tax on the wage of the period and, where there is one, on the
// special payment: each rounded as the law has it, the total their sum.
type taxAnswer struct {
	Tax            euro.Amount  `json:"loonheffing"`
	Arbeidskorting euro.Amount  `json:"arbeidskorting"` // the verrekende one
	Special        *euro.Amount `json:"loonheffing_special,omitempty"`
	SpecialRate    *euro.Number `json:"special_rate,omitempty"` // percentage
	Total          *euro.Amount `json:"total,omitempty"`
	calcExtra
}

func answerTax(q taxAsked, door *payroll.Door, t *payroll.Trace) (any, error) {
	paid := door.Date("date", q.Date)
	w := statute.TaxedWage{
		Taxpayer: statute.Taxpayer{
			Birth: calcBirth(door, q.Birth, paid), BelowAOW: q.Birth == "", Korting: q.Korting,
			Jonggehandicapt: q.Jonggehandicapt, Alleenstaand: q.Alleenstaand, Anonymous: q.Anonymous,
		},
		Wage: door.Amount("wage", q.Wage), Paid: paid, Tijdvak: statute.TaxMonth, Days: q.Days,
	}
	if q.Period != "" {
		w.Tijdvak = statute.Loontijdvak(q.Period)
	}
	special := statute.SpecialWage{Taxpayer: w.Taxpayer, Paid: paid, Amount: door.Amount("special", q.Special), AnnualWage: door.Amount("annual_wage", q.AnnualWage)}
	if q.Wage == "" && q.Special == "" {
		door.Refuse(payroll.Reason("field/required", "wage", "Geef het loon van de periode, of een bijzondere beloning in special.", "Give the wage of the period, or a special payment in special."))
	}
	if q.Special != "" && q.AnnualWage == "" && !q.Anonymous {
		door.Refuse(payroll.Problem{Type: "field/required", Field: "annual_wage", Article: "Wet LB 1964 art. 26", Detail: payroll.Text{
			NL: "Het bijzonder tarief gaat naar het jaarloon van het vorige jaar.", EN: "The special rate goes by the annual wage of the year before."}})
	}
	if err := door.Err(); err != nil {
		return nil, err
	}
	tax, err := statute.Loonheffing(w)
	if err != nil {
		return nil, err
	}
	payroll.TraceTax(t, w.Wage, tax)
	out := taxAnswer{Tax: tax.Tax, Arbeidskorting: tax.Arbeidskorting}
	figures := tax.Figures
	if q.Special != "" {
		more, err := statute.SpecialLoonheffing(special)
		if err != nil {
			return nil, err
		}
		payroll.TraceTax(t, special.Amount, more)
		total := tax.Tax.Add(more.Tax)
		out.Special, out.SpecialRate, out.Total = &more.Tax, &more.Steps.Rate, &total
		figures = append(figures[:len(figures):len(figures)], more.Figures...)
	}
	out.Attention, out.Steps = calcDoubts(paid, figures...), calcSteps(t)
	return out, nil
}
