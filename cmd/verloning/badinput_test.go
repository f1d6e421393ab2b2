package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
)

// counts is how many rows every table has; a refusal leaves it as it was. The
// relay moves what was announced before from the waiting to the landed, in its
// own time: the events themselves are counted.
func counts(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	tables := column[string](t, conn, `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
		AND relname NOT IN ('outbox_waiting', 'outbox_landed') ORDER BY 1`)
	if len(tables) < 30 {
		t.Fatalf("%d tables to count", len(tables))
	}
	parts := make([]string, len(tables))
	for i, table := range tables {
		parts[i] = `(SELECT '` + table + ` ' || count(*) FROM ` + table + `)`
	}
	return one[string](t, conn, `SELECT `+strings.Join(parts, ` || ', ' || `))
}

// bad is a request that must be refused: base with one thing changed, and the
// problems that come of it.
type bad struct {
	endpoint string
	change   map[string]any
	want     string
}

// with lays a change over a request; nil takes a field away.
func with(base, change map[string]any) map[string]any {
	request := map[string]any{}
	for _, m := range []map[string]any{base, change} {
		for key, value := range m {
			request[key] = value
			if value == nil {
				delete(request, key)
			}
		}
	}
	return request
}

// TestBadInput breaks one thing at a time in requests that are otherwise good.
// Each refusal says exactly what was wrong and changes no row.
func TestBadInput(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.person(2)
	ended := o.contract(2)
	ended["end"], ended["open_ended"] = "2026-12-31", false
	o.must(o.clerk, "contract.register", ended)
	s.must(s.admin, "org.register", map[string]any{"code": "I", "name": "Inlener", "roles": []string{"inlener"}})
	o.must(o.clerk, "placement.record", map[string]any{"contract": "C-1", "inlener": "I", "from": "2026-07-01", "to": "2026-12-31", "price": "25.00"})
	run := o.open("2026-10")
	shown := s.calculate(o.clerk, run)
	bases := map[string]map[string]any{
		"org.register":      {"code": "X", "name": "X", "roles": []string{"employer"}, "iban": "NL91ABNA0417164300"},
		"user.add":          {"organisation": "E", "name": "x", "roles": []string{"submit"}},
		"person.register":   {"number": "P-9", "bsn": bsnOf(9), "name": "Piet", "birth_date": "1990-01-01", "iban": "NL44RABO0123456789"},
		"person.amend":      {"number": "P-1", "name": "Anders"},
		"contract.register": with(o.contract(2), map[string]any{"number": "C-9", "start": "2027-07-01"}),
		"contract.amend":    {"number": "C-1", "valid_from": "2026-10-01", "hours_per_week": "24", "full_time_hours": "40"},
		"contract.extend":   {"number": "C-2", "end": "2027-06-30"},
		"contract.end":      {"number": "C-1", "end": "2026-10-31", "reason": "ontslag"},
		"placement.record":  {"contract": "C-1", "inlener": "I", "from": "2027-01-01", "price": "25.00"},
		"decision.record":   with(o.decision(2), nil),
		"loonwaarde.record": {"employer": "E", "contract": "C-1", "valid_from": "2026-10-01", "percent": 50, "includes_holiday_allowance": true, "measured_by": "x"},
		"run.open":          {"period": "2026-11", "pay_date": "2026-11-30"},
		"run.calculate":     {"run": run},
		"run.accept":        {"run": run, "exceptions": []string{uuid.NewString()}, "reason": "x"},
		"run.approve":       {"run": run, "calculation": shown["calculation"], "hash": shown["hash"]},
		"claim.grant":       {"employer": "E", "period": "2026-10", "all": true},
		"claim.list":        {},
		"payment.list":      {},
		"return.make":       {"period": "2026-10"},
		"return.show":       {"period": "2026-10"},
		"remittance.record": {"kind": "tax", "valid_from": "2026-01-01", "number": "123456782L01", "iban": "NL86INGB0002445588", "name": "x"},
		"remittance.order":  {"kind": "tax", "period": "2026-10", "reference": "1234567890123456"},
		"period.lock":       {"periods": []string{"2026-08"}, "reason": "x"},
		"period.reopen":     {"periods": []string{"2026-08"}, "reason": "x"},
		"ledger.balances":   {"on": "2026-10-31"},
		"ledger.journal":    {"period": "2026-10"},
		"ledger.ties":       {"period": "2026-10"},
		"payment.due":       {},
		"payment.export":    {},
		"payment.files":     {},
		"payment.file":      {"file": uuid.NewString()},
		"payment.import":    report(pain002("P", "M", "")),
		"payment.unmatched": {},
		"payment.release":   {"payments": []string{uuid.NewString()}, "reason": "x"},
		"org.amend":         {"iban": "NL86INGB0002445588"},
		"payment.owed":      {},
		"payment.assign":    {"line": uuid.NewString(), "reference": payroll.OweReference(uuid.New())},
		"control.list":      {},
		"control.confirm":   {"changes": []string{uuid.NewString()}},
		"bank.record":       {"cut_off": "15:30"},
		"hours.submit":      {"submission": uuid.NewString(), "lines": lines("C-1", "8.00", "2026-10-01")},
	}
	conn := s.sql()
	before := counts(t, conn)
	for _, b := range badRequests() {
		name := b.endpoint + " " + fmt.Sprintf("%.80v", b.change)
		base, known := bases[b.endpoint]
		if !known {
			t.Fatalf("%s: there is no good request to break", name)
		}
		if got := s.refused(o.who(b.endpoint), b.endpoint, with(base, b.change)); sorted(got) != sorted(b.want) {
			t.Errorf("%s: %s, want %s", name, got, b.want)
		}
		if after := counts(t, conn); after != before {
			t.Fatalf("%s left something:\n%s\nwas\n%s", name, after, before)
		}
	}
	// The bases are good, or the table above shows nothing.
	for _, endpoint := range []string{"org.register", "user.add", "person.register", "person.amend", "contract.register", "contract.amend", "contract.extend",
		"contract.end", "placement.record", "decision.record", "loonwaarde.record", "run.open", "hours.submit", "payment.due", "payment.files", "bank.record"} {
		request := bases[endpoint]
		if endpoint == "placement.record" {
			request = with(request, map[string]any{"from": "2027-01-01"})
		}
		if endpoint == "contract.end" {
			request = with(request, map[string]any{"number": "C-9", "end": "2027-12-31"})
		}
		s.must(o.who(endpoint), endpoint, request)
	}
	// A loonwaarde may be a wage a month: 1,402.20 of 2,337.00.
	wage := with(bases["loonwaarde.record"], map[string]any{"percent": nil, "amount": "1402.20", "includes_holiday_allowance": false})
	if got := s.must(o.control, "loonwaarde.record", wage); fmt.Sprint(got["percent"]) != "60" {
		t.Errorf("a loonwaarde of 1,402.20: %v", got)
	}
}

