package bus

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// IntakeConfig says how what was handed in is handled. Handle and Caller must
// be set.
type IntakeConfig struct {
	// Handle judges one message and returns after its commit. Its message id
	// is the sender's: it is unique within an organisation only. A Permanent
	// or a refusal buries the message; any other error is tried again up to
	// MaxDeliver. The refusal payroll.Unavailable is for a database that is
	// away: the message is held and tried again without end, and as many hands
	// as hold one take no other. A verdict on bad hours is no error.
	Handle func(ctx context.Context, account, user, msgID string, body []byte) error
	// Caller tells who handed it in, from what the server enforced. A stream
	// stores no Nats-Request-Info, so the subject has to name the user too.
	Caller func(subject string, header nats.Header) (account, user string, err error)

	Concurrency int             // hands of this process; 4
	AckWait     time.Duration   // a message whose hand is silent this long goes to another; 30 s
	MaxDeliver  int             // tries before a message is buried; 10
	BackOff     []time.Duration // pauses after failures, the last one repeated; 1 s to 1 min
	Drain       time.Duration   // how long a handler may still run when the context ended; 30 s
	Log         *slog.Logger    // never sees a body
}

const intakeConsumer = "judges"

// ConsumeIntake handles what was handed in until the context ends, and returns
// when the handlers that still ran have ended. Messages are acknowledged after
// the handler's commit, so each may come twice; their order is not promised.
func ConsumeIntake(ctx context.Context, js jetstream.JetStream, cfg IntakeConfig) error {
	return consuming{
		js: js, log: cmp.Or(cfg.Log, slog.Default()),
		stream: IntakeStream, durable: intakeConsumer,
		hands:      cmp.Or(max(cfg.Concurrency, 0), 4),
		ackWait:    cmp.Or(cfg.AckWait, 30*time.Second),
		maxDeliver: cmp.Or(max(cfg.MaxDeliver, 0), 10),
		backOff:    cfg.BackOff,
		drain:      cmp.Or(cfg.Drain, 30*time.Second),
		handle: func(ctx context.Context, msg jetstream.Msg) error {
			account, user, err := cfg.caller(msg)
			if err != nil {
				return err
			}
			return cfg.Handle(ctx, account, user, msg.Headers().Get(jetstream.MsgIDHeader), msg.Data())
		},
	}.run(ctx)
}

// caller tells who handed a message in, and holds that against the subject:
// the account there is what the server enforced.
func (cfg IntakeConfig) caller(msg jetstream.Msg) (account, user string, err error) {
	enforced, ok := organisationToken(msg.Subject())
	if !ok || enforced == "" {
		return "", "", Permanent{Err: fmt.Errorf("the subject names no organisation")}
	}
	account, user, err = cfg.Caller(msg.Subject(), msg.Headers())
	if err != nil {
		return "", "", Permanent{Err: fmt.Errorf("who handed it in: %w", err)}
	}
	if account != enforced {
		return "", "", Permanent{Err: fmt.Errorf("handed in as another organisation than the subject names")}
	}
	return account, user, nil
}
