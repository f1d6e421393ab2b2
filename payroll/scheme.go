package payroll

import (
	"context"
	"math"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Rulebook tells of schemes what payroll must know of them. A municipality may
// add schemes while the service runs, so that what is known depends on when: the
// transaction says so.
type Rulebook interface {
	// Scheme is what the scheme of an id asks of a contract that names a
	// municipality, or none, and starts on a day, as known now. False means that
	// neither the program nor that municipality has it.
	Scheme(ctx context.Context, tx Tx, id string, municipality uuid.UUID, on calendar.Date) (SchemeRules, bool, error)
	// SetAt is a hash over everything that decides an amount at a cut-off:
	// national figures, formulas, and the schemes that are known by then.
	SetAt(ctx context.Context, tx Tx, cutoff int64) (string, error)
	// Figures is a hash over what of it came with the program, but for the formulas.
	Figures() string
	// OfProgram names the schemes that come with the program.
	OfProgram() []string
}

// SchemeRules are what a scheme asks of a contract under it.
type SchemeRules struct {
	MinFactor     euro.Number // of the minimum wage
	MinAmount     euro.Number // euro an hour, where the contract pays an amount; nought: the scheme names none
	Steps         []WageStep  // the table that the contract pays by; none: it pays by no table
	FullTimeHours euro.Number // of the sector, where the contract names none; nought: it must
	MaxMonths     int         // longest contract; nought: the scheme limits none
	Exclusive     bool        // one employer at a time for a person
	NoContract    bool        // the benefit is kept: nobody is employed under it
	HirePrice     bool        // the scheme says what an inlener pays where the placement names no price
}

// SchemeFile is a scheme file that a municipality added, or amended one with: what
// it says holds from a day on. Payroll hands it on and does not read it.
type SchemeFile struct {
	Municipality uuid.UUID
	Scheme       string
	Version      int
	From         calendar.Date
	Hash         string // of the text
}

// KnownNow stands for a cut-off after everything that is known in a transaction.
const KnownNow int64 = math.MaxInt64
