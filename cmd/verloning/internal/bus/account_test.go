package bus

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

// publishEvent puts an event of an account on the stream.
func (w *identWorld) publishEvent(t *testing.T, account, name, id string) {
	t.Helper()
	if _, err := w.js.Publish(t.Context(), eventPrefix+account+"."+name, []byte(`{"id":"`+id+`"}`), jetstream.WithMsgID(id)); err != nil {
		t.Fatal(err)
	}
}

func (w *identWorld) consumers(t *testing.T, companies ...identCompany) {
	t.Helper()
	for _, company := range companies {
		if err := EnsureEventConsumer(t.Context(), w.js, company.account); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *identWorld) consumer(t *testing.T, account string) *jetstream.ConsumerInfo {
	t.Helper()
	consumer, err := w.js.Consumer(t.Context(), EventStream, account)
	if err != nil {
		t.Fatal(err)
	}
	info, err := consumer.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// identForbidden is all that B could try to reach what is A's or the server's.
func identForbidden(a, b identCompany, ack string) []string {
	return []string{
		apiPrefix + a.account + ".who.ask",
		intakePrefix + a.account + ".hours." + a.user,
		intakePrefix + a.account + ".hours." + b.user,
		nextPrefix + a.account,
		ack,
		eventPrefix + a.account + ".run.1.approved",
		"$JS.API.INFO",
		"$JS.API.STREAM.CREATE.MINE",
		"$JS.API.STREAM.INFO." + EventStream,
		"$JS.API.STREAM.MSG.GET." + EventStream,
		"$JS.API.DIRECT.GET." + EventStream,
		"$JS.API.CONSUMER.CREATE." + EventStream,
		"$JS.API.CONSUMER.DELETE." + EventStream + "." + a.account,
		"$JS.API.CONSUMER.MSG.NEXT." + IntakeStream + "." + b.account,
		"$SRV.INFO.verloning",
		claimsUpdate,
	}
}

func TestCompaniesReachOnlyTheirOwn(t *testing.T) {
	w := identStart(t)
	a, b := w.company(t, "a"), w.company(t, "b")
	w.serve(t, ServeOptions{}, identWho())
	w.consumers(t, a, b)
	w.publishEvent(t, a.account, "run.1.approved", "of a")

	// A has one event delivered and not yet acknowledged.
	own := w.dial(t, a.creds)
	batch, err := own.pull(identContext(t, 10*time.Second), false)
	if err != nil || len(batch) != 1 {
		t.Fatalf("A's own pull: %d events, %v", len(batch), err)
	}
	ack := batch[0].Reply
	subjects := identForbidden(a, b, ack)
	t.Run("a user of B lacks the permission", func(t *testing.T) {
		raw := w.raw(t, b.creds, nil)
		for _, subject := range append(subjects, localIntake+a.user, inboxPrefix(a.user)+".x") {
			if objection := raw.publish(subject, "", "{}"); !strings.Contains(strings.ToLower(objection), "permissions violation for publish") {
				t.Errorf("%s: %q", subject, objection)
			}
		}
	})
	t.Run("the wall stops one whom B allows everything", func(t *testing.T) {
		anyone := w.dial(t, b.unlimited(t))
		for _, subject := range subjects {
			answer, err := anyone.nc.RequestWithContext(t.Context(), subject, []byte("{}"))
			// The server answers some of its API itself, to say that this
			// account has no JetStream.
			if err == nil && strings.Contains(string(answer.Data), `"err_code":10039`) {
				continue
			}
			if !errors.Is(err, nats.ErrNoResponders) {
				t.Errorf("%s: answer %v, error %v", subject, answer, err)
			}
		}
		if _, err := anyone.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "MINE", Subjects: []string{"x"}}); err == nil {
			t.Error("B created a stream")
		}
	})
	t.Run("a reply subject cannot acknowledge for another", func(t *testing.T) {
		raw := w.raw(t, b.unlimited(t), nil)
		for _, subject := range []string{"api.who.ask", localIntake + b.user, localNext} {
			if objection := raw.publish(subject, ack, `{"batch":1,"no_wait":true}`); objection == "" {
				t.Errorf("%s: the server takes %s as a reply subject", subject, ack)
			}
		}
	})
	if info := w.consumer(t, a.account); info.NumAckPending != 1 || info.AckFloor.Stream != 0 {
		t.Errorf("A's consumer was touched: %+v", info)
	}
	t.Run("B's tail has only what is B's", func(t *testing.T) {
		w.publishEvent(t, b.account, "run.2.approved", "of b")
		var got []string
		err := w.dial(t, b.creds).Tail(identContext(t, 10*time.Second), false, func(_ context.Context, event Received) error {
			got = append(got, event.ID)
			return nil
		})
		if err != nil || len(got) != 1 || got[0] != "of b" {
			t.Errorf("events %q, %v", got, err)
		}
	})
	if _, err := own.nc.RequestWithContext(t.Context(), ack, nil); err != nil {
		t.Errorf("A's own acknowledgement: %v", err)
	}
	if info := w.consumer(t, a.account); info.NumAckPending != 0 {
		t.Errorf("A's acknowledgement did not arrive: %+v", info)
	}
}