func sorted(types string) string {
	list := strings.Fields(types)
	slices.Sort(list)
	return strings.Join(list, " ")
}

// who has the role for an endpoint.
func (o office) who(endpoint string) *bus.Client {
	switch noun, verb, _ := strings.Cut(endpoint, "."); {
	case endpoint == "org.amend":
		return o.control
	case noun == "org" || noun == "user":
		return o.admin
	case endpoint == "payment.import" || endpoint == "payment.release" || endpoint == "payment.assign" || noun == "control":
		return o.control
	case endpoint == "run.approve" || noun == "payment" && verb != "list" || noun == "bank":
		return o.boss
	case noun == "decision" || noun == "loonwaarde" || endpoint == "claim.grant" || verb == "list":
		return o.control
	}
	return o.clerk
}

// badRequests are the table.
func badRequests() []bad {
	text := func(n int) string { return strings.Repeat("x", n) }
	return slices.Concat([]bad{
		{"org.register", map[string]any{"code": nil}, "field/required"},
		{"org.register", map[string]any{"code": "a b"}, "field/code"},
		{"org.register", map[string]any{"code": "E"}, "organisation/exists"},
		{"org.register", map[string]any{"roles": []string{"beheerder"}}, "field/not_allowed"},
		{"org.register", map[string]any{"roles": []string{}}, "field/too_short"},
		{"org.register", map[string]any{"iban": nil}, "field/required"},
		{"org.register", map[string]any{"iban": "NL91ABNA0417164301"}, "iban/invalid"},
		{"org.register", map[string]any{"kvk": "1234567", "oin": text(20)}, "field/length field/digits"},
		{"user.add", map[string]any{"organisation": "Z"}, "organisation/unknown"},
		{"user.add", map[string]any{"roles": []string{"admin"}}, "user/role"},
		{"person.register", map[string]any{"bsn": "123456789"}, "bsn/invalid"},
		{"person.register", map[string]any{"birth_date": "2026-02-30"}, "date/invalid"},
		{"person.register", map[string]any{"birth_date": "2020-01-01"}, "birth_date/out_of_range"},
		{"person.register", map[string]any{"birth_date": "1900-01-01"}, "birth_date/out_of_range"},
		{"person.register", map[string]any{"number": "P-1"}, "person/exists"},
		{"person.register", map[string]any{"bsn": bsnOf(1)}, "person/employed"},
		{"person.register", map[string]any{"number": nil, "name": nil, "birth_date": nil, "iban": "x", "bsn": "1"}, "field/required field/required field/required iban/invalid bsn/invalid"},
		{"person.register", map[string]any{"name": 5, "wages": "1", "loonheffingskorting": "yes"}, "field/type field/unknown field/type"},
		{"person.amend", map[string]any{"number": "P-77"}, "person/unknown"},
		{"person.amend", map[string]any{"birth_date": "31-12-1990"}, "date/invalid"},
		{"person.amend", map[string]any{"bsn": "123456789"}, "bsn/invalid"},
		{"person.amend", map[string]any{"bsn": bsnOf(9)}, "bsn/known"},
		{"run.open", map[string]any{"period": "2026-13"}, "period/invalid"},
		{"run.open", map[string]any{"pay_date": "2026-10-31"}, "date/order"},
		{"run.open", map[string]any{"period": "2026-10"}, "run/exists"},
		{"run.calculate", map[string]any{"run": "x"}, "field/uuid"},
		{"run.calculate", map[string]any{"run": uuid.NewString()}, "run/unknown"},
		{"run.accept", map[string]any{}, "exception/unknown"},
		{"run.accept", map[string]any{"exceptions": []string{}}, "field/too_short"},
		{"run.accept", map[string]any{"reason": ""}, "field/required"},
		{"run.approve", map[string]any{"hash": "zz"}, "field/hash"},
		{"run.approve", map[string]any{"hash": strings.Repeat("0", 64)}, "run/other_calculation run/exceptions_open"},
		{"run.approve", map[string]any{"calculation": 7}, "run/other_calculation run/exceptions_open"},
		{"run.approve", map[string]any{"calculation": 1.5}, "field/type"},
		{"run.approve", map[string]any{"calculation": 9e18}, "field/type"},
		{"claim.grant", map[string]any{}, "claim/none"},
		{"claim.grant", map[string]any{"claims": []any{map[string]any{"claim": uuid.NewString(), "verdict": "partly", "amount": "1"}}}, "claim/unknown"},
		{"claim.grant", map[string]any{"claims": []any{map[string]any{"claim": "x", "verdict": "maybe"}}}, "field/uuid field/not_allowed"},
		{"claim.list", map[string]any{"limit": 1001}, "number/out_of_range"},
		{"claim.list", map[string]any{"limit": -1, "after": "x", "status": "x", "period": "x"}, "number/out_of_range field/uuid field/not_allowed period/invalid"},
		{"payment.list", map[string]any{"after": "x"}, "field/uuid"},
		{"return.make", map[string]any{}, "return/empty"},
		{"return.make", map[string]any{"period": "2026"}, "period/invalid"},
		{"return.show", map[string]any{"sequence": 0.5}, "field/type"},
		{"return.show", map[string]any{}, "return/unknown"},
		{"remittance.record", map[string]any{"number": "123456782L00"}, "loonheffingennummer/invalid"},
		{"remittance.record", map[string]any{"number": "123456789L01", "iban": "x"}, "loonheffingennummer/invalid iban/invalid"},
		{"remittance.record", map[string]any{"kind": "geld", "iban": "NL91ABNA0417164300"}, "field/not_allowed iban/own"},
		{"remittance.order", map[string]any{}, "remittance/no_account return/none"},
		{"remittance.order", map[string]any{"reference": "12"}, "remittance/no_account remittance/no_reference return/none"},
		{"remittance.order", map[string]any{"pay_date": "2027-01-01"}, "remittance/late"},
		{"remittance.order", map[string]any{"kind": "pension", "pay_date": "2026-11-20"}, "remittance/no_account remittance/nothing_due"},
		{"period.lock", map[string]any{"periods": []string{"2026-13", "2026-08", "9"}}, "period/invalid period/invalid"},
		{"period.lock", map[string]any{"periods": []string{}, "reason": ""}, "field/too_short field/required"},
		{"period.lock", map[string]any{"contracts": []string{"C-77", "C-1", "C-1"}}, "contract/unknown contract/unknown"},
		{"period.reopen", map[string]any{}, "period/not_locked"},
		{"ledger.balances", map[string]any{"on": "2026-02-30", "posting": -1}, "date/invalid number/out_of_range"},
		{"ledger.journal", map[string]any{"period": "oktober", "until": -1}, "period/invalid number/out_of_range"},
		{"ledger.ties", map[string]any{"period": "2026"}, "period/invalid"},
		{"ledger.journal", map[string]any{"after": "9/2026-10-01/x/1"}, "entry/unknown"},
	}, badContracts(), badDecisions(), badHours(), badBanks())
}

