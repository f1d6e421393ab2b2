package subsidy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Reconcile names every cent between what was decided and what arrived, trail by
// trail, and finds what was funded or granted that should not be. Differences come
// in order of contract, decision, rule, month and the way of the money. What other
// bookings have dealt with is taken off by WithBooked.
//
// A gap is explained by one cause after another, each by what it can bear at most
// and none twice; what no fact explains is Unexplained, and nothing is spread out
// to make it fit.
func Reconcile(trails []Trail, other []OtherMoney, room map[BudgetKey]euro.Amount) []Discrepancy {
	trails = slices.Clone(trails)
	slices.SortStableFunc(trails, Trail.compare)
	short := shortOf(trails, room)
	var list []Discrepancy
	var behind euro.Amount // of the decision and rule, by the months before
	for i, t := range trails {
		if i == 0 || t.Decision != trails[i-1].Decision || t.Rule != trails[i-1].Rule || t.Contract != trails[i-1].Contract {
			behind = euro.Zero
		}
		list = append(list, merged(slices.Concat(t.entitlement(behind), t.grants(short), t.bank()))...)
		behind = behind.Add(t.Expected).Sub(t.Stages().Claimed)
		list = append(list, t.expired()...)
	}
	list = append(list, funding(trails, other)...)
	list = append(list, duplicates(trails)...)
	return append(list, overspent(room)...)
}

// overspent are the budgets of which more was spent than there is.
func overspent(room map[BudgetKey]euro.Amount) []Discrepancy {
	var list []Discrepancy
	for _, key := range slices.SortedFunc(maps.Keys(room), func(a, b BudgetKey) int {
		return cmp.Or(cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.Year, b.Year), cmp.Compare(a.Source, b.Source))
	}) {
		if over := room[key].Neg(); over.Sign() > 0 {
			list = append(list, key.overspent(over))
		}
	}
	return list
}

func (k BudgetKey) overspent(over euro.Amount) Discrepancy {
	return Discrepancy{
		ID:    payroll.DeriveID(fmt.Sprintf("difference/%s/%s/%s/%d/%s", CheckBudget, BeyondBudget, k.Municipality, k.Year, k.Source)),
		Check: CheckBudget, Class: BeyondBudget, Amount: over, Municipality: k.Municipality, Month: calendar.Day(k.Year, 1, 1), Source: k.Source,
		Cause: causes[BeyondBudget], Article: "Gemeentewet art. 189", Actor: ByMunicipality, Proposal: Proposal{
			Command:  fmt.Sprintf("budget record --kind rebooked --year YEAR --source SOURCE --to-year %d --to-source %s --amount %s --reason REASON", k.Year, k.Source, over),
			Endpoint: "budget.record", Arguments: map[string]string{"kind": rebooked, "to_year": strconv.Itoa(k.Year), "to_source": string(k.Source), "amount": over.String()}},
	}
}

// BudgetKey names a budget.
type BudgetKey struct {
	Municipality string // code
	Year         int
	Source       Source
}

// compare is the order of trails: by name, which people look for.
func (t Trail) compare(o Trail) int {
	return cmp.Or(cmp.Compare(t.Municipality, o.Municipality), cmp.Compare(t.Employer, o.Employer), cmp.Compare(t.ContractNumber, o.ContractNumber),
		slices.Compare(t.Contract[:], o.Contract[:]), cmp.Compare(t.DecisionNumber, o.DecisionNumber), slices.Compare(t.Decision[:], o.Decision[:]),
		cmp.Compare(t.Rule, o.Rule), t.Month.Cmp(o.Month))
}

// parts collects the differences of one gap and keeps what is left of it.
type parts struct {
	trail Trail
	claim TrailClaim
	list  []Discrepancy
	left  euro.Amount
}

// take gives a class the whole of an amount that is off the gap.
func (p *parts) take(class Class, amount euro.Amount) {
	if amount.IsZero() {
		return
	}
	p.left = p.left.Sub(amount)
	for i := range p.list {
		if p.list[i].Class == class && p.list[i].Claim == p.claim.Claim {
			p.list[i].Amount = p.list[i].Amount.Add(amount)
			return
		}
	}
	p.list = append(p.list, p.trail.difference(CheckMoney, class, amount, p.claim))
}

// rest gives a class all that is left.
func (p *parts) rest(class Class) { p.take(class, p.left) }

