package main

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// The judge of what goes by way of the bank and of what is reversed afterwards.

// modelBank is what banks do with the payments of a month, and what is reversed then.
// Contracts are named employer/contract.
type modelBank struct {
	Employer    string // whose wages the bank pays; those of the others are gross
	Undecided   string // whose claims nobody decides on
	Rejected    string // the bank does not carry the wage out
	Returned    string // the wage comes back
	Stranded    string // it comes back, and nobody corrects the account
	SubsidyBack string // the subsidy comes back
	Reversed    []string
	Refunded    string // gives back what it owes
}

// reverses is whether a contract's payslip is taken back, with its run or by itself.
func (b modelBank) reverses(c modelContract) bool {
	return slices.Contains(b.Reversed, c.Employer) || slices.Contains(b.Reversed, c.id())
}

// modelBankOf is a month that is approved, paid by the bank, and of which some is
// reversed.
func modelBankOf(municipality string, contracts []modelContract, budgets modelBudgets, b modelBank) modelMonthEnd {
	w := newModelWorld(municipality, budgets)
	for _, c := range contracts {
		w.wage(c)
		for _, m := range b.claims(c, municipality) {
			w.raise(c, m)
			if c.Employer != b.Undecided {
				w.decide(c, m)
			}
		}
	}
	w.allot(contracts)
	w.overspend()
	for _, c := range contracts {
		w.sendWage(c, b)
		for _, m := range b.claims(c, municipality) {
			w.sendGrant(c, m, b)
		}
	}
	for _, c := range contracts {
		if b.reverses(c) {
			w.reverse(c, b)
		}
	}
	return w.end()
}

// claims are those of a contract, of which nothing is granted where nobody decides.
func (b modelBank) claims(c modelContract, municipality string) []modelClaim {
	claims := c.claims(municipality)
	for i := range claims {
		if c.Employer == b.Undecided {
			claims[i].Granted, claims[i].GrantedVAT = new(big.Rat), new(big.Rat)
		}
	}
	return claims
}

// send puts an attempt to pay into a file of an owner. What the bank settles leaves
// its account; what returns comes back to it; what it rejects was never away.
func (w *modelWorld) send(owner string, file int, c modelContract, kind string, amount *big.Rat, attempt int, outcome, payable, bank string) {
	w.Files = append(w.Files, fmt.Sprintf("%s %d %s %s %s %d %s", owner, file, c.id(), kind, modelMoney(amount), attempt, outcome))
	w.Events[owner+" payment.exported"]++
	if outcome != "rejected" {
		w.Events[owner+" payment.settled"]++
		w.book(owner, payable, bank, amount)
	}
	if outcome != "settled" {
		w.Events[owner+" payment.returned"]++
	}
	if outcome == "returned" {
		w.book(owner, bank, payable, amount)
	}
}

// sendWage sends a wage, and again when its account was corrected.
func (w *modelWorld) sendWage(c modelContract, b modelBank) {
	net := c.net().Net
	if c.Employer != b.Employer || net.Sign() <= 0 {
		return
	}
	outcome := "settled"
	switch c.id() {
	case b.Rejected:
		outcome = "rejected"
	case b.Returned, b.Stranded:
		outcome = "returned"
	}
	w.send(c.Employer, 1, c, "wage", net, 1, outcome, "BSchSalNet", "BLimBanRba")
	if outcome != "settled" && c.id() != b.Stranded {
		w.send(c.Employer, 2, c, "wage", net, 2, "settled", "BSchSalNet", "BLimBanRba")
	}
}

// sendGrant sends what was granted: of 2007 in a file of its own.
func (w *modelWorld) sendGrant(c modelContract, m modelClaim, b modelBank) {
	if m.Granted.Sign() == 0 {
		return
	}
	file, outcome := 2, "settled"
	if c.Month < "2008" {
		file = 1
	}
	w.tell(c, m, "settled")
	if c.id() == b.SubsidyBack {
		outcome = "returned"
		w.tell(c, m, "returned")
	}
	w.send(m.Payer, file, c, m.Kind, modelPlus(m.Granted, m.GrantedVAT), 1, outcome, m.payable(), "GemBank")
}

// reverse takes back all that was booked of a contract. A wage that the bank has is
// owed by its receiver, and any other is cancelled. What nobody decided on is
// withdrawn, and what was granted is claimed back.
func (w *modelWorld) reverse(c modelContract, b modelBank) {
	// One run more each, of which the one that it mirrors hears as well.
	w.Events[c.Employer+" run.calculated"], w.Events[c.Employer+" run.approved"], w.Events[c.Employer+" run.reversed"] = 2, 2, 1
	n := c.net()
	w.Payslips[c.id()+" mirror"] = modelMoney(modelBelow(modelPlus(n.Wage, n.HolidayPaid, n.LeavePaid), n.Holiday, n.Tax, n.Charges)...)
	w.mirror = true
	w.bookWage(c)
	for _, m := range b.claims(c, w.municipality) {
		w.bookClaim(c, m)
	}
	w.mirror = false
	w.Owed = slices.DeleteFunc(w.Owed, func(line string) bool { return strings.HasPrefix(line, c.id()+" ") })
	switch {
	case n.Net.Sign() <= 0:
	case c.Employer != b.Employer || c.id() == b.Stranded:
		w.Cancelled = append(w.Cancelled, c.id()+" wage "+modelMoney(n.Net))
	default:
		open := n.Net
		w.book(c.Employer, "BVorOvr", "BSchSalNet", n.Net)
		if c.id() == b.Refunded {
			w.book(c.Employer, "BLimBanRba", "BVorOvr", n.Net)
			open = new(big.Rat)
		}
		w.Owed = append(w.Owed, c.id()+" "+modelMoney(n.Net, open))
	}
	for _, m := range b.claims(c, w.municipality) {
		w.claimBack(c, m, b)
	}
}

