package bus

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func TestBury(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	header := nats.Header{}
	header.Set("Nats-Request-Info", `{"user":"UALICE"}`)
	header.Set("X-Name", "Jansen")
	header.Set(jetstream.MsgIDHeader, "id-1")
	header.Set("Content-Type", "application/json")
	body := []byte("\x00\xff body as it came")
	reason := "line one\r\nX-Forged: 1\n" + strings.Repeat("é", 2000)
	if err := bury(t.Context(), js, "", streamIntakeSubject, header, body, reason); err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), DeadStream)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if string(msg.Data) != string(body) || msg.Subject != "verloning.v1.dead.intake" {
		t.Errorf("%s %q", msg.Subject, msg.Data)
	}
	if len(msg.Header) != 4 || msg.Header.Get("X-Forged") != "" || len(msg.Header.Get(deadReasonHeader)) > longestReason+3 {
		t.Errorf("headers %v", msg.Header)
	}
	if header.Get("Nats-Request-Info") == "" {
		t.Error("the caller's headers were changed")
	}
}

func TestListDead(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	if dead, err := ListDead(t.Context(), js, 5); err != nil || len(dead) != 0 {
		t.Errorf("%v, %v", dead, err)
	}
	for range 6 {
		if err := bury(t.Context(), js, "", streamIntakeSubject, nil, []byte("x"), "why"); err != nil {
			t.Fatal(err)
		}
	}
	if err := ReplayDead(t.Context(), js, 2); err != nil {
		t.Fatal(err)
	}
	dead, err := ListDead(t.Context(), js, 4)
	if err != nil || len(dead) != 4 {
		t.Fatalf("%v, %v", dead, err)
	}
	for i, want := range []uint64{1, 3, 4, 5} {
		if dead[i].Sequence != want {
			t.Errorf("dead letter %d has sequence %d, want %d", i, dead[i].Sequence, want)
		}
	}
}
