package subsidy_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// planted is a trail to which things happened, with what each of them came to.
type planted struct {
	*rapid.T
	trail subsidy.Trail
	claim subsidy.TrailClaim
	room  map[subsidy.BudgetKey]euro.Amount
	want  map[subsidy.Class]euro.Amount
}

func (p *planted) amount(label string, most euro.Amount) euro.Amount {
	return euro.Cents(rapid.Int64Range(1, max(1, most.InCents()-1)).Draw(p.T, label))
}

func (p *planted) expect(class subsidy.Class, amount euro.Amount) {
	p.want[class] = p.want[class].Add(amount)
}

// entitlements are what can happen between a decision and a claim.
var entitlements = map[string]func(*planted){
	"as decided": func(*planted) {},
	"ended before the claim": func(p *planted) {
		p.trail.Facts.Ended = true
		p.lower(subsidy.EndedEarly)
	},
	"loonwaarde changed before the claim": func(p *planted) {
		p.trail.Facts.NewLoonwaarde = true
		p.lower(subsidy.LoonwaardeChanged)
	},
	"terms changed before the claim": func(p *planted) {
		p.trail.Facts.NewTerms = true
		p.lower(subsidy.FigureChanged)
	},
	"loonwaarde changed after the claim": func(p *planted) {
		// Another amount is expected now; what was claimed is as it was decided.
		p.trail.Facts.NewLoonwaarde, p.trail.Facts.LateLoonwaarde = true, true
		p.trail.Expected = p.amount("expected", p.trail.Decided)
		p.expect(subsidy.LoonwaardeChanged, p.trail.Decided.Sub(p.trail.Expected))
		p.expect(subsidy.LoonwaardeChanged, p.trail.Expected.Sub(p.claim.Amount))
	},
	"hours after the end": func(p *planted) {
		p.trail.Facts.Ended, p.trail.Facts.LateTerms, p.trail.Facts.HoursAfterEnd = true, true, 800
		p.trail.Expected = p.amount("expected", p.trail.Decided)
		p.expect(subsidy.EndedEarly, p.trail.Decided.Sub(p.trail.Expected))
		p.expect(subsidy.HoursAfterEnd, p.trail.Expected.Sub(p.claim.Amount))
	},
	"sickness": func(p *planted) {
		p.trail.Facts.Stopped = true
		p.claimLess(subsidy.SicknessStopped)
	},
	"wage cost other than expected": func(p *planted) {
		p.trail.Facts.ByCost = true
		p.claimLess(subsidy.OtherWageCost)
	},
	"hours missing under a rule by hours": func(p *planted) {
		p.trail.Facts.ByCost, p.trail.Facts.HoursKnown = true, 0
		p.claimLess(subsidy.MissingHours)
	},
	"held down by the wage cost": func(p *planted) {
		p.claimLess(subsidy.Capped)
		p.claim.Entitled = p.trail.Expected
	},
	"held down for want of hours": func(p *planted) {
		p.trail.Facts.HoursKnown = 0
		p.claimLess(subsidy.MissingHours)
		p.claim.Entitled = p.trail.Expected
	},
	"carried from an earlier month": func(p *planted) {
		carried := p.amount("carried", p.trail.Decided)
		p.claim.Amount = p.claim.Amount.Add(carried)
		p.expect(subsidy.CarriedOver, carried.Neg())
	},
	"rounding": func(p *planted) {
		p.claim.Entitled = p.claim.Entitled.Add(euro.Cents(1))
		p.claim.Amount = p.claim.Entitled
		p.expect(subsidy.Rounded, euro.Cents(-1))
	},
	"nobody knows": func(p *planted) {
		more := p.amount("more", p.trail.Decided).Add(euro.Cents(2))
		p.claim.Entitled = p.claim.Entitled.Add(more)
		p.claim.Amount = p.claim.Entitled
		p.expect(subsidy.Unexplained, more.Neg())
	},
}

// lower takes part of what was decided away before the claim.
func (p *planted) lower(class subsidy.Class) {
	less := p.amount("less", p.trail.Decided)
	p.trail.Expected = p.trail.Expected.Sub(less)
	p.claim.Entitled, p.claim.Amount = p.trail.Expected, p.trail.Expected
	p.expect(class, less)
}