func badContracts() []bad {
	return []bad{
		{"contract.register", map[string]any{"number": "C-1"}, "contract/exists"},
		{"contract.register", map[string]any{"person": "P-77", "scheme": "geen", "municipality": "E", "provider": "M"}, "person/unknown scheme/unknown organisation/unknown organisation/unknown"},
		{"contract.register", map[string]any{"start": "2026-12-31"}, "contract/overlap"},
		{"contract.register", map[string]any{"end": "2027-12-31"}, "contract/end"},
		{"contract.register", map[string]any{"open_ended": false}, "contract/end"},
		{"contract.register", map[string]any{"open_ended": false, "end": "2026-12-31"}, "date/order"},
		{"contract.register", map[string]any{"hours_per_week": "41"}, "hours_per_week/over_full_time"},
		{"contract.register", map[string]any{"hours_per_week": "0"}, "number/out_of_range"},
		{"contract.register", map[string]any{"hours_per_week": "7.555"}, "number/decimals"},
		{"contract.register", map[string]any{"hours_per_week": "1e1"}, "number/invalid"},
		{"contract.register", map[string]any{"hours_per_week": "NaN", "full_time_hours": "Infinity"}, "number/invalid number/invalid"},
		{"contract.register", map[string]any{"hours_per_week": strings.Repeat("9", 4000)}, "number/invalid"},
		{"contract.register", map[string]any{"hours_per_week": 32}, "field/type"},
		{"contract.register", map[string]any{"hours_per_week": "32,5"}, "number/invalid"},
		{"contract.register", map[string]any{"wage_factor": "0.99"}, "number/out_of_range"},
		{"contract.register", map[string]any{"wage_base": "amount"}, "field/required"},
		{"contract.register", map[string]any{"wage_base": "amount", "wage_amount": "-5"}, "number/out_of_range"},
		{"contract.register", map[string]any{"averaging": true}, "averaging/needs_fixed"},
		{"contract.register", map[string]any{"start": "9999-99-99"}, "date/invalid"},
		{"contract.amend", map[string]any{"valid_from": "2026-06-30"}, "date/outside_contract"},
		{"contract.amend", map[string]any{"number": "C-77"}, "contract/unknown"},
		{"contract.extend", map[string]any{"end": "2026-12-31"}, "contract/not_longer"},
		{"contract.extend", map[string]any{"end": "2026-11-30"}, "contract/not_longer"},
		{"contract.extend", map[string]any{"number": "C-1"}, "contract/not_longer"},
		{"contract.end", map[string]any{"number": "C-2", "end": "2027-01-01"}, "date/outside_contract"},
		{"contract.end", map[string]any{"end": "2026-06-30"}, "date/outside_contract"},
		{"contract.end", map[string]any{"reason": nil}, "field/required"},
		{"placement.record", map[string]any{"from": "2026-12-31"}, "placement/overlap"},
		{"placement.record", map[string]any{"from": "2026-01-01"}, "date/outside_contract"},
		{"placement.record", map[string]any{"inlener": "M"}, "organisation/unknown"},
		{"placement.record", map[string]any{"price": "501"}, "number/out_of_range"},
	}
}

