package payroll

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// Lock says how a run is held for the rest of the transaction.
type Lock string

// The locks: shards share a run, a calculation and an approval own it.
const (
	NoLock    Lock = ""
	ForShare  Lock = "FOR SHARE"
	ForUpdate Lock = "FOR UPDATE"
)

// Tx is what the desk needs kept, inside one transaction that either happens
// whole or not at all. Everything that the desk reads it reads as its caller:
// what belongs to others is not known.
type Tx interface {
	// Today is the database's day in Europe/Amsterdam.
	Today() calendar.Date
	// Now is what the database's clock shows in Europe/Amsterdam.
	Now() calendar.Moment

	OrganisationByCode(ctx context.Context, code string) (Organisation, bool, error)
	AddOrganisation(ctx context.Context, o Organisation, account Account) error
	// AddAccount keeps the next version of the account of the caller's organisation.
	AddAccount(ctx context.Context, a Actor, iban IBAN) (version int, err error)
	// AccountOfCounterparty reports whether an account is of somebody whom the
	// organisation pays or who pays it.
	AccountOfCounterparty(ctx context.Context, organisation uuid.UUID, iban IBAN) (bool, error)
	// OwnAccounts are the accounts that an organisation has had, by version.
	OwnAccounts(ctx context.Context, organisation uuid.UUID) ([]PayeeAccount, error)
	// AddLetterhead keeps the next version of an organisation's letterhead.
	AddLetterhead(ctx context.Context, a Actor, organisation uuid.UUID, l Letterhead) (version int, err error)
	AccountSeed(ctx context.Context, organisation uuid.UUID) ([]byte, error)
	UserByName(ctx context.Context, organisation uuid.UUID, name Name) (id uuid.UUID, roles []string, known bool, err error)
	AddUser(ctx context.Context, id, organisation uuid.UUID, name Name, roles []string) error
	AddUserKey(ctx context.Context, user uuid.UUID, public string) error

	// Person finds the person by the keyed hash of the BSN, or makes one with
	// the fresh id; without a BSN the person is the employer's own number.
	// taken reports that the person has an employment at this employer.
	Person(ctx context.Context, bsn BSN, e Employment, fresh uuid.UUID) (person uuid.UUID, taken bool, err error)
	// PersonOf finds the person that a BSN is of, which is uuid.Nil where it is
	// of nobody, and whether that person has an employment at the employer. It
	// holds the BSN, so that two who bring the same one see each other.
	PersonOf(ctx context.Context, bsn BSN, employer uuid.UUID) (person uuid.UUID, employed bool, err error)
	// AddBSN keeps the BSN of a person who was registered without one.
	AddBSN(ctx context.Context, a Actor, e Employment, bsn BSN) error
	Employment(ctx context.Context, employer uuid.UUID, number string) (Employment, bool, error)
	AddEmployment(ctx context.Context, a Actor, e Employment) error

	Contract(ctx context.Context, employer uuid.UUID, number string) (Contract, bool, error)
	// AddTerms keeps the newest version; overlaps reports that another
	// contract of the person stands in its way.
	AddTerms(ctx context.Context, a Actor, c Contract, first bool) (overlaps bool, err error)
	// EmployedElsewhere reports whether another employer has a contract of the
	// person under the scheme on the contract's days. It holds the person's row,
	// so that two employers asking at once see each other.
	EmployedElsewhere(ctx context.Context, c Contract) (bool, error)
	AddPlacement(ctx context.Context, a Actor, p Placement) (overlaps bool, err error)

	// What the net of a wage depends on: each keeps the next version and returns
	// its number.
	// WageMethod reads what is chosen for a year, under the employer's lock.
	WageMethod(ctx context.Context, employer uuid.UUID, year int) (WageMethod, error)
	// PaidRun is the regular run that paid a period and was approved.
	PaidRun(ctx context.Context, employer uuid.UUID, p calendar.Period) (Run, bool, error)
	AddRepair(ctx context.Context, a Actor, m Repair) (version int, err error)
	AddWageMethod(ctx context.Context, a Actor, year int, method string) (version int, err error)
	AddChargeTerms(ctx context.Context, a Actor, t ChargeTerms) (version int, err error)
	AddPensionTerms(ctx context.Context, a Actor, t PensionTerms) (version int, err error)
	AddAnnualWage(ctx context.Context, a Actor, e Employment, w AnnualWage) (version int, err error)
	// AddGarnishment and AddReceivable find an earlier version by its reference
	// within the employment and return the id that all versions have; the first
	// one gets the id that is handed in.
	AddGarnishment(ctx context.Context, a Actor, e Employment, g Garnishment) (id uuid.UUID, version int, err error)
	AddReceivable(ctx context.Context, a Actor, e Employment, r Receivable) (id uuid.UUID, version int, err error)
	// OpenReceivable finds what is left of a receivable; UnpaidWage finds a payment of
	// wages that is in no bank file.
	OpenReceivable(ctx context.Context, e Employment, reference string) (OpenReceivable, bool, error)
	UnpaidWage(ctx context.Context, e Employment, payment uuid.UUID) (euro.Amount, bool, error)
	AddRefund(ctx context.Context, a Actor, f Refund, owed OpenReceivable) error
	AddOpening(ctx context.Context, a Actor, c Contract, o Opening) (version int, err error)
	// FirstPaid is the first day of the first period that an approved run has
	// paid the contract.
	FirstPaid(ctx context.Context, c Contract) (first calendar.Date, paid bool, err error)

	// Verdict returns the verdict of the same submission if it was judged
	// before, and refuses the same id with another content.
	Verdict(ctx context.Context, a Actor, id uuid.UUID, req HoursSubmit) (HoursVerdict, bool, error)
	VerdictOf(ctx context.Context, a Actor, id uuid.UUID) (HoursVerdict, bool, error)
	HoursBook(ctx context.Context, a Actor, lines []HoursLine, days calendar.Span) (HoursBook, error)
	AddSubmission(ctx context.Context, a Actor, id uuid.UUID, req HoursSubmit, v HoursVerdict, hours []Hours) error

	// PeriodLocks are the statements of an employer about periods that have a day
	// in common with the span, in the order in which they were made. No other can be
	// made until the transaction ends.
	PeriodLocks(ctx context.Context, employer uuid.UUID, days calendar.Span) ([]PeriodLock, error)
	// HoldPeriods waits for everybody who read them, and holds others off.
	HoldPeriods(ctx context.Context, employer uuid.UUID) error
	// AddPeriodLocks keeps statements and returns the re-integratiebedrijven whose
	// contracts they are about.
	AddPeriodLocks(ctx context.Context, a Actor, n NewPeriodLocks) (providers []uuid.UUID, err error)
	// ContractIDs finds contracts of an employer by number, without holding them.
	ContractIDs(ctx context.Context, employer uuid.UUID, numbers []string) (map[string]uuid.UUID, error)

	// NewestReturn finds the newest return of a period, under the employer's lock,
	// and ReturnSource reads what approved payslips paid on its days.
	NewestReturn(ctx context.Context, employer uuid.UUID, p calendar.Period) (ReturnMade, bool, error)
	ReturnSource(ctx context.Context, employer uuid.UUID, p calendar.Period) (ReturnSource, error)
	AddReturn(ctx context.Context, a Actor, r WageReturn) error
	AddRemittanceTerms(ctx context.Context, a Actor, t RemittanceTerms) (version int, err error)
	// RemittanceTerms are those that hold on a day.
	RemittanceTerms(ctx context.Context, employer uuid.UUID, kind RemittanceKind, on calendar.Date) (RemittanceTerms, bool, error)
	// RemittanceOwed reads how a kind and period stand, under the employer's lock.
	RemittanceOwed(ctx context.Context, employer uuid.UUID, kind RemittanceKind, p calendar.Period) (RemittanceOwed, error)
	AddRemittance(ctx context.Context, r Remittance) error
	// Remittance finds an order of the employer, under the employer's lock.
	Remittance(ctx context.Context, employer, id uuid.UUID) (Remittance, bool, error)
	// ApproveRemittance orders the payment and posts what rounding leaves.
	ApproveRemittance(ctx context.Context, a Actor, r Remittance, p Payment, rounding []ledger.Transfer) error

	Run(ctx context.Context, id uuid.UUID, lock Lock) (Run, bool, error)
	AddRun(ctx context.Context, a Actor, r Run) (exists bool, err error)
	// NextSequence numbers an off-cycle run, under the employer's lock.
	NextSequence(ctx context.Context, r Run) (int, error)
	// EmployersIn lists, by code, the employers with a contract in the period.
	EmployersIn(ctx context.Context, p calendar.Period) ([]Organisation, error)
	// ReopenRun sets the run's status and supersedes its newest calculation.
	ReopenRun(ctx context.Context, a Actor, r Run, reason string) error
	SetRunStatus(ctx context.Context, r Run) error
	// FixCutoff assigns the next knowledge number: facts written from now on
	// are above it, and none below it can still appear.
	FixCutoff(ctx context.Context) (int64, error)
	PersonsOf(ctx context.Context, r Run, c Calculation) ([]uuid.UUID, error)
	AddCalculation(ctx context.Context, r Run, c Calculation, shards []Shard) error
	AcceptExceptions(ctx context.Context, a Actor, r Run, keys []string, reason string) (unknown []string, err error)
	OpenExceptions(ctx context.Context, r Run) (int, error)

	// SchemesAt lists the scheme files that are known at a cut-off, in order of
	// municipality, scheme and version; SchemeText is what one of them says.
	SchemesAt(ctx context.Context, cutoff int64) ([]SchemeFile, error)
	SchemeText(ctx context.Context, f SchemeFile) (string, error)

	// BankTerms are the newest that were recorded; AddBankTerms keeps the next
	// version and returns its number.
	BankTerms(ctx context.Context, organisation uuid.UUID) (BankTerms, bool, error)
	AddBankTerms(ctx context.Context, a Actor, t BankTerms) (version int, err error)
	// HoldPayments makes those who export, settle or import for the caller's
	// organisation follow on each other.
	HoldPayments(ctx context.Context, a Actor) error
	// DuePayments lists what the caller's organisation is to pay and what no file
	// holds, with what decides whether it may go; program names the schemes that come
	// with the program.
	DuePayments(ctx context.Context, a Actor, asked DueAsked, program []string) ([]DuePayment, error)
	// ChangesOf finds changes of the caller's organisation by id.
	ChangesOf(ctx context.Context, a Actor, ids []uuid.UUID) (map[uuid.UUID]PendingChange, error)
	AddConfirmations(ctx context.Context, a Actor, list []PendingChange) error
	// ReturnedPayments finds payments of the caller's organisation whose last attempt
	// came back; AddReleases notes that they may go again as they were.
	ReturnedPayments(ctx context.Context, a Actor, ids []uuid.UUID) (map[uuid.UUID]ReturnedPayment, error)
	AddReleases(ctx context.Context, a Actor, list []ReturnedPayment, reason string) error
	// AddBankFile keeps a file, sealed, with its batches and lines. A payment that
	// is in a file already is an error.
	AddBankFile(ctx context.Context, a Actor, f BankFile, content []byte, sha256 string) error

	// Publish puts events into the outbox in the same transaction. Version
	// nought asks for the next version of the aggregate, whose lock the
	// transaction holds.
	Publish(ctx context.Context, events []Event) error
}
