package subsidy_test

import (
	"testing"

	"pgregory.net/rapid"
)

// rounds is how often a property is drawn anew before what it never met counts as
// something that it cannot meet.
const rounds = 25

// checkUntil holds a property against histories at random, and draws more of them
// until each of want was met: what occurs once in a hundred histories is missing from
// some hundreds by chance alone, and a test that fails by chance proves nothing.
func checkUntil(t *testing.T, seen map[string]int, want []string, property func(*rapid.T)) {
	t.Helper()
	for range rounds {
		rapid.Check(t, property)
		if t.Failed() || len(unmet(seen, want)) == 0 {
			return
		}
	}
	t.Errorf("%d rounds met no %q in %v", rounds, unmet(seen, want), seen)
}

// unmet are those of want that were never seen.
func unmet(seen map[string]int, want []string) []string {
	var none []string
	for _, what := range want {
		if seen[what] == 0 {
			none = append(none, what)
		}
	}
	return none
}