func badDecisions() []bad {
	return []bad{
		{"decision.record", map[string]any{"contract": "C-77"}, "contract/unknown"},
		{"decision.record", map[string]any{"employer": "M"}, "contract/unknown"},
		{"decision.record", map[string]any{"contract": "C-1", "number": "D-9"}, "decision/overlap"},
		{"decision.record", map[string]any{"number": "D-1"}, "decision/other_contract"},
		{"decision.record", map[string]any{"budget": "W"}, "budget/other_time budget/other_time budget/not_of_scheme"},
		{"decision.record", map[string]any{"budget": "participatiebudget", "to": nil}, "budget/other_time budget/not_of_scheme"},
		{"decision.record", map[string]any{"budget": "BUIG", "from": "2009-12-31"}, "budget/other_time"},
		{"decision.record", map[string]any{"budget": "geld"}, "budget/unknown budget/not_of_scheme"},
		{"decision.record", map[string]any{"loonwaarde": 101}, "number/out_of_range"},
		{"decision.record", map[string]any{"loonwaarde": 60.5}, "field/type"},
		{"decision.record", map[string]any{"route": "forfait"}, "loonwaarde/with_forfait"},
		{"decision.record", map[string]any{"to": "2026-06-30"}, "date/order"},
		{"decision.record", map[string]any{"valid_from": "2028-07-01"}, "date/outside_decision"},
		{"decision.record", map[string]any{"ceiling": "1.005"}, "number/cents"},
		{"decision.record", map[string]any{"ceiling": "10000001"}, "number/out_of_range"},
		{"decision.record", map[string]any{"charges_percent": "61"}, "number/out_of_range"},
		{"loonwaarde.record", map[string]any{"percent": nil}, "field/required"},
		{"loonwaarde.record", map[string]any{"includes_holiday_allowance": nil}, "field/required"},
		{"loonwaarde.record", map[string]any{"includes_holiday_allowance": "ja"}, "field/type"},
		{"loonwaarde.record", map[string]any{"amount": "1402.20"}, "loonwaarde/twice"},
		{"loonwaarde.record", map[string]any{"percent": nil, "amount": "1402.205"}, "number/cents"},
		{"loonwaarde.record", map[string]any{"percent": nil, "amount": "2700"}, "number/out_of_range"},
		{"decision.record", map[string]any{"loonwaarde": nil, "includes_holiday_allowance": true}, "field/required"},
		{"loonwaarde.record", map[string]any{"percent": -1}, "number/out_of_range"},
		{"loonwaarde.record", map[string]any{"contract": "C-77", "valid_from": "2026-02-29"}, "contract/unknown date/invalid"},
	}
}

