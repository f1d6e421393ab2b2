package postgres

import (
	"context"
	"fmt"
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

// attributed moves what payslips attribute to earlier periods, in what was booked of
// each person, from the run that paid it to the period in which it is enjoyed.
func (l *loader) attributed(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		WITH moved AS (
			SELECT x.*, p.awf_class AS paid_class, a.pay_date,
			       (x.enjoyed_on BETWEEN @new_year AND @new_year_eve AND (@before::date IS NULL OR x.origin < @before))::int AS here,
			       (a.pay_date BETWEEN @new_year AND @new_year_eve AND (@before::date IS NULL OR a.period < @before))::int AS counted
			FROM (SELECT k.id, r.period, r.pay_date FROM run r JOIN calculation k ON k.run = r.id WHERE r.employer = @employer AND r.id <> @run AND k.known <= @cutoff) a
			JOIN attribution x ON x.calculation = a.id JOIN contract c ON c.id = x.contract AND c.person BETWEEN @first AND @last
			JOIN payslip p ON p.period = x.period AND p.calculation = x.calculation AND p.contract = x.contract)
		SELECT contract,
		       coalesce(sum((gross - pension_employee - transition) * (CASE WHEN awf_class <> '' THEN here ELSE 0 END - CASE WHEN paid_class <> '' THEN counted ELSE 0 END)), 0),
		       coalesce(sum(premium_maximum * (CASE WHEN awf_class <> '' THEN here ELSE 0 END - CASE WHEN paid_class <> '' THEN counted ELSE 0 END)), 0),
		       coalesce(sum(premium_base * (here - counted)), 0),
		       coalesce(sum((gross - pension_employee) * (CASE WHEN awf_class IS NOT NULL THEN here ELSE 0 END - CASE WHEN paid_class IS NOT NULL THEN counted ELSE 0 END)), 0),
		       coalesce(sum(premium_maximum * (here - counted)), 0), coalesce(sum(zvw_base * (here - counted)), 0),
		       coalesce(-sum(premium_maximum) FILTER (WHERE period = @from AND counted = 1), 0),
		       coalesce(-sum(gross - pension_employee - taxed_special) FILTER (WHERE period = @from AND counted = 1), 0),
		       coalesce(-sum(tax_table) FILTER (WHERE period = @from AND counted = 1), 0), coalesce(-sum(arbeidskorting) FILTER (WHERE period = @from AND counted = 1), 0)
		FROM moved GROUP BY contract`, l.args)
	if err != nil {
		return err
	}
	var contract uuid.UUID
	var b payroll.Booked
	sums := make([]decimal.Decimal, 10)
	row := []any{&contract}
	for i := range sums {
		row = append(row, &sums[i])
	}
	_, err = pgx.ForEachRow(rows, row, func() error {
		err := amounts(sums, &b.Year.Insured.Wage, &b.Year.Insured.Maximum, &b.Year.Insured.Base, &b.Year.Zvw.Wage, &b.Year.Zvw.Maximum, &b.Year.Zvw.Base,
			&b.Maximum, &b.Period.Regular, &b.Period.Table, &b.Period.Arbeidskorting)
		if _, file := l.month(contract); file != nil && err == nil {
			b.Year.Year = l.run.PayDate.Year()
			file.Booked = file.Booked.Plus(b)
		}
		return err
	})
	return err
}

// taxation gives past periods what tax and premiums were booked for them, where what
// changes may be enjoyed in them.
func (l *loader) taxation(ctx context.Context, by payroll.AttributedBy, repairs map[uuid.UUID][]calendar.Date, contracts map[uuid.UUID]payroll.Contract) (map[uuid.UUID]*payroll.Taxation, error) {
	list := map[uuid.UUID]*payroll.Taxation{}
	if by == payroll.LoonIn && len(repairs) == 0 {
		return list, nil
	}
	for _, step := range []func() error{
		func() error { return l.taxedAs(ctx, list) }, func() error { return l.enjoyed(ctx, list) }, func() error { return l.loonIn(ctx, list, contracts) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("tax of %s: %w", l.run.Period, err)
		}
	}
	for person, t := range list {
		if t.By = by; slices.Contains(repairs[person], l.run.Period.From) {
			t.By = payroll.Repaired
		}
	}
	return list, nil
}

// taxedAs is what the tax of each person went by when the period was paid: who was
// not known then by what was recorded first.
func (l *loader) taxedAs(ctx context.Context, list map[uuid.UUID]*payroll.Taxation) error {
	rows, err := l.Query(ctx, `
		WITH paid AS MATERIALIZED (SELECT max(k.cutoff) AS cutoff FROM calculation k WHERE k.run = @paid_by AND k.known <= @cutoff)
		SELECT e.person, v.korting, v.jonggehandicapt, v.alleenstaand,
		       (SELECT p.bsn_hash IS NOT NULL OR EXISTS (SELECT FROM person_bsn b WHERE b.person = p.id AND b.known <= paid.cutoff) FROM person p WHERE p.id = e.person)
		FROM paid JOIN employment e ON e.employer = @employer AND e.person BETWEEN @first AND @last
		JOIN LATERAL (SELECT * FROM employment_version v WHERE v.employment = e.id AND v.known <= @cutoff
		              ORDER BY v.known <= paid.cutoff DESC, CASE WHEN v.known <= paid.cutoff THEN v.version ELSE -v.version END DESC LIMIT 1) v ON true`, l.args)
	if err != nil {
		return err
	}
	var person uuid.UUID
	var e payroll.Employment
	_, err = pgx.ForEachRow(rows, []any{&person, &e.Korting, &e.Jonggehandicapt, &e.Alleenstaand, &e.Identified}, func() error {
		list[person] = &payroll.Taxation{Person: e}
		return nil
	})
	return err
}

// enjoyed is what all runs have booked as enjoyed in the period: its own payslips,
// less what they attribute to earlier ones, and what later ones attribute to it.
func (l *loader) enjoyed(ctx context.Context, list map[uuid.UUID]*payroll.Taxation) error {
	rows, err := l.Query(ctx, `
		WITH runs AS MATERIALIZED (
			SELECT r.period, k.id FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff
			WHERE r.employer = @employer AND r.period >= @from AND r.id <> @run),
		mine AS MATERIALIZED (SELECT id, person FROM contract WHERE employer = @employer AND person BETWEEN @first AND @last),
		parts AS (
			SELECT p.contract, m.person, p.gross_only, p.awf_class, p.aof_class, p.gross, p.holiday, p.holiday_paid, p.transition, p.pension_employee,
			       p.taxed_special, p.tax_table, p.tax_special, p.arbeidskorting, p.premium_maximum, p.premium_base, p.zvw_base, p.awf, p.aof, p.wko, p.whk, p.zvw
			FROM runs r JOIN mine m ON true JOIN payslip p ON p.period = r.period AND p.calculation = r.id AND p.contract = m.id WHERE r.period = @from
			UNION ALL
			SELECT x.contract, m.person, false, p.awf_class, p.aof_class, -x.gross, -x.holiday, -x.holiday_paid, -x.transition, -x.pension_employee,
			       -x.taxed_special, -x.tax_table, -x.tax_special, -x.arbeidskorting, -x.premium_maximum, -x.premium_base, -x.zvw_base, -x.awf, -x.aof, -x.wko, -x.whk, -x.zvw
			FROM runs r JOIN attribution x ON x.calculation = r.id JOIN mine m ON m.id = x.contract
			JOIN payslip p ON p.period = r.period AND p.calculation = r.id AND p.contract = x.contract WHERE r.period = @from
			UNION ALL
			SELECT x.contract, m.person, false, x.awf_class, x.aof_class, x.gross, x.holiday, x.holiday_paid, x.transition, x.pension_employee,
			       x.taxed_special, x.tax_table, x.tax_special, x.arbeidskorting, x.premium_maximum, x.premium_base, x.zvw_base, x.awf, x.aof, x.wko, x.whk, x.zvw
			FROM runs r JOIN attribution x ON x.calculation = r.id AND x.origin = @from JOIN mine m ON m.id = x.contract WHERE r.period > @from)
		SELECT contract, person, coalesce(sum(gross) FILTER (WHERE gross_only), 0) <> 0, awf_class, aof_class,
		       sum(gross), sum(holiday), sum(holiday_paid), sum(transition), sum(pension_employee), sum(taxed_special), sum(tax_table), sum(tax_special), sum(arbeidskorting),
		       sum(premium_maximum), sum(premium_base), sum(zvw_base), sum(awf), sum(aof), sum(wko), sum(whk), sum(zvw)
		FROM parts GROUP BY contract, person, awf_class, aof_class ORDER BY contract, awf_class, aof_class`, l.args)
	if err != nil {
		return err
	}
	for rows.Next() {
		person, grossOnly, e, err := scanEnjoyed(rows)
		if err != nil {
			return err
		}
		if t := list[person]; t != nil {
			t.Enjoyed, t.GrossOnly = append(t.Enjoyed, e), t.GrossOnly || grossOnly
		}
	}
	return rows.Err()
}

// scanEnjoyed reads what is enjoyed under one contract with one class of premiums.
// From AOW age on only the Zvw has a wage.
func scanEnjoyed(row pgx.CollectableRow) (person uuid.UUID, grossOnly bool, e payroll.Enjoyed, err error) {
	var awf, aof *string
	var c payroll.SlipCharges
	err = scanAmounts(row, []any{&e.Contract, &person, &grossOnly, &awf, &aof}, &e.Gross, &e.Holiday, &e.HolidayPaid, &e.Transition, &e.Pension,
		&e.Tax.Special, &e.Tax.Table, &e.Tax.SpecialTax, &e.Tax.Arbeidskorting,
		&c.Zvw.Maximum, &c.Insured.Base, &c.Zvw.Base, &c.AWf, &c.Aof, &c.Wko, &c.Whk, &c.EmployerZvw)
	taxable := e.Gross.Sub(e.Pension)
	if e.Tax.Regular = taxable.Sub(e.Tax.Special); awf != nil {
		c.AWfKind, c.AofKind, c.Zvw.Wage = payroll.ChargeClass(*awf), payroll.ChargeClass(orEmpty(aof)), taxable
		if c.AWfKind != payroll.ChargeNone {
			c.Insured.Wage, c.Insured.Maximum = taxable.Sub(e.Transition), c.Zvw.Maximum
		}
		e.Charges = &c
	}
	return person, grossOnly, e, err
}

// loonIn are corrections that are enjoyed when they are paid: of earlier periods in
// this one, and of this one in later ones.
func (l *loader) loonIn(ctx context.Context, list map[uuid.UUID]*payroll.Taxation, contracts map[uuid.UUID]payroll.Contract) error {
	rows, err := l.Query(ctx, `
		SELECT x.contract, x.origin, sum(x.wage), sum(x.holiday), sum(x.holiday_paid), sum(x.leave_paid), sum(x.transition), sum(x.pension_employee)
		FROM run r JOIN calculation k ON k.run = r.id AND k.known <= @cutoff JOIN correction x ON x.calculation = k.id AND x.attributed IS NULL
		JOIN contract c ON c.id = x.contract AND c.person BETWEEN @first AND @last
		WHERE r.employer = @employer AND (r.period = @from OR r.period > @from AND x.origin = @from) AND r.id <> @run GROUP BY x.contract, x.origin ORDER BY x.contract, x.origin`, l.args)
	if err != nil {
		return err
	}
	for rows.Next() {
		var contract uuid.UUID
		var origin time.Time
		var c payroll.Correction
		if err := scanAmounts(rows, []any{&contract, &origin}, &c.Wage, &c.Holiday, &c.HolidayPaid, &c.LeavePaid, &c.Transition, &c.Pension.Employee); err != nil {
			return err
		}
		c.Contract, c.Origin = contracts[contract], calendar.PeriodFrom(l.run.Period.Kind, date(&origin))
		if t := list[c.Contract.Person]; t != nil && !c.Nothing() && c.Origin.From == l.run.Period.From {
			t.Elsewhere = append(t.Elsewhere, c)
		} else if t != nil && !c.Nothing() {
			t.Arrears = append(t.Arrears, c)
		}
	}
	return rows.Err()
}

// attributions are what payslips attribute to earlier periods.
func (k keeper) attributions(ctx context.Context, out subsidy.ShardResult) error {
	var rows [][]any
	for _, p := range out.Payslips {
		for i, a := range p.Attributed {
			row := []any{day(k.run.Period.From), k.calc.ID, key(p.Contract), int16(i + 1), day(a.Period.From), string(a.Period.Kind), day(a.Paid), string(a.By)}
			for _, amount := range []euro.Amount{a.Gross, a.Holiday, a.HolidayPaid, a.Transition, a.Pension, a.Tax.Special, a.Tax.Table, a.Tax.SpecialTax, a.Tax.Arbeidskorting} {
				row = append(row, amount.Decimal())
			}
			rows = append(rows, appendCharges(row, a.Charges))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := k.CopyFrom(ctx, pgx.Identifier{"attribution"}, []string{"period", "calculation", "contract", "number", "origin", "origin_kind", "enjoyed_on", "method",
		"gross", "holiday", "holiday_paid", "transition", "pension_employee", "taxed_special", "tax_table", "tax_special", "arbeidskorting",
		"awf_class", "aof_class", "premium_maximum", "premium_base", "zvw_base", "awf", "aof", "wko", "whk", "zvw"}, pgx.CopyFromRows(rows))
	return err
}

// attributions of a reversed run are mirrored with it.
func (m *mirroring) attributions(ctx context.Context) error {
	_, err := m.Exec(ctx, `
		INSERT INTO attribution (period, calculation, contract, number, origin, origin_kind, enjoyed_on, method, awf_class, aof_class, gross, holiday, holiday_paid, transition,
			pension_employee, taxed_special, tax_table, tax_special, arbeidskorting, premium_maximum, premium_base, zvw_base, awf, aof, wko, whk, zvw)
		SELECT period, @id, contract, number, origin, origin_kind, enjoyed_on, method, awf_class, aof_class, -gross, -holiday, -holiday_paid, -transition,
			-pension_employee, -taxed_special, -tax_table, -tax_special, -arbeidskorting, -premium_maximum, -premium_base, -zvw_base, -awf, -aof, -wko, -whk, -zvw
		FROM attribution x WHERE x.period = @period AND x.calculation = @of AND `+mirrored, m.args)
	return err
}
