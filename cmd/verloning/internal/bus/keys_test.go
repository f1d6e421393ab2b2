package bus

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
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

// identWorld is a real server in operator mode with our own account on it.
type identWorld struct {
	keys *Keys
	url  string
	sys  *nats.Conn
	app  *nats.Conn
	js   jetstream.JetStream
}

// identCompany is a company with one user.
type identCompany struct {
	account string
	seed    []byte
	user    string
	creds   []byte
}

func identStart(t *testing.T) *identWorld {
	t.Helper()
	running := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, running) })
	keys := identKeys(t, t.TempDir())
	srv := identServer(t, keys)
	w := &identWorld{keys: keys, url: srv.ClientURL()}
	w.sys = w.connect(t, keys.SystemOption())
	w.app = w.connect(t, keys.ApplicationOption())
	var err error
	if w.js, err = jetstream.New(w.app); err != nil {
		t.Fatal(err)
	}
	if err := EnsureStreams(identContext(t, 10*time.Second), w.js, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	return w
}

func identKeys(t *testing.T, dir string) *Keys {
	t.Helper()
	keys, err := LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func identServer(t *testing.T, keys *Keys) *server.Server {
	t.Helper()
	operator, err := jwt.DecodeOperatorClaims(identText(t, keys.OperatorJWT))
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := server.NewDirAccResolver(t.TempDir(), 0, time.Hour, server.HardDelete)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(resolver.Close)
	for account, token := range map[string]string{
		identText(t, keys.SystemPublic):      identText(t, keys.SystemJWT),
		identText(t, keys.ApplicationPublic): identText(t, keys.ApplicationJWT),
	} {
		if err := resolver.Store(account, token); err != nil {
			t.Fatal(err)
		}
	}
	srv, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true,
		TrustedOperators: []*jwt.OperatorClaims{operator},
		SystemAccount:    identText(t, keys.SystemPublic), AccountResolver: resolver,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("server does not start")
	}
	return srv
}