// upTo gives a class what is left, as far as that is above nil and no more than an
// amount.
func (p *parts) upTo(class Class, most euro.Amount) {
	if p.left.Sign() > 0 && most.Sign() > 0 {
		p.take(class, p.left.Min(most))
	}
}

// downTo gives a class what is left, as far as that is below nil and no lower than an
// amount.
func (p *parts) downTo(class Class, least euro.Amount) {
	if p.left.Sign() < 0 && least.Sign() < 0 {
		p.take(class, p.left.Neg().Min(least.Neg()).Neg())
	}
}

// entitlement explains what was decided against what was claimed; behind is how much
// less was claimed than was expected of earlier months.
func (t Trail) entitlement(behind euro.Amount) []Discrepancy {
	if !t.Foreseen {
		return nil
	}
	p := &parts{trail: t, left: t.Decided.Sub(t.Expected)}
	p.rest(t.changed())
	p.left = t.Expected
	if len(t.Claims) == 0 {
		t.unclaimed(p)
		return nonZero(p.list)
	}
	var entitled, claimed, cost euro.Amount
	for _, c := range t.Claims {
		entitled, claimed, cost = entitled.Add(c.entitledBurden()), claimed.Add(c.burden()), cost.Add(c.WageCost)
	}
	if t.reversed() {
		p.left = t.Expected.Sub(claimed)
		t.unclaimed(p)
		return nonZero(p.list)
	}
	// What the newest claim could still mend has its name: that less is expected now,
	// and that more was claimed than is expected now, are two things.
	p.claim, p.left = t.Claims[len(t.Claims)-1], t.Expected.Sub(claimed)
	held := entitled.Sub(claimed)
	switch held.Sign() {
	case -1:
		p.downTo(CarriedOver, held)
	case 1:
		most := held.Min(p.left)
		p.upTo(MissingHours, t.costOfMissing(cost).Min(most))
		p.upTo(Capped, most.Sub(p.of(MissingHours)))
	}
	if !held.IsZero() || t.Facts.Ceiling {
		p.downTo(CarriedOver, behind.Neg())
	}
	if held.Sign() > 0 {
		p.downTo(OtherWageCost, p.left) // It follows the wage cost, and the forecast did so too.
	}
	t.remainder(p)
	return nonZero(p.list)
}

// of is what a class has taken.
func (p *parts) of(class Class) euro.Amount {
	for _, d := range p.list {
		if d.Class == class {
			return d.Amount
		}
	}
	return euro.Zero
}

// merged puts together what is one difference, found on two parts of the way.
func merged(list []Discrepancy) []Discrepancy {
	var one []Discrepancy
	for _, d := range list {
		i := slices.IndexFunc(one, func(o Discrepancy) bool { return o.ID == d.ID })
		if i < 0 {
			one = append(one, d)
			continue
		}
		one[i].Amount = one[i].Amount.Add(d.Amount)
	}
	return nonZero(one)
}

// nonZero drops what came to nothing.
func nonZero(list []Discrepancy) []Discrepancy {
	return slices.DeleteFunc(list, func(d Discrepancy) bool { return d.Amount.IsZero() })
}

// changed names why something else is expected of the month than was at first.
func (t Trail) changed() Class {
	switch f := t.Facts; {
	case f.Ended:
		return EndedEarly
	case f.NewLoonwaarde:
		return LoonwaardeChanged
	case f.NewTerms:
		return FigureChanged
	}
	return Unexplained
}

// unclaimed names a month without a claim.
func (t Trail) unclaimed(p *parts) {
	switch f := t.Facts; {
	case f.Result:
		p.rest(CarriedOver)
	case f.Closed && f.HoursKnown == 0:
		p.rest(MissingHours)
	default:
		p.rest(NotClaimed)
	}
}

// remainder names what cap and carrying over leave of the gap between what is
// expected and what was claimed.
func (t Trail) remainder(p *parts) {
	f := t.Facts
	switch {
	case f.HoursAfterEnd > 0 && p.left.Sign() < 0:
		p.rest(HoursAfterEnd)
	case f.Ended && f.LateTerms:
		p.rest(EndedEarly)
	case f.LateLoonwaarde:
		p.rest(LoonwaardeChanged)
	case f.LateTerms:
		p.rest(FigureChanged)
	case f.Stopped && p.left.Sign() > 0:
		p.rest(SicknessStopped)
	case f.Result:
		p.rest(CarriedOver)
	}
	if f.ByCost {
		p.upTo(MissingHours, t.shareOfMissing(t.Expected))
		p.rest(OtherWageCost)
	}
	if atMost(p.left, euro.Cents(int64(roundingMost*len(t.Claims)))) {
		p.rest(Rounded)
	}
	p.rest(Unexplained)
}

