package embedded

import (
	"errors"
	"io"
	"os"
	"strings"
)

// How much of the server's log an error quotes.
const (
	tailLines = 12
	tailBytes = 4096
)

// serverLog is the file that the server writes its messages to. It is ours and not the server's user's, so that root
// never writes where that user could have put a link.
type serverLog struct {
	path string
}

// rotate begins a new log and keeps the one before it, so that two runs are kept and no more.
func (l serverLog) rotate() (*os.File, error) {
	if err := os.Rename(l.path, l.path+".1"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|os.O_EXCL, 0o600)
}

// tail quotes the last lines for an error message.
func (l serverLog) tail() string {
	file, err := os.Open(l.path)
	if err != nil {
		return "there is no server log: " + err.Error()
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > tailBytes {
		if _, err := file.Seek(-tailBytes, io.SeekEnd); err != nil {
			return "cannot read the server log: " + err.Error()
		}
	}
	content, err := io.ReadAll(io.LimitReader(file, tailBytes))
	if err != nil {
		return "cannot read the server log: " + err.Error()
	}
	if len(content) == 0 {
		return "the server log " + l.path + " is empty"
	}
	return "the server log " + l.path + " ends with:\n" + lastLines(string(content))
}

// lastLines keeps the end of a text.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
