package bus

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"verloning/payroll"
)

// identWho is an endpoint that says who the service thinks is asking.
func identWho() Endpoint {
	return Endpoint{Noun: "who", Verb: "ask", Handle: func(_ context.Context, caller Caller, _ []byte) (any, error) {
		return caller, nil
	}}
}

func TestCallerIsWhoTheServerSays(t *testing.T) {
	w := identStart(t)
	a, b := w.company(t, "a"), w.company(t, "b")
	w.serve(t, ServeOptions{}, identWho())
	colleague, _ := a.colleague(t, "a-2")
	client := w.dial(t, a.creds)
	bToken, err := nkeys.ParseDecoratedJWT(b.creds)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := json.Marshal(map[string]string{"acc": b.account, "user": b.user, "jwt": bToken})
	if err != nil {
		t.Fatal(err)
	}
	for name, tamper := range map[string]func(*nats.Msg){
		"nothing":                 func(*nats.Msg) {},
		"another in the payload":  func(m *nats.Msg) { m.Data = []byte(`{"account":"` + b.account + `","org":"B"}`) },
		"a header of its own":     func(m *nats.Msg) { m.Header.Set(requestInfo, string(forged)) },
		"that header twice":       func(m *nats.Msg) { m.Header[requestInfo] = []string{string(forged), string(forged)} },
		"that header in lower":    func(m *nats.Msg) { m.Header[strings.ToLower(requestInfo)] = []string{string(forged)} },
		"that header canonical":   func(m *nats.Msg) { m.Header[http.CanonicalHeaderKey(requestInfo)] = []string{string(forged)} },
		"a header ending as ours": func(m *nats.Msg) { m.Header["X-"+requestInfo] = []string{string(forged)} },
	} {
		t.Run(name, func(t *testing.T) {
			msg := nats.NewMsg("api.who.ask")
			tamper(msg)
			answer, err := client.nc.RequestMsgWithContext(t.Context(), msg)
			if err != nil {
				t.Fatal(err)
			}
			var got Caller
			if err := json.Unmarshal(answer.Data, &got); err != nil || got != (Caller{a.account, a.user}) {
				t.Errorf("caller %+v (%v), reply %s", got, err, answer.Data)
			}
		})
	}
	// The server copies these fields into the header without having verified
	// them; this is why the header's user alone is not believed.
	for name, greeting := range map[string]map[string]any{
		"nkey of a colleague":  {"nkey": colleague},
		"user of a colleague":  {"user": colleague},
		"nkey of another firm": {"nkey": b.user},
	} {
		t.Run("greeting with the "+name, func(t *testing.T) {
			raw := w.raw(t, a.creds, greeting)
			inbox := inboxPrefix(a.user) + ".1"
			raw.send("SUB " + inbox + " 1")
			raw.send("PUB api.who.ask " + inbox + " 2\r\n{}")
			raw.until("MSG")
			if reply := raw.until(`"status"`); !strings.Contains(reply, "caller/unknown") {
				t.Errorf("reply %s", reply)
			}
		})
	}
}

