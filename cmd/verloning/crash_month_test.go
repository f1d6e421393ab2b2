package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"verloning/cmd/verloning/internal/bus"
)

// crashCast is who works in the month and on what; all trials share it.
type crashCast struct {
	employers    []string
	municipality string
	runs         map[string]string // of the employers
	contracts    []modelContract
	owing        modelAccount
	bank         modelBank
	credentials  map[string][]byte // by organisation/user
	since        int64             // row of the outbox up to which everything was read before
	today        string            // when all this was prepared: a bank statement is never of a later day
}

// readers are a user of each organisation, by its code.
func (c *crashCast) readers() map[string]string {
	users := map[string]string{c.municipality: c.municipality + "/control"}
	for _, code := range slices.Concat(c.employers, crashInleners, crashProviders) {
		users[code] = code + "/clerk"
	}
	return users
}

// verdict is what the municipality says of a claim on a contract, and how much
// it grants.
func (c *crashCast) verdict(employer, number string) (verdict, granted string) {
	for _, k := range c.contracts {
		if k.Employer == employer && k.Number == number {
			return k.Decision.Verdict, modelMoney(k.claims(c.municipality)[0].Granted)
		}
	}
	return "", ""
}

// crashMonth is the companies' side of the month: programs that know where the
// service is, send a command under a key of its own, and send it again until
// they have an answer. They do not know of stages, kills or restarts.
type crashMonth struct {
	*crashCast
	mu     sync.Mutex
	db     string
	bus    string
	conns  map[string]*bus.Client
	asking map[string]map[string]any // commands that were made and wait to be sent
	banked map[string][]crashFile    // what organisations handed to the bank
}

func newCrashMonth(c *crashCast, db, url string) *crashMonth {
	return &crashMonth{crashCast: c, db: db, bus: url, conns: map[string]*bus.Client{}, asking: map[string]map[string]any{}}
}

// move tells where the service is now.
func (m *crashMonth) move(db, url string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if url != m.bus {
		m.hangUp()
	}
	m.db, m.bus = db, url
}

func (m *crashMonth) hangUp() {
	for _, c := range m.conns {
		c.Close()
	}
	clear(m.conns)
}

func (m *crashMonth) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hangUp()
}

func (m *crashMonth) conn(user string) (*bus.Client, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.conns[user]; c != nil {
		return c, nil
	}
	c, err := bus.DialCreds(m.bus, m.credentials[user], nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond))
	if err == nil {
		m.conns[user] = c
	}
	return c, err
}

