package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The superuser and the database that the service uses.
const (
	roleName     = "verloning"
	databaseName = "verloning"
)

// How long the server may take. Recovery after a crash replays up to max_wal_size; a fast shutdown writes as much.
const (
	startPatience = 10 * time.Minute
	fastPatience  = 60 * time.Second
	quitPatience  = 15 * time.Second
)

// cannotConnectNow is PostgreSQL's code for a server that is still starting, or recovering.
const cannotConnectNow = "57P03"

// PostgresConfig says where the private cluster belongs and how it runs.
type PostgresConfig struct {
	// Dir belongs to the cluster alone. As root, the cluster itself may be elsewhere, and Dir then holds a pointer to it.
	Dir string
	// Log receives what the launcher does; nil means slog.Default(). The server itself writes Dir/postgres.log.
	Log *slog.Logger
	// BinDirs are the directories to look for PostgreSQL in; nil means PATH and /usr/lib/postgresql/*/bin.
	BinDirs []string
	// Settings change the server's settings (postgresql.conf names) for this run.
	Settings map[string]string
}

// Postgres is a running private PostgreSQL server.
type Postgres struct {
	log      *slog.Logger
	journal  serverLog
	owner    *fileLock
	cluster  cluster
	sockets  string
	process  *exec.Cmd
	exited   chan struct{} // Closed after exit is set.
	exit     error
	died     chan struct{}
	stopping atomic.Bool
	stopOnce sync.Once
	stopErr  error
}

// StartPostgres starts the private server of cfg.Dir, making its cluster first if there is none, and returns when it
// takes connections and has the database. If another process owns the directory, the error is an *OwnedError; if an
// earlier owner was killed and its server is still stopping, it waits. The context bounds the start only.
func StartPostgres(ctx context.Context, cfg PostgresConfig) (*Postgres, error) {
	p := &Postgres{log: cfg.Log, exited: make(chan struct{}), died: make(chan struct{})}
	if p.log == nil {
		p.log = slog.Default()
	}
	began := time.Now()
	if err := p.start(ctx, cfg); err != nil {
		return nil, fmt.Errorf("start PostgreSQL in %s: %w", cfg.Dir, errors.Join(err, p.abandon()))
	}
	p.log.InfoContext(ctx, "PostgreSQL is ready", "pid", p.PID(), "home", p.cluster.home, "user", p.cluster.as.name,
		"took", time.Since(began).Round(time.Millisecond))
	return p, nil
}

// start takes the steps in the order that makes each safe: owner, user, home, no earlier server, cluster, server.
func (p *Postgres) start(ctx context.Context, cfg PostgresConfig) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	dir, err := makeDir(cfg.Dir)
	if err != nil {
		return err
	}
	p.journal = serverLog{path: filepath.Join(dir, "postgres.log")}
	if p.owner, err = own(ctx, dir, filepath.Join(dir, "postgres.lock")); err != nil {
		return err
	}
	home, err := existingHome(dir)
	if err != nil {
		return err
	}
	as, err := accountFor(home)
	if err != nil {
		return err
	}
	found, err := findBinaries(ctx, cfg.BinDirs, as)
	if err != nil {
		return err
	}
	if home, err = p.settle(ctx, dir, home, as, found[0]); err != nil {
		return err
	}
	p.cluster = cluster{home: home, as: as}
	if err := p.cluster.seize(ctx); err != nil {
		return err
	}
	server, err := p.prepare(ctx, found)
	if err != nil {
		return err
	}
	if err := p.launch(server, cfg.Settings); err != nil {
		return err
	}
	if err := p.open(ctx); err != nil {
		return fmt.Errorf("%w; %s", err, p.journal.tail())
	}
	return nil
}

// settle finds or makes the home of the cluster, in which the account can work.
func (p *Postgres) settle(ctx context.Context, dir, home string, as account, with binaries) (string, error) {
	if home == "" {
		made, err := makeHome(ctx, dir, as, with.postgres())
		if err == nil && filepath.Dir(made) != dir {
			p.log.InfoContext(ctx, "PostgreSQL's files are not in the data directory, because its user cannot enter it",
				"data_directory", dir, "user", as.name, "home", made)
		}
		if err == nil && filepath.Dir(made) == "/tmp" {
			p.log.WarnContext(ctx, "PostgreSQL's files are in /tmp, which many machines empty when they start", "home", made)
		}
		return made, err
	}
	if err := makePrivate(home, as); err != nil {
		return "", err
	}
	if !as.canEnter(ctx, home, with.postgres()) {
		if err := ctx.Err(); err != nil {
			return "", err // The question was cut short, and nothing is known of who may enter.
		}
		return "", fmt.Errorf("user %s, who owns the cluster in %s, cannot enter it; chmod o+x on its parents", as.name, home)
	}
	return home, nil
}

// prepare makes the cluster if there is none, and returns the installation that runs it.
func (p *Postgres) prepare(ctx context.Context, found []binaries) (binaries, error) {
	major, err := p.cluster.major()
	if err != nil {
		return binaries{}, err
	}
	server, err := choose(found, p.cluster.home, major)
	if err != nil {
		return binaries{}, err
	}
	if major == 0 {
		p.log.InfoContext(ctx, "making a PostgreSQL cluster", "home", p.cluster.home, "version", server.major)
		return server, p.cluster.create(ctx, server)
	}
	return server, p.cluster.clearStalePID()
}

