package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

// Short names under which a company's account finds what is its own. The user
// in the intake's name is the only one who may publish to it (see NewUser).
const (
	localAPI    = "api."
	localIntake = "intake.hours."
	localNext   = "events.next"
	localEvent  = "event."
)

// Subjects of the server that companies reach for their own consumer alone.
const (
	nextPrefix    = "$JS.API.CONSUMER.MSG.NEXT." + EventStream + "."
	ackPrefix     = "$JS.ACK." + EventStream + "."
	claimsUpdate  = "$SYS.REQ.CLAIMS.UPDATE"
	eventAckWait  = time.Minute
	eventMaxBatch = 256
	// pullMaxWait stays under the two minutes after which the server forgets
	// the way back to another account.
	pullMaxWait = time.Minute
)

// Limits of a company's account: enough for its systems and its people, and
// too little to starve others.
const (
	organisationConnections   = 200
	organisationSubscriptions = 1000 // of one connection
)

// labelPattern keeps labels to codes: they reach the server's logs, where no
// person and no company should be named.
var labelPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// applicationExports is everything that our account lets others import. Each
// subject holds the importer's own key at a position that the server checks.
func applicationExports() jwt.Exports {
	return jwt.Exports{
		{Name: "api", Subject: apiPrefix + "*.>", Type: jwt.Service, AccountTokenPosition: 4},
		{Name: "intake", Subject: intakePrefix + "*.hours.*", Type: jwt.Service, AccountTokenPosition: 4},
		{Name: "events-next", Subject: nextPrefix + "*", Type: jwt.Service,
			ResponseType: jwt.ResponseTypeStream, AccountTokenPosition: 7},
		{Name: "events-ack", Subject: ackPrefix + "*.>", Type: jwt.Service, AccountTokenPosition: 4},
		{Name: "event", Subject: eventPrefix + "*.>", Type: jwt.Stream, AccountTokenPosition: 4},
	}
}

// organisationImports is the other half: the company's own part of each export
// under a short name. Share makes the server write who asks into each request.
func organisationImports(own, application string) jwt.Imports {
	return jwt.Imports{
		{Name: "api", Account: application, Type: jwt.Service, Share: true,
			Subject: jwt.Subject(apiPrefix + own + ".>"), LocalSubject: localAPI + ">"},
		{Name: "intake", Account: application, Type: jwt.Service, Share: true,
			Subject: jwt.Subject(intakePrefix + own + ".hours.*"), LocalSubject: localIntake + "$1"},
		{Name: "events-next", Account: application, Type: jwt.Service,
			Subject: jwt.Subject(nextPrefix + own), LocalSubject: localNext},
		{Name: "events-ack", Account: application, Type: jwt.Service,
			Subject: jwt.Subject(ackPrefix + own + ".>"), LocalSubject: jwt.RenamingSubject(ackPrefix + own + ".>")},
		{Name: "event", Account: application, Type: jwt.Stream,
			Subject: jwt.Subject(eventPrefix + own + ".>"), LocalSubject: localEvent + ">"},
	}
}

// NewAccount makes the keys of a company's account. The seed signs its users;
// whoever holds it can be anyone in that company.
func NewAccount() (public string, seed []byte, err error) {
	pair, err := nkeys.CreateAccount()
	if err != nil {
		return "", nil, fmt.Errorf("NewAccount: %w", err)
	}
	if public, err = pair.PublicKey(); err != nil {
		return "", nil, fmt.Errorf("NewAccount: %w", err)
	}
	if seed, err = pair.Seed(); err != nil {
		return "", nil, fmt.Errorf("NewAccount: %w", err)
	}
	return public, seed, nil
}

// Revocation ends every credential of a user that was made before a moment.
type Revocation struct {
	User string // its public key
	At   time.Time
}

