package postgres

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/subsidy"
)

// KeepShard writes all rows of a shard with COPY, in the shard's transaction,
// and notes that it is done.
func (tx *Tx) KeepShard(ctx context.Context, r payroll.Run, c payroll.Calculation, s payroll.Shard, out subsidy.ShardResult) error {
	k := keeper{tx, r, c}
	for _, step := range []func(context.Context, subsidy.ShardResult) error{k.payslips, k.lines, k.claims, k.sources, k.corrections, k.attributions, k.leftOut, k.transfers, k.exceptions} {
		if err := step(ctx, out); err != nil {
			return fmt.Errorf("keep shard %d of run %s: %w", s.Number, r.ID, redact(err))
		}
	}
	_, err := tx.Exec(ctx, `UPDATE shard SET done_at = now(), payslips = $3, failed = $4 WHERE calculation = $1 AND number = $2`,
		c.ID, s.Number, len(out.Payslips), out.Failed)
	if err != nil {
		return fmt.Errorf("shard %d of run %s is done: %w", s.Number, r.ID, err)
	}
	return nil
}

// keeper writes the rows of one calculation.
type keeper struct {
	*Tx
	run  payroll.Run
	calc payroll.Calculation
}

func (k keeper) payslips(ctx context.Context, out subsidy.ShardResult) error {
	period := day(k.run.Period.From)
	var row []any
	_, err := k.CopyFrom(ctx, pgx.Identifier{"payslip"},
		[]string{"period", "calculation", "contract", "person", "employment", "gross", "holiday", "net", "gross_only", "iban", "hash",
			"holiday_paid", "leave_paid", "transition", "leave_accrued", "leave_taken", "pension_base", "pension_employee", "pension_employer",
			"taxed_special", "tax_table", "tax_special", "arbeidskorting", "garnished", "repaid", "owed",
			"overpaid", "awf_class", "aof_class", "premium_maximum", "premium_base", "zvw_base", "awf", "aof", "wko", "whk", "zvw"},
		pgx.CopyFromSlice(len(out.Payslips), func(i int) ([]any, error) {
			p := out.Payslips[i]
			hash := p.Hash()
			row = append(row[:0], period, k.calc.ID, key(p.Contract), key(p.Person), key(p.Employment), p.Gross.Decimal(), p.Holiday.Decimal(), p.Net.Decimal(),
				p.GrossOnly, p.IBAN.Reveal(), hash[:],
				p.HolidayPaid.Decimal(), p.LeavePaid.Decimal(), p.Transition.Decimal(), int32(p.LeaveAccrued), int32(p.LeaveTaken),
				p.Pension.Base.Decimal(), p.Pension.Employee.Decimal(), p.Pension.Employer.Decimal(),
				p.Tax.Special.Decimal(), p.Tax.Table.Decimal(), p.Tax.SpecialTax.Decimal(), p.Tax.Arbeidskorting.Decimal(),
				p.Garnished.Decimal(), p.Repaid.Decimal(), p.Owed.Decimal(), p.Overpaid.Decimal())
			row = appendCharges(row, p.Charges)
			return row, nil
		}))
	return err
}

