package subsidy

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// PersonFile is a dossier with what its claims need.
type PersonFile struct {
	payroll.Dossier
	Claims  map[uuid.UUID]File      // by contract
	Outside []payroll.ContractMonth // contracts without a day or hours in the period
	Past    []PastFile              // periods that were paid and are to be computed anew, in order
	Early   bool                    // something was recorded about periods before those
}

// InOrOutside finds a contract with a day or hours in the period, or without: a payslip
// that only corrects earlier periods is of one without.
func (f PersonFile) InOrOutside(contract uuid.UUID) (payroll.ContractMonth, bool) {
	if month, has := f.Month(contract); has {
		return month, true
	}
	for _, m := range f.Outside {
		if m.Contract.ID == contract {
			return m, true
		}
	}
	return payroll.ContractMonth{}, false
}

// Outcome of one shard: all rows that its transaction keeps.
type ShardResult struct {
	Payslips    []payroll.Payslip
	Claims      []Claim
	Corrections []payroll.Correction // of every past period that was computed anew
	Transfers   []ContractTransfer
	Exceptions  []payroll.Exception
	LeftOut     []uuid.UUID // persons who could not be computed
	Failed      int         // their contracts
}

// ContractTransfer is a transfer with the contract that it is about.
type ContractTransfer struct {
	Contract uuid.UUID
	ledger.Transfer
}

// RunTransfer is a transfer with the run whose month it is about.
type RunTransfer struct {
	Run payroll.Run
	ContractTransfer
}

// Posted is a posting with its transfers.
type Posted struct {
	Posting
	Transfers []RunTransfer
}

// Due is a payslip with its claims, as approval reads them back.
type Due struct {
	Payslip   payroll.Payslip
	Garnished []payroll.Garnished
	Claims    []Claim
}

// Totals of a calculation, for people and for the check that what was kept
// adds up.
type Totals struct {
	Payslips  int         `json:"payslips"`
	GrossOnly int         `json:"gross_only"` // payslips without tax
	Claims    int         `json:"claims"`
	Gross     euro.Amount `json:"gross"`
	Holiday   euro.Amount `json:"holiday_allowance"` // accrued
	Tax       euro.Amount `json:"wage_tax"`
	Pension   euro.Amount `json:"pension"`          // of employees and employer
	Charges   euro.Amount `json:"employer_charges"` // as far as they are known
	Unknown   int         `json:"charges_unknown"`  // payslips whose charges are not
	Garnished euro.Amount `json:"garnished"`
	Repaid    euro.Amount `json:"repaid"`
	Net       euro.Amount `json:"net"`
	Claimed   euro.Amount `json:"claimed"` // of municipalities, without VAT
	Hired     euro.Amount `json:"hired"`   // of inleners, without VAT
	VAT       euro.Amount `json:"vat"`
	Failed    int         `json:"failed"`
	Open      int         `json:"exceptions_open"`
	All       int         `json:"exceptions"`
}

// Posted is what a posting of the run comes to; a total is never below nil, also
// where more is paid back than claimed.
func (t Totals) Posted() euro.Amount {
	sum := euro.Sum(t.Gross, t.Holiday, t.Charges, t.Claimed, t.Hired, t.VAT)
	if sum.Sign() < 0 {
		return sum.Neg()
	}
	return sum
}

// ApprovalChecks is what stands in the way of an approval.
type ApprovalChecks struct {
	Accepted  bool // the actor accepted an exception of the run
	Overtaken bool // another run of the employer was approved after the cut-off
	Chosen    bool // how its corrections are enjoyed was chosen after the cut-off
}

// Posting is one step of a ledger, chained by hash to the one before.
type Posting struct {
	ID      uuid.UUID
	Ledger  uuid.UUID // organisation
	Kind    string    // run | grant | refusal | settlement | cost | statement | received …
	Content string    // hash of what is posted
	Total   euro.Amount
	Day     calendar.Date // in the books: the last day of the wage period, or the bank's; none: the day of posting
}

