package main

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
)

// template is the data directory of a service that started once on an empty
// one and stopped: what a first start makes of it, a cluster with the whole
// schema and the installation's keys, takes a second or two of work, and most
// tests are not about it. TestServe, TestDemo and the scripts start on nothing.
var template struct {
	sync.Once
	dir string // empty as long as no test wanted it
}

// TestMain removes the template.
func TestMain(m *testing.M) {
	code := m.Run()
	if template.dir != "" {
		if err := os.RemoveAll(template.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// fill makes a directory a copy of the template. A test that fails to make the
// template fails, and so does each that comes after it.
func fill(t testing.TB, dir string) {
	t.Helper()
	template.Do(func() {
		base, err := os.MkdirTemp(spacious(1<<30), "verloning-template-")
		if err == nil {
			err = os.Chmod(base, 0o711) // The server's own user must enter it.
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := serveAs(t, base, testLog(t), nil).stop(); err != nil {
			t.Fatal(err)
		}
		template.dir = base
	})
	if template.dir == "" {
		t.Fatal("there is no template")
	}
	copyData(t, template.dir+"/.", dir)
}

// spacious is where directories of services are made: in memory where that has
// so many bytes left, since a disk makes a test wait at each commit.
func spacious(bytes uint64) string {
	const memory = "/dev/shm"
	var disk syscall.Statfs_t
	if err := syscall.Statfs(memory, &disk); err != nil || disk.Bavail*uint64(disk.Bsize) < bytes {
		return "/tmp" // And not TMPDIR, whose path may be too long for a socket.
	}
	return memory
}

// empty says whether a directory holds nothing.
func empty(t testing.TB, dir string) bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries) == 0
}
