package bus

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ReplayDead publishes a dead letter again where it was first sent, with its
// message id, and then erases it. A crash between the two leaves both: the
// message then comes a second time, which every handler bears.
func ReplayDead(ctx context.Context, js jetstream.JetStream, sequence uint64) error {
	stream, err := js.Stream(ctx, DeadStream)
	if err != nil {
		return fmt.Errorf("replay dead letter %d: %w", sequence, err)
	}
	dead, err := stream.GetMsg(ctx, sequence)
	if err != nil {
		return fmt.Errorf("replay dead letter %d: %w", sequence, err)
	}
	subject := dead.Header.Get(deadSubjectHeader)
	// A dead letter goes back into a work queue and nowhere else: replayed as
	// an event it would be a fact that the database does not know.
	if !strings.HasPrefix(subject, intakePrefix) && !strings.HasPrefix(subject, workPrefix) {
		return fmt.Errorf("replay dead letter %d: its subject is of no work queue", sequence)
	}
	msg := nats.NewMsg(subject)
	msg.Data = dead.Data
	if id := dead.Header.Get(deadMessageIDHeader); id != "" {
		msg.Header.Set(jetstream.MsgIDHeader, id)
	}
	if kind := dead.Header.Get(contentTypeHeader); kind != "" {
		msg.Header.Set(contentTypeHeader, kind)
	}
	if _, err := js.PublishMsg(ctx, msg); err != nil {
		return fmt.Errorf("replay dead letter %d: %w", sequence, err)
	}
	// Erased, not only deleted: the body may be personal.
	if err := stream.SecureDeleteMsg(ctx, sequence); err != nil {
		return fmt.Errorf("dead letter %d was replayed but not erased: %w", sequence, err)
	}
	return nil
}
