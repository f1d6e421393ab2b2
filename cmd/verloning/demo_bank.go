package main

import (
	"context"
	"fmt"
	"slices"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// banks has each employer that pays by bank files make one of its net wages, and
// takes in what its bank tells of it. A gross wage goes into none, so that 2007 has
// no file.
func (d *demo) banks(ctx context.Context, m demoMonth) error {
	for _, e := range m.employers {
		if !e.banked {
			continue
		}
		d.chapter("Het bankbestand van de lonen, en wat de bank ervan meldt", "The bank file of the wages, and what the bank tells of it")
		if err := d.pays(ctx, m, e.code, "demo-bank-"+e.code+"-"+m.period, "--run", m.period); err != nil {
			return err
		}
	}
	return nil
}

// subsidises has each municipality of such employers pay what it granted. What was
// changed of a decision or loonwaarde is confirmed first, or it holds the payment up.
func (d *demo) subsidises(ctx context.Context, m demoMonth) error {
	var done []string
	for _, e := range m.employers {
		if !e.banked || slices.Contains(done, e.municipality) {
			continue
		}
		done = append(done, e.municipality)
		d.chapter("De gemeente betaalt met een bankbestand", "The municipality pays by a bank file")
		var due dueShown
		if err := d.ask(ctx, &due, d.plan.user(e.municipality, "approve"), "payment", "due"); err != nil {
			return err
		}
		if due.Held > 0 {
			if err := d.lines(ctx, d.plan.user(e.municipality, "approve"), "payment", "due"); err != nil {
				return err
			}
		}
		if err := d.confirms(ctx, m, e.municipality); err != nil {
			return err
		}
		if err := d.pays(ctx, m, e.municipality, "demo-bank-"+e.municipality+"-"+m.period); err != nil {
			return err
		}
	}
	return nil
}

// pays has a second person of an organisation make a bank file, leaves its very bytes
// and what the bank booked of it, and imports that. Made again under its key it is the
// same file.
func (d *demo) pays(ctx context.Context, m demoMonth, org, key string, chosen ...string) error {
	by := d.plan.user(org, "approve")
	args := slices.Concat([]string{"payment", "export"}, chosen, []string{"--key", key})
	if err := d.brief(ctx, []string{"Bankbestand", "Bank"}, by, args...); err != nil {
		return err
	}
	var made payroll.PaymentsExported
	if err := d.ask(ctx, &made, by, args...); err != nil {
		return err
	}
	content, err := d.do(ctx, by, "payment", "file", made.File.String())
	if err != nil {
		return err
	}
	bank := d.bank(org)
	if err := d.leaveBank(bank.names(m.period)+"-pain.001.xml", []byte(content)); err != nil {
		return err
	}
	orders, err := readOrders([]byte(content))
	if err != nil {
		return err
	}
	name := bank.names(m.period)
	statement, err := bank.debits(name, orders)
	if err != nil {
		return err
	}
	return d.hears(ctx, org, name, statement)
}

// hears takes in a statement of the bank.
func (d *demo) hears(ctx context.Context, org, name string, statement []byte) error {
	if err := d.leaveBank(name+"-camt.053.xml", statement); err != nil {
		return err
	}
	return d.brief(ctx, nil, d.plan.user(org, "control"), "payment", "import", d.path("bank", name+"-camt.053.xml"), "--key", "demo-"+name)
}

func (d *demo) leaveBank(name string, content []byte) error {
	d.say("   %s", d.path("bank", name))
	return d.leave(content, "bank", name)
}

// confirms has somebody who neither recorded nor approved confirm what was changed of
// master data. What an earlier start confirmed waits no more.
func (d *demo) confirms(ctx context.Context, m demoMonth, org string) error {
	by := d.plan.confirmer(org)
	var list changesListed
	if err := d.ask(ctx, &list, by, "control", "list"); err != nil || len(list.Changes) == 0 {
		return err
	}
	if err := d.lines(ctx, by, "control", "list"); err != nil {
		return err
	}
	args := []string{"control", "confirm", "--key", "demo-control-" + org + "-" + m.period}
	for _, c := range list.Changes {
		args = append(args, c.Change.String())
	}
	return d.brief(ctx, nil, by, args...)
}

// demoBanked is what went over the bank of an organisation: what it ordered, less what
// came back, is each of its payments once.
type demoBanked struct {
	Organisation string      `json:"organisation"`
	Files        int         `json:"files"`
	Orders       int         `json:"orders"`
	Ordered      euro.Amount `json:"ordered"`
	CameBack     euro.Amount `json:"came_back"`
	Payments     int         `json:"payments"`
	Paid         euro.Amount `json:"paid"`
	Owed         euro.Amount `json:"still_owed"` // net wages, or subsidies
	Unmatched    int         `json:"unmatched"`  // lines of the bank that are about no payment
}

// addBank counts it, and holds that everything was paid once.
func (s *demoSum) addBank(ctx context.Context, org string, payable ledger.Account) (demoBanked, error) {
	one, by := demoBanked{Organisation: org, CameBack: s.bank(org).back}, s.plan.user(org, "control")
	var files bankFilesListed
	if err := s.ask(ctx, &files, by, "payment", "files"); err != nil {
		return one, err
	}
	for _, f := range files.Files {
		one.Files, one.Orders, one.Ordered = one.Files+1, one.Orders+f.Payments, one.Ordered.Add(f.Total)
	}
	var payments paymentsListed
	if err := s.ask(ctx, &payments, by, "payment", "list"); err != nil {
		return one, err
	}
	for _, p := range payments.Payments {
		one.Payments, one.Paid = one.Payments+1, one.Paid.Add(p.Amount)
	}
	var list balancesListed
	if err := s.ask(ctx, &list, by, "ledger", "balances"); err != nil {
		return one, err
	}
	for _, b := range list.Balances {
		if ledger.Account(b.Account) == payable {
			one.Owed = b.Amount.Neg()
		}
	}
	var unmatched unmatchedListed
	if err := s.ask(ctx, &unmatched, by, "payment", "unmatched"); err != nil {
		return one, err
	}
	one.Unmatched = len(unmatched.Unmatched)
	if one.Unmatched > 0 || !one.Owed.IsZero() || !one.Ordered.Sub(one.CameBack).Equal(one.Paid) {
		return one, fmt.Errorf("demo: not every payment of an organisation was made once: %+v", one)
	}
	return one, nil
}
