package subsidy

import (
	"maps"
	"slices"

	"verloning/payroll/euro"
)

// What a rule may say that pays for a trajectory: a fee to a provider, or a
// premium to the participant.

// trajectoryDocuments are the papers that such a payment rests on.
var trajectoryDocuments = []string{"decision", "agreement", "order", "invoice", "settlement"}

// trajectoryTriggers says when each form of amount can be due.
var trajectoryTriggers = map[string][]string{
	"fixed":  {Monthly, AtStart, OnProduct, OnOutcome, SixMonths},
	"parts":  {Milestone},
	"ladder": {OnOutcome},
	"settle": {ContractYear},
}

func (r PayRule) checkTrajectory(l *faultList, path string, months int) {
	switch r.Kind {
	case Premium:
		oneOf(l, below(path, "payee"), r.Payee, "person")
		oneOf(l, below(path, "payer"), r.Payer, "municipality")
		oneOf(l, below(path, "document"), r.Document, "decision")
	default:
		oneOf(l, below(path, "kind"), r.Kind, Fee, Premium)
		oneOf(l, below(path, "payee"), r.Payee, "provider")
		oneOf(l, below(path, "payer"), r.Payer, "municipality", "inlener")
		oneOf(l, below(path, "document"), r.Document, trajectoryDocuments...)
	}
	if r.Cap != "" {
		l.fault(below(path, "cap"), "een traject heeft geen loonkosten; gebruik limit voor een maximum per persoon", "a trajectory has no wage cost; use limit for a maximum a person")
	}
	if r.Clawback != nil {
		l.fault(below(path, "clawback"), "alleen een subsidie in delen (parts) kan worden teruggenomen", "only a subsidy in parts can be taken back")
	}
	if r.Kind == Premium && r.VAT != nil {
		l.fault(below(path, "vat"), "over een premie is geen btw verschuldigd; haal vat weg", "a premium carries no VAT; take vat away")
	} else if r.Payer == "municipality" {
		r.checkVAT(l, below(path, "vat"))
	}
	r.checkTrajectoryBudget(l, path)
	r.checkLimit(l, path)
	r.checkYear(l, below(path, "year"))
	r.checkProduct(l, below(path, "product"))
	r.checkTrajectoryAmount(l, path, months)
}

// checkOnlyTrajectory refuses, of a rule for a contract, what no run looks at.
func (r PayRule) checkOnlyTrajectory(l *faultList, path string) {
	for key, set := range map[string]bool{"product": r.Product != "", "speed": r.Speed, "year": r.Year != nil, "budget_by": r.BudgetBy != nil} {
		if set {
			l.fault(below(path, key), "hoort bij een traject (payee: provider of person); haal de sleutel weg", "goes with a trajectory (payee: provider or person); take the key away")
		}
	}
	if r.Amount.Ladder != nil || r.Amount.Settle != nil {
		l.fault(below(path, "amount"), "ladder en settle horen bij een traject (payee: provider)", "ladder and settle go with a trajectory (payee: provider)")
	}
}

func (r PayRule) checkLimit(l *faultList, path string) {
	if r.Limit == nil {
		return
	}
	at := below(path, "limit")
	l.marked(at, *r.Limit, money, `schrijf een bedrag boven nul met hoogstens twee decimalen`, `is no amount of money: above nought, at most two decimals`)
	if r.Kind == Hire || r.Amount.Settle != nil {
		l.fault(at, "een maximum per persoon past niet bij deze regel", "a maximum a person does not go with this rule")
	}
}

func (r PayRule) checkYear(l *faultList, path string) {
	if r.Year == nil {
		return
	}
	if r.Kind != Premium {
		l.fault(path, "alleen een premie heeft een maximum per jaar", "only a premium has a maximum a year")
	}
	oneOf(l, below(path, "cap"), r.Year.Cap, "", "premium")
	if t := r.Year.Times; t != nil {
		l.marked(below(path, "times"), *t, func(n euro.Number) bool { whole, err := n.Int(); return err == nil && whole >= 1 && whole <= 12 },
			"schrijf een heel aantal keren, 1 tot en met 12", "write a whole number of times, 1 to 12")
	}
}

func (r PayRule) checkProduct(l *faultList, path string) {
	switch {
	case r.Trigger == OnProduct && !ruleID.MatchString(r.Product):
		l.fault(path, "%.40q is geen naam van een product: kleine letters, cijfers en _, hoogstens 31", "%.40q is no name of a product: lower-case letters, digits and _, at most 31", r.Product)
	case r.Trigger != OnProduct && r.Product != "":
		l.fault(path, "een product hoort bij trigger: product", "a product goes with trigger: product")
	}
}

