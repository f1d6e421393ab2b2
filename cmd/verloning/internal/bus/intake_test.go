package bus

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/payroll"
)

const streamIntakeSubject = intakePrefix + "AORG.hours.UALICE"

// streamCaller reads the user from the subject's last token.
func streamCaller(subject string, _ nats.Header) (account, user string, err error) {
	tokens := strings.Split(subject, ".")
	if len(tokens) != 6 {
		return "", "", errors.New("nobody")
	}
	return tokens[3], tokens[5], nil
}

func streamIntake(t testing.TB, js jetstream.JetStream, log *streamLog, handle func(context.Context, string, string, string, []byte) error) (stop func()) {
	t.Helper()
	return streamConsume(t, func(ctx context.Context) error {
		return ConsumeIntake(ctx, js, IntakeConfig{
			Handle: handle, Caller: streamCaller, Log: log.logger(), MaxDeliver: 3,
			BackOff: []time.Duration{time.Millisecond, 5 * time.Millisecond}, AckWait: 300 * time.Millisecond,
		})
	})
}

func TestIntake(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	log := new(streamLog)
	var mu sync.Mutex
	got, tries := make(map[string]string), make(map[string]int)
	streamIntake(t, js, log, func(_ context.Context, account, user, id string, body []byte) error {
		mu.Lock()
		defer mu.Unlock()
		tries[id]++
		switch {
		case id == "flaky" && tries[id] < 3, id == "hopeless":
			return errors.New("deadlock detected")
		case id == "refused":
			return payroll.Refuse(payroll.Invalid, payroll.Reason("hours/unreadable", "lines", "", ""))
		case id == "waits" && tries[id] < 8: // more often than MaxDeliver
			return payroll.Refuse(payroll.Unavailable, payroll.Reason("x/away", "", "", ""))
		case id == "permanent":
			return Permanent{Err: errors.New("not a submission\r\nof ours")}
		}
		got[id] = account + " " + user + " " + string(body)
		return nil
	})
	body := []byte(`{"bsn":"999990019"}`)
	for _, id := range []string{"plain", "flaky", "hopeless", "refused", "waits", "permanent"} {
		msg := nats.NewMsg(streamIntakeSubject)
		msg.Data = body
		msg.Header.Set(jetstream.MsgIDHeader, id)
		msg.Header.Set("Content-Type", "application/json")
		msg.Header.Set("X-Name", "Jansen")
		if _, err := js.PublishMsg(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := js.Publish(t.Context(), intakePrefix+"AORG.hours", body); err != nil { // names no user
		t.Fatal(err)
	}
	streamEventually(t, "everything is answered for", func() bool { return streamQueued(t, js, IntakeStream) == 0 })
	mu.Lock()
	for _, id := range []string{"plain", "flaky", "waits"} {
		if got[id] != "AORG UALICE "+string(body) {
			t.Errorf("%s: got %q", id, got[id])
		}
	}
	if tries["hopeless"] != 3 || tries["refused"] != 1 || tries["permanent"] != 1 || tries["waits"] != 8 {
		t.Errorf("tries %v", tries)
	}
	mu.Unlock()
	reasons := make(map[string]string)
	dead, err := ListDead(t.Context(), js, 100)
	if err != nil || len(dead) != 4 {
		t.Fatalf("%+v, %v", dead, err)
	}
	for _, d := range dead {
		reasons[d.MessageID] = d.Reason
		if d.Kind != "intake" || d.Size != len(body) || time.Since(d.Buried) > time.Minute {
			t.Errorf("%+v", d)
		}
	}
	for id, want := range map[string]string{
		"hopeless": "deadlock detected", "refused": "invalid: hours/unreadable (lines)",
		"permanent": "not a submission  of ours", "": "who handed it in: nobody",
	} {
		if reasons[id] != want {
			t.Errorf("%s is dead because %q, want %q", id, reasons[id], want)
		}
	}
	if strings.Contains(log.String(), "999990019") || strings.Contains(log.String(), "Jansen") {
		t.Error("a body or a header was logged")
	}
}

// A message that kills or silences whoever takes it is buried unhandled once
// it was delivered too often.
func TestIntakeOfKillers(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	consumer, err := consuming{js: js, stream: IntakeStream, durable: intakeConsumer, ackWait: 50 * time.Millisecond}.ensure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), streamIntakeSubject, []byte("{}"), jetstream.WithMsgID("killer")); err != nil {
		t.Fatal(err)
	}
	for range 6 { // twice MaxDeliver
		streamEventually(t, "it is delivered", func() bool {
			_, err := consumer.Next(jetstream.FetchMaxWait(time.Second))
			return err == nil
		})
	}
	var handled atomic.Int32
	streamIntake(t, js, new(streamLog), func(context.Context, string, string, string, []byte) error {
		handled.Add(1)
		return nil
	})
	streamEventually(t, "it is off the queue", func() bool { return streamQueued(t, js, IntakeStream) == 0 })
	dead, err := ListDead(t.Context(), js, 10)
	if err != nil || len(dead) != 1 || handled.Load() != 0 || !strings.Contains(dead[0].Reason, "delivered 6 times") {
		t.Errorf("%+v, %v, handled %d times", dead, err, handled.Load())
	}
}

