package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll/euro"
)

// books is a month with postings of every kind but those of trajectories: two
// people paid with tax and charges, one subsidy granted in part, both sides
// settled, and a cost of the municipality's own people.
func (o office) books() {
	o.t.Helper()
	o.must(o.clerk, "employer.record", map[string]any{"valid_from": "2026-01-01", "aof": "low"})
	o.hire(1)
	o.hire(2)
	for _, month := range []string{"2026-09", "2026-10"} {
		o.work("C-1", "8.00", weekdays(month)...)
		o.work("C-2", "6.00", weekdays(month)...)
		o.pay(month)
	}
	partly := []any{map[string]any{"claim": o.claim("C-1", "2026-09"), "verdict": "partly", "amount": "100.00", "reason": "deels"}}
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": "2026-09", "all": true, "claims": partly})
	o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]})
	treasurer := o.user(o.e, "treasurer", "control")
	for _, client := range []*bus.Client{o.control, treasurer} {
		o.must(client, "claim.settle", map[string]any{"all": true, "period": "2026-09", "day": "2026-11-03", "reference": "afschrift 1"})
	}
	cost := o.must(o.control, "cost.record", map[string]any{"scheme": "oss-bonusbaan", "rule": "execution", "day": "2007-10-01", "amount": "10.00", "reference": "U-1"})
	o.must(o.chief, "cost.approve", map[string]any{"cost": cost["cost"], "hash": cost["hash"]})
}

