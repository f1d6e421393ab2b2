package euro

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRefusesAbsurdNumbers(t *testing.T) {
	for _, s := range []string{"", "-", "1e5", "1E999999999", ".5", "5.", "1.2.3", "0x10", "NaN", "Inf", "1,50", "1_000", " 1", "12345678901234567890", "1.234", "10000000000000000", "999999999999999999", strings.Repeat("9", 1<<20)} {
		if a, err := Parse(s); err == nil {
			t.Errorf("Parse(%.20q) = %s, want an error", s, a)
		}
	}
	if _, err := ParseNumber("0.12345678901"); err == nil {
		t.Error("eleven decimals were accepted")
	}
}

func TestJSON(t *testing.T) {
	var v struct{ A Amount }
	if err := json.Unmarshal([]byte(`{"A":"12.3"}`), &v); err != nil {
		t.Fatal(err)
	}
	if out, _ := json.Marshal(v); string(out) != `{"A":"12.30"}` {
		t.Fatalf("got %s", out)
	}
	if err := json.Unmarshal([]byte(`{"A":12.3}`), &v); err == nil {
		t.Fatal("a JSON number was accepted as an amount")
	}
}

func TestFixedRoundsNothing(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"7.9", "7.90"}, {"7.9000", "7.90"}, {"7.9001", "7.9001"}, {"-12", "-12.00"}, {"12.7889", "12.7889"}, {"0.0000", "0.00"},
	} {
		if got := MustNumber(c.in).Fixed(2); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct{ in, cents, nickel string }{
		{"897.408", "897.41", "897.4"},
		{"0.005", "0.01", "0"},
		{"-0.005", "-0.01", "0"},
		{"430.525", "430.53", "430.55"},
		{"2.675", "2.68", "2.7"},
	} {
		n := MustNumber(c.in)
		if n.Cents().String() != c.cents || n.RoundTo(MustNumber("0.05")).String() != c.nickel {
			t.Errorf("%s: %s, %s", c.in, n.Cents(), n.RoundTo(MustNumber("0.05")))
		}
	}
}

func TestRoundingOneWay(t *testing.T) {
	for _, c := range []struct{ in, down, up, centsDown, centsUp string }{
		{"47999.99", "47952", "48006", "47999.99", "47999.99"},
		{"54", "54", "54", "54.00", "54.00"},
		{"53.999", "0", "54", "53.99", "54.00"},
		{"623.0823", "594", "648", "623.08", "623.09"},
		{"0", "0", "0", "0.00", "0.00"},
		{"-0.001", "-54", "0", "-0.01", "0.00"},
		{"-54", "-54", "-54", "-54.00", "-54.00"},
		{"-54.005", "-108", "-54", "-54.01", "-54.00"},
	} {
		n, step := MustNumber(c.in), Int(54)
		if !n.DownTo(step).Equal(MustNumber(c.down)) || !n.UpTo(step).Equal(MustNumber(c.up)) {
			t.Errorf("%s: %s down, %s up", c.in, n.DownTo(step), n.UpTo(step))
		}
		if n.CentsDown().String() != c.centsDown || n.CentsUp().String() != c.centsUp {
			t.Errorf("%s: cents %s down, %s up", c.in, n.CentsDown(), n.CentsUp())
		}
	}
}

// Down and up are multiples that hold the number between them, less than a step
// apart, whatever the step.
func TestRoundingOneWayHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Scaled(rapid.Int64Range(-1e12, 1e12).Draw(t, "number"), rapid.Int32Range(0, 7).Draw(t, "places"))
		step := Scaled(rapid.Int64Range(1, 1e6).Draw(t, "step"), rapid.Int32Range(0, 4).Draw(t, "places of step"))
		down, up := n.DownTo(step), n.UpTo(step)
		if down.Cmp(n) > 0 || up.Cmp(n) < 0 || n.Sub(down).Cmp(step) >= 0 || up.Sub(n).Cmp(step) >= 0 {
			t.Fatalf("%s by %s: %s and %s", n, step, down, up)
		}
		if !down.RoundTo(step).Equal(down) || !up.RoundTo(step).Equal(up) {
			t.Fatalf("%s by %s: %s and %s are no steps", n, step, down, up)
		}
	})
}

func TestNoStepPanics(t *testing.T) {
	for _, step := range []Number{{}, Int(-1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a step of %s was taken", step)
				}
			}()
			One.DownTo(step)
		}()
	}
}

// Parts sum to the whole, differ from the exact share by less than as many
// cents as there are parts, and parts without weight get nothing.
func TestShareSumsToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(-1_000_000_00, 1_000_000_00).Draw(t, "cents")
		ws := rapid.SliceOfN(rapid.Int64Range(0, 10000), 1, 12).Draw(t, "weights")
		ws[0]++
		weights, total := make([]Number, len(ws)), int64(0)
		for i, w := range ws {
			weights[i], total = Int(w), total+w
		}
		parts := Cents(whole).Share(weights...)
		if !Sum(parts...).Equal(Cents(whole)) {
			t.Fatalf("%v sum to %s, not %s", parts, Sum(parts...), Cents(whole))
		}
		for i, p := range parts {
			exact := big.NewRat(whole*ws[i], total)
			off := new(big.Rat).Sub(big.NewRat(p.InCents(), 1), exact)
			if off.Abs(off).Cmp(big.NewRat(int64(len(ws)), 1)) >= 0 || (ws[i] == 0 && !p.IsZero()) {
				t.Fatalf("part %d of weight %d/%d is %s, exactly %s", i, ws[i], total, p, exact)
			}
		}
	})
}

func TestPartDividesOnce(t *testing.T) {
	base := MustNumber("2337.00").Mul(MustNumber("1.08")).Mul(MustNumber("0.40"))
	got := base.Part(Ratio{Int(32), Int(36)})
	if got.String() != "897.408" || got.Cents().String() != "897.41" || got.Mul(Int(25).Percent()).Cents().String() != "224.35" {
		t.Fatalf("got %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("12.30")
	f.Add("1e9")
	f.Add("10000000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		back, err := Parse(a.String())
		if err != nil || !back.Equal(a) {
			t.Fatalf("%q reads as %s, back as %s (%v)", s, a, back, err)
		}
	})
}
