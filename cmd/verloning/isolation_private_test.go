package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/cmd/verloning/internal/bus"
)

// journal is a log that is kept to be searched.
type journal struct {
	sync.Mutex
	bytes.Buffer
}

// Write takes lines from every goroutine of the service.
func (j *journal) Write(p []byte) (int, error) {
	j.Lock()
	defer j.Unlock()
	return j.Buffer.Write(p)
}

// text is what was logged until now.
func (j *journal) text() string {
	j.Lock()
	defer j.Unlock()
	return j.Buffer.String()
}

// Private data of the person of the next test; none of it is an example's.
const (
	privateBSN  = "123456782"
	laterBSN    = "100000009"
	privateName = "Wilhelmina Zwanenburg"
	privateIBAN = "NL39RABO0300065264"
	secondIBAN  = "NL86INGB0002445588"
)

// TestPrivateDataStaysIn runs a whole month, with mistakes, at the most
// talkative level of the log and looks for BSN, IBAN and name wherever they
// must not be.
func TestPrivateDataStaysIn(t *testing.T) {
	t.Parallel()
	logged := &journal{}
	s := serveAs(t, enterable(t), slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})), nil)
	o := s.office("ALFA", "AGEM")
	var told strings.Builder // what callers and other parties were told
	tell := func(c *bus.Client, endpoint string, request map[string]any) {
		reply, err := s.call(c, endpoint, request)
		fmt.Fprintln(&told, endpoint, pretty(reply), err)
		var problem *bus.Problem
		if errors.As(err, &problem) {
			fmt.Fprintln(&told, pretty(problem))
			if problem.Status >= 500 {
				t.Errorf("%s: %v", endpoint, problem)
			}
		}
	}
	o.mistakes(t, tell)
	o.submit(o.clerk, uuid.NewString(), october())
	run := o.pay("2026-10")
	o.grant("2026-10")
	for _, endpoint := range []string{"payslip.show", "explain.amount"} {
		tell(o.clerk, endpoint, map[string]any{"run": run, "contract": "C-1"})
	}
	for _, endpoint := range []string{"payment.list", "contract.list", "claim.list", "run.list", "ledger.balances"} {
		tell(o.clerk, endpoint, map[string]any{})
		tell(o.control, endpoint, map[string]any{})
	}
	for _, m := range s.stream(t) {
		fmt.Fprintf(&told, "%s %v %s\n", m.Subject(), m.Headers(), m.Data())
	}
	conn := s.sql()
	kept := one[string](t, conn, `SELECT string_agg(concat_ws(' ', key, endpoint, encode(body_hash, 'hex'), reply), ' ') FROM request`)
	kept += one[string](t, conn, `SELECT string_agg(data, ' ') FROM outbox`) + one[string](t, conn, `SELECT string_agg(verdict, ' ') FROM submission`) +
		one[string](t, conn, `SELECT string_agg(reference || end_to_end, ' ') FROM payment`)
	files := s.files(t, conn)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	server, err := os.ReadFile(filepath.Join(s.dir, "postgres", "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"log": logged.text(), "replies, errors and events": told.String(), "kept replies": kept, "log of PostgreSQL": string(server)} {
		if len(text) < 100 {
			t.Errorf("%s: %d bytes, which shows nothing", name, len(text))
		}
		for what, private := range map[string]string{"BSN": privateBSN, "BSN of later": laterBSN, "name": "Zwanenburg", "first name": "Wilhelmina", "IBAN": privateIBAN, "new IBAN": secondIBAN, "employer's IBAN": "NL91ABNA0417164300"} {
			if at := strings.Index(text, private); at >= 0 {
				t.Errorf("%s holds the %s: …%s…", name, what, text[max(0, at-200):min(len(text), at+60)])
			}
		}
	}
	for _, bsn := range []string{privateBSN, laterBSN} {
		if strings.Contains(files, bsn) || strings.Contains(files, hex.EncodeToString([]byte(bsn))) {
			t.Error("a BSN stands in a file of the database")
		}
	}
	if !strings.Contains(files, "Zwanenburg") {
		t.Error("the name is in no file of the database: this looked at the wrong files")
	}
}