func TestEventsAreHeardByTheirOwnerAlone(t *testing.T) {
	w := identStart(t)
	a, b := w.company(t, "a"), w.company(t, "b")
	ears := map[string]*nats.Subscription{}
	for name, company := range map[string]identCompany{"a": a, "b": b} {
		client := w.dial(t, company.creds)
		sub, err := client.nc.SubscribeSync(localEvent + ">")
		if err != nil {
			t.Fatal(err)
		}
		if err := client.nc.Flush(); err != nil {
			t.Fatal(err)
		}
		ears[name] = sub
	}
	// B also tries to listen to A's under the full name, allowed by itself.
	anyone := w.dial(t, b.unlimited(t))
	full, err := anyone.nc.SubscribeSync("verloning.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := anyone.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	w.publishEvent(t, a.account, "run.1.approved", "of a")
	w.publishEvent(t, b.account, "run.2.approved", "of b")
	for name, want := range map[string]string{"a": "event.run.1.approved", "b": "event.run.2.approved"} {
		msg, err := ears[name].NextMsgWithContext(identContext(t, 10*time.Second))
		if err != nil || msg.Subject != want {
			t.Errorf("%s heard %v, %v; want %s first", name, msg, err, want)
		}
	}
	// What B heard came after A's event, so nothing of A is still under way.
	if n, _, err := full.Pending(); err != nil || n != 0 {
		t.Errorf("B heard %d messages under our names, %v", n, err)
	}
}

func TestRepliesAreForTheAskerAlone(t *testing.T) {
	w := identStart(t)
	a := w.company(t, "a")
	_, creds := a.colleague(t, "a-2")
	violations := make(chan error, 4)
	colleague := w.dial(t, creds, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { violations <- err }))
	for _, subject := range []string{"_INBOX.>", inboxPrefix(a.user) + ".>", "api.>", "intake.>"} {
		if _, err := colleague.nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := <-violations; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", subject, err)
		}
	}
}

