package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// identTail starts a world with one company that has a consumer.
func identTail(t *testing.T) (*identWorld, identCompany, *Client) {
	t.Helper()
	w := identStart(t)
	a := w.company(t, "a")
	if err := EnsureEventConsumer(t.Context(), w.js, a.account); err != nil {
		t.Fatal(err)
	}
	return w, a, w.dial(t, a.creds)
}

func TestTailGivesAllInOrderOnce(t *testing.T) {
	w, a, client := identTail(t)
	const events = 2*pullBatch + 10
	for i := range events {
		w.publishEvent(t, a.account, fmt.Sprintf("run.%d.made", i), fmt.Sprint(i))
	}
	var got []Received
	collect := func(_ context.Context, event Received) error {
		got = append(got, event)
		return nil
	}
	for range 2 { // The second time there is nothing left.
		if err := client.Tail(identContext(t, 30*time.Second), false, collect); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != events {
		t.Fatalf("%d events", len(got))
	}
	for i, event := range got {
		id := fmt.Sprint(i)
		if event.ID != id || event.Subject != "event.run."+id+".made" || string(event.Data) != `{"id":"`+id+`"}` ||
			event.Sequence != uint64(i+1) || event.Redelivered {
			t.Errorf("event %d: %+v", i, event)
		}
	}
	if info := w.consumer(t, a.account); info.NumAckPending != 0 || info.NumPending != 0 {
		t.Errorf("consumer %+v", info)
	}
}

func TestTailGivesBackWhatFailed(t *testing.T) {
	w, a, client := identTail(t)
	for i := range 3 {
		w.publishEvent(t, a.account, "run.1.made", fmt.Sprint(i))
	}
	broken := errors.New("disk full")
	var got []string
	handle := func(_ context.Context, event Received) error {
		got = append(got, fmt.Sprint(event.ID, event.Redelivered))
		if event.ID == "1" && !event.Redelivered {
			return broken
		}
		return nil
	}
	if err := client.Tail(identContext(t, 10*time.Second), false, handle); !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	// What was given back comes at once, not after the wait for an
	// acknowledgement.
	if err := client.Tail(identContext(t, 10*time.Second), false, handle); err != nil {
		t.Fatal(err)
	}
	want := []string{"0false", "1false", "1true", "2true"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTailFollows(t *testing.T) {
	w, a, client := identTail(t)
	ctx, cancel := context.WithCancel(identContext(t, 30*time.Second))
	defer cancel()
	got, ended := make(chan string), make(chan error, 1)
	go func() {
		ended <- client.Tail(ctx, true, func(_ context.Context, event Received) error {
			got <- event.ID
			return nil
		})
	}()
	for i := range 5 { // Each is published when the one before was handled.
		w.publishEvent(t, a.account, "run.1.made", fmt.Sprint(i))
		if id := <-got; id != fmt.Sprint(i) {
			t.Errorf("event %s, want %d", id, i)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestTailAcknowledgesWhatWasHandledWhenStopped(t *testing.T) {
	w, a, client := identTail(t)
	for i := range 2 {
		w.publishEvent(t, a.account, "run.1.made", fmt.Sprint(i))
	}
	ctx, cancel := context.WithCancel(identContext(t, 10*time.Second))
	defer cancel()
	handled := 0
	err := client.Tail(ctx, true, func(context.Context, Received) error {
		handled++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || handled != 1 {
		t.Errorf("%d handled, %v", handled, err)
	}
	if err := client.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if info := w.consumer(t, a.account); info.AckFloor.Stream != 1 {
		t.Errorf("consumer %+v", info)
	}
}

func TestTailWithoutConsumer(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	err := client.Tail(identContext(t, 10*time.Second), true, func(context.Context, Received) error { return nil })
	if problem := identWant(t, err, 503); problem.Type != "no_responders" {
		t.Errorf("error %v", err)
	}
}

func TestReceivedRefusesWhatIsNoEvent(t *testing.T) {
	client := &Client{account: "A"}
	for _, reply := range []string{"", "$JS.ACK.EVENT.A.1.2.3.4", "$JS.ACK.EVENT.A.x.2.3.4.5", "$JS.ACK.EVENT.A.1.x.3.4.5"} {
		if _, err := client.received(&nats.Msg{Reply: reply}); err == nil {
			t.Errorf("%q: no error", reply)
		}
	}
	event, err := client.received(&nats.Msg{Reply: "$JS.ACK.EVENT.A.2.7.3.4.5"})
	if err != nil || event.Sequence != 7 || !event.Redelivered {
		t.Errorf("event %+v, %v", event, err)
	}
}
