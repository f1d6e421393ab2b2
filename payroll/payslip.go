package payroll

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// LineKind is what a line of a payslip is for. The part before the point says
// which total the line is part of.
type LineKind string

// Kinds of lines beside the wage of hours.
const (
	LineFixed       LineKind = "wage.fixed"        // hours of the period times the hourly wage
	LineFixedPeriod LineKind = "wage.fixed_period" // before 2024: the amount of a whole period, by calendar days
	LineUnpaid      LineKind = "wage.unpaid"
	LineSick        LineKind = "wage.sick_less" // what a fixed wage is less during sickness

	LineHoliday         LineKind = "holiday.accrued"
	LineHolidayRounding LineKind = "holiday.rounding" // eight per cent of the sum, less the sum of what accrued

	LineHolidayPaid LineKind = "paid.holiday"
	LineLeavePaid   LineKind = "paid.leave"
	LineTransition  LineKind = "paid.transition"

	LinePension    LineKind = "withheld.pension"
	LineTax        LineKind = "withheld.tax"
	LineSpecialTax LineKind = "withheld.tax_special"
	LineGarnished  LineKind = "withheld.garnishment"
	LineRepaid     LineKind = "withheld.receivable"
	LineOverpaid   LineKind = "withheld.overpaid" // what is not withheld, and owed instead
)

// WageLine is the kind of line that pays a kind of hours.
func WageLine(k HoursKind) LineKind { return LineKind("wage." + string(k)) }

// Line is one line of a payslip. Amount is quantity times rate, rounded half
// up to cents, but for some kinds: the accrual's rate is a share of the wage, a
// fixed period's is the amount of a whole period, unpaid absence takes off no
// more than the fixed wage there is, and taxes are by their table. What is
// withheld is below nil.
type Line struct {
	Kind     LineKind
	Quantity Quantity    // hours in hundredths
	Rate     euro.Number // euro an hour, or a share
	Amount   euro.Amount
	Rule     string        // article
	Source   string        // figure and the day since which it holds
	Origin   calendar.Date // first day of the period that the line is about
	Fact     uuid.UUID     // the garnishment or receivable that something was withheld for

	kindOrder int
}

// Payslip is what one contract earned in one period, and what of it is paid.
type Payslip struct {
	Contract       uuid.UUID
	ContractNumber string
	Person         uuid.UUID
	Employment     uuid.UUID
	Period         calendar.Period
	Lines          []Line
	Wage           euro.Amount // of the hours, or fixed: what accruals and the minimum wage go by
	Gross          euro.Amount // the wage with all that is paid out beside it
	Holiday        euro.Amount // allowance accrued
	HolidayPaid    euro.Amount
	LeavePaid      euro.Amount
	Transition     euro.Amount // transitievergoeding
	LeaveAccrued   Quantity
	LeaveTaken     Quantity // or paid out
	Pension        Pension
	Tax            Withheld
	Charges        *SlipCharges // nil: the employer's charges are not known
	Garnished      euro.Amount
	Repaid         euro.Amount
	Owed           euro.Amount // by the employee, for leave taken beyond what accrued
	Overpaid       euro.Amount // by the employee, for wage of earlier periods that was too much
	Net            euro.Amount
	GrossOnly      bool // no tax was computed: net equals gross
	IBAN           IBAN
	Origins        []Origin      // what of it corrects earlier periods
	Attributed     []Attribution // and of its totals what is enjoyed in those
}

// Withheld is a payslip's part of the tax on the person's wage.
type Withheld struct {
	Regular        euro.Amount // wage of the period for the loonheffing (kolom 14)
	Special        euro.Amount // what is taxed at the special rate
	Table          euro.Amount // tax by the table
	SpecialTax     euro.Amount
	Arbeidskorting euro.Amount // verrekend
}

