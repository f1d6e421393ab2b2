package bus

import (
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

func TestNewUser(t *testing.T) {
	account, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	user, creds, err := NewUser(seed, "a-1")
	if err != nil {
		t.Fatal(err)
	}
	token, err := nkeys.ParseDecoratedJWT(creds)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := jwt.DecodeUserClaims(token)
	if err != nil || claims.Subject != user || claims.Issuer != account || claims.BearerToken {
		t.Errorf("claims %+v, %v", claims, err)
	}
	pair, err := nkeys.ParseDecoratedUserNKey(creds)
	if err != nil {
		t.Fatal(err)
	}
	if public, err := pair.PublicKey(); err != nil || public != user {
		t.Errorf("seed of %s, %v", public, err)
	}
}

func TestNewUserRefuses(t *testing.T) {
	_, seed, err := NewAccount()
	if err != nil {
		t.Fatal(err)
	}
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	userSeed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		seed  []byte
		label string
	}{
		"a user's seed":   {userSeed, "a"},
		"no seed":         {nil, "a"},
		"half a seed":     {seed[:20], "a"},
		"a name as label": {seed, "Jan de Vries"},
	} {
		if _, _, err := NewUser(test.seed, test.label); err == nil || len(test.seed) > 0 && strings.Contains(err.Error(), string(test.seed)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
