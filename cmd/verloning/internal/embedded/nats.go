package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// The bounds of the in-process server. A slow reader costs at most maxPending bytes of our memory, and a stuck one is
// gone after the write deadline.
const (
	loopback          = "127.0.0.1"
	defaultMaxPayload = 1 << 20
	maxConnections    = 4096
	maxPending        = 64 << 20
	writeDeadline     = 10 * time.Second
)

// natsPatience is how long the listener may take after the server has started; recovery of streams comes before.
const natsPatience = 10 * time.Second

// resolvePatience is how long an unknown account is looked for in other servers. There are none.
const resolvePatience = 100 * time.Millisecond

// portFile remembers the port, so that clients find the server again after a restart.
const portFile = "nats.port"

// NATSConfig says where the in-process NATS server keeps its files and whom it trusts.
type NATSConfig struct {
	// Dir belongs to this server alone.
	Dir string
	// Port on the loopback interface; 0 means the same as last time if it is free, and else any free one.
	Port int
	// OperatorJWT is the self-signed JWT of the operator, whose keys sign the accounts.
	OperatorJWT string
	// SystemAccount is the public key of the system account, which never has JetStream.
	SystemAccount string
	// Accounts are the JWTs of accounts by public key, put into the resolver before the server is ready. A newer one
	// that was pushed at run time stays.
	Accounts map[string]string
	// Log receives the server's messages, never with payloads; nil means slog.Default().
	Log *slog.Logger
	// MaxPayload bounds a message; 0 means 1 MB.
	MaxPayload int32
}

// NATS is a running in-process NATS server with JetStream.
type NATS struct {
	server *server.Server
	lock   *fileLock
}

// StartNATS starts a server in operator mode: only who holds a user JWT of a known account can connect. Streams are
// on disk before a publish is acknowledged. It returns when clients can connect and all streams are recovered.
func StartNATS(cfg NATSConfig) (*NATS, error) {
	started, err := startNATS(cfg)
	if err != nil {
		return nil, fmt.Errorf("start NATS in %s: %w", cfg.Dir, err)
	}
	return started, nil
}

func startNATS(cfg NATSConfig) (_ *NATS, err error) {
	dir, err := makeNATSDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := own(context.Background(), dir, filepath.Join(dir, "nats.lock"))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			lock.unlock()
		}
	}()
	operator, err := trust(cfg)
	if err != nil {
		return nil, err
	}
	port, err := choosePort(dir, cfg.Port)
	if err != nil {
		return nil, err
	}
	resolver, err := fillResolver(filepath.Join(dir, "jwt"), cfg)
	if err != nil {
		return nil, err
	}
	options := natsOptions(cfg, dir, port)
	options.TrustedOperators = []*jwt.OperatorClaims{operator}
	options.AccountResolver = resolver
	running, err := runNATS(options, cfg.Log)
	if err != nil {
		resolver.Close()
		return nil, err
	}
	started := &NATS{server: running, lock: lock}
	listening := running.Addr().(*net.TCPAddr).Port
	if err := WriteFile(filepath.Join(dir, portFile), []byte(strconv.Itoa(listening)+"\n")); err != nil {
		started.Stop()
		return nil, err
	}
	return started, nil
}

// makeNATSDir makes the store directory, in which only we can look: the messages in it are people's data.
func makeNATSDir(path string) (string, error) {
	dir, err := makeDir(path)
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o700)
}

