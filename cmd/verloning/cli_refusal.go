package main

import (
	"errors"
	"fmt"
	"strings"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/embedded"
	"verloning/payroll"
)

// fault is a refusal by the command line itself, in the form of the service's.
func fault(kind, field, nl, en string) error {
	return payroll.Refuse(payroll.Invalid, payroll.Reason(kind, field, nl, en))
}

// tell is an error as a person reads it, on as many lines as it needs.
type tell struct {
	text  string
	cause error
}

func (t *tell) Error() string { return t.text }
func (t *tell) Unwrap() error { return t.cause }

// failed is an error whose reasons were printed with the answer.
func (sh *shell) failed(nl, en string, values ...any) error {
	return &tell{text: fmt.Sprintf(sh.text(payroll.Text{NL: nl, EN: en}), values...)}
}

// partly is an error in the middle of work that is safe to begin again.
type partly struct {
	done  payroll.Text
	cause error
}

func (p *partly) Error() string { return p.done.EN + ": " + p.cause.Error() }
func (p *partly) Unwrap() error { return p.cause }

// told turns whatever went wrong into what the user has to know: every reason
// in both languages, and for the connection what to do.
func (sh *shell) told(err error) error {
	var problem *bus.Problem
	var refusal *payroll.Refusal
	var text string
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problem):
		sh.asJSON(problem)
		text = sh.problem(problem)
	case errors.As(err, &refusal):
		sh.asJSON(refusal)
		text = strings.Join(sh.reasons(refusal.Problems), "\n")
	case errors.Is(err, embedded.ErrNotRunning):
		text = fmt.Sprintf("%v\n%s", err, sh.both(payroll.Text{
			NL: "De dienst draait hier niet. Start hem met verloning serve, of wijs met --data of --server aan waar hij draait.",
			EN: "The service does not run here. Start it with verloning serve, or say with --data or --server where it runs."}))
	default:
		return err
	}
	var half *partly
	if errors.As(err, &half) {
		text += "\n" + sh.both(half.done)
	}
	return &tell{text, err}
}

// asJSON prints a refusal as the answer that it is. A stream that is gone loses
// nothing: the error is told as well.
func (sh *shell) asJSON(v any) {
	if sh.JSON {
		_ = sh.printJSON(v)
	}
}

// problem tells a refusal of the service, or why it gave no answer.
func (sh *shell) problem(p *bus.Problem) string {
	lines := []string{fmt.Sprintf("%d %s", p.Status, sh.both(p.Title))}
	if len(p.Problems) == 0 {
		lines = append(lines, "  "+sh.both(p.Detail))
	}
	for _, reason := range sh.reasons(p.Problems) {
		lines = append(lines, "  - "+reason)
	}
	if p.Instance != "" {
		lines = append(lines, "  kenmerk / reference: "+p.Instance)
	}
	if advice, known := wayOut[p.Type]; known {
		lines = append(lines, "  "+sh.both(advice))
	}
	return strings.Join(lines, "\n")
}

// wayOut says what to do about a call that got no answer.
var wayOut = map[string]payroll.Text{
	"no_responders": {NL: "Draait de dienst? Zie: verloning serve.", EN: "Does the service run? See: verloning serve."},
	"connection":    {NL: "Draait de dienst, en klopt --server? Zie: verloning serve.", EN: "Does the service run, and is --server right? See: verloning serve."},
	"authorization": {NL: "De beheerder geeft nieuwe inloggegevens uit met: verloning access grant.", EN: "The beheerder issues new credentials with: verloning access grant."},
	"timeout":       {NL: "Met --key is herhalen zonder risico.", EN: "With --key it is safe to repeat."},
}

// reasons tells each problem on a line: where, what in both languages, which
// article, and the type that programs go by.
func (sh *shell) reasons(problems []payroll.Problem) []string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = sh.reason(p)
	}
	return lines
}

func (sh *shell) reason(p payroll.Problem) string {
	var at []string
	if p.Line > 0 {
		at = append(at, fmt.Sprintf("%s %d", sh.text(payroll.Text{NL: "regel", EN: "line"}), p.Line))
	}
	if p.Field != "" {
		at = append(at, p.Field)
	}
	text := sh.both(p.Detail)
	if len(at) > 0 {
		text = strings.Join(at, ", ") + ": " + text
	}
	if p.Article != "" {
		text += " (" + p.Article + ")"
	}
	return printable(text + " [" + p.Type + "]")
}
