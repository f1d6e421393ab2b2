package payroll

import (
	"fmt"
	"strings"

	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// TraceTax explains a tax on a wage: the period wage of the white table, or the
// amount of a special payment. It only tells: every number is the statute's own.
func TraceTax(t *Trace, wage euro.Amount, tax statute.WageTax) {
	if t == nil {
		return
	}
	x := taxTale{t, tax}
	switch s := tax.Steps; s.Tariff {
	case statute.TariffNone:
		x.add("", Text{NL: "geen loon, geen loonheffing", EN: "no wage, no tax"}, wage.String(), tax.Tax.String(), "")
	case statute.TariffAnonymous:
		x.add("anonymous", Text{NL: "anoniementarief", EN: "anonymous tariff"}, fmt.Sprintf("%s × %s %%", wage, s.Rate), tax.Tax.String(), "down, 0.01")
	case statute.TariffSpecial:
		x.special(wage)
	case statute.TariffTable, statute.TariffBeyond:
		x.table(wage)
	}
}

// taxTale is a tax that is being explained.
type taxTale struct {
	trace *Trace
	tax   statute.WageTax
}

// add notes a step with the article and source of the group of rates that it
// rests on, where one is named.
func (x taxTale) add(group string, what Text, formula, result, rounded string) {
	step := Step{What: what, Formula: formula, Result: result, Rounded: rounded}
	for _, f := range x.tax.Figures {
		if group != "" && strings.Contains(f.Name, "."+group) {
			step.Article, step.Source = f.Article, source(f)+": "+f.Source
			break
		}
	}
	x.trace.Add(func() Step { return step })
}

func (x taxTale) special(amount euro.Amount) {
	s := x.tax.Steps
	formula := fmt.Sprintf("annual wage %s, row from %s: %s %%", s.AnnualWage, s.RowFrom, s.Standard)
	if !s.Offset.IsZero() {
		formula += fmt.Sprintf(", credits %s", s.Offset)
	}
	x.add("bijzonder_tarief", Text{NL: "bijzonder tarief", EN: "special rate"}, formula, s.Rate.String()+" %", "")
	x.add("bijzonder_tarief", Text{NL: "loonheffing bijzondere beloning", EN: "tax on the special payment"},
		fmt.Sprintf("%s × %s %%", amount, s.Rate), x.tax.Tax.String(), "down, 0.01")
}

// table goes from the wage to a year, through brackets and credits, and back.
func (x taxTale) table(wage euro.Amount) {
	s := x.tax.Steps
	if s.Days > 0 {
		x.add("dagtabel", Text{NL: "loon per dag", EN: "wage a day"}, fmt.Sprintf("%s / %d", wage, s.Days), s.DayWage.String(), "down, 0.01")
		wage = s.DayWage
	}
	if s.Tariff == statute.TariffBeyond {
		x.add("tabeleinde", Text{NL: "einde van de tabel, per jaar", EN: "end of the table, a year"}, "", s.TableEnd.String(), "")
	} else {
		x.add("", Text{NL: "jaarloon voor de tabel", EN: "annual wage of the table"}, fmt.Sprintf("%s × %s", wage, s.PerYear), s.Annual.String(), "down, 54")
	}
	x.add("brackets", Text{NL: "belasting en premie volgens de schijven, per jaar", EN: "tax and contributions by the brackets, a year"},
		fmt.Sprintf("(%s − %s) × %s %% + %s", s.Annual, s.BracketFrom, s.BracketRate, s.BracketBase), s.BracketTax.String(), "down, 1, before the lower brackets")
	for _, c := range []struct {
		group   string
		what    Text
		formula string
		value   euro.Number
	}{
		{"algemene_heffingskorting", Text{NL: "algemene heffingskorting, per jaar", EN: "general tax credit, a year"}, s.GeneralFormula, s.AlgemeneHeffingskorting},
		{"ouderenkorting", Text{NL: "ouderenkorting, per jaar", EN: "credit of the elderly, a year"}, "", s.Ouderenkorting},
		{"arbeidskorting", Text{NL: "arbeidskorting, per jaar", EN: "labour tax credit, a year"}, s.LabourFormula, s.Arbeidskorting},
		{"alleenstaande_ouderenkorting", Text{NL: "alleenstaande-ouderenkorting, per jaar", EN: "credit of the single elderly, a year"}, "", s.AlleenstaandeOuderenkorting},
	} {
		if !c.value.IsZero() {
			x.add(c.group, c.what, c.formula, c.value.String(), "up, 1")
		}
	}
	x.add("", Text{NL: "loonheffing per jaar", EN: "tax a year"},
		fmt.Sprintf("%s − %s − %s − %s − %s, at least 0", s.BracketTax, s.AlgemeneHeffingskorting, s.Ouderenkorting, s.ArbeidskortingLeft, s.AlleenstaandeOuderenkorting), s.AnnualTax.String(), "")
	x.period()
}

// period goes from the year back to the period, or to the days of it.
func (x taxTale) period() {
	s := x.tax.Steps
	sum, terms := s.TableTax, []string{s.TableTax.String()}
	x.add("", Text{NL: "loonheffing volgens de tabel", EN: "tax by the table"}, fmt.Sprintf("%s / %s", s.AnnualTax, s.PerYear), s.TableTax.String(), "half up, 0.01")
	if s.Tariff == statute.TariffBeyond {
		x.add("brackets", Text{NL: "boven het einde van de tabel", EN: "beyond the end of the table"}, "", s.BeyondTax.String(), "down, 0.01")
		sum, terms = sum.Add(s.BeyondTax), append(terms, "+ "+s.BeyondTax.String())
	}
	if k := s.Jonggehandicaptenkorting; !k.IsZero() {
		x.add("jonggehandicaptenkorting", Text{NL: "jonggehandicaptenkorting", EN: "credit of the young disabled"}, "", k.String(), "half up, 0.01")
		sum, terms = sum.Sub(k), append(terms, "− "+k.String())
	}
	if s.Days > 0 {
		x.add("dagtabel", Text{NL: "loonheffing over de dagen", EN: "tax on the days"}, fmt.Sprintf("%s × %d", sum, s.Days), x.tax.Tax.String(), "")
		return
	}
	if len(terms) > 1 {
		x.add("", Text{NL: "loonheffing", EN: "tax"}, strings.Join(terms, " "), x.tax.Tax.String(), "")
	}
}
