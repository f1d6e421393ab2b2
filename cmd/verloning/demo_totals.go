package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
	"verloning/subsidy"
)

// demoTotals is what the months came to.
type demoTotals struct {
	Schemes []demoTotal  `json:"schemes"`
	Total   demoTotal    `json:"total"`
	Budgets []demoBudget `json:"budgets"`
	Banks   []demoBanked `json:"banks"`
	// What runs corrected of earlier months.
	Corrections []demoCorrection `json:"corrections"`
	Counts      []demoCount      `json:"counts"`    // that hold in the database
	Referrals   []demoTally      `json:"referrals"` // that hold there too
}

// demoBudget is how a budget of a municipality stands in the end.
type demoBudget struct {
	Municipality string `json:"municipality"`
	subsidy.BudgetStands
}

// demoTotal is what the months came to under one scheme, or under all.
type demoTotal struct {
	Periods           []string    `json:"periods,omitempty"`
	Scheme            string      `json:"scheme,omitempty"`
	People            int         `json:"people"`  // with a contract, running or ended
	Running           int         `json:"running"` // in the first month
	Payslips          int         `json:"payslips"`
	Gross             euro.Amount `json:"gross"`
	Holiday           euro.Amount `json:"holiday_allowance"`
	Tax               euro.Amount `json:"wage_tax"`
	Charges           euro.Amount `json:"employer_charges"`
	WagePayments      int         `json:"wage_payments"`
	WagesPaid         euro.Amount `json:"wages_paid"`
	Claims            int         `json:"claims"`
	Claimed           euro.Amount `json:"claimed"`
	Granted           euro.Amount `json:"granted"`
	Hired             euro.Amount `json:"hired"`
	Referred          int         `json:"referred"`
	Fees              euro.Amount `json:"fees"` // to providers, without bonus and malus
	Bonus             euro.Amount `json:"bonus"`
	Malus             euro.Amount `json:"malus"`
	Premiums          euro.Amount `json:"premiums"`       // to participants
	Receivable        euro.Amount `json:"receivable"`     // what providers paid back, with VAT
	Costs             euro.Amount `json:"internal_costs"` // of the municipality itself: nobody is paid
	VAT               euro.Amount `json:"vat"`            // on fees and hire
	MunicipalPayments int         `json:"municipal_payments"`
	MunicipalPaid     euro.Amount `json:"municipal_paid"` // with VAT
	Settled           int         `json:"claims_settled"`
	Balance           euro.Amount `json:"balance"` // of all accounts together: nil
	Exceptions        int         `json:"exceptions"`
	Refused           int         `json:"hours_refused"`
	Events            int         `json:"events"`
}

func (t *demoTotal) add(u demoTotal) {
	for to, n := range map[*int]int{
		&t.People: u.People, &t.Running: u.Running, &t.Payslips: u.Payslips, &t.WagePayments: u.WagePayments, &t.Claims: u.Claims,
		&t.MunicipalPayments: u.MunicipalPayments, &t.Settled: u.Settled, &t.Exceptions: u.Exceptions, &t.Refused: u.Refused, &t.Events: u.Events, &t.Referred: u.Referred,
	} {
		*to += n
	}
	for to, amount := range map[*euro.Amount]euro.Amount{
		&t.Gross: u.Gross, &t.Holiday: u.Holiday, &t.Tax: u.Tax, &t.Charges: u.Charges, &t.WagesPaid: u.WagesPaid, &t.Claimed: u.Claimed, &t.Granted: u.Granted, &t.Hired: u.Hired, &t.VAT: u.VAT,
		&t.MunicipalPaid: u.MunicipalPaid, &t.Balance: u.Balance, &t.Fees: u.Fees, &t.Bonus: u.Bonus, &t.Malus: u.Malus, &t.Premiums: u.Premiums, &t.Receivable: u.Receivable, &t.Costs: u.Costs,
	} {
		*to = to.Add(amount)
	}
}

