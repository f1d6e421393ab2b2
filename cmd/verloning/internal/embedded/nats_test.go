package embedded

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
	"go.uber.org/goleak"
)

// realm is an operator with a system account and an account that has JetStream.
type realm struct {
	t        *testing.T
	operator nkeys.KeyPair
	system   nkeys.KeyPair
	ours     nkeys.KeyPair
	dir      string
}

func newRealm(t *testing.T) *realm {
	t.Helper()
	r := &realm{t: t, dir: openDir(t)}
	var err error
	r.operator, err = nkeys.CreateOperator()
	must(t, err)
	r.system, err = nkeys.CreateAccount()
	must(t, err)
	r.ours, err = nkeys.CreateAccount()
	must(t, err)
	return r
}

func public(t *testing.T, pair nkeys.KeyPair) string {
	t.Helper()
	key, err := pair.PublicKey()
	must(t, err)
	return key
}

// account signs an account's JWT, with as much JetStream storage as disk says.
func (r *realm) account(pair nkeys.KeyPair, disk int64) string {
	r.t.Helper()
	claims := jwt.NewAccountClaims(public(r.t, pair))
	claims.Limits.DiskStorage = disk
	token, err := claims.Encode(r.operator)
	must(r.t, err)
	return token
}

func (r *realm) config() NATSConfig {
	r.t.Helper()
	operator := jwt.NewOperatorClaims(public(r.t, r.operator))
	operator.SystemAccount = public(r.t, r.system)
	token, err := operator.Encode(r.operator)
	must(r.t, err)
	return NATSConfig{
		Dir:           r.dir,
		OperatorJWT:   token,
		SystemAccount: public(r.t, r.system),
		Accounts: map[string]string{
			public(r.t, r.system): r.account(r.system, 0),
			public(r.t, r.ours):   r.account(r.ours, 100<<20),
		},
		Log: quiet(),
	}
}

// start starts the server and stops it when the test ends.
func (r *realm) start(cfg NATSConfig) *NATS {
	r.t.Helper()
	began := time.Now()
	n, err := StartNATS(cfg)
	must(r.t, err)
	r.t.Logf("started in %s", time.Since(began).Round(time.Millisecond))
	r.t.Cleanup(n.Stop)
	return n
}

// connect connects as a new user of the account.
func (r *realm) connect(n *NATS, account nkeys.KeyPair, options ...nats.Option) (*nats.Conn, error) {
	r.t.Helper()
	user, err := nkeys.CreateUser()
	must(r.t, err)
	token, err := jwt.NewUserClaims(public(r.t, user)).Encode(account)
	must(r.t, err)
	options = append(options, nats.NoReconnect(), nats.UserJWT(
		func() (string, error) { return token, nil },
		func(nonce []byte) ([]byte, error) { return user.Sign(nonce) }))
	conn, err := nats.Connect(n.URL(), options...)
	if err == nil {
		r.t.Cleanup(conn.Close)
	}
	return conn, err
}

func (r *realm) mustConnect(n *NATS, account nkeys.KeyPair, options ...nats.Option) *nats.Conn {
	r.t.Helper()
	conn, err := r.connect(n, account, options...)
	must(r.t, err)
	return conn
}

func TestNATSKeepsStreamAndPortOverRestart(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) }) // The first registered runs last, after all servers have stopped.
	r := newRealm(t)
	first := r.start(r.config())
	js, err := jetstream.New(r.mustConnect(first, r.ours, first.InProcess()))
	must(t, err)
	_, err = js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "FACTS", Subjects: []string{"fact.>"}})
	must(t, err)
	ack, err := js.Publish(t.Context(), "fact.one", []byte("one"))
	must(t, err)
	if ack.Stream != "FACTS" || ack.Sequence != 1 {
		t.Fatalf("acknowledged as %s %d", ack.Stream, ack.Sequence)
	}
	if !first.Server().JetStreamConfig().SyncAlways {
		t.Error("a message is acknowledged before it is on disk")
	}
	if info, err := os.Stat(r.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s has mode %o (%v)", r.dir, info.Mode().Perm(), err)
	}
	_, err = StartNATS(r.config())
	mustContain(t, err, "another verloning (pid ", r.dir)
	url := first.URL()
	first.Stop()
	first.Stop()

	second := r.start(r.config())
	if second.URL() != url {
		t.Errorf("the server moved from %s to %s", url, second.URL())
	}
	js, err = jetstream.New(r.mustConnect(second, r.ours))
	must(t, err)
	stream, err := js.Stream(t.Context(), "FACTS")
	must(t, err)
	message, err := stream.GetMsg(t.Context(), 1)
	must(t, err)
	if string(message.Data) != "one" {
		t.Errorf("the stream holds %q, want one", message.Data)
	}
}

