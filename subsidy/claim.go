package subsidy

import (
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// The kinds of exceptions that claims give.
const (
	NoDecision        payroll.ExceptionKind = "decision/missing"
	UnknownLoonwaarde payroll.ExceptionKind = "loonwaarde/unknown"
	ReviewOverdue     payroll.ExceptionKind = "loonwaarde/review_overdue"
	ForfaitOver       payroll.ExceptionKind = "forfait/over"
	OverWageCost      payroll.ExceptionKind = "claim/over_wage_cost"
	NoVersion         payroll.ExceptionKind = "scheme/no_version"
	UnknownScheme     payroll.ExceptionKind = "scheme/unknown"
	ClaimFailed       payroll.ExceptionKind = "claim/failed"
)

// Claim is what a pay rule of a scheme gives for one contract in one period.
// Entitled is what the rule gives; Amount is what may be claimed now, which is
// less when the wage cost over the decision's period is less, and more when
// something was carried from earlier months.
type Claim struct {
	ID             uuid.UUID
	Contract       uuid.UUID
	ContractNumber string
	Decision       uuid.UUID
	DecisionNumber string
	Payer          uuid.UUID
	Payee          uuid.UUID
	Scheme         string
	Rule           string
	Kind           Kind
	Document       Document
	Budget         Source
	Service        calendar.Span
	Base           euro.Amount // of the entitlement
	Charges        euro.Amount // of the entitlement
	Entitled       euro.Amount
	WageCost       euro.Amount // of the period
	Amount         euro.Amount
}

// History is what was claimed before under one decision and rule.
type History struct {
	Decision uuid.UUID
	Rule     string
	Entitled euro.Amount
	WageCost euro.Amount
	Amount   euro.Amount
}

// File is what the claims of one contract need beside its payslip.
type File struct {
	Contract    payroll.Contract
	Hours       []payroll.Hours // of the period, for the wage cost of part of it
	Birth       calendar.Date
	Decisions   []Decision
	Loonwaarden []Loonwaarde
	History     []History
}

// ClaimID derives the id of a claim from what it is.
func ClaimID(r payroll.Run, contract, decision uuid.UUID, rule string) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("claim/%s/%s/%s/%d/%s/%s/%s", r.Employer, r.Period, r.Kind, r.Sequence, contract, decision, rule))
}

// NewClaims computes the claims on a payslip, one for each decision and each
// monthly subsidy rule of the scheme.
func NewClaims(r payroll.Run, s Scheme, f File, slip payroll.Payslip, t *payroll.Trace) ([]Claim, []payroll.Exception, error) {
	version, known := s.On(f.Contract.Span().Meet(r.Period.Span).From)
	if !known {
		return nil, []payroll.Exception{noVersion(s, f, r.Period)}, nil
	}
	var claims []Claim
	var found []payroll.Exception
	for _, rule := range version.Pay {
		if rule.Kind != Subsidy || rule.Trigger != "month" {
			continue
		}
		if e, missing := undecided(f, r.Period); missing {
			found = append(found, e)
		}
		for _, d := range f.Decisions {
			claim, attention, err := newClaim(r, s, version, rule, f, d, slip, t)
			if err != nil {
				return nil, nil, err
			}
			found = append(found, attention...)
			if claim != nil {
				claims = append(claims, *claim)
			}
		}
	}
	return claims, found, nil
}

func noVersion(s Scheme, f File, p calendar.Period) payroll.Exception {
	return payroll.Exception{Kind: NoVersion, Subject: f.Contract.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: regeling %s heeft geen versie voor %s; er wordt niets gedeclareerd.", f.Contract.Number, s.ID, p),
		EN: fmt.Sprintf("Contract %s: scheme %s has no version for %s; nothing is claimed.", f.Contract.Number, s.ID, p)}}
}

// costWithin is the wage cost of the service days: of the whole payslip, or of
// the part of the period that the decision covers.
func costWithin(f File, slip payroll.Payslip, p calendar.Period, days calendar.Span) (euro.Amount, error) {
	if days == f.Contract.Span().Meet(p.Span) {
		return slip.WageCost(), nil
	}
	return payroll.WageCostWithin(f.Birth, payroll.ContractMonth{Contract: f.Contract, Hours: f.Hours}, p, days)
}

// serviceDays are the days of the period that contract, decision and the
// scheme's subsidy period have in common. No claim for a day outside.
func serviceDays(c payroll.Contract, d Decision, v Version, p calendar.Period) calendar.Span {
	span := c.Span().Meet(p.Span).Meet(d.Versions[len(d.Versions)-1].Span)
	if v.Period != nil && v.Period.Months != nil {
		last := c.Span().From.AddMonths(v.Period.months()).Add(-1)
		span = span.Meet(calendar.Span{From: span.From, To: last})
	}
	return span
}