// demoSum adds up by scheme, with what tells of a contract or claim which
// scheme it is of.
type demoSum struct {
	*demo
	totals    map[string]*demoTotal // by scheme
	contracts map[string]string     // number → scheme
	claims    map[string]string     // id → scheme
	owners    map[string]string     // employer, or who hands in its hours → scheme
	seen      map[string][]demoSeen // contracts by employer
	listed    map[string][][]string // rows of claims by month and scheme
}

// demoSeen is a contract as the database has it.
type demoSeen struct{ running bool }

// adds asks the service for everything that it keeps and adds it up.
func (d *demo) adds(ctx context.Context) (demoTotals, error) {
	s := &demoSum{d, map[string]*demoTotal{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string][]demoSeen{}, map[string][][]string{}}
	var result demoTotals
	for i, m := range d.plan.months {
		for _, e := range m.employers {
			if err := s.addEmployer(ctx, m, e, &result); err != nil {
				return result, err
			}
		}
		for _, r := range m.corrections {
			c, err := s.correction(ctx, m, r)
			if err != nil {
				return result, err
			}
			result.Corrections = append(result.Corrections, c)
		}
		for _, g := range m.referrers {
			if err := s.addReferrer(ctx, m, g); err != nil {
				return result, err
			}
		}
		for _, code := range m.municipalities() {
			if slices.ContainsFunc(d.plan.months[i+1:], func(later demoMonth) bool { return slices.Contains(later.municipalities(), code) }) {
				continue // with its last month, which has all of it
			}
			if err := s.addMunicipality(ctx, m, code, &result); err != nil {
				return result, err
			}
		}
	}
	if err := s.addEvents(ctx); err != nil {
		return result, err
	}
	for i, m := range d.plan.months {
		for _, scheme := range m.schemes() {
			if slices.ContainsFunc(d.plan.months[:i], func(before demoMonth) bool { return slices.Contains(before.schemes(), scheme) }) {
				continue
			}
			result.Schemes = append(result.Schemes, *s.totals[scheme])
			result.Total.add(*s.totals[scheme])
		}
	}
	result.Counts, result.Referrals = d.plan.counts, d.plan.tallies
	return result, s.check()
}

// under is what a scheme came to so far, in this month too.
func (s *demoSum) under(scheme, period string) *demoTotal {
	t := s.totals[scheme]
	if t == nil {
		t = &demoTotal{Scheme: scheme}
		s.totals[scheme] = t
	}
	if !slices.Contains(t.Periods, period) {
		t.Periods = append(t.Periods, period)
	}
	return t
}

// addEmployer counts what an employer's month came to, and with its first month what
// is of no month.
func (s *demoSum) addEmployer(ctx context.Context, m demoMonth, e demoEmployer, result *demoTotals) error {
	first := s.owners[e.code] == ""
	s.under(e.scheme, m.period)
	s.owners[e.code], s.owners[e.hoursBy] = e.scheme, e.scheme
	if e.banked {
		s.owners[e.municipality] = e.scheme // of a payment alone no scheme is told
	}
	parts := []func(context.Context, demoMonth, demoEmployer) error{s.addRun, s.addClaims}
	if first {
		parts = append(parts, s.addContracts, s.addWages)
	}
	for _, part := range parts {
		if err := part(ctx, m, e); err != nil {
			return err
		}
	}
	if !first || !e.banked {
		return nil
	}
	banked, err := s.addBank(ctx, e.code, ledger.NetWagesPayable)
	result.Banks = append(result.Banks, banked)
	return err
}

func (s *demoSum) addContracts(ctx context.Context, m demoMonth, e demoEmployer) error {
	var list contractsListed
	if err := s.ask(ctx, &list, s.plan.user(e.code, "calculate"), "contract", "list"); err != nil {
		return err
	}
	month, err := calendar.ParsePeriod(m.period)
	if err != nil {
		return err
	}
	for _, c := range list.Contracts {
		running := month.Overlaps(calendar.Span{From: c.Start, To: c.End})
		s.contracts[c.Number] = c.Scheme
		s.seen[e.code] = append(s.seen[e.code], demoSeen{running})
		t := s.totals[c.Scheme]
		if t.People++; running {
			t.Running++
		}
	}
	return nil
}

