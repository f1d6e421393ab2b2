package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// demoReaders is how many organisations read their events at the same time.
const demoReaders = 6

// addEvents reads as every organisation, through its own account, and counts an
// id once, as a consumer does.
func (s *demoSum) addEvents(ctx context.Context) error {
	if err := s.published(ctx); err != nil {
		return err
	}
	var orgs []string
	reading, readers := errgroup.WithContext(ctx)
	reading.SetLimit(demoReaders)
	for _, u := range s.plan.users {
		if slices.Contains(orgs, u["org"]) {
			continue
		}
		orgs = append(orgs, u["org"])
		reading.Go(func() error { return s.readEvents(readers, u["org"], u["org"]+"/"+u["user"]) })
	}
	if err := reading.Wait(); err != nil {
		return err
	}
	for _, org := range orgs {
		if err := s.countEvents(org); err != nil {
			return err
		}
	}
	return nil
}

// eventsFile is beside the service's data, where it stays when the demo is
// killed: what was read is acknowledged and does not come again.
func (s *demoSum) eventsFile(org string) string {
	return filepath.Join(s.data, "demo-events", org+".jsonl")
}

// readEvents appends the events of an organisation that are new to its file. One
// whose acknowledgement was lost stands there twice.
func (s *demoSum) readEvents(ctx context.Context, org, as string) error {
	path := s.eventsFile(org)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	err = run(ctx, []string{"--json", "--as", as, "events", "tail"}, s.getenv, strings.NewReader(""), file, io.Discard)
	return errors.Join(err, file.Close())
}

func (s *demoSum) countEvents(org string) error {
	text, err := os.ReadFile(s.eventsFile(org))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	seen := map[uuid.UUID]bool{}
	for line := range bytes.Lines(text) {
		id, scheme, err := s.schemeOf(line, org)
		if err != nil {
			return err
		}
		if !seen[id] {
			seen[id] = true
			s.totals[scheme].Events++
		}
	}
	return nil
}
