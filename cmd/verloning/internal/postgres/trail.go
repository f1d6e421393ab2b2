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
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// trails reads what a reconciliation rests on set-wise: a query a noun, joined in
// memory by decision, rule and month.
type trails struct {
	*Tx
	args  pgx.NamedArgs
	heads map[uuid.UUID]*trailHead // by decision
	at    map[trailKey]*subsidy.Trail
	bears map[trailKey]map[subsidy.Source]*sourceStages
	order []trailKey
}

// trailKey names a trail.
type trailKey struct {
	decision uuid.UUID
	rule     string
	month    calendar.Date
}

// sourceStages is what a source bears of a trail, by what is known of it.
type sourceStages struct{ first, now, claimed euro.Amount }

// trailHead is what all trails of a decision share.
type trailHead struct {
	trail              subsidy.Trail
	contract, decision calendar.Span
	weekly             euro.Number // of the contract
	newTerms           bool
	termsKnown         int64                // the newest version of contract or decision
	rules              map[string]bool      // for which something was foreseen
	loonwaarden        []subsidy.Loonwaarde // of the contract
	loonwaardeKnown    []int64
	firstKnown         int64 // of the decision
}

// Trails reads what concerns an organisation up to a month: as the municipality of
// decisions, statements and own costs, or as the employer of the contracts. What the
// bank moved counts up to the day that is asked.
func (tx *Tx) Trails(ctx context.Context, a payroll.Actor, n subsidy.Narrow) ([]subsidy.Trail, error) {
	t := &trails{Tx: tx, heads: map[uuid.UUID]*trailHead{}, at: map[trailKey]*subsidy.Trail{}, bears: map[trailKey]map[subsidy.Source]*sourceStages{},
		args: pgx.NamedArgs{"org": a.Organisation.ID, "to": day(n.To), "moved": day(n.Moved)}}
	for _, step := range []func(context.Context) error{t.decisions, t.loonwaarden, t.plans, t.claims, t.burdens, t.hours, t.closed} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("trails: %w", err)
		}
	}
	list := t.list(n.To)
	for _, read := range []func(context.Context) ([]subsidy.Trail, error){t.statements, t.costs} {
		more, err := read(ctx)
		if err != nil {
			return nil, fmt.Errorf("trails: %w", err)
		}
		list = append(list, more...)
	}
	return list, nil
}

// decisionsMine are the decisions that a reconciliation of an organisation is about.
const decisionsMine = `
	SELECT d.id, d.number, d.municipality, d.contract, d.known, c.number AS contract_number, c.employer, c.person, c.provider, c.scheme
	FROM decision d JOIN contract c ON c.id = d.contract
	WHERE d.id IN (SELECT id FROM decision WHERE municipality = @org UNION ALL SELECT x.id FROM contract k JOIN decision x ON x.contract = k.id WHERE k.employer = @org)`

func (t *trails) decisions(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT m.id, m.number, m.municipality, g.code, m.contract, m.contract_number, m.employer, e.code, m.person, coalesce(p.code, ''), m.scheme, m.known,
		       v.granted, lower(h.days), upper(h.days) - 1, lower(k.days), upper(k.days) - 1, v.hours_per_week, w.hours_per_week, w.full_time_hours,
		       v.version > 1 OR w.version > 1 OR EXISTS (SELECT FROM scheme_version s WHERE s.municipality = m.municipality AND s.scheme = m.scheme), greatest(v.known, w.known), v.ceiling IS NOT NULL
		FROM (`+decisionsMine+`) m
		JOIN organisation g ON g.id = m.municipality JOIN organisation e ON e.id = m.employer LEFT JOIN organisation p ON p.id = m.provider
		JOIN decision_current h ON h.decision = m.id JOIN contract_current k ON k.contract = m.contract
		JOIN LATERAL (SELECT * FROM decision_version v WHERE v.decision = m.id ORDER BY v.version DESC LIMIT 1) v ON true
		JOIN LATERAL (SELECT * FROM contract_version w WHERE w.contract = m.contract ORDER BY w.version DESC LIMIT 1) w ON true`, t.args)
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		h := &trailHead{rules: map[string]bool{}}
		l := &h.trail
		var granted time.Time
		var from, to, starts, ends *time.Time
		var hours, weekly, whole decimal.Decimal
		err := row.Scan(&l.Decision, &l.DecisionNumber, &l.MunicipalityID, &l.Municipality, &l.Contract, &l.ContractNumber, &l.EmployerID, &l.Employer, &l.Person, &l.Provider, &l.Scheme,
			&h.firstKnown, &granted, &from, &to, &starts, &ends, &hours, &weekly, &whole, &h.newTerms, &h.termsKnown, &l.Facts.Ceiling)
		h.decision, h.contract = calendar.Span{From: date(from), To: date(to)}, calendar.Span{From: date(starts), To: date(ends)}
		h.weekly = euro.FromDecimal(weekly)
		l.Facts.Granted, l.Facts.OfHours, l.Facts.FullTime = date(&granted), euro.FromDecimal(hours), euro.FromDecimal(whole)
		t.heads[l.Decision] = h
		return struct{}{}, err
	})
	return err
}

func (t *trails) loonwaarden(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT m.id, l.valid_from, l.review_due, l.known FROM (`+decisionsMine+`) m JOIN loonwaarde l ON l.contract = m.contract ORDER BY m.id, l.version`, t.args)
	if err != nil {
		return err
	}
	var decision uuid.UUID
	var from time.Time
	var review *time.Time
	var known int64
	_, err = pgx.ForEachRow(rows, []any{&decision, &from, &review, &known}, func() error {
		h := t.heads[decision]
		h.loonwaarden = append(h.loonwaarden, subsidy.Loonwaarde{ValidFrom: date(&from), ReviewDue: date(review)})
		h.loonwaardeKnown = append(h.loonwaardeKnown, known)
		return nil
	})
	return err
}