func identText(t *testing.T, get func() (string, error)) string {
	t.Helper()
	text, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// identSignedAt signs the same claims as if at another moment.
func identSignedAt(t *testing.T, keys *Keys, token string, at int64) string {
	t.Helper()
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	claims["iat"] = at
	claims["iss"], _ = keys.operator.PublicKey()
	if payload, err = json.Marshal(claims); err != nil {
		t.Fatal(err)
	}
	text := parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := keys.operator.Sign([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (w *identWorld) connect(t *testing.T, opts ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(w.url, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// company makes a company and tells the running server of it.
func (w *identWorld) company(t *testing.T, label string) identCompany {
	t.Helper()
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	w.push(t, account, label)
	c := identCompany{account: account, seed: seed}
	c.user, c.creds = c.colleague(t, label+"-1")
	return c
}

func (w *identWorld) push(t *testing.T, account, label string, revoked ...Revocation) {
	t.Helper()
	token, err := w.keys.OrganisationJWT(account, label, revoked...)
	if err != nil {
		t.Fatal(err)
	}
	if err := PushAccount(t.Context(), w.sys, token); err != nil {
		t.Fatal(err)
	}
}

func (c identCompany) colleague(t *testing.T, label string) (user string, creds []byte) {
	t.Helper()
	user, creds, err := NewUser(c.seed, label)
	if err != nil {
		t.Fatal(err)
	}
	return user, creds
}

func (w *identWorld) dial(t *testing.T, creds []byte, opts ...nats.Option) *Client {
	t.Helper()
	client, err := DialCreds(w.url, creds, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// unlimited makes a user without any permissions set, as someone with the
// account's seed can: what stops it is the account's wall alone.
func (c identCompany) unlimited(t *testing.T) []byte {
	t.Helper()
	account, err := nkeys.FromSeed(c.seed)
	if err != nil {
		t.Fatal(err)
	}
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public := identText(t, user.PublicKey)
	token, err := jwt.NewUserClaims(public).Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	creds, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// serve starts the endpoints and drains them at the end.
func (w *identWorld) serve(t *testing.T, opts ServeOptions, endpoints ...Endpoint) *Service {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	service, err := Serve(t.Context(), w.app, endpoints, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := service.Drain(ctx); err != nil {
			t.Error(err)
		}
	})
	return service
}

// identRaw speaks the protocol itself, to say what no decent client says.
type identRaw struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

// raw connects with credentials and whatever else the greeting should hold.
func (w *identWorld) raw(t *testing.T, creds []byte, greeting map[string]any) *identRaw {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r := &identRaw{t: t, conn: conn, in: bufio.NewReader(conn)}
	var info struct {
		Nonce string `json:"nonce"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(r.line(), "INFO ")), &info); err != nil {
		t.Fatal(err)
	}
	token, err := nkeys.ParseDecoratedJWT(creds)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := nkeys.ParseDecoratedUserNKey(creds)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := pair.Sign([]byte(info.Nonce))
	if err != nil {
		t.Fatal(err)
	}
	connect := map[string]any{"verbose": false, "headers": true, "no_responders": true, "protocol": 1,
		"jwt": token, "sig": base64.RawURLEncoding.EncodeToString(signature)}
	for key, value := range greeting {
		connect[key] = value
	}
	content, err := json.Marshal(connect)
	if err != nil {
		t.Fatal(err)
	}
	r.send("CONNECT " + string(content))
	return r
}

func (r *identRaw) send(line string) {
	r.t.Helper()
	if _, err := fmt.Fprint(r.conn, line, "\r\n"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *identRaw) line() string {
	r.t.Helper()
	line, err := r.in.ReadString('\n')
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimRight(line, "\r\n")
}

// publish sends a message, and returns what the server holds against it.
func (r *identRaw) publish(subject, reply, body string) (objection string) {
	r.t.Helper()
	r.send(fmt.Sprintf("PUB %s %s %d\r\n%s\r\nPING", subject, reply, len(body), body))
	for {
		line := r.line()
		switch {
		case line == "PONG":
			return objection
		case strings.HasPrefix(line, "-ERR"):
			objection = line
		}
	}
}

// until returns the first line with the text.
func (r *identRaw) until(text string) string {
	r.t.Helper()
	for {
		if line := r.line(); strings.Contains(line, text) {
			return line
		}
	}
}

func identContext(t *testing.T, within time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	t.Cleanup(cancel)
	return ctx
}

func TestLoadKeysAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first := identKeys(t, dir)
	for name, get := range map[string]func(*Keys) (string, error){
		"operator": (*Keys).OperatorJWT, "system": (*Keys).SystemJWT, "application": (*Keys).ApplicationJWT,
	} {
		signed := identText(t, func() (string, error) { return get(first) })
		// As if that was a while ago.
		earlier := identSignedAt(t, first, signed, 1_700_000_000)
		if err := os.WriteFile(filepath.Join(dir, name+".jwt"), []byte(earlier), 0o600); err != nil {
			t.Fatal(err)
		}
		again := identKeys(t, dir)
		if text := identText(t, func() (string, error) { return get(again) }); text != earlier {
			t.Errorf("%s: another text after loading", name)
		}
		forged := identSignedAt(t, identKeys(t, t.TempDir()), signed, 1_700_000_000)
		if err := os.WriteFile(filepath.Join(dir, name+".jwt"), []byte(forged), 0o600); err != nil {
			t.Fatal(err)
		}
		if text := identText(t, func() (string, error) { return get(again) }); text == forged {
			t.Errorf("%s: took a text that another operator signed", name)
		}
	}
}

func TestKeysAreSecret(t *testing.T) {
	t.Run("nobody else reads them", func(t *testing.T) {
		dir := t.TempDir()
		keys := identKeys(t, dir)
		identText(t, keys.ApplicationJWT)
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", entry.Name(), info.Mode())
			}
			names = append(names, entry.Name())
		}
		if want := []string{"application.jwt", keysFile}; !slices.Equal(names, want) {
			t.Errorf("files %q, want %q: nothing may be left over", names, want)
		}
		if err := os.Chmod(filepath.Join(dir, keysFile), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKeys(dir); err == nil || !strings.Contains(err.Error(), "0600") {
			t.Errorf("readable keys: %v", err)
		}
	})
}

func TestKeysAreMadeOnce(t *testing.T) {
	t.Run("who comes second leaves the keys alone", func(t *testing.T) {
		dir := t.TempDir()
		before := identText(t, identKeys(t, dir).ApplicationPublic)
		if err := createKeys(filepath.Join(dir, keysFile)); err != nil {
			t.Fatal(err)
		}
		if after := identText(t, identKeys(t, dir).ApplicationPublic); after != before {
			t.Error("other keys")
		}
	})
	t.Run("creators at the same time agree", func(t *testing.T) {
		dir := t.TempDir()
		var all sync.WaitGroup
		found := make([]string, 8)
		for i := range found {
			all.Go(func() {
				if keys, err := LoadKeys(dir); err == nil {
					found[i], _ = keys.ApplicationPublic()
				}
			})
		}
		all.Wait()
		slices.Sort(found)
		if distinct := slices.Compact(found); len(distinct) != 1 || distinct[0] == "" {
			t.Errorf("keys %q", distinct)
		}
	})
	t.Run("what a kill leaves is no key", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "."+keysFile+"-123"), []byte(`{"operator":"SO`), 0o600); err != nil {
			t.Fatal(err)
		}
		identKeys(t, dir)
	})
	for name, content := range map[string]string{
		"half":    `{"operator":"SOAB`,
		"none":    `{}`,
		"unknown": `{"operator":"x","other":"y"}`,
	} {
		t.Run("refuses a set that is "+name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, keysFile), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadKeys(dir); err == nil || strings.Contains(err.Error(), "SOAB") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestSteadyTextFollowsTheClaims(t *testing.T) {
	keys := identKeys(t, t.TempDir())
	before := identText(t, keys.SystemJWT)
	claims := jwt.NewAccountClaims(identText(t, keys.SystemPublic))
	claims.Name = "SYS"
	claims.Limits.Conn = 7
	changed, err := keys.steady("system", claims)
	if err != nil || changed == before {
		t.Errorf("changed claims kept their text (%v)", err)
	}
	if back := identText(t, keys.SystemJWT); back == changed {
		t.Error("claims changed back kept the other text")
	}
}