// newClaim computes one rule for one decision; nil when they share no day.
func newClaim(r payroll.Run, s Scheme, v Version, rule PayRule, f File, d Decision, slip payroll.Payslip, t *payroll.Trace) (*Claim, []payroll.Exception, error) {
	days := serviceDays(f.Contract, d, v, r.Period)
	if days.Empty() || days.To.IsZero() {
		return nil, nil, nil
	}
	cost, err := costWithin(f, slip, r.Period, days)
	if err != nil {
		return nil, nil, err
	}
	terms, _ := d.On(days.To)
	c := Claim{
		ID:       ClaimID(r, f.Contract.ID, d.ID, rule.ID),
		Contract: f.Contract.ID, ContractNumber: f.Contract.Number, Decision: d.ID, DecisionNumber: d.Number,
		Payer: d.Municipality, Payee: r.Employer, Scheme: s.ID, Rule: rule.ID, Kind: rule.Kind,
		Document: terms.Document, Budget: terms.Budget, Service: days,
		WageCost: cost,
	}
	sum, found, err := amounts(rule, f, d, cost, days, t)
	if err != nil {
		return nil, nil, err
	}
	c.Base, c.Charges = sum.base.Cents(), sum.charges.Cents()
	c.Entitled = c.Base.Add(c.Charges)
	found = append(found, c.limit(rule, terms, historyOf(f.History, d.ID, rule.ID), t)...)
	found = append(found, doubts(sum.figures)...)
	return &c, found, nil
}

// limit holds the claim under the cumulative wage cost of the decision's
// period, and under its ceiling; what exceeds is carried to later months.
func (c *Claim) limit(rule PayRule, terms DecisionTerms, h History, t *payroll.Trace) []payroll.Exception {
	entitled := h.Entitled.Add(c.Entitled)
	allowed := entitled
	if rule.Cap == "wage_cost" {
		allowed = allowed.Min(h.WageCost.Add(c.WageCost))
	}
	if terms.Ceiling != nil {
		allowed = allowed.Min(*terms.Ceiling)
	}
	c.Amount = allowed.Sub(h.Amount)
	if c.Amount.Sign() < 0 {
		c.Amount = euro.Zero
	}
	c.traceLimit(t, h)
	if allowed.Cmp(entitled) >= 0 {
		return nil
	}
	over := entitled.Sub(allowed)
	return []payroll.Exception{{Kind: OverWageCost, Subject: c.ContractNumber, Detail: payroll.Text{
		NL: fmt.Sprintf("Besluit %s: %s aan subsidie gaat boven de loonkosten of het plafond en schuift door.", c.DecisionNumber, over),
		EN: fmt.Sprintf("Decision %s: %s of subsidy exceeds the wage cost or the ceiling and is carried over.", c.DecisionNumber, over)}}}
}

func (c *Claim) traceLimit(t *payroll.Trace, h History) {
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "recht van de maand: grondslag en lasten", EN: "entitlement of the month: base and charges"},
			Formula: fmt.Sprintf("%s + %s", c.Base, c.Charges), Result: c.Entitled.String(), Rounded: "half up, 0.01, each once",
		}
	})
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "toets aan loonkosten over de beschikkingsperiode", EN: "check against the wage cost over the decision's period"},
			Formula: fmt.Sprintf("min(%s + %s, %s + %s) − %s", h.Entitled, c.Entitled, h.WageCost, c.WageCost, h.Amount), Result: c.Amount.String(),
		}
	})
}

func historyOf(all []History, decision uuid.UUID, rule string) History {
	for _, h := range all {
		if h.Decision == decision && h.Rule == rule {
			return h
		}
	}
	return History{}
}

// undecided reports days of the contract in the period that no decision
// covers.
func undecided(f File, p calendar.Period) (payroll.Exception, bool) {
	days := f.Contract.Span().Meet(p.Span)
	open := 0
	for day := days.From; !day.After(days.To); day = day.Add(1) {
		covered := false
		for _, d := range f.Decisions {
			_, holds := d.On(day)
			covered = covered || holds
		}
		if !covered {
			open++
		}
	}
	return payroll.Exception{Kind: NoDecision, Subject: f.Contract.Number, Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: geen besluit voor %d dagen van %s; daarvoor wordt niets gedeclareerd.", f.Contract.Number, open, p),
		EN: fmt.Sprintf("Contract %s: no decision for %d days of %s; nothing is claimed for them.", f.Contract.Number, open, p)}}, open > 0
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

// Transfers are the bookings of the employer when the claim is raised.
func (c Claim) Transfers() []ledger.Transfer {
	return ledger.NonZero(ledger.Transfer{Ledger: c.Payee, Debit: ledger.SubsidyReceivable, Credit: ledger.WageSubsidy, Amount: c.Amount})
}

// Hash is over every figure of the claim in a fixed order.
func (c Claim) Hash() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s", c.ID, c.Contract, c.Decision, c.Payer, c.Payee,
		c.Scheme, c.Rule, c.Kind, c.Document, c.Budget, c.Service.From, c.Service.To, c.Base, c.Charges, c.Entitled, c.WageCost, c.Amount))
}
