package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// learns takes in what becomes known only now of an earlier month, beside the ends
// and decisions that came in already.
func (d *demo) learns(ctx context.Context, m demoMonth) error {
	if len(m.corrections) == 0 {
		return nil
	}
	d.chapter("Wat nu pas bekend wordt van een maand die al betaald is", "What becomes known only now of a month that is paid")
	for _, l := range m.loonwaarden {
		args := []string{"loonwaarde", "record", "--employer", l["employer"], "--contract", l["contract"], "--valid-from", l["valid_from"], "--percent", l["percent"],
			"--includes-holiday-allowance", "--measured-by", l["measured_by"], "--review-due", l["review_due"], "--key", "demo-loonwaarde-" + l["contract"] + "-" + m.period}
		if err := d.brief(ctx, nil, d.plan.user(l["municipality"], "control"), args...); err != nil {
			return err
		}
	}
	for _, e := range m.employers {
		if e.files["hours-earlier.csv"] == nil {
			continue
		}
		if err := d.brief(ctx, nil, d.plan.user(e.hoursBy, "submit"), "hours", "submit", d.path(m.period, e.code, "hours-earlier.csv")); err != nil {
			return err
		}
	}
	return nil
}

// demoCorrection is what a run booked of an earlier month for one contract.
type demoCorrection struct {
	Period   string      `json:"period"` // of the run
	Employer string      `json:"employer"`
	Contract string      `json:"contract"`
	Origin   string      `json:"origin"` // the month that it is about
	Gross    euro.Amount `json:"gross"`  // more, or below nil less
	Owed     euro.Amount `json:"owed"`   // what the employee owes of it: a receivable
	Claimed  euro.Amount `json:"claimed"`
	Net      euro.Amount `json:"net"` // of the whole payslip
}

// correction reads what a run corrected of a contract, from its payslip and claims.
func (d *demo) correction(ctx context.Context, m demoMonth, r demoRow) (demoCorrection, error) {
	c := demoCorrection{Period: m.period, Employer: r["employer"], Contract: r["contract"]}
	month, err := calendar.ParsePeriod(m.period)
	if err != nil {
		return c, err
	}
	by := d.plan.user(c.Employer, "calculate")
	var slip postgres.PayslipView
	if err := d.ask(ctx, &slip, by, "payslip", "show", m.period, c.Contract); err != nil {
		return c, err
	}
	var claims claimsListed
	if err := d.ask(ctx, &claims, by, "claim", "list", "--employer", c.Employer, "--period", m.period); err != nil {
		return c, err
	}
	c.Net = slip.Net
	for _, l := range slip.Lines {
		switch earlier := l.Origin.Before(month.From); {
		case l.Kind == string(payroll.LineOverpaid):
			c.Owed = c.Owed.Add(l.Amount)
		case earlier:
			c.Origin = calendar.MonthOf(l.Origin).String()
			if strings.HasPrefix(l.Kind, "wage.") || strings.HasPrefix(l.Kind, "paid.") {
				c.Gross = c.Gross.Add(l.Amount)
			}
		}
	}
	for _, one := range claims.Claims {
		if one.Number == c.Contract && !one.Origin.IsZero() {
			c.Origin, c.Claimed = calendar.MonthOf(one.Origin).String(), c.Claimed.Add(one.Amount)
		}
	}
	if c.Origin == "" || !slip.Repaid.IsZero() {
		return c, fmt.Errorf("demo: contract %s: corrected of month %q, and %s withheld for what it owes", c.Contract, c.Origin, slip.Repaid)
	}
	return c, nil
}

// tells says what was corrected, by how much and why.
func (d *demo) tells(ctx context.Context, m demoMonth) error {
	if len(m.corrections) == 0 {
		return nil
	}
	d.chapter("Wat er van een eerdere maand is gecorrigeerd, en waarom", "What of an earlier month was corrected, and why")
	shown, owed := newTable("", "of", ">gross", ">receivable", ">claimed", ">net now"), euro.Zero
	for _, r := range m.corrections {
		c, err := d.correction(ctx, m, r)
		if err != nil {
			return err
		}
		owed = owed.Add(c.Owed)
		shown.add(c.Contract, c.Origin, c.Gross.String(), c.Owed.String(), c.Claimed.String(), c.Net.String())
	}
	d.table(shown)
	for _, r := range m.corrections {
		d.say("   %s: %s", r["contract"], bilingual(r["nl"], r["en"]))
	}
	d.say("%s", bilingual(
		fmt.Sprintf("Wat te veel was betaald, samen %s, is een vordering op wie het kreeg. Er is niets van op het loon van %s ingehouden", owed, m.period),
		"What was paid too much is a receivable of who got it. Nothing was withheld from this month's wage"))
	if err := d.lines(ctx, d.plan.user(m.corrections[0]["employer"], "calculate"), "receivable", "list"); err != nil {
		return err
	}
	i := slices.IndexFunc(m.corrections, func(r demoRow) bool { return r["show"] != "" })
	if i < 0 {
		return nil
	}
	r := m.corrections[i]
	d.say("\n%s: %s", bilingual("Hieronder, en straks als PDF", "Below, and later as PDF"), d.path("payslips", m.period+"-"+r["contract"]+".pdf"))
	return d.lines(ctx, d.plan.user(r["employer"], "calculate"), "payslip", "show", m.period, r["contract"])
}