// reversed reports whether each claim of the trail is the mirror of another or has
// one: then nothing is claimed.
func (t Trail) reversed() bool {
	off := map[uuid.UUID]bool{}
	for _, c := range t.Claims {
		off[c.Reverses] = true
	}
	return !slices.ContainsFunc(t.Claims, func(c TrailClaim) bool { return c.Reverses == uuid.Nil && !off[c.Claim] })
}

// roundingMost is what rounding can come to of each claim: a cent for the base and one
// for the charges, each once (claims round both by themselves, and those of four
// weeks round two months at once).
const roundingMost = 2

func atMost(a, most euro.Amount) bool { return a.Cmp(most) <= 0 && a.Neg().Cmp(most) <= 0 }

// missing is how many of the agreed hours were not handed in.
func (f TrailFacts) missing() payroll.Quantity { return max(0, f.HoursExpected-f.HoursKnown) }

// costOfMissing is what the hours that are missing would have cost, at the cost of
// those that are known, half up.
func (t Trail) costOfMissing(cost euro.Amount) euro.Amount {
	if t.Facts.HoursKnown == 0 {
		return t.Expected
	}
	return cost.Number().PartCents(euro.Ratio{Over: t.Facts.missing().Number(), Under: t.Facts.HoursKnown.Number()})
}

// shareOfMissing is the part of an amount that goes with the hours that are
// missing, half up.
func (t Trail) shareOfMissing(amount euro.Amount) euro.Amount {
	if t.Facts.HoursExpected == 0 {
		return euro.Zero
	}
	return amount.Number().PartCents(euro.Ratio{Over: t.Facts.missing().Number(), Under: t.Facts.HoursExpected.Number()})
}

// grants explains what was claimed against what was granted. Of a claim that waits,
// what its budgets lack is over budget.
func (t Trail) grants(short map[uuid.UUID]euro.Amount) []Discrepancy {
	var list []Discrepancy
	for _, c := range t.Claims {
		p := &parts{trail: t, claim: c, left: c.burden().Sub(c.grantedBurden())}
		switch c.Verdict {
		case Refuse:
			p.rest(RefusedClaim)
		case Partly:
			p.rest(PartlyGranted)
		case Grant:
			p.rest(Unexplained)
		default:
			p.upTo(BeyondBudget, short[c.Claim])
			p.rest(NotGranted)
		}
		list = append(list, p.list...)
	}
	return nonZero(list)
}

// shortOf takes the claims that wait off the room that is left in budgets, in order
// of month and of the day and number of the decision, and returns what they lack, by
// claim. A municipality that keeps no budget of a source is passed over.
func shortOf(trails []Trail, room map[BudgetKey]euro.Amount) map[uuid.UUID]euro.Amount {
	left, short := maps.Clone(room), map[uuid.UUID]euro.Amount{}
	ordered := slices.Clone(trails)
	slices.SortStableFunc(ordered, func(t, o Trail) int {
		return cmp.Or(t.Month.Cmp(o.Month), t.Facts.Granted.Cmp(o.Facts.Granted), cmp.Compare(t.DecisionNumber, o.DecisionNumber))
	})
	for _, t := range ordered {
		for _, c := range t.Claims {
			if c.Verdict != "" {
				continue
			}
			for _, share := range t.dealt(c.burden()) {
				key := BudgetKey{t.Municipality, t.Month.Year(), share.Source}
				if _, kept := room[key]; kept {
					left[key] = left[key].Sub(share.Amount)
					short[c.Claim] = short[c.Claim].Add(positive(left[key].Neg()).Min(positive(share.Amount)))
				}
			}
		}
	}
	return short
}

// dealt deals an amount out over the sources of the trail.
func (t Trail) dealt(amount euro.Amount) []SourceShare {
	one := t
	one.Claims, one.Facts.NoBank, one.Foreseen, one.Decided = nil, false, true, amount
	list := slices.Clone(t.Sources)
	by := one.BySource()
	for i := range list {
		list[i].Amount = by[list[i].Source].Decided
	}
	return list
}

