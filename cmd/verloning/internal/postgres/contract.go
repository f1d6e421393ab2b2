package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

func isUnique(err error) bool {
	code, _ := refusal(err)
	return code == "23505"
}

// contractRow is a contract as it is kept.
type contractRow struct {
	ID           uuid.UUID
	Employer     uuid.UUID
	Number       string
	Employment   uuid.UUID
	Person       uuid.UUID
	Scheme       string
	Municipality *uuid.UUID
	Provider     *uuid.UUID
}

const contractColumns = `c.id, c.employer, c.number, c.employment, c.person, c.scheme, c.municipality, c.provider`

func (r contractRow) contract() payroll.Contract {
	return payroll.Contract{
		ID: r.ID, Employer: r.Employer, Number: r.Number, Employment: r.Employment, Person: r.Person,
		Scheme: r.Scheme, Municipality: nilOr(r.Municipality), Provider: nilOr(r.Provider),
	}
}

// termsRow is a version of a contract as it is kept.
type termsRow struct {
	Contract      uuid.UUID
	Version       int
	ValidFrom     time.Time
	Starts        time.Time
	Ends          *time.Time
	HoursPerWeek  decimal.Decimal
	FullTimeHours decimal.Decimal
	Base          string
	Factor        decimal.Decimal
	Amount        decimal.NullDecimal
	PayBasis      string
	Averaging     bool
	Written       bool
	OpenEnded     bool
	OnCall        bool
	EndReason     *string
	EndedBy       string
	BBL           bool
	HolidayEach   bool
	LeaveWeeks    decimal.Decimal
	SickWaiting   *int
	SickPercent   decimal.NullDecimal
	SickSecond    decimal.NullDecimal
	Experience    *time.Time
	StepYears     []int
	StepFactors   []decimal.Decimal
}

const termsColumns = `v.contract, v.version, v.valid_from, v.starts, v.ends, v.hours_per_week, v.full_time_hours, v.wage_base, v.wage_factor,
	v.wage_amount, v.pay_basis, v.averaging, v.written, v.open_ended, v.on_call, v.end_reason, v.ended_by, v.bbl, v.holiday_each_period, v.leave_weeks,
	v.sick_waiting, v.sick_percentage, v.sick_second, v.experience_since, v.step_years, v.step_factors`

func (r termsRow) terms() payroll.Terms {
	t := payroll.Terms{
		Version: r.Version, ValidFrom: date(&r.ValidFrom), Span: calendar.Span{From: date(&r.Starts), To: date(r.Ends)},
		HoursPerWeek: euro.FromDecimal(r.HoursPerWeek), FullTimeHours: euro.FromDecimal(r.FullTimeHours),
		Base: payroll.WageBase(r.Base), Factor: euro.FromDecimal(r.Factor), HourlyAmount: euro.FromDecimal(r.Amount.Decimal),
		PayBasis: payroll.PayBasis(r.PayBasis), Averaging: r.Averaging, Written: r.Written, OpenEnded: r.OpenEnded, OnCall: r.OnCall,
		EndReason: orEmpty(r.EndReason), EndedBy: payroll.EndedBy(r.EndedBy),
		BBL: r.BBL, HolidayEachPeriod: r.HolidayEach, LeaveWeeks: euro.FromDecimal(r.LeaveWeeks), ExperienceSince: date(r.Experience),
	}
	for i, years := range r.StepYears {
		t.Steps = append(t.Steps, payroll.WageStep{Years: years, Factor: euro.FromDecimal(r.StepFactors[i])})
	}
	if r.SickWaiting != nil {
		t.Sick = &payroll.SickTerms{WaitingDays: *r.SickWaiting, Percentage: euro.FromDecimal(r.SickPercent.Decimal), SecondPeriod: euro.FromDecimal(r.SickSecond.Decimal)}
	}
	return t
}

// Contract finds a contract of an employer with all its versions, and locks it,
// so that versions follow on each other.
func (tx *Tx) Contract(ctx context.Context, employer uuid.UUID, number string) (payroll.Contract, bool, error) {
	return tx.contract(ctx, `c.employer = $1 AND c.number = $2`, employer, number)
}