// Batch is a set of claims that one person of the municipality decided on and
// another approves.
type Batch struct {
	ID           uuid.UUID
	Municipality uuid.UUID
	GrantedBy    uuid.UUID
	Claims       int
	Total        euro.Amount // without VAT
	VAT          euro.Amount
	Hash         string
	Approved     bool
}

// posted is what the posting of a batch comes to, never below nil.
func (b Batch) posted() euro.Amount {
	if sum := b.Total.Add(b.VAT); sum.Sign() >= 0 {
		return sum
	}
	return b.Total.Add(b.VAT).Neg()
}

// Verdict is what the municipality says of a claim.
type Verdict string

// The verdicts.
const (
	Grant  Verdict = "granted"
	Partly Verdict = "partly"
	Refuse Verdict = "refused"
)

// RaisedClaim is a claim as it stands, for lists and for granting.
type RaisedClaim struct {
	Claim       uuid.UUID     `json:"claim"`
	Number      string        `json:"contract"`
	Employer    string        `json:"employer"`
	Payer       string        `json:"payer"` // code of the municipality or inlener
	Scheme      string        `json:"scheme"`
	Rule        string        `json:"rule"`
	Kind        Kind          `json:"kind"`
	Decision    string        `json:"decision,omitempty"`
	Period      string        `json:"period"`
	Origin      calendar.Date `json:"origin_period,omitzero"` // first day of the period that it corrects
	Base        euro.Amount   `json:"base"`
	Charges     euro.Amount   `json:"charges"`
	Entitled    euro.Amount   `json:"entitled"`
	Amount      euro.Amount   `json:"amount"` // without VAT
	VATRate     euro.Number   `json:"vat_percent"`
	VAT         euro.Amount   `json:"vat"`
	VATCost     euro.Amount   `json:"vat_cost"`
	Provisional bool          `json:"provisional"`
	Budget      Source        `json:"budget,omitempty"`
	Sources     []SourceShare `json:"sources,omitempty"` // what each bears, where the rule draws on several
	Status      string        `json:"status"`            // raised | ordered | reclaimed | refused | settled | withdrawn | nil
	Verdict     Verdict       `json:"verdict,omitempty"`
	Batch       *uuid.UUID    `json:"batch,omitempty"` // of the verdict, also while it waits for approval
	Granted     *euro.Amount  `json:"granted,omitempty"`
	GrantedVAT  *euro.Amount  `json:"granted_vat,omitempty"`
	Reason      string        `json:"reason,omitempty"`
	Recovery    string        `json:"recovery,omitempty"` // of what is claimed back: reclaim | contract_repayment

	GrantedBefore euro.Amount `json:"-"` // under the same decision and rule
}

