package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// versionText is one version of a scheme file, with an amount.
func versionText(days, amount string) string {
	return "  - " + days + "\n    source: \"a source\"\n    status: {kind: employee, employer: firm}\n    pay:\n" +
		payRule("bonus", "subsidy", `fixed: {amount: {value: "`+amount+`", mark: stated}}`, monthlyCapped)
}

func versionsText(versions ...string) string {
	return "scheme: staged\nname: {nl: Proef, en: Trial}\nversions:\n" + strings.Join(versions, "")
}

// Between two versions there is no day without one, and none with both. What a
// version says does not hold after its last day.
func TestVersionsFollowOnEachOther(t *testing.T) {
	second := versionText("from: 2026-07-01", "200.00")
	for _, c := range []struct{ days, want string }{
		{"from: 2026-01-01", ""},
		{"from: 2026-01-01\n    to: 2026-06-30", ""},
		{"from: 2026-01-01\n    to: 2026-05-31", "line 19: versions[1].from: starts on 2026-07-01, and the version before ends on 2026-05-31: from 2026-06-01 to 2026-06-30 nothing holds; let the versions follow on each other"},
		{"from: 2026-01-01\n    to: 2026-07-01", "line 19: versions[1].from: starts on 2026-07-01, before the version before it ends (2026-07-01); let the versions follow on each other"},
		{"from: 2026-01-01\n    to: 2025-12-31", "line 5: versions[0].to: is before the first day, 2026-01-01; the version never holds"},
	} {
		_, faults := subsidy.ParseScheme([]byte(versionsText(versionText(c.days, "100.00"), second)))
		got := ""
		if len(faults) > 0 {
			got = faults[0].In("en")
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.days, faults, c.want)
		}
	}
	s, faults := subsidy.ParseScheme([]byte(versionsText(versionText("from: 2026-01-01\n    to: 2026-06-30", "100.00"))))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for day, want := range map[string]bool{"2025-12-31": false, "2026-01-01": true, "2026-06-30": true, "2026-07-01": false} {
		_, holds := s.On(calendar.MustParse(day))
		if holds != want {
			t.Errorf("%s: holds %v, want %v", day, holds, want)
		}
		if v, governs := s.Governing(calendar.MustParse(day)); !governs || v.From.String() != "2026-01-01" {
			t.Errorf("%s is governed by %v", day, v.From)
		}
	}
}

// Schemes are compared day by day and value by value, by the ids of their rules;
// what stands in another order is no difference.
func TestDiff(t *testing.T) {
	extra := payRule("extra", "subsidy", `pct: {of: wage_cost, rate: {value: "0.10", mark: setting}}`, monthlyCapped)
	one := versionText("from: 2026-01-01", "100.00")
	for _, c := range []struct{ a, b, want string }{
		{versionsText(one), versionsText(one), ""},
		{versionsText(one + extra), versionsText(strings.Replace(one, "    pay:\n", "    pay:\n"+extra, 1)), ""},
		{versionsText(one), versionsText(versionText("from: 2026-01-01\n    to: 2026-06-30", "100.00"), versionText("from: 2026-07-01", "200.00")),
			"2026-07-01: pay.bonus.amount.fixed.amount 100 stated -> 200 stated"},
		{versionsText(one), versionsText(strings.Replace(one, "100.00\", mark: stated", "100.00\", mark: setting", 1)),
			"2026-01-01: pay.bonus.amount.fixed.amount 100 stated -> 100 setting"},
		{versionsText(one), versionsText(versionText("from: 2026-01-01\n    to: 2026-06-30", "100.00")), "2026-07-01: only first"},
		{versionsText(one), versionsText(versionText("from: 2026-04-01", "100.00")), "2026-01-01: only first; 2026-04-01:"},
		{versionsText(one), strings.Replace(versionsText(one), "nl: Proef", "nl: Ander", 1), ": name.nl Proef -> Ander"},
	} {
		a, faultsA := subsidy.ParseScheme([]byte(c.a))
		b, faultsB := subsidy.ParseScheme([]byte(c.b))
		if len(faultsA)+len(faultsB) > 0 {
			t.Fatal(faultsA, faultsB)
		}
		var told []string
		for _, d := range subsidy.Diff(a, b) {
			text := ""
			if !d.From.IsZero() {
				text = d.From.String()
			}
			text += ":"
			if d.OnlyIn != "" {
				text += " only " + d.OnlyIn
			}
			for _, change := range d.Changes {
				text += fmt.Sprintf(" %s %s -> %s", change.Path, diffSaid(change.Old), diffSaid(change.New))
			}
			told = append(told, text)
		}
		if got := strings.Join(told, "; "); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

func diffSaid(s *subsidy.Said) string {
	if s == nil {
		return "nothing"
	}
	return strings.TrimSpace(s.Value + " " + string(s.Mark))
}
