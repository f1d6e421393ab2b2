package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// ledgerSurface are the rows about an organisation's ledger.
func (s *service) ledgerSurface() []operation {
	return []operation{
		op("ledger", "balances", payroll.Read, s.listBalances),
		op("ledger", "journal", payroll.Read, s.listJournal),
		op("ledger", "verify", payroll.Read, s.verifyLedger),
		op("ledger", "ties", payroll.Read, s.listTies),
		op("ledger", "audit", payroll.Admin, s.auditLedgers),
	}
}

// balancesAsked asks for balances as of a day in the books, or of a posting, or
// both.
type balancesAsked struct {
	On      string `json:"on,omitempty"`
	Posting int    `json:"posting,omitempty" validate:"omitempty,min=1,max=2000000000"`
}

type balancesListed struct {
	Balances []postgres.Balance `json:"balances"`
}

func (s *service) listBalances(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q balancesAsked) (balancesListed, error) {
	door := payroll.NewDoor(q)
	cutoff := postgres.LedgerCutoff{On: door.Date("on", q.On), Posting: q.Posting}
	if err := door.Err(); err != nil {
		return balancesListed{}, err
	}
	list, err := tx.Balances(ctx, a.Organisation.ID, cutoff)
	return balancesListed{list}, err
}

// journalAsked asks for what is booked on the days of a period. Until leaves out
// what was posted after that posting, so that a journal that was handed on can be
// made again.
type journalAsked struct {
	Period string `json:"period" validate:"required"`
	Until  int    `json:"until,omitempty" validate:"omitempty,min=1,max=2000000000"`
	Paged
}

type journalListed struct {
	Entries []postgres.JournalEntry `json:"entries"`
}

func (s *service) listJournal(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q journalAsked) (journalListed, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	if err := door.Err(); err != nil {
		return journalListed{}, err
	}
	list, known, err := tx.Journal(ctx, a.Organisation.ID, postgres.JournalAsked{Days: period.Span, Until: q.Until, After: q.After, Limit: q.limit()})
	if err == nil && !known {
		err = payroll.Refuse(payroll.Invalid, payroll.Unknown("entry", "after", q.After))
	}
	return journalListed{list}, err
}

// tiesAsked asks whether the ledger ties out in a period.
type tiesAsked struct {
	Period string `json:"period" validate:"required"`
}

type tiesListed struct {
	Ties []postgres.LedgerTie `json:"ties"`
}

func (s *service) listTies(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q tiesAsked) (tiesListed, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	if err := door.Err(); err != nil {
		return tiesListed{}, err
	}
	list, err := tx.Ties(ctx, a, period)
	return tiesListed{list}, err
}

// verifyAsked asks for a page of the chain, after a posting whose own place in it
// was verified before.
type verifyAsked struct {
	After int `json:"after,omitempty" validate:"omitempty,min=0,max=2000000000"`
	Limit int `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

// verifyPage is how many postings one answer goes through: behind a posting may
// stand a run of a hundred thousand payslips.
const verifyPage = 100

func (s *service) verifyLedger(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q verifyAsked) (postgres.LedgerVerified, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return postgres.LedgerVerified{}, err
	}
	limit := q.Limit
	if limit == 0 {
		limit = verifyPage
	}
	return tx.VerifyLedger(ctx, a.Organisation.ID, q.After, limit)
}

// auditAsked asks for the chain of one organisation, as the beheerder.
type auditAsked struct {
	Organisation string `json:"organisation" validate:"required,code"`
	verifyAsked
}

// auditLedgers verifies the chain of any organisation. It tells whether it fits and
// no amounts.
func (s *service) auditLedgers(ctx context.Context, tx *postgres.Tx, _ payroll.Actor, q auditAsked) (postgres.LedgerVerified, error) {
	door := payroll.NewDoor(q)
	org, known, err := tx.OrganisationByCode(ctx, q.Organisation)
	if err != nil {
		return postgres.LedgerVerified{}, err
	}
	if !known {
		door.Refuse(payroll.Unknown("organisation", "organisation", q.Organisation))
	}
	if err := door.Err(); err != nil {
		return postgres.LedgerVerified{}, err
	}
	return s.verifyLedger(ctx, tx, payroll.Actor{Organisation: org}, q.verifyAsked)
}
