package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/term"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/payroll"
)

// shell is what a command has at hand: flags, the three streams, and a
// connection that is made when the first question is asked.
type shell struct {
	flags
	getenv func(string) string
	in     io.Reader
	out    io.Writer // answers
	err    io.Writer // progress and prompts, so that answers can be piped
	client *bus.Client
	manage bool // the command is the beheerder's: without a choice it uses the first user's credentials
}

func (sh *shell) close() {
	if sh.client != nil {
		sh.client.Close()
	}
}

// asBeheerder marks a command that the beheerder gives.
func (sh *shell) asBeheerder() { sh.manage = true }

// asPattern keeps what is asked for inside the directory of credentials. A
// user's name has no hyphen, so that ORG-user.creds can be read back.
var asPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,31}/[A-Za-z0-9][A-Za-z0-9._]{0,63}$`)

// credsFile is where the credentials of a user of an organisation lie.
func (sh *shell) credsFile(org, user string) (string, error) {
	if !asPattern.MatchString(org + "/" + user) {
		return "", fault("flag/as", "",
			"Schrijf ORGANISATIE/gebruiker; de gebruiker bestaat uit letters, cijfers, punten en _.",
			"Write ORGANISATION/user; the user consists of letters, digits, points and _.")
	}
	return filepath.Join(sh.Data, "creds", org+"-"+user+".creds"), nil
}

// credentials finds out as whom to speak.
func (sh *shell) credentials() (string, error) {
	switch {
	case sh.Creds != "" && sh.As != "":
		return "", fault("flag/twice", "", "Geef --creds of --as, niet allebei.", "Give --creds or --as, not both.")
	case sh.Creds != "":
		return sh.Creds, nil
	case sh.As != "":
		org, user, _ := strings.Cut(sh.As, "/")
		return sh.credsFile(org, user)
	case sh.manage:
		return sh.adminCreds(), nil
	}
	return "", fault("flag/as", "",
		"Zeg namens wie: --as ORGANISATIE/gebruiker, of --creds BESTAND (zie: verloning access list).",
		"Say on whose behalf: --as ORGANISATION/user, or --creds FILE (see: verloning access list).")
}

// connect dials the service once.
func (sh *shell) connect() (*bus.Client, error) {
	if sh.client != nil {
		return sh.client, nil
	}
	creds, err := sh.credentials()
	if err != nil {
		return nil, err
	}
	url, err := sh.server()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(creds); err != nil {
		return nil, fault("creds/missing", "",
			fmt.Sprintf("Er zijn geen inloggegevens in %s; de beheerder geeft ze uit met: verloning access grant.", creds),
			fmt.Sprintf("There are no credentials in %s; the beheerder issues them with: verloning access grant.", creds))
	}
	sh.client, err = bus.Dial(url, creds)
	return sh.client, err
}

// server is the NATS server that was named, or that of the service that owns
// the data directory.
func (sh *shell) server() (string, error) {
	if sh.Server != "" {
		return sh.Server, nil
	}
	found, err := embedded.ReadConnect(sh.Data)
	return found.NATSURL, err
}

// patience is how long one request may take: the service itself gives up
// before.
const patience = 2 * time.Minute

// call asks the service.
func (sh *shell) call(ctx context.Context, noun, verb string, request, reply any) error {
	client, err := sh.connect()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return client.Call(ctx, noun, verb, request, reply)
}

// tries is how often a request that may be repeated is made.
const tries = 4

// insist asks something that has a key or is a question, so that it may be
// asked again when no answer came.
func (sh *shell) insist(ctx context.Context, noun, verb string, request, reply any) error {
	for try := 1; ; try++ {
		err := sh.call(ctx, noun, verb, request, reply)
		var problem *bus.Problem
		again := errors.As(err, &problem) && (problem.Type == string(payroll.Unavailable) || problem.Type == "timeout")
		if !again || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * 300 * time.Millisecond):
		}
	}
}

// ask asks the service and shows its answer, as it came with --json and by
// show otherwise.
func ask[R any](ctx context.Context, sh *shell, noun, verb string, request any, show func(R) error) error {
	var raw json.RawMessage
	if err := sh.call(ctx, noun, verb, request, &raw); err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(raw)
	}
	var reply R
	if err := json.Unmarshal(raw, &reply); err != nil {
		return fmt.Errorf("the answer to %s.%s: %w", noun, verb, err)
	}
	return show(reply)
}

// mostPage is how much the service gives at a time.
const mostPage = 1000

// pages asks a list page by page until it ends or limit is reached; nought is
// no limit. Field is the name of the list in the answer; key is what the next
// page comes after.
func pages[T any](ctx context.Context, sh *shell, noun, verb, field string, limit int, request func(after string, limit int) any, key func(T) string) ([]T, error) {
	all, after := []T{}, ""
	for {
		size := 500
		if left := limit - len(all); limit > 0 {
			size = min(left, mostPage)
		}
		var reply map[string]json.RawMessage // a list may stand beside what it adds up to
		if err := sh.insist(ctx, noun, verb, request(after, size), &reply); err != nil {
			return nil, err
		}
		var page []T
		if err := json.Unmarshal(reply[field], &page); err != nil {
			return nil, fmt.Errorf("the list %s.%s: %w", noun, verb, err)
		}
		all = append(all, page...)
		if len(page) < size || (limit > 0 && len(all) >= limit) {
			return all, nil
		}
		next := key(page[len(page)-1])
		if next == after {
			return nil, fmt.Errorf("the list %s.%s does not go on after a page", noun, verb)
		}
		after = next
	}
}

// printJSON prints one document.
func (sh *shell) printJSON(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	pretty.WriteByte('\n')
	_, err = sh.out.Write(pretty.Bytes())
	return err
}

// text is what comes first in the language that was chosen.
func (sh *shell) text(t payroll.Text) string {
	if sh.Lang == "en" {
		return t.EN
	}
	return t.NL
}

// both is a text in the chosen language with the other beside it.
func (sh *shell) both(t payroll.Text) string {
	if t.NL == t.EN {
		return t.NL
	}
	if sh.Lang == "en" {
		return t.EN + " / " + t.NL
	}
	return t.NL + " / " + t.EN
}

// say prints a line of an answer; note prints beside the answer.
func (sh *shell) say(nl, en string, values ...any) error {
	_, err := fmt.Fprintf(sh.out, sh.text(payroll.Text{NL: nl, EN: en})+"\n", values...)
	return err
}

func (sh *shell) note(nl, en string, values ...any) {
	_, _ = fmt.Fprintf(sh.err, sh.text(payroll.Text{NL: nl, EN: en})+"\n", values...)
}

// log writes text to the error stream.
func (sh *shell) log(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(sh.err, &slog.HandlerOptions{Level: level}))
}

// terminal reports whether a stream is a person's terminal.
func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// confirm asks on a terminal; elsewhere somebody must have said --yes.
func (sh *shell) confirm(question payroll.Text) error {
	if sh.Yes {
		return nil
	}
	if !terminal(sh.in) {
		return fault("confirm/needed", "", "Dit vraagt een bevestiging: geef --yes.", "This asks for confirmation: give --yes.")
	}
	_, _ = fmt.Fprintf(sh.err, "%s [j/y/N] ", sh.text(question))
	if !agreed(sh.in) {
		return fault("confirm/declined", "", "Er is niets gedaan.", "Nothing was done.")
	}
	return nil
}

// agreed reads one line, byte by byte so that what follows it is left alone.
func agreed(in io.Reader) bool {
	var answer []byte
	for one := make([]byte, 1); len(answer) < 8; {
		if n, err := in.Read(one); n == 0 || err != nil || one[0] == '\n' {
			break
		}
		answer = append(answer, one[0])
	}
	switch strings.ToLower(strings.TrimSpace(string(answer))) {
	case "j", "ja", "y", "yes":
		return true
	}
	return false
}

// open opens a file that the user named; - is standard input.
func (sh *shell) open(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(sh.in), nil
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = errors.New("it is a directory")
	}
	var file *os.File
	if err == nil {
		file, err = os.Open(path)
	}
	if err != nil {
		return nil, fault("file/unreadable", "", fmt.Sprintf("%s kan niet worden gelezen: %v.", path, cause(err)), fmt.Sprintf("%s cannot be read: %v.", path, cause(err)))
	}
	return file, nil
}

// cause leaves out the path, which the sentence around it names.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// closing says when something does not close well; by then the work is done.
func closing(sh *shell, f func() error) {
	if err := f(); err != nil {
		sh.note("waarschuwing: %v", "warning: %v", err)
	}
}