// TestLedgerVerify tampers with every kind of row behind a ledger, as somebody
// who may switch triggers and foreign keys off, and wants each found.
func TestLedgerVerify(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E", "M")
	o.books()
	conn, store := s.sql(), s.hands(3).store
	ids := map[string]uuid.UUID{}
	for _, code := range []string{"E", "M"} {
		ids[code] = one[uuid.UUID](t, conn, `SELECT id FROM organisation WHERE code = $1`, code)
	}
	undone := errors.New("undone")
	// verify looks at a ledger after some statements, and takes them back.
	verify := func(code string, page int, statements ...string) string {
		t.Helper()
		var found string
		err := store.Transact(t.Context(), func(ctx context.Context, tx *postgres.Tx) error {
			for _, statement := range append([]string{`SET LOCAL session_replication_role = replica`}, statements...) {
				tag, err := tx.Exec(ctx, statement)
				if err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
				if tag.RowsAffected() == 0 && !strings.HasPrefix(statement, "SET") {
					return fmt.Errorf("%s changed nothing", statement)
				}
			}
			found = ""
			for after := 0; ; {
				v, err := tx.VerifyLedger(ctx, ids[code], after, page)
				if err != nil {
					return err
				}
				if v.Fault != nil {
					found = fmt.Sprintf("%d %s", v.Fault.Sequence, v.Fault.Kind)
				}
				if after = v.Last; !v.More {
					return undone
				}
			}
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		return found
	}
	of := func(code, table string, sequence int) string {
		return fmt.Sprintf(`%s.posting = (SELECT p.id FROM posting p WHERE p.ledger = '%s' AND p.sequence = %d)`, table, ids[code], sequence)
	}
	is := func(code string, sequence int) string {
		return fmt.Sprintf(`ledger = '%s' AND sequence = %d`, ids[code], sequence)
	}
	september := `calculation = (SELECT k.id FROM calculation k JOIN run r ON r.id = k.run WHERE r.period = '2026-09-01' AND k.status = 'approved')`
	if got := one[string](t, conn, `SELECT string_agg(o.code || p.sequence || p.kind, ' ' ORDER BY o.code, p.sequence) FROM posting p JOIN organisation o ON o.id = p.ledger`); got != "E1run E2run E3refusal E4settlement M1grant M2settlement M3cost" {
		t.Fatalf("postings: %s", got)
	}
	for _, code := range []string{"E", "M"} {
		for _, page := range []int{1, 2, 100} {
			if got := verify(code, page); got != "" {
				t.Errorf("%s as it is, by %d: %s", code, page, got)
			}
		}
	}
	one1, other := `(SELECT id FROM contract WHERE number = 'C-1')`, `(SELECT id FROM contract WHERE number = 'C-2')`
	for _, c := range []struct {
		what, code, want string
		statements       []string
	}{
		{"an amount moved from one contract to another", "E", "1 transfers", []string{
			`UPDATE transfer SET amount = amount - 1 WHERE number = 1 AND contract = ` + one1 + ` AND ` + of("E", "transfer", 1),
			`UPDATE transfer SET amount = amount + 1 WHERE number = 1 AND contract = ` + other + ` AND ` + of("E", "transfer", 1)}},
		{"another account", "M", "1 transfers", []string{`UPDATE transfer SET credit = 'Elders' WHERE ` + of("M", "transfer", 1)}},
		{"a transfer gone", "M", "2 transfers", []string{`DELETE FROM transfer WHERE ` + of("M", "transfer", 2)}},
		{"a transfer too many, in another month", "E", "2 transfers", []string{
			`INSERT INTO transfer SELECT '2026-09-01', posting, contract, 77, ledger, debit, credit, amount FROM transfer WHERE number = 1 AND contract = ` + one1 + ` AND ` + of("E", "transfer", 2)}},
		{"another total", "E", "2 hash", []string{`UPDATE posting SET total = total + 1 WHERE ` + is("E", 2)}},
		{"another day in the books", "E", "2 hash", []string{`UPDATE posting SET booked_on = '2026-12-31' WHERE ` + is("E", 2)}},
		{"another poster", "E", "2 hash", []string{`UPDATE posting SET posted_by = (SELECT id FROM app_user WHERE name = 'clerk') WHERE ` + is("E", 2)}},
		{"a posting that seals less", "E", "3 version", []string{`UPDATE posting SET chain = 1, booked_on = NULL, transfers = NULL, digest = NULL WHERE ` + is("E", 3)}},
		{"another posting before", "E", "3 link", []string{`UPDATE posting SET previous = repeat('0', 64) WHERE ` + is("E", 3)}},
		{"a posting gone", "E", "3 gap", []string{`DELETE FROM posting WHERE ` + is("E", 2)}},
		{"the last postings gone", "E", "0 head", []string{`DELETE FROM posting WHERE ledger = '` + ids["E"].String() + `' AND sequence > 1`}},
		{"the last posting of a municipality gone", "M", "0 unposted", []string{`DELETE FROM posting WHERE ` + is("M", 3)}},
		{"the last posting gone, of which nothing was announced", "E", "0 unposted", []string{`DELETE FROM posting WHERE ` + is("E", 4)}},
		{"a payslip pays more", "E", "1 content", []string{`UPDATE payslip SET net = net + 1, tax_table = tax_table - 1 WHERE contract = ` + one1 + ` AND ` + september}},
		{"a payslip's line", "E", "1 content", []string{`UPDATE payslip_line SET amount = amount + 1 WHERE line = 1 AND contract = ` + one1 + ` AND ` + september}},
		{"a payslip's hash", "E", "1 content", []string{`UPDATE payslip SET hash = sha256('x') WHERE contract = ` + one1 + ` AND ` + september}},
		{"a claim", "E", "1 content", []string{`UPDATE claim SET amount = amount + 1 WHERE contract = ` + one1 + ` AND ` + september}},
		{"a verdict, at the municipality", "M", "1 content", []string{`UPDATE grant_line SET amount = amount + 1 WHERE verdict = 'partly'`}},
		{"a verdict's reason, at the employer", "E", "3 content", []string{`UPDATE grant_line SET reason = 'anders' WHERE verdict = 'partly'`}},
		{"the bank's reference", "M", "2 content", []string{`UPDATE settlement SET reference = 'afschrift 2' WHERE organisation = '` + ids["M"].String() + `'`}},
		{"a cost", "M", "3 content", []string{`UPDATE internal_cost SET reference = 'U-2'`}},
	} {
		if got := verify(c.code, 2, c.statements...); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	o.verifiesByHand(t, conn)
}

// TestLedgerTies holds the ledger against what is beside it, and takes something away
// from either side.
func TestLedgerTies(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E", "M")
	o.books()
	ties := func(client *bus.Client, period string) string {
		t.Helper()
		var list []string
		for _, one := range s.must(client, "ledger.ties", map[string]any{"period": period})["ties"].([]any) {
			m := one.(map[string]any)
			if m["difference"] != "0.00" {
				list = append(list, words(m["tie"], m["difference"]))
			}
			if m["ledger"] == "0.00" && m["tie"] != "garnishments" && m["tie"] != "bank_told" && m["tie"] != "debtors" && !(period == "2026-09" && strings.HasPrefix(words(m["tie"]), "subsidies")) && period != "2026-10" {
				t.Errorf("%s %s: nothing is tied: %s", period, m["tie"], pretty(m))
			}
		}
		return strings.Join(list, ", ")
	}
	if got := ties(o.boss, "2026-09"); !strings.HasPrefix(got, "taxes ") || strings.Contains(got, ",") {
		t.Errorf("without a return: %s", got)
	}
	for _, month := range []string{"2026-09", "2026-10"} {
		o.must(o.clerk, "return.make", map[string]any{"period": month})
		for name, client := range map[string]*bus.Client{"E": o.boss, "M": o.chief} {
			if got := ties(client, month); got != "" {
				t.Errorf("%s in %s: %s", name, month, got)
			}
		}
	}
	conn := s.sql()
	for _, c := range []struct{ statement, employer, municipality string }{
		{`UPDATE payment SET amount = amount + 1 WHERE kind = 'wage' AND contract = (SELECT id FROM contract WHERE number = 'C-1')`, "wages -1.00", ""},
		{`UPDATE payment SET amount = amount - 2 WHERE kind = 'subsidy' AND contract = (SELECT id FROM contract WHERE number = 'C-2')`, "wages -1.00", "subsidy_payments 2.00"},
		{`UPDATE transfer SET amount = amount + 3 WHERE credit = 'BSchBepLhe' AND number = (SELECT min(number) FROM transfer WHERE credit = 'BSchBepLhe') AND contract = (SELECT id FROM contract WHERE number = 'C-2')`,
			"taxes 3.00", ""},
	} {
		for _, statement := range []string{`SET session_replication_role = replica`, c.statement} {
			if _, err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if employer, municipality := ties(o.boss, "2026-09"), ties(o.chief, "2026-09"); !strings.Contains(employer, c.employer) || !strings.Contains(municipality, c.municipality) {
			t.Errorf("%s: %q and %q", c.statement, employer, municipality)
		}
	}
}

// verifiesByHand lets people verify: the command fails when a chain breaks, and the
// beheerder's goes over every organisation.
func (o office) verifiesByHand(t *testing.T, conn *pgx.Conn) {
	env := map[string]string{"VERLONING_DATA": o.dir, "VERLONING_AS": "E/boss"}
	if out, _, err := cliRun(t, env, "ledger", "verify"); err != nil || !strings.Contains(out, "4") {
		t.Errorf("verify: %s, %v", out, err)
	}
	delete(env, "VERLONING_AS")
	if out, _, err := cliRun(t, env, "ledger", "verify", "--all"); err != nil || strings.Count(out, "\n") < 4 {
		t.Errorf("verify --all: %s, %v", out, err)
	}
	if got := o.refused(o.boss, "ledger.audit", map[string]any{"organisation": "M"}); got != "user/role" {
		t.Errorf("an employer audits a municipality: %s", got)
	}
	for _, statement := range []string{`SET session_replication_role = replica`, `UPDATE transfer SET credit = 'Elders' WHERE credit = 'GemDoorbelasteUren'`} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if out, _, err := cliRun(t, env, "ledger", "verify", "--all"); err == nil || !strings.Contains(out, "transfers") {
		t.Errorf("verify --all of a broken chain: %s, %v", out, err)
	}
}

// TestLedgerJournal holds the journal against the balances: what is booked on the
// days of each month adds up to what there is at its end, and both sides are equal.
func TestLedgerJournal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E", "M")
	o.books()
	env := map[string]string{"VERLONING_DATA": s.dir}
	journal := func(as string, args ...string) [][]string {
		t.Helper()
		env["VERLONING_AS"] = as
		out, _, err := cliRun(t, env, append([]string{"ledger", "journal", "--csv"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		again, _, _ := cliRun(t, env, append([]string{"ledger", "journal", "--csv"}, args...)...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || out != again {
			t.Fatalf("%s %v: not the same twice, or no CSV: %v", as, args, err)
		}
		return rows
	}
	for as, client := range map[string]*bus.Client{"E/boss": o.boss, "M/chief": o.chief} {
		sums, lines := map[string]euro.Amount{}, 0
		for _, month := range []string{"2007-10", "2026-09", "2026-10", "2026-11"} {
			rows := journal(as, month)
			at := map[string]int{}
			for i, name := range rows[0] {
				at[name] = i
			}
			var debit, credit euro.Amount
			for _, row := range rows[1:] {
				lines++
				if row[at["date"]][:7] != month || row[at["account_nl"]] == row[at["account"]] || row[at["account_en"]] == row[at["account"]] {
					t.Errorf("%s %s: %v", as, month, row)
				}
				if text := row[at["debit"]]; text != "" {
					debit, sums[row[at["account"]]] = debit.Add(euro.MustParse(text)), sums[row[at["account"]]].Add(euro.MustParse(text))
				}
				if text := row[at["credit"]]; text != "" {
					credit, sums[row[at["account"]]] = credit.Add(euro.MustParse(text)), sums[row[at["account"]]].Sub(euro.MustParse(text))
				}
			}
			if !debit.Equal(credit) {
				t.Errorf("%s %s: debit %s, credit %s", as, month, debit, credit)
			}
			last := month + "-" + map[string]string{"2007-10": "31", "2026-09": "30", "2026-10": "31", "2026-11": "30"}[month]
			for _, b := range s.must(client, "ledger.balances", map[string]any{"on": last})["balances"].([]any) {
				account, amount := fmt.Sprint(b.(map[string]any)["account"]), fmt.Sprint(b.(map[string]any)["amount"])
				if sums[account].String() != amount {
					t.Errorf("%s: %s stands at %s on %s, the journals until then make %s", as, account, amount, last, sums[account])
				}
			}
		}
		if lines < 8 {
			t.Errorf("%s: %d lines", as, lines)
		}
	}
	if all, until := journal("E/boss", "2026-10"), journal("E/boss", "2026-10", "--until", "1"); len(all) < 10 || len(until) != 1 {
		t.Errorf("October has %d lines, and %d of what was posted before it", len(all)-1, len(until)-1)
	}
	before := s.must(o.boss, "ledger.balances", map[string]any{"posting": 1})["balances"].([]any)
	after := s.must(o.boss, "ledger.balances", map[string]any{})["balances"].([]any)
	if len(before) == 0 || fmt.Sprint(before) == fmt.Sprint(after) {
		t.Errorf("as of the first posting: %v", before)
	}
	if got := s.refused(o.boss, "ledger.journal", map[string]any{"period": "2026-10", "after": "1/2/3"}); got != "entry/unknown" {
		t.Errorf("a page after nothing: %s", got)
	}
}
