package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// addEvents reads as every organisation, through its own account, and counts an
// id once, as a consumer does.
func (s *demoSum) addEvents(ctx context.Context) error {
	if err := s.published(ctx); err != nil {
		return err
	}
	read := map[string]bool{}
	for _, u := range s.plan.users {
		if read[u["org"]] {
			continue
		}
		read[u["org"]] = true
		if err := s.eventsOf(ctx, u["org"], u["org"]+"/"+u["user"]); err != nil {
			return err
		}
	}
	return nil
}

// eventsOf appends the events of an organisation that are new to a file beside
// the service's data, where they stay when the demo is killed: what was read is
// acknowledged and does not come again. An event whose acknowledgement was lost
// stands there twice.
func (s *demoSum) eventsOf(ctx context.Context, org, as string) error {
	path := filepath.Join(s.data, "demo-events", org+".jsonl")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	err = run(ctx, []string{"--json", "--as", as, "events", "tail"}, s.getenv, strings.NewReader(""), file, io.Discard)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = s.count(file, org)
	}
	return errors.Join(err, file.Close())
}

func (s *demoSum) count(events io.Reader, org string) error {
	seen := map[uuid.UUID]bool{}
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		id, scheme, err := s.schemeOf(lines.Bytes(), org)
		if err != nil {
			return err
		}
		if !seen[id] {
			seen[id] = true
			s.totals[scheme].Events++
		}
	}
	return lines.Err()
}