// Add adds another.
func (w Withheld) Add(o Withheld) Withheld {
	return Withheld{w.Regular.Add(o.Regular), w.Special.Add(o.Special), w.Table.Add(o.Table), w.SpecialTax.Add(o.SpecialTax), w.Arbeidskorting.Add(o.Arbeidskorting)}
}

// Sub is the difference with another.
func (w Withheld) Sub(o Withheld) Withheld {
	return Withheld{w.Regular.Sub(o.Regular), w.Special.Sub(o.Special), w.Table.Sub(o.Table), w.SpecialTax.Sub(o.SpecialTax), w.Arbeidskorting.Sub(o.Arbeidskorting)}
}

// Total is the tax to pay.
func (w Withheld) Total() euro.Amount { return w.Table.Add(w.SpecialTax) }

// Taxable is the wage for the loonheffing.
func (w Withheld) Taxable() euro.Amount { return w.Regular.Add(w.Special) }

// ContractMonth is a contract with the hours of one period: the newest version
// of each day and kind, in order of day.
type ContractMonth struct {
	Contract Contract
	Hours    []Hours
	Paid     euro.Amount // gross that other runs of the same days have paid
	Sickness []Hours     // hours of sickness before the period, in order of day, where the terms say less than the whole wage
	Earlier  Accrued
	Opening  *Opening      // what accrued elsewhere; nil: nothing is recorded
	Since    calendar.Date // first day of the first period that approved runs have paid; zero: none
}

// Accrued is the holiday allowance that approved runs have booked on a contract.
type Accrued struct {
	Base     euro.Amount // wage that it accrued over
	Accrued  euro.Amount
	Paid     euro.Amount
	LastPaid calendar.Date // first day of the last period with a payment; zero: none
}

// Booked is what approved runs have booked on all contracts of a person with the
// employer. Money goes by the year of payment.
type Booked struct {
	Since    calendar.Date // first day of the first period that was paid; zero: none
	Leave    Quantity      // hours of leave accrued, less those taken or paid out
	Year     Cumulatives   // of premiums, in the year of payment
	Maximum  euro.Amount   // of that year's maximum, what runs of this very period added
	LastYear euro.Amount   // wage for the loonheffing paid in the calendar year before
	Period   PeriodBooked
	Paid     []TransitionPaid
}

// PeriodBooked is what other runs of the very period have booked: the table is of
// the wages of a tijdvak together, and what a garnishment protects is left once.
type PeriodBooked struct {
	Regular        euro.Amount // wage taxed by the table
	Table          euro.Amount // tax on it
	Arbeidskorting euro.Amount
	Net            euro.Amount // paid to the employee
}

// TransitionPaid is a transitievergoeding that was paid on a contract.
type TransitionPaid struct {
	From   calendar.Date // first day of that contract
	Amount euro.Amount
}

// Plus adds what was booked on another contract.
func (b Booked) Plus(o Booked) Booked {
	since := b.Since
	if since.IsZero() || !o.Since.IsZero() && o.Since.Before(since) {
		since = o.Since
	}
	return Booked{
		Since: since, Leave: b.Leave + o.Leave, Maximum: b.Maximum.Add(o.Maximum), LastYear: b.LastYear.Add(o.LastYear),
		Period: b.Period.plus(o.Period), Paid: append(b.Paid[:len(b.Paid):len(b.Paid)], o.Paid...),
		Year: Cumulatives{Year: o.Year.Year, Insured: b.Year.Insured.Plus(o.Year.Insured), Zvw: b.Year.Zvw.Plus(o.Year.Zvw)},
	}
}

func (b PeriodBooked) plus(o PeriodBooked) PeriodBooked {
	return PeriodBooked{b.Regular.Add(o.Regular), b.Table.Add(o.Table), b.Arbeidskorting.Add(o.Arbeidskorting), b.Net.Add(o.Net)}
}

