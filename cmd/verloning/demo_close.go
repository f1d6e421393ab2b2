package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

// calculates shows whose hours are missing, and calculates: the beheerder all
// employers at once where there are several.
func (d *demo) calculates(ctx context.Context, m demoMonth) error {
	for _, e := range m.employers {
		if e.show != "missing" {
			continue
		}
		d.chapter("Wie ontbreekt er nog?", "Who is still missing?")
		if err := d.whole(ctx, d.plan.user(e.code, "calculate"), "run", "missing", m.period); err != nil {
			return err
		}
	}
	d.chapter("Openen en berekenen", "Open and calculate")
	key := "demo-" + m.period
	if len(m.employers) > 1 {
		if err := d.whole(ctx, adminCode+"/admin", "run", "all", "--period", m.period, "--pay-date", m.payDate, "--key", key); err != nil {
			return err
		}
	} else {
		by := d.plan.user(m.employers[0].code, "calculate")
		if err := d.brief(ctx, nil, by, "run", "open", "--period", m.period, "--pay-date", m.payDate, "--key", key); err != nil {
			return err
		}
		if err := d.brief(ctx, calculatedWords, by, "run", "calculate", m.period, "--key", key+"-1"); err != nil {
			return err
		}
	}
	for _, e := range m.employers {
		if _, err := d.calculated(ctx, m, e); err != nil {
			return err
		}
	}
	return nil
}

// calculatedWords begin the lines of a calculated run that matter most.
var calculatedWords = []string{"payslips", "gross", "claims", "claimed", "hired", "exceptions"}

