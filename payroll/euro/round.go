package euro

import "github.com/shopspring/decimal"

// Cents rounds n to whole cents, half away from zero: what Dutch payroll calls
// rekenkundig afronden, and what every rule of ours means that names no other.
func (n Number) Cents() Amount { return Amount{n.d.Round(2)} }

// Round rounds n to the given number of decimals, half away from zero.
func (n Number) Round(places int32) Number { return Number{n.d.Round(places)} }

// RoundTo rounds n to the nearest multiple of step, half away from zero: the
// minimum wage before 2024 went by steps of 0.05. A step of nought panics: it
// is a fault in a rule, not in a fact.
func (n Number) RoundTo(step Number) Number {
	return Number{n.d.DivRound(step.d, 0).Mul(step.d)}
}

// DownTo is the largest multiple of step that is not above n, also below
// nought: tables and credits of the wage tax go by whole steps. The step is
// more than nought; it panics otherwise, since that is a fault in a rule.
func (n Number) DownTo(step Number) Number {
	if step.Sign() <= 0 {
		panic("euro: a step of nought or less")
	}
	times, rest := n.d.QuoRem(step.d, 0)
	if rest.Sign() < 0 {
		times = times.Sub(One.d)
	}
	return Number{times.Mul(step.d)}
}

// UpTo is the smallest multiple of step that is not below n.
func (n Number) UpTo(step Number) Number { return n.Neg().DownTo(step).Neg() }

// CentsDown is n in whole cents, what is less than a cent left out: rules that
// round in somebody's favour say so.
func (n Number) CentsDown() Amount { return Amount(n.DownTo(cent)) }

// CentsUp is n in whole cents, a part of a cent counted as one.
func (n Number) CentsUp() Amount { return Amount(n.UpTo(cent)) }

var cent = Scaled(1, 2)

// Ratio is a fraction kept as two numbers, so that a division happens once, at
// the rounding that the rule names.
type Ratio struct{ Over, Under Number }

// Part is n times the ratio, at twenty-four decimals: far beyond any rounding
// to cents of amounts of eighteen digits, and the only division there is. A
// ratio under nought panics: callers check their denominators.
func (n Number) Part(r Ratio) Number {
	if r.Over.Equal(r.Under) {
		return n
	}
	return Number{n.d.Mul(r.Over.d).DivRound(r.Under.d, exactPlaces)}
}

const exactPlaces = 24

// Share deals the amount out over the weights so that the parts sum to the
// whole: every part is first rounded down to a cent towards zero, then the
// cents that are left go one by one to the parts from the front. Weights are
// not negative and not all nought; Share panics otherwise, since that is a
// fault of the program.
func (a Amount) Share(weights ...Number) []Amount {
	total := decimal.Zero
	for _, w := range weights {
		if w.Sign() < 0 {
			panic("euro: negative weight")
		}
		total = total.Add(w.d)
	}
	if total.Sign() == 0 {
		panic("euro: no weight to share by")
	}
	parts, left := make([]Amount, len(weights)), a.InCents()
	for i, w := range weights {
		part := a.d.Shift(2).Mul(w.d).DivRound(total, exactPlaces).Truncate(0)
		parts[i] = Amount{part.Shift(-2)}
		left -= part.IntPart()
	}
	return deal(parts, weights, left)
}

// deal hands out what is left, a cent at a time, to parts with any weight.
func deal(parts []Amount, weights []Number, left int64) []Amount {
	cent := int64(1)
	if left < 0 {
		cent = -1
	}
	for i := 0; left != 0; i = (i + 1) % len(parts) {
		if weights[i].Sign() == 0 {
			continue
		}
		parts[i] = parts[i].Add(Cents(cent))
		left -= cent
	}
	return parts
}
