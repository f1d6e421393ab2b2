package statute

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// nameTax is the name of the whole in errors.
const nameTax = "loonheffing"

// Loontijdvak is the period that a wage is paid for, and so the white table
// that its tax is found in. A calendar.Kind converts to it.
type Loontijdvak string

// The periods that have tables.
const (
	TaxQuarter   Loontijdvak = "quarter"
	TaxMonth     Loontijdvak = Loontijdvak(calendar.Month)
	TaxFourWeeks Loontijdvak = Loontijdvak(calendar.FourWeeks)
	TaxWeek      Loontijdvak = "week"
	TaxDay       Loontijdvak = "day"
)

// taxPeriods is how many of each make a year (Wet LB 1964 art. 25 lid 1: a year
// has 260 days).
var taxPeriods = map[Loontijdvak]euro.Number{
	TaxQuarter: euro.Int(4), TaxMonth: euro.Int(12), TaxFourWeeks: euro.Int(13), TaxWeek: euro.Int(52), TaxDay: euro.Int(260),
}

// Taxpayer is what the tax depends on besides the wage.
type Taxpayer struct {
	Birth           calendar.Date
	BelowAOW        bool // somebody says that AOW age is not reached; counts without Birth only
	Korting         bool // the employee asked this employer to apply the loonheffingskorting
	Jonggehandicapt bool // has a right to Wajong; counts with Korting only
	Alleenstaand    bool // consented to the alleenstaande-ouderenkorting; counts with Korting above AOW age only
	Anonymous       bool // name, address or BSN is missing: 52 %, whatever the rest says
}

// TaxedWage is a wage of a period (kolom 14 of the loonstaat) and the day it is
// paid on, whose tables apply.
type TaxedWage struct {
	Taxpayer
	Wage    euro.Amount
	Paid    calendar.Date
	Tijdvak Loontijdvak
	// Days is the number of working days where the employment covers a part of
	// the tijdvak only: the tax is that of the day table. Nought: the whole of it.
	Days int
}

// WageTax is the tax to withhold and how it came about.
type WageTax struct {
	Tax            euro.Amount
	Arbeidskorting euro.Amount // the verrekende arbeidskorting of payslip and return
	Figures        []Figure    // what was used, each to be asked for its Doubt; read only
	Steps          TaxSteps
}

// Tariff says which rule gave the tax.
type Tariff string

// The rules.
const (
	TariffNone      Tariff = "none"      // no wage, no tax
	TariffTable     Tariff = "table"     // a row of the white table
	TariffBeyond    Tariff = "beyond"    // above the last row of the white table
	TariffSpecial   Tariff = "special"   // bijzonder tarief
	TariffAnonymous Tariff = "anonymous" // anoniementarief
)

// TaxSteps are the results on the way, for an explanation. What the tariff does
// not have is nought. Numbers are euros a year, amounts are of the tijdvak or,
// with Days, of one day.
type TaxSteps struct {
	Tariff   Tariff
	AboveAOW bool
	Days     int         // the tax of a day was taken so many times
	DayWage  euro.Amount // wage / days, down to cents

	PerYear euro.Number // tijdvakken in a year: F
	Annual  euro.Number // L: wage × F, down to a whole step of 54
	// X1 = (L - BracketFrom) × BracketRate %, down to whole euros, + BracketBase.
	BracketFrom, BracketRate, BracketBase, BracketTax euro.Number
	// GeneralFormula and LabourFormula are how two of the credits come from the
	// annual wage L, where each difference counts from nought on.
	GeneralFormula, LabourFormula string
	// Credits of a year, each up to whole euros, before they are cut.
	AlgemeneHeffingskorting, Arbeidskorting, Ouderenkorting, AlleenstaandeOuderenkorting euro.Number
	ArbeidskortingLeft                                                                   euro.Number // what is left after cutting
	AnnualTax                                                                            euro.Number // X
	TableTax                                                                             euro.Amount // X / F, half up to cents

	TableEnd  euro.Number // Lmax, beyond the table only
	BeyondTax euro.Amount // the last percentage of the wage beyond Lmax / F, down to cents

	Jonggehandicaptenkorting euro.Amount // taken off last, half up to cents, at most the tax

	AnnualWage euro.Amount // the key of the special rate
	RowFrom    euro.Number // its row starts at this annual wage
	Standard   euro.Number // percentage of the row
	Offset     euro.Number // percentage added for the credits, may be negative
	Rate       euro.Number // percentage of special and anonymous tariff
}