func badHours() []bad {
	days := make([]string, 501)
	for i := range days {
		days[i] = time.Date(2026, 7, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return []bad{
		{"hours.submit", map[string]any{"lines": lines("C-1", "1", days...)}, "field/too_long"},
		{"hours.submit", map[string]any{"lines": []any{}}, "field/too_short"},
		{"hours.submit", map[string]any{"lines": nil}, "field/required"},
		{"hours.submit", map[string]any{"submission": "1"}, "field/uuid"},
		{"hours.submit", map[string]any{"mode": "half"}, "field/not_allowed"},
		{"hours.submit", map[string]any{"lines": []any{nil}}, "field/type"},
		{"hours.submit", map[string]any{"lines": []any{[]any{}, "x", map[string]any{"hours": 8, "overtime": "1"}}}, "field/type field/type field/type field/unknown"},
		{"hours.submit", map[string]any{"idempotency_key": strings.Repeat("k", 101)}, "field/too_long"},
	}
}

// TestBadHours judges lines: a refusal of one names each reason, keeps the
// whole submission out unless it is partial, and stops nothing else.
func TestBadHours(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	conn := s.sql()
	good := lines("C-1", "8.00", "2026-10-01")[0]
	line := func(change map[string]any) any { return with(good.(map[string]any), change) }
	week := func(hours string) []any {
		return lines("C-1", hours, "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08", "2026-10-09")
	}
	for _, c := range []struct {
		name  string
		lines []any
		want  string
	}{
		{"unknown contract", []any{good, line(map[string]any{"contract": "C-9"})}, "2: contract/unknown contract"},
		{"impossible day", []any{line(map[string]any{"day": "2026-02-30"})}, "1: date/invalid day"},
		{"another form of day", []any{line(map[string]any{"day": "2026-10-1"})}, "1: date/invalid day"},
		{"before the contract", []any{line(map[string]any{"day": "2026-06-30"})}, "1: day/outside_contract day"},
		{"the same day twice", []any{good, good}, "2: day/duplicate day"},
		{"the same day, another kind", []any{good, line(map[string]any{"kind": "sick", "hours": "17"})}, "1: hours/day_total hours; 2: hours/day_total hours"},
		{"25 hours", []any{line(map[string]any{"hours": "25"})}, "1: hours/out_of_range hours"},
		{"minus one", []any{line(map[string]any{"hours": "-1"})}, "1: hours/out_of_range hours"},
		{"a third decimal", []any{line(map[string]any{"hours": "7.333"})}, "1: hours/out_of_range hours"},
		{"an exponent", []any{line(map[string]any{"hours": "1e1000000000"})}, "1: hours/out_of_range hours"},
		{"a very long number", []any{line(map[string]any{"hours": strings.Repeat("1", 100_000)})}, "1: hours/out_of_range hours"},
		{"not a number", []any{line(map[string]any{"hours": "NaN"})}, "1: hours/out_of_range hours"},
		{"kind", []any{line(map[string]any{"kind": "resting"})}, "1: field/not_allowed kind"},
		{"nothing", []any{map[string]any{}}, "1: field/required contract, field/required day, field/required kind, field/required hours"},
		{"more than sixty a week", week("12.01"), "1: hours/week_total hours; 2: hours/week_total hours; 3: hours/week_total hours; 4: hours/week_total hours; 5: hours/week_total hours"},
	} {
		facts := one[int](t, conn, `SELECT count(*) FROM hours`)
		verdict := s.must(o.clerk, "hours.submit", map[string]any{"submission": uuid.NewString(), "lines": c.lines})
		if got := problemsOf(verdict); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if accepted := verdict["accepted"].([]any); len(accepted) > 0 || one[int](t, conn, `SELECT count(*) FROM hours`) != facts {
			t.Errorf("%s: half of an atomic submission was kept: %s", c.name, pretty(verdict))
		}
	}
	verdict := s.must(o.clerk, "hours.submit", map[string]any{"submission": uuid.NewString(), "mode": "partial", "lines": append([]any{good, map[string]any{}}, week("12.00")...)})
	if accepted := verdict["accepted"].([]any); len(accepted) != 6 || accepted[1].(map[string]any)["warnings"] == nil || accepted[0].(map[string]any)["warnings"] != nil {
		t.Errorf("the good lines of a partial submission: %s", pretty(verdict))
	}
	if n := one[int](t, conn, `SELECT count(*) FROM hours`); n != 6 {
		t.Errorf("%d hours kept, want 6", n)
	}
	t.Run("closed period", func(t *testing.T) {
		run := o.pay("2026-10")
		o.must(o.clerk, "run.close", map[string]any{"run": run})
		late := o.work("C-1", "4.00", "2026-10-01")["accepted"].([]any)[0].(map[string]any)
		if late["late"] != true || words(late["version"]) != "2" {
			t.Errorf("hours for a closed month: %s", pretty(late))
		}
		if !one[bool](t, conn, `SELECT late FROM hours WHERE version = 2`) {
			t.Error("they are not kept as late")
		}
	})
}

// wires are connections that raw requests go by, for as long as their test.
var wires sync.Map // the file of credentials → *nats.Conn

// wire connects as a user, once a test.
func (s *site) wire(t *testing.T, file string) *nats.Conn {
	t.Helper()
	creds := filepath.Join(s.dir, "creds", file+".creds")
	if conn, has := wires.Load(creds); has {
		return conn.(*nats.Conn)
	}
	user := s.client[strings.Replace(file, "-", "/", 1)].Caller().User
	conn, err := nats.Connect(s.url, nats.UserCredentials(creds), nats.CustomInboxPrefix("_INBOX."+user))
	if err != nil {
		t.Fatal(err)
	}
	wires.Store(creds, conn)
	t.Cleanup(func() { conn.Close(); wires.Delete(creds) })
	return conn
}

// raw sends bytes to an endpoint as a user, past the client.
func (s *site) raw(t *testing.T, file, endpoint string, body []byte) (string, *bus.Problem) {
	t.Helper()
	conn := s.wire(t, file)
	answer, err := conn.Request("api."+endpoint, body, time.Minute)
	if err != nil {
		t.Fatalf("%s: %v", endpoint, err)
	}
	if answer.Header.Get(micro.ErrorCodeHeader) == "" {
		return string(answer.Data), nil
	}
	var problem bus.Problem
	if err := json.Unmarshal(answer.Data, &problem); err != nil {
		t.Fatalf("%s: %v in %s", endpoint, err, answer.Data)
	}
	return "", &problem
}

// TestMalformedRequests sends bytes that no client of ours would send to every
// endpoint.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	conn := s.sql()
	before := counts(t, conn)
	deep := strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000)
	tried := 0
	for _, op := range (&service{desk: s.hands(3).desk}).surface() {
		file := map[string]string{"submit": "E-clerk", "calculate": "E-clerk", "approve": "E-boss", "control": "M-control", "read": "E-clerk"}[string(op.role)]
		if file == "" {
			continue // The beheerder's credentials stand under another name; the decoder is the same.
		}
		for body, want := range map[string]string{
			"": "json/malformed", "{": "json/malformed", `{"a":1`: "json/malformed", "nul": "json/malformed", "{}{}": "json/malformed", "\xff\xfe": "json/malformed",
			`{"a":01}`: "json/malformed", `{'a':1}`: "json/malformed", deep: "json/malformed", strings.Repeat("[", 100_000): "json/malformed",
			"[]": "field/type", "1": "field/type", "null": "field/type", `"text"`: "field/type", `{"\u0000":1}`: "field/unknown", `{"__proto__":{}}`: "field/unknown",
		} {
			tried++
			_, problem := s.raw(t, file, op.name(), []byte(body))
			if problem == nil || problem.Status != 400 || len(problem.Problems) == 0 || problem.Problems[0].Type != want {
				t.Errorf("%s %.40q: %v, want %s", op.name(), body, problem, want)
			}
		}
	}
	if tried < 400 {
		t.Errorf("%d malformed requests tried", tried)
	}
	_, problem := s.raw(t, "E-clerk", "run.open", []byte(`{"period":"2026-10","period":"2026-11","pay_date":"2026-11-30"}`))
	if problem == nil || problem.Problems[0].Type != "field/repeated" {
		t.Errorf("a field that stands twice: %v", problem)
	}
	err := o.clerk.Call(t.Context(), "hours", "submit", map[string]any{"submission": strings.Repeat("x", 1<<20+1)}, nil)
	if !errors.As(err, &problem) || problem.Status != 413 {
		t.Errorf("more than a megabyte: %v", err)
	}
	if after := counts(t, conn); after != before {
		t.Errorf("something was left:\n%s\nwas\n%s", after, before)
	}
}

