package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Received is one event as the company's consumer delivers it.
type Received struct {
	Subject     string // event.<noun>.<id>.<verb>, as the company's account names it
	ID          string // of the event; the same event may come twice and has one id
	Data        []byte // CloudEvents JSON
	Sequence    uint64 // in the stream
	Redelivered bool
}

const (
	pullBatch     = 50
	pullExpires   = 30 * time.Second
	pullHeartbeat = 5 * time.Second
	// pullLinger is how long a pull waits before it says that nothing is
	// waiting: a stream confirms an event a moment before its consumers know.
	pullLinger = 250 * time.Millisecond
	// touchAfter is when the rest of a batch is told to be still in hand: well
	// before the server would deliver it again.
	touchAfter = eventAckWait / 4
	ackTimeout = 10 * time.Second
)

var (
	ackNak      = []byte("-NAK")
	ackProgress = []byte("+WPI")
)

// Tail gives the company's events in order to handle, one at a time, and
// acknowledges each after handle returned nil; an event whose acknowledgement
// is lost comes again. When handle fails, the event and those after it are
// given back and Tail returns the error.
//
// Without follow it returns when no event is waiting; with follow it goes on
// until the context ends, and returns the context's error.
func (c *Client) Tail(ctx context.Context, follow bool, handle func(context.Context, Received) error) error {
	for {
		batch, err := c.pull(ctx, follow)
		if err == nil {
			err = c.handleBatch(ctx, batch, handle)
		}
		if err != nil {
			return fmt.Errorf("Tail: %w", err)
		}
		if len(batch) == 0 && !follow {
			return nil
		}
	}
}

// pullRequest is how the server wants to be asked.
type pullRequest struct {
	Batch     int           `json:"batch"`
	NoWait    bool          `json:"no_wait,omitempty"`
	Expires   time.Duration `json:"expires,omitempty"`
	Heartbeat time.Duration `json:"idle_heartbeat,omitempty"`
}

// errQuiet is when the server forgot a pull, or was not there.
var errQuiet = errors.New("the server is quiet")

// pull returns what is waiting, or else the first event that soon comes; with
// follow it waits longer, and then an empty batch says to ask again.
func (c *Client) pull(ctx context.Context, follow bool) ([]*nats.Msg, error) {
	batch, err := c.pullOnce(ctx, pullRequest{Batch: pullBatch, NoWait: true})
	if len(batch) == 0 && err == nil {
		// This one stays with the server. It takes one event alone, so that
		// that is handled at once.
		request := pullRequest{Batch: 1, Expires: pullLinger}
		if follow {
			request.Expires, request.Heartbeat = pullExpires, pullHeartbeat
		}
		batch, err = c.pullOnce(ctx, request)
	}
	if !errors.Is(err, errQuiet) {
		return batch, err
	}
	if follow {
		return batch, nil
	}
	return batch, callProblem(context.DeadlineExceeded) // Quiet is not the same as nothing.
}

// pullOnce asks in a way that needs no JetStream rights: one request to the
// company's own consumer. Each has its own inbox, so that whatever comes late
// for an earlier one comes nowhere.
func (c *Client) pullOnce(ctx context.Context, request pullRequest) ([]*nats.Msg, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	inbox := c.nc.NewInbox()
	sub, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, callProblem(err)
	}
	// It fails when the connection was closed, and then there is nothing left
	// to unsubscribe.
	defer func() { _ = sub.Unsubscribe() }()
	if err := c.nc.PublishRequest(localNext, inbox, body); err != nil {
		return nil, callProblem(err)
	}
	return receiveBatch(ctx, sub, request.Batch)
}

