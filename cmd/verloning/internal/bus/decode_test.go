package bus

import (
	"errors"
	"strings"
	"testing"

	"verloning/payroll"
)

// Every reason comes at once, with its path, and nothing of the value is
// repeated in the answer.
func TestDecodeGivesEveryReason(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`{"submission":1,"mode":true,"lines":[{"contract":"C-1","day":null,"uren":"8"}],"x":0,"mode":"partial"}`,
			"field/type submission|field/type mode|field/type lines[0].day|field/unknown lines[0].uren|field/unknown x|field/repeated mode"},
		{`{"lines":{}}`, "field/type lines"},
		{`[]`, "field/type "},
		{`{"submission":"a"} {}`, "json/malformed "},
		{`{"submission":"a"`, "json/malformed "},
		{`{"submission":"a\`, "json/malformed "},
		{``, "json/malformed "},
		{strings.Repeat("[", 100000), "json/malformed "},
	} {
		var req payroll.HoursSubmit
		var refusal *payroll.Refusal
		if err := Decode([]byte(c.body), &req); !errors.As(err, &refusal) {
			t.Errorf("%.60s: %v", c.body, err)
			continue
		}
		var got []string
		for _, p := range refusal.Problems {
			got = append(got, p.Type+" "+p.Field)
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%.60s:\n got %s\nwant %s", c.body, strings.Join(got, "|"), c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"submission":"a","lines":[{"contract":"C-1","day":"2026-10-01","kind":"worked","hours":"8.00"}]}`)
	f.Add(`{"lines":[[[[[[[[[[[[]]]]]]]]]]]]}`)
	f.Fuzz(func(t *testing.T, body string) {
		var req payroll.HoursSubmit
		err := Decode([]byte(body), &req)
		var refusal *payroll.Refusal
		if err != nil && (!errors.As(err, &refusal) || len(refusal.Problems) == 0) {
			t.Fatalf("%q: %v", body, err)
		}
	})
}
