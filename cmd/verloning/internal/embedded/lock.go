package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ownerPatience is how long a new owner waits for an old one that is just being torn down by the kernel: a process
// that was killed keeps its locks until its last thread is gone.
const ownerPatience = 500 * time.Millisecond

// lockPoll is how often a held lock is tried again. The kernel can wait for a lock, but not for a context as well.
const lockPoll = 10 * time.Millisecond

// errHeld says that a lock has a live holder.
var errHeld = errors.New("the lock is held by another process")

// OwnedError refuses a directory that a live process already uses.
type OwnedError struct {
	Dir string
	PID int // 0 when the owner has not written its process id yet.
}

func (e *OwnedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("another verloning owns %s; stop it first, or use another data directory", e.Dir)
	}
	return fmt.Sprintf("another verloning (pid %d) owns %s; stop it first, or use another data directory", e.PID, e.Dir)
}

// fileLock is an exclusive flock on an open file. The file is never removed: removing it would let two owners lock
// two different files of one name.
type fileLock struct {
	file *os.File
}

// lockFile takes the lock at path, trying for as long as patience and ctx last, and returns errHeld when that was not
// long enough.
func lockFile(ctx context.Context, path string, patience time.Duration) (*fileLock, error) {
	// The directory may belong to a lesser user, who must not be able to point us at a file of root's.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(patience)
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return &fileLock{file: file}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(errHeld, file.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("%w: %w", errHeld, context.Cause(ctx)), file.Close())
		case <-time.After(lockPoll):
		}
	}
}

// own locks path on behalf of this process for the directory dir, and writes our process id into it for the benefit
// of whoever comes second.
func own(ctx context.Context, dir, path string) (*fileLock, error) {
	lock, err := lockFile(ctx, path, ownerPatience)
	if errors.Is(err, errHeld) {
		return nil, &OwnedError{Dir: dir, PID: readPID(path)}
	}
	if err != nil {
		return nil, err
	}
	pid := strconv.Itoa(os.Getpid()) + "\n"
	if err := errors.Join(lock.file.Truncate(0), writeAt(lock.file, pid)); err != nil {
		lock.unlock()
		return nil, fmt.Errorf("write our process id to %s: %w", path, err)
	}
	return lock, nil
}

// unlock gives the lock up, also for a child that was forked this instant and has not yet closed its copy.
func (l *fileLock) unlock() {
	if l == nil {
		return
	}
	// Closing gives the lock up as well, so a failure here costs nothing.
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	_ = l.file.Close()
}

// leave closes our copy, and leaves the lock to the processes that have inherited it.
func (l *fileLock) leave() {
	if l != nil {
		_ = l.file.Close()
	}
}

// held reports whether a live process holds the lock at path.
func held(path string) (bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// readPID reads the process id on the first line of a lock file, ours or PostgreSQL's; 0 when there is none.
func readPID(path string) int {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}

// writeAt writes text at the beginning of file.
func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}
