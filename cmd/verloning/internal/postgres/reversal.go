package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/subsidy"
)

// AddReversal keeps the run that mirrors another, or finds the one that waits for its
// approval.
func (tx *Tx) AddReversal(ctx context.Context, a payroll.Actor, of payroll.Run, contract uuid.UUID, reason string) (payroll.Run, error) {
	sequence, err := tx.NextSequence(ctx, payroll.Run{Employer: of.Employer, Period: of.Period, Kind: payroll.Reversal})
	if err != nil {
		return payroll.Run{}, err
	}
	r := payroll.ReversalOf(of, contract, sequence)
	_, err = tx.Exec(ctx, `
		INSERT INTO run (id, employer, period, period_end, period_kind, kind, sequence, pay_date, status, opened_by, reverses, contract, reason)
		VALUES (@id, @employer, @period, @periodEnd, @periodKind, @kind, @sequence, @payDate, 'open', @by, @of, @contract, @reason) ON CONFLICT (id) DO NOTHING`,
		pgx.NamedArgs{
			"id": r.ID, "employer": r.Employer, "period": day(r.Period.From), "periodEnd": day(r.Period.To), "periodKind": string(r.Period.Kind), "kind": string(r.Kind),
			"sequence": r.Sequence, "payDate": day(r.PayDate), "by": a.User, "of": of.ID, "contract": null(contract), "reason": reason,
		})
	if err != nil {
		return r, fmt.Errorf("add the reversal of run %s: %w", of.ID, err)
	}
	r, _, err = tx.Run(ctx, r.ID, payroll.ForUpdate)
	if err == nil && r.Status != payroll.RunOpened && r.Status != payroll.RunCalculated {
		err = payroll.Refuse(payroll.Conflict, payroll.Reason("run/reversed", "run", "Dit is al teruggedraaid.", "This was reversed already."))
	}
	return r, err
}

// Mirror writes every row of a calculation, or of one contract of it, with its sign
// turned, and counts the payslips. The hash of a row says whose mirror it is. A
// contract that was reversed by itself is passed over.
func (tx *Tx) Mirror(ctx context.Context, r payroll.Run, c payroll.Calculation, of payroll.Run, booked payroll.Calculation) (int, error) {
	m := mirroring{Tx: tx, run: r, args: pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "of": booked.ID, "contract": null(r.Contract), "reversed": of.ID, "run": r.ID,
		"posting": subsidy.PostingID(r, c), "posted": subsidy.PostingID(of, booked)}}
	for _, step := range []func(context.Context) error{m.payslips, m.lines, m.corrections, m.attributions, m.claims, m.transfers} {
		if err := step(ctx); err != nil {
			return 0, fmt.Errorf("mirror run %s: %w", of.ID, redact(err))
		}
	}
	return m.count, nil
}

// mirroring writes the rows of one reversal.
type mirroring struct {
	*Tx
	run   payroll.Run
	args  pgx.NamedArgs
	count int // payslips
}

func (m *mirroring) payslips(ctx context.Context) error {
	tag, err := m.Exec(ctx, `
		INSERT INTO payslip (period, calculation, contract, person, employment, gross_only, iban, awf_class, aof_class, hash,
			gross, holiday, net, holiday_paid, leave_paid, transition, leave_accrued, leave_taken, pension_base, pension_employee, pension_employer,
			taxed_special, tax_table, tax_special, arbeidskorting, garnished, repaid, owed, overpaid, premium_maximum, premium_base, zvw_base, awf, aof, wko, whk, zvw)
		SELECT period, @id, contract, person, employment, gross_only, iban, awf_class, aof_class, sha256('mirror'::bytea || hash),
			-gross, -holiday, -net, -holiday_paid, -leave_paid, -transition, -leave_accrued, -leave_taken, -pension_base, -pension_employee, -pension_employer,
			-taxed_special, -tax_table, -tax_special, -arbeidskorting, -garnished, -repaid, -owed, -overpaid, -premium_maximum, -premium_base, -zvw_base, -awf, -aof, -wko, -whk, -zvw
		FROM payslip x WHERE x.period = @period AND x.calculation = @of AND `+mirrored, m.args)
	m.count = int(tag.RowsAffected())
	return err
}

