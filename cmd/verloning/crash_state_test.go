package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/bus"
)

// crashState is what a closed month left behind, as sorted lines of text: sets with
// ids and amounts, so that a disturbed month can be held against an undisturbed
// one.
type crashState struct {
	sets   map[string][]string // by what they are of
	judged modelMonthEnd       // the same month in the terms of the model
}

// crashSets are read past the service. A grant's posting is named by the hash
// of its verdicts, because its batch has a random id.
var crashSets = map[string]string{
	"payments": `
		SELECT concat_ws('|', p.id, o.code, p.kind, coalesce(p.run, p.statement), c.number, p.claim, p.debtor, p.creditor, p.amount, p.pay_date, p.end_to_end, p.reference)
		FROM payment p JOIN organisation o ON o.id = p.organisation LEFT JOIN contract c ON c.id = p.contract`,
	"transfers": `
		SELECT concat_ws('|', p.kind, CASE p.kind WHEN 'cost' THEN '' ELSE p.content || t.contract END, t.period, o.code, t.number, t.debit, t.credit, t.amount)
		FROM posted_transfer t JOIN posting p ON p.id = t.posting JOIN organisation o ON o.id = t.ledger`,
	"postings": `
		SELECT concat_ws('|', o.code, p.kind, CASE p.kind WHEN 'cost' THEN '' ELSE p.content END, p.total) FROM posting p JOIN organisation o ON o.id = p.ledger`,
	"budget": `
		SELECT concat_ws('|', o.code, b.year, b.source, b.kind, b.amount) FROM budget_entry b JOIN organisation o ON o.id = b.municipality`,
	"settlements": `
		SELECT concat_ws('|', o.code, s.claim, s.amount, s.day, s.reference, p.content) FROM settlement s JOIN organisation o ON o.id = s.organisation JOIN posting p ON p.id = s.posting`,
	"statements": `
		SELECT concat_ws('|', o.code, s.sequence, s.period, s.cutoff, s.lines, s.amount, s.vat, s.hash, a.accepted, p.content, t.reference, q.content)
		FROM statement s JOIN organisation o ON o.id = s.municipality JOIN statement_approval a ON a.statement = s.id JOIN posting p ON p.id = a.posting
		JOIN statement_settlement t ON t.statement = s.id JOIN posting q ON q.id = t.posting`,
	"events": `
		SELECT concat_ws('|', o.code, e.noun, e.aggregate, e.version, e.verb, e.id, e.data)
		FROM outbox e JOIN organisation o ON o.id = e.owner WHERE e.row > $1`,
}

// crashSums are what the model speaks of, as lines or as pairs.
var crashSums = map[string]string{
	"payslips": `
		SELECT o.code || '/' || c.number, concat_ws(' ', s.gross, s.holiday, s.tax_table + s.tax_special, coalesce(s.awf + s.aof + s.wko + s.whk + s.zvw, 0.00))
		FROM payslip s JOIN calculation k ON k.id = s.calculation AND k.status = 'approved' JOIN contract c ON c.id = s.contract JOIN organisation o ON o.id = c.employer`,
	"claims": `
		SELECT o.code || '/' || c.number || ' ' || m.rule, concat_ws(' ', p.code, m.kind, m.base, m.charges, m.amount, m.vat, coalesce(g.amount, 0.00), coalesce(g.vat, 0.00))
		FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		JOIN contract c ON c.id = m.contract JOIN organisation o ON o.id = m.payee JOIN organisation p ON p.id = m.payer
		LEFT JOIN claim_decided x ON x.claim = m.id LEFT JOIN grant_line g ON g.claim = m.id AND g.batch = x.batch`,
	"transfers": `
		SELECT concat_ws(' ', o.code, t.debit, t.credit), sum(t.amount)::text FROM posted_transfer t JOIN organisation o ON o.id = t.ledger GROUP BY 1`,
	"spent": `
		SELECT concat_ws(' ', source, year), sum(amount)::text FROM budget_entry WHERE kind = 'spent' GROUP BY 1`,
	"payments": `
		SELECT o.code || '/' || c.number || ' ' || p.kind || ' ' || p.amount FROM payment p JOIN contract c ON c.id = p.contract JOIN organisation o ON o.id = c.employer
		UNION ALL SELECT concat_ws(' ', m.code || '/' || s.sequence, coalesce(o.code, t.number), p.kind, p.amount)
		FROM payment p JOIN statement s ON s.id = p.statement JOIN organisation m ON m.id = s.municipality
		LEFT JOIN organisation o ON o.iban = p.creditor LEFT JOIN trajectory t ON t.iban = p.creditor`,
	"lines": `
		SELECT concat_ws(' ', s.sequence, l.subject, l.rule, l.key, l.amount, l.vat, l.vat_cost,
			(SELECT string_agg(concat_ws(' ', x.source, x.year, x.amount), ' ' ORDER BY x.source, x.year) FROM statement_source x WHERE x.statement = s.id AND x.line = l.number))
		FROM statement s JOIN statement_approval a ON a.statement = s.id JOIN statement_line l ON l.statement = s.id`,
	"beyond": `
		SELECT o.code || '/' || e.subject FROM exception e JOIN calculation k ON k.id = e.calculation AND k.status = 'approved'
		JOIN run r ON r.id = k.run JOIN organisation o ON o.id = r.employer WHERE e.kind = 'budget/over'`,
	"reasoned": `
		SELECT DISTINCT o.code FROM grant_approval a JOIN grant_line g ON g.batch = a.batch JOIN claim m ON m.id = g.claim JOIN organisation o ON o.id = m.payee
		WHERE a.over_budget <> ''`,
}