// bank explains what was granted against what both sides have settled.
func (t Trail) bank() []Discrepancy {
	if t.Facts.NoBank {
		return nil
	}
	var list []Discrepancy
	for _, c := range t.Claims {
		p := &parts{trail: t, claim: c, left: c.grantedBurden().Sub(c.payable())}
		p.rest(VATDifference)
		p.left = c.payable().Sub(c.ordered())
		p.rest(NotPaid)
		p.left = c.ordered().Sub(c.SettledIn)
		p.rest(c.unsettled())
		if list = append(list, p.list...); !c.SettledIn.IsZero() {
			list = append(list, t.difference(CheckBank, c.unsettled(), c.SettledIn.Sub(c.SettledOut), c))
		}
	}
	return nonZero(list)
}

// unsettled names why not all that was ordered is settled by both sides.
func (c TrailClaim) unsettled() Class {
	switch {
	case c.OldIBAN && c.Exported && c.SettledIn.IsZero():
		return FormerIBAN
	case c.Returned:
		return ReturnedPayment
	case !c.Exported && c.SettledOut.IsZero() && c.SettledIn.IsZero():
		return NotPaid
	case c.SettledOut.IsZero() || c.SettledIn.IsZero():
		return NotSettled
	}
	return Unexplained
}

// expired finds what was granted by a loonwaarde that should have been determined
// anew before the month.
func (t Trail) expired() []Discrepancy {
	due := t.Facts.ReviewDue
	if due.IsZero() || !due.Before(t.Month) {
		return nil
	}
	granted := euro.Zero
	for _, c := range t.Claims {
		granted = granted.Add(c.burdenGranted())
	}
	return nonZero([]Discrepancy{t.difference(CheckBasis, LoonwaardeExpired, granted, TrailClaim{})})
}

// burdenGranted is what was granted, or as long as it waits what was claimed.
func (c TrailClaim) burdenGranted() euro.Amount {
	if c.Verdict == "" {
		return c.burden()
	}
	return c.grantedBurden()
}

// personMonth is what duplicates are looked for by.
type personMonth struct {
	person uuid.UUID
	scheme string
	month  calendar.Date
}

// duplicates finds claims for one person and the same days under two decisions
// that together are for more hours than a full week. The decision that was granted
// last is the second; of what was claimed under it, the part that goes with the
// hours above a full week is the difference, half up.
func duplicates(trails []Trail) []Discrepancy {
	by := map[personMonth][]Trail{}
	for _, t := range trails {
		if t.Person != uuid.Nil && t.Decision != uuid.Nil && len(t.Claims) > 0 && t.Kind == Subsidy {
			key := personMonth{t.Person, t.Scheme, t.Month}
			by[key] = append(by[key], t)
		}
	}
	var list []Discrepancy
	for _, t := range trails {
		same := by[personMonth{t.Person, t.Scheme, t.Month}]
		if len(same) < 2 {
			continue
		}
		if hours := t.doubled(same); hours.Sign() > 0 {
			amount := euro.Zero
			for _, c := range t.Claims {
				amount = amount.Add(c.burdenGranted())
			}
			part := amount.Number().PartCents(euro.Ratio{Over: hours.Min(t.Facts.OfHours), Under: t.Facts.OfHours})
			list = append(list, t.difference(CheckBasis, DuplicateClaim, part, TrailClaim{}))
		}
	}
	return nonZero(list)
}

// doubled is how many hours a week a trail is above a full week, on top of other
// decisions that were granted before its own and share a day with it.
func (t Trail) doubled(same []Trail) euro.Number {
	before := map[uuid.UUID]euro.Number{}
	for _, o := range same {
		earlier := cmp.Or(o.Facts.Granted.Cmp(t.Facts.Granted), cmp.Compare(o.DecisionNumber, t.DecisionNumber), slices.Compare(o.Decision[:], t.Decision[:])) < 0
		if o.Decision != t.Decision && earlier && o.Facts.Days.Overlaps(t.Facts.Days) {
			before[o.Decision] = o.Facts.OfHours
		}
	}
	all := t.Facts.OfHours
	for _, hours := range before {
		all = all.Add(hours)
	}
	if len(before) == 0 {
		return euro.Number{}
	}
	return all.Sub(t.Facts.FullTime).Max(euro.Number{})
}
