package bus

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// StreamEvent names an event that the stream holds, without its content.
type StreamEvent struct {
	Sequence uint64    `json:"sequence"`
	ID       uuid.UUID `json:"event"`
	Subject  string    `json:"subject"`
}

// EventsAbove lists what the event stream holds above a sequence, with its
// incarnation and its last sequence.
func EventsAbove(ctx context.Context, js jetstream.JetStream, above uint64) (events []StreamEvent, incarnation string, last uint64, err error) {
	stream, err := js.Stream(ctx, EventStream)
	if err != nil {
		return nil, "", 0, fmt.Errorf("events above %d: %w", above, err)
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return nil, "", 0, fmt.Errorf("events above %d: %w", above, err)
	}
	incarnation, last = EventIncarnation(info), info.State.LastSeq
	for sequence := max(above+1, info.State.FirstSeq); sequence <= last; sequence++ {
		msg, err := stream.GetMsg(ctx, sequence)
		if err != nil {
			return nil, "", 0, fmt.Errorf("event %d: %w", sequence, err)
		}
		id, err := uuid.Parse(msg.Header.Get(jetstream.MsgIDHeader))
		if err != nil {
			return nil, "", 0, fmt.Errorf("event %d has no id of ours: %w", sequence, err)
		}
		events = append(events, StreamEvent{sequence, id, msg.Subject})
	}
	return events, incarnation, last, nil
}