// taxStep is Lv: annual wages go by 54 euros.
var taxStep = euro.Int(54)

// anonymousRate: "bedraagt de belasting 52% van het loon", premiums included.
var anonymousRate = until(calendar.Day(lastTaxYear, 12, 31), history("loonheffing.anonymous", "Wet LB 1964 art. 26b",
	dated{"2020-01-01", "52", Medium,
		"Wet LB 1964 art. 26b (BWBR0002471 via statengeneraal/laws-markdown, a text of before 2015); not seen for later years; down to cents is our choice"},
))

// dayTable is the method for a part of a tijdvak.
var dayTable = until(calendar.Day(lastTaxYear, 12, 31), history("loonheffing.dagtabel", "Wet LB 1964 art. 25 lid 1",
	dated{"2020-01-01", "260", Medium,
		"Handboek Loonheffingen ch. 5 and 9, from memory; who works on fewer than five days a week may keep the whole tijdvak (art. 25 lid 4)"},
))

// Loonheffing computes the tax on the wage of a period by the white table. The
// year is that of the day of payment; years and ages without good rates are
// refused with ErrNoFigure. A wage of nought or less has no tax.
func Loonheffing(w TaxedWage) (WageTax, error) {
	if w.Anonymous {
		return anonymousTax(w.Wage, w.Paid)
	}
	who, table, age, err := taxTableOf(w.Taxpayer, w.Paid)
	if err != nil {
		return WageTax{}, err
	}
	per, ok := taxPeriods[w.Tijdvak]
	if !ok || w.Days < 0 {
		return WageTax{}, missing(nameTax, w.Paid, fmt.Sprintf("there is no table for a tijdvak %.20q of %d days", w.Tijdvak, w.Days))
	}
	if w.Wage.Sign() <= 0 {
		return WageTax{Steps: TaxSteps{Tariff: TariffNone, AboveAOW: who != belowAOW}}, nil
	}
	c := taxCase{Taxpayer: w.Taxpayer, table: table, wage: w.Wage, per: per, paid: w.Paid}
	if w.Days > 0 {
		c.per = taxPeriods[TaxDay]
		c.wage = w.Wage.Number().Part(euro.Ratio{Over: euro.One, Under: euro.Int(int64(w.Days))}).CentsDown()
	}
	tax, err := c.tax()
	if err != nil {
		return WageTax{}, err
	}
	tax.Steps.AboveAOW = who != belowAOW
	tax.Figures = append(tax.Figures, age...)
	if w.Days > 0 {
		return tax.times(w.Days, c.wage), nil
	}
	return tax, nil
}

// times is the tax of a day for each of the days.
func (t WageTax) times(days int, wage euro.Amount) WageTax {
	n := euro.Int(int64(days))
	t.Tax, t.Arbeidskorting = t.Tax.Times(n).Cents(), t.Arbeidskorting.Times(n).Cents()
	t.Steps.Days, t.Steps.DayWage = days, wage
	t.Figures = append(t.Figures, dayTable...)
	return t
}

// taxCase is one wage of one tijdvak.
type taxCase struct {
	Taxpayer
	table *taxTable
	wage  euro.Amount
	per   euro.Number
	paid  calendar.Date
}

