package bus

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
)

// streamNoLeaks fails the test when goroutines outlive it. It must come before
// everything else that cleans up.
func streamNoLeaks(t testing.TB) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// streamServer runs a server as the service does: on loopback and with every
// write on disk before it is acknowledged.
func streamServer(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, SyncAlways: true,
		NoLog: true, NoSigs: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server is not ready")
	}
	t.Cleanup(func() { streamStop(s) })
	return s
}

func streamStop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func streamConnect(t testing.TB, url string) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond),
		nats.ReconnectJitter(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// streamStart runs a server with our streams and connects to it.
func streamStart(t testing.TB) jetstream.JetStream {
	t.Helper()
	s := streamServer(t, t.TempDir(), -1)
	js := streamConnect(t, s.ClientURL())
	if err := EnsureStreams(t.Context(), js, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	return js
}

// streamEventually waits for a condition; a test never sleeps instead.
func streamEventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func streamInfo(t testing.TB, js jetstream.JetStream, name string) *jetstream.StreamInfo {
	t.Helper()
	stream, err := js.Stream(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo()
}

// streamLog keeps what was logged, so that a test can hold it against what
// must never be there.
type streamLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *streamLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *streamLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *streamLog) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestEnsureStreams(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	// The second time nothing changes, and what an operator added stays.
	info := streamInfo(t, js, EventStream)
	added := info.Config
	added.MaxBytes = 1 << 30
	if _, err := js.UpdateStream(t.Context(), added); err != nil {
		t.Fatal(err)
	}
	if err := EnsureStreams(t.Context(), js, StreamConfig{EventMaxAge: 48 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	now := streamInfo(t, js, EventStream)
	if EventIncarnation(now) != EventIncarnation(info) {
		t.Error("the stream was replaced")
	}
	c := now.Config
	if c.MaxBytes != 1<<30 || c.MaxAge != 48*time.Hour || !c.DenyDelete || !c.DenyPurge || !c.AllowAtomicPublish ||
		c.Duplicates != 15*time.Minute || c.Storage != jetstream.FileStorage || c.Retention != jetstream.LimitsPolicy {
		t.Errorf("event stream is %+v", c)
	}
	for name, window := range map[string]time.Duration{IntakeStream: 100 * time.Millisecond, WorkStream: time.Second} {
		c := streamInfo(t, js, name).Config
		if c.Retention != jetstream.WorkQueuePolicy || c.Duplicates != window || c.Storage != jetstream.FileStorage {
			t.Errorf("%s is %+v", name, c)
		}
	}
	if c := streamInfo(t, js, DeadStream).Config; c.Retention != jetstream.LimitsPolicy || c.MaxAge != 0 {
		t.Errorf("dead letters are %+v", c)
	}
}

func TestEnsureStreamsTogether(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	errs := make(chan error)
	for range 4 {
		js := streamConnect(t, s.ClientURL())
		go func() { errs <- EnsureStreams(t.Context(), js, StreamConfig{}) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestEnsureStreamsShortAge(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	js := streamConnect(t, s.ClientURL())
	cfg := StreamConfig{EventMaxAge: time.Minute, DeadMaxAge: time.Minute}
	if err := EnsureStreams(t.Context(), js, cfg); err != nil {
		t.Fatal(err)
	}
}

func TestEnsureStreamsRefusesAnotherKind(t *testing.T) {
	streamNoLeaks(t)
	s := streamServer(t, t.TempDir(), -1)
	js := streamConnect(t, s.ClientURL())
	_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{
		Name: EventStream, Subjects: []string{eventPrefix + ">"}, Storage: jetstream.MemoryStorage,
	})
	if err != nil {
		t.Fatal(err)
	}
	err = EnsureStreams(t.Context(), js, StreamConfig{})
	if err == nil || !strings.Contains(err.Error(), EventStream) {
		t.Errorf("a stream in memory was accepted: %v", err)
	}
}

// The intake names its user in the subject because of this: if the server ever
// starts to keep the header, the subject may become shorter again.
func TestStreamKeepsNoRequestInfo(t *testing.T) {
	streamNoLeaks(t)
	conf := fmt.Sprintf(`
		listen: "127.0.0.1:-1"
		jetstream { store_dir: %q }
		accounts {
			APP { jetstream: enabled, users: [{user: app, password: x}],
				exports: [{service: "verloning.v1.intake.*.hours.*"}, {service: "plain.*"}] }
			COMPANY { users: [{user: company, password: x}],
				imports: [
					{service: {account: APP, subject: "verloning.v1.intake.COMPANY.hours.U"}, to: "hours", share: true},
					{service: {account: APP, subject: "plain.COMPANY"}, to: "plain", share: true}] }
		}`, t.TempDir())
	opts := new(server.Options)
	if err := opts.ProcessConfigString(conf); err != nil {
		t.Fatal(err)
	}
	opts.NoLog, opts.NoSigs, opts.SyncAlways = true, true, true
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { streamStop(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server is not ready")
	}
	login := func(user string) string { return strings.Replace(s.ClientURL(), "nats://", "nats://"+user+":x@", 1) }
	app, company := streamConnect(t, login("app")), streamConnect(t, login("company"))
	if err := EnsureStreams(t.Context(), app, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	sub, err := app.Conn().SubscribeSync("plain.*")
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Conn().Flush(); err != nil {
		t.Fatal(err)
	}
	if err := company.Conn().PublishRequest("plain", company.Conn().NewInbox(), nil); err != nil {
		t.Fatal(err)
	}
	plain, err := sub.NextMsg(5 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Header.Get("Nats-Request-Info") == "" {
		t.Fatal("a shared import should write who asks")
	}
	if _, err := company.Publish(t.Context(), "hours", []byte("{}"), jetstream.WithMsgID("a")); err != nil {
		t.Fatal(err)
	}
	stream, err := app.Stream(t.Context(), IntakeStream)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(msg.Header.Values("Nats-Request-Info")) != 0 {
		t.Error("the stream keeps who asked after all")
	}
	if msg.Header.Get(jetstream.MsgIDHeader) != "a" {
		t.Errorf("the other headers are gone: %v", msg.Header)
	}
}
