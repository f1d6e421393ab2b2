package main

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"
)

// modelBudgets are what a municipality has for a year, by source and year.
type modelBudgets map[string]string

// modelMonthEnd is what the closed and settled months of all employers and their
// one municipality come to. Everything is a line of text, so that sets compare.
type modelMonthEnd struct {
	Payslips  map[string]string // by employer/contract: gross holiday tax charges
	Claims    map[string]string // by employer/contract rule: payer kind base charges amount vat granted vat
	Payments  []string          // contract kind amount, or municipality/statement whom kind amount
	Lines     []string          // of statements: number subject rule key amount vat cost, and budgets with their parts
	Transfers map[string]string // by owner debit credit: total
	Events    map[string]int    // by owner noun.verb, since the runs were opened
	Spent     map[string]string // of budgets, by source year
	Beyond    []string          // employer/contract whose claim a budget does not cover
	Reasoned  []string          // employers whose grants a budget did not cover, so that the municipality said why
	Owed      []string          // by employees: employer/contract amount open
	Files     []string          // of banks, each attempt to pay: owner file employer/contract kind amount attempt outcome
	Cancelled []string          // payments that a reversal took back: employer/contract kind amount
}

// modelWorld is a month's end as it is reckoned.
type modelWorld struct {
	modelMonthEnd
	municipality string
	budgets      modelBudgets
	totals       map[string]*big.Rat            // of transfers
	mirror       bool                           // what is booked is taken back
	spent        map[string]map[string]*big.Rat // of budgets, by employer
}

func newModelWorld(municipality string, budgets modelBudgets) *modelWorld {
	return &modelWorld{
		modelMonthEnd: modelMonthEnd{Payslips: map[string]string{}, Claims: map[string]string{}, Transfers: map[string]string{}, Events: map[string]int{}, Spent: map[string]string{}},
		municipality:  municipality, budgets: budgets, totals: map[string]*big.Rat{}, spent: map[string]map[string]*big.Rat{},
	}
}

// modelOf is a month that is closed, and settled on both sides by hand.
func modelOf(municipality string, contracts []modelContract, budgets modelBudgets) modelMonthEnd {
	w := newModelWorld(municipality, budgets)
	for _, c := range contracts {
		w.wage(c)
		w.Events[c.Employer+" run.closed"] = 1
		for _, m := range c.claims(municipality) {
			w.raise(c, m)
			w.decide(c, m)
			w.settle(c, m)
		}
	}
	w.allot(contracts)
	w.overspend()
	return w.end()
}

// end is the month when everything was reckoned.
func (w *modelWorld) end() modelMonthEnd {
	for key, total := range w.totals {
		if total.Sign() != 0 {
			w.Transfers[key] = modelMoney(total)
		}
	}
	for _, lines := range [][]string{w.Payments, w.Owed, w.Files, w.Cancelled} {
		slices.Sort(lines)
	}
	return w.modelMonthEnd
}

func (w *modelWorld) book(owner, debit, credit string, amount *big.Rat) {
	if w.mirror {
		debit, credit = credit, debit
	}
	key := owner + " " + debit + " " + credit
	w.totals[key] = modelPlus(cmp.Or(w.totals[key], new(big.Rat)), amount)
}

func (w *modelWorld) pay(payer string, c modelContract, kind string, amount *big.Rat) {
	w.Payments = append(w.Payments, c.id()+" "+kind+" "+modelMoney(amount))
	w.Events[payer+" payment.ordered"]++
}

func (c modelContract) id() string { return c.Employer + "/" + c.Number }

// budget is what the municipality pays from: the source of its time.
func (c modelContract) budget() string {
	if c.Month < "2009" {
		return "W " + c.Month[:4]
	}
	return "BUIG " + c.Month[:4]
}

// wage is earned, accrued and paid.
func (w *modelWorld) wage(c modelContract) {
	for _, verb := range []string{"calculated", "approved"} {
		w.Events[c.Employer+" run."+verb] = 1 // One run each, whatever its size.
	}
	n := c.net()
	w.Payslips[c.id()] = modelMoney(modelPlus(n.Wage, n.HolidayPaid, n.LeavePaid), n.Holiday, n.Tax, n.Charges)
	w.bookWage(c)
	if n.Net.Sign() > 0 {
		w.pay(c.Employer, c, "wage", n.Net)
	}
	if n.Owed.Sign() > 0 {
		w.Owed = append(w.Owed, c.id()+" "+modelMoney(n.Owed, n.Owed))
	}
}