func TestNATSTakesAnotherPortWhenItsOwnIsTaken(t *testing.T) {
	r := newRealm(t)
	first := r.start(r.config())
	address := first.Server().Addr().String()
	first.Stop()
	squatter, err := net.Listen("tcp", address)
	must(t, err)
	defer squatter.Close()
	second := r.start(r.config())
	moved := second.Server().Addr().(*net.TCPAddr)
	if moved.String() == address || !moved.IP.IsLoopback() {
		t.Errorf("the server listens on %s", moved)
	}
	r.mustConnect(second, r.ours)
	second.Stop()

	fixed := r.config()
	fixed.Port = squatter.Addr().(*net.TCPAddr).Port
	_, err = StartNATS(fixed)
	mustContain(t, err, "start NATS in "+r.dir, "address already in use")
	third := r.start(r.config()) // The failed start has given everything up again.
	if third.Server().Addr().String() != moved.String() {
		t.Errorf("the server moved to %s, want to stay on %s", third.Server().Addr(), moved)
	}
}

func TestNATSAdmitsKnownAccountsOnly(t *testing.T) {
	r := newRealm(t)
	n := r.start(r.config())
	if _, err := nats.Connect(n.URL(), nats.NoReconnect()); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("an anonymous client got %v, want an authorization error", err)
	}
	if got := anonymousInProcess(t, n); !strings.Contains(got, "Authorization Violation") {
		t.Errorf("an anonymous client in the process got %q, want an authorization error", got)
	}
	stranger, err := nkeys.CreateAccount()
	must(t, err)
	if _, err := r.connect(n, stranger); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("a user of an unknown account got %v, want an authorization error", err)
	}
	js, err := jetstream.New(r.mustConnect(n, r.system))
	must(t, err)
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "X", Subjects: []string{"x"}}); err == nil {
		t.Error("the system account has JetStream")
	}
	big := r.mustConnect(n, r.ours)
	if big.MaxPayload() != 1<<20 {
		t.Errorf("a message may have %d bytes, want 1 MB", big.MaxPayload())
	}
}

// anonymousInProcess speaks the protocol itself, because the client library cannot tell a refusal on the unbuffered
// pipe from a broken one.
func anonymousInProcess(t *testing.T, n *NATS) string {
	t.Helper()
	conn, err := n.Server().InProcessConn()
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(patience)))
	reader := bufio.NewReader(conn)
	_, err = reader.ReadString('\n') // The server introduces itself first.
	must(t, err)
	_, err = conn.Write([]byte("CONNECT {}\r\n"))
	must(t, err)
	answer, err := reader.ReadString('\n')
	must(t, err)
	return answer
}

func TestNATSTakesAnAccountAtRunTime(t *testing.T) {
	r := newRealm(t)
	first := r.start(r.config())
	company, err := nkeys.CreateAccount()
	must(t, err)
	reply, err := r.mustConnect(first, r.system).Request("$SYS.REQ.CLAIMS.UPDATE", []byte(r.account(company, 0)), patience)
	must(t, err)
	var response server.ServerAPIClaimUpdateResponse
	must(t, json.Unmarshal(reply.Data, &response))
	if response.Error != nil || response.Data == nil || response.Data.Account != public(t, company) {
		t.Fatalf("the update was answered with %s", reply.Data)
	}
	r.mustConnect(first, company)
	first.Stop()
	second := r.start(r.config())
	r.mustConnect(second, company)
}