func (r PayRule) checkTrajectoryBudget(l *faultList, path string) {
	at := below(path, "budget")
	if r.Payer == "inlener" {
		if r.Budget != nil || r.BudgetBy != nil || r.VAT != nil {
			l.fault(at, "de gemeente betaalt dit niet; haal budget, budget_by en vat weg", "the municipality does not pay this; take budget, budget_by and vat away")
		}
		return
	}
	checkShares(l, at, r.Budget)
	for _, benefit := range slices.Sorted(maps.Keys(r.BudgetBy)) {
		by := below(below(path, "budget_by"), string(benefit))
		oneOf(l, by, benefit, Benefits...)
		checkShares(l, by, r.BudgetBy[benefit])
	}
}

func (r PayRule) checkTrajectoryAmount(l *faultList, path string, months int) {
	at := below(path, "amount")
	forms := r.Amount.forms()
	if len(forms) != 1 {
		if !l.brokenBelow(at) {
			l.fault(at, "er staan %d vormen; kies er precies één: fixed, parts, ladder of settle", "there are %d; exactly one form is needed: fixed, parts, ladder or settle", len(forms))
		}
		return
	}
	triggers, fits := trajectoryTriggers[forms[0]]
	if !fits {
		l.fault(below(at, forms[0]), "deze vorm hoort niet bij een traject; kies uit fixed, parts, ladder, settle", "this form does not go with a trajectory; choose fixed, parts, ladder or settle")
		return
	}
	oneOf(l, below(path, "trigger"), r.Trigger, triggers...)
	if r.Speed && r.Amount.Ladder == nil {
		l.fault(below(path, "speed"), "alleen een ladder kan sneller werk belonen", "only a ladder can reward sooner work")
	}
	switch a := r.Amount; {
	case a.Fixed != nil:
		l.marked(below(at, "fixed.amount"), a.Fixed.Amount, money, `schrijf een bedrag boven nul met hoogstens twee decimalen, zoals "1900.00"`, `is no amount of money: above nought, at most two decimals, such as "1900.00"`)
	case a.Parts != nil:
		l.marked(below(at, "parts.price"), a.Parts.Price, money, `schrijf een bedrag boven nul met hoogstens twee decimalen, zoals "4000.00"`, `is no amount of money: above nought, at most two decimals, such as "4000.00"`)
		checkMilestones(l, below(at, "parts.shares"), a.Parts.Shares, months, false)
	case a.Ladder != nil:
		a.Ladder.check(l, below(at, "ladder"), months)
	case a.Settle != nil:
		a.Settle.check(l, below(at, "settle"))
	}
}

// checkMilestones wants milestones of a trajectory and shares that sum to one;
// those of a ladder come with or after the placement.
func checkMilestones(l *faultList, path string, shares map[string]Decimal, months int, placed bool) {
	var sum euro.Number
	for _, key := range slices.Sorted(maps.Keys(shares)) {
		m, named := trajectoryMilestone(key)
		switch {
		case !named || placed && !m.placed:
			l.fault(below(path, key), "geen mijlpaal; kies uit start, plan, month_N, placed, placed_month_N", "no milestone; choose start, plan, month_N, placed or placed_month_N")
		case !m.placed && months > 0 && m.months > months:
			l.fault(below(path, key), "maand %d wordt nooit bereikt: de regeling duurt hoogstens %d maanden", "month %d is never reached: the scheme lasts %d months at most", m.months, months)
		}
		if shares[key].Sign() <= 0 {
			l.fault(below(path, key), "%s: een deel is meer dan nul", "%s: a share is above nought", shares[key])
		}
		sum = sum.Add(shares[key].Number)
	}
	if !sum.Equal(euro.One) && !l.brokenBelow(path) {
		l.fault(path, "de delen zijn samen %s en moeten samen 1 zijn", "the shares sum to %s, not to 1", sum)
	}
}

func (a LadderAmount) check(l *faultList, path string, months int) {
	oneOf(l, below(path, "by"), a.By, "months_to_work")
	if len(a.Steps) == 0 {
		l.fault(below(path, "steps"), "er is geen trede", "there is no step")
	}
	last := 0
	for i, s := range a.Steps {
		at := nth(below(path, "steps"), i)
		l.marked(below(at, "amount"), s.Amount, money, `schrijf een bedrag boven nul met hoogstens twee decimalen`, `is no amount of money: above nought, at most two decimals`)
		switch {
		case s.To < 1 || s.To > maxMonths:
			l.fault(below(at, "to"), "%d maanden kan niet; 1 tot en met %d", "%d months cannot be; 1 to %d", s.To, maxMonths)
		case s.To <= last:
			l.fault(below(at, "to"), "deze trede wordt nooit bereikt: een eerdere geldt al tot en met maand %d", "this step is never reached: an earlier one holds up to month %d already", last)
		case months > 0 && last >= months:
			l.fault(below(at, "to"), "deze trede wordt nooit bereikt: de regeling duurt hoogstens %d maanden", "this step is never reached: the scheme lasts %d months at most", months)
		}
		last = max(last, s.To)
	}
	if a.Shares != nil {
		checkMilestones(l, below(path, "shares"), a.Shares, months, true)
	}
}