// Dossier is all that a calculation knows of one person at one employer.
type Dossier struct {
	Employment   Employment
	Settings     *Settings // of the employer, shared by all
	Contracts    []ContractMonth
	Service      []calendar.Span // of all contracts with the employer, those outside the period too
	Booked       Booked
	AnnualWages  []AnnualWage // the newest version of each year
	Garnishments []Garnishment
	Receivables  []Receivable
	Corrections  []Correction // of earlier periods
	Elsewhere    []Correction // of this period, that are enjoyed in another one: their tax is not this period's
}

// Month finds the month of a contract.
func (d Dossier) Month(contract uuid.UUID) (ContractMonth, bool) {
	for _, m := range d.Contracts {
		if m.Contract.ID == contract {
			return m, true
		}
	}
	return ContractMonth{}, false
}

// NewPayslip computes what one contract earns in a period, and what deserves
// attention. The minimum wage is by the day (WML art. 7 and 8); the holiday
// allowance is accrued over the wage (WML art. 15), leave over the hours paid (BW
// 7:634). Net equals gross: NewPayslips takes off what is withheld.
func NewPayslip(e Employment, c ContractMonth, p calendar.Period, t *Trace) (Payslip, []Exception, error) {
	earned, found, err := newEarning(e, c, p, t)
	if err != nil {
		return Payslip{}, nil, err
	}
	return earned.Payslip, found, nil
}

func newEarning(e Employment, c ContractMonth, p calendar.Period, t *Trace) (*earning, []Exception, error) {
	cut, err := segments(c.Contract, e.Birth, p.Span)
	if err != nil {
		return nil, nil, err
	}
	s := &earning{month: c, cut: cut, Payslip: Payslip{
		Contract: c.Contract.ID, ContractNumber: c.Contract.Number, Person: e.Person, Employment: e.ID,
		Period: p, GrossOnly: true, IBAN: e.IBAN,
	}}
	if s.Lines, err = wageLines(c, cut, p, t); err != nil {
		return nil, nil, err
	}
	for _, l := range s.Lines {
		s.Wage = s.Wage.Add(l.Amount)
	}
	found := s.attention(c, cut)
	s.Gross, s.Net = s.Wage, s.Wage
	if err := s.accrue(t); err != nil {
		return nil, nil, err
	}
	s.LeaveAccrued, s.LeaveTaken = leaveOf(c, cut, p, t)
	return s, found, nil
}

// WageCost is what the contract cost the employer in the period as far as
// figures go: wage, the allowance accrued, the employer's pension premium and
// charges. What is paid out of accruals is no cost again, and a transition
// payment and leave paid out are for the employer.
func (s Payslip) WageCost() euro.Amount { return euro.Sum(s.Accrued(), s.Rounding(), s.OnTop()) }

// Accrued is the wage of the period with the allowance that accrued on it.
func (s Payslip) Accrued() euro.Amount { return s.Wage.Add(s.Holiday).Sub(s.Rounding()) }

// Rounding is what the payment of the allowance books as accrued beside that.
func (s Payslip) Rounding() euro.Amount {
	for _, l := range s.Lines {
		if l.Kind == LineHolidayRounding {
			return l.Amount
		}
	}
	return euro.Zero
}

// OnTop is what the employer pays beside it.
func (s Payslip) OnTop() euro.Amount {
	if s.Charges == nil {
		return s.Pension.Employer
	}
	return s.Pension.Employer.Add(s.Charges.Total())
}

// pay adds a line of money that is paid beside the wage.
func (s *Payslip) pay(l Line) {
	s.Lines = append(s.Lines, l)
	s.Gross, s.Net = s.Gross.Add(l.Amount), s.Net.Add(l.Amount)
}

// withhold adds a line of money that is taken off.
func (s *Payslip) withhold(l Line) {
	l.Amount, l.Origin = l.Amount.Neg(), s.Period.From
	s.Lines = append(s.Lines, l)
	s.Net = s.Net.Add(l.Amount)
}

