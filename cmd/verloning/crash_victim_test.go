package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// victimEnv makes a copy of this test program act as a process of the service,
// to be killed: "serve" is the service as it is, configured by its environment;
// "servers" is an owner in two halves, see actAsOwner.
const victimEnv = "VERLONING_CRASH_VICTIM"

// TestCrashVictim is no test but the process that TestCrash starts and kills.
func TestCrashVictim(t *testing.T) {
	act := map[string]func(context.Context, config, *slog.Logger, *bufio.Reader) error{"serve": actAsService, "servers": actAsOwner}[os.Getenv(victimEnv)]
	if act == nil {
		t.Skip("only for TestCrash, which starts it as a process of its own")
	}
	cfg, err := readConfig(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	if err := act(context.Background(), cfg, log, bufio.NewReader(os.Stdin)); err != nil {
		t.Fatal(err)
	}
}

// actAsService serves until it is told to rest, or its standard input ends: no
// process survives a test that was itself killed.
func actAsService(ctx context.Context, cfg config, log *slog.Logger, in *bufio.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = in.ReadString('\n')
		cancel()
	}()
	defer cancel()
	return serve(ctx, cfg, log, func(*host) error {
		fmt.Println("ready")
		return nil
	})
}

// actAsOwner owns PostgreSQL and NATS by the very steps that serve takes, and
// says where they are. Told "serve DATABASE_URL NATS_URL DIR" it serves as well, until it
// is told to rest, through those URLs, which lead to the test's proxies or straight
// back to itself.
func actAsOwner(ctx context.Context, cfg config, log *slog.Logger, in *bufio.Reader) (err error) {
	h, err := openHost(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	store, err := h.openStore(ctx)
	if err != nil {
		return err
	}
	if err := h.startNATS(ctx, store); err != nil {
		return err
	}
	fmt.Println("servers", h.dbURL, h.bus.URL())
	for {
		words, _ := in.ReadString('\n')
		half := cfg
		if _, err := fmt.Sscanf(words, "serve %s %s %s\n", &half.DatabaseURL, &half.NATSURL, &half.Data); err != nil {
			return nil // The input ended: nobody wants us to serve any more.
		}
		half.KeyFile = filepath.Join(cfg.Data, "master.key")
		if err := actAsService(ctx, half, log, in); err != nil {
			return err
		}
		fmt.Println("rested")
	}
}

// crashProcess is a victim as its parent sees it.
type crashProcess struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin *os.File
	lines chan string
	log   string
}

// startCrashProcess starts a victim in a role with settings of its own.
func startCrashProcess(t *testing.T, role, dir string, settings ...string) *crashProcess {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &crashProcess{t: t, cmd: exec.Command(self, "-test.run=^TestCrashVictim$"), lines: make(chan string, 16), log: dir + "." + role + ".log"}
	p.cmd.Env = append(crashEnviron(), append([]string{victimEnv + "=" + role, "VERLONING_DATA=" + dir, "VERLONING_SHARD_SIZE=3", "VERLONING_LOG=WARN"}, settings...)...)
	log, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd.Stderr = log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdin, p.stdin = reader, writer
	if err := errors.Join(p.cmd.Start(), reader.Close()); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for out := bufio.NewScanner(stdout); out.Scan(); {
			p.lines <- out.Text()
		}
	}()
	t.Cleanup(p.end)
	return p
}

// crashEnviron is our environment without settings that would lead a victim
// elsewhere.
func crashEnviron() []string {
	var kept []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "VERLONING_") && name != "DATABASE_URL" && name != "NATS_URL" {
			kept = append(kept, pair)
		}
	}
	return kept
}

// await waits for a line that begins with a word, and returns what follows it.
func (p *crashProcess) await(word string) []string {
	p.t.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case line, open := <-p.lines:
			if words := strings.Fields(line); len(words) > 0 && words[0] == word {
				return words[1:]
			}
			if !open {
				p.t.Fatalf("a process ended and did not say %q: %v\n%s", word, p.cmd.Wait(), p.said())
			}
		case <-deadline:
			p.t.Fatalf("a process does not say %q\n%s", word, p.said())
		}
	}
}

// tell writes a line to the process.
func (p *crashProcess) tell(words ...string) {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.stdin, strings.Join(words, " ")); err != nil {
		p.t.Fatal(err)
	}
}

// kill kills it as hard as can be, and checks that this is what it died of.
func (p *crashProcess) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait() // It says no more than the state does.
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		p.t.Fatalf("the process did not die of SIGKILL but was gone: %s\n%s", p.cmd.ProcessState, p.said())
	}
}

// stop ends it in good order.
func (p *crashProcess) stop() {
	p.t.Helper()
	_ = p.stdin.Close()
	defer time.AfterFunc(2*time.Minute, func() { _ = p.cmd.Process.Kill() }).Stop()
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("a process did not stop well: %v\n%s", err, p.said())
	}
}

// end makes sure, after a test, that it is gone.
func (p *crashProcess) end() {
	_ = p.stdin.Close()
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// said is the end of its log.
func (p *crashProcess) said() string {
	text, _ := os.ReadFile(p.log)
	return string(text[max(0, len(text)-4000):])
}
