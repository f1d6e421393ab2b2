package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// worklist lists the rows that a user sees, read in pages of two.
func (o office) worklist(c *bus.Client, from string) []map[string]any {
	o.t.Helper()
	var list []map[string]any
	for after := ""; ; {
		page := o.must(c, "worklist.show", map[string]any{"period": from, "after": after, "limit": 2})["rows"].([]any)
		for _, r := range page {
			list = append(list, r.(map[string]any))
		}
		if len(page) < 2 {
			return list
		}
		after = list[len(list)-1]["row"].(string)
	}
}

// work as lines: day, kind, contract or scheme, employee number, last day.
func workLines(rows []map[string]any) string {
	var list []string
	for _, r := range rows {
		var parts []string
		for _, field := range []string{"day", "kind", "employer", "contract", "person", "until"} {
			if text, known := r[field].(string); known {
				parts = append(parts, text)
			}
		}
		list = append(list, strings.Join(parts, " "))
	}
	return strings.Join(list, "\n")
}

// plant registers a person and a contract under the number, with what differs
// from the worked example's.
func (o office) plant(n int, birth string, contract, decision map[string]any) {
	o.t.Helper()
	number := words(n)
	o.must(o.clerk, "person.register", map[string]any{"number": "P-" + number, "bsn": bsnOf(n), "name": "Jan Jansen", "birth_date": birth, "iban": "NL44RABO0123456789"})
	request := o.contract(n)
	if contract["end"] != nil {
		request["open_ended"] = false
	}
	maps.Copy(request, contract)
	o.must(o.clerk, "contract.register", request)
	if decision != nil {
		request = o.decision(n)
		maps.Copy(request, decision)
		maps.DeleteFunc(request, func(_ string, v any) bool { return v == nil })
		o.must(o.control, "decision.record", request)
	}
}

// TestWorklist plants every kind once: the employer finds each and nothing else,
// the municipality what names it, and nobody else anything.
func TestWorklist(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o, other := s.office("A-E", "A-M"), s.office("B-E", "B-M")
	s.must(s.admin, "org.register", map[string]any{"code": "RIB", "name": "Re-integratie", "roles": []string{"reintegratiebedrijf"}})
	provider := s.user("RIB", "coach", "submit")
	lks := map[string]any{"includes_holiday_allowance": true}
	o.plant(1, "1965-01-01", nil, map[string]any{"route": "forfait", "loonwaarde": nil})
	o.plant(2, "1965-01-01", map[string]any{"provider": "RIB"}, map[string]any{"includes_holiday_allowance": true, "review_due": "2027-01-15", "measured_by": "UWV"})
	o.plant(3, "1965-01-01", nil, map[string]any{"includes_holiday_allowance": true, "to": "2026-11-30"})
	o.plant(4, "1965-01-01", map[string]any{"start": "2026-01-01", "end": "2026-12-31"}, nil)
	o.plant(5, "1965-01-01", map[string]any{"start": "2023-12-10", "end": "2027-12-09", "municipality": ""}, nil)
	o.plant(6, "2008-12-05", nil, lks)
	o.plant(7, "2005-12-06", nil, lks)
	o.plant(8, "1959-12-07", nil, lks)
	o.plant(9, "1965-01-01", map[string]any{"scheme": "uden-warmm", "start": "2026-06-01", "end": "2027-05-31"}, nil)
	o.plant(10, "1965-01-01", map[string]any{"scheme": "oss-bonusbaan", "start": "2006-11-01", "end": "2008-10-31"}, map[string]any{
		"granted": "2006-11-01", "from": "2006-11-01", "to": "2008-10-31", "route": nil, "loonwaarde": nil, "productivity": 60, "budget": "W"})

	if got, want := workLines(o.worklist(o.boss, "2026-11")), strings.Join([]string{
		"2026-11-30 contract/notice A-E C-4 P-4 2026-11-30",
		"2026-11-30 subsidy/ends A-E C-3 P-3",
		"2026-12-05 birthday/18 A-E C-6 P-6",
		"2026-12-06 birthday/21 A-E C-7 P-7",
		"2026-12-07 birthday/aow A-E C-8 P-8",
		"2026-12-10 contract/chain A-E C-5 P-5 2026-12-09",
		"2026-12-31 contract/ends A-E C-4 P-4",
		"2026-12-31 forfait/ends A-E C-1 P-1 2026-12-31",
		"2027-01-15 loonwaarde/review A-E C-2 P-2",
	}, "\n"); got != want {
		t.Errorf("the employer's list:\n%s\nwant\n%s", got, want)
	}
	theirs := o.worklist(o.control, "2026-11")
	if got, want := workLines(theirs), strings.Join([]string{
		"2026-11-01 places/free",
		"2026-11-30 subsidy/ends A-E C-3",
		"2026-12-01 places/free",
		"2026-12-05 birthday/18 A-E C-6",
		"2026-12-06 birthday/21 A-E C-7",
		"2026-12-07 birthday/aow A-E C-8",
		"2026-12-31 contract/ends A-E C-4",
		"2026-12-31 forfait/ends A-E C-1 2026-12-31",
		"2027-01-01 places/free",
		"2027-01-15 loonwaarde/review A-E C-2",
	}, "\n"); got != want {
		t.Errorf("the municipality's list:\n%s\nwant\n%s", got, want)
	}
	if got := words(theirs[0]["scheme"], theirs[0]["what"].(map[string]any)["en"]); got != "uden-warmm Of 50 places 1 are taken and 49 are free." {
		t.Errorf("places: %s", got)
	}
	if got, want := workLines(o.worklist(o.boss, "2007-04")), "2007-05-01 loonwaarde/review A-E C-10 P-10"; got != want {
		t.Errorf("of spring 2007: %s, want %s", got, want)
	}
	for _, stranger := range []*bus.Client{other.boss, other.control, provider} {
		for _, from := range []string{"2026-11", "2007-04"} {
			if got := workLines(other.worklist(stranger, from)); got != "" {
				t.Errorf("somebody else sees of %s:\n%s", from, got)
			}
		}
	}
	for field, request := range map[string]map[string]any{"period/invalid": {"period": "2026-13"}, "period/not_month": {"period": "2026-P11"}, "number/out_of_range": {"months": 25}} {
		if got := o.refused(o.boss, "worklist.show", request); got != field {
			t.Errorf("%v: %s, want %s", request, got, field)
		}
	}
	months := slices.Collect(maps.Keys(o.must(o.boss, "worklist.show", map[string]any{})))
	if slices.Sort(months); strings.Join(months, " ") != "from rows to" {
		t.Errorf("the reply has %v", months)
	}
}