func (s *demoSum) addRun(ctx context.Context, m demoMonth, e demoEmployer) error {
	shown, err := s.calculated(ctx, m, e)
	if err != nil {
		return err
	}
	refused, err := s.refusals(m, e)
	if err != nil {
		return err
	}
	s.totals[e.scheme].add(demoTotal{
		Payslips: shown.Totals.Payslips, Gross: shown.Totals.Gross, Holiday: shown.Totals.Holiday, Tax: shown.Totals.Tax, Charges: shown.Totals.Charges, Exceptions: shown.Totals.All, Refused: refused,
	})
	return nil
}

// addClaims counts what was claimed, and leaves the claims of the scheme as a file.
func (s *demoSum) addClaims(ctx context.Context, m demoMonth, e demoEmployer) error {
	var list claimsListed
	if err := s.ask(ctx, &list, s.plan.user(e.code, "calculate"), "claim", "list", "--employer", e.code, "--period", m.period); err != nil {
		return err
	}
	slices.SortFunc(list.Claims, func(a, b subsidy.RaisedClaim) int { return strings.Compare(a.Number+a.Rule, b.Number+b.Rule) })
	rows := s.listed[m.period+" "+e.scheme]
	if len(rows) == 0 {
		rows = [][]string{{"employer", "contract", "kind", "rule", "payer", "decision", "entitled", "amount", "vat", "status", "verdict", "granted", "reason"}}
	}
	for _, c := range list.Claims {
		s.claims[c.Claim.String()] = c.Scheme
		granted, one := "", demoTotal{VAT: c.VAT}
		if !c.Amount.IsZero() {
			one.Claims = 1
		}
		if c.Granted != nil {
			granted, one.Granted = c.Granted.String(), *c.Granted
		}
		if c.Kind == subsidy.Hire {
			one.Hired = c.Amount
		} else {
			one.Claimed = c.Amount
		}
		if c.Status == "settled" {
			one.Settled = 1
		}
		s.totals[c.Scheme].add(one)
		rows = append(rows, []string{e.code, c.Number, string(c.Kind), c.Rule, c.Payer, c.Decision, c.Entitled.String(), c.Amount.String(), c.VAT.String(),
			c.Status, string(c.Verdict), granted, c.Reason})
	}
	s.listed[m.period+" "+e.scheme] = rows
	return s.leave(demoCSV(rows), m.period, "claims-"+e.scheme+".csv")
}

// balance is what all accounts of an organisation come to, which is nil.
func (s *demoSum) balance(ctx context.Context, as string) (euro.Amount, error) {
	var list balancesListed
	err := s.ask(ctx, &list, as, "ledger", "balances")
	sum := euro.Zero
	for _, b := range list.Balances {
		sum = sum.Add(b.Amount)
	}
	if err == nil && !sum.IsZero() {
		err = fmt.Errorf("demo: the ledger of %s comes to %s", as, sum)
	}
	return sum, err
}

func (s *demoSum) addWages(ctx context.Context, _ demoMonth, e demoEmployer) error {
	by := s.plan.user(e.code, "calculate")
	balance, err := s.balance(ctx, by)
	if err != nil {
		return err
	}
	var list paymentsListed
	if err := s.ask(ctx, &list, by, "payment", "list"); err != nil {
		return err
	}
	t := s.totals[e.scheme]
	t.Balance = t.Balance.Add(balance)
	for _, p := range list.Payments {
		t.WagePayments, t.WagesPaid = t.WagePayments+1, t.WagesPaid.Add(p.Amount)
	}
	return nil
}

