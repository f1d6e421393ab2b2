package bus

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// TestTreeSaysWhere tells where JSON breaks and nothing of what stands there.
func TestTreeSaysWhere(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{``, "it ends too early"}, {` `, "it ends too early"}, {`{"a"`, "it ends too early"}, {`"geheim`, "it ends too early"},
		{`{"a":geheim}`, "at byte 6"}, {`{"a":1,}`, "at byte 8"}, {`[01]`, "at byte 3"}, {"\"a\nb\"", "at byte 3"},
		{`{} {}`, "something follows the value"}, {`1 geheim`, "something follows the value"},
		{strings.Repeat("[", 9) + strings.Repeat("]", 9), "it nests deeper than 8"},
	} {
		if _, err := tree([]byte(c.body)); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.body, err, c.want)
		}
	}
	if _, err := tree([]byte(strings.Repeat("[", 8) + strings.Repeat("]", 8))); err != nil {
		t.Error(err)
	}
}

// flat makes of a tree what the standard library makes of the same text: of a
// repeated field the last.
func flat(v any) any {
	switch node := v.(type) {
	case object:
		fields := map[string]any{}
		for _, m := range node {
			fields[m.name] = flat(m.value)
		}
		return fields
	case []any:
		values := make([]any, len(node))
		for i := range node {
			values[i] = flat(node[i])
		}
		return values
	}
	return v
}

// FuzzTree compares our tree with the standard library's reading.
func FuzzTree(f *testing.F) {
	for _, text := range []string{
		`{"a":"b","a":[1,-2.5e+7,true,false,null,{}],"\u00e9\"":"\ud83d\ude00\ud800 \\ \/"}`, " [ ] ", "\t\"a\"\r\n", `{"lines":[{"day":"2026-10-01","hours":"8.00"} , {}]}`,
		"\"\xff\xc3\xa9\"", `{"a" : {"b" :[ [ ] ]} }`, `-0`, `[1 2]`, `{"a":1}}`, "\ufeff{}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := tree(body)
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var want any
		valid := json.Valid(body) && decoder.Decode(&want) == nil
		if err != nil {
			if valid && !strings.Contains(err.Error(), "deeper") {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if !valid || !reflect.DeepEqual(flat(got), want) {
			t.Fatalf("%q: %#v, want %#v", body, got, want)
		}
	})
}
