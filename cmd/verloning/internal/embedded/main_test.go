package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

// helperEnv names the directory in which a copy of this test program acts as the service: it starts PostgreSQL there,
// commits a row, says so, and runs until its standard input ends or it is killed.
const helperEnv = "VERLONING_EMBEDDED_HELPER"

// patience bounds every wait of a test for a condition.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperEnv); dir != "" {
		if err := actAsService(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// actAsService is the helper process.
func actAsService(dir string) error {
	data, err := OpenDataDir(dir)
	if err != nil {
		return err
	}
	pg, err := StartPostgres(context.Background(), PostgresConfig{Dir: filepath.Join(dir, "postgres")})
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(context.Background(), pg.URL())
	if err != nil {
		return err
	}
	const fact = `CREATE TABLE IF NOT EXISTS fact (id int PRIMARY KEY); INSERT INTO fact VALUES (1) ON CONFLICT DO NOTHING`
	if _, err := conn.Exec(context.Background(), fact); err != nil {
		return err
	}
	if err := data.WriteConnect(Connect{DatabaseURL: pg.URL(), PID: os.Getpid()}); err != nil {
		return err
	}
	fmt.Println("ready", pg.PID())
	_, err = io.Copy(io.Discard, os.Stdin) // The connection stays open, as in a service that is killed at work.
	return errors.Join(err, conn.Close(context.Background()), pg.Stop(), data.Close())
}

// helper is a running helper process.
type helper struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
	said  *strings.Builder
}

// startHelper starts a helper for dir; the program is a path to this test program.
func startHelper(t *testing.T, program, dir string, as *syscall.Credential) *helper {
	t.Helper()
	h := &helper{cmd: exec.Command(program), said: &strings.Builder{}}
	h.cmd.Env = append(os.Environ(), helperEnv+"="+dir)
	h.cmd.Dir = "/"
	h.cmd.Stderr = h.said
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	stdout, err := h.cmd.StdoutPipe()
	must(t, err)
	h.stdin, err = h.cmd.StdinPipe()
	must(t, err)
	h.out = bufio.NewReader(stdout)
	must(t, h.cmd.Start())
	t.Cleanup(h.kill)
	return h
}

// ready waits until the helper has committed its row, and returns the process id of its server.
func (h *helper) ready(t *testing.T) int {
	t.Helper()
	line, err := h.out.ReadString('\n')
	if err != nil {
		_ = h.cmd.Wait()
		t.Fatalf("the helper did not become ready: %v: %s", err, h.said)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	must(t, err)
	return pid
}

// kill kills the helper as hard as can be and waits until it is gone; a second call does nothing.
func (h *helper) kill() {
	if h.cmd.ProcessState == nil {
		_ = h.cmd.Process.Kill()
		_ = h.cmd.Wait()
	}
}

// finish ends the helper in good order.
func (h *helper) finish(t *testing.T) {
	t.Helper()
	must(t, h.stdin.Close())
	if err := h.cmd.Wait(); err != nil {
		t.Fatalf("the helper did not stop well: %v: %s", err, h.said)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustContain checks that an error says each of the words.
func mustContain(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
}

// eventually polls a condition until it holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("after %s still not: %s", patience, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// needRoot skips a test that changes user.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can change user")
	}
}

// openDir is a directory that every user can enter, in memory if possible: these tests kill processes and not
// machines, so that they need no disk, and syncing to one takes most of the time of making a cluster.
func openDir(t *testing.T) string {
	t.Helper()
	base := "/dev/shm"
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "verloning-test-")
	must(t, err)
	must(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// quiet is a log that nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
