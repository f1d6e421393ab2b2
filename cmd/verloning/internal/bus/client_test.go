package bus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
)

func TestDial(t *testing.T) {
	w := identStart(t)
	w.serve(t, ServeOptions{}, identWho())
	a := w.company(t, "a") // After the service started: an account may come later.
	file := filepath.Join(t.TempDir(), "a.creds")
	if err := os.WriteFile(file, a.creds, 0o600); err != nil {
		t.Fatal(err)
	}
	client, err := Dial(w.url, file)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var got Caller
	if err := client.Call(t.Context(), "who", "ask", nil, &got); err != nil || got != (Caller{a.account, a.user}) || got != client.Caller() {
		t.Errorf("caller %+v, %v", got, err)
	}
	t.Run("no file", func(t *testing.T) {
		if _, err := Dial(w.url, file+"x"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("no credentials", func(t *testing.T) {
		if _, err := DialCreds(w.url, []byte("x")); err == nil {
			t.Error("no error")
		}
	})
	t.Run("an account that nobody told the server of", func(t *testing.T) {
		_, seed, err := NewAccount()
		if err != nil {
			t.Fatal(err)
		}
		_, creds, err := NewUser(seed, "x")
		if err != nil {
			t.Fatal(err)
		}
		_, err = DialCreds(w.url, creds)
		if identWant(t, err, 401).Type != "authorization" {
			t.Errorf("error %v", err)
		}
	})
	t.Run("anonymous", func(t *testing.T) {
		nc, err := nats.Connect(w.url)
		if !errors.Is(err, nats.ErrAuthorization) {
			nc.Close()
			t.Errorf("error %v", err)
		}
	})
	t.Run("no server", func(t *testing.T) {
		_, err := DialCreds("nats://127.0.0.1:1", a.creds)
		identWant(t, err, 503)
	})
}

func TestCallSaysWhatKeptItFromAnAnswer(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	w.serve(t, ServeOptions{Timeout: time.Second}, identDo(func(ctx context.Context, _ []byte) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}))
	t.Run("nobody", func(t *testing.T) {
		err := client.Call(t.Context(), "not", "there", nil, nil)
		if identWant(t, err, 503).Type != "no_responders" || !errors.Is(err, nats.ErrNoResponders) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("late", func(t *testing.T) {
		err := client.Call(identContext(t, 50*time.Millisecond), "test", "do", nil, nil)
		if identWant(t, err, 504).Type != "timeout" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := client.Call(ctx, "test", "do", nil, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a wildcard", func(t *testing.T) {
		if err := client.Call(t.Context(), "test", ">", nil, nil); err == nil {
			t.Error("no error")
		}
	})
	t.Run("an error that is not ours", func(t *testing.T) {
		answer := &nats.Msg{Header: nats.Header{micro.ErrorCodeHeader: {"418"}}, Data: []byte("teapot")}
		identWant(t, replyProblem(answer), 418)
	})
	t.Run("closed", func(t *testing.T) {
		client.Close()
		if problem := identWant(t, client.Call(t.Context(), "test", "do", nil, nil), 503); problem.Type != "connection" {
			t.Errorf("problem %v", problem)
		}
	})
}

func TestSubmitHoursIsOnDisk(t *testing.T) {
	w := identStart(t)
	a, b := w.company(t, "a"), w.company(t, "b")
	clientA, clientB := w.dial(t, a.creds), w.dial(t, b.creds)
	// The same id at the same time, by two companies.
	for i, client := range []*Client{clientA, clientB} {
		ack, err := client.SubmitHours(t.Context(), []byte(fmt.Sprint(i)), "submission-1")
		if err != nil || ack.Stream != IntakeStream || ack.Sequence != uint64(i+1) || ack.Duplicate {
			t.Fatalf("ack %+v, %v", ack, err)
		}
	}
	// With a header of its own, which the stream must not keep.
	forged := nats.NewMsg(localIntake + a.user)
	forged.Header.Set(requestInfo, `{"acc":"`+b.account+`"}`)
	if _, err := clientA.js.PublishMsg(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	stream, err := w.js.Stream(t.Context(), IntakeStream)
	if err != nil {
		t.Fatal(err)
	}
	for sequence, want := range map[uint64]Caller{1: clientA.Caller(), 2: clientB.Caller(), 3: clientA.Caller()} {
		msg, err := stream.GetMsg(t.Context(), sequence)
		if err != nil {
			t.Fatal(err)
		}
		account, user, err := IntakeCaller(msg.Subject, msg.Header)
		if err != nil || (Caller{account, user}) != want {
			t.Errorf("message %d is of %s, %s, %v", sequence, account, user, err)
		}
		if info := msg.Header.Get(requestInfo); info != "" {
			t.Errorf("message %d keeps the header: IntakeCaller could read that", sequence)
		}
		if sequence < 3 && (msg.Header.Get(jetstream.MsgIDHeader) != "submission-1" || !bytes.Equal(msg.Data, []byte(fmt.Sprint(sequence-1)))) {
			t.Errorf("message %d: %v %q", sequence, msg.Header, msg.Data)
		}
	}
}

func TestSubmitHoursFails(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	if _, err := client.SubmitHours(t.Context(), nil, ""); err == nil {
		t.Error("no id: no error")
	}
	_, err := client.SubmitHours(t.Context(), make([]byte, client.nc.MaxPayload()+1), "x")
	identWant(t, err, 413)
	if err := w.js.DeleteStream(t.Context(), IntakeStream); err != nil {
		t.Fatal(err)
	}
	_, err = client.SubmitHours(t.Context(), []byte("x"), "x")
	if identWant(t, err, 503).Type != "no_responders" {
		t.Errorf("error %v", err)
	}
}

func TestProblemTravels(t *testing.T) {
	sent := problemOf(errors.New("x"))
	sent.Instance = "urn:uuid:1"
	body, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	got := replyProblem(&nats.Msg{Header: nats.Header{micro.ErrorCodeHeader: {"500"}}, Data: body})
	if got == nil || got.Instance != sent.Instance || got.Detail != sent.Detail || got.Title != sent.Title {
		t.Errorf("got %+v", got)
	}
	if replyProblem(&nats.Msg{Data: body}) != nil {
		t.Error("a reply without the header is no problem")
	}
}