func (a SettleAmount) check(l *faultList, path string) {
	oneOf(l, below(path, "of"), a.Of, "product_turnover")
	oneOf(l, below(path, "base"), a.Base, BaseExits, BaseStarters, BaseReferrals)
	l.marked(below(path, "target"), a.Target, within(0, 100), "schrijf een percentage van 0 tot en met 100", "write a percentage from 0 to 100")
	l.marked(below(path, "per_point"), a.PerPoint, within(0, 1), `schrijf een deel van "0" tot en met "1"; "0.01" is een procent`, `write a share from "0" to "1"; "0.01" is one percent`)
	l.marked(below(path, "cap"), a.Cap, within(0, 1), `schrijf een deel van "0" tot en met "1"; "0.10" is tien procent`, `write a share from "0" to "1"; "0.10" is ten percent`)
}

func (c Clawback) check(l *faultList, path string, parts bool) {
	if !parts {
		l.fault(path, "alleen een subsidie in delen (parts) kan worden teruggenomen", "only a subsidy in parts can be taken back")
	}
	l.marked(below(path, "months"), c.Months, func(n euro.Number) bool { m, err := n.Int(); return err == nil && m >= 1 && m <= maxMonths },
		"schrijf een heel aantal maanden, 1 tot en met 600", "write a whole number of months, 1 to 600")
	if len(c.Reasons) == 0 {
		l.fault(below(path, "reasons"), "noem de redenen; zonder reden wordt niets teruggenomen", "name the reasons; without one nothing is taken back")
	}
	l.codes(below(path, "reasons"), c.Reasons)
}

// checkResults holds outcome, saving and clawback against the exits, since a
// reason that no exit has would never count.
func (v Version) checkResults(l *faultList, path string) {
	if o := v.Outcome; o != nil {
		o.check(l, below(path, "outcome"))
		v.checkReasons(l, below(path, "outcome.reasons"), o.Reasons)
		v.checkReasons(l, below(path, "outcome.off_benefit"), o.OffBenefit)
		if o.Target != nil && o.Base == BasePlaces && v.Eligibility.Places == 0 {
			l.fault(below(path, "outcome.base"), "gemeten over de plaatsen, maar eligibility.places noemt er geen", "measured over the places, but eligibility.places names none")
		}
	}
	if s := v.Saving; s != nil {
		at := below(path, "saving")
		l.marked(below(at, "per_year"), s.PerYear, money, `schrijf een bedrag boven nul`, `is no amount of money above nought`)
		if s.Plan != nil {
			l.marked(below(at, "plan"), *s.Plan, money, `schrijf een bedrag boven nul`, `is no amount of money above nought`)
		}
		v.checkReasons(l, below(at, "reasons"), s.Reasons)
	}
	for i, r := range v.Pay[:min(len(v.Pay), maxRules)] {
		if r.Clawback != nil {
			at := below(nth(below(path, "pay"), i), "clawback")
			v.checkReasons(l, below(at, "reasons"), r.Clawback.Reasons)
			v.checkServed(l, below(at, "months"), r.Clawback.Months)
		}
	}
	if d := v.ContestDays; d != nil {
		l.marked(below(path, "contest_days"), *d, func(n euro.Number) bool { days, err := n.Int(); return err == nil && days >= 1 && days <= 366 },
			"schrijf een heel aantal dagen, 1 tot en met 366", "write a whole number of days, 1 to 366")
	}
}

// checkServed refuses months of a clawback that go on after the subsidy does: an end
// in them would cost nothing, since no run looks at days that are not subsidised.
func (v Version) checkServed(l *faultList, path string, served Marked) {
	if v.Period == nil || v.Period.Months == nil {
		return
	}
	most, extended := 0, v.Period.Extension
	n, err := served.Value.Int()
	if err == nil {
		most, err = v.Period.Months.Value.Int()
	}
	if err == nil && extended != nil {
		var more int
		more, err = extended.Value.Int()
		most += more
	}
	if err == nil && n > most { // what is no whole number has a fault of its own
		l.fault(path, "%d maanden worden nooit gediend: de regeling betaalt over hoogstens %d maanden", "%d months are never served: the scheme pays for %d months at most", n, most)
	}
}

