package payroll

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// LineKind is what a line of a payslip is for.
type LineKind string

// Kinds of lines beside the wage of hours.
const (
	LineFixed       LineKind = "wage.fixed"        // hours of the period times the hourly wage
	LineFixedPeriod LineKind = "wage.fixed_period" // before 2024: the amount of a whole period, by calendar days
	LineUnpaid      LineKind = "wage.unpaid"
	LineHoliday     LineKind = "holiday.accrued"
)

// WageLine is the kind of line that pays a kind of hours.
func WageLine(k HoursKind) LineKind { return LineKind("wage." + string(k)) }

// Line is one line of a payslip. Amount is quantity times rate, rounded half
// up to cents, but for three kinds: the accrual's rate is a share of the gross
// wage, a fixed period's is the amount of a whole period, and unpaid absence
// takes off no more than the fixed wage there is.
type Line struct {
	Kind     LineKind
	Quantity Quantity    // hours in hundredths
	Rate     euro.Number // euro an hour, or a share
	Amount   euro.Amount
	Rule     string        // article
	Source   string        // figure and the day since which it holds
	Origin   calendar.Date // first day of the period that the line is about

	kindOrder int
}

// Payslip is what one contract earned in one period.
type Payslip struct {
	Contract       uuid.UUID
	ContractNumber string
	Person         uuid.UUID
	Employment     uuid.UUID
	Period         calendar.Period
	Lines          []Line
	Gross          euro.Amount
	Holiday        euro.Amount // allowance accrued, not paid
	Net            euro.Amount
	GrossOnly      bool // no tax was computed: net equals gross
	IBAN           IBAN
}

// ContractMonth is a contract with the hours of one period: the newest version
// of each day and kind, in order of day.
type ContractMonth struct {
	Contract Contract
	Hours    []Hours
	Paid     euro.Amount // gross that other runs of the same days have paid
	Sickness []Hours     // hours of sickness before the period, in order of day, where the terms say less than the whole wage
	Earlier  Earlier
}

// Earlier is what approved runs have booked on a contract.
type Earlier struct {
	HolidayBase euro.Amount // wage that the allowance accrued over
	Holiday     euro.Amount // allowance accrued
	HolidayPaid euro.Amount
	Leave       Quantity // hours of leave accrued, less those taken or paid out
	Year        Cumulatives
	Period      euro.Amount // of the maximum of the year, what runs of this very period added
	LastYear    euro.Amount // wage for the loonheffing paid in the calendar year before
}

// Dossier is all that a calculation knows of one person at one employer.
type Dossier struct {
	Employment   Employment
	Settings     *Settings // of the employer, shared by all
	Contracts    []ContractMonth
	AnnualWages  []AnnualWage // the newest version of each year
	Garnishments []Garnishment
	Receivables  []Receivable
}

// NewPayslip computes one contract's payslip in a period, and what deserves
// attention. The minimum wage is by the day (WML art. 7 and 8); the holiday
// allowance is accrued over the gross (WML art. 15). Net equals gross: no tax
// is computed here, and the payslip says so.
func NewPayslip(e Employment, c ContractMonth, p calendar.Period, t *Trace) (Payslip, []Exception, error) {
	cut, err := segments(c.Contract, e.Birth, p.Span)
	if err != nil {
		return Payslip{}, nil, err
	}
	slip := Payslip{
		Contract: c.Contract.ID, ContractNumber: c.Contract.Number, Person: e.Person, Employment: e.ID,
		Period: p, GrossOnly: true, IBAN: e.IBAN,
	}
	if slip.Lines, err = wageLines(c, cut, p, t); err != nil {
		return Payslip{}, nil, err
	}
	for _, l := range slip.Lines {
		slip.Gross = slip.Gross.Add(l.Amount)
	}
	accrual, err := holidayLine(slip.Gross, p, t)
	if err != nil {
		return Payslip{}, nil, err
	}
	slip.Lines = append(slip.Lines, accrual)
	slip.Holiday, slip.Net = accrual.Amount, slip.Gross
	return slip, slip.attention(c, cut), nil
}

// WageCost is what the contract cost the employer in the period as far as
// figures go: gross wage and the allowance accrued.
func (s Payslip) WageCost() euro.Amount { return s.Gross.Add(s.Holiday) }

// Transfers are the employer's bookings of a payslip.
func (s Payslip) Transfers(employer uuid.UUID) []ledger.Transfer {
	return ledger.NonZero(
		ledger.Transfer{Ledger: employer, Debit: ledger.Wages, Credit: ledger.NetWagesPayable, Amount: s.Gross},
		ledger.Transfer{Ledger: employer, Debit: ledger.HolidayAllowance, Credit: ledger.HolidayAllowancePayable, Amount: s.Holiday},
	)
}

// Hash is over every figure of the payslip in a fixed order: equal facts give
// equal bytes.
func (s Payslip) Hash() [sha256.Size]byte {
	h := sha256.New()
	put(h, s.Contract.String(), s.Person.String(), s.Period.String(), s.Gross.String(), s.Holiday.String(), s.Net.String(), string(s.IBAN))
	for _, l := range s.Lines {
		put(h, string(l.Kind), l.Quantity.String(), l.Rate.String(), l.Amount.String(), l.Rule, l.Source, l.Origin.String())
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// put writes texts so that no two lists of texts give the same bytes.
func put(h hash.Hash, texts ...string) {
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d:%s,", len(t), t)
	}
}

// HashText prints a hash as people copy it.
func HashText(sum []byte) string { return hex.EncodeToString(sum) }
