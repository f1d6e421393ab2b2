package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type asyncapiCommand struct{}

// Run prints the interface of this program; it needs no service, because the
// table that makes the interface is in the program.
func (asyncapiCommand) Run(sh *shell) error {
	desk, err := newDesk(1)
	if err != nil {
		return err
	}
	document, err := (&service{desk: desk}).asyncapi()
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, document, "", "  "); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	pretty.WriteByte('\n')
	_, err = sh.out.Write(pretty.Bytes())
	return err
}

// showInterface answers with the description of the interface that answers.
func (s *service) showInterface(_ context.Context, _ *postgres.Tx, _ payroll.Actor, _ struct{}) (json.RawMessage, error) {
	return s.asyncapi()
}

// asyncapi describes the interface as an AsyncAPI 3.0.0 document. It is made
// from the table that the endpoints are made from, so that it cannot describe
// another interface than the one that runs.
func (s *service) asyncapi() (json.RawMessage, error) {
	d := &describer{}
	document, err := plainJSON(d.document(s.surface()))
	if err != nil {
		return nil, fmt.Errorf("asyncapi: %w", err)
	}
	if len(d.faults) > 0 {
		return nil, errors.New("asyncapi: " + strings.Join(d.faults, "; "))
	}
	return document, nil
}

// member is one name and value of an object.
type member struct {
	name  string
	value any
}

// ordered is a JSON object that keeps the order in which it was made: readers
// find things where the table and the structs have them, and the same table
// gives the same bytes.
type ordered []member

// MarshalJSON writes the members in order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, part := range []any{m.name, m.value} {
			text, err := plainJSON(part)
			if err != nil {
				return nil, err
			}
			b.Write(text)
			b.WriteByte(':')
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON is JSON without the escapes for HTML, so that event.> stays legible.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
