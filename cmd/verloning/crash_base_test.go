package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// roomy is how many bytes a place needs to hold the copies of all trials.
const roomy = 6 << 30

// crashBase makes the directory for everything, in memory if there is room, since
// these tests kill processes and not machines. PostgreSQL's user must be able
// to enter it, so that the whole service stands in one directory that can be
// copied.
func crashBase(t *testing.T) string {
	t.Helper()
	parent := spacious(roomy)
	crashSweep(parent)
	base, err := os.MkdirTemp(parent, "vcrash-")
	if err != nil {
		t.Fatal(err)
	}
	held, err := crashHold(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = held.Close() })
	if err := os.Chmod(base, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// After a failure a server may still be writing its last checkpoint.
		until(t, base+" is removed", func() bool { return os.RemoveAll(base) == nil })
	})
	return base
}

// crashHold locks a base for as long as this process lives.
func crashHold(base string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(base, "held"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// crashSweep removes what tests left that were killed themselves, and nothing that
// somebody holds. What cannot be removed yet, since a server still writes, is left to
// the next: the lock goes last.
func crashSweep(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, "vcrash-*", "held"))
	for _, path := range left {
		base := filepath.Dir(path)
		held, err := crashHold(base)
		if err != nil {
			continue
		}
		inside, _ := filepath.Glob(filepath.Join(base, "*"))
		for _, one := range inside {
			if one != path && err == nil {
				err = os.RemoveAll(one)
			}
		}
		if err == nil {
			_ = os.RemoveAll(base)
		}
		_ = held.Close()
	}
}

// TestCrashSweep: what a dead test left goes, and what a living one holds stays.
func TestCrashSweep(t *testing.T) {
	parent := t.TempDir()
	for _, name := range []string{"vcrash-dead", "vcrash-living", "other"} {
		dir := filepath.Join(parent, name)
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		held, err := crashHold(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer held.Close()
		if name != "vcrash-living" {
			_ = held.Close()
		}
	}
	crashSweep(parent)
	left, _ := filepath.Glob(filepath.Join(parent, "*", "data"))
	if len(left) != 2 || left[0] != filepath.Join(parent, "other", "data") || left[1] != filepath.Join(parent, "vcrash-living", "data") {
		t.Errorf("left are %v", left)
	}
}