// claimBack raises the mirror of a claim, and the municipality decides on it as it did
// on the claim.
func (w *modelWorld) claimBack(c modelContract, m modelClaim, b modelBank) {
	line, key := m, c.id()+" "+m.Rule
	below := modelBelow(m.Base, m.Charges, m.Amount, m.VAT, m.Granted, m.GrantedVAT)
	line.Base, line.Charges, line.Amount, line.VAT, line.Granted, line.GrantedVAT = below[0], below[1], below[2], below[3], below[4], below[5]
	w.Claims[key+" mirror"] = line.line()
	if m.Kind != "hire" && (c.Employer == b.Undecided || m.Amount.Sign() == 0) {
		w.Claims[key] += " withdrawn"
		w.Claims[key+" mirror"] += " withdrawn"
		w.tell(c, m, "withdrawn")
		return
	}
	w.tell(c, m, "raised")
	if m.Kind == "hire" {
		return
	}
	verb := "reclaimed"
	if m.Granted.Sign() == 0 {
		verb = c.Decision.Verdict
	}
	w.tell(c, m, verb)
	if m.Kind == "subsidy" {
		w.book(c.Employer, "BVorOva", "BSchOpa", m.Amount) // not netted with what is to come in
		w.book(c.Employer, "BSchOpa", "WPerLesLks", modelMinus(m.Amount, m.Granted))
		w.book(m.Payer, "GemTerugTeVorderenSubsidie", "GemSubsidielast", m.Granted)
	} else {
		w.book(c.Employer, "BVorDebHad", "WOmz", modelMinus(m.Amount, m.Granted))
		w.book(c.Employer, "BVorDebHad", "BSchBepBtw", modelMinus(m.VAT, m.GrantedVAT))
		w.book(m.Payer, "GemCrediteuren", "GemTrajectlast", m.Granted)
		w.book(m.Payer, "GemCrediteuren", "GemCompensabeleBtw", m.GrantedVAT)
	}
	w.Spent[c.budget()] = modelMoney(modelMinus(modelNumber(w.Spent[c.budget()]), m.Granted))
}

// modelBelow turns the signs of amounts.
func modelBelow(amounts ...*big.Rat) []*big.Rat {
	turned := make([]*big.Rat, len(amounts))
	for i, a := range amounts {
		turned[i] = new(big.Rat).Neg(a)
	}
	return turned
}

// TestModelBank holds the judge against sums made by hand: the wage of the worked
// example is paid, comes back, is paid again and is owed in the end, and its subsidy is
// granted by half.
func TestModelBank(t *testing.T) {
	example := modelOne("2026-10", "loonkostensubsidie", "1", 136_00, modelDecision{Week: "32", Percent: 60, Span: modelSpan{From: "2026-07-01"}})
	example.Decision.Verdict = "partly"
	end := modelBankOf("M", []modelContract{example}, modelBudgets{"BUIG 2026": "1000.00"}, modelBank{Employer: "E", Returned: "E/C-1", Reversed: []string{"E"}})
	modelWant(t, "files", strings.Join(end.Files, ", "), "E 1 E/C-1 wage 1309.89 1 returned, E 2 E/C-1 wage 1309.89 2 settled, M 2 E/C-1 subsidy 560.88 1 settled")
	modelWant(t, "owed, cancelled and spent", []any{end.Owed, end.Cancelled, end.Spent}, "[[E/C-1 1309.89 1309.89] [] map[BUIG 2026:0.00]]")
	modelWant(t, "claims", []any{end.Claims}, "[map[E/C-1 lks:M subsidy 897.41 224.35 1121.76 0.00 560.88 0.00 E/C-1 lks mirror:M subsidy -897.41 -224.35 -1121.76 0.00 -560.88 0.00]]")
	balance := map[string]*big.Rat{}
	for key, amount := range end.Transfers {
		words := strings.Fields(key)
		for i, sign := range []*big.Rat{big.NewRat(1, 1), big.NewRat(-1, 1)} {
			account := words[0] + " " + words[1+i]
			if balance[account] == nil {
				balance[account] = new(big.Rat)
			}
			balance[account].Add(balance[account], modelTimes(sign, modelNumber(amount)))
		}
	}
	maps.DeleteFunc(balance, func(_ string, sum *big.Rat) bool { return sum.Sign() == 0 })
	var left []string
	for _, account := range slices.Sorted(maps.Keys(balance)) {
		left = append(left, account+" "+modelMoney(balance[account]))
	}
	modelWant(t, "balances", strings.Join(left, ", "), "E BLimBanRba -1309.89, E BSchOpa -560.88, E BVorOva 560.88, E BVorOvr 1309.89, M GemBank -560.88, M GemTerugTeVorderenSubsidie 560.88")
}