func (c taxCase) tax() (WageTax, error) {
	t := WageTax{Figures: c.table.plain[:1:1]}
	if c.Korting {
		n := len(c.table.credited)
		t.Figures = c.table.credited[:n:n]
	}
	single, err := c.single(&t)
	if err != nil {
		return WageTax{}, err
	}
	annual := c.wage.Times(c.per)
	s := TaxSteps{Tariff: TariffTable, PerYear: c.per, Annual: annual.DownTo(taxStep)}
	end := c.table.end
	if annual.Cmp(end) > 0 && c.wage.Cmp(end.Part(euro.Ratio{Over: euro.One, Under: c.per}).CentsUp()) > 0 {
		s.Tariff, s.TableEnd, s.Annual = TariffBeyond, end, end
		last := c.table.brackets[len(c.table.brackets)-1].rate
		s.BeyondTax = annual.Sub(end).Mul(last).Percent().Part(euro.Ratio{Over: euro.One, Under: c.per}).CentsDown()
		t.Figures = append(t.Figures, c.table.figures[groupEnd])
	}
	c.table.annualTax(&s, c.Korting, single)
	period := euro.Ratio{Over: euro.One, Under: c.per}
	s.TableTax = s.AnnualTax.PartCents(period)
	t.Tax = s.TableTax.Add(s.BeyondTax)
	t.Arbeidskorting = s.ArbeidskortingLeft.PartCents(period)
	if c.Korting && c.Jonggehandicapt {
		f, ok := c.table.figures[groupDisabled]
		if !ok {
			return WageTax{}, missing(nameTax+"."+groupDisabled, c.paid, "the credit above AOW age is known for 2026 only")
		}
		t.Figures = append(t.Figures, f)
		s.Jonggehandicaptenkorting = c.table.disabled.PartCents(period).Min(t.Tax)
		t.Tax = t.Tax.Sub(s.Jonggehandicaptenkorting)
	}
	t.Steps = s
	return t, nil
}

// single is the alleenstaande-ouderenkorting where it is asked for and exists:
// below AOW age there is none to have.
func (c taxCase) single(t *WageTax) (euro.Number, error) {
	if !c.Korting || !c.Alleenstaand || c.table.older.most.IsZero() {
		return euro.Number{}, nil
	}
	f, ok := c.table.figures[groupSingle]
	if !ok {
		return euro.Number{}, missing(nameTax+"."+groupSingle, c.paid, "the credit is known from 2025 on")
	}
	t.Figures = append(t.Figures, f)
	return c.table.single, nil
}

// annualTax computes the tax of a year on the annual wage of the steps. Credits
// beyond the tax are cut in the order alleenstaande-ouderenkorting,
// arbeidskorting, the rest: what the return reports is the arbeidskorting that
// is left.
func (t *taxTable) annualTax(s *TaxSteps, korting bool, single euro.Number) {
	b := t.bracket(s.Annual)
	s.BracketFrom, s.BracketRate, s.BracketBase, s.BracketTax = b.from, b.rate, b.base, b.tax(s.Annual)
	if korting {
		s.GeneralFormula, s.LabourFormula = t.general.text, t.labour.text
		s.AlgemeneHeffingskorting = t.general.credit(s.Annual)
		s.Arbeidskorting = t.labour.credit(s.Annual)
		s.Ouderenkorting = t.older.credit(s.Annual)
		s.AlleenstaandeOuderenkorting = single
	}
	nought := euro.Number{}
	left := s.BracketTax.Sub(s.AlgemeneHeffingskorting).Sub(s.Ouderenkorting).Max(nought)
	s.ArbeidskortingLeft = s.Arbeidskorting.Min(left)
	s.AnnualTax = left.Sub(s.ArbeidskortingLeft).Sub(s.AlleenstaandeOuderenkorting).Max(nought)
}

// anonymousTax is the tax on a wage of somebody whose identity is not
// established: of the whole wage and without any credit.
func anonymousTax(wage euro.Amount, paid calendar.Date) (WageTax, error) {
	if err := TaxYearKnown(paid); err != nil {
		return WageTax{}, err
	}
	if wage.Sign() <= 0 {
		return WageTax{Steps: TaxSteps{Tariff: TariffNone}}, nil
	}
	f, err := at(anonymousRate, paid)
	if err != nil {
		return WageTax{}, err
	}
	return WageTax{
		Tax:     wage.Times(f.Value.Percent()).CentsDown(),
		Figures: []Figure{f},
		Steps:   TaxSteps{Tariff: TariffAnonymous, Rate: f.Value},
	}, nil
}
