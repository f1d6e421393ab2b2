package subsidy

import (
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// monthKey names the trail of a month.
type monthKey struct {
	decision uuid.UUID
	rule     string
	month    calendar.Date
}

// byMonth deals claims of periods that are no months, such as four weeks, out over
// the calendar months of their service days, since what was decided is known by the
// month: each by what its days were expected to bring, or by days where that is not
// known. Parts sum to the claim to the cent. What falls in a month that has no trail
// stays in the last one before it.
func byMonth(trails []Trail) []Trail {
	list, at := slices.Clone(trails), map[monthKey]int{}
	for i, t := range trails {
		list[i].Claims = nil
		if t.Decision != uuid.Nil {
			at[monthKey{t.Decision, t.Rule, t.Month}] = i
		}
	}
	for i, t := range trails {
		for _, c := range t.Claims {
			if c.Service.From.IsZero() || calendar.MonthOf(c.Service.From).Holds(c.Service.To) {
				list[i].Claims = append(list[i].Claims, c)
				continue
			}
			in := i
			var where []int
			var served []calendar.Span
			for m := calendar.MonthOf(c.Service.From); !m.From.After(c.Service.To); m = m.Next() {
				if next, found := at[monthKey{t.Decision, t.Rule, m.From}]; found {
					in = next
				}
				where, served = append(where, in), append(served, c.Service.Meet(m.Span))
			}
			for n, part := range c.dealt(worth(list, where, served)) {
				part.Service = served[n]
				to := &list[where[n]]
				to.Kind, to.Claims = t.Kind, append(to.Claims, part)
			}
		}
	}
	return list
}

// worth weighs service days by what the trail of their month expects of a day.
func worth(trails []Trail, where []int, served []calendar.Span) []euro.Number {
	byDays, byExpected := make([]euro.Number, len(served)), make([]euro.Number, len(served))
	known := true
	for i, span := range served {
		t := trails[where[i]]
		byDays[i] = euro.Int(int64(span.Days()))
		if known = known && t.Expected.Sign() > 0 && !t.Facts.Days.Empty() && !t.Facts.Days.To.IsZero(); known {
			byExpected[i] = t.Expected.Number().Part(euro.Ratio{Over: byDays[i], Under: euro.Int(int64(t.Facts.Days.Days()))})
		}
	}
	if known {
		return byExpected
	}
	return byDays
}

// dealt deals the claim out over weights. What goes over the bank follows what was
// granted, so that no cent of it is left between the two.
func (c TrailClaim) dealt(weights []euro.Number) []TrailClaim {
	parts := make([]TrailClaim, len(weights))
	for i := range parts {
		parts[i] = c
	}
	amounts := func(p *TrailClaim) []*euro.Amount {
		return []*euro.Amount{&p.Entitled, &p.Amount, &p.VAT, &p.VATCost, &p.WageCost, &p.Granted, &p.GrantedVAT, &p.GrantedVATCost, &p.Ordered, &p.SettledOut, &p.SettledIn}
	}
	for n, whole := range amounts(&c) {
		for i, amount := range whole.Share(weights...) {
			*amounts(&parts[i])[n] = amount
		}
	}
	for i := range parts {
		p := &parts[i]
		for _, moved := range []struct{ whole, part *euro.Amount }{{&c.Ordered, &p.Ordered}, {&c.SettledOut, &p.SettledOut}, {&c.SettledIn, &p.SettledIn}} {
			if moved.whole.Equal(c.payable()) {
				*moved.part = p.payable()
			}
		}
	}
	return parts
}

// late says whether something that the month goes by was recorded after the newest
// claim on each of its service days was calculated.
func (t *Trail) late() {
	newest := map[calendar.Date]TrailClaim{}
	for _, c := range t.Claims {
		newest[c.Service.From] = c
	}
	for _, c := range newest {
		t.Facts.LateTerms = t.Facts.LateTerms || c.LateTerms
		t.Facts.LateLoonwaarde = t.Facts.LateLoonwaarde || c.LateLoonwaarde
	}
}
