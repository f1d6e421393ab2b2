package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

// natsLog passes the NATS server's messages on to slog. It implements server.Logger.
type natsLog struct {
	to *slog.Logger

	mu    sync.Mutex
	first error // The first reason for which the server gave up.
}

// clientLabels matches what a client calls itself, after its connection id in a message. It may be a person's name.
var clientLabels = regexp.MustCompile(`(cid:\d+)(?: - "(?:[^"\\]|\\.)*")+`)

// payloadMarks begin the part of a message in which the server quotes bytes that a client has sent.
var payloadMarks = []string{"proto=", "(snip:"}

// Noticef is the server's small talk.
func (l *natsLog) Noticef(format string, v ...any) { l.to.Debug(statement(format, v)) }

// Warnf is something to look at.
func (l *natsLog) Warnf(format string, v ...any) { l.to.Warn(statement(format, v)) }

// Errorf is an error of the server, or of one of its clients. The latter is no fault of ours: anybody on this machine
// can cause it, so it must not wake anybody up.
func (l *natsLog) Errorf(format string, v ...any) {
	message := statement(format, v)
	if strings.Contains(message, " - cid:") {
		l.to.Warn(message)
		return
	}
	l.to.Error(message)
}

// Fatalf is the server giving up. Its own logger would end the process here; we only remember why.
func (l *natsLog) Fatalf(format string, v ...any) {
	message := statement(format, v)
	l.to.Error(message)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		l.first = errors.New(message)
	}
}

// Debugf is switched off in the server; it quotes too much.
func (l *natsLog) Debugf(string, ...any) {}

// Tracef is switched off in the server; it is all payload.
func (l *natsLog) Tracef(string, ...any) {}

// fatal is the reason for which the server gave up, if it did.
func (l *natsLog) fatal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

// statement formats a message without anything that a client has sent or calls itself.
func statement(format string, v []any) string {
	values := make([]any, len(v))
	for i, value := range v {
		if payload, ok := value.([]byte); ok {
			value = fmt.Sprintf("[%d bytes]", len(payload))
		}
		values[i] = value
	}
	message := "nats: " + fmt.Sprintf(format, values...)
	for _, mark := range payloadMarks {
		if at := strings.Index(message, mark); at >= 0 {
			message = message[:at] + "[left out]"
		}
	}
	return clientLabels.ReplaceAllString(message, "$1")
}
