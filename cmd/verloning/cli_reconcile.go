package main

import (
	"context"
	"fmt"
	"os"

	"verloning/cmd/verloning/internal/sheet"
	"verloning/subsidy"
)

// reconcileNarrow is what a reconciliation is asked about.
type reconcileNarrow struct {
	Scheme   string `help:"Only this scheme."`
	Employer string `help:"Only this employer."`
	Period   string `help:"Only this month, such as 2026-10."`
	From     string `help:"From this month."`
	To       string `help:"Up to this month; absent: now."`
}

func (n reconcileNarrow) asked(after int) reconcileAsked {
	return reconcileAsked{Scheme: n.Scheme, Employer: n.Employer, Period: n.Period, From: n.From, To: n.To, After: after, Limit: mostPage}
}

type reconcileShow struct {
	reconcileNarrow
	Lines bool   `help:"Every contract and month, instead of the totals."`
	CSV   bool   `name:"csv" help:"As CSV."`
	XLSX  string `name:"xlsx" placeholder:"FILE" help:"Write totals, lines and differences to an Excel workbook."`
}

// Run prints totals by source and line of the annual account, or the lines that they
// sum.
func (c *reconcileShow) Run(ctx context.Context, sh *shell) error {
	shown, err := reconcileLines(ctx, sh, c.reconcileNarrow)
	if err != nil {
		return err
	}
	switch {
	case c.XLSX != "":
		found, err := reconcileDifferences(ctx, sh, differencesAsked{reconcileAsked: c.asked(0)})
		if err != nil {
			return err
		}
		return writeWorkbook(c.XLSX, reconcilePages(shown, found))
	case sh.JSON:
		return sh.printJSON(shown)
	case c.Lines:
		return sh.report(reconcileLineTable(shown.Lines), c.CSV)
	}
	return sh.report(reconcileTotalTable(shown.Totals), c.CSV)
}

// reconcileLines asks page after page.
func reconcileLines(ctx context.Context, sh *shell, narrow reconcileNarrow) (reconciliationShown, error) {
	var all reconciliationShown
	for after := 0; ; after = all.Next {
		var next reconciliationShown
		if err := sh.insist(ctx, "reconcile", "show", narrow.asked(after), &next); err != nil {
			return all, err
		}
		next.Lines = append(all.Lines, next.Lines...)
		if all = next; all.Next == 0 {
			return all, nil
		}
	}
}

func reconcileDifferences(ctx context.Context, sh *shell, asked differencesAsked) (differencesListed, error) {
	var all differencesListed
	for {
		var next differencesListed
		asked.After = all.Next
		if err := sh.insist(ctx, "reconcile", "differences", asked, &next); err != nil {
			return all, err
		}
		next.Differences = append(all.Differences, next.Differences...)
		if all = next; all.Next == 0 {
			return all, nil
		}
	}
}

func stageCells(s subsidy.Stages) []string {
	return []string{s.Decided.String(), s.WageCost.String(), s.Claimed.String(), s.Granted.String(), s.Ordered.String(), s.Paid.String(), s.Received.String()}
}

func reconcileTotalTable(list []subsidy.ReconcileTotal) *table {
	t := newTable("source", "taakveld", "sisa", "mark", ">decided", ">wage_cost", ">claimed", ">granted", ">ordered", ">paid", ">received", ">gap")
	for _, one := range list {
		t.add(append(append([]string{string(one.Source), one.Taakveld, one.SiSa, string(one.Mark)}, stageCells(one.Stages)...), one.Gap.String())...)
	}
	return t
}

func reconcileLineTable(list []subsidy.ReconcileLine) *table {
	t := newTable("source", "taakveld", "sisa", "scheme", "rule", "employer", "contract", "decision", "month",
		">decided", ">wage_cost", ">claimed", ">granted", ">ordered", ">paid", ">received", ">gap")
	for _, one := range list {
		t.add(append(append([]string{string(one.Source), one.Taakveld, one.SiSa, one.Scheme, one.Rule, one.Employer, one.Contract, one.Decision, one.Month.String()},
			stageCells(one.Stages)...), one.Gap.String())...)
	}
	return t
}