// claimLess claims less than is expected.
func (p *planted) claimLess(class subsidy.Class) {
	less := p.amount("less", p.trail.Expected)
	p.claim.Amount = p.claim.Amount.Sub(less)
	p.claim.Entitled = p.claim.Amount
	p.expect(class, less)
}

// verdicts are what the municipality can say.
var verdictsOn = map[string]func(*planted){
	"granted": func(p *planted) { p.grant(subsidy.Grant, p.claim.Amount) },
	"refused": func(p *planted) {
		p.claim.Verdict = subsidy.Refuse
		p.expect(subsidy.RefusedClaim, p.claim.Amount)
	},
	"partly": func(p *planted) {
		part := p.amount("part", p.claim.Amount)
		p.expect(subsidy.PartlyGranted, p.claim.Amount.Sub(part))
		p.grant(subsidy.Partly, part)
	},
	"waits": func(p *planted) { p.expect(subsidy.NotGranted, p.claim.Amount) },
	"waits beyond the budget": func(p *planted) {
		short := p.amount("short", p.claim.Amount)
		p.room[subsidy.BudgetKey{Municipality: "M", Year: 2026, Source: subsidy.BUIG}] = p.claim.Amount.Sub(short)
		p.expect(subsidy.BeyondBudget, short)
		p.expect(subsidy.NotGranted, p.claim.Amount.Sub(short))
	},
	"waits within the budget": func(p *planted) {
		p.room[subsidy.BudgetKey{Municipality: "M", Year: 2026, Source: subsidy.BUIG}] = p.claim.Amount
		p.expect(subsidy.NotGranted, p.claim.Amount)
	},
}

func (p *planted) grant(v subsidy.Verdict, amount euro.Amount) {
	p.claim.Verdict, p.claim.Granted = v, amount
	if rapid.Bool().Draw(p.T, "a supply, with VAT that comes back") {
		p.claim.GrantedVAT = euro.Cents(amount.InCents() / 5)
		if !p.claim.GrantedVAT.IsZero() {
			p.expect(subsidy.VATDifference, p.claim.GrantedVAT.Neg())
		}
	}
}

// banked are what the bank can do with what was granted.
var banked = map[string]func(*planted, euro.Amount){
	"settled": func(p *planted, due euro.Amount) {
		p.claim.Ordered, p.claim.SettledOut, p.claim.SettledIn = due, due, due
	},
	"not ordered": func(p *planted, due euro.Amount) {
		p.expect(subsidy.NotPaid, due)
	},
	"not exported": func(p *planted, due euro.Amount) {
		p.claim.Ordered = due
		p.expect(subsidy.NotPaid, due)
	},
	"not settled": func(p *planted, due euro.Amount) {
		p.claim.Ordered, p.claim.Exported = due, true
		p.expect(subsidy.NotSettled, due)
	},
	"settled on one side": func(p *planted, due euro.Amount) {
		p.claim.Ordered, p.claim.SettledOut = due, due
		p.expect(subsidy.NotSettled, due)
	},
	"returned": func(p *planted, due euro.Amount) {
		p.claim.Ordered, p.claim.SettledOut, p.claim.Returned = due, due, true
		p.expect(subsidy.ReturnedPayment, due)
	},
	"former account": func(p *planted, due euro.Amount) {
		p.claim.Ordered, p.claim.Exported, p.claim.OldIBAN = due, true, true
		p.expect(subsidy.FormerIBAN, due)
	},
}

// TestReconcileNamesEveryCent plants, at random, one thing on each part of the way
// from decision to bank, and asks for exactly those by name and amount: they sum to
// the gap, nothing is named twice, and nothing is unexplained that was not planted
// so. It goes on until every thing was planted.
func TestReconcileNamesEveryCent(t *testing.T) {
	seen := map[string]int{}
	draw := func(t *rapid.T, label string, names []string) string {
		name := rapid.SampledFrom(slices.Sorted(slices.Values(names))).Draw(t, label)
		seen[name]++
		return name
	}
	check := func(t *rapid.T) {
		p := plant(t)
		entitlements[draw(t, "entitlement", slices.Collect(maps.Keys(entitlements)))](p)
		verdictsOn[draw(t, "verdict", slices.Collect(maps.Keys(verdictsOn)))](p)
		if due := p.claim.Granted.Add(p.claim.GrantedVAT); due.Sign() > 0 {
			banked[draw(t, "bank", slices.Collect(maps.Keys(banked)))](p, due)
		}
		p.trail.Claims = []subsidy.TrailClaim{p.claim}
		p.holds(subsidy.Reconcile([]subsidy.Trail{p.trail}, nil, p.room))
	}
	all := slices.Concat(slices.Collect(maps.Keys(entitlements)), slices.Collect(maps.Keys(verdictsOn)), slices.Collect(maps.Keys(banked)))
	for round := 0; round == 0 || round < rounds && !t.Failed() && len(unmet(seen, all)) > 0; round++ {
		rapid.Check(t, check)
	}
	if none := unmet(seen, all); len(none) > 0 {
		t.Errorf("never planted: %v", none)
	}
}