// ContractOf finds a contract that names the actor's organisation as its
// municipality, by the employer's code and number.
func (tx *Tx) ContractOf(ctx context.Context, a payroll.Actor, employer, number string) (payroll.Contract, bool, error) {
	return tx.contract(ctx, `c.municipality = $1 AND c.number = $2 AND c.employer = (SELECT id FROM organisation WHERE code = $3)`,
		a.Organisation.ID, number, employer)
}

func (tx *Tx) contract(ctx context.Context, where string, args ...any) (payroll.Contract, bool, error) {
	rows, err := tx.Query(ctx, `SELECT `+contractColumns+` FROM contract c WHERE `+where+` FOR NO KEY UPDATE`, args...)
	if err != nil {
		return payroll.Contract{}, false, fmt.Errorf("contract: %w", err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[contractRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return payroll.Contract{}, false, nil
	}
	if err != nil {
		return payroll.Contract{}, false, fmt.Errorf("contract: %w", err)
	}
	c := row.contract()
	rows, err = tx.Query(ctx, `SELECT `+termsColumns+` FROM contract_version v WHERE v.contract = $1 ORDER BY v.version`, c.ID)
	if err != nil {
		return c, false, fmt.Errorf("contract %s: %w", c.Number, err)
	}
	versions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[termsRow])
	for _, v := range versions {
		c.Versions = append(c.Versions, v.terms())
	}
	return c, err == nil, err
}

// AddTerms keeps the newest version of a contract, and the contract itself the
// first time. The EXCLUDE of contract_current refuses overlapping contracts;
// the savepoint lets the caller still answer.
func (tx *Tx) AddTerms(ctx context.Context, a payroll.Actor, c payroll.Contract, first bool) (bool, error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return false, err
	}
	if first {
		_, err := tx.Exec(ctx, `
			INSERT INTO contract (id, employer, number, employment, person, scheme, municipality, provider, known)
			VALUES (@id, @employer, @number, @employment, @person, @scheme, @municipality, @provider, @known)`,
			pgx.NamedArgs{
				"id": c.ID, "employer": c.Employer, "number": c.Number, "employment": c.Employment, "person": c.Person, "scheme": c.Scheme,
				"municipality": null(c.Municipality), "provider": null(c.Provider), "known": known,
			})
		if err != nil {
			return false, clash("contract", "number", fmt.Errorf("add contract %s: %w", c.Number, err))
		}
	}
	err = pgx.BeginFunc(ctx, tx.Tx, func(save pgx.Tx) error {
		_, err := save.Exec(ctx, `
			INSERT INTO contract_current (contract, employer, person, scheme, days) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (contract) DO UPDATE SET days = excluded.days`, c.ID, c.Employer, c.Person, c.Scheme, days(c.Span()))
		return err
	})
	if violates(err, "contract_overlap") {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("days of contract %s: %w", c.Number, err)
	}
	return false, tx.addVersion(ctx, a, c, known)
}

