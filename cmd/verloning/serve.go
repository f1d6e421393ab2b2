package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // days are Europe/Amsterdam, also where the machine has no zones

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
)

// host is everything that a process holds while it serves: what it started
// itself and what it connected to. Parts are closed in reverse order.
type host struct {
	cfg    config
	log    *slog.Logger
	dir    *embedded.DataDir
	dbURL  string
	bus    *embedded.NATS // nil when NATS_URL names another
	keys   *bus.Keys
	closes []func() error
}

// onClose notes what to close; the last opened is closed first.
func (h *host) onClose(f func() error) { h.closes = append(h.closes, f) }

func (h *host) close() error {
	var errs []error
	for i := len(h.closes) - 1; i >= 0; i-- {
		errs = append(errs, h.closes[i]())
	}
	return errors.Join(errs...)
}

// openHost opens the data directory and the database.
func openHost(ctx context.Context, cfg config, log *slog.Logger) (h *host, err error) {
	h = &host{cfg: cfg, log: log, dbURL: cfg.DatabaseURL}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.dir, err = embedded.OpenDataDir(cfg.Data); err != nil {
		return h, err
	}
	h.onClose(h.dir.Close)
	if h.keys, err = bus.LoadKeys(cfg.Keys); err != nil {
		return h, err
	}
	if h.dbURL == "" {
		pg, err := embedded.StartPostgres(ctx, embedded.PostgresConfig{Dir: filepath.Join(cfg.Data, "postgres"), Log: log})
		if err != nil {
			return h, err
		}
		h.onClose(pg.Stop)
		h.dbURL = pg.URL()
		if _, err := postgres.Migrate(ctx, h.dbURL); err != nil {
			return h, err
		}
	}
	return h, postgres.CheckSchema(ctx, h.dbURL)
}

// openStore connects to the database and opens its vault.
func (h *host) openStore(ctx context.Context) (*postgres.Store, error) {
	place, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	store, err := postgres.Open(ctx, postgres.Config{
		URL: h.dbURL, MaxConns: h.cfg.DBConns, StatementTimeout: h.cfg.Statement, LockTimeout: h.cfg.LockWait, IdleTimeout: h.cfg.Idle,
		Log: h.log, Amsterdam: place,
	})
	if err != nil {
		return nil, err
	}
	h.onClose(func() error { store.Close(); return nil })
	key, err := h.cfg.masterKey()
	if err != nil {
		return nil, err
	}
	if err := store.OpenVault(ctx, key); err != nil {
		return nil, err
	}
	operator, err := h.keys.OperatorPublic()
	if err != nil {
		return nil, err
	}
	return store, store.OwnBus(ctx, operator)
}

// connectBus starts the in-process NATS, or uses the one that is configured,
// and connects to our own account and the system account.
func (h *host) connectBus(ctx context.Context, store *postgres.Store) (app, sys *nats.Conn, err error) {
	url, extra := h.cfg.NATSURL, []nats.Option{}
	if url == "" {
		if err := h.startNATS(ctx, store); err != nil {
			return nil, nil, err
		}
		url, extra = h.bus.URL(), append(extra, h.bus.InProcess())
	}
	for _, c := range []struct {
		to   **nats.Conn
		auth nats.Option
	}{{&app, h.keys.ApplicationOption()}, {&sys, h.keys.SystemOption()}} {
		opts := append([]nats.Option{c.auth, nats.Name("verloning"), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond)}, extra...)
		conn, err := nats.Connect(url, opts...)
		if err != nil {
			return nil, nil, fmt.Errorf("connect to NATS: %w (does it trust our operator? see: verloning access jwts)", err)
		}
		h.onClose(func() error { conn.Close(); return nil })
		*c.to = conn
	}
	return app, sys, nil
}

// startNATS starts the in-process server with every account that the database
// knows, so that a bus whose storage was lost lets everybody in again.
func (h *host) startNATS(ctx context.Context, store *postgres.Store) error {
	operator, err := h.keys.OperatorJWT()
	if err != nil {
		return err
	}
	system, err := h.keys.SystemPublic()
	if err != nil {
		return err
	}
	accounts, err := h.accountTokens(ctx, store)
	if err != nil {
		return err
	}
	h.bus, err = embedded.StartNATS(embedded.NATSConfig{
		Dir: filepath.Join(h.cfg.Data, "nats"), Port: h.cfg.NATSPort, OperatorJWT: operator, SystemAccount: system, Accounts: accounts, Log: h.log,
	})
	if err != nil {
		return err
	}
	h.onClose(func() error { h.bus.Stop(); return nil })
	return nil
}

// accountTokens lists the JWT of every account by its public key.
func (h *host) accountTokens(ctx context.Context, store *postgres.Store) (map[string]string, error) {
	tokens := map[string]string{}
	for _, own := range []struct{ public, token func() (string, error) }{
		{h.keys.SystemPublic, h.keys.SystemJWT}, {h.keys.ApplicationPublic, h.keys.ApplicationJWT},
	} {
		public, err := own.public()
		if err != nil {
			return nil, err
		}
		if tokens[public], err = own.token(); err != nil {
			return nil, err
		}
	}
	rows, err := store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range rows {
		if tokens[a.Public], err = h.keys.OrganisationJWT(a.Public, a.Code); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

// serve runs the service until the context ends, and calls ready once requests
// are answered.
func serve(ctx context.Context, cfg config, log *slog.Logger, ready func(*host) error) (err error) {
	h, err := openHost(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	store, err := h.openStore(ctx)
	if err != nil {
		return err
	}
	desk, err := newDesk(cfg.ShardSize)
	if err != nil {
		return err
	}
	app, sys, err := h.connectBus(ctx, store)
	if err != nil {
		return err
	}
	js, err := jetstream.New(app)
	if err != nil {
		return fmt.Errorf("JetStream: %w", err)
	}
	s := &service{cfg: cfg, log: log, store: store, desk: desk, keys: h.keys, app: app, sys: sys, js: js}
	if err := h.bootstrap(ctx, s); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return s.run(ctx, func() error {
		url := cfg.NATSURL
		if h.bus != nil {
			url = h.bus.URL()
		}
		if err := h.dir.WriteConnect(embedded.Connect{NATSURL: url, DatabaseURL: h.dbURL, PID: os.Getpid()}); err != nil {
			return err
		}
		return ready(h)
	})
}

// adminLabel is the code of the organisation that runs the service and of the
// credentials file of its first user.
const (
	adminCode = "BEHEER"
	adminFile = "BEHEER-admin.creds"
)

// bootstrap makes, the first time, the beheerder with one user who may register
// organisations and users, and leaves the credentials in the data directory.
// The file is written before the user is committed: a kill in between leaves a
// key that nobody knows, and the next start makes another.
func (h *host) bootstrap(ctx context.Context, s *service) error {
	path := filepath.Join(h.cfg.Data, "creds", adminFile)
	return s.store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		fresh, err := tx.NeedsBeheerder(ctx)
		if err != nil || !fresh {
			return err
		}
		account, err := s.desk.Locksmith.NewAccount()
		if err != nil {
			return err
		}
		user, err := s.desk.Locksmith.NewUser(account.Seed, adminCode)
		if err != nil {
			return err
		}
		if err := writeSecret(path, user.Credentials); err != nil {
			return err
		}
		return tx.AddBeheerder(ctx, s.desk.NewID(), s.desk.NewID(), adminCode, account, user)
	})
}

// writeSecret writes a file that only its owner reads, whole or not at all.
func writeSecret(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := embedded.WriteFile(path, data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
