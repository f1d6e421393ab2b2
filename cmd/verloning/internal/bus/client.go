package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
	"github.com/nats-io/nkeys"

	"verloning/payroll"
)

// callTimeout is for calls whose context has no deadline of its own.
const callTimeout = 30 * time.Second

// Client is a company's side of the interface.
type Client struct {
	nc      *nats.Conn
	js      jetstream.JetStream
	account string
	user    string
}

// Dial connects with a credentials file, which it reads again at each
// reconnect.
func Dial(url, credsFile string, opts ...nats.Option) (*Client, error) {
	creds, err := os.ReadFile(credsFile)
	if err != nil {
		return nil, fmt.Errorf("Dial(%s): %w", url, err)
	}
	return dial(url, creds, nats.UserCredentials(credsFile), opts)
}

// DialCreds connects with the content of a credentials file.
func DialCreds(url string, creds []byte, opts ...nats.Option) (*Client, error) {
	return dial(url, creds, nats.UserCredentialBytes(creds), opts)
}

func dial(url string, creds []byte, auth nats.Option, opts []nats.Option) (*Client, error) {
	token, err := nkeys.ParseDecoratedJWT(creds)
	if err != nil {
		return nil, fmt.Errorf("Dial(%s): credentials: %w", url, err)
	}
	claims, err := jwt.DecodeUserClaims(token)
	if err != nil {
		return nil, fmt.Errorf("Dial(%s): credentials: %w", url, err)
	}
	c := &Client{account: accountOf(claims), user: claims.Subject}
	// Replies come where only this user listens.
	own := []nats.Option{nats.Name(serviceName), nats.CustomInboxPrefix(inboxPrefix(c.user)), auth}
	if c.nc, err = nats.Connect(url, append(own, opts...)...); err != nil {
		return nil, fmt.Errorf("Dial(%s): %w", url, callProblem(err))
	}
	if c.js, err = jetstream.New(c.nc); err != nil {
		c.nc.Close()
		return nil, fmt.Errorf("Dial(%s): %w", url, err)
	}
	return c, nil
}

// Caller is who this client is to the service.
func (c *Client) Caller() Caller { return Caller{Account: c.account, User: c.user} }

// Close ends the connection.
func (c *Client) Close() { c.nc.Close() }

// Call asks the endpoint of a noun and verb, and puts its answer in reply
// unless that is nil. An error is a *Problem: the service's own, or one that
// says what kept it from answering.
func (c *Client) Call(ctx context.Context, noun, verb string, request, reply any) error {
	if !wordPattern.MatchString(noun) || !wordPattern.MatchString(verb) {
		return fmt.Errorf("Call(%q, %q): a noun or verb matches %s", noun, verb, wordPattern)
	}
	body, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("Call(%s, %s): request %T: %w", noun, verb, request, err)
	}
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	answer, err := c.nc.RequestWithContext(ctx, localAPI+noun+"."+verb, body)
	if err != nil {
		return fmt.Errorf("Call(%s, %s): %w", noun, verb, callProblem(err))
	}
	if problem := replyProblem(answer); problem != nil {
		return fmt.Errorf("Call(%s, %s): %w", noun, verb, problem)
	}
	if reply == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Data, reply); err != nil {
		return fmt.Errorf("Call(%s, %s): reply into %T: %w", noun, verb, reply, err)
	}
	return nil
}

// withDeadline keeps a call from waiting for ever.
func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, callTimeout)
}

// replyProblem reads the problem that a reply holds, if its headers say so.
func replyProblem(answer *nats.Msg) *Problem {
	code := answer.Header.Get(micro.ErrorCodeHeader)
	if code == "" {
		return nil
	}
	var problem Problem
	if err := json.Unmarshal(answer.Data, &problem); err != nil || problem.Status == 0 {
		// Not one of ours, but an error all the same.
		problem = *bareProblem(internal)
		if status, err := strconv.Atoi(code); err == nil {
			problem.Status = status
		}
	}
	return &problem
}

// SubmitHours hands in hours that must survive when the service is down: once
// it returns, they are on the server's disk, and the verdict comes as an event.
// The id is the submission's own; the same id again is the same submission.
//
// The server drops a message whose id it saw in the last moment from whatever
// company. It says so, and then this hands in again: the service knows a
// submission by its company too, and takes each once.
func (c *Client) SubmitHours(ctx context.Context, body []byte, msgID string) (*jetstream.PubAck, error) {
	if msgID == "" {
		return nil, errors.New("SubmitHours: a submission needs an id")
	}
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	for {
		ack, err := c.js.Publish(ctx, localIntake+c.user, body,
			jetstream.WithMsgID(msgID), jetstream.WithExpectStream(IntakeStream), jetstream.WithRetryAttempts(0))
		if err != nil {
			return nil, fmt.Errorf("SubmitHours(%s): %w", msgID, callProblem(err))
		}
		if !ack.Duplicate {
			return ack, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("SubmitHours(%s): %w", msgID, callProblem(ctx.Err()))
		case <-time.After(intakeDuplicates):
		}
	}
}

// wayProblems say in both languages what kept a call from being answered. The
// first that matches holds.
var wayProblems = []struct {
	when    []error
	problem Problem
}{
	{[]error{nats.ErrNoResponders, jetstream.ErrNoStreamResponse}, Problem{
		Type: "no_responders", Status: 503,
		Title: payroll.Text{NL: "Geen antwoord", EN: "No answer"},
		Detail: payroll.Text{NL: "De dienst draait niet, of dit account mag dit niet vragen.",
			EN: "The service does not run, or this account may not ask this."}}},
	{[]error{nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrAccountAuthExpired, nats.ErrPermissionViolation}, Problem{
		Type: "authorization", Status: 401,
		Title: payroll.Text{NL: "Niet herkend", EN: "Not authorized"},
		Detail: payroll.Text{NL: "De server neemt deze inloggegevens niet aan; vraag de beheerder om nieuwe.",
			EN: "The server does not take these credentials; ask the operator for new ones."}}},
	{[]error{nats.ErrMaxPayload}, Problem{
		Type: string(payroll.TooLarge), Status: 413,
		Title: payroll.Text{NL: "Te groot", EN: "Too large"},
		Detail: payroll.Text{NL: "Dit is meer dan de server in één bericht aanneemt; deel het op.",
			EN: "This is more than the server takes in one message; divide it."}}},
	{[]error{context.DeadlineExceeded, nats.ErrTimeout}, Problem{
		Type: "timeout", Status: 504,
		Title: payroll.Text{NL: "Te laat", EN: "Timed out"},
		Detail: payroll.Text{NL: "Er kwam geen antwoord op tijd; het kan toch gebeurd zijn. Probeer het opnieuw met dezelfde sleutel.",
			EN: "No answer came in time; it may have happened all the same. Try again with the same key."}}},
	{[]error{nats.ErrNoServers, nats.ErrConnectionClosed, nats.ErrConnectionDraining, nats.ErrDisconnected}, Problem{
		Type: "connection", Status: 503,
		Title: payroll.Text{NL: "Geen verbinding", EN: "No connection"},
		Detail: payroll.Text{NL: "De server is niet bereikbaar.",
			EN: "The server cannot be reached."}}},
}

// callProblem turns an error of the connection into a problem that a person
// can read; a cancelled call stays what it is.
func callProblem(err error) error {
	for _, row := range wayProblems {
		for _, is := range row.when {
			if errors.Is(err, is) {
				problem := row.problem
				problem.cause = err
				return &problem
			}
		}
	}
	return err
}
