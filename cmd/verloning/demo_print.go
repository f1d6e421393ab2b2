package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"verloning/payroll"
)

// demoWidth is how wide the demo prints.
const demoWidth = 118

// foldedWriter folds lines that are too wide at a space, and indents what goes on.
type foldedWriter struct {
	to    io.Writer
	width int
	line  []byte
}

func (w *foldedWriter) Write(text []byte) (int, error) {
	for i, c := range text {
		if c != '\n' {
			w.line = append(w.line, c)
			continue
		}
		if _, err := io.WriteString(w.to, fold(string(w.line), w.width)+"\n"); err != nil {
			return i, err
		}
		w.line = w.line[:0]
	}
	return len(text), nil
}

// fold breaks a line that is too wide. A part without a space stays whole.
func fold(line string, width int) string {
	indent := len(line) - len(strings.TrimLeft(line, " ")) + 4
	var out strings.Builder
	for utf8.RuneCountInString(line) > width {
		at := 0
		for i, runes := 0, 0; i < len(line) && runes <= width; runes++ {
			if line[i] == ' ' && strings.TrimSpace(line[:i]) != "" {
				at = i
			}
			_, size := utf8.DecodeRuneInString(line[i:])
			i += size
		}
		if at == 0 {
			break
		}
		out.WriteString(strings.TrimRight(line[:at], " ") + "\n")
		line = strings.Repeat(" ", indent) + strings.TrimLeft(line[at:], " ")
	}
	return out.String() + line
}

func (d *demo) say(format string, values ...any) { _, _ = fmt.Fprintf(d.paper, format+"\n", values...) }

// chapter prints a heading.
func (d *demo) chapter(nl, en string) { d.say("\n── %s / %s", nl, en) }

// do carries a command out and returns what it printed. Whatever it printed
// beside its answer is progress.
func (d *demo) do(ctx context.Context, as string, args ...string) (string, error) {
	var out bytes.Buffer
	err := run(ctx, flagged(as, args), d.getenv, strings.NewReader(""), &out, io.Discard)
	return out.String(), err
}

// whole shows a command as a user would type it, with all that it answers.
func (d *demo) whole(ctx context.Context, as string, args ...string) error {
	d.say("\n$ verloning %s", quoted(as, args))
	answer, err := d.do(ctx, as, args...)
	d.say("%s", strings.TrimRight(answer, "\n"))
	return err
}

// refused shows a command whose answer is to be a refusal.
func (d *demo) refused(ctx context.Context, as string, args ...string) error {
	err := d.whole(ctx, as, args...)
	var refusal *tell
	if !errors.As(err, &refusal) {
		return fmt.Errorf("verloning %s was to be refused: %w", quoted(as, args), err)
	}
	d.say("%s", refusal)
	return nil
}

// brief shows a command with the lines of its answer that begin with one of the
// words, or else the last.
func (d *demo) brief(ctx context.Context, words []string, as string, args ...string) error {
	answer, err := d.do(ctx, as, args...)
	if err != nil {
		return fmt.Errorf("verloning %s: %w", quoted(as, args), err)
	}
	lines := strings.Split(strings.TrimRight(answer, "\n"), "\n")
	said := lines[len(lines)-1]
	if len(words) > 0 {
		var picked []string
		for _, line := range lines {
			if parts := strings.Fields(line); len(parts) > 0 && slices.Contains(words, parts[0]) {
				picked = append(picked, strings.Join(parts, " "))
			}
		}
		said = strings.Join(picked, " · ")
	}
	command := "$ verloning " + quoted(as, args)
	if utf8.RuneCountInString(command+said) > demoWidth-5 {
		command += "\n "
	}
	d.say("%s  → %s", command, said)
	return nil
}

// ask carries a command out with --json and reads its answer.
func (d *demo) ask(ctx context.Context, reply any, as string, args ...string) error {
	answer, err := d.do(ctx, as, append([]string{"--json"}, args...)...)
	if err == nil {
		err = json.Unmarshal([]byte(answer), reply)
	}
	if err != nil {
		return fmt.Errorf("verloning %s: %w", quoted(as, args), err)
	}
	return nil
}

// more says how many commands like the one that was shown were carried out.
func (d *demo) more(n int, where string) {
	if n > 0 {
		d.say("  %s", bilingual(fmt.Sprintf("… en zo nog %d (%s)", n, where), fmt.Sprintf("… and %d more (%s)", n, where)))
	}
}

func bilingual(nl, en string) string { return nl + " / " + en }

func flagged(as string, args []string) []string {
	if as == "" {
		return args
	}
	return append([]string{"--as", as}, args...)
}

func quoted(as string, args []string) string {
	words := flagged(as, args)
	shown := make([]string, len(words))
	for i, w := range words {
		if shown[i] = w; strings.ContainsAny(w, " '") {
			shown[i] = `"` + w + `"`
		}
	}
	return strings.Join(shown, " ")
}

// path is where a file of the user is.
func (d *demo) path(parts ...string) string {
	return filepath.Join(append([]string{d.out}, parts...)...)
}

// leave writes a file where the user can look at it.
func (d *demo) leave(content []byte, parts ...string) error {
	path := d.path(parts...)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// download writes a value as JSON.
func (d *demo) download(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return d.leave(append(text, '\n'), name)
}

// introduce says what is to come and what is true of it.
func (d *demo) introduce() {
	for _, t := range []payroll.Text{{
		NL: "Twee maanden, van uren tot betaalde subsidie: april 2007 bij vijftien werkgevers van vijf gemeenten, en oktober 2026 bij een werkgever met veertig mensen op loonkostensubsidie.",
		EN: "Two months, from hours to subsidies paid: April 2007 at fifteen employers of five municipalities, and October 2026 at one employer with forty people on loonkostensubsidie."}, {
		NL: "Aantallen die een bron noemt zijn aangehouden; alle andere aantallen, lonen, prijzen, budgetten en mensen zijn verzonnen. 2007 wordt nagespeeld met de kenmerken van nu: er was nog geen IBAN en het BSN heette sofinummer; de rekeningen zijn van een bank die niet bestaat.",
		EN: "Headcounts that a source states are kept; all other counts, wages, prices, budgets and people are invented. 2007 is played with the identifiers of today: there was no IBAN yet and the BSN was called sofinummer; the accounts are of a bank that does not exist."}, {
		NL: "Er is alleen bruto gerekend: loonheffing en premies zijn er nog niet.",
		EN: "Gross only: wage tax and premiums are not computed yet."},
	} {
		d.say("%s\n%s\n", t.NL, t.EN)
	}
	d.say("%s", bilingual("De dienst / The service: VERLONING_DATA="+d.data+"\nBestanden", "Files: "+d.out))
}
