package subsidy

import (
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// The words for what is claimed back, in lists and events: under a decision it is a
// reclaim (terugvordering), under an agreement the contract says what is repaid.
const (
	Reclaim           = "reclaim"
	ContractRepayment = "contract_repayment"
)

// Recovery is the word for an amount below nil that rests on this paper; none for
// one above.
func (d Document) Recovery(amount euro.Amount) string {
	switch {
	case amount.Sign() >= 0:
		return ""
	case d == Agreement:
		return ContractRepayment
	}
	return Reclaim
}

// The exceptions of an early end: what is claimed back under either paper, and an
// end for a reason that the scheme does not tell apart.
const (
	Reclaimed            payroll.ExceptionKind = "claim/reclaimed"
	RepaidByContract     payroll.ExceptionKind = "claim/repaid_by_contract"
	EndReasonNotOfScheme payroll.ExceptionKind = "claim/end_reason_unknown"
)

// earlyEnd is how a contract that ends before the months of a clawback are served
// is settled. Earned is price × whole months served / months, rounded to cents
// once, half up.
type earlyEnd struct {
	served    int
	months    int
	earned    euro.Amount
	takesBack bool // the end is for a reason of the clawback
	unknown   bool // the reason of the end is none that the scheme tells apart
}

// earlyEnd tells whether the period holds the last day of a contract that ends
// too early. A decision that ends before the contract does takes nothing back, and
// the days after the last subsidised one belong to no claim.
func (m month) earlyEnd(j job) (earlyEnd, bool) {
	claw := j.rule.Clawback
	if claw == nil || j.decision == nil {
		return earlyEnd{}, false
	}
	span, end := m.subsidised(*j.decision), m.file.Contract.Span().To
	if end.IsZero() || span.To != end || !m.run.Period.Holds(end) {
		return earlyEnd{}, false
	}
	e := earlyEnd{served: monthsServed(span), months: wholeMonths(&claw.Months)}
	if e.served >= e.months {
		return earlyEnd{}, false
	}
	price := j.rule.Amount.Parts.Price.Value.Number
	e.earned = price.PartCents(euro.Ratio{Over: euro.Int(int64(e.served)), Under: euro.Int(int64(e.months))})
	reason := m.file.Contract.Latest().EndReason
	e.takesBack = slices.Contains(claw.Reasons, reason)
	e.unknown = !slices.Contains(m.version.Exits, reason)
	return e, true
}

// monthsServed counts the whole months of the days: up to and including the last
// day of month seven there are seven.
func monthsServed(s calendar.Span) int {
	n := 0
	for !s.From.AddMonths(n + 1).Add(-1).After(s.To) {
		n++
	}
	return n
}

// proRata is what the last period gives: the instalments that fall due in it, or
// what is earned beyond what was given before. For a reason of the clawback what is
// earned is all there is.
func (m month) proRata(j job, e earlyEnd, due euro.Number) euro.Number {
	h := m.history(j)
	before := h.Entitled.Sub(h.Booked.Base).Sub(h.Booked.Charges)
	rest := e.earned.Sub(before).Number().Max(euro.Number{})
	if !e.takesBack {
		rest = rest.Max(due)
	}
	m.trace.Add(func() payroll.Step {
		return payroll.Step{
			What: payroll.Text{
				NL: fmt.Sprintf("verdiend naar rato: %d van %d hele maanden gediend", e.served, e.months),
				EN: fmt.Sprintf("earned pro rata: %d of %d whole months served", e.served, e.months)},
			Source:  "scheme " + m.scheme.ID,
			Formula: fmt.Sprintf("%s × %d / %d", j.rule.Amount.Parts.Price.Value, e.served, e.months), Result: e.earned.String(), Rounded: "half up, 0.01",
		}
	})
	m.trace.Add(func() payroll.Step {
		step := payroll.Step{
			What:    payroll.Text{NL: "meer verdiend dan eerder toegekend, of de termijn die vervalt", EN: "earned beyond what was given before, or the instalment that falls due"},
			Formula: fmt.Sprintf("max(%s − %s, %s)", e.earned, before, due.Cents()), Result: rest.Cents().String(),
		}
		if e.takesBack {
			step.What = payroll.Text{NL: "meer verdiend dan eerder toegekend; wat eerder te veel is betaald komt terug", EN: "earned beyond what was given before; what was paid beyond it comes back"}
			step.Formula = fmt.Sprintf("max(%s − %s, 0)", e.earned, before)
		}
		return step
	})
	return rest
}

// atEnd says what an early end takes back of what was claimed before, or that
// nobody knows whether it does.
func (m month) atEnd(c Claim, e earlyEnd, before euro.Amount) []payroll.Exception {
	after := before.Add(c.Amount)
	switch {
	case e.takesBack && before.Cmp(e.earned) > 0:
		return []payroll.Exception{m.clawedBack(c, e, before.Sub(e.earned))}
	case e.unknown && after.Cmp(e.earned) > 0:
		return []payroll.Exception{m.reasonUnknown(c, e, after.Sub(e.earned))}
	}
	return nil
}

// clawedBack says that an early end takes back what was paid beyond what was
// earned. Under a decision that is a reclaim, under an agreement a matter of the
// contract.
func (m month) clawedBack(c Claim, e earlyEnd, back euro.Amount) payroll.Exception {
	if c.Document == Agreement {
		return payroll.Exception{Kind: RepaidByContract, Subject: c.ContractNumber, Detail: payroll.Text{
			NL: fmt.Sprintf("Overeenkomst %s: het contract eindigde na %d van %d maanden; %s is niet verdiend en volgens de overeenkomst terug te betalen.", c.DecisionNumber, e.served, e.months, back),
			EN: fmt.Sprintf("Agreement %s: the contract ended after %d of %d months; %s was not earned and is to be repaid under the agreement.", c.DecisionNumber, e.served, e.months, back)}}
	}
	return payroll.Exception{Kind: Reclaimed, Subject: c.ContractNumber, Article: "Awb art. 4:57", Detail: payroll.Text{
		NL: fmt.Sprintf("Besluit %s: het contract eindigde na %d van %d maanden; %s is niet verdiend en wordt teruggevorderd.", c.DecisionNumber, e.served, e.months, back),
		EN: fmt.Sprintf("Decision %s: the contract ended after %d of %d months; %s was not earned and is reclaimed.", c.DecisionNumber, e.served, e.months, back)}}
}

// reasonUnknown says that more was paid than earned, and that nobody can say by
// the reason of the end whether it comes back. The reason is free text, which may
// name somebody: it is in the contract and not here.
func (m month) reasonUnknown(c Claim, e earlyEnd, over euro.Amount) payroll.Exception {
	return payroll.Exception{Kind: EndReasonNotOfScheme, Subject: c.ContractNumber, Detail: payroll.Text{
		NL: fmt.Sprintf("Besluit %s: het contract eindigde na %d van %d maanden om een reden die de regeling niet kent; %s is niet verdiend en blijft betaald.", c.DecisionNumber, e.served, e.months, over),
		EN: fmt.Sprintf("Decision %s: the contract ended after %d of %d months for a reason that the scheme does not know; %s was not earned and stays paid.", c.DecisionNumber, e.served, e.months, over)}}
}
