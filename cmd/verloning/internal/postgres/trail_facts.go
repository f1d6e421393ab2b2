package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// contractMonth names a month of a contract or an employer.
type contractMonth struct {
	id    uuid.UUID
	month calendar.Date
}

// each goes through the trails with the decision that they belong to.
func (t *trails) each(do func(trailKey, *subsidy.Trail)) {
	for _, key := range t.order {
		do(key, t.at[key])
	}
}

// hours are what was handed in of each contract and month, by the newest version of
// each day and kind: for days of the contract, of those in sickness, and for days after
// its end.
func (t *trails) hours(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT n.contract, n.period, coalesce(sum(n.quantity) FILTER (WHERE n.during), 0)::int, coalesce(sum(n.quantity) FILTER (WHERE NOT n.during), 0)::int,
		       coalesce(sum(n.quantity) FILTER (WHERE n.during AND n.kind = @sick), 0)::int
		FROM (
			SELECT DISTINCT ON (h.contract, h.period, h.day, h.kind) h.contract, h.period, h.kind, h.quantity, k.days @> h.day AS during
			FROM (SELECT DISTINCT contract FROM (`+decisionsMine+`) m) c JOIN contract_current k ON k.contract = c.contract JOIN hours h ON h.contract = c.contract
			WHERE h.period <= @to
			ORDER BY h.contract, h.period, h.day, h.kind, h.version DESC) n
		GROUP BY 1, 2`, pgx.NamedArgs{"org": t.args["org"], "to": t.args["to"], "sick": string(payroll.Sick)})
	if err != nil {
		return err
	}
	type handed struct{ during, after, sick int32 }
	by := map[contractMonth]handed{}
	var key contractMonth
	var month time.Time
	var h handed
	_, err = pgx.ForEachRow(rows, []any{&key.id, &month, &h.during, &h.after, &h.sick}, func() error {
		key.month = date(&month)
		by[key] = h
		return nil
	})
	t.each(func(key trailKey, trail *subsidy.Trail) {
		h := by[contractMonth{trail.Contract, key.month}]
		trail.Facts.HoursKnown, trail.Facts.HoursAfterEnd, trail.Facts.SickHours = payroll.Quantity(h.during), payroll.Quantity(h.after), payroll.Quantity(h.sick)
	})
	return err
}

// closed are the months of whose every day an employer's regular run was approved.
func (t *trails) closed(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT r.employer, r.period, r.period_end
		FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
		WHERE r.kind = 'regular' AND r.status <> 'reversed' AND r.period < @to::date + interval '1 month' AND r.employer IN (SELECT employer FROM (`+decisionsMine+`) m)`, t.args)
	if err != nil {
		return err
	}
	days := map[contractMonth]int{} // that runs were approved of
	var employer uuid.UUID
	var from, until time.Time
	_, err = pgx.ForEachRow(rows, []any{&employer, &from, &until}, func() error {
		run := calendar.Span{From: date(&from), To: date(&until)}
		for m := calendar.MonthOf(run.From); !m.From.After(run.To); m = m.Next() {
			days[contractMonth{employer, m.From}] += run.Meet(m.Span).Days()
		}
		return nil
	})
	t.each(func(key trailKey, trail *subsidy.Trail) {
		trail.Facts.Closed = days[contractMonth{trail.EmployerID, key.month}] >= calendar.MonthOf(key.month).Days()
	})
	return err
}

