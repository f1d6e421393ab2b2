package subsidy

import (
	"errors"
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// WholeMonth are the facts of a day that a whole month of loonkostensubsidie
// goes by (Participatiewet art. 10d): what contract, decision and loonwaarde say
// on it. Hours are a week's, percentages are whole numbers such as 25 for 25 %.
type WholeMonth struct {
	Day           calendar.Date // whose facts they are
	Granted       calendar.Date // the day that the subsidy was granted; its figures are reckoned with (lid 7)
	ContractStart calendar.Date // the forfait ends six months after it (lid 5)
	Birth         calendar.Date
	HoursPerWeek  euro.Number // agreed, as the decision has them
	FullTimeHours euro.Number // of the sector
	Route         Route
	Loonwaarde    *int         // whole percent; with the forfait it is not asked
	Charges       *euro.Number // percentage that the decision itself names; nil: the national one
}

// MonthlySubsidy is what a whole month comes to: base and charges are rounded
// half up to cents, once each, and the total is their sum.
type MonthlySubsidy struct {
	Base           euro.Amount
	Charges        euro.Amount
	Total          euro.Amount
	ChargesPercent euro.Number         // that was reckoned with
	Reference      calendar.Date       // the day whose figures were: granting, or a 1 January after it
	Attention      []payroll.Exception // figures that are not confirmed
}

// NewMonthlySubsidy computes a whole month by the code that claims are computed
// by: before any cap on wage cost, ceiling or budget. Claims go on with figures
// beyond what is confirmed and have somebody accept them; nobody accepts this
// answer, so that it refuses them with statute.ErrNoFigure. Facts that do not
// fit together are a payroll.Refusal: days out of order, a loonwaarde that lacks,
// and a forfait that has lasted six months.
func NewMonthlySubsidy(f WholeMonth, t *payroll.Trace) (MonthlySubsidy, error) {
	if err := f.check(); err != nil {
		return MonthlySubsidy{}, err
	}
	terms := DecisionTerms{
		Version: 1, ValidFrom: f.Granted, Granted: f.Granted, Span: calendar.Span{From: f.Granted},
		Route: f.Route, HoursPerWeek: f.HoursPerWeek, Charges: f.Charges,
	}
	span := calendar.Span{From: f.ContractStart}
	file := File{Birth: f.Birth, Contract: payroll.Contract{Versions: []payroll.Terms{{
		Version: 1, ValidFrom: span.From, Span: span, HoursPerWeek: f.HoursPerWeek, FullTimeHours: f.FullTimeHours}}}}
	if f.Loonwaarde != nil {
		file.Loonwaarden = []Loonwaarde{{Version: 1, ValidFrom: span.From, Percent: *f.Loonwaarde}}
	}
	m := month{file: file, trace: t}
	out, err := m.lksMonth(terms, f.Day)
	if err != nil {
		return MonthlySubsidy{}, f.refusal(err)
	}
	for _, u := range out.figures {
		if err := u.figure.Confirmed(u.on); err != nil {
			return MonthlySubsidy{}, err
		}
	}
	sum := MonthlySubsidy{
		Base: out.base.Round(shareNoise).Cents(), Charges: out.charges.Round(shareNoise).Cents(),
		Reference: m.reading.referenceDay(terms, f.Day), Attention: doubts(out.figures),
	}
	sum.Total = sum.Base.Add(sum.Charges)
	sum.ChargesPercent, _, err = m.reading.charges(terms, sum.Reference)
	traceMonthly(t, sum)
	return sum, err
}

// check refuses what no decision could say: days out of order, and hours that
// nothing can be in proportion to.
func (f WholeMonth) check() error {
	var found []payroll.Problem
	for _, h := range []struct {
		field string
		hours euro.Number
	}{{"hours_per_week", f.HoursPerWeek}, {"full_time_hours", f.FullTimeHours}} {
		if h.hours.Sign() <= 0 {
			found = append(found, payroll.Reason("number/out_of_range", h.field, "Uren per week zijn meer dan nul.", "Hours a week are more than nought."))
		}
	}
	for _, d := range []struct {
		field string
		day   calendar.Date
	}{{"granted", f.Granted}, {"contract_start", f.ContractStart}} {
		if d.day.After(f.Day) {
			found = append(found, payroll.Reason("date/order", d.field,
				fmt.Sprintf("%s ligt na %s, de dag waarvoor wordt gerekend.", d.day, f.Day),
				fmt.Sprintf("%s lies after %s, the day that is computed for.", d.day, f.Day)))
		}
	}
	return payroll.Refuse(payroll.Invalid, found...)
}

// refusal says which fact does not fit, with the article, where a claim would
// have an exception.
func (f WholeMonth) refusal(err error) error {
	switch {
	case errors.Is(err, errLoonwaarde):
		return payroll.Refuse(payroll.Invalid, payroll.Problem{
			Type: string(UnknownLoonwaarde), Field: "loonwaarde", Article: "Participatiewet art. 10d lid 4",
			Detail: payroll.Text{NL: "Deze route vraagt een loonwaarde.", EN: "This route asks for a loonwaarde."}})
	case errors.Is(err, errForfait):
		last := forfaitLast(f.ContractStart)
		return payroll.Refuse(payroll.Invalid, payroll.Problem{
			Type: string(ForfaitOver), Field: "route", Article: "Participatiewet art. 10d lid 5", Detail: payroll.Text{
				NL: fmt.Sprintf("Het forfait geldt hoogstens de eerste zes maanden van de dienstbetrekking, hier tot en met %s (Participatiewet art. 10d lid 5); daarna is een loonwaarde nodig.", last),
				EN: fmt.Sprintf("The forfait lasts the first six months of the employment at most, here until %s (Participatiewet art. 10d lid 5); a loonwaarde is needed from then on.", last)}})
	}
	return err
}

func traceMonthly(t *payroll.Trace, s MonthlySubsidy) {
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "loonkostensubsidie van een hele maand", EN: "loonkostensubsidie of a whole month"},
			Article: "Participatiewet art. 10d", Source: "figures of " + s.Reference.String(),
			Formula: fmt.Sprintf("%s + %s", s.Base, s.Charges), Result: s.Total.String(), Rounded: "base and charges each half up, 0.01",
		}
	})
}
