package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
)

// outcome tells, a line each, what came of everything so far. What is asked of
// one month names it behind a slash; the last run's is meant without.
func (y *story) outcome(what string) []string {
	y.t.Helper()
	what, period, named := strings.Cut(what, "/")
	if !named && len(y.runs) > 0 {
		period = y.runs[len(y.runs)-1].period
	}
	switch what {
	case "payslip":
		return y.payslips()
	case "balances":
		return y.balances()
	case "claims":
		return y.claims()
	case "transfers":
		return column[string](y.t, y.conn, `
			SELECT CASE WHEN o.code = $1 THEN 'E' ELSE 'M' END || ' ' || to_char(t.period, 'YYYY-MM') || ' ' || s.number || ': ' || t.debit || ' <- ' || t.credit || ' ' || t.amount
			FROM posted_transfer t JOIN organisation o ON o.id = t.ledger JOIN posting p ON p.id = t.posting
			JOIN LATERAL (
				SELECT number FROM contract c WHERE c.id = t.contract UNION ALL SELECT number FROM trajectory j WHERE j.id = t.contract
				UNION ALL SELECT number FROM agreement g WHERE g.id = t.contract UNION ALL SELECT split_part(code, '-', 1) FROM organisation x WHERE x.id = t.contract) s ON true
			WHERE o.code IN ($1, $2)
			ORDER BY o.code, t.period, s.number, p.sequence, CASE WHEN p.kind IN ('settlement', 'grant') THEN 0 ELSE t.number END, t.debit, t.credit, t.amount`, y.e, y.m)
	case "events":
		if named {
			return y.events(period)
		}
		return y.events("E", "M", "I")
	case "exceptions":
		return y.exceptions
	case "budgets":
		return y.budgets()
	case "payments":
		return y.payments()
	case "compare":
		return y.compared(period)
	case "missing":
		return y.missing(period)
	case "statement":
		if !named {
			period = y.lastStatement
		}
		return y.statementLines(period)
	case "standing":
		return y.standing(period)
	case "earned":
		return column[string](y.t, y.conn, `
			SELECT l.subject || ' ' || sum(l.amount) FROM statement_line l JOIN statement_approval a ON a.statement = l.statement
			JOIN statement s ON s.id = l.statement JOIN organisation o ON o.id = s.municipality WHERE o.code = $1 GROUP BY l.subject ORDER BY l.subject`, y.m)
	case "accounts":
		return column[string](y.t, y.conn, `
			SELECT CASE WHEN o.code = $1 THEN 'E' ELSE 'M' END || ' ' || s.account || ' ' || sum(s.amount)
			FROM posted_transfer t JOIN organisation o ON o.id = t.ledger CROSS JOIN LATERAL (VALUES (t.debit, t.amount), (t.credit, -t.amount)) s (account, amount)
			WHERE o.code IN ($1, $2) GROUP BY o.code, s.account HAVING sum(s.amount) <> 0 ORDER BY o.code, s.account`, y.e, y.m)
	case "outcomes", "funnel", "savings":
		return y.reported(what, period)
	}
	y.t.Fatalf("nothing is known of expect/%s", what)
	return nil
}

