package subsidy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verloning/payroll/calendar"
)

// Said is a value of a scheme as its file has it, with its mark where it has one.
type Said struct {
	Value string `json:"value"`
	Mark  Mark   `json:"mark,omitempty"`
}

// Change is a value that two schemes, or two versions of one, do not share. The
// path goes by the ids of pay rules: pay.bonus.amount.pct.rate.
type Change struct {
	Path string `json:"path"`
	Old  *Said  `json:"old,omitempty"` // none: the first has no such value
	New  *Said  `json:"new,omitempty"` // none: the second has no such value
}

// Difference is what two schemes do not share from a day on, until the day before
// the next difference.
type Difference struct {
	From    calendar.Date `json:"from,omitzero"`     // none: of the schemes as a whole
	OnlyIn  string        `json:"only_in,omitempty"` // first | second: the other has no version then
	Changes []Change      `json:"changes,omitempty"`
}

// Diff compares two schemes day by day: wherever one of them begins another
// version, the versions that hold then are set beside each other. A day on which
// nothing else differs than before is passed over.
func Diff(a, b Scheme) []Difference {
	var list []Difference
	if changes := compared(
		map[string]Said{"scheme": {Value: a.ID}, "name.nl": {Value: a.Name.NL}, "name.en": {Value: a.Name.EN}, "municipality": {Value: a.Municipality}},
		map[string]Said{"scheme": {Value: b.ID}, "name.nl": {Value: b.Name.NL}, "name.en": {Value: b.Name.EN}, "municipality": {Value: b.Municipality}},
	); len(changes) > 0 {
		list = append(list, Difference{Changes: changes})
	}
	last := Difference{}
	days := slices.SortedFunc(slices.Values(slices.Concat(a.turns(), b.turns())), calendar.Date.Cmp)
	for _, day := range slices.Compact(days) {
		d := Difference{}
		first, inFirst := a.On(day)
		second, inSecond := b.On(day)
		switch {
		case inFirst && inSecond:
			d.Changes = DiffVersions(first, second)
		case inFirst:
			d.OnlyIn = "first"
		case inSecond:
			d.OnlyIn = "second"
		}
		if d.OnlyIn == last.OnlyIn && slices.EqualFunc(d.Changes, last.Changes, Change.same) {
			continue
		}
		last, d.From = d, day
		list = append(list, d)
	}
	return list
}

// turns are the days on which another version holds, or none any more.
func (s Scheme) turns() []calendar.Date {
	var days []calendar.Date
	for _, v := range s.Versions {
		days = append(days, v.From.Date)
		if !v.To.IsZero() {
			days = append(days, v.To.Add(1))
		}
	}
	return days
}

func (c Change) same(o Change) bool {
	equal := func(a, b *Said) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return c.Path == o.Path && equal(c.Old, o.Old) && equal(c.New, o.New)
}

// DiffVersions compares two versions value by value, but for the days on which
// they hold.
func DiffVersions(a, b Version) []Change { return compared(a.values(), b.values()) }

// compared lists what differs, in order of path.
func compared(a, b map[string]Said) []Change {
	paths := map[string]bool{}
	for _, values := range []map[string]Said{a, b} {
		for path := range values {
			paths[path] = true
		}
	}
	var changes []Change
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		c := Change{Path: path}
		if v, has := a[path]; has && v.Value != "" {
			c.Old = &v
		}
		if v, has := b[path]; has && v.Value != "" {
			c.New = &v
		}
		if !(Change{Old: c.Old, New: c.New}).same(Change{Old: c.New, New: c.Old}) {
			changes = append(changes, c)
		}
	}
	return changes
}

// values are all values of a version by path. They are taken from its JSON form,
// so that a block that the grammar gets later is compared too.
func (v Version) values() map[string]Said {
	v.From, v.To = Day{}, Day{}
	text, err := json.Marshal(v)
	if err != nil {
		panic("subsidy: a version of a scheme has no JSON form: " + err.Error())
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber()
	var tree map[string]any
	if err := read.Decode(&tree); err != nil {
		panic("subsidy: a version of a scheme cannot be read back: " + err.Error())
	}
	delete(tree, "from")
	values := map[string]Said{}
	flatten("", tree, values)
	return values
}

// flatten walks a tree. A number and its mark are one value, a list of plain
// values is one, and the items of another list go by their id where they have
// one.
func flatten(path string, node any, into map[string]Said) {
	switch n := node.(type) {
	case map[string]any:
		if value, mark, ok := markedValue(n); ok {
			into[path] = Said{value, mark}
			return
		}
		if len(n) == 0 {
			into[path] = Said{Value: "{}"}
		}
		for key, item := range n {
			flatten(below(path, key), item, into)
		}
	case []any:
		var plain []string
		for i, item := range n {
			block, isBlock := item.(map[string]any)
			if !isBlock {
				plain = append(plain, fmt.Sprint(item))
				continue
			}
			key := fmt.Sprint(i + 1)
			if id, has := block["id"].(string); has {
				key = id
				delete(block, "id")
			}
			flatten(below(path, key), block, into)
		}
		if len(plain) > 0 {
			into[path] = Said{Value: strings.Join(plain, ", ")}
		}
	case nil:
	default:
		into[path] = Said{Value: fmt.Sprint(n)}
	}
}

// markedValue takes a number with its mark together.
func markedValue(block map[string]any) (string, Mark, bool) {
	value, has := block["value"]
	mark, marked := block["mark"].(string)
	return fmt.Sprint(value), Mark(mark), has && marked && len(block) == 2
}

// Word is the mark as a reader says it, in a language.
func (m Mark) Word(lang string) string {
	words, known := markWords[m]
	if !known {
		return string(m)
	}
	if lang == "en" {
		return words.EN
	}
	return words.NL
}
