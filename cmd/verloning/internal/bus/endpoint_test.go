package bus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"verloning/payroll"
)

// identDo is an endpoint test.do with a handler that ignores who asks.
func identDo(handle func(ctx context.Context, body []byte) (any, error)) Endpoint {
	return Endpoint{Noun: "test", Verb: "do", Handle: func(ctx context.Context, _ Caller, body []byte) (any, error) {
		return handle(ctx, body)
	}}
}

// identWant checks that an error is a problem of a status.
func identWant(t *testing.T, err error, status int) *Problem {
	t.Helper()
	var problem *Problem
	if !errors.As(err, &problem) || problem.Status != status {
		t.Fatalf("error %v, want status %d", err, status)
	}
	if problem.Title.NL == "" || problem.Title.EN == "" || problem.Detail.NL == "" || problem.Detail.EN == "" {
		t.Errorf("a text misses: %+v", problem)
	}
	return problem
}

func TestServeAnswers(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	type greeting struct {
		Name string `json:"name"`
	}
	w.serve(t, ServeOptions{MaxBytes: 1000}, identWho(), identDo(func(_ context.Context, body []byte) (any, error) {
		var in greeting
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		switch in.Name {
		case "refuse":
			return nil, payroll.Refuse(payroll.Conflict, payroll.Reason("test/no", "name", "Nee.", "No."))
		case "large":
			return strings.Repeat("x", int(client.nc.MaxPayload())), nil
		case "odd":
			return make(chan int), nil
		case "reasons":
			reason := payroll.Reason("test/no", "name", strings.Repeat("n", 200), "No.")
			return nil, payroll.Refuse(payroll.Invalid, identReasons(reason, 10_000)...)
		}
		return greeting{"hello " + in.Name}, nil
	}))
	t.Run("a reply", func(t *testing.T) {
		var out greeting
		if err := client.Call(t.Context(), "test", "do", greeting{"x"}, &out); err != nil || out.Name != "hello x" {
			t.Errorf("reply %+v, %v", out, err)
		}
	})
	t.Run("a refusal with its reasons", func(t *testing.T) {
		problem := identWant(t, client.Call(t.Context(), "test", "do", greeting{"refuse"}, nil), 409)
		if problem.Type != "conflict" || len(problem.Problems) != 1 || problem.Problems[0].Field != "name" || problem.Detail.NL != "Nee." {
			t.Errorf("problem %+v", problem)
		}
	})
	t.Run("headers that any client of services knows", func(t *testing.T) {
		answer, err := client.nc.RequestWithContext(t.Context(), "api.test.do", []byte(`{"name":"refuse"}`))
		if err != nil || answer.Header.Get(micro.ErrorHeader) != "Conflict" || answer.Header.Get(micro.ErrorCodeHeader) != "409" {
			t.Errorf("headers %v, %v", answer.Header, err)
		}
	})
	t.Run("too large a request", func(t *testing.T) {
		problem := identWant(t, client.Call(t.Context(), "test", "do", greeting{strings.Repeat("x", 1000)}, nil), 413)
		if problem.Problems[0].Type != "request/too_large" {
			t.Errorf("problem %+v", problem)
		}
		identWant(t, client.Call(t.Context(), "test", "do", strings.Repeat("x", int(client.nc.MaxPayload())), nil), 413)
	})
	t.Run("too large a reply", func(t *testing.T) {
		identWant(t, client.Call(t.Context(), "test", "do", greeting{"large"}, nil), 413)
	})
	t.Run("too many reasons", func(t *testing.T) {
		if problem := identWant(t, client.Call(t.Context(), "test", "do", greeting{"reasons"}, nil), 400); len(problem.Problems) != 100 {
			t.Errorf("%d reasons", len(problem.Problems))
		}
	})
	t.Run("a reply that is not JSON", func(t *testing.T) {
		identWant(t, client.Call(t.Context(), "test", "do", greeting{"odd"}, nil), 500)
	})
}

func identReasons(reason payroll.Problem, n int) []payroll.Problem {
	many := make([]payroll.Problem, n)
	for i := range many {
		many[i] = reason.At(i + 1)
	}
	return many
}

