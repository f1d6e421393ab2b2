package bus

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func TestReplayDead(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	header := nats.Header{jetstream.MsgIDHeader: {"id-1"}, "Content-Type": {"application/json"}}
	if err := bury(t.Context(), js, "", streamIntakeSubject, header, []byte("{}"), "why"); err != nil {
		t.Fatal(err)
	}
	if err := ReplayDead(t.Context(), js, 1); err != nil {
		t.Fatal(err)
	}
	consumer, err := js.CreateConsumer(t.Context(), IntakeStream, jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := consumer.Next(jetstream.FetchMaxWait(5 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if msg.Subject() != streamIntakeSubject || string(msg.Data()) != "{}" ||
		msg.Headers().Get(jetstream.MsgIDHeader) != "id-1" || msg.Headers().Get("Content-Type") != "application/json" || len(msg.Headers()) != 2 {
		t.Errorf("%s %q %v", msg.Subject(), msg.Data(), msg.Headers())
	}
	if err := ReplayDead(t.Context(), js, 1); !errors.Is(err, jetstream.ErrMsgNotFound) {
		t.Errorf("a second replay: %v", err)
	}
}

func TestReplayDeadKeepsWhatCannotGoBack(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	for i, subject := range []string{eventPrefix + "AORG.run.x.approved", "elsewhere", workPrefix + "x.1"} {
		if err := bury(t.Context(), js, "", subject, nil, []byte("{}"), "why"); err != nil {
			t.Fatal(err)
		}
		if subject == workPrefix+"x.1" {
			if err := js.DeleteStream(t.Context(), WorkStream); err != nil {
				t.Fatal(err)
			}
		}
		if err := ReplayDead(t.Context(), js, uint64(i+1)); err == nil || !strings.Contains(err.Error(), "replay dead letter") {
			t.Errorf("%s: %v", subject, err)
		}
	}
	if n := streamQueued(t, js, DeadStream); n != 3 {
		t.Errorf("%d dead letters are left of 3", n)
	}
}
