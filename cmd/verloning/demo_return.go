package main

import (
	"context"
	"fmt"
	"slices"

	"verloning/payroll"
)

// returns has the wages that the plan names come back after they were paid: each is
// held until another IBAN is recorded and somebody else confirmed it, and is then
// paid once.
func (d *demo) returns(ctx context.Context, m demoMonth) error {
	for _, r := range m.returned {
		d.chapter("Een loon komt terug", "A wage comes back")
		if err := d.comesBack(ctx, m, r); err != nil {
			return err
		}
		if err := d.paysAgain(ctx, m, r); err != nil {
			return err
		}
	}
	return nil
}

// comesBack takes in that a payment came back, and shows that nothing pays it now.
func (d *demo) comesBack(ctx context.Context, m demoMonth, r demoRow) error {
	bank := d.bank(r["employer"])
	name := bank.names(m.period)
	statement, err := bank.returns(name, r["contract"], r["code"])
	if err != nil {
		return err
	}
	if err := d.hears(ctx, r["employer"], name, statement); err != nil {
		return err
	}
	d.say("   %s: %s (%s)", r["contract"], bilingual(r["nl"], r["en"]), r["code"])
	held, err := d.heldBy(ctx, m, r, "payment/returned")
	if err != nil || !held {
		return err
	}
	return d.refused(ctx, d.plan.user(r["employer"], "approve"), "payment", "export", "--run", m.period)
}

// heldBy shows that a payment is held, if it is for a reason; an earlier start may have
// mended it already.
func (d *demo) heldBy(ctx context.Context, m demoMonth, r demoRow, reason string) (bool, error) {
	by := d.plan.user(r["employer"], "control")
	var due dueShown
	if err := d.ask(ctx, &due, by, "payment", "due", "--run", m.period); err != nil {
		return false, err
	}
	held := slices.ContainsFunc(due.Rows, func(h payroll.HeldPayment) bool {
		return h.Contract == r["contract"] && slices.ContainsFunc(h.Reasons, func(p payroll.Problem) bool { return p.Type == reason })
	})
	if !held {
		return false, nil
	}
	return true, d.lines(ctx, by, "payment", "due", "--run", m.period)
}

// paysAgain records another IBAN, has it confirmed and the payment made again.
func (d *demo) paysAgain(ctx context.Context, m demoMonth, r demoRow) error {
	args := []string{"person", "amend", "--number", r["person"], "--iban", r["iban"], "--key", "demo-iban-" + r["person"] + "-" + m.period}
	if err := d.brief(ctx, nil, d.plan.user(r["employer"], "submit"), args...); err != nil {
		return err
	}
	if _, err := d.heldBy(ctx, m, r, "payment/iban_unconfirmed"); err != nil {
		return err
	}
	if err := d.confirms(ctx, m, r["employer"]); err != nil {
		return err
	}
	if err := d.pays(ctx, m, r["employer"], "demo-bank-again-"+r["employer"]+"-"+r["contract"]+"-"+m.period, "--run", m.period); err != nil {
		return err
	}
	d.say("%s", bilingual(
		fmt.Sprintf("Het loon van %s is een keer aangekomen. Hetzelfde afschrift nog eens inlezen verandert niets, en er is niets meer te betalen", r["contract"]),
		"The wage arrived once. Taking the same statement in again changes nothing, and nothing is left to be paid"))
	by, bank := d.plan.user(r["employer"], "control"), d.bank(r["employer"])
	last := fmt.Sprintf("%s-%s-%d-camt.053.xml", bank.org, m.period, bank.written[m.period])
	if err := d.brief(ctx, nil, by, "payment", "import", d.path("bank", last)); err != nil {
		return err
	}
	return d.refused(ctx, d.plan.user(r["employer"], "approve"), "payment", "export", "--run", m.period)
}
