package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Dead describes a dead letter. Its body is left out: it may hold what no list
// or log should show.
type Dead struct {
	Sequence  uint64
	Kind      string // intake, work
	Subject   string // where it was sent
	MessageID string // the sender's, empty when there was none
	Reason    string
	Buried    time.Time
	Size      int // of the body
}

// Headers of a dead letter.
const (
	deadSubjectHeader   = "Verloning-Subject"
	deadReasonHeader    = "Verloning-Reason"
	deadMessageIDHeader = "Verloning-Msg-Id"
)

// longestReason keeps a reason within what a header may hold.
const longestReason = 1000

// bury stores a message that could not be handled under the dead letters; with
// an id of its own one that is buried twice, because its end was not heard, is
// kept once. Of its headers it keeps the message id and the content type, which
// a replay needs; a sender may have put anything in the others, and the server
// may have put in who sent it from where.
func bury(ctx context.Context, js jetstream.JetStream, id, subject string, header nats.Header, body []byte, reason string) error {
	msg := nats.NewMsg(deadPrefix + kindOf(subject))
	msg.Data = body
	msg.Header.Set(deadSubjectHeader, subject)
	msg.Header.Set(deadReasonHeader, oneLine(reason))
	for from, to := range map[string]string{
		jetstream.MsgIDHeader: deadMessageIDHeader,
		contentTypeHeader:     contentTypeHeader,
	} {
		if value := header.Get(from); value != "" {
			msg.Header.Set(to, value)
		}
	}
	if id != "" {
		msg.Header.Set(jetstream.MsgIDHeader, id)
	}
	if _, err := js.PublishMsg(ctx, msg); err != nil {
		return fmt.Errorf("bury a message: %w", err)
	}
	return nil
}

// oneLine makes a reason fit for a header.
func oneLine(reason string) string {
	reason = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(reason, "?"))
	if len(reason) > longestReason {
		reason = strings.ToValidUTF8(reason[:longestReason], "") + "…"
	}
	return reason
}

// ListDead returns the oldest dead letters, at most limit of them.
func ListDead(ctx context.Context, js jetstream.JetStream, limit int) ([]Dead, error) {
	stream, err := js.Stream(ctx, DeadStream)
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	var list []Dead
	for next := uint64(1); len(list) < limit; {
		msg, err := stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(deadPrefix+">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("list dead letters: %w", err)
		}
		list = append(list, Dead{
			Sequence:  msg.Sequence,
			Kind:      strings.TrimPrefix(msg.Subject, deadPrefix),
			Subject:   msg.Header.Get(deadSubjectHeader),
			MessageID: msg.Header.Get(deadMessageIDHeader),
			Reason:    msg.Header.Get(deadReasonHeader),
			Buried:    msg.Time,
			Size:      len(msg.Data),
		})
		next = msg.Sequence + 1
	}
	return list, nil
}