// addReferrer counts what was done for participants and what it cost.
func (s *demoSum) addReferrer(ctx context.Context, m demoMonth, g demoReferrer) error {
	s.under(g.scheme, m.period)
	s.owners[g.code] = g.scheme
	for _, provider := range g.providers() {
		s.owners[provider] = g.scheme
	}
	if err := s.tallied(ctx, g); err != nil {
		return err
	}
	return s.addStatements(ctx, m, g)
}

// addMunicipality counts what a municipality ordered and what its own people cost,
// and leaves its budgets as a file.
func (s *demoSum) addMunicipality(ctx context.Context, m demoMonth, code string, result *demoTotals) error {
	by := s.plan.user(code, "control")
	var list paymentsListed
	if err := s.ask(ctx, &list, by, "payment", "list"); err != nil {
		return err
	}
	for _, p := range list.Payments {
		scheme := s.contracts[p.Contract]
		if p.Statement != nil {
			scheme = s.owners[code]
		}
		s.totals[scheme].add(demoTotal{MunicipalPayments: 1, MunicipalPaid: p.Amount})
	}
	var costs costsListed
	if err := s.ask(ctx, &costs, by, "cost", "list"); err != nil {
		return err
	}
	for _, c := range costs.Costs {
		s.totals[c.Scheme].add(demoTotal{Costs: c.Amount})
	}
	var budgets budgetsListed
	if err := s.ask(ctx, &budgets, by, "budget", "list"); err != nil {
		return err
	}
	rows := [][]string{{"municipality", "year", "source", "granted", "spent", "left", "claimed", "reserved", "free"}}
	for _, b := range budgets.Budgets {
		result.Budgets = append(result.Budgets, demoBudget{code, b})
		rows = append(rows, []string{code, strconv.Itoa(b.Year), string(b.Source), b.Granted.String(), b.Spent.String(), b.Left.String(),
			b.Claimed.String(), b.Reserved.String(), b.Free.String()})
	}
	if err := s.leave(demoCSV(rows), m.period, code, "budgets.csv"); err != nil {
		return err
	}
	balance, err := s.balance(ctx, by)
	if err != nil {
		return err
	}
	result.Total.Balance = result.Total.Balance.Add(balance)
	if slices.ContainsFunc(m.employers, func(e demoEmployer) bool { return e.municipality == code && e.banked }) {
		banked, err := s.addBank(ctx, code, ledger.SubsidyPayable)
		if err != nil {
			return err
		}
		result.Banks = append(result.Banks, banked)
	}
	return s.cleared(ctx, by)
}

// check holds what the sources state against the database: a demo that shows
// something else must not end well.
func (s *demoSum) check() error {
	for _, want := range s.plan.counts {
		people, running := 0, 0
		for _, code := range want.Employers {
			for _, c := range s.seen[code] {
				if people++; c.running {
					running++
				}
			}
		}
		if people != want.People || running != want.Running {
			return fmt.Errorf("demo: %s: the database has %d people and %d running, and the plan says %d and %d (%s)",
				want.Scheme, people, running, want.People, want.Running, want.Mark)
		}
	}
	return nil
}

// published waits until the bus has every event: what was committed is
// published by itself, also after a kill.
func (s *demoSum) published(ctx context.Context) error {
	for {
		n, err := s.store.Waiting(ctx)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// schemeOf finds the scheme that an event is about: by what it tells, or else by
// who it was told.
func (s *demoSum) schemeOf(event []byte, owner string) (uuid.UUID, string, error) {
	var e struct {
		ID   uuid.UUID
		Data struct{ Scheme, Number, Contract, Claim string }
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return e.ID, "", fmt.Errorf("demo: event: %w", err)
	}
	for _, scheme := range []string{e.Data.Scheme, s.contracts[e.Data.Number], s.contracts[e.Data.Contract], s.claims[e.Data.Claim], s.owners[owner]} {
		if scheme != "" {
			return e.ID, scheme, nil
		}
	}
	return e.ID, "", fmt.Errorf("demo: event %s of %s is of no scheme", e.ID, owner)
}
