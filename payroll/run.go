package payroll

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// RunStatus is where a run stands.
type RunStatus string

// The life of a run. A gross-only run is never paid through a bank file and
// goes from approved to closed.
const (
	RunOpened      RunStatus = "open"
	RunCalculating RunStatus = "calculating"
	RunCalculated  RunStatus = "calculated"
	RunApproved    RunStatus = "approved"
	RunPaidOut     RunStatus = "paid" // shown of an approved run, and never kept
	RunClosed      RunStatus = "closed"
)

// RunKind distinguishes the run of everybody from one for a single person.
type RunKind string

// Regular is the one run of everybody in a period. Off-cycle runs pay one
// person, and have a sequence number.
const (
	Regular  RunKind = "regular"
	OffCycle RunKind = "off_cycle"
)

// Run is the pay run of one employer for one period. Tax follows the pay date;
// wage and subsidy rules follow the day worked.
type Run struct {
	ID          uuid.UUID
	Employer    uuid.UUID
	Period      calendar.Period
	Kind        RunKind
	Sequence    int
	Person      uuid.UUID // of an off-cycle run: the one who is paid
	PayDate     calendar.Date
	Deadline    calendar.Date // for hours; a date for lists, it closes nothing
	BackTo      calendar.Date // first day that it corrects; zero: RetroYears before its period
	Status      RunStatus
	Reverses    uuid.UUID // of a reversal: the run that it mirrors
	Contract    uuid.UUID // of a reversal: the only contract; nil: all
	Calculation int       // number of the newest calculation; nought before the first
}

// RunPaid is how far the bank is with the wages and garnishments of a run.
type RunPaid struct {
	Payments int `json:"payments"`
	Settled  int `json:"settled"` // debited, and not sent back
}

// StatusBy is where a run stands by what the bank told: an approved run is paid while
// all of its payments are, and approved again when one comes back.
func (r Run) StatusBy(p RunPaid) RunStatus {
	if r.Status == RunApproved && p.Payments > 0 && p.Settled == p.Payments {
		return RunPaidOut
	}
	return r.Status
}

// RunID derives the id of a run from what it is.
func RunID(employer uuid.UUID, p calendar.Period, kind RunKind, sequence int) uuid.UUID {
	return DeriveID(fmt.Sprintf("run/%s/%s/%s/%d", employer, p, kind, sequence))
}

// CorrectsFrom is the first day of what the run may correct.
func (r Run) CorrectsFrom() calendar.Date {
	if r.BackTo.IsZero() {
		return r.Period.From.AddMonths(-12 * RetroYears)
	}
	return r.BackTo
}

// Calculation is one computation of a run from the facts known at its cut-off.
// A recalculation is a new one; only an approved one is immutable.
type Calculation struct {
	ID      int64
	Run     uuid.UUID
	Number  int
	Cutoff  int64  // knowledge number: facts above it are not seen
	RuleSet string // hash of the rules it was computed with
	Figures string // hash of the figures and schemes of the program among them
	AskedBy uuid.UUID
	Shards  int
	Hash    string // over every payslip, claim and exception; empty until calculated
}

// Shard is a range of persons that one worker computes in one transaction.
// Taxes, maxima and garnishments add up over a person's contracts, so that a
// person is never split.
type Shard struct {
	Run         uuid.UUID
	Calculation int
	Number      int
	From, To    uuid.UUID // persons, both ends included
}

// CutShards deals persons out in order into shards of at most size.
func CutShards(run uuid.UUID, calculation int, persons []uuid.UUID, size int) []Shard {
	var shards []Shard
	for start := 0; start < len(persons); start += size {
		end := min(start+size, len(persons))
		shards = append(shards, Shard{
			Run: run, Calculation: calculation, Number: len(shards) + 1,
			From: persons[start], To: persons[end-1],
		})
	}
	return shards
}
