package subsidy

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// The kinds of exceptions that claims give.
const (
	NoDecision          payroll.ExceptionKind = "decision/missing"
	UnknownLoonwaarde   payroll.ExceptionKind = "loonwaarde/unknown"
	UnknownProductivity payroll.ExceptionKind = "productivity/unknown"
	ReviewOverdue       payroll.ExceptionKind = "loonwaarde/review_overdue"
	ProductivityOverdue payroll.ExceptionKind = "productivity/review_overdue"
	ForfaitOver         payroll.ExceptionKind = "forfait/over"
	StoppedBySickness   payroll.ExceptionKind = "sickness/subsidy_stopped"
	OverWageCost        payroll.ExceptionKind = "claim/over_wage_cost"
	AdvanceOverCost     payroll.ExceptionKind = "claim/advance_over_cost"
	Provisional         payroll.ExceptionKind = "claim/provisional"
	OverBudget          payroll.ExceptionKind = "budget/over"
	BudgetUnknown       payroll.ExceptionKind = "budget/unknown"
	HirePriceMissing    payroll.ExceptionKind = "hire/price_missing"
	SettingUnconfirmed  payroll.ExceptionKind = "scheme/setting"
	NoVersion           payroll.ExceptionKind = "scheme/no_version"
	UnknownScheme       payroll.ExceptionKind = "scheme/unknown"
	ClaimFailed         payroll.ExceptionKind = "claim/failed"
)

func noVersion(s Scheme, f File, p calendar.Period) payroll.Exception {
	return payroll.Exception{Kind: NoVersion, Subject: f.Contract.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: regeling %s heeft geen versie voor %s; er wordt niets gedeclareerd.", f.Contract.Number, s.ID, p),
		EN: fmt.Sprintf("Contract %s: scheme %s has no version for %s; nothing is claimed.", f.Contract.Number, s.ID, p)}}
}

// undecided reports days of the contract in the period that no decision covers,
// where a municipality pays and a rule of the scheme asks for one. Days after
// the scheme's longest period need none.
func (m month) undecided() []payroll.Exception {
	asks := false
	for _, rule := range m.version.Pay {
		asks = asks || rule.Kind != Hire && rule.ForContract()
	}
	if !asks || m.file.Contract.Municipality == uuid.Nil {
		return nil
	}
	days := m.file.Contract.Span().Meet(m.run.Period.Span)
	if p := m.version.Period; p != nil && p.Months != nil {
		days = days.Meet(calendar.Span{From: days.From, To: m.start().AddMonths(p.months()).Add(-1)})
	}
	open := 0
	for day := days.From; !day.After(days.To); day = day.Add(1) {
		covered := false
		for _, d := range m.file.Decisions {
			_, holds := d.On(day)
			covered = covered || holds
		}
		if !covered {
			open++
		}
	}
	if open == 0 {
		return nil
	}
	number := m.file.Contract.Number
	return []payroll.Exception{{Kind: NoDecision, Subject: number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: geen besluit voor %d dagen van %s; daarvoor wordt niets gedeclareerd.", number, open, m.run.Period),
		EN: fmt.Sprintf("Contract %s: no decision for %d days of %s; nothing is claimed for them.", number, open, m.run.Period)}}}
}

// excuse turns a fact that is missing into an exception: unknown is never
// nought, so these days claim nothing and somebody has to say that it is all
// right.
func (m month) excuse(err error, part calendar.Span) (payroll.Exception, bool) {
	number, days := m.file.Contract.Number, fmt.Sprintf("%s..%s", part.From, part.To)
	switch {
	case errors.Is(err, errLoonwaarde):
		return payroll.Exception{Kind: UnknownLoonwaarde, Subject: number, Article: "Participatiewet art. 10d lid 4", Detail: payroll.Text{
			NL: fmt.Sprintf("Contract %s: de loonwaarde is niet bekend voor %s; over die dagen wordt niets gedeclareerd.", number, days),
			EN: fmt.Sprintf("Contract %s: the loonwaarde is not known for %s; nothing is claimed for those days.", number, days)}}, true
	case errors.Is(err, errProductivity):
		return payroll.Exception{Kind: UnknownProductivity, Subject: number, Detail: payroll.Text{
			NL: fmt.Sprintf("Contract %s: de productiviteit is niet bekend voor %s; over die dagen wordt niets gedeclareerd.", number, days),
			EN: fmt.Sprintf("Contract %s: the productivity is not known for %s; nothing is claimed for those days.", number, days)}}, true
	case errors.Is(err, errForfait):
		return payroll.Exception{Kind: ForfaitOver, Subject: number, Article: "Participatiewet art. 10d lid 5", Detail: payroll.Text{
			NL: fmt.Sprintf("Contract %s: het forfait geldt hoogstens zes maanden; voor %s is een loonwaarde nodig.", number, days),
			EN: fmt.Sprintf("Contract %s: the forfait lasts six months at most; %s needs a loonwaarde.", number, days)}}, true
	}
	return payroll.Exception{}, false
}

