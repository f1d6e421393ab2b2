package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The names in the home of a cluster.
const (
	lockName       = "cluster.lock"
	dataName       = "data"
	unfinishedName = "data.unfinished"
)

// stopPatience is how long a start waits for an earlier server that is still stopping: it writes up to max_wal_size
// in its last checkpoint, and disks can be slow.
const stopPatience = 2 * time.Minute

// cluster is a PostgreSQL data directory and the lock that all its processes hold.
type cluster struct {
	home string
	as   account
	lock *fileLock
}

func (c *cluster) data() string { return filepath.Join(c.home, dataName) }

// seize waits until no process of an earlier server is left, and keeps it so.
func (c *cluster) seize(ctx context.Context) error {
	path := filepath.Join(c.home, lockName)
	lock, err := lockFile(ctx, path, stopPatience)
	if errors.Is(err, errHeld) {
		holder := "initdb" // Before there is a server, only the making of the cluster can hold it.
		if pid := c.runningPID(); pid != 0 {
			holder = fmt.Sprintf("the PostgreSQL server (pid %d)", pid)
		}
		return fmt.Errorf("%s of an earlier verloning is still stopping in %s; try again when it is gone: %w",
			holder, c.home, err)
	}
	if err != nil {
		return err
	}
	c.lock = lock
	return nil
}

// clearStalePID removes the process id that a killed server has left. PostgreSQL would do so itself, but not when
// another process has got that id, which after a restart of a container is likely. We hold the lock, so only a server
// that somebody started by hand can be alive.
func (c *cluster) clearStalePID() error {
	pid := c.runningPID()
	if pid == 0 {
		return nil
	}
	// A server works in its data directory. We cannot see where a process works that is dead, a zombie, or another
	// user's, and none of those can be a server here.
	data, err := os.Stat(c.data())
	if err != nil {
		return err
	}
	where, err := os.Stat("/proc/" + strconv.Itoa(pid) + "/cwd")
	if err == nil && os.SameFile(where, data) {
		return fmt.Errorf("a PostgreSQL server (pid %d) that verloning has not started runs in %s; stop it: "+
			"pg_ctl stop -D %[2]s", pid, c.data())
	}
	return os.Remove(c.pidFile())
}

func (c *cluster) pidFile() string { return filepath.Join(c.data(), "postmaster.pid") }

// runningPID is the server's process id by its own account, 0 when it says none.
func (c *cluster) runningPID() int { return readPID(c.pidFile()) }

// major is the version that made the cluster, 0 when there is no cluster yet.
func (c *cluster) major() (int, error) {
	content, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err == nil {
		major, err := strconv.Atoi(strings.TrimSpace(string(content)))
		if err != nil {
			return 0, fmt.Errorf("%s/PG_VERSION names no version: %w", c.data(), err)
		}
		return major, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	// We only ever rename a complete cluster to this name, so this is somebody's, perhaps half a restored backup.
	if _, err := os.Lstat(c.data()); err == nil {
		return 0, fmt.Errorf("%s is there but is no PostgreSQL cluster (no PG_VERSION): restore it whole, or move it away",
			c.data())
	}
	return 0, nil
}

// create makes the cluster under another name and then renames it. Killed half-way, it is made anew.
func (c *cluster) create(ctx context.Context, with binaries) error {
	unfinished := filepath.Join(c.home, unfinishedName)
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	said, err := c.as.run(ctx, c.home, []*os.File{c.lock.file}, with.initdb(),
		"--pgdata="+unfinished,
		"--username="+roleName,
		"--data-checksums",
		"--encoding=UTF8",
		// Bytes compare alike on every machine, so no library upgrade can spoil an index; letters are still letters.
		"--locale=C", "--lc-ctype=C.UTF-8",
		// Who can enter the socket's directory is root or the server's own user, who could do anything anyway.
		"--auth-local=trust", "--auth-host=reject",
		"--no-instructions")
	if err != nil {
		return fmt.Errorf("make a cluster in %s with %s: %w: %s", c.home, with.initdb(), err, lastLines(said))
	}
	if err := os.Rename(unfinished, c.data()); err != nil {
		return err
	}
	return syncDir(c.home)
}
