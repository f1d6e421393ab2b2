package bus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// keysFile holds every seed in one file, so that there is one moment at which
// the set exists: a process killed before that moment leaves no keys at all.
const keysFile = "keys.json"

// Keys are the key pairs of the operator, of the system account and of the
// application account, with a user of each account. Whoever holds them decides
// who is who, so they never leave this type.
type Keys struct {
	dir             string
	operator        nkeys.KeyPair
	system          nkeys.KeyPair
	systemUser      nkeys.KeyPair
	application     nkeys.KeyPair
	applicationUser nkeys.KeyPair
}

// seeds is what keysFile holds.
type seeds struct {
	Operator        string `json:"operator"`
	System          string `json:"system"`
	SystemUser      string `json:"system_user"`
	Application     string `json:"application"`
	ApplicationUser string `json:"application_user"`
}

// LoadKeys returns the keys under dir and makes them the first time. Two
// processes that start together end with the same keys.
func LoadKeys(dir string) (*Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("LoadKeys(%s): %w", dir, err)
	}
	path := filepath.Join(dir, keysFile)
	content, err := readSecret(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createKeys(path); err == nil {
			content, err = readSecret(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("LoadKeys(%s): %w", dir, err)
	}
	keys, err := parseKeys(content)
	if err != nil {
		return nil, fmt.Errorf("LoadKeys(%s): %s: %w", dir, keysFile, err)
	}
	keys.dir = dir
	return keys, nil
}

// readSecret reads a file and refuses it when others on the machine can read
// it too, because a seed that was readable must be considered known.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("%s has mode %#o: only its owner may read it (0600)", path, mode)
	}
	return os.ReadFile(path)
}

