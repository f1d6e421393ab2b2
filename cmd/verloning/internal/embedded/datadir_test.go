package embedded

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestDataDirHasOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "data")
	first, err := OpenDataDir(path)
	must(t, err)
	if first.Path() != path {
		t.Errorf("the path is %s, want %s", first.Path(), path)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm()&0o066 != 0 {
		t.Errorf("others can look into %s: mode %o", path, info.Mode().Perm())
	}
	_, err = OpenDataDir(path)
	var owned *OwnedError
	if !errors.As(err, &owned) || owned.PID != os.Getpid() {
		t.Fatalf("got %v, want an OwnedError with our pid", err)
	}
	mustContain(t, err, "another verloning (pid "+strconv.Itoa(os.Getpid())+") owns "+path)
	must(t, first.Close())
	must(t, first.Close())
	second, err := OpenDataDir(path)
	must(t, err)
	must(t, second.Close())
}

func TestDataDirIsEnterableForTheServersUser(t *testing.T) {
	needRoot(t)
	path := filepath.Join(openDir(t), "data")
	dir, err := OpenDataDir(path)
	must(t, err)
	defer dir.Close()
	pg := start(t, filepath.Join(path, "postgres"))
	if want := filepath.Join(path, "postgres", clusterName); pg.cluster.home != want {
		t.Errorf("the cluster is in %s, want %s", pg.cluster.home, want)
	}
}

func TestConnectFile(t *testing.T) {
	path := t.TempDir()
	_, err := ReadConnect(path)
	mustNotRun(t, path, err)
	dir, err := OpenDataDir(path)
	must(t, err)
	_, err = ReadConnect(path)
	mustNotRun(t, path, err)

	want := Connect{NATSURL: "nats://127.0.0.1:4222", DatabaseURL: "postgres:///x", PID: 7, Started: "2026-01-02T03:04:05Z"}
	must(t, dir.WriteConnect(Connect{PID: 6}))
	must(t, dir.WriteConnect(want))
	got, err := ReadConnect(path)
	must(t, err)
	if got != want {
		t.Errorf("read %+v, want %+v", got, want)
	}
	info, err := os.Stat(filepath.Join(path, connectFile))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the connect file has mode %o", info.Mode().Perm())
	}
	must(t, dir.Close())
	_, err = ReadConnect(path)
	mustNotRun(t, path, err)
	names, err := os.ReadDir(path)
	must(t, err)
	if len(names) != 1 || names[0].Name() != dataDirLock {
		t.Errorf("left behind: %v, want the lock file only", names)
	}
}

// A service that was killed leaves its connect file, and the process id in it may be somebody else's by now.
func TestConnectFileOfAKilledService(t *testing.T) {
	path := t.TempDir()
	stale := `{"nats_url": "nats://127.0.0.1:4222", "pid": ` + strconv.Itoa(os.Getpid()) + `}`
	must(t, os.WriteFile(filepath.Join(path, connectFile), []byte(stale), 0o600))
	must(t, os.WriteFile(filepath.Join(path, dataDirLock), []byte("1\n"), 0o600))
	_, err := ReadConnect(path)
	mustNotRun(t, path, err)
	dir, err := OpenDataDir(path)
	must(t, err)
	defer dir.Close()
	_, err = ReadConnect(path)
	mustNotRun(t, path, err)
}

func mustNotRun(t *testing.T, dir string, err error) {
	t.Helper()
	if !errors.Is(err, ErrNotRunning) {
		t.Fatalf("got %v, want ErrNotRunning", err)
	}
	mustContain(t, err, "the service is not running in "+dir+"; start it with: verloning serve")
}
