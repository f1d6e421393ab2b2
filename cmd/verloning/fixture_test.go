package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verloning/cmd/verloning/internal/bus"
)

// site is a running service with everything embedded, and clients that speak
// to it as companies do.
type site struct {
	t      testing.TB
	dir    string
	url    string
	cfg    config
	admin  *bus.Client
	client map[string]*bus.Client
	stop   func() error
}

// newSite starts a service in a directory of its own.
func newSite(t testing.TB) *site {
	t.Helper()
	return startSite(t, enterable(t))
}

// startSite starts a service in a directory that may hold data. Into one that
// holds none it puts what a first start would.
func startSite(t testing.TB, dir string) *site {
	t.Helper()
	if empty(t, dir) {
		fill(t, dir)
	}
	return serveAs(t, dir, testLog(t), nil)
}

func testLog(t testing.TB) *slog.Logger {
	out := io.Discard
	if os.Getenv("VERLONING_TEST_LOG") != "" {
		out = os.Stderr
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (s *site) dial(name, path string) *bus.Client {
	s.t.Helper()
	c, err := bus.Dial(s.url, path)
	if err != nil {
		s.t.Fatalf("dial as %s: %v", name, err)
	}
	s.client[name] = c
	return c
}

// user adds a user of an organisation and returns their connection.
func (s *site) user(org, name string, roles ...string) *bus.Client {
	s.t.Helper()
	reply := s.must(s.admin, "user.add", map[string]any{"organisation": org, "name": name, "roles": roles})
	path := filepath.Join(s.dir, "creds", org+"-"+name+".creds")
	if err := os.WriteFile(path, []byte(reply["credentials"].(string)), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.dial(org+"/"+name, path)
}

// must calls an endpoint and fails the test when it is refused.
func (s *site) must(c *bus.Client, endpoint string, request any) map[string]any {
	s.t.Helper()
	reply, err := s.call(c, endpoint, request)
	if err != nil {
		s.t.Fatalf("%s: %v", endpoint, err)
	}
	return reply
}

func (s *site) call(c *bus.Client, endpoint string, request any) (map[string]any, error) {
	noun, verb, _ := strings.Cut(endpoint, ".")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var reply map[string]any
	err := c.Call(ctx, noun, verb, request, &reply)
	return reply, err
}

// refused calls an endpoint that must refuse, and returns the types of its
// problems.
func (s *site) refused(c *bus.Client, endpoint string, request any) string {
	s.t.Helper()
	reply, err := s.call(c, endpoint, request)
	var problem *bus.Problem
	if !errors.As(err, &problem) {
		s.t.Fatalf("%s: %v %v, want a refusal", endpoint, reply, err)
	}
	var types []string
	for _, p := range problem.Problems {
		types = append(types, p.Type)
	}
	return strings.Join(types, " ")
}

// until polls a condition; the deadline is for a broken program only.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// calculate calculates a run and waits until it is sealed.
func (s *site) calculate(c *bus.Client, run string) map[string]any {
	s.t.Helper()
	number := s.must(c, "run.calculate", map[string]any{"run": run})["calculation"]
	var shown map[string]any
	until(s.t, "run "+run+" is calculated", func() bool {
		shown = s.must(c, "run.show", map[string]any{"run": run})
		return shown["status"] == "calculated" && shown["calculation"] == number
	})
	return shown
}

// pretty prints a reply for a failure message.
func pretty(v any) string {
	text, _ := json.MarshalIndent(v, "", " ")
	return string(text)
}
