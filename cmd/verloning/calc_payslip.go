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
	Earlier         *payslipEarlier        `json:"earlier" validate:"-"` // absent: what was before is not known, which is not nought
	AnnualWage      string                 `json:"annual_wage"`          // of the calendar year before the day of payment
}

// payslipAnswer is the payslip as it would be shown.
type payslipAnswer struct {
	Period         calendar.Period `json:"period"`
	PayDate        calendar.Date   `json:"pay_date"`
	Gross          euro.Amount     `json:"gross"`
	Holiday        euro.Amount     `json:"holiday_allowance_accrued"`
	HolidayPaid    euro.Amount     `json:"holiday_allowance_paid"`
	LeavePaid      euro.Amount     `json:"leave_paid"`
	Transition     euro.Amount     `json:"transition_payment"`
	LeaveAccrued   string          `json:"leave_accrued"` // hours
	LeaveTaken     string          `json:"leave_taken"`   // or paid out
	Pension        euro.Amount     `json:"pension_employee"`
	Taxable        euro.Amount     `json:"taxable"` // by the table and at the special rate
	Tax            euro.Amount     `json:"wage_tax"`
	SpecialTax     euro.Amount     `json:"wage_tax_special"`
	Arbeidskorting euro.Amount     `json:"arbeidskorting"`
	Owed           euro.Amount     `json:"owed"` // by the employee
	Net            euro.Amount     `json:"net"`
	GrossOnly      bool            `json:"gross_only"` // no tax was computed: net equals gross
	Charges        *payslipPremium `json:"employer_charges,omitempty"`
	WageCost       euro.Amount     `json:"wage_cost"` // as far as charges are known
	Lines          []payslipLine   `json:"lines"`
	calcExtra
}

// payslipPremium are the employer's charges; absent, they are not known.
type payslipPremium struct {
	AWf     euro.Amount `json:"awf"` // or Ufo
	Aof     euro.Amount `json:"aof"`
	Wko     euro.Amount `json:"wko"`
	Whk     euro.Amount `json:"whk"`
	Zvw     euro.Amount `json:"zvw"`
	Pension euro.Amount `json:"pension_employer"`
	Total   euro.Amount `json:"total"`
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
	file := q.dossier(door, r, nil)
	if err := door.Err(); err != nil {
		return nil, err
	}
	if err := payslipConfirmed(file, r.Period); err != nil {
		return nil, err
	}
	slips, found, err := payroll.NewPayslips(r, file, t)
	if err != nil {
		return nil, &calcAt{"period", err}
	}
	out := newPayslipAnswer(r, slips[0])
	out.calcExtra = calcExtra{Attention: calcAttention(found), Steps: calcSteps(t)}
	return out, nil
}

func newPayslipAnswer(r payroll.Run, slip payroll.Payslip) payslipAnswer {
	out := payslipAnswer{
		Period: r.Period, PayDate: r.PayDate, Gross: slip.Gross, Holiday: slip.Holiday, HolidayPaid: slip.HolidayPaid, LeavePaid: slip.LeavePaid,
		Transition: slip.Transition, LeaveAccrued: slip.LeaveAccrued.String(), LeaveTaken: slip.LeaveTaken.String(), Pension: slip.Pension.Employee,
		Taxable: slip.Tax.Taxable(), Tax: slip.Tax.Table, SpecialTax: slip.Tax.SpecialTax, Arbeidskorting: slip.Tax.Arbeidskorting,
		Owed: slip.Owed, Net: slip.Net, GrossOnly: slip.GrossOnly, WageCost: slip.WageCost(), Lines: make([]payslipLine, len(slip.Lines)),
	}
	if c := slip.Charges; c != nil {
		out.Charges = &payslipPremium{c.AWf, c.Aof, c.Wko, c.Whk, c.EmployerZvw, slip.Pension.Employer, slip.OnTop()}
	}
	for i, l := range slip.Lines {
		out.Lines[i] = payslipLine{l.Kind, l.Quantity.String(), l.Rate, l.Amount, l.Rule, l.Source}
	}
	return out
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

// dossier is what a run would know of the person, whose contract is held against the
// rules of a scheme, if there is one.
func (q payslipQuestion) dossier(door *payroll.Door, r payroll.Run, rules *payroll.SchemeRules) payroll.Dossier {
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
	month := payroll.ContractMonth{Contract: q.Contract.accept(door, rules)}
	if q.Earlier != nil {
		month.Earlier, month.Opening, file.Booked = q.Earlier.accept(door, r)
	}
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
