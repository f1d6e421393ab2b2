package payroll

import (
	"encoding/json"

	"github.com/google/uuid"
)

// Namespace is where every derived id of this service is made: a UUIDv5 of
// what the thing is, so that the same thing has the same id on every machine
// and after every restart.
var Namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:verloning:v1"))

// DeriveID returns the id of a calculated thing or event from what it is.
func DeriveID(what string) uuid.UUID { return uuid.NewSHA1(Namespace, []byte(what)) }

// Event is something that happened to one aggregate and concerns one
// organisation. It carries ids and amounts, never a BSN, an IBAN or a name.
// Version counts the events of the aggregate; a version has one event.
type Event struct {
	Owner     uuid.UUID       // the organisation that may read it
	Noun      string          // kind of aggregate: "run", "claim", "payment", ...
	Aggregate uuid.UUID       // which one
	Version   int             // counted from one within the aggregate and owner
	Verb      string          // "approved", "ordered", ...
	Data      json.RawMessage // JSON object
}

// ID derives the event's identity from aggregate, owner, version and verb.
func (e Event) ID() uuid.UUID {
	key := make([]byte, 0, 64+len(e.Noun)+len(e.Verb))
	key = append(key, e.Noun...)
	key = append(key, e.Aggregate[:]...)
	key = append(key, e.Owner[:]...)
	key = append(key, byte(e.Version>>24), byte(e.Version>>16), byte(e.Version>>8), byte(e.Version))
	key = append(key, e.Verb...)
	return uuid.NewSHA1(Namespace, key)
}
