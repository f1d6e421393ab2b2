// Package ledger has the accounts and the transfers that name both ends.
//
// # Why
//
// A transfer with a debit and a credit side cannot be out of balance, so the
// sum over any set of transfers is nil by construction, and a reversal is the
// same transfer with its ends swapped. Accounts carry the codes of the
// referentiegrootboekschema (RGS) where the code was seen in use.
package ledger

import (
	"github.com/google/uuid"

	"verloning/payroll/euro"
)

// Account is a ledger account by its code.
type Account string

// Accounts of an employer. The codes are of RGS; BVorOva (overlopende activa)
// for a subsidy that was claimed and not yet received, BSchOpa (overlopende
// passiva) for one that is to be paid back, the group WOmz (netto-omzet) for hire
// and places, and those of transition payments, pension premiums, garnishments,
// what staff owes and the rounding of returns are this service's choice, to be confirmed by the
// employer's accountant.
const (
	Wages                   Account = "WPerLesLon" // lonen
	HolidayAllowance        Account = "WPerLesVag" // vakantiebijslag
	WageSubsidy             Account = "WPerLesLks" // ontvangen loonkostensubsidies
	NetWagesPayable         Account = "BSchSalNet" // netto lonen
	HolidayAllowancePayable Account = "BSchSalTvg" // te betalen vakantiebijslag
	SubsidyReceivable       Account = "BVorOva"    // overlopende activa
	SubsidyRepayable        Account = "BSchOpa"    // overlopende passiva
	Turnover                Account = "WOmz"       // netto-omzet
	Debtors                 Account = "BVorDebHad" // handelsdebiteuren
	VATPayable              Account = "BSchBepBtw" // te betalen omzetbelasting
	Bank                    Account = "BLimBanRba" // rekening-courant bank
	LeavePaidOut            Account = "WPerLesVad" // vakantiedagen
	TransitionPayments      Account = "WPerLesOnu" // ontslaguitkeringen
	SocialCharges           Account = "WPerSolPsv" // sociale lasten
	PensionCost             Account = "WPerPenPen" // pensioenpremie
	TaxPayable              Account = "BSchBepLhe" // loonheffingen: tax, premiums and Zvw
	PensionPayable          Account = "BSchSalPer"
	GarnishmentPayable      Account = "BSchSalBls"
	StaffReceivable         Account = "BVorOvr"    // overige vorderingen
	ReturnRounding          Account = "WBedAlkOal" // overige algemene kosten: what a return leaves out by rounding
)

// Accounts of a municipality. A municipality keeps its books by taakveld
// (BBV), so these are names of this service and no RGS codes.
const (
	SubsidyCost        Account = "GemSubsidielast"
	SubsidyPayable     Account = "GemTeBetalenSubsidie"
	SubsidyReclaimable Account = "GemTerugTeVorderenSubsidie"
	FeeCost            Account = "GemTrajectlast"
	FeePayable         Account = "GemCrediteuren"
	FeeReceivable      Account = "GemTeVorderenTraject" // malus and clawback beyond what is due
	PremiumCost        Account = "GemPremielast"
	PremiumPayable     Account = "GemTeBetalenPremie"
	VATCompensable     Account = "GemCompensabeleBtw" // from the BTW-compensatiefonds
	MunicipalBank      Account = "GemBank"
	InternalCost       Account = "GemUitvoeringskosten" // of a scheme, by the municipality's own people
	InternalHours      Account = "GemDoorbelasteUren"   // what their department charges on
)

// Transfer moves an amount between two accounts of one organisation's ledger.
type Transfer struct {
	Ledger uuid.UUID // the organisation whose books these are
	Debit  Account
	Credit Account
	Amount euro.Amount // more than nil
}

// Balances adds transfers up: debit less credit, by account.
func Balances(transfers []Transfer) map[Account]euro.Amount {
	sums := map[Account]euro.Amount{}
	for _, t := range transfers {
		sums[t.Debit] = sums[t.Debit].Add(t.Amount)
		sums[t.Credit] = sums[t.Credit].Sub(t.Amount)
	}
	return sums
}

// Reverse returns the mirror of a transfer.
func (t Transfer) Reverse() Transfer {
	t.Debit, t.Credit = t.Credit, t.Debit
	return t
}

// NonZero drops transfers of nothing and turns negative ones round, so that
// every amount is more than nil.
func NonZero(transfers ...Transfer) []Transfer {
	var kept []Transfer
	for _, t := range transfers {
		switch t.Amount.Sign() {
		case 1:
			kept = append(kept, t)
		case -1:
			t = t.Reverse()
			t.Amount = t.Amount.Neg()
			kept = append(kept, t)
		}
	}
	return kept
}
