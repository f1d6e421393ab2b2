package subsidy_test

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
	"verloning/payroll/statute"
	"verloning/subsidy"
)

// check holds one claim against its rule.
func (l *life) check(period calendar.Period, c subsidy.Claim) {
	rule := l.rule(c.Rule)
	if rule.Kind == subsidy.Internal {
		l.Fatalf("an internal cost is claimed: %+v", c)
	}
	if c.Kind != rule.Kind || c.Scheme != l.scheme.ID || c.Document == "" || c.Payer == uuid.Nil || c.Payee != employer {
		l.Fatalf("%+v", c)
	}
	l.onItsDays(period, c)
	l.taxed(rule, c)
	l.balanced(c)
	if !c.Amount.IsZero() {
		l.seen[c.Rule]++
	}
	if c.Kind == subsidy.Hire {
		if c.Document != subsidy.Invoice || c.Budget != "" || c.Placement == uuid.Nil || c.Amount.Sign() < 0 {
			l.Fatalf("hire %+v", c)
		}
		l.hired(c)
		return
	}
	l.dealt(rule, c)
	shares := euro.Number{}
	for _, share := range rule.Budget {
		shares = shares.Add(share.Number)
	}
	if _, draws := rule.Budget[string(c.Budget)]; !draws || !shares.Equal(euro.One) || !slices.Contains(subsidy.Sources, c.Budget) {
		l.Fatalf("budget %q of shares %v", c.Budget, rule.Budget)
	}
	l.capped(period, rule, c)
}

// dealt wants what several sources bear to sum to what the claim costs, each its
// share but for a cent.
func (l *life) dealt(rule subsidy.PayRule, c subsidy.Claim) {
	cost, sum := c.Amount.Add(c.VATCost), euro.Zero
	for _, s := range c.Sources {
		exact := new(big.Rat).Mul(rat(cost.String()), rat(rule.Budget[string(s.Source)].String()))
		if off := exact.Sub(exact, rat(s.Amount.String())); off.Abs(off).Cmp(rat("0.01")) > 0 {
			l.Fatalf("%s of %s: %+v, shares %v", c.Rule, cost, c.Sources, rule.Budget)
		}
		sum = sum.Add(s.Amount)
	}
	if several := len(rule.Budget) > 1 && !cost.IsZero(); several != (len(c.Sources) == len(rule.Budget) && len(c.Sources) > 0) || several && !sum.Equal(cost) {
		l.Fatalf("%s of %s: %+v, shares %v", c.Rule, cost, c.Sources, rule.Budget)
	}
	if len(c.Sources) > 0 {
		l.seen["shared"]++
	}
}

// hired wants a placement's own price for each hour worked, and for no other.
func (l *life) hired(c subsidy.Claim) {
	i := slices.IndexFunc(l.file.Placements, func(p payroll.Placement) bool { return p.ID == c.Placement })
	price := l.file.Placements[i].Price
	if price == nil {
		if form := l.rule(c.Rule).Amount.CostPrice; form != nil {
			l.atCostPrice(*form, c)
		}
		return
	}
	worked := payroll.Quantity(0)
	for _, h := range l.file.Hours {
		if h.Kind == payroll.Worked && c.Service.Holds(h.Day) {
			worked += h.Quantity
		}
	}
	if want := halfUp(product(worked.Number().String() + " " + price.String())); c.Amount.String() != want {
		l.Fatalf("%s hours at %s are %s, not %s", worked, price, want, c.Amount)
	}
	l.seen[c.Rule+" by the hour"]++
}

