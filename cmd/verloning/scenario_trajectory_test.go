package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"verloning/cmd/verloning/internal/bus"
)

// The steps of trajectories. P and Q are re-integratiebedrijven of the scenario; I
// pays what M does not. agreements, refer and events are lists of requests: refer
// entries are referrals, of which bsn is the n-th of the scenario; events are what
// happened, recorded by M or, where an entry has by: P, reported by P. An entry may
// name several trajectories, as in {trajectory: "T-1 T-2", kind: started, day: …},
// or a range such as T-1..T-240. judge is a list of {verdict, events, reason, all}.
// costs are those of M's own people, recorded and approved; schemes are files that M
// adds: {text, from}. settle_statement is a list of {period, day, reference}. statement
// lists months, of which each is calculated and approved, or entries with because:
// where approval must be refused.

// numbered spells out "T-1..T-3 T-7".
func numbered(text string) []string {
	var list []string
	for _, word := range strings.Fields(text) {
		first, last, isRange := strings.Cut(word, "..")
		if !isRange {
			list = append(list, word)
			continue
		}
		prefix := first[:strings.LastIndex(first, "-")+1]
		var from, to int
		_, _ = fmt.Sscan(first[len(prefix):], &from)
		_, _ = fmt.Sscan(last[len(prefix):], &to)
		for n := from; n <= to; n++ {
			list = append(list, fmt.Sprintf("%s%d", prefix, n))
		}
	}
	return list
}

