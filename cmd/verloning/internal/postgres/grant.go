package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// claimStatus says where an approved claim stands: an approved verdict counts,
// a verdict that waits for its approver is shown as raised with what was
// proposed. It is settled when who ordered the payment, or who gets the hire
// price, says that the money has moved, or the bank says so of the payment.
const claimStatus = `
	CASE WHEN m.amount = 0 THEN 'nil'
	     WHEN w.claim IS NOT NULL THEN 'withdrawn'
	     WHEN t.claim IS NOT NULL THEN 'settled'
	     WHEN x.batch IS NULL THEN 'raised'
	     WHEN g.verdict = 'refused' THEN 'refused'
	     WHEN g.amount < 0 THEN 'reclaimed'
	     ELSE 'ordered' END`

const claimFrom = `
	FROM claim m
	JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
	JOIN run r ON r.id = k.run
	JOIN contract c ON c.id = m.contract
	LEFT JOIN decision d ON d.id = m.decision
	JOIN organisation e ON e.id = m.payee
	JOIN organisation p ON p.id = m.payer
	LEFT JOIN claim_decided x ON x.claim = m.id
	LEFT JOIN claim_withdrawn w ON w.claim = m.id
	LEFT JOIN settled_claim t ON t.claim = m.id AND t.organisation = CASE m.kind WHEN 'hire' THEN m.payee ELSE m.payer END
	LEFT JOIN LATERAL (
		SELECT * FROM grant_line l WHERE l.claim = m.id AND (x.batch IS NULL OR l.batch = x.batch) ORDER BY l.version DESC LIMIT 1) g ON true`

// claimColumns end with what was granted before under the same decision and rule,
// which a claim below nil is held against.
const claimColumns = `m.id, c.number, e.code, p.code, m.scheme, m.rule, m.kind, coalesce(d.number, ''), r.period, r.period_kind, m.origin, m.base, m.charges, m.entitled, m.amount,
	m.vat_rate, m.vat, m.vat_cost, m.provisional, coalesce(m.budget, ''), ` + claimStatus + ` AS status, g.verdict, g.batch, g.amount, g.vat, coalesce(g.reason, ''), m.document,
	CASE WHEN m.amount < 0 THEN (
		SELECT coalesce(sum(l.amount), 0) FROM claim o JOIN claim_decided y ON y.claim = o.id JOIN grant_line l ON l.claim = o.id AND l.batch = y.batch
		WHERE o.decision = m.decision AND o.rule = m.rule AND o.id <> m.id) ELSE 0 END`

func collectClaims(rows pgx.Rows) ([]subsidy.RaisedClaim, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c subsidy.RaisedClaim, err error) {
		var period time.Time
		var origin *time.Time
		var kind, budget, document string
		var verdict *string
		var base, charges, entitled, amount, rate, vat, cost, before decimal.Decimal
		var granted, grantedVAT decimal.NullDecimal
		err = row.Scan(&c.Claim, &c.Number, &c.Employer, &c.Payer, &c.Scheme, &c.Rule, &c.Kind, &c.Decision, &period, &kind, &origin,
			&base, &charges, &entitled, &amount, &rate, &vat, &cost, &c.Provisional, &budget, &c.Status, &verdict, &c.Batch, &granted, &grantedVAT, &c.Reason, &document, &before)
		if err != nil {
			return c, err
		}
		c.VATRate, c.Origin = euro.FromDecimal(rate), date(origin)
		c.Period, c.Budget = calendar.PeriodFrom(calendar.Kind(kind), date(&period)).String(), subsidy.Source(budget)
		c.Verdict = subsidy.Verdict(orEmpty(verdict))
		for to, from := range map[*euro.Amount]decimal.Decimal{&c.Base: base, &c.Charges: charges, &c.Entitled: entitled, &c.Amount: amount,
			&c.VAT: vat, &c.VATCost: cost, &c.GrantedBefore: before} {
			if *to, err = money(from); err != nil {
				return c, err
			}
		}
		c.Recovery = subsidy.Document(document).Recovery(c.Amount)
		if !granted.Valid {
			return c, nil
		}
		g, err := money(granted.Decimal)
		if err != nil {
			return c, err
		}
		v, err := money(grantedVAT.Decimal)
		c.Granted, c.GrantedVAT = &g, &v
		return c, err
	})
}

