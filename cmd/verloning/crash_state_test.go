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
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

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
	"bank lines": `
		SELECT concat_ws('|', o.code, l.payment, l.attempt, l.end_to_end, l.creditor, l.amount, b.salary, b.debtor, b.payments, b.total, f.payments, f.total,
			s.day, p.content, r.rejected, r.whole, r.reason, r.day, q.content)
		FROM bank_line l JOIN bank_file f ON f.id = l.file JOIN bank_batch b ON b.file = l.file AND b.number = l.batch JOIN organisation o ON o.id = f.organisation
		LEFT JOIN bank_settled s ON s.payment = l.payment AND s.attempt = l.attempt LEFT JOIN posting p ON p.id = s.posting
		LEFT JOIN bank_returned r ON r.payment = l.payment AND r.attempt = l.attempt LEFT JOIN posting q ON q.id = r.posting`,
	"in files": `SELECT concat_ws('|', o.code, l.end_to_end, l.creditor, l.amount) FROM bank_line l JOIN bank_file f ON f.id = l.file JOIN organisation o ON o.id = f.organisation`,
	"reversed": `
		SELECT concat_ws('|', 'payment', x.payment, x.run) FROM payment_cancelled x UNION ALL SELECT concat_ws('|', 'claim', claim, run) FROM claim_withdrawn
		UNION ALL SELECT concat_ws('|', 'run', id, status, reverses, contract, reason) FROM run WHERE reverses IS NOT NULL OR status = 'reversed'`,
	"receivables": `
		SELECT concat_ws('|', o.code, r.id, r.reference, r.version, r.amount, r.starts, r.run, r.contract, f.amount, f.day, f.reference)
		FROM receivable r JOIN contract c ON c.id = r.contract JOIN organisation o ON o.id = c.employer LEFT JOIN receivable_refund f ON f.receivable = r.id`,
	"events": `
		SELECT concat_ws('|', o.code, e.noun, e.aggregate, e.version, e.verb, e.id, e.data)
		FROM outbox e JOIN organisation o ON o.id = e.owner WHERE e.row > $1`,
}

// crashSums are what the model speaks of, as lines or as pairs.
var crashSums = map[string]string{
	"payslips": `
		SELECT concat_ws(' ', o.code || '/' || c.number, CASE WHEN r.reverses IS NOT NULL THEN 'mirror' END), concat_ws(' ', s.gross, s.holiday, s.tax_table + s.tax_special, coalesce(s.awf + s.aof + s.wko + s.whk + s.zvw, 0.00))
		FROM payslip s JOIN calculation k ON k.id = s.calculation AND k.status = 'approved' JOIN run r ON r.id = k.run JOIN contract c ON c.id = s.contract JOIN organisation o ON o.id = c.employer`,
	"claims": `
		SELECT concat_ws(' ', o.code || '/' || c.number, m.rule, CASE WHEN m.reverses IS NOT NULL THEN 'mirror' END),
		       concat_ws(' ', p.code, m.kind, m.base, m.charges, m.amount, m.vat, coalesce(g.amount, 0.00), coalesce(g.vat, 0.00), CASE WHEN w.claim IS NOT NULL THEN 'withdrawn' END)
		FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		JOIN contract c ON c.id = m.contract JOIN organisation o ON o.id = m.payee JOIN organisation p ON p.id = m.payer
		LEFT JOIN claim_decided x ON x.claim = m.id LEFT JOIN grant_line g ON g.claim = m.id AND g.batch = x.batch LEFT JOIN claim_withdrawn w ON w.claim = m.id`,
	"owed": `
		SELECT concat_ws(' ', o.code || '/' || c.number, r.amount, r.amount - coalesce((SELECT sum(f.amount) FROM receivable_refund f WHERE f.receivable = r.id), 0))
		FROM receivable r JOIN contract c ON c.id = r.contract JOIN organisation o ON o.id = c.employer
		WHERE r.amount > 0 AND NOT EXISTS (SELECT FROM receivable n WHERE n.id = r.id AND n.version > r.version)`,
	"files": `
		SELECT concat_ws(' ', o.code, (SELECT count(*) FROM bank_file g WHERE g.organisation = f.organisation AND g.exported_at <= f.exported_at), e.code || '/' || c.number, p.kind, l.amount, l.attempt,
			CASE WHEN b.rejected THEN 'rejected' WHEN s.payment IS NULL THEN 'sent' WHEN b.payment IS NOT NULL THEN 'returned' ELSE 'settled' END)
		FROM bank_line l JOIN bank_file f ON f.id = l.file JOIN organisation o ON o.id = f.organisation JOIN payment p ON p.id = l.payment
		JOIN contract c ON c.id = p.contract JOIN organisation e ON e.id = c.employer
		LEFT JOIN bank_settled s ON s.payment = l.payment AND s.attempt = l.attempt LEFT JOIN bank_returned b ON b.payment = l.payment AND b.attempt = l.attempt`,
	"cancelled": `
		SELECT concat_ws(' ', o.code || '/' || c.number, p.kind, p.amount)
		FROM payment_cancelled x JOIN payment p ON p.id = x.payment JOIN contract c ON c.id = p.contract JOIN organisation o ON o.id = c.employer`,
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
		for name, into := range map[string]*[]string{"payments": &s.judged.Payments, "lines": &s.judged.Lines, "beyond": &s.judged.Beyond, "reasoned": &s.judged.Reasoned,
			"owed": &s.judged.Owed, "files": &s.judged.Files, "cancelled": &s.judged.Cancelled} {
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
	if s.sets["archived"], err = m.archived(ctx); err != nil {
		return s, err
	}
	for _, name := range []string{"events", "told"} {
		for i, line := range s.sets[name] {
			s.sets[name][i] = crashNameless(line)
		}
	}
	return s, nil
}

// crashNameless takes out of an event what is another one in each trial: ids of facts
// that every trial records anew, so that how often it was told still counts; what a
// bank file has of its own, which is its id, names made from it and a day by the clock;
// and of a reversal the head of the chain, which is over the ids of what the bank
// settled before.
func crashNameless(line string) string {
	words := strings.SplitN(line, "|", 6)
	switch noun, verb := words[1], words[4]; {
	case noun == "cost" || noun == "agreement" || noun == "trajectory" && verb == "referred":
		return crashID.ReplaceAllString(line, "id")
	case noun == "payment" && verb == "exported", noun == "run" && strings.Contains(words[5], `"gross":"-`):
		return crashFresh.ReplaceAllString(line, "")
	}
	return line
}

var crashFresh = regexp.MustCompile(`"(file|batch|execution|ledger_head)":"[^"]*"`)

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
	var all errgroup.Group
	var mu sync.Mutex
	for org, user := range m.readers() {
		wanted := 0
		for _, line := range sets["events"] {
			if strings.HasPrefix(line, org+"|") {
				wanted++
			}
		}
		all.Go(func() error {
			told, err := m.tailOne(ctx, org, user, before, wanted)
			mu.Lock()
			defer mu.Unlock()
			sets["told"] = append(sets["told"], told...)
			return err
		})
	}
	err := all.Wait()
	slices.Sort(sets["told"])
	return err
}