// appendCharges adds the employer's charges to a row: nulls where they are not
// known.
func appendCharges(row []any, c *payroll.SlipCharges) []any {
	if c == nil {
		return append(row, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
	}
	return append(row, string(c.AWfKind), string(c.AofKind), c.Zvw.Maximum.Decimal(), c.Insured.Base.Decimal(), c.Zvw.Base.Decimal(),
		c.AWf.Decimal(), c.Aof.Decimal(), c.Wko.Decimal(), c.Whk.Decimal(), c.EmployerZvw.Decimal())
}

func (k keeper) lines(ctx context.Context, out subsidy.ShardResult) error {
	period := day(k.run.Period.From)
	slip, line := 0, 0
	_, err := k.CopyFrom(ctx, pgx.Identifier{"payslip_line"},
		[]string{"period", "calculation", "contract", "line", "kind", "quantity", "rate", "amount", "rule", "source", "origin", "fact"},
		pgx.CopyFromFunc(func() ([]any, error) {
			for slip < len(out.Payslips) && line == len(out.Payslips[slip].Lines) {
				slip, line = slip+1, 0
			}
			if slip == len(out.Payslips) {
				return nil, nil
			}
			l := out.Payslips[slip].Lines[line]
			line++
			return []any{period, k.calc.ID, key(out.Payslips[slip].Contract), int16(line), string(l.Kind), int32(l.Quantity), l.Rate.Decimal(),
				l.Amount.Decimal(), l.Rule, l.Source, day(l.Origin), keyOrNull(l.Fact)}, nil
		}))
	return err
}

func (k keeper) claims(ctx context.Context, out subsidy.ShardResult) error {
	period := day(k.run.Period.From)
	_, err := k.CopyFrom(ctx, pgx.Identifier{"claim"},
		[]string{"period", "calculation", "contract", "id", "decision", "payer", "payee", "scheme", "rule", "kind", "document", "budget",
			"service_from", "service_to", "base", "charges", "entitled", "wage_cost", "amount", "hash",
			"placement", "vat_rate", "vat", "vat_cost", "provisional", "origin"},
		pgx.CopyFromSlice(len(out.Claims), func(i int) ([]any, error) {
			m := out.Claims[i]
			hash := m.Hash()
			return []any{period, k.calc.ID, key(m.Contract), key(m.ID), keyOrNull(m.Decision), key(m.Payer), key(m.Payee), m.Scheme, m.Rule, string(m.Kind), string(m.Document),
				text(string(m.Budget)), day(m.Service.From), day(m.Service.To), m.Base.Decimal(), m.Charges.Decimal(), m.Entitled.Decimal(),
				m.WageCost.Decimal(), m.Amount.Decimal(), hash[:],
				keyOrNull(m.Placement), m.VATRate.Decimal(), m.VAT.Decimal(), m.VATCost.Decimal(), m.Provisional, day(m.Origin)}, nil
		}))
	return err
}

// sources are of claims whose rule draws on several; most runs have none.
func (k keeper) sources(ctx context.Context, out subsidy.ShardResult) error {
	var rows [][]any
	for _, m := range out.Claims {
		for _, s := range m.Sources {
			rows = append(rows, []any{day(k.run.Period.From), k.calc.ID, key(m.ID), string(s.Source), s.Share.Decimal(), s.Amount.Decimal()})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := k.CopyFrom(ctx, pgx.Identifier{"claim_source"}, []string{"period", "calculation", "claim", "source", "share", "amount"}, pgx.CopyFromRows(rows))
	return err
}

// corrections are of periods that were computed anew, also where that came to
// nothing.
func (k keeper) corrections(ctx context.Context, out subsidy.ShardResult) error {
	var rows [][]any
	for _, c := range out.Corrections {
		row := []any{day(k.run.Period.From), k.calc.ID, key(c.Contract.ID), day(c.Origin.From), text(string(c.By)), int32(c.LeaveAccrued), int32(c.LeaveTaken)}
		for _, a := range c.Amounts() {
			row = append(row, a.Decimal())
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := k.CopyFrom(ctx, pgx.Identifier{"correction"}, []string{"period", "calculation", "contract", "origin", "attributed", "leave_accrued", "leave_taken",
		"wage", "holiday", "holiday_paid", "leave_paid", "transition", "pension_base", "pension_employee", "pension_employer", "owed"}, pgx.CopyFromRows(rows))
	return err
}

func (k keeper) leftOut(ctx context.Context, out subsidy.ShardResult) error {
	if len(out.LeftOut) == 0 {
		return nil
	}
	_, err := k.Exec(ctx, `INSERT INTO left_out (calculation, person) SELECT $1, unnest($2::uuid[])`, k.calc.ID, out.LeftOut)
	return err
}

func (k keeper) transfers(ctx context.Context, out subsidy.ShardResult) error {
	return k.addTransfers(ctx, k.run, subsidy.PostingID(k.run, k.calc), out.Transfers)
}

// exceptions about a figure come from every person that it touches: one row.
func (k keeper) exceptions(ctx context.Context, out subsidy.ShardResult) error {
	return k.AddExceptions(ctx, k.run, k.calc, out.Exceptions)
}

// AddExceptions keeps what somebody must accept. The rows go in order of key, so
// that two shards that found the same wait for each other and do not lock each
// other out.
func (tx *Tx) AddExceptions(ctx context.Context, r payroll.Run, c payroll.Calculation, list []payroll.Exception) error {
	found := map[uuid.UUID]payroll.Exception{}
	for _, e := range list {
		found[e.Key(r.ID)] = e
	}
	keys := slices.SortedFunc(maps.Keys(found), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	batch := &pgx.Batch{}
	for _, key := range keys {
		e := found[key]
		batch.Queue(`
			INSERT INTO exception (calculation, key, kind, subject, article, detail_nl, detail_en)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			c.ID, key, string(e.Kind), e.Subject, e.Article, e.Detail.NL, e.Detail.EN)
	}
	return tx.SendBatch(ctx, batch).Close()
}

// addTransfers writes transfers under their posting, numbered within each
// contract.
func (tx *Tx) addTransfers(ctx context.Context, r payroll.Run, posting uuid.UUID, transfers []subsidy.ContractTransfer) error {
	slices.SortStableFunc(transfers, func(a, b subsidy.ContractTransfer) int { return bytes.Compare(a.Contract[:], b.Contract[:]) })
	period := day(r.Period.From)
	number, i := int16(0), 0
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"transfer"},
		[]string{"period", "posting", "contract", "number", "ledger", "debit", "credit", "amount"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if i == len(transfers) {
				return nil, nil
			}
			t := transfers[i]
			if i == 0 || transfers[i-1].Contract != t.Contract {
				number = 0
			}
			number, i = number+1, i+1
			return []any{period, key(posting), key(t.Contract), number, key(t.Ledger), string(t.Debit), string(t.Credit), t.Amount.Decimal()}, nil
		}))
	return err
}
