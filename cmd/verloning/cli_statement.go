package main

import (
	"context"
	"fmt"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/subsidy"
)

type statementCalculate struct {
	Period string `arg:"" help:"Month, such as 2007-03."`
}

func (c *statementCalculate) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "statement", "calculate", subsidy.StatementCalculate{Command: sh.command(), Period: c.Period}, func(r subsidy.StatementCalculated) error {
		if err := sh.say("Afrekening %d over %s: %d regels, samen %s en %s btw.", "Statement %d of %s: %d lines, together %s and %s VAT.", r.Sequence, r.Period, r.Lines, r.Amount, r.VAT); err != nil {
			return err
		}
		if err := sh.exceptionsSaid(r.Exceptions); err != nil {
			return err
		}
		return sh.say("Een ander keurt goed met: verloning statement approve %s --hash %s", "Somebody else approves with: verloning statement approve %s --hash %s", r.Statement, r.Hash)
	})
}

func (sh *shell) exceptionsSaid(list []subsidy.ExceptionSaid) error {
	for _, e := range list {
		if err := sh.say("let op: %s", "attention: %s", sh.text(e.Detail)); err != nil {
			return err
		}
	}
	return nil
}

type statementShow struct {
	Statement string `arg:"" help:"Id of the statement."`
}

func (c *statementShow) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "statement", "show", statementAsked{Statement: c.Statement}, func(r statementShown) error {
		shown := newTable("number", "scheme", "rule", "key", "day", ">amount", ">vat", "fee")
		for _, l := range r.Rows {
			shown.add(l.Number, l.Scheme, l.Rule, l.Key, l.Day.String(), l.Amount.String(), l.VAT.String(), l.Fee.String())
		}
		if err := shown.print(sh.out); err != nil {
			return err
		}
		return sh.exceptionsSaid(r.Exceptions)
	})
}

type statementList struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *statementList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "statement", "list", "statements", c.Limit,
		func(after string, limit int) any {
			sequence, _ := strconv.Atoi(after) // nothing on the first page
			return statementsAsked{After: sequence, Limit: limit}
		},
		func(one postgres.StatementListed) string { return strconv.Itoa(one.Sequence) })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(statementsListed{list})
	}
	shown := newTable(">sequence", "period", "status", ">lines", ">amount", ">vat", ">payments", ">by_bank", "statement")
	for _, s := range list {
		shown.add(strconv.Itoa(s.Sequence), s.Period, s.Status, strconv.Itoa(s.Lines), s.Amount.String(), s.VAT.String(), strconv.Itoa(s.Payments), strconv.Itoa(s.ByBank), s.Statement.String())
	}
	return shown.print(sh.out)
}

type statementApprove struct {
	Statement  string `arg:"" help:"Id of the statement."`
	Hash       string `required:"" help:"Its hash, as statement calculate printed it."`
	Accept     string `help:"Why its exceptions are all right."`
	OverBudget string `help:"Why more is spent than a budget has."`
}

func (c *statementApprove) Run(ctx context.Context, sh *shell) error {
	request := subsidy.StatementApprove{Command: sh.command(), Statement: c.Statement, Hash: c.Hash, Accept: c.Accept, OverBudget: c.OverBudget}
	return ask(ctx, sh, "statement", "approve", request, func(r subsidy.StatementApproved) error {
		return sh.say("Goedgekeurd: %d betalingen, samen %s; te vorderen %s.", "Approved: %d payments, together %s; receivable %s.", r.Payments, r.Paid, r.Receivable)
	})
}

type statementSettle struct {
	Statement string `arg:"" help:"Id of the statement."`
	Day       string `required:"" help:"Day of the bank statement."`
	Reference string `required:"" help:"Reference of the bank statement."`
}

func (c *statementSettle) Run(ctx context.Context, sh *shell) error {
	request := subsidy.StatementSettle{Command: sh.command(), Statement: c.Statement, Day: c.Day, Reference: c.Reference}
	return ask(ctx, sh, "statement", "settle", request, func(r subsidy.StatementSettled) error {
		return sh.say("Afgewikkeld: betaald %s, ontvangen %s.", "Settled: paid %s, received %s.", r.Paid, r.Received)
	})
}

type feeList struct {
	Period string `help:"Month of the statement, such as 2007-03; otherwise all."`
	Limit  int    `help:"At most so many; otherwise all."`
}

func (c *feeList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "fee", "list", "fees", c.Limit,
		func(after string, limit int) any { return feesAsked{c.Period, Paged{after, limit}} },
		func(one postgres.FeeListed) string { return fmt.Sprintf("%s/%d", one.Statement, one.Line) })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(feesListed{list})
	}
	shown := newTable("municipality", "period", "number", "scheme", "rule", "key", "day", ">amount", ">vat", "fee")
	for _, f := range list {
		shown.add(f.Municipality, f.Period, f.Number, f.Scheme, f.Rule, f.Key, f.Day.String(), f.Amount.String(), f.VAT.String(), f.ID.String())
	}
	return shown.print(sh.out)
}

type feePDF struct {
	Period string `arg:"" help:"Month of the statements, such as 2007-03."`
	Other  string `help:"Code of one gemeente, or as the gemeente of one re-integratiebedrijf."`
	Out    string `short:"o" placeholder:"FILE" help:"Where to write it; - is the standard output."`
}

// Run writes the fees of a month.
func (c *feePDF) Run(ctx context.Context, sh *shell) error {
	return sh.one(ctx, "fee", "pdf", feesDrawn{Period: c.Period, Other: c.Other, Language: sh.language()}, c.Out)
}