// read reads the state once everything was published.
func (m *crashMonth) read(ctx context.Context) (crashState, error) {
	s := crashState{sets: map[string][]string{}, judged: modelMonthEnd{Payslips: map[string]string{}, Claims: map[string]string{}, Transfers: map[string]string{}, Events: map[string]int{}, Spent: map[string]string{}}}
	err := m.query(ctx, func(conn *pgx.Conn) (err error) {
		for name, question := range crashSets {
			var args []any
			if name == "events" {
				args = append(args, m.since)
			}
			if s.sets[name], err = crashColumn(ctx, conn, question, args...); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		for name, into := range map[string]*[]string{"payments": &s.judged.Payments, "lines": &s.judged.Lines, "beyond": &s.judged.Beyond, "reasoned": &s.judged.Reasoned} {
			if *into, err = crashColumn(ctx, conn, crashSums[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		for name, into := range map[string]map[string]string{"payslips": s.judged.Payslips, "claims": s.judged.Claims, "transfers": s.judged.Transfers, "spent": s.judged.Spent} {
			if err := crashPairs(ctx, conn, into, crashSums[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	for _, line := range s.sets["events"] {
		words := strings.SplitN(line, "|", 6)
		s.judged.Events[words[0]+" "+words[1]+"."+words[4]]++
	}
	if err := m.tail(ctx, s.sets); err != nil {
		return s, err
	}
	for _, name := range []string{"events", "told"} {
		for i, line := range s.sets[name] {
			s.sets[name][i] = crashNameless(line)
		}
	}
	return s, nil
}

// crashNameless takes the ids out of what tells of a fact that every trial records
// anew, so that it gets another id each time: how often it was told still counts.
func crashNameless(line string) string {
	words := strings.SplitN(line, "|", 6)
	if noun, verb := words[1], words[4]; noun == "cost" || noun == "agreement" || noun == "trajectory" && verb == "referred" {
		return crashID.ReplaceAllString(line, "id")
	}
	return line
}

var crashID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"hash":"[0-9a-f]+"`)

func crashColumn(ctx context.Context, conn *pgx.Conn, question string, args ...any) ([]string, error) {
	rows, err := conn.Query(ctx, question, args...)
	if err != nil {
		return nil, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(lines)
	return lines, err
}

func crashPairs(ctx context.Context, conn *pgx.Conn, into map[string]string, question string, args ...any) error {
	rows, err := conn.Query(ctx, question, args...)
	if err != nil {
		return err
	}
	var key, value string
	_, err = pgx.ForEachRow(rows, []any{&key, &value}, func() error { into[key] = value; return nil })
	return err
}

// tail reads the events of each organisation as its programs do: through its
// own account, dropping ids that were seen. It keeps them under "told", in the
// same words as the rows of the outbox, and checks that the versions of each
// aggregate come first in order and without a gap.
func (m *crashMonth) tail(ctx context.Context, sets map[string][]string) error {
	before := map[string]string{} // the version of each aggregate when the month began
	if err := m.query(ctx, func(conn *pgx.Conn) error {
		return crashPairs(ctx, conn, before, `SELECT aggregate::text, max(version)::text FROM outbox WHERE row <= $1 GROUP BY 1`, m.since)
	}); err != nil {
		return err
	}
	for org, user := range m.readers() {
		seen, last := map[string]bool{}, map[string]int{}
		for aggregate, version := range before {
			last[aggregate], _ = strconv.Atoi(version)
		}
		wanted := 0
		for _, line := range sets["events"] {
			if strings.HasPrefix(line, org+"|") {
				wanted++
			}
		}
		c, err := m.conn(user)
		if err != nil {
			return err
		}
		for quiet := 0; quiet < 3 && len(seen) < wanted; quiet++ { // A consumer may hear of an event a moment late.
			err := c.Tail(ctx, false, func(_ context.Context, r bus.Received) error {
				if seen[r.ID] {
					return nil
				}
				seen[r.ID] = true
				line, err := crashEvent(org, r, last)
				sets["told"] = append(sets["told"], line)
				return err
			})
			if err != nil {
				return fmt.Errorf("events of %s: %w", org, err)
			}
		}
	}
	slices.Sort(sets["told"])
	return nil
}

// crashEvent reads an event and keeps the order of its aggregate.
func crashEvent(org string, r bus.Received, last map[string]int) (string, error) {
	var event struct {
		ID, Type, Subject, Sequence string
		Data                        json.RawMessage
	}
	if err := json.Unmarshal(r.Data, &event); err != nil {
		return "", err
	}
	noun, verb, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(event.Type, "nl.verloning."), ".v1"), ".")
	last[event.Subject]++
	if want := fmt.Sprint(last[event.Subject]); event.Sequence != want || event.ID != r.ID {
		return "", fmt.Errorf("event %s of %s %s has version %s, and %s comes next", r.ID, noun, event.Subject, event.Sequence, want)
	}
	return strings.Join([]string{org, noun, event.Subject, event.Sequence, verb, event.ID, string(event.Data)}, "|"), nil
}

// balanced checks that each organisation's accounts sum to nought, and that its chain
// holds what was posted.
func (m *crashMonth) balanced(ctx context.Context) error {
	for org, user := range m.readers() {
		if slices.Contains(crashInleners, org) || slices.Contains(crashProviders, org) {
			continue // They keep their books elsewhere.
		}
		reply, err := m.insist(ctx, user, "ledger", "balances", map[string]any{})
		if err != nil {
			return err
		}
		accounts, sum := reply["balances"].([]any), modelNumber("0")
		for _, a := range accounts {
			sum.Add(sum, modelNumber(a.(map[string]any)["amount"].(string)))
		}
		if len(accounts) == 0 || sum.Sign() != 0 {
			return fmt.Errorf("the %d accounts of %s sum to %s", len(accounts), user, sum.FloatString(2))
		}
		chain, err := m.insist(ctx, user, "ledger", "verify", map[string]any{"limit": 1000})
		if err != nil {
			return err
		}
		if chain["fault"] != nil || chain["more"] != false || chain["postings"] == 0.0 || chain["unsealed"] != 0.0 {
			return fmt.Errorf("the ledger of %s: %v", user, chain)
		}
	}
	return nil
}

// judge holds a month against the model, and against the undisturbed one unless
// it is that itself.
func (s crashState) judge(t *testing.T, model modelMonthEnd, undisturbed *crashState) {
	t.Helper()
	crashSame(t, "told, against the outbox", s.sets["told"], s.sets["events"])
	crashSame(t, "payslips, against the model", crashFlat(s.judged.Payslips), crashFlat(model.Payslips))
	crashSame(t, "claims, against the model", crashFlat(s.judged.Claims), crashFlat(model.Claims))
	crashSame(t, "payments, against the model", s.judged.Payments, model.Payments)
	crashSame(t, "lines of statements, against the model", s.judged.Lines, model.Lines)
	crashSame(t, "spent, against the model", crashFlat(s.judged.Spent), crashFlat(model.Spent))
	crashSame(t, "beyond a budget, against the model", s.judged.Beyond, model.Beyond)
	crashSame(t, "granted for a reason, against the model", s.judged.Reasoned, model.Reasoned)
	crashSame(t, "transfers, against the model", crashFlat(s.judged.Transfers), crashFlat(model.Transfers))
	crashSame(t, "events, against the model", crashFlat(s.judged.Events), crashFlat(model.Events))
	for name, lines := range s.sets {
		if len(lines) == 0 && (name != "statements" || len(model.Lines) > 0) {
			t.Errorf("there are no %s", name)
		}
		if undisturbed != nil {
			crashSame(t, name, lines, undisturbed.sets[name])
		}
	}
}

func crashFlat[V any](m map[string]V) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, fmt.Sprint(key, ": ", m[key]))
	}
	return lines
}

// crashSame compares sorted lines, in which one may stand twice, and shows the first
// that only one side has.
func crashSame(t *testing.T, what string, got, want []string) {
	t.Helper()
	count := map[string]int{}
	for _, line := range got {
		count[line]++
	}
	for _, line := range want {
		count[line]--
	}
	shown := 0
	for _, line := range slices.Sorted(maps.Keys(count)) {
		if n := count[line]; n != 0 && shown < 6 {
			shown++
			t.Errorf("%s: %+d × %.300s", what, n, line)
		}
	}
	if shown > 0 {
		t.Errorf("%s: %d lines, want %d", what, len(got), len(want))
	}
}