func (sh *shell) differenceTable(list []subsidy.Discrepancy) *table {
	t := newTable("difference", "check", "class", ">amount", ">booked", ">open", "employer", "contract", "decision", "month", "actor", "cause", "article", "proposal")
	for _, d := range list {
		t.add(d.ID.String(), string(d.Check), string(d.Class), d.Amount.String(), d.Booked.String(), d.Open().String(), d.Employer, d.Contract, d.Decision, d.Month.String(),
			string(d.Actor), sh.text(d.Cause), d.Article, d.Proposal.Command)
	}
	return t
}

type reconcileDifferencesCommand struct {
	reconcileNarrow
	Class string `help:"Only this class, such as not_granted."`
	All   bool   `help:"Also what was booked whole."`
	CSV   bool   `name:"csv" help:"As CSV."`
}

// Run prints what is open, and says loudly what nobody can explain.
func (c *reconcileDifferencesCommand) Run(ctx context.Context, sh *shell) error {
	found, err := reconcileDifferences(ctx, sh, differencesAsked{reconcileAsked: c.asked(0), Class: c.Class, All: c.All})
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(found)
	}
	if err := sh.report(sh.differenceTable(found.Differences), c.CSV); err != nil || c.CSV {
		return err
	}
	for _, sum := range found.Classes {
		if sum.Class == subsidy.Unexplained {
			sh.note("!! ONVERKLAARD: %d verschillen, samen %s.", "!! UNEXPLAINED: %d differences, together %s.", sum.Count, sum.Open)
		}
	}
	return sh.say("Verschil in geld %s, waarvan geboekt %s.", "Gap in money %s, of which booked %s.", found.Gap, found.Booked)
}

type reconcileBook struct {
	Difference string `arg:"" help:"Id of the difference."`
	Reason     string `required:"" help:"Why it is all right, or is claimed back."`
}

func (c *reconcileBook) Run(ctx context.Context, sh *shell) error {
	request := subsidy.ReconcileBook{Command: sh.command(), Difference: c.Difference, Reason: c.Reason}
	return ask(ctx, sh, "reconcile", "book", request, func(r subsidy.BookingReply) error {
		if err := sh.say("Boeking %s: %s %s.", "Booking %s: %s %s.", r.Booking, r.Class, r.Amount); err != nil {
			return err
		}
		return sh.say("Een ander keurt goed met: verloning reconcile approve %s --hash %s", "Somebody else approves with: verloning reconcile approve %s --hash %s", r.Booking, r.Hash)
	})
}

type reconcileApprove struct {
	Booking string `arg:"" help:"Id of the booking."`
	Hash    string `required:"" help:"Hash of the booking, as reconcile book printed it."`
}

func (c *reconcileApprove) Run(ctx context.Context, sh *shell) error {
	request := subsidy.ReconcileApprove{Command: sh.command(), Booking: c.Booking, Hash: c.Hash}
	return ask(ctx, sh, "reconcile", "approve", request, func(r subsidy.BookingApproved) error {
		return sh.say("Geboekt: %s %s.", "Booked: %s %s.", r.Class, r.Amount)
	})
}

// reconcilePages are the sheets of a workbook.
func reconcilePages(shown reconciliationShown, found differencesListed) []sheet.Page {
	sums := newTable("check", "class", ">count", ">amount", ">booked", ">open")
	for _, c := range found.Classes {
		sums.add(string(c.Check), string(c.Class), fmt.Sprint(c.Count), c.Amount.String(), c.Booked.String(), c.Open.String())
	}
	both := func(d subsidy.Discrepancy) string { return d.Cause.NL + " / " + d.Cause.EN }
	differences := newTable("difference", "check", "class", ">amount", ">booked", ">open", "employer", "contract", "decision", "month", "actor", "cause", "article", "proposal")
	for _, d := range found.Differences {
		differences.add(d.ID.String(), string(d.Check), string(d.Class), d.Amount.String(), d.Booked.String(), d.Open().String(), d.Employer, d.Contract, d.Decision, d.Month.String(),
			string(d.Actor), both(d), d.Article, d.Proposal.Command)
	}
	return []sheet.Page{reconcileTotalTable(shown.Totals).page("Totalen (totals)"), reconcileLineTable(shown.Lines).page("Regels (lines)"),
		sums.page("Soorten (classes)"), differences.page("Verschillen (differences)")}
}

// writeWorkbook writes a file as a whole: what is there before is replaced.
func writeWorkbook(name string, pages []sheet.Page) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	defer func() {
		if closing := file.Close(); err == nil && closing != nil {
			err = fmt.Errorf("workbook: %w", closing)
		}
	}()
	return sheet.WriteBook(file, pages)
}
