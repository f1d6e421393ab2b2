package euro

import "github.com/shopspring/decimal"

// Cents rounds n to whole cents, half away from zero: what Dutch payroll calls
// rekenkundig afronden, and what every rule of ours means that names no other.
func (n Number) Cents() Amount {
	if cents, rest, half, ok := n.cents(); ok {
		if rest >= half {
			cents++
		} else if rest <= -half {
			cents--
		}
		return Cents(cents)
	}
	return Amount{n.d.Round(2)}
}

// cents takes a number of at most eighteen digits apart into whole cents, what
// is left of it, and how much of that would be half a cent. It computes in whole
// numbers what the decimal library computes in general, since a payslip rounds
// dozens of times; ok is false for every other number.
func (n Number) cents() (whole, rest, half int64, ok bool) {
	places := -int(n.d.Exponent()) - 2
	if places <= 0 || places >= len(tens) || n.d.NumDigits() > maxDigits {
		return 0, 0, 0, false
	}
	unit := tens[places]
	value := n.d.CoefficientInt64()
	return value / unit, value % unit, unit / 2, true
}

// tens are the powers of ten that a whole number can hold.
var tens = func() (list [maxDigits + 1]int64) {
	list[0] = 1
	for i := 1; i < len(list); i++ {
		list[i] = 10 * list[i-1]
	}
	return list
}()

// Round rounds n to the given number of decimals, half away from zero.
func (n Number) Round(places int32) Number {
	if -n.d.Exponent() <= places {
		return n
	}
	return Number{n.d.Round(places)}
}

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
	if down, ok := n.downTo(step); ok {
		return Int(down)
	}
	times, rest := n.d.QuoRem(step.d, 0)
	if rest.Sign() < 0 {
		times = times.Sub(One.d)
	}
	return Number{times.Mul(step.d)}
}

// downTo computes it in whole numbers, for whole steps.
func (n Number) downTo(step Number) (down int64, ok bool) {
	places := -int(n.d.Exponent())
	if step.d.Exponent() != 0 || places < 0 || places >= len(tens) || n.d.NumDigits() > maxDigits || step.d.NumDigits() > maxDigits-places {
		return 0, false
	}
	by, value := step.d.CoefficientInt64(), n.d.CoefficientInt64()
	unit := by * tens[places]
	times := value / unit
	if value%unit < 0 {
		times--
	}
	return times * by, true
}

// UpTo is the smallest multiple of step that is not below n.
func (n Number) UpTo(step Number) Number { return n.Neg().DownTo(step).Neg() }

// CentsDown is n in whole cents, what is less than a cent left out: rules that
// round in somebody's favour say so.
func (n Number) CentsDown() Amount {
	if cents, rest, _, ok := n.cents(); ok {
		if rest < 0 {
			cents--
		}
		return Cents(cents)
	}
	return Amount(n.DownTo(cent))
}

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
	if r.Under.Equal(n) {
		return r.Over
	}
	return Number{n.d.Mul(r.Over.d).DivRound(r.Under.d, exactPlaces)}
}

const exactPlaces = 24

// PartCents is n times the ratio in whole cents, rounded half away from zero,
// once: what Part and Cents give together.
func (n Number) PartCents(r Ratio) Amount {
	if cents, ok := n.partCents(r); ok {
		return Cents(cents)
	}
	return n.Part(r).Cents()
}

// PercentOf is so many per cent of the amount, rounded half away from zero, once.
func (a Amount) PercentOf(percent Number) Amount {
	return a.Number().PartCents(Ratio{Over: percent, Under: Hundred})
}

// partCents computes it in whole numbers, where they hold it.
func (n Number) partCents(r Ratio) (cents int64, ok bool) {
	shift := int(n.d.Exponent()) + int(r.Over.d.Exponent()) - int(r.Under.d.Exponent()) + 2
	over, under := n.d.NumDigits()+r.Over.d.NumDigits()+max(shift, 0), r.Under.d.NumDigits()+max(-shift, 0)
	if over > maxDigits-1 || under > maxDigits-1 {
		return 0, false
	}
	value, by := n.d.CoefficientInt64()*r.Over.d.CoefficientInt64()*tens[max(shift, 0)], r.Under.d.CoefficientInt64()*tens[max(-shift, 0)]
	if by < 0 {
		value, by = -value, -by
	}
	cents, rest := value/by, value%by
	switch {
	case 2*rest >= by:
		cents++
	case 2*rest <= -by:
		cents--
	}
	return cents, true
}

// Share deals the amount out over the weights so that the parts sum to the
// whole: every part is first rounded down to a cent towards zero, then the
// cents that are left go one by one to the parts from the front. Weights are
// not negative and not all nought; Share panics otherwise, since that is a
// fault of the program.
func (a Amount) Share(weights ...Number) []Amount {
	if len(weights) == 1 && weights[0].Sign() > 0 {
		return []Amount{a}
	}
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