func TestImportsOfAnotherCompanyGiveNothing(t *testing.T) {
	w := identStart(t)
	a, b := w.company(t, "a"), w.company(t, "b")
	w.serve(t, ServeOptions{}, identWho())
	w.consumers(t, a)
	w.publishEvent(t, a.account, "run.1.approved", "1")
	batch, err := w.dial(t, a.creds).pull(identContext(t, 10*time.Second), false)
	if err != nil || len(batch) != 1 {
		t.Fatalf("A's own pull: %d events, %v", len(batch), err)
	}
	application := identText(t, w.keys.ApplicationPublic)
	for name, imports := range map[string]jwt.Imports{
		"with A's key": organisationImports(a.account, application),
		"with any key": {{Name: "api", Account: application, Type: jwt.Service, Share: true,
			Subject: apiPrefix + "*.who.ask", LocalSubject: "api.$1.who.ask"}},
	} {
		t.Run(name, func(t *testing.T) {
			// Even if we ourselves signed this by mistake.
			claims := jwt.NewAccountClaims(b.account)
			claims.Imports = imports
			token, err := claims.Encode(w.keys.operator)
			if err != nil {
				t.Fatal(err)
			}
			if err := PushAccount(t.Context(), w.sys, token); err != nil {
				t.Fatal(err)
			}
			anyone := w.dial(t, b.unlimited(t))
			ear, err := anyone.nc.SubscribeSync(localEvent + ">")
			if err != nil {
				t.Fatal(err)
			}
			for _, subject := range []string{"api.who.ask", "api." + a.account + ".who.ask", localIntake + a.user, localNext, batch[0].Reply} {
				if _, err := anyone.nc.RequestWithContext(t.Context(), subject, []byte("{}")); !errors.Is(err, nats.ErrNoResponders) {
					t.Errorf("%s: %v", subject, err)
				}
			}
			w.publishEvent(t, a.account, "run.1.paid", name)
			if err := anyone.nc.Flush(); err != nil { // What was sent before it has arrived after it.
				t.Fatal(err)
			}
			if n, _, err := ear.Pending(); err != nil || n != 0 {
				t.Errorf("B heard %d events, %v", n, err)
			}
		})
	}
	// And what is right again works again, on a running server.
	w.push(t, b.account, "b")
	if err := w.dial(t, b.creds).Call(t.Context(), "who", "ask", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestRevocationEndsAUser(t *testing.T) {
	w := identStart(t)
	a := w.company(t, "a")
	w.serve(t, ServeOptions{}, identWho())
	_, creds := a.colleague(t, "a-2")
	colleague := w.dial(t, creds)
	closed := make(chan struct{})
	w.dial(t, a.creds, nats.NoReconnect(), nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	w.push(t, a.account, "a", Revocation{User: a.user, At: time.Now()})
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the revoked user is still connected")
	}
	_, err := DialCreds(w.url, a.creds)
	identWant(t, err, 401)
	if err := colleague.Call(t.Context(), "who", "ask", nil, nil); err != nil {
		t.Errorf("the colleague: %v", err)
	}
}

func TestPushAccountChecksTheReply(t *testing.T) {
	w := identStart(t)
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	right, err := w.keys.OrganisationJWT(account, "a")
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := identKeys(t, t.TempDir()).OrganisationJWT(account, "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := PushAccount(t.Context(), w.sys, "eyJ"); err == nil {
		t.Error("no error for what is no JWT")
	}
	if err := PushAccount(t.Context(), w.app, right); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("not the system account: %v", err)
	}
	// The server stores what another operator signed, but lets nobody in by it.
	if err := PushAccount(t.Context(), w.sys, foreign); err != nil {
		t.Fatal(err)
	}
	_, creds, err := NewUser(seed, "x")
	if err != nil {
		t.Fatal(err)
	}
	_, err = DialCreds(w.url, creds)
	identWant(t, err, 401)
	for name, body := range map[string]string{
		"refused":   `{"error":{"code":500,"description":"disk full"}}`,
		"unclear":   `{}`,
		"no JSON":   `ok`,
		"other one": `{"data":{"account":"X","code":200}}`,
		"other way": `{"data":{"account":"` + account + `","code":202}}`,
	} {
		if err := checkClaimsReply([]byte(body), account); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOrganisationJWTRefuses(t *testing.T) {
	keys := identKeys(t, t.TempDir())
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	user, _, err := NewUser(seed, "x")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		account, label string
		revoked        []Revocation
	}{
		"a user's key":          {user, "a", nil},
		"no key":                {"", "a", nil},
		"a name as label":       {account, "De Vries Re-integratie B.V.", nil},
		"no label":              {account, "", nil},
		"revocation of account": {account, "a", []Revocation{{User: account}}},
	} {
		if _, err := keys.OrganisationJWT(test.account, test.label, test.revoked...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOurClaimsAreValid(t *testing.T) {
	keys := identKeys(t, t.TempDir())
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	_, creds, err := NewUser(seed, "x")
	if err != nil {
		t.Fatal(err)
	}
	user, err := nkeys.ParseDecoratedJWT(creds)
	if err != nil {
		t.Fatal(err)
	}
	organisation, err := keys.OrganisationJWT(account, "a")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"operator": identText(t, keys.OperatorJWT), "system": identText(t, keys.SystemJWT),
		"application": identText(t, keys.ApplicationJWT), "organisation": organisation, "user": user,
	} {
		claims, err := jwt.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		found := jwt.CreateValidationResults()
		claims.Validate(found)
		for _, issue := range found.Issues {
			t.Errorf("%s: %s", name, issue.Description)
		}
	}
}

func TestEnsureEventConsumer(t *testing.T) {
	w := identStart(t)
	a := w.company(t, "a")
	for range 2 {
		if err := EnsureEventConsumer(t.Context(), w.js, a.account); err != nil {
			t.Fatal(err)
		}
	}
	config := w.consumer(t, a.account).Config
	if config.Durable != a.account || config.FilterSubject != eventPrefix+a.account+".>" ||
		config.AckPolicy != jetstream.AckExplicitPolicy || config.MaxDeliver != -1 {
		t.Errorf("consumer %+v", config)
	}
	if err := EnsureEventConsumer(t.Context(), w.js, "*"); err == nil {
		t.Error("no error for a wildcard")
	}
}

func TestAnAccountIsNotALeaf(t *testing.T) {
	token, err := identKeys(t, t.TempDir()).OrganisationJWT(identCompanyKey(t), "a")
	if err != nil {
		t.Fatal(err)
	}
	claims, err := jwt.DecodeAccountClaims(token)
	if err != nil {
		t.Fatal(err)
	}
	limits := claims.Limits
	if limits.LeafNodeConn != 0 || limits.IsJSEnabled() || limits.Exports != 0 || !limits.DisallowBearer || limits.Conn <= 0 || limits.Subs <= 0 {
		t.Errorf("limits %+v", limits)
	}
}

func identCompanyKey(t *testing.T) string {
	t.Helper()
	public, _, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	return public
}
