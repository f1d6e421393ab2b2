package subsidy

import (
	"cmp"
	"fmt"
	"slices"

	"verloning/payroll"
)

// Fault is one thing that is wrong in a scheme file: where it stands and what
// to do about it, for whoever edits the file.
type Fault struct {
	Line   int          `json:"line,omitempty"`   // counted from one; none when it is the file as a whole
	Column int          `json:"column,omitempty"` // counted from one
	Path   string       `json:"path,omitempty"`   // e.g. versions[0].pay[1].kind, counted from nought
	Text   payroll.Text `json:"text"`
}

// In says the fault in a language, "en" or else Dutch, on one line.
func (f Fault) In(lang string) string {
	word, text := "regel", f.Text.NL
	if lang == "en" {
		word, text = "line", f.Text.EN
	}
	if f.Path != "" {
		text = f.Path + ": " + text
	}
	if f.Line > 0 {
		text = fmt.Sprintf("%s %d: %s", word, f.Line, text)
	}
	return text
}

// String says the fault in English, for logs.
func (f Fault) String() string { return f.In("en") }

// maxFaults is how many faults are told of one file. Nobody reads more at a
// time, and an answer must stay smaller than the bus carries.
const maxFaults = 100

// faultList gathers the faults of a file, and what the file is known to have
// wrong so that one mistake is not told twice.
type faultList struct {
	places map[string]place // where each path stands
	broken map[string]bool  // the paths whose value could not be read
	found  []Fault
}

// place is a position in the file; the zero value is none.
type place struct{ line, column int }

func newFaultList() *faultList {
	return &faultList{places: map[string]place{}, broken: map[string]bool{}}
}

// at adds a fault at a place. The values go into both texts.
func (l *faultList) at(p place, path, nl, en string, values ...any) {
	l.found = append(l.found, Fault{p.line, p.column, path, payroll.Text{NL: fmt.Sprintf(nl, values...), EN: fmt.Sprintf(en, values...)}})
}

// unreadable adds a fault about a value of which nothing more can be said.
func (l *faultList) unreadable(p place, path, nl, en string, values ...any) {
	l.at(p, path, nl, en, values...)
	l.broken[path] = true
}

// fault adds a fault about what was read, at the nearest place above it that
// stands in the file. Of a value that could not be read nothing is said again.
func (l *faultList) fault(path, nl, en string, values ...any) {
	for above := path; ; above = parent(above) {
		if l.broken[above] {
			return
		}
		if above == "" {
			break
		}
	}
	l.at(l.place(path), path, nl, en, values...)
}

// place is where a path stands, or else what it belongs to.
func (l *faultList) place(path string) place {
	for ; path != ""; path = parent(path) {
		if p, known := l.places[path]; known {
			return p
		}
	}
	return l.places[""]
}

// brokenBelow reports whether something in a block could not be read, so that
// the block as a whole cannot be judged.
func (l *faultList) brokenBelow(path string) bool {
	for broken := range l.broken {
		if len(broken) > len(path) && broken[:len(path)] == path && (broken[len(path)] == '.' || broken[len(path)] == '[') {
			return true
		}
	}
	return false
}

// list is what was found, in the order of the file.
func (l *faultList) list() []Fault {
	slices.SortStableFunc(l.found, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if more := len(l.found) - maxFaults; more > 0 {
		l.found = append(l.found[:maxFaults:maxFaults], Fault{Text: payroll.Text{
			NL: fmt.Sprintf("en nog %d fouten; verbeter eerst deze", more), EN: fmt.Sprintf("and %d faults more; mend these first", more)}})
	}
	return l.found
}

// below is the path of a key in a block.
func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// nth is the path of an item of a list.
func nth(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// parent is the path of what a path stands in.
func parent(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return ""
}
