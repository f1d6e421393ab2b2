package subsidy

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// History is what was claimed before under one decision and rule: in all, and
// of that what other runs of this very period have booked.
type History struct {
	Decision uuid.UUID
	Rule     string
	Entitled euro.Amount
	WageCost euro.Amount
	Amount   euro.Amount
	Booked   Booked
}

// Booked is what other runs of the same period have booked.
type Booked struct{ Base, Charges, WageCost euro.Amount }

// File is what the claims of one contract need beside its payslip.
type File struct {
	Contract    payroll.Contract
	Hours       []payroll.Hours // of the period, for the wage cost of part of it
	Sickness    []payroll.Hours // before it
	Birth       calendar.Date
	Decisions   []Decision
	Loonwaarden []Loonwaarde
	Placements  []payroll.Placement
	History     []History
	Elsewhere   []Claimed // on other contracts of the person, under a scheme with a most for one person
}

// month is one contract's period with all that its claims are computed from.
type month struct {
	run     payroll.Run
	scheme  Scheme
	version Version
	file    File
	slip    payroll.Payslip
	trace   *payroll.Trace
	reading Reading
	claims  []Claim // of this period, as far as they are computed
}

// job is one claim to be computed: a rule on a decision, or on a placement.
type job struct {
	rule      PayRule
	decision  *Decision
	placement *payroll.Placement
	days      calendar.Span // service days in the period
}

// under is the decision or placement that the claim rests on.
func (j job) under() uuid.UUID {
	if j.placement != nil {
		return j.placement.ID
	}
	return j.decision.ID
}

// NewClaims computes the claims on a payslip: one for each decision and each
// rule that a municipality pays, and one for each placement and hire price.
func NewClaims(r payroll.Run, s Scheme, f File, slip payroll.Payslip, t *payroll.Trace) ([]Claim, []payroll.Exception, error) {
	return newClaims(r, s, f, slip, asked{trace: t})
}

// asked narrows what is computed: one claim alone, or by another reading.
type asked struct {
	trace   *payroll.Trace
	claim   uuid.UUID // nil: all
	reading Reading
}

// ExplainClaim returns one claim, with a trace of nothing else: the others of its
// decision are computed too, since they share its ceiling.
func ExplainClaim(r payroll.Run, s Scheme, f File, slip payroll.Payslip, t *payroll.Trace, claim uuid.UUID) (Claim, bool, error) {
	claims, _, err := newClaims(r, s, f, slip, asked{trace: t, claim: claim})
	if err != nil || len(claims) == 0 {
		return Claim{}, false, err
	}
	return claims[0], true, nil
}

func newClaims(r payroll.Run, s Scheme, f File, slip payroll.Payslip, ask asked) ([]Claim, []payroll.Exception, error) {
	version, known := s.On(f.Contract.Span().Meet(r.Period.Span).From)
	if !known {
		return nil, []payroll.Exception{noVersion(s, f, r.Period)}, nil
	}
	m := month{run: r, scheme: s, version: version, file: f, slip: slip, reading: ask.reading}
	var claims []Claim
	found := append(m.undecided(), m.tableUnconfirmed()...)
	for _, j := range m.jobs() {
		wanted := ask.claim == uuid.Nil || ask.claim == ClaimID(r, f.Contract.ID, j.under(), j.rule.ID)
		if m.trace = nil; wanted {
			m.trace = ask.trace
		}
		claim, attention, err := m.claim(j)
		if err != nil {
			return nil, nil, err
		}
		if m.claims = append(m.claims, claim); wanted {
			claims, found = append(claims, claim), append(found, attention...)
		}
	}
	return claims, found, nil
}

