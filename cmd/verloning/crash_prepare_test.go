package main

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/bus"
)

// copyData copies the data directory of a stopped service. Copies run at the
// same time, so that none may insist on the port of the first.
func copyData(t testing.TB, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy %s: %v: %s", from, err, out)
	}
	if err := os.Remove(filepath.Join(to, "nats", "nats.port")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(to, "postgres", "cluster", "data", "PG_VERSION")); err != nil {
		t.Fatalf("the cluster is not in the data directory, so that it was not copied: %v", err)
	}
}

// prepare registers everything up to the open runs, through the interface.
func (c *crashCast) prepare(ctx context.Context, m *crashMonth) error {
	c.contracts, c.owing, c.bank = crashFacts(), crashAccount(), crashBank()
	ask := func(user, noun, verb string, request map[string]any) map[string]any {
		reply, err := m.insist(ctx, user, noun, verb, request)
		if err != nil {
			panic(fmt.Errorf("%s.%s %v: %w", noun, verb, request, err))
		}
		return reply
	}
	c.register(ask)
	for _, e := range c.employers {
		ask(e+"/clerk", "employer", "record", map[string]any{"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.52", "whk_year": 2026, "whk_reference": "W-1"})
	}
	for budget, amount := range crashBudgets {
		source, year, _ := strings.Cut(budget, " ")
		n, err := strconv.Atoi(year)
		if err != nil {
			return err
		}
		ask(c.municipality+"/control", "budget", "record", map[string]any{"year": n, "source": source, "kind": "granted", "amount": amount})
	}
	c.agreed(ask)
	hours := map[string][]any{}
	for i, k := range c.contracts {
		c.hire(ask, i, k)
		for _, h := range k.Hours {
			hours[k.Employer] = append(hours[k.Employer], map[string]any{
				"contract": k.Number, "day": fmt.Sprintf("%s-%02d", k.Month, h.Day), "kind": h.Kind, "hours": big.NewRat(h.Hundredths, 100).FloatString(2),
			})
		}
	}
	for n, e := range c.employers {
		for i := 0; i < len(hours[e]); i += 400 {
			ask(e+"/clerk", "hours", "submit", map[string]any{"submission": fmt.Sprintf("0198f2c4-0000-7000-8000-%06d%06d", n, i), "lines": hours[e][i:min(i+400, len(hours[e]))]})
		}
		c.runs[e] = ask(e+"/clerk", "run", "open", map[string]any{"period": crashEmployers[e].month, "pay_date": crashEmployers[e].payDate})["run"].(string)
	}
	return c.catchUp(ctx, m)
}

type crashAsk func(user, noun, verb string, request map[string]any) map[string]any

// register registers the organisations with their people. Who works at the bank
// statement of one has two people for it, who both look at it.
func (c *crashCast) register(ask crashAsk) {
	roles := map[string]string{c.municipality: "gemeente"}
	for _, e := range c.employers {
		roles[e] = "employer"
	}
	for _, i := range crashInleners {
		roles[i] = "inlener"
	}
	for _, p := range crashProviders {
		roles[p] = "reintegratiebedrijf"
	}
	users := map[string]map[string][]string{
		"employer": {"clerk": {"submit", "calculate"}, "boss": {"approve"}, "deputy": {"approve"}, "bank": {"control"}, "till": {"control"}},
		"gemeente": {"control": {"control"}, "chief": {"approve"}, "deputy": {"approve"}, "bank": {"control"}, "till": {"control"}},
		"inlener":  {"clerk": {"read"}}, "reintegratiebedrijf": {"clerk": {"submit"}},
	}
	for _, code := range slices.Sorted(maps.Keys(roles)) {
		ask("BEHEER/admin", "org", "register", map[string]any{"code": code, "name": code, "roles": []string{roles[code]}, "iban": crashIBAN(len(c.credentials))})
		for name, may := range users[roles[code]] {
			reply := ask("BEHEER/admin", "user", "add", map[string]any{"organisation": code, "name": name, "roles": may})
			c.credentials[code+"/"+name] = []byte(reply["credentials"].(string))
		}
	}
}

// hire registers a person with contract, decision and placement.
func (c *crashCast) hire(ask crashAsk, i int, k modelContract) {
	clerk := k.Employer + "/clerk"
	ask(clerk, "person", "register", map[string]any{"number": "P" + k.Number, "bsn": crashBSN(i), "name": "Deelnemer " + strconv.Itoa(i), "birth_date": "1975-03-01", "iban": crashIBAN(100 + i), "loonheffingskorting": k.Korting})
	contract := map[string]any{"number": k.Number, "person": "P" + k.Number, "scheme": k.Scheme, "municipality": c.municipality, "start": k.Span.From, "end": k.Span.To,
		"open_ended": k.Span.To == "", "written": true, "hours_per_week": k.Week, "full_time_hours": k.Full, "wage_factor": k.Factor}
	if k.Amount != "" {
		contract["wage_base"], contract["wage_amount"] = "amount", k.Amount
	}
	ask(clerk, "contract", "register", contract)
	if p := k.Placement; p != nil {
		ask(clerk, "placement", "record", map[string]any{"contract": k.Number, "inlener": p.Inlener, "from": p.Span.From, "to": p.Span.To, "price": p.Price})
	}
	d := k.Decision
	if d == nil {
		return
	}
	source, _, _ := strings.Cut(k.budget(), " ")
	decision := map[string]any{"number": d.Number, "employer": k.Employer, "contract": k.Number, "granted": d.Span.From, "from": d.Span.From, "to": d.Span.To,
		"hours_per_week": d.Week, "budget": source, "ceiling": d.Ceiling, "charges_percent": d.Charges}
	switch {
	case d.Forfait:
		decision["route"] = "forfait"
	case k.Scheme == "loonkostensubsidie":
		decision["route"], decision["loonwaarde"] = "loonwaarde", d.Percent
	case k.Scheme == "oss-bonusbaan":
		decision["productivity"] = d.Percent
	}
	ask(c.municipality+"/control", "decision", "record", decision)
}

// catchUp reads all events so far as the companies do, so that afterwards they
// read those of the month alone.
func (c *crashCast) catchUp(ctx context.Context, m *crashMonth) error {
	if err := m.publish(ctx); err != nil {
		return err
	}
	if err := m.query(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT max(row), current_date::text FROM outbox`).Scan(&c.since, &c.today)
	}); err != nil {
		return err
	}
	for _, user := range c.readers() {
		conn, err := m.conn(user)
		if err != nil {
			return err
		}
		for seen := 1; seen > 0; {
			seen = 0
			if err := conn.Tail(ctx, false, func(context.Context, bus.Received) error { seen++; return nil }); err != nil {
				return err
			}
		}
	}
	return nil
}

// crashBSN makes a number that passes the eleven test.
func crashBSN(i int) string {
	for n := 100_000_000 + 1000*i; ; n++ {
		digits, sum := strconv.Itoa(n), 0
		for at, weight := range []int{9, 8, 7, 6, 5, 4, 3, 2, -1} {
			sum += weight * int(digits[at]-'0')
		}
		if sum%11 == 0 {
			return digits
		}
	}
}

// crashIBAN makes an account number with its check digits.
func crashIBAN(i int) string {
	account := fmt.Sprintf("%010d", 123_000+i)
	// N, L and R, A, B, O are 23, 21 and 27, 10, 11, 24; the country goes last.
	n, _ := new(big.Int).SetString("27101124"+account+"232100", 10)
	return fmt.Sprintf("NL%02dRABO%s", 98-n.Mod(n, big.NewInt(97)).Int64(), account)
}