func (w *modelWorld) bookWage(c modelContract) {
	n := c.net()
	w.book(c.Employer, "WPerLesLon", "BSchSalNet", n.Wage)
	w.book(c.Employer, "WPerLesVag", "BSchSalTvg", n.Holiday)
	w.book(c.Employer, "BSchSalTvg", "BSchSalNet", n.HolidayPaid)
	w.book(c.Employer, "WPerLesVad", "BSchSalNet", n.LeavePaid)
	w.book(c.Employer, "BVorOvr", "WPerLesVad", n.Owed)
	w.book(c.Employer, "BSchSalNet", "BSchBepLhe", n.Tax)
	w.book(c.Employer, "WPerSolPsv", "BSchBepLhe", n.Charges)
}

// tell has both parties of a claim hear of it. Where nothing is claimed nobody does.
func (w *modelWorld) tell(c modelContract, m modelClaim, verb string) {
	if m.Amount.Sign() != 0 {
		w.Events[c.Employer+" claim."+verb]++
		w.Events[m.Payer+" claim."+verb]++
	}
}

// raise claims what is owed: a subsidy is receivable until the municipality says how
// much it grants, a fee or hire price is turnover with VAT.
func (w *modelWorld) raise(c modelContract, m modelClaim) {
	w.Claims[c.id()+" "+m.Rule] = m.line()
	w.tell(c, m, "raised")
	w.bookClaim(c, m)
}

func (w *modelWorld) bookClaim(c modelContract, m modelClaim) {
	if m.Kind == "subsidy" {
		w.book(c.Employer, "BVorOva", "WPerLesLks", m.Amount)
		return
	}
	w.book(c.Employer, "BVorDebHad", "WOmz", m.Amount)
	w.book(c.Employer, "BVorDebHad", "BSchBepBtw", m.VAT)
}

// decide is the municipality's verdict: what it does not grant is taken off what was
// booked, and what it grants is ordered to be paid. The VAT on a fee it gets back.
func (w *modelWorld) decide(c modelContract, m modelClaim) {
	if m.Kind == "hire" || m.Amount.Sign() == 0 {
		return
	}
	w.tell(c, m, c.Decision.Verdict)
	if m.Kind == "subsidy" {
		w.book(c.Employer, "WPerLesLks", "BVorOva", modelMinus(m.Amount, m.Granted))
		w.book(m.Payer, "GemSubsidielast", "GemTeBetalenSubsidie", m.Granted)
	} else {
		w.book(c.Employer, "WOmz", "BVorDebHad", modelMinus(m.Amount, m.Granted))
		w.book(c.Employer, "BSchBepBtw", "BVorDebHad", modelMinus(m.VAT, m.GrantedVAT))
		w.book(m.Payer, "GemTrajectlast", "GemCrediteuren", m.Granted)
		w.book(m.Payer, "GemCompensabeleBtw", "GemCrediteuren", m.GrantedVAT)
	}
	if m.Granted.Sign() > 0 {
		w.pay(m.Payer, c, m.Kind, modelPlus(m.Granted, m.GrantedVAT))
	}
	// What is compensated of the VAT, which is all of it, is no burden on a budget.
	of := w.spent[c.budget()]
	if of == nil {
		of = map[string]*big.Rat{}
		w.spent[c.budget()] = of
	}
	of[c.Employer] = modelPlus(cmp.Or(of[c.Employer], new(big.Rat)), m.Granted)
}

// settle notes on both sides what went over the bank; of a hire price on one.
func (w *modelWorld) settle(c modelContract, m modelClaim) {
	receivable, paid := "BVorDebHad", modelPlus(m.Granted, m.GrantedVAT)
	switch m.Kind {
	case "hire":
		paid = modelPlus(m.Amount, m.VAT)
	case "subsidy":
		receivable = "BVorOva"
	}
	if paid.Sign() == 0 {
		return
	}
	w.tell(c, m, "settled")
	w.book(c.Employer, "BLimBanRba", receivable, paid)
	if m.Kind != "hire" {
		w.book(m.Payer, m.payable(), "GemBank", paid)
		w.Events[m.Payer+" payment.settled"]++
	}
}

// payable is where the municipality books what it is still to pay.
func (m modelClaim) payable() string {
	if m.Kind == "subsidy" {
		return "GemTeBetalenSubsidie"
	}
	return "GemCrediteuren"
}

// allot deals each employer's claims out over the budgets as they stood before
// anything was granted: in order of decision date and number.
func (w *modelWorld) allot(contracts []modelContract) {
	contracts = slices.DeleteFunc(slices.Clone(contracts), func(c modelContract) bool { return c.Decision == nil })
	slices.SortFunc(contracts, func(a, b modelContract) int {
		return cmp.Or(cmp.Compare(a.Decision.Span.From, b.Decision.Span.From), cmp.Compare(a.Decision.Number, b.Decision.Number))
	})
	reached := map[string]*big.Rat{}
	for _, c := range contracts {
		for _, m := range c.claims(w.municipality) {
			if m.Kind == "hire" || m.Amount.Sign() == 0 {
				continue
			}
			of := c.Employer + " " + c.budget()
			reached[of] = modelPlus(cmp.Or(reached[of], new(big.Rat)), m.Amount)
			if reached[of].Cmp(modelNumber(w.budgets[c.budget()])) > 0 {
				w.Beyond = append(w.Beyond, c.id())
			}
		}
	}
	slices.Sort(w.Beyond)
}

