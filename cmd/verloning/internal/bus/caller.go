package bus

import (
	"encoding/json"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"verloning/payroll"
)

// Caller is who asks, as the server enforced it: the public keys of the
// organisation's account and of the user.
type Caller struct {
	Account string
	User    string
}

// requestInfo is the header in which the server says who asks. It also holds
// an address and the user's signed claims, so it must never be logged.
const requestInfo = "Nats-Request-Info"

// callerOf reads who asks from the subject, whose fourth token the server
// enforced, and from the header that the server wrote.
//
// The header's own "user" is not to be trusted: the server (2.15) copies it
// from fields of the client's greeting (nkey, user) that it does not verify
// when the client also sends signed claims. Those claims it does verify, and
// passes on; so the user is who they say, and a greeting that says otherwise
// is refused.
//
// The account must agree as well: a client can name one of its own imports as
// the reply subject, and our reply then comes back as a request in its
// account's name but from us.
func callerOf(subject string, header nats.Header) (Caller, error) {
	account, ok := organisationToken(subject)
	values := header.Values(requestInfo)
	if !ok || !nkeys.IsValidPublicAccountKey(account) || len(values) != 1 {
		return Caller{}, unknownCaller()
	}
	var info struct {
		Account string `json:"acc"`
		User    string `json:"user"`
		Claims  string `json:"jwt"`
	}
	if err := json.Unmarshal([]byte(values[0]), &info); err != nil || info.Account != account {
		return Caller{}, unknownCaller()
	}
	claims, err := jwt.DecodeUserClaims(info.Claims)
	if err != nil || claims.Subject != info.User || accountOf(claims) != account {
		return Caller{}, unknownCaller()
	}
	return Caller{Account: account, User: claims.Subject}, nil
}

// IntakeCaller tells who handed in a message of the intake, for IntakeConfig,
// from its subject: verloning.v1.intake.<account>.hours.<user>. A stream
// removes the header that requests have, so here the user is a token too,
// which only that user's signed permissions let it fill in.
func IntakeCaller(subject string, _ nats.Header) (account, user string, err error) {
	tokens := strings.Split(subject, ".")
	if len(tokens) != 6 || !strings.HasPrefix(subject, intakePrefix) || tokens[4] != "hours" ||
		!nkeys.IsValidPublicAccountKey(tokens[3]) || !nkeys.IsValidPublicUserKey(tokens[5]) {
		return "", "", unknownCaller()
	}
	return tokens[3], tokens[5], nil
}

// accountOf is the account that vouches for a user, also when it signed with
// a key made for signing.
func accountOf(claims *jwt.UserClaims) string {
	if claims.IssuerAccount != "" {
		return claims.IssuerAccount
	}
	return claims.Issuer
}

// unknownCaller says nothing of what was wrong: only a forger would learn.
func unknownCaller() error {
	return payroll.Refuse(payroll.Forbidden, payroll.Reason("caller/unknown", "",
		"De server heeft niet vastgesteld wie dit vraagt.",
		"The server did not establish who asks this."))
}