// tailOne reads the events of one organisation, of which so many are wanted.
func (m *crashMonth) tailOne(ctx context.Context, org, user string, before map[string]string, wanted int) (told []string, err error) {
	seen, last := map[string]bool{}, map[string]int{}
	for aggregate, version := range before {
		last[aggregate], _ = strconv.Atoi(version)
	}
	c, err := m.conn(user)
	if err != nil {
		return nil, err
	}
	for quiet := 0; quiet < 3 && len(seen) < wanted; quiet++ { // A consumer may hear of an event a moment late.
		err := c.Tail(ctx, false, func(_ context.Context, r bus.Received) error {
			if seen[r.ID] {
				return nil
			}
			seen[r.ID] = true
			line, err := crashEvent(org, r, last)
			told = append(told, line)
			return err
		})
		if err != nil {
			return told, fmt.Errorf("events of %s: %w", org, err)
		}
	}
	return told, nil
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
	var all errgroup.Group
	for org, user := range m.readers() {
		if slices.Contains(crashInleners, org) || slices.Contains(crashProviders, org) {
			continue // They keep their books elsewhere.
		}
		all.Go(func() error { return m.balancedOne(ctx, org, user) })
	}
	return all.Wait()
}

func (m *crashMonth) balancedOne(ctx context.Context, org, user string) error {
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
		return fmt.Errorf("the ledger of %s: %v", org, chain)
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
	crashSame(t, "owed by employees, against the model", s.judged.Owed, model.Owed)
	crashSame(t, "bank files, against the model", s.judged.Files, model.Files)
	crashSame(t, "in the bytes of bank files, against their lines", s.sets["archived"], s.sets["in files"])
	crashSame(t, "cancelled, against the model", s.judged.Cancelled, model.Cancelled)
	crashSame(t, "spent, against the model", crashFlat(s.judged.Spent), crashFlat(model.Spent))
	crashSame(t, "beyond a budget, against the model", s.judged.Beyond, model.Beyond)
	crashSame(t, "granted for a reason, against the model", s.judged.Reasoned, model.Reasoned)
	crashSame(t, "transfers, against the model", crashFlat(s.judged.Transfers), crashFlat(model.Transfers))
	crashSame(t, "events, against the model", crashFlat(s.judged.Events), crashFlat(model.Events))
	banked := len(model.Files) > 0
	has := map[string]bool{"statements": len(model.Lines) > 0, "settlements": !banked, "bank lines": banked, "in files": banked, "archived": banked, "reversed": banked}
	for name, lines := range s.sets {
		if wanted, some := has[name]; len(lines) == 0 && (wanted || !some) {
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
