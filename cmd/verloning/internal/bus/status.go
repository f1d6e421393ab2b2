package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"verloning/payroll"
)

// Problem is an error reply: problem details after RFC 9457, with the texts in
// both languages. Its Problems are all the reasons of the refusal.
type Problem struct {
	Type     string            `json:"type"` // the meaning, or what kept a call from being answered
	Title    payroll.Text      `json:"title"`
	Status   int               `json:"status"`
	Detail   payroll.Text      `json:"detail"`
	Instance string            `json:"instance,omitempty"` // finds the log line of an internal error
	Problems []payroll.Problem `json:"problems,omitempty"`

	cause error // what went wrong on the way; never sent
}

// Error says the status, the type and the reasons in English.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%d %s: %s", p.Status, p.Type, p.Detail.EN)
	if len(p.Problems) > 0 {
		reasons := payroll.Refusal{Meaning: payroll.Meaning(p.Type), Problems: p.Problems}
		_, listed, _ := strings.Cut(reasons.Error(), ": ")
		text += " [" + listed + "]"
	}
	if p.cause != nil {
		text += ": " + p.cause.Error()
	}
	return text
}

// Unwrap returns what went wrong on the way, if that is what happened.
func (p *Problem) Unwrap() error { return p.cause }

// internal is the type of an error that has no meaning to the caller.
const internal = "internal"

// status is what a meaning becomes on the wire.
type status struct {
	code   int
	title  payroll.Text
	detail payroll.Text // when there is no single reason to give
}

// statuses maps each meaning, and is the only place that does.
var statuses = map[payroll.Meaning]status{
	payroll.Invalid: {400,
		payroll.Text{NL: "Ongeldig verzoek", EN: "Invalid request"},
		payroll.Text{NL: "Het verzoek klopt niet; de redenen staan erbij.", EN: "The request is not right; the reasons are listed."}},
	payroll.Forbidden: {403,
		payroll.Text{NL: "Niet toegestaan", EN: "Forbidden"},
		payroll.Text{NL: "Deze gebruiker mag dit niet.", EN: "This user may not do this."}},
	payroll.NotFound: {404,
		payroll.Text{NL: "Niet gevonden", EN: "Not found"},
		payroll.Text{NL: "Dit is niet bekend bij deze organisatie.", EN: "It is not known to this organisation."}},
	payroll.Conflict: {409,
		payroll.Text{NL: "Kan nu niet", EN: "Conflict"},
		payroll.Text{NL: "De stand van zaken laat dit niet toe.", EN: "The state of things does not allow it."}},
	payroll.TooLarge: {413,
		payroll.Text{NL: "Te groot", EN: "Too large"},
		payroll.Text{NL: "Het verzoek of het antwoord is te groot.", EN: "The request or its answer is too large."}},
	payroll.Unavailable: {503,
		payroll.Text{NL: "Probeer het later opnieuw", EN: "Try again later"},
		payroll.Text{NL: "De dienst kan dit nu niet doen; probeer het opnieuw met dezelfde sleutel.",
			EN: "The service cannot do this now; try again with the same key."}},
	internal: {500,
		payroll.Text{NL: "Interne fout", EN: "Internal error"},
		payroll.Text{NL: "Er ging iets mis dat niet aan het verzoek ligt; de beheerder vindt het terug.",
			EN: "Something went wrong that is not the request's fault; the operator can find it."}},
}

// problemOf maps an error to what the caller may know of it: all of a refusal,
// and nothing of the cause of anything else.
func problemOf(err error) *Problem {
	var refusal *payroll.Refusal
	switch {
	case errors.As(err, &refusal):
		if _, known := statuses[refusal.Meaning]; !known || refusal.Meaning == internal {
			return bareProblem(internal)
		}
		problem := bareProblem(refusal.Meaning)
		problem.Problems = refusal.Problems
		if len(refusal.Problems) == 1 {
			problem.Detail = refusal.Problems[0].Detail
		}
		return problem
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		// Whether it happened is not known, which is what the key is for.
		return bareProblem(payroll.Unavailable)
	default:
		return bareProblem(internal)
	}
}

// bareProblem is a problem that gives no reasons.
func bareProblem(meaning payroll.Meaning) *Problem {
	row := statuses[meaning]
	return &Problem{Type: string(meaning), Title: row.title, Status: row.code, Detail: row.detail}
}