// trail finds a trail, or begins it.
func (t *trails) trail(key trailKey) *subsidy.Trail {
	if found := t.at[key]; found != nil {
		return found
	}
	begun := t.heads[key.decision].trail
	begun.Rule, begun.Month, begun.Kind = key.rule, key.month, subsidy.Subsidy
	t.at[key], t.bears[key], t.order = &begun, map[subsidy.Source]*sourceStages{}, append(t.order, key)
	return &begun
}

func (t *trails) bear(key trailKey, s subsidy.Source) *sourceStages {
	if t.bears[key][s] == nil {
		t.bears[key][s] = &sourceStages{}
	}
	return t.bears[key][s]
}

// plans are what was expected of each month at first, and what is expected now, up to
// the month after the last: four weeks of the last may end in it.
func (t *trails) plans(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT m.id, p.month, p.rule, p.source, sum(p.first), sum(p.now)
		FROM (`+decisionsMine+`) m JOIN (
			SELECT decision, month, rule, source, amount AS first, 0::numeric AS now FROM forecast
			UNION ALL SELECT decision, month, rule, source, 0, amount FROM reservation) p ON p.decision = m.id
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 2, 4`, t.args)
	if err != nil {
		return err
	}
	last := calendar.MonthOf(date(t.args["to"].(*time.Time))).Next().From
	var key trailKey
	var month time.Time
	var source string
	var first, now decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&key.decision, &month, &key.rule, &source, &first, &now}, func() error {
		t.heads[key.decision].rules[key.rule] = true
		if key.month = date(&month); key.month.After(last) {
			return nil
		}
		trail, s := t.trail(key), t.bear(key, subsidy.Source(source))
		if err := amounts([]decimal.Decimal{first, now}, &s.first, &s.now); err != nil {
			return err
		}
		trail.Decided, trail.Expected = trail.Decided.Add(s.first), trail.Expected.Add(s.now)
		return nil
	})
	return err
}

// claims are those of approved runs, with what was said of them and what the bank
// moved, under the month of their first service day.
func (t *trails) claims(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT d.id, m.service_from, m.service_to, m.rule, m.kind, m.id, m.reverses, k.cutoff, coalesce(g.verdict, ''),
		       coalesce(coalesce((SELECT l.creditor FROM bank_line l WHERE l.payment = p.id ORDER BY l.attempt DESC LIMIT 1), p.creditor) <> (SELECT `+accountOfO+` FROM organisation o WHERE o.id = m.payee), false),
		       EXISTS (SELECT FROM bank_line n WHERE n.payment = p.id),
		       o.claim IS NULL AND EXISTS (SELECT FROM bank_returned z WHERE z.payment = p.id AND NOT EXISTS (SELECT FROM bank_line n WHERE n.payment = z.payment AND n.attempt > z.attempt)),
		       m.entitled, m.amount, m.vat, m.vat_cost, m.wage_cost, g.amount, g.vat, g.vat_cost, p.amount, o.amount, i.amount
		FROM (`+decisionsMine+`) d JOIN claim m ON m.decision = d.id JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		LEFT JOIN claim_decided x ON x.claim = m.id LEFT JOIN grant_line g ON g.claim = m.id AND g.batch = x.batch
		LEFT JOIN payment p ON p.claim = m.id
		LEFT JOIN settled_claim o ON o.claim = m.id AND o.organisation = m.payer AND (@moved::date IS NULL OR o.day <= @moved)
		LEFT JOIN settlement i ON i.claim = m.id AND i.organisation = m.payee AND (@moved::date IS NULL OR i.day <= @moved)
		WHERE m.service_from < @to::date + interval '1 month' AND NOT EXISTS (SELECT FROM claim_withdrawn w WHERE w.claim = m.id)
		ORDER BY d.id, m.rule, m.service_from, k.cutoff, m.id`, t.args)
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var c subsidy.TrailClaim
		var key trailKey
		var from, until time.Time
		var kind subsidy.Kind
		var reverses *uuid.UUID
		var cutoff int64
		err := scanAmounts(row, []any{&key.decision, &from, &until, &key.rule, &kind, &c.Claim, &reverses, &cutoff, &c.Verdict, &c.OldIBAN, &c.Exported, &c.Returned}, &c.Entitled, &c.Amount, &c.VAT, &c.VATCost, &c.WageCost,
			&c.Granted, &c.GrantedVAT, &c.GrantedVATCost, &c.Ordered, &c.SettledOut, &c.SettledIn)
		if err != nil {
			return struct{}{}, err
		}
		c.Service, c.Reverses = calendar.Span{From: date(&from), To: date(&until)}, nilOr(reverses)
		key.month = calendar.MonthOf(c.Service.From).From
		trail, head := t.trail(key), t.heads[key.decision]
		c.LateTerms = head.termsKnown > cutoff
		for i, l := range head.loonwaarden {
			c.LateLoonwaarde = c.LateLoonwaarde || head.loonwaardeKnown[i] > cutoff && !l.ValidFrom.After(c.Service.To)
		}
		trail.Kind, trail.Claims = kind, append(trail.Claims, c)
		return struct{}{}, nil
	})
	return err
}

