package payroll

import (
	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Desk is where commands arrive: it says which step follows which, what is
// kept with it and what is announced. Every method runs inside one transaction
// and may be run again from the start.
type Desk struct {
	NewID     func() uuid.UUID                                      // version 7, for facts
	Locksmith Locksmith                                             // mints keys on the bus
	Scheme    func(id string, on calendar.Date) (SchemeRules, bool) // what a scheme asks of contracts
	ShardSize int                                                   // persons a shard
	RuleSet   string                                                // hash of the rules in force
}

// SchemeRules are what a scheme asks of a contract under it.
type SchemeRules struct {
	MinFactor     euro.Number // of the minimum wage
	FullTimeHours euro.Number // of the sector, where the contract names none; nought: it must
	MaxMonths     int         // longest contract; nought: the scheme limits none
	Exclusive     bool        // one employer at a time for a person
	HirePrice     bool        // the scheme says what an inlener pays where the placement names no price
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
