package payroll

import (
	"github.com/google/uuid"
)

// Desk is where commands arrive: it says which step follows which, what is
// kept with it and what is announced. Every method runs inside one transaction
// and may be run again from the start.
type Desk struct {
	NewID     func() uuid.UUID // version 7, for facts
	Locksmith Locksmith        // mints keys on the bus
	Rules     Rulebook
	Bank      Bank // messages to and from banks
	ShardSize int  // persons a shard
}

// Locksmith mints identities on the bus.
type Locksmith interface {
	NewAccount() (Account, error)
	NewUser(accountSeed []byte, label string) (UserKey, error)
}

// Account is an organisation's account on the bus.
type Account struct {
	Public string
	Seed   []byte
}

// UserKey is a user's key; the credentials are given out once.
type UserKey struct {
	Public      string
	Credentials []byte
}