// atCostPrice wants what the days cost at the minimum wage, less the subsidies of
// the period on those days, with the surcharges on top. A placement's part of a
// period is not rounded by itself here, so cents may differ.
func (l *life) atCostPrice(form subsidy.CostPrice, c subsidy.Claim) {
	least := l.file.Contract
	least.Versions = slices.Clone(least.Versions)
	for i := range least.Versions {
		least.Versions[i].Base, least.Versions[i].Factor = payroll.BaseWML, euro.One
	}
	cost, err := payroll.AccruedWithin(l.file.Birth, payroll.ContractMonth{Contract: least, Hours: l.file.Hours}, l.slip.Period, c.Service)
	if err != nil {
		l.Fatal(err)
	}
	left := rat(cost.String())
	for _, other := range l.claims {
		days := 0
		for day := other.Service.From; !day.After(other.Service.To); day = day.Add(1) {
			if c.Service.Holds(day) {
				days++
			}
		}
		if other.Kind != subsidy.Subsidy || days == 0 {
			continue
		}
		if !other.Amount.IsZero() {
			l.seen[c.Rule+" less a subsidy"]++
		}
		if days < other.Service.Days() {
			l.seen[c.Rule+" less part of a subsidy"]++
		}
		left.Sub(left, new(big.Rat).Mul(rat(other.Amount.String()), big.NewRat(int64(days), int64(other.Service.Days()))))
	}
	if left.Sign() <= 0 {
		left = new(big.Rat)
	}
	surcharged := rat(form.Risk.Value.String())
	surcharged.Add(surcharged, rat(form.Overhead.Value.String())).Add(surcharged, rat("1"))
	off := new(big.Rat).Sub(rat(c.Amount.String()), left.Mul(left, surcharged))
	if off.Abs(off).Cmp(rat("0.10")) > 0 {
		l.Fatalf("hire at cost price of %v is %s, reckoned here %s", c.Service, c.Amount, halfUp(left))
	}
	l.seen[c.Rule+" at cost price"]++
	if c.Amount.IsZero() {
		l.seen[c.Rule+" of nil"]++
	}
}

// rules are those of the scheme and, where it says nothing of hire, that a
// placement pays its own price.
func (l *life) rules() []subsidy.PayRule {
	rules := contractRules(l.version)
	if slices.ContainsFunc(rules, func(r subsidy.PayRule) bool { return r.Kind == subsidy.Hire }) {
		return rules
	}
	return append(rules, subsidy.PayRule{ID: "hire", Kind: subsidy.Hire})
}

func (l *life) rule(id string) subsidy.PayRule {
	rules := l.rules()
	i := slices.IndexFunc(rules, func(r subsidy.PayRule) bool { return r.ID == id })
	if i < 0 {
		l.Fatalf("no rule %s", id)
	}
	return rules[i]
}

// onItsDays wants each service day in the period, the contract, and the decision
// or placement. How many there are is counted to the end.
func (l *life) onItsDays(period calendar.Period, c subsidy.Claim) {
	var under calendar.Span
	for _, p := range l.file.Placements {
		if p.ID == c.Placement {
			under = p.Span
		}
	}
	for _, d := range l.file.Decisions {
		if d.ID == c.Decision {
			under = d.Span()
		}
	}
	for _, day := range []calendar.Date{c.Service.From, c.Service.To} {
		if !period.Holds(day) || !l.file.Contract.Span().Holds(day) || !under.Holds(day) {
			l.Fatalf("service %v in %v under %v, contract %v", c.Service, period, under, l.file.Contract.Span())
		}
	}
	l.days[c.Rule] += c.Service.Days()
}

// taxed wants the VAT of the last service day on every supply and on nothing
// else.
func (l *life) taxed(rule subsidy.PayRule, c subsidy.Claim) {
	rate, cost := euro.Number{}, euro.Number{}
	if rule.Kind == subsidy.Fee || rule.Kind == subsidy.Hire {
		figure, err := statute.VAT(c.Service.To)
		if err != nil {
			l.Fatal(err)
		}
		rate = figure.Value
	}
	vat := halfUp(new(big.Rat).Mul(rat(c.Amount.String()), rat(rate.Percent().String())))
	if rule.VAT != nil {
		cost = euro.One.Sub(rule.VAT.Compensable.Value.Number)
	}
	burden := halfUp(new(big.Rat).Mul(rat(vat), rat(cost.String())))
	if !c.VATRate.Equal(rate) || c.VAT.String() != vat || c.VATCost.String() != burden || (rule.Kind == subsidy.Fee) && rate.IsZero() {
		l.Fatalf("%s of %s: VAT %s, cost %s; want %s and %s", rule.Kind, c.Amount, c.VAT, c.VATCost, vat, burden)
	}
}