func TestRepliesGoNowhereElse(t *testing.T) {
	w := identStart(t)
	a := w.company(t, "a")
	var asked []Caller
	service := w.serve(t, ServeOptions{Workers: 1}, Endpoint{Noun: "who", Verb: "ask",
		Handle: func(_ context.Context, caller Caller, _ []byte) (any, error) {
			asked = append(asked, caller)
			return caller, nil
		}})
	client := w.dial(t, a.creds)
	// The reply comes back as a request of the same account, but from us.
	if err := client.nc.PublishRequest("api.who.ask", "api.who.ask", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	// Without a reply subject nobody waits.
	if err := client.nc.Publish("api.who.ask", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for range 3 { // Requests of one subscription come in order.
		if err := client.Call(t.Context(), "who", "ask", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := service.Drain(identContext(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 4 {
		t.Errorf("asked %d times, want the first and the three calls: %+v", len(asked), asked)
	}
}

func TestCallerOf(t *testing.T) {
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	other, otherSeed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	token := func(seed []byte) (user, token string) {
		user, creds, err := NewUser(seed, "x")
		if err != nil {
			t.Fatal(err)
		}
		token, err = nkeys.ParseDecoratedJWT(creds)
		if err != nil {
			t.Fatal(err)
		}
		return user, token
	}
	user, own := token(seed)
	stranger, strange := token(otherSeed)
	signed := identSignedBySigner(t, account, user)
	header := func(acc, user, token string) nats.Header {
		content, err := json.Marshal(map[string]string{"acc": acc, "user": user, "jwt": token})
		if err != nil {
			t.Fatal(err)
		}
		return nats.Header{requestInfo: {string(content)}}
	}
	subject := apiPrefix + account + ".run.open"
	for name, test := range map[string]struct {
		subject string
		header  nats.Header
		ok      bool
	}{
		"right":                    {subject, header(account, user, own), true},
		"with a signing key":       {subject, header(account, user, signed), true},
		"no header":                {subject, nil, false},
		"empty header":             {subject, nats.Header{requestInfo: {""}}, false},
		"no JSON":                  {subject, nats.Header{requestInfo: {"{"}}, false},
		"two headers":              {subject, nats.Header{requestInfo: append(header(account, user, own)[requestInfo], "{}")}, false},
		"no claims":                {subject, header(account, user, ""), false},
		"claims that are broken":   {subject, header(account, user, own[:len(own)-3]), false},
		"claims of another user":   {subject, header(account, stranger, own), false},
		"user of another account":  {subject, header(account, stranger, strange), false},
		"header of another":        {subject, header(other, stranger, strange), false},
		"account of another":       {subject, header(other, user, own), false},
		"subject without account":  {"verloning.v1.api", header(account, user, own), false},
		"subject with other token": {apiPrefix + "x.run.open", header("x", user, own), false},
		"user's key as account":    {apiPrefix + user + ".run.open", header(user, user, own), false},
	} {
		t.Run(name, func(t *testing.T) {
			caller, err := callerOf(test.subject, test.header)
			if test.ok {
				if err != nil || caller != (Caller{account, user}) {
					t.Errorf("caller %+v, error %v", caller, err)
				}
				return
			}
			var refusal *payroll.Refusal
			if !errors.As(err, &refusal) || refusal.Meaning != payroll.Forbidden || caller != (Caller{}) {
				t.Errorf("caller %+v, error %v", caller, err)
			}
			if strings.Contains(err.Error(), user) {
				t.Errorf("the error tells the header: %v", err)
			}
		})
	}
}

// identSignedBySigner makes claims that a signing key signed for an account.
func identSignedBySigner(t *testing.T, account, user string) string {
	t.Helper()
	signer, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.NewUserClaims(user)
	claims.IssuerAccount = account
	token, err := claims.Encode(signer)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestIntakeCaller(t *testing.T) {
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	user, _, err := NewUser(seed, "x")
	if err != nil {
		t.Fatal(err)
	}
	for subject, ok := range map[string]bool{
		intakePrefix + account + ".hours." + user:           true,
		intakePrefix + account + ".hours":                   false,
		intakePrefix + account + ".hours." + user + ".x":    false,
		intakePrefix + account + ".hours." + account:        false,
		intakePrefix + user + ".hours." + user:              false,
		intakePrefix + account + ".other." + user:           false,
		apiPrefix + account + ".hours." + user:              false,
		"verloning.v2.intake." + account + ".hours." + user: false,
		"": false,
	} {
		gotAccount, gotUser, err := IntakeCaller(subject, nil)
		if (err == nil) != ok || ok && (gotAccount != account || gotUser != user) {
			t.Errorf("%s: %s, %s, %v", subject, gotAccount, gotUser, err)
		}
	}
}
