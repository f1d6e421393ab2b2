package payroll

import (
	"errors"
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// TransitionMaximumUnknown is the exception of a transition payment above the
// last maximum that is known: whether it is above its own year's is not.
const TransitionMaximumUnknown ExceptionKind = "transition/maximum_unknown"

// ErrTransition is wrapped when the facts of an end of service can not be true.
var ErrTransition = errors.New("the transition payment can not be computed")

const articleTransition = "BW 7:673 lid 2"

// TransitionInput is what a transitievergoeding depends on.
type TransitionInput struct {
	Service calendar.Span // first and last day with the employer; contracts that follow within six months count as one
	// MonthlyWage is the gross hourly wage times the agreed hours a month, with
	// fixed and variable parts of wage as the Besluit loonbegrip has them, but
	// without holiday allowance, which is added here.
	MonthlyWage euro.Amount
	ByEmployee  bool // the employee ended the contract: nothing is due
}

// TransitionPayment is what is due, and over what service.
type TransitionPayment struct {
	Amount    euro.Amount
	Years     int // whole years of service
	Days      int // days after the last of them
	Of        int // days of the year of service that they are part of
	Figures   []statute.Figure
	Attention []Exception
}

// NewTransitionPayment20200101 computes the transitievergoeding as it is since
// the Wet arbeidsmarkt in balans: from the first day on, a third of the monthly
// wage with holiday allowance for each year of service, and a part of that by
// days for what is left. Who may not claim it for another reason (BW 7:673 lid
// 7: under eighteen with few hours, AOW age, serious blame) is not known here.
//
// By days is a choice: the decree reckons what is left with the wage received
// in it, which for a constant wage differs by the length of months only.
func NewTransitionPayment20200101(in TransitionInput, t *Trace) (TransitionPayment, error) {
	if in.Service.From.IsZero() || in.Service.To.IsZero() || in.Service.Empty() || in.MonthlyWage.Sign() < 0 {
		return TransitionPayment{}, fmt.Errorf("%w: service of %s until %s, %s a month", ErrTransition, in.Service.From, in.Service.To, in.MonthlyWage)
	}
	maximum, err := statute.TransitionMaximum(in.Service.To)
	if err != nil {
		return TransitionPayment{}, err
	}
	allowance, err := statute.HolidayAllowance(in.Service.To)
	if err != nil {
		return TransitionPayment{}, err
	}
	p := TransitionPayment{}
	p.Years, p.Days, p.Of = serviceOf(in.Service)
	if in.ByEmployee {
		t.Add(func() Step {
			return Step{What: Text{NL: "geen transitievergoeding: de werknemer zegt op", EN: "no transition payment: the employee ends it"},
				Article: "BW 7:673 lid 1", Result: p.Amount.String()}
		})
		return p, nil
	}
	p.Figures = []statute.Figure{allowance, maximum}
	month := in.MonthlyWage.Times(euro.One.Add(allowance.Value.Percent()))
	p.Amount = month.PartCents(p.thirds())
	traceTransition(t, in, p, allowance, month)
	p.limit(maximum, month, in.Service.To, t)
	return p, nil
}

// serviceOf counts whole years from the first day on, and the days left of the
// year of service that the last day lies in.
func serviceOf(s calendar.Span) (years, days, of int) {
	end := s.To.Add(1)
	for !s.From.AddMonths(12 * (years + 1)).After(end) {
		years++
	}
	anniversary := s.From.AddMonths(12 * years)
	return years, end.Sub(anniversary), s.From.AddMonths(12 * (years + 1)).Sub(anniversary)
}

// thirds is years and days of service over three, as one ratio, so that the
// amount is divided and rounded once.
func (p TransitionPayment) thirds() euro.Ratio {
	return euro.Ratio{Over: euro.Int(int64(p.Years*p.Of + p.Days)), Under: euro.Int(int64(3 * p.Of))}
}

// limit holds the amount against the maximum, or a year's wage if that is more.
// A maximum of an earlier year is no maximum of this one: an amount above it is
// left as it is and somebody has to look.
func (p *TransitionPayment) limit(maximum statute.Figure, month euro.Number, end calendar.Date, t *Trace) {
	most := maximum.Value.Max(month.Mul(euro.Int(12))).Cents()
	if p.Amount.Cmp(most) <= 0 {
		return
	}
	if end.After(maximum.ConfirmedThrough) {
		p.Attention = append(p.Attention, Exception{Kind: TransitionMaximumUnknown, Subject: source(maximum), Article: articleTransition, Detail: Text{
			NL: fmt.Sprintf("Transitievergoeding %s is hoger dan het laatst bekende maximum %s; dat van %d is niet bekend.", p.Amount, most, end.Year()),
			EN: fmt.Sprintf("Transition payment %s is above the last known maximum %s; that of %d is not known.", p.Amount, most, end.Year())}})
		return
	}
	p.Amount = most
	if e, doubtful := Doubtful(maximum, end); doubtful {
		p.Attention = append(p.Attention, e)
	}
	t.Add(func() Step {
		return Step{What: Text{NL: "ten hoogste het jaarmaximum, of een jaarloon als dat meer is", EN: "at most the year's maximum, or a year's wage if that is more"},
			Article: articleTransition, Source: source(maximum) + ": " + maximum.Source,
			Formula: fmt.Sprintf("max(%s, 12 × %s)", maximum.Value, month), Result: most.String(), Rounded: "half up, 0.01"}
	})
}

func traceTransition(t *Trace, in TransitionInput, p TransitionPayment, allowance statute.Figure, month euro.Number) {
	t.Add(func() Step {
		return Step{What: Text{NL: "maandloon met vakantiebijslag", EN: "monthly wage with holiday allowance"},
			Article: "Besluit loonbegrip vergoeding aanzegtermijn en transitievergoeding art. 2 en 3", Source: source(allowance),
			Formula: fmt.Sprintf("%s × (1 + %s %%)", in.MonthlyWage, allowance.Value), Result: month.String()}
	})
	t.Add(func() Step {
		return Step{What: Text{NL: "transitievergoeding: een derde maandloon per dienstjaar", EN: "transition payment: a third of a monthly wage per year of service"},
			Article: articleTransition, Source: fmt.Sprintf("service %s - %s", in.Service.From, in.Service.To),
			Formula: fmt.Sprintf("%s × (%d + %d/%d) / 3", month, p.Years, p.Days, p.Of), Result: p.Amount.String(), Rounded: "half up, 0.01"}
	})
}