// burdens are what each source bears of the claims.
func (t *trails) burdens(ctx context.Context) error {
	rows, err := t.Query(ctx, `
		SELECT d.id, date_trunc('month', m.service_from)::date, m.rule, coalesce(s.source, m.budget), sum(coalesce(s.amount, m.amount + m.vat_cost))
		FROM (`+decisionsMine+`) d JOIN claim m ON m.decision = d.id JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		LEFT JOIN claim_source s ON s.period = m.period AND s.calculation = m.calculation AND s.claim = m.id
		WHERE m.service_from < @to::date + interval '1 month' AND NOT EXISTS (SELECT FROM claim_withdrawn w WHERE w.claim = m.id) GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 2, 4`, t.args)
	if err != nil {
		return err
	}
	var key trailKey
	var month time.Time
	var source string
	var sum decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&key.decision, &month, &key.rule, &source, &sum}, func() (err error) {
		key.month = date(&month)
		t.bear(key, subsidy.Source(source)).claimed, err = money(sum)
		return err
	})
	return err
}

// list completes the trails: what bears each, and what its month's facts are.
func (t *trails) list(to calendar.Date) []subsidy.Trail {
	list := make([]subsidy.Trail, 0, len(t.order))
	for _, key := range t.order {
		trail, head := t.at[key], t.heads[key.decision]
		trail.Foreseen = head.rules[key.rule]
		trail.Sources = sharesOf(t.bears[key])
		head.month(trail, to)
		list = append(list, *trail)
	}
	return list
}

// month adds what contract, decision and loonwaarde say of the month.
func (h *trailHead) month(t *subsidy.Trail, to calendar.Date) {
	p, f := calendar.MonthOf(t.Month).Span, &t.Facts
	days := h.contract.Meet(p)
	f.Days = days.Meet(h.decision)
	f.Ended = f.Days.Empty() || f.Days.To.Before(p.To)
	f.NewTerms = h.newTerms
	f.Over = !h.decision.To.IsZero() && !h.decision.To.After(calendar.MonthOf(to).To) || !h.contract.To.IsZero() && !h.contract.To.After(calendar.MonthOf(to).To)
	if !days.Empty() {
		f.HoursExpected = payroll.QuantityOf(h.weekly.Mul(euro.Int(int64(days.Workdays()))).Part(euro.Ratio{Over: euro.One, Under: euro.Int(5)}))
	}
	for i, l := range h.loonwaarden {
		if l.ValidFrom.After(p.To) {
			continue
		}
		f.ReviewDue = l.ReviewDue // of the newest that holds in the month
		f.NewLoonwaarde = f.NewLoonwaarde || h.loonwaardeKnown[i] > h.firstKnown && i > 0
	}
}

// sharesOf is what each source bears, by the newest stage that says so.
func sharesOf(by map[subsidy.Source]*sourceStages) []subsidy.SourceShare {
	for _, stage := range []func(*sourceStages) euro.Amount{
		func(s *sourceStages) euro.Amount { return s.claimed },
		func(s *sourceStages) euro.Amount { return s.now },
		func(s *sourceStages) euro.Amount { return s.first },
	} {
		var list []subsidy.SourceShare
		for _, source := range subsidy.Sources {
			if s := by[source]; s != nil && !stage(s).IsZero() {
				list = append(list, subsidy.SourceShare{Source: source, Amount: stage(s)})
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	var list []subsidy.SourceShare
	for _, source := range subsidy.Sources {
		if by[source] != nil {
			list = append(list, subsidy.SourceShare{Source: source})
		}
	}
	return list
}
