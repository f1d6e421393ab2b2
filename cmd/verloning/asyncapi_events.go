package main

import (
	"reflect"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// eventForms are the data of each event, in one or more forms. They are written down a second time
// here, because the domain makes them in place; the test holds them against
// events of a month.
var eventForms = map[string][]reflect.Type{
	"contract.registered":  {reflect.TypeFor[payroll.ContractReply]()},
	"contract.amended":     {reflect.TypeFor[payroll.ContractReply]()},
	"contract.extended":    {reflect.TypeFor[payroll.ContractReply]()},
	"contract.ended":       {reflect.TypeFor[payroll.ContractReply]()},
	"decision.recorded":    {reflect.TypeFor[decisionAnnounced]()},
	"hours.accepted":       {reflect.TypeFor[hoursAccepted]()},
	"hours.rejected":       {reflect.TypeFor[hoursRejected](), reflect.TypeFor[hoursUnread]()},
	"period.locked":        {reflect.TypeFor[payroll.PeriodAnnounced]()},
	"period.reopened":      {reflect.TypeFor[payroll.PeriodAnnounced]()},
	"return.made":          {reflect.TypeFor[payroll.ReturnReply]()},
	"return.corrected":     {reflect.TypeFor[payroll.ReturnReply]()},
	"run.calculated":       {reflect.TypeFor[runAnnounced]()},
	"run.approved":         {reflect.TypeFor[runAnnounced]()},
	"run.closed":           {reflect.TypeFor[payroll.RunReply]()},
	"run.reopened":         {reflect.TypeFor[payroll.RunReply]()},
	"run.reversed":         {reflect.TypeFor[runReversed]()},
	"payment.exported":     {reflect.TypeFor[paymentExported]()},
	"payment.ordered":      {reflect.TypeFor[paymentAnnounced]()},
	"claim.raised":         {reflect.TypeFor[claimAnnounced]()},
	"claim.granted":        {reflect.TypeFor[claimAnnounced]()},
	"claim.partly":         {reflect.TypeFor[claimAnnounced]()},
	"claim.refused":        {reflect.TypeFor[claimAnnounced]()},
	"claim.reclaimed":      {reflect.TypeFor[claimAnnounced]()},
	"claim.settled":        {reflect.TypeFor[claimAnnounced]()},
	"payment.returned":     {reflect.TypeFor[paymentReturned]()},
	"claim.returned":       {reflect.TypeFor[claimAnnounced]()},
	"claim.withdrawn":      {reflect.TypeFor[claimAnnounced]()},
	"payment.settled":      {reflect.TypeFor[paymentSettled]()},
	"agreement.recorded":   {reflect.TypeFor[agreementAnnounced]()},
	"trajectory.referred":  {reflect.TypeFor[trajectoryAnnounced]()},
	"trajectory.recorded":  {reflect.TypeFor[trajectoryAnnounced]()},
	"trajectory.confirmed": {reflect.TypeFor[trajectoryAnnounced]()},
	"trajectory.contested": {reflect.TypeFor[trajectoryAnnounced]()},
	"trajectory.upheld":    {reflect.TypeFor[trajectoryAnnounced]()},
	"trajectory.rejected":  {reflect.TypeFor[trajectoryAnnounced]()},
	"fee.granted":          {reflect.TypeFor[feeAnnounced]()},
	"fee.reclaimed":        {reflect.TypeFor[feeAnnounced]()},
	"premium.granted":      {reflect.TypeFor[feeAnnounced]()},
	"premium.reclaimed":    {reflect.TypeFor[feeAnnounced]()},
	"statement.settled":    {reflect.TypeFor[statementSettled]()},
	"scheme.added":         {reflect.TypeFor[schemeAnnounced]()},
	"cost.approved":        {reflect.TypeFor[subsidy.CostApproved]()},

	"reconciliation.booked": {reflect.TypeFor[subsidy.BookingApproved]()},

	"signal.ended":     {reflect.TypeFor[subsidy.Signal]()},
	"signal.dismissed": {reflect.TypeFor[subsidy.Signal]()},
	"signal.refused":   {reflect.TypeFor[subsidy.Signal]()},
}

type runReversed struct {
	Run      uuid.UUID         `json:"run"`
	Reversal uuid.UUID         `json:"reversal"`
	Period   string            `json:"period"`
	Status   payroll.RunStatus `json:"status"` // approved or closed where one contract was reversed
}

type decisionAnnounced struct {
	subsidy.DecisionRecorded
	Contract string        `json:"contract"`
	From     calendar.Date `json:"from"`
	To       calendar.Date `json:"to,omitzero"`
}

type hoursAccepted struct {
	Submission uuid.UUID              `json:"submission"`
	Lines      int                    `json:"lines"`
	Verdict    []payroll.AcceptedLine `json:"verdict"`
}

type hoursRejected struct {
	Submission uuid.UUID             `json:"submission"`
	Refused    []payroll.RefusedLine `json:"refused"`
}

// hoursUnread tells of hours that were refused before any line was judged.
type hoursUnread struct {
	Digest   string            `json:"sha256"` // of what was handed in
	Meaning  payroll.Meaning   `json:"meaning"`
	Problems []payroll.Problem `json:"problems"`
}

type runAnnounced struct {
	Run         uuid.UUID       `json:"run"`
	Period      calendar.Period `json:"period"`
	Calculation int             `json:"calculation"`
	Hash        string          `json:"hash"`
	GrossOnly   bool            `json:"gross_only"`
	Totals      subsidy.Totals  `json:"totals"`
	Ledger      string          `json:"ledger_head,omitempty"` // of the employer, after approval
}

type paymentAnnounced struct {
	Payment   uuid.UUID           `json:"payment"`
	Kind      payroll.PaymentKind `json:"kind"`
	Run       *uuid.UUID          `json:"run,omitempty"`
	Contract  string              `json:"contract,omitempty"`
	Claim     *uuid.UUID          `json:"claim,omitempty"`
	Statement *uuid.UUID          `json:"statement,omitempty"`
	Period    calendar.Period     `json:"period"`
	PayDate   calendar.Date       `json:"pay_date"`
	Amount    euro.Amount         `json:"amount"`
	Currency  string              `json:"currency"`
	EndToEnd  string              `json:"end_to_end"`
}

type paymentExported struct {
	Payment   uuid.UUID     `json:"payment"`
	File      uuid.UUID     `json:"file"`
	Batch     string        `json:"batch"` // name of the batch to the bank
	Attempt   int           `json:"attempt"`
	EndToEnd  string        `json:"end_to_end"`
	Execution calendar.Date `json:"execution"`
	Amount    euro.Amount   `json:"amount"`
	Currency  string        `json:"currency"`
}

type claimAnnounced struct {
	Claim    uuid.UUID       `json:"claim"`
	Contract string          `json:"contract"`
	Decision string          `json:"decision,omitempty"`
	Scheme   string          `json:"scheme"`
	Rule     string          `json:"rule"`
	Kind     subsidy.Kind    `json:"kind"`
	Period   calendar.Period `json:"period"`
	Origin   calendar.Date   `json:"origin_period,omitzero"` // first day of the period that it corrects
	Amount   euro.Amount     `json:"amount"`
	VAT      euro.Amount     `json:"vat"`
	Granted  *euro.Amount    `json:"granted,omitempty"`
	Settled  *calendar.Date  `json:"settled,omitempty"`
	Currency string          `json:"currency"`
	Budget   subsidy.Source  `json:"budget,omitempty"`
	Recovery string          `json:"recovery,omitempty"` // of what is claimed back: reclaim | contract_repayment
}

// schemeAnnounced tells of a scheme file without its text.
type schemeAnnounced struct {
	Scheme  string        `json:"scheme"`
	Version int           `json:"version"`
	From    calendar.Date `json:"from"`
	Hash    string        `json:"hash"`
}

type paymentSettled struct {
	Payment  uuid.UUID     `json:"payment"`
	Claim    *uuid.UUID    `json:"claim,omitempty"`
	Attempt  int           `json:"attempt,omitempty"`    // of what the bank told; none of what was settled by hand
	EndToEnd string        `json:"end_to_end,omitempty"` // the same
	Day      calendar.Date `json:"day"`
	Amount   euro.Amount   `json:"amount"`
	Currency string        `json:"currency"`
}

type paymentReturned struct {
	Payment  uuid.UUID     `json:"payment"`
	Claim    *uuid.UUID    `json:"claim,omitempty"`
	Attempt  int           `json:"attempt"`
	EndToEnd string        `json:"end_to_end"`
	Rejected bool          `json:"rejected,omitempty"` // never carried out
	Reason   string        `json:"reason,omitempty"`   // code of the bank
	Day      calendar.Date `json:"day,omitzero"`       // none of what was rejected
	Amount   euro.Amount   `json:"amount"`
	Currency string        `json:"currency"`
}

type agreementAnnounced struct {
	Agreement uuid.UUID `json:"agreement"`
	Number    string    `json:"number"`
	Scheme    string    `json:"scheme"`
}

type trajectoryAnnounced struct {
	Trajectory uuid.UUID              `json:"trajectory"`
	Number     string                 `json:"number"`
	Scheme     string                 `json:"scheme"`
	Kind       subsidy.TrajectoryKind `json:"kind,omitempty"`
	Event      int                    `json:"event,omitempty"`
	Day        calendar.Date          `json:"day"`
	Product    string                 `json:"product,omitempty"`
	State      subsidy.EventState     `json:"state,omitempty"`
	Until      calendar.Date          `json:"until,omitzero"` // by when a contested event is to be proved
}

type feeAnnounced struct {
	Fee       uuid.UUID       `json:"fee"`
	Statement uuid.UUID       `json:"statement"`
	Number    string          `json:"number"` // of the trajectory or the agreement
	Scheme    string          `json:"scheme"`
	Rule      string          `json:"rule"`
	Key       string          `json:"key"`
	Day       calendar.Date   `json:"day"`
	Period    calendar.Period `json:"period"`
	Amount    euro.Amount     `json:"amount"`
	VAT       euro.Amount     `json:"vat"`
	Currency  string          `json:"currency"`
}

type statementSettled struct {
	subsidy.StatementSettled
	Day calendar.Date `json:"day"`
}
