package statute

import (
	"errors"
	"testing"
)

func TestTransitionMaximum(t *testing.T) {
	for _, c := range []struct {
		on, want string
		known    bool // the year itself, and not an earlier one
	}{
		{"2020-01-01", "83000", true}, {"2020-12-31", "83000", true}, {"2021-12-31", "84000", true},
		{"2022-01-01", "84000", false}, {"2023-06-30", "89000", true}, {"2026-10-31", "89000", false},
	} {
		f, err := TransitionMaximum(day(c.on))
		if err != nil || f.Value.String() != c.want || f.ConfirmedThrough.Before(day(c.on)) == c.known || f.Confidence != Medium {
			t.Errorf("%s: %+v, %v", c.on, f, err)
		}
	}
	if _, err := TransitionMaximum(day("2019-12-31")); !errors.Is(err, ErrNoFigure) {
		t.Errorf("2019: %v", err)
	}
}
