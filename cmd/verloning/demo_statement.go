package main

import (
	"context"
	"fmt"
	"strings"

	"verloning/payroll/calendar"
	"verloning/payroll/ledger"
	"verloning/subsidy"
)

// costs has one person record what a municipality's own people cost, and another
// approve it: nobody is paid.
func (d *demo) costs(ctx context.Context, m demoMonth) error {
	if len(m.costs) == 0 {
		return nil
	}
	d.chapter("Kosten van de gemeente zelf", "Costs of the municipality itself")
	for _, c := range m.costs {
		by, key := d.plan.user(c["municipality"], "control"), "demo-cost-"+c["reference"]
		args := []string{"cost", "record", "--scheme", c["scheme"], "--rule", c["rule"], "--day", c["day"], "--hours", c["hours"],
			"--reference", c["reference"], "--employer", c["employer"], "--contract", c["contract"], "--key", key}
		if err := d.brief(ctx, []string{"Kosten", "Cost"}, by, args...); err != nil {
			return err
		}
		var reply subsidy.CostReply
		if err := d.ask(ctx, &reply, by, args...); err != nil {
			return err
		}
		approve := []string{"cost", "approve", reply.Cost.String(), "--hash", reply.Hash, "--key", key + "-approve"}
		if err := d.brief(ctx, nil, d.plan.user(c["municipality"], "approve"), approve...); err != nil {
			return err
		}
	}
	return nil
}

// states has one person of a municipality calculate what it owes for trajectories
// by the end of a month and another approve it, and notes the bank statement.
func (d *demo) states(ctx context.Context, m demoMonth) error {
	if len(m.statements) == 0 {
		return nil
	}
	d.chapter("Afrekeningen: vergoedingen, premies, bonus en malus", "Statements: fees, premiums, bonus and malus")
	for _, s := range m.statements {
		if err := d.state(ctx, s); err != nil {
			return err
		}
	}
	return d.came(ctx, m)
}

// came shows what came of the first municipality's trajectories by the end of the
// month.
func (d *demo) came(ctx context.Context, m demoMonth) error {
	month, err := calendar.ParsePeriod(m.period)
	if err != nil {
		return err
	}
	g := m.referrers[0]
	d.chapter("Wat ervan kwam", "What came of it")
	return d.whole(ctx, d.plan.user(g.code, "control"), "report", "outcomes", "--scheme", g.scheme, "--on", month.To.String())
}

func (d *demo) state(ctx context.Context, s demoRow) error {
	by, key := d.plan.user(s["municipality"], "control"), "demo-statement-"+s["municipality"]+"-"+s["period"]
	if s["standing"] != "" {
		if err := d.whole(ctx, by, "agreement", "standing", "--on", s["standing"]); err != nil {
			return err
		}
	}
	args := []string{"statement", "calculate", s["period"], "--key", key}
	if err := d.brief(ctx, []string{"Afrekening", "Statement"}, by, args...); err != nil {
		return err
	}
	var reply subsidy.StatementCalculated
	if err := d.ask(ctx, &reply, by, args...); err != nil {
		return err
	}
	approve := []string{"statement", "approve", reply.Statement.String(), "--hash", reply.Hash, "--key", key + "-approve"}
	if len(reply.Exceptions) > 0 {
		d.say("   %s", bilingual(fmt.Sprintf("%d uitzonderingen, zoals: %s", len(reply.Exceptions), reply.Exceptions[0].Detail.NL), reply.Exceptions[0].Detail.EN))
		approve = append(approve, "--accept", s["accept"])
	}
	if err := d.brief(ctx, nil, d.plan.user(s["municipality"], "approve"), approve...); err != nil {
		return err
	}
	if s["show"] != "" {
		if err := d.lines(ctx, by, "statement", "show", reply.Statement.String()); err != nil {
			return err
		}
	}
	if s["fees"] != "" {
		if err := d.lines(ctx, d.plan.user(s["fees"], "submit"), "fee", "list", "--period", s["period"]); err != nil {
			return err
		}
	}
	settle := []string{"statement", "settle", reply.Statement.String(), "--day", s["settled"], "--reference", "afschrift " + s["settled"], "--key", key + "-settle"}
	if err := d.brief(ctx, nil, by, settle...); err != nil {
		return err
	}
	var settled subsidy.StatementSettled
	if err := d.ask(ctx, &settled, by, settle...); err != nil {
		return err
	}
	d.received[s["municipality"]] = d.received[s["municipality"]].Add(settled.Received)
	return nil
}

// addStatements counts what the statements of a municipality booked, and leaves
// their lines as a file.
func (s *demoSum) addStatements(ctx context.Context, m demoMonth, g demoReferrer) error {
	by := s.plan.user(g.code, "control")
	var list statementsListed
	if err := s.ask(ctx, &list, by, "statement", "list"); err != nil {
		return err
	}
	s.totals[g.scheme].Receivable = s.received[g.code]
	rows := [][]string{{"period", "number", "scheme", "rule", "key", "kind", "day", "amount", "vat", "status"}}
	for _, one := range list.Statements {
		var shown statementShown
		if err := s.ask(ctx, &shown, by, "statement", "show", one.Statement.String()); err != nil {
			return err
		}
		for _, l := range shown.Rows {
			s.totals[l.Scheme].add(booked(l))
			rows = append(rows, []string{shown.Period, l.Number, l.Scheme, l.Rule, l.Key, string(l.Kind), l.Day.String(), l.Amount.String(), l.VAT.String(), shown.Status})
		}
		s.totals[g.scheme].Exceptions += len(shown.Exceptions)
	}
	if len(rows) == 1 {
		return nil
	}
	return s.leave(demoCSV(rows), m.period, g.code, "statements.csv")
}

// booked is what one line of a statement comes to: a settlement of a contract year
// is a bonus, or below nil a malus.
func booked(l statementRow) demoTotal {
	switch {
	case l.Kind == subsidy.Premium:
		return demoTotal{Premiums: l.Amount}
	case strings.HasPrefix(l.Key, "year/") && l.Amount.Sign() < 0:
		return demoTotal{Malus: l.Amount.Neg(), VAT: l.VAT}
	case strings.HasPrefix(l.Key, "year/"):
		return demoTotal{Bonus: l.Amount, VAT: l.VAT}
	}
	return demoTotal{Fees: l.Amount, VAT: l.VAT}
}

// cleared holds that nothing is owed any more after the bank statements.
func (s *demoSum) cleared(ctx context.Context, by string) error {
	var list balancesListed
	if err := s.ask(ctx, &list, by, "ledger", "balances"); err != nil {
		return err
	}
	for _, b := range list.Balances {
		switch ledger.Account(b.Account) {
		case ledger.FeePayable, ledger.FeeReceivable, ledger.PremiumPayable:
			if !b.Amount.IsZero() {
				return fmt.Errorf("demo: account %s of %s comes to %s after the bank statements", b.Account, by, b.Amount)
			}
		}
	}
	return nil
}