// TestIdempotencyKeys repeats requests: the same key and body give the same
// reply, word for word, and do nothing; with another body it is refused.
func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	conn := s.sql()
	body := []byte(`{"idempotency_key":"k1","number":"C-1","valid_from":"2026-10-01","hours_per_week":"24","full_time_hours":"40"}`)
	first, problem := s.raw(t, "E-clerk", "contract.amend", body)
	if problem != nil {
		t.Fatal(problem)
	}
	before := counts(t, conn)
	if again, problem := s.raw(t, "E-clerk", "contract.amend", body); again != first || problem != nil {
		t.Errorf("again: %s %v, want %s", again, problem, first)
	}
	for name, other := range map[string]struct{ endpoint, body string }{
		"another body":     {"contract.amend", strings.Replace(string(body), "24", "25", 1)},
		"another endpoint": {"contract.end", `{"idempotency_key":"k1","number":"C-1","end":"2026-12-31","reason":"x"}`},
	} {
		if _, problem := s.raw(t, "E-clerk", other.endpoint, []byte(other.body)); problem == nil || problem.Status != 409 || problem.Problems[0].Type != "idempotency_key/other_body" {
			t.Errorf("%s under the same key: %v", name, problem)
		}
	}
	// A refusal is no reply to keep: mended, the same key works.
	o.refused(o.clerk, "run.open", map[string]any{"idempotency_key": "k2", "period": "2026-13", "pay_date": "2026-10-30"})
	// A secret is given out once.
	user := map[string]any{"idempotency_key": "k3", "organisation": "E", "name": "x", "roles": []string{"read"}}
	if after := counts(t, conn); after != before {
		t.Errorf("repetitions left something:\n%s\nwas\n%s", after, before)
	}
	o.must(o.clerk, "run.open", map[string]any{"idempotency_key": "k2", "period": "2026-10", "pay_date": "2026-10-30"})
	o.must(s.admin, "user.add", user)
	if got := o.refused(s.admin, "user.add", user); got != "request/given_once" {
		t.Errorf("credentials asked for again: %s", got)
	}
	if kept := one[string](t, conn, `SELECT reply FROM request WHERE key = 'k3'`); kept != "" {
		t.Errorf("the reply with credentials is kept: %d bytes", len(kept))
	}
	// Another user's key is another key.
	o.must(o.boss, "run.calculate", map[string]any{"idempotency_key": "k2", "run": o.must(o.boss, "run.list", map[string]any{})["runs"].([]any)[0].(map[string]any)["run"]})
}