// plant is a month in which all goes as agreed.
func plant(t *rapid.T) *planted {
	decided := euro.Cents(rapid.Int64Range(1_000, 300_000).Draw(t, "decided"))
	p := &planted{T: t, room: map[subsidy.BudgetKey]euro.Amount{}, want: map[subsidy.Class]euro.Amount{}}
	p.trail = subsidy.Trail{Contract: uuid.New(), ContractNumber: "C-1", Employer: "E", Municipality: "M", Decision: uuid.New(), DecisionNumber: "D-1",
		Scheme: "loonkostensubsidie", Rule: "subsidy", Kind: subsidy.Subsidy, Month: calendar.Day(2026, 10, 1), Foreseen: true, Decided: decided, Expected: decided,
		Sources: []subsidy.SourceShare{{Source: subsidy.BUIG, Share: euro.One, Amount: decided}},
		Facts:   subsidy.TrailFacts{Closed: true, HoursExpected: 14_000, HoursKnown: 14_000}}
	p.claim = subsidy.TrailClaim{Claim: uuid.New(), Entitled: decided, Amount: decided, WageCost: euro.Cents(1_000_000)}
	return p
}

func (p *planted) holds(list []subsidy.Discrepancy) {
	got, sum, ids := map[subsidy.Class]euro.Amount{}, euro.Zero, map[uuid.UUID]subsidy.Class{}
	for _, d := range list {
		if d.Check != subsidy.CheckMoney {
			p.Errorf("%s %s of %s was not planted", d.Check, d.Class, d.Amount)
		}
		if twice, known := ids[d.ID]; known {
			p.Errorf("%s and %s have one id", twice, d.Class)
		}
		ids[d.ID] = d.Class
		if d.Amount.IsZero() || d.Cause.NL == "" || d.Cause.EN == "" || d.Article == "" || d.Actor == "" || d.Proposal.Command == "" || d.Proposal.Books != d.Class.Books() {
			p.Errorf("it says too little: %+v", d)
		}
		got[d.Class], sum = got[d.Class].Add(d.Amount), sum.Add(d.Amount)
	}
	if gap := p.trail.Stages().Gap(); !sum.Equal(gap) {
		p.Errorf("the differences sum to %s, and the gap is %s", sum, gap)
	}
	drop := func(_ subsidy.Class, a euro.Amount) bool { return a.IsZero() }
	maps.DeleteFunc(got, drop)
	maps.DeleteFunc(p.want, drop)
	if diff := cmp.Diff(p.want, got); diff != "" {
		p.Errorf("want, got: %s", diff)
	}
	if diff := cmp.Diff(p.trail.Stages(), bySource(p.trail)); diff != "" {
		p.Errorf("in all, by source: %s", diff)
	}
}

// bySource sums what the sources bear.
func bySource(t subsidy.Trail) subsidy.Stages {
	var sum subsidy.Stages
	for _, s := range t.BySource() {
		sum = sum.Plus(s)
	}
	return sum
}

