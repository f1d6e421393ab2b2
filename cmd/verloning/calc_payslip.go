package main

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// payslipQuestion asks for the payslip of one contract in a period, of somebody
// whose facts are all in the question.
type payslipQuestion struct {
	calcAsked
	Period          string                 `json:"period" validate:"required"`
	PayDate         string                 `json:"pay_date"` // absent: the last day of the period
	Birth           string                 `json:"birth_date" validate:"required"`
	Korting         bool                   `json:"korting"`
	BSNKnown        *bool                  `json:"bsn_known"` // absent: it is; without it the anonymous tariff applies
	Jonggehandicapt bool                   `json:"jonggehandicapt"`
	Alleenstaand    bool                   `json:"alleenstaand"`
	Contract        payslipContract        `json:"contract" validate:"-"`
	Hours           []payslipHours         `json:"hours"`
	Employer        *payslipCharges        `json:"employer" validate:"-"` // absent: the charges are not known, which is not nought
	Pension         *payroll.PensionScheme `json:"pension" validate:"-"`
	Earlier         payslipEarlier         `json:"earlier" validate:"-"`
	AnnualWage      string                 `json:"annual_wage"` // of the calendar year before the day of payment
}

// payslipAnswer is the payslip as it would be shown.
type payslipAnswer struct {
	Period    calendar.Period `json:"period"`
	PayDate   calendar.Date   `json:"pay_date"`
	Gross     euro.Amount     `json:"gross"`
	Holiday   euro.Amount     `json:"holiday_allowance_accrued"`
	Net       euro.Amount     `json:"net"`
	GrossOnly bool            `json:"gross_only"` // no tax was computed: net equals gross
	Lines     []payslipLine   `json:"lines"`
	calcExtra
}

// payslipLine is a line of it.
type payslipLine struct {
	Kind     payroll.LineKind `json:"kind"`
	Quantity string           `json:"quantity"` // hours
	Rate     euro.Number      `json:"rate"`     // euro an hour, or a share
	Amount   euro.Amount      `json:"amount"`
	Rule     string           `json:"rule"`
	Source   string           `json:"source"`
}

// answerPayslip computes the payslip by the code of a run.
func answerPayslip(q payslipQuestion, door *payroll.Door, t *payroll.Trace) (any, error) {
	r := q.run(door)
	file := q.dossier(door, r)
	if err := door.Err(); err != nil {
		return nil, err
	}
	if err := payslipConfirmed(file, r.Period); err != nil {
		return nil, err
	}
	slip, found, err := payroll.NewPayslip(file.Employment, file.Contracts[0], r.Period, t)
	if err != nil {
		return nil, &calcAt{"period", err}
	}
	out := payslipAnswer{
		Period: r.Period, PayDate: r.PayDate, Gross: slip.Gross, Holiday: slip.Holiday, Net: slip.Net, GrossOnly: slip.GrossOnly,
		Lines:     make([]payslipLine, len(slip.Lines)),
		calcExtra: calcExtra{Attention: calcAttention(found), Steps: calcSteps(t)},
	}
	for i, l := range slip.Lines {
		out.Lines[i] = payslipLine{l.Kind, l.Quantity.String(), l.Rate, l.Amount, l.Rule, l.Source}
	}
	return out, nil
}

// run is the run of nobody else.
func (q payslipQuestion) run(door *payroll.Door) payroll.Run {
	p := door.Period("period", q.Period)
	paid := p.To
	if q.PayDate != "" {
		paid = door.Date("pay_date", q.PayDate)
	}
	return payroll.Run{Period: p, Kind: payroll.Regular, Sequence: 1, PayDate: paid}
}

// dossier is what a run would know of the person.
func (q payslipQuestion) dossier(door *payroll.Door, r payroll.Run) payroll.Dossier {
	file := payroll.Dossier{
		Employment: payroll.Employment{
			Birth: calcBirth(door, q.Birth, r.Period.To), Korting: q.Korting, Identified: q.BSNKnown == nil || *q.BSNKnown,
			Jonggehandicapt: q.Jonggehandicapt, Alleenstaand: q.Alleenstaand,
		},
		Settings: q.settings(door, r.PayDate),
	}
	if q.AnnualWage != "" {
		file.AnnualWages = []payroll.AnnualWage{{Year: r.PayDate.Year() - 1, Amount: door.Amount("annual_wage", q.AnnualWage), Source: "the question"}}
	}
	month := payroll.ContractMonth{Contract: q.Contract.accept(door), Earlier: q.Earlier.accept(door)}
	span := month.Contract.Span()
	if !r.Period.From.IsZero() && !span.From.IsZero() && span.Meet(r.Period.Span).Empty() {
		door.Refuse(payroll.Reason("period/outside_contract", "period", "Het contract loopt niet in deze periode.", "The contract does not run in this period."))
	}
	month.Hours, month.Sickness = payslipDays(door, q.Hours, span, r.Period)
	file.Contracts = []payroll.ContractMonth{month}
	return file
}

// payslipConfirmed refuses days whose minimum wage is not known yet: a run goes
// on and has somebody accept it, and nobody accepts an answer.
func payslipConfirmed(file payroll.Dossier, p calendar.Period) error {
	contract := file.Contracts[0].Contract
	last := contract.Span().Meet(p.Span).To
	terms, _ := contract.On(last)
	f, err := statute.MinimumHour(file.Employment.Birth, last, terms.FullTimeHours)
	if err == nil {
		err = f.Confirmed(last)
	}
	if err != nil {
		return &calcAt{"period", err}
	}
	return nil
}
