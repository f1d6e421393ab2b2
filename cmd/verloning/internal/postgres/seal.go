package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
	"verloning/subsidy"
)

// Seal checks that the parts of a calculation add up and computes its hash:
// over every payslip, claim and exception in order of contract and key, so that
// how the work was sharded does not matter. What is booked must be what was
// earned, accrued, claimed, hired and taxed.
func (tx *Tx) Seal(ctx context.Context, r payroll.Run, c payroll.Calculation) (string, subsidy.Totals, error) {
	var t subsidy.Totals
	var gross, holiday, net, lines, accrued, claimed, hired, vat, booked decimal.Decimal
	var hash []byte
	err := tx.QueryRow(ctx, `
		WITH p AS (SELECT * FROM payslip WHERE period = @period AND calculation = @id),
		     l AS (SELECT * FROM payslip_line WHERE period = @period AND calculation = @id),
		     m AS (SELECT * FROM claim WHERE period = @period AND calculation = @id),
		     e AS (SELECT * FROM exception WHERE calculation = @id)
		SELECT (SELECT count(*) FROM p), (SELECT count(*) FROM m), (SELECT count(*) FROM e),
		       (SELECT coalesce(sum(failed), 0) FROM shard WHERE calculation = @id),
		       (SELECT coalesce(sum(gross), 0) FROM p), (SELECT coalesce(sum(holiday), 0) FROM p), (SELECT coalesce(sum(net), 0) FROM p),
		       (SELECT coalesce(sum(amount), 0) FROM l WHERE kind LIKE 'wage.%'),
		       (SELECT coalesce(sum(amount), 0) FROM l WHERE kind = 'holiday.accrued'),
		       (SELECT coalesce(sum(amount), 0) FROM m WHERE kind <> 'hire'), (SELECT coalesce(sum(amount), 0) FROM m WHERE kind = 'hire'),
		       (SELECT coalesce(sum(vat), 0) FROM m),
		       (SELECT coalesce(sum(CASE WHEN credit = ANY (@earned) THEN amount ELSE -amount END), 0) FROM transfer WHERE period = @period AND posting = @posting),
		       sha256(coalesce((SELECT string_agg(hash, ''::bytea ORDER BY contract) FROM p), '') ||
		              coalesce((SELECT string_agg(hash, ''::bytea ORDER BY contract, id) FROM m), '') ||
		              coalesce((SELECT string_agg(uuid_send(key), ''::bytea ORDER BY key) FROM e), ''))`,
		pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "posting": subsidy.PostingID(r, c), "earned": accounts(subsidy.EarnedBy)}).
		Scan(&t.Payslips, &t.Claims, &t.All, &t.Failed, &gross, &holiday, &net, &lines, &accrued, &claimed, &hired, &vat, &booked, &hash)
	if err != nil {
		return "", t, fmt.Errorf("seal run %s: %w", r.ID, err)
	}
	whole := gross.Add(holiday).Add(claimed).Add(hired).Add(vat)
	if !gross.Equal(lines) || !holiday.Equal(accrued) || !booked.Equal(whole) {
		return "", t, fmt.Errorf("calculation %d of run %s does not add up: gross %s of lines %s, holiday %s of lines %s, booked %s of %s",
			c.Number, r.ID, gross, lines, holiday, accrued, booked, whole)
	}
	for to, from := range map[*euro.Amount]decimal.Decimal{
		&t.Gross: gross, &t.Holiday: holiday, &t.Net: net, &t.Claimed: claimed, &t.Hired: hired, &t.VAT: vat,
	} {
		if *to, err = money(from); err != nil {
			return "", t, err
		}
	}
	t.Open = t.All
	return payroll.HashText(hash), t, nil
}

// accounts hands ledger accounts to PostgreSQL.
func accounts(list []ledger.Account) []string {
	codes := make([]string, len(list))
	for i, a := range list {
		codes[i] = string(a)
	}
	return codes
}