// TestReconcileSumsAnything holds trails of any amounts and facts, also such as
// nothing can bring about: the differences sum to the gap whatever they are.
func TestReconcileSumsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		any := func(label string) euro.Amount { return euro.Cents(rapid.Int64Range(-5000, 5000).Draw(t, label)) }
		yes := func(label string) bool { return rapid.Bool().Draw(t, label) }
		trail := subsidy.Trail{Contract: uuid.New(), Decision: uuid.New(), Month: calendar.Day(2026, 10, 1), Municipality: "M", Kind: subsidy.Subsidy, Foreseen: yes("foreseen"),
			Decided: any("decided"), Expected: any("expected"),
			Sources: []subsidy.SourceShare{{Source: subsidy.WDeel, Amount: any("W")}, {Source: subsidy.IDeel, Amount: any("I")}},
			Facts: subsidy.TrailFacts{Closed: yes("closed"), HoursExpected: 100, HoursKnown: 40, Ended: yes("ended"), NewTerms: yes("terms"),
				NewLoonwaarde: yes("loonwaarde"), LateTerms: yes("late terms"), LateLoonwaarde: yes("late loonwaarde"), Stopped: yes("stopped"), Result: yes("result"),
				ByCost: yes("by cost"), NoBank: yes("no bank"), Advance: yes("advance"), Over: yes("over")}}
		for range rapid.IntRange(0, 3).Draw(t, "claims") {
			trail.Claims = append(trail.Claims, subsidy.TrailClaim{Claim: uuid.New(), Entitled: any("entitled"), Amount: any("amount"), VATCost: any("VAT cost"), VAT: any("VAT"),
				WageCost: any("cost"), Verdict: rapid.SampledFrom([]subsidy.Verdict{"", subsidy.Grant, subsidy.Partly, subsidy.Refuse}).Draw(t, "verdict"),
				Granted: any("granted"), GrantedVAT: any("granted VAT"), Ordered: any("ordered"), Returned: yes("returned"), OldIBAN: yes("old IBAN"),
				SettledOut: any("out"), SettledIn: any("in")})
		}
		room := map[subsidy.BudgetKey]euro.Amount{{Municipality: "M", Year: 2026, Source: subsidy.WDeel}: any("room")}
		sum, seen := euro.Zero, map[uuid.UUID]bool{}
		for _, d := range subsidy.Reconcile([]subsidy.Trail{trail}, nil, room) {
			if seen[d.ID] {
				t.Errorf("%s is there twice", d.Class)
			}
			seen[d.ID] = true
			if d.Check == subsidy.CheckMoney {
				sum = sum.Add(d.Amount)
			}
		}
		if gap := trail.Stages().Gap(); !sum.Equal(gap) {
			t.Errorf("the differences sum to %s, and the gap is %s", sum, gap)
		}
	})
}

// TestFundingAboveWageCost: what subsidy alone is above the wage cost has another
// name than what other money adds; a refund of sick pay is no cost of the employer.
func TestFundingAboveWageCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plant(t)
		p.grant(subsidy.Grant, p.claim.Amount)
		p.claim.GrantedVAT = euro.Zero
		p.claim.Ordered, p.claim.SettledOut, p.claim.SettledIn = p.claim.Granted, p.claim.Granted, p.claim.Granted
		p.claim.WageCost = euro.Cents(rapid.Int64Range(1_000, 400_000).Draw(t, "wage cost"))
		p.trail.Claims = []subsidy.TrailClaim{p.claim}
		refund, lkv := euro.Cents(rapid.Int64Range(0, 1_000).Draw(t, "refund")), euro.Cents(rapid.Int64Range(0, 50_000).Draw(t, "LKV"))
		other := []subsidy.OtherMoney{
			{Contract: p.trail.Contract, Kind: subsidy.SickPayRefund, Month: p.trail.Month, Amount: refund},
			{Contract: p.trail.Contract, Kind: subsidy.LKV, Month: p.trail.Month, Amount: lkv},
			{Contract: uuid.New(), Kind: subsidy.LKV, Month: p.trail.Month, Amount: euro.Cents(1_000_000)},
		}
		got := map[subsidy.Class]int64{}
		for _, d := range subsidy.Reconcile([]subsidy.Trail{p.trail}, other, nil) {
			if d.Check == subsidy.CheckFunding {
				got[d.Class] += d.Amount.InCents()
			}
		}
		want, above := map[subsidy.Class]int64{}, func(total int64) int64 { return max(0, total-p.claim.WageCost.InCents()+refund.InCents()) }
		if alone := above(p.claim.Granted.InCents()); alone > 0 {
			want[subsidy.SubsidyAboveCost] = alone
		}
		if added := above(p.claim.Granted.InCents()+lkv.InCents()) - above(p.claim.Granted.InCents()); added > 0 {
			want[subsidy.FundingAboveCost] = added
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("want, got: %s", diff)
		}
	})
}
