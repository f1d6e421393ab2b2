package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// account is the operating-system user under whom the database server runs: ourselves, or when we are root, another.
type account struct {
	name string
	uid  int
	gid  int
	drop bool // Whether we must change user to become it.
}

// accountFor chooses the user for the cluster in home, or for a cluster still to be made when home is empty. An
// existing cluster keeps its user: the machine may have got a user named postgres since.
func accountFor(home string) (account, error) {
	if os.Geteuid() != 0 {
		return account{name: strconv.Itoa(os.Geteuid()), uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if home != "" {
		uid, gid, err := ownerOf(home)
		if err != nil {
			return account{}, err
		}
		if uid != 0 { // Root's only when we were killed before we could give it away.
			return account{name: strconv.Itoa(uid), uid: uid, gid: gid, drop: true}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(found.Uid)
		gid, errGID := strconv.Atoi(found.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{name: name, uid: uid, gid: gid, drop: true}, nil
		}
	}
	return account{}, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody; " +
		"make one (adduser --system postgres), or start verloning as another user")
}

// ownerOf tells whose a file is, without following a symbolic link.
func ownerOf(path string) (uid, gid int, err error) {
	var stat syscall.Stat_t
	if err := syscall.Lstat(path, &stat); err != nil {
		return 0, 0, fmt.Errorf("look at %s: %w", path, err)
	}
	return int(stat.Uid), int(stat.Gid), nil
}

// command prepares a program of PostgreSQL to run as this user in dir. When the thread that starts it dies, the
// kernel sends it the signal.
func (a account) command(dir string, death syscall.Signal, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = environment()
	// A session of its own keeps a Ctrl-C on the terminal for us: we must drain before the database goes.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: death}
	if a.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// run runs a short program of PostgreSQL to its end and returns what it said. The inherited files stay open in it and
// in its children.
func (a account) run(ctx context.Context, dir string, inherited []*os.File, program string, args ...string) (string, error) {
	// The death signal is the thread's; another goroutine's exit must not take our program with it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := a.command(dir, syscall.SIGKILL, program, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.ExtraFiles = inherited
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return "", err
	}
	release := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !release() && ctx.Err() != nil {
		return said.String(), context.Cause(ctx)
	}
	return said.String(), err
}

// environment is the little that PostgreSQL needs of ours. Anything named PG… would change what it does, and our own
// secrets are none of its business.
func environment() []string {
	kept := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			kept = append(kept, name+"="+value)
		}
	}
	return kept
}