func (m *mirroring) lines(ctx context.Context) error {
	_, err := m.Exec(ctx, `
		INSERT INTO payslip_line (period, calculation, contract, line, kind, rate, rule, source, origin, fact, quantity, amount)
		SELECT period, @id, contract, line, kind, rate, rule, source, origin, fact, -quantity, -amount
		FROM payslip_line x WHERE x.period = @period AND x.calculation = @of AND `+mirrored, m.args)
	return err
}

func (m *mirroring) corrections(ctx context.Context) error {
	_, err := m.Exec(ctx, `
		INSERT INTO correction (period, calculation, contract, origin, attributed, wage, holiday, holiday_paid, leave_paid, transition, leave_accrued, leave_taken,
			pension_base, pension_employee, pension_employer, owed)
		SELECT period, @id, contract, origin, attributed, -wage, -holiday, -holiday_paid, -leave_paid, -transition, -leave_accrued, -leave_taken,
			-pension_base, -pension_employee, -pension_employer, -owed
		FROM correction x WHERE x.period = @period AND x.calculation = @of AND `+mirrored, m.args)
	return err
}

func (m *mirroring) transfers(ctx context.Context) error {
	_, err := m.Exec(ctx, `
		INSERT INTO transfer (period, posting, contract, number, ledger, debit, credit, amount)
		SELECT period, @posting, contract, number, ledger, credit, debit, amount FROM transfer x WHERE x.period = @period AND x.posting = @posted AND `+mirrored, m.args)
	return err
}

// mirrored are the rows that a reversal is about.
const mirrored = `(@contract::uuid IS NULL OR x.contract = @contract) AND NOT EXISTS (
	SELECT FROM run v JOIN calculation w ON w.run = v.id AND w.status = 'approved' WHERE v.reverses = @reversed AND v.id <> @run AND (v.contract IS NULL OR v.contract = x.contract))`

// claims gives each claim a mirror under an id of its own.
func (m *mirroring) claims(ctx context.Context) error {
	rows, err := m.Query(ctx, `SELECT x.id FROM claim x WHERE x.period = @period AND x.calculation = @of AND `+mirrored, m.args)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return err
	}
	mirrors := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		mirrors[i] = subsidy.MirrorClaimID(m.run.ID, id)
	}
	m.args["ids"], m.args["mirrors"] = ids, mirrors
	_, err = m.Exec(ctx, `
		INSERT INTO claim (period, calculation, contract, id, decision, placement, payer, payee, scheme, rule, kind, document, budget, service_from, service_to,
		                   vat_rate, provisional, origin, reverses, hash, base, charges, entitled, wage_cost, amount, vat, vat_cost)
		SELECT m.period, @id, m.contract, n.mirror, m.decision, m.placement, m.payer, m.payee, m.scheme, m.rule, m.kind, m.document, m.budget, m.service_from, m.service_to,
		       m.vat_rate, m.provisional, m.origin, m.id, sha256('mirror'::bytea || m.hash), -m.base, -m.charges, -m.entitled, -m.wage_cost, -m.amount, -m.vat, -m.vat_cost
		FROM claim m JOIN unnest(@ids::uuid[], @mirrors::uuid[]) AS n (id, mirror) ON n.id = m.id WHERE m.period = @period AND m.calculation = @of`, m.args)
	if err != nil {
		return err
	}
	_, err = m.Exec(ctx, `
		INSERT INTO claim_source (period, calculation, claim, source, share, amount)
		SELECT s.period, @id, n.mirror, s.source, s.share, -s.amount
		FROM claim_source s JOIN unnest(@ids::uuid[], @mirrors::uuid[]) AS n (id, mirror) ON n.id = s.claim WHERE s.period = @period AND s.calculation = @of`, m.args)
	return err
}

// outstanding is an attempt to pay a payment that did not come back.
const outstanding = `SELECT FROM bank_line l WHERE l.payment = p.id AND NOT EXISTS (SELECT FROM bank_returned b WHERE b.payment = l.payment AND b.attempt = l.attempt)`

