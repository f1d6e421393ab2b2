package subsidy

import (
	"fmt"
	"strings"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Mark says where a value of a scheme comes from.
type Mark string

// The marks: stated in the source, a public rule, or a setting that the
// municipality must confirm.
const (
	Stated  Mark = "stated"
	Public  Mark = "public"
	Setting Mark = "setting"
)

// Scheme is one municipal or statutory scheme with its dated versions: data,
// read from a file, with no Go of its own.
type Scheme struct {
	ID           string    `yaml:"scheme" json:"scheme"`
	Name         Label     `yaml:"name" json:"name"`
	Municipality string    `yaml:"municipality" json:"municipality,omitempty"` // empty: any municipality
	Versions     []Version `yaml:"versions" json:"versions"`
}

// Label is a text in Dutch and English.
type Label struct {
	NL string `yaml:"nl" json:"nl"`
	EN string `yaml:"en" json:"en"`
}

// Version is a scheme as it holds from a day.
type Version struct {
	From        Day            `yaml:"from" json:"from"`
	To          Day            `yaml:"to" json:"to,omitzero"` // its last day; none: until the next version
	Source      string         `yaml:"source" json:"source"`
	Status      Status         `yaml:"status" json:"status"`
	Wage        *WageTerms     `yaml:"wage" json:"wage,omitempty"`
	Period      *SubsidyPeriod `yaml:"period" json:"period,omitempty"`
	Eligibility Eligibility    `yaml:"eligibility" json:"eligibility,omitzero"`
	Pay         []PayRule      `yaml:"pay" json:"pay"`
	Exits       []string       `yaml:"exits" json:"exits,omitempty"`
	Outcome     *Outcome       `yaml:"outcome" json:"outcome,omitempty"`
	Saving      *Saving        `yaml:"saving" json:"saving,omitempty"`
	ContestDays *Marked        `yaml:"contest_days" json:"contest_days,omitempty"` // within which a contested outcome is to be proved
}

// Status says whether the person is employed and keeps a benefit.
type Status struct {
	Kind        string `yaml:"kind" json:"kind"`                           // employee | benefit
	Employer    string `yaml:"employer" json:"employer,omitempty"`         // who employs; none where the benefit is kept
	WithBenefit string `yaml:"with_benefit" json:"with_benefit,omitempty"` // never | offset | kept
	Exclusive   bool   `yaml:"exclusive" json:"exclusive,omitempty"`       // one employer at a time for a person
	// HoursPerWeek is how long who keeps a benefit takes part; it decides no amount.
	HoursPerWeek *Marked `yaml:"hours_per_week" json:"hours_per_week,omitempty"`
}

// Marked is a number with the mark of its source.
type Marked struct {
	Value Decimal `yaml:"value" json:"value"`
	Mark  Mark    `yaml:"mark" json:"mark"`
}

// WageTerms are what a contract under the scheme must pay at least, by one of
// three bases, and the full-time week that holds where the contract names none.
type WageTerms struct {
	Base          string     `yaml:"base" json:"base"`               // WML | amount | steps
	Factor        *Marked    `yaml:"factor" json:"factor,omitempty"` // with WML: of the minimum wage
	Amount        *Marked    `yaml:"amount" json:"amount,omitempty"` // with amount: euro an hour
	Steps         []WageStep `yaml:"steps" json:"steps,omitempty"`   // with steps: by years of experience
	FullTimeHours *Marked    `yaml:"full_time_hours" json:"full_time_hours,omitempty"`
}

// WageStep is a step of a wage table: the factor of the minimum wage that is paid
// from so many whole years of experience on.
type WageStep struct {
	Years  int    `yaml:"years" json:"years"`
	Factor Marked `yaml:"factor" json:"factor"`
}

// SubsidyPeriod is how long the scheme pays, and what it limits: the subsidy
// unless it says that the contract is limited too.
type SubsidyPeriod struct {
	Months       *Marked `yaml:"months" json:"months,omitempty"`       // none: no limit
	Extension    *Marked `yaml:"extension" json:"extension,omitempty"` // months more, once, by a decision to extend
	Before       *Marked `yaml:"before" json:"before,omitempty"`       // months of diagnosis before the start, at most
	Limits       string  `yaml:"limits" json:"limits"`                 // subsidy | contract
	ReviewMonths []int   `yaml:"review_months" json:"review_months,omitempty"`
}

// months is the limit of a contract or decision, which may hold the extension
// from the start; ParseScheme refuses one that is no whole number.
func (p SubsidyPeriod) months() int { return wholeMonths(p.Months) + wholeMonths(p.Extension) }

// wholeMonths is a marked number of months, nought where there is none.
func wholeMonths(m *Marked) int {
	if m == nil {
		return 0
	}
	n, err := m.Value.Int()
	if err != nil {
		panic("subsidy: a scheme passed with a broken number of months: " + err.Error())
	}
	return n
}

// Eligibility lists what must be answered yes, and what the scheme has room
// for.
type Eligibility struct {
	Benefits      []Benefit `yaml:"benefits" json:"benefits,omitempty"` // the participant has one of these
	Require       []string  `yaml:"require" json:"require,omitempty"`
	Exclude       []string  `yaml:"exclude" json:"exclude,omitempty"`
	OncePerPerson bool      `yaml:"once_per_person" json:"once_per_person,omitempty"`
	Places        int       `yaml:"places" json:"places,omitempty"`
}

// PayRule is one thing owed by or to anyone under the scheme.
type PayRule struct {
	ID       string                         `yaml:"id" json:"id"`
	Kind     Kind                           `yaml:"kind" json:"kind"`
	Payer    string                         `yaml:"payer" json:"payer"`           // municipality | inlener
	Payee    string                         `yaml:"payee" json:"payee,omitempty"` // employer | provider | person; none of an internal cost
	Trigger  string                         `yaml:"trigger" json:"trigger,omitempty"`
	Product  string                         `yaml:"product" json:"product,omitempty"` // of the trigger product
	Speed    bool                           `yaml:"speed" json:"speed,omitempty"`     // sooner at work pays no less in all
	Amount   AmountForm                     `yaml:"amount" json:"amount"`
	Mark     Mark                           `yaml:"mark" json:"mark"`
	Cap      string                         `yaml:"cap" json:"cap,omitempty"`           // wage_cost | wage_cost_total
	Limit    *Marked                        `yaml:"limit" json:"limit,omitempty"`       // euro for one person in all
	Year     *YearTerms                     `yaml:"year" json:"year,omitempty"`         // what a person gets in a calendar year
	Clawback *Clawback                      `yaml:"clawback" json:"clawback,omitempty"` // what an early end costs
	VAT      *VATTerms                      `yaml:"vat" json:"vat,omitempty"`
	Document string                         `yaml:"document" json:"document"` // decision | agreement | invoice | hours | order | settlement
	Budget   map[string]Decimal             `yaml:"budget" json:"budget,omitempty"`
	BudgetBy map[Benefit]map[string]Decimal `yaml:"budget_by" json:"budget_by,omitempty"` // instead, by the participant's benefit
}

// ByTrajectory reports whether the rule pays for a trajectory, on the
// municipality's own statement, and not for a contract in an employer's run.
func (r PayRule) ByTrajectory() bool { return r.Payee == "provider" || r.Payee == "person" }

// ForContract reports whether the run of an employer computes the rule.
func (r PayRule) ForContract() bool { return r.Kind != Internal && !r.ByTrajectory() }

// The triggers: each month, the start, a milestone, a product that was delivered,
// a qualifying outcome, a contract year of a provider, and each six months of
// participation.
const (
	Monthly      = "month"
	AtStart      = "start"
	Milestone    = "milestone"
	OnProduct    = "product"
	OnOutcome    = "outcome"
	ContractYear = "contract_year"
	SixMonths    = "six_months"
)

// Benefit is the benefit that a participant has at referral.
type Benefit string

// The benefits that tell who bears the cost, and whether somebody has none.
const (
	WWB       Benefit = "WWB" // and its successors
	WIA       Benefit = "WIA"
	WW        Benefit = "WW"
	NoBenefit Benefit = "none"
)

// Benefits are all that are known.
var Benefits = []Benefit{WWB, WIA, WW, NoBenefit}

// YearTerms limit what one person gets of a kind in a calendar year: a number of
// times under the scheme, and an amount over all schemes, which is the amount
// that does not count as income (Participatiewet art. 31 lid 2 onder j).
type YearTerms struct {
	Times *Marked `yaml:"times" json:"times,omitempty"`
	Cap   string  `yaml:"cap" json:"cap,omitempty"` // premium: the national figure
}

// Clawback says what an end before the months are served costs: the amount is
// earned by whole months served. Only an end for a named reason takes back what
// was paid beyond that; for another, what was paid stays. Under a decision that is
// a reclaim (terugvordering), under an agreement it follows from the contract.
type Clawback struct {
	Months  Marked   `yaml:"months" json:"months"`
	Reasons []string `yaml:"reasons" json:"reasons"`
}

// The caps on wage cost: each month cumulatively, what exceeds it being carried
// over; or over the whole period, until when what is paid is an advance.
const (
	CapWageCost      = "wage_cost"
	CapWageCostTotal = "wage_cost_total"
)

// VATTerms say which part of the VAT on a supply the payer gets back from the
// BTW-compensatiefonds; the rest burdens its budget.
type VATTerms struct {
	Compensable Marked `yaml:"compensable" json:"compensable"`
}

// AmountForm is one of the forms; exactly one is set.
type AmountForm struct {
	Fixed              *FixedAmount  `yaml:"fixed" json:"fixed,omitempty"`
	Pct                *PctAmount    `yaml:"pct" json:"pct,omitempty"`
	Gap                *GapAmount    `yaml:"gap" json:"gap,omitempty"`
	Parts              *PartsAmount  `yaml:"parts" json:"parts,omitempty"`
	Hourly             *HourlyAmount `yaml:"hourly" json:"hourly,omitempty"`
	Ladder             *LadderAmount `yaml:"ladder" json:"ladder,omitempty"`
	Settle             *SettleAmount `yaml:"settle" json:"settle,omitempty"`
	Loonkostensubsidie *LksAmount    `yaml:"loonkostensubsidie" json:"loonkostensubsidie,omitempty"`
	CostPrice          *CostPrice    `yaml:"cost_price" json:"cost_price,omitempty"`
}

// FixedAmount is an amount each trigger, in part months by calendar days.
type FixedAmount struct {
	Amount Marked `yaml:"amount" json:"amount"`
}

// The bases of a share.
const (
	OfWageCost = "wage_cost" // of the period
	OfMinimum  = "WML"       // of the day, times hours over full-time hours
)

// PctAmount is a share of a base. A share of the wage cost may leave to the
// employer what the contract pays above the minimum wage, and name a percentage
// for employer charges where national figures are missing.
type PctAmount struct {
	Of                   string  `yaml:"of" json:"of"`
	WithHolidayAllowance bool    `yaml:"with_holiday_allowance" json:"with_holiday_allowance,omitempty"`
	AtMinimum            bool    `yaml:"at_minimum" json:"at_minimum,omitempty"`
	Charges              *Marked `yaml:"employer_charges" json:"employer_charges,omitempty"` // 0.20 is a fifth on top
	Rate                 Marked  `yaml:"rate" json:"rate"`                                   // 0.50 is half
}

// GapAmount is what somebody falls short of: base × (1 − productivity), at most
// a share of the base.
type GapAmount struct {
	Of                   string  `yaml:"of" json:"of"` // WML
	WithHolidayAllowance bool    `yaml:"with_holiday_allowance" json:"with_holiday_allowance,omitempty"`
	By                   string  `yaml:"by" json:"by"` // productivity
	MaxShare             Decimal `yaml:"max_share" json:"max_share"`
}

// PartsAmount is a price in shares, each due at a milestone of the subsidy
// period: start, or month_N when N months have been served; of a trajectory also
// plan, placed, and placed_month_N when a job has lasted N months.
type PartsAmount struct {
	Price  Marked             `yaml:"price" json:"price"`
	Shares map[string]Decimal `yaml:"shares" json:"shares"`
}

// HourlyAmount is a price for each hour worked: the placement's own, or else
// this one. An internal cost without a price is recorded as an amount.
type HourlyAmount struct {
	Price *Marked `yaml:"price" json:"price,omitempty"` // euro an hour
}

// LadderAmount is a price by how soon somebody is at work: the first step whose
// months have not passed. A placement on the last day of month 3 is within three
// months. It is due once the job is certain to last as the scheme asks, or in shares
// at milestones from the placement on.
type LadderAmount struct {
	By     string             `yaml:"by" json:"by"` // months_to_work, counted from the start, or from the referral where no start was recorded
	Steps  []LadderStep       `yaml:"steps" json:"steps"`
	Shares map[string]Decimal `yaml:"shares" json:"shares,omitempty"`
}

// LadderStep is what is paid up to and including a month; later there is nothing.
type LadderStep struct {
	To     int    `yaml:"to" json:"to"`
	Amount Marked `yaml:"amount" json:"amount"`
}

// SettleAmount is a bonus, or below nil a malus, for a contract year of a
// provider: a share of its turnover for each point by which the outcome differs
// from the target, at most a share of the turnover either way.
type SettleAmount struct {
	Of       string `yaml:"of" json:"of"`               // product_turnover: of this scheme's products in that year, without VAT
	Base     string `yaml:"base" json:"base"`           // what the outcome is a percentage of: exits, starters or referrals of the year
	Target   Marked `yaml:"target" json:"target"`       // percent
	PerPoint Marked `yaml:"per_point" json:"per_point"` // share of the turnover; 0.01 is 1 %
	Cap      Marked `yaml:"cap" json:"cap"`             // share of the turnover
}

// CostPrice is a hire price of what the person costs: the wage cost at the minimum
// wage less the subsidies on it, with a part of that on top for risk and for
// overhead.
type CostPrice struct {
	Risk     Marked `yaml:"risk" json:"risk"` // 0.05 is a twentieth on top
	Overhead Marked `yaml:"overhead" json:"overhead"`
}

// LksAmount is the statutory loonkostensubsidie of Participatiewet art. 10d;
// its figures are national law and stand in no scheme file.
type LksAmount struct {
	Article string `yaml:"article" json:"article"`
}

// Outcome is what the scheme counts as success: an exit for one of the reasons,
// to a job that meets what is asked of it.
type Outcome struct {
	Event          string   `yaml:"event" json:"event"`
	Reasons        []string `yaml:"reasons" json:"reasons,omitempty"` // exits that count; none: work
	Sector         string   `yaml:"sector" json:"sector,omitempty"`
	ContractMonths int      `yaml:"contract_months" json:"contract_months"`   // of the job, at least
	Successive     bool     `yaml:"successive" json:"successive,omitempty"`   // jobs that follow on each other add up
	HoursShare     *Marked  `yaml:"hours_share" json:"hours_share,omitempty"` // hours of the job over a full week, at least
	Base           string   `yaml:"base" json:"base"`                         // what the target is a part of
	AlsoBases      []string `yaml:"also_bases" json:"also_bases,omitempty"`   // others that a source uses, each with its own result
	OffBenefit     []string `yaml:"off_benefit" json:"off_benefit,omitempty"` // exits that end the benefit, for whatever reason
	Target         *Target  `yaml:"target" json:"target,omitempty"`
}

// Target is what a scheme wants to reach: a number of people, or a percentage of
// the base.
type Target struct {
	Count   *Marked `yaml:"count" json:"count,omitempty"`
	Percent *Marked `yaml:"percent" json:"percent,omitempty"`
}

// Saving is what the municipality reckons to save on benefits: an amount a year,
// for each month that somebody is off benefit after an exit for these reasons.
type Saving struct {
	PerYear Marked   `yaml:"per_year" json:"per_year"`
	Reasons []string `yaml:"reasons" json:"reasons"`
	Plan    *Marked  `yaml:"plan" json:"plan,omitempty"` // euro a year that the plan costs
}

// Kind is what a claim is: VAT falls on supplies (fee, hire) and not on
// subsidies.
type Kind string

// The kinds of claims.
const (
	Subsidy Kind = "subsidy"
	Fee     Kind = "fee"
	Premium Kind = "premium"
	Hire    Kind = "hire"
	// Internal is a cost of the municipality itself, such as a jobcoach in its
	// service: no payee, no claim and no payment.
	Internal Kind = "internal"
)

// Day is a calendar date in a scheme file.
type Day struct{ calendar.Date }

// Decimal is a decimal number in a scheme file, written as a quoted text so
// that no YAML reader makes a float, an octal or a sexagesimal of it.
type Decimal struct{ euro.Number }

// UnmarshalYAML takes a quoted number and nothing else.
func (d *Decimal) UnmarshalYAML(raw []byte) error {
	text := strings.TrimSpace(string(raw))
	if len(text) < 2 || (text[0] != '"' && text[0] != '\'') || text[len(text)-1] != text[0] {
		return fmt.Errorf("%.40s: write numbers in quotes, such as \"1.00\"", text)
	}
	return d.UnmarshalText([]byte(text[1 : len(text)-1]))
}

// On returns the version that holds on a day.
func (s Scheme) On(day calendar.Date) (Version, bool) {
	v, begun := s.begun(day)
	if !begun || !v.To.IsZero() && v.To.Before(day) {
		return Version{}, false
	}
	return v, true
}

// begun returns the last version that has begun on a day, ended or not.
func (s Scheme) begun(day calendar.Date) (Version, bool) {
	for i := len(s.Versions) - 1; i >= 0; i-- {
		if !s.Versions[i].From.After(day) {
			return s.Versions[i], true
		}
	}
	return Version{}, false
}

// Governing returns the version that a contract or a decision from a day is held
// against: the one of the day or, where none holds then, the one before it or
// else the first. Days outside the scheme give nothing, and are no way around its
// terms.
func (s Scheme) Governing(day calendar.Date) (Version, bool) {
	if version, dated := s.begun(day); dated || len(s.Versions) == 0 {
		return version, dated
	}
	return s.Versions[0], true
}
