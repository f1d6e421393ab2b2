package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// connectFile tells other processes on this machine where the servers are.
const connectFile = "connect.json"

// ErrNotRunning says that no service owns a data directory, so that nothing in it can be connected to.
var ErrNotRunning = errors.New("the service is not running")

// Connect is how another process on this machine reaches a running service.
type Connect struct {
	NATSURL     string `json:"nats_url"`
	DatabaseURL string `json:"database_url"`
	PID         int    `json:"pid"`
	Started     string `json:"started"`
}

// WriteConnect publishes how to reach the service, for our own user and root only. Write it last: who finds it may
// connect at once.
func (d *DataDir) WriteConnect(connect Connect) error {
	content, err := json.MarshalIndent(connect, "", "  ")
	if err != nil {
		return fmt.Errorf("write connect file in %s: %w", d.path, err)
	}
	if err := WriteFile(filepath.Join(d.path, connectFile), append(content, '\n')); err != nil {
		return fmt.Errorf("write connect file in %s: %w", d.path, err)
	}
	return nil
}

// ReadConnect reads how to reach the service that owns dir. Without one the error is ErrNotRunning; that includes a
// connect file whose writer was killed. The lock decides and not the process id in the file, because another program
// may have that id by now.
func ReadConnect(dir string) (Connect, error) {
	var connect Connect
	content, err := os.ReadFile(filepath.Join(dir, connectFile))
	if errors.Is(err, os.ErrNotExist) {
		return Connect{}, notRunning(dir)
	}
	if err != nil {
		return Connect{}, fmt.Errorf("read connect file in %s: %w", dir, err)
	}
	owned, err := held(filepath.Join(dir, dataDirLock))
	if err != nil {
		return Connect{}, fmt.Errorf("read connect file in %s: %w", dir, err)
	}
	if !owned {
		return Connect{}, notRunning(dir)
	}
	if err := json.Unmarshal(content, &connect); err != nil {
		return Connect{}, fmt.Errorf("read connect file in %s: %w", dir, err)
	}
	return connect, nil
}

// notRunning says what to do about it.
func notRunning(dir string) error {
	return fmt.Errorf("%w in %s; start it with: verloning serve", ErrNotRunning, dir)
}

// removeConnect removes the connect file, if there is one.
func removeConnect(dir string) error {
	err := os.Remove(filepath.Join(dir, connectFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