// Claims lists approved claims that the organisation pays or receives, after
// an id in order of id.
func (tx *Tx) Claims(ctx context.Context, a payroll.Actor, f subsidy.ClaimFilter, period calendar.Date) ([]subsidy.RaisedClaim, error) {
	rows, err := tx.Query(ctx, `
		SELECT * FROM (SELECT `+claimColumns+claimFrom+`
			WHERE (m.payer = @org OR m.payee = @org)
			  AND (@employer = '' OR e.code = @employer)
			  AND (@period::date IS NULL OR m.period = @period)
			  AND (@after = '' OR m.id > nullif(@after, '')::uuid)) x
		WHERE @status = '' OR status = @status
		ORDER BY id LIMIT @limit`,
		pgx.NamedArgs{"org": a.Organisation.ID, "employer": f.Employer, "period": day(period), "after": f.After, "status": f.Status, "limit": or(f.Limit, 500)})
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	return tx.withSources(ctx, rows)
}

// ClaimsToGrant lists the raised claims of an employer and a period on a
// municipality that no approved verdict has decided.
func (tx *Tx) ClaimsToGrant(ctx context.Context, municipality uuid.UUID, employer string, period calendar.Date) ([]subsidy.RaisedClaim, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+claimColumns+claimFrom+`
		WHERE m.payer = $1 AND e.code = $2 AND m.period = $3 AND m.amount <> 0 AND m.kind <> 'hire' AND x.batch IS NULL AND w.claim IS NULL
		ORDER BY m.id`, municipality, employer, day(period))
	if err != nil {
		return nil, fmt.Errorf("claims to grant: %w", err)
	}
	return tx.withSources(ctx, rows)
}