// rows are the rows of a reply that is a list.
func (y *story) rows(c *bus.Client, endpoint, list string, request map[string]any) []map[string]any {
	y.t.Helper()
	var rows []map[string]any
	for _, row := range y.must(c, endpoint, request)[list].([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

// claims tells of each claim of E. It says who pays and what it is where that is
// not a subsidy of M, and what was granted where that is not the whole.
func (y *story) claims() []string {
	var list []string
	for _, c := range y.rows(y.clerk, "claim.list", "claims", map[string]any{"employer": y.e}) {
		subject := []string{fmt.Sprint(c["period"]), fmt.Sprint(c["contract"])}
		if c["decision"] != nil {
			subject = append(subject, fmt.Sprint(c["decision"]))
		}
		if c["kind"] != "subsidy" {
			subject = append(subject, fmt.Sprint(c["kind"]))
		}
		if payer := y.letter(c["payer"]); payer != "M" {
			subject = append(subject, "of", payer)
		}
		if c["origin_period"] != nil {
			subject = append(subject, "of", c["origin_period"].(string)[:7])
		}
		line := fmt.Sprintf("%s: base %s + charges %s = %s, claimed %s", strings.Join(subject, " "), c["base"], c["charges"], c["entitled"], c["amount"])
		if c["vat_percent"] != "0" {
			line += fmt.Sprintf(", VAT %s %% = %s", c["vat_percent"], c["vat"])
		}
		if c["vat_cost"] != "0.00" {
			line += fmt.Sprintf(", of which a cost %s", c["vat_cost"])
		}
		if c["provisional"] == true {
			line += ", provisional"
		}
		line += fmt.Sprintf(", %s", c["status"])
		if c["granted"] != nil && c["granted"] != c["amount"] {
			line += fmt.Sprintf(", granted %s: %s", c["granted"], c["reason"])
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

// budgets tells how the budgets of M stand, without what is nil: a budget of
// which all is nil is left out.
func (y *story) budgets() []string {
	var list []string
	for _, b := range y.rows(y.control, "budget.list", "budgets", map[string]any{}) {
		var words []string
		for _, word := range []string{"granted", "carried", "repaid", "spent", "claimed", "reserved", "left", "free"} {
			if b[word] != "0.00" {
				words = append(words, fmt.Sprintf("%s %s", word, b[word]))
			}
		}
		if len(words) > 0 {
			list = append(list, fmt.Sprintf("%v %s: %s", b["year"], b["source"], strings.Join(words, ", ")))
		}
	}
	return list
}

// payments tells what E and M have ordered.
func (y *story) payments() []string {
	var list []string
	for letter, c := range map[string]*bus.Client{"E": y.clerk, "M": y.control} {
		for _, p := range y.rows(c, "payment.list", "payments", map[string]any{}) {
			period := ""
			for _, r := range y.runs {
				if r.id == p["run"] {
					period = r.period
				}
			}
			subject, on := p["contract"], fmt.Sprintf(" on %s", p["pay_date"])
			for month, id := range y.statements {
				if id == p["statement"] {
					period, subject, on = month, "statement", "" // it is paid on the day of its approval
				}
			}
			list = append(list, fmt.Sprintf("%s %s %s: %s %s%s", letter, period, subject, p["kind"], p["amount"], on))
		}
	}
	slices.Sort(list)
	return list
}

// compared tells what a month changes against the one before it.
func (y *story) compared(period string) []string {
	asked := map[string]any{"run": y.begun[period]}
	reply := y.must(y.clerk, "run.compare", asked)
	list := []string{fmt.Sprintf("%s against %s", reply["period"], reply["before"])}
	sums := func(row map[string]any) string {
		return fmt.Sprintf("gross %s -> %s, claimed %s -> %s", row["gross_before"], row["gross_now"], row["claimed_before"], row["claimed_now"])
	}
	for _, row := range y.rows(y.clerk, "run.compare", "totals", asked) {
		if fmt.Sprint(row["contracts"]) != "0" {
			list = append(list, fmt.Sprintf("%v %s: %s", row["contracts"], row["kind"], sums(row)))
		}
	}
	for _, row := range y.rows(y.clerk, "run.compare", "contracts", asked) {
		list = append(list, fmt.Sprintf("%s %s: %s", row["contract"], row["kind"], sums(row)))
	}
	return list
}

// missing tells which contracts of E lack something in a month.
func (y *story) missing(period string) []string {
	var list []string
	for _, m := range y.rows(y.clerk, "run.missing", "missing", map[string]any{"period": period}) {
		list = append(list, fmt.Sprintf("%s %s: %v", period, m["contract"], m["missing"]))
	}
	return list
}

// payslips tells of each month and contract the sum and then its lines.
func (y *story) payslips() []string {
	var list []string
	y.slips(func(subject string, slip map[string]any) {
		list = append(list, fmt.Sprintf("%s: gross %s, holiday allowance %s, net %s", subject, slip["gross"], slip["holiday_allowance_accrued"], slip["net"]))
		for _, l := range slip["lines"].([]any) {
			l := l.(map[string]any)
			line := fmt.Sprintf("%s   %s ", subject, l["kind"])
			if l["quantity"] != nil {
				line += fmt.Sprintf("%s × ", l["quantity"])
			}
			if l["rate"] != nil {
				line += fmt.Sprint(l["rate"], " ")
			}
			line += fmt.Sprintf("= %s (%s)", l["amount"], l["rule"])
			if origin, month := fmt.Sprint(l["origin_period"]), strings.Fields(subject)[0]; !strings.Contains(month, "P") && !strings.HasPrefix(origin, month) {
				line += " of " + origin[:7]
			}
			list = append(list, line)
		}
	})
	return list
}

// slips shows every payslip of the runs that were finished.
func (y *story) slips(show func(subject string, slip map[string]any)) {
	y.t.Helper()
	for _, r := range y.runs {
		for _, number := range column[string](y.t, y.conn, `
			SELECT c.number FROM payslip p JOIN calculation k ON k.id = p.calculation JOIN contract c ON c.id = p.contract
			WHERE k.run = $1 AND k.status = 'approved' ORDER BY c.number`, r.id) {
			show(r.period+" "+number, y.must(y.clerk, "payslip.show", map[string]any{"run": r.id, "contract": number}))
		}
	}
}

// balances tells where each payslip leaves its employee.
func (y *story) balances() []string {
	var list []string
	y.slips(func(subject string, slip map[string]any) {
		line := fmt.Sprintf("%s: holiday allowance %s, leave %s", subject, slip["holiday_allowance_balance"], slip["leave_balance"])
		if from := slip["balance_from"]; from != nil {
			line += fmt.Sprintf(", from %s on", from)
		}
		if year, taxed := slip["year_to_date"].(map[string]any); taxed {
			line += fmt.Sprintf("; %v: wage %s, tax %s, arbeidskorting %s", year["year"], year["taxable_wage"], year["wage_tax"], year["arbeidskorting"])
		}
		list = append(list, line)
	})
	return list
}

// events reads what parties read, each through its own account, once the outbox is
// empty: the order of different aggregates is nobody's promise, so the lines are
// sorted.
func (y *story) events(letters ...string) []string {
	y.t.Helper()
	readers := map[string]*bus.Client{"E": y.clerk, "M": y.control, "I": y.inlener}
	maps.Copy(readers, y.providers)
	codes := make([]string, len(letters))
	for i, letter := range letters {
		if codes[i] = y.code(letter); readers[letter] == nil {
			y.t.Fatalf("expect/events: the scenario has no %s", letter)
		}
	}
	until(y.t, "every event is published", func() bool {
		return one[int](y.t, y.conn, `SELECT count(*) FROM outbox b JOIN outbox_waiting w ON w.row = b.row JOIN organisation o ON o.id = b.owner WHERE o.code = ANY ($1)`, codes) == 0
	})
	var list []string
	for _, letter := range letters {
		y.read(letter, readers[letter])
		for _, line := range y.seen {
			if strings.HasPrefix(line, letter+" ") {
				list = append(list, line)
			}
		}
	}
	slices.Sort(list)
	return list
}

// read takes in what an organisation has not read yet.
func (y *story) read(letter string, c *bus.Client) {
	y.t.Helper()
	if err := c.Tail(context.Background(), false, func(_ context.Context, r bus.Received) error {
		var e struct {
			Type string
			Data struct{ Contract, Number, Period, Amount, Kind string }
		}
		// Data that is not read here may have other shapes.
		if err := json.Unmarshal(r.Data, &e); err != nil && e.Type == "" {
			return err
		}
		words := []string{letter, strings.TrimSuffix(strings.TrimPrefix(e.Type, "nl.verloning."), ".v1")}
		for _, word := range []string{e.Data.Period, e.Data.Contract, e.Data.Number, e.Data.Kind, e.Data.Amount} {
			if _, err := uuid.Parse(word); word != "" && err != nil {
				words = append(words, word)
			}
		}
		y.seen[r.ID] = strings.Join(words, " ")
		return nil
	}); err != nil {
		y.t.Fatal(err)
	}
}
