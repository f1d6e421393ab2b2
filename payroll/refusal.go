package payroll

import (
	"fmt"
	"strings"
)

// Text is what a user reads, in Dutch with English beside it.
type Text struct {
	NL string `json:"nl"`
	EN string `json:"en"`
}

// Problem is one reason why something is refused or deserves attention:
// meaning (Type) apart from location (Field, Line), with the article that
// refuses where law does.
type Problem struct {
	Type    string `json:"type"`              // e.g. "hours/out_of_range"; part of the interface
	Field   string `json:"field,omitempty"`   // the key of the request that is wrong
	Line    int    `json:"line,omitempty"`    // counted from one, in submissions with lines
	Article string `json:"article,omitempty"` // e.g. "WML art. 7"
	Detail  Text   `json:"detail"`
}

// At returns the problem located at a line of the submission.
func (p Problem) At(line int) Problem {
	p.Line = line
	return p
}

// Meaning says what kind of refusal it is; the bus maps each to a status.
type Meaning string

// The meanings of a refusal.
const (
	Invalid     Meaning = "invalid"     // the request itself is malformed or breaks a rule
	Forbidden   Meaning = "forbidden"   // this user may not do this
	NotFound    Meaning = "not_found"   // it is not known to this organisation
	Conflict    Meaning = "conflict"    // the state of things does not allow it
	TooLarge    Meaning = "too_large"   // a limit on bytes, lines or depth
	Unavailable Meaning = "unavailable" // try again later
)

// Refusal is the error of a command that changed nothing, with every reason at
// once. It never holds a BSN, an IBAN or a name.
type Refusal struct {
	Meaning  Meaning   `json:"meaning"`
	Problems []Problem `json:"problems"`
}

// Error lists the types and fields, for logs.
func (r *Refusal) Error() string {
	parts := make([]string, 0, len(r.Problems))
	for _, p := range r.Problems {
		part := p.Type
		if p.Field != "" {
			part += " (" + p.Field + ")"
		}
		if p.Line > 0 {
			part = fmt.Sprintf("line %d: %s", p.Line, part)
		}
		parts = append(parts, part)
	}
	return string(r.Meaning) + ": " + strings.Join(parts, "; ")
}

// Refuse makes a refusal, or nothing when there are no problems.
func Refuse(meaning Meaning, problems ...Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &Refusal{Meaning: meaning, Problems: problems}
}

// Reason makes a problem of a type with its field and both texts.
func Reason(kind, field, nl, en string) Problem {
	return Problem{Type: kind, Field: field, Detail: Text{NL: nl, EN: en}}
}