// mistakes registers the private person, rightly and in many wrong ways.
func (o office) mistakes(t *testing.T, tell func(*bus.Client, string, map[string]any)) {
	t.Helper()
	person := map[string]any{"idempotency_key": "k1", "number": "P-1", "bsn": privateBSN, "name": privateName, "birth_date": "1996-03-01", "iban": privateIBAN}
	for _, change := range []map[string]any{
		{"bsn": privateBSN[:8] + "9"}, {"iban": privateIBAN[:17] + "9"}, {"number": privateName}, {"name": privateName + strings.Repeat("x", 200)},
		{"bsn": 123456782}, {}, {}, {"number": "P-2", "idempotency_key": "k2"}, {"name": "anders"},
	} {
		tell(o.clerk, "person.register", with(person, change))
	}
	// The door repeats a day that it cannot read, and a field that it does not
	// know, to who sent them; they must get no further than that reply.
	for _, mistake := range []map[string]any{{"number": "P-1", "birth_date": privateName}, {"number": "P-1", privateBSN: privateName}} {
		if _, err := o.call(o.clerk, "person.amend", mistake); err == nil {
			t.Errorf("%v was taken", mistake)
		}
	}
	tell(o.clerk, "person.amend", map[string]any{"idempotency_key": "k3", "number": "P-1", "iban": secondIBAN})
	tell(o.clerk, "person.amend", map[string]any{"number": "P-1", "iban": secondIBAN[:17] + "0"})
	// Of somebody else the BSN is not known yet.
	tell(o.clerk, "person.register", with(person, map[string]any{"idempotency_key": nil, "number": "P-3", "bsn": nil}))
	for _, change := range []map[string]any{
		{}, {}, {"bsn": laterBSN}, {"bsn": laterBSN}, {"idempotency_key": "k6", "bsn": laterBSN}, {"idempotency_key": "k7", "bsn": laterBSN[:8] + "0"},
		{"idempotency_key": "k8", "bsn": laterBSN, "number": "P-1"}, {"idempotency_key": "k9", "bsn": privateBSN}, {"idempotency_key": "k10", "bsn": 100000009},
	} {
		tell(o.clerk, "person.amend", with(map[string]any{"idempotency_key": "k5", "number": "P-3", "bsn": privateBSN}, change))
	}
	// A creditor may be a person too, and has an account.
	garnishment := map[string]any{"idempotency_key": "k4", "person": "P-1", "reference": "B-1", "creditor_name": privateName, "creditor_iban": privateIBAN, "protected": "1500", "valid_from": "2026-10-01"}
	for _, change := range []map[string]any{
		{"creditor_iban": privateIBAN[:17] + "9"}, {"creditor_iban": secondIBAN}, {"creditor_iban": "NL91ABNA0417164300"}, {"creditor_name": privateName + strings.Repeat("x", 70)},
		{"reference": privateName}, {"protected": privateName}, {}, {}, {"creditor_name": "anders"}, {"idempotency_key": nil, "rank": 2},
	} {
		tell(o.clerk, "garnishment.record", with(garnishment, change))
	}
	tell(o.clerk, "contract.register", o.contract(1))
	tell(o.clerk, "contract.register", o.contract(1))
	tell(o.control, "decision.record", o.decision(1))
}

// files is the content of every file of the cluster, its journal included.
func (s *site) files(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	if _, err := conn.Exec(t.Context(), `CHECKPOINT`); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	err := filepath.WalkDir(one[string](t, conn, `SHOW data_directory`), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // PostgreSQL removes files of its own meanwhile.
		}
		if content, err := os.ReadFile(path); err == nil {
			all.Write(content)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// jetStream reaches the streams as the service itself does.
func (s *site) jetStream(t *testing.T) jetstream.JetStream {
	t.Helper()
	keys, err := bus.LoadKeys(filepath.Join(s.dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(s.url, keys.ApplicationOption())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// stream reads the whole event stream as the service itself could.
func (s *site) stream(t *testing.T) []jetstream.Msg {
	t.Helper()
	until(t, "the outbox is empty", func() bool {
		return one[int](t, s.sqlOnce(), `SELECT count(*) FROM outbox_waiting`) == 0
	})
	events, err := s.jetStream(t).Stream(t.Context(), bus.EventStream)
	if err != nil {
		t.Fatal(err)
	}
	// A stream that is new gets all events again; those that landed in another
	// wait although they have a place.
	until(t, "every event is in this stream", func() bool {
		return one[int](t, s.sqlOnce(), `SELECT count(*) FROM outbox b LEFT JOIN outbox_landed l ON l.row = b.row WHERE l.incarnation IS DISTINCT FROM $1`, bus.EventIncarnation(events.CachedInfo())) == 0
	})
	info, err := events.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := events.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var list []jetstream.Msg
	for want := info.State.Msgs; uint64(len(list)) < want; {
		msg, err := reader.Next(jetstream.FetchMaxWait(20 * time.Second))
		if err != nil {
			t.Fatalf("after %d of %d events: %v", len(list), want, err)
		}
		list = append(list, msg)
	}
	return list
}
