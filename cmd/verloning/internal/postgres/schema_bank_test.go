package postgres

// worldOfBanks is a payment that went to the bank.
func worldOfBanks(org, user, hash string) []string {
	file := id(aBankFile, 1)
	return []string{
		`INSERT INTO bank_terms (organisation, version, format, cut_off, recorded_by) VALUES ('` + org + `', 1, 'pain.001.001.09', 930, '` + user + `')`,
		`INSERT INTO bank_file (id, organisation, message_id, format, payments, total, bytes, sha256, content_sealed, exported_by)
			VALUES ('` + file + `', '` + org + `', 'M', 'pain.001.001.09', 1, 100, 9, '` + hash + `', sha256('a') || sha256('b'), '` + user + `')`,
		`INSERT INTO bank_batch (file, number, name, salary, debtor, execution, payments, total) VALUES ('` + file + `', 1, 'M-1', true, 'a', '2026-10-30', 1, 100)`,
		`INSERT INTO bank_line (file, batch, payment, attempt, end_to_end, creditor, amount) VALUES ('` + file + `', 1, '` + id(aPayment, 1) + `', 1, 'e', 'b', 100)`,
	}
}

// worldOfReports is what the bank told of it.
func worldOfReports(org, user, posting, hash string) []string {
	report, payment := id(aBankFile, 2), id(aPayment, 1)
	return []string{
		`INSERT INTO bank_import (id, organisation, sha256, kind, message_id, imported_by) VALUES ('` + id(aBankFile, 3) + `', '` + org + `', '` + hash + `', 'camt.053', 'S', '` + user + `')`,
		`INSERT INTO bank_report (id, organisation, import, number, kind, reference, day, amount, file, batch, end_to_end, reason)
			VALUES ('` + report + `', '` + org + `', '` + id(aBankFile, 3) + `', 1, 'debit', 'R', '2026-10-30', 100, 'M', 'M-1', '', '')`,
		`INSERT INTO bank_settled (payment, attempt, report, posting, day) VALUES ('` + payment + `', 1, '` + report + `', '` + posting + `', '2026-10-30')`,
		`INSERT INTO bank_returned (payment, attempt, report, rejected, whole, reason, posting, day)
			VALUES ('` + payment + `', 1, '` + report + `', false, false, 'AC04', '` + posting + `', '2026-11-02')`,
	}
}

// worldOfAccounts is another account of an organisation, and a payment that came back
// and may go again.
func worldOfAccounts(org, user string) []string {
	return []string{
		`INSERT INTO organisation_account (organisation, version, iban, known, recorded_by) VALUES ('` + org + `', 2, 'NL86INGB0002445588', 1, '` + user + `')`,
		`INSERT INTO bank_release (payment, attempt, reason, imported_by, released_by) VALUES ('` + id(aPayment, 1) + `', 1, 'r', '` + user + `', '` + id(aUser, 2) + `')`,
	}
}

// worldOfReceipts is a line of the bank that paid what a reconciliation claims back.
func worldOfReceipts(org, user, posting string) []string {
	return []string{
		`INSERT INTO bank_report (id, organisation, import, number, kind, reference, day, amount, file, batch, end_to_end, owed, reason)
			VALUES ('` + id(aBankFile, 4) + `', '` + org + `', '` + id(aBankFile, 3) + `', 2, 'credit', 'R2', '2026-10-30', 1, '', '', '', '', '')`,
		`INSERT INTO bank_received (report, organisation, kind, owed, amount, day, posting, imported_by, assigned_by)
			VALUES ('` + id(aBankFile, 4) + `', '` + org + `', 'booking', '` + id(aBooking, 3) + `', 1, '2026-10-30', '` + posting + `', '` + user + `', '` + id(aUser, 2) + `')`,
	}
}
