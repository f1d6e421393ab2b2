package bus

import (
	"fmt"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// NewUser makes a user of the company whose account has this seed, and the
// content of its credentials file. The label is a code, never a person's name.
//
// The user may ask, hand in hours, pull and acknowledge events, and hear
// events; nothing else. Two names hold the user's own key, which the server
// enforces with the signed permissions:
//
//   - it publishes hours to intake.hours.<user>, because a stream does not keep
//     the header in which the server says who asks;
//   - it hears replies under _INBOX.<user> alone (other clients set this as
//     their inbox prefix), because colleagues with fewer roles must not listen
//     to replies of others.
func NewUser(accountSeed []byte, label string) (public string, creds []byte, err error) {
	if !labelPattern.MatchString(label) {
		return "", nil, fmt.Errorf("NewUser(%q): a label is a code that matches %s", label, labelPattern)
	}
	account, err := pairOf(accountSeed, nkeys.PrefixByteAccount)
	if err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): account %w", label, err)
	}
	accountPublic, err := account.PublicKey()
	if err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): %w", label, err)
	}
	user, err := nkeys.CreateUser()
	if err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): %w", label, err)
	}
	if public, err = user.PublicKey(); err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): %w", label, err)
	}
	seed, err := user.Seed()
	if err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): %w", label, err)
	}
	claims := jwt.NewUserClaims(public)
	claims.Name = label
	claims.Permissions = companyPermissions(accountPublic, public)
	token, err := claims.Encode(account)
	if err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): %w", label, err)
	}
	if creds, err = jwt.FormatUserConfig(token, seed); err != nil {
		return "", nil, fmt.Errorf("NewUser(%s): %w", label, err)
	}
	return public, creds, nil
}

// companyPermissions is all that a company's user may do.
func companyPermissions(account, user string) jwt.Permissions {
	return jwt.Permissions{
		Pub: jwt.Permission{Allow: jwt.StringList{
			localAPI + ">", localIntake + user, localNext, ackPrefix + account + ".>",
		}},
		Sub: jwt.Permission{Allow: jwt.StringList{inboxPrefix(user) + ".>", localEvent + ">"}},
	}
}

// inboxPrefix is where a user hears replies.
func inboxPrefix(user string) string { return "_INBOX." + user }
