package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

// start starts a server in dir, and stops it when the test ends.
func start(t *testing.T, dir string) *Postgres {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	began := time.Now()
	pg, err := StartPostgres(ctx, PostgresConfig{Dir: dir, Log: quiet()})
	must(t, err)
	t.Logf("started in %s", time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() { _ = pg.Stop() })
	return pg
}

// query runs statements and returns the one value of the last.
func query(t *testing.T, pg *Postgres, statements ...string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pg.URL())
	must(t, err)
	defer conn.Close(context.Background())
	for _, statement := range statements[:len(statements)-1] {
		_, err := conn.Exec(t.Context(), statement)
		must(t, err)
	}
	var value string
	must(t, conn.QueryRow(t.Context(), statements[len(statements)-1]).Scan(&value))
	return value
}

const countFacts = `SELECT count(*)::text FROM fact`

func TestPostgresKeepsDataOverRestart(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) }) // The first registered runs last, after all servers have stopped.
	dir := filepath.Join(openDir(t), "postgres")
	first := start(t, dir)
	for name, want := range map[string]string{
		"data_checksums": "on", "fsync": "on", "synchronous_commit": "on", "server_encoding": "UTF8", "lc_collate": "C",
		"listen_addresses": "", "max_connections": "60", "shared_buffers": "768MB", "wal_compression": "pglz",
		"timezone": "UTC", "log_statement": "none", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
	} {
		if got := query(t, first, `SELECT current_setting('`+name+`')`); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := query(t, first, `SELECT lower('É')`); got != "é" {
		t.Errorf("lower('É') is %q: letters beyond ASCII are not letters", got)
	}
	if uid, _, err := ownerOf("/proc/" + strconv.Itoa(first.PID())); err != nil || uid == 0 {
		t.Errorf("the server runs as user %d (%v)", uid, err)
	}
	// A Ctrl-C on the terminal goes to its whole process group, and must reach the service alone.
	if group, err := syscall.Getpgid(first.PID()); err != nil || group != first.PID() {
		t.Errorf("the server is in process group %d (%v), want its own", group, err)
	}
	query(t, first, `CREATE TABLE fact (id int)`, `INSERT INTO fact VALUES (1), (2)`, countFacts)
	must(t, first.Stop())
	must(t, first.Stop())
	select {
	case <-first.Done():
		t.Error("an ordered stop looks like a death")
	default:
	}
	if _, err := os.Stat(first.sockets); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's directory is still there: %v", err)
	}
	if got := query(t, start(t, dir), countFacts); got != "2" {
		t.Errorf("%s facts after the restart, want 2", got)
	}
}

func TestPostgresRefusesASecondOwner(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	first := start(t, dir)
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: dir, Log: quiet()})
	var owned *OwnedError
	if !errors.As(err, &owned) || owned.PID != os.Getpid() {
		t.Fatalf("got %v, want an OwnedError with our pid", err)
	}
	mustContain(t, err, "another verloning (pid "+strconv.Itoa(os.Getpid())+") owns "+dir)
	if got := query(t, first, `SELECT 'alive'`); got != "alive" {
		t.Error("the first owner's server was disturbed")
	}
}

// The whole service is killed at work and started again at once.
func TestPostgresSurvivesAKilledService(t *testing.T) {
	dir := openDir(t)
	service := startHelper(t, os.Args[0], dir, nil)
	server := service.ready(t)
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: filepath.Join(dir, "postgres"), Log: quiet()})
	mustContain(t, err, "another verloning (pid "+strconv.Itoa(service.cmd.Process.Pid)+")")
	_, err = OpenDataDir(dir)
	mustContain(t, err, "another verloning (pid "+strconv.Itoa(service.cmd.Process.Pid)+") owns "+dir)
	_, err = ReadConnect(dir)
	must(t, err)

	service.kill()
	_, err = ReadConnect(dir)
	mustContain(t, err, "is not running in "+dir, "verloning serve")
	second := start(t, filepath.Join(dir, "postgres"))
	if second.PID() == server {
		t.Fatal("the second server is the first one")
	}
	if got := query(t, second, countFacts); got != "1" {
		t.Errorf("%s facts after the kill, want the 1 that was committed", got)
	}
	old, err := os.ReadFile(filepath.Join(dir, "postgres", "postgres.log.1"))
	must(t, err)
	if !strings.Contains(string(old), "database system is shut down") {
		t.Errorf("the first server did not stop in good order: %s", old)
	}
	fresh, err := os.ReadFile(filepath.Join(dir, "postgres", "postgres.log"))
	must(t, err)
	if strings.Contains(string(fresh), "not properly shut down") {
		t.Errorf("the second server had to recover: %s", fresh)
	}
}