func TestPanicsAndErrorsStayInside(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	var log bytes.Buffer
	service := w.serve(t, ServeOptions{Workers: 1, Logger: slog.New(slog.NewTextHandler(&log, nil))},
		identDo(func(_ context.Context, body []byte) (any, error) {
			var what string
			if err := json.Unmarshal(body, &what); err != nil {
				return nil, err
			}
			switch what {
			case "index":
				var none []int
				return none[len(body)], nil
			case "error":
				return nil, errors.New("relation run does not exist")
			}
			panic("it says " + what)
		}))
	var instances []string
	for _, what := range []string{"BSN 123456782", "index", "error"} {
		problem := identWant(t, client.Call(t.Context(), "test", "do", what, nil), 500)
		if problem.Type != "internal" || problem.Detail != statuses[internal].detail || problem.Instance == "" || problem.Problems != nil {
			t.Errorf("%s: problem %+v", what, problem)
		}
		instances = append(instances, problem.Instance)
	}
	if err := service.Drain(identContext(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	for _, text := range append(instances, "index out of range", "endpoint_test.go", "relation run does not exist") {
		if !strings.Contains(log.String(), text) {
			t.Errorf("the log misses %q", text)
		}
	}
	for _, secret := range []string{"123456782", "eyJ"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q: %s", secret, log.String())
		}
	}
}

func TestTooManyPendingAreToldToTryAgain(t *testing.T) {
	w := identStart(t)
	a := w.company(t, "a")
	client := w.dial(t, a.creds)
	entered, release := make(chan struct{}, 3), make(chan struct{})
	w.serve(t, ServeOptions{Workers: 1, Pending: 1, PerCompany: 10}, identDo(func(_ context.Context, body []byte) (any, error) {
		entered <- struct{}{}
		<-release
		return json.RawMessage(body), nil
	}))
	sub, err := client.nc.SubscribeSync(inboxPrefix(a.user) + ".*")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(n string) {
		if err := client.nc.PublishRequest("api.test.do", inboxPrefix(a.user)+"."+n, []byte(n)); err != nil {
			t.Fatal(err)
		}
	}
	answer := func() (which, code string) {
		msg, err := sub.NextMsgWithContext(identContext(t, 10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(msg.Subject, inboxPrefix(a.user)+"."), msg.Header.Get(micro.ErrorCodeHeader)
	}
	ask("1")
	<-entered // Now one runs, the next waits and the third is one too many.
	ask("2")
	ask("3")
	if which, code := answer(); which != "3" || code != "503" {
		t.Errorf("first answer to %s with code %q", which, code)
	}
	close(release)
	for _, want := range []string{"1", "2"} {
		if which, code := answer(); which != want || code != "" {
			t.Errorf("answer to %s with code %q, want to %s", which, code, want)
		}
	}
}

func TestACompanyLeavesRoomForOthers(t *testing.T) {
	w := identStart(t)
	a, b := w.company(t, "a"), w.company(t, "b")
	clientA, clientB := w.dial(t, a.creds), w.dial(t, b.creds)
	entered, release := make(chan struct{}), make(chan struct{})
	w.serve(t, ServeOptions{Workers: 2, PerCompany: 1}, identWho(), identDo(func(context.Context, []byte) (any, error) {
		entered <- struct{}{}
		<-release
		return nil, nil
	}))
	called := make(chan error, 1)
	go func() { called <- clientA.Call(t.Context(), "test", "do", nil, nil) }()
	<-entered
	identWant(t, clientA.Call(t.Context(), "who", "ask", nil, nil), 503)
	if err := clientB.Call(t.Context(), "who", "ask", nil, nil); err != nil {
		t.Errorf("B: %v", err)
	}
	close(release)
	if err := <-called; err != nil {
		t.Error(err)
	}
}

func TestRequestsEndInTime(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	w.serve(t, ServeOptions{Timeout: 10 * time.Millisecond}, identDo(func(ctx context.Context, _ []byte) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}))
	identWant(t, client.Call(t.Context(), "test", "do", nil, nil), 503)
}

func TestDrainWaitsForRunningRequests(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	entered, release := make(chan struct{}), make(chan struct{})
	base, stop := context.WithCancel(t.Context())
	service, err := Serve(base, w.app, []Endpoint{identWho(), identDo(func(ctx context.Context, _ []byte) (any, error) {
		close(entered)
		<-release
		return "done", ctx.Err()
	})}, ServeOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	called, drained := make(chan error, 1), make(chan error, 1)
	go func() { called <- client.Call(t.Context(), "test", "do", nil, nil) }()
	<-entered
	stop() // The end of the context that started it must not end the request.
	go func() { drained <- service.Drain(identContext(t, 10*time.Second)) }()
	for {
		err := client.Call(identContext(t, 10*time.Second), "who", "ask", nil, nil)
		if errors.Is(err, nats.ErrNoResponders) {
			break
		}
		var problem *Problem
		if err != nil && (!errors.As(err, &problem) || problem.Status != 503) {
			t.Fatal(err)
		}
	}
	select {
	case err := <-drained:
		t.Fatalf("drained while a request ran: %v", err)
	default:
	}
	close(release)
	if err := <-called; err != nil {
		t.Errorf("the running request: %v", err)
	}
	if err := <-drained; err != nil {
		t.Errorf("drain: %v", err)
	}
	if err := service.Drain(t.Context()); err != nil {
		t.Errorf("drain again: %v", err)
	}
}

func TestDrainOutOfTimeEndsRequests(t *testing.T) {
	w := identStart(t)
	client := w.dial(t, w.company(t, "a").creds)
	entered := make(chan struct{})
	service, err := Serve(t.Context(), w.app, []Endpoint{identDo(func(ctx context.Context, _ []byte) (any, error) {
		close(entered)
		<-ctx.Done()
		return nil, ctx.Err()
	})}, ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	called := make(chan error, 1)
	go func() { called <- client.Call(t.Context(), "test", "do", nil, nil) }()
	<-entered
	if err := service.Drain(identContext(t, 100*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("drain: %v", err)
	}
	identWant(t, <-called, 503)
	if err := service.Drain(identContext(t, 10*time.Second)); err != nil {
		t.Errorf("drain again: %v", err)
	}
}

func TestServeRefusesATableThatIsWrong(t *testing.T) {
	handle := func(context.Context, Caller, []byte) (any, error) { return nil, nil }
	for name, endpoints := range map[string][]Endpoint{
		"wildcard":   {{"*", "x", handle}},
		"two tokens": {{"x.y", "x", handle}},
		"no verb":    {{"x", "", handle}},
		"no handler": {{"x", "y", nil}},
		"twice":      {{"x", "y", handle}, {"x", "y", handle}},
	} {
		if _, err := Serve(t.Context(), nil, endpoints, ServeOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Serve(t.Context(), nil, nil, ServeOptions{Workers: -1}); err == nil {
		t.Error("negative limit: no error")
	}
}