func (v Version) checkReasons(l *faultList, path string, reasons []string) {
	for i, reason := range reasons {
		if !slices.Contains(v.Exits, reason) {
			l.fault(nth(path, i), "%.40q staat niet bij exits", "%.40q is not among the exits", reason)
		}
	}
}

func (o Outcome) check(l *faultList, path string) {
	l.filled(below(path, "event"), o.Event)
	oneOf(l, below(path, "base"), o.Base, OutcomeBases...)
	for i, base := range o.AlsoBases {
		oneOf(l, nth(below(path, "also_bases"), i), base, OutcomeBases...)
	}
	if o.ContractMonths < 0 || o.ContractMonths > maxMonths {
		l.fault(below(path, "contract_months"), "%d maanden kan niet; 0 tot en met %d", "%d months cannot be; 0 to %d", o.ContractMonths, maxMonths)
	}
	if o.HoursShare != nil {
		l.marked(below(path, "hours_share"), *o.HoursShare, within(0, 1), `schrijf een deel van "0" tot en met "1"`, `write a share from "0" to "1"`)
	}
	if t := o.Target; t != nil {
		at := below(path, "target")
		if t.Count == nil && t.Percent == nil {
			l.fault(at, "schrijf count, percent of beide", "write count, percent or both")
		}
		if t.Count != nil {
			l.marked(below(at, "count"), *t.Count, func(n euro.Number) bool { c, err := n.Int(); return err == nil && c >= 0 }, "schrijf een heel aantal", "write a whole number")
		}
		if t.Percent != nil {
			l.marked(below(at, "percent"), *t.Percent, within(0, 100), "schrijf een percentage van 0 tot en met 100", "write a percentage from 0 to 100")
		}
	}
}

// checkSpeed wants, where a rule says that sooner work pays no less, that all
// that a provider gets until a placement in month k never rises with k: the fees
// of those months included, not only the bonus.
func (v Version) checkSpeed(l *faultList, path string) {
	at := slices.IndexFunc(v.Pay, func(r PayRule) bool { return r.Speed })
	if at < 0 || l.brokenBelow(path) {
		return
	}
	months := maxShown
	if v.Period != nil && v.Period.Months != nil {
		months = min(months, v.Period.months())
	}
	for _, whole := range []bool{true, false} { // with all that the speed gives, and with what is due at once
		before := v.untilPlacement(1, whole)
		for k := 2; k <= months; k++ {
			now := v.untilPlacement(k, whole)
			if now.Cmp(before) > 0 {
				l.fault(nth(below(path, "pay"), at), "wie later werk vindt, levert in totaal meer op: %s in maand %d en %s in maand %d", "who finds work later brings in more in all: %s in month %d and %s in month %d", before.Fixed(2), k-1, now.Fixed(2), k)
				return
			}
			before = now
		}
	}
}

// untilPlacement is what a provider gets for somebody who is placed at the end of
// the k-th month, as far as that depends on k: what is paid for the time until then,
// and what the speed gives, whole or as far as it is due when somebody is placed.
func (v Version) untilPlacement(k int, whole bool) euro.Number {
	var sum euro.Number
	for _, r := range v.Pay {
		if r.Payee != "provider" || r.Payer != "municipality" {
			continue
		}
		one := r.forMonths(k)
		if ladder := r.Amount.Ladder; ladder != nil && ladder.Shares != nil && !whole {
			one = one.Mul(ladder.Shares["placed"].Number)
		}
		if r.Limit != nil {
			one = one.Min(r.Limit.Value.Number)
		}
		sum = sum.Add(one)
	}
	return sum
}

// forMonths is what one rule gives for k months and a placement at their end.
func (r PayRule) forMonths(k int) euro.Number {
	var sum euro.Number
	switch a := r.Amount; {
	case a.Ladder != nil:
		return a.Ladder.within(k)
	case a.Parts != nil:
		for name, share := range a.Parts.Shares {
			if m, _ := trajectoryMilestone(name); !m.plan && !m.placed && m.months > 0 && m.months <= k {
				sum = sum.Add(a.Parts.Price.Value.Mul(share.Number))
			}
		}
	case a.Fixed != nil && r.Trigger == Monthly:
		return a.Fixed.Amount.Value.Mul(euro.Int(int64(k)))
	case a.Fixed != nil && r.Trigger == SixMonths:
		for month := 6; month <= k; month += 6 {
			sum = sum.Add(a.Fixed.Amount.Value.Number)
		}
	}
	return sum
}

// within is the price of a placement in the k-th month.
func (a LadderAmount) within(k int) euro.Number {
	for _, s := range a.Steps {
		if k <= s.To {
			return s.Amount.Value.Number
		}
	}
	return euro.Number{}
}
