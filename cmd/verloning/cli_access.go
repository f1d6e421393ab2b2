package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type accessGrant struct {
	Org   string   `required:"" help:"Code of the organisation."`
	User  string   `required:"" help:"Short name of the user, such as anja; part of the file's name."`
	Roles []string `required:"" help:"Roles: admin, submit, calculate, approve, control, read."`
	Out   string   `placeholder:"FILE" help:"Where to write the credentials instead of the data directory."`
	Force bool     `help:"Replace a file that is there; the old credentials stay valid."`
}

// accessGranted is what is shown of a grant: never the credentials.
type accessGranted struct {
	User   string `json:"user"`
	Public string `json:"public"`
	File   string `json:"file"`
	As     string `json:"as"`
}

// Run looks at the file first: the service gives credentials out once.
func (c *accessGrant) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	path, err := sh.credsFile(c.Org, c.User)
	if err != nil {
		return err
	}
	if c.Out != "" {
		path = c.Out
	}
	if _, err := os.Lstat(path); err == nil && !c.Force {
		return fault("creds/exists", "", fmt.Sprintf("%s bestaat al; met --force wordt het vervangen.", path), fmt.Sprintf("%s exists; --force replaces it.", path))
	}
	var reply payroll.UserAdded
	request := payroll.UserAdd{Command: sh.command(), Organisation: c.Org, Name: c.User, Roles: c.Roles}
	if err := sh.call(ctx, "user", "add", request, &reply); err != nil {
		return err
	}
	if err := writeSecret(path, []byte(reply.Credentials)); err != nil {
		return fmt.Errorf("user %s was added and the credentials are lost, so grant again: %w", reply.User, err)
	}
	granted := accessGranted{User: reply.User.String(), Public: reply.Public, File: path, As: c.Org + "/" + c.User}
	if sh.JSON {
		return sh.printJSON(granted)
	}
	if c.Out != "" {
		return sh.say("%s\nGebruik: verloning --creds %s …", "%s\nUse: verloning --creds %s …", path, path)
	}
	return sh.say("%s\nGebruik: verloning --as %s …", "%s\nUse: verloning --as %s …", path, granted.As)
}

type accessList struct{}

type accessListed struct {
	As   string `json:"as"`
	File string `json:"file"`
}

// Run lists the files on this machine; how many users an organisation has says
// org list.
func (accessList) Run(sh *shell) error {
	dir := filepath.Join(sh.Data, "creds")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list %s: %w", dir, err)
	}
	list := []accessListed{}
	shown := newTable("as", "file")
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".creds")
		cut := strings.LastIndexByte(name, '-')
		if !ok || cut < 0 {
			continue
		}
		one := accessListed{As: name[:cut] + "/" + name[cut+1:], File: filepath.Join(dir, e.Name())}
		list = append(list, one)
		shown.add(one.As, one.File)
	}
	if sh.JSON {
		return sh.printJSON(map[string][]accessListed{"access": list})
	}
	return shown.print(sh.out)
}

type accessJWTs struct{}

// accountJWT is an account as a server has to know it; a JWT is signed and no
// secret.
type accountJWT struct {
	Account string `json:"account"`
	Label   string `json:"label"`
	JWT     string `json:"jwt"`
}

type accessJWTsShown struct {
	Operator      string       `json:"operator"`
	SystemAccount string       `json:"system_account"`
	Accounts      []accountJWT `json:"accounts"`
}

// keysDir is where the keys of the NATS operator and accounts lie.
func (sh *shell) keysDir() string {
	if dir := sh.getenv("VERLONING_NATS_KEYS"); dir != "" {
		return dir
	}
	return filepath.Join(sh.Data, "keys")
}

// Run makes the keys when there are none, because a NATS server of one's own
// has to trust them before the service can first start.
func (accessJWTs) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	keys, err := bus.LoadKeys(sh.keysDir())
	if err != nil {
		return err
	}
	shown, err := ownJWTs(keys)
	if err != nil {
		return err
	}
	var reply organisationsListed
	switch err := sh.insist(ctx, "org", "list", struct{}{}, &reply); {
	case errors.Is(err, embedded.ErrNotRunning) || unreachable(err):
		sh.note("De dienst draait niet: zonder de organisaties. Als hij draait geeft hij ze zelf aan de server door.",
			"The service does not run: without the organisations. When it runs it tells the server of them itself.")
	case err != nil:
		return err
	}
	for _, o := range reply.Organisations {
		if err := shown.add(keys, o); err != nil {
			return err
		}
	}
	if sh.JSON {
		return sh.printJSON(shown)
	}
	return shown.print(sh)
}

// unreachable reports whether a service was not found, as opposed to refusing.
func unreachable(err error) bool {
	var problem *bus.Problem
	var refusal *payroll.Refusal
	switch {
	case errors.As(err, &problem):
		return problem.Type == "connection" || problem.Type == "no_responders" || problem.Type == "authorization"
	case errors.As(err, &refusal): // There are no credentials yet.
		return true
	}
	return false
}

// ownJWTs are those of the operator and of our own two accounts.
func ownJWTs(keys *bus.Keys) (*accessJWTsShown, error) {
	shown := &accessJWTsShown{}
	var err error
	if shown.Operator, err = keys.OperatorJWT(); err != nil {
		return nil, err
	}
	if shown.SystemAccount, err = keys.SystemPublic(); err != nil {
		return nil, err
	}
	for _, own := range []struct {
		label         string
		public, token func() (string, error)
	}{{"SYS", keys.SystemPublic, keys.SystemJWT}, {"APP", keys.ApplicationPublic, keys.ApplicationJWT}} {
		public, err := own.public()
		if err != nil {
			return nil, err
		}
		token, err := own.token()
		if err != nil {
			return nil, err
		}
		shown.Accounts = append(shown.Accounts, accountJWT{public, own.label, token})
	}
	return shown, nil
}

func (s *accessJWTsShown) add(keys *bus.Keys, o postgres.OrganisationRow) error {
	token, err := keys.OrganisationJWT(o.Account, o.Code)
	if err != nil {
		return err
	}
	s.Accounts = append(s.Accounts, accountJWT{o.Account, o.Code, token})
	return nil
}

// print writes a piece of a NATS server's configuration.
func (s *accessJWTsShown) print(sh *shell) error {
	var b strings.Builder
	b.WriteString("# nats-server.conf: trust our operator and know these accounts; streams on disk before they are acknowledged.\n")
	b.WriteString("jetstream { sync_interval: always }\n")
	fmt.Fprintf(&b, "operator: %s\nsystem_account: %s\n", s.Operator, s.SystemAccount)
	b.WriteString("resolver { type: full, dir: \"./jwt\", allow_delete: false }\nresolver_preload {\n")
	for _, a := range s.Accounts {
		fmt.Fprintf(&b, "  # %s\n  %s: %s\n", a.Label, a.Account, a.JWT)
	}
	b.WriteString("}\n")
	_, err := sh.out.Write([]byte(b.String()))
	return err
}