// overspend sums what was spent, and finds whose grants took more than there was.
// That may not hang on who was granted first: either all fit, or one alone does
// not.
func (w *modelWorld) overspend() {
	for budget, by := range w.spent {
		left, sum := modelNumber(w.budgets[budget]), new(big.Rat)
		for employer, amount := range by {
			sum.Add(sum, amount)
			if amount.Cmp(left) > 0 {
				w.Reasoned = append(w.Reasoned, employer)
			}
		}
		if sum.Cmp(left) > 0 && len(by) > 1 {
			panic("the order of grants would decide who overspends " + budget)
		}
		w.Spent[budget] = modelMoney(sum)
	}
	slices.Sort(w.Reasoned)
}

// exampleMonth holds the end of a month against worked examples: that of one
// person, and a fee and a hire price with their VAT.
func exampleMonth(t *testing.T, example modelContract) {
	t.Helper()
	end := modelOf("M", []modelContract{example}, modelBudgets{"BUIG 2026": "1000.00"})
	modelWant(t, "events", slices.Sorted(maps.Keys(end.Events)), "[E claim.granted E claim.raised E claim.settled E payment.ordered E run.approved E run.calculated E run.closed"+
		" M claim.granted M claim.raised M claim.settled M payment.ordered M payment.settled]")
	modelWant(t, "payments", end.Payments, "[E/C-1 subsidy 1121.76 E/C-1 wage 1309.89]")
	modelWant(t, "transfers", end.Transfers, "map[E BLimBanRba BVorOva:1121.76 E BSchSalNet BSchBepLhe:728.75 E BVorOva WPerLesLks:1121.76 E WPerLesLon BSchSalNet:2038.64 E WPerLesVag BSchSalTvg:163.09 E WPerSolPsv BSchBepLhe:349.22"+
		" M GemSubsidielast GemTeBetalenSubsidie:1121.76 M GemTeBetalenSubsidie GemBank:1121.76]")
	modelWant(t, "spent, beyond and reasoned", []any{end.Spent, end.Beyond, end.Reasoned}, "[map[BUIG 2026:1121.76] [E/C-1] [E]]")

	warmm := modelOne("2007-04", "uden-warmm", "1.02", 0, modelDecision{})
	warmm.Decision.Verdict, warmm.Hours = "partly", nil
	warmm.Placement = &modelPlacement{"H", "12.50", warmm.Span}
	idle := modelOf("M", []modelContract{warmm}, modelBudgets{"W 2007": "950.00"})
	modelWant(t, "payments", idle.Payments, "[E/C-1 fee 1130.50]") // Half of 1,900, and 19 %.
	modelWant(t, "transfers", idle.Transfers, "map[E BLimBanRba BVorDebHad:1130.50 E BSchBepBtw BVorDebHad:180.50 E BVorDebHad BSchBepBtw:361.00 E BVorDebHad WOmz:1900.00 E WOmz BVorDebHad:950.00"+
		" M GemCompensabeleBtw GemCrediteuren:180.50 M GemCrediteuren GemBank:1130.50 M GemTrajectlast GemCrediteuren:950.00]")
	modelWant(t, "spent, beyond and reasoned", []any{idle.Spent, idle.Beyond, idle.Reasoned}, "[map[W 2007:950.00] [E/C-1] []]")

	warmm.Hours, warmm.Decision.Verdict = []modelDay{{2, "worked", 8_00}, {3, "sick", 8_00}}, "refused"
	lent := modelOf("M", []modelContract{warmm}, modelBudgets{"W 2007": "950.00"})
	modelWant(t, "payments", lent.Payments, "[E/C-1 wage 122.48]") // 16.00 × 7.505 × 1.02, each kind rounded.
	modelWant(t, "events of the inlener", fmt.Sprint(lent.Events["H claim.raised"], lent.Events["H claim.settled"], lent.Events["M claim.settled"]), "1 1 0")
	modelWant(t, "hire", lent.Claims["E/C-1 hire"], "H hire 100.00 0.00 100.00 19.00 0.00 0.00")
}

func modelWant(t *testing.T, what string, got any, want string) {
	t.Helper()
	if text := fmt.Sprint(got); text != want {
		t.Errorf("%s %s, want %s", what, text, want)
	}
}
