package payroll_test

import (
	"math/big"

	"verloning/payroll/euro"
)

// The second computation has amounts as whole cents, hours as hundredths and
// hourly wages as ten-thousandths of a euro, and fractions of math/big between
// them. It takes numbers from package euro as text and gives cents back; no
// step of it is rounded by the program's own code.

// ratio is the fraction n/d.
func ratio(n, d int64) *big.Rat { return big.NewRat(n, d) }

// exactly reads a number of package euro.
func exactly(n euro.Number) *big.Rat { return exactText(n.String()) }

// exactText reads a decimal number.
func exactText(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("the second computation cannot read the number " + s)
	}
	return r
}

// product multiplies all of them.
func product(factors ...*big.Rat) *big.Rat {
	p := ratio(1, 1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

// scaled is x in units of ten to the power -places, as a fraction.
func scaled(x *big.Rat, places int) *big.Rat {
	unit := int64(1)
	for range places {
		unit *= 10
	}
	return new(big.Rat).Mul(x, ratio(unit, 1))
}

// floorOf is the largest whole number that is not above x.
func floorOf(x *big.Rat) int64 {
	return new(big.Int).Div(x.Num(), x.Denom()).Int64() // The denominator is positive, and so is the rest.
}

// nearest is the whole number nearest to x, half away from nil.
func nearest(x *big.Rat) int64 {
	if x.Sign() < 0 {
		return -nearest(new(big.Rat).Neg(x))
	}
	return floorOf(new(big.Rat).Add(x, ratio(1, 2)))
}

// inCents rounds an amount in euro to cents, half up.
func inCents(x *big.Rat) int64 { return nearest(scaled(x, 2)) }

// inTenThousandths rounds an hourly wage to four decimals, half up.
func inTenThousandths(x *big.Rat) int64 { return nearest(scaled(x, 4)) }

// nearestOf divides whole numbers, half up; over may be below nil.
func nearestOf(over, under int64) int64 {
	if over < 0 {
		return -nearestOf(-over, under)
	}
	return (2*over + under) / (2 * under)
}

// upOf divides whole numbers that are not below nil, up.
func upOf(over, under int64) int64 { return (over + under - 1) / under }

// hoursTimes is hundredths of hours times ten-thousandths of a euro, in cents.
func hoursTimes(quantity, rate int64) int64 { return nearestOf(quantity*rate, 10_000) }

// dealOut is the rule that parts sum to the whole: each part down to a cent, the
// cents that are left from the front to whoever has a weight.
func dealOut(amount int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	var all int64
	for _, w := range weights {
		all += w
	}
	if all == 0 || amount == 0 {
		return parts
	}
	left := amount
	for i, w := range weights {
		part := new(big.Int).Mul(big.NewInt(amount), big.NewInt(w))
		parts[i] = part.Quo(part, big.NewInt(all)).Int64()
		left -= parts[i]
	}
	for i := 0; left != 0; i = (i + 1) % len(parts) {
		if weights[i] != 0 {
			parts[i]++
			left--
		}
	}
	return parts
}