// receiveBatch receives until the request is met or the server says that it is over.
func receiveBatch(ctx context.Context, sub *nats.Subscription, most int) ([]*nats.Msg, error) {
	var batch []*nats.Msg
	for len(batch) < most {
		// Two missed heartbeats mean that the server forgot the request.
		quiet, cancel := context.WithTimeout(ctx, 2*pullHeartbeat)
		msg, err := sub.NextMsgWithContext(quiet)
		cancel()
		if err != nil {
			switch {
			case len(batch) > 0: // What came must be handled or given back.
				return batch, nil
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case errors.Is(err, context.DeadlineExceeded):
				return nil, errQuiet
			}
			return nil, callProblem(err)
		}
		if strings.HasPrefix(msg.Reply, ackPrefix) {
			batch = append(batch, msg)
			continue
		}
		status, description := msg.Header.Get("Status"), msg.Header.Get("Description")
		switch {
		case status == "100": // A heartbeat.
		case status == "404", status == "408":
			return batch, nil
		case status == "409" && (description == "Leadership Change" || description == "Server Shutdown"):
			return batch, errQuiet
		case status == "503":
			return batch, callProblem(nats.ErrNoResponders)
		default:
			return batch, fmt.Errorf("the server answers %q %q to a pull", status, description)
		}
	}
	return batch, nil
}

// handleBatch handles in order. What it does not finish it gives back.
func (c *Client) handleBatch(ctx context.Context, batch []*nats.Msg, handle func(context.Context, Received) error) error {
	touched := time.Now()
	for i, msg := range batch {
		err := ctx.Err()
		if err == nil {
			err = c.handleOne(ctx, msg, handle)
		}
		if err != nil {
			return errors.Join(err, c.giveBack(ctx, batch[i:]))
		}
		if time.Since(touched) > touchAfter {
			for _, rest := range batch[i+1:] {
				// A lost word costs a second delivery, not an event.
				if err := c.nc.Publish(rest.Reply, ackProgress); err != nil {
					return err
				}
			}
			touched = time.Now()
		}
	}
	return nil
}

// giveBack lets the server deliver again at once, instead of after the wait
// for an acknowledgement. It waits for the server, because a pull that follows
// could overtake.
func (c *Client) giveBack(ctx context.Context, batch []*nats.Msg) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackTimeout)
	defer cancel()
	for _, msg := range batch {
		if _, err := c.nc.RequestWithContext(ctx, msg.Reply, ackNak); err != nil {
			return fmt.Errorf("give back events: %w", callProblem(err))
		}
	}
	return nil
}

func (c *Client) handleOne(ctx context.Context, msg *nats.Msg, handle func(context.Context, Received) error) error {
	received, err := c.received(msg)
	if err != nil {
		return err
	}
	if err := handle(ctx, received); err != nil {
		return err
	}
	// What is handled gets acknowledged even when the context just ended, and
	// the server confirms it, so that a restart does not see it again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackTimeout)
	defer cancel()
	if _, err := c.nc.RequestWithContext(ctx, msg.Reply, nil); err != nil {
		return fmt.Errorf("acknowledge event %d: %w", received.Sequence, callProblem(err))
	}
	return nil
}

// received reads the message and the numbers that its reply subject holds:
// $JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<consumer's>.<time>.<pending>.
func (c *Client) received(msg *nats.Msg) (Received, error) {
	tokens := strings.Split(msg.Reply, ".")
	if len(tokens) != 9 {
		return Received{}, fmt.Errorf("an event with an unknown reply subject of %d tokens", len(tokens))
	}
	deliveries, err := strconv.ParseUint(tokens[4], 10, 64)
	if err != nil {
		return Received{}, fmt.Errorf("deliveries of an event: %w", err)
	}
	sequence, err := strconv.ParseUint(tokens[5], 10, 64)
	if err != nil {
		return Received{}, fmt.Errorf("sequence of an event: %w", err)
	}
	subject := msg.Subject
	if own, ok := strings.CutPrefix(subject, eventPrefix+c.account+"."); ok {
		subject = localEvent + own
	}
	return Received{
		Subject: subject, ID: msg.Header.Get(jetstream.MsgIDHeader), Data: msg.Data,
		Sequence: sequence, Redelivered: deliveries > 1,
	}, nil
}