// overdue notices a loonwaarde or productivity that should have been determined
// anew: on its own review date, or else after the scheme's first review months.
func (m month) overdue(j job) []payroll.Exception {
	value, known := loonwaardeOn(m.file.Loonwaarden, j.days.To)
	gap := j.rule.Amount.Gap != nil
	if !known || !gap && j.rule.Amount.Loonkostensubsidie == nil {
		return nil
	}
	due := value.ReviewDue
	if p := m.version.Period; gap && due.IsZero() && p != nil && len(p.ReviewMonths) > 0 {
		due = value.ValidFrom.AddMonths(p.ReviewMonths[0])
	}
	if due.IsZero() || !due.Before(j.days.From) {
		return nil
	}
	e := payroll.Exception{Kind: ProductivityOverdue, Subject: m.file.Contract.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: de productiviteit had op %s herzien moeten zijn.", m.file.Contract.Number, due),
		EN: fmt.Sprintf("Contract %s: the productivity was due for review on %s.", m.file.Contract.Number, due)}}
	if !gap {
		e.Kind, e.Article, e.Detail = ReviewOverdue, "Participatiewet art. 10d lid 6", payroll.Text{
			NL: fmt.Sprintf("Contract %s: de loonwaarde had op %s herzien moeten zijn.", m.file.Contract.Number, due),
			EN: fmt.Sprintf("Contract %s: the loonwaarde was due for review on %s.", m.file.Contract.Number, due)}
	}
	return []payroll.Exception{e}
}

// provisional says once for a rule that the wage cost is not the whole cost.
func (m month) provisional(j job, terms DecisionTerms) payroll.Exception {
	percent := "0"
	if c := j.rule.Amount.Pct.Charges; c != nil {
		percent = c.Value.Mul(euro.Hundred).String()
	}
	if terms.Charges != nil {
		percent = terms.Charges.String()
	}
	subject := m.scheme.ID + "/" + j.rule.ID
	if percent == "0" {
		return payroll.Exception{Kind: Provisional, Subject: subject, Detail: payroll.Text{
			NL: fmt.Sprintf("Regeling %s, %s: voor %s zijn geen cijfers van werkgeverslasten bekend; de loonkosten zijn voorlopig loon en vakantiebijslag.", m.scheme.ID, j.rule.ID, m.run.Period),
			EN: fmt.Sprintf("Scheme %s, %s: no figures of employer charges are known for %s; the wage cost is provisionally wage and holiday allowance.", m.scheme.ID, j.rule.ID, m.run.Period)}}
	}
	return payroll.Exception{Kind: Provisional, Subject: subject, Detail: payroll.Text{
		NL: fmt.Sprintf("Regeling %s, %s: voor %s zijn geen cijfers van werkgeverslasten bekend; er is voorlopig gerekend met %s %%.", m.scheme.ID, j.rule.ID, m.run.Period, percent),
		EN: fmt.Sprintf("Scheme %s, %s: no figures of employer charges are known for %s; %s %% was reckoned with, provisionally.", m.scheme.ID, j.rule.ID, m.run.Period, percent)}}
}

func (m month) priceMissing() payroll.Exception {
	number := m.file.Contract.Number
	return payroll.Exception{Kind: HirePriceMissing, Subject: number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: de plaatsing noemt geen inleentarief en de regeling ook niet; er wordt niets gefactureerd.", number),
		EN: fmt.Sprintf("Contract %s: neither the placement nor the scheme names a hire price; nothing is invoiced.", number)}}
}

// settings says once for a rule that it rests on what nobody confirmed yet.
func (m month) settings(j job) []payroll.Exception {
	if !j.rule.unconfirmed() || j.placement != nil && j.placement.Price != nil {
		return nil
	}
	return []payroll.Exception{unconfirmed(m.scheme.ID, j.rule.ID)}
}

func unconfirmed(scheme, rule string) payroll.Exception {
	return payroll.Exception{Kind: SettingUnconfirmed, Subject: scheme + "/" + rule, Detail: payroll.Text{
		NL: fmt.Sprintf("Regeling %s, %s: de bron noemt dit bedrag niet; er is gerekend met een instelling die nog bevestigd moet worden.", scheme, rule),
		EN: fmt.Sprintf("Scheme %s, %s: the source does not state this amount; a setting that is still to be confirmed was reckoned with.", scheme, rule)}}
}

// tableUnconfirmed says once for a scheme that a contract is paid by a wage table
// with steps that nobody confirmed yet. A factor or an amount is a least that the
// contract repeats by itself; a table the program takes from the scheme.
func (m month) tableUnconfirmed() []payroll.Exception {
	terms, _ := m.file.Contract.On(m.file.Contract.Span().Meet(m.run.Period.Span).From)
	w := m.version.Wage
	if w == nil || terms.Base != payroll.BaseSteps || !slices.ContainsFunc(w.Steps, func(s WageStep) bool { return s.Factor.Mark == Setting }) {
		return nil
	}
	return []payroll.Exception{{Kind: SettingUnconfirmed, Subject: m.scheme.ID + "/wage", Detail: payroll.Text{
		NL: fmt.Sprintf("Regeling %s, loon: de bron noemt deze treden niet; het loon rust op instellingen die nog bevestigd moeten worden.", m.scheme.ID),
		EN: fmt.Sprintf("Scheme %s, wage: the source does not state these steps; the wage rests on settings that are still to be confirmed.", m.scheme.ID)}}}
}

// doubts turns figures that are not confirmed into exceptions.
func doubts(used []figureUse) []payroll.Exception {
	var found []payroll.Exception
	for _, u := range used {
		if e, doubtful := payroll.Doubtful(u.figure, u.on); doubtful {
			found = append(found, e)
		}
	}
	return found
}
