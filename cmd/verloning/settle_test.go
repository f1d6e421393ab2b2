package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// adult registers somebody who was of age in 2004.
func (o office) adult(n int) {
	o.t.Helper()
	o.must(o.clerk, "person.register", map[string]any{"number": fmt.Sprintf("P-%d", n), "bsn": bsnOf(500 + n), "name": "Piet Pietersen", "birth_date": "1966-03-01", "iban": "NL44RABO0123456789"})
}

// opstap hires a person for January and February 2007 under the one-off subsidy
// of Breda, 2,500.00 in advance.
func (o office) opstap(n int) {
	o.t.Helper()
	o.adult(n)
	contract := o.contract(n)
	for k, v := range map[string]any{"scheme": "breda-opstapbaan", "start": "2007-01-01", "end": "2007-02-28", "open_ended": false, "hours_per_week": "28"} {
		contract[k] = v
	}
	o.must(o.clerk, "contract.register", contract)
	o.must(o.control, "decision.record", map[string]any{"number": fmt.Sprintf("D-%d", n), "employer": o.e, "contract": fmt.Sprintf("C-%d", n),
		"granted": "2007-01-01", "from": "2007-01-01", "to": "2007-12-31", "hours_per_week": "28", "budget": "W"})
}

// status reads the statuses of the claims of a contract, in order of month.
func (o office) status(contract string) string {
	var list []string
	for _, c := range o.claims(contract) {
		list = append(list, words(c["period"], c["status"]))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// claim finds the id of the claim of a contract in a month.
func (o office) claim(contract, period string) string {
	o.t.Helper()
	for _, c := range o.claims(contract) {
		if c["period"] == period {
			return fmt.Sprint(c["claim"])
		}
	}
	o.t.Fatalf("no claim of %s in %s", contract, period)
	return ""
}

// An advance that was too much is claimed back, and what comes back is never
// held up for want of budget. What was never granted is not claimed back.
func (o office) reclaims(t *testing.T) {
	o.has(2007, "W", "granted", "2000.00")
	o.opstap(1)
	o.opstap(2)
	january, february := []string{}, []string{}
	for d := 1; d <= 20; d++ {
		january = append(january, fmt.Sprintf("2007-01-%02d", d))
	}
	for d := 1; d <= 12; d++ {
		february = append(february, fmt.Sprintf("2007-02-%02d", d))
	}
	o.work("C-1", "8.00", january...)
	o.work("C-2", "1.00", "2007-01-02")
	o.pay("2007-01")
	refuse := map[string]any{"claim": o.claim("C-2", "2007-01"), "verdict": "refused", "reason": "geen intentieverklaring"}
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": "2007-01", "all": true, "claims": []any{refuse}})
	o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"], "over_budget": "raadsbesluit"})
	o.work("C-1", "8.00", february...)
	o.pay("2007-02")
	if got := words(o.status("C-1"), "/", o.status("C-2")); got != "2007-01 ordered, 2007-02 raised / 2007-01 refused, 2007-02 raised" {
		t.Fatalf("statuses: %s", got)
	}
	// The wage cost of C-1 is 1,200.80 + 96.06 and 720.48 + 57.64: 425.02 less than
	// the advance. That of C-2 is 7.51 + 0.60.
	for contract, want := range map[string]string{"C-1": "2074.98", "C-2": "8.11"} {
		if got := summed(t, o.claims(contract), "amount"); got != want {
			t.Errorf("%s: %s is claimed in all, want its wage cost %s", contract, got, want)
		}
	}
	for _, c := range o.claims("C-1") {
		if back := c["period"] == "2007-02"; back != (c["recovery"] == "reclaim") {
			t.Errorf("%s: the word for it is %v", c["period"], c["recovery"])
		}
	}
	all := map[string]any{"employer": o.e, "period": "2007-02", "all": true}
	if got := o.refused(o.control, "claim.grant", all); got != "claim/reclaim_over_granted" {
		t.Errorf("what was refused is claimed back: %s", got)
	}
	back := o.claim("C-2", "2007-02")
	for amount, want := range map[string]string{"-100.00": "claim/reclaim_over_granted", "100.00": "claim/partly", "-9999.00": "claim/partly claim/reclaim_over_granted"} {
		some := []any{map[string]any{"claim": back, "verdict": "partly", "amount": amount, "reason": "x"}}
		if got := sorted(o.refused(o.control, "claim.grant", map[string]any{"employer": o.e, "period": "2007-02", "claims": some})); got != want && !(amount == "100.00" && strings.HasPrefix(got, want)) {
			t.Errorf("partly %s: %s, want %s", amount, got, want)
		}
	}
	all["claims"] = []any{map[string]any{"claim": back, "verdict": "refused", "reason": "nooit toegekend"}}
	batch = o.must(o.control, "claim.grant", all)
	reply := o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]}) // the budget is overspent still, by less
	if got := words(reply["paid"], reply["payments"], reply["reclaimed"], o.budget(2007, "W", "spent", "left")); got != "0.00 0 425.02 2074.98 -74.98" {
		t.Errorf("claimed back: %s", got)
	}
	if got := words(o.status("C-1"), "/", o.status("C-2")); got != "2007-01 ordered, 2007-02 reclaimed / 2007-01 refused, 2007-02 refused" {
		t.Errorf("statuses: %s", got)
	}
	o.settlesReclaim(t)
}