// A server that hangs while it stops keeps a successor waiting, for as long as the successor's context lasts.
func TestPostgresWaitsForAServerThatIsStopping(t *testing.T) {
	dir := openDir(t)
	service := startHelper(t, os.Args[0], dir, nil)
	server := service.ready(t)
	must(t, syscall.Kill(server, syscall.SIGSTOP))
	t.Cleanup(func() { _ = syscall.Kill(server, syscall.SIGCONT) })
	service.kill()

	var err error
	for patience := 300 * time.Millisecond; patience < time.Minute; patience *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err = StartPostgres(ctx, PostgresConfig{Dir: filepath.Join(dir, "postgres"), Log: quiet()})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "still stopping") {
			break // A busy machine may need longer to come to where it waits.
		}
	}
	mustContain(t, err, "still stopping", "pid "+strconv.Itoa(server))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v does not wrap the context's error", err)
	}
	must(t, syscall.Kill(server, syscall.SIGCONT))
	if got := query(t, start(t, filepath.Join(dir, "postgres")), countFacts); got != "1" {
		t.Errorf("%s facts, want 1", got)
	}
}

// The kernel stops the server when the thread that started it dies, and a goroutine that ends while it holds its thread
// takes the thread with it. That must not be the server's.
func TestPostgresOutlivesTheThreadOfItsCaller(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	var pg *Postgres
	var err error
	thread := onAThreadThatDies(func() { pg, err = StartPostgres(context.Background(), PostgresConfig{Dir: dir, Log: quiet()}) })
	must(t, err)
	t.Cleanup(func() { _ = pg.Stop() })
	eventually(t, "the caller's thread has died", func() bool {
		_, err := os.Stat("/proc/self/task/" + strconv.Itoa(thread))
		return errors.Is(err, os.ErrNotExist)
	})
	if alive := query(t, pg, `SELECT 'alive'`); alive != "alive" {
		t.Error("the server has died with its caller's thread")
	}
	must(t, pg.Stop()) // Which tells if it had stopped by itself.
}

// onAThreadThatDies runs f on a thread that ends soon after, and returns the thread's id. Go never ends the main
// thread, so when we happen to be on that one, we hold it and try again.
func onAThreadThatDies(f func()) int {
	thread := make(chan int)
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() == os.Getpid() {
			defer runtime.UnlockOSThread()
			thread <- onAThreadThatDies(f)
			return
		}
		f()
		thread <- syscall.Gettid()
	}()
	return <-thread
}

func TestPostgresTellsOfItsDeath(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	first := start(t, dir)
	query(t, first, `CREATE TABLE fact (id int)`, `INSERT INTO fact VALUES (1)`, countFacts)
	must(t, syscall.Kill(first.PID(), syscall.SIGKILL))
	select {
	case <-first.Done():
	case <-time.After(patience):
		t.Fatal("nobody tells that the server is dead")
	}
	mustContain(t, first.Stop(), "stopped by itself", "killed")
	if got := query(t, start(t, dir), countFacts); got != "1" {
		t.Errorf("%s facts after the crash, want 1", got)
	}
}