// The JWT in the configuration may be older than one that was pushed at run time, for instance after a revocation.
func TestNATSKeepsTheNewerAccount(t *testing.T) {
	r := newRealm(t)
	old, blocked := r.config(), r.config()
	issued := time.Now().Unix()
	eventually(t, "the next second has come, which is how exactly a JWT tells its time", func() bool {
		return time.Now().Unix() > issued
	})
	claims := jwt.NewAccountClaims(public(t, r.ours))
	claims.Limits.Conn = 0
	newer, err := claims.Encode(r.operator)
	must(t, err)
	blocked.Accounts[claims.Subject] = newer

	first := r.start(old)
	r.mustConnect(first, r.ours)
	first.Stop()
	r.start(blocked).Stop()
	if _, err := r.connect(r.start(old), r.ours); err == nil {
		t.Error("the older JWT has replaced the newer one")
	}
}

func TestNATSRefusesAConfigurationThatCannotWork(t *testing.T) {
	r := newRealm(t)
	for _, c := range []struct {
		name   string
		change func(*NATSConfig)
		words  []string
	}{
		{"no operator", func(c *NATSConfig) { c.OperatorJWT = "" }, []string{"the operator's JWT"}},
		{"no system account", func(c *NATSConfig) { c.SystemAccount = "AX" }, []string{`the system account "AX" has no JWT`}},
		{"JetStream for the system account", func(c *NATSConfig) {
			c.Accounts[c.SystemAccount] = r.account(r.system, -1)
		}, []string{"must not have JetStream"}},
		{"another operator's account", func(c *NATSConfig) {
			other := newRealm(t)
			c.Accounts[public(t, other.ours)] = other.account(other.ours, 0)
		}, []string{"no key of operator"}},
		{"a JWT under another key", func(c *NATSConfig) {
			c.Accounts["AY"] = c.Accounts[c.SystemAccount]
		}, []string{"the JWT of account AY is that of account"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := r.config()
			c.change(&cfg)
			_, err := StartNATS(cfg)
			mustContain(t, err, append(c.words, "start NATS in "+r.dir)...)
		})
	}
	r.start(r.config()) // None of them has left a lock or a port behind.
}

// A client that breaks the protocol has its bytes quoted in the server's errors, and calls itself what it likes.
func TestNATSLogHoldsNoPayloads(t *testing.T) {
	r := newRealm(t)
	var log lockedBuffer
	cfg := r.config()
	cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	n := r.start(cfg)
	r.mustConnect(n, r.ours, nats.Name("Jansen")).Close()
	raw, err := net.Dial("tcp", n.Server().Addr().String())
	must(t, err)
	defer raw.Close()
	must(t, raw.SetDeadline(time.Now().Add(patience)))
	_, err = fmt.Fprintf(raw, "CONNECT {\"name\":\"Jansen\",\"verbose\":true,\"pedantic\":true}\r\nJansen is ill\r\n")
	must(t, err)
	reader := bufio.NewReader(raw)
	for err == nil {
		_, err = reader.ReadString('\n')
	}
	eventually(t, "the server has logged the bad client", func() bool { return strings.Contains(log.String(), "rror") })

	messages := &natsLog{to: cfg.Log}
	messages.Warnf("Malformed JetStream API Request: %q", []byte("Jansen is ill"))
	messages.Errorf(`127.0.0.1:1 - cid:5 - "v1.0:go:Jansen \" x" - "Jansen" - ` +
		`Client parser ERROR, state=0, i=0: proto='"Jansen"...'`)
	if strings.Contains(log.String(), "Jansen") {
		t.Errorf("the log names a person:\n%s", log.String())
	}
	if !strings.Contains(log.String(), "cid:5 - Client parser ERROR") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("a client's error is not logged as a warning:\n%s", log.String())
	}
}

// lockedBuffer is a buffer that the server may write to while the test reads it.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