func (tx *Tx) addVersion(ctx context.Context, a payroll.Actor, c payroll.Contract, known int64) error {
	t := c.Latest()
	var amount *decimal.Decimal
	if t.Base == payroll.BaseAmount {
		d := t.HourlyAmount.Decimal()
		amount = &d
	}
	var waiting *int
	var sick, second *decimal.Decimal
	if t.Sick != nil {
		first, after := t.Sick.Percentage.Decimal(), t.Sick.SecondPeriod.Decimal()
		waiting, sick, second = &t.Sick.WaitingDays, &first, &after
	}
	var years []int
	var factors []decimal.Decimal
	for _, s := range t.Steps {
		years, factors = append(years, s.Years), append(factors, s.Factor.Decimal())
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO contract_version (contract, version, valid_from, starts, ends, hours_per_week, full_time_hours, wage_base, wage_factor,
			wage_amount, pay_basis, averaging, written, open_ended, on_call, end_reason, ended_by, bbl, holiday_each_period, leave_weeks,
			sick_waiting, sick_percentage, sick_second, experience_since, step_years, step_factors, known, recorded_by)
		VALUES (@contract, @version, @from, @starts, @ends, @hours, @full, @base, @factor,
			@amount, @basis, @averaging, @written, @open, @call, @reason, @ended, @bbl, @each, @leave,
			@waiting, @sick, @second, @since, @years, @factors, @known, @by)`,
		pgx.NamedArgs{
			"contract": c.ID, "version": t.Version, "from": day(t.ValidFrom), "starts": day(t.Span.From), "ends": day(t.Span.To),
			"hours": t.HoursPerWeek.Decimal(), "full": t.FullTimeHours.Decimal(), "base": string(t.Base), "factor": t.Factor.Decimal(),
			"amount": amount, "basis": string(t.PayBasis), "averaging": t.Averaging, "written": t.Written, "open": t.OpenEnded,
			"call": t.OnCall, "reason": text(t.EndReason), "ended": string(t.EndedBy), "bbl": t.BBL, "each": t.HolidayEachPeriod, "leave": t.LeaveWeeks.Decimal(),
			"waiting": waiting, "sick": sick, "second": second,
			"since": day(t.ExperienceSince), "years": years, "factors": factors, "known": known, "by": a.User,
		})
	if err != nil {
		return clash("contract", "number", fmt.Errorf("add version %d of contract %s: %w", t.Version, c.Number, err))
	}
	return nil
}

// EmployedElsewhere looks for a contract of the person with another employer under
// the same scheme on the same days. The person's row is held, so that two
// employers who ask at the same time see each other.
func (tx *Tx) EmployedElsewhere(ctx context.Context, c payroll.Contract) (elsewhere bool, err error) {
	if _, err := tx.Exec(ctx, `SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE`, c.Person); err != nil {
		return false, fmt.Errorf("person of contract %s: %w", c.Number, err)
	}
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM contract_current k WHERE k.person = $1 AND k.scheme = $2 AND k.employer <> $3 AND k.days && $4)`,
		c.Person, c.Scheme, c.Employer, days(c.Span())).Scan(&elsewhere)
	if err != nil {
		return false, fmt.Errorf("other contracts of the person of contract %s: %w", c.Number, err)
	}
	return elsewhere, nil
}

// ContractListed is a contract as a list shows it.
type ContractListed struct {
	Contract uuid.UUID     `json:"contract"`
	Employer string        `json:"employer"`
	Number   string        `json:"number"`
	Scheme   string        `json:"scheme"`
	Start    calendar.Date `json:"start"`
	End      calendar.Date `json:"end,omitzero"`
	Versions int           `json:"versions"`
	Ended    string        `json:"end_reason,omitempty"`
}

// Contracts lists contracts that the organisation is employer, municipality or
// provider of, in order of number and employer, after one of them.
func (tx *Tx) Contracts(ctx context.Context, a payroll.Actor, after uuid.UUID, limit int) ([]ContractListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.id, o.code, c.number, c.scheme, lower(k.days), upper(k.days) - 1,
		       (SELECT count(*) FROM contract_version v WHERE v.contract = c.id)::int,
		       coalesce((SELECT v.end_reason FROM contract_version v WHERE v.contract = c.id ORDER BY v.version DESC LIMIT 1), '')
		FROM contract c JOIN organisation o ON o.id = c.employer JOIN contract_current k ON k.contract = c.id
		WHERE (c.employer = $1 OR c.municipality = $1 OR c.provider = $1)
		  AND ($2::uuid IS NULL OR (c.number, c.id) > (SELECT x.number, x.id FROM contract x WHERE x.id = $2))
		ORDER BY c.number, c.id LIMIT $3`, a.Organisation.ID, null(after), limit)
	if err != nil {
		return nil, fmt.Errorf("contracts: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ContractListed, error) {
		var c ContractListed
		var start time.Time
		var end *time.Time
		err := row.Scan(&c.Contract, &c.Employer, &c.Number, &c.Scheme, &start, &end, &c.Versions, &c.Ended)
		c.Start, c.End = date(&start), date(end)
		return c, err
	})
}
