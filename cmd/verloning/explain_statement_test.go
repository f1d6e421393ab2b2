package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verloning/cmd/verloning/internal/bus"
)

// Every line and payment of a statement is explained to its municipality, a line to
// the provider that it is of, and nothing to anybody else. The steps end at what was
// booked: a product with VAT, a malus by its points, and the third premium of a year.
func TestExplainStatement(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E1", "M1")
	type m = map[string]any
	providers := map[string]*bus.Client{}
	for _, code := range []string{"P1", "Q1"} {
		s.must(s.admin, "org.register", m{"code": code, "name": "Uitvoerder " + code, "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
		providers[code] = s.user(code, "coach", "submit")
		s.must(o.control, "agreement.record", m{"number": "G-" + code, "provider": code, "scheme": "helmond-actief", "from": "2004-01-01"})
		s.must(o.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-" + code, "scheme": "helmond-actief", "agreement": "G-" + code, "referred": "2004-01-01"}}})
		event := func(more m) m {
			more["trajectory"] = "T-" + code
			return more
		}
		s.must(o.control, "trajectory.record", m{"events": []any{
			event(m{"kind": "started", "day": "2004-01-01", "despite": "x"}), event(m{"kind": "ordered", "product": "module", "day": "2004-01-02"}),
			event(m{"kind": "delivered", "product": "module", "day": "2004-02-02"}), event(m{"kind": "exited", "day": "2004-06-01", "reason": "dropout"}),
		}})
	}
	s.must(o.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-3", "scheme": "generiek-premie", "bsn": bsnOf(3), "referred": "2005-07-01", "iban": "NL02ABNA0123456789"}}})
	s.must(o.control, "trajectory.record", m{"events": []any{m{"trajectory": "T-3", "kind": "started", "day": "2005-07-01", "despite": "x"}}})
	first, last := o.statement("2004-03"), o.statement("2006-12")
	rows := append(s.lines(o, first), s.lines(o, last)...)
	s.explains(o.control, rows, map[string]string{
		"P1 module": "1200.00 | 1200.00 × 19 % = 228.00 | 1200.00: W 2004 × 1 = 1200.00",
		"P1 bonus_malus": "0 / 1 × 100 = 0.00 | 0.00 − 44 = -44 | -44 × 0.01, at most 0.1 = -0.1 | 1200.00 × -0.1 = -120.00 | " +
			"-120.00 × 19 % = -22.80 | -120.00: W 2004 × 1 = -120.00",
		"3 premium": "150.00 | 0 before in 2006, at most 2 = 150.00 | 150.00, with 0.00 before in 2006 and at most ",
	})
	s.pagesFees(o.control, len(rows))
	seen := map[string]int{}
	for _, row := range rows {
		for code, provider := range providers {
			if mine := strings.HasSuffix(row["number"].(string), "-"+code); !mine || row["kind"] == "premium" {
				if got := s.refused(provider, "explain.amount", m{"id": row["fee"]}); got != "amount/unknown" {
					t.Errorf("%s is told of %s: %s", code, pretty(row), got)
				}
				seen["refused"]++
				continue
			}
			x := s.must(provider, "explain.amount", m{"id": row["fee"]})
			if text := pretty(x); strings.Contains(text, "W 2004") || strings.Count(text, `"fee":`) != 1 || x["other_rules"] != false {
				t.Errorf("%s is told: %s", code, text)
			}
			seen["told"]++
		}
		if got := s.refused(o.clerk, "explain.amount", m{"id": row["fee"]}); got != "amount/unknown" {
			t.Errorf("an employer is told of a line: %s", got)
		}
	}
	for _, p := range s.must(o.control, "payment.list", m{})["payments"].([]any) {
		p := p.(m)
		x := s.must(o.control, "explain.amount", m{"id": p["payment"]})
		if x["of"] != "payment" || x["statement"] != p["statement"] || len(x["lines"].([]any)) == 0 {
			t.Errorf("payment %s: %s", pretty(p), pretty(x))
		}
		for who, c := range map[string]*bus.Client{"a provider": providers["P1"], "an employer": o.clerk} {
			if got := s.refused(c, "explain.amount", m{"id": p["payment"]}); got != "amount/unknown" {
				t.Errorf("%s is told of a payment: %s", who, got)
			}
		}
		seen["paid"]++
	}
	if seen["refused"] < 8 || seen["told"] != 4 || seen["paid"] < 4 {
		t.Errorf("looked at too little: %v", seen)
	}
}

// Who pays in the municipality's place is told why, and nobody else of its fee.
func TestExplainToPayer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E2", "M2")
	type m = map[string]any
	s.must(s.admin, "org.register", m{"code": "P2", "name": "Uitvoerder", "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
	readers := map[string]*bus.Client{}
	for _, code := range []string{"C2", "D2"} {
		s.must(s.admin, "org.register", m{"code": code, "name": "Corporatie " + code, "roles": []string{"inlener"}})
		readers[code] = s.user(code, "reader", "read")
	}
	s.must(o.control, "agreement.record", m{"number": "G", "provider": "P2", "payer": "C2", "scheme": "breda-werk-aan-de-wijk", "from": "2007-01-01"})
	s.must(o.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T", "scheme": "breda-werk-aan-de-wijk", "agreement": "G", "referred": "2007-01-01"}}})
	s.must(o.control, "trajectory.record", m{"events": []any{m{"trajectory": "T", "kind": "started", "day": "2007-01-01", "despite": "x"}}})
	o.statement("2007-01")
	fees := s.must(readers["C2"], "fee.list", m{})["fees"].([]any)
	if len(fees) != 1 || fees[0].(m)["amount"] != "200.00" {
		t.Fatalf("the payer's fees: %s", pretty(fees))
	}
	id := fees[0].(m)["fee"]
	if x := s.must(readers["C2"], "explain.amount", m{"id": id}); strings.Count(pretty(x), `"fee":`) != 1 {
		t.Errorf("the payer is told: %s", pretty(x))
	}
	if got := s.refused(readers["D2"], "explain.amount", m{"id": id}); got != "amount/unknown" {
		t.Errorf("another is told: %s", got)
	}
}

// statement calculates and approves a month, and returns its id.
func (o office) statement(period string) string {
	o.t.Helper()
	s := o.must(o.control, "statement.calculate", map[string]any{"period": period})
	o.must(o.chief, "statement.approve", map[string]any{"statement": s["statement"], "hash": s["hash"], "accept": "looked at", "over_budget": "looked at"})
	return fmt.Sprint(s["statement"])
}

// pagesFees wants the lines of all statements one by one, as a list of them tells
// them at once.
func (s *site) pagesFees(c *bus.Client, count int) {
	s.t.Helper()
	whole := s.must(c, "fee.list", map[string]any{})["fees"].([]any)
	after, paged := "", []any{}
	for range whole {
		page := s.must(c, "fee.list", map[string]any{"after": after, "limit": 1})["fees"].([]any)
		if len(page) != 1 {
			s.t.Fatalf("%d lines after %q", len(page), after)
		}
		line := page[0].(map[string]any)
		paged, after = append(paged, line), fmt.Sprintf("%s/%v", line["statement"], line["line"])
	}
	if end := s.must(c, "fee.list", map[string]any{"after": after})["fees"].([]any); len(whole) != count || pretty(paged) != pretty(whole) || len(end) != 0 {
		s.t.Errorf("one by one %s, at once %s, at the end %s", pretty(paged), pretty(whole), pretty(end))
	}
	for _, wrong := range []string{"x", "x/1", whole[0].(map[string]any)["statement"].(string) + "/0"} {
		if got := s.refused(c, "fee.list", map[string]any{"after": wrong}); got != "field/line" {
			s.t.Errorf("after %q: %s", wrong, got)
		}
	}
}

func (s *site) lines(o office, statement string) []map[string]any {
	s.t.Helper()
	var rows []map[string]any
	for _, row := range s.must(o.control, "statement.show", map[string]any{"statement": statement})["rows"].([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

// explains wants the steps of some lines, by the end of their number and their rule,
// and that those of each end at its amount.
func (s *site) explains(c *bus.Client, rows []map[string]any, want map[string]string) {
	s.t.Helper()
	met := map[string]bool{}
	for _, row := range rows {
		x := s.must(c, "explain.amount", map[string]any{"id": row["fee"]})
		line := x["lines"].([]any)[0].(map[string]any)
		var steps, results []string
		for _, step := range line["steps"].([]any) {
			step := step.(map[string]any)
			text := fmt.Sprint(step["result"])
			if results = append(results, text); step["formula"] != nil {
				text = fmt.Sprint(step["formula"], " = ", text)
			}
			steps = append(steps, text)
		}
		if x["of"] != "fee" || line["now"] != nil || line["amount"] != row["amount"] || !slices.Contains(results, row["amount"].(string)) {
			s.t.Errorf("%s is explained as %s", pretty(row), pretty(x))
		}
		_, number, _ := strings.Cut(row["number"].(string), "-")
		name := number + " " + row["rule"].(string)
		if text, asked := want[name]; asked && !met[name] {
			if met[name] = true; !strings.HasPrefix(strings.Join(steps, " | "), text) {
				s.t.Errorf("%s: %s, want %s", name, strings.Join(steps, " | "), text)
			}
		}
	}
	if len(met) != len(want) {
		s.t.Errorf("met %v of %v", met, want)
	}
}