// earnedBy are the accounts that a claim earns on.
var earnedBy = []ledger.Account{ledger.WageSubsidy, ledger.Turnover, ledger.VATPayable}

// balanced wants the bookings of a claim to be what it comes to, on the accounts
// that a claim earns on, and nothing on the whole.
func (l *life) balanced(c subsidy.Claim) {
	earned, all := euro.Zero, euro.Zero
	for account, sum := range ledger.Balances(c.Transfers()) {
		if all = all.Add(sum); slices.Contains(earnedBy, account) {
			earned = earned.Sub(sum)
		}
	}
	if !all.IsZero() || !earned.Equal(c.Total()) || !c.Total().Equal(c.Amount.Add(c.VAT)) {
		l.Fatalf("transfers %+v of %s and %s VAT", c.Transfers(), c.Amount, c.VAT)
	}
	for _, t := range c.Transfers() {
		if t.Ledger != c.Payee || t.Amount.Sign() <= 0 {
			l.Fatalf("transfer %+v", t)
		}
	}
}

// capped adds the claim to those before it under the same decision and rule, and
// holds the sum against the wage cost, reckoned here, and the ceiling.
func (l *life) capped(period calendar.Period, rule subsidy.PayRule, c subsidy.Claim) {
	key := c.DecisionNumber + " " + c.Rule
	s := l.sums[key]
	if s == nil {
		s = &tally{history: subsidy.History{Decision: c.Decision, Rule: c.Rule}, first: c.Service.From}
		l.sums[key] = s
	}
	s.cost, s.last = s.cost.Add(c.WageCost), c.Service.To
	l.costs(period, rule, c)
	h := &s.history
	h.Entitled, h.WageCost, h.Amount = h.Entitled.Add(c.Entitled), h.WageCost.Add(c.WageCost), h.Amount.Add(c.Amount)
	if !c.Entitled.Equal(c.Base.Add(c.Charges)) || c.Entitled.Sign() < 0 || h.Amount.Sign() < 0 {
		l.Fatalf("%s %s: %+v", period, key, c)
	}
	if h.Amount.Cmp(h.Entitled) > 0 || rule.Cap == subsidy.CapWageCost && h.Amount.Cmp(s.cost) > 0 {
		l.Fatalf("%s %s: claimed %s of %s, wage cost %s", period, key, h.Amount, h.Entitled, s.cost)
	}
	if terms := l.termsOf(c); terms.Ceiling != nil && h.Amount.Cmp(*terms.Ceiling) > 0 {
		l.Fatalf("%s %s: claimed %s over the ceiling %s", period, key, h.Amount, terms.Ceiling)
	}
	if rule.Cap != "" && h.Amount.Cmp(h.Entitled) < 0 && h.Amount.Equal(s.cost) {
		l.seen[c.Rule+" capped"]++
	}
	if c.Amount.Sign() < 0 {
		if rule.Cap != subsidy.CapWageCostTotal && rule.Clawback == nil {
			l.Fatalf("below nil: %+v", c)
		}
		l.seen[c.Rule+" reclaimed"]++
	}
}

func (l *life) termsOf(c subsidy.Claim) subsidy.DecisionTerms {
	i := slices.IndexFunc(l.file.Decisions, func(d subsidy.Decision) bool { return d.ID == c.Decision })
	terms, _ := l.file.Decisions[i].On(c.Service.To)
	return terms
}

