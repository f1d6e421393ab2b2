package postgres

// worldOfAttributions is a year with loon-over, and what of a payslip is enjoyed in an
// earlier period.
func worldOfAttributions(org, user, contract string) []string {
	return []string{
		`INSERT INTO wage_method (employer, year, version, method, known, recorded_by) VALUES ('` + org + `', 2026, 1, 'over', 1, '` + user + `')`,
		// What was approved was before this table was.
		`ALTER TABLE attribution DISABLE TRIGGER no_more`,
		`INSERT INTO attribution (period, calculation, contract, number, origin, origin_kind, enjoyed_on, method, gross, holiday, holiday_paid, transition, pension_employee,
			taxed_special, tax_table, tax_special, arbeidskorting)
			SELECT '2026-10-01', c, '` + contract + `', 1, '2026-09-01', 'month', '2026-09-30', 'over', 10, 0.80, 0, 0, 0, 0, 3, 0, 0 FROM generate_series(1, 2) c`,
		`ALTER TABLE attribution ENABLE TRIGGER no_more`,
	}
}
