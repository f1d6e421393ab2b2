package subsidy_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// adult is a birth date on which nobody is young or old in these tests.
var adult = calendar.MustParse("1966-03-01")

// schemeText reads a scheme with these pay rules; period is the whole line of
// it, or empty.
func schemeText(t rapid.TB, from, period, rules string) subsidy.Scheme {
	t.Helper()
	text := "scheme: staged\nname: {nl: Proef, en: Trial}\nversions:\n  - from: " + from + "\n    source: \"a source\"\n" +
		"    status: {kind: employee, employer: firm}\n" + period + "    pay:\n" + rules
	s, faults := subsidy.ParseScheme([]byte(text))
	if len(faults) > 0 {
		t.Fatalf("scheme: %q\n%s", faults, text)
	}
	return s
}

// payRule is one rule that a municipality pays.
func payRule(id, kind, amount, rest string) string {
	return "      - id: " + id + "\n        kind: " + kind + "\n        payer: municipality\n        payee: employer\n        mark: stated\n" +
		"        document: decision\n        budget: {own: \"1\"}\n        amount: {" + amount + "}\n" + rest
}

const monthlyCapped = "        trigger: month\n        cap: wage_cost\n"

// fixedPay makes the contract pay its agreed hours each period, whatever is
// submitted.
func fixedPay(c payroll.Contract) payroll.Contract {
	c.Versions = slices.Clone(c.Versions)
	for i := range c.Versions {
		c.Versions[i].PayBasis, c.Versions[i].Averaging = payroll.Fixed, true
	}
	return c
}

// withWage changes what the contract pays an hour.
func withWage(c payroll.Contract, base payroll.WageBase, factor, amount string) payroll.Contract {
	c.Versions = slices.Clone(c.Versions)
	for i := range c.Versions {
		c.Versions[i].Base, c.Versions[i].Factor = base, euro.MustNumber(factor)
		if amount != "" {
			c.Versions[i].HourlyAmount = euro.MustNumber(amount)
		}
	}
	return c
}

// worked are the same hours on each of these days of a month.
func worked(c payroll.Contract, kind payroll.HoursKind, quantity payroll.Quantity, days ...string) []payroll.Hours {
	var list []payroll.Hours
	for _, day := range days {
		list = append(list, payroll.Hours{Contract: c.ID, Day: calendar.MustParse(day), Kind: kind, Version: 1, Quantity: quantity})
	}
	return list
}

// inOrder puts hours in order of day, as they are read.
func inOrder(hours []payroll.Hours) {
	slices.SortStableFunc(hours, func(a, b payroll.Hours) int { return a.Day.Cmp(b.Day) })
}

// workdays are the first n Mondays to Fridays of a month, "2007-01".
func workdays(month string, n int) []string {
	var days []string
	for day := calendar.MustParse(month + "-01"); len(days) < n; day = day.Add(1) {
		if wd := day.Weekday(); wd != 0 && wd != 6 {
			days = append(days, day.String())
		}
	}
	return days
}

// stage plays months one after another and remembers what was claimed, as the
// approved runs of an employer do.
type stage struct {
	scheme subsidy.Scheme
	file   subsidy.File
}

// play computes the payslip and the claims of a period and books them.
func (s *stage) play(t rapid.TB, period string, hours []payroll.Hours) (payroll.Payslip, []subsidy.Claim, []payroll.Exception) {
	t.Helper()
	r := runOf(t, period)
	slip, _, err := payroll.NewPayslip(payroll.Employment{Birth: s.file.Birth}, payroll.ContractMonth{Contract: s.file.Contract, Hours: hours}, r.Period, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims, found := s.claim(t, r, slip, hours)
	return slip, claims, found
}

// claim computes the claims on a payslip and books them.
func (s *stage) claim(t rapid.TB, r payroll.Run, slip payroll.Payslip, hours []payroll.Hours) ([]subsidy.Claim, []payroll.Exception) {
	t.Helper()
	f := s.file
	f.Hours = hours
	claims, found, err := subsidy.NewClaims(r, s.scheme, f, slip, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claims {
		if c.Kind != subsidy.Hire {
			s.file.History = book(s.file.History, c)
		}
	}
	return claims, found
}

// book adds a claim to what was claimed before.
func book(all []subsidy.History, c subsidy.Claim) []subsidy.History {
	all = slices.Clone(all)
	for i, h := range all {
		if h.Decision == c.Decision && h.Rule == c.Rule {
			all[i].Entitled, all[i].WageCost, all[i].Amount = h.Entitled.Add(c.Entitled), h.WageCost.Add(c.WageCost), h.Amount.Add(c.Amount)
			return all
		}
	}
	return append(all, subsidy.History{Decision: c.Decision, Rule: c.Rule, Entitled: c.Entitled, WageCost: c.WageCost, Amount: c.Amount})
}

// one is the only claim there must be.
func one(t rapid.TB, claims []subsidy.Claim) subsidy.Claim {
	t.Helper()
	if len(claims) != 1 {
		t.Fatalf("%d claims, want one", len(claims))
	}
	return claims[0]
}

// monthsFrom lists n months from a month on.
func monthsFrom(t rapid.TB, first string, n int) []string {
	t.Helper()
	p := runOf(t, first).Period
	var list []string
	for range n {
		list, p = append(list, p.String()), p.Next()
	}
	return list
}

// withoutDoubt leaves out the exceptions that say how sure a figure or setting
// is, which these tests are not about.
func withoutDoubt(found []payroll.Exception) string {
	var rest []payroll.Exception
	for _, e := range found {
		if e.Kind != payroll.FigureInDoubt && e.Kind != subsidy.SettingUnconfirmed && e.Kind != subsidy.Provisional {
			rest = append(rest, e)
		}
	}
	return kinds(rest)
}

// otherDecision is a second decision on the same contract.
func otherDecision(t rapid.TB, number, text string) subsidy.Decision {
	t.Helper()
	d := decisionOf(t, text)
	d.ID, d.Number = payroll.DeriveID(number), number
	return d
}

// say joins what a test compares.
func say(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

func contains(text, part string) bool { return strings.Contains(text, part) }

func bookOf(t rapid.TB) *subsidy.Book {
	t.Helper()
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	return book
}