// AddBatch keeps a batch of verdicts. The municipality's lock makes versions
// follow on each other.
func (tx *Tx) AddBatch(ctx context.Context, a payroll.Actor, b subsidy.Batch, lines []subsidy.GrantLine) error {
	if err := tx.holdOrganisation(ctx, b.Municipality); err != nil {
		return fmt.Errorf("grant: %w", err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO grant_batch (id, municipality, claims, total, vat, hash, granted_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		b.ID, b.Municipality, b.Claims, b.Total.Decimal(), b.VAT.Decimal(), b.Hash, a.User)
	if err != nil {
		return fmt.Errorf("add batch %s: %w", b.ID, err)
	}
	claims, verdicts := make([]uuid.UUID, len(lines)), make([]string, len(lines))
	amounts, reasons := make([]decimal.Decimal, len(lines)), make([]string, len(lines))
	vats, costs := make([]decimal.Decimal, len(lines)), make([]decimal.Decimal, len(lines))
	for i, l := range lines {
		claims[i], verdicts[i], amounts[i], reasons[i] = l.Claim, string(l.Verdict), l.Amount.Decimal(), l.Reason
		vats[i], costs[i] = l.VAT.Decimal(), l.VATCost.Decimal()
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO grant_line (claim, version, batch, verdict, amount, reason, vat, vat_cost)
		SELECT n.claim, coalesce((SELECT max(version) FROM grant_line o WHERE o.claim = n.claim), 0) + 1, @batch, n.verdict, n.amount, n.reason, n.vat, n.cost
		FROM unnest(@claims::uuid[], @verdicts::text[], @amounts::numeric[], @reasons::text[], @vats::numeric[], @costs::numeric[]) AS n (claim, verdict, amount, reason, vat, cost)`,
		pgx.NamedArgs{"batch": b.ID, "claims": claims, "verdicts": verdicts, "amounts": amounts, "reasons": reasons, "vats": vats, "costs": costs})
	if err != nil {
		return fmt.Errorf("verdicts of batch %s: %w", b.ID, err)
	}
	return tx.addGrantSources(ctx, b, lines)
}

// Batch finds a batch of a municipality, under the municipality's lock.
func (tx *Tx) Batch(ctx context.Context, municipality, id uuid.UUID) (subsidy.Batch, bool, error) {
	if err := tx.holdOrganisation(ctx, municipality); err != nil {
		return subsidy.Batch{}, false, fmt.Errorf("batch %s: %w", id, err)
	}
	b := subsidy.Batch{ID: id, Municipality: municipality}
	var total, vat decimal.Decimal
	err := tx.QueryRow(ctx, `
		SELECT b.claims, b.total, b.vat, b.hash, b.granted_by, EXISTS (SELECT FROM grant_approval a WHERE a.batch = b.id)
		FROM grant_batch b WHERE b.id = $1 AND b.municipality = $2`, id, municipality).Scan(&b.Claims, &total, &vat, &b.Hash, &b.GrantedBy, &b.Approved)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, false, nil
	}
	if err == nil {
		b.Total, err = money(total)
	}
	if err == nil {
		b.VAT, err = money(vat)
	}
	if err != nil {
		return b, false, fmt.Errorf("batch %s: %w", id, err)
	}
	return b, true, nil
}

// GrantedPage reads a page of a batch's verdicts that are still the newest and
// undecided, in order of claim.
func (tx *Tx) GrantedPage(ctx context.Context, b subsidy.Batch, after uuid.UUID, limit int) ([]subsidy.Granted, error) {
	rows, err := tx.Query(ctx, `
		SELECT m.id, m.contract, c.number, m.decision, d.number, m.payer, m.payee, m.scheme, m.rule, m.kind, m.document, m.budget, m.origin, m.amount, m.vat,
		       g.verdict, g.amount, g.vat, g.vat_cost, g.reason, (SELECT `+accountOfO+` FROM organisation o WHERE o.id = m.payer),
		       (SELECT `+accountOfO+` FROM organisation o WHERE o.id = m.payee), `+runColumns+`
		FROM grant_line g
		JOIN claim m ON m.id = g.claim
		JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
		JOIN run r ON r.id = k.run
		JOIN contract c ON c.id = m.contract
		JOIN decision d ON d.id = m.decision
		WHERE g.batch = $1 AND m.id > $2 AND m.payer = $4
		  AND g.version = (SELECT max(version) FROM grant_line n WHERE n.claim = g.claim)
		  AND NOT EXISTS (SELECT FROM claim_decided x WHERE x.claim = g.claim)
		ORDER BY m.id LIMIT $3`, b.ID, after, limit, b.Municipality)
	if err != nil {
		return nil, fmt.Errorf("verdicts of batch %s: %w", b.ID, err)
	}
	return pgx.CollectRows(rows, scanGranted)
}

func scanGranted(row pgx.CollectableRow) (g subsidy.Granted, err error) {
	var kind, budget, verdict, debtor, creditor string
	var claimed, claimedVAT, amount, vat, cost decimal.Decimal
	var r runRow
	var origin *time.Time
	err = row.Scan(&g.ID, &g.Contract, &g.ContractNumber, &g.Decision, &g.DecisionNumber, &g.Payer, &g.Payee, &g.Scheme, &g.Rule, &kind, &g.Document, &budget, &origin,
		&claimed, &claimedVAT, &verdict, &amount, &vat, &cost, &g.Reason, &debtor, &creditor,
		&r.ID, &r.Employer, &r.Period, &r.PeriodKind, &r.Kind, &r.Sequence, &r.Person, &r.PayDate, &r.Deadline, &r.BackTo, &r.Status, &r.Reverses, &r.Contract, &r.Calculation)
	if err != nil {
		return g, err
	}
	g.Kind, g.Budget, g.Verdict = subsidy.Kind(kind), subsidy.Source(budget), subsidy.Verdict(verdict)
	g.Debtor, g.Creditor, g.Run, g.Origin = payroll.IBAN(debtor), payroll.IBAN(creditor), r.run(), date(origin)
	for to, from := range map[*euro.Amount]decimal.Decimal{
		&g.Claim.Amount: claimed, &g.Claim.VAT: claimedVAT, &g.Amount: amount, &g.VAT: vat, &g.VATCost: cost,
	} {
		if *to, err = money(from); err != nil {
			return g, err
		}
	}
	return g, nil
}

// ApproveBatch decides the claims of a batch for good and posts: the transfers
// under the month of each run first, since a posting gets none after it exists.
func (tx *Tx) ApproveBatch(ctx context.Context, a payroll.Actor, b subsidy.Batch, posts []subsidy.Posted, overBudget string) error {
	for _, p := range posts {
		if err := tx.PostAll(ctx, a, p); err != nil {
			return fmt.Errorf("batch %s: %w", b.ID, err)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO grant_approval (batch, posting, granted_by, approved_by, over_budget) VALUES ($1, $2, $3, $4, $5)`,
		b.ID, posts[0].ID, b.GrantedBy, a.User, overBudget)
	if err != nil {
		return fmt.Errorf("approve batch %s: %w", b.ID, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO claim_decided (claim, batch) SELECT claim, batch FROM grant_line WHERE batch = $1`, b.ID); err != nil {
		return fmt.Errorf("decide the claims of batch %s: %w", b.ID, err)
	}
	return nil
}

// PostAll writes the transfers of a posting, under the month of each run, and then
// the posting.
func (tx *Tx) PostAll(ctx context.Context, a payroll.Actor, p subsidy.Posted) error {
	runs, lists := map[calendar.Date]payroll.Run{}, map[calendar.Date][]subsidy.ContractTransfer{}
	for _, t := range p.Transfers {
		from := t.Run.Period.From
		runs[from], lists[from] = t.Run, append(lists[from], t.ContractTransfer)
	}
	for from, list := range lists {
		if err := tx.addTransfers(ctx, runs[from], p.ID, list); err != nil {
			return fmt.Errorf("transfers: %w", redact(err))
		}
	}
	_, err := tx.post(ctx, a, p.Posting, slices.Collect(maps.Keys(runs))...)
	return err
}
