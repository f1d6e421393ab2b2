package payroll

import (
	"errors"
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// PremiumKind is what an employer pays on top of a wage, and to which fund.
type PremiumKind string

// The employer's premiums, in the order of a return. An official's employer
// owes Ufo where others owe AWf.
const (
	PremiumAWf PremiumKind = "awf"
	PremiumUfo PremiumKind = "ufo"
	PremiumAof PremiumKind = "aof"
	PremiumWko PremiumKind = "wko"
	PremiumWhk PremiumKind = "whk"
	PremiumZvw PremiumKind = "zvw"
)

// Kinds of exceptions that premiums give.
const (
	PremiumRuleInDoubt ExceptionKind = "premium/rule_in_doubt"
	PremiumWhkAverage  ExceptionKind = "premium/whk_average"
)

// ErrCharges is wrapped when what is handed in can not be true, such as the
// cumulatives of another calendar year.
var ErrCharges = errors.New("the employer's charges can not be computed")

// WhkDecision is the employer's own percentage for the Werkhervattingskas, by
// the tax inspector's decision for one calendar year (Wfsv art. 38 lid 3).
type WhkDecision struct {
	Year       int
	Percentage euro.Number
	Reference  string // of the decision, as the inspector numbers it
}

// ChargeSettings are what premiums need to know of the employer.
type ChargeSettings struct {
	Small bool         // a small employer, by the premium wage of two years before
	Ufo   bool         // a public employer, of an official
	Whk   *WhkDecision // nil: not known, so the average stands in and is flagged
}

// AWfFacts are what the low or high premium for the AWf goes by.
type AWfFacts struct {
	Written   bool
	OpenEnded bool
	OnCall    bool
	BBL       bool            // works on a practical agreement of the beroepsbegeleidende leerweg
	Birth     calendar.Date   // zero: not known, so nobody is taken for young
	Started   calendar.Date   // first day of the employment
	Return    calendar.Period // the period of the return (aangiftetijdvak)
	PaidHours *Quantity       // of all the employments with the employer in that period; nil: not known
}

// PeriodCount is a number of wage periods, each of which adds its maximum.
type PeriodCount struct {
	Of    statute.WagePeriod
	Count int
}

// PremiumPeriods are the wage periods of a whole period: a month, or four
// weeks, of which the thirteenth of a long year has a week more.
func PremiumPeriods(p calendar.Period) []PeriodCount {
	if p.Kind == calendar.Month {
		return []PeriodCount{{Of: statute.WageMonth, Count: 1}}
	}
	periods := []PeriodCount{{Of: statute.WageFourWeeks, Count: 1}}
	if p.Days() > 28 {
		periods = append(periods, PeriodCount{Of: statute.WageWeek, Count: 1})
	}
	return periods
}

// Cumulative is what one employer has paid one person in the calendar year: the
// wage, the maxima of the periods, and the base that premiums were computed on.
type Cumulative struct{ Wage, Maximum, Base euro.Amount }

// Cumulatives are the bases of the employee insurances and of the Zvw. They are
// two, since from AOW age only the Zvw goes on. The zero value is the start of
// any year.
type Cumulatives struct {
	Year    int
	Insured Cumulative
	Zvw     Cumulative
}

// ChargesInput is all that the premiums of one payslip depend on.
type ChargesInput struct {
	PayDate calendar.Date // percentages, maxima and the calendar year follow it
	Wage    euro.Amount   // loon voor de werknemersverzekeringen of this payslip
	Former  euro.Amount   // wage from former employment (a transition payment): Zvw only
	// Periods are what this payslip adds to the maxima. It has none when an
	// earlier payslip of the same period has added them, and days where the
	// wage period is days.
	Periods  []PeriodCount
	Earlier  Cumulatives // of this person with this employer in the calendar year
	AWf      AWfFacts
	FromAOW  bool // from the first day of the month of AOW age on
	Employer ChargeSettings
}

// Premium is one charge: base times rate, rounded once.
type Premium struct {
	Kind   PremiumKind
	Base   euro.Amount
	Rate   statute.Figure
	Amount euro.Amount
}

// Charges are the employer's charges of one payslip.
type Charges struct {
	Premiums    []Premium // in the order of a return; what is not due is not there
	Total       euro.Amount
	Cumulatives Cumulatives      // after this payslip: the next one's Earlier
	Figures     []statute.Figure // every figure used, once
	Attention   []Exception      // figures and rules that a person accepts by name

	awfClass, aofClass ChargeClass
}

// NewCharges computes the employer's charges of one payslip. Bases are
// cumulative over the calendar year (voortschrijdend cumulatief rekenen), which
// the law prescribes for premiums: what a high month leaves above its maximum
// is still due when a low month follows.
func NewCharges(in ChargesInput, t *Trace) (Charges, error) {
	if err := in.check(); err != nil {
		return Charges{}, err
	}
	c := Charges{Cumulatives: in.Earlier, Premiums: make([]Premium, 0, 5), Figures: make([]statute.Figure, 0, 7)}
	c.Cumulatives.Year = in.PayDate.Year()
	maximum, err := c.maximum(in, t)
	if err != nil {
		return Charges{}, err
	}
	if in.FromAOW {
		c.exempt(t)
	} else if err := c.insure(in, maximum, t); err != nil {
		return Charges{}, err
	}
	zvw, err := statute.ZvwEmployer(in.PayDate)
	if err != nil {
		return Charges{}, err
	}
	base := c.Cumulatives.Zvw.grow(in.Wage.Add(in.Former), maximum)
	traceBase(t, Text{NL: "grondslag Zvw (cumulatief)", EN: "Zvw base (cumulative)"}, articleZvwBase, in.Earlier.Zvw, c.Cumulatives.Zvw)
	c.add(PremiumZvw, base, zvw, t)
	for _, f := range c.Figures {
		if e, doubtful := Doubtful(f, in.PayDate); doubtful {
			c.Attention = append(c.Attention, e)
		}
	}
	c.traceTotal(t)
	return c, nil
}

// check refuses what can not be true rather than compute with it.
func (in ChargesInput) check() error {
	year := in.PayDate.Year()
	if in.Earlier.Year != year && !in.Earlier.empty() {
		return fmt.Errorf("%w: cumulatives of %d on a payslip paid on %s", ErrCharges, in.Earlier.Year, in.PayDate)
	}
	for _, p := range in.Periods {
		if p.Count < 0 {
			return fmt.Errorf("%w: %d periods of a %s", ErrCharges, p.Count, p.Of)
		}
	}
	if whk := in.Employer.Whk; whk != nil && (whk.Year != year || whk.Percentage.Sign() < 0) {
		return fmt.Errorf("%w: Whk decision of %d, %s %%, on a payslip paid on %s", ErrCharges, whk.Year, whk.Percentage, in.PayDate)
	}
	return nil
}

// grow adds a payslip and returns the base that it gives: what of the year's
// wage lies under the year's maxima so far, less what earlier payslips had
// (Wfsv art. 17 lid 3). It is negative only when the wage goes down.
func (c *Cumulative) grow(wage, maximum euro.Amount) euro.Amount {
	before := c.Base
	c.Wage = c.Wage.Add(wage)
	c.Maximum = c.Maximum.Add(maximum)
	c.Base = c.Wage.Min(c.Maximum)
	return c.Base.Sub(before)
}

// empty reports whether no year has begun: amounts of no year are a mistake.
func (c Cumulatives) empty() bool { return c.Year == 0 && c.Insured.empty() && c.Zvw.empty() }

func (c Cumulative) empty() bool { return c.Wage.IsZero() && c.Maximum.IsZero() && c.Base.IsZero() }

// maximum adds up the maxima of the periods of this payslip.
func (c *Charges) maximum(in ChargesInput, t *Trace) (euro.Amount, error) {
	sum := euro.Zero
	for _, p := range in.Periods {
		f, err := statute.MaximumPremiumWageOf(p.Of, in.PayDate)
		if err != nil {
			return euro.Zero, err
		}
		c.Figures = append(c.Figures, f)
		part := f.Value.Mul(euro.Int(int64(p.Count))).Cents() // exact: whole cents times a count
		sum = sum.Add(part)
		t.Add(func() Step {
			return Step{
				What:    Text{NL: "maximumpremieloon", EN: "maximum premium wage"},
				Article: f.Article, Source: source(f),
				Formula: fmt.Sprintf("%d × %s (%s)", p.Count, f.Value.Fixed(2), f.Derived), Result: part.String(),
			}
		})
	}
	return sum, nil
}

// insure computes the premiums of the employee insurances.
func (c *Charges) insure(in ChargesInput, maximum euro.Amount, t *Trace) error {
	base := c.Cumulatives.Insured.grow(in.Wage, maximum)
	traceBase(t, Text{NL: "premieloon werknemersverzekeringen (cumulatief)", EN: "employee insurances base (cumulative)"}, articleBase, in.Earlier.Insured, c.Cumulatives.Insured)
	if err := c.unemployment(in, base, t); err != nil {
		return err
	}
	aof := statute.AofHigh
	c.aofClass = ChargeHigh
	if in.Employer.Small {
		aof, c.aofClass = statute.AofLow, ChargeLow
	}
	for _, p := range []struct {
		kind PremiumKind
		find func(calendar.Date) (statute.Figure, error)
	}{{PremiumAof, aof}, {PremiumWko, statute.Wko}, {PremiumWhk, c.whk(in)}} {
		rate, err := p.find(in.PayDate)
		if err != nil {
			return err
		}
		c.add(p.kind, base, rate, t)
	}
	return nil
}

// whk is the percentage of the employer's decision, or the average of all
// employers, flagged, where the decision is not known.
func (c *Charges) whk(in ChargesInput) func(calendar.Date) (statute.Figure, error) {
	own := in.Employer.Whk
	if own == nil {
		c.Attention = append(c.Attention, Exception{Kind: PremiumWhkAverage, Subject: "whk", Article: "Wfsv art. 38", Detail: Text{
			NL: fmt.Sprintf("De Whk-beschikking van %d is niet bekend: gerekend met het landelijk gemiddelde.", in.PayDate.Year()),
			EN: fmt.Sprintf("The Whk decision of %d is not known: computed with the national average.", in.PayDate.Year())}})
		return statute.WhkAverage
	}
	return func(calendar.Date) (statute.Figure, error) {
		return statute.Figure{
			Name: "whk.decision", Value: own.Percentage, Since: calendar.Day(own.Year, 1, 1), Article: "Wfsv art. 38 lid 3",
			Source: "beschikking " + own.Reference, Confidence: statute.High, ConfirmedThrough: calendar.Day(own.Year, 12, 31),
		}, nil
	}
}

// add computes one premium: base times rate, half up to cents, once.
func (c *Charges) add(kind PremiumKind, base euro.Amount, rate statute.Figure, t *Trace) {
	p := Premium{Kind: kind, Base: base, Rate: rate, Amount: base.PercentOf(rate.Value)}
	c.Premiums = append(c.Premiums, p)
	c.Total = c.Total.Add(p.Amount)
	c.Figures = append(c.Figures, rate)
	t.Add(func() Step {
		return Step{
			What: premiumNames[kind], Article: rate.Article, Source: source(rate) + ": " + rate.Source,
			Formula: fmt.Sprintf("%s × %s %%", base, rate.Value), Result: p.Amount.String(), Rounded: "half up, 0.01",
		}
	})
}

// Of returns the premium of a kind, and whether it is due.
func (c Charges) Of(kind PremiumKind) (Premium, bool) {
	for _, p := range c.Premiums {
		if p.Kind == kind {
			return p, true
		}
	}
	return Premium{}, false
}
