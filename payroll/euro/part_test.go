package euro

import (
	"testing"

	"pgregory.net/rapid"
)

// What is computed in whole numbers is what the decimal library computes, for
// numbers that fit and for those that do not.
func TestPartCents(t *testing.T) {
	number := rapid.Custom(func(t *rapid.T) Number {
		return Scaled(rapid.Int64().Draw(t, "value")>>rapid.IntRange(0, 60).Draw(t, "shift"), int32(rapid.IntRange(0, 8).Draw(t, "places")))
	})
	short, long := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n, r := number.Draw(t, "n"), Ratio{Over: number.Draw(t, "over"), Under: number.Draw(t, "under")}
		if r.Under.IsZero() {
			r.Under = One
		}
		if _, ok := n.partCents(r); ok {
			short++
		} else {
			long++
		}
		// Half a cent of an exact quotient is half a cent of one with twenty-four
		// decimals, unless the quotient is too long for them: then it is no half.
		if got, want := n.PartCents(r), (Amount{n.d.Mul(r.Over.d).DivRound(r.Under.d, 2)}); !got.Equal(want) {
			t.Fatalf("%s × %s / %s is %s, want %s", n, r.Over, r.Under, got, want)
		}
		if got, want := n.Cents(), (Amount{n.d.Round(2)}); !got.Equal(want) {
			t.Fatalf("%s in cents is %s, want %s", n, got, want)
		}
		step := Int(int64(rapid.IntRange(1, 60).Draw(t, "step")))
		if down := n.DownTo(step); down.Cmp(n) > 0 || down.Add(step).Cmp(n) <= 0 || !down.d.Mod(step.d).IsZero() {
			t.Fatalf("%s down to a multiple of %s is %s", n, step, down)
		}
		if got, want := n.CentsDown(), Amount(n.DownTo(cent)); !got.Equal(want) {
			t.Fatalf("%s down to cents is %s, want %s", n, got, want)
		}
	})
	if short == 0 || long == 0 {
		t.Errorf("%d short and %d long ones", short, long)
	}
}