// Nothing ends without a copy: while the dead letters cannot be written, the
// message stays.
func TestIntakeWithoutGraveyard(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	if err := js.DeleteStream(t.Context(), DeadStream); err != nil {
		t.Fatal(err)
	}
	var tries atomic.Int32
	streamIntake(t, js, new(streamLog), func(context.Context, string, string, string, []byte) error {
		tries.Add(1)
		return Permanent{Err: errors.New("bad")}
	})
	if _, err := js.Publish(t.Context(), streamIntakeSubject, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "it was tried, and came again unburied", func() bool { return tries.Load() >= 2 })
	if n := streamQueued(t, js, IntakeStream); n != 1 {
		t.Fatal("it ended without a copy")
	}
	if err := EnsureStreams(t.Context(), js, StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	streamEventually(t, "it is off the queue", func() bool { return streamQueued(t, js, IntakeStream) == 0 })
	if dead, err := ListDead(t.Context(), js, 10); err != nil || len(dead) != 1 {
		t.Errorf("%+v, %v", dead, err)
	}
}

// What waits for something unavailable goes back when its holder stops.
func TestIntakeStopsWaiting(t *testing.T) {
	streamNoLeaks(t)
	js := streamStart(t)
	tried := make(chan struct{}, 1)
	stop := streamConsume(t, func(ctx context.Context) error {
		return ConsumeIntake(ctx, js, IntakeConfig{
			Caller: streamCaller, Log: new(streamLog).logger(), BackOff: []time.Duration{time.Hour}, AckWait: time.Hour,
			Handle: func(context.Context, string, string, string, []byte) error {
				tried <- struct{}{}
				return payroll.Refuse(payroll.Unavailable, payroll.Reason("x/away", "", "", ""))
			},
		})
	})
	if _, err := js.Publish(t.Context(), streamIntakeSubject, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	<-tried
	stop()
	var handled atomic.Int32
	streamIntake(t, js, new(streamLog), func(context.Context, string, string, string, []byte) error {
		handled.Add(1)
		return nil
	})
	streamEventually(t, "another handles it soon", func() bool { return handled.Load() == 1 })
}

// streamMsg is a message as the intake sees it.
type streamMsg struct {
	jetstream.Msg
	subject string
}

func (m streamMsg) Subject() string      { return m.subject }
func (m streamMsg) Headers() nats.Header { return nil }

func TestIntakeHoldsCallerAgainstSubject(t *testing.T) {
	cfg := IntakeConfig{Caller: func(string, nats.Header) (string, string, error) { return "AOTHER", "U", nil }}
	if _, _, err := cfg.caller(streamMsg{subject: streamIntakeSubject}); judge(err) != buried {
		t.Errorf("another account was believed: %v", err)
	}
}

// FuzzIntakeCaller holds that nobody is taken for an account that the subject
// does not name at its fourth token.
func FuzzIntakeCaller(f *testing.F) {
	f.Add(streamIntakeSubject)
	f.Add("verloning.v1.intake..hours.U")
	f.Add("verloning.v1.intake")
	f.Fuzz(func(t *testing.T, subject string) {
		account, _, err := IntakeConfig{Caller: streamCaller}.caller(streamMsg{subject: subject})
		if err != nil {
			if judge(err) != buried {
				t.Errorf("%q would be tried again", subject)
			}
			return
		}
		if tokens := strings.Split(subject, "."); account == "" || tokens[3] != account || tokens[0] != "verloning" {
			t.Errorf("%q was handed in by %q", subject, account)
		}
		if kind := kindOf(subject); kind == "" || strings.ContainsAny(kind, ". *>\r\n") {
			t.Errorf("%q is of kind %q", subject, kind)
		}
	})
}

// BenchmarkIntake handles what a handler does nothing with: what the queue
// itself allows, with every acknowledgement on disk.
func BenchmarkIntake(b *testing.B) {
	js := streamStart(b)
	var handled atomic.Int64
	streamConsume(b, func(ctx context.Context) error {
		return ConsumeIntake(ctx, js, IntakeConfig{
			Caller: streamCaller, Concurrency: 8,
			Handle: func(context.Context, string, string, string, []byte) error { handled.Add(1); return nil },
		})
	})
	want := int64(0)
	for b.Loop() {
		const messages = 1000
		for range messages {
			if _, err := js.PublishAsync(streamIntakeSubject, []byte(`{}`)); err != nil {
				b.Fatal(err)
			}
		}
		want += messages
		streamEventually(b, "all are handled", func() bool { return handled.Load() == want })
	}
	b.ReportMetric(float64(want)/b.Elapsed().Seconds(), "messages/s")
}