// Both sides settle what was paid and what came back; the books of both end at
// nil for it.
func (o office) settlesReclaim(t *testing.T) {
	treasurer := o.user(o.e, "treasurer", "control", "read")
	for _, period := range []string{"2007-01", "2007-02"} {
		for _, who := range []string{"municipality", "employer"} {
			client := o.control
			if who == "employer" {
				client = treasurer
			}
			got := o.must(client, "claim.settle", map[string]any{"all": true, "period": period, "employer": o.e, "day": "2007-03-05", "reference": "afschrift 12"})
			want := map[string]string{"2007-01": "1 2500.00", "2007-02": "1 -425.02"}[period]
			if words(got["claims"], got["amount"]) != want {
				t.Errorf("%s, %s: %s, want %s", period, who, pretty(got), want)
			}
		}
	}
	if got := o.status("C-1"); got != "2007-01 settled, 2007-02 settled" {
		t.Errorf("statuses: %s", got)
	}
	for who, want := range map[string]string{"M": "GemTeBetalenSubsidie=0.00 GemTerugTeVorderenSubsidie=0.00 GemBank=-2074.98 GemSubsidielast=2074.98", "E": "BVorOva=0.00 BSchOpa=0.00 BLimBanRba=2074.98 WPerLesLks=-2074.98"} {
		client := o.chief
		if who == "E" {
			client = treasurer
		}
		balances := map[string]string{}
		for _, b := range o.must(client, "ledger.balances", map[string]any{})["balances"].([]any) {
			balances[fmt.Sprint(b.(map[string]any)["account"])] = fmt.Sprint(b.(map[string]any)["amount"])
		}
		for _, line := range strings.Fields(want) {
			account, amount, _ := strings.Cut(line, "=")
			if balances[account] != amount {
				t.Errorf("%s stands at %s, want %s; %v", account, balances[account], amount, balances)
			}
		}
	}
}

// A fee is paid with its VAT; of that the budget bears what no fund gives back,
// here nothing.
func (o office) paysFees(t *testing.T) {
	o.has(2007, "W", "granted", "2000.00")
	o.adult(1)
	contract := o.contract(1)
	for k, v := range map[string]any{"scheme": "uden-warmm", "start": "2007-01-01", "end": "2007-12-31", "open_ended": false} {
		contract[k] = v
	}
	o.must(o.clerk, "contract.register", contract)
	o.must(o.control, "decision.record", map[string]any{"number": "D-1", "employer": o.e, "contract": "C-1", "document": "agreement",
		"granted": "2007-01-01", "from": "2007-01-01", "to": "2007-12-31", "hours_per_week": "32", "budget": "W"})
	o.work("C-1", "8.00", "2007-01-02")
	o.pay("2007-01")
	paid := o.grant("2007-01")
	if got := words(paid["payments"], paid["paid"], o.budget(2007, "W", "spent", "left", "reserved")); got != "1 2261.00 1900.00 100.00 20900.00" {
		t.Errorf("a fee of 1900.00 with 19 %% VAT: %s", got)
	}
	got := o.must(o.control, "claim.settle", map[string]any{"all": true, "period": "2007-01", "day": "2007-02-05", "reference": "afschrift"})
	if words(got["amount"]) != "2261.00" {
		t.Errorf("settled: %s", pretty(got))
	}
}

