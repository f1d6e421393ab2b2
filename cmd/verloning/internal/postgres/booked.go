package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// bookedRows joins the contracts of a shard with what runs that were approved
// when the cut-off was fixed have kept of them, never this run itself. Rows are
// found contract by contract within each calculation, by key: the planner knows
// nothing yet of rows that were written a moment ago.
const bookedRows = `
	FROM (SELECT k.id, r.id AS run, r.period, r.pay_date FROM run r JOIN calculation k ON k.run = r.id
	      WHERE r.employer = @employer AND r.id <> @run AND k.known <= @cutoff AND (@before::date IS NULL OR r.period < @before)) a
	JOIN contract c ON c.employer = @employer AND c.person BETWEEN @first AND @last`

// booked sums what approved payslips have accrued, paid and withheld: of each
// contract the holiday allowance and since when, of each person leave, premiums and wage by the
// year of payment.
func (l *loader) booked(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT p.contract, min(a.period), max(a.period) FILTER (WHERE p.holiday_paid > 0 AND NOT EXISTS (
		           SELECT FROM run v JOIN calculation w ON w.run = v.id AND w.known <= @cutoff WHERE v.reverses = a.run AND (v.contract IS NULL OR v.contract = p.contract))), sum(p.leave_accrued - p.leave_taken)::int,
		       sum(p.gross - p.holiday_paid - p.leave_paid - p.transition), sum(p.holiday), sum(p.holiday_paid), sum(p.transition),
		       sum(p.gross - p.pension_employee - p.transition) FILTER (WHERE p.awf_class <> '' AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.premium_maximum) FILTER (WHERE p.awf_class <> '' AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.premium_base) FILTER (WHERE a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.gross - p.pension_employee) FILTER (WHERE p.awf_class IS NOT NULL AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.premium_maximum) FILTER (WHERE a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.zvw_base) FILTER (WHERE a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.premium_maximum) FILTER (WHERE a.period = @from AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.gross - p.pension_employee) FILTER (WHERE NOT p.gross_only AND a.pay_date BETWEEN @last_new_year AND @last_new_year_eve),
		       sum(p.gross - p.pension_employee - p.taxed_special) FILTER (WHERE a.period = @from AND NOT p.gross_only AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.tax_table) FILTER (WHERE a.period = @from AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.arbeidskorting) FILTER (WHERE a.period = @from AND a.pay_date BETWEEN @new_year AND @new_year_eve),
		       sum(p.net) FILTER (WHERE a.period = @from)`+bookedRows+`
		JOIN LATERAL (SELECT * FROM payslip p WHERE p.period = a.period AND p.calculation = a.id AND p.contract = c.id OFFSET 0) p ON true
		GROUP BY p.contract`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var since time.Time
	var last *time.Time
	var leave int32
	var month payroll.Accrued
	var person payroll.Booked
	var transition euro.Amount
	sums := make([]*decimal.Decimal, 16)
	into := []*euro.Amount{
		&month.Base, &month.Accrued, &month.Paid, &transition,
		&person.Year.Insured.Wage, &person.Year.Insured.Maximum, &person.Year.Insured.Base,
		&person.Year.Zvw.Wage, &person.Year.Zvw.Maximum, &person.Year.Zvw.Base, &person.Maximum, &person.LastYear,
		&person.Period.Regular, &person.Period.Table, &person.Period.Arbeidskorting, &person.Period.Net,
	}
	row := []any{&contract, &since, &last, &leave}
	for i := range sums {
		row = append(row, &sums[i])
	}
	_, err = pgx.ForEachRow(rows, row, func() error {
		for i, sum := range sums {
			*into[i] = euro.Zero
			if sum == nil {
				continue
			}
			var err error
			if *into[i], err = money(*sum); err != nil {
				return err
			}
		}
		if at, file := l.month(contract); at != nil {
			person.Since, person.Leave, person.Year.Year = date(&since), payroll.Quantity(leave), l.run.PayDate.Year()
			month.LastPaid, person.Paid = date(last), nil
			if transition.Sign() > 0 {
				person.Paid = []payroll.TransitionPaid{{From: at.Contract.Span().From, Amount: transition}}
			}
			at.Since, at.Earlier, file.Booked = date(&since), month, file.Booked.Plus(person)
		}
		return nil
	})
	return err
}

// taken sums what was withheld for each garnishment and receivable.
func (l *loader) taken(ctx context.Context) error {
	facts := map[uuid.UUID]*euro.Amount{}
	for i := range l.files {
		for j := range l.files[i].Garnishments {
			facts[l.files[i].Garnishments[j].ID] = &l.files[i].Garnishments[j].Taken
		}
		for j := range l.files[i].Receivables {
			facts[l.files[i].Receivables[j].ID] = &l.files[i].Receivables[j].Taken
		}
	}
	if len(facts) == 0 {
		return nil
	}
	rows, err := l.Query(ctx, `
		SELECT n.fact, -sum(n.amount)`+bookedRows+`
		JOIN LATERAL (SELECT * FROM payslip_line n WHERE n.period = a.period AND n.calculation = a.id AND n.contract = c.id AND n.fact IS NOT NULL OFFSET 0) n ON true
		GROUP BY n.fact`, l.args)
	if err != nil {
		return err
	}
	var fact uuid.UUID
	var sum decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&fact, &sum}, func() (err error) {
		if at, known := facts[fact]; known {
			*at, err = money(sum)
		}
		return err
	})
	return err
}

// garnished adds to a page of payslips what was withheld for creditors, with the
// account that the calculation knew of.
func (tx *Tx) garnished(ctx context.Context, r payroll.Run, c payroll.Calculation, due []subsidy.Due) error {
	at := map[uuid.UUID]*subsidy.Due{}
	for i := range due {
		if due[i].Payslip.Garnished.Sign() > 0 {
			at[due[i].Payslip.Contract] = &due[i]
		}
	}
	if len(at) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `
		SELECT n.contract, g.id, g.reference, g.creditor_iban, -n.amount
		FROM payslip_line n
		JOIN LATERAL (SELECT * FROM garnishment g WHERE g.id = n.fact AND g.known <= @cutoff ORDER BY g.version DESC LIMIT 1) g ON true
		WHERE n.period = @period AND n.calculation = @id AND n.contract BETWEEN @first AND @last AND n.kind = @kind
		ORDER BY n.contract, n.line`,
		pgx.NamedArgs{
			"period": day(r.Period.From), "id": c.ID, "cutoff": c.Cutoff, "kind": string(payroll.LineGarnished),
			"first": due[0].Payslip.Contract, "last": due[len(due)-1].Payslip.Contract,
		})
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var g payroll.Garnished
	var iban string
	var amount decimal.Decimal
	_, err = pgx.ForEachRow(rows, []any{&contract, &g.Garnishment, &g.Reference, &iban, &amount}, func() (err error) {
		g.Creditor = payroll.IBAN(iban)
		if g.Amount, err = money(amount); err == nil {
			at[contract].Garnished = append(at[contract].Garnished, g)
		}
		return err
	})
	return err
}
