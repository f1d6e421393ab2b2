package subsidy

import (
	"fmt"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// Granted is a claim with its verdict.
type Granted struct {
	Claim
	Run      payroll.Run
	Verdict  Verdict
	Amount   euro.Amount // granted, without VAT
	VAT      euro.Amount
	VATCost  euro.Amount // of the VAT, what burdens the budget
	Reason   string
	Debtor   payroll.IBAN
	Creditor payroll.IBAN
}

// Paid is what the municipality pays: the amount with its VAT.
func (g Granted) Paid() euro.Amount { return g.Amount.Add(g.VAT) }

// payment orders what was granted, from the municipality to the employer. What
// is claimed back is no payment of the municipality.
func (g Granted) payment() (payroll.Payment, bool) {
	if g.Amount.Sign() <= 0 {
		return payroll.Payment{}, false
	}
	kind, text := payroll.SubsidyPayment, "Subsidie"
	if g.Kind == Fee {
		kind, text = payroll.FeePayment, "Trajectprijs"
	}
	return payroll.Payment{
		ID: payroll.PaymentID(g.Run, g.Contract, kind, g.ID.String()), Organisation: g.Payer, Kind: kind,
		Run: g.Run.ID, Contract: g.Contract, Claim: g.ID, Debtor: g.Debtor, Creditor: g.Creditor, Amount: g.Paid(), PayDate: g.Run.PayDate,
		Reference: fmt.Sprintf("%s %s %s %s", text, g.Run.Period, g.ContractNumber, g.DecisionNumber),
	}, true
}

// transfers are the bookings of a verdict: what is granted is the
// municipality's cost, and what is not is taken off what the employer booked.
func (g Granted) transfers() []RunTransfer {
	booked := g.subsidyTransfers()
	if g.Kind == Fee {
		booked = g.feeTransfers()
	}
	var list []RunTransfer
	for _, t := range ledger.NonZero(booked...) {
		list = append(list, RunTransfer{g.Run, ContractTransfer{g.Contract, t}})
	}
	return list
}

func (g Granted) subsidyTransfers() []ledger.Transfer {
	account := ledger.SubsidyPayable
	if g.Amount.Sign() < 0 {
		account = ledger.SubsidyReclaimable
	}
	return []ledger.Transfer{
		{Ledger: g.Payer, Debit: ledger.SubsidyCost, Credit: account, Amount: g.Amount},
		{Ledger: g.Payee, Debit: ledger.WageSubsidy, Credit: g.receivable(), Amount: g.Claim.Amount.Sub(g.Amount)},
	}
}

// feeTransfers keep the VAT that the municipality gets back from the
// BTW-compensatiefonds apart from what it bears.
func (g Granted) feeTransfers() []ledger.Transfer {
	return []ledger.Transfer{
		{Ledger: g.Payer, Debit: ledger.FeeCost, Credit: ledger.FeePayable, Amount: g.Amount.Add(g.VATCost)},
		{Ledger: g.Payer, Debit: ledger.VATCompensable, Credit: ledger.FeePayable, Amount: g.VAT.Sub(g.VATCost)},
		{Ledger: g.Payee, Debit: ledger.Turnover, Credit: ledger.Debtors, Amount: g.Claim.Amount.Sub(g.Amount)},
		{Ledger: g.Payee, Debit: ledger.VATPayable, Credit: ledger.Debtors, Amount: g.Claim.VAT.Sub(g.VAT)},
	}
}