// provider registers a re-integratiebedrijf the first time that it is named, and
// returns who submits for it.
func (y *story) provider(letter string) *bus.Client {
	y.t.Helper()
	if y.providers == nil {
		y.providers = map[string]*bus.Client{}
	}
	if y.providers[letter] == nil {
		y.must(y.admin, "org.register", map[string]any{"code": y.code(letter), "name": "Re-integratiebedrijf " + letter, "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
		y.providers[letter] = y.user(y.code(letter), "submitter", "submit")
	}
	return y.providers[letter]
}

// named replaces the letter of an organisation in an entry by its code.
func (y *story) named(entry map[string]any, keys ...string) {
	for _, key := range keys {
		if letter, given := entry[key].(string); given {
			if letter == "P" || letter == "Q" {
				y.provider(letter)
			}
			entry[key] = y.code(letter)
		}
	}
}

// askTrajectory makes the request of a step about trajectories.
func (y *story) askTrajectory(step string, entry map[string]any) (*bus.Client, string, map[string]any, bool) {
	y.t.Helper()
	switch step {
	case "schemes":
		return y.control, "scheme.add", entry, true
	case "agreements":
		y.named(entry, "provider", "payer")
		var targets []any
		for _, word := range strings.Fields(fmt.Sprint(entry["targets"])) {
			if what, number, ok := strings.Cut(word, "="); ok {
				n := 0
				_, _ = fmt.Sscan(number, &n)
				targets = append(targets, map[string]any{"of": what, "number": n})
			}
		}
		if delete(entry, "targets"); len(targets) > 0 {
			entry["targets"] = targets
		}
		return y.control, "agreement.record", entry, true
	case "refer":
		y.named(entry, "provider")
		var list []any
		for i, number := range numbered(entry["number"].(string)) {
			one := maps.Clone(entry)
			if one["number"] = number; one["bsn"] != nil {
				n := 0
				_, _ = fmt.Sscan(one["bsn"].(string), &n)
				one["bsn"] = bsnOf(10*y.n + n + i)
			}
			list = append(list, one)
		}
		return y.control, "trajectory.refer", map[string]any{"trajectories": list}, true
	case "events":
		return y.eventsAsked(entry)
	case "judge":
		y.named(entry, "provider")
		var events []any
		for _, word := range strings.Fields(fmt.Sprint(entry["events"])) {
			if number, event, ok := strings.Cut(word, ":"); ok {
				n := 0
				_, _ = fmt.Sscan(event, &n)
				events = append(events, map[string]any{"trajectory": number, "event": n})
			}
		}
		if delete(entry, "events"); len(events) > 0 {
			entry["events"] = events
		}
		return y.control, "trajectory.judge", entry, true
	case "settle_statement":
		entry["statement"] = y.statements[entry["period"].(string)]
		delete(entry, "period")
		return y.control, "statement.settle", entry, true
	}
	return nil, "", nil, false
}

func (y *story) eventsAsked(entry map[string]any) (*bus.Client, string, map[string]any, bool) {
	by, reported := entry["by"].(string)
	delete(entry, "by")
	y.named(entry, "employer")
	if answers, given := entry["answers"].(string); given {
		var all []any
		for _, word := range strings.Fields(answers) {
			code, answer, _ := strings.Cut(word, "=")
			all = append(all, map[string]any{"condition": code, "answer": answer})
		}
		entry["answers"] = all
	}
	contract, _ := entry["contract"].(string)
	contracts := numbered(contract)
	var list []any
	for i, number := range numbered(entry["trajectory"].(string)) {
		one := maps.Clone(entry)
		if one["trajectory"] = number; reported {
			one["municipality"] = y.m
		}
		if len(contracts) > i {
			one["contract"] = contracts[i]
		}
		list = append(list, one)
	}
	if reported {
		return y.provider(by), "trajectory.report", map[string]any{"events": list}, true
	}
	return y.control, "trajectory.record", map[string]any{"events": list}, true
}

// statement calculates and approves what M owes by the end of a month; it may be
// said that approval is refused, and why.
func (y *story) statement(period, because string) {
	y.t.Helper()
	s := y.must(y.control, "statement.calculate", map[string]any{"period": period})
	for _, e := range s["exceptions"].([]any) {
		e := e.(map[string]any)
		detail, _, _ := strings.Cut(fmt.Sprint(e["detail"].(map[string]any)["en"]), ": confidence")
		y.exceptions = append(y.exceptions, fmt.Sprintf("%s %s: %s", period, e["kind"], detail))
	}
	approval := map[string]any{"statement": s["statement"], "hash": s["hash"], "accept": "looked at"}
	if because != "" {
		if got := y.refused(y.chief, "statement.approve", approval); got != because {
			y.t.Errorf("statement of %s: refused because of %s, want %s", period, got, because)
		}
		return
	}
	if y.statements == nil {
		y.statements = map[string]string{}
	}
	y.statements[period], y.lastStatement = s["statement"].(string), period
	y.must(y.chief, "statement.approve", approval)
}

// statementLines tells what the statement of a month booked.
func (y *story) statementLines(period string) []string {
	list := []string{}
	for _, l := range y.rows(y.control, "statement.show", "rows", map[string]any{"statement": y.statements[period]}) {
		line := fmt.Sprintf("%s %s %s on %s: %s %s", l["number"], l["rule"], l["key"], l["day"], l["kind"], l["amount"])
		if l["vat"] != "0.00" {
			line += fmt.Sprintf(" + VAT %s", l["vat"])
		}
		var sources []string
		for _, s := range l["sources"].([]any) {
			s := s.(map[string]any)
			sources = append(sources, fmt.Sprintf("%s %v %s", s["source"], s["year"], s["amount"]))
		}
		if len(sources) > 0 {
			line += " from " + strings.Join(sources, ", ")
		}
		list = append(list, line)
	}
	return list
}

// standing tells how the agreements stand on a day.
func (y *story) standing(on string) []string {
	var list []string
	for _, s := range y.rows(y.control, "agreement.standing", "standings", map[string]any{"on": on}) {
		line := fmt.Sprintf("%s year %v (over %v): %v of %v %s", s["agreement"], s["contract_year"], s["over"], s["outcomes"], s["of"], s["base"])
		if s["realised"] != nil {
			line += fmt.Sprintf(" = %v %% against %v %%, %v points, turnover %s, amount %s", s["realised"], s["target"], s["points"], s["turnover"], s["amount"])
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}
