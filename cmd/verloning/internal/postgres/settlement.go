package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// payableColumns are of claims that go over a bank, with the payment that was ordered.
const payableColumns = `m.id, m.contract, c.number, coalesce(d.number, ''), m.payer, m.payee, m.scheme, m.rule, m.kind, m.document, coalesce(m.budget, ''), m.amount, m.vat,
	CASE m.kind WHEN 'hire' THEN m.amount + m.vat ELSE g.amount + g.vat END, p.id, ` + runColumns + `
	FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved' JOIN run r ON r.id = k.run
	JOIN contract c ON c.id = m.contract JOIN organisation e ON e.id = m.payee
	LEFT JOIN decision d ON d.id = m.decision
	LEFT JOIN claim_decided x ON x.claim = m.id LEFT JOIN grant_line g ON g.claim = m.id AND g.batch = x.batch
	LEFT JOIN payment p ON p.claim = m.id`

// ClaimsToSettle lists what the organisation has not settled of its own side: as
// payer what was ordered or claimed back, as payee the same and hire prices. A
// payer of a hire price settles nothing here, and what went to the bank in a file is
// settled by what the bank says of it.
func (tx *Tx) ClaimsToSettle(ctx context.Context, a payroll.Actor, s subsidy.Settle) ([]subsidy.Payable, error) {
	if err := tx.holdOrganisation(ctx, a.Organisation.ID); err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT `+payableColumns+`
		WHERE ((m.payee = @org) OR (m.payer = @org AND m.kind <> 'hire'))
		  AND m.amount <> 0 AND (m.kind = 'hire' OR g.amount <> 0)
		  AND NOT EXISTS (SELECT FROM settlement t WHERE t.claim = m.id AND t.organisation = @org)
		  AND NOT (m.payer = @org AND EXISTS (SELECT FROM bank_line l WHERE l.payment = p.id))
		  AND (@employer = '' OR e.code = @employer) AND (@period::date IS NULL OR m.period = @period)
		  AND (cardinality(@claims::uuid[]) = 0 OR m.id = ANY (@claims::uuid[]))
		ORDER BY m.id`,
		pgx.NamedArgs{"org": a.Organisation.ID, "employer": s.Employer, "period": day(s.Period.From), "claims": append([]uuid.UUID{}, s.Claims...)})
	if err != nil {
		return nil, fmt.Errorf("claims to settle: %w", err)
	}
	return pgx.CollectRows(rows, scanPayable)
}

func scanPayable(row pgx.CollectableRow) (p subsidy.Payable, err error) {
	var amount, vat, paid decimal.Decimal
	var payment *uuid.UUID
	var r runRow
	err = row.Scan(&p.ID, &p.Contract, &p.ContractNumber, &p.DecisionNumber, &p.Payer, &p.Payee, &p.Scheme, &p.Rule, &p.Kind, &p.Document, &p.Budget, &amount, &vat, &paid, &payment,
		&r.ID, &r.Employer, &r.Period, &r.PeriodKind, &r.Kind, &r.Sequence, &r.Person, &r.PayDate, &r.Deadline, &r.BackTo, &r.Status, &r.Reverses, &r.Contract, &r.Calculation)
	if err != nil {
		return p, err
	}
	p.Payment, p.Run = nilOr(payment), r.run()
	for to, from := range map[*euro.Amount]decimal.Decimal{&p.Amount: amount, &p.VAT: vat, &p.Paid: paid} {
		if *to, err = money(from); err != nil {
			return p, err
		}
	}
	return p, nil
}

// ClaimsPaid are claims that the organisation pays, by id.
func (tx *Tx) ClaimsPaid(ctx context.Context, a payroll.Actor, claims []uuid.UUID) (map[uuid.UUID]subsidy.Payable, error) {
	rows, err := tx.Query(ctx, `SELECT `+payableColumns+` WHERE m.payer = $1 AND m.id = ANY ($2) ORDER BY m.id`, a.Organisation.ID, claims)
	if err != nil {
		return nil, fmt.Errorf("claims that were paid: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanPayable)
	if err != nil {
		return nil, fmt.Errorf("claims that were paid: %w", err)
	}
	byID := make(map[uuid.UUID]subsidy.Payable, len(list))
	for _, p := range list {
		byID[p.ID] = p
	}
	return byID, nil
}

// Settle posts what went over the bank and notes of which claims it was.
func (tx *Tx) Settle(ctx context.Context, a payroll.Actor, p subsidy.Posted, settled []subsidy.Settlement) error {
	if err := tx.PostAll(ctx, a, p); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"settlement"}, []string{"claim", "organisation", "amount", "day", "reference", "posting", "settled_by"},
		pgx.CopyFromSlice(len(settled), func(i int) ([]any, error) {
			s := settled[i]
			return []any{key(s.Claim), key(a.Organisation.ID), s.Amount.Decimal(), day(s.Day), s.Reference, key(p.ID), key(a.User)}, nil
		}))
	if err != nil {
		return fmt.Errorf("settle: %w", redact(err))
	}
	return nil
}
