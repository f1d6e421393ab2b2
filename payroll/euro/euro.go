// Package euro holds amounts of money and the numbers they are computed with,
// and is the only place of the program that rounds or shares out cents.
//
// # Why
//
// A decimal library prints 12.30 as "12.3", divides at a global sixteen digits
// and lets everyone round everywhere. Payroll law says for each step whether,
// when and which way it rounds, so a rounding is a named call here and nothing
// else can produce an Amount out of an exact Number.
//
// Amount is a whole number of cents. Number is exact and has no unit of its
// own: a rate, a percentage, a quantity of hours or an amount not yet rounded.
package euro

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// Limits on what is parsed: checked on the text, before any big number is made
// of it, so that "1e999999999" costs nothing.
const (
	maxDigits   = 18
	maxFraction = 10
)

// ErrNumber is wrapped by every error about a text that is not a number we
// accept.
var ErrNumber = errors.New("not a decimal number")

// Amount is an amount in euro, a whole number of cents. The zero value is nil
// euros, not an unknown amount: unknown amounts are pointers or absent.
type Amount struct{ d decimal.Decimal }

// Number is an exact decimal number without unit.
type Number struct{ d decimal.Decimal }

// Zero is no money at all.
var Zero = Amount{}

// One and Hundred are what percentages are made of.
var (
	One     = Number{decimal.New(1, 0)}
	Hundred = Number{decimal.New(100, 0)}
)

// Cents returns the amount of n cents.
func Cents(n int64) Amount { return Amount{decimal.New(n, -2)} }

// Int returns the whole number n.
func Int(n int64) Number { return Number{decimal.New(n, 0)} }

// Scaled returns n times ten to the power -places: Scaled(800, 2) is 8.00.
func Scaled(n int64, places int32) Number { return Number{decimal.New(n, -places)} }

// Parse reads an amount such as "1121.76", "-3" or "0.5". Texts with more than
// two decimals, an exponent, more than eighteen digits or anything else but
// digits, a sign and a point are refused with ErrNumber, and so is an amount of
// ten thousand billion euros or more: no sum of payslips comes near it, and its
// cents still fit where they are counted.
func Parse(s string) (Amount, error) {
	n, err := ParseNumber(s)
	if err != nil {
		return Amount{}, err
	}
	return n.Amount()
}

// MustParse is Parse for constants in the program text; it panics on a text
// that is no amount.
func MustParse(s string) Amount {
	a, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

// ParseNumber reads an exact decimal number with at most eighteen digits of
// which ten after the point. Exponents are refused.
func ParseNumber(s string) (Number, error) {
	if err := check(s); err != nil {
		return Number{}, err
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Number{}, fmt.Errorf("%w: %.40q", ErrNumber, s)
	}
	return Number{d}, nil
}

// MustNumber is ParseNumber for constants in the program text.
func MustNumber(s string) Number {
	n, err := ParseNumber(s)
	if err != nil {
		panic(err)
	}
	return n
}

// check looks at the text alone.
func check(s string) error {
	rest, digits, fraction, point := s, 0, 0, false
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		rest = rest[1:]
	}
	if rest == "" || rest[0] == '.' || rest[len(rest)-1] == '.' || len(rest) > maxDigits+1 {
		return fmt.Errorf("%w: %.40q", ErrNumber, s)
	}
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '.' && !point:
			point = true
		case c >= '0' && c <= '9':
			digits++
			if point {
				fraction++
			}
		default:
			return fmt.Errorf("%w: %.40q", ErrNumber, s)
		}
	}
	if digits > maxDigits || fraction > maxFraction {
		return fmt.Errorf("%w: %.40q has too many digits", ErrNumber, s)
	}
	return nil
}

// FromDecimal takes over a decimal that an adapter read, exactly.
func FromDecimal(d decimal.Decimal) Number { return Number{d} }

// Decimal hands the number to an adapter that keeps it.
func (n Number) Decimal() decimal.Decimal { return n.d }

// Decimal hands the amount to an adapter that keeps it.
func (a Amount) Decimal() decimal.Decimal { return a.d }

// Amount returns n as an amount if it is a whole number of cents below ten
// thousand billion euros, and an error otherwise: nothing is rounded.
func (n Number) Amount() (Amount, error) {
	if !n.d.Equal(n.d.Truncate(2)) {
		return Amount{}, fmt.Errorf("%w: %s has more than two decimals", ErrNumber, n.d)
	}
	if n.d.Abs().Cmp(tooMuch) >= 0 {
		return Amount{}, fmt.Errorf("%w: %s is no amount of money", ErrNumber, n.d)
	}
	return Amount(n), nil
}

