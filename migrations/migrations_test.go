package migrations

import (
	"io/fs"
	"regexp"
	"testing"
)

// Numbers follow on each other, so that two steps written at the same time can
// not both land under one number, and no step goes back.
func TestStepsAreNumbered(t *testing.T) {
	names, err := fs.Glob(Files, "*.sql")
	if err != nil || len(names) < 12 {
		t.Fatalf("%d steps, %v", len(names), err)
	}
	for i, name := range names {
		m := regexp.MustCompile(`^(\d{4})_[a-z]+\.sql$`).FindStringSubmatch(name)
		if m == nil || atoi(m[1]) != i+1 {
			t.Errorf("step %d is called %s", i+1, name)
		}
		text, _ := Files.ReadFile(name)
		if regexp.MustCompile(`(?i)goose down`).Match(text) {
			t.Errorf("%s goes back", name)
		}
	}
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}