// Transfers are the employer's bookings of a payslip.
func (s Payslip) Transfers(employer uuid.UUID) []ledger.Transfer {
	charges := euro.Zero
	if s.Charges != nil {
		charges = s.Charges.Total()
	}
	book := func(debit, credit ledger.Account, amount euro.Amount) ledger.Transfer {
		return ledger.Transfer{Ledger: employer, Debit: debit, Credit: credit, Amount: amount}
	}
	return ledger.NonZero(
		book(ledger.Wages, ledger.NetWagesPayable, s.Wage),
		book(ledger.HolidayAllowance, ledger.HolidayAllowancePayable, s.Holiday),
		book(ledger.HolidayAllowancePayable, ledger.NetWagesPayable, s.HolidayPaid),
		book(ledger.LeavePaidOut, ledger.NetWagesPayable, s.LeavePaid),
		book(ledger.TransitionPayments, ledger.NetWagesPayable, s.Transition),
		book(ledger.NetWagesPayable, ledger.PensionPayable, s.Pension.Employee),
		book(ledger.NetWagesPayable, ledger.TaxPayable, s.Tax.Total()),
		book(ledger.NetWagesPayable, ledger.GarnishmentPayable, s.Garnished),
		book(ledger.NetWagesPayable, ledger.StaffReceivable, s.Repaid),
		book(ledger.StaffReceivable, ledger.LeavePaidOut, s.Owed),
		book(ledger.StaffReceivable, ledger.NetWagesPayable, s.Overpaid),
		book(ledger.PensionCost, ledger.PensionPayable, s.Pension.Employer),
		book(ledger.SocialCharges, ledger.TaxPayable, charges),
	)
}

// Hash is over every figure of the payslip in a fixed order: equal facts give
// equal bytes.
func (s Payslip) Hash() [sha256.Size]byte {
	h := sha256.New()
	put(h, s.Contract.String(), s.Person.String(), s.Period.String(), string(s.IBAN), s.LeaveAccrued.String(), s.LeaveTaken.String(), strconv.FormatBool(s.GrossOnly))
	for _, a := range s.amounts() {
		put(h, a.String())
	}
	if s.Charges != nil {
		put(h, string(s.Charges.AWfKind), string(s.Charges.AofKind))
	}
	for _, l := range s.Lines {
		put(h, string(l.Kind), l.Quantity.String(), l.Rate.String(), l.Amount.String(), l.Rule, l.Source, l.Origin.String(), l.Fact.String())
	}
	if !s.Overpaid.IsZero() {
		put(h, "overpaid", s.Overpaid.String())
	}
	for _, o := range s.Origins {
		put(h, o.Period.String(), o.LeaveAccrued.String(), o.LeaveTaken.String())
		for _, a := range o.Amounts() {
			put(h, a.String())
		}
	}
	for _, a := range s.Attributed {
		put(h, a.Period.String(), a.Paid.String(), string(a.By), fmt.Sprint(a.class()))
		for _, amount := range a.Amounts() {
			put(h, amount.String())
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// amounts are all amounts of the payslip in a fixed order.
func (s Payslip) amounts() []euro.Amount {
	list := []euro.Amount{
		s.Wage, s.Gross, s.Holiday, s.HolidayPaid, s.LeavePaid, s.Transition, s.Pension.Base, s.Pension.Employee, s.Pension.Employer,
		s.Tax.Regular, s.Tax.Special, s.Tax.Table, s.Tax.SpecialTax, s.Tax.Arbeidskorting, s.Garnished, s.Repaid, s.Owed, s.Net,
	}
	if s.Charges != nil {
		list = append(list, s.Charges.amounts()...)
	}
	return list
}

// put writes texts so that no two lists of texts give the same bytes.
func put(h hash.Hash, texts ...string) {
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d:%s,", len(t), t)
	}
}

// HashText prints a hash as people copy it.
func HashText(sum []byte) string { return hex.EncodeToString(sum) }