func TestPostgresRedoesAnUnfinishedCluster(t *testing.T) {
	dir := openDir(t)
	home := filepath.Join(dir, "postgres", clusterName)
	service := startHelper(t, os.Args[0], dir, nil)
	eventually(t, "initdb is at work", func() bool {
		_, err := os.Stat(filepath.Join(home, unfinishedName, "global", "pg_control"))
		return err == nil
	})
	service.kill()
	if _, err := os.Stat(filepath.Join(home, unfinishedName)); err != nil {
		t.Fatalf("the test came too late to kill initdb: %v", err)
	}
	second := start(t, filepath.Join(dir, "postgres"))
	if got := query(t, second, `SELECT current_setting('data_checksums')`); got != "on" {
		t.Error("the cluster is not one of ours")
	}
	if _, err := os.Stat(filepath.Join(home, unfinishedName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished cluster is still there: %v", err)
	}
}

func TestPostgresNeedsAFittingInstallation(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: dir, Log: quiet(), BinDirs: []string{}})
	mustContain(t, err, "no PostgreSQL server 14–18", "apt-get install postgresql-15", "DATABASE_URL")

	old := openDir(t)
	must(t, os.Chmod(old, 0o755))
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'\n"
	for _, name := range []string{"postgres", "initdb"} {
		must(t, os.WriteFile(filepath.Join(old, name), []byte(script), 0o755))
	}
	_, err = StartPostgres(t.Context(), PostgresConfig{Dir: dir, Log: quiet(), BinDirs: []string{"/nowhere", old}})
	mustContain(t, err, "no PostgreSQL server 14–18", old+" has version 9", "DATABASE_URL")
}

func TestPostgresKeepsToTheVersionOfTheCluster(t *testing.T) {
	home := openDir(t)
	must(t, os.Mkdir(filepath.Join(home, dataName), 0o700))
	c := cluster{home: home}
	_, err := c.major()
	mustContain(t, err, "no PG_VERSION")
	must(t, os.WriteFile(filepath.Join(home, dataName, "PG_VERSION"), []byte("14\n"), 0o600))
	major, err := c.major()
	must(t, err)

	both := []binaries{{dir: "/new", major: 17}, {dir: "/old", major: 14}}
	if got, err := choose(both, home, major); err != nil || got.dir != "/old" {
		t.Errorf("chose %v, %v for a cluster of version 14", got, err)
	}
	if got, err := choose(both, home, 0); err != nil || got.dir != "/new" {
		t.Errorf("chose %v, %v for a new cluster", got, err)
	}
	_, err = choose(both[:1], home, major)
	mustContain(t, err, home, "PostgreSQL 14", "only 17", "postgresql-14")
}

// Root's own directories are closed to the server's user, as are temporary directories of mode 0700.
func TestPostgresUnderADirectoryOfRoot(t *testing.T) {
	needRoot(t)
	dir, err := os.MkdirTemp("/root", "verloning-test-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	first := start(t, dir)
	home := first.cluster.home
	t.Cleanup(func() { must(t, os.RemoveAll(home)) })
	if strings.HasPrefix(home, "/root/") {
		t.Fatalf("the cluster is in %s", home)
	}
	info, err := os.Stat(home)
	must(t, err)
	if uid, _, err := ownerOf(home); err != nil || uid == 0 || info.Mode().Perm() != 0o700 {
		t.Errorf("%s belongs to %d with mode %o (%v)", home, uid, info.Mode().Perm(), err)
	}
	query(t, first, `CREATE TABLE fact (id int)`, `INSERT INTO fact VALUES (1)`, countFacts)
	must(t, first.Stop())
	second := start(t, dir)
	if got := query(t, second, countFacts); got != "1" || second.cluster.home != home {
		t.Errorf("%s facts in %s, want 1 in %s", got, second.cluster.home, home)
	}
	must(t, second.Stop())
	must(t, os.RemoveAll(home))
	_, err = StartPostgres(t.Context(), PostgresConfig{Dir: dir, Log: quiet()})
	mustContain(t, err, home, "gone", "backup")
}

func TestPostgresSocketHasAShortAndPlainPath(t *testing.T) {
	for name, below := range map[string]string{
		"long": strings.Repeat("a-very-long-name/", 10) + "postgres",
		"odd":  `post'gres, "new"`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(openDir(t), below)
			pg := start(t, dir)
			socket := filepath.Join(pg.sockets, socketName)
			if len(socket) > longestSocket || !plainPath.MatchString(socket) || strings.HasPrefix(socket, dir) {
				t.Errorf("the socket is %s, of %d bytes", socket, len(socket))
			}
			info, err := os.Stat(pg.sockets)
			must(t, err)
			if info.Mode().Perm() != 0o700 {
				t.Errorf("the socket's directory has mode %o", info.Mode().Perm())
			}
			if got := query(t, pg, `SELECT 'heard'`); got != "heard" {
				t.Error("the socket does not work")
			}
		})
	}
}