// statements are the lines of approved statements that a municipality itself pays.
// They are granted when they are approved, and settled as a whole by who pays.
func (t *trails) statements(ctx context.Context) ([]subsidy.Trail, error) {
	rows, err := t.Query(ctx, `
		SELECT s.id, l.number, coalesce(l.trajectory, l.agreement), l.subject, l.scheme, l.rule, l.kind, date_trunc('month', l.day)::date, coalesce(e.code, ''), coalesce(e.id, s.municipality), g.code,
		       b.statement IS NOT NULL OR v.statement IS NOT NULL, l.key, l.trajectory, l.payee, ARRAY(SELECT n.source FROM statement_source n WHERE n.statement = l.statement AND n.line = l.number ORDER BY n.source, n.year),
		       ARRAY(SELECT n.amount FROM statement_source n WHERE n.statement = l.statement AND n.line = l.number ORDER BY n.source, n.year), l.amount, l.vat, l.vat_cost
		FROM statement s JOIN statement_approval a ON a.statement = s.id JOIN statement_line l ON l.statement = s.id AND l.payer = s.municipality
		JOIN organisation g ON g.id = s.municipality LEFT JOIN organisation e ON e.id = l.payee LEFT JOIN statement_settlement b ON b.statement = s.id AND (@moved::date IS NULL OR b.day <= @moved)
		LEFT JOIN (SELECT n.statement, n.payee FROM statement_line n JOIN statement o ON o.id = n.statement AND o.municipality = @org
		           WHERE n.payer = @org AND n.payee IS NOT NULL GROUP BY 1, 2 HAVING sum(n.amount + n.vat) = 0) v ON v.statement = s.id AND v.payee = l.payee
		WHERE s.municipality = @org AND l.day < @to::date + interval '1 month'
		ORDER BY l.subject, l.rule, l.day, s.id, l.number`, t.args)
	if err != nil {
		return nil, err
	}
	var payments []uuid.UUID
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (one subsidy.Trail, err error) {
		var statement uuid.UUID
		var number int
		var month time.Time
		var settled bool
		var key string
		var trajectory, payee *uuid.UUID
		var sources []string
		var shares []decimal.Decimal
		c := subsidy.TrailClaim{Verdict: subsidy.Grant}
		err = scanAmounts(row, []any{&statement, &number, &one.Contract, &one.ContractNumber, &one.Scheme, &one.Rule, &one.Kind, &month, &one.Employer, &one.EmployerID, &one.Municipality,
			&settled, &key, &trajectory, &payee, &sources, &shares}, &c.Amount, &c.VAT, &c.VATCost)
		if err != nil {
			return one, err
		}
		one.Month, one.MunicipalityID, one.Statement = date(&month), t.args["org"].(uuid.UUID), statement
		c.Claim, c.Entitled = payroll.DeriveID(fmt.Sprintf("statement/%s/%d", statement, number)), c.Amount
		c.Granted, c.GrantedVAT, c.GrantedVATCost, c.Ordered, c.Exported = c.Amount, c.VAT, c.VATCost, c.Amount.Add(c.VAT), true
		var line subsidy.StatementLine
		line.Trajectory, line.Rule, line.Key, line.Kind, line.Payee = nilOr(trajectory), one.Rule, key, one.Kind, nilOr(payee)
		if settled {
			c.SettledOut, c.SettledIn = c.Ordered, c.Ordered
		}
		one.Claims, payments = []subsidy.TrailClaim{c}, append(payments, subsidy.PaymentOf(statement, line))
		one.Sources, err = sharesFrom(sources, shares)
		return one, err
	})
	if err != nil {
		return nil, err
	}
	moved, err := t.statementsMoved(ctx, payments)
	if err != nil {
		return nil, err
	}
	for i, payment := range payments {
		if on, did := moved[payment]; did && t.counts(on) {
			c := &list[i].Claims[0]
			c.SettledOut, c.SettledIn = c.Ordered, c.Ordered
		}
	}
	return list, nil
}

// counts reports whether what the bank moved on a day is asked for.
func (t *trails) counts(on calendar.Date) bool {
	until, _ := t.args["moved"].(*time.Time)
	return until == nil || !on.After(date(until))
}

func sharesFrom(sources []string, parts []decimal.Decimal) ([]subsidy.SourceShare, error) {
	list := make([]subsidy.SourceShare, len(sources))
	for i, s := range sources {
		amount, err := money(parts[i])
		if err != nil {
			return nil, err
		}
		list[i] = subsidy.SourceShare{Source: subsidy.Source(s), Amount: amount}
	}
	return list, nil
}

// costs are what a municipality's own people cost, which nobody is paid: granted
// when it is approved, and waiting until then.
func (t *trails) costs(ctx context.Context) ([]subsidy.Trail, error) {
	rows, err := t.Query(ctx, `
		SELECT c.id, c.reference, c.scheme, c.rule, date_trunc('month', c.day)::date, g.code, a.cost IS NOT NULL,
		       ARRAY(SELECT n.source FROM internal_cost_source n WHERE n.cost = c.id ORDER BY n.source), ARRAY(SELECT n.amount FROM internal_cost_source n WHERE n.cost = c.id ORDER BY n.source), c.amount
		FROM internal_cost c JOIN organisation g ON g.id = c.municipality LEFT JOIN internal_cost_approval a ON a.cost = c.id
		WHERE c.municipality = @org AND c.day < @to::date + interval '1 month' ORDER BY c.day, c.id`, t.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (one subsidy.Trail, err error) {
		var month time.Time
		var approved bool
		var sources []string
		var shares []decimal.Decimal
		var c subsidy.TrailClaim
		err = scanAmounts(row, []any{&one.Contract, &one.ContractNumber, &one.Scheme, &one.Rule, &month, &one.Municipality, &approved, &sources, &shares}, &c.Amount)
		if err != nil {
			return one, err
		}
		one.Month, one.MunicipalityID, one.Kind, one.Facts.NoBank = date(&month), t.args["org"].(uuid.UUID), subsidy.Internal, true
		if c.Claim, c.Entitled = one.Contract, c.Amount; approved {
			c.Verdict, c.Granted = subsidy.Grant, c.Amount
		}
		one.Claims = []subsidy.TrailClaim{c}
		one.Sources, err = sharesFrom(sources, shares)
		return one, err
	})
}
