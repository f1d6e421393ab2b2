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
// how the work was sharded does not matter. Lines must sum to their payslips, and
// what is booked must be what payslips and claims book.
func (tx *Tx) Seal(ctx context.Context, r payroll.Run, c payroll.Calculation) (string, subsidy.Totals, error) {
	s := sealing{Tx: tx, run: r, args: pgx.NamedArgs{"period": day(r.Period.From), "id": c.ID, "posting": subsidy.PostingID(r, c)}}
	for _, step := range []func(context.Context) error{s.counts, s.payslips, s.lines, s.claims, s.shares, s.booked} {
		if err := step(ctx); err != nil {
			return "", s.totals, fmt.Errorf("seal calculation %d of run %s: %w", c.Number, r.ID, err)
		}
	}
	s.totals.Open = s.totals.All
	return payroll.HashText(s.hash), s.totals, nil
}

// sealing adds up the rows of one calculation.
type sealing struct {
	*Tx
	run     payroll.Run
	args    pgx.NamedArgs
	totals  subsidy.Totals
	hash    []byte
	slip    payroll.Payslip // the sum of all payslips
	charged payroll.SlipCharges
	booking []ledger.Transfer // what payslips and claims together book
}

func (s *sealing) counts(ctx context.Context) error {
	return s.QueryRow(ctx, `
		WITH p AS (SELECT contract, hash FROM payslip WHERE period = @period AND calculation = @id),
		     m AS (SELECT contract, id, hash FROM claim WHERE period = @period AND calculation = @id),
		     e AS (SELECT key FROM exception WHERE calculation = @id)
		SELECT (SELECT count(*) FROM p), (SELECT count(*) FROM m), (SELECT count(*) FROM e),
		       (SELECT coalesce(sum(failed), 0) FROM shard WHERE calculation = @id),
		       sha256(coalesce((SELECT string_agg(hash, ''::bytea ORDER BY contract) FROM p), '') ||
		              coalesce((SELECT string_agg(hash, ''::bytea ORDER BY contract, id) FROM m), '') ||
		              coalesce((SELECT string_agg(uuid_send(key), ''::bytea ORDER BY key) FROM e), ''))`, s.args).
		Scan(&s.totals.Payslips, &s.totals.Claims, &s.totals.All, &s.totals.Failed, &s.hash)
}

