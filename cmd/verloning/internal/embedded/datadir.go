package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// dataDirLock is the file whose lock says that the service runs.
const dataDirLock = "verloning.lock"

// DataDir is the one directory under which a service without configuration keeps everything. It has one owner.
type DataDir struct {
	path string
	lock *fileLock
}

// OpenDataDir makes the directory if it is not there and becomes its owner. While another process owns it, the error
// is an *OwnedError that names that process.
func OpenDataDir(path string) (*DataDir, error) {
	path, err := makeDir(path)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	lock, err := own(context.Background(), path, filepath.Join(path, dataDirLock))
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	// A connect file that is here now is from an owner that was killed; nobody must follow it.
	if err := removeConnect(path); err != nil {
		lock.unlock()
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	return &DataDir{path: path, lock: lock}, nil
}

// Path is the absolute path of the directory.
func (d *DataDir) Path() string { return d.path }

// Close removes the connect file and gives the directory up. Stop the servers in it before.
func (d *DataDir) Close() error {
	if d.lock == nil {
		return nil
	}
	err := removeConnect(d.path)
	d.lock.unlock()
	d.lock = nil
	return err
}

// makeDir makes a directory of ours and returns its absolute path without symbolic links, so that one directory has
// one name. As root it lets other users pass through but not look around: the database server runs as one of them.
// Whatever is private below it is 0700 itself. A directory that exists keeps its mode.
func makeDir(path string) (string, error) {
	if path == "" {
		return "", errors.New("no data directory given")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	if err := os.MkdirAll(absolute, mode); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}