// TestExceptionsOfARun has one contract for each thing that somebody must
// accept, and one person who cannot be calculated at all.
func TestExceptionsOfARun(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	for n := 1; n <= 5; n++ {
		o.person(n)
	}
	register := func(n int, change map[string]any) { o.must(o.clerk, "contract.register", with(o.contract(n), change)) }
	register(1, map[string]any{"start": "2026-01-01"})
	o.must(o.control, "decision.record", with(o.decision(1), map[string]any{"from": "2026-01-01", "granted": "2026-01-01", "route": "forfait", "loonwaarde": nil}))
	register(2, nil)
	o.must(o.control, "decision.record", with(o.decision(2), map[string]any{"loonwaarde": nil}))
	register(3, map[string]any{"pay_basis": "fixed", "municipality": nil})
	register(4, map[string]any{"pay_basis": "fixed", "municipality": nil, "averaging": true})
	register(5, nil)
	o.work("C-1", "8.00", "2026-10-01")
	o.work("C-2", "8.00", "2026-10-01")
	run := o.open("2026-10")
	shown := s.calculate(o.clerk, run)
	got := slices.DeleteFunc(o.exceptions(run), func(e string) bool { return strings.HasPrefix(e, "figure/") })
	want := []string{"charges/unknown employer", "contract/without_hours C-5", "decision/missing C-5", "forfait/over C-1", "loonwaarde/unknown C-2", "wage/below_minimum C-3"}
	if !slices.Equal(got, want) {
		t.Errorf("exceptions %v, want %v", got, want)
	}
	// October 2026 has 22 working days: 32/5 × 22 × 14.99 = 2,110.59 is due, and 32 × 52/12 = 138.67, × 14.99 = 2,078.66 is paid.
	for contract, gross := range map[string]string{"C-1": "119.92", "C-2": "119.92", "C-3": "2078.66", "C-4": "2078.66", "C-5": "0.00"} {
		if is := o.gross(run, contract); is != gross {
			t.Errorf("%s: gross %s, want %s", contract, is, gross)
		}
	}
	if shown["totals"].(map[string]any)["failed"] != 0.0 {
		t.Errorf("failed: %s", pretty(shown))
	}
	t.Run("a person fails and stops nobody", func(t *testing.T) {
		b := s.office("E2", "M2")
		// Nobody has a minimum wage before fifteen, and unknown is never nought.
		for n := 11; n <= 13; n++ {
			person := map[string]any{"number": fmt.Sprintf("P-%d", n), "name": "Jan Jansen", "birth_date": "1996-03-01", "iban": "NL44RABO0123456789"}
			if n == 12 {
				person["birth_date"] = "2012-06-01"
			}
			b.must(b.clerk, "person.register", person)
			b.must(b.clerk, "contract.register", with(b.contract(n), map[string]any{"municipality": nil}))
			b.work(fmt.Sprintf("C-%d", n), "8.00", "2026-10-01")
		}
		run := b.open("2026-10")
		shown := s.calculate(b.clerk, run)
		if got := slices.DeleteFunc(b.exceptions(run), func(e string) bool { return strings.HasPrefix(e, "figure/") }); !slices.Equal(got, []string{"charges/unknown employer", "person/failed C-12"}) {
			t.Errorf("exceptions: %v", got)
		}
		totals := shown["totals"].(map[string]any)
		if words(totals["failed"], totals["payslips"]) != "1 2" {
			t.Errorf("totals: %s", pretty(totals))
		}
		if got := b.refused(b.clerk, "payslip.show", map[string]any{"run": run, "contract": "C-12"}); got != "payslip/unknown" {
			t.Errorf("a payslip of who failed: %s", got)
		}
		if reply := b.approve(run); words(reply["payments"]) != "2" {
			t.Errorf("approved: %s", pretty(reply))
		}
	})
}
