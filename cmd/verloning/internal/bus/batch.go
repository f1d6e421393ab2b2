package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Atomic batches, as the server understands them since 2.12 (read in the
// source of 2.15.2). All messages of a batch carry its id and their number in
// it, counted from one; the last also asks to commit. The server stages the
// messages and stores them under consecutive sequences at the commit, with one
// sync to disk under SyncAlways. Only the commit is answered when the others
// carry no reply subject; its answer names the last sequence and the count.
// A batch with a gap, or left alone for ten seconds, is dropped whole. So is
// one in which a message id was seen before, in the stream or twice in the
// batch (error 10201), and the answer does not say which.
const (
	batchIDHeader       = "Nats-Batch-Id"
	batchSequenceHeader = "Nats-Batch-Sequence"
	batchCommitHeader   = "Nats-Batch-Commit"

	// batchLimit is the server's own limit on the messages of one batch.
	batchLimit = 1000
)

// stored says where the stream keeps a message, and whether it was there
// before we published it.
type stored struct {
	sequence  uint64
	duplicate bool
}

// publishReply is what the server answers to a publish; the client library's
// PubAck leaves the batch out.
type publishReply struct {
	Stream    string              `json:"stream"`
	Sequence  uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
	Batch     string              `json:"batch"`
	Count     int                 `json:"count"`
	Error     *jetstream.APIError `json:"error"`
}

// publisher publishes events in order and waits at most a while for each answer.
type publisher struct {
	conn *nats.Conn
	wait time.Duration
}

// publish publishes messages in order and returns where those are that the
// stream is known to have: all of them, or with an error the first few. A
// batch that the server refuses is published one by one, so that one message
// that cannot be published holds up only what comes after it.
func (p publisher) publish(ctx context.Context, msgs []*nats.Msg) ([]stored, error) {
	if len(msgs) > 1 {
		all, err := p.batch(ctx, msgs)
		if !refused(err) {
			return all, err
		}
	}
	done := make([]stored, 0, len(msgs))
	for _, msg := range msgs {
		// A lost session or an ending process stops between two messages and
		// never waits for an answer that it then does not use.
		if err := ctx.Err(); err != nil {
			return done, err
		}
		one, err := p.single(ctx, msg)
		if err != nil {
			return done, err
		}
		done = append(done, one)
	}
	return done, nil
}

// batch publishes all messages or none.
func (p publisher) batch(ctx context.Context, msgs []*nats.Msg) ([]stored, error) {
	id := uuid.NewString()
	last := len(msgs) - 1
	for i, msg := range msgs {
		msg.Header[batchIDHeader] = []string{id}
		msg.Header[batchSequenceHeader] = []string{strconv.Itoa(i + 1)}
		if i == last {
			break
		}
		delete(msg.Header, batchCommitHeader) // of an earlier, shorter batch
		if err := p.conn.PublishMsg(msg); err != nil {
			return nil, fmt.Errorf("publish %d of a batch of %d: %w", i+1, len(msgs), err)
		}
	}
	msgs[last].Header[batchCommitHeader] = []string{"1"}
	reply, err := p.request(ctx, msgs[last])
	if err != nil {
		return nil, fmt.Errorf("commit a batch of %d: %w", len(msgs), err)
	}
	if reply.Batch != id || reply.Count != len(msgs) || reply.Sequence < uint64(len(msgs)) {
		return nil, fmt.Errorf("commit a batch of %d: answered count %d, sequence %d", len(msgs), reply.Count, reply.Sequence)
	}
	all := make([]stored, len(msgs))
	for i := range all {
		all[i].sequence = reply.Sequence - uint64(last-i)
	}
	return all, nil
}

// single publishes one message by itself.
func (p publisher) single(ctx context.Context, msg *nats.Msg) (stored, error) {
	delete(msg.Header, batchIDHeader)
	delete(msg.Header, batchSequenceHeader)
	delete(msg.Header, batchCommitHeader)
	reply, err := p.request(ctx, msg)
	if err != nil {
		return stored{}, fmt.Errorf("publish one: %w", err)
	}
	return stored{sequence: reply.Sequence, duplicate: reply.Duplicate}, nil
}

// request publishes a message and waits for the stream's answer, also when the
// process is ending: an answer that nobody heard is a duplicate later.
func (p publisher) request(ctx context.Context, msg *nats.Msg) (publishReply, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.wait)
	defer cancel()
	answer, err := p.conn.RequestMsgWithContext(ctx, msg)
	if err != nil {
		return publishReply{}, err
	}
	var reply publishReply
	if err := json.Unmarshal(answer.Data, &reply); err != nil {
		return publishReply{}, errors.New("the answer to a publish is not JSON")
	}
	if reply.Error != nil {
		return publishReply{}, reply.Error
	}
	if reply.Stream != EventStream || reply.Sequence == 0 {
		return publishReply{}, fmt.Errorf("answered by stream %q with sequence %d", reply.Stream, reply.Sequence)
	}
	return reply, nil
}

// refused reports whether a batch failed for what it holds (a duplicate, a
// message too large, a limit on batches) and not for the state of the server
// or the line, which single publishes would meet as well.
func refused(err error) bool {
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrBadSubject) {
		return true
	}
	var refusal *jetstream.APIError
	return errors.As(err, &refusal) && refusal.Code == 400
}
