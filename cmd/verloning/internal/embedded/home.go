package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// The names in the directory that the caller gives us.
const (
	clusterName = "cluster"           // The cluster's home, where the server's user can enter it.
	pointerName = "postgres.location" // The path of that home, where it cannot.
)

// elsewhere is where clusters live whose own directory the server's user cannot enter. The first is tried first; /tmp
// is the last resort, because many machines empty it when they start.
var elsewhere = [...]string{"/var/lib/verloning", "/var/lib/verloning-postgres", "/tmp"}

// socketName is what PostgreSQL calls its socket for the port that we always use, and longestSocket the longest path
// that the kernel takes for one.
const (
	socketName    = ".s.PGSQL.5432"
	longestSocket = 107
)

// plainPath matches paths that mean the same in PostgreSQL's lists of directories as in the file system.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._-]+$`)

// existingHome finds the home of the cluster that belongs to dir, "" when there is none yet.
func existingHome(dir string) (string, error) {
	pointer := filepath.Join(dir, pointerName)
	content, err := os.ReadFile(pointer)
	if errors.Is(err, os.ErrNotExist) {
		home := filepath.Join(dir, clusterName)
		if _, err := os.Lstat(home); errors.Is(err, os.ErrNotExist) {
			return "", nil
		} else if err != nil {
			return "", err
		}
		return home, nil
	}
	if err != nil {
		return "", err
	}
	home := strings.TrimSpace(string(content))
	// An empty cluster in place of a lost one would look like a fresh installation: a human must decide.
	if _, err := os.Lstat(home); err != nil {
		return "", fmt.Errorf("%s says that the cluster is in %s, which is gone: put it back (from a backup), or remove "+
			"%s to begin with an empty database: %w", pointer, home, pointer, err)
	}
	return home, nil
}

// makeHome makes the home of a new cluster of dir, next to us if the account can enter there and elsewhere if not. The
// program is any that the account can run.
func makeHome(ctx context.Context, dir string, as account, program string) (string, error) {
	if as.canEnter(ctx, dir, program) {
		home := filepath.Join(dir, clusterName)
		return home, makePrivate(home, as)
	}
	var refusals []error
	for _, parent := range elsewhere {
		home := filepath.Join(parent, shortHash(dir))
		if parent == "/tmp" {
			home = filepath.Join(parent, "verloning-"+shortHash(dir))
		} else if err := os.MkdirAll(parent, 0o711); err != nil {
			refusals = append(refusals, err)
			continue
		}
		if !as.canEnter(ctx, parent, program) {
			refusals = append(refusals, fmt.Errorf("user %s cannot enter %s", as.name, parent))
			continue
		}
		if err := makePrivate(home, as); err != nil {
			refusals = append(refusals, err)
			continue
		}
		// Killed before the pointer is there, the next start finds the same place by its name.
		return home, WriteFile(filepath.Join(dir, pointerName), []byte(home+"\n"))
	}
	return "", fmt.Errorf("user %s, who is to run PostgreSQL, cannot enter %s, and there is no other place for the "+
		"cluster; make it enterable (chmod o+x on it and its parents): %w", as.name, dir, errors.Join(refusals...))
}

// canEnter asks the kernel, by starting a harmless program in dir: modes alone do not tell what access lists, mounts
// and capabilities allow.
func (a account) canEnter(ctx context.Context, dir, program string) bool {
	_, err := a.run(ctx, dir, nil, program, "--version")
	return err == nil
}

// makePrivate makes a directory that the account owns and nobody else enters. It may exist, from an earlier start; it
// must then be the account's, or root's because we were killed before we could give it away. In /tmp anybody may have
// put something else there.
func makePrivate(path string, as account) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is in the way: it is not a directory", path)
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	switch {
	case owner == as.uid:
	case owner == 0 && as.drop:
		if err := os.Lchown(path, as.uid, as.gid); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%s belongs to user %d and not to %s (user %d): start verloning as the user who made it",
			path, owner, as.name, as.uid)
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	return os.Chmod(path, 0o700)
}

// makeSockets makes the empty, private directory for the server's socket, and returns its path: in the home, unless
// that path is too long or too odd for a socket. Only the holder of the cluster's lock may call it, because it throws
// away what a killed server has left there.
func makeSockets(home string, as account) (string, error) {
	path := filepath.Join(home, "socket")
	if len(path)+len("/"+socketName) > longestSocket || !plainPath.MatchString(path) {
		path = "/tmp/verloning-" + shortHash(home) + "-socket"
	}
	if err := os.RemoveAll(path); err != nil {
		return "", err
	}
	return path, makePrivate(path, as)
}

// shortHash turns a path into a name that is always the same, and short.
func shortHash(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:8])
}