var tooMuch = decimal.New(1, 13)

// Int returns n if it is a whole number that a count can hold.
func (n Number) Int() (int, error) {
	if !n.d.IsInteger() || n.d.Abs().Cmp(tooMuch) >= 0 {
		return 0, fmt.Errorf("%w: %s is no whole number", ErrNumber, n.d)
	}
	return int(n.d.IntPart()), nil
}

// Add, Sub, Mul and Neg are exact.
func (n Number) Add(m Number) Number {
	if m.d.IsZero() {
		return n
	}
	return Number{n.d.Add(m.d)}
}

// Sub returns n minus m.
func (n Number) Sub(m Number) Number {
	if m.d.IsZero() {
		return n
	}
	return Number{n.d.Sub(m.d)}
}

// Mul returns n times m.
func (n Number) Mul(m Number) Number { return Number{n.d.Mul(m.d)} }

// Neg returns minus n.
func (n Number) Neg() Number { return Number{n.d.Neg()} }

// Percent returns n hundredths.
func (n Number) Percent() Number { return Number{n.d.Shift(-2)} }

// Cmp compares: -1, 0 or 1.
func (n Number) Cmp(m Number) int { return n.d.Cmp(m.d) }

// Sign returns -1, 0 or 1.
func (n Number) Sign() int { return n.d.Sign() }

// IsZero reports whether n is nought.
func (n Number) IsZero() bool { return n.d.IsZero() }

// Min returns the smaller of n and m.
func (n Number) Min(m Number) Number {
	if m.Cmp(n) < 0 {
		return m
	}
	return n
}

// Max returns the larger of n and m.
func (n Number) Max(m Number) Number {
	if m.Cmp(n) > 0 {
		return m
	}
	return n
}

// String prints every digit that matters and no others: "14.99", "60", "0.4".
func (n Number) String() string { return n.d.String() }

// Fixed prints n with the given number of decimals; digits beyond are kept, so
// that nothing is rounded by printing.
func (n Number) Fixed(places int32) string {
	if -n.d.Exponent() > places && !n.d.Equal(n.d.Truncate(places)) {
		return n.d.String()
	}
	return n.d.StringFixed(places)
}

// Number returns the amount for exact computation.
func (a Amount) Number() Number { return Number(a) }

// Add returns a plus b.
func (a Amount) Add(b Amount) Amount { return Amount(Number(a).Add(Number(b))) }

// Sub returns a minus b.
func (a Amount) Sub(b Amount) Amount { return Amount(Number(a).Sub(Number(b))) }

// Neg returns minus a.
func (a Amount) Neg() Amount { return Amount{a.d.Neg()} }

// Times returns the exact product, to be rounded by name.
func (a Amount) Times(n Number) Number { return Number{a.d.Mul(n.d)} }

// Cmp compares: -1, 0 or 1.
func (a Amount) Cmp(b Amount) int { return a.d.Cmp(b.d) }

// Sign returns -1, 0 or 1.
func (a Amount) Sign() int { return a.d.Sign() }

// IsZero reports whether a is nil euros.
func (a Amount) IsZero() bool { return a.d.IsZero() }

// Equal reports whether a and b are the same amount.
func (a Amount) Equal(b Amount) bool { return a.d.Equal(b.d) }

// Equal reports whether n and m are the same number, however written.
func (n Number) Equal(m Number) bool { return n.d.Equal(m.d) }

// Min returns the smaller of a and b.
func (a Amount) Min(b Amount) Amount {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// InCents returns the whole number of cents, for adapters and for hashing.
func (a Amount) InCents() int64 { return a.d.Shift(2).IntPart() }

// String prints two decimals: "12.30".
func (a Amount) String() string { return a.d.StringFixed(2) }

// Sum adds amounts up.
func Sum(amounts ...Amount) Amount {
	total := Zero
	for _, a := range amounts {
		total = total.Add(a)
	}
	return total
}

// MarshalText writes an amount as "12.30"; JSON therefore carries a string.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an amount.
func (a *Amount) UnmarshalText(text []byte) (err error) {
	*a, err = Parse(string(bytes.TrimSpace(text)))
	return err
}

// MarshalText writes every digit of the number.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads a number.
func (n *Number) UnmarshalText(text []byte) (err error) {
	*n, err = ParseNumber(string(bytes.TrimSpace(text)))
	return err
}