// jobs pairs the scheme's rules with the decisions and placements that share a
// day with the contract in the period. Hire prices come last: one may go by what
// the subsidies leave.
func (m month) jobs() []job {
	var list, hired []job
	hires := false
	for _, rule := range m.version.Pay {
		if !rule.ForContract() {
			continue // the municipality pays it: see due.go, and internalcost.go for its own cost
		}
		if rule.Kind == Hire {
			hired, hires = m.placed(hired, rule), true
			continue
		}
		for i := range m.file.Decisions {
			d := &m.file.Decisions[i]
			list = m.add(list, job{rule: rule, decision: d, days: m.subsidised(*d).Meet(m.run.Period.Span)})
		}
	}
	if !hires {
		// Under a scheme that says nothing of hire a placement names its own price,
		// and that is what the inlener owes.
		hired = m.placed(hired, ownPrice)
	}
	return append(list, hired...)
}

// placed pairs a hire price with the placements.
func (m month) placed(list []job, rule PayRule) []job {
	for i := range m.file.Placements {
		p := &m.file.Placements[i]
		list = m.add(list, job{rule: rule, placement: p, days: m.file.Contract.Span().Meet(m.run.Period.Span).Meet(p.Span)})
	}
	return list
}

// ownPrice is the rule of a placement under a scheme without one.
var ownPrice = PayRule{ID: "hire", Kind: Hire, Payer: "inlener", Payee: "employer", Trigger: Monthly, Amount: AmountForm{Hourly: &HourlyAmount{}}, Document: "invoice"}

func (m month) add(list []job, j job) []job {
	if j.days.Empty() || j.days.To.IsZero() {
		return list
	}
	return append(list, j)
}

// subsidised are the days that contract, decision and the scheme's longest
// period have in common. No claim for a day outside.
func (m month) subsidised(d Decision) calendar.Span {
	contract := m.file.Contract.Span()
	span := contract.Meet(d.Span())
	p := m.version.Period
	if p == nil || p.Months == nil {
		return span
	}
	if p.Limits == "contract" {
		return span.Meet(calendar.Span{From: span.From, To: contract.From.AddMonths(p.months()).Add(-1)})
	}
	var before []calendar.Span
	for _, o := range m.file.Decisions {
		if days := o.Span().Meet(contract); days.From.Before(span.From) {
			before = append(before, days)
		}
	}
	return span.Meet(calendar.Span{From: span.From, To: p.lastDay(span.From, before)})
}

// lastDay is the last day of the longest period for somebody who starts on a day
// and has had the subsidy on others: the months count from the first of all
// days, in days, and gaps between decisions are not used up.
func (p SubsidyPeriod) lastDay(from calendar.Date, others []calendar.Span) calendar.Date {
	first, used := from, 0
	for _, s := range others {
		if used += s.Days(); s.From.Before(first) && !s.Empty() {
			first = s.From
		}
	}
	return from.Add(first.AddMonths(p.months()).Sub(first) - used - 1)
}

// start is the first day from which a decision is missed: of the contract where
// the scheme's period limits that, and otherwise of the first decision on it.
func (m month) start() calendar.Date {
	first := m.file.Contract.Span().From
	if m.version.Period.Limits == "contract" || len(m.file.Decisions) == 0 {
		return first
	}
	earliest := m.file.Decisions[0].Span().From
	for _, d := range m.file.Decisions[1:] {
		if from := d.Span().From; from.Before(earliest) {
			earliest = from
		}
	}
	if earliest.Before(first) {
		return first
	}
	return earliest
}