func TestPostgresRunsAsOurselvesWhenWeAreNotRoot(t *testing.T) {
	needRoot(t)
	const nobody = 65534
	dir := openDir(t)
	program := filepath.Join(dir, "service")
	content, err := os.ReadFile(os.Args[0])
	must(t, err)
	must(t, os.WriteFile(program, content, 0o755))
	data := filepath.Join(dir, "data")
	must(t, os.Mkdir(data, 0o700))
	must(t, os.Chown(data, nobody, nobody))
	service := startHelper(t, program, data, &syscall.Credential{Uid: nobody, Gid: nobody})
	server := service.ready(t)
	if uid, _, err := ownerOf("/proc/" + strconv.Itoa(server)); err != nil || uid != nobody {
		t.Errorf("the server runs as user %d (%v), want %d", uid, err, nobody)
	}
	service.finish(t)
	if pid := readPID(filepath.Join(data, "postgres", clusterName, dataName, "postmaster.pid")); pid != 0 {
		t.Errorf("the server (pid %d) is still there", pid)
	}
}

// After a crash the process id in postmaster.pid may by now be that of a process of the same user.
func TestPostgresIgnoresAReusedProcessID(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	first := start(t, dir)
	must(t, first.Stop())
	as := first.cluster.as
	stranger := as.command("/", syscall.SIGKILL, "sleep", "600")
	must(t, stranger.Start())
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	pidFile := first.cluster.pidFile()
	must(t, os.WriteFile(pidFile, []byte(strconv.Itoa(stranger.Process.Pid)+"\n"+first.cluster.data()+"\n"), 0o600))
	must(t, os.Chown(pidFile, as.uid, as.gid))
	must(t, start(t, dir).Stop())

	intruder := as.command(first.cluster.data(), syscall.SIGKILL, "sleep", "600")
	must(t, intruder.Start())
	t.Cleanup(func() { _ = intruder.Process.Kill(); _ = intruder.Wait() })
	must(t, os.WriteFile(pidFile, []byte(strconv.Itoa(intruder.Process.Pid)+"\n"), 0o600))
	_, err := StartPostgres(t.Context(), PostgresConfig{Dir: dir, Log: quiet()})
	mustContain(t, err, "pid "+strconv.Itoa(intruder.Process.Pid), "has not started", "pg_ctl stop")
}

func TestPostgresQuotesItsLogWhenItDoesNotStart(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	_, err := StartPostgres(t.Context(),
		PostgresConfig{Dir: dir, Log: quiet(), Settings: map[string]string{"shared_buffers": "plenty"}})
	mustContain(t, err, "start PostgreSQL in "+dir, "invalid value for parameter", "plenty")
	_, err = StartPostgres(t.Context(),
		PostgresConfig{Dir: dir, Log: quiet(), Settings: map[string]string{"listen_addresses": "*"}})
	mustContain(t, err, "listen_addresses cannot be changed")
	pg, err := StartPostgres(t.Context(),
		PostgresConfig{Dir: dir, Log: quiet(), Settings: map[string]string{"max_connections": "17"}})
	must(t, err)
	defer pg.Stop()
	if got := query(t, pg, `SHOW max_connections`); got != "17" {
		t.Errorf("max_connections is %s, want 17", got)
	}
}

func TestPostgresLogHoldsNoValues(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	pg := start(t, dir)
	conn, err := pgx.Connect(t.Context(), pg.URL())
	must(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), `CREATE TABLE person (name text PRIMARY KEY CHECK (name <> 'Jansen-C'))`)
	must(t, err)
	failures := 0
	for _, statement := range []string{
		`SELECT 'Jansen'::uuid`,
		`INSERT INTO person VALUES ('Jansen'), ('Jansen')`,
		`INSERT INTO person VALUES ('Jansen-C')`,
		`DO $$ BEGIN RAISE EXCEPTION 'Jansen is ill'; END $$`,
		`DO $$ BEGIN RAISE WARNING 'Jansen is ill'; END $$`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			failures++
		}
	}
	if failures != 4 {
		t.Fatalf("%d statements failed, want 4: the test checks nothing", failures)
	}
	content, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	must(t, err)
	if len(content) == 0 || strings.Contains(string(content), "Jansen") {
		t.Errorf("the log is empty or names a person: %s", content)
	}
}