// Tx is what closing the month and granting need kept, in the same transaction
// as payroll's part.
type Tx interface {
	payroll.Tx

	ContractOf(ctx context.Context, a payroll.Actor, employer, number string) (payroll.Contract, bool, error)
	DecisionByNumber(ctx context.Context, municipality uuid.UUID, number string) (Decision, bool, error)
	AddDecision(ctx context.Context, a payroll.Actor, d Decision) (overlaps bool, err error)
	AddLoonwaarde(ctx context.Context, a payroll.Actor, l Loonwaarde) (version int, err error)

	// Calculation returns a calculation of a run by its number.
	Calculation(ctx context.Context, run uuid.UUID, number int) (payroll.Calculation, bool, error)
	// TakeShard locks a shard that is still to do; false when it is done,
	// taken or superseded.
	TakeShard(ctx context.Context, s payroll.Shard) (payroll.Shard, bool, error)
	LoadShard(ctx context.Context, r payroll.Run, c payroll.Calculation, s payroll.Shard) ([]PersonFile, error)
	KeepShard(ctx context.Context, r payroll.Run, c payroll.Calculation, s payroll.Shard, result ShardResult) error
	ShardsToDo(ctx context.Context, c payroll.Calculation) (int, error)
	// ClaimedForPersons sums what was claimed under some schemes for the persons
	// of a shard, on contracts with any employer, as the cut-off knows it.
	ClaimedForPersons(ctx context.Context, r payroll.Run, c payroll.Calculation, s payroll.Shard, schemes []string) ([]Claimed, error)
	// Peaks tells on which day of the run's period most contracts run under each
	// of some schemes, with any employer, of the municipalities that the run's
	// contracts name.
	Peaks(ctx context.Context, r payroll.Run, c payroll.Calculation, schemes []string) ([]Peak, error)
	// Seal computes hash and totals over all rows of a calculation and refuses
	// with an error when its parts do not add up.
	Seal(ctx context.Context, r payroll.Run, c payroll.Calculation) (string, Totals, error)
	SetCalculated(ctx context.Context, r payroll.Run, c payroll.Calculation, hash string, t Totals) error
	Totals(ctx context.Context, r payroll.Run, c payroll.Calculation) (Totals, error)

	// DuePage reads payslips with their claims in order of contract.
	DuePage(ctx context.Context, r payroll.Run, c payroll.Calculation, after uuid.UUID, limit int) ([]Due, error)
	AddPayments(ctx context.Context, payments []payroll.Payment) error
	// ApprovalChecks looks, under the employer's lock, at what approval depends on.
	ApprovalChecks(ctx context.Context, a payroll.Actor, r payroll.Run, c payroll.Calculation) (ApprovalChecks, error)
	// Approve posts and returns the head of the ledger's chain.
	Approve(ctx context.Context, a payroll.Actor, r payroll.Run, c payroll.Calculation, p Posting) (head string, err error)
	// AddReversal keeps the run that mirrors another and holds it; the one that waits
	// for its approval is found again.
	AddReversal(ctx context.Context, a payroll.Actor, of payroll.Run, contract uuid.UUID, reason string) (payroll.Run, error)
	// Mirror writes the rows of a reversal and counts its payslips.
	Mirror(ctx context.Context, r payroll.Run, c payroll.Calculation, of payroll.Run, booked payroll.Calculation) (int, error)
	CancelPayments(ctx context.Context, a payroll.Actor, r payroll.Run) ([]PaidOut, error)
	// DropReceivables closes what the reversed run made its employees owe.
	DropReceivables(ctx context.Context, a payroll.Actor, r payroll.Run) error
	// WithdrawClaims returns the mirrors among what it withdrew.
	WithdrawClaims(ctx context.Context, r payroll.Run, c payroll.Calculation) (map[uuid.UUID]bool, error)
	// PostAll keeps a posting with its transfers.
	PostAll(ctx context.Context, a payroll.Actor, p Posted) error
	OrganisationByID(ctx context.Context, id uuid.UUID) (payroll.Organisation, error)

	// ClaimsToGrant lists what was raised on the municipality and not decided.
	ClaimsToGrant(ctx context.Context, municipality uuid.UUID, employer string, period calendar.Date) ([]RaisedClaim, error)
	AddBatch(ctx context.Context, a payroll.Actor, b Batch, lines []GrantLine) error
	Batch(ctx context.Context, municipality, id uuid.UUID) (Batch, bool, error)
	GrantedPage(ctx context.Context, b Batch, after uuid.UUID, limit int) ([]Granted, error)
	// ApproveBatch decides the claims of a batch for good; overBudget is why it
	// may spend more than a budget has.
	ApproveBatch(ctx context.Context, a payroll.Actor, b Batch, posts []Posted, overBudget string) error
	SpendBudget(ctx context.Context, a payroll.Actor, b Batch) error
	// BudgetsAfter tells what a batch would leave of each budget it draws on.
	BudgetsAfter(ctx context.Context, b Batch) ([]BudgetLeft, error)
	// AddBudgetEntries keeps entries that belong together.
	AddBudgetEntries(ctx context.Context, a payroll.Actor, entries []BudgetEntry) error
	// KeepsBudget reports whether a municipality recorded what it has for a year
	// from a source.
	KeepsBudget(ctx context.Context, a payroll.Actor, year int, source Source) (bool, error)
	// BudgetsAfterCost tells what an internal cost would leave of each budget.
	BudgetsAfterCost(ctx context.Context, c InternalCost) ([]BudgetLeft, error)
	AddInternalCost(ctx context.Context, c InternalCost) error
	// InternalCost finds a cost of the municipality, under the municipality's lock.
	InternalCost(ctx context.Context, a payroll.Actor, id uuid.UUID) (InternalCost, bool, error)
	ApproveInternalCost(ctx context.Context, a payroll.Actor, c InternalCost, p Posted, overBudget string) error
	// HoldSchemes holds the caller's schemes until the transaction ends.
	HoldSchemes(ctx context.Context, a payroll.Actor) error
	AddScheme(ctx context.Context, a payroll.Actor, f payroll.SchemeFile, text string) error
	// ApprovedUnder is the last day that an employer has approved under the
	// scheme, from the file's day on; none where nothing is approved.
	ApprovedUnder(ctx context.Context, f payroll.SchemeFile) (calendar.Date, error)
	// OverBudget allots the claims of a calculation to the budgets that their
	// municipalities keep, in order of the day and number of the decision, and
	// returns those beyond.
	OverBudget(ctx context.Context, r payroll.Run, c payroll.Calculation) ([]Beyond, error)
	AddExceptions(ctx context.Context, r payroll.Run, c payroll.Calculation, found []payroll.Exception) error
	// Reserve replaces what is expected of a decision, and keeps of each month what
	// was expected of it first.
	Reserve(ctx context.Context, d Decision, expected []Reservation) error
	// Subsidised tells of the other decisions of the municipality for the same
	// person and scheme.
	Subsidised(ctx context.Context, d Decision, c payroll.Contract) ([]calendar.Span, error)
	// DecidedFile is what the claims of a contract rest on, as known now.
	DecidedFile(ctx context.Context, c payroll.Contract) (File, error)

	// ClaimsToSettle lists claims that the organisation pays or is paid and that
	// it has not settled.
	ClaimsToSettle(ctx context.Context, a payroll.Actor, s Settle) ([]Payable, error)
	Settle(ctx context.Context, a payroll.Actor, p Posted, settled []Settlement) error

	// LastInvoice tells number and day of the employer's newest invoice, and holds
	// the employer, so that numbers follow on each other.
	LastInvoice(ctx context.Context, a payroll.Actor) (number int, day calendar.Date, err error)
	// ClaimsToInvoice lists hire prices of approved runs that no invoice charges, in
	// order of inlener.
	ClaimsToInvoice(ctx context.Context, a payroll.Actor, p calendar.Period, inlener string) ([]ToInvoice, error)
	// Invoice finds an invoice with its lines, for the employer or the debtor.
	Invoice(ctx context.Context, a payroll.Actor, employer string, number int) (HireInvoice, bool, error)
	AddInvoice(ctx context.Context, a payroll.Actor, i HireInvoice) error
	// BankImported finds what came of a message by the hash of its bytes.
	BankImported(ctx context.Context, a payroll.Actor, sha256 string) (BankImported, bool, error)
	// AddBankImport keeps a message and those of its lines that the bank had not told
	// before, and counts these.
	AddBankImport(ctx context.Context, a payroll.Actor, i BankImported, sha256 string, lines []payroll.ReportLine) (fresh int, err error)
	// OpenBankLines are the lines that nothing came of: those of an import, and older
	// ones that name something of ours.
	OpenBankLines(ctx context.Context, a payroll.Actor, imported uuid.UUID) ([]payroll.ReportLine, error)
	// SentPayments are the attempts that lines name, by themselves, by batch or by file.
	SentPayments(ctx context.Context, a payroll.Actor, lines []payroll.ReportLine) ([]payroll.SentPayment, error)
	// OpenOwed lists what is owed to the caller's organisation, or by it, of what goes
	// into none of its bank files. With names, of the subsidies that are to come in only
	// those whose payment has one of them as its end-to-end id.
	OpenOwed(ctx context.Context, a payroll.Actor, names []string) ([]Owed, error)
	// OpenBankLine finds a line of the caller's bank that nothing came of, and who handed
	// it in.
	OpenBankLine(ctx context.Context, a payroll.Actor, id uuid.UUID) (l payroll.ReportLine, importer uuid.UUID, known bool, err error)
	// AddReceived notes which lines paid what.
	AddReceived(ctx context.Context, a payroll.Actor, list []Received) error
	// ClaimsPaid are claims that the caller's organisation pays, by id.
	ClaimsPaid(ctx context.Context, a payroll.Actor, claims []uuid.UUID) (map[uuid.UUID]Payable, error)
	// KeepBank posts, and notes what became of each attempt.
	KeepBank(ctx context.Context, a payroll.Actor, posts []Posted, outcomes []payroll.BankOutcome) error
	// PaymentsInFiles are the payments of a statement that went to the bank in a file.
	PaymentsInFiles(ctx context.Context, statement uuid.UUID) (map[uuid.UUID]bool, error)

	// Participant finds the person of a BSN, or makes one.
	Participant(ctx context.Context, bsn payroll.BSN, fresh uuid.UUID) (uuid.UUID, error)
	Agreement(ctx context.Context, municipality uuid.UUID, number string) (ProviderAgreement, bool, error)
	AddAgreement(ctx context.Context, a payroll.Actor, g ProviderAgreement) error
	// Trajectory finds a trajectory of a municipality with its events and holds it
	// until the end of the transaction.
	Trajectory(ctx context.Context, municipality uuid.UUID, number string) (Trajectory, bool, error)
	AddTrajectories(ctx context.Context, a payroll.Actor, list []Trajectory) error
	AmendTrajectory(ctx context.Context, a payroll.Actor, t Trajectory) error
	AddTrajectoryEvents(ctx context.Context, a payroll.Actor, list []NewTrajectoryEvent) error
	AddEventVerdicts(ctx context.Context, a payroll.Actor, list []EventVerdict) error
	// ReportedEvents are those of a provider that wait for a first verdict.
	ReportedEvents(ctx context.Context, municipality, provider uuid.UUID, limit int) ([]EventNamed, error)

	// HoldMunicipality makes statements of a municipality follow on each other, and
	// returns the number of the next.
	HoldMunicipality(ctx context.Context, municipality uuid.UUID) (next int, err error)
	StatementFile(ctx context.Context, municipality uuid.UUID, cutoff int64) (StatementFile, error)
	AddStatement(ctx context.Context, a payroll.Actor, s Statement) error
	Statement(ctx context.Context, municipality, id uuid.UUID) (StatementHead, bool, error)
	StatementLines(ctx context.Context, s StatementHead) ([]StatementLine, error)
	// ApproveStatement posts, and books what the lines spend of each budget.
	ApproveStatement(ctx context.Context, a payroll.Actor, s StatementHead, p Posted, accepted string) error
	// StatementOver tells what a statement would leave of each budget it draws on.
	StatementOver(ctx context.Context, s StatementHead) ([]BudgetLeft, error)
	IBANs(ctx context.Context, organisations []uuid.UUID) (map[uuid.UUID]payroll.IBAN, error)
	SettleStatement(ctx context.Context, a payroll.Actor, s StatementHead, p Posted, day calendar.Date, reference string) error

	// ContractOfParty finds a contract of an employer that the caller is, or that
	// names the caller as its municipality.
	ContractOfParty(ctx context.Context, a payroll.Actor, employer, number string) (payroll.Contract, bool, error)
	AddOtherMoney(ctx context.Context, a payroll.Actor, o OtherMoney) (twice bool, err error)
	// Trails, OtherMoney, BudgetRoom and Booked are what a reconciliation of the
	// organisation rests on, up to a month. Budgets are told to their municipality
	// alone.
	Trails(ctx context.Context, a payroll.Actor, n Narrow) ([]Trail, error)
	OtherMoney(ctx context.Context, a payroll.Actor, to calendar.Date) ([]OtherMoney, error)
	BudgetRoom(ctx context.Context, a payroll.Actor) (map[BudgetKey]euro.Amount, error)
	Booked(ctx context.Context, a payroll.Actor) ([]BookedOn, error)
	// HoldReconciliation makes bookings of a municipality follow on each other.
	HoldReconciliation(ctx context.Context, a payroll.Actor) error
	AddBooking(ctx context.Context, a payroll.Actor, b Booking) error
	Booking(ctx context.Context, a payroll.Actor, id uuid.UUID) (Booking, bool, error)
	ApproveBooking(ctx context.Context, a payroll.Actor, b Booking, posts []Posted) error
}