// Each side settles its own side, once; nothing before it is granted, nothing of
// a day to come, and a hire price is settled by who receives it alone.
func (o office) settles(t *testing.T) {
	treasurer := o.user(o.e, "treasurer", "control", "read")
	o.must(o.admin, "org.register", map[string]any{"code": o.e + "-I", "name": "Inlener", "roles": []string{"inlener"}, "iban": "NL20INGB0001234567"})
	inlener := o.user(o.e+"-I", "buyer", "control", "read")
	o.hire(1)
	o.person(2)
	contract := o.contract(2)
	contract["scheme"], contract["municipality"] = "tilburg-vooropgesteld-werk", ""
	o.must(o.clerk, "contract.register", contract)
	o.must(o.clerk, "placement.record", map[string]any{"contract": "C-2", "inlener": o.e + "-I", "from": "2026-07-01", "price": "25.5050"})
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.work("C-2", "3.00", "2026-10-05")
	o.pay("2026-10")
	subsidy, hire := o.claim("C-1", "2026-10"), o.claim("C-2", "2026-10")
	named := func(ids ...string) map[string]any {
		return map[string]any{"claims": ids, "day": "2026-11-01", "reference": "afschrift 3"}
	}
	for _, c := range []struct {
		what, want string
		got        string
	}{
		{"before it is granted, by the payer", "claim/not_to_settle", o.refused(o.control, "claim.settle", named(subsidy))},
		{"before it is granted, by the payee", "claim/not_to_settle", o.refused(treasurer, "claim.settle", named(subsidy))},
		{"hire by the inlener", "claim/not_to_settle", o.refused(inlener, "claim.settle", named(hire))},
		{"hire by a municipality", "claim/not_to_settle", o.refused(o.control, "claim.settle", named(hire))},
		{"all of the inlener", "claim/none", o.refused(inlener, "claim.settle", map[string]any{"all": true, "period": "2026-10", "day": "2026-11-01", "reference": "x"})},
		{"a day to come", "date/future", o.refused(treasurer, "claim.settle", map[string]any{"claims": []string{hire}, "day": "2099-01-01", "reference": "x"})},
		{"without a reference", "field/required", o.refused(treasurer, "claim.settle", map[string]any{"claims": []string{hire}, "day": "2026-11-01"})},
		{"nothing named", "claim/choice", o.refused(treasurer, "claim.settle", map[string]any{"day": "2026-11-01", "reference": "x"})},
		{"all and some", "claim/choice", o.refused(treasurer, "claim.settle", map[string]any{"all": true, "period": "2026-10", "claims": []string{hire}, "day": "2026-11-01", "reference": "x"})},
		{"all of no period", "field/required", o.refused(treasurer, "claim.settle", map[string]any{"all": true, "day": "2026-11-01", "reference": "x"})},
		{"without the role", "user/role", o.refused(o.clerk, "claim.settle", named(hire))},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	if got := o.must(treasurer, "claim.settle", named(hire, hire)); words(got["claims"], got["amount"]) != "1 92.59" { // 76.52 and 16.07 VAT
		t.Errorf("hire: %s", pretty(got))
	}
	o.grant("2026-10")
	unknown := "00000000-0000-4000-8000-000000000000"
	if got := o.refused(o.control, "claim.settle", named(subsidy, unknown)); got != "claim/not_to_settle" || o.status("C-1") != "2026-10 ordered" {
		t.Errorf("with an unknown claim: %s, and it stands at %s", got, o.status("C-1"))
	}
	if got := o.must(treasurer, "claim.settle", named(subsidy)); words(got["amount"], o.status("C-1")) != "1121.76 2026-10 ordered" {
		t.Errorf("the payee's side: %s, %s", pretty(got), o.status("C-1"))
	}
	if got := o.must(o.control, "claim.settle", named(subsidy)); words(got["amount"], o.status("C-1"), o.status("C-2")) != "1121.76 2026-10 settled 2026-10 settled" {
		t.Errorf("the payer's side: %s, %s, %s", pretty(got), o.status("C-1"), o.status("C-2"))
	}
	for who, got := range map[string]string{
		"the payer": o.refused(o.control, "claim.settle", named(subsidy)), "the payee": o.refused(treasurer, "claim.settle", named(subsidy, hire)),
	} {
		if strings.Fields(got)[0] != "claim/not_to_settle" {
			t.Errorf("%s settles twice: %s", who, got)
		}
	}
	o.events(o.control, "claim.granted claim.raised claim.settled contract.registered decision.recorded payment.ordered payment.settled")
	o.events(inlener, "claim.raised claim.settled")
}

// under a bonusbaan somebody has 24 months in all: over employers, in whatever
// order the decisions are recorded, by days that were really contracted.
func (o office) countsMonths(t *testing.T) {
	other := o.office("H-X", "H-N")
	o.person(1)
	other.person(1)
	register := func(at office, number, start, end string) {
		t.Helper()
		contract := at.contract(1)
		for k, v := range map[string]any{"number": number, "scheme": "oss-bonusbaan", "municipality": o.m, "start": start, "end": end, "open_ended": false} {
			contract[k] = v
		}
		at.must(at.clerk, "contract.register", contract)
	}
	decide := func(at office, number, contract, from, to string) string {
		t.Helper()
		request := map[string]any{"number": number, "employer": at.e, "contract": contract, "document": "agreement", "granted": from, "from": from,
			"productivity": 60, "hours_per_week": "32", "budget": "W"}
		if to != "" {
			request["to"] = to
		}
		if _, err := o.call(o.control, "decision.record", request); err == nil {
			return "recorded"
		}
		return o.refused(o.control, "decision.record", request)
	}
	register(o, "C-1", "2004-02-01", "2006-12-31")
	register(other, "C-1", "2004-01-01", "2004-01-31")
	for _, c := range []struct {
		what     string
		at       office
		number   string
		from, to string
		want     string
	}{
		{"a day over 24 months", o, "D-0", "2004-02-01", "2006-02-01", "to/beyond_scheme"},
		{"twelve months with a leap day", o, "D-1", "2004-02-01", "2005-01-31", "recorded"},
		{"a day over twice twelve months", o, "D-2", "2005-02-01", "2006-02-01", "to/beyond_scheme"},
		{"without an end", o, "D-2", "2005-02-01", "", "to/beyond_scheme"},
		{"twice twelve months", o, "D-2", "2005-02-01", "2006-01-31", "recorded"},
		{"a month before, recorded later", other, "D-3", "2004-01-01", "2004-01-31", "to/beyond_scheme"},
		{"the first cut short", o, "D-1", "2004-02-01", "2004-12-31", "recorded"},
		{"what that left, before", other, "D-3", "2004-01-01", "", "recorded"},
	} {
		if got := decide(c.at, c.number, "C-1", c.from, c.to); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// A person has the one-off subsidy of Breda once, also when two employers' decisions
// are recorded at the same time.
func (o office) oncePerPerson(t *testing.T) {
	other := o.office("I-X", "I-N")
	for n := 1; n <= 8; n++ {
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, at := range []office{o, other} {
			at.person(n)
			contract := at.contract(n)
			for k, v := range map[string]any{"scheme": "breda-opstapbaan", "municipality": o.m, "start": "2007-01-01", "end": "2007-12-31", "open_ended": false} {
				contract[k] = v
			}
			at.must(at.clerk, "contract.register", contract)
			wait.Add(1)
			go func() {
				defer wait.Done()
				_, errs[i] = o.call(o.control, "decision.record", map[string]any{"number": fmt.Sprintf("%s-%d", at.e, n), "employer": at.e, "contract": fmt.Sprintf("C-%d", n),
					"granted": "2007-01-01", "from": "2007-01-01", "to": "2007-12-31", "hours_per_week": "32", "budget": "W"})
			}()
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("person %d: %v and %v, want one decision", n, errs[0], errs[1])
		}
	}
}
