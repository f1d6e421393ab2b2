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
	"regexp"
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

// fold breaks a line that is too wide at the last space that fits, or else at the
// first.
func fold(line string, width int) string {
	indent := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))+4)
	var out strings.Builder
	for utf8.RuneCountInString(line) > width {
		at, runes, word := 0, 0, false
		for i, r := range line {
			if word = word || r != ' '; r == ' ' && word && (runes <= width || at == 0) {
				at = i
			}
			runes++
		}
		if at == 0 {
			break
		}
		out.WriteString(strings.TrimRight(line[:at], " ") + "\n")
		line = indent + strings.TrimLeft(line[at:], " ")
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
	d.say("\n$ verloning %s", quoted(as, withoutKey(args)))
	answer, err := d.do(ctx, as, args...)
	d.say("%s", strings.TrimRight(answer, "\n"))
	return err
}

// lines is whole, with ids cut short so that a line is a line.
func (d *demo) lines(ctx context.Context, as string, args ...string) error {
	answer, err := d.do(ctx, as, args...)
	if err != nil {
		return fmt.Errorf("verloning %s: %w", quoted(as, args), err)
	}
	d.say("\n$ verloning %s\n%s", brief(quoted(as, args)), brief(strings.TrimRight(answer, "\n")))
	return nil
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
	d.answered(as, args, said)
	return nil
}

// answered prints a command and a line of its answer, on one line if they fit.
func (d *demo) answered(as string, args []string, said string) {
	command, said := "$ verloning "+brief(quoted(as, withoutKey(args))), brief(said)
	if utf8.RuneCountInString(command+said)+4 > demoWidth {
		command += "\n "
	}
	d.say("%s  → %s", command, said)
}

// longNames are ids and hashes, of which the first eight signs will do where
// much is to be read.
var longNames = regexp.MustCompile(`\b([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b([0-9a-f]{8})[0-9a-f]{56}\b`)

func brief(text string) string { return longNames.ReplaceAllString(text, "$1$3…") }

// withoutKey leaves the idempotency key out, which every command of the demo
// has and a person need not type.
func withoutKey(args []string) []string {
	if i := slices.Index(args, "--key"); i >= 0 {
		return slices.Concat(args[:i], args[i+2:])
	}
	return args
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
	first := d.plan.months[0]
	referred := 0
	for _, g := range first.referrers {
		referred += bytes.Count(g.files["trajectories.csv"], []byte("\n")) - 1
	}
	for _, t := range []payroll.Text{{
		NL: fmt.Sprintf("Drie maanden, van uren tot betaalde subsidie en van aanmelding tot betaalde vergoeding: april 2007 in %d gemeenten, bij %d werkgevers en in %d trajecten, en oktober en november 2026 bij een werkgever met veertig mensen op loonkostensubsidie: een loon van oktober komt van de bank terug, en november corrigeert wat over oktober te laat bekend werd.", len(first.municipalities()), len(first.employers), referred),
		EN: fmt.Sprintf("Three months, from hours to subsidies paid and from referral to fees paid: April 2007 in %d municipalities, at %d employers and in %d trajectories, and October and November 2026 at one employer with forty people on loonkostensubsidie: a wage of October comes back from the bank, and November corrects what became known of October too late.", len(first.municipalities()), len(first.employers), referred)}, {
		NL: "Aantallen die een bron noemt zijn aangehouden; alle andere aantallen, lonen, prijzen, budgetten en mensen zijn verzonnen. 2007 wordt nagespeeld met de kenmerken van nu: er was nog geen IBAN en het BSN heette sofinummer; de rekeningen zijn van een bank die niet bestaat.",
		EN: "Headcounts that a source states are kept; all other counts, wages, prices, budgets and people are invented. 2007 is played with the identifiers of today: there was no IBAN yet and the BSN was called sofinummer; the accounts are of a bank that does not exist."}, {
		NL: "Over april 2007 is alleen bruto gerekend: van de loonheffing en premies van dat jaar zijn de cijfers niet bevestigd. Elke opdracht hieronder kan een gebruiker geven; elk heeft ook een --key, die hier niet wordt getoond, zodat herhalen niets verandert.",
		EN: "April 2007 is gross only: the figures of wage tax and premiums of that year are not confirmed. A user can give every command below; each also has a --key, not shown here, so that repeating it changes nothing."},
	} {
		d.say("%s\n%s\n", t.NL, t.EN)
	}
	d.say("%s", bilingual("De dienst / The service: VERLONING_DATA="+d.data+"\nBestanden", "Files: "+d.out))
}