// OrganisationJWT signs a company's account: no JetStream of its own, nothing
// to export, and imports of what is its own. The label is the organisation's
// code, never the name of a person or a company. All revocations still in
// force must be given each time, because the new claims replace the old ones.
func (k *Keys) OrganisationJWT(public, label string, revoked ...Revocation) (string, error) {
	if !nkeys.IsValidPublicAccountKey(public) {
		return "", fmt.Errorf("OrganisationJWT(%q, %q): the first is not the public key of an account", public, label)
	}
	if !labelPattern.MatchString(label) {
		return "", fmt.Errorf("OrganisationJWT(%s, %q): a label is a code that matches %s", public, label, labelPattern)
	}
	application, err := k.ApplicationPublic()
	if err != nil {
		return "", fmt.Errorf("OrganisationJWT(%s, %s): %w", public, label, err)
	}
	claims := jwt.NewAccountClaims(public)
	claims.Name = label
	claims.Imports = organisationImports(public, application)
	claims.Limits.AccountLimits = jwt.AccountLimits{
		Imports: int64(len(claims.Imports)), Exports: 0, WildcardExports: false,
		DisallowBearer: true, Conn: organisationConnections, LeafNodeConn: 0,
	}
	claims.Limits.Subs = organisationSubscriptions
	for _, one := range revoked {
		if !nkeys.IsValidPublicUserKey(one.User) {
			return "", fmt.Errorf("OrganisationJWT(%s, %s): revoked %q is not the public key of a user", public, label, one.User)
		}
		claims.RevokeAt(one.User, one.At)
	}
	text, err := claims.Encode(k.operator)
	if err != nil {
		return "", fmt.Errorf("OrganisationJWT(%s, %s): %w", public, label, err)
	}
	return text, nil
}

// PushAccount gives an account's claims to the running servers; they hold from
// the reply on. Connections of revoked users are closed. A server confirms
// claims of any operator and only then lets nobody in by them, so these must
// be of the keys that the server runs with.
func PushAccount(ctx context.Context, sysConn *nats.Conn, token string) error {
	claims, err := jwt.DecodeAccountClaims(token)
	if err != nil {
		return fmt.Errorf("PushAccount: %w", err)
	}
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	reply, err := sysConn.RequestWithContext(ctx, claimsUpdate, []byte(token))
	if errors.Is(err, nats.ErrNoResponders) {
		return fmt.Errorf("PushAccount(%s): no server takes account changes: "+
			"connect as the system account to servers with a directory resolver: %w", claims.Subject, err)
	}
	if err != nil {
		return fmt.Errorf("PushAccount(%s): %w", claims.Subject, err)
	}
	if err := checkClaimsReply(reply.Data, claims.Subject); err != nil {
		return fmt.Errorf("PushAccount(%s): %w", claims.Subject, err)
	}
	return nil
}

// checkClaimsReply reads the verdict, which stands in the body: a refusal looks
// like any other reply from outside.
func checkClaimsReply(body []byte, account string) error {
	var reply struct {
		Data *struct {
			Account string `json:"account"`
			Code    int    `json:"code"`
		} `json:"data"`
		Error *struct {
			Code        int    `json:"code"`
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return fmt.Errorf("the server's reply is not understood: %w", err)
	}
	if reply.Error != nil {
		return fmt.Errorf("the server refuses (%d): %s", reply.Error.Code, reply.Error.Description)
	}
	if reply.Data == nil || reply.Data.Code != 200 || reply.Data.Account != account {
		return errors.New("the server did not confirm the change")
	}
	return nil
}

// EnsureEventConsumer makes the durable consumer from which a company pulls
// its events. It is named by the account's key, which is how the export lets
// no one else pull or acknowledge; deliveries never end, because an event that
// a company could not handle for a week is still owed to it.
func EnsureEventConsumer(ctx context.Context, js jetstream.JetStream, accountPublic string) error {
	if !nkeys.IsValidPublicAccountKey(accountPublic) {
		return fmt.Errorf("EnsureEventConsumer(%q): not the public key of an account", accountPublic)
	}
	_, err := js.CreateOrUpdateConsumer(ctx, EventStream, jetstream.ConsumerConfig{
		Durable:           accountPublic,
		FilterSubject:     eventPrefix + accountPublic + ".>",
		DeliverPolicy:     jetstream.DeliverAllPolicy,
		AckPolicy:         jetstream.AckExplicitPolicy,
		AckWait:           eventAckWait,
		MaxDeliver:        -1,
		MaxRequestBatch:   eventMaxBatch,
		MaxRequestExpires: pullMaxWait,
	})
	if err != nil {
		return fmt.Errorf("EnsureEventConsumer(%s): %w", accountPublic, err)
	}
	return nil
}