// insist asks until there is an answer or a refusal. What was sent may have
// been carried out without an answer: the key makes that harmless.
func (m *crashMonth) insist(ctx context.Context, user, noun, verb string, request any) (map[string]any, error) {
	for {
		reply, err := m.once(ctx, user, noun, verb, request)
		var problem *bus.Problem
		if err == nil || errors.As(err, &problem) && problem.Status < 500 && problem.Status != 401 {
			return reply, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s.%s by %s got no answer: %w", noun, verb, user, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (m *crashMonth) once(ctx context.Context, user, noun, verb string, request any) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	c, err := m.conn(user)
	if err != nil {
		return nil, err
	}
	var reply map[string]any
	return reply, c.Call(ctx, noun, verb, request, &reply)
}

// each does the same for every employer at the same time, so that their work
// interleaves.
func (m *crashMonth) each(ctx context.Context, work func(ctx context.Context, employer string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, e := range m.employers {
		group.Go(func() error { return work(ctx, e) })
	}
	return group.Wait()
}

// holds asks the database a yes or no, past the service.
func (m *crashMonth) holds(ctx context.Context, question string, args ...any) (yes bool, err error) {
	err = m.query(ctx, func(conn *pgx.Conn) error { return conn.QueryRow(ctx, question, args...).Scan(&yes) })
	return yes, err
}

func (m *crashMonth) query(ctx context.Context, ask func(*pgx.Conn) error) error {
	m.mu.Lock()
	url := m.db
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(ask(conn), conn.Close(context.Background()))
}

// until waits until the database says yes; while it is away it says nothing. One
// connection asks, since a new one costs more than all that it asks.
func (m *crashMonth) until(ctx context.Context, question string, args ...any) error {
	for {
		err := m.query(ctx, func(conn *pgx.Conn) error {
			for {
				var yes bool
				if err := conn.QueryRow(ctx, question, args...).Scan(&yes); yes || err != nil {
					return err
				}
				if err := crashPause(ctx); err != nil {
					return err
				}
			}
		})
		if err == nil {
			return nil
		}
		if late := crashPause(ctx); late != nil {
			return fmt.Errorf("waited in vain for %s: %w", question, errors.Join(err, late))
		}
	}
}

// crashPause is between one look and the next.
func crashPause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// crashStage is a step of the month for all employers. Look asks what the step needs
// to know; act does it, until it is done and answered; done asks the database
// whether it is.
type crashStage struct {
	name string
	done string
	look func(*crashMonth, context.Context) error
	act  func(*crashMonth, context.Context) error
	// What a kill is aimed at: frames to the database, commits and nothing else,
	// frames to the bus.
	aims map[string][]frameKind
}

// crashStages are the month in order. Closing and the last, in which only what is
// still to be told is told, are never disturbed.
var crashStages = []crashStage{
	{"calculate", `SELECT bool_and(status = 'calculated') FROM run`, lookAtNothing, (*crashMonth).calculate, crashAims(frameHint, frameReply)},
	{"approve", `SELECT bool_and(status = 'approved') FROM run`, (*crashMonth).lookAtRun, (*crashMonth).approve, crashAims(frameReply)},
	{"grant", `SELECT count(*) = (SELECT count(*) FROM run) FROM grant_approval`, (*crashMonth).lookAtClaims, (*crashMonth).grant, crashAims(frameReply)},
	{"publish", allPublished, lookAtNothing, (*crashMonth).publish, map[string][]frameKind{"database": {frameRelay}, "bus": {frameEvent}}},
	{"close", `SELECT bool_and(status = 'closed') FROM run`, lookAtNothing, (*crashMonth).shut, nil},
	{"settle", `SELECT count(*) = 2 * (SELECT count(*) FROM run) FROM posting WHERE kind = 'settlement'`, lookAtNothing, (*crashMonth).settle, crashAims(frameReply)},
	{"account", `SELECT (SELECT count(*) FROM statement_settlement) = 2 AND (SELECT count(*) FROM internal_cost_approval) = 3`, lookAtNothing, (*crashMonth).settleAccount, crashAims(frameReply)},
	{"end", allPublished, lookAtNothing, (*crashMonth).publish, nil},
}

// crashAims are those of a stage whose work is done in transactions.
func crashAims(bus ...frameKind) map[string][]frameKind {
	return map[string][]frameKind{"database": {frameTx, frameCommit}, "commit": {frameCommit}, "bus": bus}
}

// allPublished says that the relay has nothing left to do.
const allPublished = `SELECT count(*) > 0 AND count(*) = count(l.row) FROM outbox b LEFT JOIN outbox_landed l ON l.row = b.row`

// lookAtNothing is for stages that need to know nothing.
func lookAtNothing(*crashMonth, context.Context) error { return nil }

func (m *crashMonth) calculate(ctx context.Context) error {
	return m.each(ctx, func(ctx context.Context, e string) error {
		request := map[string]any{"run": m.runs[e], "idempotency_key": "calculate"}
		if _, err := m.insist(ctx, e+"/clerk", "run", "calculate", request); err != nil {
			return err
		}
		return m.until(ctx, `SELECT status = 'calculated' FROM run WHERE id = $1`, m.runs[e])
	})
}

// lookAtRun accepts what is exceptional and makes the approval.
func (m *crashMonth) lookAtRun(ctx context.Context) error {
	for _, e := range m.employers {
		run := m.runs[e]
		found, err := m.insist(ctx, e+"/clerk", "run", "exceptions", map[string]any{"run": run})
		if err != nil {
			return err
		}
		var keys []any
		for _, x := range found["exceptions"].([]any) {
			if x := x.(map[string]any); x["accepted"] != true {
				keys = append(keys, x["exception"])
			}
		}
		if len(keys) > 0 {
			request := map[string]any{"run": run, "exceptions": keys, "reason": "looked at", "idempotency_key": "accept"}
			if _, err := m.insist(ctx, e+"/clerk", "run", "accept", request); err != nil {
				return err
			}
		}
		shown, err := m.insist(ctx, e+"/boss", "run", "show", map[string]any{"run": run})
		if err != nil {
			return err
		}
		m.asking["approve "+e] = map[string]any{"run": run, "calculation": shown["calculation"], "hash": shown["hash"], "idempotency_key": "approve"}
	}
	return nil
}

func (m *crashMonth) approve(ctx context.Context) error {
	return m.each(ctx, func(ctx context.Context, e string) error {
		_, err := m.insist(ctx, e+"/boss", "run", "approve", m.asking["approve "+e])
		return err
	})
}

// lookAtClaims makes the verdicts.
func (m *crashMonth) lookAtClaims(ctx context.Context) error {
	for _, e := range m.employers {
		if err := m.lookAtClaimsOf(ctx, e, ""); err != nil {
			return err
		}
	}
	return nil
}

// lookAtClaimsOf makes the verdicts on what an employer claims, or with a minus sign is
// to pay back: what is not granted whole is named.
func (m *crashMonth) lookAtClaimsOf(ctx context.Context, e, sign string) error {
	month := crashEmployers[e].month
	found, err := m.insist(ctx, m.municipality+"/control", "claim", "list", map[string]any{"employer": e, "period": month, "status": "raised"})
	if err != nil {
		return err
	}
	named := []any{}
	for _, x := range found["claims"].([]any) {
		claim := x.(map[string]any)
		verdict, granted := m.verdict(e, fmt.Sprint(claim["contract"]))
		if verdict == "granted" {
			continue
		}
		line := map[string]any{"claim": claim["claim"], "verdict": verdict, "reason": "so decided"}
		if verdict == "partly" {
			line["amount"] = sign + granted
		}
		named = append(named, line)
	}
	m.asking["grant "+e] = map[string]any{"employer": e, "period": month, "all": true, "claims": named, "idempotency_key": "grant/" + sign + e}
	return nil
}

// grant is done by two people.
func (m *crashMonth) grant(ctx context.Context) error { return m.each(ctx, m.grantOne) }

// grantOne decides on the claims of an employer. The second person gives a reason for
// spending more than there is only when asked for one.
func (m *crashMonth) grantOne(ctx context.Context, e string) error {
	asked := m.asking["grant "+e]
	batch, err := m.insist(ctx, m.municipality+"/control", "claim", "grant", asked)
	if err != nil {
		return err
	}
	request := map[string]any{"batch": batch["batch"], "hash": batch["hash"], "idempotency_key": asked["idempotency_key"]}
	_, err = m.insist(ctx, m.municipality+"/chief", "claim", "approve", request)
	if crashRefused(err) == "budget/over" {
		request["over_budget"] = "the council was told"
		_, err = m.insist(ctx, m.municipality+"/chief", "claim", "approve", request)
	}
	return err
}

// crashRefused is the type of the first problem of a refusal.
func crashRefused(err error) string {
	var problem *bus.Problem
	if errors.As(err, &problem) && len(problem.Problems) > 0 {
		return problem.Problems[0].Type
	}
	return ""
}

func (m *crashMonth) publish(ctx context.Context) error { return m.until(ctx, allPublished) }

func (m *crashMonth) shut(ctx context.Context) error {
	return m.each(ctx, func(ctx context.Context, e string) error {
		_, err := m.insist(ctx, e+"/clerk", "run", "close", map[string]any{"run": m.runs[e], "idempotency_key": "close"})
		return err
	})
}

// settle notes on both sides what went over the bank. Two people of each read the
// same statement and neither knows of the other: one of them is to find that
// there is nothing left to settle.
func (m *crashMonth) settle(ctx context.Context) error {
	return m.each(ctx, func(ctx context.Context, e string) error {
		var sides errgroup.Group
		for _, side := range []string{e, m.municipality} {
			sides.Go(func() error { return m.settleSide(ctx, side, e) })
		}
		return sides.Wait()
	})
}

func (m *crashMonth) settleSide(ctx context.Context, side, employer string) error {
	request := map[string]any{"employer": employer, "period": crashEmployers[employer].month, "all": true, "day": m.today, "reference": "statement", "idempotency_key": "settle/" + employer}
	var both errgroup.Group
	var done atomic.Int64
	for _, who := range []string{"/bank", "/till"} {
		both.Go(func() error {
			_, err := m.insist(ctx, side+who, "claim", "settle", request)
			if err == nil {
				done.Add(1)
			}
			if crashRefused(err) == "claim/none" {
				err = nil
			}
			return err
		})
	}
	if err := both.Wait(); err != nil {
		return err
	}
	if done.Load() != 1 {
		return fmt.Errorf("of the two of %s who settle with %s, %d could", side, employer, done.Load())
	}
	return nil
}

// finish goes through the stages that are left, but for the statements: those are
// for trials of their own, since nothing before them bears on them.
func (m *crashMonth) finish(ctx context.Context, rest []crashStage) error {
	for _, s := range rest {
		if s.name == "account" {
			continue
		}
		if err := m.do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// do does one stage.
func (m *crashMonth) do(ctx context.Context, s crashStage) error {
	if err := s.look(m, ctx); err != nil {
		return fmt.Errorf("before %s: %w", s.name, err)
	}
	if err := s.act(m, ctx); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}
