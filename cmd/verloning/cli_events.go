package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
)

type eventsTail struct {
	Follow bool `short:"f" help:"Go on and wait for new events."`
	Limit  int  `help:"Stop after so many."`
}

// Run reads through the company's own account and its one consumer, as its
// systems do: what is shown here is acknowledged and does not come again.
func (c *eventsTail) Run(ctx context.Context, sh *shell) error {
	client, err := sh.connect()
	if err != nil {
		return err
	}
	reading, enough := context.WithCancel(ctx)
	defer enough()
	seen := 0
	err = client.Tail(reading, c.Follow, func(_ context.Context, r bus.Received) error {
		if err := sh.showEvent(r); err != nil {
			return err
		}
		// This one is acknowledged all the same, and those after it are given back.
		if seen++; c.Limit > 0 && seen >= c.Limit {
			enough()
		}
		return nil
	})
	if reading.Err() != nil && (ctx.Err() == nil || c.Follow) {
		return nil // At the limit, or whoever followed has seen enough.
	}
	return err
}

// showEvent prints an event on a line; with --json the CloudEvent as it came.
func (sh *shell) showEvent(r bus.Received) error {
	if sh.JSON {
		_, err := fmt.Fprintf(sh.out, "%s\n", r.Data)
		return err
	}
	var event struct {
		Type    string          `json:"type"`
		Subject string          `json:"subject"`
		Time    string          `json:"time"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(r.Data, &event); err != nil {
		return fmt.Errorf("event %d: %w", r.Sequence, err)
	}
	_, err := fmt.Fprintln(sh.out, printable(fmt.Sprintf("%s  %s  %s  %s", event.Time, event.Type, event.Subject, event.Data)))
	return err
}

type eventsReplay struct {
	Org   string `required:"" help:"Code of the organisation whose events are published again."`
	Since string `required:"" help:"First day."`
}

func (c *eventsReplay) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	request := replayAsked{Command: sh.command(), Organisation: c.Org, Since: c.Since}
	return ask(ctx, sh, "events", "replay", request, func(r replayed) error {
		return sh.say("%d gebeurtenissen worden opnieuw gepubliceerd.", "%d events are published again.", r.Events)
	})
}

// keyHolder connects as the application itself, which only who has its keys
// can. No company reaches the dead letters: they are of all of them.
func (sh *shell) keyHolder() (*nats.Conn, jetstream.JetStream, error) {
	directory := sh.keysDir()
	if _, err := os.Stat(directory); err != nil { // Keys that are made now would open nothing.
		return nil, nil, fault("keys/missing", "", fmt.Sprintf("Hier zijn geen sleutels van de dienst (%s); dit kan alleen waar hij draait.", directory),
			fmt.Sprintf("The keys of the service are not here (%s); this works only where it runs.", directory))
	}
	keys, err := bus.LoadKeys(directory)
	if err != nil {
		return nil, nil, err
	}
	url, err := sh.server()
	if err != nil {
		return nil, nil, err
	}
	conn, err := nats.Connect(url, keys.ApplicationOption(), nats.Name("verloning"))
	if err != nil {
		return nil, nil, fmt.Errorf("connect to NATS: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("JetStream: %w", err)
	}
	return conn, js, nil
}

type deadList struct {
	Limit int `default:"1000" help:"At most so many, the oldest first."`
}

// deadListed is a dead letter as it is shown: never its body.
type deadListed struct {
	Sequence uint64 `json:"sequence"`
	Kind     string `json:"kind"`
	Message  string `json:"message_id,omitempty"`
	Buried   string `json:"buried"`
	Size     int    `json:"size"`
	Reason   string `json:"reason"`
}

func (c *deadList) Run(ctx context.Context, sh *shell) error {
	conn, js, err := sh.keyHolder()
	if err != nil {
		return err
	}
	defer conn.Close()
	letters, err := bus.ListDead(ctx, js, c.Limit)
	if err != nil {
		return err
	}
	list := []deadListed{}
	shown := newTable(">sequence", "kind", "message_id", "buried", ">size", "reason")
	for _, d := range letters {
		one := deadListed{d.Sequence, d.Kind, d.MessageID, d.Buried.UTC().Format(time.RFC3339), d.Size, d.Reason}
		list = append(list, one)
		shown.add(strconv.FormatUint(one.Sequence, 10), one.Kind, one.Message, one.Buried, strconv.Itoa(one.Size), one.Reason)
	}
	if sh.JSON {
		return sh.printJSON(map[string][]deadListed{"dead": list})
	}
	return shown.print(sh.out)
}

type deadReplay struct {
	Sequence uint64 `arg:"" help:"Number that events dead list shows."`
}

func (c *deadReplay) Run(ctx context.Context, sh *shell) error {
	conn, js, err := sh.keyHolder()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := bus.ReplayDead(ctx, js, c.Sequence); err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(map[string]uint64{"replayed": c.Sequence})
	}
	_, err = fmt.Fprintln(sh.out, sh.both(payroll.Text{NL: "Opnieuw ingestuurd.", EN: "Handed in again."}))
	return err
}