// costs holds the wage cost of the service days against what they cost by
// themselves: wage and allowance, and the charges where the rule counts them. A
// decision's part of a period is not rounded by itself, so cents may differ; what
// a rule without charges claims in all may not come above what was paid.
func (l *life) costs(period calendar.Period, rule subsidy.PayRule, c subsidy.Claim) {
	cost, err := payroll.AccruedWithin(l.file.Birth, payroll.ContractMonth{Contract: l.file.Contract, Hours: l.file.Hours}, period, c.Service)
	if err != nil {
		l.Fatal(err)
	}
	charges := euro.Number{}
	if form := rule.Amount.Pct; form != nil && form.Of == subsidy.OfWageCost {
		if form.Charges != nil {
			charges = form.Charges.Value.Mul(euro.Hundred)
		}
		if own := l.termsOf(c).Charges; own != nil {
			charges = *own
		}
	}
	cost = cost.Add(cost.Times(charges.Percent()).Cents())
	if off := c.WageCost.Sub(cost).InCents(); off < -10 || off > 10 {
		l.Fatalf("%s %s: wage cost %s, reckoned here %s", period, rule.ID, c.WageCost, cost)
	}
	if !charges.IsZero() {
		l.charged = true
	}
	l.claimed[rule.ID] = l.claimed[rule.ID].Add(c.Amount)
	if rule.Limit != nil && l.claimed[rule.ID].Cmp(rule.Limit.Value.Cents()) > 0 {
		l.Fatalf("%s %s: claimed %s for one person, who may cost %s", period, rule.ID, l.claimed[rule.ID], rule.Limit.Value)
	}
	if rule.Limit != nil && l.claimed[rule.ID].Equal(rule.Limit.Value.Cents()) {
		l.seen[rule.ID+" limited"]++
	}
	if rule.Cap == subsidy.CapWageCost && !l.charged && l.claimed[rule.ID].Cmp(l.paid) > 0 {
		l.Fatalf("%s %s: claimed %s of a wage cost of %s", period, rule.ID, l.claimed[rule.ID], l.paid)
	}
}

// whole checks what was claimed under a decision to its end: settled against the
// wage cost, and of a price in parts no more and no less than the price, or than
// the part of it that an early end leaves.
func (l *life) whole(s tally) {
	rule := l.rule(s.history.Rule)
	if rule.Cap == subsidy.CapWageCostTotal {
		if s.history.Amount.Cmp(s.cost) > 0 {
			l.Fatalf("settled at %s with a wage cost of %s", s.history.Amount, s.cost)
		}
		l.seen[rule.ID+" settled"]++
	}
	if parts := rule.Amount.Parts; parts != nil && !l.endedEarly(rule, s) {
		l.inParts(*parts, s)
	}
}

// endedEarly wants of a contract that ended before the months of a clawback no
// less than what was earned, as far as the wage cost and the ceiling go, and no
// more for one of its reasons.
func (l *life) endedEarly(rule subsidy.PayRule, s tally) bool {
	end := l.file.Contract.Span().To
	if rule.Clawback == nil || s.last != end {
		return false
	}
	months, err := rule.Clawback.Months.Value.Int()
	if err != nil {
		l.Fatal(err)
	}
	price := rule.Amount.Parts.Price.Value.Cents()
	earned, served := proRated(price, months, s.first, end)
	if served >= months {
		return false
	}
	back := slices.Contains(rule.Clawback.Reasons, l.file.Contract.Latest().EndReason)
	if s.history.Entitled.Cmp(earned) < 0 || back && s.history.Amount.Cmp(earned) > 0 || s.history.Entitled.Cmp(price) > 0 {
		l.Fatalf("from %s to %s: earned %s of %s, given %s, claimed %s", s.first, end, earned, price, s.history.Entitled, s.history.Amount)
	}
	l.seen[rule.ID+" pro rata"]++
	if back && s.history.Entitled.Cmp(earned) > 0 {
		l.seen[rule.ID+" clawed back"]++
	}
	return true
}

// inParts wants the price to the cent when the last milestone was reached, and
// less before.
func (l *life) inParts(parts subsidy.PartsAmount, s tally) {
	shares, months := euro.Number{}, 0
	for name, share := range parts.Shares {
		shares = shares.Add(share.Number)
		if text, ok := strings.CutPrefix(name, "month_"); ok {
			n, err := strconv.Atoi(text)
			if err != nil {
				l.Fatal(err)
			}
			months = max(months, n)
		}
	}
	reached := !s.last.Before(s.first.AddMonths(months).Add(-1))
	if price := parts.Price.Value.Cents(); !shares.Equal(euro.One) || reached != s.history.Entitled.Equal(price) || s.history.Entitled.Cmp(price) > 0 {
		l.Fatalf("from %s to %s: %s of the price %s in shares of %s", s.first, s.last, s.history.Entitled, price, shares)
	}
	if reached {
		l.seen[s.history.Rule+" paid whole"]++
	}
}
