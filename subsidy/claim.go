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

// Claim is what a pay rule of a scheme gives for one contract in one period: a
// subsidy or a fee under a decision, or a hire price under a placement. Entitled
// is what the rule gives; Amount is what may be claimed now, which is less when
// the wage cost over the decision's period is less, more when something was
// carried from earlier months, and below nil when an advance was more than the
// wage cost came to.
type Claim struct {
	ID             uuid.UUID
	Contract       uuid.UUID
	ContractNumber string
	Decision       uuid.UUID // nil of a hire price
	DecisionNumber string
	Placement      uuid.UUID // of a hire price
	Payer          uuid.UUID
	Payee          uuid.UUID
	Scheme         string
	Rule           string
	Kind           Kind
	Document       Document
	Budget         Source // none of a hire price; the first of a rule with several
	Service        calendar.Span
	Base           euro.Amount // of the entitlement
	Charges        euro.Amount // of the entitlement
	Entitled       euro.Amount
	WageCost       euro.Amount   // of the period
	Amount         euro.Amount   // without VAT
	VATRate        euro.Number   // percent; nil on a subsidy
	VAT            euro.Amount   // on the amount
	VATCost        euro.Amount   // of the VAT, what the payer does not get back
	Provisional    bool          // the wage cost lacks figures of employer charges
	Sources        []SourceShare // what each source bears, where the rule draws on several
	Origin         calendar.Date // first day of the period that it corrects; zero: its run's own
}

// ClaimID derives the id of a claim from what it is: under is the decision, or
// the placement of a hire price.
func ClaimID(r payroll.Run, contract, under uuid.UUID, rule string) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("claim/%s/%s/%s/%d/%s/%s/%s", r.Employer, r.Period, r.Kind, r.Sequence, contract, under, rule))
}

// Total is what the payer pays: the amount with its VAT.
func (c Claim) Total() euro.Amount { return c.Amount.Add(c.VAT) }

// supply reports whether VAT is due: on fees and hire, never on a subsidy.
func (c Claim) supply() bool { return c.Kind == Fee || c.Kind == Hire }

// vatAndCost are the VAT on a supply, or on part of it, and what of it the payer does
// not get back; each is rounded to cents once, half up.
func vatAndCost(amount euro.Amount, rate, compensable euro.Number) (vat, cost euro.Amount) {
	vat = amount.Times(rate.Percent()).Cents()
	return vat, vat.Times(euro.One.Sub(compensable)).Cents()
}

// Transfers are the bookings of the employer when the claim is raised: a
// subsidy is receivable, or repayable when it is below nil; a supply is turnover
// and VAT on a debtor.
func (c Claim) Transfers() []ledger.Transfer {
	if c.supply() {
		return ledger.NonZero(
			ledger.Transfer{Ledger: c.Payee, Debit: ledger.Debtors, Credit: ledger.Turnover, Amount: c.Amount},
			ledger.Transfer{Ledger: c.Payee, Debit: ledger.Debtors, Credit: ledger.VATPayable, Amount: c.VAT},
		)
	}
	return ledger.NonZero(ledger.Transfer{Ledger: c.Payee, Debit: c.receivable(), Credit: ledger.WageSubsidy, Amount: c.Amount})
}

// receivable is the employer's account of the claim: what comes in and what is
// to be paid back are never netted.
func (c Claim) receivable() ledger.Account {
	switch {
	case c.supply():
		return ledger.Debtors
	case c.Amount.Sign() < 0:
		return ledger.SubsidyRepayable
	}
	return ledger.SubsidyReceivable
}

// Hash is over every figure of the claim in a fixed order.
func (c Claim) Hash() [sha256.Size]byte {
	text := fmt.Appendf(nil, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%t", c.ID, c.Contract, c.Decision, c.Placement, c.Payer, c.Payee,
		c.Scheme, c.Rule, c.Kind, c.Document, c.Budget, c.Service.From, c.Service.To, c.Base, c.Charges, c.Entitled, c.WageCost, c.Amount,
		c.VATRate, c.VAT, c.VATCost, c.Provisional)
	for _, s := range c.Sources {
		text = fmt.Appendf(text, "|%s=%s", s.Source, s.Amount)
	}
	if !c.Origin.IsZero() {
		text = fmt.Appendf(text, "|of %s", c.Origin)
	}
	return sha256.Sum256(text)
}

// burden is what the claim costs each source: the amount, and the VAT that the
// payer does not get back.
func (c Claim) burden() []SourceShare {
	if len(c.Sources) > 0 {
		return c.Sources
	}
	return []SourceShare{{Source: c.Budget, Share: euro.One, Amount: c.Amount.Add(c.VATCost)}}
}