// launch starts the server, without waiting until it is ready.
func (p *Postgres) launch(server binaries, changes map[string]string) error {
	var err error
	if p.sockets, err = makeSockets(p.cluster.home, p.cluster.as); err != nil {
		return err
	}
	args, err := arguments(p.cluster.data(), p.sockets, changes)
	if err != nil {
		return err
	}
	journal, err := p.journal.rotate()
	if err != nil {
		return err
	}
	defer journal.Close() // The server has its own copy.
	p.process = p.cluster.as.command(p.cluster.home, syscall.SIGINT, server.postgres(), args...)
	p.process.Stdout, p.process.Stderr = journal, journal
	// The server and its children hold the lock for as long as any of them lives.
	p.process.ExtraFiles = []*os.File{p.cluster.lock.file}
	started := make(chan error, 1)
	go p.keep(started)
	if err := <-started; err != nil {
		p.process = nil
		return fmt.Errorf("run %s as user %s: %w", server.postgres(), p.cluster.as.name, err)
	}
	return nil
}

// keep starts the server and keeps its thread until the server has ended. The kernel sends the server SIGINT when the
// thread that started it dies, and Go ends threads at will, except those that a goroutine holds.
func (p *Postgres) keep(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.process.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	p.exit = p.process.Wait()
	if !p.stopping.Load() {
		p.log.Error("PostgreSQL has stopped by itself", "pid", p.PID(), "state", p.process.ProcessState.String())
		close(p.died)
	}
	close(p.exited)
}

// open waits until the server takes connections, and makes the database if it is missing.
func (p *Postgres) open(ctx context.Context) error {
	conn, err := p.awaitReady(ctx)
	if err != nil {
		return err
	}
	err = makeDatabase(ctx, conn)
	return errors.Join(err, conn.Close(ctx))
}

// awaitReady connects until it works. The pause grows, because the server logs each attempt while it recovers.
func (p *Postgres) awaitReady(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(p.url("postgres")) // The one database that every cluster has.
	if err != nil {
		return nil, err
	}
	config.ConnectTimeout = 5 * time.Second
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil {
			return conn, nil
		}
		var refusal *pgconn.PgError
		if errors.As(err, &refusal) && refusal.Code != cannotConnectNow {
			return nil, err
		}
		select {
		case <-p.exited:
			return nil, fmt.Errorf("the server ended at once (%s)", p.process.ProcessState)
		case <-ctx.Done():
			return nil, fmt.Errorf("the server took too long: %w: %w", context.Cause(ctx), err)
		case <-time.After(pause):
		}
	}
}

// makeDatabase makes the service's database if it is not there.
func makeDatabase(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, databaseName).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE `+databaseName+` TEMPLATE template0 ENCODING 'UTF8'`)
	return err
}

// URL is where pgx, and any other client on this machine that may enter the socket's directory, finds the database.
func (p *Postgres) URL() string { return p.url(databaseName) }

// url addresses a database of this server. Its sessions log no errors: the client gets them anyway, and even the first
// line of one may quote a value, as in `invalid input syntax for type integer: "…"`.
func (p *Postgres) url(database string) string {
	query := url.Values{
		"host":    {p.sockets},
		"port":    {"5432"},
		"sslmode": {"disable"},
		"options": {"--log_min_messages=log"},
	}
	// PostgreSQL takes a plus sign in a URL literally, not as a blank.
	address := url.URL{Scheme: "postgres", User: url.User(roleName), Path: "/" + database, RawQuery: strings.ReplaceAll(query.Encode(), "+", "%20")}
	return address.String()
}

// PID is the process id of the server.
func (p *Postgres) PID() int { return p.process.Process.Pid }

// Done is closed when the server ends without having been asked to. Stop then tells why, and must still be called.
func (p *Postgres) Done() <-chan struct{} { return p.died }

// Stop shuts the server down: it ends every session, writes everything to disk, and returns when the last process is
// gone. It may be called again, and then returns the same.
func (p *Postgres) Stop() error {
	p.stopOnce.Do(func() {
		if err := errors.Join(p.shutDown(), p.release()); err != nil {
			p.stopErr = fmt.Errorf("stop PostgreSQL in %s: %w", p.cluster.home, err)
		}
	})
	return p.stopErr
}

// shutDown asks, and then insists. Even the last resort loses nothing that was committed.
func (p *Postgres) shutDown() error {
	select {
	case <-p.exited:
		return fmt.Errorf("it had stopped by itself (%s); %s", p.process.ProcessState, p.journal.tail())
	default:
	}
	p.stopping.Store(true)
	for _, step := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{
		{syscall.SIGINT, fastPatience},  // Fast shutdown.
		{syscall.SIGQUIT, quitPatience}, // Immediate shutdown: the next start recovers from the log.
		{syscall.SIGKILL, quitPatience},
	} {
		if err := p.process.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("send %s to pid %d: %w", step.signal, p.PID(), err)
		}
		select {
		case <-p.exited:
			if p.exit != nil {
				return fmt.Errorf("after %s: %w; %s", step.signal, p.exit, p.journal.tail())
			}
			return nil
		case <-time.After(step.patience):
			p.log.Warn("PostgreSQL does not stop", "pid", p.PID(), "signal", step.signal.String(), "waited", step.patience)
		}
	}
	return fmt.Errorf("pid %d does not even stop when it is killed; the disk may hang", p.PID())
}

// abandon undoes a start that failed.
func (p *Postgres) abandon() error {
	var err error
	if p.process != nil {
		select {
		case <-p.exited:
		default:
			err = p.shutDown()
		}
	}
	return errors.Join(err, p.release())
}

// release gives up what the server needed.
func (p *Postgres) release() error {
	var err error
	if p.sockets != "" {
		err = os.RemoveAll(p.sockets)
	}
	p.cluster.lock.leave()
	p.owner.unlock()
	return err
}