// payslips sums the payslips: what they book is linear, so that the sum of them
// books what they book together.
func (s *sealing) payslips(ctx context.Context) error {
	p, c := &s.slip, &s.charged
	err := scanAmounts(s.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE gross_only), count(*) FILTER (WHERE awf_class IS NULL),
		       sum(gross), sum(holiday), sum(holiday_paid), sum(leave_paid), sum(transition), sum(pension_employee), sum(pension_employer),
		       sum(tax_table), sum(tax_special), sum(garnished), sum(repaid), sum(owed), sum(overpaid), sum(net), sum(awf), sum(aof), sum(wko), sum(whk), sum(zvw)
		FROM payslip WHERE period = @period AND calculation = @id`, s.args), []any{&s.totals.GrossOnly, &s.totals.Unknown},
		&p.Gross, &p.Holiday, &p.HolidayPaid, &p.LeavePaid, &p.Transition, &p.Pension.Employee, &p.Pension.Employer,
		&p.Tax.Table, &p.Tax.SpecialTax, &p.Garnished, &p.Repaid, &p.Owed, &p.Overpaid, &p.Net, &c.AWf, &c.Aof, &c.Wko, &c.Whk, &c.EmployerZvw)
	if err != nil {
		return err
	}
	p.Charges, p.Wage = c, p.Gross.Sub(p.HolidayPaid).Sub(p.LeavePaid).Sub(p.Transition)
	s.booking = p.Transfers(s.run.Employer)
	t := &s.totals
	t.Gross, t.Holiday, t.Net, t.Tax, t.Charges = p.Gross, p.Holiday, p.Net, p.Tax.Total(), c.Total()
	t.Pension, t.Garnished, t.Repaid = p.Pension.Employee.Add(p.Pension.Employer), p.Garnished, p.Repaid
	return nil
}

// lines holds the lines against the sums that the part of their kind before the
// point names.
func (s *sealing) lines(ctx context.Context) error {
	var wage, paid, holiday, withheld euro.Amount
	err := scanAmounts(s.QueryRow(ctx, `
		SELECT sum(amount) FILTER (WHERE kind LIKE 'wage.%'), sum(amount) FILTER (WHERE kind LIKE 'paid.%'),
		       sum(amount) FILTER (WHERE kind LIKE 'holiday.%'), sum(amount) FILTER (WHERE kind LIKE 'withheld.%')
		FROM payslip_line WHERE period = @period AND calculation = @id`, s.args), nil, &wage, &paid, &holiday, &withheld)
	if err != nil {
		return err
	}
	p := s.slip
	if !wage.Equal(p.Wage) || !wage.Add(paid).Equal(p.Gross) || !holiday.Equal(p.Holiday) || !p.Gross.Add(withheld).Equal(p.Net) {
		return fmt.Errorf("it does not add up: wage %s of lines %s, gross %s of lines %s, holiday %s of lines %s, net %s of withheld %s",
			p.Wage, wage, p.Gross, wage.Add(paid), p.Holiday, holiday, p.Net, withheld)
	}
	return nil
}

// claims sums the claims that book alike: by kind, and apart what is paid back, and
// what mirrors another.
func (s *sealing) claims(ctx context.Context) error {
	rows, err := s.Query(ctx, `
		SELECT kind, reverses IS NOT NULL, sum(amount), sum(vat) FROM claim WHERE period = @period AND calculation = @id GROUP BY kind, amount < 0, reverses IS NOT NULL`, s.args)
	if err != nil {
		return err
	}
	var kind string
	var mirror bool
	var amount, vat decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&kind, &mirror, &amount, &vat}, func() (err error) {
		m := subsidy.Claim{Kind: subsidy.Kind(kind), Payee: s.run.Employer}
		if m.Amount, err = money(amount); err != nil {
			return err
		}
		if m.VAT, err = money(vat); err != nil {
			return err
		}
		s.booking = append(s.booking, m.Booked(mirror)...)
		s.totals.VAT = s.totals.VAT.Add(m.VAT)
		if m.Kind == subsidy.Hire {
			s.totals.Hired = s.totals.Hired.Add(m.Amount)
		} else {
			s.totals.Claimed = s.totals.Claimed.Add(m.Amount)
		}
		return nil
	})
	return err
}

// shares holds what the sources of a claim bear against the claim.
func (s *sealing) shares(ctx context.Context) error {
	var wrong int
	err := s.QueryRow(ctx, `
		SELECT count(*) FROM (SELECT claim, sum(amount) AS amount FROM claim_source WHERE period = @period AND calculation = @id GROUP BY claim) s
		LEFT JOIN claim m ON m.period = @period AND m.calculation = @id AND m.id = s.claim
		WHERE s.amount IS DISTINCT FROM m.amount + m.vat_cost`, s.args).Scan(&wrong)
	if err == nil && wrong > 0 {
		err = fmt.Errorf("it does not add up: the sources of %d claims bear something else than the claim", wrong)
	}
	return err
}

// booked holds the transfers against what payslips and claims book, account by
// account.
func (s *sealing) booked(ctx context.Context) error {
	rows, err := s.Query(ctx, `SELECT debit, credit, sum(amount) FROM transfer WHERE period = @period AND posting = @posting GROUP BY debit, credit`, s.args)
	if err != nil {
		return err
	}
	var kept []ledger.Transfer
	var debit, credit string
	var amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&debit, &credit, &amount}, func() error {
		sum, err := money(amount)
		kept = append(kept, ledger.Transfer{Debit: ledger.Account(debit), Credit: ledger.Account(credit), Amount: sum})
		return err
	})
	if err != nil {
		return err
	}
	is, should := ledger.Balances(kept), ledger.Balances(s.booking)
	for _, both := range []map[ledger.Account]euro.Amount{is, should} {
		for account := range both {
			if !is[account].Equal(should[account]) {
				return fmt.Errorf("it does not add up: %s is booked on %s, and it is %s of the payslips and claims", is[account], account, should[account])
			}
		}
	}
	return nil
}