// claim computes one claim.
func (m month) claim(j job) (Claim, []payroll.Exception, error) {
	c := Claim{
		ID: ClaimID(m.run, m.file.Contract.ID, j.under(), j.rule.ID), Contract: m.file.Contract.ID, ContractNumber: m.file.Contract.Number,
		Payee: m.run.Employer, Scheme: m.scheme.ID, Rule: j.rule.ID, Kind: j.rule.Kind, Service: j.days,
	}
	sum, found, err := m.fill(&c, j)
	if err != nil {
		return c, nil, fmt.Errorf("contract %s, rule %s: %w", c.ContractNumber, j.rule.ID, err)
	}
	history := m.history(j)
	c.Base, c.Charges = sum.base.Cents().Sub(history.Booked.Base), sum.charges.Cents().Sub(history.Booked.Charges)
	c.Entitled, c.WageCost = c.Base.Add(c.Charges), c.WageCost.Sub(history.Booked.WageCost)
	m.traceEntitled(c)
	found = append(found, m.limit(&c, j, history)...)
	vat, err := m.addVAT(&c, j)
	if err != nil {
		return c, nil, err
	}
	if cost := c.Amount.Add(c.VATCost); j.decision != nil && j.rule.shared() && !cost.IsZero() {
		c.Sources = j.rule.dealt(cost)
		m.traceSources(c)
	}
	found = append(found, doubts(append(sum.figures, vat...))...)
	return c, append(found, m.settings(j)...), nil
}

// fill computes the entitlement by the form of the rule's amount, and who pays
// under which document.
func (m month) fill(c *Claim, j job) (entitlement, []payroll.Exception, error) {
	if j.placement != nil {
		c.Placement, c.Payer, c.Document = j.placement.ID, j.placement.Inlener, Invoice
		c.Provisional = len(m.uncharged(j)) > 0
		return m.hire(j)
	}
	terms, _ := j.decision.On(j.days.To)
	c.Decision, c.DecisionNumber, c.Payer = j.decision.ID, j.decision.Number, j.decision.Municipality
	c.Document, c.Budget = terms.Document, terms.Budget
	cost, err := m.cost(j, terms)
	if err != nil {
		return entitlement{}, nil, err
	}
	c.WageCost = cost.all()
	switch form := j.rule.Amount; {
	case form.Parts != nil:
		return m.instalments(j), nil, nil
	case form.Pct != nil && form.Pct.Of == OfWageCost:
		if c.Provisional = m.slip.Charges == nil; !c.Provisional {
			return m.shareOfCost(*form.Pct, cost), nil, nil
		}
		return m.shareOfCost(*form.Pct, cost), []payroll.Exception{m.provisional(j, terms)}, nil
	}
	return m.amounts(j)
}

// addVAT adds the tax on a supply, by the rate of the last day of service.
func (m month) addVAT(c *Claim, j job) ([]figureUse, error) {
	if !c.supply() {
		return nil, nil
	}
	figure, err := vatOn(c.Service.To)
	if err != nil {
		return nil, err
	}
	compensable := euro.One
	if j.rule.VAT != nil {
		compensable = j.rule.VAT.Compensable.Value.Number
	}
	c.VATRate = figure.figure.Value
	c.VAT, c.VATCost = vatAndCost(c.Amount, c.VATRate, compensable)
	m.traceVAT(*c, figure.figure)
	return []figureUse{figure}, nil
}

// history finds what was claimed before under the same decision and rule.
func (m month) history(j job) History {
	for _, h := range m.file.History {
		if j.decision != nil && h.Decision == j.decision.ID && h.Rule == j.rule.ID {
			return h
		}
	}
	return History{}
}

// others is what the other rules on the same decision have claimed, before and
// in this period: in all, and of that as subsidy.
func (m month) others(j job) (all, subsidies euro.Amount) {
	add := func(decision uuid.UUID, rule string, amount euro.Amount) {
		if decision != j.decision.ID || rule == j.rule.ID {
			return
		}
		if all = all.Add(amount); !m.isFee(rule) {
			subsidies = subsidies.Add(amount)
		}
	}
	for _, h := range m.file.History {
		add(h.Decision, h.Rule, h.Amount)
	}
	for _, c := range m.claims {
		add(c.Decision, c.Rule, c.Amount)
	}
	return all, subsidies
}

func (m month) isFee(rule string) bool {
	return slices.ContainsFunc(m.version.Pay, func(r PayRule) bool { return r.ID == rule && r.Kind == Fee })
}