// trust decodes the operator and checks that the accounts are his, before anything is written: the server itself
// would only refuse their users one by one.
func trust(cfg NATSConfig) (*jwt.OperatorClaims, error) {
	operator, err := jwt.DecodeOperatorClaims(cfg.OperatorJWT)
	if err != nil {
		return nil, fmt.Errorf("the operator's JWT: %w", err)
	}
	if _, ok := cfg.Accounts[cfg.SystemAccount]; !ok {
		return nil, fmt.Errorf("the system account %q has no JWT among the accounts", cfg.SystemAccount)
	}
	for key, token := range cfg.Accounts {
		account, err := jwt.DecodeAccountClaims(token)
		switch {
		case err != nil:
			return nil, fmt.Errorf("the JWT of account %s: %w", key, err)
		case account.Subject != key:
			return nil, fmt.Errorf("the JWT of account %s is that of account %s", key, account.Subject)
		case !operator.DidSign(account):
			return nil, fmt.Errorf("the JWT of account %s was signed by %s, which is no key of operator %s",
				key, account.Issuer, operator.Subject)
		case key == cfg.SystemAccount && account.Limits.IsJSEnabled():
			return nil, fmt.Errorf("the system account %s must not have JetStream", key)
		}
	}
	return operator, nil
}

// choosePort returns the configured port, or the remembered one while it is free, or server.RANDOM_PORT.
func choosePort(dir string, configured int) (int, error) {
	if configured != 0 {
		return configured, nil
	}
	path := filepath.Join(dir, portFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return server.RANDOM_PORT, nil
	}
	if err != nil {
		return 0, err
	}
	port, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s holds no port; remove it: %w", path, err)
	}
	probe, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.FormatUint(port, 10)))
	if errors.Is(err, syscall.EADDRINUSE) {
		return server.RANDOM_PORT, nil
	}
	if err != nil {
		return 0, err
	}
	return int(port), probe.Close()
}

// fillResolver opens the directory of account JWTs and brings it up to date.
func fillResolver(dir string, cfg NATSConfig) (*server.DirAccResolver, error) {
	// A deleted account is renamed and not removed, so that it can be told later who had it.
	resolver, err := server.NewDirAccResolver(dir, math.MaxInt64, time.Hour, server.RenameDeleted,
		server.FetchTimeout(resolvePatience))
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(cfg.Accounts)) {
		if err := resolver.Store(key, cfg.Accounts[key]); err != nil {
			resolver.Close()
			return nil, fmt.Errorf("store the JWT of account %s: %w", key, err)
		}
	}
	return resolver, nil
}

// natsOptions are the server's options apart from whom it trusts.
func natsOptions(cfg NATSConfig, dir string, port int) *server.Options {
	return &server.Options{
		ServerName:             "verloning",
		Host:                   loopback,
		Port:                   port,
		SystemAccount:          cfg.SystemAccount,
		MaxPayload:             cmp.Or(cfg.MaxPayload, defaultMaxPayload),
		MaxConn:                maxConnections,
		MaxPending:             maxPending,
		WriteDeadline:          writeDeadline,
		JetStream:              true,
		StoreDir:               dir,
		SyncAlways:             true,
		NoSigs:                 true, // Signals are the service's: it drains first.
		DisableJetStreamBanner: true,
	}
}

// runNATS starts the server and waits until it listens. The server reports a failed start to its log only, so the log
// remembers it for us.
func runNATS(options *server.Options, log *slog.Logger) (*server.Server, error) {
	if log == nil {
		log = slog.Default()
	}
	running, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	messages := &natsLog{to: log}
	running.SetLoggerV2(messages, false, false, false)
	running.Start()
	err = messages.fatal()
	if err == nil && !running.ReadyForConnections(natsPatience) {
		err = fmt.Errorf("the server does not listen after %s", natsPatience)
	}
	if err != nil {
		running.Shutdown()
		running.WaitForShutdown()
		return nil, err
	}
	return running, nil
}

// URL is where other processes on this machine connect.
func (n *NATS) URL() string { return n.server.ClientURL() }

// InProcess is the option with which a client in this process connects without a network.
func (n *NATS) InProcess() nats.Option { return nats.InProcessServer(n.server) }

// Server is the server itself.
func (n *NATS) Server() *server.Server { return n.server }

// Stop disconnects the clients, writes everything to disk, and returns when the server is gone. It may be called again.
func (n *NATS) Stop() {
	n.server.Shutdown()
	n.server.WaitForShutdown()
	n.lock.unlock()
}
