package bus

import "strings"

// Subjects inside our own account. The organisation's token is the public key
// of its NATS account, at position four (position seven in the pull request of
// its event consumer).
const (
	apiPrefix    = "verloning.v1.api."
	intakePrefix = "verloning.v1.intake."
	workPrefix   = "verloning.v1.work.run."
	eventPrefix  = "verloning.v1.event."
	deadPrefix   = "verloning.v1.dead."
)

// Streams.
const (
	IntakeStream = "INTAKE"
	WorkStream   = "WORK"
	EventStream  = "EVENT"
	DeadStream   = "DEAD"
)

// organisationToken returns the account key that a subject of ours names, and
// whether the subject has one.
func organisationToken(subject string) (string, bool) {
	tokens := strings.SplitN(subject, ".", 5)
	if len(tokens) < 5 || tokens[0] != "verloning" || tokens[1] != "v1" {
		return "", false
	}
	return tokens[3], true
}