// calculated waits until nothing is being calculated any more: workers go on by
// themselves, also after a kill.
func (d *demo) calculated(ctx context.Context, m demoMonth, e demoEmployer) (runShown, error) {
	for {
		var shown runShown
		err := d.ask(ctx, &shown, d.plan.user(e.code, "calculate"), "run", "show", m.period)
		if err != nil || shown.Status != payroll.RunCalculating && shown.Totals != nil {
			return shown, err
		}
		select {
		case <-ctx.Done():
			return shown, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// approves closes the month of every employer whose hours are all there.
func (d *demo) approves(ctx context.Context, m demoMonth) error {
	d.chapter("Uitzonderingen, en een tweede persoon keurt goed", "Exceptions, and a second person approves")
	return d.each(ctx, m, own, func(ctx context.Context, d *demo, e demoEmployer) error {
		if e.files["hours-late.csv"] != nil {
			return nil
		}
		return d.approve(ctx, m, e)
	})
}

// corrects takes late hours in, calculates again and closes that month too. By
// now what the others claimed weighs on the same budget.
func (d *demo) corrects(ctx context.Context, m demoMonth) error {
	for _, e := range m.employers {
		if e.files["hours-late.csv"] == nil {
			continue
		}
		d.chapter("Late uren, en opnieuw berekenen", "Late hours, and calculate again")
		if err := d.brief(ctx, nil, d.plan.user(e.hoursBy, "submit"), "hours", "submit", d.path(m.period, e.code, "hours-late.csv")); err != nil {
			return err
		}
		by := d.plan.user(e.code, "calculate")
		if err := d.brief(ctx, calculatedWords, by, "run", "calculate", m.period, "--key", "demo-again-"+m.period); err != nil {
			return err
		}
		if err := d.whole(ctx, by, "run", "missing", m.period); err != nil {
			return err
		}
		if err := d.approve(ctx, m, e); err != nil {
			return err
		}
	}
	return nil
}

// approve has the exceptions of a run accepted by name, approved by another,
// and the run closed. What an earlier start has done it leaves.
func (d *demo) approve(ctx context.Context, m demoMonth, e demoEmployer) error {
	by := d.plan.user(e.code, "calculate")
	var list exceptionsListed
	if err := d.ask(ctx, &list, by, "run", "exceptions", m.period); err != nil {
		return err
	}
	if err := d.leaveExceptions(m, e, list.Exceptions); err != nil {
		return err
	}
	if e.show == "exceptions" {
		if err := d.whole(ctx, by, "run", "exceptions", m.period); err != nil {
			return err
		}
	}
	if err := d.accept(ctx, m, by, list.Exceptions); err != nil {
		return err
	}
	shown, err := d.calculated(ctx, m, e)
	if err != nil {
		return err
	}
	if shown.Status == payroll.RunCalculated {
		if err := d.brief(ctx, nil, d.plan.user(e.code, "approve"), "--yes", "run", "approve", m.period); err != nil {
			return err
		}
	}
	if shown.Status == payroll.RunClosed {
		d.say("   %s: %s", e.code, bilingual("al afgesloten", "closed already"))
		return nil
	}
	return d.brief(ctx, nil, by, "run", "close", m.period)
}

// leaveExceptions writes the exceptions of a run, and says how many of each kind.
func (d *demo) leaveExceptions(m demoMonth, e demoEmployer, list []postgres.ExceptionRow) error {
	rows := [][]string{{"exception", "kind", "subject", "article", "nl", "en"}}
	kinds, count := []string{}, map[string]int{}
	for _, x := range list {
		rows = append(rows, []string{x.Key.String(), x.Kind, x.Subject, x.Article, x.Detail.NL, x.Detail.EN})
		if count[x.Kind]++; count[x.Kind] == 1 {
			kinds = append(kinds, x.Kind)
		}
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", count[kind], kind)
	}
	d.say("\n%s: %s: %s (%s)", e.code, bilingual("uitzonderingen", "exceptions"), strings.Join(kinds, ", "), d.path(m.period, e.code, "exceptions.csv"))
	for _, x := range list {
		if x.Kind == e.show {
			d.say("   %s: %s", x.Subject, bilingual(x.Detail.NL, x.Detail.EN))
		}
	}
	return d.leave(demoCSV(rows), m.period, e.code, "exceptions.csv")
}

// accept accepts what is open: what goes beyond a budget with a reason of its
// own, and shown.
func (d *demo) accept(ctx context.Context, m demoMonth, by string, list []postgres.ExceptionRow) error {
	open := func(x postgres.ExceptionRow) bool { return !x.Accepted }
	beyond := func(x postgres.ExceptionRow) bool { return open(x) && x.Kind == string(subsidy.OverBudget) }
	if slices.ContainsFunc(list, beyond) {
		args := []string{"run", "accept", m.period, "--kind", string(subsidy.OverBudget), "--reason", "het loon gaat door; de gemeente beslist over het budget"}
		if err := d.whole(ctx, by, args...); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(list, func(x postgres.ExceptionRow) bool { return open(x) && !beyond(x) }) {
		return d.brief(ctx, nil, by, "run", "accept", m.period, "--all-shown", "--reason", "nagekeken")
	}
	return nil
}

// grants has one person of the municipality decide on the claims and another
// approve: that orders the money.
func (d *demo) grants(ctx context.Context, m demoMonth) error {
	d.chapter("De gemeente kent toe, en een ander keurt goed", "The municipality grants, and another approves")
	// A municipality goes from one employer to the next, because they share its budget.
	of := func(e demoEmployer) string { return e.municipality }
	return d.each(ctx, m, of, func(ctx context.Context, d *demo, e demoEmployer) error {
		by := d.plan.user(e.municipality, "control")
		var claims claimsListed
		if err := d.ask(ctx, &claims, by, "claim", "list", "--employer", e.code, "--period", m.period, "--status", "raised"); err != nil {
			return err
		}
		if len(claims.Claims) == 0 {
			d.say("   %s: %s", e.code, bilingual("niets te besluiten", "nothing to decide"))
			return nil
		}
		return d.grant(ctx, m, e, d.named(m, e, claims.Claims))
	})
}

// named are the claims that the plan decides on otherwise than by granting them
// whole, as claim grant takes them, with their reason.
func (d *demo) named(m demoMonth, e demoEmployer, claims []subsidy.RaisedClaim) []string {
	args := []string{"claim", "grant", "--employer", e.code, "--period", m.period, "--all", "--key", "demo-grant-" + e.code + "-" + m.period}
	for _, v := range d.plan.verdicts {
		for _, c := range claims {
			if v["period"] != m.period || v["employer"] != e.code || v["contract"] != c.Number {
				continue
			}
			text := c.Claim.String() + "=" + v["verdict"]
			if v["amount"] != "" {
				text += ":" + v["amount"]
			}
			args = append(args, "--reason", v["reason"], text)
		}
	}
	return args
}

// grant keeps the verdicts as a batch and approves it; beyond a budget that
// takes a reason, and without one it is refused.
func (d *demo) grant(ctx context.Context, m demoMonth, e demoEmployer, args []string) error {
	by, other := d.plan.user(e.municipality, "control"), d.plan.user(e.municipality, "approve")
	if err := d.brief(ctx, []string{"Batch", "Budget"}, by, args...); err != nil {
		return err
	}
	var batch subsidy.BatchReply
	if err := d.ask(ctx, &batch, by, args...); err != nil {
		return err
	}
	approve := []string{"claim", "approve", batch.Batch.String(), "--hash", batch.Hash, "--key", "demo-approve-" + e.code + "-" + m.period}
	beyond := slices.ContainsFunc(batch.Budgets, func(b subsidy.BudgetLeft) bool { return b.Kept && b.After.Sign() < 0 })
	if beyond {
		if err := d.refused(ctx, other, approve...); err != nil {
			return err
		}
		approve = append(approve, "--over-budget", "begrotingswijziging volgt; verzonnen")
	}
	err := d.brief(ctx, nil, other, approve...)
	if err == nil && beyond {
		err = d.whole(ctx, by, "budget", "list")
	}
	return err
}

// settles notes by hand, on both sides, what went over the bank: all of it, or where
// there are bank files what came in, and what was paid back of what was claimed too much.
func (d *demo) settles(ctx context.Context, m demoMonth) error {
	for _, e := range m.employers {
		if e.settled == "" && !e.banked {
			continue
		}
		d.chapter("Het bankafschrift", "The bank statement")
		sides := []string{e.municipality, e.code}
		if e.banked {
			e.settled = d.bank(e.municipality).last.day()
			var back claimsListed
			if err := d.ask(ctx, &back, d.plan.user(e.code, "calculate"), "claim", "list", "--period", m.period, "--status", "reclaimed"); err != nil {
				return err
			}
			if len(back.Claims) == 0 {
				sides = sides[1:] // The municipality's bank told the rest.
			}
		}
		for _, side := range sides {
			args := []string{"claim", "settle", "--all", "--employer", e.code, "--period", m.period, "--day", e.settled, "--reference", "afschrift " + e.settled,
				"--key", "demo-settle-" + side + "-" + m.period}
			if err := d.brief(ctx, nil, d.plan.user(side, "control"), args...); err != nil {
				return err
			}
		}
		if err := d.whole(ctx, d.plan.user(e.code, "control"), "ledger", "balances"); err != nil {
			return err
		}
	}
	return nil
}

// explains shows one claim cent by cent.
func (d *demo) explains(ctx context.Context, m demoMonth) error {
	for _, e := range m.employers {
		if e.explain == "" {
			continue
		}
		d.chapter("Waarom dit bedrag?", "Why this amount?")
		by := d.plan.user(e.code, "calculate")
		var claims claimsListed
		if err := d.ask(ctx, &claims, by, "claim", "list", "--period", m.period); err != nil {
			return err
		}
		i := slices.IndexFunc(claims.Claims, func(c subsidy.RaisedClaim) bool { return c.Number == e.explain })
		if i < 0 {
			return errors.New("there is no claim of contract " + e.explain)
		}
		if err := d.whole(ctx, by, "payslip", "show", m.period, e.explain); err != nil {
			return err
		}
		if err := d.whole(ctx, by, "explain", claims.Claims[i].Claim.String()); err != nil {
			return err
		}
	}
	return nil
}