// createKeys writes a new set, unless another process was first.
func createKeys(path string) error {
	var set seeds
	for _, made := range []struct {
		seed   *string
		create func() (nkeys.KeyPair, error)
	}{
		{&set.Operator, nkeys.CreateOperator},
		{&set.System, nkeys.CreateAccount},
		{&set.SystemUser, nkeys.CreateUser},
		{&set.Application, nkeys.CreateAccount},
		{&set.ApplicationUser, nkeys.CreateUser},
	} {
		pair, err := made.create()
		if err != nil {
			return err
		}
		seed, err := pair.Seed()
		if err != nil {
			return err
		}
		*made.seed = string(seed)
	}
	content, err := json.Marshal(set)
	if err != nil {
		return err
	}
	// A link does not replace what is there, where a rename would: the loser
	// of two creators must not overwrite keys that the winner already uses.
	err = placeSecret(path, content, os.Link)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// placeSecret makes the content appear at path as a whole or not at all.
func placeSecret(path string, content []byte, place func(from, to string) error) (err error) {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // CreateTemp makes it 0600.
	if err != nil {
		return err
	}
	defer func() {
		// After a rename there is nothing left to remove.
		if gone := os.Remove(file.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	if _, err = file.Write(content); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err = place(file.Name(), path); err != nil {
		return err
	}
	// The name itself is only durable once the directory is.
	parent, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// parseKeys refuses a set that misses a key or has one of another kind.
func parseKeys(content []byte) (*Keys, error) {
	var set seeds
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&set); err != nil {
		// The decoder's own text may quote a seed.
		return nil, errors.New("it is not the JSON object of seeds that was written")
	}
	keys := &Keys{}
	for _, want := range []struct {
		name string
		seed string
		kind nkeys.PrefixByte
		pair *nkeys.KeyPair
	}{
		{"operator", set.Operator, nkeys.PrefixByteOperator, &keys.operator},
		{"system", set.System, nkeys.PrefixByteAccount, &keys.system},
		{"system_user", set.SystemUser, nkeys.PrefixByteUser, &keys.systemUser},
		{"application", set.Application, nkeys.PrefixByteAccount, &keys.application},
		{"application_user", set.ApplicationUser, nkeys.PrefixByteUser, &keys.applicationUser},
	} {
		pair, err := pairOf([]byte(want.seed), want.kind)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", want.name, err)
		}
		*want.pair = pair
	}
	return keys, nil
}

// pairOf makes a key pair of a seed of the wanted kind. Its errors never hold
// the seed.
func pairOf(seed []byte, want nkeys.PrefixByte) (nkeys.KeyPair, error) {
	kind, _, err := nkeys.DecodeSeed(seed)
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	if kind != want {
		return nil, fmt.Errorf("seed is of kind %s, not %s", kind, want)
	}
	return nkeys.FromSeed(seed)
}

// OperatorJWT returns the operator's own claims, which a server trusts.
func (k *Keys) OperatorJWT() (string, error) {
	public, err := k.operator.PublicKey()
	if err != nil {
		return "", fmt.Errorf("OperatorJWT: %w", err)
	}
	claims := jwt.NewOperatorClaims(public)
	claims.Name = "verloning"
	if claims.SystemAccount, err = k.SystemPublic(); err != nil {
		return "", fmt.Errorf("OperatorJWT: %w", err)
	}
	return k.steady("operator", claims)
}

// OperatorPublic names the operator: who trusts it trusts every account here.
func (k *Keys) OperatorPublic() (string, error) { return k.operator.PublicKey() }

// SystemPublic returns the system account's public key.
func (k *Keys) SystemPublic() (string, error) { return k.system.PublicKey() }

// SystemJWT returns the claims of the system account.
func (k *Keys) SystemJWT() (string, error) {
	public, err := k.SystemPublic()
	if err != nil {
		return "", fmt.Errorf("SystemJWT: %w", err)
	}
	claims := jwt.NewAccountClaims(public)
	claims.Name = "SYS"
	return k.steady("system", claims)
}

// ApplicationPublic returns the application account's public key.
func (k *Keys) ApplicationPublic() (string, error) { return k.application.PublicKey() }

// ApplicationJWT returns the claims of our own account: it has JetStream, and
// its exports are all that companies can ever reach.
func (k *Keys) ApplicationJWT() (string, error) {
	public, err := k.ApplicationPublic()
	if err != nil {
		return "", fmt.Errorf("ApplicationJWT: %w", err)
	}
	claims := jwt.NewAccountClaims(public)
	claims.Name = "APP"
	claims.Limits.JetStreamLimits = jwt.JetStreamLimits{
		MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit,
		Streams: jwt.NoLimit, Consumer: jwt.NoLimit,
	}
	claims.Exports = applicationExports()
	return k.steady("application", claims)
}

// steady signs the claims, or returns the text signed earlier when it says the
// same: signing writes the time into the text, and a text that changes at each
// start would look like a change of the account to every server.
func (k *Keys) steady(name string, claims jwt.Claims) (string, error) {
	text, err := claims.Encode(k.operator)
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", name, err)
	}
	path := filepath.Join(k.dir, name+".jwt")
	if earlier, err := os.ReadFile(path); err == nil && sameClaims(string(earlier), text) {
		return string(earlier), nil
	}
	if err := placeSecret(path, []byte(text), os.Rename); err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	return text, nil
}

// sameClaims says whether two signed texts differ in nothing but the moment of
// signing.
func sameClaims(a, b string) bool {
	bare := func(text string) []byte {
		claims, err := jwt.Decode(text) // This verifies the signature as well.
		if err != nil {
			return nil
		}
		claims.Claims().ID, claims.Claims().IssuedAt = "", 0
		content, err := json.Marshal(claims)
		if err != nil {
			return nil
		}
		return content
	}
	one := bare(a)
	return one != nil && bytes.Equal(one, bare(b))
}

// ApplicationOption connects as the user of the application account.
func (k *Keys) ApplicationOption() nats.Option { return userOption(k.application, k.applicationUser) }

// SystemOption connects as the user of the system account, which may change
// accounts.
func (k *Keys) SystemOption() nats.Option { return userOption(k.system, k.systemUser) }

// userOption lets the account vouch for its user, without limits. A failure
// shows when the option is applied.
func userOption(account, user nkeys.KeyPair) nats.Option {
	return func(options *nats.Options) error {
		public, err := user.PublicKey()
		if err != nil {
			return err
		}
		text, err := jwt.NewUserClaims(public).Encode(account)
		if err != nil {
			return err
		}
		seed, err := user.Seed()
		if err != nil {
			return err
		}
		return nats.UserJWTAndSeed(text, string(seed))(options)
	}
}