// CancelPayments takes back the wages and garnishments of a reversed run that no bank
// file holds, and returns the wages that one holds. The employer's lock keeps exports
// out meanwhile.
func (tx *Tx) CancelPayments(ctx context.Context, a payroll.Actor, r payroll.Run) ([]subsidy.PaidOut, error) {
	args := pgx.NamedArgs{"run": r.ID, "of": r.Reverses, "contract": null(r.Contract), "by": a.User}
	const concerned = `p.run = @of AND p.kind IN ('wage', 'garnishment') AND (@contract::uuid IS NULL OR p.contract = @contract)
		AND NOT EXISTS (SELECT FROM payment_cancelled x WHERE x.payment = p.id)`
	_, err := tx.Exec(ctx, `
		INSERT INTO payment_cancelled (payment, run, cancelled_by)
		SELECT p.id, @run::uuid, @by::uuid FROM payment p WHERE `+concerned+` AND NOT EXISTS (`+outstanding+`)`, args)
	if err != nil {
		return nil, fmt.Errorf("take back the payments of run %s: %w", r.Reverses, err)
	}
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.contract, c.employment, p.amount FROM payment p JOIN contract c ON c.id = p.contract
		WHERE `+concerned+` AND p.kind = 'wage' AND EXISTS (`+outstanding+`)
		  AND NOT EXISTS (SELECT FROM receivable o WHERE o.run = @run AND o.contract = p.contract) ORDER BY p.id`, args)
	if err != nil {
		return nil, fmt.Errorf("payments of run %s that went out: %w", r.Reverses, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p subsidy.PaidOut, err error) {
		var amount decimal.Decimal
		if err = row.Scan(&p.Payment, &p.Contract, &p.Employment, &amount); err == nil {
			p.Amount, err = money(amount)
		}
		return p, err
	})
}

// DropReceivables brings what a reversed run made its employees owe, such as leave
// taken beyond what accrued, down to what came back of it: the mirror takes the
// booking back, and the run that pays the period again makes it anew.
func (tx *Tx) DropReceivables(ctx context.Context, a payroll.Actor, r payroll.Run) error {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO receivable (id, employment, reference, version, cause, amount, per_period, starts, run, contract, known, recorded_by)
		SELECT v.id, v.employment, v.reference, v.version + 1, 'de run is teruggedraaid', o.amount - o.open, 0, v.starts, v.run, v.contract, @known, @by
		FROM (`+openReceivable+`) o JOIN receivable v ON v.id = o.id
		WHERE v.run = @of AND (@contract::uuid IS NULL OR v.contract = @contract) AND o.open > 0
		  AND NOT EXISTS (SELECT FROM receivable n WHERE n.id = v.id AND n.version > v.version)`,
		pgx.NamedArgs{"known": known, "by": a.User, "of": r.Reverses, "contract": null(r.Contract)})
	if err != nil {
		return fmt.Errorf("drop the receivables of run %s: %w", r.Reverses, err)
	}
	return nil
}

// WithdrawClaims takes away what nobody has to decide on any more: claims that are
// undecided, with their mirrors. It returns the mirrors.
func (tx *Tx) WithdrawClaims(ctx context.Context, r payroll.Run, c payroll.Calculation) (map[uuid.UUID]bool, error) {
	rows, err := tx.Query(ctx, `
		WITH pairs AS (
			SELECT m.id, m.reverses FROM claim m
			WHERE m.period = @period AND m.calculation = @id AND m.kind <> 'hire' AND NOT EXISTS (SELECT FROM claim_decided x WHERE x.claim = m.reverses)),
		kept AS (INSERT INTO claim_withdrawn (claim, run) SELECT id, @run::uuid FROM pairs UNION ALL SELECT reverses, @run::uuid FROM pairs)
		SELECT id FROM pairs`, pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "run": r.ID})
	if err != nil {
		return nil, fmt.Errorf("withdraw the claims of run %s: %w", r.Reverses, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	withdrawn := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		withdrawn[id] = true
	}
	return withdrawn, err
}

// Mirrored turns a question about a reversal into one about the run that it mirrors.
func (tx *Tx) Mirrored(ctx context.Context, x Explained) (Explained, error) {
	if x.Run.Kind != payroll.Reversal {
		return x, nil
	}
	x.Mirror = x.Run.ID
	run, _, err := tx.Run(ctx, x.Run.Reverses, payroll.NoLock)
	if err != nil || x.Claim == uuid.Nil {
		x.Run = run
		return x, err
	}
	err = tx.QueryRow(ctx, `SELECT m.reverses FROM claim m JOIN calculation k ON k.id = m.calculation AND k.run = $2 WHERE m.id = $1 LIMIT 1`, x.Claim, x.Run.ID).Scan(&x.Claim)
	x.Run = run
	return x, err
}
