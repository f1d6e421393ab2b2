package main

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"verloning/cmd/verloning/internal/bus"
)

// roomy is how many bytes a place needs to hold the copies of all trials.
const roomy = 6 << 30

// crashBase makes the directory for everything, in memory if there is room:
// these tests kill processes and not machines. PostgreSQL's user must be able
// to enter it, so that the whole service stands in one directory that can be
// copied.
func crashBase(t *testing.T) string {
	t.Helper()
	parent := "/dev/shm"
	var disk syscall.Statfs_t
	if err := syscall.Statfs(parent, &disk); err != nil || disk.Bavail*uint64(disk.Bsize) < roomy {
		parent = "/tmp" // And not TMPDIR, whose path may be too long for a socket.
	}
	base, err := os.MkdirTemp(parent, "vcrash-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(base, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// After a failure a server may still be writing its last checkpoint.
		until(t, base+" is removed", func() bool { return os.RemoveAll(base) == nil })
	})
	return base
}

// copyData copies the data directory of a stopped service. Copies run at the
// same time, so that none may insist on the port of the first.
func copyData(t *testing.T, from, to string) {
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

// crashEmployers are two, so that their runs interleave.
var crashEmployers = []string{"WERK", "BAAN"}

// crashFacts makes up the contracts of two employers, and the hours by day.
func crashFacts() (contracts []modelContract, hours map[string][]any) {
	random, hours := rand.New(rand.NewPCG(2026, 10)), map[string][]any{}
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for n, size := range []int{40, 12} {
		for i := range size {
			employer := crashEmployers[n]
			full := pick("36", "38", "40")
			week := pick("20", "24", "32", "36")
			c := modelContract{
				Employer: employer, Number: fmt.Sprintf("C-%02d", i), Factor: pick("1", "1", "1.10", "1.25"), Week: week, Full: full, Start: 1,
				Decided: i != 11, DecidedWeek: week, DecidedFrom: 1, Loonwaarde: 15 + random.Int64N(80), Forfait: i%9 == 4, Verdict: "granted",
			}
			switch i {
			case 2:
				c.Factor, c.Amount = "1", "17.35"
			case 3:
				c.DecidedFrom = 15
			case 5:
				c.Verdict = "partly"
			case 6:
				c.Verdict = "refused"
			case 8:
				c.Start, c.DecidedFrom = 12, 12
			case 10:
				c.Loonwaarde, c.Forfait = 100, false // nothing to claim
			}
			days := 22
			switch i {
			case 7:
				days = 0 // no hours, no wage, and so no claim
			case 9:
				days = 3 // the claim meets the wage cost
			}
			for day := c.Start; day <= 31 && days > 0; day++ {
				if weekday := time.Date(2026, 10, day, 0, 0, 0, 0, time.UTC).Weekday(); weekday == time.Saturday || weekday == time.Sunday {
					continue
				}
				days--
				kind, hundredths := pick("worked", "worked", "worked", "worked", "worked", "sick", "leave", "training", "unpaid_absence"), 400+25*random.Int64N(17)
				c.Hours = append(c.Hours, modelDay{day, kind, hundredths})
				hours[employer] = append(hours[employer], map[string]any{
					"contract": c.Number, "day": fmt.Sprintf("2026-10-%02d", day), "kind": kind, "hours": big.NewRat(hundredths, 100).FloatString(2),
				})
			}
			contracts = append(contracts, c)
		}
	}
	return contracts, hours
}

// prepare registers everything up to the open runs, through the interface.
func (c *crashCast) prepare(ctx context.Context, m *crashMonth) error {
	contracts, hours := crashFacts()
	c.contracts = contracts
	ask := func(user, noun, verb string, request map[string]any) map[string]any {
		reply, err := m.insist(ctx, user, noun, verb, request)
		if err != nil {
			panic(fmt.Errorf("%s.%s %v: %w", noun, verb, request, err))
		}
		return reply
	}
	for code, role := range map[string]string{"WERK": "employer", "BAAN": "employer", "STAD": "gemeente"} {
		ask("BEHEER/admin", "org", "register", map[string]any{"code": code, "name": code, "roles": []string{role}, "iban": crashIBAN(len(c.credentials))})
		users := map[string][]string{"clerk": {"submit", "calculate"}, "boss": {"approve"}}
		if role == "gemeente" {
			users = map[string][]string{"control": {"control"}, "chief": {"approve"}}
		}
		for name, roles := range users {
			reply := ask("BEHEER/admin", "user", "add", map[string]any{"organisation": code, "name": name, "roles": roles})
			c.credentials[code+"/"+name] = []byte(reply["credentials"].(string))
		}
	}
	for i, k := range contracts {
		clerk, from := k.Employer+"/clerk", "2026-07-01"
		ask(clerk, "person", "register", map[string]any{"number": "P" + k.Number, "bsn": crashBSN(i), "name": "Deelnemer " + strconv.Itoa(i), "birth_date": "1985-03-01", "iban": crashIBAN(100 + i)})
		if k.Start > 1 {
			from = fmt.Sprintf("2026-10-%02d", k.Start)
		}
		contract := map[string]any{"number": k.Number, "person": "P" + k.Number, "scheme": "loonkostensubsidie", "municipality": c.municipality, "start": from,
			"open_ended": true, "written": true, "hours_per_week": k.Week, "full_time_hours": k.Full, "wage_factor": k.Factor}
		if k.Amount != "" {
			contract["wage_base"], contract["wage_amount"] = "amount", k.Amount
		}
		ask(clerk, "contract", "register", contract)
		if !k.Decided {
			continue
		}
		if k.DecidedFrom > 1 {
			from = fmt.Sprintf("2026-10-%02d", k.DecidedFrom)
		}
		decision := map[string]any{"number": fmt.Sprint("D-", i), "employer": k.Employer, "contract": k.Number, "granted": from, "from": from, "to": "2028-06-30",
			"route": "forfait", "hours_per_week": k.DecidedWeek, "budget": "BUIG"}
		if !k.Forfait {
			decision["route"], decision["loonwaarde"] = "loonwaarde", k.Loonwaarde
		}
		ask(c.municipality+"/control", "decision", "record", decision)
	}
	for n, e := range c.employers {
		for i := 0; i < len(hours[e]); i += 400 {
			ask(e+"/clerk", "hours", "submit", map[string]any{"submission": fmt.Sprintf("0198f2c4-0000-7000-8000-%06d%06d", n, i), "lines": hours[e][i:min(i+400, len(hours[e]))]})
		}
		c.runs[e] = ask(e+"/clerk", "run", "open", map[string]any{"period": "2026-10", "pay_date": "2026-10-30"})["run"].(string)
	}
	return c.catchUp(ctx, m)
}

// catchUp reads all events so far as the companies do, so that afterwards they
// read those of the month alone.
func (c *crashCast) catchUp(ctx context.Context, m *crashMonth) error {
	if err := m.publish(ctx); err != nil {
		return err
	}
	if err := m.query(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT max(row) FROM outbox`).Scan(&c.since)
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
