package euro

import "testing"

func TestCentsDown(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"6617.4166", "6617.41"}, {"6617.419999", "6617.41"}, {"6617.41", "6617.41"}, {"0.009", "0.00"},
		{"0", "0.00"}, {"-0.001", "-0.01"}, {"-1.5", "-1.50"},
	} {
		if got := MustNumber(c.in).CentsDown(); got.String() != c.want {
			t.Errorf("%s rounds down to %s, want %s", c.in, got, c.want)
		}
	}
}
